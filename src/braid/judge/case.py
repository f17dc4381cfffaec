"""A proposal under its law, worked out once: needs, installments, determinations, cells, on-costs and limits."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from braid.basics.fiscal import ALWAYS, NEVER, Interval, join
from braid.judge.determinations import AwardTerms, Determination, Judge, alike, terms_of
from braid.judge.funds import CENTS, Funds, Installment, Lasting, funds_of, months_after
from braid.judge.limits import Cell, Limit, limits_of
from braid.judge.matching import Matching, cut, matchings_of
from braid.judge.needs import Need, needs_of, shares_left
from braid.judge.oncosts import Indirect, in_base, indirect_of
from braid.judge.past import Past, past_of
from braid.law.catalogue import Catalogue
from braid.law.rules import Base, Rule, Traits
from braid.proposal import Award, Proposal
from braid.proposal.expected import settled

ORDERED = {"contractual", "equipment", "construction"}
"""Object classes that are ordered: what is obligated in time may be delivered later."""


@dataclass(frozen=True)
class Case:
    """Everything that follows from a proposal and a catalogue before any money is placed.

    Everything is worked out on first use and sorted by ids: the order of the file changes nothing.
    """

    written: Proposal
    """The proposal as it was read, with what is only expected."""
    catalogue: Catalogue
    hoped: frozenset[tuple[str, str]] | None = frozenset()
    """What of the expected money counts as certain, by award and kind; None for all of it."""
    former: Mapping[tuple[str, str, int], int] = field(default_factory=dict[tuple[str, str, int], int], compare=False)
    """What a former plan pays, by award, line and period, in whole units: what the goal ``stay-close`` goes by."""

    @cached_property
    def proposal(self) -> Proposal:
        """The proposal as it is planned: with the money that counts as certain."""
        return settled(self.written, self.hoped)

    @cached_property
    def terms(self) -> dict[str, AwardTerms]:
        """What binds each award, by award id."""
        return terms_of(self.proposal, self.catalogue)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Every need above zero, by line and period."""
        return needs_of(self.proposal)

    @cached_property
    def need(self) -> dict[tuple[str, int], Need]:
        """Needs by line id and period number."""
        return {need.key: need for need in self.needs}

    @cached_property
    def funds(self) -> dict[str, Funds]:
        """The money of each award, by award id."""
        found: dict[str, Funds] = {}
        for name, terms in self.terms.items():
            months = sorted({rule.use_within.months for rule in terms.rules if rule.use_within is not None})
            lasting = Lasting(self._within(terms), tuple(months), terms.carried())
            found[name] = funds_of(self.proposal.award(name), self.proposal, apart=_apart(terms), lasting=lasting)
        return found

    def _within(self, terms: AwardTerms) -> int | None:
        """The months after which no line can be paid from a receipt of the award; None where some always can."""
        rules = terms.of_kind("use_within")
        if not all(any(_ends(rule, terms.traits(cost)) for rule in rules) for cost in self.proposal.costs):
            return None
        return max((rule.use_within.months for rule in rules if rule.use_within), default=None)

    @cached_property
    def _traits(self) -> dict[tuple[str, str], Traits]:
        return {
            (name, cost.id): terms.traits(cost) for name, terms in self.terms.items() for cost in self.proposal.costs
        }

    def traits(self, award: str, line: str) -> Traits:
        """What the rules of an award see of a line."""
        return self._traits[award, line]

    def usable(self, part: Installment, line: str) -> Interval:
        """The days whose costs of a line an installment pays: its own, less those after a limit in time."""
        traits, stops = self.traits(part.award, line), [part.days.stop]
        stops += [_too_old(rule, part) for rule in self.terms[part.award].of_kind("use_within") if _ends(rule, traits)]
        if traits.category not in ORDERED:
            stops.append(part.orders_end)
        return Interval(part.days.start, max(part.days.start, min(stops)))

    @cached_property
    def determinations(self) -> dict[tuple[str, str], Determination]:
        """The determination of every award and line."""
        found: dict[tuple[str, str], Determination] = {}
        plan = self.proposal.fiscal.days
        costs = list(alike(self.proposal.costs))
        for name, terms in self.terms.items():
            judge = Judge(terms)
            days = self.funds[name].days.meet(plan)
            for cost, number in costs:
                found[name, cost.id] = self._in_time(judge.determine(cost, number, days.meet(cost.days)), terms)
        return found

    def _in_time(self, found: Determination, terms: AwardTerms) -> Determination:
        """A determination less the days for which the award's money is too old, by its rules or the day for orders."""
        traits = self.traits(found.award, found.line)
        rules = tuple(rule for rule in terms.of_kind("use_within") if rule.selects(traits))
        parts = self.funds[found.award].installments
        ordered = _orders_told(parts, terms.award, ordered=traits.category in ORDERED)
        if not rules and not ordered:
            return found
        ending = tuple(rule for rule in rules if _ends(rule, traits))
        if traits.category in ORDERED and not ending:
            stop = self.proposal.fiscal.days.stop
            met = (rule.why for rule in rules if any(_too_old(rule, part) < stop for part in parts))
            return found.ordered(ordered or next(met, ""))
        return found.within(join(self.usable(part, found.line) for part in parts), ending, ordered)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every payable combination of award, line, period and piece of window."""
        return tuple(self._whole_shares(list(self._cells())))

    def _cells(self) -> Iterator[Cell]:
        for name in self.terms:
            for need in self.needs:
                beyond = (False, True) if self._runs_over(name, need.cost.line.subaward) else (False,)
                for days, pot in self._pieces(name, need):
                    for part in beyond:
                        yield Cell(name, need.cost.id, need.index, days, pot, part)

    def _pieces(self, award: str, need: Need) -> Iterator[tuple[Interval, int]]:
        """The days of a need that each pot of an award may pay, in pieces that every rule treats alike."""
        edges = self._edges(award, need)
        for piece in self.determinations[award, need.cost.id].payable:
            for pot in self.funds[award].pots:
                usable = piece.meet(need.days)
                until = self.usable(pot.installments[0], need.cost.id).stop  # alike for all of the pot within the plan
                usable = usable.meet(Interval(ALWAYS, until))
                for window in pot.windows:
                    days = usable.meet(window)
                    yield from ((part, pot.number) for part in cut(days, edges) if days.days)

    def _edges(self, award: str, need: Need) -> set[int]:
        """The days on which something changes for what an award pays of a need: rules, match, years of match."""
        line, edges = need.cost.id, set[int]()
        for name, rule in self._dated:
            if rule.kind == "limit" or name == award:
                edges.update(rule.costs.days if rule.selects(self.traits(name, line)) or rule.kind != "limit" else ())
        for matching in self.matchings.values():
            if matching.award.id == award and matching.by_year:
                edges.update(matching.edges(need.days.stop))
            elif matching.may_serve(self.terms[award]):
                edges.update(day for piece in self.determinations[matching.award.id, line].lawful for day in piece)
        return edges

    @cached_property
    def _dated(self) -> list[tuple[str, Rule]]:
        """Rules that bound what is charged, and begin or end within the plan."""
        plan = self.proposal.fiscal.days
        return [
            (name, rule)
            for name, terms in self.terms.items()
            for rule in terms.rules
            if rule.kind in {"limit", "cap", "floor", "portion"}
            and any(plan.start < edge < plan.stop for edge in rule.costs.days)
        ]

    @cached_property
    def matchings(self) -> dict[str, Matching]:
        """The awards that ask for match, by id."""
        return matchings_of(self.terms, self.proposal.unit)

    def matched_before(self, award: str) -> Fraction:
        """What an award's money that is spent already is to be matched with, exactly."""
        matching = self.matchings[award]
        return sum(
            (matching.ratio(self.day_of(past)) * past.amount for past in self.past if past.award == award), Fraction(0)
        )

    def day_of(self, past: Past) -> int:
        """A day that stands for when money was spent: the first of its period, or of its award."""
        if past.index >= 0:
            return self.proposal.periods[past.index].days.start
        return max(self.funds[past.award].days.start, 1)

    def serves(self, matched: str, award: str, line: str, days: Interval) -> bool:
        """Whether what an award pays of a line for costs of some days may serve as match for another."""
        if not self.matchings[matched].may_serve(self.terms[award]):
            return False
        return any(days.within(piece) for piece in self.determinations[matched, line].lawful)

    @cached_property
    def _agreements(self) -> set[tuple[str, str]]:
        """Awards and subaward agreements on which more may be charged than counts in the base of indirect cost."""
        found: set[tuple[str, str]] = set()
        asked: dict[str, int] = defaultdict(int)
        for need in self.needs:
            asked[need.cost.line.subaward or ""] += need.direct
        for name in self.terms:
            bases = {self.indirect[name, index].base for index in range(len(self.proposal.periods))}
            if self.counted(name) is not None and "mtdc" in bases:
                over = ((agreement, most) for agreement, most in asked.items() if agreement)
                found.update(
                    (name, agreement) for agreement, most in over if most > (self.counted(name, agreement) or 0)
                )
        return found

    def counted(self, award: str, agreement: str | None = None) -> int | None:
        """Of a subaward agreement, what still counts in the base of indirect cost, in whole units."""
        cents = self.terms[award].subawards_first
        if cents is None:
            return None
        spent = sum(
            past.amount for past in self.past if agreement and (past.award, past.subaward) == (award, agreement)
        )
        return max(0, cents // CENTS[self.proposal.unit] - spent)

    @cached_property
    def past(self) -> tuple[Past, ...]:
        """What is spent already."""
        return past_of(self.proposal, self.funds)

    def spent(self, award: str, installments: frozenset[int] | None = None, through: int | None = None) -> int:
        """What of an award, or of some of its installments, is spent already, by a period if one is given."""
        return sum(
            past.amount
            for past in self.past
            if past.award == award
            and (installments is None or int(past.installment) in installments)
            and (through is None or past.index <= through)
        )

    def spent_late(self, part: Installment) -> int:
        """What of an installment of which a share lives on is spent already, in periods after its own budget period."""
        mine = (past for past in self.past if (past.award, past.installment) == (part.award, str(part.number)))
        first = NEVER if part.own is None else part.own
        days = [period.days for period in self.proposal.periods]
        return sum(past.amount for past in mine if past.index >= 0 and days[past.index].start >= first)

    def _runs_over(self, award: str, agreement: str | None) -> bool:
        return agreement is not None and (award, agreement) in self._agreements

    def in_base(self, award: str, line: str, base: Base, *, beyond: bool = False) -> tuple[bool, bool]:
        """Whether what an award pays of a line is in a base of indirect cost, and whether its fringe is."""
        cost = self.proposal.cost(line)
        return in_base(cost, base, equipment=self.traits(award, line).category == "equipment", beyond=beyond)

    def per_dollar(self, award: str, line: str, index: int, *, beyond: bool = False) -> Fraction:
        """Indirect that a dollar of direct cost brings, its fringe counted, exactly."""
        return sum(self.drawn(award, line, index, beyond=beyond), Fraction(0))

    def drawn(self, award: str, line: str, index: int, *, beyond: bool = False) -> tuple[Fraction, Fraction]:
        """Indirect that a dollar of direct cost draws itself, and that the fringe on it draws, exactly."""
        terms = self.indirect[award, index]
        direct, fringe = self.in_base(award, line, terms.base, beyond=beyond)
        return terms.rate * int(direct), terms.rate * self.proposal.cost(line).fringe * int(fringe)

    def _whole_shares(self, cells: list[Cell]) -> Iterator[Cell]:
        """Where one of the awards that share a line may pay nothing in a period, none of them does (C14)."""
        payers: dict[tuple[str, int], set[str]] = defaultdict(set)
        for cell in cells:
            payers[cell.line, cell.index].add(cell.award)
        for cell in cells:
            need = self.need[cell.line, cell.index]
            shares = {} if need.cost.line.shares is None else shares_left(self.proposal, need)
            if payers[need.key] >= {award for award, share in shares.items() if share}:
                yield cell

    @cached_property
    def indirect(self) -> dict[tuple[str, int], Indirect]:
        """The indirect terms of each award in each period."""
        return {
            (name, index): indirect_of(self.proposal, terms, period)
            for name, terms in self.terms.items()
            for index, period in enumerate(self.proposal.periods)
        }

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Everything that bounds a sum."""
        return limits_of(self.proposal, self.terms, self.needs, self.funds, self.cells, self.matchings)


def _ends(rule: Rule, traits: Traits) -> bool:
    """Whether a limit in time ends the use of money for a line; where orders meet it, what is ordered arises later."""
    ordered = rule.use_within is not None and rule.use_within.met_by == "encumbered" and traits.category in ORDERED
    return rule.selects(traits) and not ordered


def _too_old(rule: Rule, part: Installment) -> int:
    """The day from which an installment is too old by a rule."""
    return NEVER if rule.use_within is None else months_after(part.received, rule.use_within.months)


def _orders_told(parts: Iterable[Installment], award: Award, *, ordered: bool) -> str:
    """Until when an award's money is to be ordered, in words; empty where that day is no earlier than its end."""
    found = [part for part in parts if part.orders_end < part.days.stop]
    told: list[str] = []
    for part in found:
        day, own = Interval(part.days.start, part.orders_end).last, award.obligate_by
        what = "The award" if own == day else f"What was received on {dt.date.fromordinal(part.received)}"
        told.append(f"{what} is to be obligated by {day}")
    if not told:
        return ""
    then = "what arises later is paid only if it was ordered by then" if ordered else "what arises later comes too late"
    return f"{', '.join(dict.fromkeys(told))}; {then}."


def _apart(terms: AwardTerms) -> bool:
    """Whether a rule looks at each installment of an award by itself (C6)."""
    shares = [rule.cap or rule.floor for rule in terms.rules]
    single = any(share is not None and share.per == "budget_period" for share in shares)
    by_year = any(share is not None and (share.of, share.per) == ("received", "calendar_year") for share in shares)
    return single or by_year or bool(terms.award.budgeted and terms.moves())
