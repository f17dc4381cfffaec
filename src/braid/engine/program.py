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
class UpTo:
    """A sum of cells that counts only up to a most, with a weight above zero: what is kept of a former plan."""

    cells: tuple[int, ...]
    most: int
    weight: Fraction = Fraction(1)

    def value(self, values: Sequence[Exact]) -> Fraction:
        """What it counts for, exactly."""
        return self.weight * min(sum(values[cell] for cell in self.cells), self.most)


@dataclass(frozen=True)
class Row:
    """A named row: exact coefficients on columns, between exact bounds (None is open)."""

    name: str
    entries: tuple[Entry, ...]
    lower: Fraction | None
    upper: Fraction | None
    up_to: tuple[UpTo, ...] = ()
    """Sums that count up to a most besides; only where the row has no upper bound."""

    @property
    def limit(self) -> str:
        """The id of the limit that it belongs to."""
        return self.name.partition(APART)[0]

    def activity(self, values: Sequence[Exact]) -> Exact:
        """The exact value of the row."""
        linear = sum(coefficient * values[column] for column, coefficient in self.entries if values[column])
        return linear + sum(part.value(values) for part in self.up_to) if self.up_to else linear


@dataclass(frozen=True)
class Group:
    """A place, a population or an activity whose share of payable need is compared with others'."""

    name: str
    cells: tuple[tuple[int, Fraction], ...]
    """What a dollar of each of its cells meets, fringe included."""
    need: Fraction
    """What of its need the money on file could pay, in whole units, fringe included."""


@dataclass(frozen=True)
class Goal:
    """Something to make as large as possible: a weight for each cell and choice, exact.

    Besides weights it may count sums up to a most (``up_to``). A goal with ``groups`` has no weights: the smallest of
    their shares is raised first, then the next smallest.
    """

    name: str
    priority: int | None
    weights: tuple[Fraction, ...]
    up_to: tuple[UpTo, ...] = ()
    groups: tuple[Group, ...] = ()
    give_up: int = 0
    """Units of ``dollars`` by which it may fall for the goals after it."""
    dollars: tuple[Fraction, ...] | None = None
    """What of it is counted in dollars, where weights of activities make that another sum."""
    enough: Fraction | None = None
    """In whole units: reaching this is enough, and no more is held."""

    @property
    def label(self) -> str:
        """Its name, with its priority where it has one."""
        return self.name if self.priority is None else f"{self.name}, priority {self.priority}"

    @cached_property
    def floats(self) -> Floats:
        """The weights as floats."""
        return np.array([float(weight) for weight in self.weights], dtype=np.float64)

    def held(self, value: Fraction) -> Row:
        """The row that keeps the goal at this value or above."""
        return Row(self.name, tuple((c, w) for c, w in enumerate(self.weights) if w), value, None, self.up_to)

    def value(self, amounts: list[int]) -> Fraction:
        """The exact value of the goal."""
        linear = sum((w * x for w, x in zip(self.weights, amounts, strict=True) if w and x), Fraction(0))
        return linear + sum((part.value(amounts) for part in self.up_to), Fraction(0))


@dataclass(frozen=True)
class Choice:
    """A whole column that decides something: an award pays a line, an activity is funded, so many units are bought."""

    name: str
    most: int
    either_or: bool = True
    """Whether it is a yes or a no, and not a count."""
    one_payer: bool = False
    """Whether it stands for a person whom one award pays alone."""


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
class Column:
    """One more column of a solver, in its unit."""

    lower: float
    upper: float
    scale: float


@dataclass(frozen=True)
class Sparse:
    """One more row of a solver, in its unit."""

    entries: tuple[tuple[int, float], ...]
    lower: float
    upper: float


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

    def with_more(self, columns: Sequence[Column], rows: Sequence[Sparse]) -> Arrays:
        """The same with more columns, which are no choices, and more rows, both after those that there are."""
        start = [*self.start.tolist()]
        for row in rows:
            start.append(start[-1] + len(row.entries))
        entries = [entry for row in rows for entry in row.entries]

        def longer(old: Floats, new: Iterable[float]) -> Floats:
            return np.concatenate([old, np.array(list(new), dtype=np.float64)])

        return Arrays(
            start=np.array(start, dtype=np.int32),
            index=np.concatenate([self.index, np.array([column for column, _ in entries], dtype=np.int32)]),
            value=longer(self.value, (value for _, value in entries)),
            row_lower=longer(self.row_lower, (row.lower for row in rows)),
            row_upper=longer(self.row_upper, (row.upper for row in rows)),
            column_lower=longer(self.column_lower, (column.lower for column in columns)),
            column_upper=longer(self.column_upper, (column.upper for column in columns)),
            whole=np.concatenate([self.whole, np.zeros(len(columns), dtype=np.int32)]),
            scale=longer(self.scale, (column.scale for column in columns)),
        )

    def copied(self) -> Arrays:
        """The same with bounds of its own."""
        bounds = ("column_lower", "column_upper", "row_lower", "row_upper")
        return replace(self, **{name: getattr(self, name).copy() for name in bounds})

    def chosen(self, values: Floats) -> Arrays:
        """The same with every choice fixed at its value."""
        fixed = self.copied()
        where = np.flatnonzero(self.whole == 1)
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
