"""What every solver here shares: the time that is left, how an answer is said, and what it is when there is none."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Protocol

import numpy as np

from braid.basics.errors import SolverError
from braid.engine.program import Arrays, Floats, Ints

FACE = 1e-7
"""Reduced costs and duals above this are not zero."""
OUT_OF_TIME = "the time ran out before there was an answer; allow more with --time-limit"


class InfeasibleError(Exception):
    """No values of the columns keep every row."""


class OutOfTimeError(SolverError):
    """The time ran out before there was an answer."""

    def __init__(self) -> None:
        super().__init__(OUT_OF_TIME)


class Deadline:
    """The moment by which all solving ends."""

    def __init__(self, seconds: float) -> None:
        self._until = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, never below a hundredth."""
        return max(self._until - monotonic(), 0.01)

    @property
    def passed(self) -> bool:
        """Whether it has come."""
        return monotonic() >= self._until


@dataclass(frozen=True)
class Best:
    """The best values found with choices as whole numbers, what could at most be reached, and whether they agree."""

    values: Floats
    bound: float
    proven: bool


class Linear(Protocol):
    """A program whose goals are optimised one after another, each held on its optimal face."""

    def maximise(self, weights: Floats) -> Floats:
        """The values of all columns, in whole units, that make the weighted sum largest."""
        ...

    def hold(self) -> None:
        """Keep to the optimal face of the goal just optimised."""
        ...

    def reduced(self) -> Floats | None:
        """The reduced costs of the goal just optimised; None where the solver tells none."""
        ...

    def bound(self, column: int, lower: float, upper: float) -> None:
        """Bound a column anew, in the solver's unit."""
        ...

    def at_least(self, row: int, lower: float) -> None:
        """Hold a row at this value or above, in the solver's unit."""
        ...

    def settled(self) -> bool:
        """Whether the last optimum is the only one."""
        ...

    def face(self) -> Arrays:
        """The program as it is bounded by now."""
        ...

    def narrow(self, lower: Floats, upper: Floats) -> None:
        """Bound the columns more tightly, and widen the rows by what a solver cannot tell apart."""
        ...


class Mixed(Protocol):
    """The same with its choices as whole numbers; goals are held by rows."""

    def maximise(self, weights: Floats, above: tuple[Floats, float] | None = None) -> Best:
        """The best values of all columns, in whole units; with another sum above a value, this once."""
        ...

    def hold(self, weights: Floats, value: float) -> None:
        """Keep a goal at a value from now on."""
        ...


class Solver(Protocol):
    """A way to the numbers."""

    slip: float
    """By how much its values may be off, in whole units."""

    @property
    def name(self) -> str:
        """The solver and its version, as provenance carries it."""
        ...

    def linear(self, arrays: Arrays, deadline: Deadline) -> Linear:
        """A session on a program without choices, or with all of them fixed."""
        ...

    def mixed(self, arrays: Arrays, deadline: Deadline) -> Mixed:
        """A session on a program with choices."""
        ...


def tighten(lower: Floats, upper: Floats, at: Floats, dual: Floats) -> None:
    """Where the dual is not zero, both bounds become the one that is active."""
    moved = np.abs(dual) > FACE
    low = moved & (np.abs(at - lower) <= np.abs(at - upper))
    high = moved & ~low
    upper[low] = lower[low]
    lower[high] = upper[high]


WIDER = 2e-7
"""By how much rows are widened when columns are narrowed to what an integer program found."""


def room(value: float) -> float:
    """How far below its value a goal is held by a row, in the solver's unit: within what the solver can tell apart."""
    return max(1e-6, 1e-9 * abs(value))


@dataclass(frozen=True)
class Small:
    """A small integer program: maximise ``weights`` over ``columns`` whole columns and some continuous ones."""

    weights: Floats
    start: Ints
    index: Ints
    value: Floats
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    whole: Ints
    enough: float | None = None
    """A value at which the search may end; None for the best."""


class SmallRows:
    """The rows of a small matrix, as they are added."""

    def __init__(self) -> None:
        self._start, self._index, self._value = [0], list[int](), list[float]()
        self._low, self._high = list[float](), list[float]()

    def add(self, entries: list[tuple[int, float]], low: float, high: float) -> None:
        """One row between two bounds."""
        self._index.extend(column for column, _ in entries)
        self._value.extend(float(value) for _, value in entries)
        self._start.append(len(self._index))
        self._low.append(float(low))
        self._high.append(float(high))

    def small(self, weights: Floats, lower: Floats, upper: Floats, whole: Ints, enough: float | None = None) -> Small:
        """The rows with these columns."""
        start, index = np.array(self._start, dtype=np.int32), np.array(self._index, dtype=np.int32)
        value, low, high = np.array(self._value), np.array(self._low), np.array(self._high)
        return Small(weights, start, index, value, low, high, lower, upper, whole, enough)
