"""Tables longer than a sheet: what went to the file beside the workbook is told, added up, and read back with it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from braid.answer.plan import Plan
from braid.basics.errors import OutputError
from braid.checks import Entry, judge
from braid.cli import shell
from braid.files import outgoing
from braid.files.rows_of_text import rows_in, text_of
from braid.judge.case import Case
from braid.law.catalogue import catalogue
from braid.planner.by_hand import by_hand, paid_by_hand
from braid.reading import read_text
from braid.workbook import write_workbook
from braid.workbook.edited import read_edited
from office import differing, recalculated_all

LINES = ", ".join(f'{{id: l{n:02d}, category: supplies, amount: "{500 + n}", grows: 0%}}' for n in range(24))
TEXT = f"""\
braid: 1
name: Long
jurisdiction: {{name: State, state: NC, kind: state}}
calendar: {{first: FY2027, last: FY2028}}
awards:
  - {{id: one, program: other, opening_balance: "50,000"}}
  - {{id: two, program: other, opening_balance: "50,000"}}
activities:
  - {{id: act, uses: linkage-to-care, lines: [{LINES}]}}
  - {{id: more, uses: linkage-to-care, lines: [{LINES}]}}
"""
# Two activities of 24 lines, each of 500 to 523 in each of two years: 96 charges. A line's number is 0 to 23; together
# 24 · 500 + 276 = 12,276 in each year of each activity, so 49,104. Award one pays act, award two pays more.
MOST = 80
"""Rows of a sheet: the Allocation has 96 charges from row 11 on, so that 9 rows may add up what does not fit."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    case = Case(read_text(TEXT, "long.yaml"), catalogue())
    awards = {"act": "one", "more": "two"}
    entries = [Entry(awards[n.cost.activity.id], n.cost.id, n.index, n.days, n.direct, "1") for n in case.needs]
    paid = paid_by_hand(entries, {}, {})
    return by_hand(case, paid, judge(case, paid), {})


