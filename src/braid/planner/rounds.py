"""What each goal settled, in dollars of the finished plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from braid.answer.rows import MetHere, PaidHere, PlanFile, Round
from braid.basics.errors import Finding
from braid.basics.money import amount_text
from braid.checks import Paid
from braid.engine.settling import Settled
from braid.judge.case import Case

Charge = tuple[str, str, int]


def rounds_of(case: Case, paid: Paid, settled: Iterable[Settled]) -> Iterator[Round]:
    """The rounds of a plan: each need once, and each dollar that an award pays on a line once."""
    charges, periods = _charges(paid), [period.name for period in case.proposal.periods]
    met: dict[tuple[str, int], int] = defaultdict(int)
    for (_, line, index), amount in charges.items():
        met[line, index] += amount
    left = sum(charges.values())

    def money(units: int) -> Decimal:
        return Decimal(amount_text(units, case.proposal.unit))

    for each in settled:
        by_award: dict[str, int] = defaultdict(int)
        for key in each.pays:
            by_award[key[0]] += charges.get(key, 0)
        left -= sum(by_award.values())
        yield Round(
            goal=each.goal,
            met=tuple(MetHere(line=line, period=periods[i], amount=money(met[line, i])) for line, i in each.met),
            paid=tuple(PaidHere(award=award, amount=money(sum_)) for award, sum_ in sorted(by_award.items()) if sum_),
            open=money(left),
        )


def _charges(paid: Paid) -> dict[Charge, int]:
    """Direct cost and fringe by award, line and period, in whole units."""
    charges: dict[Charge, int] = defaultdict(int)
    for entry in paid.entries:
        charges[entry.award, entry.line, entry.index] += entry.amount
    for key, amount in paid.fringe.items():
        charges[key] += amount
    return charges


def unlike_the_plan(file: PlanFile) -> Iterator[Finding]:
    """What rounds of a file say that its allocations do not: how much is met, and how much each award pays.

    Which goal settled what is the engine's word and is not judged.
    """
    if not file.rounds:
        return
    met: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    pays: dict[str, Decimal] = defaultdict(Decimal)
    for row in (*file.allocations, *file.fringe):
        met[row.line, row.period] += row.amount
        pays[row.award] += row.amount
    told: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    paying: dict[str, Decimal] = defaultdict(Decimal)
    for each in file.rounds:
        for need in each.met:
            told[need.line, need.period] += need.amount
        for part in each.paid:
            paying[part.award] += part.amount
    for key in sorted(met.keys() | told.keys()):
        if met[key] != told[key]:
            yield Finding(f"rounds[{','.join(key)}]", f"the rounds say {told[key]}; the allocations give {met[key]}")
    for award in sorted(pays.keys() | paying.keys()):
        if pays[award] != paying[award]:
            sentence = f"the rounds say {paying[award]}; the allocations give {pays[award]}"
            yield Finding(f"rounds[{award}]", sentence)
