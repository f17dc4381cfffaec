"""From the solver's floats to whole units that keep every rule, exactly.

Values within a thousandth of a unit of a whole one are snapped, the others rounded down. Then small integer
programs move the columns that were fractional by at most 1, 4, 64 units, then all funded columns, then all, until
each priority reaches the linear program's value rounded down to units (C2) or every column was free. Their rows are
the original ones, with right-hand sides moved exactly; every answer is judged in exact arithmetic before it is
believed. A goal counts whole units: of what is met exactly, on-costs included, the part below a unit is no gain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from braid.engine.program import INFINITE, Entry, Goal, Program, Row, holds
from braid.engine.solve import Deadline, OutOfTimeError, Small, maximise_whole

SNAP = 1e-3
TRIES, FEW = 8, 2
"""How often a row that slipped by the solver's tolerance is drawn in: always, and for parts of a unit."""
WORK = 2_000_000
"""Columns times branches after which an integer program is left as it is: the plan then says how far it may be."""
LATE_WORK = 20_000
"""Columns times branches for what no priority rests on: parts of a unit, later goals, ties."""
MOST_LATE = 500
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
class _Level:
    """Which columns may move, and by how many units at most (None: without bound)."""

    free: list[int]
    reach: int | None
    everything: bool = False


@dataclass(frozen=True)
class _Found:
    level: _Level
    amounts: list[int]
    proven: bool


def round_units(
    program: Program, floats: Sequence[float], goals: list[Goal], tie: Goal, bound: Bound, deadline: Deadline
) -> Rounded | Impossible:
    """The best whole amounts near the solver's floats.

    ``goals`` are the priorities of ``fund`` first, then the later goals; ``bound`` says what is possible.
    """
    base, fractional = snap(floats, program.most)
    cells = len(program.cells)
    fractional = [column for column in fractional if column < cells]
    funded = [c for c, x in enumerate(floats[:cells]) if x > SNAP]
    ladder = _Ladder(program, base, list(_levels(fractional, funded, cells, program.decisions)), deadline)
    held: list[Row] = []
    units: list[int] = []
    found: _Found | None = None
    optimal = True
    for number, goal in enumerate(goals):
        most = bound(number, units)
        if found is None or goal.priority is not None:
            found = ladder.climb(goal, held, floor(most), found)
        else:
            found = ladder.improve(goal, held, fractional, found)
        if found is None and deadline.passed:
            raise OutOfTimeError
        if found is None:
            return _impossible(program, base)
        if goal.priority is not None:
            found = ladder.refine(goal, held, found) if most - goal.value(found.amounts) > CLOSE else found
            optimal = optimal and found.proven
        units.append(floor(goal.value(found.amounts)))
        held.append(goal.held(goal.value(found.amounts) if goal.priority is not None else Fraction(units[-1])))
    if found is None:
        raise ValueError("a plan has at least one goal")
    amounts = ladder.settle(fractional, found, held, tie)
    return Rounded(amounts, [goal.value(amounts) for goal in goals], optimal)


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


def _levels(fractional: list[int], funded: list[int], cells: int, decisions: int) -> Iterator[_Level]:
    for reach in (1, 4, 64):
        yield _Level(fractional, reach)
    for reach in (1, 4, 64):
        yield _Level(funded, reach)
    yield _Level(list(range(cells)), 4)
    yield _Level(list(range(cells)), 64)
    yield _Level(list(range(decisions)), None, everything=True)


