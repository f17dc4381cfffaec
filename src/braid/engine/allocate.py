"""The story of one allocation: program, goals in order, whole units, charges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from time import perf_counter

import numpy as np

from braid.basics.errors import CheckFailed, Finding
from braid.engine.charging import Charges, charges_of
from braid.engine.program import Goal, Program, arrays_of, compile_case, goals_of, tie_break
from braid.engine.rounding import Impossible, round_units
from braid.engine.solve import Deadline, Session, one_weight
from braid.judge.case import Case

Progress = Callable[[str], None]
MOST_SALTS = 4
TOUCH = 1e-6
FINE = 100
"""Cells up to which the bounds of later priorities are worked out anew after rounding."""


@dataclass(frozen=True)
class GoalValue:
    """What a goal reached in whole units, and what the linear program said it could reach."""

    name: str
    priority: int | None
    value: Fraction
    possible: Fraction


@dataclass(frozen=True)
class Allocation:
    """Whole amounts by cell with all charges, goal values and how sure they are.

    ``status`` is ``optimal``, ``feasible`` (whole units lost more than C2 allows) or ``fractions`` (no whole amounts
    keep ``row``).
    """

    status: str
    program: Program
    amounts: list[int]
    charges: Charges
    goals: tuple[GoalValue, ...]
    row: str = ""
    seconds: dict[str, float] | None = None


def quiet(_: str) -> None:
    """Progress that tells nobody."""


def allocate(case: Case, *, seconds: float = 120.0, progress: Progress = quiet) -> Allocation:
    """The best plan of a case, goal by goal, in whole units.

    Raises SolverError where the solver has no answer in time.
    """
    clock, deadline = _Clock(), Deadline(seconds)
    progress("setting up")
    program = compile_case(case)
    goals = goals_of(program)
    clock.lap("build")
    if not program.cells:
        none = tuple(GoalValue(goal.name, goal.priority, Fraction(0), Fraction(0)) for goal in goals)
        return Allocation("optimal", program, [], Charges((), (), ()), none, seconds=clock.laps)
    progress("finding the best plan")
    floats, values = _in_order(program, goals, deadline)
    clock.lap("solve")
    progress("rounding to whole units")
    bounds = [Fraction(value).limit_denominator(10**6) + Fraction(1, 10**6) for value in values]
    rounded = round_units(
        program, floats, goals, tie_break(program, 0), _Bound(program, goals, bounds, deadline), deadline
    )
    clock.lap("round")
    if isinstance(rounded, Impossible):
        return Allocation("fractions", program, [], Charges((), (), ()), (), rounded.row, clock.laps)
    _insist(program, rounded.amounts)
    charges = charges_of(case, program.cells, rounded.amounts)
    clock.lap("charge")
    reached = tuple(
        GoalValue(goal.name, goal.priority, value, bound)
        for goal, value, bound in zip(goals, rounded.values, bounds, strict=True)
    )
    status = "optimal" if rounded.optimal else "feasible"
    return Allocation(status, program, rounded.amounts, charges, reached, seconds=clock.laps)


class _Bound:
    """What the linear program allows a goal when the goals before it are held at whole units.

    Rounding a priority down frees money for the next; on programs of up to ``FINE`` cells that is worked out, on
    larger ones the value of the first pass stands (C2).
    """

    def __init__(self, program: Program, goals: list[Goal], bounds: list[Fraction], deadline: Deadline) -> None:
        self.program, self.goals, self.bounds, self.deadline = program, goals, bounds, deadline
        self._known: dict[tuple[int, ...], Fraction] = {}

    def __call__(self, number: int, units: list[int]) -> Fraction:
        lost = any(unit < bound - Fraction(2, 10**6) for unit, bound in zip(units, self.bounds, strict=False))
        if not lost or len(self.program.cells) > FINE:
            return self.bounds[number]
        key = (number, *units)
        if key not in self._known:
            held = [goal.held(Fraction(unit)) for goal, unit in zip(self.goals, units, strict=False)]
            session = Session(arrays_of(self.program, held), self.deadline)
            goal = self.goals[number]
            value = float(goal.floats @ session.maximise(goal.floats)[: len(self.program.cells)])
            self._known[key] = Fraction(value).limit_denominator(10**6) + Fraction(1, 10**6)
        return self._known[key]


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = perf_counter()

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.laps[name] = now - self._since
        self._since = now


def _insist(program: Program, amounts: list[int]) -> None:
    broken = program.broken(amounts)
    if broken:
        raise CheckFailed([Finding(row.name, "the rounding broke this row") for row in broken])


def _in_order(program: Program, goals: list[Goal], deadline: Deadline) -> tuple[list[float], list[float]]:
    """The linear program's values of cells and goals: every goal optimised and held in turn, ties broken last."""
    session = Session(arrays_of(program), deadline)
    cells = len(program.cells)
    session.maximise(one_weight(program))
    values: list[float] = []
    for goal in goals:
        found = session.maximise(goal.floats)[:cells]
        values.append(float(goal.floats @ found))
        _unharmed(goals[: len(values)], values, found)
        session.hold()
    found = np.zeros(cells)
    for salt in range(MOST_SALTS):
        found = session.maximise(tie_break(program, salt).floats / (1 << 20))[:cells]
        settled = session.settled()
        _unharmed(goals, values, found)
        if settled:
            break
        session.hold()
    return found.tolist(), values


def _unharmed(goals: list[Goal], values: list[float], found: np.ndarray) -> None:
    """Make sure that no former goal fell while a later one was optimised."""
    for goal, value in zip(goals, values, strict=False):
        if float(goal.floats @ found) < value - TOUCH * max(1.0, abs(value)):
            raise CheckFailed([Finding(goal.name, "a later goal lowered this one")])
