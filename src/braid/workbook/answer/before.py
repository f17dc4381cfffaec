"""The Spent before: what awards were charged already, which counts in every bound and is never planned again."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.before import EARLIER, TABLE, Spent
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import Key
from braid.workbook.page import Column, letters

BEFORE = (
    Column("Award", 16, "id"),
    Column("Installment", 12, "count"),
    Column("Period", 12, "count"),
    Column("Line", 34, "id"),
    Column("Object class", 16),
    Column("Function", 16),
    Column("Item", 18),
    Column("Subaward", 18, "id"),
    Column("Amount", 0, "money"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Match per dollar", 11, "share"),
    Column("Match asked", 0, "money"),
    Column("Counts in", 60, "key"),
)
PRINTED = "Amount"


def spent_before(facts: Facts) -> Sheet | None:
    """Every amount that was spent before the plan; None where there is none."""
    if not facts.before:
        return None
    columns = _columns(facts)
    page = page_of(facts, "Spent before", "result", columns)
    page.printed = [column.header for column in columns].index(PRINTED) + 1
    page.say("Spent before: what awards were charged before this plan", "title")
    page.say(
        "It counts in award totals, caps, floors, match and the approved budget, and is never planned again. It is "
        "charged to the earliest installments of its award first; what was spent in a period, to those that end first."
    )
    page.say(
        "Type what the ledger says on the sheet Charged before: fringe and indirect cost are rows of their own, and "
        "nothing rides on them. Where several rows there or several installments share an amount, it is worked out by "
        "braid; run braid check after a change."
    )
    page.skip()
    first = page.row + 1
    page.table(TABLE, columns, (_row(facts, columns, row, first + i) for i, row in enumerate(facts.before.rows)))
    total = Formula(f"SUM({TABLE}[Amount])", facts.before.total())
    page.line(["All", *[None] * (page.printed - 2), total], ["total text"] * (page.printed - 1) + ["total"])
    return page.sheet()


def _columns(facts: Facts) -> tuple[Column, ...]:
    """The columns of this plan; match is asked only where an award asks for any."""
    rows = facts.before.rows
    absent = {"Match per dollar", "Match asked"} if not facts.plan.case.matchings else set[str]()
    absent |= {"Subaward"} if not any(row.agreement for row in rows) else set()
    absent |= {"Item"} if not any(row.item for row in rows) else set()
    absent |= {"Counts in"} if not any(row.marks for row in rows) else set()
    return tuple(column for column in BEFORE if column.header not in absent)


def _row(facts: Facts, columns: Sequence[Column], spent: Spent, row: int) -> list[Value]:
    at = {name: f"${column}{row}" for name, column in letters(columns).items()}
    asked = f"{at['Amount']}*{at.get('Match per dollar', '')}"
    values: dict[str, Value] = {
        "Award": spent.award,
        "Installment": int(spent.installment),
        "Period": spent.period,
        "Line": spent.line or None,
        "Object class": spent.object_class,
        "Function": spent.function,
        "Item": spent.item or None,
        "Subaward": spent.agreement or None,
        "Amount": _entered(facts, spent, at),
        "From": spent.since,
        "Until": spent.until,
        "Match per dollar": float(spent.matched_at),
        "Match asked": Formula(asked, float(Fraction(spent.amount) * spent.matched_at)),
        "Counts in": f";{';'.join(spent.marks)};" if spent.marks else None,
    }
    return [values[column.header] for column in columns]


def _entered(facts: Facts, spent: Spent, at: dict[str, str]) -> Value:
    """The amount off the sheet that it is entered on; the plan's own number where one row there is not all of it."""
    named = ("Line", "Line", spent.line) if spent.line else ("Category", "Object class", spent.object_class)
    says = [
        ("Award", "Award", spent.award),
        named,
        ("Period", "Period", "" if spent.period == EARLIER else spent.period),
    ]
    keys = {header: Key(at[column], word) for header, column, word in says if word}
    return facts.entered("Charged before", "Amount", spent.amount, **keys) or spent.amount
