"""What the planner insists on: requirements over many lines, and amounts that are committed."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, Self

from pydantic import Field, model_validator

from braid.law.fields import Flag, Frozen, Id, Money, Text, Words
from braid.law.rules import Bound, Selector


class Requirement(Frozen):
    """At least, or at most, a share or an amount of what is paid goes to the selected lines (C19)."""

    id: Id
    at_least: Bound | None = None
    at_most: Bound | None = None
    of: Literal["spend", "direct", "need"] = "spend"
    """What is counted: direct plus on-costs, direct cost alone, or direct cost and fringe against the need."""
    select: Selector = Selector()
    awards: Words | None = Field(default=None, min_length=1)
    """The awards that are looked at; all of them unless said."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a requirement says `at_least` or `at_most`, one of the two")
        return self

    @property
    def bound(self) -> Fraction | int:
        """The share (Fraction) or amount (whole cents)."""
        return next(bound for bound in (self.at_least, self.at_most) if bound is not None)


class Commitment(Frozen):
    """An amount that an award pays on a line in a period, whatever else is planned (C16)."""

    award: Text
    line: Text
    """The full id, ``activity/line``."""
    period: Text
    amount: Money
    exactly: Flag = False
    """Whether it pays no more than that either: what a person has settled by hand."""
