"""What the forms have in common: the award that one is for, titles of sheets, places on them, rows of cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from braid.basics.words import codes_told
from braid.files.sheets import Formula, Sheet, Value, letter
from braid.law.catalogue import Program
from braid.proposal import Activity, Award
from braid.workbook.charges import NOTHING
from braid.workbook.check import Check
from braid.workbook.facts import Facts
from braid.workbook.filing.years import Year
from braid.workbook.ledger import Adds, Key
from braid.workbook.page import Page

LONGEST = 31
"""Characters that the title of a sheet may have."""
FORM = "Forms"
"""The kind of the checks that forms bring."""


@dataclass(frozen=True)
class Part:
    """Sheets of the workbook that are filed: each with what it holds, and the checks that they bring."""

    sheets: tuple[Sheet, ...]
    holds: str
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Filed:
    """A federal award that is charged anything, with what its forms go by."""

    facts: Facts
    award: Award
    program: Program
    years: tuple[Year, ...]
    in_steps: bool
    """Whether the funder grants it budget period by budget period."""
    step: Adds
    """The column of what is granted first: the whole of it, or its first budget period."""

    @property
    def id(self) -> str:
        """The id of the award."""
        return self.award.id

    @property
    def listing(self) -> str | None:
        """Its Assistance Listing number: its own, or its program's."""
        return self.award.assistance_listing or self.program.assistance_listing

    @property
    def agency(self) -> str:
        """The federal agency: its own word, or its program's funder."""
        return self.award.agency or self.program.funder or ""

    @property
    def activities(self) -> tuple[Activity, ...]:
        """The activities that it pays for, in the order of the workbook."""
        return tuple(
            each for each in self.facts.activities if self.facts.ledger.charged(award=self.id, activity=each.id)
        )

    @property
    def continued(self) -> bool:
        """Whether it goes on from budget periods that ended before those of its forms."""
        return any(step.end < self.years[0].first for step in self.award.budget_periods or ())

    @property
    def spent_before(self) -> Decimal:
        """What was charged before this plan."""
        return sum((self.facts.money(each.amount // self.facts.cents) for each in self.award.spent_before), NOTHING)

    def before(self, award: Key) -> Formula | None:
        """The same as a formula, by the cell that names the award; None where nothing was."""
        return self.facts.before.sum(award=award) if self.spent_before else None

    def summed(self, column: Adds, **says: str) -> Decimal:
        """What a column of the Allocation comes to for this award, by these traits."""
        rows = self.facts.ledger.charged(award=self.id, **says)
        return sum((Decimal(row.amount) if column.parts is None else column.parts(row) for row in rows), NOTHING)


def booked(award: Award) -> str:
    """A sentence, with a space before it, that gives the codes under which an award is booked; nothing without any."""
    return f" Codes: {codes_told(award.codes)}." if award.codes else ""


def filed_awards(facts: Facts) -> tuple[Filed, ...]:
    """The federal awards of a plan that are charged anything, by id."""
    years = facts.budget_years
    return tuple(
        Filed(
            facts,
            facts.plan.proposal.award(name),
            facts.plan.case.terms[name].terms.program,
            each,
            years.in_steps(name),
            years.first_step(name),
        )
        for name, each in years.of.items()
    )


def titled(form: str, awards: Iterable[str]) -> dict[str, str]:
    """The title of a form's sheet for each award: cut to what a title may have, and no two alike.

    >>> titled("SF-424A", ["sor"])
    {'sor': 'SF-424A sor'}
    >>> titled("Detail", ["a" * 30, "a" * 31])["a" * 31]
    'Detail aaaaaaaaaaaaaaaaaaaaaa 2'
    """
    found: dict[str, str] = {}
    for award in awards:
        title, number = f"{form} {award}"[:LONGEST], 1
        while title in found.values():
            number += 1
            title = f"{f'{form} {award}'[: LONGEST - len(str(number)) - 1]} {number}"
        found[award] = title
    return found


@dataclass
class Form:
    """A form in the making: the page, and the checks that its cells must keep."""

    page: Page
    award: str = ""
    checks: list[Check] = field(default_factory=list[Check])

    def fill(self, values: Sequence[Value], styles: Sequence[str], first: int = 1) -> int:
        """Fill the next row from a column on, leaving cells without a style alone, and return its number."""
        for column, (value, style) in enumerate(zip(values, styles, strict=True), first):
            if style:
                self.page.put(column, value, style)
        self.page.row += 1
        return self.page.row - 1

    def value(self, column: int, row: int) -> Decimal:
        """What the cell in a column and row comes to."""
        cell = self.page.cells.get((row, column))
        held = cell.value if cell else None
        held = held.value if isinstance(held, Formula) else held
        return Decimal(held) if isinstance(held, int | float | Decimal) else NOTHING

    def ref(self, column: int, row: int) -> Formula:
        """A cell as other sheets name it, with what it comes to."""
        return Formula(f"'{self.page.title}'!${letter(column)}${row}", self.value(column, row))

    def sum(self, cells: Iterable[tuple[int, int]], text: str) -> Formula:
        """A formula that adds up these cells, as the text says it."""
        return Formula(text, sum((self.value(column, row) for column, row in cells), NOTHING))

    def down(self, column: int, first: int, last: int) -> Formula:
        """The sum of a column from a row to another."""
        cells = [(column, row) for row in range(first, last + 1)]
        return self.sum(cells, f"SUM({letter(column)}{first}:{letter(column)}{last})")

    def across(self, first: int, last: int, row: int) -> Formula:
        """The sum of a row from a column to another."""
        cells = [(column, row) for column in range(first, last + 1)]
        return self.sum(cells, f"SUM({letter(first)}{row}:{letter(last)}{row})")

    def holds(self, sentence: str, left: Formula, right: Formula) -> None:
        """Add a check: two sides that must be one."""
        self.checks.append(Check(FORM, f"{self.page.title}: {sentence}.", left, right, award=self.award))


def key_of(column: int, row: int, says: str) -> Key:
    """A cell that a sum goes by."""
    return Key(f"${letter(column)}${row}", says)


def plus(*formulas: Formula) -> Formula:
    """Several formulas added up."""
    return Formula("+".join(each.text for each in formulas), sum((Decimal(each.value) for each in formulas), NOTHING))


Item = TypeVar("Item")


def numbered(lines: Sequence[Item], most: int) -> Iterator[Sequence[Item]]:
    """Lines in groups of so many at most."""
    for first in range(0, len(lines), most):
        yield lines[first : first + most]
