"""A part of a need that no award pays, with its one reason; and why an award does not pay a need at all."""

from __future__ import annotations

from dataclasses import dataclass

from braid.answer.rows import Reason
from braid.judge.case import Case
from braid.judge.determinations import Determination
from braid.judge.needs import Need


@dataclass(frozen=True)
class Unmet:
    """A part of a need that no award pays, in whole units, with its reason."""

    need: Need
    amount: int
    reason: Reason
    sentence: str
    rules: tuple[str, ...]
    could_pay: tuple[str, ...]
    against: str = ""
    """The sentence of the limit or requirement that stands against it, by itself."""


def why_not(case: Case, found: Determination, need: Need) -> str:
    """Why an award does not pay a need: its rule, or that its dates or payable days do not reach it."""
    if found.status != "allowable" or (found.late and not found.payable):
        return found.reason
    own = case.funds[found.award].days
    if own.stop <= need.days.start:
        return f"It pays no costs after {own.last}, and this need arises from {need.days.first} on."
    if own.start >= need.days.stop:
        return f"It pays no costs before {own.first}, and this need arises by {need.days.last}."
    if not found.payable:
        return found.reason
    days = ", ".join(str(piece) for piece in found.payable)
    if need.cost.line.shares is not None and any(piece.meet(need.days).days for piece in found.payable):
        return "It could, but another award of the line's shares may pay nothing then."
    return f"It may pay it only for costs of {days}.{f' {found.late}' if found.late else ''}"
