"""Object classes, and amounts and counts as a proposal gives them: one, or one by period."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from braid.basics.fiscal import Period
from braid.law.fields import Money, Number

Category = Literal["personnel", "fringe", "travel", "equipment", "supplies", "contractual", "construction", "other"]
"""Object classes of form SF-424A."""
ONE, BY = "‹one›", "‹by period›"


def _form(value: Any) -> str:
    return BY if isinstance(value, dict) else ONE


Amounts = Annotated[Annotated[Money, Tag(ONE)] | Annotated[dict[str, Money], Tag(BY)], Discriminator(_form)]
"""One amount, or one by period."""
Numbers = Annotated[Annotated[Number, Tag(ONE)] | Annotated[dict[str, Number], Tag(BY)], Discriminator(_form)]
"""One count, or one by period."""


def at(value: Any, period: Period) -> Any:
    """One value, or the one of this period, or of its fiscal year; zero where there is none."""
    if isinstance(value, dict):
        by_period: dict[str, Any] = value  # type: ignore[assignment]
        return by_period.get(period.name, by_period.get(period.year, 0))
    return value or 0
