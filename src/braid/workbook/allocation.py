"""The Allocation: every charge as a row of one table that everything else adds up.

Codes of the ledger stand in columns of their own. To the right of the print area stands what sums go by: rates of
indirect cost, what a charge counts in, its object class, and, where the plan has them, the match that is to stand
beside it, its strategy, position and subaward agreement, and what of it falls in a calendar year or a budget year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from braid.basics.fiscal import Interval
from braid.files.sheets import Cell, Formula, Sheet, Value, letter
from braid.files.titles import headers
from braid.workbook.charges import Charge
from braid.workbook.edited_rows import ALLOCATION as TITLE
from braid.workbook.edited_rows import PLACED, PLANNED, place_told
from braid.workbook.facts import Facts, page_of
from braid.workbook.filing.years import part_cell
from braid.workbook.ledger import MATCH_ASKED, TABLE, Adds
from braid.workbook.page import Column, Made, Page, letters
from braid.workbook.tables import totals

CHARGES = (
    Column("Award", 14, "id"),
    Column("Installment", 11, "count"),
    Column("Activity", 24, "id"),
    Column("Line", 32, "id"),
    Column("Category", 13),
    Column("Item", 21),
    Column("Priority", 9, "count"),
    Column("Period", 10, "count"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Kind", 10),
    Column("Amount", 0, "input"),
)
WORKED_OUT = (
    Column("Indirect rate", 15, "share"),
    Column("With indirect", 0, "money"),
    Column("Own rate", 15, "share"),
    Column("Counts in", 90, "key"),
    Column(PLANNED, 0, "money"),
    Column(PLACED, 30, "key"),
)
BASES = {"Rate": "In base", "Own rate": "In own base"}
"""The columns that say what part of a charge draws the rates of the sheet Indirect."""
AMOUNT = len(CHARGES)
"""The column that holds what may be typed over."""


@dataclass(frozen=True)
class _More:
    """A column that only some plans have, and how its cell is made of a charge, its row and its own letter."""

    column: Column
    cell: Callable[[Charge, int, str], Value]
    year: Interval | None = None
    """The calendar year that it is about."""
    number: int | None = None
    """The number that stands above it."""


class _Shape:
    """The columns of this plan: charges, codes of the ledger, what is worked out (not printed), and what else it has.

    ``at`` holds the letter of each column by its header.
    """

    def __init__(self, facts: Facts) -> None:
        codes = _codes(facts)
        self.printed = AMOUNT + len(codes)
        self.begins = self.printed + len(WORKED_OUT) + 1
        """The first column of what only some plans have."""
        known = (*CHARGES, *codes.values(), *WORKED_OUT)
        self.codes = tuple(codes)
        self.at = letters(known)
        self.more = _more(facts, self.begins, self.at)
        self.columns = (*known, *(each.column for each in self.more))
        self.places = letters(self.columns)


def allocation(facts: Facts) -> Sheet:
    """Every charge: direct cost, fringe and indirect cost."""
    shape = _Shape(facts)
    page = page_of(facts, TITLE, "input", shape.columns)
    page.printed = shape.printed
    page.say("Allocation: what each award pays", "title")
    page.say(
        "Every total, share and check of this workbook adds up this table. Amounts are dollars, and may be typed over."
    )
    page.say("Direct cost, fringe and indirect cost are rows of their own; indirect cost belongs to no line.", "note")
    charges = facts.ledger.charges
    _years(page, shape)
    totals(page, TABLE, "Amount", AMOUNT, facts.ledger.total(), len(charges))
    _changed(page)
    first = page.row + 1
    page.table(TABLE, shape.columns, Made(charges, lambda charge, place: _charge(charge, first + place, shape)))
    page.amounts.append(page.span(AMOUNT, first))
    return page.sheet()


def _changed(page: Page) -> None:
    """How many amounts are not those that braid planned."""
    page.put(AMOUNT - 1, "Changed by hand", "strong right")
    page.put(AMOUNT, Formula(f"SUMPRODUCT(--({TABLE}[Amount]<>{TABLE}[{PLANNED}]))", 0), "count")
    page.row += 1
    page.skip()


def _charge(charge: Charge, row: int, shape: _Shape) -> list[Value]:
    on_pay, codes = charge.kind != "indirect", dict(charge.codes)
    kind, amount, rate = (f"${shape.at[name]}{row}" for name in ("Kind", "Amount", "Indirect rate"))
    return [
        charge.award,
        int(charge.installment),
        charge.activity,
        charge.line,
        charge.category,
        charge.item or None,
        charge.priority,
        charge.period,
        charge.first,
        charge.last,
        charge.kind,
        charge.amount,
        *(codes.get(code) for code in shape.codes),
        _rate(shape, row, "Rate", charge.rate) if on_pay else None,
        Formula(f'IF({kind}="indirect",0,{amount}+{amount}*{rate})', float(charge.with_indirect)),
        _rate(shape, row, "Own rate", charge.own_rate) if on_pay else None,
        f";{';'.join(charge.marks)};" if charge.marks else None,
        charge.amount,
        place_told(charge.installment, charge.first, charge.last),
        *(each.cell(charge, row, letter(column)) for column, each in enumerate(shape.more, shape.begins)),
    ]


def _rate(shape: _Shape, row: int, name: str, value: Fraction) -> Value:
    """A rate of the sheet Indirect on the part of a charge that is in its base; nothing where nobody has a rate."""
    at = shape.places.get(BASES[name])
    if at is None:
        return float(value)
    award, period = (f"${shape.at[each]}{row}" for each in ("Award", "Period"))
    found = f"SUMIFS(tblIndirect[{name}],tblIndirect[Award],{award},tblIndirect[Period],{period})"
    return Formula(f"{found}*${at}{row}", float(value))


def _codes(facts: Facts) -> dict[str, Column]:
    """A column for each code of the ledger that any charge bears, by the code."""
    found = list(dict.fromkeys(code for charge in facts.ledger.charges for code, _ in charge.codes))
    found.sort()
    named = headers((f"Code: {code}" for code in found), taken=[column.header for column in (*CHARGES, *WORKED_OUT)])
    return {code: Column(head, 12, "id") for code, head in zip(found, named, strict=True)}


def _more(facts: Facts, begins: int, at: Mapping[str, str]) -> tuple[_More, ...]:
    """The columns that this plan has besides."""
    found: list[_More] = []
    if facts.plan.case.matchings:
        per_dollar = letter(begins)

        def asked(charge: Charge, row: int, _: str) -> Value:
            return Formula(f"${at['Amount']}{row}*${per_dollar}{row}", float(MATCH_ASKED.of(charge)))

        found.append(_More(Column("Match per dollar", 11, "share"), _per_dollar))
        found.append(_More(Column(MATCH_ASKED.name, 0, "money"), asked))
    charges, sets = facts.ledger.charges, facts.code_sets
    for wanted, column, cell in (
        (bool(facts.indirect), Column(BASES["Rate"], 10, "share"), _in_base),
        (bool(facts.indirect), Column(BASES["Own rate"], 10, "share"), _in_own_base),
        (True, Column("Object class", 13), _class),
        (any(charge.strategy for charge in charges), Column("Strategy", 22, "id"), _strategy),
        (any(charge.position for charge in charges), Column("Position", 16, "id"), _position),
        (any(charge.agreement for charge in charges), Column("Subaward", 16, "id"), _agreement),
    ):
        found += [_More(column, cell)] if wanted else []
    if sets:
        found.append(
            _More(Column("Code set", 9, "count"), lambda charge, _row, _letter: sets[charge.award, charge.codes])
        )
    dated = (*found, *(_of_year(each, at) for each in facts.years))
    return (*dated, *_budget_years(facts, letter(begins + len(dated)), at))


def _budget_years(facts: Facts, begin: str, at: Mapping[str, str]) -> Sequence[_More]:
    """What of each charge falls in each budget year of a federal award, where one has several."""
    years = facts.budget_years

    def of(number: int) -> _More:
        def cell(charge: Charge, row: int, own: str) -> Value:
            places = (at["Amount"], at["From"], at["Until"], begin, own)
            return part_cell(years, charge, number, row, places)

        return _More(Column(years.column(number).name, 0, "money"), cell, number=number)

    return [of(number) for number in range(1, years.most + 1)] if years.most > 1 else []


def _strategy(charge: Charge, _row: int, _letter: str) -> Value:
    return charge.strategy or None


def _position(charge: Charge, _row: int, _letter: str) -> Value:
    return charge.position or None


def _agreement(charge: Charge, _row: int, _letter: str) -> Value:
    return charge.agreement or None


def _per_dollar(charge: Charge, _row: int, _letter: str) -> Value:
    return float(charge.matched_at) if charge.matched_at else None


def _in_base(charge: Charge, _row: int, _letter: str) -> Value:
    return float(charge.in_base) if charge.kind != "indirect" else None


def _in_own_base(charge: Charge, _row: int, _letter: str) -> Value:
    return float(charge.in_own_base) if charge.kind != "indirect" else None


def _class(charge: Charge, _row: int, _letter: str) -> Value:
    return charge.object_class


def _of_year(adds: Adds, at: Mapping[str, str]) -> _More:
    """What of a charge falls in a calendar year, by its days, or what it draws; the year's own days stand above."""

    def cell(charge: Charge, row: int, column: str) -> Value:
        amount, rate, first, last = (f"${at[name]}{row}" for name in ("Amount", "Indirect rate", "From", "Until"))
        whole = f"${at['With indirect']}{row}" if adds.with_indirect else amount
        whole = f"{amount}*{rate}" if adds.drawn else whole
        if adds.year is None:
            return Formula(whole, float(adds.of(charge)))
        days = f"MAX(0,MIN({last},{column}${LAST})-MAX({first},{column}${FIRST})+1)"
        return Formula(f"{whole}*{days}/({last}-{first}+1)", float(adds.of(charge)))

    return _More(Column(adds.name, 0, "money"), cell, adds.year)


FIRST, LAST = 4, 5
"""The rows above the table that hold the first and the last day of a calendar year."""


def _years(page: Page, shape: _Shape) -> None:
    """The days of each calendar year, above the columns that go by them."""
    years = {column: each.year for column, each in enumerate(shape.more, shape.begins) if each.year}
    for column, days in years.items():
        page.cells[FIRST, column] = Cell(days.first, "date")
        page.cells[LAST, column] = Cell(days.last, "date")
    if years:
        page.cells[FIRST, min(years) - 1] = Cell("First day", "strong right")
        page.cells[LAST, min(years) - 1] = Cell("Last day", "strong right")
    for column, each in enumerate(shape.more, shape.begins):
        if each.number is not None:
            page.cells[FIRST, column] = Cell(each.number, "count")
