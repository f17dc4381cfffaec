"""Cases worked out by hand, in tests/cases: what a small proposal must come to, with the sum and the citation.

Folders named like a program or a common set of the catalogue hold cases of the law (test_law_cases).

A case needs no Python. It gives only what matters; the rest is filled in:

* the head: North Carolina, fiscal years from 1 July, FY2027 alone;
* an award: the program `other`, which has no rules; with an `amount` and no dates, all of FY2027;
* `lines:` in place of `activities:`: one activity `work`, and lines that may be named without it;
* a line: the category supplies; an activity: the use x-any.

What may be expected: `funded` (direct cost and fringe of a line), `paid` (direct cost, by award and line), `fringe`,
`indirect`, `available`, `charged`, `lapsed`, `carried`, `unrecovered`, `gap` (an amount with its reason, or none),
`determination`, `limit` (a row with its actual value and bound), `attention` (codes, or a code with words of its
sentence), `no_attention` (those that are absent) and `faults`. Further `installment` (direct cost, by award, number of
the installment and line), `payers` (how many awards pay a line), `payments` (how often an award pays a line in a
period, counted over the plan) and `smallest_payment` (no award pays a line less). An amount without a period stands
for the only one.

Of match: `match` (by matched award, payer and line, what serves) and `matched` (of a matched award: required,
required_in_full, pledged, served, missing, missing_in_full). `unrecovered` is an award's total, or its amounts by
period. `no_limit` names rows that are absent; `because` gives words of the sentence of a line's gap, or the full id of
a rule that it names; `says` gives words of a determination; `why` gives all that is said of an award and a line in the
plan.

Of finance: `revenue` (what other payers pay of a line, direct cost and fringe), `spent_before` (by award, what the plan
takes as spent already), `cash` (by award and calendar quarter: charged, received, carried), `expected` (by award and
what is only expected of it, how much more need could be met; all of it, or `none`),
`codes` (by award and line, all codes of its charges). A case with `with_expected: true` plans what is only expected.

Of the next dollar: `next_dollar` and `no_next_dollar`, as told in case_next_dollar.

Of goals: `goal` (by name, of fairness and outcomes with what they go over: value, possible), `given_up` (by goal, what
each later goal took) and `shares` (by goal and group: share in per cent, round, price). A case with `former` plans that
proposal first, and stays close to it.

A case whose requirements cannot hold together says `status: conflict`. Then may be expected: `conflict` (the rows that
cannot hold together, all of them; a row may be given with words of its sentence), `repairs` (each requirement that
may give way, all of them, `from` what it asks and `to` what can be done), `shortfalls` (the sentences of what simple
sums show, all of them) and `mend` (the sentences of the ways out, all of them).
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

import braid
from braid.basics.errors import InputError
from braid.files import nodes
from braid.proposal import Proposal
from braid.reading import read_text
from case_amounts import Amounts, by_period, compared, line_id, money, of_awards_and_lines, of_lines, summed
from case_conflicts import conflict, is_told, mend, repairs, shortfalls
from case_goals import given_up, goal, shares
from case_next_dollar import next_dollar, no_next_dollar
from law_cases import is_law

FOLDER = Path(__file__).parent / "cases"
FILES = [path for path in sorted(FOLDER.rglob("*.yaml")) if not is_law(path)]
HEAD: dict[str, Any] = {
    "braid": "1",
    "name": "A case",
    "jurisdiction": {"name": "Harbor County", "state": "NC"},
    "calendar": {"first": "FY2027", "last": "FY2027"},
}
KEYS = {"case", "cite", "proposal", "former", "with_expected", "expect"}


def cases() -> list[Any]:
    """Every case of every file, named by its file and its sentence; those after the first of a file are marked."""
    found = []
    for path in FILES:
        document = nodes.parse(path.read_text(encoding="utf-8"), str(path))
        document.raise_faults()
        assert isinstance(document.data, list), f"{path}: a list of cases is expected"
        name = path.relative_to(FOLDER).with_suffix("").as_posix()
        for number, case in enumerate(document.data):
            marks = (pytest.mark.alike,) if number else ()
            found.append(pytest.param(case, id=f"{name}: {case['case']}", marks=marks))
    return found


def filled(parts: dict[str, Any]) -> Proposal:
    """The proposal of a case with all that it leaves unsaid."""
    proposal = HEAD | {key: value for key, value in parts.items() if key != "lines"}
    if "lines" in parts:
        proposal["activities"] = [{"id": "work", "lines": parts["lines"]}]
    proposal["awards"] = [_award(award) for award in proposal["awards"]]
    proposal["activities"] = [{"uses": ["x-any"], **activity} for activity in proposal["activities"]]
    for activity in proposal["activities"]:
        activity["lines"] = [{"category": "supplies", **line} for line in activity["lines"]]
    return read_text(yaml.dump(proposal, Dumper=yaml.CSafeDumper, default_style='"', allow_unicode=True), "case.yaml")


def _award(award: dict[str, Any]) -> dict[str, Any]:
    dates = {"start": "2026-07-01", "end": "2027-06-30"} if "amount" in award else {}
    return {"program": "other", **dates, **award}


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any]) -> None:
    """What was worked out by hand is what braid comes to."""
    assert set(case) <= KEYS, f"unknown keys: {set(case) - KEYS}"
    expect: dict[str, Any] = dict(case["expect"])
    if "faults" in expect:
        with pytest.raises(InputError) as caught:
            filled(case["proposal"])
        told = [fault.sentence for fault in caught.value.faults]
        assert len(told) == len(expect["faults"]), told
        assert all(any(text in sentence for sentence in told) for text in expect["faults"]), told
        return
    former = braid.plan(filled(case["former"])) if "former" in case else None
    plan = braid.plan(filled(case["proposal"]), with_expected=case.get("with_expected") == "true", former=former)
    assert plan.status == expect.pop("status", "optimal")
    unknown = set(expect) - set(CHECKS)
    assert not unknown, f"unknown expectations: {unknown}"
    assert expect, "a case expects something"
    wrong = [f"{what}: {said}" for what, wanted in expect.items() for said in CHECKS[what](plan, wanted)]
    assert not wrong, "\n".join([*wrong, "", repr(plan)])


# ------------------------------------------------------------- what may be expected


def funded(plan: braid.Plan, wanted: Any) -> list[str]:
    found = summed(plan.allocations, "line", "period")
    for key, amount in summed(plan.fringe, "line", "period").items():
        found[key] = found.get(key, Decimal(0)) + amount
    return compared(of_lines(plan, wanted), found)


def paid(plan: braid.Plan, wanted: Any) -> list[str]:
    return compared(of_awards_and_lines(plan, wanted), summed(plan.allocations, "award", "line", "period"))


def fringe(plan: braid.Plan, wanted: Any) -> list[str]:
    return compared(of_awards_and_lines(plan, wanted), summed(plan.fringe, "award", "line", "period"))


def indirect(plan: braid.Plan, wanted: Any) -> list[str]:
    amounts = {(a, period): money(v) for a, value in wanted.items() for period, v in by_period(plan, value).items()}
    return compared(amounts, summed(plan.indirect, "award", "period"))


def account(column: str) -> Any:
    def of_award(plan: braid.Plan, wanted: Any) -> list[str]:
        found = {(row.award,): getattr(row, column) for row in plan.awards}
        return compared({(award,): money(amount) for award, amount in wanted.items()}, found)

    return of_award


def unrecovered(plan: braid.Plan, wanted: Any) -> list[str]:
    """Indirect that an award leaves unpaid: an amount over the plan, or one by period."""
    in_all = {award: value for award, value in wanted.items() if not isinstance(value, dict)}
    amounts = {(award, period): money(v) for award in wanted.keys() - in_all for period, v in wanted[award].items()}
    by_award = account("unrecovered_indirect")
    return by_award(plan, in_all) + compared(amounts, summed(plan.file.unrecovered, "award", "period"))


def match(plan: braid.Plan, wanted: Any) -> list[str]:
    """What each payer pays on each line that serves as match for an award."""
    amounts = {
        (award, payer, *key): amount
        for award, payers_of in wanted.items()
        for payer, lines in payers_of.items()
        for key, amount in of_lines(plan, lines).items()
    }
    return compared(amounts, summed(plan.match, "award", "paid_by", "line", "period"))


def matched(plan: braid.Plan, wanted: Any) -> list[str]:
    """What a matched award needs, has and would need in full."""
    rows = {row.award: row for row in plan.matched}
    return [
        f"{key} of {award} is {getattr(rows[award], key) if award in rows else 'nothing'}, and not {amount}"
        for award, values in wanted.items()
        for key, amount in values.items()
        if award not in rows or getattr(rows[award], key) != money(amount)
    ]


def because(plan: braid.Plan, wanted: Any) -> list[str]:
    """Words of the sentence of some gap of a line, or the full id of a rule that the gap names."""
    wrong: list[str] = []
    for line, words in wanted.items():
        told = [(row.sentence, row.rules) for row in plan.gaps if row.line == line_id(line)]
        if not any(words in sentence or words in rules for sentence, rules in told):
            wrong.append(f"{words} is not among {told}")
    return wrong


def gap(plan: braid.Plan, wanted: Any) -> list[str]:
    """Each gap of a line and period: `none`, one {amount, reason}, or several."""
    wrong: list[str] = []
    for line, value in wanted.items():
        for period, parts in by_period(plan, value).items():
            listed = [] if parts == "none" else parts if isinstance(parts, list) else [parts]
            rows = [row for row in plan.gaps if (row.line, row.period) == (line_id(line), period)]
            found = sorted((row.amount, row.reason) for row in rows)
            asked = sorted((money(part["amount"]), part["reason"]) for part in listed)
            if found != asked:
                wrong.append(f"{line} {period} is {found}, and not {asked}")
    return wrong


def determination(plan: braid.Plan, wanted: Any) -> list[str]:
    """`award/line: status`, or the status with its payable days."""
    wrong: list[str] = []
    for name, value in wanted.items():
        award, _, line = name.partition("/")
        found = plan.why(line_id(line), award)
        asked = value if isinstance(value, dict) else {"status": value}
        told = {"status": found.status, "payable": ", ".join(str(piece) for piece in found.payable) or "none"}
        wrong += [f"{name} {key} is {told[key]}, and not {asked[key]}" for key in asked if told[key] != asked[key]]
    return wrong


def says(plan: braid.Plan, wanted: Any) -> list[str]:
    """`award/line: words` of why a line may be paid or not, or of what would change it."""
    wrong: list[str] = []
    for name, words in wanted.items():
        award, _, line = name.partition("/")
        told = str(plan.why(line_id(line), award))
        wrong += [] if words in told else [f"{words} is not in: {told}"]
    return wrong


def why(plan: braid.Plan, wanted: Any) -> list[str]:
    """`award/line`: all that is said of the two in the plan, sentence by sentence; `none` where nothing is."""
    wrong: list[str] = []
    for name, sentences in wanted.items():
        award, _, line = name.partition("/")
        made = plan.why(line_id(line), award).in_plan
        told = "none" if made is None else list(made.told)
        wrong += [] if told == sentences else [f"of {name} is said: {told}"]
    return wrong


def no_limit(plan: braid.Plan, wanted: Any) -> list[str]:
    found = {row.row for row in plan.limits}
    return [f"there is a row {name}" for name in wanted if name in found]


def limit(plan: braid.Plan, wanted: Any) -> list[str]:
    """A row by its name: {actual, bound}."""
    rows = {row.row: row for row in plan.limits}
    wrong = [f"there is no row {name}; there are {', '.join(rows)}" for name in wanted if name not in rows]
    return wrong + [
        f"{name} {key} is {getattr(rows[name], key)}, and not {amount}"
        for name, values in wanted.items()
        for key, amount in values.items()
        if name in rows and getattr(rows[name], key) != money(amount)
    ]


def attention(plan: braid.Plan, wanted: Any) -> list[str]:
    told = [(row.code, row.sentence) for row in plan.attention]
    return [f"{item} is not among {told}" for item in wanted if not is_told(item, told)]


def no_attention(plan: braid.Plan, wanted: Any) -> list[str]:
    told = [(row.code, row.sentence) for row in plan.attention]
    return [f"{code}: {sentence}" for code, sentence in told for item in wanted if is_told(item, [(code, sentence)])]


def revenue(plan: braid.Plan, wanted: Any) -> list[str]:
    """What other payers pay of a line, direct cost and fringe."""
    found: Amounts = {(row.line, row.period): row.direct + row.fringe for row in plan.file.revenue}
    wrong = compared(of_lines(plan, wanted), found)
    told = sum(found.values(), Decimal(0))
    return wrong + ([] if plan.totals.revenue == told else [f"the total of revenue is {plan.totals.revenue}"])


def cash(plan: braid.Plan, wanted: Any) -> list[str]:
    """By award and calendar quarter: what is charged, what comes in, and what the county carries at its end."""
    found: Amounts = {
        (row.award, row.quarter, what): getattr(row, what)
        for row in plan.file.cash
        for what in ("charged", "received", "carried")
    }
    amounts = {
        (award, quarter, what): money(amount)
        for award, by_quarter in wanted.items()
        for quarter, values in by_quarter.items()
        for what, amount in values.items()
    }
    return compared(amounts, found)


def expected(plan: braid.Plan, wanted: Any) -> list[str]:
    """By award and what is only expected of it: how much more need could be met; all that is expected, or `none`."""
    found = summed(plan.file.expected, "award", "what")
    hoped = {} if wanted == "none" else wanted
    amounts = {(award, what): money(amount) for award, told in hoped.items() for what, amount in told.items()}
    more = [f"{' '.join(key)} is expected too" for key in found if key not in amounts]
    return compared(amounts, found) + [f"{' '.join(key)} is not told" for key in amounts if key not in found] + more


def codes(plan: braid.Plan, wanted: Any) -> list[str]:
    """By award and line: all the codes of what it is charged. Fringe bears those of its pay, indirect its award's."""
    found = {(row.award, row.line): row.codes or {} for row in plan.allocations}
    unlike = [f"fringe of {r.line} bears {r.codes}" for r in plan.fringe if r.codes != found[r.award, r.line]]
    award_codes = {award.id: award.codes for award in plan.proposal.awards}
    unlike += [f"indirect of {r.award} bears {r.codes}" for r in plan.indirect if r.codes != award_codes[r.award]]
    return unlike + [
        f"the codes of {award} on {line} are {found.get((award, line_id(line)))}, and not {asked}"
        for award, lines in wanted.items()
        for line, asked in lines.items()
        if found.get((award, line_id(line))) != asked
    ]


