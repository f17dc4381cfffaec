"""The detailed budget of a federal award: every cost with its computation, federal and non-federal, and narrative."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from braid.files.sheets import Formula, Sheet, Value, letter
from braid.workbook.charges import NOTHING
from braid.workbook.check import Check
from braid.workbook.filing.beside import Beside
from braid.workbook.filing.costing import Costing, base_in, costings
from braid.workbook.filing.form import Filed, Form, booked, key_of, plus
from braid.workbook.filing.limitations import limitations
from braid.workbook.filing.narratives import narratives
from braid.workbook.filing.templates import Category, template_for
from braid.workbook.ledger import AMOUNT, EVERYTHING, TABLE, Key, word
from braid.workbook.needs import said_of
from braid.workbook.page import Page
from braid.workbook.times import grown_to

HOLDS = "Every cost of the award with its computation and narrative, federal and non-federal, year by year"
WIDTHS = (44.0, 10.0, 11.0, 10.0, 14.0, 11.0, 14.0, 10.0)
STYLES = ["text", "count", "quantity", "count", "exact", "share", "money", "share", "money", "money", "money"]
COST, SHARE, TOTAL, OTHER, FEDERAL = 7, 8, 9, 10, 11


class Detail:
    """The detailed budget of one award; ``sheet()`` first, then ``checks``."""

    def __init__(self, filed: Filed, title: str, beside: Beside, section_b: Mapping[str, Formula]) -> None:
        self.filed, self.facts, self.beside, self.section_b = filed, filed.facts, beside, section_b
        self.years = list(range(1, len(filed.years) + 1)) if len(filed.years) > 1 else []
        self.key = FEDERAL + len(self.years) + 2
        """The column of what a row is about, to the right of what is printed."""
        wide = max(14.0, self.facts.wide)
        cents = max(WIDTHS[4], len(f"{self.facts.plan.totals.spent:,.2f}") + 3.5)
        own = (*WIDTHS[:4], cents, WIDTHS[5], wide, WIDTHS[7])
        widths = [*own, *[wide] * (3 + len(self.years)), 3.0, 30.0, 14.0]
        page = Page(title, "form", widths, locked=True)
        page.printed = FEDERAL + len(self.years)
        self.form = Form(page, filed.id)
        self.template = template_for(filed.agency)
        self.award = Key("", filed.id)
        self.totals: dict[int, int] = {}
        """The row of each category's total, by its place."""
        self.pay: dict[tuple[str, str], int] = {}
        """The row of each line's pay, by line and period: fringe goes by it."""

    @property
    def checks(self) -> tuple[Check, ...]:
        """What must hold on it."""
        return tuple(self.form.checks)

    def sheet(self) -> Sheet:
        """The finished sheet."""
        self._head()
        for place, category in enumerate(self.template.categories):
            rows = list(costings(self.filed, self.beside, category))
            if rows:
                self._category(place, category, rows)
        self._summary()
        if self.template.limitations:
            limitations(self.form, self.filed)
        self._identities()
        return self.form.page.sheet()

    def _head(self) -> None:
        page, filed = self.form.page, self.filed
        page.say("Detailed budget and narrative", "title")
        page.say(f"{filed.award.label}: {self.template.name}.{booked(filed.award)}")
        page.say(
            "Cost is quantity × unit cost × part of the year; of it, Share is what this award pays with what stands "
            "beside it. Federal adds up the Allocation, Non-federal the match. What else the agency asks for (names, "
            "how contractors are selected, why one travels) is to be added in the narrative document."
        )
        row = self.form.fill(["Award", filed.id], ["strong", "id"])
        self.award = Key(f"$B${row}", filed.id)
        page.skip()

    # ------------------------------------------------------------ a category

    def _category(self, place: int, category: Category, rows: Sequence[Costing]) -> None:
        page = self.form.page
        page.keep(min(len(rows) + 4, 12))
        page.say(f"{category.letter}. {category.name}" if category.letter else category.name, "heading")
        page.header(self._heads(category), [*STYLES, *["money"] * len(self.years)])
        first = page.row
        for row in rows:
            self._row(row, category)
        sums = [self.form.down(column, first, page.row - 1) for column in self._amounts()]
        values: list[Value] = [f"Total {category.name}", *[None] * (TOTAL - 2), *sums]
        self.totals[place] = self.form.fill(values, ["total text"] * (TOTAL - 1) + ["total"] * len(sums))
        for sentence in narratives(self.filed, category, rows):
            page.say(sentence, "note")
        page.skip()

    def _amounts(self) -> range:
        return range(TOTAL, FEDERAL + len(self.years) + 1)

    def _heads(self, category: Category) -> list[str]:
        name = category.object_class
        if name in {"fringe", "indirect"}:
            start = [
                "Position" if name == "fringe" else "Description",
                "Period",
                "",
                "",
                "Base",
                "Rate",
                "Base × rate",
                "",
            ]
        elif name == "personnel":
            start = ["Position", "Period", "Quantity", "Unit", self.template.pay, "Part of 12 months", "Cost", "Share"]
        else:
            start = ["Item", "Period", "Quantity", "Unit", "Unit cost", "Part of 12 months", "Cost", "Share"]
        return [*start, "Total cost", "Non-federal", "Federal", *(f"Federal, year {n}" for n in self.years)]

    def _row(self, row: Costing, category: Category) -> None:
        form, at = self.form, self.form.page.row
        line = key_of(self.key, at, row.line)
        kind = key_of(self.key + 1, at, row.kind)
        if category.object_class == "personnel":
            self.pay[row.line, row.period] = at
        federal = self._federal(row, at, line)
        beside = self._beside(row, at, line, category)
        other = Decimal(beside.value) if beside else NOTHING
        own = Decimal(federal[0].value) if federal[0] else NOTHING
        total = Formula(f"SUM(${letter(OTHER)}{at}:${letter(FEDERAL)}{at})", other + own)
        start = self._computed(row, at, Decimal(total.value))
        values: list[Value] = [row.label, row.period or None, *start, total, beside, *federal]
        form.fill(values, [*STYLES, *["money"] * len(self.years)])
        form.page.row = at
        form.fill([line.says, kind.says], ["key", "key"], self.key)

    def _federal(self, row: Costing, at: int, line: Key) -> Sequence[Formula | None]:
        """What the award is charged for a row: in all, and year by year."""
        if row.pledge is not None:
            return [None] * (1 + len(self.years))
        keys = {"award": self.award, "line": line, "period": key_of(2, at, row.period), "kind": word(row.kind)}
        columns = [AMOUNT, *(self.facts.budget_years.column(number) for number in self.years)]
        return [self.facts.ledger.sum(EVERYTHING, column, **keys) for column in columns]

    def _beside(self, row: Costing, at: int, line: Key, category: Category) -> Formula | None:
        """What stands beside the award for a row."""
        if not self.beside.of(self.filed.id):
            return None
        keys = f"tblBeside[Award],{self.award.cell},tblBeside[Line],{line.cell}"
        if row.pledge is not None:
            number = f"${letter(self.key + 2)}{at}"
            self.form.page.put(self.key + 2, row.pledge.number, "count")
            return Formula(f"SUMIFS(tblBeside[Amount],{keys},tblBeside[Number],{number})", row.pledge.amount)
        if row.kind == "indirect":
            return None
        says = {"line": row.line, "period": row.period, "object_class": category.object_class}
        text = f'{keys},tblBeside[Period],$B{at},tblBeside[Object class],"{category.object_class}"'
        return Formula(f"SUMIFS(tblBeside[Amount],{text})", self.beside.summed(self.filed.id, None, says))

    def _computed(self, row: Costing, at: int, total: Decimal) -> list[Value]:
        """From Quantity to Share: how the cost is worked out."""
        if row.pledge is not None:
            return [None] * 6
        if row.kind in {"fringe", "indirect"}:
            return self._on_base(row, at)
        places = 0 if self.facts.step == 1 else 2
        quantity = row.quantity
        product = f"$C{at}*$E{at}*$F{at}" if quantity is not None else f"$E{at}"
        cost = row.cost or NOTHING
        share = float(total / cost) if cost else 0.0
        return [
            self._said(row, at, "Quantity", quantity) if quantity is not None else None,
            row.unit or None,
            self._unit_cost(row, at),
            self._part(row, at) if row.part is not None else None,
            Formula(f"ROUND(ROUND({product},2),{places})", cost),
            Formula(f"IFERROR($I{at}/$G{at},0)", share),
        ]

    def _said(self, row: Costing, at: int, column: str, value: Fraction) -> Formula | float:
        """What Needs says of a line as entered, where that is what the computation goes by; else the number itself."""
        need = self.facts.need_of.get((row.line, row.period))
        if need is None:
            return float(value)
        known = said_of(self.facts, need)
        if self.facts.timed:
            known["Times"] = need.times
        keys = self._keys(row, at)
        said = column in known and float(known[column]) == float(value)
        return Formula(f"SUMIFS(tblNeeds[{column}],{keys})", float(value)) if said else float(value)

    def _unit_cost(self, row: Costing, at: int) -> Formula | float:
        """What one costs: as entered, times what it has grown to."""
        need, cost = self.facts.need_of.get((row.line, row.period)), row.unit_cost or Fraction(0)
        grown = grown_to(self.facts, need) if need else Fraction(1)
        entered = said_of(self.facts, need).get("Entered") if need else None
        if grown == 1 or entered is None or float(entered * grown) != float(cost):
            return self._said(row, at, "Entered", cost)
        keys = self._keys(row, at)
        return Formula(f"SUMIFS(tblNeeds[Entered],{keys})*SUMIFS(tblNeeds[Grown to],{keys})", float(cost))

    def _part(self, row: Costing, at: int) -> Formula | float:
        """The part of twelve months: what Needs multiplies a cost by, less what that has grown to."""
        need, part = self.facts.need_of.get((row.line, row.period)), row.part or Fraction(0)
        grown = grown_to(self.facts, need) if need else Fraction(1)
        if need is None or grown == 1 or need.times != part * grown:
            return self._said(row, at, "Times", part)
        keys = self._keys(row, at)
        return Formula(f"SUMIFS(tblNeeds[Times],{keys})/SUMIFS(tblNeeds[Grown to],{keys})", float(part))

    def _keys(self, row: Costing, at: int) -> str:
        """The row of Needs that a row goes by."""
        return f"tblNeeds[Line],{key_of(self.key, at, row.line).cell},tblNeeds[Period],$B{at}"

    def _on_base(self, row: Costing, at: int) -> list[Value]:
        base, rate = base_in(self.filed, row), row.part or Fraction(0)
        if row.kind == "fringe" and (row.line, row.period) in self.pay:
            pay = self.pay[row.line, row.period]
            base = Fraction(self.form.value(TOTAL, pay))
            found = Formula(f"${letter(TOTAL)}{pay}", float(base))
        elif row.kind == "fringe":
            key, period = key_of(self.key, at, row.line), key_of(2, at, row.period)
            found = self.facts.ledger.sum(award=self.award, line=key, period=period, kind=word("direct"))
        else:
            of = f"({TABLE}[Award]={self.award.cell})*({TABLE}[Period]=$B{at})"
            text = f"SUMPRODUCT({TABLE}[Amount]*{TABLE}[Indirect rate]*{of})"
            found = Formula(f"IFERROR({text}/$F{at},0)", float(base))
        drawn = self._said(row, at, "Fringe rate", rate) if row.kind == "fringe" else self._rate(rate, at)
        return [None, None, found, drawn, Formula(f"$E{at}*$F{at}", float(base * rate)), None]

    def _rate(self, rate: Fraction, at: int) -> Formula:
        """The rate of indirect cost in the period of a row."""
        keys = f"tblIndirect[Award],{self.award.cell},tblIndirect[Period],$B{at}"
        return Formula(f"SUMIFS(tblIndirect[Rate],{keys})", float(rate))

    # ------------------------------------------------------------ summary and identities

    def _summary(self) -> None:
        """Categories by year, federal and non-federal."""
        form, page = self.form, self.form.page
        page.keep(len(self.totals) + 6)
        page.say("Budget summary", "heading")
        years = [f"Federal, year {number}" for number in self.years]
        styles = ["text", *[""] * 7, *["money"] * (3 + len(years))]
        heads = ["Category", *[""] * 7, "Total cost", "Non-federal", "Federal", *years]
        page.header(heads, [style or "text" for style in styles])
        first = page.row
        for place, row in self.totals.items():
            category = self.template.categories[place]
            cells = [Formula(f"{letter(c)}{row}", form.value(c, row)) for c in self._amounts()]
            form.fill([f"{category.letter} {category.name}".strip(), *[None] * 7, *cells], styles)
        sums = [form.down(column, first, page.row - 1) for column in self._amounts()]
        self.whole = form.fill(["All categories", *[None] * 7, *sums], ["total text"] * 8 + ["total"] * len(sums))
        page.skip()

    def _identities(self) -> None:
        """The detailed budget equals section B of the SF-424A, class by class, and all that is charged."""
        form, filed = self.form, self.filed
        by_class: dict[str, list[int]] = defaultdict(list)
        for place, row in self.totals.items():
            by_class[self.template.categories[place].object_class].append(row)
        for name, cell in self.section_b.items():
            number = 1 if filed.in_steps else None
            column = FEDERAL + 1 if filed.in_steps else FEDERAL
            left = [form.ref(column, row) for row in by_class[name]]
            if self.beside.of(filed.id):
                text = f"SUMIFS(tblBeside[{self.beside.column(number)}],tblBeside[Award],"
                text += f"'{form.page.title}'!{self.award.cell},tblBeside[Object class],\"{name}\")"
                left.append(Formula(text, self.beside.summed(filed.id, number, {"object_class": name})))
            if left:
                form.holds(f"{name}: section B of the SF-424A", plus(*left), cell)
        charged = f"SUMIFS(tblAwards[Charged],tblAwards[Award],'{form.page.title}'!{self.award.cell})"
        form.holds("federal, all categories: all that is charged", form.ref(FEDERAL, self.whole),
                   Formula(charged, filed.summed(AMOUNT)))  # fmt: skip
