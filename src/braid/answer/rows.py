"""The rows of a plan, one noun for each array of plan.json. Amounts are exact decimals with two places."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import AliasChoices, Field

from braid.answer.amounts import Amount
from braid.answer.goal_rows import GoalRow
from braid.law.fields import Date, Frozen

Reason = Literal["no-eligible-award", "window", "minimum", "requirement", "limit", "money-exhausted"]


class Allocation(Frozen):
    """What one installment of an award pays on one line in one period: direct cost, without fringe."""

    award: str
    installment: str
    activity: str
    line: str
    category: str
    period: str
    from_: Date = Field(validation_alias=AliasChoices("from", "from_"), serialization_alias="from")
    until: Date
    amount: Amount
    codes: dict[str, str] = Field(default_factory=dict)
    """For the ledger: the codes of the award, of the position and of the line; the later win."""


class FringeCharge(Frozen):
    """Fringe on a line's pay, charged to the award that pays it."""

    award: str
    line: str
    period: str
    amount: Amount
    codes: dict[str, str] = Field(default_factory=dict)
    """For the ledger: those of the pay that it follows."""


class IndirectCharge(Frozen):
    """Indirect cost charged to one installment in one period, and the base that it is worked out on."""

    award: str
    installment: str
    period: str
    base: Amount
    amount: Amount
    codes: dict[str, str] = Field(default_factory=dict)
    """For the ledger: those of the award."""


class Match(Frozen):
    """Non-federal money on a line that serves as match for an award."""

    award: str
    paid_by: str
    line: str
    period: str
    amount: Amount
    codes: dict[str, str] = Field(default_factory=dict)
    """For the ledger: those of the charge that serves."""


class Matched(Frozen):
    """What an award that asks for match needs beside it, what it has, and what its full amount would need.

    Requirements are rounded up to whole units, so that a match is never short by a part of one.
    """

    award: str
    required: Amount
    """On what the award is charged."""
    required_in_full: Amount
    """If the whole award were charged."""
    pledged: Amount
    served: Amount
    """Of what other awards of this plan pay, what is needed as match, each dollar once."""
    to_spare: Amount
    """Pledges and what other awards pay beyond what is required."""
    missing: Amount
    missing_in_full: Amount


class Unrecovered(Frozen):
    """Indirect at the recipient's own rate, what of it an award is charged in a period, and what is left (C24)."""

    award: str
    period: str
    own: Amount
    charged: Amount
    amount: Amount


class AwardTotal(Frozen):
    """What an award has in the plan, what it is charged, and what is left of it (C22)."""

    award: str
    available: Amount
    direct: Amount
    fringe: Amount
    indirect: Amount
    spent: Amount
    lapsed: Amount
    carried: Amount
    unrecovered_indirect: Amount
    spent_before: Amount = Decimal("0.00")
    """What of it was spent before this plan; ``spent`` is what the plan charges."""


class Cash(Frozen):
    """What an award is charged and what comes in, in a calendar quarter, and what the county carries at its end."""

    award: str
    quarter: str
    charged: Amount
    received: Amount
    carried: Amount


class Income(Frozen):
    """What another payer, such as Medicaid, pays of a line in a period: program income, which reduces the need."""

    activity: str
    line: str
    period: str
    direct: Amount
    fringe: Amount


class Hope(Frozen):
    """Money that is only expected, and how much more of each priority's need would be met if it came."""

    award: str
    what: str
    amount: Amount
    priority: int


class FormerPaid(Frozen):
    """What the former plan that the goal ``stay-close`` goes by pays: direct cost, in a period of this plan."""

    award: str
    line: str
    period: str
    amount: Amount


class Gap(Frozen):
    """A part of a need that no award pays, with its one reason."""

    activity: str
    line: str
    period: str
    amount: Amount
    reason: Reason
    sentence: str
    rules: tuple[str, ...]
    could_pay: tuple[str, ...]
    codes: dict[str, str] = Field(default_factory=dict)
    """For the ledger: those of the position and of the line; no award pays, so none of an award."""


class LimitRow(Frozen):
    """A limit as it came out: what it bounds, how much that came to, and how much room is left."""

    row: str
    rule: str
    actual: Amount
    bound: Amount
    slack: Amount
    binding: bool
    sentence: str
    cite: tuple[str, ...]


class Bought(Frozen):
    """What one more dollar buys, by activity."""

    activity: str
    amount: Amount


class NextDollar(Frozen):
    """What one more dollar of an award or under a limit would buy, and up to how many dollars that holds."""

    what: str
    """«award sor», or a limit by its kind and name."""
    one_more_dollar: Amount
    """Need that it meets, less what it takes from others."""
    up_to: Amount
    """The most that any amount may be, $100 billion, where it holds without end."""
    buys: tuple[Bought, ...]
    row: str = ""
    """The id of the limit."""
    indirect: Amount = Decimal("0.00")
    """What of it pays indirect cost."""
    enough: Amount | None = None
    """Where one dollar buys nothing, or no more than before: the fewest dollars that do."""
    then: tuple[Bought, ...] = ()
    """What so many dollars buy in all."""
    sentence: str = ""


