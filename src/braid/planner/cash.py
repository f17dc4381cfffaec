"""When each award is charged and when its money comes, by calendar quarter: cash, and what the county carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from braid.checks import Judged, Ledger, Paid
from braid.judge.case import Case
from braid.judge.cash import lag_of, quarter_of, quarters, reimbursed
from braid.judge.funds import Installment

Share = dict[int, Fraction]
"""By the first day of a quarter, what falls in it."""


@dataclass(frozen=True)
class Flow:
    """One award in one quarter, in whole units; ``carried``: spent and charged by its end, and not received by then."""

    award: str
    quarter: str
    charged: int
    received: int
    carried: int


def flows_of(case: Case, paid: Paid, judged: Judged) -> tuple[Flow, ...]:
    """The cash of every award by quarter, as long as something is charged or received."""
    charged = _charged(paid, judged)
    return tuple(flow for name in case.terms for flow in _of_award(case, name, charged[name]))


def spread_of(ledger: Ledger) -> dict[tuple[str, int], Share]:
    """By award and period, which part of what is charged falls in each quarter, as the exact charges arise.

    The parts of a period add up to one.
    """
    exact: dict[tuple[str, int], Share] = defaultdict(lambda: defaultdict(Fraction))
    for row in ledger.rows():
        entry = row.entry
        if row.past is None and entry.days.days:
            for quarter in quarters(entry.days):
                part = Fraction(entry.days.meet(quarter.days).days, entry.days.days)
                exact[entry.award, entry.index][quarter.days.start] += row.charge * part
    found: dict[tuple[str, int], Share] = {}
    for key, shares in exact.items():
        if whole := sum(shares.values()):
            found[key] = {start: share / whole for start, share in shares.items()}
    return found


def _charged(paid: Paid, judged: Judged) -> dict[str, Share]:
    """What is charged by award and quarter: whole units of each period, spread over its quarters."""
    units: dict[tuple[str, int], int] = defaultdict(int)
    for entry in paid.entries:
        units[entry.award, entry.index] += entry.amount
    for (award, _, index), amount in paid.fringe.items():
        units[award, index] += amount
    for key, amount in paid.indirect.items():
        units[key] += amount
    found: dict[str, Share] = defaultdict(lambda: defaultdict(Fraction))
    for (award, index), shares in spread_of(judged.ledger).items():
        for start, share in shares.items():
            found[award][start] += share * units[award, index]
    return found


def _of_award(case: Case, name: str, charged: Share) -> Iterator[Flow]:
    award = case.proposal.award(name)
    back = reimbursed(award)
    incoming = _paid_back(charged, lag_of(award)) if back else _received(case, name)
    spent = received = 0
    parts = frozenset(part.number for part in _of_plan(case, name))
    exact, came = Fraction(0), Fraction(0)
    before = 0 if back else case.spent(name, parts)
    for start in sorted({*charged, *incoming}):
        exact, came = exact + charged.get(start, 0), came + incoming.get(start, 0)
        owed = max(0, floor(exact + before - came))
        by_now = floor(exact) - owed if back else floor(came)
        yield Flow(name, quarter_of(start).name, floor(exact) - spent, by_now - received, owed)
        spent, received = floor(exact), by_now


def _paid_back(charged: Share, lag: int) -> Share:
    """What is charged in a quarter comes so many days after its end."""
    found: Share = defaultdict(Fraction)
    for start, amount in charged.items():
        day = quarter_of(start).days.stop - 1 + lag
        found[quarter_of(day).days.start] += amount
    return found


def _received(case: Case, name: str) -> Share:
    found: Share = defaultdict(Fraction)
    for part in _of_plan(case, name):
        day = max(part.received, case.proposal.fiscal.days.start)
        if day < case.proposal.fiscal.days.stop:
            found[quarter_of(day).days.start] += part.amount
    return found


def _of_plan(case: Case, name: str) -> Iterator[Installment]:
    """The installments of an award that pay costs of the plan."""
    for part in case.funds[name].installments:
        if part.days.meet(case.proposal.fiscal.days).days:
            yield part
