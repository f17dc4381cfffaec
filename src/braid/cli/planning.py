"""Commands that plan money: demo, plan, gaps."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from braid.basics.table import text_table
from braid.cli.delivery import Answer, Delivery, said, wrote
from braid.cli.options import Solving, delivers, proposal, solves, talk
from braid.cli.printing import note, progress, say, say_json, tell, verbose, warn, wrap
from braid.files.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braid.answer.plan import Plan
    from braid.answer.rows import Gap
    from braid.files.writing import Ours
    from braid.proposal import Proposal

EXAMPLE = "harbor_county"
NO_PLAN = 4
GAP_COLUMNS = ("activity", "line", "period", "amount", "reason", "sentence", "rules", "could_pay")


def _plan_json(content: bytes) -> bool:
    return {"status", "allocations", "fingerprint"} <= said(content).keys()


OURS: dict[str, Ours] = {".json": _plan_json, ".xlsx": lambda _: True}
"""How an earlier output is known; a workbook bears a mark of its own, which ``refuse_foreign`` reads."""


def _ready(to: Delivery) -> None:
    """Make sure that every file can be written, before anything is planned."""
    from braid.files.outgoing import refuse_place
    from braid.files.parts import refuse_foreign

    to.ready(OURS)
    for path in to.outputs:
        if path.suffix.lower() == ".xlsx":
            refuse_place(path)
            if path.exists() and not to.force:
                refuse_foreign(path)


# ---------------------------------------------------------------------- demo


@click.command(short_help="Plan an invented county.", epilog="Example: braid demo")
@delivers(".xlsx", ".json")
@solves
@talk
def demo(to: Delivery, solving: Solving) -> None:
    """Plan an invented county with six awards, and write its workbook to harbor_county.xlsx."""
    from braid.files.shipped import shipped_text
    from braid.reading import read_text

    if not to.outputs:
        to = Delivery((Path(f"{EXAMPLE}.xlsx"),), to.json, to.force, to.suffixes)
    _ready(to)
    name = f"{EXAMPLE}.yaml"
    found = _planned(read_text(shipped_text("examples", name), name), solving)
    _write(found, to, quietly=True)
    _print(found, to)
    for path in to.outputs:
        what = "workbook" if path.suffix.lower() == ".xlsx" else "plan"
        (tell if to.json else say)(f"\nThe {what} is in {path}")
    _stop_without_plan(found)


# ---------------------------------------------------------------------- plan


@click.command(
    short_help="Plan a proposal and write its workbook.",
    epilog="Example: braid plan proposal.yaml -o budget.xlsx -o plan.json",
)
@proposal
@delivers(".xlsx", ".json")
@solves
@talk
def plan(proposal: Path, to: Delivery, solving: Solving) -> None:
    """Plan a proposal: the most need met, priority by priority, every rule obeyed to the dollar.

    Prints a summary of one screen. -o budget.xlsx writes the workbook, -o plan.json the plan.
    """
    import braid

    _ready(to)
    found = _planned(braid.read(proposal), solving)
    _write(found, to)
    _print(found, to)
    _stop_without_plan(found)


def _planned(proposal: Proposal, solving: Solving) -> Plan:
    """The plan, with progress for a person who watches."""
    import braid

    command = str(click.get_current_context().meta.get("braid.command", ""))
    since = perf_counter()
    with progress() as shown:
        found = braid.plan(proposal, seconds=solving.seconds, progress=shown if shown.live else None, command=command)
    if found.status == "feasible":
        warn("every rule holds, but this plan is not proven to be the best")
    if verbose():
        made = found.file.provenance
        sizes = f"{len(found.allocations):,} allocations, {len(found.limits):,} limits"
        note(f"{made.solver}, {perf_counter() - since:.1f} s, {sizes}")
        note(f"catalogue {made.catalogue}, proposal {made.proposal}")
    return found


def _is_plan(found: Plan) -> bool:
    return found.status in {"optimal", "feasible"}


def _write(found: Plan, to: Delivery, quietly: bool = False) -> None:
    """Every file that was wanted; a workbook only of a plan that holds."""
    import braid

    for path in to.outputs:
        if path.suffix.lower() == ".json":
            write_text(path, found.to_json(), to.force, _plan_json)
        elif _is_plan(found):
            braid.write_workbook(found, path, force=to.force)
        else:
            warn(f"{path} was not written, since there is no plan to put in it")
            continue
        if not quietly:
            wrote(path)


def _print(found: Plan, to: Delivery) -> None:
    if to.json:
        say_json(found.to_json())
    else:
        say(repr(found))


def _stop_without_plan(found: Plan) -> None:
    if not _is_plan(found):
        raise click.exceptions.Exit(NO_PLAN)


# ---------------------------------------------------------------------- gaps


@click.command(short_help="Show what no award pays, and why.", epilog="Example: braid gaps proposal.yaml -o gaps.csv")
@proposal
@delivers(".csv", ".json")
@solves
@talk
def gaps(proposal: Path, to: Delivery, solving: Solving) -> None:
    """Plan a proposal and show what no award pays: by reason, then each gap with its sentence."""
    import braid

    to.ready_for("gaps", GAP_COLUMNS)
    found = _planned(braid.read(proposal), solving)
    if not _is_plan(found):
        tell(repr(found))
        _stop_without_plan(found)
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
    return [*told, "; ".join(row.rules), "; ".join(row.could_pay)]


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
        for row in (row for row in rows if row.reason == reason):
            lines.append(f"  {row.line}  {row.period}  {dollars(row.amount)}")
            lines.append(wrap(row.sentence, 4))
    return "\n".join(lines)


def _by_reason(rows: Iterable[Gap]) -> dict[str, tuple[Decimal, int]]:
    """Amount and number of lines by reason, the largest amount first."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    lines: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        amounts[row.reason] += row.amount
        lines[row.reason].add(row.line)
    ordered = sorted(amounts, key=lambda reason: (-amounts[reason], reason))
    return {reason: (amounts[reason], len(lines[reason])) for reason in ordered}
