"""The command ``sources diff``: which rules of a program began, ended or were replaced between two days."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from braid.cli.delivery import Answer, Delivery
from braid.cli.options import delivers, layered, talk
from braid.cli.printing import wrap
from braid.cli.rules_told import LEGEND, cites, origin, program_data, replaced_lines, rule_data, rule_lines
from braid.cli.suggestions import programs
from braid.cli.which_terms import Which, date, which_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braid.law.catalogue import Catalogue
    from braid.law.in_force import Calendar, Change, Dated

COLUMNS = ("for", "change", "first_day", "rule", "kind", "why", "says", "before", "confidence", "cite")
QUESTIONS: dict[Calendar, str] = {
    "costs": "For costs: what awards already made may pay, by the day on which a cost is incurred",
    "awards": "For new awards: which rules govern an award, by the day on which it is made",
}
FOR: dict[Calendar, str] = {"costs": "costs", "awards": "new awards"}


@click.command(
    short_help="Show what changed in a program between two days.",
    epilog="Example: braid sources diff sor 2025-07-01 2026-07-01",
)
@click.argument("program", shell_complete=programs)
@click.argument("first", metavar="DATE", callback=date)
@click.argument("second", metavar="DATE", callback=date)
@which_terms
@layered
@delivers(".csv", ".json")
@talk
def diff(program: str, first: dt.date, second: dt.date, which: Which, sources: Path | None, to: Delivery) -> None:
    """Show which rules of a program began, ended or were replaced after the first day, up to and with the second.

    It answers two questions apart. For costs: what changed for costs incurred on awards that were made already. For new
    awards: what an award made on the second day is under, and one made on the first was not, or the reverse.
    """
    import braid
    from braid.law.in_force import CALENDARS, changes, dated_rules

    to.ready_for("changes", COLUMNS)
    if second < first:
        raise click.UsageError(f"{second} comes before {first}; the earlier day is expected first.")
    catalogue = braid.catalogue(sources)
    found = which.program(catalogue, program)
    rules = dated_rules(catalogue, found, which.edition, which.state, which.agency)
    changed = changes(rules, first, second)
    data = {
        "program": program_data(found),
        "first": str(first),
        "second": str(second),
        **{key: getattr(which, key) for key in ("edition", "state", "agency")},
        "catalogue": catalogue.sha256,
        **{name: [change_data(each) for each in changed if each.calendar == name] for name in CALENDARS},
    }
    head = f"{found.name} ({found.id}): what changed after {first}, up to {second}"
    text = "\n".join([wrap(head), "", *_told(catalogue, changed, {found.id, *found.under})])
    to.give(Answer("changes", text, data, COLUMNS, [_row(change) for change in changed]))


def _told(catalogue: Catalogue, changed: tuple[Change, ...], sources: set[str]) -> Iterator[str]:
    from braid.law.overlay import Layered

    for calendar, question in QUESTIONS.items():
        yield wrap(question)
        those = [change for change in changed if change.calendar == calendar]
        if not those:
            yield "  Nothing changed."
        for change in those:
            yield from _change(catalogue, change)
        yield ""
    if isinstance(catalogue, Layered):
        yield from replaced_lines([r for r in catalogue.replaced if r.ours.source in sources], catalogue.file)
    yield wrap(LEGEND)


def _change(catalogue: Catalogue, change: Change) -> Iterator[str]:
    """A change with both rules in full."""
    parts = [("", change.before or change.after)]
    if change.before is not None and change.after is not None:
        parts = [("until then: ", change.before), ("from then on: ", change.after)]
    yield f"  {change.day}  {change.what}"
    for said, dated in parts:
        if dated is not None:
            whose = origin(catalogue, dated.rule)
            yield from rule_lines(dated.rule, (dated,), whose, indent=4, before=said)


def event(change: Change, indent: int) -> Iterator[str]:
    """A change in short: the day, for what, the rule and its sentence."""
    rule = _rule(change).rule
    when = f"{change.day}" if change.what == "began" else f"{change.day - dt.timedelta(days=1)}, its last day"
    yield wrap(f"{when}, for {FOR[change.calendar]}: {rule.name}: {rule.why}", indent)


def _rule(change: Change) -> Dated:
    found = change.after or change.before
    if found is None:
        raise ValueError("a change is of a rule")
    return found


def change_data(change: Change) -> dict[str, Any]:
    """A change as JSON."""
    told: dict[str, Any] = {"change": change.what, "for": FOR[change.calendar], "first_day": str(change.day)}
    for name, dated in (("before", change.before), ("after", change.after)):
        if dated is not None:
            told[name] = rule_data(dated.rule, (dated,))
    return told


def _row(change: Change) -> list[str]:
    from braid.law.in_words import in_words

    rule = _rule(change).rule
    before = change.before.rule.name if change.before is not None and change.after is not None else ""
    told = [FOR[change.calendar], change.what, str(change.day), rule.name, rule.kind, rule.why, in_words(rule)]
    return [*told, before, rule.confidence, cites(rule)]
