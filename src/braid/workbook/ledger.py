"""Everything that a plan charges, as one list, and sums over it that are a formula and its value at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from braid.answer.plan import Plan
from braid.files.sheets import Formula

TABLE = "tblAllocation"
INDIRECT = "(indirect)"
SEVERAL = "(several)"
Kind = Literal["direct", "fringe", "indirect"]
COLUMNS = {
    "award": "Award",
    "activity": "Activity",
    "line": "Line",
    "period": "Period",
    "kind": "Kind",
}
"""What a sum can go by, and the column of the table that holds it."""


@dataclass(frozen=True)
class Charge:
    """One row of the table: an amount in dollars that one award is charged, for costs of these days."""

    award: str
    installment: str
    activity: str
    line: str
    category: str
    item: str
    priority: int | None
    period: str
    first: dt.date
    last: dt.date
    kind: Kind
    amount: Decimal


@dataclass(frozen=True)
class Key:
    """What a sum goes by: the cell (or the quoted word) that a formula names, and what it says."""

    cell: str
    says: str


@dataclass(frozen=True)
class Days:
    """The cells that hold a first and a last day (the first may be left open), and those days."""

    last_cell: str
    last: dt.date
    first_cell: str = ""
    first: dt.date = dt.date.min


def word(text: str) -> Key:
    """A key that the formula itself spells, as in ``"direct"``."""
    return Key(f'"{text}"', text)


class Ledger:
    """The charges of a plan. ``ledger.sum(award=Key("$B7", "sor"))`` is a SUMIFS over the table with its value."""

    def __init__(self, charges: Iterable[Charge]) -> None:
        self.charges = tuple(charges)
        self._by: dict[tuple[str, ...], dict[tuple[str, ...], list[Charge]]] = {}

    def total(self, days: Days | None = None, **says: str) -> Decimal:
        """What the charges with these traits come to."""
        names = tuple(says)
        if names not in self._by:
            found: dict[tuple[str, ...], list[Charge]] = defaultdict(list)
            for charge in self.charges:
                found[tuple(getattr(charge, name) for name in names)].append(charge)
            self._by[names] = found
        rows = self._by[names].get(tuple(says.values()), [])
        return sum((row.amount for row in rows if days is None or _within(row, days)), Decimal(0))

    def sum(self, days: Days | None = None, **keys: Key) -> Formula:
        """A live sum of the table's amounts by these keys, with its value."""
        parts = [f"{TABLE}[Amount]"]
        for name, key in keys.items():
            parts += [f"{TABLE}[{COLUMNS[name]}]", key.cell]
        if days is not None:
            if days.first_cell:
                parts += [f"{TABLE}[From]", f'">="&{days.first_cell}']
            parts += [f"{TABLE}[Until]", f'"<="&{days.last_cell}']
        function = "SUMIFS" if len(parts) > 1 else "SUM"
        value = self.total(days, **{name: key.says for name, key in keys.items()})
        return Formula(f"{function}({','.join(parts)})", value)


def _within(charge: Charge, days: Days) -> bool:
    return days.first <= charge.first and charge.last <= days.last


def charges_of(plan: Plan) -> tuple[Charge, ...]:
    """Direct cost, fringe and indirect cost as rows of one kind, award by award."""
    found = [*_direct(plan), *_fringe(plan), *_indirect(plan)]
    order = {period.name: place for place, period in enumerate(plan.proposal.periods)}
    kinds = ("direct", "fringe", "indirect")

    def place(charge: Charge) -> tuple[object, ...]:
        last = charge.kind == "indirect"
        return (
            charge.award,
            last,
            charge.line,
            order[charge.period],
            kinds.index(charge.kind),
            charge.first,
            charge.installment,
        )

    return tuple(sorted(found, key=place))


def _direct(plan: Plan) -> Iterator[Charge]:
    for row in plan.file.allocations:
        cost = plan.proposal.cost(row.line)
        yield Charge(
            award=row.award,
            installment=row.installment,
            activity=row.activity,
            line=row.line,
            category=row.category,
            item=cost.line.item or "",
            priority=cost.activity.priority,
            period=row.period,
            first=row.from_,
            last=row.until,
            kind="direct",
            amount=row.amount,
        )


def _fringe(plan: Plan) -> Iterator[Charge]:
    """Fringe stands beside the pay that it follows: on its days, and on its installment where there is one."""
    pay: dict[tuple[str, str, str], list[Charge]] = defaultdict(list)
    for charge in _direct(plan):
        pay[charge.award, charge.line, charge.period].append(charge)
    for row in plan.file.fringe:
        followed = pay[row.award, row.line, row.period]
        parts = {charge.installment for charge in followed}
        yield Charge(
            award=row.award,
            installment=parts.pop() if len(parts) == 1 else SEVERAL,
            activity=row.line.partition("/")[0],
            line=row.line,
            category="fringe",
            item="",
            priority=plan.proposal.cost(row.line).activity.priority,
            period=row.period,
            first=_first(plan, row.period, followed),
            last=_last(plan, row.period, followed),
            kind="fringe",
            amount=row.amount,
        )


def _indirect(plan: Plan) -> Iterator[Charge]:
    """Indirect cost belongs to no line; it stands on the days of the direct cost that it is worked out on."""
    direct: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for charge in _direct(plan):
        direct[charge.award, charge.period].append(charge)
    for row in plan.file.indirect:
        if not row.amount:
            continue
        base = direct[row.award, row.period]
        yield Charge(
            award=row.award,
            installment=row.installment,
            activity=INDIRECT,
            line=INDIRECT,
            category="indirect",
            item="",
            priority=None,
            period=row.period,
            first=_first(plan, row.period, base),
            last=_last(plan, row.period, base),
            kind="indirect",
            amount=row.amount,
        )


def _first(plan: Plan, period: str, charges: list[Charge]) -> dt.date:
    """The first day of charges; of their period where there are none."""
    days = plan.proposal.periods[plan.proposal.fiscal.index[period]].days
    return min((charge.first for charge in charges), default=days.first)


def _last(plan: Plan, period: str, charges: list[Charge]) -> dt.date:
    days = plan.proposal.periods[plan.proposal.fiscal.index[period]].days
    return max((charge.last for charge in charges), default=days.last)
