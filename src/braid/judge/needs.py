"""What arises when: each line's need by period, in whole units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from braid.basics.fiscal import Interval, Period
from braid.basics.money import round_half_up
from braid.judge.funds import CENTS, installments_of
from braid.proposal import Activity, Cost, Proposal, Revenue, at


@dataclass(frozen=True)
class Need:
    """The direct cost of a line in one period, in whole units, and the days over which it arises."""

    cost: Cost
    period: Period
    index: int
    direct: int
    """What is left to plan: the cost less what other payers pay and what is spent already."""
    days: Interval
    cost_units: int = 0
    """The cost less what other payers pay, before what is spent already."""
    whole: int = 0
    """The cost before anything is taken off it."""

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
    """Every need of the proposal above zero, by line and period: less revenue first, then less what is spent (C21)."""
    found: list[Need] = []
    spent = _spent(proposal)
    planned = _planned(proposal)
    income = _income(proposal, planned)
    for cost in proposal.costs:
        for index, period in enumerate(proposal.periods):
            units = planned[cost.id, index]
            paid = income.get((cost.id, index), 0)
            left = max(0, units - paid - spent.get((cost.id, index), 0))
            if left:
                found.append(Need(cost, period, index, left, cost.days.meet(period.days), units - paid, units))
    return tuple(found)


def _planned(proposal: Proposal) -> dict[tuple[str, int], int]:
    """The direct cost of each line and period to the nearest unit."""
    per_unit = CENTS[proposal.unit]
    return {
        (cost.id, index): round_half_up(Fraction(cost.cents.get(period.name, 0), per_unit))
        for cost in proposal.costs
        for index, period in enumerate(proposal.periods)
    }


def _spent(proposal: Proposal) -> dict[tuple[str, int], int]:
    """What is spent already on a line in a period, by all awards."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    for award in proposal.awards:
        for spent in award.spent_before:
            if spent.line is not None and spent.period in proposal.fiscal.index:
                found[spent.line, proposal.fiscal.index[spent.period]] += spent.amount // CENTS[proposal.unit]
    return found


def _income(proposal: Proposal, planned: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], int]:
    """What other payers pay of the direct cost of each line and period, in proportion to its cost with fringe."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    for activity in (activity for activity in proposal.activities if activity.revenue):
        costs = [cost for cost in proposal.costs if cost.activity.id == activity.id]
        for lines, revenues in _by_lines(activity).items():
            some = [cost for cost in costs if not lines or cost.line.id in lines]
            for index, period in enumerate(proposal.periods):
                amount = sum(at(revenue.amount, period) for revenue in revenues) // CENTS[proposal.unit]
                left = {cost.id: planned[cost.id, index] - found[cost.id, index] for cost in some}
                whole = sum(((1 + cost.fringe) * left[cost.id] for cost in some), Fraction(0))
                share = min(Fraction(1), amount / whole) if whole else Fraction(0)
                for cost in some:
                    found[cost.id, index] += floor(share * left[cost.id])
    return found


def beyond_cost(proposal: Proposal) -> dict[tuple[str, int], tuple[int, int]]:
    """Where more is spent already on a line in a period than it costs after revenue: what is, and what it costs."""
    planned = _planned(proposal)
    income, spent = _income(proposal, planned), _spent(proposal)
    costs = {key: planned[key] - income.get(key, 0) for key in spent}
    return {key: (spent[key], cost) for key, cost in sorted(costs.items()) if spent[key] > cost}


def met_before(proposal: Proposal, activity: Activity) -> int:
    """What of an activity's need is spent already, its fringe with it, in whole units: of each line up to its cost."""
    planned = _planned(proposal)
    income, found = _income(proposal, planned), 0
    for (line, index), spent in _spent(proposal).items():
        cost = proposal.cost(line)
        if cost.activity.id == activity.id:
            whole = planned[line, index] - income.get((line, index), 0)
            found += int((1 + cost.fringe) * whole) - int((1 + cost.fringe) * max(0, whole - spent))
    return found


def spent_on(proposal: Proposal, line: str, period: str) -> dict[str, int]:
    """What each award spent already on a line in a period, in whole units; nothing where it spent nothing."""
    found: dict[str, int] = defaultdict(int)
    for award in proposal.awards:
        for spent in award.spent_before:
            if (spent.line, spent.period) == (line, period):
                found[award.id] += spent.amount // CENTS[proposal.unit]
    return found


def shares_left(proposal: Proposal, need: Need) -> dict[str, Fraction]:
    """The share of each award in what is still to be paid of a line in a period (C14).

    What the awards have spent on it already counts: each pays of the rest what its share of the whole leaves it, and
    nothing where it has spent more than that.
    """
    shares = need.cost.line.shares or {}
    spent = spent_on(proposal, *(need.cost.id, need.period.name))
    whole = need.direct + sum(spent.get(award, 0) for award in shares)
    left = {award: max(Fraction(0), share * whole - spent.get(award, 0)) for award, share in shares.items()}
    return {award: amount / sum(left.values()) for award, amount in left.items()}


def _by_lines(activity: Activity) -> dict[frozenset[str], list[Revenue]]:
    """The revenue of an activity by the lines that it pays, none for all of them, in the order written."""
    found: dict[frozenset[str], list[Revenue]] = defaultdict(list)
    for revenue in activity.revenue:
        found[frozenset(revenue.lines or ())].append(revenue)
    return found


@dataclass(frozen=True)
class Income:
    """What other payers pay of a line in a period, in whole units: direct cost, and the fringe on it."""

    cost: Cost
    index: int
    direct: int
    fringe: int


def incomes_of(proposal: Proposal) -> tuple[Income, ...]:
    """What other payers pay, by line and period: program income, which reduces the need."""
    planned = _planned(proposal)
    found: list[Income] = []
    for (line, index), paid in sorted(_income(proposal, planned).items()):
        cost = proposal.cost(line)
        before, after = planned[line, index], planned[line, index] - paid
        if paid:
            found.append(Income(cost, index, paid, int(cost.fringe * before) - int(cost.fringe * after)))
    return tuple(found)


def dropped_cents(proposal: Proposal) -> tuple[int, int]:
    """What planning in whole units adds to needs and drops from awards, in cents, for the control totals."""
    per_unit = CENTS[proposal.unit]
    asked = sum(sum(cost.cents.values()) for cost in proposal.costs)
    planned = sum(_planned(proposal).values()) * per_unit
    parts = [part for award in proposal.awards for part in installments_of(award, proposal)]
    return planned - asked, sum(part.cents - part.amount * per_unit for part in parts)
