"""The one file that knows solvers: HiGHS in-process, and the same program as a named PuLP problem for people.

Always minimises (dual signs differ between solvers otherwise). Nothing is read from a solver that did not say
optimal. One thread, a fixed seed, gap 0 and a time limit, always; Ctrl-C ends a solve at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np

from braid.basics.errors import SolverError
from braid.engine.program import INFINITE, Arrays, Floats, Ints, Program, arrays_of, goals_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pulp import LpProblem

FACE = 1e-7
"""Reduced costs and duals above this are not zero."""
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


def _run(solver: Any) -> None:
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


def version() -> str:
    """The solver and its version, as provenance carries it.

    >>> version().split()[0]
    'highs'
    """
    from importlib.metadata import version as installed

    return f"highs {installed('highspy')}"


class Deadline:
    """The moment by which all solving ends."""

    def __init__(self, seconds: float) -> None:
        self._until = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, never below a hundredth."""
        return max(self._until - monotonic(), 0.01)

    @property
    def passed(self) -> bool:
        """Whether it has come."""
        return monotonic() >= self._until


OUT_OF_TIME = "the time ran out before there was an answer; allow more with --time-limit"


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
        self._solver.passModel(
            self.columns, rows, len(a.value), 2, 1, 0.0, np.zeros(self.columns), a.column_lower, a.column_upper,
            a.row_lower, a.row_upper, a.start, a.index, a.value, np.zeros(self.columns, dtype=np.int32),
        )  # fmt: skip
        self._solved = False

    def maximise(self, weights: Floats) -> Floats:
        """The values of all columns, in whole units, that make the weighted sum of cells largest.

        Raises SolverError where the solver does not say optimal.
        """
        if self.deadline.passed:
            raise SolverError(OUT_OF_TIME)
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
        _tighten(lower, upper, x, d)
        _tighten(row_lower, row_upper, activity, y)
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


def _basic_status() -> Any:
    import highspy

    return highspy.HighsBasisStatus.kBasic


def _tighten(lower: Floats, upper: Floats, at: Floats, dual: Floats) -> None:
    """Where the dual is not zero, both bounds become the one that is active."""
    moved = np.abs(dual) > FACE
    low = moved & (np.abs(at - lower) <= np.abs(at - upper))
    high = moved & ~low
    upper[low] = lower[low]
    lower[high] = upper[high]


def require_optimal(solver: Any) -> None:
    """Raise SolverError unless the solver said optimal, KeyboardInterrupt where a person ended it."""
    import highspy

    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return
    if status == highspy.HighsModelStatus.kInterrupt:
        raise KeyboardInterrupt
    if status == highspy.HighsModelStatus.kTimeLimit:
        raise SolverError(OUT_OF_TIME)
    raise SolverError(f"the solver did not find the best plan: {solver.modelStatusToString(status)}")


@dataclass(frozen=True)
class Small:
    """A small integer program: maximise ``weights`` over ``columns`` whole columns and some continuous ones."""

    weights: Floats
    start: Ints
    index: Ints
    value: Floats
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    whole: Ints


def maximise_whole(
    small: Small, seconds: float, nodes: int = 0, start: Floats | None = None
) -> tuple[Floats, bool] | None:
    """The best values of a small integer program and whether they are proven best; None where there are none.

    ``start`` is a solution that is known already, so that the answer is never worse.
    """
    import highspy

    solver = _highs(seconds)
    if nodes:
        solver.setOptionValue("mip_max_nodes", nodes)
    columns, rows = len(small.lower), len(small.row_lower)
    solver.passModel(
        columns, rows, len(small.value), 2, 1, 0.0, -small.weights, small.lower, small.upper,
        small.row_lower, small.row_upper, small.start, small.index, small.value, small.whole,
    )  # fmt: skip
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        solver.setSolution(known)
    _run(solver)
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInterrupt:
        raise KeyboardInterrupt
    optimal = status == highspy.HighsModelStatus.kOptimal
    if not optimal and solver.getInfo().primal_solution_status != 2:
        return None
    return np.asarray(solver.getSolution().col_value), optimal


def pulp_problem(program: Program) -> LpProblem:
    """The program as a PuLP problem that minimises the unmet need, priority 1 weighted far above 2, and so on.

    Columns and rows bear neutral names (``x17``, ``r42``): names of users collide and crash solvers. The maps back
    hang on the problem as ``braid_columns`` and ``braid_rows``.
    """
    import pulp as library

    arrays = arrays_of(program)
    problem: Any = library.LpProblem("braid", library.LpMinimize)
    variables = [_variable(problem, f"x{c}", float(upper)) for c, upper in enumerate(arrays.column_upper)]
    weights = one_weight(program)
    problem += _sum(library, ((variables[c], -float(w)) for c, w in enumerate(weights) if w))
    for r in range(len(arrays.row_lower)):
        _constrain(problem, library, arrays, variables, r)
    cells = [f"{c.award} pays {c.line} in {program.case.proposal.periods[c.index]} ({c.days})" for c in program.cells]
    problem.braid_columns = {f"x{c}": name for c, name in enumerate([*cells, *(row.name for row in program.accounts)])}
    problem.braid_rows = {f"r{r}": row.name for r, row in enumerate([*program.rows, *program.accounts])}
    return problem


def one_weight(program: Program) -> Floats:
    """One weighted sum of the fund goals, priorities a factor of ten apart, later goals far below."""
    goals = goals_of(program)
    total = np.zeros(len(program.cells))
    factor = 1.0
    for goal in goals:
        largest = float(np.abs(goal.floats).max(initial=0.0)) or 1.0
        total += goal.floats * (factor if goal.priority is not None else factor * 1e-2 / largest)
        factor /= 10
    return total


def _variable(problem: Any, name: str, upper: float) -> Any:
    return problem.add_variable(name, lowBound=0, upBound=None if upper == INFINITE else upper)


def _sum(library: Any, terms: Iterable[tuple[Any, float]]) -> Any:
    """A weighted sum, made in the one way that PuLP 3 and PuLP 4 share."""
    total = library.lpSum([])
    for variable, weight in terms:
        total.addterm(variable, weight)
    return total


def _constrain(problem: Any, library: Any, arrays: Arrays, variables: list[Any], r: int) -> None:
    entries = slice(arrays.start[r], arrays.start[r + 1])
    pairs = zip(arrays.index[entries].tolist(), arrays.value[entries].tolist(), strict=True)
    expression = _sum(library, ((variables[c], v) for c, v in pairs))
    low, high = float(arrays.row_lower[r]), float(arrays.row_upper[r])
    if low == high:
        problem += expression == low, f"r{r}"
    elif high < INFINITE:
        problem += expression <= high, f"r{r}"
    else:
        problem += expression >= low, f"r{r}"
