"""A small proposal as text, for tests that change one thing at a time."""

from __future__ import annotations

from braid.proposal import Proposal
from braid.reading import read_text

HEAD = """\
braid: 1
name: Small
jurisdiction: {name: Small County, state: NC}
calendar: {first: FY2027, last: FY2028}
indirect: {rate: 10%, base: direct}
"""

TWO_AWARDS = (
    HEAD
    + """\
awards:
  - id: grant
    program: other-federal
    awarded: 2025-01-15
    start: 2026-10-01
    end: 2027-09-30
    amount: "1,100"
    terms:
      - id: admin
        cap: {at_most: 10%, of: award, select: {function: administration}}
        why: At most a tenth goes to administration.
        cite: [{title: Award terms}]
      - id: kits
        floor: {at_least: 50%, of: spend, select: {item: naloxone}}
        why: At least half goes to naloxone.
        cite: [{title: Award terms}]
  - id: pot
    program: other
    opening_balance: "100"
    receipts: {FY2028: "50"}
    indirect: {rate: 0%}
activities:
  - id: act
    uses: naloxone-distribution
    lines:
      - {id: kits, category: supplies, item: naloxone, amount: {FY2027: "400", FY2028: "400"}}
      - {id: lead, category: personnel, function: administration, quantity: 0.01, unit: FTE, unit_cost: "30,000",
         fringe: 20%}
"""
)


def small(text: str = TWO_AWARDS) -> Proposal:
    """The proposal that the text says."""
    return read_text(text, "small.yaml")
