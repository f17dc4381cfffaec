"""Section D of the SF-424A: the cash that the first year needs, by quarter, as costs arise over their days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from braid.basics.fiscal import months_later, span
from braid.files.sheets import Formula, Value, letter
from braid.workbook.charges import NOTHING
from braid.workbook.filing.beside import Beside
from braid.workbook.filing.form import Filed, Form
from braid.workbook.ledger import Key

FIRST = 4
"""The column of the year's total; the quarters follow."""
KEY = 10
"""The column, to the right of what is printed, where the costs stand that the quarters add up."""


@dataclass(frozen=True)
class Costs:
    """Costs of the same days: what of them falls in the first year, as a formula for a row."""

    first: dt.date
    last: dt.date
    formula: Callable[[int], Formula]


class Forecast:
    """Section D of one form."""

    def __init__(self, form: Form, filed: Filed, beside: Beside, award: str) -> None:
        self.form, self.filed, self.facts, self.beside = form, filed, filed.facts, beside
        self.award = Key(award, filed.id)
        self.year = filed.years[0]
        self.ends = self._quarters()

    def _quarters(self) -> list[dt.date]:
        """The last days of the year's four quarters."""
        ends = [months_later(self.year.first, 3 * n) - dt.timedelta(days=1) for n in range(1, 4)]
        return [min(end, self.year.last) for end in ends] + [self.year.last]

    def write(self) -> tuple[int, int]:
        """Write the section; the rows of lines 13 and 14."""
        form, page = self.form, self.form.page
        page.keep(7)
        page.say("Section D: forecasted cash needs", "heading")
        self.dates = form.fill(["to", *self.ends], ["key right", *["date"] * 4], FIRST)
        heads = ["Line", "", "", "Total for 1st year", "1st quarter", "2nd quarter", "3rd quarter", "4th quarter"]
        page.header(heads, ["count", "text", "text", *["money"] * 5])
        lines = page.row
        page.row = lines + 5
        top = self._costs("What line 13 adds up", self._federal())
        beside = self._costs("What line 14 adds up", self._other()) if self.beside.of(self.filed.id) else None
        page.row = lines
        column = self.facts.budget_years.column(1)
        total = self.facts.ledger.sum(column=column, award=self.award)
        federal = self._line(13, "Federal", total, top)
        other = self._line(14, "Non-federal", self._all_beside() if beside else None, beside)
        sums = [form.down(at, federal, other) for at in range(FIRST, FIRST + 5)]
        form.fill([15, "Total (lines 13 and 14)", None, *sums], ["count", *["total text"] * 2, *["total"] * 5])
        page.skip()
        return federal, other

    def _federal(self) -> Sequence[Costs]:
        years, ledger = self.facts.budget_years, self.facts.ledger
        column = years.column(1)
        windows = sorted({(c.first, c.last) for c in ledger.charged(award=self.filed.id) if c.first <= self.year.last})

        def cost(first: dt.date, last: dt.date) -> Costs:
            rows = [c for c in ledger.charged(award=self.filed.id) if (c.first, c.last) == (first, last)]
            value = sum((c.amount if column.parts is None else column.parts(c) for c in rows), NOTHING)
            table = f"tblAllocation[{column.name}],tblAllocation[Award],{self.award.cell}"
            return Costs(first, last, self._between(table, "tblAllocation", value))

        return [cost(first, last) for first, last in windows]

    def _other(self) -> Sequence[Costs]:
        rows = self.beside.of(self.filed.id)
        windows = sorted({(row.first, row.last) for row in rows if row.first <= self.year.last})

        def cost(first: dt.date, last: dt.date) -> Costs:
            value = sum((self.beside.part(row, 1) for row in rows if (row.first, row.last) == (first, last)), NOTHING)
            table = f"tblBeside[{self.beside.column(1)}],tblBeside[Award],{self.award.cell}"
            return Costs(first, last, self._between(table, "tblBeside", value))

        return [cost(first, last) for first, last in windows]

    def _between(self, column: str, table: str, value: Decimal) -> Callable[[int], Formula]:
        at = letter(KEY), letter(KEY + 1)
        return lambda row: Formula(f"SUMIFS({column},{table}[From],${at[0]}{row},{table}[Until],${at[1]}{row})", value)

    def _all_beside(self) -> Formula:
        text = f"SUMIFS(tblBeside[{self.beside.column(1)}],tblBeside[Award],{self.award.cell})"
        return Formula(text, self.beside.summed(self.filed.id, 1))

    def _costs(self, title: str, costs: Sequence[Costs]) -> tuple[int, int]:
        """Costs by their days, and what of them has arisen by the end of each quarter; first and last row."""
        form = self.form
        form.fill([title], ["key"], KEY)
        names = ["From", "Until", "In the first year", "By 1st quarter", "By 2nd", "By 3rd", "By 4th"]
        form.fill(names, ["key"] * 2 + ["key right"] * 5, KEY)
        first = form.page.row
        for cost in costs:
            row = form.page.row
            whole = cost.formula(row)
            arisen: list[Value] = [self._arisen(cost, Decimal(whole.value), row, n) for n in range(4)]
            form.fill([cost.first, cost.last, whole, *arisen], ["date", "date", *["money"] * 5], KEY)
        return first, form.page.row - 1

    def _arisen(self, cost: Costs, amount: Decimal, row: int, number: int) -> Formula:
        """What has arisen by the end of a quarter, rounded down to whole units."""
        last = min(cost.last, self.year.last)
        share = Fraction((self.ends[number] - cost.first).days + 1, span(cost.first, last).days)
        share = min(Fraction(1), max(Fraction(0), share))
        value = floor(Fraction(amount) * share / Fraction(self.facts.step)) * self.facts.step
        at = letter(FIRST + 1 + number)
        first, until, whole = letter(KEY), letter(KEY + 1), letter(KEY + 2)
        end = f"${letter(FIRST + 4)}${self.dates}"
        days = f"(MIN(${until}{row},{end})-${first}{row}+1)"
        part = f"MIN(1,MAX(0,({at}${self.dates}-${first}{row}+1)/{days}))"
        return Formula(f"ROUNDDOWN(ROUND(${whole}{row}*{part},6),{0 if self.facts.step == 1 else 2})", value)

    def _line(self, number: int, label: str, total: Formula | None, rows: tuple[int, int] | None) -> int:
        form, cells = self.form, list[Value]()
        for quarter in range(4):
            if rows is None:
                cells.append(None)
                continue
            now, before = KEY + 3 + quarter, KEY + 2 + quarter
            found = form.down(now, *rows)
            if quarter:
                less = form.down(before, *rows)
                found = Formula(f"{found.text}-{less.text}", Decimal(found.value) - Decimal(less.value))
            cells.append(found)
        return form.fill([number, label, None, total, *cells], ["count", "text", "text", *["money"] * 5])
