"""Grants to seek: which program that is not held would help most, and how much of it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from braid.answer.amounts import Amount
from braid.basics.table import Table
from braid.basics.words import listed
from braid.law.fields import Frozen

if TYPE_CHECKING:
    import pandas as pd

ASSUMED = (
    "Each award is supposed to be made on the first day of the calendar and to pay costs of all of it, to be spent in "
    "full, and to have all the match that it asks for. Amounts are worked out in fractions of a dollar and rounded: "
    "planned in whole dollars an award may meet a few dollars less. Whether it can be applied for is not on file."
)

BY_GOALS = (
    "Each is as large as it need be for the most that could be met; how much it would fund goes by the goals of this "
    "proposal in their order."
)

NOT_CLOSE = (
    "What it would fund is the most that could be met: the former plan that this one stays close to is not in its file."
)


class Helped(Frozen):
    """What a program may pay of an activity's gap, and how much more of the activity would be met."""

    activity: str
    payable: Amount
    met: Amount


class Seek(Frozen):
    """A program that is not held, and the smallest award of it that does all that one could."""

    program: str
    name: str
    amount: Amount
    """All that it is charged, rounded up to the unit: direct cost, fringe and indirect cost."""
    met: Amount
    """How much more need would be met, direct cost and fringe, less what other activities would lose."""
    payable: Amount
    """The gap of the plan that it may pay by its rules and dates."""
    direct: Amount
    fringe: Amount
    indirect: Amount
    match: Amount
    """What must stand beside it, rounded up."""
    unverified: bool
    """Whether it rests on rules that nobody has confirmed in the funder's own words."""
    helps: tuple[Helped, ...]
    """By activity."""
    sentence: str

    def __repr__(self) -> str:
        return self.sentence

    __str__ = __repr__


@dataclass(frozen=True)
class Seeking:
    """Grants to seek, the one that meets most need first."""

    need: Decimal
    gap: Decimal
    grants: Table[Seek]
    nothing: tuple[str, ...]
    """Programs that are not held and would meet nothing of the gap."""
    besides: str = ""
    """What else is to be known of what each would fund: ``BY_GOALS`` or ``NOT_CLOSE``."""

    late: tuple[str, ...] = ()
    """Programs that there was no time to weigh."""

    @property
    def unweighed(self) -> str:
        """What there was no time for, in a sentence; empty where there is none such."""
        return f"There was no time left to weigh {listed(self.late)}." if self.late else ""

    @property
    def assumed(self) -> str:
        """What is supposed of each award."""
        return f"{ASSUMED} {self.besides}" if self.besides else ASSUMED

    def to_frame(self) -> pd.DataFrame:
        """The grants as a frame, a row for each."""
        return self.grants.to_frame()

    def __repr__(self) -> str:
        if not self.gap:
            return "Every need is met: there is no gap to seek a grant for."
        if not self.grants:
            none = f"No {'other ' if self.late else ''}program of the catalogue that is not held"
            return " ".join([f"{none} would meet more of the need.", *filter(None, [self.unweighed])])
        return "\n".join([*(row.sentence for row in self.grants), *filter(None, [self.unweighed]), self.assumed])

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"
