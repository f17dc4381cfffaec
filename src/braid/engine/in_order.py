"""The goals of a program one after another: each optimised, then held while the next one is, ties broken last.

With choices each goal is first an integer program; the choices are then fixed, and the whole sequence runs again as a
linear program, where goals are held exactly on their optimal faces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from braid.basics.errors import CheckFailed, Finding
from braid.engine.goals import choice_break, tidy_after, tie_break
from braid.engine.program import Arrays, Floats, Goal, Program, arrays_of
from braid.engine.solve import Deadline, Highs, InfeasibleError, Linear, OutOfTimeError, Solver, one_weight
from braid.engine.tidying import tidy

MOST_SALTS = 4
TOUCH = 1e-6


@dataclass(frozen=True)
class Ordered:
    """Values of cells and choices, and for each goal what it can at most reach when the goals before it are held."""

    goals: list[Goal]
    values: list[float]
    possible: list[float]
    finished: bool
    """Whether every priority was proven best in time."""
    fewest: int | None = None
    """For ``tidy``: the fewest payers that the search did not rule out."""


def in_order(program: Program, goals: list[Goal], way: Solver, deadline: Deadline) -> Ordered:
    """Every goal optimised and held in turn, ``tidy`` in its place among them.

    Raises InfeasibleError where nothing keeps every row, OutOfTimeError where the time ran out before any answer.
    """
    arrays = arrays_of(program)
    decided = _decide(program, goals, arrays, way, deadline) if program.choices else None
    if decided is not None:
        arrays = arrays.chosen(decided.values)
    try:
        ordered = _Run(program, goals, way, deadline).linear(arrays)
    except InfeasibleError:
        if decided is None:
            raise
        # the choices keep every row to their solver's tolerance, and not to its own once they are fixed
        ordered = _Run(program, goals, Highs(), deadline).linear(arrays)
    if decided is None:
        return ordered
    return Ordered(
        goals,
        ordered.values,
        [_agreed(*pair, way.slip) for pair in zip(ordered.possible, decided.possible, strict=True)],
        ordered.finished and decided.finished,
        ordered.fewest,
    )


def _agreed(linear: float, mixed: float, slip: float) -> float:
    """The linear program's own value, unless the integer program truly found more to be possible."""
    return linear if mixed - linear <= max(1e-3, slip, 1e-8 * abs(linear)) else mixed


@dataclass(frozen=True)
class _Decided:
    values: Floats
    possible: list[float]
    finished: bool


def _decide(program: Program, goals: list[Goal], arrays: Arrays, way: Solver, deadline: Deadline) -> _Decided:
    """The choices: every goal as an integer program, the former ones held, then ties between choices broken."""
    session = way.mixed(arrays, deadline)
    possible = [_most(program, goal) for goal in goals]
    values: Floats | None = None
    finished = True
    for number, goal in enumerate([*goals, choice_break(program)]):
        try:
            best = session.maximise(goal.floats)
        except (InfeasibleError, OutOfTimeError):
            if values is None:
                raise
            finished = False
            break
        values = best.values
        finished = finished and (best.proven or number == len(goals))
        reached = float(goal.floats @ values[: program.decisions])
        if number < len(goals):
            possible[number] = reached if best.proven else min(best.bound, possible[number])
        session.hold(goal.floats, reached)
    if values is None:
        raise InfeasibleError
    return _Decided(values, possible, finished)


def _most(program: Program, goal: Goal) -> float:
    """What a goal could reach if nothing but each need bounded it: a bound that always holds."""
    most = np.array([float(each) for each in program.most])
    met: dict[tuple[str, int], float] = {}
    for weight, cell, each in zip(goal.floats, program.cells, most, strict=False):
        key = (cell.line, cell.index)
        met[key] = max(met.get(key, 0.0), float(weight) * float(each))
    return sum(met.values())


class _Run:
    """The sequence of linear programs."""

    def __init__(self, program: Program, goals: list[Goal], way: Solver, deadline: Deadline) -> None:
        self.program, self.goals, self.way, self.deadline = program, goals, way, deadline

    def linear(self, arrays: Arrays) -> Ordered:
        """Every goal in turn; where the time runs out, the last values stand and the rest is not finished."""
        session, decisions = self.way.linear(arrays, self.deadline), self.program.decisions
        whole = session.maximise(one_weight(self.program))
        found = whole[:decisions]
        possible: list[float] = []
        before, fewest = tidy_after(self.program), None
        try:
            for number, goal in enumerate([*self.goals, None]):
                if number == before:
                    fewest = self._tidy(session, whole)
                if goal is None:
                    break
                whole = session.maximise(goal.floats)
                found = whole[:decisions]
                possible.append(float(goal.floats @ found))
                self._unharmed(possible, found)
                session.hold()
            for salt in range(MOST_SALTS):
                found = session.maximise(tie_break(self.program, salt).floats / (1 << 20))[:decisions]
                settled = session.settled()
                self._unharmed(possible, found)
                if settled:
                    break
                session.hold()
        except (OutOfTimeError, InfeasibleError):  # or a face that the solver's last digits do not hold together
            unreached = [_most(self.program, goal) for goal in self.goals[len(possible) :]]
            finished = not any(goal.priority is not None for goal in self.goals[len(possible) :])
            return Ordered(self.goals, found.tolist(), possible + unreached, finished, fewest)
        return Ordered(self.goals, found.tolist(), possible, True, fewest)

    def _tidy(self, session: Linear, whole: Floats) -> int:
        """Narrow the session to the fewest payers that were found, and tell how many they are at best."""
        face = session.face()
        tidied = tidy(self.program, face, whole, Deadline(self.deadline.left / 2))
        lower, upper = face.column_lower.copy(), face.column_upper.copy()
        dropped = sorted(tidied.dropped)
        upper[dropped] = lower[dropped]
        for column, least in tidied.at_least.items():
            lower[column] = max(lower[column], least)
        session.narrow(lower, upper)
        return tidied.best

    def _unharmed(self, values: list[float], found: Floats) -> None:
        """Make sure that no former goal fell while a later one was optimised."""
        for goal, value in zip(self.goals, values, strict=False):
            if float(goal.floats @ found) < value - max(self.way.slip, TOUCH) * max(1.0, abs(value)):
                raise CheckFailed([Finding(goal.name, "a later goal lowered this one")])
