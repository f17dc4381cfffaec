"""The goal `tidy`: fewer payers, at no cost to the goals before it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from braid.engine.allocate import Allocation, allocate
from braid.judge.case import Case
from braid.law.catalogue import catalogue
from braid.reading import read_text
from small import TWO_AWARDS

PURSES = """\
braid: 1
name: Purses
jurisdiction: {name: Small County, state: NC}
calendar: {first: FY2027, last: FY2027}
awards:
  - {id: a, program: other, receipts: {FY2027: "500"}}
  - {id: b, program: other, receipts: {FY2027: "500"}}
  - {id: c, program: other, receipts: {FY2027: "500"}}
  - {id: d, program: other, receipts: {FY2027: "1,500"}}
activities:
  - id: act
    uses: linkage-to-care
    lines:
      - {id: cars, category: other, amount: "1,500"}
      - {id: phones, category: other, amount: "1,500"}
"""
EARLIER = "[fund, sooner, expiring-first, restricted-first]"


def planned(text: str, goals: str) -> Allocation:
    return allocate(Case(read_text(f"{text}goals: {goals}\n"), catalogue()))


def payers(found: Allocation) -> set[tuple[str, str]]:
    pairs = zip(found.program.cells, found.amounts, strict=False)
    return {(cell.award, cell.line) for cell, amount in pairs if amount}


@pytest.mark.parametrize("text", [PURSES, TWO_AWARDS])
def test_tidiness_costs_the_goals_before_it_nothing(text: str) -> None:
    """Every goal before `tidy` has the same value with it and without it, in fractions and in whole units."""
    without, tidied = planned(text, EARLIER), planned(text, f"{EARLIER[:-1]}, tidy]")
    assert [(goal.name, goal.value) for goal in tidied.goals] == [(goal.name, goal.value) for goal in without.goals]
    assert [float(goal.possible) for goal in tidied.goals] == pytest.approx([float(g.possible) for g in without.goals])
    assert len(payers(tidied)) <= len(payers(without))


def test_the_fewest_payers_are_found() -> None:
    """One purse holds just what a line costs and three hold a third each: four payers, and 3,000 is met as without."""
    tidied = planned(PURSES, f"{EARLIER[:-1]}, tidy]")
    assert sum(goal.value for goal in tidied.goals if goal.name == "fund") == Fraction(3000)
    assert len(payers(tidied)) == tidied.fewest == 4
