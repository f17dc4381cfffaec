"""Where an answer goes: printed as text or JSON, and written to files by their endings, each whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from braid.cli.printing import as_json, note, say, say_json
from braid.files.rows_of_text import text_of
from braid.files.writing import Ours, check_writable, write_text

Write = Callable[[Path, bool], None]


@dataclass(frozen=True)
class Answer:
    """An answer in the forms in which it can be given: text for people, JSON, and rows for a table."""

    name: str
    """What kind of answer it is; JSON says it under ``answer``."""
    text: str
    data: dict[str, Any]
    columns: tuple[str, ...] = ()
    rows: Sequence[Sequence[str]] = field(default=())

    def json(self) -> str:
        """The answer as JSON."""
        return as_json(self.name, self.data)

    def csv(self) -> str:
        """The rows as CSV. Text that a spreadsheet would take for a formula is quoted with an apostrophe."""
        return text_of(self.columns, self.rows)


@dataclass(frozen=True)
class Delivery:
    """Where the user wants an answer. Raises click.UsageError at once for an ending that the command cannot write."""

    outputs: tuple[Path, ...]
    json: bool
    force: bool
    suffixes: tuple[str, ...]

    def __post_init__(self) -> None:
        seen: set[Path] = set()
        for path in self.outputs:
            if path.suffix.lower() not in self.suffixes:
                known = " or ".join(self.suffixes)
                raise click.UsageError(f"«{path}» has no ending that this command can write; {known} is expected.")
            if path.resolve() in seen:
                raise click.UsageError(f"«{path}» is given twice.")
            seen.add(path.resolve())

    def ready(self, ours: Mapping[str, Ours]) -> None:
        """Make sure that every file can be written, before any work is done. Raises OutputError."""
        for path in self.outputs:
            check_writable(path, self.force, ours.get(path.suffix.lower()))

    def ready_for(self, name: str, columns: tuple[str, ...] = ()) -> None:
        """The same for an answer of this name and these columns."""
        self.ready(own(name, columns))

    def give(self, answer: Answer) -> None:
        """Write the answer to its files, then print it."""
        known = own(answer.name, answer.columns)
        for path in self.outputs:
            suffix = path.suffix.lower()
            write_text(path, answer.csv() if suffix == ".csv" else answer.json(), self.force, known[suffix])
            wrote(path)
        if self.json:
            say_json(answer.json())
        else:
            say(answer.text)


def wrote(path: Path) -> None:
    """Tell that a file was written."""
    note(f"wrote {path}")


def own(name: str, columns: tuple[str, ...]) -> dict[str, Ours]:
    """What an earlier answer of the same kind looks like, by the ending of its file."""
    header = (",".join(columns) + "\n").encode()
    return {
        ".json": lambda content: said(content).get("answer") == name,
        ".csv": lambda content: content.startswith(header),
    }


def said(content: bytes) -> dict[str, Any]:
    """The JSON object that a file of braid's own holds; empty for every other content."""
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and found.get("braid") == 1 else {}  # type: ignore[return-value]
