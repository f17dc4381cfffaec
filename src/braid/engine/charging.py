"""What is charged: fringe and indirect by their formulas, rounded down, and each charge placed in its installment.

Fringe is rounded down per award, line and period, but where a line's pay is met in full its fringe is met too: the
last award by id takes the odd unit (C8). Indirect is rounded down per award and period (C1). Installments are used
in the order of their first days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from braid.basics.fiscal import Interval
from braid.judge.case import Case
from braid.judge.limits import Cell
from braid.judge.oncosts import in_base


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
class Fringe:
    """Fringe on a line's pay, charged to the award that pays it."""

    award: str
    line: str
    index: int
    amount: int


@dataclass(frozen=True)
class IndirectCharge:
    """Indirect charged to one installment in one period, and the base that it is worked out on."""

    award: str
    installment: int
    index: int
    base: Fraction
    amount: int


@dataclass(frozen=True)
class Charges:
    """All that a plan charges."""

    direct: tuple[Direct, ...]
    fringe: tuple[Fringe, ...]
    indirect: tuple[IndirectCharge, ...]


def charges_of(case: Case, cells: tuple[Cell, ...], amounts: list[int]) -> Charges:
    """Every charge that follows from whole amounts by cell."""
    paid = [(cell, amount) for cell, amount in zip(cells, amounts, strict=True) if amount]
    pay: dict[tuple[str, str, int], int] = defaultdict(int)
    for cell, amount in paid:
        pay[cell.award, cell.line, cell.index] += amount
    fringe = _fringe(case, pay)
    direct: list[Direct] = []
    indirect: list[IndirectCharge] = []
    for award in case.terms:
        mine = [(cell, amount) for cell, amount in paid if cell.award == award]
        purse = _Purse(case, award)
        for index in sorted({cell.index for cell, _ in mine}):
            cells_now = sorted((cell, amount) for cell, amount in ((_sortable(c), a) for c, a in mine) if cell[1] == index)
            rows, base = purse.pay(index, [(key, amount) for key, amount in cells_now], fringe)
            direct.extend(rows)
            indirect.extend(base)
    ordered = sorted(direct, key=lambda row: (row.award, row.line, row.index, row.days, row.installment))
    fringes = tuple(Fringe(a, line, index, amount) for (a, line, index), amount in sorted(fringe.items()) if amount)
    return Charges(tuple(ordered), fringes, tuple(indirect))


Key = tuple[str, int, Interval]


def _sortable(cell: Cell) -> Key:
    return cell.line, cell.index, cell.days


def _fringe(case: Case, pay: dict[tuple[str, str, int], int]) -> dict[tuple[str, str, int], int]:
    """Fringe per award, line and period: rounded down, odd units to the last award by id that has room (C8)."""
    rates = {cost.id: cost.fringe for cost in case.proposal.costs}
    charged = {key: int(rates[key[1]] * amount) for key, amount in pay.items() if rates[key[1]]}
    payers: dict[tuple[str, int], list[str]] = defaultdict(list)
    for award, line, index in sorted(charged):
        payers[line, index].append(award)
    room = _Room(case, pay, charged)
    for (line, index), awards in sorted(payers.items()):
        need = case.need[line, index]
        if sum(pay[award, line, index] for award in awards) < need.direct:
            continue
        odd = need.fringe - sum(charged[award, line, index] for award in awards)
        for award in reversed(awards):
            given = min(odd, room.left(award, index)) if odd else 0
            charged[award, line, index] += given
            room.take(award, index, given)
            odd -= given
    return charged


