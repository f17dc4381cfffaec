"""Show what the goal `tidy` does and what it costs: payers per line and small charges, without it and with it.

Whole units begin at the plan without it, and every goal before it is held at exactly what it reaches there: what it
costs them is nothing, to the cent. The last line says so, or by how much it is not so.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from fractions import Fraction

import braid
from braid.engine.allocate import Allocation, allocate
from braid.files.shipped import shipped
from braid.judge.case import Case
from braid.judge.funds import CENTS
from braid.proposal import Proposal

TIDY = "tidy"


def main() -> None:
    """Measure Harbor County, or the proposal whose path is given."""
    path = sys.argv[1] if len(sys.argv) > 1 else str(shipped("examples", "harbor_county.yaml"))
    proposal = braid.read(path)
    plain = proposal.model_copy(update={"goals": tuple(goal for goal in proposal.goals if goal.goal != TIDY)})
    without, tidied = (allocated(each) for each in (plain, proposal))
    print(f"{proposal.name}: the same goals without `tidy` and with it")
    told = [("payers of lines, summed up", payers), ("lines with one payer", with_one_payer), ("charges", charged)]
    told += [("charges below the smallest that leave the line short", small_charges)]
    for words, count in told:
        print(f"  {words:54} {count(without):>14,} {count(tidied):>14,}")
    print("  payers per line: lines without and with")
    before, after = Counter(by_line(without).values()), Counter(by_line(tidied).values())
    for number in sorted(before | after):
        print(f"    {number} {before[number]:>66,} {after[number]:>14,}")
    print("  goals: at most in fractions, then what whole units came to")
    for one, other in zip(without.goals, tidied.goals, strict=True):
        name = one.name if one.priority is None else f"{one.name}, priority {one.priority}"
        print(f"    {name:34} possible {float(one.possible):>18,.2f} {float(other.possible):>18,.2f}")
        print(f"    {'':34} reached  {float(one.value):>18,.2f} {float(other.value):>18,.2f}")
    before_it = len(goals_before(without, proposal))
    lost = [max(Fraction(0), one.value - other.value) for one, other in zip(without.goals, tidied.goals, strict=True)]
    print(f"  what the goals before it lost: {float(sum(lost[:before_it], Fraction(0))):,.2f}")
    print(f"  lines whose payers changed: {', '.join(changed(without, tidied)) or 'none'}")


def goals_before(found: Allocation, proposal: Proposal) -> list[str]:
    """The names of the goals that come before `tidy` in a proposal, one for each priority."""
    after = {goal.label for goal in proposal.goals[[goal.goal for goal in proposal.goals].index(TIDY) :]}
    return [goal.name for goal in found.goals if goal.name not in after]


def allocated(proposal: Proposal) -> Allocation:
    """The allocation of a proposal, without its workbook and explanations."""
    return allocate(Case(proposal, braid.catalogue()), seconds=600)


def charges_of(found: Allocation) -> dict[tuple[str, str, int], int]:
    """What each award is charged on each line in each period, direct cost in whole units."""
    paid: dict[tuple[str, str, int], int] = defaultdict(int)
    for cell, amount in zip(found.program.cells, found.amounts, strict=False):
        paid[cell.award, cell.line, cell.index] += amount
    return {key: amount for key, amount in paid.items() if amount}


def by_line(found: Allocation) -> dict[str, int]:
    """How many awards pay each line that is paid, over all periods."""
    return Counter(line for _, line in {(award, line) for award, line, _ in charges_of(found)})


def payers(found: Allocation) -> int:
    """Pairs of an award and a line that it pays."""
    return sum(by_line(found).values())


def with_one_payer(found: Allocation) -> int:
    """Lines that one award pays alone."""
    return sum(number == 1 for number in by_line(found).values())


def charged(found: Allocation) -> int:
    """Charges: an award on a line in a period."""
    return len(charges_of(found))


def small_charges(found: Allocation) -> int:
    """Charges below the smallest that is wanted which do not complete their line."""
    case, paid = found.program.case, charges_of(found)
    smallest = case.proposal.smallest_charge // CENTS[case.proposal.unit]
    met: dict[tuple[str, int], int] = defaultdict(int)
    for (_, line, index), amount in paid.items():
        met[line, index] += amount
    return sum(
        amount < smallest and met[line, index] < case.need[line, index].direct
        for (_, line, index), amount in paid.items()
    )


def changed(one: Allocation, other: Allocation) -> list[str]:
    """Lines with another number of payers, each with both numbers."""
    before, after = by_line(one), by_line(other)
    lines = sorted(line for line in before | after if before.get(line, 0) != after.get(line, 0))
    return [f"{line} {before.get(line, 0)} > {after.get(line, 0)}" for line in lines]


if __name__ == "__main__":
    main()
