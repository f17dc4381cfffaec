"""The Award balances and the Installments: what each award, and each part of it, has, is charged and leaves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from braid.answer.rows import AwardTotal
from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.before import TABLE as BEFORE
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import LAST_DAY, TABLE, Key, word
from braid.workbook.nouns import Part
from braid.workbook.page import Column, letters

SPENT_BEFORE = Column("Spent before", 0, "money")
FROM_WHOM = Column("From whom", 20, "id")
COUNTS_IN = Column("Counts in", 30, "key")
IN_ALL = Column("In all", 0, "money")
"""What an installment brings, be it for the plan or for other years; only where there are such others."""
NOT_SAID, OPENING, INTEREST = "payer not said", "opening balance", "interest"
"""What stands for the payer of settlement money where none is named, or none pays it."""
AWARDS = (
    Column("Award", 14, "id"),
    Column("Name", 30),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Available", 0, "money"),
    SPENT_BEFORE,
    Column("Direct", 0, "money"),
    Column("Fringe", 0, "money"),
    Column("Indirect", 0, "money"),
    Column("Charged", 0, "money"),
    Column("Left", 0, "money"),
    Column("Lapses", 0, "money"),
    Column("Carries on", 0, "money"),
)
INSTALLMENTS = (
    Column("Award", 14, "id"),
    Column("Installment", 12, "count"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Received on", 12, "date"),
    FROM_WHOM,
    Column("Amount", 0, "money"),
    Column("Carried in", 0, "money"),
    SPENT_BEFORE,
    Column("Direct", 0, "money"),
    Column("Fringe", 0, "money"),
    Column("Indirect", 0, "money"),
    Column("Charged", 0, "money"),
    Column("May carry over", 0, "money"),
    Column("Lapses", 0, "money"),
    Column("Carries on", 0, "money"),
    IN_ALL,
    COUNTS_IN,
)


def _columns(facts: Facts, columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns of this plan: what was spent before stands only where anything was."""
    absent = [] if facts.before else [SPENT_BEFORE]
    absent += [] if any(facts.settlement(total.award) for total in facts.awards) else [FROM_WHOM]
    absent += [] if facts.marks.has_sets else [COUNTS_IN]
    absent += [] if facts.elsewhere else [IN_ALL]
    return tuple(column for column in columns if column not in absent)


def balances(facts: Facts) -> Sheet:
    """What each award has, is charged, lets lapse and carries on."""
    columns = _columns(facts, AWARDS)
    page = page_of(facts, "Award balances", "result", columns)
    page.say("Award balances: what each award has, is charged, and leaves", "title")
    page.say(
        "Charged adds up the Allocation. Available and Lapses add up Installments; the rest of what is left carries on."
    )
    page.skip()
    first = page.row + 1
    rows = [_award(facts, columns, total, first + place) for place, total in enumerate(facts.awards)]
    page.table("tblAwards", columns, rows)
    return page.sheet()


def _award(facts: Facts, columns: Sequence[Column], total: AwardTotal, row: int) -> list[Value]:
    award, at = facts.plan.proposal.award(total.award), letters(columns)
    key, available = Key(f"$A{row}", total.award), facts.available(total.award)
    left, lapses, before = facts.left(total.award), facts.lapses(total.award), facts.spent_before(total.award)
    charged = facts.ledger.total(award=total.award)
    spent = f"-${at['Spent before']}{row}" if facts.before else ""
    rest = f"${at['Available']}{row}{spent}-${at['Charged']}{row}"
    if over := facts.overspent(total.award):
        rest = f"MAX({rest},0)"
    kinds = [facts.ledger.sum(award=key, kind=word(kind)) for kind in ("direct", "fringe", "indirect")]
    values: dict[str, Value] = {
        "Award": total.award,
        "Name": award.label,
        "From": award.first,
        "Until": award.last,
        "Available": _parts("Amount", key, available),
        "Spent before": _parts("Spent before", key, before),
        **dict(zip(("Direct", "Fringe", "Indirect"), kinds, strict=True)),
        "Charged": Formula(f"SUM(${at['Direct']}{row}:${at['Indirect']}{row})", charged),
        "Left": Formula(f"ROUND({rest},2)", max(left, NOTHING) if over else left),
        "Lapses": _parts("Lapses", key, lapses),
        "Carries on": Formula(f"ROUND(${at['Left']}{row}-${at['Lapses']}{row},2)", left - lapses),
    }
    return [values[column.header] for column in columns]


def _parts(column: str, key: Key, value: Decimal) -> Formula:
    return Formula(f"SUMIFS(tblInstallments[{column}],tblInstallments[Award],{key.cell})", value)