class _Ladder:
    """Integer programs from the narrowest level to the widest, climbed only as far as a goal needs."""

    def __init__(self, program: Program, base: list[int], levels: list[_Level], deadline: Deadline) -> None:
        self.program, self.base, self.levels, self.deadline = program, base, levels, deadline
        self._local: dict[int, _Local] = {}

    def climb(self, goal: Goal, held: list[Row], possible: int, so_far: _Found | None) -> _Found | None:
        """The best amounts for a goal with earlier ones held; proven where it reaches what is possible or the top."""
        best = so_far
        if best is not None:
            best = _Found(best.level, best.amounts, floor(goal.value(best.amounts)) >= possible)
        for number, level in enumerate(self.levels):
            if best is not None and best.proven:
                return best
            if number not in self._local:
                self._local[number] = _Local(self.program, self.base, level)
            start = best.amounts if best is not None else None
            solved = self._local[number].best(goal, held, self.deadline, _nodes(level), start=start)
            if solved is None:
                continue
            amounts, sure = solved
            units = floor(goal.value(amounts))
            if best is None or units > floor(goal.value(best.amounts)):
                best = _Found(level, amounts, units >= possible)
            if level.everything and sure:
                best = _Found(best.level, best.amounts, True)
        return best

    def refine(self, goal: Goal, held: list[Row], found: _Found) -> _Found:
        """The same whole units, and of the parts of a unit above them as much as a short search finds.

        On-costs make a goal's value a fraction: what rounding leaves below a unit still goes to the earlier priority.
        """
        levels = [found.level, self.levels[-2]] if len(self.base) <= FINE else [found.level]
        for level in levels:
            local = self._local.setdefault(self.levels.index(level), _Local(self.program, self.base, level))
            least = [*held, goal.held(goal.value(found.amounts))]
            if not _parts(goal):
                continue
            solved = local.best(goal, least, self.deadline, _late(level), exact=True, start=found.amounts)
            if solved is not None and goal.value(solved[0]) > goal.value(found.amounts):
                found = _Found(level, solved[0], found.proven)
        return found

    def _nearest(self, amounts: list[int], held: list[Row]) -> list[int]:
        """As little moved from the linear plan as the goals allow, so that no odd dollars are strewn about."""
        moved = self._moved(amounts)
        local = _Local(self.program, self.base, _Level(moved, None))
        local.box([amounts[c] - self.base[c] for c in moved])
        weights = [Fraction(0)] * len(self.base)
        for column in moved:
            weights[column] = Fraction(-_sign(amounts[column] - self.base[column]))
        goal = Goal("near the linear plan", None, tuple(weights))
        solved = local.best(goal, held, self.deadline, MOST_LATE, exact=True, start=amounts) if moved else None
        return amounts if solved is None else solved[0]

    def improve(self, goal: Goal, held: list[Row], fractional: list[int], found: _Found) -> _Found:
        """A later goal, among the columns that rounding moved and all that share a need with them."""
        cells = self.program.cells
        moved = {*fractional, *self._moved(found.amounts)}
        needs = {(cells[column].line, cells[column].index) for column in moved if column < len(cells)}
        free = [column for column, cell in enumerate(cells) if (cell.line, cell.index) in needs]
        level = _Level(free, found.level.reach)
        local = _Local(self.program, self.base, level)
        solved = local.best(goal, held, self.deadline, _late(level), start=found.amounts)
        if solved is None or goal.value(solved[0]) < goal.value(found.amounts):
            return found
        return _Found(found.level, solved[0], found.proven)

    def settle(self, fractional: list[int], found: _Found, held: list[Row], tie: Goal) -> list[int]:
        """Back towards the linear plan as far as the goals allow, then the tie-break among single units."""
        amounts = self._nearest(found.amounts, held)
        level = _Level(sorted({*fractional, *self._moved(amounts)}), 1)
        last = _Local(self.program, amounts, level).best(tie, held, self.deadline, MOST_LATE)
        return last[0] if last is not None else amounts

    def _moved(self, amounts: list[int]) -> list[int]:
        return [column for column, amount in enumerate(amounts) if amount != self.base[column]]


