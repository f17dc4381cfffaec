"""What sheets show a row of each: a need, an installment, in dollars."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.judge.funds import Source
from braid.proposal import Activity
from braid.workbook.charges import NOTHING


@dataclass(frozen=True)
class NeedRow:
    """One need as the workbook carries it, in dollars, with what is paid of it."""

    activity: Activity
    line: str
    category: str
    period: str
    direct: Decimal
    fringe: Decimal
    paid: Decimal
    fringe_rate: Fraction
    cost: Decimal
    """Direct cost before what other payers bring and what is spent already."""
    others: Decimal
    """What other payers bring of it."""
    spent: Decimal
    """What awards were charged for it before the plan."""
    times: Fraction
    """What a cost, or a quantity at its unit cost, is multiplied by: the part of the year, and what it has grown to."""

    @property
    def need(self) -> Decimal:
        """Direct cost and fringe."""
        return self.direct + self.fringe

    @property
    def gap(self) -> Decimal:
        """What no award pays of it."""
        return self.need - self.paid


@dataclass(frozen=True)
class Part:
    """An installment over the days on which it may pay, with what it is charged, in dollars.

    Where only a share of it lives on after its own days, it is two parts: the second begins with what is carried in.
    """

    award: str
    number: int
    first: dt.date
    last: dt.date | None
    """None where it never ends."""
    received: dt.date | None
    """None for the second part of an installment, which brings nothing new."""
    amount: Decimal
    carried_in: Decimal
    may_carry: Decimal
    """What may live on after its last day."""
    before: Decimal
    """What of it was spent before the plan."""
    direct: Decimal
    fringe: Decimal
    indirect: Decimal
    split: bool = False
    """Whether it is one of two."""
    ends: bool = False
    """Whether it ends within the plan."""
    source: Source = ("", "")
    """Where the proposal says what it brings."""
    payer: str = ""
    """Who pays it, where the proposal says so."""

    @property
    def charged(self) -> Decimal:
        """Everything that it is charged."""
        return self.direct + self.fringe + self.indirect

    @property
    def left(self) -> Decimal:
        """What is not charged; never less than nothing for what was spent before the plan alone."""
        left = self.amount + self.carried_in - self.before - self.charged
        return max(left, NOTHING) if self.overspent else left

    @property
    def overspent(self) -> Decimal:
        """What was spent before the plan above what the installment brings."""
        return max(NOTHING, self.before - self.amount) if self.received else NOTHING

    @property
    def lapses(self) -> Decimal:
        """What ends unspent with it."""
        if not self.ends:
            return NOTHING
        return max(self.left - self.may_carry, NOTHING) if self.split and self.received else self.left
