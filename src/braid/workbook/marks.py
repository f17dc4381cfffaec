"""What each charge counts in: the caps and floors of its award, and the requirements, whose selection takes it in.

A mark on the Allocation lets a plain sum say what a rule with a selection comes to.
"""

from __future__ import annotations

from dataclasses import replace

from braid.answer.plan import Plan
from braid.judge.limit import Limit
from braid.law.rules import Selector

SELECTING = {"cap", "floor", "require"}


def mark_of(limit: Limit) -> str:
    """The mark of what counts in a limit: its kind, and the id of its rule or requirement."""
    named = limit.rule.id if limit.rule else limit.id.partition("[")[2].rstrip("]")
    return f"{limit.kind}:{named}"


class Marks:
    """The marks of a plan, by award and line, for pay, fringe and indirect cost."""

    def __init__(self, plan: Plan) -> None:
        self._proposal = plan.proposal
        self._limits: dict[str, list[Limit]] = {award: [] for award in plan.case.terms}
        seen: set[tuple[str, str]] = set()
        for limit in plan.case.limits:
            if limit.kind not in SELECTING:
                continue
            for award in limit.awards or plan.case.terms:
                if (award, mark_of(limit)) not in seen:  # a rule bounds several periods with one selection
                    seen.add((award, mark_of(limit)))
                    self._limits[award].append(limit)
        self._known: dict[tuple[str, str, str], tuple[str, ...]] = {}

    def of(self, award: str, line: str, kind: str) -> tuple[str, ...]:
        """The marks of what an award pays on a line, or of its indirect cost."""
        key = award, line, kind
        if key not in self._known:
            found = [mark_of(limit) for limit in self._limits[award] if self._in(limit, line, kind)]
            self._known[key] = tuple(sorted(found))
        return self._known[key]

    def _in(self, limit: Limit, line: str, kind: str) -> bool:
        if kind == "indirect":
            return limit.kind == "cap" and limit.include_indirect
        if kind == "fringe" and limit.of == "direct":
            return False
        traits = self._proposal.cost(line).traits
        if kind == "fringe":
            traits = replace(traits, category="fringe")  # C8
        selected = (limit.select or Selector()).selects(traits)
        rest = limit.kind == "floor" and limit.share is None  # C5: what is bounded is the rest
        return selected != rest
