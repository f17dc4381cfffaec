"""The sheets of an answer that finance, programs and auditors look up: values worked out another way, and live."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

import braid
from braid.answer.plan import Plan
from braid.basics.fiscal import span
from braid.checks.judging import Paid, judge
from braid.checks.ledger import Entry
from braid.workbook import write_workbook
from office import differing, recalculated_books, table
from overtyping import Office, carried, failing, over, typed_over, warning
from small import HEAD, small

FINANCE = (
    HEAD.replace("indirect: {rate: 10%, base: direct}", "indirect: {rate: 15%, base: mtdc, kind: de-minimis}")
    + """\
float: "200,000"
positions:
  - {id: HR-12, title: Peer support specialist, codes: {department: "40"}}
  - {id: HR-13, title: Nurse, fte: 0.5}
awards:
  - id: grant
    program: other-federal
    agency: SAMHSA
    pass_through: State DHHS
    fain: H79TI000000
    assistance_listing: "93.788"
    award_number: "=GR-17"
    codes: {fund: "2511", Fund: G-7}
    awarded: 2025-09-30
    start: 2025-09-30
    end: 2027-09-29
    amount: "200,000"
    obligate_by: 2027-08-31
    liquidate_by: 2027-12-28
    payment: reimbursement
    lag_days: 45
    scope: [act, clinic]
    approved_budget:
      {personnel: "90,000", fringe: "20,000", supplies: "30,000", contractual: "45,000", indirect: "15,000"}
    spent_before:
      - {category: personnel, amount: "10,000"}
      - {line: clinic/partner, period: FY2027, amount: "5,000", subaward: partner-a}
      - {category: supplies, function: administration, amount: "500"}
      - {category: indirect, amount: "1,500"}
    terms:
      - {id: admin, cap: {at_most: 5%, of: award, select: {function: administration}, include_indirect: false},
         why: A twentieth., cite: [{title: Award terms}]}
      - {id: kits, floor: {at_least: 5%, of: spend, select: {item: naloxone}}, why: Some., cite: [{title: Terms}]}
  - id: pot
    program: other
    codes: {fund: "2510"}
    opening_balance: "40,000"
    receipts:
      - {date: 2027-03-01, amount: "60,000", use_by: 12 months}
      - {date: 2027-10-01, amount: "50,000", authorized: 2027-07-01}
    spent_before: [{category: supplies, amount: "3,000"}]
  - {id: later, program: other, start: 2027-07-01, end: 2028-06-30, amount: "30,000", status: expected,
     probability: 60%}
activities:
  - id: act
    name: Outreach
    uses: naloxone-distribution
    lines:
      - {id: kits, category: supplies, item: naloxone, amount: {FY2027: "14,000", FY2028: "14,000"}}
      - {id: peer, category: personnel, quantity: 1, unit: FTE, unit_cost: "52,000", fringe: 30%, position: HR-12}
      - {id: books, category: supplies, function: administration, amount: {FY2027: "9,000", FY2028: "2,000"}}
  - id: clinic
    uses: moud-community
    priority: 2
    revenue: [{payer: Medicaid, amount: {FY2027: "8,000", FY2028: "9,000"}, basis: Visits billed in FY2025}]
    lines:
      - {id: nurse, category: personnel, quantity: 0.5, unit: FTE, unit_cost: "90,000", fringe: 25%, position: HR-13,
         codes: {program: "77"}}
      - {id: partner, category: contractual, subaward: partner-a, payee: nonprofit,
         amount: {FY2027: "60,000", FY2028: "70,000"}}
