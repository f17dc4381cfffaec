"""Names that a workbook can bear: no two sheets and no two columns of a table are called alike."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from braid.files.titles import headers, sheet_titles


def test_titles_alike_in_31_characters_stay_apart(tmp_path: Path) -> None:
    """A hundred titles that are one in their first 31 characters, in letters large and small, become a hundred."""
    wanted = [f"{'SF-424A' if n % 2 else 'sf-424a'} the very same award of the State {n}" for n in range(100)]
    found = sheet_titles(wanted, taken=["SF-424A THE VERY SAME AWARD OF"])
    assert len({title.casefold() for title in found}) == 100
    assert max(map(len, found)) <= 31
    assert found[0] == "sf-424a the very same award (2)"
    book = openpyxl.Workbook()
    for title in found:
        book.create_sheet(title)
    book.save(tmp_path / "titles.xlsx")
    assert openpyxl.load_workbook(tmp_path / "titles.xlsx").sheetnames[1:] == found


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        ("a/b\\c:d*e?f[g]", "a-b-c-d-e-f-g-"),
        ("'quoted'", "quoted"),
        ("   ", "Sheet"),
        ("History", "History (2)"),
        ("tab\there\x00", "tab-here�"),
        ("😀" * 20, "😀" * 15),
        ("x" * 30 + "'y", "x" * 30),
        ("=1+1", "=1+1"),
    ],
)
def test_what_no_title_holds_gives_way(wanted: str, title: str) -> None:
    """Characters that Excel refuses in a title are replaced, and what is left is cut to what it counts as 31."""
    assert sheet_titles([wanted]) == [title]


def test_headers_are_one_of_a_kind() -> None:
    """Headers of a table are short, on one line, and differ by more than the size of their letters."""
    found = headers(["Fund", "fund", "fund\nnumber", "", "", "=SUM(A1)", "x" * 300], taken=["FUND"])
    assert found == ["Fund (2)", "fund (3)", "fund number", "unnamed", "unnamed (2)", "=SUM(A1)", "x" * 60]
