"""The oracle must agree on requirements, choices and installments too, and on which proposals are in conflict."""

from __future__ import annotations

import json

import pytest

from braid.basics.errors import BraidError
from braid.planner import plan
from braid.reading import read_text
from oracle import instances, oracle
from oracle.comparing import compare
from oracle.texts import as_yaml

SEEDS = [seed for seed in range(152) if seed not in {63, 71}]
"""Of the seeds whose last whole dollar is sought for seconds, 94 stands for the others."""
BATCH = 25


@pytest.mark.parametrize("first", range(0, len(SEEDS), BATCH))
def test_conflicts_and_funding_by_priority_are_the_oracles_and_it_finds_nothing_wrong(first: int) -> None:
    """For each random proposal: a conflict exactly where one is proven; else the same funding, without a fault."""
    proposals = {seed: instances.wide_proposal(seed) for seed in SEEDS[first : first + BATCH]}
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
