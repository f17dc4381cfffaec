"""What each charge counts in: limits whose selection takes it in, ceilings that awards share, match that it serves.

A mark on the Allocation lets a plain sum say what a rule with a selection comes to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from braid.answer.plan import Plan
from braid.basics.fiscal import Interval
from braid.judge.limit import MONEY, Limit
from braid.judge.past import Past
from braid.law.rules import Selector

SELECTING = {"cap", "floor", "require"}
ON_COSTS = {"fringe", "indirect"}
"""Object classes of what is spent already that are no direct cost (C4)."""


def mark_of(limit: Limit) -> str:
    """The mark of what counts in a limit: its kind, and the id of its rule or requirement.

    Where it bounds several awards together, also what they are called together: a rule of one id may bind two programs.
    """
    named = limit.id.partition("[")[2].rstrip("]")
    if shared_ceiling(limit):
        whose, _, rest = named.partition(f",{limit.line},")
        named = f"{whose},federal" if ",federal" in rest else whose
    elif limit.rule is not None:
        together = len(limit.awards or ()) > 1
        named = f"{named.partition(',')[0]},{limit.rule.id}" if together else limit.rule.id
    return f"{limit.kind}:{named}"


def shared_ceiling(limit: Limit) -> bool:
    """Whether it is a ceiling on one need that several awards share."""
    return limit.kind == "limit" and len(limit.awards or ()) > 1


def whole(mark: str) -> str:
    """The mark of everything that a limit with this mark is a share of, where it bounds several awards together."""
    return f"all of {mark}"


def fringe_of(mark: str) -> str:
    """The mark of a need whose fringe counts in what has this mark, its own category being fringe (C8)."""
    return f"fringe of {mark}"


def serves(*matched: str) -> str:
    """The mark of what may serve as match for an award, or for any of several that hang together.

    >>> serves("jag"), serves("sor", "jag")
    ('match:jag', 'match:+jag+sor+')
    """
    return f"match:{matched[0]}" if len(matched) == 1 else f"match:+{'+'.join(sorted(matched))}+"


def scattered(limit: Limit) -> tuple[int, ...]:
    """The installments that a limit on all that an award is charged looks at, where others lie between them."""
    numbers = tuple(sorted(limit.installments or ()))
    return () if limit.kind not in MONEY or not numbers or numbers[-1] - numbers[0] < len(numbers) else numbers


def bring(numbers: tuple[int, ...]) -> str:
    """The mark of what is charged to these installments."""
    return f"installments:{'+'.join(map(str, numbers))}"


def person(limit: Limit) -> str:
    """The mark of what is paid to the person whose steps of effort a limit holds, whichever of the lines it is on."""
    return f"effort:{limit.id.partition('[')[2].rsplit(',', 2)[0]}"


def beside(award: str, mark: str) -> str:
    """The mark of what others pay a person on some of the days on which an award does."""
    return f"beside {award} {mark}"


def counts_before(limit: Limit) -> bool:
    """Whether a limit counts what is spent already: not where it looks at some lines or some days only."""
    return limit.lines is None and limit.days is None and limit.pro_rata is None


def _counted(limit: Limit, past: Past) -> bool:
    """Whether what is spent already is in the sum that a limit bounds; it bears no on-costs."""
    if limit.kind != "require" and limit.of == "direct" and past.traits.category in ON_COSTS:
        drawn = limit.include_indirect and past.traits.category == "indirect"
        return drawn and not (limit.select or Selector()).selects(past.traits)
    if limit.include_indirect and past.traits.category == "indirect":
        return True
    rest = limit.kind == "floor" and limit.share is None  # C5
    return (limit.select or Selector()).selects(past.traits) != rest


class Marks:
    """The marks of a plan, by award and line, for pay, fringe and indirect cost."""

    def __init__(self, plan: Plan) -> None:
        self._proposal, self._case = plan.proposal, plan.case
        self._limits: dict[str, list[Limit]] = {award: [] for award in plan.case.terms}
        seen: set[tuple[str, str]] = set()
        for limit in plan.case.limits:
            if limit.kind not in SELECTING:
                continue
            for award in limit.awards or plan.case.terms:
                if (award, mark_of(limit)) not in seen:  # a rule bounds several periods with one selection
                    seen.add((award, mark_of(limit)))
                    self._limits[award].append(limit)
        self._apart: set[str] = set()
        self._ceilings: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for limit in filter(shared_ceiling, plan.case.limits):
            line, index = limit.key
            for award in limit.awards or ():
                self._ceilings[award, line, plan.proposal.periods[index].name].add(mark_of(limit))
        for limit in self._people():
            self._mark_person(limit)
        self._joint = {
            (award, whole(mark_of(limit)))
            for limit in plan.case.limits
            if limit.kind in {"cap", "floor"} and limit.share is None and len(limit.awards or ()) > 1
            for award in limit.awards or ()
        }
        of_need = (each for each in plan.proposal.require if each.of == "need" and isinstance(each.bound, Fraction))
        self._needed = {f"require:{each.id}": each.select for each in of_need}
        self._sets = {(limit.award, scattered(limit)) for limit in plan.case.limits if scattered(limit)}
        matched = (limit.awards or frozenset[str]() for limit in plan.case.limits if limit.kind == "match")
        self._matched = sorted({tuple(sorted(names)) for names in matched if len(names) > 1})
        self._known: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def _people(self) -> Iterator[Limit]:
        """The limits on effort that go by a mark: over several lines, or beside only some of those that may pay."""
        payers: dict[tuple[str, int], set[str]] = defaultdict(set)
        for cell in self._case.cells:
            payers[cell.line, cell.index].add(cell.award)
        for limit in self._case.limits:
            if limit.kind == "effort":
                every = {award for line in limit.lines or () for award in payers[line, limit.index or 0]}
                apart = every - {limit.award} != {*(limit.beside or ())}
                self._apart |= {limit.id} if apart else set[str]()
                if apart or len(limit.lines or ()) > 1:
                    yield limit

    def _mark_person(self, limit: Limit) -> None:
        period, mark = self._proposal.periods[limit.index or 0].name, person(limit)
        for line in limit.lines or ():
            for award in self._case.terms:
                self._ceilings[award, line, period].add(mark)
                if limit.id in self._apart and award in (limit.beside or ()):
                    self._ceilings[award, line, period].add(beside(limit.award, mark))

    def besides_some(self, limit: Limit) -> bool:
        """Whether some of those that may pay a person never do so on the days of the award that a limit holds."""
        return limit.id in self._apart

    def of(self, award: str, line: str, kind: str) -> tuple[str, ...]:
        """The marks of what an award pays on a line, or of its indirect cost."""
        key = award, line, kind
        if key not in self._known:
            found = [mark_of(limit) for limit in self._limits[award] if self._in(award, limit, line, kind)]
            shares = (limit for limit in self._limits[award] if limit.share is not None)
            found += [whole(mark_of(limit)) for limit in shares if len(limit.awards or ()) > 1]
            self._known[key] = tuple(sorted(found))
        return self._known[key]

    def shared(self, award: str, line: str, period: str) -> tuple[str, ...]:
        """The marks of the ceilings on a need that an award shares with others, and of the person that it pays."""
        return tuple(sorted(self._ceilings.get((award, line, period), ())))

    def serving(self, award: str, line: str, days: Interval) -> tuple[str, ...]:
        """The marks of the match that what an award pays on a line for costs of some days may serve as."""
        alone = [name for name in self._case.matchings if self._case.serves(name, award, line, days)]
        together = (names for names in self._matched if not set(names).isdisjoint(alone))
        return (*map(serves, alone), *(serves(*names) for names in together))

    def within(self, award: str, installment: str) -> tuple[str, ...]:
        """The marks of the sets of installments, with others between them, that one belongs to."""
        mine = (numbers for name, numbers in self._sets if name == award and int(installment) in numbers)
        return tuple(sorted(map(bring, mine)))

    def bringing(self, award: str, installment: str) -> tuple[str, ...]:
        """The marks of what an installment brings: its sets, and limits by the money of several awards."""
        return (*self.within(award, installment), *sorted(mark for name, mark in self._joint if name == award))

    @property
    def has_sets(self) -> bool:
        """Whether any limit looks at such a set, or at the money of several awards."""
        return bool(self._sets or self._joint)

    def of_need(self, line: str) -> tuple[str, ...]:
        """The marks of the requirements that are a share of what this line needs, of its pay and of its fringe."""
        traits, found = self._proposal.cost(line).traits, list[str]()
        for mark, select in sorted(self._needed.items()):
            found += [mark] if select.selects(traits) else []
            found += [fringe_of(mark)] if select.selects(replace(traits, category="fringe")) else []
        return tuple(found)

    @property
    def marks_needs(self) -> bool:
        """Whether any requirement is a share of a need."""
        return bool(self._needed)

    def before(self, past: Past) -> tuple[str, ...]:
        """The marks of what is spent already: what counts in a limit, and everything that one is a share of."""
        found: list[str] = []
        for limit in self._limits[past.award]:
            if counts_before(limit):
                found += [mark_of(limit)] if _counted(limit, past) else []
                found += [whole(mark_of(limit))] if limit.share is not None and len(limit.awards or ()) > 1 else []
        if past.line is not None and past.index >= 0:
            found += self.shared(past.award, past.line, self._proposal.periods[past.index].name)
        return tuple(sorted(found))

    def _in(self, award: str, limit: Limit, line: str, kind: str) -> bool:
        if kind == "indirect":
            return limit.kind == "cap" and limit.include_indirect
        if kind == "fringe" and limit.of == "direct":
            return False
        own = self._proposal.cost(line).traits
        traits = own if limit.rule is None else self._case.traits(award, line)
        if kind == "fringe":
            traits = replace(traits, category="fringe")  # C8
        selected = (limit.select or Selector()).selects(traits)
        rest = limit.kind == "floor" and limit.share is None  # C5: what is bounded is the rest
        return selected != rest
