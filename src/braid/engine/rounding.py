"""From the solver's floats to whole units that keep every rule, exactly.

Values within a thousandth of a unit of a whole one are snapped, the others rounded down. Then small integer
programs move the columns that were fractional by a unit or up to 64, then those that share a need with them, then all
funded columns, then all, until
each priority reaches the linear program's value rounded down to units (C2) or every column was free. Their rows are
the original ones, with right-hand sides moved exactly; every answer is judged in exact arithmetic before it is
believed. A goal counts whole units: of what is met exactly, on-costs included, the part below a unit is no gain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, isfinite

from braid.engine.moving import Level, Local
from braid.engine.program import Goal, Program, Row, holds
from braid.engine.solve import Deadline, OutOfTimeError

SNAP = 1e-3
SURE = 1e-6
"""What a solver's bound may be off by."""
WORK = 2_000_000
"""Columns times branches after which an integer program is left as it is: the plan then says how far it may be."""
LATE_WORK = 20_000
"""Columns times branches for what no priority rests on: parts of a unit, later goals, ties."""
MOST_LATE = 500
FEW_NODES = 40
NEAR = 64
"""Units by which amounts move for all but the last resort."""
FUNDED = 3
"""The level of all that is funded."""
CLOSE = Fraction(1, 1000)
"""A goal this near to what is possible is there."""
FINE = 100
"""Cells up to which parts of a unit are sought among all of them."""

Bound = Callable[[int, list[int]], Fraction]
"""The linear program's value of the goal of this number, when the goals before it are held at these whole units."""


@dataclass(frozen=True)
class Rounded:
    """Whole amounts by cell, the exact value of each goal, and whether each priority is proven best (C2)."""

    amounts: list[int]
    values: list[Fraction]
    optimal: bool


@dataclass(frozen=True)
class Impossible:
    """Possible only in fractions of a unit: the row that no whole amounts keep."""

    row: str
    short: Fraction


@dataclass(frozen=True)
class _Found:
    level: Level
    amounts: list[int]
    proven: bool


def round_units(
    program: Program, floats: Sequence[float], goals: list[Goal], tie: Goal, bound: Bound, deadline: Deadline
) -> Rounded | Impossible:
    """The best whole amounts near the solver's floats.

    ``goals`` are reached in their order and held; of one that says what is ``enough``, no more than that. ``bound``
    says what is possible.
    """
    base, fractional = snap(floats, program.most)
    cells = len(program.cells)
    fractional = [column for column in fractional if column < cells]
    funded = [c for c, x in enumerate(floats[:cells]) if x > SNAP]
    ladder = _Ladder(program, base, list(_levels(program, fractional, funded)), deadline)
    course = _Course(ladder, fractional)
    for number, goal in enumerate(goals):
        if not course.reach(goal, bound(number, course.units)):
            return _impossible(program, base)
    amounts = course.settle(tie)
    return Rounded(amounts, [goal.value(amounts) for goal in goals], course.optimal)


