"""The forms: every amount worked out by hand on a small county, their identities, what LibreOffice makes of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.workbook import Workbook

import braid
from braid.answer.plan import Plan
from braid.cli import shell
from braid.planner.rejudge import rejudge
from braid.workbook.filing.templates import CDC_GUIDELINES, OJP, SAMHSA, template_for
from office import differing, part, recalculated
from overtyping import carried
from small import small

COUNTY = """\
braid: 1
name: Small County
jurisdiction: {name: Small County, state: NC, kind: county}
calendar: {first: FY2027, last: FY2028}
indirect: {rate: 10%, base: direct}
awards:
  # granted in one amount for two years of its own, which cross the county's
  - {id: grant, program: other-federal, agency: DOJ, assistance_listing: "16.838", fain: 15PB, pass_through: State,
     awarded: 2026-10-01, start: 2026-10-01, end: 2028-09-30, amount: "800", codes: {fund: "2540"}}
  # granted budget period by budget period
  - id: steps
    program: other-federal
    agency: SAMHSA
    assistance_listing: "93.243"
    awarded: 2026-07-01
    budget_periods:
      - {start: 2026-07-01, end: 2027-06-30, amount: "10,000"}
      - {start: 2027-07-01, end: 2028-06-30, amount: "10,000"}
    codes: {fund: "2520"}
  - {id: dfc, program: drug-free-communities, awarded: 2026-07-01, start: 2026-07-01, end: 2027-06-30, amount: "1,000",
     approved_budget: {personnel: "600", fringe: "300", indirect: "100"},
     match_pledged: [{kind: cash, amount: "30", from: Rotary Club, document: letter}], codes: {fund: "2570"}}
  - {id: county, program: county-general-fund, receipts: {FY2027: "1,000"}, codes: {fund: "1010"},
     indirect: {rate: 0%}}
  - {id: settle, program: opioid-settlement, edition: NC, opening_balance: "1,000", receipts: {FY2027: "500"},
     interest: {FY2027: "20"}, codes: {fund: "2510"}}
activities:
  - {id: court, uses: [treatment-court], start: 2026-10-01, lines: [
      {id: manager, category: contractual, subaward: court-ngo, amount: {FY2027: "273", FY2028: "366"}, only: [grant]}]}
  - {id: clinic, uses: [moud-community], revenue: [{payer: Medicaid, amount: {FY2027: "400"}, basis: claims of 2026}],
     lines: [{id: tests, category: supplies, amount: {FY2027: "1,400"}, only: [steps]}]}
  - {id: kits, uses: [naloxone-distribution], lines: [
      {id: kits, category: supplies, quantity: 100, unit: kit, unit_cost: {FY2027: "20", FY2028: "0"}, only: [steps]}]}
  - {id: outreach, uses: [linkage-to-care], lines: [
      {id: peers, category: contractual, amount: {FY2027: "3,000", FY2028: "100"}, only: [steps]}]}
  - {id: rides, uses: [linkage-to-care], lines: [
      {id: rides, category: travel, amount: {FY2027: "400"}, only: [steps]}]}
  - {id: phones, uses: [linkage-to-care], lines: [
      {id: phones, category: other, amount: {FY2027: "500"}, only: [steps]}]}
  - {id: coalition, uses: [primary-prevention], end: 2027-06-30, lines: [
      {id: lead, category: personnel, quantity: 0.01, unit: FTE, unit_cost: "50,000", fringe: 20%,
       shares: {dfc: 50%, county: 50%}}]}
  - {id: boxes, uses: [naloxone-distribution], lines: [
      {id: boxes, category: supplies, amount: {FY2027: "100"}, only: [settle]}]}
  - {id: exchange, uses: [syringe-services], lines: [
      {id: exchange, category: supplies, amount: {FY2027: "300"}, only: [settle]}]}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return braid.plan(small(COUNTY))


