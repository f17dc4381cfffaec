"""The command ``report``: a plan as a page, goal by goal."""

from __future__ import annotations

from pathlib import Path

import click

from braid.cli.delivery import Delivery, wrote
from braid.cli.options import Solving, layered, solves, talk, writes
from braid.cli.planned import PLAN, as_it_stands, is_plan, of_proposal, stop_without_plan
from braid.cli.printing import tell


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
    found = as_it_stands(file, sources) if file.suffix.lower() == PLAN else of_proposal(file, sources, solving)
    for path in to.outputs:
        write_report(found.file, found.proposal, path, force=to.force)
        wrote(path)
    if not is_plan(found):
        tell(repr(found))
    stop_without_plan(found)
