"""The command ``workbook``: the workbook of a finished plan, or of a proposal that it plans first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from braid.cli.delivery import Delivery, wrote
from braid.cli.options import Solving, layered, solves, talk, writes
from braid.cli.planned import PLAN, broken, findings, is_plan, judged, of_proposal, ready, stop_without_plan, write
from braid.cli.printing import progress, tell, warn
from braid.cli.shell import CHECK

if TYPE_CHECKING:
    from braid.answer.plan import Plan

FOR_PROPOSALS = {"solver": "--solver", "seconds": "--time-limit"}


@click.command(
    short_help="Write the workbook of a plan or of a proposal.",
    epilog="Example: braid workbook proposal.yaml -o budget.xlsx",
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@layered
@writes(".xlsx")
@click.option(
    "--narrative",
    type=click.Path(path_type=Path),
    metavar="FILE.docx",
    help="Write the budget narrative as a document as well.",
)
@solves
@talk
def workbook(file: Path, sources: Path | None, to: Delivery, narrative: Path | None, solving: Solving) -> None:
    """Write the workbook of FILE: a finished plan (plan.json) or a proposal (YAML), which is planned first.

    A finished plan is judged from its file before anything is written: a plan that breaks a rule, or states a number
    that does not follow from its amounts, is refused with exit code 6, and each finding is told.
    """
    if file.suffix.lower() == PLAN:
        _refuse_solving(file)
    ready(to, file)
    if narrative is not None:
        _ready(narrative, to.force)
    finished = file.suffix.lower() == PLAN
    found = _finished(file, sources, to) if finished else of_proposal(file, sources, solving)
    if not is_plan(found):
        tell(repr(found))
    write(found, to)
    if narrative is not None and is_plan(found):
        import braid

        with progress(f"writing {narrative}"):
            braid.write_narrative(found, narrative, force=to.force)
        wrote(narrative)
    stop_without_plan(found)


def _ready(narrative: Path, force: bool) -> None:
    """Make sure that the document can be written, before anything is planned."""
    if narrative.suffix.lower() != ".docx":
        raise click.UsageError(f"«{narrative}» has no ending that a narrative can have; .docx is expected.")
    from braid.files.documents import refuse_other

    refuse_other(narrative, force=force)


def _refuse_solving(file: Path) -> None:
    """A finished plan is not solved again: say so, rather than ignore an option."""
    ctx = click.get_current_context()
    for name, option in FOR_PROPOSALS.items():
        if ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{option} is for a proposal; «{file}» is a finished plan, which is not solved again."
            )


def _finished(file: Path, sources: Path | None, to: Delivery) -> Plan:
    """The plan of a file, if every rule is kept in it and every number right."""
    from braid.answer.plan import Plan

    found = judged(file, sources)
    plan = Plan(found.plan, found.case)
    if not is_plan(plan):  # nothing is paid, and nothing to judge
        return plan
    for sentence in found.notes:
        warn(sentence)
    wrong = broken(found)
    for sentence in wrong:
        tell(sentence)
    if wrong:
        paths = " and ".join(str(path) for path in to.outputs)
        tell(f"error: {paths} was not written: judging {file} came to {findings(len(wrong))}")
        raise click.exceptions.Exit(CHECK)
    return plan
