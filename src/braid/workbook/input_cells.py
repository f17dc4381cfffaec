"""A row of a proposal as cells of a sheet of input: each value in its column where that reads back as the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from braid.basics.errors import OutputError
from braid.basics.fiscal import parse_date
from braid.basics.money import parse_money, parse_number, parse_percent
from braid.files.characters import cleaned
from braid.files.parts import MOST_TEXT
from braid.files.sheets import Cell, Held
from braid.law.rules import parse_bound
from braid.reading.sheet_forms import NONE, Column, Form, Step, Table, taken
from braid.reading.written import yaml_text

FIRST_YEAR = 1901
"""Before it, spreadsheets do not agree on what day a number is."""
AS_TEXT = {"listing", "day", "text"}
"""Forms whose cells are set as text, so that 0042 keeps its zeros and 1E5 does not become a number."""
LONGEST = 255
"""Characters beyond which some programs show a cell that is set as text as ####."""
_MISSING = object()
_READ: Mapping[Form, Any] = {
    "amount": parse_money, "rate": parse_percent, "bound": parse_bound, "number": parse_number, "date": parse_date
}  # fmt: skip


def row_cells(table: Table, row: Mapping[str, Any], *, strict: bool = True) -> dict[str, Cell]:
    """The cells of one row by their headers; what no column can hold unchanged goes into the cell of YAML.

    Raises OutputError where that is more than a cell holds; unless ``strict``, it is cut where everyone sees it, and
    reading it again is a fault.
    """
    rest = deepcopy(dict(row))
    found: dict[str, Cell] = {}
    for column in table.columns:
        value = _dig(rest, column.path) if column.path else _MISSING
        cells = None if value is _MISSING else _cells(table, column, value)
        if cells is not None:
            found |= cells
            _take_out(rest, column.path)
    for column in table.columns:
        if any(isinstance(step, int) for step in column.path) and column.path[0] in rest:
            rest[str(column.path[0])] = deepcopy(row[str(column.path[0])])  # an entry of a list stands in one place
            found.pop(column.header, None)
    if rest:
        yaml = next(column for column in table.columns if column.form == "yaml")
        found[yaml.header] = _yaml_cell(table, rest, strict)
    return found


def named_cells(table: Table, names: Mapping[str, str], *, strict: bool = True) -> dict[str, Cell]:
    """The cells of a row that say whose it is, and the note of one that holds only a note."""
    return {header: _bounded(table, header, text, strict) for header, text in names.items()}


def _yaml_cell(table: Table, rest: Any, strict: bool) -> Cell:
    return _bounded(table, ", ".join(cast(dict[str, Any], rest)), yaml_text(rest, 80).strip(), strict)


def _bounded(table: Table, what: str, text: str, strict: bool) -> Cell:
    if strict and not _fits(text):
        raise OutputError(f"a row of the sheet {table.title} has more under {what} than a cell holds; stay with YAML")
    return Cell(text, "input text")


def _fits(text: str) -> bool:
    return len(text.encode("utf-16-le")) // 2 <= MOST_TEXT


def _cells(table: Table, column: Column, value: Any) -> dict[str, Cell] | None:
    """The cells that hold a value, by their headers; None where they would not read back as the same."""
    if isinstance(value, dict) and column.by in {"period", "class", "code"}:
        found: dict[str, Cell] = {}
        for name, each in cast(dict[str, Any], value).items():
            header = f"{column.header} {name}"
            cell = _cell(column, each) if table.named(header) == (column, name) else None
            if cell is None:
                return None
            found[header] = cell
        return found or None
    cell = _cell(column, value)
    return None if cell is None else {column.header: cell}


