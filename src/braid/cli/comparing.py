"""The command ``compare``: what moved between two plans, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from braid.cli.delivery import Answer, Delivery
from braid.cli.edited import changes, edited, is_edited, shortened
from braid.cli.options import Solving, delivers, layered, solves, talk
from braid.cli.planned import PLAN, as_it_stands, findings, is_plan, no_plan, of_proposal, stop_telling
from braid.cli.printing import progress, tell, warn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braid.answer.comparison import Change, Comparison
    from braid.answer.plan import Plan

COLUMNS = ("plan", "award", "activity", "period", "before", "after", "change", "reason", "sentence")
MOST_OTHERS = 9
ByHand = dict[str, list[str]]
"""By workbook, what a person changed in it, cell by cell."""


@dataclass(frozen=True)
class _How:
    """How plans are made and told, and what is found out on the way."""

    sources: Path | None
    solving: Solving
    to: Delivery
    by_hand: ByHand = field(default_factory=ByHand)


@click.command(
    short_help="Show what moved between two plans, and why.",
    epilog="Example: braid compare proposal.yaml proposal.yaml",
)
@click.argument("before", type=click.Path(path_type=Path), metavar="BEFORE")
@click.argument("after", required=False, type=click.Path(path_type=Path), metavar="[AFTER]")
@click.option(
    "--others", type=click.IntRange(1, MOST_OTHERS), metavar="N",
    help=f"In place of AFTER: up to N other plans (at most {MOST_OTHERS}) that reach every goal of BEFORE as well.",
)  # fmt: skip
@layered
@delivers(".csv", ".json")
@solves
@talk
def compare(
    *, before: Path, after: Path | None, others: int | None, sources: Path | None, to: Delivery, solving: Solving
) -> None:
    """Compare two plans: what went in otherwise, and what moved by award, activity and period, each with its reason.

    BEFORE and AFTER are finished plans (plan.json), workbooks that a person may have edited, or proposals, which are
    planned first. With --others the plan of BEFORE is held beside other plans with the same goal values, which let
    other awards pay.
    """
    from braid.compare import what_moved

    if (after is None) == (others is None):
        raise click.UsageError("what is BEFORE to be compared with? AFTER or --others is expected, one of the two.")
    to.ready_for("compare", COLUMNS)
    how = _How(sources, solving, to)
    first = _plan(before, how)
    found = [what_moved(first, other) for other in _beside(first, after, others, how)]
    rows = [_row(number, move.model_dump(mode="json")) for number, each in enumerate(found, 1) for move in each.moves]
    text = repr(found[0]) if after is not None else _others_told(first, found)
    text = "\n".join([text, *_by_hand_told(how.by_hand)])
    moved = [_data(each) for each in found]
    data = {**moved[0], "by_hand": how.by_hand} if after is not None else {"others": moved}
    to.give(Answer("compare", text, data, COLUMNS, rows))


def _beside(first: Plan, after: Path | None, others: int | None, how: _How) -> tuple[Plan, ...]:
    """What the first plan is compared with."""
    if after is not None:
        return (_plan(after, how),)
    from braid.planner import other_plans

    with progress("planning") as shown:
        return other_plans(first, others or 1, seconds=how.solving.seconds, progress=shown if shown.live else None)


def _by_hand_told(by_hand: ByHand) -> list[str]:
    """Cell by cell what a person changed, which by activity and period may come to nothing."""
    told: list[str] = []
    for file, sentences in by_hand.items():
        told += ["", f"Changed by hand in {file}"] if sentences else []
        told += [f"  {sentence}" for sentence in shortened(sentences)]
    return told


def _others_told(first: Plan, found: list[Comparison]) -> str:
    from braid.answer.summary import dollars

    if not found:
        return _no_others(first)
    told: list[str] = []
    for number, each in enumerate(found, 1):
        told += ["", ""] if told else []
        told.append(f"Another plan that reaches every goal as well ({number} of {len(found)}):")
        change = sum(row.change for row in each.totals if row.what == "Funded")
        if change:
            told.append(f"What is funded differs by {dollars(abs(change))}, as fringe is charged in whole dollars.")
        told.append(repr(each))
    return "\n".join(told)


def _no_others(first: Plan) -> str:
    """Why none is told: there is none to be found, or none can be looked for."""
    if first.status == "feasible":
        return "This plan is not proven to be the best, so no other plan is held beside it as being as good."
    if first.made is None and first.file.lacks_former:
        return (
            "This plan stays close to a former plan, which its file does not carry, so other plans cannot be looked "
            "for here."
        )
    return "No other plan was found that reaches every goal as well."


def _plan(file: Path, how: _How) -> Plan:
    """The plan of a file: a finished one, which is judged anew, or one that is planned. Ends where there is none."""
    if file.suffix.lower() == PLAN:
        found = as_it_stands(file, how.sources)
    elif is_edited(file):
        book = edited(file, how.sources)
        if book.broken:
            warn(f"judging {file} came to {findings(len(book.broken))}; `braid check {file}` tells them")
        how.by_hand[str(file)] = changes(book)
        found = book.plan()
    else:
        found = of_proposal(file, how.sources, how.solving)
    if not is_plan(found):
        tell(f"error: {file}: {no_plan(found)}, so there is no plan to compare")
        stop_telling(found, "compare", how.to)
    return found


def _row(number: int, move: dict[str, str]) -> list[str]:
    return [str(number), *(str(move[name]) for name in COLUMNS[1:])]


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
