"""How the shell speaks: data on stdout, everything else on stderr, progress only where a person watches."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import click

from braid.basics.errors import OutputError

QUIET, VERBOSE = "braid.quiet", "braid.verbose"
STARTED = "braid.started"
MOST_COLUMNS = 100
PATIENCE, TICK = 1.0, 0.2
"""Seconds after which progress is shown, and after which it is shown anew."""
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
    """One line on stderr, rewritten in place: what is being done, and for how many seconds now.

    It appears where a command takes longer than a second, and is gone at the end. Nothing where stderr is no terminal
    that can take a line back, or with -q. It has no colour.
    """

    def __init__(self, stage: str) -> None:
        self.live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not quiet()
        self._since = _started()
        self._stage = clean(stage)
        self._shown = ""
        self._over = threading.Event()
        self._turn = threading.Lock()
        self._clock = threading.Thread(target=self._tick, daemon=True)
        if self.live:
            self._show()
            self._clock.start()

    def __call__(self, stage: str) -> None:
        """Say what is being done now."""
        self._stage = clean(stage)
        self._show()

    def _tick(self) -> None:
        while not self._over.wait(TICK):
            self._show()

    def _show(self) -> None:
        seconds = time.monotonic() - self._since
        with self._turn:
            if self.live and not self._over.is_set() and seconds >= PATIENCE:
                self._put(f"{self._stage} … {seconds:.0f} s")

    def _put(self, text: str) -> None:
        room = shutil.get_terminal_size((MOST_COLUMNS, 24)).columns - 1
        shown = text if len(text) <= room else text[: room - 1] + "…"
        if shown != self._shown:
            with suppress(OSError, ValueError):
                click.echo("\r" + shown.ljust(len(self._shown)), nl=False, err=True)
        self._shown = shown

    def clear(self) -> None:
        """Take the line away, for good."""
        with self._turn:
            self._over.set()
            if self._shown:
                self._put("")
                with suppress(OSError, ValueError):
                    click.echo("\r", nl=False, err=True)


def _started() -> float:
    """When the command began to work, so that its parts count on."""
    ctx = click.get_current_context(silent=True)
    now = time.monotonic()
    return now if ctx is None else ctx.meta.setdefault(STARTED, now)


@contextmanager
def progress(stage: str) -> Generator[Progress]:
    """Progress while something runs, cleared whatever comes of it."""
    shown = Progress(stage)
    try:
        yield shown
    finally:
        shown.clear()
