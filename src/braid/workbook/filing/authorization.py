"""The spending authorization of settlement money: strategies with their codes, amounts and periods, for a board."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from braid.basics.words import codes_told
from braid.files.sheets import Formula, Sheet, Value
from braid.proposal import Award
from braid.workbook.charges import NOTHING
from braid.workbook.check import Check
from braid.workbook.facts import Facts, page_of
from braid.workbook.filing.form import FORM
from braid.workbook.filing.strategies import Spending, spendings
from braid.workbook.page import Column, Page

TITLE = "Authorization"
HOLDS = "Settlement money by strategy, amount and period, as a resolution or project ordinance must name them"
LISTS = {"NC": "Option A strategy", "CA": "High impact activity"}
SPENDING = (
    Column("Award", 18, "id"),
    Column("Strategy", 26, "id"),
    Column("Fiscal year", 12, "count"),
    Column("Direct cost and fringe", 0, "money"),
    Column("All direct and fringe", 0, "money"),
    Column("All indirect", 0, "money"),
    Column("Part of indirect", 0, "money"),
    Column("Spent", 0, "money"),
)
AMOUNT = 8
"""The column of the amount that is authorized."""


class Authorization:
    """The sheet, with the table ``tblStrategy`` behind it that other settlement forms add up."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.rows = tuple(spendings(facts))
        self.coded = any(row.award.codes for row in self.rows)

    def of(self, award: str = "", strategy: str = "", year: str = "") -> Decimal:
        """What is spent, of an award, on a strategy, in a fiscal year; of all where one is not named."""
        rows = (r for r in self.rows if award in {"", r.award.id} and strategy in {"", r.strategy.id})
        return sum((row.spent for row in rows if year in {"", row.year}), NOTHING)

    @property
    def pairs(self) -> list[tuple[Award, Spending]]:
        """Every award and strategy once, with a row that stands for it."""
        found = {(row.award.id, row.strategy.id): row for row in self.rows}
        return [(row.award, row) for _, row in sorted(found.items())]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Strategies add up to what settlement awards are charged."""
        awards = dict.fromkeys(row.award.id for row in self.rows)
        return tuple(
            Check(
                FORM,
                f"{TITLE}: {award}, strategy by strategy: all that is charged.",
                Formula(f'SUMIFS(tblStrategy[Spent],tblStrategy[Award],"{award}")', self.of(award)),
                Formula(f'SUMIFS(tblAwards[Charged],tblAwards[Award],"{award}")', self.facts.ledger.total(award=award)),
                award=award,
            )
            for award in awards
        )

    def sheet(self) -> Sheet | None:
        """The sheet; None where no settlement money is spent."""
        if not self.rows:
            return None
        facts = self.facts
        columns = self._columns()
        page = page_of(facts, TITLE, "form", columns)
        page.say("Spending authorization: settlement money by strategy, amount and period", "title")
        page.say(
            "A resolution or project ordinance names each strategy, its amount and its period before money is spent. "
            "Codes of Exhibit E are presumptions; confirm them with your State's list. Type in the resolution."
        )
        page.skip()
        first = page.row + 1
        rows = [self._cells(award, row, first + place) for place, (award, row) in enumerate(self.pairs)]
        page.table("tblAuthorized", columns, rows)
        rest = len(columns) - AMOUNT
        page.line(["All strategies", *[None] * (AMOUNT - 2), Formula("SUM(tblAuthorized[Amount])", self.of()),
                   *[None] * rest], ["total text"] * (AMOUNT - 1) + ["total"] + ["total text"] * rest)  # fmt: skip
        page.skip()
        self._behind(page)
        page.repeat = 0
        return page.sheet()

    def _columns(self) -> tuple[Column, ...]:
        state = self.facts.plan.proposal.jurisdiction.state
        return (
            Column("Award", 18, "id"),
            Column("Strategy", 26, "id"),
            Column("What it is", 28),
            Column("Exhibit E", 12, "id"),
            Column(LISTS.get(state, "State's own list"), 20),
            Column("From", 12, "date"),
            Column("Until", 12, "date"),
            Column("Amount", 0, "money"),
            Column("Resolution or ordinance", 24, "input text"),
            Column("Adopted on", 14, "input text"),
            *([Column("Codes", 20)] if self.coded else []),
        )

    def _cells(self, award: Award, row: Spending, at: int) -> list[Value]:
        charges = self.facts.ledger.charged(award=award.id, strategy=row.strategy.id)
        text = f"SUMIFS(tblStrategy[Spent],tblStrategy[Award],$A{at},tblStrategy[Strategy],$B{at})"
        return [
            award.id,
            row.strategy.id,
            row.strategy.name,
            row.strategy.exhibit,
            row.strategy.state_list or None,
            min(charge.first for charge in charges),
            max(charge.last for charge in charges),
            Formula(text, self.of(award.id, row.strategy.id)),
            None,
            None,
            *([codes_told(award.codes) or None] if self.coded else []),
        ]

    def _behind(self, page: Page) -> None:
        """The same year by year, common cost prorated among strategies."""
        page.say("Behind it: by fiscal year, indirect cost prorated among strategies", "heading")
        first = page.row + 1
        page.table("tblStrategy", SPENDING, self._spendings(first))

    def _spendings(self, first: int) -> Iterator[list[Value]]:
        places, begins = 0 if self.facts.step == 1 else 2, first
        for at, row in enumerate(self.rows, first):
            begins = at if row.first else begins
            charged = f'tblAllocation[Award],$A{at},tblAllocation[Period],$C{at}&"*"'
            common = f'SUMIFS(tblAllocation[Amount],{charged},tblAllocation[Kind],"indirect")'
            part = f"ROUNDDOWN(ROUND(IFERROR($D{at}*$F{at}/$E{at},0),6),{places})"
            if row.last:
                part = f"$F{at}" + (f"-SUM($G{begins}:$G{at - 1})" if at > begins else "")
            yield [
                row.award.id,
                row.strategy.id,
                row.year,
                Formula(f"SUMIFS(tblAllocation[Amount],{charged},tblAllocation[Strategy],$B{at})", row.direct),
                Formula(f"SUMIFS(tblAllocation[Amount],{charged})-$F{at}", row.every),
                Formula(common, row.common),
                Formula(part, row.part),
                Formula(f"$D{at}+$G{at}", row.spent),
            ]
