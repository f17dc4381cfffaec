"""The sheets of a workbook that a person fills in: the proposal, row by row, in the columns from which it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, cast

from braid.files.sheets import MOST_READ, Cell, Hint, Sheet
from braid.proposal import Proposal
from braid.reading.from_sheets import SETTING, VALUE
from braid.reading.sheet_extras import EXTRA, HEAD, MAIN
from braid.reading.sheet_forms import Column, Form, Table, normal
from braid.reading.sheet_layout import CLASSES
from braid.reading.written import written
from braid.workbook.entered import table_of
from braid.workbook.input_cells import named_cells, row_cells
from braid.workbook.page import Made, Page

WIDTHS: Mapping[Form, float] = {
    "text": 16, "words": 22, "amount": 15, "rate": 10, "bound": 13, "number": 11, "date": 12, "flag": 10, "count": 9,
    "listing": 12, "day": 10, "yaml": 40,
}  # fmt: skip
STYLES: Mapping[Form, str] = {
    "amount": "input", "rate": "input percent", "number": "input number", "date": "input date", "count": "input count",
    "listing": "input id", "day": "input id",
}  # fmt: skip
TEXT = "input text"
STAR = " *"
"""Behind the header of a column that every row must have."""
ROOM = 4
"""Empty rows on the sheets of a plan's workbook."""
NARRATIVE = 40
"""The width from which a column holds sentences."""
HINTED = 1_000
"""Rows below the headers that have help and words to pick from."""
PAPER = 230.0
"""Characters that a printed page takes across where it is still legible."""
TITLES = {
    "Proposal": ("input", "What was planned for: the settings of the proposal"),
    **{table.title: ("input", table.about) for table in (*MAIN[1:], *EXTRA)},
}
"""The role of each sheet of input, and what it holds."""
Row = tuple[Mapping[str, str], dict[str, Any]]
"""What names the owner of a row, or the row itself, by header; and the content of the row."""


@dataclass(frozen=True)
class Manner:
    """How the sheets are to be written: for a person to fill in, or in the workbook of a plan."""

    lists: Mapping[str, str]
    """Where the words stand that a cell may be picked from, by the name of the list."""
    room: int = ROOM
    """Empty rows below those that are filled in."""
    whole: bool = False
    """Whether sheets without a row are written too, and a text that no cell holds is refused in place of cut."""
    how: tuple[str, ...] = ()
    """How the workbook is filled in, in sentences."""

    def source(self, column: Column) -> str:
        """The source of the words for a column, empty where there is none."""
        if isinstance(column.choices, str):
            return self.lists.get(column.choices, "")
        return f'"{",".join(column.choices)}"' if column.choices else ""


OF_A_PLAN = Manner({})


def input_sheets(proposal: Proposal) -> list[Sheet]:
    """The sheets from which a plan's workbook is read again: settings, awards, activities, lines, and what else it has.

    What is read from them is equal to ``proposal``, but for a text that is longer than a cell holds: it is cut, which
    reading it tells.
    """
    return proposal_sheets(proposal, OF_A_PLAN)


def proposal_sheets(proposal: Proposal | None, manner: Manner) -> list[Sheet]:
    """The sheets of a proposal, or of none yet. Raises OutputError, where all is to be written, for too long a text."""
    tree = {"braid": "1"} if proposal is None else written(proposal, defaults=manner is not OF_A_PLAN)
    periods = () if proposal is None else tuple(period.name for period in proposal.periods)
    years = () if proposal is None else tuple(dict.fromkeys(period.year for period in proposal.periods))
    found = [_settings(tree, manner)]
    for table in (*MAIN[1:], *EXTRA):
        rows = list(_rows(table, tree))
        if rows or manner.whole or table.needed:
            found.append(_sheet(table, rows, years if table.title == "Awards" else periods, manner))
    return found


def not_read_back(sheets: Sequence[Sheet], most: int = MOST_READ) -> list[str]:
    """Which sheets of input are longer than what braid reads of one, each in a sentence."""
    return [
        f"The sheet {sheet.title} has {sheet.bottom - ROOM:,} rows, and braid reads {most:,} of a sheet of input: "
        "this workbook cannot be planned or checked again. Keep the proposal as YAML."
        for sheet in sheets
        if sheet.bottom - ROOM > most
    ]


# ---------------------------------------------------------------- the settings


def _settings(tree: dict[str, Any], manner: Manner) -> Sheet:
    """The first sheet: how the workbook is filled in, and the settings, each in a row."""
    page = Page(HEAD.title, "input", [26.0, 46.0, 82.0])
    page.say("Proposal: what is to be planned", "title")
    for sentence in manner.how:
        page.say(sentence)
    page.skip()
    own = row_cells(HEAD, _head(tree), strict=manner.whole)
    page.header([SETTING, VALUE, "What it is"], ["text"] * 3)
    for column in HEAD.columns:
        if not column.shown and column.header not in own:
            continue
        page.put(1, column.header, "text")
        cell = own.get(column.header) or Cell(None, _blank(column))
        page.cells[page.row, 2] = cell
        page.put(3, column.about, "text")
        page.hints += _hints(column, f"B{page.row}", manner)
        page.row += 1
    return page.sheet()


