"""The workbook: live formulas that carry what they come to, text that stays text, files written whole or not at all."""

from __future__ import annotations

import os
import re
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

import braid
from braid.answer.plan import Plan
from braid.files import outgoing
from braid.files.sheets import Book, ListTable, Sheet, writing
from braid.judge.case import Case
from braid.proposal import Proposal
from braid.workbook import write_workbook
from braid.workbook.book import EPOCH
from office import differing, formulas, planted, recalculated, table
from small import TWO_AWARDS, small

SHEETS = ["Contents", "Summary", "Braid", "Allocation", "Award register", "Award balances", "Installments"]
SHEETS += ["Spent before", "Pledges", "Needs", "Revenue", "Gaps", "Expected money", "Positions", "Subawards", "Match"]
SHEETS += ["Indirect", "Cash flow", "Cash by quarter", "Approved budget", "Deadlines", "Limits", "Checks"]
SHEETS += ["Determinations", "Attention"]
FORMS = ("SF-424A", "Detail")
SHEETS += [f"{form} {award}" for award in ("cossup", "dfc", "fr-cara", "jag", "od2a", "sor") for form in FORMS]
SHEETS += ["SF-425", "Authorization", "Fund statement", "Annual report", "Budget load", "Budget amendment"]
SHEETS += ["SEFA preview", "True-up", "Match by class", "Program income", "Budget years"]
INPUT = ["Proposal", "Awards", "Activities", "Lines", "Requirements", "Committed", "Receipts", "Budget periods"]
INPUT += ["Released", "Charged before", "Match pledged", "Terms", "Approvals", "Income of activities", "Payroll"]
SHEETS += [*INPUT, "Provenance"]
FUNCTIONS = {"SUM", "SUMIFS", "COUNT", "COUNTIF", "COUNTIFS", "SUBTOTAL", "IF", "IFERROR", "ROUND", "ROUNDDOWN"}
FUNCTIONS |= {"ABS", "AND", "INT", "MAX", "MIN", "ROUNDUP", "ROWS", "SUMPRODUCT", "INDEX", "SUBSTITUTE"}
NUMBERS = {"0", "1", "2", "6", "109"}
"""Nothing, a last day, the decimals of a cent and of a rate, SUBTOTAL's code for a sum of the rows in sight."""
HOSTILE = ('=HYPERLINK("http://example.invalid","pay here")', "#N/A", "+1", "-1", "@SUM(A1)", "\tx", "a\x00b\ufffe")

PAIRS = (("One", "tblOne"), ("ONE", "TBLone"))


@pytest.fixture(scope="module")
def plan() -> Plan:
    return braid.plan(small())


@pytest.fixture
def book(plan: Plan, tmp_path: Path) -> Path:
    return write_workbook(plan, tmp_path / "budget.xlsx")


def renamed(plan: Plan, names: tuple[str, ...]) -> Plan:
    """The same plan under other names: of its awards, its activity, itself, and as the sentences of its gaps."""
    proposal = plan.proposal
    awards = [a.model_copy(update={"name": name}) for a, name in zip(proposal.awards, names, strict=False)]
    activities = [a.model_copy(update={"name": names[2]}) for a in proposal.activities]
    fields = {field: getattr(proposal, field) for field in Proposal.model_fields}
    fields |= {"name": names[-1], "awards": (*awards,), "activities": (*activities,)}
    changed = Proposal.model_construct(**fields)  # a copy would keep what it has cached
    gaps = [gap.model_copy(update={"sentence": name}) for gap, name in zip(plan.file.gaps, names, strict=False)]
    return Plan(plan.file.model_copy(update={"gaps": (*gaps,)}), Case(changed, plan.case.catalogue))


# ------------------------------------------------------------------ the numbers


@pytest.mark.needs_program("soffice")
def test_formulas_come_to_what_they_carry(harbor_book: Path, tmp_path: Path, program: Callable[[str], str]) -> None:
    """LibreOffice, made to recalculate all of it, finds the value that each formula of a county's workbook carries."""
    assert len(list(formulas(harbor_book))) > 1000
    assert differing(harbor_book, recalculated(program("soffice"), harbor_book, tmp_path)) == []


@pytest.mark.needs_program("soffice")
def test_planted_error_is_caught(book: Path, tmp_path: Path, program: Callable[[str], str]) -> None:
    """A wrong value, planted beside a formula, is found by the same comparison: it does not trust the file."""
    wrong = planted(book, tmp_path / "wrong.xlsx")
    assert len(differing(wrong, recalculated(program("soffice"), wrong, tmp_path))) == 1


