"""Other plans that reach every goal just as well with other payers: as far from those already known as can be found.

The search begins on the face on which every goal is held, with as few dollars as can be on the charges that the known
plans make, and ends in whole units like every plan. The goal ``tidy`` is no sum that could be held: where it comes
last, another plan may have more payers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor

from braid.engine.allocate import Allocation, steps_of
from braid.engine.charging import charges_of
from braid.engine.goals import PER_DOLLAR, RESTRICTED, TIDY, tie_break
from braid.engine.in_order import Ordered
from braid.engine.moving import Level, Local
from braid.engine.program import Arrays, Goal, Program
from braid.engine.rounding import Impossible, round_units
from braid.engine.solve import Deadline, Highs, InfeasibleError, OutOfTimeError

NEAR, NODES = 64, 200
"""How many units an amount may move, and how long is searched, where rounding cost a later goal a few units."""
SLACK = 2_000
"""Units by which another plan may be nearer to those known than the linear program found, so that a search ends."""


def other_allocations(found: Allocation, count: int, seconds: float = 120.0) -> Iterator[Allocation]:
    """Up to ``count`` other allocations with the same goal values in whole units; none where there is no other."""
    face = None if found.ordered is None else _open(found.ordered)
    if found.ordered is None or face is None:
        return
    program, deadline = found.program, Deadline(seconds)
    reached = [(goal, goal.value(found.amounts)) for goal, _ in steps_of(found.ordered)]
    known = [found.amounts]
    while len(known) <= count:
        amounts = _another(program, face, known, reached, deadline)
        if amounts is None or not _moved(program, known, amounts):
            return
        known.append(amounts)
        charges = charges_of(program.case, program.cells, amounts[: len(program.cells)])
        yield replace(found, amounts=amounts, charges=charges)


def _open(ordered: Ordered) -> Arrays | None:
    """The program with every goal held, but for the last where that is ``tidy``; None where the time ran out."""
    labels = [label for label in ordered.faces if label != TIDY or label != next(reversed(ordered.faces))]
    return ordered.faces[labels[-1]] if ordered.finished and labels else None


def _another(
    program: Program,
    face: Arrays,
    known: list[list[int]],
    reached: list[tuple[Goal, Fraction]],
    deadline: Deadline,
) -> list[int] | None:
    """Whole amounts away from those known that reach every goal to the unit; None where none are found."""
    try:
        floats = Highs().linear(face, deadline).maximise(_away(program, known).floats)[: program.decisions]
        goals = [goal for goal, _ in reached]
        rounded = round_units(
            program, floats.tolist(), goals, tie_break(program, 0), lambda number, _: reached[number][1], deadline
        )
    except (InfeasibleError, OutOfTimeError):
        return None
    if isinstance(rounded, Impossible):
        return None
    held = [goal.held(alike(goal, value)) for goal, value in reached]
    if all(goal.value(rounded.amounts) >= (row.lower or 0) for (goal, _), row in zip(reached, held, strict=True)):
        return rounded.amounts
    away = _away(program, known)
    near = Local(program, rounded.amounts, Level(list(range(len(program.cells))), NEAR))
    enough = floor(away.value(rounded.amounts)) - SLACK
    solved = near.best(away, held, deadline, NODES, target=enough)
    return None if solved is None else solved[0]


def alike(goal: Goal, value: Fraction) -> Fraction:
    """The least that a goal may come to and be as good in whole units as a plan in which it comes to ``value``.

    Fringe makes fractions of what is met, and which of them a plan has goes by who pays what. What is told of
    ``restricted-first`` is the hundredth of its sum, of which less is better.

    >>> str(alike(Goal("fund", 1, ()), Fraction("645773.20")))
    '645773'
    >>> str(alike(Goal("restricted-first", None, ()), Fraction("-158676346.464")))
    '-158676399'
    """
    if goal.name == RESTRICTED:
        return Fraction(-(PER_DOLLAR * (floor(-value / PER_DOLLAR) + 1) - 1))
    return Fraction(floor(value))


def _away(program: Program, known: list[list[int]]) -> Goal:
    """As few dollars as can be on what the known plans pay, the more plans pay it the fewer."""
    paid = [_charges(program, amounts) for amounts in known]
    weights = [Fraction(0)] * program.decisions
    for column, cell in enumerate(program.cells):
        charge = (cell.award, cell.line, cell.index)
        weights[column] = Fraction(-sum(charge in charges for charges in paid))
    return Goal("another plan", None, tuple(weights))


def _moved(program: Program, known: list[list[int]], amounts: list[int]) -> int:
    """Units that the nearest of the known plans pays otherwise."""
    mine = _charges(program, amounts)
    sums = [_charges(program, other) for other in known]
    return min(sum(max(0, units - other.get(charge, 0)) for charge, units in mine.items()) for other in sums)


def _charges(program: Program, amounts: Sequence[int]) -> dict[tuple[str, str, int], int]:
    """What each award pays of each line in each period."""
    found: dict[tuple[str, str, int], int] = {}
    for cell, amount in zip(program.cells, amounts, strict=False):
        if amount:
            charge = (cell.award, cell.line, cell.index)
            found[charge] = found.get(charge, 0) + amount
    return found
