"""The same two ways to the solver on proposals that have every kind of limit between them."""

from __future__ import annotations

import pytest

import braid
from braid.files.shipped import shipped
from braid.judge.case import Case
from braid.proposal import Proposal
from braid.reading import read
from small import small
from test_solvers import other, test_each_goal_can_reach_the_same_through_pulp, test_the_plan_through_pulp_is_the_same
from test_workbook_checks import KINDS
from test_workbook_live import CHOICES
from test_workbook_match import BOUNDS, COALITION

__all__ = ["other", "test_each_goal_can_reach_the_same_through_pulp", "test_the_plan_through_pulp_is_the_same"]

TEXTS = {"kinds": KINDS, "coalition": COALITION, "bounds": BOUNDS, "choices": CHOICES}


@pytest.fixture(params=TEXTS)
def proposal(request: pytest.FixtureRequest) -> Proposal:
    """One of them."""
    return small(TEXTS[request.param])


def kinds(proposal: Proposal) -> set[str]:
    return {limit.kind for limit in Case(proposal, braid.catalogue()).limits}


def test_they_have_every_kind_of_limit_that_harbor_county_has() -> None:
    """Harbor County itself, whose plan is held to its judge elsewhere, would tell of no other kind."""
    harbor = read(str(shipped("examples", "harbor_county.yaml")))
    assert kinds(harbor) <= {kind for text in TEXTS.values() for kind in kinds(small(text))}
