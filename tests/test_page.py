"""Pages of sheets: what is kept together on paper, how high rows are, which header stays in sight."""

from __future__ import annotations

import zipfile
from pathlib import Path

from braid.files import sheets
from braid.files.sheets import Book
from braid.workbook.book import EPOCH
from braid.workbook.page import LINE, PAPER_HEIGHT, Column, Page

WIDE = "a line of words that is far too long for its column"
ROWS = int(PAPER_HEIGHT // LINE)
"""34 rows of one line stand on a printed page: 510 points, 15 to a line."""


def page(**more: int) -> Page:
    return Page("Some", "result", [20.0, 20.0], **more)


def test_a_heading_is_kept_with_its_table() -> None:
    """After 30 of the 34 rows of a page four more fit and five do not: these begin a page of their own."""
    for rows, breaks in ((ROWS - 30, []), (ROWS - 29, [30])):
        made = page(row=31)
        made.keep(rows)
        assert made.breaks == breaks


def test_rows_flow_over_by_themselves() -> None:
    """After 60 rows the second page has 26: five more fit there, and no page is begun for them in vain."""
    made = page(row=61)
    made.keep(5)
    assert made.breaks == []
    made.keep(9)
    assert made.breaks == [60]


def test_high_rows_take_the_place_of_several() -> None:
    """Fifteen rows of three lines are as high as 45: they take a page of 11 and one of 4, on which 22 more fit."""
    made = page()
    for _ in range(15):
        made.put(1, WIDE, "text")
        made.row += 1
    assert {*made.sheet().heights.values()} == {3 * LINE}
    made.keep(22)
    assert made.breaks == []
    made.keep(23)
    assert made.breaks == [15]


def test_what_is_not_printed_makes_no_row_higher() -> None:
    """A key to the right of the print area leaves its row one line high, in a cell and in a table."""
    made = page(printed=1)
    made.line(["short", WIDE], ["text", "text"])
    made.table("tblSome", (Column("One", 20), Column("Two", 20)), [["short", WIDE]])
    assert made.sheet().heights == {2: 20.0}  # the header's own


def test_only_a_header_near_the_top_is_frozen() -> None:
    """Forty rows that do not scroll would fill a screen: so far down no header is kept in sight."""
    for row, frozen in ((5, (6, 1)), (40, None)):
        made = page(row=row)
        made.table("tblSome", (Column("One", 20),), [["x"]] * 31)
        assert made.sheet().freeze == frozen


def test_bars_begin_at_nothing(tmp_path: Path) -> None:
    """An axis that began near the shortest bar would make a small gap look like half of the need."""
    made = page()
    made.table("tblSome", (Column("Activity", 20), Column("Funded", 20, "money")), [["a", 50_000], ["b", 60_000]])
    made.chart("Need", "Some", (1, 3), (2,))
    sheets.write(tmp_path / "x.xlsx", Book((made.sheet(),), {}, "t", "s", "c", EPOCH))
    with zipfile.ZipFile(tmp_path / "x.xlsx") as archive:
        assert archive.read("xl/charts/chart1.xml").count(b'<min val="0"') == 1
