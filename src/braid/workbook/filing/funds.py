"""The fund statement of settlement money: opening, receipts, interest, spent by strategy and closing, and by payer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from braid.files.sheets import Cell, Formula, Sheet, Value, letter
from braid.proposal import Award
from braid.workbook.balances import INTEREST
from braid.workbook.cash import Cash, Flow
from braid.workbook.charges import NOTHING
from braid.workbook.check import Check
from braid.workbook.facts import Facts
from braid.workbook.filing.authorization import Authorization
from braid.workbook.filing.by_payer import LAPSED, RECEIVED, ByPayer
from braid.workbook.filing.form import Form, booked
from braid.workbook.filing.outgoing import Place
from braid.workbook.filing.payers import Payers, Span
from braid.workbook.filing.strategies import years
from braid.workbook.ledger import Key
from braid.workbook.page import Page

TITLE = "Fund statement"
HOLDS = "Settlement money by fiscal year and by payer: opening, receipts, interest, spent by strategy, closing"
MARKED = {"opening", "received", "interest", "before", "lapsed", "closing"}
"""The rows that the annual report adds up over all funds."""


class Statement:
    """The sheet; call ``sheet()`` before ``checks`` and before its rows are read."""

    def __init__(self, facts: Facts, authorized: Authorization) -> None:
        self.facts, self.authorized = facts, authorized
        self.cash = Cash(facts)
        self.years = tuple(self._spans())
        self.awards = tuple({row.award.id: row.award for row in authorized.rows}.values())
        self.columns = range(3, 3 + len(self.years))
        widths = [52.0, 38.0, *[max(14.0, facts.wide)] * len(self.years), 3.0, 26.0, 14.0, 14.0, 10.0, 14.0]
        self.mark = self.columns[-1] + 6
        """The column of the words by which the annual report finds a row of every fund."""
        self.form = Form(Page(TITLE, "form", widths, locked=True))
        self.form.page.printed = self.columns[-1]
        self.where: dict[str, dict[str, int]] = {}
        """The rows of each award's block, by what they hold."""

    @property
    def checks(self) -> tuple[Check, ...]:
        """What must hold on it."""
        return tuple(self.form.checks)

    def _spans(self) -> list[Span]:
        periods = self.facts.plan.proposal.periods
        found = [(year, [p.days for p in periods if p.year == year]) for year in years(self.facts)]
        return [Span(year, days[0].first, days[-1].last) for year, days in found]

    def sheet(self) -> Sheet | None:
        """The finished sheet; None where no settlement money is spent."""
        if not self.awards:
            return None
        page = self.form.page
        page.say("Fund statement: settlement money by payer", "title")
        page.say(
            "Receipts and balances add up Cash flow; interest is what the plan counts on. Where a fund has several "
            "payers, the same stands payer by payer below it. Indirect cost is prorated among strategies."
        )
        page.skip()
        for award in self.awards:
            self._block(award)
        return page.sheet()

    def styles(self, style: str = "money") -> list[str]:
        """The styles of a row: two labels, and an amount for each year."""
        text = {"money": "text", "subtotal": "subtotal text", "total": "total text"}[style]
        return [text, text, *[style] * len(self.years)]

    def _block(self, award: Award) -> None:
        form, page = self.form, self.form.page
        form.award = award.id
        rows = self.where.setdefault(award.id, {})
        page.keep(14)
        page.say(award.label, "heading")
        if award.codes:
            page.say(booked(award).strip(), "note")
        names = [year.name for year in self.years]
        rows["id"] = form.fill(["Award", award.id, *names], ["key", "key", *["key right"] * len(names)])
        for label, days in (("first day", [y.first for y in self.years]), ("last day", [y.last for y in self.years])):
            rows[label] = form.fill([None, label, *days], ["", "key right", *["date"] * len(days)])
        page.header(["", "", *names], ["text", "text", *["money"] * len(names)])
        flows = [self._flow(award.id, year) for year in self.years]
        rows["opening"] = page.row
        rows["closing"] = page.row + 5 + bool(self._before(award)) + len(self.strategies(award.id))
        self._comes(award, rows, flows)
        self._goes(award, rows, flows)
        form.fill(["Closing balance", None, *self._closing(rows, flows)], self.styles("total"))
        for name in MARKED & rows.keys():
            page.cells[rows[name], self.mark] = Cell(name, "key")
        self._ties(award.id, rows, flows[-1].closing)
        ByPayer(form, Payers(self.facts, award), Place(self.years, rows)).write()
        page.skip()

    def _comes(self, award: Award, rows: dict[str, int], flows: list[Flow]) -> None:
        """Opening balance, receipts and interest."""
        form, held = self.form, self._held(award)
        key = f"${letter(self.columns[-1] + 2)}"
        opening: list[Value] = [self._first_opening(award.id, flows[0].opening, held)]
        opening += [
            Formula(f"{letter(column - 1)}{rows['closing']}", flow.opening)
            for column, flow in zip(self.columns[1:], flows[1:], strict=True)
        ]
        said = self.facts.entered("Awards", "Opening balance", held, Id=Key(f"$B${rows['id']}", award.id))
        keyed = [None, said or held] if held else [None, None]
        form.fill(["Opening balance", None, *opening, *keyed], [*self.styles(), "", "money" if held else ""])
        at, came = form.page.row, list[Value]()
        interest = [self._interest(award, year) for year in self.years]
        for place, (column, flow) in enumerate(zip(self.columns, flows, strict=True)):
            less = f"-{letter(column)}{at + 1}" + (f"-{key}${rows['opening']}" if held and not place else "")
            value = flow.received - interest[place] - (held if not place else NOTHING)
            came.append(Formula(self._of_cash(rows, "Received", column) + less, value))
        rows["received"] = form.fill(["Receipts", None, *came], self.styles())
        earned = [self._earned(rows, column, value) for column, value in zip(self.columns, interest, strict=True)]
        rows["interest"] = form.fill(
            ["Interest that the plan counts on", None, *earned, None, INTEREST], [*self.styles(), "", "key"]
        )

    def _goes(self, award: Award, rows: dict[str, int], flows: list[Flow]) -> None:
        """What was spent before the plan, what strategies spend, and what lapses."""
        form, page = self.form, self.form.page
        if self._before(award):
            spent = [Formula(self._of_cash(rows, "Spent before", c), f.before) for c, f in self._each(flows)]
            rows["before"] = form.fill(["Spent before this plan", None, *spent], self.styles())
        first = page.row
        for name in self.strategies(award.id):
            self._strategy(award.id, name, rows["id"])
        sums = [form.down(column, first, page.row - 1) for column in self.columns]
        rows["all spent"] = form.fill(["Spent, all strategies", None, *sums], self.styles("subtotal"))
        lapsed = [Formula(self._of_cash(rows, "Lapsed", c), f.lapsed) for c, f in self._each(flows)]
        rows["lapsed"] = form.fill([LAPSED, None, *lapsed], self.styles())

    def _each(self, flows: list[Flow]) -> list[tuple[int, Flow]]:
        return list(zip(self.columns, flows, strict=True))

    def _closing(self, rows: dict[str, int], flows: list[Flow]) -> list[Value]:
        found: list[Value] = []
        for column, flow in self._each(flows):
            name = letter(column)
            less = "".join(f"-{name}{rows[each]}" for each in ("before", "all spent", "lapsed") if each in rows)
            found.append(Formula(f"SUM({name}{rows['opening']}:{name}{rows['interest']}){less}", flow.closing))
        return found

    def _ties(self, award: str, rows: dict[str, int], closing: Decimal) -> None:
        """The last closing balance is that of Cash flow."""
        last = self.facts.periods[-1]
        text = f'SUMIFS(tblCash[Closing],tblCash[Award],"{award}",tblCash[Period],"{last}")'
        left = self.form.ref(self.columns[-1], rows["closing"])
        self.form.holds(f"{award}, closing balance: that of Cash flow", left, Formula(text, closing))

    def strategies(self, award: str) -> list[tuple[str, str, str]]:
        """The strategies that an award spends on, by id, with their names and codes; of all awards without one."""
        found = {r.strategy.id: r.strategy for r in self.authorized.rows if award in {"", r.award.id}}
        return [(key, each.name, each.coded) for key, each in sorted(found.items())]

    def _strategy(self, award: str, name: tuple[str, str, str], ids: int) -> None:
        form, at = self.form, self.form.page.row
        cells = [
            Formula(
                f"SUMIFS(tblStrategy[Spent],tblStrategy[Award],$B${ids},tblStrategy[Strategy],"
                f"${letter(self.columns[-1] + 2)}{at},tblStrategy[Fiscal year],{letter(column)}${ids})",
                self.authorized.of(award, name[0], year.name),
            )
            for column, year in zip(self.columns, self.years, strict=True)
        ]
        form.fill([f"Spent: {name[1]}", name[2], *cells, None, name[0]], [*self.styles(), "", "key"])

    def _flow(self, award: str, year: Span) -> Flow:
        """What moves in a fiscal year."""
        periods = self.facts.plan.proposal.periods
        flows = [f for f, p in zip(self.cash.flows[award], periods, strict=True) if p.year == year.name]
        return replace(Flow.added(flows), opening=flows[0].opening)

    def _before(self, award: Award) -> Decimal:
        """What was spent before the plan of what comes within it."""
        return sum((flow.before for flow in self.cash.flows[award.id]), NOTHING)

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
            text += f"+${letter(self.columns[-1] + 2)}{self.form.page.row}"
        return Formula(text, value + held)

    def _of_cash(self, rows: dict[str, int], name: str, column: int) -> str:
        ids = rows["id"]
        return f'SUMIFS(tblCash[{name}],tblCash[Award],$B${ids},tblCash[Period],{letter(column)}${ids}&"*")'

    def _interest(self, award: Award, year: Span) -> Decimal:
        """Interest that joins the award in a fiscal year; what joined it before the plan is in the opening balance."""
        mine = (part for part in self.facts.parts if part.award == award.id and part.source[0] == "interest")
        return sum((part.amount for part in mine if year.holds(part.received)), NOTHING)

    def _earned(self, rows: dict[str, int], column: int, amount: Decimal) -> Value:
        """The same off Installments."""
        place, key = Place(self.years, rows), f"${letter(self.columns[-1] + 2)}{self.form.page.row}"
        own = f"tblInstallments[Award],$B${rows['id']},tblInstallments[From whom],{key}"
        first, last = place.at("first day", column), place.at("last day", column)
        text = f'SUMIFS(tblInstallments[Amount],{own},{RECEIVED},">="&{first},{RECEIVED},"<="&{last})'
        named = any(part.payer == INTEREST for part in self.facts.parts)
        return amount if named else Formula(text, amount)
