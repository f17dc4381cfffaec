"""Rules in time: which days each governs, what began and ended near a day, and what changed between two days."""

from __future__ import annotations

import datetime as dt

import pytest

import braid
from braid.law.catalogue import Catalogue, read, shipped_vocabulary
from braid.law.in_force import Change, Dated, around, changes, dated_rules
from braid.law.rules import Facts

CITE = "cite: [{title: x}]"
TEXT = f"""
catalogue: 1
common:
  - id: federal
    name: Federal rules
    rules:
      - {{id: pay-2025, limit: {{at_most: "100", unit: FTE}}, costs: {{from: 2025-01-01, until: 2025-12-31}},
         why: a, {CITE}}}
      - {{id: pay-2026, limit: {{at_most: "110", unit: FTE}}, costs: {{from: 2026-01-01}}, why: b, {CITE}}}
      - {{id: moved, forbid: {{item: land}}, costs: {{until: 2026-02-28}}, why: same, {CITE}}}
      - {{id: moved-on, forbid: {{item: land}}, costs: {{from: 2026-03-01}}, why: same, {CITE}}}
    editions:
      - {{id: "2020", awards: {{until: 2024-09-30}},
         rules: [{{id: rate, indirect: {{rate: 10%}}, why: ten, {CITE}}}]}}
      - {{id: 2020-health, awards: {{until: 2025-09-30}}, agencies: HHS,
         rules: [{{id: rate, indirect: {{rate: 10%}}, why: ten, {CITE}}}]}}
      - {{id: "2024", awards: {{from: 2024-10-01}},
         rules: [{{id: rate, indirect: {{rate: 15%}}, why: fifteen, {CITE}}}]}}
programs:
  - id: grant
    name: A grant
    kind: federal
    under: federal
    editions:
      - {{id: iv, awards: {{from: 2025-07-01}}, extends: iii,
         rules: [{{id: admin, cap: {{at_most: 3%, of: award}}, why: c, {CITE}}}]}}
      - {{id: iii, awards: {{until: 2025-06-30}}, rules: [
          {{id: admin, cap: {{at_most: 5%, of: award}}, why: d, {CITE}}}, {{id: kept, certify: {{}}, why: e, {CITE}}}]}}
    rules:
      - {{id: brief, forbid: {{item: food}}, costs: {{from: 2026-03-01, until: 2026-03-31}}, why: f, {CITE}}}
      - {{id: later, forbid: {{item: rent}}, awards: {{from: 2030-01-01}}, costs: {{from: 2026-05-01}}, why: g, {CITE}}}
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read(TEXT, "test.yaml", shipped_vocabulary())


def rules(catalogue: Catalogue, agency: str | None = None, edition: str | None = None) -> tuple[Dated, ...]:
    return dated_rules(catalogue, catalogue.program("grant"), edition, None, agency)


def windows(found: tuple[Dated, ...], name: str) -> list[tuple[str, str]]:
    return sorted((each.edition.id if each.edition else "", str(each.awards)) for each in found if each.rule.id == name)


def told(found: tuple[Change, ...]) -> list[str]:
    names = [(c.before.rule.id if c.before else "", c.after.rule.id if c.after else "") for c in found]
    return [
        f"{c.calendar} {c.day} {c.what} {'>'.join(n for n in pair if n)}" for c, pair in zip(found, names, strict=True)
    ]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_an_edition_narrows_the_awards_of_its_rules(catalogue: Catalogue) -> None:
    """A rule governs the awards of its edition, and those of every edition that extends it."""
    found = rules(catalogue)
    assert windows(found, "admin") == [("iii", "0001-01-01..2025-06-30"), ("iv", "2025-07-01 on")]
    assert windows(found, "kept") == [("iii", "0001-01-01 on")]
    assert windows(rules(catalogue, edition="iv"), "admin") == [("iv", "0001-01-01 on")]


def test_an_agency_keeps_its_own_edition_longer(catalogue: Catalogue) -> None:
    """For an agency's awards the general edition begins where its own ends; without an agency all are there."""
    assert {edition for edition, _ in windows(rules(catalogue), "rate")} == {"2020", "2020-health", "2024"}
    assert windows(rules(catalogue, "HHS"), "rate") == [
        ("2020-health", "0001-01-01..2025-09-30"),
        ("2024", "2025-10-01 on"),
    ]
    assert windows(rules(catalogue, "DOJ"), "rate") == [
        ("2020", "0001-01-01..2024-09-30"),
        ("2024", "2024-10-01 on"),
    ]


