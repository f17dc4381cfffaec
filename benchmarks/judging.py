"""Measure how long it takes to judge who may pay what: every line of a large proposal against every award."""

from __future__ import annotations

import random
import resource
import sys
from time import perf_counter

import braid
from braid.judge.case import Case
from braid.reading import read_text

PROGRAMS = ("sor", "cossup", "byrne-jag-local", "od2a-local", "suptrs", "opioid-settlement", "hidta", "other-federal")
LINES, AWARDS, PER_ACTIVITY = 20_000, 40, 10


def main() -> None:
    """Judge 20,000 lines by 40 awards, or as many as are given."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else LINES
    start = perf_counter()
    proposal = read_text(text(lines, AWARDS))
    read = perf_counter()
    case = Case(proposal, braid.catalogue())
    determinations = len(case.determinations)
    judged = perf_counter()
    spoken = len({(found.status, found.rules) for found in case.determinations.values()})
    print(f"{lines:,} lines by {AWARDS} awards: {determinations:,} determinations of {spoken:,} kinds")
    print(f"  seconds: read {read - start:.1f}, judge {judged - read:.1f}")
    print(f"  peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def text(lines: int, awards: int, seed: int = 1) -> str:
    """A proposal in YAML: awards of eight programs, and lines with uses, items and payees drawn by lot."""
    draw = random.Random(seed)
    uses = ("naloxone-distribution", "linkage-to-care", "moud-in-jail", "deflection", "recovery-support", "reentry")
    items = ("naloxone", "medication", "software", "training", "rent", "vehicle", "food", "drug-checking-strips")
    payees = ("government", "nonprofit", "law-enforcement", "for-profit")
    found = ["braid: 1", "name: Many lines", "jurisdiction: {name: State, state: NC, kind: state}"]
    found += ["calendar: {first: FY2027, last: FY2027}", "awards:"]
    for number in range(awards):
        dates = "awarded: 2025-01-15, start: 2026-07-01, end: 2027-06-30"
        program = PROGRAMS[number % len(PROGRAMS)]
        found.append(f'  - {{id: a{number:02d}, program: {program}, {dates}, amount: "1,000,000"}}')
    found.append("activities:")
    for number in range(0, lines, PER_ACTIVITY):
        found.append(
            f"  - id: act{number}\n    uses: {draw.choice(uses)}\n    payee: {draw.choice(payees)}\n    lines:"
        )
        for line in range(PER_ACTIVITY):
            cost = f'category: supplies, item: {draw.choice(items)}, amount: "{draw.randint(1, 60) * 500}"'
            found.append(f"      - {{id: l{line}, {cost}}}")
    return "\n".join(found) + "\n"


if __name__ == "__main__":
    main()
