"""The sheets that are one long table each: Award balances, Installments, Needs, Gaps, Attention."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from braid.answer.rows import AwardTotal, Gap
from braid.answer.summary import REASONS
from braid.files.sheets import Formula, Sheet, Value
from braid.proposal import Award
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, NeedRow, Part, page_of
from braid.workbook.ledger import LAST_DAY, TABLE, Key, word
from braid.workbook.page import Column, Page


def totals(page: Page, table: str, column: str, at: int, value: Decimal, rows: int) -> None:
    """Above a table: its total, and the total of the rows that a filter leaves in sight."""
    for text, function in (("Total", "SUM("), ("Total of the rows shown", "SUBTOTAL(109,")):
        page.put(at - 1, text, "strong right")
        page.put(at, Formula(f"{function}{table}[{column}])", value), "subtotal")
        page.row += 1
    page.say(f"Rows in the table: {rows:,}", "note")
    page.skip()


AWARDS = (
    Column("Award", 14, "id"),
    Column("Name", 26),
    Column("Program", 16),
    Column("Edition", 14),
    Column("Assistance Listing", 12, "id"),
    Column("Number and codes", 16, "id"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Available", 0, "money"),
    Column("Direct", 0, "money"),
    Column("Fringe", 0, "money"),
    Column("Indirect", 0, "money"),
    Column("Charged", 0, "money"),
    Column("Left", 0, "money"),
    Column("Lapses", 0, "money"),
    Column("Carries on", 0, "money"),
)


def awards(facts: Facts) -> Sheet:
    """What each award has, is charged, lets lapse and carries on."""
    page = page_of(facts, "Award balances", "result", AWARDS)
    page.say("Award balances: what each award has, is charged, and leaves", "title")
    page.say(
        "Charged adds up the Allocation. Available and Lapses add up Installments; the rest of what is left carries on."
    )
    page.skip()
    first = page.row + 1
    rows = [_award(facts, total, first + place) for place, total in enumerate(facts.awards)]
    page.table("tblAwards", AWARDS, rows)
    return page.sheet()


def _award(facts: Facts, total: AwardTotal, row: int) -> list[Value]:
    award = facts.plan.proposal.award(total.award)
    numbers = [*filter(None, (award.award_number, award.fain)), *(f"{n} {code}" for n, code in award.codes.items())]
    key, available = Key(f"$A{row}", total.award), facts.available(total.award)
    left, lapses = facts.left(total.award), facts.lapses(total.award)
    return [
        total.award,
        award.label,
        award.program,
        _edition(facts, award),
        award.assistance_listing,
        "; ".join(numbers) or None,
        award.start,
        award.end,
        Formula(f"SUMIFS(tblInstallments[Amount],tblInstallments[Award],{key.cell})", available),
        *(facts.ledger.sum(award=key, kind=word(kind)) for kind in ("direct", "fringe", "indirect")),
        Formula(f"SUM($J{row}:$L{row})", available - left),
        Formula(f"ROUND($I{row}-$M{row},2)", left),
        Formula(f"SUMIFS(tblInstallments[Lapses],tblInstallments[Award],{key.cell})", lapses),
        Formula(f"ROUND($N{row}-$O{row},2)", left - lapses),
    ]


def _edition(facts: Facts, award: Award) -> str | None:
    """The edition of the program's terms in force, and the later one that the award was amended to."""
    edition = facts.plan.case.terms[award.id].terms.edition
    words = [edition.id] if edition else []
    return "; ".join([*words, f"amended to {award.amended_to}"] if award.amended_to else words) or None


