"""The oracle against arithmetic done by hand, and its judge against planted faults."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest

from .instances import random_proposal
from .oracle import faults, funded_by_priority, solve, solve_many

Tree = dict[str, Any]
TEXT = {"why": "The award says so.", "cite": [{"title": "Award terms", "read": "text"}]}


def proposal(awards: list[Tree], activities: list[Tree], last: str = "FY2027", **more: Any) -> Tree:
    calendar = {"fiscal_year_starts": "07-01", "first": "FY2027", "last": last}
    return {"braid": 1, "name": "By hand", "calendar": calendar, "awards": awards, "activities": activities, **more}


def award(name: str, amount: str = "100", start: str = "2026-07-01", end: str = "2027-06-30", **more: Any) -> Tree:
    return {"id": name, "program": "other", "amount": amount, "start": start, "end": end, **more}


def activity(name: str, *lines: Tree, **more: Any) -> Tree:
    return {"id": name, "name": name, "uses": ["peer-support"], "lines": list(lines), **more}


def supplies(amount: str | Tree, **more: Any) -> Tree:
    return {"id": "kits", "category": "supplies", "item": "naloxone", "amount": amount, **more}


def pay(amount: str, fringe: str) -> Tree:
    return {"id": "peer", "category": "personnel", "amount": {"FY2027": amount}, "fringe": fringe}


def best(tree: Tree) -> dict[int, Fraction]:
    """The optimum, the same whether or not whole charges must fit."""
    answer = solve(tree)
    assert all(answer.proven.values())
    assert solve(tree, whole_charges=True).optimum == answer.optimum
    return answer.optimum


def test_on_costs_count_exactly() -> None:
    # A dollar of pay costs 1.25 with fringe and 1.375 with 10% indirect on both. 72 cost 99; 73 would cost 100.375.
    # What is met is 72 × 1.25 = 90.
    tree = proposal([award("a")], [activity("act", pay("100", "25%"))], indirect={"rate": "10%", "base": "direct"})
    assert best(tree) == {1: 90}
    # On salaries alone a dollar costs 1.25 + 0.10 = 1.35: 74 cost 99.90, and 74 × 1.25 = 92.5.
    tree["indirect"] = {"rate": "10%", "base": "salaries"}
    assert best(tree) == {1: Fraction(185, 2)}


def test_windows_and_holes() -> None:
    # 1 July to 31 December is 184 of 365 days: of 100, ⌊18400 / 365⌋ = 50 arise by then, and 50 after it.
    lines = [activity("act", supplies({"FY2027": "100"}))]
    first, second = award("a", "90", end="2026-12-31"), award("b", "90", start="2027-01-01")
    assert best(proposal([first], lines)) == {1: 50}
    assert best(proposal([first, second], lines)) == {1: 100}
    # Without October: ⌊9200 / 365⌋ = 25 by 30 September; ⌊12300 / 365⌋ = 33 by 31 October, so 50 - 33 = 17 after it.
    hole = {"id": "t1", "forbid": {"item": ["naloxone"]}, "costs": {"from": "2026-10-01", "until": "2026-10-31"}}
    assert best(proposal([{**first, "terms": [hole | TEXT]}], lines)) == {1: 42}
    # A purchase on any day may be paid whole.
    assert best(proposal([first], [activity("act", supplies({"FY2027": "100"}, timing="once"))])) == {1: 90}


def test_priorities_caps_and_cash() -> None:
    # 10% of 100 may go to administration, which comes first: 10. The other 90 go to what comes second.
    cap = {"id": "t1", "cap": {"at_most": "10%", "of": "award", "select": {"function": "administration"}}, **TEXT}
    lines = [
        activity("act", supplies({"FY2027": "80"}, function="administration")),
        activity("bat", supplies({"FY2027": "200"}), priority=2),
    ]
    assert best(proposal([award("a", terms=[cap])], lines)) == {1: 10, 2: 90}
    # 30 in the first year, which needs 60; 50 more in the second, which needs 40: 30 + 40 = 70.
    flow = {"id": "a", "program": "other", "opening_balance": "30", "receipts": {"FY2028": "50"}}
    lines = [activity("act", supplies({"FY2027": "60", "FY2028": "40"}))]
    assert best(proposal([flow], lines, last="FY2028")) == {1: 70}


@pytest.mark.parametrize(("excess", "met"), [("any", 80), ("non-federal", 80), ("none", 48)])
def test_ceilings_by_unit(excess: str, met: int) -> None:
    # Four patients at $20 need 80; the award pays $12 for each, 48. Another award may pay 32, unless nobody may.
    limit = {"id": "t1", "limit": {"at_most": "12", "unit": "patient", "per": "each", "excess": excess}, **TEXT}
    line = {"id": "care", "category": "other", "quantity": "4", "unit": "patient", "unit_cost": "20"}
    assert best(proposal([award("a", terms=[limit]), award("b")], [activity("act", line)])) == {1: met}


def sound() -> tuple[Tree, Tree]:
    """Pay of 14 with 25% fringe, met half and half by two awards, and a line of 30 of which a pays 9.

    Each half's fringe is ⌊1.75⌋ = 1, the whole is ⌊3.5⌋ = 3: b, the last by id, takes 2. Award a adds
    ⌊15% × 7⌋ = 1 on salaries and is charged 7 + 1 + 9 + 1 = 18; b, whose terms pay no indirect, 7 + 2 = 9. The need
    is 14 + 3 + 30 = 47, of which 26 are met. What a has left lapses with the year; b goes on for another.
    """
    rate = {"id": "t1", "indirect": {"rate": "0%", "base": "direct"}, **TEXT}
    awards = [award("a", "19"), award("b", "10", end="2028-06-30", terms=[rate])]
    lines = [activity("act", pay("14", "25%"), supplies({"FY2027": "30"}, only=["a"]))]
    tree = proposal(awards, lines, indirect={"rate": "15%", "base": "salaries"})
    place = {"installment": "1", "period": "FY2027", "from": "2026-07-01", "until": "2027-06-30"}
    peer = {"activity": "act", "line": "act/peer", "category": "personnel", **place}
    kits = {"activity": "act", "line": "act/kits", "category": "supplies", **place}
    account = ["available", "direct", "fringe", "indirect", "spent", "lapsed", "carried"]
    totals = ["need", "funded", "gap", "available", "spent", "lapsed", "carried", "fringe", "indirect"]
    plan = {
        "status": "optimal",
        "allocations": [{"award": "a", **peer, "amount": "7.00"}, {"award": "b", **peer, "amount": "7.00"},
                        {"award": "a", **kits, "amount": "9.00"}],
        "fringe": [{"award": "a", "line": "act/peer", "period": "FY2027", "amount": "1.00"},
                   {"award": "b", "line": "act/peer", "period": "FY2027", "amount": "2.00"}],
        "indirect": [{"award": "a", "installment": "1", "period": "FY2027", "base": "7.00", "amount": "1.00"}],
        "awards": [{"award": "a"} | cents(account, [19, 16, 1, 1, 18, 1, 0]),
                   {"award": "b"} | cents(account, [10, 7, 2, 0, 9, 0, 1])],
        "gaps": [{"activity": "act", "line": "act/kits", "period": "FY2027", "amount": "21.00",
                  "reason": "money-exhausted"}],
        "totals": cents(totals, [47, 26, 21, 29, 27, 1, 1, 3, 1]),
    }  # fmt: skip
    return tree, plan


def cents(keys: list[str], amounts: list[int]) -> Tree:
    return {key: f"{amount}.00" for key, amount in zip(keys, amounts, strict=True)}


def test_a_sound_plan_has_no_faults() -> None:
    tree, plan = sound()
    assert faults(tree, plan) == []
    assert funded_by_priority(tree, plan) == {1: Fraction(14) * Fraction(5, 4) + 9}


def planted(*path: Any, to: Any) -> Callable[[Tree], None]:
    """Puts another value at a place of a plan."""

    def plant(plan: Tree) -> None:
        node: Any = plan
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = to

    return plant


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (planted("allocations", 0, "amount", to="7.50"), "not in whole units"),
        (planted("allocations", 0, "amount", to="-7.00"), "negative"),
        (planted("allocations", 1, "amount", to="8.00"), "need[act/peer,FY2027]: 15 is more than 14"),
        (planted("allocations", 2, "amount", to="12.00"), "award[a]: 109/5 is more than 19"),
        (planted("allocations", 2, "award", to="b"), "may not pay this line"),
        (planted("allocations", 2, "until", to="2026-12-31"), "may not pay this line"),
        (planted("allocations", 2, "installment", to="2"), "no installment '2'"),
        (planted("fringe", 0, "amount", to="2.00"), "fringe ('a', 'act/peer', 0): 2 is said, 1 is right"),
        (planted("indirect", to=[]), "indirect ('a', 0): 0 is said, 1 is right"),
        (planted("awards", 1, "lapsed", to="1.00"), "award b: lapsed 1.00 is said, 0 units are right"),
        (planted("totals", "gap", to="20.00"), "totals: gap 20.00 is said, 21 units are right"),
        (planted("gaps", to=[]), "gap ('act/kits', 0): 0 is said, 21 is right"),
    ],
)
def test_planted_faults_are_found(plant: Callable[[Tree], None], said: str) -> None:
    tree, plan = sound()
    broken = deepcopy(plan)
    plant(broken)
    assert any(said in fault for fault in faults(tree, broken))


def test_random_proposals_are_the_same_for_a_seed_and_are_solved() -> None:
    trees = [random_proposal(seed) for seed in range(8)]
    assert trees == [random_proposal(seed) for seed in range(8)]
    for tree, exact, whole in zip(trees, solve_many(trees), solve_many(trees, whole_charges=True), strict=True):
        assert set(exact.optimum) == {int(act["priority"]) for act in tree["activities"]}
        assert list(whole.optimum.values()) <= list(exact.optimum.values())
