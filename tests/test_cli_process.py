"""The command line as a process: quick help, terminals, pipes, Ctrl-C, bugs; and the commands about braid itself."""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import braid
from braid.basics.errors import CheckFailed, Finding, OutputError, SolverError
from braid.cli import shell
from braid.cli.setting_up import starter
from braid.files.writing import check_writable, write_text

ROOT = Path(__file__).resolve().parents[1]
PROPOSAL = "proposal.yaml"
HEAVY = {"highspy", "numpy", "openpyxl", "pandas", "pulp", "pydantic", "yaml"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test runs in a folder of its own, with the starter proposal in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / PROPOSAL).write_text(starter(), encoding="utf-8")
    return tmp_path


def run(*words: str, **extra: Any) -> Result:
    return CliRunner().invoke(shell, words, prog_name="braid", **extra)


def process(*words: str, program: tuple[str, ...] = ("-m", "braid"), **extra: Any) -> subprocess.Popen[bytes]:
    """A real process of braid in this folder; its output in pipes unless `extra` says otherwise."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("BRAID_", "NO_COLOR"))}
    environment |= {"PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"} | extra.pop("env", {})
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **extra}
    return subprocess.Popen([sys.executable, *program, *words], env=environment, **pipes)


# ------------------------------------------------------------------------ a process


def test_help_loads_nothing_heavy() -> None:
    """`braid --help` waits for no solver, no pandas and no workbook."""
    done = process("--help", program=("-X", "importtime", "-m", "braid"))
    _, stderr = done.communicate(timeout=60)
    loaded = {line.rpartition(b"|")[2].strip().decode().partition(".")[0] for line in stderr.splitlines()}
    assert done.returncode == 0
    assert "click" in loaded
    assert loaded & HEAVY == set()


def test_version() -> None:
    """The version is that of the package."""
    done = process("--version")
    assert done.communicate(timeout=60)[0].decode() == f"braid {braid.__version__}\n"


def test_data_on_stdout_messages_on_stderr() -> None:
    """Where nothing is a terminal, stdout is the JSON alone, and stderr has no progress and no colour."""
    done = process("plan", PROPOSAL, "--json", "-o", "plan.json")
    stdout, stderr = done.communicate(timeout=120)
    assert stdout == Path("plan.json").read_bytes()
    assert (done.returncode, stderr) == (0, b"wrote plan.json\n")


def test_fault_in_a_process() -> None:
    """A missing file is one sentence and 3, a folder that is not there 2, in a real process as well."""
    done = process("plan", "gone.yaml")
    assert done.communicate(timeout=60) == (b"", b"gone.yaml  there is no such file\n1 fault\n")
    assert done.returncode == 3
    done = process("plan", PROPOSAL, "-o", "gone/x.xlsx")
    assert (
        done.communicate(timeout=60)[1]
        == b"error: gone/x.xlsx cannot be written: there is no folder gone; make it first\n"
    )
    assert done.returncode == 2


def test_reader_who_leaves() -> None:
    """Where the reader of stdout has gone, braid ends in silence."""
    read, write = os.pipe()
    os.close(read)
    done = process("plan", PROPOSAL, "--json", stdout=write)
    os.close(write)
    assert done.communicate(timeout=120)[1] == b""
    assert done.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
def test_full_disk_behind_stdout() -> None:
    """What cannot be printed is a sentence, not a traceback."""
    with Path("/dev/full").open("wb") as full:
        done = process("sources", stdout=full)
        stderr = done.communicate(timeout=60)[1]
    assert stderr == b"error: what braid prints cannot be written: No space left on device\n"
    assert done.returncode == 2


def test_narrow_encoding() -> None:
    """A terminal that knows no «» gets a question mark, not a traceback."""
    done = process("sources", "show", "cossapp", env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp866"})
    stderr = done.communicate(timeout=60)[1]
    assert done.returncode == 2
    assert stderr.startswith(b"error: Invalid value for PROGRAM: ?cossapp? is no program")


# ----------------------------------------------------------------------- a terminal


def on_terminal(
    *words: str, stop_at: bytes = b"", env: dict[str, str] | None = None, program: tuple[str, ...] = ("-m", "braid")
) -> tuple[int, bytes, bytes, float]:
    """Run braid with a terminal for stderr, and Ctrl-C once `stop_at` is shown: code, both outputs, seconds since."""
    pty = pytest.importorskip("pty", reason="no terminals here to try")
    ours, theirs = pty.openpty()
    started = process(*words, stderr=theirs, env={"TERM": "xterm", **(env or {})}, program=program)
    os.close(theirs)
    shown, stopped = b"", time.monotonic()
    with contextlib.suppress(OSError):  # how Linux says that the other end has closed
        while started.poll() is None or select.select([ours], [], [], 0)[0]:
            if select.select([ours], [], [], 0.02)[0]:
                shown += os.read(ours, 65_536)
            if stop_at and stop_at in shown:
                time.sleep(0.4)
                started.send_signal(signal.SIGINT)
                stopped, stop_at = time.monotonic(), b""
    started.wait(timeout=120)
    seconds = time.monotonic() - stopped
    os.close(ours)
    assert started.stdout is not None
    with started.stdout as pipe:
        return started.returncode, pipe.read(), shown, seconds


IMPATIENT = """
import braid.cli.printing as printing
printing.PATIENCE = 0.0
from braid.cli import main
main()
"""
"""braid, but that it says at once what it does: the starter proposal is planned within the second that it waits."""


def test_progress_only_on_a_terminal() -> None:
    """A person who watches sees what is being done, on a line that is gone at the end; with -q nothing."""
    impatient = ("-c", IMPATIENT)
    code, stdout, stderr, _ = on_terminal("plan", PROPOSAL, program=impatient)
    assert (code, stdout[:8]) == (0, b"Our over")
    assert b"rounding to whole units" in stderr
    assert stderr.rpartition(b"\r")[0].endswith(b"  ")
    assert b"Traceback" not in stderr
    assert on_terminal("plan", PROPOSAL, "-q", program=impatient)[2] == b""


def test_colour_can_be_refused() -> None:
    """Errors are red on a terminal, and plain where NO_COLOR is set or the terminal is dumb."""
    assert b"\x1b[31m" in on_terminal("plan", PROPOSAL, "-o", "gone/x.json")[2]
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert b"\x1b" not in on_terminal("plan", PROPOSAL, "-o", "gone/x.json", env=env)[2]


def large() -> str:
    """A proposal that takes tens of seconds to plan."""
    r = random.Random(1)
    programs = ["other", "other-federal", "opioid-settlement", "sor", "cossup"]
    head = "{braid: 1, name: Large, jurisdiction: {name: Large, state: NC},\n"
    head += "calendar: {first: FY2027, last: FY2031}, awards: [\n"
    awards = ",\n".join(
        f"{{id: a{a}, program: {r.choice(programs)}, start: {r.randint(2026, 2029)}-{r.randint(1, 12):02d}-01, "
        f"end: {r.randint(2030, 2031)}-{r.randint(1, 12):02d}-15, amount: {r.randint(10_000, 900_000)}}}"
        for a in range(30)
    )
    lines = ",\n".join(
        f"{{id: n{n}, uses: {r.choice(['naloxone-distribution', 'linkage-to-care', 'deflection'])}, "
        f"priority: {r.randint(1, 5)}, lines: [{{id: cost, category: supplies, "
        f"amount: {{{', '.join(f'FY{year}: {r.randint(1_000, 90_000)}' for year in range(2027, 2032))}}}}}]}}"
        for n in range(400)
    )
    return f"{head}{awards}],\nactivities: [\n{lines}]}}\n"


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is not a signal here")
@pytest.mark.parametrize("stage", ["setting up", "finding the best plan"])
def test_interrupted_at_once(folder: Path, stage: str) -> None:
    """Ctrl-C ends a solve within two seconds, with 130, one word, and no file."""
    (folder / "large.yaml").write_text(large(), encoding="utf-8")
    code, stdout, stderr, seconds = on_terminal("plan", "large.yaml", "-o", "plan.json", stop_at=stage.encode())
    assert (code, stdout) == (130, b"")
    assert seconds < 2
    assert stderr.endswith(b"interrupted\r\n")
    assert b"Traceback" not in stderr
    assert sorted(path.name for path in folder.iterdir()) == ["large.yaml", PROPOSAL]


DEAF = """
import time, braid.planner
def plan(*_, **__):
    print("planning", flush=True)
    while True:
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            print("a message of a solver")
braid.planner.plan = plan
from braid.cli import main
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is not a signal here")
def test_interrupted_though_nothing_answers() -> None:
    """Where a solver does not answer to Ctrl-C, the process ends all the same, and the solver's words are not data."""
    command = [sys.executable, "-c", DEAF, "plan", PROPOSAL]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"planning\n"
        time.sleep(0.3)  # so that it sleeps within its try when the signal comes
        started.send_signal(signal.SIGINT)
        since = time.monotonic()
        assert started.communicate(timeout=60) == (b"", b"\ninterrupted\n")
    assert (started.returncode, time.monotonic() - since < 2) == (130, True)


