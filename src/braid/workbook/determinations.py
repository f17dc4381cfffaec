"""The Determinations: may an award pay a line, on which days, why, by which rule, and what would change it."""

from __future__ import annotations

from braid.files.sheets import Sheet, Value
from braid.judge.determinations import Determination
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import Key
from braid.workbook.page import Column, Made
from braid.workbook.together import FEW

NO_DAY = "on no day"
DETERMINATIONS = (
    Column("Line", 30, "id"),
    Column("Award", 14, "id"),
    Column("Status", 15),
    Column("Payable days", 14),
    Column("Charged", 0, "money"),
    Column("Confirmed", 11, "count"),
    Column("Why", 44),
    Column("What would change it", 30),
    Column("Rules", 32, "key"),
    Column("Citations", 34, "key"),
)


def decided(facts: Facts) -> bool:
    """Whether a rule, term, scope or date speaks about any line of a small plan; of any other plan it is asked."""
    found = facts.plan.case.determinations.values()
    return len(facts.ledger.charges) > FEW or any(
        each.status != "allowable" or each.rules or each.cite or each.unverified for each in found
    )


def determinations(facts: Facts) -> Sheet | None:
    """Every line and award, with what the award is charged for the line; None where there is nothing to decide."""
    if not decided(facts):
        return None
    page = page_of(facts, "Determinations", "control", DETERMINATIONS)
    page.say("Determinations: which award may pay which line, and why", "title")
    page.say("Choose a line, an award or a status by the arrows in the header. Charged adds up the Allocation.")
    page.say(
        "Confirmed: whether what permits it was read in the funder's own words; «no» means confirm it first.", "note"
    )
    page.say("A determination goes by rules, dates and what is on file, never by how much money there is.", "note")
    page.skip()
    first = page.row + 1
    found = facts.plan.case.determinations
    pairs = [found[award, cost.id] for cost in facts.plan.proposal.costs for award in facts.plan.case.terms]
    ordered = sorted(pairs, key=lambda each: (each.line, each.award))
    page.table("tblDeterminations", DETERMINATIONS, Made(ordered, lambda each, i: _row(facts, each, first + i)))
    page.freeze = (first, 3)
    return page.sheet()


def _row(facts: Facts, found: Determination, row: int) -> list[Value]:
    days = "; ".join(f"{piece.first} to {piece.last}" for piece in found.payable)
    return [
        found.line,
        found.award,
        found.status,
        days or NO_DAY,
        facts.ledger.sum(award=Key(f"$B{row}", found.award), line=Key(f"$A{row}", found.line)),
        "no" if found.unverified else "yes",
        found.reason,
        _sentence(found.change) if found.change else None,
        ", ".join(rule.name for rule in found.rules) or None,
        "; ".join(found.cite) or None,
    ]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
