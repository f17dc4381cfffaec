"""HiGHS in-process, kept alive from goal to goal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from braid.engine.program import Arrays, Floats, Ints
from braid.engine.solve.implied import Implied
from braid.engine.solve.running import FOUND, QUICK, new_highs, require_optimal, run, taken
from braid.engine.solve.terms import FACE, WIDER, Best, Deadline, OutOfTimeError, room, tighten

LARGE = 5_000
"""Columns from which the first solve goes by interior point: six times faster than simplex at state size."""


class Session:
    """One program in HiGHS, kept alive from goal to goal: each is optimised, then its optimal face is held.

    Holding: every column with a non-zero reduced cost stays at its bound and every row with a non-zero dual is made
    tight, so that the next goal moves only within what is optimal so far, from the same basis.
    """

    def __init__(self, arrays: Arrays, deadline: Deadline) -> None:
        self.arrays = arrays
        self.deadline = deadline
        self.columns = len(arrays.column_upper)
        self._numbers: Ints = np.arange(self.columns, dtype=np.int32)
        self._bounds = [
            b.copy() for b in (arrays.column_lower, arrays.column_upper, arrays.row_lower, arrays.row_upper)
        ]
        self._solver = new_highs(deadline.left)
        a = arrays
        rows = len(a.row_lower)
        taken(self._solver.passModel(
            self.columns, rows, len(a.value), 2, 1, 0.0, np.zeros(self.columns), a.column_lower, a.column_upper,
            a.row_lower, a.row_upper, a.start, a.index, a.value, np.zeros(self.columns, dtype=np.int32),
        ))  # fmt: skip
        self._solved = self._moved = False

    def again(self, arrays: Arrays) -> None:
        """Start over with other bounds of the same columns and rows, from the last basis; nothing is held any more."""
        solution, basis = self._solver.getSolution(), self._solver.getBasis()
        self._bounds = [
            b.copy() for b in (arrays.column_lower, arrays.column_upper, arrays.row_lower, arrays.row_upper)
        ]
        lower, upper, row_lower, row_upper = self._bounds
        rows = np.arange(len(row_lower), dtype=np.int32)
        self._solver.changeColsBounds(self.columns, self._numbers, lower, upper)
        self._solver.changeRowsBounds(len(rows), rows, row_lower, row_upper)
        if basis.valid:  # of what was held at a bound by both, the solver does not know any more at which
            basis.col_status = _at_nearest(basis.col_status, solution.col_value, lower, upper)
            basis.row_status = _at_nearest(basis.row_status, solution.row_value, row_lower, row_upper)
            self._solver.setBasis(basis)
        self._moved = True

    def maximise(self, weights: Floats) -> Floats:
        """The values of all columns, in whole units, that make the weighted sum of cells largest.

        Raises InfeasibleError where nothing keeps every row, SolverError where the solver does not say optimal.
        """
        if self.deadline.passed:
            raise OutOfTimeError
        cost = np.zeros(self.columns)
        cost[: len(weights)] = -weights
        self._solver.changeColsCost(self.columns, self._numbers, cost)
        self._solver.setOptionValue("time_limit", self.deadline.left + self._solver.getRunTime())
        by_interior = not self._solved and self.columns > LARGE
        self._solver.setOptionValue("solver", "ipm" if by_interior else "simplex")
        self._solver.setOptionValue("simplex_strategy", 4 if self._solved and not self._moved else 1)
        run(self._solver, quick=self.columns <= QUICK)
        require_optimal(self._solver)
        self._solved, self._moved = True, False
        return np.asarray(self._solver.getSolution().col_value) * self.arrays.scale

    def hold(self) -> None:
        """Keep to the optimal face of the goal just optimised."""
        solution = self._solver.getSolution()
        lower, upper, row_lower, row_upper = self._bounds
        x, d = np.asarray(solution.col_value), np.asarray(solution.col_dual)
        activity, y = np.asarray(solution.row_value), np.asarray(solution.row_dual)
        tighten(lower, upper, x, d)
        tighten(row_lower, row_upper, activity, y)
        fixed = np.flatnonzero(np.abs(d) > FACE).astype(np.int32)
        tight = np.flatnonzero(np.abs(y) > FACE).astype(np.int32)
        if len(fixed):
            self._solver.changeColsBounds(len(fixed), fixed, lower[fixed], upper[fixed])
        if len(tight):
            self._solver.changeRowsBounds(len(tight), tight, row_lower[tight], row_upper[tight])

    def reduced(self) -> Floats:
        """The reduced costs of the goal just optimised."""
        return np.asarray(self._solver.getSolution().col_dual)

    def bound(self, column: int, lower: float, upper: float) -> None:
        """Bound a column anew, in the solver's unit."""
        self._bounds[0][column], self._bounds[1][column] = lower, upper
        self._solver.changeColBounds(column, lower, upper)

    def at_least(self, row: int, lower: float) -> None:
        """Hold a row at this value or above, in the solver's unit."""
        upper = self._bounds[3]
        self._bounds[2][row] = lower
        self._solver.changeRowBounds(row, lower, float(upper[row]))

    def settled(self) -> bool:
        """Whether the last optimum is the only one: no column and no row outside the basis is free to move."""
        solution, basis = self._solver.getSolution(), self._solver.getBasis()
        basic = _basic_status()
        lower, upper, row_lower, row_upper = self._bounds
        columns = np.array([status != basic for status in basis.col_status])
        rows = np.array([status != basic for status in basis.row_status])
        free_columns = columns & (np.abs(np.asarray(solution.col_dual)) <= FACE) & (upper > lower)
        free_rows = rows & (np.abs(np.asarray(solution.row_dual)) <= FACE) & (row_upper > row_lower)
        return not (free_columns.any() or free_rows.any())

    def face(self) -> Arrays:
        """The program as it is bounded by now."""
        lower, upper, row_lower, row_upper = self._bounds
        bounds = {"column_lower": lower, "column_upper": upper, "row_lower": row_lower, "row_upper": row_upper}
        return replace(self.arrays, **bounds)

    def narrow(self, lower: Floats, upper: Floats) -> None:
        """Bound the columns more tightly, and widen the rows by what a solver cannot tell apart."""
        _, _, row_lower, row_upper = self._bounds
        self._bounds = [lower.copy(), upper.copy(), row_lower - WIDER, row_upper + WIDER]
        rows = np.arange(len(row_lower), dtype=np.int32)
        self._solver.changeColsBounds(self.columns, self._numbers, lower, upper)
        self._solver.changeRowsBounds(len(rows), rows, row_lower - WIDER, row_upper + WIDER)