@pytest.fixture(scope="module")
def book(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return carried(plan, tmp_path_factory.mktemp("forms"))


def line(book: Workbook, sheet: str, mark: object, place: int = 0) -> list[Any]:
    """The printed cells of the row whose first cell is this, or of a later one of them."""
    rows = [row for row in book[sheet].iter_rows(values_only=True) if row[0] == mark]
    return list(rows[place])


# ------------------------------------------------------------------ SF-424A


def test_a_year_of_an_award_is_parted_by_days(book: Workbook) -> None:
    """Of an award in one amount, section D gives its first year by quarter; what falls in the next stands below E.

    Section E itself is blank: sections A to C have the whole award, so that no further funds are needed.

    FY2027: 273 over the 273 days from 2026-10-01, and 27 of indirect cost: 300. FY2028: 366 over 366 days, and 36.
    Year 1 ends 2027-09-30: 300, and of FY2028 92 days, so 92 and 36 × 92 / 366 = 9.05: 401. The rest is 301.
    Quarters: 300 × 92 / 273 = 101.1; 300 × 182 / 273 = 200; 300; and 101 more.
    """
    assert line(book, "SF-424A grant", 1)[5:8] == [702, None, 702]
    assert line(book, "SF-424A grant", 13)[3:8] == [401, 101, 99, 100, 101]
    assert line(book, "SF-424A grant", 20)[3:5] == [0, 0]
    (after,) = [row for row in book["SF-424A grant"].iter_rows(values_only=True) if str(row[1]).startswith("Not on")]
    assert after[3:5] == (301, None)
    assert line(book, "SF-424A grant", "6f")[7] == 639
    assert line(book, "SF-424A grant", "6j")[7] == 63


def test_more_than_four_activities_go_on_additional_sheets(book: Workbook) -> None:
    """The first sheet gives the program as a whole, in its first budget period; two more give it by activity.

    FY2027: 1,000 (1,400 less 400 of Medicaid) + 2,000 + 3,000 + 400 + 500 = 6,900, and 10% of it; FY2028: 100 and 10.
    """
    sheet = "SF-424A steps"
    assert line(book, sheet, 1)[5:8] == [7590, None, 7590]
    assert [line(book, sheet, 5, place)[7] for place in (0, 1, 2)] == [7590, 7150, 440]
    numbered = [row for row in book[sheet].iter_rows(values_only=True) if row[0] in {1, 2, 3, 4} and row[5]]
    by_activity = {row[1]: row[5] for row in numbered}
    assert {name: by_activity[name] for name in ("clinic", "kits", "outreach", "phones", "rides")} == {
        "clinic": 1100,
        "kits": 2200,
        "outreach": 3300,
        "phones": 550,
        "rides": 440,
    }
    assert line(book, sheet, 13)[3] == 7590
    assert line(book, sheet, 20)[3:5] == [110, 0]


def test_program_income_is_line_seven(book: Workbook) -> None:
    """What Medicaid brings to what the award pays alone is all its program income."""
    assert line(book, "SF-424A steps", 7)[3] == 400
    assert line(book, "SF-424A steps", 7)[7] == 400
    assert line(book, "SF-424A grant", 7)[7] == 0


def test_match_stands_in_the_columns_that_are_not_federal(book: Workbook) -> None:
    """Half of the pay and fringe is the county's; the pledge makes up for indirect cost.

    500 of pay and 100 of fringe, half each; indirect 10% of 300 = 30; match is asked one to one on 330.
    """
    sheet = "SF-424A dfc"
    assert line(book, sheet, 5)[5:8] == [330, 330, 660]
    assert [line(book, sheet, mark)[7] for mark in ("6a", "6b", "6h", "6j", "6k")] == [500, 100, 30, 30, 660]
    assert line(book, sheet, 12)[3:7] == [300, 0, 30, 330]
    assert line(book, sheet, 14)[3] == 330


# ------------------------------------------------------------ the detailed budget and SF-425


def test_each_agency_has_its_layout() -> None:
    """Justice gets OJP's worksheet, CDC its guidelines, the rest of HHS SAMHSA's template."""
    assert [template_for(name) for name in ("DOJ", "OJP / BJA", "CDC", "SAMHSA", "HRSA", "")] == [
        OJP, OJP, CDC_GUIDELINES, SAMHSA, SAMHSA, SAMHSA,
    ]  # fmt: skip


def test_a_cost_shows_its_computation(book: Workbook) -> None:
    """100 kits at $20 are $2,000, all of it here; half of a lead at 0.01 of $50,000 is federal, half is not."""
    assert line(book, "Detail steps", "kits: kits")[1:11] == [
        "FY2027", 100, "kit", 20, 1, 2000, 1, 2000, None, 2000,
    ]  # fmt: skip
    assert line(book, "Detail dfc", "coalition: lead")[1:11] == [
        "FY2027", 0.01, "FTE", 50000, 1, 500, 1, 500, 250, 250,
    ]  # fmt: skip
    assert line(book, "Detail dfc", "coalition: lead", 1)[4:11] == [500, 0.2, 100, None, 100, 50, 50]
    assert line(book, "Detail grant", "Total Subawards (Subgrants)")[8:13] == [639, 0, 639, 365, 274]


def test_the_federal_report_follows_the_days(book: Workbook) -> None:
    """Spending by quarter's end; cash comes a quarter later; what remains is the award less what is spent."""
    rows = [row for row in book["SF-425"].iter_rows(values_only=True)]
    first = next(i for i, row in enumerate(rows) if row[1] == "grant")
    lines = {row[0]: row[3:10] for row in rows[first + 2 : first + 17]}
    assert list(lines["10e"][:4]) == [101, 200, 300, 401]
    assert list(lines["10a"][:4]) == [0, 101, 200, 300]
    assert list(lines["10d"][:2]) == [800, 800]
    assert list(lines["10h"][:2]) == [699, 600]
    assert lines["10f"] == (None,) * 7


# ------------------------------------------------------------------ settlement money


def test_settlement_money_by_strategy(book: Workbook) -> None:
    """Common cost is prorated: 10% of 400 is 40, a quarter of it for naloxone; opening, receipts and interest apart."""
    rows = {row[1]: row for row in book["Authorization"].iter_rows(max_row=8, values_only=True) if row[2]}
    assert rows["naloxone-distribution"][3:5] == ("A.A, B.H", "7")
    assert rows["naloxone-distribution"][7] == 110
    assert rows["syringe-services"][3:5] == ("A.H, B.H", "9")
    assert rows["syringe-services"][7] == 330
    fund, names = "Fund statement", ("Opening balance", "Receipts", "Interest that the plan counts on")
    assert [line(book, fund, name)[2] for name in names] == [1000, 500, 20]
    assert line(book, fund, "Closing balance")[2] == 1080
    assert line(book, fund, "Opening balance")[3] == 1080


def test_the_annual_report_has_its_five_items(book: Workbook) -> None:
    """Opening, received with interest, disbursed by strategy, audit costs to fill in, closing; due 90 days after."""
    sheet = "Annual report"
    assert line(book, sheet, "Due, 90 days after the fiscal year")[2] == datetime(2027, 9, 28)  # noqa: DTZ001
    assert line(book, sheet, "1. In the fund at the beginning of the fiscal year")[2] == 1000
    assert line(book, sheet, "2. Received during the fiscal year, interest included")[2] == 520
    assert line(book, sheet, "3. Disbursed, all strategies")[2] == 440
    assert line(book, sheet, "4. Of it, used for audit costs")[2] is None
    assert line(book, sheet, "5. In the fund at the end of the fiscal year")[2] == 1080


# ------------------------------------------------------------------ for the books


def test_the_ledger_gets_one_row_for_each_code_class_and_period(book: Workbook) -> None:
    """Codes of the award stand in columns of their own; an object class is what an account of the ledger is about.

    FY2027: 273 of contractual and 27 of indirect cost; FY2028: 366 and 36. The county pays 250 of pay and 50 of fringe.
    """
    rows = {row[2:5]: row[5] for row in part(book, "Budget load") if row[4]}
    assert (rows["2540", "contractual", "FY2027"], rows["2540", "indirect", "FY2027"]) == (273, 27)
    assert (rows["2540", "contractual", "FY2028"], rows["2540", "indirect", "FY2028"]) == (366, 36)
    assert sum(amount for key, amount in rows.items() if key[::2] == ("2510", "FY2027")) == 440
    assert (rows["1010", "personnel", "FY2027"], rows["1010", "fringe", "FY2027"]) == (250, 50)


def test_an_amendment_sets_what_is_adopted_beside_what_is_planned(book: Workbook) -> None:
    """The approved budget is adopted; the change is what the plan makes of it; revenue and expenditure are equal."""
    rows = {row[:3]: row[3:6] for row in book["Budget amendment"].iter_rows(values_only=True) if row[1]}
    assert rows[("Expenditure", "dfc", "personnel")] == (600, -350, 250)
    assert rows[("Revenue", "dfc", None)] == (1000, -670, 330)
    assert rows[("Expenditure", "grant", "contractual")] == (None, 639, 639)


def test_federal_spending_by_fiscal_year(book: Workbook) -> None:
    """The schedule names listing and pass-through, and what of an award goes to subrecipients."""
    rows = [row for row in book["SEFA preview"].iter_rows(values_only=True) if row[2] == "grant"]
    assert [(row[0], row[4], row[6], row[9], row[10]) for row in rows] == [
        ("16.838", "State", "FY2027", 300, 273),
        ("16.838", "State", "FY2028", 402, 366),
    ]


def test_a_true_up_says_that_a_budget_is_no_support(book: Workbook) -> None:
    """Budget by line and period, a cell for what was spent, the difference, and the words of 2 CFR 200.430."""
    words = " ".join(str(row[0]) for row in part(book, "True-up")[:4])
    assert "Budget estimates alone do not support a charge to a federal award (2 CFR 200.430)." in words
    row = next(row for row in part(book, "True-up") if row[1] == "kits/kits")
    assert row[:7] == ("steps", "kits/kits", "direct", "FY2027", 2000, None, 2000)


def test_codes_reach_every_sheet_and_file(tmp_path: Path) -> None:
    """Codes of award, position and line stand in the plan, the forms and the answer sheets, by hand; a later one wins.

    The grant pays 600 of 1,000 on a post of dept 0040, whose line has fund 77 in place of the award's 2540; the county
    pays the other 100 that it has, which serves as the match that the grant asks for; 300 no award pays.
    """
    text = COUNTY[: COUNTY.index("awards:")].replace("last: FY2028", "last: FY2027").replace("10%", "0%") + (
        "awards:\n"
        "  - {id: grant, program: other-federal, awarded: 2026-07-01, start: 2026-07-01, end: 2027-06-30,\n"
        '     amount: "600", codes: {fund: "2540", grant: G1}, terms: [{id: m, match: {required: 10%}, why: A tenth.,\n'
        "     cite: [{title: Terms}]}]}\n"
        '  - {id: county, program: county-general-fund, receipts: {FY2027: "100"}, codes: {fund: "1010"}}\n'
        'positions: [{id: HR-12, codes: {dept: "0040"}}]\n'
        "activities:\n"
        "  - {id: post, uses: [linkage-to-care], lines: [{id: lead, category: personnel, position: HR-12,\n"
        "     basis: one job, quantity: 1, unit: FTE,\n"
        '     unit_cost: "1,000", codes: {fund: "77"}}]}\n'
    )
    plan = braid.plan(small(text))
    (served,), (gap,) = plan.file.match, plan.gaps
    line, both = {"dept": "0040", "fund": "77"}, {"fund": "77", "dept": "0040"}
    assert (served.paid_by, served.amount, served.codes) == ("county", 60, both)
    assert (gap.amount, gap.codes) == (300, line)
    assert {row.award: row.codes for row in plan.allocations} == {"county": both, "grant": {**both, "grant": "G1"}}
    rejudged = rejudge(plan.to_json(), "plan.json")
    assert not rejudged.findings
    tree = json.loads(plan.to_json())
    tree["match"][0]["codes"], tree["gaps"][0]["codes"] = {"fund": "9"}, {}
    assert [str(each) for each in rejudge(json.dumps(tree), "plan.json").findings] == [
        "match[grant,county,post/lead,FY2027]: is booked under fund «9»; the proposal gives fund «77», dept «0040»"
    ]
    book = carried(plan, tmp_path)
    assert ("grant", "post/lead", "county", "FY2027", 60, "fund 77; dept 0040") in rows_of(book, "Match")
    assert [row[-1] for row in rows_of(book, "Gaps") if row[:2] == ("post", "post/lead")] == ["dept 0040; fund 77"]
    assert [row[-1] for row in rows_of(book, "Positions") if row[:2] == ("HR-12", None)] == ["dept 0040"]
    assert [row[-1] for row in rows_of(book, "SEFA preview") if row[2:3] == ("grant",)] == ["fund 2540; grant G1"]
    for sheet in ("SF-424A grant", "Detail grant"):
        assert str(book[sheet]["A2"].value).endswith(" Codes: fund 2540; grant G1.")
    assert ("5", "Recipient account number", "fund 2540; grant G1") in rows_of(book, "SF-425")


def rows_of(book: Workbook, sheet: str) -> list[tuple[Any, ...]]:
    """The rows of a sheet, each without the empty cells at its end."""
    found: list[tuple[Any, ...]] = []
    for row in part(book, sheet):
        filled = [place for place, value in enumerate(row, 1) if value is not None]
        found.append(row[: max(filled, default=0)])
    return found


# ------------------------------------------------------------------ the whole


def test_every_form_holds_and_small_plans_have_few(book: Workbook, tmp_path: Path) -> None:
    """Every check of the forms passes; without federal and settlement money their forms are left out."""
    assert str(book["Contents"]["A4"].value).startswith("All checks pass.")
    text = COUNTY[: COUNTY.index("awards:")] + "awards:\n  - {id: county, program: county-general-fund,"
    text += ' receipts: {FY2027: "1,000"}}\nactivities:\n  - {id: kits, uses: [naloxone-distribution], lines: ['
    text += '{id: kits, category: supplies, amount: {FY2027: "100"}}]}\n'
    made = carried(braid.plan(small(text)), tmp_path)
    names = made.sheetnames
    # the county's own money has no dates and no papers; its balance and installments stand on the same sheet
    assert [*made["Award register"].tables] == ["tblRegister", "tblAwards", "tblInstallments"]
    assert not [name for name in names if name.startswith(("SF-", "Detail"))]
    assert not {"Authorization", "Fund statement", "SEFA preview", "Budget load", "Match by class"} & {*names}
    assert {"Budget amendment", "True-up", "Limits"} <= {*names}  # what is filed or asked for by name has its own sheet
    assert len(names) <= 18


@pytest.mark.needs_program("soffice")
def test_typing_over_an_amount_moves_the_forms(plan: Plan, tmp_path: Path, program: Callable[[str], str]) -> None:
    """LibreOffice finds what each formula carries; a dollar more on Allocation is a dollar more on every form."""
    path = braid.write_workbook(plan, tmp_path / "forms.xlsx")
    again = recalculated(program("soffice"), path, tmp_path / "before")
    assert differing(path, again) == []
    edited = openpyxl.load_workbook(path)
    row = next(row for row in edited["Allocation"].iter_rows() if row[3].value == "rides/rides")
    row[11].value = 500
    edited.save(path)
    after = recalculated(program("soffice"), path, tmp_path / "after")
    assert line(after, "SF-424A steps", 1)[5] == 7690
    assert line(after, "Detail steps", "Total Travel")[10] == 500
    assert next(r for r in part(after, "True-up") if r[1] == "rides/rides")[4] == 500


# ------------------------------------------------------------------ the narrative


def words(path: Path) -> list[str]:
    found = docx.Document(str(path))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in found.paragraphs] + cells


