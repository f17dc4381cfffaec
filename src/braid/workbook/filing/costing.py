"""The rows of a detailed budget: what each cost is, and how it is worked out, line by line and period by period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.basics.money import round_half_up
from braid.proposal import Activity, Cost, Line, at
from braid.proposal.costs import growth
from braid.workbook.charges import INDIRECT
from braid.workbook.filing.beside import Beside, Row
from braid.workbook.filing.form import Filed
from braid.workbook.filing.templates import Category
from braid.workbook.indirect import base_of

KINDS = {"fringe": "fringe", "indirect": "indirect"}
"""The kind of charge that an object class holds; all else is direct."""


@dataclass(frozen=True)
class Costing:
    """One row: what is bought, its computation, and where its amounts are found."""

    label: str
    line: str
    period: str
    kind: str
    quantity: Fraction | None = None
    unit: str = ""
    unit_cost: Fraction | None = None
    """In dollars; for fringe and indirect cost the base stands in its place, as a formula."""
    part: Fraction | None = None
    """The part of twelve months; for fringe and indirect cost the rate."""
    cost: Decimal | None = None
    """What the computation comes to, in dollars."""
    pledge: Row | None = None


def costings(filed: Filed, beside: Beside, category: Category) -> Iterator[Costing]:
    """The rows of one category of an award's detailed budget."""
    if category.object_class == "indirect":
        yield from _indirect(filed)
    else:
        yield from _on_lines(filed, beside, category)
    for row in beside.of(filed.id):
        if row.number is not None and row.object_class == category.object_class and category.takes(None):
            yield Costing(f"Pledged: {row.line}, from {row.paid_by}", row.line, "", "pledge", pledge=row)


def _on_lines(filed: Filed, beside: Beside, category: Category) -> Iterator[Costing]:
    proposal, kind = filed.facts.plan.proposal, KINDS.get(category.object_class, "direct")
    found = {(c.line, c.period) for c in filed.facts.ledger.charged(award=filed.id, object_class=category.object_class)}
    mine = (row for row in beside.of(filed.id) if row.number is None)
    found |= {(row.line, row.period) for row in mine if row.object_class == category.object_class}
    order = {period: place for place, period in enumerate(filed.facts.periods)}
    for name, period in sorted(found, key=lambda pair: (pair[0], order[pair[1]])):
        cost = proposal.cost(name)
        if category.takes(cost.line):
            yield _fringe(filed, cost, period) if kind == "fringe" else _direct(filed, cost, period)


def label_of(filed: Filed, activity: Activity, line: Line) -> str:
    """What a row is called: the activity, and the position or the line."""
    titles = {each.id: each.title for each in filed.facts.plan.proposal.positions}
    own = line.name or titles.get(line.position or "") or line.id
    return f"{activity.label}: {own}" + (f" ({line.position})" if line.position else "")


def _direct(filed: Filed, cost: Cost, name: str) -> Costing:
    """A line's own cost: quantity, unit cost and part of the year, or an amount."""
    proposal, line = filed.facts.plan.proposal, cost.line
    period = next(each for each in proposal.periods if each.name == name)
    whole = filed.facts.money(round_half_up(Fraction(cost.cents.get(name, 0), filed.facts.cents)))
    label = label_of(filed, cost.activity, line)
    if line.quantity is None or line.unit_cost is None:
        amount = Fraction(cost.cents.get(name, 0), 100)
        return Costing(label, cost.id, name, "direct", unit_cost=amount, cost=whole)
    each = Fraction(at(line.unit_cost, period)) * growth(line, period, proposal.fiscal) / 100
    quantity = Fraction(at(line.quantity, period))
    part = cost.quantity[name] / quantity if quantity else Fraction(1)
    return Costing(label, cost.id, name, "direct", quantity, line.unit or "", each, part, whole)


def _fringe(filed: Filed, cost: Cost, period: str) -> Costing:
    return Costing(label_of(filed, cost.activity, cost.line), cost.id, period, "fringe", part=cost.fringe)


def _indirect(filed: Filed) -> Iterator[Costing]:
    ledger, case = filed.facts.ledger, filed.facts.plan.case
    for index, period in enumerate(filed.facts.periods):
        if ledger.charged(award=filed.id, period=period, kind="indirect"):
            terms = case.indirect[filed.id, index]
            yield Costing("Indirect cost", INDIRECT, period, "indirect", part=terms.rate)


def base_in(filed: Filed, row: Costing) -> Fraction:
    """The base of a row of fringe (pay) or of indirect cost, as far as this award is charged."""
    charged = filed.facts.ledger.charged
    if row.kind == "fringe":
        pay = charged(award=filed.id, line=row.line, period=row.period, kind="direct")
        return sum((Fraction(charge.amount) for charge in pay), Fraction(0))
    return base_of(charged(award=filed.id, period=row.period), row.part or Fraction(0))
