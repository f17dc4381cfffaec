"""The rows of one award: its money as it comes and is held back, and its caps and floors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from .charges import Charges, Measure, Row, gather, one
from .meaning import Award, Column, Meaning, Tree
from .texts import number, percent, truth, units

Keep = Callable[[Column], bool]


def award_rows(meaning: Meaning, charges: Charges, award: Award) -> Iterator[Row]:
    """An award is charged at most its amount, what has been received in parts, and leaves its reserve."""
    yield from money_rows(meaning, charges, award)
    yield from reserve_rows(meaning, charges, award)
    for term in award.terms:
        if "costs" in term and not {"forbid", "approval"} & term.keys():
            raise NotImplementedError("a bound that goes by the day of a cost")
        if "cap" in term:
            yield from cap_rows(meaning, charges, award, term)
        if "floor" in term:
            yield from floor_rows(meaning, charges, award, term)


def money_rows(meaning: Meaning, charges: Charges, award: Award) -> Iterator[Row]:
    """All of it; by period where installments are taken together, else each installment and what it carries over."""
    yield Row(f"award[{award.id}]", gather(meaning, charges.all, belongs(award)), Fraction(award.total))
    for group in award.groups:
        if len(group) > 1:
            for t, period in enumerate(meaning.periods):
                terms = gather(meaning, charges.all, belongs(award, group, until=t))
                yield Row(f"cash[{award.id},{period.id}]", terms, Fraction(award.begun(group, period.window[0])))
            continue
        part, name = award.installments[min(group) - 1], f"{award.id},{min(group)}"
        if len(award.installments) > 1:
            terms = gather(meaning, charges.all, belongs(award, group))
            yield Row(f"installment[{name}]", terms, Fraction(part.amount))
        if part.carries is not None and part.carried is not None:

            def after(column: Column, group: tuple[int, ...] = group, carries: int = part.carries) -> bool:
                return column.award is award and column.installments == group and column.window[0] >= carries

            yield Row(f"carried[{name}]", gather(meaning, charges.all, after), Fraction(part.carried))


def reserve_rows(meaning: Meaning, charges: Charges, award: Award) -> Iterator[Row]:
    """Through a period's end at most what was received by then, less the reserve (C17)."""
    for t, period in enumerate(meaning.periods):
        if period.id in award.reserve:
            left = award.received(period.window[1] - 1) - award.reserve[period.id]
            terms = gather(meaning, charges.all, belongs(award, until=t))
            yield Row(f"reserve[{award.id},{period.id}]", terms, Fraction(max(0, left.__floor__())))


def belongs(
    award: Award, group: tuple[int, ...] | None = None, *, only: int | None = None, until: int | None = None
) -> Keep:
    """The columns of an award: all, or those of some installments, of one period, or through a period."""

    def keep(column: Column) -> bool:
        mine = column.award is award and group in (None, column.installments)
        return mine and (only is None or column.period == only) and (until is None or column.period <= until)

    return keep


def spans(meaning: Meaning, award: Award, rule: Tree, name: str) -> Iterator[tuple[str, Keep, int]]:
    """The columns that one bound adds up, and their money: an award, each of its installments or each period."""
    per = str(rule.get("per", "award"))
    if per == "award":
        yield name, belongs(award), award.total
    elif per == "budget_period":
        for n, part in enumerate(award.installments, 1):
            yield f"{name},{n}", belongs(award, (n,)), part.amount
    elif per == "period":
        for t, period in enumerate(meaning.periods):
            yield f"{name},{period.id}", belongs(award, only=t), award.total
    else:
        raise NotImplementedError(f"per: {per}")


def cap_rows(meaning: Meaning, charges: Charges, award: Award, term: Tree) -> Iterator[Row]:
    """A share or an amount of a selected sum (C3, C4, C6, C7)."""
    cap = term["cap"]
    share, of = percent(cap["at_most"]), str(cap.get("of", "award"))
    measure, name = cap_measure(charges, cap), f"{award.id},{term['id']}"
    if share is not None and str(cap.get("per", "award")) not in PER[of]:
        raise NotImplementedError(f"a share of {of} per {cap['per']}")
    if share is not None and of == "received":
        for t, period in enumerate(meaning.periods):
            bound = (share * award.received(period.window[1] - 1)).__floor__()
            yield Row(f"cap[{name},{period.id}]", gather(meaning, measure, belongs(award, until=t)), Fraction(bound))
    elif share is not None and of in ("spend", "direct"):
        whole = charges.all if of == "spend" else one
        for label, keep, _ in spans(meaning, award, cap, name):
            yield Row(f"cap[{label}]", gather(meaning, lambda c: measure(c) - share * whole(c), keep), Fraction(0))
    else:
        for label, keep, money in spans(meaning, award, cap, name):
            bound = units(cap["at_most"], meaning.scale) if share is None else (share * money).__floor__()
            yield Row(f"cap[{label}]", gather(meaning, measure, keep), Fraction(bound))


PER = {
    "award": {"award", "budget_period"},  # by period it is refused (C6)
    "received": {"award", "period"},
    "spend": {"award", "budget_period", "period"},
    "direct": {"award", "budget_period", "period"},
}


def cap_measure(charges: Charges, cap: Tree) -> Measure:
    """The part of a column that a cap counts; with `include_indirect` all indirect of it as well."""
    of, everything = str(cap.get("of", "award")), truth(cap.get("include_indirect"))
    chosen = charges.selected(cap.get("select", {}), of != "direct", of == "spend" and not everything)
    return lambda column: chosen(column) + (charges.indirect(column) if everything else 0)


def floor_rows(meaning: Meaning, charges: Charges, award: Award, term: Tree) -> Iterator[Row]:
    """At least a share of what is spent; or the rest, with its on-costs, at most the money less the floor (C5)."""
    floor = term["floor"]
    share, of = percent(floor["at_least"]), str(floor.get("of", "award"))
    name = f"{award.id},{term['id']}"
    if share is not None and of in ("spend", "direct"):
        chosen = charges.selected(floor.get("select", {}), of == "spend", of == "spend")
        whole = charges.all if of == "spend" else one
        for label, keep, _ in spans(meaning, award, floor, name):
            yield Row(f"floor[{label}]", gather(meaning, lambda c: share * whole(c) - chosen(c), keep), Fraction(0))
        return
    if str(floor.get("per", "award")) == "period":
        raise NotImplementedError("a floor of the award by period")
    chosen = charges.selected(floor.get("select", {}))
    for label, keep, money in spans(meaning, award, floor, name):
        least = share * money if share is not None else number(floor["at_least"]) * meaning.scale
        rest = gather(meaning, lambda c: charges.all(c) - chosen(c), keep)
        yield Row(f"floor[{label}]", rest, Fraction(max(0, money - least.__ceil__())))
