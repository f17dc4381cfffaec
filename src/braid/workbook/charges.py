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
from braid.answer.rows import Allocation, IndirectCharge
from braid.basics.fiscal import Interval, span
from braid.basics.money import amount_text
from braid.judge.subawards import Charged, first_dollars
from braid.law.rules import Base
from braid.workbook.marks import Marks

INDIRECT = "(indirect)"
NOTHING = Decimal(0)
Kind = Literal["direct", "fringe", "indirect"]
KINDS: tuple[Kind, ...] = ("direct", "fringe", "indirect")
Room = dict[tuple[str, str], Decimal]
"""What each installment of each award has left."""


@dataclass(frozen=True, slots=True)
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
    """The rate of indirect cost that it draws; of a subaward agreement only the first dollars draw any."""
    own_rate: Fraction = Fraction(0)
    """What it would draw at the recipient's own rate, on the recipient's own base."""
    in_base: Fraction = Fraction(0)
    """The part of it that is in the base of the award's rate."""
    in_own_base: Fraction = Fraction(0)
    """The part of it that is in the recipient's own base."""
    matched_at: Fraction = Fraction(0)
    """Other dollars that are to stand beside each dollar of it."""
    object_class: str = ""
    """The object class that its award's rules see in it."""
    position: str = ""
    """The position that it pays."""
    agreement: str = ""
    """The subaward agreement that it is paid under."""
    marks: tuple[str, ...] = ()
    """The caps, floors and requirements that it counts in, and the match that it may serve as."""
    strategy: str = ""
    """Of settlement money, the use that it is spent for; reports to a State go by it."""
    codes: tuple[tuple[str, str], ...] = ()
    """For the ledger, by name."""

    @property
    def with_indirect(self) -> Fraction:
        """The amount with the indirect cost that it draws, before rounding; nothing for indirect cost itself."""
        return Fraction(0) if self.kind == "indirect" else Fraction(self.amount) * (1 + self.rate)

    @property
    def days(self) -> Interval:
        """The days of the costs."""
        return span(self.first, self.last)

    def part_in(self, year: Interval) -> Fraction:
        """The part of it that falls on some days, as costs arise evenly (C6)."""
        return Fraction(self.days.meet(year).days, self.days.days)


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
        return tuple(self._direct(row, counted[number]) for number, row in enumerate(self.file.allocations))

    def _direct(self, row: Allocation, counts: Fraction) -> Charge:
        cost, days = self.plan.proposal.cost(row.line), span(row.from_, row.until)
        return Charge(
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
            **self._rates(row.award, row.line, row.period, counts),
            matched_at=self._matched_at(row.award, days),
            object_class=self.case.traits(row.award, row.line).category,
            position=cost.line.position or "",
            agreement=cost.line.subaward or "",
            marks=(
                *self._marks(row.award, row.line, "direct", days),
                *self._shared(row),
                *self.marks.within(row.award, row.installment),
            ),
            strategy=(cost.line.uses or cost.activity.uses)[0] if self._settlement(row.award) else "",
            codes=tuple(sorted(row.codes.items())),
        )

    def _settlement(self, award: str) -> bool:
        return self.case.terms[award].terms.program.kind == "settlement"

    def _marks(self, award: str, line: str, kind: Kind, days: Interval) -> tuple[str, ...]:
        return (*self.marks.of(award, line, kind), *self.marks.serving(award, line, days))

    def _shared(self, row: Allocation) -> tuple[str, ...]:
        return self.marks.shared(row.award, row.line, row.period)

    def _matched_at(self, award: str, days: Interval) -> Fraction:
        matching = self.case.matchings.get(award)
        return matching.ratio(days.start) if matching else Fraction(0)

    def _first_dollars(self) -> list[Fraction]:
        """The part of each allocation that counts in the MTDC base, as far as subaward agreements go."""
        rows: list[Charged] = []
        for row in self.file.allocations:
            agreement = self.plan.proposal.cost(row.line).line.subaward
            order = (self.index[row.period], row.line, row.from_, row.until, int(row.installment))
            under = (row.award, agreement) if agreement else None
            rows.append(Charged(under, self.case.counted(row.award, agreement), int(row.amount / self.step), order))
        return [Fraction(part, row.amount) for part, row in zip(first_dollars(rows), rows, strict=True)]

    def _rates(self, award: str, line: str, period: str, counts: Fraction | None = None) -> dict[str, Fraction]:
        """The award's and the recipient's own rate on the pay of a line, of which a part counts, or on its fringe."""
        terms = self.case.indirect[award, self.index[period]]

        def within(base: Base) -> Fraction:
            direct, fringe = self.case.in_base(award, line, base)
            if counts is None:
                return Fraction(int(fringe))
            return int(direct) * (counts if base == "mtdc" else Fraction(1))

        mine, own = within(terms.base), within(terms.own_base)
        rates = {"rate": terms.rate * mine, "own_rate": terms.own_rate * own}
        return {**rates, "in_base": mine, "in_own_base": own}

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
            **self._rates(pay.award, pay.line, pay.period),
            object_class="fringe",
            marks=(
                *self._marks(pay.award, pay.line, "fringe", pay.days),
                *self.marks.within(pay.award, pay.installment),
            ),
        )

    def _odd(self, whole: Decimal, followed: Sequence[Charge], amounts: list[Decimal], room: Room) -> None:
        """Give out what rounding down has left over, unit by unit, where the installment has most left."""
        for _ in range(int((whole - sum(amounts)) / self.step)):
            most = max(range(len(followed)), key=lambda i: room[followed[i].award, followed[i].installment])
            amounts[most] += self.step
            room[followed[most].award, followed[most].installment] -= self.step

    def _room(self) -> Room:
        """What each installment has beyond its direct and indirect cost and what was spent before the plan."""
        room: Room = defaultdict(Decimal)
        for award, funds in self.case.funds.items():
            for part in funds.installments:
                room[award, str(part.number)] += Decimal(amount_text(part.amount, self.file.unit))
        for past in self.case.past:
            room[past.award, past.installment] -= Decimal(amount_text(past.amount, self.file.unit))
        for row in (*self.file.allocations, *self.file.indirect):
            room[row.award, row.installment] -= row.amount
        return room

    @cached_property
    def _matched_indirect(self) -> dict[tuple[str, str], Fraction]:
        """What is to stand beside a dollar of indirect cost, by award and period: as beside what draws it."""
        drawn: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        asked: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for pay in self.direct:
            on_fringe = self.plan.proposal.cost(pay.line).fringe * self._rates(pay.award, pay.line, pay.period)["rate"]
            draws, key = Fraction(pay.amount) * (pay.rate + on_fringe), (pay.award, pay.period)
            drawn[key] += draws
            asked[key] += draws * pay.matched_at
        return {key: asked[key] / whole for key, whole in drawn.items() if whole}

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
                    matched_at=self._matched_indirect.get((row.award, row.period), Fraction(0)),
                    object_class="indirect",
                    marks=(
                        *self.marks.of(row.award, INDIRECT, "indirect"),
                        *self.marks.within(row.award, row.installment),
                    ),
                    strategy=INDIRECT if self._settlement(row.award) else "",
                    codes=tuple(sorted(self.plan.proposal.award(row.award).codes.items())),
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
