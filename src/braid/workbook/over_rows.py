"""What a formula over a table comes to for some of its rows: whether it is the same for others that stand for them.

Understood are the formulas that a workbook of braid's has: SUM, SUBTOTAL, SUMIFS, COUNTIF, COUNTIFS, and SUMPRODUCT of
columns and of conditions. What is not understood is never taken for the same.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

DAY_ZERO = dt.date(1899, 12, 30)
"""From which sheets count days."""
Cells = Mapping[tuple[int, int], object]
"""What cells of a sheet hold, by row and column."""
Row = Mapping[str, object]
_CALL = re.compile(r"\b(SUMIFS|SUMPRODUCT|COUNTIFS|COUNTIF|SUBTOTAL|SUM)\(")
_OF_TABLE = re.compile(r"(tbl\w+)\[([^\]]*)\]")
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)")
_COMPARED = re.compile(r"(>=|<=|<>|>|<|=)?(.*)", re.DOTALL)
_ORDERS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


class Criterion(NamedTuple):
    """What a column is held against: a sign, and a number or a text, in which ``*`` stands for any text."""

    sign: str
    target: Fraction | str

    @property
    def plain(self) -> bool:
        """Whether it is one value that a column has to equal."""
        return self.sign == "=" and not (isinstance(self.target, str) and set(self.target) & set("*?~"))

    def holds(self, value: object) -> bool:
        """Whether a value meets it."""
        found = _comparable(value)
        if self.sign in _ORDERS:
            same = isinstance(found, Fraction) and isinstance(self.target, Fraction)
            return same and _ORDERS[self.sign](found, self.target)
        return self._equal(found) == (self.sign == "=")

    def _equal(self, found: Fraction | str) -> bool:
        if isinstance(self.target, str) and isinstance(found, str) and not self.plain:
            pattern = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in self.target)
            return re.fullmatch(pattern, found, re.DOTALL) is not None
        return found == self.target


class Rows:
    """Rows of a table by their headers, found by what some columns equal."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        self._by: dict[tuple[str, ...], dict[tuple[Fraction | str, ...], list[Row]]] = {}

    def matching(self, criteria: Sequence[tuple[str, Criterion]]) -> Iterator[Row]:
        """Those that meet every criterion on its column."""
        plain = sorted((column, each.target) for column, each in criteria if each.plain)
        columns, rest = tuple(column for column, _ in plain), [pair for pair in criteria if not pair[1].plain]
        if columns not in self._by:
            found: dict[tuple[Fraction | str, ...], list[Row]] = defaultdict(list)
            for row in self.rows:
                found[tuple(_comparable(row.get(column)) for column in columns)].append(row)
            self._by[columns] = found
        for row in self._by[columns].get(tuple(target for _, target in plain), ()):
            if all(each.holds(row.get(column)) for column, each in rest):
                yield row


Tables = Mapping[str, tuple[Rows, Rows]]


class _Unknown(Exception):
    """A formula of a kind that is not understood."""


def follows(text: str, tables: Tables, cells: Cells) -> bool:
    """Whether a formula comes to the same over either rows of each of these tables; False where that is not clear.

    >>> rows = Rows([{"Award": "a", "Amount": 2}, {"Award": "b", "Amount": 3}]), Rows([{"Award": "a", "Amount": 5}])
    >>> follows("SUM(tblX[Amount])", {"tblX": rows}, {})
    True
    >>> follows("SUMIFS(tblX[Amount],tblX[Award],$B7)", {"tblX": rows}, {(7, 2): "a"})
    False
    """
    if not any(f"{name}[" in text for name in tables):
        return True
    try:
        return all(_same(*call, tables, cells) for call in _calls(text, tables))
    except _Unknown:
        return False


def _calls(text: str, tables: Tables) -> Iterator[tuple[str, list[str]]]:
    """The functions that look at one of the tables, with what each is given."""
    place, rest = 0, ""
    while found := _CALL.search(text, place):
        end = _closing(text, found.end())
        rest += text[place : found.start()]
        place = end + 1
        given = text[found.end() : end]
        if any(f"{name}[" in given for name in tables):
            yield found[1], _parted(given, ",")
    if any(f"{name}[" in rest + text[place:] for name in tables):
        raise _Unknown