def installment(plan: braid.Plan, wanted: Any) -> list[str]:
    amounts = {
        (award, number, *key): amount
        for award, numbers in wanted.items()
        for number, lines in numbers.items()
        for key, amount in of_lines(plan, lines).items()
    }
    return compared(amounts, summed(plan.allocations, "award", "installment", "line", "period"))


def payers(plan: braid.Plan, wanted: Any) -> list[str]:
    """How many awards pay a line in a period."""
    paying = summed(plan.allocations, "award", "line", "period")
    wrong: list[str] = []
    for line, value in wanted.items():
        for period, count in by_period(plan, value).items():
            found = [award for award, *key in paying if key == [line_id(line), period]]
            if len(found) != int(count):
                wrong.append(f"{line} {period} is paid by {', '.join(found) or 'nobody'}, and not by {count}")
    return wrong


def payments(plan: braid.Plan, wanted: str) -> list[str]:
    found = len(summed(plan.allocations, "award", "line", "period"))
    return [] if found == int(wanted) else [f"there are {found} payments, and not {wanted}"]


def smallest_payment(plan: braid.Plan, wanted: str) -> list[str]:
    paying = summed(plan.allocations, "award", "line", "period")
    return [f"{' '.join(key)} is only {amount:,.2f}" for key, amount in paying.items() if amount < money(wanted)]


CHECKS: dict[str, Any] = {
    "goal": goal,
    "given_up": given_up,
    "shares": shares,
    "next_dollar": next_dollar,
    "no_next_dollar": no_next_dollar,
    "funded": funded,
    "paid": paid,
    "fringe": fringe,
    "indirect": indirect,
    "charged": account("spent"),
    "available": account("available"),
    "lapsed": account("lapsed"),
    "carried": account("carried"),
    "unrecovered": unrecovered,
    "revenue": revenue,
    "spent_before": account("spent_before"),
    "cash": cash,
    "expected": expected,
    "codes": codes,
    "match": match,
    "matched": matched,
    "gap": gap,
    "because": because,
    "determination": determination,
    "says": says,
    "why": why,
    "limit": limit,
    "no_limit": no_limit,
    "attention": attention,
    "no_attention": no_attention,
    "installment": installment,
    "payers": payers,
    "payments": payments,
    "smallest_payment": smallest_payment,
    "conflict": conflict,
    "repairs": repairs,
    "shortfalls": shortfalls,
    "mend": mend,
}
