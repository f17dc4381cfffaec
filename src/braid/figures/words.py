"""A picture in plain words: its title, and the text for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

from braid.answer.plan import Plan
from braid.answer.summary import dollars
from braid.figures.flows import GAP, Node, flows_of

LISTED = 5


def title_of(plan: Plan) -> str:
    """Whose plan, and for which fiscal years."""
    first, last = plan.proposal.periods[0], plan.proposal.periods[-1]
    return f"{plan.proposal.name}: {first} to {last}" if first != last else f"{plan.proposal.name}: {first}"


def outcome_of(plan: Plan) -> str:
    """Need, funded and gap in one sentence."""
    totals = plan.totals
    if not totals.gap:
        return f"Awards pay all of the need of {dollars(totals.need)}."
    return f"Awards pay {dollars(totals.funded)} of a need of {dollars(totals.need)}; {dollars(totals.gap)} is a gap."


def describe(plan: Plan) -> str:
    """What ``awards_to_activities`` shows, in plain words: put it as the alt text wherever the picture is shown.

    What each award pays, the largest flows and the largest gaps; dollars of direct cost and fringe, as in the picture.
    Needs no matplotlib. Raises BraidError for a plan that is a conflict or possible only in fractions.

    >>> import braid
    >>> from braid.files.shipped import shipped
    >>> wake = braid.plan(braid.read(str(shipped("examples", "wake_county_fy2025.yaml"))))
    >>> describe(wake).partition(". ")[0]
    'Wake County opioid settlement spending, FY2025: FY2025, drawn as flows of money from awards to activities'
    """
    flows = flows_of(plan)
    awards = {node.id: node for node in flows.awards}
    activities = {node.id: node for node in flows.activities}
    largest = sorted(flows.bands.items(), key=lambda pair: (-pair[1], pair[0]))
    paid = [
        f"{awards[award].name} to {activities[activity].name}, {dollars(amount)}"
        for (award, activity), amount in largest
        if award != GAP
    ]
    gaps = [f"{activities[activity].name}, {dollars(amount)}" for (award, activity), amount in largest if award == GAP]
    parts = [
        f"{title_of(plan)}, drawn as flows of money from awards to activities.",
        outcome_of(plan),
        "Direct cost and fringe that each award pays: " + "; ".join(_pays(flows.awards)) + ".",
        _list("flow", paid),
        _list("gap", gaps) if gaps else "There is no gap.",
    ]
    return " ".join(part for part in parts if part)


def _pays(awards: Sequence[Node]) -> list[str]:
    return [f"{node.name}, {node.note}" for node in awards if node.id != GAP]


def _list(noun: str, items: Sequence[str]) -> str:
    """The first few items as a sentence, which says whether these are all; empty where there are none."""
    if not items:
        return ""
    if len(items) == 1:
        return f"The only {noun}: {items[0]}."
    head = f"All {noun}s" if len(items) <= LISTED else f"The {LISTED} largest of {len(items)} {noun}s"
    return f"{head}: {'; '.join(items[:LISTED])}."
