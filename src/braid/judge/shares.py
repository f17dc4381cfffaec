"""Caps and floors: at most or at least a share or an amount, of an award or of all awards of one program."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from braid.basics.fiscal import Interval, Period, span
from braid.basics.money import show, show_percent
from braid.judge.determinations import AwardTerms
from braid.judge.funds import CENTS, Funds
from braid.judge.limit import Limit, LimitKind
from braid.law.fields import Dates
from braid.law.rules import Cap, Floor, Rule
from braid.proposal import Proposal


def share_limits(terms: Mapping[str, AwardTerms], funds: Mapping[str, Funds], proposal: Proposal) -> Iterator[Limit]:
    """A limit for each cap and floor of each award, and one for all awards of a program where a rule says so."""
    joint: dict[str, tuple[Rule, list[str]]] = {}
    for name, found in terms.items():
        for rule in found.rules:
            share = rule.cap or rule.floor
            if share is None:
                continue
            if share.per != "program":
                holder = _Holder(name, found.award.label, (funds[name],))
            elif rule.own_term:
                holder = _of_program(found, name, [other for other in terms if _together(found, terms[other])], funds)
            else:
                joint.setdefault(rule.name, (rule, []))[1].append(name)
                continue
            yield from _Shares(holder, rule, share, proposal).limits()
    for rule, names in joint.values():
        share = rule.cap or rule.floor
        for group in _by_program(terms, names):
            holder = _of_program(terms[group[0]], terms[group[0]].terms.program.id, group, funds)
            yield from _Shares(holder, rule, share, proposal).limits() if share else ()


def _together(one: AwardTerms, other: AwardTerms) -> bool:
    return one.terms.program.id == other.terms.program.id


def _by_program(terms: Mapping[str, AwardTerms], names: list[str]) -> list[list[str]]:
    """The awards by program: a common set's rule binds each program by itself."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        groups[terms[name].terms.program.id].append(name)
    return list(groups.values())


@dataclass(frozen=True)
class _Holder:
    """Whose money a cap or floor looks at: one award, or all of a program."""

    id: str
    label: str
    funds: tuple[Funds, ...]

    @property
    def awards(self) -> frozenset[str]:
        return frozenset(funds.award for funds in self.funds)

    @property
    def amount(self) -> int:
        return sum(funds.amount for funds in self.funds)

    def received(self, period: Period) -> int:
        return sum(funds.received(period) for funds in self.funds)


def _of_program(terms: AwardTerms, name: str, awards: list[str], funds: Mapping[str, Funds]) -> _Holder:
    label = f"all awards of {terms.terms.program.name} together" if len(awards) > 1 else terms.award.label
    return _Holder(name, label, tuple(funds[award] for award in awards))


@dataclass(frozen=True)
class _Scope:
    """Over what a cap or floor adds up: all of an award, or one period, calendar year or installment of it."""

    amount: int
    """What the award brings there, in whole units."""
    suffix: str = ""
    words: str = ""
    index: int | None = None
    installments: frozenset[int] | None = None
    year: Interval | None = None
    received: str = ""
    """Where the share is of a part of the money, that part in words."""


