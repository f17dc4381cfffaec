"""Money the user has or expects: an award with its dates, its money and its own terms. All as written."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from braid.basics.fiscal import Interval, span
from braid.basics.money import show, show_percent
from braid.law.fields import Count, Date, Days, Flag, Frozen, Id, Money, Name, Percent, Text, Words
from braid.law.rules import Base, Rule
from braid.proposal.amounts import BY, ONE, Amounts
from braid.proposal.moneys import (
    ApprovedBudget,
    BudgetPeriod,
    CarryOvers,
    Extension,
    Increment,
    Pledge,
    Receipts,
    Spent,
)


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


class Award(Frozen):
    """Money the user has under a program: an amount and dates, or receipts by fiscal year, and its own terms."""

    id: Id
    program: Text
    edition: Text | None = None
    name: Name | None = None
    agency: Name | None = None
    pass_through: Name | None = None
    fain: Name | None = None
    assistance_listing: Name | None = None
    award_number: Name | None = None
    codes: dict[Name, Name] = Field(default_factory=dict)
    """Free words for the ledger, carried to every sheet."""
    awarded: Date | None = None
    prime_awarded: Date | None = None
    """The date of the prime award, where a pass-through gave this one: rules go by it."""
    start: Date | None = None
    end: Date | None = None
    """The last day."""
    amount: Money | None = None
    opening_balance: Money | None = None
    opening_by_payer: dict[str, Money] | None = None
    """From whom the opening balance came, as far as that is known."""
    payer: Name | None = None
    """Who pays the award, as a settling company, where all of its receipts are from one."""
    receipts: Receipts | None = None
    """What is received by fiscal year, payable for costs from the first day of that year; or by date."""
    budget_periods: tuple[BudgetPeriod, ...] | None = Field(default=None, min_length=1)
    """Each an installment that pays the costs of its own days."""
    carry_over: CarryOvers | None = None
    """What of a budget period lives on to the award's end: nothing, all, or an approved share (C18).

    Where nothing is said, what the program lets live on by itself; nothing where it has no rule on that.
    """
    reserve: Amounts | None = None
    """What is to be left at each period's end, or at those that are named (C17)."""
    status: Literal["awarded", "expected"] = "awarded"
    probability: Percent | None = None
    """How likely money is that is only expected."""
    extension: Extension | None = None
    """A later end, approved or only requested."""
    released: tuple[Increment, ...] | None = Field(default=None, min_length=1)
    """Where the amount is released in parts, those that are: each pays costs from its day on."""
    obligate_by: Date | None = None
    """The last day for orders: later it pays only for what was ordered by then."""
    liquidate_by: Date | None = None
    """The last day on which bills may be paid."""
    interest: Amounts | None = None
    """Interest that joins the award, at once or by fiscal year."""
    spent_before: tuple[Spent, ...] = ()
    """What was charged already: it counts in every bound and is not planned again."""
    payment: Literal["advance", "reimbursement"] | None = None
    """Whether the money is there beforehand, or comes after the costs."""
    lag_days: Days | None = None
    """Days from a claim, at the end of a calendar quarter, to its payment; 30 unless said."""
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
    """Match that comes from outside this plan, or that others paid before it."""
    approved_budget: ApprovedBudget | None = None
    """What the funder approved by object class; it adds up to the award. Or each budget period has its own."""
    indirect: AwardRate | None = None
    voluntary: Flag = False
    """A lower indirect rate was the recipient's own choice."""

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
        if self.released is not None and self.amount is None:
            raise ValueError("`released` are the parts of an `amount`; this award has none")
        if sum(part.amount for part in self.released or ()) > (self.amount or 0):
            told = show(sum(part.amount for part in self.released or ()), "cent")
            raise ValueError(f"the parts released come to {told}, which is more than the amount of the award")
        self._certain()
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"the award ends on {self.end}, before it starts on {self.start}")
        return self

    @model_validator(mode="after")
    def _from_whom(self) -> Self:
        known = sum((self.opening_by_payer or {}).values())
        if known > (self.opening_balance or 0):
            raise ValueError(
                f"`opening_by_payer` adds up to {show(known, 'cent')}, and the opening balance is "
                f"{show(self.opening_balance or 0, 'cent')}"
            )
        return self

    @model_validator(mode="after")
    def _periods(self) -> Self:
        parts = self.budget_periods or ()
        self._ends()
        if self.carry_over not in {None, "none"} and not parts:
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
    def _said_once(self) -> Self:
        if any(term.carry_over is not None for term in self.terms):
            raise ValueError(
                "what an award may carry over is no term of its own; say it as the award's own key, as in "
                "`carry_over: {approved: 50%}`"
            )
        return self

    @model_validator(mode="after")
    def _budget_by_period(self) -> Self:
        given = [str(part.start) for part in self.budget_periods or () if part.approved_budget is not None]
        if given and self.approved_budget is not None:
            raise ValueError(
                f"an approved budget is given for the award and for the budget period that begins on {given[0]}; give "
                "one for the award, or one for each budget period"
            )
        if given and self.interest is not None:
            raise ValueError(
                "`interest` belongs to no budget period, so that an approved budget by budget period cannot hold it; "
                "give one `approved_budget` for the award"
            )
        return self

    @model_validator(mode="after")
    def _budget(self) -> Self:
        if self.approved_budget is None:
            return self
        if (whole := sum(self.approved_budget.values())) != self.principal:
            raise ValueError(
                f"the approved budget adds up to {show(whole, 'cent')}, and the award brings "
                f"{show(self.principal, 'cent')}"
            )
        return self

    @property
    def budgeted(self) -> dict[str, ApprovedBudget]:
        """The approved budgets of single budget periods, by their first days; none where the award has one."""
        return {str(part.start): part.approved_budget for part in self.budget_periods or () if part.approved_budget}

    def approved_on(self, day: int) -> ApprovedBudget | None:
        """The approved budget that stands on a day: the award's, or that of the budget period that began last."""
        if self.approved_budget is not None or not self.budgeted:
            return self.approved_budget
        begun = [part for part in self.budget_periods or () if part.start.toordinal() <= day]
        return begun[-1].approved_budget if begun else None

    @property
    def principal(self) -> int:
        """All that it brings but interest, in cents."""
        return self.cents - (sum(self.interest.values()) if isinstance(self.interest, dict) else self.interest or 0)

    @property
    def cents(self) -> int:
        """All that it brings, interest included, in cents."""
        flows = self.receipts.values() if isinstance(self.receipts, dict) else (r.amount for r in self.receipts or ())
        parts = (part.amount for part in self.budget_periods or ())
        interest = sum(self.interest.values()) if isinstance(self.interest, dict) else self.interest or 0
        return (self.amount or 0) + (self.opening_balance or 0) + sum(flows) + sum(parts) + interest

    def _certain(self) -> None:
        """What is said of money that is only expected, and of money that is there beforehand, fits it."""
        if self.probability is not None and self.status != "expected":
            raise ValueError("`probability` is of money that is only expected; say `status: expected`")
        if self.probability is not None and self.probability > 1:
            raise ValueError(f"it is held to be {show_percent(self.probability)} likely; write 100% or less")
        if self.status == "expected" and self.spent_before:
            raise ValueError("money that is only expected cannot have been spent; leave out `spent_before`")
        if self.status == "expected" and self.released is not None:
            raise ValueError("money that is only expected has no part that is released; leave out `released`")
        if self.lag_days is not None and self.payment == "advance":
            raise ValueError("`lag_days` is of an award that pays back; this one says `payment: advance`")

    def _ends(self) -> None:
        """The days after which something may no longer be done come in their order."""
        own = self.last
        later = None if self.extension is None else self.extension.approved or self.extension.requested
        if self.extension is not None and own is None:
            raise ValueError("an `extension` is of an award that ends; this one has no `end`")
        if later is not None and own is not None and later <= own:
            raise ValueError(f"the extension to {later} is no later than the award's end, {own}")
        ended = own if self.extension is None else self.extension.approved or own
        if self.liquidate_by is not None and ended is not None and self.liquidate_by < ended:
            raise ValueError(f"bills are to be paid by {self.liquidate_by}, before the award ends on {ended}")
        if self.awarded is not None and ended is not None and self.awarded > ended:
            raise ValueError(f"it was awarded on {self.awarded}, after it ends on {ended}")
        self._ordered(ended)

    def _ordered(self, ended: dt.date | None) -> None:
        """The last day for orders lies within the award's days, and after each part of its money may be used."""
        last = self.obligate_by
        if last is None:
            return
        if ended is not None and last > ended:
            raise ValueError(f"it is to be obligated by {last}, after it ends on {ended}")
        dated = () if isinstance(self.receipts, dict) else self.receipts or ()
        firsts = [
            (self.start, "the award starts"),
            *((part.start, "a budget period starts") for part in self.budget_periods or ()),
            *((part.date, "a part of it is released") for part in self.released or ()),
            *((receipt.first, "a receipt may be used") for receipt in dated),
        ]
        for first, what in firsts:
            if first is not None and first > last:
                raise ValueError(f"it is to be obligated by {last}, before {what}, on {first}")

    @property
    def first(self) -> dt.date | None:
        """The first day; None where it says none."""
        return self.start or (self.budget_periods[0].start if self.budget_periods else None)

    @property
    def last(self) -> dt.date | None:
        """The last day without any extension; None where it does not end."""
        return self.end or (self.budget_periods[-1].end if self.budget_periods else None)

    @property
    def days(self) -> Interval:
        """The days in which its costs may be incurred, with an extension that is approved."""
        extended = None if self.extension is None else self.extension.approved
        return span(self.first, extended or self.last)

    @property
    def label(self) -> str:
        """Its name, or its id where it has none."""
        return self.name or self.id
