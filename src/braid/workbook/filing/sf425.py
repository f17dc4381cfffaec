"""The SF-425 of federal awards: items 1 to 12 as the plan foresees them at the end of each calendar quarter.

What an award is charged by a day adds up its costs as they arise over their days; what is obligated and not yet paid is
left to fill in. Interest that joins an award is no federal money: it is program income, which is added to the award
(DOJ Grants Financial Guide, program income, of the interest of block grants). A report itself rests on the books, never
on a plan.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from braid.basics.fiscal import Interval, span
from braid.basics.words import codes_told
from braid.files.sheets import Cell, Formula, Sheet, Value, letter
from braid.judge.cash import lag_of, quarters, reimbursed
from braid.workbook.charges import NOTHING, Charge
from braid.workbook.check import Check
from braid.workbook.facts import Facts
from braid.workbook.filing.beside import Beside
from braid.workbook.filing.form import Filed, Form, plus
from braid.workbook.filing.income import Income
from braid.workbook.filing.indirect_expense import IndirectExpense
from braid.workbook.filing.remarks import interest
from braid.workbook.ledger import Key
from braid.workbook.match import matched
from braid.workbook.page import Page

TITLE = "SF-425"
HOLDS = "Items 1 to 12 of the Federal Financial Report, award by award, as the plan foresees each quarter's end"
MOST = 12
"""Quarters that one printed page carries."""
FIRST = 4
"""The column of the first quarter's end; before it stands what came before the plan."""


