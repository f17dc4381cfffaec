"""The workbook is live: what is typed over on the sheets of input moves what goes by it, and formulas hold no amounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

import braid
from braid.answer.plan import Plan
from braid.workbook import write_workbook
from office import table
from overtyping import Office, entered, failing, limits, over
from small import small
from test_workbook_checks import KINDS

ROUNDING = {"0", "1", "2", "6", "109"}
"""Nothing, one, the digits that amounts are rounded to, and the name of «sum of the rows shown»."""
QUOTED, NAMED, PLACE = re.compile(r'"[^"]*"'), re.compile(r"'[^']*'!|\[[^\]]*\]"), re.compile(r"\$?[A-Z]{1,3}\$?\d+")
NUMBER = re.compile(r"(?<![A-Za-z_.\d])\d+(?:\.\d+)?")
INPUT = {"BF9000"}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return braid.plan(small())


@pytest.mark.needs_program("soffice")
def test_input_typed_over_turns_the_right_checks(plan: Plan, tmp_path: Path, program: Office) -> None:
    """An award made smaller and a line made cheaper on their own sheets break just what went by them.

    The grant is charged more than 300, and kits are paid more than 100 in FY2027; the pot and FY2028 stay as they are.
    """
    assert plan.allocations.total(award="grant") > 300 if hasattr(plan.allocations, "total") else True
    changes = {("Awards", "grant", "Amount"): 300, ("Lines", "kits", "Amount FY2027"): 100}
    again = entered(plan, program, tmp_path, changes)
    bounds = {row: each["Bound"] for row, each in limits(again).items()}
    assert (bounds["award[grant]"], bounds["need[act/kits,FY2027]"], bounds["need[act/kits,FY2028]"]) == (300, 100, 400)
    assert bounds["cap[grant,admin]"] == 30
    assert {"award[grant]", "need[act/kits,FY2027]"} <= over(again)
    assert not [row for row in over(again) if "pot" in row or "FY2028" in row]
    print(failing(again), over(again))
