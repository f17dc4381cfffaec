"""Fiscal time: days, intervals of days, fiscal years and quarters.

A day is an ordinal (``date.toordinal``), an interval is half-open: ``start`` belongs to it, ``stop`` does not.
What people read and write are last days (C26); the two meet only here.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

NEVER = dt.date.max.toordinal()
ALWAYS = 1
_YEAR = re.compile(r"FY(?P<year>[0-9]{4})(?:-Q(?P<quarter>[1-4]))?", re.ASCII)
_YEAR_ALONE = re.compile(r"(?:FY|FYE)?[ -]?(?:20)?(?P<year>[0-9]{2})", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NEARLY = re.compile(
    r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"
    r"|(?P<month_last>[0-9]{1,2})[-/.](?P<day_last>[0-9]{1,2})[-/.](?P<year_last>[0-9]{4}|[0-9]{2})",
    re.ASCII,
)
"""A date with its parts in another order, or without zeros."""


class Interval(NamedTuple):
    """Days from ``start`` up to but not including ``stop``, as ordinals."""

    start: int
    stop: int

    @property
    def days(self) -> int:
        """How many days it holds; zero where it is empty."""
        return max(0, self.stop - self.start)

    def meet(self, other: Interval) -> Interval:
        """The days that both hold.

        >>> Interval(1, 10).meet(Interval(5, 20))
        Interval(start=5, stop=10)
        """
        return Interval(max(self.start, other.start), min(self.stop, other.stop))

    def within(self, other: Interval) -> bool:
        """Whether every day of this interval is a day of the other."""
        return other.start <= self.start and self.stop <= other.stop

    @property
    def first(self) -> dt.date:
        """The first day."""
        return dt.date.fromordinal(self.start)

    @property
    def last(self) -> dt.date:
        """The last day, as people write an end."""
        return dt.date.fromordinal(max(self.start, min(self.stop, NEVER) - 1))

    def __str__(self) -> str:
        return f"{self.first}..{self.last}" if self.stop < NEVER else f"{self.first} on"


def parse_date(text: str) -> dt.date:
    """Read an ISO date; any other order of day and month is refused, never guessed.

    >>> parse_date("2026-09-30")
    datetime.date(2026, 9, 30)
    >>> parse_date("10/1/2026")
    Traceback (most recent call last):
    ...
    ValueError: «10/1/2026» is no date; write year, month and day, as in 2026-10-01
    """
    seen = text.strip()
    if not _DATE.fullmatch(seen):
        raise ValueError(f"«{seen}» is no date; write year, month and day, as in {_as_meant(seen)}")
    try:
        return dt.date.fromisoformat(seen)
    except ValueError:
        raise ValueError(f"«{seen}» is no day of the calendar") from None


def _as_meant(seen: str) -> str:
    """The example of a date: the day that may have been meant, with the month first as in the United States."""
    found = _NEARLY.fullmatch(seen)
    if found is None:
        return "2026-09-30"
    year, month, day = (found[name] or found[f"{name}_last"] for name in ("year", "month", "day"))
    whole = f"{year if len(year) > len('27') else '20' + year}-{month:0>2}-{day:0>2}"
    try:
        return str(dt.date.fromisoformat(whole))
    except ValueError:
        return "2026-09-30"


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later, or the last day of a shorter month.

    >>> months_later(dt.date(2026, 8, 31), 18)
    datetime.date(2028, 2, 29)
    """
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def span(start: dt.date | None, end: dt.date | None) -> Interval:
    """The interval between two dates as people give them: both belong to it, and either may be open.

    >>> span(dt.date(2026, 7, 1), dt.date(2027, 6, 30)).days
    365
    """
    return Interval(start.toordinal() if start else ALWAYS, end.toordinal() + 1 if end else NEVER)


def join(pieces: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same days as few intervals: sorted, without empty ones, abutting ones joined.

    >>> join([Interval(5, 9), Interval(1, 3), Interval(3, 4), Interval(7, 7)])
    (Interval(start=1, stop=4), Interval(start=5, stop=9))
    """
    joined: list[Interval] = []
    for piece in sorted(piece for piece in pieces if piece.days):
        if joined and piece.start <= joined[-1].stop:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].stop, piece.stop))
        else:
            joined.append(piece)
    return tuple(joined)


@dataclass(frozen=True)
class Period:
    """A fiscal year or quarter of the plan: its name as people write it, and its days."""

    name: str
    days: Interval
    year: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class FiscalCalendar:
    """The recipient's fiscal years, named for the year in which they *end*, as US governments do.

    ``first`` and ``last`` are years; ``step`` is ``year`` or ``quarter``.

    >>> calendar = FiscalCalendar(7, 1, 2027, 2028)
    >>> [f"{period}: {period.days}" for period in calendar.periods]
    ['FY2027: 2026-07-01..2027-06-30', 'FY2028: 2027-07-01..2028-06-30']
    >>> str(FiscalCalendar(1, 1, 2027, 2027).year_days(2027))
    '2027-01-01..2027-12-31'
    """

    month: int
    day: int
    first: int
    last: int
    step: str = "year"

    def year_days(self, year: int) -> Interval:
        """The days of the fiscal year that ends in ``year`` (C26: from 1 January it is the calendar year)."""
        start = year if (self.month, self.day) == (1, 1) else year - 1
        return Interval(
            dt.date(start, self.month, self.day).toordinal(), dt.date(start + 1, self.month, self.day).toordinal()
        )

    def _quarters(self, year: int) -> list[Period]:
        begin = self.year_days(year).first
        edges = [self.year_days(year).start]
        for count in (3, 6, 9):
            months = begin.month - 1 + count
            edges.append(dt.date(begin.year + months // 12, months % 12 + 1, begin.day).toordinal())
        edges.append(self.year_days(year).stop)
        return [Period(f"FY{year}-Q{q + 1}", Interval(edges[q], edges[q + 1]), f"FY{year}") for q in range(4)]

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The periods of the plan, in order."""
        years = range(self.first, self.last + 1)
        if self.step == "quarter":
            return tuple(period for year in years for period in self._quarters(year))
        return tuple(Period(f"FY{year}", self.year_days(year), f"FY{year}") for year in years)

    @cached_property
    def days(self) -> Interval:
        """All days of the plan."""
        return Interval(self.periods[0].days.start, self.periods[-1].days.stop)

    @cached_property
    def index(self) -> dict[str, int]:
        """Where each period stands, by name."""
        return {period.name: i for i, period in enumerate(self.periods)}


def parse_year(text: str) -> int:
    """Read ``FY2027`` as the year in which that fiscal year ends.

    >>> parse_year("FY2027")
    2027
    >>> parse_year("2028")
    Traceback (most recent call last):
    ...
    ValueError: «2028» is no fiscal year; write the year in which it ends, as in FY2028
    """
    match = _YEAR.fullmatch(text.strip())
    if match is None or match["quarter"]:
        meant = _YEAR_ALONE.fullmatch(text.strip())
        example = f"FY20{meant['year']}" if meant else "FY2027"
        raise ValueError(f"«{text.strip()}» is no fiscal year; write the year in which it ends, as in {example}")
    year = int(match["year"])
    if not 1990 <= year <= 2100:
        raise ValueError(f"«{text.strip()}» lies outside FY1990 to FY2100")
    return year
