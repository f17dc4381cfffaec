"""The rows of other money that must stand beside an award's charges (M2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from .charges import Charges, Row
from .meaning import Award, Column, Meaning, Tree
from .payable import paid_days, serves
from .texts import meet, percent

Dealt = tuple[str, str, str, str]  # the matched award, the award that pays, line, period


@dataclass(frozen=True)
class Matched:
    """An award that asks for a match."""

    award: Award
    rule: Tree

    def ratio(self, column: Column) -> Fraction:
        """Other dollars for each dollar of the award, by its year; of a share of the whole cost, s / (1 - s)."""
        if "share" in self.rule:
            share = percent(self.rule["share"]) or Fraction(0)
            return share / (1 - share)
        always = percent(self.rule["required"]) or Fraction(0)
        by_year = {int(year): percent(ratio) for year, ratio in self.rule.get("by_year", {}).items()}
        if not by_year:
            return always
        return by_year.get(self.award.year(column.installments[0], column.window[0])) or always

    @property
    def gone(self) -> Fraction:
        """Other dollars that what is spent already asks for; what others spent before serves only as a pledge."""
        if not self.award.past:
            return Fraction(0)
        if self.rule.get("by_year"):
            raise NotImplementedError("former spending beside match that differs by year")
        share = percent(self.rule["share"]) if "share" in self.rule else None
        ratio = percent(self.rule["required"]) or Fraction(0) if share is None else share / (1 - share)
        return ratio * sum(each.amount for each in self.award.past)

    def served_by(self, column: Column) -> bool:
        """May what another award pays serve: of a program in `from`, for costs that the matched award could pay?"""
        if not serves(column.award, self.award, self.rule):
            return False
        days = [meet(window, column.window) for window in paid_days(self.award, column.line, column.period)]
        return column.window in days


def matched(meaning: Meaning) -> list[Matched]:
    """The awards that ask for a match; one rule each."""
    found: list[Matched] = []
    for award in meaning.awards:
        rules = award.law.of_kind("match")
        if len(rules) > 1:
            raise NotImplementedError("two rules of match on one award")
        found += [Matched(award, rule["match"]) for rule in rules]
    return sorted(found, key=lambda one: one.award.id)


def match_rows(meaning: Meaning, charges: Charges) -> Iterator[Row]:
    """What any set of matched awards requires together is at most what can serve any of them: each dollar once."""
    all_matched = matched(meaning)
    serving = [[one.served_by(column) for column in meaning.columns] for one in all_matched]
    for size in range(1, len(all_matched) + 1):
        for chosen in combinations(range(len(all_matched)), size):
            some = [all_matched[k] for k in chosen]
            required = charges.gather(lambda c, some=some: need_of(some, c) * charges.all(c), lambda _: True)
            for c, column in enumerate(meaning.columns):
                if any(serving[k][c] for k in chosen):
                    required[c] = required.get(c, Fraction(0)) - 1 - column.line.fringe
            name = "+".join(one.award.id for one in some)
            left = sum((one.award.pledged - one.gone for one in some), Fraction(0))
            if left < 0:
                raise NotImplementedError("former spending that lacks its match")
            yield Row(f"match[{name}]", required, left)


def need_of(some: list[Matched], column: Column) -> Fraction:
    return sum((one.ratio(column) for one in some if one.award is column.award), Fraction(0))


def dealt_faults(meaning: Meaning, charges: Charges, values: list[int], said: dict[Dealt, int]) -> Iterator[str]:
    """What is wrong with a plan's list of what serves as whose match, in whole units.

    Each dollar once, and only where it may serve; with the pledges, what each award requires, but for the parts of a
    unit that each item loses. `values` are those of the columns and of the sums that follow them.
    """
    pairs = list(zip(meaning.columns, values, strict=False))
    served: defaultdict[Dealt, Fraction] = defaultdict(Fraction)
    paid: defaultdict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    all_matched = matched(meaning)
    for column, amount in pairs:
        key = column.award.id, column.line.id, meaning.periods[column.period].id
        mine = [one.award.id for one in all_matched if one.served_by(column)]
        paid[key] += amount * (1 + column.line.fringe) if mine else 0
        for award in mine:
            served[award, *key] += amount * (1 + column.line.fringe)
    for key in {item[1:] for item in said}:
        if (dealt := sum(amount for item, amount in said.items() if item[1:] == key)) >= paid[key] + 1:
            yield f"match of {key}: {dealt} is said, {paid[key]} is there to serve"
    for item, amount in said.items():
        if amount >= served[item] + 1:
            yield f"match {item}: {amount} is said, {served[item]} may serve"
    for one in all_matched:
        terms = charges.gather(lambda c, one=one: need_of([one], c) * charges.all(c), lambda _: True)
        required = Row("", terms, Fraction(0)).actual(values) + one.gone
        items = [amount for item, amount in said.items() if item[0] == one.award.id]
        parts = sum(1 for item, amount in served.items() if item[0] == one.award.id and amount)
        if sum(items) + one.award.pledged <= required - parts - 1:
            yield f"match of {one.award.id}: {sum(items)} and {one.award.pledged} pledged, {required} is required"
