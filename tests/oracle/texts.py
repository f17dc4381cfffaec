"""What is written in a proposal, as numbers, words and days: integers and fractions, never a float."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, cast

import yaml

FOREVER = (date.min.toordinal(), date.max.toordinal())

Window = tuple[int, int]  # ordinals of days, the first included, the second not
Tree = dict[str, Any]


def number(value: Any) -> Fraction:
    """A number or an amount of money as text: `$1,200.50`."""
    return Fraction(str(value).replace("$", "").replace(",", "").strip())


def percent(value: Any) -> Fraction | None:
    """`15%` as a fraction; none if the text is no percentage."""
    text = str(value).strip()
    return Fraction(text[:-1]) / 100 if text.endswith("%") else None


def half_up(value: Fraction) -> int:
    return (2 * value + 1).__floor__() // 2


def truth(value: Any) -> bool:
    return str(value).lower() == "true"


def mapping(value: Any) -> Tree | None:
    return cast("Tree", value) if isinstance(value, dict) else None


def listing(value: Any) -> list[Any] | None:
    return cast("list[Any]", value) if isinstance(value, list) else None


def words(value: Any) -> frozenset[str]:
    if value is None:
        return frozenset()
    many = listing(value)
    return frozenset(map(str, [value] if many is None else many))


def units(money: Any, scale: int) -> int:
    """Money that bounds: to the unit below."""
    return (number(money) * scale).__floor__()


def day(text: Any) -> int:
    return date.fromisoformat(str(text)).toordinal()


def months_after(first: int, months: int) -> int:
    """The same day of the month so many months later, or that month's last day."""
    begin = date.fromordinal(first)
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    following = date(year + month // 11, (month + 1) % 12 + 1, 1).toordinal()
    return min(date(year, month + 1, 1).toordinal() + begin.day - 1, following - 1)


def meet(a: Window, b: Window) -> Window:
    return max(a[0], b[0]), min(a[1], b[1])


def dates(tree: Tree, first: str = "start", last: str = "end") -> Window:
    """The window of a first and a last day, either of which may be left open."""
    begin = day(tree[first]) if tree.get(first) else FOREVER[0]
    return begin, day(tree[last]) + 1 if tree.get(last) else FOREVER[1]


def fiscal_year(name: str, starts: str) -> Window:
    """FY2027 is the fiscal year that ends in 2027; from 01-01 it is the year 2027 (C26)."""
    year = int(name.removeprefix("FY"))
    if starts == "01-01":
        return day(f"{year}-01-01"), day(f"{year + 1}-01-01")
    return day(f"{year - 1}-{starts}"), day(f"{year}-{starts}")


class _Quoted(yaml.CSafeDumper):
    """Every piece of text quoted, nothing shared: what is written is what is read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Quoted.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def as_yaml(proposal: Tree) -> str:
    """A proposal as a person would write it into a file."""
    text = yaml.dump(proposal, Dumper=_Quoted, sort_keys=False)
    return text.replace('"true"', "true").replace('"false"', "false")
