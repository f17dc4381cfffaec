"""The sheet «Next dollar»: what one more dollar of each award and limit buys, and for how many dollars that holds."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from braid.answer.rows import Bought, NextDollar
from braid.answer.summary import dollars
from braid.files.sheets import Sheet, Value
from braid.workbook.facts import Facts, page_of
from braid.workbook.page import Column

NEXT = (
    Column("What", 34, "id"),
    Column("One more dollar meets", 15, "exact"),
    Column("Pays of indirect cost", 15, "exact"),
    Column("Up to", 16, "money"),
    Column("Where it goes", 44),
    Column("In a sentence", 90),
)
WITHOUT_END = Decimal(100_000_000_000)
"""What a plan says for «without end»."""


def next_dollar(facts: Facts) -> Sheet | None:
    """What one more dollar buys; None where the plan does not carry it."""
    rows = facts.plan.file.next_dollar
    if not rows:
        return None
    page = page_of(facts, "Next dollar", "result", NEXT)
    page.say("What one more dollar buys", "title")
    page.say(
        "One more dollar of an award, or of room under a limit: what it meets of need (direct cost and fringe), less "
        "what it takes from others, and for how many dollars that holds."
    )
    page.say(
        "Each was found by planning again with the change, in fractions of a dollar. Typing over does not move it."
    )
    page.say("An empty «Up to» holds without end.", "note")
    page.skip()
    page.table("tblNextDollar", NEXT, (_row(row) for row in rows))
    return page.sheet()


def _row(row: NextDollar) -> list[Value]:
    up_to = None if row.up_to >= WITHOUT_END else row.up_to
    return [row.what, row.one_more_dollar, row.indirect, up_to, _told(row.buys) or "nothing", row.sentence]


def _told(bought: Iterable[Bought]) -> str:
    return ", ".join(f"{each.activity} {dollars(each.amount)}" for each in bought)
