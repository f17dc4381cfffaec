"""What the commands that take an edited workbook have in common: is it one, what does it hold, what is wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from braid.cli.delivery import Answer
from braid.cli.planned import findings
from braid.cli.printing import note, progress

if TYPE_CHECKING:
    from braid.proposal import Proposal
    from braid.workbook.edited import Broken, Edited

WORKBOOK = ".xlsx"
MOST_TOLD = 20


def is_edited(file: Path) -> bool:
    """Whether a file is a workbook with an Allocation, and not one of input alone."""
    if file.suffix.lower() != WORKBOOK:
        return False
    from braid.workbook.edited_rows import has_allocation

    return has_allocation(file)


def edited(file: Path, sources: Path | None) -> Edited:
    """What a workbook holds that a person may have edited. Raises InputError with every fault at its cell."""
    with progress("reading the workbook"):
        import braid
        from braid.workbook.edited import read_edited

        return read_edited(file, catalogue=braid.catalogue(sources))


def checked(file: Path, sources: Path | None) -> tuple[Answer, list[str]]:
    """An edited workbook judged, and a sentence with its cell for each rule that it breaks."""
    found = edited(file, sources)
    with progress("checking every rule"):
        broken = found.broken
    for sentence in changes(found)[:MOST_TOLD]:
        note(sentence)
    case = found.case
    counts = {"rows": len(found.rows), "changed": len(found.changed), "limits": len(case.limits)}
    text = f"every rule is kept: {', '.join(f'{number:,} {noun}' for noun, number in counts.items())}"
    if broken:
        text = findings(len(broken))
    each = [_data(one) for one in broken]
    data = {"faults": [], "findings": each, "changed": changes(found), "warnings": [], "counts": counts}
    return Answer("check", text, data), [str(one) for one in broken]


def kept(file: Path, sources: Path | None) -> Proposal:
    """The proposal of an edited workbook with what a person changed committed. Raises UsageError for another file."""
    if not is_edited(file):
        raise click.UsageError(f"--keep-edits is for a workbook that holds an Allocation; «{file}» holds none.")
    from braid.workbook.edited import with_edits

    found = edited(file, sources)
    for sentence in changes(found)[:MOST_TOLD]:
        note(sentence)
    return with_edits(found)


def changes(found: Edited) -> list[str]:
    """What a person changed, cell by cell."""
    from braid.basics.money import show

    unit, told = found.case.proposal.unit, list[str]()
    for row in found.changed:
        where = f"{row.award} on {row.line}" if row.line else f"indirect cost of {row.award}"
        period = found.case.proposal.periods[row.index].name
        told.append(f"{row.place}  {where} in {period}: {show(row.planned, unit)}, now {show(row.amount, unit)}")
    return told


def _data(one: Broken) -> dict[str, Any]:
    return {"place": one.place, "besides": one.besides, **vars(one.finding)}
