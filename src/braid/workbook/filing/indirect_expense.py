"""Line 11 of the SF-425: type, rate, period, base and amount of indirect cost, by the rates that hold in the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor

from braid.basics.fiscal import span
from braid.files.sheets import Formula, Value, letter
from braid.judge.oncosts import Indirect
from braid.workbook.charges import NOTHING
from braid.workbook.filing.form import Filed, Form
from braid.workbook.filing.remarks import kind_of
from braid.workbook.indirect import BASES, base_of
from braid.workbook.ledger import TABLE, Key, word

FIRST = 4
"""The column of the first quarter's end."""


@dataclass
class Rate:
    """One rate on one base, with the days of the costs that it is charged on, and its rows behind the lines."""

    terms: Indirect
    first: dt.date
    last: dt.date
    rows: list[int] = field(default_factory=list[int])


@dataclass
class IndirectExpense:
    """The line for one award; ``behind()`` writes what ``lines()`` adds up, to the right of what is printed.

    ``key``: the first column there. ``dates``: the row of the quarters' ends.
    """

    form: Form
    filed: Filed
    award: Key
    key: int
    dates: int
    rates: list[Rate] = field(default_factory=list[Rate])

    def behind(self, ends: Sequence[dt.date]) -> None:
        """Indirect cost by period and days, what of it has arisen by each quarter's end, the base of a dollar."""
        facts, found = self.filed.facts, dict[tuple[Fraction, str], list[tuple[str, dt.date, dt.date]]]()
        terms = {period: each for award, period, each in facts.indirect if award == self.filed.id}
        known = dict[tuple[Fraction, str], Indirect]()
        for charge in facts.ledger.charged(award=self.filed.id, kind="indirect"):
            each = terms[charge.period]
            known[each.rate, each.base] = each
            windows = found.setdefault((each.rate, each.base), [])
            if (charge.period, charge.first, charge.last) not in windows:
                windows.append((charge.period, charge.first, charge.last))
        for rate, windows in found.items():
            rows = [self._window(period, first, last, ends) for period, first, last in sorted(windows)]
            days = [day for _, *pair in windows for day in pair]
            self.rates.append(Rate(known[rate], min(days), max(days), rows))

    def _window(self, period: str, first: dt.date, last: dt.date, ends: Sequence[dt.date]) -> int:
        form, facts, row = self.form, self.filed.facts, self.form.page.row
        at = [letter(self.key + place) for place in range(3)]
        tail = [letter(self.key + 3 + len(ends) + place) for place in range(2)]
        of = Key(f"${tail[0]}{row}", period)
        charges = [c for c in facts.ledger.charged(award=self.filed.id, period=period, kind="indirect")]
        amount = sum((c.amount for c in charges if (c.first, c.last) == (first, last)), NOTHING)
        keys = f"{TABLE}[Award],{self.award.cell},{TABLE}[Period],{of.cell},{TABLE}[Kind],{word('indirect').cell}"
        days = f"{TABLE}[From],${at[0]}{row},{TABLE}[Until],${at[1]}{row}"
        cells: list[Value] = [first, last, Formula(f"SUMIFS({TABLE}[Amount],{keys},{days})", amount)]
        for column, end in enumerate(ends, FIRST):
            share = min(Fraction(1), max(Fraction(0), Fraction((end - first).days + 1, span(first, last).days)))
            part = f"MIN(1,MAX(0,({letter(column)}${self.dates}-${at[0]}{row}+1)/(${at[1]}{row}-${at[0]}{row}+1)))"
            text = f"ROUNDDOWN(ROUND(${at[2]}{row}*{part},6),{0 if facts.step == 1 else 2})"
            cells.append(Formula(text, floor(Fraction(amount) * share / Fraction(facts.step)) * facts.step))
        whole = sum((c.amount for c in charges), NOTHING)
        base = base_of(facts.ledger.charged(award=self.filed.id, period=period), self._rate(period))
        own = f"tblIndirect[Award],{self.award.cell},tblIndirect[Period],{of.cell}"
        text = f"IFERROR(SUMIFS(tblIndirect[Base amount],{own})/SUMIFS(tblIndirect[Charged],{own}),0)"
        cells += [period, Formula(text, float(base / Fraction(whole)) if whole else 0.0)]
        styles = ["date", "date", *["money"] * (1 + len(ends)), "count", "exact"]
        form.fill(cells, styles, self.key)
        return row

    def _rate(self, period: str) -> Fraction:
        return next(
            each.rate for award, name, each in self.filed.facts.indirect if (award, name) == (self.filed.id, period)
        )

    def lines(self, count: int) -> None:
        """Lines 11a to 11f for each rate, and 11g where there are several; nothing where none is charged."""
        form, marks = self.form, list[int]()
        for each in self.rates:
            label = f"Indirect expense: {kind_of(self.filed, each.terms)}, on {BASES[each.terms.base]}"
            form.fill(["11a", label], ["count", "text"])
            period = f"${letter(self.key + 3 + count)}{each.rows[0]}"
            of = f"tblIndirect[Award],{self.award.cell},tblIndirect[Period],{period}"
            rate = Formula(f"SUMIFS(tblIndirect[Rate],{of})", float(each.terms.rate))
            form.fill(["11b", "Rate", rate], ["count", "text", "share"])
            form.fill(["11c", f"Period from {each.first} to {each.last}"], ["count", "text"])
            columns = range(FIRST, FIRST + count)
            base = [self._base(column, each.rows, count) for column in columns]
            amount = [self._down(column, each.rows) for column in columns]
            self._put("11d", "Base", list(base))
            marks.append(self._put("11e", "Amount charged", list(amount)))
            same = [Formula(f"{letter(column)}{marks[-1]}", form.value(column, marks[-1])) for column in columns]
            self._put("11f", "Federal share", list(same))
        if not marks:
            return
        if len(marks) > 1:
            sums: list[Value] = [
                form.sum([(column, row) for row in marks], "+".join(f"{letter(column)}{row}" for row in marks))
                for column in range(FIRST, FIRST + count)
            ]
            marks = [self._put("11g", "Total amount charged, and federal share of it", sums)]
        text = f"SUMIFS(tblAwards[Indirect],tblAwards[Award],'{form.page.title}'!{self.award.cell})"
        every = Formula(text, self.filed.facts.ledger.total(award=self.filed.id, kind="indirect"))
        last = form.ref(FIRST + count - 1, marks[0])
        form.holds(
            f"{self.filed.id}, line 11 at the last quarter's end: all indirect cost that is charged", last, every
        )

    def _put(self, mark: str, label: str, cells: Sequence[Value]) -> int:
        return self.form.fill([mark, label, None, *cells], ["count", "text", "money", *["money"] * len(cells)])

    def _down(self, column: int, rows: Sequence[int]) -> Formula:
        return self.form.down(self.key + 3 + column - FIRST, rows[0], rows[-1])

    def _base(self, column: int, rows: Sequence[int], count: int) -> Formula:
        """The base of what has arisen by a quarter's end: base beside each dollar of it."""
        at, per = self.key + 3 + column - FIRST, self.key + 4 + count
        cells = [self.form.page.cells[row, per].value for row in rows]
        ratios = [Decimal(str(cell.value)) if isinstance(cell, Formula) else NOTHING for cell in cells]
        value = sum((self.form.value(at, row) * ratio for row, ratio in zip(rows, ratios, strict=True)), NOTHING)
        spans = [
            f"{sign}{letter(each)}{rows[0]}:{sign}{letter(each)}{rows[-1]}" for each, sign in ((at, ""), (per, "$"))
        ]
        return Formula(f"SUMPRODUCT({','.join(spans)})", float(value))
