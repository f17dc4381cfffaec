"""The vocabulary: uses, practices, items and the other words that lines and rules share, each with a sentence.

A *use* is what money is spent for, and rules name it. A *practice* is a thing that counties do under one or more uses;
no rule names it. Uses and practices carry what studies found, with the citation, where a figure was read.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema

from braid.basics.errors import InputError, nearest
from braid.files import nodes
from braid.law.fields import Frozen, Id, Number, Text, Words, reader, unknown

_PLURAL = {
    "use": "uses",
    "uses": "uses",
    "item": "items",
    "category": "categories",
    "function": "functions",
    "population": "populations",
    "setting": "settings",
    "place": "places",
    "payee": "payees",
    "unit": "units",
}
_SINGULAR = {"uses": "use"}
_HEADING = re.compile(r"A\.[A-I]|B\.[A-L](\.[1-9][0-9]?)?")


def _headings(value: tuple[str, ...]) -> tuple[str, ...]:
    for code in value:
        if not _HEADING.fullmatch(code):
            raise ValueError(
                f"«{code}» is no heading of Exhibit E; A.A to A.I and B.A to B.L are expected, or an item such as B.H.5"
            )
    return value


def _numbered(most: int, title: str) -> AfterValidator:
    """Every word of a list is the number of an entry of a State's list."""

    def judge(value: tuple[str, ...]) -> tuple[str, ...]:
        for number in value:
            if not re.fullmatch(r"[1-9][0-9]?", number) or int(number) > most:
                raise ValueError(f"«{number}» is no number of {title}; a whole number from 1 to {most} is expected")
        return value

    return AfterValidator(judge)


def _calendar_year(text: str) -> int:
    if not re.fullmatch(r"(19|20)[0-9]{2}", text):
        raise ValueError(f"«{text}» is no calendar year; four digits such as 2021 are expected")
    return int(text)


ExhibitE = Annotated[Words, AfterValidator(_headings)]
"""Headings of Exhibit E: A.A to A.I of Schedule A, B.A to B.L of Schedule B, or an item of Schedule B such as B.H.5."""

OptionA = Annotated[Words, _numbered(12, "North Carolina's Option A list")]
"""Numbers, 1 to 12, of the strategies of North Carolina's Option A list."""

HighImpact = Annotated[Words, _numbered(6, "California's list of high impact abatement activities")]
"""Numbers, 1 to 6, of California's high impact abatement activities."""

CalendarYear = Annotated[int, reader(_calendar_year, int), WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}$"})]
"""A calendar year of four digits."""

Found = TypeVar("Found", bound="Word")
Measure = Literal["deaths-averted", "QALY", "dollars", "other"]
Perspective = Literal["societal", "health-care", "taxpayer", "participant", "program"]


class Evidence(Frozen):
    """One published finding about a use or a practice. Prints as its sentence with the citation."""

    finding: Text
    """One sentence with the figure."""
    measure: Measure
    """What the figure counts: deaths averted, quality-adjusted life-years (QALY), dollars, or something else."""
    value: Number
    """The figure, in ``unit``."""
    unit: Text
    """What one of the figure is, as in «dollars of benefit per dollar of cost» or «kits per death averted»."""
    perspective: Perspective | None = None
    """Whose costs and benefits were counted, where the study says so."""
    base_year: CalendarYear | None = None
    """The calendar year of the dollars, where the study says so."""
    year: CalendarYear
    """The calendar year of publication."""
    cite: Text
    """Who wrote it, and where."""
    href: Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$")]
    read: Literal["text", "secondary", "unverified"]
    """text: the figure was read in the publication or its own abstract. secondary: in another's account of it."""

    def __repr__(self) -> str:
        how = "" if self.read == "text" else f" [{self.read}]"
        return f"{self.finding} ({self.cite}, {self.year}){how}"

    __str__ = __repr__


class Word(Frozen):
    """One word of the vocabulary. Prints as its name, its id and what it means."""

    id: Text
    about: Text
    """One sentence."""
    name: Text | None = None

    def __repr__(self) -> str:
        return "\n".join([f"{self.name} ({self.id})" if self.name else self.id, *self._said()])

    __str__ = __repr__

    def _said(self) -> list[str]:
        return [self.about]


class Fundable(Word):
    """What a use and a practice have in common."""

    exhibit_e: ExhibitE = ()
    """Headings, or items, of Exhibit E of the national opioid settlements under which it falls."""
    categories: Words = ()
    """Object classes that its budget typically has, the largest first: a planner's custom, not a rule."""
    outcome: Text | None = None
    """One outcome measure, as a phrase: what a county would count."""
    evidence: tuple[Evidence, ...] = ()
    """Published findings. Empty where no figure was read: that is no finding that it does not work."""

    def _rows(self) -> list[tuple[str, tuple[str, ...]]]:
        return [("Exhibit E", self.exhibit_e), ("Typical categories", self.categories)]

    def _said(self) -> list[str]:
        said = [self.about, *(f"{title}: {', '.join(found)}" for title, found in self._rows() if found)]
        return said + [f"Outcome: {self.outcome}"] * bool(self.outcome) + [f"Evidence: {one}" for one in self.evidence]


