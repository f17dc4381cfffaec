"""A finished plan: exact, the same for the same content, and honest about what it could not do."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest

from braid.answer.plan import Plan
from braid.answer.rows import PlanFile
from braid.basics.errors import CheckFailed, InputError, SolverError
from braid.checks import Entry, Paid, judge
from braid.engine.allocate import allocate
from braid.files.shipped import shipped
from braid.judge.case import Case
from braid.judge.limit import LimitKind
from braid.law.catalogue import catalogue
from braid.planner import eligibility, plan
from braid.planner.assemble import paid_of
from braid.reading import read, read_text
from small import HEAD, TWO_AWARDS, small


@pytest.fixture(scope="module")
def wake() -> Plan:
    return plan(read(str(shipped("examples", "wake_county_fy2025.yaml"))))


def test_every_kind_of_limit_binds_in_harbor_county(harbor: Plan) -> None:
    """Every kind of limit binds at least once, in a plan that is proven best."""
    binding = {row.row.split("[")[0] for row in harbor.limits if row.binding}
    assert binding == set(get_args(LimitKind))
    assert harbor.status == "optimal"


def test_harbor_county_asks_for_one_written_scope(harbor: Plan) -> None:
    """All of its federal awards but one have a written scope: A1 is said of that one alone."""
    assert [row.award for row in harbor.attention if row.code == "A1"] == ["jag"]


def test_harbor_county_pays_by_budget_period(harbor: Plan) -> None:
    """Each budget period of OD2A pays costs of its own days, the first up to 25% of itself after them as well."""
    of_od2a = [row for row in harbor.allocations if row.award == "od2a"]
    assert {row.installment for row in of_od2a} == {"1", "2"}
    assert min(row.from_ for row in of_od2a if row.installment == "2") == dt.date(2027, 9, 1)
    assert max(row.until for row in of_od2a) <= dt.date(2028, 8, 31)
    carried = next(row for row in harbor.limits if row.row == "carried[od2a,1]")
    assert carried.bound == Decimal("39600.00")  # a quarter of 158,400
    late = sum(row.amount for row in of_od2a if row.installment == "1" and row.from_ >= dt.date(2027, 9, 1))
    assert 0 < late < carried.actual <= carried.bound  # with fringe and indirect


def test_harbor_county_carries_over_by_a_rule(harbor: Plan) -> None:
    """Of SAMHSA's own grant a tenth of the next budget period's money is carried over, and moves count in each."""
    found = {row.row: row for row in harbor.limits}
    carried = found["carried[fr-cara,1]"]
    assert (carried.bound, carried.binding) == (Decimal("4500.00"), True)  # 10% of 45,000
    late = [row for row in harbor.allocations if row.award == "fr-cara" and row.from_ >= dt.date(2027, 9, 30)]
    assert sum(row.amount for row in late if row.installment == "1") > 3_800  # 4,500 / 1.15, in whole units
    # 25% of 64,000 and of 45,000
    assert [found[f"transfer[fr-cara,{n}]"].bound for n in (1, 2)] == [Decimal("16000.00"), Decimal("11250.00")]
    assert all(found[f"transfer[fr-cara,{n}]"].actual > 0 for n in (1, 2))


def test_harbor_county_keeps_what_the_board_insists_on(harbor: Plan) -> None:
    """Whole kits, halves paid by two awards, one federal payer a year, the reserve and the promised places."""
    paid: dict[tuple[str, str], dict[str, Decimal]] = {}
    for row in harbor.allocations:
        by_award = paid.setdefault((row.line, row.period), {})
        by_award[row.award] = by_award.get(row.award, Decimal(0)) + row.amount
    assert all(sum(paid["naloxone/kits", f"FY{year}"].values()) % 24 == 0 for year in (2027, 2028, 2029))
    halves = paid["data-sharing/connection", "FY2027"]
    assert abs(halves["od2a"] - halves["cossup"]) <= 1
    for year in (2027, 2028, 2029):
        assert len(set(paid["jail-treatment/patients", f"FY{year}"]) & {"sor", "cossup", "jag"}) <= 1
    assert next(row.carried for row in harbor.awards if row.award == "settlement") >= 100_000
    assert paid["treatment-court/participants", "FY2028"]["cossup"] >= 24_620


def test_the_totals_of_harbor_county_add_up(harbor: Plan) -> None:
    """Need is funded or a gap; what is available was spent, is, lapses or is carried; every gap dollar has a reason."""
    totals = harbor.totals
    assert totals.need == totals.funded + totals.gap
    assert totals.available == totals.spent_before + totals.spent + totals.lapsed + totals.carried
    assert sum(gap.amount for gap in harbor.gaps) == totals.gap
    direct = sum(row.amount for row in harbor.allocations)
    assert direct + totals.fringe == totals.funded
    assert direct + totals.fringe + totals.indirect == totals.spent


def test_wake_county_spends_what_the_record_says(wake: Plan) -> None:
    """The eight published amounts sum to $7,450,000, and each is paid in full."""
    assert wake.totals.need == wake.totals.funded == Decimal("7450000.00")
    assert not wake.gaps


def test_the_same_content_gives_the_same_bytes() -> None:
    """Two runs differ in the time stamp alone, and so do files whose awards and activities stand in another order."""
    text = TWO_AWARDS
    grant, pot = text.index("  - id: grant"), text.index("  - id: pot")
    end = text.index("activities:")
    turned = text[:grant] + text[pot:end] + text[grant:pot] + text[end:]
    plans = [json.loads(plan(read_text(each)).to_json()) for each in (text, text, turned)]
    for each in plans:
        each["provenance"]["made"] = ""
    assert plans[0] == plans[1]
    assert plans[0]["allocations"] == plans[2]["allocations"]
    assert plans[0]["goals"] == plans[2]["goals"]


def test_plan_json_reads_back_by_its_published_schema(harbor: Plan) -> None:
    """What is written is what the schema says: the file validates, and nothing is lost."""
    content = json.loads(harbor.to_json())
    again = PlanFile.model_validate(content)
    assert again == harbor.file
    assert content["allocations"][0].keys() == {
        "award", "installment", "activity", "line", "category", "period", "from", "until", "amount", "codes",
    }  # fmt: skip


def test_a_proposal_is_carried_without_loss() -> None:
    """Small counts, shares above a thousand per cent and caps of cents stand in plan.json as they were written."""
    text = TWO_AWARDS.replace("quantity: 0.01", "quantity: 0.012345").replace("fringe: 20%", "fringe: 1200%")
    text = text.replace("at_most: 10%, of: award", 'at_most: "$0.50"')
    carried = json.loads(plan(small(text)).to_json())["proposal"]
    line = carried["activities"][0]["lines"][1]
    assert (line["quantity"], line["fringe"]) == ("0.012345", "1200%")
    assert carried["awards"][0]["terms"][0]["cap"]["at_most"] == "$0.50"


def test_one_unit_too_many_is_found() -> None:
    """The judge that never sees the program finds a single dollar moved onto any full limit."""
    case = Case(small(), catalogue())
    paid = paid_of(case, allocate(case))
    assert judge(case, paid).findings == ()
    for entry in paid.entries:
        more = tuple(
            Entry(e.award, e.line, e.index, e.days, e.amount + (e is entry), e.installment) for e in paid.entries
        )
        assert judge(case, Paid(more, paid.fringe, paid.indirect, paid.by_installment)).findings


def test_a_forbidden_pair_is_found() -> None:
    """An allocation on a line that the award may not pay is a finding with its rule's reason."""
    case = Case(read(str(shipped("examples", "harbor_county.yaml"))), catalogue())
    need = next(need for need in case.needs if need.cost.id == "syringe-services/syringes")
    entry = Entry("sor", need.cost.id, need.index, need.days, 10)
    found = judge(case, Paid((entry,), {}, {}, {})).findings
    assert any("Congress forbids buying needles" in finding.sentence for finding in found)


