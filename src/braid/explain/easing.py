"""How a requirement gives way: step by step, what it then asks for, and how that is said. Law never gives way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from braid.answer.rows import Repair
from braid.basics.money import show, show_percent
from braid.basics.words import listed
from braid.judge.case import Case
from braid.judge.limit import Limit
from braid.judge.requirements import required
from braid.proposal import Requirement

THOUSAND = 1000
"""Required shares are lowered by tenths of a per cent."""
YES_OR_NO = {"essential", "payer"}
"""What the planner insists on that holds or does not: there is no less of it."""


def ease_of(case: Case, limit: Limit) -> Ease | None:
    """How a limit may give way; None where it is not the planner's to give."""
    if limit.kind in {"must", "minimum"} and limit.of == "direct":  # all of its cost: less of it is an amount
        whole = sum(need.total for need in case.needs if need.cost.id in (limit.lines or ()))
        return Ease(case, replace(limit, of="need", bound=whole))
    return Ease(case, limit) if limit.required or limit.kind in YES_OR_NO else None


@dataclass(frozen=True)
class Ease:
    """How one requirement gives way, step by step: what it then is, and how that is said."""

    case: Case
    limit: Limit

    @property
    def _asked(self) -> Requirement | None:
        """What the planner wrote, where it is a required share or amount."""
        return next((each for each in self.case.proposal.require if f"require[{each.id}]" == self.limit.id), None)

    @property
    def _percent(self) -> Fraction | None:
        """The share that the planner asked for, where it was one of a need or of spending."""
        bound = self._asked.bound if self._asked is not None else None
        return bound if isinstance(bound, Fraction) else None

    @property
    def _received(self) -> int:
        return self.case.funds[self.limit.award].received(self.case.proposal.periods[self.limit.index or 0])

    @property
    def steps(self) -> int:
        """Steps until it asks for nothing: tenths of a per cent, or units; one where it holds or does not."""
        limit, percent = self.limit, self._percent
        if limit.kind in YES_OR_NO:
            return 1
        if percent is not None:
            return ceil((percent if limit.at_least else 1 - percent) * THOUSAND)
        if limit.kind == "reserve":
            return self._received - limit.bound
        return limit.bound if limit.at_least else sum(need.total for need in self.case.needs) - limit.bound

    def softer(self, steps: int) -> tuple[Limit, ...]:
        """The requirement when it gives way by so many steps; nothing where nothing is left of it."""
        limit, percent = self.limit, self._percent
        if limit.kind in YES_OR_NO:
            return () if steps else (limit,)
        if percent is None:
            return (replace(limit, bound=limit.bound - steps if limit.at_least else limit.bound + steps),)
        told = {"at_least" if limit.at_least else "at_most": self._share(percent, steps)}
        changed = self._asked.model_copy(update=told) if self._asked is not None else None
        return () if changed is None else (required(self.case.proposal, changed, self.case.needs),)

    def _share(self, percent: Fraction, steps: int) -> Fraction:
        less = Fraction(steps, THOUSAND)
        return max(percent - less, Fraction(0)) if self.limit.at_least else min(percent + less, Fraction(1))

    def shown(self, steps: int) -> str:
        """Its amount or share after so many steps."""
        percent, unit = self._percent, self.case.proposal.unit
        if self.limit.kind in YES_OR_NO:
            return "not required" if steps else "required"
        if percent is not None:
            return show_percent(self._share(percent, steps))
        (softer,) = self.softer(steps)
        return show(self._received - softer.bound if softer.kind == "reserve" else softer.bound, unit)

    def repair(self, number: int, steps: int) -> Repair:
        """The way out, in words."""
        now, then = self.shown(0), self.shown(steps)
        return Repair(set=number, requirement=self.limit.id, from_=now, to=then, sentence=self._told(steps, now, then))

    def _told(self, steps: int, now: str, then: str) -> str:
        limit, percent = self.limit, self._percent
        what = WHAT[limit.kind](self.case, limit)
        if limit.kind in YES_OR_NO:
            return f"{what}."
        if steps == self.steps and limit.at_least:
            return f"Give up {what} ({now})."
        verb = "Lower" if limit.at_least or limit.kind == "reserve" else "Raise"
        by = show(steps, self.case.proposal.unit)
        if percent is not None:
            points = abs(self._share(percent, steps) - percent) * 100
            by = f"{show_percent(points / 100).removesuffix('%')} percentage point{'' if points == 1 else 's'}"
        return f"{verb} {what} by {by}, from {now} to {then}."


def _activity(case: Case, limit: Limit) -> str:
    name = limit.id.partition("[")[2].removesuffix("]")
    return next(each.label for each in case.proposal.activities if each.id == name)


def _period(case: Case, limit: Limit) -> str:
    return case.proposal.periods[limit.index or 0].name


def _label(case: Case, limit: Limit) -> str:
    return case.proposal.award(limit.award).label


WHAT: dict[str, Callable[[Case, Limit], str]] = {
    "must": lambda case, limit: f"what {_activity(case, limit)} must get",
    "minimum": lambda case, limit: f"the minimum of {_activity(case, limit)}",
    "require": lambda _, limit: f"the requirement {limit.id[8:-1]}",
    "committed": lambda case, limit: (
        f"what {_label(case, limit)} has committed to {limit.line} in {_period(case, limit)}"
    ),
    "reserve": lambda case, limit: f"the reserve of {_label(case, limit)} at the end of {_period(case, limit)}",
    "essential": lambda case, limit: (
        f"Let other lines be funded in {_period(case, limit)} though {limit.line} is not met in full"
    ),
    "payer": lambda case, limit: (
        f"Let more than one of {listed(sorted(limit.awards or ()))} pay {limit.line} in {_period(case, limit)}"
    ),
}
