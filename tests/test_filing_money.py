"""Where money came from, on the forms: who paid a settlement, and what an earlier budget period leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

import braid
from braid.basics.errors import InputError
from braid.reading import read_text
from braid.workbook import write_workbook
from office import part

PAYERS = """\
braid: 1
name: Test
jurisdiction: {name: Test County, state: NC}
calendar: {first: FY2027, last: FY2028}
awards:
  - id: settlement
    program: opioid-settlement
    edition: NC
    opening_balance: "40,000"
    opening_by_payer: {Distributors: "25,000", Janssen: "5,000"}
    interest: {FY2027: "300"}
    receipts:
      - {date: 2026-07-15, amount: "30,000", payer: Distributors}
      - {date: 2026-07-15, amount: "12,000", payer: Walgreens}
      - {date: 2027-07-15, amount: "31,000", payer: Distributors}
      - {date: 2027-08-15, amount: "1,000"}
activities:
  - id: act
    uses: naloxone-distribution
    lines: [{id: kits, category: supplies, item: naloxone, amount: {FY2027: "80,000", FY2028: "40,000"}}]
"""


def test_more_is_not_opened_with_than_there_is() -> None:
    """An opening balance by payer that adds up to more than the balance is a fault."""
    with pytest.raises(InputError, match=r"`opening_by_payer` adds up to \$45,000, and the opening balance is"):
        read_text(PAYERS.replace('Janssen: "5,000"', 'Janssen: "20,000"'))


CONTINUED = """\
braid: 1
name: Test
jurisdiction: {name: Test County, state: NC}
calendar: {first: FY2027, last: FY2027}
awards:
  - id: grant
    program: other-federal
    awarded: 2025-07-01
    budget_periods:
      - {start: 2025-07-01, end: 2026-06-30, amount: "1,000"}
      - {start: 2026-07-01, end: 2027-06-30, amount: "2,000"}
    CARRY
    spent_before: [{category: travel, amount: "600"}]
activities:
  - id: act
    uses: naloxone-distribution
    lines: [{id: kits, category: supplies, item: naloxone, amount: "2,100"}]
