"""May this award pay this line: which rule says so, on which days, and what would change it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from braid.judge.case import Case
from braid.judge.determinations import Determination
from braid.law.catalogue import Catalogue, catalogue, shipped_vocabulary
from braid.law.catalogue import read as read_catalogue
from braid.law.rules import Forbid, Selector, Traits
from braid.reading import read_text

RULES = """
catalogue: 1
common:
  - id: all-grants
    name: What binds all grants
    rules:
      - {id: no-parties, forbid: {item: entertainment}, why: No parties., cite: [{title: Common rules, section: "7"}]}
      - {id: gear, approval: {category: equipment}, why: Equipment is approved first., cite: [{title: Common rules}]}
      - {id: signed, certify: {}, why: Somebody signs., cite: [{title: Common rules}]}
programs:
  - id: grant
    name: A grant
    kind: federal
    under: [all-grants]
    closed_list: true
    editions:
      - {id: old, awards: {until: 2026-06-30}, rules: [
          {id: course, allow: {item: training}, why: The old notice names courses., cite: [{title: Notice of 2025}]}]}
      - {id: new, awards: {from: 2026-07-01}, extends: old, rules: [
          {id: course, forbid: {item: training}, why: The new notice ends courses., cite: [{title: Notice of 2026}]},
          {id: van, allow: {item: vehicle}, why: The new notice names vans., cite: [{title: Notice of 2026}]}]}
      - {id: ohio, state: OH, closed_list: false}
    rules:
      - {id: kits, allow: {item: naloxone}, why: The notice names naloxone., cite: [{title: Notice, section: "1"}]}
      - {id: maybe, allow: {item: phones}, why: Phones may fit., cite: [{title: Notice, read: unverified}]}
      - {id: phones-too, allow: {item: phones, place: rural}, why: Rural phones fit., cite: [{title: Notice}]}
      - {id: autumn, forbid: {item: naloxone}, costs: {from: 2026-10-01, until: 2026-10-31},
         why: October is left out., cite: [{title: Letter}]}
      - {id: by-agency, forbid: {item: media}, agencies: [SAMHSA], why: SAMHSA pays no media., cite: [{title: Letter}]}
      - {id: dated, forbid: {item: rent}, awards: {from: 2026-09-01}, why: No rent any more., cite: [{title: Letter}]}
      - {id: others, allow: {item: [software, media, rent, entertainment]}, why: The notice names these.,
         cite: [{title: Notice}]}
"""
YEAR = "2026-07-01..2027-06-30"


@pytest.fixture(scope="module")
def rules() -> Catalogue:
    return read_catalogue(RULES, "rules.yaml", shipped_vocabulary())


def judged(rules: Catalogue, line: str, award: str = "", *, state: str = "NC", dates: str = YEAR) -> Determination:
    """The determination of award `a` on line `l`, whose category is supplies unless it is said."""
    line = line if "category" in line else f"category: supplies, {line}"
    line = line if "unit_cost" in line else f'{line}, amount: "10"'
    start, end = dates.split("..")
    text = (
        f"braid: 1\nname: Test\njurisdiction: {{name: Test, state: {state}}}\n"
        f"calendar: {{first: FY2027, last: FY2027}}\n"
        f'awards:\n  - {{id: a, program: grant, amount: "1,000", start: {start}, end: {end}{award}}}\n'
        f"activities:\n  - {{id: act, uses: x-any, lines: [{{id: l, {line}}}]}}\n"
    )
    return Case(read_text(text, catalogue=rules), rules).determinations["a", "act/l"]


ANOTHER = "charge it to an award whose rules allow it, or put the funder's exception on file"
NAMED = "charge it to an award whose rules name it, or put the funder's exception on file"
APPROVAL = "list `gear` under the award's `approvals`, with a note of where the approval is on file"
SCOPE = "have the funder add it to the approved scope, or list `scope` under the award's `approvals`"
NOT_NAMED = "A grant pays only what its rules name, and no rule names this line."
OUTSIDE = "It lies outside the scope that the funder approved."
GEAR = "category: equipment, item: software"
NEVER = "The proposal itself says that this award does not pay this line."


@pytest.mark.parametrize(
    ("line", "award", "expected"),
    [
        ("item: naloxone, end: 2026-09-30", "", ("allowable", "The notice names naloxone.", "")),
        ("item: entertainment", "", ("unallowable", "No parties.", ANOTHER)),
        ("item: x-else", "", ("unallowable", NOT_NAMED, NAMED)),
        (GEAR, "", ("prior-approval", "Equipment is approved first.", APPROVAL)),
        (GEAR, ", approvals: {gear: x}", ("allowable", "The notice names these.", "")),
        (GEAR, ", approvals: {all-grants/gear: x}", ("allowable", "The notice names these.", "")),
        ("item: software", ", scope: [naloxone-distribution]", ("prior-approval", OUTSIDE, SCOPE)),
        ("item: software", ", scope: [x-any]", ("allowable", "The notice names these.", "")),
        ("item: software", ", scope: [act]", ("allowable", "The notice names these.", "")),
        ("item: software, never: a", "", ("unallowable", NEVER, "change `only` or `never` on the line")),
    ],
)
def test_a_determination_says_why_and_what_would_change_it(
    rules: Catalogue, line: str, award: str, expected: tuple[str, str, str]
) -> None:
    """Each outcome has its reason and its remedy, in these words."""
    found = judged(rules, line, award)
    assert (found.status, found.reason, found.change) == expected


def test_unallowable_beats_prior_approval_beats_allowable(rules: Catalogue) -> None:
    """An approval on file opens nothing that is forbidden, and each single approval must be there."""
    assert judged(rules, "category: equipment, item: entertainment", ", approvals: {gear: x}").status == "unallowable"
    assert judged(rules, "category: equipment, item: x-else", ", approvals: {gear: x}").status == "unallowable"
    outside = judged(rules, GEAR, ", scope: [naloxone-distribution], approvals: {gear: x}")
    assert (outside.status, outside.reason) == ("prior-approval", OUTSIDE)


def test_a_hole_in_the_dates_leaves_the_days_on_both_sides(rules: Catalogue) -> None:
    """A line forbidden in October is allowable for the other days, and says so with the rule and its remedy."""
    found = judged(rules, "item: naloxone")
    assert [str(piece) for piece in found.payable] == ["2026-07-01..2026-09-30", "2026-11-01..2027-06-30"]
    assert found.reason == (
        "The notice names naloxone. Only for costs of 2026-07-01..2026-09-30, 2026-11-01..2027-06-30: "
        "October is left out."
    )
    assert (found.status, found.change) == ("allowable", ANOTHER)
    assert {rule.name for rule in found.rules} >= {"grant/kits", "grant/autumn"}


def test_a_line_that_runs_only_in_the_hole_is_unallowable(rules: Catalogue) -> None:
    """What counts are the line's own days."""
    found = judged(rules, "item: naloxone, start: 2026-10-01, end: 2026-10-31")
    assert (found.status, found.payable) == ("unallowable", ())


