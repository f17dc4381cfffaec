"""Limits of every kind are live, those that no plain sum says at first sight as well, against sums done by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

import braid
from braid.answer.plan import Plan
from braid.workbook import write_workbook
from office import differing, recalculated_books, table
from overtyping import Office, failing, limits, over, typed_in, typed_over
from small import HEAD, small
from test_cases import cases, filled

WORKED = {
    "two lines": "A person on two lines is shared as one, step by step over both",
    "paid before": "With one dollar less it comes to one step less",
    "insurance": "A step is of the person's time, whatever insurance pays of it",
    "moves": "Of two budget periods that have their own budgets a rule on the award counts both together",
    "carried": "What is spent in a year beyond its own budget period uses what is carried over into it",
    "direct": "A share of direct cost leaves out fringe and indirect that are spent already",
    "of need": "A share of the need that comes to half a dollar goes to the dollar above",
    "received": "A share of what both have received by each year's end",
}
"""Cases that are worked out by hand elsewhere, by a short name."""
YEARS = (
    HEAD.replace("indirect: {rate: 10%, base: direct}\n", "").replace("last: FY2028", "last: FY2027")
    + """\
awards:
  - id: grant
    program: other-federal
    awarded: 2025-06-01
    budget_periods:
      - {start: 2025-07-01, end: 2026-06-30, amount: "1,000"}
      - {start: 2026-07-01, end: 2027-06-30, amount: "2,000"}
      - {start: 2027-07-01, end: 2028-06-30, amount: "3,000"}
    terms: [{id: books, cap: {at_most: 10%, of: award, select: {function: administration}}, why: A tenth.,
             cite: [{title: Award terms}]}]
activities:
  - id: act
    uses: naloxone-distribution
    lines: [{id: books, category: other, function: administration, amount: "900"}]
"""
)
GROWN = (
    HEAD.replace("rate: 10%", "rate: 0%")
    + """\
awards:
  - {id: grant, program: other-federal, agency: HHS, awarded: 2026-06-01, start: 2026-07-01, end: 2028-06-30,
     amount: "283,000", scope: [linkage-to-care]}
  - {id: hoped, program: foundation, status: expected, probability: 60%, start: 2026-07-01, end: 2028-06-30,
     amount: "9,000"}
activities:
  - id: act
    uses: linkage-to-care
    lines:
      - {id: nurse, category: personnel, quantity: 0.5, unit: FTE, unit_cost: "90,000", grows: 4%, start: 2026-10-01}
      - {id: kits, category: supplies, quantity: 10, unit: kit, unit_cost: "41", whole_units: true}
      - {id: more, category: contractual, amount: "100,000", grows: 2%}
