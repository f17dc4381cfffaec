"""Section E of the SF-424A: federal funds needed for the balance of the project, where it is granted in steps."""

from __future__ import annotations

from braid.files.sheets import Value
from braid.workbook.filing.form import Filed, Form
from braid.workbook.ledger import Key

FIRST, COLUMNS = 4, 4
"""The first column of amounts, and how many years there are."""
AFTER = "Not on the form: of section A, later years"


def later(form: Form, filed: Filed, award: Key, program: str) -> int:
    """Write the section; the row of its total, or of what falls in later years where the section is blank.

    An award that is granted in one amount needs no further funds: sections A to D have all of it.
    """
    page = form.page
    page.keep(8)
    page.say("Section E: federal funds needed for the balance of the project", "heading")
    heads = ["Line", "(a) Grant program", "", "(b) First", "(c) Second", "(d) Third", "(e) Fourth"]
    money = ["money"] * COLUMNS
    page.header(heads, ["count", "text", "text", *money])
    row, years = page.row, filed.facts.budget_years
    known = range(2, min(1 + COLUMNS, len(filed.years)) + 1)
    cells: list[Value] = [filed.facts.ledger.sum(column=years.column(number), award=award) for number in known]
    cells += [None] * (COLUMNS - len(cells))
    needed = cells if filed.in_steps else [None] * COLUMNS
    form.fill([16, program, None, *needed], ["count", "text", "text", *money])
    for number in (17, 18, 19):
        form.fill([number, *[None] * (2 + COLUMNS)], ["count", "text", "text", *money])
    sums = [form.down(column, row, row + 3) for column in range(FIRST, FIRST + COLUMNS)]
    total = form.fill([20, "Total (lines 16 to 19)", None, *sums], ["count", *["total text"] * 2, *["total"] * COLUMNS])
    ends = [year.last for year in filed.years[1 : 1 + COLUMNS]]
    if known and not filed.in_steps:
        total = form.fill([None, AFTER, None, *cells], ["", "text", "text", *money])
    elif ends:
        form.fill(["to", *ends], ["key right", *["date"] * len(ends)], FIRST - 1)
    page.skip()
    return total
