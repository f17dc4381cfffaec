"""What each goal of a plan reached, as plan.json carries it."""

from __future__ import annotations

from braid.answer.amounts import Amount
from braid.law.fields import Frozen


class GivenUp(Frozen):
    """What a later goal took from a goal that may give something up."""

    to: str
    """The later goal, with what it goes over."""
    amount: Amount


class ShareRow(Frozen):
    """What of a group's payable need is met, in per cent, and in which round of ``fairness`` that was settled."""

    group: str
    """A place, a population or an activity."""
    need: Amount
    """Of its need, direct cost and fringe, what arises on days that some award may pay."""
    met: Amount
    share: Amount
    round: int
    """1 for the groups that no plan could raise further, then 2, and so on."""
    in_whole: Amount | None = None
    """What it could be raised to in fractions of a dollar, rounded down to a whole unit; whole units may miss it."""
    price: Amount | None = None
    """Dollars of need unmet elsewhere for the sake of this share: found by solving again without it."""


class GoalRow(Frozen):
    """What a goal reached, in unweighted dollars (C25) unless ``unit`` says otherwise.

    ``fund``: need met. ``sooner``: need met times the periods left. ``expiring-first``: charged to money that ends
    within the plan. ``restricted-first``: charged, times the flexibility of the award (the less, the better).
    ``tidy``: payers, counted line by line (the fewer, the better). ``outcomes``: published benefit. ``fairness``: the
    smallest share. ``stay-close``: dollars by award, line and period that differ from the former plan.
    """

    goal: str
    priority: int | None = None
    over: str | None = None
    """For ``fairness``: whose shares are compared."""
    measure: str | None = None
    """For ``outcomes``: the measure that was named."""
    unit: str = "dollars"
    value: Amount
    possible: Amount | None = None
    """The best that it could reach when it was its turn, the goals before it held."""
    give_up: Amount | None = None
    """What it may give up for the goals after it."""
    given_up: tuple[GivenUp, ...] = ()
    """What each of them took."""
    shares: tuple[ShareRow, ...] = ()
    """For ``fairness``: each group, the first settled first."""
    best: Amount | None = None
    """For ``tidy``: the fewest payers that the search did not rule out."""
