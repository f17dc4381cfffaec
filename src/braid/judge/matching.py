"""Match: other money that must stand beside an award's, which money may serve, and what that asks of a plan.

A dollar of match serves once: for every set of matched awards, the money that may serve any of them is at least what
they need together. Where that holds for every set, the dollars can be dealt out so that each award has its own
(the transport form of Hall's theorem), so no dollar need be followed by itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from braid.basics.fiscal import Interval, months_later
from braid.basics.money import show, show_percent
from braid.basics.words import listed
from braid.judge.determinations import AwardTerms
from braid.judge.funds import CENTS, Funds
from braid.judge.limit import Limit
from braid.law.rules import Rule
from braid.proposal import Award, Proposal


@dataclass(frozen=True)
class Matching:
    """What one award asks of other money."""

    award: Award
    rules: tuple[Rule, ...]
    pledged: int
    """Whole units that are promised from outside the plan."""

    def ratio(self, day: int) -> Fraction:
        """Other dollars for each dollar of the award that pays costs of this day; the highest that a rule asks."""
        year = self.year(day)
        return max(rule.match.ratio(year) for rule in self.rules if rule.match is not None)

    def year(self, day: int) -> int:
        """The year of the award in which a day lies, by its budget periods or its anniversaries."""
        return self.award.award_year + sum(1 for edge in self.edges(day + 1) if edge <= day)

    def edges(self, stop: int) -> Iterator[int]:
        """The first days of its further years, up to a day."""
        if self.award.budget_periods:
            yield from (part.start.toordinal() for part in self.award.budget_periods[1:])
        elif self.award.start is not None:
            for years in itertools.count(1):
                day = months_later(self.award.start, 12 * years).toordinal()
                if day >= stop:
                    return
                yield day

    @property
    def by_year(self) -> bool:
        """Whether what it asks differs by year."""
        return any(rule.match is not None and rule.match.by_year for rule in self.rules)

    def may_serve(self, other: AwardTerms) -> bool:
        """Whether the money of another award may serve: by the kind of its program, or its program by name."""
        program = other.terms.program
        known = {program.kind, program.id, *program.also}
        named = all(rule.match is not None and known & {*rule.match.serves} for rule in self.rules)
        return named and other.award.id != self.award.id

    def in_full(self, funds: Funds) -> Fraction:
        """What it asks if the whole award is charged."""
        return sum((self.ratio(part.days.start) * part.amount for part in funds.installments), Fraction(0))


def matchings_of(terms: Mapping[str, AwardTerms], unit: str) -> dict[str, Matching]:
    """The awards that ask for match, by id."""
    found: dict[str, Matching] = {}
    for name, each in terms.items():
        if rules := each.of_kind("match"):
            pledged = sum(pledge.amount // CENTS[unit] for pledge in each.award.match_pledged)
            found[name] = Matching(each.award, rules, pledged)
    return found


def match_limits(
    matchings: Mapping[str, Matching], terms: Mapping[str, AwardTerms], funds: Mapping[str, Funds], proposal: Proposal
) -> Iterator[Limit]:
    """For each award that asks for match, and each set of them that the same money may serve."""
    for names in _sets(matchings, terms):
        pledged = sum(matchings[name].pledged for name in names)
        sentence = _alone(matchings[names[0]], funds[names[0]], proposal)
        if len(names) > 1:
            told = listed([terms[name].award.label for name in names])
            sentence = f"{told} are matched together: a dollar serves as match for one of them only."
        yield Limit(
            f"match[{'+'.join(names)}]",
            "match",
            pledged,
            sentence,
            frozenset(names),
            at_least=True,
            rule=matchings[names[0]].rules[0] if len(names) == 1 else None,
        )


def _alone(matching: Matching, funds: Funds, proposal: Proposal) -> str:
    first = proposal.fiscal.days.start if matching.award.start is None else matching.award.start.toordinal()
    ratio, unit = matching.ratio(first), proposal.unit
    each = "as the award's year says" if matching.by_year else f"{show_percent(ratio)} of what it is charged"
    whole = show(ceil(matching.in_full(funds)), unit)
    pledged = f", of which {show(matching.pledged, unit)} is pledged" if matching.pledged else ""
    why = matching.rules[0].why
    return (
        f"{matching.award.label} is matched by other money, {each}; on the whole award that is {whole}{pledged}: {why}"
    )


def _sets(matchings: Mapping[str, Matching], terms: Mapping[str, AwardTerms]) -> Iterator[tuple[str, ...]]:
    """Every set of matched awards that hang together by money that may serve them."""
    names = sorted(matchings)
    servers = {name: frozenset(other for other in terms if matchings[name].may_serve(terms[other])) for name in names}
    for size in range(1, len(names) + 1):
        for group in itertools.combinations(names, size):
            if _connected(group, servers):
                yield group


def _connected(group: tuple[str, ...], servers: Mapping[str, frozenset[str]]) -> bool:
    reached, left = {group[0]}, set(group[1:])
    while left:
        near = {name for name in left if any(servers[name] & servers[known] for known in reached)}
        if not near:
            return False
        reached |= near
        left -= near
    return True


def cut(piece: Interval, edges: Iterable[int]) -> Iterator[Interval]:
    """A stretch of days, cut where the edges fall into it."""
    inside = sorted({edge for edge in edges if piece.start < edge < piece.stop})
    yield from (Interval(a, b) for a, b in itertools.pairwise([piece.start, *inside, piece.stop]))
