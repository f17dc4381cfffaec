"""Whether no whole choices at all keep the rows of a program: asked of programs that are alike, one after another."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from braid.engine.program import Arrays, Floats
from braid.engine.solve.running import QUICK, new_highs, nothing_keeps, run, taken
from braid.engine.solve.terms import Deadline, OutOfTimeError

MOST = 150
"""Linear programs for one question; beyond it, an integer program knows better ways."""
WHOLE = 1e-6
"""What a choice may be off a whole number and count as one."""
SURE = 1e-7
"""By how much, for each unit of what a sum of rows is made of, it must miss its bound to be a proof."""
Part = tuple[tuple[int, float, float], ...]
"""Some columns with narrower bounds: all choices that lie within them."""


class RulingOut:
    """The choices in parts, of each of which a linear program says that nothing keeps the rows, choices whole or not.

    The parts that ruled out one program are where the next one begins, and of each part first the sum of rows that
    showed it: of programs that differ by a few bounds, most are ruled out by the same sums.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.deadline, self._parts = deadline, list[tuple[Part, Floats | None]]([((), None)])

    def nothing_keeps(self, arrays: Arrays) -> bool:
        """Whether it is certain that no values with whole choices keep every row; False where it is not known.

        Raises OutOfTimeError.
        """
        asked, out, open_ = _Asked(arrays, self.deadline), list[tuple[Part, Floats | None]](), [*reversed(self._parts)]
        while open_:
            part, sum_ = open_.pop()
            if sum_ is not None and shows(arrays, part, sum_):
                out.append((part, sum_))
                continue
            if asked.count == MOST:
                return False
            if asked.nothing_keeps(part):
                out.append((part, asked.why()))
                continue
            halves = asked.halves(part)
            if not halves:
                return False
            open_ += [(half, sum_) for half in halves]
        self._parts = out
        return True


def shows(arrays: Arrays, part: Part, sum_: Floats) -> bool:
    """Whether a weighted sum of the rows shows that no values within a part keep all of them.

    The sum is at least so much by the bounds of the rows, and less by those of the columns: wherever the weights come
    from, that proves it.
    """
    lower, upper = arrays.column_lower.copy(), arrays.column_upper.copy()
    for column, low, high in part:
        lower[column], upper[column] = low, high
    bound = np.where(sum_ > 0, arrays.row_lower, arrays.row_upper)
    weights = np.where(np.isfinite(bound), sum_, 0.0)
    counts = np.bincount(arrays.index, np.repeat(weights, np.diff(arrays.start)) * arrays.value, minlength=len(lower))
    at = np.where(counts > 0, upper, lower)
    if not np.isfinite(at[counts != 0]).all():
        return False
    least, most = weights * np.where(weights, bound, 0.0), counts * np.where(counts, at, 0.0)
    doubt = SURE * np.abs(weights).sum() + 1e-11 * (np.abs(least).sum() + np.abs(most).sum())
    return float(least.sum() - most.sum()) > doubt


class _Asked:
    """One program without its choices being whole, kept alive from part to part."""

    def __init__(self, arrays: Arrays, deadline: Deadline) -> None:
        self.arrays, self.deadline, self.count = arrays, deadline, 0
        self._here: Part = ()

    @cached_property
    def _solver(self) -> Any:
        solver = new_highs(self.deadline.left, {"presolve": "off", "solver": "simplex"})
        a, columns, rows = self.arrays, len(self.arrays.column_upper), len(self.arrays.row_lower)
        taken(solver.passModel(
            columns, rows, len(a.value), 2, 1, 0.0, np.zeros(columns), a.column_lower, a.column_upper,
            a.row_lower, a.row_upper, a.start, a.index, a.value, np.zeros(columns, dtype=np.int32),
        ))  # fmt: skip
        return solver

    def nothing_keeps(self, part: Part) -> bool:
        """Whether the solver says that nothing in a part keeps the rows."""
        if self.deadline.passed:
            raise OutOfTimeError
        for column, _, _ in self._here:
            self._bound(column, self.arrays.column_lower[column], self.arrays.column_upper[column])
        for column, lower, upper in part:
            self._bound(column, lower, upper)
        self._here, self.count = part, self.count + 1
        self._solver.setOptionValue("time_limit", self.deadline.left + self._solver.getRunTime())
        run(self._solver, quick=len(self.arrays.column_upper) <= QUICK)
        return nothing_keeps(self._solver)

    def why(self) -> Floats | None:
        """The sum of rows that shows it, where the solver gives one that does."""
        _, known, ray = self._solver.getDualRay()
        if not known:
            return None
        sums = (np.asarray(ray), -np.asarray(ray))
        return next((sum_ for sum_ in sums if shows(self.arrays, self._here, sum_)), None)

    def _bound(self, column: int, lower: Any, upper: Any) -> None:
        self._solver.changeColBounds(column, float(lower), float(upper))

    def halves(self, part: Part) -> list[Part]:
        """The part in two, at the choice that is furthest from whole just now; none where every choice is whole."""
        whole = np.flatnonzero(self.arrays.whole)
        values = np.asarray(self._solver.getSolution().col_value)
        off = np.abs(values[whole] - np.round(values[whole]))
        if not len(off) or float(off.max()) < WHOLE:
            return []
        column = int(whole[int(off.argmax())])
        below = float(np.floor(values[column]))
        bounds = {at: (lower, upper) for at, lower, upper in part}
        lower, upper = bounds.pop(column, (self.arrays.column_lower[column], self.arrays.column_upper[column]))
        rest = tuple((at, *pair) for at, pair in bounds.items())
        return [(*rest, (column, float(lower), below)), (*rest, (column, below + 1, float(upper)))]
