"""The goals of a program one after another: each optimised, then held while the next one is, ties broken last.

With choices each goal is first an integer program; the choices are then fixed, and the whole sequence runs again as a
linear program, where goals are held exactly on their optimal faces. A goal that may give something up is held by a row
instead; when all goals are settled it gets back what none of those after it needs, the last goal first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor

import numpy as np

from braid.basics.errors import CheckFailed, Finding
from braid.engine.fairness import Floor, priced, raise_shares, raise_worst
from braid.engine.framing import Framed, Shares, framed
from braid.engine.goals import TIDY, choice_break, decides_needs, most_of, one_payer, tidy_after, tie_break
from braid.engine.program import Arrays, Floats, Goal, Program
from braid.engine.solve import Best, Deadline, Highs, InfeasibleError, OutOfTimeError, Solver, one_weight, room
from braid.engine.tidying import thinned, tidy

TAKEN_BACK = "taken back"
"""Stands after all goals where some may give something up: what none of them needed goes back."""
MOST_SALTS = 4
TOUCH = 1e-6
WHOLE = 1e-4
"""What a solver's value may be short of a whole unit."""
PRICED = 0.2
"""The part of the time that is left which the prices of shares may take."""


@dataclass
class Given:
    """What a goal that may fall gave up, in whole units of dollars where these are another sum than its own."""

    possible: float
    """The best when it was its turn."""
    left: float
    """What it could still get back."""
    to: dict[str, float] = field(default_factory=dict[str, float])
    """What each later goal took, by its name."""
    kept: float = 0.0
    """What it came to in the end, by its own sum."""

    def pay(self, name: str, left: float) -> None:
        """Note what a later goal took."""
        if self.left - left > WHOLE:
            self.to[name] = self.to.get(name, 0.0) + self.left - left
        self.left = min(self.left, left)


@dataclass(frozen=True)
class Ordered:
    """Values of cells and choices, and for each goal what it can at most reach when the goals before it are held."""

    goals: list[Goal]
    values: list[float]
    possible: list[float]
    finished: bool
    """Whether every priority was proven best in time."""
    fewest: int | None = None
    """For ``tidy``: the fewest payers that the search did not rule out."""
    floors: dict[int, list[Floor]] = field(default_factory=dict[int, list[Floor]])
    """For a goal with groups, by its number: what each group is raised to."""
    given: dict[int, Given] = field(default_factory=dict[int, Given])
    """For a goal that may give something up, by its number."""
    faces: dict[str, Arrays] = field(default_factory=dict[str, Arrays])
    """The program as it was bounded after each goal, by its label, ``tidy`` among them: what was still open then."""
    plain: Ordered | None = None
    """Where ``tidy`` is among the goals: the same without it. Whole units begin there, so that it costs nothing."""


def in_order(
    program: Program, goals: list[Goal], way: Solver, deadline: Deadline, *, needs_only: bool = False
) -> Ordered:
    """Every goal optimised and held in turn, ``tidy`` in its place among them.

    ``needs_only`` leaves out what says nothing of how much is met of each need: prices, and ``tidy`` after the last
    goal that does. Raises InfeasibleError where nothing keeps every row, OutOfTimeError where the time ran out
    before any answer.
    """
    decided = _decide(program, goals, way, deadline) if program.choices else None
    frame = framed(program, goals)
    if decided is not None:
        frame.arrays = frame.arrays.chosen(decided.values)

    def run(before: int | None) -> Ordered:
        try:
            ordered = _Run(program, goals, way, deadline, before=before, needs_only=needs_only).linear(frame, decided)
        except InfeasibleError:
            if decided is None:
                raise
            # the choices keep every row to their solver's tolerance, and not to its own once they are fixed
            again = _Run(program, goals, Highs(), deadline, before=before, needs_only=needs_only)
            ordered = again.linear(frame, decided)
        return ordered if decided is None else _as_decided(ordered, decided, way.slip)

    before = tidy_after(program)
    if needs_only:
        return run(before if decides_needs(goals[before:]) else None)
    plain = run(None)
    if before is None:
        return plain
    try:
        return replace(run(before), plain=plain)
    except OutOfTimeError:  # before anything was found with it: there is a plan, and it is not tidied
        return plain


