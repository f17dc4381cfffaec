"""The oracle's kinds of rules against arithmetic done by hand: portions, match, moves, subawards, years, days."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from .charges import Charges, Row, Unclear, first_sums
from .meaning import read
from .oracle import solve
from .test_oracle_itself import TEXT, Tree, activity, award, pay, proposal, supplies

FIRST_HALF = {"start": "2026-07-01", "end": "2026-12-31"}  # 184 of 365 days: of 100, ⌊18400 / 365⌋ = 50 arise


def best(tree: Tree, catalogue: Tree | None = None) -> dict[int, Fraction]:
    """The optimum, the same whether or not whole charges must fit."""
    answer = solve(tree, catalogue=catalogue)
    assert all(answer.proven.values())
    assert solve(tree, catalogue=catalogue, whole_charges=True).optimum == answer.optimum
    return answer.optimum


def term(name: str = "t", **rule: Any) -> Tree:
    return {"id": name, **rule, **TEXT}


def kits(amount: str | Tree, name: str = "act", **more: Any) -> Tree:
    """An activity of one line of supplies, in FY2027 unless said otherwise."""
    return activity(name, supplies(amount if isinstance(amount, dict) else {"FY2027": amount}, **more))


def federal(amount: str = "100", *terms: Tree, name: str = "a", **more: Any) -> Tree:
    return award(name, amount, program="other-federal", terms=list(terms), **more)


def local(amount: str, name: str = "b", **more: Any) -> Tree:
    return award(name, amount, program="county-general-fund", **more)


# Terms of allow, and documented shares


def test_own_allow_terms_name_what_is_paid() -> None:
    lines = [kits("30"), activity("bat", {"id": "bus", "category": "travel", "amount": {"FY2027": "40"}})]
    only_kits = term(allow={"item": "naloxone"})
    assert best(proposal([award("a", terms=[only_kits])], lines)) == {1: 30}
    assert best(proposal([award("a", terms=[only_kits, term("u", allow={"category": "travel"})])], lines)) == {1: 70}
    # Named for the first half only: 15 of 30 arise in it.
    half = {**only_kits, "costs": {"until": "2026-12-31"}}
    assert best(proposal([award("a", terms=[half])], lines)) == {1: 15}
    # A closed list of the program must name it too.
    listed = {"id": "gift", "kind": "foundation", "closed_list": "true", "rules": [term(allow={"category": "travel"})]}
    tree = proposal([award("a", program="gift")], lines)
    assert best(tree, {"programs": [listed]}) == {1: 40}
    tree["awards"][0]["terms"] = [only_kits]
    assert best(tree, {"programs": [listed]}) == {1: 0}


def test_a_documented_share() -> None:
    rule = term(portion={"share": "opioid-related", "select": {"item": "naloxone"}})
    rich = award("a", "1000", terms=[rule])
    # 60% of 99 are 59.4. The rest is another's. Not documented: nothing.
    for portion, met in (("60%", 59), ({"opioid-related": "60%"}, 59), ({"housing": "60%"}, 0), (None, 0)):
        more: Tree = {"portion": portion} if portion else {}
        line = kits("99", **more)
        assert best(proposal([rich], [line])) == {1: met}
        assert best(proposal([rich, award("b", "30")], [line])) == {1: met + 30}
    # It arises by the day: ⌊59 × 184 / 365⌋ = 29.
    assert best(proposal([{**rich, **FIRST_HALF}], [kits("99", portion="60%")])) == {1: 29}
    assert best(proposal([{**rich, **FIRST_HALF}], [kits("99", portion="60%", timing="once")])) == {1: 59}


# Match


@pytest.mark.parametrize(
    ("match", "others", "met"),
    [
        ({"required": "100%"}, "40", 80),
        ({"required": "150%"}, "40", 66),  # 26 × 1.5 = 39; 27 × 1.5 = 40.5
        ({"share": "25%"}, "20", 80),  # a third of 60 are 20
        ({"required": "100%", "from": ["local"]}, "40", 80),
        ({"required": "100%", "from": ["foundation", "state"]}, "40", 40),
        ({"required": "100%", "from": ["county-general-fund"]}, "40", 80),
    ],
)
def test_match(match: Tree, others: str, met: int) -> None:
    tree = proposal([federal("100", term(match=match)), local(others)], [kits("300")])
    assert best(tree) == {1: met}


def test_match_is_of_all_charges_and_serves_without_indirect() -> None:
    # Both add 25%. b's 40 are 32 and 8: 32 serve. a is charged 25 + 6.25 = 31.25; 26 would be 32.50: 32 + 25.
    tree = proposal([federal("100", term(match={"required": "100%"})), local("40")], [kits("300")])
    assert best({**tree, "indirect": {"rate": "25%", "base": "direct"}}) == {1: 57}
    # Pay with a quarter of fringe serves with it: 32 × 1.25 = 40, and a pays as much.
    tree["activities"] = [activity("act", pay("300", "25%"))]
    assert best(tree) == {1: 80}


def test_pledges_and_lines_that_do_not_serve() -> None:
    rule = term(match={"required": "100%"})
    a = federal("100", rule, match_pledged=[{"kind": "in-kind", "amount": "10"}, {"kind": "cash", "amount": "5"}])
    assert best(proposal([a, local("40")], [kits("300")])) == {1: 95}
    # What a could not pay serves nothing: only the 15 pledged.
    barred = term("u", forbid={"activity": "bat"})
    lines = [kits("300", only=["a"]), kits("300", "bat", only=["b"])]
    assert best(proposal([{**a, "terms": [rule, barred]}, local("40")], lines)) == {1: 55}
    # What the planner does not let it pay, it could.
    assert best(proposal([a, local("40")], lines)) == {1: 95}
    # Another federal program serves where it is named, its own award never.
    other = federal("40", name="b")
    assert best(proposal([a, other], [kits("300")])) == {1: 55}
    a["terms"] = [term(match={"required": "100%", "from": ["other-federal"]})]
    assert best(proposal([a, other], [kits("300")])) == {1: 95}


def test_a_dollar_serves_once() -> None:
    rule = term(match={"required": "100%"})
    two = [federal("100", rule), federal("100", rule, name="c"), local("60")]
    assert best(proposal(two, [kits("500")])) == {1: 120}
    # c may also use 30 that a could not pay for: 30 + 60 + 30 + 60.
    barred = term("u", forbid={"activity": "bat"})
    two[0]["terms"] = [rule, barred]
    lines = [kits("500"), kits("30", "bat", only=["d"])]
    assert best(proposal([*two, local("90", "d")], lines)) == {1: 60 + 90 + 150}


def test_match_goes_by_the_days_that_the_matched_award_could_pay() -> None:
    # 50 arise in the first half: 25 of a and 25 of b, which pays 5 in the second.
    a = federal("60", term(match={"required": "100%"}), **FIRST_HALF)
    assert best(proposal([a, local("30")], [kits("100")])) == {1: 55}
    late = local("30", start="2027-01-01")
    assert best(proposal([a, late], [kits("100")])) == {1: 30}


def test_match_by_year_of_the_award() -> None:
    rule = term(match={"required": "100%", "by_year": {"2": "200%", "8": "300%"}})
    a = federal("200", rule, end="2028-06-30")
    both = [kits({"FY2027": "300", "FY2028": "300"})]
    later = [kits({"FY2028": "300"})]
    b = local("60", end="2028-06-30")
    assert best(proposal([a, b], both, last="FY2028")) == {1: 120}
    assert best(proposal([a, b], later, last="FY2028")) == {1: 90}
    assert best(proposal([{**a, "award_year": "7"}, b], later, last="FY2028")) == {1: 80}
    # Budget periods are a year each, however short: the second half is year 2. 30 of b serve for 15.
    parts = [{**FIRST_HALF, "amount": "100"}, {"start": "2027-01-01", "end": "2027-06-30", "amount": "100"}]
    a = {key: value for key, value in a.items() if key not in ("amount", "start", "end")} | {"budget_periods": parts}
    tree = proposal([a, local("30", start="2027-01-01")], [kits("100", start="2027-01-01")])
    assert best(tree) == {1: 45}


# Moves between object classes


def test_transfer() -> None:
    # 10% of 100 beyond the 60 for supplies; the others are for travel.
    budget = {"supplies": "60", "travel": "40"}
    rule = term(transfer={"at_most": "10%"})
    lines = [kits("200"), activity("bat", {"id": "bus", "category": "travel", "amount": {"FY2027": "20"}})]
    tree = proposal([federal("100", rule, approved_budget=budget)], lines)
    assert best(tree) == {1: 90}
    tree["awards"][0]["terms"] = [term(transfer={"at_most": "10%", "and_at_most": "4"})]
    assert best(tree) == {1: 84}
    tree["awards"][0]["terms"] = [term(transfer={"at_most": "10%", "awards_above": "100"})]
    assert best(tree) == {1: 100}
    # A class without a budget: all of it is a move, or needs approval.
    tree["awards"][0] |= {"approved_budget": {"travel": "90"}, "terms": [rule]}
    assert best(tree) == {1: 30}
    tree["awards"][0]["terms"] = [term(transfer={"at_most": "10%", "new_class": "approval"})]
    assert best(tree) == {1: 20}
    # An approval on file lifts the bound.
    tree["awards"][0]["approvals"] = {"t": "Letter."}
    assert best(tree) == {1: 100}


def test_transfer_counts_fringe_as_a_class() -> None:
    # 52 of pay and 13 of fringe are 2 and 3 beyond the budget.
    a = federal("100", term(transfer={"at_most": "5"}), approved_budget={"personnel": "50", "fringe": "10"})
    assert best(proposal([a], [activity("act", pay("80", "25%"))])) == {1: 65}


# Indirect


def subawards(amounts: Tree, **more: Any) -> Tree:
    line = {"id": "sub", "category": "contractual", "subaward": "partner", "amount": amounts}
    return proposal([award("a", end="2029-06-30", **more)], [activity("act", line)], last="FY2029",
                    indirect={"rate": "15%", "base": "mtdc"})  # fmt: skip


@pytest.mark.parametrize(("awarded", "first"), [("2025-01-01", 50_000), ("2024-09-30", 25_000)])
def test_the_first_dollars_of_a_subaward(awarded: str, first: int) -> None:
    # Of three years of 100,000 the first 50,000 bring 7,500, and later years nothing.
    tree = subawards({f"FY{year}": "100,000" for year in (2027, 2028, 2029)}, awarded=awarded, amount="307,499")
    meaning = read(tree)
    charges, sums = Charges(meaning), first_sums(meaning, [100_000] * 3)
    rows = [Row("", charges.gather(charges.indirect, lambda c, t=t: c.period == t), Fraction(0)) for t in range(3)]
    assert [row.actual([100_000] * 3 + sums) for row in rows] == [Fraction(15, 100) * first, 0, 0]
    assert best(tree) == {1: 299_999 if first == 50_000 else 300_000}


def test_the_first_dollars_in_order_of_periods() -> None:
    # Of 40 and 40 the first 50 are in the base: 10% on 40 and on 10. 85 buy 80, 84 buy 79.
    rule = term(indirect={"subawards_first": "50"})
    tree = subawards({"FY2027": "40", "FY2028": "40"}, terms=[rule], amount="85")
    tree["indirect"] = {"rate": "10%", "base": "mtdc"}
    assert best(tree) == {1: 80}
    tree["awards"][0]["amount"] = "84"
    assert best(tree) == {1: 79}
    # The rate of the first year is 10%, of the second none: 40 × 1.1 + 40 = 84.
    tree["indirect"] = {"FY2027": {"rate": "10%", "base": "mtdc"}, "FY2028": {"kind": "none"}}
    assert best(tree) == {1: 80}
    # On all direct cost it is no matter: 1.1 × 76 = 83.6.
    tree["indirect"] = {"rate": "10%", "base": "direct"}
    assert best(tree) == {1: 76}


def test_the_first_dollars_in_order_of_lines() -> None:
    # Of 50 in the base more has 9 and sub, which comes after it, 41: with 10% on both 9.90 of 99 + 5 are more's.
    tree = subawards({"FY2027": "90"}, terms=[term(indirect={"subawards_first": "50"})], amount="1000")
    tree["indirect"] = {"rate": "10%", "base": "mtdc"}
    more = {"id": "more", "category": "contractual", "subaward": "partner", "amount": {"FY2027": "9"}}
    tree["activities"][0]["lines"].append(more)
    assert best(tree) == {1: 99}
    cap = {"at_most": "9.51%", "of": "spend", "select": {"line": "act/more"}}  # 9.90 / 104 = 9.519%: too much
    tree["awards"][0]["terms"].append(term("u", cap=cap))
    assert best(tree) == {1: 98}
    cap["at_most"] = "9.52%"
    assert best(tree) == {1: 99}


def test_a_part_of_a_line_in_a_row_of_indirect_is_not_guessed() -> None:
    tree = subawards({"FY2027": "40"}, terms=[term(indirect={"subawards_first": "50"})])
    until = {"until": "2026-12-31"}
    cap = {"at_most": "10%", "of": "spend", "select": {"function": "data"}}
    tree["awards"][0]["terms"].append(term("u", cap=cap, costs=until))
    with pytest.raises(Unclear):
        solve(tree)


def test_supplies_that_are_equipment_for_an_award() -> None:
    # Half of each dollar of supplies is indirect; none of equipment. Kits of 25 are equipment from 25 on.
    line = {"id": "kits", "category": "supplies", "quantity": "4", "unit": "kit", "unit_cost": "25"}
    for threshold, met in (("25", 100), ("25.01", 66)):
        terms = [term(indirect={"equipment_from": threshold})]
        tree = proposal([award("a", terms=terms)], [activity("act", line)], indirect={"rate": "50%", "base": "mtdc"})
        assert best(tree) == {1: met}
        tree["awards"][0]["terms"] = [*terms, term("u", forbid={"category": "equipment"})]
        assert best(tree) == {1: met if met < 100 else 0}


def test_a_rate_that_touches_a_period_governs_it() -> None:
    for day, met in (("2027-06-30", 100), ("2027-07-01", 66)):
        none = term(indirect={"rate": "0%"}, costs={"from": day})
        tree = proposal([award("a", terms=[none])], [kits("300")], indirect={"rate": "50%", "base": "direct"})
        assert best(tree) == {1: met}


# Caps, floors and ceilings


def test_a_cap_by_calendar_year_counts_by_days() -> None:
    # 184 / 365 of what is paid for the year are of 2026: 19 × 184 / 365 = 9.6, of 20 it would be 10.1.
    cap = {"at_most": "10", "per": "calendar_year", "select": {"item": "naloxone"}}
    assert best(proposal([award("a", terms=[term(cap=cap)])], [kits("100")])) == {1: 19}
    assert best(proposal([award("a", terms=[term(cap=cap)], start="2027-01-01")], [kits("100")])) == {1: 10}
    # Two years share 2027: x × 184 / 365, x × 181 / 365 + y × 184 / 366 and y × 182 / 366 are at most 10: 10 and 10.
    lines = [kits({"FY2027": "100", "FY2028": "100"}, name="act")]
    tree = proposal([award("a", terms=[term(cap=cap)], end="2028-06-30")], lines, last="FY2028")
    assert best(tree) == {1: 20}


def test_a_floor_of_what_is_received_in_a_calendar_year() -> None:
    # Half of 45 and of 66, whenever charged, is for data: the others get 45 - 23 and 66 - 33.
    floor = {"at_least": "50%", "of": "received", "per": "calendar_year", "select": {"function": "data"}}
    pot = {"id": "a", "program": "other", "receipts": {"FY2027": "45", "FY2028": "66"}, "terms": [term(floor=floor)]}
    lines = [kits({"FY2028": "300"})]
    assert best(proposal([pot], lines, last="FY2028")) == {1: 55}
    cap = {"at_most": "10%", "of": "received", "per": "calendar_year", "select": {"item": "naloxone"}}
    assert best(proposal([{**pot, "terms": [term(cap=cap)]}], lines, last="FY2028")) == {1: 4 + 6}
    # By what is received so far: 45 - 23 = 22 in the first year, 111 - 56 = 55 in all.
    pot["terms"] = [term(floor={**floor, "per": "award"})]
    assert best(proposal([pot], [kits({"FY2027": "300"})], last="FY2028")) == {1: 22}
    assert best(proposal([pot], lines, last="FY2028")) == {1: 55}


def test_a_cap_of_a_program() -> None:
    # A tenth of 60 and 40 together; what each pays is no matter.
    cap = {"at_most": "10%", "of": "award", "per": "program", "select": {"item": "naloxone"}}
    gift: Tree = {"id": "gift", "kind": "foundation", "rules": [term(cap=cap)]}
    awards = [award("a", "60", program="gift"), award("b", "40", program="gift"), award("c", program="pool")]
    catalogue = {"programs": [gift, {"id": "pool", "kind": "settlement"}]}
    assert best(proposal(awards[:2], [kits("300", only=["a"])]), catalogue) == {1: 10}
    assert best(proposal(awards, [kits("300")]), catalogue) == {1: 110}
    # An amount once for both; a rule that governs one award looks at that one only.
    gift["rules"] = [term(cap={**cap, "at_most": "15"})]
    del gift["rules"][0]["cap"]["of"]
    assert best(proposal(awards[:2], [kits("300")]), catalogue) == {1: 15}
    gift["rules"][0]["award_above"] = "50"
    assert best(proposal(awards[:2], [kits("300")]), catalogue) == {1: 55}
    # A ceiling of a program holds of its awards together: 12 × 4.
    care = {"id": "care", "category": "other", "quantity": "4", "unit": "patient", "unit_cost": "20"}
    gift["rules"] = [term(limit={"at_most": "12", "unit": "patient"})]
    assert best(proposal(awards[:2], [activity("act", care)]), catalogue) == {1: 48}


def test_a_bound_that_looks_at_some_days() -> None:
    # 10 of the first half's 50, all of the second's.
    until = {"until": "2026-12-31"}
    cap = {"at_most": "10", "select": {"item": "naloxone"}}
    assert best(proposal([award("a", terms=[term(cap=cap, costs=until)])], [kits("100")])) == {1: 60}
    # A tenth of what is spent on those days: none is spent on anything else.
    cap = {"at_most": "10%", "of": "spend", "select": {"item": "naloxone"}}
    assert best(proposal([award("a", terms=[term(cap=cap, costs=until)])], [kits("100")])) == {1: 50}
    # 12 a patient in the first half, ⌊48 × 184 / 365⌋ = 24, and 80 - 40 in the second.
    care = {"id": "care", "category": "other", "quantity": "4", "unit": "patient", "unit_cost": "20"}
    limit = term(limit={"at_most": "12", "unit": "patient"}, costs=until)
    assert best(proposal([award("a", terms=[limit])], [activity("act", care)])) == {1: 64}
    care["timing"] = "once"
    assert best(proposal([award("a", terms=[limit])], [activity("act", care)])) == {1: 80}
    assert best(proposal([award("a", terms=[limit], **FIRST_HALF)], [activity("act", care)])) == {1: 48}


def test_money_to_be_used_within_months_of_its_receipt() -> None:
    # Received on 1 July, six months: 50 of the 100 arise by then. Nine months end on 31 March: ⌊27400 / 365⌋ = 75.
    pot = {"id": "a", "program": "other", "receipts": {"FY2027": "200"}}
    six, nine = ({"months": months, "select": {"item": "naloxone"}} for months in ("6", "9"))
    lines = [kits("100"), activity("bat", {"id": "bus", "category": "travel", "amount": {"FY2027": "100"}})]
    assert best(proposal([pot], lines)) == {1: 200}
    assert best(proposal([{**pot, "terms": [term(use_within={"months": "6"})]}], lines)) == {1: 100}
    both = [term(use_within=six), term("u", use_within={**nine, "select": {"category": "travel"}})]
    assert best(proposal([{**pot, "terms": both}], lines)) == {1: 125}
    # The tighter of two holds. An opening balance is received on the first day.
    both = [term(use_within=six), term("u", use_within=nine)]
    assert best(proposal([{**pot, "terms": both}], lines[:1])) == {1: 50}
    pot = {"id": "a", "program": "other", "opening_balance": "30", "receipts": {"FY2028": "90"}}
    lines = [kits({"FY2028": "100"})]
    assert best(proposal([{**pot, "terms": [term(use_within={"months": "6"})]}], lines, last="FY2028")) == {1: 50}


def test_what_is_funded_already() -> None:
    lines = [kits("30"), kits("40", "bat") | {"currently_funded": "County general fund"}]
    barred = term(forbid={"currently_funded": "true"})
    assert best(proposal([award("a", terms=[barred])], lines)) == {1: 30}
    barred = term(forbid={"currently_funded": "false"})
    assert best(proposal([award("a", terms=[barred])], lines)) == {1: 40}
