"""The words of a conflict that a sum shows: what is insisted on, what there is, and by how much it is too little."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from braid.basics.fiscal import join
from braid.basics.money import show
from braid.basics.words import listed
from braid.explain.sums import Floor, Shown
from braid.judge.case import Case
from braid.judge.limit import Limit

MOST = 4


def told(case: Case, shown: Shown) -> str:
    """One sentence for a conflict that a sum shows."""
    teller = _Teller(case, shown)
    if not shown.floors:
        return teller.spent()
    if not shown.floors[0].counts:
        return teller.nobody()
    if shown.by_award:
        return teller.money()
    if len(shown.against) == 1 and shown.against[0].kind not in {"need", "window"}:
        return teller.against(shown.against[0])
    return teller.lines()


class _Teller:
    def __init__(self, case: Case, shown: Shown) -> None:
        self.case, self.shown, self.unit = case, shown, case.proposal.unit
        self.floor = shown.floors[0] if shown.floors else None

    @property
    def over(self) -> str:
        """By how much too little, to the whole unit above."""
        return show(ceil(self.shown.asked - self.shown.allowed), self.unit)

    def amount(self, units: Fraction) -> str:
        """An amount in words."""
        return show(ceil(units), self.unit)

    def comes_to(self, units: Fraction | None = None) -> str:
        """What is insisted on, and what it comes to: as the limit counts it, or so many units."""
        units = self.shown.asked if units is None else units
        floors, asked = list(self.shown.floors), self.amount(units)
        with_on_costs = units > sum(floor.least for floor in floors)
        costs = " with fringe and indirect cost" if with_on_costs else ""
        awards = {floor.limit.award for floor in floors if floor.limit.kind == "committed"}
        if all(floor.limit.kind == "committed" for floor in floors):
            on = f" on {self.label(next(iter(awards)))}" if len(awards) == 1 else ""
            if len(floors) > 1:
                return f"Your committed amounts{on} come to {asked}{costs}"
            return f"Your committed amount{on} for {floors[0].limit.line} comes to {asked}{costs}"
        if len(floors) > 1:
            names = listed((self.what(floor) for floor in floors), MOST)
            return f"{names[0].upper()}{names[1:]} come to {asked}{costs} together"
        if floors[0].limit.kind == "require":
            return f"The requirement {self.named(floors[0])} asks for {asked}{costs}"
        since = " at least" if floors[0].because else ""
        told = f"{self.what(floors[0])} must get{since} {asked}{costs}"
        return f"{told}, since money is committed to it" if floors[0].because else told

    @staticmethod
    def named(floor: Floor) -> str:
        """The name of a requirement or activity."""
        return floor.limit.id.partition("[")[2].removesuffix("]")

    def what(self, floor: Floor) -> str:
        """What one floor is about."""
        limit = floor.limit
        if limit.kind == "committed":
            return f"what {self.label(limit.award)} has committed to {limit.line}"
        name = self.named(floor)
        if limit.kind == "require":
            return f"the requirement {name}"
        return next(each.label for each in self.case.proposal.activities if each.id == name)

    def label(self, award: str) -> str:
        """An award by its name."""
        return self.case.proposal.award(award).label

    # --------------------------------------------------------------- by kind

    def spent(self) -> str:
        """What was spent already breaks a requirement by itself."""
        (limit,) = self.shown.against
        over = show(ceil(-self.shown.allowed), self.unit)
        return f"Money already spent is {over} more than this allows: {limit.sentence}"

    def nobody(self) -> str:
        """No award may pay any of it."""
        floor = self.shown.floors[0]
        limit, asked = floor.limit, self.amount(self.shown.asked)
        if limit.kind == "committed":
            return f"{asked} is committed to {limit.line}, which {self.label(limit.award)} may not pay then."
        if limit.kind == "require":
            return f"The requirement {limit.id[8:-1]} asks for {asked}, and no award on file may pay any of it."
        return f"{self.what(floor)} must get {asked}, and no award on file may pay any of it."

    def lines(self) -> str:
        """It is more than its lines need, or than arises on the days that may be paid."""
        floor, over = self.shown.floors[0], self.over
        limit, allowed = floor.limit, show(self.shown.allowed, self.unit)
        if limit.kind == "committed":
            asked = f"{self.comes_to()} in {self.case.proposal.periods[limit.index or 0]}"
            if self.shown.against[0].kind == "need":
                return f"{asked}, {over} more than the line needs then."
            cells = (c for c in self.case.cells if (c.award, c.line, c.index) == (limit.award, *limit.key))
            days = ", ".join(f"{piece.first} to {piece.last}" for piece in join(cell.days for cell in cells))
            return f"{asked}, {over} more than arises on the days that the award may pay, {days}."
        return f"{self.comes_to()}, {over} more than any award on file may pay of it, {allowed}."

    def money(self) -> str:
        """It is more than the awards that may pay it can give."""
        amounts = [f"{self.label(award)} {show(int(most), self.unit)}" for award, most in self.shown.by_award.items()]
        if len(amounts) == 1:
            (award,) = self.shown.by_award
            most = show(int(self.shown.allowed), self.unit)
            only = f"only {self.label(award)} may pay it, which can pay {most} at most"
            return f"{self.comes_to()}, and {only}: {self.over} too little."
        less = f"those that may pay it can pay less ({listed(amounts)} at most)"
        return f"{self.comes_to()}, and {less}: {self.over} too little."

    def against(self, limit: Limit) -> str:
        """It is more than one limit allows."""
        told = f"{self.comes_to()}, {self.over} more than"
        if limit.kind == "award":
            return f"{told} {self.label(limit.award)} has."
        if limit.kind == "cash":
            period = self.case.proposal.periods[limit.index or 0]
            return f"{told} {self.label(limit.award)} has received by the end of {period}."
        if limit.kind == "reserve":
            period = self.case.proposal.periods[limit.index or 0]
            return f"{told} the reserve of {self.label(limit.award)} leaves to spend by the end of {period}."
        if limit.share is not None:
            nobody = "But no award on file may pay any of them, and something must be spent"
            least = sum((floor.least for floor in self.shown.floors), Fraction(0))
            told = self.comes_to(least)
            return f"{limit.sentence} {nobody}: {told[0].lower()}{told[1:]}."
        return f"{told} this allows: {limit.sentence}"
