"""The linear program as arrays: a column for each payable cell, accounting columns for totals, a row for each limit.

Coefficients and bounds are exact fractions here; ``lower``, ``upper`` and ``value`` are the floats that a solver
takes. Accounting columns (what an award charges in a period; its indirect) keep shares and cumulative rows sparse:
they are also the numbers that reports need.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from braid.basics.money import round_half_up
from braid.judge.case import Case
from braid.judge.limits import Cell, Limit
from braid.judge.oncosts import per_dollar
from braid.law.rules import Selector, Traits

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Exact = Fraction | int
Entry = tuple[int, Exact]
INFINITE = float("inf")
MOST_WEIGHT = 1 << 20


@dataclass(frozen=True)
class Row:
    """A named row: exact coefficients on columns, between exact bounds (None is open)."""

    name: str
    entries: tuple[Entry, ...]
    lower: Fraction | None
    upper: Fraction | None

    def activity(self, values: Sequence[Exact]) -> Exact:
        """The exact value of the row."""
        return sum(coefficient * values[column] for column, coefficient in self.entries if values[column])


@dataclass(frozen=True)
class Goal:
    """Something to make as large as possible: a weight for each cell, exact."""

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


@dataclass
class Program:
    """All columns and rows. The first ``len(cells)`` columns are the cells; accounting columns follow."""

    case: Case
    cells: tuple[Cell, ...]
    most: list[int]
    """The upper bound of each cell, in whole units."""
    charge: list[Fraction]
    """What a dollar of each cell charges its award, on-costs included, exactly."""
    fringe: list[Fraction]
    """Fringe that a dollar of each cell brings."""
    rows: list[Row] = field(default_factory=list[Row])
    accounts: list[Row] = field(default_factory=list[Row])
    """For each accounting column its defining row over cells: column = sum."""
    account_of: dict[tuple[str, str, int], int] = field(default_factory=dict[tuple[str, str, int], int])
    """Where the accounting column of (kind, award, period) stands."""

    @property
    def columns(self) -> int:
        """Columns in all."""
        return len(self.cells) + len(self.accounts)

    def complete(self, amounts: list[int]) -> list[Exact]:
        """Exact values of all columns, the accounting ones worked out from the cells."""
        return [*amounts, *(account.activity(amounts) for account in self.accounts)]

    def broken(self, amounts: list[int]) -> list[Row]:
        """The rows that these whole amounts break, judged exactly."""
        values = self.complete(amounts)
        return [row for row in self.rows if not holds(row, row.activity(values))]


def exact_entries(entries: Iterable[tuple[int, Fraction]]) -> tuple[Entry, ...]:
    """Entries with whole coefficients as integers, which add up many times faster."""
    return tuple((column, int(value) if value.denominator == 1 else value) for column, value in entries)


def holds(row: Row, activity: Exact) -> bool:
    """Whether an exact activity lies within the row's bounds."""
    return (row.lower is None or activity >= row.lower) and (row.upper is None or activity <= row.upper)


def compile_case(case: Case) -> Program:
    """The program of a case: columns for its cells, a row for each of its limits."""
    cells = case.cells
    costs = {cost.id: cost for cost in case.proposal.costs}
    most = [case.need[cell.line, cell.index].direct for cell in cells]
    indirect = [per_dollar(costs[cell.line], case.indirect[cell.award, cell.index]) for cell in cells]
    fringe = [costs[cell.line].fringe for cell in cells]
    charge = [1 + f + i for f, i in zip(fringe, indirect, strict=True)]
    program = Program(case, cells, most, charge, fringe)
    builder = _Builder(program, indirect)
    for limit in case.limits:
        row = builder.row(limit)
        if row is not None:
            program.rows.append(row)
    return program


