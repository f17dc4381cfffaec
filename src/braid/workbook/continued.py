"""Tables longer than a sheet: the rest of their rows goes into a CSV beside the workbook, and no sum goes wrong by it.

In place of the rows that went, the table ends with a few that say «(continued)» and add them up. Every formula over
such a table is then worked out for the rows that went and for those that stand in their place: where the two differ,
the cell becomes the value that was planned, in italics, for it cannot follow what is typed over.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from braid.answer.summary import dollars
from braid.basics.errors import OutputError
from braid.files.sheets import AS_PLANNED, Beside, Block, Cell, Formula, ListTable, Sheet, Value
from braid.workbook.edited_rows import CONTINUED
from braid.workbook.entered import PREFIX as ENTERED
from braid.workbook.over_rows import Rows, follows
from braid.workbook.page import AMOUNTS

MOST_ROWS = 1_048_576
"""Rows of a sheet."""
PART = 8
"""One in so many rows of a table may be a row that adds up others."""
LADDERS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "tblAllocation": (
        ("Award", "Installment", "Activity", "Category", "Period", "From", "Until", "Kind", "Indirect rate", "Own rate",
         "Counts in", "Match per dollar", "Object class", "Strategy", "Position", "Subaward", "Code set"),
        ("Award", "Installment", "Activity", "Period", "Kind", "Indirect rate", "Own rate", "Object class"),
        ("Award", "Installment", "Period", "Kind"),
        ("Award",),
    ),
    "tblTrueUp": (("Award", "Kind", "Period"), ("Award",)),
    "tblNeeds": (("Activity", "Period"), ("Activity",)),
    "tblDeterminations": (("Award", "Payable days", "Confirmed"), ("Award",)),
    "tblGaps": (("Activity", "Period", "Reason"), ("Reason",)),
    "tblLimits": (("Kind", "Status"), ("Status",)),
    "tblChecks": (("Check", "Result"), ("Result",)),
}  # fmt: skip
"""What rows that went are added up by, the finest first; the last way, which always fits, is all together."""
NOT_ADDED = {"tblLimits", "tblChecks"}
"""Tables whose amounts are of many kinds, so that their sum says nothing."""
NAMED = {"tblAllocation": "Line", "tblTrueUp": "Line", "tblNeeds": "Line", "tblGaps": "Line"}
"""The column of the id, where it is not the first."""
ROWS_TOLD = "Rows in the table: "
TELLS = (
    f"Rows that say {CONTINUED} add up what the file holds. Cells in italics are values as planned: what they add up "
    "continues in the file, and they do not follow an amount that is typed over. Plan again after a change."
)


def rows_told(rows: int) -> str:
    """How many rows a table has, in a sentence above it."""
    return f"{ROWS_TOLD}{rows:,}"


@dataclass(frozen=True)
class Cut:
    """A table that is longer than its sheet: how many of its rows are left there, and what stands for the others."""

    sheet: Sheet
    table: ListTable
    block: Block
    left: int
    file: str
    groups: tuple[tuple[Value, ...], ...]
    """The rows that stand for those that went, as values."""
    exact: tuple[Mapping[str, object], ...]
    """The same by header, sums exact."""

    @property
    def gone(self) -> range:
        """The places of the rows that went."""
        return range(self.left, self.block.count)

    def rows_gone(self) -> Iterator[Sequence[Value | Cell]]:
        """Those rows."""
        return (self.block.made(place) for place in self.gone)

    @cached_property
    def amounts(self) -> tuple[Fraction, Fraction] | None:
        """Dollars that stand on the sheet, and in the file; None of a table that has no amount to add up."""
        if "Amount" not in self.table.headers or not _adds_up(self.table):
            return None
        at = self.table.headers.index("Amount")
        here = sum((_number(self.block.made(place)[at]) for place in range(self.left)), Fraction(0))
        return here, sum((_number(row[at]) for row in self.rows_gone()), Fraction(0))

    def __str__(self) -> str:
        left, gone, every = f"{self.left:,}", f"{len(self.gone):,}", f"{self.block.count:,}"
        if self.amounts is None:
            here, there = "", ""
        else:
            here, there = (f" ({dollars(amount)})" for amount in map(_decimal, self.amounts))
        return (
            f"The table on {self.sheet.title} continues in {self.file}, beside this workbook: of its {every} rows "
            f"{left}{here} stand on the sheet, {gone}{there} in the file."
        )


class Continuation:
    """The tables of a workbook that are too long for a sheet, and its sheets without what went."""

    def __init__(self, sheets: Iterable[Sheet | None], stem: str, most: int = MOST_ROWS) -> None:
        found = (_cut(sheet, stem, most) for sheet in sheets if sheet is not None and sheet.bottom > most)
        self.cuts = {cut.sheet.title: cut for cut in found}

    @property
    def sentences(self) -> tuple[str, ...]:
        """What went where, and what that means for the cells."""
        return (*map(str, self.cuts.values()), TELLS) if self.cuts else ()

    @property
    def beside(self) -> tuple[Beside, ...]:
        """The files that are to stand beside the workbook."""
        return tuple(Beside(cut.file, cut.table.headers, cut.rows_gone) for cut in self.cuts.values())

    @cached_property
    def _tables(self) -> dict[str, tuple[Rows, Rows]]:
        """By the name of each such table: the rows that went, and those that stand in their place."""
        return {
            cut.table.name: (
                Rows(dict(zip(cut.table.headers, map(_held, row), strict=True)) for row in cut.rows_gone()),
                Rows(cut.exact),
            )
            for cut in self.cuts.values()
        }

    def sheet(self, sheet: Sheet) -> Sheet:
        """A sheet as it is to be written: the same where no table is too long."""
        if not self.cuts:
            return sheet
        cut = self.cuts.get(sheet.title)
        return self._mended(_shortened(cut) if cut is not None else sheet)

    def _mended(self, sheet: Sheet) -> Sheet:
        values = {place: cell.value for place, cell in sheet.cells.items()}
        cells = {place: self._cell(cell, values) for place, cell in sheet.cells.items()}
        return replace(sheet, cells=cells, blocks=tuple(self._block(sheet, block, values) for block in sheet.blocks))

    def _cell(self, cell: Cell, values: Mapping[tuple[int, int], Value]) -> Cell:
        value = cell.value
        if not isinstance(value, Formula) or follows(value.text, self._tables, values):
            return cell
        return replace(cell, value=value.value, style=f"{cell.style}{AS_PLANNED}")

    def _block(self, sheet: Sheet, block: Block, values: Mapping[tuple[int, int], Value]) -> Block:
        def made(place: int) -> Sequence[Value | Cell]:
            row = list(block.made(place))
            own = {(block.top + place, column): _plain(value) for column, value in enumerate(row, 1)}
            near = _Near(own, values)
            cells = [v if isinstance(v, Cell) else Cell(v, s) for v, s in zip(row, block.styles, strict=True)]
            return _told(sheet, [self._cell(cell, near) for cell in cells])

        return replace(block, made=made)


class _Near(Mapping[tuple[int, int], Value]):
    """The cells of one row, and those that a sheet holds besides."""

    def __init__(self, own: Mapping[tuple[int, int], Value], others: Mapping[tuple[int, int], Value]) -> None:
        self.own, self.others = own, others

    def __getitem__(self, place: tuple[int, int]) -> Value:
        return self.own[place] if place in self.own else self.others[place]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        yield from self.own
        yield from self.others

    def __len__(self) -> int:
        return len(self.own) + len(self.others)


def _told(sheet: Sheet, row: list[Cell]) -> list[Cell]:
    """A row in which a formula gave way: where the sheet says that it is live, it says so no longer."""
    if any(cell.style.endswith(AS_PLANNED) for cell in row):
        for table in sheet.tables:
            if "Worked out" in table.headers:
                at = table.headers.index("Worked out")
                row[at] = replace(row[at], value="by braid")
    return row


def _cut(sheet: Sheet, stem: str, most: int) -> Cut:
    """How a sheet is made short enough. Raises OutputError where it is long by more than one table at its end."""
    tables = {table.top + 1: table for table in sheet.tables}
    block = sheet.blocks[-1] if sheet.blocks else None
    table = tables.get(block.top) if block is not None else None
    tail = sheet.bottom - block.bottom if block is not None else 0
    room = most - tail - (block.top if block is not None else most) + 1
    if block is None or table is None or room < 2:
        raise OutputError(f"the sheet {sheet.title} would need more rows than Excel has ({most:,})")
    reserve = max(1, room // PART)
    left = room - reserve
    exact = _groups(table, block, range(left, block.count), reserve)
    name = NAMED.get(table.name, "Line" if table.name == "tblDeterminations" else table.headers[0])
    for row in exact:
        row[name] = CONTINUED
    groups = tuple(tuple(_shown(row.get(head)) for head in table.headers) for row in exact)
    named = "-".join(sheet.title.lower().split())
    return Cut(sheet, table, block, left, f"{stem}-{named}-2.csv", groups, tuple(exact))


def _groups(table: ListTable, block: Block, gone: range, most: int) -> list[dict[str, object]]:
    """The rows that went, added up by the finest way that takes few enough rows."""
    styled = enumerate(zip(table.headers, block.styles, strict=True))
    added = [(place, head) for place, (head, style) in styled if style in AMOUNTS and _adds_up(table)]
    for keys in (*LADDERS.get(table.name, ()), ()):
        places = [(place, head) for place, head in enumerate(table.headers) if head in keys]
        found: dict[tuple[object, ...], dict[str, object]] = {}
        for place in gone:
            row = [_held(value) for value in block.made(place)]
            key = tuple(row[at] for at, _ in places)
            into = found.get(key)
            if into is None:
                into = found[key] = {head: row[at] for at, head in places} | {head: Fraction(0) for _, head in added}
                if len(found) > most:
                    break
            for at, head in added:
                into[head] = _fraction(into[head]) + _fraction(row[at])
        if len(found) <= most:
            return list(found.values())
    raise AssertionError("all together is one row")


def _adds_up(table: ListTable) -> bool:
    """Whether the amounts of a table are of one kind; what was entered is prices, sums and rates beside one another."""
    return table.name not in NOT_ADDED and not table.name.startswith(ENTERED)


def _shortened(cut: Cut) -> Sheet:
    """The sheet with the rows that are left, those that stand for the others, and what followed the table."""
    sheet, block = cut.sheet, cut.block
    count, end = cut.left + len(cut.groups), block.top + cut.left + len(cut.groups) - 1
    up = block.bottom - end
    styles = tuple("money" if style == "input" else style for style in block.styles)
    groups = [[Cell(value, style) for value, style in zip(row, styles, strict=True)] for row in cut.groups]

    def made(place: int) -> Sequence[Value | Cell]:
        return block.made(place) if place < cut.left else groups[place - cut.left]

    cells = {(row - up if row > block.bottom else row, column): cell for (row, column), cell in sheet.cells.items()}
    for place, cell in cells.items():
        if isinstance(cell.value, str) and cell.value == f"{ROWS_TOLD}{block.count:,}":
            cells[place] = replace(cell, value=f"{ROWS_TOLD}{count:,}; see where it continues")
    header = block.top - 1
    if free := next((row for row in range(header - 1, 0, -1) if (row, 1) not in cells), 0):
        cells[free, 1] = Cell(str(cut), "strong")
    return replace(
        sheet,
        cells=cells,
        blocks=(*sheet.blocks[:-1], replace(block, count=count, made=made)),
        heights={row - up if row > block.bottom else row: height for row, height in sheet.heights.items()},
        tables=tuple(replace(t, rows=count) if t == cut.table else t for t in sheet.tables),
        verdicts=tuple(_within(span, end) for span in sheet.verdicts),
        amounts=tuple(_within(span, block.top + cut.left - 1) for span in sheet.amounts),
        printed_to=min(sheet.printed_to, end),
    )


def _within(span: str, last: int) -> str:
    """A range of cells, cut at a row."""
    return re.sub(r"[0-9]+$", lambda found: str(min(int(found[0]), last)), span)


def _plain(value: Value | Cell) -> Value:
    return value.value if isinstance(value, Cell) else value


def _held(value: Value | Cell) -> object:
    """What a cell comes to."""
    found = _plain(value)
    return found.value if isinstance(found, Formula) else found


def _number(value: Value | Cell) -> Fraction:
    """What an amount adds to a sum."""
    return _fraction(_held(value))


def _fraction(value: object) -> Fraction:
    return Fraction(value) if isinstance(value, int | float | Decimal | Fraction) else Fraction(0)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _shown(value: object) -> Value:
    """What a cell holds of a value: an exact sum as an amount."""
    if isinstance(value, Fraction):
        return _decimal(value) if (value * 100).denominator == 1 else float(value)
    return value if isinstance(value, str | int | float | Decimal | dt.date) else None
