"""What is charged: fringe and indirect by their formulas, rounded down, and each charge placed in its installment.

Fringe is rounded down per award, line and period, but where a line's pay is met in full its fringe is met too: the
last award by id takes the odd unit (C8). Indirect is rounded down per award and period (C1). Installments are used
in the order of their first days.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from braid.basics.errors import CheckFailed, Finding
from braid.engine.installments import Direct, IndirectCharge, Stream
from braid.engine.spreading import Spread, parts_of
from braid.judge.case import Case
from braid.judge.funds import Installment
from braid.judge.limit import Cell


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
    fringe = _fringe(case, paid)
    direct: list[Direct] = []
    indirect: list[IndirectCharge] = []
    for award in case.terms:
        mine = [(cell, amount) for cell, amount in paid if cell.award == award]
        rows, parts = _of_award(case, award, mine, fringe)
        direct.extend(rows)
        indirect.extend(parts)
    ordered = sorted(_joined(direct), key=lambda row: (row.award, row.line, row.index, row.days, row.installment))
    fringes = tuple(Fringe(a, line, index, amount) for (a, line, index), amount in sorted(fringe.items()) if amount)
    return Charges(tuple(ordered), fringes, tuple(indirect))


def _joined(rows: list[Direct]) -> list[Direct]:
    """One row for what is alike but for the base that it counts in."""
    amounts: dict[Direct, int] = defaultdict(int)
    for row in rows:
        amounts[replace(row, amount=0)] += row.amount
    return [replace(row, amount=amount) for row, amount in amounts.items()]


def _of_award(
    case: Case, award: str, paid: list[tuple[Cell, int]], fringe: dict[tuple[str, str, int], int]
) -> tuple[list[Direct], list[IndirectCharge]]:
    """The direct and indirect charges of one award, by installment."""
    parts = parts_of(case, award, paid)
    on_pay: dict[int, int] = defaultdict(int)
    for (who, _, index), amount in fringe.items():
        on_pay[index] += amount if who == award else 0
    if not Spread(case, award, parts).place(on_pay):
        raise CheckFailed([Finding(f"award[{award}]", "its on-costs cannot be placed in its installments")])
    left = {pot.number: [_unspent(case, part) for part in pot.installments] for pot in case.funds[award].pots}
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


def _unspent(case: Case, part: Installment) -> int:
    return max(0, part.amount - case.spent(part.award, frozenset({part.number})))


def _fringe(case: Case, paid: list[tuple[Cell, int]]) -> dict[tuple[str, str, int], int]:
    """Fringe per award, line and period: rounded down, odd units to the last award by id that has room (C8)."""
    rates = {cost.id: cost.fringe for cost in case.proposal.costs}
    pay: dict[tuple[str, str, int], int] = defaultdict(int)
    for cell, amount in paid:
        pay[cell.award, cell.line, cell.index] += amount
    charged = {key: int(rates[key[1]] * amount) for key, amount in pay.items() if rates[key[1]]}
    payers: dict[tuple[str, int], list[str]] = defaultdict(list)
    for award, line, index in sorted(charged):
        payers[line, index].append(award)
    room = _Room(case, paid, charged)
    for (line, index), awards in sorted(payers.items()):
        need = case.need[line, index]
        if sum(pay[award, line, index] for award in awards) < need.direct:
            continue
        odd = need.fringe - sum(charged[award, line, index] for award in awards)
        for award in reversed(awards):
            while odd and room.takes(award, index):
                charged[award, line, index] += 1
                odd -= 1
    return charged


class _Room:
    """Whether an award could be charged one more unit of fringe in a period, in the installments that it has."""

    def __init__(self, case: Case, paid: list[tuple[Cell, int]], fringe: dict[tuple[str, str, int], int]) -> None:
        self.spreads = {
            award: Spread(case, award, parts_of(case, award, [pair for pair in paid if pair[0].award == award]))
            for award in {cell.award for cell, _ in paid}
        }
        self.fringe: dict[str, dict[int, int]] = {award: defaultdict(int) for award in self.spreads}
        for (award, _, index), amount in fringe.items():
            self.fringe[award][index] += amount

    def takes(self, award: str, index: int) -> bool:
        """Take one unit more, if it fits."""
        self.fringe[award][index] += 1
        fits = self.spreads[award].place(self.fringe[award])
        self.fringe[award][index] -= 0 if fits else 1
        return fits
