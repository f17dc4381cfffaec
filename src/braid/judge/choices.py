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
from braid.judge.needs import Need, shares_left, spent_on
from braid.proposal import Activity, Proposal, at

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
        yield from _effort(proposal, need, payable)
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
    line = need.cost.line
    position = next((each for each in proposal.positions if each.id == line.position), None)
    return line.effort_step or (position.effort_step if position is not None else None)


def _effort(proposal: Proposal, need: Need, cells: list[Cell]) -> Iterator[Limit]:
    """Where several awards pay a person, the part of each is a whole number of steps of effort, to less than a unit."""
    step, awards = step_of(proposal, need), sorted({cell.award for cell in cells})
    if step is None or len(awards) < 2:
        return
    name = f"{need.cost.id},{need.period}"
    for award in awards:
        label = proposal.award(award).label
        sentence = (
            f"Where others pay {need.cost.id} in {need.period} too, {label} pays it in steps of {show_percent(step)}."
        )
        who = frozenset({award})
        row = f"effort[{name},{award}]"
        yield Limit(row, "effort", need.direct, sentence, who, line=need.cost.id, index=need.index, share=step)


def minimum_of(proposal: Proposal, activity: Activity, needs: list[Need]) -> Limit:
    """What an activity gets at least, if anything: ``must`` where it has to be funded, else ``minimum`` (C15)."""
    unit, minimum = proposal.unit, activity.minimum
    whole = minimum is None or minimum == "all"
    of = "direct" if whole else "need"
    least = sum(need.direct for need in needs)
    if isinstance(minimum, Fraction):
        least = ceil(minimum * sum(need.total for need in needs))
    elif isinstance(minimum, int):
        least = min(-(-minimum // CENTS[unit]), sum(need.total for need in needs))  # C7
    kind = "must" if activity.must_fund else "minimum"
    amount = f"all of its cost, {show(sum(need.total for need in needs), unit)}" if whole else show(least, unit)
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