"""
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return braid.plan(small(FINANCE))


@pytest.fixture(scope="module")
def book(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return carried(plan, tmp_path_factory.mktemp("answer"))


def rows(book: Workbook, sheet: str, first: str = "Award") -> list[dict[str, Any]]:
    return table(book, sheet, first)


@pytest.fixture(scope="module")
def again(plan: Plan, tmp_path_factory: pytest.TempPathFactory, program: Office) -> dict[str, Workbook]:
    """The workbook as LibreOffice calculates it: as written, with more money spent, with a person paid too much."""
    folder = tmp_path_factory.mktemp("written")
    paths = [write_workbook(plan, folder / "finance.xlsx"), _spent_more(plan, folder / "spent.xlsx")]
    paths.append(typed_over(plan, folder / "person.xlsx", {("grant", "act/peer", "FY2027", "direct"): 52_100}))
    found = recalculated_books(program("soffice"), paths, tmp_path_factory.mktemp("again"))
    assert differing(paths[0], found["finance"]) == []
    return found


def _spent_more(plan: Plan, path: Path) -> Path:
    """The workbook with ten thousand more on the sheet of what was spent."""
    edited = openpyxl.load_workbook(write_workbook(plan, path))
    sheet = edited["Spent before"]
    heads = next(row for row in sheet.iter_rows() if row[0].value == "Award")
    at = {str(cell.value): place for place, cell in enumerate(heads)}
    row = next(row for row in sheet.iter_rows(min_row=heads[0].row + 1) if row[at["Object class"]].value == "personnel")
    row[at["Amount"]].value = 20_000
    edited.save(path)
    return path


@pytest.mark.needs_program("soffice")
def test_everything_that_finance_says_is_live(again: dict[str, Workbook]) -> None:
    """With money spent, revenue, positions, subawards, codes and float, each formula comes to what it carries."""
    assert failing(again["finance"]) == set()
    assert over(again["finance"]) == set()


# --------------------------------------------------------------- money already spent


def test_what_was_spent_before_is_gone_from_each_balance(plan: Plan, book: Workbook) -> None:
    """Grant: 10,000 + 5,000 + 500 + 1,500 = 17,000. Pot: 3,000. What is left is available less both."""
    found = {row["Award"]: row for row in rows(book, "Award balances")}
    assert {name: row["Spent before"] for name, row in found.items()} == {"grant": 17_000, "pot": 3_000}
    for total in plan.awards:
        row = found[total.award]
        assert row["Available"] == row["Spent before"] + row["Charged"] + row["Lapses"] + row["Carries on"]
        assert (row["Lapses"], row["Carries on"]) == (total.lapsed, total.carried)
    said = [row for row in rows(book, "Provenance", "Total") if row.get("Since then")]
    assert {row["Since then"] for row in said} == {"as planned"}
    assert {"Spent before"} <= {row["Total"] for row in said}


def test_limits_count_what_was_spent_before(plan: Plan, book: Workbook) -> None:
    """The live sums of cap, floor and award with money spent come to what the judge says, to the unit of on-costs."""
    found = {row["Row"]: row for row in rows(book, "Limits", "Row")}
    for name in ("award[grant]", "award[pot]", "cap[grant,admin]", "floor[grant,kits]"):
        limit = next(each for each in plan.file.limits if each.row == name)
        row = found[name]
        assert row["Worked out"] == "live"
        assert abs(float(row["Actual"]) - float(limit.actual)) <= 4
        assert abs(float(row["Bound"]) - float(limit.bound)) <= 4
    assert found["cap[grant,admin]"]["Spent before"] == 500
    assert found["award[grant]"]["Spent before"] == 17_000


OVERSPENT = (
    HEAD
    + """\
awards:
  - {id: gone, program: other, start: 2026-07-01, end: 2028-06-30, amount: "1,000",
     spent_before: [{category: supplies, amount: "1,001"}]}
  - {id: b, program: other, start: 2026-07-01, end: 2028-06-30, amount: "100", indirect: {rate: 0%}}
activities:
  - id: act
    uses: naloxone-distribution
    lines: [{id: kits, category: supplies, item: naloxone, amount: {FY2027: "400"}}]
"""
)


@pytest.mark.needs_program("soffice")
def test_money_spent_beyond_an_award_warns_and_is_no_error(tmp_path: Path, program: Office) -> None:
    """One dollar too much was spent: the limit warns, nothing fails; charged a dollar more, it is an error."""
    plan = braid.plan(small(OVERSPENT))
    before = carried(plan, tmp_path)
    assert failing(before) == set()
    assert ("Spent before", "gone") in warning(before)
    row = next(row for row in rows(before, "Limits", "Row") if row["Row"] == "award[gone]")
    assert (row["Actual"], row["Bound"], row["Status"], row["Over before"]) == (1001, 1000, "WARN", 1)
    assert row["Note"].startswith("Money already spent leaves it over by $1;")
    assert before["Contents"]["A4"].value == "All checks pass."
    assert str(before["Contents"]["A5"].value).startswith("Warnings to look at: ")
    assert [row["Left"] for row in rows(before, "Award balances")] == [0, 0]


@pytest.mark.needs_program("soffice")
def test_spent_money_typed_higher_turns_red(again: dict[str, Workbook]) -> None:
    """Ten thousand more on the sheet of what was spent: the award is over, and so are the checks that hold it."""
    assert "award[grant]" in over(again["spent"])
    assert {("Limits", ""), ("Available", "grant")} <= failing(again["spent"])


@pytest.mark.needs_program("soffice")
def test_a_person_paid_above_the_whole_turns_red(again: dict[str, Workbook]) -> None:
    """A peer's pay raised beyond the 52,000 of the whole position: the position fails by its own check."""
    assert ("Positions", "") in failing(again["person"])
    assert ("Quarters", "grant") not in failing(again["person"])


