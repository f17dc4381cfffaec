"""The fund statement of settlement money by payer, and the annual report as North Carolina's Exhibit E lists it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from braid.basics.fiscal import FiscalCalendar
from braid.files.sheets import Formula, Sheet, Value, letter
from braid.proposal import Award
from braid.workbook.balances import INTEREST, NOT_SAID, OPENING, from_whom
from braid.workbook.cash import Cash
from braid.workbook.charges import NOTHING
from braid.workbook.check import Check
from braid.workbook.entered import lookable
from braid.workbook.facts import Facts
from braid.workbook.filing.authorization import Authorization
from braid.workbook.filing.form import Form, booked
from braid.workbook.filing.strategies import years
from braid.workbook.ledger import Key
from braid.workbook.nouns import Part
from braid.workbook.page import Page

STATEMENT, REPORT = "Fund statement", "Annual report"
STATEMENT_HOLDS = "Settlement money by payer and fiscal year: opening, receipts, interest, spent by strategy, closing"
REPORT_HOLDS = "Settlement money by fiscal year, as the annual financial report asks for it"
RECEIVED = "tblInstallments[Received on]"
DUE = 90
"""Days after the fiscal year by which North Carolina's annual report is due (MOA, section F.6)."""


class Funds:
    """Both sheets; call ``statement()`` and ``report()`` before ``checks``."""

    def __init__(self, facts: Facts, authorized: Authorization) -> None:
        self.facts, self.authorized = facts, authorized
        self.cash = Cash(facts)
        self.years = years(facts)
        self.awards = tuple({row.award.id: row.award for row in authorized.rows}.values())
        wide = max(14.0, facts.wide)
        self.last = 2 + len(self.years)
        widths = [52.0, 38.0, *[wide] * len(self.years), 3.0, 26.0]
        self.one, self.two = (Form(Page(title, "form", widths, locked=True)) for title in (STATEMENT, REPORT))
        for form in (self.one, self.two):
            form.page.printed = self.last
        self.where: dict[str, dict[str, int]] = {}
        """The rows of each award's block on the fund statement, by what they hold."""

    @property
    def checks(self) -> tuple[Check, ...]:
        """What must hold on both."""
        return (*self.one.checks, *self.two.checks)

    def statement(self) -> Sheet | None:
        """The fund statement; None where no settlement money is spent."""
        if not self.awards:
            return None
        page = self.one.page
        page.say("Fund statement: settlement money by payer", "title")
        page.say(
            "Receipts and balances add up Cash flow; interest is what the plan counts on. What came from whom stands "
            "below each closing balance; it is spent as one fund. Indirect cost is prorated among strategies."
        )
        page.skip()
        for award in self.awards:
            self._block(award)
        return page.sheet()

    def _styles(self, style: str = "money") -> list[str]:
        text = {"money": "text", "subtotal": "subtotal text", "total": "total text"}[style]
        return [text, text, *[style] * len(self.years)]

    def _block(self, award: Award) -> None:
        form, page = self.one, self.one.page
        form.award = award.id
        rows = self.where.setdefault(award.id, {})
        page.keep(10)
        page.say(award.label, "heading")
        if award.codes:
            page.say(booked(award).strip(), "note")
        rows["id"] = form.fill(["Award", award.id, *self.years], ["key", "key", *["key right"] * len(self.years)])
        page.header(["", "", *self.years], ["text", "text", *["money"] * len(self.years)])
        flows = [self._flow(award.id, year) for year in self.years]
        rows["opening"] = page.row
        rows["closing"] = page.row + 4 + len(self._strategies(award.id)) + 1
        held = self._held(award)
        opening: list[Value] = [self._first_opening(award.id, flows[0][0], held)]
        opening += [
            Formula(f"{letter(c - 1)}{rows['closing']}", flows[n][0]) for n, c in enumerate(range(4, self.last + 1), 1)
        ]
        key = Key(f"$B${rows['id']}", award.id)
        said = self.facts.entered("Awards", "Opening balance", held, Id=key) if held else None
        keyed = [None, said or held or None]
        form.fill(["Opening balance", None, *opening, *keyed], [*self._styles(), "", "money" if held else ""])
        interest = [self._interest(award, year) for year in self.years]
        earned = [self._earned(award, year, amount, key) for year, amount in zip(self.years, interest, strict=True)]
        received = [self._of_cash(award, "Received", flow[1], n) for n, flow in enumerate(flows)]
        at = page.row
        shown = [
            Formula(f"{each.text}-{letter(3 + n)}{at + 1}", flows[n][1] - interest[n])
            for n, each in enumerate(received)
        ]
        if held:
            key = f"${letter(self.last + 2)}${rows['opening']}"
            shown[0] = Formula(f"{shown[0].text}-{key}", Decimal(shown[0].value) - held)
        rows["received"] = form.fill(["Receipts", None, *shown], self._styles())
        rows["interest"] = form.fill(["Interest that the plan counts on", None, *earned], self._styles())
        first = page.row
        for name in self._strategies(award.id):
            self._strategy(award.id, name, rows["id"])
        rows["spent"] = first
        rows["strategies"] = page.row - first
        sums = [form.down(column, first, page.row - 1) for column in range(3, self.last + 1)]
        rows["all spent"] = form.fill(["Spent, all strategies", None, *sums], self._styles("subtotal"))
        lapsed = [self._of_cash(award, "Lapsed", flow[2], n) for n, flow in enumerate(flows)]
        rows["lapsed"] = form.fill(["Lapsed: may have to be returned", None, *lapsed], self._styles())
        closing: list[Value] = []
        for place, column in enumerate(range(3, self.last + 1)):
            name = letter(column)
            plus = f"SUM({name}{rows['opening']}:{name}{rows['interest']})"
            closing.append(Formula(f"{plus}-{name}{rows['all spent']}-{name}{rows['lapsed']}", flows[place][3]))
        form.fill(["Closing balance", None, *closing], self._styles("total"))
        self._ties(award.id, rows, flows[-1][3])
        self._by_payer(award, rows, held)
        page.skip()

    def _ties(self, award: str, rows: dict[str, int], closing: Decimal) -> None:
        """The last closing balance is that of Cash flow."""
        last = self.facts.periods[-1]
        text = f'SUMIFS(tblCash[Closing],tblCash[Award],"{award}",tblCash[Period],"{last}")'
        left = self.one.ref(self.last, rows["closing"])
        self.one.holds(f"{award}, closing balance: that of Cash flow", left, Formula(text, closing))

    def _by_payer(self, award: Award, rows: dict[str, int], held: Decimal) -> None:
        """What came from whom, and when: the opening balance as far as it is known, and every receipt."""
        form, page = self.one, self.one.page
        days = [[p.days for p in self.facts.plan.proposal.periods if p.year == year] for year in self.years]
        spans = [(each[0].first, each[-1].last) for each in days]
        parts = [p for p in self.facts.parts if p.award == award.id and p.source[0] == "receipts"]
        payers = sorted({from_whom(part) for part in parts})
        if not payers and not held:
            return
        page.keep(len(payers) + 6)
        page.header(["By payer", "", *self.years], ["text", "text", *["money"] * len(self.years)])
        first = page.row
        opened, so_far = self._opened(award, held), NOTHING
        for name, amount in opened:
            above = f"-SUM(C{first}:C{page.row - 1})" if page.row > first else ""
            whole = f"${letter(self.last + 2)}${rows['opening']}"
            rest = Formula(f"{whole}{above}", amount) if so_far + amount == held else amount
            form.fill([f"Opening balance from {name}", None, rest], ["text", "text", "money"])
            so_far += amount
        from_, until = page.row, page.row + 1
        form.fill([None, "from", *(span[0] for span in spans)], ["", "key right", *["date"] * len(spans)])
        form.fill([None, "until", *(span[1] for span in spans)], ["", "key right", *["date"] * len(spans)])
        top = page.row
        for payer in payers:
            cells = [self._paid_by(payer, span, parts, (rows["id"], from_, until, n)) for n, span in enumerate(spans)]
            form.fill([f"Receipts from {payer}", None, *cells, None, payer], [*self._styles(), "", "key"])
        sums = [form.down(column, top, page.row - 1) for column in range(3, self.last + 1)] if payers else []
        if sums:
            form.fill(["Receipts, all payers", None, *sums], self._styles("subtotal"))
        for column, (year, _) in enumerate(zip(self.years, sums, strict=False), 3):
            left, right = form.ref(column, page.row - 1), form.ref(column, rows["received"])
            form.holds(f"{award.id}, receipts by payer in {year}: all receipts", left, right)
        rows["payers"] = first

    def _opened(self, award: Award, held: Decimal) -> list[tuple[str, Decimal]]:
        """The opening balance by payer, and what nobody is named for."""
        known = {n: self.facts.money(cents // self.facts.cents) for n, cents in (award.opening_by_payer or {}).items()}
        if not held:
            return []
        if not known and award.payer:
            return [(award.payer, held)]
        rest = held - sum(known.values(), NOTHING)
        return [*sorted(known.items()), *([(NOT_SAID, rest)] if rest else [])]

    def _paid_by(
        self, payer: str, days: tuple[dt.date, dt.date], parts: Sequence[Part], at: tuple[int, int, int, int]
    ) -> Value:
        """What a payer pays in a fiscal year, off Installments."""
        ids, from_, until, place = at
        name, key = letter(3 + place), f"${letter(self.last + 2)}{self.one.page.row}"
        when = f'{RECEIVED},">="&{name}${from_},{RECEIVED},"<="&{name}${until}'
        text = f"tblInstallments[Amount],tblInstallments[Award],$B${ids},tblInstallments[From whom],{key},{when}"
        paid = (p for p in parts if from_whom(p) == payer and p.received and days[0] <= p.received <= days[1])
        amount = sum((part.amount for part in paid), NOTHING)
        named = {from_whom(part) for part in self.facts.parts} | {OPENING, INTEREST}
        return Formula(f"SUMIFS({text})", amount) if payer not in {OPENING, INTEREST} and lookable(named) else amount

    def _strategies(self, award: str) -> list[tuple[str, str, str]]:
        found = {r.strategy.id: r.strategy for r in self.authorized.rows if award in {"", r.award.id}}
        return [(key, each.name, each.coded) for key, each in sorted(found.items())]

    def _strategy(self, award: str, name: tuple[str, str, str], ids: int) -> None:
        form, at = self.one, self.one.page.row
        cells = [
            Formula(
                f"SUMIFS(tblStrategy[Spent],tblStrategy[Award],$B${ids},tblStrategy[Strategy],"
                f"${letter(self.last + 2)}{at},tblStrategy[Fiscal year],{letter(3 + n)}${ids})",
                self.authorized.of(award, name[0], year),
            )
            for n, year in enumerate(self.years)
        ]
        form.fill([f"Spent: {name[1]}", name[2], *cells, None, name[0]], [*self._styles(), "", "key"])

    def _flow(self, award: str, year: str) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Opening, received, lapsed and closing of a fiscal year."""
        periods = self.facts.plan.proposal.periods
        flows = [f for f, p in zip(self.cash.flows[award], periods, strict=True) if p.year == year]
        received, lapsed = (sum((getattr(flow, name) for flow in flows), NOTHING) for name in ("received", "lapsed"))
        return flows[0].opening, received, lapsed, flows[-1].closing

    def _held(self, award: Award) -> Decimal:
        """The balance with which the plan begins, which Cash flow counts as received on its first day."""
        begins = self.facts.days.first
        if award.opening_balance is None or (award.start is not None and award.start > begins):
            return NOTHING
        return self.facts.money(award.opening_balance // self.facts.cents)

    def _first_opening(self, award: str, value: Decimal, held: Decimal) -> Formula:
        """What the fund holds on the plan's first day."""
        first = self.facts.periods[0]
        text = f'SUMIFS(tblCash[Opening],tblCash[Award],"{award}",tblCash[Period],"{first}")'
        if held:
            text += f"+${letter(self.last + 2)}{self.one.page.row}"
        return Formula(text, value + held)

    def _of_cash(self, award: Award, name: str, value: Decimal, place: int) -> Formula:
        ids = self.where[award.id]["id"]
        keys = f'tblCash[Award],$B${ids},tblCash[Period],{letter(3 + place)}${ids}&"*"'
        return Formula(f"SUMIFS(tblCash[{name}],{keys})", value)

    def _interest(self, award: Award, year: str) -> Decimal:
        """Interest that joins the award in a fiscal year; all of it in the first where no year is said."""
        if isinstance(award.interest, dict):
            return self.facts.money(award.interest.get(year, 0) // self.facts.cents)
        return self.facts.money((award.interest or 0) // self.facts.cents) if year == self.years[0] else NOTHING

    def _earned(self, award: Award, year: str, amount: Decimal, key: Key) -> Value:
        """The same off the sheet on which it is entered."""
        name = f"Interest {year}" if isinstance(award.interest, dict) else "Interest"
        return (self.facts.entered("Awards", name, amount, Id=key) if amount else None) or amount

    # ------------------------------------------------------------ the annual report

    def report(self) -> Sheet | None:
        """The annual report; None where no settlement money is spent."""
        if not self.awards:
            return None
        form, page, state = self.two, self.two.page, self.facts.plan.proposal.jurisdiction.state
        page.say("Annual report: settlement money by fiscal year", "title")
        page.say("The five items of Exhibit E of North Carolina's memorandum of agreement (MOA).")
        if state != "NC":
            page.say("Your State has a report of its own; these items are what it is likely to ask for.", "note")
        page.say("The report is due even where nothing was spent. Type in audit costs; they are part of what is spent.")
        page.skip()
        self.head = page.header(["Item", "", *self.years], ["text", "text", *["money"] * len(self.years)])
        if state == "NC":
            form.fill(
                ["Due, 90 days after the fiscal year", None, *self._due()],
                ["text", "text", *["date"] * len(self.years)],
            )
        opening = self._item("1. In the fund at the beginning of the fiscal year", ("opening",))
        self._item("2. Received during the fiscal year, interest included", ("received", "interest"))
        first = page.row
        for name in self._strategies(""):
            cells = [self._reported(name[0], year, n) for n, year in enumerate(self.years)]
            form.fill([f"3. Disbursed: {name[1]}", name[2], *cells, None, name[0]], [*self._styles(), "", "key"])
        sums = [form.down(column, first, page.row - 1) for column in range(3, self.last + 1)]
        total = form.fill(["3. Disbursed, all strategies", None, *sums], self._styles("subtotal"))
        form.fill(
            ["4. Of it, used for audit costs", None, *[None] * len(self.years)],
            ["text", "text", *["input"] * len(self.years)],
        )
        closing = self._item("5. In the fund at the end of the fiscal year", ("closing",))
        self._agrees(opening, total, closing)
        return page.sheet()

    def _agrees(self, opening: int, total: int, closing: int) -> None:
        """Items 1 and 2 less item 3, and less what lapses, are item 5."""
        form = self.two
        for column, year in enumerate(self.years, 3):
            found = [form.ref(column, opening), form.ref(column, opening + 1)]
            gone = [form.ref(column, total), *(self.one.ref(column, rows["lapsed"]) for rows in self.where.values())]
            text = "+".join(each.text for each in found) + "".join(f"-{each.text}" for each in gone)
            value = sum(Decimal(each.value) for each in found) - sum(Decimal(each.value) for each in gone)
            form.holds(f"{year}, items 1 + 2 - 3: item 5", Formula(text, value), form.ref(column, closing))

    def _item(self, label: str, names: Sequence[str]) -> int:
        """A row that adds up rows of the fund statement over all awards."""
        cells: list[Value] = []
        for column in range(3, self.last + 1):
            parts = [self.one.ref(column, rows[name]) for rows in self.where.values() for name in names]
            value = sum((Decimal(part.value) for part in parts), NOTHING)
            cells.append(Formula("+".join(part.text for part in parts), value))
        return self.two.fill([label, None, *cells], self._styles())

    def _reported(self, strategy: str, year: str, place: int) -> Formula:
        at, head = self.two.page.row, self.head
        keys = f"tblStrategy[Strategy],${letter(self.last + 2)}{at},tblStrategy[Fiscal year],{letter(3 + place)}${head}"
        return Formula(f"SUMIFS(tblStrategy[Spent],{keys})", self.authorized.of("", strategy, year))

    def _due(self) -> list[dt.date]:
        calendar: FiscalCalendar = self.facts.plan.proposal.fiscal
        return [calendar.year_days(int(year[2:])).last + dt.timedelta(days=DUE) for year in self.years]
