"""The sheets that a careful officer turns to: Checks, Cash flow, Installments, Limits and Determinations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

import braid
from braid.answer.plan import Plan
from braid.workbook import write_workbook
from office import differing, recalculated, table
from overtyping import Office, carried, failing, limits, over, overtyped
from small import HEAD, small
from test_cases import cases, filled

FLOWS = (
    HEAD.replace("rate: 10%", "rate: 0%")
    + """\
awards:
  - id: parts
    program: other
    budget_periods:
      - {start: 2026-07-01, end: 2027-06-30, amount: "1,000"}
      - {start: 2027-07-01, end: 2028-06-30, amount: "500"}
    carry_over: {approved: 20%}
  - id: flows
    program: other
    opening_balance: "70"
    receipts: [{date: 2027-10-01, amount: "30", authorized: 2027-07-01, use_by: 2028-01-31}]
activities:
  - id: act
    uses: naloxone-distribution
    lines:
      - {id: one, category: supplies, item: naloxone, only: [parts], amount: {FY2027: "600", FY2028: "650"}}
      - {id: two, category: supplies, item: naloxone, only: [flows], amount: {FY2028: "90"}}
"""
)
KINDS = (
    HEAD.replace("indirect:", "one_federal_payer: true\nindirect:").replace("rate: 10%", "rate: 12.5%")
    + """\
awards:
  - id: grant
    program: other-federal
    awarded: 2025-01-15
    budget_periods:
      - {start: 2026-10-01, end: 2027-09-30, amount: "30,000"}
      - {start: 2027-10-01, end: 2028-06-30, amount: "30,000"}
    carry_over: {approved: 25%}
    terms:
      - {id: admin, cap: {at_most: 10%, of: award, select: {function: administration}, include_indirect: true},
         why: At most a tenth., cite: [{title: Award terms}]}
      - {id: kits, floor: {at_least: 50%, of: spend, select: {item: naloxone}}, why: Half., cite: [{title: Terms}]}
      - {id: rest, floor: {at_least: 20%, of: award, select: {item: naloxone}}, why: Some., cite: [{title: Terms}]}
      - {id: travel, cap: {at_most: 20%, of: direct, select: {category: travel}}, why: A fifth., cite: [{title: Terms}]}
  - id: second
    program: other-federal
    awarded: 2025-01-15
    start: 2026-07-01
    end: 2028-06-30
    amount: "20,000"
    terms:
      - {id: pay, limit: {at_most: "60,000", unit: FTE, per: year, select: {category: personnel}}, why: Pay.,
         cite: [{title: Award terms}]}
  - {id: pot, program: other, opening_balance: "20,000", receipts: {FY2028: "9,000"}, reserve: "1,000"}
activities:
  - id: act
    uses: naloxone-distribution
    minimum: 40%
    place: [rural]
    lines:
      - {id: kits, category: supplies, item: naloxone, quantity: 300, unit: kit, unit_cost: "41", whole_units: true,
         essential: true}
      - {id: lead, category: personnel, function: administration, quantity: 0.2, unit: FTE, unit_cost: "70,000",
         fringe: 23.5%}
      - {id: trips, category: travel, amount: "3,000", grows: 0%}
  - id: shared
    uses: linkage-to-care
    must_fund: true
    minimum: "5,000"
    lines:
      - {id: both, category: contractual, amount: "4,000", grows: 0%, shares: {second: 60%, pot: 40%}}
      - {id: more, category: personnel, amount: "9,000", grows: 0%, fringe: 20%}
require:
  - {id: rural-share, at_least: 20%, of: spend, select: {place: rural}}
  - {id: rural-need, at_least: 10%, of: need, select: {place: rural}, awards: [grant, pot]}
  - {id: naloxone, at_least: "3,000", of: direct, select: {item: naloxone}}
committed:
  - {award: pot, line: shared/more, period: FY2027, amount: "2,000"}
