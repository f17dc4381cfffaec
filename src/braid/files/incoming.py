"""An .xlsx file before anything opens it: of the right kind, of bearable size, without entities; and what it hides.

A workbook is a zip of XML parts that a stranger may have made. What would exhaust the machine, or make one text stand
for another, is refused with one sentence that says what to do.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from braid.basics.errors import Fault, InputError, column_number

MOST_BYTES = 1_000_000_000
"""Bytes of a workbook as a file: more than braid needs for as many charges as a sheet has rows."""
MOST_UNPACKED = 300_000_000
"""Bytes of the parts that are read, unpacked."""
MOST_RATIO, RATIO_FROM = 200, 4_000_000
"""How many times as large as packed a part may be, where it is larger than so many bytes."""
MOST_PARTS = 5_000
OTHER_ENDINGS = {
    ".xls": "is a workbook of the old kind (.xls)",
    ".xlsb": "is a binary workbook (.xlsb)",
    ".ods": "is an OpenDocument workbook (.ods)",
    ".numbers": "is a workbook of Numbers",
}
HIDDEN = ("hidden", "veryHidden")
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_SAVE = "open it in Excel or LibreOffice, save it as .xlsx, and give that file"

Place = tuple[int, int]


@dataclass
class Seen:
    """What one sheet of a file holds besides values, by row and column from 1."""

    last: Place = (0, 0)
    """The last row and the last column that hold anything."""
    furthest: Place = (0, 0)
    """The filled cell that lies furthest out."""
    uncalculated: set[Place] = field(default_factory=set[Place])
    """Formulas without a stored value."""
    merged: list[tuple[int, int, int, int]] = field(default_factory=list[tuple[int, int, int, int]])
    """Merged cells: first row and column, last row and column."""
    hidden_rows: set[int] = field(default_factory=set[int])
    hidden_columns: set[int] = field(default_factory=set[int])


def refuse(name: str, sentence: str) -> InputError:
    """The error of a file that is refused as a whole."""
    return InputError([Fault(name, 0, 0, "", sentence)])


def taken_in(path: Path) -> bytes:
    """The bytes of a file that may be a workbook. Raises InputError with one sentence where it cannot be one."""
    name = str(path)
    if path.name.startswith("~$"):
        raise refuse(name, f"is only Excel's note that the workbook is open; give {path.name.removeprefix('~$')}")
    try:
        if path.is_dir():
            raise refuse(name, "is a folder; the name of a file is expected")
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise refuse(name, "there is no such file") from None
    except (OSError, ValueError) as error:
        said = (error.strerror if isinstance(error, OSError) else "") or "the name is not one that a file can have"
        raise refuse(name, f"cannot be read: {said}") from None
    if len(data) > MOST_BYTES:
        raise refuse(name, f"is larger than {MOST_BYTES:,} bytes")
    if said := _no_zip(path, data):
        raise refuse(name, said)
    return data


def _no_zip(path: Path, data: bytes) -> str:
    """Why a file is no workbook at all; nothing where it may be one."""
    if not data:
        return "is empty"
    if data.startswith(_OLD):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return "is protected by a password; save it without one, and give that file"
        return f"{OTHER_ENDINGS['.xls']}; {_SAVE}"
    if path.suffix.lower() in OTHER_ENDINGS:
        return f"{OTHER_ENDINGS[path.suffix.lower()]}; {_SAVE}"
    return "" if data.startswith(b"PK") else "is no .xlsx workbook; was it only renamed?"


def sheet_parts(data: bytes, name: str) -> dict[str, tuple[str, bool]]:
    """The part of each sheet of a workbook, in order, and whether it is hidden.

    Raises InputError where the zip is broken or of something else, and for every part that says what entities are.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS:
                raise refuse(name, f"holds {len(entries):,} parts; a workbook has at most {MOST_PARTS:,}")
            if any(entry.flag_bits & 1 for entry in entries):
                raise refuse(name, "is protected by a password; save it without one, and give that file")
            named = Counter(entry.filename.casefold() for entry in entries)
            if not {_BOOK, _RELATIONS.casefold()} <= named.keys():
                raise refuse(name, f"is a zip file, but no .xlsx workbook; {_SAVE}")
            if twice := sorted(part for part, times in named.items() if times > 1):
                raise refuse(name, f"holds the part {twice[0]} twice, so that no two programs need agree; {_SAVE}")
            _bearable([archive.getinfo(part) for part in (_BOOK, _RELATIONS)], name, MOST_UNPACKED)
            _no_entities(archive, (_BOOK, _RELATIONS), name)
            found = [*_sheets(archive)]
            titles = Counter(title for title, _ in found)
            if twice := [title for title, times in titles.items() if times > 1]:
                raise refuse(name, f"has two sheets called {twice[0]}; rename or delete one of them")
            return dict(found)
    except (zipfile.BadZipFile, ElementTree.ParseError, EOFError, OSError, NotImplementedError, KeyError):
        raise refuse(name, "is damaged, or was cut short; give a whole copy of it") from None


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, tuple[str, bool]]]:
    targets = {
        relation.get("Id"): (relation.get("Target") or "").removeprefix("/xl/").removeprefix("xl/")
        for relation in ElementTree.fromstring(archive.read(_RELATIONS))
    }
    for element in ElementTree.fromstring(archive.read(_BOOK)).iter():
        if _local(element) == "sheet":
            relation = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            yield str(element.get("name")), (f"xl/{targets.get(relation, '')}", element.get("state") in HIDDEN)


