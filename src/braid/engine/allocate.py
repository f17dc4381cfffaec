"""The story of one allocation: program, goals in order, whole units, charges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from time import perf_counter

from braid.basics.errors import CheckFailed, Finding
from braid.engine.charging import Charges, charges_of
from braid.engine.fairness import Floor
from braid.engine.framing import holding
from braid.engine.goals import PER_DOLLAR, RESTRICTED, goals_of, tidy_after, tie_break
from braid.engine.in_order import Given, Ordered, allowance, in_order, in_units
from braid.engine.making_good import make_good
from braid.engine.program import Goal, Group, Program
from braid.engine.rounding import Impossible, round_units
from braid.engine.rows import compile_case, program_of
from braid.engine.settling import Settled, settled_by
from braid.engine.solve import Deadline, Highs, InfeasibleError, Solver, solver_named
from braid.engine.sweeping import Tidying
from braid.engine.tidying import payers_of
from braid.judge.case import Case

Progress = Callable[[str], None]
NEAR = 1e-4
"""What a solver's value may be short of a whole unit."""
SEEING = 0.25
"""The part of the time then left which it may take to see what each goal settled."""
FINE = 100
"""Cells up to which the bounds of later priorities are worked out anew after rounding."""
LINEAR = 0.6
"""The part of the time that the goals may take; the rest is for whole units."""


@dataclass(frozen=True)
class Raised:
    """The share of a group: what of its payable need is met, when that was settled, and what it costs elsewhere."""

    group: str
    need: Fraction
    met: Fraction
    in_whole: int
    """What it could be raised to in fractions of a unit, rounded down."""
    round: int
    price: int | None


@dataclass(frozen=True)
class GoalValue:
    """What a goal reached in whole units, and what at most it could reach in fractions."""

    name: str
    priority: int | None
    value: Fraction
    possible: Fraction
    best: Fraction | None = None
    """In dollars, where the goal may give something up: its best when it was its turn."""
    given: tuple[tuple[str, Fraction], ...] = ()
    """What each later goal took of it, by the name of that goal."""
    raised: tuple[Raised, ...] = ()
    """For a goal with groups: the share of each, the first settled first."""


@dataclass(frozen=True)
class Allocation:
    """Whole amounts by cell with all charges, goal values and how sure they are.

    ``status`` is ``optimal``, ``feasible`` (whole units lost more than C2 allows, or the time ran out), ``fractions``
    (no whole amounts keep ``row``) or ``conflict`` (nothing keeps every requirement).
    """

    status: str
    program: Program
    amounts: list[int]
    charges: Charges
    goals: tuple[GoalValue, ...]
    solver: str
    row: str = ""
    short: Fraction = Fraction(0)
    """For ``fractions``: how much of the row cannot be placed."""
    seconds: dict[str, float] | None = None
    settled: tuple[Settled, ...] = ()
    """What each goal settled, the tie-break last; nothing where there was no time to see."""
    fewest: int | None = None
    """For ``tidy``: the fewest payers of lines, summed up, that the search did not rule out."""
    ordered: Ordered | None = None
    """The goals in order, and the program as each of them left it; None where there is no plan."""


def quiet(_: str) -> None:
    """Progress that tells nobody."""


def allocate(
    case: Case,
    *,
    seconds: float = 120.0,
    progress: Progress = quiet,
    solver: str = "highs",
    seeing: bool = True,
) -> Allocation:
    """The best plan of a case, goal by goal, in whole units.

    ``solver`` is ``highs``, ``cbc`` or ``pulp:NAME``; ``seeing`` finds out what each goal settled. Raises SolverError
    where the solver is missing or has no answer in time.
    """
    clock = _Clock()
    way = solver_named(solver) or Highs()
    progress("setting up")
    program = compile_case(case)
    clock.lap("build")
    nothing = Charges((), (), ())
    if any(not row.entries for row in program.rows):  # only a requirement that nobody can pay has a row without entries
        return Allocation("conflict", program, [], nothing, (), way.name, seconds=clock.laps)
    if not program.cells:
        none = tuple(GoalValue(goal.name, goal.priority, Fraction(0), Fraction(0)) for goal in goals_of(program))
        return Allocation("optimal", program, [], nothing, none, way.name, seconds=clock.laps)
    progress("finding the best plan")
    try:
        program = make_good(program, way, Deadline(seconds * LINEAR))
        ordered = in_order(program, goals_of(program), way, Deadline(seconds * LINEAR))
    except InfeasibleError:
        clock.lap("solve")
        return Allocation("conflict", program, [], nothing, (), way.name, seconds=clock.laps)
    clock.lap("solve")
    progress("rounding to whole units")
    left = Deadline(max(seconds - sum(clock.laps.values()), seconds * 0.2))
    return _in_units(program, ordered, way, clock, left, seeing=seeing)


