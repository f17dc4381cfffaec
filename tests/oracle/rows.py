"""Every row that a plan must hold, exactly: Σ coefficient × column ≤ bound."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from .award_rows import award_rows
from .charges import Charges, Row, gather, one
from .meaning import Award, Column, Line, Meaning, Tree, selects
from .requirements import requirement_rows
from .texts import number


def all_rows(meaning: Meaning) -> list[Row]:
    """All rows but the either-or ones; a row without a column is left out, unless it asks for something."""
    charges = Charges(meaning)
    rows = [*need_rows(meaning), *limit_rows(meaning), *requirement_rows(meaning, charges)]
    for award in meaning.awards:
        rows += award_rows(meaning, charges, award)
    return [row for row in rows if row.terms or row.bound < 0]


def need_rows(meaning: Meaning) -> Iterator[Row]:
    """No need is paid twice, and no window pays for more than arises in it."""
    for line in meaning.lines:
        for t, period in enumerate(meaning.periods):
            if line.need[t]:
                yield from arising(meaning, line, t, line.need[t], set(), "need", f"{line.id},{period.id}")


def arising(meaning: Meaning, line: Line, t: int, total: int, payers: set[str], kind: str, name: str) -> Iterator[Row]:
    """What the payers (all awards, if none is named) pay on a line: at most `total`, which arises day by day.

    For every interval between dates at which one of their windows begins or ends, the columns whose window lies
    inside it pay at most what arises in it. A need that is met once may be paid on any day.
    """

    def mine(column: Column) -> bool:
        return column.line is line and column.period == t and (not payers or column.award.id in payers)

    yield Row(f"{kind}[{name}]", gather(meaning, one, mine), Fraction(total))
    if line.once:
        return
    ends = sorted({end for column in meaning.columns if mine(column) for end in column.window})
    for i, p in enumerate(ends):
        for q in ends[i + 1 :]:

            def inside(column: Column, p: int = p, q: int = q) -> bool:
                return mine(column) and p <= column.window[0] and column.window[1] <= q

            room = line.arisen(t, q, total) - line.arisen(t, p, total)
            label = f"{date.fromordinal(p)}..{date.fromordinal(q - 1)}"
            yield Row(f"{'window' if kind == 'need' else kind}[{name},{label}]", gather(meaning, one, inside),
                      Fraction(room))  # fmt: skip


def limit_rows(meaning: Meaning) -> Iterator[Row]:
    """A ceiling per unit on what an award pays of a line, and (by `excess`) on what the others add to it (C13)."""
    for award in meaning.awards:
        for term in award.terms:
            if "limit" not in term:
                continue
            for line in meaning.lines:
                for t, period in enumerate(meaning.periods):
                    ceiling = ceiling_of(meaning, term["limit"], line, t)
                    held = any(c.award is award and c.line is line and c.period == t for c in meaning.columns)
                    if ceiling is None or not held:
                        continue
                    name = f"{term['id']},{line.id},{period.id}"
                    for payers in limited(meaning, award, str(term["limit"].get("excess", "any"))):
                        yield from arising(meaning, line, t, ceiling, payers, "limit", name)


def limited(meaning: Meaning, award: Award, excess: str) -> list[set[str]]:
    """The sets of awards that a ceiling binds together: the award itself, then all federal ones, or all."""
    together: set[str] = {
        "any": set[str](),
        "non-federal": {a.id for a in meaning.awards if a.federal},
        "none": {a.id for a in meaning.awards},
    }[excess]
    return [{award.id}] + ([together] if together else [])


def ceiling_of(meaning: Meaning, limit: Tree, line: Line, t: int) -> int | None:
    """Ceiling × quantity in whole units, a yearly one for the line's days in the period; none: it does not apply."""
    quantity = line.quantity[t]
    applies = str(limit["unit"]) in line.traits["unit"] and selects(limit.get("select", {}), line, t)
    if quantity is None or not line.need[t] or not applies:
        return None
    most = number(limit["at_most"]) * meaning.scale * quantity
    if str(limit.get("per", "each")) == "year":
        first, end = line.window[t]
        most *= Fraction(end - first, meaning.periods[t].year_days)
    return most.__floor__()
