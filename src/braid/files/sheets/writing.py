"""Sheets as data turned into the bytes of an .xlsx file, written whole or not at all.

A formula is written with the value that it comes to: a preview, a mail program or pandas shows numbers although nothing
has calculated the file. Text is always text: a name that begins with ``=`` never becomes a formula, and ``#N/A`` never
an error.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.formatting.rule import CellIsRule  # type: ignore[reportUnknownVariableType]
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from braid.basics.errors import OutputError
from braid.files.outgoing import Wanted, refuse_place, write_together
from braid.files.parts import (
    BESIDE,
    BLANK_HASH,
    MARK,
    Rows,
    beside,
    finish,
    own_beside,
    refuse_broken,
    refuse_foreign,
    refuse_foreign_beside,
    safe_text,
)
from braid.files.rows_of_text import put_rows
from braid.files.sheets.nouns import Bars, Beside, Book, Cell, Formula, Hint, ListTable, Sheet, Value
from braid.files.sheets.rows import Looks, extent, rows
from braid.files.sheets.styles import styles
from braid.files.titles import sheet_titles

MOST_ROWS = 1_048_576
IN_MEMORY = 2**20
"""Bytes of rows from which a sheet goes through a temporary file."""
TABS = {"start": "1F3864", "result": "375623", "input": "BF9000", "control": "7F7F7F", "form": "7030A0"}


def write(path: Path, book: Book, *, force: bool = False) -> None:
    """Write a workbook, whole or not at all.

    What stands beside it is written together with it, or neither is. An existing file is replaced only where it is one
    that braid wrote and nobody changed since, or with ``force``. Raises OutputError with one sentence otherwise, and
    where the place refuses a file.
    """
    refuse_place(path)
    _refuse_alike(book)
    if path.exists() and not force:
        refuse_foreign(path)
    for name in (names := [each.file for each in book.beside]):
        refuse_place(place := path.with_name(name))
        if place.exists() and not force:
            refuse_foreign_beside(place, path)
    former, titles = own_beside(path), [sheet.title for sheet in book.sheets]
    with ExitStack() as held:
        texts = {each.file: _text(each, held.enter_context(SpooledTemporaryFile(IN_MEMORY))) for each in book.beside}
        workbook = held.enter_context(SpooledTemporaryFile(IN_MEMORY))
        try:
            _fill(workbook, book, beside(texts))
        except OSError as error:  # of the disk on which the rows wait
            raise OutputError(f"{path} cannot be written: {error.strerror or error}") from None
        wanted = [Wanted(path.with_name(name), text) for name, text in texts.items()]
        write_together([*wanted, Wanted(path, workbook, lambda written: _check(written, titles))])
    for place in former:  # of an earlier plan that was longer: left there it would be taken for a part of this one
        if place.name not in names:
            place.unlink(missing_ok=True)


def _text(each: Beside, target: IO[bytes]) -> IO[bytes]:
    put_rows(target, each.headers, map(_values, each.rows()))
    return target


def _values(row: Sequence[Value | Cell]) -> list[object]:
    """What cells show: of a formula the value that it comes to."""
    plain = (cell.value if isinstance(cell, Cell) else cell for cell in row)
    return [value.value if isinstance(value, Formula) else value for value in plain]


def _refuse_alike(book: Book) -> None:
    """Two sheets, tables or names of cells of one name would break the file: to Excel large and small are one."""
    titles = [sheet.title.casefold() for sheet in book.sheets]
    names = [table.name.casefold() for sheet in book.sheets for table in sheet.tables]
    names += [name.casefold() for name in book.names]
    for found in (titles, names):
        if twice := sorted(name for name, times in Counter(found).items() if times > 1):
            raise RuntimeError(f"a workbook cannot hold two of one name: {', '.join(twice)}")
    for title in (sheet.title for sheet in book.sheets):
        if sheet_titles([title]) != [title]:
            raise RuntimeError(f"no sheet can bear the title «{title}»")


def _check(written: Path, titles: list[str]) -> None:
    """Open again what was written. A file that cannot be opened is never put in place."""
    refuse_broken(written)
    with written.open("rb") as stream:  # the name of a file that waits for its place has not the ending that is asked
        book = load_workbook(stream, read_only=True)
    if book.sheetnames != titles:
        raise OutputError(f"the workbook was written with the sheets {book.sheetnames} in place of {titles}")


def letter(column: int) -> str:
    """The letters of a column, counted from 1.

    >>> letter(1), letter(28)
    ('A', 'AB')
    """
    return get_column_letter(column)


def content(book: Book) -> bytes:
    """The bytes of the .xlsx file, for a book that is small; the same book gives the same bytes."""
    made = io.BytesIO()
    _fill(made, book, "")
    return made.getvalue()


def _fill(target: IO[bytes], book: Book, told: str) -> None:
    """Write the .xlsx file, which says what is beside it."""
    made = _render(book)
    if told:
        cast(Any, made).custom_doc_props.append(StringProperty(name=BESIDE, value=told))
    looks = Looks(made)
    alternatives = [[chart.alt for chart in sheet.charts] for sheet in book.sheets if sheet.charts]
    with ExitStack() as held:
        parts = [_rows(sheet, looks, held.enter_context(SpooledTemporaryFile(IN_MEMORY))) for sheet in book.sheets]
        raw = io.BytesIO()
        made.save(raw)  # after the rows: they are what numbers the styles
        finish(raw.getvalue(), parts, alternatives, book.made, target)


def _rows(sheet: Sheet, looks: Looks, target: IO[bytes]) -> Rows:
    for row in rows(sheet, looks):
        target.write(row)
    return Rows(target, extent(sheet))


def _render(book: Book) -> Workbook:
    made = Workbook()
    made.remove(made.worksheets[0])
    for style in styles(book.decimals):
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
    """All of a sheet but its rows, which follow as a stream."""
    if sheet.bottom > MOST_ROWS:
        raise OutputError(f"the sheet {sheet.title} would need more rows than Excel has ({MOST_ROWS:,})")
    _links(made, sheet)
    for column, width in enumerate(sheet.widths, 1):
        made.column_dimensions[get_column_letter(column)].width = width
        if column in sheet.texts:
            cast(Any, made.column_dimensions[get_column_letter(column)]).number_format = "@"
    for table in sheet.tables:
        made.add_table(_table(table))
    for span in sheet.verdicts:
        for rule in _verdicts():
            made.conditional_formatting.add(span, rule)
    for rule in (*map(_at_least_zero, sheet.amounts), *map(_hint, sheet.hints)):
        made.add_data_validation(rule)
    for chart in sheet.charts:
        made.add_chart(_chart(made, chart), f"A{chart.anchor}")
    _paper(made, sheet)


def _verdicts() -> Iterator[Any]:
    """Green for OK, red for an error, yellow for a warning; the word itself says it without colour."""
    good, bad, warn = ("E2EFDA", "375623"), ("F8CBAD", "9C0006"), ("FFE699", "7F6000")
    words = (("PASS", good), ("FAIL", bad), ("WARN", warn))
    for word, (fill, ink) in words:
        look = {"fill": PatternFill(bgColor=fill), "font": Font(color=ink, bold=True)}
        yield CellIsRule(operator="equal", formula=[f'"{word}"'], **look)  # type: ignore[reportUnknownVariableType]


def _links(made: Worksheet, sheet: Sheet) -> None:
    """Where cells lead to. openpyxl collects that from cells of its own, which give way to the rows that follow."""
    for (row, column), cell in sheet.cells.items():
        if cell.link:
            place = cast(Any, made.cell(row, column))
            sheet_named, _, at = cell.link.rpartition("!")
            where = cell.link if sheet_named else f"{at}!A1"
            place.hyperlink = Hyperlink(place.coordinate, location=where, tooltip=f"Go to {sheet_named or at}")


def _table(table: ListTable) -> Table:
    end = get_column_letter(len(table.headers))
    made = Table(displayName=table.name, ref=f"A{table.top}:{end}{table.top + table.rows}")
    made.tableColumns = [TableColumn(id=place, name=safe_text(head)) for place, head in enumerate(table.headers, 1)]
    made.autoFilter = AutoFilter(ref=made.ref)
    made.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    return made


def _at_least_zero(span: str) -> DataValidation:
    rule = DataValidation(
        type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=False, showErrorMessage=True
    )
    rule.errorTitle, rule.error = "Not an amount", "Type an amount of dollars, zero or more."
    rule.add(span)
    return rule


def _hint(hint: Hint) -> DataValidation:
    rule = DataValidation(type="list" if hint.source else None, formula1=hint.source or None, allow_blank=True)
    rule.showInputMessage, rule.promptTitle, rule.prompt = True, hint.title[:32], hint.text[:255]
    if hint.source and hint.others != "taken":
        rule.showErrorMessage, rule.errorStyle = True, "stop" if hint.others == "refused" else "warning"
        rule.errorTitle, rule.error = hint.title[:32], "This is none of the words to pick from."
    rule.add(hint.span)
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
    chart.y_axis.scaling.min = 0  # left to itself it may begin near the shortest bar, and a small gap looks large
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
        last = sheet.printed_to or sheet.bottom
        made.print_area = f"A1:{letter(sheet.printed)}{last}"
    for row in sheet.breaks:
        made.row_breaks.append(Break(id=row))
    if sheet.locked:
        made.protection.sheet = True
        made.protection.formatColumns = made.protection.formatRows = False
