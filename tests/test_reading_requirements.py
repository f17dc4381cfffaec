"""Reading what the planner insists on: requirements, commitments, shares; and budget periods, dated receipts."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

import pytest

from braid.basics.errors import Fault, InputError
from braid.proposal import Proposal
from braid.reading import read_text
from test_reading import ACTIVITY, AWARD, HEAD, LATER, LINE, WRONG, of_award, proposal, table, told

PLAN = """\
braid: 1
name: Test County
jurisdiction: {name: Test County, state: NC}
calendar: {first: FY2027, last: FY2028}
awards:
  - {id: pot, program: other, opening_balance: "100"}
  - {id: sor, program: sor, amount: "500", start: 2026-09-30, end: 2027-09-29}
activities:
  - id: kits
    uses: naloxone-distribution
    place: rural
    lines:
      - {id: kits, category: supplies, item: naloxone, amount: {FY2027: "100.40", FY2028: "50"}}
      - {id: shelf, category: equipment, amount: {FY2027: "0.40"}, timing: once}
  - id: team
    uses: post-overdose-outreach
    lines:
      - {id: lead, category: personnel, quantity: 1, unit: FTE, unit_cost: "100", fringe: 20%}
      - {id: kits, category: supplies, item: naloxone, amount: {FY2027: "30"}}
"""
EVERY_KEY = """\
braid: 1
name: Every key
jurisdiction: {name: Test County, state: NC}
calendar: {first: FY2027, last: FY2029}
awards:
  - {id: pot, program: other, opening_balance: "100", reserve: "20"}
  - id: yearly
    program: opioid-settlement
    receipts: {FY2027: "50", FY2028: "40.50"}
    reserve: {FY2027: "10", FY2029: "5"}
  - id: dated
    program: foundation
    opening_balance: "5"
    receipts:
      - {date: 2026-09-01, amount: "60"}
      - {date: 2027-09-01, amount: "60", authorized: 2027-10-01, use_by: 18 months, met_by: spent}
      - {date: 2028-09-01, amount: "60", use_by: 2029-06-30}
  - id: sor
    program: sor
    budget_periods:
      - {start: 2026-09-30, end: 2027-09-29, amount: "100"}
      - {start: 2027-09-30, end: 2028-09-29, amount: "110"}
    carry_over: {approved: 12.5%}
  - id: jag
    program: byrne-jag-local
    start: 2026-10-01
    end: 2030-09-30
    budget_periods: [{start: 2026-10-01, end: 2027-09-30, amount: "10"}]
    carry_over: approved
activities:
  - id: kits
    uses: naloxone-distribution
    minimum: 60%
    lines:
      - {id: kits, category: supplies, quantity: 2, unit: kit, unit_cost: "24", whole_units: true, essential: true}
      - {id: shelf, category: equipment, amount: "30", grows: 4%, basis: Both programs use it alike.}
  - id: team
    uses: post-overdose-outreach
    minimum: "100"
    must_fund: true
    lines:
      - {id: lead, category: personnel, quantity: 1, unit: FTE, unit_cost: "100", grows: 0%,
         shares: {sor: 62.5%, jag: 37.5%}, one_federal_payer: false}
  - id: court
    uses: treatment-court
    minimum: all
    lines:
      - {id: clerk, category: personnel, amount: "10", grows: 2.5%, one_federal_payer: true}
require:
  - {id: kits-share, at_least: 5%, select: {activity: kits, not: {line: [kits/shelf]}}}
  - {id: dear, at_most: "40", of: direct, select: {not: {use: treatment-court}, unit_cost_at_least: "5"}}
  - {id: pay, at_least: 12.5%, of: need, select: {category: [fringe, personnel]}, awards: [sor, jag]}
committed:
  - {award: sor, line: team/lead, period: FY2027, amount: "20"}
  - {award: sor, line: team/lead, period: FY2028, amount: "20.50"}
