"""What holds of every plan: it is sound, looser bounds never fund less, and the order of a file does not matter."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import floor
from typing import Any

from hypothesis import Phase, assume, given, note, settings
from hypothesis import strategies as st

from braid.planner import plan
from braid.reading import read_text
from oracle import instances, mutations, oracle
from oracle.texts import as_yaml

Tree = dict[str, Any]
# Examples are seeds: a smaller one is no simpler, so that none is looked for.
FEW = settings(max_examples=40, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])


def planned(proposal: Tree) -> Tree:
    """The plan of a proposal, as it is written."""
    return json.loads(plan(read_text(as_yaml(proposal))).to_json())


@dataclass(frozen=True)
class Drawn:
    """A random small proposal, with or without requirements and installments, known by its seed."""

    wide: bool
    seed: int

    @property
    def tree(self) -> Tree:
        return (instances.wide_proposal if self.wide else instances.random_proposal)(self.seed)


DRAWN = st.builds(Drawn, st.sampled_from([False, True, True]), st.integers(1_000, 9_999))


@given(DRAWN)
@FEW
def test_a_plan_is_sound_and_a_conflict_pays_nothing(drawn: Drawn) -> None:
    found = planned(drawn.tree)
    if found["status"] in ("conflict", "fractions"):
        assert not found["allocations"]
        assert found["conflict"]
    else:
        assert oracle.faults(drawn.tree, found) == []


@given(DRAWN, st.integers(0, 10**6))
@FEW
def test_looser_bounds_never_fund_less(drawn: Drawn, which: int) -> None:
    ways = mutations.loosened(drawn.tree)
    assume(ways)
    said, looser = ways[which % len(ways)]
    note(said)
    before = planned(drawn.tree)
    assume(before["status"] == "optimal")
    after = planned(looser)
    assume(after["status"] != "feasible")
    assert after["status"] == "optimal"
    had, has = (oracle.funded_by_priority(drawn.tree, found) for found in (before, after))
    for priority in sorted(had):
        assert floor(has[priority]) >= floor(had[priority])
        if has[priority] != had[priority]:
            break  # more of a former priority, be it by less than a unit, may leave less for the next


@given(DRAWN, st.integers(0, 10**6))
@FEW
def test_the_order_of_a_file_changes_nothing(drawn: Drawn, seed: int) -> None:
    here, there = (answer(tree) for tree in (drawn.tree, mutations.shuffled(drawn.tree, seed)))
    assert list(here) == list(there)
    for part in here:
        assert json.dumps(here[part]) == json.dumps(there[part])


def answer(proposal: Tree) -> Tree:
    """All of a plan but the time at which it was made, and what repeats the file as it was read."""
    found = planned(proposal)
    provenance = {key: value for key, value in found["provenance"].items() if key not in ("made", "proposal")}
    return {key: value for key, value in found.items() if key not in ("proposal", "fingerprint")} | {
        "provenance": provenance
    }
