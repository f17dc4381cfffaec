"""Which goal chose among the awards that could pay a line: how much of it one of them could pay, goal after goal.

What the goals leave open in fractions of a unit says which of them chose. How much the award could pay is then sought
in whole units: every row kept, each goal that counts as good as in the plan, and not a unit more possible.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from math import floor

import numpy as np

from braid.engine.allocate import Allocation, allocate, steps_of
from braid.engine.framing import holding
from braid.engine.goals import TIDY, tie_break
from braid.engine.in_order import TAKEN_BACK, Ordered
from braid.engine.program import Arrays, Goal, Program, Row, arrays_of
from braid.engine.rounding import Rounded, round_units
from braid.engine.solve import Deadline, Highs, InfeasibleError, OutOfTimeError
from braid.judge.case import Case
from braid.judge.funds import CENTS

NEAR = 1e-3
"""What a solver's value may be short of a whole unit."""
ROUNDED = 2
"""Units of a line and period that rounding to whole units may shift from one award to another."""
WHOLE_SECONDS = 5.0
"""What one search for whole amounts may take."""


@dataclass(frozen=True)
class Chosen:
    """How much of a line an award could pay in whole units, and the goal after which it could pay no more than it does.

    ``could`` is reached by whole amounts that keep every row and leave each goal up to ``before`` as good as it is;
    ``most`` is more than ``could`` only where the search for more ran out of time: no more than that is possible.

    ``goal`` is None where every goal leaves it open, so that nothing but the tie-break chose, and where it could pay no
    more than it does whatever the goals. ``before`` is the goal just before, None for the
    first. ``choices`` says that what is all or nothing was taken as it came out.
    """

    could: int
    most: int
    goal: str | None
    before: str | None
    choices: bool


def who_chose(case: Case, made: Allocation | None, award: str, line: str, paid: int, deadline: Deadline) -> Chosen:
    """Which goal settled that an award pays no more of a line than it does.

    ``made`` is the allocation of the plan, where it is known; else it is made anew. Raises InfeasibleError where there
    is none, OutOfTimeError where the time runs out.
    """
    made = allocate(case, seconds=deadline.left, seeing=False) if made is None else made
    if made.ordered is None:
        raise InfeasibleError
    return _Choosers(made, made.ordered, award, line, paid, deadline).found()


