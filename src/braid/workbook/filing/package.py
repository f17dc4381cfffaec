"""All forms of a plan in the order of the workbook, with what each holds and the checks that they bring.

A form that does not apply is left out: a plan without federal money has no SF-424A.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from braid.files.sheets import Sheet
from braid.workbook.check import Check
from braid.workbook.facts import Facts
from braid.workbook.filing import authorization, detail, funds, ledgers, report, sf424a, sf425
from braid.workbook.filing.authorization import Authorization
from braid.workbook.filing.beside import Beside
from braid.workbook.filing.detail import Detail
from braid.workbook.filing.form import Filed, Part, filed_awards, titled
from braid.workbook.filing.funds import Statement
from braid.workbook.filing.income import Income
from braid.workbook.filing.ledgers import Amendment, load, load_checks, true_up, true_up_checks
from braid.workbook.filing.report import AnnualReport
from braid.workbook.filing.sefa import HOLDS as SEFA_HOLDS
from braid.workbook.filing.sefa import Sefa
from braid.workbook.filing.sf425 import Report

ROLE = "form"


@dataclass(frozen=True)
class Filing:
    """The sheets that are filed, what each holds, and what must hold on them."""

    parts: tuple[Part, ...]

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets in order."""
        return tuple(sheet for part in self.parts for sheet in part.sheets)

    @property
    def checks(self) -> tuple[Check, ...]:
        """What must hold on them."""
        return tuple(check for part in self.parts for check in part.checks)

    @cached_property
    def roles(self) -> dict[str, tuple[str, str]]:
        """Role and content of each sheet, by its title."""
        return {sheet.title: (ROLE, part.holds) for part in self.parts for sheet in part.sheets}


def filing(facts: Facts) -> Filing:
    """Every form that applies to a plan."""
    return Filing(tuple(part for part in _parts(facts) if part.sheets))


def _parts(facts: Facts) -> Iterator[Part]:
    awards = filed_awards(facts)
    beside, income = Beside(facts), Income(facts, awards)
    yield from _budgets(awards, beside, income)
    financial = Report(facts, awards, beside, income)
    yield Part(_some(financial.sheet()), sf425.HOLDS, financial.checks)
    authorized = Authorization(facts)
    yield Part(_some(authorized.sheet()), authorization.HOLDS, authorized.checks)
    statement = Statement(facts, authorized)
    yield Part(_some(statement.sheet()), funds.HOLDS, statement.checks)
    annual = AnnualReport(statement)
    yield Part(_some(annual.sheet()), report.HOLDS, annual.checks)
    amendment, sefa = Amendment(facts), Sefa(facts, awards)
    yield Part(_some(load(facts)), ledgers.LOAD_HOLDS, load_checks(facts))
    yield Part(_some(amendment.sheet()), ledgers.AMENDMENT_HOLDS, amendment.checks())
    yield Part(_some(sefa.sheet()), SEFA_HOLDS, sefa.checks)
    yield Part(_some(true_up(facts)), ledgers.TRUE_UP_HOLDS, true_up_checks(facts))
    yield _one(beside.sheet(), "Match and pledges parted by object class and source, for the forms of federal awards")
    yield _one(income.sheet(), "What other payers bring to activities of federal awards, award by award")
    yield _one(facts.budget_years.sheet(), "Budget periods and years that the forms of federal awards go by")


def _one(sheet: Sheet | None, holds: str) -> Part:
    return Part(_some(sheet), holds)


def _some(sheet: Sheet | None) -> tuple[Sheet, ...]:
    return (sheet,) if sheet is not None else ()


def _budgets(awards: tuple[Filed, ...], beside: Beside, income: Income) -> Iterator[Part]:
    """For each federal award the SF-424A and the detailed budget, which must equal it."""
    names = [filed.id for filed in awards]
    forms, details = titled("SF-424A", names), titled("Detail", names)
    for filed in awards:
        form = sf424a.Form424A(filed, forms[filed.id], beside, income)
        yield Part((form.sheet(),), sf424a.HOLDS, form.checks)
        budget = Detail(filed, details[filed.id], beside, form.section_b)
        yield Part((budget.sheet(),), detail.HOLDS, budget.checks)
