"""Awards and their installments: which days' costs each may pay, when it is received, and what it may carry over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .costs import Line, Period
from .law import Law, law_of
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


@dataclass(frozen=True)
class Installment:
    """Money that pays for the costs of the days of a window; of it `carried` may pay costs from `carries` on."""

    window: Window
    amount: int
    received: int
    carries: int | None = None
    carried: int | None = None  # none: all of it


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
    budget: dict[str, int] | None  # what is approved, by object class
    first_year: int
    yearly: bool  # each installment is a year of the award

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
        return sum(part.amount for part in self.installments)

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
        return min(
            (months_after(self.installments[n - 1].received, int(rule["use_within"]["months"]))
             for rule in self.law.of_kind("use_within")
             if self.selects(rule["use_within"].get("select", {}), line, t)),
            default=FOREVER[1],
        )  # fmt: skip

    def begun(self, group: tuple[int, ...], by: int) -> int:
        """The installments of a group that may pay for the costs of the day `by`, or that could for a day before it."""
        return sum(self.installments[n - 1].amount for n in group if self.installments[n - 1].window[0] <= by)

    def received(self, by: int) -> int:
        """What has been received by the end of the day `by`."""
        return sum(part.amount for part in self.installments if part.received <= by)

    def named(self, rules: Iterable[str], term: Tree) -> bool:
        full = f"{self.id}:{term['id']}" if "own" in term else f"{term['source']}/{term['id']}"
        return not {term["id"], full}.isdisjoint(rules)

    def pieces(self, payable: Window, line: Line, t: int) -> list[tuple[tuple[int, ...], Window]]:
        """A window of payable days of a line, by the installments that pay for it."""
        found: list[tuple[tuple[int, ...], Window]] = []
        for group in self.groups:
            first = self.installments[group[0] - 1]
            window = meet(payable, (payable[0], self.ends_for(group[0], line, t)))
            if len(group) > 1:
                found += [(group, meet(window, (window[0], first.window[1])))] if self.begun(group, window[0]) else []
                continue
            cuts = [FOREVER[0], *([first.carries] if first.carried is not None and first.carries else []), FOREVER[1]]
            for cut in pairwise(cuts):
                found += [(group, meet(meet(window, first.window), cut))] if first.amount else []
        return found


def read_award(proposal: Tree, tree: Tree, catalogue: Tree | None, periods: list[Period], scale: int) -> Award:
    """An award with the rules that govern it and the conditions that stand on it."""
    if tree.get("exceptions") or tree.get("spent_before"):
        raise NotImplementedError("exceptions, former spending")
    window, installments = read_installments(tree, proposal["calendar"], periods, scale)
    law = law_of(tree, proposal, catalogue, Fraction(sum(part.amount for part in installments), scale))
    longest = max((int(rule["use_within"]["months"]) for rule in law.of_kind("use_within")), default=None)
    if longest is not None:
        installments = [replace(part, window=meet(part.window, (part.window[0], months_after(part.received, longest))))
                        for part in installments]  # fmt: skip
    reserve: Any = tree.get("reserve", {})
    by_period = mapping(reserve)
    by_period = {period.id: reserve for period in periods} if by_period is None else by_period
    budget = mapping(tree.get("approved_budget"))
    return Award(
        id=tree["id"], law=law, window=window, installments=installments,
        groups=grouped(installments, periods, law.rules), approvals=frozenset(tree.get("approvals", {})),
        scope=words(tree.get("scope")), indirect=tree.get("indirect"),
        reserve={period: number(amount) * scale for period, amount in by_period.items()},
        pledged=sum(units(pledge["amount"], scale) for pledge in tree.get("match_pledged", [])),
        budget=None if budget is None else {name: units(amount, scale) for name, amount in budget.items()},
        first_year=int(tree.get("award_year", 1)), yearly="budget_periods" in tree,
    )  # fmt: skip


def read_installments(
    tree: Tree, calendar: Tree, periods: list[Period], scale: int
) -> tuple[Window, list[Installment]]:
    """The days of an award and its installments, numbered by first day, the opening balance first (C11)."""
    window = dates(tree)
    if "amount" in tree:
        return window, [Installment(window, units(tree["amount"], scale), window[0])]
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


def dated_receipt(tree: Tree, window: Window, scale: int) -> Installment:
    """A receipt pays for costs from the day it is authorized to its `use_by`: a last day, or a number of months."""
    received, until, end = day(tree["date"]), str(tree.get("use_by", "")), window[1]
    if until.endswith(("month", "months")):
        end = months_after(received, int(until.split(maxsplit=1)[0]))
    elif until:
        end = day(until) + 1
    end = min(end, window[1])
    return Installment((day(tree.get("authorized", tree["date"])), end), units(tree["amount"], scale), received)


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


def grouped(installments: list[Installment], periods: list[Period], terms: list[Tree]) -> list[tuple[int, ...]]:
    """Installments that end together and begin with periods are one column with cumulative rows.

    Not where a bound goes by budget period or by the year of receipt, nor where only a share of one lives on. Time
    limits that end after the calendar end alike; where they differ by line, only what is received on one day does.
    """
    firsts = {period.window[0] for period in periods[1:]}
    apart = any(by_installment(term.get("cap", term.get("floor", {}))) for term in terms)
    limits: list[Tree] = [term["use_within"] for term in terms if "use_within" in term]
    by_line = any("select" in limit for limit in limits)
    groups: dict[tuple[int, ...], list[int]] = {}
    for n, part in enumerate(installments, 1):
        begins, end = meet(part.window, (part.window[0], periods[-1].window[1])) if limits else part.window
        together = (begins <= periods[0].window[0] or begins in firsts) and part.carried is None and not apart
        key = (end, 0, part.received if by_line else 0) if together else (end, n)
        groups.setdefault(key, []).append(n)
    return [tuple(group) for group in groups.values()]


def by_installment(bound: Tree) -> bool:
    per = bound.get("per")
    return per == "budget_period" or (per == "calendar_year" and bound.get("of") == "received")
