"""What a careful person gets without braid: priorities in order, lines in file order, awards in file order.

Each line takes from each award in turn as many whole units as every limit still allows. The rules are the same; only
the choosing is by hand. What a person must plan ahead for (minimums, shares, requirements) is not asked of them.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor

from braid.engine.program import Program, Row
from braid.engine.rows import compile_case
from braid.judge.case import Case

PLANNED_AHEAD = {"must", "minimum", "require", "committed", "payer", "essential", "units", "share", "effort"}


def by_hand(case: Case) -> dict[int, Fraction]:
    """Dollars of need met by priority, on-costs of pay included."""
    program = compile_case(case)
    proposal = case.proposal
    order = {award.id: i for i, award in enumerate(proposal.awards)}
    lines = [f"{a.id}/{line.id}" for a in sorted(proposal.activities, key=lambda a: a.priority) for line in a.lines]
    place = {line: i for i, line in enumerate(lines)}
    cells = sorted(
        range(len(program.cells)),
        key=lambda c: (place[program.cells[c].line], program.cells[c].index, order[program.cells[c].award]),
    )
    rows = _rows_over_cells(program)
    amounts = [0] * len(program.cells)
    for cell in cells:
        amounts[cell] = _most(program, rows, amounts, cell)
    met: dict[int, Fraction] = {}
    for cell, amount in zip(program.cells, amounts, strict=True):
        cost = proposal.cost(cell.line)
        priority = cost.activity.priority
        met[priority] = met.get(priority, Fraction(0)) + amount * (1 + cost.fringe)
    return met


def _rows_over_cells(program: Program) -> list[list[tuple[Row, dict[int, Fraction]]]]:
    """For each cell the rows in which it stands, with the accounting columns written out."""
    first = program.decisions
    ahead = {limit.id for limit in program.case.limits if limit.kind in PLANNED_AHEAD}
    touching: list[list[tuple[Row, dict[int, Fraction]]]] = [[] for _ in program.cells]
    for row in program.rows:
        if row.name in ahead:
            continue
        entries: dict[int, Fraction] = {}
        for column, coefficient in row.entries:
            spread = [(column, Fraction(1))] if column < first else program.accounts[column - first].entries
            for cell, share in spread:
                entries[cell] = entries.get(cell, Fraction(0)) + coefficient * share
        for cell in entries:
            touching[cell].append((row, entries))
    return touching


def _most(program: Program, rows: list[list[tuple[Row, dict[int, Fraction]]]], amounts: list[int], cell: int) -> int:
    most = Fraction(program.most[cell])
    for row, entries in rows[cell]:
        here = sum((coefficient * amounts[c] for c, coefficient in entries.items() if amounts[c]), Fraction(0))
        if row.upper is not None and entries[cell] > 0:
            most = min(most, (row.upper - here) / entries[cell])
        if row.lower is not None and entries[cell] < 0:
            most = min(most, (here - row.lower) / -entries[cell])
    return max(0, floor(most))
