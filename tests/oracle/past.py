"""Money that was spent before the plan: which installment bore it, and what it counts for in the rows of its award."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .costs import Line, Period
from .selecting import picks
from .texts import Tree, units, words

BEFORE = -1  # the period of what was spent on no day that is known
ON_COSTS = {"fringe", "indirect"}


@dataclass(frozen=True)
class Past:
    """Whole units of an installment that are gone; `traits` are those of the line, or what is said of it."""

    installment: int
    period: int
    line: str | None
    traits: dict[str, frozenset[str]]
    amount: int
    agreement: str | None

    @property
    def category(self) -> str:
        return next(iter(self.traits["category"]))

    def selected(self, selector: Tree) -> bool:
        return picks(selector, self.traits)


def read_past(
    tree: Tree, windows: list[tuple[int, int]], amounts: list[int], periods: list[Period], lines: list[Line], scale: int
) -> list[Past]:
    """What an award has spent, charged to its installments.

    What was spent in a period first, to those that pay its costs: that end first, and of those the last to begin.
    Then the rest, to the first to begin. What is more than they have stays with the last of them.
    """
    names, left = [period.id for period in periods], list(amounts)
    found: list[Past] = []
    entries = [(names.index(spent["period"]) if "period" in spent else len(names), spent)
               for spent in tree.get("spent_before", [])]  # fmt: skip
    for t, spent in sorted(entries, key=lambda entry: (entry[0], told(entry[1], scale))):
        dated = t < len(names)
        numbers = list(range(len(windows)))
        if dated:
            first, end = periods[t].window
            live = [n for n in numbers if windows[n][0] < end and windows[n][1] > first]
            numbers = sorted(live, key=lambda n: (windows[n][1], -windows[n][0], -n)) or numbers
        units_left = units(spent["amount"], scale)
        for n in numbers:
            taken = min(units_left, max(0, left[n])) if n != numbers[-1] else units_left
            left[n], units_left = left[n] - taken, units_left - taken
            if taken:
                found.append(one(spent, n + 1, t if dated else BEFORE, taken, lines))
    return found


def told(spent: Tree, scale: int) -> tuple[Any, ...]:
    keys = ("line", "category", "function", "item", "subaward")
    return (*(str(spent.get(key, "service" if key == "function" else "")) for key in keys),
            units(spent["amount"], scale))  # fmt: skip


def one(spent: Tree, installment: int, t: int, amount: int, lines: list[Line]) -> Past:
    line = next((line for line in lines if line.id == spent.get("line")), None)
    if line is not None:
        agreement = spent.get("subaward", line.subaward)
        return Past(installment, t, line.id, line.traits, amount, agreement)
    traits = {key: words(spent.get(key)) for key in ("category", "item")}
    traits["function"] = words(spent.get("function", "service"))
    return Past(installment, t, None, traits, amount, spent.get("subaward"))


Held = Callable[[Past], bool]


def of_cap(past: list[Past], cap: Tree, of: str, share: Fraction, everything: bool) -> Fraction:
    """What it counts for in a cap, less the share of all of it where the cap is of what is spent."""
    selector = cap.get("select", {})
    chosen = sum(each.amount for each in direct(past, of) if each.selected(selector))
    if everything:
        chosen += sum(each.amount for each in past if each.category == "indirect" and not each.selected(selector))
    return chosen - share * sum(each.amount for each in direct(past, of))


def of_floor(past: list[Past], floor: Tree, of: str, share: Fraction | None) -> Fraction:
    """The rest, where a floor bounds it; else the share of all of it less what is selected."""
    selector = floor.get("select", {})
    chosen = sum(each.amount for each in direct(past, of) if each.selected(selector))
    whole = sum(each.amount for each in direct(past, of))
    return Fraction(whole - chosen) if share is None else share * whole - chosen


def direct(past: list[Past], of: str) -> Iterator[Past]:
    """What a share is of: direct cost alone, or all of it (C4)."""
    return (each for each in past if of != "direct" or each.category not in ON_COSTS)


def by_class(past: list[Past]) -> dict[str, int]:
    """What was spent by object class; indirect is none."""
    found: dict[str, int] = {}
    for each in past:
        if each.category != "indirect":
            found[each.category] = found.get(each.category, 0) + each.amount
    return found
