"""Which lines a rule speaks about: the traits of a line, and selectors of them (C12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from braid.law.fields import Flag, Frozen, Money, Words, known_words

Vocabulary = Annotated[Words, AfterValidator(known_words)]


@dataclass(frozen=True)
class Traits:
    """What a rule can see of a line."""

    use: frozenset[str]
    population: frozenset[str]
    setting: frozenset[str]
    place: frozenset[str]
    item: str
    category: str
    function: str
    payee: str
    unit: str
    activity: str
    line: str
    unit_cost: int | None
    """In cents; None where the line gives an amount without a unit cost."""
    currently_funded: bool = False
    """Whether a State or local stream pays for the activity today."""
    documented: frozenset[str] = frozenset()
    """The names of its documented shares; the empty name stands for one share without a name."""


class Selector(Frozen):
    """Which lines a rule speaks about.

    >>> naloxone = Selector(item=("naloxone",))
    >>> traits = Traits(frozenset({"naloxone-distribution"}), *[frozenset()] * 3, "naloxone", "supplies",
    ...                 "service", "nonprofit", "kit", "kits", "kits/naloxone", 2400)
    >>> naloxone.selects(traits), Selector(**{"not": naloxone}).selects(traits), Selector().selects(traits)
    (True, False, True)
    """

    use: Vocabulary = ()
    item: Vocabulary = ()
    category: Vocabulary = ()
    function: Vocabulary = ()
    population: Vocabulary = ()
    setting: Vocabulary = ()
    place: Vocabulary = ()
    payee: Vocabulary = ()
    unit: Vocabulary = ()
    activity: Words = ()
    line: Words = ()
    unit_cost_at_least: Money | None = None
    """Lines bought at this unit cost or above."""
    currently_funded: Flag | None = None
    """Lines of activities that a State or local stream pays for today, or with ``false`` those that none does."""
    negated: Selector | None = Field(default=None, alias="not")
    """Lines that this selector does *not* select."""

    def selects(self, traits: Traits) -> bool:
        """Whether the rule speaks about a line with these traits."""
        for name in ("use", "population", "setting", "place"):
            wanted: tuple[str, ...] = getattr(self, name)
            if wanted and getattr(traits, name).isdisjoint(wanted):
                return False
        for name in ("item", "category", "function", "payee", "unit", "activity", "line"):
            wanted = getattr(self, name)
            if wanted and getattr(traits, name) not in wanted:
                return False
        if self.unit_cost_at_least is not None and (traits.unit_cost or 0) < self.unit_cost_at_least:
            return False
        if self.currently_funded is not None and traits.currently_funded != self.currently_funded:
            return False
        return self.negated is None or not self.negated.selects(traits)


class Forbid(Selector):
    """Lines that are never payable, but for those that ``unless`` selects."""

    unless: Selector | None = None

    def selects(self, traits: Traits) -> bool:
        """Whether the line is forbidden."""
        return super().selects(traits) and not (self.unless is not None and self.unless.selects(traits))


class Approval(Selector):
    """Lines that need the funder's approval on file; with ``above``, only those that cost more per unit."""

    above: Money | None = None

    def selects(self, traits: Traits) -> bool:
        """Whether the line needs the approval."""
        if self.above is not None and (traits.unit_cost is None or traits.unit_cost <= self.above):
            return False
        return super().selects(traits)
