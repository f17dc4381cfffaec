"""May this award pay this line, on which days, and which rule says so (DESIGN's determinations).

Unallowable beats prior-approval beats allowable. A determination never depends on money: only on rules, dates and
what is on file.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from braid.basics.fiscal import ALWAYS, NEVER, Interval, join
from braid.law.catalogue import Catalogue, Terms
from braid.law.rules import Rule, Selector, Traits
from braid.proposal import Award, Cost, Proposal

Status = Literal["allowable", "prior-approval", "unallowable"]
ORDER: tuple[Status, ...] = ("allowable", "prior-approval", "unallowable")
SPEAKERS = {"allow", "forbid", "approval", "certify"}


@dataclass(frozen=True)
class Verdict:
    """What the rules say of a line on an award over one stretch of days."""

    status: Status
    rules: tuple[Rule, ...]
    """The rules that decide it."""
    reason: str
    change: str
    """What would change it; empty where it is allowable."""
    unverified: bool = False
    """Rests on a permission that nobody has read in the funder's own words."""


@dataclass(frozen=True)
class Determination:
    """The verdict for one award and one line: status, payable days, rules, and what would change it."""

    award: str
    line: str
    status: Status
    payable: tuple[Interval, ...]
    rules: tuple[Rule, ...]
    """Every rule that spoke of the line, the deciding ones first."""
    reason: str
    change: str
    unverified: bool

    @property
    def cite(self) -> tuple[str, ...]:
        """The citations of the rules that decide it; statements to sign are told apart."""
        deciding = [rule for rule in self.rules if rule.kind != "certify"]
        return tuple(dict.fromkeys(str(cite) for rule in deciding for cite in rule.cite))

    def __str__(self) -> str:
        days = f" ({', '.join(str(piece) for piece in self.payable)})" if self.payable else ""
        text = f"{self.award} on {self.line}: {self.status}{days}. {self.reason}"
        text += f" What would change it: {self.change}" if self.change else ""
        return text + (f" [{'; '.join(self.cite)}]" if self.cite else "")

    __repr__ = __str__


@dataclass(frozen=True)
class AwardTerms:
    """Everything that binds one award: its program, the rules in force less exceptions, and the closed list."""

    award: Award
    terms: Terms
    rules: tuple[Rule, ...]
    excepted: tuple[Rule, ...]

    @property
    def federal(self) -> bool:
        """Whether its money is federal."""
        return self.terms.program.kind == "federal"

    def named(self, rule: Rule, where: Iterable[str]) -> bool:
        """Whether a rule is named, by its bare or full id."""
        names = set(where)
        return rule.id in names or rule.name in names


def terms_of(proposal: Proposal, catalogue: Catalogue) -> dict[str, AwardTerms]:
    """What binds each award, by award id in the order of ids."""
    found: dict[str, AwardTerms] = {}
    for award in sorted(proposal.awards, key=lambda award: award.id):
        dated = award.prime_awarded or award.awarded
        program = catalogue.program(award.program)
        terms = catalogue.terms(program, award.edition, proposal.jurisdiction.state, dated, award.agency)
        every = (*terms.rules, *sorted(award.terms, key=lambda term: term.id))
        excepted = tuple(rule for rule in every if {rule.id, rule.name} & set(award.exceptions))
        found[award.id] = AwardTerms(award, terms, tuple(rule for rule in every if rule not in excepted), excepted)
    return found


