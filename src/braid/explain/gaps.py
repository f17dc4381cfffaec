"""Each unfunded dollar with one reason, the first that applies.

In order: no eligible award, window, minimum, requirement, limit, money exhausted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import floor

from braid.answer.rows import Reason
from braid.basics.fiscal import join
from braid.basics.money import show
from braid.basics.words import listed
from braid.checks import Judged, Paid
from braid.explain.one_more import broken_by_one_more
from braid.explain.unmet import Unmet, why_not
from braid.judge.case import Case
from braid.judge.cash import lags_of, outstanding
from braid.judge.limit import MONEY, Cell, Limit
from braid.judge.needs import Need

AGAINST_NEED = {"window", "limit", "portion", "payer", "share", "effort"}
"""Limits on one need that stand against paying more of it."""
SHARES = {"cap", "floor", "require"}
TIDY = "tidy"
MOST = 2
"""Limits that are told where several together stand against one more unit."""


def unmet(case: Case, paid: Paid, judged: Judged) -> tuple[Unmet, ...]:
    """The gaps of a plan; together they are exactly what is needed less what is funded."""
    return tuple(_Gaps(case, paid, judged).all())


class _Gaps:
    def __init__(self, case: Case, paid: Paid, judged: Judged) -> None:
        self.case, self.judged = case, judged
        self.money: dict[str, list[tuple[Limit, Fraction, Fraction]]] = defaultdict(list)
        for limit, actual, bound in judged.measured:
            if limit.kind in MONEY:
                self.money[limit.award].append((limit, actual, bound))
        self.reserved = {limit.id: self._held(limit) for limit in case.limits if limit.kind == "reserve"}
        """What each reserve holds back, less what gaps it has explained already."""
        self.met: dict[tuple[str, int], int] = defaultdict(int)
        for entry in paid.entries:
            self.met[entry.line, entry.index] += entry.amount
        for (_, line, index), amount in paid.fringe.items():
            self.met[line, index] += amount
        self.cells: dict[tuple[str, int], list[Cell]] = defaultdict(list)
        for cell in case.cells:
            self.cells[cell.line, cell.index].append(cell)
        self.binding = [limit for limit, actual, bound in judged.measured if _slack(limit, actual, bound) < _STEP]
        self.whole = _whole(case)
        """Limits that hold as a whole or not at all, by line and period, or by line alone."""
        self.of_line: dict[tuple[str | None, int | None], list[Limit]] = defaultdict(list)
        for limit in self.binding:
            for line in (limit.lines or ()) if limit.kind == "effort" else (limit.line,):
                self.of_line[line, limit.index if line else None].append(limit)

    def _held(self, limit: Limit) -> Fraction:
        period = self.case.proposal.periods[limit.index or 0]
        return Fraction(self.case.funds[limit.award].received(period) - limit.bound)

    def all(self) -> Iterator[Unmet]:
        """Every gap, by line and period; a reserve explains gaps of the first priority first."""
        found = {id(need): list(self._of(need)) for need in sorted(self.case.needs, key=_rank)}
        for need in self.case.needs:
            yield from found[id(need)]

    def _of(self, need: Need) -> Iterator[Unmet]:
        gap = need.total - self.met[need.key]
        if gap <= 0:
            return
        cells = self.cells[need.key]
        payers = tuple(dict.fromkeys(cell.award for cell in cells))
        if not payers:
            yield self._nobody(need, gap)
            return
        beyond = min(gap, self._beyond(need, cells))
        if beyond:
            yield self._window(need, beyond, cells, payers)
        if gap > beyond:
            yield from self._within(need, gap - beyond, payers)

    def _within(self, need: Need, gap: int, payers: tuple[str, ...]) -> Iterator[Unmet]:
        """What is left on days that some award could pay: something that is all or nothing, a limit, or no money."""
        for limit in (*self.whole[need.cost.id, -1], *self.whole[need.key]):
            if self._stands_whole(limit, need):
                yield Unmet(need, gap, "minimum", self._told_whole(limit), (), payers, limit.sentence)
                return
        part = self._part_of_unit(need, gap, payers)
        if part:
            limit = next(limit for limit in self.whole[need.key] if limit.kind == "units")
            yield Unmet(need, part, "minimum", limit.sentence, (), payers, limit.sentence)
        if gap > part:
            yield from self._rest(need, gap - part, payers)

    def _stands_whole(self, limit: Limit, need: Need) -> bool:
        """Whether an activity got nothing for want of its minimum, or its essential line is not met."""
        if limit.kind == "minimum":
            return not any(self.met[other.key] for other in self.case.needs if other.cost.id in (limit.lines or ()))
        essential = limit.kind == "essential" and need.cost.id in (limit.lines or ())
        return essential and self.judged.ledger.paid(*limit.key) < limit.bound

    def _told_whole(self, limit: Limit) -> str:
        """What stands whole or not at all, and how far this plan comes."""
        if limit.kind == "minimum":
            return f"{limit.sentence} In this plan it gets nothing."
        unit, paid = self.case.proposal.unit, self.judged.ledger.paid(*limit.key)
        got = show(paid, unit) if paid else "nothing"
        return f"{limit.sentence} In this plan it is paid {got} of {show(limit.bound, unit)}."

    def _part_of_unit(self, need: Need, gap: int, payers: tuple[str, ...]) -> int:
        """What is too little for a whole unit: the odd part of the need, or all where the money left buys no unit."""
        if not need.cost.line.whole_units:
            return 0
        each = next(limit.bound for limit in self.whole[need.key] if limit.kind == "units")
        left = [self._left(award, need) / self._step(award, need) for award in payers]
        money = sum((units for units in left if units >= 1), Fraction(0))
        return gap if 0 < money < each else gap % each

    def _nobody(self, need: Need, gap: int) -> Unmet:
        found = [self.case.determinations[award, need.cost.id] for award in self.case.terms]
        told = " ".join(f"{each.award}: {why_not(self.case, each, need)}" for each in found)
        spoke = (rule for each in found for rule in each.rules if each.status != "allowable" or rule.use_within)
        rules = tuple(dict.fromkeys(rule.name for rule in spoke))
        return Unmet(need, gap, "no-eligible-award", f"No award on file may pay it. {told}", rules, ())

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
        late = dict.fromkeys(self.case.determinations[award, need.cost.id].late for award in payers)
        sentence = " ".join([sentence, *(f"{why}" for why in late if why)])
        return Unmet(need, amount, "window", sentence, (), payers)

    def _rest(self, need: Need, amount: int, payers: tuple[str, ...]) -> Iterator[Unmet]:
        """What a requirement holds back, then what a limit stands against, then what there is no money for."""
        unit = self.case.proposal.unit
        for limit in self._reserves(need, payers):
            held = min(amount, int(self.reserved[limit.id] / self._step(limit.award, need) * (1 + need.cost.fringe)))
            if held > 0:
                self._explain(limit, held * self._step(limit.award, need) / (1 + need.cost.fringe))
                amount -= held
                yield Unmet(need, held, "requirement", limit.sentence, (), payers, limit.sentence)
        if not amount:
            return
        left = {award: self._left(award, need) for award in payers}
        rich = tuple(award for award in payers if left[award] >= self._step(award, need))
        if not rich:
            have = "has" if len(payers) == 1 else "have"
            sentence = f"The money that may pay it is used up: {listed(payers)} {have} none left for {need.period}."
            yield Unmet(need, amount, "money-exhausted", sentence, (), payers)
            return
        against = [limit for limit in self._against(need) if limit.awards is None or limit.awards & {*rich}]
        money = listed(f"{award} has {show(int(left[award]), unit)} left" for award in rich)
        told = "" if against else f"{money}, but {self._one_more(need, rich, against)}"
        asked = [limit for limit in against if limit.required]
        reason: Reason = "requirement" if asked else "limit"
        against = sorted(asked or against, key=lambda limit: limit.rule is None)
        told = told or f"{money}, but: {self._told(against[0])}"
        rules = tuple(dict.fromkeys(limit.rule.name for limit in against if limit.rule))
        yield Unmet(need, amount, reason, told, rules, payers, against[0].sentence if against else "")

    def _one_more(self, need: Need, rich: tuple[str, ...], against: list[Limit]) -> str:
        """What one more unit would break, in words, where no limit is just met; the limits are added to ``against``."""
        cells = [cell for cell in self.cells[need.key] if cell.award in rich]
        against += broken_by_one_more(self.case, self.judged.ledger.entries, cells)
        if against:
            what = "this" if len(against) == 1 else "these"
            told = " ".join(self._told(limit) for limit in against[:MOST])
            return f"one more {self.case.proposal.unit} of it would break {what}: {told}"
        goals = [goal.goal for goal in self.case.proposal.goals]
        before = [name for name in goals[: goals.index("fund")] if name != TIDY] if "fund" in goals else goals
        if before:
            which, comes = ("goal", "comes") if len(before) == 1 else ("goals", "come")
            return f"the {which} {listed(before)}, which {comes} before meeting more need, can stand against it."
        return f"no whole {self.case.proposal.unit} more of it was found to go with all other limits."

    def _against(self, need: Need) -> Iterator[Limit]:
        for limit in self.of_line[need.key]:
            if limit.kind in AGAINST_NEED or (limit.kind == "committed" and not limit.at_least):
                yield limit
        for limit in self.of_line[None, None]:
            if limit.kind in {"match", "transfer"} or (limit.kind in SHARES and self._held_back(limit, need)):
                yield limit
            if limit.kind == "float" and self._floats(limit, need):
                yield limit

    def _floats(self, limit: Limit, need: Need) -> bool:
        """Whether paying more of a need would be owed at the end of a quarter in which no more can be carried."""
        lags, day = lags_of(self.case.proposal), limit.by_day or 0
        paying_back = (cell for cell in self.cells[need.key] if cell.award in lags)
        return any(outstanding(cell.days, lags[cell.award], day) for cell in paying_back)

    def _told(self, limit: Limit) -> str:
        """What stands against a need, in words; of a person's time, what a step comes to."""
        if limit.kind != "effort" or limit.step is None:
            return limit.sentence
        step = show(floor(limit.step), self.case.proposal.unit)
        return f"{limit.sentence} A step is {step}, and no award has one left or room for one."

    def _explain(self, limit: Limit, charge: Fraction) -> None:
        """What a reserve has explained, the reserves of its award explain no more: it is the same money."""
        for other in self.case.limits:
            if other.kind == "reserve" and other.award == limit.award:
                self.reserved[other.id] = max(Fraction(0), self.reserved[other.id] - charge)

    def _reserves(self, need: Need, payers: tuple[str, ...]) -> Iterator[Limit]:
        """The reserves that hold money of a payer back at the end of the need's period or a later one."""
        for limit in self.of_line[None, None]:
            if limit.kind == "reserve" and limit.award in payers and (limit.index or 0) >= need.index:
                yield limit

    @staticmethod
    def _held_back(limit: Limit, need: Need) -> bool:
        """Whether paying more of a need goes against a cap, a floor or a requirement that is just met."""
        selected = limit.select is None or limit.select.selects(need.cost.traits)
        if limit.kind == "floor" or (limit.at_least and limit.share is not None):
            return not selected
        return (selected or limit.include_indirect) and not limit.at_least

    def _step(self, award: str, need: Need) -> Fraction:
        """What one more unit of the line charges the award."""
        return 1 + need.cost.fringe + self.case.per_dollar(award, need.cost.id, need.index)

    def _left(self, award: str, need: Need) -> Fraction:
        """What the award could still be charged for a need: of its pots that pay it, the one with most money left."""
        return max((self._room(cell) for cell in self.cells[need.key] if cell.award == award), default=Fraction(0))

    def _room(self, cell: Cell) -> Fraction:
        """What could still be charged for one cell before a bound on the award's money is reached."""
        numbers = self.case.funds[cell.award].pots[cell.pot].numbers
        slacks = [
            bound - actual
            for limit, actual, bound in self.money[cell.award]
            if limit.in_time(cell.index)
            and (limit.installments is None or numbers <= limit.installments)
            and (limit.days is None or cell.days.within(limit.days))
        ]
        return min(slacks, default=Fraction(0))


_STEP = Fraction(1)


def _whole(case: Case) -> dict[tuple[str, int], list[Limit]]:
    whole: dict[tuple[str, int], list[Limit]] = defaultdict(list)
    for limit in case.limits:
        if limit.kind == "units":
            whole[limit.key].append(limit)
        elif limit.kind in {"essential", "minimum"}:
            index = -1 if limit.index is None else limit.index
            for line in limit.lines or ():
                whole[line, index].append(limit)
    return whole


def _rank(need: Need) -> tuple[int, int, str]:
    return need.cost.activity.priority, need.index, need.cost.id


def _slack(limit: Limit, actual: Fraction, bound: Fraction) -> Fraction:
    return actual - bound if limit.at_least else bound - actual
