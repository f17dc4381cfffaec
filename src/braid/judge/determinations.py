"""May this award pay this line, on which days, and which rule says so (DESIGN's determinations).

Unallowable beats prior-approval beats allowable. A determination never depends on money: only on rules, dates and
what is on file.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from braid.basics.fiscal import ALWAYS, NEVER, Interval, join
from braid.law.catalogue import Catalogue, Terms
from braid.law.rules import Kind, Rule, Selector, Traits
from braid.proposal import Award, Cost, Proposal

Status = Literal["allowable", "prior-approval", "unallowable"]
ORDER: tuple[Status, ...] = ("allowable", "prior-approval", "unallowable")
SPEAKERS = {"allow", "forbid", "approval", "certify", "portion"}


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
    lawful: tuple[Interval, ...] = ()
    """The days on which its rules let the award pay, whatever the proposal itself says of who pays the line."""
    late: str = ""
    """Why the award's money pays no later costs, in words, where it ends before the award does."""

    @property
    def cite(self) -> tuple[str, ...]:
        """The citations of the rules that decide it; statements to sign are told apart."""
        deciding = [rule for rule in self.rules if rule.kind != "certify"]
        return tuple(dict.fromkeys(str(cite) for rule in deciding for cite in rule.cite))

    def ordered(self, told: str) -> Determination:
        """The same where the award's money is to be ordered by a day, and may pay it later."""
        return replace(self, reason=f"{self.reason} {told}") if self.payable and told else self

    def within(self, days: tuple[Interval, ...], rules: tuple[Rule, ...], ordered: str = "") -> Determination:
        """The same where the award's money pays costs of these days only: by rules on how long it lasts, or its orders.

        ``ordered`` says by which day the award's money is to be ordered.
        """
        payable = join(piece.meet(part) for piece in self.payable for part in days)
        lawful = join(piece.meet(part) for piece in self.lawful for part in days)
        if self.status != "allowable" or (self.payable and (payable, lawful) == (self.payable, self.lawful)):
            return replace(self, lawful=lawful)
        why = " ".join([*(rule.why for rule in rules[:1]), *([ordered] if ordered else [])])
        told = f" Only for costs of {', '.join(str(piece) for piece in payable)}: {why}" if payable else why
        reason = f"{self.reason}{told}" if payable else told
        change = "charge it to money that was received later, or put the funder's exception on file"
        if not rules:
            change = "a later day from the funder, an order placed before, or another award"
        spoke = (*rules, *self.rules)
        return replace(self, payable=payable, lawful=lawful, rules=spoke, reason=reason, change=change, late=why)

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
    subawards_first: int | None = None
    """Of each subaward agreement, what counts in the base of indirect cost, in cents (2 CFR 200.1)."""
    equipment_from: int | None = None
    """The unit cost from which a thing is equipment, in cents (2 CFR 200.1)."""

    def of_kind(self, kind: Kind) -> tuple[Rule, ...]:
        """Its rules of one kind."""
        return tuple(rule for rule in self.rules if rule.kind == kind)

    def moves(self) -> tuple[Rule, ...]:
        """Its rules on moves between object classes that speak: of awards of this size, without an approval on file."""
        cents = self.award.cents
        return tuple(
            rule
            for rule in self.of_kind("transfer")
            if rule.transfer is not None
            and (rule.transfer.awards_above is None or cents > rule.transfer.awards_above)
            and not self.named(rule, self.award.approvals)
        )

    def carried(self) -> Rule | None:
        """The rule by which some of a budget period lives on by itself; the least, where there are several.

        None for money that another government passes on: the leave is given to the funder's own recipient.
        """
        found = [(rule.carry_over.at_most, rule.id, rule) for rule in self.of_kind("carry_over") if rule.carry_over]
        return None if self.award.pass_through is not None or not found else min(found, key=lambda each: each[:2])[2]

    def traits(self, cost: Cost) -> Traits:
        """What its rules see of a line: supplies at or above its equipment threshold are equipment to it."""
        dear = self.equipment_from is not None and (cost.traits.unit_cost or 0) >= self.equipment_from
        if dear and cost.line.category == "supplies":
            return replace(cost.traits, category="equipment")
        return cost.traits

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
        program, facts = catalogue.program(award.program), proposal.facts(award)
        terms = catalogue.terms(program, award.edition, proposal.jurisdiction.state, facts)
        every = (*terms.rules, *sorted(award.terms, key=lambda term: term.id))
        excepted = tuple(rule for rule in every if {rule.id, rule.name} & set(award.exceptions))
        rules = tuple(rule for rule in every if rule not in excepted)
        defined = catalogue.definitions(facts)
        thresholds = (_threshold(name, rules, defined) for name in ("subawards_first", "equipment_from"))
        found[award.id] = AwardTerms(award, terms, rules, excepted, *thresholds)
    return found


