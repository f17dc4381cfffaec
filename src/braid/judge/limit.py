"""The nouns of what bounds a sum: a cell that may be paid, and a limit with its scope, its bound and its sentence.

No coefficient stands here: what a charge counts for is worked out by the engine and by the checks, each for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from braid.basics.fiscal import Interval
from braid.law.rules import Rule, Selector

LimitKind = Literal[
    "need", "window", "limit", "portion", "award", "cash", "installment", "carried", "cap", "floor", "reserve",
    "match", "transfer", "float", "share", "payer", "effort", "minimum", "essential", "units", "must", "require",
    "committed",
]  # fmt: skip
REQUIREMENTS = {"must", "minimum", "require", "committed", "reserve"}
"""What the planner insists on: a conflict can come only from these."""
MONEY = {"award", "cash", "installment", "carried", "reserve"}
"""Bounds on all that an award is charged."""


@dataclass(frozen=True)
class Cell:
    """One payable combination: a pot of an award may pay a line in a period on the days of one piece of its window."""

    award: str
    line: str
    index: int
    days: Interval
    pot: int = 0
    beyond: bool = False
    """Whether it is what an agreement is paid beyond the part that counts in the base of indirect cost."""


@dataclass(frozen=True)
class Limit:
    """A bound on the sum of what some allocations count for.

    The scope: ``awards`` (None for all), ``installments`` of the one award, ``line`` and ``index`` (the period),
    ``lines`` (of an activity), ``days`` (only allocations whose window lies within), ``pro_rata`` (each allocation by
    the part of its days that lies within), ``through`` (this and all earlier periods), ``select``. The bound:
    ``bound`` units or, with ``share``, that share of the same awards' total (``of`` spend or direct). Where the kind is
    a choice (``payer``, ``minimum``, ``essential``, ``units``, ``share``, ``effort``), ``match``, ``transfer`` or
    ``float``, what it holds is said by the kind.
    """

    id: str
    kind: LimitKind
    bound: int
    sentence: str
    awards: frozenset[str] | None = None
    installments: frozenset[int] | None = None
    line: str | None = None
    lines: frozenset[str] | None = None
    index: int | None = None
    through: bool = False
    days: Interval | None = None
    pro_rata: Interval | None = None
    by_day: int | None = None
    """For ``float``: the last day of the quarter."""
    step: Fraction | None = None
    """For ``effort``: what one step of the person's time comes to, in units."""
    before: int = 0
    """For ``effort``: what the award has paid the person in the period already."""
    beside: frozenset[str] | None = None
    """For ``effort``: the awards that may pay the person on some of the same days."""
    select: Selector | None = None
    share: Fraction | None = None
    of: str | None = None
    include_indirect: bool = False
    at_least: bool = False
    rule: Rule | None = field(default=None, compare=False)

    @property
    def award(self) -> str:
        """The one award that it bounds. Raises ValueError where it bounds several."""
        (award,) = self.awards or frozenset()
        return award

    @property
    def key(self) -> tuple[str, int]:
        """The line and period of a limit on one need. Raises ValueError for the others."""
        if self.line is None or self.index is None:
            raise ValueError(f"{self.id} bounds no single need")
        return self.line, self.index

    @property
    def of_need(self) -> bool:
        """Whether it bounds direct cost on one line in one period."""
        return self.kind in {"need", "window", "limit", "portion", "committed"}

    @property
    def required(self) -> bool:
        """Whether the planner insists on it."""
        return self.kind in REQUIREMENTS

    def part_of(self, days: Interval) -> Fraction:
        """The part of an allocation with these days that it counts (C6)."""
        if self.pro_rata is None or not days.days:
            return Fraction(1)
        return Fraction(days.meet(self.pro_rata).days, days.days)

    def in_time(self, index: int) -> bool:
        """Whether it looks at a period."""
        if self.index is None:
            return True
        return index <= self.index if self.through else index == self.index
