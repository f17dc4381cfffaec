"""The narrative: the detailed budgets in words, award by award and object class by object class, with computation.

Amounts are those of the workbook; a narrative is no support for a charge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from braid.answer.plan import Plan
from braid.answer.summary import dollars
from braid.basics.money import show_percent
from braid.files.documents import Block, Document, Grid, Heading, Paragraph
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts
from braid.workbook.filing.beside import Beside
from braid.workbook.filing.costing import Costing, base_in, costings
from braid.workbook.filing.form import Filed
from braid.workbook.filing.narratives import narratives
from braid.workbook.filing.templates import Category, template_for
from braid.workbook.front import WARNINGS
from braid.workbook.ledger import AMOUNT

HEADERS = ("Cost", "Period", "Computation", "This award", "Beside it")
SHOWN = {"cap", "floor", "limit", "match", "transfer"}


def narrative_of(plan: Plan, made: dt.datetime) -> Document:
    """The narrative of a plan as data; ``made``: its time stamp."""
    facts = Facts(plan)
    who, source = plan.proposal.jurisdiction, plan.file.provenance
    blocks = [
        Paragraph(f"{who.name}, {who.state}. Budget narrative, award by award and object class by object class."),
        *(Paragraph(sentence, quiet=True) for sentence in WARNINGS),
    ]
    beside = Beside(facts)
    every: list[Block] = [*blocks]
    for filed in _awards(facts):
        every += _award(filed, beside)
    return Document(plan.proposal.name, tuple(every), f"braid {source.braid_version}", made)


def _awards(facts: Facts) -> Iterator[Filed]:
    """Every award that is charged anything, federal or not."""
    years = facts.budget_years
    for total in facts.awards:
        if facts.ledger.charged(award=total.award):
            award, terms = facts.plan.proposal.award(total.award), facts.plan.case.terms[total.award]
            yield Filed(facts, award, terms.terms.program, years.of.get(total.award, ()), False, AMOUNT)


def _award(filed: Filed, beside: Beside) -> Iterator[Block]:
    yield Heading(filed.award.label)
    yield Paragraph(_who(filed))
    others = beside.summed(filed.id)
    total = f"This plan charges {dollars(filed.summed(AMOUNT))} to it"
    yield Paragraph(f"{total}; {dollars(others)} of other money stands beside it." if others else f"{total}.")
    for category in template_for(filed.agency).categories:
        rows = list(costings(filed, beside, category))
        if rows:
            yield from _category(filed, beside, category, rows)
    yield from _limits(filed)


def _who(filed: Filed) -> str:
    award = filed.award
    parts = [f"{filed.program.name}, {filed.agency}" if filed.agency else filed.program.name]
    parts += [f"Assistance Listing {filed.listing}"] * bool(filed.listing)
    parts += [f"award {award.fain or award.award_number}"] * bool(award.fain or award.award_number)
    parts += [f"through {award.pass_through}"] * bool(award.pass_through)
    if award.start and award.end:
        parts.append(f"{award.start} to {award.end}")
    return "; ".join(parts) + "."


def _category(filed: Filed, beside: Beside, category: Category, rows: Sequence[Costing]) -> Iterator[Block]:
    amounts = [(_charged(filed, row), _beside(filed, beside, category, row)) for row in rows]
    whole = sum((mine for mine, _ in amounts), NOTHING)
    other = sum((theirs for _, theirs in amounts), NOTHING)
    name = f"{category.letter}. {category.name}" if category.letter else category.name
    told = f"{name}: {dollars(whole)}" + (f", and {dollars(other)} beside it" if other else "")
    yield Heading(told, 2)
    cells = tuple(
        (row.label, row.period, _computation(filed, row, mine, theirs), dollars(mine), dollars(theirs))
        for row, (mine, theirs) in zip(rows, amounts, strict=True)
    )
    yield Grid(HEADERS, cells, right=(3, 4))
    for sentence in narratives(filed, category, rows):
        yield Paragraph(sentence)
    if category.asks and any(row.pledge is None for row in rows):
        yield Paragraph(f"To add, as the agency asks for it: {category.asks}.", quiet=True)


def _charged(filed: Filed, row: Costing) -> Decimal:
    """What the award is charged for a row."""
    if row.pledge is not None:
        return NOTHING
    return filed.facts.ledger.total(award=filed.id, line=row.line, period=row.period, kind=row.kind)


def _beside(filed: Filed, beside: Beside, category: Category, row: Costing) -> Decimal:
    """What stands beside the award for a row."""
    if row.pledge is not None:
        return row.pledge.amount
    says = {"line": row.line, "period": row.period, "object_class": category.object_class}
    return beside.summed(filed.id, None, says)


def _computation(filed: Filed, row: Costing, mine: Decimal, theirs: Decimal) -> str:
    """How a cost is worked out, in one line."""
    if row.pledge is not None:
        return "pledged"
    if row.kind in {"fringe", "indirect"}:
        base = base_in(filed, row)
        return f"{show_percent(row.part)} of {dollars(Decimal(f'{float(base):.2f}'))}" if row.part else ""
    cost = row.cost or NOTHING
    share = f"; {float((mine + theirs) / cost):.1%} of it here" if cost else ""
    if row.quantity is None:
        return f"{dollars(cost)}{share}"
    each = dollars(Decimal(f"{float(row.unit_cost or 0):.2f}"))
    part = f" × {float(row.part):.1%} of twelve months" if row.part is not None and row.part != 1 else ""
    return f"{counted(row.quantity, row.unit)} × {each}{part} = {dollars(cost)}{share}"


def counted(quantity: Fraction, unit: str) -> str:
    """A number of units in words.

    >>> counted(Fraction(1500000), "kit"), counted(Fraction(1), "day"), counted(Fraction(1, 4), "FTE")
    ('1,500,000 kits', '1 day', '0.25 FTE')
    """
    many = quantity != 1 and unit not in {"", "FTE", "each"}
    return f"{float(quantity):,.10g} {unit}{'s' if many else ''}".rstrip()


def _limits(filed: Filed) -> Iterator[Block]:
    """The limits of the award that rest on a rule, with their citations."""
    limits = {limit.id: limit for limit in filed.facts.plan.case.limits}
    own = [
        row
        for row in filed.facts.plan.file.limits
        if row.cite and row.row in limits and limits[row.row].kind in SHOWN
        and set(limits[row.row].awards or ()) == {filed.id}
    ]  # fmt: skip
    if own:
        yield Heading("Rules that this budget keeps", 2)
        for sentence in dict.fromkeys(f"{row.sentence.rstrip('.')} ({'; '.join(row.cite)})." for row in own):
            yield Paragraph(sentence)
