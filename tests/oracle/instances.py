"""Random small proposals in the written format: with dates, money and terms, and with every key besides."""

from __future__ import annotations

from random import Random

from .maker import Maker, Tree, outline
from .wide_maker import WideMaker


def random_proposal(seed: int) -> Tree:
    """A small proposal, the same for the same seed: mappings and lists of text and whole numbers."""
    rng = Random(f"proposal {seed}")
    starts = rng.choice(["07-01", "07-01", "10-01", "01-01"])
    years = list(range(2027, 2027 + rng.choice([1, 1, 2, 2, 3])))
    maker = Maker(rng, starts, years, large=rng.random() < 0.2)
    activities = [maker.activity(i) for i in range(rng.choice([1, 2, 2, 3, 3, 4]))]
    awards = maker.awards(activities)
    maker.bar_equipment(activities, awards)
    proposal = outline(f"Random proposal {seed}", starts, years, awards, activities)
    if rng.random() < 0.6:
        proposal["indirect"] = maker.recipient_rate()
    if rng.random() < 0.1:
        proposal["goals"] = ["fund"]
    return proposal


def wide_proposal(seed: int) -> Tree:
    """A small proposal that uses some of the planner's requirements and some money in installments."""
    rng = Random(f"wide {seed}")
    starts = rng.choice(["07-01", "07-01", "10-01", "01-01"])
    quarters = rng.random() < 0.2
    years = list(range(2027, 2027 + (1 if quarters else rng.choice([1, 2, 2, 3]))))
    maker = WideMaker(rng, starts, years, quarters)
    activities = [maker.activity(i) for i in range(rng.choice([1, 2, 2, 3, 3]))]
    awards = maker.awards(activities)
    maker.bar_equipment(activities, awards)
    proposal = outline(f"Wide proposal {seed}", starts, years, awards, activities)
    if quarters:
        proposal["calendar"]["step"] = "quarter"
    if rng.random() < 0.5:
        proposal["indirect"] = maker.recipient_rate()
    maker.put_requirements(proposal)
    return proposal
