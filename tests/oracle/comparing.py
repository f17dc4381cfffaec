"""What differs between a plan and the oracle's answer."""

from __future__ import annotations

from math import floor

from .meaning import Tree
from .oracle import Answer, faults, funded_by_priority


def compare(proposal: Tree, found: Tree, answer: Answer, catalogue: Tree | None = None) -> list[str]:
    """What is wrong with a plan; where the oracle is not sure it says nothing."""
    if found["status"] in ("conflict", "fractions"):
        if answer.conflict is False:
            return [f"the plan says {found['status']}, and the oracle has a plan"]
        said = "fractions" if answer.fractions else "conflict"
        return [] if found["status"] == said else [f"the plan says {found['status']}, the oracle {said}"]
    if answer.conflict:
        return [f"the plan says {found['status']}, and there is a conflict"]
    wrong = faults(proposal, found, catalogue)
    funded, more = funded_by_priority(proposal, found, catalogue), False
    for priority, best in sorted(answer.optimum.items()):
        here = funded.get(priority, 0)
        if not answer.proven[priority]:
            break
        # A fraction less of one priority, which is no whole unit, may leave more for the next.
        if floor(here) < floor(best) or (floor(here) > floor(best) and not more):
            wrong.append(f"priority {priority} is funded with {here}, the optimum is {best}")
        more = more or here < best
    return wrong
