"""Awards and their installments: which days' costs each may pay, when it is received, and what it may carry over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .costs import Line, Period
from .law import Law, law_of
from .past import Past, read_past
from .selecting import selects
from .texts import (
    FOREVER,
    Tree,
    Window,
    dates,
    day,
    fiscal_year,
    listing,
    mapping,
    meet,
    months_after,
    number,
    percent,
    units,
    words,
)  # fmt: skip

ORDERED = {"contractual", "equipment", "construction"}


@dataclass(frozen=True)
class Installment:
    """Money that pays for the costs of the days of a window; of it `carried` may pay costs from `carries` on.

    From the day `orders` on it pays only for what was ordered before.
    """

    window: Window
    amount: int
    received: int
    carries: int | None = None
    carried: int | None = None  # none: all of it
    orders: int = FOREVER[1]

    @property
    def end(self) -> int:
        """The day from which nothing new can be charged to it."""
        return min(self.window[1], self.orders)


@dataclass(frozen=True)
class Award:
    """Money on hand: its installments in the order of their numbers; `reserve` by the id of a period."""

    id: str
    law: Law
    window: Window
    installments: list[Installment]
    groups: list[tuple[int, ...]]  # the numbers of installments that are taken together, or of one alone
    approvals: frozenset[str]
    scope: frozenset[str]
    indirect: Tree | None
    reserve: dict[str, Fraction]
    pledged: int
    budget: Tree | None  # what is approved, by object class
    budgets: dict[int, Tree]  # what is approved of single budget periods, by the number of their installment
    first_year: int
    yearly: bool  # each installment is a year of the award
    past: list[Past]  # what is spent already; no installment has it any more
    brought: list[int]  # what each installment had before
    lag: int | None  # days from a claim to its payment; none where the money is there beforehand

    @property
    def terms(self) -> list[Tree]:
        """Every rule that governs it, of its program and of its own."""
        return self.law.rules

    @property
    def equipment_from(self) -> Fraction | None:
        """The unit cost from which supplies are equipment."""
        return self.law.lowest("equipment_from")

    @property
    def federal(self) -> bool:
        return self.law.kind == "federal"

    @property
    def total(self) -> int:
        """What is there to plan."""
        return sum(part.amount for part in self.installments)

    @property
    def whole(self) -> int:
        """All that it brings, what is spent already included: shares are of it."""
        return sum(self.brought)

    @property
    def moves_by_period(self) -> bool:
        """Do budget periods have budgets of their own, from which charges may move only so far?"""
        return bool(self.budgets and self.law.of_kind("transfer"))

    def gone(self, n: int) -> int:
        """What of an installment is spent already."""
        return sum(each.amount for each in self.past if each.installment == n)

    def selects(self, selector: Tree, line: Line, t: int, fringe: bool = False) -> bool:
        return selects(selector, line, t, fringe, self.equipment_from)

    def subawards_first(self, scale: int) -> int | None:
        """How much of each subaward agreement is in the base, in whole units; none: all of it."""
        first = self.law.lowest("subawards_first")
        return None if first is None else (first * scale).__floor__()

    def year(self, n: int, day: int) -> int:
        """Which year of the award a day is in that is paid by installment n."""
        if self.yearly:
            return self.first_year + n - 1
        years = 0
        while months_after(self.window[0], 12 * (years + 1)) <= day:
            years += 1
        return self.first_year + years

    def ends_for(self, n: int, line: Line, t: int) -> int:
        """The day from which an installment no longer pays for the costs of a line."""
        ordered = line.category_at(t, self.equipment_from) in ORDERED
        return min(FOREVER[1] if ordered else self.installments[n - 1].orders, self.too_old(n, line, t))

    def too_old(self, n: int, line: Line, t: int) -> int:
        """The day from which a rule lets an installment no longer pay for a line; orders may meet the rule in time."""
        ordered, ends = line.category_at(t, self.equipment_from) in ORDERED, [FOREVER[1]]
        for rule in self.law.of_kind("use_within"):
            within: Tree = rule["use_within"]
            met = ordered and within.get("met_by") == "encumbered"
            if not met and self.selects(within.get("select", {}), line, t):
                ends.append(months_after(self.installments[n - 1].received, int(within["months"])))
        return min(ends)

    def begun(self, group: tuple[int, ...], by: int) -> int:
        """The installments of a group that may pay for the costs of the day `by`, or that could for a day before it."""
        return sum(self.installments[n - 1].amount for n in group if self.installments[n - 1].window[0] <= by)

    def begins_once(self, group: tuple[int, ...]) -> bool:
        """Do all installments of a group begin on one day?"""
        return len({self.installments[n - 1].window[0] for n in group}) == 1

    def received(self, by: int) -> int:
        """What has been received by the end of the day `by`."""
        pairs = zip(self.installments, self.brought, strict=True)
        return sum(amount for part, amount in pairs if part.received <= by)

    def named(self, rules: Iterable[str], term: Tree) -> bool:
        full = f"{self.id}:{term['id']}" if "own" in term else f"{term['source']}/{term['id']}"
        return not {term["id"], full}.isdisjoint(rules)

    def pieces(self, payable: Window, line: Line, t: int) -> list[tuple[tuple[int, ...], Window]]:
        """A window of payable days of a line, by the installments that pay for it."""
        found: list[tuple[tuple[int, ...], Window]] = []
        for group in self.groups:
            first, brought = self.installments[group[0] - 1], self.brought[group[0] - 1]
            window = meet(payable, (payable[0], self.ends_for(group[0], line, t)))
            if len(group) > 1:
                begin = first.window[0] if self.begins_once(group) else window[0]
                usable = meet(window, (begin, first.window[1]))
                there = any(self.brought[n - 1] for n in group if self.installments[n - 1].window[0] <= usable[0])
                found += [(group, usable)] if there else []
                continue
            cuts = [FOREVER[0], *([first.carries] if first.carried is not None and first.carries else []), FOREVER[1]]
            for cut in pairwise(cuts):
                found += [(group, meet(meet(window, first.window), cut))] if brought else []  # spent or not
        return found


def read_award(
    proposal: Tree, tree: Tree, catalogue: Tree | None, periods: list[Period], lines: list[Line], scale: int
) -> Award:
    """An award with the rules that govern it and the conditions that stand on it."""
    award = as_written(proposal, tree, catalogue, periods, lines, scale)
    longest = max((int(rule["use_within"]["months"]) for rule in award.law.of_kind("use_within")), default=None)
    cells = [(line, t) for line in lines for t in range(len(periods))]
    if longest is None or not all(award.too_old(1, line, t) < FOREVER[1] for line, t in cells):
        return award
    parts = [replace(part, window=meet(part.window, (part.window[0], months_after(part.received, longest))))
             for part in award.installments]  # fmt: skip
    return replace(award, installments=parts, groups=grouped(parts, periods, award.law.rules, award.moves_by_period))


def as_written(
    proposal: Tree, tree: Tree, catalogue: Tree | None, periods: list[Period], lines: list[Line], scale: int
) -> Award:
    """An award before its rules end the use of its money."""
    if tree.get("exceptions"):
        raise NotImplementedError("exceptions")
    written, tree = tree, certain(tree)
    window, installments = read_installments(tree, proposal["calendar"], periods, scale)
    law = law_of(tree, proposal, catalogue, Fraction(sum(part.amount for part in installments), scale))
    installments = carried_by_rule(written, installments, law, scale)
    brought = [part.amount for part in installments]
    past = read_past(tree, [part.window for part in installments], brought, periods, lines, scale)
    installments = [after_past(part, n, past, periods) for n, part in enumerate(installments, 1)]
    if "obligate_by" in tree:
        late = day(tree["obligate_by"]) + 1
        installments = [replace(part, orders=min(part.orders, late)) for part in installments]
    beforehand = {"receipts", "opening_balance"} & tree.keys()
    pays_back = tree["payment"] == "reimbursement" if "payment" in tree else not beforehand
    reserve: Any = tree.get("reserve", {})
    by_period = mapping(reserve)
    by_period = {period.id: reserve for period in periods} if by_period is None else by_period
    budget = mapping(tree.get("approved_budget"))
    budgets = {n: part["approved_budget"] for n, part in enumerate(tree.get("budget_periods", []), 1)
               if "approved_budget" in part}  # fmt: skip
    return Award(
        id=tree["id"], law=law, window=window, installments=installments,
        groups=grouped(installments, periods, law.rules, bool(budgets and law.of_kind("transfer"))),
        approvals=frozenset(tree.get("approvals", {})),
        scope=words(tree.get("scope")), indirect=tree.get("indirect"),
        reserve={period: number(amount) * scale for period, amount in by_period.items()},
        pledged=sum(units(pledge["amount"], scale) for pledge in tree.get("match_pledged", [])),
        budget=budget, budgets=budgets,
        first_year=int(tree.get("award_year", 1)), yearly="budget_periods" in tree,
        past=past, brought=brought, lag=int(tree.get("lag_days", 30)) if pays_back else None,
    )  # fmt: skip


def carried_by_rule(tree: Tree, parts: list[Installment], law: Law, scale: int) -> list[Installment]:
    """What of a budget period a rule of the program carries over, where the award says nothing and one follows.

    Up to a share of the next one's money, or of its own, for the costs of the next one's days, or to the award's end.
    Not where another government passes the money on.
    """
    rules: list[Tree] = [rule["carry_over"] for rule in law.of_kind("carry_over")]
    if not rules or "budget_periods" not in tree or {"carry_over", "pass_through"} & tree.keys():
        return parts
    rule = min(rules, key=lambda each: percent(each["at_most"]) or 0)
    share, found = percent(rule["at_most"]) or Fraction(0), list(parts)
    for n, (part, later) in enumerate(pairwise(parts)):
        end = later.window[1] if rule.get("until") == "next_budget_period" else parts[-1].window[1]
        of = later.amount if rule.get("of") == "next_budget_period" else part.amount
        carried = min(part.amount, (share * of).__floor__())
        found[n] = replace(part, window=(part.window[0], end), carries=part.window[1], carried=carried)
    return found


def after_past(part: Installment, n: int, past: list[Past], periods: list[Period]) -> Installment:
    """An installment without what is spent of it, in the days after its own budget period too."""
    mine = [each for each in past if each.installment == n]
    part = replace(part, amount=max(0, part.amount - sum(each.amount for each in mine)))
    if part.carries is None or part.carried is None:
        return part
    late = sum(each.amount for each in mine if each.period >= 0 and periods[each.period].window[0] >= part.carries)
    return replace(part, carried=max(0, part.carried - late))


def certain(tree: Tree) -> Tree:
    """An award without what was only asked for; with an extension that is approved it ends later."""
    told = dict(tree)
    carried = mapping(told.get("carry_over"))
    if told.get("carry_over") == "requested" or (carried is not None and "requested" in carried):
        told["carry_over"] = "none"
    extended = told.pop("extension", {}).get("approved")
    return told | ({"end": extended} if extended else {})


def read_installments(
    tree: Tree, calendar: Tree, periods: list[Period], scale: int
) -> tuple[Window, list[Installment]]:
    """The days of an award and its installments, numbered by first day, the opening balance first (C11)."""
    window = dates(tree)
    if "amount" in tree:
        return window, of_amount(tree, calendar, window, scale)
    if "budget_periods" in tree:
        return budget_periods(tree, scale)
    starts, first = str(calendar.get("fiscal_year_starts", "07-01")), periods[0].window[0]
    opening: list[Installment] = []
    if "opening_balance" in tree:
        opening = [Installment((first, window[1]), units(tree["opening_balance"], scale), first)]
    receipts: Any = tree.get("receipts", {})
    if (by_date := listing(receipts)) is not None:
        found = [dated_receipt(receipt, window, scale) for receipt in by_date]
    else:
        begins = {fy: fiscal_year(fy, starts)[0] for fy in receipts}
        found = [Installment((begins[fy], window[1]), units(receipts[fy], scale), begins[fy]) for fy in receipts]
    return window, opening + sorted(found, key=lambda part: part.window)


def of_amount(tree: Tree, calendar: Tree, window: Window, scale: int) -> list[Installment]:
    """One amount, or what of it is released; and interest, at once or by the fiscal year in which it is earned."""
    starts = str(calendar.get("fiscal_year_starts", "07-01"))
    parts = [(day(part["date"]), part["amount"]) for part in tree.get("released", [])]
    parts = [(max(begin, window[0]), 0, amount) for begin, amount in parts or [(window[0], tree["amount"])]]
    interest = tree.get("interest")
    if (by_year := mapping(interest)) is not None:
        firsts = [(fiscal_year(year, starts)[0], amount) for year, amount in by_year.items()]
        parts += [(max(begin, window[0]), 1, amount) for begin, amount in firsts]
    elif interest is not None:
        parts.append((window[0], 1, interest))
    found = [(begin, rank, units(amount, scale)) for begin, rank, amount in parts]
    return [Installment((begin, window[1]), amount, begin) for begin, _, amount in sorted(found) if amount]


def dated_receipt(tree: Tree, window: Window, scale: int) -> Installment:
    """A receipt pays for costs from the day it is authorized to its `use_by`: a last day, or a number of months."""
    received, until, end = day(tree["date"]), str(tree.get("use_by", "")), FOREVER[1]
    if until.endswith(("month", "months")):
        end = months_after(received, int(until.split(maxsplit=1)[0]))
    elif until:
        end = day(until) + 1
    begin, amount = day(tree.get("authorized", tree["date"])), units(tree["amount"], scale)
    if tree.get("met_by") == "encumbered":
        return Installment((begin, window[1]), amount, received, orders=end)
    return Installment((begin, min(end, window[1])), amount, received)


def budget_periods(tree: Tree, scale: int) -> tuple[Window, list[Installment]]:
    """One installment each; what is approved to be carried over lives on to the award's end (C18)."""
    parts: list[Tree] = tree["budget_periods"]
    window = dates({"start": tree.get("start", parts[0]["start"]), "end": tree.get("end", parts[-1]["end"])})
    over: Any = tree.get("carry_over", "none")
    approved = mapping(over)
    share = percent(approved["approved"]) if approved else None
    found: list[Installment] = []
    for part in parts:
        (begin, end), amount = dates(part), units(part["amount"], scale)
        if over == "none":
            found.append(Installment((begin, end), amount, begin))
        else:
            carried = None if share is None else (share * amount).__floor__()
            found.append(Installment((begin, window[1]), amount, begin, end, carried))
    return window, found


