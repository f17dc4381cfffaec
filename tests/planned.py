"""Harbor County planned once for a whole run of the tests, whatever the number of workers."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest

import braid
from braid.answer.plan import Plan
from braid.answer.rows import PlanFile
from braid.files.shipped import shipped
from braid.judge.case import Case
from braid.planner import finished


def harbor_text(temporary: pytest.TempPathFactory) -> str:
    """Its plan.json: the worker that comes first plans it, the others wait for that and read it."""
    base = temporary.getbasetemp()
    folder: Path = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = folder / "harbor_plan.json"
    with (folder / "harbor_plan.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            proposal = braid.read(str(shipped("examples", "harbor_county.yaml")))
            made.write_text(braid.plan(proposal, seconds=600).to_json(), encoding="utf-8")
    return made.read_text(encoding="utf-8")


def harbor_plan(text: str) -> Plan:
    """The plan of that file, as ``braid.plan`` gave it."""
    proposal = braid.read(str(shipped("examples", "harbor_county.yaml")))
    return finished(PlanFile.model_validate(json.loads(text)), Case(proposal, braid.catalogue()))
