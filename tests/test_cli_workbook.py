"""The commands around a plan: its workbook, conflicts, other solvers, progress for who watches, and completion."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

import braid
from braid.answer.rows import Clash, Repair
from braid.cli import printing, shell
from braid.cli.setting_up import starter
from braid.reading import read_text

ROOT = Path(__file__).resolve().parents[1]
PROPOSAL = "proposal.yaml"
FINISHED = "plan.json"


@pytest.fixture(scope="module")
def finished() -> braid.Plan:
    return braid.plan(read_text(starter(), PROPOSAL))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finished: braid.Plan) -> Iterator[Path]:
    """Every test runs in a folder of its own, with the starter proposal and its plan in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / PROPOSAL).write_text(starter(), encoding="utf-8")
    (tmp_path / FINISHED).write_text(finished.to_json(), encoding="utf-8")
    yield tmp_path
    assert [path.name for path in tmp_path.rglob(".*")] == [], "something was left half-written"


def run(*words: str, **extra: Any) -> Result:
    result = CliRunner().invoke(shell, words, prog_name="braid", **extra)
    assert "Traceback" not in result.output
    return result


def changed(**values: Any) -> None:
    """The plan in the folder with some values changed."""
    content = json.loads(Path(FINISHED).read_text(encoding="utf-8"))
    Path(FINISHED).write_text(json.dumps(content | values), encoding="utf-8")


# ------------------------------------------------------------------- braid workbook


def test_workbook_of_a_plan_and_of_its_proposal(finished: braid.Plan) -> None:
    """The workbook of a finished plan is that of the plan itself, byte for byte; a proposal is planned first."""
    done = run("workbook", FINISHED, "-o", "budget.xlsx")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "wrote budget.xlsx\n")
    braid.write_workbook(finished, "same.xlsx")
    assert Path("budget.xlsx").read_bytes() == Path("same.xlsx").read_bytes()
    assert run("workbook", PROPOSAL, "-o", "planned.xlsx").exit_code == 0
    contents = openpyxl.load_workbook("planned.xlsx", data_only=True)["Contents"]
    told = {row[0].value: row[1].value for row in contents.iter_rows()}
    assert told["Funded"] == float(finished.totals.funded)


def test_workbook_replaces_only_its_own(finished: braid.Plan) -> None:
    """An earlier workbook that nobody changed is replaced; another file yields only to --force."""
    for _ in range(2):
        assert run("workbook", FINISHED, "-o", "budget.xlsx").exit_code == 0
    Path("budget.xlsx").write_bytes(b"mine")
    refused = run("workbook", FINISHED, "-o", "budget.xlsx")
    assert refused.exit_code == 2
    assert "is no workbook that braid made; give another name, or force it" in refused.stderr
    assert Path("budget.xlsx").read_bytes() == b"mine"
    assert run("workbook", FINISHED, "-o", "budget.xlsx", "--force").exit_code == 0


def test_plan_that_breaks_a_rule_has_no_workbook(finished: braid.Plan) -> None:
    """A dollar too much in the file is told with its limit and refused with 6; nothing is written, even by force."""
    rows = [row.model_dump(mode="json", by_alias=True) for row in finished.file.allocations]
    rows[0]["amount"] = f"{float(rows[0]['amount']) + 1:.2f}"
    changed(allocations=rows)
    refused = run("workbook", FINISHED, "-o", "budget.xlsx", "--force")
    assert (refused.exit_code, refused.stdout) == (6, "")
    *told, last = refused.stderr.splitlines()
    assert any("over by $1." in sentence for sentence in told)
    assert last == f"error: budget.xlsx was not written: judging plan.json came to {len(told)} findings"
    assert not Path("budget.xlsx").exists()
    assert run("check", FINISHED).stderr.splitlines()[:-1] == told


def test_what_is_no_plan_has_no_workbook() -> None:
    """A file that is no plan, or is missing, is an invalid input."""
    Path("other.json").write_text("[]", encoding="utf-8")
    for name in ("other.json", "gone.json", "gone.yaml"):
        refused = run("workbook", name, "-o", "budget.xlsx")
        assert (refused.exit_code, refused.stdout) == (3, "")
        assert re.match(rf"{name}[ :]", refused.stderr)


# ------------------------------------------------------------------------ conflicts