class MetHere(Frozen):
    """How much of a need is met, direct cost and fringe; zero where nothing is."""

    line: str
    period: str
    amount: Amount


class PaidHere(Frozen):
    """What of an award's charges on lines is settled, direct cost and fringe."""

    award: str
    amount: Amount


class Round(Frozen):
    """What one goal settled, as far as could be seen; the first that left an amount no other value is named.

    ``goal`` is its name with its priority or what it goes over; after the goals, ``taken back`` is what goals that may
    give something up took back, and ``ties`` what was left to the canonical tie-break.
    """

    goal: str
    met: tuple[MetHere, ...]
    """The needs whose amounts it settled."""
    paid: tuple[PaidHere, ...]
    """By award, how much of what it pays was settled here."""
    open: Amount
    """Of all that awards pay on lines, how much could still have been paid by others or for others."""


class Attention(Frozen):
    """Something that a person must look at, sign or confirm; codes are stable."""

    code: str
    sentence: str
    award: str | None = None
    line: str | None = None


class Clash(Frozen):
    """One limit or requirement of a set that cannot hold together."""

    set: int
    """Which set, where there are several."""
    row: str
    sentence: str


class Shortfall(Frozen):
    """What a simple sum shows of a set that cannot hold together: by how much too little there is, and of what."""

    set: int
    amount: Amount
    sentence: str


class Repair(Frozen):
    """One requirement that, lowered by so much or given up, makes the limits of its set hold together."""

    set: int
    requirement: str
    from_: str = Field(validation_alias=AliasChoices("from", "from_"), serialization_alias="from")
    to: str
    sentence: str


class Totals(Frozen):
    """The control totals. ``need``, ``funded`` and ``gap`` count direct cost plus fringe, not indirect."""

    need: Amount
    funded: Amount
    gap: Amount
    available: Amount
    spent: Amount
    lapsed: Amount
    carried: Amount
    fringe: Amount
    indirect: Amount
    unrecovered_indirect: Amount
    on_unverified_rules: Amount
    dropped_from_awards: Amount
    """Cents of awards that planning in whole units leaves aside."""
    revenue: Amount = Decimal("0.00")
    """What other payers pay: the need is less by it."""
    spent_before: Amount = Decimal("0.00")
    added_to_needs: Amount
    """What rounding needs to whole units adds to them (negative where it takes away)."""


class Provenance(Frozen):
    """Where a plan came from: versions, fingerprints of its inputs, the solver, the command."""

    braid_version: str
    catalogue: str
    proposal: str
    solver: str
    command: str
    made: str
    rules_unverified: tuple[str, ...]
    former: str | None = None
    """The fingerprint of the plan that the goal ``stay-close`` went by."""


class PlanFile(Frozen):
    """A plan as plan.json carries it. Arrays are sorted by ids; only ``provenance.made`` differs between runs."""

    braid: Literal[1] = 1
    status: Literal["optimal", "feasible", "conflict", "fractions"]
    unit: Literal["dollar", "cent"]
    bound: Amount | None = None
    """For a feasible plan: the funding of needs that could at most be reached."""
    fraction_row: str | None = None
    """For ``fractions``: the row that no whole amounts keep."""
    fraction_amount: Amount | None = None
    """For ``fractions``: how much of it cannot be placed."""
    conflict: tuple[Clash, ...] | None = None
    """For ``conflict``: the limits and requirements that cannot hold together."""
    shortfalls: tuple[Shortfall, ...] = ()
    """For ``conflict``: what simple sums show, told first; a set that no sum shows has none."""
    repairs: tuple[Repair, ...] | None = None
    """For ``conflict``: each single requirement that, lowered, makes a plan possible, the other sets lifted."""
    joint_repair: str | None = None
    """For several conflicts: one repair of each, which together make a plan possible."""
    totals: Totals
    allocations: tuple[Allocation, ...]
    fringe: tuple[FringeCharge, ...]
    indirect: tuple[IndirectCharge, ...]
    match: tuple[Match, ...]
    matched: tuple[Matched, ...] = ()
    unrecovered: tuple[Unrecovered, ...] = ()
    awards: tuple[AwardTotal, ...]
    revenue: tuple[Income, ...] = ()
    cash: tuple[Cash, ...] = ()
    expected: tuple[Hope, ...] = ()
    former: tuple[FormerPaid, ...] = ()
    """For the goal ``stay-close``: what the former plan pays of this one's lines, from awards that this one has."""
    with_expected: bool = False
    """Whether money that is only expected was planned as if it had come."""
    gaps: tuple[Gap, ...]
    limits: tuple[LimitRow, ...]
    next_dollar: tuple[NextDollar, ...]
    goals: tuple[GoalRow, ...]
    rounds: tuple[Round, ...] = ()
    attention: tuple[Attention, ...]
    proposal: dict[str, Any]
    rules: tuple[dict[str, Any], ...]
    fingerprint: str
    provenance: Provenance

    @property
    def lacks_former(self) -> bool:
        """Whether it stays close to a former plan that is not in it: nothing that goes by its goals is told then."""
        return self.provenance.former is not None and not self.former
