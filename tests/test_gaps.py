"""Every dollar that no award pays has one reason, and the reasons add up to the gap."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

import braid
from braid.reading import read_text
from oracle import instances
from oracle.texts import as_yaml


@pytest.mark.parametrize("seed", range(0, 24, 2))
def test_the_reasons_add_up_to_the_gap_of_each_need(seed: int) -> None:
    """On random proposals: need less what is paid is the sum of the gaps, line by line and period by period."""
    plan = braid.plan(read_text(as_yaml(instances.wide_proposal(seed))))
    if plan.status not in {"optimal", "feasible"}:
        return
    left: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    per_unit = 100 if plan.file.unit == "cent" else 1
    for need in plan.case.needs:
        left[need.cost.id, need.period.name] += Decimal(need.total) / per_unit
    for row in (*plan.allocations, *plan.fringe):
        left[row.line, row.period] -= row.amount
    assert sum(row.amount for row in plan.gaps) == plan.totals.gap
    for gap in plan.gaps:
        assert gap.amount > 0
        assert gap.sentence
        assert bool(gap.could_pay) == (gap.reason != "no-eligible-award")
        left[gap.line, gap.period] -= gap.amount
    assert {key: amount for key, amount in left.items() if amount} == {}
