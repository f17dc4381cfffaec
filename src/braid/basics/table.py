"""One plain table of nouns, shown the same at the prompt, in a notebook and as a frame."""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    import pandas as pd

Row = TypeVar("Row")
SHOWN = 30


class Table(Sequence[Row], Generic[Row]):
    """A frozen list of dataclass rows that prints as a ledger and turns into a frame.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Gap:
    ...     line: str
    ...     amount: str
    >>> Table([Gap("ssp/syringes", "12.00")], Gap)
    line          amount
    ssp/syringes   12.00
    """

    def __init__(self, rows: Iterable[Row], noun: type[Row]) -> None:
        self._rows = tuple(rows)
        self._noun = noun

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the fields, in order, as files spell them."""
        return tuple(name.rstrip("_") for name in self._fields)

    @property
    def _fields(self) -> tuple[str, ...]:
        known: dict[str, Any] | None = getattr(self._noun, "model_fields", None)
        return tuple(known) if known is not None else tuple(field.name for field in dataclasses.fields(self._noun))  # type: ignore[arg-type]

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Table[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Table[Row]:
        return Table(self._rows[index], self._noun) if isinstance(index, slice) else self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Table) and self._rows == other._rows

    def __hash__(self) -> int:
        return hash(self._rows)

    def to_frame(self) -> pd.DataFrame:
        """The same rows as a pandas frame: amounts as numbers, days as dates."""
        import pandas as pd

        cells = [[getattr(row, name) for name in self._fields] for row in self._rows]
        frame = pd.DataFrame(cells, columns=list(self.columns))
        for name, field in zip(self.columns, self._fields, strict=True):
            first = getattr(self._rows[0], field) if self._rows else None
            if isinstance(first, Decimal):
                frame[name] = pd.to_numeric(frame[name])
            elif isinstance(first, dt.date):
                frame[name] = pd.to_datetime(frame[name])
        return frame

    def _cells(self) -> list[list[str]]:
        return [[_cell(getattr(row, name)) for name in self._fields] for row in self._rows[:SHOWN]]

    def __repr__(self) -> str:
        if not self._rows:
            return f"no rows ({', '.join(self.columns)})"
        body = self._cells()
        right = [all(is_amount(row[c]) for row in body) for c in range(len(self.columns))]
        lines = text_table([list(self.columns), *body], right)
        more = len(self) - len(body)
        return "\n".join([*lines, f"… and {more:,} more"] if more else lines)

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>" for cells in self._cells()
        )
        caption = f"{self._noun.__name__}: {len(self):,} rows" + (f", the first {SHOWN}" if len(self) > SHOWN else "")
        titled = f"<caption>{html.escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        return f"<table>{titled}<tbody>{body}</tbody></table>"


def is_amount(value: object) -> bool:
    """Whether a value is the text of an amount with two decimals.

    >>> is_amount("12.00"), is_amount("12"), is_amount("-3.50")
    (True, False, True)
    """
    if not isinstance(value, str):
        return False
    digits = value.removeprefix("-")
    whole, point, part = digits.partition(".")
    return bool(point) and len(part) == 2 and whole.isdigit() and part.isdigit()


def _cell(value: object) -> str:
    if isinstance(value, tuple | list):
        return "; ".join(_cell(item) for item in value)  # type: ignore[union-attr]
    return "" if value is None else str(value)


def text_table(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[str]:
    """Lines of a table with aligned columns; ``right`` says which columns are numbers.

    >>> text_table([["a", "n"], ["bb", "10"]], [False, True])
    ['a    n', 'bb  10']
    """
    widths = [max(len(row[c]) for row in rows) for c in range(len(right))]
    return [
        "  ".join(cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(row, widths, right, strict=True)).rstrip()
        for row in rows
    ]
