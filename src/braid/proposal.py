"""The user's nouns: a proposal, its awards, its activities and their cost lines. All frozen, all as written.

What a proposal *means* in whole units (needs, installments, determinations, limits) is worked out in ``judge``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from braid.basics.fiscal import FiscalCalendar, Interval, Period, span
from braid.basics.money import round_half_up
from braid.law.fields import Count, Date, Flag, Frozen, Id, Money, Number, Percent, Text, Words, Year
from braid.law.rules import Base, Rule, Traits

ONE, BY = "‹one›", "‹by period›"
PLANNED_GOALS = ("fund", "sooner", "expiring-first", "restricted-first")
OTHER_GOALS = ("tidy", "outcomes", "fairness", "stay-close")
Category = Literal["personnel", "fringe", "travel", "equipment", "supplies", "contractual", "construction", "other"]


def _form(value: Any) -> str:
    return BY if isinstance(value, dict) else ONE


Amounts = Annotated[Annotated[Money, Tag(ONE)] | Annotated[dict[str, Money], Tag(BY)], Discriminator(_form)]
"""One amount, or one by period."""
Numbers = Annotated[Annotated[Number, Tag(ONE)] | Annotated[dict[str, Number], Tag(BY)], Discriminator(_form)]
"""One count, or one by period."""


class Jurisdiction(Frozen):
    """Whose plan it is."""

    name: Text
    state: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    """The two capital letters of the State: settlement editions go by it."""
    kind: Literal["county", "city", "state", "tribe", "region", "nonprofit"] = "county"


class Calendar(Frozen):
    """The fiscal years that are planned, by the years in which they end."""

    fiscal_year_starts: Annotated[str, Field(pattern="^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$")] = "07-01"
    first: Year
    last: Year
    step: Literal["year", "quarter"] = "year"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"the last fiscal year, FY{self.last}, comes before the first, FY{self.first}")
        if self.last - self.first > 30:
            raise ValueError("a plan spans at most 31 fiscal years")
        return self


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
    receipts: dict[str, Money] | None = None
    """What is received by fiscal year, payable for costs from the first day of that year."""
    status: Literal["awarded"] = "awarded"
    scope: Words | None = None
    """Uses or activities that the funder approved; a line outside needs prior approval."""
    approvals: dict[str, Text] = Field(default_factory=dict)
    """Rule id (or ``scope``) and a note of where the approval is on file."""
    exceptions: dict[str, Text] = Field(default_factory=dict)
    """Rule id and a note of where the funder's exception is on file."""
    terms: tuple[Rule, ...] = ()
    indirect: AwardRate | None = None
    voluntary: Flag = False
    """A lower indirect rate was the recipient's own choice."""

    @field_validator("status", mode="before")
    @classmethod
    def _awarded(cls, value: Any) -> Any:
        if value == "expected":
            raise ValueError("money that is only expected cannot be planned in this version; leave the award out")
        return value

    @model_validator(mode="after")
    def _money(self) -> Self:
        flows = self.opening_balance is not None or self.receipts is not None
        if self.amount is not None and flows:
            raise ValueError("an award has an `amount` with dates, or an `opening_balance` and `receipts`, not both")
        if self.amount is None and not flows:
            raise ValueError(
                "the award has no money: give `amount`, `start` and `end`, or `opening_balance` or `receipts`"
            )
        if self.amount is not None and (self.start is None or self.end is None):
            raise ValueError("an award with an `amount` needs `start` and `end`")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"the award ends on {self.end}, before it starts on {self.start}")
        return self

    @property
    def days(self) -> Interval:
        """The days in which its costs may be incurred."""
        return span(self.start, self.end)

    @property
    def label(self) -> str:
        """Its name, or its id where it has none."""
        return self.name or self.id


