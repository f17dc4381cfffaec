"""Options that commands share, in bundles: how much to say, where answers go, how long to solve."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from braid.basics.errors import nearest
from braid.cli.delivery import Delivery
from braid.cli.printing import QUIET, VERBOSE
from braid.cli.suggestions import solvers

Command = Callable[..., Any]
MOST_SECONDS = 86_400
_PULP = re.compile(r"pulp:[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True)
class Solving:
    """How a plan is to be solved."""

    seconds: float
    solver: str
    with_expected: bool = False


def talk(command: Command) -> Command:
    """Add -q and -v."""
    quiet = click.option(
        "-q", "--quiet", is_flag=True, expose_value=False, callback=_noted(QUIET), help="No progress, no warnings."
    )
    verbose = click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_noted(VERBOSE),
        help="Say more; show where a bug is.",
    )
    return quiet(verbose(command))


def _noted(key: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def note(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            ctx.meta[key] = True

    return note


proposal = click.argument("proposal", type=click.Path(path_type=Path), metavar="PROPOSAL")
"""The file that holds the proposal."""


def layered(command: Command) -> Command:
    """Add --sources; the command gets the file, or None, as ``sources``."""
    return click.option(
        "--sources", type=click.Path(path_type=Path), metavar="FILE",
        help="Lay a catalogue file of your own over braid's: `braid sources check FILE` judges it.",
    )(command)  # fmt: skip


def delivers(*suffixes: str) -> Callable[[Command], Command]:
    """Add -o, --json and --force; the command gets them as one ``Delivery`` named ``to``."""
    kinds = " or ".join(suffixes)

    def decorate(command: Command) -> Command:
        @click.option(
            "-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
            help=f"Write the answer to a file, by its ending: {kinds}. May be given more than once.",
        )  # fmt: skip
        @click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON on stdout.")
        @click.option("--force", is_flag=True, help="Replace an existing file that is not this command's own.")
        @functools.wraps(command)
        def wrapped(*args: Any, outputs: tuple[Path, ...], as_json: bool, force: bool, **rest: Any) -> Any:
            return command(*args, to=Delivery(outputs, as_json, force, suffixes), **rest)

        return wrapped

    return decorate


def writes(suffix: str) -> Callable[[Command], Command]:
    """Add -o, which must be given once, and --force; the command gets them as one ``Delivery`` named ``to``."""

    def decorate(command: Command) -> Command:
        @click.option(
            "-o", "--output", "output", required=True, type=click.Path(path_type=Path), metavar="FILE",
            help=f"The file to write, with the ending {suffix}.",
        )  # fmt: skip
        @click.option("--force", is_flag=True, help="Replace an existing file that is not this command's own.")
        @functools.wraps(command)
        def wrapped(*args: Any, output: Path, force: bool, **rest: Any) -> Any:
            return command(*args, to=Delivery((output,), False, force, (suffix,)), **rest)

        return wrapped

    return decorate


def solves(command: Command) -> Command:
    """Add --time-limit, --solver and --with-expected; the command gets them as one ``Solving`` named ``solving``."""

    @click.option(
        "--time-limit", "seconds", default="120", show_default=True, metavar="SECONDS", callback=_seconds,
        help="How long each step of the solver may take.",
    )  # fmt: skip
    @click.option(
        "--solver", default="highs", show_default=True, metavar="NAME", callback=_solver, shell_complete=solvers,
        help="highs, cbc, or pulp:NAME for one that PuLP knows by this name.",
    )  # fmt: skip
    @click.option("--with-expected", is_flag=True, help="Plan money that is only expected as if it had come.")
    @functools.wraps(command)
    def wrapped(*args: Any, seconds: float, solver: str, with_expected: bool, **rest: Any) -> Any:
        return command(*args, solving=Solving(seconds, solver, with_expected), **rest)

    return wrapped


def _seconds(_ctx: click.Context, _param: click.Parameter, text: str) -> float:
    if not _SECONDS.fullmatch(text.strip()) or not 0 < float(text) <= MOST_SECONDS:
        raise click.BadParameter(f"«{text}» is no number of seconds above 0 and up to {MOST_SECONDS:,}.")
    return float(text)


def _solver(_ctx: click.Context, _param: click.Parameter, name: str) -> str:
    if name.lower() in {"highs", "cbc"}:
        return name.lower()
    if not _PULP.fullmatch(name):
        hint = nearest(name, ("highs", "cbc"))
        raise click.BadParameter(
            f"«{name}» is no solver{hint}; highs, which comes with braid, cbc or pulp:NAME is expected, "
            "NAME being one of PuLP's, as in pulp:GLPK_CMD."
        )
    return name
