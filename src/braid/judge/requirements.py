"""What the planner insists on: activities that must be funded, required shares, committed amounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from braid.basics.money import show, show_percent
from braid.basics.words import listed
from braid.judge.choices import minimum_of
from braid.judge.funds import CENTS
from braid.judge.limit import Limit
from braid.judge.needs import Need
from braid.law.in_words import selected
from braid.proposal import Commitment, Proposal, Requirement


def requirements_of(proposal: Proposal, needs: tuple[Need, ...]) -> Iterator[Limit]:
    """Every requirement but the reserves, which stand with their awards."""
    by_activity: dict[str, list[Need]] = defaultdict(list)
    for need in needs:
        by_activity[need.cost.activity.id].append(need)
    for activity in sorted(proposal.activities, key=lambda activity: activity.id):
        if activity.must_fund and by_activity[activity.id]:
            yield minimum_of(proposal, activity, by_activity[activity.id])
    for requirement in sorted(proposal.require, key=lambda requirement: requirement.id):
        yield required(proposal, requirement, needs)
    for commitment in sorted(proposal.committed, key=lambda each: (each.award, each.line, each.period)):
        yield _committed(proposal, commitment, needs)
        if commitment.exactly:
            yield _no_more(proposal, commitment)


def required(proposal: Proposal, requirement: Requirement, needs: tuple[Need, ...]) -> Limit:
    """A share of what is spent, a share of a need, or an amount (C19)."""
    bound, unit, least = requirement.bound, proposal.unit, requirement.at_least is not None
    words = "At least" if least else "At most"
    awards = None if requirement.awards is None else frozenset(requirement.awards)
    who = "" if awards is None else f" by {listed(sorted(awards))}"
    of_total = isinstance(bound, Fraction) and requirement.of != "need"
    amount, lines = 0, selected(requirement.select)
    if isinstance(bound, int):
        exact = Fraction(bound, CENTS[unit])
        amount = _least(exact, requirement, needs, unit) if least else floor(exact)  # C7
        told = f"{words} {show(amount, unit)} is paid{who} on {lines}"
    elif of_total:
        told = f"{words} {show_percent(bound)} of all that is spent{who} goes to {lines}"
    else:
        whole = sum(_selected(requirement, need) for need in needs)
        amount = ceil(bound * whole) if least else floor(bound * whole)  # C7
        told = f"{words} {show_percent(bound)} of the need of {lines}, {show(amount, unit)}, is met{who}"
    hoped = sorted((awards or frozenset()) - {award.id for award in proposal.awards})
    pay = "is only expected and pays" if len(hoped) == 1 else "are only expected and pay"
    unsure = f" {listed(hoped)} {pay} nothing, unless what is expected is planned too." if hoped else ""
    return Limit(
        f"require[{requirement.id}]",
        "require",
        amount,
        f"{requirement.id} is required: {told[0].lower()}{told[1:]}.{unsure}",
        awards,
        select=requirement.select,
        share=bound if of_total and isinstance(bound, Fraction) else None,
        of=requirement.of,
        at_least=least,
    )


def _selected(requirement: Requirement, need: Need) -> int:
    """What of a need a requirement selects: the pay, and the fringe by its own category (C8)."""
    traits, selector = need.cost.traits, requirement.select
    on_pay = selector.selects(traits)
    on_fringe = selector.selects(replace(traits, category="fringe"))
    return need.direct * int(on_pay) + need.fringe * int(on_fringe)


def _least(exact: Fraction, requirement: Requirement, needs: tuple[Need, ...], unit: str) -> int:
    """An amount rounded up, but not above the planned need where only rounding brings it there (C7)."""
    asked = [need for need in needs if requirement.select.selects(need.cost.traits)]
    cost = sum((1 + need.cost.fringe) * need.cost.cents[need.period.name] for need in asked) / Fraction(CENTS[unit])
    planned = sum(need.total for need in asked)
    return min(ceil(exact), planned) if exact <= cost else ceil(exact)


def _committed(proposal: Proposal, commitment: Commitment, needs: tuple[Need, ...]) -> Limit:
    """At least this much of one award on one line in one period (C16)."""
    unit = proposal.unit
    least = -(-commitment.amount // CENTS[unit])
    need = next((n for n in needs if n.cost.id == commitment.line and n.period.name == commitment.period), None)
    if need is not None and commitment.amount <= need.cost.cents[commitment.period]:
        least = min(least, need.direct)  # C7
    label = proposal.award(commitment.award).label
    sentence = f"{show(least, unit)} of {label} is committed to {commitment.line} in {commitment.period}."
    return Limit(
        f"committed[{commitment.award},{commitment.line},{commitment.period}]",
        "committed",
        least,
        sentence,
        frozenset({commitment.award}),
        line=commitment.line,
        index=proposal.fiscal.index[commitment.period],
        at_least=True,
    )


def _no_more(proposal: Proposal, commitment: Commitment) -> Limit:
    """At most what is committed, where that is exactly what the award is to pay."""
    most = commitment.amount // CENTS[proposal.unit]
    label = proposal.award(commitment.award).label
    told = f"{label} pays no more than {show(most, proposal.unit)} of {commitment.line} in {commitment.period}"
    return Limit(
        f"exactly[{commitment.award},{commitment.line},{commitment.period}]",
        "committed",
        most,
        f"{told}, since exactly that is committed.",
        frozenset({commitment.award}),
        line=commitment.line,
        index=proposal.fiscal.index[commitment.period],
    )
