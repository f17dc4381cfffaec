"""A proposal under its law, worked out once: needs, installments, determinations, cells, on-costs and limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from braid.basics.fiscal import Interval
from braid.judge.determinations import AwardTerms, Determination, Judge, determine, terms_of
from braid.judge.funds import Funds, funds_of
from braid.judge.limits import Cell, Limit, limits_of
from braid.judge.needs import Need, needs_of
from braid.judge.oncosts import Indirect, indirect_of
from braid.law.catalogue import Catalogue
from braid.proposal import Proposal


@dataclass(frozen=True)
class Case:
    """Everything that follows from a proposal and a catalogue before any money is placed.

    Everything is worked out on first use and sorted by ids: the order of the file changes nothing.
    """

    proposal: Proposal
    catalogue: Catalogue

    @cached_property
    def terms(self) -> dict[str, AwardTerms]:
        """What binds each award, by award id."""
        return terms_of(self.proposal, self.catalogue)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Every need above zero, by line and period."""
        return needs_of(self.proposal)

    @cached_property
    def need(self) -> dict[tuple[str, int], Need]:
        """Needs by line id and period number."""
        return {need.key: need for need in self.needs}

    @cached_property
    def funds(self) -> dict[str, Funds]:
        """The money of each award, by award id."""
        return {
            name: funds_of(self.proposal.award(name), self.proposal, apart=_by_budget_period(terms))
            for name, terms in self.terms.items()
        }

    @cached_property
    def determinations(self) -> dict[tuple[str, str], Determination]:
        """The determination of every award and line."""
        found: dict[tuple[str, str], Determination] = {}
        plan = self.proposal.fiscal.days
        for name, terms in self.terms.items():
            judge = Judge(terms)
            days = self.funds[name].days.meet(plan)
            for cost in self.proposal.costs:
                found[name, cost.id] = determine(judge, cost, days.meet(cost.days))
        return found

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every payable combination of award, line, period and piece of window."""
        return tuple(self._whole_shares(list(self._cells())))

    def _cells(self) -> Iterator[Cell]:
        for name in self.terms:
            for need in self.needs:
                for piece in self.determinations[name, need.cost.id].payable:
                    for pot in self.funds[name].pots:
                        for window in pot.windows:
                            days = piece.meet(need.days).meet(window)
                            if days.days:
                                yield Cell(name, need.cost.id, need.index, Interval(*days), pot.number)

    def _whole_shares(self, cells: list[Cell]) -> Iterator[Cell]:
        """Where one of the awards that share a line may pay nothing in a period, none of them does (C14)."""
        payers: dict[tuple[str, int], set[str]] = defaultdict(set)
        for cell in cells:
            payers[cell.line, cell.index].add(cell.award)
        for cell in cells:
            shares = self.need[cell.line, cell.index].cost.line.shares
            if shares is None or payers[cell.line, cell.index] >= set(shares):
                yield cell

    @cached_property
    def indirect(self) -> dict[tuple[str, int], Indirect]:
        """The indirect terms of each award in each period."""
        return {
            (name, index): indirect_of(self.proposal, terms, period)
            for name, terms in self.terms.items()
            for index, period in enumerate(self.proposal.periods)
        }

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """Everything that bounds a sum."""
        return limits_of(self.proposal, self.terms, self.needs, self.funds, self.cells)


def _by_budget_period(terms: AwardTerms) -> bool:
    """Whether a rule bounds each installment of an award by itself (C6)."""
    shares = (rule.cap or rule.floor for rule in terms.rules)
    return any(share is not None and share.per == "budget_period" for share in shares)