class Line(Frozen):
    """One cost of an activity: an amount by period, or a quantity at a unit cost."""

    id: Id
    category: Category
    item: Annotated[str, Field(min_length=1)] | None = None
    name: Text | None = None
    amount: Amounts | None = None
    quantity: Numbers | None = None
    unit: Text | None = None
    unit_cost: Amounts | None = None
    fringe: Percent | None = None
    function: Text = "service"
    timing: Literal["evenly", "once"] = "evenly"
    start: Date | None = None
    end: Date | None = None
    only: Words | None = None
    """The only awards that may pay it."""
    never: Words = ()
    """Awards that may not pay it."""
    uses: Words | None = None
    place: Words | None = None
    payee: Text | None = None
    population: Words | None = None
    setting: Words | None = None
    codes: dict[str, Text] = Field(default_factory=dict)
    narrative: Text | None = None

    @model_validator(mode="after")
    def _costed(self) -> Self:
        product = self.quantity is not None and self.unit_cost is not None
        if self.amount is None and not product:
            raise ValueError("the line has no cost: give `amount`, or `quantity`, `unit` and `unit_cost`")
        if self.amount is not None and self.unit_cost is not None:
            raise ValueError("give `amount`, or `quantity` and `unit_cost`, not both")
        if self.quantity is not None and self.unit is None:
            raise ValueError("a `quantity` needs its `unit`, such as FTE, kit or patient")
        if self.fringe is not None and self.category != "personnel":
            raise ValueError(f"`fringe` follows pay; this line is {self.category}, not personnel")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"the line ends on {self.end}, before it starts on {self.start}")
        return self


class Activity(Frozen):
    """Something proposed, with its uses, its place in the order of priority, and its cost lines."""

    id: Id
    name: Text | None = None
    uses: Words = Field(min_length=1)
    priority: Count = 1
    weight: Count = 1
    place: Words = ()
    payee: Text = "government"
    population: Words = ()
    setting: Words = ()
    start: Date | None = None
    end: Date | None = None
    narrative: Text | None = None
    lines: tuple[Line, ...] = Field(min_length=1)

    @property
    def label(self) -> str:
        """Its name, or its id where it has none."""
        return self.name or self.id


@dataclass(frozen=True)
class Cost:
    """A line together with its activity: its full id, what rules see of it, its days, and its cost by period."""

    id: str
    activity: Activity
    line: Line
    traits: Traits
    days: Interval
    cents: Mapping[str, int]
    """Direct cost by period, in cents, without fringe."""
    quantity: Mapping[str, Fraction]
    """Units by period, where the line counts them."""

    @property
    def fringe(self) -> Fraction:
        """The fringe rate on its pay; zero for all but personnel."""
        return self.line.fringe or Fraction(0)


class Proposal(Frozen):
    """What is planned: the calendar, the awards, the activities and their lines, and the goals in order.

    Made by ``braid.read``. ``proposal.award("sor")`` and ``proposal.cost("act/line")`` find a part by its id.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    braid: Literal["1"]
    name: Text
    jurisdiction: Jurisdiction
    calendar: Calendar
    unit: Literal["dollar", "cent"] = "dollar"
    """Budgets and ordinances are in whole dollars; needs go to the nearest unit, bounds down."""
    indirect: IndirectRates | None = None
    awards: tuple[Award, ...] = Field(min_length=1)
    activities: tuple[Activity, ...] = Field(min_length=1)
    goals: tuple[str, ...] = PLANNED_GOALS

    @field_validator("goals", mode="before")
    @classmethod
    def _planned(cls, value: Any) -> Any:
        goals = tuple(value) if isinstance(value, list) else value  # type: ignore[arg-type]
        if not isinstance(goals, tuple):
            raise ValueError("a list of goals is expected, as in [fund, sooner]")
        for goal in goals:  # type: ignore[reportUnknownVariableType]
            if isinstance(goal, dict):
                raise ValueError("what a goal may give up is not supported in this version; name the goals alone")
            if not isinstance(goal, str):
                raise ValueError("a list of goals is expected, as in [fund, sooner]")
            if goal not in PLANNED_GOALS:
                known = "is not supported in this version" if goal in OTHER_GOALS else "is no goal"
                raise ValueError(f"«{goal}» {known}; the goals are {', '.join(PLANNED_GOALS)}")
        if "fund" not in goals or len(set(goals)) < len(goals):  # type: ignore[reportUnknownArgumentType]
            raise ValueError("goals are named once each, and `fund` is one of them")
        return goals  # type: ignore[reportUnknownVariableType]

    @cached_property
    def fiscal(self) -> FiscalCalendar:
        """The fiscal calendar with its periods."""
        month, day = self.calendar.fiscal_year_starts.split("-")
        return FiscalCalendar(int(month), int(day), self.calendar.first, self.calendar.last, self.calendar.step)

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods of the plan, in order."""
        return self.fiscal.periods

    @cached_property
    def costs(self) -> tuple[Cost, ...]:
        """Every line with its activity, sorted by full id, so that the order of the file changes nothing."""
        found = [cost_of(activity, line, self.fiscal) for activity in self.activities for line in activity.lines]
        return tuple(sorted(found, key=lambda cost: cost.id))

    @cached_property
    def _by_id(self) -> dict[str, Award | Cost]:
        return {award.id: award for award in self.awards} | {cost.id: cost for cost in self.costs}

    def award(self, name: str) -> Award:
        """The award of this id. Raises KeyError."""
        found = self._by_id[name]
        if not isinstance(found, Award):
            raise KeyError(name)
        return found

    def cost(self, name: str) -> Cost:
        """The line of this full id, ``activity/line``. Raises KeyError."""
        found = self._by_id[name]
        if not isinstance(found, Cost):
            raise KeyError(name)
        return found

    def rate(self, year: str) -> IndirectRate | None:
        """The recipient's own indirect rate in a fiscal year; None where it has none."""
        return self.indirect.get(year) if isinstance(self.indirect, dict) else self.indirect

    def __repr__(self) -> str:
        lines = sum(len(activity.lines) for activity in self.activities)
        span_ = f"FY{self.calendar.first} to FY{self.calendar.last}"
        return f"{self.name}: {len(self.awards)} awards, {len(self.activities)} activities, {lines} lines, {span_}"

    __str__ = __repr__


