"""The Approved budget: what the funder approved for each object class, what it is charged, and how far it is above."""

from __future__ import annotations

from collections.abc import Sequence

from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.approved import ClassRow
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import AMOUNT, Key, Span
from braid.workbook.page import Column, Page, letters

CLASSES = (
    Column("Award", 22, "id"),
    Column("Installment", 12, "count"),
    Column("From", 12, "date"),
    Column("Object class", 22),
    Column("Approved", 0, "money"),
    Column("Spent before", 0, "money"),
    Column("Charged", 0, "money"),
    Column("Above it", 0, "money"),
    Column("Below it", 0, "money"),
    Column("Counts as a move", 12, "count"),
    Column("Above it in all", 0, "money"),
)
IN_ALL = "Above it in all"
"""What a class is above over all budget periods together, in the first row of each; left out where no rule asks."""
BY_PERIOD = {"Installment", "From"}
"""The columns that only stand where a budget period has a budget of its own."""


def classes(facts: Facts) -> Sheet | None:
    """The approved budgets by object class; None where no award has one."""
    if not facts.classes:
        return None
    by_period = any(each.installment is not None for each in facts.classes)
    columns = [column for column in CLASSES if column.header != "Spent before" or facts.before]
    columns = [column for column in columns if by_period or column.header not in BY_PERIOD]
    columns = [column for column in columns if facts.moves_of_awards or column.header != IN_ALL]
    wide = {column.header: max(14.0, facts.wide) for column in columns if column.style == "money"}
    page = page_of(facts, "Approved budget", "control", columns, wide)
    page.say("Approved budget: what the funder approved by object class, and what is charged", "title")
    page.say(
        "Charged adds up the Allocation; fringe is a class of its own, and so are things dear enough for equipment."
    )
    page.say("What is above it, over all classes of an award together, is a move; Limits holds it to its bound.")
    if by_period:
        page.say("Where each budget period has its own budget, its money is held against that, whenever it is charged.")
    if facts.moves_of_awards:
        page.say(f"«{IN_ALL}», once for each class: all budget periods of an award whose moves are counted together.")
    if not all(each.held for each in facts.classes):
        page.say("A budget period without an approved budget has nothing to move away from yet.", "note")
    page.say("Indirect cost follows its base, and counts as no move.", "note")
    page.skip()
    first = page.row + 1
    known = [(each.award, each.name) for each in facts.classes]
    firsts = {key: known.index(key) for key in facts.moves_of_awards}
    rows = (
        _row(facts, columns, each, (first + place, firsts.get(known[place]) == place))
        for place, each in enumerate(facts.classes)
    )
    page.table("tblClasses", columns, rows)
    _totals(page, facts, columns)
    return page.sheet()


def _totals(page: Page, facts: Facts, columns: Sequence[Column]) -> None:
    """A total for each approved budget: of an award, or of each of its budget periods."""
    plain = BY_PERIOD | {"Counts as a move"}
    styles = [
        column.style if column.header in plain else "total" if column.style == "money" else "total text"
        for column in columns
    ]
    at = {name: f"${column}" for name, column in letters(columns).items()}
    for award, installment, first in dict.fromkeys((row.award, row.installment, row.first) for row in facts.classes):
        mine = [row for row in facts.classes if (row.award, row.installment) == (award, installment)]
        keys = f"tblClasses[Award],{at['Award']}{page.row}"
        if installment is not None:
            keys += f",tblClasses[Installment],{at['Installment']}{page.row}"
        sums = {
            "Approved": [row.approved for row in mine],
            "Spent before": [row.before for row in mine],
            "Charged": [row.charged for row in mine],
            "Above it": [row.over for row in mine],
            "Below it": [row.below for row in mine],
        }
        values: dict[str, Value] = {
            "Award": award,
            "Installment": installment,
            "From": first,
            "Object class": "all classes",
        }
        values |= {
            name: Formula(f"SUMIFS(tblClasses[{name}],{keys})", sum(amounts, NOTHING)) for name, amounts in sums.items()
        }
        page.line([values.get(column.header) for column in columns], styles)


def _row(facts: Facts, columns: Sequence[Column], each: ClassRow, place: tuple[int, bool]) -> list[Value]:
    row, leads = place
    at = {name: f"${column}{row}" for name, column in letters(columns).items()}
    keys = {"award": Key(at["Award"], each.award), "object_class": Key(at["Object class"], each.name)}
    if each.installment is not None:
        keys["installment"] = Key(at["Installment"], str(each.installment))
    used = f"({at['Charged']}+{at['Spent before']})" if facts.before else at["Charged"]
    values: dict[str, Value] = {
        "Award": each.award,
        "Installment": each.installment,
        "From": each.first,
        "Object class": each.name,
        "Approved": _approved(facts, each, at) or each.approved,
        "Spent before": facts.before.sum(Span(), **keys),
        "Charged": facts.ledger.sum(Span(), AMOUNT, **keys),
        "Above it": Formula(f'IF({at["Counts as a move"]}="yes",MAX({used}-{at["Approved"]},0),0)', each.over),
        "Below it": Formula(f"MAX({at['Approved']}-{used},0)", each.below),
        "Counts as a move": "yes" if each.counts else "no",
        IN_ALL: _in_all(facts, each, at) if leads else None,
    }
    return [values[column.header] for column in columns]


def _in_all(facts: Facts, each: ClassRow, at: dict[str, str]) -> Formula:
    """What the class is above over all budget periods that have budgets."""
    of = f"(tblClasses[Award]={at['Award']})*(tblClasses[Object class]={at['Object class']})"
    used = "(tblClasses[Charged]+tblClasses[Spent before]" if facts.before else "(tblClasses[Charged]"
    counted = f'{of}*(tblClasses[Counts as a move]="yes")*{used}-tblClasses[Approved])'
    return Formula(f"MAX(SUMPRODUCT({counted}),0)", facts.moves_of_awards[each.award, each.name])


def _approved(facts: Facts, each: ClassRow, at: dict[str, str]) -> Formula | None:
    """What was approved, off the sheet of input that says it."""
    award, column = Key(at["Award"], each.award), f"Approved {each.name}"
    if each.first is None:
        return facts.entered("Awards", column, each.approved, Id=award)
    start = Key(at["From"], each.first.isoformat())
    return facts.entered("Budget periods", column, each.approved, Award=award, Start=start)