@pytest.fixture
def conflict(finished: braid.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planning comes to a conflict."""
    update = {
        "status": "conflict",
        "conflict": (Clash(set=1, row="require[rural]", sentence="rural is required: at least $9."),),
        "repairs": (Repair(set=1, requirement="require[rural]", from_="$9", to="$5", sentence="Lower it to $5."),),
        "allocations": (),
    }
    none = type(finished)(finished.file.model_copy(update=update), finished.case)
    monkeypatch.setattr("braid.planner.plan", lambda *_, **__: none)


@pytest.mark.usefixtures("conflict")
def test_conflict_is_told_and_not_filed() -> None:
    """The sentences of the conflict and its repairs, the plan as JSON where it was asked for, no workbook, and 4."""
    result = run("plan", PROPOSAL, "-o", "out.json", "-o", "budget.xlsx")
    assert result.exit_code == 4
    assert "rural is required: at least $9." in result.stdout
    assert "require[rural]" in result.stdout
    assert "  Lower it to $5.\n" in result.stdout
    said = "the requirements of this proposal cannot hold together, so there is no plan that it could carry"
    assert result.stderr == f"wrote out.json\nerror: budget.xlsx was not written: {said}\n"
    assert json.loads(Path("out.json").read_text(encoding="utf-8"))["conflict"][0]["row"] == "require[rural]"
    assert not Path("budget.xlsx").exists()


@pytest.mark.usefixtures("conflict")
@pytest.mark.parametrize("words", [("gaps", PROPOSAL), ("workbook", PROPOSAL, "-o", "budget.xlsx")])
def test_conflict_ends_what_needs_a_plan(words: tuple[str, ...]) -> None:
    """Commands that need a plan tell the conflict on stderr and end with 4."""
    result = run(*words)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "Lower it to $5." in result.stderr
    assert not Path("budget.xlsx").exists()


def test_real_conflict_and_its_file() -> None:
    """A requirement beyond all money: told, filed as JSON, and the file has no workbook either."""
    with Path(PROPOSAL).open("a", encoding="utf-8") as file:
        file.write('require: [{id: too-much, at_least: "9,000,000", of: direct, select: {}}]\n')
    result = run("plan", PROPOSAL, "-o", "conflict.json")
    assert result.exit_code == 4
    assert "require[too-much]" in result.stdout
    refused = run("workbook", "conflict.json", "-o", "budget.xlsx")
    assert refused.exit_code == 4
    assert refused.stderr.endswith("cannot hold together, so there is no plan that it could carry\n")
    checked = run("check", "conflict.json")
    assert checked.exit_code == 0
    assert checked.stdout == "nothing is wrong in this file, but there is no plan in it: its status is conflict\n"


# -------------------------------------------------------------------------- solvers


@pytest.mark.parametrize(("given", "taken"), [("highs", "highs"), ("CBC", "cbc"), ("pulp:SCIP_PY", "pulp:SCIP_PY")])
def test_solver_is_passed_on(given: str, taken: str, finished: braid.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """--solver reaches the planner from every command that plans."""
    seen: list[str] = []

    def plan(*_: Any, solver: str, **__: Any) -> braid.Plan:
        seen.append(solver)
        return finished

    monkeypatch.setattr("braid.planner.plan", plan)
    for words in (("plan", PROPOSAL), ("gaps", PROPOSAL), ("workbook", PROPOSAL, "-o", "budget.xlsx")):
        assert run(*words, "--solver", given).exit_code == 0
    assert seen == [taken] * 3


def test_solver_that_is_not_there() -> None:
    """A solver that this machine lacks is 5, in one sentence."""
    result = run("plan", PROPOSAL, "--solver", "pulp:XPRESS_PY")
    assert (result.exit_code, result.stdout) == (5, "")
    assert "XPRESS_PY" in result.stderr
    assert len(result.stderr.splitlines()) == 1


# ------------------------------------------------------------------------- progress


class Terminal:
    """A stream that says that it is a terminal, and keeps what it is told."""

    def __init__(self) -> None:
        self.told = ""
        self.encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.told += text
        return len(text)

    def flush(self) -> None:
        pass


def watched(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal for stderr from here on."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    return terminal


def test_progress_waits_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done within a second shows nothing; later the line says what and for how long, and goes at the end."""
    terminal = watched(monkeypatch)
    with printing.progress("reading") as shown:
        shown("planning")
    assert terminal.told == ""
    clock = iter([100.0, *[107.2] * 50])
    monkeypatch.setattr(printing.time, "monotonic", lambda: next(clock))
    with printing.progress("reading") as shown:
        shown("planning")
    assert "\rplanning … 7 s" in terminal.told
    assert terminal.told.endswith("\r" + " " * len("planning … 7 s") + "\r")
    assert "\x1b" not in terminal.told


def test_progress_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that would wrap is cut; a dumb terminal, which cannot take a line back, gets none."""
    terminal = watched(monkeypatch)
    monkeypatch.setattr(printing, "PATIENCE", 0.0)
    monkeypatch.setenv("COLUMNS", "30")
    with printing.progress("writing " + "x" * 200):
        pass
    with printing.progress("writing") as shown:
        shown("y" * 200)
    assert max(len(part) for part in terminal.told.split("\r")) == 29
    before = terminal.told
    monkeypatch.setenv("TERM", "dumb")
    with printing.progress("writing") as shown:
        shown("again")
    assert terminal.told == before


WATCHED = """
import braid.cli.printing as printing
printing.PATIENCE = 0.0
from braid.cli import main
main()
"""


@pytest.mark.parametrize(
    ("words", "stages"),
    [
        (("plan", PROPOSAL), ("reading the proposal", "finding the best plan", "checking every rule")),
        (("gaps", PROPOSAL), ("finding the best plan",)),
        (("check", PROPOSAL), ("working out who may pay what",)),
        (("check", FINISHED), ("checking every rule",)),
        (("why", PROPOSAL, "naloxone/kits", "sor"), ("working out who may pay what",)),
        (("workbook", FINISHED, "-o", "budget.xlsx"), ("checking every rule", "writing budget.xlsx")),
    ],
    ids=" ".join,
)
def test_progress_of_commands(words: tuple[str, ...], stages: tuple[str, ...]) -> None:
    """Each command that may take long says on a terminal what it does; the line is gone at the end, and -q has none."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TERM": "xterm", "PYTHONUTF8": "1", "NO_COLOR": "1"}
    for more in ((), ("-q", "--force")[: 2 if "workbook" in words else 1]):
        ours, theirs = pty.openpty()
        command = [sys.executable, "-c", WATCHED, *words, *more]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment) as started:
            os.close(theirs)
            shown = _read(ours)
            assert started.stdout is not None
            started.stdout.read()
        os.close(ours)
        assert started.returncode == 0, shown
        if more:
            assert shown == ""
        else:
            assert all(re.search(rf"\r{stage} … \d+ s", shown) for stage in stages), shown
            assert re.search(r"\r +\r(wrote [^\r]*\r\n)?$", shown)
            assert "\x1b" not in shown


