"""The Braid: which award pays what of which activity, with totals both ways, and a chart of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import ceil

from braid.files.sheets import COLOURS, Formula, Sheet, letter
from braid.files.titles import headers
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts
from braid.workbook.ledger import Key, word
from braid.workbook.page import Page, label

MOST_SERIES = len(COLOURS)
"""Awards that a chart can tell apart."""
MOST_BARS = 40
WIDE = 13
"""Columns that one printed page carries."""
FIRST = 3
"""The column in which amounts begin; the name and the id stand before it."""
BLOCK = "Direct cost and fringe, by activity and award"
TAKEN = ("Activity", "Id", "All awards")
STRONG = {"All activities": ("subtotal", "subtotal text"), "Charged": ("total", "total text")}


class Matrix:
    """The sheet, and where on it the total of all that is charged stands."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        columns = len(facts.awards) + 1
        self.page = Page("Braid", "result", [36.0, 22.0, *[max(13.0, facts.wide)] * columns], locked=True)
        self.page.pages_wide = ceil((columns + 2) / WIDE)
        self.total = ""

    @property
    def totals(self) -> dict[str, str]:
        """Where the total of all that is charged stands, once there is a sheet."""
        return {"awards": self.total} if self.total else {}

    def sheet(self) -> Sheet:
        """The matrix, what stands under it, and the chart."""
        page = self.page
        page.say("Braid: who pays for what", "title")
        page.say("Awards stand across, activities down. Every amount adds up the table on Allocation, in dollars.")
        page.skip()
        top, bottom = self._matrix()
        self._chart(top, bottom)
        page.freeze = (top + 1, FIRST) if len(self.facts.activities) > MOST_BARS else None
        return page.sheet()

    def _matrix(self) -> tuple[int, int]:
        facts, page = self.facts, self.page
        page.say(BLOCK, "heading")
        awards = [total.award for total in facts.awards]
        ids = page.line(["", "", *awards], ["key", "key", *["key right"] * len(awards)])
        names = [
            "Activity",
            "Id",
            *headers((label(facts.label(award)) for award in awards), taken=TAKEN),
            "All awards",
        ]
        top = page.header(names, ["text", "key", *["money"] * (len(names) - 2)])
        for activity in facts.activities:
            row = page.row
            key = Key(f"$B{row}", activity.id)
            page.put(1, label(activity.label))
            page.put(2, activity.id, "key")
            for column, award in enumerate(awards, FIRST):
                own = Key(f"{letter(column)}${ids}", award)
                page.put(column, facts.ledger.sum(award=own, activity=key), "money")
            self._across(row, facts.ledger.total(activity=activity.id), "money")
            page.row += 1
        bottom = page.row - 1
        self._foot(ids, top, bottom)
        return top, bottom

    def _across(self, row: int, value: Decimal, style: str) -> None:
        """The sum of a row, in the column of all awards."""
        end = FIRST + len(self.facts.awards)
        self.page.put(end, Formula(f"SUM(C{row}:{letter(end - 1)}{row})", value), style)

    def _foot(self, ids: int, top: int, bottom: int) -> None:
        """Under the activities: indirect cost, what is charged, available and left, what lapses and what carries on."""
        page, direct = self.page, self.page.row
        columns = [list(self._column(column, ids, top, bottom, direct)) for column in range(len(self.facts.awards))]
        for place, (name, _) in enumerate(columns[0]):
            style, text = STRONG.get(name, ("money", "text"))
            page.put(1, name, text)
            page.put(2, None, text)
            for column, found in enumerate(columns, FIRST):
                page.put(column, found[place][1], style)
            self._across(page.row, sum((Decimal(found[place][1].value) for found in columns), NOTHING), style)
            if name == "Charged":
                self.total = f"Braid!{letter(FIRST + len(columns))}{page.row}"
            page.row += 1
        page.skip()

    def _column(self, place: int, ids: int, top: int, bottom: int, direct: int) -> Iterator[tuple[str, Formula]]:
        """What stands under the activities for one award."""
        facts, at, award = self.facts, letter(FIRST + place), self.facts.awards[place].award
        key, charged = Key(f"{at}${ids}", award), facts.ledger.total(award=award)
        on_lines = charged - facts.ledger.total(award=award, kind="indirect")
        left, lapses = facts.left(award), facts.lapses(award)
        yield "All activities", Formula(f"SUM({at}{top + 1}:{at}{bottom})", on_lines)
        yield "Indirect cost", facts.ledger.sum(award=key, kind=word("indirect"))
        yield "Charged", Formula(f"SUM({at}{direct}:{at}{direct + 1})", charged)
        yield "Available", _of_award("Available", key, facts.available(award))
        if facts.before:
            yield "Spent before", _of_award("Spent before", key, facts.spent_before(award))
        yield "Left", _of_award("Left", key, left)
        yield "Lapses", _of_award("Lapses", key, lapses)
        yield "Carries on", _of_award("Carries on", key, left - lapses)

    def _chart(self, top: int, bottom: int) -> None:
        facts, page = self.facts, self.page
        bars = len(facts.activities)
        if bars > MOST_BARS or len(facts.awards) > MOST_SERIES:
            return
        columns = tuple(range(FIRST, FIRST + len(facts.awards)))
        page.chart("Who pays for what", BLOCK, (top, bottom), columns)


def _of_award(column: str, key: Key, value: Decimal) -> Formula:
    return Formula(f"SUMIFS(tblAwards[{column}],tblAwards[Award],{key.cell})", value)
