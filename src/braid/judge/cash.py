"""When money moves: costs arise over the days of their window, are claimed quarter by quarter, and are paid later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from braid.basics.fiscal import Interval, months_later
from braid.basics.money import show
from braid.judge.funds import CENTS
from braid.judge.limit import Limit
from braid.proposal import Award, Proposal

LAG = 30
"""Days from a claim to its payment, unless an award says otherwise."""
EARLIEST, LATEST = dt.date(1, 4, 1).toordinal(), dt.date(9990, 1, 1).toordinal()


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter, by its name and days."""

    name: str
    days: Interval


def quarter_of(day: int) -> Quarter:
    """The calendar quarter in which a day lies.

    >>> quarter_of(dt.date(2027, 2, 14).toordinal()).name
    '2027-Q1'
    """
    date = dt.date.fromordinal(day)
    first = dt.date(date.year, 3 * ((date.month - 1) // 3) + 1, 1)
    days = Interval(first.toordinal(), months_later(first, 3).toordinal())
    return Quarter(f"{first.year}-Q{(first.month + 2) // 3}", days)


def quarters(days: Interval) -> Iterator[Quarter]:
    """The calendar quarters that a stretch of days touches, in order."""
    day = max(days.start, EARLIEST)
    while day < min(days.stop, LATEST):
        quarter = quarter_of(day)
        yield quarter
        day = quarter.days.stop


def reimbursed(award: Award) -> bool:
    """Whether an award pays back what was spent; one that comes by receipts or a balance is there beforehand."""
    if award.payment is not None:
        return award.payment == "reimbursement"
    return award.receipts is None and award.opening_balance is None


def lag_of(award: Award) -> int:
    """Days from a claim at the end of a quarter to its payment."""
    return LAG if award.lag_days is None else award.lag_days


def outstanding(days: Interval, lag: int, day: int) -> Fraction:
    """The part of the cost of some days that has arisen by the end of a day and is not paid back by then.

    >>> year = Interval(dt.date(2027, 1, 1).toordinal(), dt.date(2028, 1, 1).toordinal())
    >>> outstanding(year, 30, dt.date(2027, 6, 30).toordinal())
    Fraction(91, 365)
    """
    if not days.days:
        return Fraction(0)
    open_days = 0
    for quarter in quarters(Interval(days.start, min(days.stop, day + 1))):
        if quarter.days.stop - 1 + lag > day:
            open_days += days.meet(quarter.days).meet(Interval(days.start, day + 1)).days
    return Fraction(open_days, days.days)


def float_limits(proposal: Proposal) -> Iterator[Limit]:
    """What the county carries at each quarter's end for awards that pay back, where the proposal bounds it."""
    if proposal.most_float is None:
        return
    lags = lags_of(proposal)
    most = proposal.most_float // CENTS[proposal.unit]
    for quarter in quarters(proposal.fiscal.days):
        sentence = (
            f"At the end of {quarter.name} the county carries at most {show(most, proposal.unit)} of costs that are "
            "not paid back yet."
        )
        last = quarter.days.stop - 1
        yield Limit(f"float[{quarter.name}]", "float", most, sentence, frozenset(lags), by_day=last)


def lags_of(proposal: Proposal) -> Mapping[str, int]:
    """The awards that pay back, with the days that it takes."""
    awards = sorted(proposal.awards, key=lambda award: award.id)
    return {award.id: lag_of(award) for award in awards if reimbursed(award)}
