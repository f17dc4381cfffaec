"""The Approved budget: what the funder approved for each object class, what it is charged, and how far it is above."""

from __future__ import annotations

from collections.abc import Sequence

from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.charges import NOTHING
from braid.workbook.facts import ClassRow, Facts, page_of
from braid.workbook.ledger import Key
from braid.workbook.page import Column, letters

CLASSES = (
    Column("Award", 22, "id"),
    Column("Object class", 22),
    Column("Approved", 0, "money"),
    Column("Spent before", 0, "money"),
    Column("Charged", 0, "money"),
    Column("Above it", 0, "money"),
    Column("Below it", 0, "money"),
    Column("Counts as a move", 12, "count"),
)


def classes(facts: Facts) -> Sheet | None:
    """The approved budgets by object class; None where no award has one."""
    if not facts.classes:
        return None
    columns = [column for column in CLASSES if column.header != "Spent before" or facts.before]
    wide = {column.header: max(14.0, facts.wide) for column in columns if column.style == "money"}
    page = page_of(facts, "Approved budget", "control", columns, wide)
    page.say("Approved budget: what the funder approved by object class, and what is charged", "title")
    page.say(
        "Charged adds up the Allocation; fringe is a class of its own, and so are things dear enough for equipment."
    )
    page.say("What is above it, over all classes of an award together, is a move; Limits holds it to its bound.")
    page.say("Indirect cost follows its base, and counts as no move.", "note")
    page.skip()
    first = page.row + 1
    rows = (_row(facts, columns, each, first + place) for place, each in enumerate(facts.classes))
    page.table("tblClasses", columns, rows)
    return page.sheet()


def _row(facts: Facts, columns: Sequence[Column], each: ClassRow, row: int) -> list[Value]:
    at = {name: f"${column}{row}" for name, column in letters(columns).items()}
    award, name = Key(at["Award"], each.award), Key(at["Object class"], each.name)
    used = f"({at['Charged']}+{at['Spent before']})" if facts.before else at["Charged"]
    below = max(NOTHING, each.approved - each.charged - each.before)
    values: dict[str, Value] = {
        "Award": each.award,
        "Object class": each.name,
        "Approved": facts.entered("Awards", f"Approved {each.name}", each.approved, Id=award) or each.approved,
        "Spent before": facts.before.sum(award=award, object_class=name),
        "Charged": facts.ledger.sum(award=award, object_class=name),
        "Above it": Formula(f'IF({at["Counts as a move"]}="yes",MAX({used}-{at["Approved"]},0),0)', each.over),
        "Below it": Formula(f"MAX({at['Approved']}-{used},0)", below),
        "Counts as a move": "no" if each.name == "indirect" else "yes",
    }
    return [values[column.header] for column in columns]
