"""The oracle must agree on every kind of rule, of programs and of awards: portions, match, moves, subawards, days."""

from __future__ import annotations

import pytest

from against_oracle import disagreements
from oracle.law_maker import law_proposal

SEEDS = range(120)
BATCH = 20


@pytest.mark.parametrize("first", SEEDS[::BATCH])
def test_funding_conflicts_and_every_rule_are_the_oracles(first: int) -> None:
    """For each random proposal under a catalogue of its own: the oracle's funding or its conflict, without a fault."""
    cases = {seed: law_proposal(seed) for seed in range(first, first + BATCH)}
    wrong = disagreements(cases)
    assert not wrong, "\n".join(wrong)
