"""The goals of a proposal as weights on columns, in their order, and the canonical tie-break."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from braid.basics.money import round_half_up
from braid.engine.program import Goal, Program
from braid.judge.case import Case

MOST_WEIGHT = 1 << 20
TIDY = "tidy"
"""The goal of whole amounts alone: fewest payers, no crumbs. It has no weights."""


def goals_of(program: Program) -> list[Goal]:
    """The goals of the proposal in their order, but for ``tidy``; ``fund`` is one goal for each priority, 1 first."""
    goals: list[Goal] = []
    for name in program.case.proposal.goals:
        if name == "fund":
            goals.extend(_fund(program))
        elif name != TIDY:
            goals.append(Goal(name, None, _padded(program, LATER[name](program))))
    return goals


def tidy_after(program: Program) -> int | None:
    """How many of ``goals_of`` come before ``tidy``; None where the proposal does not ask for it."""
    names = program.case.proposal.goals
    if TIDY not in names:
        return None
    priorities = len({activity.priority for activity in program.case.proposal.activities})
    before = names[: names.index(TIDY)]
    return len(before) + (priorities - 1 if "fund" in before else 0)


def _padded(program: Program, weights: Iterable[Fraction]) -> tuple[Fraction, ...]:
    """Weights of the cells, and none on choices."""
    return (*weights, *[Fraction(0)] * len(program.choices))


def _fund(program: Program) -> Iterator[Goal]:
    """The most need met of one priority after another, within each by weight."""
    activities = {cost.id: cost.activity for cost in program.case.proposal.costs}
    for priority in sorted({activity.priority for activity in program.case.proposal.activities}):
        weights = (
            (1 + fringe) * activities[cell.line].weight if activities[cell.line].priority == priority else Fraction(0)
            for cell, fringe in zip(program.cells, program.fringe, strict=True)
        )
        yield Goal("fund", priority, _padded(program, weights))


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
        yield charge if (cell.award, cell.pot, window) in ending else Fraction(0)


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
    "restricted-first": _restricted_first,
}


def tie_break(program: Program, salt: int) -> Goal:
    """The canonical tie-break: integer weights 1..2^20 from a hash of the ids, so that there is one answer."""
    names = (f"{salt}|{c.award}|{c.line}|{c.index}|{c.days}|{c.pot}{'|beyond' * c.beyond}" for c in program.cells)
    return Goal("canonical tie-break", None, _padded(program, map(hashed, names)))


def choice_break(program: Program) -> Goal:
    """The same among the choices."""
    weights = (hashed(f"choice|{choice.name}") for choice in program.choices)
    return Goal("canonical choice", None, (*[Fraction(0)] * len(program.cells), *weights))


def hashed(name: str) -> Fraction:
    """A number from 1 to 2^20 that belongs to a name."""
    return Fraction(1 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % MOST_WEIGHT)
