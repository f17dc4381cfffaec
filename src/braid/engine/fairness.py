"""The goal ``fairness``: the smallest share is raised as far as it goes, what binds is settled, then the next smallest.

Shares are of payable need met. In the solver's unit throughout; ``Floor`` is in whole units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from braid.engine.framing import Shares, Worst
from braid.engine.program import INFINITE, Arrays, Floats, Goal, Group, Program
from braid.engine.solve import FACE, Deadline, Linear, Mixed, OutOfTimeError, Solver, room

SAME = 1e-7
"""Levels nearer to each other than this, as a part of all need, are one round."""
MOST_PRICED = 40
"""Groups for which the price of their floor is worked out."""


@dataclass(frozen=True)
class Floor:
    """What a group is raised to: the need of it that is met, in whole units, and in which round that was settled."""

    group: Group
    least: float
    round: int
    price: float | None = None
    """How much more need could be met elsewhere without this floor, in whole units; None where it was not sought."""


def raise_shares(session: Linear, shares: Shares, goal: Goal) -> list[Floor]:
    """Raise the smallest share, settle the groups that cannot go higher, and so on until all are settled.

    The session is left with every group held at its share.
    """
    scale, open_groups = float(session.face().scale[shares.level]), set(range(len(goal.groups)))
    floors: list[Floor] = []
    number, before = 0, -1.0
    level = before
    while open_groups:
        values = session.maximise(_only(len(session.face().column_upper), shares.level)) / scale
        level = float(values[shares.level])
        number += level > before + SAME * shares.most
        before = max(before, level)
        full = level >= shares.most * (1 - SAME)
        stuck = set(open_groups) if full else _stuck(session, shares, open_groups, values)
        for group in sorted(stuck):
            met = float(values[shares.met[group]])
            floors.append(Floor(goal.groups[group], met * scale, number))
            session.bound(shares.excess[group], -INFINITE, INFINITE)
            session.bound(shares.met[group], met - room(met), INFINITE)
        session.bound(shares.level, level - room(level), shares.most)
        open_groups -= stuck
    session.bound(shares.level, level, level)
    return floors


def _stuck(session: Linear, shares: Shares, open_groups: set[int], values: Floats) -> set[int]:
    """The groups that no plan with this smallest share can raise above it; at least one, and the session held there."""
    reduced = session.reduced()
    if reduced is not None:
        prices = {group: abs(float(reduced[shares.excess[group]])) for group in open_groups}
        stuck = {group for group, price in prices.items() if price > FACE}
        session.hold()
        return stuck or {max(sorted(prices), key=lambda group: prices[group])}
    level = float(values[shares.level])
    session.bound(shares.level, level - room(level), shares.most)
    lowest = [group for group in open_groups if values[shares.excess[group]] <= SAME * shares.most]
    most = {group: _most(session, shares.excess[group]) for group in lowest}
    return {group for group in lowest if most[group] <= SAME * shares.most} or {min(lowest, key=lambda g: most[g])}


def _most(session: Linear, column: int) -> float:
    face = session.face()
    found = session.maximise(_only(len(face.column_upper), column))
    return float(found[column] / face.scale[column])


def _only(columns: int, column: int) -> Floats:
    weights = np.zeros(columns)
    weights[column] = 1.0
    return weights


def raise_worst(session: Mixed, worst: Worst) -> tuple[Floats, bool]:
    """The same with choices as whole columns: the worst group, the worst two together, and so on; each is held.

    The values of all columns, and whether each was proven best.
    """
    values, proven = np.zeros(0), True
    for weights in worst.weights:
        best = session.maximise(weights)
        values, proven = best.values, proven and best.proven
        session.hold(weights, float(weights @ values))
    return values, proven


def priced(
    program: Program, way: Solver, face: Arrays, shares: Shares, floors: list[Floor], deadline: Deadline
) -> list[Floor]:
    """Each floor with what it costs elsewhere: solved again without it, all that came before and the others held.

    ``face`` is the program as it was bounded before the goal. Where the time runs out the rest has no price.
    """
    if len(floors) > MOST_PRICED:
        return floors
    session, scale = way.linear(face, deadline), float(face.scale[shares.level])
    place = dict(
        zip([floor.group.name for floor in sorted(floors, key=lambda f: f.group.name)], shares.met, strict=True)
    )
    for excess in shares.excess:
        session.bound(excess, -INFINITE, INFINITE)
    session.bound(shares.level, 0.0, 0.0)
    least = {floor.group.name: floor.least / scale - room(floor.least / scale) for floor in floors}
    for name, lower in least.items():
        session.bound(place[name], lower, INFINITE)
    found: list[Floor] = []
    try:
        for floor in floors:
            name, weights = floor.group.name, _elsewhere(program, floor.group)
            held = float(weights @ session.maximise(weights)[: len(weights)])
            session.bound(place[name], 0.0, INFINITE)
            without = float(weights @ session.maximise(weights)[: len(weights)])
            session.bound(place[name], least[name], INFINITE)
            found.append(Floor(floor.group, floor.least, floor.round, max(0.0, without - held)))
    except OutOfTimeError:
        pass
    return [*found, *floors[len(found) :]]


def _elsewhere(program: Program, group: Group) -> Floats:
    """What a dollar of each cell that is not the group's meets of the need."""
    weights = np.array([float(1 + fringe) for fringe in program.fringe])
    weights[[column for column, _ in group.cells]] = 0.0
    return weights
