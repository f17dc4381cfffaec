"""The Plan: the whole answer, frozen. Prints as its one-screen summary."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from braid.answer.eligibility import Eligibility
from braid.answer.rows import (
    Allocation,
    Attention,
    AwardTotal,
    FringeCharge,
    Gap,
    GoalRow,
    IndirectCharge,
    LimitRow,
    Match,
    Matched,
    NextDollar,
    PlanFile,
    Totals,
    Unrecovered,
)
from braid.answer.summary import summary
from braid.answer.why import InPlan, Why
from braid.basics.table import Table
from braid.judge.case import Case
from braid.proposal import Proposal


@dataclass(frozen=True, eq=False)
class Plan:
    """A finished plan: tables print as ledgers and have ``.to_frame()``; ``why(line, award)`` answers for a pair."""

    file: PlanFile
    case: Case
    later: Callable[[], tuple[NextDollar, ...]] | None = None
    """Works out what one more dollar buys, where the file does not carry it."""
    ask: Callable[[str, str], InPlan | None] | None = None
    """Works out what the plan made of a line and an award."""
    made: object = None
    """What the engine made it of, for those who plan on from it; None where the plan was read from a file."""

    @property
    def status(self) -> str:
        """``optimal``, ``feasible`` (with a bound), ``conflict`` or ``fractions``."""
        return self.file.status

    @property
    def proposal(self) -> Proposal:
        """The proposal that was planned."""
        return self.case.proposal

    @property
    def totals(self) -> Totals:
        """The control totals."""
        return self.file.totals

    @property
    def allocations(self) -> Table[Allocation]:
        """What each installment pays on each line in each period."""
        return Table(self.file.allocations, Allocation)

    @property
    def fringe(self) -> Table[FringeCharge]:
        """Fringe by award, line and period."""
        return Table(self.file.fringe, FringeCharge)

    @property
    def indirect(self) -> Table[IndirectCharge]:
        """Indirect by installment and period."""
        return Table(self.file.indirect, IndirectCharge)

    @property
    def match(self) -> Table[Match]:
        """What serves as match for which award, each dollar once."""
        return Table(self.file.match, Match)

    @property
    def matched(self) -> Table[Matched]:
        """What each award that asks for match needs and has, on spending and on the full award."""
        return Table(self.file.matched, Matched)

    @property
    def unrecovered(self) -> Table[Unrecovered]:
        """Indirect at the recipient's own rate that awards leave unpaid, by period."""
        return Table(self.file.unrecovered, Unrecovered)

    @property
    def awards(self) -> Table[AwardTotal]:
        """What each award has, pays, lets lapse and carries on."""
        return Table(self.file.awards, AwardTotal)

    @property
    def gaps(self) -> Table[Gap]:
        """What no award pays, each part with its reason."""
        return Table(self.file.gaps, Gap)

    @property
    def limits(self) -> Table[LimitRow]:
        """Every limit with its actual value, bound and slack."""
        return Table(self.file.limits, LimitRow)

    @property
    def next_dollar(self) -> Table[NextDollar]:
        """What one more dollar of each award and limit would buy, worked out when it is first asked for."""
        return Table(self._next_dollar, NextDollar)

    @cached_property
    def _next_dollar(self) -> tuple[NextDollar, ...]:
        return self.file.next_dollar or (self.later() if self.later is not None else ())

    @property
    def goals(self) -> Table[GoalRow]:
        """What each goal reached."""
        return Table(self.file.goals, GoalRow)

    @property
    def attention(self) -> Table[Attention]:
        """What a person must look at, sign or confirm."""
        return Table(self.file.attention, Attention)

    @cached_property
    def eligibility(self) -> Eligibility:
        """Every determination."""
        return Eligibility(self.case)

    def why(self, line: str, award: str) -> Why:
        """Why an award pays a line (``activity/line``) or not: the determination, and what the plan made of it.

        ``.status``, ``.reason``, ``.cite`` and the rest of the determination are there at once; ``.in_plan`` is solved
        for when it is asked. Raises InputError for an unknown name.
        """
        return Why(self.eligibility.why(line, award), self.ask)

    def to_json(self) -> str:
        """The plan as plan.json carries it."""
        content = self.file.model_dump(mode="json", by_alias=True, exclude_none=True)
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    def __repr__(self) -> str:
        return summary(self.file, self.case)

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"
