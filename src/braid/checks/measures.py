"""What each kind of limit comes to in a ledger, and the bound that it is held against, both exactly."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from braid.checks.ledger import Counted, Ledger
from braid.judge.cash import lags_of, outstanding
from braid.judge.limit import MONEY, Limit
from braid.law.rules import Selector

ZERO = Fraction(0)
ON_COSTS = {"fringe", "indirect"}
"""Object classes of what is spent already that are no direct cost (C4)."""
Measured = tuple[Fraction, Fraction]


def measure(ledger: Ledger, limit: Limit) -> Measured:
    """What the limit's scope came to, and its bound."""
    if limit.of_need:
        return _on_line(ledger, limit), Fraction(limit.bound)
    if limit.kind in BY_KIND:
        return BY_KIND[limit.kind](ledger, limit)
    rows = list(ledger.in_scope(limit))
    if limit.kind in MONEY:
        return sum((row.charge for row in rows), ZERO), Fraction(limit.bound)
    if limit.kind in {"must", "require"}:
        return _required(ledger, limit, rows)
    if limit.share is None:
        return _fixed(ledger, limit, rows), Fraction(limit.bound)
    return _of_total(ledger, limit, rows, limit.share)


def _of_total(ledger: Ledger, limit: Limit, rows: list[Counted], share: Fraction) -> Measured:
    """A share of what an award itself spends (C4)."""
    if limit.of == "direct":
        direct = [row for row in rows if row.past is None or row.past.traits.category not in ON_COSTS]
        whole = sum((row.amount for row in direct), ZERO)
        part = sum((row.amount for row in direct if ledger.selected(limit, row)[0]), ZERO)
        return part + _all_indirect(limit, rows), share * whole
    whole = sum((row.charge for row in rows), ZERO)
    if limit.include_indirect:
        return _fixed(ledger, limit, rows), share * whole
    return sum((_selected_charge(ledger, limit, row) for row in rows), ZERO), share * whole


def _on_line(ledger: Ledger, limit: Limit) -> Fraction:
    total = _before(ledger, limit)
    for row in ledger.on_line(*limit.key):
        entry = row.entry
        if (limit.awards is None or entry.award in limit.awards) and (
            limit.days is None or entry.days.within(limit.days)
        ):
            total += entry.amount
    return Fraction(total)


def _before(ledger: Ledger, limit: Limit) -> int:
    """What is spent already of what a ceiling or a documented share bounds; a need is less by it from the first."""
    if limit.kind not in {"limit", "portion"} or limit.days is not None:
        return 0
    return sum(
        past.amount
        for past in ledger.case.past
        if (past.line, past.index) == limit.key and (limit.awards is None or past.award in limit.awards)
    )


def _fixed(ledger: Ledger, limit: Limit, rows: list[Counted]) -> Fraction:
    """A cap counts what is selected with its fringe, and all indirect if it says so (C3); a floor the rest (C5)."""
    if limit.kind == "floor":
        return sum((row.charge - _selected_charge(ledger, limit, row) for row in rows), ZERO)
    total = ZERO
    for row in rows:
        direct, fringe = ledger.selected(limit, row)
        total += row.amount * int(direct) + row.fringe * int(fringe)
    return total + _all_indirect(limit, rows)


def _all_indirect(limit: Limit, rows: list[Counted]) -> Fraction:
    """All indirect that is charged, what was spent already included unless it is selected by itself (C3)."""
    if not limit.include_indirect:
        return ZERO
    selector = limit.select or Selector()
    before = (row for row in rows if row.past is not None and row.past.traits.category == "indirect")
    spent = sum((row.amount for row in before if row.past and not selector.selects(row.past.traits)), ZERO)
    return spent + sum((row.indirect_on_direct + row.indirect_on_fringe for row in rows), ZERO)


def _selected_charge(ledger: Ledger, limit: Limit, row: Counted) -> Fraction:
    """What the selected part charges: itself and the indirect that it draws (C4)."""
    direct, fringe = ledger.selected(limit, row)
    pay = (row.amount + row.indirect_on_direct) * int(direct)
    return pay + (row.fringe + row.indirect_on_fringe) * int(fringe)


def _required(ledger: Ledger, limit: Limit, rows: list[Counted]) -> Measured:
    """What is paid on what is selected, in the measure of the requirement, and what it is held against (C19)."""
    part = sum((_measured(ledger, limit, row) for row in rows), ZERO)
    if limit.share is None:
        return part, Fraction(limit.bound)
    whole = sum((row.charge if limit.of == "spend" else row.amount for row in rows), ZERO)
    return part, limit.share * whole


