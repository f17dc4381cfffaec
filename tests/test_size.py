"""Large workbooks: what is held in memory while one is made and written, whatever its length."""

from __future__ import annotations

import importlib.util
import tracemalloc
from pathlib import Path
from typing import Any

import openpyxl

from braid.files import sheets
from braid.files.sheets import Block, Book, Formula, Sheet
from braid.workbook.book import EPOCH, book_of

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "workbook_size.py"


def large(lines: int) -> Any:
    """The plan that the benchmark measures, with so many lines."""
    spec = importlib.util.spec_from_file_location("workbook_size", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.large(lines, 5)


def long(rows: int) -> Book:
    """A book of one sheet with so many rows of ten cells."""
    block = Block(2, rows, ("text",) * 9 + ("money",), lambda at: [f"row {at}"] * 9 + [Formula(f"ROW(A{at})", at)])
    return Book((Sheet("Long", {}, (10.0,) * 10, "result", blocks=(block,)),), {}, "t", "s", "c", EPOCH)


def peak_while_written(book: Book, path: Path) -> int:
    """Bytes that were held at most while a book was written, above those before."""
    tracemalloc.start()
    try:
        sheets.write(path, book)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_writing_holds_neither_a_sheet_nor_the_file(tmp_path: Path) -> None:
    """Three times as many rows, 3 MB more of them, take no more memory to write; every one of them is in the file."""
    sheets.write(tmp_path / "warm.xlsx", long(1))
    some, more = (peak_while_written(long(rows), tmp_path / f"{rows}.xlsx") for rows in (1_500, 4_500))
    assert more - some < 200_000
    made = openpyxl.load_workbook(tmp_path / "4500.xlsx", read_only=True, data_only=True)
    assert [cell.value for cell in made["Long"][4_501]] == ["row 4499"] * 9 + [4_499]


def test_sheets_as_data_grow_with_the_plan_and_no_faster() -> None:
    """Of each allocation the sheets hold less than 5 KB until they are written, in a plan twice as long as well."""
    held: dict[int, float] = {}
    for lines in (60, 120):
        plan = large(lines)
        book_of(plan)  # what is worked out once and kept with the plan
        tracemalloc.start()
        book = book_of(plan)
        held[len(plan.file.allocations)] = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert book.sheets
    assert {*held} == {300, 600}
    assert (held[600] - held[300]) / 300 < 5_000
