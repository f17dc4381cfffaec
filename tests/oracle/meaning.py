"""What a proposal means: its periods, needs, awards and payable columns, in integers of one unit and fractions.

Written from the text of the design alone, on plain dicts, so that it shares nothing with the package it judges.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

FEDERAL = {"other-federal"}
PROGRAMS = FEDERAL | {"other", "county-general-fund"}
BASES = ["none", "salaries", "salaries-and-fringe", "mtdc", "direct"]
NOT_MTDC_CATEGORIES = {"equipment", "construction"}
NOT_MTDC_ITEMS = {
    "vehicle", "land", "renovation", "construction", "rent", "tuition", "participant-support", "patient-care",
}  # fmt: skip
WORD_KEYS = ["item", "category", "function", "population", "setting", "place", "payee", "unit"]
KINDS = {"allow", "forbid", "approval", "certify", "cap", "floor", "limit", "indirect", "last_payer"}
FOREVER = (date.min.toordinal(), date.max.toordinal())

Window = tuple[int, int]  # ordinals of days, the first included, the second not
Tree = dict[str, Any]


@dataclass(frozen=True)
class Period:
    """A fiscal year of the calendar."""

    id: str
    window: Window

    @property
    def days(self) -> int:
        return self.window[1] - self.window[0]


@dataclass(frozen=True)
class Line:
    """One cost; `need`, `quantity`, `unit_cost` and `window` go by the index of the period."""

    id: str
    activity: str
    traits: dict[str, frozenset[str]]
    priority: int
    weight: int
    fringe: Fraction
    once: bool
    only: frozenset[str] | None
    never: frozenset[str]
    need: list[int]
    window: list[Window]
    quantity: list[Fraction | None]
    unit_cost: list[Fraction | None]

    @property
    def category(self) -> str:
        return next(iter(self.traits["category"]))

    def arisen(self, t: int, day: int, total: int) -> int:
        """How much of `total` has arisen by the beginning of `day`: evenly over the line's days in the period."""
        first, end = self.window[t]
        return total * (min(max(day, first), end) - first) // (end - first)


@dataclass(frozen=True)
class Award:
    """Money on hand: installments are (first day, amount), in the order of their numbers."""

    id: str
    federal: bool
    window: Window
    dated: bool
    installments: list[tuple[int, int]]
    terms: list[Tree]
    approvals: frozenset[str]
    scope: frozenset[str]
    indirect: Tree | None

    @property
    def total(self) -> int:
        return sum(amount for _, amount in self.installments)

    def received(self, by: int) -> int:
        """What has been received by the end of the day `by`."""
        return sum(amount for first, amount in self.installments if first <= by)

    def named(self, rules: Iterable[str], term: Tree) -> bool:
        return not {term["id"], f"{self.id}:{term['id']}"}.isdisjoint(rules)


@dataclass(frozen=True)
class Column:
    """An award may pay a line in a period for the days of one unbroken window."""

    award: Award
    line: Line
    period: int
    window: Window


@dataclass(frozen=True)
class Meaning:
    """A proposal as read; `scale` is the number of units in a dollar."""

    scale: int
    periods: list[Period]
    lines: list[Line]
    awards: list[Award]
    columns: list[Column]
    recipient: Tree | None

    def own_rate(self, t: int) -> Tree | None:
        """The recipient's own indirect rate in a period, or none."""
        rate = self.recipient
        if rate and all(key.startswith("FY") for key in rate):
            rate = rate.get(self.periods[t].id)
        return None if not rate or rate.get("kind") == "none" else rate


def read(proposal: Tree) -> Meaning:
    """The meaning of a whole proposal, with every payable column."""
    scale = {"dollar": 1, "cent": 100}[str(proposal.get("unit", "dollar"))]
    periods = read_periods(proposal["calendar"])
    lines = [
        read_line(activity, line, periods, scale) for activity in proposal["activities"] for line in activity["lines"]
    ]
    awards = [read_award(award, proposal["calendar"], periods, scale) for award in proposal["awards"]]
    columns = [
        Column(award, line, t, window)
        for award in awards
        for line in lines
        for t in range(len(periods))
        if line.need[t] > 0
        for window in payable(award, line, t, periods[t])
    ]
    return Meaning(scale, periods, lines, awards, columns, proposal.get("indirect"))


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


def words(value: Any) -> frozenset[str]:
    if value is None:
        return frozenset()
    many: list[Any] = value if isinstance(value, list) else [value]
    return frozenset(map(str, many))


def day(text: Any) -> int:
    return date.fromisoformat(str(text)).toordinal()


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


def read_periods(calendar: Tree) -> list[Period]:
    """The fiscal years from first to last."""
    if str(calendar.get("step", "year")) != "year":
        raise NotImplementedError("quarters")
    starts = str(calendar.get("fiscal_year_starts", "07-01"))
    first, last = (int(str(calendar[key]).removeprefix("FY")) for key in ("first", "last"))
    return [Period(f"FY{year}", fiscal_year(f"FY{year}", starts)) for year in range(first, last + 1)]


