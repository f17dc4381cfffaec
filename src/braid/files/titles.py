"""Names that a workbook can bear: titles of sheets and headers of tables, each one of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable

from braid.files.parts import safe_text

LONGEST_TITLE = 31
"""Characters in the title of a sheet, as Excel counts them."""
LONGEST_HEADER = 60
"""Characters in the header of a column: Excel takes 255, a page does not."""
RESERVED = "history"
"""A title that Excel keeps for itself."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\t\n\r]")


def sheet_titles(wanted: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Titles that sheets can bear, in the order of those wanted: cut to 31 characters, and each one of its kind.

    What no title holds ([ ] : * ? / and the backslash, an apostrophe at an end) gives way; letters large and small
    are alike. ``taken`` are titles that other sheets have.

    >>> sheet_titles(["SF-424A state opioid response year one", "SF-424A state opioid response year two", "Plan"],
    ...              taken=["PLAN"])
    ['SF-424A state opioid response y', 'SF-424A state opioid respon (2)', 'Plan (2)']
    """
    return _apart((_title(text) for text in wanted), LONGEST_TITLE, {*taken, RESERVED})


def headers(wanted: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """Headers that columns of one table can bear, in the order of those wanted: short, on one line, each one only once.

    >>> headers(["fund", "Fund", "a b"], taken=["Award"])
    ['fund', 'Fund (2)', 'a b']
    """
    short = (" ".join(safe_text(text).split())[:LONGEST_HEADER].strip() or "unnamed" for text in wanted)
    return _apart(short, LONGEST_HEADER, taken)


def _title(text: str) -> str:
    kept = _FORBIDDEN.sub("-", safe_text(text)).strip().strip("'").strip()
    return _cut(kept, LONGEST_TITLE).rstrip().rstrip("'") or "Sheet"


def _apart(texts: Iterable[str], longest: int, taken: Iterable[str]) -> list[str]:
    seen, found = {text.casefold() for text in taken}, list[str]()
    for text in texts:
        name, number = text, 1
        while name.casefold() in seen:
            number += 1
            name = f"{_cut(text, longest - len(f' ({number})')).rstrip()} ({number})"
        seen.add(name.casefold())
        found.append(name)
    return found


def _cut(text: str, most: int) -> str:
    """Text cut to so many characters as Excel counts them: one beyond the common plane counts as two."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", errors="ignore")
