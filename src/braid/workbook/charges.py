"""Everything that a plan charges, as rows of one kind: direct cost, the fringe on it, and indirect cost.

A plan says fringe by award, line and period. Here it follows each amount of pay in proportion, rounded down, on its
days and its installment; the units that this leaves over go where the installment has most left.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from braid.answer.plan import Plan
from braid.answer.rows import IndirectCharge
from braid.basics.fiscal import Interval
from braid.basics.money import amount_text
from braid.judge.subawards import Charged, first_dollars
from braid.workbook.marks import Marks

INDIRECT = "(indirect)"
NOTHING = Decimal(0)
Kind = Literal["direct", "fringe", "indirect"]
KINDS: tuple[Kind, ...] = ("direct", "fringe", "indirect")
Room = dict[tuple[str, str], Decimal]
"""What each installment of each award has left."""


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
    rate: Fraction = Fraction(0)
    """The rate of indirect cost that it draws."""
    marks: tuple[str, ...] = ()
    """The caps, floors and requirements that it counts in."""

    @property
    def with_indirect(self) -> Fraction:
        """The amount with the indirect cost that it draws, before rounding; nothing for indirect cost itself."""
        return Fraction(0) if self.kind == "indirect" else Fraction(self.amount) * (1 + self.rate)


def charges_of(plan: Plan) -> tuple[Charge, ...]:
    """Direct cost, fringe and indirect cost as rows of one kind, award by award."""
    order = {period.name: place for place, period in enumerate(plan.proposal.periods)}

    def place(charge: Charge) -> tuple[object, ...]:
        last = charge.kind == "indirect"
        days = (order[charge.period], KINDS.index(charge.kind), charge.first, charge.installment)
        return (charge.award, last, charge.line, *days)

    return tuple(sorted(_Charges(plan).all(), key=place))


class _Charges:
    def __init__(self, plan: Plan) -> None:
        self.plan, self.case, self.file = plan, plan.case, plan.file
        self.step = Decimal(1) if plan.file.unit == "dollar" else Decimal("0.01")
        self.index = plan.proposal.fiscal.index
        self.marks = Marks(plan)

    def all(self) -> Iterator[Charge]:
        """Every row."""
        yield from self.direct
        yield from self._fringe()
        for row in self.file.indirect:
            yield from self._indirect(row)

    @cached_property
    def direct(self) -> tuple[Charge, ...]:
        """Direct cost, as the plan has it."""
        counted = self._first_dollars()
        return tuple(
            Charge(
                award=row.award,
                installment=row.installment,
                activity=row.activity,
                line=row.line,
                category=row.category,
                item=self.plan.proposal.cost(row.line).line.item or "",
                priority=self.plan.proposal.cost(row.line).activity.priority,
                period=row.period,
                first=row.from_,
                last=row.until,
                kind="direct",
                amount=row.amount,
                rate=self._rate(row.award, row.line, row.period, 0) * counted[number],
                marks=self.marks.of(row.award, row.line, "direct"),
            )
            for number, row in enumerate(self.file.allocations)
        )

    def _first_dollars(self) -> list[Fraction]:
        """The part of each allocation that counts in its base of indirect cost, as far as subaward agreements go."""
        rows: list[Charged] = []
        mtdc = [self.case.indirect[row.award, self.index[row.period]].base == "mtdc" for row in self.file.allocations]
        for row in self.file.allocations:
            agreement = self.plan.proposal.cost(row.line).line.subaward
            order = (self.index[row.period], row.line, row.from_, row.until, int(row.installment))
            under = (row.award, agreement) if agreement else None
            rows.append(Charged(under, self.case.counted(row.award), int(row.amount / self.step), order))
        counted = zip(first_dollars(rows), rows, mtdc, strict=True)
        return [Fraction(part, row.amount) if asked else Fraction(1) for part, row, asked in counted]

    def _rate(self, award: str, line: str, period: str, part: int) -> Fraction:
        """The rate of indirect cost on the pay (0) or on the fringe (1) of a line."""
        terms = self.case.indirect[award, self.index[period]]
        return terms.rate if self.case.in_base(award, line, terms.base)[part] else Fraction(0)

    def _fringe(self) -> Iterator[Charge]:
        pay: dict[tuple[str, str, str], list[Charge]] = defaultdict(list)
        for charge in self.direct:
            pay[charge.award, charge.line, charge.period].append(charge)
        pairs = [(row.amount, pay[row.award, row.line, row.period]) for row in self.file.fringe]
        shares = [_in_proportion(amount, followed, self.step) for amount, followed in pairs]
        room = self._room()
        for (_, followed), amounts in zip(pairs, shares, strict=True):
            for charge, amount in zip(followed, amounts, strict=True):
                room[charge.award, charge.installment] -= amount
        for (whole, followed), amounts in zip(pairs, shares, strict=True):
            self._odd(whole, followed, amounts, room)
            for charge, amount in zip(followed, amounts, strict=True):
                if amount:
                    yield self._on_pay(charge, amount)

    def _on_pay(self, pay: Charge, amount: Decimal) -> Charge:
        return replace(
            pay,
            category="fringe",
            item="",
            kind="fringe",
            amount=amount,
            rate=self._rate(pay.award, pay.line, pay.period, 1),
            marks=self.marks.of(pay.award, pay.line, "fringe"),
        )

    def _odd(self, whole: Decimal, followed: Sequence[Charge], amounts: list[Decimal], room: Room) -> None:
        """Give out what rounding down has left over, unit by unit, where the installment has most left."""
        for _ in range(int((whole - sum(amounts)) / self.step)):
            most = max(range(len(followed)), key=lambda i: room[followed[i].award, followed[i].installment])
            amounts[most] += self.step
            room[followed[most].award, followed[most].installment] -= self.step

    def _room(self) -> Room:
        """What each installment has beyond its direct and indirect cost."""
        room: Room = defaultdict(Decimal)
        for award, funds in self.case.funds.items():
            for part in funds.installments:
                room[award, str(part.number)] += Decimal(amount_text(part.amount, self.file.unit))
        for row in (*self.file.allocations, *self.file.indirect):
            room[row.award, row.installment] -= row.amount
        return room

    @cached_property
    def _base(self) -> dict[tuple[str, str, str], list[Charge]]:
        """Direct cost by award, installment and period."""
        found: dict[tuple[str, str, str], list[Charge]] = defaultdict(list)
        for charge in self.direct:
            found[charge.award, charge.installment, charge.period].append(charge)
        return found

    def _indirect(self, row: IndirectCharge) -> Iterator[Charge]:
        """Indirect cost belongs to no line; it stands on the days of the direct cost that it is worked out on."""
        base = self._base[row.award, row.installment, row.period]
        late = self._late(row.award, row.installment)
        groups = [[c for c in base if (c.last >= late) == after] for after in (False, True)] if late else [base]
        groups = [group for group in groups if group] or [base]
        amounts = [row.amount] if len(groups) == 1 else self._by_base(row.amount, groups)
        days = self.plan.proposal.periods[self.index[row.period]].days
        for group, amount in zip(groups, amounts, strict=True):
            if amount:
                yield Charge(
                    award=row.award,
                    installment=row.installment,
                    activity=INDIRECT,
                    line=INDIRECT,
                    category="indirect",
                    item="",
                    priority=None,
                    period=row.period,
                    first=min((charge.first for charge in group), default=days.first),
                    last=max((charge.last for charge in group), default=days.last),
                    kind="indirect",
                    amount=amount,
                    marks=self.marks.of(row.award, INDIRECT, "indirect"),
                )

    def _by_base(self, amount: Decimal, groups: list[list[Charge]]) -> list[Decimal]:
        """Indirect cost of before and after the day on which only a share lives on: the later rounded down."""
        early, later = (sum((c.with_indirect - Fraction(c.amount) for c in group), Fraction(0)) for group in groups)
        exact = Fraction(amount) * later / (early + later) if later else Fraction(0)
        after = int(exact / Fraction(self.step)) * self.step
        return [amount - after, after]

    def _late(self, award: str, installment: str) -> dt.date | None:
        """The day from which only a share of an installment lives on."""
        for part in self.case.funds[award].installments:
            if str(part.number) == installment and part.own is not None:
                return Interval(part.own, part.own + 1).first
        return None


def _in_proportion(amount: Decimal, pay: Sequence[Charge], step: Decimal) -> list[Decimal]:
    """An amount by the pay that it follows, rounded down."""
    whole = sum((charge.amount for charge in pay), NOTHING)
    return [(amount * charge.amount / whole / step).to_integral_value(ROUND_FLOOR) * step for charge in pay]
