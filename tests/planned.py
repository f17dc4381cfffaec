"""Harbor County planned once for a whole run of the tests, and shown once, whatever the number of workers."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import braid
from braid.answer.plan import Plan
from braid.answer.rows import PlanFile
from braid.files.shipped import shipped
from braid.judge.case import Case
from braid.planner import finished


def harbor_text(temporary: pytest.TempPathFactory) -> str:
    """Its plan.json."""

    def made(_: Path) -> str:
        proposal = braid.read(str(shipped("examples", "harbor_county.yaml")))
        return braid.plan(proposal, seconds=600).to_json()

    return once(temporary, "harbor_plan.json", made)


def demo_run(temporary: pytest.TempPathFactory) -> dict[str, Any]:
    """What `braid demo` does in an empty folder: its exit code, what it prints on stdout and stderr, its files."""

    def made(folder: Path) -> str:
        (empty := folder / "demo").mkdir()
        command = [sys.executable, "-m", "braid", "demo"]
        env = {**os.environ, "COLUMNS": "80"}
        done = subprocess.run(command, cwd=empty, env=env, capture_output=True, text=True, check=False)
        files = sorted(path.name for path in empty.iterdir())
        return json.dumps({"code": done.returncode, "stdout": done.stdout, "stderr": done.stderr, "files": files})

    return json.loads(once(temporary, "demo.json", made))


def once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], str]) -> str:
    """A text that the worker that comes first makes, and the others wait for and read."""
    base = temporary.getbasetemp()
    folder: Path = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.write_text(make(folder), encoding="utf-8")
    return made.read_text(encoding="utf-8")


def harbor_plan(text: str) -> Plan:
    """The plan of that file, as ``braid.plan`` gave it."""
    proposal = braid.read(str(shipped("examples", "harbor_county.yaml")))
    return finished(PlanFile.model_validate(json.loads(text)), Case(proposal, braid.catalogue()))
