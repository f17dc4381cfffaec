"""Whether some of a case's limits can hold together, asked again and again: the ground on which conflicts are found.

Columns are bounded by the limits alone here, so that a limit that is left out truly lets go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from braid.engine.goals import tie_break
from braid.engine.moving import no_goal
from braid.engine.program import INFINITE, Floats, Program, Row, arrays_of
from braid.engine.rounding import Impossible, round_units
from braid.engine.rows import program_of
from braid.engine.solve import Deadline, Highs, InfeasibleError, OutOfTimeError
from braid.judge.case import Case
from braid.judge.limit import Limit

MOST_SECONDS = 10.0
"""For one question; a question without an answer in time counts as possible."""
WHOLE_SECONDS = 3.0
"""For whole amounts that answer it as well."""


@dataclass(frozen=True)
class _Answer:
    """Whether rows can hold together, and values that keep them: none where nothing was solved for, or in time."""

    possible: bool
    values: Floats | None = None


class Possible:
    """Asks which limits can hold together, in fractions of a unit and with whole choices.

    ``always``: rows over the columns of the case's program that hold whatever is asked.
    """

    def __init__(self, case: Case, deadline: Deadline, always: Sequence[Row] = ()) -> None:
        self.deadline, self.always = deadline, tuple(always)
        self.program, self._builder = program_of(case)
        self._rows = {limit.id: list(self._builder.rows(limit)) for limit in case.limits}
        self.names = tuple(name for name, rows in self._rows.items() if rows)
        """The limits that do not hold by themselves."""
        self._known: dict[frozenset[str], bool] = {}

    def together(self, names: Collection[str]) -> bool:
        """Whether the limits of these names can hold together."""
        key = frozenset(names)
        if key not in self._known:
            self._known[key] = self._solve([row for name in names for row in self._rows[name]])
        return self._known[key]

    def with_changed(self, names: Collection[str], *changed: Limit) -> bool:
        """The same with some limits, which need not be among them, at other bounds."""
        return self._solve(self._rows_with(names, changed))

    def in_units(self, names: Collection[str], *changed: Limit) -> bool:
        """The same in whole units; a question without an answer in time counts as possible."""
        rows = self._rows_with(names, changed)
        program = replace(self.program, rows=[*rows, *self.always])
        answer = self._answer(program, rows)
        if not answer.possible or answer.values is None:
            return answer.possible
        deadline = Deadline(min(WHOLE_SECONDS, self.deadline.left))

        def bound(number: int, units: list[int]) -> Fraction:
            return Fraction(0)

        floats = answer.values[: program.decisions].tolist()
        try:
            found = round_units(program, floats, [no_goal(program)], tie_break(program, 0), bound, deadline)
        except OutOfTimeError:
            return True
        return not isinstance(found, Impossible)

    def _rows_with(self, names: Collection[str], changed: Sequence[Limit]) -> list[Row]:
        others = {limit.id for limit in changed}
        rows = [row for name in names if name not in others for row in self._rows[name]]
        return rows + [row for limit in changed for row in self._builder.rows(limit)]

    def _solve(self, rows: list[Row]) -> bool:
        return self._answer(replace(self.program, rows=[*rows, *self.always]), rows).possible

    def _answer(self, program: Program, rows: list[Row]) -> _Answer:
        """Whether a program with these rows has values, which; a search that runs out of time counts as possible."""
        if any(not row.entries for row in rows) or not self.program.decisions:
            return _Answer(not rows)
        arrays = arrays_of(program)
        arrays.column_upper[: len(program.cells)] = INFINITE
        for column, choice in enumerate(program.choices, len(program.cells)):
            if not choice.either_or:
                arrays.column_upper[column] = INFINITE
        deadline = Deadline(min(MOST_SECONDS, self.deadline.left))
        nothing = np.zeros(program.decisions)
        try:
            if program.choices:
                return _Answer(True, Highs().mixed(arrays, deadline).maximise(nothing).values)
            return _Answer(True, Highs().linear(arrays, deadline).maximise(nothing))
        except InfeasibleError:
            return _Answer(False)
        except OutOfTimeError:
            return _Answer(True)


def smallest(names: Sequence[str], together: Callable[[Sequence[str]], bool]) -> list[str]:
    """A smallest set of names that cannot hold together, of those that cannot (halving, then each half anew).

    >>> smallest(["a", "b", "c", "d"], lambda some: not {"b", "d"} <= set(some))
    ['b', 'd']
    """

    def within(ground: list[str], some: list[str], known: bool) -> list[str]:
        if known and not together(ground):
            return []
        if len(some) == 1:
            return some
        half = len(some) // 2
        first, second = some[:half], some[half:]
        of_second = within([*ground, *first], second, bool(first))
        return [*within([*ground, *of_second], first, bool(of_second)), *of_second]

    return within([], list(names), known=False)