class Report:
    """The sheet of all federal awards; ``sheet()`` first, then ``checks``."""

    def __init__(self, facts: Facts, awards: Sequence[Filed], beside: Beside, income: Income) -> None:
        self.facts, self.awards, self.beside, self.income = facts, awards, beside, income
        self.ends = {filed.id: self._ends(filed) for filed in awards}
        most = max((len(ends) for ends in self.ends.values()), default=0)
        self.last = FIRST + most - 1
        self.key = self.last + 2
        wide = max(13.0, facts.wide)
        page = Page(TITLE, "form", [6.0, 54.0, wide, *[wide] * most, 3.0, *[13.0] * (most + 4)], locked=True)
        page.printed = self.last
        page.pages_wide = max(1, ceil(most / MOST))
        self.form = Form(page)

    @property
    def checks(self) -> tuple[Check, ...]:
        """What must hold on it."""
        return tuple(self.form.checks)

    def _ends(self, filed: Filed) -> list[dt.date]:
        """The last days of calendar quarters, from the first charge to the last."""
        charges = self.facts.ledger.charged(award=filed.id)
        days = Interval(min(c.first for c in charges).toordinal(), max(c.last for c in charges).toordinal() + 1)
        return [quarter.days.last for quarter in quarters(days)]

    def sheet(self) -> Sheet | None:
        """The finished sheet; None without federal money."""
        if not self.awards:
            return None
        page = self.form.page
        page.say("SF-425: Federal Financial Report, as the plan foresees it", "title")
        page.say(
            "Cumulative amounts at the end of each calendar quarter; your award says which of them are reported. Line "
            "10f, what is obligated and not yet paid, is left to fill in; line 11 is for agencies that ask for it. A "
            "report rests on the books, not on a plan."
        )
        page.skip()
        for number, filed in enumerate(self.awards):
            if number:  # each is a report of its own
                page.breaks.append(page.row - 1)
            self._award(filed)
        return page.sheet()

    def _award(self, filed: Filed) -> None:
        form, page, ends = self.form, self.form.page, self.ends[filed.id]
        form.award = filed.id
        page.say(
            f"{filed.award.label}, {filed.award.fain or filed.award.award_number or 'award number not given'}",
            "heading",
        )
        self._cover(filed)
        row = form.fill(["", filed.id], ["key", "key"])
        self.key_cell = Key(f"$B${row}", filed.id)
        heads = ["Line", "9. Reporting period ends", "Before the plan", *(str(end) for end in ends)]
        page.header(heads, ["count", "text", *["money"] * (len(heads) - 2)])
        self.dates = page.row - 2
        for column, end in enumerate(ends, FIRST):
            page.cells[self.dates, column] = Cell(end, "date")
        self.count = len(ends)
        self.base = page.row
        self._costs(filed, ends)
        page.row = self.base
        self._lines(filed, ends)
        page.row = max(page.row, self.bottom + 1)
        page.skip()

    def _cover(self, filed: Filed) -> None:
        """Items 1 to 8; item 9, the end of the reporting period, heads the columns."""
        who, days = self.facts.plan.proposal.jurisdiction, filed.award.days
        rows: list[tuple[str, str, Value]] = [
            ("1", "Federal agency", filed.agency or "not given"),
            ("2", "Federal grant number", filed.award.fain or filed.award.award_number or "not given"),
            ("3", "Recipient organization", f"{who.name}, {who.state}"),
            ("4a", "UEI", None),
            ("4b", "EIN", None),
            ("5", "Recipient account number", codes_told(filed.award.codes) if filed.award.codes else None),
            ("6", "Report type: quarterly, semi-annual, annual or final", None),
            ("7", "Basis of accounting", "accrual, as this plan counts costs"),
            ("8", "Project period", f"{days.first} to {days.last}"),
        ]
        for mark, label, value in rows:
            style = "input text" if value is None else "plain"
            self.form.fill([mark, label, value], ["count", "text", style])

    # ------------------------------------------------------------ what the lines add up

    def _costs(self, filed: Filed, ends: Sequence[dt.date]) -> None:
        """To the right: costs by their days, and what of them has arisen by the end of each quarter."""
        charges = self.facts.ledger.charged(award=filed.id)
        joining = {str(part.number) for part in interest(filed)}
        self.federal = self._windows([c for c in charges if c.installment not in joining], ends, apart=bool(joining))
        self.added = self._windows([c for c in charges if c.installment in joining], ends, apart=True)
        self.joined = self._joins(filed, ends)
        mine = self.beside.of(filed.id)
        pairs, first = sorted({(row.first, row.last) for row in mine}), self.form.page.row
        for window in pairs:
            amount = sum((row.amount for row in mine if (row.first, row.last) == window), NOTHING)
            self._window(*window, amount, "tblBeside", ends)
        self.other = (first, self.form.page.row - 1)
        self.expense = IndirectExpense(self.form, filed, self.key_cell, self.key, self.dates)
        self.expense.behind(ends)
        self.bottom = self.form.page.row - 1

    def _windows(self, charges: Sequence[Charge], ends: Sequence[dt.date], *, apart: bool) -> tuple[int, int]:
        """A row for costs of the same days, and, where installments are told apart, of the same installment."""
        first, found = self.form.page.row, defaultdict[tuple[dt.date, dt.date, str], Decimal](Decimal)
        for charge in charges:
            found[charge.first, charge.last, charge.installment if apart else ""] += charge.amount
        for (begins, last, number), amount in sorted(found.items()):
            self._window(begins, last, amount, "tblAllocation", ends, number)
        return first, self.form.page.row - 1

    def _joins(self, filed: Filed, ends: Sequence[dt.date]) -> tuple[int, int]:
        """A row for each installment of interest: what of it has joined the award by the end of each quarter."""
        first = self.form.page.row
        for part in interest(filed):
            row, cells = self.form.page.row, list[Value]()
            keys = f"tblInstallments[Award],{self.key_cell.cell},tblInstallments[Installment],${letter(self.key)}{row}"
            for column, end in enumerate(ends, FIRST):
                day = f'tblInstallments[Received on],"<="&{letter(column)}${self.dates}'
                amount = part.amount if part.received and part.received <= end else NOTHING
                cells.append(Formula(f"SUMIFS(tblInstallments[Amount],{keys},{day})", amount))
            styles = ["count", "key", "", *["money"] * len(cells)]
            self.form.fill([part.number, "interest", None, *cells], styles, self.key)
        return first, self.form.page.row - 1

    def _window(
        self, first: dt.date, last: dt.date, amount: Decimal, table: str, ends: Sequence[dt.date], number: str = ""
    ) -> None:
        row, tail = self.form.page.row, self.key + 3 + len(ends)
        at = [letter(self.key + place) for place in range(3)]
        days = f"{table}[From],${at[0]}{row},{table}[Until],${at[1]}{row}"
        days += f",{table}[Installment],${letter(tail)}{row}" if number else ""
        whole = Formula(f"SUMIFS({table}[Amount],{table}[Award],{self.key_cell.cell},{days})", amount)
        arisen: list[Value] = []
        for column, end in enumerate(ends, FIRST):
            share = Fraction((end - first).days + 1, span(first, last).days)
            share = min(Fraction(1), max(Fraction(0), share))
            value = floor(Fraction(amount) * share / Fraction(self.facts.step)) * self.facts.step
            day = f"{letter(column)}${self.dates}"
            part = f"MIN(1,MAX(0,({day}-${at[0]}{row}+1)/(${at[1]}{row}-${at[0]}{row}+1)))"
            text = f"ROUNDDOWN(ROUND(${at[2]}{row}*{part},6),{0 if self.facts.step == 1 else 2})"
            arisen.append(Formula(text, value))
        values = [first, last, whole, *arisen, int(number) if number else None]
        styles = ["date", "date", *["money"] * (1 + len(arisen)), "count" if number else ""]
        self.form.fill(values, styles, self.key)

    # ------------------------------------------------------------ the lines

    def _lines(self, filed: Filed, ends: Sequence[dt.date]) -> None:
        first = self.form.page.row
        at = {mark: first + place for place, mark in enumerate("abcdefghijklmno")}
        columns = range(FIRST, FIRST + len(ends))
        before = filed.spent_before
        earlier = self._earlier(filed)
        charged = [plus_cell(3, at["e"], before, self._arisen(column, self.federal, FIRST)) for column in columns]
        authorized = [
            plus_cell(3, at["d"], earlier, self._authorized(filed, c, end))
            for c, end in zip(columns, ends, strict=True)
        ]
        self._put("10a", "Cash receipts", None, self._receipts(filed, ends, at["e"], charged))
        self._put(
            "10b",
            "Cash disbursements",
            None,
            [self._same(c, at["e"], f.value) for c, f in zip(columns, charged, strict=True)],
        )
        self._less("10c", "Cash on hand (a less b)", at["a"], at["b"], columns)
        self._put("10d", "Total federal funds authorized", earlier, authorized)
        self._put("10e", "Federal share of expenditures", filed.before(self.key_cell), charged)
        self._put("10f", "Federal share of unliquidated obligations", None, [None] * len(ends), "input")
        sums = [
            self.form.sum([(c, at["e"]), (c, at["f"])], f"SUM({letter(c)}{at['e']}:{letter(c)}{at['f']})")
            for c in columns
        ]
        self._put("10g", "Total federal share (e and f)", None, list(sums))
        self._less("10h", "Unobligated balance of federal funds (d less g)", at["d"], at["g"], columns)
        self._put("10i", "Total recipient share required", None, self._required(filed, len(ends)))
        other = (
            [self._arisen(column, self.other, FIRST) for column in columns]
            if self.beside.of(filed.id)
            else [None] * len(ends)
        )
        self._put("10j", "Recipient share of expenditures", None, other)
        if other[0] is None and self.form.page.cells[at["i"], FIRST].value is None:
            self._put("10k", "Remaining recipient share (i less j)", None, [None] * len(ends))
        else:
            self._less("10k", "Remaining recipient share (i less j)", at["i"], at["j"], columns)
        self._income(filed, ends, at)
        self.expense.lines(len(ends))
        last = FIRST + len(ends) - 1
        text = f"SUMIFS(tblAwards[Charged],tblAwards[Award],'{TITLE}'!{self.key_cell.cell})"
        every = Formula(text, self.facts.ledger.total(award=filed.id))
        whole = plus(every, self.form.ref(3, at["e"])) if before else every
        left, lines = self.form.ref(last, at["e"]), "line 10e"
        if interest(filed):
            left, lines = plus(left, self.form.ref(last, at["n"])), "lines 10e and 10n"
        self.form.holds(f"{filed.id}, {lines} at the last quarter's end: all that is charged", left, whole)
        self._remarks(filed)

    def _income(self, filed: Filed, ends: Sequence[dt.date], at: dict[str, int]) -> None:
        """Lines 10l to 10o: what other payers bring is deducted, interest is added to the award."""
        columns, joining = range(FIRST, FIRST + len(ends)), interest(filed)
        earned, deducted = self._earned(filed, ends), list[Value]()
        for place, (column, brought) in enumerate(zip(columns, earned, strict=True)):
            joins = self._arisen(column, self.joined, FIRST) if joining else None
            deducted.append(brought)
            if joins is not None:
                earned[place] = plus(brought, joins) if brought else joins
                deducted[place] = Formula(
                    f"{letter(column)}{at['l']}-{joins.text}", brought.value if brought else NOTHING
                )
            elif brought is not None:
                deducted[place] = self._same(column, at["l"], brought.value)
        self._put("10l", "Total federal program income earned", None, earned)
        self._put("10m", "Program income expended, deduction alternative", None, deducted)
        added = [self._arisen(column, self.added, FIRST) for column in columns] if joining else [None] * len(ends)
        self._put("10n", "Program income expended, addition alternative", None, added, "money" if joining else "input")
        cells: list[Value] = []
        for c in columns:
            left = self.form.value(c, at["l"]) - self.form.value(c, at["m"]) - self.form.value(c, at["n"])
            cells.append(Formula(f"{letter(c)}{at['l']}-{letter(c)}{at['m']}-{letter(c)}{at['n']}", left))
        self._put("10o", "Unexpended program income (l less m and n)", None, cells)

    def _remarks(self, filed: Filed) -> None:
        """Line 12: what explains the lines above."""
        found = ["Expenditures are as costs arise over their days."]
        if reimbursed(filed.award):
            found.append("Line 10c in parentheses is what you have paid and are yet to be paid back.")
        if self.beside.of(filed.id) or self._required(filed, 1)[0] is not None:
            found.append("Line 10i is what the whole award asks for.")
        if self.income.of(filed.id):
            found.append("Program income is deducted, unless the award says otherwise (2 CFR 200.307).")
        if interest(filed):
            found.append("Interest that joins the award is program income, added to it.")
        for number, sentence in enumerate(found):
            self.form.fill(
                [12 if not number else None, sentence if number else f"Remarks. {sentence}"], ["count", "plain"]
            )

    def _put(
        self, mark: str, label: str, before: Decimal | Formula | None, cells: Sequence[Value], style: str = "money"
    ) -> None:
        shown = before if isinstance(before, Formula) or before else None
        self.form.fill([mark, label, shown, *cells], ["count", "text", "money", *[style] * len(cells)])

    def _same(self, column: int, row: int, value: object) -> Formula:
        return Formula(f"{letter(column)}{row}", Decimal(str(value)))

    def _less(self, mark: str, label: str, one: int, other: int, columns: range) -> None:
        cells = [
            Formula(f"{letter(c)}{one}-{letter(c)}{other}", self.form.value(c, one) - self.form.value(c, other))
            for c in columns
        ]
        self._put(mark, label, None, cells)

    def _arisen(self, column: int, rows: tuple[int, int], first: int) -> Formula:
        """What has arisen by a quarter's end, of the costs to the right."""
        return self.form.down(self.key + 3 + column - first, *rows)

    def _earlier(self, filed: Filed) -> Decimal:
        """What was authorized for days before the plan."""
        start = self.facts.days.start
        found = self.facts.plan.case.funds[filed.id].installments
        return sum((self.facts.money(part.amount) for part in found if part.days.stop <= start), NOTHING)

    def _authorized(self, filed: Filed, column: int, end: dt.date) -> Formula:
        day = f"{letter(column)}${self.dates}"
        keys = f'tblInstallments[Award],{self.key_cell.cell},tblInstallments[From],"<="&{day}'
        text = f"SUMIFS(tblInstallments[Amount],{keys})"
        parts = (part for part in self.facts.parts if part.award == filed.id and part.first <= end)
        return self._less_interest(filed, column, Formula(text, sum((part.amount for part in parts), NOTHING)))

    def _less_interest(self, filed: Filed, column: int, found: Formula) -> Formula:
        """What installments bring, without interest, which is no federal money."""
        if not interest(filed):
            return found
        joins = self._arisen(column, self.joined, FIRST)
        return Formula(f"{found.text}-{joins.text}", Decimal(found.value) - Decimal(joins.value))

    def _receipts(self, filed: Filed, ends: Sequence[dt.date], row: int, charged: Sequence[Formula]) -> list[Value]:
        """Cash received by a quarter's end: what was claimed by an earlier one, or what installments brought.

        Before the first payment it is what was charged before the plan, which the claims of that time have brought.
        """
        found: list[Value] = []
        before = filed.before(self.key_cell)
        first: Value = Formula(f"$C{row}", before.value) if before else NOTHING
        for place, end in enumerate(ends):
            if reimbursed(filed.award):
                lag = dt.timedelta(days=lag_of(filed.award))
                paid = [earlier for earlier in range(place + 1) if ends[earlier] + lag <= end]
                found.append(self._same(FIRST + paid[-1], row, charged[paid[-1]].value) if paid else first)
                continue
            day = f"{letter(FIRST + place)}${self.dates}"
            text = f'tblInstallments[Award],{self.key_cell.cell},tblInstallments[Received on],"<="&{day}'
            parts = (p for p in self.facts.parts if p.award == filed.id and p.received and p.received <= end)
            brought = Formula(f"SUMIFS(tblInstallments[Amount],{text})", sum((p.amount for p in parts), NOTHING))
            found.append(self._less_interest(filed, FIRST + place, brought))
        return found

    def _required(self, filed: Filed, count: int) -> list[Formula | None]:
        """What must stand beside the whole award, where it asks for match."""
        row = next((row for row in matched(self.facts) if row.award == filed.id), None)
        if row is None:
            return [None] * count
        text = f"SUMIFS(tblMatched[Required on the full award],tblMatched[Award],{self.key_cell.cell})"
        return [Formula(text, row.in_full)] * count

    def _earned(self, filed: Filed, ends: Sequence[dt.date]) -> list[Formula | None]:
        """Program income of periods that have ended by then."""
        rows = self.income.of(filed.id)
        if not rows:
            return [None] * len(ends)
        closes = {period.name: period.days.last for period in self.facts.plan.proposal.periods}
        found: list[Formula | None] = []
        for column, end in enumerate(ends, FIRST):
            day = f"{letter(column)}${self.dates}"
            text = f'SUMIFS(tblIncome[Its part],tblIncome[Award],{self.key_cell.cell},tblIncome[Ends],"<="&{day})'
            value = sum((row.part() for row in rows if closes[row.period] <= end), NOTHING)
            found.append(Formula(text, value))
        return found


def plus_cell(column: int, row: int, before: Decimal, now: Formula) -> Formula:
    """An amount of before the plan, which stands in a cell, and what comes on top of it."""
    if not before:
        return now
    return Formula(f"${letter(column)}{row}+{now.text}", before + Decimal(now.value))