# -------------------------------------------------------------- what goes wrong inside


def raising(error: BaseException) -> Any:
    def plan(*_: Any, **__: Any) -> Any:
        raise error

    return plan


def test_bug_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug is told in one sentence and ends with 1; -v shows where it happened."""
    monkeypatch.setattr("braid.planner.plan", raising(KeyError("x17")))
    result = run("plan", PROPOSAL)
    assert (result.exit_code, result.stdout) == (1, "")
    said = "error: this is a bug in braid (KeyError: 'x17'); please report it"
    assert result.stderr == f"{said}; -v shows where it happened\n"
    traced = run("plan", "-v", PROPOSAL).stderr
    assert traced.startswith("Traceback (most recent call last):\n")
    assert traced.endswith(f"{said} with the lines above\n")


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (SolverError("the solver ran out of time"), 5, "error: the solver ran out of time\n"),
        (OutputError("budget.xlsx is open in Excel"), 2, "error: budget.xlsx is open in Excel\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (
            CheckFailed([Finding("award[sor]", "sor pays at most $5")]),
            1,
            "error: braid made a plan that breaks a rule, and withholds it. Please report this:\n"
            "  award[sor]: sor pays at most $5\n",
        ),
    ],
)
def test_each_error_has_its_code(monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, sentence: str) -> None:
    """A solver without an answer is 5, a file that cannot be written 2, Ctrl-C 130, a plan that breaks a rule a bug."""
    monkeypatch.setattr("braid.planner.plan", raising(error))
    result = run("gaps", PROPOSAL)
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", sentence)


def test_no_plan_in_whole_dollars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where whole units allow no plan, the answer says so, JSON is written, a workbook is not, and the code is 4."""
    found = braid.plan(braid.read(PROPOSAL))
    changed = found.file.model_copy(update={"status": "fractions", "fraction_row": "award[sor]"})
    monkeypatch.setattr("braid.planner.plan", lambda *_, **__: type(found)(changed, found.case))
    result = run("plan", PROPOSAL, "-o", "budget.xlsx", "-o", "plan.json")
    assert result.exit_code == 4
    assert "fractions of a dollar" in result.stdout
    said = "error: budget.xlsx was not written: no plan in whole dollars keeps every limit, so there is no plan"
    assert result.stderr.startswith(f"{said} that it could carry\n")
    assert json.loads(Path("plan.json").read_text(encoding="utf-8"))["status"] == "fractions"
    assert not Path("budget.xlsx").exists()
    assert run("gaps", PROPOSAL).exit_code == 4