def test_changes_between_two_days(catalogue: Catalogue) -> None:
    """What ended and what took its place is one change, or none if it says the same; what came and went is told."""
    found = changes(rules(catalogue, "DOJ"), day("2025-06-30"), day("2026-06-30"))
    assert told(found) == [
        "costs 2026-01-01 replaced pay-2025>pay-2026",
        "costs 2026-03-01 began brief",
        "costs 2026-04-01 ended brief",
        "awards 2025-07-01 replaced admin>admin",
    ]
    assert [change.before.rule.why for change in found if change.before and change.calendar == "awards"] == ["d"]


def test_changes_by_agency(catalogue: Catalogue) -> None:
    """An edition that an agency adopted a year later changes its awards a year later."""
    for agency, first in (("DOJ", "2024-10-01"), ("HHS", "2025-10-01")):
        found = changes(rules(catalogue, agency), day("2024-01-01"), day("2026-01-01"))
        assert [change.day for change in found if change.after and change.after.rule.id == "rate"] == [day(first)]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("2025-12-31", "2026-01-01", ["costs 2026-01-01 replaced pay-2025>pay-2026"]),
        ("2026-01-01", "2026-02-28", []),
        ("2026-03-31", "2026-04-01", ["costs 2026-04-01 ended brief"]),
        ("2026-03-30", "2026-03-31", []),
        ("2026-01-01", "2026-01-01", []),
    ],
)
def test_a_change_belongs_to_its_first_day(catalogue: Catalogue, first: str, second: str, expected: list[str]) -> None:
    """The day before a rule begins, and its last day, are still as they were."""
    assert told(changes(rules(catalogue, "DOJ"), day(first), day(second))) == expected


def test_around_a_day(catalogue: Catalogue) -> None:
    """The nearest beginnings and ends before and after a day, for costs and for new awards."""
    found = around(rules(catalogue, "DOJ"), day("2026-03-15"))
    assert set(told(found.began)) == {
        "costs 2026-03-01 began brief",
        "costs 2026-03-01 began moved-on",
        "awards 2025-07-01 began admin",
    }
    assert set(told(found.ended)) == {"costs 2026-03-01 ended moved", "awards 2025-07-01 ended admin"}
    assert told(found.ends) == ["costs 2026-04-01 ended brief"]
    assert set(told(found.begins)) == {"costs 2026-05-01 began later", "awards 2030-01-01 began later"}


@pytest.mark.parametrize("on", ["2023-06-01", "2024-12-01", "2025-10-01", "2026-03-01", "2026-11-01"])
def test_the_days_of_rules_agree_with_the_terms_of_an_award(on: str) -> None:
    """For every program that ships, and every edition: what binds an award of a day is what has that day."""
    shipped = braid.catalogue()
    facts = Facts(awarded=day(on))
    for program in shipped.programs:
        for edition in (None, *(each.id for each in program.editions)):
            bound = shipped.terms(program, edition, None, facts).rules
            found = dated_rules(shipped, program, edition)
            has = [each.rule for each in found if each.awards.start <= day(on).toordinal() < each.awards.stop]
            assert sorted(rule.name for rule in bound) == sorted(rule.name for rule in has), program.id
            assert {id(rule) for rule in bound} == {id(rule) for rule in has}, program.id
