"""Text files: what stands in the way of writing one is told in one sentence, before any work is done."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from braid.basics.errors import OutputError
from braid.files.outgoing import write_whole

Ours = Callable[[bytes], bool]
"""Whether the content of an existing file is an earlier output of the same kind, which may be replaced."""


def write_text(path: str | Path, text: str, force: bool = False, ours: Ours | None = None) -> Path:
    """Write a UTF-8 text file whole or not at all, and return where it is.

    An existing file is replaced where ``force`` is set, or where ``ours`` knows its content for an earlier output.
    A link is followed. Raises OutputError with one sentence; the file is then as it was before.
    """
    target = check_writable(path, force, ours)
    write_whole(target, text.encode("utf-8"), told=str(path))
    return target


def check_writable(path: str | Path, force: bool = False, ours: Ours | None = None) -> Path:
    """Make sure that a file can be written, without touching it; links are followed to where it will be.

    Raises OutputError: the folder is missing or takes no file, the target is a folder, or it exists and may not be
    replaced.
    """
    target = Path(os.path.realpath(path))
    try:
        if _exists(target, path) and not force and not (ours is not None and ours(target.read_bytes())):
            whose = " and is no earlier output of this command" if ours is not None else ""
            raise OutputError(f"{path} exists already{whose}; --force replaces it")
        handle, temporary = _beside(target)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from None
    os.close(handle)
    temporary.unlink(missing_ok=True)
    return target


def _exists(target: Path, told: str | Path) -> bool:
    """Whether there is a file to replace; OutputError for what is no file and for a folder that is not there."""
    try:
        mode = target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if not target.parent.is_dir():
            raise OutputError(
                f"{told} cannot be written: there is no folder {Path(told).parent}; make it first"
            ) from None
        return False
    if stat.S_ISDIR(mode):
        raise OutputError(f"{told} is a folder; the name of a file is expected")
    if not stat.S_ISREG(mode):
        raise OutputError(f"{told} is no ordinary file")
    return True


def _beside(target: Path) -> tuple[int, Path]:
    """A new file in the folder of the target, which a rename turns into it."""
    handle, name = tempfile.mkstemp(prefix=".braid-", suffix=".tmp", dir=target.parent)
    return handle, Path(name)
