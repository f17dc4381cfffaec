"""A catalogue file of one's own, laid over another catalogue.

It adds programs, common sets, editions and rules. A rule of ours gives way only where the file names it with
``replaces: program/rule``, and every replaced rule is kept beside the one that took its place: it is shown like an
exception of the funder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from braid.basics.errors import InputError, nearest
from braid.basics.words import listed
from braid.files import nodes
from braid.files.nodes import Document, Loc
from braid.law.bounds import Match
from braid.law.catalogue import Catalogue, Common, Edition, Program, ProgramKind, Terms, shipped_vocabulary
from braid.law.catalogue import catalogue as shipped
from braid.law.fields import Frozen, Id, Text, Words
from braid.law.replacing import Replacing
from braid.law.rules import Facts, Rule
from braid.law.vocabulary import Vocabulary


@dataclass(frozen=True)
class Replaced:
    """A rule of ours, and the rule of the user's file that takes its place."""

    ours: Rule
    theirs: Rule


class LayeredTerms(Terms):
    """Terms that know which of the rules that bind took the place of ours."""

    replaced: tuple[Replaced, ...] = ()


class Layered(Catalogue):
    """A catalogue with a file of the user's laid over it; ``sha256`` covers both."""

    base: Catalogue
    """The catalogue below."""
    file: Text
    """The name of the file."""
    file_sha256: Text
    """Of the text of that file alone."""
    own_programs: tuple[str, ...] = ()
    """Programs and common sets that only the file has, by id."""
    own_editions: tuple[str, ...] = ()
    """Editions that the file adds to programs and sets of ours, each as ``program:edition``."""
    own_rules: tuple[Rule, ...] = ()
    """Every rule of the file, those that replace one of ours included."""
    replaced: tuple[Replaced, ...] = ()
    """Rules of ours that a rule of the file replaces."""

    def terms(self, program: Program, edition: str | None, state: str | None, facts: Facts) -> Terms:
        """What binds an award, and which rules of ours the file keeps from binding it."""
        found = super().terms(program, edition, state, facts)
        below = self.base.by_name.get(program.id)
        would = self.base.terms(below, edition, state, facts).rules if below is not None else ()
        replaced = tuple(
            each
            for each in self.replaced
            if each.theirs in found.rules or (each.ours in would and each.ours not in found.rules)
        )
        return LayeredTerms(**{name: getattr(found, name) for name in Terms.model_fields}, replaced=replaced)

    def __repr__(self) -> str:
        return f"{super().__repr__()}\nwith {self.file} laid over it: {len(self.own_rules)} rules"

    __str__ = __repr__


def replaced_in(terms: Terms) -> tuple[Replaced, ...]:
    """The rules of ours that a file of the user's keeps from binding an award; none where no file was laid over."""
    return terms.replaced if isinstance(terms, LayeredTerms) else ()


def catalogue(sources: str | Path | None = None) -> Catalogue:
    """The catalogue that ships with braid, or the one that ``BRAID_FUNDING_SOURCES`` names.

    With ``sources`` that file is laid over it: it adds programs and rules, and replaces a rule of ours only where it
    says ``replaces: program/rule``. Raises InputError with every fault of a file that cannot be read.

    >>> catalogue().program("sor").funder
    'SAMHSA'
    """
    base = shipped()
    if sources is None:
        return base
    return lay(nodes.read_text(Path(sources)), str(sources), base, shipped_vocabulary())


def lay(text: str, file: str, base: Catalogue, vocabulary: Vocabulary) -> Layered:
    """The text of a user's catalogue file laid over ``base``. Raises InputError with every fault, each at its line."""
    document = nodes.parse(text, file)
    laying = _Laying(document, base, vocabulary)
    laying.lay()
    document.raise_faults()
    own = hashlib.sha256(text.encode()).hexdigest()
    return Layered(
        catalogue=base.catalogue,
        common=(*laying.common.values(),),
        programs=(*laying.programs.values(),),
        sha256=hashlib.sha256(f"{base.sha256}\n{own}\n".encode()).hexdigest(),
        base=base,
        file=file,
        file_sha256=own,
        own_programs=tuple(laying.own_programs),
        own_editions=tuple(laying.own_editions),
        own_rules=tuple(laying.replacing.rules),
        replaced=tuple(Replaced(ours, theirs) for ours, theirs in laying.replacing.replaced),
    )


class _Head(Frozen):
    catalogue: Literal["1"]
    common: tuple[Any, ...] = ()
    programs: tuple[Any, ...] = ()


