"""From whole amounts to the Plan: its tables, and what the engine adds: status, goals, indirect, provenance."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import floor

from braid.answer.goal_rows import GivenUp, GoalRow, ShareRow
from braid.answer.plan import Plan
from braid.answer.rows import Hope, IndirectCharge, PlanFile, Provenance
from braid.basics.money import round_half_up
from braid.basics.version import __version__
from braid.checks import Entry, Judged, Paid
from braid.engine import allocate as engine
from braid.engine.goals import TIDY, cheapest
from braid.explain.conflicts import Conflict
from braid.judge.case import Case
from braid.judge.funds import CENTS
from braid.planner.former import former_paid
from braid.planner.rounds import rounds_of
from braid.planner.tables import Tables, fingerprint, proposal_written, rule_written, sha256
from braid.proposal import Proposal, WantedGoal


def paid_of(case: Case, allocation: engine.Allocation) -> Paid:
    """What an allocation pays, in the form that the exact judge takes."""
    charges = allocation.charges
    entries = tuple(Entry(r.award, r.line, r.index, r.days, r.amount, str(r.installment)) for r in charges.direct)
    fringe = {(row.award, row.line, row.index): row.amount for row in charges.fringe}
    indirect: dict[tuple[str, int], int] = defaultdict(int)
    by_installment: dict[tuple[str, str], int] = defaultdict(int)
    for row in charges.indirect:
        indirect[row.award, row.index] += row.amount
        by_installment[row.award, str(row.installment)] += row.amount
    return Paid(entries, fringe, dict(indirect), dict(by_installment))


@dataclass(frozen=True)
class Besides:
    """What stands beside an allocation: why there is none, or what expected money would add."""

    conflict: Conflict | None = None
    hoped: tuple[Hope, ...] = ()
    former: str | None = None
    """The fingerprint of the former plan that this one stays close to."""


def assemble(
    case: Case, allocation: engine.Allocation, paid: Paid, judged: Judged, besides: Besides, command: str
) -> Plan:
    """The Plan of an allocation that was judged and found sound, or of one that cannot be and why."""
    maker = _Maker(case, allocation, paid, judged, besides)
    return Plan(maker.file(command), case)


class _Maker:
    def __init__(self, case: Case, allocation: engine.Allocation, paid: Paid, judged: Judged, besides: Besides) -> None:
        self.case, self.allocation, self.paid, self.conflict = case, allocation, paid, besides.conflict
        self.former = besides.former
        self.tables = Tables(case, paid, judged, besides.hoped)

    def file(self, command: str) -> PlanFile:
        """The whole plan."""
        tables, money = self.tables, self.tables.money
        proposal = proposal_written(self.case.written)
        return PlanFile(
            status=self.allocation.status,  # type: ignore[arg-type]
            unit=self.case.proposal.unit,
            bound=self._bound(),
            fraction_row=self.allocation.row or None,
            fraction_amount=money(self.allocation.short) if self.allocation.row else None,
            conflict=self.conflict.clashes if self.conflict else None,
            shortfalls=self.conflict.shortfalls if self.conflict else (),
            repairs=self.conflict.repairs if self.conflict else None,
            joint_repair=self.conflict.joint if self.conflict else None,
            totals=tables.totals,
            allocations=tables.allocations,
            fringe=tables.fringe,
            indirect=self._indirect(),
            match=tables.match,
            matched=tables.matched,
            unrecovered=tables.unrecovered,
            awards=tables.awards,
            revenue=tables.revenue,
            cash=tables.cash,
            expected=tables.expected,
            former=former_paid(self.case),
            with_expected=self.case.hoped is None,
            gaps=tables.gaps,
            limits=tables.limits,
            next_dollar=(),
            goals=self._goals(),
            rounds=tuple(rounds_of(self.case, self.paid, self.allocation.settled)),
            attention=tables.attention,
            proposal=proposal,
            rules=tuple(rule_written(rule) for rule in tables.rules),
            fingerprint=fingerprint(proposal, self.case.catalogue.sha256, tables.allocations),
            provenance=self._provenance(command, sha256(proposal)),
        )

    def _goals(self) -> tuple[GoalRow, ...]:
        """What each goal reached, in the order of the proposal."""
        wanted = self.case.proposal.goals
        places = {goal.label: place for place, goal in enumerate(wanted)}
        rows = [(places[goal.name], self._goal(wanted[places[goal.name]], goal)) for goal in self.allocation.goals]
        if rows and TIDY in places:
            payers = len({(entry.award, entry.line) for entry in self.paid.entries})
            fewest = payers if self.allocation.fewest is None else min(payers, self.allocation.fewest)
            rows.append((places[TIDY], GoalRow(goal=TIDY, value=Decimal(payers), best=Decimal(fewest), unit="payers")))
        return tuple(row for _, row in sorted(rows, key=lambda row: row[0]))

    def _goal(self, wanted: WantedGoal, goal: engine.GoalValue) -> GoalRow:
        """One goal, in unweighted dollars (C25) or in the unit that it has."""
        money = self.tables.money
        value, possible = self._in_its_unit(wanted, goal)
        return GoalRow(
            goal=wanted.goal,
            priority=goal.priority,
            over=wanted.over,
            measure=wanted.measure,
            unit=unit_of(self.case.proposal, wanted),
            value=value,
            possible=possible,
            give_up=money(wanted.give_up // CENTS[self.case.proposal.unit]) if wanted.give_up else None,
            given_up=tuple(GivenUp(to=to, amount=money(amount)) for to, amount in goal.given),
            shares=tuple(
                ShareRow(
                    group=each.group,
                    need=money(each.need),
                    met=money(each.met),
                    share=_two(100 * each.met / each.need),
                    round=each.round,
                    in_whole=money(Fraction(each.in_whole)),
                    price=None if each.price is None else money(Fraction(each.price)),
                )
                for each in goal.raised
            ),
        )

    def _in_its_unit(self, wanted: WantedGoal, goal: engine.GoalValue) -> tuple[Decimal, Decimal | None]:
        """What a goal came to and what was possible at its turn, as people count it."""
        money, best = self.tables.money, goal.best if goal.best is not None else None
        if goal.priority is not None:
            met = self._met[goal.priority]
            plain = all(a.weight == 1 for a in self.case.proposal.activities if a.priority == goal.priority)
            most = best if best is not None else goal.possible if plain else None
            return money(met), None if most is None else money(max(met, Fraction(floor(most))))
        if wanted.goal == "fairness":
            return _two(100 * goal.value), None
        if wanted.goal == "outcomes":
            per_unit = Fraction(CENTS[self.case.proposal.unit], cheapest(self.case, wanted))
            return _two(goal.value * per_unit), _two(max(goal.value, goal.possible) * per_unit)
        if wanted.goal == "stay-close":
            former = sum(self.case.former.values())
            return money(former - goal.value), money(max(Fraction(0), former - max(goal.value, goal.possible)))
        if wanted.goal == "restricted-first":
            return money(-goal.value / 100), money(-max(goal.value, goal.possible) / 100)
        return money(goal.value), money(max(goal.value, goal.possible))

    @cached_property
    def _met(self) -> dict[int, Fraction]:
        """Need met by priority, unweighted (C25)."""
        costs = {cost.id: cost for cost in self.case.proposal.costs}
        met: dict[int, Fraction] = defaultdict(Fraction)
        for entry in self.paid.entries:
            cost = costs[entry.line]
            met[cost.activity.priority] += entry.amount * (1 + cost.fringe)
        return met

    def _bound(self) -> Decimal | None:
        if self.allocation.status != "feasible":
            return None
        return self.tables.money(sum((goal.possible for goal in self.allocation.goals if goal.priority), Fraction(0)))

    def _indirect(self) -> tuple[IndirectCharge, ...]:
        return tuple(
            IndirectCharge(
                award=row.award,
                installment=str(row.installment),
                period=self.tables.periods[row.index],
                base=self.tables.money(row.base),
                amount=self.tables.money(row.amount),
                codes=self.case.proposal.award(row.award).codes,
            )
            for row in sorted(self.allocation.charges.indirect, key=lambda r: (r.award, r.index, r.installment))
        )

    def _provenance(self, command: str, proposal: str) -> Provenance:
        return Provenance(
            braid_version=__version__,
            catalogue=self.case.catalogue.sha256,
            proposal=proposal,
            solver=self.allocation.solver,
            command=command,
            made=dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat(),
            rules_unverified=self.tables.unverified,
            former=self.former,
        )


def _two(value: Fraction) -> Decimal:
    """A number with two decimals, rounded half up."""
    return Decimal(round_half_up(100 * value)).scaleb(-2)


def unit_of(proposal: Proposal, wanted: WantedGoal) -> str:
    """What the value of a goal counts."""
    if wanted.goal == "outcomes":
        stated = {activity.outcome.measure for activity in proposal.activities if activity.outcome is not None}
        return wanted.measure or min(stated)
    units = {"fairness": "per cent", "sooner": "dollars times periods", "restricted-first": "dollars times flexibility"}
    return units.get(wanted.goal, "dollars")