class Use(Fundable):
    """What money is spent for: the word that rules, scopes and settlement lists name."""

    remediation: Literal["presumed", "unsettled", "no"] = "presumed"
    """Whether it is opioid remediation: presumed, for Exhibit E names it; unsettled, for no list names it; or no."""
    nc_option_a: OptionA = ()
    """Strategies of North Carolina's Option A list under which it falls."""
    ca_high_impact: HighImpact = ()
    """California's high impact abatement activities under which it falls."""

    def _rows(self) -> list[tuple[str, tuple[str, ...]]]:
        heading, categories = super()._rows()
        settled = () if self.remediation == "presumed" else (self.remediation,)
        states = [("North Carolina Option A", self.nc_option_a), ("California high impact", self.ca_high_impact)]
        return [("Opioid remediation", settled), heading, *states, categories]


class Practice(Fundable):
    """A concrete thing that counties do, under one use or several."""

    id: Id
    uses: Words = Field(min_length=1)
    """The uses under which its lines are budgeted, the main one first."""
    settings: Words = ()
    """Where it is done."""
    payees: Words = ()
    """Who is typically paid for it."""

    def _rows(self) -> list[tuple[str, tuple[str, ...]]]:
        return [("Uses", self.uses), ("Settings", self.settings), ("Payees", self.payees), *super()._rows()]


class Vocabulary(Frozen):
    """Every word that a selector or a line may use, and the practices of counties; ``x-…`` words are free."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    activities: Id
    uses: tuple[Use, ...]
    items: tuple[Word, ...]
    categories: tuple[Word, ...]
    functions: tuple[Word, ...]
    populations: tuple[Word, ...]
    settings: tuple[Word, ...]
    places: tuple[Word, ...]
    payees: tuple[Word, ...]
    units: tuple[Word, ...]
    practices: tuple[Practice, ...] = ()

    @cached_property
    def known(self) -> dict[str, dict[str, Word]]:
        """The words by kind, each by its id."""
        return {kind: {word.id: word for word in getattr(self, kind)} for kind in set(_PLURAL.values())}

    def require(self, kind: str, word: str) -> None:
        """Raise ValueError, with the nearest known word, where ``word`` is unknown."""
        words = self.known[_PLURAL[kind]]
        if word not in words and not word.startswith("x-"):
            raise ValueError(unknown(word, _SINGULAR.get(kind, kind), words))

    def use(self, id: str) -> Use:
        """The use of this id. Raises KeyError with the nearest known id."""
        return _named("use", id, {use.id: use for use in self.uses})

    def practice(self, id: str) -> Practice:
        """The practice of this id. Raises KeyError with the nearest known id."""
        return _named("practice", id, {practice.id: practice for practice in self.practices})

    def findings(self, practice: str) -> tuple[Evidence, ...]:
        """What studies found about a practice: its own findings, then those of its uses."""
        found = self.practice(practice)
        of_uses = [one for use in found.uses if not use.startswith("x-") for one in self.use(use).evidence]
        return (*found.evidence, *of_uses)

    def practices_of(self, use: str) -> tuple[Practice, ...]:
        """The practices that fall under a use, in the order of the file."""
        return tuple(practice for practice in self.practices if use in practice.uses)

    def __repr__(self) -> str:
        kinds = sorted(set(_PLURAL.values()), key=list(_PLURAL.values()).index)
        counted = [f"{len(getattr(self, kind))} {kind}" for kind in [*kinds, "practices"]]
        return f"Vocabulary of {', '.join(counted)}"

    __str__ = __repr__


def _named(kind: str, id: str, known: dict[str, Found]) -> Found:
    if id not in known:
        raise KeyError(f"«{id}» is no {kind} of the vocabulary{nearest(id, known)}")
    return known[id]


def read(text: str, file: str) -> Vocabulary:
    """The vocabulary from the text of its file. Raises InputError with every fault."""
    document = nodes.parse(text, file)
    found = document.validate(Vocabulary, ())
    if found is None:
        raise InputError(document.faults)
    _refer(document, found)
    document.raise_faults()
    return found


def _refer(document: nodes.Document, found: Vocabulary) -> None:
    """Note every id that is given twice, and every word of a use or a practice that leads nowhere."""
    for kind in (*dict.fromkeys(_PLURAL.values()), "practices"):
        seen: set[str] = set()
        for i, word in enumerate(getattr(found, kind)):
            if word.id in seen:
                document.fault((kind, i, "id"), f"the id «{word.id}» is given twice")
            seen.add(word.id)
    for i, use in enumerate(found.uses):
        _known(document, ("uses", i, "categories"), found, "category", use.categories)
    for i, practice in enumerate(found.practices):
        here = ("practices", i)
        _known(document, (*here, "uses"), found, "use", practice.uses)
        _known(document, (*here, "settings"), found, "setting", practice.settings)
        _known(document, (*here, "payees"), found, "payee", practice.payees)
        _known(document, (*here, "categories"), found, "category", practice.categories)


def _known(document: nodes.Document, loc: nodes.Loc, found: Vocabulary, kind: str, words: tuple[str, ...]) -> None:
    listed = isinstance(document.at(loc), list)
    for i, word in enumerate(words):
        try:
            found.require(kind, word)
        except ValueError as error:
            document.fault((*loc, i) if listed else loc, str(error))
