"""What the goals held so far leave no other value for: choices that are settled before the next integer program.

One choice at a time is put to another value, and the linear program says whether anything still keeps every row with
every goal held. Where nothing does, the choice is settled, which may settle others. The integer programs that follow
are then small, and their linear relaxation is close.
"""

from __future__ import annotations

import numpy as np

from braid.engine.program import INFINITE, Arrays, Floats
from braid.engine.solve.running import new_highs, nothing_keeps, run, taken
from braid.engine.solve.terms import Deadline

WORK = 400_000
"""Columns times linear programs that one round may take: a bound on work, not on time."""


class Implied:
    """The bounds of all columns, the choices drawn in as far as the goals held settle them."""

    def __init__(self, arrays: Arrays, deadline: Deadline) -> None:
        self.arrays, self.deadline = arrays, deadline
        self.lower, self.upper = arrays.column_lower.copy(), arrays.column_upper.copy()
        self.open = [int(column) for column in np.flatnonzero(arrays.whole)]
        a, columns = arrays, len(arrays.column_upper)
        self._solver = new_highs(deadline.left)
        self._solver.setOptionValue("presolve", "off")
        taken(self._solver.passModel(
            columns, len(a.row_lower), len(a.value), 2, 1, 0.0, np.zeros(columns), a.column_lower, a.column_upper,
            a.row_lower, a.row_upper, a.start, a.index, a.value, np.zeros(columns, dtype=np.int32),
        ))  # fmt: skip

    def hold(self, weights: Floats, least: float) -> None:
        """Keep a goal at this value, in the solver's unit."""
        where = np.flatnonzero(weights).astype(np.int32)
        self._solver.addRow(least, INFINITE, len(where), where, weights[where])

    def settle(self, values: Floats) -> None:
        """Draw in the choices around values that keep every row and goal, until nothing more follows."""
        left = WORK // len(self.lower)
        changed = True
        while changed and self.open:
            changed = False
            for column in list(self.open):
                if left <= 0 or self.deadline.passed:
                    return
                at = round(float(values[column]))
                left -= 2
                changed = self._settle(column, at) or changed
                if self.lower[column] == self.upper[column]:
                    self.open.remove(column)

    def _settle(self, column: int, at: int) -> bool:
        """Whether one choice can go no lower, or no higher, than where it is."""
        low, high = float(self.lower[column]), float(self.upper[column])
        if low < at and self._impossible(column, low, at - 1):
            self.lower[column] = at
        if at < high and self._impossible(column, at + 1, high):
            self.upper[column] = at
        self._solver.changeColBounds(column, self.lower[column], self.upper[column])
        return bool(self.lower[column] > low or self.upper[column] < high)

    def _impossible(self, column: int, low: float, high: float) -> bool:
        self._solver.changeColBounds(column, low, high)
        self._solver.setOptionValue("time_limit", self.deadline.left + self._solver.getRunTime())
        run(self._solver)
        return nothing_keeps(self._solver)
