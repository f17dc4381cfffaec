"""Money the user has: an award with its dates, its installments and its own terms. All as written."""

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
    field_validator,
    model_validator,
)

from braid.basics.fiscal import Interval, months_later, parse_date, span
from braid.basics.money import show
from braid.law.fields import Count, Date, Flag, Frozen, Id, Money, Percent, Text, Words, reader
from braid.law.rules import Base, Rule
from braid.proposal.amounts import BY, ONE, Amounts, Category

MOST_MONTHS = 600
LAST_YEAR = 9000
_MONTHS = re.compile(r"(?P<count>[0-9]{1,6}) +months?", re.ASCII)


class IndirectRate(Frozen):
    """A rate of indirect cost and the base that it applies to."""

    rate: Percent
    base: Base = "mtdc"
    kind: Literal["negotiated", "de-minimis", "none"] = "negotiated"


def _rate_form(value: Any) -> str:
    by_year = isinstance(value, dict) and value and all(str(key).startswith("FY") for key in value)  # type: ignore[union-attr]
    return BY if by_year else ONE


IndirectRates = Annotated[
    Annotated[IndirectRate, Tag(ONE)] | Annotated[dict[str, IndirectRate], Tag(BY)], Discriminator(_rate_form)
]


class AwardRate(Frozen):
    """The rate of indirect cost that one award pays, where it is not the recipient's own."""

    rate: Percent
    base: Base | None = None


class BudgetPeriod(Frozen):
    """One budget period of an award: what it brings, and the days whose costs it pays."""

    start: Date
    end: Date
    """The last day."""
    amount: Money

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"the budget period ends on {self.end}, before it starts on {self.start}")
        return self

    @property
    def days(self) -> Interval:
        """The days whose costs it pays."""
        return span(self.start, self.end)


class CarryOver(Frozen):
    """The share of each budget period's money that the funder lets live on to the award's end (C18)."""

    approved: Percent


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
    """The last day whose costs it may pay; the award's end, or never, unless said."""
    met_by: Literal["spent"] = "spent"

    @field_validator("met_by", mode="before")
    @classmethod
    def _spent(cls, value: Any) -> Any:
        if value == "encumbered":
            raise ValueError("money only encumbered by `use_by` cannot be planned in this version; say `spent`")
        return value

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.date.year > LAST_YEAR:
            raise ValueError(f"{self.date} lies after the year {LAST_YEAR}")
        if self.last is not None and self.last < self.first:
            raise ValueError(f"it is to be used by {self.last}, before it may be used from {self.first}")
        return self

    @property
    def first(self) -> dt.date:
        """The first day whose costs it may pay."""
        return self.authorized or self.date

    @property
    def last(self) -> dt.date | None:
        """The last day whose costs it may pay; None where it never ends by itself."""
        if isinstance(self.use_by, int):
            return months_later(self.date, self.use_by) - dt.timedelta(days=1)
        return self.use_by


def _receipts_form(value: Any) -> str:
    return BY if isinstance(value, dict) else DATED


DATED = "‹by date›"
Receipts = Annotated[
    Annotated[dict[str, Money], Tag(BY)] | Annotated[tuple[Receipt, ...], Tag(DATED)], Discriminator(_receipts_form)
]


def _carry_form(value: Any) -> str:
    return BY if isinstance(value, CarryOver) or (isinstance(value, dict) and "requested" not in value) else ONE


def _carry_word(value: Any) -> Any:
    if value == "requested" or isinstance(value, dict):
        raise ValueError("carry-over that is only requested cannot be planned in this version; leave it out")
    if not isinstance(value, str) or value not in {"none", "approved"}:
        shape = "a list" if isinstance(value, list) else f"«{value}»"
        raise ValueError(f"{shape} was found; write none, approved, or the share approved, as in {{approved: 25%}}")
    return value


CarryOvers = Annotated[
    Annotated[Literal["none", "approved"], BeforeValidator(_carry_word), Tag(ONE)] | Annotated[CarryOver, Tag(BY)],
    Discriminator(_carry_form),
]


class Pledge(Frozen):
    """Match that somebody else promises: its kind, its amount, how it was valued and where that is on file."""

    kind: Literal["cash", "in-kind", "volunteer", "space", "equipment", "unrecovered-indirect"]
    amount: Money
    giver: Text = Field(alias="from")
    valuation: Text | None = None
    """How the amount was worked out (2 CFR 200.306(d) to (j)); cash needs none."""
    document: Text
    """Where the promise, or the funder's approval of it, is on file."""

    @model_validator(mode="after")
    def _valued(self) -> Self:
        if self.kind != "cash" and self.valuation is None:
            raise ValueError(f"a pledge of the kind {self.kind} needs a `valuation`: how the amount was worked out")
        return self


ApprovedBudget = dict[Category | Literal["indirect"], Money]
"""By object class, and indirect, what the funder approved."""


