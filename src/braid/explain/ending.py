"""What ends: money that lapses (A6), what goes on without it (A13), late charges (A16), the age of old money (A20)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import floor

from braid.answer.rows import Attention
from braid.basics.fiscal import ALWAYS, NEVER, Interval, join
from braid.basics.money import show
from braid.basics.words import listed
from braid.checks import Judged
from braid.explain.unmet import Unmet
from braid.judge.case import Case
from braid.judge.cash import reimbursed
from braid.judge.funds import months_after

Lapses = Mapping[str, tuple[tuple[int, int], ...]]
"""By award, what lapses when: units, and the last day on which they could have been charged."""
LAST = dt.date.max.toordinal()
MOST = 3
"""Lines and sentences named before the rest is counted or left out."""
LATE, LONG = 90, 360
"""Days at an award's end that are looked at, and how long an award lives that has no reason to spend much in them."""
MUCH = Fraction(1, 4)
"""The part of an award that is much for its last days."""
BOUGHT = {"equipment", "construction"}
"""Object classes that are bought once, whatever the line says of its timing."""


def lapsing(case: Case, lapses: Lapses, gaps: Iterable[Unmet]) -> Iterator[Attention]:
    """A6: money that will lapse, when, what becomes of it, what it could have paid, and what stood against that."""
    unmet = [gap for gap in gaps if gap.reason not in {"no-eligible-award", "window"}]
    for award, parts in sorted(lapses.items()):
        for amount, day in parts:
            told = f"{show(amount, case.proposal.unit)} of {award} will lapse on {dt.date.fromordinal(min(day, LAST))}."
            told += _returned(case, award, day)
            found = [gap for gap in unmet if _in_time(case, gap, award, day)]
            yield Attention(code="A6", award=award, sentence=f"{told} {_could_have_paid(case, found)}")


def _returned(case: Case, award: str, day: int) -> str:
    """What becomes of money that is there in advance and ends on a day; of what is paid back nothing was drawn."""
    if reimbursed(case.proposal.award(award)):
        return ""
    ended = [part for part in case.funds[award].installments if part.ends == day + 1]
    whys = [
        rule.why
        for rule in case.terms[award].of_kind("use_within")
        if rule.use_within and any(months_after(p.received, rule.use_within.months) == day + 1 for p in ended)
    ]
    return " It came in advance, so that it may have to be returned." + "".join(f" {why}" for why in whys[:1])


def _in_time(case: Case, gap: Unmet, award: str, day: int) -> bool:
    """Whether an award could have paid an unmet need for costs up to a day."""
    until = Interval(ALWAYS, day + 1)
    cells = (cell for cell in case.cells if (cell.award, cell.line, cell.index) == (award, *gap.need.key))
    return any(cell.days.meet(until).days for cell in cells)


def _could_have_paid(case: Case, found: list[Unmet]) -> str:
    if not found:
        return "No need that it may pay by then is unmet."
    whole = show(sum(gap.amount for gap in found), case.proposal.unit)
    lines = listed(sorted({gap.need.cost.id for gap in found}), MOST)
    against = list(dict.fromkeys(gap.against for gap in found if gap.against))
    told = f"Of what it may pay by then, {whole} is unmet ({lines})."
    return f"{told} What stands against it: {' '.join(against[:MOST])}" if against else told


def cliff(case: Case, judged: Judged, carried: Mapping[str, int]) -> Iterator[Attention]:
    """A13: what goes on from year to year costs more in the last year than the money that may pay it after that.

    What an award has left and what it brings in the year after the plan counts as far as it may pay lines that go on,
    on days of that year. What is left over pays only once, and is told apart.
    """
    fiscal, unit = case.proposal.fiscal, case.proposal.unit
    year, after = fiscal.periods[-1].year, fiscal.year_days(fiscal.last + 1)
    lines: dict[str, Fraction] = defaultdict(Fraction)
    for row in judged.ledger.rows():
        if row.past is None and fiscal.periods[row.entry.index].year == year and _goes_on(case, row.entry.line):
            lines[row.entry.line] += row.charge
    charged, money, left = floor(sum(lines.values())), dict[str, int](), 0
    for award in case.terms:
        comes = _to_come(case, award, after)
        pays = min(carried.get(award, 0) + comes, _may_pay(case, award, lines, after))
        money |= {award: pays} if pays else {}
        left += max(0, pays - comes)
    has, short = sum(money.values()), charged - sum(money.values())
    if short <= 0:
        return
    goes_on = f"What goes on from year to year charges {show(charged, unit)} in {year}"
    told = (
        f"{goes_on}, and no money on file that may pay it continues after it. From {after.first} on, "
        f"{show(short, unit)} a year has no money yet."
    )
    if money:
        parts = listed([f"{award} {show(amount, unit)}" for award, amount in money.items()])
        told = (
            f"{goes_on}. Of the money on file, {show(has, unit)} may pay it in FY{fiscal.last + 1} ({parts}); "
            f"{show(short, unit)} of that year has no money yet."
        )
    if left:
        told = f"{told} {show(left, unit)} of what may pay is left over from the years before, and pays only once."
    yield Attention(code="A13", sentence=told)