def refuse_unbearable(data: bytes, name: str, left_out: Iterable[str], most: int = MOST_UNPACKED) -> None:
    """Raise InputError where reading all parts but those left out would exhaust the machine, or meets an entity."""
    apart = {*left_out}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename not in apart]
            _bearable(entries, name, most)
            parts = [e.filename for e in entries if e.filename.endswith((".xml", ".rels", ".vml"))]
            _no_entities(archive, parts, name)
    except (zipfile.BadZipFile, ElementTree.ParseError, EOFError, OSError, NotImplementedError):
        raise refuse(name, "is damaged, or was cut short; give a whole copy of it") from None


def _bearable(entries: Iterable[zipfile.ZipInfo], name: str, most: int) -> None:
    total = 0
    for entry in entries:
        total += entry.file_size
        swollen = entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(1, entry.compress_size)
        if swollen or total > most:
            raise refuse(
                name,
                "would unpack to far more than a budget holds; copy what you need into a new workbook",
            )


def _no_entities(archive: zipfile.ZipFile, parts: Iterable[str], name: str) -> None:
    """A document type, where entities are declared, stands before the first element: no more need be read."""
    for part in parts:
        with archive.open(part) as stream:
            try:
                for _ in ElementTree.iterparse(stream, events=("start",), forbid_dtd=True):
                    break
            except DefusedXmlException:
                sentence = f"declares a document type in its part {part}, which no spreadsheet program writes"
                raise refuse(name, f"{sentence}; {_SAVE}") from None


def looked_through(data: bytes, part: str, name: str) -> Seen:
    """What the part of one sheet holds besides values. Raises InputError where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(part) as stream:
            return _scan(stream)
    except (zipfile.BadZipFile, ElementTree.ParseError, EOFError, OSError, ValueError, KeyError, DefusedXmlException):
        raise refuse(name, "is damaged, or was cut short; give a whole copy of it") from None


def _scan(stream: IO[bytes]) -> Seen:
    """Raises ValueError where rows are out of order, or a cell is not of its row: programs would not read the same."""
    seen, at = Seen(), [0, 0, 0]
    ends: dict[str, Callable[[Any], None]] = {
        "c": lambda element: _cell(seen, at, element),
        "col": lambda element: _column(seen, element),
        "mergeCell": lambda element: _merge(seen, element),
        "row": lambda element: element.clear(),
    }
    for event, element in ElementTree.iterparse(stream, events=("start", "end"), forbid_dtd=True):
        local = _local(element)
        if event == "start" and local == "row":
            above, said = at[0], int(element.get("r") or 0)
            at[:] = said or above + 1, 0, bool(said)
            if at[0] <= above:
                raise ValueError("a row stands twice, or above the one before it")
            if element.get("hidden") in {"1", "true"}:
                seen.hidden_rows.add(at[0])
        elif event == "end" and local in ends:
            ends[local](element)
    return seen


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _cell(seen: Seen, at: list[int], element: Any) -> None:
    """Note a cell that holds something, and whether it is a formula without a stored value."""
    found = _REFERENCE.fullmatch(element.get("r") or "")
    row, column = (int(found[2]), column_number(found[1])) if found else (at[0], at[1] + 1)
    if column <= at[1] or row < at[0] or (row > at[0] and (at[1] or at[2])):
        raise ValueError("a cell stands twice, or outside its row")
    at[:2] = row, column
    parts = {_local(child): child for child in element}
    value = parts.get("v")
    stored = (value is not None and bool(value.text)) or "is" in parts
    formula = "f" in parts
    if formula and not stored and element.get("t") != "str":
        seen.uncalculated.add((row, column))
    if stored or formula:
        seen.last = max(seen.last[0], row), max(seen.last[1], column)
        if (row, column) > seen.furthest or column > seen.furthest[1]:
            seen.furthest = row, column


def _column(seen: Seen, element: Any) -> None:
    if element.get("hidden") in {"1", "true"}:
        first, last = int(element.get("min", "")), int(element.get("max", ""))
        seen.hidden_columns |= {*range(first, min(last, first + 1_000) + 1)}


def _merge(seen: Seen, element: Any) -> None:
    found = [_REFERENCE.fullmatch(end) for end in str(element.get("ref")).split(":")]
    if len(found) == 2 and found[0] and found[1]:
        first, last = found[0], found[1]
        seen.merged.append((int(first[2]), column_number(first[1]), int(last[2]), column_number(last[1])))
