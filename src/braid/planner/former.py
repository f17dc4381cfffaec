"""The plan that the goal ``stay-close`` stays close to: what it pays, by award, line and period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path

from braid.answer.plan import Plan
from braid.answer.rows import Allocation, FormerPaid, PlanFile
from braid.basics.errors import Fault, InputError
from braid.basics.money import amount_text
from braid.files.nodes import read_text
from braid.judge.case import Case
from braid.judge.funds import CENTS
from braid.law.catalogue import Catalogue
from braid.planner.plan_file import read_plan
from braid.proposal import Proposal

MISSING = (
    "`stay-close` goes by a former plan, and none is given: name its file with --former, or with former= in Python"
)
UNUSED = "a former plan is given, and the goals do not name `stay-close`, so it would change nothing; add that goal"
Former = Plan | PlanFile | Path | str
"""A plan, what plan.json holds of it, or where that file is."""
Amounts = dict[tuple[str, str, int], int]


def former_file(former: Former | None, proposal: Proposal, catalogue: Catalogue) -> PlanFile | None:
    """What the former plan holds; None where there is none and none is needed.

    Raises InputError where the goals and what is given do not fit together, or the file holds no plan.
    """
    wanted = proposal.names_goal("stay-close")
    if (former is not None) != wanted:
        raise InputError([Fault("goals", 0, 0, "", MISSING if wanted else UNUSED)])
    if isinstance(former, Path | str):
        return _sound(read_plan(read_text(Path(former)), str(former), catalogue).file, str(former))
    file = former.file if isinstance(former, Plan) else former
    return None if file is None else _sound(file, "former")


def _sound(file: PlanFile, name: str) -> PlanFile:
    if file.status not in {"optimal", "feasible"}:
        raise InputError([Fault(name, 0, 0, "", f"its status is {file.status}; it pays nothing to stay close to")])
    return file


def amounts_of(rows: Iterable[Allocation] | Iterable[FormerPaid], proposal: Proposal) -> Amounts:
    """What a former plan pays in the periods of this one, in whole units of it, what no longer exists left aside."""
    index, awards = proposal.fiscal.index, {award.id for award in proposal.awards}
    lines, found = {cost.id for cost in proposal.costs}, defaultdict[tuple[str, str, int], Fraction](Fraction)
    for row in rows:
        if row.period in index and row.award in awards and row.line in lines:
            found[row.award, row.line, index[row.period]] += Fraction(row.amount) * 100 / CENTS[proposal.unit]
    return {key: floor(amount) for key, amount in found.items()}


def former_paid(case: Case) -> tuple[FormerPaid, ...]:
    """What plan.json carries of the former plan of a case, so that its goals can be gone through again."""
    periods, unit = case.proposal.periods, case.proposal.unit
    return tuple(
        FormerPaid(award=award, line=line, period=periods[index].name, amount=Decimal(amount_text(amount, unit)))
        for (award, line, index), amount in sorted(case.former.items())
    )
