"""Each unfunded dollar with one reason, the first that applies.

In order: no eligible award, window, minimum, requirement, limit, money exhausted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from braid.answer.rows import Reason
from braid.basics.fiscal import join
from braid.basics.money import show
from braid.checks import Judged, Paid
from braid.explain.words import listed
from braid.judge.case import Case
from braid.judge.determinations import Determination
from braid.judge.limit import Cell, Limit
from braid.judge.needs import Need
from braid.judge.oncosts import per_dollar


@dataclass(frozen=True)
class Unmet:
    """A part of a need that no award pays, in whole units, with its reason."""

    need: Need
    amount: int
    reason: Reason
    sentence: str
    rules: tuple[str, ...]
    could_pay: tuple[str, ...]


def unmet(case: Case, paid: Paid, judged: Judged) -> tuple[Unmet, ...]:
    """The gaps of a plan; together they are exactly what is needed less what is funded."""
    return tuple(_Gaps(case, paid, judged).all())


class _Gaps:
    def __init__(self, case: Case, paid: Paid, judged: Judged) -> None:
        self.case, self.judged = case, judged
        self._known_left: dict[tuple[str, int], Fraction] = {}
        self.met: dict[tuple[str, int], int] = defaultdict(int)
        for entry in paid.entries:
            self.met[entry.line, entry.index] += entry.amount
        for (_, line, index), amount in paid.fringe.items():
            self.met[line, index] += amount
        self.cells: dict[tuple[str, int], list[Cell]] = defaultdict(list)
        for cell in case.cells:
            self.cells[cell.line, cell.index].append(cell)
        self.binding = [limit for limit, actual, bound in judged.measured if _slack(limit, actual, bound) < _STEP]
        self.whole: dict[tuple[str, int], list[Limit]] = defaultdict(list)
        """Limits that hold as a whole or not at all, by line and period, or by line alone."""
        for limit in case.limits:
            if limit.kind == "units":
                self.whole[limit.key].append(limit)
            elif limit.kind in {"essential", "minimum"}:
                index = -1 if limit.index is None else limit.index
                for line in limit.lines or ():
                    self.whole[line, index].append(limit)
        self.of_line: dict[tuple[str | None, int | None], list[Limit]] = defaultdict(list)
        for limit in self.binding:
            self.of_line[limit.line, limit.index if limit.line else None].append(limit)

    def all(self) -> Iterator[Unmet]:
        """Every gap, by line and period."""
        for need in self.case.needs:
            gap = need.total - self.met[need.key]
            if gap <= 0:
                continue
            cells = self.cells[need.key]
            payers = tuple(dict.fromkeys(cell.award for cell in cells))
            if not payers:
                yield self._nobody(need, gap)
                continue
            beyond = min(gap, self._beyond(need, cells))
            if beyond:
                yield self._window(need, beyond, cells, payers)
            if gap > beyond:
                yield from self._within(need, gap - beyond, payers)

    def _within(self, need: Need, gap: int, payers: tuple[str, ...]) -> Iterator[Unmet]:
        """What is left on days that some award could pay: something that is all or nothing, a limit, or no money."""
        for limit in (*self.whole[need.cost.id, -1], *self.whole[need.key]):
            if self._stands_whole(limit, need):
                yield Unmet(need, gap, "minimum", limit.sentence, (), payers)
                return
        part = self._part_of_unit(need, gap, payers)
        if part:
            limit = next(limit for limit in self.whole[need.key] if limit.kind == "units")
            yield Unmet(need, part, "minimum", limit.sentence, (), payers)
        if gap > part:
            yield self._rest(need, gap - part, payers)

    def _stands_whole(self, limit: Limit, need: Need) -> bool:
        """Whether an activity got nothing for want of its minimum, or its essential line is not met."""
        if limit.kind == "minimum":
            return not any(self.met[other.key] for other in self.case.needs if other.cost.id in (limit.lines or ()))
        essential = limit.kind == "essential" and need.cost.id in (limit.lines or ())
        return essential and self.judged.ledger.paid(*limit.key) < limit.bound

    def _part_of_unit(self, need: Need, gap: int, payers: tuple[str, ...]) -> int:
        """What is too little for a whole unit: the odd part of the need, or all where the money left buys no unit."""
        if not need.cost.line.whole_units:
            return 0
        each = next(limit.bound for limit in self.whole[need.key] if limit.kind == "units")
        left = [self._left(award, need.index) / self._step(award, need) for award in payers]
        money = sum((units for units in left if units >= 1), Fraction(0))
        return gap if 0 < money < each else gap % each

    def _nobody(self, need: Need, gap: int) -> Unmet:
        found = [self.case.determinations[award, need.cost.id] for award in self.case.terms]
        told = " ".join(f"{each.award}: {self._why_not(each)}" for each in found)
        rules = tuple(dict.fromkeys(rule.name for each in found for rule in each.rules if each.status != "allowable"))
        return Unmet(need, gap, "no-eligible-award", f"No award on file may pay it. {told}", rules, ())

    def _why_not(self, found: Determination) -> str:
        """Why an award does not pay: its rule, or that its dates or payable days do not reach the need."""
        if found.status != "allowable":
            return found.reason
        days = ", ".join(str(piece) for piece in found.payable) or str(self.case.funds[found.award].days)
        return f"It may pay it only for costs of {days}."

    def _beyond(self, need: Need, cells: list[Cell]) -> int:
        """Of the need, direct and fringe, what arises on days that no payable window holds."""
        if need.once:
            return 0
        reach = sum(need.room(piece) for piece in join(cell.days for cell in cells))
        return need.total - reach - int(need.cost.fringe * reach)

    def _window(self, need: Need, amount: int, cells: list[Cell], payers: tuple[str, ...]) -> Unmet:
        days = ", ".join(str(piece) for piece in join(cell.days for cell in cells))
        unit = self.case.proposal.unit
        sentence = f"{show(amount, unit)} arises on days that no award covers: it may be paid only for costs of {days}."
        return Unmet(need, amount, "window", sentence, (), payers)

    def _rest(self, need: Need, amount: int, payers: tuple[str, ...]) -> Unmet:
        unit = self.case.proposal.unit
        reserved = self._reserved(need, payers)
        if reserved is not None:
            return Unmet(need, amount, "requirement", reserved.sentence, (), payers)
        left = {award: self._left(award, need.index) for award in payers}
        rich = tuple(award for award in payers if left[award] >= self._step(award, need))
        if not rich:
            have = "has" if len(payers) == 1 else "have"
            sentence = f"The money that may pay it is used up: {listed(payers)} {have} none left for {need.period}."
            return Unmet(need, amount, "money-exhausted", sentence, (), payers)
        against = [limit for limit in self._against(need) if limit.awards is None or limit.awards & {*rich}]
        asked = [limit for limit in against if limit.required]
        reason: Reason = "requirement" if asked else "limit"
        against = asked or against
        told = against[0].sentence if against else "A limit stands against paying more of it."
        money = listed(f"{award} has {show(left[award], unit)} left" for award in rich)
        rules = tuple(dict.fromkeys(limit.rule.name for limit in against if limit.rule))
        return Unmet(need, amount, reason, f"{money}, but: {told}", rules, payers)

    def _against(self, need: Need) -> Iterator[Limit]:
        yield from (limit for limit in self.of_line[need.key] if limit.kind in {"window", "limit", "payer", "share"})
        for limit in self.of_line[None, None]:
            if limit.kind in {"cap", "floor"} or (limit.kind == "require" and self._held_back(limit, need)):
                yield limit

    def _reserved(self, need: Need, payers: tuple[str, ...]) -> Limit | None:
        """A reserve that holds money of a payer back at the end of the need's period or a later one."""
        for limit in self.of_line[None, None]:
            if limit.kind == "reserve" and limit.award in payers and (limit.index or 0) >= need.index:
                period = self.case.proposal.periods[limit.index or 0]
                if self.case.funds[limit.award].received(period) > limit.bound:
                    return limit
        return None

    @staticmethod
    def _held_back(limit: Limit, need: Need) -> bool:
        """Whether paying more of a need goes against a requirement that is just met."""
        selected = limit.select is None or limit.select.selects(need.cost.traits)
        return not selected if limit.at_least and limit.share is not None else selected and not limit.at_least

    def _step(self, award: str, need: Need) -> Fraction:
        """What one more unit of the line charges the award."""
        terms = self.case.indirect[award, need.index]
        return 1 + need.cost.fringe + per_dollar(need.cost, terms)

    def _left(self, award: str, index: int) -> Fraction:
        """What the award could still be charged in a period, exactly."""
        if (award, index) not in self._known_left:
            funds, ledger = self.case.funds[award], self.judged.ledger
            periods = self.case.proposal.periods
            left = min(funds.through(periods[i]) - ledger.charge(award, i) for i in range(index, len(periods)))
            self._known_left[award, index] = left
        return self._known_left[award, index]


_STEP = Fraction(1)


def _slack(limit: Limit, actual: Fraction, bound: Fraction) -> Fraction:
    return actual - bound if limit.at_least else bound - actual