# ------------------------------------------------------------- programs, schemas, health


def test_sources_lists_every_program() -> None:
    """All programs, with the names that they also answer to; `list` may be left out."""
    listed = run("sources").stdout
    assert listed == run("sources", "list").stdout
    assert [line.split()[0] for line in listed.splitlines()[1:]] == [p.id for p in braid.catalogue().programs]
    data = json.loads(run("sources", "--json").stdout)
    assert data["catalogue"] == braid.catalogue().sha256
    assert "cossap" in next(p["also"] for p in data["programs"] if p["id"] == "cossup")


def test_sources_show_answers_to_other_names() -> None:
    """Every rule comes with its sentence, its citations and how well each was read."""
    assert run("sources", "show", "cossap").stdout == run("sources", "show", "cossup").stdout
    data = json.loads(run("sources", "show", "opioid-settlement", "--edition", "NC", "--json").stdout)
    assert data["edition"] == "NC"
    assert all(rule["why"] and rule["cite"] and rule["confidence"] for rule in data["rules"])
    assert all(cite["read"] in ("text", "secondary", "unverified") for rule in data["rules"] for cite in rule["cite"])


def test_sources_show_on_a_day() -> None:
    """Only the rules in force on a day are shown: test strips may be bought before 24 April 2026, and not after."""

    def names(day: str) -> set[str]:
        return {rule["id"] for rule in json.loads(run("sources", "show", "sor", "--on", day, "--json").stdout)["rules"]}

    assert names("2026-04-23") != names("2026-04-24")
    assert "test-strips-professional" in names("2026-04-24") - names("2026-04-23")


