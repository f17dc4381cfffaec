"""How the shell speaks: data on stdout, everything else on stderr, progress only where a person watches."""

from __future__ import annotations

import errno
import json
import shutil
import sys
import textwrap
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import click

from braid.basics.errors import OutputError

QUIET, VERBOSE = "braid.quiet", "braid.verbose"
MOST_COLUMNS = 100
_CONTROL = {code: f"\\x{code:02x}" for code in [*range(32), *range(127, 160)] if chr(code) not in "\n\t"}


def quiet() -> bool:
    """Whether -q was given."""
    ctx = click.get_current_context(silent=True)
    return bool(ctx and ctx.meta.get(QUIET))


def verbose() -> bool:
    """Whether -v was given."""
    ctx = click.get_current_context(silent=True)
    return bool(ctx and ctx.meta.get(VERBOSE))


def clean(text: str) -> str:
    r"""Text without characters that would steer a terminal.

    >>> clean("red \x1b[31m")
    'red \\x1b[31m'
    """
    return text.translate(_CONTROL)


def say(text: str) -> None:
    """Data, on stdout."""
    _put(clean(text) + "\n")


def say_json(text: str) -> None:
    """JSON, on stdout, in UTF-8 whatever the terminal."""
    _put(text.rstrip("\n").encode("utf-8") + b"\n")


def _put(content: str | bytes) -> None:
    try:
        click.echo(content, nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise BrokenPipeError from None
        raise OutputError(f"what braid prints cannot be written: {error.strerror}") from None


def tell(text: str) -> None:
    """A message, on stderr; the word before its first colon in colour on a terminal."""
    text = clean(text)
    for word, colour in (("error:", "red"), ("warning:", "yellow")):
        if text.startswith(word):
            text = click.style(word, fg=colour, bold=True) + text.removeprefix(word)
    click.echo(text, err=True)


def note(text: str) -> None:
    """A message that -q silences, on stderr."""
    if not quiet():
        tell(text)


def warn(text: str) -> None:
    """A warning, on stderr; -q silences it."""
    note(f"warning: {text}")


def as_json(name: str, content: dict[str, Any]) -> str:
    """An answer as JSON; ``answer`` says what kind it is."""
    return json.dumps({"braid": 1, "answer": name, **content}, indent=1, ensure_ascii=False) + "\n"


def wrap(text: str, indent: int = 0, first: str = "") -> str:
    """Lines no wider than the terminal, indented; ``first`` begins the first of them.

    >>> wrap("a word", 6, "Why")
    'Why   a word'
    """
    width = min(MOST_COLUMNS, shutil.get_terminal_size((MOST_COLUMNS, 24)).columns)
    room = " " * indent
    lines = textwrap.wrap(
        text, max(width, indent + 30), initial_indent=room, subsequent_indent=room, break_on_hyphens=False
    )
    body = "\n".join(lines) or room
    return (first + body[len(first) :]).rstrip()


class Progress:
    """One line of progress on stderr, rewritten in place; nothing where stderr is no terminal, or with -q."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty() and not quiet()
        self._width = 0

    def __call__(self, stage: str) -> None:
        """Show what is being done."""
        if self.live:
            text = f"{clean(stage)} …" if stage else ""
            click.echo("\r" + text.ljust(self._width), nl=False, err=True)
            self._width = len(text)

    def clear(self) -> None:
        """Take the line away."""
        self("")
        if self.live:
            click.echo("\r", nl=False, err=True)


@contextmanager
def progress() -> Generator[Progress]:
    """Progress while something runs, cleared whatever comes of it."""
    shown = Progress()
    try:
        yield shown
    finally:
        shown.clear()
