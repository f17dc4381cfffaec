"""The budget years of federal awards: their budget periods, or years of twelve months from the first day.

A charge whose days lie in several of them is parted by days, rounded down to whole units, the last taking the rest; so
the years of every line, class and award add up to what the Allocation says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from braid.answer.plan import Plan
from braid.basics.fiscal import months_later
from braid.files.sheets import Formula, Sheet, letter
from braid.proposal import Award
from braid.workbook.charges import NOTHING, Charge
from braid.workbook.ledger import AMOUNT, Adds
from braid.workbook.page import Column, Page

MOST = 5
"""Years that the forms have room for: a first one, and four to come. What is later counts in the last."""
TITLE = "Budget years"
YEARS = (
    Column("Award", 22, "id"),
    Column("Year", 10, "count"),
    Column("First", 14, "date"),
    Column("Last", 14, "date"),
    Column("What it is", 40),
)


@dataclass(frozen=True)
class Year:
    """One budget year of an award, by its first and last day."""

    number: int
    first: dt.date
    last: dt.date


class Years:
    """The budget years of every federal award that is charged anything."""

    def __init__(self, plan: Plan, charges: Iterable[Charge]) -> None:
        self.step = Decimal(1) if plan.file.unit == "dollar" else Decimal("0.01")
        self._plan = plan
        latest: dict[str, dt.date] = {}
        for charge in charges:
            if plan.case.terms[charge.award].federal:
                latest[charge.award] = max(charge.last, latest.get(charge.award, charge.last))
        for name in latest.keys() & plan.case.matchings.keys():  # what stands beside it may come later than its charges
            last = min(plan.proposal.award(name).days.stop, plan.proposal.fiscal.days.stop) - 1
            latest[name] = max(latest[name], dt.date.fromordinal(last))
        self.of = {name: tuple(self._years(plan.proposal.award(name), latest[name])) for name in sorted(latest)}

    @property
    def most(self) -> int:
        """The most years that an award has; 1 where a column of the table would only repeat the amount."""
        return max((len(years) for years in self.of.values()), default=0)

    def _years(self, award: Award, latest: dt.date) -> Iterator[Year]:
        days, plan = award.days, self._plan.proposal.fiscal.days
        begins = max(days.start, plan.start)
        if award.budget_periods:
            ends = [part.end for part in award.budget_periods if part.days.stop > begins]
        else:
            first = dt.date.fromordinal(begins)
            ends = list(_anniversaries(first, latest))
        ends = [*ends[: MOST - 1], max(ends[-1], latest)] if len(ends) >= MOST else [*ends[:-1], max(ends[-1], latest)]
        first = dt.date.fromordinal(begins)
        for number, last in enumerate(ends, 1):
            yield Year(number, first, last)
            first = last + dt.timedelta(days=1)

    def parts(self, charge: Charge) -> list[Decimal]:
        """What of a charge falls in each year of its award, in dollars; nothing where the award has no such years."""
        found: list[Decimal] = []
        for year in self.of.get(charge.award, ()):
            share = Fraction((year.last - charge.first).days + 1, charge.days.days)
            so_far = floor(Fraction(charge.amount) * min(Fraction(1), max(Fraction(0), share)) / Fraction(self.step))
            found.append(max(NOTHING, so_far * self.step - sum(found, NOTHING)))
        return found

    def part(self, charge: Charge, number: int) -> Decimal:
        """What of a charge falls in one year of its award."""
        parts = self.parts(charge)
        return parts[number - 1] if number <= len(parts) else NOTHING

    def column(self, number: int) -> Adds:
        """The column of the table that says what falls in a year of this number."""
        if self.most <= 1:
            return AMOUNT
        return Adds(f"Year {number}", parts=lambda charge: self.part(charge, number))

    def first_step(self, award: str) -> Adds:
        """The column of what the funder grants in one step: a first budget period, or the whole award."""
        return self.column(1) if self.in_steps(award) else AMOUNT

    def in_steps(self, award: str) -> bool:
        """Whether the funder grants it budget period by budget period."""
        return bool(self._plan.proposal.award(award).budget_periods) and len(self.of[award]) > 1

    def sheet(self) -> Sheet | None:
        """The years with their days, which the columns of the Allocation go by; None where no award has two."""
        if self.most <= 1:
            return None
        page = Page(TITLE, "form", [column.width for column in YEARS])
        page.say("Budget years: the years that federal forms go by", "title")
        page.say("Budget periods where the funder grants them one by one; else twelve months each, from the first day.")
        page.say(
            "The columns «Year» on Allocation part each charge by its days, rounded down; the last takes the rest.",
            "note",
        )
        page.skip()
        rows = [(name, year) for name, years in self.of.items() for year in years]
        page.table("tblYears", YEARS, ([name, y.number, y.first, y.last, self._what(name, y)] for name, y in rows))
        return page.sheet()

    def _what(self, award: str, year: Year) -> str:
        steps = self._plan.proposal.award(award).budget_periods
        return f"Budget period {year.number} of those in the plan" if steps else f"Year {year.number} of the award"


def _anniversaries(first: dt.date, latest: dt.date) -> Iterator[dt.date]:
    """The last days of years of twelve months, until the latest day is reached."""
    for number in range(1, MOST + 1):
        last = months_later(first, 12 * number) - dt.timedelta(days=1)
        yield last
        if last >= latest:
            return


def part_cell(years: Years, charge: Charge, number: int, row: int, columns: tuple[str, str, str, str, str]) -> Formula:
    """What of a charge falls in a year of its award, as a cell of the table."""
    return Formula(year_text(years, number, row, columns), years.part(charge, number))


def year_text(years: Years, number: int, row: int, columns: tuple[str, str, str, str, str]) -> str:
    """The formula of what of an amount falls in a year: until the year's last day, less what fell in those before.

    ``columns``: the letters of the amount, its first and its last day, of the first column of years, and of this one.
    """
    amount, first, last, begin, own = columns
    ends = f"SUMIFS(tblYears[Last],tblYears[Award],$A{row},tblYears[Year],{own}${ABOVE})"
    share = f"MIN(1,MAX(0,({ends}-${first}{row}+1)/(${last}{row}-${first}{row}+1)))"
    text = f"ROUNDDOWN(ROUND(${amount}{row}*{share},6),{0 if years.step == 1 else 2})"
    if number == 1:
        return text
    return f"MAX(0,{text}-SUM(${begin}{row}:{letter_before(own)}{row}))"


ABOVE = 4
"""The row above the table in which the number of a year stands."""


def letter_before(column: str) -> str:
    """The letter of the column to the left.

    >>> letter_before("U"), letter_before("AA")
    ('T', 'Z')
    """
    number = 0
    for each in column:
        number = number * 26 + ord(each) - ord("A") + 1
    return letter(number - 1)
