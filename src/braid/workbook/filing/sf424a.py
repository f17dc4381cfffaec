"""The SF-424A of a federal award, sections A to F, line by line as the form is.

Its own rules (instructions for the SF-424A): sections A to D give the whole project, or the first budget period where
the funder grants it in steps, and only then section E what is needed later; new applications leave columns (c) and (d)
blank, and continuations fill them in only where the agency's instructions provide for it; more than four lines go on
additional sheets, and the first then gives the totals by program; columns of section B have the titles of the lines of
section A; sections C and E need no breakdown by activity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from braid.files.sheets import Formula, Sheet, Value, letter
from braid.workbook.charges import NOTHING
from braid.workbook.check import Check
from braid.workbook.filing.beside import APPLICANT, OTHER, PLEDGED, STATE, Beside
from braid.workbook.filing.forecast import Forecast
from braid.workbook.filing.form import Filed, Form, booked, key_of, numbered, plus
from braid.workbook.filing.income import Income
from braid.workbook.filing.later import later
from braid.workbook.filing.remarks import remarks, why_blank
from braid.workbook.ledger import AMOUNT, EVERYTHING, TABLE, Key, word
from braid.workbook.page import Page, shortened

HOLDS = "Budget information for the award, sections A to F of form SF-424A"
LINES = 4
"""Lines that one sheet of the form has in sections A and B."""
CLASSES = {
    "personnel": "Personnel",
    "fringe": "Fringe Benefits",
    "travel": "Travel",
    "equipment": "Equipment",
    "supplies": "Supplies",
    "contractual": "Contractual",
    "construction": "Construction",
    "other": "Other",
}
FIRST, LAST = 4, 8
"""The columns of amounts."""
KEY, PART = 10, 11
"""To the right of what is printed: what a row is about, and from there on parts of what the form adds up."""
ACTIVITY, INDIRECT = 18, 19
"""Further to the right: activities, and the indirect cost of each."""
WIDTHS = (7.0, 48.0, 14.0, *(18.0,) * 5, 3.0, 18.0, *(13.0,) * 6, 3.0, 20.0, 13.0)
MONEY = ["money"] * 5
IN_STEPS = (
    "Sections A to C give its first budget period in this plan; section D the first year of it, and section E the "
    "budget periods after it."
)
AT_ONCE = (
    "Sections A to C give the whole award as this plan charges it; section D the first year of it. Section E is blank: "
    "no further funds are needed."
)


@dataclass(frozen=True)
class Entry:
    """A line of section A: an activity, what is pledged, or (where they are too many) the program as a whole."""

    label: str
    activity: str = ""


class Form424A:
    """The form of one award; ``sheet()`` first, then ``checks`` and where its lines stand."""

    def __init__(self, filed: Filed, title: str, beside: Beside, income: Income) -> None:
        self.filed, self.facts, self.beside, self.income = filed, filed.facts, beside, income
        wide = max(WIDTHS[FIRST], self.facts.wide)  # wide enough that sections C to F stand on one printed page
        page = Page(title, "form", [*WIDTHS[:3], *[wide] * 5, *WIDTHS[8:]], locked=True)
        page.printed = LAST
        self.form = Form(page, filed.id)
        self.award = Key("", filed.id)
        """The cell that holds the id of the award."""
        self.year = 1 if filed.in_steps else None
        """Of what stands beside the award, the year that sections A to C look at; None for all."""
        self.classes: dict[str, int] = {}
        """The rows of section B that the detailed budget must equal, by object class."""
        self.totals: list[tuple[int, int]] = []  # of section A and of section B, page by page

    @property
    def checks(self) -> tuple[Check, ...]:
        """What must hold on it."""
        return tuple(self.form.checks)

    @property
    def section_b(self) -> dict[str, Formula]:
        """What section B comes to, by object class, as other sheets name it."""
        return {name: self.form.ref(LAST, row) for name, row in self.classes.items()}

    @property
    def entries(self) -> list[Entry]:
        """The lines of section A: the activities, and what is pledged."""
        found = [Entry(each.label, each.id) for each in self.filed.activities]
        pledged = self.beside.summed(self.filed.id, self.year, {"activity": PLEDGED})
        beside = {row.activity for row in self.beside.of(self.filed.id)} - {each.activity for each in found} - {PLEDGED}
        names = {each.id: each.label for each in self.facts.activities}
        found += [Entry(names[name], name) for name in sorted(beside)]
        return [*found, Entry("Match pledged from outside the plan", PLEDGED)] if pledged else found

    def sheet(self) -> Sheet:
        """The finished sheet."""
        self._head()
        entries = self.entries
        program = Entry(self.filed.program.name)
        self._indirect()
        self._page_of_lines(entries if len(entries) <= LINES else [program])
        resources = self._resources(program)
        forecast = Forecast(self.form, self.filed, self.beside, self.award.cell).write()
        needed = later(self.form, self.filed, self.award, program.label)
        self._other()
        first = self.totals[0]
        if len(entries) > LINES:
            self._more(entries, first)
        self._identities(first, resources, forecast, needed)
        return self.form.page.sheet()

    def _head(self) -> None:
        page, filed = self.form.page, self.filed
        page.say("SF-424A: budget information, non-construction programs", "title")
        agency = filed.agency or "agency not given"
        page.say(f"{filed.award.label}. {filed.program.name}, {agency}.{booked(filed.award)}")
        page.say(IN_STEPS if filed.award.budget_periods else AT_ONCE)
        row = self.form.fill(["Award", filed.id], ["strong", "id"])
        self.award = Key(f"$B${row}", filed.id)
        if before := filed.before(self.award):
            self.form.fill(["Before", before, None], ["strong", "money", ""])
            page.say("«Before»: what was charged before this plan; it is not in the form.", "note")
        page.skip()

    # ------------------------------------------------------------ sections A and B

    def _indirect(self) -> None:
        """To the right: indirect cost by activity, by what each draws, the one that draws most taking what is left."""
        form, page = self.form, self.form.page
        top = page.row
        drawn = [(self._drawn(each.id), each.id) for each in self.filed.activities]
        drawn.sort(key=lambda pair: (pair[0], pair[1]))
        whole = self.filed.summed(self.filed.step, kind="indirect")
        form.fill(["Indirect cost by activity", None], ["key", "key right"], ACTIVITY)
        self.block = (page.row, page.row + len(drawn) - 1)
        for exact, activity in drawn[:-1]:
            row = page.row
            rounded = floor_to(exact, self.facts.step)
            text = f"ROUNDDOWN(ROUND({self._drawn_text(row)},6),{0 if self.facts.step == 1 else 2})"
            form.fill([activity, Formula(text, rounded)], ["key", "money"], ACTIVITY)
        total = self.facts.ledger.sum(column=self.filed.step, award=self.award, kind=word("indirect"))
        others = form.down(INDIRECT, self.block[0], page.row - 1) if len(drawn) > 1 else None
        text = total.text + (f"-{others.text}" if others else "")
        rest = whole - (Decimal(others.value) if others else NOTHING)
        form.fill([drawn[-1][1], Formula(text, rest)], ["key", "money"], ACTIVITY)
        page.row = top

    def _drawn(self, activity: str) -> Fraction:
        """What an activity draws of indirect cost, before rounding."""
        column, charges = self.filed.step, self.facts.ledger.charged(award=self.filed.id, activity=activity)
        parts = ((Fraction(c.amount) if column.parts is None else Fraction(column.parts(c))) * c.rate for c in charges)
        return sum(parts, Fraction(0))

    def _drawn_text(self, row: int) -> str:
        of = f"({TABLE}[Award]={self.award.cell})*({TABLE}[Activity]=${letter(ACTIVITY)}{row})"
        return f"SUMPRODUCT({TABLE}[{self.filed.step.name}]*{TABLE}[Indirect rate]*{of})"

    def _share(self, row: str, activity: str) -> Formula:
        """The part of an activity in indirect cost."""
        first, last = self.block
        key, part = letter(ACTIVITY), letter(INDIRECT)
        value = sum((self.form.value(INDIRECT, at) for at in range(first, last + 1)
                     if self.form.page.cells[at, ACTIVITY].value == activity), NOTHING)  # fmt: skip
        return Formula(f"SUMIFS(${part}${first}:${part}${last},${key}${first}:${key}${last},{row})", value)

    def _page_of_lines(self, entries: Sequence[Entry]) -> None:
        """Sections A and B for up to four lines."""
        rows, total = self._summary(entries)
        self._categories(entries, rows, total)
        self.totals.append((total, self.form.page.row))

    def _summary(self, entries: Sequence[Entry]) -> tuple[list[int], int]:
        form, page = self.form, self.form.page
        page.say("Section A: budget summary", "heading")
        heads = ["Line", "(a) Grant program, function or activity", "(b) Assistance Listing"]
        heads += ["(c) Federal, unobligated", "(d) Non-federal, unobligated"]
        heads += ["(e) Federal, new or revised", "(f) Non-federal, new or revised", "(g) Total"]
        page.header(heads, ["count", "text", "id", *MONEY])
        rows: list[int] = []
        for number in range(LINES):
            entry = entries[number] if number < len(entries) else None
            rows.append(self._line(number + 1, entry))
        sums: list[Value] = [form.down(column, rows[0], rows[-1]) for column in range(FIRST, LAST + 1)]
        if not self.filed.continued:
            sums[:2] = None, None
        total = form.fill([5, "Totals", None, *sums], ["count", *["total text"] * 2, *["total"] * 5])
        if not self.totals:
            why_blank(form, self.filed, self.award.cell, KEY)
        page.skip()
        return rows, total

    def _line(self, number: int, entry: Entry | None) -> int:
        form, row = self.form, self.form.page.row
        styles = ["count", "text", "id", *MONEY, "", "key"]
        if entry is None:
            return form.fill([number, *[None] * 9], styles)
        federal, beside = self._federal(entry, row), self._beside(entry, f"${letter(KEY)}{row}")
        if self.filed.continued:
            styles[3:5] = "input", "input"
        values: list[Value] = [number, entry.label, self.filed.listing, None, None, federal, beside]
        both = Formula(f"SUM(F{row}:G{row})", Decimal(federal.value) + Decimal(beside.value if beside else 0))
        return form.fill([*values, both, None, entry.activity or None], styles)

    def _federal(self, entry: Entry, row: int) -> Formula:
        """What the award is charged for a line, its part of indirect cost included."""
        award = self.award
        if not entry.activity:
            return self.facts.ledger.sum(column=self.filed.step, award=award)
        cell = f"${letter(KEY)}{row}"
        key = key_of(KEY, row, entry.activity)
        return plus(
            self.facts.ledger.sum(column=self.filed.step, award=award, activity=key),
            self._share(cell, entry.activity),
        )

    def _beside(self, entry: Entry, cell: str, **says: tuple[str, str]) -> Formula | None:
        """What stands beside the award on a line; ``says``: further columns, each with its cell and what it says."""
        if not self.beside.of(self.filed.id):
            return None
        traits = {name: word for name, (_, word) in says.items()}
        keys = f"tblBeside[Award],{self.award.cell}"
        if entry.activity:
            traits["activity"] = entry.activity
            keys += f",tblBeside[Activity],{cell}"
        names = {"object_class": "Object class", "source": "Source"}
        keys += "".join(f",tblBeside[{names[name]}],{at}" for name, (at, _) in says.items())
        value = self.beside.summed(self.filed.id, self.year, traits)
        return Formula(f"SUMIFS(tblBeside[{self.beside.column(self.year)}],{keys})", value)

    def _categories(self, entries: Sequence[Entry], rows: list[int], total: int) -> None:
        form, page = self.form, self.form.page
        page.say("Section B: budget categories", "heading")
        ids = self._ids(entries)
        titles = [f"({n}) {shortened(entry.label, 60)}" for n, entry in enumerate(entries, 1)]
        titles += [f"({n})" for n in range(len(entries) + 1, LINES + 1)]
        heads = ["Line", "Object class categories", "", *titles, "(5) Total"]
        page.header(heads, ["count", "text", "text", *MONEY])
        first = page.row
        for mark, (name, label) in zip("abcdefgh", CLASSES.items(), strict=True):
            row = self._class(f"6{mark}", name, label, entries, ids)
            if not self.totals:
                self.classes[name] = row
        direct = self._added("6i", "Total direct charges (6a to 6h)", range(first, page.row), "subtotal")
        indirect = self._class("6j", "indirect", "Indirect charges", entries, ids)
        if not self.totals:
            self.classes["indirect"] = indirect
        both = self._added("6k", "Totals (6i and 6j)", (direct, indirect), "total")
        for number, entry in enumerate(entries):
            column = FIRST + number
            form.holds(f"line 6k ({number + 1}), {entry.label}: line {number + 1} (g)",
                       form.ref(column, both), form.ref(LAST, rows[number]))  # fmt: skip
        form.holds("line 6k (5): line 5 (g)", form.ref(LAST, both), form.ref(LAST, total))
        self._program_income(entries, ids)
        page.skip()

    def _ids(self, entries: Sequence[Entry]) -> int:
        """The activities above the columns, which sums go by."""
        keys = [entry.activity or None for entry in entries]
        return self.form.fill(keys, ["key right"] * len(keys), FIRST)

    def _class(self, mark: str, name: str, label: str, entries: Sequence[Entry], ids: int) -> int:
        """One object class, line by line; to the right what of it is not federal."""
        form, row = self.form, self.form.page.row
        key = f"${letter(KEY)}{row}"
        beside = [
            self._beside(entry, f"{letter(FIRST + n)}${ids}", object_class=(key, name))
            for n, entry in enumerate(entries)
        ]
        cells: list[Value] = []
        for number, entry in enumerate(entries):
            own = self._of_class(entry, FIRST + number, ids, row, name)
            other = beside[number]
            part = Formula(f"${letter(PART + number)}{row}", other.value) if other is not None else None
            cells.append(plus(own, part) if part else own)
        empty = [None] * (LINES - len(entries))
        form.fill([mark, label, None, *cells, *empty], ["count", "text", "text", *MONEY[:LINES]])
        page = form.page
        page.row = row
        form.fill([form.across(FIRST, LAST - 1, row)], ["money"], LAST)
        page.row = row
        form.fill([name, *beside], ["key", *["money" if each is not None else "" for each in beside]], KEY)
        return row

    def _of_class(self, entry: Entry, column: int, ids: int, row: int, name: str) -> Formula:
        if entry.activity and name == "indirect":
            return self._share(f"{letter(column)}${ids}", entry.activity)
        keys = {"award": self.award, "object_class": key_of(KEY, row, name)}
        if entry.activity:
            keys["activity"] = Key(f"{letter(column)}${ids}", entry.activity)
        return self.facts.ledger.sum(EVERYTHING, self.filed.step, **keys)

    def _added(self, mark: str, label: str, rows: Sequence[int], style: str) -> int:
        """Rows added up, column by column."""
        cells: list[Value] = []
        for column in range(FIRST, LAST + 1):
            at = letter(column)
            text = f"SUM({at}{rows[0]}:{at}{rows[-1]})"
            cells.append(self.form.sum([(column, row) for row in rows], text))
        return self.form.fill([mark, label, None, *cells], ["count", f"{style} text", f"{style} text", *[style] * 5])

    def _program_income(self, entries: Sequence[Entry], ids: int) -> None:
        """Line 7: the award's part of what other payers bring."""
        row, cells = self.form.page.row, list[Value]()
        for number, entry in enumerate(entries):
            at = f"{letter(FIRST + number)}${ids}"
            keys = f"tblIncome[Award],{self.award.cell}" + (f",tblIncome[Activity],{at}" if entry.activity else "")
            value = self.income.summed(self.filed.id, self.filed.step, entry.activity)
            text = f"SUMIFS(tblIncome[Of it in what is granted first],{keys})"
            cells.append(Formula(text, value) if self.income.of(self.filed.id) else None)
        cells += [None] * (LINES - len(entries))
        self.form.fill([7, "Program income", None, *cells], ["count", "text", "text", *MONEY[:LINES]])
        self.form.page.row = row
        self.form.fill([self.form.across(FIRST, LAST - 1, row)], ["money"], LAST)

    # ------------------------------------------------------------ sections C to F

    def _resources(self, program: Entry) -> int:
        """Section C; the row of its total."""
        form, page = self.form, self.form.page
        page.breaks.append(page.row - 1)  # as on the form
        page.say("Section C: non-federal resources", "heading")
        sources = page.row
        form.fill([APPLICANT, STATE, OTHER], ["key right"] * 3, FIRST)
        heads = ["Line", "(a) Grant program", "", "(b) Applicant", "(c) State", "(d) Other sources", "(e) Totals"]
        page.header(heads, ["count", "text", "text", *MONEY[:4]])
        row = page.row
        given = [
            self._beside(program, "", source=(f"{letter(FIRST + n)}${sources}", name))
            for n, name in enumerate((APPLICANT, STATE, OTHER))
        ]
        form.fill([8, program.label, None, *given], ["count", "text", "text", *MONEY[:3]])
        page.row = row
        form.fill([form.across(FIRST, FIRST + 2, row)], ["money"], FIRST + 3)
        for number in (9, 10, 11):
            form.fill([number, *[None] * 6], ["count", "text", "text", *MONEY[:4]])
        sums = [form.down(column, row, row + 3) for column in range(FIRST, FIRST + 4)]
        total = form.fill([12, "Total (lines 8 to 11)", None, *sums], ["count", *["total text"] * 2, *["total"] * 4])
        page.skip()
        return total

    def _other(self) -> None:
        """Section F: remarks on direct and indirect charges."""
        remarks(self.form, self.filed, self.beside, self.classes["indirect"], self.award.cell)

    def _more(self, entries: Sequence[Entry], first: tuple[int, int]) -> None:
        """Additional sheets: sections A and B by activity, four at a time, which add up to the first."""
        form, page = self.form, self.form.page
        groups = list(numbered(entries, LINES))
        for number, group in enumerate(groups, 1):
            page.breaks.append(page.row - 1)
            page.say(f"Additional sheet {number} of {len(groups)}: sections A and B by activity", "heading")
            self._page_of_lines(group)
        for column, name in ((6, "(e)"), (7, "(f)"), (8, "(g)")):
            parts = [form.ref(column, total) for total, _ in self.totals[1:]]
            form.holds(
                f"line 5 {name} of the additional sheets: line 5 {name}", plus(*parts), form.ref(column, first[0])
            )

    def _identities(self, first: tuple[int, int], resources: int, forecast: tuple[int, int], later: int) -> None:
        """What holds between the sections."""
        form, filed = self.form, self.filed
        total, (federal, other) = first[0], forecast
        form.holds("line 12 (e): line 5 (f)", form.ref(FIRST + 3, resources), form.ref(7, total))
        for row, name in ((federal, 13), (other, 14)):
            text = f"SUM('{form.page.title}'!$E${row}:$H${row})"
            quarters = form.sum([(column, row) for column in range(5, 9)], text)
            form.holds(f"line {name}, quarter by quarter: its total", quarters, form.ref(FIRST, row))
        span = f"SUM('{form.page.title}'!$D${later}:$G${later})"
        comes = form.sum([(column, later) for column in range(FIRST, FIRST + 4)], span)
        charged = Formula(f"SUMIFS(tblAwards[Charged],tblAwards[Award],'{form.page.title}'!{self.award.cell})",
                          filed.summed(AMOUNT))  # fmt: skip
        if filed.in_steps:
            form.holds("line 13, first year: line 5 (e)", form.ref(FIRST, federal), form.ref(6, total))
            form.holds("line 5 (e) and section E: all that is charged", plus(form.ref(6, total), comes), charged)
        else:
            form.holds(
                "line 13 and what falls in later years: line 5 (e)",
                plus(form.ref(FIRST, federal), comes),
                form.ref(6, total),
            )
            form.holds("line 5 (e): all that is charged", form.ref(6, total), charged)
        if filed.in_steps or len(filed.years) == 1:
            form.holds("line 14, first year: line 5 (f)", form.ref(FIRST, other), form.ref(7, total))


def floor_to(amount: Fraction, step: Decimal) -> Decimal:
    """An amount rounded down to whole units."""
    return (Decimal(amount.numerator) / amount.denominator / step).to_integral_value(ROUND_FLOOR) * step