class _Builder:
    """Turns limits into rows."""

    def __init__(self, program: Program, indirect: list[Fraction]) -> None:
        self.program = program
        self.indirect = indirect
        self.by_need: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.by_award: dict[str, list[int]] = defaultdict(list)
        for column, cell in enumerate(program.cells):
            self.by_need[cell.line, cell.index].append(column)
            self.by_award[cell.award].append(column)
        for award, columns in self.by_award.items():
            periods = sorted({program.cells[column].index for column in columns})
            for index in periods:
                self._account("charge", award, index, program.charge)
        awards_with_indirect = {next(iter(x.awards)) for x in program.case.limits if x.include_indirect and x.awards}
        for award in sorted(awards_with_indirect & set(self.by_award)):
            for index in sorted({program.cells[column].index for column in self.by_award[award]}):
                self._account("indirect", award, index, indirect)

    def _account(self, kind: str, award: str, index: int, counts: list[Fraction]) -> None:
        program = self.program
        columns = [c for c in self.by_award[award] if program.cells[c].index == index and counts[c]]
        program.account_of[kind, award, index] = program.columns
        name = f"account[{kind},{award},{index}]"
        entries = exact_entries((c, counts[c]) for c in columns)
        program.accounts.append(Row(name, entries, Fraction(0), Fraction(0)))

    def _accounts(self, kind: str, award: str, limit: Limit) -> list[int]:
        return [
            column
            for (sort, who, index), column in self.program.account_of.items()
            if sort == kind and who == award and self._in_time(limit, index)
        ]

    @staticmethod
    def _in_time(limit: Limit, index: int) -> bool:
        if limit.index is None:
            return True
        return index <= limit.index if limit.through else index == limit.index

    def row(self, limit: Limit) -> Row | None:
        """The row of a limit, or None where no column stands in it: then it holds by itself."""
        if limit.of_need:
            entries = self._on_line(limit)
        elif limit.kind in {"award", "cash"}:
            entries = [(column, Fraction(1)) for column in self._accounts("charge", limit.award, limit)]
        elif limit.share is not None:
            return self._of_total(limit)
        else:
            entries = self._selected(limit)
        return Row(limit.id, exact_entries(entries), None, Fraction(limit.bound)) if entries else None

    def _on_line(self, limit: Limit) -> list[tuple[int, Fraction]]:
        cells = self.program.cells
        return [
            (column, Fraction(1))
            for column in self.by_need[limit.key]
            if (limit.awards is None or cells[column].award in limit.awards)
            and (limit.days is None or cells[column].days.within(limit.days))
        ]

    def _split(self, limit: Limit, column: int) -> tuple[int, int]:
        """Whether a cell's direct cost is selected, and whether its fringe is (C8: as category fringe)."""
        selector = limit.select or Selector()
        pay, fringe = self._traits[self.program.cells[column].line]
        return int(selector.selects(pay)), int(selector.selects(fringe))

    @cached_property
    def _traits(self) -> dict[str, tuple[Traits, Traits]]:
        """The traits of each line's pay and of its fringe."""
        costs = self.program.case.proposal.costs
        return {cost.id: (cost.traits, replace(cost.traits, category="fringe")) for cost in costs}

    def _selected(self, limit: Limit) -> list[tuple[int, Fraction]]:
        """A cap or floor with a fixed bound: what is selected (cap), or what is not, with on-costs (floor, C5)."""
        award = limit.award
        entries: list[tuple[int, Fraction]] = []
        for column in self.by_award[award]:
            if not self._in_time(limit, self.program.cells[column].index):
                continue
            direct, fringe = self._split(limit, column)
            counts = (
                self._rest(column, direct, fringe)
                if limit.kind == "floor"
                else direct + fringe * self.program.fringe[column]
            )
            if counts:
                entries.append((column, Fraction(counts)))
        if limit.include_indirect:  # C3
            entries.extend((column, Fraction(1)) for column in self._accounts("indirect", award, limit))
        return entries

    def _with_on_costs(self, column: int, direct: int, fringe: int) -> Fraction:
        """What the selected part of a dollar charges: direct, its fringe, and the indirect of what is selected (C4)."""
        selected = direct + fringe * self.program.fringe[column]
        whole = 1 + self.program.fringe[column]
        return selected + self.indirect[column] * selected / whole

    def _rest(self, column: int, direct: int, fringe: int) -> Fraction:
        return self._with_on_costs(column, 1 - direct, 1 - fringe)

    def _of_total(self, limit: Limit) -> Row | None:
        """A share of what the award itself spends: selected - share x total, on the right side of zero."""
        award, share = limit.award, limit.share or Fraction(0)
        spend = limit.of == "spend"
        entries: dict[int, Fraction] = defaultdict(Fraction)
        for column in self.by_award[award]:
            if not self._in_time(limit, self.program.cells[column].index):
                continue
            direct, fringe = self._split(limit, column)
            if not spend:
                entries[column] = direct - share
            elif limit.include_indirect:
                entries[column] = direct + fringe * self.program.fringe[column]
            else:
                entries[column] = self._with_on_costs(column, direct, fringe)
        if spend:
            for column in self._accounts("charge", award, limit):
                entries[column] = -share
        if limit.include_indirect:
            for column in self._accounts("indirect", award, limit):
                entries[column] = Fraction(1)
        kept = exact_entries((column, value) for column, value in entries.items() if value)
        if not kept:
            return None
        zero = Fraction(0)
        return Row(limit.id, kept, zero if limit.at_least else None, None if limit.at_least else zero)


