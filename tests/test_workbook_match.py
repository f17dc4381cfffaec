"""The sheets and limits of the whole law: match, pledges, indirect cost, object classes, calendar years, programs."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

import braid
from braid.answer.plan import Plan
from braid.answer.rows import Allocation, Match
from braid.workbook import write_workbook
from office import differing, formulas, recalculated_books, table
from overtyping import Office, carried, failing, limits, over, typed_over
from small import HEAD, TWO_AWARDS, small

COALITION = """\
braid: 1
name: Harbor County coalition
jurisdiction: {name: Harbor County, state: NC, kind: county}
calendar: {first: FY2027, last: FY2028}
indirect: {rate: 15%, base: mtdc, kind: de-minimis}
awards:
  - id: dfc
    program: drug-free-communities
    name: Drug-Free Communities
    awarded: 2026-09-30
    start: 2026-09-30
    end: 2028-09-29
    budget_periods:
      - {start: 2026-09-30, end: 2027-09-29, amount: "125,000"}
      - {start: 2027-09-30, end: 2028-09-29, amount: "125,000"}
    award_year: 6
    match_pledged:
      - {kind: space, amount: "18,000", from: First Baptist Church, document: Letter of 2026-06-01,
         valuation: "Fair rental value of 600 square feet, appraised in May 2026"}
      - {kind: cash, amount: "12,500", from: Harbor Rotary Club, document: Board minutes of 2026-05-12}
    approved_budget: {personnel: "120,000", fringe: "30,000", contractual: "70,000", supplies: "10,000",
                      indirect: "20,000"}
  - id: county
    program: county-general-fund
    receipts: {FY2027: "100,000", FY2028: "100,000"}
  - id: grant
    program: other-federal
    agency: HHS
    awarded: 2025-10-01
    start: 2026-07-01
    end: 2028-06-30
    amount: "175,000"
    approved_budget: {personnel: "40,000", fringe: "10,000", contractual: "100,000", supplies: "7,500",
                      indirect: "17,500"}
    terms:
      - {id: moves, transfer: {at_most: 10%}, why: Moves above a tenth of the award need approval first.,
         cite: [{title: Award terms, section: "7"}]}
      - {id: yearly, cap: {at_most: "70,000", per: calendar_year, select: {category: contractual}},
         why: At most this for contracts in a calendar year., cite: [{title: Award terms, section: "8"}]}
      - {id: own-rate, indirect: {rate: 10%, base: mtdc}, why: The funder pays ten percent of its base.,
         cite: [{title: Award terms, section: "9"}]}
activities:
  - id: coalition
    name: Coalition
    uses: [community-planning]
    priority: 1
    lines:
      - {id: coordinator, category: personnel, quantity: 1, unit: FTE, unit_cost: "62,000", fringe: 31.7%}
      - {id: evaluator, category: contractual, subaward: univ, amount: "30,000", grows: 0%}
      - {id: meetings, category: other, amount: "9,000", grows: 0%, never: [grant]}
  - id: youth
    name: Youth prevention
    uses: [primary-prevention]
    priority: 2
    lines:
      - {id: curriculum, category: supplies, amount: "24,000", grows: 0%}
      - {id: trainer, category: personnel, quantity: 0.5, unit: FTE, unit_cost: "58,000", fringe: 24.3%}
  - id: treatment
    name: Treatment in the community
    uses: [moud-community]
    priority: 2
    lines:
      - {id: clinic, category: contractual, subaward: clinic, only: [grant], amount: "55,000", grows: 0%}
"""
BOUNDS = (
    HEAD.replace("rate: 10%, base: direct", "rate: 12.5%, base: direct")
    + """\
