"""The catalogue: every funding program that braid knows, with the editions of its rules.

``catalogue()`` reads the file that ships with braid, or the one that ``BRAID_FUNDING_SOURCES`` names.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pydantic import ConfigDict

from braid.basics.errors import InputError, nearest
from braid.files import nodes
from braid.files.shipped import shipped_text
from braid.law import vocabulary as words
from braid.law.fields import Dates, Flag, Frozen, Id, Text, Words
from braid.law.rules import Facts, Rule
from braid.law.vocabulary import Vocabulary

FILE = "funding_sources.yaml"
UNIFORM_GUIDANCE = "uniform-guidance"
"""The common set that defines modified total direct costs and equipment."""
ProgramKind = Literal["federal", "settlement", "foundation", "state", "local", "other"]


class Edition(Frozen):
    """The version of a program's terms in force, by jurisdiction or by the date of the award."""

    id: Text
    name: Text | None = None
    state: Text | None = None
    awards: Dates = Dates()
    agencies: Words = ()
    """Whose awards it is for, where agencies differ; empty for all others."""
    extends: Text | None = None
    closed_list: Flag | None = None
    rules: tuple[Rule, ...] = ()


class Common(Frozen):
    """A set of rules that several programs stand under, such as 2 CFR part 200."""

    id: Id
    name: Text
    editions: tuple[Edition, ...] = ()
    rules: tuple[Rule, ...] = ()

    def in_force(self, facts: Facts) -> Iterator[Rule]:
        """The rules that govern an award: its own, and those of the edition of the award's date and agency.

        An award without a date is governed by every edition, of rules with one id by the first (the cautious way).
        """
        yield from (rule for rule in self.rules if rule.governs(facts))
        for edition in reversed(_editions_of(self.editions, facts)):
            for part in _lineage(self.editions, edition):
                yield from (rule for rule in part.rules if rule.governs(facts))


def _editions_of(editions: tuple[Edition, ...], facts: Facts) -> list[Edition]:
    """The one edition that an award was amended to, or those of its date, an agency's own before the general one."""
    amended = [edition for edition in editions if edition.id == facts.amended_to]
    if amended:
        return amended
    dated = [edition for edition in editions if facts.dated_in(edition.awards)]
    own = [edition for edition in dated if facts.agency is not None and facts.agency in edition.agencies]
    return own or [edition for edition in dated if not edition.agencies]


def _lineage(editions: tuple[Edition, ...], edition: Edition | None) -> list[Edition]:
    """An edition after those that it extends, so that its own rules replace theirs."""
    line: list[Edition] = []
    while edition is not None and edition not in line:
        line.insert(0, edition)
        edition = next((e for e in editions if e.id == line[0].extends), None)
    return line


class Program(Frozen):
    """A funding program with published rules. Awards are made under it."""

    id: Id
    also: Words = ()
    """Other names that people use for it."""
    name: Text
    funder: Text | None = None
    kind: ProgramKind
    assistance_listing: Text | None = None
    about: Text | None = None
    under: Words = ()
    closed_list: Flag = False
    """Pays only what some allow rule names."""
    editions: tuple[Edition, ...] = ()
    rules: tuple[Rule, ...] = ()

    def edition(self, named: str | None, state: str | None, facts: Facts) -> Edition | None:
        """The edition in force: the one named or amended to, else by State, else by date and agency, else the first."""
        for name in (facts.amended_to, named):
            found = next((edition for edition in self.editions if edition.id == name), None)
            if found is not None:
                return found
        if named is not None:
            return None
        fitting = [e for e in self.editions if e.state is not None and e.state == state]
        if not fitting and facts.awarded is not None:
            fitting = _editions_of(tuple(e for e in self.editions if e.awards != Dates()), facts)
        return (fitting or list(self.editions) or [None])[0]


Part = TypeVar("Part", Common, Program)


class Terms(Frozen):
    """What binds an award by its program and edition: the rules that speak, and whether the list of uses is closed."""

    program: Program
    edition: Edition | None
    closed_list: bool
    rules: tuple[Rule, ...]


