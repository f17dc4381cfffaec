"""The commands ``sources``: the programs of the catalogue, the rules of one, what changed, and the user's own file."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from braid.basics.table import text_table
from braid.cli.delivery import Answer, Delivery
from braid.cli.options import delivers, layered, talk
from braid.cli.own_sources import check
from braid.cli.practices import activities
from braid.cli.printing import wrap
from braid.cli.rules_told import (
    LEGEND,
    RULE_COLUMNS,
    Standing,
    by_kind,
    own_file,
    program_data,
    replaced_lines,
    rule_data,
    rule_row,
)
from braid.cli.suggestions import programs
from braid.cli.what_changed import change_data, diff, event
from braid.cli.which_terms import Which, date, which_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braid.law.catalogue import Catalogue, Edition, Program
    from braid.law.in_force import Around, Dated
    from braid.law.overlay import Replaced
    from braid.law.rules import Rule

COLUMNS = ("program", "name", "funder", "kind", "also", "editions", "rules")
EVENTS = {"began": "Began last", "ended": "Ended last", "begins": "Begins next", "ends": "Ends next"}


class _ListByDefault(click.Group):
    """A group that runs ``list`` where no command of it is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing:  # a shell completes what may be named
            return super().parse_args(ctx, args)
        named = bool(args) and (not args[0].startswith("-") or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["list", *args])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_ListByDefault, short_help="The funding programs and their rules.", epilog="Example: braid sources show sor"
)
def sources() -> None:
    """Show the funding programs that braid knows, the rules of one with their citations, and what changed when.

    `check` judges a catalogue file of your own, which --sources lays over ours; `activities` shows the uses and
    practices that a plan can name.
    """


# ---------------------------------------------------------------------- list


@sources.command("list", short_help="List the funding programs.", epilog="Example: braid sources list --json")
@layered
@delivers(".csv", ".json")
@talk
def listing(sources: Path | None, to: Delivery) -> None:
    """List the funding programs of the catalogue, with the other names that they answer to."""
    import braid
    from braid.law.rules import Facts

    to.ready_for("sources", COLUMNS)
    catalogue = braid.catalogue(sources)
    counts = {p.id: str(len(catalogue.terms(p, None, None, Facts()).rules)) for p in catalogue.programs}
    table = [["program", "kind", "rules", "editions", "name", "also called"]]
    rows: list[list[str]] = []
    for p in catalogue.programs:
        count, editions = counts[p.id], [edition.id for edition in p.editions]
        table.append([p.id, p.kind, count, str(len(editions) or ""), p.name, ", ".join(p.also)])
        rows.append([p.id, p.name, p.funder or "", p.kind, "; ".join(p.also), "; ".join(editions), count])
    data = {
        "catalogue": catalogue.sha256,
        "sources": own_file(catalogue) or None,
        "programs": [program_data(p) | {"rules": int(counts[p.id])} for p in catalogue.programs],
    }
    text = "\n".join(text_table(table, [False, False, True, True, False, False]))
    to.give(Answer("sources", text, data, COLUMNS, rows))


# ---------------------------------------------------------------------- show


@sources.command(
    "show",
    short_help="Show the rules of one program.",
    epilog="Example: braid sources show opioid-settlement --edition NC --on 2026-09-30",
)
@click.argument("program", shell_complete=programs)
@click.option(
    "--on", metavar="DATE", callback=date, help="Only rules for an award made on this day and for costs of it."
)
@which_terms
@layered
@delivers(".csv", ".json")
@talk
def show(program: str, on: dt.date | None, which: Which, sources: Path | None, to: Delivery) -> None:
    """Show the rules of a funding program: what it pays and what not, why, since when, and where that can be read.

    With --on it is the program as of that day: the rules that would govern an award made on it, for costs incurred on
    it, the edition in force, and what began and ended nearest to it. Without, every rule with its days.
    """
    import braid

    to.ready_for("program", RULE_COLUMNS)
    catalogue = braid.catalogue(sources)
    shown = _Shown(catalogue, which.program(catalogue, program), which, on)
    rows = [rule_row(rule, stands) for rule, stands in shown.rules]
    to.give(Answer("program", "\n".join(shown.lines()), shown.data(), RULE_COLUMNS, rows))


