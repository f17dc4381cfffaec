"""What one more unit of room changes where a goal is no sum or may give something up, and up to how many units.

Every answer comes of going through all goals afresh. Where nothing is a choice, what each goal in turn reaches bends
only downwards as room grows; so what holds at nothing and at so many units holds at all between. Where there are
choices, it is said of the units with which it was gone through, and of them alone.
"""

from __future__ import annotations

import numpy as np

from braid.engine.afresh import Afresh
from braid.engine.program import Floats
from braid.engine.shifting import FAR, Moved
from braid.engine.standing import Shift

SAME = 0.01
"""Units by which a part may differ and count as the same."""
LAST_DIGITS = 1e-8
"""The same for each unit of room: what a solver's last digits come to."""
JUMP = 1.0
"""Units by which a part leaps where other choices are better, in place of bending slowly."""
STILL = 1e-4
"""A change per unit below this is none."""
STEP = 10
"""Times further at each step on the way to where a statement ends."""


class Trying:
    """Answers for one room after another. Raises InfeasibleError and OutOfTimeError as ``Afresh`` does."""

    def __init__(self, at: Afresh) -> None:
        self.at = at
        self.base = at.base
        self.far = FAR * sum(need.total for need in at.program.case.needs) + FAR

    def moved(self, shift: Shift, *, wide: bool = True) -> Moved:
        """What the room changes; ``wide`` asks up to how many units even where it changes nothing."""
        rate = _clean(self.at.stand(shift, 1, self.base.parts).parts - self.base.parts)
        tried = bool(self.at.program.choices)
        if not rate.any() and not wide:
            return Moved(rate, None)
        rate, good, bad = self._last(shift, rate)
        if bad is None or not tried:
            return Moved(rate, None if bad is None else good, tried=tried)
        then = self.at.stand(shift, bad, self.base.parts + rate * bad).parts - self.base.parts
        jumps = float(np.abs(then - rate * bad).max()) > JUMP
        return Moved(rate, good, bad if jumps else None, then if jumps else None, tried=tried)

    def _last(self, shift: Shift, rate: Floats) -> tuple[Floats, int, int | None]:
        """The rate, more exact, the last units at which it holds, and the first at which it does not."""
        if self._off(shift, self.far, rate) is None:
            return rate, self.far, None
        good, step = 1, STEP
        while (off := self._off(shift, step, rate)) is None:
            wanted = self.base.parts + rate * step
            rate = _clean((self.at.stand(shift, step, wanted).parts - self.base.parts) / step)
            good, step = step, step * STEP
        bad = {step: off}
        while min(bad) - good > 1:
            units = _next(good, bad)
            off = self._off(shift, units, rate)
            if off is None:
                good = units
            else:
                bad[units] = off
        return rate, good, min(bad)

    def _off(self, shift: Shift, units: int, rate: Floats) -> float | None:
        """By how much the plan at so many units misses what the rate says; None where it does not."""
        wanted = self.base.parts + rate * units
        away = float(np.abs(self.at.stand(shift, units, wanted).parts - wanted).max(initial=0.0))
        return None if away <= SAME + LAST_DIGITS * units else away


def _next(good: int, bad: dict[int, float]) -> int:
    """Where to look next: where the last two misses point to, or in the middle."""
    first, *rest = sorted(bad)
    middle = (good + first) // 2
    if not rest or len(bad) % 3 == 0:  # now and then in the middle, where misses point nowhere
        return middle
    slope = (bad[rest[0]] - bad[first]) / (rest[0] - first)
    near = round(first - bad[first] / slope) if slope > 0 else middle
    return next((units for units in (near, near + 1, near - 1) if good < units < first), middle)


def _clean(rate: Floats) -> Floats:
    """A rate without what a solver leaves of zero."""
    return np.where(np.abs(rate) < STILL, 0.0, rate)
