"""A program as solvers take it, with all that its goals need besides.

There are columns for what is kept and for shares, and rows that hold a goal which may give something up. None of
these binds a plan by itself; whole amounts are judged without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from braid.engine.program import (
    INFINITE,
    Arrays,
    Column,
    Exact,
    Floats,
    Goal,
    Program,
    Row,
    Sparse,
    UpTo,
    arrays_of,
)


@dataclass(frozen=True)
class Shares:
    """The columns of a goal with groups, in the solver's unit.

    ``level`` is what the largest group would get at the share that is being raised; ``met`` is what each group gets,
    and ``excess`` what of it is above that share.
    """

    level: int
    met: tuple[int, ...]
    excess: tuple[int, ...]
    ratio: tuple[float, ...]
    """The payable need of each group, as a part of the largest."""
    most: float
    """The payable need of the largest group, in the solver's unit."""


@dataclass(frozen=True)
class Worst:
    """For choices as whole columns: the columns of one goal with groups that say what its worst groups get."""

    weights: tuple[Floats, ...]
    """For each number of groups: what to make largest, so that the worst of so many get the most."""


@dataclass
class Framed:
    """The arrays, and where in them each goal stands, by its number."""

    arrays: Arrays
    weights: list[Floats] = field(default_factory=list[Floats])
    """What is made largest, over all columns; a goal with groups has nothing here."""
    dollars: dict[int, Floats] = field(default_factory=dict[int, Floats])
    """Where dollars are another sum than that, they themselves."""
    shares: dict[int, Shares] = field(default_factory=dict[int, Shares])
    worst: dict[int, Worst] = field(default_factory=dict[int, Worst])
    rows: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    """The rows that can hold a goal at less than its best: its own sum, then that of dollars if it is another."""

    def sum(self, number: int) -> Floats:
        """What of a goal is counted in dollars: its own sum, where that is not another."""
        return self.dollars.get(number, self.weights[number])


MOST_ROUNDS = 12
"""With choices as whole columns: groups that are raised one after another; the rest follows with the choices fixed."""


def framed(program: Program, goals: Sequence[Goal], *, choosing: bool = False) -> Framed:
    """The program with all that its goals need; ``choosing`` is for the run that settles the choices."""
    frame = _Frame(program)
    for number, goal in enumerate(goals):
        frame.add(number, goal, choosing)
    return frame.done()


def holding(program: Program, rows: Sequence[Row], goal: Goal) -> tuple[Arrays, Floats]:
    """The program with some goals held as rows, and what one more goal makes largest."""
    frame = _Frame(program)
    for row in rows:
        frame.row(frame.weights(row.entries, row.up_to), float(row.lower or 0) / frame.scale)
    frame.add(0, goal, choosing=False)
    found = frame.done()
    return found.arrays, found.weights[0]


class _Frame:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.base = arrays_of(program)
        self.scale = float(self.base.scale[0]) if len(program.cells) else 1.0
        self.columns: list[Column] = []
        self.rows: list[Sparse] = []
        self.framed = Framed(self.base)
        self._weights: list[dict[int, float]] = []
        self._dollars: dict[int, dict[int, float]] = {}
        self._worst: dict[int, list[dict[int, float]]] = {}
        self._known: dict[tuple[tuple[int, ...], int], int] = {}

    def add(self, number: int, goal: Goal, choosing: bool) -> None:
        """What one goal needs."""
        linear = [(c, w) for c, w in enumerate(goal.weights) if w]
        self._weights.append(self.weights(linear, goal.up_to))
        if goal.dollars is not None:
            self._dollars[number] = self.weights([(c, w) for c, w in enumerate(goal.dollars) if w], ())
        if goal.groups:
            shares = self._shares(goal)
            self.framed.shares[number] = shares
            if choosing:
                self._worst[number] = list(self._rounds(shares))
        elif goal.give_up:
            sums = [self._weights[-1], *([self._dollars[number]] if number in self._dollars else [])]
            self.framed.rows[number] = [self.row(each, -INFINITE) for each in sums]

    def done(self) -> Framed:
        """All of it."""
        found, count = self.framed, len(self.base.column_upper) + len(self.columns)
        found.arrays = self.base.with_more(self.columns, self.rows)
        found.weights = [_dense(each, count) for each in self._weights]
        found.dollars = {number: _dense(each, count) for number, each in self._dollars.items()}
        found.worst = {n: Worst(tuple(_dense(each, count) for each in some)) for n, some in self._worst.items()}
        return found

    def weights(self, linear: Sequence[tuple[int, Exact]], up_to: Sequence[UpTo]) -> dict[int, float]:
        """Weights on columns, with a column for each sum that counts only up to a most."""
        found = {column: float(weight) for column, weight in linear}
        for part in up_to:
            key = (part.cells, part.most)
            if key not in self._known:
                self._known[key] = self.column(0.0, part.most / self.scale)
                self.rows.append(Sparse(((self._known[key], 1.0), *((c, -1.0) for c in part.cells)), -INFINITE, 0.0))
            found[self._known[key]] = float(part.weight)
        return found

    def column(self, lower: float, upper: float) -> int:
        """One more column."""
        self.columns.append(Column(lower, upper, self.scale))
        return len(self.base.column_upper) + len(self.columns) - 1

    def row(self, weights: dict[int, float], lower: float, upper: float = INFINITE) -> int:
        """One more row."""
        self.rows.append(Sparse(tuple(weights.items()), lower, upper))
        return len(self.base.row_lower) + len(self.rows) - 1

    def _shares(self, goal: Goal) -> Shares:
        needs = [float(group.need) / self.scale for group in goal.groups]
        most = max(needs)
        ratio = tuple(need / most for need in needs)
        level = self.column(0.0, most)
        met, excess = list[int](), list[int]()
        for group, part in zip(goal.groups, ratio, strict=True):
            met.append(self.column(0.0, INFINITE))
            excess.append(self.column(0.0, INFINITE))
            self.row({**{c: float(w) for c, w in group.cells}, met[-1]: -1.0}, 0.0, 0.0)
            self.row({met[-1]: 1.0, level: -part, excess[-1]: -1.0}, 0.0, 0.0)
        return Shares(level, tuple(met), tuple(excess), ratio, most)

    def _rounds(self, shares: Shares) -> list[dict[int, float]]:
        """For 1, 2, … groups: the sum of what so many of the worst get, as something to be made largest.

        The smallest sum of k shares is the most of k · t less what each share is below t (Ogryczak and Tamir 2003,
        Minimizing the sum of the k largest functions in linear time). It holds for any set of plans, with whole choices
        too.
        """
        found: list[dict[int, float]] = []
        for count in range(1, min(len(shares.met), MOST_ROUNDS) + 1):
            level = self.column(0.0, shares.most)
            weights = {level: float(count)}
            for met, part in zip(shares.met, shares.ratio, strict=True):
                below = self.column(0.0, INFINITE)
                self.row({below: 1.0, met: 1.0 / part, level: -1.0}, 0.0)
                weights[below] = -1.0
            found.append(weights)
        return found


def _dense(weights: dict[int, float], count: int) -> Floats:
    found = np.zeros(count)
    for column, weight in weights.items():
        found[column] = weight
    return found
