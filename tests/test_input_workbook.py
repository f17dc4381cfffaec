"""The workbook that a person fills in: nothing of a proposal is lost between YAML and sheets, in either direction."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from pydantic import BaseModel

import braid
from braid.basics.errors import InputError, OutputError
from braid.cli import shell
from braid.cli.setting_up import starter
from braid.files.sheets import Book, Cell, Grid, Held, Holding, Sheet, content
from braid.files.shipped import shipped_text
from braid.law.catalogue import shipped_vocabulary
from braid.proposal import Proposal
from braid.reading import read_text
from braid.reading.from_sheets import document_from
from braid.reading.from_yaml import from_document
from braid.reading.sheet_extras import TABLES
from braid.reading.written import proposal_yaml, written
from braid.workbook.blank import EPOCH, blank_book, proposal_book
from braid.workbook.input import input_sheets, not_read_back
from oracle.instances import random_proposal, wide_proposal

HEAD = """\
braid: 1
name: Test County
jurisdiction: {name: Test County, state: NC}
calendar: {first: FY2027, last: FY2028}
"""
RARE = (
    HEAD
    + """\
unit: cent
indirect: {FY2027: {rate: 15%, kind: de-minimis}, FY2028: {rate: 26.515%, base: salaries}}
float: "1,000.25"
smallest_charge: 250
one_federal_payer: true
positions: [{id: HR-12, title: "Navigator; senior", fte: 0.5, effort_step: 2.5%, codes: {dept: "0040"}}]
awards:
  - id: a
    program: other-federal
    name: "=HYPERLINK(\\"http://example.invalid\\")"
    agency: "@SAMHSA"
    fain: "+1"
    assistance_listing: "16.710"
    award_number: "00123"
    codes: {fund: "2510", "Cost center": "A-1", fund 2: x}
    awarded: 2026-07-01
    budget_periods:
      - {start: 2026-07-01, end: 2027-06-30, amount: "100.10"}
      - {start: 2027-07-01, end: 2028-06-30, amount: "1234.1"}
    carry_over: {approved: 12.5%}
    extension: {requested: 2029-06-30}
    reserve: {FY2028: 5}
    interest: "0.29"
    payment: reimbursement
    lag_days: 45
    scope: [naloxone-distribution, "x-words, with a comma"]
    approved_budget: {supplies: "1000.20", indirect: 334}
    approvals: {scope: "State letter: 2 October; page 3\\nand 4"}
    match_pledged: [{kind: in-kind, amount: 10, from: "-a church", valuation: hours at $20, document: letter}]
    spent_before: [{category: travel, amount: "0.01", function: administration}]
    terms:
      - id: half
        why: At most half.
        cite: [{title: Agreement, section: "4.2"}, {title: Annex}]
        cap: {at_most: 50%, of: award, select: {not: {item: [naloxone, vehicle]}}}
      - id: admin
        why: At most 3% for administration.
        cite: [{title: Agreement}]
        cap: {at_most: 3%, of: award, per: budget_period, select: {function: administration}, include_indirect: true}
      - {id: vans, why: No vans., cite: [{title: Agreement}], forbid: {item: vehicle}}
  - id: b
    program: other
    receipts:
      - {date: 2026-08-01, amount: 50, use_by: 18 months}
      - {date: 2027-08-01, amount: 60, authorized: 2027-09-01, payer: "=a company; and another: yes"}
    opening_balance: 12
    opening_by_payer: {Distributors: "3.5", Janssen: 8}
    payer: Distributors
    codes: {}
  - {id: c, program: other, status: expected, probability: 33.333333%, start: 1899-12-31, end: 2028-06-30, amount: 9}
activities:
  - id: act
    uses: [naloxone-distribution]
    place: [rural, urban]
    minimum: all
    narrative: "Line one\\n\\nline «two» 😀; #N/A"
    outcome:
      measure: "$100 of benefit"
      dollars_per_unit: "20.41"
      cite: [{title: A study, section: table 2, read: secondary, read_on: 2026-11-22, note: an estimate}]
    revenue: [{payer: Medicaid, amount: {FY2027: 1, FY2028: 2}, basis: last year, lines: [l]}]
    lines:
      - id: l
        category: supplies
        item: vehicle
        quantity: {FY2027: 1.123456, FY2028: 3}
        unit: kit
        unit_cost: "24.05"
        place: []
      - {id: o, category: supplies, item: naloxone, amount: {FY2027: "0.01", FY2028: 1}}
      - id: m
        category: contractual
        amount: {FY2027: 10, FY2028: 11}
        shares: {a: 60%, b: 40%}
        portion: {x: 50%, y: 60%}
      - id: n
        category: personnel
        quantity: 0.25
        unit: FTE
        unit_cost: 40
        fringe: 7.65%
        position: HR-12
        never: [c]
  - {id: "2027", uses: peer-support, lines: [{id: "1", category: other, amount: 7, grows: 0%, timing: once}]}
