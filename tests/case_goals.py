"""What a case may expect of goals: what they reached, what they gave up, and the shares of groups."""

from __future__ import annotations

from typing import Any

import braid
from case_amounts import money


def _goals(plan: braid.Plan) -> dict[str, Any]:
    """The goals by name, with the priority of all but the first, and with what they go over."""
    names = (
        (row, " over " + row.over if row.over else " in " + row.measure if row.measure else "") for row in plan.goals
    )
    return {f"{row.goal}{f' {row.priority}' if (row.priority or 1) > 1 else ''}{part}": row for row, part in names}


def goal(plan: braid.Plan, wanted: Any) -> list[str]:
    """What a goal came to, and what was possible when it was its turn."""
    rows = _goals(plan)
    found = [
        (name, key, getattr(rows[name], key), money(v)) for name, some in wanted.items() for key, v in some.items()
    ]
    return [f"{key} of {name} is {is_so}, and not {asked}" for name, key, is_so, asked in found if is_so != asked]


def given_up(plan: braid.Plan, wanted: Any) -> list[str]:
    """What each later goal took of a goal, all of them."""
    rows = _goals(plan)
    found = {name: {part.to: part.amount for part in rows[name].given_up} for name in wanted}
    asked = {name: {to: money(amount) for to, amount in some.items()} for name, some in wanted.items()}
    return [] if found == asked else [f"given up is {found}, and not {asked}"]


def shares(plan: braid.Plan, wanted: Any) -> list[str]:
    """The share of each group in per cent, the round in which it was settled, and what it costs elsewhere."""
    wrong: list[str] = []
    for name, groups in wanted.items():
        rows = {row.group: row for row in _goals(plan)[name].shares}
        wrong += [f"the groups are {', '.join(rows)}"] if set(rows) != set(groups) else []
        for group, some in groups.items():
            for key, value in some.items():
                found = getattr(rows[group], key) if group in rows else None
                if found != (int(value) if key == "round" else money(value)):
                    wrong.append(f"{key} of {group} is {found}, and not {value}")
    return wrong
