"""The Match: what must stand beside each matched award, what is pledged, and which dollars of the plan serve."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil

from braid.basics.words import codes_told
from braid.files.sheets import Formula, Sheet, Value
from braid.judge.matching import Matching
from braid.proposal.awards import Pledge
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts, page_of
from braid.workbook.ledger import MATCH_ASKED, Key, Span
from braid.workbook.marks import serves
from braid.workbook.page import FAIL, PASS, Column, Page

MATCHED = (
    Column("Award", 18, "id"),
    Column("What it asks", 0),
    Column("Required on what is charged", 0, "money"),
    Column("Pledged", 0, "money"),
    Column("Paid by other awards", 0, "money"),
    Column("Could serve besides", 0, "money"),
    Column("To spare", 0, "money"),
    Column("Status", 10, "verdict"),
    Column("Required on the full award", 0, "money"),
    Column("Still to find", 0, "money"),
    Column("May differ by", 0, "money"),
    Column("Citation", 40, "key"),
    Column("Counts in", 22, "key"),
)
STATUS, PRINTED = 8, 11
MATCH = (
    Column("Matched award", 18, "id"),
    Column("Line", 0, "id"),
    Column("Paid by", 0, "id"),
    Column("Period", 0, "count"),
    Column("Amount", 0, "money"),
)
CODES = Column("Codes", 22)
PLEDGES = (
    Column("Award", 18, "id"),
    Column("Kind", 22),
    Column("Amount", 0, "money"),
    Column("From", 30),
    Column("How it was valued", 46),
    Column("Where it is on file", 46),
)


@dataclass(frozen=True)
class MatchedRow:
    """An award that asks for match, with what stands beside it in this workbook, in dollars."""

    facts: Facts
    award: str
    matching: Matching

    @cached_property
    def required(self) -> Decimal:
        """On what it is charged and was spent before, rounded up, so that match is never short by a part of a unit."""
        asked = (MATCH_ASKED.of(charge) for charge in self.facts.ledger.charged(award=self.award))
        whole = sum(asked, self.facts.before.asked(self.award))
        return ceil(whole / Fraction(self.facts.step)) * self.facts.step

    @property
    def pledged(self) -> Decimal:
        """What is promised from outside the plan."""
        return self.facts.pledged(self.award)

    @property
    def served(self) -> Decimal:
        """What other awards pay that serves it, each dollar once."""
        return sum((row.amount for row in self.facts.plan.file.match if row.award == self.award), NOTHING)

    @cached_property
    def besides(self) -> Decimal:
        """What else of the plan could serve it and is not needed; where other awards could take it, as planned."""
        if self.alone:
            marked = (c.amount for c in self.facts.ledger.charges if serves(self.award) in c.marks)
            return sum(marked, NOTHING) - self.served
        planned = {row.award: row for row in self.facts.plan.file.matched}.get(self.award)
        if planned is None or not planned.to_spare:
            return NOTHING
        return planned.to_spare - (planned.pledged + planned.served - planned.required)

    @property
    def alone(self) -> bool:
        """Whether no other award asks for match."""
        return len(self.facts.plan.case.matchings) == 1

    @property
    def spare(self) -> Decimal:
        """What stands beside it above what is required; below zero, what is short."""
        return self.pledged + self.served + self.besides - self.required

    @cached_property
    def in_full(self) -> Decimal:
        """What it asks if all of it is charged."""
        whole = self.facts.money(ceil(self.matching.in_full(self.facts.plan.case.funds[self.award])))
        return max(whole, self.required)

    @property
    def may_differ(self) -> Decimal:
        """What whole units of fringe part it by from the plan, which keeps the match exactly."""
        kept = all(row.slack >= 0 for row in self.facts.plan.file.limits if row.row == f"match[{self.award}]")
        return max(NOTHING, -self.spare) if kept else NOTHING


def matched(facts: Facts) -> tuple[MatchedRow, ...]:
    """Every award that asks for match."""
    return tuple(MatchedRow(facts, name, matching) for name, matching in facts.plan.case.matchings.items())


def match(facts: Facts) -> Sheet | None:
    """What each award asks beside it, and what of the plan serves; None where no award asks for any."""
    rows = matched(facts)
    if not rows:
        return None
    roomy = ("Required on what is charged", "Could serve besides", "Required on the full award", "Still to find")
    widths = {"What it asks": max(44.0, facts.line_wide)} | dict.fromkeys(roomy, max(14.0, facts.wide))
    page = page_of(facts, "Match", "result", MATCHED, widths)
    page.printed = PRINTED
    page.say("Match: other money that stands beside an award, each dollar once", "title")
    page.say(
        "Required goes by everything that the award is charged, before the plan and in it. Direct cost and fringe that "
        "awards of other money pay on lines which the matched award could itself pay may serve; the lower table says "
        "which dollars do."
    )
    page.say(
        f"{FAIL} means that pledges and what other awards pay fall short of what is required. «Could serve besides» "
        "is what they pay on such lines and no award needs"
        + (", and moves with the Allocation." if rows[0].alone else ", as planned: several awards could take it.")
    )
    page.say(
        "«May differ by» is what whole units of fringe part it by from the plan, which counts on-costs before rounding."
    )
    page.skip()
    page.say("Awards that ask for match", "heading")
    first = page.row + 1
    page.table("tblMatched", MATCHED, (_matched(row, first + i) for i, row in enumerate(rows)))
    page.verdicts.append(page.span(STATUS, first))
    page.skip()
    page.say("What serves as match", "heading")
    _served(page, facts)
    page.repeat = 0
    return page.sheet()


def _matched(row: MatchedRow, at: int) -> list[Value]:
    facts, award = row.facts, Key(f"$A{at}", row.award)
    places, differs = 0 if facts.step == 1 else 2, row.may_differ
    asked = facts.ledger.sum(column=MATCH_ASKED, award=award)
    spent = f"+SUMIFS(tblBefore[Match asked],tblBefore[Award],{award.cell})" if facts.before.asked(row.award) else ""
    marked = facts.ledger.sum(Span(mark=(f"$M{at}", serves(row.award))))
    pledged = Formula(f"SUMIFS(tblPledges[Amount],tblPledges[Award],{award.cell})", row.pledged)
    rules = row.matching.rules
    return [
        row.award,
        " ".join(rule.why for rule in rules),
        Formula(f"ROUNDUP(ROUND({asked.text}{spent},6),{places})", row.required),
        pledged if facts.pledges else NOTHING,
        Formula(f"SUMIFS(tblMatch[Amount],tblMatch[Matched award],{award.cell})", row.served),
        Formula(f"{marked.text}-$E{at}", row.besides) if row.alone else row.besides,
        Formula(f"ROUND(SUM($D{at}:$F{at})-$C{at},2)", row.spare),
        Formula(f'IF($G{at}+$K{at}<0,"{FAIL}","{PASS}")', FAIL if row.spare + differs < 0 else PASS),
        row.in_full,
        Formula(f"MAX($I{at}-SUM($D{at}:$F{at}),0)", max(NOTHING, row.in_full - row.required - row.spare)),
        differs,
        "; ".join(str(cite) for rule in rules for cite in rule.cite),
        serves(row.award),
    ]


def _served(page: Page, facts: Facts) -> None:
    """Which award pays what that serves as match for which other."""
    rows = facts.plan.file.match
    coded = any(row.codes for row in rows)
    found = (
        (row.award, row.line, row.paid_by, row.period, row.amount, *([codes_told(row.codes)] if coded else []))
        for row in rows
    )
    page.table("tblMatch", (*MATCH, CODES) if coded else MATCH, found)
    styles = ["total text"] * (len(MATCH) - 1) + ["total"]
    total = Formula("SUM(tblMatch[Amount])", sum((row.amount for row in rows), NOTHING))
    page.line(["All that serves", *[None] * (len(MATCH) - 2), total], styles)


def pledges(facts: Facts) -> Sheet | None:
    """What others promise as match from outside the plan; None where nobody does."""
    rows = facts.pledges
    if not rows:
        return None
    page = page_of(facts, "Pledges", "result", PLEDGES)
    page.say("Pledges: match that is promised from outside this plan", "title")
    page.say("What is given in kind counts at its value, and needs a record of how that was found.")
    page.say("Each amount comes off the sheet Match pledged, unless two there are alike in kind and giver.", "note")
    page.skip()
    first = page.row + 1
    found = (
        (name, each.kind, _pledged(facts, rows[i], first + i), each.giver, each.valuation, each.document)
        for i, (name, each, _) in enumerate(rows)
    )
    page.table("tblPledges", PLEDGES, found)
    total = Formula("SUM(tblPledges[Amount])", sum((amount for _, _, amount in rows), NOTHING))
    styles = ["total text", "total text", "total", *["total text"] * 3]
    page.line(["All pledges", None, total, None, None, None], styles)
    return page.sheet()


def _pledged(facts: Facts, pledge: tuple[str, Pledge, Decimal], row: int) -> Value:
    """The amount of a pledge off the sheet that it is entered on; the plan's own number where two there are alike."""
    award, each, amount = pledge
    keys = {"Award": Key(f"$A{row}", award), "Kind": Key(f"$B{row}", each.kind), "From": Key(f"$D{row}", each.giver)}
    return facts.entered("Match pledged", "Amount", amount, **keys) or amount