class Award(Frozen):
    """Money the user has under a program: an amount and dates, or receipts by fiscal year, and its own terms."""

    id: Id
    program: Text
    edition: Text | None = None
    name: Text | None = None
    agency: Text | None = None
    pass_through: Text | None = None
    fain: Text | None = None
    assistance_listing: Text | None = None
    award_number: Text | None = None
    codes: dict[str, Text] = Field(default_factory=dict)
    """Free words for the ledger, carried to every sheet."""
    awarded: Date | None = None
    prime_awarded: Date | None = None
    """The date of the prime award, where a pass-through gave this one: rules go by it."""
    start: Date | None = None
    end: Date | None = None
    """The last day."""
    amount: Money | None = None
    opening_balance: Money | None = None
    receipts: Receipts | None = None
    """What is received by fiscal year, payable for costs from the first day of that year; or by date."""
    budget_periods: tuple[BudgetPeriod, ...] | None = Field(default=None, min_length=1)
    """Each an installment that pays the costs of its own days."""
    carry_over: CarryOvers = "none"
    """What of a budget period lives on to the award's end: nothing, all, or an approved share (C18)."""
    reserve: Amounts | None = None
    """What is to be left at each period's end, or at those that are named (C17)."""
    status: Literal["awarded"] = "awarded"
    scope: Words | None = None
    """Uses or activities that the funder approved; a line outside needs prior approval."""
    approvals: dict[str, Text] = Field(default_factory=dict)
    """Rule id (or ``scope``) and a note of where the approval is on file."""
    exceptions: dict[str, Text] = Field(default_factory=dict)
    """Rule id and a note of where the funder's exception is on file."""
    terms: tuple[Rule, ...] = ()
    amended_to: Text | None = None
    """The later edition of its terms that the award was amended to."""
    award_year: Count = 1
    """Which year of the award its first day here begins: match may differ by year."""
    match_pledged: tuple[Pledge, ...] = ()
    """Match that comes from outside this plan."""
    approved_budget: ApprovedBudget | None = None
    """What the funder approved by object class; it adds up to the award."""
    indirect: AwardRate | None = None
    voluntary: Flag = False
    """A lower indirect rate was the recipient's own choice."""

    @field_validator("status", mode="before")
    @classmethod
    def _awarded(cls, value: Any) -> Any:
        if value == "expected":
            raise ValueError("money that is only expected cannot be planned in this version; leave the award out")
        return value

    @field_validator("receipts", mode="before")
    @classmethod
    def _by_year_or_date(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError(
                f'«{value}» was found; give the amount of each fiscal year, as in {{FY2027: "386,971"}}, '
                "or a list of receipts by date"
            )
        return value

    @model_validator(mode="after")
    def _money(self) -> Self:
        flows = self.opening_balance is not None or self.receipts is not None
        sources = [self.amount is not None, flows, self.budget_periods is not None]
        if sum(sources) > 1:
            raise ValueError(
                "an award has an `amount` with dates, or `budget_periods`, or an `opening_balance` and `receipts`; "
                "only one of the three"
            )
        if not any(sources):
            raise ValueError(
                "the award has no money: give `amount`, `start` and `end`, or `budget_periods`, or `opening_balance` "
                "or `receipts`"
            )
        if self.amount is not None and (self.start is None or self.end is None):
            raise ValueError("an award with an `amount` needs `start` and `end`")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"the award ends on {self.end}, before it starts on {self.start}")
        return self

    @model_validator(mode="after")
    def _periods(self) -> Self:
        parts = self.budget_periods or ()
        if self.carry_over != "none" and not parts:
            raise ValueError("`carry_over` is of `budget_periods`; this award has none")
        for i, part in enumerate(parts):
            if i and part.start <= parts[i - 1].end:
                raise ValueError(
                    f"budget period {i + 1} begins on {part.start}; it must begin after the one above it, which ends "
                    f"on {parts[i - 1].end}"
                )
            if not part.days.within(self.days):
                raise ValueError(f"budget period {i + 1} ({part.start} to {part.end}) lies outside the award's dates")
        return self

    @model_validator(mode="after")
    def _budget(self) -> Self:
        if self.approved_budget is None:
            return self
        if (whole := sum(self.approved_budget.values())) != self.cents:
            raise ValueError(
                f"the approved budget adds up to {show(whole, 'cent')}, and the award brings {show(self.cents, 'cent')}"
            )
        return self

    @property
    def cents(self) -> int:
        """All that it brings, in cents."""
        flows = self.receipts.values() if isinstance(self.receipts, dict) else (r.amount for r in self.receipts or ())
        parts = (part.amount for part in self.budget_periods or ())
        return (self.amount or 0) + (self.opening_balance or 0) + sum(flows) + sum(parts)

    @property
    def days(self) -> Interval:
        """The days in which its costs may be incurred."""
        parts = self.budget_periods
        start = self.start or (parts[0].start if parts else None)
        return span(start, self.end or (parts[-1].end if parts else None))

    @property
    def label(self) -> str:
        """Its name, or its id where it has none."""
        return self.name or self.id
