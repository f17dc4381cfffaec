"""Why an award pays a line as much as it does in a plan, what its money pays instead, and what more would take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from braid.answer.rows import PlanFile
from braid.answer.summary import dollars
from braid.answer.why import Displaced, InPlan, Paid, Payer
from braid.basics.fiscal import span
from braid.basics.money import amount_text
from braid.basics.words import listed
from braid.engine.allocate import Allocation
from braid.engine.choosers import Chosen, who_chose
from braid.engine.instead import Instead, More, Payments
from braid.engine.solve import Deadline, InfeasibleError, OutOfTimeError
from braid.engine.standing import Shift
from braid.explain.rooms import follows
from braid.judge.case import Case
from braid.judge.needs import CENTS

MOST = 4
"""Lines, awards and limits named in one sentence before the rest is counted."""
NOTHING = Decimal("0.00")
CHOSE = {
    "sooner": "which meets earlier periods first",
    "expiring-first": "which charges money that ends within the plan first",
    "restricted-first": "which charges the least flexible money first",
    "tidy": "which takes as few payers and small charges as can be, and one payer where several would do",
    "outcomes": "which buys the most published benefit",
    "fairness": "which raises the worst-funded first",
    "stay-close": "which changes least of the former plan",
    "taken": "when what was given up and not needed went back",
}
"""By goal, or what stands for one, what it chooses by."""


def in_plan(
    case: Case, file: PlanFile, seconds: float, made: Allocation | None, line: str, award: str
) -> InPlan | None:
    """What a plan made of a line that an award may pay; None where there is no plan.

    ``made`` is what the engine made it of, where it was not read from a file. Every claim of what would be otherwise is
    solved for; where the time runs out, it is left out.
    """
    if file.status not in {"optimal", "feasible"}:
        return None
    return _Asked(case, file, made, line, award).answer(Deadline(seconds))


@dataclass(frozen=True)
class _More:
    """What it would take for the award to pay more: as in ``InPlan``."""

    more: int = 0
    at_most: int = 0
    """What is certainly not exceeded: more than ``more`` only where the search for more ran out of time."""
    displaced: tuple[Displaced, ...] = ()
    money: Decimal | None = None
    without: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    freed: Mapping[str, More] = field(default_factory=dict[str, More])
    """By requirement, what it could pay more if that were given up."""
    known: bool = False
    """Whether there was time to find out."""
    at_least: tuple[bool, bool] = (False, False)
    """Whether what would be met less, and the money, are at least so much and not just so much."""


class _Asked:
    def __init__(self, case: Case, file: PlanFile, made: Allocation | None, line: str, award: str) -> None:
        self.case, self.file, self.made, self.line, self.award = case, file, made, line, award
        self.label = award
        self.limits = {limit.id: limit for limit in case.limits}
        self.need = sum(need.direct for need in case.needs if need.cost.id == line)
        self.by_payer: dict[str, Decimal] = defaultdict(Decimal)
        for row in file.allocations:
            if row.line == line:
                self.by_payer[row.award] += row.amount

    def money(self, units: int) -> Decimal:
        """Units as dollars and cents."""
        return Decimal(amount_text(units, self.case.proposal.unit))

    def answer(self, deadline: Deadline) -> InPlan:
        """The whole answer, with its sentences."""
        paid, need = self.by_payer.get(self.award, NOTHING), self.money(self.need)
        unmet = need - sum(self.by_payer.values(), NOTHING)
        others = tuple(Payer(award=a, amount=x) for a, x in sorted(self.by_payer.items()) if a != self.award)
        instead = self._instead()
        more = self._more(unmet, deadline) if unmet else _More()
        chose = self._chose_told(paid, deadline) if others else ()
        told = (
            *self._paid_told(paid, need, unmet, others),
            *chose,
            *self._instead_told(instead),
            *self._more_told(more),
        )
        return InPlan(
            paid=paid,
            need=need,
            unmet=unmet,
            others=others,
            instead=instead,
            more=self.money(more.more),
            displaced=more.displaced,
            money=more.money,
            without=more.without,
            stops=more.stops,
            told=told,
        )

    def _instead(self) -> tuple[Paid, ...]:
        """What the award pays of other lines for costs of the days on which it may pay this one."""
        pieces = self.case.determinations[self.award, self.line].payable
        found: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.file.allocations:
            days = span(row.from_, row.until)
            if row.award == self.award and row.line != self.line and any(days.meet(x).days for x in pieces):
                found[row.line] += row.amount
        priority = {cost.id: cost.activity.priority for cost in self.case.proposal.costs}
        ordered = sorted(found, key=lambda name: (priority[name], -found[name], name))
        return tuple(Paid(line=name, priority=priority[name], amount=found[name]) for name in ordered)

    # ------------------------------------------------------- what it would take

    def _more(self, unmet: Decimal, deadline: Deadline) -> _More:
        try:
            return self._solved(unmet, deadline)
        except (OutOfTimeError, InfeasibleError):
            return _More()

    def _solved(self, unmet: Decimal, deadline: Deadline) -> _More:
        index, per_unit = self.case.proposal.fiscal.index, CENTS[self.case.proposal.unit]
        direct, fringe = defaultdict[tuple[str, str, int], int](int), dict[tuple[str, str, int], int]()
        for row in self.file.allocations:
            direct[row.award, row.line, index[row.period]] += int(row.amount.scaleb(2)) // per_unit
        for row in self.file.fringe:
            fringe[row.award, row.line, index[row.period]] = int(row.amount.scaleb(2)) // per_unit
        asked = Instead(self.case, Payments(direct, fringe), self.award, self.line, deadline)
        open_ = int(unmet.scaleb(2)) // per_unit
        found = asked.most().within(open_)
        more = found.units
        if not more:
            stops = () if found.at_most else tuple(asked.stops())
            most = {name: asked.most(name).within(open_) for name in stops if self.limits[name].required}
            freed = {name: each for name, each in most.items() if each.at_most}
            without = tuple(name for name, each in freed.items() if each.units)
            return _More(at_most=found.at_most, without=without, stops=stops, freed=freed, known=True)
        lost, money = asked.displaced(more), asked.money(more, self._follows())
        displaced = tuple(
            Displaced(priority=priority, amount=self.money(less)) for priority, less in lost.by_priority.items()
        )
        required = [limit.id for limit in self.case.limits if limit.required]
        without = tuple(name for name in required if asked.possible_without(name, more)) if displaced else ()
        return _More(
            more,
            found.at_most,
            displaced,
            None if money is None else self.money(money.units),
            without,
            known=True,
            at_least=(not lost.whole, money is not None and not money.whole),
        )

    def _follows(self) -> Shift:
        """How the limits that are a part of the award move with each dollar of it."""
        return follows(self.case, self.case.funds[self.award].installments[-1])

    # ------------------------------------------------------------------ words

    def _paid_told(self, paid: Decimal, need: Decimal, unmet: Decimal, others: tuple[Payer, ...]) -> Iterator[str]:
        fringe = " before fringe" if self.case.proposal.cost(self.line).fringe else ""
        pays = f"{self.label} pays {dollars(paid) if paid else 'nothing'}"
        yield f"{pays} of the {dollars(need)} that {self.line} costs{fringe}."
        if others:
            rest = listed((f"{each.award} {dollars(each.amount)}" for each in others), MOST)
            yield f"Others pay {'more of it' if paid else 'of it'}: {rest}."
        yield f"{dollars(unmet)} of it is unmet." if unmet else "All of it is met, so that no more is asked for."

    def _chose_told(self, paid: Decimal, deadline: Deadline) -> Iterator[str]:
        """Which goal chose that others pay what they do of the line."""
        if self.file.lacks_former:
            yield "Which goal chose the others is not told: this plan stays close to one that is not in its file."
            return
        units = int(paid.scaleb(2)) // CENTS[self.case.proposal.unit]
        try:
            found = who_chose(self.case, self.made, self.award, self.line, units, deadline)
        except (OutOfTimeError, InfeasibleError):
            yield "Which goal chose the others could not be worked out in the time given."
            return
        yield self._chose(found, units)

    def _chose(self, found: Chosen, paid: int) -> str:
        up_to = f"up to {dollars(self.money(found.could))}"
        if found.most > found.could:
            up_to = f"at least {dollars(self.money(found.could))}, and at most {dollars(self.money(found.most))},"
        could = f"{self.label} could pay {up_to} of it"
        whole = "; what is all or nothing is taken as it is in this plan" if found.choices else ""
        if found.could <= paid < found.most:
            most = dollars(self.money(found.most))
            return f"Whether {self.label} could pay more of it was not found in time: {most} at most{whole}."
        if found.could <= paid:
            return f"{self.label} could pay no more of it, even if the others paid less{whole}."
        if found.goal is None:
            return (
                f"{could} and every goal would be reached as well: nothing but the tie-break chose the others{whole}."
            )
        if found.goal.startswith("fund"):
            return f"{could}, but less need would be met then: the goal {found.goal}, chose the others{whole}."
        name = found.goal.partition(" ")[0]
        reached = f" and every goal before {found.goal} would be reached as well" if found.before is not None else ""
        return f"{could}{reached}; {found.goal}, {CHOSE[name]}, chose the others{whole}."

    def _so_much(self, found: _More | More) -> str:
        """An amount, or between which amounts it lies where there was no time for more."""
        least, most = found.more if isinstance(found, _More) else found.units, found.at_most
        if least == most:
            return dollars(self.money(least))
        at_most = f"at most {dollars(self.money(most))}"
        return f"at least {dollars(self.money(least))} and {at_most}" if least else at_most

    def _instead_told(self, instead: tuple[Paid, ...]) -> Iterator[str]:
        if not instead:
            yield f"{self.label} pays nothing else for costs of the same days."
            return
        whole = sum((each.amount for each in instead), NOTHING)
        lines = listed((f"{x.line} {dollars(x.amount)} (priority {x.priority})" for x in instead), MOST)
        yield f"For costs of the same days {self.label} pays {dollars(whole)} of other lines: {lines}."

    def _more_told(self, more: _More) -> Iterator[str]:
        if not more.known:
            return
        if not more.more and more.at_most:
            yield f"How much more of it {self.label} could pay was not found in time: {self._so_much(more)}."
            return
        if more.at_most > more.more:
            yield f"In the time given it was found that {self.label} could pay {self._so_much(more)} more of it."
        if not more.more:
            stops = sorted((self.limits[name] for name in more.stops), key=lambda limit: (not limit.required, limit.id))
            if stops:
                holds = "this holds" if len(stops) == 1 else "these hold together"
                told = " ".join(limit.sentence for limit in stops[:MOST])
                beside = "Beside what others pay, " if set(self.by_payer) - {self.award} else ""
                yield f"{beside}{self.label} can pay no more of it as long as {holds}: {told}"
            else:
                yield f"In whole {self.case.proposal.unit}s {self.label} can pay no more of it."
            for name, each in more.freed.items():
                yield f"It could pay {self._so_much(each)} more if this were given up: {self.limits[name].sentence}"
            return
        amount = dollars(self.money(more.more))
        if not more.displaced:
            yield f"{self.label} could pay {amount} more of it, and no less of any other priority would be met."
            return
        less = listed(f"{dollars(each.amount)} of priority {each.priority}" for each in more.displaced)
        least, least_money = ("at least " if each else "" for each in more.at_least)
        yield f"If {self.label} paid {amount} more of it, {least}{less} would not be met."
        if more.money:
            larger = f"With {least_money}{dollars(more.money)} more"
            yield f"{larger}, {self.label} could pay that and nothing else would be met less."
        for name in more.without[:MOST]:
            yield f"It could pay that, with nothing else met less, if this were given up: {self.limits[name].sentence}"
