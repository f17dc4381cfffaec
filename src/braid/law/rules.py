"""A funder's rule as data: one id, one sentence, its citations, its dates, and one of a few kinds.

The kinds and their meaning are those of the table in CONTRIBUTING.md; ``why`` is the sentence that a finance
officer reads. Selectors say which lines a rule speaks about: keys are ANDed, values ORed, ``not`` negates (C12).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from braid.basics.fiscal import Interval
from braid.basics.money import amount_text, parse_money, parse_percent, show_percent
from braid.law.fields import Date, Dates, Flag, Frozen, Id, Money, Percent, Text, Words, known_word, known_words, reader

Read = Literal["text", "secondary", "unverified"]
Kind = Literal["allow", "forbid", "approval", "certify", "cap", "floor", "limit", "indirect", "last_payer"]
KINDS: tuple[Kind, ...] = ("allow", "forbid", "approval", "certify", "cap", "floor", "limit", "indirect", "last_payer")
NOT_YET = {
    "portion": "a documented share of a line cannot be planned yet",
    "match": "matching money cannot be planned yet",
    "transfer": "limits on moves between object classes cannot be planned yet",
}
Base = Literal["mtdc", "direct", "salaries", "salaries-and-fringe", "none"]
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


def parse_bound(value: str) -> Fraction | int:
    """Read a share or an amount."""
    ambiguous = value.strip().startswith(("0.", "."))
    return parse_percent(value) if ambiguous or value.strip().endswith("%") else parse_money(value)


def bound_text(value: Fraction | int) -> str:
    """A share or an amount as it is written."""
    return "$" + amount_text(value, "cent") if isinstance(value, int) else show_percent(value)


Bound = Annotated[
    Fraction | int,
    reader(parse_bound, Fraction, int),
    PlainSerializer(bound_text, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["5%", "150,000"]}),
]
"""A share (Fraction) or an amount (whole cents)."""


class _Share(Frozen):
    of: Literal["award", "received", "spend", "direct"] | None = None
    per: Literal["award", "budget_period", "period"] = "award"
    select: Selector = Selector()

    @field_validator("of", "per", mode="before")
    @classmethod
    def _supported(cls, value: Any) -> Any:
        if isinstance(value, str) and value in {"calendar_year", "program"}:
            raise ValueError(f"«{value}» is not supported in this version")
        return value

    def _judge(self, bound: Fraction | int) -> None:
        if isinstance(bound, Fraction) and self.of is None:
            raise ValueError("a percentage needs `of:`, one of award, received, spend, direct")
        if isinstance(bound, int) and self.of is not None:
            raise ValueError("an amount takes no `of:`; it belongs to a percentage")
        if self.of == "award" and self.per == "period":  # C6
            raise ValueError("`of: award` with `per: period` has no meaning; say `budget_period`, or `of: received`")


class Cap(_Share):
    """At most a share or an amount of what the selected lines charge."""

    at_most: Bound
    include_indirect: Flag = False

    @model_validator(mode="after")
    def _whole(self) -> Cap:
        self._judge(self.at_most)
        return self


class Floor(_Share):
    """At least a share or an amount on the selected lines."""

    at_least: Bound

    @model_validator(mode="after")
    def _whole(self) -> Floor:
        self._judge(self.at_least)
        if self.of == "received":
            raise ValueError(
                "a floor of what was received is not supported in this version; use `of: award` or `of: spend`"
            )
        return self


class Ceiling(Frozen):
    """A ceiling per unit, such as $750 per patient-year or a salary per FTE-year (C13)."""

    at_most: Money
    unit: Annotated[Text, AfterValidator(known_word)]
    per: Literal["year", "each"] = "each"
    select: Selector = Selector()
    excess: Literal["any", "non-federal", "none"] = "any"


class IndirectRule(Frozen):
    """What a program pays of indirect cost, and whether statute, regulation or only policy says so."""

    rate: Percent
    base: Base = "direct"
    authority: Literal["statute", "regulation", "policy"] = "policy"
    kind: Literal["de-minimis"] | None = None
    """Speaks only where the recipient's own rate is of this kind."""


class Citation(Frozen):
    """Where a rule can be read, and how well it was."""

    title: Text
    section: Text | None = None
    href: Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$")] | None = None
    read: Read = "text"
    """text: the words were read. secondary: read in another's account. unverified: not found; applied with care."""
    read_on: Date | None = None
    note: Text | None = None
    """What could not be confirmed."""

    def __str__(self) -> str:
        return self.title + (f", {self.section}" if self.section else "")


class Rule(Frozen):
    """One rule of a funder, or one term of an award."""

    id: Id
    why: Text
    """One sentence that a finance officer understands."""
    cite: tuple[Citation, ...] = Field(min_length=1)
    awards: Dates = Dates()
    """Which awards it governs, by the date of the prime award."""
    agencies: Words = ()
    """Which agencies' awards it governs; empty for all."""
    costs: Dates = Dates()
    """Which costs it governs, by the day incurred."""
    allow: Selector | None = None
    forbid: Forbid | None = None
    approval: Approval | None = None
    certify: Selector | None = None
    cap: Cap | None = None
    floor: Floor | None = None
    limit: Ceiling | None = None
    indirect: IndirectRule | None = None
    last_payer: Selector | None = None
    source: str = Field("", exclude=True)
    """The program, common set or award that it comes from; set when the catalogue is read."""
    own_term: bool = Field(False, exclude=True)
    """Whether it is a term of one award."""

    @model_validator(mode="before")
    @classmethod
    def _ours(cls, value: Any) -> Any:
        """Where a rule comes from is set here, never written in a file."""
        if isinstance(value, dict) and {"source", "own_term"} & {*value}:  # type: ignore[reportUnknownArgumentType]
            raise ValueError("a rule takes no key `source` or `own_term`")
        return value  # type: ignore[reportUnknownVariableType]

    @model_validator(mode="after")
    def _one_kind(self) -> Rule:
        kinds = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(kinds) != 1:
            found = "none" if not kinds else " and ".join(kinds)
            raise ValueError(f"a rule says exactly one of {', '.join(KINDS)}; found {found}")
        if (self.cap or self.floor or self.indirect) and self.costs != Dates():
            raise ValueError(f"`costs:` on a {kinds[0]} is not supported in this version; it governs all costs")
        return self

    @property
    def kind(self) -> Kind:
        """Which kind of rule it is."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def name(self) -> str:
        """The full id: ``program/rule``, or ``award:term`` for an award's own term."""
        return f"{self.source}{':' if self.own_term else '/'}{self.id}"

    @property
    def confidence(self) -> Read:
        """How well the best of its citations was read."""
        order: tuple[Read, ...] = ("text", "secondary", "unverified")
        best = min(order.index(cite.read) for cite in self.cite)
        return order[best]

    def governs(self, awarded: dt.date | None, agency: str | None) -> bool:
        """Whether it governs an award of this date and agency; one without a date is governed (the cautious way)."""
        if self.agencies and agency is not None and agency not in self.agencies:
            return False
        day = awarded.toordinal() if awarded else None
        return day is None or Interval(day, day + 1).within(self.awards.days)

    def selects(self, traits: Traits) -> bool:
        """Whether it speaks about a line with these traits."""
        if self.indirect is not None:
            return True
        share = self.cap or self.floor or self.limit
        kinds = (self.allow, self.forbid, self.approval, self.certify, self.last_payer)
        selector = share.select if share else next(kind for kind in kinds if kind is not None)
        return selector.selects(traits)
