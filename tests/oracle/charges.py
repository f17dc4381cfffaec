"""A row that a plan must hold, and what a unit of a column costs its award: on-costs as exact fractions (C1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .meaning import Award, Column, Line, Meaning, Tree, selects
from .texts import percent, truth

BASES = ["none", "salaries", "salaries-and-fringe", "mtdc", "direct"]
NOT_MTDC_CATEGORIES = {"equipment", "construction"}
NOT_MTDC_ITEMS = {
    "vehicle", "land", "renovation", "construction", "rent", "tuition", "participant-support", "patient-care",
}  # fmt: skip

Measure = Callable[[Column], Fraction]


@dataclass(frozen=True)
class Row:
    """`terms` goes from the number of a column to its coefficient."""

    id: str
    terms: dict[int, Fraction]
    bound: Fraction

    def actual(self, amounts: list[int]) -> Fraction:
        return sum((factor * amounts[c] for c, factor in self.terms.items()), Fraction(0))


class Charges:
    """What a unit of a column costs its award: pay, its fringe, and the indirect on each."""

    def __init__(self, meaning: Meaning) -> None:
        self.meaning = meaning
        self._rates: dict[tuple[str, int], tuple[Fraction, str]] = {}

    def rate(self, award: Award, t: int) -> tuple[Fraction, str]:
        """The lowest rate on the narrowest base of the recipient, the award and its terms."""
        if (award.id, t) not in self._rates:
            self._rates[award.id, t] = indirect_rate(self.meaning, award, t)
        return self._rates[award.id, t]

    def indirect(self, column: Column, fringe: bool | None = None) -> Fraction:
        """The indirect that rides on a unit of the column: on its pay, on its fringe, or (none) on both."""
        if fringe is None:
            return self.indirect(column, False) + self.indirect(column, True)
        rate, base = self.rate(column.award, column.period)
        part = column.line.fringe if fringe else Fraction(1)
        return rate * part if in_base(column.line, base, fringe) else Fraction(0)

    def all(self, column: Column) -> Fraction:
        return 1 + column.line.fringe + self.indirect(column)

    def selected(self, selector: Tree, with_fringe: bool = True, with_indirect: bool = True) -> Measure:
        """The part of a column's charge that a selector picks, pay and fringe each by its own traits."""

        def measure(column: Column) -> Fraction:
            charge = Fraction(0)
            for fringe in (False, True)[: 1 + with_fringe]:
                if selects(selector, column.line, column.period, fringe):
                    charge += column.line.fringe if fringe else 1
                    charge += self.indirect(column, fringe) if with_indirect else 0
            return charge

        return measure


def in_base(line: Line, base: str, fringe: bool) -> bool:
    """Is a line's pay (or fringe) in an indirect base (C9)?"""
    if base == "mtdc":
        return line.category not in NOT_MTDC_CATEGORIES and line.traits["item"].isdisjoint(NOT_MTDC_ITEMS)
    if base in ("salaries", "salaries-and-fringe"):
        return line.category == "personnel" and (not fringe or base == "salaries-and-fringe")
    return base == "direct"


def indirect_rate(meaning: Meaning, award: Award, t: int) -> tuple[Fraction, str]:
    """The rate and base at which an award pays indirect in a period; no rate of the recipient's own: none."""
    own = meaning.own_rate(t)
    if own is None:
        return Fraction(0), "none"
    stated = [own] + ([award.indirect] if award.indirect else [])
    for term in award.terms:
        rule = term.get("indirect")
        if rule and rule.get("kind", own.get("kind")) == own.get("kind"):
            stated.append(rule)
    rates = [rate for s in stated if "rate" in s and (rate := percent(s["rate"])) is not None]
    base = min((str(s["base"]) for s in stated if "base" in s), key=BASES.index)
    for term in award.terms:
        cap = term.get("cap", {})
        share = percent(cap["at_most"]) if cap else None
        if share is not None and truth(cap.get("include_indirect")) and cap["of"] in ("award", "spend") and share < 1:
            rates.append(share / (1 - share))
    return min(rates), base


def gather(meaning: Meaning, measure: Measure, keep: Callable[[Column], bool]) -> dict[int, Fraction]:
    """The coefficients of a row over the columns that belong to it."""
    pairs = ((c, measure(column)) for c, column in enumerate(meaning.columns) if keep(column))
    return {c: factor for c, factor in pairs if factor}


def one(column: Column) -> Fraction:
    return Fraction(1)