def goals_of(program: Program) -> list[Goal]:
    """The goals of the proposal in their order; ``fund`` is one goal for each priority, 1 first."""
    goals: list[Goal] = []
    for name in program.case.proposal.goals:
        goals.extend(_fund(program) if name == "fund" else [Goal(name, None, LATER[name](program))])
    return goals


def _fund(program: Program) -> Iterator[Goal]:
    """The most need met of one priority after another, within each by weight."""
    activities = {cost.id: cost.activity for cost in program.case.proposal.costs}
    for priority in sorted({activity.priority for activity in program.case.proposal.activities}):
        weights = tuple(
            (1 + fringe) * activities[cell.line].weight if activities[cell.line].priority == priority else Fraction(0)
            for cell, fringe in zip(program.cells, program.fringe, strict=True)
        )
        yield Goal("fund", priority, weights)


def _sooner(program: Program) -> tuple[Fraction, ...]:
    """Earlier periods first: dollars of need met times the periods left, this one included."""
    left = len(program.case.proposal.periods)
    return tuple((1 + f) * (left - cell.index) for cell, f in zip(program.cells, program.fringe, strict=True))


def _expiring_first(program: Program) -> tuple[Fraction, ...]:
    """The most charged, on-costs included, to money that ends by the calendar's last day."""
    pots, stop = program.case.pots, program.case.proposal.fiscal.days.stop
    ending = {award for award, pot in pots.items() if pot.days.stop <= stop}
    pairs = zip(program.cells, program.charge, strict=True)
    return tuple(charge if cell.award in ending else Fraction(0) for cell, charge in pairs)


def _restricted_first(program: Program) -> tuple[Fraction, ...]:
    """The least flexible money first: as little as can be of charge times flexibility in per cent."""
    flexibility = flexibility_of(program.case)
    return tuple(-charge * flexibility[cell.award] for cell, charge in zip(program.cells, program.charge, strict=True))


def flexibility_of(case: Case) -> dict[str, int]:
    """The share of all need that each award may pay, in whole per cent."""
    whole = sum(need.total for need in case.needs)
    payable = {(cell.award, cell.line, cell.index) for cell in case.cells}
    reach = {award: sum(need.total for need in case.needs if (award, *need.key) in payable) for award in case.terms}
    return {award: round_half_up(Fraction(100 * total, whole)) if whole else 0 for award, total in reach.items()}


LATER: dict[str, Callable[[Program], tuple[Fraction, ...]]] = {
    "sooner": _sooner,
    "expiring-first": _expiring_first,
    "restricted-first": _restricted_first,
}


def tie_break(program: Program, salt: int) -> Goal:
    """The canonical tie-break: integer weights 1..2^20 from a hash of the ids, so that there is one answer."""
    names = (f"{salt}|{cell.award}|{cell.line}|{cell.index}|{cell.days}" for cell in program.cells)
    digests = (hashlib.sha256(name.encode()).digest()[:4] for name in names)
    weights = tuple(Fraction(1 + int.from_bytes(digest) % MOST_WEIGHT) for digest in digests)
    return Goal("canonical tie-break", None, weights)


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
    scale: float
    """Whole units per unit of the solver."""


def arrays_of(program: Program, extra: Sequence[Row] = ()) -> Arrays:
    """The arrays of a program, in the power of ten that brings the largest right-hand side near a million.

    ``extra`` rows over cells stand before the others.
    """
    program_rows = [*extra, *program.rows]
    rows = [*program_rows, *program.accounts]
    first_account = len(program.cells)
    start, index, value = [0], list[int](), list[float]()
    for number, row in enumerate(rows):
        index.extend(column for column, _ in row.entries)
        value.extend(float(coefficient) for _, coefficient in row.entries)
        if number >= len(program_rows):
            index.append(first_account + number - len(program_rows))
            value.append(-1.0)
        start.append(len(index))
    largest = max([float(row.upper) for row in program.rows if row.upper], default=1.0)
    scale = 10.0 ** max(0, round(np.log10(max(largest, 1.0))) - 6)
    upper = np.array([*map(float, program.most), *[INFINITE] * len(program.accounts)])
    return Arrays(
        start=np.array(start, dtype=np.int32),
        index=np.array(index, dtype=np.int32),
        value=np.array(value),
        row_lower=np.array([-INFINITE if row.lower is None else float(row.lower) for row in rows]) / scale,
        row_upper=np.array([INFINITE if row.upper is None else float(row.upper) for row in rows]) / scale,
        column_lower=np.zeros(program.columns),
        column_upper=upper / scale,
        scale=scale,
    )
