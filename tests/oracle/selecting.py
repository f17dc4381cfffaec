"""Which lines a rule speaks about."""

from __future__ import annotations

from fractions import Fraction

from .costs import Line
from .texts import Tree, number, truth, words


def selects(selector: Tree, line: Line, t: int, fringe: bool = False, equipment_from: Fraction | None = None) -> bool:
    """Does a selector pick a line's pay, or its fringe (the traits of its line, and category fringe: C8)?

    `equipment_from` is the unit cost from which supplies are equipment for the award that is asked.
    """
    for key, value in selector.items():
        if key == "not":
            holds = not selects(value, line, t, fringe, equipment_from)
        elif key == "unit_cost_at_least":
            cost = line.unit_cost[t]
            holds = cost is not None and cost >= number(value)
        elif key == "category":
            holds = ("fringe" if fringe else line.category_at(t, equipment_from)) in words(value)
        elif key == "currently_funded":
            holds = truth(value) == line.currently_funded
        else:
            holds = not words(value).isdisjoint(line.traits[key])
        if not holds:
            return False
    return True


def picks(selector: Tree, traits: dict[str, frozenset[str]]) -> bool:
    """Does a selector pick what has these traits? What is not said of it is no trait."""
    return all(
        not picks(value, traits)
        if key == "not"
        else key not in ("unit_cost_at_least", "currently_funded")
        and not words(value).isdisjoint(traits.get(key, frozenset()))
        for key, value in selector.items()
    )


def documented(line: Line, portion: Tree) -> Fraction | None:
    """The share of a line that is documented for a rule: the one of its name, or the only one; none, if it is not."""
    if line.portion is None:
        return None
    return line.portion.get("", line.portion.get(str(portion.get("share", ""))))