class _Shares:
    """The limits of one cap or floor."""

    def __init__(self, holder: _Holder, rule: Rule, share: Cap | Floor, proposal: Proposal) -> None:
        self.holder, self.rule, self.share, self.proposal = holder, rule, share, proposal
        self.kind: LimitKind = "cap" if isinstance(share, Cap) else "floor"
        self.unit = proposal.unit

    def limits(self) -> Iterator[Limit]:
        """One for each scope over which it adds up."""
        bound = self.share.bound
        if isinstance(bound, Fraction) and self.share.of == "received" and self.share.per != "calendar_year":
            yield from (self._received(bound, period, i) for i, period in enumerate(self.proposal.periods))
            return
        for scope in self._scopes():
            if isinstance(bound, int) or self.share.of in {"award", "received"}:
                yield self._fixed(scope)
            else:
                yield self._of_total(bound, scope)

    def _scopes(self) -> Iterator[_Scope]:
        per, amount = self.share.per, self.holder.amount
        if per == "period":
            for index, period in enumerate(self.proposal.periods):
                yield _Scope(amount, f",{period}", f" in {period}", index=index)
        elif per == "budget_period":  # C6: by installment, whenever charged
            yield from self._installments()
        elif per == "calendar_year":
            yield from self._received_in_years() if self.share.of == "received" else self._years()
        else:
            yield _Scope(amount)

    def _installments(self) -> Iterator[_Scope]:
        (funds,) = self.holder.funds
        several = len(funds.installments) > 1
        for part in funds.installments:
            words = f" in installment {part.number}" if several else ""
            suffix = f",{part.number}" if several else ""
            yield _Scope(part.amount, suffix, words, installments=frozenset({part.number}))

    def _years(self) -> Iterator[_Scope]:
        """Calendar years that the plan touches; what is charged counts pro rata by its days (C6)."""
        days = self.proposal.fiscal.days
        for year in range(days.first.year, days.last.year + 1):
            whole = span(dt.date(year, 1, 1), dt.date(year, 12, 31))
            yield _Scope(self.holder.amount, f",{year}", f" for costs of {year}", year=whole)

    def _received_in_years(self) -> Iterator[_Scope]:
        """What was received in each calendar year, whenever it is charged."""
        (funds,) = self.holder.funds
        by_year: dict[int, list[int]] = defaultdict(list)
        for part in funds.installments:
            by_year[dt.date.fromordinal(part.received).year].append(part.number)
        for year, numbers in sorted(by_year.items()):
            amount = sum(part.amount for part in funds.installments if part.number in numbers)
            yield _Scope(
                amount,
                f",{year}",
                installments=frozenset(numbers),
                received=f"what {self.holder.label} received in {year}",
            )

    def _fixed(self, scope: _Scope) -> Limit:
        """A bound that is known beforehand: an amount, or a share of what the award brings."""
        bound = self.share.bound
        exact = bound * scope.amount if isinstance(bound, Fraction) else Fraction(bound, CENTS[self.unit])
        whole = scope.received or self.holder.label
        words = f"{show_percent(bound)} of {whole}, " if isinstance(bound, Fraction) else ""
        most = floor(exact)  # C7
        told = f"At most {words}{show(most, self.unit)}{scope.words}{self._days}: {self.rule.why}"
        if self.kind == "floor":
            least = min(ceil(exact), scope.amount)  # C7
            most = scope.amount - least
            rest = f"so that the rest charges at most {show(most, self.unit)}"
            told = f"At least {words}{show(least, self.unit)}{scope.words}{self._days}, {rest}: {self.rule.why}"
        return self._limit(scope, most, told)

    def _received(self, bound: Fraction, period: Period, index: int) -> Limit:
        """A share of what was received, held by the end of a period: later money cannot pay for earlier costs."""
        received = self.holder.received(period)
        most = floor(bound * received) if self.kind == "cap" else received - ceil(bound * received)
        told = f"{show_percent(bound)} of what {self.holder.label} has received by the end of {period}"
        if self.kind == "cap":
            sentence = f"At most {told}, {show(most, self.unit)}: {self.rule.why}"
        else:
            sentence = f"At least {told}, so that the rest charges at most {show(most, self.unit)}: {self.rule.why}"
        return self._limit(_Scope(received, f",{period}", index=index), most, sentence, through=True)

    def _of_total(self, bound: Fraction, scope: _Scope) -> Limit:
        what = "spends" if self.share.of == "spend" else "spends on direct cost"
        words = f"{'At most' if self.kind == 'cap' else 'At least'} {show_percent(bound)} of what {self.holder.label}"
        told = f"{words} {what}{scope.words}{self._days}: {self.rule.why}"
        return self._limit(scope, 0, told, share=bound)

    @property
    def _days(self) -> str:
        costs = self.rule.costs
        if costs.since is not None and costs.until is not None:
            return f", for costs of {costs.since} to {costs.until}"
        words = f"from {costs.since} on" if costs.since is not None else f"until {costs.until}"
        return "" if costs == Dates() else f", for costs {words}"

    def _limit(
        self, scope: _Scope, most: int, sentence: str, *, share: Fraction | None = None, through: bool = False
    ) -> Limit:
        return Limit(
            f"{self.kind}[{self.holder.id},{self.rule.id}{scope.suffix}]",
            self.kind,
            most,
            sentence,
            self.holder.awards,
            scope.installments,
            index=scope.index,
            through=through,
            days=None if self.rule.costs == Dates() else self.rule.costs.days,
            pro_rata=scope.year,
            select=self.share.select,
            share=share,
            of=self.share.of if share is not None else None,
            include_indirect=self.share.include_indirect,
            at_least=self.kind == "floor" and share is not None,
            rule=self.rule,
        )
