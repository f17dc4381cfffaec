"""The sheets of an input workbook for what repeats within an award or an activity, and for what is rarely needed."""

from __future__ import annotations

from dataclasses import replace

from braid.reading.sheet_costs import ACTIVITIES, LINES, REQUIREMENTS
from braid.reading.sheet_forms import Column, Table
from braid.reading.sheet_layout import (
    AWARDS,
    BASES,
    CLASSES,
    HEAD,
    MORE,
    RATES,
    READ,
    YES_NO,
    approved_column,
    codes_column,
    further,
    id_column,
    key_column,
)

_OF_AWARD = Column(
    "Award", ("award",), "text", "Required. The Id of the award on the sheet Awards.", choices="awards", width=18
)
_OF_ACTIVITY = Column(
    "Activity",
    ("activity",),
    "text",
    "Required. The Id of the activity on the sheet Activities.",
    choices="activities",
    width=18,
)


def _of_award(title: str, about: str, key: str, *columns: Column) -> Table:
    return Table(title, about, "awards", (_OF_AWARD, *columns, further()), key=key, owner="Award")


def _noted(title: str, about: str, key: str, rule: str) -> Table:
    """Notes on rules of an award, by the id of the rule."""
    columns = (
        _OF_AWARD,
        Column("Rule", ("rule",), "text", rule, width=28),
        Column("Note", (), "text", "Where it is on file, as in «State letter of 2 October 2026».", width=60),
    )
    return Table(title, about, "awards", columns, key=key, owner="Award", name="Rule")


COMMITTED = Table(
    "Committed",
    "Amounts that an award pays on a line in a period, whatever else is planned.",
    "committed",
    (
        _OF_AWARD,
        Column("Line", ("line",), "text", "Required. The full id of a line: activity/line.", width=32),
        Column("Period", ("period",), "text", "Required. As in FY2027.", width=12),
        Column("Amount", ("amount",), "amount", "Required. At least this much."),
        key_column("Exactly", "flag", "Yes where it is no more than that either.", choices=YES_NO, shown=False),
        further(),
    ),
)

RECEIPTS = _of_award(
    "Receipts",
    "Payments of an award by date, such as settlement payments.",
    "receipts",
    key_column("Date", "date", "Required. When it is received."),
    key_column("Amount", "amount", "Required."),
    key_column("Authorized", "date", "First day whose costs it may pay, where that is not the day of the receipt."),
    key_column("Use by", "text", "Last day whose costs it may pay, or a time such as 18 months.", width=14),
    key_column("Payer", "text", "Who pays it, as a settling company.", width=20),
    key_column("Met by", "text", "spent unless said.", choices=("spent", "encumbered"), shown=False),
)

BUDGET_PERIODS = _of_award(
    "Budget periods",
    "Awards that come in budget periods: each pays the costs of its own days.",
    "budget_periods",
    key_column("Start", "date", "Required. First day."),
    key_column("End", "date", "Required. Last day."),
    key_column("Amount", "amount", "Required."),
    approved_column("the budget period"),
)

RELEASED = _of_award(
    "Released",
    "Where the amount of an award is released in parts: those that are.",
    "released",
    key_column("Date", "date", "Required. First day whose costs it pays."),
    key_column("Amount", "amount", "Required."),
)

SPENT_BEFORE = _of_award(
    "Charged before",
    "What an award was charged already. It counts in every limit and is not planned again.",
    "spent_before",
    Column("Line", ("line",), "text", "The full id of a line, activity/line; or give the Category instead.", width=32),
    key_column("Category", "text", "The object class, where no line is named.", choices=CLASSES, width=14),
    key_column("Period", "text", "As in FY2027, where it is a period of this plan.", width=12),
    key_column("Amount", "amount", "Required."),
    key_column("Function", "text", "service unless said.", choices="functions", width=14),
    key_column("Item", "text", "What was bought.", choices="items", width=16),
    key_column("Subaward", "text", "The agreement that it was paid under.", width=14),
)

PLEDGED = _of_award(
    "Match pledged",
    "Match that comes from outside this plan: from whom, how valued, where it is on file.",
    "match_pledged",
    key_column(
        "Kind",
        "text",
        "Required.",
        choices=("cash", "in-kind", "volunteer", "space", "equipment", "unrecovered-indirect"),
        width=18,
    ),
    key_column("Amount", "amount", "Required."),
    key_column("From", "text", "Required. Who promises it.", width=28),
    key_column("Valuation", "text", "How the amount was worked out. Cash needs none.", width=36),
    key_column("Document", "text", "Required. Where the promise is on file.", width=36),
)

