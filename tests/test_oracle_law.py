"""The oracle must agree on every kind of rule, of programs and of awards: portions, match, moves, subawards, days."""

from __future__ import annotations

import json

import pytest

from braid.basics.errors import BraidError
from braid.law.catalogue import read as read_catalogue
from braid.law.catalogue import shipped_vocabulary
from braid.planner import plan
from braid.reading import read_text
from oracle import oracle
from oracle.comparing import compare
from oracle.law_maker import law_proposal
from oracle.texts import as_yaml

SEEDS = range(120)
BATCH = 20


@pytest.mark.parametrize("first", SEEDS[::BATCH])
def test_funding_conflicts_and_every_rule_are_the_oracles(first: int) -> None:
    """For each random proposal under a catalogue of its own: the oracle's funding or its conflict, without a fault."""
    cases = {seed: law_proposal(seed) for seed in range(first, first + BATCH)}
    proposals, catalogues = [tree for tree, _ in cases.values()], [law for _, law in cases.values()]
    answers = oracle.solve_many(proposals, catalogues=catalogues, seconds=10)
    wrong: list[str] = []
    for (seed, (proposal, law)), answer in zip(cases.items(), answers, strict=True):
        try:
            catalogue = read_catalogue(as_yaml(law), "catalogue.yaml", shipped_vocabulary())
            found = plan(read_text(as_yaml(proposal), catalogue=catalogue), catalogue=catalogue).to_json()
        except BraidError as error:  # one refusal is not to hide what is wrong with the others
            wrong.append(f"{seed}: {type(error).__name__} {error}")
            continue
        wrong += [f"{seed}: {fault}" for fault in compare(proposal, json.loads(found), answer, law)]
    assert not wrong, "\n".join(wrong)