one_federal_payer: true
smallest_charge: "250"
goals: [fund, tidy, sooner, expiring-first, restricted-first]
"""


def written(found: Proposal) -> dict[str, Any]:
    """The proposal as a plan carries it."""
    return found.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)


def again(found: Proposal) -> Proposal:
    """The proposal read from what it was written as."""
    return read_text(json.dumps(written(found)), "again.yaml")


# --------------------------------------------------------------- there and back


def test_every_key_is_read_and_reads_back_the_same() -> None:
    """A proposal with each of these keys, read, written and read again, is the same proposal."""
    found = read_text(EVERY_KEY)
    assert again(found) == found
    assert written(again(found)) == written(found)


FORMS: list[tuple[str, str, Any]] = [
    ("activity", "minimum: 60%", Fraction(3, 5)),
    ("activity", 'minimum: "$50.50"', 5_050),
    ("activity", "minimum: 100%", 1),
    ("activity", "minimum: 50", 5_000),
    ("activity", "minimum: all", "all"),
    ("activity", "must_fund: true", True),
    ("line", "grows: 0%", 0),
    ("line", "grows: 4.25%", Fraction(17, 400)),
    ("line", "shares: {a: 100%}", {"a": 1}),
    ("line", "one_federal_payer: false", False),
    ("line", "essential: true", True),
    ("award", 'reserve: {FY2027: "5"}', {"FY2027": 500}),
    ("award", "reserve: 0", 0),
    ("head", "smallest_charge: 0", 0),
    ("head", "one_federal_payer: true", True),
    ("head", "require: []", ()),
]


@pytest.mark.parametrize(("place", "key", "value"), FORMS)
def test_each_form_of_a_value_is_read_and_reads_back_the_same(place: str, key: str, value: Any) -> None:
    """Shares stay shares and amounts amounts, in cents, whichever way they are written."""
    text = {
        "head": proposal(more=key + "\n"),
        "award": proposal(award=f"{AWARD}, {key}"),
        "activity": proposal(activity=f"{ACTIVITY}\n    {key}"),
        "line": proposal(line=f"{LINE}, {key}"),
    }[place]
    found = read_text(text)
    part = {
        "head": found,
        "award": found.awards[0],
        "activity": found.activities[0],
        "line": found.activities[0].lines[0],
    }[place]
    assert getattr(part, key.partition(":")[0]) == value
    assert again(found) == found


@pytest.mark.parametrize("carry", ["none", "approved", "{approved: 25%}", "{approved: 100%}", "{approved: 0%}"])
def test_each_form_of_carry_over_reads_back_the_same(carry: str) -> None:
    """Nothing, all, or a share."""
    parts = 'budget_periods: [{start: 2026-07-01, end: 2027-06-30, amount: "5"}]'
    found = read_text(proposal(award=f"id: a, program: other, end: 2029-06-30, {parts}, carry_over: {carry}"))
    assert again(found) == found


@pytest.mark.parametrize(("days", "end"), [("2020-01-01", "2020-12-31"), ("2030-01-01", "2030-12-31")])
def test_a_budget_period_may_lie_outside_the_plan(days: str, end: str) -> None:
    """A budget period that ended before the plan, or begins after it, is part of the award all the same."""
    found = read_text(
        proposal(award=f"id: a, program: other, budget_periods: [{{start: {days}, end: {end}, amount: 5}}]")
    )
    assert str(found.award("a").days) == f"{days}..{end}"


def test_one_amount_that_grows_is_that_of_each_period() -> None:
    """With `grows` a single amount holds for the first fiscal year, and grows from there."""
    head = HEAD.replace("last: FY2027", "last: FY2029")
    found = read_text(proposal(head=head, line='id: l, category: supplies, amount: "100", grows: 10%'))
    assert found.cost("act/l").cents == {"FY2027": 10_000, "FY2028": 11_000, "FY2029": 12_100}


def test_the_fringe_of_a_line_may_be_what_a_requirement_selects() -> None:
    """Fringe has the traits of its line and category fringe (C8); where no line carries fringe, nothing is selected."""
    require = "require: [{id: r, at_least: 1%, select: {category: fringe}, of: OF}]\n"
    nothing = ["require[r].select  no line of this proposal is selected; the requirement would bind nothing"]
    assert read_text(PLAN + require.replace("OF", "spend")).require
    assert told(PLAN + require.replace("OF", "direct")) == nothing
    assert told(PLAN.replace("fringe: 20%", "fringe: 0%") + require.replace("OF", "spend")) == nothing


# ----------------------------------------------------------------------- faults


@pytest.mark.parametrize(("more", "sentences"), table("requirements"))
def test_a_requirement_or_commitment_that_cannot_be_is_refused(more: str, sentences: list[str]) -> None:
    """Awards, activities, lines and periods that are not there, bounds that cannot be, commitments above the cost."""
    assert told(PLAN + more + "\n") == sentences


@pytest.mark.parametrize(("line", "sentences"), table("years"))
def test_a_line_of_several_years_that_cannot_be_is_refused(line: str, sentences: list[str]) -> None:
    """Costs that grow, and whole units, over three fiscal years."""
    head = HEAD.replace("last: FY2027", "last: FY2029")
    found = [
        fault.removeprefix("activities[act].lines[l]").lstrip(". ") for fault in told(proposal(head=head, line=line))
    ]
    assert found == sentences


HIDING = """\
require:
  - {id: r, at_least: 5%, of: award}
  - {id: r, at_least: 5%, awards: [pots]}