"""
)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return braid.plan(small())


# ------------------------------------------------------------- Checks and Limits


@pytest.mark.needs_program("soffice")
def test_too_much_turns_the_right_checks(plan: Plan, tmp_path: Path, program: Office) -> None:
    """A direct amount raised beyond need and award fails just the checks and limits that it breaks."""
    again = overtyped(plan, program, tmp_path, {("grant", "act/kits", "FY2027", "direct"): 5000})
    assert failing(again) == {
        ("Limits", ""),
        ("Need", "act/kits FY2027"),
        ("Gap", ""),
        ("Available", "grant"),
        ("Indirect", "grant FY2027"),
    }
    assert {"award[grant]", "need[act/kits,FY2027]"} <= over(again)
    assert not [row for row in over(again) if "act/lead" in row or "pot" in row]
    assert str(again["Contents"]["A4"].value) == "Checks that fail: 5. See Checks and Limits."


@pytest.mark.needs_program("soffice")
def test_a_dollar_less_turns_only_what_it_parts(plan: Plan, tmp_path: Path, program: Office) -> None:
    """Fringe lowered by two dollars: fringe is not its rate, and need is no longer what is paid and the gap."""
    row = max(plan.file.fringe, key=lambda each: each.amount)
    key = (row.award, row.line, row.period, "fringe")
    again = overtyped(plan, program, tmp_path, {key: float(row.amount) - 2})
    about = f"{row.line} {row.period}"
    assert failing(again) == {("Need", about), ("Gap", ""), ("Fringe", about)}
    assert over(again) == set()


@pytest.mark.needs_program("soffice")
def test_a_cap_moves_with_the_allocation(plan: Plan, tmp_path: Path, program: Office) -> None:
    """The administration of a grant raised beyond its cap of a tenth turns the cap to FAIL."""
    row = next(each for each in plan.file.allocations if (each.award, each.line) == ("grant", "act/lead"))
    again = overtyped(plan, program, tmp_path, {("grant", "act/lead", row.period, "direct"): 111})
    assert "cap[grant,admin]" in over(again)


@pytest.mark.needs_program("soffice")
def test_every_kind_of_limit(tmp_path: Path, program: Office) -> None:
    """Each kind of limit is a live formula that comes to what the plan says."""
    plan = braid.plan(small(KINDS))
    path = write_workbook(plan, tmp_path / "kinds.xlsx")
    again = recalculated(program("soffice"), path, tmp_path)
    assert differing(path, again) == []
    rows = limits(again)
    assert {row["Status"] for row in rows.values()} == {"PASS"}
    live = {row["Kind"] for row in rows.values() if row["Worked out"] == "live"}
    assert live >= {"need", "window", "award", "cash", "installment", "reserve", "cap", "floor", "limit", "must"}
    assert live >= {"require", "committed", "minimum", "essential", "units", "share", "payer", "carried"}
    plain = [row for row in rows.values() if row["Worked out"] != "live"]
    assert plain == []
    for row in plan.file.limits:
        at = rows[row.row]
        assert abs(float(at["Actual"]) - float(row.actual)) <= 8, row.row
        assert abs(float(at["Bound"]) - float(row.bound)) <= 8, row.row


FOLDERS = ("requirements", "cash", "payers", "match", "portions", "transfers", "subawards")
FOLDERS += ("calendar_years", "dated_bounds", "programs_together")
WORKED = [
    case
    for case in cases()
    if str(case.id).startswith(FOLDERS) and not {"faults", "status"} & set(case.values[0]["expect"])
]


@pytest.mark.parametrize("case", WORKED[::3])  # a third of them, for they are planned elsewhere as well
def test_worked_cases_pass_their_checks(case: dict[str, Any], tmp_path: Path) -> None:
    """In the workbook of every plan of the worked cases all checks pass, no limit is over, totals are as planned."""
    book = carried(braid.plan(filled(case["proposal"])), tmp_path)
    assert failing(book) == set()
    assert over(book) == set()
    said = [row["Since then"] for row in table(book, "Provenance", "Total")]
    assert said[:9] == ["as planned"] * 9


# ------------------------------------------------------------------- Cash flow


@pytest.mark.needs_program("soffice")
def test_cash_flow_worked_by_hand(tmp_path: Path, program: Office) -> None:
    """Budget periods of which a share lives on, an opening balance, and a receipt that may be used early.

    Parts: 1,000 less 600 leaves 400, of which 200 live on and 200 lapse; 700 pay the 650 of FY2028, and 50 lapse.
    Flows: 70 wait until FY2028, where 30 more come and lapse in part, as a need of 90 leaves 10.
    """
    plan = braid.plan(small(FLOWS))
    path = write_workbook(plan, tmp_path / "flows.xlsx")
    again = recalculated(program("soffice"), path, tmp_path)
    assert differing(path, again) == []
    rows = {(row["Award"], row["Period"]): row for row in table(again, "Cash flow", "Award")}
    names = ("Opening", "Received", "Charged", "Lapsed", "Closing")
    found = {key: tuple(row[name] for name in names) for key, row in rows.items()}
    assert found["parts", "FY2027"] == (0, 1000, 600, 200, 200)
    assert found["parts", "FY2028"] == (200, 500, 650, 50, 0)
    assert found["flows", "FY2027"] == (0, 70, 0, 0, 70)
    opening, received, charged, lapsed, closing = found["flows", "FY2028"]
    assert (opening, received, charged) == (70, 30, 90)
    assert lapsed + closing == 10
    assert found["All awards", "FY2027"] == (0, 1070, 600, 200, 270)
    assert found["parts", "FY2027 to FY2028"] == (0, 1500, 1250, 250, 0)
    assert {row["Result"] for row in rows.values() if row["Result"]} == {"PASS"}
    totals = {total.award: total for total in plan.awards}
    for award, total in totals.items():
        assert found[award, "FY2027 to FY2028"][3:] == (total.lapsed, total.carried)


def test_cash_flow_adds_up(harbor: Plan, harbor_seen: Workbook) -> None:
    """By award, by period and by both, a county's flows come to the totals of the plan."""
    book = harbor_seen
    rows = table(book, "Cash flow", "Award")
    span = f"{harbor.proposal.periods[0]} to {harbor.proposal.periods[-1]}"
    for name, whole in (("Charged", harbor.totals.spent), ("Lapsed", harbor.totals.lapsed)):
        by_award = sum(row[name] for row in rows if row["Period"] == span)
        by_period = sum(row[name] for row in rows if row["Award"] == "All awards" and row["Period"])
        assert by_award == by_period == float(whole)
    assert all(row["Opening"] + row["Received"] - row["Charged"] - row["Lapsed"] == row["Closing"] for row in rows)
    parts = table(book, "Installments", "Award")
    assert sum(row["Amount"] for row in parts) == float(harbor.totals.available)
    assert {row["Until"] for row in parts if row["Award"] == "settlement"} == {"never"}


