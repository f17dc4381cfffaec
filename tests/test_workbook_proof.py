"""Proof that workbooks are right: other programs open them, and calculate the values that their formulas carry."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path

import pandas as pd
import pytest

import braid
from braid.answer.plan import Plan
from braid.cli.setting_up import starter
from braid.files.shipped import shipped
from braid.reading import read_text
from braid.workbook import write_workbook
from office import differing, formulas, planted, recalculated_all
from oracle import instances

RANDOM = 20
SECONDS = 20.0
"""Most that a random plan may be looked for; all are found in well under one."""
PLANTED = "planted"


def random_plans() -> Iterator[tuple[str, Plan]]:
    """Plans of random small proposals by their names, of every second seed one with requirements and installments."""
    for seed in count(1):
        tree = (instances.wide_proposal if seed % 2 else instances.random_proposal)(seed)
        plan = braid.plan(read_text(json.dumps(tree)), seconds=SECONDS)
        if plan.status in {"optimal", "feasible"} and plan.allocations:
            yield f"random-{seed}", plan


def example_plans() -> Iterator[tuple[str, Plan]]:
    """Wake County and the proposal that braid starts with; Harbor County is recalculated in test_workbook."""
    yield "wake", braid.plan(braid.read(str(shipped("examples", "wake_county_fy2025.yaml"))))
    yield "starter", braid.plan(read_text(starter()))


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The workbooks of the examples and of twenty random plans, and one of them with a wrong value planted."""
    folder = tmp_path_factory.mktemp("books")
    plans = [*example_plans(), *islice(random_plans(), RANDOM)]
    made = [write_workbook(plan, folder / f"{name}.xlsx") for name, plan in plans]
    return [*made, planted(made[-1], made[-1].with_name(f"{PLANTED}.xlsx"))]


@pytest.mark.needs_program("soffice")
def test_every_formula_comes_to_what_it_carries(
    books: list[Path], tmp_path: Path, program: Callable[[str], str]
) -> None:
    """LibreOffice, made to recalculate all, finds what each formula carries, and finds the one value that is wrong."""
    assert len(books) == 2 + RANDOM + 1
    again = recalculated_all(program("soffice"), books, tmp_path)
    found = {path.stem: differing(path, other) for path, other in zip(books, again, strict=True)}
    (wrong,) = found.pop(PLANTED)
    assert "carries 987654321 and comes to " in wrong
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_openpyxl_and_pandas_open_each(books: list[Path]) -> None:
    """pandas opens every sheet of each workbook, and finds the amounts that add up to the carried total of the plan."""
    for path in books[:-1]:
        with pd.ExcelFile(path, engine="openpyxl") as opened:  # by openpyxl, once for both
            frames, titles = pd.read_excel(opened, sheet_name=None, header=None), opened.book.sheetnames
        assert list(frames) == titles == opened.sheet_names
        frame = frames["Allocation"]
        top = frame.index[frame[0] == "Award"][0]
        amounts = pd.to_numeric(frame.loc[top + 1 :, 11])
        total = {value for _, _, formula, value in formulas(path) if "SUM(tblAllocation[Amount])" in formula}
        assert total == {amounts.sum()}, path.stem


def test_the_same_plan_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    """Two processes, whose sets and dicts of texts are ordered otherwise, write the same plan to the same bytes."""
    (_, made), plan = next(random_plans()), tmp_path / "plan.json"
    plan.write_text(made.to_json(), encoding="utf-8")
    found: list[bytes] = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.xlsx"
        command = [sys.executable, "-m", "braid", "workbook", str(plan), "-o", str(path)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
        found.append(path.read_bytes())
    assert found[0] == found[1]