def nothing(case: Case, solver: str = "highs") -> Allocation:
    """The allocation of a case whose requirements are known to be in conflict before anything is solved."""
    way = solver_named(solver) or Highs()
    return Allocation("conflict", program_of(case)[0], [], Charges((), (), ()), (), way.name, seconds={})


def _in_units(
    program: Program, ordered: Ordered, way: Solver, clock: _Clock, deadline: Deadline, *, seeing: bool
) -> Allocation:
    """The plan in whole units, with its charges."""
    slip = Fraction(way.slip).limit_denominator(10**9)
    plain = ordered.plain or ordered
    steps = list(steps_of(plain))
    bounds = [goal.enough if goal.enough is not None else _bound(most) + slip for goal, most in steps]
    bound = _Bound(program, [goal for goal, _ in steps], bounds, way, deadline)
    rounded = round_units(program, plain.values, bound.goals, tie_break(program, 0), bound, deadline)
    clock.lap("round")
    if isinstance(rounded, Impossible):
        return Allocation(
            "fractions", program, [], Charges((), (), ()), (), way.name, rounded.row, rounded.short, clock.laps
        )
    amounts = rounded.amounts
    if ordered.plain is not None:
        amounts = _tidied(program, ordered, amounts, deadline)
        clock.lap("tidy")
    _insist(program, amounts)
    charges = charges_of(program.case, program.cells, amounts[: len(program.cells)])
    clock.lap("charge")
    reached = tuple(
        replace(_value(ordered, number, amounts), possible=_bound(ordered.possible[number]) + slip)
        for number in range(len(ordered.goals))
    )
    settled = settled_by(program, ordered, Deadline(deadline.left * SEEING)) if seeing else ()
    clock.lap("see")
    status = "optimal" if rounded.optimal and ordered.finished and plain.finished else "feasible"
    return Allocation(
        status,
        program,
        amounts,
        charges,
        reached,
        way.name,
        seconds=clock.laps,
        settled=settled,
        fewest=ordered.fewest,
        ordered=ordered,
    )


def _tidied(program: Program, ordered: Ordered, amounts: list[int], deadline: Deadline) -> list[int]:
    """The whole plan with fewer payers and crumbs: each goal before ``tidy`` is at least what it is without that.

    The goals after it then win what they may.
    """
    before = tidy_after(program) or 0
    kept = [
        each.held(each.value(amounts))
        for goal in ordered.goals[:before]
        for each in ([goal] if not goal.groups else [_share(goal, group) for group in goal.groups])
    ]
    tidying = Tidying(program, amounts, kept, deadline)
    tidying.spare(payers_of(program, ordered.values))
    tidying.sweep()
    for goal, _ in steps_of(ordered, before):
        tidying.improve(goal)
    return tidying.amounts


def _bound(value: float) -> Fraction:
    return Fraction(value).limit_denominator(10**6)


def _value(ordered: Ordered, number: int, amounts: list[int]) -> GoalValue:
    """What a goal came to in whole units."""
    goal, given = ordered.goals[number], ordered.given.get(number)
    raised = tuple(
        Raised(
            floor_.group.name,
            floor_.group.need,
            sum((weight * amounts[column] for column, weight in floor_.group.cells), Fraction(0)),
            int(in_units(floor_.least)),
            floor_.round,
            None if floor_.price is None else floor(floor_.price + NEAR),
        )
        for floor_ in ordered.floors.get(number, ())
    )
    best = Fraction(floor(given.possible + NEAR)) if given is not None else None
    took = tuple(_took(goal, given, amounts)) if given is not None else ()
    value = min((each.met / each.need for each in raised), default=Fraction(0)) if raised else goal.value(amounts)
    return GoalValue(goal.name, goal.priority, value, Fraction(0), best, took, raised)


