"""What a plan must choose whole: one federal payer, fixed shares, all or nothing, essential lines, whole units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil

from braid.basics.fiscal import Interval, join
from braid.basics.money import round_half_up, show, show_percent
from braid.basics.words import listed
from braid.judge.determinations import AwardTerms
from braid.judge.funds import CENTS
from braid.judge.limit import Cell, Limit
from braid.judge.needs import Need, met_before, shares_left, spent_on
from braid.proposal import Activity, Position, Proposal, at
from braid.proposal.costs import growth

ByNeed = Mapping[tuple[str, int], list[Cell]]


def choices_of(
    proposal: Proposal, terms: dict[str, AwardTerms], needs: tuple[Need, ...], cells: ByNeed
) -> Iterator[Limit]:
    """Every limit that holds as a whole or not at all."""
    by_activity: dict[str, list[Need]] = defaultdict(list)
    federal = {award for award, found in terms.items() if found.federal}
    for need in needs:
        by_activity[need.cost.activity.id].append(need)
        payable = cells[need.key]
        yield from _one_payer(proposal, federal, need, payable)
        yield from _units(proposal, need)
        yield from _fixed(proposal, need)
    yield from _efforts(proposal, needs, cells)
    for activity in sorted(proposal.activities, key=lambda activity: activity.id):
        mine = by_activity[activity.id]
        if activity.minimum is not None and mine and not activity.must_fund:
            yield minimum_of(proposal, activity, mine)
        for need in mine:
            yield from _essential(need, mine)


def _one_payer(proposal: Proposal, federal: set[str], need: Need, cells: list[Cell]) -> Iterator[Limit]:
    """At most one federal award, among those whose payable windows share a day (C10).

    What the proposal asks of every line is not asked of one whose split is documented by `shares` or a `basis`.
    """
    line = need.cost.line
    documented = line.shares is not None or line.basis is not None
    asked = line.one_federal_payer
    if not (proposal.one_federal_payer and not documented if asked is None else asked):
        return
    windows = {
        award: join(cell.days for cell in cells if cell.award == award)
        for award in sorted(federal & {cell.award for cell in cells})
    }
    groups = list(_sharing_a_day(windows))
    for day, group in groups:
        suffix = f",{Interval(day, day + 1).first}" if len(groups) > 1 else ""
        name = f"{need.cost.id},{need.period}"
        sentence = f"At most one of {listed(sorted(group))} pays {need.cost.id} in {need.period}."
        yield Limit(
            f"payer[{name}{suffix}]", "payer", 1, sentence, frozenset(group), line=need.cost.id, index=need.index
        )


def _sharing_a_day(windows: dict[str, tuple[Interval, ...]]) -> Iterator[tuple[int, set[str]]]:
    """The largest sets of awards that share a day, each with the first such day."""
    starts = sorted({piece.start for pieces in windows.values() for piece in pieces})
    found: list[tuple[int, set[str]]] = []
    for day in starts:
        here = {a for a, pieces in windows.items() if any(piece.start <= day < piece.stop for piece in pieces)}
        if len(here) > 1:
            found.append((day, here))
    for i, (day, here) in enumerate(found):
        larger = any(here < other for _, other in found)
        if not larger and all(here != other for _, other in found[:i]):
            yield day, here


def _units(proposal: Proposal, need: Need) -> Iterator[Limit]:
    """What is paid is a whole number of units."""
    line = need.cost.line
    if not line.whole_units:
        return
    each = at(line.unit_cost, need.period) // CENTS[proposal.unit]
    sentence = f"{need.cost.id} is bought in whole units of {show(each, proposal.unit)}."
    yield Limit(f"units[{need.cost.id},{need.period}]", "units", each, sentence, line=need.cost.id, index=need.index)


def _fixed(proposal: Proposal, need: Need) -> Iterator[Limit]:
    """Each award pays its share of what the line is paid, to less than one unit (C14)."""
    shares, unit = need.cost.line.shares or {}, proposal.unit
    spent = spent_on(proposal, need.cost.id, need.period.name)
    for award, left in sorted(shares_left(proposal, need).items()):
        label = next((each.label for each in proposal.awards if each.id == award), award)  # it may only be expected
        sentence = f"{label} pays {show_percent(shares[award])} of what {need.cost.id} is paid in {need.period}."
        if any(spent.get(name) for name in shares):
            rest = f"{show(round_half_up(left * need.direct), unit)} of the {show(need.direct, unit)} that are left"
            sentence = f"{sentence[:-1]}: with what is spent already, {rest}."
        yield Limit(
            f"share[{need.cost.id},{need.period},{award}]",
            "share",
            0,
            sentence,
            frozenset({award}),
            line=need.cost.id,
            index=need.index,
            share=left,
        )


def step_of(proposal: Proposal, need: Need) -> Fraction | None:
    """The step of effort of a line: its own, or its position's."""
    position = _position(proposal, need)
    return need.cost.line.effort_step or (position.effort_step if position is not None else None)


