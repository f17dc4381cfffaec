"""Sums over the charges of a plan that are a formula off the Allocation and its value at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.files.sheets import Formula
from braid.workbook.charges import Charge

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
}
"""What a sum can go by, and the column of the table that holds it."""
AMOUNT, WITH_INDIRECT = "Amount", "With indirect"
"""The columns that can be added up."""


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
        )

    def conditions(self) -> Iterator[str]:
        """The same as conditions of a formula."""
        for name, sign, held in (
            ("From", ">=", self.first),
            ("Until", "<=", self.last),
            ("Until", ">=", self.late),
            ("Installment", ">=", self.lowest),
            ("Installment", "<=", self.highest),
        ):
            if held is not None:
                yield f'{TABLE}[{name}],"{sign}"&{held[0]}'
        if self.mark is not None:
            yield f'{TABLE}[Counts in],"*;"&{self.mark[0]}&";*"'


EVERYTHING = Span()


class Ledger:
    """The charges of a plan. ``ledger.sum(award=Key("$B7", "sor"))`` is a SUMIFS over the table with its value."""

    def __init__(self, charges: Iterable[Charge]) -> None:
        self.charges = tuple(charges)
        self._by: dict[tuple[str, ...], dict[tuple[str, ...], list[Charge]]] = {}

    def charged(self, **says: str) -> Sequence[Charge]:
        """The charges with these traits."""
        names = tuple(says)
        if names not in self._by:
            found: dict[tuple[str, ...], list[Charge]] = defaultdict(list)
            for charge in self.charges:
                found[tuple(getattr(charge, name) for name in names)].append(charge)
            self._by[names] = found
        return self._by[names].get(tuple(says.values()), ())

    def total(self, **says: str) -> Decimal:
        """What the charges with these traits come to."""
        return sum((row.amount for row in self.charged(**says)), Decimal(0))

    def sum(self, span: Span = EVERYTHING, column: str = AMOUNT, **keys: Key) -> Formula:
        """A live sum of a column of the table by these keys and within this span, with its value."""
        parts = [f"{TABLE}[{column}]", *(f"{TABLE}[{COLUMNS[name]}],{key.cell}" for name, key in keys.items())]
        parts += span.conditions()
        rows = [row for row in self.charged(**{name: key.says for name, key in keys.items()}) if span.holds(row)]
        if column == AMOUNT:
            value: Decimal | float = sum((row.amount for row in rows), Decimal(0))
        else:
            value = float(sum((row.with_indirect for row in rows), Fraction(0)))
        return Formula(f"{'SUMIFS' if len(parts) > 1 else 'SUM'}({','.join(parts)})", value)
