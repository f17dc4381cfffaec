"""What could be read whole, held against the plan: its periods and days, the costs of its lines, the rules in force.

Amounts and lines that cannot both be right are told here; words that lead nowhere are told in ``references``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import cast

from braid.basics.errors import nearest
from braid.basics.fiscal import parse_year
from braid.basics.money import MOST_CENTS, round_half_up, show, show_percent
from braid.files.nodes import Document, Loc
from braid.law.catalogue import Catalogue, Program
from braid.proposal import Activity, Award, Commitment, Cost, Line, Proposal, Receipt, Requirement, at

PER_UNIT = {"dollar": 100, "cent": 1}


@dataclass(frozen=True)
class Parts:
    """What of a file could be read whole, each with its place."""

    awards: list[tuple[Loc, Award]]
    activities: list[tuple[Loc, Activity]]
    require: list[tuple[Loc, Requirement]]
    committed: list[tuple[Loc, Commitment]]


def refer_whole(document: Document, proposal: Proposal, parts: Parts, catalogue: Catalogue) -> None:
    """Note what lies outside the plan's time, what costs more than it can, and what names no rule in force."""
    for loc, award in parts.awards:
        _receipts(document, loc, award, proposal)
        _carry_over(document, loc, award)
        _rules_named(document, loc, award, proposal, catalogue)
    costs = {cost.id: cost for cost in proposal.costs}
    for loc, activity in parts.activities:
        _activity(document, loc, activity, costs, proposal)
    _agreements(document, parts.activities)
    for loc, requirement in parts.require:
        _requirement(document, loc, requirement, proposal)
    for loc, commitment in parts.committed:
        _commitment(document, loc, commitment, costs, proposal)


# ---------------------------------------------------------------------- awards


def _receipts(document: Document, loc: Loc, award: Award, proposal: Proposal) -> None:
    """Receipts come within the plan, and their days meet those of their award."""
    if not isinstance(award.receipts, dict):
        for i, receipt in enumerate(award.receipts or ()):
            _receipt(document, (*loc, "receipts", i), receipt, award, proposal)
        return
    first = {period.year: proposal.fiscal.year_days(parse_year(period.year)).first for period in proposal.periods}
    for year in award.receipts:
        if year in first and award.end is not None and first[year] > award.end:
            sentence = f"{year} begins on {first[year]}, after the award ends on {award.end}"
            document.fault((*loc, "receipts", year), sentence, at_key=True)


def _receipt(document: Document, loc: Loc, receipt: Receipt, award: Award, proposal: Proposal) -> None:
    first, last = receipt.first, receipt.due
    key = "authorized" if receipt.authorized else "date"
    if receipt.date > proposal.fiscal.days.last:
        sentence = f"{receipt.date} comes after the last day of the plan, {proposal.fiscal.days.last}"
        document.fault((*loc, "date"), sentence)
    elif award.end is not None and first > award.end:
        document.fault((*loc, key), f"it may be used from {first}, after the award ends on {award.end}")
    elif award.start is not None and last is not None and last < award.start:
        document.fault((*loc, "use_by"), f"it is to be used by {last}, before the award starts on {award.start}")


def _carry_over(document: Document, loc: Loc, award: Award) -> None:
    carried = award.carry_over
    if carried is None or isinstance(carried, str):
        return
    for key, share in (("approved", carried.approved), ("requested", carried.requested)):
        if share is not None and share > 1:
            sentence = f"{show_percent(share)} is more than all of it; write 100% or less"
            document.fault((*loc, "carry_over", key), sentence)


