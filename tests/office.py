"""Workbooks as other programs see them: recalculated by LibreOffice, and read cell by cell."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


def formulas(path: Path) -> Iterator[tuple[str, str, str, Any]]:
    """Sheet, cell, formula and carried value of every formula."""
    live, carried = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    for sheet in live:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate, str(cell.value), carried[sheet.title][cell.coordinate].value


def recalculated(soffice: str, path: Path, folder: Path) -> Workbook:
    """The workbook as LibreOffice calculates it anew; left to itself it would trust what the file carries."""
    (book,) = recalculated_all(soffice, [path], folder)
    return book


def recalculated_all(soffice: str, paths: Sequence[Path], folder: Path) -> list[Workbook]:
    """Several workbooks calculated anew in one run of LibreOffice: to start it costs more than to calculate."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", "xlsx", "--outdir", str(folder / "again"), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=180 + 20 * len(paths))
    shutil.rmtree(profile, ignore_errors=True)
    return [openpyxl.load_workbook(folder / "again" / path.name, data_only=True) for path in paths]


def differing(path: Path, again: Workbook) -> list[str]:
    """What each formula carries beside what it comes to, where the two are not one."""
    found: list[str] = []
    for sheet, cell, formula, carried in formulas(path):
        value: Any = again[sheet][cell].value
        same = value == carried or (
            isinstance(value, int | float) and abs(value - carried) < 1e-9 * max(1, abs(carried))
        )
        if not same:
            found.append(f"{sheet}!{cell} {formula} carries {carried!r} and comes to {value!r}")
    return found


def table(book: Workbook, sheet: str, first: str) -> list[dict[str, Any]]:
    """The rows below each header of a sheet that begins with this word, by the words of the header."""
    rows: list[dict[str, Any]] = []
    heads: dict[str, int] = {}
    for row in book[sheet].iter_rows(values_only=True):
        if row[0] == first:
            heads = {str(head): place for place, head in enumerate(row) if head}
        elif row[0] is None:
            heads = {}
        elif heads:
            rows.append({head: row[place] for head, place in heads.items()})
    return rows
