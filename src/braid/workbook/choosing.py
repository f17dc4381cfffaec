"""Limits that are no plain sum, as formulas all the same: who pays a line, whole units, steps of effort, the float."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from braid.files.sheets import Formula
from braid.judge.limit import Limit
from braid.workbook.answer.quarters import BACK, Quarters
from braid.workbook.entered import in_units
from braid.workbook.facts import Facts
from braid.workbook.ledger import AMOUNT, EVERYTHING, TABLE, Key, Span, word
from braid.workbook.marks import person
from braid.workbook.needs import said_of
from braid.workbook.nouns import NeedRow
from braid.workbook.scope import ACTUAL, AWARD, BASE, BEFORE, GOES_BY, LAST, LINE, MARK, PERIOD, SHARE, Live, Scope
from braid.workbook.times import column_of_cost


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


def _units(facts: Facts, limit: Limit, row: int) -> Live:
    """What is paid, and the largest whole number of units within it."""
    line, period, each = limit.line or "", facts.periods[limit.key[1]], facts.money(limit.bound)
    named, when = Key(f"${LINE}{row}", line), Key(f"${PERIOD}{row}", period)
    paid = facts.ledger.sum(line=named, period=when, kind=word("direct"))
    need = facts.need_of.get((line, period))
    entered = said_of(facts, need).get("Entered") if need else None
    text = f"SUMIFS(tblNeeds[Entered],tblNeeds[Line],${LINE}{row},tblNeeds[Period],${PERIOD}{row})"
    cost = in_units(None if entered is None else Formula(text, float(entered)), each, facts.step)
    bound = Formula(f"${BASE}{row}*INT(ROUND(${ACTUAL}{row}/${BASE}{row},6))", Decimal(paid.value) // each * each)
    return Live(paid, bound, Scope(line=line, period=period, base=cost or each))


def _effort(facts: Facts, limit: Limit, row: int) -> Live:
    """How far an award's part of a person is from a whole number of steps; a single payer may pay any part."""
    period, lines = facts.periods[limit.index or 0], sorted(limit.lines or ())
    several, apart = len(lines) > 1, facts.marks.besides_some(limit)
    mark = person(limit) if several or apart or facts.plan.proposal.cost(lines[0]).line.position else ""
    span = Span(mark=(f"${MARK}{row}", mark)) if several or apart else EVERYTHING
    award, when = Key(f"${AWARD}{row}", limit.award), Key(f"${PERIOD}{row}", period)
    of: dict[str, Key] = {"period": when} if several else {"line": Key(f"${LINE}{row}", lines[0]), "period": when}
    mine = facts.ledger.sum(span, AMOUNT, award=award, **of, kind=word("direct"))
    before = facts.before.sum(span, award=award, **of) if facts.before else None
    every = facts.ledger.sum(span, AMOUNT, **of, kind=word("direct"))
    mine_at, off = f"${BASE}{row}", _off(facts, limit)
    shared = f"{mine_at}*({mine_at}-{every.text})"
    if apart:
        others = f'SUMIFS({TABLE}[Amount],{TABLE}[Counts in],"*;beside "&{award.cell}&" "&${MARK}{row}&";*"'
        shared = f"{mine_at}*{others},{TABLE}[Period],{when.cell})"  # the mark is that of `marks.beside`
    part = f"(${BASE}{row}+${BEFORE}{row})" if before is not None else f"${BASE}{row}"
    step = f"${GOES_BY}{row}"
    text = f"IF({shared},ABS({part}-ROUND({part}/{step},0)*{step}),0)".replace("$", "")  # all of its own row: short
    denominator = (limit.step or Fraction(1)).denominator
    most = Decimal(denominator - 1) / denominator * facts.step
    scope = Scope(
        award=limit.award,
        line=lines[0],
        period=period,
        mark=mark,
        share=limit.share,
        base=mine,
        goes_by=_step(facts, limit, row, lines[0]),
    )
    return Live(Formula(text, float(off)), most, scope, before=before)


def _off(facts: Facts, limit: Limit) -> Fraction:
    """How far the part of an award is from a whole number of steps, in dollars."""
    period, unit = facts.periods[limit.index or 0], Fraction(facts.step)
    paid: dict[str, Fraction] = {}
    for line in limit.lines or ():
        for charge in facts.ledger.charged(line=line, period=period, kind="direct"):
            paid[charge.award] = paid.get(charge.award, Fraction(0)) + Fraction(charge.amount) / unit
    step, mine = limit.step or Fraction(0), paid.get(limit.award, Fraction(0))
    if not step or not mine or not any(paid.get(name) for name in limit.beside or ()):
        return Fraction(0)
    part = mine + limit.before
    return abs(part - round(part / step) * step) * unit


def _step(facts: Facts, limit: Limit, row: int, line: str) -> Formula | Decimal:
    """What one step comes to: its share of the whole pay of the person, off what Needs has of the line.

    Of a line without a position that is its cost; of a position, what the line is paid by the year over its days.
    """
    exact = (limit.step or Fraction(0)) * Fraction(facts.step)
    need = facts.need_of.get((line, facts.periods[limit.index or 0]))
    position = facts.plan.proposal.cost(line).line.position
    if need is None:
        return Decimal(str(float(exact)))
    keys = f"tblNeeds[Line],${LINE}{row},tblNeeds[Period],${PERIOD}{row}"
    text, pay = f"SUMIFS(tblNeeds[{column_of_cost(facts)}],{keys})", Fraction(need.cost)
    if position:
        text, pay = _by_the_year(facts, need, row, keys)
    fte = facts.said("Payroll", "FTE", Id=Key(f'SUBSTITUTE(${MARK}{row},"effort:","")', position)) if position else None
    if fte is not None and Fraction(fte.value) != 1:
        text, pay = f"{text}*{fte.text}", Fraction(pay) * Fraction(fte.value)
    if (limit.share or 0) * Fraction(pay) != exact:
        return Decimal(str(float(exact)))
    return Formula(f"${SHARE}{row}*{text}", float(exact))


def _by_the_year(facts: Facts, need: NeedRow, row: int, keys: str) -> tuple[str, Fraction]:
    """What a whole position is paid over the days of a line, off what the line says of it."""
    said, line = said_of(facts, need), facts.plan.proposal.cost(need.line).line
    whole, part = said.get("Entered", Fraction(0)), Fraction(1)
    text = f"SUMIFS(tblNeeds[Entered],{keys})"
    if facts.timed:
        text = f"(tblNeeds[Line]=${LINE}{row})*(tblNeeds[Period]=${PERIOD}{row})*tblNeeds[Entered]*tblNeeds[Times]"
        text, part = f"SUMPRODUCT({text})", need.times
    return text, whole * part if line.unit_cost is not None else Fraction(0)


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


CHOICES: dict[str, Callable[[Facts, Limit, int], Live]] = {
    "payer": _payer,
    "effort": _effort,
    "float": _float,
    "units": _units,
}
"""These kinds."""
