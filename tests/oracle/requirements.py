"""The rows of what the planner insists on, where no either-or is needed: required shares, committed amounts, splits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from .charges import Charges, Measure, Row, gather, one
from .meaning import Activity, Column, Line, Meaning, Tree, selects
from .texts import number, percent, words


def requirement_rows(meaning: Meaning, charges: Charges) -> Iterator[Row]:
    """Every `require`, `committed`, `must` and `share` row."""
    for tree in meaning.require:
        yield require_row(meaning, charges, tree)
    for tree in meaning.committed:
        yield committed_row(meaning, tree)
    for activity in meaning.activities:
        if activity.must_fund:
            measure, bound = least_of(activity)
            yield least(f"must[{activity.id}]", gather(meaning, measure, in_activity(activity)), Fraction(bound))
    for line, t in meaning.cells():
        yield from share_rows(meaning, line, t)


def least(name: str, terms: dict[int, Fraction], bound: Fraction) -> Row:
    """A sum that is at least a bound, turned round."""
    return Row(name, {c: -factor for c, factor in terms.items()}, -bound)


def raised(amount: Fraction, planned: int, exact: Fraction) -> int:
    """A lower bound in whole units: up, but not above the planned need where only rounding brings it there (C7)."""
    bound = amount.__ceil__()
    return planned if bound > planned and amount <= exact else bound


def require_row(meaning: Meaning, charges: Charges, tree: Tree) -> Row:
    """The selected part of what is paid, against a share of all of it, a share of need, or an amount (C19)."""
    of, selector = str(tree.get("of", "spend")), tree.get("select", {})
    text = tree.get("at_least", tree.get("at_most"))
    share, up = percent(text), "at_least" in tree
    payers = words(tree.get("awards"))
    chosen = charges.selected(selector, of != "direct", of == "spend", as_written=True)
    whole: Measure = charges.all if of == "spend" else one

    def keep(column: Column) -> bool:
        return not payers or column.award.id in payers

    if share is not None and of != "need":
        terms, exact = charges.gather(lambda c: chosen(c) - share * whole(c), keep), Fraction(0)
    elif share is not None:
        terms, exact = charges.gather(chosen, keep), share * selected_need(meaning, selector)
    else:
        terms, exact = charges.gather(chosen, keep), number(text) * meaning.scale
    name = f"require[{tree['id']}]"
    return least(name, terms, Fraction(exact.__ceil__())) if up else Row(name, terms, Fraction(exact.__floor__()))


def selected_need(meaning: Meaning, selector: Tree) -> int:
    """The planned need of what a selector picks: pay and fringe each by its own traits."""
    pay = sum(line.need[t] for line, t in meaning.cells() if selects(selector, line, t))
    return pay + sum(line.planned_fringe(t) for line, t in meaning.cells() if selects(selector, line, t, fringe=True))


def committed_row(meaning: Meaning, tree: Tree) -> Row:
    """An award pays a line at least so much direct cost in a period (C16)."""
    line = next(line for line in meaning.lines if line.id == tree["line"])
    t = next(t for t, period in enumerate(meaning.periods) if period.id == tree["period"])

    def keep(column: Column) -> bool:
        return column.award.id == tree["award"] and column.line is line and column.period == t

    bound = raised(number(tree["amount"]) * meaning.scale, line.need[t], line.exact[t])
    name = f"committed[{tree['award']},{line.id},{tree['period']}]"
    return least(name, gather(meaning, one, keep), Fraction(bound))


def in_activity(activity: Activity) -> Callable[[Column], bool]:
    return lambda column: column.line.activity == activity.id


def least_of(activity: Activity) -> tuple[Measure, int]:
    """What a funded activity gets at least, and how that is measured (C15); all of it where it has no minimum."""
    if activity.share is not None:
        return with_fringe, (activity.share * activity.planned).__ceil__()
    if activity.amount is not None:
        return with_fringe, raised(activity.amount, activity.planned, activity.exact)
    return one, sum(sum(line.need) for line in activity.lines)


def with_fringe(column: Column) -> Fraction:
    return 1 + column.line.fringe


def share_rows(meaning: Meaning, line: Line, t: int) -> Iterator[Row]:
    """Each award pays its share of what the line is paid, to less than one unit (C14): |x - s·T| < 1."""
    for award, share in (line.shares or {}).items():

        def off(column: Column, award: str = award, share: Fraction = share) -> Fraction:
            return (column.award.id == award) - share

        terms = gather(meaning, off, lambda c: c.line is line and c.period == t)
        name, room = f"share[{line.id},{meaning.periods[t].id},{award}]", 1 - Fraction(1, share.denominator)
        yield Row(name, terms, room)
        yield least(name, terms, -room)
