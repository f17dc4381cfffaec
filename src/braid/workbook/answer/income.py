"""The Revenue: what other payers are expected to bring, and how it takes off the need, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from braid.answer.rows import Income
from braid.files.sheets import Formula, Sheet, Value
from braid.proposal import at as of_period
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import Key
from braid.workbook.page import Column, Page

PAYERS = (
    Column("Activity", 28, "id"),
    Column("Payer", 34),
    Column("Period", 12, "count"),
    Column("Expected", 0, "money"),
    Column("Lines", 30, "id"),
    Column("How it was estimated", 44),
)
INCOME = (
    Column("Activity", 28, "id"),
    Column("Line", 34, "id"),
    Column("Period", 12, "count"),
    Column("Direct", 0, "money"),
    Column("Fringe", 0, "money"),
    Column("Taken off the need", 0, "money"),
)


def revenue(facts: Facts) -> Sheet | None:
    """Program income by payer, and by line; None where no other payer is expected."""
    rows = facts.plan.file.revenue
    if not rows:
        return None
    page = page_of(facts, "Revenue", "result", PAYERS, {"Payer": max(34.0, facts.line_wide)})
    for column in (4, 5, 6):
        page.widths = [max(w, facts.wide + 4) if i == column else w for i, w in enumerate(page.widths, 1)]
    page.say("Revenue: what other payers bring (program income)", "title")
    page.say(
        "Insurance, Medicaid and fees pay first: what they bring is taken off the need before any award pays. How it "
        "may be used is for each funder to say (2 CFR 200.307)."
    )
    page.say("What it takes off each line, in proportion to cost, is worked out by braid; plan again after a change.")
    page.skip()
    page.say("What is expected, by payer", "heading")
    expected = list(_expected(facts, page.row + 1))
    page.table("tblRevenue", PAYERS, [row for row, _ in expected])
    every = sum((amount for _, amount in expected), NOTHING)
    _total(page, "All payers", 3, [("tblRevenue", "Expected", every)], len(PAYERS))
    page.say("What it takes off, by line", "heading")
    first = page.row + 1
    page.table("tblOtherPayers", INCOME, (_row(row, first + place) for place, row in enumerate(rows)))
    direct = sum((row.direct for row in rows), NOTHING)
    fringe = sum((row.fringe for row in rows), NOTHING)
    sums = [("Direct", direct), ("Fringe", fringe), ("Taken off the need", direct + fringe)]
    _total(page, "All lines", 3, [("tblOtherPayers", name, value) for name, value in sums], len(INCOME))
    page.repeat = 0
    return page.sheet()


def _expected(facts: Facts, row: int) -> Iterator[tuple[list[Value], Decimal]]:
    """Each payer's row, and its amount: off the sheet on which it is entered, where one cell there says it."""
    for activity in facts.activities:
        for each in activity.revenue:
            for period in facts.plan.proposal.periods:
                amount = facts.money(of_period(each.amount, period) // facts.cents)
                if amount:
                    lines = ", ".join(each.lines or ()) or "all of the activity"
                    keys = {"Activity": Key(f"$A{row}", activity.id), "Payer": Key(f"$B{row}", each.payer)}
                    name = f"Amount {period}" if isinstance(each.amount, dict) else "Amount"
                    said = facts.entered("Income of activities", name, amount, **keys)
                    yield [activity.id, each.payer, period.name, said or amount, lines, each.basis], amount
                    row += 1


def _row(row: Income, at: int) -> list[Value]:
    whole = Formula(f"SUM($D{at}:$E{at})", row.direct + row.fringe)
    return [row.activity, row.line, row.period, row.direct, row.fringe, whole]


def _total(page: Page, name: str, before: int, sums: list[tuple[str, str, Decimal]], wide: int) -> None:
    found = [Formula(f"SUM({table}[{column}])", value) for table, column, value in sums]
    rest = wide - before - len(found)
    styles = ["total text"] * before + ["total"] * len(found) + ["total text"] * rest
    page.line([name, *[None] * (before - 1), *found, *[None] * rest], styles)
    page.skip()
