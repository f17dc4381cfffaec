"""Two ways to the solver: in-process, and through PuLP. Both come to the same plan, or say that they did not finish."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import braid
from braid.basics.errors import SolverError
from braid.engine.goals import goals_of
from braid.engine.in_order import in_order
from braid.engine.program import Floats
from braid.engine.rows import compile_case
from braid.engine.solve import Deadline, Highs, OutOfTimeError, Session, solver_named
from braid.judge.case import Case
from braid.planner import plan
from braid.proposal import Proposal
from braid.reading import read_text
from small import small

CHOOSING = """
braid: 1
name: A proposal of choices
jurisdiction: {name: Harbor County, state: NC, kind: county}
calendar: {first: FY2027, last: FY2028}
awards:
  - {id: a, program: other-federal, amount: "9,000", start: 2026-07-01, end: 2028-06-30}
  - {id: b, program: other-federal, amount: "4,500", start: 2026-10-01, end: 2027-09-30}
  - {id: c, program: county-general-fund, receipts: {FY2027: "1,111", FY2028: "2,222"}, reserve: {FY2027: "200"}}
one_federal_payer: true
require: [{id: kits, at_least: 20%, of: spend, select: {category: supplies}}]
activities:
  - id: all-or-nothing
    uses: x-any
    minimum: all
    lines: [{id: cost, category: travel, amount: {FY2027: "3,001"}}]
  - id: kits
    uses: x-any
    minimum: 40%
    lines:
      - {id: kits, category: supplies, quantity: 55, unit: kit, unit_cost: "73", whole_units: true}
      - {id: clerk, category: personnel, amount: {FY2027: "1,234", FY2028: "2,345"}, fringe: 32%, essential: true}
  - id: rest
    uses: x-any
    priority: 2
    lines: [{id: cost, category: travel, amount: {FY2027: "3,333", FY2028: "3,333"}}]
"""


@pytest.fixture
def proposal() -> Proposal:
    """A small proposal in which much must be chosen whole."""
    return read_text(CHOOSING)


@pytest.fixture(params=["pulp:HiGHS", "cbc"])
def other(request: pytest.FixtureRequest, program: Callable[[str], str]) -> str:
    """A solver behind PuLP; PuLP 4 brings no CBC, and finds the program of that name."""
    import pulp

    if request.param == "cbc" and "PULP_CBC_CMD" not in pulp.listSolvers():
        program("cbc")
    return str(request.param)


def test_each_goal_can_reach_the_same_through_pulp(proposal: Proposal, other: str) -> None:
    """Goal by goal, each held while the next is optimised: the values of the in-process session."""
    program = compile_case(Case(proposal, braid.catalogue()))
    ours = in_order(program, goals_of(program), Highs(), Deadline(120))
    theirs = in_order(program, goals_of(program), solver_named(other) or Highs(), Deadline(120))
    assert theirs.possible == pytest.approx(ours.possible, rel=1e-6, abs=0.05)


def test_the_plan_through_pulp_is_the_same(proposal: Proposal, other: str) -> None:
    """With HiGHS to the dollar; with CBC the funding of each priority to less than a dollar (C2), or it says so."""
    ours, theirs = plan(proposal), plan(proposal, solver=other)
    assert theirs.file.provenance.solver != ours.file.provenance.solver
    if other == "pulp:HiGHS":
        assert theirs.file.allocations == ours.file.allocations
    elif theirs.status == "optimal":
        pairs = zip(ours.goals, theirs.goals, strict=True)
        assert all(abs(a.value - b.value) < 1 for a, b in pairs if a.priority is not None)
    else:
        assert theirs.status == "feasible"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("cplex", "«cplex» is no solver; say highs, cbc or pulp:NAME"),
        ("pulp:HiGSH", "«pulp:HiGSH» is no solver; say highs, cbc or pulp:NAME (did you mean «HiGHS»?)"),
        ("pulp:MOSEK", "the solver MOSEK is not found on this machine; through PuLP there is: "),
    ],
)
def test_a_solver_that_is_not_there_is_said_so(name: str, told: str) -> None:
    """A name that PuLP does not know, or a solver that is not installed: one sentence with what there is."""
    with pytest.raises(SolverError) as caught:
        plan(small(), solver=name)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize("calls", [1, 2])
def test_out_of_time_there_is_an_honest_plan(calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that runs out after some goals: every rule is kept, and the bound is no less than what is funded."""
    full = Session.maximise
    made: list[int] = []

    def cut_off(session: Session, weights: Floats) -> Floats:
        made.append(1)
        if len(made) > calls:
            raise OutOfTimeError
        return full(session, weights)

    monkeypatch.setattr(Session, "maximise", cut_off)
    found = plan(read_text(CHOOSING))
    assert found.status == "feasible"
    assert found.file.bound is not None
    assert found.totals.funded - found.totals.fringe <= found.file.bound <= found.totals.need + 100
    assert "might be met" in str(found)


def test_no_time_at_all_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a first answer there is no plan, and one sentence says what to do."""

    def never(session: Session, weights: Floats) -> Floats:
        raise OutOfTimeError

    monkeypatch.setattr(Session, "maximise", never)
    with pytest.raises(SolverError, match="the time ran out before there was an answer; allow more with --time-limit"):
        plan(small())
