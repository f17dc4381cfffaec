"""The sheets that are one long table each: Allocation, Awards, Needs, Gaps, Attention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from braid.answer.plan import Plan
from braid.answer.rows import AwardTotal
from braid.answer.summary import REASONS
from braid.basics.money import amount_text
from braid.files.sheets import Formula, Sheet, Value
from braid.proposal import Activity
from braid.workbook.ledger import TABLE, Key, Ledger, charges_of, word
from braid.workbook.page import AMOUNTS, Column, Page


@dataclass(frozen=True)
class NeedRow:
    """One need as the workbook carries it, in dollars, with what is paid of it."""

    activity: Activity
    line: str
    category: str
    period: str
    direct: Decimal
    fringe: Decimal
    paid: Decimal

    @property
    def need(self) -> Decimal:
        """Direct cost and fringe."""
        return self.direct + self.fringe

    @property
    def gap(self) -> Decimal:
        """What no award pays of it."""
        return self.need - self.paid


class Facts:
    """A plan and what its sheets share: the ledger of charges, the needs, awards and activities in order."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.ledger = Ledger(charges_of(plan))
        self.awards: tuple[AwardTotal, ...] = plan.file.awards
        self.periods = tuple(period.name for period in plan.proposal.periods)

    @cached_property
    def activities(self) -> tuple[Activity, ...]:
        """The activities, first priority first, then by id."""
        return tuple(sorted(self.plan.proposal.activities, key=lambda activity: (activity.priority, activity.id)))

    @cached_property
    def needs(self) -> tuple[NeedRow, ...]:
        """Every need, by priority, line and period."""
        unit = self.plan.file.unit
        rows = [
            NeedRow(
                activity=need.cost.activity,
                line=need.cost.id,
                category=need.cost.line.category,
                period=need.period.name,
                direct=Decimal(amount_text(need.direct, unit)),
                fringe=Decimal(amount_text(need.fringe, unit)),
                paid=self.ledger.total(line=need.cost.id, period=need.period.name),
            )
            for need in self.plan.case.needs
        ]
        return tuple(sorted(rows, key=lambda row: (row.activity.priority, row.line, self.periods.index(row.period))))

    @cached_property
    def wide(self) -> float:
        """The width of a column that holds the largest total of the plan."""
        totals = self.plan.file.totals
        most = max(totals.need, totals.available, totals.spent)
        return max(11.5, len(f"{most:,.{2 if self.plan.file.unit == 'cent' else 0}f}") + 4.5)

    @cached_property
    def line_wide(self) -> float:
        """The width of a column that holds the ids of lines."""
        return min(44.0, max(len(cost.id) for cost in self.plan.proposal.costs) * 0.95 + 3)

    def ends(self, total: AwardTotal) -> bool:
        """Whether what is left of an award lapses inside the plan, rather than live on after it."""
        end = self.plan.proposal.award(total.award).end
        inside = end is not None and end <= self.plan.proposal.fiscal.days.last
        return total.lapsed > 0 or (inside and not total.carried)

    def left(self, total: AwardTotal) -> Decimal:
        """What an award has that the ledger does not charge."""
        return total.available - self.ledger.total(award=total.award)

    def label(self, award: str) -> str:
        """The name of an award."""
        return self.plan.proposal.award(award).label


def page_of(facts: Facts, title: str, tab: str, columns: Sequence[Column]) -> Page:
    """An empty page as wide as its table; columns of money and of line ids are as wide as the plan needs."""
    own = {"Line": facts.line_wide} | {column.header: facts.wide for column in columns if column.style in AMOUNTS}
    return Page(title, tab, [own.get(column.header, column.width) for column in columns])


def totals(page: Page, table: str, column: str, at: int, value: Decimal, rows: int) -> None:
    """Above a table: its total, and the total of the rows that a filter leaves in sight."""
    for text, function in (("Total", "SUM("), ("Total of the rows shown", "SUBTOTAL(109,")):
        page.put(at - 1, text, "strong right")
        page.put(at, Formula(f"{function}{table}[{column}])", value), "subtotal")
        page.row += 1
    page.say(f"Rows in the table: {rows:,}", "note")
    page.skip()


