"""The workbook is live: what is typed over on the sheets of input moves all that goes by it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

import braid
from braid.answer.plan import Plan
from braid.workbook import write_workbook
from braid.workbook.together import GROUPS
from office import formulas, recalculated, table
from overtyping import Office, entered, failing, limits, over, overtyped
from small import HEAD, small
from test_workbook_checks import KINDS

INPUT = "BF9000"
"""The colour of the tabs of sheets of input."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return braid.plan(small())


@pytest.mark.needs_program("soffice")
def test_input_typed_over_turns_the_right_checks(plan: Plan, tmp_path: Path, program: Office) -> None:
    """An award made smaller and a line made cheaper on their own sheets break just what goes by them.

    The grant is charged more than 300, its administration more than a tenth of that, and kits are paid more than 100
    in FY2027; the pot and FY2028 stay as they are. A day moves nothing here, and is warned of; so is what was added.
    """
    changes = {
        ("Awards", "grant", "Amount"): 300,
        ("Lines", "kits", "Amount FY2027"): 100,
        ("Awards", "grant", "End"): dt.date(2027, 3, 31),
        ("Activities", "act", "Minimum"): 50,
    }
    again = entered(plan, program, tmp_path, changes)
    warned = [row["What must hold"] for row in table(again, "Checks", "Check") if row["Result"] == "WARN"]
    assert {said.partition(" since")[0] for said in warned if "since" in said} == {
        "Awards, End: no day was changed",
        "Activities: no number and no day was added or cleared",
    }
    bounds = {row: each["Bound"] for row, each in limits(again).items()}
    assert (bounds["award[grant]"], bounds["need[act/kits,FY2027]"], bounds["need[act/kits,FY2028]"]) == (300, 100, 400)
    assert bounds["cap[grant,admin]"] == 30
    # of a need of 100, what arises on 273 of 365 days: 100 at the end less 25 by 30 September
    assert bounds["window[act/kits,FY2027,2026-10-01..2027-06-30]"] == 75
    window = "window[act/kits,FY2027,2026-10-01..2027-06-30]"
    assert over(again) == {"award[grant]", "cap[grant,admin]", "need[act/kits,FY2027]", window}
    assert failing(again) == {("Limits", ""), ("Need", "act/kits FY2027"), ("Gap", ""), ("Available", "grant")}


CHOICES = (
    HEAD.replace("rate: 10%, base: direct", "rate: 0%")
    + """\
float: "2,600"
awards:
  - {id: one, program: other-federal, awarded: 2025-01-15, start: 2026-07-01, end: 2027-06-30, amount: "2,000"}
  - {id: two, program: other-federal, awarded: 2025-01-15, start: 2026-07-01, end: 2027-06-30, amount: "8,000"}
activities:
  - id: act
    uses: linkage-to-care
    lines:
      - {id: whole, category: contractual, only: [two], amount: {FY2027: "2,000"}}
      - {id: person, category: personnel, basis: time records, effort_step: 25%, amount: {FY2027: "8,000"}}
"""
)


@pytest.mark.needs_program("soffice")
def test_steps_of_effort_and_the_float_are_live(tmp_path: Path, program: Office) -> None:
    """A part of a person that is no step, and a float above its bound, turn their own limits.

    A quarter of 8,000 is a step of 2,000, so that 1,999 is off by 1. By 30 September 92 of 365 days have
    passed; what has arisen by then waits for its payment.
    """
    plan = braid.plan(small(CHOICES))
    paid = {(row.award, row.line): int(row.amount) for row in plan.file.allocations}
    assert paid == {("one", "act/person"): 2_000, ("two", "act/person"): 6_000, ("two", "act/whole"): 2_000}
    key = ("one", "act/person", "FY2027", "direct")
    again = overtyped(plan, program, tmp_path, {key: 1_999, ("two", "act/whole", "FY2027", "direct"): 3_000})
    said = limits(again)
    assert {row["Worked out"] for row in said.values()} == {"live"}
    assert said["effort[act/person,FY2027,one]"]["Actual"] == 1
    assert said["effort[act/person,FY2027,two]"]["Actual"] == 0
    owed = 92 * (1_999 + 6_000 + 3_000) / 365
    assert said["float[2026-Q3]"]["Actual"] == pytest.approx(owed)
    assert {"effort[act/person,FY2027,one]", "float[2026-Q3]"} <= over(again)


