"""What money that is only expected would add to a plan, each by itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from braid.answer.rows import Hope
from braid.basics.money import amount_text
from braid.engine.allocate import Allocation
from braid.engine.potential import choices_of, potential
from braid.judge.case import Case
from braid.proposal.expected import hopes


def hoped_of(case: Case, made: Allocation, seconds: float) -> tuple[Hope, ...]:
    """For each thing that is only expected, by how much more each priority's need would be met if it came.

    That is by the goals of the proposal, so that a later priority may be met less; ``made`` is the plan without it.
    """
    found = hopes(case.written)
    if not found:
        return ()
    base, near = potential(case, seconds, made), choices_of(made)
    rows: list[Hope] = []
    for hope in found:
        with_it = Case(case.written, case.catalogue, frozenset({(hope.award, hope.kind)}), case.former)
        other = potential(with_it, seconds, near=near)
        rows.extend(_rows(case, hope.award, hope.what, base, other))
    return tuple(rows)


def _rows(case: Case, award: str, what: str, base: dict[int, int], other: dict[int, int]) -> Iterator[Hope]:
    for priority in sorted(other):
        more = other[priority] - base.get(priority, 0)
        amount = Decimal(amount_text(more, case.proposal.unit))
        yield Hope(award=award, what=what, priority=priority, amount=amount)