class _MoreProgram(Frozen):
    """What a file may add to a program of ours."""

    id: Id
    also: Words = ()
    under: Words = ()
    editions: tuple[Any, ...] = ()
    rules: tuple[Any, ...] = ()


class _MoreCommon(Frozen):
    """What a file may add to a common set of ours."""

    id: Id
    editions: tuple[Any, ...] = ()
    rules: tuple[Any, ...] = ()


class _MoreEdition(Frozen):
    """What a file may add to an edition of ours."""

    id: Text
    rules: tuple[Any, ...] = ()


class _Laying:
    """Reads the file entry by entry, so that no fault hides another."""

    def __init__(self, document: Document, base: Catalogue, vocabulary: Vocabulary) -> None:
        self.document, self.base, self.vocabulary = document, base, vocabulary
        self.common = {part.id: part for part in base.common}
        self.programs = {part.id: part for part in base.programs}
        self.own_programs: list[str] = []
        self.own_editions: list[str] = []
        self.replacing = Replacing(document, base)
        self._ours = {*self.common, *self.programs}
        self._names = {*self.common, *base.by_name}
        self._seen: set[str] = set()
        self._serving: list[tuple[Loc, Match]] = []

    def lay(self) -> None:
        """Add every entry of the file, or note what is wrong with it."""
        if self._read(_Head, ()) is None and not isinstance(self.document.data, dict):
            raise InputError(self.document.faults)
        for key, parts, kind, more in (
            ("common", self.common, Common, _MoreCommon),
            ("programs", self.programs, Program, _MoreProgram),
        ):
            for i in range(len(_rows(self.document, (key,)))):
                self._entry((key, i), parts, kind, more)
        self._references()

    def _read(self, kind: type[Any], loc: Loc) -> Any:
        return self.document.validate(kind, loc, vocabulary=self.vocabulary)

    def _bare(self, kind: type[Any], loc: Loc) -> Any:
        """An entry without its rules and editions, which are read one by one."""
        data: Any = self.document.at(loc)
        lists = [key for key in ("rules", "editions") if isinstance(self.document.at((*loc, key)), list)]
        apart = {key: data.pop(key) for key in lists}
        found = self._read(kind, loc)
        if apart:
            data.update(apart)
        return found

    def _rules(self, loc: Loc) -> list[tuple[Loc, Rule]]:
        """The sound rules of an entry, each with its place."""
        places = [(*loc, "rules", r) for r in range(len(_rows(self.document, (*loc, "rules"))))]
        read = [(place, self._read(Rule, place)) for place in places]
        sound = [(place, rule) for place, rule in read if rule is not None]
        self._serving += [((*place, "match", "from"), rule.match) for place, rule in sound if rule.match is not None]
        return sound

    def _entry(self, loc: Loc, parts: dict[str, Any], kind: type[Any], more: type[Any]) -> None:
        name: Any = self.document.at((*loc, "id"))
        if isinstance(name, str) and name in self._seen:
            self.document.fault((*loc, "id"), f"«{name}» is given twice; write all its rules under one entry")
            return
        if isinstance(name, str) and name in parts:
            self._seen.add(name)
            self._add(loc, parts, more)
        elif not isinstance(name, str) or not self._taken(loc, name):
            self._new(loc, parts, kind)

    def _taken(self, loc: Loc, name: str) -> bool:
        """Whether a name that would be new already stands for something else; noted as a fault."""
        program = self.base.by_name.get(name)
        if loc[0] == "programs" and program is not None:
            self.document.fault((*loc, "id"), f"«{name}» is another name of {program.id}; write that id to add to it")
        elif name in self._names:
            what = "common set" if name in self.common else "program"
            self.document.fault((*loc, "id"), f"«{name}» is a {what} already; a name stands for one thing")
        else:
            return False
        return True

    # ----------------------------------------------------------- an entry of ours

    def _add(self, loc: Loc, parts: dict[str, Any], more: type[Any]) -> None:
        """What the file adds to a program or common set of ours."""
        self._unchanged(loc, more, "an entry of your own needs another id")
        part: Any = parts[self.document.at((*loc, "id"))]
        found = self._bare(more, loc)
        told: dict[str, Any] = {"editions": self._editions(loc, part)}
        if isinstance(found, _MoreProgram):
            self._also(loc, found.also)
            told |= {"also": (*part.also, *found.also), "under": tuple(dict.fromkeys((*part.under, *found.under)))}
        told["rules"] = self.replacing.into(part, None, self._rules(loc))
        parts[part.id] = part.model_copy(update=told)

    def _unchanged(self, loc: Loc, more: type[Any], remedy: str) -> None:
        """Note every key that would change what is ours, and take it away: each is one fault, not an unknown key."""
        data: Any = self.document.at(loc)
        known = {*Program.model_fields, *Edition.model_fields}
        for key in [key for key in data if key in known - set(more.model_fields)]:
            name = f"`{key}` of {data['id']}"
            self.document.fault((*loc, key), f"{name} is not changed by a file that is laid over it; {remedy}")
            del data[key]

    def _editions(self, loc: Loc, part: Any) -> tuple[Edition, ...]:
        """The editions of a program or common set with what the file adds to them, then the new ones."""
        editions = {edition.id: edition for edition in part.editions}
        ours, seen = set(editions), set[str]()
        names = {self.document.at((*loc, "editions", e, "id")) for e in range(self._many(loc))} | ours
        for e in range(self._many(loc)):
            here = (*loc, "editions", e)
            name: Any = self.document.at((*here, "id"))
            known = isinstance(name, str) and name in ours
            if known:
                self._unchanged(here, _MoreEdition, "an edition of your own needs another id")
            found, rules = self._bare(_MoreEdition if known else Edition, here), self._rules(here)
            if found is None:
                continue
            if found.id in seen:
                self.document.fault((*here, "id"), f"the edition «{found.id}» is given twice")
                continue
            seen.add(found.id)
            edition = editions[found.id] if known else found
            if not known:
                self._extends(here, found, [str(each) for each in names])
            so_far = part.model_copy(update={"editions": tuple(editions.values())})
            placed = self.replacing.into(so_far, edition, rules)
            editions[found.id] = edition.model_copy(update={"rules": placed})
        if part.id in self._ours:
            self.own_editions += [f"{part.id}:{name}" for name in editions if name not in ours]
        return tuple(editions.values())

    def _many(self, loc: Loc) -> int:
        return len(_rows(self.document, (*loc, "editions")))

    def _extends(self, loc: Loc, edition: Edition, known: list[str]) -> None:
        if edition.extends is not None and edition.extends not in known:
            hint = nearest(edition.extends, known)
            self.document.fault((*loc, "extends"), f"«{edition.extends}» is no edition here{hint}")

    # ----------------------------------------------------------- an entry of theirs

    def _new(self, loc: Loc, parts: dict[str, Any], kind: type[Any]) -> None:
        """A program or common set that only the file has."""
        found = self._bare(kind, loc)
        if found is None:
            self._rules(loc)
            for e in range(self._many(loc)):
                self._bare(Edition, (*loc, "editions", e))
                self._rules((*loc, "editions", e))
            return
        self._seen.add(found.id)
        self._names.add(found.id)
        self.own_programs.append(found.id)
        if isinstance(found, Program):
            self._also(loc, found.also)
        rules = self.replacing.into(found, None, self._rules(loc))
        parts[found.id] = found.model_copy(update={"rules": rules, "editions": self._editions(loc, found)})

    def _also(self, loc: Loc, names: Iterable[str]) -> None:
        for name in names:
            if name in self._names:
                self.document.fault((*loc, "also"), f"the name «{name}» stands for something else already")
            self._names.add(name)

    # ------------------------------------------------------------- what leads nowhere

    def _references(self) -> None:
        """Note common sets and programs that do not exist; an entry may name one that stands later in the file."""
        programs = {name for each in self.programs.values() for name in (each.id, *each.also)}
        names = {*get_args(ProgramKind), *programs}
        for loc, match in self._serving:
            for name in match.serves:
                if name not in names:
                    hint = nearest(name, names)
                    self.document.fault(loc, f"«{name}» is neither a kind of program nor a program{hint}")
        for p in range(len(_rows(self.document, ("programs",)))):
            under: Any = self.document.at(("programs", p, "under"))
            for name in [under] if isinstance(under, str) else _rows(self.document, ("programs", p, "under")):
                if isinstance(name, str) and name not in self.common:
                    hint = nearest(name, self.common) or f"; there are {listed(self.common, 6)}"
                    self.document.fault(("programs", p, "under"), f"«{name}» is no common set{hint}")


def _rows(document: Document, loc: Loc) -> list[Any]:
    """What a list of the file holds; nothing where there is none."""
    found: Any = document.at(loc)
    return cast("list[Any]", found) if isinstance(found, list) else []
