"""What flows from awards to activities: dollars of direct cost and fringe, and the gap beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from braid.answer.plan import Plan
from braid.answer.summary import dollars
from braid.basics.errors import BraidError

GAP = "(gap)"
REST = "(rest)"
"""Names that no award and no activity can have: the gap, and the small ones that are shown as one."""

Bands = Mapping[tuple[str, str], Decimal]
"""Dollars by award (or the gap) and activity."""


@dataclass(frozen=True)
class Node:
    """An award, the gap or an activity: its name, its dollars, and the same in words.

    ``priority`` is the activity's; it is None for awards, and for activities that are shown as one.
    """

    id: str
    name: str
    note: str
    amount: Decimal
    priority: int | None = None


@dataclass(frozen=True)
class Flows:
    """Awards by what they pay, the gap last; activities by priority, then by need; the dollars between the two."""

    awards: tuple[Node, ...]
    activities: tuple[Node, ...]
    bands: Bands


def flows_of(plan: Plan) -> Flows:
    """The flows of a plan. Raises BraidError for a conflict, and for fractions: no award pays anything in these."""
    if plan.status not in {"optimal", "feasible"}:
        raise BraidError(f"the status of the plan is «{plan.status}»: no award pays anything that could be drawn")
    bands = _bands(plan)
    pays, needs = _sums(bands, 0), _sums(bands, 1)
    awards = [_award(row.award, plan.proposal.award(row.award).label, pays[row.award]) for row in plan.awards]
    awards.sort(key=lambda node: (-node.amount, node.id))
    gap = [_award(GAP, "Gap", pays[GAP])] if pays[GAP] else []
    activities = [
        _activity(each.id, each.label, (needs[each.id], bands.get((GAP, each.id), Decimal(0))), each.priority)
        for each in plan.proposal.activities
        if needs[each.id]
    ]
    activities.sort(key=lambda node: (node.priority, -node.amount, node.id))
    return Flows((*awards, *gap), tuple(activities), bands)


def gathered(flows: Flows, awards: int, activities: int) -> Flows:
    """The same flows with at most so many awards (the gap not counted) and activities: the smallest become one."""
    paying = [node for node in flows.awards if node.id != GAP]
    left, right = _largest(paying, awards), _largest(flows.activities, activities)
    shown: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (award, activity), amount in flows.bands.items():
        shown[award if award in left or award == GAP else REST, activity if activity in right else REST] += amount
    pays, needs = _sums(shown, 0), _sums(shown, 1)
    kept = [node for node in paying if node.id in left]
    if len(kept) < len(paying):
        kept.append(_award(REST, f"{len(paying) - len(kept)} others", pays[REST]))
    lines = [node for node in flows.activities if node.id in right]
    if len(lines) < len(flows.activities):
        rest = needs[REST], shown.get((GAP, REST), Decimal(0))
        lines.append(_activity(REST, f"{len(flows.activities) - len(lines)} others", rest, None))
    gap = [node for node in flows.awards if node.id == GAP]
    return Flows((*kept, *gap), tuple(lines), dict(sorted(shown.items())))


def _bands(plan: Plan) -> Bands:
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in plan.allocations:
        found[row.award, row.activity] += row.amount
    for charge in plan.fringe:
        found[charge.award, charge.line.partition("/")[0]] += charge.amount
    for gap in plan.gaps:
        found[GAP, gap.activity] += gap.amount
    return {pair: amount for pair, amount in sorted(found.items()) if amount}


def _sums(bands: Bands, side: int) -> dict[str, Decimal]:
    """Dollars by award (side 0) or by activity (side 1)."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for pair, amount in bands.items():
        found[pair[side]] += amount
    return found


def _largest(nodes: Sequence[Node], count: int) -> set[str]:
    """All of them where so many may be shown; else the largest, with room left for the rest as one."""
    ordered = [node.id for node in sorted(nodes, key=lambda node: (-node.amount, node.id))]
    return set(ordered if len(ordered) <= count else ordered[: count - 1])


def _award(name: str, label: str, pays: Decimal) -> Node:
    return Node(name, label, dollars(pays), pays)


def _activity(name: str, label: str, need_and_gap: tuple[Decimal, Decimal], priority: int | None) -> Node:
    need, gap = need_and_gap
    paid = "all" if not gap else "none" if gap == need else dollars(need - gap)
    return Node(name, label, f"{paid} of {dollars(need)}", need, priority)
