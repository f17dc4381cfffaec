"""What is proposed: an activity, its cost lines, and what each line costs by period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, PlainSerializer, Tag, WithJsonSchema, field_validator, model_validator

from braid.basics.fiscal import FiscalCalendar, Interval, Period, span
from braid.basics.money import round_half_up, show_number, show_percent
from braid.law.fields import Count, Date, Flag, Frozen, Id, Money, Name, Number, Percent, Text, Words, reader
from braid.law.rules import Citation, Traits, bound_text, parse_bound
from braid.proposal.amounts import BY, ONE, Amounts, Category, Numbers, at


def _minimum(value: str) -> Fraction | int | str:
    if value == "all" or any(digit in value for digit in "0123456789"):
        return value if value == "all" else parse_bound(value)
    raise ValueError(f'«{value}» is no minimum; write a share, an amount or all, as in 60%, "150,000" or all')


Minimum = Annotated[
    Literal["all"] | Fraction | int,
    reader(_minimum, Fraction, int),
    PlainSerializer(lambda value: value if value == "all" else bound_text(value), return_type=str),
    WithJsonSchema({"type": "string", "examples": ["60%", "150,000", "all"]}),
]
"""A share (Fraction), an amount (whole cents), or the word ``all``."""


def _portion_form(value: Any) -> str:
    return BY if isinstance(value, dict) else ONE


Portions = Annotated[
    Annotated[Percent, Tag(ONE)] | Annotated[dict[str, Percent], Tag(BY)], Discriminator(_portion_form)
]
"""One documented share, or several by name."""


class Line(Frozen):
    """One cost of an activity: an amount by period, or a quantity at a unit cost."""

    id: Id
    category: Category
    item: Annotated[str, Field(min_length=1)] | None = None
    name: Name | None = None
    amount: Amounts | None = None
    quantity: Numbers | None = None
    unit: Text | None = None
    unit_cost: Amounts | None = None
    fringe: Percent | None = None
    function: Text = "service"
    timing: Literal["evenly", "once"] = "evenly"
    start: Date | None = None
    end: Date | None = None
    grows: Percent | None = None
    """How much the cost grows each fiscal year after the plan's first, compounding."""
    essential: Flag = False
    """Where it is not met in full in a period, no other line of the activity is funded there (C20)."""
    whole_units: Flag = False
    """Only whole units are bought."""
    shares: dict[str, Percent] | None = None
    """The fixed share of each award that pays it (2 CFR 200.405(d), C14)."""
    basis: Text | None = None
    """The documented basis on which it may be split between federal awards."""
    portion: Portions | None = None
    """The documented share of the cost that a funder may pay, such as the part that concerns opioids."""
    subaward: Id | None = None
    """The subaward agreement that it is paid under; one agreement may have many lines and years."""
    one_federal_payer: Flag | None = None
    """Whether at most one federal award pays it in a period; the proposal's own word unless said."""
    only: Words | None = None
    """The only awards that may pay it."""
    never: Words = ()
    """Awards that may not pay it."""
    uses: Words | None = None
    place: Words | None = None
    payee: Text | None = None
    population: Words | None = None
    setting: Words | None = None
    position: Name | None = None
    """The position that it pays; several lines may share one."""
    effort_step: Percent | None = None
    """Where several awards pay the person, the part of each is a multiple of this."""
    codes: dict[Name, Name] = Field(default_factory=dict)
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
        if (self.position is not None or self.effort_step is not None) and self.category != "personnel":
            raise ValueError(f"`position` and `effort_step` are of pay; this line is {self.category}, not personnel")
        if self.effort_step is not None and not 0 < self.effort_step <= 1:
            raise ValueError(f"{show_percent(self.effort_step)} is no step of effort; write one above 0%, up to 100%")
        if self.subaward is not None and self.category != "contractual":
            raise ValueError(f"a `subaward` is contractual; this line is {self.category}")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"the line ends on {self.end}, before it starts on {self.start}")
        return self

    @field_validator("shares")
    @classmethod
    def _whole(cls, shares: dict[str, Fraction] | None) -> dict[str, Fraction] | None:
        if shares is None:
            return shares
        if not shares:
            raise ValueError("no award is named; give the share of each award that pays, as in {sor: 60%, jag: 40%}")
        if (whole := sum(shares.values())) != 1:
            raise ValueError(f"the shares add up to {show_percent(Fraction(whole))}; they must add up to 100%")
        if not all(shares.values()):
            raise ValueError("a share of 0% is none; leave that award out")
        return shares

    @field_validator("portion")
    @classmethod
    def _part(cls, portion: Fraction | dict[str, Fraction] | None) -> Fraction | dict[str, Fraction] | None:
        shares = portion.values() if isinstance(portion, dict) else () if portion is None else (portion,)
        if any(share > 1 for share in shares):
            raise ValueError(f"{show_percent(max(shares))} is more than the whole; write 100% or less")
        return portion

    def documented(self, share: str | None) -> Fraction | None:
        """The documented share of this name (any, where the line gives but one); None where there is none."""
        return self.portion.get(share or "") if isinstance(self.portion, dict) else self.portion

    @model_validator(mode="after")
    def _growing(self) -> Self:
        if self.grows is None:
            return self
        if isinstance(self.amount, dict) or isinstance(self.unit_cost, dict):
            raise ValueError("`grows` needs one cost to grow from; here each period has its own")
        if self.whole_units:
            raise ValueError("`grows` and `whole_units` do not go together; give the unit cost of each period")
        return self

    @model_validator(mode="after")
    def _split(self) -> Self:
        if self.whole_units and self.unit_cost is None:
            raise ValueError("`whole_units` needs `quantity`, `unit` and `unit_cost`")
        if self.shares is None:
            return self
        if self.basis is not None:
            raise ValueError("`shares` fix the split and a `basis` leaves it open; give one of the two")
        if self.only is not None or self.never:
            raise ValueError("`shares` say which awards pay; leave `only` and `never` out")
        return self


