"""From a plan to its workbook: the sheets in order, the names, the properties of the document."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from braid.answer.plan import Plan
from braid.basics.errors import OutputError
from braid.files import sheets
from braid.files.sheets import Beside, Book, Sheet
from braid.workbook import front, tables
from braid.workbook.allocation import allocation
from braid.workbook.answer.before import spent_before
from braid.workbook.answer.deadlines import deadlines
from braid.workbook.answer.expected import expected
from braid.workbook.answer.income import revenue
from braid.workbook.answer.matrix import Matrix
from braid.workbook.answer.positions import positions
from braid.workbook.answer.quarters import Quarters
from braid.workbook.answer.register import register
from braid.workbook.answer.subawards import subawards
from braid.workbook.balances import balances
from braid.workbook.balances import installments as installments_of
from braid.workbook.cash import Cash
from braid.workbook.checks import Checks
from braid.workbook.classes import classes
from braid.workbook.continued import MOST_ROWS, Continuation
from braid.workbook.determinations import determinations
from braid.workbook.facts import Facts
from braid.workbook.filing.package import filing
from braid.workbook.identities import Identities
from braid.workbook.indirect import indirect
from braid.workbook.input import TITLES, not_read_back
from braid.workbook.ledger import LAST_DAY
from braid.workbook.limits import limits, words
from braid.workbook.match import match, pledges
from braid.workbook.needs import needs
from braid.workbook.next_dollar import next_dollar
from braid.workbook.page import FAIL, WARN
from braid.workbook.summary import Summary
from braid.workbook.together import placed, together

EPOCH = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)


def book_of(plan: Plan, stem: str = "plan", most_rows: int = MOST_ROWS) -> Book:
    """The workbook of a plan, as data; ``stem``: its name without the ending, which files beside it begin with.

    Raises OutputError where there is no plan to write.
    """
    refuse_none(plan)
    facts = Facts(plan)
    bounds, cash, summary, matrix = limits(facts), Cash(facts), Summary(facts), Matrix(facts)
    braid, quarters = matrix.sheet() if len(facts.awards) > 1 else None, Quarters(facts)
    installments, last_day = installments_of(facts)
    forms = filing(facts)
    statuses = words(bounds)
    counted, places = (statuses[FAIL], statuses[WARN]), {**summary.totals, **matrix.totals}
    checks = Checks(facts, Identities(facts, (cash, quarters), counted, places, forms.checks))
    parts = (
        summary.sheet(checks),
        braid,
        allocation(facts),
        register(facts),
        balances(facts),
        installments,
        spent_before(facts),
        pledges(facts),
        needs(facts),
        revenue(facts),
        tables.gaps(facts),
        next_dollar(facts),
        expected(facts),
        positions(facts),
        subawards(facts),
        match(facts),
        indirect(facts),
        cash.sheet(),
        quarters.sheet(),
        classes(facts),
        deadlines(facts),
        bounds,
        checks.sheet(),
        determinations(facts),
        tables.attention(facts),
        *forms.sheets,
        *facts.entry_sheets,
    )
    apart = [sheet for sheet in parts if sheet is not None]
    kept, moved = together(apart, len(facts.ledger.charges), most_rows)
    whole = Continuation(kept, stem, most_rows)
    told = (*whole.sentences, *not_read_back(facts.entry_sheets))
    last = front.provenance(facts, told)
    listed = front.Listed([*(sheet.title for sheet in apart), last.title], {**forms.roles, **TITLES}, moved)
    first = front.contents(facts, listed, (checks.failed, checks.warned), told)
    names = {**checks.names, LAST_DAY: last_day}
    return _bound(
        plan,
        tuple(map(whole.sheet, (first, *kept, last))),
        {name: placed(at, moved) for name, at in names.items()},
        whole.beside,
    )


def _bound(plan: Plan, sheets: tuple[Sheet, ...], names: dict[str, str], beside: tuple[Beside, ...]) -> Book:
    """The sheets of a plan as a book with its properties."""
    proposal, source = plan.proposal, plan.file.provenance
    return Book(
        sheets=sheets,
        names=names,
        title=proposal.name,
        subject=f"Braided funding plan of {proposal.jurisdiction.name}, {proposal.jurisdiction.state}",
        creator=f"braid {source.braid_version}",
        made=_made(source.made),
        decimals=2 if plan.file.unit == "cent" else 0,
        beside=beside,
    )


def refuse_none(plan: Plan) -> None:
    """Raise OutputError where there is no plan to write."""
    if plan.status not in {"optimal", "feasible"}:
        raise OutputError(f"the status of the plan is «{plan.status}»: there is nothing that a workbook could carry")


def made_of(plan: Plan) -> dt.datetime:
    """When a plan was made, in universal time."""
    return _made(plan.file.provenance.made)


def _made(text: str) -> dt.datetime:
    """The time stamp of a plan in universal time; a fixed day where it is none."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return EPOCH
    return found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)


def write_book(book: Book, path: Path, *, force: bool) -> Path:
    """Write the workbook where it was wanted. Raises OutputError."""
    if path.suffix.lower() != ".xlsx":
        raise OutputError(f"{path}: a workbook has the ending .xlsx")
    sheets.write(path, book, force=force)
    return path
