"""Grants to seek: amounts worked out by hand, on a catalogue of four programs."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import braid
from braid.answer.seeking import ASSUMED, BY_GOALS, Seek, Seeking
from braid.cli import shell
from braid.engine.solve import OutOfTimeError
from braid.futures.seeking import _Seeker
from braid.law.catalogue import Catalogue, Program, read, shipped_vocabulary
from braid.reading import read_text

CITE = 'why: x, cite: [{title: x, read: text, read_on: 2026-01-01, href: "https://example.org"}]'
UNREAD = "why: x, cite: [{title: x, read: unverified}]"
CATALOGUE = f"""
catalogue: 1
programs:
  - id: capped
    name: Capped
    kind: federal
    rules: [{{id: admin, cap: {{at_most: 10%, of: award, select: {{function: administration}}}}, {CITE}}}]
  - id: matched
    name: Matched
    kind: federal
    rules:
      - {{id: match, match: {{share: 25%, from: [local]}}, {CITE}}}
      - {{id: no-staff, forbid: {{function: administration}}, {CITE}}}
  - id: narrow
    name: Narrow
    kind: foundation
    closed_list: true
    rules: [{{id: strips, allow: {{item: drug-checking-strips}}, {UNREAD}}}]
  - id: useless
    name: Useless
    kind: foundation
    rules: [{{id: nothing, forbid: {{}}, {CITE}}}]
  - {{id: fund, name: Fund, kind: local}}
  - {{id: other, name: Other, kind: other}}
"""
PROPOSAL = """\
braid: 1
name: Seeking
jurisdiction: {name: Small County, state: NC}
calendar: {first: FY2027, last: FY2027}
awards: [{id: own, program: fund, start: 2026-07-01, end: 2027-06-30, amount: "300"}]
activities:
  - id: work
    name: Work
    uses: [x-any]
    lines:
      - {id: kits, category: supplies, amount: "1,000"}
      - {id: strips, category: supplies, item: drug-checking-strips, amount: "200"}
  - {id: office, name: Office, uses: [x-any], priority: 2,
     lines: [{id: staff, category: contractual, function: administration, amount: "300", never: [own]}]}
"""
INDIRECT = PROPOSAL.replace("awards:", "indirect: {rate: 10%, base: direct}\nawards:", 1).replace(
    'amount: "300"}]\nactivities', 'amount: "300", indirect: {rate: 0%}, voluntary: true}]\nactivities', 1
)


@pytest.fixture(scope="module")
def known() -> Catalogue:
    return read(CATALOGUE, "ours.yaml", shipped_vocabulary())


def sought(text: str, known: Catalogue) -> Seeking:
    return braid.seek(read_text(text, "small.yaml", catalogue=known), catalogue=known)


def by_program(found: Seeking) -> dict[str, Seek]:
    return {row.program: row for row in found.grants}


def helps(row: Seek) -> dict[str, tuple[Decimal, Decimal]]:
    return {each.activity: (each.payable, each.met) for each in row.helps}


def test_the_smallest_award_that_does_all_that_one_could(known: Catalogue) -> None:
    """Of 1,500, 300 are met (priority 1); 900 of work and 300 of the office are not: a gap of 1,200."""
    found = sought(PROPOSAL, known)
    assert (found.need, found.gap) == (1500, 1200)
    assert [row.program for row in found.grants] == ["capped", "matched", "narrow"]
    # a tenth of the award may pay the office: 900 / 0.9 = 1,000, of which 100: 1,000 of 1,200 are 83%
    capped = by_program(found)["capped"]
    assert (capped.amount, capped.met, capped.payable) == (1000, 1000, 1200)
    assert (capped.direct, capped.fringe, capped.indirect, capped.match) == (1000, 0, 0, 0)
    assert helps(capped) == {"office": (300, 100), "work": (900, 900)}
    assert capped.sentence == "A $1,000 Capped award would fund 83% of the gap, $1,000 of $1,200."
    # all but the office; a quarter of the whole cost is a third of the award
    matched = by_program(found)["matched"]
    assert (matched.amount, matched.met, matched.match) == (900, 900, 300)
    assert matched.sentence == (
        "A $900 Matched award would fund 75% of the gap, $900 of $1,200; it would need $300 of match."
    )


def test_no_part_of_a_dollar_of_need_makes_an_award_larger(known: Catalogue) -> None:
    """The work is 5 more: the award pays 905 of it, and of the office a tenth of itself. 905 + A / 10 = A would be
    1,005.56, and its last 56 cents would pay parts of a dollar: 1,005 pay 905 and 100, and so would 1,006."""
    capped = by_program(sought(PROPOSAL.replace('"1,000"', '"1,005"'), known))["capped"]
    assert (capped.amount, capped.met) == (1005, 1005)


def test_an_award_frees_other_money_and_says_what_it_rests_on(known: Catalogue) -> None:
    """It may pay strips alone; whichever line the 300 pay now, 200 more of the work are met."""
    narrow = by_program(sought(PROPOSAL, known))["narrow"]
    assert (narrow.amount, narrow.met) == (200, 200)
    assert narrow.unverified
    assert narrow.sentence == (
        "A $200 Narrow award would fund 17% of the gap, $200 of $1,200. It rests on rules nobody has confirmed."
    )


def test_a_program_that_may_pay_nothing_is_named_apart_and_one_without_rules_is_left_out(known: Catalogue) -> None:
    found = sought(PROPOSAL, known)
    assert found.nothing == ("useless",)
    assert not {"other", "fund"} & {row.program for row in found.grants}


def test_indirect_cost_is_part_of_the_award(known: Catalogue) -> None:
    """At 10%, the work charges 990; the office is a tenth of the award of which a tenth more is indirect cost."""
    capped = by_program(sought(INDIRECT, known))["capped"]
    # A = 1.1 · (900 + A / 10): 0.89 A = 990, A = 1,112.36; the office gets 111.24, and indirect cost 101.12
    assert (capped.amount, capped.direct, capped.indirect) == (1113, 1011, 101)
    assert helps(capped) == {"office": (300, 111), "work": (900, 900)}


def test_what_it_would_fund_goes_by_the_goals_of_the_proposal(known: Catalogue) -> None:
    """The worse-funded activity comes first: with 300, a fifth of both needs is met, with 500 a third."""
    fair = PROPOSAL.replace(", never: [own]", "", 1) + "goals: [{fairness: {over: activity}}, fund]\n"
    found = sought(fair, known)
    narrow = by_program(found)["narrow"]
    # of 1,200 and 300: 240 and 60 are met, then 400 and 100
    assert {name: met for name, (_, met) in helps(narrow).items()} == {"office": 40, "work": 160}
    assert (narrow.amount, narrow.direct, narrow.met) == (200, 200, 200)
    assert repr(found).splitlines()[-1] == f"{ASSUMED} {BY_GOALS}"


def test_programs_that_there_was_no_time_for_are_named(known: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three programs one takes too long: the others are told, and it is named."""
    weigh = _Seeker.sought

    def slowly(self: _Seeker, program: Program) -> Seek | None:
        if program.id == "matched":
            raise OutOfTimeError
        return weigh(self, program)

    monkeypatch.setattr(_Seeker, "sought", slowly)
    found = sought(PROPOSAL, known)
    assert [row.program for row in found.grants] == ["capped", "narrow"]
    assert repr(found).splitlines()[-2:] == ["There was no time left to weigh matched.", ASSUMED]


