"""The Needs: what each line costs, what other payers and money already spent take off it, and what is paid of it."""

from __future__ import annotations

from collections.abc import Sequence

from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.before import TABLE as BEFORE
from braid.workbook.facts import Facts, NeedRow, page_of
from braid.workbook.ledger import Key
from braid.workbook.page import Column, Made, letters

NEEDS = (
    Column("Activity", 24, "id"),
    Column("Line", 34, "id"),
    Column("Category", 14),
    Column("Priority", 9, "count"),
    Column("Period", 10, "count"),
    Column("Cost", 0, "money"),
    Column("Other payers", 0, "money"),
    Column("Spent before", 0, "money"),
    Column("Direct", 0, "money"),
    Column("Fringe rate", 9, "share"),
    Column("Fringe", 0, "money"),
    Column("Need", 0, "money"),
    Column("Paid", 0, "money"),
    Column("Gap", 0, "money"),
)


def needs(facts: Facts) -> Sheet:
    """What each line costs in each period, and how much of it is paid."""
    columns = _columns(facts)
    page = page_of(facts, "Needs", "input", columns)
    page.say("Needs: what each line costs, and what is paid of it", "title")
    page.say("Need is direct cost and fringe, without indirect cost. Paid adds up the Allocation; the rest is the gap.")
    if any(column.header == "Cost" for column in columns):
        page.say("Direct is the cost less what other payers bring, and less what is spent on the line already.", "note")
    page.skip()
    first = page.row + 1
    page.table("tblNeeds", columns, Made(facts.needs, lambda need, place: _need(facts, columns, need, first + place)))
    return page.sheet()


def _columns(facts: Facts) -> tuple[Column, ...]:
    """The columns of this plan: those that would be empty are left out."""
    absent = set[str]()
    if not facts.plan.file.revenue:
        absent.add("Other payers")
    if not any(need.spent for need in facts.needs):
        absent.add("Spent before")
    if len(absent) > 1:
        absent.add("Cost")
    if not any(need.fringe_rate for need in facts.needs):
        absent.add("Fringe rate")
    return tuple(column for column in NEEDS if column.header not in absent)


def _need(facts: Facts, columns: Sequence[Column], need: NeedRow, row: int) -> list[Value]:
    at = {name: f"${column}{row}" for name, column in letters(columns).items()}
    places = 0 if facts.step == 1 else 2
    own = f"{at['Line']},{{table}}[Period],{at['Period']}"
    less = "".join(f"-{at[name]}" for name in ("Other payers", "Spent before") if name in at)
    others = f"SUMIFS(tblOtherPayers[Direct],tblOtherPayers[Line],{own.format(table='tblOtherPayers')})"
    spent = f"SUMIFS({BEFORE}[Amount],{BEFORE}[Line],{own.format(table=BEFORE)})"
    direct = Formula(f"MAX({at['Cost']}{less},0)", need.direct) if less else need.direct
    fringe = f"ROUNDDOWN(ROUND({at['Direct']}*{at.get('Fringe rate', '')},6),{places})"
    values: dict[str, Value] = {
        "Activity": need.activity.id,
        "Line": need.line,
        "Category": need.category,
        "Priority": need.activity.priority,
        "Period": need.period,
        "Cost": need.cost,
        "Other payers": Formula(others, need.others),
        "Spent before": Formula(spent, need.spent),
        "Direct": direct,
        "Fringe rate": float(need.fringe_rate) if need.fringe_rate else None,
        "Fringe": Formula(fringe, need.fringe) if need.fringe_rate else need.fringe,
        "Need": Formula(f"SUM({at['Direct']},{at['Fringe']})", need.need),
        "Paid": facts.ledger.sum(line=Key(at["Line"], need.line), period=Key(at["Period"], need.period)),
        "Gap": Formula(f"ROUND({at['Need']}-{at['Paid']},2)", need.gap),
    }
    return [values[column.header] for column in columns]
