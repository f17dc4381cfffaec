"""What one more unit of room changes, up to how many units that holds, and how many it takes where one changes nothing.

A statement is what is met of each part per unit. It holds at so many units where the goals, each at its best in turn,
leave a plan that has met just that much more. Where nothing is a choice, what the goals reach is linear from one
breakpoint to the next, and each next breakpoint is one linear program: the units are a column of it. Where there are
choices, an integer program finds the fewest units at which other choices reach more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from braid.engine.program import Arrays, Floats
from braid.engine.solve import Highs, InfeasibleError, RulingOut
from braid.engine.standing import NEAR, Shift, Standing, Standings

MOST_TURNS = 40
"""Breakpoints of later goals that are followed on the way to the one at which the statement ends."""
FAR = 100
"""Times all needs: beyond it, more room changes nothing any more."""
STILL = 1e-7
"""A change per unit below this is none."""
ONE = 0.5
"""Units of need by which other choices must reach more to count."""


@dataclass(frozen=True)
class Moved:
    """What each unit of room changes in each part (``Standings.names``), and up to how many units."""

    rate: Floats
    up_to: int | None
    """None where it holds without end."""
    enough: int | None = None
    """Where choices stand against it: the fewest units that change more than the rate says."""
    then: Floats | None = None
    """What so many units change in all."""
    tried: bool = False
    """Whether there are choices, and ``up_to`` and ``enough`` are amounts at which it was gone through afresh."""


class Shifting:
    """Answers for one room after another."""

    def __init__(self, standings: Standings) -> None:
        self.at = standings
        self.base = standings.base
        self.far = FAR * sum(need.total for need in standings.program.case.needs) + FAR
        self.fund = [n for n, goal in enumerate(standings.goals) if goal.priority is not None]
        self._ruling_out = [RulingOut(standings.deadline) for _ in self.fund]

    def moved(self, shift: Shift, *, wide: bool = True) -> Moved:
        """What the room changes, confirmed at its ends by going through all goals anew.

        ``wide`` asks, where a unit changes nothing, how many would.
        """
        one = self.at.stand(shift, 1, self.base.parts, self.base.choices)
        rate, up_to = self._along(shift, one, self.base.choices)
        nothing = up_to is None and not rate.any()
        if not self.at.program.choices or (nothing and not wide):
            return Moved(rate, up_to)
        return self._with_choices(shift, rate, up_to)

    # --------------------------------------------------------- choices fixed

    def _along(self, shift: Shift, one: Standing, choices: Floats) -> tuple[Floats, int | None]:
        """The rate, more exact, and the units up to which it holds while choices stay; None without end.

        ``one`` is where it stands after one unit.
        """
        at, here, rate = 0, self.base, one.parts - self.base.parts
        for _ in range(MOST_TURNS):
            further = self._holds(shift, at + 1, rate, choices) if at else one
            if further is None:
                return rate, max(at, 1)
            slopes = further.goals - here.goals
            if np.abs(slopes).max(initial=0.0) < STILL and np.abs(rate).max(initial=0.0) < STILL:
                return np.zeros(len(rate)), None
            step = self._reach(shift, at, here, slopes, rate)
            if step is None:
                return rate, None
            found = self._holds(shift, at + step, rate, choices)
            if found is None:
                return rate, self._between(shift, at + 1, at + step, rate, choices)
            at, here = at + step, found
            rate = (here.parts - self.base.parts) / at
        return rate, at

    def _holds(self, shift: Shift, units: int, rate: Floats, choices: Floats) -> Standing | None:
        """Where it stands at so many units, if the rate holds there."""
        wanted = self.base.parts + rate * units
        found = self.at.stand(shift, units, wanted, choices)
        return found if np.abs(found.parts - wanted).max() <= self._same(units) else None

    @staticmethod
    def _same(units: int) -> float:
        return NEAR + 1e-6 * min(units, 1000)

    def _between(self, shift: Shift, good: int, bad: int, rate: Floats, choices: Floats) -> int:
        """The last units at which the rate holds, by halving."""
        while bad - good > 1:
            middle = (good + bad) // 2
            holds = self._holds(shift, middle, rate, choices) is not None
            good, bad = (middle, bad) if holds else (good, middle)
        return good

    def _reach(self, shift: Shift, at: int, here: Standing, slopes: Floats, rate: Floats) -> int | None:
        """How many units further every goal rises as it began to, and so does every part; None without end."""
        goals = len(self.at.goals)
        arrays = self._line(shift, at, np.concatenate([slopes, rate]))
        arrays.row_lower[:goals] = (here.goals - self._slack(range(goals))) / self.at.scale
        parts = slice(goals, goals + len(rate))
        arrays.row_lower[parts] = arrays.row_upper[parts] = here.parts / self.at.scale
        arrays.column_upper[self.at.program.columns : -1] = NEAR / self.at.scale
        if self.at.program.choices:
            arrays = arrays.chosen(np.append(here.choices, 0.0))
        weights = np.zeros(len(arrays.column_upper))
        weights[-1] = 1.0
        try:
            found = Highs().linear(arrays, self.at.deadline).maximise(weights)[-1]
        except InfeasibleError:
            return 1
        return None if found >= self.far * 0.99 else max(1, floor(found + 1e-3))

    def _line(self, shift: Shift, at: int, rises: Floats) -> Arrays:
        """The program with the units as its last column, on top of those by which bounds have moved already."""
        entries = {row: -float(rise) for row, rise in enumerate(rises) if abs(rise) > STILL}
        return self.at.widening(self.at.moved(shift, at), shift, self.far, entries)

    def _slack(self, goals: Sequence[int] | range) -> Floats:
        """What the value of a goal may be short of and count as reached."""
        heavy = [float(np.abs(self.at.goals[goal].floats).max(initial=1.0)) for goal in goals]
        return NEAR * np.array(heavy) + 1e-9 * np.abs(self.base.goals[list(goals)])

    # ---------------------------------------------------------- choices free

    def _with_choices(self, shift: Shift, rate: Floats, up_to: int | None) -> Moved:
        """The same where other choices may be better from some unit on."""
        rises = self._rises(rate)
        least = self._jump(shift, rises, self.far if up_to is None else up_to)
        if least is None:
            return Moved(rate, up_to)
        found = self._chosen(shift, least)
        changed = found.parts - self.base.parts
        if least == 1:
            _, last = self._along(shift, found, found.choices)
            return Moved(changed, last)
        return Moved(rate, least - 1, least, changed)

    def _rises(self, rate: Floats) -> Floats:
        """What each unit adds to the goals of funding."""
        costs = {cost.id: cost for cost in self.at.program.case.proposal.costs}
        activities = {cost.activity.id: cost.activity for cost in costs.values()}
        rises = np.zeros(len(self.fund))
        for place, number in enumerate(self.fund):
            for name, amount in zip(self.at.names, rate, strict=True):
                if name in activities and activities[name].priority == self.at.goals[number].priority:
                    rises[place] += float(activities[name].weight) * amount
        return rises

    def _jump(self, shift: Shift, rises: Floats, most: int) -> int | None:
        """The fewest units at which other choices reach more of some priority, those before it no worse."""
        found: float | None = None
        for place in range(len(self.fund)):
            limit = most if found is None else min(most, found)
            at = self._least(shift, rises, place, limit)
            found = at if at is not None and (found is None or at < found) else found
        return None if found is None else max(1, ceil(found - 1e-3))

    def _least(self, shift: Shift, rises: Floats, place: int, most: float) -> float | None:
        every = np.zeros(len(self.at.goals) + len(self.at.names))
        every[self.fund] = rises
        arrays = self._line(shift, 0, every)
        slack = self._slack(self.fund)
        for number, goal in enumerate(self.fund[: place + 1]):
            weights = self.at.goals[goal].floats
            more = ONE * float(weights[weights > 0].min(initial=1.0)) if number == place else -float(slack[number])
            arrays.row_lower[goal] = (self.base.goals[goal] + more) / self.at.scale
        arrays.column_upper[-1] = most / self.at.scale
        weights = np.zeros(len(arrays.column_upper))
        weights[-1] = -1.0
        if self._ruling_out[place].nothing_keeps(arrays):
            return None
        try:
            return float(Highs().mixed(arrays, self.at.deadline).maximise(weights).values[-1])
        except InfeasibleError:
            return None

    def _chosen(self, shift: Shift, units: int) -> Standing:
        """Where it stands with the choices that are best at so many units."""
        goals = [self.at.goals[number] for number in self.fund]
        free = self.at.freely(shift, units, goals, self.base.parts)
        return self.at.stand(shift, units, self.base.parts, free.choices)
