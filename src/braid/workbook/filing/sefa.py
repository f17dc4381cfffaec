"""A preview of the schedule of expenditures of federal awards (SEFA), by fiscal year (2 CFR 200.510(b))."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from braid.basics.words import codes_told
from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.charges import NOTHING
from braid.workbook.check import Check
from braid.workbook.facts import Facts, page_of
from braid.workbook.filing.form import FORM, Filed
from braid.workbook.filing.strategies import years
from braid.workbook.page import Column

TITLE = "SEFA preview"
HOLDS = "Federal expenditures by Assistance Listing, pass-through and fiscal year, with what goes to subrecipients"
COLUMNS = (
    Column("Assistance Listing", 12, "id"),
    Column("Program", 40),
    Column("Award", 16, "id"),
    Column("Federal agency", 16),
    Column("Pass-through entity", 20),
    Column("Identifying number", 18, "id"),
    Column("Fiscal year", 11, "count"),
    Column("Planned", 0, "money"),
    Column("Spent before", 0, "money"),
    Column("Expenditures", 0, "money"),
    Column("To subrecipients", 0, "money"),
)
LISTED = Column("All of the listing", 0, "money")
"""What all awards of one Assistance Listing spend (2 CFR 200.510(b)); left out where each has one of its own."""
CODES = Column("Codes", 22)
"""Of the award; left out where none has any."""
SUBAWARDS = (
    Column("Award", 16, "id"),
    Column("Line", 36, "id"),
    Column("Agreement", 24, "id"),
    Column("Fiscal year", 12, "count"),
    Column("Amount", 0, "money"),
)


class Sefa:
    """The sheet, and its check."""

    def __init__(self, facts: Facts, awards: Sequence[Filed]) -> None:
        self.facts, self.awards, self.years = facts, awards, years(facts)
        self.subawards = self._subawards()
        self.coded = any(filed.award.codes for filed in awards)
        listings = [filed.listing for filed in awards if filed.listing]
        self.shared = len(set(listings)) < len(listings)

    def _subawards(self) -> dict[tuple[str, str, str, str], Decimal]:
        """What is paid under subaward agreements, by award, line, agreement and fiscal year."""
        found: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
        for filed in self.awards:
            for charge in self.facts.ledger.charged(award=filed.id, kind="direct"):
                agreement = self.facts.plan.proposal.cost(charge.line).line.subaward
                if agreement:
                    found[filed.id, charge.line, agreement, charge.period[:6]] += charge.amount
        return found

    def sheet(self) -> Sheet | None:
        """The sheet; None without federal money."""
        if not self.awards:
            return None
        columns = (*COLUMNS, *([LISTED] if self.shared else []), *([CODES] if self.coded else []))
        page = page_of(self.facts, TITLE, "form", columns)
        page.say("SEFA preview: expenditures of federal awards, as planned", "title")
        page.say(
            "The schedule itself rests on the books. A single audit is due where federal expenditures of a fiscal year "
            "reach the threshold of 2 CFR 200.501. «To subrecipients» is what is paid under subaward agreements."
        )
        page.say(f"For the notes to the schedule: {self._rate()} (2 CFR 200.510(b)(6)).")
        page.skip()
        first = page.row + 1
        pairs = [(filed, year) for filed in self.awards for year in self.years if self._shown(filed, year)]
        page.table("tblSEFA", columns, (self._cells(*pair, first + place) for place, pair in enumerate(pairs)))
        for year in self.years:
            more = [None] * (self.shared + self.coded)
            page.line([*self._total(year), *more], ["total text"] * 7 + ["total"] * 4 + ["total text"] * len(more))
        if self.subawards:
            page.skip()
            page.say("Subawards", "heading")
            top = page.row + 1
            rows = [self._subaward(key, top + place) for place, key in enumerate(sorted(self.subawards))]
            page.table("tblSubawards", SUBAWARDS, rows)
            page.repeat = 0
        return page.sheet()

    def _rate(self) -> str:
        """Whether the recipient elected the de minimis rate of indirect cost."""
        kinds = {rate.kind for rate in map(self.facts.plan.proposal.rate, self.years) if rate and rate.rate}
        if not kinds:
            return "no rate of indirect cost is stated"
        return "the de minimis rate is elected" if "de-minimis" in kinds else "the de minimis rate is not elected"

    def _listed(self, filed: Filed, year: str, at: int) -> list[Value]:
        """What all awards of its listing spend in the year."""
        if not self.shared:
            return []
        alike = [
            each for each in self.awards if each.id == filed.id or (filed.listing and each.listing == filed.listing)
        ]
        value = sum((self._planned(each.id, year) + self._before(each, year) for each in alike), NOTHING)
        keys = f"tblSEFA[Assistance Listing],$A{at}" if filed.listing else f"tblSEFA[Award],$C{at}"
        return [Formula(f"SUMIFS(tblSEFA[Expenditures],{keys},tblSEFA[Fiscal year],$G{at})", value)]

    def _shown(self, filed: Filed, year: str) -> bool:
        return bool(self._planned(filed.id, year) or self._before(filed, year))

    def _planned(self, award: str, year: str) -> Decimal:
        rows = self.facts.ledger.charged(award=award)
        return sum((charge.amount for charge in rows if charge.period.startswith(year)), NOTHING)

    def _before(self, filed: Filed, year: str) -> Decimal:
        """What was spent before this plan and falls in the fiscal year."""
        rows = (each for each in filed.award.spent_before if (each.period or "").startswith(year))
        return sum((self.facts.money(each.amount // self.facts.cents) for each in rows), NOTHING)

    def _passed(self, award: str, year: str) -> Decimal:
        return sum((v for (name, _, _, y), v in self.subawards.items() if name == award and y == year), NOTHING)

    def _cells(self, filed: Filed, year: str, at: int) -> list[Value]:
        planned, before = self._planned(filed.id, year), self._before(filed, year)
        keys = f'tblAllocation[Award],$C{at},tblAllocation[Period],$G{at}&"*"'
        passed: Value = NOTHING
        if self.subawards:
            under = f"tblSubawards[Award],$C{at},tblSubawards[Fiscal year],$G{at}"
            passed = Formula(f"SUMIFS(tblSubawards[Amount],{under})", self._passed(filed.id, year))
        return [
            filed.listing,
            filed.program.name,
            filed.id,
            filed.agency or None,
            filed.award.pass_through or "direct",
            filed.award.fain or filed.award.award_number,
            year,
            Formula(f"SUMIFS(tblAllocation[Amount],{keys})", planned),
            before,
            Formula(f"SUM($H{at}:$I{at})", planned + before),
            passed,
            *self._listed(filed, year, at),
            *([codes_told(filed.award.codes) or None] if self.coded else []),
        ]

    def _total(self, year: str) -> list[Value]:
        planned = sum((self._planned(filed.id, year) for filed in self.awards), NOTHING)
        before = sum((self._before(filed, year) for filed in self.awards), NOTHING)
        passed = sum((self._passed(filed.id, year) for filed in self.awards), NOTHING)
        amounts = {"Planned": planned, "Spent before": before, "Expenditures": planned + before}
        amounts["To subrecipients"] = passed
        sums = [
            Formula(f'SUMIFS(tblSEFA[{name}],tblSEFA[Fiscal year],"{year}")', value) for name, value in amounts.items()
        ]
        return [None, f"All federal awards, {year}", *[None] * 5, *sums]

    def _subaward(self, key: tuple[str, str, str, str], at: int) -> list[Value]:
        award, line, agreement, year = key
        charged = f'tblAllocation[Award],$A{at},tblAllocation[Line],$B{at},tblAllocation[Period],$D{at}&"*"'
        total = Formula(f"SUMIFS(tblAllocation[Amount],{charged})", self.subawards[key])
        return [award, line, agreement, year, total]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Planned expenditures are what federal awards are charged."""
        found: list[Check] = []
        for filed in self.awards:
            charged = self.facts.ledger.total(award=filed.id)
            left = Formula(f'SUMIFS(tblSEFA[Planned],tblSEFA[Award],"{filed.id}")', charged)
            right = Formula(f'SUMIFS(tblAwards[Charged],tblAwards[Award],"{filed.id}")', charged)
            told = f"{TITLE}: {filed.id}, year by year: all that is charged."
            found.append(Check(FORM, told, left, right, award=filed.id))
        return tuple(found)
