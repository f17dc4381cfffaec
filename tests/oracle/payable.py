"""On which days an award may pay a line, and where those days are cut because a rule looks at some of them only."""

from __future__ import annotations

from itertools import pairwise

from .costs import Line
from .law import dated, governed
from .money import Award
from .selecting import documented
from .texts import FOREVER, Tree, Window, meet, months_after, number, truth, words

NON_FEDERAL = frozenset({"settlement", "state", "local", "foundation", "other"})


def named(award: Award, line: Line) -> bool:
    """Does the planner let this award pay the line (`only`, `never`)?"""
    return award.id not in line.never and (line.only is None or award.id in line.only)


def allowed(award: Award, line: Line, t: int) -> list[Window]:
    """The unbroken windows of days of a period whose costs on the line the award's rules allow."""
    in_scope = not award.scope or not award.scope.isdisjoint(line.traits["use"] | {line.activity})
    if not in_scope and "scope" not in award.approvals:
        return []
    pieces = kept([meet(line.window[t], award.window)])
    for rules in lists(award):
        named_on = [governed(rule) for rule in rules if award.selects(rule["allow"], line, t)]
        pieces = joined([meet(piece, window) for piece in pieces for window in named_on])
    for rule in award.terms:
        for hole in barred(award, rule, line, t):
            pieces = kept([part for p, q in pieces for part in ((p, min(q, hole[0])), (max(p, hole[1]), q))])
    return pieces


def lists(award: Award) -> list[list[Tree]]:
    """The closed lists that must each name a line: the program's, and the award's own where its terms allow."""
    rules = award.law.of_kind("allow")
    own = [rule for rule in rules if "own" in rule]
    theirs = [rule for rule in rules if "own" not in rule]
    return ([theirs] if award.law.closed else []) + ([own] if own else [])


def kept(windows: list[Window]) -> list[Window]:
    return [(p, q) for p, q in windows if p < q]


def joined(windows: list[Window]) -> list[Window]:
    """The same days as unbroken windows."""
    found: list[Window] = []
    for p, q in sorted(kept(windows)):
        if found and p <= found[-1][1]:
            found[-1] = found[-1][0], max(q, found[-1][1])
        else:
            found.append((p, q))
    return found


def barred(award: Award, rule: Tree, line: Line, t: int) -> list[Window]:
    """The days whose costs on a line a rule keeps from an award: of a budget period whose budget lacks the class."""
    if "transfer" not in rule or not award.budgets:
        return [governed(rule)] if blocks(award, rule, line, t) else []
    if rule["transfer"].get("new_class") != "approval" or award.named(award.approvals, rule):
        return []
    begins = [part.window[0] for part in award.installments]
    stretches = list(pairwise([*begins, FOREVER[1]]))
    return [stretches[n - 1] for n, budget in award.budgets.items() if new_class(award, budget, line, t)]


def new_class(award: Award, budget: Tree, line: Line, t: int) -> bool:
    """Does a budget have nothing for the class of a line, or for fringe where it has any?"""
    given = {name for name, amount in budget.items() if number(amount)}
    return not {line.category_at(t, award.equipment_from), *(["fringe"] if line.fringe else [])} <= given


def blocks(award: Award, rule: Tree, line: Line, t: int) -> bool:
    """Does a rule stand in the way: a forbid without its exception, an approval that is not on file?"""
    if "forbid" in rule:
        selector = {key: value for key, value in rule["forbid"].items() if key != "unless"}
        unless = rule["forbid"].get("unless")
        return award.selects(selector, line, t) and not (unless is not None and award.selects(unless, line, t))
    return asks(award, rule, line, t) and not award.named(award.approvals, rule)


def asks(award: Award, rule: Tree, line: Line, t: int) -> bool:
    """Does a rule ask for prior approval of a line?"""
    if "portion" in rule:
        selected = award.selects(rule["portion"].get("select", {}), line, t)
        return selected and documented(line, rule["portion"]) is None
    if "transfer" in rule:
        new = award.budget is not None and new_class(award, award.budget, line, t)
        return new and rule["transfer"].get("new_class") == "approval"
    if "approval" not in rule:
        return False
    selector = {key: value for key, value in rule["approval"].items() if key != "above"}
    if "above" in rule["approval"]:
        cost = line.unit_cost[t]
        if cost is None or cost <= number(rule["approval"]["above"]):
            return False
    return award.selects(selector, line, t)


def cut(windows: list[Window], days: set[int]) -> list[Window]:
    """The same windows, parted where one of the days begins."""
    found: list[Window] = []
    for p, q in windows:
        ends = [p, *sorted(day for day in days if p < day < q), q]
        found += pairwise(ends)
    return found


def paid_days(award: Award, line: Line, t: int) -> list[Window]:
    """The days of a period whose costs on a line an award could pay, from any of its installments."""
    windows = allowed(award, line, t)
    return joined([piece for window in windows for _, piece in award.pieces(window, line, t)])


def cuts(awards: list[Award], award: Award, line: Line, t: int) -> set[int]:
    """Where an award's days on a line are cut.

    The days begin or end that another one could pay whose match it may serve; a year of the award begins that asks
    for another match; or the days begin or end whose costs a bound of this award, or one that it adds to, looks at.
    """
    days: set[int] = set()
    for other in awards:
        for rule in other.terms:
            if "match" in rule and serves(award, other, rule["match"]):
                days |= {day for window in paid_days(other, line, t) for day in window}
            elif "match" in rule and other is award and "by_year" in rule["match"] and not award.yearly:
                days |= {months_after(award.window[0], 12 * k) for k in range(1, 30)}
            elif dated(rule) and reaches(other, rule, award, line, t):
                days |= set(governed(rule))
    return days - set(FOREVER)


def serves(award: Award, matched: Award, match: Tree) -> bool:
    """May another award's money serve as match: of a program or kind in `from`, a federal one only by its program?"""
    serving = words(match.get("from")) or NON_FEDERAL
    law = award.law
    return award is not matched and (law.program in serving or (law.kind in serving and not award.federal))


def reaches(other: Award, rule: Tree, award: Award, line: Line, t: int) -> bool:
    """Does a bound of an award look at what another one, or it, pays on a line?"""
    if "limit" in rule:
        limit = rule["limit"]
        excess = str(limit.get("excess", "any"))
        together = other is award or excess == "none" or (excess == "non-federal" and award.federal)
        applies = str(limit["unit"]) in line.traits["unit"]
        return together and applies and other.selects(limit.get("select", {}), line, t)
    if other is not award:
        return False
    if "portion" in rule:
        return award.selects(rule["portion"].get("select", {}), line, t)
    if "cap" in rule and rule["cap"].get("of", "award") in ("award", "received"):
        parts = (False, True)[: 1 + bool(line.fringe)]
        picked = any(award.selects(rule["cap"].get("select", {}), line, t, fringe) for fringe in parts)
        return picked or truth(rule["cap"].get("include_indirect"))
    return not {"cap", "floor"}.isdisjoint(rule)
