"""What an award pays on top of a charge by formula: fringe on pay, and indirect on its base.

The lowest of the recipient's, the award's and the program's rate applies, on the narrowest of their bases
(2 CFR 200.414 lets a funder pay less only where a statute or regulation says so: where none is cited, the plan
says "ask for your rate"). A percentage cap that counts indirect bounds the rate at p / (1 - p), so that a small
cap does not strand the award's direct money.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from braid.basics.fiscal import Period
from braid.judge.determinations import AwardTerms
from braid.law.rules import Base, Rule
from braid.proposal import Cost, Proposal

NARROW: tuple[Base, ...] = ("direct", "mtdc", "salaries-and-fringe", "salaries", "none")
NOT_MTDC_CATEGORIES = {"equipment", "construction"}
NOT_MTDC_ITEMS = {
    "vehicle",
    "land",
    "renovation",
    "construction",
    "rent",
    "tuition",
    "participant-support",
    "patient-care",
}  # C9


@dataclass(frozen=True)
class Indirect:
    """The indirect terms of one award in one period, and which of the three decided the rate."""

    rate: Fraction
    base: Base
    decided_by: str
    rules: tuple[Rule, ...] = ()
    own_rate: Fraction = Fraction(0)
    own_base: Base = "none"


def in_base(cost: Cost, base: Base, *, equipment: bool = False, beyond: bool = False) -> tuple[bool, bool]:
    """Whether the direct cost of a line is in the base, and whether its fringe is.

    ``equipment``: it is equipment to this award, whatever its own category. ``beyond``: it lies beyond what counts
    of a subaward agreement.
    """
    if base == "none":
        return False, False
    if base in {"salaries", "salaries-and-fringe"}:
        pay = cost.line.category == "personnel"
        return pay or (base != "salaries" and cost.line.category == "fringe"), pay and base != "salaries"
    if base == "mtdc":
        out = cost.line.category in NOT_MTDC_CATEGORIES or cost.line.item in NOT_MTDC_ITEMS
        out = out or equipment or beyond
        return not out, not out
    return True, True


def indirect_of(proposal: Proposal, terms: AwardTerms, period: Period) -> Indirect:
    """The indirect terms of an award in a period; a rate that touches the period governs the whole of it."""
    own = proposal.rate(period.year)
    if own is None or own.kind == "none":
        return Indirect(Fraction(0), "none", "the recipient has no rate of its own")
    award = terms.award
    offers = [_Offer(own.rate, own.base, "the recipient's rate")]
    if award.indirect is not None:
        offers.append(_Offer(award.indirect.rate, award.indirect.base, "the award's rate"))
    for rule in terms.rules:
        if period.days.meet(rule.costs.days).days:
            offers.extend(_offered(rule, own.kind))
    best = min((offer for offer in offers if offer.rate is not None), key=lambda offer: offer.rate or 0)
    base = NARROW[max(NARROW.index(offer.base) for offer in offers if offer.base is not None)]
    return Indirect(best.rate or Fraction(0), base, best.decided_by, best.rules, own.rate, own.base)


@dataclass(frozen=True)
class _Offer:
    """What somebody says of the rate, the base, or both."""

    rate: Fraction | None
    base: Base | None
    decided_by: str
    rules: tuple[Rule, ...] = ()


def _offered(rule: Rule, kind: str) -> Iterator[_Offer]:
    """What a rule says of the rate: itself, or by a percentage cap that counts indirect."""
    if rule.indirect is not None and rule.indirect.kind in {None, kind}:
        yield _Offer(rule.indirect.rate, rule.indirect.base, rule.why, (rule,))
    cap = rule.cap
    if cap is None or not cap.include_indirect or isinstance(cap.at_most, int):
        return
    if cap.of in {"award", "spend"} and cap.at_most < 1:
        yield _Offer(cap.at_most / (1 - cap.at_most), None, rule.why, (rule,))