def _measured(ledger: Ledger, limit: Limit, row: Counted) -> Fraction:
    """Of one entry, what is selected: as spending (C4), as direct cost, or as need met."""
    if limit.of == "spend":
        return _selected_charge(ledger, limit, row)
    direct, fringe = ledger.selected(limit, row)
    return row.amount * int(direct) + (row.fringe * int(fringe) if limit.of == "need" else ZERO)


def _payers(ledger: Ledger, limit: Limit) -> Measured:
    """How many of the federal awards that share a day pay the line (C10)."""
    paying = {row.entry.award for row in ledger.on_line(*limit.key) if row.entry.amount} & set(limit.awards or ())
    return Fraction(len(paying)), Fraction(limit.bound)


def _minimum(ledger: Ledger, limit: Limit) -> Measured:
    """What an activity gets; nothing at all is enough (C15)."""
    got = sum((_measured(ledger, limit, row) for row in ledger.in_scope(limit)), ZERO)
    return got, Fraction(limit.bound if got else 0)


def _essential(ledger: Ledger, limit: Limit) -> Measured:
    """What the other lines are paid; nothing may be, unless the essential line is met in full (C20)."""
    index = limit.key[1]
    others = [line for line in limit.lines or () if (line, index) in ledger.case.need]
    met = ledger.paid(*limit.key) >= limit.bound
    most = sum(ledger.case.need[line, index].direct for line in others) if met else 0
    return Fraction(sum(ledger.paid(line, index) for line in others)), Fraction(most)


def _units(ledger: Ledger, limit: Limit) -> Measured:
    """What is paid, and the largest whole number of units within it."""
    paid = ledger.paid(*limit.key)
    return Fraction(paid), Fraction(paid - paid % limit.bound)


def _share(ledger: Ledger, limit: Limit) -> Measured:
    """How far an award's part is from its share of what the line is paid: less than one unit (C14)."""
    share = limit.share or ZERO
    mine = sum(row.entry.amount for row in ledger.on_line(*limit.key) if row.entry.award == limit.award)
    return abs(mine - share * ledger.paid(*limit.key)), Fraction(share.denominator - 1, share.denominator)


def _match(ledger: Ledger, limit: Limit) -> Measured:
    """What serves as match with what is pledged, and what the awards are to be matched with on what they charge."""
    case, matched = ledger.case, sorted(limit.awards or ())
    needed = sum((case.matched_before(name) for name in matched), ZERO)
    serving = ZERO
    for row in ledger.rows():
        entry = row.entry
        if row.past is not None:
            continue
        if any(case.serves(name, entry.award, entry.line, entry.days) for name in matched):
            serving += row.amount + row.fringe
        if entry.award in matched:
            needed += case.matchings[entry.award].ratio(entry.days.start) * row.charge
    return serving + limit.bound, needed


def _transfer(ledger: Ledger, limit: Limit) -> Measured:
    """How far charges by object class exceed the approved budget, over all classes together."""
    over = (charged - approved for charged, approved in ledger.by_class(limit).values())
    return sum((max(ZERO, each) for each in over), ZERO), Fraction(limit.bound)


def _float(ledger: Ledger, limit: Limit) -> Measured:
    """What has arisen by the day and is not paid back by then, on-costs included."""
    lags, day = lags_of(ledger.case.proposal), limit.by_day or 0
    rows = (row for row in ledger.rows() if row.past is None and row.entry.award in lags)
    owed = (row.charge * outstanding(row.entry.days, lags[row.entry.award], day) for row in rows)
    return sum(owed, ZERO), Fraction(limit.bound)


def _effort(ledger: Ledger, limit: Limit) -> Measured:
    """How far an award's part of a person is from a whole number of steps; it may pay any part where it pays alone.

    What it has paid the person before counts in its part. Others share the person where they may pay on the same days.
    """
    step, index = limit.step or ZERO, limit.index or 0
    rows = [row for line in limit.lines or () for row in ledger.on_line(line, index)]
    near = Fraction(step.denominator - 1, step.denominator)
    paid = sum(row.entry.amount for row in rows if row.entry.award == limit.award)
    if not paid or not any(row.entry.award in (limit.beside or ()) for row in rows if row.entry.amount):
        return ZERO, near
    mine = Fraction(paid + limit.before)
    return abs(mine - round(mine / step) * step), near


BY_KIND: dict[str, Callable[[Ledger, Limit], Measured]] = {
    "match": _match,
    "transfer": _transfer,
    "float": _float,
    "effort": _effort,
    "payer": _payers,
    "minimum": _minimum,
    "essential": _essential,
    "units": _units,
    "share": _share,
}
"""How a limit is measured that holds as a whole or not at all, or that is no plain sum."""