awards:
  - id: first
    program: opioid-settlement
    edition: NC
    receipts: {FY2027: "30,000", FY2028: "20,000"}
    terms:
      - {id: together, cap: {at_most: 20%, of: spend, per: program, select: {function: administration}},
         why: A fifth over the whole program., cite: [{title: Terms}]}
      - {id: both, cap: {at_most: "9,000", per: program, select: {category: travel}},
         why: Nine thousand over the whole program., cite: [{title: Terms}]}
      - {id: late, cap: {at_most: "2,500", select: {category: travel}}, costs: {from: 2027-01-01},
         why: Less travel from the new year., cite: [{title: Terms}]}
      - {id: late-share, floor: {at_least: 10%, of: direct, select: {item: naloxone}}, costs: {until: 2027-12-31},
         why: A tenth at first., cite: [{title: Terms}]}
  - id: second
    program: opioid-settlement
    edition: NC
    receipts: {FY2027: "20,000", FY2028: "20,000"}
    terms:
      - {id: each-year, cap: {at_most: 25%, of: spend, per: calendar_year, select: {category: travel}},
         why: A quarter of each calendar year., cite: [{title: Terms}]}
      - {id: year-amount, floor: {at_least: "1,000", per: calendar_year, select: {item: naloxone}},
         why: Some of each calendar year., cite: [{title: Terms}]}
      - {id: with-indirect, cap: {at_most: 40%, of: direct, per: calendar_year, select: {category: travel},
         include_indirect: true}, why: Indirect cost counts here., cite: [{title: Terms}]}
      - {id: part, portion: {select: {item: naloxone}}, why: Only the documented share., cite: [{title: Terms}]}
activities:
  - id: act
    uses: naloxone-distribution
    lines:
      - {id: kits, category: supplies, item: naloxone, amount: "21,000", grows: 0%, portion: 60%}
      - {id: trips, category: travel, amount: "7,003", grows: 0%}
      - {id: lead, category: personnel, function: administration, quantity: 0.1, unit: FTE, unit_cost: "64,000",
         fringe: 23.5%}
"""
)
TWO_MATCHED = (
    HEAD.replace("rate: 10%", "rate: 0%")
    + """\
awards:
  - {id: one, program: other-federal, awarded: 2025-01-15, start: 2026-07-01, end: 2028-06-30, amount: "10,000",
     terms: [{id: beside, match: {share: 25%}, why: A quarter of the cost is other money., cite: [{title: Terms}]}]}
  - {id: two, program: other-federal, awarded: 2025-01-15, start: 2026-07-01, end: 2028-06-30, amount: "6,000",
     match_pledged: [{kind: cash, amount: "500", from: A friend, document: A letter}],
     terms: [{id: half, match: {required: 50%}, why: Half a dollar for each., cite: [{title: Terms}]}]}
  - {id: pot, program: county-general-fund, receipts: {FY2027: "9,000", FY2028: "3,000"}}
activities:
  - id: act
    uses: naloxone-distribution
    lines:
      - {id: kits, category: supplies, item: naloxone, amount: {FY2027: "9,000", FY2028: "9,000"}}
      - {id: lead, category: personnel, quantity: 0.1, unit: FTE, unit_cost: "40,000", fringe: 30%}
"""
)
SUBAWARDS = (
    HEAD.replace("last: FY2028", "last: FY2029").replace("rate: 10%, base: direct", "rate: 15%, base: mtdc")
    + """\
awards:
  - id: grant
    program: other-federal
    awarded: 2025-10-01
    start: 2026-07-01
    end: 2029-06-30
    amount: "200,000"
    indirect: {rate: 10%, base: mtdc}
activities:
  - id: act
    uses: moud-community
    lines:
      - {id: clinic, category: contractual, subaward: clinic, amount: "40,000", grows: 0%}
      - {id: kits, category: supplies, item: naloxone, amount: {FY2028: "1,000"}}
