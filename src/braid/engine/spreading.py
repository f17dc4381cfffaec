"""On-costs of a period spread over the pots that pay in it, in whole units, so that each pot is charged what it has.

What an award is charged on top is worked out by award and period and rounded down (C1). Where several pots pay, each
takes its exact part rounded down or up: such a rounding always exists, since the exact parts keep every bound and the
bounds are whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from braid.basics.errors import CheckFailed, Finding
from braid.basics.fiscal import Interval
from braid.judge.case import Case
from braid.judge.funds import Pot
from braid.judge.limit import Cell
from braid.judge.oncosts import in_base

Key = tuple[int, int, int]
"""Period, pot, and which of the pot's windows."""


@dataclass
class Part:
    """What one pot pays in one period within one of its windows, and the on-costs on it."""

    key: Key
    paid: list[tuple[Cell, int]]
    fringe: Fraction
    indirect: Fraction
    units: int = 0
    """On-costs in whole units."""
    indirect_units: int = 0

    @property
    def direct(self) -> int:
        """Direct cost."""
        return sum(amount for _, amount in self.paid)

    @property
    def fringe_units(self) -> int:
        """Of the on-costs, fringe."""
        return self.units - self.indirect_units


def parts_of(case: Case, award: str, paid: list[tuple[Cell, int]]) -> dict[Key, Part]:
    """What each pot of an award pays by period and window, in the order of time."""
    costs = {cost.id: cost for cost in case.proposal.costs}
    parts: dict[Key, Part] = {}
    for cell, amount in paid:
        pot = case.funds[award].pots[cell.pot]
        key = (cell.index, cell.pot, _window(pot, cell.days))
        part = parts.setdefault(key, Part(key, [], Fraction(0), Fraction(0)))
        cost, terms = costs[cell.line], case.indirect[award, cell.index]
        on_direct, on_fringe = in_base(cost, terms.base)
        part.paid.append((cell, amount))
        part.fringe += cost.fringe * amount
        part.indirect += terms.rate * amount * (int(on_direct) + cost.fringe * int(on_fringe))
    return dict(sorted(parts.items()))


def _window(pot: Pot, days: Interval) -> int:
    return next(number for number, window in enumerate(pot.windows) if days.within(window))


def spread(case: Case, award: str, parts: dict[Key, Part], fringe: dict[int, int], indirect: dict[int, int]) -> None:
    """Give each part its on-costs in whole units; ``fringe`` and ``indirect`` are those of each period."""
    due = {index: fringe.get(index, 0) + indirect.get(index, 0) for index, _, _ in parts}
    exact: dict[Key, Fraction] = {}
    odd: list[int] = []
    for index, whole in due.items():
        here = [part for part in parts.values() if part.key[0] == index]
        total = sum((part.fringe + part.indirect for part in here), Fraction(0))
        for part in here:
            exact[part.key] = (part.fringe + part.indirect) * whole / total if total else Fraction(0)
            part.units = int(exact[part.key])
        odd += [index] * (whole - sum(part.units for part in here))
    if not _place(case, award, parts, exact, odd):
        raise CheckFailed([Finding(f"award[{award}]", "its on-costs cannot be placed in its installments")])
    for index in due:
        _split([part for part in parts.values() if part.key[0] == index], indirect.get(index, 0))


def _place(case: Case, award: str, parts: dict[Key, Part], exact: dict[Key, Fraction], odd: list[int]) -> bool:
    """Round up one part for each odd unit, the largest remainder first, where its pot has room."""
    if not odd:
        return True
    index, rest = odd[0], odd[1:]
    here = [part for part in parts.values() if part.key[0] == index and part.units == int(exact[part.key])]
    for part in sorted(here, key=lambda part: (-(exact[part.key] % 1), part.key)):
        part.units += 1
        if all(_fits(case, award, parts, part.key[1])) and _place(case, award, parts, exact, rest):
            return True
        part.units -= 1
    return False


def _fits(case: Case, award: str, parts: dict[Key, Part], number: int) -> Iterator[bool]:
    """Whether a pot is charged no more than it has: by each period's end, and after a budget period of its own."""
    pot = case.funds[award].pots[number]
    mine = [part for part in parts.values() if part.key[1] == number]
    charged = 0
    for index, period in enumerate(case.proposal.periods):
        charged += sum(part.direct + part.units for part in mine if part.key[0] == index)
        yield charged <= pot.through(period)
    if len(pot.windows) > 1:
        yield sum(part.direct + part.units for part in mine if part.key[2]) <= pot.installments[0].kept


def _split(parts: list[Part], indirect: int) -> None:
    """Of the on-costs of each part in one period, how much is indirect: together exactly what is charged."""
    for part in parts:
        part.indirect_units = min(int(part.indirect), part.units)
    left = indirect - sum(part.indirect_units for part in parts)
    for part in sorted(parts, key=lambda part: (-(part.indirect % 1), part.key)):
        given = min(left, part.units - part.indirect_units)
        part.indirect_units += given
        left -= given