def _took(goal: Goal, given: Given, amounts: list[int]) -> Iterator[tuple[str, Fraction]]:
    """What each later goal took, in dollars: all of it together is what the plan in whole units comes to less."""
    per_dollar = PER_DOLLAR if goal.name == RESTRICTED else 1
    dollars = goal if goal.dollars is None else replace(goal, weights=goal.dollars)
    left = max(Fraction(0), floor(given.possible + NEAR) - dollars.value(amounts)) / per_dollar
    for place, (name, amount) in enumerate(given.to.items(), 1):
        part = left if place == len(given.to) else min(left, Fraction(round(100 * amount / per_dollar), 100))
        left -= part
        yield name, part


def steps_of(ordered: Ordered, first: int = 0) -> Iterator[tuple[Goal, float]]:
    """The goals as whole amounts reach them, each with what is possible: shares group by group, then as they were held.

    A goal that may give something up is held below its best, and takes back at the end what it can. ``first`` is the
    number of the goal with which they begin.
    """
    for number in range(first, len(ordered.goals)):
        goal, possible = ordered.goals[number], ordered.possible[number]
        given = ordered.given.get(number)
        for floor_ in ordered.floors.get(number, ()):
            yield _step(goal, floor_), floor_.least
        yield from _next_units(goal, ordered.floors.get(number, ()))
        if given is not None:
            yield replace(goal, enough=Fraction(in_units(possible)) - allowance(goal)), possible
            if goal.dollars is not None:
                enough = Fraction(in_units(given.possible)) - goal.give_up
                yield replace(goal, weights=goal.dollars, dollars=None, enough=enough), given.possible
        elif not goal.groups:
            yield goal, possible
    for number, given in reversed(ordered.given.items()):
        if number >= first:
            yield ordered.goals[number], given.kept


def _next_units(goal: Goal, floors: Iterable[Floor]) -> Iterator[tuple[Goal, float]]:
    """Of the units that whole shares leave over, one more for each group whose share has a part of one, worst first."""
    parts = [each for each in floors if each.least - in_units(each.least) > NEAR]
    for each in sorted(parts, key=lambda each: (in_units(each.least) / float(each.group.need), each.group.name)):
        yield _step(goal, replace(each, least=in_units(each.least) + 1)), in_units(each.least) + 1


def _step(goal: Goal, least: Floor) -> Goal:
    """A group's share as a goal of its own, reached where the whole units of its share are."""
    return replace(_share(goal, least.group), enough=Fraction(in_units(least.least)))


def _share(goal: Goal, group: Group) -> Goal:
    """What is met of one group, as a goal of its own."""
    weights = [Fraction(0)] * len(goal.weights)
    for column, weight in group.cells:
        weights[column] = weight
    return Goal(f"{goal.name}: {group.name}", None, tuple(weights))


class _Bound:
    """What the linear program allows a goal when the goals before it are held at whole units.

    Rounding a priority down frees money for the next; on programs of up to ``FINE`` cells that is worked out, on
    larger ones the value of the first pass stands (C2).
    """

    def __init__(
        self, program: Program, goals: list[Goal], bounds: list[Fraction], way: Solver, deadline: Deadline
    ) -> None:
        self.program, self.goals, self.bounds, self.way, self.deadline = program, goals, bounds, way, deadline
        self._known: dict[tuple[int, ...], Fraction] = {}

    def __call__(self, number: int, units: list[int]) -> Fraction:
        lost = any(unit < bound - Fraction(2, 10**6) for unit, bound in zip(units, self.bounds, strict=False))
        if not lost or self.goals[number].enough is not None or len(self.program.cells) > FINE or self.deadline.passed:
            return self.bounds[number]
        key = (number, *units)
        if key not in self._known:
            held = [goal.held(Fraction(unit)) for goal, unit in zip(self.goals, units, strict=False)]
            arrays, weights = holding(self.program, held, self.goals[number])
            if self.program.choices:
                found = self.way.mixed(arrays, self.deadline).maximise(weights).values
            else:
                found = self.way.linear(arrays, self.deadline).maximise(weights)
            value = float(weights @ found)
            self._known[key] = Fraction(value).limit_denominator(10**6) + Fraction(1, 10**6)
        return self._known[key]


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = perf_counter()

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.laps[name] = now - self._since
        self._since = now


def _insist(program: Program, amounts: list[int]) -> None:
    broken = program.broken(amounts)
    if broken:
        raise CheckFailed([Finding(row.name, "the rounding broke this row") for row in broken])
