"""Which terms of a program are meant: its edition, by name or by State, and whose award it is; and options for them."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from braid.basics.errors import nearest
from braid.cli import suggestions
from braid.cli.options import Command
from braid.cli.printing import warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braid.law.catalogue import Catalogue, Common, Program


@dataclass(frozen=True)
class Which:
    """Which terms of a program are meant, as far as the user said."""

    edition: str | None
    state: str | None
    agency: str | None

    def program(self, catalogue: Catalogue, name: str) -> Program:
        """The program of this name, once all that was said of its terms is found. Raises click.BadParameter."""
        found = catalogue.by_name.get(name)
        if found is None:
            hint = nearest(name, catalogue.by_name)
            raise click.BadParameter(f"«{name}» is no program of the catalogue{hint}.", param_hint="PROGRAM")
        editions = [each.id for each in found.editions]
        if self.edition is not None and self.edition not in editions:
            hint = nearest(self.edition, editions)
            has = f"it has {', '.join(editions) or 'none'}"
            raise click.BadParameter(
                f"«{self.edition}» is no edition of {found.id}{hint}; {has}.", param_hint="--edition"
            )
        if self.state is not None and self.edition is None and self.state not in {e.state for e in found.editions}:
            warn(f"{found.id} has no edition for {self.state}")
        agencies = sorted(set(_agencies(catalogue, found)))
        if self.agency is not None and self.agency not in agencies:
            named = f"; some are for awards of {', '.join(agencies)}" if agencies else ""
            warn(f"no rule of {found.id} is for awards of «{self.agency}»{nearest(self.agency, agencies)}{named}")
        return found


def _agencies(catalogue: Catalogue, program: Program) -> Iterator[str]:
    """Every agency whose awards some rule or edition is for."""
    parts: list[Program | Common] = [program, *(part for part in catalogue.common if part.id in program.under)]
    for part in parts:
        for edition in part.editions:
            yield from edition.agencies
        for rule in (*part.rules, *(rule for edition in part.editions for rule in edition.rules)):
            yield from rule.agencies


def which_terms(command: Command) -> Command:
    """Add --edition, --state and --agency; the command gets them as one ``Which`` named ``which``."""

    @click.option(
        "--edition", metavar="EDITION", shell_complete=suggestions.editions,
        help="The edition of its terms, such as NC; otherwise the one of the State or the date, or the first.",
    )  # fmt: skip
    @click.option("--state", metavar="STATE", callback=_state, help="The State of the recipient, such as NC.")
    @click.option("--agency", metavar="AGENCY", help="Only what governs awards of this agency, such as HHS.")
    @functools.wraps(command)
    def wrapped(*args: Any, edition: str | None, state: str | None, agency: str | None, **rest: Any) -> Any:
        return command(*args, which=Which(edition, state, agency), **rest)

    return wrapped


def _state(_ctx: click.Context, _param: click.Parameter, text: str | None) -> str | None:
    if text is not None and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise click.BadParameter(f"«{text}» is no State; two letters are expected, as in NC.")
    return text.upper() if text is not None else None


def date(_ctx: click.Context, _param: click.Parameter, text: str | None) -> dt.date | None:
    """A day that was given on the command line. Raises click.BadParameter for anything else."""
    from braid.basics.fiscal import parse_date

    try:
        return parse_date(text) if text is not None else None
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None