def cost_of(activity: Activity, line: Line, calendar: FiscalCalendar) -> Cost:
    """A line with its activity: traits, days and cost by period."""
    days = span(activity.start, activity.end).meet(span(line.start, line.end))
    periods = [period for period in calendar.periods if days.meet(period.days).days]
    quantity = {p.name: counted(line, p, days, calendar) for p in periods} if line.quantity is not None else {}
    if line.amount is not None:
        cents = {p.name: at(line.amount, p) for p in periods}
    else:
        cents = {p.name: round_half_up(quantity[p.name] * at(line.unit_cost, p)) for p in periods}  # C23
    name = f"{activity.id}/{line.id}"
    return Cost(name, activity, line, _traits(name, activity, line), days, cents, quantity)


def counted(line: Line, period: Period, days: Interval, calendar: FiscalCalendar) -> Fraction:
    """The units of a line in a period: FTE and years by the days of the fiscal year, months by the period's days."""
    quantity = Fraction(at(line.quantity, period))
    inside = days.meet(period.days).days
    if line.unit in {"FTE", "year"}:
        return quantity * inside / calendar.year_days(int(period.year[2:])).days
    if line.unit == "month":
        return quantity * inside / period.days.days
    return quantity


def at(value: Any, period: Period) -> Any:
    """One value, or the one of this period, or of its fiscal year; zero where there is none."""
    if isinstance(value, dict):
        by_period: dict[str, Any] = value  # type: ignore[assignment]
        return by_period.get(period.name, by_period.get(period.year, 0))
    return value or 0


def _traits(name: str, activity: Activity, line: Line) -> Traits:
    def either(mine: tuple[str, ...] | None, theirs: tuple[str, ...]) -> frozenset[str]:
        return frozenset(theirs if mine is None else mine)

    return Traits(
        use=either(line.uses, activity.uses),
        population=either(line.population, activity.population),
        setting=either(line.setting, activity.setting),
        place=either(line.place, activity.place),
        item=line.item or "",
        category=line.category,
        function=line.function,
        payee=line.payee or activity.payee,
        unit=line.unit or "",
        activity=activity.id,
        line=name,
        unit_cost=_unit_cost(line),
    )


def _unit_cost(line: Line) -> int | None:
    if line.unit_cost is None:
        return None
    return max(line.unit_cost.values(), default=0) if isinstance(line.unit_cost, dict) else line.unit_cost
