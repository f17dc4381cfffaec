"""What each award has, is charged, lets lapse and carries on (C22), and the indirect that it leaves unpaid (C24)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from braid.checks import Judged, Paid
from braid.judge.case import Case


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
    unrecovered: int

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
    return tuple(_account(case, judged, award, direct[award], fringe[award], indirect[award]) for award in case.terms)


def _account(case: Case, judged: Judged, award: str, direct: int, fringe: int, indirect: int) -> Account:
    days = case.proposal.fiscal.days
    parts = [p for p in case.pots[award].installments if p.days.start < days.stop and p.days.stop > days.start]
    available = sum(part.amount for part in parts)
    left = available - direct - fringe - indirect
    ends = case.pots[award].days.stop <= days.stop
    indexes = range(len(case.proposal.periods))
    own = sum(int(case.indirect[award, i].own_rate * judged.ledger.own_base(award, i)) for i in indexes)
    return Account(
        award, available, direct, fringe, indirect, left if ends else 0, 0 if ends else left, max(0, own - indirect)
    )


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
