"""A file is written whole or not at all: made aside, flushed to the disk, checked, then put in place in one step."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from braid.basics.errors import OutputError

STALE = 3600.0
"""Seconds after which what an interrupted run left aside is taken away."""


def refuse_place(target: Path) -> None:
    """Raise OutputError, with one sentence, where no file can be put at ``target`` at all."""
    folder = target.parent
    if not folder.exists():
        raise OutputError(f"{target}: the folder {folder} does not exist; make it first")
    if not folder.is_dir():
        raise OutputError(f"{target}: {folder} is a file, not a folder")
    if target.is_dir():
        raise OutputError(f"{target} is a folder; name a file in it")
    if not os.access(folder, os.W_OK):
        raise OutputError(f"{target}: nothing may be written in the folder {folder}")
    if target.exists() and not os.access(target, os.W_OK):
        raise OutputError(f"{target} is read-only; give another name")
    if (holder := _held_open(target)) is not None:
        raise OutputError(f"{target} is open{holder}; close it there first, or give another name")


def _held_open(target: Path) -> str | None:
    """How a spreadsheet program says that it has the file open, in words; None where none says so."""
    excel = target.with_name(f"~${target.name}")
    if excel.exists():
        with suppress(OSError):  # Excel may not let others read it
            note = excel.read_bytes()[:56]
            name = note[1 : 1 + note[0]].decode("cp1252", errors="replace").strip("\0 ") if note else ""
            if name.isprintable() and name:
                return f" in Excel, by {name}"
        return " in Excel"
    return " in LibreOffice" if target.with_name(f".~lock.{target.name}#").exists() else None


@dataclass(frozen=True)
class Wanted:
    """A file to be written: where, what it holds, how what the disk holds is checked, and its name as a user gave it.

    What is long is a file itself, read from its beginning, so that it need not fit into memory. ``check`` is given the
    file as the disk holds it, before it is put in place, and raises where it is unsound.
    """

    target: Path
    content: bytes | IO[bytes]
    check: Callable[[Path], None] | None = None
    told: str | None = None


def write_whole(
    target: Path, content: bytes, check: Callable[[Path], None] | None = None, told: str | None = None
) -> None:
    """Put ``content`` at ``target``, whole or not at all; nothing is left beside it where this fails.

    Raises OutputError where the disk or the folder refuses.
    """
    write_together([Wanted(target, content, check, told)])


def write_together(files: Sequence[Wanted]) -> None:
    """Put several files in place, all of them whole or none at all: where one fails, the others are as they were.

    Raises OutputError where the disk or the folder refuses.
    """
    places = [file.target.resolve() for file in files]
    asides, former = [_aside(place) for place in places], [_aside(place) for place in places]
    done: list[tuple[Path, Path]] = []
    file = files[0]
    try:
        for file, place, aside in zip(files, places, asides, strict=True):
            _sweep(place)
            _put_aside(file, place, aside)
        for place, back in zip(places[:-1], former, strict=False):  # the last takes its place in one step of its own
            if place.exists():
                shutil.copy2(place, back)
        for number, place in enumerate(places):
            file = files[number]
            os.replace(asides[number], place)
            done.append((place, former[number]))
        for folder in {place.parent for place in places}:
            _settle(folder)
    except OSError as error:
        raise OutputError(f"{file.told or file.target} cannot be written: {error.strerror or error}") from None
    finally:
        if len(done) < len(files):
            _undo(done)
        for stray in (*asides, *former):
            with suppress(OSError):
                stray.unlink(missing_ok=True)


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.{secrets.token_hex(6)}.part")


def _put_aside(file: Wanted, place: Path, aside: Path) -> None:
    with aside.open("xb") as stream:
        if isinstance(file.content, bytes):
            stream.write(file.content)
        else:
            file.content.seek(0)
            shutil.copyfileobj(file.content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    if file.check is not None:
        file.check(aside)
    if place.exists():
        shutil.copymode(place, aside)


def _undo(done: Sequence[tuple[Path, Path]]) -> None:
    """Put back what stood in each place before."""
    for place, back in done:
        with suppress(OSError):
            if back.exists():
                os.replace(back, place)
            else:
                place.unlink()


def _settle(folder: Path) -> None:
    """Have the rename itself reach the disk, where the system can do that for folders."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(place: Path) -> None:
    """Take away what an earlier run of ours left beside the file when it was killed."""
    for stray in place.parent.iterdir():
        if stray.name.startswith(f".{place.name}.") and stray.name.endswith(".part"):
            with suppress(OSError):
                if time.time() - stray.stat().st_mtime > STALE:
                    stray.unlink()
