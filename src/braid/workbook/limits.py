"""The Limits: everything that bounds a sum, what it came to, its room and a word; live wherever it is a plain sum."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.answer.rows import LimitRow
from braid.files.sheets import Formula, Number, Sheet, Value
from braid.judge.limit import Limit
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.live import Live, Scope, live
from braid.workbook.page import Column

LIMITS = (
    Column("Row", 27, "key"),
    Column("Kind", 14),
    Column("What must hold", 52),
    Column("Must be", 11),
    Column("Actual", 0, "money"),
    Column("Bound", 0, "money"),
    Column("Room", 0, "money"),
    Column("Status", 9, "verdict"),
    Column("Binding in the plan", 9, "count"),
    Column("Rule", 18, "key"),
    Column("Citation", 30, "key"),
    Column("Worked out", 11, "key"),
    Column("May differ by", 0, "money"),
    Column("Award", 13, "key"),
    Column("Line", 34, "key"),
    Column("Period", 10, "count"),
    Column("Activity", 24, "key"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Installment", 13, "count"),
    Column("To installment", 13, "count"),
    Column("Counts in", 34, "key"),
    Column("Share", 9, "share"),
    Column("Goes by", 0, "money"),
    Column("Note", 84),
)
STATUS, PRINTED = 8, 12
ORDER = (
    "award", "cash", "installment", "carried", "reserve", "cap", "floor", "match", "transfer", "must", "require",
    "committed", "minimum", "essential", "units", "share", "payer", "portion", "limit",
)  # fmt: skip
"""The kinds that come first; needs and windows, which are many, follow."""
LIVE, WORKED = "live", "by braid"
AGAIN = "Plan again after a change."
NOTES = {
    "payer": f"It counts awards, which no sum of the Allocation does. {AGAIN}",
    "cash": f"It adds up installments that do not follow one another. {AGAIN}",
    "installment": f"It adds up installments that do not follow one another. {AGAIN}",
}
TOGETHER = f"Several matched awards share the money that may serve; Match says which dollar serves which. {AGAIN}"
DATED = f"It counts indirect cost by the day, and the Allocation has that by period. {AGAIN}"
NOTE = f"It counts on-costs as no sum of the Allocation does. {AGAIN}"


@dataclass(frozen=True)
class _Row:
    """One limit as it stands on the sheet."""

    row: LimitRow
    limit: Limit | None
    live: Live | None
    actual: Number
    bound: Number

    @property
    def least(self) -> bool:
        return bool(self.limit and self.limit.at_least)

    @property
    def room(self) -> Decimal:
        room = Fraction(self.actual) - Fraction(self.bound)
        return _rounded(room if self.least else -room)

    @property
    def may_differ(self) -> Decimal:
        """What rounding down parts the sum by from the exact one, which the plan keeps."""
        return max(NOTHING, -self.room) if self.live and self.row.slack >= 0 else NOTHING


def limits(facts: Facts) -> Sheet:
    """Every limit of the plan, those of law and money first."""
    page = page_of(facts, "Limits", "control", LIMITS)
    page.printed = PRINTED
    page.say("Limits: everything that bounds a sum", "title")
    page.say(
        f"«{LIVE}»: Actual adds up the Allocation by the columns to the right of the print area, and moves with it. "
        f"«{WORKED}»: Actual is as planned; the last column says why. Plan again after a change.",
    )
    page.say(
        "Room is what may still be added; for «at least», what may be taken away. OVER means that the limit is broken. "
        "The plan counts on-costs before they are rounded down; «May differ by» is what that parts a live sum by."
    )
    page.skip()
    known = {limit.id: limit for limit in facts.plan.case.limits}
    rows = sorted(facts.plan.file.limits, key=_place)
    first = page.row + 1
    found = [_found(facts, row, known.get(row.row), first + i) for i, row in enumerate(rows)]
    page.table("tblLimits", LIMITS, (_cells(each, first + i) for i, each in enumerate(found)))
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


def _note(row: LimitRow, limit: Limit | None) -> str:
    """Why what a limit comes to is no live formula."""
    if limit is not None and limit.kind == "match" and len(limit.awards or ()) > 1:
        return TOGETHER
    if limit is not None and limit.include_indirect and (limit.days or limit.pro_rata):
        return DATED
    return NOTES.get(_kind(row), NOTE)


def _found(facts: Facts, row: LimitRow, limit: Limit | None, at: int) -> _Row:
    """A limit with its formulas, where they say what the plan says but for the rounding of on-costs."""
    made = live(facts, limit, at) if limit is not None else None
    if made is not None:
        actual = _number(made.actual)
        bound = _number(made.bound)
        near = Fraction(facts.step * (made.rounded + 1))
        pairs = ((actual, row.actual), (bound, row.bound))
        if all(abs(Fraction(one) - Fraction(other)) <= near for one, other in pairs):
            return _Row(row, limit, made, actual, bound)
    return _Row(row, limit, None, row.actual, row.bound)


def _number(value: Formula | Decimal) -> Number:
    found = value.value if isinstance(value, Formula) else value
    if isinstance(found, str):
        raise TypeError("a limit is held against a number")
    return found


def _rounded(value: Fraction) -> Decimal:
    return Decimal(round(value * 10**6)).scaleb(-6)


def _cells(each: _Row, at: int) -> list[Value]:
    row, made = each.row, each.live
    scope = made.scope if made else Scope()
    room, may_differ = each.room, each.may_differ
    return [
        row.row,
        _kind(row),
        row.sentence,
        "at least" if each.least else "at most",
        made.actual if made else row.actual,
        made.bound if made else row.bound,
        Formula(f'ROUND(IF($D{at}="at least",$E{at}-$F{at},$F{at}-$E{at}),6)', room),
        Formula(f'IF($G{at}+$M{at}<0,"OVER","OK")', "OVER" if room + may_differ < 0 else "OK"),
        "yes" if row.binding else "no",
        row.rule or None,
        "; ".join(row.cite) or None,
        LIVE if made else WORKED,
        may_differ,
        scope.award or None,
        scope.line or None,
        scope.period or None,
        scope.activity or None,
        scope.first,
        scope.last,
        scope.lowest,
        scope.highest,
        scope.mark or None,
        float(scope.share) if scope.share is not None else None,
        scope.number,
        None if made else _note(row, each.limit),
    ]
