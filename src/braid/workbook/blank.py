"""The workbook that a person starts from: the sheets of a proposal with help, words to pick from, and an example."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from braid.basics.errors import OutputError
from braid.basics.version import __version__
from braid.files import sheets
from braid.files.sheets import Book, Sheet, letter
from braid.law.catalogue import Catalogue, shipped_vocabulary
from braid.law.vocabulary import Vocabulary
from braid.proposal import Proposal
from braid.reading.sheet_extras import EXTRA, MAIN
from braid.workbook.input import HINTED, Manner, input_sheets, not_read_back, proposal_sheets
from braid.workbook.page import Page

EPOCH = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
"""A fixed day, so that the same content gives the same bytes."""
ROWS = 30
"""Empty rows below the example."""
FIRST_ROW = 4
"""The first row below the headers of a sheet: a title, an empty row and the headers come first."""
LISTS, COLUMNS = "Lists", "Columns"
HOW = (
    "How it is filled in: begin with the settings below, then the sheets Awards, Activities and Lines, in this order, "
    "and Requirements if you insist on anything. Type over what is blue on yellow. A star marks what every row must "
    "have; choose a cell to see what belongs there.",
    "What stands here is an example with invented figures; clear the sheets {filled}: choose the rows below the "
    "headers and press Delete. Rows may stand in any order, and columns too.",
    "The sheets behind Requirements are for what repeats within an award or an activity, or is rarely needed. Leave "
    "them empty, or delete them. The sheet Columns explains every column, and names those that a sheet does not show "
    "yet, such as Approved travel, Carry over, Extension, Reserve or Shares: type such a header behind the last one.",
    "Save the workbook, then: braid check {name} finds every fault, each at its cell; braid plan {name} -o plan.xlsx "
    "plans it, and the workbook that it writes can be read again.",
    "Amounts are dollars, percentages carry their sign (15%), dates are year, month, day. FY2027 is the fiscal year "
    "that ends in 2027. Type as many rows as you need, also below those that are prepared. A note or a total of your "
    "own goes into a column whose header begins with x-.",
)
EMPTY = "Rows may stand in any order, and columns too. An amount by period has a column for each, as in Amount FY2027."
OF_ROWS = ("awards", "activities")
"""Lists of what stands on sheets of input."""
VOCABULARY = ("uses", "items", "functions", "places", "populations", "settings", "payees", "units", "categories")


def blank_book(name: str, example: Proposal | None, catalogue: Catalogue) -> Book:
    """The workbook to start from, called ``name``, with an example in it or without a row."""
    how = [HOW[0], EMPTY if example is None else HOW[1], *HOW[2:]]
    return _book(name, example, catalogue, how)


def proposal_book(name: str, proposal: Proposal, catalogue: Catalogue) -> Book:
    """The workbook of a proposal of one's own, called ``name``, to go on with in a spreadsheet program."""
    return _book(name, proposal, catalogue, [HOW[0], EMPTY, *HOW[2:]])


def _book(name: str, proposal: Proposal | None, catalogue: Catalogue, how: list[str]) -> Book:
    lists, places = _lists(catalogue, shipped_vocabulary())
    told = tuple(sentence.format(name=name, filled=_filled(proposal)) for sentence in how)
    manner = Manner(places, ROWS, whole=True, how=told)
    filled = proposal_sheets(proposal, manner)
    if found := not_read_back(filled):
        raise OutputError(found[0])
    return Book(
        sheets=(*filled, _columns(), lists),
        names={},
        title=proposal.name if proposal is not None else "A proposal for braid",
        subject="Awards, activities, lines and requirements, to be planned with braid",
        creator=f"braid {__version__}",
        made=EPOCH,
    )


def _filled(proposal: Proposal | None) -> str:
    """The sheets behind the settings on which a proposal has rows, in words."""
    titles = [] if proposal is None else [sheet.title for sheet in input_sheets(proposal)[1:] if any(_rows_of(sheet))]
    return f"{', '.join(titles[:-1])} and {titles[-1]}" if len(titles) > 1 else "".join(titles)


def _rows_of(sheet: Sheet) -> Iterator[object]:
    """What stands below the headers of a sheet of input."""
    return (value for block in sheet.blocks for row in block.values() for value in row if value is not None)


def write_input(book: Book, path: Path, *, force: bool) -> None:
    """Write a workbook to be filled in. Raises OutputError."""
    sheets.write(path, book, force=force)


# ----------------------------------------------------------- what may be picked


def _lists(catalogue: Catalogue, vocabulary: Vocabulary) -> tuple[Sheet, dict[str, str]]:
    """The sheet of all words to pick from, each with what it means, and where each list stands."""
    lists = {"programs": [(program.id, program.name) for program in catalogue.programs]}
    for kind in VOCABULARY:
        lists[kind] = [(word.id, word.name or word.about) for word in vocabulary.known[kind].values()]
    page = Page(LISTS, "control", [width for _ in lists for width in (28.0, 44.0)])
    page.say("Lists: the words that cells can be picked from", "title")
    page.say("Words of your own begin with x-. Programs are shown with their rules by: braid sources show PROGRAM")
    page.skip()
    top = page.header([head for kind in lists for head in _heads(kind)], ["text"] * 2 * len(lists))
    places: dict[str, str] = {}
    for number, (kind, words) in enumerate(lists.items()):
        column = 2 * number + 1
        for place, (word, about) in enumerate(words, top + 1):
            page.row = place
            page.put(column, word, "id")
            page.put(column + 1, about, "text")
        places[kind] = f"{LISTS}!${letter(column)}${top + 1}:${letter(column)}${top + len(words)}"
    page.repeat, page.freeze, page.pages_wide = top, (top + 1, 1), len(lists) // 2
    for name in OF_ROWS:
        places[name] = f"{name.capitalize()}!$A${FIRST_ROW}:$A${FIRST_ROW + HINTED}"
    return page.sheet(), places


def _heads(kind: str) -> tuple[str, str]:
    name = {"categories": "Category", "activities": "Activity"}.get(kind, kind.capitalize().removesuffix("s"))
    return name, f"{name}: what it is"


# ----------------------------------------------------------------- all columns


def _columns() -> Sheet:
    """What belongs in every column of every sheet, also in those that are not shown until they are needed."""
    page = Page(COLUMNS, "control", [20.0, 24.0, 88.0, 22.0, 30.0])
    page.say("Columns: what belongs where", "title")
    page.say(
        "A column that a sheet does not show may be added: type its header behind the last one. A message of braid "
        "names a column by its key, as in unit_cost, and a row by its id."
    )
    page.skip()
    top = page.header(["Sheet", "Column", "What belongs there", "Key", "Words to pick from"], ["text"] * 5)
    for row in _told():
        page.line(row, ["text", "id", "text", "id", "text"])
    page.repeat, page.freeze = top, (top + 1, 1)
    return page.sheet()


def _told() -> Iterator[list[str | None]]:
    for table in (*MAIN, *EXTRA):
        for column in table.columns:
            header = column.header + {"period": " FY2027", "code": " fund", "class": " travel"}.get(column.by, "")
            if column.by == "period" and column.shown:
                header = f"{column.header}, or {header}"
            yield [table.title, header, column.about, column.key or None, _words(column.choices) or None]


def _words(choices: str | tuple[str, ...]) -> str:
    if not isinstance(choices, str):
        return ", ".join(choices)
    return f"the sheet {choices.capitalize() if choices in OF_ROWS else LISTS}" if choices else ""


__all__ = ["blank_book", "proposal_book", "write_input"]
