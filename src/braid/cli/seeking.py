"""The command ``seek``: which grant that is not held would help most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from braid.cli.delivery import Answer, Delivery
from braid.cli.options import Solving, delivers, layered, solves, talk
from braid.cli.planned import is_plan, of_file, stop_telling
from braid.cli.printing import progress, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from braid.answer.seeking import Helped, Seek, Seeking

COLUMNS = (
    "program", "name", "amount", "met", "payable", "direct", "fringe", "indirect", "match", "unverified", "helps",
    "sentence",
)  # fmt: skip

ROUNDED = 1
"""Dollars by which what is met moves where nothing moves but that a plan is in whole dollars."""


@click.command(
    short_help="Say which grant to seek.",
    epilog="Example: braid seek proposal.yaml -o grants.csv",
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@layered
@delivers(".csv", ".json")
@solves
@talk
def seek(file: Path, sources: Path | None, to: Delivery, solving: Solving) -> None:
    """Say which program that is not held would help most: what it may pay of the gap, and the smallest award that does.

    FILE is a finished plan (plan.json), which is judged first, or a proposal, which is planned first. Each award is
    supposed to be made on the first day of the calendar and to pay costs of all of it.
    """
    from braid.futures.seeking import seek as sought

    to.ready_for("seek", COLUMNS)
    plan = of_file(file, sources, solving)
    if not is_plan(plan):
        stop_telling(plan, "seek", to)
    with progress("weighing grants") as shown:
        found = sought(plan, seconds=solving.seconds, progress=shown if shown.live else None)
    rows = [row.model_dump(mode="json") for row in found.grants]
    data = {"need": f"{found.need:.2f}", "gap": f"{found.gap:.2f}", "grants": rows, "nothing": list(found.nothing)}
    data |= {"late": list(found.late)}
    labels = {activity.id: activity.label for activity in plan.case.proposal.activities}
    to.give(Answer("seek", _told(found, labels), data, COLUMNS, [_row(row) for row in found.grants]))


def _row(row: Seek) -> list[str]:
    amounts = (row.amount, row.met, row.payable, row.direct, row.fringe, row.indirect, row.match)
    helps = "; ".join(f"{each.activity} {each.met:.2f} (may pay {each.payable:.2f})" for each in row.helps)
    told = [f"{amount:.2f}" for amount in amounts]
    return [row.program, row.name, *told, "yes" if row.unverified else "no", helps, row.sentence]


def _helps(row: Seek, labels: dict[str, str]) -> Iterator[str]:
    """What an award would do for each activity; not what whole dollars alone make of it."""
    from braid.answer.summary import dollars

    for each in row.helps:
        if each.payable:
            yield f"{labels[each.activity]}: {_met(each)}; the award may pay {dollars(each.payable)} of the gap"
        elif abs(each.met) > ROUNDED:
            yield f"{labels[each.activity]}: {_met(each)}, by other awards"


def _met(each: Helped) -> str:
    """How much more of an activity is met, or less where the goals take it for others."""
    from braid.answer.summary import dollars

    if not each.met:
        return "no more is met"
    return f"{dollars(abs(each.met))} {'less' if each.met < 0 else 'more'} is met"


def _told(found: Seeking, labels: dict[str, str]) -> str:
    from braid.answer.summary import dollars

    if not found.grants:
        return repr(found)
    lines = [f"{dollars(found.gap)} of a need of {dollars(found.need)} is unmet."]
    for row in found.grants:
        lines += ["", wrap(row.sentence, 0)]
        lines += [wrap(sentence, 2) for sentence in _helps(row, labels)]
    lines += ["", wrap(found.unweighed)] if found.late else []
    return "\n".join([*lines, "", wrap(found.assumed)])
