"""Sheets as data, and the one place that turns them into an .xlsx file (the only one that knows openpyxl).

A ``Sheet`` holds cells by (row, column), counted from 1. A ``Formula`` carries the value that it comes to, and both
are written: a preview, a mail program or pandas shows numbers although nothing has calculated the file. Text is
always text: a name that begins with ``=`` never becomes a formula, and ``#N/A`` never an error.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import CellIsRule  # type: ignore[reportUnknownVariableType]
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from braid.basics.errors import OutputError
from braid.files.outgoing import refuse_place, write_whole
from braid.files.parts import BLANK_HASH, MARK, finish, refuse_broken, refuse_foreign, safe_text

Number = int | float | Decimal
MOST_ROWS = 1_048_576
TABS = {"start": "1F3864", "result": "375623", "input": "BF9000", "control": "7F7F7F"}
COLOURS = ("0072B2", "E69F00", "009E73", "CC79A7", "56B4E9", "D55E00", "F0E442", "595959")
"""Okabe and Ito's, which colour-blind readers can tell apart."""


@dataclass(frozen=True)
class Formula:
    """A formula without its ``=``, and the value that it comes to."""

    text: str
    value: Number | str


Value = str | Number | dt.date | Formula | None


@dataclass(frozen=True)
class Cell:
    """What one cell holds, the name of its style, and the sheet that it leads to, if any."""

    value: Value
    style: str = "text"
    link: str = ""


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
class Sheet:
    """One sheet: its cells and how it looks on the screen and on paper (Letter, landscape)."""

    title: str
    cells: Mapping[tuple[int, int], Cell]
    widths: tuple[float, ...]
    tab: str
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
    breaks: tuple[int, ...] = ()
    """Rows after which a new printed page begins."""
    pages_wide: int = 1
    printed: int = 0
    """Columns that are printed; 0 for all."""
    locked: bool = False
    """Protected, without a password, but for cells in an input style."""


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


def write(path: Path, book: Book, *, force: bool = False) -> None:
    """Write a workbook, whole or not at all.

    An existing file is replaced only where it is a workbook that braid wrote and nobody changed since, or with
    ``force``. Raises OutputError with one sentence otherwise, and where the place refuses a file.
    """
    refuse_place(path)
    if path.exists() and not force:
        refuse_foreign(path)
    wanted = [sheet.title for sheet in book.sheets]
    write_whole(path, content(book), lambda data: _check(data, wanted))


def _check(data: bytes, titles: list[str]) -> None:
    """Open again what was written. A file that cannot be opened is never put in place."""
    refuse_broken(data)
    book = load_workbook(io.BytesIO(data), read_only=True)
    if book.sheetnames != titles:
        raise OutputError(f"the workbook was written with the sheets {book.sheetnames} in place of {titles}")


def letter(column: int) -> str:
    """The letters of a column, counted from 1.

    >>> letter(1), letter(28)
    ('A', 'AB')
    """
    return get_column_letter(column)


def content(book: Book) -> bytes:
    """The bytes of the .xlsx file; the same book gives the same bytes."""
    raw = io.BytesIO()
    _render(book).save(raw)
    values = [{name: value for name, value in _values(sheet)} for sheet in book.sheets]
    alternatives = [[chart.alt for chart in sheet.charts] for sheet in book.sheets if sheet.charts]
    return finish(raw.getvalue(), values, alternatives, book.made)


def _values(sheet: Sheet) -> Iterator[tuple[str, int | float | str]]:
    """What each formula of a sheet comes to, by the name of its cell."""
    for (row, column), cell in sheet.cells.items():
        if isinstance(cell.value, Formula):
            value = cell.value.value
            yield f"{get_column_letter(column)}{row}", value if isinstance(value, str) else _number(value)


def _render(book: Book) -> Workbook:
    made = Workbook()
    made.remove(made.worksheets[0])
    for style in _styles(book.decimals):
        made.add_named_style(style)
    for sheet in book.sheets:
        _sheet(made.create_sheet(sheet.title), sheet)
    for name, place in book.names.items():
        made.defined_names[name] = DefinedName(name, attr_text=place)
    properties = made.properties
    properties.title, properties.subject = safe_text(book.title), safe_text(book.subject)
    properties.creator = properties.lastModifiedBy = book.creator
    properties.language = "en-US"
    properties.created = book.made.replace(tzinfo=None)
    cast(Any, made).custom_doc_props.append(StringProperty(name=MARK, value=BLANK_HASH))
    made.calculation.fullCalcOnLoad = True
    return made


