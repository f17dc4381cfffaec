"""Why an award pays more or less of an activity in a period than it did: the first reason that applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from braid.answer.comparison import MoveReason
from braid.answer.plan import Plan
from braid.answer.summary import dollars
from braid.basics.money import amount_text
from braid.judge.limit import Limit

Place = tuple[str, str, str]
Reason = tuple[MoveReason, str]
OF_MONEY = {"need", "window", "award", "cash", "installment", "carried"}
"""Limits whose changes are told as what is needed and what an award has."""
AT_LEAST = {"floor", "must", "minimum"}


class Reasons:
    """The reasons of the moves from one plan to another."""

    def __init__(self, before: Plan, after: Plan, moved: Mapping[Place, Decimal]) -> None:
        self.before, self.after, self.moved = before, after, moved
        self._sides = _Side(before), _Side(after)
        self._limits = [{limit.id: limit for limit in plan.case.limits} for plan in (before, after)]
        self._bound = [{row.row: row.binding for row in plan.file.limits} for plan in (before, after)]
        self._changed = [name for name in sorted({*self._limits[0], *self._limits[1]}) if self._differs(name)]
        self._same = (
            before.file.proposal == after.file.proposal
            and before.file.with_expected == after.file.with_expected
            and before.case.catalogue.sha256 == after.case.catalogue.sha256
        )

    def of(self, place: Place) -> Reason:
        """The reason of one move, with its sentence."""
        ways: tuple[Callable[[Place], Reason | None], ...] = (
            self._part,
            self._rule,
            self._need,
            self._money,
            self._limit,
            self._choice,
            self._payer,
            self._award,
        )
        found = next((reason for way in ways if (reason := way(place)) is not None), None)
        if found is not None:
            return found
        return "follows", "It follows from the other changes: money that was freed or drawn elsewhere."

    def _part(self, place: Place) -> Reason | None:
        """An award, an activity or a period that is new or gone."""
        was, now = self._sides
        for noun, name, mine, other in zip(
            ("award", "activity", "period"),
            place,
            (was.awards, was.activities, was.periods),
            (now.awards, now.activities, now.periods),
            strict=True,
        ):
            if (name in mine) != (name in other):
                return "part", f"The {noun} {name} is {'new' if name in other else 'gone'}."
        return None

    def _rule(self, place: Place) -> Reason | None:
        """Days on which a line may be paid that were not payable before, or no longer are."""
        award, _, _ = place
        was, now = (side.payable(place) for side in self._sides)
        for line in sorted({*was, *now}):
            more = now.get(line, 0) - was.get(line, 0)
            if not more or (more > 0) != (self.moved[place] > 0):
                continue
            found = self.after.case.determinations.get((award, line))
            if more > 0:
                return "rule", f"{award} may now pay {line}{' on more of its days' if was.get(line) else ''}."
            told = f": {found.reason}" if found is not None and found.reason else "."
            few = " on some of its days" if now.get(line) else ""
            return "rule", f"{award} may no longer pay {line}{few}{told}"
        return None

    def _need(self, place: Place) -> Reason | None:
        _, activity, period = place
        was, now = (side.need(activity, period) for side in self._sides)
        if was == now or (now > was) != (self.moved[place] > 0):
            return None
        return "need", f"{activity} needs {dollars(now)} in {period}; it was {dollars(was)}."

    def _money(self, place: Place) -> Reason | None:
        """What the award has for costs of the period, or in all."""
        award, _, period = place
        more = self.moved[place] > 0
        for words, through in (("in all", None), (f"by the end of {period}", period)):
            was, now = (side.money(award, through) for side in self._sides)
            if was != now and (now > was) == more:
                return "money", f"{award} has {dollars(now)} {words}; it was {dollars(was)}."
        return None

    # ------------------------------------------------------------ other bounds

    def _differs(self, name: str) -> bool:
        was, now = (limits.get(name) for limits in self._limits)
        if (now or was or _ABSENT).kind in OF_MONEY:
            return False
        if was is None or now is None:
            return True
        return (was.bound, was.share) != (now.bound, now.share)

    def _limit(self, place: Place) -> Reason | None:
        """A bound that is new, gone or another, and just met where it is the tighter."""
        for name in self._changed:
            was, now = (limits.get(name) for limits in self._limits)
            tighter = _tighter(was, now)
            limit = now if tighter else was
            if limit is None or not self._bound[1 if tighter else 0].get(name, False):
                continue
            if self._pushes(limit, place) * (1 if tighter else -1) * (1 if self.moved[place] > 0 else -1) > 0:
                if now is None:
                    return "limit", f"This no longer holds: {limit.sentence}"
                return "limit", f"This is new: {now.sentence}" if was is None else f"This is changed: {now.sentence}"
        return None

    def _pushes(self, limit: Limit, place: Place) -> int:
        """Whether a bound presses for more (1) or less (-1) of what is paid in a place; 0 where it does neither."""
        award, activity, period = place
        plan = self.after if limit.id in self._limits[1] else self.before
        lines = [cost for cost in plan.case.proposal.costs if cost.activity.id == activity]
        index = plan.case.proposal.fiscal.index.get(period)
        if (limit.awards is not None and award not in limit.awards) or index is None or not limit.in_time(index):
            return 0
        if limit.line is not None or limit.lines is not None:
            named = {limit.line, *(limit.lines or ())}
            return (1 if _least(limit) else -1) if any(cost.id in named for cost in lines) else 0
        selected = limit.select is None or any(limit.select.selects(cost.traits) for cost in lines)
        if _least(limit):
            return 1 if selected else -1
        return -1 if selected else 0

    # ------------------------------------------------------- what moved besides

    def _choice(self, _: Place) -> Reason | None:
        """Nothing went in otherwise: a person or another solver chose otherwise."""
        if not self._same:
            return None
        return "choice", "Nothing went in otherwise: the same proposal under the same rules, another choice of payers."

    def _payer(self, place: Place) -> Reason | None:
        """Another award that pays the same activity in the same period instead."""
        award, activity, period = place
        other = self._opposite(place, lambda key: key[1:] == (activity, period) and key[0] != award)
        if other is None:
            return None
        amount = dollars(abs(self.moved[other]))
        if self.moved[place] > 0:
            return "payer", f"It pays in place of {other[0]}, which pays {amount} less there."
        return "payer", f"{other[0]} pays {amount} more there."

    def _award(self, place: Place) -> Reason | None:
        """Something else that the same award pays instead."""
        award, activity, period = place
        other = self._opposite(place, lambda key: key[0] == award and key[1:] != (activity, period))
        if other is None:
            return None
        amount, where = dollars(abs(self.moved[other])), f"{other[1]} in {other[2]}"
        if self.moved[place] > 0:
            return "award", f"{award} pays {amount} less of {where}, which frees that money."
        return "award", f"{award} pays {amount} more of {where} instead."

    def _opposite(self, place: Place, near: Callable[[Place], bool]) -> Place | None:
        """The largest move the other way among those that are near."""
        mine = self.moved[place]
        found = [key for key, change in self.moved.items() if near(key) and change * mine < 0]
        return min(found, key=lambda key: (-abs(self.moved[key]), key), default=None)


_ABSENT = Limit("", "need", 0, "")


def _least(limit: Limit) -> bool:
    return limit.at_least or limit.kind in AT_LEAST


def _tighter(was: Limit | None, now: Limit | None) -> bool:
    """Whether the later of two bounds binds more; a bound that was not there before always does."""
    if was is None or now is None:
        return was is None
    held = [(limit.share if limit.share is not None else Fraction(limit.bound)) for limit in (was, now)]
    return held[1] > held[0] if now.at_least else held[1] < held[0]


class _Side:
    """One of the two plans, as the reasons look at it."""

    def __init__(self, plan: Plan) -> None:
        self.case = plan.case
        self.awards = set(plan.case.terms)
        self.activities = {activity.id for activity in plan.case.proposal.activities}
        self.periods = {period.name for period in plan.case.proposal.periods}

    def _money(self, units: int) -> Decimal:
        return Decimal(amount_text(units, self.case.proposal.unit))

    def need(self, activity: str, period: str) -> Decimal:
        """The need of an activity in a period."""
        found = (n for n in self.case.needs if n.cost.activity.id == activity and n.period.name == period)
        return self._money(sum(need.total for need in found))

    def payable(self, place: Place) -> dict[str, int]:
        """For each line of the activity with a need in the period, the days on which the award may pay it."""
        award, activity, period = place
        return {line: days for line, days in self._payable(award, activity, period) if days}

    def _payable(self, award: str, activity: str, period: str) -> Iterator[tuple[str, int]]:
        for need in self.case.needs:
            if need.cost.activity.id == activity and need.period.name == period:
                found = self.case.determinations[award, need.cost.id]
                yield need.cost.id, sum(piece.meet(need.days).days for piece in found.payable)

    def money(self, award: str, period: str | None) -> Decimal:
        """What an award brings by the end of a period, or by the end of the plan."""
        proposal = self.case.proposal
        through = proposal.periods[-1 if period is None else proposal.fiscal.index[period]]
        return self._money(self.case.funds[award].through(through))
