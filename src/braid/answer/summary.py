"""The one-screen summary of a plan: need, funded, gap, what each award pays, and the reasons of the gap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from textwrap import wrap

from braid.answer.goal_rows import GoalRow
from braid.answer.rows import Clash, Hope, PlanFile
from braid.basics.money import show
from braid.basics.table import text_table
from braid.basics.words import listed
from braid.judge.case import Case

MOST_NEEDS = 5
"""Needs of lines that are named in a conflict before the rest is counted."""
REASONS = {
    "no-eligible-award": "no award on file may pay it",
    "window": "it arises on days that no award covers",
    "minimum": "too little for a minimum, an essential line or a whole unit",
    "requirement": "a requirement of the plan stood against it",
    "limit": "a limit stood against it while money was left",
    "money-exhausted": "the money that may pay it is used up",
}


MOST_SHARES = 8
WIDTH = 90
"""Characters of a line of sentences."""


def dollars(amount: Decimal) -> str:
    """An amount as a person reads it.

    >>> dollars(Decimal("1234567.00")), dollars(Decimal("-0.50"))
    ('$1,234,567', '-$0.50')
    """
    return show(Fraction(amount) * 100, "cent")


def summary(plan: PlanFile, case: Case) -> str:
    """The summary as text for a terminal."""
    proposal = case.proposal
    if plan.status in {"conflict", "fractions"}:
        return no_plan(plan, case.proposal.name)
    first, last = proposal.periods[0], proposal.periods[-1]
    head = f"{proposal.name}: {first} to {last}" if first != last else f"{proposal.name}: {first}"
    totals = plan.totals
    lines = [head, f"Status: {_status(plan)}"]
    lines += ["Planned as if all expected money had come"] if plan.with_expected else []
    lines.append("")
    share = f" ({100 * totals.funded / totals.need:.1f}% of need)" if totals.need else ""
    lines += text_table(
        [
            ["Need (direct cost and fringe)", dollars(totals.need), ""],
            ["Funded", dollars(totals.funded), share.strip()],
            ["Gap", dollars(totals.gap), ""],
            *(
                [["Other payers (program income)", dollars(totals.revenue), "already off the need"]]
                if totals.revenue
                else []
            ),
            *([["Spent before", dollars(totals.spent_before), "of what is available"]] if totals.spent_before else []),
        ],
        [False, True, False],
    )
    lines += ["", *_awards(plan, case), "", *_gaps(plan), "", *_hopes(plan)]
    lines += [*told, ""] if (told := goals_told(plan)) else []
    lines.append(
        f"{dollars(totals.on_unverified_rules)} rest on rules that nobody has confirmed in the funder's own words."
    )
    lines.append("A plan is no support for a charge (2 CFR 200.430(g)), and no legal advice.")
    return "\n".join(lines)


def goals_told(plan: PlanFile) -> list[str]:
    """What goals that a proposal may add came to, and what goals gave up, a sentence each."""
    told: list[str] = []
    for goal in plan.goals:
        if goal.give_up is not None:
            name = goal.goal if goal.priority is None else f"{goal.goal}, priority {goal.priority},"
            gave = [f"{dollars(part.amount)} to {part.to}" for part in goal.given_up]
            possible = "" if goal.possible is None else f", of {dollars(goal.possible)} possible"
            told.append(
                f"{name} came to {dollars(goal.value)}{possible}: it gave {listed(gave) if gave else 'nothing'}."
            )
        if goal.shares:
            shares = [f"{row.group} {row.share}%" for row in goal.shares]
            told.append(f"Share of payable need met, by {goal.over}: {listed(shares, MOST_SHARES)}.")
            told += [missed] if (missed := shares_missed(goal, plan.unit)) else []
        elif goal.goal == "outcomes":
            told.append(f"Published benefit: {goal.value:,.2f} in {goal.unit}.")
        elif goal.goal == "stay-close" and goal.give_up is None:
            told.append(f"{dollars(goal.value)} differ from the former plan, by award, line and period.")
    return [sentence[0].upper() + sentence[1:] for sentence in told]


def shares_missed(goal: GoalRow, unit: str) -> str:
    """Which groups whole units leave below what they could be raised to, rounded down; empty where none is."""
    less = [
        f"{row.group} has {dollars(row.met)} in place of {dollars(row.in_whole)}"
        for row in goal.shares
        if row.in_whole is not None and row.met < row.in_whole
    ]
    return f"In whole {unit}s not every share can be kept: {listed(less, MOST_SHARES)}." if less else ""


def best_told(plan: PlanFile) -> str:
    """In what a plan that is optimal is the best."""
    first = next((goal.goal for goal in plan.goals), "fund")
    if first == "fund" and not any(goal.give_up for goal in plan.goals if goal.goal == "fund"):
        return "no plan meets more of the need, priority by priority"
    return "no plan comes nearer to the goals, each in its turn"


def _status(plan: PlanFile) -> str:
    if plan.status == "optimal":
        return f"optimal: {best_told(plan)}"
    if plan.status == "feasible":
        return f"feasible: every rule is kept, but up to {dollars(plan.bound or Decimal(0))} of need might be met"
    return plan.status


def no_plan(plan: PlanFile, name: str) -> str:
    """Why there is no plan of this name, and what would make one possible, as text for a terminal."""
    lines = [f"{name}: no plan satisfies the requirements"]
    if plan.status == "fractions":
        short, row = dollars(plan.fraction_amount or Decimal(0)), plan.fraction_row
        kept = [f"  {limit.sentence}  ({row})" for limit in plan.limits if limit.row == row] or [f"  {row}"]
        only = f"It is possible only in fractions of a {plan.unit}; in whole {plan.unit}s this is missed by {short}:"
        return "\n".join([f"{name}: no plan in whole {plan.unit}s satisfies the requirements", "", only, *kept])
    sets = sorted({clash.set for clash in plan.conflict or ()})
    for number in sets:
        sums = [shortfall.sentence for shortfall in plan.shortfalls if shortfall.set == number]
        lines += ["", *sums, "These cannot hold together:" if number == 1 else "Nor can these:"]
        lines += _clashes([clash for clash in plan.conflict or () if clash.set == number])
        ways = [repair.sentence for repair in plan.repairs or () if repair.set == number]
        mends = "would make a plan possible" if len(sets) == 1 else "would mend it"
        lines += [f"Any one of these {mends}:" if len(ways) > 1 else f"This {mends}:"] if ways else []
        lines += [f"  {way}" for way in ways]
    if plan.joint_repair:
        lines += ["", f"Together these make a plan possible: {plan.joint_repair}"]
    return "\n".join(lines)


def _clashes(rows: list[Clash]) -> list[str]:
    """What cannot hold together, a line each; of many needs of lines only the first are told."""
    needs = [clash for clash in rows if clash.row.startswith("need[")]
    told = [f"  {clash.sentence}  ({clash.row})" for clash in rows if clash not in needs[MOST_NEEDS:]]
    more = len(needs) - MOST_NEEDS
    return [*told, f"  And {more} more such needs, above which nothing can be paid."] if more > 0 else told


def _awards(plan: PlanFile, case: Case) -> list[str]:
    rows = [["Award", "available", "direct", "fringe", "indirect", "lapses", "carries on"]]
    for award in plan.awards:
        amounts = (award.available, award.direct, award.fringe, award.indirect, award.lapsed, award.carried)
        rows.append([case.proposal.award(award.award).id, *(dollars(amount) if amount else "-" for amount in amounts)])
    totals = plan.totals
    direct = totals.spent - totals.fringe - totals.indirect
    sums = (totals.available, direct, totals.fringe, totals.indirect, totals.lapsed, totals.carried)
    rows.append(["all awards", *(dollars(amount) if amount else "-" for amount in sums)])
    return text_table(rows, [False, *[True] * 6])


def _hopes(plan: PlanFile) -> list[str]:
    """What expected money would add, all priorities together, and by priority where one would lose."""
    found: dict[tuple[str, str], list[Hope]] = defaultdict(list)
    for hope in plan.expected:
        found[hope.award, hope.what].append(hope)
    rows = [["If it came, it would add", ""]]
    rows += [
        [f"  {award}: {what}", dollars(sum((hope.amount for hope in hopes), Decimal(0)))]
        for (award, what), hopes in found.items()
    ]
    head, *lines = text_table(rows, [False, True])
    told = [head]
    for line, hopes in zip(lines, found.values(), strict=True):
        told.append(line)
        if any(hope.amount < 0 for hope in hopes):
            told += wrap(would_add(hopes), WIDTH, initial_indent="    that is, ", subsequent_indent="    ")
    return [*told, ""] if found else []


def would_add(hopes: Sequence[Hope]) -> str:
    """What expected money would do, priority by priority; a later one may be met less."""
    less = [f"{dollars(-hope.amount)} less of priority {hope.priority}" for hope in hopes if hope.amount < 0]
    if less:
        more = [f"{dollars(hope.amount)} more of priority {hope.priority}" for hope in hopes if hope.amount > 0]
        return f"{listed(more)} would be met, and {listed(less)}" if more else f"{listed(less)} would be met"
    parts = [f"{dollars(hope.amount)} of priority {hope.priority}" for hope in hopes if hope.amount]
    if not parts:
        return "no more of the need would be met"
    whole = dollars(sum((hope.amount for hope in hopes), Decimal(0)))
    return f"{whole} more of the need could be met: {listed(parts)}"


def _gaps(plan: PlanFile) -> list[str]:
    if not plan.gaps:
        return ["Every need is met."]
    by_reason: dict[str, Decimal] = defaultdict(Decimal)
    for gap in plan.gaps:
        by_reason[gap.reason] += gap.amount
    rows = [["Why the gap", "", ""]]
    for reason, amount in sorted(by_reason.items(), key=lambda pair: -pair[1]):
        rows.append([f"  {REASONS[reason]}", dollars(amount), f"({reason})"])
    return text_table(rows, [False, True, False])
