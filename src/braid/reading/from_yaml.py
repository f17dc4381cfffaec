"""A YAML document as a Proposal. Each award and activity is judged by itself, so that one fault hides no other."""

from __future__ import annotations

from typing import Any, TypeVar

from braid.basics.errors import InputError
from braid.files.nodes import Document, Loc
from braid.law.catalogue import Catalogue
from braid.law.rules import NOT_YET as RULES_NOT_YET
from braid.law.vocabulary import Vocabulary
from braid.proposal import Activity, Award, Proposal
from braid.reading.references import refer_dates, refer_words

Noun = TypeVar("Noun", Award, Activity)

NOT_YET = {
    "require": "requirements come with minimums and shares",
    "committed": "committed amounts come with requirements",
    "must_fund": "requirements come with minimums and shares",
    "minimum": "requirements come with minimums and shares",
    "reserve": "reserves come with requirements",
    "one_federal_payer": "the number of payers of a line cannot be bounded yet",
    "float": "cash flow is not planned yet",
    "payment": "cash flow is not planned yet",
    "lag_days": "cash flow is not planned yet",
    "smallest_charge": "it belongs to the goal `tidy`",
    "budget_periods": "give one award for each budget period",
    "carry_over": "give one award for each budget period",
    "extension": "give the end that is in force",
    "obligate_by": "the award's `end` bounds its costs",
    "liquidate_by": "the award's `end` bounds its costs",
    "released": "give the amount that is released",
    "interest": "add the interest to the amount",
    "spent_before": "give the amount that is left to spend",
    "approved_budget": "moves between object classes are not judged yet",
    "amended_to": "name the `edition`",
    "match_pledged": "matching money cannot be planned yet",
    "probability": "money that is only expected cannot be planned yet",
    "revenue": "give the cost that is left after other payers",
    "currently_funded": "supplanting is only put on the checklist yet",
    "outcome": "the goal `outcomes` is not planned yet",
    "grows": "give the cost of each period",
    "shares": "fixed shares of a line cannot be planned yet",
    "basis": "a split is only listed for attention yet",
    "benefit": "a split is only listed for attention yet",
    "portion": "give the documented part of the cost as a line of its own",
    "whole_units": "amounts are planned in dollars, not in units",
    "essential": "each line is planned by itself",
    "effort_step": "each line is planned by itself",
    "subaward": "subaward agreements are not planned yet",
    "receipts as a list": 'give the amount of each fiscal year, as in {FY2027: "386,971"}',
    "position": "positions are not planned yet",
    **RULES_NOT_YET,
}


def from_document(document: Document, catalogue: Catalogue, vocabulary: Vocabulary) -> Proposal:
    """The proposal that a document holds. Raises InputError with every fault."""
    if not isinstance(document.data, dict):
        found = "a list" if isinstance(document.data, list) else "one text"
        expected = "keys are expected: braid, name, jurisdiction, calendar, awards, activities"
        document.fault((), f"{found} was found; {expected}")
        document.raise_faults()
    awards = _each(document, "awards", Award, vocabulary)
    activities = _each(document, "activities", Activity, vocabulary)
    head = _head(document, vocabulary)
    refer_words(document, catalogue, vocabulary)
    if head is None:
        raise InputError(document.faults)
    parts: dict[str, Any] = {
        "awards": tuple(_with_source(award) for _, award in awards),
        "activities": tuple(activity for _, activity in activities),
    }
    proposal = head.model_copy(update=parts)
    refer_dates(document, proposal, awards, activities, catalogue)
    document.raise_faults()
    return proposal


def _head(document: Document, vocabulary: Vocabulary) -> Any:
    """All but the awards and activities, which are judged one by one."""
    data: dict[str, Any] = document.data
    filler = {"id": "x", "program": "x", "amount": "0", "start": "2000-01-01", "end": "2000-01-01"}
    line = {"id": "x", "category": "other", "amount": "0"}
    stand_ins: dict[str, Any] = {"awards": [filler], "activities": [{"id": "x", "uses": "x-x", "lines": [line]}]}
    for key, noun in (("awards", "award"), ("activities", "activity")):
        if key not in data:
            document.fault((), f"«{key}» is missing")
        elif data[key] is not None and (not isinstance(data[key], list) or not data[key]):
            document.fault((key,), f"`{key}` is a list of at least one {noun}")
    document.data = {**data, **stand_ins}
    found: Any = document.validate(Proposal, (), not_yet=NOT_YET, vocabulary=vocabulary)
    document.data = data
    return found


def _each(document: Document, key: str, kind: type[Noun], vocabulary: Vocabulary) -> list[tuple[Loc, Noun]]:
    rows = document.at((key,))
    found: list[tuple[Loc, Noun]] = []
    for i in range(len(rows) if isinstance(rows, list) else 0):  # type: ignore[arg-type]
        noun = document.validate(kind, (key, i), not_yet=NOT_YET, vocabulary=vocabulary)
        if noun is not None:
            found.append(((key, i), noun))
    return found


def _with_source(award: Award) -> Award:
    """The same award with its terms knowing whose they are."""
    terms = tuple(term.model_copy(update={"source": award.id, "own_term": True}) for term in award.terms)
    return award.model_copy(update={"terms": terms})
