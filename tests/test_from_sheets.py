"""Reading a workbook: the same faults as of YAML, by sheet and cell, and what only a spreadsheet can get wrong."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook

import braid
from braid.basics.errors import InputWarning
from braid.cli import shell
from braid.proposal import Proposal
from braid.reading import read_text
from typed import YAML, Edit, made, put, told


def line(proposal: Proposal) -> Any:
    return proposal.activities[0].lines[0]


def test_a_workbook_says_what_yaml_says(tmp_path: Path) -> None:
    """The same content gives an equal proposal, and so the same plan."""
    assert braid.read(made(tmp_path)) == read_text(YAML)


@pytest.mark.parametrize(
    ("value", "form", "cents"),
    [
        (1234.1, "General", 123410),
        (1234.1000000000001, "General", 123410),
        (0.1 + 0.2, "General", 30),
        (1200, "General", 120000),
        ("$1,200.50", "General", 120050),
        (" 5 ", "General", 500),
        (99_999_999_999.99, "General", 9_999_999_999_999),
    ],
)
def test_amounts_are_exact(value: Any, form: str, cents: int, tmp_path: Path) -> None:
    """A number is the amount that its 15 digits say, to the cent; text is read as in YAML."""
    assert line(braid.read(made(tmp_path, put("Lines!D2", value, form)))).amount == cents


@pytest.mark.parametrize(
    ("place", "value", "form", "sentence"),
    [
        ("Lines!D2", 100 / 3, "General", "«33.3333333333333» has a third decimal; write dollars and cents"),
        ("Lines!D2", 1234.0999999, "General", "«1234.0999999» has a third decimal; write dollars and cents"),
        ("Lines!D2", -5, "General", "«-5» is negative; write an amount of zero or more"),
        ("Lines!D2", "(500)", "General", "«(500)» is negative; write an amount of zero or more"),
        ("Lines!D2", 1e12, "General", "«1000000000000» is more than $100 billion; is a digit too many?"),
        ("Lines!D2", 0.05, "0%", '«5%» is a percentage; an amount of dollars is expected, as in "1,200.50"'),
        ("Lines!D2", "#REF!", "General", "the cell holds the error #REF!; mend its formula, or type the value"),
        ("Lines!D2", True, "General", "«true» is no amount of dollars; write it as in"),
        ("Lines!C2", "suplies", "General", "(did you mean «supplies»?)"),
        ("Awards!C2", 46204, "General", "«46204» is a number, not a date; format the cell as a date, or write it as "
         "year, month, day, as in 2027-06-30"),
        ("Awards!C2", 46204.5, "yyyy-mm-dd", "«2026-07-01 12:00:00» has a time of day; a date alone is expected, as in "
         "2026-07-01"),
        ("Awards!B2", "sorr", "General", "«sorr» is no program of the catalogue (did you mean «sor»?)"),
        ("Proposal!B6", 2027, "General", "«2027» is no fiscal year; write the year in which it ends, as in FY2027"),
        ("Proposal!B7", "FY 2028", "General", "is no fiscal year; write the year in which it ends, as in FY2028"),
        ("Awards!C2", 20270701, "yyyy-mm-dd", "the cell holds the error #VALUE!, or a number that is no day; type the "
         "date as year, month, day, as in 2027-06-30"),
        ("Awards!C2", "7/1/2026", "General", "«7/1/2026» is no date; write year, month and day, as in 2026-07-01"),
        ("Awards!B2", "SOR (4)", "General", "«SOR (4)» is no program of the catalogue (did you mean «sor»?)"),
        ("Lines!F1", "Amount FY 2027", "General", "is no header of the sheet Lines (did you mean «Amount FY2027»?)"),
        ("Lines!E2", 32, "0%", "the cell holds 32 in a format of percentages, which is 3200%; type 32% if that is "
         "meant"),
        ("Lines!A3", "Total", "General", "«Total» looks like a total or a note, and is no row of the sheet Lines; "
         "clear the row, or write it into a column whose header begins with x- (braid adds up by itself)"),
        ("Activities!A3", "Kits are for all", "General", "«Kits are for all» looks like a total or a note, and is no "
         "row of the sheet Activities"),
    ],
)  # fmt: skip
def test_faults_name_their_cell(place: str, value: Any, form: str, sentence: str, tmp_path: Path) -> None:
    """What is wrong with a cell is told with the name of the cell and the sentence that YAML would get."""
    faults = told(made(tmp_path, put(place, value, form)))
    assert len(faults) == 1
    assert faults[0].startswith(f"{place}  ")
    assert sentence in faults[0]


def test_formulas_without_a_value_are_told(tmp_path: Path) -> None:
    """A formula that nobody calculated holds nothing: it is said which, and what to do."""
    assert told(made(tmp_path, put("Lines!D2", "=50+50"))) == [
        "Lines!D2  activities[act].lines[l].amount  the cell holds a formula without a stored value; open the workbook "
        "in Excel or LibreOffice, save it, and try again"
    ]


@pytest.mark.needs_program("soffice")
def test_formulas_with_a_value_are_read(tmp_path: Path, program: Callable[[str], str]) -> None:
    """Once LibreOffice has calculated and saved the workbook, the value of the formula counts."""
    from office import recalculated

    path = made(tmp_path, put("Lines!D2", "=ROUND(200/3,2)"))
    recalculated(program("soffice"), path, tmp_path)
    assert line(braid.read(tmp_path / "again" / "b.xlsx")).amount == 6667


def test_percentages_carry_their_sign(tmp_path: Path) -> None:
    """A number in a format of percentages is one; a bare 0.32 may mean two things, and is refused."""
    pay = put("Lines!C2", "personnel")
    assert line(braid.read(made(tmp_path, pay, put("Lines!E2", 0.32, "0.0%")))).fringe == Fraction(32, 100)
    assert line(braid.read(made(tmp_path, pay, put("Lines!E2", "32%")))).fringe == Fraction(32, 100)
    assert told(made(tmp_path, pay, put("Lines!E2", 0.32))) == [
        "Lines!E2  activities[act].lines[l].fringe  «0.32» may mean 32% or 0.32%; write a percentage with its sign, as "
        "in 15%"
    ]


def test_all_faults_at_once(tmp_path: Path) -> None:
    """Faults of several sheets come together, sheet by sheet, and what is missing is told at its empty cell."""
    path = made(tmp_path, put("Awards!E2", -1), put("Activities!B2", "naloxon-distribution"), put("Lines!C2", None),
                put("Proposal!B5", "nc"))  # fmt: skip
    faults = told(path)
    assert [fault.split()[0] for fault in faults] == ["Activities!B2", "Awards!E2", "Lines!C2", "Proposal!B5"]
    assert faults[2] == "Lines!C2  activities[act].lines[l]  «category» is missing"


def test_text_stays_text(tmp_path: Path) -> None:
    """Codes keep their zeros, names that look like formulas stay names, and a listing that lost a zero is refused."""
    edits = [put("Awards!F1", "Code fund"), put("Awards!F2", 42, "0000"), put("Awards!G1", "Name"),
             put("Awards!G2", "=SUM(1)", "text"), put("Awards!H1", "Award number"), put("Awards!H2", 2510)]  # fmt: skip
    award = braid.read(made(tmp_path, *edits)).awards[0]
    assert (award.codes, award.name, award.award_number) == ({"fund": "0042"}, "=SUM(1)", "2510")
    listing = [put("Awards!F1", "Assistance listing"), put("Awards!F2", 16.71)]
    assert told(made(tmp_path, *listing)) == [
        "Awards!F2  awards[a].assistance_listing  «16.71» is a number, of which Excel drops a zero at the end; format "
        "the cell as text, and write it again, as in 16.710"
    ]
    fain = told(made(tmp_path, put("Awards!F1", "FAIN"), put("Awards!F2", 12345678901234567)))
    assert len(fain) == 1
    assert "has more digits than Excel keeps of a number; format the cell as text, and write it again" in fain[0]
    assert told(made(tmp_path, put("Awards!F1", "Name"), put("Awards!F2", "a\u200bb"))) == [
        "Awards!F2  awards[a].name  holds an invisible character (U+200B); delete it"
    ]
    long = told(made(tmp_path, put("Awards!F1", "Name"), put("Awards!F2", "x" * 32_700)))
    assert [fault.split("  ")[0] for fault in long] == ["Awards!F2"]


@pytest.mark.parametrize(
    ("edits", "faults"),
    [
        ([put("Lines!D1", "Amonut")], ["Lines!D1  «Amonut» is no header of the sheet Lines (did you mean «Amount»?)",
                                       "Lines!A2  activities[act].lines[l]  the line has no cost: give `amount`, or "
                                       "`quantity`, `unit` and `unit_cost`"]),
        ([put("Lines!F1", "amount *"), put("Lines!F2", 5)],
         ["Lines!F1  the header «amount *» stands twice; the first is in Lines!D1"]),
        ([put("Lines!H2", "stray")], ["Lines!H2  «stray» stands under no header; give the column one, or clear it"]),
        ([put("Lines!F1", "x-remark"), put("Lines!F2", "mine")], []),
        ([put("Lines!A2", "atc")],
         ["Activities!A2  activities[act]  no row of the sheet Lines names this activity",
          "Lines!A2  «atc» is the Id of no row of the sheet Activities (did you mean «act»?)"]),
        ([put("Lines!A3", "act"), put("Lines!B3", "l"), put("Lines!C3", "other"), put("Lines!D3", 5)],
         ["Lines!B3  activities[act].lines[l].id  the id «l» is given twice"]),
        ([put("Lines!F1", "Amount FY2027"), put("Lines!F2", 5)],
         ["Lines!F2  activities[act].lines[l].amount.FY2027  «Amount» is given twice; also in Lines!D2"]),
        ([put("Lines!D1", "Amount FY2031")],
         ["Lines!D2  activities[act].lines[l].amount.FY2031  «FY2031» is no period of the plan"]),
        ([put("Lines!F1", "More (YAML)"), put("Lines!F2", "timing: once\nbenifit: x")],
         ["Lines!F2 (line 2, column 1)  activities[act].lines[l].benifit  unknown key «benifit»"]),
        ([put("Lines!F1", "More (YAML)"), put("Lines!F2", "timing: once\nbasis: *b")],
         ["Lines!F2 (line 2, column 8)  activities[act].lines[l]  the alias *b is not allowed; write the value out"]),
        ([put("Lines!F1", "More (YAML)"), put("Lines!F2", "amount: 5")],
         ["Lines!F2 (line 1, column 9)  activities[act].lines[l].amount  «amount» is given twice; also in Lines!D2"]),
        ([put("Proposal!A5", "Sate")],
         ["Proposal!B4  jurisdiction  «state» is missing", "Proposal!A5  «Sate» is no setting"]),
        ([lambda book: book.remove(book["Lines"])], ["there is no sheet Lines"]),
        ([lambda book: setattr(book["Lines"], "title", "Line")],
         ["there is no sheet Lines (is it the one called «Line»?)"]),
        ([lambda book: book.create_sheet("Budget Period")],
         ["Budget Period  is no sheet of a proposal (did you mean «Budget periods»?)"]),
        ([lambda book: book.create_sheet("Workings")], []),
        ([put("Lines!B1", None), put("Lines!C1", None), put("Lines!D1", None), put("Lines!E1", None)],
         ["Lines  has no row of headers; Activity, Id, Name, Category are expected side by side in one row"]),
    ],
)  # fmt: skip
def test_forms_of_sheets(edits: list[Edit], faults: list[str], tmp_path: Path) -> None:
    """Headers, rows, sheets and cells of YAML that are not as expected are told where they stand, with the nearest."""
    path = made(tmp_path, *edits)
    found = told(path) if faults else [] if braid.read(path) == read_text(YAML) else ["another proposal"]
    assert len(found) == len(faults), found
    for fault in faults:
        assert any(fault in each for each in found), found


def test_merged_cells_are_told(tmp_path: Path) -> None:
    """Merged cells hold a value in the first of them only: they are refused among the rows, and harmless above."""
    merged = told(made(tmp_path, lambda book: book["Lines"].merge_cells("A2:A3")))
    assert merged == [
        "Lines!A2  is merged as far as A3, and only its first cell holds a value; unmerge it, and fill each cell"
    ]

    def titled(book: Workbook) -> None:
        book["Lines"].insert_rows(1)
        book["Lines"]["A1"].value = "All lines"
        book["Lines"].merge_cells("A1:E1")

    assert braid.read(made(tmp_path, titled)) == read_text(YAML)


def test_what_is_hidden_is_read_and_told(tmp_path: Path) -> None:
    """Hidden rows, columns and sheets are read like all others, and a warning says so, also in the shell."""

    def hidden(book: Workbook) -> None:
        book["Lines"].row_dimensions[2].hidden = True
        book["Awards"].column_dimensions["E"].hidden = True
        book["Activities"].sheet_state = "veryHidden"

    path = made(tmp_path, hidden)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        assert braid.read(path) == read_text(YAML)
    assert [str(each.message).removeprefix(f"{path}: ") for each in found if each.category is InputWarning] == [
        "Awards: column E is hidden, and read like all others",
        "Activities: the whole sheet is hidden, and read like all others",
        "Lines: row 2 is hidden, and read like all others",
    ]
    done = CliRunner().invoke(shell, ["check", str(path)])
    assert (done.exit_code, "warning: " in done.stderr, "row 2 is hidden" in done.stderr) == (0, True, True)


# ------------------------------------------------------------- hostile or odd files


def repacked(path: Path, change: Callable[[str, bytes], bytes], more: dict[str, bytes] | None = None) -> Path:
    """The same zip with its parts changed, and more of them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name in given.namelist():
            out.writestr(name, change(name, given.read(name)))
        for name, part in (more or {}).items():
            out.writestr(name, part)
    path.write_bytes(packed.getvalue())
    return path


