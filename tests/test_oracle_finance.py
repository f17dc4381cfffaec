"""The oracle must agree on what finance says: money spent, other payers, people, days for orders, what is owed."""

from __future__ import annotations

import json

import pytest

from against_oracle import disagreements
from braid.basics.errors import BraidError
from braid.planner import plan
from braid.reading import read_text
from oracle import oracle
from oracle.budget_maker import budgeted_proposal, matched_proposal
from oracle.comparing import compare
from oracle.finance_maker import finance_proposal
from oracle.spending_maker import spending_proposal
from oracle.texts import as_yaml

SEEDS = range(40)
BATCH = 20


@pytest.mark.parametrize("first", SEEDS[::BATCH])
def test_funding_by_priority_is_the_oracles_and_it_finds_nothing_wrong(first: int) -> None:
    """For each random proposal: the oracle's funding, or a conflict where it proves one; and not a fault."""
    proposals = {seed: finance_proposal(seed) for seed in range(first, first + BATCH)}
    answers = oracle.solve_many(list(proposals.values()), seconds=10)
    wrong: list[str] = []
    for (seed, proposal), answer in zip(proposals.items(), answers, strict=True):
        try:
            found = json.loads(plan(read_text(as_yaml(proposal))).to_json())
        except BraidError as error:  # one refusal is not to hide what is wrong with the others
            wrong.append(f"{seed}: {type(error).__name__} {error}")
            continue
        wrong += [f"{seed}: {fault}" for fault in compare(proposal, found, answer)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("first", [0, 12])
def test_people_and_money_spent_under_rules_and_in_installments_are_the_oracles(first: int) -> None:
    """For each random proposal: the oracle's funding with steps of effort, former spending and what is carried over."""
    seeds = [*range(first, first + 12), *([65] if first else [])]  # 65: indirect of two installments in one period
    cases = {seed: spending_proposal(seed) for seed in seeds}
    wrong = disagreements(cases)
    assert not wrong, "\n".join(wrong)


def test_moves_counted_by_budget_period_are_the_oracles() -> None:
    """For each random proposal whose budget periods have approved budgets of their own: the oracle's funding."""
    wrong = disagreements({seed: budgeted_proposal(seed) for seed in (2, 6, 16, 18, 32, 36, 73, 106)})
    assert not wrong, "\n".join(wrong)


def test_money_spent_beside_a_reserve_and_rules_of_some_days_is_the_oracles() -> None:
    """For each random proposal: the oracle's funding, or its conflict where a reserve is eaten into already (45)."""
    wrong = disagreements({seed: spending_proposal(seed, everywhere=True) for seed in (1, 4, 9, 13, 45, 54, 82)})
    assert not wrong, "\n".join(wrong)


def test_money_spent_beside_match_is_the_oracles() -> None:
    """For each random proposal: the oracle's funding, where pledges cover what money already spent asks for."""
    wrong = disagreements({seed: matched_proposal(seed) for seed in (1, 6, 8, 13, 22, 31, 36)})
    assert not wrong, "\n".join(wrong)