def _rules_named(document: Document, loc: Loc, award: Award, proposal: Proposal, catalogue: Catalogue) -> None:
    program = catalogue.by_name.get(award.program)
    if program is None or award.edition not in {None, *(edition.id for edition in program.editions)}:
        return
    _amended(document, loc, award, program, catalogue)
    terms = catalogue.terms(program, award.edition, proposal.jurisdiction.state, proposal.facts(award))
    own = {name for term in award.terms for name in (term.id, f"{award.id}:{term.id}")}
    theirs = {rule.id: rule.name for rule in terms.rules}
    for i, term in enumerate(award.terms):
        if term.id in theirs:
            sentence = (
                f"«{term.id}» is already a rule that binds this award ({theirs[term.id]}); give the term another id"
            )
            document.fault((*loc, "terms", i, "id"), sentence)
    known = {name for rule in terms.rules for name in (rule.id, rule.name)} | own
    for key, named in (("approvals", award.approvals), ("exceptions", award.exceptions)):
        for name in named:
            if name not in known and not (key == "approvals" and name == "scope"):
                words = known | {"scope"} if key == "approvals" else known
                sentence = f"«{name}» is no rule that binds this award{nearest(name, words)}"
                document.fault((*loc, key, name), sentence, at_key=True)


def _amended(document: Document, loc: Loc, award: Award, program: Program, catalogue: Catalogue) -> None:
    """What an award was amended to is an edition of its program, or of a set of rules that it stands under."""
    sets = (program, *(common for common in catalogue.common if common.id in program.under))
    known = [edition.id for part in sets for edition in part.editions]
    if award.amended_to is not None and award.amended_to not in known:
        has = f"the editions are {', '.join(known)}" if known else "it has none"
        sentence = f"«{award.amended_to}» is no edition of the terms of {program.id}{nearest(award.amended_to, known)}"
        document.fault((*loc, "amended_to"), f"{sentence}; {has}")


# --------------------------------------------------------- activities and lines


def _activity(document: Document, loc: Loc, activity: Activity, costs: dict[str, Cost], proposal: Proposal) -> None:
    if activity.start is not None and activity.end is not None and activity.end < activity.start:
        sentence = f"the activity ends on {activity.end}, before it starts on {activity.start}"
        document.fault((*loc, "end"), sentence)
        return
    for i, line in enumerate(activity.lines):
        here = (*loc, "lines", i)
        _costed(document, here, line, proposal)
        _days(document, here, line, costs[f"{activity.id}/{line.id}"], proposal)
        if line.whole_units:
            _whole_units(document, here, line, proposal)
    if not _told(document, loc):
        _minimum(document, loc, activity, costs)


def _agreements(document: Document, activities: list[tuple[Loc, Activity]]) -> None:
    """One subaward agreement has one payee."""
    payees: dict[str, tuple[str, str]] = {}
    for loc, activity in activities:
        under = [(i, line) for i, line in enumerate(activity.lines) if line.subaward is not None]
        for i, line in under:
            payee, name = line.payee or activity.payee, f"{activity.id}/{line.id}"
            first, where = payees.setdefault(line.subaward or "", (payee, name))
            if payee != first:
                sentence = f"the agreement «{line.subaward}» is with {first} on {where}, and with {payee} here"
                document.fault((*loc, "lines", i, "subaward"), f"{sentence}; one agreement has one payee")


def _told(document: Document, loc: Loc) -> bool:
    """Whether something at this place or below it is at fault already."""
    return any(fault.path.startswith(document.path(loc)) for fault in document.faults)


def _minimum(document: Document, loc: Loc, activity: Activity, costs: dict[str, Cost]) -> None:
    """A minimum is no more than the activity costs, direct and fringe (C15)."""
    minimum = activity.minimum
    found = [costs[f"{activity.id}/{line.id}"] for line in activity.lines]
    whole = sum((sum(cost.cents.values()) * (1 + cost.fringe) for cost in found), Fraction(0))
    if isinstance(minimum, Fraction) and minimum > 1:
        sentence = f"{show_percent(minimum)} is more than all of its need; write 100% or less, or `all`"
        document.fault((*loc, "minimum"), sentence)
    elif isinstance(minimum, int) and minimum > whole:
        sentence = (
            f"{show(minimum, 'cent')} is more than all that the activity costs, {show(whole, 'cent')} with fringe"
        )
        document.fault((*loc, "minimum"), sentence)


