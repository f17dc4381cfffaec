"""The goals of a proposal as weights on columns, in their order, and the canonical tie-break."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

from braid.basics.fiscal import Interval, join
from braid.basics.money import round_half_up
from braid.engine.program import Goal, Group, Program, UpTo
from braid.judge.case import Case
from braid.judge.funds import CENTS
from braid.proposal import GoalName, WantedGoal

MOST_WEIGHT = 1 << 20
TIDY: GoalName = "tidy"
"""The goal of whole amounts alone: fewest payers, no crumbs. It has no weights."""
RESTRICTED: GoalName = "restricted-first"
PER_DOLLAR = 100
"""By how much the sum of ``restricted-first`` is larger than what is told of it: its weights are per cent."""
ZERO = Fraction(0)


def goals_of(program: Program) -> list[Goal]:
    """The goals of the proposal in their order, but for ``tidy``; ``fund`` is one goal for each priority, 1 first."""
    wanted = program.case.proposal.goals
    return [goal for each in wanted if each.goal != TIDY for goal in _goals(program, each)]


def tidy_after(program: Program) -> int | None:
    """How many of ``goals_of`` come before ``tidy``; None where the proposal does not ask for it."""
    names = [wanted.goal for wanted in program.case.proposal.goals]
    if TIDY not in names:
        return None
    priorities = len({activity.priority for activity in program.case.proposal.activities})
    before = names[: names.index(TIDY)]
    return len(before) + (priorities - 1 if "fund" in before else 0)


def decides_needs(goals: Sequence[Goal]) -> bool:
    """Whether one of some goals decides how much of the needs is met."""
    return any(goal.priority is not None or goal.groups for goal in goals)


def _goals(program: Program, wanted: WantedGoal) -> Iterator[Goal]:
    """What one goal of the proposal is in the program."""
    units = wanted.give_up // CENTS[program.case.proposal.unit]
    if wanted.goal == "fund":
        yield from _fund(program, units)
    elif wanted.goal == "fairness":
        nothing = _padded(program, [ZERO] * len(program.cells))
        yield Goal(wanted.label, None, nothing, groups=groups_of(program, wanted.over or ""))
    elif wanted.goal == "stay-close":
        weights = _padded(program, [Fraction(-1)] * len(program.cells))
        yield Goal(wanted.label, None, weights, tuple(_kept(program)), give_up=units)
    else:
        weights = _outcomes(program, wanted) if wanted.goal == "outcomes" else LATER[wanted.goal](program)
        per_dollar = PER_DOLLAR if wanted.goal == RESTRICTED else 1
        yield Goal(wanted.label, None, _padded(program, weights), give_up=units * per_dollar)


def _padded(program: Program, weights: Iterable[Fraction]) -> tuple[Fraction, ...]:
    """Weights of the cells, and none on choices."""
    return (*weights, *[ZERO] * len(program.choices))


def _fund(program: Program, give_up: int) -> Iterator[Goal]:
    """The most need met of one priority after another, within each by weight."""
    activities = {cost.id: cost.activity for cost in program.case.proposal.costs}
    for priority in sorted({activity.priority for activity in program.case.proposal.activities}):
        dollars = [
            1 + fringe if activities[cell.line].priority == priority else ZERO
            for cell, fringe in zip(program.cells, program.fringe, strict=True)
        ]
        weights = [each * activities[cell.line].weight for cell, each in zip(program.cells, dollars, strict=True)]
        apart = _padded(program, dollars) if weights != dollars else None
        yield Goal("fund", priority, _padded(program, weights), give_up=give_up, dollars=apart)


def _outcomes(program: Program, wanted: WantedGoal) -> Iterator[Fraction]:
    """Published benefit, counted in dollars at the least that one unit of the measure costs anywhere."""
    least = cheapest(program.case, wanted)
    activities = {cost.id: cost.activity for cost in program.case.proposal.costs}
    for cell, fringe in zip(program.cells, program.fringe, strict=True):
        outcome = activities[cell.line].outcome
        counts = outcome is not None and wanted.measure in {None, outcome.measure}
        yield (1 + fringe) * Fraction(least, outcome.dollars_per_unit) if counts and outcome else ZERO


def cheapest(case: Case, wanted: WantedGoal) -> int:
    """The least that one unit of the measure costs in any activity, in cents."""
    outcomes = (activity.outcome for activity in case.proposal.activities if activity.outcome is not None)
    return min(each.dollars_per_unit for each in outcomes if wanted.measure in {None, each.measure})


def _kept(program: Program) -> Iterator[UpTo]:
    """What is kept of the former plan: of each award, line and period up to what it paid.

    Twice what is kept, less all that is paid, is the former plan's sum less the distance from it.
    """
    cells: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for column, cell in enumerate(program.cells):
        cells[cell.award, cell.line, cell.index].append(column)
    for key, amount in sorted(program.case.former.items()):
        if amount and key in cells:
            yield UpTo(tuple(cells[key]), amount, Fraction(2))


def groups_of(program: Program, over: str) -> tuple[Group, ...]:
    """The places, populations or activities with payable need, by name, and what each dollar meets of theirs."""
    costs = {cost.id: cost for cost in program.case.proposal.costs}
    cells: dict[str, list[tuple[int, Fraction]]] = defaultdict(list)
    days: dict[tuple[str, int], list[Interval]] = defaultdict(list)
    for column, (cell, fringe) in enumerate(zip(program.cells, program.fringe, strict=True)):
        days[cell.line, cell.index].append(cell.days)
        for name in costs[cell.line].groups(over):
            cells[name].append((column, 1 + fringe))
    need: dict[str, Fraction] = defaultdict(Fraction)
    for key, covered in days.items():
        for name in costs[key[0]].groups(over):
            need[name] += (1 + costs[key[0]].fringe) * _payable(program.case, key, covered)
    return tuple(Group(name, tuple(cells[name]), need[name]) for name in sorted(cells) if need[name])


def _payable(case: Case, key: tuple[str, int], covered: list[Interval]) -> int:
    """Of the direct cost of a need, what arises on days that some award may pay."""
    need = case.need[key]
    return need.direct if need.once else sum(need.room(days) for days in join(covered))


def _sooner(program: Program) -> Iterator[Fraction]:
    """Earlier periods first: dollars of need met times the periods left, this one included."""
    left = len(program.case.proposal.periods)
    return ((1 + f) * (left - cell.index) for cell, f in zip(program.cells, program.fringe, strict=True))


def _expiring_first(program: Program) -> Iterator[Fraction]:
    """The most charged, on-costs included, to money that ends by the calendar's last day."""
    funds, stop = program.case.funds, program.case.proposal.fiscal.days.stop
    ending = {
        (award, pot.number, window)
        for award, found in funds.items()
        for pot in found.pots
        for window in pot.windows
        if min(window.stop, pot.orders_end) <= stop
    }
    for cell, charge in zip(program.cells, program.charge, strict=True):
        windows = funds[cell.award].pots[cell.pot].windows
        window = next(window for window in windows if cell.days.within(window))
        yield charge if (cell.award, cell.pot, window) in ending else ZERO


