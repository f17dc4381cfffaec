"""The tables of a plan that follow from what it pays alone, so that a plan read from a file can be held against them.

What the engine adds (status, goals, indirect by installment, provenance) is put beside them in ``assemble``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Any

from braid.answer.rows import (
    Allocation,
    Attention,
    AwardTotal,
    Cash,
    FringeCharge,
    Gap,
    Hope,
    Income,
    LimitRow,
    Match,
    Matched,
    Totals,
    Unrecovered,
)
from braid.basics.money import amount_text
from braid.checks import Judged, Paid
from braid.explain.attention import Worked, attention
from braid.explain.gaps import unmet
from braid.explain.unmet import Unmet
from braid.judge.case import Case
from braid.judge.dealing import Charges, Dealt, Payment, deal
from braid.judge.limit import Limit
from braid.judge.needs import dropped_cents, incomes_of
from braid.law.rules import Rule
from braid.planner.accounts import Account, accounts_of, on_unverified
from braid.planner.cash import flows_of
from braid.proposal import Cost, Proposal


class Tables:
    """The rows of a plan, worked out from a case, what is paid in it, and how that was judged."""

    def __init__(self, case: Case, paid: Paid, judged: Judged, expected: tuple[Hope, ...] = ()) -> None:
        self.case, self.paid, self.judged, self.expected = case, paid, judged, expected
        self.periods = [period.name for period in case.proposal.periods]

    def money(self, units: int | Fraction) -> Decimal:
        """Units as dollars and cents."""
        return Decimal(amount_text(units, self.case.proposal.unit))

    @cached_property
    def _accounts(self) -> tuple[Account, ...]:
        return accounts_of(self.case, self.paid, self.judged)

    @cached_property
    def _unmet(self) -> tuple[Unmet, ...]:
        return unmet(self.case, self.paid, self.judged)

    @cached_property
    def allocations(self) -> tuple[Allocation, ...]:
        """What each installment pays on each line in each period."""
        costs = {cost.id: cost for cost in self.case.proposal.costs}
        return in_order(
            Allocation(
                award=entry.award,
                installment=entry.installment,
                activity=costs[entry.line].activity.id,
                line=entry.line,
                category=costs[entry.line].line.category,
                period=self.periods[entry.index],
                from_=entry.days.first,
                until=entry.days.last,
                amount=self.money(entry.amount),
                codes=codes_of(self.case.proposal, entry.award, costs[entry.line]),
            )
            for entry in self.paid.entries
        )

    @cached_property
    def fringe(self) -> tuple[FringeCharge, ...]:
        """Fringe by award, line and period."""
        proposal = self.case.proposal
        return tuple(
            FringeCharge(
                award=award,
                line=line,
                period=self.periods[index],
                amount=self.money(amount),
                codes=codes_of(proposal, award, proposal.cost(line)),
            )
            for (award, line, index), amount in sorted(self.paid.fringe.items())
        )

    @cached_property
    def dealt(self) -> Dealt:
        """What serves as match for what."""
        paid = tuple(Payment(e.award, e.line, e.index, e.days, e.amount) for e in self.paid.entries)
        return deal(self.case, Charges(paid, self.paid.fringe, self.paid.indirect))

    @cached_property
    def match(self) -> tuple[Match, ...]:
        """What each award pays on each line that serves as match for another."""
        return tuple(
            Match(
                award=row.award,
                paid_by=row.paid_by,
                line=row.line,
                period=self.periods[row.index],
                amount=self.money(row.amount),
                codes=codes_of(self.case.proposal, row.paid_by, self.case.proposal.cost(row.line)),
            )
            for row in self.dealt.served
        )

    @cached_property
    def matched(self) -> tuple[Matched, ...]:
        """What each award that asks for match needs, has and would need if all of it were charged."""
        return tuple(self._matched(name) for name in self.case.matchings)

    def _matched(self, name: str) -> Matched:
        matching, dealt = self.case.matchings[name], self.dealt
        asked, spare = dealt.asked[name], dealt.spare[name]
        in_full = max(asked, ceil(matching.in_full(self.case.funds[name])))
        served = sum(row.amount for row in dealt.served if row.award == name)
        has = matching.pledged + served
        return Matched(
            award=name,
            required=self.money(asked),
            required_in_full=self.money(in_full),
            pledged=self.money(matching.pledged),
            served=self.money(served),
            to_spare=self.money(max(0, has + spare - asked)),
            missing=self.money(max(0, asked - has)),
            missing_in_full=self.money(max(0, in_full - has - spare)),
        )

    @cached_property
    def unrecovered(self) -> tuple[Unrecovered, ...]:
        """Indirect at the recipient's own rate that each award leaves unpaid, by fiscal period (C24)."""
        found: list[Unrecovered] = []
        for (award, index), terms in sorted(self.case.indirect.items()):
            own = int(terms.own_rate * self.judged.ledger.own_base(award, index))
            paid = self.paid.indirect.get((award, index), 0)
            if own > paid:
                amounts = {"own": self.money(own), "charged": self.money(paid), "amount": self.money(own - paid)}
                found.append(Unrecovered(award=award, period=self.periods[index], **amounts))
        return tuple(found)

    @cached_property
    def awards(self) -> tuple[AwardTotal, ...]:
        """What each award has, is charged, lets lapse and carries on."""
        return tuple(self._award(account) for account in self._accounts)

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
            spent_before=self.money(account.spent_before),
        )

    @cached_property
    def revenue(self) -> tuple[Income, ...]:
        """What other payers pay, by line and period."""
        return tuple(
            Income(
                activity=income.cost.activity.id,
                line=income.cost.id,
                period=self.periods[income.index],
                direct=self.money(income.direct),
                fringe=self.money(income.fringe),
            )
            for income in incomes_of(self.case.proposal)
        )

    @cached_property
    def cash(self) -> tuple[Cash, ...]:
        """What each award is charged, and what comes in, by calendar quarter."""
        return tuple(
            Cash(
                award=flow.award,
                quarter=flow.quarter,
                charged=self.money(flow.charged),
                received=self.money(flow.received),
                carried=self.money(flow.carried),
            )
            for flow in flows_of(self.case, self.paid, self.judged)
        )

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What no award pays, each part with its reason."""
        return tuple(
            Gap(
                activity=gap.need.cost.activity.id,
                line=gap.need.cost.id,
                period=gap.need.period.name,
                amount=self.money(gap.amount),
                reason=gap.reason,
                sentence=gap.sentence,
                rules=gap.rules,
                could_pay=gap.could_pay,
                codes=codes_of(self.case.proposal, "", gap.need.cost),
            )
            for gap in self._unmet
        )

    @cached_property
    def limits(self) -> tuple[LimitRow, ...]:
        """Every limit with what it came to."""
        return tuple(self._limit(*measured) for measured in self.judged.measured)

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

    @cached_property
    def totals(self) -> Totals:
        """The control totals."""
        accounts = self._accounts
        need = sum(need.total for need in self.case.needs)
        gap = sum(gap.amount for gap in self._unmet)
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
            revenue=self.money(sum(income.direct + income.fringe for income in incomes_of(self.case.proposal))),
            spent_before=self.money(sum(account.spent_before for account in accounts)),
            added_to_needs=Decimal(amount_text(added, "cent")),
            **sums,
        )

    @cached_property
    def attention(self) -> tuple[Attention, ...]:
        """What a person must look at, sign or confirm."""
        lapsed = {account.award: account.lapses for account in self._accounts}
        unrecovered = {account.award: account.unrecovered for account in self._accounts}
        carried = {account.award: account.carried for account in self._accounts}
        worked = Worked(lapsed, unrecovered, self.matched, self.expected, self.cash, self._unmet, carried)
        return attention(self.case, self.paid, self.judged, worked)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that spoke: of any determination, of any limit, and of the indirect terms."""
        found: dict[str, Rule] = {}
        for determination in self.case.determinations.values():
            found.update((rule.name, rule) for rule in determination.rules)
        for limit, _, _ in self.judged.measured:
            if limit.rule is not None:
                found[limit.rule.name] = limit.rule
        for terms in self.case.indirect.values():
            found.update((rule.name, rule) for rule in terms.rules)
        return tuple(found[name] for name in sorted(found))

    @property
    def unverified(self) -> tuple[str, ...]:
        """The names of those that nobody has read in the funder's own words."""
        return tuple(rule.name for rule in self.rules if rule.confidence == "unverified")


