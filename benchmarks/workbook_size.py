"""Measure the workbook of a large plan: seconds and memory beside openpyxl's own write-only mode for the same cells.

``python benchmarks/workbook_size.py [lines]``: that many lines over five years, each paid in full by one award, so that
there are five times as many allocations. Nothing is solved: the amounts are the needs.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from braid.answer.plan import Plan
from braid.checks import Entry, judge
from braid.files import sheets
from braid.files.sheets import Book, Formula
from braid.files.sheets.styles import styles
from braid.judge.case import Case
from braid.law.catalogue import catalogue
from braid.planner.by_hand import by_hand, paid_by_hand
from braid.reading import read_text
from braid.workbook.book import book_of


def main() -> None:
    """One row of figures for each phase, and the ratio."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    plan = large(lines)
    allocations = len(plan.file.allocations)
    print(f"{lines:,} lines, {allocations:,} allocations; before: {_peak():,.0f} MiB")
    start = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        book = book_of(plan)
        made = perf_counter()
        sheets.write(path, book)
        ours = perf_counter() - start
        print(f"braid: {ours:.1f} s, {made - start:.1f} of it the sheets as data; {path.stat().st_size / 1e6:.1f} MB; "
              f"peak {_peak():,.0f} MiB")  # fmt: skip
        start = perf_counter()
        cells = plainly(book, Path(folder) / "plain.xlsx")
        theirs = perf_counter() - start
    print(f"openpyxl, write-only, {cells:,} cells: {theirs:.1f} s; ratio {ours / theirs:.2f}")


def large(lines: int) -> Plan:
    """A plan of that many lines over five years, each paid by one of twenty awards."""
    text = "braid: 1\nname: Large\njurisdiction: {name: State, state: NC, kind: state}\n"
    text += "calendar: {first: FY2027, last: FY2031}\nawards:\n"
    each = ", ".join(f'FY{year}: "100,000,000"' for year in range(2027, 2032))
    text += "".join(f"  - {{id: a{n:02d}, program: other, receipts: {{{each}}}}}\n" for n in range(20))
    text += "activities:\n"
    amounts = ", ".join(f'FY{year}: "1,000"' for year in range(2027, 2032))
    for number in range(0, lines, 100):
        text += f"  - id: act{number}\n    uses: linkage-to-care\n    lines:\n"
        rows = range(min(100, lines - number))
        text += "".join(f"      - {{id: l{n}, category: supplies, amount: {{{amounts}}}}}\n" for n in rows)
    case = Case(read_text(text, "large.yaml"), catalogue())
    awards = sorted(case.terms)
    paid = {need.key: awards[place % 20] for place, need in enumerate(case.needs)}
    entries = [Entry(paid[n.key], n.cost.id, n.index, n.days, n.direct, str(n.index + 1)) for n in case.needs]
    chosen = paid_by_hand(entries, {}, {})
    return by_hand(case, chosen, judge(case, chosen), {})


def plainly(book: Book, path: Path) -> int:
    """The same styled cells through openpyxl's write-only mode, and how many there are."""
    made = Workbook(write_only=True)
    for style in styles(book.decimals):
        made.add_named_style(style)
    count = 0
    for sheet in book.sheets:
        place = made.create_sheet(sheet.title)
        rows: dict[int, dict[int, Any]] = {}
        for (row, column), cell in sheet.cells.items():
            rows.setdefault(row, {})[column] = cell
        for row in range(1, max(rows, default=0) + 1):
            cells = rows.get(row, {})
            values: list[Any] = []
            for column in range(1, max(cells, default=0) + 1):
                cell = cells.get(column)
                if cell is None:
                    values.append(None)
                    continue
                value = f"={cell.value.text}" if isinstance(cell.value, Formula) else cell.value
                one = WriteOnlyCell(place, value)
                one.style = f"braid {cell.style}"
                values.append(one)
                count += 1
            place.append(values)
    made.save(path)
    return count


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
