"""The Limits: everything that bounds a sum, what it came to, its room and a word; live wherever it is a plain sum."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from braid.answer.rows import LimitRow
from braid.files.sheets import Formula, Sheet, Value
from braid.judge.limits import Limit
from braid.workbook.ledger import Days, Key, word
from braid.workbook.page import Column
from braid.workbook.tables import Facts, page_of

LIMITS = (
    Column("Row", 27, "key"),
    Column("Kind", 9),
    Column("What must hold", 52),
    Column("Must be", 9),
    Column("Actual", 0, "money"),
    Column("Bound", 0, "money"),
    Column("Room", 0, "money"),
    Column("Status", 9, "verdict"),
    Column("Binding in the plan", 9, "count"),
    Column("Rule", 18, "key"),
    Column("Citation", 30, "key"),
    Column("Worked out", 11, "key"),
    Column("Award", 13, "key"),
    Column("Line", 26, "key"),
    Column("Period", 10, "count"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
)
STATUS, PRINTED = 8, 12
ORDER = ("award", "cash", "cap", "floor", "limit")
"""The kinds that come first; needs and windows, which are many, follow."""
LIVE, WORKED = "live", "by braid"


@dataclass(frozen=True)
class Scope:
    """What the sum of a limit goes by, where one SUMIFS can say it."""

    award: str = ""
    line: str = ""
    period: str = ""
    first: dt.date | None = None
    last: dt.date | None = None


def limits(facts: Facts) -> Sheet:
    """Every limit of the plan, those of law and money first."""
    page = page_of(facts, "Limits", "control", LIMITS)
    page.say("Limits: everything that bounds a sum", "title")
    page.say(
        f"«{LIVE}»: Actual adds up the Allocation by the columns to the right of the print area, and moves with it. "
        f"«{WORKED}»: Actual is as planned, on-costs counted before rounding; plan again after a change.",
    )
    page.say(
        "Room is what may still be added; for «at least», what may be taken away. OVER means that the limit is broken."
    )
    page.skip()
    known = {limit.id: limit for limit in facts.plan.case.limits}
    rows = sorted(facts.plan.file.limits, key=_place)
    first = page.row + 1
    page.table("tblLimits", LIMITS, (_row(facts, row, known.get(row.row), first + i) for i, row in enumerate(rows)))
    page.printed = PRINTED
    page.verdicts.append(page.span(STATUS, first))
    return page.sheet()


def over(sheet: Sheet) -> int:
    """How many of the limits on the sheet are broken."""
    values = (cell.value for (_, column), cell in sheet.cells.items() if column == STATUS)
    return sum(isinstance(value, Formula) and value.value == "OVER" for value in values)


def _kind(row: LimitRow) -> str:
    return row.row.partition("[")[0]


def _place(row: LimitRow) -> tuple[int, str]:
    kind = _kind(row)
    return (ORDER.index(kind) if kind in ORDER else len(ORDER)), row.row


def _row(facts: Facts, row: LimitRow, limit: Limit | None, at: int) -> list[Value]:
    scope = _scope(facts, limit)
    actual = _actual(facts, limit, scope, at) if limit and scope else None
    bound = _bound(facts, row, limit, at) if scope else row.bound
    least = bool(limit and limit.at_least)
    came_to = Decimal(actual.value) if actual else row.actual
    most = Decimal(bound.value) if isinstance(bound, Formula) else bound
    room = came_to - most if least else most - came_to
    shown = scope or Scope()
    return [
        row.row,
        _kind(row),
        row.sentence,
        "at least" if least else "at most",
        actual or row.actual,
        bound,
        Formula(f'ROUND(IF($D{at}="at least",$E{at}-$F{at},$F{at}-$E{at}),2)', room),
        Formula(f'IF($G{at}<0,"OVER","OK")', "OVER" if room < 0 else "OK"),
        "yes" if row.binding else "no",
        row.rule or None,
        "; ".join(row.cite) or None,
        LIVE if actual else WORKED,
        shown.award or None,
        shown.line or None,
        shown.period or None,
        shown.first,
        shown.last,
    ]


def _scope(facts: Facts, limit: Limit | None) -> Scope | None:
    """The scope of a limit that is a plain sum of charges; None where it is more than that."""
    if limit is None or limit.share is not None:
        return None
    alone = next(iter(limit.awards)) if limit.awards and len(limit.awards) == 1 else ""
    if limit.kind in {"award", "cash"} and alone:
        period = facts.plan.proposal.periods[limit.index] if limit.index is not None else None
        return Scope(award=alone, last=period.days.last if period else None)
    if limit.line is None or limit.index is None or limit.kind not in {"need", "window", "limit"}:
        return None
    if limit.awards is not None and not alone:
        return None
    days = limit.days
    first, last = (days.first, days.last) if days else (None, None)
    return Scope(alone, limit.line, facts.periods[limit.index], first, last)


def _actual(facts: Facts, limit: Limit, scope: Scope, at: int) -> Formula:
    """What the charges in scope come to: all of an award's, or the direct cost of a line in a period."""
    keys: dict[str, Key] = {}
    if scope.award:
        keys["award"] = Key(f"$M{at}", scope.award)
    if scope.line:
        keys["line"] = Key(f"$N{at}", scope.line)
        if scope.first is None:  # days say which period it is
            keys["period"] = Key(f"$O{at}", scope.period)
        keys["kind"] = word("direct")
    days = None
    if scope.last is not None:
        first = f"$P{at}" if scope.first else ""
        days = Days(f"$Q{at}", scope.last, first, scope.first or dt.date.min)
    return facts.ledger.sum(days, **keys)


def _bound(facts: Facts, row: LimitRow, limit: Limit | None, at: int) -> Formula | Decimal:
    """The bound of a need or of an award, taken from the table that holds it; any other is a number of its own."""
    if limit is not None and limit.kind == "need":
        found = [n.direct for n in facts.needs if (n.line, n.period) == (limit.line, facts.periods[limit.index or 0])]
        if found == [row.bound]:
            text = f"SUMIFS(tblNeeds[Direct],tblNeeds[Line],$N{at},tblNeeds[Period],$O{at})"
            return Formula(text, row.bound)
    if limit is not None and limit.kind == "award" and limit.awards:
        available = {total.award: total.available for total in facts.awards}
        if available.get(next(iter(limit.awards))) == row.bound:
            return Formula(f"SUMIFS(tblAwards[Available],tblAwards[Award],$M{at})", row.bound)
    return row.bound
