"""Approved budgets by budget period in the workbook, against arithmetic done by hand and LibreOffice's own."""

from __future__ import annotations

from pathlib import Path

import pytest

import braid
from braid.workbook import write_workbook
from office import differing, recalculated, table
from overtyping import Office, failing, limits, over
from small import HEAD, small

TEXT = (
    HEAD.replace("indirect: {rate: 10%, base: direct}\n", "")
    + """\
awards:
  - id: grant
    program: other-federal
    awarded: 2026-06-01
    budget_periods:
      - {start: 2026-07-01, end: 2027-06-30, amount: "400,000",
         approved_budget: {personnel: "300,000", fringe: "60,000", supplies: "40,000"}}
      - {start: 2027-07-01, end: 2028-06-30, amount: "200,000",
         approved_budget: {personnel: "120,000", fringe: "40,000", supplies: "40,000"}}
    spent_before: [{category: supplies, period: FY2027, amount: "10,000"}]
    terms:
      - {id: moves, transfer: {at_most: 25%, and_at_most: "250,000", per: budget_period},
         why: Larger moves need approval., cite: [{title: Award terms}]}
activities:
  - id: act
    uses: naloxone-distribution
    lines:
      - {id: kits, category: supplies, item: naloxone, amount: {FY2027: "200,000", FY2028: "70,000"}}
      - {id: lead, category: personnel, amount: {FY2027: "100,000", FY2028: "10,000"}, fringe: 20%}
"""
)


@pytest.mark.needs_program("soffice")
def test_each_budget_period_is_held_against_its_own_budget(tmp_path: Path, program: Office) -> None:
    """Approved, charged and above it by budget period; each limit on moves adds up its own, and so does LibreOffice."""
    path = write_workbook(braid.plan(small(TEXT)), tmp_path / "budget.xlsx")
    again = recalculated(program("soffice"), path, tmp_path)
    assert (differing(path, again), failing(again), over(again)) == ([], set(), set())
    rows = {(row["Installment"], row["Object class"]): row for row in table(again, "Approved budget", "Award")}
    # First: 40,000 + 25% of 400,000 less the 10,000 spent leaves 130,000 for kits. Second: 70,000 is 30,000 above.
    told = ("Approved", "Spent before", "Charged", "Above it", "Below it")
    assert [rows[1, "supplies"][name] for name in told] == [40_000, 10_000, 130_000, 100_000, 0]
    assert [rows[1, "fringe"][name] for name in told] == [60_000, 0, 20_000, 0, 40_000]
    assert [rows[2, "supplies"][name] for name in told] == [40_000, 0, 70_000, 30_000, 0]
    assert [rows[2, "personnel"][name] for name in told] == [120_000, 0, 10_000, 0, 110_000]
    assert [rows[1, "all classes"][name] for name in told] == [400_000, 10_000, 250_000, 100_000, 240_000]
    held = limits(again)
    first, second = held["transfer[grant,1]"], held["transfer[grant,2]"]
    assert (first["Actual"], first["Bound"], first["Worked out"]) == (100_000, 100_000, "live")
    assert (second["Actual"], second["Bound"], second["Worked out"]) == (30_000, 50_000, "live")
