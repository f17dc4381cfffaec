"""A row that a plan must hold, and what a unit of a column costs its award: on-costs as exact fractions (C1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .law import dated, touching
from .meaning import Award, Column, First, Meaning, Tree, selects
from .texts import percent, truth

BASES = ["none", "salaries", "salaries-and-fringe", "mtdc", "direct"]
NOT_MTDC_CATEGORIES = {"equipment", "construction"}
NOT_MTDC_ITEMS = {
    "vehicle", "land", "renovation", "construction", "rent", "tuition", "participant-support", "patient-care",
}  # fmt: skip

Measure = Callable[[Column], Fraction]


@dataclass(frozen=True)
class Row:
    """`terms` goes from the number of a column, or of a sum that follows the columns, to its coefficient."""

    id: str
    terms: dict[int, Fraction]
    bound: Fraction

    def actual(self, amounts: list[int]) -> Fraction:
        return sum((factor * amounts[c] for c, factor in self.terms.items()), Fraction(0))


class Charges:
    """What a unit of a column costs its award: pay, its fringe, and the indirect on each."""

    def __init__(self, meaning: Meaning) -> None:
        self.meaning = meaning
        self.beyond = False  # count subaward agreements beyond their first dollars too
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
        if base == "mtdc" and self.in_first_sums(column) and not self.beyond:
            return Fraction(0)
        return rate * part if in_base(column, base, fringe) else Fraction(0)

    def in_first_sums(self, column: Column) -> bool:
        """Is it paid under a subaward agreement of which the base counts the first dollars only?"""
        most = column.award.subawards_first(self.meaning.scale)
        return column.line.subaward is not None and most is not None

    def all(self, column: Column) -> Fraction:
        return 1 + column.line.fringe + self.indirect(column)

    def selected(
        self, selector: Tree, with_fringe: bool = True, with_indirect: bool = True, as_written: bool = False
    ) -> Measure:
        """The part of a column's charge that a selector picks, pay and fringe each by its own traits.

        `as_written`: by the line's own category, not by what it is for the award that pays.
        """

        def measure(column: Column) -> Fraction:
            charge, dear = Fraction(0), None if as_written else column.award.equipment_from
            for fringe in (False, True)[: 1 + with_fringe]:
                if selects(selector, column.line, column.period, fringe, dear):
                    charge += column.line.fringe if fringe else 1
                    charge += self.indirect(column, fringe) if with_indirect else 0
            return charge

        return measure

    def gather(self, measure: Measure, keep: Callable[[Column], bool]) -> dict[int, Fraction]:
        """The coefficients of a row that counts on-costs, with those of the first dollars of subaward agreements.

        Their base is known by award, period and line only: all that is charged then must count alike.
        """
        terms = gather(self.meaning, measure, keep)
        self.beyond = True
        more = gather(self.meaning, measure, keep)
        self.beyond = False
        for k, first in enumerate(self.meaning.firsts):
            mine = [c for c, column in enumerate(self.meaning.columns) if in_cell(first, column)]
            rates = {more.get(c, Fraction(0)) - terms.get(c, Fraction(0)) for c in mine}
            if len(rates) > 1:
                raise Unclear(f"a part of {first.cell} in a row of {first.award.id}")
            rate, c = rates.pop(), len(self.meaning.columns) + k
            before = self.meaning.firsts[k - 1] if k else first
            if rate:
                terms[c] = terms.get(c, Fraction(0)) + rate
            if (
                rate
                and before.cell < first.cell
                and before.award is first.award
                and before.agreement == first.agreement
            ):
                terms[c - 1] = terms.get(c - 1, Fraction(0)) - rate
        return {c: factor for c, factor in terms.items() if factor}


class Unclear(NotImplementedError):
    """The conventions do not say what is meant."""


def in_cell(first: First, column: Column) -> bool:
    return first.charges(column) and (column.period, column.line.id) == first.cell


def first_sums(meaning: Meaning, amounts: list[int]) -> list[int]:
    """What of each agreement lies within its first dollars, from the amounts of the columns alone."""
    pairs = list(zip(meaning.columns, amounts, strict=True))
    return [min(first.most, sum(n for column, n in pairs if first.charges(column))) for first in meaning.firsts]


def in_base(column: Column, base: str, fringe: bool) -> bool:
    """Is a column's pay (or fringe) in an indirect base (C9)?"""
    line = column.line
    if base == "mtdc":
        category = line.category_at(column.period, column.award.equipment_from)
        return category not in NOT_MTDC_CATEGORIES and line.traits["item"].isdisjoint(NOT_MTDC_ITEMS)
    if base in ("salaries", "salaries-and-fringe"):
        return line.category == "personnel" and (not fringe or base == "salaries-and-fringe")
    return base == "direct"


def indirect_rate(meaning: Meaning, award: Award, t: int) -> tuple[Fraction, str]:
    """The rate and base at which an award pays indirect in a period; no rate of the recipient's own: none."""
    own = meaning.own_rate(t)
    if own is None:
        return Fraction(0), "none"
    stated = [own] + ([award.indirect] if award.indirect else [])
    for term in touching(award.law.of_kind("indirect"), meaning.periods[t].window):
        rule = term["indirect"]
        if rule.get("kind", own.get("kind")) == own.get("kind"):
            stated.append(rule)
    rates = [rate for s in stated if "rate" in s and (rate := percent(s["rate"])) is not None]
    base = min((str(s["base"]) for s in stated if "base" in s), key=BASES.index)
    for term in award.terms:
        cap = term.get("cap", {})
        share = percent(cap["at_most"]) if cap else None
        if share is not None and truth(cap.get("include_indirect")) and cap["of"] in ("award", "spend") and share < 1:
            if dated(term):
                raise Unclear("a rate bounded by a cap that looks at some days only")
            rates.append(share / (1 - share))
    return min(rates), base


def gather(meaning: Meaning, measure: Measure, keep: Callable[[Column], bool]) -> dict[int, Fraction]:
    """The coefficients of a row over the columns that belong to it."""
    pairs = ((c, measure(column)) for c, column in enumerate(meaning.columns) if keep(column))
    return {c: factor for c, factor in pairs if factor}


def one(column: Column) -> Fraction:
    return Fraction(1)