@pytest.fixture(scope="module")
def written(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_workbook(plan, tmp_path_factory.mktemp("long") / "long.xlsx", most_rows=MOST)


@pytest.fixture
def book(written: Path, tmp_path: Path) -> Path:
    """The workbook and what is beside it, for a test of its own."""
    shutil.copytree(written.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / written.name


def beside(book: Path) -> Path:
    return book.with_name("long-allocation-2.csv")


def amounts(book: Path) -> dict[str, list[int]]:
    """The amounts of the Allocation on the sheet and in the file, those of rows that add up others apart."""
    rows = [row for row in openpyxl.load_workbook(book)["Allocation"].iter_rows(values_only=True) if row[10:11]]
    sheet = [(str(row[3]), row[11]) for row in rows if isinstance(row[11], int) and row[0] in {"one", "two"}]
    with beside(book).open(encoding="utf-8-sig", newline="") as stream:
        file = [int(Decimal(row["Amount"])) for row in csv.DictReader(stream)]
    adding = [amount for line, amount in sheet if line == "(continued)"]
    return {"sheet": [amount for line, amount in sheet if line != "(continued)"], "adding": adding, "file": file}


def test_every_charge_stands_once(written: Path) -> None:
    """96 charges of $49,104: those of the sheet and those of the file together; the rows between add up the file."""
    found = amounts(written)
    assert len(found["sheet"]) + len(found["file"]) == 96
    assert sum(found["sheet"]) + sum(found["file"]) == 49_104
    assert sum(found["adding"]) == sum(found["file"])
    # rows 11 to 80 are 70, of which an eighth, 8, may add up others: 62 charges are left, 34 go. Of one all stay, and
    # of two the first 14, two for each of the lines 0 to 6: 2 · (7 · 500 + 21) = 7,042, with 24,552 of one
    assert (len(found["sheet"]), sum(found["sheet"]), len(found["file"])) == (62, 31_594, 34)


def test_it_is_told_on_each_sheet(written: Path) -> None:
    """The Allocation, Contents and Provenance say in a sentence how many rows and dollars stand in which file."""
    made = openpyxl.load_workbook(written)
    told = (
        "The table on Allocation continues in long-allocation-2.csv, beside this workbook: of its 96 rows 62 ($31,594)"
    )
    for title in ("Allocation", "Contents", "Provenance"):
        text = " ".join(str(row[0].value) for row in made[title].iter_rows(max_col=1) if row[0].value)
        assert f"{told} stand on the sheet, 34 ($17,510) in the file." in text, title
    contents = " ".join(str(row[0].value) for row in made["Contents"].iter_rows(max_col=1))
    assert "they do not follow an amount that is typed over" in contents
    assert sorted(path.name for path in written.parent.glob("*.csv")) == [
        "long-allocation-2.csv", "long-checks-2.csv", "long-determinations-2.csv", "long-limits-2.csv",
        "long-needs-2.csv", "long-true-up-2.csv",
    ]  # fmt: skip


@pytest.mark.needs_program("soffice")
def test_no_formula_is_wrong(written: Path, tmp_path: Path, program: Callable[[str], str]) -> None:
    """Recalculated, every formula that is left comes to what it carries, and all totals are those of the plan."""
    (again,) = recalculated_all(program("soffice"), [written], tmp_path)
    assert differing(written, again) == []
    seen = openpyxl.load_workbook(again, data_only=True)
    totals = {row[0].value: row[2].value for row in seen["Provenance"].iter_rows() if row[4].value == "as planned"}
    assert (totals["Need"], totals["Funded"], totals["Charged"]) == (49_104, 49_104, 49_104)
    assert seen["Contents"]["A4"].value == "All checks pass."


def test_what_cannot_follow_is_a_value_in_italics(written: Path) -> None:
    """The need of a line whose charge went says what is paid as a value; that of a line that stays is a formula."""
    made = openpyxl.load_workbook(written)
    paid = {(row[1].value, row[4].value): row[8] for row in made["Needs"].iter_rows() if row[1].value}
    stays, went = paid["act/l00", "FY2027"], paid["more/l07", "FY2027"]
    assert (str(stays.value)[:7], stays.font.i) == ("=SUMIFS", False)
    assert (went.value, went.font.i) == (507, True)


def test_both_are_read_back(book: Path) -> None:
    """96 rows are judged, $24,552 of each award; what was changed in the file is told with its place there."""
    found = read_edited(book)
    assert (len(found.rows), found.changed, found.broken) == (96, (), ())
    assert [sum(row.amount for row in found.rows if row.award == each) for each in ("one", "two")] == [24_552, 24_552]
    text = beside(book).read_text(encoding="utf-8-sig").replace(",523.00,", ",524.00,", 1)
    beside(book).write_text(text, encoding="utf-8-sig")
    (broken,) = [str(each) for each in read_edited(book).broken if "need[" in str(each)]
    assert broken.startswith("'long-allocation-2.csv'!L34")


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("gone", "it continues in long-allocation-2.csv, which is not beside this workbook; put it there"),
        ("cut", "as planned it adds up to 0, and the rows that say (continued) to 17,510; half a plan is not judged"),
        ("bytes", "is no CSV in UTF-8 as braid writes it; save it as «CSV UTF-8», with commas"),
        ("typed", "it adds up rows of long-allocation-2.csv; change the amounts there"),
    ],
)
def test_half_a_plan_is_never_judged(how: str, sentence: str, book: Path) -> None:
    """A file that is gone, cut or damaged, or a sum of it that was typed over: one sentence, and exit 3."""
    if how == "gone":
        beside(book).unlink()
    elif how == "cut":
        beside(book).write_text(beside(book).read_text(encoding="utf-8-sig").partition("\n")[0] + "\n")
    elif how == "bytes":
        beside(book).write_bytes(b"Award,\xff\xfe\n")
    else:
        made = openpyxl.load_workbook(book)
        sheet = made["Allocation"]
        sheet.cell(next(row for row in range(1, MOST + 1) if sheet.cell(row, 4).value == "(continued)"), 12, 5)
        made.save(book)
    done = CliRunner().invoke(shell, ["check", str(book)], prog_name="braid")
    assert (done.exit_code, "Traceback" in done.output) == (3, False)
    assert sentence in done.stderr


# ------------------------------------------------------------- whole or not at all