def _closing(text: str, start: int) -> int:
    depth, quoted = 1, False
    for place in range(start, len(text)):
        quoted ^= text[place] == '"'
        depth += 0 if quoted else {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise _Unknown


def _parted(text: str, sign: str) -> list[str]:
    """The parts of a text between signs that stand neither in quotes nor in brackets."""
    parts, depth, quoted = [""], 0, False
    for character in text:
        quoted ^= character == '"'
        depth += 0 if quoted else {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if character == sign and not quoted and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _same(name: str, given: list[str], tables: Tables, cells: Cells) -> bool:
    if name == "SUMPRODUCT":
        return _product(given, tables, cells)
    if name == "SUBTOTAL":
        given = given[1:]
    counted = name in {"COUNTIF", "COUNTIFS"}
    if name in {"SUM", "SUBTOTAL"} and len(given) != 1:
        raise _Unknown
    table, column = _column(given[0])
    pairs = given if counted else given[1:]
    criteria: list[tuple[str, Criterion]] = []
    for place in range(0, len(pairs), 2):
        other, key = _column(pairs[place])
        if other != table:
            raise _Unknown
        criteria.append((key, _criterion(pairs[place + 1], cells)))
    one, other_rows = tables[table]
    return _total(one, criteria, None if counted else column) == _total(
        other_rows, criteria, None if counted else column
    )


def _total(rows: Rows, criteria: Sequence[tuple[str, Criterion]], column: str | None) -> Fraction:
    """What a column of the rows adds up to; without one, how many they are."""
    found = rows.matching(criteria)
    return sum((Fraction(1) if column is None else _amount(row.get(column)) for row in found), Fraction(0))


def _product(given: list[str], tables: Tables, cells: Cells) -> bool:
    """A sum of products of columns where conditions hold; or the count of rows in which two columns differ."""
    if len(given) != 1:
        raise _Unknown
    if apart := re.fullmatch(r"--\((tbl\w+\[[^\]]*\])<>(tbl\w+\[[^\]]*\])\)", given[0]):
        (table, one), (other, two) = _column(apart[1]), _column(apart[2])
        if table != other:
            raise _Unknown
        counts = [sum(row.get(one) != row.get(two) for row in rows.rows) for rows in tables[table]]
        return counts[0] == counts[1]
    columns, criteria, names = list[str](), list[tuple[str, Criterion]](), set[str]()
    for factor in _parted(given[0], "*"):
        if condition := re.fullmatch(r"\((tbl\w+\[[^\]]*\])=(.*)\)", factor):
            table, column = _column(condition[1])
            criteria.append((column, _criterion(condition[2], cells)))
        else:
            table, column = _column(factor)
            columns.append(column)
        names.add(table)
    if len(names) != 1:
        raise _Unknown
    found = [
        sum((_times(row, columns) for row in rows.matching(criteria)), Fraction(0)) for rows in tables[names.pop()]
    ]
    return found[0] == found[1]


def _times(row: Row, columns: Sequence[str]) -> Fraction:
    product = Fraction(1)
    for column in columns:
        product *= _amount(row.get(column))
    return product


def _column(text: str) -> tuple[str, str]:
    found = _OF_TABLE.fullmatch(text)
    if found is None:
        raise _Unknown
    return found[1], found[2]


def _criterion(text: str, cells: Cells) -> Criterion:
    """What a column is held against, as the cells that it names have it now."""
    parts = [_part(part, cells) for part in _parted(text, "&")]
    if len(parts) == 1 and not isinstance(parts[0], str):
        return Criterion("=", _comparable(parts[0]))
    if len(parts) == 2 and parts[0] in {*_ORDERS, "=", "<>"}:
        return Criterion(str(parts[0]), _comparable(parts[1]))
    if not all(isinstance(part, str) for part in parts):
        raise _Unknown
    found = _COMPARED.fullmatch("".join(map(str, parts)))
    if found is None:
        raise _Unknown
    return Criterion(found[1] or "=", _comparable(found[2]))


def _part(text: str, cells: Cells) -> object:
    if re.fullmatch('"[^"]*"', text):
        return text[1:-1]
    found = _CELL.fullmatch(text)
    if found is None:
        raise _Unknown
    column = 0
    for character in found[1]:
        column = column * 26 + ord(character) - ord("A") + 1
    try:
        value = cells[int(found[2]), column]
    except KeyError:
        raise _Unknown from None
    value = getattr(value, "value", value)  # of a formula, what it comes to
    if value is None:
        raise _Unknown
    return value


def _comparable(value: object) -> Fraction | str:
    """A value as conditions see it: a number or a day is a number, text is the same in small letters."""
    value = getattr(value, "value", value)
    if isinstance(value, dt.date):
        return Fraction((value - DAY_ZERO).days)
    if isinstance(value, int | float | Decimal | Fraction):
        return Fraction(value)
    text = "" if value is None else str(value).casefold()
    return Fraction(text) if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", text) else text


def _amount(value: object) -> Fraction:
    found = getattr(value, "value", value)
    return Fraction(found) if isinstance(found, int | float | Decimal | Fraction) else Fraction(0)
