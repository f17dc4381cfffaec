"""Each charge placed in an installment of its award, in the order of their first days, to the unit.

What an award is charged in a period is a stream: line by line its direct cost, with the fringe and indirect that
ride on it. Installments are cut off this stream one after another. Where a cut falls between two dollars, what is left
of an installment is a unit or so that no further dollar fits in: indirect up to there is rounded down, so that each
part is its exact part rounded down or up (C1). Only where later installments have no room for the rest does the odd
unit go to the earlier side: since rows count on-costs exactly, all of them add up to whole units there, and the
earlier part is rounded up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from braid.basics.fiscal import Interval
from braid.judge.case import Case
from braid.judge.funds import Installment
from braid.judge.limit import Cell


@dataclass(frozen=True)
class Direct:
    """Direct cost of a line charged to one installment of an award, and the days on which it may be incurred."""

    award: str
    installment: int
    line: str
    index: int
    days: Interval
    amount: int


@dataclass(frozen=True)
class IndirectCharge:
    """Indirect charged to one installment in one period, and the base that it is worked out on."""

    award: str
    installment: int
    index: int
    base: Fraction
    amount: int

    def plus(self, other: IndirectCharge) -> IndirectCharge:
        """Both together, where one installment pays in two windows of a period."""
        return replace(self, base=self.base + other.base, amount=self.amount + other.amount)


@dataclass(frozen=True)
class _Part:
    """One cell of the stream: what comes before it, and what rides on it."""

    cell: Cell
    amount: int
    fringe: int
    per_unit: Fraction
    direct_before: int
    fringe_before: int
    base_before: Fraction


class Stream:
    """What one pot of an award is charged in one period, in the order in which installments are cut off it.

    ``fringe`` and ``indirect`` are what is charged on top, in whole units.
    """

    def __init__(self, case: Case, award: str, index: int, paid: list[tuple[Cell, int]], fringe: int, indirect: int):
        self.case, self.award, self.index = case, award, index
        self.rate = case.indirect[award, index].rate
        self.parts = self._parts(sorted(paid, key=lambda pair: (pair[0].line, pair[0].days, pair[0].beyond)), fringe)
        last = self.parts[-1]
        self.base = last.base_before + last.per_unit * last.amount
        self.fringe = last.fringe_before + last.fringe
        self.direct = last.direct_before + last.amount
        self.indirect = indirect

    def _parts(self, paid: list[tuple[Cell, int]], fringe: int) -> list[_Part]:
        costs = {cost.id: cost for cost in self.case.proposal.costs}
        base_name = self.case.indirect[self.award, self.index].base
        whole = sum((costs[cell.line].fringe * amount for cell, amount in paid), Fraction(0))
        parts: list[_Part] = []
        direct, exact, base = 0, Fraction(0), Fraction(0)
        for cell, amount in paid:
            cost = costs[cell.line]
            on_direct, on_fringe = self.case.in_base(self.award, cell.line, base_name, beyond=cell.beyond)
            per_unit = int(on_direct) + cost.fringe * int(on_fringe)
            before, exact = exact, exact + cost.fringe * amount
            rides = int(fringe * before / whole) if whole else 0
            riding = (int(fringe * exact / whole) if whole else 0) - rides
            parts.append(_Part(cell, amount, riding, per_unit, direct, rides, base))
            direct, base = direct + amount, base + per_unit * amount
        return parts

    def place(self, installments: Sequence[Installment], left: list[int]) -> tuple[list[Direct], list[IndirectCharge]]:
        """Cut the installments off; ``left`` is what each has, and is drawn down."""
        rows: list[Direct] = []
        charges: list[IndirectCharge] = []
        at, indirect_so_far, base_so_far, charged = 0, 0, Fraction(0), 0
        for number, installment in enumerate(installments):
            total = self.direct + self.fringe + self.indirect
            take = min(left[number], total - charged)
            if take <= 0:
                continue
            left[number] -= take
            charged += take
            stop, base, indirect, odd = self._cut(charged)
            if odd and total - charged + odd <= self._begun(installments[number + 1 :], left[number + 1 :]):
                left[number], charged = left[number] + odd, charged - odd
            else:
                indirect += odd
            rows.extend(self._rows(at, stop, installment.number, installment.days))
            part = max(indirect - indirect_so_far, 0)
            if part or base > base_so_far:
                charges.append(IndirectCharge(self.award, installment.number, self.index, base - base_so_far, part))
            at, base_so_far, indirect_so_far = stop, base, indirect_so_far + part
        return rows, [charge for charge in charges if charge.amount]

    def _begun(self, installments: Sequence[Installment], left: Sequence[int]) -> int:
        """What those installments have left that begin by the end of the period."""
        stop = self.case.proposal.periods[self.index].days.stop
        return sum(units for part, units in zip(installments, left, strict=True) if part.days.start < stop)

    def _cut(self, charged: int) -> tuple[int, Fraction, int, int]:
        """Where the stream has charged so much: direct dollars, base, indirect up to there, and what is over of it."""
        low, high = 0, self.direct
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if sum(self._upto(middle)[:3]) <= charged else (low, middle - 1)
        direct, fringe, indirect, base = self._upto(low)
        odd = charged - direct - fringe - indirect
        odd -= min(odd, 1, self.fringe - fringe)
        return low, base, indirect, min(odd, self.indirect - indirect)

    def _upto(self, direct: int) -> tuple[int, int, int, Fraction]:
        """Direct, fringe, indirect and base of the first dollars of direct cost."""
        if direct >= self.direct:
            return self.direct, self.fringe, self.indirect, self.base
        part = next(p for p in reversed(self.parts) if p.direct_before <= direct)
        inside = direct - part.direct_before
        base = part.base_before + part.per_unit * inside
        return (
            direct,
            part.fringe_before + part.fringe * inside // part.amount,
            min(int(base * self.rate), self.indirect),
            base,
        )

    def _rows(self, start: int, stop: int, installment: int, days: Interval) -> list[Direct]:
        rows: list[Direct] = []
        for part in self.parts:
            inside = min(stop, part.direct_before + part.amount) - max(start, part.direct_before)
            if inside > 0:
                cell = part.cell
                shared = cell.days.meet(days)
                window = shared if shared.days else cell.days
                rows.append(Direct(self.award, installment, cell.line, self.index, window, inside))
        return rows
