"""Who pays the installments of settlement money, and what each has in the opening balance."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from braid.proposal import Award
from braid.workbook.balances import INTEREST, NOT_SAID, OPENING, from_whom
from braid.workbook.entered import lookable
from braid.workbook.facts import Facts
from braid.workbook.nouns import Part


@dataclass(frozen=True)
class Span:
    """A fiscal year of the plan, by its name and its days."""

    name: str
    first: dt.date
    last: dt.date

    def holds(self, day: dt.date | None) -> bool:
        """Whether a day lies in it."""
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True)
class Payers:
    """The payers of one award of settlement money, with what each pays."""

    facts: Facts
    award: Award

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Its installments; one of which only a share lives on is two."""
        return tuple(part for part in self.facts.parts if part.award == self.award.id)

    @cached_property
    def paid(self) -> tuple[Part, ...]:
        """Its installments as they are received, each once."""
        return tuple(part for part in self.parts if part.received)

    @cached_property
    def pool(self) -> Part | None:
        """The opening balance."""
        return next((part for part in self.paid if part.source[0] == "opening_balance"), None)

    @cached_property
    def shares(self) -> dict[str, Decimal]:
        """Who has what in the opening balance, in dollars, what nobody is named for last; empty without such a balance.

        The cents that planning in whole dollars drops make no share of their own.
        """
        if self.pool is None:
            return {}
        award, opened = self.award, self.award.opening_balance or 0
        known = dict(sorted((award.opening_by_payer or {}).items()))
        if opened > (named := sum(known.values())):
            rest = award.payer if not known and award.payer else NOT_SAID
            known[rest] = known.get(rest, 0) + opened - named
        found, cents, whole = dict[str, Decimal](), 0, 0
        for name, amount in known.items():
            cents += amount
            found[name] = self.facts.money(cents // self.facts.cents - whole)
            whole = cents // self.facts.cents
        return {name: amount for name, amount in found.items() if amount}

    @property
    def parted(self) -> bool:
        """Whether the opening balance has several payers."""
        return len(self.shares) > 1

    @property
    def late(self) -> bool:
        """Whether the opening balance is there only after the plan's first day."""
        received = self.pool.received if self.pool else None
        return received is not None and received > self.facts.days.first

    @cached_property
    def of(self) -> dict[int, str]:
        """Who paid each installment, by its number; nobody alone, where it is an opening balance of several payers."""
        alone = next(iter(self.shares), "") if not self.parted else ""
        return {part.number: alone if part is self.pool else from_whom(part) for part in self.paid}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Everyone who pays, what nobody is named for last; interest has no payer."""
        found = {*(name for part, name in self.of.items() if part not in self._interest), *self.shares} - {""}
        return tuple(sorted(found, key=lambda name: (name == NOT_SAID, name)))

    @cached_property
    def _interest(self) -> frozenset[int]:
        return frozenset(part.number for part in self.paid if part.source[0] == "interest")

    @property
    def earns(self) -> bool:
        """Whether interest joins the award."""
        return bool(self._interest)

    def by(self, who: str) -> tuple[Part, ...]:
        """The installments of a payer (or of interest), without an opening balance."""
        mine = (p for p in self.paid if p is not self.pool and self.of[p.number] == who)
        return tuple(part for part in mine if (part.number in self._interest) == (who == INTEREST))

    @cached_property
    def told_apart(self) -> bool:
        """Whether a formula can look for each payer on Installments and find it alone."""
        named = {from_whom(part) for part in self.facts.parts if part.received}
        said = {part.payer for part in self.facts.parts}
        return lookable(named | {OPENING, INTEREST}) and not said & {OPENING, INTEREST, NOT_SAID}


def told(who: str) -> str:
    """A payer as a label says it.

    >>> told("payer not said"), told("interest"), told("Janssen")
    ('Payer not said', 'Interest, of no payer', 'Janssen')
    """
    return {NOT_SAID: "Payer not said", INTEREST: "Interest, of no payer"}.get(who, who)
