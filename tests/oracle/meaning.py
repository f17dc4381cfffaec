"""What a proposal means: its periods, needs, awards and payable columns, in integers of one unit and fractions.

Written from the text of the design alone, on plain dicts, so that it shares nothing with the package it judges.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .costs import Line, Period, read_line, read_periods
from .money import Award, read_award
from .payable import allowed, cut, cuts, named
from .selecting import selects
from .texts import Tree, Window, number, percent, truth, units

__all__ = ["Activity", "Award", "Column", "First", "Line", "Meaning", "Period", "Tree", "Window", "read", "selects"]


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
class First:
    """How much of what an award is charged on one subaward agreement, up to a cell of it, is within the first `most`.

    Its cells stand in order of periods, then of lines.
    """

    award: Award
    agreement: str
    cell: tuple[int, str]
    most: int

    def charges(self, column: Column) -> bool:
        """Is this one of the columns whose charges it adds up?"""
        upto = (column.period, column.line.id) <= self.cell
        return column.award is self.award and column.line.subaward == self.agreement and upto


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
    firsts: list[First]
    recipient: Tree | None
    require: list[Tree]
    committed: list[Tree]
    most_float: int | None

    def own_rate(self, t: int) -> Tree | None:
        """The recipient's own indirect rate in a period, or none."""
        rate = self.recipient
        if rate and all(key.startswith("FY") for key in rate):
            rate = rate.get(self.periods[t].year)
        return None if not rate or rate.get("kind") == "none" else rate

    def cells(self) -> list[tuple[Line, int]]:
        """Each line and period that needs something."""
        return [(line, t) for line in self.lines for t in range(len(self.periods)) if line.need[t]]


def read(proposal: Tree, catalogue: Tree | None = None) -> Meaning:
    """The meaning of a whole proposal, with every payable column; without a catalogue its programs have no rules."""
    scale = {"dollar": 1, "cent": 100}[str(proposal.get("unit", "dollar"))]
    periods = read_periods(proposal["calendar"])
    activities = [
        after_others(proposal, tree, read_activity(proposal, tree, periods, scale), periods, scale)
        for tree in proposal["activities"]
    ]
    lines = [line for activity in activities for line in activity.lines]
    certain = [award for award in proposal["awards"] if award.get("status") != "expected"]
    awards = [read_award(proposal, award, catalogue, periods, lines, scale) for award in certain]
    cells = [(line, t) for line in lines for t in range(len(periods)) if line.need[t] > 0]
    columns = [column for line, t in cells for column in payable(awards, line, t)]
    columns.sort(key=lambda column: awards.index(column.award))
    columns = [column for column in columns if shared(column, columns)]
    return Meaning(
        scale, periods, lines, activities, awards, columns, firsts(columns, awards, scale), proposal.get("indirect"),
        proposal.get("require", []), proposal.get("committed", []),
        None if "float" not in proposal else units(proposal["float"], scale),
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


def after_others(proposal: Tree, tree: Tree, activity: Activity, periods: list[Period], scale: int) -> Activity:
    """What is left to plan: other payers first, in proportion to cost with fringe; then what is spent already (C21)."""
    needs = {line.id: list(line.need) for line in activity.lines}
    for t, period in enumerate(periods):
        paid = sum(units(revenue["amount"].get(period.id, "0"), scale) for revenue in tree.get("revenue", []))
        whole = sum(((1 + line.fringe) * line.need[t] for line in activity.lines), Fraction(0))
        share = min(Fraction(1), paid / whole) if whole else Fraction(0)
        for line in activity.lines:
            needs[line.id][t] -= (share * line.need[t]).__floor__()
    costed = {line: list(need) for line, need in needs.items()}
    for spent in (spent for award in proposal["awards"] for spent in award.get("spent_before", [])):
        if spent.get("line") in needs and "period" in spent:
            t = [period.id for period in periods].index(spent["period"])
            needs[spent["line"]][t] = max(0, needs[spent["line"]][t] - units(spent["amount"], scale))
    return replace(activity, lines=[replace(line, need=needs[line.id], costed=costed[line.id])
                                    for line in activity.lines])  # fmt: skip


def shared(column: Column, columns: list[Column]) -> bool:
    """Does each of a line's `shares` have a payable day in the period (C14), this column's award among them?"""
    if column.line.shares is None:
        return True
    payers = {other.award.id for other in columns if other.line is column.line and other.period == column.period}
    return column.award.id in column.line.shares and column.line.shares.keys() <= payers


def payable(awards: list[Award], line: Line, t: int) -> list[Column]:
    """The unbroken windows of days of a period whose costs on a line each award may pay, by installment."""
    found: list[Column] = []
    for award in awards:
        if named(award, line):
            for window in cut(allowed(award, line, t), cuts(awards, award, line, t)):
                pieces = award.pieces(window, line, t)
                found += [Column(award, line, t, (p, q), group) for group, (p, q) in pieces if p < q]
    return found


def firsts(columns: list[Column], awards: list[Award], scale: int) -> list[First]:
    """One for each award, agreement, period and line, in their order."""
    found: list[First] = []
    for award in awards:
        if (most := award.subawards_first(scale)) is not None:
            mine = [column for column in columns if column.award is award and column.line.subaward is not None]
            cells = {(str(column.line.subaward), (column.period, column.line.id)) for column in mine}
            gone = {agreement: sum(each.amount for each in award.past if each.agreement == agreement)
                    for agreement, _ in cells}  # fmt: skip
            found += [First(award, agreement, cell, max(0, most - gone[agreement]))
                      for agreement, cell in sorted(cells)]  # fmt: skip
    return found
