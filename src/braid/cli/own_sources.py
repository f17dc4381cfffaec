"""The command ``sources check``: is a catalogue file of the user's own sound, and what does it add and replace."""

from __future__ import annotations

import shutil
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from braid.basics.errors import InputError
from braid.cli.delivery import Answer, Delivery
from braid.cli.options import delivers, talk
from braid.cli.printing import MOST_COLUMNS, say_json, warn, wrap
from braid.cli.rules_told import days_of, rule_data, rule_lines
from braid.cli.shell import INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braid.law.overlay import Layered, Replaced
    from braid.law.rules import Rule

NARROW = 80
"""Below this many columns two rules stand one under the other, not side by side."""
GAP = "  |  "


@click.command(short_help="Judge a catalogue file of your own.", epilog="Example: braid sources check our_sources.yaml")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@delivers(".json")
@talk
def check(file: Path, to: Delivery) -> None:
    """Read a catalogue file of your own and tell every fault in it, each at its line; then what it adds and replaces.

    Such a file is laid over braid's catalogue with --sources FILE. It adds programs, common sets and editions, and
    rules to ours; a rule of ours gives way only to one that says `replaces: program/rule`. Rules without a date, and
    citations that nobody could follow, are told as warnings.
    """
    import braid

    to.ready_for("own-sources")
    try:
        found: Any = braid.catalogue(file)
    except InputError as error:
        if to.json:
            faults = [dict(vars(fault)) for fault in error.faults]
            say_json(Answer("own-sources", "", {"file": str(file), "faults": faults}).json())
            raise click.exceptions.Exit(INPUT) from None
        raise
    warnings = list(_warnings(found))
    for sentence in warnings:
        warn(sentence)
    to.give(Answer("own-sources", "\n".join(_told(found)), _data(found, warnings)))


def _data(found: Layered, warnings: list[str]) -> dict[str, Any]:
    return {
        "file": found.file,
        "faults": [],
        "warnings": warnings,
        "sha256": found.file_sha256,
        "catalogue": found.sha256,
        "adds": {
            "programs": list(found.own_programs),
            "editions": list(found.own_editions),
            "rules": [rule_data(rule) for rule in _added(found)],
        },
        "replaces": [{"ours": rule_data(each.ours), "theirs": rule_data(each.theirs)} for each in found.replaced],
    }


def _added(found: Layered) -> list[Rule]:
    """The rules of the file that take the place of none."""
    return [rule for rule in found.own_rules if rule.replaces is None]


# ------------------------------------------------------------------ what it tells


def _told(found: Layered) -> Iterator[str]:
    added = _added(found)
    counts = [
        _counted(len(found.own_programs), "program or set", "programs or sets"),
        _counted(len(found.own_editions), "edition", "editions"),
        _counted(len(added), "rule", "rules"),
    ]
    told = ", ".join(each for each in counts if each)
    replaces = _counted(len(found.replaced), "rule of ours", "rules of ours") or "no rule of ours"
    yield wrap(f"no faults: {found.file} adds {told or 'nothing'}, and replaces {replaces}")
    for title, names in (("Programs and sets", found.own_programs), ("Editions", found.own_editions)):
        if names:
            yield wrap(f"{title} that it adds: {', '.join(names)}")
    if added:
        yield from ("", "Rules that it adds")
        for rule in added:
            yield from rule_lines(rule)
    if found.replaced:
        yield from ("", "Rules of ours that it replaces")
        for each in found.replaced:
            yield from _side_by_side(each)
    yield ""
    yield f"sha256 of the file       {found.file_sha256}"
    yield f"of the catalogue with it {found.sha256}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}" if number else ""


def _side_by_side(each: Replaced) -> Iterator[str]:
    """The rule that is replaced and the one in its place, in two columns where the terminal has room for them."""
    width = min(MOST_COLUMNS, shutil.get_terminal_size((MOST_COLUMNS, 24)).columns)
    yield ""
    if width < NARROW:
        for head, rule in (("ours", each.ours), ("yours", each.theirs)):
            yield f"  {head}"
            yield from rule_lines(rule, indent=4)
        return
    column = (width - 2 - len(GAP)) // 2
    pairs = [("ours", "yours"), *zip(_cells(each.ours), _cells(each.theirs), strict=True)]
    for ours, theirs in pairs:
        left, right = _folded(ours, column), _folded(theirs, column)
        for a, b in zip_longest(left, right, fillvalue=""):
            yield f"  {a.ljust(column)}{GAP}{b}".rstrip()


def _cells(rule: Rule) -> list[str]:
    """What stands beside each other of two rules."""
    from braid.law.in_words import in_words

    words = in_words(rule)
    days = days_of(rule, ())
    cites = [f"[{cite.read}] {cite}" for cite in rule.cite]
    return [rule.name, rule.why, f"{words[0].upper()}{words[1:]}.", f"For {days or 'all days'}.", "; ".join(cites)]


def _folded(text: str, width: int) -> list[str]:
    from textwrap import wrap as fold

    return fold(text, width, break_on_hyphens=False)


# ------------------------------------------------------------------------ warnings


def _warnings(found: Layered) -> Iterator[str]:
    """What a reader of the file could not follow or confirm."""
    if not found.own_rules and not found.own_programs:
        yield f"{found.file} adds nothing and replaces nothing"
    for rule in found.own_rules:
        if rule.awards == rule.costs == type(rule.awards)() and not _dated_edition(found, rule):
            yield f"{rule.name} has no date: it governs all awards and all costs; say `awards:` or `costs:`"
        if not any(cite.href for cite in rule.cite):
            yield f"{rule.name} has no citation with a link; say `href:`"
        if not any(cite.read_on for cite in rule.cite):
            yield f"{rule.name} does not say when its citation was read; say `read_on:`"
        if rule.confidence == "unverified":
            yield f"{rule.name} is marked unverified; plans that rest on it say so"


def _dated_edition(found: Layered, rule: Rule) -> bool:
    """Whether a rule stands in an edition that itself has dates."""
    return any(
        rule in edition.rules and edition.awards != type(edition.awards)()
        for part in (*found.programs, *found.common)
        for edition in part.editions
    )