def _position(proposal: Proposal, need: Need) -> Position | None:
    """What the list of positions says of the position that a line pays."""
    return next((each for each in proposal.positions if each.id == need.cost.line.position), None)


def whole_pay(proposal: Proposal, need: Need) -> Fraction:
    """What the whole time of a person costs over the days of a need, in units.

    The line of a position may be a part of the position. A line without one stands for a person of its own.
    """
    line, whole = need.cost.line, Fraction(need.whole)
    if line.position is None:
        return whole
    position, part = _position(proposal, need), Fraction(at(line.quantity, need.period))
    fte = Fraction(1) if position is None else position.fte
    if line.unit_cost is None:
        return whole * fte / part
    pay = at(line.unit_cost, need.period) * growth(line, need.period, proposal.fiscal)
    days = need.cost.quantity[need.period.name] / part
    return pay * days * fte / CENTS[proposal.unit]


def _efforts(proposal: Proposal, needs: tuple[Need, ...], cells: ByNeed) -> Iterator[Limit]:
    """Where several awards pay a person at one time, the part of each is a whole number of steps of effort.

    That holds to less than a unit. Lines of one position at the same pay are one person, whichever of them an award
    pays; awards that never pay on the same day do not share the person.
    """
    people: dict[tuple[str, int], dict[tuple[Fraction, Fraction], list[Need]]] = defaultdict(dict)
    for need in needs:
        if step := step_of(proposal, need):
            name = need.cost.line.position or need.cost.id
            people[name, need.index].setdefault((step, whole_pay(proposal, need)), []).append(need)
    for (name, _), groups in people.items():
        for (step, pay), lines in groups.items():
            found = name if len(groups) == 1 else f"{name}:{lines[0].cost.id}"
            yield from _effort(proposal, found, lines, (step, step * pay), cells)


def _effort(
    proposal: Proposal, name: str, needs: list[Need], step: tuple[Fraction, Fraction], cells: ByNeed
) -> Iterator[Limit]:
    """The limit of each award that may pay a person, beside others that may pay on some of the same days."""
    period, payable = needs[0].period, [cell for need in needs for cell in cells[need.key]]
    for award in sorted({cell.award for cell in payable}):
        mine = [cell.days for cell in payable if cell.award == award]
        others = (cell for cell in payable if cell.award != award)
        beside = frozenset(cell.award for cell in others if any(cell.days.meet(days).days for days in mine))
        if not beside:
            continue
        label = proposal.award(award).label
        sentence = f"Where others pay {name} in {period} too, {label} pays it in steps of {show_percent(step[0])}."
        yield Limit(
            f"effort[{name},{period},{award}]",
            "effort",
            sum(need.direct for need in needs),
            sentence,
            frozenset({award}),
            line=needs[0].cost.id if len(needs) == 1 else None,
            lines=frozenset(need.cost.id for need in needs),
            index=needs[0].index,
            share=step[0],
            step=step[1],
            before=sum(spent_on(proposal, need.cost.id, period.name).get(award, 0) for need in needs),
            beside=beside,
        )


def minimum_of(proposal: Proposal, activity: Activity, needs: list[Need]) -> Limit:
    """What an activity gets at least, if anything: ``must`` where it has to be funded, else ``minimum`` (C15).

    The minimum is of its whole need: what is spent on it already counts, and the rest is asked for.
    """
    unit, minimum = proposal.unit, activity.minimum
    whole = minimum is None or minimum == "all"
    of, before, need = "direct" if whole else "need", 0, sum(need.total for need in needs)
    least = sum(need.direct for need in needs)
    if minimum is not None and minimum != "all":
        before = met_before(proposal, activity)
        asked = minimum * (before + need) if isinstance(minimum, Fraction) else Fraction(minimum, CENTS[unit])
        least = max(0, min(ceil(asked), before + need) - before)  # C7
    kind = "must" if activity.must_fund else "minimum"
    amount = f"all of its cost, {show(need, unit)}" if whole else show(least, unit)
    if before:
        amount += f" beside the {show(before, unit)} that is spent on it"
    told = f"gets at least {amount}" if activity.must_fund else f"gets {amount}, or nothing"
    if not whole and not activity.must_fund:
        told = f"gets at least {amount}, or nothing"
    return Limit(
        f"{kind}[{activity.id}]",
        kind,
        least,
        f"{activity.label} {told}.",
        lines=frozenset(need.cost.id for need in needs),
        of=of,
        at_least=True,
    )


def _essential(need: Need, needs: list[Need]) -> Iterator[Limit]:
    """Unless an essential line is met in full, no other line of its activity is funded in that period (C20)."""
    others = frozenset(other.cost.id for other in needs if other.index == need.index and other.cost.id != need.cost.id)
    if not need.cost.line.essential or not others:
        return
    rest = f"no other line of {need.cost.activity.id} is funded then"
    sentence = f"{need.cost.id} is essential: unless it is met in full in {need.period}, {rest}."
    yield Limit(
        f"essential[{need.cost.id},{need.period}]",
        "essential",
        need.direct,
        sentence,
        line=need.cost.id,
        lines=others,
        index=need.index,
    )
