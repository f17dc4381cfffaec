"""The exact best of a small proposal, and an exact judge of any plan for it: the public face of the oracle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any

from .charges import Charges, Row
from .choices import choices
from .judging import Judge, days
from .meaning import Award, Column, Meaning, Tree, read
from .rows import all_rows

WORKER = Path(__file__).with_name("solve_worker.py")


@dataclass(frozen=True)
class Answer:
    """By priority: the most dollars (weighted, fringe included) that whole units can meet, and whether it is proven.

    `conflict`: no plan in whole units satisfies the requirements, which is proven; none where the solver found
    neither a plan nor that proof. There is no optimum then. `fractions`: but one in fractions of a unit does.
    """

    optimum: dict[int, Fraction]
    proven: dict[int, bool]
    amounts: list[tuple[str, str, str, str, str, int]]  # award, line, period, from, until, units: one best plan
    conflict: bool | None = False
    fractions: bool = False


def solve(proposal: Tree, *, catalogue: Tree | None = None, seconds: float = 20, whole_charges: bool = False) -> Answer:
    """The lexicographic optimum of `fund`, priority by priority, over whole units; see `solve_many`."""
    return solve_many([proposal], catalogues=[catalogue], seconds=seconds, whole_charges=whole_charges)[0]


def solve_many(
    proposals: Sequence[Tree],
    *,
    catalogues: Sequence[Tree | None] | None = None,
    seconds: float = 20,
    whole_charges: bool = False,
) -> list[Answer]:
    """The optimum of each proposal, in child processes, `seconds` at most for each goal.

    The rows count on-costs exactly (C1). With `whole_charges` what is charged in whole units (the odd unit of
    fringe included, C8) must fit each award too: that best is the same or, rarely, a little lower. Each proposal has
    a catalogue of its own, or none: then its programs have no rules.
    """
    of_each = [None] * len(proposals) if catalogues is None else catalogues
    meanings = [read(proposal, catalogue) for proposal, catalogue in zip(proposals, of_each, strict=True)]
    programs = [integer_program(meaning, whole_charges) for meaning in meanings]
    lanes = min(os.cpu_count() or 1, len(programs), 8)
    children = [start({"seconds": seconds, "programs": programs[i::lanes]}) for i in range(lanes)]
    found: list[Any] = [None] * len(programs)
    for i, (child, text) in enumerate(children):
        output, errors = child.communicate(text)
        if child.returncode:
            raise RuntimeError(f"the solver's process failed: {errors.strip()[-500:]}")
        found[i::lanes] = json.loads(output)
    return [answer(meaning, goals) for meaning, goals in zip(meanings, found, strict=True)]


def start(batch: Tree) -> tuple[subprocess.Popen[str], str]:
    pipe = subprocess.PIPE
    child = subprocess.Popen([sys.executable, str(WORKER)], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    return child, json.dumps(batch)


def answer(meaning: Meaning, found: Tree) -> Answer:
    """Scaled integers back to dollars."""
    if found["conflict"] is not False:
        return Answer({}, {}, [], found["conflict"], found["fractions"])
    goals: list[Any] = found["goals"]
    by_priority = dict(zip(priorities(meaning), goals, strict=True))
    amounts = [
        (column.award.id, column.line.id, meaning.periods[column.period].id, *days(column.window), amount)
        for column, amount in zip(meaning.columns, goals[-1][2], strict=False)  # choices come after the columns
        if amount
    ]
    optimum = {p: Fraction(best, goal_scale(meaning) * meaning.scale) for p, (best, _, _) in by_priority.items()}
    return Answer(optimum, {p: bool(proven) for p, (_, proven, _) in by_priority.items()}, amounts)


def priorities(meaning: Meaning) -> list[int]:
    return sorted({line.priority for line in meaning.lines})


def worth(column: Column) -> Fraction:
    return column.line.weight * (1 + column.line.fringe)


def goal_scale(meaning: Meaning) -> int:
    return lcm(*(worth(column).denominator for column in meaning.columns))


def integer_program(meaning: Meaning, whole_charges: bool) -> Tree:
    """The proposal in integers: each row and goal multiplied by its common denominator."""
    scale, either_or = goal_scale(meaning), choices(meaning)
    goals = []
    for priority in priorities(meaning):
        chosen = [c for c, column in enumerate(meaning.columns) if column.line.priority == priority]
        goals.append([chosen, [int(scale * worth(meaning.columns[c])) for c in chosen]])
    return {
        "amounts": len(meaning.columns) + len(meaning.firsts),
        "upper": [column.line.need[column.period] for column in meaning.columns]
        + [first.most for first in meaning.firsts]
        + either_or.uppers,
        "rows": [scaled(row) for row in all_rows(meaning) + either_or.rows],
        "goals": goals,
        **(charge_program(meaning) if whole_charges else {"pays": [], "charges": []}),
    }


def scaled(row: Row) -> list[Any]:
    """A row in integers: nothing is rounded but the bound, which whole units cannot exceed anyway."""
    factor = lcm(*(value.denominator for value in row.terms.values()))
    return [list(row.terms), [int(factor * value) for value in row.terms.values()], (factor * row.bound).__floor__()]


def charge_program(meaning: Meaning) -> Tree:
    """The formulas of whole charges: fringe by award, line and period, indirect by award and period."""
    pays: list[Tree] = []
    where: dict[tuple[str, str, int], list[int]] = {}
    for line in meaning.lines:
        for t in range(len(meaning.periods)):
            mine = [(column.award.id, c) for c, column in enumerate(meaning.columns)
                    if column.line is line and column.period == t]  # fmt: skip
            if line.fringe and mine:
                payers = sorted({award for award, _ in mine})
                where |= {(award, line.id, t): [len(pays), k] for k, award in enumerate(payers)}
                chosen = [[c for award, c in mine if award == payer] for payer in payers]
                num, den = line.fringe.as_integer_ratio()
                pays.append({"need": line.need[t], "num": num, "den": den, "payers": chosen})
    charges: list[Tree] = []
    for award in meaning.awards:
        charges.append(charge_row(meaning, where, award, len(meaning.periods) - 1, award.total))
        if len(award.groups) == 1 < len(award.installments) and not award.begins_once(award.groups[0]):
            for end, period in enumerate(meaning.periods):
                money = award.begun(award.groups[0], period.window[0])
                charges.append(charge_row(meaning, where, award, end, money))
    return {"pays": pays, "charges": charges}


def charge_row(
    meaning: Meaning, where: dict[tuple[str, str, int], list[int]], award: Award, end: int, money: int
) -> Tree:
    """What an award is charged through a period, in the parts that are rounded."""
    charges = Charges(meaning)
    direct = [c for c, column in enumerate(meaning.columns) if column.award is award and column.period <= end]
    indirect = []
    for t in range(end + 1):
        pairs = charges.gather(charges.indirect, lambda c, t=t: c.award is award and c.period == t)
        if pairs:
            den = lcm(*(rate.denominator for rate in pairs.values()))
            indirect.append([list(pairs), [int(den * rate) for rate in pairs.values()], den])
    fringe = [pay for (payer, _, t), pay in where.items() if payer == award.id and t <= end]
    return {"direct": direct, "fringe": fringe, "indirect": indirect, "bound": money}


def faults(proposal: Tree, plan: Tree, catalogue: Tree | None = None) -> list[str]:
    """Everything in a plan that breaks the proposal's rules or its own arithmetic; none for a sound plan."""
    return Judge(read(proposal, catalogue), plan).faults()


def funded_by_priority(proposal: Tree, plan: Tree, catalogue: Tree | None = None) -> dict[int, Fraction]:
    """Dollars met by priority, weighted, with exact fringe, from the allocations of a plan alone."""
    meaning = read(proposal, catalogue)
    lines = {line.id: line for line in meaning.lines}
    funded = dict.fromkeys(priorities(meaning), Fraction(0))
    for row in plan["allocations"]:
        line = lines[row["line"]]
        funded[line.priority] += line.weight * (1 + line.fringe) * Fraction(row["amount"])
    return funded
