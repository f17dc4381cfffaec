"""Every row that a plan must hold, exactly: Σ coefficient × column ≤ bound, on-costs counted as fractions (C1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .meaning import (
    BASES,
    NOT_MTDC_CATEGORIES,
    NOT_MTDC_ITEMS,
    Award,
    Column,
    Line,
    Meaning,
    Tree,
    number,
    percent,
    selects,
    truth,
    units,
)

Measure = Callable[[Column], Fraction]


@dataclass(frozen=True)
class Row:
    """`terms` goes from the number of a column to its coefficient."""

    id: str
    terms: dict[int, Fraction]
    bound: Fraction

    def actual(self, amounts: list[int]) -> Fraction:
        return sum((factor * amounts[c] for c, factor in self.terms.items()), Fraction(0))


class Charges:
    """What a unit of a column costs its award: pay, its fringe, and the indirect on each."""

    def __init__(self, meaning: Meaning) -> None:
        self.meaning = meaning
        self._rates: dict[tuple[str, int], tuple[Fraction, str]] = {}

    def rate(self, award: Award, t: int) -> tuple[Fraction, str]:
        """The lowest rate on the narrowest base of the recipient, the award and its terms."""
        if (award.id, t) not in self._rates:
            self._rates[award.id, t] = indirect_rate(self.meaning, award, t)
        return self._rates[award.id, t]

    def indirect(self, column: Column, fringe: bool | None = None) -> Fraction:
        """The indirect that rides on a unit of the column: on its pay, on its fringe, or (none) on both."""
        if fringe is None:
            return self.indirect(column, False) + self.indirect(column, True)
        rate, base = self.rate(column.award, column.period)
        part = column.line.fringe if fringe else Fraction(1)
        return rate * part if in_base(column.line, base, fringe) else Fraction(0)

    def all(self, column: Column) -> Fraction:
        return 1 + column.line.fringe + self.indirect(column)

    def selected(self, selector: Tree, with_fringe: bool = True, with_indirect: bool = True) -> Measure:
        """The part of a column's charge that a selector picks, pay and fringe each by its own traits."""

        def measure(column: Column) -> Fraction:
            charge = Fraction(0)
            for fringe in (False, True)[: 1 + with_fringe]:
                if selects(selector, column.line, column.period, fringe):
                    charge += column.line.fringe if fringe else 1
                    charge += self.indirect(column, fringe) if with_indirect else 0
            return charge

        return measure


def in_base(line: Line, base: str, fringe: bool) -> bool:
    """Is a line's pay (or fringe) in an indirect base (C9)?"""
    if base == "mtdc":
        return line.category not in NOT_MTDC_CATEGORIES and line.traits["item"].isdisjoint(NOT_MTDC_ITEMS)
    if base in ("salaries", "salaries-and-fringe"):
        return line.category == "personnel" and (not fringe or base == "salaries-and-fringe")
    return base == "direct"


def indirect_rate(meaning: Meaning, award: Award, t: int) -> tuple[Fraction, str]:
    """The rate and base at which an award pays indirect in a period; no rate of the recipient's own: none."""
    own = meaning.own_rate(t)
    if own is None:
        return Fraction(0), "none"
    stated = [own] + ([award.indirect] if award.indirect else [])
    for term in award.terms:
        rule = term.get("indirect")
        if rule and rule.get("kind", own.get("kind")) == own.get("kind"):
            stated.append(rule)
    rates = [rate for s in stated if "rate" in s and (rate := percent(s["rate"])) is not None]
    base = min((str(s["base"]) for s in stated if "base" in s), key=BASES.index)
    for term in award.terms:
        cap = term.get("cap", {})
        share = percent(cap["at_most"]) if cap else None
        if share is not None and truth(cap.get("include_indirect")) and cap["of"] in ("award", "spend") and share < 1:
            rates.append(share / (1 - share))
    return min(rates), base


def all_rows(meaning: Meaning) -> list[Row]:
    """The rows of needs, windows, awards, cash, caps, floors and limits; those without a column are left out."""
    charges = Charges(meaning)
    rows = [*need_rows(meaning), *limit_rows(meaning)]
    for award in meaning.awards:
        rows += award_rows(meaning, charges, award)
        for term in award.terms:
            if "costs" in term and not {"forbid", "approval"} & term.keys():
                raise NotImplementedError("a bound that goes by the day of a cost")
            if "cap" in term:
                rows += cap_rows(meaning, charges, award, term)
            if "floor" in term:
                rows += floor_rows(meaning, charges, award, term)
    return [row for row in rows if row.terms]


