"""An .xlsx file as the zip of parts that it is: values of formulas, fixed times, braid's mark, safe text.

What openpyxl cannot write is added here, to the parts that it has written; it is not imported here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from defusedxml import ElementTree

from braid.basics.errors import OutputError

MOST_TEXT = 32_767
"""Characters that a cell holds, as Excel counts them."""
MARK = "braid"
"""The document property by which braid knows its own files: a hash of everything else in the file."""
BLANK_HASH = "0" * 64
"""Stands for the hash until it is known."""
MOST_BYTES = 2**36
"""Bytes of all parts, unpacked, beyond which a file is none of braid's: it fills no workbook so far."""
MOST_MARKS = 2**20
CONTINUES = "-2.csv"
"""What the name of a file beside a workbook ends with."""
BESIDE = "braid beside"
"""The document property that says what braid wrote beside the workbook."""
CHUNK = 2**16
_CUSTOM = "docProps/custom.xml"
_CORE = "docProps/core.xml"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_ROWS = re.compile(rb"<sheetData\s*(?:/>|>.*</sheetData>)", re.DOTALL)
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
_DRAWN = re.compile(r'(<(?:\w+:)?cNvPr id="[0-9]+" name=)"[^"]*"')


@dataclass(frozen=True)
class Rows:
    """The rows of a sheet as XML, in a file that is read from its beginning, and the range that they fill."""

    content: IO[bytes]
    extent: str


_Part = tuple[bytes | IO[bytes], ...]
"""A part as the pieces that follow one another; long ones are files."""


def safe_text(text: str) -> str:
    r"""Text that a cell can hold: what XML cannot carry becomes �, and what is too long is cut with a visible mark.

    >>> safe_text("a\x00b"), len(safe_text("x" * 40_000)), safe_text("_x0041_")
    ('a�b', 32767, '_x005F_x0041_')
    """
    text = _NOT_XML.sub("�", text.replace("\r\n", "\n").replace("\r", "\n"))
    if (length := _length(text)) > MOST_TEXT:
        mark = f" […cut: {length:,} characters, and a cell holds {MOST_TEXT:,}]"
        text = text.encode("utf-16-le")[: 2 * (MOST_TEXT - len(mark))].decode("utf-16-le", errors="ignore") + mark
    return _ESCAPED.sub("_x005F_", text)


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def refuse_foreign(path: Path) -> None:
    """Raise OutputError where a file is not a workbook that braid wrote and nobody changed since."""
    mark, found = _mark(path)
    if mark is None:
        raise OutputError(f"{path} exists and is no workbook that braid made; give another name, or force it")
    if mark != found:
        raise OutputError(
            f"{path} was changed since braid wrote it; give another name, or force it and lose the changes"
        )


def refuse_foreign_beside(path: Path, workbook: Path) -> None:
    """The same of a file beside a workbook: whose content is not what that workbook says braid wrote there."""
    known = _marks(workbook).get(BESIDE, "").splitlines() if workbook.exists() else []
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if f"{found} {path.name}" not in known:
        raise OutputError(
            f"{path} exists, and is not what braid wrote beside {workbook.name}; give another name, or force it"
        )


def own_beside(workbook: Path) -> list[Path]:
    """The files that braid wrote beside a workbook and that nobody changed since."""
    found: list[Path] = []
    for line in _marks(workbook).get(BESIDE, "").splitlines():
        place = workbook.with_name(Path(line.partition(" ")[2]).name)
        with suppress(OSError, OutputError):
            if place.name.endswith(CONTINUES) and place.is_file():
                refuse_foreign_beside(place, workbook)
                found.append(place)
    return found


def beside(files: Mapping[str, IO[bytes]]) -> str:
    """What a workbook says of the files beside it: the hash of each, and its name."""
    return "\n".join(f"{_hash_from_start(content)} {name}" for name, content in files.items())


def _hash_from_start(content: IO[bytes]) -> str:
    total = hashlib.sha256()
    for chunk in _chunks((content,)):
        total.update(chunk)
    return total.hexdigest()


