"""What an award's money comes in: budget periods, receipts, increments, pledges, and what of it is spent already."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
    model_validator,
)

from braid.basics.fiscal import Interval, months_later, parse_date, span
from braid.basics.money import show
from braid.law.fields import Date, Frozen, Money, Name, Percent, Text, reader
from braid.proposal.amounts import BY, ONE, Category

MOST_MONTHS = 600
LAST_YEAR = 9000
_MONTHS = re.compile(r"(?P<count>[0-9]{1,6}) +months?", re.ASCII)


ApprovedBudget = dict[Literal[Category, "indirect"], Money]
"""By object class, and indirect, what the funder approved."""


class BudgetPeriod(Frozen):
    """One budget period of an award: what it brings, and the days whose costs it pays."""

    start: Date
    end: Date
    """The last day."""
    amount: Money
    approved_budget: ApprovedBudget | None = None
    """What the funder approved for it by object class; it adds up to its amount."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"the budget period ends on {self.end}, before it starts on {self.start}")
        return self

    @model_validator(mode="after")
    def _budget(self) -> Self:
        whole = None if self.approved_budget is None else sum(self.approved_budget.values())
        if whole is not None and whole != self.amount:
            raise ValueError(
                f"the approved budget adds up to {show(whole, 'cent')}, and the budget period brings "
                f"{show(self.amount, 'cent')}"
            )
        return self

    @property
    def days(self) -> Interval:
        """The days whose costs it pays."""
        return span(self.start, self.end)


class CarryOver(Frozen):
    """The share of each budget period's money that lives on to the award's end, or that was only asked for (C18)."""

    approved: Percent | None = None
    requested: Percent | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.approved is None) == (self.requested is None):
            raise ValueError("say which share is `approved`, or which is only `requested`; one of the two")
        return self


def _use_by(value: str) -> dt.date | int:
    match = _MONTHS.fullmatch(value.strip())
    if match and 1 <= int(match["count"]) <= MOST_MONTHS:
        return int(match["count"])
    if match:
        raise ValueError(f"«{value}» is out of reach; write 1 to {MOST_MONTHS} months, or a date")
    try:
        return parse_date(value)
    except ValueError:
        raise ValueError(f"«{value}» is neither a date nor a time such as 18 months") from None


UseBy = Annotated[
    dt.date | int,
    reader(_use_by, dt.date, int),
    PlainSerializer(lambda value: f"{value} months" if isinstance(value, int) else str(value), return_type=str),
    WithJsonSchema({"type": "string", "examples": ["18 months", "2028-06-30"]}),
]
"""A last day, or a number of months after the receipt."""


class Receipt(Frozen):
    """One payment of an award: when it is received, and the days whose costs it may pay."""

    date: Date
    amount: Money
    authorized: Date | None = None
    """The first day whose costs it may pay; the day of the receipt unless said."""
    use_by: UseBy | None = None
    """The day by which it is to be used; the award's end, or never, unless said."""
    payer: Name | None = None
    """Who pays it, as a settling company; the award's own payer unless said."""
    met_by: Literal["spent", "encumbered"] = "spent"
    """What is to have happened by then: the costs have arisen, or what causes them is ordered."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.date.year > LAST_YEAR:
            raise ValueError(f"{self.date} lies after the year {LAST_YEAR}")
        if self.due is not None and self.due < self.first:
            raise ValueError(f"it is to be used by {self.due}, before it may be used from {self.first}")
        if self.met_by == "encumbered" and self.due is None:
            raise ValueError("`met_by: encumbered` says what is done by a last day; give that day as `use_by`")
        return self

    @property
    def first(self) -> dt.date:
        """The first day whose costs it may pay."""
        return self.authorized or self.date

    @property
    def due(self) -> dt.date | None:
        """The day by which it is to be used; None where there is none."""
        if isinstance(self.use_by, int):
            return months_later(self.date, self.use_by) - dt.timedelta(days=1)
        return self.use_by

    @property
    def last(self) -> dt.date | None:
        """The last day whose costs it may pay; None where it never ends by itself."""
        return self.due if self.met_by == "spent" else None

    @property
    def order_by(self) -> dt.date | None:
        """The last day for orders, after which it pays only for what was ordered by then; None where there is none."""
        return self.due if self.met_by == "encumbered" else None


def _receipts_form(value: Any) -> str:
    return BY if isinstance(value, dict) else DATED


DATED = "‹by date›"
Receipts = Annotated[
    Annotated[dict[str, Money], Tag(BY)] | Annotated[tuple[Receipt, ...], Tag(DATED)], Discriminator(_receipts_form)
]


def _carry_form(value: Any) -> str:
    return BY if isinstance(value, CarryOver | dict) else ONE


def _carry_word(value: Any) -> Any:
    if not isinstance(value, str) or value not in {"none", "approved", "requested"}:
        shape = "a list" if isinstance(value, list) else f"«{value}»"
        raise ValueError(
            f"{shape} was found; write none, approved, requested, or the share of it, as in {{approved: 25%}}"
        )
    return value


CarryOvers = Annotated[
    Annotated[Literal["none", "approved", "requested"], BeforeValidator(_carry_word), Tag(ONE)]
    | Annotated[CarryOver, Tag(BY)],
    Discriminator(_carry_form),
]


class Extension(Frozen):
    """A later end of an award: granted by the funder, or only asked for."""

    approved: Date | None = None
    requested: Date | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.approved is None) == (self.requested is None):
            raise ValueError("say to which day it is `approved`, or to which it is only `requested`; one of the two")
        return self


class Increment(Frozen):
    """A part of an award that the funder has released, and the first day whose costs it pays."""

    date: Date
    amount: Money


class Spent(Frozen):
    """What an award was charged already: on a line, or of a kind."""

    amount: Money
    line: Text | None = None
    category: Literal[Category, "indirect"] | None = None
    period: Text | None = None
    function: Text = "service"
    item: Text | None = None
    subaward: Text | None = None

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if (self.line is None) == (self.category is None):
            raise ValueError("name the `line` that it was spent on, or its `category`; one of the two")
        return self


class Pledge(Frozen):
    """Match that somebody else promises: its kind, its amount, how it was valued and where that is on file."""

    kind: Literal["cash", "in-kind", "volunteer", "space", "equipment", "unrecovered-indirect"]
    amount: Money
    giver: Name = Field(alias="from")
    valuation: Text | None = None
    """How the amount was worked out (2 CFR 200.306(d) to (j)); cash needs none."""
    document: Text
    """Where the promise, or the funder's approval of it, is on file."""

    @model_validator(mode="after")
    def _valued(self) -> Self:
        if self.kind != "cash" and self.valuation is None:
            raise ValueError(f"a pledge of the kind {self.kind} needs a `valuation`: how the amount was worked out")
        return self
