"""Allocations as a ledger that can be added up exactly: direct cost, the fringe on it, the indirect on both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from braid.basics.fiscal import Interval
from braid.judge.case import Case
from braid.judge.limits import Limit
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
class _Counted:
    """An entry with its on-costs, exactly, before any rounding (C1)."""

    entry: Entry
    fringe: Fraction
    indirect_on_direct: Fraction
    indirect_on_fringe: Fraction

    @property
    def charge(self) -> Fraction:
        return self.entry.amount + self.fringe + self.indirect_on_direct + self.indirect_on_fringe


class Ledger:
    """Entries of a case, added up by limit."""

    def __init__(self, case: Case, entries: Iterable[Entry]) -> None:
        self.case = case
        self.entries = tuple(entries)
        self._costs = {cost.id: cost for cost in case.proposal.costs}
        self._by_line: dict[tuple[str, int], list[_Counted]] = defaultdict(list)
        self._by_award: dict[str, list[_Counted]] = defaultdict(list)
        for entry in self.entries:
            counted = self._count(entry)
            self._by_line[entry.line, entry.index].append(counted)
            self._by_award[entry.award].append(counted)

    def _count(self, entry: Entry) -> _Counted:
        cost = self._costs[entry.line]
        terms = self.case.indirect[entry.award, entry.index]
        on_direct, on_fringe = in_base(cost, terms.base)
        fringe = cost.fringe * entry.amount
        return _Counted(
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

    def measure(self, limit: Limit) -> tuple[Fraction, Fraction]:
        """What the limit's scope came to, and the bound that it is held against, both exactly."""
        if limit.of_need:
            return self._on_line(limit), Fraction(limit.bound)
        rows = list(self._in_scope(limit))
        if limit.kind in {"award", "cash"}:
            return sum((row.charge for row in rows), ZERO), Fraction(limit.bound)
        if limit.share is None:
            return self._fixed(limit, rows), Fraction(limit.bound)
        if limit.of == "direct":
            whole = sum((Fraction(row.entry.amount) for row in rows), ZERO)
            part = sum((Fraction(row.entry.amount) for row in rows if self._selected(limit, row)[0]), ZERO)
            return part + self._all_indirect(limit, rows), limit.share * whole
        whole = sum((row.charge for row in rows), ZERO)
        if limit.include_indirect:
            return self._fixed(limit, rows), limit.share * whole
        return sum((self._selected_charge(limit, row) for row in rows), ZERO), limit.share * whole

    def _on_line(self, limit: Limit) -> Fraction:
        total = 0
        for row in self._by_line[limit.key]:
            entry = row.entry
            if (limit.awards is None or entry.award in limit.awards) and (
                limit.days is None or entry.days.within(limit.days)
            ):
                total += entry.amount
        return Fraction(total)

    def _in_scope(self, limit: Limit) -> Iterator[_Counted]:
        for award in sorted(limit.awards or ()):
            for row in self._by_award[award]:
                index = row.entry.index
                if limit.index is None or index == limit.index or (limit.through and index < limit.index):
                    yield row

    def _fixed(self, limit: Limit, rows: list[_Counted]) -> Fraction:
        """A cap counts what is selected with its fringe, and all indirect if it says so (C3); a floor the rest (C5)."""
        if limit.kind == "floor":
            return sum((row.charge - self._selected_charge(limit, row) for row in rows), ZERO)
        total = ZERO
        for row in rows:
            direct, fringe = self._selected(limit, row)
            total += row.entry.amount * int(direct) + row.fringe * int(fringe)
        return total + self._all_indirect(limit, rows)

    @staticmethod
    def _all_indirect(limit: Limit, rows: list[_Counted]) -> Fraction:
        if not limit.include_indirect:
            return ZERO
        return sum((row.indirect_on_direct + row.indirect_on_fringe for row in rows), ZERO)

    def _selected(self, limit: Limit, row: _Counted) -> tuple[bool, bool]:
        """Whether the pay is selected, and whether its fringe is: the same traits, but category fringe (C8)."""
        selector = limit.select or Selector()
        traits = self._costs[row.entry.line].traits
        return selector.selects(traits), selector.selects(replace(traits, category="fringe"))

    def _selected_charge(self, limit: Limit, row: _Counted) -> Fraction:
        """What the selected part charges: itself and the indirect that it draws in proportion (C4)."""
        direct, fringe = self._selected(limit, row)
        if direct and fringe:
            return row.charge
        part = row.entry.amount * int(direct) + row.fringe * int(fringe)
        whole = row.entry.amount + row.fringe
        return part + (row.indirect_on_direct + row.indirect_on_fringe) * part / whole if part else ZERO
