"""Caps and floors: a share or an amount of a selected sum, of one award or of all awards of a program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from .charges import Charges, Measure, Row, one
from .law import governed
from .meaning import Award, Column, Meaning, Tree
from .past import Past, of_cap, of_floor
from .texts import FOREVER, Window, day, meet, number, percent, truth, units

PER = {
    "award": {"award", "budget_period", "program"},  # by period it is refused (C6)
    "received": {"award", "period", "calendar_year", "program"},
    "spend": {"award", "budget_period", "period", "calendar_year", "program"},
    "direct": {"award", "budget_period", "period", "calendar_year", "program"},
}


@dataclass(frozen=True)
class Span:
    """What one bound adds up: columns, for their costs of some days, and the money that it is a share of."""

    name: str
    keep: Callable[[Column], bool]
    money: int
    past: list[Past]
    window: Window = FOREVER

    def part(self, column: Column) -> Fraction:
        """The part of a column that counts, by its days (C6)."""
        first, end = meet(column.window, self.window)
        counts = self.keep(column)
        return Fraction(counts and max(0, end - first), column.window[1] - column.window[0])


@dataclass(frozen=True)
class Pool:
    """The awards that a bound looks at together: one, or all of its program that the rule governs."""

    name: str
    awards: list[Award]

    def has(self, column: Column) -> bool:
        return any(column.award is award for award in self.awards)

    @property
    def total(self) -> int:
        return sum(award.whole for award in self.awards)

    @property
    def past(self) -> list[Past]:
        return [each for award in self.awards for each in award.past]

    def received(self, by: int) -> int:
        return sum(award.received(by) for award in self.awards)


def bound_rows(meaning: Meaning, charges: Charges) -> Iterator[Row]:
    """Every cap and floor; one of a program's that is `per: program` stands once."""
    seen: set[tuple[str, str]] = set()
    for award in meaning.awards:
        for rule in award.terms:
            if not {"cap", "floor"} & rule.keys():
                continue
            bound: Tree = rule["cap"] if "cap" in rule else rule["floor"]
            pool = Pool(f"{award.id},{rule['id']}", [award])
            if bound.get("per") == "program":
                if (award.law.program, rule["id"]) in seen:
                    continue
                seen.add((award.law.program, rule["id"]))
                pool = Pool(f"{award.law.program},{rule['id']}", of_program(meaning, award, rule))
            yield from (cap_rows if "cap" in rule else floor_rows)(meaning, charges, pool, rule)


def of_program(meaning: Meaning, award: Award, rule: Tree) -> list[Award]:
    """The awards of the same program that the same rule governs (M9)."""
    if "own" in rule:
        raise NotImplementedError("an award's own term about its whole program")
    alike = (award.law.program, rule["id"])
    return [
        other
        for other in meaning.awards
        if any((other.law.program, term["id"]) == alike and "own" not in term for term in other.terms)
    ]


def spans(meaning: Meaning, pool: Pool, rule: Tree, bound: Tree) -> Iterator[Span]:
    """Over what a bound is added up, each counting only the days of costs that the rule governs (M7)."""
    found = of_received(meaning, pool, bound) if bound.get("of") == "received" else of_charges(meaning, pool, bound)
    for span in found:
        window = meet(span.window, governed(rule))  # on which days money was spent is not known
        yield replace(span, window=window, past=span.past if window == FOREVER else [])


def of_charges(meaning: Meaning, pool: Pool, bound: Tree) -> Iterator[Span]:
    """All that is charged, or by installment, by period or by the calendar year of the costs."""
    per = str(bound.get("per", "award"))
    if per in ("award", "program"):
        yield Span(pool.name, pool.has, pool.total, pool.past)
    elif per == "budget_period":
        for n in range(1, len(pool.awards[0].installments) + 1):
            past = [each for each in pool.past if each.installment == n]
            keep, brought = also(pool, lambda c, n=n: c.installments == (n,)), pool.awards[0].brought[n - 1]
            yield Span(f"{pool.name},{n}", keep, brought, past)
    elif per == "period":
        for t, period in enumerate(meaning.periods):
            past = [each for each in pool.past if each.period == t]
            yield Span(f"{pool.name},{period.id}", also(pool, lambda c, t=t: c.period == t), pool.total, past)
    else:
        first, end = meaning.periods[0].window[0], meaning.periods[-1].window[1]
        for year in range(date.fromordinal(first).year, date.fromordinal(end - 1).year + 1):
            yield Span(f"{pool.name},{year}", pool.has, pool.total, [], calendar_year(year))


