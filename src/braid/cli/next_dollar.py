"""The command ``next-dollar``: what one more dollar of each award and limit buys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from braid.cli.delivery import Answer, Delivery
from braid.cli.options import Solving, delivers, layered, solves, talk
from braid.cli.planned import is_plan, of_file, stop_telling
from braid.cli.printing import progress, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braid.answer.plan import Plan
    from braid.answer.rows import Bought, NextDollar

COLUMNS = ("what", "row", "one_more_dollar", "up_to", "buys", "indirect", "enough", "then", "sentence")


@click.command(
    "next-dollar",
    short_help="Say what one more dollar would buy.",
    epilog="Example: braid next-dollar proposal.yaml -o next.csv",
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@layered
@delivers(".csv", ".json")
@solves
@talk
def next_dollar(file: Path, sources: Path | None, to: Delivery, solving: Solving) -> None:
    """Say what one more dollar of each award and each limit buys, where it goes, and for how many dollars that holds.

    FILE is a finished plan (plan.json), which is judged first, or a proposal, which is planned first. Each statement is
    confirmed by planning again with the change, in fractions of a dollar.
    """
    to.ready_for("next-dollar", COLUMNS)
    found = of_file(file, sources, solving)
    if not is_plan(found):
        stop_telling(found, "next-dollar", to)
    with progress("working out the next dollar"):
        rows = list(found.next_dollar)
    data = {"status": found.status, "next_dollar": [row.model_dump(mode="json", exclude_none=True) for row in rows]}
    to.give(Answer("next-dollar", _told(found, rows), data, COLUMNS, [_row(row) for row in rows]))


def _row(row: NextDollar) -> list[str]:
    enough = "" if row.enough is None else f"{row.enough:.2f}"
    amounts = (f"{row.one_more_dollar:.2f}", f"{row.up_to:.2f}", _listed(row.buys), f"{row.indirect:.2f}", enough)
    return [row.what, row.row, *amounts, _listed(row.then), row.sentence]


def _listed(bought: Iterable[Bought]) -> str:
    return "; ".join(f"{each.activity} {each.amount:.2f}" for each in bought)


def _told(found: Plan, rows: list[NextDollar]) -> str:
    from braid.answer.summary import dollars
    from braid.explain.next_dollar import LATE

    lines = [f"{dollars(found.totals.gap)} of a need of {dollars(found.totals.need)} is unmet."]
    if not rows:
        return "\n".join([*lines, "There is no award of which there could be one more dollar."])
    awards = [row for row in rows if row.what.startswith("award ")]
    for heading, some in (("Awards", awards), ("Limits", [row for row in rows if row not in awards])):
        lines += ["", heading] if some else []
        lines += [wrap(row.sentence, 2) for row in some]
    if any(LATE in row.sentence for row in rows):
        lines += ["", "A longer --time-limit works out more."]
    return "\n".join(lines)