require:
  - {id: share, at_least: 25%, select: {place: rural, not: {not: {item: naloxone}}}, awards: [a]}
  - {id: sum, at_most: "1,000.5", of: direct}
committed: [{award: a, line: act/l, period: FY2027, amount: "0.10"}]
goals: [fund, {sooner: {give_up: 5}}]
"""
)


def held(cell: Cell) -> Held:
    """What a file would hold of a cell that is written."""
    value: Any = cell.value
    if isinstance(value, dt.date):
        return Held(value.isoformat(), "date")
    if isinstance(value, Decimal | int):
        exact = Decimal(value)
        if "percent" in cell.style:
            return Held(f"{exact * 100:f}%", "percent")
        return Held(f"{exact:f}", "number", cell.style in {"input", "input exact"})
    return Held(str(value))


def in_memory(proposal: Proposal) -> Proposal:
    """The proposal as its own sheets give it back, without a file in between."""
    grids = {sheet.title: grid(sheet) for sheet in input_sheets(proposal)}
    return from_document(document_from(Holding((*grids,), grids), "x.xlsx"), braid.catalogue(), shipped_vocabulary())


def grid(sheet: Sheet) -> Grid:
    cells = {(row, at): Cell(value, style) for row, _, placed in sheet.rows() for at, value, style in placed}
    return Grid(sheet.title, {place: held(cell) for place, cell in cells.items() if cell.value is not None})


def on_disk(proposal: Proposal, folder: Path) -> Path:
    path = folder / "budget.xlsx"
    path.write_bytes(content(Book((*input_sheets(proposal),), {}, "t", "s", "c", EPOCH)))
    return path


def example(name: str) -> Proposal:
    return read_text(
        starter() if name == "starter" else RARE if name == "rare" else shipped_text("examples", name), name
    )


@pytest.mark.parametrize("name", ["starter", "rare", "wake_county_fy2025.yaml", "harbor_county.yaml"])
def test_nothing_is_lost(name: str, tmp_path: Path) -> None:
    """YAML to workbook to YAML: the proposal is equal after each step, with every rare key that there is."""
    proposal = example(name)
    again = braid.read(on_disk(proposal, tmp_path))
    assert again == proposal
    assert read_text(proposal_yaml(again, "p.yaml", "budget.xlsx")) == proposal


@pytest.mark.parametrize("seed", range(25))
def test_nothing_is_lost_of_random_proposals(seed: int) -> None:
    """Fifty random proposals are equal when their sheets are read, and when YAML is written from those."""
    for made in (random_proposal(seed), wide_proposal(seed)):
        proposal = read_text(json.dumps(made))  # JSON is YAML, without anchors
        again = in_memory(proposal)
        assert again == proposal
        assert read_text(proposal_yaml(again, "p.yaml", "x")) == proposal


@pytest.mark.parametrize("seed", [0, 7])
def test_files_hold_what_sheets_hold(seed: int, tmp_path: Path) -> None:
    """The same through a file: numbers come back exact, text as text, dates as dates."""
    proposal = read_text(json.dumps(wide_proposal(seed)))
    assert braid.read(on_disk(proposal, tmp_path)) == proposal


def fields(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items() if not field.exclude}


def test_every_key_has_a_column() -> None:
    """Every key of an award, an activity and a line has a column or a sheet; what is new lands in the cell of YAML."""
    of = {"Awards": "awards", "Activities": "activities", "Lines": "activities"}
    keys = {table.title: {str(c.path[0]) for c in table.columns if c.path} for table in TABLES if table.title in of}
    sheets = {title: {other.key for other in TABLES if other.under == under} for title, under in of.items()}
    yaml_only = {"Awards": set[str](), "Activities": set[str](), "Lines": {"benefit"}}
    for title, model in (("Awards", "Award"), ("Activities", "Activity"), ("Lines", "Line")):
        wanted = fields(getattr(__import__("braid.proposal", fromlist=[model]), model))
        left = wanted - keys[title] - sheets[title]
        assert left <= yaml_only[title], f"{title}: {sorted(left)} stand in the cell of YAML alone"


def test_the_workbook_to_fill_in() -> None:
    """It has a title in A1 of every sheet, nothing merged, help of at most 255 characters and lists to pick from."""
    data = content(blank_book("budget.xlsx", read_text(starter()), braid.catalogue()))
    made = openpyxl.load_workbook(io.BytesIO(data))
    assert made.sheetnames[:5] == ["Proposal", "Awards", "Activities", "Lines", "Requirements"]
    assert made.sheetnames[-2:] == ["Columns", "Lists"]
    for sheet in made:
        assert sheet["A1"].style == "braid title"
        assert not sheet.merged_cells.ranges
        assert not sheet.protection.sheet
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.promptTitle) <= 32
            assert 0 < len(rule.prompt) <= 255
            assert len(rule.formula1 or "") <= 255
    heads = {cell.value: cell.column_letter for cell in made["Awards"][3]}
    assert made["Awards"][f"{heads['Assistance listing']}4"].number_format == "@"
    assert made["Awards"][f"{heads['Receipts FY2027']}4"].style == "braid input"
    lists = {c.value: [made["Lists"].cell(row, c.column).value for row in range(5, 40)] for c in made["Lists"][4]}
    assert {"sor", "opioid-settlement"} <= {*lists["Program"]}
    assert "naloxone-distribution" in lists["Use"]
    source = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in made["Awards"].data_validations.dataValidation}
    assert source[f"{heads['Program *']}3"].startswith("Lists!$A$5:$A$")
    assert content(blank_book("budget.xlsx", read_text(starter()), braid.catalogue())) == data


def test_an_empty_workbook_says_what_is_missing(tmp_path: Path) -> None:
    """Without a row filled in, each fault names the cell or the sheet where the first value belongs."""
    path = tmp_path / "budget.xlsx"
    path.write_bytes(content(blank_book(path.name, None, braid.catalogue())))
    with pytest.raises(InputError) as caught:
        braid.read(path)
    told = [str(fault).removeprefix(f"{path}: ") for fault in caught.value.faults]
    assert "Awards!A4  awards  `awards` is a list of at least one award" in told
    assert "Activities!A4  activities  `activities` is a list of at least one activity" in told
    assert "Proposal!B15  «name» is missing" in told


def test_too_long_for_a_cell(tmp_path: Path) -> None:
    """What no cell holds is refused when a workbook is made of it; a plan's workbook cuts it, and reading tells."""
    told = f"uses: [naloxone-distribution]\n    narrative: {'😀' * 20_000}"
    proposal = read_text(starter().replace("uses: [naloxone-distribution]", told))
    with pytest.raises(OutputError, match="a row of the sheet Activities has more under narrative than a cell holds"):
        proposal_book("budget.xlsx", proposal, braid.catalogue())
    with pytest.raises(InputError, match=r"Activities!\w+4 .*is not YAML"):
        braid.read(on_disk(proposal, tmp_path))