def in_lines(text: bytes, by: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, part: part.replace(text, by, 1) if name == "xl/worksheets/sheet4.xml" else part


def odd_files(path: Path) -> Iterator[tuple[str, bytes, str]]:
    whole = path.read_bytes()
    yield "empty.xlsx", b"", "is empty"
    yield "text.xlsx", b"Id,Program", "is no .xlsx workbook; was it only renamed?"
    yield "cut.xlsx", whole[:2000], "is damaged, or was cut short; give a whole copy of it"
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    save = "open it in Excel or LibreOffice, save it as .xlsx, and give that file"
    yield "old.xls", old + "Workbook".encode("utf-16-le"), f"is a workbook of the old kind (.xls); {save}"
    locked = old + "EncryptedPackage".encode("utf-16-le")
    yield "locked.xlsx", locked, "is protected by a password; save it without one, and give that file"
    yield "calc.ods", whole, f"is an OpenDocument workbook (.ods); {save}"
    yield "~$b.xlsx", b"\x05Maria", "is only Excel's note that the workbook is open; give b.xlsx"
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    yield "letter.xlsx", word.getvalue(), f"is a zip file, but no .xlsx workbook; {save}"
    yield "gone.xlsx", b"", "there is no such file"


def test_files_that_are_no_workbook(tmp_path: Path) -> None:
    """A file of another kind, cut short, protected or open elsewhere is refused with what to do."""
    for name, data, sentence in odd_files(made(tmp_path)):
        path = tmp_path / name
        if name != "gone.xlsx":
            path.write_bytes(data)
        assert told(path) == [sentence]
        done = CliRunner().invoke(shell, ["check", str(path)])
        assert (done.exit_code, "Traceback" in done.output) == (3, False)


def test_entities_are_refused(tmp_path: Path) -> None:
    """A document type in any part, where entities would be declared, is refused before anything expands."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<worksheet'
    path = repacked(made(tmp_path), in_lines(b"<worksheet", bomb))
    assert told(path) == [
        "declares a document type in its part xl/worksheets/sheet4.xml, which no spreadsheet program writes; open it "
        "in Excel or LibreOffice, save it as .xlsx, and give that file"
    ]


def test_bombs_are_refused(tmp_path: Path) -> None:
    """A part that swells beyond all measure is refused by the directory of the zip, unread."""
    path = repacked(made(tmp_path), in_lines(b"<sheetData>", b"<sheetData>" + b" " * 8_000_000))
    assert told(path) == ["would unpack to far more than a budget holds; copy what you need into a new workbook"]
    assert path.stat().st_size < 50_000


def test_far_cells_are_refused(tmp_path: Path) -> None:
    """One cell at the end of the sheet would take hours to walk to: it is named in place of that."""
    assert told(made(tmp_path, put("Lines!XFD1048576", 1))) == [
        "Lines!XFD1048576  lies beyond what is read of a sheet, 50,000 rows and 1,000 columns; delete it if it is "
        "stray, and save the workbook again, or give a proposal of that size as YAML"
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</sheetData>", b'<row r="2"><c r="D2"><v>9</v></c></row></sheetData>'),
        (b'<row r="2">', b'<row r="-3">'),
        (b'<row r="2">', b'<row r="2"><c r="A7"><v>9</v></c>'),
        (b'<c r="D2"', b'<c r="C2"'),
        (b"<sheetData>", b'<cols><col hidden="1"/></cols><sheetData>'),
    ],
)
def test_what_two_programs_would_read_differently(old: bytes, new: bytes, tmp_path: Path) -> None:
    """A row or a cell that stands twice, or outside its row, is never read in silence, nor left out in silence."""
    path = repacked(made(tmp_path), in_lines(old, new))
    assert told(path) == ["is damaged, or was cut short; give a whole copy of it"]


def test_many_merged_places_are_told_in_few_lines(tmp_path: Path) -> None:
    """3,000 rows merged across the whole sheet: twenty are told one by one, the others by their number."""
    places = b"".join(b'<mergeCell ref="A%d:XFD%d"/>' % (row, row) for row in range(3, 3_003))
    path = repacked(made(tmp_path), in_lines(b"</sheetData>", b"</sheetData><mergeCells>" + places + b"</mergeCells>"))
    found = told(path)
    assert found[0].startswith("Lines!A3  is merged as far as XFD3, and only its first cell holds a value")
    assert found[20:] == ["Lines!A23  is the first of 2,980 more merged places; unmerge them all"]


def test_rows_without_numbers_are_read(tmp_path: Path) -> None:
    """Some programs number neither rows nor cells: they follow one another."""
    path = repacked(made(tmp_path), in_lines(b'<row r="2">', b"<row>"))
    assert braid.read(path) == read_text(YAML)


def test_parts_and_sheets_of_one_name(tmp_path: Path) -> None:
    """Which of two parts, or of two sheets, of one name a program reads is its own affair: neither is taken."""
    path = made(tmp_path)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/worksheets/sheet4.xml", archive.read("xl/worksheets/sheet4.xml"))
    assert told(path) == [
        "holds the part xl/worksheets/sheet4.xml twice, so that no two programs need agree; open it in Excel or "
        "LibreOffice, save it as .xlsx, and give that file"
    ]
    twice = repacked(made(tmp_path), lambda _, part: part.replace(b'name="Activities"', b'name="Lines"'))
    assert told(twice) == ["has two sheets called Lines; rename or delete one of them"]


def test_what_is_far_too_long_is_told_in_few_words(tmp_path: Path) -> None:
    """A text of 40,000 characters where an amount belongs is not printed whole; a name of so many is refused."""
    (fault,) = told(made(tmp_path, put("Lines!D2", "x" * 32_000)))
    assert fault.startswith("Lines!D2  activities[act].lines[l].amount  «" + "x" * 60 + " …» (32,000 characters) is no")
    text = YAML.replace("name: Test\n", f"name: {'y' * 40_000}\n")
    with pytest.raises(braid.InputError, match=r"name  40,000 characters were found; at most 200 are expected"):
        read_text(text)


def test_numbers_that_are_none(tmp_path: Path) -> None:
    """What no number can be, such as 1e400, is refused at its cell."""
    path = repacked(made(tmp_path), in_lines(b"<v>100</v>", b"<v>1e400</v>"))
    assert [fault.split("  ")[0] for fault in told(path)] == ["Lines!D2"]


def test_nothing_else_is_opened(tmp_path: Path) -> None:
    """A member of the zip that points outside is not followed, and a workbook of something else is told as one."""
    path = repacked(made(tmp_path), lambda _, part: part, {"../../evil.xml": b"<a/>"})
    assert braid.read(path) == read_text(YAML)
    other = openpyxl.Workbook()
    other.save(tmp_path / "other.xlsx")
    assert told(tmp_path / "other.xlsx") == [
        "has none of the sheets of a proposal (Proposal, Awards, Activities, Lines); `braid init budget.xlsx` writes a "
        "workbook with them"
    ]


def test_odd_but_honest_workbooks_are_read(tmp_path: Path) -> None:
    """Days counted from 1904, macros beside, spaces at the ends of words, numbers typed as text: the same proposal."""
    edits: list[Edit] = [lambda book: setattr(book, "epoch", CALENDAR_MAC_1904), put("Awards!B2", "other \u00a0"),
             put("Lines!A2", " act "), put("Lines!D2", "100", "text"), put("Awards!A2", "a  ")]  # fmt: skip
    path = repacked(made(tmp_path, *edits), lambda _, part: part, {"xl/vbaProject.bin": b"macro"})
    assert braid.read(path.rename(tmp_path / "b.xlsm")) == read_text(YAML)


def test_filtered_rows_are_read_and_told(tmp_path: Path) -> None:
    """A row that a filter hides is a row: it is read, and said to be hidden."""

    def filtered(book: Workbook) -> None:
        book["Lines"].auto_filter.ref = "A1:E2"
        book["Lines"].row_dimensions[2].hidden = True

    with pytest.warns(InputWarning, match="Lines: row 2 is hidden, and read like all others"):
        assert braid.read(made(tmp_path, filtered)) == read_text(YAML)