class Judge:
    """Judges lines against one award; lines that rules cannot tell apart are judged once."""

    def __init__(self, terms: AwardTerms) -> None:
        self.terms = terms
        self.speakers = [rule for rule in terms.rules if rule.kind in SPEAKERS]
        self._by_name = any(_names_lines(rule) for rule in self.speakers) or terms.award.scope is not None
        self._known: dict[Traits, list[tuple[Interval, Verdict]]] = {}
        edges = {edge for rule in self.speakers for edge in rule.costs.days}
        ordered = sorted(edges | {ALWAYS, NEVER})
        self._stretches = [Interval(a, b) for a, b in itertools.pairwise(ordered)]

    def verdicts(self, traits: Traits) -> list[tuple[Interval, Verdict]]:
        """The verdict over each stretch of days between which no rule begins or ends."""
        key = traits if self._by_name else replace(traits, activity="", line="")
        if key not in self._known:
            spoke = [rule for rule in self.speakers if rule.selects(traits)]
            self._known[key] = [
                (days, self._verdict(traits, [rule for rule in spoke if days.within(rule.costs.days)]))
                for days in self._stretches
            ]
        return self._known[key]

    def _verdict(self, traits: Traits, spoke: list[Rule]) -> Verdict:
        award = self.terms.award
        forbids = tuple(rule for rule in spoke if rule.kind == "forbid")
        if forbids:
            change = "charge it to an award whose rules allow it, or put the funder's exception on file"
            return Verdict("unallowable", forbids, forbids[0].why, change)
        allows = tuple(rule for rule in spoke if rule.kind == "allow")
        if self.terms.terms.closed_list and not allows:
            name = self.terms.terms.program.name
            change = "charge it to an award whose rules name it, or put the funder's exception on file"
            return Verdict(
                "unallowable", (), f"{name} pays only what its rules name, and no rule names this line.", change
            )
        wanting = tuple(r for r in spoke if r.kind == "approval" and not self.terms.named(r, award.approvals))
        if wanting:
            change = (
                f"list `{wanting[0].id}` under the award's `approvals`, with a note of where the approval is on file"
            )
            return Verdict("prior-approval", wanting, wanting[0].why, change)
        if (
            award.scope is not None
            and "scope" not in award.approvals
            and not ({*traits.use, traits.activity} & {*award.scope})
        ):
            change = "have the funder add it to the approved scope, or list `scope` under the award's `approvals`"
            return Verdict("prior-approval", (), "It lies outside the scope that the funder approved.", change)
        confident = [rule for rule in allows if rule.confidence != "unverified"]
        unverified = bool(allows) and not confident
        reason = (confident or allows)[0].why if allows else "No rule on file stands against it."
        if unverified:
            reason += " Confirm with the funder: this permission was not read in the funder's own words."
        return Verdict("allowable", tuple(spoke), reason, "", unverified)


def _names_lines(rule: Rule) -> bool:
    def named(selector: Selector | None) -> bool:
        return selector is not None and bool(selector.activity or selector.line or named(selector.negated))

    return any(named(part) for part in (rule.allow, rule.forbid, rule.approval, rule.certify)) or (
        rule.forbid is not None and named(rule.forbid.unless)
    )


def determine(judge: Judge, cost: Cost, window: Interval) -> Determination:
    """The determination for one line, within the days on which award, line and plan all run."""
    award = judge.terms.award
    if (cost.line.only is not None and award.id not in cost.line.only) or award.id in cost.line.never:
        reason = "The proposal itself says that this award does not pay this line."
        return Determination(
            award.id, cost.id, "unallowable", (), (), reason, "change `only` or `never` on the line", False
        )
    if cost.line.shares is not None and award.id not in cost.line.shares:
        reason = "The shares of this line name the awards that pay it, and this award is not one of them."
        return Determination(award.id, cost.id, "unallowable", (), (), reason, "change `shares` on the line", False)
    meeting = [(days.meet(window), verdict) for days, verdict in judge.verdicts(cost.traits)]
    inside = [(days, verdict) for days, verdict in meeting if days.days]
    payable = join(days for days, verdict in inside if verdict.status == "allowable")
    if not inside:
        reason = f"The award pays costs of {award.days}, and no day of the line falls within."
        change = "an extension of the award, or other dates of the line"
        return Determination(award.id, cost.id, "allowable", (), (), reason, change, False)
    best = min(inside, key=lambda pair: (ORDER.index(pair[1].status), pair[0]))[1]
    others = [verdict for _, verdict in inside if verdict.status != best.status]
    spoke = dict.fromkeys((*best.rules, *(rule for verdict in others for rule in verdict.rules)))
    reason, change = best.reason, best.change
    if payable and others:
        reason += f" Only for costs of {', '.join(str(piece) for piece in payable)}: {others[0].reason}"
        change = others[0].change
    return Determination(award.id, cost.id, best.status, payable, tuple(spoke), reason, change, best.unverified)
