"""How much of the need could be met, priority by priority, in whole units of the linear program: no plan is made."""

from __future__ import annotations

from collections.abc import Callable
from math import floor

from braid.engine.goals import goals_of
from braid.engine.program import Floats, Goal, Program, arrays_of
from braid.engine.rows import compile_case
from braid.engine.solve import Deadline, Highs, InfeasibleError, OutOfTimeError
from braid.judge.case import Case

NEAR = 1e-4
"""What a solver's value may be short of a whole unit."""


def potential(case: Case, seconds: float) -> dict[int, int]:
    """By priority, the most need that can be met when those before it are held; nothing where nothing can be."""
    program = compile_case(case)
    if not program.cells or any(not row.entries for row in program.rows):
        return {}
    try:
        return _met(program, Deadline(seconds))
    except (InfeasibleError, OutOfTimeError):
        return {}


def _met(program: Program, deadline: Deadline) -> dict[int, int]:
    best, met = _held(program, deadline), dict[int, int]()
    for goal in goals_of(program):
        if goal.priority is not None:
            met[goal.priority] = floor(_unweighted(program, best(goal).tolist(), goal.priority) + NEAR)
    return met


def _held(program: Program, deadline: Deadline) -> Callable[[Goal], Floats]:
    """What makes a goal as large as possible, and holds it from then on."""
    arrays, way = arrays_of(program), Highs()
    if program.choices:
        mixed = way.mixed(arrays, deadline)

        def with_choices(goal: Goal) -> Floats:
            values = mixed.maximise(goal.floats).values
            mixed.hold(goal.floats, float(goal.floats @ values[: program.decisions]))
            return values

        return with_choices
    linear = way.linear(arrays, deadline)

    def without(goal: Goal) -> Floats:
        values = linear.maximise(goal.floats)
        linear.hold()
        return values

    return without


def _unweighted(program: Program, values: list[float], priority: int) -> float:
    """Dollars of need met of a priority, whatever the weights of its activities."""
    costs = {cost.id: cost for cost in program.case.proposal.costs}
    return sum(
        value * float(1 + fringe)
        for cell, fringe, value in zip(program.cells, program.fringe, values, strict=False)
        if costs[cell.line].activity.priority == priority
    )
