"""People whom several awards pay at one time: each award's part is a whole number of steps of effort."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .meaning import Award, Column, Line, Meaning
from .texts import meet


@dataclass(frozen=True)
class Part:
    """An award that may pay a person in a period, and those that may pay on some of the same days.

    The person may be paid on several lines, all at the same pay; `step` is what one step comes to, `before` what the
    award has paid already.
    """

    name: str
    award: Award
    lines: list[Line]
    period: int
    step: Fraction
    beside: frozenset[str]
    before: int

    @property
    def near(self) -> Fraction:
        """How far from a step is still less than one unit."""
        return 1 - Fraction(1, self.step.denominator)

    @property
    def need(self) -> int:
        return sum(line.need[self.period] for line in self.lines)

    def pays(self, column: Column, award: str) -> bool:
        mine = any(column.line is line for line in self.lines)
        return mine and column.period == self.period and column.award.id == award

    def off(self, paid: int) -> bool:
        """Whether a part is no whole number of steps."""
        steps = round((paid + self.before) / self.step)
        return abs(paid + self.before - steps * self.step) > self.near


def parts(meaning: Meaning) -> Iterator[Part]:
    """Every award that may pay a person beside others, person by person and period by period."""
    people: dict[tuple[str, int, Fraction, Fraction], list[Line]] = {}
    for line, t in meaning.cells():
        person = line.person[t]
        if person is not None:
            name, share, step = person
            people.setdefault((name, t, share, step), []).append(line)
    for (name, t, _, step), lines in people.items():
        columns = [c for c in meaning.columns if c.period == t and any(c.line is line for line in lines)]
        for award in meaning.awards:
            mine = [c.window for c in columns if c.award is award]
            beside = frozenset(c.award.id for c in columns if c.award is not award and shares_a_day(c, mine))
            names = {line.id for line in lines}
            before = sum(each.amount for each in award.past if each.line in names and each.period == t)
            if beside:
                yield Part(f"{name},{meaning.periods[t].id},{award.id}", award, lines, t, step, beside, before)


def off_steps(meaning: Meaning, amounts: list[int]) -> Iterator[str]:
    """The parts of people that are no whole number of steps, though others pay them too."""
    pairs = list(zip(meaning.columns, amounts, strict=True))
    for part in parts(meaning):
        paid = {award: sum(n for column, n in pairs if part.pays(column, award))
                for award in [part.award.id, *part.beside]}  # fmt: skip
        mine = paid.pop(part.award.id)
        if mine and any(paid.values()) and part.off(mine):
            yield f"effort[{part.name}]: {mine} after {part.before} is no number of steps of {part.step}"


def shares_a_day(column: Column, windows: list[tuple[int, int]]) -> bool:
    return any(first < end for first, end in (meet(column.window, window) for window in windows))
