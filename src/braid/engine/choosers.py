"""Which goal chose among the awards that could pay a line: how much of it one of them could pay, goal after goal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

import numpy as np

from braid.engine.goals import goals_of
from braid.engine.in_order import Ordered, in_order
from braid.engine.making_good import make_good
from braid.engine.program import Arrays, Program, arrays_of
from braid.engine.rows import compile_case
from braid.engine.solve import Deadline, Highs
from braid.judge.case import Case

NEAR = 1e-3
"""What a solver's value may be short of a whole unit."""
ROUNDED = 2
"""Units of a line and period that rounding to whole units may shift from one award to another."""


@dataclass(frozen=True)
class Chosen:
    """How much of a line an award could pay in whole units, and the goal after which it could pay no more than it does.

    It is what the linear program allows, rounded down: a plan in whole units may allow a few less.

    ``goal`` is None where every goal leaves it open, so that nothing but the tie-break chose. ``before`` is the goal
    just before, None for the first. ``choices`` says that what is all or nothing was taken as it came out.
    """

    could: int
    goal: str | None
    before: str | None
    choices: bool


def who_chose(
    case: Case, ordered: Ordered | None, award: str, line: str, paid: int, deadline: Deadline
) -> Chosen | None:
    """Which goal settled that an award pays no more of a line than it does; None where it could pay no more at all.

    ``ordered`` is what the goals left open, where it is known; else they are gone through anew. Raises
    InfeasibleError and OutOfTimeError as that does.
    """
    program = compile_case(case)
    if ordered is None:
        ordered = in_order(make_good(program, Highs(), deadline), goals_of(program), Highs(), deadline)
    mine = [c for c, cell in enumerate(program.cells) if (cell.award, cell.line) == (award, line)]
    same = paid + ROUNDED * len({program.cells[column].index for column in mine})
    could, before, chosen = 0, None, bool(program.choices)
    for label, most in _most(program, ordered, mine, deadline):
        if most <= same:
            return None if label is None else Chosen(could, label, before, chosen)
        could, before = most, label
    return Chosen(could, None, before, chosen)


def _most(program: Program, ordered: Ordered, mine: list[int], deadline: Deadline) -> Iterator[tuple[str | None, int]]:
    """The most that some columns could come to before any goal, and once each goal is held."""
    first = arrays_of(program)
    if program.choices:
        first = first.chosen(np.array(ordered.values))
    yield None, _largest(first, mine, deadline)
    for label, face in ordered.faces.items():
        yield label, _largest(face, mine, deadline)


def _largest(arrays: Arrays, mine: list[int], deadline: Deadline) -> int:
    weights = np.zeros(len(arrays.column_upper))
    weights[mine] = 1.0
    return floor(float(Highs().linear(arrays, deadline).maximise(weights)[mine].sum()) + NEAR)