def test_the_shell_turns_one_into_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`braid init` writes either form and turns one into the other; what makes no sense is wrong usage."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> tuple[int, str]:
        done = CliRunner().invoke(shell, args)
        return done.exit_code, done.output

    assert run("init", "--xlsx")[0] == 0
    assert run("check", "budget.xlsx") == (
        0,
        "no faults: 2 awards, 5 activities, 7 lines, 13 needs, FY2027 to FY2028\n",
    )
    assert run("init", "--from", "budget.xlsx", "mine.yaml")[0] == 0
    assert braid.read("mine.yaml") == read_text(starter())
    assert run("init", "--from", "mine.yaml", "again.xlsx")[0] == 0
    assert braid.read("again.xlsx") == read_text(starter())
    for args, told in (
        (("init", "x.docx"), "«x.docx» has no ending of a proposal; .yaml or .xlsx is expected."),
        (("init", "--xlsx", "x.yaml"), "«x.yaml» has no ending of a proposal; .xlsx is expected."),
        (("init", "--from", "mine.yaml", "mine.yaml"), "«mine.yaml» is the proposal itself; give another name."),
        (("plan", "again.xlsx", "-o", "again.xlsx"), "«again.xlsx» is what is read; give another name"),
        (("init", "--empty", "y.yaml"), "--empty is for a workbook that is to be filled in; leave it out."),
    ):
        code, output = run(*args)
        assert (code, told in output) == (2, True), output


def test_what_is_written_is_what_was_given() -> None:
    """What a proposal leaves out stays out, and what it says stays, also where it goes without saying."""
    tree = written(read_text(starter()))
    assert tree["calendar"] == {"fiscal_year_starts": "07-01", "first": "FY2027", "last": "FY2028"}
    assert tree["awards"][0]["codes"] == {"fund": "2510"}
    assert "goals" not in tree


def test_a_sheet_that_is_too_long_to_be_read_back_is_told() -> None:
    """Of a sheet of input so many rows are read; a workbook that has more says so, by the sheet and its rows."""
    lines = next(sheet for sheet in input_sheets(read_text(starter())) if sheet.title == "Lines")
    assert not_read_back([lines], 10) == []  # a title, an empty row, headers and 7 lines
    (told,) = not_read_back([lines], 9)
    assert told.startswith("The sheet Lines has 10 rows, and braid reads 9 of a sheet of input: this workbook cannot")
