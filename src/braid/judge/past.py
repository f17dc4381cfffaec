"""Money already spent: what of an award was charged before this plan, of which kind and from which installment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from braid.judge.funds import CENTS, Funds
from braid.law.rules import Traits
from braid.proposal import Award, Proposal, Spent

BEFORE = -1
"""The number of the period of what was spent before the plan, or on no day that is known."""
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Past:
    """Whole units of an award that are spent already. No on-costs ride on them: they are entered as what they are."""

    award: str
    installment: str
    index: int
    line: str | None
    traits: Traits
    amount: int
    subaward: str | None = None


def past_of(proposal: Proposal, funds: Mapping[str, Funds]) -> tuple[Past, ...]:
    """What was spent, charged to the installments of each award; the order of the file changes nothing.

    What was spent in a period is charged to those that may pay its costs, as far as they go: those that end first, and
    of those that end together the last to begin, so that earlier costs keep what was there for them. The rest is
    charged in the order of first days.
    """
    found: list[Past] = []
    for award in sorted(proposal.awards, key=lambda award: award.id):
        if award.spent_before:
            found.extend(_of_award(award, proposal, funds[award.id]))
    return tuple(found)


def _of_award(award: Award, proposal: Proposal, funds: Funds) -> Iterator[Past]:
    left = {part.number: part.amount for part in funds.installments}
    order = proposal.fiscal.index
    for spent in sorted(
        award.spent_before, key=lambda spent: (order.get(spent.period or "", len(order)), *_what(spent))
    ):
        units = spent.amount // CENTS[proposal.unit]
        numbers = _numbers(spent, proposal, funds)
        for number in numbers:
            take = min(units, max(0, left[number])) if number != numbers[-1] else units
            left[number] -= take
            units -= take
            if take:
                yield _past(award, proposal, spent, str(number), take)


def _what(spent: Spent) -> tuple[str, str, str, str, str, int]:
    """What was spent on, in words, and how much."""
    return (
        spent.line or "",
        spent.category or "",
        spent.function,
        spent.item or "",
        spent.subaward or "",
        spent.amount,
    )


def _numbers(spent: Spent, proposal: Proposal, funds: Funds) -> list[int]:
    """The installments that can have borne it, in their order; all where none pays costs of its period."""
    numbers = [part.number for part in funds.installments]
    if spent.period not in proposal.fiscal.index:
        return numbers
    days = proposal.periods[proposal.fiscal.index[spent.period]].days
    parts = [part for part in funds.installments if part.days.meet(days).days]
    parts.sort(key=lambda part: (part.days.stop, -part.days.start, -part.number))
    return [part.number for part in parts] or numbers


def _past(award: Award, proposal: Proposal, spent: Spent, installment: str, amount: int) -> Past:
    index = proposal.fiscal.index.get(spent.period or "", BEFORE)
    if spent.line is None:
        traits = _traits(spent)
        return Past(award.id, installment, index, None, traits, amount, spent.subaward)
    cost = proposal.cost(spent.line)
    return Past(award.id, installment, index, cost.id, cost.traits, amount, spent.subaward or cost.line.subaward)


def _traits(spent: Spent) -> Traits:
    """What rules see of what was spent where no line is named: its category, item and function."""
    return Traits(
        use=NONE,
        population=NONE,
        setting=NONE,
        place=NONE,
        item=spent.item or "",
        category=spent.category or "",
        function=spent.function,
        payee="",
        unit="",
        activity="",
        line="",
        unit_cost=None,
    )
