"""Workbooks as other programs see them: recalculated by LibreOffice, and read cell by cell."""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import openpyxl
from defusedxml import ElementTree
from openpyxl.workbook import Workbook

from braid.workbook.together import GROUPS

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def formulas(path: Path) -> Iterator[tuple[str, str, str, Any]]:
    """Sheet, cell, formula and carried value of every formula."""
    for sheet, cell, formula, value in _cells(path):
        if formula is not None:
            yield sheet, cell, f"={formula}", value


def _cells(path: Path) -> Iterator[tuple[str, str, str | None, Any]]:
    """Sheet, cell, formula and stored value of every cell; text that is no result of a formula is left out."""
    with zipfile.ZipFile(path) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {str(each.get("Id")): str(each.get("Target")) for each in relations}
        for sheet in book.iter(f"{MAIN}sheet"):
            with archive.open(posixpath.join("xl", targets[str(sheet.get(RELATION))]).lstrip("/")) as part:
                for cell, formula, value in _values(part):
                    yield str(sheet.get("name")), cell, formula, value


def _values(part: IO[bytes]) -> Iterator[tuple[str, str | None, Any]]:
    for _, element in ElementTree.iterparse(part):
        if element.tag == f"{MAIN}c" and (sort := element.get("t", "n")) not in {"s", "inlineStr"}:
            text = element.findtext(f"{MAIN}v") or None
            value = text if text is None or sort in {"str", "e"} else bool(int(text)) if sort == "b" else _n(text)
            yield str(element.get("r")), element.findtext(f"{MAIN}f"), value
        elif element.tag == f"{MAIN}row":
            element.clear()


def _n(text: str) -> int | float:
    return int(text) if re.fullmatch("-?[0-9]{1,18}", text) else float(text)


def recalculated(soffice: str, path: Path, folder: Path) -> Workbook:
    """The workbook as LibreOffice calculates it anew; left to itself it would trust what the file carries."""
    (book,) = recalculated_all(soffice, [path], folder)
    return openpyxl.load_workbook(book, data_only=True)


def recalculated_all(soffice: str, paths: Sequence[Path], folder: Path) -> list[Path]:
    """Several workbooks calculated anew in one run of LibreOffice: to start it costs more than to calculate."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
    command = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", "xlsx", "--outdir", str(folder / "again"), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=180 + 20 * len(paths))
    shutil.rmtree(profile, ignore_errors=True)
    return [folder / "again" / path.name for path in paths]


def recalculated_books(soffice: str, paths: Sequence[Path], folder: Path) -> dict[str, Workbook]:
    """The same, opened, by the names of the files without their endings."""
    made = recalculated_all(soffice, paths, folder)
    return {path.stem: openpyxl.load_workbook(path, data_only=True) for path in made}


def differing(path: Path, again: Workbook | Path) -> list[str]:
    """What each formula carries beside what it comes to, where the two are not one."""
    values, found = _found_in(again), list[str]()
    for sheet, cell, formula, carried in formulas(path):
        value = values(sheet, cell)
        same = value == carried or (
            isinstance(value, int | float) and abs(value - carried) < 1e-9 * max(1, abs(carried))
        )
        if not same:
            found.append(f"{sheet}!{cell} {formula} carries {carried!r} and comes to {value!r}")
    return found


def _found_in(again: Workbook | Path) -> Callable[[str, str], Any]:
    """What a cell of a workbook holds; of a file, which is read as a stream, only what is no plain text."""
    if isinstance(again, Workbook):
        return lambda sheet, cell: again[sheet][cell].value
    values = {(sheet, cell): value for sheet, cell, _, value in _cells(again)}
    return lambda sheet, cell: values.get((sheet, cell))


def planted(path: Path, wrong: Path) -> Path:
    """The same workbook in another file, but for the first number that a formula of its Allocation carries."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(wrong, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet4.xml":
                part, times = re.subn(rb"(</f><v>)[0-9]+(</v>)", rb"\g<1>987654321\2", part, count=1)
                assert times == 1
            target.writestr(name, part)
    return wrong


def part(book: Workbook, title: str) -> list[tuple[Any, ...]]:
    """The rows of a sheet as values; of a small plan, those of the part of another sheet that it stands on."""
    onto, titles = next(((o, t) for o, t in GROUPS.items() if title in t), (title, (title,)))
    found: list[tuple[Any, ...]] = []
    mine = True
    for row in book[title if title in book.sheetnames else onto].iter_rows(values_only=True):
        if named := next((name for name in titles if str(row[0]).startswith(f"{name}: ")), None):
            mine = named == title
        found += [row] if mine else []
    return found


def table(book: Workbook, sheet: str, first: str) -> list[dict[str, Any]]:
    """The rows below each header of a sheet that begins with this word, by the words of the header."""
    rows: list[dict[str, Any]] = []
    heads: dict[str, int] = {}
    for row in part(book, sheet):
        if row[0] == first:
            heads = {str(head): place for place, head in enumerate(row) if head}
        elif row[0] is None:
            heads = {}
        elif heads:
            rows.append({head: row[place] for head, place in heads.items()})
    return rows
