"""What the funder approved by object class, held against what is charged: of an award, or of each budget period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args

from braid.answer.plan import Plan
from braid.basics.money import amount_text
from braid.judge.moves import approved_for
from braid.proposal import Award
from braid.proposal.amounts import Category
from braid.workbook.before import Before
from braid.workbook.charges import NOTHING
from braid.workbook.ledger import Ledger, Span

CLASSES = (*get_args(Category), "indirect")


@dataclass(frozen=True)
class ClassRow:
    """What of an approved budget one object class has, and what it is charged, in dollars."""

    award: str
    name: str
    approved: Decimal
    charged: Decimal
    before: Decimal
    """What was spent before the plan."""
    installment: int | None = None
    """The budget period, where each has a budget of its own."""
    first: dt.date | None = None
    """Its first day."""
    held: bool = True
    """Whether there is a budget to hold it against: not for a budget period that has none yet."""

    @property
    def counts(self) -> bool:
        """Whether what is above it is a move: indirect cost is no class."""
        return self.held and self.name != "indirect"

    @property
    def below(self) -> Decimal:
        """What of it is neither spent nor charged."""
        return max(NOTHING, self.approved - self.charged - self.before)

    @property
    def over(self) -> Decimal:
        """What is spent and charged above it."""
        return max(NOTHING, self.before + self.charged - self.approved) if self.counts else NOTHING


def class_rows(plan: Plan, ledger: Ledger, before: Before) -> Iterator[ClassRow]:
    """Each object class that an approved budget names or that its award is charged, award by award."""
    for award in sorted(plan.proposal.awards, key=lambda award: award.id):
        for part, first, held in _budgets(plan, award):
            numbers = None if part is None else frozenset({part})
            given = approved_for(award, plan.case.funds[award.id], numbers, plan.file.unit)
            for name in CLASSES:
                says = {"award": award.id, "object_class": name}
                if part is not None:
                    says["installment"] = str(part)
                charged, spent = ledger.total(**says), before.total(Span(), **says)
                approved = Decimal(amount_text(given.get(name, 0), plan.file.unit))
                if charged or spent or approved:
                    yield ClassRow(award.id, name, approved, charged, spent, part, first, held)


def over_awards(rows: Iterable[ClassRow]) -> dict[tuple[str, str], Decimal]:
    """What each object class of an award is charged above its approved amounts, all its budget periods together."""
    above: dict[tuple[str, str], Decimal] = {}
    for each in rows:
        key, more = (each.award, each.name), each.before + each.charged - each.approved
        above[key] = above.get(key, NOTHING) + (more if each.counts else NOTHING)
    return {key: max(NOTHING, amount) for key, amount in above.items()}


def _budgets(plan: Plan, award: Award) -> Iterator[tuple[int | None, dt.date | None, bool]]:
    """The installments whose budgets stand apart: number, first day, whether it has one; or the award as a whole."""
    if award.approved_budget:
        yield None, None, True
    for part in plan.case.funds[award.id].installments if award.budgeted else ():
        yield part.number, part.days.first, part.source[1] in award.budgeted
