"""Documents as data, and the one place that turns them into a .docx file (the only one that knows python-docx).

Text is always text. The same document gives the same bytes; a file is written whole or not at all, and a file that
somebody else wrote, or changed since, is replaced only by force.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from defusedxml import ElementTree
from docx import Document as new_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Inches, Pt

from braid.basics.errors import OutputError
from braid.files.outgoing import refuse_place, write_whole
from braid.files.parts import safe_text

CORE = "docProps/core.xml"
IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"
MARK = "braid "
"""What the identifier of a document of braid's begins with; the hash of everything else in the file follows."""
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
MOST_BYTES = 2**28


@dataclass(frozen=True)
class Heading:
    """A heading of a level, 1 to 3."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``quiet`` sets it as a note."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: headers, rows, and the columns that hold amounts (set at the right)."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()


Block = Heading | Paragraph | Grid


@dataclass(frozen=True)
class Document:
    """A document: its title, its blocks in order, who made it and when."""

    title: str
    blocks: tuple[Block, ...]
    creator: str
    made: dt.datetime


def write(path: Path, document: Document, *, force: bool = False) -> None:
    """Write a document, whole or not at all. Raises OutputError with one sentence where that may not or cannot be."""
    refuse_other(path, force=force)
    write_whole(path, content(document), _refuse_broken)


def refuse_other(path: Path, *, force: bool = False) -> None:
    """Raise OutputError where no document can be put, or where it would replace one that is not braid's untouched."""
    if path.suffix.lower() != ".docx":
        raise OutputError(f"{path}: a document has the ending .docx")
    refuse_place(path)
    if not path.exists() or force:
        return
    mark, found = _mark(path)
    if mark is None:
        raise OutputError(f"{path} exists and is no document that braid made; give another name, or force it")
    if mark != found:
        raise OutputError(
            f"{path} was changed since braid wrote it; give another name, or force it and lose the changes"
        )


def content(document: Document) -> bytes:
    """The bytes of the .docx file; the same document gives the same bytes."""
    made: Any = new_document()
    section = made.sections[0]
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(1)
    made.styles["Normal"].font.name, made.styles["Normal"].font.size = "Calibri", Pt(11)
    made.add_heading(safe_text(document.title), 0)
    for block in document.blocks:
        _block(made, block)
    properties = made.core_properties
    stamp = document.made.astimezone(dt.UTC).replace(tzinfo=None) if document.made.tzinfo else document.made
    properties.title, properties.author, properties.last_modified_by = (
        safe_text(document.title)[:255],
        document.creator,
        document.creator,
    )
    properties.created = properties.modified = stamp.replace(microsecond=0)
    properties.language, properties.comments = "en-US", ""
    first = _parts(_saved(made))
    properties.identifier = MARK + _hash(first)
    return _packed(_parts(_saved(made)))


def _block(made: Any, block: Block) -> None:
    if isinstance(block, Heading):
        made.add_heading(safe_text(block.text), block.level)
    elif isinstance(block, Paragraph):
        run = made.add_paragraph().add_run(safe_text(block.text))
        run.italic = block.quiet
    else:
        _grid(made, block)


def _grid(made: Any, grid: Grid) -> None:
    table = made.add_table(rows=1, cols=len(grid.headers), style="Light Grid Accent 1")
    for number, row in enumerate((grid.headers, *grid.rows)):
        cells = table.rows[0].cells if not number else table.add_row().cells
        for place, (cell, text) in enumerate(zip(cells, row, strict=True)):
            cell.text = safe_text(text)
            paragraph = cell.paragraphs[0]
            if place in grid.right:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for run in paragraph.runs:
                run.font.size = Pt(9)
    made.add_paragraph()


def _saved(made: Any) -> bytes:
    raw = io.BytesIO()
    made.save(raw)
    return raw.getvalue()


def _parts(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a zip whose times and order say nothing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, parts[name])
    return packed.getvalue()


def _hash(parts: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for name in sorted(set(parts) - {CORE}):
        total.update(f"{name}\0{len(parts[name])}\0".encode())
        total.update(parts[name])
    return total.hexdigest()


def _mark(path: Path) -> tuple[str | None, str]:
    """The hash that a document carries as braid's own (None where it carries none), and that of what it holds."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                return None, ""
            parts = {name: archive.read(name) for name in archive.namelist()}
        properties: Sequence[Any] = list(ElementTree.fromstring(parts.get(CORE, b"<none/>")))
    except (OSError, zipfile.BadZipFile, ElementTree.ParseError, ValueError, RuntimeError):
        return None, ""
    for entry in properties:
        text = "".join(entry.itertext())
        if entry.tag == IDENTIFIER and text.startswith(MARK):
            return text.removeprefix(MARK), _hash(parts)
    return None, ""


def _refuse_broken(written: Path) -> None:
    """Open again what was written. A file that cannot be opened is never put in place."""
    try:
        new_document(str(written))
    except Exception as error:
        raise OutputError(
            f"the document was written, but cannot be opened again ({error}); nothing was replaced"
        ) from error
