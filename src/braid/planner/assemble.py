"""From whole amounts to the Plan: its tables, and what the engine adds: status, goals, indirect, provenance."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.answer.plan import Plan
from braid.answer.rows import GoalRow, Hope, IndirectCharge, PlanFile, Provenance
from braid.basics.version import __version__
from braid.checks import Entry, Judged, Paid
from braid.engine import allocate as engine
from braid.engine.goals import TIDY
from braid.explain.conflicts import Conflict
from braid.judge.case import Case
from braid.planner.tables import Tables, fingerprint, proposal_written, rule_written, sha256


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


def assemble(
    case: Case, allocation: engine.Allocation, paid: Paid, judged: Judged, besides: Besides, command: str
) -> Plan:
    """The Plan of an allocation that was judged and found sound, or of one that cannot be and why."""
    maker = _Maker(case, allocation, paid, judged, besides)
    return Plan(maker.file(command), case)


class _Maker:
    def __init__(self, case: Case, allocation: engine.Allocation, paid: Paid, judged: Judged, besides: Besides) -> None:
        self.case, self.allocation, self.paid, self.conflict = case, allocation, paid, besides.conflict
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
            with_expected=self.case.hoped is None,
            gaps=tables.gaps,
            limits=tables.limits,
            next_dollar=(),
            goals=self._goals(),
            attention=tables.attention,
            proposal=proposal,
            rules=tuple(rule_written(rule) for rule in tables.rules),
            fingerprint=fingerprint(proposal, self.case.catalogue.sha256, tables.allocations),
            provenance=self._provenance(command, sha256(proposal)),
        )

    def _goals(self) -> tuple[GoalRow, ...]:
        """What each goal reached, in the order of the proposal."""
        money, names = self.tables.money, self.case.proposal.goals
        rows = [GoalRow(goal=g.name, priority=g.priority, value=money(v)) for g, v in self._goal_values()]
        if rows and TIDY in names:
            payers = len({(entry.award, entry.line) for entry in self.paid.entries})
            fewest = payers if self.allocation.fewest is None else min(payers, self.allocation.fewest)
            rows.append(GoalRow(goal=TIDY, value=Decimal(payers), best=Decimal(fewest)))
        return tuple(sorted(rows, key=lambda row: names.index(row.goal)))

    def _goal_values(self) -> list[tuple[engine.GoalValue, Fraction]]:
        """Goal values in unweighted dollars (C25)."""
        costs = {cost.id: cost for cost in self.case.proposal.costs}
        met: dict[int, Fraction] = defaultdict(Fraction)
        for entry in self.paid.entries:
            cost = costs[entry.line]
            met[cost.activity.priority] += entry.amount * (1 + cost.fringe)
        values: list[tuple[engine.GoalValue, Fraction]] = []
        for goal in self.allocation.goals:
            other = -goal.value / 100 if goal.name == "restricted-first" else goal.value
            values.append((goal, other if goal.priority is None else met[goal.priority]))
        return values

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
        )
