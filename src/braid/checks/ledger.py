"""Allocations as a ledger that can be added up exactly: direct cost, the fringe on it, the indirect on both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from braid.basics.fiscal import Interval
from braid.judge.case import Case
from braid.judge.limit import Limit
from braid.judge.oncosts import in_base
from braid.law.rules import Base, Selector

ZERO = Fraction(0)


@dataclass(frozen=True)
class Entry:
    """Direct cost in whole units that an award pays on a line in a period, for costs of some days."""

    award: str
    line: str
    index: int
    days: Interval
    amount: int
    installment: str = "1"


@dataclass(frozen=True)
class Counted:
    """An entry with its on-costs, exactly, before any rounding (C1)."""

    entry: Entry
    fringe: Fraction
    indirect_on_direct: Fraction
    indirect_on_fringe: Fraction

    @property
    def charge(self) -> Fraction:
        """All that the award is charged for it."""
        return self.entry.amount + self.fringe + self.indirect_on_direct + self.indirect_on_fringe


class Ledger:
    """Entries of a case, added up by limit."""

    def __init__(self, case: Case, entries: Iterable[Entry]) -> None:
        self.case = case
        self.entries = tuple(entries)
        self._costs = {cost.id: cost for cost in case.proposal.costs}
        self._by_line: dict[tuple[str, int], list[Counted]] = defaultdict(list)
        self._by_award: dict[str, list[Counted]] = defaultdict(list)
        for entry in self.entries:
            counted = self._count(entry)
            self._by_line[entry.line, entry.index].append(counted)
            self._by_award[entry.award].append(counted)

    def _count(self, entry: Entry) -> Counted:
        cost = self._costs[entry.line]
        terms = self.case.indirect[entry.award, entry.index]
        on_direct, on_fringe = in_base(cost, terms.base)
        fringe = cost.fringe * entry.amount
        return Counted(
            entry,
            fringe,
            terms.rate * entry.amount if on_direct else ZERO,
            terms.rate * fringe if on_fringe else ZERO,
        )

    def base(self, award: str, index: int) -> Fraction:
        """The exact base of an award's indirect in a period."""
        return self._in_base(award, index, self.case.indirect[award, index].base)

    def own_base(self, award: str, index: int) -> Fraction:
        """The recipient's own base of what the award pays in a period, for unrecovered indirect (C24)."""
        return self._in_base(award, index, self.case.indirect[award, index].own_base)

    def _in_base(self, award: str, index: int, base: Base) -> Fraction:
        total = ZERO
        for counted in self._by_award[award]:
            if counted.entry.index == index:
                on_direct, on_fringe = in_base(self._costs[counted.entry.line], base)
                total += counted.entry.amount * int(on_direct) + counted.fringe * int(on_fringe)
        return total

    def charge(self, award: str, through: int | None = None) -> Fraction:
        """What an award is charged, on-costs exactly, up to and with a period."""
        rows = self._by_award[award]
        return sum((row.charge for row in rows if through is None or row.entry.index <= through), ZERO)

    def on_line(self, line: str, index: int) -> tuple[Counted, ...]:
        """Everything that is paid on a line in a period."""
        return tuple(self._by_line[line, index])

    def paid(self, line: str, index: int) -> int:
        """Direct cost that a line is paid in a period."""
        return sum(row.entry.amount for row in self._by_line[line, index])

    def in_scope(self, limit: Limit) -> Iterator[Counted]:
        """The entries that a limit on awards looks at."""
        for award in sorted(self._by_award if limit.awards is None else limit.awards):
            for row in self._by_award.get(award, ()):
                if not limit.in_time(row.entry.index) or (limit.lines and row.entry.line not in limit.lines):
                    continue
                if limit.installments is not None and row.entry.installment not in map(str, limit.installments):
                    continue
                if limit.days is None or row.entry.days.stop > limit.days.start:
                    yield row

    def selected(self, limit: Limit, row: Counted) -> tuple[bool, bool]:
        """Whether the pay is selected, and whether its fringe is: the same traits, but category fringe (C8)."""
        selector = limit.select or Selector()
        traits = self._costs[row.entry.line].traits
        return selector.selects(traits), selector.selects(replace(traits, category="fringe"))
