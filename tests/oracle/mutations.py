"""Changes of a proposal of which it is known what they do: each way to loosen one bound, and another order of the file.

Only what widens the set of sound plans by the design's own definitions is called looser. Money that grows is, whole
dollars at a time: a share of it that caps a sum, and what a floor, a reserve or a carry-over leaves, grow with it. A
percentage cap that counts indirect is not: it also bounds the rate, so that a looser one makes each dollar dearer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from fractions import Fraction
from random import Random
from typing import Any

from .maker import Tree
from .texts import listing, mapping, number, percent, truth

Path = list[Any]


def loosened(proposal: Tree) -> list[tuple[str, Tree]]:
    """Each proposal with one bound looser, and what was done to it."""
    found: list[tuple[str, Tree]] = []
    for path, looser in [*money(proposal), *terms(proposal), *requirements(proposal)]:
        tree = deepcopy(proposal)
        node: Any = tree
        for step in path[:-1]:
            node = node[step]
        before = node[path[-1]]
        node[path[-1]] = looser(before)
        found.append((f"{'.'.join(map(str, path))}: {before} to {node[path[-1]]}", tree))
    return found


def more(value: Any) -> str:
    """A third more, or ten points: an amount by whole dollars, a percentage to 100% at most."""
    share = percent(value)
    if share is None:
        return written(number(value) + number(value).__floor__() // 3 + 7)
    return f"{float(min(share * 100 + 10, Fraction(100))):g}%"


def less(value: Any) -> str:
    """Half of it."""
    share = percent(value)
    return written(number(value) / 2) if share is None else f"{float(share * 50):g}%"


def written(amount: Fraction) -> str:
    return f"{(amount * 100).__floor__() / 100:.2f}"


def money(proposal: Tree) -> Iterator[tuple[Path, Callable[[Any], Any]]]:
    """More of an award, or of one of its installments; less in reserve."""
    for i, award in enumerate(proposal["awards"]):
        at: Path = ["awards", i]
        yield from (([*at, key], more) for key in ("amount", "opening_balance") if key in award)
        yield from (([*at, "receipts", year], more) for year in mapping(award.get("receipts")) or {})
        for key in ("receipts", "budget_periods"):
            yield from (([*at, key, n, "amount"], more) for n in range(len(listing(award.get(key)) or [])))
        if "reserve" in award:
            by_period = mapping(award["reserve"])
            yield from [([*at, "reserve"], less)] if by_period is None else [
                ([*at, "reserve", period], less) for period in by_period
            ]  # fmt: skip


def terms(proposal: Tree) -> Iterator[tuple[Path, Callable[[Any], Any]]]:
    """A higher cap, a lower floor, a higher ceiling."""
    for i, award in enumerate(proposal["awards"]):
        for k, term in enumerate(award.get("terms", [])):
            at: Path = ["awards", i, "terms", k]
            if "cap" in term and (percent(term["cap"]["at_most"]) is None or not counts_indirect(term["cap"])):
                yield [*at, "cap", "at_most"], more
            if "floor" in term:
                yield [*at, "floor", "at_least"], less
            if "limit" in term:
                yield [*at, "limit", "at_most"], more


def no(value: Any) -> str:
    """In place of any word: false."""
    return "false"


def counts_indirect(cap: Tree) -> bool:
    return truth(cap.get("include_indirect"))


def requirements(proposal: Tree) -> Iterator[tuple[Path, Callable[[Any], Any]]]:
    """Less asked for, or more allowed; a choice that need not be made."""
    for i, tree in enumerate(proposal.get("require", [])):
        yield ["require", i, "at_least" if "at_least" in tree else "at_most"], less if "at_least" in tree else more
    for i in range(len(proposal.get("committed", []))):
        yield ["committed", i, "amount"], less
    if "one_federal_payer" in proposal:
        yield ["one_federal_payer"], no
    for i, activity in enumerate(proposal["activities"]):
        if activity.get("minimum", "all") != "all":
            yield ["activities", i, "minimum"], less
        if "must_fund" in activity:
            yield ["activities", i, "must_fund"], no
        for k, line in enumerate(activity["lines"]):
            keys = [key for key in ("essential", "whole_units", "one_federal_payer") if line.get(key) == "true"]
            yield from ((["activities", i, "lines", k, key], no) for key in keys)


def shuffled(proposal: Tree, seed: int) -> Tree:
    """The same proposal with its awards, activities, lines and terms in another order."""
    rng, tree = Random(f"order {seed}"), deepcopy(proposal)
    lists: list[list[Tree]] = [tree["awards"], tree["activities"]]
    lists += [activity["lines"] for activity in tree["activities"]]
    lists += [award["terms"] for award in tree["awards"] if "terms" in award]
    for items in lists:
        rng.shuffle(items)
    return tree
