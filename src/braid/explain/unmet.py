"""A part of a need that no award pays, with its one reason."""

from __future__ import annotations

from dataclasses import dataclass

from braid.answer.rows import Reason
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
