"""What of subaward agreements counts in the base of indirect cost: the first dollars of each, in time order (C9)."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Charged:
    """An amount charged under an agreement, or under none; ``most`` of each agreement counts (None: all of it)."""

    agreement: Hashable
    most: int | None
    amount: int
    order: Any
    """What sorts it in time."""


def first_dollars(rows: Sequence[Charged]) -> list[int]:
    """What of each amount counts, in the order of the rows.

    >>> year = [Charged("clinic", 50_000, 100_000, order) for order in (2027, 2028, 2029)]
    >>> first_dollars(year)
    [50000, 0, 0]
    """
    counts = [row.amount for row in rows]
    left: dict[Hashable, int] = {}
    for number in sorted(range(len(rows)), key=lambda number: rows[number].order):
        row = rows[number]
        if row.agreement is None or row.most is None:
            continue
        room = left.get(row.agreement, row.most)
        counts[number] = min(row.amount, room)
        left[row.agreement] = room - counts[number]
    return counts
