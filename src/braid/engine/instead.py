"""What would come of a plan if an award paid more of a line: each answer is solved for, and then in whole units.

The linear program says what could be; whole amounts that keep every row are then sought for it, so that what is said
holds to the unit. Where there is no time for them, the linear program's answer is rounded against what is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

import numpy as np

from braid.engine.charging import charges_of
from braid.engine.goals import goals_of, tie_break
from braid.engine.moving import no_goal
from braid.engine.possible import Possible, smallest
from braid.engine.program import INFINITE, Arrays, Floats, Goal, Program, Row, arrays_of
from braid.engine.rounding import Rounded, round_units
from braid.engine.rows import compile_case
from braid.engine.solve import Deadline, Highs, InfeasibleError, OutOfTimeError
from braid.engine.standing import Shift, with_column
from braid.judge.case import Case
from braid.judge.limit import MONEY

NEAR = Fraction(1, 1000)
"""What a solver's value may be short of a whole unit."""
MOST_TRIES = 5
"""Units further for which whole amounts are sought where a linear program's own answer has none."""
WHOLE_SECONDS = 5.0
"""What one search for whole amounts may take."""
Amounts = Mapping[tuple[str, str, int], int]
"""What a plan pays, by award, line and number of the period, in whole units."""


@dataclass(frozen=True)
class Payments:
    """What a plan pays: direct cost, and the fringe on it."""

    direct: Amounts
    fringe: Amounts


@dataclass(frozen=True)
class More:
    """How many units more could be paid; ``at_most`` is more only where the search for more ran out of time."""

    units: int
    at_most: int

    def within(self, most: int) -> More:
        """The same of no more than so much."""
        return More(min(self.units, most), min(self.at_most, most))


@dataclass(frozen=True)
class Lost:
    """By priority, how much less would be met; where no whole amounts were found in time, at least that."""

    by_priority: dict[int, int]
    whole: bool


@dataclass(frozen=True)
class Larger:
    """The fewest units by which an award would have to be larger; where none were found in whole amounts, at least."""

    units: int
    whole: bool


