"""The goal ``tidy`` in whole units: the crumbs that rounding strewed are swept up, one after another.

A crumb is a charge below the smallest that does not complete its line. It is taken away where the charges that stay
can take it over by small moves, with every row kept and every goal held at what it has reached.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from braid.engine.moving import Level, Local
from braid.engine.program import Goal, Program, Row
from braid.engine.solve import Deadline
from braid.judge.funds import CENTS

Charge = tuple[str, str, int]
REACH = 64
"""Units by which a charge that stays may move."""
MOST_CRUMBS = 40
NODES = 40


def sweep(program: Program, amounts: list[int], held: list[Row], deadline: Deadline) -> list[int]:
    """The same plan with fewer crumbs."""
    for crumb in list(_crumbs(program, amounts))[:MOST_CRUMBS]:
        if deadline.passed:
            break
        if any(amounts[column] for column in crumb):
            amounts = _without(program, amounts, crumb, held, deadline) or amounts
    return amounts


def _charges(program: Program, amounts: list[int]) -> dict[Charge, list[int]]:
    """The paid cells of each charge."""
    charges: dict[Charge, list[int]] = defaultdict(list)
    for column, cell in enumerate(program.cells):
        if amounts[column]:
            charges[cell.award, cell.line, cell.index].append(column)
    return charges


def _crumbs(program: Program, amounts: list[int]) -> Iterator[list[int]]:
    """Charges below the smallest that do not complete their line, or that are not worth a payer; the least first."""
    smallest, charges = _smallest(program), _charges(program, amounts)
    paid: dict[tuple[str, int], int] = defaultdict(int)
    of_pair: dict[tuple[str, str], int] = defaultdict(int)
    for (award, line, index), columns in charges.items():
        paid[line, index] += sum(amounts[c] for c in columns)
        of_pair[award, line] += sum(amounts[c] for c in columns)
    found: list[tuple[int, Charge]] = []
    for (award, line, index), columns in charges.items():
        amount = sum(amounts[c] for c in columns)
        open_end = amount < smallest and paid[line, index] < program.case.need[line, index].direct
        alone = paid[line, index] == amount
        if open_end or (of_pair[award, line] < REACH and not alone):
            found.append((amount, (award, line, index)))
    for _, charge in sorted(found):
        yield charges[charge]


def _without(
    program: Program, amounts: list[int], crumb: list[int], held: list[Row], deadline: Deadline
) -> list[int] | None:
    """The plan without one crumb, the charges that stay a little larger or smaller; None where that cannot be.

    First among what its award pays and what is paid beside it, then among all charges.
    """
    charges = _charges(program, amounts)
    cells, smallest = program.cells, _smallest(program)
    small = [columns for columns in charges.values() if sum(amounts[c] for c in columns) < smallest]
    closed = {(cells[c].line, cells[c].index) for columns in small for c in columns if c not in crumb}
    award, beside = cells[crumb[0]].award, (cells[crumb[0]].line, cells[crumb[0]].index)
    open_columns = sorted(
        column
        for columns in charges.values()
        for column in columns
        if column in crumb or (cells[column].line, cells[column].index) not in closed
    )
    close = [c for c in open_columns if cells[c].award == award or (cells[c].line, cells[c].index) == beside]
    for free in (close, open_columns):
        local = Local(program, amounts, Level(free, REACH + max(amounts[c] for c in crumb)))
        for columns in charges.values():
            for column in columns:
                if column in crumb:
                    local.keep(column, 0, 0)
                elif column in local.place and len(columns) == 1:
                    local.keep(column, min(smallest, amounts[column]), program.most[column])
        nothing = Goal("nothing", None, tuple([Fraction(0)] * program.decisions))
        found = local.best(nothing, held, deadline, NODES)
        if found is not None:
            return found[0]
    return None


def _smallest(program: Program) -> int:
    proposal = program.case.proposal
    return proposal.smallest_charge // CENTS[proposal.unit]
