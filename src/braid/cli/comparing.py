"""The command ``compare``: what moved between two plans, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from braid.cli.delivery import Answer, Delivery
from braid.cli.options import Solving, delivers, layered, solves, talk
from braid.cli.planned import WITHOUT, findings, judged, planned
from braid.cli.printing import warn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braid.answer.comparison import Change, Comparison
    from braid.answer.plan import Plan
    from braid.law.catalogue import Catalogue
    from braid.proposal import Proposal

COLUMNS = ("award", "activity", "period", "before", "after", "change", "reason", "sentence")
PLAN = ".json"


@click.command(
    short_help="Show what moved between two plans, and why.", epilog="Example: braid compare before.json after.json"
)
@click.argument("before", type=click.Path(path_type=Path), metavar="BEFORE")
@click.argument("after", type=click.Path(path_type=Path), metavar="AFTER")
@layered
@delivers(".csv", ".json")
@solves
@talk
def compare(before: Path, after: Path, sources: Path | None, to: Delivery, solving: Solving) -> None:
    """Compare two plans: what went in otherwise, and what moved by award, activity and period, each with its reason.

    BEFORE and AFTER are finished plans (plan.json) or proposals, which are planned first.
    """
    from braid.compare import what_moved

    to.ready_for("compare", COLUMNS)
    found = what_moved(*(_plan(file, sources, solving) for file in (before, after)))
    rows = [_row(move.model_dump(mode="json")) for move in found.moves]
    to.give(Answer("compare", repr(found), _data(found), COLUMNS, rows))


def _plan(file: Path, sources: Path | None, solving: Solving) -> Plan:
    """The plan of a file: a finished one, which is judged anew, or one that is planned. Raises UsageError for none."""
    from braid.answer.plan import Plan

    if file.suffix.lower() == PLAN:
        again = judged(file, sources)
        if again.findings:
            warn(f"judging {file} came to {findings(len(again.findings))}; `braid check {file}` tells them")
        found = Plan(again.plan, again.case)
    else:
        found = planned(lambda known: _read(file, known), solving, sources)
    if found.status in WITHOUT:
        raise click.UsageError(f"{file}: {WITHOUT[found.status].format(unit=found.file.unit)}")
    return found


def _read(file: Path, catalogue: Catalogue) -> Proposal:
    import braid

    return braid.read(file, catalogue=catalogue)


def _row(move: dict[str, str]) -> list[str]:
    return [str(move[name]) for name in COLUMNS]


def _data(found: Comparison) -> dict[str, object]:
    return {
        "same": found.same,
        "totals": _changes(found.totals),
        "inputs": [row.model_dump(mode="json") for row in found.inputs],
        "awards": _changes(found.awards),
        "activities": _changes(found.activities),
        "periods": _changes(found.periods),
        "moves": [row.model_dump(mode="json") for row in found.moves],
    }


def _changes(rows: Iterable[Change]) -> list[dict[str, object]]:
    return [row.model_dump(mode="json") for row in rows]