# ------------------------------------------------------------- who is paid from what


def test_the_braid_adds_up_both_ways(plan: Plan, book: Workbook) -> None:
    """Each activity's payers come to what is funded of it, each award's column to what it is charged."""
    found = {row["Activity"]: row for row in rows(book, "Braid", "Activity")}
    for activity in ("act", "clinic"):
        row = next(row for row in found.values() if row["Id"] == activity)
        paid = sum(each.amount for each in plan.file.allocations if each.activity == activity)
        paid += sum(each.amount for each in plan.file.fringe if each.line.startswith(f"{activity}/"))
        assert row["All awards"] == paid
    charged = {total.award: total.spent for total in plan.awards}
    assert [found["Charged"]["grant"], found["Charged"]["pot"]] == [charged["grant"], charged["pot"]]
    assert found["Charged"]["All awards"] == plan.totals.spent


def test_effort_adds_up_to_the_whole_person(plan: Plan, book: Workbook) -> None:
    """Half a nurse at 90,000 costs 45,000: what is paid of that is effort of the half position, and all is 100%."""
    effort = {(row["Position"], row["Period"]): row for row in rows(book, "Positions", "Position") if row.get("Result")}
    assert {row["Result"] for row in effort.values()} == {"PASS"}
    assert {row["All"] for row in effort.values()} == {1}
    pay = {(row.award, row.period): row.amount for row in plan.file.allocations if row.line == "clinic/nurse"}
    for (position, period), row in effort.items():
        if position == "HR-13":
            paid = sum((amount for (_, when), amount in pay.items() if when == period), Decimal(0))
            assert row["Paid by awards"] == pytest.approx(float(paid) / 45_000)
    titles = {row["Position"]: row["Title"] for row in effort.values()}
    assert titles == {"HR-12": "Peer support specialist", "HR-13": "Nurse"}


def test_first_dollars_of_an_agreement_are_those_of_the_judge(plan: Plan, book: Workbook) -> None:
    """What of the subaward is in the base: of the grant 50,000 less 5,000 spent before; and so the judge has it."""
    found = [row for row in rows(book, "Subawards") if row["Award"] == "grant"]
    assert sum(row["In the base"] for row in found) == 45_000
    assert sum(row["Charged"] for row in found) == sum(
        row.amount for row in plan.file.allocations if (row.award, row.line) == ("grant", "clinic/partner")
    )
    index = plan.proposal.fiscal.index
    entries = tuple(
        Entry(r.award, r.line, index[r.period], span(r.from_, r.until), int(r.amount), r.installment)
        for r in plan.file.allocations
    )
    ledger = judge(plan.case, Paid(entries, {}, {}, {})).ledger
    counted = {(row.entry.award, row.entry.index): 0 for row in ledger.rows() if row.entry.line == "clinic/partner"}
    for row in ledger.rows():
        if row.past is None and row.entry.line == "clinic/partner":
            counted[row.entry.award, row.entry.index] += row.in_mtdc
    shown = {
        (row["Award"], index[row["Period"]]): row["In the base"] for row in rows(book, "Subawards") if row["Period"]
    }
    assert shown == {key: amount for key, amount in counted.items() if key in shown}


# -------------------------------------------------------------------------- when


def test_cash_by_quarter_is_that_of_the_plan(plan: Plan, book: Workbook) -> None:
    """Charged, received and carried by award and quarter are those of plan.json, which are worked out elsewhere."""
    found = {(row["Award"], row["Quarter"]): row for row in rows(book, "Cash by quarter")}
    for each in plan.file.cash:
        row = found[each.award, each.quarter]
        assert (row["Charged"], row["Float"]) == (each.charged, each.carried)
        assert row["Received"] == each.received
    assert sum(row["Charged"] for row in found.values()) == plan.totals.spent
    lapsed = {total.award: total.lapsed for total in plan.awards}
    assert sum(row["Lapsed"] for key, row in found.items() if key[0] == "pot") == lapsed["pot"]
    together = {row["Quarter"]: row for row in rows(book, "Cash by quarter", "Awards")}
    for quarter, row in together.items():
        mine = [each for each in plan.file.cash if each.quarter == quarter]
        assert row["Charged"] == sum(each.charged for each in mine)
        assert row["Float"] == sum(each.carried for each in mine)
    ends = {row["Award"]: row["Closing"] for row in found.values()}  # the last row of each award
    assert [*together.values()][-1]["Closing"] == sum(ends.values())