def _head(tree: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a proposal that are no rows of another sheet."""
    rows = {table.under for table in (*MAIN, *EXTRA)}
    by_year = any(key.startswith("FY") for key in tree.get("indirect", ()))
    return {key: value for key, value in tree.items() if key not in rows or (key == "indirect" and not by_year)}


def _blank(column: Column) -> str:
    """The style of an empty cell: what is no number, date or long text is set as text, so that 0042 keeps its zeros."""
    if column.form == "text" and column.width < NARRATIVE:
        return "input id"
    return STYLES.get(column.form, TEXT)


def _hints(column: Column, span: str, manner: Manner) -> Iterator[Hint]:
    source = manner.source(column)
    fixed = not isinstance(column.choices, str)
    others = "taken" if column.form == "words" else "refused" if fixed else "warned of"
    yield Hint(span, column.header, column.about, source, others)


# ------------------------------------------------------------------- the rows


def _rows(table: Table, tree: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of one sheet out of the whole proposal."""
    top: Any = tree.get(table.under, [])
    if not table.key and table.name:
        by_name = cast(dict[str, Any], top) if isinstance(top, dict) else {}
        if by_name and all(name.startswith("FY") for name in by_name):
            yield from (({table.name: name}, dict(row)) for name, row in by_name.items())
        return
    for owner in cast(list[dict[str, Any]], top):
        if not table.key:
            yield {}, {key: value for key, value in owner.items() if key not in _apart(table, owner)}
            continue
        inner: Any = owner.get(table.key, ())
        names = {table.owner: str(owner["id"])}
        if table.name:
            noted = next(column.header for column in table.columns if not column.path)
            for name, note in cast(dict[str, str], inner or {}).items():
                yield {**names, table.name: name, noted: note}, {}
        elif isinstance(inner, list):
            yield from ((names, row) for row in cast(list[dict[str, Any]], inner))


def _apart(table: Table, owner: Mapping[str, Any]) -> set[str]:
    """The keys of a row that have a sheet of their own."""
    return {
        other.key
        for other in (*MAIN, *EXTRA)
        if other.under == table.under and other.key and (other.name or isinstance(owner.get(other.key), list))
    }


def _sheet(table: Table, rows: Sequence[Row], periods: Sequence[str], manner: Manner) -> Sheet:
    """One sheet with a row for each row of the proposal."""
    strict = manner.whole
    made = [named_cells(table, names, strict=strict) | row_cells(table, row, strict=strict) for names, row in rows]
    used = {header for cells in made for header in cells}
    columns = list(_columns(table, used, periods))
    page = Page(table.title, "input", [column.width or WIDTHS[column.form] for _, column in columns])
    page.pages_wide = ceil(sum(page.widths) / PAPER)
    if page.pages_wide > 1:  # column A stands again on each page beside the first, and would cut a long title
        page.say(table.title, "title")
        page.put(2, table.about, "plain")
    else:
        page.say(f"{table.title}: {table.about[0].lower()}{table.about[1:]}", "title")
    page.skip()
    heads, styles = [header for header, _ in columns], [_blank(column) for _, column in columns]
    star = STAR if manner.whole else ""
    top = page.header([header + star * column.required for header, column in columns], styles)
    filled = [*made, *[dict[str, Cell]()] * manner.room]
    page.block(Made(filled, lambda cells, _: [cells.get(head) for head in heads]), styles)
    if manner is OF_A_PLAN:
        page.tables += table_of(table.title, top, heads, len(made) + manner.room)
    for place, (_, column) in enumerate(columns, 1):
        page.hints += _hints(column, page.span(place, top, top + HINTED), manner)
    page.repeat, page.freeze = top, (top + 1, min(3, len(columns)))
    texts = tuple(place for place, style in enumerate(styles, 1) if style == "input id")
    return replace(page.sheet(), texts=texts)


def _columns(table: Table, used: set[str], periods: Sequence[str]) -> Iterator[tuple[str, Column]]:
    """The columns that a sheet has, by header: those that it always shows, and those that hold something."""
    for column in table.columns:
        if column.shown or column.header in used:
            yield column.header, column
        named = [header for header in used if header != column.header and (table.named(header) or (None,))[0] is column]
        wanted = {f"{column.header} {period}" for period in periods if column.spread}
        order = {normal(f"{column.header} {name}"): place for place, name in enumerate((*periods, *CLASSES))}
        for header in sorted({*named, *wanted}, key=lambda header: (order.get(normal(header), len(order)), header)):
            yield header, column
