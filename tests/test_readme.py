"""The README shows what the commands really print, and its Python runs."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def shown(command: str) -> str:
    """What the README shows below a command."""
    found = re.search(rf"```console\n\$ {re.escape(command)}\n(.*?)```", README, re.DOTALL)
    assert found is not None, f"the README does not show `{command}`"
    return found[1]


def printed_as_shown(command: str, stdout: str) -> None:
    """Assert that what a command printed is what the README shows below it, up to its «…»."""
    printed, wanted = stdout.splitlines(), shown(command).splitlines()
    if wanted and wanted[-1] == "…":
        printed, wanted = printed[: len(wanted) - 1], wanted[:-1]
    assert printed == wanted


def test_the_readme_shows_what_the_demo_prints(demo_run: dict[str, Any]) -> None:
    """The output below `make demo` is what `braid demo`, which it calls, prints."""
    assert demo_run["code"] == 0
    printed_as_shown("make demo", demo_run["stdout"])


def test_the_readme_shows_what_braid_prints(tmp_path: Path) -> None:
    """The output below `braid why` is the output of that command."""
    line = next(line for line in re.findall(r"\$ (.*)\n", README) if line.startswith("braid why"))
    words = [str(ROOT / word) if word.startswith("data/") else word for word in line.split()[1:]]
    command = [sys.executable, "-m", "braid", *words]
    env = {**os.environ, "COLUMNS": "80"}
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    printed_as_shown(line, run.stdout)


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every prompt of the README runs in a folder that holds the examples, and answers as shown."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    examples = doctest.DocTestParser().get_doctest(README.replace("```", ""), {}, "README", "README.md", 0)
    outcome = doctest.DocTestRunner().run(examples)
    assert outcome.attempted >= 7
    assert outcome.failed == 0