INSTALLMENTS = (
    Column("Award", 14, "id"),
    Column("Installment", 12, "count"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Received on", 12, "date"),
    Column("Amount", 0, "money"),
    Column("Carried in", 0, "money"),
    Column("Direct", 0, "money"),
    Column("Fringe", 0, "money"),
    Column("Indirect", 0, "money"),
    Column("Charged", 0, "money"),
    Column("May carry over", 0, "money"),
    Column("Lapses", 0, "money"),
    Column("Carries on", 0, "money"),
)


def installments(facts: Facts) -> tuple[Sheet, str]:
    """What each installment brings, when, for which days, and what it leaves; and where the last day stands."""
    page = page_of(facts, "Installments", "input", INSTALLMENTS)
    page.say("Installments: the money of each award, when it comes and when it ends", "title")
    page.say("An installment pays only for costs of its days. What is left of one that ends within the plan lapses.")
    page.say("«May carry over» is what the funder lets live on after its days; it stands as a second row, carried in.")
    place = f"Installments!$C${page.row}"
    page.put(1, "Last day of the plan", "strong")
    page.put(3, facts.days.last, "date")
    page.skip(2)
    first = page.row + 1
    page.table("tblInstallments", INSTALLMENTS, (_part(facts, part, first + i) for i, part in enumerate(facts.parts)))
    return page.sheet(), place


def _part(facts: Facts, part: Part, row: int) -> list[Value]:
    ends = f"AND($D{row}>0,$D{row}<={LAST_DAY})"
    left = f"$F{row}+$G{row}-$K{row}"
    if part.split and part.received:
        left = f"MAX({left}-$L{row},0)"
    carried = Formula(f"$N{row - 1}", part.carried_in) if part.carried_in or not part.received else NOTHING
    return [
        part.award,
        part.number,
        part.first,
        part.last or "never",
        part.received,
        part.amount,
        carried,
        *(_of_part(part, kind, amount, row) for kind, amount in _kinds(part)),
        Formula(f"SUM($H{row}:$J{row})", part.charged),
        part.may_carry,
        Formula(f"IF({ends},ROUND({left},2),0)", part.lapses),
        Formula(f"ROUND($F{row}+$G{row}-$K{row}-$M{row},2)", part.left - part.lapses),
    ]


def _kinds(part: Part) -> tuple[tuple[str, Decimal], ...]:
    return ("direct", part.direct), ("fringe", part.fringe), ("indirect", part.indirect)


def _of_part(part: Part, kind: str, amount: Decimal, row: int) -> Formula:
    """What an installment is charged; of the two parts of one, what ends within the first or after it."""
    keys = f'{TABLE}[Award],$A{row},{TABLE}[Installment],$B{row},{TABLE}[Kind],"{kind}"'
    if part.split:
        keys += f',{TABLE}[Until],"<="&$D{row}' if part.received else f',{TABLE}[Until],">="&$C{row}'
    return Formula(f"SUMIFS({TABLE}[Amount],{keys})", amount)


NEEDS = (
    Column("Activity", 24, "id"),
    Column("Line", 34, "id"),
    Column("Category", 14),
    Column("Priority", 9, "count"),
    Column("Period", 10, "count"),
    Column("Direct", 0, "money"),
    Column("Fringe", 0, "money"),
    Column("Need", 0, "money"),
    Column("Paid", 0, "money"),
    Column("Gap", 0, "money"),
)


def needs(facts: Facts) -> Sheet:
    """What each line costs in each period, and how much of it is paid."""
    page = page_of(facts, "Needs", "input", NEEDS)
    page.say("Needs: what each line costs, and what is paid of it", "title")
    page.say("Need is direct cost and fringe, without indirect cost. Paid adds up the Allocation; the rest is the gap.")
    page.skip()
    first = page.row + 1
    page.table("tblNeeds", NEEDS, (_need(facts, need, first + place) for place, need in enumerate(facts.needs)))
    return page.sheet()


def _need(facts: Facts, need: NeedRow, row: int) -> list[Value]:
    paid = facts.ledger.sum(line=Key(f"$B{row}", need.line), period=Key(f"$E{row}", need.period))
    return [
        need.activity.id,
        need.line,
        need.category,
        need.activity.priority,
        need.period,
        need.direct,
        need.fringe,
        Formula(f"SUM($F{row}:$G{row})", need.need),
        paid,
        Formula(f"ROUND($H{row}-$I{row},2)", need.gap),
    ]


REASON_COLUMNS = (Column("Code", 24, "id"), Column("Why the gap", 28), Column("Gaps", 10, "count"))
GAPS = (
    Column("Activity", 24, "id"),
    Column("Line", 28, "id"),
    Column("Period", 10, "count"),
    Column("Amount", 0, "money"),
    Column("Reason", 22),
    Column("What stands against it", 58),
    Column("Could pay", 18, "id"),
    Column("Rules", 24, "id"),
)


def gaps(facts: Facts) -> Sheet | None:
    """What no award pays, each part with its one reason; None where every need is met."""
    rows = facts.plan.file.gaps
    if not rows:
        return None
    page = page_of(facts, "Gaps", "result", GAPS)
    page.say("Gaps: what no award pays, and why", "title")
    page.say("Direct cost and fringe, as planned. Each part has one reason: the first that applies.")
    totals(page, "tblGaps", "Amount", 4, sum((gap.amount for gap in rows), NOTHING), len(rows))
    _reasons(page, rows)
    page.table(
        "tblGaps",
        GAPS,
        (
            (
                gap.activity,
                gap.line,
                gap.period,
                gap.amount,
                _reason(gap),
                gap.sentence,
                ", ".join(gap.could_pay) or "none",
                ", ".join(gap.rules) or "none",
            )
            for gap in rows
        ),
    )
    return page.sheet()


def _reason(gap: Gap) -> str:
    return REASONS.get(gap.reason, gap.reason).capitalize()


def _reasons(page: Page, rows: Sequence[Gap]) -> None:
    """The gaps by reason, the largest first."""
    amounts: dict[str, list[Decimal]] = {}
    codes = {_reason(gap): gap.reason for gap in rows}
    for gap in rows:
        amounts.setdefault(_reason(gap), []).append(gap.amount)
    ordered = sorted(amounts.items(), key=lambda pair: (-sum(pair[1]), pair[0]))
    first = page.row + 1
    found = [
        (
            codes[reason],
            reason,
            Formula(f"COUNTIF(tblGaps[Reason],$B{row})", len(each)),
            Formula(f"SUMIFS(tblGaps[Amount],tblGaps[Reason],$B{row})", sum(each, NOTHING)),
        )
        for row, (reason, each) in enumerate(ordered, first)
    ]
    page.table("tblReasons", (*REASON_COLUMNS, Column("Amount", 0, "money")), found)
    page.skip()


ATTENTION = (
    Column("Code", 8, "count"),
    Column("Award", 16, "id"),
    Column("Line", 34, "id"),
    Column("What to look at, sign or confirm", 96),
)


def attention(facts: Facts) -> Sheet | None:
    """What a person must look at, sign or confirm; None where there is nothing."""
    rows = facts.plan.file.attention
    if not rows:
        return None
    page = page_of(facts, "Attention", "control", ATTENTION)
    page.say("Attention: what to look at, sign or confirm", "title")
    page.say("The codes keep their meaning from plan to plan.", "note")
    page.skip()
    page.table("tblAttention", ATTENTION, ((row.code, row.award, row.line, row.sentence) for row in rows))
    return page.sheet()