def test_the_narrative_says_what_the_sheets_say(plan: Plan, tmp_path: Path) -> None:
    """Headings carry the totals of the detailed budget, cells the computation; the same plan gives the same bytes."""
    path = braid.write_narrative(plan, tmp_path / "budget.docx")
    said = words(path)
    assert "A. Personnel: $250, and $250 beside it" in said
    assert "G. Subawards (Subgrants): $639" in said
    assert "100 kits × $20 = $2,000; 100.0% of it here" in said
    named = "Negotiated rate (write provisional, predetermined, final or fixed, as in the agreement)"
    assert f"{named}: 10% of direct cost." in said
    assert "To add, as the agency asks for it: what each subrecipient does, and who it is, if known." in said
    before = path.read_bytes()
    time.sleep(2.1)
    braid.write_narrative(plan, path)
    assert path.read_bytes() == before


def test_a_document_of_somebody_else_stays(plan: Plan, tmp_path: Path) -> None:
    """A foreign document, and one that was changed since, are replaced only by force; so is no other ending written."""
    path = tmp_path / "budget.docx"
    docx.Document().save(str(path))
    with pytest.raises(braid.OutputError, match="is no document that braid made"):
        braid.write_narrative(plan, path)
    braid.write_narrative(plan, path, force=True)
    changed = docx.Document(str(path))
    changed.add_paragraph("mine")
    changed.save(str(path))
    with pytest.raises(braid.OutputError, match="was changed since braid wrote it"):
        braid.write_narrative(plan, path)
    with pytest.raises(braid.OutputError, match=r"has the ending \.docx"):
        braid.write_narrative(plan, tmp_path / "budget.txt")


def test_the_shell_writes_the_narrative_beside_the_workbook(plan: Plan, tmp_path: Path) -> None:
    """`braid workbook plan.json -o budget.xlsx --narrative budget.docx` writes both; another ending is refused."""
    (tmp_path / "plan.json").write_text(plan.to_json(), encoding="utf-8")
    file, book, document = (str(tmp_path / name) for name in ("plan.json", "budget.xlsx", "budget.docx"))
    refused = CliRunner().invoke(shell, ["workbook", file, "-o", book, "--narrative", str(tmp_path / "budget.txt")])
    assert refused.exit_code == 2
    assert ".docx is expected" in refused.stderr
    assert not Path(book).exists()
    done = CliRunner().invoke(shell, ["workbook", file, "-o", book, "--narrative", document])
    assert done.exit_code == 0, done.stderr
    assert "A. Personnel: $250, and $250 beside it" in words(Path(document))
