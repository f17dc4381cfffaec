"""Everything that bounds a sum, as a list: one id, one scope, one exact bound, one sentence.

The engine turns each limit into a row, ``checks`` judges each limit exactly, the workbook prints each limit.
Here: what bounds a need, and the list as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from braid.basics.fiscal import Interval
from braid.basics.money import show, show_number, show_percent
from braid.judge.award_limits import award_limits
from braid.judge.cash import float_limits
from braid.judge.choices import choices_of
from braid.judge.determinations import AwardTerms
from braid.judge.funds import CENTS, Funds
from braid.judge.limit import Cell, Limit, LimitKind
from braid.judge.matching import Matching, match_limits
from braid.judge.moves import transfer_limits
from braid.judge.needs import Need, spent_on
from braid.judge.requirements import requirements_of
from braid.judge.shares import share_limits
from braid.law.rules import Ceiling, Rule
from braid.proposal import Proposal


def limits_of(
    proposal: Proposal,
    terms: dict[str, AwardTerms],
    needs: tuple[Need, ...],
    funds: dict[str, Funds],
    cells: tuple[Cell, ...],
    matchings: dict[str, Matching],
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
        found.extend(_portions(need, payable, terms, proposal))
    for name, award in terms.items():
        found.extend(award_limits(award.award, funds[name], proposal))
        found.extend(transfer_limits(award, funds[name], proposal.unit))
    found.extend(share_limits(terms, funds, proposal))
    found.extend(float_limits(proposal))
    found.extend(match_limits(matchings, terms, funds, proposal))
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
    """Ceilings per unit: joint over the awards under one rule, an award's own term alone (C13).

    An award that pays nothing more, and has spent money on the need already, is under its rules as well.
    """
    under: dict[str, tuple[Rule, Ceiling, set[str]]] = {}
    for cell in cells:
        for rule in terms[cell.award].rules:
            ceiling = rule.limit
            if ceiling is not None and _counted(rule, need, terms[cell.award]) and _governed(rule, cell):
                under.setdefault(rule.name, (rule, ceiling, set()))[2].add(cell.award)
    spent = spent_on(proposal, need.cost.id, need.period.name)
    for award in sorted(spent):
        for rule in terms[award].rules:
            if rule.name in under and _counted(rule, need, terms[award]):
                under[rule.name][2].add(award)
    payers = {cell.award for cell in cells} | {*spent}
    federal = {award for award in payers if terms[award].federal}
    for _, (rule, ceiling, awards) in sorted(under.items()):
        wider = {"any": awards, "non-federal": federal, "none": payers}[ceiling.excess]
        groups = {"": wider} if awards <= wider else {"": awards, ",federal": wider}
        for suffix, group in groups.items():
            bound = [cell for cell in cells if cell.award in group and _governed(rule, cell)]
            yield from _ceiling_rows(need, bound, rule, (suffix, frozenset(group & {*spent})), proposal)


def _governed(rule: Rule, cell: Cell) -> bool:
    """Whether a rule governs costs of the days of a cell, all of which it does or none."""
    return cell.days.meet(rule.costs.days).days > 0


def _counted(rule: Rule, need: Need, terms: AwardTerms) -> bool:
    """Whether a ceiling speaks about a need, by its unit and what it selects."""
    unit = None if rule.limit is None else rule.limit.unit
    return bool(need.cost.quantity) and unit == need.cost.line.unit and rule.selects(terms.traits(need.cost))


def _ceiling_rows(
    need: Need, cells: list[Cell], rule: Rule, more: tuple[str, frozenset[str]], proposal: Proposal
) -> Iterator[Limit]:
    (suffix, before), unit, ceiling = more, proposal.unit, rule.limit
    if ceiling is None or not cells:
        return
    quantity = need.cost.quantity[need.period.name]
    if ceiling.per == "year" and need.cost.line.unit not in {"FTE", "year"}:  # C13; those two are years already
        quantity = quantity * need.days.days / proposal.fiscal.year_days(int(need.period.year[2:])).days
    most = floor(quantity * ceiling.at_most / CENTS[unit])
    name, period = need.cost.id, need.period.name
    what = f"{show_number(quantity)} {_units(ceiling, quantity)}"
    sentence = f"{rule.why} For {what} of {name} in {period} that is {show(most, unit)}."
    who = f"{rule.source},{rule.id}" if rule.own_term else rule.id
    bound = _Bound(rule, f"limit[{who},{name},{period}{suffix}]", "limit", most, sentence, before)
    yield from _accruing(need, cells, bound, unit)


def _units(ceiling: Ceiling, quantity: Fraction) -> str:
    """The unit of a ceiling for so many of it: kits, patient-years, 1 FTE-year."""
    name = ceiling.unit
    if ceiling.per == "year" and name != "year":
        name = f"{name}-year"
    return name if quantity == 1 or name in {"FTE", "each"} else f"{name}s"


@dataclass(frozen=True)
class _Bound:
    """What some awards may pay of a need at most, by one rule."""

    rule: Rule
    row: str
    kind: LimitKind
    most: int
    sentence: str
    before: frozenset[str] = frozenset()
    """The awards whose money that is spent on the need already counts, whether or not they pay more of it."""


def _accruing(need: Need, cells: list[Cell], bound: _Bound, unit: str) -> Iterator[Limit]:
    """The limits of a bound that accrues with its need over the days that its rule governs."""
    awards = frozenset(cell.award for cell in cells)
    governed = need.days.meet(bound.rule.costs.days)

    def limit(days: Interval | None, row: str, most: int, sentence: str) -> Limit:
        line, index = need.cost.id, need.index
        who = awards | bound.before if days is None else awards
        return Limit(row, bound.kind, most, sentence, who, line=line, index=index, days=days, rule=bound.rule)

    if governed == need.days:
        yield limit(None, bound.row, bound.most, bound.sentence)
    else:
        whole = bound.most if need.once else need.room(governed, bound.most)
        falls = f"{bound.sentence} Of this {show(whole, unit)} falls on {governed.first} to {governed.last}."
        yield limit(governed, bound.row, whole, falls)
    for part in () if need.once else _intervals(cells, governed):
        room = need.room(part, bound.most)
        arises = f"{bound.sentence} Of this {show(room, unit)} arises from {part.first} to {part.last}."
        yield limit(part, f"{bound.row[:-1]},{part}]", room, arises)


def _portions(need: Need, cells: list[Cell], terms: dict[str, AwardTerms], proposal: Proposal) -> Iterator[Limit]:
    """What an award pays of a line at most: the share of it that is documented, the smallest first."""
    for name in sorted({cell.award for cell in cells}):
        found: list[tuple[Fraction, Rule]] = []
        for rule in terms[name].of_kind("portion"):
            share = need.cost.line.documented(rule.portion.share) if rule.portion else None
            if share is not None and rule.selects(terms[name].traits(need.cost)):
                found.append((share, rule))
        for number, (share, rule) in enumerate(sorted(found, key=lambda pair: (pair[0], pair[1].id))):
            mine = [cell for cell in cells if cell.award == name and _governed(rule, cell)]
            row = f"portion[{name},{need.cost.id},{need.period}{f',{rule.id}' if number else ''}]"
            most = floor(share * need.cost_units)
            amount = f"{show_percent(share)} of {need.cost.id} in {need.period}, {show(most, proposal.unit)}"
            sentence = f"{terms[name].award.label} pays at most the documented share, {amount}: {rule.why}"
            if mine:
                yield from _accruing(need, mine, _Bound(rule, row, "portion", most, sentence), proposal.unit)


__all__ = ["Cell", "Limit", "LimitKind", "limits_of"]
