"""What can go wrong, as values that a person can act on.

::

    BraidError
    ├── InputError      the input is at fault; carries every Fault found        exit 3
    ├── SolverError     a solver is missing, failed or ran out of time          exit 5
    ├── OutputError     a file cannot be written where it was wanted            exit 2
    └── CheckFailed     a finished plan broke a rule: a bug in braid, never a user's mistake   exit 1
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SHOWN = 60
"""Characters that are shown of a text that is far too long to be read in a sentence."""
_LONG = re.compile(r"([«\[`])([^»\]`]{161,})([»\]`])")


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with an input, at the place where a person can mend it.

    ``line`` and ``column`` count from 1; 0 means the file as a whole. ``path`` is the way to the value
    (``awards[sor].amount``); ``sentence`` says what was found and what is expected. In a workbook, ``sheet`` is the
    title of the sheet, ``line`` the row, and ``within`` the line and column inside a cell that holds YAML.

    >>> print(Fault("plan.yaml", 12, 5, "awards[sor].amount", "«-5» is negative; write an amount of zero or more"))
    plan.yaml:12:5  awards[sor].amount  «-5» is negative; write an amount of zero or more
    >>> print(Fault("budget.xlsx", 12, 6, "", "«-5» is negative; write an amount of zero or more", "Lines"))
    budget.xlsx: Lines!F12  «-5» is negative; write an amount of zero or more
    """

    file: str
    line: int
    column: int
    path: str
    sentence: str
    sheet: str = ""
    within: tuple[int, int] | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        if self.sheet:
            place = f"{self.file}: {cell_name(self.sheet, self.line, self.column)}"
        if self.within:
            place += f" (line {self.within[0]}, column {self.within[1]})"
        told = "  ".join(part for part in (place, self.path, self.sentence) if part)
        return _LONG.sub(lambda found: f"{found[1]}{found[2][:SHOWN]} …{found[3]} ({len(found[2]):,} characters)", told)


def cell_name(sheet: str, row: int, column: int) -> str:
    """A cell as a spreadsheet names it; the sheet alone where the row is 0.

    >>> cell_name("Lines", 12, 6), cell_name("Budget periods", 3, 28), cell_name("Lines", 0, 0)
    ('Lines!F12', "'Budget periods'!AB3", 'Lines')
    """
    title = sheet if sheet.isascii() and sheet.isalnum() else "'" + sheet.replace("'", "''") + "'"
    return f"{title}!{column_letters(column)}{row}" if row else sheet


def column_letters(column: int) -> str:
    """The letters of a column, counted from 1.

    >>> column_letters(1), column_letters(28), column_letters(16_384)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of a column, from 1, by its letters.

    >>> column_number("A"), column_number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class InputWarning(UserWarning):
    """Something in an input that is no fault, and that a person should know of: hidden rows that were read."""


class BraidError(Exception):
    """Anything that braid refuses, with a sentence that says why and what to do."""


class InputError(BraidError):
    """The input is at fault. ``faults`` holds every fault found, in the order of the file, or sheet by sheet."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults), key=_in_order))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def _in_order(fault: Fault) -> tuple[object, ...]:
    place = fault.file, fault.sheet, fault.line, fault.column, fault.within or (0, 0)
    return *place, fault.path, fault.sentence


class SolverError(BraidError):
    """A solver is missing, failed, or ran out of time without an answer."""


class OutputError(BraidError):
    """A file cannot be written where it was wanted; nothing was left half-written."""


@dataclass(frozen=True)
class Finding:
    """One rule that a set of allocations breaks: the row, by how much, and the sentence of the rule."""

    row: str
    sentence: str
    over: str = ""
    cite: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.row}: {self.sentence}"


class CheckFailed(BraidError):
    """A plan that braid itself made breaks a rule. It is not returned: this is a bug, reported with the row."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        lines = "\n".join(f"  {finding}" for finding in self.findings)
        super().__init__(f"braid made a plan that breaks a rule, and withholds it. Please report this:\n{lines}")


def nearest(word: str, known: Iterable[str]) -> str:
    """The hint `` (did you mean «x»?)`` for a mistyped word, or nothing where no known word is near.

    Capital letters are no difference.

    >>> nearest("nalokson", ["naloxone", "syringes"]), nearest("SOR", ["sor"])
    (' (did you mean «naloxone»?)', ' (did you mean «sor»?)')
    >>> nearest("zzz", ["naloxone"])
    ''
    """
    return nearest_meant(word, {name: name for name in known})


def nearest_meant(word: str, meant: Mapping[str, str]) -> str:
    """The same hint, where each word that somebody may write stands for the one that is to be written.

    >>> nearest_meant("Settlement fund", {"2510": "2510", "Opioid settlement fund": "2510"})
    ' (did you mean «2510»?)'
    """
    folded = {name.casefold(): name for name in reversed([*meant])}
    found = difflib.get_close_matches(word.casefold(), [*folded], n=1, cutoff=0.6)
    return f" (did you mean «{meant[folded[found[0]]]}»?)" if found else ""
