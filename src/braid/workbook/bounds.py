"""The bound of a limit as a formula off the sheets that say what it goes by, where one of them does.

A bound that stays a number is one of the law itself (so many dollars), or is worked out by braid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

from braid.files.sheets import Formula
from braid.judge.limit import Limit
from braid.proposal import at as of_period
from braid.workbook.facts import Facts
from braid.workbook.ledger import LAST_DAY, Key
from braid.workbook.marks import fringe_of, scattered, whole
from braid.workbook.nouns import NeedRow, Part
from braid.workbook.scope import (
    ACTIVITY,
    AWARD,
    BASE,
    DAYS,
    FIRST,
    HIGHEST,
    LAST,
    LINE,
    LOWEST,
    MARK,
    NEEDED,
    PERIOD,
    RULED,
    SHARE,
    Live,
    Scope,
)  # fmt: skip
from braid.workbook.times import columns_of_cost, counted

REQUIRE = "require:"
Found = tuple[Formula, Scope] | None
"""A bound as a formula, and what it goes by."""


def bounded(facts: Facts, limit: Limit, row: int, live: Live) -> Live:
    """A limit with its bound as a formula for this row, where a formula comes to just that bound."""
    how = HOW.get(limit.kind)
    if how is None or isinstance(live.bound, Formula):
        return live
    found = how(_Of(facts, limit, row, live.scope))
    if found is None or Fraction(found[0].value) != Fraction(live.bound):
        return live
    return replace(live, bound=found[0], scope=found[1])


class _Of:
    """One limit, the row of the sheet in which it stands, and what the columns of that row say."""

    def __init__(self, facts: Facts, limit: Limit, row: int, scope: Scope) -> None:
        self.facts, self.limit, self.row, self.scope = facts, limit, row, scope

    def cell(self, column: str) -> str:
        return f"${column}{self.row}"

    def key(self, column: str, says: str) -> Key:
        return Key(self.cell(column), says)

    def down(self, text: str, exact: Fraction, way: str = ROUND_FLOOR) -> Formula:
        """An amount in whole units, as the plan rounds it."""
        step, places = self.facts.step, 0 if self.facts.step == 1 else 2
        whole = Decimal(exact.numerator) / exact.denominator / step
        name = "ROUNDUP" if way == ROUND_CEILING else "ROUNDDOWN"
        return Formula(f"{name}(ROUND({text},6),{places})", whole.quantize(Decimal(1), way) * step)

    def brought(self, wanted: Iterable[Part], more: str = "") -> Formula:
        """What the installments of the award, or of the awards together, bring of those that the limit looks at."""
        column = "In all" if self.facts.elsewhere else "Amount"
        return self.of_parts(column, lambda part: part.amount, wanted, more)

    def of_parts(self, column: str, of: Callable[[Part], Decimal], wanted: Iterable[Part], more: str = "") -> Formula:
        """A column of Installments added up over those of the awards that the limit looks at."""
        low, high, numbers = self.scope.lowest, self.scope.highest, scattered(self.limit)
        keys = f"tblInstallments[Award],{self.cell(AWARD)}"
        if not self.scope.award:
            keys = f'tblInstallments[Counts in],"*;{whole("")}"&{self.cell(MARK)}&";*"'
        if low is not None and low == high:
            keys += f",tblInstallments[Installment],{self.cell(LOWEST)}"
        elif low is not None:
            keys += f',tblInstallments[Installment],">="&{self.cell(LOWEST)}'
            keys += f',tblInstallments[Installment],"<="&{self.cell(HIGHEST)}'
        if numbers:
            keys += f',tblInstallments[Counts in],"*;"&{self.cell(MARK)}&";*"'
        awards = {self.scope.award} if self.scope.award else self.limit.awards or ()
        parts = [p for p in wanted if p.award in awards and (low is None or low <= p.number <= (high or low))]
        parts = [part for part in parts if not numbers or part.number in numbers]
        return Formula(f"SUMIFS(tblInstallments[{column}],{keys}{more})", sum((of(p) for p in parts), Decimal(0)))

    @property
    def received(self) -> list[Part]:
        """Every installment that brings something, those outside the days of the plan as well."""
        return [part for part in (*self.facts.parts, *self.facts.elsewhere) if part.received]

    def direct(self, line: str, period: str) -> Formula:
        """What is left to plan of a line in a period."""
        need = self.facts.need_of.get((line, period))
        keys = f"tblNeeds[Line],{self.cell(LINE)},tblNeeds[Period],{self.cell(PERIOD)}"
        return Formula(f"SUMIFS(tblNeeds[Direct],{keys})", need.direct if need else Decimal(0))

    def cost(self, line: str, period: str) -> Formula:
        """What a line costs in a period, less what other payers bring."""
        need = self.facts.need_of.get((line, period))
        keys = f"tblNeeds[Line],{self.cell(LINE)},tblNeeds[Period],{self.cell(PERIOD)}"
        columns = columns_of_cost(self.facts)
        text = "-".join(f"SUMIFS(tblNeeds[{column}],{keys})" for column in columns)
        return Formula(text, need.cost - need.others if need else Decimal(0))

    def needed(self, column: str, of: Callable[[NeedRow], Decimal]) -> Formula:
        """A column of Needs added up over the activity that the limit looks at."""
        rows = self.facts.needs_of.get(self.scope.activity, ())
        keys = f"tblNeeds[Activity],{self.cell(ACTIVITY)}"
        return Formula(f"SUMIFS(tblNeeds[{column}],{keys})", sum((of(row) for row in rows), Decimal(0)))


def _installments(of: _Of) -> Found:
    """What some installments bring, or all that have begun by the last day."""
    parts, more, last = of.received, "", of.scope.last
    if of.limit.kind == "award" or (of.facts.elsewhere and len(of.limit.installments or ()) > 1):
        last, more = of.facts.days.last, f',tblInstallments[From],"<="&{LAST_DAY}'
    elif of.limit.kind == "cash" and last is not None:
        more = f',tblInstallments[From],"<="&{of.cell(LAST)}'
    if more and last is not None:
        parts = [part for part in parts if part.first <= last]
    return of.brought(parts, more), of.scope


def _carried(of: _Of) -> Found:
    return of.of_parts("May carry over", lambda part: part.may_carry, of.facts.parts), of.scope


def _reserve(of: _Of) -> Found:
    """What has been received by the last day, less what is to be left of it."""
    last, award = of.scope.last, of.facts.plan.proposal.award(of.scope.award)
    if last is None or of.limit.index is None:
        return None
    period = of.facts.plan.proposal.periods[of.limit.index]
    came = of.brought(
        [part for part in of.received if part.received and part.received <= last],
        f',tblInstallments[Received on],"<="&{of.cell(LAST)}',
    )
    kept = of.facts.money(-(-of_period(award.reserve, period) // of.facts.cents))
    name = f"Reserve {period}" if isinstance(award.reserve, dict) else "Reserve"
    said = of.facts.entered("Awards", name, kept, Id=of.key(AWARD, award.id))
    value = max(Decimal(0), Decimal(came.value) - kept)
    return Formula(f"MAX({came.text}-{of.cell(BASE)},0)", value), replace(of.scope, base=said or kept)


def _of_money(of: _Of) -> Found:
    """A share of what an award, or some of its installments, brings or has received; of a floor, the rest."""
    rule = of.limit.rule
    share = (rule.cap or rule.floor) if rule else None
    if share is None or of.limit.share is not None:
        return None
    if not isinstance(share.bound, Fraction):
        return _of_amount(of, share.bound)
    parts, more, last = of.received, "", of.scope.last
    if of.limit.through and last is not None:
        parts = [part for part in parts if part.received and part.received <= last]
        more = f',tblInstallments[Received on],"<="&{of.cell(LAST)}'
    base = of.brought(parts, more)
    scope, part = replace(of.scope, base=base, share=share.bound), f"{of.cell(SHARE)}*{of.cell(BASE)}"
    exact = share.bound * Fraction(base.value)
    if of.limit.kind == "cap":
        return of.down(part, exact), scope
    least = of.down(part, exact, ROUND_CEILING)
    return Formula(f"{of.cell(BASE)}-{least.text}", Decimal(base.value) - Decimal(least.value)), scope


def _of_amount(of: _Of, cents: int) -> Found:
    """An amount that a rule names; of a floor, what an award brings less that."""
    ruled = Decimal(cents) / 100
    scope, exact = replace(of.scope, ruled=ruled), Fraction(ruled)
    if of.limit.kind == "cap":
        return of.down(of.cell(RULED), exact), scope
    base = of.brought(of.received)
    least = of.down(of.cell(RULED), exact, ROUND_CEILING)
    most = max(Decimal(base.value) - Decimal(least.value), Decimal(0))
    return Formula(f"MAX({of.cell(BASE)}-{least.text},0)", most), replace(scope, base=base)


def _accruing(of: _Of) -> Found:
    """What arises of a need within some days."""
    name, period = of.limit.line or "", of.facts.periods[of.limit.key[1]]
    return _arising(of, of.direct(name, period), of.scope)


def _arising(of: _Of, whole: Formula, scope: Scope) -> Found:
    """An amount that accrues with a need: what arises by the end of its days, less what arises before them."""
    need, days = of.facts.plan.case.need.get(of.limit.key), of.limit.days
    scope = replace(scope, base=whole)
    if days is None or (need is not None and need.once):
        return Formula(of.cell(BASE), whole.value), scope
    if need is None:
        return None
    keys = f"tblNeeds[Line],{of.cell(LINE)},tblNeeds[Period],{of.cell(PERIOD)}"
    begins, long = days.start - need.days.start, need.days.days
    needed = Formula(f"{of.cell(FIRST)}-SUMIFS(tblNeeds[From],{keys})", begins)
    until = Formula(f"SUMIFS(tblNeeds[Until],{keys})-{of.cell(FIRST)}+{of.cell(NEEDED)}+1", long)
    ends, stops = min(begins + days.days, long), f"{of.cell(NEEDED)}+{of.cell(LAST)}-{of.cell(FIRST)}+1"
    exact = Fraction(whole.value)
    by_end = of.down(f"{of.cell(BASE)}*MIN({stops},{of.cell(DAYS)})/{of.cell(DAYS)}", exact * ends / long)
    before = of.down(f"{of.cell(BASE)}*MAX({of.cell(NEEDED)},0)/{of.cell(DAYS)}", exact * max(begins, 0) / long)
    scope = replace(scope, needed=needed, days=until)
    return Formula(f"{by_end.text}-{before.text}", Decimal(by_end.value) - Decimal(before.value)), scope


def _ceiling(of: _Of) -> Found:
    """So many units at the most that a rule lets one cost, or what of that arises on some days."""
    ceiling = of.limit.rule.limit if of.limit.rule else None
    need = of.facts.plan.case.need.get(of.limit.key)
    if ceiling is None or need is None:
        return None
    column, units = counted(of.facts, of.limit, need)
    keys = f"tblNeeds[Line],{of.cell(LINE)},tblNeeds[Period],{of.cell(PERIOD)}"
    ruled = Decimal(ceiling.at_most) / 100
    whole = of.down(f"SUMIFS(tblNeeds[{column}],{keys})*{of.cell(RULED)}", units * Fraction(ruled))
    return _arising(of, whole, replace(of.scope, ruled=ruled))


def _portion(of: _Of) -> Found:
    """The documented share of what a line costs, or what of it arises on some days."""
    rule, need = of.limit.rule, of.facts.plan.case.need.get(of.limit.key)
    if rule is None or rule.portion is None or need is None:
        return None
    name, period = of.limit.line or "", of.facts.periods[of.limit.key[1]]
    share = of.facts.plan.proposal.cost(name).line.documented(rule.portion.share)
    if share is None:
        return None
    base = of.cost(name, period)
    exact = share * Fraction(base.value)
    if of.limit.days is None:
        bound = of.down(f"{of.cell(SHARE)}*{of.cell(BASE)}", exact)
        return bound, replace(of.scope, base=base, share=share)
    whole = of.down(f"{of.cell(SHARE)}*({base.text})", exact)
    return _arising(of, whole, replace(of.scope, share=share))


def _committed(of: _Of) -> Found:
    keys = {"Award": (AWARD, of.scope.award), "Line": (LINE, of.scope.line), "Period": (PERIOD, of.scope.period)}
    amount, said = of.facts.money(of.limit.bound), of.facts.least if of.limit.at_least else of.facts.entered
    named = {name: of.key(column, says) for name, (column, says) in keys.items()}
    found = said("Committed", "Amount", amount, **named)
    return (found, of.scope) if found else None


def _required(of: _Of) -> Found:
    """An amount that the planner insists on, or a share of what lines need."""
    column, amount = "At least" if of.limit.at_least else "At most", of.facts.money(of.limit.bound)
    named = required(of.row, of.scope.mark)
    asked = next(each for each in of.facts.plan.proposal.require if each.id == named.says)
    if isinstance(asked.bound, Fraction) and asked.of == "need":
        return _of_need(of, asked.bound, of.facts.said("Requirements", column, Id=named))
    said = of.facts.least if of.limit.at_least else of.facts.entered
    found = said("Requirements", column, amount, Id=named)
    return (found, of.scope) if found else None


def _of_need(of: _Of, share: Fraction, said: Formula | None) -> Found:
    """A share of the need of the lines that Needs marks as counting in a requirement."""
    if said is None or Fraction(said.value) != share:
        return None
    marked = f'tblNeeds[Counts in],"*;"&{of.cell(MARK)}&";*"'
    on_fringe = f'tblNeeds[Counts in],"*;{fringe_of("")}"&{of.cell(MARK)}&";*"'
    text = f"SUMIFS(tblNeeds[Direct],{marked})+SUMIFS(tblNeeds[Fringe],{on_fringe})"
    base = Decimal(0)
    for need in of.facts.needs:
        marks = of.facts.marks.of_need(need.line)
        base += need.direct if of.scope.mark in marks else Decimal(0)
        base += need.fringe if fringe_of(of.scope.mark) in marks else Decimal(0)
    part, way = f"{of.cell(SHARE)}*{of.cell(BASE)}", ROUND_CEILING if of.limit.at_least else ROUND_FLOOR
    scope = replace(of.scope, base=Formula(text, base), said=Formula(said.text, float(share)))
    return of.down(part, share * Fraction(base), way), scope


def required(row: int, mark: str) -> Key:
    """The id of a requirement, by the mark of what counts in it."""
    return Key(f'SUBSTITUTE(${MARK}{row},"{REQUIRE}","")', mark.removeprefix(REQUIRE))


def _transfer(of: _Of) -> Found:
    """How far charges by object class may move: a share of what is brought, an amount, or the lesser of the two."""
    transfer = of.limit.rule.transfer if of.limit.rule else None
    bounds = [each for each in (transfer.at_most, transfer.and_at_most) if each is not None] if transfer else []
    scope, exact, texts = of.scope, list[Fraction](), list[str]()
    for bound in bounds:
        if isinstance(bound, Fraction):
            base = of.brought(of.received)
            scope, text = replace(scope, base=base, share=bound), f"{of.cell(SHARE)}*{of.cell(BASE)}"
            exact, texts = [*exact, bound * Fraction(base.value)], [*texts, text]
        else:
            ruled = Decimal(bound) / 100
            scope, exact, texts = replace(scope, ruled=ruled), [*exact, Fraction(ruled)], [*texts, of.cell(RULED)]
    text = f"MIN({','.join(texts)})" if len(texts) > 1 else "".join(texts)
    return (of.down(text, min(exact)), scope) if exact else None


def _activity(of: _Of) -> Found:
    """What an activity gets at least: all of its need, or a share of it."""
    minimum = next(a for a in of.facts.activities if a.id == of.scope.activity).minimum
    base = of.needed("Need", lambda need: need.need)
    if minimum is None or minimum == "all":
        base = of.needed("Direct", lambda need: need.direct)
        return Formula(of.cell(BASE), base.value), replace(of.scope, base=base)
    if isinstance(minimum, Fraction):
        least = of.down(f"{of.cell(SHARE)}*{of.cell(BASE)}", minimum * Fraction(base.value), ROUND_CEILING)
        return least, replace(of.scope, base=base, share=minimum)
    said = of.facts.entered(
        "Activities", "Minimum", of.facts.money(of.limit.bound), Id=of.key(ACTIVITY, of.scope.activity)
    )
    return (said, replace(of.scope, base=None)) if said else None


HOW: dict[str, Callable[[_Of], Found]] = {
    **dict.fromkeys(("award", "installment", "cash"), _installments),
    **dict.fromkeys(("cap", "floor"), _of_money),
    "carried": _carried,
    "reserve": _reserve,
    "window": _accruing,
    "limit": _ceiling,
    "portion": _portion,
    "require": _required,
    "committed": _committed,
    "transfer": _transfer,
    **dict.fromkeys(("must", "minimum"), _activity),
}
"""The kinds whose bound another sheet says."""
