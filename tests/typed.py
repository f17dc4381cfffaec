"""A small workbook as a person would type it, with single cells typed otherwise, and the faults that braid tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl.workbook import Workbook

import braid
from braid.basics.errors import InputError

Edit = Callable[[Workbook], None]
ROWS: dict[str, list[list[Any]]] = {
    "Proposal": [["Setting", "Value"], ["Format", 1], ["Name", "Test"], ["Jurisdiction", "Test"], ["State", "NC"],
                 ["First fiscal year", "FY2027"], ["Last fiscal year", "FY2027"]],
    "Awards": [["Id", "Program", "Start", "End", "Amount"],
               ["a", "other", dt.date(2026, 7, 1), dt.date(2027, 6, 30), 100]],
    "Activities": [["Id", "Uses"], ["act", "naloxone-distribution"]],
    "Lines": [["Activity", "Id", "Category", "Amount", "Fringe"], ["act", "l", "supplies", 100, None]],
}  # fmt: skip
YAML = """\
braid: 1
name: Test
jurisdiction: {name: Test, state: NC}
calendar: {first: FY2027, last: FY2027}
awards: [{id: a, program: other, start: 2026-07-01, end: 2027-06-30, amount: 100}]
activities: [{id: act, uses: naloxone-distribution, lines: [{id: l, category: supplies, amount: 100}]}]
"""


def made(folder: Path, *edits: Edit) -> Path:
    """A small workbook, as a person would type it, after some edits."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in ROWS.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    for edit in edits:
        edit(book)
    book.save(folder / "b.xlsx")
    return folder / "b.xlsx"


def put(place: str, value: Any, form: str = "General") -> Edit:
    sheet, _, cell = place.partition("!")

    def edit(book: Workbook) -> None:
        if sheet not in book.sheetnames:
            book.create_sheet(sheet)
        book[sheet][cell].value = value
        if form == "text":
            book[sheet][cell].data_type = "s"
        else:
            book[sheet][cell].number_format = form

    return edit


def told(path: Path) -> list[str]:
    """Every fault without the name of the file."""
    with pytest.raises(InputError) as caught:
        braid.read(path)
    return [str(fault).removeprefix(str(path)).removeprefix(": ").strip() for fault in caught.value.faults]
