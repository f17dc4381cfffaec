"""What a sheet of input consists of: columns, each with its place in the proposal and the form of its cells.

The same columns are read here and written by the workbook, so that nothing of a proposal is without a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from braid.files.sheets import Held

Form = Literal["text", "words", "amount", "rate", "bound", "number", "date", "flag", "count", "listing", "day", "yaml"]
By = Literal["", "period", "code", "class", "pairs"]
Step = str | int
Data = str | list[str] | dict[str, str]
NONE = "none"
"""What a cell says for a list without words; an empty cell says nothing at all."""
MOST_DIGITS = 15
NO_DAY = "#VALUE!"
"""What openpyxl reads of a number in a format of dates that is too large for one, as 20270630."""
_SEPARATED = re.compile(r"[,;\n]")
_PAIRED = re.compile(r"[;\n]|,(?=\s*[^,;:\n]+:)")
_PERIOD = re.compile(r"\S*[0-9]\S*")
_EPOCH_DAYS = re.compile(r"[1-9][0-9]{4}")
_LISTING = re.compile(r"[0-9]{2}\.[0-9]{3}")
_UNPAIRED = re.compile(r"[^0-9,;]*[A-Za-z][^,;]*[0-9].*")
"""A name with its value, and no colon between them."""
MOST_PERCENT = Decimal(200)
"""Above it, a number such as 32 that was pasted into a format of percentages is likelier than 3,200%."""


@dataclass(frozen=True)
class Column:
    """A column of a sheet of input, or a setting of its first sheet."""

    header: str
    path: tuple[Step, ...]
    """The keys that lead to its value, from that of its row; empty for the YAML of all further keys."""
    form: Form
    about: str
    """What it is for, in words for the person who fills it in; at most 255 characters."""
    choices: str | tuple[str, ...] = ()
    """The words to pick from, or the name of the list that holds them."""
    by: By = ""
    """Where it may hold several values by name. Further columns bear its header and the name of a period, a code or an
    object class, as in Amount FY2027; or one cell holds pairs, as in sor: 60%; settlement: 40%."""
    shown: bool = True
    """Whether it stands on a sheet that nobody has filled in yet."""
    spread: bool = False
    """Whether such a sheet has a column of it for each period."""
    width: float = 0

    @property
    def required(self) -> bool:
        """Whether every row must have it."""
        return self.about.startswith("Required.")

    @property
    def key(self) -> str:
        """The key of its value, as the proposal has it."""
        return ".".join(str(step) for step in self.path)


@dataclass(frozen=True)
class Table:
    """A sheet of input: where its rows belong in the proposal, and its columns."""

    title: str
    about: str
    under: str
    """The list, or mapping, of the proposal that holds the rows or their owners."""
    columns: tuple[Column, ...]
    key: str = ""
    """Where the rows belong to an owner (an award, an activity): their key in it."""
    owner: str = ""
    """The header of the column that names the owner."""
    name: str = ""
    """Where the rows make a mapping: the header of the column that holds the key."""
    needed: bool = False
    """Whether a workbook must have it."""

    @cached_property
    def _known(self) -> dict[str, Column]:
        return {normal(column.header): column for column in self.columns}

    def named(self, header: str) -> tuple[Column, str] | None:
        """The column with this header, and what the header names besides; None where there is no such column."""
        found = self._known.get(normal(header))
        if found is not None:
            return found, ""
        words = " ".join(header.split())
        for column in sorted(self.columns, key=lambda column: -len(column.header)):
            if column.by in {"period", "class", "code"} and normal(words).startswith(f"{normal(column.header)} "):
                rest = words[len(column.header) + 1 :]
                if column.by != "period" or _PERIOD.fullmatch(rest):
                    return column, {"period": rest.upper(), "class": rest.lower(), "code": rest}[column.by]
        return None

    @property
    def headers(self) -> list[str]:
        """The headers of its columns."""
        return [column.header for column in self.columns]


def normal(header: str) -> str:
    """A header without what does not tell it from others: case, spaces, underscores, a star at the end.

    >>> normal(" Unit_cost *")
    'unit cost'
    """
    return " ".join(header.replace("_", " ").rstrip(" *").split()).casefold()


def taken(column: Column, held: Held) -> Data:
    """The value of a cell as the text, list or mapping that YAML would hold; the model judges it.

    Raises ValueError with a sentence for what only a spreadsheet can get wrong.

    >>> uses = Column("Uses", ("uses",), "words", "What it is for")
    >>> taken(uses, Held("peer-support, reentry")), taken(uses, Held("none"))
    (['peer-support', 'reentry'], [])
    >>> taken(Column("Carry over", ("carry_over",), "rate", "What lives on", by="pairs"), Held("approved: 25%"))
    {'approved': '25%'}
    """
    if column.form == "words":
        words = [word.strip() for word in _SEPARATED.split(_scalar(column.form, held))]
        return [] if words == [NONE] else [word for word in words if word]
    if column.by and held.sort == "text" and ":" in held.text:
        return dict(_pairs(held.text))
    if column.by == "pairs" and held.sort == "text" and _UNPAIRED.fullmatch(held.text):
        return dict(_pairs(held.text))
    return _scalar(column.form, held)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for part in _PAIRED.split(text):
        name, colon, value = (piece.strip() for piece in part.partition(":"))
        if not colon or not name or not value:
            raise ValueError(f"«{part.strip()}» is no name with its value; write both, as in name: value; name: value")
        if name in seen:
            raise ValueError(f"«{name}» is given twice")
        seen.add(name)
        yield name, value


def _scalar(form: Form, held: Held) -> str:
    text = held.text
    if form == "date" and held.sort == "error" and text == NO_DAY:
        raise ValueError(
            f"the cell holds the error {text}, or a number that is no day; type the date as year, month, day, as in "
            "2027-06-30"
        )
    if held.sort == "error":
        raise ValueError(f"the cell holds the error {text}; mend its formula, or type the value")
    if held.sort == "uncalculated":
        raise ValueError(
            "the cell holds a formula without a stored value; open the workbook in Excel or LibreOffice, save it, and "
            "try again"
        )
    if form == "date":
        return _day(held)
    if form == "day" and held.sort == "date":
        return text[5:10]
    if form == "flag":
        return _flag(text)
    if held.sort == "percent" and Decimal(text.rstrip("%")) > MOST_PERCENT:
        number = f"{Decimal(text.rstrip('%')) / 100:f}"
        raise ValueError(
            f"the cell holds {number} in a format of percentages, which is {text}; type {number}% if that is meant"
        )
    if form in {"text", "listing"} and held.sort == "number":
        return _number(form, text)
    return text


def _flag(text: str) -> str:
    """Yes or no, as a cell says it, in the words of YAML."""
    found = {"yes": "true", "no": "false", "true": "true", "false": "false"}.get(text.lower())
    if found is None:
        raise ValueError(f"«{text}» is neither yes nor no")
    return found


def _day(held: Held) -> str:
    if held.sort == "date" and len(held.text) > len("2027-06-30"):
        raise ValueError(f"«{held.text}» has a time of day; a date alone is expected, as in {held.text[:10]}")
    if held.sort == "number" and _EPOCH_DAYS.fullmatch(held.text):
        raise ValueError(
            f"«{held.text}» is a number, not a date; format the cell as a date, or write it as year, month, day, as in "
            "2027-06-30"
        )
    return held.text


def _number(form: Form, text: str) -> str:
    """A number where text is meant: a code without letters."""
    if form == "listing" and not _LISTING.fullmatch(text):
        example = f"{text}000"[: len("16.710")] if re.fullmatch(r"[0-9]{2}\.[0-9]{1,2}", text) else "16.710"
        raise ValueError(
            f"«{text}» is a number, of which Excel drops a zero at the end; format the cell as text, and write it "
            f"again, as in {example}"
        )
    if sum(character.isdigit() for character in text) > MOST_DIGITS:
        raise ValueError(
            f"«{text}» has more digits than Excel keeps of a number; format the cell as text, and write it again"
        )
    return text
