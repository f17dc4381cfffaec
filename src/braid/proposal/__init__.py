"""The user's nouns: a proposal, its awards, its activities and their cost lines, its requirements. All as written.

What a proposal *means* in whole units (needs, installments, determinations, limits) is worked out in ``judge``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from braid.basics.fiscal import FiscalCalendar, Period
from braid.law.fields import Flag, Frozen, Money, Name, Year
from braid.law.rules import Facts
from braid.proposal.amounts import at
from braid.proposal.awards import Award, AwardRate, IndirectRate, IndirectRates
from braid.proposal.costs import Activity, Cost, Line, Outcome, Position, Revenue, cost_of
from braid.proposal.goals import PLANNED, PLANNED_GOALS, GoalName, Wanted, WantedGoal, in_order
from braid.proposal.moneys import BudgetPeriod, Receipt, Spent
from braid.proposal.requirements import Commitment, Requirement


class Jurisdiction(Frozen):
    """Whose plan it is."""

    name: Name
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


class Proposal(Frozen):
    """What is planned: the calendar, the awards, the activities and their lines, and the goals in order.

    Made by ``braid.read``. ``proposal.award("sor")`` and ``proposal.cost("act/line")`` find a part by its id.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    braid: Literal["1"]
    name: Name
    jurisdiction: Jurisdiction
    calendar: Calendar
    unit: Literal["dollar", "cent"] = "dollar"
    """Budgets and ordinances are in whole dollars; needs go to the nearest unit, bounds down."""
    indirect: IndirectRates | None = None
    awards: tuple[Award, ...] = Field(min_length=1)
    activities: tuple[Activity, ...] = Field(min_length=1)
    require: tuple[Requirement, ...] = ()
    committed: tuple[Commitment, ...] = ()
    one_federal_payer: Flag = False
    """Whether at most one federal award pays a line in a period; a line may say otherwise (C10)."""
    smallest_charge: Money = Field(default=50_000, json_schema_extra={"default": "500"})
    """The amount below which a charge is avoided by the goal `tidy`, unless it completes a line."""
    positions: tuple[Position, ...] = ()
    """Positions that lines name, with their title and codes."""
    most_float: Money | None = Field(default=None, alias="float")
    """The most that the county can carry for costs that are paid back later."""
    goals: tuple[Wanted, ...] = Field(default=PLANNED, json_schema_extra={"default": list(PLANNED_GOALS)})
    """What is optimised, one goal after another, each held while the next one is."""

    @field_validator("goals", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise ValueError("a list of goals is expected, as in [fund, sooner]")
        return value  # type: ignore[reportUnknownVariableType]

    @field_validator("goals")
    @classmethod
    def _in_order(cls, value: tuple[WantedGoal, ...]) -> tuple[WantedGoal, ...]:
        return in_order(value)

    def names_goal(self, name: GoalName) -> bool:
        """Whether a goal is among those of the plan."""
        return any(goal.goal == name for goal in self.goals)

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

    def facts(self, award: Award) -> Facts:
        """What decides which rules govern an award; its date is that of the prime award, where it is known."""
        return Facts(
            awarded=award.prime_awarded or award.awarded,
            agency=award.agency,
            recipient=self.jurisdiction.kind,
            cents=award.cents,
            amended_to=award.amended_to,
        )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with other parts; what was worked out from the old ones is forgotten."""
        copied = super().model_copy(update=update, deep=deep)
        for name in ("fiscal", "costs", "_by_id"):
            vars(copied).pop(name, None)
        return copied

    def rate(self, year: str) -> IndirectRate | None:
        """The recipient's own indirect rate in a fiscal year; None where it has none."""
        return self.indirect.get(year) if isinstance(self.indirect, dict) else self.indirect

    def __repr__(self) -> str:
        lines = sum(len(activity.lines) for activity in self.activities)
        span_ = f"FY{self.calendar.first} to FY{self.calendar.last}"
        return f"{self.name}: {len(self.awards)} awards, {len(self.activities)} activities, {lines} lines, {span_}"

    __str__ = __repr__


__all__ = [
    "PLANNED_GOALS",
    "Activity",
    "Award",
    "AwardRate",
    "BudgetPeriod",
    "Calendar",
    "Commitment",
    "Cost",
    "GoalName",
    "IndirectRate",
    "Jurisdiction",
    "Line",
    "Outcome",
    "Position",
    "Proposal",
    "Receipt",
    "Requirement",
    "Revenue",
    "Spent",
    "WantedGoal",
    "at",
    "cost_of",
]
