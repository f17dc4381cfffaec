"""Small integer programs that move whole amounts about, near a base that nearly fits.

Their rows are the original ones, with right-hand sides moved exactly; every answer is judged in exact arithmetic
before it is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from braid.engine.program import INFINITE, Entry, Exact, Goal, Program, Row, UpTo, holds
from braid.engine.solve import Deadline, Small, SmallRows, maximise_whole

TRIES = 8
"""How often a row that slipped by the solver's tolerance is drawn in."""
SLIP = 1e-6
"""What a solver's value may be off a whole unit."""


@dataclass(frozen=True)
class Level:
    """Which columns may move, and by how many units at most (None: without bound)."""

    free: list[int]
    reach: int | None
    everything: bool = False


class Local:
    """The integer program of moves from a base: exact right-hand sides, few columns, few rows.

    After the free columns stand the accounting columns that they touch.
    """

    def __init__(self, program: Program, base: list[int], level: Level) -> None:
        self.program, self.base, self.free = program, base, level.free
        self.place = {column: i for i, column in enumerate(level.free)}
        self.at = program.complete(base)
        self.accounts = _touched(program, set(level.free))
        for number, account in enumerate(self.accounts):
            self.place[account] = len(self.free) + number
        reach = INFINITE if level.reach is None else float(level.reach)
        open_ends = [INFINITE] * len(self.accounts)
        self.lower = np.array([max(-base[c], -reach) for c in self.free] + [-end for end in open_ends])
        self.upper = np.array([min(program.most[c] - base[c], reach) for c in self.free] + open_ends)
        self.whole = np.array([1] * len(self.free) + [0] * len(self.accounts), dtype=np.int32)
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
        start: list[int] | None = None,
        target: int | None = None,
    ) -> tuple[list[int], float] | None:
        """The best amounts for one goal with earlier goals held, judged exactly, and what at most could be reached.

        None where nothing holds every row. ``start`` are amounts known already; a search that has reached ``target``
        ends. Where the solver's tolerance let an exact row slip, that row is drawn in by a little and solved again.
        """
        if any(not holds(row, row.activity(self.at)) for row in self.fixed):
            return None
        here = float(goal.value(self.base))
        if not self.free:
            broken = any(not holds(row, row.activity(self.at)) for row in [*self.rows, *held])
            return None if broken else (list(self.base), here)
        enough = None if target is None else target - here
        for attempt in range(TRIES):
            parts = self._parts(goal, held)
            small, known = self._small(goal, held, parts, enough), self._known(start, parts)
            found = maximise_whole(small, deadline.left, nodes, known, judged=True)
            if found is None:
                return None
            amounts = self._amounts(found.values)
            values = self.program.complete(amounts)
            broken_rows = [row for row in [*self.rows, *held] if not holds(row, row.activity(values))]
            if not broken_rows:
                return amounts, here + found.bound
            for row in broken_rows:
                self.drawn[row.name] = self.drawn.get(row.name, Fraction(0)) + Fraction(10**attempt, 10**6)
        return None

    def box_linear(self, held: list[Row], deadline: Deadline, reach: int) -> bool:
        """Let each free column move only about where the linear program moves it; whether that holds every row.

        Among hundreds of columns whole amounts are found near those of the linear program, or only after seconds.
        """
        goal = no_goal(self.program)
        small = self._small(goal, held, self._parts(goal, held), None)
        linear = replace(small, whole=np.zeros_like(small.whole))
        found = maximise_whole(linear, deadline.left, judged=True)
        if found is None:
            return False
        moves = found.values[: len(self.free)]
        self.lower[: len(moves)] = np.maximum(self.lower[: len(moves)], np.floor(moves + SLIP) - reach)
        self.upper[: len(moves)] = np.minimum(self.upper[: len(moves)], np.ceil(moves - SLIP) + reach)
        return True

    def box(self, moves: list[int]) -> None:
        """Let each free column move only between the base and these moves."""
        self.lower[: len(moves)] = [min(move, 0) for move in moves]
        self.upper[: len(moves)] = [max(move, 0) for move in moves]

    def keep(self, column: int, least: int, most: int) -> None:
        """Let a free column end only between two amounts."""
        place = self.place[column]
        self.lower[place] = max(self.lower[place], least - self.base[column])
        self.upper[place] = min(self.upper[place], most - self.base[column])

    def _parts(self, goal: Goal, held: list[Row]) -> list[UpTo]:
        """The sums that count up to a most, of which some cell may move."""
        every = [*goal.up_to, *(part for row in held for part in row.up_to)]
        known = {(part.cells, part.most): part for part in every if any(cell in self.place for cell in part.cells)}
        return list(known.values())

    def _known(self, start: list[int] | None, parts: list[UpTo]) -> np.ndarray | None:
        """Known amounts as values of all columns here; None where a column that may not move differs."""
        if start is None or any(
            a != b for c, (a, b) in enumerate(zip(start, self.base, strict=True)) if c not in self.place
        ):
            return None
        values = self.program.complete(start)
        moves = [float(values[column] - self.at[column]) for column in (*self.free, *self.accounts)]
        return np.array([*moves, *(float(_counted(part, values) - _counted(part, self.at)) for part in parts)])

    def _amounts(self, moves: np.ndarray) -> list[int]:
        amounts = list(self.base)
        for i, column in enumerate(self.free):
            amounts[column] += round(float(moves[i]))
        return amounts

    def _small(self, goal: Goal, held: list[Row], parts: list[UpTo], enough: float | None) -> Small:
        rows = SmallRows()
        place = {(part.cells, part.most): len(self.lower) + number for number, part in enumerate(parts)}

        def up_to(some: tuple[UpTo, ...]) -> list[tuple[int, float]]:
            return [(place[p.cells, p.most], float(p.weight)) for p in some if (p.cells, p.most) in place]

        activities = [*self.here, *(row.activity(self.at) for row in held)]
        for row, here in zip([*self.rows, *held], activities, strict=True):
            drawn = self.drawn.get(row.name, Fraction(0))
            low = -INFINITE if row.lower is None else float(row.lower - here + drawn)
            high = INFINITE if row.upper is None else float(row.upper - here - drawn)
            rows.add([*self._placed(row.entries), *up_to(row.up_to)], low, high)
        for part in parts:
            entries = [(self.place[cell], -1.0) for cell in part.cells if cell in self.place]
            spare = sum(self.at[cell] for cell in part.cells) - _counted(part, self.at)
            rows.add([*entries, (place[part.cells, part.most], 1.0)], -INFINITE, float(spare))
        for account in self.accounts:
            entries = self.program.accounts[account - self.program.decisions].entries
            rows.add([*self._placed(entries), (self.place[account], -1.0)], 0.0, 0.0)
        weights = np.zeros(len(self.lower) + len(parts))
        weights[: len(self.free)] = [float(goal.weights[column]) for column in self.free]
        for column, weight in up_to(goal.up_to):
            weights[column] = weight
        lower = np.array([*self.lower, *[-INFINITE] * len(parts)])
        upper = np.array([*self.upper, *(float(part.most - _counted(part, self.at)) for part in parts)])
        whole = np.array([*self.whole, *[0] * len(parts)], dtype=np.int32)
        return rows.small(weights, lower, upper, whole, enough)

    def _placed(self, entries: tuple[Entry, ...]) -> list[tuple[int, float]]:
        """Entries on the columns that are at hand, where they stand here."""
        return [(self.place[column], float(value)) for column, value in entries if column in self.place]


def no_goal(program: Program) -> Goal:
    """The goal for which any amounts that keep every row are as good."""
    return Goal("nothing", None, tuple([Fraction(0)] * program.decisions))


def _counted(part: UpTo, values: Sequence[Exact]) -> Exact:
    """What of a sum counts, its weight aside."""
    return min(sum(values[cell] for cell in part.cells), part.most)


def _touched(program: Program, free: set[int]) -> list[int]:
    """The accounting columns in whose sum a free cell stands."""
    first = program.decisions
    return [
        first + n for n, account in enumerate(program.accounts) if any(column in free for column, _ in account.entries)
    ]