def _as_decided(ordered: Ordered, decided: _Decided, slip: float) -> Ordered:
    """The linear programs' answer with what was possible before the choices were fixed."""
    possible = [_agreed(*pair, slip) for pair in zip(ordered.possible, decided.possible, strict=True)]
    given = {
        number: replace(
            given, possible=before.possible, to=before.to | {TIDY: given.to[TIDY]} if TIDY in given.to else before.to
        )
        for number, given in ordered.given.items()
        if (before := decided.given.get(number)) is not None
    }
    return replace(ordered, possible=possible, finished=ordered.finished and decided.finished, given=given)


def _agreed(linear: float, mixed: float, slip: float) -> float:
    """The linear program's own value, unless the integer program truly found more to be possible."""
    return linear if mixed - linear <= max(1e-3, slip, 1e-8 * abs(linear)) else mixed


def in_units(value: float) -> float:
    """A solver's value as the whole units that it stands for."""
    return float(floor(value + WHOLE))


def allowance(goal: Goal) -> Fraction:
    """By how much a goal's own sum may fall: by what it may give up, of what counts for most in it."""
    if goal.dollars is None:
        return Fraction(goal.give_up)
    return goal.give_up * max(
        (w / d for w, d in zip(goal.weights, goal.dollars, strict=True) if d), default=Fraction(1)
    )


# ------------------------------------------------------------------- choices


@dataclass(frozen=True)
class _Decided:
    values: Floats
    possible: list[float]
    finished: bool
    given: dict[int, Given]


def _decide(program: Program, goals: list[Goal], way: Solver, deadline: Deadline) -> _Decided:
    """The choices: every goal as an integer program, the former ones held, then people paid by one, then ties."""
    run = _Choosing(program, goals, way, deadline)
    finished = run.all()
    if run.values is None:
        raise InfeasibleError
    return _Decided(run.values[: program.columns], run.possible, finished, run.given)


class _Choosing:
    """The sequence of integer programs."""

    def __init__(self, program: Program, goals: list[Goal], way: Solver, deadline: Deadline) -> None:
        self.program, self.goals = program, goals
        self.frame = framed(program, goals, choosing=True)
        self.session = way.mixed(self.frame.arrays, deadline)
        self.possible = [most_of(program, goal) for goal in goals]
        self.values: Floats | None = None
        self.given: dict[int, Given] = {}

    def all(self) -> bool:
        """Every goal, what was given up and not needed taken back, then the ties; False where one is not proven."""
        proven = True
        try:
            for number, goal in enumerate(self.goals):
                proven = self._reach(number, goal) and proven
                former = list(self.given)
                if goal.give_up:
                    self.given[number] = self._loosely(number, goal)
                self._pay(goal, former)
            for number in reversed(self.given):
                proven = self._most(self.frame.weights[number]) and proven
                self._pay(self.goals[number], [earlier for earlier in self.given if earlier < number])
            for last in filter(None, (one_payer(self.program), choice_break(self.program))):
                weights = np.zeros(len(self.frame.arrays.column_upper))
                weights[: self.program.decisions] = last.floats
                self._most(weights)
        except (InfeasibleError, OutOfTimeError):
            if self.values is None:
                raise
            return False
        return proven

    def _pay(self, goal: Goal, former: list[int]) -> None:
        """Note what a goal took from former ones."""
        for earlier in former:
            self.given[earlier].pay(goal.label, self._best(self.frame.sum(earlier)))

    def _reach(self, number: int, goal: Goal) -> bool:
        """One goal as large as it can be, and held there; False where it is not proven to be the best."""
        if goal.groups:
            self.values, proven = raise_worst(self.session, self.frame.worst[number])
            return proven
        best = self._solve(self.frame.weights[number])
        reached = float(self.frame.weights[number] @ best.values)
        self.possible[number] = reached if best.proven else min(best.bound, self.possible[number])
        if not goal.give_up:
            self.session.hold(self.frame.weights[number], reached)
        return best.proven

    def _loosely(self, number: int, goal: Goal) -> Given:
        """Hold a goal just reached at less than its best, by its own sum and by dollars where they are another."""
        own, possible = self.frame.weights[number], self.possible[number]
        if goal.dollars is not None:
            dollars = self.frame.sum(number)
            possible = float(dollars @ self.session.maximise(dollars, above=(own, possible)).values)
        self.session.hold(own, in_units(self.possible[number]) - float(allowance(goal)))
        if goal.dollars is not None:
            self.session.hold(self.frame.sum(number), in_units(possible) - goal.give_up)
        return Given(possible, possible)

    def _most(self, weights: Floats) -> bool:
        best = self._solve(weights)
        self.session.hold(weights, float(weights @ best.values))
        return best.proven

    def _solve(self, weights: Floats) -> Best:
        best = self.session.maximise(weights)
        self.values = best.values
        return best

    def _best(self, weights: Floats) -> float:
        """What a sum could come to now."""
        return float(weights @ self.session.maximise(weights).values)


