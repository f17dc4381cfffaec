"""The goal ``tidy`` in whole units: payers are spared and crumbs swept up, one after another, and it costs nothing.

It begins at the whole plan as it is without the goal. Each step takes a payer or a crumb away and lets the others take
over what it paid: every row is kept, and every goal before ``tidy`` is held at exactly what it reaches without it. So
none of those goals is ever worse for it, and there are never more payers and never more crumbs. A crumb is a charge
below the smallest that does not complete its line. Which payers to try is what the linear program spared
(``tidying``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from braid.engine.moving import Level, Local, no_goal
from braid.engine.program import Goal, Program, Row
from braid.engine.solve import Deadline
from braid.judge.funds import CENTS

Pair = tuple[str, str]
Charge = tuple[str, str, int]
REACH = 64
"""Units by which a charge that stays may move when a crumb is swept up."""
MOST_CRUMBS, MOST_SPARED = 40, 40
"""How many crumbs and payers are tried: a bound on work, not on time."""
NODES = 5
LATE = 100
"""How long is searched for what the goals after ``tidy`` may still win."""
FEW = 200
"""Cells up to which all of them may move by any whole amount; more stay near what the linear program makes of them."""
NEAR = 2
"""Units by which those may differ from it."""


@dataclass
class Tidying:
    """A plan in whole units on its way to fewer payers; ``kept`` are the rows of the goals before ``tidy``."""

    program: Program
    amounts: list[int]
    kept: list[Row]
    deadline: Deadline

    def spare(self, wanted: set[Pair]) -> None:
        """Spare all payers but those of the linear program, together or else one after another, the least first."""
        self._spare_all(wanted)
        paying = self._paying()
        sums = sorted((sum(self.amounts[c] for c in paying[pair]), pair) for pair in set(paying) - wanted)
        for _, pair in sums[:MOST_SPARED]:
            paying = self._paying()
            if pair in paying and not self.deadline.passed:
                awards = {award for award, line in paying if line == pair[1]}
                near = self._cells(each for each in paying if each[0] in awards)
                self._try_among(paying[pair], (near, self._cells(paying)), None)
        self._spare_all(wanted)

    def _spare_all(self, wanted: set[Pair]) -> None:
        """Pay with some payers only, where that makes them fewer."""
        paying = self._paying()
        if len(wanted) < len(paying):
            self._try_among([c for pair in set(paying) - wanted for c in paying[pair]], (self._cells(wanted),), None)

    def sweep(self) -> None:
        """Sweep up the crumbs, the least first: among what its award pays and what is paid beside it, or among all.

        One that cannot go is raised to the smallest charge, where the others can spare that.
        """
        cells = self.program.cells
        for crumb in list(self._crumbs())[:MOST_CRUMBS]:
            if self.deadline.passed or not any(self.amounts[column] for column in crumb):
                continue
            award, beside = cells[crumb[0]].award, (cells[crumb[0]].line, cells[crumb[0]].index)
            paid = [column for columns in self._charges().values() for column in columns]
            near = [c for c in paid if cells[c].award == award or (cells[c].line, cells[c].index) == beside]
            reach = REACH + max(self.amounts[c] for c in crumb)
            swept = self._try_among(crumb, (near, paid), reach)
            if not swept and len(crumb) == 1:
                self._try(crumb, paid, max(reach, self._smallest), least=self._smallest)

    def improve(self, goal: Goal) -> None:
        """As much as can be of a goal after ``tidy`` with no more payers or crumbs, held from then on."""
        free = sorted(self._cells(self._paying()))
        target = None if goal.enough is None else int(goal.enough)
        if target is None or goal.value(self.amounts) < target:
            local = Local(self.program, self.amounts, Level(free, None))
            found = local.best(goal, self.kept, self.deadline, LATE, start=self.amounts, target=target)
            if found is not None and goal.value(found[0]) > goal.value(self.amounts) and self._untidier(found[0]) <= 0:
                self.amounts = found[0]
        value = goal.value(self.amounts)
        self.kept.append(goal.held(value if goal.enough is None else min(value, goal.enough)))

    def _try_among(self, gone: list[int], frees: Iterable[list[int]], reach: int | None) -> bool:
        """Take some charges away where some of the others, or else more of them, can take over what they paid."""
        return any(self._try(gone, free, reach) for free in frees)

    def _try(self, gone: list[int], free: list[int], reach: int | None, *, least: int = 0) -> bool:
        """Whether the plan is tidier without some charges, the free ones moved; it is kept where it is.

        With ``least`` they are raised to that instead.
        Where charges that stay became crumbs they are tried again with as much as they have, up to the smallest.
        """
        cells = self.program.cells
        for guarded in (False, True) if reach is None else (True,):
            closed = self._closed(gone) if guarded else set[tuple[str, int]]()
            moving = sorted({*gone, *(c for c in free if (cells[c].line, cells[c].index) not in closed)})
            local = Local(self.program, self.amounts, Level(moving, reach))
            for column in gone:
                local.keep(column, least, self.program.most[column] if least else 0)
            if guarded:
                self._guard(local, set(gone))
            if reach is None and len(moving) > FEW and not local.box_linear(self.kept, self.deadline, NEAR):
                return False
            found = local.best(no_goal(self.program), self.kept, self.deadline, NODES)
            if found is None:
                return False
            if self._untidier(found[0]) < 0:
                self.amounts = found[0]
                return True
        return False

    def _guard(self, local: Local, gone: set[int]) -> None:
        """Let each charge in one piece that stays be no smaller than it is, up to the smallest that is wanted."""
        for columns in self._charges().values():
            column = columns[0]
            if len(columns) == 1 and column in local.place and column not in gone:
                local.keep(column, min(self._smallest, self.amounts[column]), self.program.most[column])

    def _closed(self, gone: list[int]) -> set[tuple[str, int]]:
        """The needs that small charges pay: they stay as they are, so that none that completes a line is a crumb."""
        cells = self.program.cells
        small = [some for some in self._charges().values() if sum(self.amounts[c] for c in some) < self._smallest]
        own = {(cells[c].line, cells[c].index) for c in gone}
        return {(cells[c].line, cells[c].index) for some in small for c in some if c not in gone} - own

    def _untidier(self, amounts: list[int]) -> int:
        """Above zero where there are more payers or more crumbs than now, below where there are fewer of them."""
        now, then = tidiness(self.program, self.amounts), tidiness(self.program, amounts)
        if then[0] > now[0] or then[1] > now[1]:
            return 1
        return -(then < now)

    @property
    def _smallest(self) -> int:
        return _smallest(self.program)

    def _charges(self) -> dict[Charge, list[int]]:
        return _charges(self.program, self.amounts)

    def _paying(self) -> dict[Pair, list[int]]:
        """The paid cells of each award on each line."""
        pairs: dict[Pair, list[int]] = defaultdict(list)
        for column, amount in enumerate(self.amounts[: len(self.program.cells)]):
            if amount:
                pairs[_pair(self.program, column)].append(column)
        return pairs

    def _cells(self, pairs: Iterable[Pair]) -> list[int]:
        """All cells in which these awards could pay these lines."""
        some = set(pairs)
        return [column for column in range(len(self.program.cells)) if _pair(self.program, column) in some]

    def _crumbs(self) -> Iterator[list[int]]:
        """Charges below the smallest that do not complete their line, or are not worth a payer; the least first."""
        charges = self._charges()
        sums = {charge: sum(self.amounts[c] for c in columns) for charge, columns in charges.items()}
        paid: dict[tuple[str, int], int] = defaultdict(int)
        of_pair: dict[Pair, int] = defaultdict(int)
        for (award, line, index), amount in sums.items():
            paid[line, index] += amount
            of_pair[award, line] += amount
        for amount, charge in sorted((amount, charge) for charge, amount in sums.items()):
            award, line, index = charge
            open_end = amount < self._smallest and paid[line, index] < self.program.case.need[line, index].direct
            if open_end or (of_pair[award, line] < REACH and paid[line, index] != amount):
                yield charges[charge]


def tidiness(program: Program, amounts: list[int]) -> tuple[int, int]:
    """Payers, summed up over lines, and crumbs: charges below the smallest that leave their line short."""
    charges, met = _charges(program, amounts), dict[tuple[str, int], int]()
    sums = {charge: sum(amounts[c] for c in columns) for charge, columns in charges.items()}
    for (_, line, index), amount in sums.items():
        met[line, index] = met.get((line, index), 0) + amount
    smallest, need = _smallest(program), program.case.need
    crumbs = (a < smallest and met[line, i] < need[line, i].direct for (_, line, i), a in sums.items())
    return len({(award, line) for award, line, _ in charges}), sum(crumbs)


def _charges(program: Program, amounts: list[int]) -> dict[Charge, list[int]]:
    """The paid cells of each charge."""
    charges: dict[Charge, list[int]] = defaultdict(list)
    for column, cell in enumerate(program.cells):
        if amounts[column]:
            charges[cell.award, cell.line, cell.index].append(column)
    return charges


def _pair(program: Program, column: int) -> Pair:
    cell = program.cells[column]
    return cell.award, cell.line


def _smallest(program: Program) -> int:
    proposal = program.case.proposal
    return proposal.smallest_charge // CENTS[proposal.unit]
