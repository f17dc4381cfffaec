"""HiGHS in-process: how it is set, handed a program, run, and heard.

Always minimises (dual signs differ between solvers otherwise). Nothing is read from a solver that did not say
optimal. One thread, a fixed seed, gap 0 and a time limit, always; Ctrl-C ends a solve at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any

import numpy as np

from braid.basics.errors import CheckFailed, Finding, SolverError
from braid.engine.program import Floats
from braid.engine.solve.terms import Best, InfeasibleError, OutOfTimeError, Small

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
JUDGED: dict[str, Any] = {
    "mip_feasibility_tolerance": 1e-6,
    "primal_feasibility_tolerance": 1e-7,
    "dual_feasibility_tolerance": 1e-7,
}
"""Wider tolerances, several times faster, for answers that are judged in exact arithmetic before they are believed."""
BRISK: dict[str, Any] = {"mip_allow_restart": False, "mip_heuristic_run_root_reduced_cost": False}
"""For every integer program: no second start from the root, no smaller one there, which cost more than they save."""
DIRECT: dict[str, Any] = {**BRISK, "mip_heuristic_run_rins": False, "mip_heuristic_run_rens": False}
"""For those whose linear program is close: no search in smaller integer programs either, which took most of the time.

A version of HiGHS that does not know one of these goes without it: it changes how long a search takes, no answer.
"""
QUICK = 1_000
"""Columns up to which a linear program is not watched."""
WATCH, PATIENCE = 0.05, 1.0
"""Seconds between looks at a running solver, and that it is given to stop after Ctrl-C."""


def new_highs(seconds: float, settings: Mapping[str, Any] | None = None, search: Mapping[str, Any] = DIRECT) -> Any:
    """A fresh HiGHS with our settings, or others; ``search`` is how it goes about an integer program, where it can.

    Raises SolverError where HiGHS is missing or refuses one of the settings.
    """
    try:
        import highspy
    except ImportError as error:
        raise SolverError("the solver HiGHS is missing; install it with: pip install highspy") from error
    solver = highspy.Highs()
    for name, value in {**SETTINGS, **(settings or {}), "time_limit": max(seconds, 0.01)}.items():
        if solver.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverError(f"HiGHS does not take the setting {name} = {value}")
    for name, value in search.items():
        solver.setOptionValue(name, value)
    solver.HandleUserInterrupt = True
    return solver


def taken(status: Any) -> None:
    """Raise CheckFailed where HiGHS did not take a program: what it would make of it next is not to be trusted."""
    import highspy

    if status == highspy.HighsStatus.kError:
        raise CheckFailed([Finding("program", "the solver did not take it")])


def run(solver: Any, *, quick: bool = False) -> None:
    """Solve; where presolve led HiGHS to an answer that it does not stand by itself, solve again without it.

    ``quick`` is for linear programs that take far less than a second: they are not watched, which takes longer than to
    solve them, and Ctrl-C is heard when they end.
    """
    import highspy

    solve = _solve if quick else _watch
    solve(solver)
    lost = (highspy.HighsModelStatus.kUnknown, highspy.HighsModelStatus.kNotset, highspy.HighsModelStatus.kSolveError)
    if solver.getModelStatus() in lost:
        solver.setOptionValue("presolve", "off")
        solver.clearSolver()
        solve(solver)


def _solve(solver: Any) -> None:
    solver.HandleUserInterrupt = False
    solver.solve()


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


def nothing_keeps(solver: Any) -> bool:
    """Whether the solver said that no values keep every row."""
    import highspy

    return solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible


def is_optimal(solver: Any) -> bool:
    """Whether the solver said that it found the best."""
    import highspy

    return solver.getModelStatus() == highspy.HighsModelStatus.kOptimal


def require_optimal(solver: Any) -> None:
    """Raise SolverError unless the solver said optimal, KeyboardInterrupt where a person ended it."""
    import highspy

    if is_optimal(solver):
        return
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInterrupt:
        raise KeyboardInterrupt
    if status == highspy.HighsModelStatus.kTimeLimit:
        raise OutOfTimeError
    if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
        raise InfeasibleError
    raise SolverError(f"the solver did not find the best plan: {solver.modelStatusToString(status)}")


FOUND = 2
"""What HiGHS calls a solution that keeps every row."""


def maximise_whole(
    small: Small, seconds: float, nodes: int = 0, start: Floats | None = None, *, judged: bool = False
) -> Best | None:
    """The best values of a small integer program, and what could at most be reached; None where there are none.

    ``start`` is a solution that is known already, so that the answer is never worse; ``judged`` says that the answer
    is judged in exact arithmetic afterwards.
    """
    import highspy

    solver = new_highs(seconds, JUDGED, BRISK) if judged else new_highs(seconds)
    if nodes:
        solver.setOptionValue("mip_max_nodes", nodes)
    if small.enough is not None:
        solver.setOptionValue("objective_target", -small.enough)
    columns, rows = len(small.lower), len(small.row_lower)
    taken(solver.passModel(
        columns, rows, len(small.value), 2, 1, 0.0, -small.weights, small.lower, small.upper,
        small.row_lower, small.row_upper, small.start, small.index, small.value, small.whole,
    ))  # fmt: skip
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        solver.setSolution(known)
    run(solver)
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInterrupt:
        raise KeyboardInterrupt
    proven, info = status == highspy.HighsModelStatus.kOptimal, solver.getInfo()
    if not proven and info.primal_solution_status != FOUND:
        return None
    bound = info.mip_dual_bound if small.whole.any() else info.objective_function_value
    return Best(np.asarray(solver.getSolution().col_value), -bound, proven)
