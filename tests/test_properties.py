"""What holds of every plan: it is sound, looser bounds never fund less, and the order of a file does not matter."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from math import floor
from random import Random
from typing import Any

from hypothesis import Phase, assume, given, note, settings
from hypothesis import strategies as st

from braid.engine.allocate import Allocation, allocate
from braid.judge.case import Case
from braid.law.catalogue import catalogue
from braid.planner import plan
from braid.reading import read_text
from oracle import instances, mutations, oracle
from oracle.texts import as_yaml

Tree = dict[str, Any]
EARLIER = ["fund", "sooner", "expiring-first", "restricted-first"]
# Examples are seeds: a smaller one is no simpler, so that none is looked for.
FEW = settings(max_examples=40, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])


def planned(proposal: Tree) -> Tree:
    """The plan of a proposal, as it is written."""
    return json.loads(plan(read_text(as_yaml(proposal))).to_json())


@dataclass(frozen=True)
class Drawn:
    """A random small proposal, with or without requirements and installments, known by its seed."""

    wide: bool
    seed: int

    @property
    def tree(self) -> Tree:
        return (instances.wide_proposal if self.wide else instances.random_proposal)(self.seed)


LONG = {1219, 1251, 1738, 4094, 6866}
"""Seeds whose last whole dollar is sought for up to a minute, again and again: others are drawn for them. One of that
kind, random 47, is held to the oracle in test_oracle."""
DRAWN = st.builds(
    Drawn,
    st.sampled_from([False, True, True]),
    st.integers(1_000, 9_999).map(lambda seed: seed + 10_000 if seed in LONG else seed),
)


@given(DRAWN)
@FEW
def test_a_plan_is_sound_and_a_conflict_pays_nothing(drawn: Drawn) -> None:
    found = planned(drawn.tree)
    if found["status"] in ("conflict", "fractions"):
        assert not found["allocations"]
        assert found["conflict"]
    else:
        assert oracle.faults(drawn.tree, found) == []


@given(DRAWN, st.integers(0, 10**6))
@FEW
def test_looser_bounds_never_fund_less(drawn: Drawn, which: int) -> None:
    ways = mutations.loosened(drawn.tree)
    assume(ways)
    said, looser = ways[which % len(ways)]
    note(said)
    before = planned(drawn.tree)
    assume(before["status"] == "optimal")
    after = planned(looser)
    assume(after["status"] != "feasible")
    assert after["status"] == "optimal"
    had, has = (oracle.funded_by_priority(drawn.tree, found) for found in (before, after))
    for priority in sorted(had):
        assert floor(has[priority]) >= floor(had[priority])
        if has[priority] != had[priority]:
            break  # more of a former priority, be it by less than a unit, may leave less for the next


@given(st.integers(0, 10**6).map(lambda seed: seed + 1 if seed in LONG else seed))
@settings(FEW, max_examples=12)
def test_tidiness_costs_nothing_in_whole_units(seed: int) -> None:
    """With `tidy`, every goal before it is at least what it is without it, exactly; no more payers, no more crumbs.

    Nothing is left to rounding: whole units begin at the plan without it, and no step back is taken.
    """
    without, tidied = (allocated(many_purses(seed), goals) for goals in (EARLIER, [*EARLIER, "tidy"]))
    assert without.status == tidied.status
    for one, other in zip(without.goals, tidied.goals, strict=True):
        assert other.value >= one.value, one.name
    assert all(b <= a for a, b in zip(tidiness_of(without), tidiness_of(tidied), strict=True))


def many_purses(seed: int) -> Tree:
    """Awards that may pay the same lines, too small together, with on-costs: payers are a choice, and cents are odd."""
    draw = Random(seed)
    amounts = [{f"FY{year}": str(draw.randint(300, 4_000)) for year in (2027, 2028)} for _ in range(9)]
    awards = [{"id": f"a{n}", "program": "other", "receipts": each} for n, each in enumerate(amounts[:4])]
    lines = [
        {"id": f"l{n}", "category": "other", "amount": each, **({} if n % 2 else {"function": "administration"})}
        for n, each in enumerate(amounts[4:])
    ]
    pay = {"id": "lead", "category": "personnel", "fringe": "32%", "quantity": "0.1", "unit": "FTE"}
    lines.append({**pay, "unit_cost": str(draw.randint(30_000, 60_000))})
    return {
        "braid": 1,
        "name": "Many purses",
        "jurisdiction": {"name": "Small County", "state": "NC"},
        "calendar": {"first": "FY2027", "last": "FY2028"},
        "indirect": {"rate": "10%", "base": "direct"},
        "awards": awards,
        "activities": [
            {"id": "one", "uses": "linkage-to-care", "priority": 1, "lines": lines[:3]},
            {"id": "two", "uses": "linkage-to-care", "priority": 2, "lines": lines[3:]},
        ],
    }


def allocated(proposal: Tree, goals: list[str]) -> Allocation:
    """The allocation of a proposal with other goals."""
    return allocate(Case(read_text(as_yaml({**proposal, "goals": goals})), catalogue()))


def tidiness_of(found: Allocation) -> tuple[int, int]:
    """Payers of lines, summed up, and charges below $500 that leave their line short, counted anew."""
    paid: dict[tuple[str, str, int], int] = defaultdict(int)
    for cell, amount in zip(found.program.cells, found.amounts, strict=False):
        paid[cell.award, cell.line, cell.index] += amount
    charges = {key: amount for key, amount in paid.items() if amount}
    met: dict[tuple[str, int], int] = defaultdict(int)
    for (_, line, index), amount in charges.items():
        met[line, index] += amount
    case = found.program.case
    least = 500 if case.proposal.unit == "dollar" else 50_000
    small = [key for key, a in charges.items() if a < least and met[key[1:]] < case.need[key[1:]].direct]
    return len({key[:2] for key in charges}), len(small)


@given(DRAWN, st.integers(0, 10**6))
@FEW
def test_the_order_of_a_file_changes_nothing(drawn: Drawn, seed: int) -> None:
    here, there = (answer(tree) for tree in (drawn.tree, mutations.shuffled(drawn.tree, seed)))
    assert list(here) == list(there)
    for part in here:
        assert json.dumps(here[part]) == json.dumps(there[part])


def answer(proposal: Tree) -> Tree:
    """All of a plan but the time at which it was made, and what repeats the file as it was read."""
    found = planned(proposal)
    provenance = {key: value for key, value in found["provenance"].items() if key not in ("made", "proposal")}
    return {key: value for key, value in found.items() if key not in ("proposal", "fingerprint")} | {
        "provenance": provenance
    }
