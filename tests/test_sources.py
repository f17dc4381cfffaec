"""The commands about sources: a program as of a day, what changed, a file of one's own, uses and practices."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import braid
from braid.cli import shell
from braid.cli.setting_up import starter
from braid.law.catalogue import shipped_vocabulary
from braid.law.in_words import in_words
from braid.law.rules import KINDS, Rule

Run = Callable[..., Result]
PROPOSAL, MINE = "proposal.yaml", "mine.yaml"
OWN = """
catalogue: 1
programs:
  - id: sor
    rules:
      - id: strips-in-clinics
        replaces: sor/test-strips-end
        forbid: {item: drug-checking-strips, unless: {setting: [professional, clinic]}}
        costs: {from: 2026-06-01}
        why: The letter of the State lets clinics go on.
        cite: [{title: Letter of the State, href: "https://example.org/letter", read_on: 2026-06-02}]
      - id: state-share
        cap: {at_most: 3%, of: award, select: {function: administration}}
        why: The State passes on a limit of 3% on administration.
        cite: [{title: Subaward agreement}]
  - id: rotary
    name: Rotary Club
    kind: foundation
"""


def rows_of(name: str) -> list[dict[str, str]]:
    with Path(name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`run("sources", "show", "sor")` in a folder that holds a proposal and a catalogue file of one's own."""
    monkeypatch.chdir(tmp_path)
    Path(PROPOSAL).write_text(starter(), encoding="utf-8")
    Path(MINE).write_text(OWN, encoding="utf-8")
    shown: list[str] = []

    def invoke(*words: str, **extra: Any) -> Result:
        result = CliRunner().invoke(shell, words, prog_name="braid", **extra)
        shown.append(result.output)
        return result

    yield invoke
    assert not any("Traceback" in text for text in shown)