def test_own_files_are_replaced_and_others_are_not(plan: Plan, book: Path) -> None:
    """Written again the same bytes stand there; a file beside it that was changed, or another's, is left alone."""
    before = {path.name: path.read_bytes() for path in book.parent.iterdir()}
    write_workbook(plan, book, most_rows=MOST)
    assert {path.name: path.read_bytes() for path in book.parent.iterdir()} == before
    beside(book).write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"is not what braid wrote beside long\.xlsx; give another name, or force it"):
        write_workbook(plan, book, most_rows=MOST)
    assert (beside(book).read_text(encoding="utf-8"), book.read_bytes()) == ("mine", before["long.xlsx"])
    write_workbook(plan, book, most_rows=MOST, force=True)
    assert {path.name: path.read_bytes() for path in book.parent.iterdir()} == before


def test_what_no_longer_continues_is_taken_away(plan: Plan, book: Path) -> None:
    """A plan that fits on its sheets again: its own former files are taken away, one that was changed is not."""
    checks = book.with_name("long-checks-2.csv")
    checks.write_text("mine", encoding="utf-8")
    write_workbook(plan, book)
    assert sorted(path.name for path in book.parent.iterdir()) == ["long-checks-2.csv", "long.xlsx"]


@pytest.mark.parametrize("step", [1, 4, 7])
def test_all_files_or_none(step: int, plan: Plan, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the first, fourth or last of seven files fails, all stand as they were, and nothing else."""
    for path in book.parent.iterdir():
        path.write_bytes(b"former")
    names, calls = sorted(path.name for path in book.parent.iterdir()), list[object]()
    replace = outgoing.os.replace

    def failing(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == step:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(outgoing.os, "replace", failing)
    with pytest.raises(OutputError, match="cannot be written: No space left on device"):
        write_workbook(plan, book, most_rows=MOST, force=True)
    assert sorted(path.name for path in book.parent.iterdir()) == names
    assert {path.read_bytes() for path in book.parent.iterdir()} == {b"former"}


def test_what_cannot_continue_is_refused(plan: Plan, tmp_path: Path) -> None:
    """A sheet that is long by more than one table at its end has no place where it could be cut: one sentence."""
    with pytest.raises(OutputError, match=r"the sheet \w+ would need more rows than Excel has \(30\)"):
        write_workbook(plan, tmp_path / "x.xlsx", most_rows=30)
    assert list(tmp_path.iterdir()) == []


def test_what_was_entered_continues_too(plan: Plan, tmp_path: Path) -> None:
    """48 lines on a sheet of 50 rows: each stands once, prices and sums beside one another are not added up."""
    path = write_workbook(plan, tmp_path / "x.xlsx", most_rows=50)
    sheet = openpyxl.load_workbook(path)["Lines"]
    here = [(row[0], row[1], row[5]) for row in sheet.iter_rows(min_row=4, values_only=True)]
    there = [(row[0], row[1], int(row[5])) for row in rows_in(tmp_path / "x-lines-2.csv") if row[1].startswith("l")]
    assert here[-1] == ("(continued)", None, None)
    assert [*here[:-1], *there] == [(act, f"l{n:02d}", 500 + n) for act in ("act", "more") for n in range(24)]
    told = f"its 52 rows {len(here) - 1} stand on the sheet, {53 - len(here)} in the file."
    assert sheet["A2"].value.endswith(told)


def test_a_csv_holds_no_formulas(tmp_path: Path) -> None:
    """Text that a spreadsheet would run gets an apostrophe, numbers below zero get none, and all is read back."""
    rows = [["=1+1", "+1-1", "-2*3", "@SUM(A1)", "\tx"], ["it's", 'a "b", c', "-60.00", "two\nlines", "الصحة 😀"]]
    path = tmp_path / "x.csv"
    path.write_text(text_of(["a", "b", "c", "d", "e"], rows), encoding="utf-8-sig")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines[1] == "'=1+1,'+1-1,'-2*3,'@SUM(A1),'\tx"
    assert lines[2].startswith('it\'s,"a ""b"", c",-60.00,')
    assert [*rows_in(path)][1:] == rows
