"""The goal ``tidy``: the fewest payers per line, and no charge below the smallest unless it completes a line.

Within what the goals before it leave open, whole columns say which awards pay a line and which charges are small. It
is worked out block by block, some lines at a time, and what at best could be reached is told beside what was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from braid.engine.goals import hashed
from braid.engine.program import INFINITE, Arrays, Floats, Program
from braid.engine.solve import Deadline, Linear, SmallRows, maximise_whole
from braid.judge.funds import CENTS

FREE, NOTHING = 1e-7, 1e-6
"""In the solver's unit: what may still move, and what is paid at all."""
MOST_FREE = 250
"""Cells of one block."""
MOST_BLOCKS = 8
"""Blocks that are worked out, those with the most payers beyond one per line first: a bound on work, not on time."""
NODES = 60
PAID = 0.5
"""Whole units from which the linear program pays something."""
ROUNDS = 5
"""Linear programs in which small payers fall away, before whole columns are used."""
COUNTS = {"pays": 2.0, "crumb": 1.0, "charged": 0.001, "met": 0.0}
"""A payer counts for more than a small charge: the first is never added to avoid the second."""
TIE = 1e-9
"""Ties are broken by a hash of the ids (up to 2^20), far below what one payer counts for."""

Pair = tuple[str, str]
Charge = tuple[str, str, int]
Need = tuple[str, int]
Name = tuple[str, Pair | Charge | Need]


@dataclass
class Tidied:
    """What tidying settled: cells that stay at nothing, charges that stay at the smallest or above."""

    dropped: set[int] = field(default_factory=set[int])
    at_least: dict[int, float] = field(default_factory=dict[int, float])
    """In the solver's unit, by cell."""
    best: int = 0
    """The fewest payers that the search did not rule out."""


def payers_of(program: Program, amounts: Iterable[float]) -> set[Pair]:
    """Which awards pay which lines, by values in whole units."""
    pairs = zip(program.cells, amounts, strict=False)
    return {(cell.award, cell.line) for cell, amount in pairs if amount > PAID}


def thinned(program: Program, session: Linear, found: Floats) -> Floats:
    """Values with fewer payers within what the session holds, or those found; all in whole units.

    Each round is a linear program in which a payer's dollar costs the more the less it paid in the round before, so
    that small payers fall away (reweighted l1 minimisation: Candès, Wakin and Boyd, J. Fourier Anal. Appl. 14, 2008).
    """
    number = {pair: n for n, pair in enumerate(sorted({(cell.award, cell.line) for cell in program.cells}))}
    of = np.array([number[cell.award, cell.line] for cell in program.cells])
    little = max(program.case.proposal.smallest_charge / CENTS[program.case.proposal.unit], 1.0)
    paid = np.bincount(of, weights=np.maximum(found[: len(of)], 0.0))
    for _ in range(ROUNDS):
        weights = np.zeros(len(found))
        weights[: len(of)] = -(little / (little + paid))[of]
        thinner = session.maximise(weights)
        then = np.bincount(of, weights=np.maximum(thinner[: len(of)], 0.0))
        if np.count_nonzero(then > PAID) >= np.count_nonzero(paid > PAID):
            break
        found, paid = thinner, then
    return found


def tidy(program: Program, face: Arrays, found: Floats, deadline: Deadline) -> Tidied:
    """What the fewest payers pay, within the face of the goals before; ``found`` are values on it, in whole units."""
    now = found / face.scale
    result = Tidied()
    blocks = [_Block(program, face, now, lines) for lines in _blocks(program, face)]
    worked = sorted(blocks, key=lambda block: -block.excess)[:MOST_BLOCKS]
    for block in blocks:
        block.now = now
        if block in worked and not deadline.passed:
            now, fewest = block.solve(deadline.left)
            result.best += fewest
        else:
            result.best += block.fewest
        block.settle(now, result)
    return result


