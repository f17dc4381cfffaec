"""The command line: what it answers, what it refuses and in which words, its exit codes, and that it leaves no mess."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import braid
from braid.cli import shell
from braid.cli.setting_up import starter

Run = Callable[..., Result]
PROPOSAL = "proposal.yaml"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """`run("plan", "proposal.yaml")` in a folder that holds the starter proposal; no run may show a traceback."""
    monkeypatch.chdir(tmp_path)
    Path(PROPOSAL).write_text(starter(), encoding="utf-8")
    shown: list[str] = []

    def invoke(*words: str, **extra: Any) -> Result:
        result = CliRunner().invoke(shell, words, prog_name="braid", **extra)
        shown.append(result.output)
        return result

    yield invoke
    assert not any("Traceback" in text for text in shown)
    assert [path.name for path in tmp_path.rglob(".*")] == [], "something was left half-written"


def broken(name: str, *changes: tuple[str, str]) -> str:
    """The starter proposal with some of its text replaced, written to a file of this name."""
    text = starter()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    Path(name).write_text(text, encoding="utf-8")
    return name


def line_of(name: str, words: str) -> int:
    """The number of the line of a file on which these words first stand."""
    lines = Path(name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


# ------------------------------------------------------------------- what it refuses

FAULTS = {
    "not YAML": ("calendar: {", "calendar: [", "calendar", None),
    "an amount that is a list": (
        'amount: "150,000"',
        "amount: [1, 2]",
        "amount: [1, 2]",
        "awards[sor].amount  a list was found; one value is expected",
    ),
    "a year without FY": (
        "first: FY2027",
        "first: 2027",
        "first: 2027",
        "calendar.first  «2027» is no fiscal year; write the year in which it ends, as in FY2027",
    ),
    "a bare rate": (
        "rate: 15%",
        "rate: 0.15",
        "rate: 0.15",
        "indirect.rate  «0.15» may mean 15% or 0.15%; write a percentage with its sign, as in 15%",
    ),
    "an unknown item": (
        "item: naloxone",
        "item: nalokson",
        "nalokson",
        "activities[naloxone].lines[kits].item  «nalokson» is no known item (did you mean «naloxone»?); "
        "words of your own begin with x-",
    ),
    "an unknown key": (
        "timing: once",
        "timng: once",
        "timng",
        "activities[syringe-services].lines[van].timng  unknown key «timng» (did you mean «timing»?)",
    ),
    "a key for later": (
        "timing: once",
        "timing: once, benefit: half",
        "benefit:",
        "activities[syringe-services].lines[van].benefit  «benefit» is not supported in this version: "
        "a split is only listed for attention yet",
    ),
    "two keys alike": (
        "    edition: NC",
        "    program: sor\n    edition: NC",
        "program: sor",
        "awards[settlement]  «program» is given twice; the first is on line 23",
    ),
    "an award that ends before it starts": (
        "end: 2027-09-29",
        "end: 2026-09-29",
        "- id: sor",
        "awards[sor]  the award ends on 2026-09-29, before it starts on 2026-09-30",
    ),
    "a line without an amount": (
        ', amount: {FY2027: "90,000", FY2028: "95,000"}}',
        "}",
        "id: clinic",
        "activities[treatment].lines[clinic]  the line has no cost: give `amount`, "
        "or `quantity`, `unit` and `unit_cost`",
    ),
}


@pytest.mark.parametrize("command", ["check", "plan", "eligible", "gaps"])
@pytest.mark.parametrize("what", FAULTS)
def test_fault_is_told_at_its_line(run: Run, what: str, command: str) -> None:
    """Every command tells a fault of the proposal as file:line:column, path and sentence, and ends with 3."""
    old, new, mark, sentence = FAULTS[what]
    broken("bad.yaml", (old, new))
    result = run(command, "bad.yaml", *(["-o", "out.json"] if command != "check" else []))
    assert (result.exit_code, result.stdout) == (3, "")
    first, last = result.stderr.splitlines()
    place, _, told = first.partition("  ")
    assert re.fullmatch(rf"bad\.yaml:{line_of('bad.yaml', mark)}:\d+", place)
    assert sentence is None or told == sentence
    assert last == "1 fault"
    assert not Path("out.json").exists()


def test_all_faults_are_told_at_once(run: Run) -> None:
    """Faults come in the order of the file, with their number; --json gives them as data, with the same exit code."""
    broken("bad.yaml", *(FAULTS[what][:2] for what in ("a bare rate", "an unknown item", "an unknown key")))
    result = run("check", "bad.yaml")
    assert result.stderr.splitlines()[-1] == "3 faults"
    assert [line.split(":")[0] for line in result.stderr.splitlines()[:-1]] == ["bad.yaml"] * 3
    data = run("check", "bad.yaml", "--json")
    faults = json.loads(data.stdout)["faults"]
    assert (data.exit_code, data.stderr) == (3, "")
    assert [fault["line"] for fault in faults] == sorted(fault["line"] for fault in faults)
    assert faults[0]["path"] == "indirect.rate"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.yaml", b"", "empty.yaml  is empty"),
        ("latin.yaml", b"name: caf\xe9\n", "latin.yaml:1:1  is not UTF-8 text; save the file as UTF-8"),
        ("gone.yaml", None, "gone.yaml  there is no such file"),
        ("gone/gone.yaml", None, "gone/gone.yaml  there is no such file"),
        (".", None, ".  is a folder; the name of a file is expected"),
        (
            "plan.txt",
            b"braid: 1\n",
            "plan.txt  a proposal is a YAML file, with the ending .yaml, or a workbook, with the ending .xlsx",
        ),
    ],
)
def test_file_that_is_no_proposal(run: Run, name: str, content: bytes | None, sentence: str) -> None:
    """A file that is empty, missing, a folder or no text is told in one sentence."""
    if content is not None:
        Path(name).write_bytes(content)
    for command in ("check", "plan"):
        result = run(command, name)
        assert (result.exit_code, result.stdout) == (3, "")
        assert result.stderr == f"{sentence}\n1 fault\n"


def test_text_of_a_proposal_does_not_steer_the_terminal(run: Run) -> None:
    """An escape sequence in a file is shown as what it is."""
    Path("bad.yaml").write_text('"\\e[31mred": 1\n', encoding="utf-8")
    result = run("check", "bad.yaml", color=True)
    assert "\x1b[31m" not in result.stderr
    assert "«\\x1b[31mred»" in result.stderr


USAGE = {
    ("plan", PROPOSAL, "-o", "plan.pdf"): "«plan.pdf» has no ending that this command can write; "
    ".xlsx or .json is expected.",
    ("plan", PROPOSAL, "-o", "a.json", "-o", "./a.json"): "«a.json» is given twice.",
    ("plan", PROPOSAL, "--solver", "higs"): "Invalid value for '--solver': «higs» is no solver (did you mean "
    "«highs»?); highs, which comes with braid, cbc or pulp:NAME is expected, NAME being one of PuLP's, as in "
    "pulp:GLPK_CMD.",
    ("workbook", PROPOSAL): "Missing option '-o' / '--output'.",
    ("workbook", PROPOSAL, "-o", "plan.json"): "«plan.json» has no ending that this command can write; "
    ".xlsx is expected.",
    ("workbook", "plan.json", "-o", "a.xlsx", "--time-limit", "5"): "--time-limit is for a proposal; «plan.json» is a "
    "finished plan, which is not solved again.",
    ("workbook", PROPOSAL, "-o", "mine.xlsx"): "mine.xlsx exists and is no workbook that braid made; give another "
    "name, or force it",
    ("gaps", PROPOSAL, "--time-limit", "nan"): "Invalid value for '--time-limit': «nan» is no number of seconds "
    "above 0 and up to 86,400.",
    ("why", PROPOSAL, "naloxone/kit", "sor"): "Invalid value for LINE: «naloxone/kit» is no line of this proposal "
    "(did you mean «naloxone/kits»?).",
    ("why", PROPOSAL, "naloxone/kits", "zor"): "Invalid value for AWARD: «zor» is no award of this proposal "
    "(did you mean «sor»?).",
    ("eligible", PROPOSAL, "--award", "zor"): "Invalid value for --award: «zor» is no award of this proposal "
    "(did you mean «sor»?).",
    ("sources", "show", "cossapp"): "Invalid value for PROGRAM: «cossapp» is no program of the catalogue "
    "(did you mean «cossap»?).",
    (
        "sources",
        "show",
        "sor",
        "--on",
        "5/1/26",
    ): "Invalid value for '--on': «5/1/26» is no date; write year, month and day, as in 2026-05-01.",
    ("init", "plan.txt"): "«plan.txt» has no ending of a proposal; .yaml or .xlsx is expected.",
    (
        "plan",
        PROPOSAL,
        "-o",
        "gone/plan.json",
    ): "gone/plan.json cannot be written: there is no folder gone; make it first",
    ("plan", PROPOSAL, "-o", "folder.json"): "folder.json is a folder; the name of a file is expected",
    ("plan", PROPOSAL, "-o", "mine.json"): "mine.json exists already and is no earlier output of this command; "
    "--force replaces it",
    ("demo", "-o", "mine.xlsx"): "mine.xlsx exists and is no workbook that braid made; give another name, or force it",
    ("schema", "plan", "-o", "mine.json"): "mine.json exists already and is no earlier output of this command; "
    "--force replaces it",
    ("init",): "proposal.yaml exists already; --force replaces it",
}


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_wrong_usage(run: Run, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong usage, an output that cannot be written included, is one sentence and 2, before anything is planned."""
    monkeypatch.setattr("braid.planner.plan", None)
    Path("folder.json").mkdir()
    for name in ("mine.json", "mine.xlsx"):
        Path(name).write_text("mine", encoding="utf-8")
    before = sorted(Path().rglob("*"))
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    first, *rest = result.stderr.splitlines()
    assert first == f"error: {USAGE[words]}"
    assert rest in (
        [],
        [f"`braid {' '.join(words[:2] if words[0] == 'sources' else words[:1])} --help` says how it is used"],
    )
    assert sorted(Path().rglob("*")) == before
    assert Path("mine.json").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no folder here that nobody may write to")
