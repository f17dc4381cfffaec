"""Program income by federal award: its part of what other payers bring to the activities that it pays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.filing.form import Filed
from braid.workbook.ledger import AMOUNT, Adds, Key
from braid.workbook.page import Column

TITLE, PAYERS = "Program income", "tblOtherPayers"
INCOME = (
    Column("Award", 18, "id"),
    Column("Activity", 24, "id"),
    Column("Period", 10, "count"),
    Column("Ends", 12, "date"),
    Column("Other payers bring", 0, "money"),
    Column("All awards pay", 0, "money"),
    Column("This award pays", 0, "money"),
    Column("Its part", 0, "money"),
    Column("Of it in what is granted first", 0, "money"),
)


@dataclass(frozen=True)
class Row:
    """What other payers bring to an activity in a period, and an award's part of it."""

    filed: Filed
    activity: str
    period: str
    revenue: Decimal
    every: Decimal

    def pays(self, column: Adds = AMOUNT) -> Decimal:
        """What the award pays of the activity in the period."""
        return self.filed.summed(column, activity=self.activity, period=self.period)

    def part(self, column: Adds = AMOUNT) -> Decimal:
        """Its part, by what it pays of all that awards pay there, rounded down to whole units."""
        step = self.filed.facts.step
        return (self.revenue * self.pays(column) / self.every / step).to_integral_value(ROUND_FLOOR) * step


class Income:
    """The rows, and the sheet that holds them as the table ``tblIncome``."""

    def __init__(self, facts: Facts, awards: tuple[Filed, ...]) -> None:
        self.facts = facts
        self.rows = tuple(self._rows(awards))

    def _rows(self, awards: tuple[Filed, ...]) -> Iterator[Row]:
        brought: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for each in self.facts.plan.file.revenue:
            brought[each.activity, each.period] += each.direct + each.fringe
        for filed in awards:
            for (activity, period), amount in sorted(brought.items()):
                every = self.facts.ledger.total(activity=activity, period=period)
                if amount and filed.facts.ledger.charged(award=filed.id, activity=activity, period=period):
                    yield Row(filed, activity, period, amount, every)

    def of(self, award: str) -> tuple[Row, ...]:
        """The rows of one award."""
        return tuple(row for row in self.rows if row.filed.id == award)

    def sheet(self) -> Sheet | None:
        """The sheet; None where no other payer brings anything to what federal awards pay."""
        if not self.rows:
            return None
        page = page_of(self.facts, TITLE, "form", INCOME)
        page.say("Program income: what other payers bring to activities of federal awards", "title")
        page.say(
            "What Medicaid and others pay reduces the need before awards do. Where several awards pay an activity, "
            "each has its part by what it pays there. Confirm with the funder how it is to be used (2 CFR 200.307)."
        )
        page.skip()
        first = page.row + 1
        page.table("tblIncome", INCOME, (self._cells(row, first + i) for i, row in enumerate(self.rows)))
        return page.sheet()

    def _cells(self, row: Row, at: int) -> list[Value]:
        ledger, places = self.facts.ledger, 0 if self.facts.step == 1 else 2
        activity, period = Key(f"$B{at}", row.activity), Key(f"$C{at}", row.period)
        award, step = Key(f"$A{at}", row.filed.id), row.filed.step
        first = ledger.sum(column=step, award=award, activity=activity, period=period)
        return [
            row.filed.id,
            row.activity,
            row.period,
            next(each.days.last for each in self.facts.plan.proposal.periods if each.name == row.period),
            Formula(
                f"SUMIFS({PAYERS}[Taken off the need],{PAYERS}[Activity],$B{at},{PAYERS}[Period],$C{at})", row.revenue
            ),
            ledger.sum(activity=activity, period=period),
            ledger.sum(award=award, activity=activity, period=period),
            Formula(f"ROUNDDOWN(ROUND(IFERROR($E{at}*$G{at}/$F{at},0),6),{places})", row.part()),
            Formula(f"ROUNDDOWN(ROUND(IFERROR($E{at}*{first.text}/$F{at},0),6),{places})", row.part(step)),
        ]

    def summed(self, award: str, step: Adds, activity: str = "") -> Decimal:
        """The part of an award in what is granted first, of one activity or of all."""
        rows = [row for row in self.of(award) if activity in {"", row.activity}]
        return sum((row.part(step) for row in rows), NOTHING)