ALLOCATION = (
    Column("Award", 14, "id"),
    Column("Installment", 11, "count"),
    Column("Activity", 24, "id"),
    Column("Line", 32, "id"),
    Column("Category", 13),
    Column("Item", 21),
    Column("Priority", 9, "count"),
    Column("Period", 10, "count"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Kind", 10),
    Column("Amount", 0, "input"),
)


def allocation(facts: Facts) -> Sheet:
    """Every charge: direct cost, fringe and indirect cost as rows of one table that everything else adds up."""
    page = page_of(facts, "Allocation", "input", ALLOCATION)
    page.say("Allocation: what each award pays", "title")
    page.say(
        "Every total, share and check of this workbook adds up this table. Amounts are dollars, and may be typed over."
    )
    page.say("Direct cost, fringe and indirect cost are rows of their own; indirect cost belongs to no line.", "note")
    charges = facts.ledger.charges
    totals(page, TABLE, "Amount", len(ALLOCATION), facts.ledger.total(), len(charges))
    first = page.table(
        TABLE,
        ALLOCATION,
        (
            (
                charge.award,
                charge.installment,
                charge.activity,
                charge.line,
                charge.category,
                charge.item or None,
                charge.priority,
                charge.period,
                charge.first,
                charge.last,
                charge.kind,
                charge.amount,
            )
            for charge in charges
        ),
    )
    page.amounts.append(page.span(len(ALLOCATION), first))
    return page.sheet()


AWARDS = (
    Column("Award", 14, "id"),
    Column("Name", 26),
    Column("Program", 16),
    Column("Assistance Listing", 12, "id"),
    Column("Number and codes", 16, "id"),
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Ends in the plan", 8, "count"),
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
    page = page_of(facts, "Awards", "input", AWARDS)
    page.say("Awards: what each has, is charged, and leaves", "title")
    page.say(
        "Charged adds up the Allocation. What is left of an award that ends in the plan lapses; of another, carries on."
    )
    page.skip()
    first = page.row + 1
    rows = [_award(facts, total, first + place) for place, total in enumerate(facts.awards)]
    page.table("tblAwards", AWARDS, rows)
    return page.sheet()


def _award(facts: Facts, total: AwardTotal, row: int) -> list[Value]:
    award = facts.plan.proposal.award(total.award)
    numbers = [*filter(None, (award.award_number, award.fain)), *(f"{n} {code}" for n, code in award.codes.items())]
    ends = facts.ends(total)
    key, left = Key(f"$A{row}", total.award), facts.left(total)
    charged = total.available - left
    return [
        total.award,
        award.label,
        award.program,
        award.assistance_listing,
        "; ".join(numbers) or None,
        award.start,
        award.end,
        "yes" if ends else "no",
        total.available,
        *(facts.ledger.sum(award=key, kind=word(kind)) for kind in ("direct", "fringe", "indirect")),
        Formula(f"SUM($J{row}:$L{row})", charged),
        Formula(f"ROUND($I{row}-$M{row},2)", left),
        Formula(f'IF($H{row}="yes",$N{row},0)', left if ends else Decimal(0)),
        Formula(f"$N{row}-$O{row}", Decimal(0) if ends else left),
    ]


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
    totals(page, "tblGaps", "Amount", 4, sum((gap.amount for gap in rows), Decimal(0)), len(rows))
    page.table(
        "tblGaps",
        GAPS,
        (
            (
                gap.activity,
                gap.line,
                gap.period,
                gap.amount,
                REASONS.get(gap.reason, gap.reason).capitalize(),
                gap.sentence,
                ", ".join(gap.could_pay) or "none",
                ", ".join(gap.rules) or "none",
            )
            for gap in rows
        ),
    )
    return page.sheet()


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


def total_need(facts: Facts) -> Decimal:
    """All needs together."""
    return sum((need.need for need in facts.needs), Decimal(0))


def by_activity(facts: Facts) -> Iterator[tuple[Activity, Decimal, Decimal]]:
    """Each activity with its need and what is paid of it."""
    for activity in facts.activities:
        need = sum((row.need for row in facts.needs if row.activity.id == activity.id), Decimal(0))
        yield activity, need, facts.ledger.total(activity=activity.id)
