"""Section F of the SF-424A: direct charges, the rate and base of indirect charges, and remarks."""

from __future__ import annotations

from collections.abc import Sequence

from braid.basics.money import show_percent
from braid.files.sheets import Formula, letter
from braid.judge.oncosts import Indirect
from braid.workbook.charges import NOTHING
from braid.workbook.filing.beside import Beside
from braid.workbook.filing.form import Filed, Form
from braid.workbook.indirect import BASES
from braid.workbook.ledger import TABLE
from braid.workbook.nouns import Part

RATES = {
    "de-minimis": "De minimis rate (2 CFR 200.414(f))",
    "negotiated": "Negotiated rate (write provisional, predetermined, final or fixed, as in the agreement)",
    "none": "No rate",
}

BLANK = (
    "Columns (c) and (d): new applications leave them blank, and continuations fill them in only where the agency's "
    "instructions provide for it (instructions for the SF-424A, lines 1 to 4)."
)
PAID_FROM = "Of line 5 (e), what this plan pays from it; some agencies want it left out"
FROM_INTEREST = "Of line 5 (e), what interest that joins the award pays: it is program income"
LEFT = "Where the agency asks for (c): what earlier budget periods leave and may be carried over"


def remarks(form: Form, filed: Filed, beside: Beside, indirect: int, award: str) -> None:
    """Write the section; ``indirect``: the row of section B that holds indirect charges."""
    page = form.page
    page.keep(9)
    page.say("Section F: other budget information", "heading")
    direct = Formula(f"$H${indirect - 1}", form.value(8, indirect - 1))
    label = "Direct charges: by object class in section B, and in the detailed budget"
    form.fill([21, label, None, direct], ["count", "text", "text", "money"])
    terms = terms_of(filed)
    styles = ["count", "text", "share", "money", "money"]
    page.header(["Line", "Indirect charges: type of rate", "Rate", "Base", "Amount"], styles)
    amount = Formula(f"$H${indirect}", form.value(8, indirect))
    for each in terms:
        row, alone = page.row, len(terms) == 1
        base = _base(form, filed, each, row, award) if alone else None
        named = f"{kind_of(filed, each)}, on {BASES[each.base]}"
        form.fill([22, named, float(each.rate), base, amount if alone else None], styles)
    if len(terms) > 1:
        form.fill([22, "Indirect charges at these rates; see Indirect for each year", None, None, amount], styles)
    if not terms:
        form.fill([22, "No indirect cost is charged", None], ["count", "text", "text"])
    for number, sentence in enumerate(_sentences(filed, beside)):
        form.fill([23 if not number else None, None], ["count", ""])
        page.row -= 1
        _say(form, sentence)
    page.skip()


def _say(form: Form, sentence: str) -> None:
    """A remark, over as many rows as it needs."""
    page, first = form.page, form.page.row
    number = page.cells[first, 1]
    page.say(sentence)
    for row in range(first, page.row):
        page.cells[row, 2] = page.cells.pop((row, 1))
    page.cells[first, 1] = number


def terms_of(filed: Filed) -> list[Indirect]:
    """The different terms of indirect cost under which the award is charged, in order."""
    case, ledger = filed.facts.plan.case, filed.facts.ledger
    found: list[Indirect] = []
    for index, period in enumerate(filed.facts.periods):
        each = case.indirect.get((filed.id, index))
        seen = {(known.rate, known.base) for known in found}
        if each and each.rate and (each.rate, each.base) not in seen and ledger.charged(award=filed.id, period=period):
            found.append(each)
    return found


def kind_of(filed: Filed, terms: Indirect) -> str:
    """What kind of rate it is: the recipient's own, or a lower one that the award pays."""
    rate = filed.facts.plan.proposal.rate(filed.facts.plan.proposal.periods[0].year)
    if terms.rate < terms.own_rate:
        return f"Rate that this award pays (own rate: {show_percent(terms.own_rate)})"
    return RATES[rate.kind] if rate else RATES["none"]


def _base(form: Form, filed: Filed, terms: Indirect, row: int, award: str) -> Formula:
    """What the rate applies to: all that draws it, by what it draws."""
    column = filed.step
    charges = filed.facts.ledger.charged(award=filed.id)
    drawn = sum(float(c.amount if column.parts is None else column.parts(c)) * float(c.rate) for c in charges)
    text = f"SUMPRODUCT({TABLE}[{column.name}]*{TABLE}[Indirect rate]*({TABLE}[Award]={award}))"
    return Formula(f"IFERROR({text}/${letter(3)}{row},0)", drawn / float(terms.rate))