@pytest.mark.parametrize("what", ["proposal", "plan", "catalogue"])
def test_schema_is_json(what: str) -> None:
    """The schema names every key of the file, and none that is braid's own."""
    schema = json.loads(run("schema", what).stdout)
    assert schema["title"] == f"braid {what}"
    assert schema["$schema"].startswith("https://json-schema.org/")
    keys = {name for part in [schema, *schema["$defs"].values()] for name in part.get("properties", {})}
    expected = {"proposal": {"awards", "timing"}, "plan": {"allocations", "from"}, "catalogue": {"programs", "forbid"}}
    assert expected[what] <= keys
    assert not {"own_term", "sha256", "from_", "negated"} & keys


def test_doctor() -> None:
    """All is well here; a catalogue that cannot be read is told, with 6."""
    well = run("doctor")
    assert (well.exit_code, well.stderr) == (0, "")
    assert well.stdout.endswith("\n\nAll that is required works.\n")
    assert "plans a line of $24" in well.stdout
    ill = run("doctor", "--json", env={"BRAID_FUNDING_SOURCES": "gone.yaml"})
    assert ill.exit_code == 6
    assert [each["what"] for each in json.loads(ill.stdout)["findings"] if not each["works"]] == ["rules"]


def test_doctor_without_a_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that does not answer is 5."""
    monkeypatch.setattr("braid.planner.plan", raising(SolverError("the solver HiGHS is missing")))
    result = run("doctor")
    assert result.exit_code == 5
    assert "FAULT  solver       the solver HiGHS is missing\n" in result.stdout


# ---------------------------------------------------------------------- whole or not at all


def test_file_is_whole_or_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk fails midway, the old file stands and nothing is left beside it."""
    target = folder / "a.json"
    write_text(target, "old")
    target.chmod(0o640)
    monkeypatch.setattr("os.fsync", raising(OSError(28, "No space left on device")))
    with pytest.raises(OutputError, match=r"a\.json cannot be written: No space left on device$"):
        write_text(target, "new", force=True)
    assert target.read_text(encoding="utf-8") == "old"
    monkeypatch.undo()
    write_text(target, "new", ours=lambda content: content == b"old")
    assert (target.read_text(encoding="utf-8"), target.stat().st_mode & 0o777) == ("new", 0o640)
    assert sorted(path.name for path in folder.iterdir()) == ["a.json", PROPOSAL]


def test_link_is_followed(folder: Path) -> None:
    """Writing through a link changes the file that it leads to, and the link stays."""
    (folder / "real.json").write_text("old", encoding="utf-8")
    (folder / "link.json").symlink_to("real.json")
    write_text("link.json", "new", force=True)
    assert (folder / "link.json").is_symlink()
    assert (folder / "real.json").read_text(encoding="utf-8") == "new"


def test_what_is_no_file_is_refused(folder: Path) -> None:
    """A folder, a device and a name that is too long are refused with a sentence, even by force."""
    refused = {str(folder): "is a folder", os.devnull: "is no ordinary file", "x" * 300: "cannot be written"}
    for name, words in refused.items():
        with pytest.raises(OutputError, match=words):
            check_writable(name, force=True)
