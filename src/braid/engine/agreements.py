"""Subaward agreements in the base of indirect cost: only the first dollars of each count, in the order of time (C9).

Each cell under an agreement that may run over stands twice: for dollars that count, and for dollars beyond. A whole
choice says, for each cell, that all that counts is used up by it; only then may it be paid beyond.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from braid.engine.program import Choice, Row
from braid.judge.case import Case

Key = tuple[str, str, int]
ZERO = Fraction(0)


class Agreements:
    """The choices and rows of the agreements of a case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._steps: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        """By award and agreement, in the order of time: the columns of a cell's first dollars and of those beyond."""
        first: dict[tuple[object, ...], int] = {}
        for column, cell in enumerate(case.cells):
            same = (cell.award, cell.line, cell.index, cell.days, cell.pot)
            if cell.beyond:
                agreement = case.proposal.cost(cell.line).line.subaward or ""
                self._steps[cell.award, agreement].append((first[same], column))
            else:
                first[same] = column
        for steps in self._steps.values():
            steps.sort(key=self._in_time)

    def _in_time(self, step: tuple[int, int]) -> tuple[object, ...]:
        cell = self.case.cells[step[0]]
        return cell.index, cell.line, cell.days, cell.pot

    def choices(self) -> Iterator[tuple[Key, Choice]]:
        """For each cell that may be paid beyond, whether what counts is used up by it."""
        for (award, agreement), steps in self._steps.items():
            for number in range(len(steps)):
                yield (award, agreement, number), Choice(f"uses-up[{award},{agreement},{number + 1}]", 1)

    def links(self, place: dict[Key, int]) -> Iterator[Row]:
        """At most so much counts; it is used up where something is paid beyond."""
        for (award, agreement), steps in self._steps.items():
            name, counts = f"subaward[{award},{agreement}]", self.case.counted(award, agreement) or 0
            first = [column for column, _ in steps]
            yield Row(name, tuple((column, 1) for column in first), None, Fraction(counts))
            for number, (_, beyond) in enumerate(steps):
                choice, cell = place[award, agreement, number], self.case.cells[beyond]
                most = self.case.need[cell.line, cell.index].direct
                before = tuple((column, 1) for column in first[: number + 1])
                yield Row(f"{name}:{number + 1}", (*before, (choice, -counts)), ZERO, None)
                yield Row(f"{name}:{number + 1} beyond", ((beyond, 1), (choice, -most)), None, ZERO)
