"""The first and the last sheet: Contents, and Provenance with the control totals and the places to sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from braid.answer.rows import PlanFile
from braid.answer.summary import best_told, dollars
from braid.files.sheets import Formula, Sheet, Value
from braid.workbook.charges import NOTHING
from braid.workbook.facts import Facts
from braid.workbook.page import Column, Made, Page, shortened
from braid.workbook.removed import HEADING, KEPT
from braid.workbook.together import Moved, quoted

ROLES = {
    "Contents": ("start here", "this page"),
    "Summary": ("result", "Need and gap by activity with a chart, why there is a gap, what is charged, the checks"),
    "Braid": ("result", "Who pays for what: activities down, awards across, totals both ways, a chart"),
    "Allocation": ("input", "One row for every charge; every total of the workbook adds up this table"),
    "Award register": ("data", "What each award is: numbers, scope, approvals, codes, and every date that binds it"),
    "Award balances": ("result", "What each award has, is charged, lets lapse and carries on"),
    "Installments": ("data", "The money of each award by installment: when it comes, when it ends, what it leaves"),
    "Pledges": ("data", "Match that is promised from outside the plan: from whom, how valued, where on file"),
    "Spent before": ("input", "What awards were charged before this plan; it counts in every bound"),
    "Needs": ("data", "What each line costs in each period, and what is paid of it"),
    "Revenue": ("data", "What other payers such as Medicaid bring, and what it takes off each line"),
    "Gaps": ("result", "What no award pays, each part with its reason, and who could pay"),
    "Next dollar": ("result", "What one more dollar of each award and limit buys, and for how many dollars that holds"),
    "Expected money": ("result", "What money that is only hoped for would add, each by itself"),
    "Positions": ("result", "Whose time which award pays, position by position, to 100%"),
    "Subawards": ("result", "What is paid under each agreement, and what of it draws indirect cost"),
    "Match": ("result", "What must stand beside each matched award, and which dollars of other awards serve"),
    "Indirect": ("result", "Rate, base and charge by award and period, and what the recipient's own rate would bring"),
    "Cash flow": ("result", "Opening balance, received, charged, lapsed and closing, by award and period"),
    "Cash by quarter": ("result", "When each award is charged and when its money comes; the float that you carry"),
    "Deadlines": ("control", "By which day what must be obligated, used or billed, and what is unspent then"),
    "Approved budget": ("control", "What the funder approved for each object class, and what is charged of it"),
    "Limits": ("control", "Every limit of law, award and need: what it came to, its bound, and PASS or FAIL"),
    "Checks": ("control", "Every identity that must hold, row by row: left side, right side, PASS or FAIL"),
    "Determinations": ("control", "For every line and award: may it pay, on which days, why, by which rule"),
    "Attention": ("control", "What a person must look at, sign or confirm, with places to tick and sign"),
    "Provenance": ("control", "Versions, fingerprints, control totals, and the places to sign"),
}
FIRST = ("Summary", "Braid", "Allocation", "Gaps", "Checks", "Attention")
"""What every reader begins with."""
WARNINGS = (
    "A planning aid. It is no support for a charge to any award: charges rest on records of what was done and bought "
    "(2 CFR 200.430(g)).",
    "It is no legal advice. Rules marked unverified were not read in the funder's own words: see Provenance.",
)
READING = (
    "Cells in blue on yellow may be typed over; all others are results. Change an amount on Allocation, or one that "
    "was entered, and every total, share and check follows. What braid worked out says so: run braid check after it.",
    "Another day, and a number added or cleared on a sheet of input, is to be planned anew; Checks warns of it.",
    "A check, and a limit, says PASS; FAIL is an error, and WARN a warning to look at. Colour only repeats the word.",
    "Amounts are dollars; a dash is zero. FY2027 is the fiscal year that ends in 2027.",
    "A dollar can be followed from sheet to sheet by two ids: that of its award, and that of its line (activity/line).",
)


def status(plan: PlanFile) -> str:
    """The status of a plan as a sentence."""
    if plan.status == "feasible":
        most = dollars(plan.bound or Decimal(0))
        return f"Feasible: every rule is kept, but no better plan is ruled out; at most {most} of need could be met."
    return f"Optimal: {best_told(plan)}."


@dataclass(frozen=True)
class Listed:
    """What the Contents lists: titles in order, the role and content of each, and those that stand on another sheet."""

    titles: Sequence[str]
    roles: Mapping[str, tuple[str, str]]
    moved: Mapping[str, Moved]

    def row(self, title: str) -> tuple[str, str, str]:
        """Where a title leads, its role, and what it holds."""
        role, holds = (ROLES | dict(self.roles))[title]
        gone = self.moved.get(title)
        if gone is None:
            return quoted(title), role, holds
        return gone.link, role, holds if gone.onto == title else f"{holds} (on the sheet {gone.onto})"


def contents(facts: Facts, listed: Listed, counted: tuple[int, int], continued: Sequence[str] = ()) -> Sheet:
    """Title, whose plan, status, figures at a glance, the checks in one sentence, and where everything is."""
    proposal = facts.plan.proposal
    page = Page("Contents", "start", [32.0, 20.0, 82.0], locked=True)
    page.say(shortened(proposal.name, 70), "title")
    who = proposal.jurisdiction
    spans = facts.periods[0] if len(facts.periods) == 1 else f"{facts.periods[0]} to {facts.periods[-1]}"
    page.say(f"{who.name}, {who.state}: {spans}")
    page.say(status(facts.plan.file), "strong")
    _verdict(page, *counted)
    page.skip()
    _continued(page, continued)
    _glance(page, facts)
    for heading, titles in _groups(listed.titles, ROLES | dict(listed.roles)):
        page.say(heading, "heading")
        page.header(["Sheet", "Role", "What it holds"], ["text", "text", "text"])
        for title in titles:
            link, role, holds = listed.row(title)
            page.put(1, title, "link", link=link)
            page.put(2, role)
            page.put(3, holds)
            page.row += 1
        page.skip()
    for heading, sentences in (("How to read it", READING), ("What it is not", WARNINGS)):
        page.say(heading, "heading")
        for sentence in sentences:
            page.say(sentence)
        page.skip()
    return page.sheet()


def _groups(titles: Sequence[str], roles: Mapping[str, tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """The sheets by what a reader wants of them, each group in the order of the workbook."""
    rest = [title for title in titles if title not in FIRST]
    forms = [title for title in rest if roles[title][0] == "form"]
    entered = [title for title in rest if roles[title][0] == "input" and title not in ROLES]
    more = [title for title in rest if title not in {*forms, *entered}]
    named = ("Read these first", [title for title in titles if title in FIRST])
    for heading, some in (named, ("Look up", more), ("Forms to file", forms), ("What was entered", entered)):
        if some:
            yield heading, some


def _verdict(page: Page, failed: int, warned: int) -> None:
    """The checks in two sentences: the errors, and the warnings."""
    fails = f"Checks that fail: {failed}. See Checks and Limits." if failed else "All checks pass."
    text = 'IF(checks_failed=0,"All checks pass.","Checks that fail: "&checks_failed&". See Checks and Limits.")'
    warns = f"Warnings to look at: {warned}. See Checks." if warned else "No warnings."
    more = 'IF(checks_warned=0,"No warnings.","Warnings to look at: "&checks_warned&". See Checks.")'
    for formula in (Formula(text, fails), Formula(more, warns)):
        page.put(1, formula, "strong")
        page.row += 1


def _continued(page: Page, sentences: Sequence[str]) -> None:
    """What stands in files beside the workbook, where a table is too long for a sheet."""
    if sentences:
        page.say("Longer than a sheet", "heading")
        for sentence in sentences:
            page.say(sentence)
        page.skip()


def _glance(page: Page, facts: Facts) -> None:
    """The totals, each a live sum over its table."""
    page.header(["At a glance", "Dollars", "What it means"], ["text", "money", "text"])
    for name, formula, meaning in _live(facts):
        page.line([name, formula, meaning], ["text", "money", "text"])
    page.skip()


def _live(facts: Facts) -> list[tuple[str, Formula, str]]:
    charged = sum((facts.ledger.total(award=total.award) for total in facts.awards), NOTHING)
    need, paid = facts.total_need(), sum((row.paid for row in facts.needs), NOTHING)
    available = sum((facts.available(total.award) for total in facts.awards), NOTHING)
    left = sum((facts.left(total.award) for total in facts.awards), NOTHING)
    lapses = sum((facts.lapses(total.award) for total in facts.awards), NOTHING)
    before = sum((facts.spent_before(total.award) for total in facts.awards), NOTHING)
    told = ("Spent before", Formula("SUM(tblAwards[Spent before])", before), "Money of these awards spent already")
    spent = [told] if facts.before else []
    return [
        ("Need", Formula("SUM(tblNeeds[Need])", need), "Direct cost and fringe of everything proposed"),
        ("Funded", Formula("SUM(tblNeeds[Paid])", paid), "What awards pay of it"),
        ("Gap", Formula("SUM(tblNeeds[Gap])", need - paid), "What no award pays"),
        ("Available", Formula("SUM(tblAwards[Available])", available), "Money of all awards in these periods"),
        ("Charged", Formula("SUM(tblAwards[Charged])", charged), "Direct cost, fringe and indirect cost"),
        *spent,
        ("Lapses", Formula("SUM(tblAwards[Lapses])", lapses), "Money that ends unspent within the plan"),
        ("Carries on", Formula("SUM(tblAwards[Carries on])", left - lapses), "Money that may be spent after the plan"),
    ]


def provenance(facts: Facts, continued: Sequence[str] = ()) -> Sheet:
    """Where the plan came from, what its totals were, what rests on unverified rules, and who stands for it."""
    page = Page("Provenance", "control", [38.0, 28.0, 24.0, 24.0, 20.0], locked=True)
    page.say("Provenance: where this plan came from", "title")
    page.skip()
    source, plan = facts.plan.file.provenance, facts.plan.file
    for name, value in (
        ("Plan", facts.plan.proposal.name),
        ("Status", status(plan)),
        ("Planned to the whole", plan.unit),
        ("Made", source.made),
        ("braid", source.braid_version),
        ("Solver", source.solver),
        ("Proposal", source.proposal),
        ("Catalogue of rules", source.catalogue),
        ("Fingerprint of the plan", plan.fingerprint),
        ("Command", source.command or "none: called from Python"),
    ):
        page.line([name, value], ["strong", "plain"])
    page.skip()
    _control(page, facts)
    _continued(page, continued)
    page.say("Prepared, reviewed, approved", "heading")
    page.header(["Step", "Name", "Title", "Signature", "Date"], ["text"] * 5)
    for step in ("Prepared by", "Reviewed by", "Approved by"):
        page.line([step, None, None, None, None], ["text", *["input text"] * 4])
    page.skip()
    page.say("Rules that nobody has read in the funder's own words", "heading")
    why = {rule.name: rule.why for terms in facts.plan.case.terms.values() for rule in terms.rules}
    for rule in source.rules_unverified or ("none",):
        page.say(f"{rule}: {why[rule]}" if rule in why else rule)
    page.printed, page.printed_to = len(page.widths), page.row - 1
    _charges(page, facts)
    return page.sheet()


def _charges(page: Page, facts: Facts) -> None:
    """Every charge as planned, not printed: a row that is gone from the Allocation cannot say what it was."""
    page.skip()
    page.say(HEADING, "heading")
    page.say(
        "What braid planned, which nothing here adds up. By it braid check tells which rows of the Allocation were "
        "removed, or given another award, line or period.",
        "note",
    )
    kept = {(each.award, each.line, each.kind) for each in facts.ledger.charges}
    columns = [Column(name, 0, "id") for name in KEPT]
    columns += [Column(period, 0, "money") for period in facts.periods]
    room = max(0, len(columns) - len(page.widths))
    page.widths = [*page.widths, *[facts.wide] * room]
    page.table("tblPlanned", columns, Made(sorted(kept), lambda key, _: _planned(facts, *key)))
    page.repeat, page.freeze = 0, None


def _planned(facts: Facts, award: str, line: str, kind: str) -> list[Value]:
    """What an award is charged of a kind on a line, period by period."""
    amounts: dict[str, Decimal] = {}
    for charge in facts.ledger.charged(award=award, line=line, kind=kind):
        amounts[charge.period] = amounts.get(charge.period, NOTHING) + charge.amount
    return [award, "" if kind == "indirect" else line, kind, *map(amounts.get, facts.periods)]


def _control(page: Page, facts: Facts) -> None:
    """The totals as planned beside those that the workbook now adds up to."""
    page.say("Control totals", "heading")
    styles = ["text", "money", "money", "money", "count"]
    page.header(["Total", "As planned", "In this workbook", "Difference", "Since then"], styles)
    planned = facts.plan.file.totals
    now = {name: formula for name, formula, _ in _live(facts)}
    ledger = facts.ledger
    for kind, name in (("fringe", "Fringe"), ("indirect", "Indirect")):
        now[name] = Formula(f'SUMIFS(tblAllocation[Amount],tblAllocation[Kind],"{kind}")', ledger.total(kind=kind))
    pairs = [
        ("Need", planned.need),
        ("Funded", planned.funded),
        ("Gap", planned.gap),
        ("Available", planned.available),
        ("Charged", planned.spent),
        ("Lapses", planned.lapsed),
        ("Carries on", planned.carried),
        ("Fringe", planned.fringe),
        ("Indirect", planned.indirect),
        *([("Spent before", planned.spent_before)] if facts.before else []),
    ]
    for name, amount in pairs:
        row = page.row
        value = Decimal(now[name].value) - amount
        differs = Formula(f"ROUND(C{row}-B{row},2)", value)
        said = Formula(f'IF(D{row}=0,"as planned","changed")', "changed" if value else "as planned")
        page.line([name, amount, now[name], differs, said], styles)
    for name, amount in (
        ("Unrecovered indirect cost", planned.unrecovered_indirect),
        ("Rests on unverified rules", planned.on_unverified_rules),
        ("Left aside from awards by rounding", planned.dropped_from_awards),
        ("Added to needs by rounding", planned.added_to_needs),
    ):
        page.line([name, amount], ["text", "exact"])
    page.skip()
