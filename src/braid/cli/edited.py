"""What the commands that take an edited workbook have in common: is it one, what does it hold, what is wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from braid.basics.errors import InputError
from braid.cli.delivery import Answer
from braid.cli.planned import findings
from braid.cli.printing import note, progress, warn

if TYPE_CHECKING:
    from braid.proposal import Proposal
    from braid.workbook.edited import Broken, Edited
    from braid.workbook.edited_rows import EditedRow
    from braid.workbook.removed import Removed

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
    _tell(found)
    case = found.case
    counts = {
        "rows": len(found.rows),
        "changed": len(found.changed),
        "removed": len(found.removed),
        "limits": len(case.limits),
    }
    told = {noun: number for noun, number in counts.items() if number or noun != "removed"}
    text = f"every rule is kept: {', '.join(f'{number:,} {noun}' for noun, number in told.items())}"
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
    _tell(found)
    if any(row.kind != "direct" for row in found.changed) or any(gone.kind != "direct" for gone in found.removed):
        warn("fringe and indirect cost follow from the rest by formula: they are worked out anew, not kept")
    if found.moved:
        warn("days and installments are chosen anew, not kept: what is committed is an amount in a period")
    return with_edits(found)


def tell_left_aside(file: Path, sources: Path | None) -> None:
    """Warn where a workbook that is planned anew holds amounts of a person, which are not asked for."""
    if not is_edited(file):
        return
    try:
        found = edited(file, sources)
    except InputError:
        return  # what is wrong in the input is told where that is read; the Allocation is not asked for
    number = len(changes(found))
    if number:
        what = "1 change" if number == 1 else f"{number:,} changes"
        warn(f"{file}: {what} of the sheet Allocation left aside; --keep-edits commits what a person typed there")


def _tell(found: Edited) -> None:
    """What a person changed, the first of it."""
    for sentence in shortened(changes(found)):
        note(sentence)


def shortened(sentences: list[str]) -> list[str]:
    """The first sentences, and how many more there are."""
    more = len(sentences) - MOST_TOLD
    return [*sentences[:MOST_TOLD], *([f"… and {more:,} more"] if more > 0 else [])]


def changes(found: Edited) -> list[str]:
    """What a person changed, cell by cell, and then what was removed."""
    from braid.basics.money import show
    from braid.workbook.edited_rows import place_told

    unit, told = found.case.proposal.unit, list[str]()
    for row in found.changed:
        told.append(f"{row.place}  {_where(found, row)}: {show(row.planned, unit)}, now {show(row.amount, unit)}")
    for row in found.moved:
        now = place_told(row.installment, row.days.first, row.days.last)
        told.append(f"{row.place}  {_where(found, row)}: planned for {row.was}, now {now}")
    for gone in found.removed:
        lost, planned = show(gone.amount, unit), show(gone.planned, unit)
        what = planned if gone.amount == gone.planned else f"{lost} of {planned}"
        told.append(f"Allocation  {_where(found, gone)}: {what} has no row any more, and is not paid")
    return told


def _where(found: Edited, row: EditedRow | Removed) -> str:
    period = found.case.proposal.periods[row.index].name
    what = f"{row.award} on {row.line}" if row.line else f"indirect cost of {row.award}"
    return f"{'fringe of ' if row.kind == 'fringe' else ''}{what} in {period}"


def _data(one: Broken) -> dict[str, Any]:
    return {"place": one.place, "besides": one.besides, "hint": one.hint, **vars(one.finding)}
