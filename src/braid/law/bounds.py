"""How far a program pays: caps, floors, ceilings, shares, rates, match, moves between classes, time, carry-over."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from braid.basics.money import amount_text, parse_money, parse_percent, show_percent
from braid.law.fields import Count, Flag, Frozen, Money, Percent, Text, Words, known_word, reader
from braid.law.selecting import Selector

Base = Literal["mtdc", "direct", "salaries", "salaries-and-fringe", "none"]


def parse_bound(value: str) -> Fraction | int:
    """Read a share or an amount."""
    ambiguous = value.strip().startswith(("0.", "."))
    return parse_percent(value) if ambiguous or value.strip().endswith("%") else parse_money(value)


def bound_text(value: Fraction | int) -> str:
    """A share or an amount as it is written."""
    return "$" + amount_text(value, "cent") if isinstance(value, int) else show_percent(value)


Bound = Annotated[
    Fraction | int,
    reader(parse_bound, Fraction, int),
    PlainSerializer(bound_text, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["5%", "150,000"]}),
]
"""A share (Fraction) or an amount (whole cents)."""


Per = Literal["award", "budget_period", "period", "calendar_year", "program"]


class _Share(Frozen):
    of: Literal["award", "received", "spend", "direct"] | None = None
    """What a percentage is of."""
    per: Per = "award"
    """Over what it is added up; ``program``: all awards of one program together."""
    select: Selector = Selector()

    def _judge(self, bound: Fraction | int) -> None:
        if isinstance(bound, Fraction) and self.of is None:
            raise ValueError("a percentage needs `of:`, one of award, received, spend, direct")
        if isinstance(bound, Fraction) and bound > 1:
            raise ValueError(f"{show_percent(bound)} is more than the whole; write 100% or less")
        if isinstance(bound, int) and self.of is not None:
            raise ValueError("an amount takes no `of:`; it belongs to a percentage")
        if self.of == "award" and self.per in {"period", "calendar_year"}:  # C6
            raise ValueError(
                f"`of: award` with `per: {self.per}` has no meaning; say `budget_period`, or `of: received`"
            )
        if self.of == "received" and self.per == "budget_period":
            raise ValueError("`of: received` with `per: budget_period` has no meaning; say `of: award`")


class Cap(_Share):
    """At most a share or an amount of what the selected lines charge."""

    at_most: Bound
    include_indirect: Flag = False
    """Whether all indirect that the award is charged counts (C3)."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        self._judge(self.at_most)
        return self

    @property
    def bound(self) -> Fraction | int:
        """The share or the amount."""
        return self.at_most


class Floor(_Share):
    """At least a share or an amount on the selected lines."""

    at_least: Bound

    @model_validator(mode="after")
    def _whole(self) -> Self:
        self._judge(self.at_least)
        return self

    @property
    def bound(self) -> Fraction | int:
        """The share or the amount."""
        return self.at_least

    @property
    def include_indirect(self) -> bool:
        """Never: what a floor counts draws its own indirect (C4, C5)."""
        return False


class Ceiling(Frozen):
    """A ceiling per unit, such as $750 per patient-year or a salary per FTE-year (C13)."""

    at_most: Money
    unit: Annotated[Text, AfterValidator(known_word)]
    per: Literal["year", "each"] = "each"
    select: Selector = Selector()
    excess: Literal["any", "non-federal", "none"] = "any"


class Portion(Frozen):
    """An award pays at most the documented share of a line, such as the part that concerns opioids."""

    share: Text | None = None
    """Which of the line's documented shares is meant, where it gives several by name."""
    select: Selector = Selector()


class IndirectRule(Frozen):
    """What a program pays of indirect cost, on which base, and whether statute, regulation or only policy says so."""

    rate: Percent | None = None
    base: Base | None = None
    authority: Literal["statute", "regulation", "policy"] = "policy"
    kind: Literal["de-minimis"] | None = None
    """Speaks only where the recipient's own rate is of this kind."""
    subawards_first: Money | None = None
    """Of each subaward agreement the base counts only this much, over its whole life (2 CFR 200.1)."""
    equipment_from: Money | None = None
    """The unit cost from which a thing is equipment (2 CFR 200.1)."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if all(value is None for value in (self.rate, self.base, self.subawards_first, self.equipment_from)):
            raise ValueError("say something of `rate`, `base`, `subawards_first` or `equipment_from`")
        return self


NON_FEDERAL = ("settlement", "foundation", "state", "local", "other")


class Match(Frozen):
    """Other money that must stand beside an award's, by the year of the award if need be.

    >>> dfc = Match(required=Fraction(1), by_year={7: Fraction(5, 4)})
    >>> dfc.ratio(1), dfc.ratio(7), Match(share=Fraction(1, 4)).ratio(1)
    (Fraction(1, 1), Fraction(5, 4), Fraction(1, 3))
    """

    required: Percent | None = None
    """Other dollars for each dollar of the award."""
    share: Percent | None = None
    """The share of the whole project cost, the award and the match together, that is other money."""
    by_year: dict[Count, Percent] = Field(default_factory=dict[int, Fraction])
    """What is required in single years of the award, in place of ``required``."""
    serves: Words = Field(default=NON_FEDERAL, alias="from")
    """Kinds of programs, or programs by id, whose money may serve; a federal one only by its id."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.required is None) == (self.share is None):
            raise ValueError("give `required` (for each dollar of the award) or `share` (of the whole cost)")
        if self.share is not None and (self.share >= 1 or self.by_year):
            told = "`by_year` goes with `required`" if self.by_year else "a `share` lies below 100%"
            raise ValueError(told)
        if "federal" in self.serves:
            raise ValueError("another federal award serves as match only where its program is named by its id")
        return self

    def ratio(self, year: int) -> Fraction:
        """Other dollars for each dollar of the award in the year of the award with this number."""
        if self.share is not None:
            return self.share / (1 - self.share)
        return self.by_year.get(year, self.required or Fraction(0))


class Transfer(Frozen):
    """How far charges by object class may exceed the approved budget without prior approval.

    >>> Transfer(at_most="25%", per="budget_period").per
    'budget_period'
    """

    at_most: Bound
    """A share of the money that it is counted over, or an amount, over all classes together."""
    per: Literal["award", "budget_period"] = "award"
    """Over what it is counted: the award, or each budget period whose approved budget is given (C6)."""
    and_at_most: Money | None = None
    """An amount that bounds it as well: the lesser of the two holds."""
    awards_above: Money | None = None
    """Speaks only where the award brings more than this."""
    new_class: Literal["approval"] | None = None
    """A class that the budget does not have needs prior approval."""


class UseWithin(Frozen):
    """Money pays only costs of so many months after it was received."""

    months: Count
    met_by: Literal["spent", "encumbered"] = "spent"
    """What must have happened by then: the cost has arisen, or what causes it is ordered."""
    select: Selector = Selector()


class Carried(Frozen):
    """What is left of a budget period and may pay later costs without the funder's approval."""

    at_most: Percent
    """The share of ``of`` that lives on."""
    of: Literal["budget_period", "next_budget_period"] = "budget_period"
    """Of which budget period's money: of the one that ends, or of the one that follows it."""
    until: Literal["award", "next_budget_period"] = "award"
    """To when it lives on: to the award's end, or to that of the budget period that follows."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.at_most > 1:
            raise ValueError(f"{show_percent(self.at_most)} is more than the whole; write 100% or less")
        return self
