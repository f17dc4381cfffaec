"""On-costs of a period spread over the pots that pay in it, in whole units, so that each pot is charged what it has.

What an award is charged on top is worked out by award and period and rounded down (C1). Where several pots pay, each
takes its exact part of the indirect rounded down or up, and of the fringe what adds up. Such a rounding always exists,
since the exact parts keep every bound and the bounds are whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from braid.basics.fiscal import Interval
from braid.judge.case import Case
from braid.judge.funds import Pot
from braid.judge.limit import Cell

Key = tuple[int, int, int]
"""Period, pot, and which of the pot's windows."""
Kind = Literal["indirect", "fringe"]
MOST_TRIES = 20_000
"""Placings of odd units that are tried before none is said to fit."""


@dataclass(frozen=True)
class Odd:
    """A unit of on-costs in a period that is still to be placed, in one pot or in any."""

    index: int
    kind: Kind
    pot: int | None = None


@dataclass
class Part:
    """What one pot pays in one period within one of its windows, and the on-costs on it."""

    key: Key
    paid: list[tuple[Cell, int]]
    fringe: Fraction
    indirect: Fraction
    fringe_units: int = 0
    indirect_units: int = 0

    @property
    def charged(self) -> int:
        """Direct cost and on-costs in whole units."""
        return sum(amount for _, amount in self.paid) + self.fringe_units + self.indirect_units


def parts_of(case: Case, award: str, paid: list[tuple[Cell, int]]) -> dict[Key, Part]:
    """What each pot of an award pays by period and window, in the order of time."""
    costs = {cost.id: cost for cost in case.proposal.costs}
    parts: dict[Key, Part] = {}
    for cell, amount in paid:
        pot = case.funds[award].pots[cell.pot]
        key = (cell.index, cell.pot, _window(pot, cell.days))
        part = parts.setdefault(key, Part(key, [], Fraction(0), Fraction(0)))
        cost = costs[cell.line]
        part.paid.append((cell, amount))
        part.fringe += cost.fringe * amount
        part.indirect += amount * case.per_dollar(award, cell.line, cell.index, beyond=cell.beyond)
    return dict(sorted(parts.items()))


def _window(pot: Pot, days: Interval) -> int:
    return next(number for number, window in enumerate(pot.windows) if days.within(window))


class Spread:
    """The on-costs of one award, placed in the parts that it pays."""

    def __init__(self, case: Case, award: str, parts: dict[Key, Part]) -> None:
        self.case, self.award, self.parts = case, award, parts
        self._tries = 0
        self._reserves = [limit for limit in case.limits if limit.kind == "reserve" and limit.award == award]

    @property
    def indirect(self) -> dict[int, int]:
        """Indirect of each period, rounded down (C1)."""
        exact: dict[int, Fraction] = {}
        for part in self.parts.values():
            exact[part.key[0]] = exact.get(part.key[0], Fraction(0)) + part.indirect
        return {index: int(amount) for index, amount in exact.items()}

    def place(self, fringe: Mapping[int, int]) -> bool:
        """Give each part its on-costs; ``fringe`` is that of each period. False where they do not fit."""
        odd: list[Odd] = []
        for index, indirect in self.indirect.items():
            here = self._of(index)
            whole = sum((part.fringe for part in here), Fraction(0))
            rate = min(Fraction(1), Fraction(fringe.get(index, 0)) / whole) if whole else Fraction(0)
            for part in here:
                part.indirect_units, part.fringe_units = int(part.indirect), int(part.fringe * rate)
            odd += self._odd_indirect(index, indirect)
            odd += [Odd(index, "fringe")] * (fringe.get(index, 0) - sum(part.fringe_units for part in here))
        self._tries = 0
        if not self._reserves_kept(fringe):
            return False
        return all(self._fits(pot.number) for pot in self.case.funds[self.award].pots) and self._odd(odd)

    def _reserves_kept(self, fringe: Mapping[int, int]) -> bool:
        """Whether what is charged in whole units leaves each reserve as it is (C17)."""
        for limit in self._reserves:
            paid = (pair for part in self.parts.values() for pair in part.paid)
            direct = sum(amount for cell, amount in paid if limit.in_time(cell.index))
            on_costs = sum(n for due in (fringe, self.indirect) for index, n in due.items() if limit.in_time(index))
            if direct + on_costs > max(0, limit.bound - self.case.spent(self.award, through=limit.index)):
                return False
        return True

    def _odd_indirect(self, index: int, indirect: int) -> Iterator[Odd]:
        """Units of indirect that rounding down left: what is whole within a pot stays in it, the rest goes anywhere."""
        placed = 0
        for pot in sorted({part.key[1] for part in self._of(index)}):
            mine = [part for part in self._of(index) if part.key[1] == pot]
            whole = int(sum((part.indirect for part in mine), Fraction(0)))
            placed += whole
            yield from [Odd(index, "indirect", pot)] * (whole - sum(part.indirect_units for part in mine))
        yield from [Odd(index, "indirect")] * (indirect - placed)

    def _of(self, index: int) -> list[Part]:
        return [part for part in self.parts.values() if part.key[0] == index]

    def _odd(self, odd: list[Odd]) -> bool:
        """Round one part up for each odd unit, the largest remainder first, where its pot has room."""
        self._tries += 1
        if not odd or self._tries > MOST_TRIES:
            return not odd
        for part in sorted(self._open(odd[0]), key=lambda part: _remainder(part, odd[0].kind)):
            _add(part, odd[0].kind, 1)
            if self._fits(part.key[1]) and self._odd(odd[1:]):
                return True
            _add(part, odd[0].kind, -1)
        return False

    def _open(self, odd: Odd) -> Iterator[Part]:
        """The parts that could take an odd unit: of indirect, none more than its exact part rounded up."""
        for part in self._of(odd.index):
            pot = part.key[1]
            if odd.kind == "fringe":
                if part.fringe:
                    yield part
            elif odd.pot in {None, pot} and part.indirect_units < part.indirect and self._below(odd.index, pot):
                yield part

    def _below(self, index: int, pot: int) -> bool:
        """Whether a pot is charged less indirect in a period than its exact part."""
        mine = [part for part in self._of(index) if part.key[1] == pot]
        return sum(part.indirect_units for part in mine) < sum((part.indirect for part in mine), Fraction(0))

    def _fits(self, number: int) -> bool:
        """Whether a pot is charged no more than it has: by each period's end, and after a budget period of its own."""
        pot = self.case.funds[self.award].pots[number]
        mine = [part for part in self.parts.values() if part.key[1] == number]
        charged = 0
        for index, period in enumerate(self.case.proposal.periods):
            charged += sum(part.charged for part in mine if part.key[0] == index)
            if charged > max(0, pot.through(period) - self.case.spent(self.award, pot.numbers, index)):
                return False
        late, part = sum(part.charged for part in mine if part.key[2]), pot.installments[0]
        return len(pot.windows) == 1 or late <= max(0, part.kept - self.case.spent_late(part))


def _remainder(part: Part, kind: Kind) -> tuple[Fraction, Key]:
    left = part.indirect - part.indirect_units if kind == "indirect" else part.fringe - part.fringe_units
    return -left, part.key


def _add(part: Part, kind: Kind, units: int) -> None:
    if kind == "indirect":
        part.indirect_units += units
    else:
        part.fringe_units += units