class _Choosers:
    """One line of a plan and an award that may pay it: what it could pay when no goal, one goal, two … are held."""

    def __init__(
        self, made: Allocation, ordered: Ordered, award: str, line: str, paid: int, deadline: Deadline
    ) -> None:
        self.made, self.ordered, self.paid, self.deadline = made, ordered, paid, deadline
        self.program = made.program
        cells = self.program.cells
        self.mine = [c for c, cell in enumerate(cells) if (cell.award, cell.line) == (award, line)]
        self.labels: list[str | None] = [None, *ordered.faces]
        """None for before any goal, then what each goal left open."""
        weights = [Fraction(int(column in set(self.mine))) for column in range(self.program.decisions)]
        self.goal = Goal("more of the line", 0, tuple(weights))
        self.whole = cache(self._whole)

    def found(self) -> Chosen:
        """The goal that chose, and what the award could pay before it had its turn."""
        same = self.paid + ROUNDED * len({self.program.cells[column].index for column in self.mine})
        last = len(self.labels) - 1
        at = next((n for n in range(last + 1) if self._most(n) <= same), last + 1) - 1
        at = max(at, 0)
        while at < last and self.whole(at + 1)[0] > self.paid:
            at += 1
        while self.whole(at)[0] <= self.paid:
            most = self.whole(at)[1]
            if not at or most > self.paid:
                return Chosen(self.paid, most, None, None, bool(self.program.choices))
            at -= 1
        could, most = self.whole(at)
        goal = self.labels[at + 1] if at < last else None
        return Chosen(could, most, goal, self.labels[at], bool(self.program.choices))

    def _most(self, number: int) -> int:
        """What the linear program lets it pay once so many goals are held, rounded down."""
        label = self.labels[number]
        if label is not None:
            return self._largest(self.ordered.faces[label])
        first = arrays_of(self.program)
        return self._largest(first.chosen(np.array(self.ordered.values)) if self.program.choices else first)

    def _largest(self, arrays: Arrays) -> int:
        values = Highs().linear(arrays, self.deadline).maximise(self.goal.floats)
        return floor(float(values[self.mine].sum()) + NEAR)

    # ------------------------------------------------------------ whole units

    def _whole(self, number: int) -> tuple[int, int]:
        """What it could pay in whole units once so many goals are held, and no more than what is possible."""
        program, held = self._with_tidy(number), [*self._held(number), *self._as_chosen()]
        arrays, weights = holding(program, held, self.goal)
        try:
            values = Highs().linear(arrays, self.deadline).maximise(weights)[: program.decisions]
        except InfeasibleError:  # the plan itself keeps these rows: the solver's last digits
            return self.paid, self.paid
        most = max(self.paid, floor(float(values[self.mine].sum()) + NEAR))
        narrower = replace(program, rows=[*program.rows, *held])
        deadline = Deadline(min(WHOLE_SECONDS, self.deadline.left))

        def bound(number: int, units: list[int]) -> Fraction:
            return Fraction(most)

        try:
            found = round_units(narrower, values.tolist(), [self.goal], tie_break(program, 0), bound, deadline)
        except OutOfTimeError:
            return self.paid, most
        if not isinstance(found, Rounded) or narrower.broken(found.amounts):
            return self.paid, most
        could = max(self.paid, sum(found.amounts[column] for column in self.mine))
        return could, could if found.optimal else most

    def _held(self, number: int) -> list[Row]:
        """The rows that keep the goals up to the one of this number as good as they are in the plan."""
        labels = set(self.labels[1 : number + 1])
        count = sum(goal.label in labels for goal in self.ordered.goals)
        ordered = replace(
            self.ordered,
            goals=self.ordered.goals[:count],
            given={n: each for n, each in self.ordered.given.items() if n < count},
        )
        steps = [goal for goal, _ in steps_of(ordered)]
        if TAKEN_BACK not in labels:  # what was given up and not needed goes back only when all goals are settled
            steps = steps[: len(steps) - len(ordered.given)]
        return [
            replace(goal.held(self._least(goal)), name=f"as good {place}: {goal.name}")
            for place, goal in enumerate(steps)
        ]

    def _least(self, goal: Goal) -> Fraction:
        """What a goal comes to in whole units where it is as good as in the plan, or as much as is enough of it."""
        value = goal.value(self.made.amounts)
        return Fraction(floor(value)) if goal.enough is None else min(goal.enough, value)

    def _as_chosen(self) -> list[Row]:
        """What is all or nothing is as it is in the plan."""
        first = len(self.program.cells)
        first, rows = len(self.program.cells), list[Row]()
        for column, choice in enumerate(self.program.choices, first):
            here = Fraction(self.made.amounts[column])
            rows.append(Row(f"as chosen {choice.name}", ((column, 1),), here, here))
        return rows

    def _with_tidy(self, number: int) -> Program:
        """Once lines are tidied: no payer that the plan does not have, and no charge that falls below the smallest."""
        if TIDY not in self.labels[: number + 1]:
            return self.program
        smallest = self.program.case.proposal.smallest_charge // CENTS[self.program.case.proposal.unit]
        amounts, cells = self.made.amounts, self.program.cells
        paying = {(cell.award, cell.line) for cell, amount in zip(cells, amounts, strict=False) if amount}
        most = [
            0 if c < len(cells) and (cells[c].award, cells[c].line) not in paying else limit
            for c, limit in enumerate(self.program.most)
        ]
        charges: dict[tuple[str, str, int], list[int]] = {}
        for column, cell in enumerate(cells):
            charges.setdefault((cell.award, cell.line, cell.index), []).append(column)
        rows = [
            Row(f"no smaller {key}", tuple((column, 1) for column in columns), Fraction(smallest), None)
            for key, columns in charges.items()
            if sum(amounts[column] for column in columns) >= smallest
        ]
        return replace(self.program, most=most, rows=[*self.program.rows, *rows])
