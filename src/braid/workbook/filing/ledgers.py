"""For the books: the budget load by code combination, the budget amendment, the SEFA preview and the true-up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import get_args

from braid.files.sheets import Formula, Sheet, Value, letter
from braid.proposal.amounts import Category
from braid.workbook.charges import INDIRECT, NOTHING
from braid.workbook.check import Check
from braid.workbook.facts import Facts, page_of
from braid.workbook.filing.form import FORM
from braid.workbook.ledger import TABLE, Key, word
from braid.workbook.page import Column, Made

LOAD, AMENDMENT, TRUE_UP = "Budget load", "Budget amendment", "True-up"
LOAD_HOLDS = "One row for each combination of codes, object class and period, for the ledger"
AMENDMENT_HOLDS = "Adopted, change and revised budget by award and object class; revenue equals expenditure"
TRUE_UP_HOLDS = "Budget against actual by line and period: type in what was spent"
CLASSES = (*get_args(Category), "indirect")


# ------------------------------------------------------------ budget load


def load(facts: Facts) -> Sheet | None:
    """What each combination of codes is budgeted in each period; None where the plan has no codes."""
    sets = facts.code_sets
    if not sets:
        return None
    names = sorted({name for _, codes in sets for name, _ in codes})
    columns = (
        Column("Code set", 10, "count"),
        Column("Award", 18, "id"),
        *(Column(f"Code: {name}", 18, "id") for name in names),
        Column("Object class", 16),
        Column("Period", 11, "count"),
        Column("Amount", 0, "money"),
    )
    page = page_of(facts, LOAD, "form", columns)
    page.say("Budget load: one row for each combination of codes, object class and period", "title")
    page.say("Codes are those of the award, the position and the line; the later win. Amounts add up the Allocation.")
    page.skip()
    amounts: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
    for charge in facts.ledger.charges:
        amounts[sets[charge.award, charge.codes], charge.object_class, charge.period] += charge.amount
    by_number = {number: key for key, number in sets.items()}
    order = {period: place for place, period in enumerate(facts.periods)}
    at, kind, period = page.row + 1, letter(len(names) + 3), letter(len(names) + 4)
    rows: list[list[Value]] = []
    for key in sorted(amounts, key=lambda key: (key[0], CLASSES.index(key[1]), order[key[2]])):
        award, codes = by_number[key[0]]
        row = at + len(rows)
        of = f"{TABLE}[Code set],$A{row},{TABLE}[Object class],${kind}{row},{TABLE}[Period],${period}{row}"
        total = Formula(f"SUMIFS({TABLE}[Amount],{of})", amounts[key])
        rows.append([key[0], award, *(dict(codes).get(code) for code in names), *key[1:], total])
    page.table("tblLoad", columns, rows)
    foot = ["All rows", *[None] * (len(names) + 3), Formula("SUM(tblLoad[Amount])", facts.ledger.total())]
    page.line(foot, ["total text"] * (len(names) + 4) + ["total"])
    return page.sheet()


def load_checks(facts: Facts) -> tuple[Check, ...]:
    """The budget load is all that is charged."""
    if not facts.code_sets:
        return ()
    left = Formula("SUM(tblLoad[Amount])", facts.ledger.total())
    return (Check(FORM, f"{LOAD}, all rows: the Allocation.", left, facts.ledger.sum()),)


# ------------------------------------------------------------ budget amendment


class Amendment:
    """The sheet of the budget amendment, and its checks."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.charged = [total.award for total in facts.awards if facts.ledger.charged(award=total.award)]

    def _before(self, award: str) -> dict[str, Decimal]:
        """What was charged before this plan, by object class."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for each in self.facts.before.rows:
            if each.award == award:
                found[each.object_class] += each.amount
        return found

    def _approved(self, award: str) -> dict[str, Decimal]:
        found: dict[str, Decimal] = defaultdict(Decimal)
        for each in self.facts.classes:
            if each.award == award and each.approved:
                found[each.name] += each.approved
        return found

    def sheet(self) -> Sheet | None:
        """The sheet; None where nothing is charged."""
        if not self.charged:
            return None
        columns = self._columns()
        page = page_of(self.facts, AMENDMENT, "form", columns)
        page.say("Budget amendment: adopted, change, revised", "title")
        page.say(
            "Type in what is adopted; where the funder approved a budget, it stands there. Revised is what was spent "
            "before and what this plan charges, period by period. Revenue and expenditure of each award are equal."
        )
        page.skip()
        first = page.row + 1
        rows = [self._cells(*each, first + place) for place, each in enumerate(self._rows())]
        page.table("tblAmendment", columns, rows)
        page.amounts.append(page.span(4, first))
        for side in ("Revenue", "Expenditure"):
            cells = self._total(side)
            page.line([f"All {side.lower()}", None, None, *cells], ["total text"] * 3 + ["total"] * len(cells))
        return page.sheet()

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("Side", 17),
            Column("Award", 20, "id"),
            Column("Object class", 16),
            Column("Adopted", 0, "input"),
            Column("Change", 0, "money"),
            Column("Revised", 0, "money"),
            Column("Spent before", 0, "money"),
            *(Column(f"In {period}", 0, "money") for period in self.facts.periods),
        )

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        for award in self.charged:
            yield "Revenue", award, ""
        for award in self.charged:
            named = {*self._approved(award), *self._before(award)}
            named |= {charge.object_class for charge in self.facts.ledger.charged(award=award)}
            yield from (("Expenditure", award, name) for name in CLASSES if name in named)

    def _cells(self, side: str, award: str, name: str, at: int) -> list[Value]:
        facts = self.facts
        approved, before = self._approved(award), self._before(award)
        said = "SUMIFS(tblClasses[Approved],tblClasses[Award],$B{at}{more})"
        key, last = Key(f"$B{at}", award), letter(7 + len(facts.periods))
        if side == "Revenue":
            adopted = Formula(said.format(at=at, more=""), sum(approved.values(), NOTHING)) if approved else None
            spent = facts.before.sum(award=key) if before else NOTHING
            by_period = [self._revenue(award, period, at) for period in facts.periods]
        else:
            cell, own = Key(f"$C{at}", name), f",tblClasses[Object class],$C{at}"
            adopted = Formula(said.format(at=at, more=own), approved.get(name, NOTHING)) if approved else None
            spent = facts.before.sum(award=key, object_class=cell) if before else NOTHING
            sum_of = facts.ledger.sum
            by_period = [sum_of(award=key, period=word(each), object_class=cell) for each in facts.periods]
        was = Decimal(spent.value) if isinstance(spent, Formula) else spent
        revised = was + sum((Decimal(each.value) for each in by_period), NOTHING)
        return [
            side,
            award,
            name or None,
            adopted,
            Formula(f"$F{at}-$D{at}", revised - (Decimal(adopted.value) if adopted else NOTHING)),
            Formula(f"SUM($G{at}:${last}{at})", revised),
            spent,
            *by_period,
        ]

    def _revenue(self, award: str, period: str, at: int) -> Formula:
        """What the award is to bring in a period: what Cash flow says that it is charged."""
        charged = self.facts.ledger.total(award=award, period=period)
        keys = f'tblCash[Award],$B{at},tblCash[Period],"{period}"'
        return Formula(f"SUMIFS(tblCash[Charged],{keys})", charged)

    def _total(self, side: str) -> list[Formula]:
        """The sums of one side, column by column."""
        approved = sum((sum(self._approved(award).values(), NOTHING) for award in self.charged), NOTHING)
        before = sum((sum(self._before(award).values(), NOTHING) for award in self.charged), NOTHING)
        by_period = [self.facts.ledger.total(period=period) for period in self.facts.periods]
        revised = before + sum(by_period, NOTHING)
        values = [approved, revised - approved, revised, before, *by_period]
        names = [column.header for column in self._columns()[3:]]
        return [
            Formula(f'SUMIFS(tblAmendment[{name}],tblAmendment[Side],"{side}")', value)
            for name, value in zip(names, values, strict=True)
        ]

    def _revised(self, award: str, side: str, value: Decimal) -> Formula:
        keys = f'tblAmendment[Award],"{award}",tblAmendment[Side],"{side}"'
        return Formula(f"SUMIFS(tblAmendment[Revised],{keys})", value)

    def checks(self) -> tuple[Check, ...]:
        """Revenue equals expenditure, award by award."""
        found: list[Check] = []
        for award in self.charged:
            revised = self.facts.ledger.total(award=award) + sum(self._before(award).values(), NOTHING)
            one, other = (self._revised(award, side, revised) for side in ("Revenue", "Expenditure"))
            found.append(Check(FORM, f"{AMENDMENT}: {award}, revenue equals expenditure.", one, other, award=award))
        return tuple(found)


# ------------------------------------------------------------ true-up


TRUE_UP_COLUMNS = (
    Column("Award", 18, "id"),
    Column("Line", 34, "id"),
    Column("Kind", 10),
    Column("Period", 10, "count"),
    Column("Budget", 0, "money"),
    Column("Actual", 0, "input"),
    Column("Difference", 0, "money"),
    Column("Note", 40, "input text"),
)


def true_up(facts: Facts) -> Sheet | None:
    """Budget against actual, by line and period; None where nothing is charged."""
    amounts: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
    for charge in facts.ledger.charges:
        amounts[charge.award, charge.line, charge.kind, charge.period] += charge.amount
    if not amounts:
        return None
    page = page_of(facts, TRUE_UP, "form", TRUE_UP_COLUMNS)
    page.say("True-up: budget against actual, by line and period", "title")
    page.say(
        "Budget estimates alone do not support a charge to a federal award (2 CFR 200.430). Type in what records of "
        "work done and of things bought support; the difference is what remains to be charged, or to be taken back."
    )
    page.skip()
    first = page.row + 1
    order = {period: place for place, period in enumerate(facts.periods)}

    def place(key: tuple[str, str, str, str]) -> tuple[object, ...]:
        award, line, kind, period = key
        return award, line == INDIRECT, line, kind, order[period]

    def row_of(key: tuple[str, str, str, str], at: int) -> Sequence[Value]:
        row, (award, line, kind, period) = first + at, key
        budget = facts.ledger.sum(
            award=Key(f"$A{row}", award),
            line=Key(f"$B{row}", line),
            kind=Key(f"$C{row}", kind),
            period=Key(f"$D{row}", period),
        )
        return [*key, budget, None, Formula(f"$E{row}-$F{row}", budget.value), None]

    page.table("tblTrueUp", TRUE_UP_COLUMNS, Made(sorted(amounts, key=place), row_of))
    page.amounts.append(page.span(6, first))
    sums = {"Budget": facts.ledger.total(), "Actual": NOTHING, "Difference": facts.ledger.total()}
    cells = [Formula(f"SUM(tblTrueUp[{name}])", value) for name, value in sums.items()]
    page.line(["All lines", None, None, None, *cells, None], ["total text"] * 4 + ["total"] * 3 + ["total text"])
    return page.sheet()


def true_up_checks(facts: Facts) -> tuple[Check, ...]:
    """The budget of the true-up is the Allocation."""
    if not facts.ledger.charges:
        return ()
    left = Formula("SUM(tblTrueUp[Budget])", facts.ledger.total())
    return (Check(FORM, f"{TRUE_UP}, all lines: the Allocation.", left, facts.ledger.sum()),)
