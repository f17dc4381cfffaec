"""The linear program: its rows are what the limits say, and every way to a solver finds the same optimum."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pulp
import pytest

from braid.engine.goals import goals_of
from braid.engine.program import Program, Row, arrays_of
from braid.engine.rows import compile_case
from braid.engine.solve import Deadline, Session, one_weight
from braid.files.shipped import shipped
from braid.judge.case import Case
from braid.law.catalogue import catalogue
from braid.planner import problem
from braid.reading import read
from small import small

HARBOR = "harbor_county.yaml"


def case_of(text: str | None = None) -> Case:
    return Case(small(text) if text else small(), catalogue())


def harbor() -> Program:
    return compile_case(Case(read(str(shipped("examples", HARBOR))), catalogue()))


def written(program: Program, row: Row) -> str:
    names = [f"{c.award}·{c.line.split('/')[1]}·{c.index}" for c in program.cells]
    names += [account.name for account in program.accounts]
    left = " ".join(f"{'+' if v > 0 else '-'}{abs(v)} {names[c]}" for c, v in row.entries)
    return f"{row.name}: {left} {'>=' if row.upper is None else '<='} {row.lower if row.upper is None else row.upper}"


GOLDEN = """\
need[act/kits,FY2027]: +1 grant·kits·0 +1 pot·kits·0 <= 400
window[act/kits,FY2027,2026-10-01..2027-06-30]: +1 grant·kits·0 <= 300
need[act/kits,FY2028]: +1 grant·kits·1 +1 pot·kits·1 <= 400
window[act/kits,FY2028,2027-07-01..2027-09-30]: +1 grant·kits·1 <= 100
need[act/lead,FY2027]: +1 grant·lead·0 +1 pot·lead·0 <= 300
window[act/lead,FY2027,2026-10-01..2027-06-30]: +1 grant·lead·0 <= 225
need[act/lead,FY2028]: +1 grant·lead·1 +1 pot·lead·1 <= 300
window[act/lead,FY2028,2027-07-01..2027-09-30]: +1 grant·lead·1 <= 75
award[grant]: +1 account[charge,grant,0] +1 account[charge,grant,1] <= 1100
award[pot]: +1 account[charge,pot,0] +1 account[charge,pot,1] <= 150
cash[pot,FY2027]: +1 account[charge,pot,0] <= 100
cap[grant,admin]: +6/5 grant·lead·0 +6/5 grant·lead·1 <= 110
floor[grant,kits]: +11/10 grant·kits·0 +11/10 grant·kits·1\
 -1/2 account[charge,grant,0] -1/2 account[charge,grant,1] >= 0"""


def test_each_limit_becomes_the_row_that_a_hand_would_write() -> None:
    """Golden rows: by 30 September, 92 of 365 days, 400 x 92 / 365 = 100 have arisen, so that 300 arise after it."""
    program = compile_case(case_of())
    assert "\n".join(written(program, row) for row in program.rows) == GOLDEN


def test_the_accounts_say_what_an_award_is_charged() -> None:
    """A dollar of pay at 20% fringe and 10% indirect charges 1 + 0.2 + 0.12; a dollar of kits 1.1."""
    program = compile_case(case_of())
    accounts = {account.name: [str(value) for _, value in account.entries] for account in program.accounts}
    assert accounts["account[charge,grant,0]"] == ["11/10", "33/25"]
    assert accounts["account[charge,pot,1]"] == ["1", "6/5"]


@pytest.fixture(params=["HiGHS", "CBC"])
def solver(request: pytest.FixtureRequest, program: Callable[[str], str]) -> Any:
    """HiGHS, and CBC: PuLP 3 brings one, by a name that warns of its end; PuLP 4 takes the program cbc."""
    if request.param == "HiGHS":
        return pulp.HiGHS(msg=False)
    if not hasattr(pulp, "PULP_CBC_CMD"):
        return pulp.COIN_CMD(path=program("cbc"), msg=False)
    with pytest.deprecated_call(match="PULP_CBC_CMD"):
        return pulp.PULP_CBC_CMD(msg=False)


def solve(model: Any, solver: Any) -> None:
    """Solve to the proven optimum: PuLP 3 says it on the problem, PuLP 4 in what it hands back."""
    said = model.solve(solver)
    status = model.sol_status if isinstance(said, int) else said.status
    assert status == 1, said


def test_the_problem_for_people_has_the_same_optimum(solver: Any) -> None:
    """``braid.problem()`` solved by PuLP reaches the weighted optimum of the in-process session."""
    program = compile_case(case_of())
    model: Any = problem(small())
    solve(model, solver)
    session = Session(arrays_of(program), Deadline(60))
    best = float(one_weight(program) @ session.maximise(one_weight(program))[: program.decisions])
    assert float(pulp.value(model.objective)) == pytest.approx(-best)


def test_names_in_the_problem_are_neutral_and_map_back() -> None:
    """No word of a user reaches a solver: columns are x0, x1, …, rows r0, r1, …, and the maps say what they are."""
    model: Any = problem(small())
    assert {variable.name[0] for variable in model.variables()} == {"x"}
    assert model.braid_columns["x0"] == "grant pays act/kits in FY2027 (2026-10-01..2027-06-30)"
    assert model.braid_rows["r0"] == "need[act/kits,FY2027]"


AFTER_A_PLAN = """
import sys, braid
from small import small
braid.plan(small())
assert "highspy" in sys.modules and "pulp" not in sys.modules
model = braid.problem(small())
import pulp
model.solve(pulp.HiGHS(msg=False))
braid.plan(small())
print(pulp.value(model.objective))
"""


def test_pulp_comes_to_a_process_that_has_planned() -> None:
    """PuLP 4 wants to load HiGHS before braid does; the other way round works as well, and planning goes on."""
    done = subprocess.run(
        [sys.executable, "-c", AFTER_A_PLAN], capture_output=True, text=True, check=False, cwd=Path(__file__).parent
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 0


def test_a_held_goal_never_falls() -> None:
    """Holding the optimal face keeps the value of every former goal while later ones are optimised."""
    program = harbor()
    session = Session(arrays_of(program), Deadline(60))
    seen: list[tuple[Any, float]] = []
    for goal in goals_of(program):
        found = session.maximise(goal.floats)[: program.decisions]
        seen.append((goal.floats, float(goal.floats @ found)))
        for weights, value in seen:
            assert float(weights @ found) >= value - 1e-3
        session.hold()
    assert all(np.isfinite(value) for _, value in seen)
