"""The Positions: which award pays which part of a person's time, and that no person is paid more than whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from braid.basics.fiscal import Interval, join
from braid.basics.words import codes_told
from braid.files.sheets import Formula, Sheet, Value
from braid.proposal import Cost
from braid.proposal import at as of_period
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import Key, word
from braid.workbook.needs import said_of
from braid.workbook.nouns import NeedRow
from braid.workbook.page import FAIL, PASS, Column, Made, Page
from braid.workbook.times import column_of_cost

EFFORT = (
    Column("Position", 30, "id"),
    Column("Title", 30),
    Column("Period", 10, "count"),
    Column("FTE", 9, "fte"),
    Column("Paid by awards", 13, "share"),
    Column("Others and before", 13, "share"),
    Column("Not paid", 13, "share"),
    Column("Outside this plan", 13, "share"),
    Column("All", 10, "share"),
    Column("Result", 10, "verdict"),
)
PAYERS = (
    Column("Position", 30, "id"),
    Column("Line", 30, "id"),
    Column("Period", 10, "count"),
    Column("FTE of the line", 9, "fte"),
    Column("Payer", 18, "id"),
    Column("Pay", 0, "money"),
    Column("Fringe", 0, "money"),
    Column("Pay of the line", 0, "money"),
    Column("Effort", 10, "share"),
    Column("Who", 10, "count"),
)
CODES = Column("Codes", 22)
"""Left out where no position and no line of pay has any."""
AWARD, OTHER, NOBODY = "award", "other", "nobody"
NAMES = {OTHER: "other payers, and spent before", NOBODY: "not paid"}


@dataclass(frozen=True)
class PayerRow:
    """What one payer pays of one line of a position in a period, in dollars."""

    position: str
    whole: Fraction
    """How much of a full-time position the position is."""
    need: NeedRow
    fte: Fraction
    payer: str
    who: str
    pay: Decimal
    fringe: Decimal

    @property
    def effort(self) -> Fraction:
        """The part of the position's time that it pays."""
        return Fraction(self.pay) / Fraction(self.need.cost) * self.fte / self.whole


def payer_rows(facts: Facts) -> Iterator[PayerRow]:
    """Every line that pays a person, period by period, payer by payer; a line without a position is one of its own."""
    costs = {cost.id: cost for cost in facts.plan.proposal.costs}
    lines = [need for need in facts.needs if need.category == "personnel" and need.cost]
    order = {period: place for place, period in enumerate(facts.periods)}
    employed = _employed(facts, [(costs[need.line], need.period) for need in lines])
    for need in sorted(lines, key=lambda need: (_name(costs[need.line]), order[need.period], need.line)):
        cost = costs[need.line]
        name = _name(cost)
        fte = _fte(facts, cost, need.period) * employed[name, need.line, need.period]
        position = facts.position_of.get(cost.line.position or "")
        whole = position.fte if position else Fraction(1) if cost.line.position else fte
        paid = NOTHING
        for award, (pay, fringe) in sorted(_paid(facts, need).items()):
            paid += pay
            yield PayerRow(name, whole, need, fte, award, AWARD, pay, fringe)
        if need.others or need.spent:
            yield PayerRow(name, whole, need, fte, NAMES[OTHER], OTHER, need.cost - need.direct, NOTHING)
        if need.direct > paid:
            yield PayerRow(name, whole, need, fte, NAMES[NOBODY], NOBODY, need.direct - paid, NOTHING)


