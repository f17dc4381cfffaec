"""Rows as a file of values set apart by commas (CSV), made so that a spreadsheet takes none of them for a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, TextIO

from braid.basics.errors import Fault, InputError

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Text that begins so is a formula to a spreadsheet that opens a CSV."""
MOST_BYTES = 2_000_000_000
"""Bytes of a file that is read."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def inert(text: str) -> str:
    """Text with an apostrophe before it where a spreadsheet would take it for a formula; a number stays a number.

    >>> inert("=1+1"), inert("@SUM(A1)"), inert("-60.00"), inert("-6*2"), inert("plain")
    ("'=1+1", "'@SUM(A1)", '-60.00', "'-6*2", 'plain')
    """
    return "'" + text if text.startswith(FORMULA) and not _NUMBER.fullmatch(text) else text


def text_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""A header and rows as text: days are ISO, numbers bare, what is empty is nothing.

    >>> text_of(["Award", "Until", "Amount"], [["=x", dt.date(2027, 6, 30), Decimal("12.50")], ["b", None, -3]])
    "Award,Until,Amount\n'=x,2027-06-30,12.50\nb,,-3\n"
    """
    out = io.StringIO()
    _put(out, columns, rows)
    return out.getvalue()


def put_rows(target: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the same into a file, row by row, as UTF-8 with the mark by which spreadsheets know it."""
    out = io.TextIOWrapper(target, "utf-8-sig", newline="")
    _put(out, columns, rows)
    out.detach()


def _put(out: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([inert(column) for column in columns])
    writer.writerows([_told(cell) for cell in row] for row in rows)


def _told(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return inert(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def rows_in(path: Path) -> Iterator[list[str]]:
    """The rows of such a file, the apostrophes before text taken off. Raises InputError where it cannot be read."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError([Fault(str(path), 0, 0, "", f"is larger than {MOST_BYTES:,} bytes")])
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream, strict=True):
                yield [cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell for cell in row]
    except OSError as error:
        raise InputError([Fault(str(path), 0, 0, "", f"cannot be read: {error.strerror}")]) from None
    except (csv.Error, UnicodeDecodeError):
        sentence = "is no CSV in UTF-8 as braid writes it; save it as «CSV UTF-8», with commas"
        raise InputError([Fault(str(path), 0, 0, "", sentence)]) from None
