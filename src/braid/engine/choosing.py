"""The choices of a program: whole columns that decide, the rows in which they stand, and what ties them to cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor

from braid.engine.agreements import Agreements
from braid.engine.program import Choice, Entry, Exact, Row, exact_entries
from braid.judge.case import Case
from braid.judge.limit import Limit

ZERO, ONE = Fraction(0), Fraction(1)
Key = tuple[str, str, int]


class Choices:
    """Every choice of a case, by what it decides; their columns follow those of the cells."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._by_need: dict[tuple[str, int], list[int]] = defaultdict(list)
        for column, cell in enumerate(case.cells):
            self._by_need[cell.line, cell.index].append(column)
        self._rows = {
            "payer": self._payer,
            "minimum": self._minimum,
            "essential": self._essential,
            "units": self._units,
            "share": self._share,
            "effort": self._effort,
        }
        self._agreements = Agreements(case)
        found = {key: choice for limit in case.limits for key, choice in self._of(limit)}
        found.update(self._agreements.choices())
        self.columns = tuple(found.values())
        self._place = {key: len(case.cells) + number for number, key in enumerate(found)}

    @property
    def kinds(self) -> set[str]:
        """The kinds of limits whose rows are made here."""
        return set(self._rows)

    def _of(self, limit: Limit) -> Iterator[tuple[Key, Choice]]:
        named = limit.id.partition("[")[2]
        if limit.kind == "payer":
            line, index = limit.key
            for award in sorted(limit.awards or ()):
                yield (award, line, index), Choice(f"pays[{award},{named}", 1)
        elif limit.kind == "minimum":
            yield ("minimum", limit.id, 0), Choice(f"funds[{named}", 1)
        elif limit.kind == "essential":
            yield ("essential", *limit.key), Choice(f"meets[{named}", 1)
        elif limit.kind == "effort":
            most = floor((limit.bound + limit.before + 1) / (limit.step or ONE))
            yield ("steps", limit.id, 0), Choice(f"steps[{named}", most, either_or=False)
            yield ("alone", limit.id, 0), Choice(f"alone[{named}", 1, one_payer=True)
            if limit.before:
                yield ("nothing", limit.id, 0), Choice(f"nothing[{named}", 1)
        elif limit.kind == "units":
            most = self.case.need[limit.key].direct // limit.bound
            yield ("units", *limit.key), Choice(f"buys[{named}", most, either_or=False)

    def row(self, limit: Limit) -> Row | None:
        """The row of a limit that holds as a whole or not at all; None where it holds by itself."""
        row = self._rows[limit.kind](limit)
        return row if row.entries else None

    def links(self) -> Iterator[Row]:
        """What ties each choice to the cells that it decides about."""
        yield from self._agreements.links(self._place)
        for limit in self.case.limits:
            if limit.kind == "payer":
                line, index = limit.key
                for award in sorted(limit.awards or ()):
                    column = self._place[award, line, index]
                    yield self._only_if(f"{limit.id}:{award}", column, (line, index), award)
            elif limit.kind == "minimum":
                column = self._place["minimum", limit.id, 0]
                for key in self.case.need:
                    if key[0] in (limit.lines or ()):
                        yield self._only_if(f"{limit.id}:{key[0]},{key[1]}", column, key)
            elif limit.kind == "effort":
                yield from self._steps(limit)
            elif limit.kind == "essential":
                column = self._place["essential", *limit.key]
                entries = [*self._paid(limit.key), (column, -limit.bound)]
                yield Row(f"{limit.id}:met", tuple(entries), ZERO, None)

    def _paid(self, key: tuple[str, int], award: str | None = None) -> list[Entry]:
        """What a line is paid in a period, by one award or by all."""
        cells = self.case.cells
        return [(column, 1) for column in self._by_need[key] if award is None or cells[column].award == award]

    def _only_if(self, name: str, choice: int, key: tuple[str, int], award: str | None = None) -> Row:
        """A need is paid only if the choice is made."""
        return Row(name, (*self._paid(key, award), (choice, -self.case.need[key].direct)), None, ZERO)

    def _payer(self, limit: Limit) -> Row:
        line, index = limit.key
        entries = tuple((self._place[award, line, index], 1) for award in sorted(limit.awards or ()))
        return Row(limit.id, entries, None, Fraction(limit.bound))

    def _minimum(self, limit: Limit) -> Row:
        """What the activity gets is at least its minimum, if it is funded."""
        costs = {cost.id: cost for cost in self.case.proposal.costs}
        entries: list[tuple[int, Exact]] = []
        for column, cell in enumerate(self.case.cells):
            if cell.line in (limit.lines or ()):
                entries.append((column, 1 + costs[cell.line].fringe if limit.of == "need" else 1))
        entries.append((self._place["minimum", limit.id, 0], -limit.bound))
        return Row(limit.id, _exact(entries), ZERO, None)

    def _essential(self, limit: Limit) -> Row:
        """The other lines are paid only if the essential one is met."""
        index, entries, most = limit.key[1], list[Entry](), 0
        for line in sorted(limit.lines or ()):
            if (line, index) in self.case.need:
                entries += self._paid((line, index))
                most += self.case.need[line, index].direct
        entries.append((self._place["essential", *limit.key], -most))
        return Row(limit.id, tuple(entries), None, ZERO)

    def _units(self, limit: Limit) -> Row:
        """What is paid is the unit cost times a whole number."""
        entries = (*self._paid(limit.key), (self._place["units", *limit.key], -limit.bound))
        return Row(limit.id, entries, ZERO, ZERO)

    def _effort(self, limit: Limit) -> Row:
        """An award's part is at most its steps, to less than a unit; or anything, where it pays alone."""
        entries, free, near = self._of_effort(limit)
        return Row(limit.id, _exact([*entries, *((c, -most) for c, most in free)]), None, near - limit.before)

    def _steps(self, limit: Limit) -> Iterator[Row]:
        """And at least its steps; where it pays alone, none of those beside it pays, and where nothing, it does not."""
        entries, free, near = self._of_effort(limit)
        yield Row(f"{limit.id}:least", _exact([*entries, *free]), -near - limit.before, None)
        others = [entry for award in sorted(limit.beside or ()) for entry in self._of_person(limit, award)]
        alone, bound = self._place["alone", limit.id, 0], Fraction(limit.bound)
        yield Row(f"{limit.id}:alone", (*others, (alone, limit.bound)), None, bound)
        if limit.before:
            mine, nothing = self._of_person(limit, limit.award), self._place["nothing", limit.id, 0]
            yield Row(f"{limit.id}:nothing", (*mine, (nothing, limit.bound)), None, bound)

    def _of_person(self, limit: Limit, award: str) -> list[Entry]:
        """What an award pays of the lines of one person in a period."""
        return [entry for line in sorted(limit.lines or ()) for entry in self._paid((line, limit.index or 0), award)]

    def _of_effort(self, limit: Limit) -> tuple[list[tuple[int, Exact]], list[tuple[int, Exact]], Fraction]:
        """What an award pays of a person less its steps, what frees it of them, and how near it must be."""
        step = limit.step or ONE
        entries = [*self._of_person(limit, limit.award), (self._place["steps", limit.id, 0], -step)]
        near = Fraction(step.denominator - 1, step.denominator)
        most = limit.bound + limit.before + (ceil(step) if limit.before else 0)
        kinds = ("alone", "nothing") if limit.before else ("alone",)
        return entries, [(self._place[kind, limit.id, 0], most) for kind in kinds], near

    def _share(self, limit: Limit) -> Row:
        """An award's part is its share of what the line is paid, to less than one unit (C14)."""
        share, cells = limit.share or ZERO, self.case.cells
        entries = [(column, (cells[column].award == limit.award) - share) for column in self._by_need[limit.key]]
        near = Fraction(share.denominator - 1, share.denominator)
        return Row(limit.id, _exact(entries), -near, near)


def _exact(entries: Sequence[tuple[int, Exact]]) -> tuple[Entry, ...]:
    return exact_entries((column, Fraction(value)) for column, value in entries if value)
