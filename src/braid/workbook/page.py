"""A sheet in the making: rows from the top down, widths, and rows high enough for the text that wraps in them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil
from typing import Generic, TypeVar

from braid.files.sheets import COLOURS, Bars, Block, Cell, Formula, Hint, ListTable, Sheet, Value, letter

WRAPPED = {"text", "id", "key", "key right", "link", "input text", "input id"}
"""Styles whose text wraps, besides headers and totals."""
SMALL = {"key", "key right"}
"""Styles of small print."""
BOLD = ("header", "total", "subtotal")
CENTRED = {"count", "date", "verdict"}
HEIGHTS = {"title": 24.0, "heading": 20.0, "total": 18.0, "total text": 18.0, "input text": 22.0}
GROWING = WRAPPED | HEIGHTS.keys()
"""Styles of table cells that may make a row higher."""
COMMON_WIDTH = 8.43
"""Characters that a column holds that sets no width of its own."""
LINE, SMALL_LINE = 15.0, 12.0
"""Points of one line of text, and of one in small print."""
TALLEST = 405.0
LONG, HIGH = 30, 15
"""Rows from which a table keeps its header in sight while one scrolls, where that stands no further down than so."""
AMOUNTS = {"money", "input"}
PASS, FAIL, WARN = "PASS", "FAIL", "WARN"
"""The words for a check: it holds, it does not, and it does not but is only to be looked at."""
PAPER_WIDTH, PAPER_HEIGHT = 960.0, 510.0
"""What a printed page takes at full size: pixels across, points down."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its header, its width in characters (money sets its own), and the style of its cells."""

    header: str
    width: float
    style: str = "text"


Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Made(Generic[Thing]):
    """Rows of a table that may be very long: each is made of its thing, by its place from 0, when it is written."""

    things: Sequence[Thing]
    cells: Callable[[Thing, int], Sequence[Value | Cell]]


def letters(columns: Sequence[Column]) -> dict[str, str]:
    """The letter of each column of a table that begins in column A, by its header.

    >>> letters((Column("Award", 14, "id"), Column("Amount", 0, "money")))
    {'Award': 'A', 'Amount': 'B'}
    """
    return {column.header: letter(place) for place, column in enumerate(columns, 1)}


