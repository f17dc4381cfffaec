"""Every rule of the catalogue is proved by worked cases, in folders of tests/cases named like its program or set.

A group names a rule and where it was read; its cases stand well inside, exactly at the limit, and one unit, day or
word beyond it. What braid says is worked out by its exact judge alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from braid.basics.errors import InputError
from braid.law.catalogue import catalogue
from braid.law.rules import Rule
from law_cases import LawCase, UnfitCaseError, law_cases, law_folders, read_file
from law_outcomes import Outcome, wrongs

CASES, FAULTS = law_cases()
LEAST = 3
Standing = tuple[str, str]
"""The full name of a rule, and the edition in which it stands (empty where it stands in none)."""


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_law_case(case: LawCase) -> None:
    """What the law says of the case is what braid says."""
    try:
        found = wrongs(case)
    except UnfitCaseError as error:
        found = [f"the case cannot be judged: {error}"]
    if found:
        said = [f"{rule.name}: {rule.why} [{'; '.join(map(str, rule.cite))}]" for rule in _rules(case)]
        pytest.fail("\n".join([f"{case.place}  {case.sentence}", *found, "", *said]), pytrace=False)


def _rules(case: LawCase) -> list[Rule]:
    return [rule for rule in catalogue().rules() if rule.name in case.rules]


def test_every_file_can_be_read() -> None:
    """A list of groups, each with its cases, and no key that nobody knows."""
    assert FAULTS == ()


def test_every_case_has_a_name_of_its_own() -> None:
    """So that a failure is found at once."""
    assert [name for name, count in Counter(case.id for case in CASES).items() if count > 1] == []


def test_law_folders_are_named_like_programs_and_common_sets() -> None:
    """A folder whose name is a slip would prove nothing."""
    assert {case.folder for case in CASES} - law_folders(catalogue()) == set()


# ------------------------------------------------------------- what is false is found

STRIPS = """
- rule: sor/test-strips-end
  award: {awarded: 2025-09-30, start: 2025-09-30}
  line: {uses: [naloxone-distribution], item: drug-checking-strips}
  cases:
    - {case: a lie, %s}
"""
BOOKS = """
- rule: sor/admin-share
  award: {amount: "1,000,000"}
  lines: {books: {category: personnel, function: administration, amount: "60,000"}}
  cases:
    - {case: a lie, %s}
"""
RATE = """
- rule: uniform-guidance/de-minimis-10
  proposal: {indirect: {rate: 15%%, base: mtdc, kind: de-minimis}}
  award: {awarded: 2024-09-30}
  cases:
    - {case: a lie, pays: "1,000", %s}
"""
LIES = [
    (STRIPS, "on: 2026-04-24, is: allowable", "it should be allowable, and it is unallowable"),
    (STRIPS, "on: 2026-04-23, is: unallowable", "it should be unallowable, and it is"),
    (STRIPS, "on: 2026-09-30, payable: true", "payable should be true"),
    (STRIPS, "on: 2026-04-24, line: {item: lobbying}, is: unallowable", "by no rule of this group"),
    (STRIPS, "on: 2026-04-24, speaks: false", "speaks should be false"),
    (STRIPS, 'on: 2026-04-24, pays: "1", kept: true', "may not pay work/line"),
    (STRIPS, "is: allowable, refused: negative", "it is read without a fault"),
    (STRIPS, "on: 2026-04-24", "the case expects nothing"),
    (BOOKS, 'pays: {books: "50,001"}, kept: true', "comes to $50,001, and at most $50,000 is right"),
    (BOOKS, 'pays: {books: "50,000"}, kept: false', "it should be broken, and it is kept"),
    (BOOKS, 'pays: {books: "50,000"}, bound: "49,999"', "it should be 49,999"),
    (BOOKS, 'pays: {book: "50,000"}, kept: true', "«book» is no line of the case (did you mean «books»?)"),
    (RATE, "rate: 15%", "the rate should be 15%, and it is 10%"),
    (RATE, "base: direct", "the base should be direct, and it is mtdc"),
    (RATE, 'indirect: "101"', "10% of $1,000 (mtdc) is $100"),
    (RATE, "speaks: false", "speaks should be false"),
]


@pytest.mark.parametrize(("group", "lie", "told"), LIES, ids=[lie for _, lie, _ in LIES])
def test_a_false_case_is_told(group: str, lie: str, told: str, tmp_path: Path) -> None:
    """Each kind of expectation can fail, and says what braid makes of the case."""
    path = tmp_path / "sor" / "lies.yaml"
    path.parent.mkdir()
    path.write_text(group % lie, encoding="utf-8")
    (case,) = read_file(path)
    try:
        found = "\n".join(wrongs(case))
    except UnfitCaseError as error:
        found = str(error)
    assert told in found


def test_a_key_that_nobody_knows_is_told(tmp_path: Path) -> None:
    """A slip in a key would leave an expectation out without a word."""
    path = tmp_path / "lies.yaml"
    path.write_text(BOOKS % "keeps: true", encoding="utf-8")
    with pytest.raises(UnfitCaseError, match=r"lies\.yaml:6: unknown key «keeps» \(did you mean «kept»\?\)"):
        list(read_file(path))


# ---------------------------------------------------------------- every rule is proved


def _standing() -> Iterator[tuple[Standing, Rule]]:
    """Every rule of the catalogue in every edition that it stands in."""
    found = catalogue()
    for source in (*found.common, *found.programs):
        yield from (((rule.name, ""), rule) for rule in source.rules)
        for edition in source.editions:
            yield from (((rule.name, edition.id), rule) for rule in edition.rules)


STANDING = dict(_standing())


@dataclass(frozen=True)
class Shown:
    """What a case shows of a rule."""

    at_work: bool
    """It speaks, decides, or a limit of it is reached or broken."""
    missed: bool
    """The case would fail if the rule did not exist."""


def _shown(standing: Standing) -> list[Shown]:
    """What each of the cases that prove a rule shows of it; where no such rule is in force, it lies outside it."""
    name, _ = standing
    found = [_of_case(case, name) for case in CASES if name in case.rules]
    return [shown for rule, shown in found if rule is None or rule is STANDING[standing]]


def _of_case(case: LawCase, name: str) -> tuple[Rule | None, Shown]:
    """The rule of this name that is in force in the case, if any, and what the case shows of it."""
    try:
        outcome = Outcome(case)
        rule, at_work = outcome.in_force(name), outcome.bears(name)
        return rule, Shown(at_work, at_work and bool(wrongs(case, without=name)))
    except (InputError, UnfitCaseError):
        return None, Shown(False, False)


@pytest.mark.parametrize("standing", [pytest.param(key, id=" in ".join(filter(None, key))) for key in STANDING])
def test_every_rule_is_proved(standing: Standing) -> None:
    """By three cases or more: one shows it at work and would fail without it, and one lies outside it."""
    shown = _shown(standing)
    lacking = {
        f"{len(shown)} cases of {LEAST}": len(shown) < LEAST,
        "no case shows it at work": not any(each.at_work for each in shown),
        "no case lies outside it": all(each.at_work for each in shown),
        "no case would fail without it": not any(each.missed for each in shown),
    }
    assert not any(lacking.values()), "; ".join(told for told, lacks in lacking.items() if lacks)