class Position(Frozen):
    """A position on the payroll, which one or several lines pay."""

    id: Name
    title: Name | None = None
    fte: Number = Fraction(1)
    """How much of a full-time position it is."""
    effort_step: Percent | None = None
    codes: dict[Name, Name] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _of_one_person(self) -> Self:
        if not 0 < self.fte <= 1:
            raise ValueError(f"{show_number(self.fte)} FTE is no position of one person; write more than 0, up to 1")
        if self.effort_step is not None and not 0 < self.effort_step <= 1:
            raise ValueError(f"{show_percent(self.effort_step)} is no step of effort; write one above 0%, up to 100%")
        return self


class Revenue(Frozen):
    """What another payer, such as Medicaid, pays of an activity: it reduces the need first (program income)."""

    payer: Name
    amount: Amounts
    basis: Text
    """How the amount was estimated."""
    lines: Words | None = None
    """The lines of the activity that it pays; all of them unless said."""


class Outcome(Frozen):
    """What an activity brings about, as published: one unit of the measure for so many dollars.

    A benefit told in dollars is a measure like any other: "$100 of benefit" for "20.41" of cost.
    """

    measure: Text
    """What is counted, in the words that other activities use for the same: only one measure is added up at a time."""
    dollars_per_unit: Money
    """What one unit costs, direct cost and fringe."""
    cite: tuple[Citation, ...] = Field(min_length=1)
    """Where the figure is published."""

    @field_validator("dollars_per_unit")
    @classmethod
    def _not_nothing(cls, cents: int) -> int:
        if not cents:
            raise ValueError("one unit of an outcome costs something; write an amount above zero")
        return cents


class Activity(Frozen):
    """Something proposed, with its uses, its place in the order of priority, and its cost lines."""

    id: Id
    name: Name | None = None
    uses: Words = Field(min_length=1)
    priority: Count = 1
    weight: Count = 1
    place: Words = ()
    payee: Text = "government"
    population: Words = ()
    setting: Words = ()
    start: Date | None = None
    end: Date | None = None
    minimum: Minimum | None = None
    """It gets nothing, or at least this much: a share of its need, an amount, or `all` (C15)."""
    must_fund: Flag = False
    """It gets its minimum, or all where it has none (C15)."""
    revenue: tuple[Revenue, ...] = ()
    """What other payers pay of it."""
    currently_funded: Text | None = None
    """The State or local stream that pays for it today: a funder may bar or want to hear of supplanting it."""
    outcome: Outcome | None = None
    """What it brings about for each dollar, for the goal `outcomes`."""
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

    def groups(self, over: str) -> frozenset[str]:
        """The places, populations or the activity that it counts in; a line in two places counts in both."""
        found = {"place": self.traits.place, "population": self.traits.population}
        return found.get(over, frozenset({self.activity.id}))


def cost_of(activity: Activity, line: Line, calendar: FiscalCalendar) -> Cost:
    """A line with its activity: traits, days and cost by period."""
    days = span(activity.start, activity.end).meet(span(line.start, line.end))
    periods = [period for period in calendar.periods if days.meet(period.days).days]
    quantity = {p.name: counted(line, p, days, calendar) for p in periods} if line.quantity is not None else {}
    grown = {p.name: growth(line, p, calendar) for p in periods}
    if line.amount is not None:
        cents = {p.name: round_half_up(at(line.amount, p) * grown[p.name]) for p in periods}
    else:
        each = {p.name: at(line.unit_cost, p) * grown[p.name] for p in periods}
        cents = {p.name: round_half_up(quantity[p.name] * each[p.name]) for p in periods}  # C23
    name = f"{activity.id}/{line.id}"
    return Cost(name, activity, line, _traits(name, activity, line, calendar), days, cents, quantity)


def growth(line: Line, period: Period, calendar: FiscalCalendar) -> Fraction:
    """What the cost of a line has grown to in a period, as a multiple of its cost in the plan's first year."""
    return (1 + (line.grows or Fraction(0))) ** (int(period.year[2:]) - calendar.first)


def counted(line: Line, period: Period, days: Interval, calendar: FiscalCalendar) -> Fraction:
    """The units of a line in a period: FTE and years by the days of the fiscal year, months by the period's days."""
    quantity = Fraction(at(line.quantity, period))
    inside = days.meet(period.days).days
    if line.unit in {"FTE", "year"}:
        return quantity * inside / calendar.year_days(int(period.year[2:])).days
    if line.unit == "month":
        return quantity * inside / period.days.days
    return quantity


def _traits(name: str, activity: Activity, line: Line, calendar: FiscalCalendar) -> Traits:
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
        unit_cost=_unit_cost(line, calendar),
        currently_funded=activity.currently_funded is not None,
        documented=frozenset(
            line.portion if isinstance(line.portion, dict) else [""] if line.portion is not None else ()
        ),
    )


def _unit_cost(line: Line, calendar: FiscalCalendar) -> int | None:
    """The highest unit cost of any period, in cents: rules that begin above one go by it."""
    if line.unit_cost is None:
        return None
    return max((round_half_up(at(line.unit_cost, p) * growth(line, p, calendar)) for p in calendar.periods), default=0)
