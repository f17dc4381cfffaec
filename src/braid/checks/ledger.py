"""Allocations as a ledger that can be added up exactly: direct cost, the fringe on it, the indirect on both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from braid.basics.fiscal import Interval
from braid.judge.case import Case
from braid.judge.limit import Limit
from braid.judge.moves import approved_for
from braid.judge.past import Past
from braid.judge.subawards import Charged, first_dollars
from braid.law.rules import Base, Selector

ZERO = Fraction(0)
NO_DAYS = Interval(0, 0)


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
    in_mtdc: int
    """What of it the MTDC base takes in, as far as subaward agreements go."""
    part: Fraction = Fraction(1)
    """The part of it that is looked at (C6)."""

    past: Past | None = None
    """Where it was spent before the plan: what it was."""

    def times(self, part: Fraction) -> Counted:
        """A part of it."""
        if part == 1:
            return self
        direct, fringe = self.indirect_on_direct * part, self.indirect_on_fringe * part
        return replace(self, part=part, fringe=self.fringe * part, indirect_on_direct=direct, indirect_on_fringe=fringe)

    @property
    def amount(self) -> Fraction:
        """Direct cost."""
        return self.entry.amount * self.part

    @property
    def charge(self) -> Fraction:
        """All that the award is charged for it."""
        return self.amount + self.fringe + self.indirect_on_direct + self.indirect_on_fringe


def _spent(past: Past) -> Counted:
    """What is spent already, as a row on which no on-costs ride."""
    entry = Entry(past.award, past.line or "", past.index, NO_DAYS, past.amount, past.installment)
    return Counted(entry, ZERO, ZERO, ZERO, 0, past=past)


class Ledger:
    """Entries of a case, added up by limit."""

    def __init__(self, case: Case, entries: Iterable[Entry]) -> None:
        self.case = case
        self.entries = tuple(entries)
        self._costs = {cost.id: cost for cost in case.proposal.costs}
        self._by_line: dict[tuple[str, int], list[Counted]] = defaultdict(list)
        self._by_award: dict[str, list[Counted]] = defaultdict(list)
        for past in case.past:
            self._by_award[past.award].append(_spent(past))
        for entry, counts in zip(self.entries, self._first_dollars(), strict=True):
            counted = self._count(entry, counts)
            self._by_line[entry.line, entry.index].append(counted)
            self._by_award[entry.award].append(counted)

    def _count(self, entry: Entry, counts: int) -> Counted:
        cost = self._costs[entry.line]
        terms = self.case.indirect[entry.award, entry.index]
        on_direct, on_fringe = self.case.in_base(entry.award, entry.line, terms.base)
        part = counts if terms.base == "mtdc" else entry.amount
        fringe = cost.fringe * entry.amount
        return Counted(
            entry,
            fringe,
            terms.rate * part if on_direct else ZERO,
            terms.rate * fringe if on_fringe else ZERO,
            counts,
        )

    def _first_dollars(self) -> list[int]:
        """What of each entry counts in the MTDC base, as far as subaward agreements go."""
        rows: list[Charged] = []
        for entry in self.entries:
            agreement = self._costs[entry.line].line.subaward
            order = (entry.index, entry.line, entry.days, int(entry.installment))
            under = None if agreement is None else (entry.award, agreement)
            rows.append(Charged(under, self.case.counted(entry.award, agreement), entry.amount, order))
        return first_dollars(rows)

    def base(self, award: str, index: int) -> Fraction:
        """The exact base of an award's indirect in a period."""
        return self._in_base(award, index, self.case.indirect[award, index].base)

    def own_base(self, award: str, index: int) -> Fraction:
        """The recipient's own base of what the award pays in a period, for unrecovered indirect (C24)."""
        return self._in_base(award, index, self.case.indirect[award, index].own_base)

    def _in_base(self, award: str, index: int, base: Base) -> Fraction:
        total = ZERO
        for counted in self._by_award[award]:
            if counted.entry.index == index and counted.past is None:
                on_direct, on_fringe = self.case.in_base(award, counted.entry.line, base)
                part = counted.in_mtdc if base == "mtdc" else counted.entry.amount
                total += part * int(on_direct) + counted.fringe * int(on_fringe)
        return total

    def drawn(self, award: str, index: int) -> dict[str, Fraction]:
        """The exact indirect that an award draws in a period, by installment."""
        found: dict[str, Fraction] = defaultdict(Fraction)
        for counted in self._by_award[award]:
            if counted.entry.index == index and counted.past is None:
                found[counted.entry.installment] += counted.indirect_on_direct + counted.indirect_on_fringe
        return dict(found)

    def charge(self, award: str, through: int | None = None) -> Fraction:
        """What an award is charged, on-costs exactly, up to and with a period."""
        rows = self._by_award[award]
        return sum((row.charge for row in rows if through is None or row.entry.index <= through), ZERO)

    def rows(self) -> Iterator[Counted]:
        """Everything that is paid."""
        for award in sorted(self._by_award):
            yield from self._by_award[award]

    def by_class(self, limit: Limit) -> dict[str, tuple[Fraction, Fraction]]:
        """What an award is charged by object class, fringe as a class of its own, and what was approved for each.

        Of the installments that a limit on moves looks at, or of all.
        """
        award, numbers = limit.award, limit.installments
        case, charged = self.case, defaultdict[str, Fraction](Fraction)
        for row in self._by_award[award]:
            if numbers is not None and int(row.entry.installment) not in numbers:
                continue
            traits = row.past.traits if row.past is not None else case.traits(award, row.entry.line)
            charged[traits.category] += row.amount
            charged["fringe"] += row.fringe
        charged.pop("indirect", None)
        approved = approved_for(case.proposal.award(award), case.funds[award], numbers, case.proposal.unit)
        return {name: (amount, Fraction(approved.get(name, 0))) for name, amount in charged.items()}

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
                if row.past is not None:
                    if self._counts(limit, row):
                        yield row
                    continue
                if not limit.in_time(row.entry.index) or (limit.lines and row.entry.line not in limit.lines):
                    continue
                if limit.installments is not None and row.entry.installment not in map(str, limit.installments):
                    continue
                if limit.days is None or row.entry.days.meet(limit.days).days:
                    yield row.times(limit.part_of(row.entry.days))

    def _counts(self, limit: Limit, row: Counted) -> bool:
        """Whether a limit counts what is spent already: it does, unless it looks at other periods, days or lines.

        What is carried over counts it where it was spent in a period that begins after the budget period.
        """
        if limit.kind == "carried" and limit.days is not None:
            index, numbers = row.entry.index, limit.installments or ()
            late = index >= 0 and self.case.proposal.periods[index].days.start >= limit.days.start
            return late and int(row.entry.installment) in numbers
        if limit.index is not None and not limit.in_time(row.entry.index):
            return False
        if limit.installments is not None and int(row.entry.installment) not in limit.installments:
            return False
        return limit.lines is None and limit.days is None and limit.pro_rata is None

    def selected(self, limit: Limit, row: Counted) -> tuple[bool, bool]:
        """Whether the pay is selected, and whether its fringe is: the same traits, but category fringe (C8)."""
        selector = limit.select or Selector()
        if row.past is not None:
            selected = selector.selects(row.past.traits)
            return selected, selected
        own = self._costs[row.entry.line].traits
        traits = own if limit.rule is None else self.case.traits(row.entry.award, row.entry.line)
        return selector.selects(traits), selector.selects(replace(traits, category="fringe"))
