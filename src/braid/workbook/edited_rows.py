"""The rows of an Allocation that a person may have edited, each with its cell; every fault at once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, cast, get_args

from braid.basics.errors import Fault, InputError, cell_name, nearest
from braid.basics.fiscal import Interval, span
from braid.basics.money import parse_money
from braid.files import sheets
from braid.files.sheets import Grid, Held
from braid.judge.case import Case
from braid.judge.funds import CENTS

Kind = Literal["direct", "fringe", "indirect"]
KINDS: tuple[str, ...] = get_args(Kind)
ALLOCATION = "Allocation"
NEEDED = ("Award", "Installment", "Line", "Period", "From", "Until", "Kind", "Amount")
MOST_ROWS = 1_048_576
"""What a sheet can hold."""
PLANNED = "As planned"
"""The column that holds what braid planned, so that a change can be told."""


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

    @property
    def place(self) -> str:
        """The cell of its amount."""
        return cell_name(ALLOCATION, self.row, self.column)


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
    """Whether a workbook holds an Allocation. Raises InputError where it cannot be read."""
    return ALLOCATION in sheets.read(path, lambda _: False).titles


def read_rows(path: Path, places: Places) -> tuple[EditedRow, ...]:
    """The rows of the Allocation of a workbook. Raises InputError with every fault, each at its cell."""
    grid = sheets.read(path, lambda title: title == ALLOCATION, most_rows=MOST_ROWS).grids.get(ALLOCATION)
    if grid is None:
        raise InputError([Fault(str(path), 0, 0, "", f"there is no sheet {ALLOCATION} in this workbook")])
    reader = _Reader(str(path), grid, places)
    rows = tuple(reader.rows())
    if reader.faults:
        raise InputError(reader.faults)
    return rows


class _Reader:
    def __init__(self, file: str, grid: Grid, places: Places) -> None:
        self.file, self.grid, self.places = file, grid, places
        self.faults: list[Fault] = []
        self.proposal = places.case.proposal
        self.columns: dict[str, int] = {}

    def rows(self) -> Iterator[EditedRow]:
        """Every row below the header, until the first that is empty."""
        top = self._header()
        if top is None:
            return
        last = max((row for row, _ in self.grid.cells), default=0)
        for row in range(top + 1, last + 1):
            held = {name: self.grid.cells.get((row, column)) for name, column in self.columns.items()}
            if not any(held.get(name) for name in NEEDED):
                return
            before = len(self.faults)
            found = self._row(row, held)
            if found is not None and len(self.faults) == before:
                yield found

    def _header(self) -> int | None:
        """The row of the headers; notes a fault where a needed one is missing."""
        by_row: dict[int, dict[str, int]] = {}
        for (row, column), held in self.grid.cells.items():
            by_row.setdefault(row, {})[held.text.strip()] = column
        top = max(by_row, key=lambda row: (len({*NEEDED} & {*by_row[row]}), -row), default=0)
        self.columns = by_row.get(top, {})
        missing = [name for name in NEEDED if name not in self.columns]
        for name in missing:
            hint = nearest(name, self.columns)
            self.faults.append(Fault(self.file, 0, 0, "", f"there is no column «{name}»{hint}", ALLOCATION))
        return None if missing else top

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
        )

    def _fault(self, row: int, name: str, sentence: str) -> None:
        self.faults.append(Fault(self.file, row, self.columns[name], name, sentence, ALLOCATION))

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
        if len(days) < len(("From", "Until")):
            return None
        if days[1] < days[0]:
            self._fault(row, "Until", f"{days[1]} comes before {days[0]}")
            return None
        return span(*days), text["Installment"]
