"""The Summary: need and gap by activity with a chart, why there is a gap, what awards are charged, and the checks."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import ceil
from typing import Any

from braid.answer.summary import goals_told
from braid.files.sheets import COLOURS, Formula, Sheet, letter
from braid.workbook.charges import NOTHING
from braid.workbook.checks import Checks, overview
from braid.workbook.facts import Facts
from braid.workbook.ledger import Key
from braid.workbook.page import Page, label
from braid.workbook.tables import by_reason

MOST_BARS = 40
BLOCK = "Need, funded and gap, by activity"
WIDE = 15
"""Columns that one printed page carries."""
FIRST = 3
"""The column in which amounts begin; the name and the id stand before it."""


class Summary:
    """The sheet, and where on it other sheets find what they show."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        columns = max(len(facts.periods), 4) + 1
        self.page = Page("Summary", "result", [36.0, 22.0, *[max(13.0, facts.wide)] * columns], locked=True)
        self.page.pages_wide = ceil((columns + 2) / WIDE)
        self._write()

    @property
    def totals(self) -> dict[str, str]:
        """Where the totals of all that is charged stand."""
        return {"periods": f"Summary!{self.periods_at}"}

    def sheet(self, checks: Checks) -> Sheet:
        """The finished sheet, with a word for each kind of check."""
        self.page.keep(len(checks.by_kind()) + 5)
        overview(self.page, checks)
        return self.page.sheet()

    def _write(self) -> None:
        page = self.page
        page.say("Summary: what is needed, what is funded, what is charged when", "title")
        braid = " Who pays for what stands on Braid." if len(self.facts.awards) > 1 else ""
        page.say(f"Formulas add up the table on Allocation. Amounts are dollars.{braid}")
        for sentence in goals_told(self.facts.plan.file):
            page.say(sentence)
        page.skip()
        block = self._funding()
        if len(self.facts.activities) <= MOST_BARS:
            page.chart("Need by activity: funded and gap", BLOCK, block, (5, 6), (COLOURS[2], "BFBFBF"))
        self._reasons()
        page.keep(len(self.facts.awards) + 4)
        self._periods()

    def _funding(self) -> tuple[int, int]:
        page, facts = self.page, self.facts
        page.say(BLOCK, "heading")
        names = ["Activity", "Id", "Priority", "Need", "Funded", "Gap", "Share met"]
        styles = ["text", "key", "count", "money", "money", "money", "share"]
        top = page.header(names, styles)
        for activity, need, paid in facts.by_activity():
            row = page.row
            key = Key(f"$B{row}", activity.id)
            needed = Formula(f"SUMIFS(tblNeeds[Need],tblNeeds[Activity],{key.cell})", need)
            page.line(
                [
                    label(activity.label),
                    activity.id,
                    activity.priority,
                    needed,
                    facts.ledger.sum(activity=key),
                    *_gap_and_share(row, need, paid),
                ],
                styles,
            )
        bottom, row = page.row - 1, page.row
        need = facts.total_need()
        paid = _sum(page.cells[row, 5].value for row in range(top + 1, page.row))
        sums = [Formula(f"SUM({at}{top + 1}:{at}{bottom})", value) for at, value in (("D", need), ("E", paid))]
        page.line(
            ["All activities", None, None, *sums, *_gap_and_share(row, need, paid)],
            ["total text", "total text", "total text", "total", "total", "total", "total share"],
        )
        page.skip()
        return top, bottom

    def _reasons(self) -> None:
        """The gap by reason, off the sheet Gaps."""
        page, found = self.page, by_reason(self.facts.plan.file.gaps)
        if not found:
            return
        page.keep(len(found) + 4)
        page.say("Why the gap", "heading")
        styles = ["text", "key", "money", "share"]
        first = page.header(["Reason", "Code", "Gap", "Share of it"], styles) + 1
        whole, end = sum((sum(each, NOTHING) for _, _, each in found), NOTHING), first + len(found)
        for code, words, each in found:
            row, amount = page.row, sum(each, NOTHING)
            gap = Formula(f"SUMIFS(tblReasons[Amount],tblReasons[Code],$B{row})", amount)
            page.line([words, code, gap, Formula(f"IFERROR($C{row}/$C${end},0)", float(amount / whole))], styles)
        total = Formula(f"SUM(C{first}:C{end - 1})", whole)
        page.line(["All gaps", None, total, None], ["total text", "total text", "total", "total text"])
        page.skip()

    def _periods(self) -> None:
        page, facts = self.page, self.facts
        page.say("Charged, by award and period, indirect cost included", "heading")
        names = ["Award", "Id", *facts.periods, "All periods"]
        top = page.header(names, ["text", "key", *["money"] * (len(names) - 2)])
        end = letter(FIRST + len(facts.periods) - 1)
        for total in facts.awards:
            row = page.row
            key = Key(f"$B{row}", total.award)
            page.put(1, label(facts.label(total.award)))
            page.put(2, total.award, "key")
            for column, period in enumerate(facts.periods, FIRST):
                found = facts.ledger.sum(award=key, period=Key(f"{letter(column)}${top}", period))
                page.put(column, found, "money")
            page.put(
                FIRST + len(facts.periods),
                Formula(f"SUM(C{row}:{end}{row})", facts.ledger.total(award=total.award)),
                "money",
            )
            page.row += 1
        bottom = page.row - 1
        page.put(1, "All awards", "total text")
        page.put(2, None, "total text")
        for place, period in enumerate([*facts.periods, None]):
            at = letter(FIRST + place)
            value = facts.ledger.total(period=period) if period else facts.ledger.total()
            page.put(FIRST + place, Formula(f"SUM({at}{top + 1}:{at}{bottom})", value), "total")
        self.periods_at = f"{letter(FIRST + len(facts.periods))}{page.row}"
        page.row += 1
        page.skip()


def _gap_and_share(row: int, need: Decimal, paid: Decimal) -> tuple[Formula, Formula]:
    share = float(paid / need) if need else 0.0
    return Formula(f"ROUND(D{row}-E{row},2)", need - paid), Formula(f"IFERROR(E{row}/D{row},0)", share)


def _sum(values: Iterable[Any]) -> Decimal:
    total = NOTHING
    for value in values:
        total += Decimal(value.value if isinstance(value, Formula) else value)
    return total
