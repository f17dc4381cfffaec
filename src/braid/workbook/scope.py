"""The columns of Limits that formulas go by, and a limit as formulas."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.files.sheets import Formula

SHARE, BASE, BOUND, ACTUAL = "EFGH"
"""The columns that hold a share, what it is of, the bound, and what the limit came to."""
AWARD, LINE, PERIOD, ACTIVITY, FIRST, LAST, LOWEST, HIGHEST, MARK, GOES_BY = "PQRSTUVWXY"
"""The columns that say what a limit looks at, and what else its formulas go by."""
NEEDED, DAYS, RULED = "Z", "AA", "AB"
"""The columns that say where in the days of a need a limit begins, how many those are, and an amount of a rule."""
BEFORE, OVER_BEFORE = "AD", "AE"
"""The columns that hold what was spent before the plan, and what that alone is over by, where anything was."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What those columns say of one limit."""

    award: str = ""
    line: str = ""
    period: str = ""
    activity: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    lowest: int | None = None
    highest: int | None = None
    mark: str = ""
    share: Fraction | None = None
    said: Formula | None = None
    """The same share off the sheet of input that says it."""
    goes_by: Formula | Decimal | None = None
    """A step of effort, or the indirect cost that is drawn on some days."""
    base: Decimal | Formula | None = None
    """An amount that the bound goes by."""
    needed: Formula | None = None
    """Of a need that accrues, on which of its days the limit begins, counted from nought."""
    days: Formula | None = None
    """Over how many days it accrues."""
    ruled: Decimal | None = None
    """An amount that a rule names."""


@dataclass(frozen=True, slots=True)
class Live:
    """A limit as formulas: what it comes to, its bound, what both go by, and how many rounded on-costs it counts."""

    actual: Formula
    bound: Formula | Decimal
    scope: Scope
    rounded: int = 0
    before: Formula | None = None
    """What of it was spent before the plan, where it counts any."""