def _basic_status() -> Any:
    import highspy

    return highspy.HighsBasisStatus.kBasic


def _at_nearest(statuses: list[Any], values: list[float], lower: Floats, upper: Floats) -> list[Any]:
    """Where each column or row stands in a basis: what is not in it, at the nearer of its bounds."""
    import highspy

    basic, low, high = _basic_status(), highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kUpper
    at = np.asarray(values)
    above = np.abs(upper - at) < np.abs(at - lower)
    return [
        status if status == basic else (high if up else low)
        for status, up in zip(statuses, above.tolist(), strict=True)
    ]


class MixedSession:
    """The same program with its choices as whole numbers: each goal is an integer program, former ones held by rows.

    Choices that the goals held leave no other value for are settled in between.
    """

    def __init__(self, arrays: Arrays, deadline: Deadline, start: Floats | None = None) -> None:
        self.arrays, self.deadline = arrays, deadline
        self._held: list[tuple[Floats, float]] = []
        self._begun = self._start = start
        self._implied = Implied(arrays, deadline)

    def maximise(self, weights: Floats, above: tuple[Floats, float] | None = None) -> Best:
        """The best values of all columns, in whole units, and what could at most be reached.

        With ``above``, another sum is at least a value, this once.

        Raises InfeasibleError where nothing keeps every row, OutOfTimeError where nothing was found in time.
        """
        import highspy

        if self.deadline.passed:
            raise OutOfTimeError
        if above is None and self._relaxed(weights) and self._start is not None:
            return Best(self._start, float(weights @ self._start[: len(weights)]), proven=True)
        if self._start is not None and self._begun is None:
            self._implied.settle(self._start / self.arrays.scale)
        solver = self._solver(weights, () if above is None else (self._least(*above),))
        if self._start is not None:
            known = highspy.HighsSolution()
            known.col_value = (self._start / self.arrays.scale).tolist()
            solver.setSolution(known)
        run(solver)
        proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if not proven and solver.getInfo().primal_solution_status != FOUND:
            require_optimal(solver)
        self._start = values = self._taken(np.asarray(solver.getSolution().col_value))
        return Best(values, self._in_units(weights, -solver.getInfo().mip_dual_bound), proven)

    def _relaxed(self, weights: Floats) -> bool:
        """Whether the linear program already says what is best; if not, the search begins from the best at hand."""
        known = [each / self.arrays.scale for each in (self._start, self._begun) if each is not None]
        said = self._implied.relaxed(weights, known)
        if said is None or said.values is None:
            return False
        self._start = self._taken(said.values)
        return said.proven

    def _taken(self, values: Floats) -> Floats:
        """Values of the solver in whole units, the choices whole."""
        found = values * self.arrays.scale
        found[self.arrays.whole == 1] = np.round(found[self.arrays.whole == 1])
        return found

    def hold(self, weights: Floats, value: float) -> None:
        """Keep a goal at this value, in whole units, but for what the solver cannot tell apart."""
        held = self._least(weights, value)
        self._held.append(held)
        self._implied.hold(*held)

    def _least(self, weights: Floats, value: float) -> tuple[Floats, float]:
        inside = value / self._unit(weights)
        return weights, inside - room(inside)

    def _unit(self, weights: Floats) -> float:
        return float(self.arrays.scale[: len(weights)][weights != 0].max(initial=1.0))

    def _in_units(self, weights: Floats, inside: float) -> float:
        return inside * self._unit(weights)

    def _solver(self, weights: Floats, besides: Iterable[tuple[Floats, float]] = ()) -> Any:
        a, columns, rows = self.arrays, len(self.arrays.column_upper), len(self.arrays.row_lower)
        cost = np.zeros(columns)
        cost[: len(weights)] = -weights
        solver = new_highs(self.deadline.left)
        taken(solver.passModel(
            columns, rows, len(a.value), 2, 1, 0.0, cost, self._implied.lower, self._implied.upper,
            a.row_lower, a.row_upper, a.start, a.index, a.value, a.whole,
        ))  # fmt: skip
        for held, least in (*self._held, *besides):
            where = np.flatnonzero(held).astype(np.int32)
            solver.addRow(least, float("inf"), len(where), where, held[where])
        return solver


class Highs:
    """HiGHS in-process: the default."""

    slip = 1e-6

    @property
    def name(self) -> str:
        """The solver and its version, as provenance carries it.

        >>> Highs().name.split()[0]
        'highs'
        """
        from importlib.metadata import version as installed

        return f"highs {installed('highspy')}"

    def linear(self, arrays: Arrays, deadline: Deadline) -> Session:
        """A session on a program without choices, or with all of them fixed."""
        return Session(arrays, deadline)

    def mixed(self, arrays: Arrays, deadline: Deadline, start: Floats | None = None) -> MixedSession:
        """A session on a program with choices.

        ``start`` are values of all columns whose choices are known to be good: they are tried first, and no time is
        given to what the goals settle in between.
        """
        return MixedSession(arrays, deadline, start)
