"""What a proposal means: its periods, needs, awards and payable columns, in integers of one unit and fractions.

Written from the text of the design alone, on plain dicts, so that it shares nothing with the package it judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .costs import Line, Period, read_line, read_periods
from .money import Award, read_award
from .texts import Tree, Window, dates, meet, number, percent, truth, words

__all__ = ["Activity", "Award", "Column", "Line", "Meaning", "Period", "Tree", "Window", "read", "selects"]


@dataclass(frozen=True)
class Column:
    """An award may pay a line in a period for the days of one unbroken window, from its installments.

    `installments` are their numbers: one, or those that are taken together.
    """

    award: Award
    line: Line
    period: int
    window: Window
    installments: tuple[int, ...]


@dataclass(frozen=True)
class Activity:
    """What the planner insists on for an activity: `minimum` is a share, an amount in units, `all` or none."""

    id: str
    lines: list[Line]
    share: Fraction | None
    amount: Fraction | None
    whole: bool
    must_fund: bool

    @property
    def planned(self) -> int:
        return sum(line.planned(t) for line in self.lines for t in range(len(line.need)))

    @property
    def exact(self) -> Fraction:
        return sum((need * (1 + line.fringe) for line in self.lines for need in line.exact), Fraction(0))


@dataclass(frozen=True)
class Meaning:
    """A proposal as read; `scale` is the number of units in a dollar."""

    scale: int
    periods: list[Period]
    lines: list[Line]
    activities: list[Activity]
    awards: list[Award]
    columns: list[Column]
    recipient: Tree | None
    require: list[Tree]
    committed: list[Tree]

    def own_rate(self, t: int) -> Tree | None:
        """The recipient's own indirect rate in a period, or none."""
        rate = self.recipient
        if rate and all(key.startswith("FY") for key in rate):
            rate = rate.get(self.periods[t].year)
        return None if not rate or rate.get("kind") == "none" else rate

    def cells(self) -> list[tuple[Line, int]]:
        """Each line and period that needs something."""
        return [(line, t) for line in self.lines for t in range(len(self.periods)) if line.need[t]]


def read(proposal: Tree) -> Meaning:
    """The meaning of a whole proposal, with every payable column."""
    scale = {"dollar": 1, "cent": 100}[str(proposal.get("unit", "dollar"))]
    periods = read_periods(proposal["calendar"])
    activities = [read_activity(proposal, tree, periods, scale) for tree in proposal["activities"]]
    lines = [line for activity in activities for line in activity.lines]
    awards = [read_award(award, proposal["calendar"], periods, scale) for award in proposal["awards"]]
    cells = [(line, t) for line in lines for t in range(len(periods)) if line.need[t] > 0]
    columns = [column for award in awards for line, t in cells for column in payable(award, line, t)]
    columns = [column for column in columns if shared(column, columns)]
    return Meaning(
        scale, periods, lines, activities, awards, columns, proposal.get("indirect"),
        proposal.get("require", []), proposal.get("committed", []),
    )  # fmt: skip


def read_activity(proposal: Tree, tree: Tree, periods: list[Period], scale: int) -> Activity:
    """An activity with its lines and its minimum."""
    minimum: Any = tree.get("minimum")
    whole = str(minimum) == "all"
    share = None if minimum is None else percent(minimum)
    return Activity(
        id=tree["id"], lines=[read_line(proposal, tree, line, periods, scale) for line in tree["lines"]],
        share=share, whole=whole, must_fund=truth(tree.get("must_fund")),
        amount=None if minimum is None or whole or share is not None else number(minimum) * scale,
    )  # fmt: skip


def shared(column: Column, columns: list[Column]) -> bool:
    """Does each of a line's `shares` have a payable day in the period (C14), this column's award among them?"""
    if column.line.shares is None:
        return True
    payers = {other.award.id for other in columns if other.line is column.line and other.period == column.period}
    return column.award.id in column.line.shares and column.line.shares.keys() <= payers


def selects(selector: Tree, line: Line, t: int, fringe: bool = False) -> bool:
    """Does a selector pick a line's pay, or its fringe (the traits of its line, and category fringe: C8)?"""
    for key, value in selector.items():
        if key == "not":
            holds = not selects(value, line, t, fringe)
        elif key == "unit_cost_at_least":
            cost = line.unit_cost[t]
            holds = cost is not None and cost >= number(value)
        elif key == "category" and fringe:
            holds = "fringe" in words(value)
        else:
            holds = not words(value).isdisjoint(line.traits[key])
        if not holds:
            return False
    return True


def payable(award: Award, line: Line, t: int) -> list[Column]:
    """The unbroken windows of days of a period whose costs on the line this award may pay, by installment."""
    found = [(group, part) for window in allowed(award, line, t) for group, part in award.pieces(window)]
    return [Column(award, line, t, (p, q), group) for group, (p, q) in found if p < q]


def allowed(award: Award, line: Line, t: int) -> list[Window]:
    """The unbroken windows of days of a period whose costs on the line the award's rules allow."""
    window = meet(line.window[t], award.window)
    if award.id in line.never or (line.only is not None and award.id not in line.only):
        return []
    in_scope = not award.scope or not award.scope.isdisjoint(line.traits["use"] | {line.activity})
    if not in_scope and "scope" not in award.approvals:
        return []
    pieces = [window]
    for term in award.terms:
        if blocks(award, term, line, t):
            hole = dates(term.get("costs", {}), "from", "until")
            pieces = [part for p, q in pieces for part in ((p, min(q, hole[0])), (max(p, hole[1]), q))]
            pieces = [(p, q) for p, q in pieces if p < q]
    return [(p, q) for p, q in pieces if p < q]


def blocks(award: Award, term: Tree, line: Line, t: int) -> bool:
    """Does a term stand in the way: a forbid without its exception, an approval that is not on file?"""
    if "forbid" in term:
        selector = {key: value for key, value in term["forbid"].items() if key != "unless"}
        unless = term["forbid"].get("unless")
        return selects(selector, line, t) and not (unless is not None and selects(unless, line, t))
    if "approval" not in term or award.named(award.approvals, term):
        return False
    selector = {key: value for key, value in term["approval"].items() if key != "above"}
    if "above" in term["approval"]:
        cost = line.unit_cost[t]
        if cost is None or cost <= number(term["approval"]["above"]):
            return False
    return selects(selector, line, t)
