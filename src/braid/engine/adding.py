"""The smallest award that does all that one of its kind could beside the money that is there, if it is spent in full.

The award's amount is a column: its money, and the caps, floors and shares that are a part of it, follow. The other
awards are charged no less than before, so that it adds to them and takes the place of none. Every goal of funding is
made as large as it can be in turn, to the unit of need, then the amount as small as it can be: no part of a dollar of
need makes an award larger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from braid.engine.afresh import Afresh
from braid.engine.program import Arrays, Floats, Goal, Program
from braid.engine.solve import Deadline, Highs, InfeasibleError
from braid.engine.standing import NEAR, Shift, Standings
from braid.judge.case import Case


@dataclass(frozen=True)
class Added:
    """An award as large as it need be, in units: what it pays, and what is met of each part (``Standings.names``)."""

    amount: float
    direct: float
    fringe: float
    indirect: float
    parts: Floats
    choices: Mapping[str, float]
    """What is chosen, by the name of each choice."""


@dataclass(frozen=True)
class Beside:
    """The award that is added: its id, what follows from each unit of it, and what the proposal says that it brings."""

    award: str
    shift: Shift
    written: int
    spent: Mapping[str, Fraction]
    """What each other award is charged before it comes, at the least, in units."""


def smallest(standings: Standings, added: Beside, most: float) -> Added | None:
    """The smallest award, up to ``most`` units, with what it pays.

    None where it would pay nothing. Raises InfeasibleError where nothing keeps every row.
    """
    arrays = _spent_in_full(standings, added, most)
    values = _with_choices(standings, arrays) if standings.program.choices else _linear(standings, arrays)
    amount = float(values[-1])
    if amount < 0.5:
        return None
    parts = standings.counts @ values[: standings.program.decisions]
    return _charged(standings.program, added.award, amount, values, parts)


def planned_with(case: Case, award: str, amount: float, met: Mapping[str, Fraction], deadline: Deadline) -> Added:
    """What an award of a case pays, and what is met, by all goals of the proposal, as near as can be to what is met.

    Raises InfeasibleError and OutOfTimeError as ``Afresh`` does.
    """
    at = Afresh(case, met, deadline)
    return _charged(at.program, award, amount, at.base.values, at.base.parts)


def _charged(program: Program, award: str, amount: float, values: Floats, parts: Floats) -> Added:
    mine = np.array([cell.award == award for cell in program.cells])
    paid = np.where(mine, values[: len(program.cells)], 0.0)
    fringe = float(paid @ np.array([float(each) for each in program.fringe]))
    indirect = float(paid @ np.array([float(each) for each in program.indirect]))
    names = [choice.name for choice in program.choices]
    choices = dict(zip(names, values[len(program.cells) : program.decisions].tolist(), strict=True))
    return Added(amount, float(paid.sum()), fringe, indirect, parts, choices)


def _spent_in_full(standings: Standings, added: Beside, most: float) -> Arrays:
    """The program with the amount as its last column, all of which is charged."""
    arrays = standings.near(standings.moved(added.shift, -added.written), standings.met)
    for row, _ in standings.rows_of(f"award[{added.award}]"):
        arrays.row_lower[row] = arrays.row_upper[row]
    for other, spent in added.spent.items():
        for row, _ in standings.rows_of(f"award[{other}]"):
            arrays.row_lower[row] = min(float(spent) / standings.scale, arrays.row_upper[row])
    return standings.widening(arrays, added.shift, most, {})


def _smaller(arrays: Arrays) -> Floats:
    weights = np.zeros(len(arrays.column_upper))
    weights[-1] = -1.0
    return weights


def _with_choices(standings: Standings, arrays: Arrays) -> Floats:
    """Every goal of funding as an integer program, then the amount, then the rest with choices fixed."""
    session = Highs().mixed(arrays, standings.deadline)
    for goal in standings.goals:
        if goal.priority is not None:
            best = session.maximise(goal.floats)
            session.hold(goal.floats, _to_the_unit(goal, best.values))
    values = session.maximise(_smaller(arrays)).values
    try:
        return _linear(standings, arrays.chosen(values))
    except InfeasibleError:  # choices that keep every row only to the solver's tolerance
        return values


def _linear(standings: Standings, arrays: Arrays) -> Floats:
    """Every goal of funding in turn, then the amount, then all goals with it, then as near to the plan as can be."""
    session = Highs().linear(arrays, standings.deadline)
    for row, goal in enumerate(standings.goals):
        if goal.priority is not None:
            least = _to_the_unit(goal, session.maximise(goal.floats))
            session.at_least(row, (least - NEAR) / standings.scale)
    every = [goal.floats for goal in standings.goals]
    for weights in (_smaller(arrays), *every, standings.distance()):
        session.maximise(weights)
        session.hold()
    return session.maximise(standings.first_by_id())


def _to_the_unit(goal: Goal, values: Floats) -> float:
    """What a goal comes to in whole units of need; where activities weigh otherwise, just what it comes to."""
    reached = float(goal.floats @ values[: len(goal.floats)])
    return reached if goal.dollars is not None else floor(reached + NEAR)
