"""The command ``report``: a plan as a page, goal by goal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from braid.cli.delivery import Delivery, wrote
from braid.cli.options import Solving, layered, solves, talk, writes
from braid.cli.planned import findings, judged, planned, stop_without_plan
from braid.cli.printing import warn

if TYPE_CHECKING:
    from braid.answer.plan import Plan


@click.command(
    short_help="Write a page on what each goal decided.", epilog="Example: braid report proposal.yaml -o report.html"
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@layered
@writes(".html")
@solves
@talk
def report(file: Path, sources: Path | None, to: Delivery, solving: Solving) -> None:
    """Write a page on what each goal decided: what it settled, what it left open, what it cost the goals before it.

    FILE is a finished plan (plan.json) or a proposal, which is planned first. The page is one file that needs no other.
    """
    from braid.report import is_page, write_report

    to.ready({".html": is_page})
    found = _plan(file, sources, solving)
    for path in to.outputs:
        write_report(found.file, found.proposal, path, force=to.force)
        wrote(path)
    stop_without_plan(found)


def _plan(file: Path, sources: Path | None, solving: Solving) -> Plan:
    """The plan of a file: a finished one, which is judged anew, or one that is planned."""
    import braid
    from braid.answer.plan import Plan

    if file.suffix.lower() != ".json":
        return planned(lambda known: braid.read(file, catalogue=known), solving, sources)
    again = judged(file, sources)
    if again.findings:
        warn(f"judging {file} came to {findings(len(again.findings))}; `braid check {file}` tells them")
    return Plan(again.plan, again.case)
