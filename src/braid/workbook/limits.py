"""The Limits: everything that bounds a sum, what it came to, its room and a word; live wherever it is a plain sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.answer.rows import LimitRow
from braid.answer.summary import dollars
from braid.checks.judging import slack_before
from braid.files.sheets import Formula, Number, Sheet, Value
from braid.judge.limit import Limit
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.live import live
from braid.workbook.page import FAIL, PASS, WARN, Column, Made
from braid.workbook.scope import OVER_BEFORE, Live, Scope

LIMITS = (
    Column("Row", 24, "key"),
    Column("Kind", 12),
    Column("What must hold", 52),
    Column("Must be", 11),
    Column("Share", 10, "share"),
    Column("Base", 0, "money"),
    Column("Bound", 0, "money"),
    Column("Actual", 0, "money"),
    Column("Room", 0, "money"),
    Column("Status", 9, "verdict"),
    Column("Binding in the plan", 9, "count"),
    Column("Rule", 18, "key"),
    Column("Citation", 26, "key"),
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
    Column("Goes by", 12, "quantity"),
    Column("Day of the need", 10, "count"),
    Column("Days of the need", 10, "count"),
    Column("Amount of the rule", 0, "money"),
    Column("Note", 84),
)
BEFORE = (Column("Spent before", 0, "money"), Column("Over before", 0, "money"))
"""Further columns, where anything was spent before the plan."""
STATUS, PRINTED = 10, 13
ORDER = (
    "award", "cash", "installment", "carried", "reserve", "float", "cap", "floor", "match", "transfer", "must",
    "require", "committed", "minimum", "essential", "units", "share", "effort", "payer", "portion", "limit",
)  # fmt: skip
"""The kinds that come first; needs and windows, which are many, follow."""
LIVE, WORKED = "live", "by braid"
AGAIN = "Plan again after a change."
GIVEN = "The bound is an amount of the rule or of the plan itself; run braid check after the line changes."
APART = f"It adds up budget periods with approved budgets of their own; Approved budget has each. {AGAIN}"
NOTE = f"It counts on-costs as no sum of the Allocation does. {AGAIN}"


@dataclass(frozen=True, slots=True)
class _Row:
    """One limit as it stands on the sheet."""

    row: LimitRow
    limit: Limit | None
    live: Live | None
    actual: Number
    bound: Number
    room: Decimal
    over_before: Decimal = NOTHING
    """How far it is over by what was spent before the plan alone."""

    @property
    def least(self) -> bool:
        return bool(self.limit and self.limit.at_least)

    @property
    def may_differ(self) -> Decimal:
        """What rounding down parts the sum by from the exact one, which the plan keeps."""
        kept = self.row.slack + self.over_before >= 0
        return max(NOTHING, -self.room - self.over_before) if self.live and kept else NOTHING

    @property
    def status(self) -> str:
        """PASS, FAIL, or a warning where nothing but money already spent is over."""
        room = self.room + self.may_differ
        return PASS if room >= 0 else WARN if room + self.over_before >= 0 else FAIL


def limits(facts: Facts) -> Sheet:
    """Every limit of the plan, those of law and money first."""
    columns = (*LIMITS, *BEFORE) if facts.before else LIMITS
    page = page_of(facts, "Limits", "control", columns)
    page.printed = PRINTED
    page.say("Limits: everything that bounds a sum", "title")
    page.say(
        f"«{LIVE}»: Actual adds up the Allocation by the columns to the right of the print area, and moves with it. "
        f"«{WORKED}»: Actual is as planned; the last column says why. Plan again after a change.",
    )
    page.say(
        "Bound goes by Share and Base, by another sheet, or by the amount that a rule names, which stands to the right "
        "of the print area. Base is what the share is of; of a need that accrues, Bound is what arises on its days."
    )
    page.say(
        "Room is what may still be added; for «at least», what may be taken away. FAIL is an error: the limit is "
        "broken. The plan counts on-costs before they are rounded down; «May differ by» is what that parts a sum by."
    )
    if facts.before:
        page.say(
            f"{WARN} is a warning: money that was spent before the plan is over by itself, and nothing adds to it."
        )
    page.say("Needs and windows of lines come last and are not printed; Needs says how far each line is met.", "note")
    page.skip()
    known = {limit.id: limit for limit in facts.plan.case.limits}
    rows = sorted(facts.plan.file.limits, key=_place)
    first = page.row + 1
    slack = slack_before(facts.plan.case)
    found = [_found(facts, row, known.get(row.row), first + i, slack) for i, row in enumerate(rows)]
    before = bool(facts.before)
    page.table("tblLimits", columns, Made(found, lambda each, i: _cells(each, first + i, before=before)))
    page.verdicts.append(page.span(STATUS, first))
    page.printed_to = first - 1 + sum(_kind(row) in ORDER for row in rows)
    return page.sheet()


def stated(facts: Facts, row: LimitRow, limit: Limit) -> tuple[Number, Number, Number]:
    """The share (zero where there is none), what it comes to, and the bound of a limit, as the sheet carries them."""
    found = _found(facts, row, limit, 1, {})
    share = found.live.scope.share if found.live else None
    return float(share or 0), found.actual, found.bound


def words(sheet: Sheet) -> Counter[str]:
    """Of how many of the limits on the sheet each word is said."""
    found: Counter[str] = Counter()
    for block in sheet.blocks:
        status = (block.made(place)[STATUS - 1] for place in range(block.count))
        found.update(str(value.value) for value in status if isinstance(value, Formula))
    return found


def _kind(row: LimitRow) -> str:
    return row.row.partition("[")[0]


def _place(row: LimitRow) -> tuple[int, str]:
    kind = _kind(row)
    return (ORDER.index(kind) if kind in ORDER else len(ORDER)), row.row


def _note(row: LimitRow, limit: Limit | None, made: Live | None) -> str | None:
    """Why what a limit comes to, or its bound, is no live formula."""
    if made is not None:
        return GIVEN if _kind(row) in {"limit", "portion"} and not isinstance(made.bound, Formula) else None
    return APART if _kind(row) == "transfer" else NOTE


def _found(facts: Facts, row: LimitRow, limit: Limit | None, at: int, slack: Mapping[str, Fraction]) -> _Row:
    """A limit with its formulas, where they say what the plan says but for the rounding of on-costs."""
    spent = limit is not None and not limit.required
    over_before = _rounded(
        -min(Fraction(0), slack.get(row.row, Fraction(0))) * Fraction(facts.step) if spent else Fraction(0)
    )
    made = live(facts, limit, at) if limit is not None else None
    if made is not None:
        actual = _number(made.actual)
        bound = _number(made.bound)
        near = Fraction(facts.step * (made.rounded + 1))
        pairs = ((actual, row.actual), (bound, row.bound))
        if all(abs(Fraction(one) - Fraction(other)) <= near for one, other in pairs):
            return _Row(row, limit, made, actual, bound, _room(limit, actual, bound), over_before)
    return _Row(row, limit, None, row.actual, row.bound, _room(limit, row.actual, row.bound), over_before)


def _room(limit: Limit | None, actual: Number, bound: Number) -> Decimal:
    """What may still be added; of «at least», what may be taken away."""
    room = Fraction(actual) - Fraction(bound)
    return _rounded(room if limit is not None and limit.at_least else -room)


def _number(value: Formula | Decimal) -> Number:
    found = value.value if isinstance(value, Formula) else value
    if isinstance(found, str):
        raise TypeError("a limit is held against a number")
    return found


def _rounded(value: Fraction) -> Decimal:
    return Decimal(round(value * 10**6)).scaleb(-6)


def _status(at: int, *, before: bool) -> str:
    """The word for a limit; with money already spent, a warning where that alone is over."""
    word = f'IF($I{at}+$O{at}+${OVER_BEFORE}{at}<0,"{FAIL}","{WARN}")' if before else f'"{FAIL}"'
    return f'IF($I{at}+$O{at}<0,{word},"{PASS}")'


def _cells(each: _Row, at: int, *, before: bool) -> list[Value]:
    row, made = each.row, each.live
    scope = made.scope if made else Scope()
    found: list[Value] = [
        row.row,
        _kind(row),
        row.sentence,
        "at least" if each.least else "at most",
        scope.said or (float(scope.share) if scope.share is not None else None),
        scope.base,
        made.bound if made else row.bound,
        made.actual if made else row.actual,
        Formula(f'ROUND(IF($D{at}="at least",$H{at}-$G{at},$G{at}-$H{at}),6)', each.room),
        Formula(_status(at, before=before), each.status),
        "yes" if row.binding else "no",
        row.rule or None,
        "; ".join(row.cite) or None,
        LIVE if made else WORKED,
        each.may_differ,
        scope.award or None,
        scope.line or None,
        scope.period or None,
        scope.activity or None,
        scope.first,
        scope.last,
        scope.lowest,
        scope.highest,
        scope.mark or None,
        scope.goes_by,
        scope.needed,
        scope.days,
        scope.ruled,
        _over_before(each) if each.status == WARN else _note(row, each.limit, made),
    ]
    return [*found, made.before if made else None, each.over_before] if before else found


def _over_before(each: _Row) -> str:
    return (
        f"Money already spent leaves it over by {dollars(each.over_before)}; nothing that is planned may make it worse."
    )
