"""Checks that warn: what is no error, but what a careful officer looks at before a plan is filed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from braid.files.sheets import Formula
from braid.workbook.charges import NOTHING
from braid.workbook.check import Check, Place
from braid.workbook.facts import Facts


def cautions(facts: Facts, place: Place, warned: int) -> Iterator[Check]:
    """Every warning of a plan, each for the row in which it will stand; ``warned``: limits that say so."""
    for part in (_limits(facts, warned), _before(facts, place), _lapses(facts, place), _moved(facts, place)):
        yield from part
    yield from _unconfirmed(facts)
    yield from _entered(facts)


def _limits(facts: Facts, warned: int) -> Iterator[Check]:
    if facts.before:
        over = Formula('COUNTIF(tblLimits[Status],"WARN")', warned)
        sentence = "The number of limits that money already spent has left over is none."
        yield Check("Spent before", sentence, over, NOTHING, counted=True, warning=True)


def _before(facts: Facts, place: Place) -> Iterator[Check]:
    for total in facts.awards:
        if before := facts.spent_before(total.award):
            yield Check(
                "Spent before",
                f"{total.award}: what was spent before this plan is at most what it has.",
                Formula(place.of_award("Spent before"), before),
                Formula(place.of_award("Available"), facts.available(total.award)),
                at_most=True,
                award=total.award,
                warning=True,
            )


def _lapses(facts: Facts, place: Place) -> Iterator[Check]:
    for total in facts.awards:
        if any(part.ends for part in facts.parts if part.award == total.award):
            yield Check(
                "Lapses",
                f"{total.award}: no money ends unspent.",
                Formula(place.of_award("Lapses"), facts.lapses(total.award)),
                NOTHING,
                award=total.award,
                warning=True,
            )


def _moved(facts: Facts, place: Place) -> Iterator[Check]:
    for award in dict.fromkeys(each.award for each in facts.classes):
        yield Check(
            "Budget",
            f"{award}: no object class is charged above what the funder approved.",
            Formula(
                place.of_award("Above it", "tblClasses"),
                sum((each.over for each in facts.classes if each.award == award), NOTHING),
            ),
            NOTHING,
            award=award,
            warning=True,
        )


def _unconfirmed(facts: Facts) -> Iterator[Check]:
    found = facts.plan.case.determinations
    if not any(each.unverified for each in found.values()):
        return
    rests = sum((facts.ledger.total(award=a, line=n) for (a, n), each in found.items() if each.unverified), NOTHING)
    yield Check(
        "Confirmed",
        "Nothing is charged by a permission that nobody has read in the funder's own words.",
        Formula('SUMIFS(tblDeterminations[Charged],tblDeterminations[Confirmed],"no")', rests),
        NOTHING,
        warning=True,
    )


def _entered(facts: Facts) -> Iterator[Check]:
    """What no formula follows: another day, a number where none stood. Such a workbook is to be planned anew."""
    for each in facts.entries():
        yield Check("Entered", each.sentence, each.now, Decimal(each.now.value), counted=True, warning=True)