@pytest.mark.needs_program("soffice")
@pytest.mark.parametrize("unit", ["dollar", "cent"])
def test_checks_turn_when_an_amount_is_typed_over(unit: str, tmp_path: Path, program: Callable[[str], str]) -> None:
    """An amount that a person raises too far turns limits to FAIL, and the first sheet says how many checks fail."""
    text = TWO_AWARDS.replace("jurisdiction:", f"unit: {unit}\njurisdiction:", 1)
    path = write_workbook(renamed(braid.plan(small(text)), HOSTILE), tmp_path / "edited.xlsx")
    again = recalculated(program("soffice"), path, tmp_path / "before")
    assert differing(path, again) == []
    assert again["Contents"]["A4"].value == "All checks pass."
    edited = openpyxl.load_workbook(path)
    rows = [row for row in edited["Allocation"].iter_rows() if row[10].value == "direct"]
    rows[0][11].value = 5000
    edited.save(path)
    after = recalculated(program("soffice"), path, tmp_path / "after")
    assert re.match(r"Checks that fail: [1-9][0-9]*\. See Checks", str(after["Contents"]["A4"].value))
    assert "FAIL" in {row["Status"] for row in table(after, "Limits", "Row")}


def test_totals_are_those_of_the_plan(harbor: Plan, harbor_seen: Workbook) -> None:
    """Control totals, as the workbook adds them up, equal the plan's; every check says OK, every limit OK."""
    seen = harbor_seen
    differences = {row[0].value: row[3].value for row in seen["Provenance"].iter_rows() if row[4].value == "as planned"}
    assert set(differences.values()) == {0}
    assert len(differences) == 10
    assert seen["Contents"]["A4"].value == "All checks pass."
    limits = table(seen, "Limits", "Row")
    assert {row["Status"] for row in limits} == {"PASS"}
    assert sorted(row["Row"] for row in limits) == sorted(row.row for row in harbor.limits)
    plain = {row["Kind"] for row in limits if row["Worked out"] != "live"}
    assert not plain & {"need", "window", "award", "cash", "cap"}


def test_other_programs_see_numbers(plan: Plan, book: Path) -> None:
    """openpyxl and pandas, which calculate nothing, see the value of every formula."""
    assert [f"{sheet}!{cell}" for sheet, cell, _, carried in formulas(book) if carried is None] == []
    frame = pd.read_excel(book, sheet_name="Allocation", header=None)
    top = frame.index[frame[0] == "Award"][0]
    table = pd.DataFrame(frame.values[top + 1 :], columns=list(frame.loc[top]))
    assert table["Amount"].sum() == float(plan.totals.spent)
    assert set(table["Kind"]) == {"direct", "fringe", "indirect"}


# ----------------------------------------------------------------- the manner


def test_house_rules_of_sheets(harbor_book: Path) -> None:
    """Title in A1, nothing merged, headers unique, only allowed functions, no numbers in formulas, pages set up."""
    path, made = harbor_book, openpyxl.load_workbook(harbor_book)
    assert made.sheetnames == SHEETS
    assert made.calculation.fullCalcOnLoad
    assert made.properties.language == "en-US"
    tables = [table for sheet in made for table in sheet.tables.values()]
    assert {"tblAllocation", "tblNeeds", "tblAwards", "tblGaps", "tblLimits"} <= {table.name for table in tables}
    for sheet in made:
        assert sheet["A1"].value
        assert sheet["A1"].style == "braid title"
        assert not sheet.merged_cells.ranges
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth == 1 or sheet.title in {*INPUT, "Award register"}
        assert sheet.oddFooter.right.text == "Page &P of &N"
        for listed in sheet.tables.values():
            heads = [cell.value for cell in sheet[listed.ref][0]]
            assert all(isinstance(head, str) for head in heads)
            assert len({head.lower() for head in heads}) == len(heads)
            assert [column.name for column in listed.tableColumns] == heads
    for sheet, cell, formula, _ in formulas(path):
        bare = re.sub(r'"[^"]*"|\'[^\']*\'!|\[[^]]*\]', "", formula)
        assert set(re.findall(r"([A-Z]+)\(", bare)) <= FUNCTIONS, f"{sheet}!{cell} {formula}"
        assert set(re.findall(r"(?<![A-Za-z$0-9])[0-9.]+", bare)) <= NUMBERS, f"{sheet}!{cell} {formula}"
        assert len(formula) <= 180
    with zipfile.ZipFile(path) as archive:
        drawings = [archive.read(f"xl/drawings/drawing{number}.xml").decode() for number in (1, 2)]
    for drawing in drawings:
        assert len(re.findall(r'descr="Bars by activity[^"]+same amounts stand in the table', drawing)) == 1