"""


@pytest.mark.parametrize(
    ("carry", "left", "remark"),
    [
        ("carry_over: {approved: 25%}", 250, "What others leave of their part, for (d), is not in this plan."),
        ("carry_over: approved", 400, "What others leave of their part, for (d), is not in this plan."),
        ("carry_over: none", None, "No carry-over from earlier budget periods is on file."),
    ],
)
def test_a_continuation_says_what_is_unobligated(carry: str, left: int | None, remark: str, tmp_path: Path) -> None:
    """Of 1,000 less 600 spent, 400 are left: all of it, or the 250 that may live on; (c) and (d) wait for the agency.

    The form's instructions leave both columns blank unless the agency's own ask for them; then lines 1 to 4 are filled
    in by hand, and line 5 adds them up.
    """
    plan = braid.plan(read_text(CONTINUED.replace("CARRY", carry)))
    path = write_workbook(plan, tmp_path / "b.xlsx")
    rows = list(openpyxl.load_workbook(path, data_only=True)["SF-424A grant"].iter_rows(values_only=True))
    assert [row[3] for row in rows if str(row[1]).startswith("Where the agency asks for (c)")] == [left] * bool(left)
    paid = [row[3] for row in rows if str(row[1]).startswith("Of line 5 (e), what this plan pays from it")]
    assert paid == [left] * bool(left)  # the older money goes first: all of it, of the 2,100 that the line costs
    assert any(str(row[1]).startswith(remark) for row in rows)
    live = openpyxl.load_workbook(path)["SF-424A grant"]
    (total,) = [row for row in live.iter_rows() if row[1].value == "Totals"]
    at = total[0].row
    assert [cell.value for cell in total[3:5]] == [f"=SUM(D{at - 4}:D{at - 1})", f"=SUM(E{at - 4}:E{at - 1})"]
    assert [live.cell(at - 4, column).style for column in (4, 5, 6)] == ["braid input", "braid input", "braid money"]


def test_a_new_application_leaves_the_unobligated_columns_blank(tmp_path: Path) -> None:
    """Without earlier budget periods columns (c) and (d) are empty down to line 5, and a note cites why."""
    text = CONTINUED.replace("CARRY", "").replace('      - {start: 2025-07-01, end: 2026-06-30, amount: "1,000"}\n', "")
    plan = braid.plan(read_text(text.replace('    spent_before: [{category: travel, amount: "600"}]\n', "")))
    path = write_workbook(plan, tmp_path / "b.xlsx")
    rows = list(openpyxl.load_workbook(path, data_only=True)["SF-424A grant"].iter_rows(values_only=True))
    first = next(place for place, row in enumerate(rows) if row[0] == 1)
    assert [row[3:5] for row in rows[first : first + 5]] == [(None, None)] * 5
    said = " ".join(str(row[0]) for row in rows[first + 5 : first + 8])
    assert "new applications leave them blank" in said
    assert "(instructions for the SF-424A, lines 1 to 4)" in said


def test_what_may_have_to_be_returned_is_told_alike_everywhere(tmp_path: Path) -> None:
    """Settlement money that ends unspent: the attention list, deadlines, cash and the fund statement say one thing."""
    text = PAYERS.replace(
        '- {date: 2026-07-15, amount: "12,000"', '- {date: 2026-07-15, use_by: 2027-06-30, amount: "90,000"'
    )
    plan = braid.plan(read_text(text.replace('opening_balance: "40,000"', 'opening_balance: "30,000"')))
    # ⌊80,000 · 14 / 365⌋ = 3,068 arises before 15 July, and the balance pays it; 76,932 of the 90,000 is used in time.
    (told,) = [row.sentence for row in plan.attention if row.code == "A6"]
    assert told.startswith(
        "$13,068 of settlement will lapse on 2027-06-30. It came in advance, so that it may have to be"
    )
    book = openpyxl.load_workbook(write_workbook(plan, tmp_path / "budget.xlsx"), data_only=True)
    days = [row[:6] for row in part(book, "Deadlines") if "returned" in str(row[2])]
    assert [(row[2], row[5]) for row in days] == [
        ("Last day to use the installment; what is left may have to be returned", 13_068)
    ]
    fund = {str(row[0]): row[2:4] for row in book["Fund statement"].iter_rows(values_only=True) if row[0]}
    assert fund["Lapsed: may have to be returned"] == (13_068, 0)
    for name in ("Cash flow", "Cash by quarter", "Installments"):
        said = [str(row[0]) for row in part(book, name)[:9]]
        assert any("may have to be returned" in each for each in said), name


JAG = """\
braid: 1
name: Test
jurisdiction: {name: Test County, state: NC}
calendar: {first: FY2027, last: FY2028}
indirect: {FY2027: {rate: 10%, base: direct}, FY2028: {rate: 15%, base: direct}}
awards:
  - {id: jag, program: byrne-jag-local, awarded: 2026-07-01, start: 2026-07-01, end: 2030-06-30, amount: "4,000",
     interest: {FY2027: "400", FY2028: "300"}, payment: advance}
  - {id: grant, program: other-federal, awarded: 2026-07-01, start: 2026-07-01, end: 2028-06-30, amount: "2,300"}