def _marks(path: Path) -> dict[str, str]:
    """What a workbook carries as properties of its own; nothing where it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(_CUSTOM).file_size > MOST_MARKS:
                return {}
            properties = ElementTree.fromstring(archive.read(_CUSTOM))
    except (OSError, KeyError, zipfile.BadZipFile, ElementTree.ParseError, ValueError, RuntimeError):
        return {}
    return {str(entry.get("name")): "".join(entry.itertext()).strip() for entry in properties}


def _mark(path: Path) -> tuple[str | None, str]:
    """The hash that a workbook carries as braid's own (None where it carries none), and the hash of what it holds.

    Only of a workbook that carries one is the rest read, as a stream: it may be as large as any that braid writes.
    """
    mark = _marks(path).get(MARK)
    if mark is None:
        return None, ""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                return None, ""
            return mark, _hash_of(archive)
    except (OSError, zipfile.BadZipFile, zlib.error, ValueError, RuntimeError):
        return None, ""


def _hash_of(archive: zipfile.ZipFile) -> str:
    total = hashlib.sha256()
    for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
        if entry.filename != _CUSTOM:
            total.update(f"{entry.filename}\0{entry.file_size}\0".encode())
            with archive.open(entry) as part:
                while chunk := part.read(CHUNK):
                    total.update(chunk)
    return total.hexdigest()


def _hash(parts: Mapping[str, _Part]) -> str:
    total = hashlib.sha256()
    for name in sorted(parts):
        if name != _CUSTOM:
            total.update(f"{name}\0{_size(parts[name])}\0".encode())
            for chunk in _chunks(parts[name]):
                total.update(chunk)
    return total.hexdigest()


def refuse_broken(written: Path) -> None:
    """Raise OutputError where a file is no sound zip of well-formed XML."""
    try:
        with zipfile.ZipFile(written) as archive:
            for name in archive.namelist():
                with archive.open(name) as part:
                    if name.endswith((".xml", ".rels")):
                        expat.ParserCreate().ParseFile(part)
                    while part.read(CHUNK):  # to the end, where the check sum is
                        pass
    except (zipfile.BadZipFile, expat.ExpatError, ValueError) as error:
        raise OutputError(
            f"the workbook was written, but cannot be opened again ({error}); nothing was replaced"
        ) from error


def finish(
    raw: bytes, rows: Sequence[Rows], alternatives: Sequence[Sequence[str]], made: dt.datetime, target: IO[bytes]
) -> None:
    """Put the rows of each sheet into its part, and pack the parts so that the same content gives the same bytes.

    ``raw`` is the file as openpyxl makes it, whose own rows give way; ``alternatives`` are the texts that stand for
    the charts of each sheet that has any. Neither a sheet nor the file is ever in memory as a whole.
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        whole = {name: archive.read(name) for name in archive.namelist()}
    for number, texts in enumerate(alternatives, 1):
        name = f"xl/drawings/drawing{number}.xml"
        whole[name] = _with_alternatives(whole[name], texts)
    stamp = made.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    whole[_CORE] = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, whole[_CORE])
    parts: dict[str, _Part] = {name: (part,) for name, part in whole.items()}
    for number, held in enumerate(rows, 1):
        name = f"xl/worksheets/sheet{number}.xml"
        parts[name] = _with_rows(whole[name], held)
    parts[_CUSTOM] = (whole[_CUSTOM].replace(BLANK_HASH.encode(), _hash(parts).encode()),)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            entry.file_size = _size(parts[name])
            with archive.open(entry, "w") as part:
                for chunk in _chunks(parts[name]):
                    part.write(chunk)


def _with_rows(part: bytes, rows: Rows) -> _Part:
    """The part of a sheet, its rows between what openpyxl wrote before and after them."""
    found = _ROWS.search(part)
    if found is None:
        raise RuntimeError("openpyxl wrote a sheet without a place for its rows")
    before, after = part[: found.start()], part[found.end() :]
    before = _DIMENSION.sub(f'<dimension ref="{rows.extent}"/>'.encode(), before)
    return before + b"<sheetData>", rows.content, b"</sheetData>" + after


def _size(part: _Part) -> int:
    return sum(len(piece) if isinstance(piece, bytes) else piece.seek(0, io.SEEK_END) for piece in part)


def _chunks(part: _Part) -> Iterator[bytes]:
    for piece in part:
        if isinstance(piece, bytes):
            yield piece
            continue
        piece.seek(0)
        while chunk := piece.read(CHUNK):
            yield chunk


def _with_alternatives(part: bytes, texts: Sequence[str]) -> bytes:
    waiting = iter(texts)

    def described(match: re.Match[str]) -> str:
        return f'{match[1]}"Chart" descr={quoteattr(safe_text(next(waiting)))}'

    return _DRAWN.sub(described, part.decode("utf-8")).encode("utf-8")
