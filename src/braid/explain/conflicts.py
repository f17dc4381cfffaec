"""Why no plan satisfies the requirements: the smallest sets that cannot hold together, and what would mend them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from braid.answer.rows import Clash, Repair
from braid.basics.money import show, show_percent
from braid.engine.possible import Possible
from braid.engine.solve import Deadline
from braid.judge.case import Case
from braid.judge.limit import Limit

MOST_SETS = 10
THOUSAND = 1000
"""Required shares are lowered by tenths of a per cent."""


@dataclass(frozen=True)
class Conflict:
    """The limits and requirements that cannot hold together, and the ways out of it."""

    clashes: tuple[Clash, ...]
    repairs: tuple[Repair, ...]
    joint: str | None
    """Where there are several sets: one repair of each, which together make a plan possible."""


def conflict_of(case: Case, seconds: float = 60.0) -> Conflict:
    """Every independent conflict of a case that has no plan, and for each what would mend it, each verified."""
    finder = _Finder(case, Possible(case, Deadline(seconds)))
    sets = finder.all()
    clashes = tuple(
        Clash(set=number, row=limit.id, sentence=finder.told(limit))
        for number, found in enumerate(sets, 1)
        for limit in found
    )
    ways = list(finder.ways(sets))
    repairs = tuple(ease.repair(number, steps) for number, ease, steps in ways)
    return Conflict(clashes, repairs, finder.joint(len(sets), ways))


class _Finder:
    def __init__(self, case: Case, possible: Possible) -> None:
        self.case, self.possible = case, possible
        self.limits = {limit.id: limit for limit in case.limits}

    def all(self) -> list[list[Limit]]:
        """One smallest set after another, the requirements of those before it lifted."""
        names, found = list(self.possible.names), list[list[Limit]]()
        while len(found) < MOST_SETS and not self.possible.together(names):
            smallest = sorted(self._smallest([], names, known=False))
            found.append(sorted((self.limits[name] for name in smallest), key=lambda x: (not x.required, x.id)))
            lifted = {name for name in smallest if self.limits[name].required}
            if not lifted:
                break
            names = [name for name in names if name not in lifted]
        return found

    def _smallest(self, ground: list[str], names: list[str], known: bool) -> list[str]:
        """A smallest set within ``names`` that cannot hold together with ``ground`` (halving, then each half anew)."""
        if known and not self.possible.together(ground):
            return []
        if len(names) == 1:
            return names
        half = len(names) // 2
        first, second = names[:half], names[half:]
        of_second = self._smallest([*ground, *first], second, known=bool(first))
        of_first = self._smallest([*ground, *of_second], first, known=bool(of_second))
        return [*of_first, *of_second]

    def told(self, limit: Limit) -> str:
        """The sentence of a limit; where a commitment is to a line that may not be paid, with the rule that says so."""
        if limit.kind != "committed":
            return limit.sentence
        found = self.case.determinations[limit.award, limit.line or ""]
        days = self.case.need.get(limit.key)
        if found.payable and days is not None and any(piece.meet(days.days).days for piece in found.payable):
            return limit.sentence
        cite = f" [{'; '.join(found.cite)}]" if found.cite else ""
        return f"{limit.sentence} But {limit.award} may not pay it: {found.reason}{cite}"

    def ways(self, sets: Sequence[Sequence[Limit]]) -> Iterator[tuple[int, Ease, int]]:
        """By how many steps each requirement has to give way, the requirements of the other sets lifted."""
        for number, found in enumerate(sets, 1):
            others = {x.id for other in sets if other is not found for x in other if x.required}
            names = [name for name in self.possible.names if name not in others]
            for limit in found:
                ease = Ease(self.case, limit)
                steps = self._level(ease, names) if limit.required else None
                if steps is not None:
                    yield number, ease, steps

    def joint(self, sets: int, ways: Sequence[tuple[int, Ease, int]]) -> str | None:
        """One way out of each of several sets, verified together."""
        first = {number: (ease, steps) for number, ease, steps in reversed(ways)}
        if sets < 2 or len(first) < sets:
            return None
        chosen = [first[number] for number in sorted(first)]
        if not self.possible.with_changed(self.possible.names, *(ease.softer(steps) for ease, steps in chosen)):
            return None
        return " ".join(ease.repair(0, steps).sentence for ease, steps in chosen)

    def _level(self, ease: Ease, names: list[str]) -> int | None:
        """By how few steps a requirement has to give way for a plan to be possible; None where that is no help."""
        if not self.possible.with_changed(names, ease.softer(ease.steps)):
            return None
        low, high = 0, ease.steps
        while high - low > 1:
            middle = (low + high) // 2
            if self.possible.with_changed(names, ease.softer(middle)):
                high = middle
            else:
                low = middle
        return high


@dataclass(frozen=True)
class Ease:
    """How one requirement gives way, step by step: what it then is, and how that is said."""

    case: Case
    limit: Limit

    @property
    def _percent(self) -> Fraction | None:
        """The share that the planner asked for, where it was one of a need or of spending."""
        asked = [each.bound for each in self.case.proposal.require if f"require[{each.id}]" == self.limit.id]
        return next((bound for bound in asked if isinstance(bound, Fraction)), None)

    @property
    def _received(self) -> int:
        return self.case.funds[self.limit.award].received(self.case.proposal.periods[self.limit.index or 0])

    @property
    def steps(self) -> int:
        """Steps until it asks for nothing: tenths of a per cent, or units."""
        limit, percent = self.limit, self._percent
        if percent is not None:
            return ceil((percent if limit.at_least else 1 - percent) * THOUSAND)
        if limit.kind == "reserve":
            return self._received - limit.bound
        return limit.bound if limit.at_least else sum(need.total for need in self.case.needs) - limit.bound

    def softer(self, steps: int) -> Limit:
        """The requirement when it gives way by so many steps."""
        limit, percent = self.limit, self._percent
        if percent is None:
            return replace(limit, bound=limit.bound - steps if limit.at_least else limit.bound + steps)
        share = self._share(percent, steps)
        if limit.share is not None:
            return replace(limit, share=share)
        exact = share * limit.bound / percent if percent else Fraction(0)
        return replace(limit, bound=ceil(exact) if limit.at_least else floor(exact))

    def _share(self, percent: Fraction, steps: int) -> Fraction:
        less = Fraction(steps, THOUSAND)
        return max(percent - less, Fraction(0)) if self.limit.at_least else min(percent + less, Fraction(1))

    def shown(self, steps: int) -> str:
        """Its amount or share after so many steps."""
        percent, unit = self._percent, self.case.proposal.unit
        if percent is not None:
            return show_percent(self._share(percent, steps))
        softer = self.softer(steps)
        return show(self._received - softer.bound if softer.kind == "reserve" else softer.bound, unit)

    def repair(self, number: int, steps: int) -> Repair:
        """The way out, in words."""
        limit, now, then = self.limit, self.shown(0), self.shown(steps)
        what = WHAT[limit.kind](limit)
        if steps == self.steps and limit.at_least:
            told = f"Give up {what} ({now})."
        else:
            told = f"{'Lower' if limit.at_least or limit.kind == 'reserve' else 'Raise'} {what} from {now} to {then}."
        return Repair(set=number, requirement=limit.id, from_=now, to=then, sentence=told)


WHAT: dict[str, Callable[[Limit], str]] = {
    "must": lambda limit: f"what {limit.id[5:-1]} must get",
    "minimum": lambda limit: f"the minimum of {limit.id[8:-1]}",
    "require": lambda limit: f"the requirement {limit.id[8:-1]}",
    "committed": lambda limit: f"what {limit.award} has committed to {limit.line}",
    "reserve": lambda limit: f"the reserve of {limit.award}",
}