class _Shown:
    """A program as of a day, or over all days."""

    def __init__(self, catalogue: Catalogue, program: Program, which: Which, on: dt.date | None) -> None:
        from braid.law.in_force import around, dated_rules
        from braid.law.rules import Facts

        self.catalogue, self.program, self.on = catalogue, program, on
        self.which = which
        self.terms = catalogue.terms(program, which.edition, which.state, Facts(awarded=on, agency=which.agency))
        every = dated_rules(catalogue, program, which.edition, which.state, which.agency)
        where: dict[int, list[Dated]] = defaultdict(list)
        for each in every:
            where[id(each.rule)].append(each)
        self.rules: list[tuple[Rule, Standing]] = (
            [(each[0].rule, tuple(each)) for each in where.values()]
            if on is None
            else [(rule, tuple(where[id(rule)])) for rule in self.terms.rules if _holds(rule, on)]
        )
        self.around: Around | None = around(every, on) if on is not None else None

    @property
    def replaced(self) -> tuple[Replaced, ...]:
        """The rules of ours that the user's file replaces here."""
        from braid.law.overlay import Layered, replaced_in

        if self.on is not None or not isinstance(self.catalogue, Layered):
            return replaced_in(self.terms)
        sources = {self.program.id, *self.program.under}
        return tuple(each for each in self.catalogue.replaced if each.ours.source in sources)

    def data(self) -> dict[str, Any]:
        """The answer as JSON."""
        found = self.around
        events = {name: [change_data(each) for each in getattr(found, name)] for name in EVENTS} if found else {}
        return {
            "program": program_data(self.program),
            "edition": self.terms.edition.id if self.terms.edition else None,
            "closed_list": self.terms.closed_list,
            "on": str(self.on) if self.on else None,
            "state": self.which.state,
            "agency": self.which.agency,
            "catalogue": self.catalogue.sha256,
            "sources": own_file(self.catalogue) or None,
            "rules": [rule_data(rule, stands) for rule, stands in self.rules],
            "replaced": [rule_data(each.ours) | {"replaced_by": each.theirs.name} for each in self.replaced],
            "around": events,
        }

    def lines(self) -> Iterator[str]:
        """The answer for people."""
        file = own_file(self.catalogue)
        yield from self._head()
        yield ""
        if self.on is not None:
            yield wrap(f"As of {self.on}: the rules for an award made on that day, and for costs incurred on it")
            yield ""
        yield from by_kind(self.rules, self.catalogue)
        yield from replaced_lines(self.replaced, file)
        if not self.rules:
            yield "It carries no rules of its own; an award's own terms bind."
            yield ""
        if self.around is not None:
            yield from self._nearest(self.around)
        yield wrap(LEGEND)

    def _head(self) -> Iterator[str]:
        program = self.program
        also = f", also called {', '.join(program.also)}" if program.also else ""
        yield wrap(f"{program.name} ({program.id}{also})")
        listing = program.assistance_listing and f"Assistance Listing {program.assistance_listing}"
        yield wrap(", ".join(fact for fact in (program.kind, program.funder, listing) if fact))
        if program.about:
            yield wrap(program.about)
        if self.terms.edition is not None:
            yield wrap(self._edition(self.terms.edition))
        sets = [common for common in self.catalogue.common if common.id in program.under]
        if sets:
            yield wrap(f"It stands under {', '.join(f'{common.name} ({common.id})' for common in sets)}")
        if self.terms.closed_list:
            yield "It pays only what a rule under «Pays» names."
        if file := own_file(self.catalogue):
            yield wrap(f"{file} is laid over the catalogue.")

    def _edition(self, edition: Edition) -> str:
        name = f", {edition.name}" if edition.name else ""
        others = [each.id for each in self.program.editions if each.id != edition.id]
        more = f"; --edition shows another: {', '.join(others)}" if others else ""
        told = f"Edition {edition.id}{name}{more}"
        if self.on is not None and not _spans(edition, self.on) and self.which.edition is None:
            return f"No edition on file is for awards of {self.on}; the first is shown. {told}"
        return told

    def _nearest(self, found: Around) -> Iterator[str]:
        """What began and ended nearest to the day."""
        yield f"Around {self.on}"
        for name, heading in EVENTS.items():
            changes = getattr(found, name)
            yield f"  {heading}" + ("" if changes else ": nothing on file")
            for change in changes:
                yield from event(change, 4)
        yield ""


def _holds(rule: Rule, day: dt.date) -> bool:
    return rule.costs.days.start <= day.toordinal() < rule.costs.days.stop


def _spans(edition: Edition, day: dt.date) -> bool:
    return edition.awards.days.start <= day.toordinal() < edition.awards.days.stop


for _command in (diff, check, activities):
    sources.add_command(_command)
