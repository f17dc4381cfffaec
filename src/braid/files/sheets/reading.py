"""What the sheets of a file hold, as text with the sort of value that it was; nothing is calculated or guessed."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, cast

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from braid.basics.errors import Fault, InputError, column_letters
from braid.files.incoming import MOST_UNPACKED, Seen, looked_through, refuse, refuse_unbearable, sheet_parts, taken_in

Sort = Literal["text", "number", "percent", "date", "flag", "error", "uncalculated"]
MOST_ROWS, MOST_COLUMNS = 50_000, 1_000
"""How far from its first cell a sheet of input may reach."""
_NOT_DIGITS = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')
_ZEROS = re.compile("0{2,15}")


@dataclass(frozen=True, slots=True)
class Held:
    """What one cell of a file holds.

    A number is written out with at most the 15 digits that Excel keeps, so that 1234.0999999999999 is 1234.1 again; one
    in a format of percentages carries the sign, as in 15%. A date is ISO. An error is its name, as in #REF!.
    """

    text: str
    sort: Sort = "text"
    dollars: bool = False
    """Whether the format of a number shows dollars."""


@dataclass(frozen=True)
class Grid:
    """One sheet of a file: its cells by row and column from 1, and what a reader of the sheet would not see."""

    title: str
    cells: Mapping[tuple[int, int], Held]
    hidden: tuple[str, ...] = ()
    """In words: «rows 7 to 9», «column F», «the whole sheet»."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """First row and column, last row and column."""


@dataclass(frozen=True)
class Holding:
    """The sheets of a file: the titles of all, in order, and the grids of those that were wanted."""

    titles: tuple[str, ...]
    grids: Mapping[str, Grid] = field(default_factory=dict[str, Grid])


def read(
    path: Path, wanted: Callable[[str], bool], *, most_rows: int = MOST_ROWS, most_unpacked: int = MOST_UNPACKED
) -> Holding:
    """Read the wanted sheets of an .xlsx file.

    Raises InputError with one sentence where the file is of another kind, protected, damaged, of an unbearable size, or
    declares entities, and for every wanted sheet with a filled cell beyond ``most_rows``.
    """
    name, data = str(path), taken_in(path)
    parts = sheet_parts(data, name)
    chosen = {title: part for title, part in parts.items() if wanted(title)}
    left_out = [part for title, (part, _) in parts.items() if title not in chosen and part.startswith("xl/worksheets/")]
    refuse_unbearable(data, name, left_out, most_unpacked)
    seen = {title: looked_through(data, part, name) for title, (part, _) in chosen.items()}
    _refuse_far(seen, name, most_rows)
    cells = _values(data, name, seen)
    grids = {
        title: Grid(title, cells[title], tuple(_hidden(found, chosen[title][1])), tuple(found.merged))
        for title, found in seen.items()
    }
    return Holding(tuple(parts), grids)


def _refuse_far(seen: Mapping[str, Seen], name: str, most_rows: int) -> None:
    faults: list[Fault] = []
    for title, found in seen.items():
        if found.last[0] > most_rows or found.last[1] > MOST_COLUMNS:
            sentence = (
                f"lies beyond what is read of a sheet, {most_rows:,} rows and {MOST_COLUMNS:,} columns; delete it if "
                "it is stray, and save the workbook again, or give a proposal of that size as YAML"
            )
            faults.append(Fault(name, *found.furthest, "", sentence, title))
    if faults:
        raise InputError(faults)


def _values(data: bytes, name: str, seen: Mapping[str, Seen]) -> dict[str, dict[tuple[int, int], Held]]:
    """The cells of each sheet, as openpyxl reads them: a formula by the value that is stored with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that openpyxl does not keep: nothing is saved here
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            return {title: _sheet(cast(Any, book[title]), found) for title, found in seen.items()}
        except (KeyError, ValueError, TypeError, IndexError, AttributeError, OSError):
            sentence = "cannot be read; open it in Excel or LibreOffice, save it as .xlsx, and give that file"
            raise refuse(name, sentence) from None


def _sheet(sheet: Any, seen: Seen) -> dict[tuple[int, int], Held]:
    found: dict[tuple[int, int], Held] = {}
    alike: dict[Held, Held] = {}  # a long sheet says the same few words over and over
    if not seen.last[0]:
        return found
    for row in sheet.iter_rows(min_row=1, max_row=seen.last[0], max_col=seen.last[1]):
        for cell in row:
            if cell.value is not None and (held := _held(cell)).text.strip():
                found[cell.row, cell.column] = alike.setdefault(held, held)
    for place in seen.uncalculated:
        found[place] = Held("", "uncalculated")
    return found


def _held(cell: Any) -> Held:
    value: Any = cell.value
    if isinstance(value, bool):
        return Held("true" if value else "false", "flag")
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return Held(value.date().isoformat() if midnight else value.isoformat(" ", "seconds"), "date")
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return Held(str(value), "date")
    text = unescape(str(value)).replace("\r\n", "\n").replace("\r", "\n")
    return Held(text, "error" if cell.data_type == "e" else "text")


def _number(value: float, form: str) -> Held:
    """A number as text: what binary fractions leave beyond the fifteenth digit is dust, and is wiped off."""
    if not math.isfinite(value):
        return Held("#NUM!", "error")
    exact = Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))
    shown = _NOT_DIGITS.sub("", form)
    if "%" in shown:
        return Held(f"{_plain(exact * 100)}%", "percent")
    text = _plain(exact)
    written = text.zfill(len(shown)) if _ZEROS.fullmatch(shown) and text.isdigit() else text
    return Held(written, "number", "$" in form)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _hidden(seen: Seen, sheet: bool) -> Iterable[str]:
    """What of a sheet is hidden and holds something, in words."""
    if sheet:
        yield "the whole sheet is"
    for word, found, last, name in (
        ("row", seen.hidden_rows, seen.last[0], str),
        ("column", seen.hidden_columns, seen.last[1], column_letters),
    ):
        for first, end in _runs(sorted(number for number in found if number <= last)):
            alone = first == end
            yield f"{word} {name(first)} is" if alone else f"{word}s {name(first)} to {name(end)} are"


def _runs(numbers: list[int]) -> Iterable[tuple[int, int]]:
    start = 0
    for place, number in enumerate(numbers):
        if place + 1 == len(numbers) or numbers[place + 1] != number + 1:
            yield numbers[start], number
            start = place + 1
