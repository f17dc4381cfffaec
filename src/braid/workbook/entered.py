"""What the sheets of input hold, as formulas of other sheets name it.

An amount that is typed over there moves everything that goes by it. What no single cell says, because braid worked it
out from dates, growth or several entries, stays a number, and its sheet says so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from braid.files.sheets import Formula, ListTable, Number, Sheet, Value
from braid.workbook.ledger import Key
from braid.workbook.over_rows import DAY_ZERO

PREFIX = "tblInput"
_PLAIN = re.compile(r"[A-Za-z0-9][^*?~\n]{0,200}")
"""What a formula may look for: no sign of comparison in front, no wildcard within."""
_NAMED = re.compile(r"[A-Za-z0-9 -]+")
"""The headers that a formula can name as they are."""
Row = tuple[Value, ...]


def lookable(texts: Iterable[str]) -> bool:
    """Whether a formula can look for each of these texts and find it alone.

    >>> lookable(["Janssen", "Walgreens"]), lookable(["Janssen", "janssen"]), lookable(["*"])
    (True, False, False)
    """
    found = list(texts)
    return len({text.casefold() for text in found}) == len(found) and all(map(_PLAIN.fullmatch, found))


def table_name(title: str) -> str:
    """The name of the table of a sheet of input.

    >>> table_name("Budget periods")
    'tblInputBudgetPeriods'
    """
    return PREFIX + "".join(word.capitalize() for word in title.split())


def table_of(title: str, top: int, headers: Iterable[str], rows: int) -> tuple[ListTable, ...]:
    """The table of a sheet of input; none where a spreadsheet would not take its headers as those of a table."""
    heads = tuple(headers)
    alike = len({head.casefold() for head in heads}) < len(heads)
    if alike or any(head != " ".join(head.split()) or len(head) > 200 for head in heads):
        return ()
    return (ListTable(table_name(title), top, heads, rows),)


@dataclass(frozen=True)
class Entries:
    """Something of a sheet of input by which it shows that a plan was made with something else, and what it is now."""

    sentence: str
    now: Formula


class Entered:
    """The sheets of input: the settings, which come first, and the tables."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self._settings = sheets[0]
        self._places: dict[str, dict[str, int]] = {}
        """Of each table the places of its columns, by their headers."""
        self._tables: dict[str, tuple[Row, ...]] = {}
        self._titles: dict[str, str] = {}
        for sheet in sheets:
            blocks = {block.top: block for block in sheet.blocks}
            for table in sheet.tables:
                self._titles[table.name] = sheet.title
                self._places[table.name] = {head: place for place, head in enumerate(table.headers)}
                self._tables[table.name] = tuple(blocks[table.top + 1].values())
        self._by: dict[tuple[str, ...], dict[tuple[str, ...], list[Row]]] = {}

    def sum(self, title: str, column: str, keys: Mapping[str, Key]) -> Formula | None:
        """A live sum of a column of a sheet, by what other columns say; None where no row there says it as a number."""
        name = table_name(title)
        if not _NAMED.fullmatch(column) or not all(_PLAIN.fullmatch(key.says) for key in keys.values()):
            return None
        at = self._places.get(name, {}).get(column)
        found = [row[at] for row in self._rows(name, keys)] if at is not None else []
        amounts = [each for each in found if isinstance(each, int | float | Decimal)]
        if not amounts or len(amounts) < len(found):
            return None
        parts = [f"{name}[{column}]", *(f"{name}[{header}],{key.cell}" for header, key in keys.items())]
        return Formula(f"SUMIFS({','.join(parts)})", sum((Decimal(str(each)) for each in amounts), Decimal(0)))

    def entries(self) -> Iterator[Entries]:
        """How many numbers and days each sheet has, and the days of each column added up as the numbers that they are.

        What is typed where nothing stood, or cleared, changes the first; another day changes the second. Neither
        moves a limit that the plan does not have.
        """
        for name, title in self._titles.items():
            heads, rows = list(self._places[name]), self._tables[name]
            if not all(map(_NAMED.fullmatch, (heads[0], heads[-1]))):
                continue
            count = sum(_is_number(value) for row in rows for value in row)
            yield Entries(
                f"{title}: no number and no day was added or cleared since the plan was made.",
                Formula(f"COUNT({name}[[{heads[0]}]:[{heads[-1]}]])", count),
            )
            for head, at in self._places[name].items():
                days = [row[at] for row in rows if isinstance(row[at], dt.date)]
                if days and _NAMED.fullmatch(head):
                    added = sum((day - DAY_ZERO).days for day in days if isinstance(day, dt.date))
                    yield Entries(
                        f"{title}, {head}: no day was changed since the plan was made (they are added up as numbers).",
                        Formula(f"SUM({name}[{head}])", added),
                    )

    def setting(self, name: str) -> Formula | None:
        """A setting of the first sheet, where it is a number."""
        for row in range(1, max((row for row, _ in self._settings.cells), default=0) + 1):
            cells = [self._settings.cells.get((row, column)) for column in (1, 2)]
            said = cells[1].value if cells[1] else None
            if cells[0] and cells[0].value == name and isinstance(said, int | float | Decimal):
                return Formula(f"{self._settings.title}!$B${row}", Decimal(str(said)))
        return None

    def _rows(self, name: str, keys: Mapping[str, Key]) -> list[Row]:
        """The rows of a table in which its columns say this."""
        index = (name, *keys)
        if index not in self._by:
            grouped: dict[tuple[str, ...], list[Row]] = defaultdict(list)
            places = self._places.get(name, {})
            if all(header in places for header in keys):
                for row in self._tables[name]:
                    grouped[tuple(_text(row[places[header]]) for header in keys)].append(row)
            self._by[index] = grouped
        return self._by[index].get(tuple(key.says for key in keys.values()), [])


def in_units(found: Formula | None, value: Number, step: Decimal, *, up: bool = False) -> Formula | None:
    """That sum rounded down to whole units (of ``step`` dollars), or up; None where that is not what the plan has."""
    if found is None:
        return None
    exact = Decimal(str(found.value))
    whole = (exact / step).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * step
    name, places = "ROUNDUP" if up else "ROUNDDOWN", 0 if step == 1 else 2
    return Formula(f"{name}(ROUND({found.text},6),{places})", whole) if whole == value else None


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float | Decimal | dt.date) and not isinstance(value, bool)


def _text(value: Value) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)