class _Course:
    """The goals in whole units, one after another, each held at what it reached."""

    def __init__(self, ladder: _Ladder, fractional: list[int]) -> None:
        self.ladder, self.fractional = ladder, fractional
        self.held: list[Row] = []
        self.units: list[int] = []
        self.optimal = True
        self._found: _Found | None = None
        self._drawn_back = False

    def reach(self, goal: Goal, most: Fraction) -> bool:
        """The best for one goal, of which ``most`` is possible; False where no whole amounts keep every row."""
        most = most if goal.enough is None else goal.enough
        found = self._best(goal, most)
        if found is None:
            return False
        if goal.priority is not None:
            found = self.ladder.refine(goal, self.held, found) if most - goal.value(found.amounts) > CLOSE else found
            self.optimal = self.optimal and found.proven
        value = min(goal.value(found.amounts), most) if goal.enough is not None else goal.value(found.amounts)
        self.units.append(floor(value))
        self.held.append(goal.held(value if goal.priority is not None else Fraction(floor(value))))
        self._found = found
        return True

    def _best(self, goal: Goal, most: Fraction) -> _Found | None:
        if self._found is not None and goal.enough is not None and goal.value(self._found.amounts) >= goal.enough:
            return _Found(self._found.level, self._found.amounts, proven=True)
        if self._found is not None and goal.priority is None:
            if not self._drawn_back and goal.enough is None:
                self._found, self._drawn_back = self.ladder.draw_back(self._found, self.held), True
            found = self.ladder.improve(goal, self.held, self.fractional, self._found)
            if goal.enough is None or goal.value(found.amounts) >= goal.enough or len(goal.weights) > FINE:
                return found
        found = self.ladder.climb(goal, self.held, floor(most), self._found)
        if found is None and self.ladder.deadline.passed:
            if self.ladder.program.broken(self.ladder.base):
                raise OutOfTimeError
            return _Found(self.ladder.levels[0], self.ladder.base, proven=False)
        return found

    def settle(self, tie: Goal) -> list[int]:
        """The amounts, ties broken."""
        if self._found is None:
            raise ValueError("a plan has at least one goal")
        return self.ladder.settle(self.fractional, self._found, self.held, tie)


def _impossible(program: Program, base: list[int]) -> Impossible:
    """The first row that the plan in fractions keeps and its whole part does not, and by how much."""
    values = program.complete(base)
    for row in program.bounding:
        at = Fraction(row.activity(values))
        if not holds(row, at):
            short = row.lower - at if row.lower is not None and at < row.lower else at - (row.upper or Fraction(0))
            return Impossible(row.name.partition(":")[0], short)
    return Impossible("need", Fraction(0))


def snap(floats: Sequence[float], most: list[int]) -> tuple[list[int], list[int]]:
    """Whole amounts at or below the floats, and the columns that were not whole.

    >>> snap([1.9999, 2.5, 7.0], [9, 9, 6])
    ([2, 2, 6], [1])
    """
    base: list[int] = []
    fractional: list[int] = []
    for column, value in enumerate(floats):
        near = round(value)
        if abs(value - near) > SNAP:
            fractional.append(column)
            near = floor(value)
        base.append(min(max(near, 0), most[column]))
    return base, fractional


def _levels(program: Program, fractional: list[int], funded: list[int]) -> Iterator[Level]:
    """What was fractional, all that pays a need with it, all that is funded, all cells, and everything."""
    for reach in (1, NEAR):
        yield Level(fractional, reach)
    yield Level(_sharing_a_need(program, fractional, funded), NEAR)
    yield Level(funded, NEAR)
    yield Level(list(range(len(program.cells))), NEAR)
    yield Level(list(range(program.decisions)), None, everything=True)


def _sharing_a_need(program: Program, columns: Iterable[int], among: Iterable[int]) -> list[int]:
    """Of some columns those that pay a need with one of these."""
    cells = program.cells
    needs = {(cells[column].line, cells[column].index) for column in columns if column < len(cells)}
    return [column for column in among if column < len(cells) and (cells[column].line, cells[column].index) in needs]


