"""Measure braid: seconds by phase, size of the program, memory, and dollars gained over filling by hand."""

from __future__ import annotations

import random
import resource
import sys
from fractions import Fraction
from time import perf_counter

from by_hand import by_hand

import braid
from braid.basics.money import show
from braid.engine.allocate import allocate
from braid.files.shipped import shipped
from braid.judge.case import Case
from braid.proposal import Proposal
from braid.reading import read_text


def main() -> None:
    """Measure Harbor County, and a random proposal of about a state's size where a number of lines is given."""
    measure("Harbor County", braid.read(str(shipped("examples", "harbor_county.yaml"))))
    if len(sys.argv) > 1:
        measure(f"random, {sys.argv[1]} lines", read_text(random_state(int(sys.argv[1]))))


def measure(name: str, proposal: Proposal) -> None:
    """One row of figures."""
    start = perf_counter()
    case = Case(proposal, braid.catalogue())
    limits = len(case.limits)
    judged = perf_counter() - start
    found = allocate(case, seconds=600)
    program = found.program
    entries = sum(len(row.entries) for row in (*program.rows, *program.accounts))
    print(f"{name}: {found.status}, {limits:,} limits, {program.columns:,} columns, {len(program.rows):,} rows, "
          f"{entries:,} entries")  # fmt: skip
    laps = {"judge": judged, **(found.seconds or {})}
    print("  seconds: " + ", ".join(f"{phase} {seconds:.2f}" for phase, seconds in laps.items()))
    print(f"  peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    hand = by_hand(case)
    for goal in found.goals:
        if goal.priority is not None:
            other = hand.get(goal.priority, Fraction(0))
            print(f"  priority {goal.priority}: {show(goal.value)}, by hand {show(other)}")
    total = sum((goal.value for goal in found.goals if goal.priority is not None), Fraction(0))
    print(f"  gained over filling by hand: {show(total - sum(hand.values(), Fraction(0)))}")


def random_state(lines: int, seed: int = 1) -> str:
    """A random proposal in YAML: 15 awards, five years, that many lines in activities of ten."""
    draw = random.Random(seed)
    programs = ["other", "other-federal", "opioid-settlement", "sor", "cossup", "byrne-jag-local", "foundation"]
    uses = ["naloxone-distribution", "linkage-to-care", "moud-in-jail", "deflection", "recovery-support", "reentry"]
    text = "braid: 1\nname: Random state\njurisdiction: {name: State, state: NC, kind: state}\n"
    text += "calendar: {first: FY2027, last: FY2031}\nindirect: {rate: 15%, base: mtdc, kind: de-minimis}\nawards:\n"
    for a in range(15):
        year, month = draw.randint(2026, 2029), draw.randint(1, 12)
        dates = f"start: {year}-{month:02d}-01, end: {year + draw.randint(1, 4)}-{month:02d}-01, awarded: 2025-01-15"
        amount = draw.randint(100, 2000) * lines
        text += f'  - {{id: a{a:02d}, program: {draw.choice(programs)}, {dates}, amount: "{amount}"}}\n'
    text += "activities:\n"
    for number in range(0, lines, 10):
        use, priority = draw.choice(uses), draw.randint(1, 3)
        text += f"  - id: act{number}\n    uses: {use}\n    priority: {priority}\n    lines:\n"
        for line in range(10):
            if line % 3 == 0:
                pay = draw.randint(40, 90) * 1000
                cost = f'category: personnel, quantity: 1, unit: FTE, unit_cost: "{pay}", fringe: 32%'
            else:
                amounts = ", ".join(f'FY{year}: "{draw.randint(1, 60) * 500}"' for year in range(2027, 2032))
                cost = f"category: {draw.choice(['supplies', 'travel', 'contractual'])}, amount: {{{amounts}}}"
            text += f"      - {{id: l{line}, {cost}}}\n"
    return text


if __name__ == "__main__":
    main()
