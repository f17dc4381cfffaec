"""Everything that bounds a sum, as a list: one id, one scope, one exact bound, one sentence.

The engine turns each limit into a row, ``checks`` judges each limit exactly, the workbook prints each limit.
Here: what bounds a need, and the list as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import floor

from braid.basics.fiscal import Interval
from braid.basics.money import show, show_number
from braid.judge.award_limits import award_limits
from braid.judge.choices import choices_of
from braid.judge.determinations import AwardTerms
from braid.judge.funds import CENTS, Funds
from braid.judge.limit import Cell, Limit, LimitKind
from braid.judge.needs import Need
from braid.judge.requirements import requirements_of
from braid.law.rules import Ceiling, Rule
from braid.proposal import Proposal


def limits_of(
    proposal: Proposal,
    terms: dict[str, AwardTerms],
    needs: tuple[Need, ...],
    funds: dict[str, Funds],
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
        found.extend(award_limits(award, funds[award.award.id], proposal))
    found.extend(choices_of(proposal, terms, needs, by_need))
    found.extend(requirements_of(proposal, needs))
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
    yield Limit(whole, "limit", most, sentence, awards, line=name, index=need.index, rule=rule)
    if need.once:
        return
    for days in _intervals(cells, need.days):
        room = need.room(days, most)
        part = f"{sentence[:-1]}, of which {show(room, unit)} arises from {days.first} to {days.last}."
        row = f"{whole[:-1]},{days}]"
        yield Limit(row, "limit", room, part, awards, line=name, index=need.index, days=days, rule=rule)


__all__ = ["Cell", "Limit", "LimitKind", "limits_of"]