def _blocks(program: Program, face: Arrays) -> Iterator[set[str]]:
    """Lines, some at a time, so that not too many cells can move at once."""
    free: dict[str, int] = defaultdict(int)
    for column, cell in enumerate(program.cells):
        free[cell.line] += face.column_upper[column] - face.column_lower[column] > FREE
    block: set[str] = set()
    for line in sorted(free):
        if block and sum(free[each] for each in block) + free[line] > MOST_FREE:
            yield block
            block = set()
        block.add(line)
    if block:
        yield block


class _Block:
    """The cells of some lines that can still move, with whole columns for payers, charges and completed needs."""

    def __init__(self, program: Program, face: Arrays, now: Floats, lines: set[str]) -> None:
        self.program, self.face, self.now = program, face, now
        self.smallest = program.case.proposal.smallest_charge / CENTS[program.case.proposal.unit] / self._scale
        here = [column for column, cell in enumerate(program.cells) if cell.line in lines]
        room = face.column_upper - face.column_lower
        self.of_need: dict[Need, list[int]] = defaultdict(list)
        for column in here:
            self.of_need[program.cells[column].line, program.cells[column].index].append(column)
        self.cells = [column for column in here if room[column] > FREE]
        held = [column for column in here if room[column] <= FREE and now[column] > NOTHING]
        self.certain = {self._pair(column) for column in held}
        self.pairs = sorted({self._pair(column) for column in self.cells} - self.certain)
        self.charges: dict[Charge, list[int]] = defaultdict(list)
        for column in self.cells:
            self.charges[self._charge(column)].append(column)
        for column in held:
            self.charges.pop(self._charge(column), None)
        self.needs = sorted({(line, index) for _, line, index in self.charges})
        self._number()

    @property
    def _scale(self) -> float:
        return float(self.face.scale[0])

    def _pair(self, column: int) -> Pair:
        cell = self.program.cells[column]
        return cell.award, cell.line

    def _charge(self, column: int) -> Charge:
        cell = self.program.cells[column]
        return cell.award, cell.line, cell.index

    def _number(self) -> None:
        """Where each column of the block stands: cells, accounts, then payers, charges, crumbs, completed needs."""
        first, last = self.program.decisions, len(self.face.column_upper)
        outer = [*self.cells, *range(first, last)]
        self.outer = outer
        self.place = {column: number for number, column in enumerate(outer)}
        names: list[Name] = [("pays", pair) for pair in self.pairs]
        names += [(kind, charge) for charge in self.charges for kind in ("charged", "crumb")]
        names += [("met", need) for need in self.needs]
        self.whole = {name: len(outer) + number for number, name in enumerate(names)}

    def solve(self, seconds: float) -> tuple[Floats, int]:
        """The values of all columns afterwards, and the fewest payers of these lines that were not ruled out."""
        rows = SmallRows()
        self._limits(rows)
        self._links(rows)
        weights = np.zeros(len(self.outer) + len(self.whole))
        for (kind, what), column in self.whole.items():
            weights[column] = -COUNTS[kind] * (1 + TIE * float(hashed("|".join(map(str, (kind, *what))))))
        start = self._start()
        small = rows.small(weights, self._lower(), self._upper(), self._integral())
        solved = maximise_whole(small, seconds, NODES, start)
        values = start if solved is None else solved.values
        now = self.now.copy()
        now[self.outer] = values[: len(self.outer)]
        sure = solved is not None and solved.proven
        certain = len(self.certain) + sum(round(values[self.whole["pays", pair]]) for pair in self.pairs)
        return now, certain if sure else self.fewest

    @property
    def fewest(self) -> int:
        """Without a proof: every line that is paid has at least one payer."""
        return len(self.certain) + len(self._paid() - {line for _, line in self.certain})

    @property
    def excess(self) -> int:
        """Payers beyond one for each line that is paid."""
        paying = {self._pair(column) for column in self.cells if self.now[column] > NOTHING} - self.certain
        return len(paying) - len(self._paid() - {line for _, line in self.certain})

    def _paid(self) -> set[str]:
        return {self.program.cells[column].line for column in self.cells if self.now[column] > NOTHING}

    def settle(self, now: Floats, result: Tidied) -> None:
        """Keep what was found: no payer comes back, and no charge becomes small."""
        paid = {self._pair(column) for column in self.cells if now[column] > NOTHING} | self.certain
        result.dropped.update(column for column in self.cells if self._pair(column) not in paid)
        for columns in self.charges.values():
            amount = float(sum(now[column] for column in columns))
            if amount <= NOTHING:
                result.dropped.update(columns)
            elif len(columns) == 1 and amount >= self.smallest - NOTHING:
                result.at_least[columns[0]] = max(min(amount, self.smallest) - NOTHING, 0.0)

    def _limits(self, rows: SmallRows) -> None:
        """The rows of the face, with what stands outside the block put on the other side."""
        face, values = self.face, self.now.copy()
        values[self.outer] = 0.0
        outside = face.activity(values)
        for r in range(len(face.row_lower)):
            span = slice(face.start[r], face.start[r + 1])
            entries = [
                (self.place[c], v)
                for c, v in zip(face.index[span].tolist(), face.value[span].tolist(), strict=True)
                if c in self.place
            ]
            if entries:
                rows.add(entries, face.row_lower[r] - outside[r] - FREE, face.row_upper[r] - outside[r] + FREE)

    def _links(self, rows: SmallRows) -> None:
        place, whole, upper = self.place, self.whole, self.face.column_upper
        for column in self.cells:
            if self._pair(column) not in self.certain:
                rows.add([(place[column], 1.0), (whole["pays", self._pair(column)], -upper[column])], -INFINITE, 0.0)
        met: dict[tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
        for charge, columns in self.charges.items():
            paid = [(place[column], 1.0) for column in columns]
            most = sum(upper[column] for column in columns)
            rows.add([*paid, (whole["charged", charge], -most)], -INFINITE, 0.0)
            line, index = charge[1:]
            small = (whole["crumb", charge], self.smallest)
            rows.add(
                [
                    *paid,
                    (whole["charged", charge], -self.smallest),
                    small,
                    (whole["met", (line, index)], self.smallest),
                ],
                0.0,
                INFINITE,
            )
        for column in self.cells:
            cell = self.program.cells[column]
            met[cell.line, cell.index].append((place[column], 1.0))
        for need in self.needs:
            least = self.program.case.need[need].direct / self._scale
            held = sum(self.now[c] for c in self.of_need[need] if c not in place)
            rows.add([*met[need], (whole["met", need], -least)], -held - NOTHING, INFINITE)

    def _lower(self) -> Floats:
        return np.array([*(min(self.face.column_lower[c], self.now[c]) for c in self.outer), *[0.0] * len(self.whole)])

    def _upper(self) -> Floats:
        return np.array([*(max(self.face.column_upper[c], self.now[c]) for c in self.outer), *[1.0] * len(self.whole)])

    def _integral(self) -> np.ndarray:
        return np.array([*[0] * len(self.outer), *[1] * len(self.whole)], dtype=np.int32)

    def _start(self) -> Floats:
        """Where it begins: what is paid now."""
        values = np.zeros(len(self.outer) + len(self.whole))
        values[: len(self.outer)] = self.now[self.outer]
        for need in self.needs:
            paid = float(sum(self.now[c] for c in self.of_need[need]))
            values[self.whole["met", need]] = paid >= self.program.case.need[need].direct / self._scale - NOTHING / 2
        for pair in self.pairs:
            paying = any(self.now[c] > 0 for c in self.cells if self._pair(c) == pair)
            values[self.whole["pays", pair]] = float(paying)
        for charge, columns in self.charges.items():
            amount = float(sum(self.now[c] for c in columns))
            values[self.whole["charged", charge]] = float(amount > 0)
            met = values[self.whole["met", charge[1:]]] > 0
            values[self.whole["crumb", charge]] = float(0 < amount < self.smallest and not met)
        return values
