"""Limits that are no plain sum, as formulas all the same: who pays a line, steps of effort, and the float."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from braid.files.sheets import Formula
from braid.judge.limit import Limit
from braid.workbook.answer.quarters import BACK, Quarters
from braid.workbook.facts import Facts
from braid.workbook.ledger import TABLE, Key, word
from braid.workbook.scope import AWARD, BASE, GOES_BY, LAST, LINE, MARK, PERIOD, SHARE, Live, Scope


def _payers(facts: Facts, limit: Limit, line: str, period: str) -> set[str]:
    charged = facts.ledger.charged(line=line, period=period, kind="direct")
    return {row.award for row in charged if row.amount and (limit.awards is None or row.award in limit.awards)}


def _payer(facts: Facts, limit: Limit, row: int) -> Live:
    """How many of the awards that the row names pay the line."""
    line, period = limit.line or "", facts.periods[limit.key[1]]
    named = f";{';'.join(sorted(limit.awards or ()))};"
    keys = f"{TABLE}[Award],tblAwards[Award],{TABLE}[Line],${LINE}{row},{TABLE}[Period],${PERIOD}{row}"
    among = f'COUNTIF(${MARK}{row},"*;"&tblAwards[Award]&";*")'
    text = f"SUMPRODUCT((SUMIFS({TABLE}[Amount],{keys})>0)*{among})"
    actual = Formula(text, len(_payers(facts, limit, line, period)))
    return Live(actual, Decimal(limit.bound), Scope(line=line, period=period, mark=named))


def _effort(facts: Facts, limit: Limit, row: int) -> Live:
    """How far an award's part of a person is from a whole number of steps; a single payer may pay any part."""
    line, period = limit.line or "", facts.periods[limit.key[1]]
    need = facts.money(limit.bound)
    needed = Formula(
        f"SUMIFS(tblNeeds[Direct],tblNeeds[Line],${LINE}{row},tblNeeds[Period],${PERIOD}{row})",
        found.direct if (found := facts.need_of.get((line, period))) else need,
    )
    award, named, when = Key(f"${AWARD}{row}", limit.award), Key(f"${LINE}{row}", line), Key(f"${PERIOD}{row}", period)
    mine = facts.ledger.sum(award=award, line=named, period=when, kind=word("direct"))
    units, exact = Fraction(mine.value) / Fraction(facts.step), (limit.share or Fraction(0)) * limit.bound
    several = len({charge.award for charge in facts.ledger.charged(line=line, period=period, kind="direct")}) > 1
    off = abs(units - round(units / exact) * exact) * Fraction(facts.step) if several and exact else Fraction(0)
    mine_at, step = f"${BASE}{row}", Formula(f"${SHARE}{row}*{needed.text}", float(exact * Fraction(facts.step)))
    every = facts.ledger.sum(line=named, period=when, kind=word("direct"))
    text = f"IF({mine_at}={every.text},0,ABS({mine_at}-ROUND({mine_at}/${GOES_BY}{row},0)*${GOES_BY}{row}))"
    most = Decimal(exact.denominator - 1) / exact.denominator * facts.step
    scope = Scope(award=limit.award, line=line, period=period, share=limit.share, base=mine, goes_by=step)
    return Live(Formula(text, float(off)), most, scope)


def _float(facts: Facts, limit: Limit, row: int) -> Live:
    """What is charged to date and has not come, of all awards that pay back, as Cash by quarter has it."""
    last = dt.date.fromordinal(limit.by_day or 1)
    rows = [each for each in Quarters(facts).rows if each.back and each.days.last == last]
    owed = sum((each.exact - each.came for each in rows), Fraction(0))
    keys = f'tblQuarters[Until],${LAST}{row},tblQuarters[Payment],"{BACK}"'
    text = f"SUMIFS(tblQuarters[Owed],{keys})"
    most = facts.money(limit.bound)
    charged = [charge for charge in facts.ledger.charges if charge.award in (limit.awards or ())]
    rounded = sum(1 for charge in charged if charge.kind != "direct" or charge.rate)
    return Live(Formula(text, float(owed)), facts.setting("Float", most) or most, Scope(last=last), rounded)


CHOICES: dict[str, Callable[[Facts, Limit, int], Live]] = {"payer": _payer, "effort": _effort, "float": _float}
"""These kinds."""
