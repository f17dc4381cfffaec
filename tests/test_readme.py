"""The README shows what the commands really print, and its Python runs."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def shown(command: str) -> str:
    """What the README shows below a command."""
    found = re.search(rf"```console\n\$ {re.escape(command)}\n(.*?)```", README, re.DOTALL)
    assert found is not None, f"the README does not show `{command}`"
    return found[1]


@pytest.mark.parametrize("starts", ["make demo", "braid why"])
def test_the_readme_shows_what_braid_prints(starts: str, tmp_path: Path) -> None:
    """The output below each command of the README is the output of that command."""
    line = next(line for line in re.findall(r"\$ (.*)\n", README) if line.startswith(starts))
    words = line.replace("make demo", "braid demo").split()[1:]
    words = [str(ROOT / word) if word.startswith("data/") else word for word in words]
    command = [sys.executable, "-m", "braid", *words]
    env = {**os.environ, "COLUMNS": "80"}
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    expected = shown(line)
    printed = run.stdout.splitlines()
    wanted = expected.splitlines()
    if wanted and wanted[-1] == "…":
        printed, wanted = printed[: len(wanted) - 1], wanted[:-1]
    assert printed == wanted


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every prompt of the README runs in a folder that holds the examples, and answers as shown."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    examples = doctest.DocTestParser().get_doctest(README.replace("```", ""), {}, "README", "README.md", 0)
    outcome = doctest.DocTestRunner().run(examples)
    assert outcome.attempted >= 7
    assert outcome.failed == 0