def _cell(column: Column, value: Any) -> Cell | None:
    if isinstance(value, list):
        words: list[Any] = value  # type: ignore[reportUnknownVariableType]
        made = Cell(", ".join(map(str, words)) if words else NONE, "input text")
    elif isinstance(value, dict):
        pairs = cast(dict[str, Any], value)
        made = Cell("; ".join(f"{name}: {each}" for name, each in pairs.items()), "input text")
    else:
        made = cell_of(column.form, str(value))
    return made if _reads_as(column, made, value) else None


def cell_of(form: Form, text: str) -> Cell:
    """The cell that a text of a proposal is written as: numbers and dates as such, the rest as text.

    >>> cell_of("amount", "1,200.50").value, cell_of("rate", "15%").value, cell_of("bound", "all").value
    (Decimal('1200.5'), Decimal('0.15'), 'all')
    """
    if form == "bound":
        form = "rate" if text.endswith("%") else "amount"
    try:
        made = _NUMBERS[form](text) if form in _NUMBERS else None
    except ValueError:
        made = None  # a word where a number may be, as in minimum: all
    if made is not None:
        return made
    if form == "flag":
        text = {"true": "yes", "false": "no"}.get(text, text)
    return Cell(text, "input id" if form in AS_TEXT and len(text) <= LONGEST else "input text")


def _amount(text: str) -> Cell:
    cents = parse_money(text)
    return Cell(Decimal(cents) / 100, "input exact" if cents % 100 else "input")


def _date(text: str) -> Cell | None:
    day = parse_date(text)
    return Cell(day, "input date") if day.year >= FIRST_YEAR else None


def _share(text: str) -> Cell | None:
    share = parse_percent(text)
    if (share * 100).denominator == 1:
        return Cell(_exact(share), "input percent")
    return Cell(_exact(share), "input fine percent") if (share * 10_000).denominator == 1 else None


def _exact(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator


_NUMBERS: Mapping[Form, Callable[[str], Cell | None]] = {
    "amount": _amount,
    "rate": _share,
    "number": lambda text: Cell(_exact(parse_number(text)), "input number"),
    "count": lambda text: Cell(int(text), "input count"),
    "date": _date,
}


def _reads_as(column: Column, cell: Cell, value: Any) -> bool:
    """Whether the cell gives back the same value when it is read."""
    if isinstance(cell.value, str) and not _fits(cell.value):
        return False
    try:
        found = taken(column, _held(cell))
    except ValueError:
        return False
    return _same(column.form, found, value)


def _held(cell: Cell) -> Held:
    value: Any = cell.value
    if isinstance(value, dt.date):
        return Held(value.isoformat(), "date")
    if isinstance(value, str):
        return Held(value, "text")
    exact = Decimal(format(float(value), ".15g"))
    return Held(f"{exact * 100:f}%", "percent") if "percent" in cell.style else Held(format(exact, "f"), "number")


def _same(form: Form, found: Any, value: Any) -> bool:
    if isinstance(value, dict) and isinstance(found, dict):
        given, had = cast(dict[str, Any], value), cast(dict[str, Any], found)
        return given.keys() == had.keys() and all(_same(form, had[name], given[name]) for name in given)
    if not isinstance(value, str) or not isinstance(found, str):
        return found == value
    read = _READ.get(form)
    if read is None or found == value:
        return cleaned(found) == value
    try:
        return bool(read(found) == read(value))
    except ValueError:
        return False


def _dig(tree: Any, path: tuple[Step, ...]) -> Any:
    """The value at a path; a list is gone into only where it has one entry, for a row has one cell for it."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(tree, list) or len(cast(list[Any], tree)) != 1:
                return _MISSING
            tree = cast(list[Any], tree)[step]
        elif isinstance(tree, dict) and step in tree:
            tree = cast(dict[str, Any], tree)[step]
        else:
            return _MISSING
    return tree


def _take_out(tree: Any, path: tuple[Step, ...]) -> None:
    """Take the value at a path away, and what held nothing else."""
    step, *more = path
    if more:
        _take_out(tree[step], (*more,))
    if not more or not tree[step]:
        del tree[step]
