"""One check of the workbook: two sides, how close they must be, and how grave it is where they are not."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.files.sheets import Formula
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts
from braid.workbook.ledger import TABLE
from braid.workbook.page import FAIL, PASS, WARN

AWARD, LINE, PERIOD, RATE = "$J", "$K", "$L", "$M"
"""The columns of the sheet that say what a row is about."""


@dataclass(frozen=True, slots=True)
class Check:
    """Two sides that must be one (or the left at most the right), but for what rounding may part them by."""

    kind: str
    sentence: str
    left: Formula
    right: Formula | Decimal
    at_most: bool = False
    may_differ: Decimal = NOTHING
    award: str = ""
    line: str = ""
    period: str = ""
    rate: Fraction | None = None
    rate_at: str = ""
    """The formula of the rate, where another sheet holds it."""
    counted: bool = False
    """Whether the sides are numbers of things, and not dollars."""
    warning: bool = False
    """Whether it is something to look at where it does not hold, and no error."""

    @property
    def difference(self) -> Decimal:
        """The left side less the right."""
        right = self.right.value if isinstance(self.right, Formula) else self.right
        return Decimal(self.left.value) - Decimal(right)

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return (self.difference if self.at_most else abs(self.difference)) <= self.may_differ

    @property
    def result(self) -> str:
        """Its word."""
        return PASS if self.holds else WARN if self.warning else FAIL


KINDS = {
    "Limits": "No limit is broken",
    "Need": "Need is what is paid and the gap that is explained, line by line",
    "Gap": "The gaps, reason by reason, add up to the gap",
    "Available": "No award is charged more than it has",
    "Award": "What an award is charged adds up, by kind and by installment",
    "Fringe": "Fringe is its rate on the pay, line by line",
    "Indirect": "Indirect cost is its rate on its base, award by award",
    "Match": "Match is what it must be, each dollar once",
    "Classes": "Object classes add up to what an award is charged",
    "Cash flow": "Opening, received, charged, lapsed and closing agree",
    "May pay": "Nothing is charged where an award may not pay",
    "Totals": "The sheets agree with the Allocation",
    "Quarters": "Quarters add up to what is charged",
    "Subawards": "Agreements add up to what is charged under them",
    "Positions": "No person is paid above 100%",
    "Forms": "The forms agree with one another and with the Allocation",
    "Spent before": "Money already spent leaves nothing over",
    "Lapses": "No money ends unspent",
    "Budget": "No object class is above what the funder approved",
    "Confirmed": "Nothing rests on a permission that is not confirmed",
    "Entered": "Days are those that were planned with, and nothing was added or cleared",
}
"""What is checked, in the order of the sheet."""


class Place:
    """The row of the sheet in which the next check will stand; formulas go by the columns that say what it is about."""

    def __init__(self, facts: Facts, row: int) -> None:
        self.facts, self.row = facts, row

    def at(self, column: str) -> str:
        """A cell of the row."""
        return f"{column}{self.row}"

    def charged(self, **keys: str) -> str:
        """A sum of the Allocation by the columns that say what the row is about, or by a word."""
        own = {"Award": AWARD, "Line": LINE, "Period": PERIOD}
        parts = [f"{TABLE}[{name}],{key or self.at(own[name])}" for name, key in keys.items()]
        return f"SUMIFS({TABLE}[Amount],{','.join(parts)})"

    def of_award(self, column: str, table: str = "tblAwards") -> str:
        """The sum of a column of some table for the award of the row."""
        return f"SUMIFS({table}[{column}],{table}[Award],{self.at(AWARD)})"
