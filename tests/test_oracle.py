"""An oracle written from the conventions alone, in exact integers and sharing no code with braid, must agree."""

from __future__ import annotations

import json
from math import floor

import pytest

from braid.planner import plan
from braid.reading import read_text
from oracle import instances, oracle
from oracle.texts import as_yaml

SEEDS = [seed for seed in range(202) if seed not in {64, 117}]
"""Of the seeds whose last whole dollar is sought for ten seconds and more, 47 stands for the others."""
BATCH = 25


@pytest.mark.parametrize("first", range(0, len(SEEDS), BATCH))
def test_funding_by_priority_equals_the_oracles_optimum_and_it_finds_nothing_wrong(first: int) -> None:
    """For each random proposal: the same funding of every priority in whole units, and a plan without a fault."""
    proposals = {seed: instances.random_proposal(seed) for seed in SEEDS[first : first + BATCH]}
    answers = oracle.solve_many(list(proposals.values()), seconds=10)
    wrong: list[str] = []
    for (seed, proposal), answer in zip(proposals.items(), answers, strict=True):
        found = json.loads(plan(read_text(as_yaml(proposal))).to_json())
        wrong += [f"{seed}: {fault}" for fault in oracle.faults(proposal, found)]
        funded = oracle.funded_by_priority(proposal, found)
        sure = True
        for priority, best in sorted(answer.optimum.items()):
            sure = sure and answer.proven[priority]
            here = funded.get(priority, 0)
            if sure and floor(here) != floor(best):
                wrong.append(f"{seed}: priority {priority} is funded with {here}, the optimum is {best}")
    assert not wrong, "\n".join(wrong)