@dataclass
class Page:
    """A sheet that is being put together. Rows and columns count from 1."""

    title: str
    tab: str
    widths: Sequence[float]
    locked: bool = False
    pages_wide: int = 1
    row: int = 1
    """The next free row."""
    repeat: int = 0
    printed: int = 0
    printed_to: int = 0
    freeze: tuple[int, int] | None = None
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict[tuple[int, int], Cell])
    tables: list[ListTable] = field(default_factory=list[ListTable])
    charts: list[Bars] = field(default_factory=list[Bars])
    verdicts: list[str] = field(default_factory=list[str])
    amounts: list[str] = field(default_factory=list[str])
    hints: list[Hint] = field(default_factory=list[Hint])
    breaks: list[int] = field(default_factory=list[int])
    blocks: list[Block] = field(default_factory=list[Block])

    def put(self, column: int, value: Value, style: str = "text", link: str = "") -> None:
        """Fill one cell of the next free row."""
        self.cells[self.row, column] = Cell(value, style, link)

    def line(self, values: Iterable[Value], styles: Sequence[str]) -> int:
        """Fill the next free row from column 1, and return its number."""
        for column, (value, style) in enumerate(zip(values, styles, strict=True), 1):
            self.put(column, value, style)
        self.row += 1
        return self.row - 1

    def say(self, text: str, style: str = "plain") -> None:
        """Write a text over as many rows as it needs; it runs over the empty cells beside it."""
        wide = sum(self.widths[: self.printed or None])
        for part in textwrap.wrap(text, int(min(wide, 220) * 1.05)):
            self.put(1, part, style)
            self.row += 1

    def skip(self, rows: int = 1) -> None:
        """Leave rows empty."""
        self.row += rows

    def keep(self, rows: int) -> None:
        """Begin a new printed page where so many rows would not fit on the one that the next row comes to stand on."""
        across = sum(7 * width + 5 for width in self.widths[: self.printed or None])
        room = PAPER_HEIGHT / min(1.0, self.pages_wide * PAPER_WIDTH / across)
        used = self._used(room)
        if used and used + rows * LINE > room:
            self.breaks.append(self.row - 1)

    def _used(self, room: float) -> float:
        """Points that are taken of the page on which the next row comes to stand; rows flow over by themselves."""
        first = self.breaks[-1] + 1 if self.breaks else 1
        heights, used = self._heights(first), 0.0
        for row in range(first, self.row):
            height = heights.get(row, LINE)
            used = used + height if used + height <= room else height
        return used

    def header(self, names: Sequence[str], styles: Sequence[str]) -> int:
        """Write a row of headers, each set as the cells under it are (by their styles), and return its number."""
        return self.line(names, [_header(style) for style in styles])

    def table(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]] | Made[Thing]) -> int:
        """Write a table that formulas can name, with at least one row, and return the number of its first row."""
        heads = tuple(column.header for column in columns)
        styles = [column.style for column in columns]
        top = self.header(heads, styles)
        if isinstance(rows, Made):
            self.block(rows, styles)
        else:
            for row in rows:
                self.line(row, styles)
        if self.row == top + 1:
            self.line([None] * len(columns), styles)
        count = self.row - top - 1
        self.tables.append(ListTable(name, top, heads, count))
        self.repeat = top
        if count > LONG and top <= HIGH:
            self.freeze = (top + 1, 1)
        return top + 1

    def block(self, rows: Made[Thing], styles: Sequence[str]) -> None:
        """Write rows each of which is made when it is written; nothing where there are none."""
        things, cells, widths = rows.things, rows.cells, tuple(self.widths)
        if not things:
            return
        seen = enumerate(styles[: self.printed or None])  # what is not printed makes no row of the page higher
        wrapped = tuple((place, widths[place], style) for place, style in seen if style in GROWING)

        def height(values: Sequence[Value | Cell]) -> float | None:
            high = max((height_of(values[place], style, wide) for place, wide, style in wrapped), default=LINE)
            return min(high, TALLEST) if high > LINE else None

        block = Block(self.row, len(things), tuple(styles), lambda place: cells(things[place], place), height)
        self.blocks.append(block)
        self.row += block.count

    def chart(
        self, title: str, of: str, rows: tuple[int, int], columns: tuple[int, ...], colours: tuple[str, ...] = COLOURS
    ) -> None:
        """Draw bars by activity off some columns of the table that bears this name, from its header to its last row."""
        height = min(26.0, 4.0 + 0.62 * (rows[1] - rows[0]))
        down = ceil(height / 0.52) + 2
        self.keep(down)
        self.say(f"The same amounts stand in the table «{of}» above.", "note")
        alt = f"Bars by activity: {title}. The same amounts stand in the table «{of}» on this sheet."
        wide = min(30.0, max(20.0, sum(self.widths) * 0.185))
        self.charts.append(Bars(title, alt, *rows, columns, self.row, wide, height, colours=colours))
        self.skip(down)

    def span(self, column: int, first: int, last: int | None = None) -> str:
        """The cells of one column from a row to another (by default to the last that is filled)."""
        return f"{letter(column)}{first}:{letter(column)}{last if last is not None else self.row - 1}"

    def sheet(self) -> Sheet:
        """The finished sheet."""
        return Sheet(
            title=self.title,
            cells=self.cells,
            widths=tuple(self.widths),
            tab=self.tab,
            blocks=tuple(self.blocks),
            heights=self._heights(),
            tables=tuple(self.tables),
            charts=tuple(self.charts),
            repeat=self.repeat,
            freeze=self.freeze,
            verdicts=tuple(self.verdicts),
            amounts=tuple(self.amounts),
            hints=tuple(self.hints),
            breaks=tuple(self.breaks),
            pages_wide=self.pages_wide,
            printed=self.printed,
            printed_to=self.printed_to,
            locked=self.locked,
        )

    def _heights(self, since: int = 1) -> dict[int, float]:
        """Heights of the rows that need more than one line; a wrapped row does not grow by itself on paper."""
        found: dict[int, float] = {}
        for (row, column), cell in self.cells.items():
            if row < since or (self.printed and column > self.printed):
                continue
            width = self.widths[column - 1] if column <= len(self.widths) else COMMON_WIDTH
            height = height_of(cell.value, cell.style, width)
            if height > max(LINE, found.get(row, 0)):
                found[row] = min(height, TALLEST)
        return found


def height_of(value: Value | Cell, style: str, width: float) -> float:
    """How high a cell must be for its text, where text of its style wraps."""
    height = HEIGHTS.get(style, LINE)
    value = value.value if isinstance(value, Cell) else value
    text = value.value if isinstance(value, Formula) else value
    if isinstance(text, str) and ((bold := style.startswith(BOLD)) or style in WRAPPED):
        stretch = 0.95 if bold else 1.3 if style in SMALL else 1.1
        room = (width - 2) * stretch
        lines = 1 if len(text) < room and "\n" not in text else lines_of(text, room)
        line = SMALL_LINE if style in SMALL else LINE
        height = max(height, line * lines + (5 if style.startswith("header") else 0))
    return height


def shortened(name: str, most: int = 120) -> str:
    """A name for a title, a chart or a row of a summary; all of it stands on the sheet on which it was entered.

    >>> shortened("Naloxone distribution"), shortened("word " * 40, most=22)
    ('Naloxone distribution', 'word word word word …')
    """
    return name if len(name) <= most else f"{name[: most - 2].rstrip()} …"


def label(name: str) -> str:
    """A name as bars, series and rows of a summary bear it: longer, it would leave a chart no room."""
    return shortened(name, 60)


def _header(style: str) -> str:
    """The style of a header over cells of this style."""
    if style in AMOUNTS or style in {"share", "number", "fte", "exact"}:
        return "header right"
    return "header centre" if style in CENTRED else "header"


@lru_cache(maxsize=65_536)
def lines_of(text: str, width: float) -> int:
    """Lines that a text takes where it wraps at a width, words kept whole where they fit.

    >>> lines_of("Harbor Community Foundation", 14), lines_of("", 10)
    (3, 1)
    """
    total = 0
    for part in text[:4000].split("\n"):
        total += max(1, len(textwrap.wrap(part, max(1, int(width)))))
    return total + ceil(max(0, len(text) - 4000) / max(1.0, width))
