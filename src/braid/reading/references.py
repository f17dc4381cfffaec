"""Words that must lead somewhere: programs, editions, uses, and the awards, activities and lines that are named.

It looks at the text as it was written, so that a fault elsewhere in the same award or activity hides nothing. What
could be read whole is held against the plan in ``consistency``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from braid.basics.errors import nearest
from braid.files.nodes import Document, Loc
from braid.law.catalogue import Catalogue
from braid.law.vocabulary import Vocabulary

OF_BOTH = ("uses", "population", "setting", "place", "payee")
OF_LINE = ("item", "function", "unit")
LISTED = ("only", "uses", "amount", "quantity", "unit_cost")
COMMITTED = ("award", "line", "period")
MOST_TOLD = 3


@dataclass(frozen=True)
class Named:
    """The ids that a proposal gives, as they are written."""

    awards: set[str]
    activities: set[str]
    lines: set[str]
    """By full id, ``activity/line``."""


def refer_words(document: Document, catalogue: Catalogue, vocabulary: Vocabulary) -> None:
    """Note every word that is not known and every id that is given twice."""
    named = _named(document)
    for loc, award in rows(document, ("awards",)):
        _award(document, loc, award, {*vocabulary.known["uses"], *named.activities}, named)
        _program(document, loc, award, catalogue)
        for here, spent in rows(document, (*loc, "spent_before")):
            _known(document, here, spent, ("item", "function"), vocabulary)
    for loc, activity in rows(document, ("activities",)):
        _known(document, loc, activity, OF_BOTH, vocabulary)
        for here, line in rows(document, (*loc, "lines")):
            _known(document, here, line, (*OF_BOTH, *OF_LINE), vocabulary)
            _not_empty(document, here, line, LISTED)
            for key in ("only", "never"):
                _awards(document, here, line, key, named)
            shares = line.get("shares")
            for word in cast(dict[str, Any], shares) if isinstance(shares, dict) else ():
                _award_named(document, (*here, "shares", word), word, named, at_key=True)
    _unique(document, ("require",))
    for loc, requirement in rows(document, ("require",)):
        _awards(document, loc, requirement, "awards", named)
        _selected(document, (*loc, "select"), requirement.get("select"), named)
    _commitments(document, named)


def rows(document: Document, loc: Loc) -> Iterator[tuple[Loc, dict[str, Any]]]:
    """The mappings in a list, each with its place; nothing where there is no list."""
    found = document.at(loc)
    for i, row in enumerate(cast(list[Any], found) if isinstance(found, list) else ()):
        if isinstance(row, dict):
            yield (*loc, i), cast(dict[str, Any], row)


def _named(document: Document) -> Named:
    awards, activities = _unique(document, ("awards",)), _unique(document, ("activities",))
    lines: set[str] = set()
    for loc, activity in rows(document, ("activities",)):
        lines |= {f"{activity.get('id')}/{line}" for line in _unique(document, (*loc, "lines"))}
    return Named(awards, activities, lines)


def _unique(document: Document, loc: Loc) -> set[str]:
    first: dict[str, str] = {}
    for here, row in rows(document, loc):
        name = row.get("id")
        if isinstance(name, str):
            if name in first:
                document.fault((*here, "id"), f"the id «{name}» is given twice; the first is {first[name]}")
            first.setdefault(name, document.where((*here, "id")))
    return {*first}


def _texts(row: Mapping[str, Any], key: str) -> Iterator[tuple[Loc, str]]:
    """The words under a key, be it one or a list of them."""
    value = row.get(key)
    if isinstance(value, str):
        yield (key,), value
    elif isinstance(value, list):
        for i, word in enumerate(cast(list[Any], value)):
            if isinstance(word, str):
                yield (key, i), word


def _not_empty(document: Document, loc: Loc, row: dict[str, Any], keys: tuple[str, ...]) -> None:
    for key in keys:
        if row.get(key) in ([], {}):
            document.fault((*loc, key), f"nothing is listed here; give at least one entry, or leave `{key}` out")


def _known(document: Document, loc: Loc, row: dict[str, Any], kinds: tuple[str, ...], vocabulary: Vocabulary) -> None:
    for kind in kinds:
        for step, word in _texts(row, kind):
            try:
                vocabulary.require(kind, word)
            except ValueError as error:
                document.fault((*loc, *step), str(error))


# ---------------------------------------------------------------------- awards


def _award(document: Document, loc: Loc, award: dict[str, Any], scopes: set[str], named: Named) -> None:
    """The words of an award: what its scope names, and the activities and lines that its own terms name."""
    _unique(document, (*loc, "terms"))
    _not_empty(document, loc, award, ("scope", "receipts", "reserve"))
    for step, word in _texts(award, "scope"):
        if word not in scopes and not word.startswith("x-"):
            document.fault((*loc, *step), f"«{word}» is neither a use nor an activity{nearest(word, scopes)}")
    for here, term in rows(document, (*loc, "terms")):
        for kind, rule in term.items():
            _selected(document, (*here, kind), rule, named)


def _program(document: Document, loc: Loc, award: dict[str, Any], catalogue: Catalogue) -> None:
    name, edition = award.get("program"), award.get("edition")
    if not isinstance(name, str):
        return
    program = catalogue.by_name.get(name)
    if program is None:
        hint = nearest(name, catalogue.by_name)
        document.fault((*loc, "program"), f"«{name}» is no program of the catalogue{hint}; `other` carries no rules")
    elif isinstance(edition, str) and edition not in {known.id for known in program.editions}:
        known = ", ".join(known.id for known in program.editions)
        has = f"it has {known}" if known else "it has none"
        document.fault((*loc, "edition"), f"«{edition}» is no edition of {program.id}; {has}")


def _awards(document: Document, loc: Loc, row: dict[str, Any], key: str, named: Named) -> None:
    for step, word in _texts(row, key):
        _award_named(document, (*loc, *step), word, named)


def _award_named(document: Document, loc: Loc, word: str, named: Named, *, at_key: bool = False) -> None:
    if word not in named.awards:
        document.fault(loc, f"«{word}» is no award of this proposal{nearest(word, named.awards)}", at_key=at_key)


# --------------------------------------------------------- activities and lines


def _selected(document: Document, loc: Loc, selector: Any, named: Named) -> None:
    """Note each activity and line that a selector names, however deep, and that is not there."""
    if not isinstance(selector, dict):
        return
    written = cast(dict[str, Any], selector)
    for step, word in _texts(written, "activity"):
        if word not in named.activities:
            hint = nearest(word, named.activities)
            document.fault((*loc, *step), f"«{word}» is no activity of this proposal{hint}")
    for step, word in _texts(written, "line"):
        _line(document, (*loc, *step), word, named)
    for key in ("select", "not", "unless"):
        _selected(document, (*loc, key), written.get(key), named)


def _line(document: Document, loc: Loc, word: str, named: Named) -> None:
    """Note a word that is no full id of a line; a bare id is told with the activities that it may belong to."""
    if word in named.lines:
        return
    own = sorted(line for line in named.lines if word in line.split("/"))
    if own:
        told = " or ".join(f"«{line}»" for line in own[:MOST_TOLD])
        sentence = f"«{word}» is not the full id of a line, which is activity/line, as in {told}"
    else:
        sentence = f"«{word}» is no line of this proposal{nearest(word, named.lines)}"
    document.fault(loc, sentence)


def _commitments(document: Document, named: Named) -> None:
    """Note each commitment of an award or to a line that is not there, and each that is made twice."""
    first: dict[tuple[str, ...], str] = {}
    for loc, row in rows(document, ("committed",)):
        award, line, period = (word if isinstance(word := row.get(key), str) else "" for key in COMMITTED)
        _awards(document, loc, row, "award", named)
        if line:
            _line(document, (*loc, "line"), line, named)
        if (award, line, period) in first:
            before = first[award, line, period]
            document.fault(loc, f"{award} is committed to {line} in {period} twice; the first is {before}")
        elif award and line and period:
            first[award, line, period] = document.where(loc)