def _restricted_first(program: Program) -> Iterator[Fraction]:
    """The least flexible money first: as little as can be of charge times flexibility in per cent."""
    flexibility = flexibility_of(program.case)
    return (-charge * flexibility[cell.award] for cell, charge in zip(program.cells, program.charge, strict=True))


def flexibility_of(case: Case) -> dict[str, int]:
    """The share of all need that each award may pay, in whole per cent."""
    whole = sum(need.total for need in case.needs)
    payable = {(cell.award, cell.line, cell.index) for cell in case.cells}
    reach = {award: sum(need.total for need in case.needs if (award, *need.key) in payable) for award in case.terms}
    return {award: round_half_up(Fraction(100 * total, whole)) if whole else 0 for award, total in reach.items()}


LATER: dict[str, Callable[[Program], Iterable[Fraction]]] = {
    "sooner": _sooner,
    "expiring-first": _expiring_first,
    RESTRICTED: _restricted_first,
}


def most_of(program: Program, goal: Goal) -> float:
    """What a goal could reach if nothing but each need bounded it: a bound that always holds."""
    met: dict[tuple[str, int], float] = {}
    for weight, cell, each in zip(goal.floats, program.cells, program.most, strict=False):
        key = (cell.line, cell.index)
        met[key] = max(met.get(key, 0.0), float(weight) * float(each))
    return sum(met.values()) + float(sum(part.weight * part.most for part in goal.up_to))


def tie_break(program: Program, salt: int) -> Goal:
    """The canonical tie-break: integer weights 1..2^20 from a hash of the ids, so that there is one answer."""
    names = (f"{salt}|{c.award}|{c.line}|{c.index}|{c.days}|{c.pot}{'|beyond' * c.beyond}" for c in program.cells)
    return Goal("canonical tie-break", None, _padded(program, map(hashed, names)))


def one_payer(program: Program) -> Goal | None:
    """Of what choices leave open, the most people whom one award pays alone; None where ``tidy`` is not asked for."""
    weights = tuple(Fraction(choice.one_payer) for choice in program.choices)
    if not any(weights) or tidy_after(program) is None:
        return None
    return Goal("one payer", None, (*[ZERO] * len(program.cells), *weights))


def choice_break(program: Program) -> Goal:
    """The same among the choices."""
    weights = (hashed(f"choice|{choice.name}") for choice in program.choices)
    return Goal("canonical choice", None, (*[ZERO] * len(program.cells), *weights))


def hashed(name: str) -> Fraction:
    """A number from 1 to 2^20 that belongs to a name."""
    return Fraction(1 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % MOST_WEIGHT)
