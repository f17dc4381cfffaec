"""What each award has, is charged, lets lapse and carries on (C22), and the indirect that it leaves unpaid (C24)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import ceil

from braid.checks import Entry, Judged, Paid
from braid.judge.case import Case
from braid.judge.funds import Installment


@dataclass(frozen=True)
class Account:
    """The account of one award over the calendar, in whole units."""

    award: str
    available: int
    direct: int
    fringe: int
    indirect: int
    lapsed: int
    carried: int
    lapses: tuple[tuple[int, int], ...]
    """What lapses when: units, and the last day (an ordinal) on which they could have been charged."""
    unrecovered: int
    spent_before: int = 0
    """What of the available money was spent already."""

    @property
    def spent(self) -> int:
        """All that it is charged."""
        return self.direct + self.fringe + self.indirect


def accounts_of(case: Case, paid: Paid, judged: Judged) -> tuple[Account, ...]:
    """The accounts of all awards, by id."""
    direct: dict[str, int] = defaultdict(int)
    fringe: dict[str, int] = defaultdict(int)
    indirect: dict[str, int] = defaultdict(int)
    for entry in paid.entries:
        direct[entry.award] += entry.amount
    for (award, _, _), amount in paid.fringe.items():
        fringe[award] += amount
    for (award, _), amount in paid.indirect.items():
        indirect[award] += amount
    on = {award: (direct[award], fringe[award], indirect[award]) for award in case.terms}
    return tuple(_account(case, paid, judged, award, on[award]) for award in case.terms)


def _account(case: Case, paid: Paid, judged: Judged, award: str, on: tuple[int, int, int]) -> Account:
    direct, fringe, indirect = on
    days = case.proposal.fiscal.days
    funds = case.funds[award]
    parts = [part for part in funds.installments if part.days.start < days.stop and part.days.stop > days.start]
    available = sum(part.amount for part in parts)
    before = sum(case.spent(award, frozenset({part.number})) for part in parts)
    left = max(0, available - before - sum(on))
    charged = by_installment(case, paid, award)
    lives = {part.number: _lives_on(case, part, charged, judged) for part in parts}
    carried = min(left, sum(lives.values()))
    lapses = _lapses(left - carried, parts, charged, lives)
    indexes = range(len(case.proposal.periods))
    own = sum(int(case.indirect[award, i].own_rate * judged.ledger.own_base(award, i)) for i in indexes)
    unrecovered = max(0, own - indirect)
    return Account(award, available, direct, fringe, indirect, left - carried, carried, lapses, unrecovered, before)


def by_installment(case: Case, paid: Paid, award: str) -> dict[str, int]:
    """What each installment of an award is charged, what is spent already included: direct, fringe and indirect."""
    charged: dict[str, int] = defaultdict(int)
    for past in case.past:
        charged[past.installment] += past.amount if past.award == award else 0
    pay: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for entry in paid.entries:
        if entry.award == award:
            charged[entry.installment] += entry.amount
            pay[entry.line, entry.index].append(entry)
    for (line, index), entries in pay.items():
        fringe, before, whole = paid.fringe.get((award, line, index), 0), 0, sum(entry.amount for entry in entries)
        for entry in sorted(entries, key=lambda entry: (int(entry.installment), entry.days)):
            after = before + entry.amount
            charged[entry.installment] += fringe * after // whole - fringe * before // whole
            before = after
    for (who, number), amount in paid.by_installment.items():
        charged[number] += amount if who == award else 0
    return charged


def _lives_on(case: Case, part: Installment, charged: dict[str, int], judged: Judged) -> int:
    """What of an installment can still pay costs after the calendar."""
    stop = case.proposal.fiscal.days.stop
    if part.ends <= stop:
        return 0
    left = max(0, part.amount - charged.get(str(part.number), 0))
    if part.own is None or part.own > stop:
        return left
    row = f"carried[{part.award},{part.number}]"
    late = next(actual for limit, actual, _ in judged.measured if limit.id == row)
    return min(left, max(0, part.kept - ceil(late)))


def _lapses(
    lapsed: int, parts: list[Installment], charged: dict[str, int], lives: dict[int, int]
) -> tuple[tuple[int, int], ...]:
    """What lapses by day; where installments end together and one is charged a unit too much, it is their sum."""
    by_day: dict[int, int] = defaultdict(int)
    for part in parts:
        left = max(0, part.amount - charged.get(str(part.number), 0) - lives[part.number])
        day = part.ends if part.own is None else min(part.own, part.ends)
        by_day[day - 1] += left
    ends = [(amount, day) for day, amount in sorted(by_day.items()) if amount]
    return tuple(ends) if sum(amount for amount, _ in ends) == lapsed else ((lapsed, max(by_day)),) if lapsed else ()


def on_unverified(case: Case, paid: Paid) -> int:
    """Units of direct cost and fringe that rest on a permission nobody has read in the funder's own words."""
    total = 0
    for entry in paid.entries:
        if case.determinations[entry.award, entry.line].unverified:
            total += entry.amount
    for (award, line, _), amount in paid.fringe.items():
        if case.determinations[award, line].unverified:
            total += amount
    return total
