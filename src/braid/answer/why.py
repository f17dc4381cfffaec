"""Why an award pays a line or not: its determination, and what a plan made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from braid.answer.amounts import Amount
from braid.basics.fiscal import Interval
from braid.judge.determinations import Determination, Status
from braid.law.fields import Frozen
from braid.law.rules import Rule


class Payer(Frozen):
    """Another award, and what it pays of the line: direct cost."""

    award: str
    amount: Amount


class Paid(Frozen):
    """What the award pays in place of the line, for costs of the same days: direct cost, and the line's priority."""

    line: str
    priority: int
    amount: Amount


class Displaced(Frozen):
    """How much less of a priority's need would be met: direct cost and fringe."""

    priority: int
    amount: Amount


class InPlan(Frozen):
    """What a plan made of an award and a line. Amounts are direct cost, unless said otherwise."""

    paid: Amount
    need: Amount
    unmet: Amount
    others: tuple[Payer, ...] = ()
    instead: tuple[Paid, ...] = ()
    """What its money pays for costs of the days on which it may pay the line."""
    more: Amount = Decimal("0.00")
    """How much more of what is unmet it could pay at most, if other lines went without."""
    displaced: tuple[Displaced, ...] = ()
    """What would be met less if it paid that."""
    money: Amount | None = None
    """How much more the award would have to have, so that it paid that and nothing else were met less."""
    without: tuple[str, ...] = ()
    """Requirements of which each, given up, would let it pay more: that much with nothing else met less, where it could
    pay more at all."""
    stops: tuple[str, ...] = ()
    """Where it can pay no more of it: the limits that say so together."""
    told: tuple[str, ...]
    """All this in sentences."""


@dataclass(frozen=True)
class Why:
    """The determination of an award and a line, whose attributes it has, and what the plan made of them.

    ``in_plan`` is worked out when it is first asked for: each claim of what would be otherwise is solved for. It is
    None where there is no plan, or the award may not pay the line.
    """

    determination: Determination
    ask: Callable[[str, str], InPlan | None] | None = None

    @cached_property
    def in_plan(self) -> InPlan | None:
        """What the plan made of it; None where there is no plan, or the award may not pay the line."""
        if self.ask is None or not self.payable:
            return None
        return self.ask(self.line, self.award)

    @property
    def award(self) -> str:
        """The award's id."""
        return self.determination.award

    @property
    def line(self) -> str:
        """The full id of the line."""
        return self.determination.line

    @property
    def status(self) -> Status:
        """``allowable``, ``prior-approval`` or ``unallowable``."""
        return self.determination.status

    @property
    def payable(self) -> tuple[Interval, ...]:
        """The days whose costs it may pay."""
        return self.determination.payable

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that spoke of the line, the deciding ones first."""
        return self.determination.rules

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        return self.determination.reason

    @property
    def change(self) -> str:
        """What would change it; empty where it is allowable."""
        return self.determination.change

    @property
    def unverified(self) -> bool:
        """Whether it rests on a permission that nobody has read in the funder's own words."""
        return self.determination.unverified

    @property
    def cite(self) -> tuple[str, ...]:
        """The citations of the rules that decide it."""
        return self.determination.cite

    def __str__(self) -> str:
        told = self.in_plan.told if self.in_plan is not None else ()
        return "\n".join([str(self.determination), *told])

    __repr__ = __str__