def test_a_line_without_a_day_of_the_award_is_told_so(rules: Catalogue) -> None:
    """It is no matter of rules: an extension, or other dates, would change it."""
    found = judged(rules, "item: software, start: 2027-01-01", dates="2026-07-01..2026-12-31")
    assert str(found) == (
        "a on act/l: allowable. The award pays costs of 2026-07-01..2026-12-31, and no day of the line falls within. "
        "What would change it: an extension of the award, or other dates of the line"
    )


def test_a_determination_prints_with_its_days_and_citations(rules: Catalogue) -> None:
    """One line that a finance officer can file."""
    assert str(judged(rules, "item: entertainment")) == (
        "a on act/l: unallowable. No parties. What would change it: charge it to an award whose rules allow it, "
        "or put the funder's exception on file [Common rules, 7]"
    )
    assert str(judged(rules, "item: naloxone, end: 2026-09-30")).startswith(
        "a on act/l: allowable (2026-07-01..2026-09-30). The notice names naloxone. ["
    )


def test_a_permission_that_nobody_read_is_applied_and_said(rules: Catalogue) -> None:
    """An unverified allow holds, with a word to confirm it; one that was read makes it sure."""
    found = judged(rules, "item: phones")
    assert (found.status, found.unverified) == ("allowable", True)
    assert found.reason.endswith("Confirm with the funder: this permission was not read in the funder's own words.")
    sure = judged(rules, "item: phones, place: rural")
    assert (sure.status, sure.unverified, sure.reason) == ("allowable", False, "Rural phones fit.")


@pytest.mark.parametrize("name", ["no-parties", "all-grants/no-parties"])
def test_an_exception_takes_one_rule_away(rules: Catalogue, name: str) -> None:
    """By the bare or the full id of the rule; the others still speak."""
    assert judged(rules, "item: entertainment", f", exceptions: {{{name}: letter}}").status == "allowable"
    assert judged(rules, "item: x-else", f", exceptions: {{{name}: letter}}").status == "unallowable"


@pytest.mark.parametrize(
    ("award", "course", "van"),
    [
        (", awarded: 2026-06-30", "allowable", "unallowable"),
        (", awarded: 2026-07-01", "unallowable", "allowable"),
        (", awarded: 2026-07-01, prime_awarded: 2026-06-30", "allowable", "unallowable"),
        (", awarded: 2026-06-30, edition: new", "unallowable", "allowable"),
        ("", "allowable", "unallowable"),
    ],
)
def test_the_edition_goes_by_the_date_of_the_prime_award(rules: Catalogue, award: str, course: str, van: str) -> None:
    """Else by the date of the award itself, else it is the first; an edition that is named goes before all.

    The same rule id in an edition that extends another replaces the older rule.
    """
    assert judged(rules, "item: training", award).status == course
    assert judged(rules, "item: vehicle", award).status == van


