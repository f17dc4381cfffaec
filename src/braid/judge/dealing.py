"""Which whole dollars serve as match for which award: each dollar once, direct cost and the fringe charged on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from braid.basics.fiscal import Interval
from braid.judge.case import Case
from braid.judge.subawards import Charged, first_dollars

Line = tuple[str, str, int]
"""An award, a line that it pays, and the number of the period."""


@dataclass(frozen=True)
class Payment:
    """Direct cost in whole units that an award pays on a line for costs of some days."""

    award: str
    line: str
    index: int
    days: Interval
    amount: int


@dataclass(frozen=True)
class Served:
    """Whole units of what an award pays on a line in a period that serve as match for another."""

    award: str
    paid_by: str
    line: str
    index: int
    amount: int


@dataclass(frozen=True)
class Dealt:
    """What serves for what, and by how much each award's match falls short in whole units."""

    served: tuple[Served, ...]
    asked: Mapping[str, int]
    """By matched award, what it is to be matched with on what it is charged."""
    short: Mapping[str, int]
    spare: Mapping[str, int]
    """By matched award, units that could serve it and are not needed by any."""


def deal(case: Case, paid: Iterable[Payment], fringe: Mapping[Line, int]) -> Dealt:
    """Deal out what may serve, so that as much of what is needed is met as can be."""
    paid = tuple(paid)
    asked = _asked(case, paid)
    needed = {name: max(0, units - case.matchings[name].pledged) for name, units in asked.items()}
    supply: dict[tuple[frozenset[str], Line], int] = defaultdict(int)
    for payment, units in zip(paid, _with_fringe(paid, fringe), strict=True):
        may = frozenset(n for n in needed if case.serves(n, payment.award, payment.line, payment.days))
        if may:
            supply[may, (payment.award, payment.line, payment.index)] += units
    left: dict[frozenset[str], int] = defaultdict(int)
    for (may, _), units in supply.items():
        left[may] += units
    flow = _Flow(left)
    short = {name: units - flow.serve(name, units) for name, units in sorted(needed.items())}
    spare = {name: sum(units for may, units in left.items() if name in may) for name in asked}
    return Dealt(tuple(_rows(flow, supply)), asked, {name: units for name, units in short.items() if units}, spare)


def _asked(case: Case, paid: tuple[Payment, ...]) -> dict[str, int]:
    """By matched award, what it is to be matched with in whole units, rounded up: by what it is charged, exactly."""
    asked: dict[str, int] = {}
    for name, matching in case.matchings.items():
        mine = [each for each in paid if each.award == name]
        charges = zip(mine, _charges(case, mine), strict=True)
        new = sum((matching.ratio(each.days.start) * charge for each, charge in charges), Fraction(0))
        asked[name] = ceil(new + case.matched_before(name))
    return asked


def _charges(case: Case, mine: list[Payment]) -> list[Fraction]:
    """What each payment of one award charges, on-costs included, of an agreement as far as they count."""
    under = [case.proposal.cost(each.line).line.subaward for each in mine]
    rows = [
        Charged(agreement, case.counted(x.award, agreement), x.amount, (x.index, x.line, x.days))
        for agreement, x in zip(under, mine, strict=True)
    ]
    found: list[Fraction] = []
    for each, first in zip(mine, first_dollars(rows), strict=True):
        fringe = case.proposal.cost(each.line).fringe * each.amount
        inside = case.per_dollar(each.award, each.line, each.index) * first
        beyond = case.per_dollar(each.award, each.line, each.index, beyond=True) * (each.amount - first)
        found.append(each.amount + fringe + inside + beyond)
    return found


def _with_fringe(paid: tuple[Payment, ...], fringe: Mapping[Line, int]) -> list[int]:
    """Each payment with its part of the fringe that is charged on its line, rounded down."""
    whole: dict[Line, int] = defaultdict(int)
    for each in paid:
        whole[each.award, each.line, each.index] += each.amount
    found: list[int] = []
    for each in paid:
        key = (each.award, each.line, each.index)
        found.append(each.amount + fringe.get(key, 0) * each.amount // whole[key])
    return found


class _Flow:
    """Units from sets of dollars that serve the same awards to the awards, moved on where another needs them more."""

    def __init__(self, left: dict[frozenset[str], int]) -> None:
        self.left = left
        self.given: dict[tuple[frozenset[str], str], int] = defaultdict(int)

    def serve(self, name: str, units: int) -> int:
        """Give an award so many units, or as many as there are; returns how many."""
        given = 0
        while given < units and (path := self._path(name)):
            step = min(units - given, self.left[path[-1][0]], *(self.given[link] for link in path[:-1]), units)
            self.left[path[-1][0]] -= step
            taker = name
            for dollars, giver in path:
                self.given[dollars, taker] += step
                if giver:
                    self.given[dollars, giver] -= step
                taker = giver
            given += step
        return given

    def _path(self, name: str) -> list[tuple[frozenset[str], str]]:
        """From an award to dollars that are left, by way of awards that can take others instead."""
        ways: list[tuple[str, list[tuple[frozenset[str], str]]]] = [(name, [])]
        seen = {name}
        for award, way in ways:
            mine = sorted((dollars for dollars in self.left if award in dollars), key=sorted)
            for dollars in mine:
                if self.left[dollars]:
                    return [*way, (dollars, "")]
            for dollars in mine:
                for other in sorted(dollars - seen):
                    if self.given[dollars, other]:
                        seen.add(other)
                        ways.append((other, [*way, (dollars, other)]))
        return []


def _rows(flow: _Flow, supply: Mapping[tuple[frozenset[str], Line], int]) -> Iterable[Served]:
    """What each line's payer gives to each award, in the order of ids."""
    due = dict(flow.given)
    found: dict[tuple[str, Line], int] = defaultdict(int)
    for (may, key), units in sorted(supply.items(), key=lambda pair: (pair[0][1], sorted(pair[0][0]))):
        left = units
        for name in sorted(may):
            step = min(left, due.get((may, name), 0))
            if step:
                due[may, name] -= step
                left -= step
                found[name, key] += step
    return (Served(name, *key, amount) for (name, key), amount in sorted(found.items()))
