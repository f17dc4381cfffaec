"""The workbook of money that is to be ordered by a day: what is left lapses then, and the sheets add up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import braid
from office import part
from test_cases import filled

LINES: list[dict[str, Any]] = [
    {"id": "kits", "start": "2026-08-01", "end": "2026-12-31", "amount": {"FY2027": "100"}},
    {"id": "clinic", "category": "contractual", "amount": {"FY2027": "50", "FY2028": "20"}},
]
RECEIPT = {"date": "2026-07-01", "use_by": "2026-12-31", "met_by": "encumbered", "amount": "300"}
AWARDS: dict[str, dict[str, Any]] = {
    "a receipt to be encumbered": {"receipts": [RECEIPT]},
    "an award that ends after its last day for orders": {
        "amount": "300",
        "end": "2028-06-30",
        "obligate_by": "2026-12-31",
    },
}


@pytest.mark.parametrize("award", AWARDS.values(), ids=AWARDS)
def test_what_is_not_ordered_in_time_lapses_on_every_sheet(award: dict[str, Any], tmp_path: Path) -> None:
    """Of 300, 100 of kits and 70 of a contract are paid; 130 lapse on the last day for orders, and no check fails."""
    calendar = {"first": "FY2027", "last": "FY2028"}
    plan = braid.plan(filled({"calendar": calendar, "awards": [{"id": "a", **award}], "lines": LINES}))
    path = tmp_path / "plan.xlsx"
    braid.write_workbook(plan, path)
    book = openpyxl.load_workbook(path, data_only=True)
    failed = [row for row in book["Checks"].iter_rows(values_only=True) if "FAIL" in row]
    rows = [row for row in part(book, "Installments") if row[0] == "a" and str(row[1]) == "1"]
    assert not failed
    assert [(str(row[3])[:10], row[12]) for row in rows] == [("2026-12-31", 130)]
