"""HiGHS in-process, kept alive from goal to goal.

Always minimises (dual signs differ between solvers otherwise). Nothing is read from a solver that did not say
optimal. One thread, a fixed seed, gap 0 and a time limit, always; Ctrl-C ends a solve at once.
"""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np

from braid.basics.errors import CheckFailed, Finding, SolverError
from braid.engine.program import Arrays, Floats, Ints
from braid.engine.solve.terms import (
    FACE,
    WIDER,
    Best,
    Deadline,
    InfeasibleError,
    OutOfTimeError,
    Small,
    room,
    tighten,
)

SETTINGS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 1,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}
WATCH, PATIENCE = 0.05, 1.0
"""Seconds between looks at a running solver, and that it is given to stop after Ctrl-C."""
LARGE = 5_000
"""Columns from which the first solve goes by interior point: six times faster than simplex at state size."""


def _highs(seconds: float) -> Any:
    try:
        import highspy
    except ImportError as error:
        raise SolverError("the solver HiGHS is missing; install it with: pip install highspy") from error
    solver = highspy.Highs()
    for name, value in {**SETTINGS, "time_limit": max(seconds, 0.01)}.items():
        if solver.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverError(f"HiGHS does not take the setting {name} = {value}")
    solver.HandleUserInterrupt = True
    return solver


def _taken(status: Any) -> None:
    """Raise CheckFailed where HiGHS did not take a program: what it would make of it next is not to be trusted."""
    import highspy

    if status == highspy.HighsStatus.kError:
        raise CheckFailed([Finding("program", "the solver did not take it")])


def _run(solver: Any) -> None:
    """Solve; where presolve led HiGHS to an answer that it does not stand by itself, solve again without it."""
    import highspy

    _watch(solver)
    lost = (highspy.HighsModelStatus.kUnknown, highspy.HighsModelStatus.kNotset, highspy.HighsModelStatus.kSolveError)
    if solver.getModelStatus() in lost:
        solver.setOptionValue("presolve", "off")
        solver.clearSolver()
        _watch(solver)


def _watch(solver: Any) -> None:
    """Solve in a thread of its own and watch it, so that Ctrl-C ends it at once: by itself HiGHS does not listen."""
    solver.startSolve()
    finished = False
    try:
        while not finished:
            finished, _ = solver.wait(WATCH)
    except KeyboardInterrupt:
        solver.cancelSolve()
        until = monotonic() + PATIENCE
        while not finished and monotonic() < until:
            finished, _ = solver.wait(WATCH)
        raise


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
        self._solver = _highs(deadline.left)
        a = arrays
        rows = len(a.row_lower)
        _taken(self._solver.passModel(
            self.columns, rows, len(a.value), 2, 1, 0.0, np.zeros(self.columns), a.column_lower, a.column_upper,
            a.row_lower, a.row_upper, a.start, a.index, a.value, np.zeros(self.columns, dtype=np.int32),
        ))  # fmt: skip
        self._solved = False

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
        self._solver.setOptionValue("simplex_strategy", 4 if self._solved else 1)
        _run(self._solver)
        require_optimal(self._solver)
        self._solved = True
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


def require_optimal(solver: Any) -> None:
    """Raise SolverError unless the solver said optimal, KeyboardInterrupt where a person ended it."""
    import highspy

    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return
    if status == highspy.HighsModelStatus.kInterrupt:
        raise KeyboardInterrupt
    if status == highspy.HighsModelStatus.kTimeLimit:
        raise OutOfTimeError
    if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
        raise InfeasibleError
    raise SolverError(f"the solver did not find the best plan: {solver.modelStatusToString(status)}")


class MixedSession:
    """The same program with its choices as whole numbers: each goal is an integer program, former ones held by rows."""

    def __init__(self, arrays: Arrays, deadline: Deadline) -> None:
        self.arrays, self.deadline = arrays, deadline
        self._held: list[tuple[Floats, float]] = []
        self._start: Floats | None = None

    def maximise(self, weights: Floats) -> Best:
        """The best values of all columns, in whole units, and what could at most be reached.

        Raises InfeasibleError where nothing keeps every row, OutOfTimeError where nothing was found in time.
        """
        import highspy

        if self.deadline.passed:
            raise OutOfTimeError
        solver, a = self._solver(weights), self.arrays
        if self._start is not None:
            known = highspy.HighsSolution()
            known.col_value = (self._start / a.scale).tolist()
            solver.setSolution(known)
        _run(solver)
        proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        if not proven and solver.getInfo().primal_solution_status != FOUND:
            require_optimal(solver)
        values = np.asarray(solver.getSolution().col_value) * a.scale
        values[a.whole == 1] = np.round(values[a.whole == 1])
        self._start = values
        return Best(values, self._in_units(weights, -solver.getInfo().mip_dual_bound), proven)

    def hold(self, weights: Floats, value: float) -> None:
        """Keep a goal at this value, in whole units, but for what the solver cannot tell apart."""
        inside = value / self._unit(weights)
        self._held.append((weights, inside - room(inside)))

    def _unit(self, weights: Floats) -> float:
        return float(self.arrays.scale[: len(weights)][weights != 0].max(initial=1.0))

    def _in_units(self, weights: Floats, inside: float) -> float:
        return inside * self._unit(weights)

    def _solver(self, weights: Floats) -> Any:
        a, columns, rows = self.arrays, len(self.arrays.column_upper), len(self.arrays.row_lower)
        cost = np.zeros(columns)
        cost[: len(weights)] = -weights
        solver = _highs(self.deadline.left)
        _taken(solver.passModel(
            columns, rows, len(a.value), 2, 1, 0.0, cost, a.column_lower, a.column_upper,
            a.row_lower, a.row_upper, a.start, a.index, a.value, a.whole,
        ))  # fmt: skip
        for held, least in self._held:
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

    def mixed(self, arrays: Arrays, deadline: Deadline) -> MixedSession:
        """A session on a program with choices."""
        return MixedSession(arrays, deadline)


FOUND = 2
"""What HiGHS calls a solution that keeps every row."""


def maximise_whole(small: Small, seconds: float, nodes: int = 0, start: Floats | None = None) -> Best | None:
    """The best values of a small integer program, and what could at most be reached; None where there are none.

    ``start`` is a solution that is known already, so that the answer is never worse.
    """
    import highspy

    solver = _highs(seconds)
    if nodes:
        solver.setOptionValue("mip_max_nodes", nodes)
    if small.enough is not None:
        solver.setOptionValue("objective_target", -small.enough)
    columns, rows = len(small.lower), len(small.row_lower)
    _taken(solver.passModel(
        columns, rows, len(small.value), 2, 1, 0.0, -small.weights, small.lower, small.upper,
        small.row_lower, small.row_upper, small.start, small.index, small.value, small.whole,
    ))  # fmt: skip
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        solver.setSolution(known)
    _run(solver)
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInterrupt:
        raise KeyboardInterrupt
    proven, info = status == highspy.HighsModelStatus.kOptimal, solver.getInfo()
    if not proven and info.primal_solution_status != FOUND:
        return None
    bound = info.mip_dual_bound if small.whole.any() else info.objective_function_value
    return Best(np.asarray(solver.getSolution().col_value), -bound, proven)