# ------------------------------------------------------------------- in turn


class _Run:
    """The sequence of linear programs."""

    def __init__(
        self,
        program: Program,
        goals: list[Goal],
        way: Solver,
        deadline: Deadline,
        *,
        before: int | None,
        needs_only: bool,
    ) -> None:
        self.program, self.goals, self.way, self.deadline = program, goals, way, deadline
        self.before, self.needs_only = before, needs_only
        self.possible: list[float] = []
        self.fewest: int | None = None
        self.floors: dict[int, list[Floor]] = {}
        self.given: dict[int, Given] = {}
        self.faces: dict[str, Arrays] = {}

    def linear(self, frame: Framed, decided: _Decided | None) -> Ordered:
        """Every goal in turn; where the time runs out, the last values stand and the rest is not finished."""
        self.frame, self.decided = frame, decided
        self.session = self.way.linear(frame.arrays, self.deadline)
        self.found = self.session.maximise(one_weight(self.program))
        try:
            for number, goal in enumerate([*self.goals, None]):
                if number == self.before:
                    self._settled(TIDY, self._tidy)
                if goal is not None:
                    self._settled(goal.label, lambda number=number, goal=goal: self._reach(number, goal))
            for number, given in reversed(self.given.items()):
                given.kept = float(self.frame.weights[number] @ self._solve(self.frame.weights[number]))
                self.session.hold()
                self._pay(self.goals[number].label, [earlier for earlier in self.given if earlier < number])
            if self.given:
                self.faces[TAKEN_BACK] = self.session.face().copied()
            self._break_ties()
        except (OutOfTimeError, InfeasibleError):  # or a face that the solver's last digits do not hold together
            return self._ordered(finished=not any(g.priority is not None for g in self.goals[len(self.possible) :]))
        return self._ordered(finished=True)

    def _ordered(self, finished: bool) -> Ordered:
        unreached = [most_of(self.program, goal) for goal in self.goals[len(self.possible) :]]
        values = self.found[: self.program.decisions].tolist()
        possible = self.possible + unreached
        return Ordered(self.goals, values, possible, finished, self.fewest, self.floors, self.given, self.faces)

    def _settled(self, name: str, settle: Callable[[], None]) -> None:
        """Settle one goal, note what it took from the former ones, and what it left open."""
        former = list(self.given)
        settle()
        self._pay(name, former)
        self.faces[name] = self.session.face().copied()

    def _pay(self, name: str, former: list[int]) -> None:
        """Note what a goal took from former ones."""
        for number in former:
            self.given[number].pay(name, self._best(self.frame.sum(number)))

    def _reach(self, number: int, goal: Goal) -> None:
        if goal.groups:
            before = self.session.face().copied()
            floors = raise_shares(self.session, self.frame.shares[number], goal)
            self.possible.append(100 * min(floor.least / float(floor.group.need) for floor in floors))
            self.floors[number] = floors if self.needs_only else self._priced(before, self.frame.shares[number], floors)
            return
        self.possible.append(float(self.frame.weights[number] @ self._solve(self.frame.weights[number])))
        self._unharmed()
        if goal.give_up:
            self.given[number] = self._loosely(number, goal)
        else:
            self.session.hold()

    def _priced(self, before: Arrays, shares: Shares, floors: list[Floor]) -> list[Floor]:
        """What each share costs elsewhere."""
        return priced(self.program, self.way, before, shares, floors, Deadline(self.deadline.left * PRICED))

    def _loosely(self, number: int, goal: Goal) -> Given:
        """Hold a goal just reached by rows, below its best by what it may give up.

        Where choices were made, its best is what was possible before they were.
        """
        scale, (own, *dollars) = float(self.frame.arrays.scale[0]), self.frame.rows[number]
        reached = possible = self.possible[number]
        if dollars:
            self.session.at_least(own, reached / scale - room(reached / scale))
            possible = self._best(self.frame.sum(number))
        best = possible
        if self.decided is not None and number in self.decided.given:
            reached, best = self.decided.possible[number], self.decided.given[number].possible
        self.session.at_least(own, (in_units(reached) - float(allowance(goal))) / scale)
        if dollars:
            self.session.at_least(dollars[0], (in_units(best) - goal.give_up) / scale)
        return Given(possible, possible)

    def _solve(self, weights: Floats) -> Floats:
        self.found = self.session.maximise(weights)
        return self.found

    def _best(self, weights: Floats) -> float:
        """What a sum could come to now."""
        return float(weights @ self.session.maximise(weights))

    def _tidy(self) -> None:
        """Narrow the session to the fewest payers that were found, and tell how many they are at best."""
        self.found, face = thinned(self.program, self.session, self.found), self.session.face()
        tidied = tidy(self.program, face, self.found, Deadline(self.deadline.left / 2))
        lower, upper = face.column_lower.copy(), face.column_upper.copy()
        dropped = sorted(tidied.dropped)
        upper[dropped] = lower[dropped]
        for column, least in tidied.at_least.items():
            lower[column] = max(lower[column], least)
        self.session.narrow(lower, upper)
        self.fewest = tidied.best

    def _break_ties(self) -> None:
        """The canonical tie-break, with the next salt while any column is still free."""
        for salt in range(MOST_SALTS):
            self._solve(tie_break(self.program, salt).floats / (1 << 20))
            settled = self.session.settled()
            self._unharmed()
            if settled:
                break
            self.session.hold()

    def _unharmed(self) -> None:
        """Make sure that no former goal fell, or no further than it may, while a later one was optimised.

        What passes hides no lost unit: whole amounts are held against what each goal reached at its turn (``possible``,
        ``Floor.least``), and a plan tells what they miss.
        """
        for number, value in enumerate(self.possible):
            goal, best = self.goals[number], value
            if self.decided is not None and goal.give_up:
                best = self.decided.possible[number]
            least = best - float(allowance(goal)) - (1 if goal.give_up else 0)
            found = float(self.frame.weights[number] @ self.found)
            fell = self._below(found, least, abs(value))
            if number in self.floors:
                fell = any(self._below(self._met(f), self._held_at(f), f.least) for f in self.floors[number])
            if fell:
                raise CheckFailed([Finding(goal.name, "a later goal lowered this one")])

    def _below(self, found: float, least: float, size: float) -> bool:
        """Whether a sum of this size is less than it may be, beyond what the solver can tell apart."""
        return found < least - max(self.way.slip, TOUCH * max(1.0, size))

    def _held_at(self, least: Floor) -> float:
        """Where the row that holds a share stands: a little below it."""
        scale = float(self.frame.arrays.scale[0])
        return least.least - room(least.least / scale) * scale

    def _met(self, least: Floor) -> float:
        return sum(float(weight) * self.found[column] for column, weight in least.group.cells)
