"""The Revenue: what other payers are expected to bring, and how it takes off the need, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import floor

from braid.answer.rows import Income
from braid.files.sheets import Formula, Sheet, Value
from braid.proposal import at as of_period
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import Key
from braid.workbook.page import Column, Page

PAYERS = (
    Column("Activity", 28, "id"),
    Column("Payer", 34),
    Column("Period", 12, "count"),
    Column("Expected", 0, "money"),
    Column("Lines", 30, "id"),
    Column("How it was estimated", 44),
)
INCOME = (
    Column("Activity", 28, "id"),
    Column("Line", 34, "id"),
    Column("Period", 12, "count"),
    Column("Direct", 0, "money"),
    Column("Fringe", 0, "money"),
    Column("Taken off the need", 0, "money"),
    Column("Cost", 0, "money"),
    Column("Fringe rate", 12, "share"),
    Column("Cost and fringe", 0, "money"),
    Column("Expected", 0, "money"),
)
PRINTED = 6


def revenue(facts: Facts) -> Sheet | None:
    """Program income by payer, and by line; None where no other payer is expected."""
    rows = facts.plan.file.revenue
    if not rows:
        return None
    page = page_of(facts, "Revenue", "result", PAYERS, {"Payer": max(34.0, facts.line_wide)})
    wide = facts.wide + 4
    page.widths = [max(width, wide) if column in (4, 5, 6) else width for column, width in enumerate(page.widths, 1)]
    page.widths, page.printed = [*page.widths, wide, 12.0, wide, wide], PRINTED
    page.say("Revenue: what other payers bring (program income)", "title")
    page.say(
        "Insurance, Medicaid and fees pay first: what they bring is taken off the need before any award pays. How it "
        "may be used is for each funder to say (2 CFR 200.307)."
    )
    page.say(
        "It takes off each line in proportion to its cost with fringe, which stands to the right of the print area. "
        "Where payers pay different lines of one activity, that is worked out by braid; plan again after a change."
    )
    page.skip()
    page.say("What is expected, by payer", "heading")
    expected = list(_expected(facts, page.row + 1))
    page.table("tblRevenue", PAYERS, [row for row, _ in expected])
    every = sum((amount for _, amount in expected), NOTHING)
    _total(page, "All payers", 3, [("tblRevenue", "Expected", every)], len(PAYERS))
    page.say("What it takes off, by line", "heading")
    first = page.row + 1
    page.table("tblOtherPayers", INCOME, (_row(facts, row, first + place) for place, row in enumerate(rows)))
    direct = sum((row.direct for row in rows), NOTHING)
    fringe = sum((row.fringe for row in rows), NOTHING)
    sums = [("Direct", direct), ("Fringe", fringe), ("Taken off the need", direct + fringe)]
    _total(page, "All lines", 3, [("tblOtherPayers", name, value) for name, value in sums], PRINTED)
    page.repeat = 0
    return page.sheet()


def _expected(facts: Facts, row: int) -> Iterator[tuple[list[Value], Decimal]]:
    """Each payer's row, and its amount: off the sheet on which it is entered, where one cell there says it."""
    for activity in facts.activities:
        for each in activity.revenue:
            for period in facts.plan.proposal.periods:
                amount = facts.money(of_period(each.amount, period) // facts.cents)
                if amount:
                    lines = ", ".join(each.lines or ()) or "all of the activity"
                    keys = {"Activity": Key(f"$A{row}", activity.id), "Payer": Key(f"$B{row}", each.payer)}
                    name = f"Amount {period}" if isinstance(each.amount, dict) else "Amount"
                    said = facts.entered("Income of activities", name, amount, **keys)
                    yield [activity.id, each.payer, period.name, said or amount, lines, each.basis], amount
                    row += 1


def _row(facts: Facts, row: Income, at: int) -> list[Value]:
    whole = Formula(f"SUM($D{at}:$E{at})", row.direct + row.fringe)
    live = _shared(facts, row, at)
    direct, fringe, *beside = live or (row.direct, row.fringe, None, None, None, None)
    return [row.activity, row.line, row.period, direct, fringe, whole, *beside]


def _shared(facts: Facts, row: Income, at: int) -> tuple[Value, ...] | None:
    """What is taken off a line and its fringe, and what both go by; None where no plain sum says it."""
    activity = next(each for each in facts.activities if each.id == row.activity)
    named = {frozenset(each.lines or ()) for each in activity.revenue}
    needs = [need for need in facts.needs_of.get(row.activity, ()) if need.period == row.period]
    mine = next((need for need in needs if need.line == row.line), None)
    if mine is None or len(named) > 1 or any(len(lines) > 1 for lines in named):
        return None
    if named != {frozenset[str]()}:
        needs = [mine]
    period = facts.period_of[row.period]
    cents = sum(of_period(each.amount, period) for each in activity.revenue)
    expected, whole = facts.money(cents // facts.cents), sum((1 + n.fringe_rate) * Fraction(n.cost) for n in needs)
    direct = _down(facts, min(Fraction(1), Fraction(expected) / whole) * Fraction(mine.cost))
    rate, cost = mine.fringe_rate, Fraction(mine.cost)
    fringe = _down(facts, rate * cost) - _down(facts, rate * (cost - Fraction(direct)))
    if (direct, fringe) != (row.direct, row.fringe):
        return None
    keys = f"tblNeeds[Line],$B{at},tblNeeds[Period],$C{at}"
    fringed = any(need.fringe_rate for need in facts.needs)
    of = "tblNeeds[Activity]=$A{0}" if len(needs) > 1 or named == {frozenset[str]()} else "tblNeeds[Line]=$B{0}"
    rates = "*(1+tblNeeds[Fringe rate])" if fringed else ""
    places = 0 if facts.step == 1 else 2
    both = f"ROUNDDOWN(ROUND($H{at}*$G{at},6),{places})-ROUNDDOWN(ROUND($H{at}*($G{at}-$D{at}),6),{places})"
    return (
        Formula(f"ROUNDDOWN(ROUND(MIN(1,$J{at}/$I{at})*$G{at},6),{places})", direct),
        Formula(both, fringe),
        Formula(f"SUMIFS(tblNeeds[Cost],{keys})", mine.cost),
        Formula(f"SUMIFS(tblNeeds[Fringe rate],{keys})", float(rate)) if fringed else None,
        Formula(f"SUMPRODUCT(({of.format(at)})*(tblNeeds[Period]=$C{at})*tblNeeds[Cost]{rates})", float(whole)),
        Formula(f"SUMIFS(tblRevenue[Expected],tblRevenue[Activity],$A{at},tblRevenue[Period],$C{at})", expected),
    )


def _down(facts: Facts, exact: Fraction) -> Decimal:
    return floor(exact / Fraction(facts.step)) * facts.step


def _total(page: Page, name: str, before: int, sums: list[tuple[str, str, Decimal]], wide: int) -> None:
    found = [Formula(f"SUM({table}[{column}])", value) for table, column, value in sums]
    rest = wide - before - len(found)
    styles = ["total text"] * before + ["total"] * len(found) + ["total text"] * rest
    page.line([name, *[None] * (before - 1), *found, *[None] * rest], styles)
    page.skip()