"""
)


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    found = {str(case.values[0]["case"]): case.values[0] for case in cases()}
    made = {name: braid.plan(filled(found[sentence]["proposal"])) for name, sentence in WORKED.items()}
    return {**made, "years": braid.plan(small(YEARS)), "grown": braid.plan(small(GROWN))}


@pytest.fixture(scope="module")
def again(plans: dict[str, Plan], tmp_path_factory: pytest.TempPathFactory, program: Office) -> dict[str, Workbook]:
    """Every workbook as LibreOffice calculates it anew, and some with amounts typed over."""
    folder = tmp_path_factory.mktemp("written")
    paths = [write_workbook(plan, folder / f"{name}.xlsx") for name, plan in plans.items()]
    for name, key, amount in (
        ("two lines", ("a", "work/one", "FY2027", "direct"), 1),
        ("moves", ("a", "work/kits", "FY2027", "direct"), 150),
    ):
        paths.append(typed_over(plans[name], folder / f"{name} typed.xlsx", {key: amount}))
    share: dict[tuple[str, str, str], Any] = {("Requirements", "rural-need", "At least"): 0.1}
    paths.append(typed_in(plans["of need"], folder / "of need entered.xlsx", share))
    paths.append(_later_period(folder / "years.xlsx", folder / "years entered.xlsx"))
    found = recalculated_books(program("soffice"), paths, tmp_path_factory.mktemp("again"))
    made = [path for path in paths if path.stem in plans]
    assert [fault for path in made for fault in differing(path, found[path.stem])] == []
    return found


def _later_period(path: Path, edited: Path) -> Path:
    """The last budget period of a grant made 5,000 where 3,000 was entered."""
    book = openpyxl.load_workbook(path)
    (cell,) = [row[3] for row in book["Budget periods"].iter_rows() if row[3].value == 3000]
    cell.value = 5000
    book.save(edited)
    return edited


@pytest.mark.needs_program("soffice")
def test_each_is_live_and_holds(plans: dict[str, Plan], again: dict[str, Workbook]) -> None:
    """Every limit of every plan is a formula off other sheets, comes to what the plan says, and no check fails."""
    for name, plan in plans.items():
        rows = limits(again[name])
        assert {row["Worked out"] for row in rows.values()} == {"live"}, name
        assert (failing(again[name]), over(again[name])) == (set(), set()), name
        for row in plan.file.limits:
            assert abs(float(rows[row.row]["Actual"]) - float(row.actual)) < 0.01, row.row
            assert abs(float(rows[row.row]["Bound"]) - float(row.bound)) < 0.01, row.row


@pytest.mark.needs_program("soffice")
def test_what_has_grown_is_worked_out_by_the_sheets(again: dict[str, Workbook]) -> None:
    """A salary of 90,000 is 93,600 after a year of 4%; nine months of FY2027 are 273 of its 365 days; 60% is likely."""
    sheet = next(sheet for sheet in again["grown"] if sheet.title.startswith("Detail"))
    rows = [row for row in sheet.iter_rows(values_only=True) if row[2] == 0.5]
    assert [row[4] for row in rows] == [90_000, 93_600]
    assert [row[5] for row in rows] == [pytest.approx(273 / 365), 1]
    assert [row["Likely"] for row in table(again["grown"], "Expected money", "Award") if row.get("Priority")] == [0.6]


@pytest.mark.needs_program("soffice")
def test_steps_of_effort_over_two_lines(plans: dict[str, Plan], again: dict[str, Workbook]) -> None:
    """A step is 5% of 100,000; with 1 typed on one line, the rest of the part is off by what parts it from a step."""
    paid = {(row.award, row.line): int(row.amount) for row in plans["two lines"].file.allocations}
    mine = sum(amount for (award, line), amount in paid.items() if (award, line) == ("a", "work/two")) + 1
    row = limits(again["two lines typed"])["effort[HR-12,FY2027,a]"]
    assert (row["Base"], row["Goes by"]) == (mine, 5_000)
    assert row["Actual"] == min(mine % 5_000, 5_000 - mine % 5_000) > 0
    assert row["Status"] == "FAIL"


@pytest.mark.needs_program("soffice")
def test_moves_over_all_budget_periods(again: dict[str, Workbook]) -> None:
    """Approved for supplies are 100 and 300; of 500 charged 100 are above. With 150 typed, what that makes."""
    before, after = limits(again["moves"])["transfer[a]"], limits(again["moves typed"])["transfer[a]"]
    assert (before["Actual"], before["Bound"], before["Status"]) == (100, 100, "PASS")
    charged = sum(row["Amount"] for row in table(again["moves typed"], "Allocation", "Award"))
    assert after["Actual"] == max(charged - 400, 0)
    assert after["Status"] == ("FAIL" if charged > 500 else "PASS")


@pytest.mark.needs_program("soffice")
def test_what_is_entered_moves_the_bounds(again: dict[str, Workbook]) -> None:
    """A tenth of a need of 301 is 31, rounded up; a tenth of 1,000, 2,000 and 5,000 is 800, of which 600 is charged.

    The grant's first period ended before the plan and the last comes after it: only the cap is of all of them.
    """
    assert limits(again["of need"])["require[rural-need]"]["Bound"] == 151
    assert limits(again["of need entered"])["require[rural-need]"]["Bound"] == 31
    before, after = limits(again["years"]), limits(again["years entered"])
    assert (before["cap[grant,books]"]["Actual"], before["cap[grant,books]"]["Bound"]) == (600, 600)
    assert after["cap[grant,books]"]["Bound"] == 800
    assert before["award[grant]"]["Bound"] == after["award[grant]"]["Bound"] == 3_000
    assert [row["Available"] for row in table(again["years"], "Award balances", "Award")][:1] == [2_000]
