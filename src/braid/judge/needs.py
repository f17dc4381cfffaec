"""What arises when: each line's need by period, in whole units, and each award's money by installment."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from braid.basics.fiscal import NEVER, Interval, Period
from braid.basics.money import round_half_up
from braid.proposal import Award, Cost, Proposal

CENTS = {"dollar": 100, "cent": 1}


@dataclass(frozen=True)
class Need:
    """The direct cost of a line in one period, in whole units, and the days over which it arises."""

    cost: Cost
    period: Period
    index: int
    direct: int
    days: Interval

    @property
    def key(self) -> tuple[str, int]:
        """The full line id and the number of the period."""
        return self.cost.id, self.index

    @property
    def once(self) -> bool:
        """Whether it is one purchase on any day, and not a cost that arises evenly."""
        return self.cost.line.timing == "once"

    @property
    def fringe(self) -> int:
        """Fringe on the whole of it, rounded down."""
        return int(self.cost.fringe * self.direct)

    @property
    def total(self) -> int:
        """Direct cost plus fringe: what ``need``, ``funded`` and ``gap`` count."""
        return self.direct + self.fringe

    def arisen(self, day: int, amount: int | None = None) -> int:
        """Units of the need (or of another amount that accrues with it) that have arisen before ``day``."""
        whole = self.direct if amount is None else amount
        elapsed = min(max(day - self.days.start, 0), self.days.days)
        return whole * elapsed // self.days.days

    def room(self, days: Interval, amount: int | None = None) -> int:
        """Units that arise within an interval: the difference of its two ends."""
        return self.arisen(days.stop, amount) - self.arisen(days.start, amount)


@dataclass(frozen=True)
class Installment:
    """A part of an award that can pay the costs of one window, numbered by first day, the opening balance first."""

    award: str
    number: int
    days: Interval
    amount: int
    """Whole units, rounded down."""
    cents: int


@dataclass(frozen=True)
class Pot:
    """Installments of one award that end together: one column pays from all of them, cumulative rows bound it."""

    award: str
    installments: tuple[Installment, ...]

    @cached_property
    def days(self) -> Interval:
        """From the first installment's first day to the common end."""
        return Interval(min(part.days.start for part in self.installments), self.installments[0].days.stop)

    @property
    def amount(self) -> int:
        """All of it."""
        return sum(part.amount for part in self.installments)

    def through(self, period: Period) -> int:
        """What installments that have begun by the end of a period bring."""
        return sum(part.amount for part in self.installments if part.days.start < period.days.stop)

    @property
    def begins_once(self) -> bool:
        """Whether all of it is there from the first day, so that no cumulative row is needed."""
        return len({part.days.start for part in self.installments}) == 1


def needs_of(proposal: Proposal) -> tuple[Need, ...]:
    """Every need of the proposal above zero, by line and period."""
    per_unit = CENTS[proposal.unit]
    found: list[Need] = []
    for cost in proposal.costs:
        for index, period in enumerate(proposal.periods):
            direct = round_half_up(Fraction(cost.cents.get(period.name, 0), per_unit))
            if direct:
                found.append(Need(cost, period, index, direct, cost.days.meet(period.days)))
    return tuple(found)


def pot_of(award: Award, proposal: Proposal) -> Pot:
    """The installments of an award, those before the calendar payable from its first day."""
    per_unit = CENTS[proposal.unit]
    first = proposal.fiscal.days.start
    found: list[tuple[int, int, int]] = []
    if award.amount is not None:
        found.append((award.days.start, 0, award.amount))
    if award.opening_balance is not None:
        found.append((max(first, award.days.start), 0, award.opening_balance))
    for year, cents in (award.receipts or {}).items():
        begin = proposal.fiscal.year_days(int(year[2:])).start
        found.append((max(begin, award.days.start), int(year[2:]), cents))
    stop = award.days.stop if award.end is not None else NEVER
    parts = [
        Installment(award.id, number + 1, Interval(start, stop), cents // per_unit, cents)
        for number, (start, _, cents) in enumerate(sorted(part for part in found if part[2]) or found[:1])
    ]
    return Pot(award.id, tuple(parts))


def dropped_cents(proposal: Proposal) -> tuple[int, int]:
    """What planning in whole units adds to needs and drops from awards, in cents, for the control totals."""
    per_unit = CENTS[proposal.unit]
    asked = sum(sum(cost.cents.values()) for cost in proposal.costs)
    planned = sum(need.direct for need in needs_of(proposal)) * per_unit
    held = sum(
        part.cents - part.amount * per_unit for a in proposal.awards for part in pot_of(a, proposal).installments
    )
    return planned - asked, held
