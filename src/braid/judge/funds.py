"""What an award brings when: its installments, and the pots in which they can be planned together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import floor

from braid.basics.fiscal import ALWAYS, NEVER, Interval, Period, months_later
from braid.law.rules import Rule
from braid.proposal import Award, BudgetPeriod, Proposal, Receipt
from braid.proposal.moneys import CarryOver

CENTS = {"dollar": 100, "cent": 1}
Source = tuple[str, str]
"""Where the proposal says what an installment brings: the key of the award, and the day or fiscal year within it."""


@dataclass(frozen=True)
class Installment:
    """A part of an award that can pay the costs of one window, numbered by first day, the opening balance first (C11).

    ``own`` and ``kept``: where an approved share lives on after its own budget period, the day on which that has
    ended, and how much may still be charged from then on (C18), by a rule of the program if the award does not say.
    ``orders_end``: the day from which it pays only for what was ordered before. ``source``: where its amount stands in
    the proposal.
    """

    award: str
    number: int
    days: Interval
    amount: int
    """Whole units, rounded down."""
    cents: int
    received: int
    """The day on which the money is there, as an ordinal."""
    own: int | None = None
    kept: int = 0
    carried_by: Rule | None = field(default=None, compare=False)
    orders_end: int = NEVER
    source: Source = field(default=("", ""), compare=False)
    payer: str = field(default="", compare=False)
    """Who pays it, where the proposal says so."""

    @property
    def ends(self) -> int:
        """The day from which nothing more can be charged to it that was not ordered before."""
        return min(self.days.stop, self.orders_end)

    @property
    def windows(self) -> tuple[Interval, ...]:
        """Its days; in two pieces where only a share lives on after its own budget period."""
        if self.own is None:
            return (self.days,)
        return Interval(self.days.start, self.own), Interval(self.own, self.days.stop)


@dataclass(frozen=True)
class Pot:
    """Installments of one award that can be planned as one: they end together, cumulative rows bound them."""

    number: int
    installments: tuple[Installment, ...]

    @cached_property
    def windows(self) -> tuple[Interval, ...]:
        """The days whose costs it pays, in pieces within which every dollar of it is as good as another."""
        if len(self.installments) == 1:
            return self.installments[0].windows
        return (Interval(min(part.days.start for part in self.installments), self.installments[0].days.stop),)

    @property
    def orders_end(self) -> int:
        """The day from which it pays only for what was ordered before; alike for all of it within the plan."""
        return self.installments[0].orders_end

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of its installments."""
        return frozenset(part.number for part in self.installments)

    @property
    def begins_once(self) -> bool:
        """Whether all of it is there from the first day, so that no cumulative row is needed."""
        return len({part.days.start for part in self.installments}) == 1

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(part.amount for part in self.installments)

    def through(self, period: Period) -> int:
        """What of it may pay costs of this period or earlier ones."""
        return _begun(self.installments, period)


@dataclass(frozen=True)
class Funds:
    """All that one award brings."""

    award: str
    pots: tuple[Pot, ...]

    @cached_property
    def installments(self) -> tuple[Installment, ...]:
        """Every installment, by number."""
        return tuple(sorted((part for pot in self.pots for part in pot.installments), key=lambda part: part.number))

    @cached_property
    def days(self) -> Interval:
        """From the first day of the first installment to the end of the last."""
        starts, stops = zip(*(part.days for part in self.installments), strict=True)
        return Interval(min(starts), max(stops))

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(part.amount for part in self.installments)

    def through(self, period: Period) -> int:
        """What installments that have begun by the end of a period bring."""
        return _begun(self.installments, period)

    def received(self, period: Period) -> int:
        """What has been received by the end of a period."""
        return sum(part.amount for part in self.installments if part.received < period.days.stop)


def _begun(parts: tuple[Installment, ...], period: Period) -> int:
    return sum(part.amount for part in parts if part.days.start < period.days.stop)


@dataclass(frozen=True)
class _Money:
    """An installment before it has a number."""

    start: int
    rank: int
    received: int
    stop: int
    cents: int
    own: int | None = None
    share: Fraction = Fraction(0)
    of: int | None = None
    """What the share that lives on is of, in cents; of its own money unless said."""
    carried_by: Rule | None = None
    orders_end: int = NEVER
    source: Source = ("", "")
    payer: str = ""


@dataclass(frozen=True)
class Lasting:
    """What an award's rules say of how long its money lasts, where the award itself does not.

    ``within``: the months after which no cost can be paid from a receipt. ``limits``: all such numbers of months, which
    may differ by line. ``carried``: what of a budget period lives on by itself.
    """

    within: int | None = None
    limits: tuple[int, ...] = ()
    carried: Rule | None = None


