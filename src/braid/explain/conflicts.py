"""Why no plan satisfies the requirements: the smallest sets that cannot hold together, and what would mend them.

First what a simple sum shows, before anything is solved; then the search among all limits for what no sum shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from braid.answer.rows import Clash, Repair, Shortfall
from braid.basics.money import amount_text
from braid.engine.possible import Possible, smallest
from braid.engine.solve import Deadline
from braid.explain.easing import Ease, ease_of
from braid.explain.sums import Shown, shown_by_sums
from braid.explain.sums_told import told as told_by_sum
from braid.explain.unmet import why_not
from braid.judge.case import Case
from braid.judge.limit import Limit

MOST_SETS = 10
MOST_FURTHER = 10
"""Steps further that are looked at where so many are enough only in fractions of a unit."""
Way = tuple[int, Ease, int]
"""The number of a set, a requirement of it, and by how many steps that has to give way."""


@dataclass(frozen=True)
class Conflict:
    """The limits and requirements that cannot hold together, and the ways out of it."""

    clashes: tuple[Clash, ...]
    repairs: tuple[Repair, ...]
    joint: str | None
    """Where there are several sets: one repair of each, which together make a plan possible."""
    shortfalls: tuple[Shortfall, ...] = ()
    """For the sets that a simple sum shows: what is insisted on, and by how much there is too little."""


def conflict_by_sums(case: Case, seconds: float = 60.0) -> Conflict | None:
    """The conflicts of a case if simple sums show any, so that nothing need be planned; None where they show none.

    What a sum shows is held against the limits by solving too, and is let go if they could hold together after all.
    """
    shown = shown_by_sums(case)
    if not shown:
        return None
    finder = _Finder(case, Possible(case, Deadline(seconds)), shown)
    return finder.conflict() if finder.shown else None


def conflict_of(case: Case, seconds: float = 60.0) -> Conflict:
    """Every independent conflict of a case that has no plan, and for each what would mend it, each verified."""
    return _Finder(case, Possible(case, Deadline(seconds)), shown_by_sums(case)).conflict()


class _Finder:
    def __init__(self, case: Case, possible: Possible, shown: Sequence[Shown] = ()) -> None:
        self.case, self.possible = case, possible
        self.limits = {limit.id: limit for limit in case.limits}
        self.shown = [each for each in shown if not possible.together([limit.id for limit in each.limits])]

    def conflict(self) -> Conflict:
        """The sets, those that a sum shows first, with their ways out."""
        sets = self.all()
        clashes = tuple(
            Clash(set=number, row=limit.id, sentence=self.told(limit))
            for number, found in enumerate(sets, 1)
            for limit in found
        )
        ways = list(self.ways(sets))
        repairs = tuple(ease.repair(number, steps) for number, ease, steps in ways)
        return Conflict(clashes, repairs, self.joint(sets, ways), tuple(self._shortfalls(sets)))

    def _shortfalls(self, sets: list[list[Limit]]) -> Iterator[Shortfall]:
        """What the sums say, beside the sets that they led to."""
        for number, found in enumerate(sets, 1):
            names = {limit.id for limit in found}
            for shown in self.shown:
                if names <= {limit.id for limit in shown.limits}:
                    short = ceil(shown.asked - shown.allowed)
                    amount = Decimal(amount_text(short, self.case.proposal.unit))
                    yield Shortfall(set=number, amount=amount, sentence=told_by_sum(self.case, shown))
                    break

    def all(self) -> list[list[Limit]]:
        """One smallest set after another, the requirements of those before it lifted; what sums show comes first."""
        names, found = list(self.possible.names), list[list[Limit]]()
        hints = [[limit.id for limit in shown.limits] for shown in self.shown]
        while len(found) < MOST_SETS:
            hint = next((some for some in hints if set(some) <= set(names)), None)
            if hint is not None:
                hints.remove(hint)
            elif self.possible.together(names):
                break
            rows = [self.limits[name] for name in smallest(hint or names, self.possible.together)]
            found.append(sorted(rows, key=lambda limit: (not limit.required, limit.id)))
            lifted = {limit.id for limit in rows if limit.required}
            if not lifted:
                break
            names = [name for name in names if name not in lifted]
        return found

    def told(self, limit: Limit) -> str:
        """The sentence of a limit; where a commitment is to a line that may not be paid, with what says so."""
        if limit.kind != "committed":
            return limit.sentence
        found = self.case.determinations[limit.award, limit.line or ""]
        need = self.case.need.get(limit.key)
        if need is not None and any(piece.meet(need.days).days for piece in found.payable):
            return limit.sentence
        why = found.reason if need is None else why_not(self.case, found, need)
        cite = f" [{'; '.join(found.cite)}]" if found.cite else ""
        return f"{limit.sentence} But {limit.award} may not pay it: {why}{cite}"

    def ways(self, sets: Sequence[Sequence[Limit]]) -> Iterator[Way]:
        """By how many steps each requirement has to give way, the requirements of the other sets lifted."""
        for number, found in enumerate(sets, 1):
            others = {x.id for other in sets if other is not found for x in other if x.required}
            names = [name for name in self.possible.names if name not in others]
            for limit in found:
                ease = ease_of(self.case, limit)
                steps = self._level(ease, names) if ease is not None else None
                if ease is not None and steps is not None:
                    yield number, ease, steps

    def joint(self, sets: Sequence[Sequence[Limit]], ways: Sequence[Way]) -> str | None:
        """One way out of each of several sets, each beside those before it, so that together they lead out.

        Of several ways the one that gives way least, as a part of what is asked.
        """
        if len(sets) < 2:
            return None
        chosen: list[tuple[Ease, int]] = []
        for number in range(1, len(sets) + 1):
            later = {x.id for other in sets[number:] for x in other if x.required}
            names = [name for name in self.possible.names if name not in later]
            mine = [(Fraction(steps, ease.steps), ease) for at, ease, steps in ways if at == number]
            eases = (ease for _, ease in sorted(mine, key=lambda way: way[0]))
            found = ((ease, self._level(ease, names, chosen)) for ease in eases)
            step = next(((ease, steps) for ease, steps in found if steps is not None), None)
            if step is None:
                return None
            chosen.append(step)
        return " ".join(ease.repair(0, steps).sentence for ease, steps in chosen)

    def _level(self, ease: Ease, names: list[str], beside: Sequence[tuple[Ease, int]] = ()) -> int | None:
        """By how few steps a requirement has to give way for a plan to be possible; None where that is no help.

        A step or a few more are taken where it would be possible only in fractions of a unit.
        """
        changed = [each for other, by in beside for each in other.softer(by)]
        lifted = {ease.limit.id, *(other.limit.id for other, _ in beside)}
        rest = [name for name in names if name not in lifted]

        def enough(steps: int) -> bool:
            return self.possible.with_changed(rest, *changed, *ease.softer(steps))

        if not enough(ease.steps):
            return None
        low, high = 0, ease.steps
        while high - low > 1:
            middle = (low + high) // 2
            if enough(middle):
                high = middle
            else:
                low = middle
        further = range(high, min(high + MOST_FURTHER, ease.steps + 1))
        whole = (steps for steps in further if self.possible.in_units(rest, *changed, *ease.softer(steps)))
        return next(whole, high)
