"""What would come of a plan if an award paid more of a line: each answer is solved for, in fractions of a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

import numpy as np

from braid.engine.goals import goals_of
from braid.engine.possible import Possible, smallest
from braid.engine.program import INFINITE, Arrays, Floats, Row, arrays_of
from braid.engine.rows import compile_case
from braid.engine.solve import Deadline, Highs, InfeasibleError
from braid.engine.standing import with_column
from braid.judge.case import Case
from braid.judge.limit import MONEY

NEAR = Fraction(1, 1000)
"""What a solver's value may be short of a whole unit."""
Amounts = Mapping[tuple[str, str, int], int]
"""Direct cost that a plan pays, by award, line and number of the period, in whole units."""


class Instead:
    """A plan, an award and a line: what the award could pay more of it, and what that would take.

    Raises OutOfTimeError where the time runs out.
    """

    def __init__(self, case: Case, paid: Amounts, award: str, line: str, deadline: Deadline) -> None:
        self.case, self.paid, self.award, self.line, self.deadline = case, paid, award, line, deadline
        self.program = compile_case(case)
        cells = self.program.cells
        self.mine = [c for c, cell in enumerate(cells) if (cell.award, cell.line) == (award, line)]
        self.now = sum(amount for (who, what, _), amount in paid.items() if (who, what) == (award, line))
        self.priority = case.proposal.cost(line).activity.priority
        self.met = self._met()

    def _met(self) -> dict[int, Fraction]:
        """Need met by priority, the fringe on it included."""
        found: dict[int, Fraction] = {}
        for (_, line, _), amount in self.paid.items():
            cost = self.case.proposal.cost(line)
            found[cost.activity.priority] = found.get(cost.activity.priority, Fraction(0)) + amount * (1 + cost.fringe)
        return found

    def most(self, without: str = "") -> int:
        """How much more of the line the award could pay at most, in whole units, if need be with one limit let go."""
        weights = np.zeros(self.program.decisions)
        weights[self.mine] = 1
        program = replace(self.program, rows=[row for row in self.program.rows if row.limit != without])
        found = self._values(arrays_of(program, self._as_now()), weights)
        return max(0, floor(Fraction(float(found[self.mine].sum())) + NEAR) - self.now)

    def displaced(self, more: int) -> dict[int, int]:
        """By priority, how much less of the need would be met if it paid so much more; what it pays more set apart."""
        rows = [*self._as_now(), self._more(more)]
        gained = more * (1 + self.case.proposal.cost(self.line).fringe)
        lost: dict[int, int] = {}
        for goal in (goal for goal in goals_of(self.program) if goal.priority is not None):
            values = self._values(arrays_of(self.program, rows), goal.floats)
            after = self._of_priority(values, goal.priority or 0)
            rows.append(goal.held(Fraction(float(goal.floats @ values[: self.program.decisions])) - NEAR))
            own = gained if goal.priority == self.priority else 0
            less = self.met.get(goal.priority or 0, Fraction(0)) - after + own
            if less >= 1 - 2 * NEAR:
                lost[goal.priority or 0] = floor(less + 2 * NEAR)
        return lost

    def money(self, more: int) -> int | None:
        """The fewest units by which the award would have to be larger, with nothing else met less; None if not so."""
        rows = [*self._as_now(), self._more(more), *self._others_kept()]
        arrays = arrays_of(self.program, rows)
        own = {
            limit.id for limit in self.case.limits if limit.kind in MONEY and limit.awards == frozenset({self.award})
        }
        bounds = {len(rows) + n: -1.0 for n, row in enumerate(self.program.rows) if row.limit in own}
        arrays = with_column(arrays, bounds, INFINITE, float(arrays.scale[0]))
        weights = np.zeros(len(arrays.column_upper))
        weights[-1] = -1
        try:
            return max(0, ceil(Fraction(float(self._values(arrays, weights)[-1])) - NEAR))
        except InfeasibleError:
            return None

    def possible_without(self, limit: str, more: int) -> bool:
        """Whether it could pay so much more, with nothing else met less, if one limit were let go."""
        rest = [row for row in self.program.rows if row.limit != limit]
        rows = [*self._as_now(), self._more(more), *self._others_kept()]
        try:
            self._values(arrays_of(replace(self.program, rows=rest), rows), np.zeros(self.program.decisions))
        except InfeasibleError:
            return False
        return True

    def stops(self) -> list[str]:
        """The limits that together do not let it pay a unit more: a smallest set of them."""
        possible = Possible(self.case, self.deadline, [*self._as_now(), self._more(1)])
        names = list(possible.names)
        return [] if possible.together(names) else smallest(names, possible.together)

    # ------------------------------------------------------------------ rows

    def _as_now(self) -> list[Row]:
        """Of the line, the award and the others together pay at least what they pay in the plan, period by period."""
        rows: list[Row] = []
        for index in sorted({self.program.cells[column].index for column in self.mine}):
            here = [c for c, cell in enumerate(self.program.cells) if (cell.line, cell.index) == (self.line, index)]
            for own in (True, False):
                entries = tuple((c, 1) for c in here if (self.program.cells[c].award == self.award) == own)
                least = sum(
                    amount
                    for (award, line, at), amount in self.paid.items()
                    if (line, at) == (self.line, index) and (award == self.award) == own
                )
                if entries and least:
                    rows.append(Row("as now", entries, Fraction(least), None))
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

    def _counts(self, priority: int) -> list[tuple[int, Fraction]]:
        costs = {cost.id: cost.activity.priority for cost in self.case.proposal.costs}
        cells = enumerate(zip(self.program.cells, self.program.fringe, strict=True))
        return [(column, 1 + fringe) for column, (cell, fringe) in cells if costs[cell.line] == priority]

    def _of_priority(self, values: Floats, priority: int) -> Fraction:
        return Fraction(float(sum(float(count) * values[column] for column, count in self._counts(priority))))

    def _values(self, arrays: Arrays, weights: Floats) -> Floats:
        if self.program.choices:
            return Highs().mixed(arrays, self.deadline).maximise(weights).values
        return Highs().linear(arrays, self.deadline).maximise(weights)
