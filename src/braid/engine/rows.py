"""From limits to rows: what a dollar of each column counts for in each limit, exactly."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from braid.checks.judging import slack_before
from braid.engine.choosing import Choices
from braid.engine.program import APART, Program, Row, exact_entries
from braid.judge.case import Case
from braid.judge.cash import lags_of, outstanding
from braid.judge.limit import MONEY, Cell, Limit
from braid.judge.moves import approved_for
from braid.law.rules import Selector, Traits

ONE, ZERO = Fraction(1), Fraction(0)
Entries = Iterable[tuple[int, Fraction]]


def compile_case(case: Case) -> Program:
    """The program of a case: columns for its cells and choices, a row for each of its limits."""
    program, builder = program_of(case)
    program.rows.extend(row for limit in case.limits for row in builder.rows(limit))
    return program


def program_of(case: Case) -> tuple[Program, Builder]:
    """The columns of a case with what ties them together, and what turns its limits into rows."""
    cells = case.cells
    costs = {cost.id: cost for cost in case.proposal.costs}
    indirect = [case.per_dollar(cell.award, cell.line, cell.index, beyond=cell.beyond) for cell in cells]
    fringe = [costs[cell.line].fringe for cell in cells]
    charge = [1 + f + i for f, i in zip(fringe, indirect, strict=True)]
    choices = Choices(case)
    most = [case.need[cell.line, cell.index].direct for cell in cells]
    most += [choice.most for choice in choices.columns]
    program = Program(case, cells, choices.columns, most, charge, fringe, indirect)
    program.links.extend(choices.links())
    return program, Builder(program, choices)


class Builder:
    """Turns limits into rows."""

    def __init__(self, program: Program, choices: Choices) -> None:
        self.program, self.choices = program, choices
        self.by_need: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.by_award: dict[str, list[int]] = defaultdict(list)
        self.account_of: dict[tuple[str, str, int], int] = {}
        for column, cell in enumerate(program.cells):
            self.by_need[cell.line, cell.index].append(column)
            self.by_award[cell.award].append(column)
        for award in self.by_award:
            self._accounts_of("charge", award, program.charge)
        counting = {award for limit in program.case.limits if limit.include_indirect for award in limit.awards or ()}
        for award in sorted(counting & set(self.by_award)):
            self._accounts_of("indirect", award, program.indirect)

    def _accounts_of(self, kind: str, award: str, counts: list[Fraction]) -> None:
        program = self.program
        for index in sorted({program.cells[column].index for column in self.by_award[award]}):
            columns = [c for c in self.by_award[award] if program.cells[c].index == index and counts[c]]
            self.account_of[kind, award, index] = program.columns
            entries = exact_entries((c, counts[c]) for c in columns)
            program.accounts.append(Row(f"account[{kind},{award},{index}]", entries, ZERO, ZERO))

    def rows(self, limit: Limit) -> Iterator[Row]:
        """The rows of a limit: one, none where it holds by itself, for a limit on moves between classes several."""
        if limit.kind == "transfer":
            yield from self._transfers(limit)
        elif (row := self.row(limit)) is not None:
            yield self._after(limit, row)
        elif limit.kind == "reserve" and (slack := self._slack(limit) or ZERO) < 0:  # by money spent already alone
            yield Row(limit.id, exact_entries(()), None, slack)

    @cached_property
    def _before(self) -> dict[str, Fraction]:
        return slack_before(self.program.case)

    @cached_property
    def _own(self) -> dict[str, Limit]:
        return {limit.id: limit for limit in self.program.case.limits}

    def _slack(self, limit: Limit) -> Fraction | None:
        """The room that spending so far leaves; worked out anew for a limit that was changed."""
        if not self._before or self._own.get(limit.id) is limit:
            return self._before.get(limit.id)
        return slack_before(self.program.case, (limit,))[limit.id]

    def _after(self, limit: Limit, row: Row) -> Row:
        """The row with the room that money spent already leaves; a row of law that it breaks is held where it is."""
        slack = self._slack(limit)
        if slack is None or limit.kind in self.choices.kinds:
            return row
        room = slack if limit.required else max(slack, ZERO)
        return replace(row, lower=-room) if row.upper is None else replace(row, upper=room)

    def row(self, limit: Limit) -> Row | None:
        """The row of a limit that has one; None where no column stands in it and it holds by itself."""
        if limit.kind in self.choices.kinds:
            return self.choices.row(limit)
        bound = Fraction(-limit.bound if limit.kind == "match" else limit.bound)
        entries = defaultdict[int, Fraction](Fraction)
        for column, value in self._entries(limit):
            entries[column] += value  # a column may count for itself and for the indirect on it
        low, high = (bound, None) if limit.at_least else (None, bound)
        kept = exact_entries((column, value) for column, value in entries.items() if value)
        if not kept and (bound <= 0 or not limit.at_least):
            return None
        return Row(limit.id, kept, low, high)

    def _entries(self, limit: Limit) -> Entries:
        if limit.of_need:
            return self._on_line(limit)
        if limit.kind in MONEY:
            return self._charges(limit)
        if limit.kind == "match":
            return self._match(limit)
        if limit.kind == "float":
            return self._float(limit)
        if limit.share is not None:
            return self._of_total(limit)
        return self._plain(limit) if limit.kind in {"must", "require"} else self._selected(limit)

    def _on_line(self, limit: Limit) -> Entries:
        cells = self.program.cells
        for column in self.by_need[limit.key]:
            inside = limit.days is None or cells[column].days.within(limit.days)
            if inside and (limit.awards is None or cells[column].award in limit.awards):
                yield column, ONE

    def _in_scope(self, limit: Limit) -> Iterator[int]:
        """The columns of the awards that a limit looks at."""
        for award in self.by_award if limit.awards is None else sorted(limit.awards):
            yield from (column for column in self.by_award.get(award, ()) if self._within(limit, column))

    def _within(self, limit: Limit, column: int) -> bool:
        cell = self.program.cells[column]
        if not limit.in_time(cell.index) or (limit.lines and cell.line not in limit.lines):
            return False
        if limit.days is not None and not cell.days.within(limit.days):
            return False
        return limit.installments is None or self._numbers(cell) <= limit.installments

    def _numbers(self, cell: Cell) -> frozenset[int]:
        return self.program.case.funds[cell.award].pots[cell.pot].numbers

    def _charges(self, limit: Limit) -> Entries:
        """All that is charged, on-costs included: by accounting columns where whole awards and periods are meant."""
        return self._sums("charge", limit, self.program.charge)

    def _sums(self, kind: str, limit: Limit, counts: list[Fraction]) -> Entries:
        if limit.installments is not None or limit.days is not None or limit.lines or limit.pro_rata is not None:
            return [(column, counts[column] * self._part(limit, column)) for column in self._in_scope(limit)]
        awards = set(self.by_award) if limit.awards is None else limit.awards
        return [
            (column, ONE)
            for (sort, award, index), column in self.account_of.items()
            if sort == kind and award in awards and limit.in_time(index)
        ]

    def _part(self, limit: Limit, column: int) -> Fraction:
        """The part of a cell that a limit counts (C6)."""
        return limit.part_of(self.program.cells[column].days)

    def _split(self, limit: Limit, column: int) -> tuple[int, int]:
        """Whether a cell's direct cost is selected, and whether its fringe is (C8: as category fringe)."""
        selector, cell = limit.select or Selector(), self.program.cells[column]
        pay, fringe = self._traits[cell.award if limit.rule is not None else "", cell.line]
        return int(selector.selects(pay)), int(selector.selects(fringe))

    @cached_property
    def _traits(self) -> dict[tuple[str, str], tuple[Traits, Traits]]:
        """The traits of each line's pay and of its fringe, as the rules of each award see them, and as stated («»)."""
        case = self.program.case
        seen = {
            (award, cost.id): case.traits(award, cost.id) for award in self.by_award for cost in case.proposal.costs
        }
        seen |= {("", cost.id): cost.traits for cost in case.proposal.costs}
        return {key: (traits, replace(traits, category="fringe")) for key, traits in seen.items()}

    def _selected(self, limit: Limit) -> Entries:
        """A cap or floor with a fixed bound: what is selected (cap), or what is not, with on-costs (floor, C5)."""
        for column in self._in_scope(limit):
            direct, fringe = self._split(limit, column)
            if limit.kind == "floor":
                counted = self._with_on_costs(column, 1 - direct, 1 - fringe)
            else:
                counted = direct + fringe * self.program.fringe[column]
            yield column, counted * self._part(limit, column)
        if limit.include_indirect:  # C3
            yield from self._sums("indirect", limit, self.program.indirect)

    def _with_on_costs(self, column: int, direct: int, fringe: int) -> Fraction:
        """What the selected part of a dollar charges: direct, its fringe, and the indirect of what is selected (C4)."""
        cell = self.program.cells[column]
        pay, riding = self.program.case.drawn(cell.award, cell.line, cell.index, beyond=cell.beyond)
        return direct * (1 + pay) + fringe * (self.program.fringe[column] + riding)

    def _measure(self, limit: Limit) -> Callable[[int], Fraction]:
        """What a dollar of a column counts for in the part that is selected."""

        def measure(column: int) -> Fraction:
            direct, fringe = self._split(limit, column)
            if limit.of == "direct":
                return Fraction(direct)
            if limit.of == "need" or limit.include_indirect:
                return direct + fringe * self.program.fringe[column]
            return self._with_on_costs(column, direct, fringe)

        return measure

    def _plain(self, limit: Limit) -> Entries:
        """A requirement of an amount: what is selected, in its measure (C19)."""
        measure = self._measure(limit)
        return ((column, measure(column)) for column in self._in_scope(limit))

    def _of_total(self, limit: Limit) -> Entries:
        """A share of what is spent: selected - share x total, to be on the right side of zero."""
        share, measure = limit.share or ZERO, self._measure(limit)
        entries: dict[int, Fraction] = defaultdict(Fraction)
        for column in self._in_scope(limit):
            counted = measure(column) - (share if limit.of == "direct" else ZERO)
            entries[column] = counted * self._part(limit, column)
        if limit.of != "direct":
            for column, value in self._sums("charge", limit, self.program.charge):
                entries[column] -= share * value
        if limit.include_indirect:
            for column, value in self._sums("indirect", limit, self.program.indirect):
                entries[column] += value
        return entries.items()

    def _match(self, limit: Limit) -> Entries:
        """What may serve as match, less what the awards are to be matched with."""
        case, matched = self.program.case, sorted(limit.awards or ())
        for column, cell in enumerate(self.program.cells):
            if any(case.serves(name, cell.award, cell.line, cell.days) for name in matched):
                yield column, 1 + self.program.fringe[column]
            if cell.award in matched:
                ratio = case.matchings[cell.award].ratio(cell.days.start)
                yield column, -ratio * self.program.charge[column]

    def _float(self, limit: Limit) -> Entries:
        """What has arisen by a day and is not paid back by then."""
        lags = lags_of(self.program.case.proposal)
        for column, cell in enumerate(self.program.cells):
            if cell.award in lags:
                yield column, self.program.charge[column] * outstanding(cell.days, lags[cell.award], limit.by_day or 0)

    def _transfers(self, limit: Limit) -> Iterator[Row]:
        """For every set of object classes: what they are charged together is no further above what was approved.

        The largest sum over all sets is what the classes exceed their budget by, one and all.
        """
        case = self.program.case
        classes: dict[str, dict[int, Fraction]] = defaultdict(dict)
        for column in self._in_scope(limit):
            classes[case.traits(limit.award, self.program.cells[column].line).category][column] = ONE
            if self.program.fringe[column]:
                classes["fringe"][column] = self.program.fringe[column]
        award, funds = case.proposal.award(limit.award), case.funds[limit.award]
        given = approved_for(award, funds, limit.installments, case.proposal.unit)
        spent = _spent(case, limit)
        over = {name: max(0, amount - given.get(name, 0)) for name, amount in spent.items()}
        elsewhere = sum(amount for name, amount in over.items() if name not in classes)
        most = max(limit.bound, sum(over.values())) - elsewhere
        for size in range(1, len(classes) + 1):
            for group in itertools.combinations(sorted(classes), size):
                entries = defaultdict[int, Fraction](Fraction)
                for column, value in (entry for name in group for entry in classes[name].items()):
                    entries[column] += value
                room = most + sum(given.get(name, 0) - spent.get(name, 0) for name in group)
                name = limit.id if size == len(classes) else f"{limit.id}{APART}{'+'.join(group)}"
                yield Row(name, exact_entries(entries.items()), None, Fraction(room))


def _spent(case: Case, limit: Limit) -> dict[str, int]:
    """What an award, or the installments that a limit looks at, spent already, by object class; indirect is none."""
    spent, numbers = defaultdict[str, int](int), limit.installments
    for past in case.past:
        mine = past.award == limit.award and (numbers is None or int(past.installment) in numbers)
        if mine and past.traits.category != "indirect":
            spent[past.traits.category] += past.amount
    return dict(spent)
