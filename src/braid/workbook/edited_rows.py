"""The rows of an Allocation that a person may have edited, each with its cell; every fault at once."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, cast, get_args

from braid.basics.errors import Fault, InputError, InputWarning, cell_name, column_letters, nearest
from braid.basics.fiscal import Interval, span
from braid.basics.money import parse_money
from braid.files import sheets
from braid.files.rows_of_text import rows_in
from braid.files.sheets import Grid, Held
from braid.judge.case import Case
from braid.judge.funds import CENTS
from braid.workbook.removed import PROVENANCE, Removed, as_kept, kept, removed

Kind = Literal["direct", "fringe", "indirect"]
KINDS: tuple[str, ...] = get_args(Kind)
ALLOCATION = "Allocation"
NEEDED = ("Award", "Installment", "Line", "Period", "From", "Until", "Kind", "Amount")
NAMING = ("Award", "Line", "Period", "Kind")
"""Without any of them a row that stands apart from the table is no charge."""
MOST_ROWS = 1_048_576
"""What a sheet can hold."""
MOST_UNPACKED = 2_000_000_000
"""Bytes of an Allocation, unpacked: one as long as a sheet can be takes about half of that (measured: 900 a row)."""
CONTINUED = "(continued)"
"""What a row says, in place of a line, that adds up rows of a file beside the workbook."""
_BESIDE = re.compile(r" continues in (.+\.csv), beside this workbook:")
PLANNED = "As planned"
"""The column that holds what braid planned, so that a change can be told."""
PLACED = "Placed as planned"
"""The column that holds the installment and the days that braid planned it for."""


@dataclass(frozen=True)
class EditedRow:
    """One row of the Allocation: amounts in whole units, ``planned`` what braid had planned there."""

    award: str
    installment: str
    line: str
    """Empty for indirect cost."""
    index: int
    days: Interval
    kind: Kind
    amount: int
    planned: int
    row: int
    column: int
    """Where its amount stands."""
    sheet: str = ALLOCATION
    """The sheet that it stands on, or the file beside the workbook."""
    was: str = ""
    """In words, the installment and the days that braid planned it for, where those are others now."""

    @property
    def place(self) -> str:
        """The cell of its amount."""
        return cell_name(self.sheet, self.row, self.column)


def place_told(installment: str, first: dt.date, last: dt.date) -> str:
    """An installment and days in words.

    >>> place_told("1", dt.date(2026, 7, 1), dt.date(2027, 6, 30))
    'installment 1, 2026-07-01 to 2027-06-30'
    """
    return f"installment {installment}, {first} to {last}"


class Places:
    """Where a proposal lets money be charged: what a row that a person added leaves out is taken from there."""

    def __init__(self, case: Case) -> None:
        self.case, self.whole = case, Case(case.written, case.catalogue, None)

    @property
    def awards(self) -> tuple[str, ...]:
        """The awards, those that are only expected included."""
        return tuple(self.whole.terms)

    @property
    def lines(self) -> tuple[str, ...]:
        """The full ids of the lines."""
        return tuple(cost.id for cost in self.case.proposal.costs)

    def windows(self, award: str, line: str, index: int) -> list[tuple[Interval, str]]:
        """The days and installments that an award may pay a line by, in a period."""
        return self._windows.get((award, line, index), [])

    @cached_property
    def _windows(self) -> dict[tuple[str, str, int], list[tuple[Interval, str]]]:
        found: dict[tuple[str, str, int], list[tuple[Interval, str]]] = defaultdict(list)
        for cell in self.whole.cells:
            if not cell.beyond:
                number = self.whole.funds[cell.award].pots[cell.pot].installments[0].number
                found[cell.award, cell.line, cell.index].append((cell.days, str(number)))
        return found


def has_allocation(path: Path) -> bool:
    """Whether a workbook holds an Allocation.

    Raises InputError where it cannot be read, and where braid wrote it with one that is not there any more by its name:
    what was typed there would be lost in silence.
    """
    titles = sheets.read(path, lambda _: False).titles
    if ALLOCATION not in titles and PROVENANCE in titles:
        hint = next((f" (did you mean «{title}»?)" for title in titles if title.casefold().startswith("alloc")), "")
        told = f"there is no sheet {ALLOCATION}{hint}, though braid wrote this workbook with one; give it its name back"
        raise InputError([Fault(str(path), 0, 0, "", f"{told}, or take the sheet {PROVENANCE} away too")])
    return ALLOCATION in titles


def read_rows(path: Path, places: Places) -> tuple[tuple[EditedRow, ...], tuple[Removed, ...]]:
    """The rows of the Allocation of a workbook, and of the file beside it in which they may continue; what is gone.

    Raises InputError with every fault, each at its cell; and where the Allocation continues in a file that is not there
    or not its own, for half a plan is not judged.
    """
    grids = sheets.read(path, _is_looked_at, most_rows=MOST_ROWS, most_unpacked=MOST_UNPACKED).grids
    grid = grids.get(ALLOCATION)
    if grid is None:
        raise InputError([Fault(str(path), 0, 0, "", f"there is no sheet {ALLOCATION} in this workbook")])
    reader = _Reader(str(path), grid, places)
    rows, faults = list(reader.rows()), reader.faults
    if reader.adding and not faults:
        rest = _beside(path, grid, places)
        more, faults = list(rest.rows()), rest.faults
        if not faults:
            _refuse_other(path, grid.title, reader.adding, rest.grid.title, sum(row.planned for row in more))
        rows += more
    if faults:
        raise InputError(faults)
    planned = kept(grids.get(PROVENANCE), places.case.proposal)
    if planned is None:
        return tuple(rows), ()
    found = as_kept(rows, planned)
    return found, removed(found, planned)


def _is_looked_at(title: str) -> bool:
    return title in {ALLOCATION, PROVENANCE}


def _beside(path: Path, grid: Grid, places: Places) -> _Reader:
    """The file in which the Allocation continues."""
    said = (found[1] for held in grid.cells.values() if (found := _BESIDE.search(held.text)))
    name = next(said, "")
    place = path.with_name(Path(name).name) if name else path
    if not name or not place.is_file():
        which = f"in {name}, which is not beside this workbook; put it there" if name else "in a file that it names not"
        raise InputError([Fault(str(path), 0, 0, "", f"it continues {which}: half a plan is not judged", ALLOCATION)])
    cells = {
        (row, column): Held(text)
        for row, texts in enumerate(rows_in(place), 1)
        for column, text in enumerate(texts, 1)
        if text.strip()
    }
    return _Reader(str(path), Grid(place.name, cells), places)


def _refuse_other(path: Path, title: str, adding: list[_Adding], name: str, planned: int) -> None:
    """Raise InputError where the rows that add up the file are not those of this file, or were typed over."""
    faults = [
        Fault(str(path), each.row, each.column, "Amount", f"it adds up rows of {name}; change the amounts there", title)
        for each in adding
        if each.amount != each.planned
    ]
    whole = sum(each.planned for each in adding)
    if not faults and whole != planned:
        sentence = (
            f"{name} is not what was written beside this workbook: as planned it adds up to {planned:,}, and the rows "
            f"that say {CONTINUED} to {whole:,}; half a plan is not judged"
        )
        faults = [Fault(str(path), adding[0].row, adding[0].column, "", sentence, title)]
    if faults:
        raise InputError(faults)


@dataclass(frozen=True)
class _Adding:
    """A row that adds up rows of the file beside the workbook, in whole units, and where its amount stands."""

    row: int
    column: int
    amount: int
    planned: int


class _Reader:
    def __init__(self, file: str, grid: Grid, places: Places) -> None:
        self.file, self.grid, self.places = file, grid, places
        self.faults: list[Fault] = []
        self.adding: list[_Adding] = []
        self.proposal = places.case.proposal
        self.columns: dict[str, int] = {}

    def rows(self) -> Iterator[EditedRow]:
        """Every row of the table, and below an empty one each that says whose money it is or for what: not a note."""
        top = self._header()
        if top is None:
            return
        self._look(top)
        last, needed = max((row for row, _ in self.grid.cells), default=0), NEEDED
        for row in range(top + 1, last + 1):
            held = {name: self.grid.cells.get((row, column)) for name, column in self.columns.items()}
            if not any(held.get(name) for name in needed):
                needed = NAMING
                continue
            line = held.get("Line")
            if line is not None and line.text.strip() == CONTINUED:
                self._add(row, held)
                continue
            before = len(self.faults)
            found = self._row(row, held)
            if found is not None and len(self.faults) == before:
                yield found

    def _look(self, top: int) -> None:
        """Note merged cells among the rows, of which only the first holds a value; warn of what is hidden."""
        for first, left, last, right in self.grid.merged:
            if last > top and {*range(left, right + 1)} & {*self.columns.values()}:
                ends = f"{column_letters(right)}{last}"
                sentence = f"is merged as far as {ends}, and only its first cell holds a value; unmerge it"
                self.faults.append(Fault(self.file, first, left, "", sentence, self.grid.title))
        for words in self.grid.hidden:
            sentence = f"{self.file}: {self.grid.title}: {words} hidden, and read like all others"
            warnings.warn(sentence, InputWarning, stacklevel=2)

    def _add(self, row: int, held: dict[str, Held | None]) -> None:
        amount = self._amount(row, "Amount", held)
        planned = self._amount(row, PLANNED, held) if PLANNED in self.columns else amount
        if amount is not None and planned is not None:
            self.adding.append(_Adding(row, self.columns["Amount"], amount, planned))

    def _header(self) -> int | None:
        """The row of the headers; notes a fault where a needed one is missing."""
        by_row: dict[int, dict[str, int]] = {}
        for (row, column), held in self.grid.cells.items():
            by_row.setdefault(row, {})[held.text.strip()] = column
        top = max(by_row, key=lambda row: (len({*NEEDED} & {*by_row[row]}), -row), default=0)
        self.columns = by_row.get(top, {})
        self._twice(top)
        missing = [name for name in NEEDED if name not in self.columns]
        for name in missing:
            hint = nearest(name, self.columns)
            self.faults.append(Fault(self.file, 0, 0, "", f"there is no column «{name}»{hint}", self.grid.title))
        return None if self.faults else top

    def _twice(self, top: int) -> None:
        """Note each header that the table goes by and that stands over two columns: which of them is meant?"""
        for (row, column), held in sorted(self.grid.cells.items()):
            name = held.text.strip()
            if row == top and name in {*NEEDED, PLANNED} and self.columns[name] != column:
                other = f"{column_letters(self.columns[name])}{row}"
                sentence = f"the header stands at {other} too; leave it over one column"
                self.faults.append(Fault(self.file, row, column, name, sentence, self.grid.title))

    def _row(self, row: int, held: dict[str, Held | None]) -> EditedRow | None:
        text = {name: "" if cell is None else cell.text.strip() for name, cell in held.items()}
        kind = self._known(row, "Kind", text["Kind"] or "direct", KINDS)
        award = self._known(row, "Award", text["Award"], self.places.awards)
        line = "" if kind == "indirect" else self._known(row, "Line", text["Line"], self.places.lines)
        period = self._known(row, "Period", text["Period"], tuple(self.proposal.fiscal.index))
        amount = self._amount(row, "Amount", held)
        planned = self._amount(row, PLANNED, held) if held.get(PLANNED) else 0
        if PLANNED not in self.columns:
            planned = amount
        if None in (kind, award, line, period, amount, planned):
            return None
        index = self.proposal.fiscal.index[cast(str, period)]
        where = self._where(row, text, (cast(str, award), cast(str, line), index), cast(Kind, kind))
        if where is None:
            return None
        days, installment = where
        was, now = text.get(PLACED, ""), place_told(installment, days.first, days.last)
        return EditedRow(
            cast(str, award),
            installment,
            cast(str, line),
            index,
            days,
            cast(Kind, kind),
            cast(int, amount),
            cast(int, planned),
            row,
            self.columns["Amount"],
            self.grid.title,
            was if planned and was != now else "",
        )

    def _fault(self, row: int, name: str, sentence: str) -> None:
        self.faults.append(Fault(self.file, row, self.columns[name], name, sentence, self.grid.title))

    def _known(self, row: int, name: str, value: str, known: tuple[str, ...]) -> str | None:
        if value in known:
            return value
        shown = f"«{value}» is not known" if value else "nothing is given"
        self._fault(row, name, f"{shown}{nearest(value, known)}; one of this workbook's own is expected")
        return None

    def _amount(self, row: int, name: str, held: dict[str, Held | None]) -> int | None:
        """Whole units; a formula without its value, an error or part of a unit is a fault."""
        cell = held.get(name)
        if cell is None:
            return 0
        if cell.sort == "uncalculated":
            self._fault(row, name, "a formula without its value; open the workbook, let it calculate, and save it")
            return None
        try:
            cents = parse_money(cell.text)
        except ValueError as error:
            self._fault(row, name, str(error))
            return None
        units, part = divmod(cents, CENTS[self.proposal.unit])
        if part:
            self._fault(row, name, f"«{cell.text}» is no whole {self.proposal.unit}, and this plan is in whole ones")
            return None
        return units

    def _where(
        self, row: int, text: dict[str, str], charge: tuple[str, str, int], kind: Kind
    ) -> tuple[Interval, str] | None:
        """The days and the installment of a row; of a direct row that names none, the only ones that there are."""
        award, line, index = charge
        if text["From"] and text["Until"] and text["Installment"]:
            return self._given(row, text)
        if kind != "direct":
            self._fault(
                row, "From", "the days and the installment are not given; they go with fringe and indirect cost"
            )
            return None
        windows = self.places.windows(award, line, index)
        if len(windows) == 1:
            return windows[0]
        told = "may not pay it then" if not windows else "may pay it by several installments or on parts of its days"
        self._fault(row, "From", f"{award} {told}; give Installment, From and Until")
        return None

    def _given(self, row: int, text: dict[str, str]) -> tuple[Interval, str] | None:
        days: list[dt.date] = []
        for name in ("From", "Until"):
            try:
                days.append(dt.date.fromisoformat(text[name]))
            except ValueError:
                self._fault(row, name, f"«{text[name]}» is no date; one such as 2027-06-30 is expected")
        if not text["Installment"].isdecimal():
            self._fault(row, "Installment", f"«{text['Installment']}» is no number of an installment, such as 1")
            return None
        if len(days) < len(("From", "Until")):
            return None
        if days[1] < days[0]:
            self._fault(row, "Until", f"{days[1]} comes before {days[0]}")
            return None
        return span(*days), text["Installment"]
