"""Short sheets that only detail another stand on it, so that the reader of a small plan need not turn pages.

What the answer and the filing are asked for by name keeps a sheet of its own, whatever the size of the plan. Tables
keep their names and formulas their sense; the Contents leads to each part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from braid.files.sheets import Block, Cell, Formula, Sheet, Value
from braid.workbook.page import COMMON_WIDTH, LINE, TALLEST, height_of

FEW, SHORT = 40, 100
"""Charges of a small plan, and rows that sheets may have together to stand on one."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Award register": ("Award register", "Award balances", "Installments"),
    "Cash flow": ("Cash flow", "Cash by quarter"),
}
"""The sheet that keeps its name, and what stands on it from the top down."""
WIDEST = 30.0
"""Characters to which a part may widen a column of the sheet that it comes to stand on; its text wraps in them."""
BETWEEN = 2
"""Empty rows between two parts."""
_PLACED = re.compile(
    r"""(?P<kept>"[^"]*"|\[[^\]]*\])|(?P<sheet>'[^']+'|[A-Za-z_][A-Za-z0-9_.]*)!(?P<there>\$?[A-Z]{1,3}\$?[0-9]+"""
    r"""(?::\$?[A-Z]{1,3}\$?[0-9]+)?)|(?<![A-Za-z0-9_.$\]])(?P<here>\$?[A-Z]{1,3}\$?[0-9]+)(?![A-Za-z0-9_(])"""
)
_ROW = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Moved:
    """Where a sheet has gone: on which it stands, and how many rows further down."""

    onto: str
    down: int

    @property
    def link(self) -> str:
        """The cell that its title stands in."""
        return f"{quoted(self.onto)}!A{1 + self.down}"


def together(sheets: Sequence[Sheet], charges: int, most: int) -> tuple[list[Sheet], dict[str, Moved]]:
    """The sheets of a plan with so many charges, those of a small one combined, and where each of these has gone."""
    found = {sheet.title: sheet for sheet in sheets}
    moved: dict[str, Moved] = {}
    for onto, titles in GROUPS.items():
        parts = [found[title] for title in titles if title in found]
        rows = sum(part.bottom + BETWEEN for part in parts)
        if onto in found and len(parts) > 1 and charges <= FEW and rows <= min(SHORT, most):
            down = 0
            for part in parts:
                moved[part.title] = Moved(onto, down)
                down += part.bottom + BETWEEN
    kept = [sheet for sheet in sheets if moved.get(sheet.title, Moved(sheet.title, 0)).onto == sheet.title]
    made = [_joined(sheet, [found[t] for t in moved if moved[t].onto == sheet.title], moved) for sheet in kept]
    return made, moved


def placed(text: str, moved: Mapping[str, Moved], down: int = 0) -> str:
    """A formula whose own sheet stands so many rows further down, and others where they have gone.

    >>> placed('SUM($B5:C$6)+Gaps!$C$7+tblNeeds[A1]&"B2"', {"Gaps": Moved("Needs", 20)}, 10)
    'SUM($B15:C$16)+Needs!$C$27+tblNeeds[A1]&"B2"'
    """

    def at(found: re.Match[str]) -> str:
        if found["kept"]:
            return found[0]
        if found["here"]:
            return _further(found["here"], down)
        gone = moved.get(found["sheet"].strip("'"))
        return f"{quoted(gone.onto)}!{_further(found['there'], gone.down)}" if gone else found[0]

    return _PLACED.sub(at, text)


def quoted(title: str) -> str:
    """A title as formulas and links name it."""
    return f"'{title}'" if " " in title or "-" in title else title


def _further(place: str, down: int) -> str:
    return _ROW.sub(lambda found: str(int(found[0]) + down), place)