_CAP = (
    Column("At most", ("cap", "at_most"), "bound", "A ceiling: a share such as 3%, or an amount.", width=12),
    Column(
        "Of",
        ("cap", "of"),
        "text",
        "What a share is of. An amount is of nothing.",
        choices=("award", "received", "spend", "direct"),
    ),
    Column("Of function", ("cap", "select", "function"), "words", "Only charges of this function.", "functions"),
    Column("Of category", ("cap", "select", "category"), "words", "Only charges of this object class.", "categories"),
    Column("Of item", ("cap", "select", "item"), "words", "Only charges for this item.", "items"),
    Column("Of use", ("cap", "select", "use"), "words", "Only charges for this use.", "uses", shown=False),
    Column(
        "With indirect",
        ("cap", "include_indirect"),
        "flag",
        "Yes where indirect cost counts in the ceiling.",
        choices=YES_NO,
    ),
    Column(
        "Counted per",
        ("cap", "per"),
        "text",
        "Over what it is added up; award unless said.",
        choices=("award", "budget_period", "period", "calendar_year", "program"),
        width=14,
        shown=False,
    ),
)

TERMS = Table(
    "Terms",
    "Terms of a single award, on top of the rules of its program. They may only tighten.",
    "awards",
    (
        _OF_AWARD,
        id_column("Required. A short name of the term."),
        key_column("Why", "text", "Required. One sentence that says what it is.", width=48),
        *_CAP,
        Column("Citation", ("cite", 0, "title"), "text", "Required. Where it can be read.", width=28),
        Column("Section", ("cite", 0, "section"), "text", "Which section of it.", width=12),
        Column("Read", ("cite", 0, "read"), "text", "How well it was read.", choices=READ, width=12, shown=False),
        Column("Read on", ("cite", 0, "read_on"), "date", "When it was read.", shown=False),
        Column("Remark", ("cite", 0, "note"), "text", "What could not be confirmed.", width=24, shown=False),
        Column("Link", ("cite", 0, "href"), "text", "A web address, if any.", width=20, shown=False),
        replace(
            further("Rule (YAML)"),
            about="A term that is no ceiling, as YAML, as in «forbid: {item: [vehicle]}» or «floor: {at_least: 60%, "
            "of: spend, select: {place: rural}}».",
            shown=True,
            width=44,
        ),
    ),
    key="terms",
    owner="Award",
)

APPROVALS = _noted(
    "Approvals", "Prior approvals that are on file.", "approvals", "Required. The id of the rule, or the word scope."
)
EXCEPTIONS = _noted(
    "Exceptions",
    "Exceptions that the funder granted.",
    "exceptions",
    "Required. The id of the rule.",
)

REVENUE = Table(
    "Income of activities",
    "What other payers, such as Medicaid, pay of an activity. It lowers the need first.",
    "activities",
    (
        _OF_ACTIVITY,
        key_column("Payer", "text", "Required. Who pays.", width=20),
        key_column("Amount", "amount", "Required. One column for each period: Amount FY2027.", by="period"),
        key_column("Basis", "text", "Required. How the amount was estimated.", width=44),
        key_column("Lines", "words", "The lines of the activity that it pays; all of them unless said.", width=24),
        further(),
    ),
    key="revenue",
    owner="Activity",
)

PAYROLL = Table(
    "Payroll",
    "Positions that lines name, with their title and codes. Effort over all payers is at most 100%.",
    "positions",
    (
        id_column("Required. The number of the position, as lines name it."),
        key_column("Title", "text", "What the position is.", width=32),
        Column("FTE", ("fte",), "number", "How much of a full-time position it is; 1 unless said."),
        key_column("Effort step", "rate", "Where several awards pay the person, each part is a multiple of this."),
        codes_column(),
        further(),
    ),
)

INDIRECT_RATES = Table(
    "Indirect rates",
    "Your own rate of indirect cost, where it changes by fiscal year.",
    "indirect",
    (
        Column("Fiscal year", ("year",), "text", "Required. As in FY2027; one row for each year.", width=14),
        key_column("Rate", "rate", "Required."),
        key_column("Base", "text", "mtdc unless said.", choices=BASES, width=20),
        key_column("Kind", "text", "negotiated unless said.", choices=RATES, width=14),
        further(),
    ),
    name="Fiscal year",
)

MAIN = (HEAD, AWARDS, ACTIVITIES, LINES, REQUIREMENTS)
"""The sheets that every input workbook has, the first of them with settings in place of columns."""
EXTRA = (
    COMMITTED,
    RECEIPTS,
    BUDGET_PERIODS,
    RELEASED,
    SPENT_BEFORE,
    PLEDGED,
    TERMS,
    APPROVALS,
    EXCEPTIONS,
    REVENUE,
    PAYROLL,
    INDIRECT_RATES,
)
"""The sheets for what repeats within an award or an activity, and for what is rarely needed."""
TABLES = (*MAIN, *EXTRA)

__all__ = ["EXTRA", "HEAD", "MAIN", "MORE", "TABLES"]
