"""Which limits one more unit of a need would break: worked out exactly, where no limit that is just met explains it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from braid.checks import Entry, Ledger
from braid.checks.measures import measure
from braid.judge.case import Case
from braid.judge.limit import Cell, Limit


def broken_by_one_more(case: Case, entries: tuple[Entry, ...], cells: Iterable[Cell]) -> list[Limit]:
    """The limits that one more unit on one of these cells would break: of the cell where they are fewest.

    None where there is a cell on which one more unit breaks nothing.
    """
    now = {limit.id: _slack(Ledger(case, entries), limit) for limit in case.limits}
    found: list[Limit] | None = None
    for cell in cells:
        installment = case.funds[cell.award].pots[cell.pot].installments[0].number
        more = Entry(cell.award, cell.line, cell.index, cell.days, 1, str(installment))
        ledger = Ledger(case, (*entries, more))
        broken = [limit for limit in case.limits if _slack(ledger, limit) < min(0, now[limit.id])]
        found = broken if found is None or len(broken) < len(found) else found
    return found or []


def _slack(ledger: Ledger, limit: Limit) -> Fraction:
    actual, bound = measure(ledger, limit)
    return actual - bound if limit.at_least else bound - actual
