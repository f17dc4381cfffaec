"""The Award register: what identifies each award, what it may be used for, and every date that binds it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from braid.basics.words import codes_told
from braid.files.sheets import Sheet, Value
from braid.judge.cash import lag_of, reimbursed
from braid.proposal import Award
from braid.workbook.facts import Facts, page_of
from braid.workbook.page import Column

REGISTER = (
    Column("Award", 14, "id"),
    Column("Name", 26),
    Column("Program", 18, "id"),
    Column("Kind", 11),
    Column("Edition", 16),
    Column("Status", 12),
    Column("Agency", 14),
    Column("Pass-through", 18),
    Column("FAIN", 16, "id"),
    Column("Assistance Listing", 12, "id"),
    Column("Award number", 16, "id"),
    Column("Codes", 22, "id"),
    Column("Scope", 26),
)
DATES = (
    Column("Award", 14, "id"),
    Column("Approvals on file", 26),
    Column("Exceptions", 18),
    Column("Payment", 16),
    Column("Prime awarded", 12, "date"),
    Column("Awarded", 12, "date"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Extended to", 12, "date"),
    Column("Obligate by", 12, "date"),
    Column("Liquidate by", 12, "date"),
)
ALWAYS = {"Award", "Name", "Program", "Kind", "Status", "From", "Until"}
"""Columns that stand even where they are empty; the others are left out then."""
UNDATED = {"Award", "Payment"}
"""Columns of the lower table that say something of every award."""
Table = tuple[list[Column], list[list[Value]]]


def register(facts: Facts) -> Sheet:
    """Every award as finance files it: numbers, scope, codes and dates, those that are only expected included.

    Where no award has a date or anything on file, as of a county's own money, the table of dates is left out.
    """
    awards = sorted(facts.plan.case.written.awards, key=lambda award: award.id)
    numbers = _filled(REGISTER, [_numbers(facts, award) for award in awards])
    dates = _filled(DATES, [_dates(award) for award in awards])
    dated = any(award.payment for award in awards) or any(
        value for row in dates[1] for column, value in zip(dates[0], row, strict=True) if column.header not in UNDATED
    )
    page = page_of(facts, "Award register", "input", max(numbers[0], dates[0], key=len))
    pairs = zip_longest(numbers[0], dates[0] if dated else [])
    page.widths = [max(column.width for column in pair if column is not None) for pair in pairs]
    page.say("Award register: what each award is, and the dates that bind it", "title")
    more = ", days with what is at stake on Deadlines" if dated else ""
    page.say(f"What the award document says. Amounts stand on Award balances{more}.")
    page.skip()
    page.say("Numbers, codes and scope", "heading")
    page.table("tblRegister", *numbers)
    if dated:
        page.skip()
        page.say("What is on file, and dates", "heading")
        page.table("tblDates", *dates)
    page.repeat = 0
    return page.sheet()


def _filled(columns: Sequence[Column], rows: list[list[Value]]) -> Table:
    """A table without the columns that would be empty."""
    places = [i for i, column in enumerate(columns) if column.header in ALWAYS or any(row[i] for row in rows)]
    return [columns[place] for place in places], [[row[place] for place in places] for row in rows]


def _numbers(facts: Facts, award: Award) -> list[Value]:
    return [
        award.id,
        award.label,
        award.program,
        facts.plan.case.catalogue.program(award.program).kind,
        _edition(facts, award),
        _status(award),
        award.agency,
        award.pass_through,
        award.fain,
        award.assistance_listing,
        award.award_number,
        codes_told(award.codes) or None,
        ", ".join(award.scope or ()) or None,
    ]


def _dates(award: Award) -> list[Value]:
    extension = award.extension
    return [
        award.id,
        _noted(award.approvals),
        _noted(award.exceptions),
        _payment(award),
        award.prime_awarded,
        award.awarded,
        award.first,
        award.last,
        (extension.approved or extension.requested) if extension else None,
        award.obligate_by,
        award.liquidate_by,
    ]


def _noted(notes: dict[str, str]) -> str | None:
    return "; ".join(f"{name}: {note}" for name, note in notes.items()) or None


def _edition(facts: Facts, award: Award) -> str | None:
    """The edition of the program's terms in force, and the later one that the award was amended to."""
    terms = facts.plan.case.terms.get(award.id)
    edition = terms.terms.edition if terms else None
    words = [edition.id] if edition else []
    return "; ".join([*words, f"amended to {award.amended_to}"] if award.amended_to else words) or None


def _status(award: Award) -> str:
    if award.status == "awarded":
        return "awarded"
    return f"expected ({float(award.probability):.0%})" if award.probability is not None else "expected"


def _payment(award: Award) -> str:
    """How it pays, as the cash flow takes it; «assumed» where the award does not say so itself."""
    if not reimbursed(award):
        return "advance" if award.payment else "as it is received"
    assumed = [word for word, said in (("payment", award.payment), ("days", award.lag_days)) if said is None]
    told = f"reimbursement, {lag_of(award)} days after the claim"
    return told if not assumed else f"{told} ({'days ' if assumed == ['days'] else ''}assumed)"