def _threshold(name: str, rules: tuple[Rule, ...], defined: tuple[Rule, ...]) -> int | None:
    """The lowest of the thresholds that the award's rules and the definition give, in cents."""
    given = (getattr(rule.indirect, name) for rule in (*rules, *defined) if rule.indirect is not None)
    return min((value for value in given if value is not None), default=None)


class Judge:
    """Judges lines against one award; lines that rules cannot tell apart are judged once."""

    def __init__(self, terms: AwardTerms) -> None:
        self.terms = terms
        self.speakers = [rule for rule in terms.rules if rule.kind in SPEAKERS]
        self._names_lines = any(_names_lines(rule) for rule in self.speakers)
        self._known: dict[Hashable, list[tuple[Interval, Verdict]]] = {}
        self._settled: dict[Hashable, Determination] = {}
        edges = {edge for rule in self.speakers for edge in rule.costs.days}
        if terms.award.budgeted and any(rule.transfer and rule.transfer.new_class for rule in terms.moves()):
            edges |= {part.start.toordinal() for part in terms.award.budget_periods or ()}
        ordered = sorted(edges | {ALWAYS, NEVER})
        self._stretches = [Interval(a, b) for a, b in itertools.pairwise(ordered)]

    def determine(self, cost: Cost, alike: int, window: Interval) -> Determination:
        """The determination for a line within a window; ``alike`` is one number for lines whose traits are alike."""
        key = (alike, self._by_name(cost), window)
        found = self._settled.get(key)
        if found is None:
            found = self._settled[key] = _determined(self, cost, self.verdicts(cost, key[:2]), window)
        same = (found.status, found.payable, found.rules, found.reason, found.change, found.unverified, found.lawful)
        return Determination(found.award, cost.id, *same)

    def _by_name(self, cost: Cost) -> Hashable:
        """What matters of the names of a line: all of them where a rule names lines, else whether it is in scope."""
        if self._names_lines:
            return cost.id
        return self.terms.award.scope is None or cost.activity.id in self.terms.award.scope

    def verdicts(self, cost: Cost, key: Hashable) -> list[tuple[Interval, Verdict]]:
        """The verdict over each stretch of days between which no rule begins or ends."""
        if key not in self._known:
            traits = self.terms.traits(cost)
            spoke = [rule for rule in self.speakers if rule.selects(traits)]
            self._known[key] = [
                (
                    days,
                    self._verdict(cost, traits, [rule for rule in spoke if days.within(rule.costs.days)], days.start),
                )
                for days in self._stretches
            ]
        return self._known[key]

    def _verdict(self, cost: Cost, traits: Traits, spoke: list[Rule], day: int) -> Verdict:
        forbids = tuple(rule for rule in spoke if rule.kind == "forbid")
        if forbids:
            change = "charge it to an award whose rules allow it, or put the funder's exception on file"
            return Verdict("unallowable", forbids, forbids[0].why, change)
        allows = tuple(rule for rule in spoke if rule.kind == "allow")
        if unnamed := self._unnamed(allows):
            return unnamed
        if wanting := self._wanting(cost, traits, spoke):
            return wanting
        if new := self._new_class([traits.category, *(["fringe"] if cost.fringe else [])], day):
            return new
        confident = [rule for rule in allows if rule.confidence != "unverified"]
        unverified = bool(allows) and not confident
        reason = (confident or allows)[0].why if allows else "No rule on file stands against it."
        if unverified:
            reason += " Confirm with the funder: this permission was not read in the funder's own words."
        return Verdict("allowable", tuple(spoke), reason, "", unverified)

    def _unnamed(self, allows: tuple[Rule, ...]) -> Verdict | None:
        """Where a list is closed, or the award's own terms name what it pays, what no rule names is not payable."""
        change = "charge it to an award whose rules name it, or put the funder's exception on file"
        if self.terms.terms.closed_list and all(rule.own_term for rule in allows):
            name = self.terms.terms.program.name
            told = f"{name} pays only what its rules name, and no rule names this line."
            return Verdict("unallowable", (), told, change)
        own = tuple(rule for rule in self.terms.rules if rule.kind == "allow" and rule.own_term)
        if own and not any(rule.own_term for rule in allows):  # terms only tighten
            told = "The terms of this award name what it pays, and none of them names this line."
            return Verdict("unallowable", own, told, change)
        return None

    def _wanting(self, cost: Cost, traits: Traits, spoke: list[Rule]) -> Verdict | None:
        """What still needs the funder's approval, a documented share, or a place in the approved scope."""
        award = self.terms.award
        wanting = tuple(r for r in spoke if r.kind == "approval" and not self.terms.named(r, award.approvals))
        if wanting:
            change = (
                f"list `{wanting[0].id}` under the award's `approvals`, with a note of where the approval is on file"
            )
            return Verdict("prior-approval", wanting, wanting[0].why, change)
        undocumented = tuple(r for r in spoke if r.portion is not None and not self._documented(r, traits))
        if undocumented:
            change = "state the documented share of its cost under the line's `portion`"
            return Verdict("prior-approval", undocumented, undocumented[0].why, change)
        approved = award.scope is None or "scope" in award.approvals
        if not approved and not ({*traits.use, traits.activity} & {*(award.scope or ())}):
            change = "have the funder add it to the approved scope, or list `scope` under the award's `approvals`"
            return Verdict("prior-approval", (), "It lies outside the scope that the funder approved.", change)
        return None

    def _documented(self, rule: Rule, traits: Traits) -> bool:
        share = rule.portion.share if rule.portion else None
        return (share or "") in traits.documented or "" in traits.documented

    def _new_class(self, classes: list[str], day: int) -> Verdict | None:
        """A class that the budget approved for a day does not have needs approval, where the program says so."""
        budget = self.terms.award.approved_on(day)
        rules = tuple(rule for rule in self.terms.moves() if rule.transfer and rule.transfer.new_class)
        given = {str(name) for name, cents in (budget or {}).items() if cents}
        missing = [name for name in classes if name not in given]
        if budget is None or not rules or not missing:
            return None
        change = f"have the funder approve the change, and list `{rules[0].id}` under the award's `approvals`"
        told = f"The approved budget has nothing for {missing[0]}. {rules[0].why}"
        return Verdict("prior-approval", rules, told, change)