def answer(run: Run, *words: str) -> dict[str, Any]:
    result = run("sources", *words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def named(rules: list[dict[str, Any]]) -> set[str]:
    return {rule["name"] for rule in rules}


# ------------------------------------------------------------------ as of a day


def test_show_as_of_a_day(run: Run) -> None:
    """On its first day a rule is there and the one that it ends is gone, with sentence, words, days and link."""
    before, after = (answer(run, "show", "sor", "--on", day) for day in ("2026-04-23", "2026-04-24"))
    assert "sor/test-strips-end" in named(after["rules"]) - named(before["rules"])
    text = run("sources", "show", "sor", "--on", "2026-10-01").stdout
    end = text[text.index("sor/test-strips-end") :].partition("\n  sor/")[0]
    assert "For costs from 2026-04-24." in end
    assert "unless setting professional" in end
    assert "https://" in end
    assert max(len(line) for line in text.splitlines() if "https://" not in line) <= 100
    assert text.index("\nNever pays\n") > text.index("As of 2026-10-01")


def test_show_tells_what_is_near(run: Run) -> None:
    """What began and what ended last before a day, and what comes next, each with the day on which it does."""
    for day, key, first in (("2026-04-24", "began", "2026-04-24"), ("2026-04-23", "begins", "2026-04-24")):
        found = [each for each in answer(run, "show", "sor", "--on", day)["around"][key] if each["for"] == "costs"]
        assert {each["first_day"] for each in found} == {first}
        assert "sor/test-strips-end" in {each["after"]["name"] for each in found}
    text = run("sources", "show", "sor", "--on", "2026-04-24").stdout
    assert "2026-04-24, for costs: sor/test-strips-end:" in text[text.index("Around 2026-04-24") :]


def test_show_without_a_day_has_every_rule(run: Run) -> None:
    """All rules with their days, those of all editions of the sets included."""
    every = named(answer(run, "show", "sor")["rules"])
    for day in ("2025-03-01", "2026-03-01", "2026-12-01"):
        assert named(answer(run, "show", "sor", "--on", day)["rules"]) <= every


def test_show_by_state_and_edition(run: Run) -> None:
    """A State finds its edition; where it has none the first is shown, and said."""
    assert answer(run, "show", "opioid-settlement", "--state", "nc")["edition"] == "NC"
    first = answer(run, "show", "opioid-settlement", "--on", "2026-01-01")
    nowhere = run("sources", "show", "opioid-settlement", "--on", "2026-01-01", "--state", "ZZ", "--json")
    assert nowhere.stderr == "warning: opioid-settlement has no edition for ZZ\n"
    assert named(json.loads(nowhere.stdout)["rules"]) == named(first["rules"])


def test_show_in_a_table(run: Run) -> None:
    """A row for each rule, with the words and the citations."""
    assert run("sources", "show", "sor", "-o", "sor.csv", "-o", "sor.json", "-q").exit_code == 0
    rows = rows_of("sor.csv")
    strips = next(row for row in rows if row["rule"] == "sor/test-strips-end")
    assert strips["costs_from"] == "2026-04-24"
    assert strips["says"].startswith("lines with item drug-checking-strips")
    assert len(rows) == len(json.loads(Path("sor.json").read_text(encoding="utf-8"))["rules"])


# ---------------------------------------------------------------- what changed


def test_diff_over_the_letter(run: Run) -> None:
    """The end of test strips is a change for costs, and none for new awards; the year before it is none at all."""
    found = answer(run, "diff", "tor", "2026-04-23", "2026-04-24")
    began = {change["after"]["name"] for change in found["costs"] if change["change"] != "ended"}
    assert "sor/test-strips-end" in began
    assert {change["first_day"] for change in found["costs"]} == {"2026-04-24"}
    assert found["awards"] == []
    text = run("sources", "diff", "sor", "2026-04-23", "2026-04-24").stdout
    costs, awards = text.split("For new awards: ")
    assert "2026-04-24  began\n    sor/test-strips-end: " in costs
    assert "Nothing changed." in awards
    assert answer(run, "diff", "sor", "2026-04-24", "2026-04-25")["costs"] == []


def test_diff_of_one_day_with_itself(run: Run) -> None:
    """Nothing changed, and it says so for both questions."""
    text = run("sources", "diff", "sor", "2026-04-24", "2026-04-24").stdout
    assert text.count("  Nothing changed.\n") == 2


def test_diff_in_a_table(run: Run) -> None:
    """A row for each change."""
    assert run("sources", "diff", "sor", "2025-07-01", "2026-07-01", "-o", "c.csv").exit_code == 0
    rows = rows_of("c.csv")
    assert ("costs", "began", "2026-04-24") in {
        (row["for"], row["change"], row["first_day"]) for row in rows if row["rule"] == "sor/test-strips-end"
    }


USAGE = {
    ("diff", "sor", "2026-07-01", "2025-07-01"): "2025-07-01 comes before 2026-07-01; the earlier day is expected "
    "first.",
    ("diff", "sro", "2026-07-01", "2026-07-02"): "Invalid value for PROGRAM: «sro» is no program of the catalogue (did "
    "you mean «sor»?).",
    ("diff", "sor", "7/1/26", "2026-07-02"): "Invalid value for 'DATE': «7/1/26» is no date; write year, month and "
    "day, as in 2026-07-01.",
    ("show", "sor", "--state", "Ohio"): "Invalid value for '--state': «Ohio» is no State; two letters are expected, as "
    "in NC.",
    ("activities", "naloxone-distributon"): "Invalid value for NAME: «naloxone-distributon» is no use and no practice "
    "(did you mean «naloxone-distribution»?); without a name all are listed.",
}


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_wrong_usage(run: Run, words: tuple[str, ...]) -> None:
    """What is asked for and does not exist is told in one sentence, with what is near."""
    result = run("sources", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[0] == f"error: {USAGE[words]}"


def test_an_edition_that_is_not_there(run: Run) -> None:
    """The editions that there are, and the nearest."""
    result = run("sources", "show", "opioid-settlement", "--edition", "nationl")
    assert result.exit_code == 2
    assert "«nationl» is no edition of opioid-settlement (did you mean «national»?); it has " in result.stderr


# ------------------------------------------------------------- a file of one's own


def test_check_tells_what_a_file_adds_and_replaces(run: Run) -> None:
    """Both rules side by side where there is room, one under the other where not; warnings for what lacks a date."""
    result = run("sources", "check", MINE)
    assert result.exit_code == 0
    first, *_ = result.stdout.splitlines()
    assert first == "no faults: mine.yaml adds 1 program or set, 1 rule, and replaces 1 rule of ours"
    beside = next(line for line in result.stdout.splitlines() if "sor/strips-in-clinics" in line)
    assert beside.split("  |  ")[0].strip() == "sor/test-strips-end"
    assert result.stderr.splitlines() == [
        "warning: sor/state-share has no date: it governs all awards and all costs; say `awards:` or `costs:`",
        "warning: sor/state-share has no citation with a link; say `href:`",
        "warning: sor/state-share does not say when its citation was read; say `read_on:`",
    ]
    narrow = run("sources", "check", MINE, env={"COLUMNS": "60"}).stdout
    assert "  |  " not in narrow
    assert narrow.index("\n  ours\n") < narrow.index("\n  yours\n")
    data = answer(run, "check", MINE)
    assert data["catalogue"] == braid.catalogue(MINE).sha256
    assert [(each["ours"]["name"], each["theirs"]["name"]) for each in data["replaces"]] == [
        ("sor/test-strips-end", "sor/strips-in-clinics")
    ]


def test_check_tells_every_fault(run: Run) -> None:
    """Each at its line and column, with exit code 3; as JSON too, and by every command that is given the file."""
    Path(MINE).write_text(OWN.replace("sor/test-strips-end", "sor/test-strip-end").replace("cite:", "cites:"), "utf-8")
    result = run("sources", "check", MINE)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "mine.yaml:7:19  programs[sor].rules[strips-in-clinics]" not in result.stderr  # a rule that cannot be read
    assert "mine.yaml:11:9  programs[sor].rules[strips-in-clinics].cites  unknown key «cites»" in result.stderr
    assert len(json.loads(run("sources", "check", MINE, "--json").stdout)["faults"]) == 2
    for words in (("plan", PROPOSAL), ("sources", "list"), ("why", PROPOSAL, "naloxone/kits", "sor"), ("demo",)):
        other = run(*words, "--sources", MINE)
        assert (other.exit_code, other.stdout, other.stderr) == (3, "", result.stderr)
    gone = run("check", PROPOSAL, "--sources", "gone.yaml", "--json")
    assert gone.exit_code == 3
    assert json.loads(gone.stdout)["faults"][0]["sentence"] == "there is no such file"


def test_a_replaced_rule_is_shown_like_an_exception(run: Run) -> None:
    """The rule of the file in the place of ours, and ours below, with whose rule has its place."""
    data = answer(run, "show", "sor", "--on", "2026-07-01", "--sources", MINE)
    assert "sor/strips-in-clinics" in named(data["rules"])
    assert "sor/test-strips-end" not in named(data["rules"])
    assert [(each["name"], each["replaced_by"]) for each in data["replaced"]] == [
        ("sor/test-strips-end", "sor/strips-in-clinics")
    ]
    text = run("sources", "show", "sor", "--sources", MINE).stdout
    assert "From mine.yaml, in the place of sor/test-strips-end." in text
    assert "Replaced by mine.yaml\n  sor/test-strips-end: " in text
    assert "mine.yaml is laid over the catalogue." in text
    changed = answer(run, "diff", "sor", "2026-04-23", "2026-06-01", "--sources", MINE)["costs"]
    began = {change["after"]["name"] for change in changed if "after" in change}
    assert "sor/strips-in-clinics" in began
    assert "sor/test-strips-end" not in began


def test_the_file_is_laid_over_for_a_plan(run: Run) -> None:
    """The plan obeys the rules of the file, names it in its command and both files in the hash of its catalogue."""
    result = run("plan", PROPOSAL, "--sources", MINE, "-o", "plan.json", "-q")
    assert result.exit_code == 0, result.stderr
    made = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    assert made["provenance"]["catalogue"] == braid.catalogue(MINE).sha256
    assert f"--sources {MINE}" in made["provenance"]["command"]
    assert run("check", "plan.json", "--sources", MINE).exit_code == 0
    assert "made with another catalogue" in run("check", "plan.json").stderr
    for words in (("check",), ("eligible",), ("gaps",)):
        assert run(*words, PROPOSAL, "--sources", MINE).exit_code == 0


def test_a_program_of_one_s_own(run: Run) -> None:
    """It is listed, shown, and may be named by a proposal."""
    assert "rotary" not in {each["id"] for each in answer(run, "list")["programs"]}
    assert "rotary" in {each["id"] for each in answer(run, "list", "--sources", MINE)["programs"]}
    assert "It carries no rules of its own" in run("sources", "show", "rotary", "--sources", MINE).stdout
    Path(PROPOSAL).write_text(
        "braid: 1\nname: x\njurisdiction: {name: x, state: NC}\ncalendar: {first: FY2027, last: FY2027}\n"
        'awards: [{id: a, program: rotary, start: 2026-07-01, end: 2027-06-30, amount: "40"}]\n'
        'activities: [{id: b, uses: x-any, lines: [{id: c, category: other, amount: "4"}]}]\n',
        encoding="utf-8",
    )
    assert "«rotary» is no program of the catalogue" in run("check", PROPOSAL).stderr
    assert run("check", PROPOSAL, "--sources", MINE).exit_code == 0


def test_the_catalogue_of_the_environment_lies_below(run: Run) -> None:
    """BRAID_FUNDING_SOURCES replaces what ships; --sources is laid over that."""
    Path("base.yaml").write_text("catalogue: 1\nprograms: [{id: base, name: Base, kind: other}]\n", encoding="utf-8")
    Path("over.yaml").write_text("catalogue: 1\nprograms: [{id: over, name: Over, kind: other}]\n", encoding="utf-8")
    result = run("sources", "--sources", "over.yaml", "--json", env={"BRAID_FUNDING_SOURCES": "base.yaml"})
    assert [each["id"] for each in json.loads(result.stdout)["programs"]] == ["base", "over"]


def test_completion(run: Run) -> None:
    """Programs of the file too, editions of the program, uses and practices."""

    def completed(*words: str) -> list[str]:
        asked = {"_BRAID_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
        return [line.partition(",")[2] for line in run(env=asked).stdout.splitlines()]

    assert completed("braid", "sources", "diff", "--sources", MINE, "rot") == ["rotary"]
    assert completed("braid", "sources", "show", "opioid-settlement", "--edition", "nat") == ["national"]
    assert "naloxone-distribution" in completed("braid", "sources", "activities", "naloxone-")
    assert {"show", "diff", "check", "activities", "list"} == set(completed("braid", "sources", ""))


# ------------------------------------------------------------ uses and practices


def test_activities(run: Run) -> None:
    """All uses and practices; one of them with its lists and what studies found, each with citation and year."""
    words = shipped_vocabulary()
    every = answer(run, "activities")["activities"]
    assert [each["id"] for each in every] == [each.id for each in (*words.uses, *words.practices)]
    use = next(each for each in words.uses if each.evidence and each.exhibit_e and each.nc_option_a)
    text = " ".join(run("sources", "activities", use.id).stdout.split())
    for said in (use.about, ", ".join(use.exhibit_e), ", ".join(use.nc_option_a), use.evidence[0].finding):
        assert said in text
    assert f"{use.evidence[0].cite}, {use.evidence[0].year}" in text
    assert use.evidence[0].href in text
    none = next(each for each in words.uses if not each.evidence)
    assert "That is no finding that it does not work." in run("sources", "activities", none.id).stdout
    listed = run("sources", "activities").stdout
    assert all(each.id in listed for each in (*words.uses, *words.practices))
    assert run("sources", "activities", "-o", "a.csv").exit_code == 0
    assert len(rows_of("a.csv")) == len(every)


# --------------------------------------------------------------- rules in words

WORDS = {
    "allow: {use: drug-checking}": "lines with use drug-checking",
    "certify: {}": "every line",
    "forbid: {currently_funded: true}": "every line of activities that State or local money pays for today",
    "approval: {item: consultant, unit: day, above: 650}": "lines with item consultant and unit day that cost more "
    "than $650 a unit",
    "last_payer: {function: service}": "lines with function service",
    "cap: {at_most: 5%, of: award, include_indirect: true}": "at most 5% of the award; indirect is counted",
    "cap: {at_most: '150,000', per: budget_period, select: {item: renovation}}": "at most $150,000 in each budget "
    "period, on lines with item renovation; indirect is not counted",
    "floor: {at_least: 50%, of: received, per: calendar_year}": "at least 50% of what is received, in each calendar "
    "year",
    "limit: {at_most: 750, unit: patient, per: year, excess: none}": "at most $750 per patient-year; no award pays the "
    "rest",
    "portion: {share: opioid-related}": "at most the documented share «opioid-related» of each line",
    "indirect: {rate: 15%, base: mtdc, authority: statute}": "at most 15% of modified total direct costs (by statute)",
    "indirect: {subawards_first: '50,000', equipment_from: '10,000'}": "of each subaward agreement the base holds the "
    "first $50,000; a thing is equipment from a unit cost of $10,000 (by policy only)",
    "match: {required: 100%, by_year: {7: 125%}, from: [state, local]}": "other money of at least 100% of what the "
    "award pays (125% in year 7 of the award), from state or local",
    "match: {share: 25%}": "other money of at least 25% of the whole cost of the project, from settlement, foundation, "
    "state, local or other",
    "transfer: {at_most: 10%, and_at_most: '250,000', new_class: approval}": "up to 10% of the award or $250,000, "
    "whichever is less, may move between object classes without prior approval; a class that the budget does not have "
    "needs approval",
    "transfer: {at_most: 25%, per: budget_period}": "up to 25% of the money of a budget period may move between object "
    "classes within a budget period without prior approval",
    "use_within: {months: 18, met_by: encumbered}": "costs incurred or encumbered within 18 months of receiving the "
    "money",
    "carry_over: {at_most: 25%}": "of what a budget period leaves, at most 25% of its money may pay costs until the "
    "award ends, without approval",
}


def a_rule(says: str) -> Rule:
    from braid.files import nodes

    document = nodes.parse(f"id: x\nwhy: x\ncite: [{{title: x}}]\n{says}\n", "x.yaml")
    found = document.validate(Rule, ())
    document.raise_faults()
    assert found is not None
    return found


@pytest.mark.parametrize("says", WORDS)
def test_a_rule_in_words(says: str) -> None:
    """Every kind of rule is told in words, from the same data that plans are reckoned with."""
    assert in_words(a_rule(says)) == WORDS[says]


def test_every_kind_has_words_and_a_heading() -> None:
    """No kind of rule is left out of the commands, and no rule of the catalogue is without words."""
    from braid.cli.rules_told import HEADINGS

    assert set(HEADINGS) == set(KINDS) == {says.partition(":")[0] for says in WORDS}
    assert all(in_words(rule) for rule in braid.catalogue().rules())
