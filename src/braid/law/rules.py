"""A funder's rule as data: one id, one sentence, its citations, its dates, and one of a few kinds.

The kinds and their meaning are those of the table in CONTRIBUTING.md; ``why`` is the sentence that a finance
officer reads. What a rule can select stands in ``selecting``, how far it pays in ``bounds``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from braid.basics.fiscal import Interval
from braid.law.bounds import (
    Base,
    Bound,
    Cap,
    Carried,
    Ceiling,
    Floor,
    IndirectRule,
    Match,
    Portion,
    Transfer,
    UseWithin,
    bound_text,
    parse_bound,
)
from braid.law.fields import Date, Dates, Frozen, Id, Money, Text, Words
from braid.law.selecting import Approval, Forbid, Selector, Traits

Read = Literal["text", "secondary", "unverified"]
Kind = Literal[
    "allow", "forbid", "approval", "certify", "cap", "floor", "limit", "portion", "indirect", "match", "transfer",
    "use_within", "carry_over", "last_payer",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)


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


@dataclass(frozen=True)
class Facts:
    """What decides which rules govern an award; what is not known (None) shuts no rule out."""

    awarded: dt.date | None = None
    """The date of the prime award."""
    agency: str | None = None
    recipient: str | None = None
    """The kind of the jurisdiction."""
    cents: int | None = None
    """All that the award brings."""
    amended_to: str | None = None
    """The later edition that the award was amended to."""

    def dated_in(self, awards: Dates) -> bool:
        """Whether the award's date lies within; an award without one counts as within."""
        day = self.awarded.toordinal() if self.awarded else None
        return day is None or Interval(day, day + 1).within(awards.days)


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
    recipients: Words = ()
    """Which kinds of recipients it governs, by ``jurisdiction: {kind: …}``; empty for all."""
    award_above: Money | None = None
    """Governs only awards that bring more than this in all."""
    costs: Dates = Dates()
    """Which costs it governs, by the day incurred."""
    allow: Selector | None = None
    forbid: Forbid | None = None
    approval: Approval | None = None
    certify: Selector | None = None
    cap: Cap | None = None
    floor: Floor | None = None
    limit: Ceiling | None = None
    portion: Portion | None = None
    indirect: IndirectRule | None = None
    match: Match | None = None
    transfer: Transfer | None = None
    use_within: UseWithin | None = None
    carry_over: Carried | None = None
    last_payer: Selector | None = None
    replaces: Text | None = None
    """In a catalogue of one's own: the full id of the rule that it takes the place of."""
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
        if (self.match or self.transfer or self.use_within or self.carry_over) and self.costs != Dates():
            raise ValueError(f"`costs:` has no meaning on a {kinds[0]}, which looks at the whole award; say `awards:`")
        return self

    @cached_property
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

    def governs(self, facts: Facts) -> bool:
        """Whether it governs an award; one without a date is governed (the cautious way)."""
        if self.agencies and facts.agency is not None and facts.agency not in self.agencies:
            return False
        if self.recipients and facts.recipient is not None and facts.recipient not in self.recipients:
            return False
        if self.award_above is not None and facts.cents is not None and facts.cents <= self.award_above:
            return False
        return facts.dated_in(self.awards)

    def selects(self, traits: Traits) -> bool:
        """Whether it speaks about a line with these traits."""
        if self.indirect or self.match or self.transfer or self.carry_over:
            return True
        bounded = self.cap or self.floor or self.limit or self.portion or self.use_within
        kinds = (self.allow, self.forbid, self.approval, self.certify, self.last_payer)
        selector = bounded.select if bounded else next(kind for kind in kinds if kind is not None)
        return selector.selects(traits)


__all__ = [
    "KINDS", "Approval", "Base", "Bound", "Cap", "Carried", "Ceiling", "Citation", "Facts", "Floor", "Forbid",
    "IndirectRule", "Kind", "Match", "Portion", "Read", "Rule", "Selector", "Traits", "Transfer", "UseWithin",
    "bound_text", "parse_bound",
]  # fmt: skip
