"""Fiscal time: a year bears the name of the year in which it ends, and last days belong to what they end."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.basics.fiscal import ALWAYS, NEVER, FiscalCalendar, Interval, join, parse_date, parse_year, span


@pytest.mark.parametrize(
    ("starts", "year", "days"),
    [
        ((7, 1), 2027, "2026-07-01..2027-06-30"),
        ((10, 1), 2027, "2026-10-01..2027-09-30"),
        ((1, 1), 2027, "2027-01-01..2027-12-31"),
        ((3, 1), 2028, "2027-03-01..2028-02-29"),
        ((1, 2), 2027, "2026-01-02..2027-01-01"),
    ],
)
def test_a_fiscal_year_is_named_for_the_year_in_which_it_ends(starts: tuple[int, int], year: int, days: str) -> None:
    """C26: FY2027 ends in 2027, whatever the month in which it starts; from 1 January it is calendar 2027."""
    assert str(FiscalCalendar(*starts, year, year).year_days(year)) == days


@pytest.mark.parametrize(
    ("starts", "year", "days"),
    [((7, 1), 2027, 365), ((7, 1), 2028, 366), ((10, 1), 2028, 366), ((1, 1), 2028, 366), ((1, 1), 2100, 365)],
)
def test_a_leap_day_belongs_to_the_year_that_holds_it(starts: tuple[int, int], year: int, days: int) -> None:
    """29 February 2028 lies in FY2028 on every calendar, and 2100 has none."""
    assert FiscalCalendar(*starts, year, year).year_days(year).days == days


def test_quarters_are_three_months_each() -> None:
    """The quarters of a July year, the leap day in the third."""
    quarters = FiscalCalendar(7, 1, 2028, 2028, "quarter").periods
    assert [f"{quarter} {quarter.days} {quarter.year}" for quarter in quarters] == [
        "FY2028-Q1 2027-07-01..2027-09-30 FY2028",
        "FY2028-Q2 2027-10-01..2027-12-31 FY2028",
        "FY2028-Q3 2028-01-01..2028-03-31 FY2028",
        "FY2028-Q4 2028-04-01..2028-06-30 FY2028",
    ]
    assert [quarter.days.days for quarter in quarters] == [92, 92, 91, 91]


@given(
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(1991, 2090),
    st.integers(0, 9),
    st.sampled_from(["year", "quarter"]),
)
def test_periods_leave_no_day_out_and_count_none_twice(month: int, day: int, first: int, more: int, step: str) -> None:
    """On every calendar the periods follow each other without a hole, and the index finds each by name."""
    calendar = FiscalCalendar(month, day, first, first + more, step)
    assert all(a.days.stop == b.days.start for a, b in pairwise(calendar.periods))
    assert sum(period.days.days for period in calendar.periods) == calendar.days.days
    assert [calendar.index[period.name] for period in calendar.periods] == list(range(len(calendar.periods)))
    assert calendar.days.last.year == first + more


def test_a_span_holds_both_of_its_days() -> None:
    """People write first and last days; one day from and to itself is one day, and either end may be open."""
    day = dt.date(2026, 7, 1)
    assert span(day, day).days == 1
    assert span(day, dt.date(2027, 6, 30)).last == dt.date(2027, 6, 30)
    assert span(None, None) == Interval(ALWAYS, NEVER)
    assert span(day, dt.date(2026, 6, 30)).days == 0


days = st.integers(ALWAYS, 60)
intervals = st.builds(Interval, days, days)


def held(*pieces: Interval) -> set[int]:
    return {day for piece in pieces for day in range(piece.start, piece.stop)}


@given(intervals, intervals)
def test_meet_is_the_days_that_both_hold(a: Interval, b: Interval) -> None:
    """The meeting of two intervals holds a day just where both do."""
    assert held(a.meet(b)) == held(a) & held(b)
    assert a.meet(b).days == len(held(a) & held(b))


@given(st.lists(intervals, max_size=6))
def test_join_holds_the_same_days_in_as_few_pieces_as_can_be(pieces: list[Interval]) -> None:
    """Joined pieces hold the same days, in order, with a hole between each two."""
    joined = join(pieces)
    assert held(*joined) == held(*pieces)
    assert all(piece.days for piece in joined)
    assert all(a.stop < b.start for a, b in pairwise(joined))


def test_abutting_pieces_become_one() -> None:
    """An award that ends on 30 June and one that begins on 1 July leave no hole."""
    a = span(dt.date(2026, 7, 1), dt.date(2026, 12, 31))
    b = span(dt.date(2027, 1, 1), dt.date(2027, 6, 30))
    assert [str(piece) for piece in join([b, a])] == ["2026-07-01..2027-06-30"]


def test_iso_dates_are_read() -> None:
    """Year, month and day, with hyphens and two digits each; spaces around them do not matter."""
    assert parse_date(" 2028-02-29 ") == dt.date(2028, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "07/01/2026",
        "01-07-2026",
        "2026-7-1",
        "2026",
        "20260701",
        "2026-07-01T00:00:00",
        "2026-07-01 00:00",
        "1 July 2026",
        "",
        "today",
        "2026-W27-1",
        "2026-183",
        "\uff12\uff10\uff12\uff16-07-01",
    ],
)
def test_any_other_order_of_day_and_month_is_refused(text: str) -> None:
    """A date that is not ISO is never guessed."""
    with pytest.raises(ValueError, match=r"is no date; write year, month and day, as in [0-9]{4}-[0-9]{2}-[0-9]{2}$"):
        parse_date(text)


@pytest.mark.parametrize("text", ["2026-13-01", "2027-02-29", "2026-06-31", "2026-00-10", "0000-01-01"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    """31 June is told apart from a date in another form."""
    with pytest.raises(ValueError, match=f"^«{text}» is no day of the calendar$"):
        parse_date(text)


def test_fiscal_years_are_read() -> None:
    """FY2027 is the year 2027."""
    assert parse_year("FY2027") == 2027


@pytest.mark.parametrize("text", ["2027", "FY27", "fy2027", "FY2027-Q1", "FY 2027", "FY2026-27", "FY20277", ""])
def test_any_other_name_of_a_fiscal_year_is_refused(text: str) -> None:
    """FY26, 2027 and FY2026-27 mean different years to different people, so none of them is read."""
    with pytest.raises(ValueError, match=r"is no fiscal year; write the year in which it ends, as in FY2027$"):
        parse_year(text)


@pytest.mark.parametrize("text", ["FY1989", "FY2101", "FY9999"])
def test_a_year_far_away_is_refused(text: str) -> None:
    """A slip such as FY2207 does not plan two centuries."""
    with pytest.raises(ValueError, match=r"lies outside FY1990 to FY2100$"):
        parse_year(text)
