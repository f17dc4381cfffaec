"""The Expected money: what is only hoped for, and what more of each priority's need it would meet if it came."""

from __future__ import annotations

from decimal import Decimal

from braid.answer.rows import Hope
from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import Key
from braid.workbook.page import Column, Page

EXPECTED = (
    Column("Award", 18, "id"),
    Column("What", 46),
    Column("Likely", 10, "share"),
    Column("Priority", 10, "count"),
    Column("Would add", 0, "money"),
)


def expected(facts: Facts) -> Sheet | None:
    """What each thing that is only expected would add; None where nothing is expected."""
    rows = facts.plan.file.expected
    if not rows:
        return None
    page = page_of(facts, "Expected money", "result", EXPECTED)
    page.say("Expected money: what it would add if it came", "title")
    page.say(
        "It pays nothing in this plan. Each row is worked out by itself, as if that money alone came: rows of several "
        "awards do not add up. What is below zero, a priority would lose. These are results of planning, and do not "
        "move with the Allocation."
    )
    if facts.plan.file.with_expected:
        page.say("This plan was made as if all of it had come.", "strong")
    page.skip()
    first = page.row + 1
    page.table("tblExpected", EXPECTED, (_row(facts, row, first + place) for place, row in enumerate(rows)))
    page.skip()
    _by_thing(page, rows)
    return page.sheet()


def _by_thing(page: Page, rows: tuple[Hope, ...]) -> None:
    """All priorities together, for each thing that is expected."""
    found: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        found[row.award, row.what] = found.get((row.award, row.what), NOTHING) + row.amount
    page.say("All priorities together", "heading")
    page.header(["Award", "What", "", "", "Would add"], ["id", "text", "text", "text", "money"])
    for (award, what), amount in found.items():
        keys = f"tblExpected[Award],$A{page.row},tblExpected[What],$B{page.row}"
        adds = Formula(f"SUMIFS(tblExpected[Would add],{keys})", amount)
        page.line([award, what, None, None, adds], ["id", "text", "text", "text", "money"])


def _row(facts: Facts, row: Hope, at: int) -> list[Value]:
    award = next((each for each in facts.plan.case.written.awards if each.id == row.award), None)
    if award is None or award.probability is None:
        return [row.award, row.what, None, row.priority, row.amount]
    found, likely = facts.said("Awards", "Probability", Id=Key(f"$A{at}", row.award)), float(award.probability)
    said = found is not None and float(found.value) == likely
    chance = Formula(found.text, likely) if found and said else likely
    return [row.award, row.what, chance, row.priority, row.amount]
