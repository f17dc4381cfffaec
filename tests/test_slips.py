"""The slips of a person who types a proposal into a spreadsheet: told where they are, with what is likely meant."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

import braid
from braid.basics.errors import InputWarning
from braid.reading import read_text
from typed import YAML, made, put, told


def test_who_is_meant_is_said(tmp_path: Path) -> None:
    """Who writes the name of an activity in place of its id, or capitals, is told the id; a second id, the first."""
    named = [put("Activities!C1", "Name"), put("Activities!C2", "Kits for all"), put("Lines!A2", "Kits for everyone")]
    assert told(made(tmp_path, *named))[-1] == (
        "Lines!A2  «Kits for everyone» is the Id of no row of the sheet Activities (did you mean «act»?)"
    )
    capitals = told(made(tmp_path, put("Lines!A2", "ACT")))[-1]
    assert capitals == "Lines!A2  «ACT» is the Id of no row of the sheet Activities (did you mean «act»?)"
    twice = told(made(tmp_path, put("Awards!A3", "a"), put("Awards!B3", "other")))
    assert "Awards!A3  awards[a].id  the id «a» is given twice; the first is in Awards!A2" in twice


def test_a_bare_number_that_may_be_a_share_is_told(tmp_path: Path) -> None:
    """A minimum of 50 is $50, and is said to be, since 50% may have been meant; in a format of dollars it is clear."""
    header = put("Activities!C1", "Minimum")
    with pytest.warns(InputWarning, match=r"Activities!C2  «50» is read as \$50; write 50% if a share is meant"):
        assert braid.read(made(tmp_path, header, put("Activities!C2", 50))).activities[0].minimum == 5000
    with warnings.catch_warnings():
        warnings.simplefilter("error", InputWarning)
        assert braid.read(made(tmp_path, header, put("Activities!C2", 50, "$#,##0"))).activities[0].minimum == 5000


def test_a_listing_with_all_its_digits_is_read(tmp_path: Path) -> None:
    """A number of two and three digits is an Assistance Listing; one that lost a zero is shown as it may have been."""
    header = put("Awards!F1", "Assistance listing")
    assert braid.read(made(tmp_path, header, put("Awards!F2", 93.788))).awards[0].assistance_listing == "93.788"
    assert told(made(tmp_path, header, put("Awards!F2", 93.5)))[0].endswith("write it again, as in 93.500")


def test_a_ceiling_of_an_award_needs_no_yaml(tmp_path: Path) -> None:
    """A term that is a ceiling stands in columns of the sheet Terms, and reads like the same in YAML."""

    def terms(book: Workbook) -> None:
        sheet = book.create_sheet("Terms")
        sheet.append(["Award", "Id", "Why", "At most", "Of", "Of function", "With indirect", "Citation"])
        sheet.append(["a", "admin", "At most 3%.", "3%", "award", "administration", "yes", "Agreement"])

    term = (
        "terms: [{id: admin, why: At most 3%., cite: [{title: Agreement}], cap: {at_most: 3%, of: award, select: "
        "{function: administration}, include_indirect: true}}]"
    )
    assert braid.read(made(tmp_path, terms)) == read_text(
        YAML.replace("amount: 100}]\n", f"amount: 100, {term}}}]\n", 1)
    )


@pytest.mark.parametrize(
    ("edits", "sentence"),
    [
        (
            {"Awards!F1": "Receipts FY2027", "Awards!F2": 5, "Receipts!A1": "Award", "Receipts!B1": "Date",
             "Receipts!C1": "Amount", "Receipts!A2": "a", "Receipts!B2": "2026-08-01", "Receipts!C2": 5},
            "Receipts!A2  this stands by fiscal year in Awards!F2 as well; clear one of the two",
        ),
        (
            {"Proposal!A8": "Indirect rate", "Proposal!B8": "15%", "Indirect rates!A1": "Fiscal year",
             "Indirect rates!B1": "Rate", "Indirect rates!A2": "FY2027", "Indirect rates!B2": "15%"},
            "'Indirect rates'!A2  what stands here year by year is given for all years in Proposal!B8 as well; clear "
            "one of the two",
        ),
        (
            {"Approvals!A1": "Award", "Approvals!B1": "Rule", "Approvals!C1": "Note", "Approvals!A2": "a",
             "Approvals!B2": "scop", "Approvals!C2": "letter"},
            "Approvals!B2  awards[a].approvals.scop  «scop» is no rule that binds this award (did you mean «scope»?)",
        ),
        (
            {"Charged before!A1": "Award", "Charged before!B1": "Category", "Charged before!C1": "Amount",
             "Charged before!A2": "a", "Charged before!B2": "Supplies", "Charged before!C2": 5},
            "'Charged before'!B2  awards[a].spent_before[1].category  «Supplies» is not known; one of personnel, "
            "fringe, travel, equipment, supplies, contractual, construction, other or indirect is expected (did you "
            "mean «supplies»?)",
        ),
    ],
)  # fmt: skip
def test_what_stands_in_two_places_or_beside_a_word_is_told_once(
    edits: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    """What two sheets say, and a word that is nearly right, is one fault at the cell to mend."""
    assert told(made(tmp_path, *(put(place, value) for place, value in edits.items()))).count(sentence) == 1