"""
)
TWO = "two-matched"
TEXTS = {"coalition": COALITION, "bounds": BOUNDS, TWO: TWO_MATCHED, "subawards": SUBAWARDS}


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    return {name: braid.plan(small(text)) for name, text in TEXTS.items()}


@pytest.fixture(scope="module")
def in_cents() -> dict[str, Plan]:
    """Two of them in cents."""
    texts = {name: TEXTS[name].replace("jurisdiction:", "unit: cent\njurisdiction:", 1) for name in ("bounds", TWO)}
    return {f"{name}-cent": braid.plan(small(text)) for name, text in texts.items()}


@pytest.fixture(scope="module")
def written(
    plans: dict[str, Plan], in_cents: dict[str, Plan], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The workbook of each plan, and of some with amounts typed over."""
    folder = tmp_path_factory.mktemp("written")
    found = {name: write_workbook(plan, folder / f"{name}.xlsx") for name, plan in (plans | in_cents).items()}
    for name, changes in edits(plans).items():
        found[name] = typed_over(plans[name.partition(" ")[0]], folder / f"{name}.xlsx", changes)
    return found


@pytest.fixture(scope="module")
def again(written: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, program: Office) -> dict[str, Workbook]:
    """All of them as LibreOffice, made to recalculate all, finds them."""
    return recalculated_books(program("soffice"), [*written.values()], tmp_path_factory.mktemp("again"))


@pytest.fixture(scope="module")
def seen(written: dict[str, Path]) -> dict[str, Workbook]:
    """The workbook of each plan as a program sees it that calculates nothing."""
    return {name: openpyxl.load_workbook(written[name], data_only=True) for name in TEXTS}


# ------------------------------------------------------------------ the numbers


@pytest.mark.needs_program("soffice")
@pytest.mark.parametrize("name", [*TEXTS, "bounds-cent", f"{TWO}-cent"])
def test_formulas_come_to_what_they_carry(
    name: str,
    plans: dict[str, Plan],
    in_cents: dict[str, Plan],
    written: dict[str, Path],
    again: dict[str, Workbook],
) -> None:
    """LibreOffice, made to recalculate all of it, finds what each formula carries; checks pass, no limit is over."""
    path, book = written[name], again[name]
    assert differing(path, book) == []
    assert failing(book) == set()
    assert over(book) == set()
    assert not [formula for _, _, formula, _ in formulas(path) if len(formula) > 180]
    rows, near = limits(book), 0.1 if name in in_cents else 8
    for row in (plans | in_cents)[name].file.limits:
        assert abs(float(rows[row.row]["Actual"]) - float(row.actual)) <= near, row.row
        assert abs(float(rows[row.row]["Bound"]) - float(row.bound)) <= near, row.row


def test_what_is_live_and_what_is_not(seen: dict[str, Workbook]) -> None:
    """Every kind of limit is live: shared match, and caps that count indirect cost by the day, as well."""
    rows = [row for book in seen.values() for row in limits(book).values()]
    live = {row["Kind"] for row in rows if row["Worked out"] == "live"}
    assert live >= {"match", "transfer", "portion", "limit", "cap", "floor", "need", "window", "award", "cash"}
    assert [row["Row"] for row in rows if row["Worked out"] != "live"] == []
    assert {"match[one+two]", "cap[second,with-indirect,2026]"} <= {row["Row"] for row in rows}


def test_match_worked_by_hand(plans: dict[str, Plan], seen: dict[str, Workbook]) -> None:
    """A quarter of the cost beside 10,000 is 3,333.33, rounded up; half of 6,000 is 3,000, of which 500 is pledged."""
    book = seen[TWO]
    rows = {row["Award"]: row for row in table(book, "Match", "Award")}
    names = ("Required on what is charged", "Pledged", "Paid by other awards", "Could serve besides", "Status")
    assert tuple(rows["one"][name] for name in names) == (3334, 0, 3334, 6166, "PASS")
    assert tuple(rows["two"][name] for name in names) == (3000, 500, 2500, 6166, "PASS")
    assert {row["To spare"] for row in rows.values()} == {6166}  # the pot pays 12,000, of which 5,834 are needed
    assert [rows[name]["Required on the full award"] for name in ("one", "two")] == [3334, 3000]
    assert {row["Still to find"] for row in rows.values()} == {0}
    served = [row for row in table(book, "Match", "Matched award") if row["Paid by"]]
    plan = plans[TWO].file
    assert [(row["Matched award"], row["Paid by"], row["Line"], row["Period"]) for row in served] == [
        (row.award, row.paid_by, row.line, row.period) for row in plan.match
    ]
    assert sum(row["Amount"] for row in served) == 5834
    (pledge,) = [row for row in table(book, "Pledges", "Award") if row["Kind"]]
    assert (pledge["Award"], pledge["Kind"], pledge["Amount"], pledge["From"]) == ("two", "cash", 500, "A friend")