def _names_lines(rule: Rule) -> bool:
    def named(selector: Selector | None) -> bool:
        return selector is not None and bool(selector.activity or selector.line or named(selector.negated))

    parts = (rule.allow, rule.forbid, rule.approval, rule.certify, rule.portion and rule.portion.select)
    return any(named(part) for part in parts) or (rule.forbid is not None and named(rule.forbid.unless))


def alike(costs: Iterable[Cost]) -> Iterator[tuple[Cost, int]]:
    """Each line with a number that it shares with all lines that no rule could tell from it but by their names."""
    numbers: dict[Hashable, int] = {}
    for cost in costs:
        line = cost.line
        named = (line.only, line.never, None if line.shares is None else tuple(line.shares))
        key = (replace(cost.traits, activity="", line=""), named, bool(cost.fringe))
        yield cost, numbers.setdefault(key, len(numbers))


def _determined(judge: Judge, cost: Cost, verdicts: list[tuple[Interval, Verdict]], window: Interval) -> Determination:
    """The determination for one line, within the days on which award, line and plan all run."""
    award = judge.terms.award
    meeting = [(days.meet(window), verdict) for days, verdict in verdicts]
    inside = [(days, verdict) for days, verdict in meeting if days.days]
    payable = join(days for days, verdict in inside if verdict.status == "allowable")
    if (cost.line.only is not None and award.id not in cost.line.only) or award.id in cost.line.never:
        reason, change = "The proposal itself says that this award does not pay this line.", "`only` or `never`"
        return _shut_out(award, cost, reason, change, payable)
    if cost.line.shares is not None and award.id not in cost.line.shares:
        reason = "The shares of this line name the awards that pay it, and this award is not one of them."
        return _shut_out(award, cost, reason, "`shares`", payable)
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
    found = (best.status, payable, tuple(spoke), reason, change, best.unverified, payable)
    return Determination(award.id, cost.id, *found)


def _shut_out(award: Award, cost: Cost, reason: str, key: str, lawful: tuple[Interval, ...]) -> Determination:
    """The determination where the proposal itself keeps an award from a line."""
    change = f"change {key} on the line"
    return Determination(award.id, cost.id, "unallowable", (), (), reason, change, False, lawful)
