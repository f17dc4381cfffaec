"""The rows of a sheet as a stream of XML: one pass over the cells, and never more in memory than a row.

openpyxl writes all that stands around them. Left to it, a cell would be an object, then an element, and its value added
in a second pass over the whole part.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, cast
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from braid.files.parts import safe_text
from braid.files.sheets.nouns import Cell, Formula, Number, Sheet

Sort = Literal["plain", "quoted", "date"]
QUOTED = ("=", "+", "-", "@", "#", "'", "\t")
"""Text that begins so would be taken for a formula or an error when a person edits its cell."""


DAY_ZERO = dt.date(1899, 12, 30)
"""From which sheets count days."""


class Looks:
    """The number that a workbook gives to each style, as cells name it."""

    def __init__(self, made: Workbook) -> None:
        self._made = made
        self._numbers: dict[tuple[str, Sort], int] = {}

    def number(self, style: str, sort: Sort) -> int:
        """The number of a named style (without «braid»), for plain content, for a date, or for text to be quoted."""
        if (found := self._numbers.get((style, sort))) is None:
            probe: Any = WriteOnlyCell(cast(Any, self._made.worksheets[0]), None)
            probe.style = f"braid {style}"  # before the rest: assigning a style clears quotePrefix
            if sort == "quoted":
                probe.quotePrefix = True
            elif sort == "date":
                probe.value = dt.date(2000, 1, 1)  # gives the style a format of dates where it has none
            found = self._numbers[style, sort] = probe.style_id
        return found


def rows(sheet: Sheet, looks: Looks) -> Iterator[bytes]:
    """Each row of a sheet as XML, from the top down; a row is there where it holds a cell or has a height."""
    names: dict[int, str] = {}
    for row, cells in _by_row(sheet):
        height = sheet.heights.get(row)
        parts = [f'<row r="{row}"' + (f' ht="{height:.16g}" customHeight="1">' if height is not None else ">")]
        for column, cell in cells:
            if (name := names.get(column)) is None:
                name = names[column] = get_column_letter(column)
            parts.append(_cell(cell, f"{name}{row}", looks))
        parts.append("</row>")
        yield "".join(parts).encode("ascii", "xmlcharrefreplace")


def _by_row(sheet: Sheet) -> Iterator[tuple[int, Sequence[tuple[int, Cell]]]]:
    found: dict[int, list[tuple[int, Cell]]] = {row: [] for row in sheet.heights}
    for (row, column), cell in sheet.cells.items():
        found.setdefault(row, []).append((column, cell))
    for row in sorted(found):
        yield row, sorted(found.pop(row), key=_column)


def _column(placed: tuple[int, Cell]) -> int:
    return placed[0]


def _cell(cell: Cell, name: str, looks: Looks) -> str:
    value = cell.value
    if isinstance(value, Formula):
        style, found, formula = looks.number(cell.style, "plain"), value.value, escape(value.text)
        if isinstance(found, str):
            return f'<c r="{name}" s="{style}" t="str"><f>{formula}</f><v>{escape(safe_text(found))}</v></c>'
        return f'<c r="{name}" s="{style}"><f>{formula}</f><v>{plain(found)!r}</v></c>'
    if isinstance(value, str):
        return _text(safe_text(value), cell.style, name, looks)
    style = looks.number(cell.style, "date" if isinstance(value, dt.date) else "plain")
    if value is None:
        return f'<c r="{name}" s="{style}" t="n"></c>'
    found = (value - DAY_ZERO).days if isinstance(value, dt.date) else value
    return f'<c r="{name}" s="{style}" t="n"><v>{plain(found)!r}</v></c>'


def _text(text: str, named: str, name: str, looks: Looks) -> str:
    style = looks.number(named, "quoted" if text.startswith(QUOTED) else "plain")
    if not text:
        return f'<c r="{name}" s="{style}" t="inlineStr"></c>'
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f'<c r="{name}" s="{style}" t="inlineStr"><is><t{kept}>{escape(text)}</t></is></c>'


def plain(value: Number) -> int | float:
    """A number as a cell holds it. Raises ValueError where it is not finite."""
    if not math.isfinite(value):
        raise ValueError("a cell holds a finite number")
    return int(value) if value == int(value) else float(value)


def extent(cells: Mapping[tuple[int, int], Cell]) -> str:
    """The range that the cells of a sheet fill.

    >>> extent({(2, 3): Cell(1), (5, 1): Cell(2)})
    'A2:C5'
    """
    if not cells:
        return "A1:A1"
    top, bottom = min(row for row, _ in cells), max(row for row, _ in cells)
    left, right = min(column for _, column in cells), max(column for _, column in cells)
    return f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