def grouped(
    installments: list[Installment], periods: list[Period], terms: list[Tree], budgeted: bool
) -> list[tuple[int, ...]]:
    """Installments that end together and begin with periods are one column with cumulative rows.

    Not where a bound goes by budget period or by the year of receipt, where budget periods have budgets of their own
    from which charges may move only so far, nor where only a share of one lives on. Time
    limits that end after the calendar end alike; where they differ by line, only what is received on one day does.
    """
    firsts = {period.window[0] for period in periods[1:]}
    apart = budgeted or any(by_installment(term.get("cap", term.get("floor", {}))) for term in terms)
    limits: list[Tree] = [term["use_within"] for term in terms if "use_within" in term]
    by_line = any("select" in limit for limit in limits)
    starts = [part.window[0] for part in installments]
    groups: dict[tuple[int, ...], list[int]] = {}
    for n, part in enumerate(installments, 1):
        begins, end = meet(part.window, (part.window[0], periods[-1].window[1])) if limits else part.window
        together = (begins <= periods[0].window[0] or begins in firsts) and part.carried is None and not apart
        orders = min(part.orders, periods[-1].window[1])
        once = part.carried is None and not apart and starts.count(part.window[0]) > 1
        key = (end, begins, n)
        if together:
            key = (end, 0, part.received if by_line else 0, orders)
        elif once:
            key = (end, begins, part.received if by_line else 0, orders)
        groups.setdefault(key, []).append(n)
    return [tuple(group) for group in groups.values()]


def by_installment(bound: Tree) -> bool:
    per = bound.get("per")
    return per == "budget_period" or (per == "calendar_year" and bound.get("of") == "received")
