"""The Summary: who pays for what, need and gap, awards by period, the checks, and two charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import ceil
from typing import Any

from braid.answer.rows import AwardTotal
from braid.files.sheets import COLOURS, Bars, Formula, Sheet, letter
from braid.workbook.charges import NOTHING
from braid.workbook.checks import Checks, overview
from braid.workbook.facts import Facts
from braid.workbook.ledger import Key, word
from braid.workbook.page import Page

MOST_SERIES = 8
MOST_BARS = 40
WIDE = 15
"""Columns that one printed page carries."""
FIRST = 3
"""The column in which amounts begin; the name and the id stand before it."""
STRONG = {"All activities": ("subtotal", "subtotal text"), "Charged": ("total", "total text")}


class Summary:
    """The sheet, and where on it other sheets find what they show."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        columns = max(len(facts.awards), len(facts.periods), 4) + 1
        self.page = Page("Summary", "result", [36.0, 22.0, *[max(13.0, facts.wide)] * columns], locked=True)
        self.page.pages_wide = ceil((columns + 2) / WIDE)
        self._write()

    @property
    def totals(self) -> dict[str, str]:
        """Where the totals of all that is charged stand."""
        return {"awards": f"Summary!{self.charged_at}", "periods": f"Summary!{self.periods_at}"}

    def sheet(self, checks: Checks) -> Sheet:
        """The finished sheet, with a word for each kind of check, and the charts."""
        self.page.keep(len(checks.by_kind()) + 5)
        overview(self.page, checks)
        self._charts(self._blocks)
        return self.page.sheet()

    def _write(self) -> None:
        page = self.page
        page.say("Summary: who pays for what", "title")
        page.say("Formulas add up the table on Allocation. Awards stand across, activities down. Amounts are dollars.")
        page.skip()
        matrix = self._matrix()
        page.keep(len(self.facts.activities) + 4)
        funding = self._funding()
        page.keep(len(self.facts.awards) + 4)
        self._periods()
        self._blocks = matrix, funding

    def _keys(self, keys: Sequence[str]) -> int:
        """A row of ids in small type, above the names that they belong to; formulas go by it."""
        return self.page.line(["", "", *keys], ["key", "key", *["key right"] * len(keys)])

    def _matrix(self) -> tuple[int, int]:
        facts, page = self.facts, self.page
        page.say("Direct cost and fringe, by activity and award", "heading")
        ids = self._keys([total.award for total in facts.awards])
        names = ["Activity", "Id", *(facts.label(total.award) for total in facts.awards), "All awards"]
        top = page.header(names, ["text", "key", *["money"] * (len(names) - 2)])
        end = letter(FIRST + len(facts.awards) - 1)
        for activity in facts.activities:
            row = page.row
            key = Key(f"$B{row}", activity.id)
            page.put(1, activity.label)
            page.put(2, activity.id, "key")
            for column, total in enumerate(facts.awards, FIRST):
                page.put(
                    column, facts.ledger.sum(award=Key(f"{letter(column)}${ids}", total.award), activity=key), "money"
                )
            value = facts.ledger.total(activity=activity.id)
            page.put(FIRST + len(facts.awards), Formula(f"SUM(C{row}:{end}{row})", value), "money")
            page.row += 1
        bottom = page.row - 1
        self._foot(ids, top, bottom)
        return top, bottom

    def _foot(self, ids: int, top: int, bottom: int) -> None:
        """Under the activities: indirect cost, what is charged, available and left, what lapses and what carries on."""
        facts, page = self.facts, self.page
        direct = page.row
        indirect, charged, available = direct + 1, direct + 2, direct + 3
        rows = ["All activities", "Indirect cost", "Charged", "Available", "Left", "Lapses", "Carries on"]
        for name in rows:
            style, text = STRONG.get(name, ("money", "text"))
            page.put(1, name, text)
            page.put(2, None, text)
            for column, total in enumerate(facts.awards, FIRST):
                at = letter(column)
                key = Key(f"{at}${ids}", total.award)
                available_now, rest = facts.available(total.award), facts.left(total.award)
                lapses = facts.lapses(total.award)
                found = {
                    "All activities": Formula(f"SUM({at}{top + 1}:{at}{bottom})", self._on_lines(total)),
                    "Indirect cost": facts.ledger.sum(award=key, kind=word("indirect")),
                    "Charged": Formula(f"SUM({at}{direct}:{at}{indirect})", available_now - rest),
                    "Available": _of_award("Available", key, available_now),
                    "Left": Formula(f"ROUND({at}{available}-{at}{charged},2)", rest),
                    "Lapses": _of_award("Lapses", key, lapses),
                    "Carries on": _of_award("Carries on", key, rest - lapses),
                }
                page.put(column, found[name], style)
            self._across(page.row, style)
            page.row += 1
        self.charged_at = f"{letter(FIRST + len(facts.awards))}{charged}"
        page.skip()

    def _on_lines(self, total: AwardTotal) -> Decimal:
        ledger = self.facts.ledger
        return ledger.total(award=total.award) - ledger.total(award=total.award, kind="indirect")

    def _across(self, row: int, style: str) -> None:
        """The sum of a row, in the column of all awards."""
        count = len(self.facts.awards)
        value = _sum(self.page.cells[row, FIRST + place].value for place in range(count))
        text = f"SUM(C{row}:{letter(FIRST + count - 1)}{row})"
        self.page.put(FIRST + count, Formula(text, value), style)

    def _funding(self) -> tuple[int, int]:
        page, facts = self.page, self.facts
        page.say("Need, funded and gap, by activity", "heading")
        names = ["Activity", "Id", "Priority", "Need", "Funded", "Gap", "Share met"]
        styles = ["text", "key", "count", "money", "money", "money", "share"]
        top = page.header(names, styles)
        for activity, need, paid in facts.by_activity():
            row = page.row
            key = Key(f"$B{row}", activity.id)
            needed = Formula(f"SUMIFS(tblNeeds[Need],tblNeeds[Activity],{key.cell})", need)
            page.line(
                [
                    activity.label,
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

    def _periods(self) -> None:
        page, facts = self.page, self.facts
        page.say("Charged, by award and period, indirect cost included", "heading")
        names = ["Award", "Id", *facts.periods, "All periods"]
        top = page.header(names, ["text", "key", *["money"] * (len(names) - 2)])
        end = letter(FIRST + len(facts.periods) - 1)
        for total in facts.awards:
            row = page.row
            key = Key(f"$B{row}", total.award)
            page.put(1, facts.label(total.award))
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

    def _charts(self, blocks: tuple[tuple[int, int], tuple[int, int]]) -> None:
        matrix, funding = blocks
        facts, page = self.facts, self.page
        bars = len(facts.activities)
        if bars > MOST_BARS:
            return
        height = min(26.0, 4.0 + 0.62 * bars)
        width = min(30.0, sum(page.widths) * 0.185)
        shown: list[tuple[str, tuple[int, int], tuple[int, ...], tuple[str, ...], str]] = [
            ("Need by activity: funded and gap", funding, (5, 6), (COLOURS[2], "BFBFBF"), "Need, funded and gap")
        ]
        if len(facts.awards) <= MOST_SERIES:
            columns = tuple(range(FIRST, FIRST + len(facts.awards)))
            block = "Direct cost and fringe, by activity and award"
            shown.insert(0, ("Who pays for what", matrix, columns, COLOURS, block))
        for title, (top, bottom), columns, colours, block in shown:
            page.breaks.append(page.row - 1)
            page.say(f"The same amounts stand in the table «{block}» above.", "note")
            alt = f"Bars by activity: {title}. The same amounts stand in the table «{block}» on this sheet."
            page.charts.append(Bars(title, alt, top, bottom, columns, page.row, width, height, colours=colours))
            page.skip(ceil(height / 0.52) + 2)


def _of_award(column: str, key: Key, value: Decimal) -> Formula:
    return Formula(f"SUMIFS(tblAwards[{column}],tblAwards[Award],{key.cell})", value)


def _gap_and_share(row: int, need: Decimal, paid: Decimal) -> tuple[Formula, Formula]:
    share = float(paid / need) if need else 0.0
    return Formula(f"ROUND(D{row}-E{row},2)", need - paid), Formula(f"IFERROR(E{row}/D{row},0)", share)


def _sum(values: Iterable[Any]) -> Decimal:
    total = NOTHING
    for value in values:
        total += Decimal(value.value if isinstance(value, Formula) else value)
    return total
