"""The goals that a proposal may add, held against another way to the same answers, and the order of the file."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import braid
from braid.answer.plan import Plan
from braid.basics.errors import InputError
from braid.planner.rejudge import rejudge
from test_cases import filled

FAIR_FIRST = [{"fairness": {"over": "place"}}, "fund"]


def proposal(seed: int) -> dict[str, Any]:
    """Two or three awards, each of which may pay some of the lines; lines of two to four places, each of one."""
    chance = random.Random(seed)
    awards = [{"id": f"a{n}", "amount": str(chance.randrange(100, 900))} for n in range(chance.randrange(2, 4))]
    names = [award["id"] for award in awards]
    places = chance.randrange(2, 5)
    activities = [
        {
            "id": f"act{n}",
            "place": [f"x-p{n % places}"],
            "lines": [
                {
                    "id": "cost",
                    "amount": str(chance.randrange(100, 900)),
                    "only": chance.sample(names, chance.randrange(1, len(names) + 1)),
                }
            ],
        }
        for n in range(chance.randrange(places, 6))
    ]
    return {"goals": FAIR_FIRST, "awards": awards, "activities": activities}


def subsets(items: list[str]) -> Iterator[tuple[str, ...]]:
    return (some for count in range(1, len(items) + 1) for some in combinations(items, count))


class Waterline:
    """Fair shares by arithmetic alone: no more can go to some places than the awards that may pay them hold."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self.money = {award["id"]: int(award["amount"]) for award in parts["awards"]}
        self.lines: dict[str, list[tuple[int, frozenset[str]]]] = {}
        for activity in parts["activities"]:
            line = activity["lines"][0]
            self.lines.setdefault(activity["place"][0], []).append((int(line["amount"]), frozenset(line["only"])))
        self.need = {place: sum(need for need, _ in lines) for place, lines in self.lines.items()}

    def most(self, places: tuple[str, ...]) -> int:
        """The most that lines of these places can be paid together: the least cut between awards and lines."""
        lines = [line for place in places for line in self.lines[place]]
        return min(
            sum(self.money[award] for award in paying)
            + sum(need for need, payers in lines if not payers <= set(paying))
            for count in range(len(self.money) + 1)
            for paying in combinations(sorted(self.money), count)
        )

    def met(self) -> dict[str, Fraction]:
        """What each place gets: the tightest set of places is settled at its share, then the tightest of the rest."""
        settled: dict[str, Fraction] = {}
        while left := sorted(self.need.keys() - settled.keys()):
            share, tightest = min((self._share(some, settled), some) for some in subsets(left))
            settled |= {place: share * self.need[place] for place in tightest}
        return settled

    def _share(self, some: tuple[str, ...], settled: dict[str, Fraction]) -> Fraction:
        """The share that some places can have beside those that are settled, whichever of these bind them."""
        return min(
            (self.most((*some, *beside)) - sum((settled[place] for place in beside), Fraction(0)))
            / Fraction(sum(self.need[place] for place in some))
            for count in range(len(settled) + 1)
            for beside in combinations(sorted(settled), count)
        )


@pytest.mark.parametrize("seed", range(16))
def test_fair_shares_are_those_of_arithmetic_without_any_solver(seed: int) -> None:
    """Each place gets what the tightest set of places allows, to less than one whole dollar."""
    parts = proposal(seed)
    fair, plan = Waterline(parts).met(), braid.plan(filled(parts))
    assert plan.status == "optimal"
    met = {row.group: row.met for row in plan.goals[0].shares}
    assert set(met) == set(fair)
    wrong = {
        place: (str(met[place]), str(fair[place])) for place in fair if abs(Fraction(met[place]) - fair[place]) >= 1
    }
    assert not wrong


EVERY_GOAL = [
    {"outcomes": {"give_up": "10"}},
    {"fund": {"give_up": "25"}},
    {"fairness": {"over": "place"}},
    {"fairness": {"over": "activity"}},
    "stay-close",
    "expiring-first",
    "restricted-first",
    "sooner",
    "tidy",
]


