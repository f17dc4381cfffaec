"""Settlement money by payer: what came from each, what was spent of it and what is left, which add up to the fund."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import braid
from braid.reading import read_text
from braid.workbook import write_workbook
from office import differing, recalculated_all
from test_filing_money import PAYERS

SEVERAL = """\
braid: 1
name: Test
jurisdiction: {name: Test County, state: NC}
calendar: {first: FY2027, last: FY2028}
awards:
  - id: settlement
    program: opioid-settlement
    edition: NC
    opening_balance: "30,000"
    opening_by_payer: {Distributors: "20,000", Janssen: "10,000"}
    interest: {FY2028: "300"}
    receipts: [{date: 2027-07-01, amount: "9,000", payer: Walgreens}]
activities:
  - id: act
    uses: naloxone-distribution
    lines: [{id: kits, category: supplies, item: naloxone, amount: {FY2027: "15,001", FY2028: "40,000"}}]
"""
ENDS = ('interest: {FY2027: "300"}', 'interest: {FY2027: "300"}\n    end: 2028-03-31')
LITTLE = ('{FY2027: "80,000", FY2028: "40,000"}', '{FY2027: "30,001", FY2028: "2,003"}')
SPENT = ('interest: {FY2027: "300"}', 'interest: "300"\n    spent_before: [{category: supplies, amount: "45,500"}]')
CASES = {
    "cents": SEVERAL.replace("calendar:", "unit: cent\ncalendar:").replace("0,000", "0,000.01", 2),
    "early": PAYERS.replace(*SPENT).replace('2026-07-15, amount: "30', '2026-01-15, amount: "30'),
    "begun": PAYERS.replace(SPENT[0], 'interest: "300"\n    start: 2025-07-01'),
    "late": PAYERS.replace(SPENT[0], 'interest: "300"\n    start: 2027-07-01').replace("Janssen", '"*"'),
    "lapse": PAYERS.replace(*ENDS).replace(*LITTLE),
}
"""In cents; received and spent before the plan; interest that joined before it; begun within it, by a name that no
formula can look for; and with an end."""


def statement(text: str, folder: Path) -> dict[tuple[str, str], tuple[Any, ...]]:
    """The amounts of the fund statement by the two labels of their rows; of labels that come twice, the first."""
    path = write_workbook(braid.plan(read_text(text)), folder / "budget.xlsx")
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for row in openpyxl.load_workbook(path, data_only=True)["Fund statement"].iter_rows(values_only=True):
        found.setdefault((str(row[0]), str(row[1] or "")), row[2:4])
    return found


def test_every_payer_has_opening_receipts_spent_and_closing(tmp_path: Path) -> None:
    """Of 15,001 that the opening balance pays, two thirds are 10,000 and the rest 5,001; in FY2028 all is spent."""
    rows = statement(SEVERAL, tmp_path)
    whole = {
        "Distributors": {"Opening balance": (20_000, 10_000), "Spent": (10_000, 10_000), "Receipts": (0, 0)},
        "Janssen": {"Opening balance": (10_000, 4_999), "Spent": (5_001, 4_999), "Closing balance": (4_999, 0)},
        "Walgreens": {"Opening balance": (0, 0), "Receipts": (0, 9_000), "Spent": (0, 9_000)},
        "Interest, of no payer": {"Receipts": (0, 300), "Spent": (0, 300), "Closing balance": (0, 0)},
        "All payers and interest": {
            "Opening balance": (30_000, 14_999),
            "Receipts": (0, 9_300),
            "Spent": (15_001, 24_299),
            "Closing balance": (14_999, 0),
        },
    }  # fmt: skip
    assert {(who, label): rows[who, label] for who, each in whole.items() for label in each} == {
        (who, label): amounts for who, each in whole.items() for label, amounts in each.items()
    }
    assert rows["Closing balance", ""] == (14_999, 0)


def test_who_paid_stands_by_the_installments_that_are_charged(tmp_path: Path) -> None:
    """What a payer's money pays is what the plan charges to its installments, and its part of the opening balance."""
    plan = braid.plan(read_text(PAYERS))
    rows = statement(PAYERS, tmp_path)
    charged = {(row.installment, row.period): row.amount for row in plan.allocations}
    for place, year in enumerate(("FY2027", "FY2028")):
        assert rows["Walgreens", "Spent"][place] == sum(a for (n, y), a in charged.items() if (n, y) == ("3", year))
        opened = sum(a for (n, y), a in charged.items() if n == "1" and y <= year) * 5_000 / 40_000
        spent = sum(rows["Janssen", "Spent"][: place + 1])
        assert abs(spent - float(opened)) < 1
    assert rows["Payer not said", "Opening balance"][0] == 10_000
    assert rows["Distributors", "Receipts"] == (30_000, 31_000)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The workbooks of the cases, by name."""
    folder = tmp_path_factory.mktemp("funds")
    plans = {name: braid.plan(read_text(text)) for name, text in CASES.items()}
    return {name: write_workbook(plan, folder / f"{name}.xlsx") for name, plan in plans.items()}


def test_payers_add_up_to_the_fund_however_money_comes_and_goes(books: dict[str, Path]) -> None:
    """Every check holds, what payers close with adds up to what the fund does, and nobody owes the fund."""
    for name, path in books.items():
        book = openpyxl.load_workbook(path, data_only=True)
        checks = list(book["Checks"].iter_rows(values_only=True))
        assert len([row for row in checks if "by payer" in str(row[1])]) == 4, name
        assert not [row[1] for row in checks if row[8] == "FAIL"], name
        sheet: list[tuple[Any, ...]] = [row[:4] for row in book["Fund statement"].iter_rows(values_only=True)]
        payers = [row[2:] for row in sheet if row[1] == "Closing balance" and not str(row[0]).startswith("All payers")]
        (fund,) = [row[2:] for row in sheet if row[0] == "Closing balance"]
        assert [round(sum(each), 2) for each in zip(*payers, strict=True)] == [round(each, 2) for each in fund], name
        assert min(amount for each in payers for amount in each) >= 0, name


@pytest.mark.needs_program("soffice")
def test_what_goes_by_payer_is_live(books: dict[str, Path], tmp_path: Path, program: Callable[[str], str]) -> None:
    """LibreOffice comes to what each formula carries, where money came early, was spent before, and lapses."""
    paths = [books["early"], books["lapse"]]
    for path, again in zip(paths, recalculated_all(program("soffice"), paths, tmp_path), strict=True):
        assert differing(path, again) == [], path.stem


@pytest.mark.parametrize(
    ("payer", "sentence"),
    [
        ("    payer: Distributors\n", "All of it comes from Distributors; interest has no payer."),
        ("", "Nobody is named as payer: say in the proposal who pays, and the same stands by payer as well."),
    ],
)
def test_with_one_payer_there_is_no_block_of_its_own(payer: str, sentence: str, tmp_path: Path) -> None:
    """A fund that one payer fills is by payer as it stands; a sentence says so, or that nobody is named."""
    text = SEVERAL.replace('    opening_by_payer: {Distributors: "20,000", Janssen: "10,000"}\n', payer)
    rows = statement(text.replace(", payer: Walgreens", ""), tmp_path)
    assert (sentence, "") in rows
    assert not [label for label in rows if label[0].startswith("All payers")]


def test_cents_that_are_dropped_are_nobodys(tmp_path: Path) -> None:
    """A balance of 30,000.00 that two payers fill with odd cents: 19,999 and 10,001, and nothing of nobody."""
    text = SEVERAL.replace('"20,000", Janssen: "10,000"', '"19,999.60", Janssen: "10,000.40"')
    rows = statement(text, tmp_path)
    assert (rows["Distributors", "Opening balance"][0], rows["Janssen", "Opening balance"][0]) == (19_999, 10_001)
    assert not [label for label in rows if label[0] == "Payer not said"]
