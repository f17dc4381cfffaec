"""A workbook from `braid init`, filled in as a person would, planned, checked, changed by hand and planned again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from braid.cli import shell
from office import part, table

TYPED: dict[str, list[dict[str, Any]]] = {
    "Awards": [
        {"Id": "fund", "Program": "county-general-fund", "Code fund": "0042", "Receipts FY2027": 10_000},
        {"Id": "hhs", "Program": "other-federal", "Agency": "HHS", "FAIN": "1E5", "Assistance listing": "93.788",
         "Awarded": dt.date(2025, 10, 1), "Start": dt.date(2026, 7, 1), "End": dt.date(2028, 6, 30), "Amount": 6_000,
         "Indirect rate": 0},
    ],
    "Activities": [
        {"Id": "kits", "Name": "Kits", "Uses": "naloxone-distribution", "Priority": 1},
        {"Id": "peers", "Uses": "recovery-support, peer-support", "Priority": 2},
    ],
    "Lines": [
        {"Activity": "kits", "Id": "kits", "Category": "supplies", "Item": "naloxone", "Quantity": 100, "Unit": "kit",
         "Unit cost": 40, "Only": "hhs"},
        {"Activity": "peers", "Id": "rides", "Category": "travel", "Amount FY2027": 3_000, "Only": "fund"},
    ],
}  # fmt: skip
"""What a person types, by the headers of each sheet, from row 4 on."""


def fill(path: Path) -> None:
    """Clear the rows of the example, and type values into the cells that are there."""
    book = openpyxl.load_workbook(path)
    told = " ".join(str(cell.value) for cell in book["Proposal"]["A"][1:12])
    assert "clear the sheets Awards, Activities, Lines and Terms" in told
    for title in ("Awards", "Activities", "Lines", "Terms"):
        cells: list[Any] = [cell for row in book[title].iter_rows(min_row=4) for cell in row]
        for cell in cells:
            cell.value = None
        heads = {str(cell.value).removesuffix(" *"): cell.column or 0 for cell in book[title][3]}
        for place, typed in enumerate(TYPED.get(title, ()), 4):
            for header, value in typed.items():
                book[title].cell(place, heads[header], value)
    settings: dict[str, Any] = {str(row[0].value): row[1] for row in book["Proposal"].iter_rows() if row[0].value}
    settings["Name"].value, settings["Indirect rate"].value = "Creek County", None
    settings["Indirect base"].value = settings["Indirect kind"].value = None
    book.save(path)


def charge(book: Workbook, line: str, period: str) -> Any:
    """The cell that holds the amount of the one charge on a line in a period."""
    heads = next(row for row in book["Allocation"].iter_rows() if row[0].value == "Award")
    at = {str(cell.value): place for place, cell in enumerate(heads)}
    rows: list[Any] = [*book["Allocation"].iter_rows()]
    (found,) = [row for row in rows if (row[at["Line"]].value, row[at["Period"]].value) == (line, period)]
    return found[at["Amount"]]


def test_a_workbook_that_is_filled_in_becomes_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """100 kits at 40 are 4,000 a year; the grant has 6,000, so that 2,000 are missing in the second year.

    Of the first year 1,500 are taken away by hand and committed: the second year then has all of its 4,000. Ids that
    look like numbers are as they were typed.
    """
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> tuple[int, str]:
        done = CliRunner().invoke(shell, args)
        return done.exit_code, done.output

    assert run("init", "--xlsx", "budget.xlsx")[0] == 0
    fill(tmp_path / "budget.xlsx")
    assert run("check", "budget.xlsx") == (0, "no faults: 2 awards, 2 activities, 2 lines, 3 needs, FY2027 to FY2028\n")
    assert run("plan", "budget.xlsx", "-o", "plan.xlsx", "-q")[0] == 0
    book = openpyxl.load_workbook("plan.xlsx", data_only=True)
    paid = {(row["Line"], row["Period"]): row["Amount"] for row in table(book, "Allocation", "Award")}
    assert paid == {("kits/kits", "FY2027"): 4000, ("kits/kits", "FY2028"): 2000, ("peers/rides", "FY2027"): 3000}
    register = {row["Award"]: row for row in table(book, "Award register", "Award") if row.get("Program")}
    assert (register["hhs"]["FAIN"], register["hhs"]["Assistance Listing"]) == ("1E5", "93.788")
    assert any("0042" in row for row in part(book, "Budget load"))
    assert run("check", "plan.xlsx") == (0, "every rule is kept: 3 rows, 0 changed, 5 limits\n")
    edited = openpyxl.load_workbook("plan.xlsx")
    charge(edited, "kits/kits", "FY2027").value = 2500
    edited.save("edited.xlsx")
    assert run("check", "edited.xlsx")[0] == 0
    assert run("plan", "edited.xlsx", "--keep-edits", "-o", "again.xlsx", "-q")[0] == 0
    again = openpyxl.load_workbook("again.xlsx", data_only=True)
    assert [charge(again, "kits/kits", period).value for period in ("FY2027", "FY2028")] == [2500, 3500]
    code, told = run("compare", "plan.xlsx", "again.xlsx")
    assert code == 0
    assert "hhs on kits in FY2027: $4,000, now $2,500" in told
    assert "hhs on kits in FY2028: $2,000, now $3,500" in told


def test_cells_for_ids_are_set_as_text(tmp_path: Path) -> None:
    """Ids, codes, FAIN and numbers of awards keep leading zeros, and 1E5 stays 1E5, below the last row as well."""
    assert CliRunner().invoke(shell, ["init", "--xlsx", str(tmp_path / "budget.xlsx")]).exit_code == 0
    awards = openpyxl.load_workbook(tmp_path / "budget.xlsx")["Awards"]
    letters = {str(cell.value).removesuffix(" *"): get_column_letter(cell.column) for cell in awards[3] if cell.column}
    for header in ("Id", "FAIN", "Assistance listing", "Code fund", "Pass through"):
        assert {awards[f"{letters[header]}{row}"].number_format for row in (4, 20)} == {"@"}, header
        assert awards.column_dimensions[letters[header]].number_format == "@", header
    for header in ("Amount", "Start", "Indirect rate"):
        assert awards[f"{letters[header]}20"].number_format != "@", header