committed:
  - {award: pot, line: kits/kits, period: FY2027, amount: "-5"}
  - {award: pots, line: kits/kits, period: FY2029, amount: "5"}
goals: [fun]
unit: dollars
"""


def test_one_fault_hides_no_other() -> None:
    """A wrong goal, a wrong unit and a wrong requirement leave the other requirements and all periods judged."""
    text = PLAN.replace('amount: {FY2027: "30"}', 'amount: {FY2030: "30"}') + HIDING
    assert [fault.partition("  ")[0] for fault in told(text)] == [
        "activities[team].lines[kits].amount.FY2030",
        "require[r].of",
        "require[r].id",
        "require[r].awards[1]",
        "committed[1].amount",
        "committed[2].award",
        "committed[2].period",
        "goals[1]",
        "unit",
    ]


def test_a_fault_in_an_activity_is_not_told_again_of_what_selects_it() -> None:
    """A requirement that selects lines of an activity that could not be read is not said to select nothing."""
    text = PLAN.replace("item: naloxone, amount", "item: naloxone, amonut")
    require = "require: [{id: r, at_least: 5%, select: {item: naloxone}}]\n"
    assert not [fault for fault in told(text + require) if fault.startswith("require")]


def test_the_terms_of_an_award_name_activities_and_lines_that_are_there() -> None:
    """A term that selects an activity or a line by a wrong id would bind nothing unseen."""
    start = "terms: [{id: t, why: W., cite: [{title: T}], "
    assert of_award(start + "cap: {at_most: 5%, of: award, select: {activity: acts}}}]") == [
        "terms[t].cap.select.activity  «acts» is no activity of this proposal (did you mean «act»?)"
    ]
    assert of_award(start + "forbid: {not: {activity: act}, unless: {line: [act/l, l]}}}]") == [
        "terms[t].forbid.unless.line[2]  «l» is not the full id of a line, which is activity/line, as in «act/l»"
    ]
    assert of_award(start + "allow: {not: {line: act}}}]") == [
        "terms[t].allow.not.line  «act» is not the full id of a line, which is activity/line, as in «act/l»"
    ]


def test_an_essential_line_may_stand_alone_and_either_word_of_the_federal_payer_may_stand_anywhere() -> None:
    """Neither needs another line, another award or a federal one."""
    assert read_text(proposal(line=f"{LINE}, essential: true, one_federal_payer: true"))


DOCUMENTED = {
    "head": (
        *("braid", "name", "jurisdiction", "calendar", "unit", "indirect", "awards", "activities", "require"),
        *("committed", "goals", "one_federal_payer", "smallest_charge", "float"),
    ),
    "award": (
        *("id", "program", "edition", "opening_balance", "receipts", "codes", "name", "agency", "pass_through", "fain"),
        *("awarded", "prime_awarded", "start", "end", "amount", "status", "scope", "approved_budget", "spent_before"),
        *("approvals", "exceptions", "terms", "budget_periods", "carry_over", "extension", "obligate_by"),
        *("liquidate_by", "payment", "lag_days", "reserve", "indirect", "voluntary", "match_pledged", "interest"),
        *("released", "assistance_listing", "award_number", "probability", "amended_to"),
    ),
    "activity": (
        *("id", "name", "uses", "priority", "weight", "place", "payee", "minimum", "lines", "start", "end"),
        *("must_fund", "population", "setting", "revenue", "currently_funded", "outcome", "narrative"),
    ),
    "line": (
        *("id", "category", "item", "amount", "quantity", "unit", "unit_cost", "fringe", "essential", "position"),
        *("timing", "start", "end", "grows", "function", "shares", "basis", "benefit", "portion", "whole_units"),
        *("effort_step", "only", "never", "subaward", "codes", "narrative", "one_federal_payer"),
    ),
}


@pytest.mark.parametrize("value", ["yes", "[x]", "{x: y}"])
@pytest.mark.parametrize(("place", "key"), [(place, key) for place, keys in DOCUMENTED.items() for key in keys])
def test_every_documented_key_is_read_or_refused_and_never_unknown(place: str, key: str, value: str) -> None:
    """Whatever a documented key holds, the key itself is known: read, or refused by name where it comes later."""
    text = {
        "head": f"{key}: {value}\n" + proposal(),
        "award": proposal(award=f"{key}: {value}, {AWARD}"),
        "activity": proposal(activity=f"{key}: {value}\n    {ACTIVITY}"),
        "line": proposal(line=f"{key}: {value}, {LINE}"),
    }[place]
    later = key in LATER["proposal" if place == "head" else place]
    faults = ""
    try:
        read_text(text)
    except InputError as error:
        faults = str(error)
    assert f"unknown key «{key}»" not in faults
    assert (f"«{key}» is not supported in this version" in faults) == later


INSIDE = {
    "require: [{id: r, at_least: 5%, KEY: VALUE}]": ("id", "at_least", "at_most", "of", "select", "awards"),
    'committed: [{award: a, line: act/l, period: FY2027, amount: "5", KEY: VALUE}]': (
        *("award", "line", "period", "amount"),
    ),
    'budget_periods: [{start: 2026-07-01, end: 2027-06-30, amount: "5", KEY: VALUE}]': ("start", "end", "amount"),
    'receipts: [{date: 2026-07-01, amount: "5", KEY: VALUE}]': ("date", "amount", "authorized", "use_by", "met_by"),
    "opening_balance: 5, carry_over: {KEY: VALUE}": ("approved", "requested"),
}


@pytest.mark.parametrize(
    "value", [*WRONG, "-1", "5%", "2026-02-30", "9999-12-31", "0001-01-01", '""', "18", "600 months"]
)
@pytest.mark.parametrize(("form", "key"), [(form, key) for form, keys in INSIDE.items() for key in keys])
def test_a_value_of_any_shape_inside_these_is_read_or_refused(form: str, key: str, value: str) -> None:
    """Whatever stands under a key inside a requirement, a receipt or a budget period: a proposal, or faults."""
    row = re.sub(rf"\b{key}: [^,}}]+, ", "", form).replace("KEY", key).replace("VALUE", value)
    head = form.startswith(("require", "committed"))
    text = proposal(more=row + "\n") if head else proposal(award=f"id: a, program: other, {row}")
    faults: tuple[Fault, ...] = ()
    try:
        read_text(text, "p.yaml")
    except InputError as error:
        faults = error.faults
    assert all(fault.sentence and "'" not in fault.sentence for fault in faults)


@pytest.mark.parametrize("activities", ["", " none", " {}", " []", " 5"])
def test_a_requirement_beside_no_list_of_activities_is_refused(activities: str) -> None:
    """Where the activities are no list, that alone is told: what a requirement selects cannot be known."""
    text = (
        re.sub(r"(?s)activities:\n.*", f"activities:{activities}\n", proposal()) + 'require: [{id: r, at_least: "5"}]\n'
    )
    with pytest.raises(InputError) as caught:
        read_text(text, "p.yaml")
    assert any(fault.path == "activities" for fault in caught.value.faults)
