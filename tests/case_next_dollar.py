"""What a case may expect of the next dollar.

`next_dollar`, by what it is a dollar of: `one`, what it meets in all; `up_to`; `buys` by activity, or `none`;
`indirect`; `enough` and `then`, where many dollars buy what one does not; `says`, the sentence. `no_next_dollar` lists
what is not told.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import braid
from case_amounts import comparable


def next_dollar(plan: braid.Plan, wanted: Any) -> list[str]:
    """What one more dollar buys, by what it is a dollar of."""
    rows = {row.what: row for row in plan.next_dollar}
    wrong = [f"there is no {what}; there are {', '.join(rows)}" for what in wanted if what not in rows]
    for what, values in wanted.items():
        if what not in rows:
            continue
        told = _of_next_dollar(rows[what])
        asked = {key: _comparable_buys(value) for key, value in values.items()}
        wrong += [f"{what} {key} is {told[key]}, and not {asked[key]}" for key in asked if told[key] != asked[key]]
    return wrong


def _of_next_dollar(row: Any) -> dict[str, Any]:
    return {
        "one": row.one_more_dollar,
        "up_to": row.up_to,
        "buys": {each.activity: each.amount for each in row.buys},
        "indirect": row.indirect,
        "enough": row.enough,
        "then": {each.activity: each.amount for each in row.then},
        "says": row.sentence,
    }


def _comparable_buys(value: Any) -> Any:
    if value == "none":
        return {}
    if isinstance(value, dict):
        return {activity: signed(amount) for activity, amount in value.items()}
    return signed(value)


def signed(value: str) -> Any:
    """An amount that may be negative, and other text as it stands."""
    found = comparable(value.removeprefix("-"))
    return -found if isinstance(found, Decimal) and value.startswith("-") else found


def no_next_dollar(plan: braid.Plan, wanted: Any) -> list[str]:
    return [f"{row.what} is told: {row.sentence}" for row in plan.next_dollar if row.what in wanted]
