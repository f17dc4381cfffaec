"""Sheets as data: cells, formulas with their values, tables, charts, and how a sheet looks."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Number = int | float | Decimal
COLOURS = ("0072B2", "E69F00", "009E73", "CC79A7", "56B4E9", "D55E00", "F0E442", "999999", "000000")
"""Okabe and Ito's, with a grey, which colour-blind readers can tell apart."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula without its ``=``, and the value that it comes to."""

    text: str
    value: Number | str


Value = str | Number | dt.date | Formula | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell holds, the name of its style, and the sheet (or cell, as in Needs!A30) that it leads to, if any."""

    value: Value
    style: str = "text"
    link: str = ""


AS_PLANNED = " as planned"
"""What the name of a style ends with where the cell is a value that follows no amount; it is set in italics."""


@dataclass(frozen=True)
class ListTable:
    """A table that Excel knows by name. The headers stand in row ``top``, from column 1; ``rows`` follow them."""

    name: str
    top: int
    headers: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Bars:
    """A chart of horizontal stacked bars: a bar for each row from ``top + 1`` to ``bottom``, a series for each column.

    Names of bars stand in column 1, names of series in row ``top``. Sizes are in centimetres.
    """

    title: str
    alt: str
    top: int
    bottom: int
    columns: tuple[int, ...]
    anchor: int
    width: float
    height: float
    number_format: str = '"$"#,##0'
    colours: tuple[str, ...] = COLOURS


@dataclass(frozen=True)
class Hint:
    """Help for the cells of a span while one is chosen, and the words to pick from.

    Excel takes at most 32 characters for the title and 255 for the text.
    """

    span: str
    title: str
    text: str
    source: str = ""
    """The cells that hold the words (``Lists!$A$5:$A$40``), or the words in quotes, set apart by commas."""
    others: Literal["refused", "warned of", "taken"] = "taken"
    """What becomes of a value that is none of the words."""


@dataclass(frozen=True)
class Block:
    """Rows that follow one another, each made when it is written and never held: what a long table is made of."""

    top: int
    """The row of the first."""
    count: int
    styles: tuple[str, ...]
    """The style of each cell, from column 1."""
    made: Callable[[int], Sequence[Value | Cell]]
    """The values of a row, by its place from 0; a cell stands where one is set otherwise than its column."""
    height: Callable[[Sequence[Value | Cell]], float | None] = lambda _: None
    """How high a row with these values is, where it is higher than others."""

    @property
    def bottom(self) -> int:
        """The row of the last."""
        return self.top + self.count - 1

    def values(self) -> Iterator[tuple[Value, ...]]:
        """What stands in each row."""
        for place in range(self.count):
            yield tuple(value.value if isinstance(value, Cell) else value for value in self.made(place))


Placed = tuple[int, Value, str]
"""A column, what stands in it, and the name of its style."""


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells and how it looks on the screen and on paper (Letter, landscape)."""

    title: str
    cells: Mapping[tuple[int, int], Cell]
    """Those that are held; rows of long tables stand in ``blocks``."""
    widths: tuple[float, ...]
    tab: str
    blocks: tuple[Block, ...] = ()
    """From the top down."""
    heights: Mapping[int, float] = field(default_factory=dict[int, float])
    tables: tuple[ListTable, ...] = ()
    charts: tuple[Bars, ...] = ()
    repeat: int = 0
    """The row that is repeated on every printed page; 0 for none."""
    freeze: tuple[int, int] | None = None
    """The first row and column that scroll."""
    verdicts: tuple[str, ...] = ()
    """Ranges that hold OK or another word, coloured by it."""
    amounts: tuple[str, ...] = ()
    """Ranges in which a person may only type amounts of zero or more."""
    hints: tuple[Hint, ...] = ()
    """Help for cells, and words to pick from."""
    breaks: tuple[int, ...] = ()
    """Rows after which a new printed page begins."""
    pages_wide: int = 1
    printed: int = 0
    """Columns that are printed; 0 for all."""
    printed_to: int = 0
    """The last row that is printed; 0 for all."""
    texts: tuple[int, ...] = ()
    """Columns in which what is typed below the rows that are there is taken as text."""
    locked: bool = False
    """Protected, without a password, but for cells in an input style."""

    @property
    def bottom(self) -> int:
        """The last row that holds a cell; 0 where none does."""
        return max((*(row for row, _ in self.cells), *(block.bottom for block in self.blocks)), default=0)

    def rows(self) -> Iterator[tuple[int, float | None, Iterable[Placed]]]:
        """Each row from the top down: its number, its height where it is not the common one, and its cells in order.

        A row is there where it holds a cell or has a height.
        """
        found: dict[int, list[Placed]] = {row: [] for row in self.heights}
        for (row, column), cell in self.cells.items():
            found.setdefault(row, []).append((column, cell.value, cell.style))
        waiting = deque(sorted(found))
        for block in (*self.blocks, None):
            while waiting and (block is None or waiting[0] < block.top):
                row = waiting.popleft()
                yield row, self.heights.get(row), sorted(found.pop(row), key=_column)
            if block is not None:
                yield from _of_block(block)


def _column(placed: Placed) -> int:
    return placed[0]


def _of_block(block: Block) -> Iterator[tuple[int, float | None, Iterable[Placed]]]:
    styles = tuple(enumerate(block.styles, 1))
    for place in range(block.count):
        values = block.made(place)
        placed = (
            (column, value.value, value.style) if isinstance(value, Cell) else (column, value, style)
            for value, (column, style) in zip(values, styles, strict=True)
        )
        yield block.top + place, block.height(values), placed


@dataclass(frozen=True)
class Beside:
    """Rows that a sheet cannot hold, for a file beside the workbook: its name, its header, and its rows as values."""

    file: str
    headers: tuple[str, ...]
    rows: Callable[[], Iterable[Sequence[Value | Cell]]]


@dataclass(frozen=True)
class Book:
    """Sheets in order, names for cells (``checks_failed`` -> ``Checks!$C$5``), and the properties of the document."""

    sheets: tuple[Sheet, ...]
    names: Mapping[str, str]
    title: str
    subject: str
    creator: str
    made: dt.datetime
    decimals: int = 0
    beside: tuple[Beside, ...] = ()
    """What is written beside it, together or not at all."""