def test_deadlines_are_in_order(book: Workbook) -> None:
    """The days of the awards, as written: obligate, end, liquidate, and the 12 months of a receipt."""
    found = [(str(row["Date"])[:10], row["Award"], row["Installment"]) for row in rows(book, "Deadlines", "Date")]
    assert found == [
        ("2027-08-31", "grant", None),
        ("2027-08-31", "grant", 1),  # what is not ordered by then lapses
        ("2027-09-29", "grant", None),
        ("2027-12-28", "grant", None),
        ("2028-02-29", "pot", 2),
    ]
    left = {row["Award"]: row for row in rows(book, "Award balances")}["grant"]
    (ends,) = [row for row in rows(book, "Deadlines", "Date") if (row["Award"], row["Installment"]) == ("grant", 1)]
    assert (ends["Lapses"], ends["Carries on"]) == (left["Lapses"], left["Carries on"])


# ------------------------------------------------------------------ what is on file


def test_register_carries_numbers_as_text(book: Workbook) -> None:
    """The Assistance Listing stays 93.788, a number that begins with = stays text, expected money is told."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows(book, "Award register"):  # two tables: numbers and scope, then what is on file and dates
        found.setdefault(row["Award"], {}).update(row)
    assert (found["grant"]["Assistance Listing"], found["grant"]["FAIN"]) == ("93.788", "H79TI000000")
    assert found["grant"]["Award number"] == "=GR-17"
    assert found["later"]["Status"] == "expected (60%)"
    assert found["grant"]["Scope"] == "act, clinic"
    assert str(found["grant"]["Liquidate by"])[:10] == "2027-12-28"
    assert found["grant"]["Payment"] == "reimbursement, 45 days after the claim"
    assert (found["pot"]["Payment"], found["grant"]["Kind"]) == ("as it is received", "federal")


def test_codes_stand_on_every_charge(book: Workbook) -> None:
    """Fund and Fund, which Excel holds for one header, become two columns; position and line add theirs."""
    found = rows(book, "Allocation")
    heads = [head for head in found[0] if head.startswith("Code: ")]
    assert heads == ["Code: Fund", "Code: department", "Code: fund (2)", "Code: program"]
    peer = next(row for row in found if (row["Award"], row["Line"]) == ("grant", "act/peer"))
    assert (peer["Code: fund (2)"], peer["Code: Fund"], peer["Code: department"]) == ("2511", "G-7", "40")
    indirect = next(row for row in found if (row["Award"], row["Kind"]) == ("pot", "indirect"))
    assert (indirect["Code: fund (2)"], indirect["Code: department"]) == ("2510", None)


def test_revenue_takes_off_what_the_plan_says(plan: Plan, book: Workbook) -> None:
    """What other payers bring, by line, is that of the plan; Needs takes it and what is spent off the cost."""
    off = [row for row in rows(book, "Revenue", "Activity") if row.get("Line") and row.get("Taken off the need")]
    assert sum(row["Taken off the need"] for row in off) == plan.totals.revenue
    partner = next(
        row for row in rows(book, "Needs", "Activity") if (row["Line"], row["Period"]) == ("clinic/partner", "FY2027")
    )
    # 60,000 less its part of Medicaid's 8,000 (4,129 of 116,250 with fringe), less 5,000 spent
    assert (partner["Cost"], partner["Other payers"], partner["Spent before"]) == (60_000, 4_129, 5_000)
    assert partner["Direct"] == 60_000 - 4_129 - 5_000


def test_expected_money_stands_beside_the_plan(plan: Plan, book: Workbook) -> None:
    """What the expected award would add is that of the plan, by priority and together."""
    found = [row for row in rows(book, "Expected money") if row["What"] == "the award"]
    assert sum(row["Would add"] for row in found) == 2 * sum(each.amount for each in plan.file.expected)


def test_a_small_plan_has_few_sheets(tmp_path: Path) -> None:
    """Two awards without any of this have none of its sheets, and none of its columns."""
    book = carried(braid.plan(small()), tmp_path)
    absent = {"Spent before", "Revenue", "Expected money", "Subawards", "Pledges", "Match", "Approved budget"}
    assert not absent & {*book.sheetnames}
    forms = book.sheetnames.index("Attention") + 1
    assert forms <= 20
    sheets = book.worksheets[:forms]
    heads = {cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)}
    assert not {"Spent before", "Over before", "Other payers"} & heads
    assert not [head for head in heads if head.startswith("Code: ")]
