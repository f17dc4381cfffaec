"""What a row of fringe or indirect cost should have now: it follows from amounts that a person typed over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from braid.basics.money import show
from braid.basics.words import listed
from braid.checks import Judged
from braid.judge.case import Case
from braid.workbook.edited_rows import EditedRow

Parts = dict[tuple[str, str], int]
"""What should be charged, in whole units, by award and installment."""


@dataclass(frozen=True)
class Following:
    """The rows of an edited Allocation, and what those that follow by a formula should have."""

    case: Case
    judged: Judged
    rows: Sequence[EditedRow]

    def hint(self, name: str) -> str:
        """What to type where, for a finding about fringe or indirect cost; empty for another.

        ``name``: the row of the finding, as in ``indirect[sor,FY2027]`` or ``fringe[linkage/nurse,FY2027]``.
        """
        kind, _, rest = name.partition("[")
        parts = rest.rstrip("]").split(",")
        index = self.case.proposal.fiscal.index.get(parts[-1], -1)
        if kind == "indirect":
            mine = [row for row in self.rows if (row.kind, row.award, row.index) == (kind, parts[0], index)]
            due, what = self._indirect(parts[0], index), f"Indirect cost follows what {parts[0]} is charged"
        elif kind == "fringe":
            mine = [row for row in self.rows if (row.kind, row.line, row.index) == (kind, parts[-2], index)]
            due, what = self._fringe(parts[-2], index), "Fringe follows the pay"
        else:
            return ""
        told = [*self._typed(mine, due), *self._added(mine, due, kind, parts[-1])]
        return f"{what}: {listed(told)}." if told else ""

    def _typed(self, rows: Iterable[EditedRow], due: Mapping[tuple[str, str], int]) -> Iterator[str]:
        """What to type over: where several rows share a charge, in the first of them the rest."""
        shared: dict[tuple[str, str], list[EditedRow]] = defaultdict(list)
        for row in rows:
            shared[row.award, row.installment].append(row)
        for key, mine in sorted(shared.items()):
            left = due.get(key, 0)
            for row in mine[1:]:
                amount = min(row.amount, left)
                left -= amount
                if amount != row.amount:
                    yield f"type {show(amount, self.case.proposal.unit)} in {row.place}"
            if left != mine[0].amount:
                yield f"type {show(left, self.case.proposal.unit)} in {mine[0].place}"

    def _added(self, rows: Iterable[EditedRow], due: Parts, kind: str, period: str) -> Iterator[str]:
        """What has no row yet."""
        there = {(row.award, row.installment) for row in rows}
        for (award, installment), units in sorted(due.items()):
            if units and (award, installment) not in there:
                amount = show(units, self.case.proposal.unit)
                yield f"add a row of {kind} for {award}, installment {installment}, in {period} of {amount}"

    def _indirect(self, award: str, index: int) -> Parts:
        """Of the award's whole charge each installment's part, rounded down; what is left over is the last one's."""
        drawn = self.judged.ledger.drawn(award, index)
        found = {(award, installment): int(exact) for installment, exact in drawn.items()}
        return _whole(found, int(sum(drawn.values(), Fraction(0))))

    def _fringe(self, line: str, index: int) -> Parts:
        """Award by award its rate on the pay, rounded down; where the pay is met, the last award has the rest (C8)."""
        rate, pay = self.case.proposal.cost(line).fringe, defaultdict[str, dict[str, int]](dict)
        for row in self.rows:
            if (row.kind, row.line, row.index) == ("direct", line, index):
                pay[row.award][row.installment] = pay[row.award].get(row.installment, 0) + row.amount
        found: Parts = {}
        for award, parts in sorted(pay.items()):
            mine = {(award, installment): int(rate * units) for installment, units in parts.items()}
            found |= _whole(mine, int(rate * sum(parts.values())))
        need = self.case.need.get((line, index))
        met = need is not None and sum(sum(parts.values()) for parts in pay.values()) == need.direct
        return _whole(found, need.fringe) if met and need is not None else found


def _whole(parts: Parts, whole: int) -> Parts:
    """The parts, the last of them with what they leave of the whole."""
    if parts:
        last = max(parts, key=lambda key: (key[0], int(key[1]) if key[1].isdigit() else 0))
        parts[last] += whole - sum(parts.values())
    return parts
