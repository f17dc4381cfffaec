"""Conflicts that simple sums show, before anything is solved: more is insisted on than a limit lets be paid.

Every finding is a proof in exact fractions: what is insisted on counts for at least so much in a row, and the row
allows less. What a sum cannot show is left to the search in ``conflicts``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from braid.basics.fiscal import join
from braid.engine.program import Program, Row
from braid.engine.rows import Builder, program_of
from braid.judge.case import Case
from braid.judge.limit import MONEY, Limit

ZERO = Fraction(0)
FIRST = ("need", "window", "award", "cash", "installment", "carried", "reserve")
"""The order in which rows are looked at: of several that a sum breaks, the plainest is told."""


@dataclass(frozen=True)
class Floor:
    """Something insisted on: what is paid on its columns, each counted so much, is at least an amount."""

    limit: Limit
    counts: dict[int, Fraction]
    least: Fraction
    because: tuple[Limit, ...] = ()
    """What makes it so: for a minimum, the commitments to its activity."""

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Itself with what makes it so."""
        return (self.limit, *self.because)


@dataclass(frozen=True)
class Shown:
    """A conflict that a sum shows: what is insisted on, what stands against it, and the two amounts."""

    floors: tuple[Floor, ...]
    against: tuple[Limit, ...]
    asked: Fraction
    """What is insisted on comes to, in whole units, as the limit counts it."""
    allowed: Fraction
    by_award: dict[str, Fraction] = field(default_factory=dict[str, Fraction])
    """Where it is the money of several awards: what each can pay at most."""

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Everything that cannot hold together, each once."""
        every = [limit for floor in self.floors for limit in floor.limits]
        return tuple({limit.id: limit for limit in (*every, *self.against)}.values())


def shown_by_sums(case: Case) -> tuple[Shown, ...]:
    """The conflicts that a sum shows, each with requirements that no other one names."""
    if not any(limit.required for limit in case.limits):
        return ()
    return tuple(_Sums(case).all())


class _Sums:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.program, self.builder = program_of(case)
        self.floors = list(_floors(case, self.program, self.builder))
        cells = [self.program.cells[column] for floor in self.floors for column in floor.counts]
        self.lifted: set[str] = set()
        self.awards = {cell.award for cell in cells}
        self.keys = {(cell.line, cell.index) for cell in cells}
        self.of_need = {(x.kind, x.key, x.days): x for x in case.limits if x.kind in {"need", "window"}}
        self.by_kind: dict[str, list[tuple[Limit, dict[int, Fraction], Fraction]]] = defaultdict(list)
        for limit in case.limits:
            if self._concerns(limit):
                for row in self.builder.rows(limit):
                    self._take(limit, row)

    def _concerns(self, limit: Limit) -> bool:
        """Whether a limit looks at anything that is insisted on, or is a requirement that past spending may break."""
        if limit.kind in self.builder.choices.kinds or (limit.kind in {"committed", "must"} and limit.at_least):
            return False
        if limit.required and self.case.past:
            return True
        if limit.of_need:
            return limit.key in self.keys
        return limit.awards is None or bool(limit.awards & self.awards)

    def _take(self, limit: Limit, row: Row) -> None:
        """Keep a row as an upper bound on a sum of what is paid, where it is one."""
        counts, sign = _by_cell(self.program, row), 1 if row.upper is not None else -1
        bound = row.upper if row.upper is not None else row.lower
        signed = {column: sign * value for column, value in counts.items()}
        cells = all(value > 0 and column < len(self.program.cells) for column, value in signed.items())
        if counts and cells and bound is not None:
            self.by_kind[limit.kind].append((limit, signed, sign * bound))

    def all(self) -> Iterator[Shown]:
        """One finding after another; what it insists on is then lifted."""
        for look in (self._nobody, self._too_little, self._too_much, self._together):
            for shown in look():
                if not self.lifted & {limit.id for limit in shown.limits}:
                    self.lifted |= {limit.id for limit in shown.limits if limit.required}
                    yield shown

    def _left(self) -> list[Floor]:
        """What is insisted on and not named by a finding yet."""
        return [floor for floor in self.floors if not self.lifted & {limit.id for limit in floor.limits}]

    # ------------------------------------------------------------ what is looked at

    def _nobody(self) -> Iterator[Shown]:
        """Something is insisted on that no award may pay."""
        for floor in self._left():
            if not floor.counts:
                yield Shown((floor,), (), floor.least, ZERO)

    def _too_little(self) -> Iterator[Shown]:
        """One thing is more than its lines may be paid, or than the awards that may pay them hold."""
        for floor in self._left():
            rooms = {key: self._room(floor, key) for key in self._keys(floor.counts)}
            whole = sum((most for most, _ in rooms.values()), ZERO)
            if whole < floor.least:
                against = tuple(limit for _, limits in rooms.values() for limit in limits)
                yield Shown((floor,), against, floor.least, whole)
            elif floor.limit.kind != "committed" and (found := self._by_money(floor)) is not None:
                yield found

    def _keys(self, columns: Iterable[int]) -> list[tuple[str, int]]:
        cells = self.program.cells
        return sorted({(cells[column].line, cells[column].index) for column in columns})

    def _room(self, floor: Floor, key: tuple[str, int], award: str | None = None) -> tuple[Fraction, tuple[Limit, ...]]:
        """What a floor can be met with at most on one need, and the limits that say so."""
        cells, need = self.program.cells, self.case.need[key]
        mine = [c for c in floor.counts if (cells[c].line, cells[c].index) == key and award in {None, cells[c].award}]
        most, found = need.direct, [self.of_need["need", key, None]]
        pieces = join(cells[column].days for column in mine)
        if not need.once and pieces != (need.days,):
            most = sum(need.room(piece) for piece in pieces)
            found = [self.of_need["window", key, piece] for piece in pieces]
        return max(floor.counts[column] for column in mine) * most, tuple(found)

    def _by_money(self, floor: Floor) -> Shown | None:
        """Whether the awards that may pay a thing hold too little for it."""
        held: dict[str, Fraction] = {}
        against: list[Limit] = []
        for award, columns in self._by_award(floor.counts).items():
            money, limit = self._money(award, columns)
            by_money = money * max(floor.counts[c] / self.program.charge[c] for c in columns)
            keys = [self._room(floor, key, award) for key in self._keys(columns)]
            by_need = sum((most for most, _ in keys), ZERO)
            held[award] = min(by_money, by_need)
            against += [limit] if by_money <= by_need else [x for _, limits in keys for x in limits]
        whole = sum(held.values(), ZERO)
        return Shown((floor,), tuple(against), floor.least, whole, held) if whole < floor.least else None

    def _by_award(self, columns: Iterable[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for column in columns:
            found[self.program.cells[column].award].append(column)
        return dict(sorted(found.items()))

    def _money(self, award: str, columns: Iterable[int]) -> tuple[Fraction, Limit]:
        """What an award can be charged at most for some columns, and the bound on its money that says so."""
        last = max(self.program.cells[column].index for column in columns)
        bounds = [
            (max(bound, ZERO), FIRST.index(limit.kind), limit)
            for kind in FIRST
            for limit, _, bound in self.by_kind[kind]
            if limit.kind in MONEY
            and limit.awards == frozenset({award})
            and limit.installments is None
            and limit.in_time(last)
        ]
        bound, _, limit = min(bounds, key=lambda found: found[:2])
        return bound, limit

    def _too_much(self) -> Iterator[Shown]:
        """What is insisted on counts for more in one limit than the limit allows."""
        for kind in [*FIRST, *(kind for kind in self.by_kind if kind not in FIRST)]:
            for limit, counts, bound in self.by_kind[kind]:
                if bound < 0 and limit.required:
                    yield Shown((), (limit,), ZERO, bound)
                yield from self._over(self._left(), limit, counts, bound)

    def _over(self, floors: list[Floor], limit: Limit, counts: dict[int, Fraction], bound: Fraction) -> Iterator[Shown]:
        forced = [(floor, amount) for floor in floors if (amount := _forced(floor, counts)) and floor.limit != limit]
        for some in self._apart(forced):
            asked = sum((amount for _, amount in some), ZERO)
            if asked > max(bound, ZERO):
                yield Shown(tuple(floor for floor, _ in some), (limit,), asked, bound)
                return

    def _apart(self, forced: list[tuple[Floor, Fraction]]) -> Iterator[list[tuple[Floor, Fraction]]]:
        """What may be added up, since no dollar counts twice: of each activity its floor or its commitments.

        A required amount may be met with any of these dollars, so that it stands alone.
        """
        by_activity: dict[str, list[tuple[Floor, Fraction]]] = defaultdict(list)
        for floor, amount in forced:
            if floor.limit.kind != "require":
                column = next(iter(floor.counts))
                by_activity[self.program.cells[column].line.partition("/")[0]].append((floor, amount))
        every: list[tuple[Floor, Fraction]] = []
        for pairs in by_activity.values():
            several = [pair for pair in pairs if pair[0].limit.kind == "committed"]
            alone = [[pair] for pair in pairs if pair[0].limit.kind != "committed"]
            every += max([several, *alone], key=_sum)
        yield [pair for pair in forced if pair[0].limit.kind == "committed"]
        yield every
        yield from ([pair] for pair in forced)

    def _together(self) -> Iterator[Shown]:
        """What only some awards may pay comes to more than these awards have together."""
        groups = {frozenset(self._by_award(floor.counts)) for floor in self._left() if floor.counts}
        groups |= {frozenset(award for group in groups for award in group)}
        for group in sorted(groups, key=lambda names: (len(names), sorted(names))):
            inside = [f for f in self._left() if f.counts and group >= self._by_award(f.counts).keys()]
            charge = dict(enumerate(self.program.charge))
            for some in self._apart([(floor, _forced(floor, charge)) for floor in inside]):
                columns = [column for floor, _ in some for column in floor.counts]
                money = {award: self._money(award, of) for award, of in self._by_award(columns).items()}
                asked, held = _sum(some), sum((bound for bound, _ in money.values()), ZERO)
                if len(some) > 1 and asked > held:
                    by_award = {award: bound for award, (bound, _) in money.items()}
                    against = tuple(limit for _, limit in money.values())
                    yield Shown(tuple(floor for floor, _ in some), against, asked, held, by_award)
                    break


def _sum(pairs: Iterable[tuple[Floor, Fraction]]) -> Fraction:
    return sum((amount for _, amount in pairs), ZERO)


def _forced(floor: Floor, counts: dict[int, Fraction]) -> Fraction:
    """What a floor counts for at least in a row."""
    return floor.least * min((counts.get(column, ZERO) / value for column, value in floor.counts.items()), default=ZERO)


def _by_cell(program: Program, row: Row) -> dict[int, Fraction]:
    """A row over cells and choices: accounting columns replaced by what they add up."""
    found: dict[int, Fraction] = defaultdict(Fraction)
    for column, value in row.entries:
        if column < program.decisions:
            found[column] += value
            continue
        for cell, part in program.accounts[column - program.decisions].entries:
            found[cell] += value * part
    return {column: Fraction(value) for column, value in found.items() if value}


def _floors(case: Case, program: Program, builder: Builder) -> Iterator[Floor]:
    """Everything that is insisted on as an amount above zero."""
    for limit in case.limits:
        amount = limit.at_least and limit.share is None and limit.kind in {"committed", "must", "require"}
        for row in builder.rows(limit) if amount else ():
            if row.lower is not None and row.lower > 0:
                yield Floor(limit, {column: Fraction(value) for column, value in row.entries}, row.lower)
    for limit in case.limits:
        if limit.kind == "minimum":
            yield from _minimum(case, program, builder, limit)


def _minimum(case: Case, program: Program, builder: Builder, limit: Limit) -> Iterator[Floor]:
    """A minimum binds where something is committed to its activity."""
    made = [x for x in case.limits if x.kind == "committed" and x.line in (limit.lines or ()) and x.bound > 0]
    row = builder.choices.row(limit)
    if made and row is not None:
        counts = {column: Fraction(value) for column, value in row.entries if column < len(program.cells)}
        yield Floor(limit, counts, Fraction(limit.bound), (made[0],))
