"""The rows of a sheet as a stream of XML: one pass over the cells, and never more in memory than a row.

openpyxl writes all that stands around them. Left to it, a cell would be an object, then an element, and its value added
in a second pass over the whole part.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any, Literal, cast
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from braid.files.parts import safe_text
from braid.files.sheets.nouns import AS_PLANNED, Formula, Number, Sheet, Value

Sort = Literal["plain", "quoted", "date"]
QUOTED = ("=", "+", "-", "@", "#", "'", "\t")
"""Text that begins so would be taken for a formula or an error when a person edits its cell."""
GREY = "595959"
"""The ink of values that follow no amount."""
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
            probe.style = f"braid {style.removesuffix(AS_PLANNED)}"  # before the rest: it clears quotePrefix
            if style.endswith(AS_PLANNED):
                probe.font = Font(name="Calibri", size=11, bold=probe.font.b, italic=True, color=GREY)
            if sort == "quoted":
                probe.quotePrefix = True
            elif sort == "date":
                probe.value = dt.date(2000, 1, 1)  # gives the style a format of dates where it has none
            found = self._numbers[style, sort] = probe.style_id
        return found


def rows(sheet: Sheet, looks: Looks) -> Iterator[bytes]:
    """Each row of a sheet as XML, from the top down."""
    names: dict[int, str] = {}
    for row, height, cells in sheet.rows():
        parts = [f'<row r="{row}"' + (f' ht="{height:.16g}" customHeight="1">' if height is not None else ">")]
        for column, value, style in cells:
            if (name := names.get(column)) is None:
                name = names[column] = get_column_letter(column)
            parts.append(_cell(value, style, f"{name}{row}", looks))
        parts.append("</row>")
        yield "".join(parts).encode("ascii", "xmlcharrefreplace")


def _cell(value: Value, named: str, name: str, looks: Looks) -> str:
    if isinstance(value, Formula):
        style, found, formula = looks.number(named, "plain"), value.value, escape(value.text)
        if isinstance(found, str):
            return f'<c r="{name}" s="{style}" t="str"><f>{formula}</f><v>{escape(safe_text(found))}</v></c>'
        return f'<c r="{name}" s="{style}"><f>{formula}</f><v>{plain(found)!r}</v></c>'
    if isinstance(value, str):
        return _text(safe_text(value), named, name, looks)
    style = looks.number(named, "date" if isinstance(value, dt.date) else "plain")
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


def extent(sheet: Sheet) -> str:
    """The range that the cells of a sheet fill.

    >>> from braid.files.sheets.nouns import Cell
    >>> extent(Sheet("Small", {(2, 3): Cell(1), (5, 1): Cell(2)}, (), "data"))
    'A2:C5'
    """
    rows = [*(row for row, _ in sheet.cells), *(block.top for block in sheet.blocks)]
    columns = [*(column for _, column in sheet.cells), *(len(block.styles) for block in sheet.blocks)]
    if not rows:
        return "A1:A1"
    left = 1 if sheet.blocks else min(columns)
    return f"{get_column_letter(left)}{min(rows)}:{get_column_letter(max(columns))}{sheet.bottom}"
