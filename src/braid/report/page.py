"""The page of a plan, goal by goal: what each goal came to, what it settled, what it left open, what it cost others.

Everything on it stands in plan.json; nothing is worked out anew but sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from braid.answer.goal_rows import GoalRow
from braid.answer.rows import PlanFile, Round
from braid.answer.summary import dollars, no_plan, shares_missed
from braid.basics.words import listed
from braid.proposal import Proposal
from braid.report.marks import STYLE, bar, paragraph, table, text

ZERO = Decimal(0)
MEANING = {
    "fund": "The most dollars of need of this priority are met; among equals, by weight.",
    "sooner": "Of the plans still open, the one that meets earlier periods first.",
    "expiring-first": "Of the plans still open, the one that charges most to money that ends within the plan.",
    "restricted-first": "Of the plans still open, the one that leaves most of the money that may pay for anything.",
    "tidy": "Of the plans still open, one with few payers for each line and no small charges.",
    "outcomes": "Of the plans still open, the one with the most published benefit.",
    "fairness": "The smallest share of payable need is raised as far as it goes, then the next smallest, and so on.",
    "stay-close": "Of the plans still open, the one that changes least from the former plan.",
    "taken back": "What a goal was allowed to give up and no later goal needed goes back to it.",
    "ties": "Plans that are equal in every goal: one is taken by a fixed rule, the same each time.",
}
NAMES = {"taken back": "Taken back", "ties": "What no goal decides"}


def page(file: PlanFile, proposal: Proposal) -> str:
    """The page as one HTML text, which fetches nothing and runs nothing."""
    return _Page(file, proposal).whole()


class _Page:
    def __init__(self, file: PlanFile, proposal: Proposal) -> None:
        self.file, self.proposal = file, proposal
        self.goals = {_label(goal): goal for goal in file.goals}
        self.activity = {cost.id: cost.activity for cost in proposal.costs}
        self.awards = {award.id: award.label for award in proposal.awards}
        self.unmet: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for gap in file.gaps:
            self.unmet[gap.line, gap.period] += gap.amount
        self.paid = sum((part.amount for each in file.rounds for part in each.paid), ZERO)

    def whole(self) -> str:
        """The page."""
        name = text(self.proposal.name)
        body = "".join(
            [*self._front(), *(part for n, each in enumerate(self.file.rounds, 1) for part in self._goal(n, each))]
        )
        made = text(f"braid {self.file.provenance.braid_version}")
        return (
            f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
            f'<meta name="generator" content="{made}">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{name}: what each goal decided</title>\n<style>{STYLE}</style></head>\n"
            f"<body><main>\n{body}</main>\n{self._foot()}</body></html>\n"
        )

    def _front(self) -> Iterator[str]:
        totals, periods = self.file.totals, self.proposal.periods
        span = str(periods[0]) if len(periods) == 1 else f"{periods[0]} to {periods[-1]}"
        yield f"<h1>{text(self.proposal.name)}: what each goal decided</h1>\n"
        yield paragraph(
            f"{span}. Of a need of {dollars(totals.need)} (direct cost and fringe) {dollars(totals.funded)} is funded, "
            f"and {dollars(totals.gap)} is not."
        )
        if self.file.status not in {"optimal", "feasible"}:
            yield from (paragraph(line) for line in no_plan(self.file, self.proposal.name).split("\n") if line)
            return
        if not self.file.rounds:
            yield paragraph("This plan does not say what each goal decided; plan it again with this version of braid.")
            return
        yield paragraph(
            "Goals are taken in turn. Each makes the plan as good as it can be without lowering the goals before it, "
            "and so leaves fewer plans for the next. An amount is settled by the first goal after which no plan was "
            "found that has it otherwise. Activities that are funded as a whole or not at all, and whole units, are "
            "settled by all goals together; here they are taken as they came out."
        )
        yield "<nav aria-label='Goals'><ol>"
        for number, each in enumerate(self.file.rounds, 1):
            yield f'<li><a href="#goal-{number}">{text(_title(each.goal))}</a>: {text(self._came_to(each.goal))}</li>'
        yield "</ol></nav>\n"

    def _goal(self, number: int, each: Round) -> Iterator[str]:
        goal = self.goals.get(each.goal)
        place, title = f"goal-{number}", text(_title(each.goal))
        yield f'<section aria-labelledby="{place}"><h2 id="{place}">{number}. {title}</h2>\n'
        yield paragraph(MEANING[goal.goal if goal else each.goal], "soft")
        if goal is not None:
            came = self._came_to(each.goal)
            yield paragraph(f"{came[0].upper()}{came[1:]}.")
        yield from self._cost(each.goal, number)
        if goal is not None:
            yield self._shares(goal)
        yield from self._settled(each)
        yield "</section>\n"

    def _came_to(self, label: str) -> str:
        """What a goal came to, in words."""
        goal = self.goals.get(label)
        if goal is None:
            return "settles what is left" if label == "ties" else "gives back what was not needed"
        if goal.goal == "fund":
            value, best = f"{dollars(goal.value)} of need met", dollars(goal.possible) if goal.possible else ""
        else:
            value, best = _counted(goal, goal.value), _counted(goal, goal.possible) if goal.possible is not None else ""
        same = goal.possible is None or goal.possible == goal.value
        return value if same else f"{value}; {best} was possible when it was its turn"

    def _cost(self, label: str, number: int) -> Iterator[str]:
        """What a goal took from those before it, and what it gave up itself."""
        goal = self.goals.get(label)
        took = [
            f"It took {dollars(part.amount)} from {name}, which may give up {dollars(other.give_up or ZERO)}."
            for name, other in self.goals.items()
            for part in other.given_up
            if part.to == label
        ]
        if goal is not None and number > 1:
            yield from (paragraph(words) for words in took or ["It cost the goals before it nothing."])
        if goal is not None and goal.give_up:
            gave = [f"{dollars(part.amount)} to {part.to}" for part in goal.given_up]
            yield paragraph(f"It may give up {dollars(goal.give_up)}; it gave {listed(gave) if gave else 'nothing'}.")

    def _shares(self, goal: GoalRow) -> str:
        rows = [
            [
                row.group,
                str(row.round),
                dollars(row.need),
                dollars(row.met),
                f"{row.share} %",
                "not worked out" if row.price is None else dollars(row.price),
            ]
            for row in goal.shares
        ]
        heads = [f"{(goal.over or '').capitalize()}", "Round", "Payable need", "Met", "Share", "Costs elsewhere"]
        note = paragraph(
            "Costs elsewhere: how much more need of the others could be met if this share did not have to be kept.",
            "soft",
        )
        return table("Shares, the first settled first", heads, rows) + (self._in_whole(goal) + note if rows else "")

    def _in_whole(self, goal: GoalRow) -> str:
        """What whole units make of the shares."""
        if any(row.in_whole is None for row in goal.shares):
            return ""
        unit = self.file.unit
        return paragraph(
            shares_missed(goal, unit)
            or f"Each has at least what it could be raised to in fractions of a {unit}, rounded down to the {unit}; "
            f"what is left over then goes to the smallest shares first, a {unit} each, where it can."
        )

    def _settled(self, each: Round) -> Iterator[str]:
        """What was settled here and what was still open, by activity, by award, line by line."""
        here, left = sum((part.amount for part in each.paid), ZERO), each.open
        before = self.paid - here - left
        yield "<h3>What it settled</h3>\n"
        needs = f"{len(each.met):,} {'need' if len(each.met) == 1 else 'needs'}"
        parts = [f"how much of {needs} is met"] if each.met else []
        parts += [f"who pays {dollars(here)}"] if here else []
        yield paragraph(
            f"It settled {', and '.join(parts) or 'nothing'}. Who pays {dollars(before)} was settled before it; who "
            f"pays {dollars(left)} was still open after it."
        )
        if self.paid:
            parts = (("before", before), ("here", here), ("open", left))
            yield bar([(kind, float(100 * amount / self.paid)) for kind, amount in parts])
        yield self._by_activity(each)
        rows = [[self.awards.get(part.award, part.award), dollars(part.amount)] for part in each.paid]
        yield table("Who pays, settled here, by award", ["Award", "Settled"], rows)
        lines = [
            [need.line, need.period, dollars(need.amount), dollars(self.unmet[need.line, need.period])]
            for need in each.met
        ]
        yield table("Line by line", ["Line", "Period", "Met", "Not met"], lines, words=2)

    def _by_activity(self, each: Round) -> str:
        sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
        for need in each.met:
            found = sums[self.activity[need.line].id]
            found[0] += need.amount
            found[1] += self.unmet[need.line, need.period]
        labels = {activity.id: activity.label for activity in self.proposal.activities}
        rows = [[labels[name], dollars(met), dollars(unmet)] for name, (met, unmet) in sorted(sums.items())]
        met, unmet = (sum((amounts[place] for amounts in sums.values()), ZERO) for place in (0, 1))
        foot = ["All of these", dollars(met), dollars(unmet)] if len(rows) > 1 else []
        return table("How much is met, settled here, by activity", ["Activity", "Met", "Not met"], rows, foot=foot)

    def _foot(self) -> str:
        made = self.file.provenance
        told = f"Made by braid {made.braid_version} on {made.made}; plan {self.file.fingerprint[:12]}."
        law = "A plan is no support for a charge (2 CFR 200.430(g)), and no legal advice."
        return f"<footer>{paragraph(told)}{paragraph(law)}</footer>\n"


def _label(goal: GoalRow) -> str:
    """The name by which rounds know a goal."""
    if goal.priority is not None:
        return f"{goal.goal}, priority {goal.priority}"
    return goal.goal + (f" over {goal.over}" if goal.over else f" in {goal.measure}" if goal.measure else "")


def _title(label: str) -> str:
    return NAMES.get(label, label[0].upper() + label[1:])


def _counted(goal: GoalRow, value: Decimal) -> str:
    """A value in the unit of its goal."""
    if goal.goal == "fairness":
        return f"the smallest share is {value} per cent"
    if goal.goal == "tidy":
        return f"{value:,.0f} payers, counted line by line"
    if goal.goal == "outcomes":
        return f"{value:,.2f} in {goal.unit}"
    told = {
        "sooner": "{} of need met, each dollar times the periods left",
        "expiring-first": "{} charged to money that ends within the plan",
        "restricted-first": "{} charged, each dollar times the share of all need that its award may pay",
        "stay-close": "{} differ from the former plan, by award, line and period",
    }
    return told[goal.goal].format(dollars(value))