def _sheet(made: Worksheet, sheet: Sheet) -> None:
    if max((row for row, _ in sheet.cells), default=0) > MOST_ROWS:
        raise OutputError(f"the sheet {sheet.title} would need more rows than Excel has ({MOST_ROWS:,})")
    for (row, column), cell in sheet.cells.items():
        _cell(cast(SheetCell, made.cell(row, column)), cell)
    for column, width in enumerate(sheet.widths, 1):
        made.column_dimensions[get_column_letter(column)].width = width
    for row, height in sheet.heights.items():
        made.row_dimensions[row].height = height
    for table in sheet.tables:
        made.add_table(_table(table))
    for span in sheet.verdicts:
        for rule in _verdicts():
            made.conditional_formatting.add(span, rule)
    for span in sheet.amounts:
        made.add_data_validation(_at_least_zero(span))
    for chart in sheet.charts:
        made.add_chart(_chart(made, chart), f"A{chart.anchor}")
    _paper(made, sheet)


def _verdicts() -> Iterator[Any]:
    """Green for OK, red for what is wrong; the word itself says it without colour."""
    good, bad = ("E2EFDA", "375623"), ("F8CBAD", "9C0006")
    for word, (fill, ink) in (("OK", good), ("PASS", good), ("CHECK", bad), ("OVER", bad), ("FAIL", bad)):
        look = {"fill": PatternFill(bgColor=fill), "font": Font(color=ink, bold=True)}
        yield CellIsRule(operator="equal", formula=[f'"{word}"'], **look)  # type: ignore[reportUnknownVariableType]


def _cell(place: SheetCell, cell: Cell) -> None:
    value = cell.value
    place.style = f"braid {cell.style}"  # before the rest: assigning a style clears quotePrefix
    if isinstance(value, Formula):
        place.value = f"={value.text}"
    elif isinstance(value, str):
        text = safe_text(value)
        place.value = text
        place.data_type = "s"
        if text[:1] in {"=", "+", "-", "@", "#", "'", "\t"}:
            place.quotePrefix = True
    elif value is not None:
        place.value = value if isinstance(value, dt.date) else _number(value)
    if cell.link:
        place.hyperlink = Hyperlink(ref=place.coordinate, location=f"{cell.link}!A1", tooltip=f"Go to {cell.link}")


def _number(value: Number) -> int | float:
    if not math.isfinite(value):
        raise ValueError("a cell holds a finite number")
    return int(value) if value == int(value) else float(value)


def _table(table: ListTable) -> Table:
    end = get_column_letter(len(table.headers))
    made = Table(displayName=table.name, ref=f"A{table.top}:{end}{table.top + table.rows}")
    made.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    return made


def _at_least_zero(span: str) -> DataValidation:
    rule = DataValidation(
        type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=False, showErrorMessage=True
    )
    rule.errorTitle, rule.error = "Not an amount", "Type an amount of dollars, zero or more."
    rule.add(span)
    return rule


def _chart(made: Worksheet, bars: Bars) -> Any:
    chart: Any = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 40
    chart.title = bars.title
    for column in bars.columns:
        chart.add_data(Reference(made, min_col=column, min_row=bars.top, max_row=bars.bottom), titles_from_data=True)
    chart.set_categories(Reference(made, min_col=1, min_row=bars.top + 1, max_row=bars.bottom))
    for series, colour in zip(chart.series, bars.colours, strict=False):
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.noFill = True
    chart.x_axis.delete = chart.y_axis.delete = False  # left to themselves the axes vanish
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.tickLblSkip = 1
    chart.y_axis.number_format, chart.y_axis.crosses = bars.number_format, "max"
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="D9D9D9"))
    chart.legend.position = "b"
    chart.width, chart.height = bars.width, bars.height
    return chart


