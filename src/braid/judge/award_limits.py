"""What bounds an award: its money by installment and period, its reserve, and the caps and floors of its rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from braid.basics.fiscal import Interval
from braid.basics.money import show, show_percent
from braid.judge.determinations import AwardTerms
from braid.judge.funds import CENTS, Funds, Installment, Pot
from braid.judge.limit import Limit, LimitKind
from braid.law.rules import Cap, Floor, Rule
from braid.proposal import Award, Proposal, at


def award_limits(terms: AwardTerms, funds: Funds, proposal: Proposal) -> Iterator[Limit]:
    """Every limit on what one award is charged."""
    yield from _money(terms.award, funds, proposal)
    yield from _reserve(terms.award, funds, proposal)
    for rule in terms.rules:
        share = rule.cap or rule.floor
        if share is not None:
            yield from _shares(terms.award, rule, share, funds, proposal)


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
    yield Limit(f"installment[{award.id},{part.number}]", "installment", part.amount, told, who, which)
    if part.own is not None:
        late = Interval(part.own, part.days.stop)
        told = (
            f"Of installment {part.number} of {award.label}, {show(part.kept, unit)} may be carried over to costs "
            f"after {Interval(part.days.start, part.own).last}."
        )
        yield Limit(f"carried[{award.id},{part.number}]", "carried", part.kept, told, who, which, days=late)


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


@dataclass(frozen=True)
class _Scope:
    """Over what a cap or floor adds up: all of the award, one period or one installment of it."""

    amount: int
    """What the award brings there, in whole units."""
    suffix: str = ""
    words: str = ""
    index: int | None = None
    installments: frozenset[int] | None = None


def _scopes(share: Cap | Floor, funds: Funds, proposal: Proposal) -> Iterator[_Scope]:
    if share.per == "period":
        for index, period in enumerate(proposal.periods):
            yield _Scope(funds.amount, f",{period}", f" in {period}", index=index)
    elif share.per == "budget_period":  # C6: by installment, whenever charged
        for part in funds.installments:
            number = part.number
            words = f" in installment {number}" if len(funds.installments) > 1 else ""
            suffix = f",{number}" if len(funds.installments) > 1 else ""
            yield _Scope(part.amount, suffix, words, installments=frozenset({number}))
    else:
        yield _Scope(funds.amount)


def _shares(award: Award, rule: Rule, share: Cap | Floor, funds: Funds, proposal: Proposal) -> Iterator[Limit]:
    bound = share.at_most if isinstance(share, Cap) else share.at_least
    if isinstance(bound, Fraction) and share.of == "received":
        yield from _of_received(award, rule, share, bound, funds, proposal)
        return
    for scope in _scopes(share, funds, proposal):
        if isinstance(bound, int) or share.of == "award":
            yield _of_award(award, rule, share, proposal.unit, scope)
        else:
            yield _of_total(award, rule, share, bound, scope)


def _of_award(award: Award, rule: Rule, share: Cap | Floor, unit: str, scope: _Scope) -> Limit:
    bound = share.at_most if isinstance(share, Cap) else share.at_least
    exact = bound * scope.amount if isinstance(bound, Fraction) else Fraction(bound, CENTS[unit])
    words = f"{show_percent(bound)} of {award.label}, " if isinstance(bound, Fraction) else ""
    kind: LimitKind = "cap" if isinstance(share, Cap) else "floor"
    most = floor(exact)  # C7
    sentence = f"At most {words}{show(most, unit)}{scope.words}: {rule.why}"
    if kind == "floor":
        least = min(ceil(exact), scope.amount)  # C7
        most = scope.amount - least
        rest = f"so that the rest charges at most {show(most, unit)}"
        sentence = f"At least {words}{show(least, unit)}{scope.words}, {rest}: {rule.why}"
    return Limit(
        f"{kind}[{award.id},{rule.id}{scope.suffix}]",
        kind,
        most,
        sentence,
        frozenset({award.id}),
        scope.installments,
        index=scope.index,
        select=share.select,
        include_indirect=isinstance(share, Cap) and share.include_indirect,
        rule=rule,
    )


def _of_received(
    award: Award, rule: Rule, share: Cap | Floor, bound: Fraction, funds: Funds, proposal: Proposal
) -> Iterator[Limit]:
    """A share of what was received, held by the end of every period: later money cannot pay for earlier costs."""
    for index, period in enumerate(proposal.periods):
        most = floor(bound * funds.received(period))
        words = f"{show_percent(bound)} of what {award.label} has received by the end of {period}"
        yield Limit(
            f"cap[{award.id},{rule.id},{period}]",
            "cap",
            most,
            f"At most {words}, {show(most, proposal.unit)}: {rule.why}",
            frozenset({award.id}),
            index=index,
            through=True,
            select=share.select,
            include_indirect=isinstance(share, Cap) and share.include_indirect,
            rule=rule,
        )


def _of_total(award: Award, rule: Rule, share: Cap | Floor, bound: Fraction, scope: _Scope) -> Limit:
    kind: LimitKind = "cap" if isinstance(share, Cap) else "floor"
    what = "spends" if share.of == "spend" else "spends on direct cost"
    words = f"{'At most' if kind == 'cap' else 'At least'} {show_percent(bound)} of what {award.label} {what}"
    return Limit(
        f"{kind}[{award.id},{rule.id}{scope.suffix}]",
        kind,
        0,
        f"{words}{scope.words}: {rule.why}",
        frozenset({award.id}),
        scope.installments,
        index=scope.index,
        select=share.select,
        share=bound,
        of=share.of,
        include_indirect=isinstance(share, Cap) and share.include_indirect,
        at_least=kind == "floor",
        rule=rule,
    )