def turned(parts: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same proposal with its awards, activities and lines in another order."""
    chance = random.Random(seed)
    activities = [{**each, "lines": chance.sample(each["lines"], len(each["lines"]))} for each in parts["activities"]]
    awards = chance.sample(parts["awards"], len(parts["awards"]))
    return {**parts, "awards": awards, "activities": chance.sample(activities, len(activities))}


def told(plan: Plan) -> dict[str, Any]:
    dumped = plan.file.model_dump(mode="json")
    return {key: dumped[key] for key in ("status", "allocations", "goals", "rounds", "totals")}


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_file_changes_nothing_under_any_goals(seed: int) -> None:
    """All goals in a shuffled order: the same amounts, goal values and rounds, however the file is ordered."""
    parts = proposal(100 + seed)
    for number, activity in enumerate(parts["activities"]):
        activity["priority"] = str(1 + number % 2)
        cost = {"measure": "lives", "dollars_per_unit": str(50 + 10 * number), "cite": [{"title": "A study"}]}
        activity.update({"outcome": cost} | ({"minimum": "60"} if number == 1 else {}))
    former = braid.plan(filled({**parts, "goals": ["fund"]}))
    parts["goals"] = random.Random(seed).sample(EVERY_GOAL, len(EVERY_GOAL))
    first = braid.plan(filled(parts), former=former)
    assert first.status == "optimal"
    assert told(braid.plan(filled(turned(parts, seed)), former=former)) == told(first)
    assert rejudge(first.to_json(), "plan.json").findings == ()


@pytest.mark.parametrize("seed", range(4))
def test_no_goal_falls_further_than_it_may(seed: int) -> None:
    """Fund falls from what is possible by no more than is granted, and what the later goals took accounts for it."""
    parts = {**proposal(200 + seed), "goals": [{"fund": {"give_up": "40"}}, {"fairness": {"over": "place"}}]}
    parts["indirect"] = {"rate": "50%", "base": "mtdc"}
    parts["activities"][0]["lines"][0]["category"] = "equipment"
    fund = braid.plan(filled(parts)).goals[0]
    alone = braid.plan(filled({**parts, "goals": ["fund"]})).goals[0]
    assert fund.possible == alone.value
    assert 0 <= fund.possible - fund.value <= 40
    took = sum((part.amount for part in fund.given_up), Decimal(0))
    assert took == fund.possible - fund.value


def test_stay_close_and_a_former_plan_go_together() -> None:
    """The goal without a plan to go by, and a plan that no goal goes by, are refused in one sentence each."""
    parts = proposal(1)
    plan = braid.plan(filled({**parts, "goals": ["fund"]}))
    with pytest.raises(InputError) as missing:
        braid.plan(filled({**parts, "goals": ["fund", "stay-close"]}))
    with pytest.raises(InputError) as unused:
        braid.plan(filled({**parts, "goals": ["fund"]}), former=plan)
    assert [fault.sentence for fault in (*missing.value.faults, *unused.value.faults)] == [
        "`stay-close` goes by a former plan, and none is given: name its file with --former, or with former= in Python",
        "a former plan is given, and the goals do not name `stay-close`, so it would change nothing; add that goal",
    ]


def test_the_summary_and_its_sheet_say_what_goals_gave_up_and_what_shares_came_to(tmp_path: Path) -> None:
    """A line for fund, a line for fairness, on the screen and on the sheet Summary."""
    parts = {
        "goals": [{"fund": {"give_up": "20"}}, {"fairness": {"over": "activity"}}],
        "indirect": {"rate": "100%", "base": "mtdc"},
        "awards": [{"id": "a", "amount": "100"}],
        "activities": [
            {"id": "van", "lines": [{"id": "van", "category": "equipment", "amount": "100"}]},
            {"id": "kits", "lines": [{"id": "kits", "amount": "100"}]},
        ],
    }
    plan = braid.plan(filled(parts))
    lines = [
        "Fund, priority 1, came to $80, of $100 possible: it gave $20 to fairness over activity.",
        "Share of payable need met, by activity: kits 20.00% and van 60.00%.",
    ]
    assert set(lines) <= set(repr(plan).splitlines())
    braid.write_workbook(plan, tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "plan.xlsx")["Summary"]
    assert set(lines) <= {str(row[0]) for row in sheet.iter_rows(values_only=True)}