def _may_pay(case: Case, award: str, lines: Mapping[str, Fraction], days: Interval) -> int:
    """What of the cost of some lines in a year an award's money may pay: of lines that it may, on days that it has."""
    may = (cost for line, cost in lines.items() if case.determinations[award, line].status == "allowable")
    has = sum(piece.days for piece in join(part.days.meet(days) for part in case.funds[award].installments))
    return floor(sum(may, Fraction(0)) * Fraction(has, days.days))


def _goes_on(case: Case, line: str) -> bool:
    """Whether a cost recurs after the plan: not a purchase, and without an end within the plan."""
    cost = case.proposal.cost(line)
    bought = cost.line.timing == "once" or cost.line.category in BOUGHT
    return not bought and cost.days.stop > case.proposal.fiscal.days.stop


def _to_come(case: Case, award: str, days: Interval) -> int:
    """What an award brings that begins within some days after the plan."""
    return sum(part.amount for part in case.funds[award].installments if days.start <= part.days.start < days.stop)


def late(case: Case, judged: Judged) -> Iterator[Attention]:
    """A16: over a quarter of an award pays for costs of its last 90 days, though it lives a year or longer."""
    charged: dict[str, Fraction] = defaultdict(Fraction)
    for row in judged.ledger.rows():
        days = case.funds[row.entry.award].days
        if row.past is not None or not row.entry.days.days or days.stop >= NEVER or days.days < LONG:
            continue
        last = row.entry.days.meet(Interval(days.stop - LATE, days.stop))
        if last == row.entry.days or not _bought_once(case, row.entry.line):
            charged[row.entry.award] += row.charge * Fraction(last.days, row.entry.days.days)
    unit = case.proposal.unit
    for award, amount in sorted(charged.items()):
        funds = case.funds[award]
        if amount > MUCH * funds.amount:
            last = Interval(funds.days.stop - LATE, funds.days.stop)
            told = (
                f"{show(floor(amount), unit)} of {award}, more than 25% of its {show(funds.amount, unit)}, pays for "
                f"costs of its last {LATE} days, {last.first} to {last.last}. Make sure that this can be ordered, "
                "delivered and claimed in time."
            )
            yield Attention(code="A16", award=award, sentence=told)


def _bought_once(case: Case, line: str) -> bool:
    return case.proposal.cost(line).line.timing == "once"


def aged(case: Case, pairs: Iterable[tuple[str, str]]) -> Iterator[Attention]:
    """A20: an opening balance, which counts as received on the first day, under a rule on how long money lasts."""
    lines: dict[str, set[str]] = defaultdict(set)
    for award, line in pairs:
        lines[award].add(line)
    for award in sorted(lines):
        terms, balance = case.terms[award], case.proposal.award(award).opening_balance
        touching = (
            rule
            for rule in terms.of_kind("use_within")
            if any(rule.selects(case.traits(award, line)) for line in lines[award])
        )
        rule = next(touching, None)
        if balance and rule is not None and rule.use_within is not None:
            told = (
                f"The opening balance of {award}, {show(balance, 'cent')}, counts as received on "
                f"{case.proposal.fiscal.days.first}, so that it may be used for {rule.use_within.months} months from "
                f"then. If it came earlier, its time is shorter: give it as receipts with their dates. {rule.why}"
            )
            yield Attention(code="A20", award=award, sentence=told)
