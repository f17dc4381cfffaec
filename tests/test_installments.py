"""What each installment of an award is charged in a period: its part of indirect cost, rounded down or up (C1)."""

from __future__ import annotations

import pytest

import braid
from braid.reading import read_text

TEXT = """\
braid: 1
name: Two budget periods
jurisdiction: {name: Test County, state: NC}
calendar: {first: FY2028, last: FY2028}
indirect: {rate: 10%, base: mtdc}
awards:
  - id: grant
    program: other
    carry_over: approved
    budget_periods:
      - {start: 2026-07-01, end: 2027-06-30, amount: "72"}
      - {start: 2027-07-01, end: 2028-06-30, amount: "SECOND"}
activities:
  - id: act
    uses: x-any
    lines:
      - {id: bench, category: equipment, amount: "18"}
      - {id: nurse, category: personnel, amount: "PAY"}
"""


@pytest.mark.parametrize(
    ("pay", "second", "parts"),
    [
        # 72 holds 18 + 49 + 4.90; one more dollar of pay would make 18 + 50 + 5. The rest is 40 + 4.00: 4 and 4 of the
        # 8 (10% of 89, rounded down), although a dollar of the first is left.
        ("89", "44", {"1": 4, "2": 4}),
        # The rest is 41 + 4.10, and 9 is charged in all. With a dollar to spare the second rounds up;
        ("90", "46", {"1": 4, "2": 5}),
        # without it all 117 are needed, and the first is filled to its last dollar.
        ("90", "45", {"1": 5, "2": 4}),
    ],
)
def test_indirect_of_an_installment_is_its_part_rounded(pay: str, second: str, parts: dict[str, int]) -> None:
    """Each part of the indirect is its exact part rounded down or up, also where an installment is filled."""
    plan = braid.plan(read_text(TEXT.replace("SECOND", second).replace("PAY", pay)))
    assert plan.totals.funded == 18 + int(pay)
    assert {row.installment: row.amount for row in plan.file.indirect} == parts
    assert sum(row.amount for row in plan.file.allocations if row.installment == "1") == 18 + 49
