"""The Allocation: every charge as a row of one table that everything else adds up.

To the right of the print area stands what sums go by: rates of indirect cost, what a charge counts in, its object
class, and, where the plan has them, the match that is to stand beside it, its strategy, its codes, and what of it falls
in a calendar year or a budget year.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from braid.basics.fiscal import Interval
from braid.files.sheets import Cell, Formula, Sheet, Value, letter
from braid.workbook.charges import Charge
from braid.workbook.facts import Facts, page_of
from braid.workbook.filing.years import part_cell
from braid.workbook.ledger import MATCH_ASKED, TABLE, Adds
from braid.workbook.page import Column, Page
from braid.workbook.tables import totals

ALLOCATION = (
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
    Column("Indirect rate", 15, "share"),
    Column("With indirect", 0, "money"),
    Column("Own rate", 15, "share"),
    Column("Counts in", 90, "key"),
)
AMOUNT = 12
"""The column that holds what may be typed over; what follows is worked out, and not printed."""


@dataclass(frozen=True)
class _More:
    """A column that only some plans have, and how its cell is made of a charge, its row and its own letter."""

    column: Column
    cell: Callable[[Charge, int, str], Value]
    year: Interval | None = None
    """The calendar year that it is about."""
    number: int | None = None
    """The number that stands above it."""


def allocation(facts: Facts) -> Sheet:
    """Every charge: direct cost, fringe and indirect cost."""
    more = _more(facts)
    columns = (*ALLOCATION, *(each.column for each in more))
    page = page_of(facts, "Allocation", "input", columns)
    page.printed = AMOUNT
    page.say("Allocation: what each award pays", "title")
    page.say(
        "Every total, share and check of this workbook adds up this table. Amounts are dollars, and may be typed over."
    )
    page.say("Direct cost, fringe and indirect cost are rows of their own; indirect cost belongs to no line.", "note")
    charges = facts.ledger.charges
    _years(page, more)
    totals(page, TABLE, "Amount", AMOUNT, facts.ledger.total(), len(charges))
    first = page.row + 1
    page.table(TABLE, columns, (_charge(charge, first + place, more) for place, charge in enumerate(charges)))
    page.amounts.append(page.span(AMOUNT, first))
    return page.sheet()


def _charge(charge: Charge, row: int, more: Sequence[_More]) -> list[Value]:
    on_pay = charge.kind != "indirect"
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
        float(charge.rate) if on_pay else None,
        Formula(f'IF($K{row}="indirect",0,$L{row}+$L{row}*$M{row})', float(charge.with_indirect)),
        float(charge.own_rate) if on_pay else None,
        f";{';'.join(charge.marks)};" if charge.marks else None,
        *(each.cell(charge, row, letter(column)) for column, each in enumerate(more, len(ALLOCATION) + 1)),
    ]


def _more(facts: Facts) -> tuple[_More, ...]:
    """The columns that this plan has besides."""
    found: list[_More] = []
    if facts.plan.case.matchings:
        per_dollar = letter(len(ALLOCATION) + 1)

        def asked(charge: Charge, row: int, _: str) -> Value:
            return Formula(f"$L{row}*${per_dollar}{row}", float(MATCH_ASKED.of(charge)))

        found.append(_More(Column("Match per dollar", 11, "share"), _per_dollar))
        found.append(_More(Column(MATCH_ASKED.name, 0, "money"), asked))
    found.append(_More(Column("Object class", 13), _class))
    if any(charge.strategy for charge in facts.ledger.charges):
        found.append(_More(Column("Strategy", 22, "id"), lambda charge, _row, _letter: charge.strategy or None))
    if sets := facts.code_sets:
        found.append(
            _More(Column("Code set", 9, "count"), lambda charge, _row, _letter: sets[charge.award, charge.codes])
        )
    dated = (*found, *(_of_year(each) for each in facts.years))
    return (*dated, *_budget_years(facts, letter(len(ALLOCATION) + len(dated) + 1)))


def _budget_years(facts: Facts, begin: str) -> Sequence[_More]:
    """What of each charge falls in each budget year of a federal award, where one has several."""
    years = facts.budget_years

    def of(number: int) -> _More:
        def cell(charge: Charge, row: int, own: str) -> Value:
            return part_cell(years, charge, number, row, ("L", "I", "J", begin, own))

        return _More(Column(years.column(number).name, 0, "money"), cell, number=number)

    return [of(number) for number in range(1, years.most + 1)] if years.most > 1 else []


def _per_dollar(charge: Charge, _row: int, _letter: str) -> Value:
    return float(charge.matched_at) if charge.matched_at else None


def _class(charge: Charge, _row: int, _letter: str) -> Value:
    return charge.object_class


def _of_year(adds: Adds) -> _More:
    """What of a charge falls in a calendar year, by its days; the year's own stand above the table."""

    def cell(charge: Charge, row: int, column: str) -> Value:
        days = f"MAX(0,MIN($J{row},{column}${LAST})-MAX($I{row},{column}${FIRST})+1)"
        whole = f"${'N' if adds.with_indirect else 'L'}{row}"
        return Formula(f"{whole}*{days}/($J{row}-$I{row}+1)", float(adds.of(charge)))

    return _More(Column(adds.name, 0, "money"), cell, adds.year)


FIRST, LAST = 4, 5
"""The rows above the table that hold the first and the last day of a calendar year."""


def _years(page: Page, more: Sequence[_More]) -> None:
    """The days of each calendar year, above the columns that go by them."""
    years = {column: each.year for column, each in enumerate(more, len(ALLOCATION) + 1) if each.year}
    for column, days in years.items():
        page.cells[FIRST, column] = Cell(days.first, "date")
        page.cells[LAST, column] = Cell(days.last, "date")
    if years:
        page.cells[FIRST, min(years) - 1] = Cell("First day", "strong right")
        page.cells[LAST, min(years) - 1] = Cell("Last day", "strong right")
    for column, each in enumerate(more, len(ALLOCATION) + 1):
        if each.number is not None:
            page.cells[FIRST, column] = Cell(each.number, "count")
