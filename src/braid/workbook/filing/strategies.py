"""Settlement money by strategy: its codes, and what each strategy spends with its part of common cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from braid.law.catalogue import shipped_vocabulary
from braid.proposal import Award
from braid.workbook.charges import INDIRECT, NOTHING
from braid.workbook.facts import Facts

OPTION_B = "not on the Option A list: needs Option B"


@dataclass(frozen=True)
class Strategy:
    """A use of settlement money, with the codes by which reports name it."""

    id: str
    name: str
    exhibit: str
    state_list: str
    """Its numbers on the State's own list, or that it is not on it; empty where the State has none."""

    @property
    def coded(self) -> str:
        """Its codes in one line."""
        own = f"State list: {self.state_list}; " if self.state_list else ""
        return f"{own}Exhibit E: {self.exhibit}"


def strategy_of(use: str, state: str) -> Strategy:
    """A use as a strategy: headings of Exhibit E, and the number on North Carolina's or California's list.

    >>> strategy_of("naloxone-distribution", "NC").state_list, strategy_of("stigma-reduction", "NC").exhibit
    ('7', 'A.G, B.B, B.K')
    """
    known = {word.id: word for word in shipped_vocabulary().uses}
    if use not in known:
        return Strategy(use, use, "none", "")
    word = known[use]
    listed = {"NC": ", ".join(word.nc_option_a) or OPTION_B, "CA": ", ".join(word.ca_high_impact) or "none"}
    return Strategy(use, word.name or use, ", ".join(word.exhibit_e) or "none", listed.get(state, ""))


def settlements(facts: Facts) -> tuple[Award, ...]:
    """The awards of settlement money in the plan, by id."""
    terms = facts.plan.case.terms
    names = [total.award for total in facts.awards if terms[total.award].terms.program.kind == "settlement"]
    return tuple(facts.plan.proposal.award(name) for name in names)


def years(facts: Facts) -> tuple[str, ...]:
    """The fiscal years of the plan."""
    return tuple(dict.fromkeys(period.year for period in facts.plan.proposal.periods))


@dataclass(frozen=True)
class Spending:
    """What an award spends on a strategy in a fiscal year, its part of common (indirect) cost included, in dollars."""

    award: Award
    strategy: Strategy
    year: str
    direct: Decimal
    common: Decimal
    """All indirect cost of the award in the year."""
    every: Decimal
    """All direct cost and fringe of the award in the year."""
    part: Decimal
    first: bool = False
    last: bool = False
    """Whether it takes what rounding leaves of common cost."""

    @property
    def spent(self) -> Decimal:
        """Direct cost, fringe and its part of common cost."""
        return self.direct + self.part


def spendings(facts: Facts) -> Iterator[Spending]:
    """Every award of settlement money by fiscal year and strategy; of each year the largest strategy comes last."""
    state = facts.plan.proposal.jurisdiction.state
    for award in settlements(facts):
        for year in years(facts):
            charges = [charge for charge in facts.ledger.charged(award=award.id) if charge.period.startswith(year)]
            own: dict[str, Decimal] = defaultdict(Decimal)
            for charge in charges:
                own[charge.strategy] += charge.amount
            common = own.pop(INDIRECT, NOTHING)
            every, left = sum(own.values(), NOTHING), common
            ordered = sorted(own.items(), key=lambda pair: (pair[1], pair[0]))
            for place, (use, direct) in enumerate(ordered):
                last = place == len(ordered) - 1
                part = left if last else (direct * common / every // facts.step) * facts.step
                left -= part
                yield Spending(
                    award, strategy_of(use, state), year, direct, common, every, part, first=not place, last=last
                )