def test_a_finding_of_the_judge_withholds_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that fails the exact judgement is not returned: it is a bug, reported with the row."""
    from braid import planner

    real = planner.judge

    def spoiled(case: Case, paid: Paid) -> object:
        first, *rest = paid.entries
        more = Entry(first.award, first.line, first.index, first.days, first.amount + 100_000, first.installment)
        return real(case, Paid((more, *rest), paid.fringe, paid.indirect, paid.by_installment))

    monkeypatch.setattr(planner, "judge", spoiled)
    with pytest.raises(CheckFailed, match="breaks a rule, and withholds it"):
        plan(small())


def test_a_plan_of_nothing_payable_is_all_gap() -> None:
    """Where no award may pay anything, the plan pays nothing, and each dollar of the gap says so."""
    text = TWO_AWARDS.replace(
        "lines:", 'lines:\n      - {id: van, category: equipment, amount: {FY2027: "9"}, never: [grant, pot]}'
    )
    found = plan(small(text))
    assert [(gap.line, gap.reason) for gap in found.gaps if gap.line == "act/van"] == [("act/van", "no-eligible-award")]


def test_out_of_time_is_said_and_not_guessed() -> None:
    """With no time at all there is no plan, and the sentence says how to allow more."""
    with pytest.raises(SolverError, match="--time-limit"):
        plan(read(str(shipped("examples", "harbor_county.yaml"))), seconds=0.0)


def test_why_names_the_nearest_line() -> None:
    """A mistyped line or award is answered with the nearest one, not with a KeyError."""
    with pytest.raises(InputError, match=r"is no line of this proposal \(did you mean «act/kits»\?\)"):
        eligibility(small()).why("act/kit", "grant")


def test_whole_dollars_lose_nothing_that_is_not_stated() -> None:
    """Under whole dollars awards go down and needs to the nearest dollar; what is dropped stands in the totals."""
    text = TWO_AWARDS.replace('"1,100"', '"1,100.75"').replace('FY2027: "400"', 'FY2027: "400.50"')
    totals = plan(small(text)).totals
    assert totals.dropped_from_awards == Decimal("0.75")
    assert totals.added_to_needs == Decimal("0.50")


def test_cents_are_planned_as_cents() -> None:
    """Under ``unit: cent`` the award is used to the last cent that its rules allow."""
    text = (HEAD + "unit: cent\n" + TWO_AWARDS.removeprefix(HEAD)).replace(
        'opening_balance: "100"', 'opening_balance: "99.99"'
    )
    found = plan(small(text))
    paid = {row.award: row.spent for row in found.awards}
    assert paid["pot"] == Decimal("149.99")


def test_a_goal_value_is_the_sum_of_what_is_met(harbor: Plan) -> None:
    """``fund`` counts direct cost and its exact fringe; with whole dollars of charges it differs by cents at most."""
    fund = sum((Fraction(goal.value) for goal in harbor.goals if goal.goal == "fund"), Fraction(0))
    rows = len(harbor.fringe)
    assert 0 <= fund - Fraction(harbor.totals.funded) <= rows


def test_what_expected_money_would_add_is_told_by_priority_where_one_would_lose() -> None:
    """With 60 too little for the court, which takes all or nothing, and 40 more enough: 100 of it less the 60 of kits
    are 40 in all; c takes from nobody, and is told in one amount."""
    text = HEAD.replace("indirect: {rate: 10%, base: direct}\n", "") + (
        "awards:\n"
        '  - {id: a, program: other, opening_balance: "60"}\n'
        '  - {id: b, program: other, opening_balance: "40", status: expected}\n'
        '  - {id: c, program: other, opening_balance: "10", status: expected}\n'
        "activities:\n"
        "  - {id: court, uses: [x-any], minimum: all, lines: [{id: staff, category: supplies, timing: once, "
        'amount: {FY2027: "100"}}]}\n'
        "  - {id: kits, uses: [x-any], priority: 2, lines: [{id: kits, category: supplies, timing: once, "
        'amount: {FY2027: "80"}}]}\n'
    )
    lines = repr(plan(read_text(text, "proposal.yaml"))).splitlines()
    at = lines.index("If it came, it would add")
    assert lines[at + 1 : at + 5] == [
        "  b: the award            $40",
        "    that is, $100 more of priority 1 would be met, and $60 less of priority 2",
        "  c: the award            $10",
        "",
    ]
