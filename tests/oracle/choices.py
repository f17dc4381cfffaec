"""The either-or rules: minimums, essential lines, whole units, one federal payer; as rows with choices, and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from .charges import Row, gather, one
from .meaning import Activity, Column, Line, Meaning
from .persons import Part, off_steps, parts
from .requirements import in_activity, least_of

Keep = Callable[[Column], bool]


@dataclass
class Choices:
    """Rows over the columns and choices: whole numbers from 0 up to an `upper` each.

    They are numbered after the columns and the sums of first dollars.
    """

    meaning: Meaning
    rows: list[Row] = field(default_factory=list[Row])
    uppers: list[int] = field(default_factory=list[int])

    def new(self, upper: int = 1) -> int:
        self.uppers.append(upper)
        return len(self.meaning.columns) + len(self.meaning.firsts) + len(self.uppers) - 1

    def only_if(self, name: str, choice: int, keep: Keep) -> None:
        """The columns are paid only where the choice is made."""
        terms = gather(self.meaning, one, keep)
        if terms:
            most = sum(self.meaning.columns[c].line.need[self.meaning.columns[c].period] for c in terms)
            self.rows.append(Row(name, {**terms, choice: Fraction(-most)}, Fraction(0)))

    def at_least_if(self, name: str, choice: int, terms: dict[int, Fraction], bound: int) -> None:
        """Where the choice is made, a sum is at least a bound."""
        turned = {c: -factor for c, factor in terms.items()}
        self.rows.append(Row(name, {**turned, choice: Fraction(bound)}, Fraction(0)))


def choices(meaning: Meaning) -> Choices:
    """All either-or rules of a proposal, for a solver."""
    made = Choices(meaning)
    first_dollars(made)
    for activity in meaning.activities:
        if has_minimum(activity):
            measure, bound = least_of(activity)
            name, funded, mine = f"minimum[{activity.id}]", made.new(), in_activity(activity)
            made.only_if(name, funded, mine)
            made.at_least_if(name, funded, gather(meaning, measure, mine), bound)
    for line, t in meaning.cells():
        mine, name = at(line, t), f"{line.id},{meaning.periods[t].id}"
        if line.essential:
            met = made.new()
            made.at_least_if(f"essential[{name}]", met, gather(meaning, one, mine), line.need[t])
            made.only_if(f"essential[{name}]", met, others(line, t))
        if line.whole_units and (terms := gather(meaning, one, mine)):
            cost = unit_cost(meaning, line, t)
            bought = made.new((line.need[t] / cost).__floor__())
            made.rows.append(Row(f"units[{name}]", {**terms, bought: -cost}, Fraction(0)))
            made.at_least_if(f"units[{name}]", bought, terms, cost.__floor__())
        if line.one_federal:
            payers = {award: made.new() for pair in rivals(meaning, line, t) for award in sorted(pair)}
            for award, choice in payers.items():
                made.only_if(f"payer[{name}]", choice, at(line, t, award))
            for pair in rivals(meaning, line, t):
                made.rows.append(Row(f"payer[{name}]", {payers[a]: Fraction(1) for a in pair}, Fraction(1)))
    for part in parts(meaning):
        effort(made, part)
    return made


def effort(made: Choices, part: Part) -> None:
    """An award pays nothing, or pays alone, or a whole number of steps to less than a unit."""
    name, before = f"effort[{part.name}]", Fraction(part.before)
    paid = gather(made.meaning, one, lambda c: part.pays(c, part.award.id))
    others = gather(made.meaning, one, lambda c: any(part.pays(c, award) for award in part.beside))
    free, alone, some = made.new(), made.new(), made.new()
    steps = made.new(((part.need + part.before) / part.step).__ceil__())
    need, most = Fraction(part.need), part.need + before + part.step
    made.rows.append(Row(name, {**others, alone: need}, need))
    made.rows.append(Row(name, {**paid, some: -need}, Fraction(0)))
    made.rows.append(Row(name, {free: Fraction(1), alone: Fraction(-1), some: Fraction(1)}, Fraction(1)))
    made.rows.append(Row(name, {**paid, steps: -part.step, free: -most}, part.near - before))
    made.rows.append(Row(name, {**negative(paid), steps: part.step, free: -most}, part.near + before))


def first_dollars(made: Choices) -> None:
    """What lies within the first dollars of a subaward agreement: all that is charged, or all of the first dollars."""
    for k, first in enumerate(made.meaning.firsts):
        c, name = len(made.meaning.columns) + k, f"first[{first.award.id},{first.agreement},{first.cell}]"
        charged = gather(made.meaning, one, first.charges)
        most = sum(made.meaning.columns[c].line.need[made.meaning.columns[c].period] for c in charged)
        used_up = made.new()
        made.rows.append(Row(name, {**negative(charged), c: Fraction(1)}, Fraction(0)))
        made.rows.append(Row(name, {c: Fraction(-1), used_up: Fraction(first.most)}, Fraction(0)))
        made.rows.append(Row(name, {**charged, c: Fraction(-1), used_up: Fraction(-most)}, Fraction(0)))


def negative(terms: dict[int, Fraction]) -> dict[int, Fraction]:
    return {c: -factor for c, factor in terms.items()}


def has_minimum(activity: Activity) -> bool:
    return activity.whole or activity.share is not None or activity.amount is not None


def at(line: Line, t: int, award: str | None = None) -> Keep:
    return lambda c: c.line is line and c.period == t and award in (None, c.award.id)


def others(line: Line, t: int) -> Keep:
    return lambda c: c.line is not line and c.line.activity == line.activity and c.period == t


def unit_cost(meaning: Meaning, line: Line, t: int) -> Fraction:
    """What one unit of a line costs, in whole units of money (C7)."""
    cost = (line.unit_cost[t] or Fraction(0)) * meaning.scale
    if cost <= 0 or cost.denominator != 1:
        raise NotImplementedError("whole units of a cost that is not in whole units")
    return cost


def rivals(meaning: Meaning, line: Line, t: int) -> list[tuple[str, str]]:
    """The pairs of federal awards whose payable days on a line in a period share a day (C10)."""
    federal = [c for c in meaning.columns if c.line is line and c.period == t and c.award.federal]
    pairs = [
        (a.award.id, b.award.id)
        for a, b in combinations(federal, 2)
        if a.award is not b.award and max(a.window[0], b.window[0]) < min(a.window[1], b.window[1])
    ]
    return sorted({(min(pair), max(pair)) for pair in pairs})


def broken(meaning: Meaning, amounts: list[int]) -> Iterator[str]:
    """The either-or rules that the amounts of the columns break."""

    def paid(keep: Keep) -> int:
        return sum(amount for column, amount in zip(meaning.columns, amounts, strict=True) if keep(column))

    for activity in meaning.activities:
        measure, bound = least_of(activity)
        pairs = [(c, n) for c, n in zip(meaning.columns, amounts, strict=True) if in_activity(activity)(c) and n]
        actual = sum((measure(column) * amount for column, amount in pairs), Fraction(0))
        if has_minimum(activity) and pairs and actual < bound:
            yield f"minimum[{activity.id}]: {actual} is neither nothing nor at least {bound}"
    yield from off_steps(meaning, amounts)
    for line, t in meaning.cells():
        name, here = f"{line.id},{meaning.periods[t].id}", paid(at(line, t))
        if line.essential and here < line.need[t] and paid(others(line, t)):
            yield f"essential[{name}]: {here} of {line.need[t]} is met, and others are paid"
        if line.whole_units and here % unit_cost(meaning, line, t):
            yield f"units[{name}]: {here} is no multiple of {unit_cost(meaning, line, t)}"
        for pair in rivals(meaning, line, t) if line.one_federal else []:
            if all(paid(at(line, t, award)) for award in pair):
                yield f"payer[{name}]: {pair[0]} and {pair[1]} both pay"
