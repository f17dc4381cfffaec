"""What awards pay in a worked case of the law, as entries of the ledger that the exact judge takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from braid.basics.errors import nearest
from braid.basics.fiscal import Interval, parse_date
from braid.basics.money import parse_money
from braid.checks import Entry
from braid.judge.case import Case
from braid.judge.funds import CENTS
from law_cases import LawCase, UnfitCaseError, by_key


def joined(pieces: list[Interval]) -> list[Interval]:
    """The same days in as few pieces as can be."""
    out: list[Interval] = []
    for piece in sorted(set(pieces)):
        if out and piece.start <= out[-1].stop:
            out[-1] = Interval(out[-1].start, max(out[-1].stop, piece.stop))
        else:
            out.append(piece)
    return out


class Payer:
    """Turns what one award pays in a case into entries of the ledger."""

    def __init__(self, law: LawCase, case: Case, award: str) -> None:
        self.law, self.case, self.award = law, case, award
        self.unit = CENTS[self.case.proposal.unit]
        if award not in self.case.funds:
            raise UnfitCaseError(f"«{award}» pays, and is no award of the case{nearest(award, self.case.funds)}")
        self.left = {part.number: part.amount for part in self.case.funds[award].installments}

    def entries(self, lines: Any) -> Iterator[Entry]:
        first = next(iter(self.law.lines))
        for name, value in (lines if isinstance(lines, dict) else {first: lines}).items():
            if name not in self.law.lines:
                raise UnfitCaseError(f"«{name}» is no line of the case{nearest(name, self.law.lines)}")
            for when, amount in by_key(value).items():
                yield from self._placed(self.law.lines[name], when, parse_money(amount) // self.unit)

    def _placed(self, line: str, when: str, amount: int) -> Iterator[Entry]:
        """An amount on its payable days: installments in their order, within one pro rata by days."""
        index, days = self._when(line, when)
        need = self.case.need.get((line, index))
        if need is None:
            raise UnfitCaseError(f"{line} needs nothing in {self.case.proposal.periods[index]}")
        asked = need.days if days is None else days
        pieces: dict[int, list[Interval]] = defaultdict(list)
        for cell in self.case.cells:
            if (cell.award, cell.line, cell.index) == (self.award, line, index):
                for part in self._parts(cell.pot):
                    pieces[part.number].append(cell.days.meet(part.days).meet(asked))
        found = {number: sorted({d for d in listed if d.days}) for number, listed in sorted(pieces.items())}
        found = {number: listed for number, listed in found.items() if listed}
        covered = joined([piece for listed in found.values() for piece in listed])
        if not found or (days is not None and covered != [days]):
            yield Entry(self.award, line, index, asked, amount, self._nearest_part(asked))
            return
        for number, listed in found.items():
            mine = amount if number == max(found) else min(amount, self.left[number])
            self.left[number] -= mine
            amount -= mine
            yield from self._spread(line, index, listed, mine, str(number))

    def _spread(self, line: str, index: int, pieces: list[Interval], amount: int, part: str) -> Iterator[Entry]:
        whole, gone, told = sum(piece.days for piece in pieces), 0, 0
        for piece in pieces:
            gone += piece.days
            now = amount * gone // whole
            if now > told:
                yield Entry(self.award, line, index, piece, now - told, part)
            told = now

    def _parts(self, pot: int) -> Any:
        return next(each for each in self.case.funds[self.award].pots if each.number == pot).installments

    def _nearest_part(self, days: Interval) -> str:
        parts = self.case.funds[self.award].installments
        return str(next((part for part in parts if part.days.meet(days).days), parts[0]).number)

    def _when(self, line: str, when: str) -> tuple[int, Interval | None]:
        """The period and, where they are given, the days of a payment."""
        periods = self.case.proposal.periods
        if not when:
            needing = [index for index in range(len(periods)) if (line, index) in self.case.need]
            if len(needing) != 1:
                raise UnfitCaseError(f"say which fiscal year pays {line}: it needs something in {len(needing)}")
            return needing[0], None
        if ".." in when:
            first, _, last = when.partition("..")
            days = Interval(parse_date(first).toordinal(), parse_date(last).toordinal() + 1)
            (index,) = [i for i, period in enumerate(periods) if days.within(period.days)] or [None]
            if index is None:
                raise UnfitCaseError(f"{when} lies within no one fiscal year of the case")
            return index, days
        if when not in self.case.proposal.fiscal.index:
            raise UnfitCaseError(f"«{when}» is no period of the case")
        return self.case.proposal.fiscal.index[when], None