def installments(facts: Facts) -> tuple[Sheet, str]:
    """What each installment brings, when, for which days, and what it leaves; and where the last day stands."""
    columns = _columns(facts, INSTALLMENTS)
    page = page_of(facts, "Installments", "result", columns)
    page.say("Installments: the money of each award, when it comes and when it ends", "title")
    page.say("An installment pays only for costs of its days. What is left of one that ends within the plan lapses:")
    page.say("what came in advance may have to be returned, and what is paid back after the costs is never drawn.")
    page.say("Where its money is to be ordered by a day, «Until» is that day: later it pays what was ordered by then.")
    page.say("«May carry over» is what the funder lets live on after its days; it stands as a second row, carried in.")
    if facts.elsewhere:
        page.say("«In all» counts the money of other years as well: a share of an award is of all that it brings.")
    page.say("What each brings comes off the sheets of input. A number in its place is worked out by braid.", "note")
    place = f"Installments!$C${page.row}"
    page.put(1, "Last day of the plan", "strong")
    page.put(3, facts.days.last, "date")
    page.skip(2)
    first = page.row + 1
    every = (*facts.parts, *facts.elsewhere)
    rows = (_part(facts, columns, part, first + place) for place, part in enumerate(every))
    page.table("tblInstallments", columns, rows)
    return page.sheet(), place


def _part(facts: Facts, columns: Sequence[Column], part: Part, row: int) -> list[Value]:
    at = {name: f"${column}{row}" for name, column in letters(columns).items()}
    ends = f"AND({at['Until']}>0,{at['Until']}<={LAST_DAY})"
    left = f"{at['Amount']}+{at['Carried in']}-{at['Charged']}"
    if "Spent before" in at:
        left += f"-{at['Spent before']}"
    left = f"MAX({left},0)" if part.overspent else left
    unused = f"MAX({left}-{at['May carry over']},0)" if part.split and part.received else left
    carried = f"${letters(columns)['Carries on']}{row - 1}"
    own = f"{BEFORE}[Award],{at['Award']},{BEFORE}[Installment],{at['Installment']}"
    outside, marks = part in facts.elsewhere, facts.marks.bringing(part.award, str(part.number))
    brings = _brought(facts, part, at) if part.received else NOTHING
    values: dict[str, Value] = {
        "Award": part.award,
        "Installment": part.number,
        "From": part.first,
        "Until": part.last or "never",
        "Received on": part.received,
        "From whom": from_whom(part) if facts.settlement(part.award) and part.received else None,
        "Amount": NOTHING if outside else brings,
        "Carried in": NOTHING if part.received else Formula(carried, part.carried_in),
        "Spent before": Formula(f"SUMIFS({BEFORE}[Amount],{own})", part.before)
        if part.received and not outside
        else NOTHING,
        **{kind.capitalize(): _of_part(part, kind, amount, at) for kind, amount in _kinds(part)},
        "Charged": Formula(f"SUM({at['Direct']}:{at['Indirect']})", part.charged),
        "May carry over": part.may_carry,
        "Lapses": Formula(f"IF({ends},ROUND({unused},2),0)", part.lapses),
        "Carries on": Formula(f"ROUND({left}-{at['Lapses']},2)", NOTHING if outside else part.left - part.lapses),
        "In all": brings if outside else Formula(at["Amount"], part.amount),
        "Counts in": f";{';'.join(marks)};" if marks else None,
    }
    return [values[column.header] for column in columns]


def from_whom(part: Part) -> str:
    """Who pays an installment of settlement money, in words."""
    own = {"opening_balance": OPENING, "interest": INTEREST}.get(part.source[0])
    return own or part.payer or NOT_SAID


BY_DATE = {
    "receipts": ("Receipts", "Date"),
    "budget_periods": ("Budget periods", "Start"),
    "released": ("Released", "Date"),
}
"""Where installments stand row by row, and the day that they go by there."""


def _brought(facts: Facts, part: Part, at: dict[str, str]) -> Value:
    """What an installment brings, off the sheet of input that says it; the plan's own number where none does."""
    key, when = part.source
    by_date = BY_DATE.get(key) if when[:1].isdigit() else None
    if by_date is None:
        column = f"{key.replace('_', ' ').capitalize()} {when}".strip()
        found = facts.entered("Awards", column, part.amount, Id=Key(at["Award"], part.award))
    else:
        title, header = by_date
        day = Key(at["Received on" if key == "receipts" else "From"], when)
        named = {"Payer": Key(at["From whom"], part.payer)} if part.payer and "From whom" in at else {}
        keys = {"Award": Key(at["Award"], part.award), header: day}
        found = facts.entered(title, "Amount", part.amount, **keys, **named)
        found = found or facts.entered(title, "Amount", part.amount, **keys)
    return found or part.amount


def _kinds(part: Part) -> tuple[tuple[str, Decimal], ...]:
    return ("direct", part.direct), ("fringe", part.fringe), ("indirect", part.indirect)


def _of_part(part: Part, kind: str, amount: Decimal, at: dict[str, str]) -> Formula:
    """What an installment is charged; of the two parts of one, what ends within the first or after it."""
    keys = f'{TABLE}[Award],{at["Award"]},{TABLE}[Installment],{at["Installment"]},{TABLE}[Kind],"{kind}"'
    if part.split:
        keys += f',{TABLE}[Until],"<="&{at["Until"]}' if part.received else f',{TABLE}[Until],">="&{at["From"]}'
    return Formula(f"SUMIFS({TABLE}[Amount],{keys})", amount)
