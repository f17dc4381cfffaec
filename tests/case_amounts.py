"""Amounts of a case worked by hand, as they are written and as a plan has them, so that the two can be compared."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import braid
from braid.basics.money import parse_money

Amounts = dict[tuple[str, ...], Decimal]


def money(text: str) -> Decimal:
    return Decimal(parse_money(text)) / 100


def line_id(name: str) -> str:
    return name if "/" in name else f"work/{name}"


def by_period(plan: braid.Plan, value: Any) -> dict[str, Any]:
    """A value by period, or one that stands for the only period."""
    if isinstance(value, dict) and all(key.startswith("FY") for key in value):
        return value
    (only,) = plan.proposal.periods
    return {only.name: value}


def compared(wanted: Amounts, found: Amounts) -> list[str]:
    return [
        f"{' '.join(key)} is {found.get(key, Decimal(0)):,.2f}, and not {amount:,.2f}"
        for key, amount in wanted.items()
        if found.get(key, Decimal(0)) != amount
    ]


def summed(rows: Any, *keys: str) -> Amounts:
    total: Amounts = defaultdict(Decimal)
    for row in rows:
        total[tuple(getattr(row, key) for key in keys)] += row.amount
    return total


def of_lines(plan: braid.Plan, wanted: Any) -> Amounts:
    return {
        (line_id(line), period): money(amount)
        for line, value in wanted.items()
        for period, amount in by_period(plan, value).items()
    }


def of_awards_and_lines(plan: braid.Plan, wanted: Any) -> Amounts:
    return {(award, *key): v for award, lines in wanted.items() for key, v in of_lines(plan, lines).items()}


def comparable(value: Any) -> Any:
    """An amount as an amount, and other text, such as a percentage, as it stands."""
    try:
        return money(str(value))
    except ValueError:
        return value
