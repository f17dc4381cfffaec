"""From a file to a Proposal, with every fault at once at its place."""

from __future__ import annotations

from pathlib import Path

from braid.basics.errors import Fault, InputError
from braid.files import nodes
from braid.law.catalogue import Catalogue, shipped_vocabulary
from braid.law.catalogue import catalogue as shipped_catalogue
from braid.proposal import Proposal
from braid.reading.from_yaml import from_document

YAML = (".yaml", ".yml")
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
"""Endings of workbooks, also of those that are refused with what to do."""


def read(path: str | Path, *, catalogue: Catalogue | None = None) -> Proposal:
    """Read a proposal from a YAML file, or from the sheets of a workbook (.xlsx).

    Raises InputError with every fault of the file, each as ``file:line:column  path  what was found, what is
    expected``, or in a workbook as ``file: Sheet!F12  path  …``. Programs and editions are looked up in ``catalogue``
    (the one that ships with braid by default). Warns with an InputWarning of what is hidden in a workbook, and read.

    >>> from braid.files.shipped import shipped
    >>> read(str(shipped("examples", "wake_county_fy2025.yaml"))).calendar.first
    2025
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in WORKBOOKS:
        from braid.reading.from_sheets import document_of  # openpyxl is slow to import

        return from_document(document_of(path), catalogue or shipped_catalogue(), shipped_vocabulary())
    if ending not in YAML and not path.is_dir():
        sentence = "a proposal is a YAML file, with the ending .yaml, or a workbook, with the ending .xlsx"
        raise InputError([Fault(str(path), 0, 0, "", sentence)])
    return read_text(nodes.read_text(path), str(path), catalogue=catalogue)


def read_text(text: str, name: str = "proposal.yaml", *, catalogue: Catalogue | None = None) -> Proposal:
    """Read a proposal from YAML text; ``name`` stands for the file in faults. Raises InputError."""
    document = nodes.parse(text, name)
    return from_document(document, catalogue or shipped_catalogue(), shipped_vocabulary())


__all__ = ["read", "read_text"]
