"""The sheets of a workbook as the same nested content that YAML gives, so that one path judges both.

Every cell becomes the text that a person would have written in YAML: ``from_document`` does not know the difference,
and its faults find their way back to the cell.
"""

from __future__ import annotations

import warnings
from pathlib import Path

from braid.basics.errors import Fault, InputError, InputWarning, nearest
from braid.files import sheets
from braid.files.sheets import Grid, Holding
from braid.reading.sheet_document import At, SheetDocument
from braid.reading.sheet_extras import HEAD, TABLES
from braid.reading.sheet_forms import Table, normal
from braid.reading.sheet_rows import MOST_ROWS_ABOVE, Rows, fill, header_row, note_merged

SUFFIXES = (".xlsx", ".xlsm")
SETTING, VALUE = "Setting", "Value"
_SHEETS = {normal(table.title): table for table in TABLES}


def document_of(path: Path) -> SheetDocument:
    """The proposal that the sheets of a workbook hold, not yet judged.

    Raises InputError where the file cannot be read as a workbook, or lacks a sheet or the headers of one. Rows, columns
    and sheets that are hidden are read like all others, with an InputWarning.
    """
    return document_from(sheets.read(path, lambda title: normal(title) in _SHEETS), str(path))


def document_from(holding: Holding, file: str) -> SheetDocument:
    """The same from sheets that are read already; ``file`` stands for the file in faults."""
    document = SheetDocument(file, {})
    _note_titles(document, holding)
    grids = {normal(grid.title): grid for grid in holding.grids.values()}
    found = [(table, grids[key]) for key, table in _SHEETS.items() if key in grids]
    tops = [(table, grid, _top(document, table, grid)) for table, grid in found]
    document.raise_faults()
    _warn_of_hidden(document.file, [grid for _, grid in found])
    for table, grid, top in tops:
        if table is HEAD:
            _settings(document, grid, top)
        elif top:
            Rows(document, table, grid, top).read()
    return document


def _note_titles(document: SheetDocument, holding: Holding) -> None:
    """Note every needed sheet that is missing, and every sheet whose title is nearly that of a sheet of input."""
    given = [normal(title) for title in holding.titles]
    if not {*given} & {*_SHEETS}:
        needed = ", ".join(table.title for table in TABLES if table.needed)
        sentence = (
            f"has none of the sheets of a proposal ({needed}); `braid init budget.xlsx` writes a workbook with them"
        )
        raise InputError([Fault(document.file, 0, 0, "", sentence)])
    strangers = [title for title in holding.titles if normal(title) not in _SHEETS]
    for table in TABLES:
        near = next((title for title in strangers if _alike(title, table.title)), None)
        if normal(table.title) in given:
            continue
        if table.needed:
            hint = f" (is it the one called «{near}»?)" if near else nearest(table.title, strangers)
            document.note(None, f"there is no sheet {table.title}{hint}")
        elif near:
            document.note(At(near, 0, 0), f"is no sheet of a proposal (did you mean «{table.title}»?)")
    for title in holding.grids:
        if given.count(normal(title)) > 1:
            document.note(At(title, 0, 0), f"is one of two sheets called {normal(title)}; rename or delete one of them")


def _alike(title: str, wanted: str) -> bool:
    """Whether a title is that of a sheet of input but for an s or a space: stricter than the nearest word."""
    return normal(title).replace(" ", "").rstrip("s") == normal(wanted).replace(" ", "").rstrip("s")


def _warn_of_hidden(file: str, grids: list[Grid]) -> None:
    for grid in grids:
        for words in grid.hidden:
            warnings.warn(f"{file}: {grid.title}: {words} hidden, and read like all others", InputWarning, stacklevel=5)


def _top(document: SheetDocument, table: Table, grid: Grid) -> int:
    """The row of headers of a sheet; 0 where there is none, which is noted for all but an empty extra sheet."""
    top = _settings_row(grid) if table is HEAD else header_row(table, grid)
    if not top and (table.needed or grid.cells):
        wanted = [SETTING, VALUE] if table is HEAD else [column.header for column in table.columns[:4]]
        sentence = f"has no row of headers; {', '.join(wanted)} are expected side by side in one row"
        document.note(At(grid.title, 0, 0), sentence)
    return top


# ------------------------------------------------------------------ the head


def _settings_row(grid: Grid) -> int:
    wanted = {normal(SETTING), normal(VALUE)}
    return next((row for row in range(1, MOST_ROWS_ABOVE + 1) if wanted <= _words(grid, row).keys()), 0)


def _words(grid: Grid, row: int) -> dict[str, int]:
    return {normal(held.text): column for (r, column), held in grid.cells.items() if r == row}


def _settings(document: SheetDocument, grid: Grid, top: int) -> None:
    """The settings of the first sheet, each in a row of its own."""
    headers = _words(grid, top)
    names, values = headers[normal(SETTING)], headers[normal(VALUE)]
    note_merged(document, grid, top, {names, values})
    seen: dict[str, At] = {}
    for row in sorted({row for row, column in grid.cells if row > top and column in {names, values}}):
        _setting(document, grid, At(grid.title, row, names), At(grid.title, row, values), seen)


def _setting(document: SheetDocument, grid: Grid, name: At, value: At, seen: dict[str, At]) -> None:
    label, held = grid.cells.get((name.row, name.column)), grid.cells.get((value.row, value.column))
    found = HEAD.named(label.text) if label else None
    if label is None:
        document.note(value, f"«{held.text if held else ''}» stands beside no setting")
    elif found is None:
        document.note(name, f"«{label.text}» is no setting of a proposal{nearest(label.text, HEAD.headers)}")
    elif label.text in seen:
        document.note(name, f"«{label.text}» is given twice; the first is in {seen[label.text]}")
    else:
        seen[label.text], column = name, found[0]
        if held is not None:
            fill(document, column.path, column, held, value)
        elif column.path:
            document.empty.setdefault(column.path[:-1], {})[str(column.path[-1])] = value