activities:
  - {id: act, uses: naloxone-distribution, lines: [
      {id: kits, category: supplies, amount: "1,000", grows: 0%, only: [grant]}]}
  - {id: more, uses: naloxone-distribution, lines: [
      {id: kits, category: supplies, amount: "9,000", grows: 0%, only: [jag]}]}
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the SF-425 by award, and those of the SF-424A of the grant."""
    path = write_workbook(braid.plan(read_text(JAG)), tmp_path_factory.mktemp("jag") / "budget.xlsx")
    book = openpyxl.load_workbook(path, data_only=True)
    assert not [row[1] for row in book["Checks"].iter_rows(values_only=True) if row[8] == "FAIL"]
    found: dict[str, list[tuple[Any, ...]]] = {"form": list(book["SF-424A grant"].iter_rows(values_only=True))}
    found["of interest"] = list(book["SF-424A jag"].iter_rows(values_only=True))
    award = "top"
    for row in book["SF-425"].iter_rows(values_only=True):
        award = str(row[1]) if row[1] in {"jag", "grant"} else award
        found.setdefault(award, []).append(row)
    return found


def test_interest_that_joins_an_award_is_program_income_that_is_added(report: dict[str, list[tuple[Any, ...]]]) -> None:
    """4,000 is authorized and received, whatever interest joins; 10l is the interest, 10n what is paid from it."""
    lines = {row[0]: row[3:11] for row in report["jag"]}
    assert lines["10a"] == lines["10d"] == (4_000,) * 8
    assert lines["10l"] == (400,) * 4 + (700,) * 4
    assert (lines["10m"], lines["10e"][-1]) == ((0,) * 8, 4_000)
    assert 698 <= lines["10n"][-1] <= 700  # rounding indirect cost down may leave a dollar or two
    assert [row[10] for row in report["jag"] if row[0] == "10o"] == [700 - lines["10n"][-1]]
    assert lines["10i"] == lines["10k"] == (None,) * 8
    (paid,) = [row[3] for row in report["of interest"] if str(row[1]).startswith("Of line 5 (e), what interest")]
    assert paid == lines["10n"][-1]


def test_the_report_begins_with_who_and_what_it_is_about(report: dict[str, list[tuple[Any, ...]]]) -> None:
    """Items 1 to 8: recipient, basis and period as the proposal has them, and what it does not know to fill in."""
    items = {row[0]: row[2] for row in report["top"] if str(row[0]) in {"1", "2", "3", "4a", "4b", "5", "6", "7", "8"}}
    assert items["3"] == "Test County, NC"
    assert items["8"] == "2026-07-01 to 2028-06-30"
    assert items["7"] == "accrual, as this plan counts costs"
    assert [items[name] for name in ("4a", "4b", "6")] == [None] * 3


def test_line_eleven_gives_each_rate_with_its_base(report: dict[str, list[tuple[Any, ...]]]) -> None:
    """1,000 a year: 10% is 100 in FY2027 and 15% is 150 in FY2028; by 2026-09-30, 92 of 365 days, 25 is charged on 250.

    The base stands to what is charged by then as it does in the year: 1,000 / 100 × 25.
    """
    rows = [row for row in report["grant"] if str(row[0]).startswith("11")]
    assert [(row[0], row[2]) for row in rows if row[0] == "11b"] == [("11b", 0.1), ("11b", 0.15)]
    assert [row[3] for row in rows if row[0] in {"11d", "11e", "11f"}] == [250, 25, 25, 0, 0, 0]
    assert [row[10] for row in rows if row[0] in {"11d", "11e", "11f", "11g"}] == [
        1_000,
        100,
        100,
        1_000,
        150,
        150,
        250,
    ]
    assert any("yet to be paid back" in str(row[1]) for row in report["grant"])


def test_awards_of_one_listing_are_added_up_for_the_schedule(tmp_path: Path) -> None:
    """Two awards of 93.788 pay 300 and 200 of a line, and 10% on each: 330 and 220, and 550 of the listing."""
    award = (
        'program: other-federal, assistance_listing: "93.788", awarded: 2026-07-01, start: 2026-07-01, end: 2027-06-30'
    )
    text = (
        JAG[: JAG.index("awards:")]
        .replace("FY2028}\n", "FY2027}\n", 1)
        .replace(", FY2028: {rate: 15%, base: direct}", "")
    )
    text += f'awards:\n  - {{id: one, {award}, amount: "330"}}\n  - {{id: two, {award}, amount: "220"}}\n'
    text += "activities:\n  - {id: act, uses: naloxone-distribution, lines: [\n"
    text += '      {id: kits, category: supplies, amount: {FY2027: "500"}}]}\n'
    book = openpyxl.load_workbook(write_workbook(braid.plan(read_text(text)), tmp_path / "b.xlsx"), data_only=True)
    rows = list(book["SEFA preview"].iter_rows(values_only=True))
    assert [(row[2], row[9], row[11]) for row in rows if row[0] == "93.788"] == [("one", 330, 550), ("two", 220, 550)]
    assert any("the de minimis rate is not elected (2 CFR 200.510(b)(6))" in str(row[0]) for row in rows)


def test_a_form_with_two_rates_does_not_give_one_of_them_the_amount_of_both(
    report: dict[str, list[tuple[Any, ...]]],
) -> None:
    """Line 22 names each rate; the amount, 250 of both years, stands in a row of its own."""
    rows = [row[2:5] for row in report["form"] if row[0] == 22]
    assert rows == [(0.1, None, None), (0.15, None, None), (None, None, 250)]