def test_match_says_what_the_plan_says(plans: dict[str, Plan], seen: dict[str, Workbook]) -> None:
    """Of an award whose match grows with its years, the sheet says what the plan's own table says."""
    (row,) = [row for row in table(seen["coalition"], "Match", "Award") if row["Award"] == "dfc"]
    (plan,) = plans["coalition"].file.matched
    assert row["Required on the full award"] == float(plan.required_in_full) == 125_000 + 125_000 * 1.25
    assert abs(row["Still to find"] - float(plan.missing_in_full)) <= 8  # fringe in whole dollars, by charge
    assert abs(row["To spare"] - float(plan.to_spare)) <= 8
    assert row["Pledged"] == float(plan.pledged) == 30_500
    assert row["Paid by other awards"] == float(plan.served)
    assert row["What it asks"].startswith("Each federal dollar needs a dollar from other sources")


def test_indirect_worked_by_hand(plans: dict[str, Plan], seen: dict[str, Workbook]) -> None:
    """Of 40,000 a year under one agreement 40,000 and then 10,000 count; the award pays 10% of it, and not 15%."""
    rows = [row for row in table(seen["subawards"], "Indirect", "Award") if row["Period"]]
    names = ("Base amount", "Charged", "At own rate", "Unrecovered")
    assert {row["Period"]: tuple(round(row[name]) for name in names) for row in rows} == {
        "FY2027": (40_000, 4_000, 6_000, 2_000),
        "FY2028": (11_000, 1_100, 1_650, 550),
        "FY2029": (0, 0, 0, 0),
    }
    assert {row["What decided the rate"] for row in rows} == {"The award's rate."}
    assert sum(row["Unrecovered"] for row in rows) == float(plans["subawards"].totals.unrecovered_indirect)


def test_indirect_names_the_rule(plans: dict[str, Plan], seen: dict[str, Workbook]) -> None:
    """Where a rule decided the rate, its sentence, its name and where it can be read stand beside it."""
    rows = table(seen["coalition"], "Indirect", "Award")
    grant = [row for row in rows if row["Award"] == "grant"]
    assert {row["What decided the rate"] for row in grant} == {"The funder pays ten percent of its base."}
    assert {(row["Rule"], row["Citation"]) for row in grant} == {("grant:own-rate", "Award terms, 9")}
    assert {row["Base"] for row in grant} == {"modified total direct cost"}
    found = {(row["Award"], row["Period"]): row["Unrecovered"] for row in rows if row["Period"]}
    for row in plans["coalition"].file.unrecovered:
        assert abs(found[row.award, row.period] - float(row.amount)) <= 1


def test_object_classes_add_up(plans: dict[str, Plan], seen: dict[str, Workbook]) -> None:
    """What each class is charged above its budget is what the limit on moves counts; indirect cost is no move."""
    book = seen["coalition"]
    rows = table(book, "Approved budget", "Award")
    moved = limits(book)
    for award in ("dfc", "grant"):
        *mine, whole = (row for row in rows if row["Award"] == award)
        assert sum(row["Above it"] for row in mine) == moved[f"transfer[{award}]"]["Actual"]
        assert {row["Object class"] for row in mine if row["Counts as a move"] == "no"} == {"indirect"}
        charged = sum(total.spent for total in plans["coalition"].awards if total.award == award)
        assert sum(row["Charged"] for row in mine) == float(charged)
        assert (whole["Object class"], whole["Charged"]) == ("all classes", float(charged))


