"""Awards and their installments: which days' costs each may pay, when it is received, and what it may carry over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .costs import Period
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

FEDERAL = {"other-federal"}
PROGRAMS = FEDERAL | {"other", "county-general-fund"}
KINDS = {"allow", "forbid", "approval", "certify", "cap", "floor", "limit", "indirect", "last_payer"}


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
    federal: bool
    window: Window
    installments: list[Installment]
    groups: list[tuple[int, ...]]  # the numbers of installments that are taken together, or of one alone
    terms: list[Tree]
    approvals: frozenset[str]
    scope: frozenset[str]
    indirect: Tree | None
    reserve: dict[str, Fraction]

    @property
    def total(self) -> int:
        return sum(part.amount for part in self.installments)

    def begun(self, group: tuple[int, ...], by: int) -> int:
        """The installments of a group that may pay for the costs of the day `by`, or that could for a day before it."""
        return sum(self.installments[n - 1].amount for n in group if self.installments[n - 1].window[0] <= by)

    def received(self, by: int) -> int:
        """What has been received by the end of the day `by`."""
        return sum(part.amount for part in self.installments if part.received <= by)

    def named(self, rules: Iterable[str], term: Tree) -> bool:
        return not {term["id"], f"{self.id}:{term['id']}"}.isdisjoint(rules)

    def pieces(self, window: Window) -> list[tuple[tuple[int, ...], Window]]:
        """A window of payable days, by the installments that pay for it."""
        found: list[tuple[tuple[int, ...], Window]] = []
        for group in self.groups:
            first = self.installments[group[0] - 1]
            if len(group) > 1:
                found += [(group, meet(window, (window[0], first.window[1])))] if self.begun(group, window[0]) else []
                continue
            cuts = [FOREVER[0], *([first.carries] if first.carried is not None and first.carries else []), FOREVER[1]]
            for cut in pairwise(cuts):
                found += [(group, meet(meet(window, first.window), cut))] if first.amount else []
        return found


def read_award(tree: Tree, calendar: Tree, periods: list[Period], scale: int) -> Award:
    """An award of a program without rules of its own, and the conditions that stand on the award."""
    if tree["program"] not in PROGRAMS or tree.get("exceptions") or tree.get("spent_before"):
        raise NotImplementedError("programs with rules of their own, exceptions, former spending")
    terms = tree.get("terms", [])
    if any(len(KINDS & term.keys()) != 1 or "awards" in term or "agencies" in term for term in terms):
        raise NotImplementedError("a term of another kind, or one that goes by award date or agency")
    window, installments = read_installments(tree, calendar, periods, scale)
    reserve: Any = tree.get("reserve", {})
    by_period = mapping(reserve)
    by_period = {period.id: reserve for period in periods} if by_period is None else by_period
    return Award(
        id=tree["id"], federal=tree["program"] in FEDERAL, window=window, installments=installments,
        groups=grouped(installments, periods, terms), terms=terms, approvals=frozenset(tree.get("approvals", {})),
        scope=words(tree.get("scope")), indirect=tree.get("indirect"),
        reserve={period: number(amount) * scale for period, amount in by_period.items()},
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

    Not where a bound goes by budget period, or where only a share of an installment lives on.
    """
    firsts = {period.window[0] for period in periods[1:]}
    apart = any(term.get("cap", term.get("floor", {})).get("per") == "budget_period" for term in terms)
    groups: dict[tuple[int, int], list[int]] = {}
    for n, part in enumerate(installments, 1):
        begins, end = part.window
        together = (begins <= periods[0].window[0] or begins in firsts) and part.carried is None and not apart
        groups.setdefault((end, 0) if together else (end, n), []).append(n)
    return [tuple(group) for group in groups.values()]
