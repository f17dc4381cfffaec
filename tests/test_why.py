"""Why, at the shell: of a proposal and of a finished plan; and the gaps, each sentence told once."""

from __future__ import annotations

import json
import re
from math import floor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import braid
from braid.cli import shell
from braid.reading import read_text

PROPOSAL = """\
braid: 1
name: A town
jurisdiction: {name: Harbor County, state: NC}
calendar: {fiscal_year_starts: 07-01, first: FY2027, last: FY2028}
awards:
  - {id: jag, program: other, start: 2026-07-01, end: 2028-06-30, amount: "100"}
activities:
  - id: first
    uses: [x-any]
    priority: 1
    lines: [{id: kits, category: supplies, amount: "45", grows: 0%}]
  - id: second
    uses: [x-any]
    priority: 2
    lines:
      - {id: staff, category: supplies, amount: "30", grows: 0%}
      - {id: barred, category: supplies, amount: "10", grows: 0%, never: [jag]}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "proposal.yaml").write_text(PROPOSAL, encoding="utf-8")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(shell, list(words))


def test_why_of_a_proposal_and_of_its_plan_say_the_same(here: Path) -> None:
    """100 less two times 45 leaves 10 of 60; a finished plan answers without being planned again."""
    assert run("plan", "proposal.yaml", "-o", "plan.json").exit_code == 0
    planned, finished = (
        run("why", "proposal.yaml", "second/staff", "jag"),
        run("why", "plan.json", "second/staff", "jag"),
    )
    assert planned.exit_code == finished.exit_code == 0
    told = planned.stdout.partition("\nIn this plan\n")[2]
    assert told == finished.stdout.partition("\nIn this plan\n")[2]
    assert " ".join(told.split()) == (
        "jag pays $10 of the $60 that second/staff costs. $50 of it is unmet. For costs of the same days jag pays $90 "
        "of other lines: first/kits $90 (priority 1). If jag paid $50 more of it, $50 of priority 1 would not be met. "
        "With $50 more, jag could pay that and nothing else would be met less."
    )


def test_why_as_json_and_the_rules_alone(here: Path) -> None:
    """--json carries the amounts; --rules, and a pair that may not be paid, plan nothing."""
    made = json.loads(run("why", "proposal.yaml", "second/staff", "jag", "--json").stdout)["in_plan"]
    assert (made["paid"], made["unmet"], made["money"]) == ("10.00", "50.00", "50.00")
    assert made["displaced"] == [{"priority": 1, "amount": "50.00"}]
    assert "In this plan" not in run("why", "proposal.yaml", "second/staff", "jag", "--rules").stdout
    barred = run("why", "proposal.yaml", "second/barred", "jag")
    assert "In this plan" not in barred.stdout
    assert barred.exit_code == 0


def test_gaps_with_one_sentence_are_told_together(here: Path) -> None:
    """Two years of one line that nobody may pay: two rows, and the sentence once."""
    told = run("gaps", "proposal.yaml").stdout
    assert told.count("No award on file may pay it.") == 1
    assert "  second/barred  FY2027  $10\n  second/barred  FY2028  $10\n" in told


def test_which_goal_chose_is_not_told_without_the_former_plan(here: Path) -> None:
    """Two awards pay the line. The plan stays close to a former one, which its file does not carry, so that
    which goal chose is not told from the file; all else is."""
    two = PROPOSAL.replace("\nactivities:", '\n  - {id: sor, program: other, opening_balance: "300"}\nactivities:')
    (here / "proposal.yaml").write_text(two, encoding="utf-8")
    assert run("plan", "proposal.yaml", "-o", "first.json").exit_code == 0
    (here / "proposal.yaml").write_text(two + "goals: [stay-close, fund]\n", encoding="utf-8")
    assert run("plan", "proposal.yaml", "--former", "first.json", "-o", "plan.json").exit_code == 0
    told = " ".join(run("why", "plan.json", "first/kits", "jag").stdout.split())
    assert "which changes least of the former plan, chose the others." in told
    content = json.loads((here / "plan.json").read_text(encoding="utf-8"))
    del content["former"]
    (here / "plan.json").write_text(json.dumps(content), encoding="utf-8")
    told = " ".join(run("why", "plan.json", "first/kits", "jag").stdout.split())
    assert "Which goal chose the others is not told: this plan stays close to one that is not in its file." in told
    assert "All of it is met, so that no more is asked for." in told


TWO_AWARDS = """\
braid: 1
name: A town
jurisdiction: {{name: Harbor County, state: NC}}
calendar: {{first: FY2027, last: FY2027}}
indirect: {{rate: {rate}%, base: direct, kind: de-minimis}}
awards:
  - {{id: a, program: other, start: 2026-07-01, end: 2027-06-30, amount: "{a}"}}
  - {{id: b, program: other, start: 2026-07-01, end: 2027-06-30, amount: "{b}"}}
activities:
  - {{id: court, uses: [x-any],
     lines: [{{id: staff, category: personnel, fringe: {fringe}%, amount: "{staff}"}}]}}
  - {{id: kits, uses: [x-any], priority: 2, lines: [{{id: kits, category: supplies, amount: "50,000"}}]}}
"""
BETTER_WHEN_LESS = {"restricted-first", "tidy"}


def reached(plan: braid.Plan, before: str | None) -> list[int]:
    """What each goal before one comes to in whole dollars, more being better; after all of them, the small charges."""
    goals = plan.file.goals
    names = [goal.goal for goal in goals]
    some = goals if before is None else goals[: names.index(before)]
    small = [-sum(row.amount < 500 for row in plan.allocations)] if before is None else []
    return [*(floor(-goal.value if goal.goal in BETTER_WHEN_LESS else goal.value) for goal in some), *small]


@pytest.mark.parametrize(
    ("rate", "a", "b", "fringe", "staff"),
    [(15, 60_000, 50_000, 31, 70_000), (10, 41_000, 23_457, 29, 40_000), (13, 30_011, 30_007, 37, 30_001)],
)
def test_what_could_be_paid_as_well_is_right_to_the_dollar(rate: int, a: int, b: int, fringe: int, staff: int) -> None:
    """The amount is committed, and the plan reaches every goal before the one that chose as well; a dollar more is
    committed, and it does not."""
    text = TWO_AWARDS.format(rate=rate, a=a, b=b, fringe=fringe, staff=staff)
    plan = braid.plan(read_text(text, "proposal.yaml"))
    told = 0
    for line in ("court/staff", "kits/kits"):
        for award in ("a", "b"):
            made = plan.why(line, award).in_plan
            assert made is not None
            sentences = " ".join(made.told)
            found = re.search(r"could pay up to \$([\d,]+) of it and every goal (?:before (\S+) )?would", sentences)
            if found is None:
                continue
            told, before = told + 1, found[2]
            could = int(found[1].replace(",", ""))
            for amount, as_well in ((could, True), (could + 1, False)):
                commit = f'committed: [{{award: {award}, line: {line}, period: FY2027, amount: "{amount}"}}]\n'
                other = braid.plan(read_text(text + commit, "proposal.yaml"))
                assert (reached(other, before) == reached(plan, before)) is as_well, (line, award, amount)
    assert told
