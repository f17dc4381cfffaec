"""How much of the need a plan of a case would meet, priority by priority: by its own goals, or by funding alone.

A small case is planned, in whole units. Of a larger one the linear programs say it, rounded down: to a unit or two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from math import floor

import numpy as np

from braid.basics.errors import SolverError
from braid.engine.afresh import only_sums
from braid.engine.allocate import Allocation, allocate
from braid.engine.charging import Charges
from braid.engine.goals import goals_of
from braid.engine.in_order import in_order
from braid.engine.program import Floats, Goal, Program, arrays_of
from braid.engine.rows import compile_case
from braid.engine.solve import Deadline, Highs, InfeasibleError, OutOfTimeError
from braid.judge.case import Case

NEAR = 1e-4
"""What a solver's value may be short of a whole unit."""
SMALL = 100
"""Cells up to which a case is planned in whole units."""
Met = dict[int, int]
"""By priority, the need that is met, direct cost and fringe, in whole units; nothing where there is no plan."""


def potential(
    case: Case, seconds: float, made: Allocation | None = None, near: Mapping[str, float] | None = None
) -> Met:
    """What a plan would meet by the goals of the proposal; ``made`` is what it was planned to, where it was.

    ``near`` are choices that may be good ones, by name: the answer is the same without them, and comes later.
    """
    program = compile_case(case) if made is None else made.program
    if any(not row.entries for row in program.rows):
        return {}
    try:
        if len(program.cells) > SMALL:
            return _of_values(program, _by_own_goals(program, Deadline(seconds), made, near or {}))
        made = allocate(case, seconds=seconds, seeing=False) if made is None else made
    except (InfeasibleError, OutOfTimeError, SolverError):
        return {}
    return _of_charges(case, made.charges) if made.status in {"optimal", "feasible"} else {}


def most_met(case: Case, seconds: float, chosen: Mapping[str, float] | None = None) -> Met:
    """The most that can be met by funding alone, each priority held while the next is, in fractions rounded down.

    ``chosen`` fixes what is chosen, by the name of each choice: at least so much can be met.
    """
    program = compile_case(case)
    if not program.cells or any(not row.entries for row in program.rows):
        return {}
    funding = [goal for goal in goals_of(program) if goal.priority is not None]
    try:
        best, met = _held(program, Deadline(seconds), {}, chosen), Met()
        for goal in funding:
            met |= {goal.priority or 0: _of_values(program, best(goal))[goal.priority or 0]}
    except (InfeasibleError, OutOfTimeError):
        return {}
    return met


def choices_of(made: Allocation) -> dict[str, float]:
    """What a plan chose, by the name of each choice."""
    program = made.program
    values = made.ordered.values[len(program.cells) :] if made.ordered is not None else []
    return {choice.name: value for choice, value in zip(program.choices, values, strict=False)}


def _by_own_goals(program: Program, deadline: Deadline, made: Allocation | None, near: Mapping[str, float]) -> Floats:
    """The values of cells and choices when each goal that decides how much is met has had its turn."""
    goals = goals_of(program)
    last = max((number for number, goal in enumerate(goals) if goal.priority is not None), default=-1)
    if last < 0 or not only_sums(program) or any(goal.dollars is not None for goal in goals):
        return np.array(in_order(program, goals, Highs(), deadline, needs_only=True).values)
    if made is not None and made.ordered is not None and made.ordered.finished:
        return np.array(made.ordered.values)  # sums of each priority are what they were held at
    best, values = _held(program, deadline, near), np.zeros(program.decisions)
    for goal in goals[: last + 1]:
        values = best(goal)
    return values


def _held(
    program: Program, deadline: Deadline, near: Mapping[str, float], chosen: Mapping[str, float] | None = None
) -> Callable[[Goal], Floats]:
    """What makes a goal as large as possible, and holds it from then on; ``chosen`` fixes the choices."""
    arrays, way = arrays_of(program), Highs()
    if chosen is not None:
        arrays = arrays.chosen(_start(program, chosen))
    elif program.choices:
        mixed = way.mixed(arrays, deadline, _start(program, near) if near else None)

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


def _start(program: Program, near: Mapping[str, float]) -> Floats:
    """Values of all columns, of which those of the choices are known."""
    values = np.zeros(program.columns)
    values[len(program.cells) : program.decisions] = [near.get(choice.name, 0.0) for choice in program.choices]
    return values


def _of_values(program: Program, values: Floats) -> Met:
    """Dollars of need met by priority, whatever the weights of its activities."""
    priorities = {cost.id: cost.activity.priority for cost in program.case.proposal.costs}
    met = dict.fromkeys(sorted(set(priorities.values())), 0.0)
    for cell, fringe, value in zip(program.cells, program.fringe, values.tolist(), strict=False):
        met[priorities[cell.line]] += value * float(1 + fringe)
    return {priority: floor(sum_ + NEAR) for priority, sum_ in met.items()}


def _of_charges(case: Case, charges: Charges) -> Met:
    """The same of whole amounts, with the fringe that is charged."""
    priorities = {cost.id: cost.activity.priority for cost in case.proposal.costs}
    met = defaultdict[int, int](int, dict.fromkeys(sorted(set(priorities.values())), 0))
    for row in (*charges.direct, *charges.fringe):
        met[priorities[row.line]] += row.amount
    return dict(met)
