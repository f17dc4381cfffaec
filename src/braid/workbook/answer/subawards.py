"""The Subawards: what each award pays under each agreement, and what of it is in the base of indirect cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from braid.basics.money import amount_text
from braid.files.sheets import Formula, Sheet, Value
from braid.judge.funds import CENTS
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import Key, word
from braid.workbook.page import Column

SUBAWARDS = (
    Column("Award", 16, "id"),
    Column("Agreement", 20, "id"),
    Column("Payee", 16),
    Column("Lines", 34, "id"),
    Column("Period", 10, "count"),
    Column("Spent before", 0, "money"),
    Column("Charged", 0, "money"),
    Column("To date", 0, "money"),
    Column("First dollars", 0, "money"),
    Column("In the base", 0, "money"),
    Column("Beyond", 0, "money"),
)


@dataclass(frozen=True)
class SubawardRow:
    """What an award pays under an agreement in one period, in dollars."""

    award: str
    agreement: str
    payee: str
    lines: tuple[str, ...]
    period: str
    before: Decimal
    charged: Decimal
    earlier: Decimal
    """What was paid under it earlier in the plan, and before it."""
    most: Decimal | None
    """What of the agreement counts in the base, before the plan included; None where all of it does."""
    begins: bool

    @property
    def to_date(self) -> Decimal:
        """Everything under it until the end of the period."""
        return self.earlier + self.charged

    @property
    def based(self) -> Decimal:
        """What of the period's is in the base."""
        if self.most is None:
            return self.charged
        return max(NOTHING, min(self.most, self.to_date) - min(self.most, self.earlier))


def subaward_rows(facts: Facts) -> Iterator[SubawardRow]:
    """Every award, agreement and period in which anything is charged."""
    costs = {cost.id: cost for cost in facts.plan.proposal.costs}
    pairs = sorted({(c.award, c.agreement) for c in facts.ledger.charges if c.agreement and c.kind == "direct"})
    for award, agreement in pairs:
        before = facts.before.total(award=award, agreement=agreement)
        first, earlier = True, before
        cents = facts.plan.case.terms[award].subawards_first
        unit = facts.plan.file.unit
        most = None if cents is None else Decimal(amount_text(cents // CENTS[unit], unit))
        for period in facts.periods:
            found = facts.ledger.charged(award=award, agreement=agreement, period=period, kind="direct")
            if not found:
                continue
            lines = tuple(dict.fromkeys(charge.line for charge in found))
            charged = sum((charge.amount for charge in found), NOTHING)
            payee = costs[lines[0]].traits.payee
            yield SubawardRow(
                award, agreement, payee, lines, period, before if first else NOTHING, charged, earlier, most, first
            )
            first, earlier = False, earlier + charged


def subawards(facts: Facts) -> Sheet | None:
    """The agreements by award and period; None where nothing is paid under one."""
    rows = list(subaward_rows(facts))
    if not rows:
        return None
    page = page_of(facts, "Subawards", "result", SUBAWARDS)
    page.say("Subawards: what is paid under each agreement, and what of it draws indirect cost", "title")
    page.say(
        "Of each agreement only the first dollars that one award is charged are in the base of modified total direct "
        "cost, over all its years together (2 CFR 200.1); «all» means that the award knows no such bound."
    )
    page.say("Whether the other party is a subrecipient or a contractor (2 CFR 200.331) is asked on Attention.", "note")
    page.skip()
    first = page.row + 1
    page.table("tblAgreements", SUBAWARDS, (_cells(facts, row, first + place) for place, row in enumerate(rows)))
    names = ("Charged", "In the base", "Beyond")
    values = [sum((row.charged for row in rows), NOTHING), sum((row.based for row in rows), NOTHING)]
    sums = dict(zip(names, [*values, values[0] - values[1]], strict=True))
    cells: list[Value] = ["All agreements"]
    cells += [
        Formula(f"SUM(tblAgreements[{c.header}])", sums[c.header]) if c.header in sums else None for c in SUBAWARDS[1:]
    ]
    page.line(cells, ["total" if column.header in sums else "total text" for column in SUBAWARDS])
    return page.sheet()


def _cells(facts: Facts, row: SubawardRow, at: int) -> list[Value]:
    award, agreement = Key(f"$A{at}", row.award), Key(f"$B{at}", row.agreement)
    charged = facts.ledger.sum(award=award, agreement=agreement, period=Key(f"$E{at}", row.period), kind=word("direct"))
    before = facts.before.sum(award=award, agreement=agreement) if row.begins and row.before else NOTHING
    earlier = f"$F{at}" if row.begins else f"$H{at - 1}"
    based = f"MAX(MIN($I{at},$H{at})-MIN($I{at},$H{at}-$G{at}),0)"
    return [
        row.award,
        row.agreement,
        row.payee,
        ", ".join(row.lines),
        row.period,
        before,
        charged,
        Formula(f"{earlier}+$G{at}", row.to_date),
        row.most if row.most is not None else "all",
        Formula(based if row.most is not None else f"$G{at}", row.based),
        Formula(f"$G{at}-$J{at}", row.charged - row.based),
    ]
