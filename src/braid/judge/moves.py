"""Moves between object classes: which approved budget charges are held against, and how far they may exceed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from braid.basics.money import show
from braid.judge.determinations import AwardTerms
from braid.judge.funds import CENTS, Funds, Installment
from braid.judge.limit import Limit
from braid.law.rules import Rule, Transfer
from braid.proposal import Award


def transfer_limits(terms: AwardTerms, funds: Funds, unit: str) -> Iterator[Limit]:
    """How far charges by object class may exceed the approved budget, over all classes together; the tightest rule.

    A rule that is counted by budget period bounds each that has a budget of its own, by installment, whenever charged
    (C6). Where the award has one budget, every rule is counted over the award.
    """
    found: dict[_Budget, list[tuple[int, Rule]]] = defaultdict(list)
    for rule in terms.moves():
        for budget in _budgets(terms.award, funds, rule.transfer) if rule.transfer is not None else ():
            found[budget].append((_most(rule.transfer, budget.amount, unit), rule))
    for budget, rules in found.items():
        most, rule = min(rules, key=lambda pair: (pair[0], pair[1].id))
        yield _limit(terms.award, budget, most, rule, unit)


def approved_for(award: Award, funds: Funds, numbers: frozenset[int] | None, unit: str) -> dict[str, int]:
    """What is approved by object class for some installments of an award, or for all of it, in whole units."""
    budgets = [award.approved_budget or {}]
    if award.budgeted:
        budgets = [
            award.budgeted[part.source[1]]
            for part in _budgeted(award, funds)
            if numbers is None or part.number in numbers
        ]
    cents: dict[str, int] = defaultdict(int)
    for budget in budgets:
        for name, amount in budget.items():
            cents[str(name)] += amount
    return {name: amount // CENTS[unit] for name, amount in cents.items()}


@dataclass(frozen=True)
class _Budget:
    """What moves are counted over: an award, or some installments of it."""

    amount: int
    """What shares are of, in whole units."""
    numbers: frozenset[int] | None = None
    suffix: str = ""
    words: str = ""


def _budgets(award: Award, funds: Funds, transfer: Transfer) -> Iterator[_Budget]:
    """The approved budgets that a rule is held against; none where the award has none."""
    parts = _budgeted(award, funds)
    if award.approved_budget is not None or len(parts) == len(funds.installments) == 1:
        yield _Budget(funds.amount)
    elif transfer.per == "budget_period":
        for part in parts:
            yield _Budget(part.amount, frozenset({part.number}), f",{part.number}", f" in installment {part.number}")
    elif parts:
        some = frozenset(part.number for part in parts) if len(parts) < len(funds.installments) else None
        yield _Budget(funds.amount, some)


def _budgeted(award: Award, funds: Funds) -> list[Installment]:
    """The installments of an award that have an approved budget of their own."""
    return [
        part for part in funds.installments if part.source[0] == "budget_periods" and part.source[1] in award.budgeted
    ]


def _most(transfer: Transfer | None, amount: int, unit: str) -> int:
    if transfer is None:
        return 0
    bounds = [transfer.at_most, *([] if transfer.and_at_most is None else [transfer.and_at_most])]
    return floor(min(each * amount if isinstance(each, Fraction) else Fraction(each, CENTS[unit]) for each in bounds))


def _limit(award: Award, budget: _Budget, most: int, rule: Rule, unit: str) -> Limit:
    sentence = (
        f"Over all object classes together, {award.label} is charged at most {show(most, unit)} above its approved "
        f"budget{budget.words}: {rule.why}"
    )
    by_period = rule.transfer is not None and rule.transfer.per == "budget_period"
    if by_period and award.approved_budget is not None and len(award.budget_periods or ()) > 1:
        sentence += " It is counted over the whole award, whose approved budget is not given by budget period."
    name, held = f"transfer[{award.id}{budget.suffix}]", frozenset({award.id})
    return Limit(name, "transfer", most, sentence, held, installments=budget.numbers, rule=rule)
