"""Commands that plan money: demo, plan, gaps."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from braid.basics.table import text_table
from braid.basics.words import codes_told
from braid.cli.delivery import Answer, Delivery
from braid.cli.edited import kept, tell_left_aside
from braid.cli.options import Solving, delivers, layered, proposal, solves, talk
from braid.cli.planned import is_plan, of_file, planned, ready, stop_telling, stop_without_plan, write
from braid.cli.printing import say, say_json, tell, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braid.answer.plan import Plan
    from braid.answer.rows import Gap
    from braid.law.catalogue import Catalogue
    from braid.proposal import Proposal

EXAMPLE = "harbor_county"
GAP_COLUMNS = ("activity", "line", "period", "amount", "reason", "sentence", "rules", "could_pay", "codes")


# ---------------------------------------------------------------------- demo


@click.command(short_help="Plan an invented county.", epilog="Example: braid demo")
@layered
@delivers(".xlsx", ".json")
@solves
@talk
def demo(sources: Path | None, to: Delivery, solving: Solving) -> None:
    """Plan an invented county with nine awards, and write its workbook to harbor_county.xlsx."""
    from braid.files.shipped import shipped_text
    from braid.reading import read_text

    if not to.outputs:
        to = Delivery((Path(f"{EXAMPLE}.xlsx"),), to.json, to.force, to.suffixes)
    ready(to)
    name = f"{EXAMPLE}.yaml"
    found = planned(lambda known: read_text(shipped_text("examples", name), name, catalogue=known), solving, sources)
    write(found, to, quietly=True)
    _print(found, to)
    for path in to.outputs:
        what = "workbook" if path.suffix.lower() == ".xlsx" else "plan"
        (tell if to.json else say)(f"\nThe {what} is in {path}")
    stop_without_plan(found)


# ---------------------------------------------------------------------- plan


@click.command(
    short_help="Plan a proposal and write its workbook.",
    epilog="Example: braid plan proposal.yaml -o budget.xlsx -o plan.json",
)
@proposal
@click.option(
    "--former", type=click.Path(path_type=Path), metavar="PLAN",
    help="Stay close to this plan.json, where the goals name stay-close.",
)  # fmt: skip
@click.option(
    "--next-dollar", is_flag=True,
    help="Work out what one more dollar buys as well, so that the plan and the workbook carry it.",
)  # fmt: skip
@click.option(
    "--keep-edits", is_flag=True,
    help="Of a workbook whose Allocation was edited: commit each changed amount, and plan the rest around it.",
)  # fmt: skip
@layered
@delivers(".xlsx", ".json")
@solves
@talk
def plan(  # noqa: PLR0913  each is something that a user may say of a plan
    *,
    proposal: Path,
    former: Path | None,
    next_dollar: bool,
    keep_edits: bool,
    sources: Path | None,
    to: Delivery,
    solving: Solving,
) -> None:
    """Plan a proposal: the most need met, priority by priority, every rule obeyed to the dollar.

    Prints a summary of one screen. -o budget.xlsx writes the workbook, -o plan.json the plan.
    """
    import braid

    ready(to, proposal)

    if not keep_edits:
        tell_left_aside(proposal, sources)

    def read(known: Catalogue) -> Proposal:
        return kept(proposal, sources) if keep_edits else braid.read(proposal, catalogue=known)

    found = planned(read, solving, sources, former, next_dollar=next_dollar)
    write(found, to)
    _print(found, to)
    stop_without_plan(found)


def _print(found: Plan, to: Delivery) -> None:
    if to.json:
        say_json(found.to_json())
    else:
        say(repr(found))


# ---------------------------------------------------------------------- gaps


@click.command(short_help="Show what no award pays, and why.", epilog="Example: braid gaps proposal.yaml -o gaps.csv")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@layered
@delivers(".csv", ".json")
@solves
@talk
def gaps(file: Path, sources: Path | None, to: Delivery, solving: Solving) -> None:
    """Show what no award pays: by reason, then each gap with its sentence.

    FILE is a finished plan (plan.json), which is judged first, or a proposal, which is planned first.
    """
    to.ready_for("gaps", GAP_COLUMNS)
    found = of_file(file, sources, solving)
    if not is_plan(found):
        stop_telling(found, "gaps", to)
    rows = list(found.gaps)
    data = {
        "status": found.status,
        "need": f"{found.totals.need:.2f}",
        "gap": f"{found.totals.gap:.2f}",
        "gaps": [row.model_dump(mode="json") for row in rows],
    }
    to.give(Answer("gaps", _gaps_told(found, rows), data, GAP_COLUMNS, [_gap_row(row) for row in rows]))


def _gap_row(row: Gap) -> list[str]:
    told = (row.activity, row.line, row.period, f"{row.amount:.2f}", row.reason, row.sentence)
    return [*told, "; ".join(row.rules), "; ".join(row.could_pay), codes_told(row.codes)]


def _gaps_told(found: Plan, rows: list[Gap]) -> str:
    from braid.answer.summary import REASONS, dollars

    if not rows:
        return "Every need is met."
    totals = _by_reason(rows)
    table = [["Why the gap", "amount", "lines"]]
    for reason, (amount, lines) in totals.items():
        table.append([REASONS[reason], dollars(amount), str(lines)])
    table.append(["all gaps", dollars(found.totals.gap), str(len({row.line for row in rows}))])
    lines = [f"{dollars(found.totals.gap)} of a need of {dollars(found.totals.need)} is unmet.", ""]
    lines += text_table(table, [False, True, True])
    for reason in totals:
        lines += ["", REASONS[reason][0].upper() + REASONS[reason][1:]]
        lines += _by_sentence([row for row in rows if row.reason == reason])
    return "\n".join(lines)


def _by_sentence(rows: list[Gap]) -> list[str]:
    """The gaps of one reason: those with the same sentence together, and the sentence once, under them."""
    from braid.answer.summary import dollars

    together: dict[str, list[Gap]] = defaultdict(list)
    for row in rows:
        together[row.sentence].append(row)
    told: list[str] = []
    for sentence, some in together.items():
        told += text_table([["  " + row.line, row.period, dollars(row.amount)] for row in some], [False, False, True])
        told.append(wrap(sentence, 4))
    return told


def _by_reason(rows: Iterable[Gap]) -> dict[str, tuple[Decimal, int]]:
    """Amount and number of lines by reason, the largest amount first."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    lines: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        amounts[row.reason] += row.amount
        lines[row.reason].add(row.line)
    ordered = sorted(amounts, key=lambda reason: (-amounts[reason], reason))
    return {reason: (amounts[reason], len(lines[reason])) for reason in ordered}
