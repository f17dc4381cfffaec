"""The group of all commands, and what becomes of everything that can go wrong inside one.

Exit codes: 0 done, 1 a bug, 2 wrong usage, 3 invalid input, 4 no plan, 5 the solver, 6 a check failed, 130 interrupted.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Generator
from types import FrameType
from typing import Any, NoReturn

import click

from braid import __version__
from braid.basics.errors import BraidError, CheckFailed, InputError, InputWarning, SolverError
from braid.cli.options import talk
from braid.cli.printing import VERBOSE, tell, warn

DONE, BUG, USAGE, INPUT, NO_PLAN, SOLVER, CHECK = range(7)
INTERRUPTED = 130
GRACE = 1.5
"""Seconds after Ctrl-C in which a command may clean up; then the process ends whatever it is doing."""
COMMAND = "braid.command"


class Shell(click.Group):
    """A group that turns every error into one sentence on stderr and its exit code."""

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **extra: Any) -> click.Context:
        """The context of one run, which knows the command as it was given."""
        given = shlex.join(["braid", *args])
        ctx = super().make_context(info_name, args, *rest, **extra)
        ctx.meta[COMMAND] = given
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            ctx.color = False
        return ctx

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which people meet them."""
        return list(self.commands)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run one command line and end with its exit code; wrong usage is told like every other error."""
        extra["standalone_mode"] = False
        try:
            status: Any = super().main(*args, **extra)
        except click.ClickException as error:
            status = _misused(error)
        except click.Abort:
            tell("interrupted")
            status = INTERRUPTED
        sys.exit(status if isinstance(status, int) else DONE)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; errors become exits with a sentence, so that no mistake of a user's shows a traceback."""
        try:
            with _warnings_told():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            tell("interrupted")
            raise click.exceptions.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _hang_up()
            raise click.exceptions.Exit(DONE) from None
        except BraidError as error:
            raise click.exceptions.Exit(_told(error)) from None
        except Exception as error:
            if ctx.meta.get(VERBOSE):
                tell(traceback.format_exc().rstrip())
            tell(_bug(error, told=bool(ctx.meta.get(VERBOSE))))
            raise click.exceptions.Exit(BUG) from None


@contextlib.contextmanager
def _warnings_told() -> Generator[None]:
    """Warnings of an input as sentences on stderr."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        show = warnings.showwarning

        def shown(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
            if issubclass(category, InputWarning):
                warn(str(message))
            else:
                show(message, category, *rest, **more)

        warnings.showwarning = shown
        yield


@click.group(
    cls=Shell,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: braid demo",
)
@click.version_option(__version__, "--version", prog_name="braid", message="%(prog)s %(version)s")
@talk
def shell() -> None:
    """Which pot of money should pay for which line of an overdose prevention plan, in which year, and why not the rest.

    A proposal (awards and activities, in YAML) goes in; a plan, its workbook and the reason for every gap come out. A
    plan is a planning aid: not legal advice, and no support for a charge.
    """


def run(group: Shell) -> NoReturn:
    """Run the command line of this process and end it with the exit code. Ctrl-C ends it within two seconds."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, _interrupted)
    try:
        group.main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else BUG
    except KeyboardInterrupt:
        status = INTERRUPTED
    if status == INTERRUPTED:
        _leave(status)
    sys.exit(status)


def _interrupted(_signal: int, _frame: FrameType | None) -> NoReturn:
    """On Ctrl-C: interrupt what runs, say nothing more on stdout, and end soon even where nothing answers."""
    timer = threading.Timer(GRACE, _give_up)
    timer.daemon = True
    timer.start()
    with contextlib.suppress(OSError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
    raise KeyboardInterrupt


def _give_up() -> NoReturn:
    """What runs did not answer to Ctrl-C in time: end it."""
    with contextlib.suppress(OSError, ValueError):
        click.echo("\ninterrupted", err=True)
    _leave(INTERRUPTED)


def _leave(status: int) -> NoReturn:
    """End at once, without waiting for threads that a solver has left at work."""
    for stream in (sys.__stdout__, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()  # type: ignore[union-attr]
    os._exit(status)


def _hang_up() -> None:
    """The reader of stdout has gone: send the rest nowhere, so that nothing complains at exit."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _misused(error: click.ClickException) -> int:
    """Tell of wrong usage on stderr, and where to read of the right one; the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    tell(f"error: {error.format_message()}")
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx is not None:
        tell(f"`{ctx.command_path} --help` says how it is used")
    return error.exit_code


def _told(error: BraidError) -> int:
    """Tell an error on stderr; the exit code."""
    if isinstance(error, InputError):
        for fault in error.faults:
            tell(str(fault))
        tell(f"{len(error.faults)} fault{'' if len(error.faults) == 1 else 's'}")
        return INPUT
    tell(f"error: {error}")
    if isinstance(error, CheckFailed):
        return BUG
    return SOLVER if isinstance(error, SolverError) else USAGE


def _bug(error: Exception, told: bool) -> str:
    what = " ".join(f"{type(error).__name__}: {error}".split())
    rest = "please report it with the lines above" if told else "please report it; -v shows where it happened"
    return f"error: this is a bug in braid ({what}); {rest}"
