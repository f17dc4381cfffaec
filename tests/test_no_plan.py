"""What is answered where there is no plan: at a conflict, and where one is possible only in fractions of a dollar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from braid.cli import shell

TEXT = """\
braid: 1
name: A town
jurisdiction: {name: Harbor County, state: NC}
calendar: {first: FY2027, last: FY2027}
awards: [{id: a, program: other, start: 2026-07-01, end: 2027-06-30, amount: "100"}]
activities:
  - {id: act, uses: [x-any], lines: [{id: staff, category: personnel, fringe: 50%, amount: "200"}]}
require:
  - {id: least, at_least: "LEAST", of: spend, select: {use: x-any}}
  - {id: most, at_most: "100", of: spend, select: {use: x-any}}
"""
# with its fringe a dollar of pay costs 1.50, so that whole dollars of pay come to 99 or to 100.50, never to 100: where
# least is lowered it goes to 99
FRACTIONS, CONFLICT = TEXT.replace("LEAST", "100"), TEXT.replace("LEAST", "120")
ANSWERS = {
    "gaps": ("p.yaml",),
    "next-dollar": ("p.yaml",),
    "seek": ("p.yaml",),
    "compare": ("p.yaml", "--others", "1"),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(shell, list(words))


@pytest.mark.parametrize("name", ANSWERS)
def test_fractions_are_told_in_words_and_as_json(here: Path, name: str) -> None:
    """Nothing but JSON is on stdout, which names the row and the dollar that it is missed by; the code is 4."""
    (here / "p.yaml").write_text(FRACTIONS, encoding="utf-8")
    done = run(name, *ANSWERS[name], "--json")
    assert done.exit_code == 4
    assert json.loads(done.stdout) == {
        "braid": 1,
        "answer": name,
        "status": "fractions",
        "fraction_row": "require[least]",
        "fraction_amount": "1.00",
        "shortfalls": [],
    }
    assert done.stderr.endswith(
        "A town: no plan in whole dollars satisfies the requirements\n\n"
        "It is possible only in fractions of a dollar; in whole dollars this is missed by $1:\n"
        "  least is required: at least $100 is paid on lines with use x-any.  (require[least])\n"
    )


@pytest.mark.parametrize("name", ANSWERS)
def test_a_conflict_is_told_in_words_and_as_json(here: Path, name: str) -> None:
    """The set that cannot hold together with what would mend it, as in plan.json, and the code is 4; without --json
    nothing is on stdout."""
    (here / "p.yaml").write_text(CONFLICT, encoding="utf-8")
    done = run(name, *ANSWERS[name], "--json")
    data = json.loads(done.stdout)
    assert (done.exit_code, data["answer"], data["status"]) == (4, name, "conflict")
    assert [clash["row"] for clash in data["conflict"]] == ["require[least]", "award[a]"]
    assert [(each["from"], each["to"]) for each in data["repairs"]] == [("$120", "$99")]
    assert "These cannot hold together:" in done.stderr
    assert run(name, *ANSWERS[name]).stdout == ""


def test_why_and_check_answer_without_a_plan(here: Path) -> None:
    """Whether an award may pay a line does not hang on a plan: the determination is told, and nothing of a plan."""
    for text in (FRACTIONS, CONFLICT):
        (here / "p.yaml").write_text(text, encoding="utf-8")
        done = run("why", "p.yaml", "act/staff", "a", "--json")
        assert (done.exit_code, json.loads(done.stdout)["in_plan"]) == (0, None)
        assert run("check", "p.yaml", "--json").exit_code == 0