def read_line(activity: Tree, tree: Tree, periods: list[Period], scale: int) -> Line:
    """A line with what it takes from its activity, its needs in whole units (half up)."""
    windows = [meet(meet(period.window, dates(activity)), dates(tree)) for period in periods]
    merged = {**activity, **tree}
    traits = {key: words(merged.get(key)) for key in WORD_KEYS}
    traits["function"] = traits["function"] or frozenset(["service"])
    line_id = f"{activity['id']}/{tree['id']}"
    traits |= {"use": words(merged.get("uses")), "activity": words(activity["id"]), "line": words(line_id)}
    quantity = [by_period(tree.get("quantity"), period) for period in periods]
    unit_cost = [by_period(tree.get("unit_cost"), period) for period in periods]
    dollars = [
        need_of(tree, period, window, q, cost)
        for period, window, q, cost in zip(periods, windows, quantity, unit_cost, strict=True)
    ]
    return Line(
        id=line_id, activity=activity["id"], traits=traits,
        priority=int(activity.get("priority", 1)), weight=int(activity.get("weight", 1)),
        fringe=percent(tree.get("fringe", "0%")) or Fraction(0), once=tree.get("timing") == "once",
        only=words(tree["only"]) if "only" in tree else None, never=words(tree.get("never")),
        need=[half_up(amount * scale) for amount in dollars], window=windows, quantity=quantity, unit_cost=unit_cost,
    )  # fmt: skip


def by_period(value: Any, period: Period) -> Fraction | None:
    """One value for all periods, or one by period."""
    values: Tree = value if isinstance(value, dict) else {period.id: value}
    chosen = values.get(period.id)
    return None if chosen is None else number(chosen)


def need_of(tree: Tree, period: Period, window: Window, q: Fraction | None, cost: Fraction | None) -> Fraction:
    """The budgeted cost of a line in a period, to the cent (C23); a line without a day in it needs nothing."""
    if window[1] <= window[0]:
        return Fraction(0)
    if "amount" in tree:
        return by_period(tree["amount"], period) or Fraction(0)
    product = (q or Fraction(0)) * (cost or Fraction(0))
    if tree.get("unit") == "FTE":
        product *= Fraction(window[1] - window[0], period.days)
    elif tree.get("unit") in ("month", "year"):
        raise NotImplementedError("months and years")
    return Fraction(half_up(product * 100), 100)


def read_award(tree: Tree, calendar: Tree, periods: list[Period], scale: int) -> Award:
    """An award: one installment from `amount`, or the opening balance and one by fiscal year of receipts."""
    if tree["program"] not in PROGRAMS or tree.get("exceptions"):
        raise NotImplementedError("programs with rules of their own, exceptions")
    starts = str(calendar.get("fiscal_year_starts", "07-01"))
    if "amount" in tree:
        installments = [(dates(tree)[0], units(tree["amount"], scale))]
    else:
        opening = [(periods[0].window[0], units(tree["opening_balance"], scale))] if "opening_balance" in tree else []
        receipts = [(fiscal_year(fy, starts)[0], units(m, scale)) for fy, m in tree.get("receipts", {}).items()]
        installments = opening + sorted(receipts)
    terms = tree.get("terms", [])
    if any(len(KINDS & term.keys()) != 1 or "awards" in term or "agencies" in term for term in terms):
        raise NotImplementedError("a term of another kind, or one that goes by award date or agency")
    return Award(
        id=tree["id"], federal=tree["program"] in FEDERAL, window=dates(tree), dated="amount" in tree,
        installments=installments, terms=terms, approvals=frozenset(tree.get("approvals", {})),
        scope=words(tree.get("scope")), indirect=tree.get("indirect"),
    )  # fmt: skip


def units(money: Any, scale: int) -> int:
    """Money that bounds: to the unit below."""
    return (number(money) * scale).__floor__()


def selects(selector: Tree, line: Line, t: int, fringe: bool = False) -> bool:
    """Does a selector pick a line's pay, or its fringe (the traits of its line, and category fringe: C8)?"""
    for key, value in selector.items():
        if key == "not":
            holds = not selects(value, line, t, fringe)
        elif key == "unit_cost_at_least":
            cost = line.unit_cost[t]
            holds = cost is not None and cost >= number(value)
        elif key == "category" and fringe:
            holds = "fringe" in words(value)
        else:
            holds = not words(value).isdisjoint(line.traits[key])
        if not holds:
            return False
    return True


def payable(award: Award, line: Line, t: int, period: Period) -> list[Window]:
    """The unbroken windows of days of a period whose costs on the line this award may pay."""
    window = meet(line.window[t], award.window)
    begun = award.received(period.window[0]) > 0 if not award.dated else True
    if award.id in line.never or (line.only is not None and award.id not in line.only) or not begun:
        return []
    in_scope = not award.scope or not award.scope.isdisjoint(line.traits["use"] | {line.activity})
    if not in_scope and "scope" not in award.approvals:
        return []
    pieces = [window]
    for term in award.terms:
        if blocks(award, term, line, t):
            hole = dates(term.get("costs", {}), "from", "until")
            pieces = [part for p, q in pieces for part in ((p, min(q, hole[0])), (max(p, hole[1]), q))]
            pieces = [(p, q) for p, q in pieces if p < q]
    return [(p, q) for p, q in pieces if p < q]


def blocks(award: Award, term: Tree, line: Line, t: int) -> bool:
    """Does a term stand in the way: a forbid without its exception, an approval that is not on file?"""
    if "forbid" in term:
        selector = {key: value for key, value in term["forbid"].items() if key != "unless"}
        unless = term["forbid"].get("unless")
        return selects(selector, line, t) and not (unless is not None and selects(unless, line, t))
    if "approval" not in term or award.named(award.approvals, term):
        return False
    selector = {key: value for key, value in term["approval"].items() if key != "above"}
    if "above" in term["approval"]:
        cost = line.unit_cost[t]
        if cost is None or cost <= number(term["approval"]["above"]):
            return False
    return selects(selector, line, t)
