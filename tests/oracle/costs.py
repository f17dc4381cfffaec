"""The periods of a proposal and its lines: what each needs in each period, in integers of one unit and fractions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .texts import Tree, Window, dates, fiscal_year, half_up, mapping, meet, months_after, number, percent, truth, words

WORD_KEYS = ["item", "category", "function", "population", "setting", "place", "payee", "unit"]


@dataclass(frozen=True)
class Period:
    """A fiscal year of the calendar, or a quarter of one."""

    id: str
    window: Window
    year: str
    year_window: Window

    @property
    def days(self) -> int:
        return self.window[1] - self.window[0]

    @property
    def year_days(self) -> int:
        return self.year_window[1] - self.year_window[0]


@dataclass(frozen=True)
class Line:
    """One cost; `need`, `exact`, `quantity`, `unit_cost` and `window` go by the index of the period."""

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
    exact: list[Fraction]
    window: list[Window]
    quantity: list[Fraction | None]
    unit_cost: list[Fraction | None]
    essential: bool
    whole_units: bool
    one_federal: bool
    shares: dict[str, Fraction] | None
    portion: dict[str, Fraction] | None  # documented shares by name; one that has none goes by ""
    subaward: str | None
    currently_funded: bool
    costed: list[int]  # the need before what is spent already
    person: list[tuple[str, Fraction, Fraction] | None]  # who is paid, the step of effort, and what a step costs

    @property
    def category(self) -> str:
        return next(iter(self.traits["category"]))

    def category_at(self, t: int, equipment_from: Fraction | None) -> str:
        """The category of its pay for an award: supplies are equipment from a unit cost on."""
        cost = self.unit_cost[t]
        dear = equipment_from is not None and cost is not None and cost >= equipment_from
        return "equipment" if dear and self.category == "supplies" else self.category

    def planned(self, t: int) -> int:
        """The need in a period with its fringe, in whole units."""
        return self.need[t] + self.planned_fringe(t)

    def planned_fringe(self, t: int) -> int:
        return (self.fringe * self.need[t]).__floor__()

    def arisen(self, t: int, day: int, total: int) -> int:
        """How much of `total` has arisen by the beginning of `day`: evenly over the line's days in the period."""
        first, end = self.window[t]
        return total * (min(max(day, first), end) - first) // (end - first)


def read_periods(calendar: Tree) -> list[Period]:
    """The fiscal years from first to last, or their quarters."""
    starts = str(calendar.get("fiscal_year_starts", "07-01"))
    first, last = (int(str(calendar[key]).removeprefix("FY")) for key in ("first", "last"))
    years = [(f"FY{year}", fiscal_year(f"FY{year}", starts)) for year in range(first, last + 1)]
    if str(calendar.get("step", "year")) == "year":
        return [Period(name, window, name, window) for name, window in years]
    return [
        Period(
            f"{name}-Q{q + 1}", (months_after(window[0], 3 * q), months_after(window[0], 3 * q + 3)), name, window
        )
        for name, window in years
        for q in range(4)
    ]  # fmt: skip