def of_received(meaning: Meaning, pool: Pool, bound: Tree) -> Iterator[Span]:
    """What was received by each period's end; or what is received in each calendar year, whenever it is charged."""
    if bound.get("per") != "calendar_year":
        for t, period in enumerate(meaning.periods):
            money = pool.received(period.window[1] - 1)
            past = [each for each in pool.past if each.period <= t]
            yield Span(f"{pool.name},{period.id}", also(pool, lambda c, t=t: c.period <= t), money, past)
        return
    (award,) = pool.awards
    for year in sorted({date.fromordinal(part.received).year for part in award.installments}):
        begin, end = calendar_year(year)
        chosen = {n for n, part in enumerate(award.installments, 1) if begin <= part.received < end}
        money = sum(award.brought[n - 1] for n in chosen)
        past = [each for each in award.past if each.installment in chosen]
        yield Span(f"{pool.name},{year}", also(pool, lambda c, s=chosen: s.issuperset(c.installments)), money, past)


def calendar_year(year: int) -> Window:
    return day(f"{year}-01-01"), day(f"{year + 1}-01-01")


def also(pool: Pool, keep: Callable[[Column], bool]) -> Callable[[Column], bool]:
    return lambda column: pool.has(column) and keep(column)


def row(charges: Charges, name: str, measure: Measure, span: Span, bound: Fraction | int, gone: Fraction | int) -> Row:
    """A measure of the columns, each for the part of it that counts; what is broken already gets no worse."""
    return Row(
        name, charges.gather(lambda c: measure(c) * span.part(c), span.keep), max(Fraction(0), Fraction(bound - gone))
    )


def checked(bound: Tree, share: Fraction | None) -> str:
    """What a share is of; refuses what has no meaning."""
    of, per = str(bound.get("of", "award")), str(bound.get("per", "award"))
    if share is not None and per not in PER[of]:
        raise NotImplementedError(f"a share of {of} per {per}")
    return of


def cap_rows(meaning: Meaning, charges: Charges, pool: Pool, rule: Tree) -> Iterator[Row]:
    """A share or an amount of a selected sum (C3, C4, C6, C7)."""
    cap = rule["cap"]
    share = percent(cap["at_most"])
    of, chosen = checked(cap, share), cap_measure(charges, cap)
    part_of = share if share is not None and of in ("spend", "direct") else None
    measure = chosen if part_of is None else less(chosen, scaled(part_of, charges.all if of == "spend" else one))
    for span in spans(meaning, pool, rule, cap):
        bound = units(cap["at_most"], meaning.scale) if share is None else (share * span.money).__floor__()
        gone = of_cap(span.past, cap, of, part_of or Fraction(0), truth(cap.get("include_indirect")))
        yield row(charges, f"cap[{span.name}]", measure, span, bound if part_of is None else 0, gone)


def cap_measure(charges: Charges, cap: Tree) -> Measure:
    """The part of a column that a cap counts; with `include_indirect` all indirect of it as well."""
    of, everything = str(cap.get("of", "award")), truth(cap.get("include_indirect"))
    chosen = charges.selected(cap.get("select", {}), of != "direct", of == "spend" and not everything)
    return lambda column: chosen(column) + (charges.indirect(column) if everything else 0)


def floor_rows(meaning: Meaning, charges: Charges, pool: Pool, rule: Tree) -> Iterator[Row]:
    """At least a share of what is spent; or the rest, with its on-costs, at most the money less the floor (C5)."""
    floor = rule["floor"]
    share, selector = percent(floor["at_least"]), floor.get("select", {})
    of = checked(floor, share)
    part_of = share if share is not None and of in ("spend", "direct") else None
    if part_of is None:
        measure = less(charges.all, charges.selected(selector))
    else:
        chosen = charges.selected(selector, of == "spend", of == "spend")
        measure = less(scaled(part_of, charges.all if of == "spend" else one), chosen)
    for span in spans(meaning, pool, rule, floor):
        least = share * span.money if share is not None else number(floor["at_least"]) * meaning.scale
        bound = max(0, span.money - least.__ceil__())
        gone = of_floor(span.past, floor, of, part_of)
        yield row(charges, f"floor[{span.name}]", measure, span, bound if part_of is None else 0, gone)


def less(measure: Measure, other: Measure) -> Measure:
    return lambda column: measure(column) - other(column)


def scaled(share: Fraction, measure: Measure) -> Measure:
    return lambda column: share * measure(column)
