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
    short: Mapping[str, Fraction]
    spare: Mapping[str, int]
    """By matched award, units that could serve it and are not needed by any."""


@dataclass(frozen=True)
class Charges:
    """What is charged in whole units: direct cost, fringe by award, line and period, indirect by award and period."""

    paid: tuple[Payment, ...]
    fringe: Mapping[Line, int]
    indirect: Mapping[tuple[str, int], int]


def deal(case: Case, charges: Charges) -> Dealt:
    """Deal out what may serve, so that as much of what is needed is met as can be."""
    exact = _asked(case, charges)
    needed = {name: max(Fraction(0), asked - case.matchings[name].pledged) for name, asked in exact.items()}
    supply: dict[tuple[frozenset[str], Line], int] = defaultdict(int)
    for payment, units in zip(charges.paid, _with_fringe(charges), strict=True):
        may = frozenset(n for n in needed if case.serves(n, payment.award, payment.line, payment.days))
        if may:
            supply[may, (payment.award, payment.line, payment.index)] += units
    left: dict[frozenset[str], int] = defaultdict(int)
    for (may, _), units in supply.items():
        left[may] += units
    flow = _Flow(left)
    short = {name: asked - flow.serve(name, ceil(asked)) for name, asked in sorted(needed.items())}
    spare = {name: sum(units for may, units in left.items() if name in may) for name in exact}
    asked = {name: ceil(value) for name, value in exact.items()}
    return Dealt(tuple(_rows(flow, supply)), asked, {name: by for name, by in short.items() if by > 0}, spare)


def _asked(case: Case, charges: Charges) -> dict[str, Fraction]:
    """By matched award, what it is to be matched with: by what it is charged in whole units."""
    asked: dict[str, Fraction] = {}
    with_fringe = _with_fringe(charges)
    for name, matching in case.matchings.items():
        mine = [(each, units) for each, units in zip(charges.paid, with_fringe, strict=True) if each.award == name]
        draws = _indirect_of(case, [each for each, _ in mine])
        whole: dict[int, Fraction] = defaultdict(Fraction)
        for (each, _), draw in zip(mine, draws, strict=True):
            whole[each.index] += draw
        total = case.matched_before(name)
        for (each, units), draw in zip(mine, draws, strict=True):
            charged = charges.indirect.get((name, each.index), 0)
            indirect = draw * charged / whole[each.index] if whole[each.index] else Fraction(0)
            total += matching.ratio(each.days.start) * (units + indirect)
        asked[name] = total
    return asked


def _indirect_of(case: Case, mine: list[Payment]) -> list[Fraction]:
    """The exact indirect that each payment of one award draws; of an agreement only the first dollars do."""
    under = [case.proposal.cost(each.line).line.subaward for each in mine]
    rows = [
        Charged(agreement, case.counted(each.award, agreement), each.amount, (each.index, each.line, each.days))
        for agreement, each in zip(under, mine, strict=True)
    ]
    found: list[Fraction] = []
    for each, first in zip(mine, first_dollars(rows), strict=True):
        inside = case.per_dollar(each.award, each.line, each.index) * first
        beyond = case.per_dollar(each.award, each.line, each.index, beyond=True) * (each.amount - first)
        found.append(inside + beyond)
    return found


def _with_fringe(charges: Charges) -> list[int]:
    """Each payment with its part of the fringe that is charged on its line, the rounded parts added up."""
    whole: dict[Line, int] = defaultdict(int)
    for each in charges.paid:
        whole[each.award, each.line, each.index] += each.amount
    found: list[int] = []
    before: dict[Line, int] = defaultdict(int)
    for each in charges.paid:
        key = (each.award, each.line, each.index)
        fringe, after = charges.fringe.get(key, 0), before[key] + each.amount
        found.append(each.amount + fringe * after // whole[key] - fringe * before[key] // whole[key])
        before[key] = after
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
