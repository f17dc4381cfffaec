"""What is charged: fringe and indirect by their formulas, rounded down, and each charge placed in its installment.

Fringe is rounded down per award, line and period, but where a line's pay is met in full its fringe is met too: the
last award by id takes the odd unit (C8). Indirect is rounded down per award and period (C1). Installments are used
in the order of their first days.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from braid.engine.installments import Direct, IndirectCharge, Stream
from braid.engine.spreading import parts_of, spread
from braid.judge.case import Case
from braid.judge.limit import Cell
from braid.judge.oncosts import in_base


@dataclass(frozen=True)
class Fringe:
    """Fringe on a line's pay, charged to the award that pays it."""

    award: str
    line: str
    index: int
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
        rows, parts = _of_award(case, award, mine, fringe)
        direct.extend(rows)
        indirect.extend(parts)
    ordered = sorted(direct, key=lambda row: (row.award, row.line, row.index, row.days, row.installment))
    fringes = tuple(Fringe(a, line, index, amount) for (a, line, index), amount in sorted(fringe.items()) if amount)
    return Charges(tuple(ordered), fringes, tuple(indirect))


def _of_award(
    case: Case, award: str, paid: list[tuple[Cell, int]], fringe: dict[tuple[str, str, int], int]
) -> tuple[list[Direct], list[IndirectCharge]]:
    """The direct and indirect charges of one award, by installment."""
    parts = parts_of(case, award, paid)
    on_pay: dict[int, int] = defaultdict(int)
    for (who, _, index), amount in fringe.items():
        on_pay[index] += amount if who == award else 0
    exact: dict[int, Fraction] = defaultdict(Fraction)
    for part in parts.values():
        exact[part.key[0]] += part.indirect
    spread(case, award, parts, on_pay, {index: int(amount) for index, amount in exact.items()})
    left = {pot.number: [part.amount for part in pot.installments] for pot in case.funds[award].pots}
    direct: list[Direct] = []
    indirect: dict[tuple[int, int], IndirectCharge] = {}
    for (index, number, _), part in parts.items():
        stream = Stream(case, award, index, part.paid, part.fringe_units, part.indirect_units)
        rows, charges = stream.place(case.funds[award].pots[number].installments, left[number])
        direct.extend(rows)
        for charge in charges:
            known = indirect.get((index, charge.installment))
            indirect[index, charge.installment] = charge if known is None else known.plus(charge)
    return direct, list(indirect.values())


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

    def __init__(
        self, case: Case, pay: dict[tuple[str, str, int], int], fringe: dict[tuple[str, str, int], int]
    ) -> None:
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
        """Units that could still be charged; none to an award of several pots, whose on-costs are spread exactly."""
        periods = self.case.proposal.periods
        pot = self.case.funds[award]
        if len(pot.pots) > 1:
            return 0
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
