"""Sums over the charges of a plan that are a formula off the Allocation and its value at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.basics.fiscal import Interval
from braid.files.sheets import Formula, Number
from braid.workbook.charges import NOTHING, Charge
from braid.workbook.marks import whole

TABLE = "tblAllocation"
LAST_DAY = "plan_last_day"
"""The name of the cell that holds the last day of the plan."""
COLUMNS = {
    "award": "Award",
    "installment": "Installment",
    "activity": "Activity",
    "line": "Line",
    "period": "Period",
    "kind": "Kind",
    "object_class": "Object class",
    "position": "Position",
    "agreement": "Subaward",
    "strategy": "Strategy",
}
"""What a sum can go by, and the column of the table that holds it."""


@dataclass(frozen=True)
class Adds:
    """A column of the table that can be added up: the amount, with the indirect cost that it draws or without it.

    ``year``: of each charge only the part that falls on its days. ``asked``: what is to stand beside it as match.
    ``drawn``: the indirect cost that it draws, alone.
    """

    name: str
    with_indirect: bool = False
    year: Interval | None = None
    asked: bool = False
    drawn: bool = False
    parts: Callable[[Charge], Decimal] | None = None
    """Where the column holds a part of the amount, what that is."""

    def of(self, charge: Charge) -> Fraction:
        """What a charge adds to it."""
        if self.parts is not None:
            return Fraction(self.parts(charge))
        value = Fraction(charge.with_indirect if self.with_indirect else charge.amount)
        value = Fraction(charge.amount) * charge.rate if self.drawn else value
        value *= charge.part_in(self.year) if self.year else 1
        return value * charge.matched_at if self.asked else value


AMOUNT, WITH_INDIRECT = Adds("Amount"), Adds("With indirect", with_indirect=True)
MATCH_ASKED = Adds("Match asked", asked=True)


def in_year(year: Interval, *, with_indirect: bool) -> Adds:
    """The column that holds what of each charge falls on the days of a calendar year."""
    told = f"in {year.first.year}"
    return Adds(f"With indirect {told}" if with_indirect else told.capitalize(), with_indirect, year)


def drawn_in(year: Interval | None) -> Adds:
    """The column that holds the indirect cost that each charge draws, or what of it falls in a calendar year."""
    return Adds("Indirect drawn" if year is None else f"Indirect drawn in {year.first.year}", year=year, drawn=True)


@dataclass(frozen=True)
class Key:
    """What a sum goes by: the cell (or the quoted word) that a formula names, and what it says."""

    cell: str
    says: str


def word(text: str) -> Key:
    """A key that the formula itself spells, as in ``"direct"``."""
    return Key(f'"{text}"', text)


@dataclass(frozen=True)
class Span:
    """What else a sum may go by: days, installments from one number to another, and a mark.

    Each is a cell and what it holds. ``first`` and ``last`` hold costs that lie within them; ``late`` holds costs that
    do not end before it.
    """

    first: tuple[str, dt.date] | None = None
    last: tuple[str, dt.date] | None = None
    late: tuple[str, dt.date] | None = None
    lowest: tuple[str, int] | None = None
    highest: tuple[str, int] | None = None
    mark: tuple[str, str] | None = None
    total: tuple[str, str] | None = None
    """A mark again: everything that a limit with that mark is a share of."""

    def holds(self, charge: Charge) -> bool:
        """Whether a charge lies within."""
        number = int(charge.installment)
        return (
            (self.first is None or charge.first >= self.first[1])
            and (self.last is None or charge.last <= self.last[1])
            and (self.late is None or charge.last >= self.late[1])
            and (self.lowest is None or number >= self.lowest[1])
            and (self.highest is None or number <= self.highest[1])
            and (self.mark is None or self.mark[1] in charge.marks)
            and (self.total is None or whole(self.total[1]) in charge.marks)
        )

    def conditions(self, table: str = TABLE) -> Iterator[str]:
        """The same as conditions of a formula over a table."""
        single = self.lowest is not None and self.highest is not None and self.lowest[1] == self.highest[1]
        for name, sign, held in (
            ("From", ">=", self.first),
            ("Until", "<=", self.last),
            ("Until", ">=", self.late),
            ("Installment", "=" if single else ">=", self.lowest),
            ("Installment", "<=", None if single else self.highest),
        ):
            if held is not None and sign == "=":
                yield f"{table}[{name}],{held[0]}"
            elif held is not None:
                yield f'{table}[{name}],"{sign}"&{held[0]}'
        if self.mark is not None:
            yield f'{table}[Counts in],"*;"&{self.mark[0]}&";*"'
        if self.total is not None:
            yield f'{table}[Counts in],"*;{whole("")}"&{self.total[0]}&";*"'


EVERYTHING = Span()


class Ledger:
    """The charges of a plan. ``ledger.sum(award=Key("$B7", "sor"))`` is a SUMIFS over the table with its value."""

    def __init__(self, charges: Iterable[Charge]) -> None:
        self.charges = tuple(charges)
        self._by: dict[tuple[str, ...], dict[tuple[str, ...], list[Charge]]] = {}

    def charged(self, **says: str) -> Sequence[Charge]:
        """The charges with these traits, in the order of all."""
        if len(says) > 1 and (line := says.get("line")) is not None:  # of a line there are few: one index serves all
            rest = [(name, value) for name, value in says.items() if name != "line"]
            return [row for row in self._at(("line",), (line,)) if all(getattr(row, n) == v for n, v in rest)]
        return self._at(tuple(says), tuple(says.values()))

    def _at(self, names: tuple[str, ...], values: tuple[str, ...]) -> Sequence[Charge]:
        if names not in self._by:
            found: dict[tuple[str, ...], list[Charge]] = defaultdict(list)
            for charge in self.charges:
                found[tuple(getattr(charge, name) for name in names)].append(charge)
            self._by[names] = found
        return self._by[names].get(values, ())

    def total(self, **says: str) -> Decimal:
        """What the charges with these traits come to."""
        return sum((row.amount for row in self.charged(**says)), NOTHING)

    def sum(self, span: Span = EVERYTHING, column: Adds = AMOUNT, **keys: Key) -> Formula:
        """A live sum of a column of the table by these keys and within this span, with its value."""
        parts = [f"{TABLE}[{column.name}]", *(f"{TABLE}[{COLUMNS[name]}],{key.cell}" for name, key in keys.items())]
        parts += span.conditions()
        rows = [row for row in self.charged(**{name: key.says for name, key in keys.items()}) if span.holds(row)]
        if column == AMOUNT:
            value: Number = sum((row.amount for row in rows), Decimal(0))
        elif column.parts is not None:
            value = sum((column.parts(row) for row in rows), Decimal(0))
        else:
            value = float(sum((column.of(row) for row in rows), Fraction(0)))
        return Formula(f"{'SUMIFS' if len(parts) > 1 else 'SUM'}({','.join(parts)})", value)
