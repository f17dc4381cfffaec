"""The Cash flow: opening balance, received, charged, lapsed and closing, by award and period, with its identity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import cached_property

from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import TABLE, Key, word
from braid.workbook.page import FAIL, PASS, Column, Page, letters

ALL = "All awards"
SPENT_BEFORE = Column("Spent before", 0, "money")
BALANCE = (
    Column("Opening", 0, "money"),
    Column("Received", 0, "money"),
    SPENT_BEFORE,
    Column("Direct", 0, "money"),
    Column("Fringe", 0, "money"),
    Column("Indirect", 0, "money"),
    Column("Charged", 0, "money"),
    Column("Lapsed", 0, "money"),
    Column("Comes to", 0, "money"),
    Column("Closing", 0, "money"),
    Column("Difference", 0, "money"),
    Column("Result", 9, "verdict"),
)
KEYS = (
    Column("Award", 16, "id"),
    Column("Period", 20, "count"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
)
TO_DATE = (
    Column("Received to date", 0, "money"),
    Column("Spent to date", 0, "money"),
    Column("Charged to date", 0, "money"),
    Column("Lapsed to date", 0, "money"),
)
SUMMED = ("received", "before", "direct", "fringe", "indirect")
MORE = ("opening", "charged", "lapsed", "closing")
HEADS = {"before": SPENT_BEFORE.header}


@dataclass(frozen=True)
class Flow:
    """What moves in an award, or in all of them, over some days, in dollars."""

    opening: Decimal = NOTHING
    received: Decimal = NOTHING
    before: Decimal = NOTHING
    """What was spent before the plan of what is received."""
    direct: Decimal = NOTHING
    fringe: Decimal = NOTHING
    indirect: Decimal = NOTHING
    lapsed: Decimal = NOTHING

    @property
    def charged(self) -> Decimal:
        """Direct cost, fringe and indirect cost."""
        return self.direct + self.fringe + self.indirect

    @property
    def closing(self) -> Decimal:
        """What is left at the end."""
        return self.opening + self.received - self.before - self.charged - self.lapsed

    @classmethod
    def added(cls, flows: Iterable[Flow]) -> Flow:
        """Several of them together."""
        found = list(flows)
        return cls(*(sum((getattr(flow, each.name) for flow in found), NOTHING) for each in fields(cls)))


class Cash:
    """The sheet, and what its rows come to."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.periods = facts.plan.proposal.periods
        balance = tuple(column for column in BALANCE if column is not SPENT_BEFORE or facts.before)
        self.columns = (*KEYS, *balance)
        self.at = letters((*self.columns, *TO_DATE))
        """The letter of each column, by its header."""

    @cached_property
    def flows(self) -> dict[str, tuple[Flow, ...]]:
        """The flow of each award, period by period."""
        return {total.award: tuple(self._flows(total.award)) for total in self.facts.awards}

    def _flows(self, award: str) -> Iterator[Flow]:
        parts = [part for part in self.facts.parts if part.award == award]
        opening = _sum(p.amount - p.before for p in parts if p.received and p.received < self.facts.days.first)
        since = dt.date.min  # what lapsed before the plan lapses in its first period
        for period in self.periods:
            first, last = period.days.first, period.days.last
            charged = {
                kind: self.facts.ledger.total(award=award, period=period.name, kind=kind)
                for kind in ("direct", "fringe", "indirect")
            }
            flow = Flow(
                opening,
                _sum(part.amount for part in parts if part.received and first <= part.received <= last),
                _sum(part.before for part in parts if part.received and first <= part.received <= last),
                lapsed=_sum(part.lapses for part in parts if part.last and since < part.last <= last),
                **charged,
            )
            opening, since = flow.closing, last
            yield flow

    def whole(self, award: str) -> Flow:
        """The flow of an award over the whole plan."""
        flows = self.flows[award]
        total = Flow.added(flows)
        return replace(total, opening=flows[0].opening)

    def later(self, award: str) -> tuple[Decimal, Decimal]:
        """What an award brings only after the plan, though it may pay costs within it; and what of that is spent."""
        last = self.facts.days.last
        parts = [p for p in self.facts.parts if p.award == award and p.received and p.received > last]
        return _sum(part.amount for part in parts), _sum(part.before for part in parts)

    def sheet(self) -> Sheet:
        """The sheet: by award, by period, and by award and period."""
        page = page_of(self.facts, "Cash flow", "result", (*self.columns, *TO_DATE))
        page.locked = True
        page.printed = len(self.columns)
        spent = " - spent before" if self.facts.before else ""
        page.say("Cash flow: what each award receives, is charged and has left", "title")
        page.say(
            f"Opening + received{spent} - charged - lapsed comes to what stands under «Comes to»; Closing is added up "
            "anew, by dates, from Installments and the Allocation. Where the two are one, the word is PASS."
        )
        page.say(
            "A balance in parentheses is money that you carry until it comes; what comes when stands on Installments."
        )
        page.say(
            "Lapsed: what came in advance may have to be returned; what is paid back after the costs is never drawn."
        )
        if spent:
            page.say("Spent before: what of the money received was spent before this plan; Opening is without it.")
        page.skip()
        page.say("By award, over the whole plan", "heading")
        self._by_award(page)
        page.say("By period, all awards", "heading")
        self._by_period(page)
        page.say("By award and period", "heading")
        self._by_both(page)
        page.repeat = self.header
        return page.sheet()

    def _by_award(self, page: Page) -> None:
        days = self.facts.days
        span = str(self.periods[0]) if len(self.periods) == 1 else f"{self.periods[0]} to {self.periods[-1]}"
        self.header = page.row
        first = page.row + 1

        def rows() -> Iterator[list[Value]]:
            for row, total in enumerate(self.facts.awards, first):
                keys: list[Value] = [total.award, span, days.first, days.last]
                yield keys + self._totalled(row, self.whole(total.award), "Award", f"$A{row}", ends=True)

        page.table("tblCashAwards", self.columns, rows())
        page.verdicts.append(page.span(len(self.columns), first))
        whole = Flow.added(self.whole(total.award) for total in self.facts.awards)
        values = {"Comes to": whole.closing, "Difference": NOTHING}
        names = [column.header for column in self.columns[len(KEYS) : -1]]
        known = {HEADS.get(name, name.capitalize()): getattr(whole, name) for name in (*SUMMED, *MORE)} | values
        sums = [Formula(f"SUM(tblCashAwards[{name}])", known[name]) for name in names]
        page.line([ALL, None, None, None, *sums, None], ["total text"] * 4 + ["total"] * len(sums) + ["total text"])
        page.skip()

    def _by_period(self, page: Page) -> None:
        first = page.row + 1

        def rows() -> Iterator[list[Value]]:
            for row, (place, period) in enumerate(enumerate(self.periods), first):
                flow = Flow.added(flows[place] for flows in self.flows.values())
                keys: list[Value] = [ALL, period.name, period.days.first, period.days.last]
                yield keys + self._totalled(row, flow, "Period", f"$B{row}")

        page.table("tblCashPeriods", self.columns, rows())
        page.verdicts.append(page.span(len(self.columns), first))
        page.skip()

    def _by_both(self, page: Page) -> None:
        first = page.row + 1
        pairs = [(award, place) for award in self.flows for place in range(len(self.periods))]
        rows = [self._row(award, place, first + i) for i, (award, place) in enumerate(pairs)]
        page.table("tblCash", (*self.columns, *TO_DATE), rows)
        page.verdicts.append(page.span(len(self.columns), first))

    def _row(self, award: str, place: int, row: int) -> list[Value]:
        flows, period, cell = self.flows[award], self.periods[place], self._cell(row)
        flow, so_far = flows[place], Flow.added(flows[: place + 1])
        ledger, key, when = self.facts.ledger, Key(f"$A{row}", award), Key(f"$B{row}", period.name)
        by_now = f'"<="&$D{row}'
        kinds = [ledger.sum(award=key, period=when, kind=word(kind)) for kind in ("direct", "fringe", "indirect")]
        parts = [part for part in self.facts.parts if part.award == award and part.received]
        last = period.days.last
        brought = _sum(part.amount for part in parts if part.received and part.received <= last)
        spent = _sum(part.before for part in parts if part.received and part.received <= last)
        names = ("Received", "Spent", "Charged", "Lapsed")
        closing = "-".join(cell[f"{name} to date"] for name in names)
        return [
            award,
            period.name,
            period.days.first,
            period.days.last,
            self._opening(row, flow, first=not place),
            Formula(_installments("Amount", row, _within(row), "Received on"), flow.received),
            *self._spent(row, flow),
            *kinds,
            *self._closed(row, flow, closing, _lapsed(row, first=not place)),
            Formula(_installments("Amount", row, by_now, "Received on"), brought),
            Formula(_installments("Spent before", row, by_now, "Received on"), spent) if self.facts.before else NOTHING,
            Formula(f"SUMIFS({TABLE}[Amount],{TABLE}[Award],$A{row},{TABLE}[Until],{by_now})", so_far.charged),
            Formula(_installments("Lapses", row, by_now, "Until"), so_far.lapsed),
        ]

    def _cell(self, row: int) -> dict[str, str]:
        return {name: f"${column}{row}" for name, column in self.at.items()}

    def _opening(self, row: int, flow: Flow, *, first: bool) -> Formula:
        """What was received before the plan and not spent; in later periods, the closing of the one above."""
        if not first:
            return Formula(self._cell(row - 1)["Closing"], flow.opening)
        if not self.facts.before:
            return Formula(_installments("Amount", row, f'"<"&$C{row}', "Received on"), flow.opening)
        cell = self._cell(row)
        brought = f"{cell['Received to date']}-{cell['Received']}"
        return Formula(f"{brought}-{cell['Spent to date']}+{cell['Spent before']}", flow.opening)

    def _spent(self, row: int, flow: Flow) -> list[Value]:
        if not self.facts.before:
            return []
        return [Formula(_installments("Spent before", row, _within(row), "Received on"), flow.before)]

    def _closed(self, row: int, flow: Flow, closing: str, lapsed: str) -> list[Value]:
        """From Charged to Result: the identity, worked out once by the row and once anew."""
        cell = self._cell(row)
        spent = f"-{cell['Spent before']}" if self.facts.before else ""
        comes = f"{cell['Opening']}+{cell['Received']}{spent}-{cell['Charged']}-{cell['Lapsed']}"
        return [
            Formula(f"SUM({cell['Direct']}:{cell['Indirect']})", flow.charged),
            Formula(lapsed, flow.lapsed),
            Formula(f"ROUND({comes},2)", flow.closing),
            Formula(closing, flow.closing),
            Formula(f"ROUND({cell['Comes to']}-{cell['Closing']},2)", NOTHING),
            Formula(f'IF({cell["Difference"]}=0,"{PASS}","{FAIL}")', PASS),
        ]

    def _totalled(self, row: int, flow: Flow, column: str, key: str, *, ends: bool = False) -> list[Value]:
        """Sums over the rows by award and period; over several periods, the first opening and the last closing."""

        def summed(name: str, more: str = "") -> str:
            return f"SUMIFS(tblCash[{name}],tblCash[{column}],{key}{more})"

        opens, closes = (f",tblCash[From],$C{row}", f",tblCash[Until],$D{row}") if ends else ("", "")
        heads = {name: HEADS.get(name, name.capitalize()) for name in SUMMED}
        return [
            Formula(summed("Opening", opens), flow.opening),
            *(Formula(summed(head), getattr(flow, name)) for name, head in heads.items() if head in self.at),
            *self._closed(row, flow, summed("Closing", closes), summed("Lapsed")),
        ]


def _within(row: int) -> str:
    """Two conditions: on or after the first day, and by the last."""
    return f'">="&$C{row},tblInstallments[Received on],"<="&$D{row}'


def _installments(column: str, row: int, condition: str, date: str) -> str:
    table = "tblInstallments"
    return f"SUMIFS({table}[{column}],{table}[Award],$A{row},{table}[{date}],{condition})"


def _lapsed(row: int, *, first: bool) -> str:
    """What lapses in a period; in the first, what lapsed before it as well."""
    since = "" if first else f'">="&$C{row},tblInstallments[Until],'
    return _installments("Lapses", row, f'{since}"<="&$D{row}', "Until")


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)
