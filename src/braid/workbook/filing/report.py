"""The annual report of settlement money, as North Carolina's Exhibit E lists it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from braid.basics.fiscal import FiscalCalendar
from braid.files.sheets import Formula, Sheet, Value, letter
from braid.workbook.charges import NOTHING
from braid.workbook.check import Check
from braid.workbook.filing.by_payer import LAPSED
from braid.workbook.filing.form import Form, plus
from braid.workbook.filing.funds import Statement
from braid.workbook.page import Page

TITLE = "Annual report"
HOLDS = "Settlement money by fiscal year, as the annual financial report asks for it"
DUE = 90
"""Days after the fiscal year by which North Carolina's annual report is due (MOA, section F.6)."""


class AnnualReport:
    """The sheet, which adds up a finished fund statement; call ``sheet()`` before ``checks``."""

    def __init__(self, funds: Statement) -> None:
        self.funds, self.facts, self.columns = funds, funds.facts, funds.columns
        self.years = [year.name for year in funds.years]
        self.form = Form(Page(TITLE, "form", funds.form.page.widths, locked=True))
        self.form.page.printed = self.columns[-1]

    @property
    def checks(self) -> tuple[Check, ...]:
        """What must hold on it."""
        return tuple(self.form.checks)

    def sheet(self) -> Sheet | None:
        """The finished sheet; None where no settlement money is spent."""
        if not self.funds.awards:
            return None
        form, page, state = self.form, self.form.page, self.facts.plan.proposal.jurisdiction.state
        page.say("Annual report: settlement money by fiscal year", "title")
        page.say("The five items of Exhibit E of North Carolina's memorandum of agreement (MOA).")
        if state == "NC":
            page.say(
                "A recipient of 0.2 percent or more of the local allocation gives the detail that it asks for besides."
            )
        else:
            page.say("Your State has a report of its own; these items are what it is likely to ask for.", "note")
        page.say("The report is due even where nothing was spent. Type in audit costs; they are part of what is spent.")
        page.skip()
        money = ["money"] * len(self.years)
        self.head = page.header(["Item", "", *self.years], ["text", "text", *money])
        if state == "NC":
            label = f"Due, {DUE} days after the fiscal year"
            form.fill([label, None, *self._due()], ["text", "text", *["date"] * len(self.years)])
        opening = self._item("1. In the fund at the beginning of the fiscal year", "opening")
        received = self._item("2. Received during the fiscal year, interest included", "received", "interest")
        total = self._disbursed()
        gone = [total]
        if any(part.ends for part in self.facts.parts if self.facts.settlement(part.award)):
            gone.append(self._item(LAPSED, "lapsed"))
        audit = "4. Of it, used for audit costs"
        form.fill([audit, None, *[None] * len(self.years)], ["text", "text", *["input"] * len(self.years)])
        closing = self._item("5. In the fund at the end of the fiscal year", "closing")
        self._agrees((opening, received), gone, closing)
        return page.sheet()

    def _disbursed(self) -> int:
        """Item 3, strategy by strategy; the row of its total."""
        form, page = self.form, self.form.page
        first = page.row
        for use, name, coded in self.funds.strategies(""):
            cells = [self._reported(use, year, column) for column, year in zip(self.columns, self.years, strict=True)]
            form.fill([f"3. Disbursed: {name}", coded, *cells, None, use], [*self.funds.styles(), "", "key"])
        if any("before" in rows for rows in self.funds.where.values()):
            self._item("3. Disbursed before this plan, for strategies that the books name", "before")
        sums = [form.down(column, first, page.row - 1) for column in self.columns]
        return form.fill(["3. Disbursed, all strategies", None, *sums], self.funds.styles("subtotal"))

    def _agrees(self, came: Sequence[int], gone: Sequence[int], closing: int) -> None:
        """Items 1 and 2 less item 3, and less what lapses, are item 5."""
        form = self.form
        for column, year in zip(self.columns, self.years, strict=True):
            adds, less = ([form.ref(column, row) for row in rows] for rows in (came, gone))
            text = "+".join(each.text for each in adds) + "".join(f"-{each.text}" for each in less)
            value = Decimal(plus(*adds).value) - Decimal(plus(*less).value)
            form.holds(f"{year}, items 1 + 2 - 3: item 5", Formula(text, value), form.ref(column, closing))

    def _item(self, label: str, *names: str) -> int:
        """A row that adds up rows of the fund statement over all awards, by the words that stand beside them."""
        funds, row = self.funds, self.form.page.row
        key, last = self.columns[-1] + 2, funds.form.page.row
        marks = f"'{funds.form.page.title}'!${letter(funds.mark)}$1:${letter(funds.mark)}${last}"
        cells: list[Value] = []
        for column in self.columns:
            amounts = f"'{funds.form.page.title}'!{letter(column)}$1:{letter(column)}${last}"
            found = [
                Formula(
                    f"SUMIFS({amounts},{marks},${letter(key + place)}{row})",
                    sum(
                        (funds.form.value(column, rows[name]) for rows in funds.where.values() if name in rows), NOTHING
                    ),
                )
                for place, name in enumerate(names)
            ]
            cells.append(plus(*found))
        self.form.fill([label, None, *cells, None, *names], [*funds.styles(), "", *["key"] * len(names)])
        return row

    def _reported(self, strategy: str, year: str, column: int) -> Formula:
        at, key = self.form.page.row, letter(self.columns[-1] + 2)
        keys = f"tblStrategy[Strategy],${key}{at},tblStrategy[Fiscal year],{letter(column)}${self.head}"
        return Formula(f"SUMIFS(tblStrategy[Spent],{keys})", self.funds.authorized.of("", strategy, year))

    def _due(self) -> list[dt.date]:
        calendar: FiscalCalendar = self.facts.plan.proposal.fiscal
        return [calendar.year_days(int(year[2:])).last + dt.timedelta(days=DUE) for year in self.years]
