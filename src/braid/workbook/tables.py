"""The Gaps and the Attention: what no award pays, and what a person must look at."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from braid.answer.rows import Attention, Gap
from braid.answer.summary import REASONS
from braid.basics.words import codes_told
from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.charges import NOTHING
from braid.workbook.continued import rows_told
from braid.workbook.facts import Facts, page_of
from braid.workbook.page import Column, Made, Page


def totals(page: Page, table: str, column: str, at: int, value: Decimal, rows: int) -> None:
    """Above a table: its total, and the total of the rows that a filter leaves in sight."""
    for text, function in (("Total", "SUM("), ("Total of the rows shown", "SUBTOTAL(109,")):
        page.put(at - 1, text, "strong right")
        page.put(at, Formula(f"{function}{table}[{column}])", value), "subtotal")
        page.row += 1
    page.say(rows_told(rows), "note")
    page.skip()


REASON_COLUMNS = (Column("Code", 24, "id"), Column("Why the gap", 28), Column("Gaps", 10, "count"))
GAPS = (
    Column("Activity", 24, "id"),
    Column("Line", 28, "id"),
    Column("Period", 10, "count"),
    Column("Amount", 0, "money"),
    Column("Reason", 22),
    Column("What stands against it", 58),
    Column("Could pay", 18, "id"),
    Column("Rules", 24, "id"),
)
CODES = Column("Codes", 22)
"""Of the position and of the line; left out where no line has any."""


def gaps(facts: Facts) -> Sheet | None:
    """What no award pays, each part with its one reason; None where every need is met."""
    rows = facts.plan.file.gaps
    if not rows:
        return None
    coded = any(gap.codes for gap in rows)
    columns = (*GAPS, CODES) if coded else GAPS
    page = page_of(facts, "Gaps", "result", columns)
    page.say("Gaps: what no award pays, and why", "title")
    page.say("Direct cost and fringe, as planned. Each part has one reason: the first that applies.")
    totals(page, "tblGaps", "Amount", 4, sum((gap.amount for gap in rows), NOTHING), len(rows))
    _reasons(page, rows)
    page.table("tblGaps", columns, Made(rows, lambda gap, _: _gap(gap, coded)))
    return page.sheet()


def _gap(gap: Gap, coded: bool) -> Sequence[Value]:
    return (
        gap.activity,
        gap.line,
        gap.period,
        gap.amount,
        _reason(gap),
        gap.sentence,
        ", ".join(gap.could_pay) or "none",
        ", ".join(gap.rules) or "none",
        *([codes_told(gap.codes)] if coded else []),
    )


def _reason(gap: Gap) -> str:
    return REASONS.get(gap.reason, gap.reason).capitalize()


def by_reason(rows: Sequence[Gap]) -> list[tuple[str, str, list[Decimal]]]:
    """The amounts of the gaps by reason, each with its code and its words, the largest first."""
    amounts: dict[tuple[str, str], list[Decimal]] = {}
    for gap in rows:
        amounts.setdefault((gap.reason, _reason(gap)), []).append(gap.amount)
    ordered = sorted(amounts.items(), key=lambda pair: (-sum(pair[1]), pair[0][1]))
    return [(code, words, each) for (code, words), each in ordered]


def _reasons(page: Page, rows: Sequence[Gap]) -> None:
    first = page.row + 1
    found = [
        (
            code,
            words,
            Formula(f"COUNTIF(tblGaps[Reason],$B{row})", len(each)),
            Formula(f"SUMIFS(tblGaps[Amount],tblGaps[Reason],$B{row})", sum(each, NOTHING)),
        )
        for row, (code, words, each) in enumerate(by_reason(rows), first)
    ]
    page.table("tblReasons", (*REASON_COLUMNS, Column("Amount", 0, "money")), found)
    page.skip()


ATTENTION = (
    Column("No.", 6, "count"),
    Column("Code", 8, "count"),
    Column("Award", 16, "id"),
    Column("Line", 30, "id"),
    Column("What to look at, confirm, sign or decide", 76),
    Column("Done (x)", 8, "input text"),
    Column("By", 16, "input text"),
    Column("Date", 12, "input text"),
)
"""Of both tables, so that the header of the first may stand on every printed page."""
SIGNED = "A4"
"""The code of what is signed or decided for an award."""


def attention(facts: Facts) -> Sheet | None:
    """What a person must look at, sign or confirm, with places to tick and sign; None where there is nothing."""
    rows = facts.plan.file.attention
    if not rows:
        return None
    to_sign = [row for row in rows if row.code == SIGNED]
    others = [row for row in rows if row.code != SIGNED]
    page = page_of(facts, "Attention", "control", ATTENTION)
    page.say("Attention and certifications: what to look at, sign and confirm", "title")
    page.say("The codes keep their meaning from plan to plan. Tick, name and date each one; nothing here is locked.")
    page.skip()
    for name, says, each in (
        ("tblAttention", "To look at or confirm", others),
        ("tblCertifications", "To sign or decide, before money is drawn", to_sign),
    ):
        if each:
            page.keep(6)
            page.say(says, "heading")
            page.table(name, ATTENTION, map(_to_do, range(1, len(each) + 1), each))
            page.skip()
    page.repeat = page.tables[0].top
    return page.sheet()


def _to_do(number: int, row: Attention) -> Sequence[Value]:
    return (number, row.code, row.award, row.line, row.sentence, None, None, None)