def test_names_never_become_formulas(plan: Plan, tmp_path: Path) -> None:
    """Names that begin as formulas or errors do are text, and what no file can hold is replaced where one sees it."""
    path = write_workbook(renamed(plan, HOSTILE), tmp_path / "hostile.xlsx")
    made = openpyxl.load_workbook(path)
    cells = [cell for sheet in made for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "e"]
    assert not [cell for cell in cells if cell.data_type == "f" and "HYPERLINK" in str(cell.value)]
    named = [cell for cell in cells if cell.value in HOSTILE]
    assert {cell.value for cell in named} >= {*HOSTILE[:3]}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in named)
    assert made["Contents"]["A1"].value == "a�b�"


def test_odd_names_stay_what_they_are(plan: Plan, tmp_path: Path) -> None:
    """Quotes, brackets, what looks like a sheet's name, emoji, Arabic and Hebrew, markup: text as it was given."""
    names = ("it's [odd]'!A1", '"q" {x} <b>&amp;</b>', "😀 الصحة שלום", "tblAllocation[Amount]")
    made = openpyxl.load_workbook(write_workbook(renamed(plan, names), tmp_path / "odd.xlsx"))
    texts = {cell.value for sheet in made for row in sheet.iter_rows() for cell in row if cell.data_type == "s"}
    assert texts >= {*names}


def test_two_of_one_name_are_never_written(tmp_path: Path) -> None:
    """Titles, tables and names of cells that are one but for large and small letters would break the file: a bug."""
    one, other = (Sheet(title, {}, (), "data", tables=(ListTable(name, 1, ("A",), 1),)) for title, name in PAIRS)
    for sheets, names in (
        ((one, replace(one, tables=())), {}),
        ((one, replace(other, title="Other")), {}),
        ((one,), {"TBLONE": "One!$A$1"}),
        ((replace(one, title="a/b", tables=()),), {}),
    ):
        with pytest.raises(RuntimeError, match=r"two of one name: (one|tblone)|no sheet can bear the title «a/b»"):
            writing.write(tmp_path / "x.xlsx", Book(sheets, names, "t", "s", "c", EPOCH))
    assert list(tmp_path.iterdir()) == []


def test_long_text_is_cut_where_one_sees_it(plan: Plan, tmp_path: Path) -> None:
    """A text that no cell holds is cut, and says so."""
    made = openpyxl.load_workbook(write_workbook(renamed(plan, ("ä😀" * 20_000,) * 3), tmp_path / "long.xlsx"))
    text = str(next(row["Name"] for row in table(made, "Award balances", "Award") if row.get("Available")))
    assert text.endswith(" […cut: 60,000 characters, and a cell holds 32,767]")
    for title in ("Summary", "Braid"):  # on paper, in charts and in rows of a summary a name is short
        assert max(len(str(cell.value)) for cell in made[title]["A"]) <= 220, title
    assert 32_760 < len(text.encode("utf-16-le")) / 2 <= 32_767


def test_same_plan_gives_same_bytes(plan: Plan, tmp_path: Path) -> None:
    """Two runs write the same bytes; another time stamp changes only where it is told."""
    one = write_workbook(plan, tmp_path / "one.xlsx").read_bytes()
    time.sleep(1.1)
    assert write_workbook(plan, tmp_path / "two.xlsx").read_bytes() == one
    source = plan.file.provenance.model_copy(update={"made": "2031-05-06T07:08:09+00:00"})
    later = Plan(plan.file.model_copy(update={"provenance": source}), plan.case)
    write_workbook(later, tmp_path / "later.xlsx")
    with zipfile.ZipFile(tmp_path / "one.xlsx") as a, zipfile.ZipFile(tmp_path / "later.xlsx") as b:
        changed = {name for name in a.namelist() if a.read(name) != b.read(name)}
        assert b"2031-05-06T07:08:09Z" in b.read("docProps/core.xml")
    provenance = f"xl/worksheets/sheet{len(openpyxl.load_workbook(tmp_path / 'one.xlsx').sheetnames)}.xml"
    assert changed == {"docProps/core.xml", "docProps/custom.xml", provenance}