class Instead:
    """A plan, an award and a line: what the award could pay more of it, and what that would take.

    Raises OutOfTimeError where the time runs out.
    """

    def __init__(self, case: Case, paid: Payments, award: str, line: str, deadline: Deadline) -> None:
        self.case, self.paid, self.award, self.line, self.deadline = case, paid.direct, award, line, deadline
        self.program = compile_case(case)
        cells = self.program.cells
        self.mine = [c for c, cell in enumerate(cells) if (cell.award, cell.line) == (award, line)]
        self.now = sum(amount for (who, what, _), amount in self.paid.items() if (who, what) == (award, line))
        self.priorities = {cost.id: cost.activity.priority for cost in case.proposal.costs}
        self.besides = self._besides([*paid.direct.items(), *paid.fringe.items()])
        """Need met by priority, what the award pays of the line set apart."""

    def _besides(self, charges: Sequence[tuple[tuple[str, str, int], int]]) -> dict[int, int]:
        found: dict[int, int] = defaultdict(int)
        for (award, line, _), amount in charges:
            found[self.priorities[line]] += 0 if (award, line) == (self.award, self.line) else amount
        return found

    def most(self, without: str = "") -> More:
        """How much more of the line the award could pay at most, if need be with one limit let go."""
        weights = [Fraction(int(column in set(self.mine))) for column in range(self.program.decisions)]
        goal = Goal("more of the line", 0, tuple(weights))
        program = replace(self.program, rows=[row for row in self.program.rows if row.limit != without])
        rows = self._as_now()
        found = self._values(arrays_of(program, rows), goal.floats)
        most = Fraction(float(found[self.mine].sum()))
        whole = self._in_units(program, rows, [goal], found, [most.limit_denominator(10**6)])
        at_most = max(0, floor(most + NEAR) - self.now)
        if whole is None:
            return More(0, at_most)
        units = max(0, sum(whole.amounts[column] for column in self.mine) - self.now)
        return More(units, units if whole.optimal else at_most)

    def displaced(self, more: int) -> Lost:
        """By priority, how much less of the need would be met if it paid so much more; what it pays more set apart."""
        rows = [*self._as_now(), self._more(more)]
        held, bounds, values = list(rows), list[Fraction](), np.zeros(0)
        goals = [goal for goal in goals_of(self.program) if goal.priority is not None]
        for goal in goals:
            values = self._values(arrays_of(self.program, held), goal.floats)
            bounds.append(Fraction(float(goal.floats @ values[: self.program.decisions])).limit_denominator(10**6))
            held.append(goal.held(bounds[-1] - NEAR))
        whole = self._in_units(self.program, rows, goals, values, bounds)
        whole = whole if whole is not None and whole.optimal else None
        after = self._of_values(values) if whole is None else self._of_units(whole.amounts)
        lost = {priority: ceil(met - after[priority] - NEAR) for priority, met in self.besides.items()}
        return Lost({priority: less for priority, less in sorted(lost.items()) if less > 0}, whole is not None)

    def _of_units(self, amounts: Sequence[int]) -> dict[int, int]:
        charges = charges_of(self.case, self.program.cells, list(amounts[: len(self.program.cells)]))
        return self._besides([((r.award, r.line, r.index), r.amount) for r in (*charges.direct, *charges.fringe)])

    def _of_values(self, values: Floats) -> dict[int, Fraction]:
        found: dict[int, Fraction] = defaultdict(Fraction)
        for column, (cell, fringe) in enumerate(zip(self.program.cells, self.program.fringe, strict=True)):
            if (cell.award, cell.line) != (self.award, self.line):
                found[self.priorities[cell.line]] += Fraction(float(values[column])) * (1 + fringe)
        return found

    def money(self, more: int, follows: Shift) -> Larger | None:
        """The fewest units by which the award would have to be larger, with nothing else met less; None if not so.

        ``follows`` says how the limits that are a part of the award move with each unit of it.
        """
        rows = [*self._as_now(), self._more(more), *self._others_kept()]
        arrays = arrays_of(self.program, rows)
        own = {
            limit.id for limit in self.case.limits if limit.kind in MONEY and limit.awards == frozenset({self.award})
        }
        shift = {**follows, **dict.fromkeys(own, Fraction(1))}
        moves = {
            len(rows) + n: -float(shift[row.limit]) if row.upper is not None else float(shift[row.limit])
            for n, row in enumerate(self.program.rows)
            if row.limit in shift
        }
        arrays = with_column(arrays, moves, INFINITE, float(arrays.scale[0]))
        weights = np.zeros(len(arrays.column_upper))
        weights[-1] = -1
        try:
            values = self._values(arrays, weights)
        except InfeasibleError:
            return None
        least = max(0, ceil(Fraction(float(values[-1])) - NEAR))
        goal = self._no_goal()
        for units in range(least, least + MOST_TRIES):
            larger = replace(self.program, rows=[_larger(row, shift, units) for row in self.program.rows])
            if self._in_units(larger, rows, [goal], values, [Fraction(0)]) is not None:
                return Larger(units, whole=True)
        return Larger(least, whole=False)

    def possible_without(self, limit: str, more: int) -> bool:
        """Whether it could pay so much more, with nothing else met less, if one limit were let go: in whole amounts."""
        program = replace(self.program, rows=[row for row in self.program.rows if row.limit != limit])
        rows, goal = [*self._as_now(), self._more(more), *self._others_kept()], self._no_goal()
        try:
            values = self._values(arrays_of(program, rows), goal.floats)
        except InfeasibleError:
            return False
        return self._in_units(program, rows, [goal], values, [Fraction(0)]) is not None

    def _no_goal(self) -> Goal:
        """Nothing to make large: whole amounts that keep every row are enough, and are sought as a priority is."""
        return replace(no_goal(self.program), priority=0)

    def stops(self) -> list[str]:
        """The limits that together do not let it pay a unit more: a smallest set of them."""
        possible = Possible(self.case, self.deadline, [*self._as_now(), self._more(1)])
        names = list(possible.names)
        return [] if possible.together(names) else smallest(names, possible.together)

    # ------------------------------------------------------------------ rows

    def _as_now(self) -> list[Row]:
        """Of the line, the award and the others together pay at least what they pay in the plan, period by period."""
        rows: list[Row] = []
        for index in sorted({cell.index for cell in self.program.cells if cell.line == self.line}):
            here = [c for c, cell in enumerate(self.program.cells) if (cell.line, cell.index) == (self.line, index)]
            for own in (True, False):
                entries = tuple((c, 1) for c in here if (self.program.cells[c].award == self.award) == own)
                least = sum(
                    amount
                    for (award, line, at), amount in self.paid.items()
                    if (line, at) == (self.line, index) and (award == self.award) == own
                )
                if entries and least:
                    rows.append(Row(f"as now {index} {own}", entries, Fraction(least), None))
        return rows

    def _more(self, more: int) -> Row:
        return Row("more", tuple((column, 1) for column in self.mine), Fraction(self.now + more), None)

    def _others_kept(self) -> list[Row]:
        """Every other line is met as far as in the plan, over all periods together."""
        met: dict[str, int] = defaultdict(int)
        columns: dict[str, list[int]] = defaultdict(list)
        for (_, line, _), amount in self.paid.items():
            met[line] += amount
        for column, cell in enumerate(self.program.cells):
            columns[cell.line].append(column)
        return [
            Row(f"met {line}", tuple((column, 1) for column in columns[line]), Fraction(amount), None)
            for line, amount in sorted(met.items())
            if line != self.line and amount
        ]

    def _in_units(
        self, program: Program, rows: Sequence[Row], goals: list[Goal], floats: Floats, bounds: Sequence[Fraction]
    ) -> Rounded | None:
        """Whole amounts that keep the rows of a program and more rows, goal by goal; None where none are found in time.

        Bounds are what the linear program allows each goal.
        """
        narrower = replace(program, rows=[*program.rows, *rows])
        ties = tie_break(program, 0)
        values = floats[: program.decisions].tolist()
        deadline = Deadline(min(WHOLE_SECONDS, self.deadline.left))
        try:
            found = round_units(narrower, values, goals, ties, lambda number, _: bounds[number], deadline)
        except OutOfTimeError:
            return None
        return found if isinstance(found, Rounded) and not narrower.broken(found.amounts) else None

    def _values(self, arrays: Arrays, weights: Floats) -> Floats:
        if self.program.choices:
            return Highs().mixed(arrays, self.deadline).maximise(weights).values
        return Highs().linear(arrays, self.deadline).maximise(weights)


def _larger(row: Row, shift: Shift, units: int) -> Row:
    """A row of an award that is so many units larger; what is a share of it moves by whole units."""
    rate = shift.get(row.limit, Fraction(0))
    if row.upper is not None:
        return replace(row, upper=row.upper + floor(rate * units))
    return row if row.lower is None else replace(row, lower=row.lower - floor(rate * units))
