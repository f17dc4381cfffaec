"""What is spent already: a table of its own, which balances, limits and match count beside the Allocation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.answer.plan import Plan
from braid.basics.money import amount_text
from braid.files.sheets import Formula
from braid.judge.past import Past
from braid.workbook.charges import NOTHING
from braid.workbook.ledger import COLUMNS, EVERYTHING, Key, Span
from braid.workbook.marks import ON_COSTS, Marks, whole

TABLE = "tblBefore"
EARLIER = "before"
"""The period of what was spent before the plan, or on no day that is known."""
KEYS = {name: COLUMNS[name] for name in ("award", "installment", "line", "period", "object_class", "agreement")}
"""What a sum can go by, and the column of the table that holds it."""


@dataclass(frozen=True)
class Spent:
    """What one installment of an award was charged already, in dollars, and what it counts in."""

    award: str
    installment: str
    period: str
    line: str
    object_class: str
    function: str
    item: str
    agreement: str
    until: dt.date
    """The last day on which it can have been spent, for sums that go by time."""
    since: dt.date | None
    """The first day of the period in which it was spent; None where that is not known."""
    amount: Decimal
    matched_at: Fraction
    """Other dollars that are to stand beside each dollar of it."""
    marks: tuple[str, ...]

    def within(self, span: Span) -> bool:
        """Whether it lies within: it has no days of its own, and goes by those of its period."""
        number = int(self.installment)
        return (
            (span.first is None or (self.since is not None and self.since >= span.first[1]))
            and (span.last is None or self.until <= span.last[1])
            and (span.lowest is None or number >= span.lowest[1])
            and (span.highest is None or number <= span.highest[1])
            and (span.mark is None or span.mark[1] in self.marks)
            and (span.total is None or whole(span.total[1]) in self.marks)
        )


class Before:
    """All that is spent already. ``before.sum(award=Key("$B7", "sor"))`` is a live sum with its value."""

    def __init__(self, plan: Plan) -> None:
        self.rows = tuple(_rows(plan))

    def __bool__(self) -> bool:
        return bool(self.rows)

    def total(self, span: Span = EVERYTHING, **says: str) -> Decimal:
        """What rows with these traits come to."""
        found = (row.amount for row in self.rows if row.within(span) and _has(row, says))
        return sum(found, NOTHING)

    def sum(self, span: Span = EVERYTHING, **keys: Key) -> Formula:
        """A live sum of the table by these keys and within this span, with its value."""
        parts = [f"{TABLE}[Amount]", *(f"{TABLE}[{KEYS[name]}],{key.cell}" for name, key in keys.items())]
        parts += span.conditions(TABLE)
        value = self.total(span, **{name: key.says for name, key in keys.items()})
        return Formula(f"{'SUMIFS' if len(parts) > 1 else 'SUM'}({','.join(parts)})", value)

    def direct(self, span: Span = EVERYTHING, **keys: Key) -> Formula:
        """The same of direct cost alone."""
        every = self.sum(span, **keys)
        more = "".join(f',{TABLE}[Object class],"<>{name}"' for name in sorted(ON_COSTS))
        says = {name: key.says for name, key in keys.items()}
        less = (self.total(span, **{**says, "object_class": name}) for name in ON_COSTS)
        return Formula(f"{every.text[:-1]}{more})", Decimal(every.value) - sum(less, Decimal(0)))

    def asked(self, award: str) -> Fraction:
        """What is to stand beside it as match, exactly."""
        found = (Fraction(row.amount) * row.matched_at for row in self.rows if row.award == award)
        return sum(found, Fraction(0))


def _has(row: Spent, says: dict[str, str]) -> bool:
    return all(getattr(row, name) == wanted for name, wanted in says.items())


def _rows(plan: Plan) -> Iterator[Spent]:
    marks, case = Marks(plan), plan.case
    for past in sorted(case.past, key=lambda past: (past.award, int(past.installment), past.index, past.line or "")):
        matching = case.matchings.get(past.award)
        yield Spent(
            award=past.award,
            installment=past.installment,
            period=_period(plan, past),
            line=past.line or "",
            object_class=past.traits.category,
            function=past.traits.function,
            item=past.traits.item,
            agreement=past.subaward or "",
            until=_until(plan, past),
            since=plan.proposal.periods[past.index].days.first if past.index >= 0 else None,
            amount=Decimal(amount_text(past.amount, plan.file.unit)),
            matched_at=matching.ratio(case.day_of(past)) if matching else Fraction(0),
            marks=(*marks.before(past), *marks.within(past.award, past.installment)),
        )


def _period(plan: Plan, past: Past) -> str:
    return plan.proposal.periods[past.index].name if past.index >= 0 else EARLIER


def _until(plan: Plan, past: Past) -> dt.date:
    if past.index >= 0:
        return plan.proposal.periods[past.index].days.last
    return plan.proposal.fiscal.days.first - dt.timedelta(days=1)
