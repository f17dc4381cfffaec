"""The Deadlines: every day by which money must be obligated, used or billed, in order, and what is at stake on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from braid.files.sheets import Formula, Sheet, Value
from braid.judge.cash import reimbursed
from braid.proposal import Award
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.page import Column

DEADLINES = (
    Column("Date", 12, "date"),
    Column("Award", 16, "id"),
    Column("What", 62),
    Column("Installment", 12, "count"),
    Column("Amount", 0, "money"),
    Column("Lapses", 0, "money"),
    Column("Carries on", 0, "money"),
    Column("Done", 10, "input text"),
    Column("Note", 30, "input text"),
)


RETURN = "; what is left may have to be returned"
"""Of money that comes in advance."""


@dataclass(frozen=True)
class Deadline:
    """A day that binds an award, and the installment that it is of, if of one."""

    date: dt.date
    award: str
    what: str
    installment: int | None = None
    amount: Decimal = NOTHING
    lapses: Decimal = NOTHING
    carries: Decimal = NOTHING


def deadlines(facts: Facts) -> Sheet | None:
    """Every day in order; None where no award has any."""
    found = sorted(deadlines_of(facts), key=lambda each: (each.date, each.award, each.installment or 0, each.what))
    if not found:
        return None
    page = page_of(facts, "Deadlines", "control", DEADLINES)
    page.say("Deadlines: by which day what must be done", "title")
    page.say(
        "Lapses and Carries on are what the plan leaves of an installment: what ends with its days, and what may still "
        "be spent, then or after the plan. Dates of reports to funders are not in the proposal: take them from the "
        "award documents."
    )
    page.skip()
    first = page.row + 1
    page.table("tblDeadlines", DEADLINES, (_row(each, first + place) for place, each in enumerate(found)))
    return page.sheet()


def deadlines_of(facts: Facts) -> Iterator[Deadline]:
    """The days that awards and their installments say."""
    for award in facts.plan.proposal.awards:
        yield from _of_award(award)
    for part in facts.parts:
        if part.last is not None:
            what = "Last day to use what was carried over" if not part.received else "Last day to use the installment"
            if part.lapses and not reimbursed(facts.plan.proposal.award(part.award)):
                what += RETURN
            amount = part.amount + part.carried_in
            yield Deadline(part.last, part.award, what, part.number, amount, part.lapses, part.left - part.lapses)


def _of_award(award: Award) -> Iterator[Deadline]:
    extension = award.extension
    for date, what in (
        (award.obligate_by, "Last day to obligate"),
        (award.last, "Last day of the award" if extension is None else "Last day of the award before its extension"),
        (extension.approved if extension else None, "Last day of the award, as extended"),
        (award.liquidate_by, "Last day to pay bills (liquidate)"),
    ):
        if date is not None:
            yield Deadline(date, award.id, what)


def _row(each: Deadline, row: int) -> list[Value]:
    if each.installment is None:
        return [each.date, each.award, each.what, None, None, None, None, None, None]
    keys = f"tblInstallments[Award],$B{row},tblInstallments[Installment],$D{row},tblInstallments[Until],$A{row}"
    has = f"SUMIFS(tblInstallments[Amount],{keys})"
    carried = f"SUMIFS(tblInstallments[Carried in],{keys})"
    return [
        each.date,
        each.award,
        each.what,
        each.installment,
        Formula(carried if "carried over" in each.what else has, each.amount),
        Formula(f"SUMIFS(tblInstallments[Lapses],{keys})", each.lapses),
        Formula(f"SUMIFS(tblInstallments[Carries on],{keys})", each.carries),
        None,
        None,
    ]
