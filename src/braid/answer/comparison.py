"""What moved between two plans, and why: totals, what went in otherwise, and each move with its reason."""

from __future__ import annotations

import html
import textwrap
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from braid.answer.amounts import Amount
from braid.answer.summary import dollars
from braid.basics.table import Table, text_table
from braid.law.fields import Frozen

MoveReason = Literal["part", "rule", "need", "money", "limit", "payer", "award", "choice", "follows"]
SHOWN = 25
"""Moves that the text names; the tables hold all."""
WIDTH = 96


class Difference(Frozen):
    """One thing that went in otherwise: of an award, an activity, a line, a requirement, or of the proposal itself."""

    what: str
    before: str
    after: str
    sentence: str


class Change(Frozen):
    """An amount before and after."""

    what: str
    before: Amount
    after: Amount
    change: Amount


class Move(Frozen):
    """What an award pays of an activity in a period, direct cost and fringe, before and after, with its reason.

    ``reason``: ``part`` (an award, an activity or a period is new or gone), ``rule`` (it may now be paid, or no
    longer), ``need``, ``money`` (the award has more or less), ``limit`` (another bound), ``choice`` (nothing went in
    otherwise), ``payer`` (another award pays instead), ``award`` (the award pays something else instead), ``follows``
    (from the other moves).
    """

    award: str
    activity: str
    period: str
    before: Amount
    after: Amount
    change: Amount
    reason: MoveReason
    sentence: str


@dataclass(frozen=True)
class Comparison:
    """Two plans side by side; prints as a page, its tables have ``.to_frame()``."""

    before: str
    after: str
    totals: Table[Change]
    inputs: Table[Difference]
    awards: Table[Change]
    activities: Table[Change]
    periods: Table[Change]
    moves: Table[Move]

    @property
    def same(self) -> bool:
        """Whether nothing moved and nothing went in otherwise."""
        return not self.moves and not self.inputs and not any(row.change for row in self.totals)

    def __repr__(self) -> str:
        lines = [f"{self.before}, and {self.after}" if self.before != self.after else self.before, ""]
        lines += _changes("", self.totals)
        if self.inputs:
            lines += ["", "What went in otherwise"]
            lines += [line for row in self.inputs for line in _wrapped(row.sentence, 2)]
        if not self.moves:
            return "\n".join([*lines, "", "No award pays more or less of any activity in any period."])
        for head, rows in (("By award", self.awards), ("By activity", self.activities), ("By period", self.periods)):
            lines += ["", *_changes(head, rows)] if rows else []
        lines += ["", "What moved, and why (the largest first)"]
        ordered = sorted(self.moves, key=lambda row: (-abs(row.change), row.award, row.activity, row.period))
        alike = len(ordered) > 1 and len({row.sentence for row in ordered}) == 1
        lines += _wrapped(ordered[0].sentence, 2) if alike else []
        for row in ordered[:SHOWN]:
            told = f"{_signed(row.change)}  {row.award} on {row.activity} in {row.period}"
            lines.append(f"  {told}: {dollars(row.before)}, now {dollars(row.after)}")
            lines += [] if alike else _wrapped(row.sentence, 6)
        more = len(ordered) - SHOWN
        lines += [f"  … and {more} smaller"] if more > 0 else []
        if len(self.inputs) > 1:
            lines += ["", "Several things went in otherwise; of the reasons of a move the first that applies is told."]
        return "\n".join(lines)

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"


def _changes(head: str, rows: Table[Change]) -> list[str]:
    body = [[row.what, dollars(row.before), dollars(row.after), _signed(row.change)] for row in rows]
    return text_table([[head, "before", "after", "change"], *body], [False, True, True, True])


def _signed(amount: Decimal) -> str:
    return f"+{dollars(amount)}" if amount > 0 else dollars(amount) if amount else "-"


def _wrapped(text: str, indent: int) -> list[str]:
    room = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=room, subsequent_indent=room, break_on_hyphens=False)
