"""From whole amounts to the Plan: rows with names and decimals, totals, limits, gaps, attention, fingerprint."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from braid.answer.plan import Plan
from braid.answer.rows import (
    Allocation,
    AwardTotal,
    FringeCharge,
    Gap,
    GoalRow,
    IndirectCharge,
    LimitRow,
    PlanFile,
    Provenance,
    Totals,
)
from braid.basics.money import amount_text
from braid.basics.version import __version__
from braid.checks import Entry, Judged, Paid
from braid.engine import allocate as engine
from braid.engine.solve import version as solver_version
from braid.explain.attention import attention
from braid.explain.gaps import Unmet, unmet
from braid.judge.case import Case
from braid.judge.limits import Limit
from braid.judge.needs import dropped_cents
from braid.law.rules import Rule
from braid.planner.accounts import Account, accounts_of, on_unverified


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


def assemble(case: Case, allocation: engine.Allocation, paid: Paid, judged: Judged, command: str) -> Plan:
    """The Plan of an allocation that was judged and found sound."""
    maker = _Maker(case, allocation, paid, judged)
    return Plan(maker.file(command), case)


class _Maker:
    def __init__(self, case: Case, allocation: engine.Allocation, paid: Paid, judged: Judged) -> None:
        self.case, self.allocation, self.paid, self.judged = case, allocation, paid, judged
        self.unit: Literal["dollar", "cent"] = case.proposal.unit
        self.periods = [period.name for period in case.proposal.periods]
        self.costs = {cost.id: cost for cost in case.proposal.costs}
        self.accounts = accounts_of(case, paid, judged)
        self.gaps = unmet(case, paid, judged)

    def money(self, units: int | Fraction) -> Decimal:
        """Units as dollars and cents."""
        return Decimal(amount_text(units, self.unit))

    def file(self, command: str) -> PlanFile:
        """The whole plan."""
        accounts = self.accounts
        rows = self._allocations()
        proposal = self.case.proposal.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        lapsed = {account.award: account.lapsed for account in accounts}
        unrecovered = {account.award: account.unrecovered for account in accounts}
        rules = self._rules()
        return PlanFile(
            status=self.allocation.status,  # type: ignore[arg-type]
            unit=self.unit,
            bound=self._bound(),
            fraction_row=self.allocation.row or None,
            totals=self._totals(),
            allocations=rows,
            fringe=self._fringe(),
            indirect=self._indirect(),
            match=(),
            awards=tuple(self._award(account) for account in accounts),
            gaps=tuple(self._gap(gap) for gap in self.gaps),
            limits=tuple(self._limit(*measured) for measured in self.judged.measured),
            next_dollar=(),
            goals=tuple(GoalRow(goal=g.name, priority=g.priority, value=self.money(v)) for g, v in self._goal_values()),
            attention=attention(self.case, self.paid, self.judged, lapsed, unrecovered),
            proposal=proposal,
            rules=tuple(
                rule.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
                | {"id": rule.name}
                for rule in rules
            ),
            fingerprint=_sha256([proposal, self.case.catalogue.sha256, [row.model_dump(mode="json") for row in rows]]),
            provenance=self._provenance(command, _sha256(proposal), rules),
        )

    def _goal_values(self) -> list[tuple[engine.GoalValue, Fraction]]:
        """Goal values in unweighted dollars (C25)."""
        met: dict[int, Fraction] = defaultdict(Fraction)
        for entry in self.paid.entries:
            cost = self.costs[entry.line]
            met[cost.activity.priority] += entry.amount * (1 + cost.fringe)
        values: list[tuple[engine.GoalValue, Fraction]] = []
        for goal in self.allocation.goals:
            other = -goal.value / 100 if goal.name == "restricted-first" else goal.value
            values.append((goal, other if goal.priority is None else met[goal.priority]))
        return values

    def _bound(self) -> Decimal | None:
        if self.allocation.status != "feasible":
            return None
        return self.money(sum((goal.possible for goal in self.allocation.goals if goal.priority), Fraction(0)))

    def _allocations(self) -> tuple[Allocation, ...]:
        rows = [
            Allocation(
                award=entry.award,
                installment=entry.installment,
                activity=self.costs[entry.line].activity.id,
                line=entry.line,
                category=self.costs[entry.line].line.category,
                period=self.periods[entry.index],
                from_=entry.days.first,
                until=entry.days.last,
                amount=self.money(entry.amount),
            )
            for entry in self.paid.entries
        ]
        return tuple(sorted(rows, key=lambda r: (r.award, r.line, r.period, r.from_, int(r.installment))))

    def _fringe(self) -> tuple[FringeCharge, ...]:
        return tuple(
            FringeCharge(award=award, line=line, period=self.periods[index], amount=self.money(amount))
            for (award, line, index), amount in sorted(self.paid.fringe.items())
        )

    def _indirect(self) -> tuple[IndirectCharge, ...]:
        return tuple(
            IndirectCharge(
                award=row.award,
                installment=str(row.installment),
                period=self.periods[row.index],
                base=self.money(row.base),
                amount=self.money(row.amount),
            )
            for row in sorted(self.allocation.charges.indirect, key=lambda r: (r.award, r.index, r.installment))
        )

    def _award(self, account: Account) -> AwardTotal:
        return AwardTotal(
            award=account.award,
            available=self.money(account.available),
            direct=self.money(account.direct),
            fringe=self.money(account.fringe),
            indirect=self.money(account.indirect),
            spent=self.money(account.spent),
            lapsed=self.money(account.lapsed),
            carried=self.money(account.carried),
            unrecovered_indirect=self.money(account.unrecovered),
        )

    def _gap(self, gap: Unmet) -> Gap:
        return Gap(
            activity=gap.need.cost.activity.id,
            line=gap.need.cost.id,
            period=gap.need.period.name,
            amount=self.money(gap.amount),
            reason=gap.reason,
            sentence=gap.sentence,
            rules=gap.rules,
            could_pay=gap.could_pay,
        )

    def _limit(self, limit: Limit, actual: Fraction, bound: Fraction) -> LimitRow:
        slack = actual - bound if limit.at_least else bound - actual
        return LimitRow(
            row=limit.id,
            rule=limit.rule.name if limit.rule else "",
            actual=self.money(actual),
            bound=self.money(bound),
            slack=self.money(slack),
            binding=slack < 1 and (actual > 0 or bound > 0),
            sentence=limit.sentence,
            cite=tuple(str(cite) for cite in limit.rule.cite) if limit.rule else (),
        )

    def _totals(self) -> Totals:
        accounts = self.accounts
        need = sum(need.total for need in self.case.needs)
        gap = sum(gap.amount for gap in self.gaps)
        added, held = dropped_cents(self.case.proposal)
        sums = {
            name: self.money(sum(getattr(account, name) for account in accounts))
            for name in ("available", "spent", "lapsed", "carried", "fringe", "indirect")
        }
        return Totals(
            need=self.money(need),
            funded=self.money(need - gap),
            gap=self.money(gap),
            unrecovered_indirect=self.money(sum(account.unrecovered for account in accounts)),
            on_unverified_rules=self.money(on_unverified(self.case, self.paid)),
            dropped_from_awards=Decimal(amount_text(held, "cent")),
            added_to_needs=Decimal(amount_text(added, "cent")),
            **sums,
        )

    def _rules(self) -> list[Rule]:
        """The rules that spoke: of any determination of a paid or unmet line, and of any limit."""
        found: dict[str, Rule] = {}
        for determination in self.case.determinations.values():
            found.update((rule.name, rule) for rule in determination.rules)
        for limit, _, _ in self.judged.measured:
            if limit.rule is not None:
                found[limit.rule.name] = limit.rule
        for terms in self.case.indirect.values():
            found.update((rule.name, rule) for rule in terms.rules)
        return [found[name] for name in sorted(found)]

    def _provenance(self, command: str, proposal: str, rules: list[Rule]) -> Provenance:
        return Provenance(
            braid_version=__version__,
            catalogue=self.case.catalogue.sha256,
            proposal=proposal,
            solver=solver_version(),
            command=command,
            made=dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat(),
            rules_unverified=tuple(rule.name for rule in rules if rule.confidence == "unverified"),
        )


def _sha256(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