def gather(meaning: Meaning, measure: Measure, keep: Callable[[Column], bool]) -> dict[int, Fraction]:
    """The coefficients of a row over the columns that belong to it."""
    pairs = ((c, measure(column)) for c, column in enumerate(meaning.columns) if keep(column))
    return {c: factor for c, factor in pairs if factor}


def one(column: Column) -> Fraction:
    return Fraction(1)


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


def award_rows(meaning: Meaning, charges: Charges, award: Award) -> Iterator[Row]:
    """An award is charged at most its amount; where it is received in parts, at most what has been received."""
    if award.dated:
        yield Row(f"award[{award.id}]", gather(meaning, charges.all, lambda c: c.award is award), Fraction(award.total))
        return
    for t, period in enumerate(meaning.periods):
        terms = gather(meaning, charges.all, lambda c, t=t: c.award is award and c.period <= t)
        yield Row(f"cash[{award.id},{period.id}]", terms, Fraction(award.received(period.window[0])))


def spans(meaning: Meaning, award: Award, rule: Tree, name: str) -> Iterator[tuple[str, Callable[[Column], bool]]]:
    """The columns that one bound adds up: all of the award, or those of each period."""
    per = str(rule.get("per", "award"))
    if per == "award" or (per == "budget_period" and award.dated):
        yield name, lambda c: c.award is award
    elif per == "period":
        for t, period in enumerate(meaning.periods):
            yield f"{name},{period.id}", lambda c, t=t: c.award is award and c.period == t
    else:
        raise NotImplementedError(f"per: {per}")


def cap_rows(meaning: Meaning, charges: Charges, award: Award, term: Tree) -> Iterator[Row]:
    """A share or an amount of a selected sum (C3, C4, C6, C7)."""
    cap = term["cap"]
    share, of = percent(cap["at_most"]), str(cap.get("of", "award"))
    everything = truth(cap.get("include_indirect"))
    chosen = charges.selected(cap.get("select", {}), of != "direct", of == "spend" and not everything)
    name = f"{award.id},{term['id']}"

    def measure(column: Column) -> Fraction:
        return chosen(column) + (charges.indirect(column) if everything else 0)

    if share is not None and of == "received":
        for t, period in enumerate(meaning.periods):
            terms = gather(meaning, measure, lambda c, t=t: c.award is award and c.period <= t)
            bound = (share * award.received(period.window[0])).__floor__()
            yield Row(f"cap[{name},{period.id}]", terms, Fraction(bound))
    elif share is not None and of in ("spend", "direct"):
        whole = charges.all if of == "spend" else one
        for label, keep in spans(meaning, award, cap, name):
            yield Row(f"cap[{label}]", gather(meaning, lambda c: measure(c) - share * whole(c), keep), Fraction(0))
    else:
        if share is not None and str(cap.get("per")) == "period":
            raise NotImplementedError("a share of the award by period is refused (C6)")
        bound = units(cap["at_most"], meaning.scale) if share is None else (share * award.total).__floor__()
        for label, keep in spans(meaning, award, cap, name):
            yield Row(f"cap[{label}]", gather(meaning, measure, keep), Fraction(bound))


def floor_rows(meaning: Meaning, charges: Charges, award: Award, term: Tree) -> Iterator[Row]:
    """At least a share of what is spent; or the rest, with its on-costs, at most the award less the floor (C5)."""
    floor = term["floor"]
    share, of = percent(floor["at_least"]), str(floor.get("of", "award"))
    name = f"{award.id},{term['id']}"
    if share is not None and of in ("spend", "direct"):
        chosen = charges.selected(floor.get("select", {}), of == "spend", of == "spend")
        whole = charges.all if of == "spend" else one
        for label, keep in spans(meaning, award, floor, name):
            yield Row(f"floor[{label}]", gather(meaning, lambda c: share * whole(c) - chosen(c), keep), Fraction(0))
        return
    if str(floor.get("per", "award")) != "award":
        raise NotImplementedError("a floor of the award by period")
    least = share * award.total if share is not None else number(floor["at_least"]) * meaning.scale
    chosen = charges.selected(floor.get("select", {}))
    rest = gather(meaning, lambda c: charges.all(c) - chosen(c), lambda c: c.award is award)
    yield Row(f"floor[{name}]", rest, Fraction(max(0, award.total - least.__ceil__())))


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
        most *= Fraction(end - first, meaning.periods[t].days)
    return most.__floor__()
