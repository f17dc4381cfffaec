"""A plan's workbook with amounts typed over, and what its checks and limits then say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from braid.answer.plan import Plan
from braid.workbook import write_workbook
from office import recalculated, table

Office = Callable[[str], str]


def carried(plan: Plan, folder: Path) -> Workbook:
    """The workbook of a plan as a program sees it that calculates nothing."""
    return openpyxl.load_workbook(write_workbook(plan, folder / "budget.xlsx"), data_only=True)


def failing(book: Workbook) -> set[tuple[str, str]]:
    """The checks that fail: their kind, and what they are about."""
    return _said(book, "FAIL")


def warning(book: Workbook) -> set[tuple[str, str]]:
    """The checks that warn: their kind, and what they are about."""
    return _said(book, "WARN")


def _said(book: Workbook, word: str) -> set[tuple[str, str]]:
    rows = [row for row in table(book, "Checks", "Check") if row["Result"] == word]
    return {(row["Check"], " ".join(str(row[k]) for k in ("Award", "Line", "Period") if row.get(k))) for row in rows}


def over(book: Workbook) -> set[str]:
    return {row["Row"] for row in table(book, "Limits", "Row") if row["Status"] == "FAIL"}


def overtyped(plan: Plan, program: Office, folder: Path, changes: dict[tuple[str, ...], Any]) -> Workbook:
    """The workbook with amounts typed over, as LibreOffice calculates it then; ``changes`` as in `typed_over`."""
    return recalculated(program("soffice"), typed_over(plan, folder / "edited.xlsx", changes), folder)


def typed_over(plan: Plan, path: Path, changes: dict[tuple[str, ...], Any]) -> Path:
    """The workbook with amounts typed over, written there, and calculated by nobody yet.

    ``changes`` goes by award, line, period and kind, and by the first day where that is said as well.
    """
    write_workbook(plan, path)
    book = openpyxl.load_workbook(path)
    heads = next(row for row in book["Allocation"].iter_rows() if row[0].value == "Award")
    at = {str(cell.value): place for place, cell in enumerate(heads)}
    waiting = dict(changes)
    for row in book["Allocation"].iter_rows(min_row=heads[0].row + 1):
        key = tuple(str(row[at[name]].value) for name in ("Award", "Line", "Period", "Kind"))
        dated = (*key, str(row[at["From"]].value)[:10])
        for said in (dated, key):
            if said in waiting:
                row[at["Amount"]].value = waiting.pop(said)
    assert not waiting, f"no charge is {waiting}"
    book.save(path)
    return path


def limits(book: Workbook) -> dict[str, dict[str, Any]]:
    return {row["Row"]: row for row in table(book, "Limits", "Row")}


def entered(plan: Plan, program: Office, folder: Path, changes: dict[tuple[str, str, str], Any]) -> Workbook:
    """The workbook with its input typed over, by sheet, id of the row and header, as LibreOffice calculates it then."""
    return recalculated(program("soffice"), typed_in(plan, folder / "entered.xlsx", changes), folder)


def typed_in(plan: Plan, path: Path, changes: dict[tuple[str, str, str], Any]) -> Path:
    """The workbook with its input typed over, written there, and calculated by nobody yet."""
    write_workbook(plan, path)
    book = openpyxl.load_workbook(path)
    for (sheet, name, header), value in changes.items():
        heads = next(row for row in book[sheet].iter_rows() if header in {cell.value for cell in row})
        at = {str(cell.value): place for place, cell in enumerate(heads)}
        (row,) = [row for row in book[sheet].iter_rows(min_row=heads[0].row + 1) if row[at["Id"]].value == name]
        row[at[header]].value = value
    book.save(path)
    return path
