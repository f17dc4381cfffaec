"""The program: a column for each payable cell and each choice, accounting columns for totals, a row for each limit.

Coefficients and bounds are exact fractions here; the arrays hold the floats that a solver takes. Accounting columns
(what an award charges in a period; its indirect) keep shares and cumulative rows sparse: they are also the numbers
that reports need.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from braid.judge.case import Case
from braid.judge.limit import Cell

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Exact = Fraction | int
Entry = tuple[int, Exact]
INFINITE = float("inf")
APART = "#"
"""Between the id of a limit and what tells one of its several rows from the others."""


@dataclass(frozen=True)
class Row:
    """A named row: exact coefficients on columns, between exact bounds (None is open)."""

    name: str
    entries: tuple[Entry, ...]
    lower: Fraction | None
    upper: Fraction | None

    @property
    def limit(self) -> str:
        """The id of the limit that it belongs to."""
        return self.name.partition(APART)[0]

    def activity(self, values: Sequence[Exact]) -> Exact:
        """The exact value of the row."""
        return sum(coefficient * values[column] for column, coefficient in self.entries if values[column])


@dataclass(frozen=True)
class Goal:
    """Something to make as large as possible: a weight for each cell and choice, exact."""

    name: str
    priority: int | None
    weights: tuple[Fraction, ...]

    @cached_property
    def floats(self) -> Floats:
        """The weights as floats."""
        return np.array([float(weight) for weight in self.weights], dtype=np.float64)

    def held(self, value: Fraction) -> Row:
        """The row that keeps the goal at this value or above."""
        return Row(self.name, tuple((c, w) for c, w in enumerate(self.weights) if w), value, None)

    def value(self, amounts: list[int]) -> Fraction:
        """The exact value of the goal."""
        return sum((w * x for w, x in zip(self.weights, amounts, strict=True) if w and x), Fraction(0))


@dataclass(frozen=True)
class Choice:
    """A whole column that decides something: an award pays a line, an activity is funded, so many units are bought."""

    name: str
    most: int
    either_or: bool = True
    """Whether it is a yes or a no, and not a count."""


@dataclass
class Program:
    """All columns and rows: the cells first, then the choices, then the accounting columns."""

    case: Case
    cells: tuple[Cell, ...]
    choices: tuple[Choice, ...]
    most: list[int]
    """The upper bound of each cell, in whole units, and of each choice."""
    charge: list[Fraction]
    """What a dollar of each cell charges its award, on-costs included, exactly."""
    fringe: list[Fraction]
    """Fringe that a dollar of each cell brings."""
    indirect: list[Fraction]
    """Indirect that a dollar of each cell brings."""
    rows: list[Row] = field(default_factory=list[Row])
    """One for each limit."""
    links: list[Row] = field(default_factory=list[Row])
    """What ties a choice to the cells that it decides about."""
    accounts: list[Row] = field(default_factory=list[Row])
    """For each accounting column its defining row over cells: column = sum."""

    @property
    def decisions(self) -> int:
        """Columns that are decided: cells and choices."""
        return len(self.cells) + len(self.choices)

    @property
    def columns(self) -> int:
        """Columns in all."""
        return self.decisions + len(self.accounts)

    @cached_property
    def bounding(self) -> list[Row]:
        """Every row that whole amounts must keep."""
        return [*self.rows, *self.links]

    def complete(self, amounts: list[int]) -> list[Exact]:
        """Exact values of all columns, the accounting ones worked out from the cells."""
        return [*amounts, *(account.activity(amounts) for account in self.accounts)]

    def broken(self, amounts: list[int]) -> list[Row]:
        """The rows that these whole amounts break, judged exactly."""
        values = self.complete(amounts)
        return [row for row in self.bounding if not holds(row, row.activity(values))]


def exact_entries(entries: Iterable[tuple[int, Fraction]]) -> tuple[Entry, ...]:
    """Entries with whole coefficients as integers, which add up many times faster."""
    return tuple((column, int(value) if value.denominator == 1 else value) for column, value in entries)


def holds(row: Row, activity: Exact) -> bool:
    """Whether an exact activity lies within the row's bounds."""
    return (row.lower is None or activity >= row.lower) and (row.upper is None or activity <= row.upper)


@dataclass(frozen=True)
class Arrays:
    """A program as a solver takes it: rows of a sparse matrix, bounds, all as floats in a unit that suits it."""

    start: Ints
    index: Ints
    value: Floats
    row_lower: Floats
    row_upper: Floats
    column_lower: Floats
    column_upper: Floats
    whole: Ints
    """1 for a choice, 0 for the others."""
    scale: Floats
    """Whole units per unit of the solver, by column."""

    def copied(self) -> Arrays:
        """The same with bounds of its own."""
        bounds = ("column_lower", "column_upper", "row_lower", "row_upper")
        return replace(self, **{name: getattr(self, name).copy() for name in bounds})

    def chosen(self, values: Floats) -> Arrays:
        """The same with every choice fixed at its value."""
        fixed = self.copied()
        where = self.whole == 1
        fixed.column_lower[where] = fixed.column_upper[where] = values[where]
        return fixed

    def activity(self, values: Floats) -> Floats:
        """The value of every row."""
        rows = np.repeat(np.arange(len(self.row_lower)), np.diff(self.start))
        sums = np.bincount(rows, weights=self.value * values[self.index], minlength=len(self.row_lower))
        return sums.astype(np.float64)


def arrays_of(program: Program, extra: Sequence[Row] = (), *, scale: float | None = None) -> Arrays:
    """The arrays of a program, in the power of ten that brings the largest right-hand side near a million.

    ``extra`` rows over cells stand before the others. Choices are counts and are not scaled.
    """
    rows = [*extra, *program.bounding, *program.accounts]
    scale = scale or _scale(program)
    column_scale = np.full(program.columns, scale)
    column_scale[len(program.cells) : program.decisions] = 1.0
    start, index, value = [0], list[int](), list[float]()
    row_scale = np.full(len(rows), scale)
    for number, row in enumerate(rows):
        counts = bool(row.entries) and all(_chosen(program, column) for column, _ in row.entries)
        row_scale[number] = 1.0 if counts else scale
        index.extend(column for column, _ in row.entries)
        value.extend(float(c) * column_scale[column] / row_scale[number] for column, c in row.entries)
        if (account := number - len(extra) - len(program.bounding)) >= 0:
            index.append(program.decisions + account)
            value.append(-1.0)
        start.append(len(index))
    upper = np.array([*map(float, program.most), *[INFINITE] * len(program.accounts)])
    return Arrays(
        start=np.array(start, dtype=np.int32),
        index=np.array(index, dtype=np.int32),
        value=np.array(value),
        row_lower=np.array([-INFINITE if row.lower is None else float(row.lower) for row in rows]) / row_scale,
        row_upper=np.array([INFINITE if row.upper is None else float(row.upper) for row in rows]) / row_scale,
        column_lower=np.zeros(program.columns),
        column_upper=upper / column_scale,
        whole=_whole(program),
        scale=column_scale,
    )


def _scale(program: Program) -> float:
    largest = max([float(row.upper) for row in program.rows if row.upper], default=1.0)
    return float(10.0 ** max(0, round(np.log10(max(largest, 1.0))) - 6))


def _chosen(program: Program, column: int) -> bool:
    return len(program.cells) <= column < program.decisions


def _whole(program: Program) -> Ints:
    whole = np.zeros(program.columns, dtype=np.int32)
    whole[len(program.cells) : program.decisions] = 1
    return whole
