"""Sheets as data, and the one place that turns them into an .xlsx file and back (the only one that knows openpyxl).

A ``Sheet`` holds cells by (row, column), counted from 1; ``nouns`` says what they are, ``writing`` makes the file,
``reading`` gives back what a file holds.
"""

from __future__ import annotations

from braid.files.sheets.nouns import (
    AS_PLANNED,
    COLOURS,
    Bars,
    Beside,
    Block,
    Book,
    Cell,
    Formula,
    Hint,
    ListTable,
    Number,
    Sheet,
    Value,
)
from braid.files.sheets.reading import MOST_ROWS as MOST_READ
from braid.files.sheets.reading import Grid, Held, Holding, read
from braid.files.sheets.writing import content, letter, write

__all__ = [
    "AS_PLANNED", "COLOURS", "MOST_READ", "Bars", "Beside", "Block", "Book", "Cell", "Formula", "Grid", "Held", "Hint",
    "Holding", "ListTable", "Number", "Sheet", "Value", "content", "letter", "read", "write",
]  # fmt: skip