class Catalogue(Frozen):
    """All programs and common rule sets. Prints as the list of programs."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    catalogue: Literal["1"]
    common: tuple[Common, ...] = ()
    programs: tuple[Program, ...] = ()
    sha256: Text = "0"
    """Of the text that it was read from."""

    @cached_property
    def by_name(self) -> dict[str, Program]:
        """Programs by id and by every other name that they answer to."""
        names = {name: program for program in self.programs for name in program.also}
        return names | {program.id: program for program in self.programs}

    def program(self, name: str) -> Program:
        """The program of this name. Raises KeyError with the nearest known name.

        >>> catalogue().program("cossap").id
        'cossup'
        """
        found = self.by_name.get(name)
        if found is None:
            raise KeyError(f"«{name}» is no program of the catalogue{nearest(name, self.by_name)}")
        return found

    def terms(self, program: Program, edition: str | None, state: str | None, facts: Facts) -> Terms:
        """What binds an award of this program: common rules, program rules, and its edition's, in that order.

        An award that names no agency is its program's funder's.
        """
        facts = facts if facts.agency is not None else replace(facts, agency=program.funder)
        chosen = program.edition(edition, state, facts)
        rules: dict[str, Rule] = {}
        for common in self.common:
            if common.id in program.under:
                rules.update((rule.name, rule) for rule in common.in_force(facts))
        rules.update((rule.name, rule) for rule in program.rules if rule.governs(facts))
        closed = program.closed_list
        for edition_in_force in _lineage(program.editions, chosen):
            rules.update((rule.name, rule) for rule in edition_in_force.rules if rule.governs(facts))
            closed = closed if edition_in_force.closed_list is None else edition_in_force.closed_list
        return Terms(program=program, edition=chosen, closed_list=closed, rules=tuple(rules.values()))

    def definitions(self, facts: Facts) -> tuple[Rule, ...]:
        """What the words of 2 CFR 200 mean for an award, also one that does not stand under it."""
        guidance = next((common for common in self.common if common.id == UNIFORM_GUIDANCE), None)
        return tuple(guidance.in_force(facts)) if guidance is not None else ()

    def rules(self) -> Iterator[Rule]:
        """Every rule of the catalogue, once."""
        for common in self.common:
            yield from common.rules
            for edition in common.editions:
                yield from edition.rules
        for program in self.programs:
            yield from program.rules
            for edition in program.editions:
                yield from edition.rules

    def __repr__(self) -> str:
        lines = [f"{program.id}: {program.name}" for program in self.programs]
        return "\n".join([f"Catalogue of {len(self.programs)} programs, {sum(1 for _ in self.rules())} rules", *lines])

    __str__ = __repr__


def read(text: str, file: str, vocabulary: Vocabulary) -> Catalogue:
    """A catalogue from the text of its file. Raises InputError with every fault, each at its line."""
    document = nodes.parse(text, file)
    found = document.validate(Catalogue, (), vocabulary=vocabulary)
    if found is None:
        raise InputError(document.faults)
    _refer(document, found)
    document.raise_faults()
    return _named(found, hashlib.sha256(text.encode()).hexdigest())


def _refer(document: nodes.Document, found: Catalogue) -> None:
    """Note every reference that leads nowhere and every id given twice."""
    commons = {common.id for common in found.common}
    seen: set[str] = set(commons)
    names = {*get_args(ProgramKind), *(name for program in found.programs for name in (program.id, *program.also))}
    for p, program in enumerate(found.programs):
        for name in (program.id, *program.also):
            if name in seen:
                document.fault(("programs", p), f"the name «{name}» is given twice")
            seen.add(name)
        for name in set(program.under) - commons:
            document.fault(("programs", p, "under"), f"«{name}» is no common set{nearest(name, commons)}")
        _editions(document, ("programs", p), program, names)
    for c, common in enumerate(found.common):
        _editions(document, ("common", c), common, names)


def _rules(document: nodes.Document, loc: nodes.Loc, rules: tuple[Rule, ...], names: set[str]) -> None:
    """Note what no rule of a whole catalogue says: that it replaces another, or that an unknown program serves."""
    for r, rule in enumerate(rules):
        if rule.replaces is not None:
            told = "`replaces` is for a file that is laid over a catalogue; here, change the rule in its place"
            document.fault((*loc, "rules", r, "replaces"), told)
        for name in rule.match.serves if rule.match is not None else ():
            if name not in names:
                sentence = f"«{name}» is neither a kind of program nor a program{nearest(name, names)}"
                document.fault((*loc, "rules", r, "match", "from"), sentence)


def _editions(document: nodes.Document, loc: nodes.Loc, part: Common | Program, names: set[str]) -> None:
    known = [edition.id for edition in part.editions]
    for e, edition in enumerate(part.editions):
        if known.index(edition.id) < e:
            document.fault((*loc, "editions", e), f"the edition «{edition.id}» is given twice")
        if edition.extends is not None and edition.extends not in known:
            hint = nearest(edition.extends, known)
            document.fault((*loc, "editions", e, "extends"), f"«{edition.extends}» is no edition here{hint}")
        _twice(document, (*loc, "editions", e), edition.rules)
    _twice(document, loc, part.rules)
    for here, rules in ((loc, part.rules), *(((*loc, "editions", e), x.rules) for e, x in enumerate(part.editions))):
        _rules(document, here, rules, names)


def _twice(document: nodes.Document, loc: nodes.Loc, rules: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for r, rule in enumerate(rules):
        if rule.id in seen:
            document.fault((*loc, "rules", r), f"the rule id «{rule.id}» is given twice")
        seen.add(rule.id)


def _named(found: Catalogue, sha256: str) -> Catalogue:
    """The same catalogue with every rule knowing where it comes from."""

    def of(source: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple(rule.model_copy(update={"source": source}) for rule in rules)

    def told(part: Part) -> Part:
        editions = tuple(e.model_copy(update={"rules": of(part.id, e.rules)}) for e in part.editions)
        return part.model_copy(update={"rules": of(part.id, part.rules), "editions": editions})

    common = tuple(told(part) for part in found.common)
    programs = tuple(told(part) for part in found.programs)
    return found.model_copy(update={"common": common, "programs": programs, "sha256": sha256})


@lru_cache(maxsize=1)
def shipped_vocabulary() -> Vocabulary:
    """The vocabulary that ships with braid."""
    return words.read(shipped_text("activities.yaml"), "activities.yaml")


@lru_cache(maxsize=4)
def _shipped(place: str | None) -> Catalogue:
    text = nodes.read_text(Path(place)) if place else shipped_text(FILE)
    return read(text, place or FILE, shipped_vocabulary())


def catalogue() -> Catalogue:
    """The catalogue that ships with braid, or the one that ``BRAID_FUNDING_SOURCES`` names.

    Raises InputError where that file is missing or at fault.

    >>> catalogue().program("sor").funder
    'SAMHSA'
    """
    return _shipped(os.environ.get("BRAID_FUNDING_SOURCES"))
