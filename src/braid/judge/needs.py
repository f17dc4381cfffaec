"""What arises when: each line's need by period, in whole units."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from braid.basics.fiscal import Interval, Period
from braid.basics.money import round_half_up
from braid.judge.funds import CENTS, installments_of
from braid.proposal import Cost, Proposal


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


def dropped_cents(proposal: Proposal) -> tuple[int, int]:
    """What planning in whole units adds to needs and drops from awards, in cents, for the control totals."""
    per_unit = CENTS[proposal.unit]
    asked = sum(sum(cost.cents.values()) for cost in proposal.costs)
    planned = sum(need.direct for need in needs_of(proposal)) * per_unit
    parts = [part for award in proposal.awards for part in installments_of(award, proposal)]
    return planned - asked, sum(part.cents - part.amount * per_unit for part in parts)