class _Ladder:
    """Integer programs from the narrowest level to the widest, climbed only as far as a goal needs."""

    def __init__(self, program: Program, base: list[int], levels: list[Level], deadline: Deadline) -> None:
        self.program, self.base, self.levels, self.deadline = program, base, levels, deadline
        self._local: dict[int, Local] = {}

    def climb(self, goal: Goal, held: list[Row], possible: int, so_far: _Found | None) -> _Found | None:
        """The best amounts for a goal with earlier ones held; proven where it reaches what is possible or the top."""
        best = so_far
        if best is not None:
            best = _Found(best.level, best.amounts, floor(goal.value(best.amounts)) >= possible)
        for number, level in enumerate(self.levels):
            if best is not None and best.proven:
                return best
            if number not in self._local:
                self._local[number] = Local(self.program, self.base, level)
            start = best.amounts if best is not None else None
            for nodes in (0,) if level.everything and best is None else _nodes(level):
                solved = self._local[number].best(goal, held, self.deadline, nodes, start=start, target=possible)
                if solved is None:
                    continue
                (start, most), units = solved, floor(goal.value(solved[0]))
                if best is None or units > floor(goal.value(best.amounts)):
                    best = _Found(level, start, units >= possible)
                # a search that time ended may know no bound at all
                if best.proven or (isfinite(most) and floor(most + SURE) <= floor(goal.value(best.amounts))):
                    best = _Found(best.level, best.amounts, best.proven or level.everything)
                    break
        return best

    def refine(self, goal: Goal, held: list[Row], found: _Found) -> _Found:
        """The same whole units, and of the parts of a unit above them as much as a short search finds.

        On-costs make a goal's value a fraction: what rounding leaves below a unit still goes to the earlier priority.
        """
        if not _parts(goal):
            return found
        for level in self.levels[FUNDED:-1] if len(self.base) <= FINE else [self.levels[FUNDED]]:
            local = Local(self.program, found.amounts, level)
            least = [*held, goal.held(goal.value(found.amounts))]
            solved = local.best(goal, least, self.deadline, _late(level), start=found.amounts)
            if solved is not None and goal.value(solved[0]) > goal.value(found.amounts):
                found = _Found(found.level, solved[0], found.proven)
        return found

    def draw_back(self, found: _Found, held: list[Row]) -> _Found:
        """As little moved from the linear plan as the goals allow: it is the best there is for every later goal."""
        amounts = found.amounts
        moved = self._moved(amounts)
        local = Local(self.program, self.base, Level(moved, None))
        local.box([amounts[c] - self.base[c] for c in moved])
        weights = [Fraction(0)] * len(self.base)
        for column in moved:
            weights[column] = Fraction(-_sign(amounts[column] - self.base[column]))
        goal = Goal("near the linear plan", None, tuple(weights))
        solved = local.best(goal, held, self.deadline, FEW_NODES, start=amounts) if moved else None
        return found if solved is None else _Found(found.level, solved[0], found.proven)

    def improve(self, goal: Goal, held: list[Row], fractional: list[int], found: _Found) -> _Found:
        """A later goal, among the columns that rounding moved and all that pay a need with them."""
        moved = {*fractional, *self._moved(found.amounts)}
        paid = {*self.levels[FUNDED].free, *(column for column, amount in enumerate(found.amounts) if amount)}
        level = Level(_sharing_a_need(self.program, moved, sorted(paid)), NEAR)
        local = Local(self.program, found.amounts, level)
        target = None if goal.enough is None else floor(goal.enough)
        solved = local.best(goal, held, self.deadline, _late(level), start=found.amounts, target=target)
        if solved is None or goal.value(solved[0]) < goal.value(found.amounts):
            return found
        return _Found(found.level, solved[0], found.proven)

    def settle(self, fractional: list[int], found: _Found, held: list[Row], tie: Goal) -> list[int]:
        """Back towards the linear plan as far as the goals allow, then the tie-break among single units."""
        amounts = self.draw_back(found, held).amounts
        level = Level(sorted({*fractional, *self._moved(amounts)}), 1)
        last = Local(self.program, amounts, level).best(tie, held, self.deadline, MOST_LATE)
        return last[0] if last is not None else amounts

    def _moved(self, amounts: list[int]) -> list[int]:
        return [column for column, amount in enumerate(amounts) if amount != self.base[column]]


def _nodes(level: Level) -> tuple[int, ...]:
    """Few branches first: only whole units count, and it is often clear early that there is not one more to be had."""
    most = min(max(WORK // max(len(level.free), 1), 50), 20_000)
    return (*(most // part for part in (100, 10) if most // part >= FEW_NODES), most)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _late(level: Level) -> int:
    return min(max(LATE_WORK // max(len(level.free), 1), 20), MOST_LATE)


def _parts(goal: Goal) -> bool:
    return any(weight.denominator > 1 for weight in goal.weights)
