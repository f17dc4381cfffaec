"""The rows of one sheet of input, each at its place in the proposal, every cell with its mark."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from braid.basics.errors import InputWarning, cell_name, nearest, nearest_meant
from braid.files.characters import cleaned, unseen
from braid.files.nodes import NOTED, Loc
from braid.files.sheets import Grid, Held
from braid.reading.sheet_document import At, SheetDocument
from braid.reading.sheet_forms import Column, Table, normal, taken

MOST_AS_PERCENT = 100
"""Up to it, a bare number above 1 may have been meant as a percentage."""
MOST_ROWS_ABOVE = 30
"""Rows in which the headers of a sheet are looked for."""
MOST_MERGED = 20
"""Merged places of a sheet that are told one by one."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")
_TOTAL = re.compile(r"((grand|sub)[ -]?)?totals?\b.*|notes?\b.*|\*.*", re.IGNORECASE | re.DOTALL)
_YEAR = re.compile(r"FY ?-?(?P<year>[0-9]{4})(?: ?-? ?(?P<quarter>Q[1-4]))?", re.IGNORECASE)
OF_SHORT_NAMES = {"Awards", "Activities", "Requirements"}
"""Sheets whose rows have an id of small letters, digits and hyphens."""
FREE = "x-"
"""A column whose header begins so is of the user's own, and is not read."""


@dataclass(frozen=True)
class Header:
    """The header of one column of a sheet: what it is for, and what it names besides (FY2027 of Amount FY2027)."""

    column: Column
    name: str


def fill(document: SheetDocument, loc: Loc, column: Column, held: Held, at: At) -> None:
    """Set the value of one cell at its place, or note what is wrong with the cell."""
    if column.form == "yaml" and held.sort == "text":
        document.graft(loc, held.text, at)
        return
    try:
        value: Any = taken(column, held)
    except ValueError as error:
        document.note(at, str(error), document.path(loc))
        value = NOTED
    _warn_of_bare(document, column, held, at)
    if not document.put(loc, _clean(document, loc, value, at), at):
        document.note(at, f"«{column.header}» is given twice; also in {document.at_cell(loc)}", document.path(loc))


def _warn_of_bare(document: SheetDocument, column: Column, held: Held, at: At) -> None:
    """Tell how a number was read that may have been meant as a percentage."""
    if (
        column.form == "bound"
        and held.sort == "number"
        and not held.dollars
        and 1 < Decimal(held.text) <= MOST_AS_PERCENT
    ):
        sentence = (
            f"{document.file}: {at}  «{held.text}» is read as ${held.text}; write {held.text}% if a share is meant"
        )
        warnings.warn(sentence, InputWarning, stacklevel=6)


def _clean(document: SheetDocument, loc: Loc, value: Any, at: At) -> Any:
    """The value with every text trimmed and in one normal form; what a reader cannot see is noted."""
    if value is NOTED:
        return value
    if isinstance(value, list):
        return [_clean(document, loc, word, at) for word in cast(list[str], value)]
    if isinstance(value, dict):
        pairs = cast(dict[str, str], value)
        return {cleaned(name): _clean(document, loc, text, at) for name, text in pairs.items()}
    text = cleaned(value)
    if wrong := unseen(text):
        document.note(at, wrong, document.path(loc))
    return text


def header_row(table: Table, grid: Grid) -> int:
    """The row with the most headers of this sheet, at least two of them; 0 where there is none."""
    counted: dict[int, int] = {}
    for (row, _), held in grid.cells.items():
        if row <= MOST_ROWS_ABOVE and held.sort == "text" and table.named(held.text) is not None:
            counted[row] = counted.get(row, 0) + 1
    best = max(counted, key=lambda row: (counted[row], -row), default=0)
    return best if counted.get(best, 0) > 1 else 0


