"""Checks that the sheets which finance looks things up in agree with the Allocation."""

from __future__ import annotations

from collections.abc import Iterator

from braid.files.sheets import Formula
from braid.workbook.answer.positions import payer_rows, shared
from braid.workbook.answer.quarters import Quarters
from braid.workbook.answer.subawards import subaward_rows
from braid.workbook.charges import NOTHING
from braid.workbook.check import AWARD, Check, Place
from braid.workbook.facts import Facts


def agreeing(facts: Facts, place: Place, quarters: Quarters) -> Iterator[Check]:
    """Every such check, each for the row in which it will stand."""
    yield from _quarters(facts, place, quarters)
    yield from _subawards(facts, place)
    if shared(facts, list(payer_rows(facts))):
        over = Formula('COUNTIF(tblEffort[Result],"FAIL")', 0)
        yield Check(
            "Positions", "The number of positions that are paid above 100% is none.", over, NOTHING, counted=True
        )


def _quarters(facts: Facts, place: Place, quarters: Quarters) -> Iterator[Check]:
    for award in dict.fromkeys(row.award for row in quarters.rows):
        charged = sum((row.charged for row in quarters.rows if row.award == award), NOTHING)
        yield Check(
            "Quarters",
            f"{award}: what it is charged by quarter adds up to what it is charged.",
            Formula(place.of_award("Charged", "tblQuarters"), charged),
            Formula(place.charged(Award=""), facts.ledger.total(award=award)),
            award=award,
        )


def _subawards(facts: Facts, place: Place) -> Iterator[Check]:
    rows = list(subaward_rows(facts))
    for award in dict.fromkeys(row.award for row in rows):
        under = sum((row.charged for row in rows if row.award == award), NOTHING)
        direct = f'SUMIFS(tblAllocation[Amount],tblAllocation[Award],{place.at(AWARD)},tblAllocation[Kind],"direct"'
        yield Check(
            "Subawards",
            f"{award}: what it is charged under agreements is what stands on Subawards.",
            Formula(place.of_award("Charged", "tblAgreements"), under),
            Formula(f'{direct},tblAllocation[Subaward],"?*")', under),
            award=award,
        )