def read_line(proposal: Tree, activity: Tree, tree: Tree, periods: list[Period], scale: int) -> Line:
    """A line with what it takes from its activity, its needs in whole units (half up)."""
    windows = [meet(meet(period.window, dates(activity)), dates(tree)) for period in periods]
    merged = {**activity, **tree}
    traits = {key: words(merged.get(key)) for key in WORD_KEYS}
    traits["function"] = traits["function"] or frozenset(["service"])
    line_id = f"{activity['id']}/{tree['id']}"
    traits |= {"use": words(merged.get("uses")), "activity": words(activity["id"]), "line": words(line_id)}
    quantity = [by_period(tree.get("quantity"), period) for period in periods]
    unit_cost = [grown(tree, "unit_cost", periods, period) for period in periods]
    dollars = [need_of(tree, periods, t, windows[t], (quantity[t] or 0) * (unit_cost[t] or 0)) for t in
               range(len(periods))]  # fmt: skip
    shares = {award: percent(share) or Fraction(0) for award, share in tree.get("shares", {}).items()}
    return Line(
        id=line_id, activity=activity["id"], traits=traits,
        priority=int(activity.get("priority", 1)), weight=int(activity.get("weight", 1)),
        fringe=percent(tree.get("fringe", "0%")) or Fraction(0), once=tree.get("timing") == "once",
        only=words(tree["only"]) if "only" in tree else None, never=words(tree.get("never")),
        need=[half_up(amount * scale) for amount in dollars], exact=[amount * scale for amount in dollars],
        window=windows, quantity=quantity, unit_cost=unit_cost,
        essential=truth(tree.get("essential")), whole_units=truth(tree.get("whole_units")),
        one_federal=one_federal_payer(proposal, tree), shares=shares or None,
        portion=documented_shares(tree.get("portion")), subaward=tree.get("subaward"),
        currently_funded="currently_funded" in activity,
        costed=[half_up(amount * scale) for amount in dollars],
        person=[person(proposal, tree, line_id, period, windows[t], half_up(dollars[t] * scale), scale)
                for t, period in enumerate(periods)],
    )  # fmt: skip


def person(
    proposal: Tree, tree: Tree, line: str, period: Period, window: Window, cost: int, scale: int
) -> tuple[str, Fraction, Fraction] | None:
    """Whom a line pays and in what steps of effort: of the whole position, or of the line where it names none."""
    positions: list[Tree] = proposal.get("positions", [])
    position: Tree = next((each for each in positions if each["id"] == tree.get("position")), {})
    step = percent(tree.get("effort_step", position.get("effort_step", "0%")))
    if not step or not cost:
        return None
    if "position" not in tree:
        return line, step, step * cost
    pay = (by_period(tree["unit_cost"], period) or Fraction(0)) * scale * number(position.get("fte", "1"))
    return tree["position"], step, step * pay * Fraction(window[1] - window[0], period.year_days)


def documented_shares(value: Any) -> dict[str, Fraction] | None:
    """`60%`, or a share by name; none where nothing is documented."""
    if value is None:
        return None
    named = mapping(value)
    return {name: percent(share) or Fraction(0) for name, share in ({"": value} if named is None else named).items()}


def one_federal_payer(proposal: Tree, line: Tree) -> bool:
    """The line's own word, or else the proposal's, which leaves a split in shares or on a documented basis alone."""
    if "one_federal_payer" in line:
        return truth(line["one_federal_payer"])
    return truth(proposal.get("one_federal_payer")) and "shares" not in line and "basis" not in line


def by_period(value: Any, period: Period) -> Fraction | None:
    """One value for all periods, or one by period."""
    values = mapping(value)
    values = {period.id: value} if values is None else values
    chosen = values.get(period.id)
    return None if chosen is None else number(chosen)


def grown(tree: Tree, key: str, periods: list[Period], period: Period) -> Fraction | None:
    """A cost of a period; one that grows is that of the first fiscal year, compounded in each year after it."""
    cost, growth = by_period(tree.get(key), period), percent(tree.get("grows", "0%")) or Fraction(0)
    years = int(period.year.removeprefix("FY")) - int(periods[0].year.removeprefix("FY"))
    return None if cost is None else cost * (1 + growth) ** years


def need_of(tree: Tree, periods: list[Period], t: int, window: Window, product: Fraction | int) -> Fraction:
    """The budgeted cost of a line in a period, to the cent (C23); a line without a day in it needs nothing."""
    period, days = periods[t], window[1] - window[0]
    if days <= 0:
        return Fraction(0)
    if "amount" in tree:
        cost = grown(tree, "amount", periods, period) or Fraction(0)
    elif tree.get("unit") in ("FTE", "year"):
        cost = product * Fraction(days, period.year_days)
    else:
        cost = product * (Fraction(days, period.days) if tree.get("unit") == "month" else Fraction(1))
    return Fraction(half_up(cost * 100), 100)
