"""A plan as a page to read and to print: goal by goal, what each decided. One HTML file that needs nothing else."""

from __future__ import annotations

from pathlib import Path

from braid.answer.rows import PlanFile
from braid.files.writing import write_text
from braid.proposal import Proposal
from braid.report.page import page

MARK = '<meta name="generator" content="braid'
"""By this braid knows its own pages."""


def write_report(file: PlanFile, proposal: Proposal, path: str | Path, *, force: bool = False) -> None:
    """Write the page of a plan. Raises OutputError where the file cannot be written or is not braid's own."""
    write_text(Path(path), page(file, proposal), force, is_page)


def is_page(content: bytes) -> bool:
    """Whether a file is a page that braid wrote."""
    return MARK.encode() in content[:1000]


__all__ = ["is_page", "page", "write_report"]
