"""Match that is lacking for money already spent, made good as far as a plan can.

The program alone asks only that new charges make such a shortfall no worse. Here each row of it is raised to what
whole amounts that keep every other row have been found to bring, and no further than is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from braid.checks.judging import slack_before
from braid.engine.goals import tie_break
from braid.engine.program import Goal, Program, Row, arrays_of
from braid.engine.rounding import Impossible, round_units
from braid.engine.solve import Deadline, OutOfTimeError, Solver

ZERO = Fraction(0)


def make_good(program: Program, way: Solver, deadline: Deadline) -> Program:
    """The program with the rows of match that money already spent leaves short raised to what can be brought.

    Raises InfeasibleError where nothing keeps every row.
    """
    for name, short in list(_lacking(program)):
        row = next(row for row in program.rows if row.name == name)
        raised = replace(row, lower=min(short, _most(program, row, way, deadline)))
        program = replace(program, rows=[raised if each is row else each for each in program.rows])
    return program


def _lacking(program: Program) -> Iterator[tuple[str, Fraction]]:
    """By how much match is short before anything is charged, by the rows in which something can be done about it."""
    kinds = {limit.id for limit in program.case.limits if limit.kind == "match"}
    rows = {row.name for row in program.rows if any(value > 0 for _, value in row.entries)}
    for name, slack in slack_before(program.case).items():
        if slack < 0 and name in kinds & rows:
            yield name, -slack


def _most(program: Program, row: Row, way: Solver, deadline: Deadline) -> Fraction:
    """The most that whole amounts bring to a row beyond what they ask for themselves."""
    weights = [ZERO] * program.decisions
    for column, value in row.entries:
        weights[column] = Fraction(value)
    goal, arrays = Goal(row.name, 0, tuple(weights)), arrays_of(program)
    if program.choices:
        found = way.mixed(arrays, deadline).maximise(goal.floats).values[: program.decisions]
    else:
        found = way.linear(arrays, deadline).maximise(goal.floats)[: program.decisions]
    most = Fraction(float(goal.floats @ found)).limit_denominator(10**6)

    def possible(number: int, units: list[int]) -> Fraction:
        return most

    try:
        whole = round_units(program, found.tolist(), [goal], tie_break(program, 0), possible, deadline)
    except OutOfTimeError:
        return ZERO
    return ZERO if isinstance(whole, Impossible) else max(ZERO, *whole.values)
