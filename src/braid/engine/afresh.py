"""Where a plan stands when bounds have moved, by all goals of its proposal, whatever they are: gone through afresh.

``standing`` asks a session that is kept, and knows only goals that are sums and give nothing up. Here every question
runs all goals anew, ``fairness``, ``stay-close`` and what goals give up among them, in fractions of a unit. Of plans
that the goals hold for equal, the nearest is meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from braid.engine.goals import decides_needs, goals_of, tidy_after
from braid.engine.in_order import in_order
from braid.engine.program import INFINITE, Arrays, Column, Floats, Program, Row, Sparse
from braid.engine.rows import compile_case
from braid.engine.solve import Deadline, Highs, InfeasibleError, OutOfTimeError
from braid.engine.standing import Shift, counts_of, names_of
from braid.judge.case import Case

TIGHT = 1e-3
"""Units from its bound at which a row counts as at it."""


def only_sums(program: Program) -> bool:
    """Whether ``standing`` knows all goals of a program: sums that give nothing up, none of them after ``tidy``."""
    goals, before = goals_of(program), tidy_after(program)
    plain = not any(goal.groups or goal.up_to or goal.give_up for goal in goals)
    return plain and (before is None or not decides_needs(goals[before:]))


@dataclass(frozen=True)
class Stand:
    """What is met of each part (``Afresh.names``), with the values of cells and choices."""

    parts: Floats
    values: Floats


class Afresh:
    """The program of a case, asked again and again with other bounds.

    ``met`` is what the plan meets of each activity, in units. Raises InfeasibleError where nothing keeps every row,
    OutOfTimeError where the time runs out.
    """

    def __init__(self, case: Case, met: Mapping[str, Fraction], deadline: Deadline) -> None:
        self.program, self.deadline = compile_case(case), deadline
        self.names = names_of(case)
        self.counts = counts_of(self.program, self.names)
        self.met = np.array([float(met.get(name, 0)) for name in self.names])

    @cached_property
    def base(self) -> Stand:
        """Where the plan stands before anything moves."""
        return self.stand({}, 0, self.met)

    def stand(self, shift: Shift, units: int, near: Floats) -> Stand:
        """Where it stands when bounds have moved so many units, choices free, parts as ``near`` as can be."""
        program = replace(self.program, rows=[_moved(row, shift, units) for row in self.program.rows])
        ordered = in_order(program, goals_of(program), Highs(), self.deadline, needs_only=True)
        if not ordered.finished:
            raise OutOfTimeError
        values = self._nearest(next(reversed(ordered.faces.values())), near, np.array(ordered.values))
        return Stand(self.counts @ values, values)

    def _nearest(self, face: Arrays, near: Floats, otherwise: Floats) -> Floats:
        """Of the plans on a face, the one whose parts are nearest; the first parts by id decide between equals."""
        scale, first = float(face.scale[0]), len(face.column_upper)
        columns = [Column(0.0, INFINITE, scale)] * (2 * len(near))
        rows = [
            Sparse(((first + 2 * n, 1.0), (first + 2 * n + 1, -1.0), *_entries(counts)), amount / scale, amount / scale)
            for n, (counts, amount) in enumerate(zip(self.counts, near.tolist(), strict=True))
        ]
        session = Highs().linear(face.with_more(columns, rows), self.deadline)
        away = np.zeros(first + len(columns))
        away[first:] = -1.0
        order = np.zeros(len(away))
        order[: self.counts.shape[1]] = np.linspace(1.0, 0.0, len(near)) @ self.counts
        try:
            session.maximise(away)
            session.hold()
            return session.maximise(order)[: len(otherwise)]
        except InfeasibleError:  # a face that the solver's last digits do not hold together
            return otherwise

    @cached_property
    def _tight(self) -> NDArray[np.bool_]:
        values = [float(value) for value in self.program.complete(self.base.values.tolist())]
        return np.array([_near_bound(row, values) for row in self.program.rows])

    def tight(self, shift: Shift) -> bool:
        """Whether a row that moves is at its bound where the plan stands."""
        return any(tight and row.limit in shift for row, tight in zip(self.program.rows, self._tight, strict=True))


def _moved(row: Row, shift: Shift, units: int) -> Row:
    rate = shift.get(row.limit)
    if not rate or not units:
        return row
    if row.upper is not None:
        return replace(row, upper=row.upper + rate * units)
    return row if row.lower is None else replace(row, lower=row.lower - rate * units)


def _near_bound(row: Row, values: Sequence[float]) -> bool:
    sum_ = sum(float(value) * values[column] for column, value in row.entries)
    below = row.lower is not None and sum_ - float(row.lower) <= TIGHT
    return below or (row.upper is not None and float(row.upper) - sum_ <= TIGHT)


def _entries(counts: Floats) -> list[tuple[int, float]]:
    return [(int(column), float(counts[column])) for column in np.flatnonzero(counts)]
