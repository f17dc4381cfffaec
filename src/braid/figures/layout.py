"""Where the awards and activities of a figure stand: both sides at one scale, and a row of its own for every label.

All lengths are points, 72 to the inch: so is the size of type, and labels must not collide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from braid.figures.flows import Flows, Node, gathered

TYPE = 8.5
ROW = 1.45 * TYPE
"""What a label takes of the height."""
SPACE = 5.0
DRAWN = 0.33
"""The part of the height that bars take at least, where there are too many labels to show them all."""
FEWEST = 3


@dataclass(frozen=True)
class Slot:
    """A place on one side: a bar from ``top`` down, ``height`` high, with its label; or a heading, without a bar."""

    node: Node | None
    heading: str
    top: float
    height: float

    @property
    def middle(self) -> float:
        """Where the label stands."""
        return self.top + self.height / 2


def rows_of(flows: Flows) -> int:
    """How many rows the longer side has."""
    return max(len(flows.awards), len(_under_headings(flows.activities)))


def that_fit(flows: Flows, height: float, most_awards: int) -> Flows:
    """The flows, or as many as fit with a row for every label and bands that are not too thin; the rest as one."""
    awards = min(len(flows.awards), most_awards, int(height / ROW) - 2)
    activities = min(len(flows.activities), int(height / ROW))
    total = sum(_amounts(flows.activities))
    found = gathered(flows, awards, activities)
    while max(awards, activities) > FEWEST:
        left, right = _scales(found, height)
        if min(left, right) * total >= DRAWN * height:
            break
        if (left < right and awards > FEWEST) or activities <= FEWEST:
            awards -= 1
        else:
            activities -= 1
        found = gathered(flows, awards, activities)
    return found


def sides_of(flows: Flows, height: float) -> tuple[list[Slot], list[Slot]]:
    """Awards and activities, at the largest scale at which both sides fit the height with a row for every label."""
    scale = min(_scales(flows, height))
    return _stack(flows.awards, scale, height), _stack(_under_headings(flows.activities), scale, height)


def _scales(flows: Flows, height: float) -> tuple[float, float]:
    return _scale(_amounts(flows.awards), height), _scale(_amounts(_under_headings(flows.activities)), height)


def _under_headings(activities: Sequence[Node]) -> list[Node | str]:
    """The activities with a heading before each priority, where there is more than one."""
    named = {node.priority: f"Priority {node.priority}" for node in activities if node.priority is not None}
    if len(named) < 2:
        return list(activities)
    found = list[Node | str]()
    for priority in dict.fromkeys(node.priority for node in activities):
        found.append("Of any priority" if priority is None else named[priority])
        found += [node for node in activities if node.priority == priority]
    return found


def _amounts(side: Sequence[Node | str]) -> list[float]:
    return [0.0 if isinstance(each, str) else float(each.amount) for each in side]


def _scale(amounts: Sequence[float], height: float) -> float:
    """Points to the dollar, such that rows as high as their dollars, but no lower than a label, fill the height."""
    room = height - SPACE * max(0, len(amounts) - 1)
    low = {index for index, amount in enumerate(amounts) if not amount}
    while True:
        total = sum(amount for index, amount in enumerate(amounts) if index not in low)
        scale = (room - ROW * len(low)) / total if total else 0.0
        lower = {index for index, amount in enumerate(amounts) if amount * scale < ROW}
        if lower <= low:
            return max(0.0, scale)
        low |= lower


def _stack(side: Sequence[Node | str], scale: float, height: float) -> list[Slot]:
    """The slots from the top down; what height is left goes evenly between them."""
    heights = [amount * scale for amount in _amounts(side)]
    rows = [max(ROW, bar) for bar in heights]
    left = height - sum(rows)
    space, top = (left / (len(rows) - 1), 0.0) if len(rows) > 1 else (0.0, left / 2)
    slots = list[Slot]()
    for each, bar, row in zip(side, heights, rows, strict=True):
        node, heading = (None, each) if isinstance(each, str) else (each, "")
        slots.append(Slot(node, heading, top + (row - bar) / 2, bar))
        top += row + space
    return slots