def codes_of(proposal: Proposal, award: str, cost: Cost) -> dict[str, str]:
    """The codes under which a charge is booked: of its award, of its position and of its line; the later win.

    Without an award (``""``) those of the position and of the line alone.
    """
    found = [each.codes for each in proposal.positions if each.id == cost.line.position]
    position = found[0] if found else dict[str, str]()
    return {**(proposal.award(award).codes if award else {}), **position, **cost.line.codes}


def in_order(rows: Iterable[Allocation]) -> tuple[Allocation, ...]:
    """Allocations in the order in which a plan carries them."""
    return tuple(sorted(rows, key=lambda r: (r.award, r.line, r.period, r.from_, int(r.installment))))


def proposal_written(proposal: Proposal) -> dict[str, Any]:
    """A proposal as a plan carries it."""
    return proposal.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)


def rule_written(rule: Rule) -> dict[str, Any]:
    """A rule as a plan carries it, under its full name."""
    whole = rule.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    return whole | {"id": rule.name}


def fingerprint(proposal: dict[str, Any], catalogue: str, rows: Iterable[Allocation]) -> str:
    """The fingerprint of a plan: of its proposal, its catalogue and its amounts."""
    return sha256([proposal, catalogue, [row.model_dump(mode="json") for row in rows]])


def sha256(content: Any) -> str:
    """The SHA-256 of content as JSON, its keys sorted."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