def earlier(filed: Filed) -> list[Part]:
    """The installments of budget periods before the first that the form is for, which may still pay."""
    first = filed.years[0].first
    mine = [part for part in filed.facts.parts if part.award == filed.id and part.received]
    return [part for part in mine if filed.award.budget_periods and part.first < first]


def why_blank(form: Form, filed: Filed, award: str, key: int) -> None:
    """Say below section A why columns (c) and (d) are blank, and what a continuation would write in (c)."""
    form.page.say(BLANK, "note")
    if filed.continued and (left := unobligated(form, filed, award, key)):
        form.fill([None, LEFT, None, left], ["", "text", "text", "money"])
        _paid_from(form, filed, award, key, PAID_FROM, earlier(filed))
    if joins := interest(filed):
        _paid_from(form, filed, award, key, FROM_INTEREST, joins)


def interest(filed: Filed) -> list[Part]:
    """The installments of interest that joins an award: program income, no federal funds."""
    mine = (part for part in filed.facts.parts if part.award == filed.id and part.received)
    return [part for part in mine if part.source[0] == "interest"]


def _paid_from(form: Form, filed: Filed, award: str, key: int, label: str, parts: Sequence[Part]) -> None:
    """What of line 5 (e) the plan pays from some installments, which agencies may want left out of it.

    Their numbers stand to the right of what is printed; nothing is written where others come between them.
    """
    numbers, column, row = [part.number for part in parts], filed.step, form.page.row
    low, high = min(numbers), max(numbers)
    if len(numbers) <= high - low:
        return
    charges = [c for c in filed.facts.ledger.charged(award=filed.id) if low <= int(c.installment) <= high]
    value = sum((c.amount if column.parts is None else column.parts(c) for c in charges), NOTHING)
    own = f"{TABLE}[Installment]"
    span = f'{own},">="&${letter(key)}{row},{own},"<="&${letter(key + 1)}{row}'
    paid = Formula(f"SUMIFS({TABLE}[{column.name}],{TABLE}[Award],{award},{span})", value)
    form.fill([low, high], ["count", "count"], key)
    form.page.row = row
    form.fill([None, label, None, paid], ["", "text", "text", "money"])


def unobligated(form: Form, filed: Filed, award: str, first: int) -> Formula | None:
    """What earlier budget periods leave to this one, where it lives on; None where nothing does.

    In the next free row, from column ``first`` on, it writes what the formula goes by: the first day, what carries on
    of periods that have ended, and what those that go on bring and have spent.
    """
    begins, row = filed.years[0].first, form.page.row
    ended = [part for part in earlier(filed) if part.last and part.last < begins]
    open_ = [part for part in earlier(filed) if part not in ended]
    if (not ended and not open_) or any(part.last is None for part in open_):
        return None
    day, own = f"${letter(first)}${row}", f"tblInstallments[Award],{award}"
    begun = f'{own},tblInstallments[From],"<"&{day},tblInstallments[Until],">="&{day}'
    carried, brought = (sum(each, NOTHING) for each in ((p.left - p.lapses for p in ended), (p.amount for p in open_)))
    spent = sum((part.before for part in open_), NOTHING)
    of_before = Formula(f"SUMIFS(tblInstallments[Spent before],{begun})", spent) if filed.facts.before else NOTHING
    parts = (
        begins,
        Formula(f'SUMIFS(tblInstallments[Carries on],{own},tblInstallments[Until],"<"&{day})', carried),
        Formula(f"SUMIFS(tblInstallments[Amount],{begun})", brought),
        of_before,
    )
    for place, value in enumerate(parts):
        form.page.put(first + place, value, "money" if place else "date")
    one, two, three = (f"${letter(first + place)}${row}" for place in (1, 2, 3))
    return Formula(f"{one}+{two}-{three}", carried + brought - spent)


def _sentences(filed: Filed, beside: Beside) -> list[str]:
    found = ["Amounts are what this plan charges; they are no support for a charge (2 CFR 200.430(g))."]
    if filed.award.pass_through:
        found.append(f"The award comes through {filed.award.pass_through}; use its own form where it has one.")
    if len(filed.years) > 1 and not filed.in_steps:
        found.append(
            "The award is granted in one amount, and sections A to C give all of it: so section E, for funds needed in "
            "later budget periods, is blank (general instructions for the SF-424A)."
        )
    if beside.of(filed.id):
        found.append("Non-federal amounts are the match of this plan and what is pledged: see Match by class.")
    if filed.continued and not earlier(filed):
        found.append("No carry-over from earlier budget periods is on file.")
    elif filed.continued:
        found.append("What others leave of their part, for (d), is not in this plan.")
    return found
