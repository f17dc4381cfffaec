"""Which goal settled what: the amounts that no plan could have otherwise once a goal was held, as far as is seen.

After each goal two plans are sought that are as good for it and all before it and as far apart as a hash of the ids
makes them. What differs in them, or in those after any later goal, was still open then; what does not was settled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from braid.engine.goals import tie_break
from braid.engine.in_order import Ordered
from braid.engine.program import Floats, Program
from braid.engine.solve import Deadline, Highs, InfeasibleError, OutOfTimeError

APART = 0.5
"""Whole units by which an amount differs."""
TIES = "ties"
"""What the last goal leaves open is settled by the tie-break."""
Pays = tuple[str, str, int]
Met = tuple[str, int]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Settled:
    """What one goal settled: how much of a need is met, and how much of it each award pays."""

    goal: str
    met: tuple[Met, ...]
    pays: tuple[Pays, ...]


def settled_by(program: Program, ordered: Ordered, deadline: Deadline) -> tuple[Settled, ...]:
    """What each goal settled, in their order, the tie-break last; nothing where the time runs out."""
    final = np.array(ordered.values)
    pays, met = _columns(program)
    open_pays, open_met = set[Pays](), set[Met]()
    left: list[tuple[str, set[Pays], set[Met]]] = []
    try:
        for label, face in reversed(ordered.faces.items()):
            session = Highs().linear(face, deadline)
            weights = tie_break(program, 0).floats / (1 << 20)
            for sign in (1.0, -1.0):
                other = session.maximise(sign * weights)[: program.decisions]
                open_pays |= set(_apart(pays, final, other))
                open_met |= set(_apart(met, final, other))
            left.append((label, set(open_pays), set(open_met)))
    except (OutOfTimeError, InfeasibleError):
        return ()
    found, before_pays, before_met = list[Settled](), set(pays), set(met)
    for label, still_pays, still_met in reversed(left):
        found.append(_settled(label, before_met - still_met, before_pays - still_pays))
        before_pays, before_met = before_pays & still_pays, before_met & still_met
    return (*found, _settled(TIES, before_met, before_pays))


def _settled(label: str, met: set[Met], pays: set[Pays]) -> Settled:
    return Settled(label, tuple(sorted(met)), tuple(sorted(pays)))


def _columns(program: Program) -> tuple[dict[Pays, list[int]], dict[Met, list[int]]]:
    """The cells by award, line and period, and by line and period."""
    pays: dict[Pays, list[int]] = defaultdict(list)
    met: dict[Met, list[int]] = defaultdict(list)
    for column, cell in enumerate(program.cells):
        pays[cell.award, cell.line, cell.index].append(column)
        met[cell.line, cell.index].append(column)
    return pays, met


def _apart(columns: dict[Key, list[int]], final: Floats, other: Floats) -> Iterator[Key]:
    """The sums that differ between two plans."""
    for key, some in columns.items():
        if abs(float(final[some].sum() - other[some].sum())) > APART:
            yield key
