"""What finance says of awards and lines, held against the plan: money spent, revenue, positions, expected money."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from braid.basics.errors import nearest
from braid.basics.fiscal import ALWAYS, Interval, Period, parse_year
from braid.basics.money import show, show_number
from braid.basics.words import listed
from braid.files.nodes import Document, Loc
from braid.proposal import Activity, Award, Commitment, Cost, Proposal, Spent, at

Placed = list[tuple[Loc, Activity]]


def refer_finance(
    document: Document,
    proposal: Proposal,
    awards: list[tuple[Loc, Award]],
    activities: Placed,
    committed: list[tuple[Loc, Commitment]],
) -> None:
    """Note what cannot be: money spent on nothing, revenue above the cost, more than a whole person."""
    costs = {cost.id: cost for cost in proposal.costs}
    for loc, award in awards:
        _spent(document, loc, award, proposal, costs)
        _increments(document, loc, award)
        _years(document, loc, award, proposal)
    for loc, activity in activities:
        _revenue(document, loc, activity, proposal, costs)
    _positions(document, proposal, activities, costs)
    for loc, commitment in committed:
        found = next((award for _, award in awards if award.id == commitment.award), None)
        if found is not None and found.status == "expected":
            sentence = f"{found.id} is only expected, and what may not come cannot be committed"
            document.fault((*loc, "award"), sentence)


# ---------------------------------------------------------------------- awards


def _spent(document: Document, loc: Loc, award: Award, proposal: Proposal, costs: dict[str, Cost]) -> None:
    """What was spent names a line of the proposal and a period of the plan."""
    for i, spent in enumerate(award.spent_before):
        here = (*loc, "spent_before", i)
        if spent.line is not None and spent.line not in costs:
            document.fault((*here, "line"), f"«{spent.line}» is no line of this proposal{nearest(spent.line, costs)}")
        if spent.period is not None and spent.period not in proposal.fiscal.index:
            names = [period.name for period in proposal.periods]
            sentence = (
                f"«{spent.period}» is no period of the plan, which has {listed(names)}; leave it out if it was earlier"
            )
            document.fault((*here, "period"), sentence)
        elif wrong := _untimely(award, spent, proposal, costs):
            document.fault((*here, "period"), wrong)


def _untimely(award: Award, spent: Spent, proposal: Proposal, costs: dict[str, Cost]) -> str:
    """Why money cannot have been spent in the period that is given; empty where it can."""
    if spent.period is None:
        return ""
    days, first, last = proposal.periods[proposal.fiscal.index[spent.period]].days, _first(award, proposal), award.days
    if first is not None and first > days.last:
        return f"it was spent in {spent.period}, and the award may pay no costs before {first}"
    if last.stop <= days.start:
        return f"it was spent in {spent.period}, and the award pays no costs after {last.last}"
    if spent.line in costs and not costs[spent.line].cents.get(spent.period):
        return f"{spent.line} has no cost in {spent.period}; leave the period out, or give its `category`"
    return ""


def _first(award: Award, proposal: Proposal) -> dt.date | None:
    """The first day whose costs an award may pay; None where no day is the first."""
    if award.opening_balance is not None or award.receipts is None:
        return award.days.first if award.days.start > ALWAYS else None
    if isinstance(award.receipts, dict):
        return min(proposal.fiscal.year_days(parse_year(year)).first for year in award.receipts)
    return min(receipt.first for receipt in award.receipts)


def _increments(document: Document, loc: Loc, award: Award) -> None:
    """Each increment is released before the award ends."""
    for i, part in enumerate(award.released or ()):
        if award.last is not None and part.date > award.last:
            sentence = f"it is released on {part.date}, after the award ends on {award.last}"
            document.fault((*loc, "released", i, "date"), sentence)


def _years(document: Document, loc: Loc, award: Award, proposal: Proposal) -> None:
    """Interest is given by fiscal year."""
    known = {period.year for period in proposal.periods}
    for name in award.interest if isinstance(award.interest, dict) else ():
        if name not in known:
            sentence = f"«{name}» is no fiscal year of the plan{nearest(name, known)}"
            document.fault((*loc, "interest", name), sentence, at_key=True)


# ------------------------------------------------------------------ activities


def _revenue(document: Document, loc: Loc, activity: Activity, proposal: Proposal, costs: dict[str, Cost]) -> None:
    """Revenue is of lines that there are, by period, and all of it of some lines no more than they cost."""
    known = [line.id for line in activity.lines]
    so_far: dict[tuple[frozenset[str], str], int] = defaultdict(int)
    for i, revenue in enumerate(activity.revenue):
        here = (*loc, "revenue", i)
        strangers = [name for name in revenue.lines or () if name not in known]
        for name in strangers:
            document.fault((*here, "lines"), f"«{name}» is no line of {activity.id}{nearest(name, known)}")
        if isinstance(revenue.amount, int) and len(proposal.periods) > 1:
            document.fault((*here, "amount"), 'say how much in each period, as in {FY2027: "20,000"}')
        elif not strangers:
            lines = frozenset(revenue.lines or known)
            some = [costs[f"{activity.id}/{name}"] for name in sorted(lines)]
            for period in proposal.periods:
                so_far[lines, period.name] += at(revenue.amount, period)
                _too_much(document, (*here, "amount"), some, period, (so_far[lines, period.name], revenue.payer))


def _too_much(document: Document, loc: Loc, some: list[Cost], period: Period, paid: tuple[int, str]) -> None:
    whole = sum((cost.cents.get(period.name, 0) * (1 + cost.fringe) for cost in some), Fraction(0))
    if paid[0] > whole:
        told = f"{show(paid[0], 'cent')} of {paid[1]} in {period}"
        document.fault(loc, f"{told} is more than the lines cost, {show(whole, 'cent')} with fringe")


def _positions(document: Document, proposal: Proposal, activities: Placed, costs: dict[str, Cost]) -> None:
    """Lines that share a position add up to no more than the whole of it."""
    known = {position.id: position for position in proposal.positions}
    for i, position in enumerate(proposal.positions):
        if position.id in [each.id for each in proposal.positions[:i]]:
            document.fault(("positions", i, "id"), f"the position «{position.id}» is given twice")
    paid: dict[str, list[tuple[Loc, Cost]]] = defaultdict(list)
    for loc, cost in _with_position(activities, costs):
        name = cost.line.position or ""
        if known and name not in known:
            document.fault((*loc, "position"), f"«{name}» is no position of this proposal{nearest(name, known)}")
        if cost.line.unit != "FTE" or cost.line.quantity is None:
            document.fault((*loc, "position"), "the line of a position says how much of it: `quantity` and `unit: FTE`")
        else:
            paid[name].append((loc, cost))
    for name, lines in paid.items():
        most = known[name].fte if name in known else Fraction(1)
        _whole_person(document, proposal, name, most, lines)


def _whole_person(
    document: Document, proposal: Proposal, name: str, most: Fraction, lines: list[tuple[Loc, Cost]]
) -> None:
    """On no day do the lines of a position come to more than it; the first such day is told."""
    for period in proposal.periods:
        pieces = (cost.days.meet(period.days) for _, cost in lines)
        for day in sorted({piece.start for piece in pieces if piece.days}):
            here = [(loc, cost) for loc, cost in lines if cost.days.start <= day < cost.days.stop]
            parts = [(cost.id, Fraction(at(cost.line.quantity, period))) for _, cost in here]
            effort = sum((part for _, part in parts), Fraction(0))
            if effort > most:
                told = listed([f"{line} {show_number(part)}" for line, part in parts if part])
                since = "" if day == period.days.start else f", from {Interval(day, day + 1).first} on"
                sentence = (
                    f"{name} is paid {show_number(effort)} FTE in {period}{since} ({told}), and it is a position of "
                    f"{show_number(most)} FTE: effort over all payers is at most 100%"
                )
                document.fault((*here[-1][0], "quantity"), sentence)
                return


def _with_position(activities: Placed, costs: dict[str, Cost]) -> Iterator[tuple[Loc, Cost]]:
    for loc, activity in activities:
        for i, line in enumerate(activity.lines):
            if line.position is not None:
                yield (*loc, "lines", i), costs[f"{activity.id}/{line.id}"]