def _joined(sheet: Sheet, parts: Sequence[Sheet], moved: Mapping[str, Moved]) -> Sheet:
    """A sheet with what has come to stand on it."""
    if not parts:
        return _shifted(sheet, moved, 0) if moved else sheet
    shifted = [_shifted(part, moved, moved[part.title].down) for part in parts]
    first, *others = (part.widths for part in shifted)
    narrow = [[min(wide, WIDEST) if at < len(first) else wide for at, wide in enumerate(each)] for each in others]
    widths = tuple(max(each) for each in zip_longest(first, *narrow, fillvalue=0.0))
    shifted = [shifted[0], *(_narrowed(part, widths) for part in shifted[1:])]
    printed = max(part.printed or len(part.widths) for part in shifted)
    return replace(
        sheet,
        cells={place: cell for part in shifted for place, cell in part.cells.items()},
        widths=widths,
        blocks=tuple(block for part in shifted for block in part.blocks),
        heights={row: height for part in shifted for row, height in part.heights.items()},
        tables=tuple(table for part in shifted for table in part.tables),
        charts=tuple(chart for part in shifted for chart in part.charts),
        repeat=0,
        freeze=None,
        verdicts=tuple(span for part in shifted for span in part.verdicts),
        amounts=tuple(span for part in shifted for span in part.amounts),
        hints=tuple(hint for part in shifted for hint in part.hints),
        breaks=tuple(sorted(row for part in shifted for row in part.breaks)),
        pages_wide=max(part.pages_wide for part in shifted),
        printed=printed if printed < len(widths) else 0,
        printed_to=shifted[-1].printed_to,
        locked=any(part.locked for part in parts),
    )


def _narrowed(sheet: Sheet, widths: Sequence[float]) -> Sheet:
    """A sheet whose rows are high enough for their texts in columns of other widths."""
    heights = dict(sheet.heights)
    for (row, column), cell in sheet.cells.items():
        height = _height(cell.value, cell.style, column, widths)
        if height > max(LINE, heights.get(row, 0.0)):
            heights[row] = height
    return replace(sheet, heights=heights, blocks=tuple(_block_in(block, widths) for block in sheet.blocks))


def _height(value: Value | Cell, style: str, column: int, widths: Sequence[float]) -> float:
    width = widths[column - 1] if column <= len(widths) else COMMON_WIDTH
    return min(height_of(value, style, width), TALLEST)


def _block_in(block: Block, widths: Sequence[float]) -> Block:
    def height(values: Sequence[Value | Cell]) -> float | None:
        styled = enumerate(zip(values, block.styles, strict=True), 1)
        high = max((_height(value, style, column, widths) for column, (value, style) in styled), default=LINE)
        return max(high, block.height(values) or LINE) if high > LINE else block.height(values)

    return replace(block, height=height)


def _shifted(sheet: Sheet, moved: Mapping[str, Moved], down: int) -> Sheet:
    """A sheet so many rows further down, its formulas with it."""

    def cell(each: Cell) -> Cell:
        return replace(each, value=_value(each.value, moved, down))

    return replace(
        sheet,
        cells={(row + down, column): cell(each) for (row, column), each in sheet.cells.items()},
        blocks=tuple(_block(block, moved, down) for block in sheet.blocks),
        heights={row + down: height for row, height in sheet.heights.items()},
        tables=tuple(replace(table, top=table.top + down) for table in sheet.tables),
        charts=tuple(
            replace(each, top=each.top + down, bottom=each.bottom + down, anchor=each.anchor + down)
            for each in sheet.charts
        ),
        verdicts=tuple(_further(span, down) for span in sheet.verdicts),
        amounts=tuple(_further(span, down) for span in sheet.amounts),
        hints=tuple(replace(hint, span=_further(hint.span, down)) for hint in sheet.hints),
        breaks=tuple(row + down for row in sheet.breaks),
        printed_to=sheet.printed_to + down if sheet.printed_to else 0,
    )


def _block(block: Block, moved: Mapping[str, Moved], down: int) -> Block:
    def made(place: int) -> list[Value | Cell]:
        return [
            replace(each, value=_value(each.value, moved, down))
            if isinstance(each, Cell)
            else _value(each, moved, down)
            for each in block.made(place)
        ]

    return replace(block, top=block.top + down, made=made)


def _value(value: Value, moved: Mapping[str, Moved], down: int) -> Value:
    return replace(value, text=placed(value.text, moved, down)) if isinstance(value, Formula) else value