def test_empty_sheets_are_left_out(tmp_path: Path) -> None:
    """Where every need is met there is no sheet of gaps; where nothing is paid there still is an Allocation."""
    met = braid.plan(small(TWO_AWARDS.replace('"1,100"', '"900,000"').replace('"400"', '"4"')))
    assert not met.gaps or met.totals.gap
    poor = braid.plan(small(TWO_AWARDS.replace('"1,100"', '"0"').replace('"100"', '"0"').replace('"50"', '"0"')))
    assert not poor.allocations
    for name, plan in (("met", met), ("poor", poor)):
        made = openpyxl.load_workbook(write_workbook(plan, tmp_path / f"{name}.xlsx"))
        assert ("Gaps" in made.sheetnames) == bool(plan.gaps)
        assert ("Attention" in made.sheetnames) == bool(plan.attention)
        assert "tblAllocation" in made["Allocation"].tables


# --------------------------------------------------------------- whole or not at all


def refusal(plan: Plan, path: Path, **how: bool) -> str:
    with pytest.raises(braid.OutputError) as caught:
        write_workbook(plan, path, **how)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_only_its_own_untouched_output_is_replaced(plan: Plan, book: Path, tmp_path: Path) -> None:
    """A foreign file stays; so does a workbook of ours that was changed since; both yield to force."""
    write_workbook(plan, book)
    edited = openpyxl.load_workbook(book)
    edited["Allocation"]["A1"].value = "mine"
    edited.save(book)
    assert "was changed since braid wrote it" in refusal(plan, book)
    foreign = tmp_path / "foreign.xlsx"
    Workbook().save(foreign)
    text = tmp_path / "text.xlsx"
    text.write_text("not a workbook", encoding="utf-8")
    for path in (foreign, text):
        before = path.read_bytes()
        assert "is no workbook that braid made" in refusal(plan, path)
        assert path.read_bytes() == before
    for path in (book, foreign, text):
        assert write_workbook(plan, path, force=True) == path
        write_workbook(plan, path)


def test_places_that_take_no_file(plan: Plan, tmp_path: Path) -> None:
    """A missing folder, a folder, a wrong ending, a workbook open in Excel: one sentence each, even with force."""
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "~$open.xlsx").write_bytes(b"\x08Jane Doe" + b" " * 46)
    (tmp_path / ".~lock.calc.xlsx#").touch()
    (tmp_path / "file").touch()
    said = {
        "nowhere/a.xlsx": "does not exist; make it first",
        "file/a.xlsx": "is a file, not a folder",
        "folder.xlsx": "is a folder; name a file in it",
        "a.csv": "a workbook has the ending .xlsx",
        "open.xlsx": "is open in Excel, by Jane Doe; close it",
        "calc.xlsx": "is open in LibreOffice; close it",
    }
    for name, words in said.items():
        assert words in refusal(plan, tmp_path / name, force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".~lock.calc.xlsx#",
        "file",
        "folder.xlsx",
        "~$open.xlsx",
    ]


def test_folder_that_may_not_be_written(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder or the old file is write-protected, a sentence says so."""
    monkeypatch.setattr(outgoing.os, "access", lambda *_: False)
    assert "nothing may be written in the folder" in refusal(plan, tmp_path / "a.xlsx")


@pytest.mark.parametrize("step", ["fill", "fsync", "replace", "check"])
def test_failure_leaves_everything_as_it_was(
    step: str, plan: Plan, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, a refused rename, a file that cannot be opened again: the old file stands, nothing beside it."""
    before = book.read_bytes()

    def fails(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    if step == "check":
        monkeypatch.setattr(writing, "_fill", lambda target, *_: target.write(b"PK, but no workbook"))
    elif step == "fill":
        monkeypatch.setattr(writing, "finish", fails)
    else:
        monkeypatch.setattr(outgoing.os, step, fails)
    sentence = refusal(plan, book, force=True)
    assert ("cannot be opened again" if step == "check" else "No space left on device") in sentence
    assert book.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["budget.xlsx"]


def test_what_a_killed_run_left_is_swept_away(plan: Plan, tmp_path: Path) -> None:
    """A part file of hours ago goes; a young one may belong to another run, and stays."""
    old, young = tmp_path / ".budget.xlsx.00.part", tmp_path / ".budget.xlsx.11.part"
    for path in (old, young):
        path.touch()
    os.utime(old, (0, 0))
    write_workbook(plan, tmp_path / "budget.xlsx")
    assert (old.exists(), young.exists()) == (False, True)


def test_no_workbook_without_a_plan(plan: Plan, tmp_path: Path) -> None:
    """A plan that is possible only in fractions is not written as if it were one."""
    none = Plan(plan.file.model_copy(update={"status": "fractions"}), plan.case)
    assert "there is nothing that a workbook could carry" in refusal(none, tmp_path / "a.xlsx")
