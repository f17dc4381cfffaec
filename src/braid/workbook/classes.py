"""The object classes: what the funder approved for each, what it is charged, and how far that is above it."""

from __future__ import annotations

from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.charges import NOTHING
from braid.workbook.facts import ClassRow, Facts, page_of
from braid.workbook.ledger import Key
from braid.workbook.page import Column

CLASSES = (
    Column("Award", 22, "id"),
    Column("Object class", 22),
    Column("Approved", 0, "money"),
    Column("Charged", 0, "money"),
    Column("Above it", 0, "money"),
    Column("Below it", 0, "money"),
    Column("Counts as a move", 12, "count"),
)


def classes(facts: Facts) -> Sheet | None:
    """The approved budgets by object class; None where no award has one."""
    if not facts.classes:
        return None
    wide = max(14.0, facts.wide)
    page = page_of(
        facts,
        "Object classes",
        "control",
        CLASSES,
        dict.fromkeys(("Approved", "Charged", "Above it", "Below it"), wide),
    )
    page.say("Object classes: what the funder approved, and what is charged", "title")
    page.say(
        "Charged adds up the Allocation; fringe is a class of its own, and so are things dear enough for equipment."
    )
    page.say("What is above it, over all classes of an award together, is a move; Limits holds it to its bound.")
    page.say("Indirect cost follows its base, and counts as no move.", "note")
    page.skip()
    first = page.row + 1
    page.table("tblClasses", CLASSES, (_row(facts, each, first + i) for i, each in enumerate(facts.classes)))
    return page.sheet()


def _row(facts: Facts, each: ClassRow, row: int) -> list[Value]:
    charged = facts.ledger.sum(award=Key(f"$A{row}", each.award), object_class=Key(f"$B{row}", each.name))
    below = max(NOTHING, each.approved - each.charged)
    return [
        each.award,
        each.name,
        each.approved,
        charged,
        Formula(f'IF($G{row}="yes",MAX($D{row}-$C{row},0),0)', each.over),
        Formula(f"MAX($C{row}-$D{row},0)", below),
        "no" if each.name == "indirect" else "yes",
    ]