def test_a_held_or_an_expected_program_is_not_sought(known: Catalogue) -> None:
    held = PROPOSAL.replace(
        "awards: [", 'awards: [{id: c, program: capped, start: 2026-07-01, end: 2027-06-30, amount: "0"}, '
        '{id: m, program: matched, status: expected, start: 2026-07-01, end: 2027-06-30, amount: "9"}, ', 1
    )  # fmt: skip
    assert [row.program for row in sought(held, known).grants] == ["narrow"]


def test_other_money_moves_on_to_what_it_alone_may_pay(known: Catalogue) -> None:
    """Where the county's own 300 may pay the office, they do, and the award pays all 1,200 of the work."""
    freed = PROPOSAL.replace(", never: [own]", "", 1)
    capped = by_program(sought(freed, known))["capped"]
    assert (capped.amount, capped.met) == (1200, 1200)
    assert helps(capped) == {"office": (300, 300), "work": (900, 900)}


def test_what_is_all_or_nothing_and_out_of_reach_is_not_counted(known: Catalogue) -> None:
    """The office would be a tenth of 3,000, which nothing here could spend: the work alone is paid."""
    whole = PROPOSAL.replace("priority: 2,", "priority: 2, minimum: all,", 1)
    capped = by_program(sought(whole, known))["capped"]
    assert (capped.amount, capped.met) == (900, 900)


def test_planning_with_the_award_meets_what_was_said(known: Catalogue) -> None:
    """The award in the proposal, a plan is made: it meets 1,000 more, and with one dollar less it does not."""
    for amount, funded in (("1000", 1300), ("999", 1299)):
        award = (
            f'{{id: new, program: capped, awarded: 2026-07-01, start: 2026-07-01, end: 2027-06-30, amount: "{amount}"}}'
        )
        text = PROPOSAL.replace("awards: [", f"awards: [{award}, ", 1)
        assert braid.plan(read_text(text, "small.yaml", catalogue=known), catalogue=known).totals.funded == funded


def test_it_prints_as_sentences_and_turns_into_a_frame(known: Catalogue) -> None:
    found = sought(PROPOSAL, known)
    lines = repr(found).splitlines()
    assert lines == [*(row.sentence for row in found.grants), ASSUMED]
    assert found.to_frame()["amount"].tolist() == [1000, 900, 200]
    assert repr(found.grants[0]) == found.grants[0].sentence
    met = PROPOSAL.replace(", never: [own]", "", 1).replace(
        'amount: "300"}]\nactivities', 'amount: "3,000"}]\nactivities', 1
    )
    assert repr(sought(met, known)) == "Every need is met: there is no gap to seek a grant for."


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    text = PROPOSAL.replace("program: fund", "program: county-general-fund")
    Path("small.yaml").write_text(text, encoding="utf-8")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(shell, words, prog_name="braid")

    return invoke


def test_the_shell_says_which_grant_to_seek(run: Any) -> None:
    """By the catalogue that comes with braid, of a proposal and of its finished plan alike."""
    assert run("plan", "small.yaml", "-q", "-o", "plan.json").exit_code == 0
    first, again = (json.loads(run("seek", name, "--json").stdout) for name in ("small.yaml", "plan.json"))
    assert first == again
    rwjf = next(row for row in first["grants"] if row["program"] == "rwjf")
    assert (rwjf["amount"], rwjf["met"]) == ("1200.00", "1200.00")
    text = run("seek", "plan.json", "-q", "-o", "grants.csv").stdout
    assert "$1,200 of a need of $1,500 is unmet." in text
    assert "Work: $900 more is met; the award may pay $900 of the gap" in text
    header = Path("grants.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("program,name,amount,met,payable,direct,fringe,indirect,match,unverified,helps,sentence")
