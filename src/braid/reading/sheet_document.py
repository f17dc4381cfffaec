"""The content of the sheets of one workbook as nested dicts, lists and text, with the cell of every value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from braid.basics.errors import Fault, InputError, cell_name
from braid.files import nodes
from braid.files.nodes import Document, Loc, Place


@dataclass(frozen=True)
class At:
    """A cell, and where it holds YAML, a line and column in it."""

    sheet: str
    row: int
    column: int
    within: Place | None = None

    def __str__(self) -> str:
        return cell_name(self.sheet, self.row, self.column)


@dataclass
class SheetDocument(Document):
    """A Document whose values stand in cells. Faults name the cell, as in ``budget.xlsx: Lines!F12``."""

    cells: dict[Loc, At] = field(default_factory=dict[Loc, At])
    keys_at: dict[Loc, At] = field(default_factory=dict[Loc, At])
    """Where a key stands apart from its value: in YAML."""
    empty: dict[Loc, dict[str, At]] = field(default_factory=dict[Loc, dict[str, At]])
    """The cells of a row that hold nothing, by the key that they are for."""

    def at_cell(self, loc: Loc) -> At | None:
        """The cell of a value, or of the nearest thing that holds it."""
        while loc and loc not in self.cells:
            loc = loc[:-1]
        return self.cells.get(loc)

    def fault(self, loc: Loc, sentence: str, *, at_key: bool = False) -> None:
        """Note a fault at the cell of a value."""
        at = (self.keys_at.get(loc) if at_key else None) or self.at_cell(loc)
        self.note(at, sentence, self.path(loc))

    def note(self, at: At | None, sentence: str, path: str = "") -> None:
        """Note a fault at a cell; at the file as a whole where there is none."""
        if at is None:
            self.faults.append(Fault(self.file, 0, 0, path, sentence))
        else:
            self.faults.append(Fault(self.file, at.row, at.column, path, sentence, at.sheet, at.within))

    def missing(self, loc: Loc, name: str) -> None:
        """Note that a value is missing, at the cell where it belongs."""
        inner = self.empty.get((*loc, name), {}).values()
        at = self.empty.get(loc, {}).get(name) or next(iter(inner), None) or self.at_cell(loc)
        told = "no row of the sheet Lines names this activity" if name == "lines" else f"«{name}» is missing"
        self.note(at, told, self.path(loc))

    def where(self, loc: Loc) -> str:
        """The cell of a value, in words."""
        return f"in {self.at_cell(loc)}"

    def put(self, loc: Loc, value: Any, at: At) -> bool:
        """Set a value and note its cell, making what holds it; False where there is a value at that place already."""
        holder, rest = self.data, list(loc)
        for place, step in enumerate(rest[:-1]):
            holder = _inner(holder, step, rest[place + 1])
            if holder is None:
                return False
            self.cells.setdefault(loc[: place + 1], at)
        if isinstance(holder, list):
            cast(list[Any], holder).append(value)
        elif rest[-1] in holder:
            return False
        else:
            holder[rest[-1]] = value
        self.cells[loc] = at
        items: list[Any] = list(value) if isinstance(value, list | dict) else []  # type: ignore[reportUnknownArgumentType]
        self.cells.update({(*loc, step): at for step in (range(len(items)) if isinstance(value, list) else items)})
        return True

    def graft(self, loc: Loc, text: str, at: At) -> None:
        """Read a cell that holds YAML, and lay its keys beside those that the row has from other cells."""
        try:
            found = nodes.parse(text, self.file)
        except InputError as error:
            for fault in error.faults:
                self.note(_within(at, (fault.line, fault.column)), fault.sentence, self.path(loc))
            return
        for fault in found.faults:
            path = ".".join(part for part in (self.path(loc), fault.path) if part)
            self.note(_within(at, (fault.line, fault.column)), fault.sentence, path)
        if isinstance(found.data, dict):
            self._lay(loc, (), found, at)
        else:
            shape = "a list" if isinstance(found.data, list) else "one text"
            self.note(at, f"{shape} was found; keys with their values are expected, as in «key: value»", self.path(loc))

    def _lay(self, base: Loc, inner: Loc, found: Document, at: At) -> None:
        """Lay the keys below one place of a YAML cell over those that are there."""
        here = self.at((*base, *inner))
        for key, value in cast(dict[str, Any], found.at(inner)).items():
            loc, into = (*base, *inner, key), (*inner, key)
            there = cast(dict[str, Any], here).get(key) if isinstance(here, dict) else None
            if isinstance(there, dict) and isinstance(value, dict):
                self._lay(base, into, found, at)
            elif isinstance(here, dict) and key not in here:
                cast(dict[str, Any], here)[key] = value
                self._mark(base, into, found, at)
            else:
                other = self.at_cell(loc)
                self.note(_within(at, found.mark(into)), f"«{key}» is given twice; also in {other}", self.path(loc))

    def _mark(self, base: Loc, inner: Loc, found: Document, at: At) -> None:
        for loc, place in found.marks.items():
            if loc[: len(inner)] == inner:
                self.cells[*base, *loc] = _within(at, place)
        for loc, place in found.keys.items():
            if loc[: len(inner)] == inner:
                self.keys_at[*base, *loc] = _within(at, place)


def _within(at: At, place: Place) -> At:
    return At(at.sheet, at.row, at.column, place if place[0] else None)


def _inner(holder: Any, step: str | int, following: str | int) -> Any:
    """What lies one step further in, made where there is nothing; None where something else is in its place."""
    fresh: Any = [] if isinstance(following, int) else {}
    if isinstance(holder, dict):
        found: Any = cast(dict[Any, Any], holder).setdefault(step, fresh)
    else:
        rows = cast(list[Any], holder)
        if isinstance(step, int) and step == len(rows):
            rows.append(fresh)
        found = rows[cast(int, step)]
    return found if isinstance(found, type(fresh)) else None