# --------------------------------------------------------------- Determinations


def test_determinations_are_all_there(harbor: Plan, harbor_book: Path, harbor_seen: Workbook) -> None:
    """Every line and award once, with its words; a header that filters and stays in sight; charged adds up."""
    made = openpyxl.load_workbook(harbor_book)["Determinations"]
    top = next(row[0].row for row in made.iter_rows() if row[0].value == "Line")
    assert made.freeze_panes == f"C{top + 1}"
    assert made.tables["tblDeterminations"].autoFilter.ref == made.tables["tblDeterminations"].ref
    rows = table(harbor_seen, "Determinations", "Line")
    found = {(row["Award"], row["Line"]): row for row in rows}
    known = harbor.case.determinations
    assert len(rows) == len(found) == len(known)
    for pair, each in known.items():
        row = found[pair]
        assert (row["Status"], row["Why"]) == (each.status, each.reason)
        assert (row["Payable days"] == "on no day") == (not each.payable)
        assert (row["Rules"] or "") == ", ".join(rule.name for rule in each.rules)
    charged = harbor.totals.spent - harbor.totals.indirect
    assert sum(row["Charged"] for row in rows) == float(charged)


def test_words_beside_colours(harbor_seen: Workbook) -> None:
    """Every check and every limit says PASS or FAIL, and the Summary says how many there are of each kind."""
    book = harbor_seen
    rows = table(book, "Checks", "Check")
    assert {row["Result"] for row in rows if row["Severity"] == "error"} == {"PASS"}
    assert {row["Result"] for row in rows if row["Severity"] == "warning"} <= {"PASS", "WARN"}
    assert {row["Status"] for row in table(book, "Limits", "Row")} == {"PASS"}
    overview = table(book, "Summary", "What must hold")
    assert sum(row["Rows"] for row in overview if row["What must hold"] != "All checks") == len(rows)