def installments_of(award: Award, proposal: Proposal, lasting: Lasting = Lasting()) -> tuple[Installment, ...]:
    """The installments of an award by number; those before the calendar are payable from its first day."""
    per_unit, within = CENTS[proposal.unit], lasting.within
    late = NEVER if award.obligate_by is None else award.obligate_by.toordinal() + 1
    moneys = (money if within is None else _ending(money, within) for money in _moneys(award, proposal, lasting))
    found = sorted(moneys, key=lambda m: (m.start, m.rank, m.received, m.stop, m.cents))
    kept = [money for money in found if money.cents] or found[:1]
    return tuple(
        Installment(
            award.id,
            number,
            Interval(money.start, money.stop),
            money.cents // per_unit,
            money.cents,
            money.received,
            money.own,
            min(money.cents // per_unit, floor(money.share * ((money.of or money.cents) // per_unit))),
            money.carried_by,
            min(money.orders_end, late),
            money.source,
            money.payer,
        )
        for number, money in enumerate(kept, 1)
    )


def _ending(money: _Money, months: int) -> _Money:
    stop = months_after(money.received, months)
    return replace(money, stop=max(money.start, min(money.stop, stop)))


def months_after(day: int, months: int) -> int:
    """The day after the last of so many months from a day on."""
    return months_later(dt.date.fromordinal(day), months).toordinal()


def _moneys(award: Award, proposal: Proposal, lasting: Lasting) -> Iterator[_Money]:
    first, days = proposal.fiscal.days.start, award.days
    if award.released is not None:
        for part in award.released:
            start = max(part.date.toordinal(), days.start)
            yield _Money(start, 1, start, max(days.stop, start), part.amount, source=("released", str(part.date)))
    elif award.amount is not None:
        yield _Money(days.start, 1, days.start, days.stop, award.amount, source=("amount", ""))
    yield from _interest(award, proposal)
    for part in award.budget_periods or ():
        source = ("budget_periods", str(part.start))
        yield replace(_budget_period(award, part, lasting.carried), source=source)
    stop = days.stop if award.end is not None else NEVER
    if award.opening_balance is not None:
        start = max(first, days.start)
        yield _Money(start, 0, start, stop, award.opening_balance, source=("opening_balance", ""))
    if isinstance(award.receipts, dict):
        for year, cents in award.receipts.items():
            start = max(proposal.fiscal.year_days(int(year[2:])).start, days.start)
            source, payer = ("receipts", year), award.payer or ""
            yield _Money(start, int(year[2:]), start, stop, cents, source=source, payer=payer)
    else:
        for receipt in award.receipts or ():
            dated = _dated(receipt, Interval(max(first, days.start), stop))
            yield replace(dated, payer=receipt.payer or award.payer or "")


def _interest(award: Award, proposal: Proposal) -> Iterator[_Money]:
    """Interest joins the award: at once, or by the fiscal year in which it is earned."""
    days = award.days
    if isinstance(award.interest, dict):
        for year, cents in award.interest.items():
            start = max(proposal.fiscal.year_days(int(year[2:])).start, days.start)
            yield _Money(start, 2, start, max(days.stop, start), cents, source=("interest", year))
    elif award.interest:
        start = max(proposal.fiscal.days.start, days.start) if days.start == ALWAYS else days.start
        yield _Money(start, 2, start, days.stop, award.interest, source=("interest", ""))


def _dated(receipt: Receipt, days: Interval) -> _Money:
    start = max(receipt.first.toordinal(), days.start)
    stop = days.stop if receipt.last is None else min(receipt.last.toordinal() + 1, days.stop)
    late = NEVER if receipt.order_by is None else receipt.order_by.toordinal() + 1
    source = ("receipts", str(receipt.date))
    return _Money(start, 1, receipt.date.toordinal(), max(stop, start), receipt.amount, orders_end=late, source=source)


def _budget_period(award: Award, part: BudgetPeriod, rule: Rule | None) -> _Money:
    """A budget period: it ends with its own days, or lives on to the award's end, whole or with a share (C18).

    The last one lives on to the end of an extension that is approved. Where the award says nothing of its carry-over,
    a rule of its program may.
    """
    days, stop = part.days, award.days.stop
    last = award.budget_periods is not None and part == award.budget_periods[-1] and award.extension is not None
    carry = award.carry_over
    if carry is None and not last:
        return _by_itself(award, part, rule)
    share = carry.approved if isinstance(carry, CarryOver) else None
    if days.stop == stop or (carry in {"none", "requested"} and not last):
        return _Money(days.start, 1, days.start, days.stop, part.amount)
    if last or carry == "approved" or share is None or share >= 1:
        return _Money(days.start, 1, days.start, stop, part.amount)
    return _Money(days.start, 1, days.start, stop, part.amount, days.stop, share)


def _by_itself(award: Award, part: BudgetPeriod, rule: Rule | None) -> _Money:
    """A budget period of which a rule lets some live on; it ends with its own days where none follows, or no rule."""
    days, carried = part.days, None if rule is None else rule.carry_over
    money = _Money(days.start, 1, days.start, days.stop, part.amount)
    later = [each for each in award.budget_periods or () if each.start > part.start]
    if carried is None or not later:
        return money
    stop = later[0].days.stop if carried.until == "next_budget_period" else award.days.stop
    of = later[0].amount if carried.of == "next_budget_period" else part.amount
    return replace(money, stop=stop, own=days.stop, share=carried.at_most, of=of, carried_by=rule)


def funds_of(award: Award, proposal: Proposal, *, apart: bool = False, lasting: Lasting = Lasting()) -> Funds:
    """The installments of an award in pots; ``apart`` keeps each by itself, where a rule bounds each by itself.

    Installments that end together are one pot where each begins on a period's first day, before the calendar, or on
    one common day, and where limits of so many months from their receipt, and days for orders, end their use alike
    within the plan: which of them pays is then decided by cumulative rows alone.
    """
    edges = {period.days.start for period in proposal.periods}
    stop = proposal.fiscal.days.stop
    groups: dict[tuple[int, ...], list[Installment]] = {}
    limits = lasting.limits
    for part in installments_of(award, proposal, lasting):
        start = part.days.start
        common = 0 if start <= proposal.fiscal.days.start or start in edges else start
        ends = (min(stop, part.orders_end), *(min(stop, months_after(part.received, months)) for months in limits))
        end = -min(part.days.stop, stop) if limits else -part.days.stop
        alone = apart or part.own is not None
        groups.setdefault((part.number,) if alone else (end, common, *ends), []).append(part)
    ordered = sorted(groups.values(), key=lambda parts: parts[0].number)
    return Funds(award.id, tuple(Pot(number, tuple(parts)) for number, parts in enumerate(ordered)))
