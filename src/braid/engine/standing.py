"""Where a plan stands when bounds have moved: every goal at its best in turn, then as near to what was as can be.

Worked out in fractions of a unit, on one session that is kept from question to question. No amounts are rounded and
nothing is charged: what comes out is what each goal reaches, and how much of each activity's need is met. The goals are
those that are sums of what is paid: ``fairness`` and ``stay-close`` are not among them, and no goal gives anything up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from braid.engine.goals import goals_of
from braid.engine.program import INFINITE, Arrays, Floats, Goal, Program, Row, arrays_of, exact_entries
from braid.engine.rows import compile_case
from braid.engine.solve import Deadline, Highs, InfeasibleError, Session
from braid.judge.case import Case

Shift = Mapping[str, Fraction]
"""By the id of a limit, how many units of room each unit gives it; a negative number takes room away."""
INDIRECT = ""
"""The part of a standing that is no activity: indirect cost."""
NEAR = 1e-4
"""Units that two values may differ and count as the same: what a solver cannot tell apart, with room to spare."""


@dataclass(frozen=True)
class Standing:
    """What each goal reaches, and what is met of each part: the activities by id, and indirect cost."""

    goals: Floats
    parts: Floats
    choices: Floats
    """A value for each column; those of choices count."""


class Standings:
    """The program of a case, asked again and again with other bounds.

    ``met`` is what the plan meets of each activity, in units: among plans that the goals hold for equal, the one that
    is nearest to it is meant. Raises InfeasibleError where nothing keeps every row.
    """

    def __init__(self, case: Case, met: Mapping[str, Fraction], deadline: Deadline) -> None:
        self.program, self.deadline = compile_case(case), deadline
        self.goals = [goal for goal in goals_of(self.program) if not goal.groups and not goal.up_to]
        self.names = names_of(case)
        self.counts = counts_of(self.program, self.names)
        self.arrays = self._arrays()
        self.scale = float(self.arrays.scale[0])
        self._rows = self._places()
        self._session: Session | None = None
        self._chosen: bytes | None = None
        self.met = np.array([float(met.get(name, 0)) for name in self.names])

    # ------------------------------------------------------------ the program

    def _arrays(self) -> Arrays:
        """The program with a row for each goal and each part on top, and columns for how far each part is away."""
        goals = [Row(goal.name, exact_entries(_entries(goal.weights)), None, None) for goal in self.goals]
        parts = [Row(name, exact_entries(_entries(counts)), None, None) for name, counts in zip(
            self.names, self.counts, strict=True)]  # fmt: skip
        arrays = arrays_of(self.program, [*goals, *parts])
        first = len(goals)
        for number in range(len(parts)):
            for sign in (-1.0, 1.0):
                arrays = with_column(arrays, {first + number: sign}, INFINITE, float(arrays.scale[0]))
        return arrays

    def _places(self) -> dict[str, list[tuple[int, bool]]]:
        """By the id of a limit, its rows, and whether each is bounded from above."""
        found: dict[str, list[tuple[int, bool]]] = {}
        for number, row in enumerate(self.program.rows, len(self.goals) + len(self.names)):
            found.setdefault(row.limit, []).append((number, row.upper is not None))
        return found

    def moved(self, shift: Shift, units: float) -> Arrays:
        """The arrays with bounds that have moved so many units."""
        arrays = self.arrays.copied()
        for name, rate in shift.items():
            for row, above in self.rows_of(name):
                if above:
                    arrays.row_upper[row] += float(rate) * units / self.scale
                else:
                    arrays.row_lower[row] -= float(rate) * units / self.scale
        return arrays

    def widening(self, arrays: Arrays, shift: Shift, most: float, besides: Mapping[int, float]) -> Arrays:
        """The arrays with the units by which bounds move as their last column; ``besides`` is where else it stands."""
        entries = dict(besides)
        for name, rate in shift.items():
            for row, above in self.rows_of(name):
                entries[row] = -float(rate) if above else float(rate)
        return with_column(arrays, entries, most / self.scale, self.scale)

    def rows_of(self, name: str) -> Sequence[tuple[int, bool]]:
        """The rows of a limit by number, and whether each is bounded from above."""
        return self._rows.get(name, ())

    def tight(self, names: Sequence[str]) -> bool:
        """Whether a row of one of these limits is at its bound where the plan stands."""
        return any(self._first[1][row] for name in names for row, _ in self.rows_of(name))

    # ----------------------------------------------------------------- asking

    @property
    def base(self) -> Standing:
        """Where the plan stands before anything moves; its choices are free."""
        return self._first[0]

    @cached_property
    def _first(self) -> tuple[Standing, NDArray[np.bool_]]:
        """Where the plan stands, and which rows are at their bounds there."""
        choices = self.freely({}, 0, self.goals, self.met).choices if self.program.choices else np.zeros(0)
        found, values = self._stand(self.arrays, self.met, choices)
        activity = self.arrays.activity(values / self.arrays.scale)
        room = np.minimum(activity - self.arrays.row_lower, self.arrays.row_upper - activity) * self.scale
        return found, room <= NEAR

    def stand(self, shift: Shift, units: float, near: Floats, choices: Floats) -> Standing:
        """Where it stands when bounds have moved so many units, choices fixed, parts as ``near`` as can be."""
        return self._stand(self.moved(shift, units), near, choices)[0]

    def _stand(self, arrays: Arrays, near: Floats, choices: Floats) -> tuple[Standing, Floats]:
        arrays = self.near(arrays, near)
        if self.program.choices:
            arrays = arrays.chosen(choices)
        try:
            return self._run(self._again(arrays), choices)
        except InfeasibleError:  # the last basis may lead where a solver's last digits do not hold together
            self._session = None
            return self._run(self._again(arrays), choices)

    def near(self, arrays: Arrays, near: Floats) -> Arrays:
        """With the amounts from which the distance of each part is measured."""
        arrays = arrays.copied()
        rows = slice(len(self.goals), len(self.goals) + len(self.names))
        arrays.row_lower[rows] = arrays.row_upper[rows] = near / self.scale
        return arrays

    def _again(self, arrays: Arrays) -> Session:
        if self._session is None:
            self._session = Highs().linear(arrays, self.deadline)
        else:
            self._session.again(arrays)
        return self._session

    def _run(self, session: Session, choices: Floats) -> tuple[Standing, Floats]:
        """Every goal in turn, then the least distance, then the first activities by id."""
        reached: list[float] = []
        for goal in self.goals:
            values = session.maximise(goal.floats)
            reached.append(float(goal.floats @ values[: self.program.decisions]))
            session.hold()
        session.maximise(self.distance())
        session.hold()
        values = session.maximise(self.first_by_id())
        return Standing(np.array(reached), self.counts @ values[: self.program.decisions], choices), values

    def distance(self) -> Floats:
        """Weights that make the distance from the plan small."""
        weights = np.zeros(len(self.arrays.column_upper))
        weights[self.program.columns :] = -1.0
        return weights

    def first_by_id(self) -> Floats:
        """Among activities that are alike in all else, the first by id."""
        order = np.linspace(1.0, 0.0, len(self.names))
        return order @ self.counts

    def freely(self, shift: Shift, units: float, goals: Sequence[Goal], near: Floats) -> Standing:
        """What some goals reach where choices are free, and the choices, as near to the plan as can be."""
        session = Highs().mixed(self.near(self.moved(shift, units), near), self.deadline)
        reached: list[float] = []
        for goal in goals:
            best = session.maximise(goal.floats)
            reached.append(float(goal.floats @ best.values[: self.program.decisions]))
            session.hold(goal.floats, reached[-1])
        values = session.maximise(self.distance()).values
        return Standing(np.array(reached), self.counts @ values[: self.program.decisions], values)


def names_of(case: Case) -> tuple[str, ...]:
    """The parts of a standing: the activities by id, and indirect cost."""
    return (*sorted(activity.id for activity in case.proposal.activities), INDIRECT)


def counts_of(program: Program, names: Sequence[str]) -> Floats:
    """What a dollar of each column counts for in each part."""
    costs = {cost.id: cost for cost in program.case.proposal.costs}
    counts = np.zeros((len(names), program.decisions))
    place = {name: number for number, name in enumerate(names)}
    for column, cell in enumerate(program.cells):
        counts[place[costs[cell.line].activity.id], column] = float(1 + program.fringe[column])
        counts[place[INDIRECT], column] = float(program.indirect[column])
    return counts


def _entries(weights: Sequence[Fraction] | Floats) -> list[tuple[int, Fraction]]:
    return [(column, Fraction(weight)) for column, weight in enumerate(weights) if weight]


def with_column(arrays: Arrays, entries: Mapping[int, float], upper: float, scale: float) -> Arrays:
    """The same program with one more column at its end: its entries by row, in the solver's unit."""
    rows = np.repeat(np.arange(len(arrays.row_lower)), np.diff(arrays.start))
    rows = np.concatenate([rows, np.fromiter(entries, dtype=np.int64)])
    order = np.argsort(rows, kind="stable")
    column = np.full(len(entries), len(arrays.column_upper), dtype=np.int32)
    return replace(
        arrays,
        start=np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(arrays.row_lower)))]).astype(np.int32),
        index=np.concatenate([arrays.index, column])[order].astype(np.int32),
        value=np.concatenate([arrays.value, np.fromiter(entries.values(), dtype=np.float64)])[order],
        column_lower=np.append(arrays.column_lower, 0.0),
        column_upper=np.append(arrays.column_upper, upper),
        whole=np.append(arrays.whole, 0).astype(np.int32),
        scale=np.append(arrays.scale, scale),
    )