UNITS = (
    HEAD.replace("last: FY2028", "last: FY2027").replace("FY2028", "FY2027")
    + """\
awards:
  - id: grant
    program: other-federal
    awarded: 2025-01-15
    start: 2026-10-01
    end: 2027-06-30
    amount: "60,000"
    terms:
      - {id: pay, limit: {at_most: "60,000", unit: FTE, per: year, select: {category: personnel}}, why: Pay.,
         cite: [{title: Award terms}]}
      - {id: most, cap: {at_most: "9,000", select: {category: personnel}, include_indirect: true}, why: Nine thousand.,
         costs: {until: 2027-06-30}, cite: [{title: Award terms}]}
  - {id: pot, program: other, receipts: {FY2027: "30,000"}, indirect: {rate: 0%}}
activities:
  - id: act
    uses: linkage-to-care
    revenue: [{payer: Medicaid, amount: {FY2027: "100"}, basis: Last year}]
    lines:
      - {id: kits, category: supplies, amount: {FY2027: "300"}}
      - {id: bags, category: supplies, amount: {FY2027: "200"}}
  - id: people
    uses: linkage-to-care
    lines:
      - {id: lead, category: personnel, basis: time records, quantity: 0.5, unit: FTE, unit_cost: "70,000"}
require:
  - {id: some, at_least: "1,000", of: need, select: {category: personnel}}
  - {id: part, at_most: 98%, of: spend, select: {category: personnel}}
"""
)


@pytest.mark.needs_program("soffice")
def test_what_rules_count_moves_with_what_is_entered(tmp_path: Path, program: Office) -> None:
    """Ceilings by unit, required amounts and shares, revenue by line and rates follow what is typed on their sheets.

    Half a person at 60,000 a year is 30,000, of which 92 of 365 days (7,561) come before the grant; a quarter of one
    is 15,000, less 3,780. Medicaid's 100 on lines of 300 and 200 takes 60 and 40; of 300 and 100, 75 and 25.
    """
    plan = braid.plan(small(UNITS))
    path = write_workbook(plan, tmp_path / "entered.xlsx")
    before = limits(openpyxl.load_workbook(path, data_only=True))
    assert {row["Worked out"] for row in before.values()} == {"live"}
    window = "limit[grant,pay,people/lead,FY2027,2026-10-01..2027-06-30]"
    assert [before[row]["Bound"] for row in (window[:34] + "]", window)] == [30_000, 22_439]
    book = openpyxl.load_workbook(path)
    typed = {
        ("Lines", "lead", "Quantity"): 0.25,
        ("Lines", "bags", "Amount FY2027"): 100,
        ("Requirements", "some", "At least"): 40_000,
        ("Requirements", "part", "At most"): 0.5,
    }
    for (sheet, name, header), value in typed.items():
        heads = next(row for row in book[sheet].iter_rows() if header in {cell.value for cell in row})
        at = {str(cell.value): place for place, cell in enumerate(heads)}
        (row,) = [row for row in book[sheet].iter_rows(min_row=heads[0].row + 1) if row[at["Id"]].value == name]
        row[at[header]].value = value
    next(row for row in book["Proposal"].iter_rows() if row[0].value == "Indirect rate")[1].value = 0.2
    book.save(path)
    again = recalculated(program("soffice"), path, tmp_path)
    said = limits(again)
    assert [said[row]["Bound"] for row in (window[:34] + "]", window)] == [15_000, 11_220]
    assert said["require[some]"]["Bound"] == 40_000
    assert said["require[part]"]["Share"] == 0.5
    assert {"require[some]", "require[part]", "need[people/lead,FY2027]"} <= over(again)
    taken = {row["Line"]: row["Direct"] for row in table(again, "Revenue", "Activity") if row.get("Fringe") is not None}
    assert (taken["act/kits"], taken["act/bags"]) == (75, 25)
    rates = {row["Award"]: row["Rate"] for row in table(again, "Indirect", "Award") if row["Period"]}
    assert rates == {"grant": 0.2, "pot": 0}
    assert ("Indirect", "grant FY2027") in failing(again)


