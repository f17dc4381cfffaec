"""Every row that a plan must hold, exactly: Σ coefficient × column ≤ bound."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from .award_rows import award_rows
from .bounds import bound_rows
from .charges import Charges, Row, gather, one
from .law import governed
from .match import match_rows
from .meaning import Award, Column, Line, Meaning, Tree
from .requirements import requirement_rows
from .selecting import documented
from .texts import FOREVER, Window, meet, months_after, number


def all_rows(meaning: Meaning) -> list[Row]:
    """All rows but the either-or ones; a row without a column is left out, unless it asks for something."""
    charges = Charges(meaning)
    rows = [*need_rows(meaning), *limit_rows(meaning), *portion_rows(meaning), *requirement_rows(meaning, charges)]
    for award in meaning.awards:
        rows += award_rows(meaning, charges, award)
    rows += [*bound_rows(meaning, charges), *match_rows(meaning, charges), *float_rows(meaning, charges)]
    return [row for row in rows if row.terms or row.bound < 0]


def need_rows(meaning: Meaning) -> Iterator[Row]:
    """No need is paid twice, and no window pays for more than arises in it."""
    for line in meaning.lines:
        for t, period in enumerate(meaning.periods):
            if line.need[t]:
                yield from arising(meaning, line, t, line.need[t], set(), "need", f"{line.id},{period.id}")


def arising(
    meaning: Meaning, line: Line, t: int, total: int, payers: set[str], kind: str, name: str, days: Window = FOREVER
) -> Iterator[Row]:
    """What the payers (all awards, if none is named) pay on a line: at most `total`, which arises day by day.

    For every interval between dates at which one of their windows begins or ends, the columns whose window lies
    inside it pay at most what arises in it. A need that is met once may be paid on any day. Only what is paid for
    the costs of `days` counts.
    """

    def mine(column: Column) -> bool:
        inside = meet(column.window, days) == column.window
        return inside and column.line is line and column.period == t and (not payers or column.award.id in payers)

    if line.once or days == FOREVER:
        room = total if kind == "need" else max(0, total - gone(meaning, line, t, payers))
        yield Row(f"{kind}[{name}]", gather(meaning, one, mine), Fraction(room))
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


def gone(meaning: Meaning, line: Line, t: int, payers: set[str]) -> int:
    """What the payers have spent on a line in a period already."""
    found = (each for award in meaning.awards if not payers or award.id in payers for each in award.past)
    return sum(each.amount for each in found if (each.line, each.period) == (line.id, t))


def float_rows(meaning: Meaning, charges: Charges) -> Iterator[Row]:
    """At the end of each calendar quarter at most so much has arisen and is not paid back yet."""
    first, end = meaning.periods[0].window[0], meaning.periods[-1].window[1]
    quarters = {quarter_end(day) for day in range(first, end)}
    for close in sorted(quarters if meaning.most_float is not None else ()):

        def owed(column: Column, close: int = close) -> Fraction:
            p, q = column.window
            lag = column.award.lag or 0
            days = sum(1 for day in range(p, min(q, close)) if quarter_end(day) - 1 + lag > close - 1)
            return charges.all(column) * Fraction(days, q - p)

        terms = charges.gather(owed, lambda column: column.award.lag is not None)
        yield Row(f"float[{date.fromordinal(close - 1)}]", terms, Fraction(meaning.most_float or 0))


def quarter_end(day: int) -> int:
    """The day after the last of the calendar quarter in which a day lies."""
    first = date.fromordinal(day).replace(day=1)
    return months_after(first.toordinal(), 3 - (first.month - 1) % 3)


def portion_rows(meaning: Meaning) -> Iterator[Row]:
    """An award pays at most the documented share of a line that a rule selects (M5)."""
    for award in meaning.awards:
        for rule in award.law.of_kind("portion"):
            for line, t in meaning.cells():
                share = documented(line, rule["portion"])
                if share is not None and award.selects(rule["portion"].get("select", {}), line, t):
                    most, name = (share * line.costed[t]).__floor__(), f"{award.id},{line.id},{meaning.periods[t].id}"
                    yield from arising(meaning, line, t, most, {award.id}, "portion", name, governed(rule))


def limit_rows(meaning: Meaning) -> Iterator[Row]:
    """A ceiling per unit on what an award pays of a line, and (by `excess`) on what the others add to it (C13)."""
    for award in meaning.awards:
        for rule in award.law.of_kind("limit"):
            for line, t in meaning.cells():
                ceiling = ceiling_of(meaning, award, rule["limit"], line, t)
                held = any(c.award is award and c.line is line and c.period == t for c in meaning.columns)
                if ceiling is None or not held:
                    continue
                name = f"{rule['id']},{line.id},{meaning.periods[t].id}"
                for payers in limited(meaning, award, rule):
                    yield from arising(meaning, line, t, ceiling, payers, "limit", name, governed(rule))


def limited(meaning: Meaning, award: Award, rule: Tree) -> list[set[str]]:
    """The sets of awards that a ceiling binds together.

    The award itself with those under the same rule of a program (its own term stands alone: C13); besides all federal
    awards, or instead all.
    """
    own = "own" in rule
    alike = {a.id for a in meaning.awards if any(same(rule, other) for other in a.terms)} if not own else {award.id}
    excess = str(rule["limit"].get("excess", "any"))
    if excess == "non-federal":
        federal = {a.id for a in meaning.awards if a.federal}
        return [alike, federal] if federal else [alike]
    return [alike] if excess == "any" else [{a.id for a in meaning.awards}]


def same(rule: Tree, other: Tree) -> bool:
    """Are they one rule of one program, as it speaks to two awards?"""
    return "own" not in other and (rule.get("source"), rule["id"]) == (other.get("source"), other["id"])


def ceiling_of(meaning: Meaning, award: Award, limit: Tree, line: Line, t: int) -> int | None:
    """Ceiling × quantity in whole units, a yearly one for the line's days in the period; none: it does not apply."""
    quantity = line.quantity[t]
    applies = str(limit["unit"]) in line.traits["unit"] and award.selects(limit.get("select", {}), line, t)
    if quantity is None or not line.need[t] or not applies:
        return None
    most = number(limit["at_most"]) * meaning.scale * quantity
    if str(limit.get("per", "each")) == "year":
        first, end = line.window[t]
        most *= Fraction(end - first, meaning.periods[t].year_days)
    return most.__floor__()