def _nodes(level: _Level) -> int:
    return min(max(WORK // max(len(level.free), 1), 50), 20_000)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _late(level: _Level) -> int:
    return min(max(LATE_WORK // max(len(level.free), 1), 20), MOST_LATE)


def _parts(goal: Goal) -> bool:
    return any(weight.denominator > 1 for weight in goal.weights)


class _Local:
    """The integer program of moves from a base: exact right-hand sides, few columns, few rows.

    After the free columns stand the accounting columns that they touch, then one whole column for the goal itself.
    """

    def __init__(self, program: Program, base: list[int], level: _Level) -> None:
        self.program, self.base, self.free = program, base, level.free
        self.place = {column: i for i, column in enumerate(level.free)}
        self.at = program.complete(base)
        self.accounts = _touched(program, set(level.free))
        for number, account in enumerate(self.accounts):
            self.place[account] = len(self.free) + number
        reach = INFINITE if level.reach is None else float(level.reach)
        open_ends = [INFINITE] * (len(self.accounts) + 1)
        self.lower = np.array([max(-base[c], -reach) for c in self.free] + [-end for end in open_ends])
        self.upper = np.array([min(program.most[c] - base[c], reach) for c in self.free] + open_ends)
        self.whole = np.array([1] * len(self.free) + [0] * len(self.accounts) + [1], dtype=np.int32)
        self.rows = [row for row in program.bounding if any(column in self.place for column, _ in row.entries)]
        self.fixed = [row for row in program.bounding if not any(column in self.place for column, _ in row.entries)]
        self.here = [row.activity(self.at) for row in self.rows]
        self.drawn: dict[str, Fraction] = {}

    def best(
        self,
        goal: Goal,
        held: list[Row],
        deadline: Deadline,
        nodes: int,
        *,
        exact: bool = False,
        start: list[int] | None = None,
    ) -> tuple[list[int], bool] | None:
        """The best amounts for one goal with earlier goals held, judged exactly; None where nothing holds every row.

        The goal counts whole units, or with ``exact`` its parts of a unit too. ``start`` are amounts known already.
        Where the solver's tolerance let an exact row slip, that row is drawn in by a little and solved again.
        """
        if any(not holds(row, row.activity(self.at)) for row in self.fixed):
            return None
        if not self.free:
            broken = any(not holds(row, row.activity(self.at)) for row in [*self.rows, *held])
            return None if broken else (list(self.base), False)
        for attempt in range(FEW if exact else TRIES):
            found = maximise_whole(self._small(goal, held, exact), deadline.left, nodes, self._known(start, goal))
            if found is None:
                return None
            amounts = self._amounts(found[0])
            values = self.program.complete(amounts)
            broken_rows = [row for row in [*self.rows, *held] if not holds(row, row.activity(values))]
            if not broken_rows:
                return amounts, found[1]
            for row in broken_rows:
                self.drawn[row.name] = self.drawn.get(row.name, Fraction(0)) + Fraction(10**attempt, 10**6)
        return None

    def box(self, moves: list[int]) -> None:
        """Let each free column move only between the base and these moves."""
        self.lower[: len(moves)] = [min(move, 0) for move in moves]
        self.upper[: len(moves)] = [max(move, 0) for move in moves]

    def _known(self, start: list[int] | None, goal: Goal) -> np.ndarray | None:
        """Known amounts as values of all columns here; None where a column that may not move differs."""
        if start is None or any(
            a != b for c, (a, b) in enumerate(zip(start, self.base, strict=True)) if c not in self.place
        ):
            return None
        values = self.program.complete(start)
        moves = [float(values[column] - self.at[column]) for column in (*self.free, *self.accounts)]
        return np.array([*moves, float(floor(goal.value(start)) - floor(goal.value(self.base)))])

    def _amounts(self, moves: np.ndarray) -> list[int]:
        amounts = list(self.base)
        for i, column in enumerate(self.free):
            amounts[column] += round(float(moves[i]))
        return amounts

    def _small(self, goal: Goal, held: list[Row], exact: bool) -> Small:
        lines = _Lines(self.place)
        activities = [*self.here, *(row.activity(self.at) for row in held)]
        for row, here in zip([*self.rows, *held], activities, strict=True):
            drawn = self.drawn.get(row.name, Fraction(0))
            low = None if row.lower is None else row.lower - here + drawn
            lines.add(row.entries, low, None if row.upper is None else row.upper - here - drawn)
        zero = Fraction(0)
        for account in self.accounts:
            entries = self.program.accounts[account - self.program.decisions].entries
            lines.add(entries, zero, zero, (self.place[account], -1.0))
        last = len(self.lower) - 1
        here = goal.value(self.base)
        lines.add(tuple((c, w) for c, w in enumerate(goal.weights) if w), floor(here) - here, None, (last, -1.0))
        weights = np.zeros(last + 1)
        if exact:
            weights[: len(self.free)] = [float(goal.weights[column]) for column in self.free]
        else:
            weights[last] = 1.0
        return lines.small(weights, self.lower, self.upper, self.whole)


class _Lines:
    """Rows of a small matrix, as they are added."""

    def __init__(self, place: dict[int, int]) -> None:
        self.place = place
        self.start, self.index, self.value = [0], list[int](), list[float]()
        self.low, self.high = list[float](), list[float]()

    def add(
        self,
        entries: tuple[Entry, ...],
        low: Fraction | None,
        high: Fraction | None,
        extra: tuple[int, float] | None = None,
    ) -> None:
        """One row: its entries on columns that are at hand, and perhaps one more."""
        for column, coefficient in entries:
            if column in self.place:
                self.index.append(self.place[column])
                self.value.append(float(coefficient))
        if extra is not None:
            self.index.append(extra[0])
            self.value.append(extra[1])
        self.start.append(len(self.index))
        self.low.append(-INFINITE if low is None else float(low))
        self.high.append(INFINITE if high is None else float(high))

    def small(self, weights: np.ndarray, lower: np.ndarray, upper: np.ndarray, whole: np.ndarray) -> Small:
        """The rows with these columns."""
        start, index = np.array(self.start, dtype=np.int32), np.array(self.index, dtype=np.int32)
        value, low, high = np.array(self.value), np.array(self.low), np.array(self.high)
        return Small(weights, start, index, value, low, high, lower, upper, whole)


def _touched(program: Program, free: set[int]) -> list[int]:
    """The accounting columns in whose sum a free cell stands."""
    first = program.decisions
    return [
        first + n for n, account in enumerate(program.accounts) if any(column in free for column, _ in account.entries)
    ]
