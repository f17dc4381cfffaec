"""A YAML document as a Proposal. Each award, activity and requirement is judged by itself: no fault hides another."""

from __future__ import annotations

from typing import Any, TypeVar

from braid.basics.errors import InputError
from braid.files.nodes import Document, Loc
from braid.law.catalogue import Catalogue
from braid.law.vocabulary import Vocabulary
from braid.proposal import Activity, Award, Commitment, Proposal, Requirement
from braid.reading.consistency import Parts, refer_whole
from braid.reading.finance import refer_finance
from braid.reading.goals import refer_goals
from braid.reading.periods import refer_periods
from braid.reading.references import refer_words

Noun = TypeVar("Noun", Award, Activity, Requirement, Commitment)

NOT_YET = {
    "benefit": "a split is only listed for attention yet",
}

STAND_INS: dict[str, Any] = {
    "awards": [{"id": "x", "program": "x", "opening_balance": "0"}],
    "activities": [{"id": "x", "uses": "x-x", "lines": [{"id": "x", "category": "other", "amount": "0"}]}],
}
"""In the place of what is judged one by one, while the head is judged."""


def from_document(document: Document, catalogue: Catalogue, vocabulary: Vocabulary) -> Proposal:
    """The proposal that a document holds. Raises InputError with every fault."""
    if not isinstance(document.data, dict):
        found = "a list" if isinstance(document.data, list) else "one text"
        expected = "keys are expected: braid, name, jurisdiction, calendar, awards, activities"
        document.fault((), f"{found} was found; {expected}")
        document.raise_faults()
    parts = Parts(
        _each(document, "awards", Award, vocabulary),
        _each(document, "activities", Activity, vocabulary),
        _each(document, "require", Requirement, vocabulary),
        _each(document, "committed", Commitment, vocabulary),
    )
    head = _head(document, vocabulary)
    refer_words(document, catalogue, vocabulary)
    frame = head or _frame(document)
    if frame is None:
        raise InputError(document.faults)
    told: dict[str, Any] = {
        "awards": tuple(_with_source(award) for _, award in parts.awards),
        "activities": tuple(activity for _, activity in parts.activities),
        "require": tuple(requirement for _, requirement in parts.require),
        "committed": tuple(commitment for _, commitment in parts.committed),
    }
    proposal = frame.model_copy(update=told)
    refer_periods(document, proposal)
    refer_whole(document, proposal, parts, catalogue)
    refer_finance(document, proposal, parts.awards, parts.activities, parts.committed)
    refer_goals(document, proposal)
    document.raise_faults()
    return proposal


def _head(document: Document, vocabulary: Vocabulary) -> Proposal | None:
    """All but the parts that are judged one by one."""
    data: dict[str, Any] = document.data
    for key, noun in (("awards", "award"), ("activities", "activity")):
        if key not in data:
            document.fault((), f"«{key}» is missing")
        elif data[key] is not None and (not isinstance(data[key], list) or not data[key]):
            document.fault((key,), f"`{key}` is a list of at least one {noun}")
    lists: dict[str, Any] = {key: [] for key in ("require", "committed") if isinstance(data.get(key), list)}
    document.data = {**data, **STAND_INS, **lists}
    found = document.validate(Proposal, (), not_yet=NOT_YET, vocabulary=vocabulary)
    document.data = data
    return found


def _frame(document: Document) -> Proposal | None:
    """A head of nothing but the calendar, the State and the unit, where the rest of the head is at fault.

    It lets what the parts say about days, periods and rules be judged all the same. None where these are at fault too.
    """
    data: dict[str, Any] = document.data
    told = {key: data[key] for key in ("jurisdiction", "calendar") if key in data}
    unit = {"unit": "cent"} if data.get("unit") == "cent" else {}
    apart = Document(document.file, {"braid": "1", "name": "x", **told, **unit, **STAND_INS})
    return apart.validate(Proposal, ())


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
