"""Measure the workbook of a large plan: seconds and memory beside openpyxl's own write-only mode for the same cells.

What it takes to make the cells counts on our side alone: openpyxl is given them ready.

``python benchmarks/workbook_size.py [lines] [awards]``: that many lines over five years, each paid in full by one of
that many awards, so that there are five times as many allocations. Nothing is solved: the amounts are the needs.
Seconds are of the processor, so that what else a machine does counts for nothing; memory is the most that the process
ever held, and what writing added to it.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path
from time import process_time
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
    lines, awards = (int(text) for text in (*sys.argv[1:], *("20000", "20")[len(sys.argv) - 1 :]))
    plan = large(lines, awards)
    allocations, before = len(plan.file.allocations), _peak()
    print(f"{lines:,} lines, {awards:,} awards, {allocations:,} allocations; the plan itself: peak {before:,.0f} MiB")
    start = process_time()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        book = book_of(plan)
        made, held = process_time(), _peak()
        sheets.write(path, book)
        ours, peak = process_time() - start, _peak()
        print(f"braid: {ours:.1f} s, {made - start:.1f} of it the sheets as data; {path.stat().st_size / 1e6:.1f} MB")
        print(f"peak {peak:,.0f} MiB: {held - before:,.0f} more for the sheets, {peak - held:,.0f} more to write them")
        start = process_time()
        cells = sum(1 for sheet in book.sheets for _, _, placed in sheet.rows() for _ in placed)
        making = process_time() - start
        print(f"of it {making:.1f} s to make {cells:,} cells, which openpyxl is given", flush=True)
        start = process_time()
        plainly(book, Path(folder) / "plain.xlsx")
        theirs = process_time() - start - making
    print(f"openpyxl, write-only, the same cells: {theirs:.1f} s; ratio {ours / theirs:.2f}")


def large(lines: int, many: int = 20) -> Plan:
    """A plan of that many lines over five years, each paid by one of that many awards."""
    text = "braid: 1\nname: Large\njurisdiction: {name: State, state: NC, kind: state}\n"
    text += "calendar: {first: FY2027, last: FY2031}\nawards:\n"
    each = ", ".join(f'FY{year}: "100,000,000"' for year in range(2027, 2032))
    text += "".join(f"  - {{id: a{n:02d}, program: other, receipts: {{{each}}}}}\n" for n in range(many))
    text += "activities:\n"
    amounts = ", ".join(f'FY{year}: "1,000"' for year in range(2027, 2032))
    for number in range(0, lines, 100):
        text += f"  - id: act{number}\n    uses: linkage-to-care\n    lines:\n"
        rows = range(min(100, lines - number))
        text += "".join(f"      - {{id: l{n}, category: supplies, amount: {{{amounts}}}}}\n" for n in rows)
    case = Case(read_text(text, "large.yaml"), catalogue())
    awards = sorted(case.terms)
    paid = {need.key: awards[place % many] for place, need in enumerate(case.needs)}
    entries = [Entry(paid[n.key], n.cost.id, n.index, n.days, n.direct, str(n.index + 1)) for n in case.needs]
    chosen = paid_by_hand(entries, {}, {})
    return by_hand(case, chosen, judge(case, chosen), {})


def plainly(book: Book, path: Path) -> None:
    """The same styled cells through openpyxl's write-only mode."""
    made = Workbook(write_only=True)
    for style in styles(book.decimals):
        made.add_named_style(style)
    for sheet in book.sheets:
        place = made.create_sheet(sheet.title)
        last = 0
        for row, _, placed in sheet.rows():
            for _ in range(row - last - 1):
                place.append(())
            last, values = row, list[Any]()
            for column, value, style in placed:
                values += [None] * (column - len(values) - 1)
                held: Any = f"={value.text}" if isinstance(value, Formula) else value
                cell = WriteOnlyCell(place, held)
                cell.style = f"braid {style}"
                values.append(cell)
            place.append(values)
    made.save(path)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
