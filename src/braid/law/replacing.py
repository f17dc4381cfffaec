"""Where the rules of a user's file go among ours: beside them, or in the place of the one that they name.

A rule that stands in an edition takes the place of the program's rule of the same id; so it may also name a rule
that the edition inherits, if it bears the same id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from braid.basics.errors import nearest
from braid.basics.words import listed
from braid.files.nodes import Document, Loc
from braid.law.catalogue import Catalogue, Common, Edition, Program
from braid.law.rules import Rule

Place = str | None
"""An edition by its id; None for the rules of the program or common set itself."""


class Replacing:
    """Places rules and notes every fault: an id that ours has, a rule to replace that is unknown or named twice."""

    def __init__(self, document: Document, base: Catalogue) -> None:
        self.document = document
        self.rules: list[Rule] = []
        """Every rule of the file that was placed, with its source."""
        self.replaced: list[tuple[Rule, Rule]] = []
        """Rules of ours, each with the one that takes its place."""
        self._ours: dict[str, list[tuple[Place, Rule]]] = defaultdict(list)
        for part in (*base.common, *base.programs):
            for place, rule in _placed(part):
                self._ours[rule.name].append((place, rule))
        self._taken: dict[tuple[str, Place], Rule] = {}

    def into(
        self, part: Program | Common, edition: Edition | None, rules: Iterable[tuple[Loc, Rule]]
    ) -> tuple[Rule, ...]:
        """The rules of a program, common set or edition once those of the file are added, in their places."""
        found = list(edition.rules if edition is not None else part.rules)
        line = _line(part, edition)
        seen: set[str] = set()
        for here, bare in rules:
            rule = bare.model_copy(update={"source": part.id})
            if rule.id in seen:
                self.document.fault((*here, "id"), f"the rule id «{rule.id}» is given twice")
                continue
            seen.add(rule.id)
            old = self._old(rule, line, here)
            if (old is None and rule.replaces is not None) or not self._free(rule, line, here):
                continue
            self.rules.append(rule)
            if old is not None and old in found:
                found[found.index(old)] = rule
            else:
                found.append(rule)
            if old is not None:
                self.replaced.append((old, rule))
        return tuple(found)

    def _old(self, rule: Rule, line: list[Place], loc: Loc) -> Rule | None:
        """The rule of ours that this one replaces, if it names one and that can be done."""
        named = rule.replaces
        if named is None:
            return None
        at = (*loc, "replaces")
        places = dict(self._ours.get(named, ()))
        if not places:
            self.document.fault(at, f"«{named}» is no rule of the catalogue{nearest(named, self._ours)}")
            return None
        old_source = next(iter(places.values())).source
        if old_source != rule.source:
            sentence = f"{named} is a rule of {old_source}; write the rule that replaces it under `id: {old_source}`"
            self.document.fault(at, sentence)
            return None
        within = [place for place in line if place in places]
        if not within:
            self.document.fault(at, f"{named} stands in {_there(places)}; write the rule that replaces it there")
            return None
        return self._once(rule, places[within[0]], line[0], inherited=within[0] != line[0], at=at)

    def _once(self, rule: Rule, old: Rule, place: Place, *, inherited: bool, at: Loc) -> Rule | None:
        if inherited and rule.id != old.id:
            inherits = f"{old.name} is one that the edition {place} inherits"
            sentence = f"{inherits}; only a rule with the id «{old.id}» replaces it here"
            self.document.fault(at, sentence)
            return None
        first = self._taken.get((old.name, place))
        if first is not None:
            self.document.fault(at, f"{old.name} is replaced twice; the rule «{first.id}» of this file replaces it too")
            return None
        self._taken[old.name, place] = rule
        return old

    def _free(self, rule: Rule, line: list[Place], loc: Loc) -> bool:
        """Whether the id of a rule is not one of ours, or is that of the one which it replaces."""
        if rule.replaces == rule.name:
            return True
        places = [place for place, _ in self._ours.get(rule.name, ())]
        if any(place in line for place in places):
            sentence = (
                f"«{rule.id}» is a rule of {rule.source} already; say `replaces: {rule.name}`, or give it another id"
            )
        elif line == [None] and places:
            sentence = f"«{rule.id}» is a rule of {_there(places)} already; write it there, or give it another id"
        else:
            return True
        self.document.fault((*loc, "id"), sentence)
        return False


def _there(places: Iterable[Place]) -> str:
    names = [str(place) for place in places]
    return f"the edition{'' if len(names) == 1 else 's'} {listed(names)}"


def _placed(part: Program | Common) -> Iterator[tuple[Place, Rule]]:
    """Every rule of a program or common set with where it stands."""
    for rule in part.rules:
        yield None, rule
    for edition in part.editions:
        for rule in edition.rules:
            yield edition.id, rule


def _line(part: Program | Common, edition: Edition | None) -> list[Place]:
    """Where rules stand that bind under an edition, the edition itself first."""
    known = {each.id: each for each in part.editions}
    line: list[Place] = []
    while edition is not None and edition.id not in line:
        line.append(edition.id)
        edition = known.get(edition.extends or "")
    return [*line, None]
