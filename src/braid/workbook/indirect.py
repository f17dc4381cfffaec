"""The Indirect: by award and period the rate, its base and what is charged, beside the recipient's own rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import floor

from braid.files.sheets import Formula, Sheet, Value
from braid.judge.oncosts import Indirect
from braid.workbook.charges import NOTHING, Charge
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import TABLE, Key, word
from braid.workbook.page import Column

INDIRECT = (
    Column("Award", 16, "id"),
    Column("Period", 10, "count"),
    Column("Rate", 9, "share"),
    Column("Base", 18),
    Column("Base amount", 0, "money"),
    Column("Charged", 0, "money"),
    Column("Own rate", 9, "share"),
    Column("Own base", 18),
    Column("At own rate", 0, "money"),
    Column("Unrecovered", 0, "money"),
    Column("What decided the rate", 36),
    Column("Rule", 24, "key"),
    Column("Citation", 34, "key"),
)
BASES = {
    "mtdc": "modified total direct cost",
    "direct": "direct cost",
    "salaries": "pay",
    "salaries-and-fringe": "pay and fringe",
    "none": "none",
}


def base_of(charges: Iterable[Charge], rate: Fraction) -> Fraction:
    """What of some charges is in the base of a rate, by what they draw; nothing where there is no rate."""
    drawn = sum((Fraction(charge.amount) * charge.rate for charge in charges), Fraction(0))
    return drawn / rate if rate else Fraction(0)


@dataclass(frozen=True)
class IndirectRow:
    """The indirect cost of one award in one period, in dollars."""

    facts: Facts
    award: str
    period: str
    terms: Indirect

    @cached_property
    def charged(self) -> Decimal:
        """What the award is charged."""
        return self.facts.ledger.total(award=self.award, period=self.period, kind="indirect")

    @cached_property
    def base(self) -> Fraction:
        """The base that it is worked out on."""
        return base_of(self.facts.ledger.charged(award=self.award, period=self.period), self.terms.rate)

    @cached_property
    def own(self) -> Decimal:
        """At the recipient's own rate, rounded down to whole units."""
        found = self.facts.ledger.charged(award=self.award, period=self.period)
        exact = sum((Fraction(charge.amount) * charge.own_rate for charge in found), Fraction(0))
        return floor(exact / Fraction(self.facts.step)) * self.facts.step

    @property
    def unrecovered(self) -> Decimal:
        """What the award leaves of what the recipient's own rate would bring."""
        return max(NOTHING, self.own - self.charged)


def indirect(facts: Facts) -> Sheet | None:
    """What each award pays of indirect cost, and what it leaves; None where the recipient has no rate of its own."""
    rows = list(indirect_rows(facts))
    if not rows:
        return None
    page = page_of(facts, "Indirect", "result", INDIRECT, {"Unrecovered": max(14.0, facts.wide)})
    page.say("Indirect: what each award pays of it, and what it leaves", "title")
    page.say(
        "The lowest of the recipient's, the award's and the program's rate applies, on the narrowest of their bases. "
        "What an award leaves unpaid may not be charged to another federal award."
    )
    page.say(
        "Of a subaward agreement only the first dollars are in the base; at a rate of nil no base is shown. Amounts "
        "add up the Allocation, where fringe stands in whole units: a unit may part them from the plan, which works on "
        "fringe before rounding.",
        "note",
    )
    page.skip()
    first = page.row + 1
    page.table("tblIndirect", INDIRECT, (_cells(row, first + i) for i, row in enumerate(rows)))
    added = {
        "Charged": sum((row.charged for row in rows), NOTHING),
        "At own rate": sum((row.own for row in rows), NOTHING),
        "Unrecovered": sum((row.unrecovered for row in rows), NOTHING),
    }
    sums = {name: Formula(f"SUM(tblIndirect[{name}])", value) for name, value in added.items()}
    names = [column.header for column in INDIRECT]
    styles = ["total" if name in sums else "total text" for name in names]
    page.line(["All awards", *(sums.get(name) for name in names[1:])], styles)
    return page.sheet()


def indirect_rows(facts: Facts) -> Iterator[IndirectRow]:
    """Every award and period in which anything is charged, where the recipient has a rate."""
    for award, period, terms in facts.indirect:
        yield IndirectRow(facts, award, period, terms)


def _cells(row: IndirectRow, at: int) -> list[Value]:
    terms, places = row.terms, 0 if row.facts.step == 1 else 2
    award, period = Key(f"$A{at}", row.award), Key(f"$B{at}", row.period)

    def drawn(rate: str) -> str:
        of = f"({TABLE}[Award]={award.cell})*({TABLE}[Period]={period.cell})"
        return f"SUMPRODUCT({TABLE}[Amount]*{TABLE}[{rate}]*{of})"

    return [
        row.award,
        row.period,
        _rate(row, at),
        BASES[terms.base],
        Formula(f"IFERROR({drawn('Indirect rate')}/$C{at},0)", float(row.base)),
        row.facts.ledger.sum(award=award, period=period, kind=word("indirect")),
        _own_rate(row, period),
        BASES[terms.own_base],
        Formula(f"ROUNDDOWN(ROUND({drawn('Own rate')},6),{places})", row.own),
        Formula(f"MAX($I{at}-$F{at},0)", row.unrecovered),
        _sentence(terms.decided_by),
        ", ".join(rule.name for rule in terms.rules) or None,
        "; ".join(str(cite) for rule in terms.rules for cite in rule.cite) or None,
    ]


def _own_rate(row: IndirectRow, period: Key) -> Formula | float:
    """Your own rate off the sheet of settings, or off that of the years; as planned where neither says it."""
    rate = row.terms.own_rate
    for found in (row.facts.said("Indirect rates", "Rate", **{"Fiscal year": period}), row.facts.rate("Indirect rate")):
        if found is not None and Fraction(found.value) == rate:
            return Formula(found.text, float(rate))
    return float(rate)


def _rate(row: IndirectRow, at: int) -> Formula | float:
    """The lower of your own rate and the award's, where no rule has a lower one yet."""
    terms, own, key = row.terms, f"$G{at}", Key(f"$A{at}", row.award)
    award = row.facts.plan.proposal.award(row.award)
    if award.indirect is None:
        return Formula(own, float(terms.rate)) if terms.rate == terms.own_rate else float(terms.rate)
    found = row.facts.said("Awards", "Indirect rate", Id=key)
    if found is None or min(Fraction(found.value), terms.own_rate) != terms.rate:
        return float(terms.rate)
    return Formula(f"MIN({own},{found.text})", float(terms.rate))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
