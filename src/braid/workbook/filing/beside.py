"""What stands beside federal awards, by object class: the match that other awards pay, and pledges.

The sheet Match says which dollars serve. Here they are parted into pay and fringe, and placed in budget years.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from math import floor

from braid.basics.fiscal import span
from braid.files.sheets import Cell, Formula, Sheet, Value, letter
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.filing.years import ABOVE, Year, year_text
from braid.workbook.marks import serves
from braid.workbook.page import Column

TITLE = "Match by class"
PLEDGED = "(pledged)"
"""Stands for the activity of what is pledged from outside the plan."""
APPLICANT, STATE, OTHER = "applicant", "State", "other"
SOURCES = {"state": STATE, "foundation": OTHER}
"""Whose money it is, by the kind of the program that pays; all else is the applicant's own."""
CLASSES = {"equipment": "equipment", "unrecovered-indirect": "indirect"}
"""The object class of a pledge by its kind; all else is other, until somebody says what it pays."""
BESIDE = (
    Column("Award", 16, "id"),
    Column("Activity", 18, "id"),
    Column("Line", 28, "id"),
    Column("Paid by", 22, "id"),
    Column("Period", 10, "count"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Object class", 14, "input text"),
    Column("Source", 12, "input text"),
    Column("Serves", 0, "money"),
    Column("Paid there", 0, "money"),
    Column("Of it this kind", 0, "money"),
    Column("Amount", 0, "money"),
    Column("Number", 9, "count"),
)
AMOUNT = 13


@dataclass(frozen=True)
class Row:
    """Dollars of one object class that stand beside an award."""

    award: str
    activity: str
    line: str
    paid_by: str
    period: str
    first: dt.date
    last: dt.date
    object_class: str
    source: str
    serves: Decimal
    paid: Decimal
    of_kind: Decimal
    amount: Decimal
    kind: str = ""
    """Pay (direct) or fringe; none for a pledge."""
    parted: bool = False
    """Whether fringe on it stands in the next row."""
    number: int | None = None
    """Of a pledge, its place on the sheet of pledges."""


class Beside:
    """The rows, and the sheet that holds them as the table ``tblBeside``."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.years = facts.budget_years
        self.rows = (*self._paid(), *self._pledged())

    def of(self, award: str) -> tuple[Row, ...]:
        """What stands beside one award."""
        return tuple(row for row in self.rows if row.award == award)

    def part(self, row: Row, number: int) -> Decimal:
        """What of it falls in a budget year of its award."""
        found: list[Decimal] = []
        for year in self.years.of[row.award]:
            found.append(self._so_far(row, year) - sum(found, NOTHING))
        return found[number - 1] if number <= len(found) else NOTHING

    def _so_far(self, row: Row, year: Year) -> Decimal:
        share = Fraction((year.last - row.first).days + 1, span(row.first, row.last).days)
        share = min(Fraction(1), max(Fraction(0), share))
        return floor(Fraction(row.amount) * share / Fraction(self.facts.step)) * self.facts.step

    def summed(self, award: str, number: int | None = None, says: Mapping[str, str] | None = None) -> Decimal:
        """What stands beside an award in a year (or in all), by these traits."""
        rows = [r for r in self.of(award) if all(getattr(r, name) == word for name, word in (says or {}).items())]
        return sum((row.amount if number is None else self.part(row, number) for row in rows), NOTHING)

    def column(self, number: int | None) -> str:
        """The column that says what falls in a year, or in all."""
        return "Amount" if number is None or self.years.most <= 1 else f"Year {number}"

    def _paid(self) -> Iterator[Row]:
        """What other awards pay, pay and fringe apart."""
        facts = self.facts
        for match in facts.plan.file.match:
            if match.award not in self.years.of:
                continue
            mark = serves(match.award)
            found = facts.ledger.charged(award=match.paid_by, line=match.line, period=match.period)
            charges = [charge for charge in found if mark in charge.marks] or list(found)
            every = sum((charge.amount for charge in found), NOTHING)
            fringe = sum((charge.amount for charge in found if charge.kind == "fringe"), NOTHING)
            kind = facts.plan.case.terms[match.paid_by].terms.program.kind
            whole = facts.plan.proposal.jurisdiction.kind == "state" and kind == "state"
            row = Row(
                award=match.award,
                activity=match.line.partition("/")[0],
                line=match.line,
                paid_by=match.paid_by,
                period=match.period,
                first=min(charge.first for charge in charges),
                last=max(charge.last for charge in charges),
                object_class=facts.plan.case.traits(match.award, match.line).category,
                source=APPLICANT if whole else SOURCES.get(kind, APPLICANT),
                serves=match.amount,
                paid=every,
                of_kind=every - fringe,
                amount=match.amount,
                kind="direct",
            )
            yield from self._parted(row, fringe) if fringe else (row,)

    def _parted(self, row: Row, fringe: Decimal) -> Iterator[Row]:
        part = (row.serves * fringe / row.paid / self.facts.step).to_integral_value(ROUND_FLOOR) * self.facts.step
        yield replace(row, amount=row.serves - part, parted=True)
        yield replace(row, object_class="fringe", of_kind=fringe, amount=part, kind="fringe")

    def _pledged(self) -> Iterator[Row]:
        for number, (award, pledge, amount) in enumerate(self.facts.pledges, 1):
            if award in self.years.of:
                years = self.years.of[award]
                yield Row(
                    award=award,
                    activity=PLEDGED,
                    line=pledge.kind,
                    paid_by=pledge.giver,
                    period="",
                    first=years[0].first,
                    last=years[-1].last,
                    object_class=CLASSES.get(pledge.kind, "other"),
                    source=APPLICANT if pledge.kind == "unrecovered-indirect" else OTHER,
                    serves=amount,
                    paid=amount,
                    of_kind=amount,
                    amount=amount,
                    number=number,
                )

    def sheet(self) -> Sheet | None:
        """The sheet; None where nothing stands beside a federal award."""
        if not self.rows:
            return None
        more = [Column(f"Year {n}", 0, "money") for n in range(1, self.years.most + 1)] if self.years.most > 1 else []
        page = page_of(self.facts, TITLE, "form", (*BESIDE, *more))
        page.printed = AMOUNT
        page.say("Match by class: other money beside federal awards, for their forms", "title")
        page.say(
            "Match and Pledges say how much; here it is parted into pay and fringe as it is paid. Type over the object "
            "class of a pledge once it is known what it pays, and the source (applicant, State or other)."
        )
        for column in range(len(more)):
            page.cells[ABOVE, len(BESIDE) + 1 + column] = Cell(column + 1, "count")
        page.row = max(page.row, ABOVE) + 2
        first = page.row + 1
        page.table(
            "tblBeside", (*BESIDE, *more), (self._cells(r, first + i, len(more)) for i, r in enumerate(self.rows))
        )
        return page.sheet()

    def _cells(self, row: Row, at: int, years: int) -> list[Value]:
        begin = letter(len(BESIDE) + 1)
        columns = [letter(len(BESIDE) + number) for number in range(1, years + 1)]
        return [
            row.award,
            row.activity,
            row.line,
            row.paid_by,
            row.period or None,
            row.first,
            row.last,
            row.object_class,
            row.source,
            *self._amounts(row, at),
            row.number,
            *(
                Formula(year_text(self.years, number, at, ("M", "F", "G", begin, own)), self.part(row, number))
                for number, own in enumerate(columns, 1)
            ),
        ]

    def _amounts(self, row: Row, at: int) -> list[Value]:
        if row.number is not None:
            pledge = Formula(f"INDEX(tblPledges[Amount],$N{at})", row.amount)
            return [pledge, None, None, Formula(f"$J{at}", row.amount)]
        match = f"tblMatch[Matched award],$A{at},tblMatch[Line],$C{at},tblMatch[Paid by],$D{at},tblMatch[Period],$E{at}"
        there = f"tblAllocation[Award],$D{at},tblAllocation[Line],$C{at},tblAllocation[Period],$E{at}"
        amount = f"$J{at}"
        if row.parted:
            amount = f"$J{at}-$M{at + 1}"
        elif row.kind == "fringe":
            amount = f"ROUNDDOWN(ROUND(IFERROR($J{at}*$L{at}/$K{at},0),6),{0 if self.facts.step == 1 else 2})"
        return [
            Formula(f"SUMIFS(tblMatch[Amount],{match})", row.serves),
            Formula(f"SUMIFS(tblAllocation[Amount],{there})", row.paid),
            Formula(f'SUMIFS(tblAllocation[Amount],{there},tblAllocation[Kind],"{row.kind}")', row.of_kind),
            Formula(amount, row.amount),
        ]
