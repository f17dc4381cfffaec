"""The exact judge of allocations. It never sees the program, the solver or the rounding.

It works out every determination and every limit anew from the proposal, and holds the allocations against them in
integers and fractions, with no tolerance. The same judge reads a workbook that a person edited.
"""

from __future__ import annotations

from braid.checks.judging import Judged, Paid, judge
from braid.checks.ledger import Entry, Ledger

__all__ = ["Entry", "Judged", "Ledger", "Paid", "judge"]
