"""The oracle's requirements, choices and installments against arithmetic done by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from .instances import wide_proposal
from .oracle import faults, solve, solve_many
from .test_oracle_itself import TEXT, Tree, activity, award, best, pay, proposal, supplies
from .texts import day, months_after

FIRST_HALF = {"start": "2026-07-01", "end": "2026-12-31"}  # 184 of 365 days: of 100, ⌊18400 / 365⌋ = 50 arise
SECOND_HALF = {"start": "2027-01-01", "end": "2027-06-30"}


def kits(amount: str, name: str = "act", priority: int = 1, **more: Any) -> Tree:
    """An activity of one line of supplies in FY2027."""
    activity_keys = {key: more.pop(key) for key in ("minimum", "must_fund") if key in more}
    return activity(name, supplies({"FY2027": amount}, **more), priority=priority, **activity_keys)


def conflict(tree: Tree) -> bool:
    answer = solve(tree)
    assert answer.conflict is not None
    assert answer.conflict or solve(tree, whole_charges=True).conflict is False
    return answer.conflict


@pytest.mark.parametrize(
    ("rule", "first", "second"),
    [
        ({"at_least": "25%"}, 75, 25),  # of all that 100 buy
        ({"at_least": "30.40", "of": "direct"}, 69, 31),  # lower bounds go up
        ({"at_least": "20.1%", "of": "need"}, 59, 41),  # ⌈20.1% × 200⌉ = ⌈40.2⌉
        ({"at_most": "10%", "awards": ["a"]}, 60, 6),  # 60 buy all of the first, and 6 are at most 10% of 66
    ],
)
def test_a_required_share(rule: Tree, first: int, second: int) -> None:
    lines = [kits("60" if "at_most" in rule else "300"), kits("200", "bat", 2)]
    rule = {"id": "r", "select": {"activity": ["bat"]}, **rule}
    assert best(proposal([award("a")], lines, require=[rule])) == {1: first, 2: second}


def test_a_required_share_counts_on_costs() -> None:
    # A dollar of pay costs 1.375 with 25% fringe and 10% on both; the fringe and its indirect are 0.275: exactly 20%.
    lines = [activity("act", pay("100", "25%"))]
    rule = {"id": "r", "at_most": "20%", "select": {"category": ["fringe"]}}
    tree = proposal([award("a")], lines, indirect={"rate": "10%", "base": "direct"}, require=[rule])
    assert best(tree) == {1: 90}
    assert best({**tree, "require": [{**rule, "at_most": "19.9%"}]}) == {1: 0}
    # Of need, 10 of pay are 10 + ⌊2.5⌋ = 12. With 9 paid 11.25 are met, with 10 12.5, which 12 do not buy.
    tree = proposal([award("a", "13")], [activity("act", pay("10", "25%"))])
    tree["require"] = [{"id": "r", "at_least": "100%", "of": "need", "select": {"activity": ["act"]}}]
    assert best(tree) == {1: Fraction(25, 2)}
    tree["awards"][0]["amount"] = "12"
    assert conflict(tree)


def test_a_requirement_that_looks_at_some_awards() -> None:
    # Of b's 50 at least 60% go to the second activity, so 20 to the first, which a meets with 100: 120 and 30.
    rule = {"id": "r", "at_least": "60%", "select": {"activity": ["bat"]}, "awards": ["b"]}
    tree = proposal([award("a"), award("b", "50")], [kits("300"), kits("200", "bat", 2)], require=[rule])
    assert best(tree) == {1: 120, 2: 30}


def test_committed() -> None:
    lines = [kits("300"), kits("80", "bat", 2)]
    tree = proposal([award("a")], lines)
    tree["committed"] = [{"award": "a", "line": "bat/kits", "period": "FY2027", "amount": "20.50"}]
    assert best(tree) == {1: 79, 2: 21}
    # 20.40 are planned as 20: no more is asked for.
    tree["activities"][1] = kits("20.40", "bat", 2)
    tree["committed"][0]["amount"] = "20.40"
    assert best(tree) == {1: 80, 2: 20}
    tree["activities"][1] = kits("80", "bat", 2, never=["a"])
    assert conflict(tree)


def test_a_reserve() -> None:
    # 30 - 10 = 20 in the first year; 80 - 10 = 70 by the end of the second: 20 + 50.
    flow = {"id": "a", "program": "other", "opening_balance": "30", "receipts": {"FY2028": "50"}}
    lines = [activity("act", supplies({"FY2027": "60", "FY2028": "90"}))]
    assert best(proposal([{**flow, "reserve": "10"}], lines, last="FY2028")) == {1: 70}
    # 40 of 30 is all of it in the first year; in the second nothing is held back: 80 of 90.
    assert best(proposal([{**flow, "reserve": {"FY2027": "40"}}], lines, last="FY2028")) == {1: 80}
    # Cents hold back a dollar more: 30 - 9.01 is 20.
    assert best(proposal([{**flow, "reserve": {"FY2027": "9.01"}}], lines[:1])) == {1: 20}


def test_nothing_or_the_minimum() -> None:
    # 60% of 200 are 120, more than 100: nothing, and the second gets it all. 50% are 100.
    both = [kits("200", minimum="60%"), kits("300", "bat", 2)]
    assert best(proposal([award("a")], both)) == {1: 0, 2: 100}
    assert best(proposal([award("a")], [kits("200", minimum="50%"), both[1]])) == {1: 100, 2: 0}
    assert best(proposal([award("a")], [kits("101", minimum="all"), both[1]])) == {1: 0, 2: 100}
    assert best(proposal([award("a")], [kits("100", minimum="all"), both[1]])) == {1: 100, 2: 0}
    assert conflict(proposal([award("a")], [kits("200", minimum="60%", must_fund="true"), both[1]]))


def test_must_fund() -> None:
    # 9 + ⌊2.25⌋ = 11, of which 60% are ⌈6.6⌉ = 7: 1.25 × 5 = 6.25 is too little, so 6 are paid, which cost 7.5.
    must = activity("bat", pay("9", "25%"), priority=2, minimum="60%", must_fund="true")
    assert best(proposal([award("a")], [kits("300"), must])) == {1: 92, 2: Fraction(15, 2)}
    # Without a minimum all of it is meant.
    lines = [kits("300"), kits("40", "bat", 2, must_fund="true")]
    assert best(proposal([award("a")], lines)) == {1: 60, 2: 40}
    assert conflict(proposal([award("a", "39")], lines))


def test_an_essential_line() -> None:
    # b alone pays the lead. With 50 of 60 the kits get nothing; with 60 they get their 80.
    lead = {"id": "lead", "category": "travel", "amount": {"FY2027": "60"}, "only": ["b"], "essential": "true"}
    lines = [activity("act", lead, supplies({"FY2027": "80"}))]
    assert best(proposal([award("a"), award("b", "50")], lines)) == {1: 50}
    assert best(proposal([award("a"), award("b", "60")], lines)) == {1: 140}
    # In a year in which the lead needs nothing the kits are free.
    lines[0]["lines"][1]["amount"]["FY2028"] = "20"
    tree = proposal([award("a", end="2028-06-30"), award("b", "50")], lines, last="FY2028")
    assert best(tree) == {1: 70}


def test_whole_units() -> None:
    line = {"id": "kits", "category": "supplies", "unit": "kit", "unit_cost": "7", "quantity": "10"}
    lines = [activity("act", line | {"whole_units": "true"})]
    assert best(proposal([award("a", "50")], lines)) == {1: 49}
    # Two awards may buy them together: 25 + 25 = 50, again 49.
    assert best(proposal([award("a", "25"), award("b", "25")], lines)) == {1: 49}
    lines[0]["lines"][0] |= {"unit_cost": "10", "quantity": "2.5"}
    assert best(proposal([award("a")], lines)) == {1: 20}


def test_fixed_shares() -> None:
    # a has 30, less than 1 from 60% of what is paid: 0.6 × 51 = 30.6 is, 0.6 × 52 = 31.2 is not. b pays 21 (20.4).
    lines = [kits("100", shares={"a": "60%", "b": "40%"})]
    assert best(proposal([award("a", "30"), award("b"), award("c")], lines)) == {1: 51}
    # b has no day of the year: nothing is paid.
    late = award("b", start="2027-07-01", end="2028-06-30")
    assert best(proposal([award("a", "30"), late, award("c")], lines)) == {1: 0}


def test_one_federal_payer() -> None:
    federal = [award("a", "60", program="other-federal"), award("b", "50", program="other-federal")]
    lines = [kits("100")]
    assert best(proposal(federal, lines)) == {1: 100}
    assert best(proposal(federal, lines, one_federal_payer="true")) == {1: 60}
    assert best(proposal([*federal, award("c", "15")], lines, one_federal_payer="true")) == {1: 75}
    # The line's own word holds.
    assert best(proposal(federal, [kits("100", one_federal_payer="false")], one_federal_payer="true")) == {1: 100}
    # A split that is documented is no matter of the proposal's word: 50 and 50.
    fixed = kits("100", shares={"a": "50%", "b": "50%"})
    assert best(proposal(federal, [fixed], one_federal_payer="true")) == {1: 100}
    assert best(proposal(federal, [kits("100", basis="Time sheets.")], one_federal_payer="true")) == {1: 100}
    # Halves of the year share no day: 50 and 50.
    halves = [federal[0] | FIRST_HALF, federal[1] | SECOND_HALF]
    assert best(proposal(halves, [kits("100", one_federal_payer="true")])) == {1: 100}


def test_costs_that_grow() -> None:
    # 100.10, 104.104 and 108.26816: 100 + 104 + 108.
    line = {"id": "l", "category": "supplies", "quantity": "1", "unit": "kit", "unit_cost": "100.10", "grows": "4%"}
    rich = award("a", "1000", end="2029-06-30")
    assert best(proposal([rich], [activity("act", line)], last="FY2029")) == {1: 312}
    # 50, 51.50 and 53.045, to the cent 53.05: 50 + 52 + 53.
    assert best(proposal([rich], [activity("act", supplies("50", grows="3%"))], last="FY2029")) == {1: 155}


def test_budget_periods() -> None:
    # 50 of 100 arise in each half. 60 and 30: 50 + 30. All carried over: 50 + 40. 10% of 60 are 6: 50 + 36.
    halves = [{**FIRST_HALF, "amount": "60"}, {**SECOND_HALF, "amount": "30"}]
    grant = {"id": "a", "program": "other", "budget_periods": halves}
    assert best(proposal([grant], [kits("100")])) == {1: 80}
    assert best(proposal([{**grant, "carry_over": "none"}], [kits("100")])) == {1: 80}
    assert best(proposal([{**grant, "carry_over": "approved"}], [kits("100")])) == {1: 90}
    assert best(proposal([{**grant, "carry_over": {"approved": "10%"}}], [kits("100")])) == {1: 86}
    # The award's end, not the last budget period's, ends what is carried over: 30 of the second half may be FY2028's.
    tree = proposal([{**grant, "end": "2028-06-30"}], [activity("act", supplies({"FY2028": "100"}))], last="FY2028")
    assert best(tree) == {1: 0}
    tree["awards"][0]["carry_over"] = {"approved": "50%"}
    assert best(tree) == {1: 45}


def test_bounds_by_budget_period() -> None:
    # 10% of 55 and of 45: 5 and 4; of the award it would be 10.
    halves = [{**FIRST_HALF, "amount": "55"}, {**SECOND_HALF, "amount": "45"}]
    cap = {"at_most": "10%", "of": "award", "per": "budget_period", "select": {"function": "administration"}}
    grant = {"id": "a", "program": "other", "budget_periods": halves, "terms": [{"id": "t", "cap": cap, **TEXT}]}
    assert best(proposal([grant], [kits("100", function="administration")])) == {1: 9}
    # At least half for data: the rest is at most 55 - 28 and 45 - 23.
    floor = {"at_least": "50%", "of": "award", "per": "budget_period", "select": {"function": "data"}}
    grant["terms"] = [{"id": "t", "floor": floor, **TEXT}]
    assert best(proposal([grant], [kits("100")])) == {1: 49}
    # An amount holds of each: 3 and 3.
    grant["terms"] = [{"id": "t", "cap": {**cap, "at_most": "3.90"}, **TEXT}]
    assert best(proposal([grant], [kits("100", function="administration")])) == {1: 6}


def test_receipts_by_date() -> None:
    # Received in August, authorized from January: only the second half's 50 may be paid.
    receipt = {"date": "2026-08-01", "amount": "80", "authorized": "2027-01-01"}
    pot = {"id": "a", "program": "other", "receipts": [receipt]}
    assert best(proposal([pot], [kits("100")])) == {1: 50}
    # Six months from 1 July end on 31 December: 50 of the 90, and 20 of the opening balance.
    receipt = {"date": "2026-07-01", "amount": "90", "use_by": "6 months"}
    pot = {"id": "a", "program": "other", "opening_balance": "20", "receipts": [receipt]}
    assert best(proposal([pot], [kits("100")])) == {1: 70}
    assert best(proposal([{**pot, "receipts": [{**receipt, "use_by": "2026-12-31"}]}], [kits("100")])) == {1: 70}
    assert best(proposal([{**pot, "receipts": [{**receipt, "use_by": "7 months"}]}], [kits("100")])) == {1: 78}
    # 1 July to 31 January are 215 days: ⌊21500 / 365⌋ = 58, and 20.


def test_a_reserve_and_a_cap_look_at_the_day_of_receipt() -> None:
    # Authorized in FY2027, received in FY2028: by the end of FY2027 20 were received, 5 of which are held back.
    receipt = {"date": "2027-08-01", "amount": "80", "authorized": "2027-01-01"}
    pot = {"id": "a", "program": "other", "opening_balance": "20", "receipts": [receipt]}
    assert best(proposal([pot], [kits("100")])) == {1: 70}
    assert best(proposal([{**pot, "reserve": "5"}], [kits("100")])) == {1: 15}
    cap = {"id": "t", "cap": {"at_most": "10%", "of": "received", "select": {"item": "naloxone"}}, **TEXT}
    assert best(proposal([{**pot, "terms": [cap]}], [kits("100")])) == {1: 2}


def test_money_by_installments_counts_on_costs_by_itself() -> None:
    # A dollar costs 1.50. Each installment of 10 buys 6; both together, where they begin with periods, buy 13.
    lines = [activity("act", supplies({"FY2027": "20", "FY2028": "30"}))]
    years = [{"date": "2026-07-01", "amount": "10"}, {"date": "2027-07-01", "amount": "10"}]
    pot = {"id": "a", "program": "other", "receipts": years}
    tree = proposal([pot], lines, last="FY2028", indirect={"rate": "50%", "base": "direct"})
    assert best(tree) == {1: 13}
    years[1]["date"] = "2027-07-02"
    assert best(tree) == {1: 12}


def test_quarters() -> None:
    # A year's pay of 365 arises by the day: 92 + 92 + 90 + 91. Without the first quarter 273.
    lead = {"id": "lead", "category": "personnel", "quantity": "1", "unit": "FTE", "unit_cost": "365"}
    tree = proposal([award("a", "1000")], [activity("act", lead)])
    tree["calendar"]["step"] = "quarter"
    assert best(tree) == {1: 365}
    tree["awards"][0]["start"] = "2026-10-01"
    assert best(tree) == {1: 273}
    # Three months of each quarter at 10, to 15 November: 30, and 46 of 92 days of 30. An amount of one quarter.
    rent = {"id": "m", "category": "other", "quantity": "3", "unit": "month", "unit_cost": "10", "end": "2026-11-15"}
    tree["activities"] = [activity("act", rent), activity("bat", supplies({"FY2027-Q2": "40"}), priority=2)]
    tree["awards"][0]["start"] = "2026-07-01"
    assert best(tree) == {1: 45, 2: 40}


def test_months_end_with_the_month() -> None:
    assert months_after(day("2026-08-31"), 18) == day("2028-02-29")
    assert months_after(day("2026-12-15"), 12) == day("2027-12-15")
    assert months_after(day("2026-11-30"), 3) == day("2027-02-28")


def test_what_only_fractions_would_satisfy() -> None:
    # A dollar costs 1.50: 5 and 4 buy 3.33 and 2.67, together 6; in whole dollars 3 and 2.
    tree = proposal([award("a", "5"), award("b", "4")], [kits("6", must_fund="true")])
    answer = solve(tree | {"indirect": {"rate": "50%", "base": "direct"}})
    assert answer.conflict
    assert answer.fractions
    answer = solve(tree | {"indirect": {"rate": "51%", "base": "direct"}})
    assert answer.conflict
    assert not answer.fractions


def rows_broken(tree: Tree, *paid: tuple[str, str, str]) -> list[str]:
    """The rows that a plan of some allocations (award, line, amount) in FY2027 breaks."""
    where = {
        "installment": "1",
        "category": "supplies",
        "period": "FY2027",
        "from": "2026-07-01",
        "until": "2027-06-30",
    }
    rows = [
        {"award": a, "activity": line.split("/")[0], "line": line, "amount": amount, **where}
        for a, line, amount in paid
    ]
    plan: Tree = {"status": "optimal", "allocations": rows, "fringe": [], "indirect": [], "awards": [], "gaps": []}
    return [fault.split(":")[0] for fault in faults(tree, {**plan, "totals": {}}) if "]:" in fault]


def test_the_judge_names_the_requirement_that_is_broken() -> None:
    federal = [award("a", program="other-federal"), award("b", program="other-federal"), award("c", reserve="30")]
    units = {"unit": "kit", "unit_cost": "7", "quantity": "10", "whole_units": "true"}
    lead = {"id": "lead", "category": "supplies", "amount": {"FY2027": "20"}, "essential": "true"}
    tree = proposal(
        federal,
        [
            kits("50", "may", minimum="60%"),
            kits("40", "must", must_fund="true", minimum="25"),
            activity("units", {"id": "kits", "category": "supplies", **units}),
            activity("led", lead, supplies({"FY2027": "30"})),
            kits("60", "one", one_federal_payer="true"),
            kits("60", "part", shares={"a": "50%", "c": "50%"}),
        ],
        require=[{"id": "r", "at_most": "50%", "select": {"activity": ["one"]}}],
        committed=[{"award": "c", "line": "must/kits", "period": "FY2027", "amount": "10"}],
    )
    sound = [("c", "must/kits", "25.00")]
    assert rows_broken(tree, *sound) == []
    assert rows_broken(tree) == ["committed[c,must/kits,FY2027]", "must[must]"]
    assert rows_broken(tree, ("c", "must/kits", "9.00"), ("a", "must/kits", "16.00")) == [
        "committed[c,must/kits,FY2027]"
    ]
    assert rows_broken(tree, *sound, ("a", "may/kits", "29.00")) == ["minimum[may]"]
    assert rows_broken(tree, *sound, ("a", "may/kits", "30.00")) == []
    assert rows_broken(tree, *sound, ("a", "units/kits", "20.00")) == ["units[units/kits,FY2027]"]
    assert rows_broken(tree, *sound, ("a", "units/kits", "15.00"), ("b", "units/kits", "6.00")) == []
    assert rows_broken(tree, *sound, ("a", "led/kits", "1.00")) == ["essential[led/lead,FY2027]"]
    assert rows_broken(tree, *sound, ("a", "led/lead", "20.00"), ("a", "led/kits", "1.00")) == []
    assert rows_broken(tree, *sound, ("a", "one/kits", "5.00"), ("b", "one/kits", "5.00")) == ["payer[one/kits,FY2027]"]
    assert rows_broken(tree, *sound, ("a", "one/kits", "5.00"), ("c", "one/kits", "5.00")) == []
    assert rows_broken(tree, *sound, ("a", "one/kits", "26.00")) == ["require[r]"]
    assert rows_broken(tree, *sound, ("a", "part/kits", "5.00"), ("c", "part/kits", "6.00")) == []
    assert set(rows_broken(tree, *sound, ("a", "part/kits", "5.00"), ("c", "part/kits", "7.00"))) == {
        "share[part/kits,FY2027,a]", "share[part/kits,FY2027,c]",
    }  # fmt: skip
    assert rows_broken(tree, *sound, ("c", "may/kits", "46.00")) == ["reserve[c,FY2027]"]


def test_random_wide_proposals_are_the_same_for_a_seed_and_are_solved() -> None:
    trees = [wide_proposal(seed) for seed in range(8)]
    assert trees == [wide_proposal(seed) for seed in range(8)]
    for tree, exact, whole in zip(trees, solve_many(trees), solve_many(trees, whole_charges=True), strict=True):
        if exact.conflict is False:
            assert set(exact.optimum) == {int(act["priority"]) for act in tree["activities"]}
            assert list(whole.optimum.values()) <= list(exact.optimum.values())


def test_wide_proposals_use_every_key() -> None:
    """Each key stands in a good many of the first 150, and is not the same in all."""
    texts = [str(wide_proposal(seed)) for seed in range(150)]
    keys = ["require", "committed", "reserve", "minimum", "must_fund", "essential", "whole_units", "shares",
            "one_federal_payer", "grows", "budget_periods", "carry_over", "authorized", "use_by", "step",
            "'per': 'budget_period'", "basis", "smallest_charge"]  # fmt: skip
    counts = {key: sum((key if key[0] == "'" else f"'{key}'") in text for text in texts) for key in keys}
    assert min(counts.values()) >= 5, counts
    assert max(counts.values()) <= 100, counts
