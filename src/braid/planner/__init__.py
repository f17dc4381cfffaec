"""The story on one page: case, allocation, exact judgement, explanation, Plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from braid.answer.eligibility import Eligibility
from braid.answer.plan import Plan
from braid.answer.rows import PlanFile
from braid.basics.errors import CheckFailed, Finding
from braid.checks import Judged, Paid, judge
from braid.engine import allocate as engine
from braid.engine import others
from braid.explain.conflicts import conflict_by_sums, conflict_of
from braid.explain.expected import hoped_of
from braid.explain.next_dollar import next_dollars
from braid.explain.why import in_plan
from braid.judge.case import Case
from braid.law.catalogue import Catalogue
from braid.law.catalogue import catalogue as shipped
from braid.planner.assemble import Besides, assemble, paid_of
from braid.planner.former import Former, amounts_of, former_file
from braid.proposal import Proposal

if TYPE_CHECKING:
    from braid.engine.solve import LpProblem


def plan(  # noqa: PLR0913  each is something that a user may say of a plan
    proposal: Proposal,
    *,
    catalogue: Catalogue | None = None,
    seconds: float = 120.0,
    progress: Callable[[str], None] | None = None,
    command: str = "",
    solver: str = "highs",
    with_expected: bool = False,
    next_dollar: bool = False,
    former: Former | None = None,
) -> Plan:
    """Plan a proposal: the most need met, priority by priority, every rule kept to the unit.

    ``seconds`` bounds the time of all solving; ``progress`` is told what is being done; ``solver`` is ``highs``,
    ``cbc`` or ``pulp:NAME``; ``with_expected`` plans money that is only expected as if it had come, and without it
    the plan says what such money would add; ``next_dollar`` works out what one more dollar buys, so that plan.json and
    the workbook carry it (else ``plan.next_dollar`` does once it is asked); ``former`` is a plan, or the file of one,
    for the goal ``stay-close``. Raises InputError where that goal and ``former`` are not both there or both absent,
    SolverError where no
    answer was found in time, and CheckFailed (a bug in braid) where the finished plan breaks a rule: such a plan is
    not returned.

    >>> import braid
    >>> from braid.files.shipped import shipped
    >>> found = braid.plan(braid.read(str(shipped("examples", "wake_county_fy2025.yaml"))))
    >>> found.status, str(found.totals.gap)
    ('optimal', '0.00')
    """
    tell = progress or engine.quiet
    tell("reading the rules")
    known = catalogue or shipped()
    near = former_file(former, proposal, known)
    amounts = {} if near is None else amounts_of(near.allocations, proposal)
    case = Case(proposal, known, None if with_expected else frozenset(), amounts)
    conflict = conflict_by_sums(case, seconds)
    allocation = (
        engine.nothing(case, solver)
        if conflict
        else engine.allocate(case, seconds=seconds, progress=tell, solver=solver)
    )
    tell("checking every rule")
    paid = paid_of(case, allocation)
    judged = judge(Case(proposal, known, case.hoped), paid)
    _insist(judged, allocation)
    if allocation.status == "conflict" and conflict is None:
        tell("finding what cannot hold together")
        conflict = conflict_of(case, seconds)
    tell("weighing what is only expected")
    hoped = () if with_expected or conflict else hoped_of(case, allocation, seconds)
    besides = Besides(conflict, hoped, None if near is None else near.fingerprint)
    found = finished(assemble(case, allocation, paid, judged, besides, command).file, case, seconds, allocation)
    if not next_dollar:
        return found
    tell("working out the next dollar")
    return replace(found, file=found.file.model_copy(update={"next_dollar": tuple(found.next_dollar)}))


def other_plans(
    found: Plan, count: int = 3, *, seconds: float = 120.0, progress: Callable[[str], None] | None = None
) -> tuple[Plan, ...]:
    """Up to ``count`` other plans of the same proposal that reach every goal as well, with other payers.

    Each pays as little as can be found of what the plan and those before it pay. Goal values are the same in whole
    units, but for ``tidy`` where that comes last: another plan may have more payers. None are given where every goal
    together leaves one plan, where the plan is not proven to be the best, and where it was read from a file that
    does not carry the former plan which its goals name. A plan that was read from a file is planned anew first.
    """
    tell = progress or engine.quiet
    case, mine = found.case, found.made
    if not isinstance(mine, engine.Allocation):
        if found.file.lacks_former:
            return ()
        mine = engine.allocate(case, seconds=seconds, progress=tell)
    tell("looking for other plans")
    made: list[Plan] = []
    for allocation in others.other_allocations(mine, count, seconds):
        paid = paid_of(case, allocation)
        judged = judge(Case(case.written, case.catalogue, case.hoped), paid)
        _insist(judged, allocation)
        besides = Besides(former=found.file.provenance.former)
        made.append(finished(assemble(case, allocation, paid, judged, besides, "").file, case, seconds, allocation))
    return tuple(made)


def finished(file: PlanFile, case: Case, seconds: float = 120.0, made: engine.Allocation | None = None) -> Plan:
    """The plan of a file that was judged and found sound; what must be solved for is worked out once it is asked.

    ``made`` is what the engine made it of, where it was not read from a file.
    """
    return Plan(
        file, case, partial(next_dollars, case, file, seconds), partial(in_plan, case, file, seconds, made), made
    )


def _insist(judged: Judged, allocation: engine.Allocation) -> None:
    if allocation.status in {"conflict", "fractions"}:
        return
    if judged.findings:
        raise CheckFailed(judged.findings)
    rows = {row.limit for row in allocation.program.rows}
    strangers = rows - {limit.id for limit, _, _ in judged.measured}
    if strangers:
        raise CheckFailed([Finding(name, "this row belongs to no limit that was judged") for name in sorted(strangers)])


def eligibility(proposal: Proposal, *, catalogue: Catalogue | None = None) -> Eligibility:
    """Who may pay what: the determination of every award and line, without planning any money.

    >>> import braid
    >>> from braid.files.shipped import shipped
    >>> found = braid.eligibility(braid.read(str(shipped("examples", "harbor_county.yaml"))))
    >>> found.why("syringe-services/syringes", "sor").status
    'unallowable'
    """
    return Eligibility(Case(proposal, catalogue or shipped(), None))


def problem(proposal: Proposal, *, catalogue: Catalogue | None = None) -> LpProblem:
    """The linear program as a ``pulp.LpProblem``, to print, to export, or to run on any solver that PuLP knows.

    It minimises minus the weighted need met, priorities a factor of ten apart; ``braid_columns`` and ``braid_rows``
    on the problem map its neutral names to ours.
    """
    from braid.engine.rows import compile_case
    from braid.engine.solve import pulp_problem

    return pulp_problem(compile_case(Case(proposal, catalogue or shipped())))


__all__ = ["Judged", "Paid", "eligibility", "finished", "other_plans", "plan", "problem"]