def test_the_edition_of_a_state_goes_before_the_date(rules: Catalogue) -> None:
    """Ohio's edition has an open list; other States have the dated one."""
    assert judged(rules, "item: x-else", ", awarded: 2026-07-01", state="OH").status == "allowable"
    assert judged(rules, "item: x-else", ", awarded: 2026-07-01", state="PA").status == "unallowable"


@pytest.mark.parametrize(
    ("line", "award", "status"),
    [
        ("item: media", ", agency: SAMHSA", "unallowable"),
        ("item: media", ", agency: CDC", "allowable"),
        ("item: media", "", "unallowable"),
        ("item: rent", ", awarded: 2026-09-01", "unallowable"),
        ("item: rent", ", awarded: 2026-08-31", "allowable"),
        ("item: rent", "", "unallowable"),
    ],
)
def test_rules_govern_by_agency_and_award_date(rules: Catalogue, line: str, award: str, status: str) -> None:
    """A rule of one agency or of newer awards leaves others alone; one that does not say is governed by it."""
    assert judged(rules, line, award).status == status


TRAITS: dict[str, Any] = {
    "use": frozenset({"moud-in-jail", "reentry"}),
    "population": frozenset({"incarcerated"}),
    "setting": frozenset({"jail"}),
    "place": frozenset[str](),
    "item": "medication",
    "category": "supplies",
    "function": "service",
    "payee": "nonprofit",
    "unit": "patient",
    "activity": "care",
    "line": "care/medication",
    "unit_cost": 65_000,
}


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ({}, True),
        ({"use": "reentry"}, True),
        ({"use": ["deflection", "reentry"]}, True),
        ({"use": "deflection"}, False),
        ({"item": "medication", "setting": "jail"}, True),
        ({"item": "medication", "setting": "clinic"}, False),
        ({"place": "rural"}, False),
        ({"not": {"place": "rural"}}, True),
        ({"not": {"item": "medication", "setting": "clinic"}}, True),
        ({"not": {"item": "medication", "setting": "jail"}}, False),
        ({"not": {"not": {"item": "medication"}}}, True),
        ({"item": "medication", "not": {"payee": "nonprofit"}}, False),
        ({"unit_cost_at_least": "650"}, True),
        ({"unit_cost_at_least": "650.01"}, False),
        ({"activity": "care"}, True),
        ({"line": ["care/nurse", "care/medication"]}, True),
        ({"line": "medication"}, False),
        ({"population": "youth"}, False),
        ({"function": "administration"}, False),
        ({"unit": ["patient", "client"], "category": ["supplies", "other"]}, True),
    ],
)
def test_selectors_and_or_and_negate(selector: dict[str, Any], selected: bool) -> None:
    """Keys are ANDed, values ORed, `not` negates all of what it holds together (C12)."""
    assert Selector(**selector).selects(Traits(**TRAITS)) is selected


def test_unless_opens_a_part_of_what_is_forbidden() -> None:
    """A rule that forbids medication unless in jail does not speak of a jail."""
    traits = Traits(**TRAITS)
    assert not Forbid(item=("medication",), unless=Selector(setting=("jail",))).selects(traits)
    assert Forbid(item=("medication",), unless=Selector(setting=("clinic",))).selects(traits)
    assert not Forbid(item=("food",), unless=Selector(setting=("clinic",))).selects(traits)


@pytest.mark.parametrize(("cost", "status"), [("650", "allowable"), ("650.01", "prior-approval")])
def test_an_approval_begins_above_its_unit_cost(rules: Catalogue, cost: str, status: str) -> None:
    """At the figure no approval is needed; for a line without a unit cost the rule does not speak."""
    term = ', terms: [{id: dear, approval: {above: "650"}, why: Dear days., cite: [{title: Award}]}]'
    assert judged(rules, f'item: software, quantity: 1, unit: day, unit_cost: "{cost}"', term).status == status
    assert judged(rules, "item: software", term).status == "allowable"


@pytest.mark.parametrize(
    ("day", "community", "professional"),
    [("2026-04-23", "allowable", "allowable"), ("2026-04-24", "unallowable", "allowable")],
)
def test_test_strips_end_on_24_april_2026(day: str, community: str, professional: str) -> None:
    """State Opioid Response pays test strips on 23 April 2026 and, but for professionals, not on the 24th."""
    shipped = catalogue()
    for setting, status in (("community", community), ("professional", professional)):
        text = (
            "braid: 1\nname: T\njurisdiction: {name: T, state: NC}\ncalendar: {first: FY2026, last: FY2026}\n"
            'awards:\n  - {id: sor, program: sor, amount: "9", start: 2025-09-30, end: 2026-09-29}\n'
            f"activities:\n  - {{id: act, uses: drug-checking, setting: {setting}, start: {day}, end: {day},\n"
            '    lines: [{id: l, category: supplies, item: drug-checking-strips, amount: "9"}]}\n'
        )
        found = Case(read_text(text), shipped).determinations["sor", "act/l"]
        assert found.status == status, setting
        assert [piece.first for piece in found.payable] == (
            [dt.date.fromisoformat(day)] if status == "allowable" else []
        )
