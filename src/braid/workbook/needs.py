"""The Needs: what each line costs, what other payers and money already spent take off it, and what is paid of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import prod

from braid.basics.money import round_half_up
from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.before import TABLE as BEFORE
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import Key
from braid.workbook.nouns import NeedRow
from braid.workbook.page import Column, Made, letters
from braid.workbook.times import COLUMNS, Times, column_of_cost

BY_HAND = "A number in its place is worked out by braid; run braid check after a change."
TIMES = (
    "Times: the part of the year that a line runs (its days, which stand to the right of the print area, over those of "
    "the whole), and what its cost has grown to."
)
NEEDS = (
    Column("Activity", 24, "id"),
    Column("Line", 34, "id"),
    Column("Category", 14),
    Column("Priority", 9, "count"),
    Column("Period", 10, "count"),
    Column("Times", 9, "quantity"),
    Column("Cost", 0, "money"),
    Column("Other payers", 0, "money"),
    Column("Spent before", 0, "money"),
    Column("Direct", 0, "money"),
    Column("Fringe rate", 9, "share"),
    Column("Fringe", 0, "money"),
    Column("Need", 0, "money"),
    Column("Paid", 0, "money"),
    Column("Gap", 0, "money"),
    Column("Id", 24, "key"),
    Column("Quantity", 12, "quantity"),
    Column("Entered", 0, "money"),
    *COLUMNS,
    Column("Counts in", 30, "key"),
)
PRINTED = "Gap"


def needs(facts: Facts) -> Sheet:
    """What each line costs in each period, and how much of it is paid."""
    times = Times(facts)
    columns = _columns(facts, times)
    page = page_of(facts, "Needs", "result", columns)
    page.printed = [column.header for column in columns].index(PRINTED) + 1
    page.say("Needs: what each line costs, and what is paid of it", "title")
    page.say("Need is direct cost and fringe, without indirect cost. Paid adds up the Allocation; the rest is the gap.")
    page.say(f"What a line costs comes off the sheet Lines. {BY_HAND}", "note")
    if any(column.header == "Times" for column in columns):
        page.say(TIMES, "note")
    if any(column.header == "Cost" for column in columns):
        page.say("Direct is the cost less what other payers bring, and less what is spent on the line already.", "note")
    page.skip()
    first = page.row + 1
    page.table(
        "tblNeeds", columns, Made(facts.needs, lambda need, place: _need(facts, columns, need, (first + place, times)))
    )
    return page.sheet()


def _columns(facts: Facts, times: Times) -> tuple[Column, ...]:
    """The columns of this plan: those that would be empty are left out."""
    absent = set[str]()
    if not facts.plan.file.revenue:
        absent.add("Other payers")
    if not facts.spent_on_lines:
        absent.add("Spent before")
    if column_of_cost(facts) != "Cost":
        absent.add("Cost")
    if not facts.timed:
        absent.add("Times")
    if not any(need.fringe_rate for need in facts.needs):
        absent.add("Fringe rate")
    if not facts.marks.marks_needs:
        absent.add("Counts in")
    absent |= times.absent
    return tuple(column for column in NEEDS if column.header not in absent)


def _need(facts: Facts, columns: Sequence[Column], need: NeedRow, place: tuple[int, Times]) -> list[Value]:
    row, by = place
    at = {name: f"${column}{row}" for name, column in letters(columns).items()}
    places = 0 if facts.step == 1 else 2
    own = f"{at['Line']},{{table}}[Period],{at['Period']}"
    less = "".join(f"-{at[name]}" for name in ("Other payers", "Spent before") if name in at)
    others = f"SUMIFS(tblOtherPayers[Direct],tblOtherPayers[Line],{own.format(table='tblOtherPayers')})"
    spent = f"SUMIFS({BEFORE}[Amount],{BEFORE}[Line],{own.format(table=BEFORE)})"
    entered = _entered(facts, need, at)
    cost = _cost(facts, need, at, timed=by.times(need, at) is not None)
    direct = Formula(f"MAX({at['Cost']}{less},0)", need.direct) if less else cost
    fringe = f"ROUNDDOWN(ROUND({at['Direct']}*{at.get('Fringe rate', '')},6),{places})"
    values: dict[str, Value] = {
        "Activity": need.activity.id,
        "Line": need.line,
        "Category": need.category,
        "Priority": need.activity.priority,
        "Period": need.period,
        "Times": by.times(need, at) or 1,
        "Cost": cost,
        "Other payers": Formula(others, need.others),
        "Spent before": Formula(spent, need.spent),
        "Direct": direct,
        "Fringe rate": _rate(facts, need, at) if need.fringe_rate else None,
        "Fringe": Formula(fringe, need.fringe) if need.fringe_rate else need.fringe,
        "Need": Formula(f"SUM({at['Direct']},{at['Fringe']})", need.need),
        "Paid": facts.ledger.sum(line=Key(at["Line"], need.line), period=Key(at["Period"], need.period)),
        "Gap": Formula(f"ROUND({at['Need']}-{at['Paid']},2)", need.gap),
        "Id": need.line.partition("/")[2],
        "Counts in": f";{';'.join(marks)};" if (marks := facts.marks.of_need(need.line)) else None,
        **entered,
        **by.cells(need, at, _of_line(need, at), entered["Quantity"]),
    }
    return [values[column.header] for column in columns]


def _of_line(need: NeedRow, at: dict[str, str]) -> dict[str, Key]:
    """The row of the sheet Lines that a need comes from."""
    return {"Activity": Key(at["Activity"], need.activity.id), "Id": Key(at["Id"], need.line.partition("/")[2])}


def said_of(facts: Facts, need: NeedRow) -> dict[str, Fraction]:
    """What the sheet Needs holds of the sheet Lines as formulas, by the columns Quantity, Entered and Fringe rate."""
    at = {"Activity": "", "Id": ""}
    found = _entered(facts, need, at) | {"Fringe rate": _rate(facts, need, at) if need.fringe_rate else None}
    return {name: Fraction(value.value) for name, value in found.items() if isinstance(value, Formula)}


def _entered(facts: Facts, need: NeedRow, at: dict[str, str]) -> dict[str, Value]:
    """What the sheet Lines says of a need: an amount, or a quantity and what one costs."""
    line, keys = facts.plan.proposal.cost(need.line).line, _of_line(need, at)
    said = {
        name: facts.said("Lines", _column(name, value, need.period), **keys)
        for name, value in (("Amount", line.amount), ("Quantity", line.quantity), ("Unit cost", line.unit_cost))
    }
    whole = line.amount is not None
    return {"Quantity": None if whole else said["Quantity"], "Entered": said["Amount" if whole else "Unit cost"]}


def _cost(facts: Facts, need: NeedRow, at: dict[str, str], *, timed: bool) -> Formula | Decimal:
    """The cost off the sheet Lines, rounded as the plan rounds it; the plan's own number where no row says it."""
    said = _entered(facts, need, at)
    parts = [name for name, value in said.items() if value is not None]
    wanted = ["Entered"] if facts.plan.proposal.cost(need.line).line.amount is not None else ["Quantity", "Entered"]
    exact = need.times * prod(Fraction(each.value) for each in said.values() if isinstance(each, Formula))
    places, unit = (0, 100) if facts.step == 1 else (2, 1)
    cents = round_half_up(Fraction(round_half_up(exact * 100), unit))
    if parts != wanted or facts.money(cents) != need.cost:
        return need.cost
    text = f"ROUND({'*'.join(at[name] for name in (*parts, *(['Times'] if timed else [])))},2)"
    return Formula(f"ROUND({text},{places})" if places == 0 else text, need.cost)


def _column(name: str, value: object, period: str) -> str:
    """The column that holds the value of a period: its own, that of its fiscal year, or the one for all."""
    if not isinstance(value, dict):
        return name
    return f"{name} {period if period in value else period.partition('-')[0]}"


def _rate(facts: Facts, need: NeedRow, at: dict[str, str]) -> Formula | float:
    """The rate of fringe benefits off the sheet Lines."""
    found = facts.said("Lines", "Fringe", **_of_line(need, at))
    said = found is not None and Fraction(found.value) == need.fringe_rate
    return Formula(found.text, float(need.fringe_rate)) if found and said else float(need.fringe_rate)
