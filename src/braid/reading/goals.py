"""The goals of a proposal held against its activities: whose shares there are to compare, which benefit to count."""

from __future__ import annotations

from braid.basics.errors import nearest
from braid.basics.words import listed
from braid.files.nodes import Document, Loc
from braid.proposal import Proposal, WantedGoal


def refer_goals(document: Document, proposal: Proposal) -> None:
    """Note a goal that has nothing to go by: no line with a place, no outcome, several measures and none named."""
    if not isinstance(document.at(("goals",)), list):
        return
    for number, goal in enumerate(proposal.goals):
        if goal.over is not None:
            _groups(document, ("goals", number), proposal, goal)
        if goal.goal == "outcomes":
            _measures(document, ("goals", number), proposal, goal)


def _groups(document: Document, loc: Loc, proposal: Proposal, goal: WantedGoal) -> None:
    if not any(cost.groups(goal.over or "activity") for cost in proposal.costs):
        sentence = f"no line says its {goal.over}, so there are no shares to compare; give `{goal.over}` on activities"
        document.fault(loc, sentence)


def _measures(document: Document, loc: Loc, proposal: Proposal, goal: WantedGoal) -> None:
    measures = sorted({activity.outcome.measure for activity in proposal.activities if activity.outcome is not None})
    if not measures:
        document.fault(loc, "no activity states an `outcome`, so there is no benefit to count")
    elif goal.measure is None and len(measures) > 1:
        told = listed([f"«{measure}»" for measure in measures])
        sentence = f"the activities state {told}, which do not add up; name one, as in {{outcomes: {{measure: …}}}}"
        document.fault(loc, sentence)
    elif goal.measure is not None and goal.measure not in measures:
        told = listed([f"«{measure}»" for measure in measures])
        sentence = f"no activity states an outcome in «{goal.measure}»{nearest(goal.measure, measures)}"
        document.fault(loc, f"{sentence}; there is {told}")