class _Room:
    """What an award could still be charged in a period without passing what it has by then, or later."""

    def __init__(self, case: Case, pay: dict[tuple[str, str, int], int], fringe: dict[tuple[str, str, int], int]) -> None:
        self.case = case
        self.spent: dict[tuple[str, int], int] = defaultdict(int)
        base: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
        costs = {cost.id: cost for cost in case.proposal.costs}
        for (award, line, index), amount in pay.items():
            self.spent[award, index] += amount + fringe.get((award, line, index), 0)
            in_direct, in_fringe = in_base(costs[line], case.indirect[award, index].base)
            base[award, index] += amount * (int(in_direct) + int(in_fringe) * costs[line].fringe)
        for (award, index), amount in base.items():
            self.spent[award, index] += int(amount * case.indirect[award, index].rate)

    def left(self, award: str, index: int) -> int:
        """Units that could still be charged."""
        periods = self.case.proposal.periods
        pot = self.case.pots[award]
        running, least = 0, None
        for number, period in enumerate(periods):
            running += self.spent[award, number]
            if number >= index:
                left = pot.through(period) - running
                least = left if least is None else min(least, left)
        return max(0, least or 0)

    def take(self, award: str, index: int, units: int) -> None:
        """Count units as charged."""
        self.spent[award, index] += units


class _Purse:
    """The installments of one award, spent in the order of their first days."""

    def __init__(self, case: Case, award: str) -> None:
        self.case, self.award = case, award
        self.parts = [[part.number, part.amount, part.days] for part in case.pots[award].installments]
        self.costs = {cost.id: cost for cost in case.proposal.costs}

    def pay(
        self, index: int, paid: list[tuple[Key, int]], fringe: dict[tuple[str, str, int], int]
    ) -> tuple[list[Direct], list[IndirectCharge]]:
        """Place what one period charges: direct rows, and indirect by installment with its base."""
        terms = self.case.indirect[self.award, index]
        rows: list[Direct] = []
        base: dict[int, Fraction] = defaultdict(Fraction)
        charged: dict[int, int] = defaultdict(int)
        emitted = 0
        left_fringe = {line: fringe.get((self.award, line, index), 0) for (line, _, _), _ in paid}
        left_pay: dict[str, int] = defaultdict(int)
        for (line, _, _), amount in paid:
            left_pay[line] += amount
        for (line, _, days), amount in paid:
            cost = self.costs[line]
            in_direct, in_fringe = in_base(cost, terms.base)
            per_unit = int(in_direct) + cost.fringe * int(in_fringe)
            while amount:
                part = self._current()
                share = self._fits(part[1], amount, left_fringe[line], left_pay[line], per_unit * terms.rate)
                number = part[0]
                rows.append(Direct(self.award, number, line, index, self._days(part[2], days), share))
                rides = left_fringe[line] * share // left_pay[line]
                base[number] += per_unit * share
                due = int(sum(base.values()) * terms.rate) - emitted
                part[1] -= share + rides + due
                charged[number] += due
                emitted += due
                left_fringe[line] -= rides
                left_pay[line] -= share
                amount -= share
        indirect = [
            IndirectCharge(self.award, number, index, base[number], charged[number]) for number in sorted(base) if charged[number]
        ]
        return rows, indirect

    def _current(self) -> list:  # type: ignore[type-arg]
        """The first installment with money for at least a dollar and its on-costs; the last where none has."""
        return next((part for part in self.parts if part[1] > 1), self.parts[-1])

    def _fits(self, left: int, amount: int, fringe: int, pay: int, indirect: Fraction) -> int:
        """How much of an amount an installment can take with what rides on it; all of it from the last."""
        if self._current() is self.parts[-1]:
            return amount
        per_unit = 1 + Fraction(fringe, pay) + indirect
        return max(1, min(amount, int(left / per_unit)))

    @staticmethod
    def _days(installment: Interval, days: Interval) -> Interval:
        inside = days.meet(installment)
        return inside if inside.days else days


def spent_by(charges: Charges) -> Iterator[tuple[str, int, int]]:
    """Each charge as (award, period, amount)."""
    for row in (*charges.direct, *charges.fringe, *charges.indirect):
        yield row.award, row.index, row.amount
