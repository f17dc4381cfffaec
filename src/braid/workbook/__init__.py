"""The workbook: a plan as sheets that a finance officer can check, edit and file. Every total is a live formula."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from braid.answer.plan import Plan


def write_workbook(plan: Plan, path: str | Path, *, force: bool = False, most_rows: int = 1_048_576) -> Path:
    """Write a plan as an .xlsx workbook, whole or not at all, and return where it is.

    Amounts are dollars. Every total, share and check is a formula off the table ``tblAllocation``, and carries its
    value. An existing file is replaced only where it is a workbook that braid wrote and nobody changed since, or with
    ``force``; no other file is touched. A table with more rows than a sheet holds (``most_rows``, which is Excel's
    number unless a test says otherwise) continues in a CSV beside the workbook, ``NAME-allocation-2.csv``: both are
    written, or neither. The same plan gives the same bytes, but for the time stamp of its provenance.
    Raises OutputError with one sentence where the file cannot be written there, and for a plan that is a conflict or
    possible only in fractions.

    >>> import braid, tempfile
    >>> from braid.files.shipped import shipped
    >>> found = braid.plan(braid.read(str(shipped("examples", "wake_county_fy2025.yaml"))))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_workbook(found, Path(folder) / "budget.xlsx").name
    'budget.xlsx'
    """
    from braid.workbook.book import book_of, write_book  # openpyxl is slow to import

    return write_book(book_of(plan, Path(path).stem, most_rows), Path(path), force=force)


def write_narrative(plan: Plan, path: str | Path, *, force: bool = False) -> Path:
    """Write the budget narrative of a plan as a .docx document, whole or not at all, and return where it is.

    Award by award and object class by object class: computation, words and citations; amounts are dollars, and those
    of the workbook. The same plan gives the same bytes, but for the time stamp of its provenance. An existing file is
    replaced as ``write_workbook`` does it. Raises OutputError as there.
    """
    from braid.files import documents  # python-docx is slow to import
    from braid.workbook.book import made_of, refuse_none
    from braid.workbook.narrative import narrative_of

    refuse_none(plan)
    documents.write(Path(path), narrative_of(plan, made_of(plan)), force=force)
    return Path(path)


__all__ = ["write_narrative", "write_workbook"]