def _paid(facts: Facts, need: NeedRow) -> dict[str, tuple[Decimal, Decimal]]:
    """Pay and fringe of a line in a period, by the award that pays them."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for charge in facts.ledger.charged(line=need.line, period=need.period):
        pay, fringe = found.get(charge.award, (NOTHING, NOTHING))
        direct = charge.kind == "direct"
        found[charge.award] = (pay + charge.amount, fringe) if direct else (pay, fringe + charge.amount)
    return found


def _name(cost: Cost) -> str:
    return cost.line.position or cost.id


def _employed(facts: Facts, lines: list[tuple[Cost, str]]) -> dict[tuple[str, str, str], Fraction]:
    """The part of the days of a position, over all its lines in a period, on which each line pays it."""
    periods = {period.name: period.days for period in facts.plan.proposal.periods}
    days = {(_name(cost), cost.id, period): cost.days.meet(periods[period]) for cost, period in lines}
    pieces: dict[tuple[str, str], list[Interval]] = defaultdict(list)
    for (name, _, period), piece in days.items():
        pieces[name, period].append(piece)
    whole = {key: sum(piece.days for piece in join(found)) for key, found in pieces.items()}
    return {key: Fraction(piece.days, whole[key[0], key[2]]) for key, piece in days.items()}


def _fte(facts: Facts, cost: Cost, period: str) -> Fraction:
    """How much of a full-time position the line is; a line that counts no FTE is taken as the whole of its own."""
    if cost.line.unit != "FTE" or cost.line.quantity is None:
        return Fraction(1)
    found = next(each for each in facts.plan.proposal.periods if each.name == period)
    return Fraction(of_period(cost.line.quantity, found))


def positions(facts: Facts) -> Sheet | None:
    """Effort by position, and by payer; None where no person is named, and each is paid by one award."""
    rows = list(payer_rows(facts))
    if not shared(facts, rows):
        return None
    wide = {"Position": max(24.0, facts.line_wide), "Title": max(30.0, facts.line_wide), "Paid by awards": 20.0}
    coded = any(_codes(facts, row) for row in rows)
    page = page_of(facts, "Positions", "result", (*EFFORT, CODES) if coded else EFFORT, wide)
    money = {place for place, column in enumerate(PAYERS) if column.style == "money"}
    page.widths = [max(width, facts.wide) if i in money else width for i, width in enumerate(page.widths)]
    page.say("Positions: whose time which award pays", "title")
    page.say(
        "Effort is the part of a position's time that a payer pays; over all payers it is at most 100%. A plan is no "
        "support for a charge: charges follow time records of the work that was done (2 CFR 200.430)."
    )
    page.say("A line that names no position stands for one of its own, with its name or that of its activity.", "note")
    page.skip()
    page.say("By position and period", "heading")
    _effort(page, facts, rows, coded)
    page.say("By payer", "heading")
    first = page.row + 1
    page.table("tblPositions", PAYERS, Made(rows, lambda row, place: _payer(facts, row, first + place)))
    page.repeat = 0
    return page.sheet()


def shared(facts: Facts, rows: Sequence[PayerRow]) -> bool:
    """Whether there is effort to look at: a position that is named, or pay of one line by several awards."""
    named = any(facts.plan.proposal.cost(row.need.line).line.position for row in rows)
    payers = Counter((row.need.line, row.need.period) for row in rows if row.who == AWARD)
    return named or any(count > 1 for count in payers.values())


def _codes(facts: Facts, row: PayerRow) -> str:
    """The codes of a position; of a line that names none, its own."""
    line = facts.plan.proposal.cost(row.need.line).line
    position = facts.position_of.get(line.position or "")
    return codes_told(position.codes if position else {} if line.position else line.codes)


def _effort(page: Page, facts: Facts, rows: list[PayerRow], coded: bool) -> None:
    first = page.row + 1
    grouped: dict[tuple[str, str], list[PayerRow]] = defaultdict(list)
    for row in rows:
        grouped[row.position, row.need.period].append(row)
    titles = {cost.id: cost.line.name or cost.activity.label for cost in facts.plan.proposal.costs}
    titles |= {position.id: position.title or "" for position in facts.plan.proposal.positions}

    def cells(key: tuple[str, str], at: int) -> list[Value]:
        mine = grouped[key]
        parts = [sum((row.effort for row in mine if row.who == who), Fraction(0)) for who in (AWARD, OTHER, NOBODY)]
        whole = sum(parts)
        outside = max(Fraction(0), 1 - whole)
        within = f"tblPositions[Position],$A{at},tblPositions[Period],$C{at},tblPositions[Who]"
        sums = [
            Formula(f'SUMIFS(tblPositions[Effort],{within},"{who}")', float(part))
            for who, part in zip((AWARD, OTHER, NOBODY), parts, strict=True)
        ]
        return [
            key[0],
            titles.get(key[0]) or None,
            key[1],
            _fte_of_position(facts, mine[0], at),
            *sums,
            Formula(f"MAX(ROUND(1-SUM($E{at}:$G{at}),6),0)", float(round(outside, 6))),
            Formula(f"ROUND(SUM($E{at}:$H{at}),6)", float(round(whole + outside, 6))),
            Formula(f'IF($I{at}<=1,"{PASS}","{FAIL}")', PASS if round(whole + outside, 6) <= 1 else FAIL),
            *([_codes(facts, mine[0]) or None] if coded else []),
        ]

    page.table(
        "tblEffort",
        (*EFFORT, CODES) if coded else EFFORT,
        Made([*grouped], lambda key, place: cells(key, first + place)),
    )
    page.verdicts.append(page.span(len(EFFORT), first))
    page.skip()


def _payer(facts: Facts, row: PayerRow, at: int) -> list[Value]:
    line, period, payer = Key(f"$B{at}", row.need.line), Key(f"$C{at}", row.need.period), Key(f"$E{at}", row.payer)
    need = f"tblNeeds[Line],{line.cell},tblNeeds[Period],{period.cell}"
    pay: Value = facts.ledger.sum(award=payer, line=line, period=period, kind=word("direct"))
    fringe: Value = facts.ledger.sum(award=payer, line=line, period=period, kind=word("fringe"))
    if row.who == OTHER:
        pay = Formula(f"SUMIFS(tblNeeds[Cost],{need})-SUMIFS(tblNeeds[Direct],{need})", row.pay)
    elif row.who == NOBODY:
        charged = facts.ledger.sum(line=line, period=period, kind=word("direct"))
        pay = Formula(f"SUMIFS(tblNeeds[Direct],{need})-{charged.text}", row.pay)
    if row.who != AWARD:
        fringe = NOTHING
    whole = f"SUMIFS(tblEffort[FTE],tblEffort[Position],$A{at},tblEffort[Period],{period.cell})"
    return [
        row.position,
        row.need.line,
        row.need.period,
        _fte_of_line(facts, row.need, row.fte, (line, period)),
        row.payer,
        pay,
        fringe,
        Formula(f"SUMIFS(tblNeeds[{column_of_cost(facts)}],{need})", row.need.cost),
        Formula(f"IFERROR(MAX($F{at},0)/$H{at}*$D{at}/{whole},0)", float(row.effort)),
        row.who,
    ]


def _fte_of_line(facts: Facts, need: NeedRow, fte: Fraction, keys: tuple[Key, Key]) -> Formula | float:
    """The quantity of a line, as Needs has it off the sheet Lines; a part of it by days is worked out by braid."""
    if said_of(facts, need).get("Quantity") != fte:
        return float(fte)
    line, period = (key.cell for key in keys)
    return Formula(f"SUMIFS(tblNeeds[Quantity],tblNeeds[Line],{line},tblNeeds[Period],{period})", float(fte))


def _fte_of_position(facts: Facts, row: PayerRow, at: int) -> Formula | float:
    """How much of a full-time position it is, off the sheet Payroll; where there is none, what its line is."""
    name = Key(f"$A{at}", row.position)
    found = facts.said("Payroll", "FTE", Id=name)
    if found is not None and Fraction(found.value) == row.whole:
        return Formula(found.text, float(row.whole))
    if row.position == row.need.line:
        return _fte_of_line(facts, row.need, row.whole, (name, Key(f"$C{at}", row.need.period)))
    return float(row.whole)