SIZES = {"0", "1", "2", "6", "109"}
"""Nothing, one, the digits that amounts are rounded to, and the name of the sum of the rows that are shown."""
TEXTS, COLUMNS, PLACES = (
    re.compile(r'"[^"]*"'),
    re.compile(r"'[^']*'|\[[^\]]*\]"),
    re.compile(r"\$?[A-Z]{1,3}\$?[0-9]+"),
)
NUMBERS = re.compile(r"(?<![A-Za-z_.0-9])[0-9]+(?:\.[0-9]+)?")
GIVEN = {
    ("Allocation", "Amount"): "what may be typed over",
    ("Allocation", "As planned"): "what stood there when it was planned",
    ("Allocation", "In base"): "whether a charge is in the base of a rate, by rules; of a subaward, its first dollars",
    ("Allocation", "In own base"): "the same for the recipient's own base",
    ("Allocation", "Match per dollar"): "a rule",
    ("Installments", "May carry over"): "a share by a rule, or by the funder's word, which is entered as text",
    ("Fund statement", "None"): "what each payer has in an opening balance of several, which is entered as text",
    ("Needs", "Times"): "once, where nothing multiplies a cost",
    ("Revenue", "Direct"): "where payers pay different lines of one activity",
    ("Revenue", "Fringe"): "where payers pay different lines of one activity",
    ("Gaps", "Amount"): "why a dollar is missing is found by planning; were one the rest, no check could turn red",
    ("Expected money", "Would add"): "found by planning anew",
    ("Positions", "FTE"): "one, where nothing says how much of a position it is; a part of it by days",
    ("Positions", "FTE of the line"): "the same",
    ("Subawards", "First dollars"): "a rule",
    ("Match", "Required on the full award"): "a rule on all of the award",
    ("Match", "Amount"): "which dollar serves which award is found by planning",
    ("Indirect", "Rate"): "a rule, where it has a lower rate than the proposal",
    ("Cash by quarter", "Part of the period"): "days",
    ("Limits", "Share"): "a rule; an award's own terms, and the shares of a line, are entered as text",
    ("Limits", "Amount of the rule"): "the same",
    ("Limits", "Bound"): "less than one unit, or one payer",
    ("Limits", "May differ by"): "rounding",
    ("Checks", "May differ by"): "rounding",
    ("SF-425", "Before the plan"): "line 11: the rate of Indirect, which may differ by period",
    ("SF-424A", "Rate"): "the rate of Indirect, which may differ by period",
    ("Detail", "Part of 12 months"): "one, where no line of the plan runs for a part of the year",
    ("Provenance", "As planned"): "the control totals of the plan",
    ("Provenance", "FY2027"): "what stood on the Allocation when it was planned",
    ("Provenance", "FY2028"): "the same",
    ("Provenance", "FY2029"): "the same",
}
"""The numbers of result sheets that are no formulas, and why each is none; all others are counts and ids."""


def numbers(formula: str) -> set[str]:
    """The numbers in a formula that are no part of a place, a name or a text."""
    bare = PLACES.sub("", COLUMNS.sub("", TEXTS.sub("", formula)))
    return set(NUMBERS.findall(bare))


def plain(book: Workbook) -> Iterator[tuple[str, str]]:
    """Sheet and header of every number but zero on the sheets of results that no formula gives; counts aside."""
    parts = [name for names in GROUPS.values() for name in names]  # of a small plan, several stand on one sheet
    for sheet in book:
        if INPUT in str(sheet.sheet_properties.tabColor) and sheet.title != "Allocation":
            continue
        title = sheet.title.partition(" ")[0] if sheet.title.startswith(("SF-424A ", "Detail ")) else sheet.title
        heads: dict[Any, Any] = {}
        for row in sheet.iter_rows():
            title = next((name for name in parts if str(row[0].value).startswith(f"{name}: ")), title)
            heads = {c.column: c.value for c in row if str(c.style).startswith("braid header")} or heads
            for cell in row:
                number = isinstance(cell.value, int | float) and cell.value and cell.data_type == "n"
                if number and cell.style not in {"braid count", "braid number"}:
                    yield title, str(heads.get(cell.column))


def test_formulas_hold_no_amounts(harbor: Plan, plan: Plan, tmp_path: Path) -> None:
    """No formula holds a number but digits of rounding; a number on a sheet of results is one, or has a reason."""
    for name, each in (("harbor", harbor), ("small", plan), ("kinds", braid.plan(small(KINDS)))):
        path = write_workbook(each, tmp_path / f"{name}.xlsx")
        held = {number for _, _, formula, _ in formulas(path) for number in numbers(formula)}
        assert held <= SIZES, name
        assert {*plain(openpyxl.load_workbook(path))} - GIVEN.keys() == set(), name
