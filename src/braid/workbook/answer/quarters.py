"""The Cash by quarter: when each award is charged and when its money comes, and the float that the county carries.

Charges of a period are spread over its quarters by the part of them that arises in each, which stands in a column; so
the amounts move with the Allocation, while the parts are as planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import floor

from braid.basics.fiscal import Interval, span
from braid.checks import Entry, Ledger
from braid.files.sheets import Formula, Sheet, Value
from braid.judge.cash import lag_of, quarter_of, quarters, reimbursed
from braid.planner.cash import spread_of
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import TABLE
from braid.workbook.page import LONG, Column, Page, letters

SPENT_BEFORE = Column("Spent before", 0, "money")
QUARTERS = (
    Column("Award", 16, "id"),
    Column("Quarter", 10, "count"),
    Column("Period", 10, "count"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Opening", 0, "money"),
    Column("Received", 0, "money"),
    SPENT_BEFORE,
    Column("Charged", 0, "money"),
    Column("Lapsed", 0, "money"),
    Column("Closing", 0, "money"),
    Column("Float", 0, "money"),
    Column("Payment", 15),
    Column("Part of the period", 9, "share"),
    Column("Charged to date", 0, "exact"),
    Column("Come to date", 0, "exact"),
    Column("Owed", 0, "exact"),
)
NOT_PRINTED = 1
BACK, AHEAD = "reimbursement", "in advance"
OF_ONE = {"Payment", "Part of the period", "Charged to date", "Come to date", "Owed"}
"""Columns that only one award has."""
ALL = "All awards"
NO_PART = Fraction(0)


@dataclass(frozen=True)
class Row:
    """One award in one quarter (or in the part of it that lies in a period), in dollars."""

    award: str
    quarter: str
    period: str
    days: Interval
    back: bool
    part: Fraction
    exact: Fraction
    """Charged to date, before whole units."""
    came: Fraction
    """Come to date; of money in advance, less what was spent before the plan."""
    opening: Decimal
    received: Decimal
    before: Decimal
    """What was spent before the plan, in the first row of an award whose money comes in advance."""
    charged: Decimal
    lapsed: Decimal
    carried: Decimal
    """The float: what is charged to date and has not come."""
    paid_back: int | None = None
    """How many rows above the row stands up to which all is paid back."""

    @property
    def closing(self) -> Decimal:
        """What is there at its end; below zero, what the county carries."""
        return self.opening + self.received - self.before - self.charged - self.lapsed


def together(rows: Sequence[Row]) -> Iterator[Row]:
    """All awards in each quarter; an award whose rows have ended keeps what it had."""
    begins = {row.award: row.opening for row in reversed(rows)}
    opening = sum(begins.values(), NOTHING)
    for days in sorted({row.days for row in rows}, key=lambda days: (days.stop, days.start)):
        mine = [row for row in rows if row.days == days]
        row = Row(
            ALL, mine[0].quarter, mine[0].period, days, False, NO_PART, NO_PART, NO_PART, opening,
            sum((each.received for each in mine), NOTHING), sum((each.before for each in mine), NOTHING),
            sum((each.charged for each in mine), NOTHING), sum((each.lapsed for each in mine), NOTHING),
            sum((each.carried for each in mine), NOTHING),
        )  # fmt: skip
        yield row
        opening = row.closing


def _of_all(row: Row, here: int, at: dict[str, str], first: int) -> list[Value]:
    keys = f"tblQuarters[From],{at['From']}{here},tblQuarters[Until],{at['Until']}{here}"
    flows = {
        "Received": row.received,
        "Spent before": row.before,
        "Charged": row.charged,
        "Lapsed": row.lapsed,
        "Float": row.carried,
    }
    begins = f"SUMIFS(tblQuarters[Opening],{keys})" if here == first else f"{at['Closing']}{here - 1}"
    less = "".join(f"-{at[name]}{here}" for name in ("Spent before", "Charged", "Lapsed") if name in at)
    values: dict[str, Value] = {
        "Awards": ALL,
        "Quarter": row.quarter,
        "Period": row.period or None,
        "From": row.days.first,
        "Until": row.days.last,
        "Opening": Formula(begins, row.opening),
        **{name: Formula(f"SUMIFS(tblQuarters[{name}],{keys})", amount) for name, amount in flows.items()},
        "Closing": Formula(f"{at['Opening']}{here}+{at['Received']}{here}{less}", row.closing),
    }
    return [values[name] for name in at]


class Quarters:
    """The rows by award, and the sheet."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.case = facts, facts.plan.case
        self.index = facts.plan.proposal.fiscal.index
        self.columns = tuple(column for column in QUARTERS if column is not SPENT_BEFORE or facts.before)
        self.at = letters(self.columns)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every award by quarter, as long as anything is charged, received or lapses."""
        return tuple(row for total in self.facts.awards for row in self._of_award(total.award))

    @cached_property
    def _spread(self) -> dict[tuple[str, int], dict[int, Fraction]]:
        rows = self.facts.plan.file.allocations
        units = [int(row.amount / self.facts.step) for row in rows]
        entries = [
            Entry(row.award, row.line, self.index[row.period], span(row.from_, row.until), amount, row.installment)
            for row, amount in zip(rows, units, strict=True)
        ]
        return spread_of(Ledger(self.case, entries))

    def _of_award(self, name: str) -> Iterator[Row]:
        award = self.facts.plan.proposal.award(name)
        back = reimbursed(award)
        found: list[Row] = []
        for days, index in self._pieces(name, back=back):
            row = self._next(name, days, index, found, lag_of(award) if back else None)
            found.append(row)
        while found and not (found[-1].charged or found[-1].received or found[-1].lapsed):
            found.pop()
        yield from found

    def _pieces(self, name: str, *, back: bool) -> Iterator[tuple[Interval, int | None]]:
        """Quarters of the plan, cut where a period begins, and those after it in which money still comes."""
        plan = self.facts.days
        for quarter in quarters(plan):
            for index, period in enumerate(self.facts.plan.proposal.periods):
                days = quarter.days.meet(period.days)
                if days.days:
                    yield days, index
        if back:
            lag = lag_of(self.facts.plan.proposal.award(name))
            last = quarter_of(plan.stop - 1).days.stop - 1 + lag
            yield from ((quarter.days, None) for quarter in quarters(Interval(plan.stop, last + 1)))

    def _next(self, name: str, days: Interval, index: int | None, above: Sequence[Row], lag: int | None) -> Row:
        """The next row of an award; ``lag`` where it pays back."""
        last = above[-1] if above else None
        period = self.facts.periods[index] if index is not None else ""
        start = quarter_of(days.start).days.start
        part = self._spread.get((name, index), {}).get(start, Fraction(0)) if index is not None else Fraction(0)
        exact = (last.exact if last else Fraction(0)) + part * Fraction(
            self.facts.ledger.total(award=name, period=period)
        )
        first = Row(
            name, quarter_of(days.start).name, period, days, lag is not None, part, exact, Fraction(0),
            NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING,
        )  # fmt: skip
        charged = self._whole(exact) - self._whole(last.exact if last else Fraction(0))
        if lag is not None:
            return self._paid_back(replace(first, charged=charged), above, lag)
        return self._ahead(replace(first, charged=charged), last)

    def _paid_back(self, row: Row, above: Sequence[Row], lag: int) -> Row:
        """What was charged up to the last quarter whose claim is paid by the end of this one has come."""
        paid = [i for i, each in enumerate(above) if quarter_of(each.days.start).days.stop - 1 + lag < row.days.stop]
        came = above[paid[-1]].exact if paid else Fraction(0)
        owed = max(NOTHING, self._whole(row.exact - came))
        before = above[-1].carried if above else NOTHING
        opening = above[-1].closing if above else NOTHING
        received = row.charged - owed + before
        up = len(above) - paid[-1] if paid else None
        return replace(row, came=came, opening=opening, received=received, carried=owed, paid_back=up)

    def _ahead(self, row: Row, last: Row | None) -> Row:
        """Money that comes by dates of its own; what was spent before the plan is gone from it."""
        parts = [part for part in self.facts.parts if part.award == row.award]
        end, first = row.days.last, row.days.first
        came = sum((part.amount for part in parts if part.received and part.received <= end), NOTHING)
        held = sum((part.amount for part in parts if part.received and part.received < first), NOTHING)
        spent = self.facts.spent_before(row.award)
        lapsed = sum(
            (p.lapses for p in parts if p.last and p.last <= end and (last is None or p.last >= first)), NOTHING
        )
        opening = last.closing if last else held
        owed = max(NOTHING, self._whole(row.exact - Fraction(came - spent)))
        moved = replace(row, opening=opening, received=came - held, lapsed=lapsed, carried=owed)
        return replace(moved, came=Fraction(came - spent), before=NOTHING if last else spent)

    def _whole(self, amount: Fraction) -> Decimal:
        return floor(amount / Fraction(self.facts.step)) * self.facts.step

    def sheet(self) -> Sheet | None:
        """The sheet; None where no award is charged or receives anything."""
        if not self.rows:
            return None
        to_date = {name: self.facts.wide + 3 for name in ("Charged to date", "Come to date", "Owed")}
        page = page_of(self.facts, "Cash by quarter", "result", self.columns, to_date)
        page.printed = len(self.columns) - NOT_PRINTED
        page.say("Cash by quarter: when money goes out, when it comes, and the float that you carry", "title")
        page.say(
            "Quarters of the calendar year. «Part of the period» is the part of what an award is charged in the period "
            "that arises in the quarter, by days; Charged is that part of the Allocation, in whole units."
        )
        page.say(
            "What is paid back comes so many days after the quarter's end (Award register). Float is what is charged "
            "to date and has not come: you carry it. A closing in parentheses is the same."
        )
        page.say(
            "Lapsed: of money that came in advance, what may no longer be used; it may have to be returned.", "note"
        )
        page.skip()
        if len(self.facts.awards) > 1:
            page.say("All awards", "heading")
            page.say(
                "The money of one award pays no cost of another: what you must find is the Float, not the Closing."
            )
            self._all(page)
            page.say("By award", "heading")
        first = page.row + 1
        page.table("tblQuarters", self.columns, (self._cells(row, first + i, i) for i, row in enumerate(self.rows)))
        page.freeze = (first, 3) if len(self.rows) > LONG else None
        return page.sheet()

    def _all(self, page: Page) -> None:
        """All awards together, quarter by quarter: what is there, and what must be carried."""
        columns = [Column("Awards", 16), *(column for column in self.columns[1:] if column.header not in OF_ONE)]
        at = {name: f"${column}" for name, column in letters(columns).items()}
        first = page.row + 1
        rows = enumerate(together(self.rows), first)
        page.table("tblQuartersAll", columns, (_of_all(row, here, at, first) for here, row in rows))
        page.skip()

    def _cells(self, row: Row, at: int, place: int) -> list[Value]:
        begins = place == 0 or self.rows[place - 1].award != row.award
        cell = {name: f"${column}{at}" for name, column in self.at.items()}
        above = {} if begins else {name: f"${column}{at - 1}" for name, column in self.at.items()}
        came, opening, received, lapsed = self._moving(row, at, cell, above)
        charged = f"{cell['Part of the period']}*SUMIFS({TABLE}[Amount],{TABLE}[Award],{cell['Award']}"
        charged += f",{TABLE}[Period],{cell['Period']})"
        to_date = f"{above['Charged to date']}+{charged}" if above else charged
        spent = Formula(f"SUMIFS(tblAwards[Spent before],tblAwards[Award],{cell['Award']})", row.before)
        less_of = [name for name in ("Spent before", "Charged", "Lapsed") if name in cell]
        less = f"-{self._down(above['Charged to date'])}" if above else ""
        return [
            row.award,
            row.quarter,
            row.period or None,
            row.days.first,
            row.days.last,
            Formula(opening, row.opening) if opening else NOTHING,
            Formula(received, row.received),
            *([spent if row.before else NOTHING] if self.facts.before else []),
            Formula(f"{self._down(cell['Charged to date'])}{less}", row.charged),
            Formula(lapsed, row.lapsed) if lapsed else NOTHING,
            Formula(
                "-".join([f"{cell['Opening']}+{cell['Received']}", *(cell[name] for name in less_of)]), row.closing
            ),
            Formula(f"MAX({self._down(cell['Charged to date'] + '-' + cell['Come to date'])},0)", row.carried),
            BACK if row.back else AHEAD,
            float(row.part),
            Formula(to_date, float(row.exact)) if row.period else Formula(above["Charged to date"], float(row.exact)),
            Formula(came, float(row.came)) if came else NOTHING,
            Formula(f"{cell['Charged to date']}-{cell['Come to date']}", float(row.exact - row.came)),
        ]

    def _moving(self, row: Row, at: int, cell: dict[str, str], above: dict[str, str]) -> tuple[str, str, str, str]:
        """Come to date, opening, received and lapsed, as formulas."""
        parts = f"tblInstallments[Award],{cell['Award']},tblInstallments"
        opening = above["Closing"] if above else ""
        if row.back:
            came = f"${self.at['Charged to date']}{at - row.paid_back}" if row.paid_back else ""
            received = f"{cell['Charged']}-{cell['Float']}" + (f"+{above['Float']}" if above else "")
            return came, opening, received, ""
        spent = f"-SUMIFS(tblAwards[Spent before],tblAwards[Award],{cell['Award']})" if self.facts.before else ""
        amount = f"SUMIFS(tblInstallments[Amount],{parts}[Received on]"
        since = f'">="&{cell["From"]},tblInstallments[Until],' if above else ""
        return (
            f'{amount},"<="&{cell["Until"]}){spent}',
            opening or f'{amount},"<"&{cell["From"]})',
            f'{amount},">="&{cell["From"]},tblInstallments[Received on],"<="&{cell["Until"]})',
            f'SUMIFS(tblInstallments[Lapses],{parts}[Until],{since}"<="&{cell["Until"]})',
        )

    def _down(self, amount: str) -> str:
        """An amount rounded down to whole units, as the plan does it."""
        return f"ROUNDDOWN(ROUND({amount},6),{0 if self.facts.step == 1 else 2})"
