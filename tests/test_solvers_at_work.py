"""The same two ways to the solver on Harbor County."""

from __future__ import annotations

import pytest

from braid.files.shipped import shipped
from braid.proposal import Proposal
from braid.reading import read
from test_solvers import other, test_each_goal_can_reach_the_same_through_pulp, test_the_plan_through_pulp_is_the_same

__all__ = ["other", "test_each_goal_can_reach_the_same_through_pulp", "test_the_plan_through_pulp_is_the_same"]


@pytest.fixture
def proposal() -> Proposal:
    """Harbor County."""
    return read(str(shipped("examples", "harbor_county.yaml")))
