"""What bounds an award's money: what it has by installment and period, and its reserve."""

from __future__ import annotations

from collections.abc import Iterator

from braid.basics.fiscal import Interval
from braid.basics.money import show
from braid.judge.funds import CENTS, Funds, Installment, Pot
from braid.judge.limit import Limit
from braid.proposal import Award, Proposal, at


def award_limits(award: Award, funds: Funds, proposal: Proposal) -> Iterator[Limit]:
    """Every limit on all that one award is charged."""
    yield from _money(award, funds, proposal)
    yield from _reserve(award, funds, proposal)


def _money(award: Award, funds: Funds, proposal: Proposal) -> Iterator[Limit]:
    who = frozenset({award.id})
    bound = funds.through(proposal.periods[-1])
    yield Limit(f"award[{award.id}]", "award", bound, f"{award.label} has {show(bound, proposal.unit)} in all.", who)
    for pot in funds.pots:
        if len(funds.pots) > 1:
            yield from _of_pot(award, pot, proposal)
        elif not pot.begins_once:
            yield from _cumulative(award, pot, proposal, "", None)


def _cumulative(award: Award, pot: Pot, proposal: Proposal, name: str, which: frozenset[int] | None) -> Iterator[Limit]:
    """What has been received by the end of each period but the last bounds what was charged by then."""
    who = frozenset({award.id})
    for index, period in enumerate(proposal.periods[:-1]):
        by_then = pot.through(period)
        of = f" in installments {name[1:]}" if name else ""
        sentence = f"{award.label} has received {show(by_then, proposal.unit)} by the end of {period}{of}."
        row = f"cash[{award.id}{name},{period}]"
        yield Limit(row, "cash", by_then, sentence, who, which, index=index, through=True)


def _of_pot(award: Award, pot: Pot, proposal: Proposal) -> Iterator[Limit]:
    """Where an award has installments with different windows: what each may be charged in all, and by when."""
    who, unit = frozenset({award.id}), proposal.unit
    if len(pot.installments) == 1:
        yield from _of_installment(award, pot.installments[0], unit)
        return
    name = "," + "+".join(str(part.number) for part in pot.installments)
    bound = pot.through(proposal.periods[-1])
    sentence = f"Installments {name[1:]} of {award.label} bring {show(bound, unit)} in all."
    yield Limit(f"installment[{award.id}{name}]", "installment", bound, sentence, who, pot.numbers)
    if not pot.begins_once:
        yield from _cumulative(award, pot, proposal, name, pot.numbers)


def _of_installment(award: Award, part: Installment, unit: str) -> Iterator[Limit]:
    who, which = frozenset({award.id}), frozenset({part.number})
    told = f"Installment {part.number} of {award.label}, {show(part.amount, unit)}, pays costs of {part.days}."
    if part.orders_end < part.days.stop:
        day = Interval(part.days.start, part.orders_end).last
        told = f"{told[:-1]}; after {day} only what was ordered by then."
    yield Limit(f"installment[{award.id},{part.number}]", "installment", part.amount, told, who, which)
    if part.own is not None:
        late = Interval(part.own, part.days.stop)
        told = (
            f"Of installment {part.number} of {award.label}, {show(part.kept, unit)} may be carried over to costs "
            f"after {Interval(part.days.start, part.own).last}."
        )
        rule = part.carried_by
        told = told if rule is None else f"{told[:-1]}: {rule.why}"
        yield Limit(f"carried[{award.id},{part.number}]", "carried", part.kept, told, who, which, days=late, rule=rule)


def _reserve(award: Award, funds: Funds, proposal: Proposal) -> Iterator[Limit]:
    """What is to be left of what was received, at each period's end for which a reserve is given (C17)."""
    for index, period in enumerate(proposal.periods):
        cents = at(award.reserve, period)
        if award.reserve is None or not cents:
            continue
        reserve, received = -(-cents // CENTS[proposal.unit]), funds.received(period)
        sentence = (
            f"{show(reserve, proposal.unit)} of {award.label} is to be in reserve at the end of {period}, when "
            f"{show(received, proposal.unit)} has been received."
        )
        yield Limit(
            f"reserve[{award.id},{period}]",
            "reserve",
            max(0, received - reserve),
            sentence,
            frozenset({award.id}),
            index=index,
            through=True,
        )