def test_sheets_that_a_plan_does_not_need_are_left_out(tmp_path: Path) -> None:
    """Without match, approved budgets and a rate of one's own there is no sheet for them, and no column either."""
    book = carried(braid.plan(small(TWO_AWARDS.replace("rate: 10%", "rate: 0%"))), tmp_path)
    assert not {"Match", "Pledges", "Approved budget", "Indirect"} & {*book.sheetnames}
    heads = next(row for row in book["Allocation"].iter_rows(values_only=True) if row[0] == "Award")
    tail = ["Counts in", "As planned", "Placed as planned", "Object class"]
    assert list(heads)[-4:] == tail  # the forms of a federal award go by the class


# ---------------------------------------------------------- amounts that are typed over

TYPED: dict[str, dict[tuple[str, ...], tuple[float, str]]] = {
    "bounds": {
        ("second", "act/trips", "FY2027"): (20_000, "cap[second,each-year,2026]"),
        ("first", "act/trips", "FY2027", "2027-01-01"): (2_600, "cap[first,late]"),
        ("second", "act/kits", "FY2028"): (12_700, "portion[second,act/kits,FY2028]"),
        ("second", "act/lead", "FY2027"): (19_000, "cap[first,together]"),
    },
    "coalition": {
        ("dfc", "coalition/coordinator", "FY2028"): (180_000, "match[dfc]"),
        ("grant", "treatment/clinic", "FY2028"): (90_000, "cap[grant,yearly,2027]"),
        ("grant", "treatment/clinic", "FY2027"): (75_000, "transfer[grant]"),
        ("dfc", "youth/trainer", "FY2027"): (230_000, "limit[salary-rate-2026,youth/trainer,FY2027]"),
    },
}
"""By plan and charge, with its first day where it stands twice: an amount that is too much, and the limit it breaks."""


def edits(plans: dict[str, Plan]) -> dict[str, dict[tuple[str, ...], float]]:
    """By plan and what is done to it, the amounts that are typed over."""
    found = {
        f"{name} broken": {(*place[:3], "direct", *place[3:]): amount for place, (amount, _) in typed.items()}
        for name, typed in TYPED.items()
    }
    served, row = served_most(plans[TWO]), charged_first(plans[TWO])
    found[f"{TWO} halved"] = {(served.paid_by, served.line, served.period, "direct"): float(served.amount) / 2}
    found[f"{TWO} raised"] = {("two", row.line, row.period, "direct"): float(row.amount) + 14_000}
    return found


def served_most(plan: Plan) -> Match:
    return max(plan.file.match, key=lambda row: row.amount)


def charged_first(plan: Plan) -> Allocation:
    return next(row for row in plan.file.allocations if row.award == "two")


@pytest.mark.needs_program("soffice")
@pytest.mark.parametrize("name", TYPED)
def test_limits_move_with_the_allocation(name: str, again: dict[str, Workbook]) -> None:
    """Amounts typed over turn the limits that they break; those that nothing was typed over for stay as they are."""
    broken = over(again[f"{name} broken"])
    assert {row for _, row in TYPED[name].values()} <= broken
    assert not {
        row
        for row in broken
        if row.startswith(("cap[dfc,data", "floor", "limit[salary-rate-2026,coalition/coordinator,FY2027"))
    }


@pytest.mark.needs_program("soffice")
def test_a_dollar_that_is_not_paid_does_not_serve(plans: dict[str, Plan], again: dict[str, Workbook]) -> None:
    """Where another award pays less than what serves, the checks of that line and period fail."""
    served = served_most(plans[TWO])
    about = f"{served.paid_by} {served.line} {served.period}"
    failed = failing(again[f"{TWO} halved"])
    assert {(kind, place) for kind, place in failed if kind == "Match"} == {("Match", about)}


@pytest.mark.needs_program("soffice")
def test_more_charged_asks_for_more_beside_it(again: dict[str, Workbook]) -> None:
    """A matched award that is charged more asks for more match, and the word beside it turns."""
    book = again[f"{TWO} raised"]
    rows = {row["Award"]: row for row in table(book, "Match", "Award")}
    assert (rows["two"]["Required on what is charged"], rows["two"]["To spare"]) == (10_000, -834)
    assert (rows["one"]["Status"], rows["two"]["Status"]) == ("PASS", "FAIL")
    assert ("Match", "two") in failing(book)