def _read(descriptor: int) -> str:
    """All that a terminal was told; Linux says by an error that the other end has closed."""
    told = b""
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except OSError:
            part = b""
        if not part:
            return told.decode()
        told += part


# ----------------------------------------------------------------------- completion


def completed(*words: str) -> list[str]:
    """What a shell would offer for the last of these words."""
    given = {"_BRAID_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    result = CliRunner().invoke(shell, [], prog_name="braid", env=given)
    return [line.partition(",")[2] or line for line in result.stdout.splitlines()]


def test_completion_offers_what_may_stand_there() -> None:
    """Commands, lines and awards of the proposal, solvers, programs; nothing, in silence, where nothing can be read."""
    assert completed("braid", "wo") == ["workbook"]
    assert completed("braid", "why", PROPOSAL, "nalo") == ["naloxone/kits"]
    assert completed("braid", "why", PROPOSAL, "naloxone/kits", "s") == ["settlement", "sor"]
    assert completed("braid", "eligible", PROPOSAL, "--award", "so") == ["sor"]
    assert completed("braid", "eligible", PROPOSAL, "--line", "syringe-services/v") == ["syringe-services/van"]
    assert completed("braid", "plan", PROPOSAL, "--solver", "") == ["cbc", "highs", "pulp:"]
    assert completed("braid", "sources", "sh") == ["show"]
    assert completed("braid", "sources", "show", "coss") == ["cossap", "cossup"]
    assert not any(completed("braid", "why", "gone.yaml", "n"))
    assert completed("braid", "completion", "") == ["bash", "zsh", "fish"]
    files = CliRunner().invoke(
        shell,
        prog_name="braid",
        env={"_BRAID_COMPLETE": "bash_complete", "COMP_WORDS": "braid plan pro", "COMP_CWORD": "2"},
    )
    assert files.stdout.startswith("file,")


@pytest.mark.parametrize(
    ("name", "words"),
    [("bash", "complete -o nosort -F"), ("zsh", "#compdef braid"), ("fish", "complete --no-files --command braid")],
)
def test_completion_script(name: str, words: str) -> None:
    """The script of each shell calls braid by the variable that asks it for completions."""
    script = run("completion", name).stdout
    assert words in script
    assert f"_BRAID_COMPLETE={name}_complete" in script


NAMED = "import sys; sys.argv[0] = 'braid'; from braid.cli import main; main()"


def test_completion_in_bash(folder: Path) -> None:
    """A bash that has evaluated the script completes a line of the proposal."""
    program = folder / "bin" / "braid"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{NAMED}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    asked = f"COMP_WORDS=(braid why {PROPOSAL} nalo); COMP_CWORD=3; _braid_completion braid; echo ${{COMPREPLY[@]}}"
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src")}
    command = ["bash", "-c", f'eval "$(braid completion bash)"; {asked}']
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "naloxone/kits\n"
