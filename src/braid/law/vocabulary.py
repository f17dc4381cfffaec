"""The vocabulary: uses, items and the other words that lines and rules share, each with a sentence."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import ConfigDict

from braid.files import nodes
from braid.law.fields import Frozen, Id, Text, Words, unknown

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


class Word(Frozen):
    """One word of the vocabulary."""

    id: Text
    about: Text
    name: Text | None = None
    exhibit_e: Words = ()
    """Headings of Exhibit E of the national opioid settlements under which it falls."""
    nc_option_a: Words = ()
    """Strategies of North Carolina's Option A list under which it falls."""


class Vocabulary(Frozen):
    """Every word that a selector or a line may use; ``x-…`` words are free."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    activities: Id
    uses: tuple[Word, ...]
    items: tuple[Word, ...]
    categories: tuple[Word, ...]
    functions: tuple[Word, ...]
    populations: tuple[Word, ...]
    settings: tuple[Word, ...]
    places: tuple[Word, ...]
    payees: tuple[Word, ...]
    units: tuple[Word, ...]

    @cached_property
    def known(self) -> dict[str, dict[str, Word]]:
        """The words by kind, each by its id."""
        return {kind: {word.id: word for word in getattr(self, kind)} for kind in set(_PLURAL.values())}

    def require(self, kind: str, word: str) -> None:
        """Raise ValueError, with the nearest known word, where ``word`` is unknown."""
        words = self.known[_PLURAL[kind]]
        if word not in words and not word.startswith("x-"):
            raise ValueError(unknown(word, _SINGULAR.get(kind, kind), words))


def read(text: str, file: str) -> Vocabulary:
    """The vocabulary from the text of its file. Raises InputError with every fault."""
    document = nodes.parse(text, file)
    found: Any = document.validate(Vocabulary, ())
    document.raise_faults()
    return found
