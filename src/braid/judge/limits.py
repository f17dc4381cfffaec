"""Everything that bounds a sum, as a list: one id, one scope, one exact bound, one sentence.

The engine turns each limit into a row, ``checks`` judges each limit exactly, the workbook prints each limit.
No coefficient stands here: what a charge counts for is worked out by each of them for itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from braid.basics.fiscal import Interval
from braid.basics.money import show, show_number, show_percent
from braid.judge.determinations import AwardTerms
from braid.judge.needs import CENTS, Need, Pot
from braid.law.rules import Cap, Ceiling, Floor, Rule, Selector
from braid.proposal import Proposal

LimitKind = Literal["need", "window", "award", "cash", "cap", "floor", "limit"]


@dataclass(frozen=True)
class Cell:
    """One payable combination: an award may pay a line in a period on the days of one piece of its window."""

    award: str
    line: str
    index: int
    days: Interval


@dataclass(frozen=True)
class Limit:
    """A bound on the sum of what some allocations count for.

    The scope: ``awards`` (None for all), ``line`` and ``index`` (the period), ``days`` (only allocations whose
    window lies within), ``through`` (this and all earlier periods), ``select`` (of a cap or floor).
    The bound: ``bound`` units or, with ``share``, that share of the award's own total (``of`` spend or direct).
    """

    id: str
    kind: LimitKind
    bound: int
    sentence: str
    awards: frozenset[str] | None = None
    line: str | None = None
    index: int | None = None
    through: bool = False
    days: Interval | None = None
    select: Selector | None = None
    share: Fraction | None = None
    of: str | None = None
    include_indirect: bool = False
    at_least: bool = False
    rule: Rule | None = field(default=None, compare=False)

    @property
    def award(self) -> str:
        """The one award that it bounds. Raises ValueError where it bounds several."""
        (award,) = self.awards or frozenset()
        return award

    @property
    def key(self) -> tuple[str, int]:
        """The line and period of a limit on one need. Raises ValueError for the others."""
        if self.line is None or self.index is None:
            raise ValueError(f"{self.id} bounds no single need")
        return self.line, self.index

    @property
    def of_need(self) -> bool:
        """Whether it bounds direct cost on one line in one period."""
        return self.kind in {"need", "window", "limit"}


def limits_of(
    proposal: Proposal,
    terms: dict[str, AwardTerms],
    needs: tuple[Need, ...],
    pots: dict[str, Pot],
    cells: tuple[Cell, ...],
) -> tuple[Limit, ...]:
    """Every limit that a plan of this proposal must hold."""
    by_need: dict[tuple[str, int], list[Cell]] = defaultdict(list)
    for cell in cells:
        by_need[cell.line, cell.index].append(cell)
    found: list[Limit] = []
    for need in needs:
        payable = by_need[need.key]
        found.append(_need(need, proposal.unit))
        found.extend(_windows(need, payable, proposal.unit))
        found.extend(_ceilings(need, payable, terms, proposal))
    for award in terms.values():
        found.extend(_award(award, pots[award.award.id], proposal))
        for rule in award.rules:
            share = rule.cap or rule.floor
            if share is not None:
                found.extend(_shares(award, rule, share, pots[award.award.id], proposal))
    return tuple(found)


def _need(need: Need, unit: str) -> Limit:
    name, period = need.cost.id, need.period.name
    sentence = f"{name} needs {show(need.direct, unit)} in {period}."
    return Limit(f"need[{name},{period}]", "need", need.direct, sentence, line=name, index=need.index)


def _intervals(cells: list[Cell], whole: Interval) -> Iterator[Interval]:
    """Every interval between the dates at which payable windows begin or end, but for the whole (the need's row)."""
    windows = {cell.days for cell in cells}
    for start in sorted({days.start for days in windows}):
        for stop in sorted({days.stop for days in windows}):
            days = Interval(start, stop)
            if days != whole and any(window.within(days) for window in windows):
                yield days


def _windows(need: Need, cells: list[Cell], unit: str) -> Iterator[Limit]:
    if need.once:
        return
    name, period = need.cost.id, need.period.name
    for days in _intervals(cells, need.days):
        room = need.room(days)
        sentence = f"Of what {name} needs in {period}, {show(room, unit)} arises from {days.first} to {days.last}."
        yield Limit(f"window[{name},{period},{days}]", "window", room, sentence, line=name, index=need.index, days=days)


def _award(terms: AwardTerms, pot: Pot, proposal: Proposal) -> Iterator[Limit]:
    award = terms.award
    who = frozenset({award.id})
    bound = pot.through(proposal.periods[-1])
    yield Limit(f"award[{award.id}]", "award", bound, f"{award.label} has {show(bound, proposal.unit)} in all.", who)
    if pot.begins_once:
        return
    for index, period in enumerate(proposal.periods[:-1]):
        by_then = pot.through(period)
        sentence = f"{award.label} has received {show(by_then, proposal.unit)} by the end of {period}."
        yield Limit(f"cash[{award.id},{period}]", "cash", by_then, sentence, who, index=index, through=True)


def _ceilings(need: Need, cells: list[Cell], terms: dict[str, AwardTerms], proposal: Proposal) -> Iterator[Limit]:
    """Ceilings per unit: joint over the awards under one rule, an award's own term alone (C13)."""
    under: dict[str, tuple[Rule, Ceiling, set[str]]] = {}
    for cell in cells:
        for rule in terms[cell.award].rules:
            ceiling = rule.limit
            if ceiling is not None and _capped(rule, ceiling, need, cell):
                under.setdefault(rule.name, (rule, ceiling, set()))[2].add(cell.award)
    payers = {cell.award for cell in cells}
    federal = {award for award in payers if terms[award].federal}
    for _, (rule, ceiling, awards) in sorted(under.items()):
        wider = {"any": awards, "non-federal": federal, "none": payers}[ceiling.excess]
        groups = {"": wider} if awards <= wider else {"": awards, ",federal": wider}
        for suffix, group in groups.items():
            bound = [cell for cell in cells if cell.award in group]
            yield from _ceiling_rows(need, bound, rule, suffix, proposal)


def _capped(rule: Rule, ceiling: Ceiling, need: Need, cell: Cell) -> bool:
    """Whether a ceiling speaks about what a cell pays."""
    counted = need.cost.quantity and ceiling.unit == need.cost.line.unit
    return bool(counted) and rule.selects(need.cost.traits) and cell.days.meet(rule.costs.days).days > 0


def _ceiling_rows(need: Need, cells: list[Cell], rule: Rule, suffix: str, proposal: Proposal) -> Iterator[Limit]:
    unit, ceiling = proposal.unit, rule.limit
    if ceiling is None or not cells:
        return
    quantity = need.cost.quantity[need.period.name]
    if ceiling.per == "year" and need.cost.line.unit not in {"FTE", "year"}:  # C13; those two are years already
        quantity = quantity * need.days.days / proposal.fiscal.year_days(int(need.period.year[2:])).days
    most = floor(quantity * ceiling.at_most / CENTS[unit])
    awards = frozenset(cell.award for cell in cells)
    name, period = need.cost.id, need.period.name
    what = f"{show_number(quantity)} {ceiling.unit}{'-years' if ceiling.per == 'year' else ''}"
    sentence = f"{rule.why} For {what} of {name} in {period} that is {show(most, unit)}."
    who = f"{rule.source},{rule.id}" if rule.own_term else rule.id
    whole = f"limit[{who},{name},{period}{suffix}]"
    yield Limit(whole, "limit", most, sentence, awards, name, need.index, rule=rule)
    if need.once:
        return
    for days in _intervals(cells, need.days):
        room = need.room(days, most)
        part = f"{sentence[:-1]}, of which {show(room, unit)} arises from {days.first} to {days.last}."
        yield Limit(f"{whole[:-1]},{days}]", "limit", room, part, awards, name, need.index, days=days, rule=rule)


def _shares(terms: AwardTerms, rule: Rule, share: Cap | Floor, pot: Pot, proposal: Proposal) -> Iterator[Limit]:
    bound = share.at_most if isinstance(share, Cap) else share.at_least
    by_period = share.per == "period"
    spans: list[tuple[int | None, str]] = (
        [(i, f",{p}") for i, p in enumerate(proposal.periods)] if by_period else [(None, "")]
    )
    if isinstance(bound, Fraction) and share.of == "received":
        yield from _of_received(terms, rule, share, bound, pot, proposal)
        return
    for index, suffix in spans:
        if isinstance(bound, int) or share.of == "award":
            yield _of_award(terms, rule, share, pot, proposal.unit, (index, suffix))
        else:
            yield _of_total(terms, rule, share, bound, index, suffix)


def _of_award(
    terms: AwardTerms, rule: Rule, share: Cap | Floor, pot: Pot, unit: str, span: tuple[int | None, str]
) -> Limit:
    award, (index, suffix) = terms.award, span
    bound = share.at_most if isinstance(share, Cap) else share.at_least
    exact = bound * pot.amount if isinstance(bound, Fraction) else Fraction(bound, CENTS[unit])
    words = f"{show_percent(bound)} of {award.label}, " if isinstance(bound, Fraction) else ""
    when = f" in {suffix[1:]}" if suffix else ""
    kind: LimitKind = "cap" if isinstance(share, Cap) else "floor"
    most = floor(exact)  # C7
    sentence = f"At most {words}{show(most, unit)}{when}: {rule.why}"
    if kind == "floor":
        least = min(ceil(exact), pot.amount)  # C7
        most = pot.amount - least
        sentence = (
            f"At least {words}{show(least, unit)}, so that the rest charges at most {show(most, unit)}: {rule.why}"
        )
    return Limit(
        f"{kind}[{award.id},{rule.id}{suffix}]",
        kind,
        most,
        sentence,
        frozenset({award.id}),
        index=index,
        select=share.select,
        include_indirect=isinstance(share, Cap) and share.include_indirect,
        rule=rule,
    )


def _of_received(
    terms: AwardTerms, rule: Rule, share: Cap | Floor, bound: Fraction, pot: Pot, proposal: Proposal
) -> Iterator[Limit]:
    """A share of what was received, held by the end of every period: later money cannot pay for earlier costs."""
    award = terms.award
    for index, period in enumerate(proposal.periods):
        most = floor(bound * pot.through(period))
        words = f"{show_percent(bound)} of what {award.label} has received by the end of {period}"
        yield Limit(
            f"cap[{award.id},{rule.id},{period}]",
            "cap",
            most,
            f"At most {words}, {show(most, proposal.unit)}: {rule.why}",
            frozenset({award.id}),
            index=index,
            through=True,
            select=share.select,
            include_indirect=isinstance(share, Cap) and share.include_indirect,
            rule=rule,
        )


def _of_total(
    terms: AwardTerms, rule: Rule, share: Cap | Floor, bound: Fraction, index: int | None, suffix: str
) -> Limit:
    award = terms.award
    kind: LimitKind = "cap" if isinstance(share, Cap) else "floor"
    what = "spends" if share.of == "spend" else "spends on direct cost"
    words = f"{'At most' if kind == 'cap' else 'At least'} {show_percent(bound)} of what {award.label} {what}"
    return Limit(
        f"{kind}[{award.id},{rule.id}{suffix}]",
        kind,
        0,
        f"{words}{' in ' + suffix[1:] if suffix else ''}: {rule.why}",
        frozenset({award.id}),
        index=index,
        select=share.select,
        share=bound,
        of=share.of,
        include_indirect=isinstance(share, Cap) and share.include_indirect,
        at_least=kind == "floor",
        rule=rule,
    )