def note_merged(document: SheetDocument, grid: Grid, top: int, columns: set[int]) -> None:
    """Note merged cells among the rows of a sheet: only the first of them holds what all of them show."""
    found = [
        (first, left, last, right)
        for first, left, last, right in grid.merged
        if last >= top and any(left <= column <= right for column in columns)
    ]
    for first, left, last, right in found[:MOST_MERGED]:
        ends = cell_name("x", last, right).removeprefix("x!")
        sentence = f"is merged as far as {ends}, and only its first cell holds a value; unmerge it, and fill each cell"
        document.note(At(grid.title, first, left), sentence)
    for first, left, _, _ in found[MOST_MERGED : MOST_MERGED + 1]:
        more = len(found) - MOST_MERGED
        document.note(At(grid.title, first, left), f"is the first of {more:,} more merged places; unmerge them all")


@dataclass
class Rows:
    """The rows of one sheet on their way into the document."""

    document: SheetDocument
    table: Table
    grid: Grid
    top: int
    """The row of the headers."""
    heads: dict[int, Header] = field(default_factory=dict[int, Header])

    def read(self) -> None:
        """Place every row, and note what is at fault."""
        document, table = self.document, self.table
        self._find_heads()
        note_merged(document, self.grid, self.top, {*self.heads})
        self._note_astray()
        if self._is_elsewhere():
            return
        if not table.key and not table.name:
            document.data.setdefault(table.under, [])
            document.cells.setdefault((table.under,), At(self.grid.title, self.top + 1, 1))
        for row in sorted({row for row, column in self.grid.cells if row > self.top and column in self.heads}):
            self._row(row)

    def _is_elsewhere(self) -> bool:
        """Whether the sheet Proposal says in one row what this sheet says year by year, which is noted."""
        at = None if self.table.key or not self.table.name else self.document.at_cell((self.table.under,))
        rows = [row for row, column in self.grid.cells if row > self.top and column in self.heads]
        if at is None or not rows:
            return False
        told = f"what stands here year by year is given for all years in {at} as well; clear one of the two"
        self.document.note(self._at(min(rows), 1), told)
        return True

    def _at(self, row: int, column: int) -> At:
        return At(self.grid.title, row, column)

    def _find_heads(self) -> None:
        first: dict[Header, int] = {}
        for column in sorted(column for row, column in self.grid.cells if row == self.top):
            text, at = self.grid.cells[self.top, column].text, self._at(self.top, column)
            found = self.table.named(text)
            if text.casefold().startswith(FREE):
                continue
            if found is None:
                hint = self._header_meant(text) or f"; a column of your own has a header that begins with {FREE}"
                self.document.note(at, f"«{text}» is no header of the sheet {self.table.title}{hint}")
            elif (header := Header(*found)) in first:
                before = self._at(self.top, first[header])
                self.document.note(at, f"the header «{text}» stands twice; the first is in {before}")
            else:
                first[header] = column
                self.heads[column] = header

    def _header_meant(self, text: str) -> str:
        """The hint for a header that is none: the nearest, or the one with its fiscal year as it is written."""
        for column in self.table.columns:
            year = _YEAR.fullmatch(text[len(column.header) :].strip())
            if column.by == "period" and year and normal(text).startswith(normal(column.header)):
                name = f"FY{year['year']}" + (f"-{year['quarter'].upper()}" if year["quarter"] else "")
                return f" (did you mean «{column.header} {name}»?)"
        return nearest(text, self.table.headers)

    def _note_astray(self) -> None:
        """Note what stands under no header, once for each column."""
        headed, told = {column for row, column in self.grid.cells if row == self.top}, set[int]()
        for row, column in sorted(self.grid.cells):
            if row > self.top and column not in headed and column not in told:
                told.add(column)
                sentence = (
                    f"«{self.grid.cells[row, column].text}» stands under no header; give the column one, or clear it"
                )
                self.document.note(self._at(row, column), sentence)

    @cached_property
    def _owners(self) -> Mapping[str, int]:
        """Where in the document the owners of rows stand, by id; the first of each."""
        found: dict[str, int] = {}
        for place, row in enumerate(self._owning):
            found.setdefault(str(row.get("id")), place)
        return found

    @property
    def _owning(self) -> list[dict[str, Any]]:
        rows: Any = self.document.data.get(self.table.under, [])
        return cast(list[dict[str, Any]], rows)

    def _row(self, row: int) -> None:
        base = None if self._is_total(row) else self._base(row)
        if base is None:
            return
        apart = {self.table.owner, self.table.name}
        yaml_last = sorted(self.heads.items(), key=lambda each: each[1].column.form == "yaml")
        for number, header in yaml_last:
            column, held, at = header.column, self.grid.cells.get((row, number)), self._at(row, number)
            loc = (*base, *column.path, *([header.name] if header.name else []))
            if column.header in apart:
                continue
            if held is not None:
                fill(self.document, loc, column, held, at)
            elif len(column.path) == 1 and not header.name:
                self.document.empty.setdefault(base, {})[str(column.path[0])] = at
            elif not column.path and column.form != "yaml":
                self.document.note(at, f"«{column.header}» is missing", self.document.path(base))

    def _is_total(self, row: int) -> bool:
        """Whether a row is no row of the table but a total or a note under it, which is noted."""
        held = {number: self.grid.cells[row, number] for number in self.heads if (row, number) in self.grid.cells}
        number, first = min(held.items())
        text, (_, named) = cleaned(first.text), self._cell(row, self.table.owner or "Id")
        alone = len(held) == 1 and " " in text and first.sort == "text"
        if self.table.owner:
            mine = named is not None and cleaned(named.text) in self._owners
        else:
            short = named is not None and _ID.fullmatch(cleaned(named.text)) is not None
            mine = short or self.table.title not in OF_SHORT_NAMES
        if mine or not (alone or _TOTAL.fullmatch(text)):
            return False
        sentence = (
            f"«{text}» looks like a total or a note, and is no row of the sheet {self.table.title}; clear the row, or "
            f"write it into a column whose header begins with {FREE} (braid adds up by itself)"
        )
        self.document.note(self._at(row, number), sentence)
        return True

    def _base(self, row: int) -> Loc | None:
        """The place of a row in the document; None where it belongs to nothing, which is noted."""
        loc: Loc = (self.table.under,)
        at = self._at(row, min(number for number in self.heads if (row, number) in self.grid.cells))
        if self.table.owner:
            owner = self._owner(row, at)
            if owner is None:
                return None
            loc = (*loc, owner, self.table.key)
        if not self.table.name:
            rows: Any = self.document.at(loc)
            here = (*loc, len(cast(list[Any], rows)) if isinstance(rows, list) else 0)
            return self._made(here, at)
        number, held = self._cell(row, self.table.name)
        if held is None:
            self.document.note(self._at(row, number) if number else at, f"«{self.table.name}» is missing")
            return None
        here = (*loc, cleaned(held.text))
        self.document.keys_at.setdefault(here, self._at(row, number))
        whole = any(not column.path and column.form != "yaml" for column in self.table.columns)
        return here if whole else self._made(here, self._at(row, number))

    def _owner(self, row: int, at: At) -> int | None:
        number, held = self._cell(row, self.table.owner)
        where = self._at(row, number) if number else at
        sheet = {"awards": "Awards", "activities": "Activities"}[self.table.under]
        if held is None:
            self.document.note(where, f"«{self.table.owner}» is missing: the Id of a row of the sheet {sheet}")
        elif (owner := cleaned(held.text)) not in self._owners:
            names = {str(row["name"]): str(row.get("id")) for row in self._owning if isinstance(row.get("name"), str)}
            hint = nearest_meant(owner, {**names, **{name: name for name in self._owners}})
            self.document.note(where, f"«{owner}» is the Id of no row of the sheet {sheet}{hint}")
        else:
            return self._owners[owner]
        return None

    def _cell(self, row: int, header: str) -> tuple[int, Held | None]:
        """The number of the column with this header, 0 where there is none, and what the row holds there."""
        number = next((number for number, head in self.heads.items() if head.column.header == header), 0)
        return number, self.grid.cells.get((row, number))

    def _made(self, loc: Loc, at: At) -> Loc | None:
        if self.document.put(loc, {}, at):
            return loc
        told = f"{self.document.path(loc)} is given twice; also in {self.document.at_cell(loc)}"
        if isinstance(self.document.at(loc[:-1]), dict) and isinstance(loc[-1], int):
            told = f"this stands by fiscal year in {self.document.at_cell(loc)} as well; clear one of the two"
        self.document.note(at, told)
        return None