def _paper(made: Worksheet, sheet: Sheet) -> None:
    made.sheet_properties.tabColor = TABS[sheet.tab]
    made.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    setup = made.page_setup
    setup.orientation, setup.paperSize = "landscape", made.PAPERSIZE_LETTER
    setup.fitToWidth, setup.fitToHeight = sheet.pages_wide, 0
    made.page_margins.left = made.page_margins.right = 0.5
    made.page_margins.top = made.page_margins.header = 0.6
    made.page_margins.bottom, made.page_margins.footer = 0.75, 0.4
    footer: Any = made.oddFooter
    footer.left.text, footer.center.text, footer.right.text = "&F", "&A", "Page &P of &N"
    made.sheet_view.showGridLines = False
    if sheet.repeat:
        made.print_title_rows = f"{sheet.repeat}:{sheet.repeat}"
    if sheet.pages_wide > 1:
        made.print_title_cols = "A:A"
    if sheet.freeze:
        made.freeze_panes = f"{get_column_letter(sheet.freeze[1])}{sheet.freeze[0]}"
    if sheet.printed:
        last = max(row for row, _ in sheet.cells)
        made.print_area = f"A1:{letter(sheet.printed)}{last}"
    for row in sheet.breaks:
        made.row_breaks.append(Break(id=row))
    if sheet.locked:
        made.protection.sheet = True
        made.protection.formatColumns = made.protection.formatRows = False


def _money(decimals: int) -> str:
    """The format of accountants: the sign at the left, negatives in parentheses, a dash for zero."""
    places = "." + "0" * decimals if decimals else ""
    return f'_($* #,##0{places}_);_($* (#,##0{places});_($* "-"??_);_(@_)'


def _styles(decimals: int) -> Iterator[NamedStyle]:
    """Every named style, so that staff can restyle a whole workbook at once."""
    money = _money(decimals)
    line, soft = Side(style="thin", color="8C8C8C"), Side(style="thin", color="D9D9D9")
    box, rule, total = (
        Border(line, line, line, line),
        Border(bottom=soft),
        Border(top=line, bottom=Side(style="double")),
    )
    ink, yellow, navy = Font(name="Calibri", size=11, color="0000FF"), PatternFill("solid", fgColor="FFF9DB"), "1F3864"
    wrap = Alignment(horizontal="left", wrap_text=True, vertical="top", indent=1)
    top = Alignment(vertical="top")
    right = Alignment(horizontal="right", vertical="top")
    centre = Alignment(horizontal="center", vertical="top")

    def named(
        name: str, font: Font | None = None, form: str = "General", align: Alignment = top, edge: Border = rule
    ) -> NamedStyle:
        made = NamedStyle(f"braid {name}", font=font or Font(name="Calibri", size=11), alignment=align, border=edge)
        made.number_format = form
        return made

    def filled(made: NamedStyle, fill: PatternFill, *, locked: bool) -> NamedStyle:
        made.fill, made.protection = fill, Protection(locked=locked)
        return made

    bold, none = Font(name="Calibri", size=11, bold=True), Border()
    small = Font(name="Calibri", size=9, color="595959")
    yield named("title", Font(name="Calibri", size=16, bold=True, color=navy), edge=none)
    yield named("heading", Font(name="Calibri", size=13, bold=True, color=navy), edge=none)
    yield named("note", Font(name="Calibri", size=10, italic=True, color="404040"), edge=none)
    yield named("plain", edge=none)
    yield named("strong", bold, edge=none)
    yield named("strong right", bold, align=right, edge=none)
    white = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
    for name, side in (("header", "left"), ("header right", "right"), ("header centre", "center")):
        align = Alignment(horizontal=side, wrap_text=True, vertical="center", indent=int(side == "left"))
        yield filled(named(name, white, align=align), PatternFill("solid", fgColor=navy), locked=True)
    yield named("text", align=wrap)
    yield named("key", small, "@", wrap)
    yield named("key right", small, "@", right)
    yield named("id", None, "@", wrap)
    yield named("sentence", align=Alignment(horizontal="left", vertical="top", indent=1))
    yield named("link", Font(name="Calibri", size=11, underline="single", color="0563C1"), align=wrap)
    yield named("date", form="yyyy-mm-dd", align=centre)
    yield named("count", form="0", align=centre)
    yield named("money", form=money)
    yield named("exact", form=_money(2))
    yield named("number", form="#,##0")
    yield named("share", form="0.0%")
    yield named("verdict", bold, align=centre)
    yield named("subtotal", bold, money, edge=Border(top=line, bottom=soft))
    yield named("subtotal text", bold, align=wrap, edge=Border(top=line, bottom=soft))
    yield named("total", bold, money, edge=total)
    yield named("total text", bold, align=wrap, edge=total)
    yield named("total number", bold, "#,##0", edge=total)
    yield named("total share", bold, "0.0%", edge=total)
    yield filled(named("input", ink, money, edge=box), yellow, locked=False)
    yield filled(named("input text", ink, align=wrap, edge=box), yellow, locked=False)