def test_folder_that_takes_no_file(run: Run) -> None:
    """A folder that takes no new file, for anybody, is told before planning."""
    result = run("plan", PROPOSAL, "-o", "/proc/plan.json")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: /proc/plan.json cannot be written: ")


# --------------------------------------------------------------------- what it answers


def commands(group: Any = shell, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        yield (*words, name), command
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))


@pytest.mark.parametrize(
    ("words", "command"), [*commands()], ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_help_ends_with_an_example_that_works(
    run: Run, words: tuple[str, ...], command: Any, request: pytest.FixtureRequest
) -> None:
    """The example at the end of a command's help can be pasted, and does what it says."""
    for option in ("-h", "--help"):
        lines = run(*words, option).stdout.rstrip().splitlines()
    example = lines[-1].strip().removeprefix("Example: braid ")
    assert example != lines[-1].strip()
    assert example.split()[: len(words)] == [*words]
    if words == ("init",):
        Path(PROPOSAL).unlink()
    if example == "demo":
        assert request.getfixturevalue("demo_run")["code"] == 0
        return
    Path("our_sources.yaml").write_text("catalogue: 1\n", encoding="utf-8")
    result = run(*example.split())
    assert result.exit_code == 0, result.output
    for name in re.findall(r"-o (\S+)", example):
        assert Path(name).stat().st_size > 0


def test_check_counts_and_warns(run: Run) -> None:
    """A sound proposal is counted on stdout; a line that nobody may pay is a warning, silent with -q."""
    counted = "no faults: 2 awards, 5 activities, 7 lines, 13 needs, FY2027 to FY2028\n"
    sound = run("check", PROPOSAL)
    assert (sound.exit_code, sound.stdout, sound.stderr) == (0, counted, "")
    broken("nobody.yaml", ("item: vehicle, amount", "item: vehicle, only: [sor], amount"))
    warned = run("check", "nobody.yaml")
    assert (warned.exit_code, warned.stdout) == (0, counted)
    told = "no award may pay syringe-services/van; `braid why` says the reason, award by award"
    assert warned.stderr == f"warning: {told}\n"
    assert run("check", "-q", "nobody.yaml").stderr == ""
    assert run("-q", "check", "nobody.yaml").stderr == ""
    assert json.loads(run("check", "-q", "nobody.yaml", "--json").stdout)["warnings"] == [told]
    planned = run("plan", "nobody.yaml", "--json")
    assert any(gap["reason"] == "no-eligible-award" for gap in json.loads(planned.stdout)["gaps"])


def test_plan_prints_and_writes(run: Run) -> None:
    """The summary goes to stdout, files are named on stderr; our own may be written over, and are the same again."""
    result = run("plan", PROPOSAL, "-o", "plan.json")
    assert (result.exit_code, result.stderr) == (0, "wrote plan.json\n")
    assert result.stdout == repr(braid.plan(braid.read(PROPOSAL))) + "\n"
    first = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    assert first["provenance"]["command"] == "braid plan proposal.yaml -o plan.json"
    printed = run("plan", PROPOSAL, "-o", "plan.json", "--json")
    assert printed.exit_code == 0
    again = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    assert json.loads(printed.stdout) == again
    for plan in (first, again):
        plan["provenance"]["command"] = plan["provenance"]["made"] = ""
    assert first == again
    Path("mine.json").write_text("mine", encoding="utf-8")
    assert run("plan", PROPOSAL, "-o", "mine.json", "--force").exit_code == 0


def test_workbook_is_written(run: Run) -> None:
    """A workbook and a plan come of one run; the workbook may be written over by the next."""
    for _ in range(2):
        result = run("plan", PROPOSAL, "-o", "budget.xlsx", "-o", "plan.json")
        assert (result.exit_code, result.stderr) == (0, "wrote budget.xlsx\nwrote plan.json\n")
    assert Path("budget.xlsx").read_bytes().startswith(b"PK")


def test_demo_says_where_the_workbook_is(demo_run: dict[str, Any]) -> None:
    """The demo prints its summary and the path of the workbook; what it needs is in the package."""
    assert (demo_run["code"], demo_run["stderr"]) == (0, "")
    assert demo_run["stdout"].startswith("Harbor County overdose prevention plan: FY2027 to FY2029\nStatus: ")
    assert demo_run["stdout"].endswith("\nThe workbook is in harbor_county.xlsx\n")
    assert demo_run["files"] == ["harbor_county.xlsx"]


def test_why_in_plain_words(run: Run) -> None:
    """The reason, the days, what would change it, the rule and its citation, and what has to be signed."""
    refused = run("why", PROPOSAL, "syringe-services/syringes", "sor")
    assert refused.exit_code == 0
    assert refused.stdout.startswith("sor on syringe-services/syringes: unallowable\n")
    assert "\nPayable     on no day\n" in refused.stdout
    assert "\nTo change   charge it to an award whose rules allow it" in refused.stdout
    assert "  hhs-appropriations/syringe-purchase: Congress forbids" in refused.stdout
    assert "    [text] Annual Labor-HHS appropriations act" in refused.stdout
    allowed = run("why", PROPOSAL, "naloxone/kits", "settlement", "--rules").stdout
    assert "In this plan" not in allowed
    assert "\nPayable     costs of 2026-07-01 to 2028-06-30\n" in allowed
    assert "\nTo sign before it is charged\n" in allowed
    data = json.loads(run("why", PROPOSAL, "syringe-services/syringes", "sor", "--json").stdout)
    assert (data["status"], data["payable"]) == ("unallowable", [])
    assert data["rules"][0] == "hhs-appropriations/syringe-purchase"


def test_why_tells_the_approval_on_file(run: Run) -> None:
    """An approval on file is printed with the note of where it is."""
    change = ("    codes: {fund", "    approvals: {scope: letter}\n    codes: {fund")
    van = ("item: vehicle, amount", "item: vehicle, uses: [moud-community], amount")
    approvals = ("    # approvals: {", "    approvals: {")
    broken("filed.yaml", change, van, approvals)
    told = run("why", "filed.yaml", "syringe-services/van", "sor").stdout
    assert "Approvals on file\n  uniform-guidance/capital-equipment: " in told
    assert "\n    On file: State letter of 2026-10-02\n" in told


def test_eligible_matrix_and_files(run: Run) -> None:
    """Lines down, awards across, of the chosen lines only; the CSV has every determination with its citations."""
    result = run("eligible", PROPOSAL, "--line", "naloxone/kits", "--line", "syringe-services/syringes", "-q")
    assert result.stdout.splitlines() == [
        "line                       settlement  sor",
        "naloxone/kits              yes         part",
        "syringe-services/syringes  yes         no",
    ]
    assert run("eligible", PROPOSAL, "-o", "who.csv").exit_code == 0
    with Path("who.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 14
    assert next(row["cite"] for row in rows if row["status"] == "unallowable" and row["rules"])
    assert run("eligible", PROPOSAL, "-o", "who.csv", "--award", "sor").exit_code == 0
    data = json.loads(run("eligible", PROPOSAL, "--award", "sor", "--json").stdout)
    assert {each["award"] for each in data["determinations"]} == {"sor"}


def test_gaps_add_up(run: Run) -> None:
    """The gaps by reason, and the rows of --json, are the gap of the plan."""
    plan = braid.plan(braid.read(PROPOSAL))
    told = run("gaps", PROPOSAL).stdout
    assert "is unmet.\n\nWhy the gap" in told
    assert all(gap.sentence.split()[0] in told for gap in plan.gaps)
    data = json.loads(run("gaps", PROPOSAL, "--json").stdout)
    assert sum(round(float(gap["amount"]) * 100) for gap in data["gaps"]) == round(plan.totals.gap * 100)
