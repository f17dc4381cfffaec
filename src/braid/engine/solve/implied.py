"""What the linear program says of an integer program before it is begun: its best, and which choices are settled.

Where some whole choices reach the best of the linear program there is nothing to search for. Otherwise one choice at a
time is put to another value, and the linear program says whether anything still keeps every row with every goal held.
Where nothing does, the choice is settled, which may settle others. The integer programs that follow are then small,
and their linear relaxation is close.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from braid.engine.program import INFINITE, Arrays, Floats
from braid.engine.solve.running import QUICK, is_optimal, new_highs, nothing_keeps, run, taken
from braid.engine.solve.terms import Deadline, room

WORK = 400_000
"""Columns times linear programs that one round may take: a bound on work, not on time."""


@dataclass(frozen=True)
class Relaxed:
    """What at most could be reached, and the best values with whole choices that are at hand, in the solver's unit."""

    most: float
    values: Floats | None = None
    reached: float = -INFINITE

    @property
    def proven(self) -> bool:
        """Whether nothing is better than these values."""
        return self.most - self.reached <= 0.1 * room(self.most)


class Implied:
    """The bounds of all columns, the choices drawn in as far as the goals held settle them."""

    def __init__(self, arrays: Arrays, deadline: Deadline) -> None:
        self.arrays, self.deadline = arrays, deadline
        self.lower, self.upper = arrays.column_lower.copy(), arrays.column_upper.copy()
        self._seen: list[Floats] = []
        """Values that keep every row and goal, choices in fractions among them: where they are, nothing is settled."""
        self._whole = np.flatnonzero(arrays.whole)
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
        self._seen = [values for values in self._seen if weights @ values[: len(weights)] >= least]

    def relaxed(self, weights: Floats, known: Sequence[Floats]) -> Relaxed | None:
        """What the linear program says of the best; None where the solver tells nothing.

        ``known`` are values from before, in the solver's unit, whose choices are tried after those nearest to the
        linear program's own.
        """
        cost = np.zeros(len(self.lower))
        cost[: len(weights)] = -weights
        found = self._best(cost, self.lower, self.upper)
        if found is None:
            return None
        values, most = found
        said = Relaxed(most)
        for choices in (np.round(each[self._whole]) for each in (values, *known)):
            lower, upper = self.lower.copy(), self.upper.copy()
            lower[self._whole] = upper[self._whole] = np.clip(choices, lower[self._whole], upper[self._whole])
            chosen = self._best(cost, lower, upper)
            if chosen is not None and chosen[1] > said.reached:
                said = Relaxed(most, *chosen)
            if said.proven:
                break
        return said

    def _best(self, cost: Floats, lower: Floats, upper: Floats) -> tuple[Floats, float] | None:
        """The best values between some bounds and what they come to; None where the solver tells none."""
        columns = len(cost)
        every = np.arange(columns, dtype=np.int32)
        self._solver.changeColsBounds(columns, every, lower, upper)
        self._cost(cost)
        self._run()
        self._solver.changeColsBounds(columns, every, self.lower, self.upper)
        if not is_optimal(self._solver):
            return None
        values = np.asarray(self._solver.getSolution().col_value)
        self._seen.append(values)
        return values, -float(cost @ values)

    def _cost(self, cost: Floats) -> None:
        self._solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)

    def _run(self) -> None:
        self._solver.setOptionValue("time_limit", self.deadline.left + self._solver.getRunTime())
        run(self._solver, quick=len(self.lower) <= QUICK)

    def settle(self, values: Floats) -> None:
        """Draw in the choices around values that keep every row and goal, until nothing more follows."""
        self._cost(np.zeros(len(self.lower)))
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
        drawn_in = bool(self.lower[column] > low or self.upper[column] < high)
        if drawn_in:
            self._seen = [p for p in self._seen if self.lower[column] <= p[column] <= self.upper[column]]
        return drawn_in

    def _impossible(self, column: int, low: float, high: float) -> bool:
        """Whether nothing keeps every row with a choice between these values; what does is remembered."""
        if any(low <= values[column] <= high for values in self._seen):
            return False
        self._solver.changeColBounds(column, low, high)
        self._run()
        if is_optimal(self._solver):
            self._seen.append(np.asarray(self._solver.getSolution().col_value))
        return nothing_keeps(self._solver)
