"""What braid planned, kept on the Provenance, so that a row that a person removed or keyed otherwise can be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from braid.basics.money import parse_money
from braid.files.sheets import Grid
from braid.judge.funds import CENTS

if TYPE_CHECKING:
    from braid.proposal import Proposal
    from braid.workbook.edited_rows import EditedRow

PROVENANCE = "Provenance"
HEADING = "Charges as planned"
KEPT = ("Award", "Line", "Kind")
"""The columns of the table before those of the periods."""
Key = tuple[str, str, str, int]
"""Award, line (empty for indirect cost), kind, and the number of the period."""


@dataclass(frozen=True)
class Removed:
    """What braid planned and no row of the Allocation carries any more, in whole units."""

    award: str
    line: str
    """Empty for indirect cost."""
    kind: str
    index: int
    planned: int
    """All that was planned of this award on this line in this period."""
    amount: int
    """What of it was in rows that are gone."""


def kept(grid: Grid | None, proposal: Proposal) -> dict[Key, int] | None:
    """What was planned, in whole units; None where a workbook does not say, as those of an older braid do not."""
    if grid is None:
        return None
    by_row: dict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), held in grid.cells.items():
        by_row[row][column] = held.text.strip()
    top = next((row for row, cells in by_row.items() if tuple(cells.get(n) for n in (1, 2, 3)) == KEPT), None)
    if top is None:
        return None
    periods = {column: proposal.fiscal.index[name] for column, name in by_row[top].items() if name in _names(proposal)}
    found: dict[Key, int] = {}
    row = top + 1
    while row in by_row:
        cells = by_row[row]
        award, line, kind = (cells.get(n, "") for n in (1, 2, 3))
        for column, index in periods.items():
            units = _units(cells.get(column, ""), CENTS[proposal.unit])
            if units:
                found[award, line, kind, index] = units
        row += 1
    return found


def _names(proposal: Proposal) -> set[str]:
    return {period.name for period in proposal.periods}


def _units(text: str, cents: int) -> int:
    """Whole units; nothing where a person wrote over it what is no amount."""
    try:
        return parse_money(text) // cents if text else 0
    except ValueError:
        return 0


def removed(rows: Iterable[EditedRow], planned: Mapping[Key, int]) -> tuple[Removed, ...]:
    """What was planned and has no row."""
    left: dict[Key, int] = defaultdict(int)
    for row in rows:
        left[row.award, row.line, row.kind, row.index] += row.planned
    return tuple(Removed(*key, units, units - left[key]) for key, units in sorted(planned.items()) if units > left[key])


def as_kept(rows: Sequence[EditedRow], planned: Mapping[Key, int]) -> tuple[EditedRow, ...]:
    """The rows, none of them with more as planned than was planned there: a copied row carries what is another's."""
    room = dict(planned)
    found: list[EditedRow] = []
    for row in rows:
        key = (row.award, row.line, row.kind, row.index)
        mine = min(row.planned, room.get(key, 0))
        room[key] = room.get(key, 0) - mine
        found.append(row if mine == row.planned else replace(row, planned=mine))
    return tuple(found)