def _costed(document: Document, loc: Loc, line: Line, proposal: Proposal) -> None:
    """One amount is of one period, unless it grows; and what is counted in a period has a unit cost there."""
    first, *more = proposal.periods
    if more and isinstance(line.amount, int) and line.grows is None:
        sentence = (
            f'say how much in each period, as in {{{first}: "…"}} (on a sheet: in a column Amount {first}), '
            "or add `grows: 0%` where it is the same in each"
        )
        document.fault((*loc, "amount"), sentence)
    if not isinstance(line.unit_cost, dict):
        return
    for period in proposal.periods:
        if at(line.quantity, period) and not {period.name, period.year} & {*line.unit_cost}:
            document.fault((*loc, "unit_cost"), f"there is no unit cost for {period}")


def _whole_units(document: Document, loc: Loc, line: Line, proposal: Proposal) -> None:
    """What is bought in whole units costs whole units of money, and something (C7)."""
    cost = line.unit_cost or 0
    given: dict[str, int] = cost if isinstance(cost, dict) else {"": cost}
    used = {name for p in proposal.periods if at(line.quantity, p) for name in (p.name, p.year, "")}
    for name, cents in given.items():
        here = (*loc, "unit_cost", name) if name else (*loc, "unit_cost")
        if name in used and not cents:
            document.fault(here, "`whole_units` needs a unit cost above zero")
        elif cents % PER_UNIT[proposal.unit]:
            sentence = f"`whole_units` needs a unit cost in whole dollars, and this is {show(cents, 'cent')}"
            document.fault(here, f"{sentence}; or plan in cents, with `unit: cent`")


def _days(document: Document, loc: Loc, line: Line, cost: Cost, proposal: Proposal) -> None:
    plan = proposal.fiscal.days
    for name, cents in cost.cents.items():
        if cents > MOST_CENTS:
            document.fault(loc, f"the line comes to {show(cents, 'cent')} in {name}, which is more than $100 billion")
    if not cost.days.days:
        document.fault(loc, "the line has no day in common with its activity")
    elif cost.days.stop <= plan.start:
        document.fault(loc, f"the line ends on {cost.days.last}, before the plan begins on {plan.first}")
    elif cost.days.start >= plan.stop:
        document.fault(loc, f"the line starts on {cost.days.first}, after the plan ends on {plan.last}")
    elif isinstance(line.amount, dict):
        for name, cents in line.amount.items():
            if cents and name in proposal.fiscal.index and name not in cost.cents:
                sentence = f"no day of the line falls in {name}; leave the amount out, or change `start` or `end`"
                document.fault((*loc, "amount", name), sentence, at_key=True)


# ---------------------------------------------------------------- requirements


def _requirement(document: Document, loc: Loc, requirement: Requirement, proposal: Proposal) -> None:
    """A requirement selects some line, or the fringe of one (C8), and asks for no more than all of it."""
    bound = requirement.bound
    if isinstance(bound, Fraction) and bound > 1:
        key = "at_most" if requirement.at_least is None else "at_least"
        document.fault((*loc, key), f"{show_percent(bound)} is more than the whole; write 100% or less")
    seen = [cost.traits for cost in proposal.costs]
    if requirement.of != "direct":
        seen += [replace(cost.traits, category="fringe") for cost in proposal.costs if cost.fringe]
    here = (*loc, "select")
    written = document.at(("activities",))
    known = isinstance(written, list) and len(proposal.activities) == len(cast(list[object], written))
    if known and not _told(document, here) and not any(requirement.select.selects(traits) for traits in seen):
        document.fault(here, "no line of this proposal is selected; the requirement would bind nothing")


def _commitment(
    document: Document, loc: Loc, commitment: Commitment, costs: dict[str, Cost], proposal: Proposal
) -> None:
    """A commitment is of a period in which the line has a cost; more than that cost is a conflict (C16)."""
    line, period = commitment.line, commitment.period
    if period not in proposal.fiscal.index or line not in costs:
        return
    cents = costs[line].cents.get(period, 0)
    if not cents:
        document.fault((*loc, "period"), f"{line} has no cost in {period}")
    elif not round_half_up(Fraction(cents, PER_UNIT[proposal.unit])):
        sentence = f"{line} costs {show(cents, 'cent')} in {period}, which a plan in whole dollars leaves out"
        document.fault((*loc, "period"), sentence)
