"""The rows of one award's money, as it comes and is held back, and of moves from its approved budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import combinations

from .charges import Charges, Row
from .meaning import Award, Column, Meaning, Tree
from .past import by_class as by_class_before
from .texts import number, percent, units

Keep = Callable[[Column], bool]


def award_rows(meaning: Meaning, charges: Charges, award: Award) -> Iterator[Row]:
    """An award is charged at most its amount, what has been received in parts, and leaves its reserve; its moves."""
    yield from money_rows(meaning, charges, award)
    yield from reserve_rows(meaning, charges, award)
    for rule in award.law.of_kind("transfer"):
        if not award.named(award.approvals, rule):
            for numbers, budget in budgets(award, rule["transfer"]):
                yield from transfer_rows(meaning, award, rule["transfer"], numbers, budget)


def budgets(award: Award, transfer: Tree) -> Iterator[tuple[set[int], dict[str, Fraction]]]:
    """What is approved in dollars by object class, and of which installments: of all, of each, or of those that say."""
    if award.budget is not None:
        yield {*range(1, len(award.installments) + 1)}, added([award.budget])
    elif transfer.get("per") == "budget_period":
        yield from (({n}, added([budget])) for n, budget in award.budgets.items())
    elif award.budgets:
        yield {*award.budgets}, added(award.budgets.values())


def added(given: Iterable[Tree]) -> dict[str, Fraction]:
    """Budgets by object class, added up."""
    found: dict[str, Fraction] = {}
    for budget in given:
        for name, amount in budget.items():
            found[name] = found.get(name, Fraction(0)) + number(amount)
    return found


def money_rows(meaning: Meaning, charges: Charges, award: Award) -> Iterator[Row]:
    """All of it; by period where installments are taken together, else each installment and what it carries over."""
    end = meaning.periods[-1].window[1]
    parts = zip(award.installments, award.brought, strict=True)
    there = sum(amount for part, amount in parts if part.window[0] < end)
    left = max(0, there - sum(each.amount for each in award.past))
    yield Row(f"award[{award.id}]", charges.gather(charges.all, belongs(award)), Fraction(left))
    for group in award.groups:
        if len(group) > 1 and award.begins_once(group):
            money = sum(award.installments[n - 1].amount for n in group)
            yield Row(f"installments[{award.id}]", charges.gather(charges.all, belongs(award, group)), Fraction(money))
            continue
        if len(group) > 1:
            for t, period in enumerate(meaning.periods):
                terms = charges.gather(charges.all, belongs(award, group, until=t))
                yield Row(f"cash[{award.id},{period.id}]", terms, Fraction(award.begun(group, period.window[0])))
            continue
        part, name = award.installments[min(group) - 1], f"{award.id},{min(group)}"
        if len(award.installments) > 1:
            terms = charges.gather(charges.all, belongs(award, group))
            yield Row(f"installment[{name}]", terms, Fraction(part.amount))
        if part.carries is not None and part.carried is not None:

            def after(column: Column, group: tuple[int, ...] = group, carries: int = part.carries) -> bool:
                return column.award is award and column.installments == group and column.window[0] >= carries

            yield Row(f"carried[{name}]", charges.gather(charges.all, after), Fraction(part.carried))


def reserve_rows(meaning: Meaning, charges: Charges, award: Award) -> Iterator[Row]:
    """Through a period's end at most what was received by then, less the reserve (C17) and what is spent already."""
    for t, period in enumerate(meaning.periods):
        if period.id in award.reserve:
            left = award.received(period.window[1] - 1) - award.reserve[period.id]
            gone = sum(each.amount for each in award.past if each.period <= t)
            terms = charges.gather(charges.all, belongs(award, until=t))
            yield Row(f"reserve[{award.id},{period.id}]", terms, Fraction(max(0, left.__floor__()) - gone))


def belongs(
    award: Award, group: tuple[int, ...] | None = None, *, only: int | None = None, until: int | None = None
) -> Keep:
    """The columns of an award: all, or those of some installments, of one period, or through a period."""

    def keep(column: Column) -> bool:
        mine = column.award is award and group in (None, column.installments)
        return mine and (only is None or column.period == only) and (until is None or column.period <= until)

    return keep


def transfer_rows(
    meaning: Meaning, award: Award, transfer: Tree, numbers: set[int], approved: dict[str, Fraction]
) -> Iterator[Row]:
    """What is charged beyond the approved budget, class by class, is bounded over all classes together (M6).

    Without prior approval, that is: with one on file it is not bounded. A share is of the award, or of the one budget
    period that it is counted over.

    A sum of what is positive in each is at most a bound exactly where the sum over every set of classes is.
    """
    share = percent(transfer["at_most"])
    each = transfer.get("per") == "budget_period" and award.budget is None
    money = award.brought[min(numbers) - 1] if each else award.whole
    bound = units(transfer["at_most"], meaning.scale) if share is None else (share * money).__floor__()
    budget = {name: (amount * meaning.scale).__floor__() for name, amount in approved.items()}
    if "and_at_most" in transfer:
        bound = min(bound, units(transfer["and_at_most"], meaning.scale))
    by_class: dict[str, dict[int, Fraction]] = {}
    for c, column in enumerate(meaning.columns):
        if column.award is award and numbers >= {*column.installments}:
            category = column.line.category_at(column.period, award.equipment_from)
            by_class.setdefault(category, {})[c] = Fraction(1)
            if column.line.fringe:
                by_class.setdefault("fringe", {})[c] = column.line.fringe
    spent = by_class_before([each for each in award.past if each.installment in numbers])
    over = {name: max(0, amount - budget.get(name, 0)) for name, amount in spent.items()}
    bound = max(bound, sum(over.values())) - sum(amount for name, amount in over.items() if name not in by_class)
    for size in range(1, len(by_class) + 1):
        for chosen in combinations(sorted(by_class), size):
            terms: dict[int, Fraction] = {}
            for name in chosen:
                for c, factor in by_class[name].items():
                    terms[c] = terms.get(c, Fraction(0)) + factor
            room = bound + sum(budget.get(name, 0) - spent.get(name, 0) for name in chosen)
            name = f"{award.id},{min(numbers)}" if each and len(award.installments) > 1 else award.id
            yield Row(f"transfer[{name}]", terms, Fraction(room))
