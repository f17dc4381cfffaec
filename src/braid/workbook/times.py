"""What the cost of a line is multiplied by, and its units: by the days on which it runs, and by what it grows to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from braid.basics.fiscal import Period
from braid.files.sheets import Formula, Value
from braid.judge.limit import Limit
from braid.judge.needs import Need
from braid.proposal.costs import growth
from braid.workbook.facts import Facts
from braid.workbook.ledger import Key
from braid.workbook.nouns import NeedRow
from braid.workbook.page import Column

COLUMNS = (
    Column("From", 12, "date"),
    Column("Until", 12, "date"),
    Column("Days of the whole", 10, "count"),
    Column("Grows", 9, "share"),
    Column("Years", 9, "count"),
    Column("Grown to", 9, "quantity"),
    Column("Units", 12, "quantity"),
    Column("Unit-years", 12, "quantity"),
)
PRORATED = {"FTE", "year", "month"}
"""Units of which a line that runs for a part of the time has but that part."""


def grown_to(facts: Facts, need: NeedRow) -> Fraction:
    """What the cost of a need has grown to, of one as it was entered."""
    line, period = facts.plan.proposal.cost(need.line).line, facts.period_of[need.period]
    return growth(line, period, facts.plan.proposal.fiscal)


def counted(facts: Facts, limit: Limit, need: Need) -> tuple[str, Fraction]:
    """The column that holds the units of a need by which a ceiling goes, and how many those are."""
    ceiling, units = limit.rule.limit if limit.rule else None, need.cost.quantity.get(need.period.name, Fraction(0))
    if ceiling is None or ceiling.per != "year" or need.cost.line.unit in {"FTE", "year"}:  # C13
        return "Units", units
    return "Unit-years", units * need.days.days / _year_days(facts, need.period)


class Times:
    """What a plan multiplies the costs of its lines by."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        need, limits = facts.plan.case.need, facts.plan.case.limits
        ceilings = (limit for limit in limits if limit.kind == "limit" and limit.key in need)
        found = {limit.key: counted(facts, limit, need[limit.key]) for limit in ceilings}
        self._units = {(line, facts.periods[index]): each for (line, index), each in found.items()}

    @property
    def absent(self) -> set[str]:
        """The columns that would be empty."""
        wanted = {column for column, _ in self._units.values()}
        absent = {"Units", "Unit-years"} - wanted
        if not any(self._grows(need) for need in self.facts.needs):
            absent |= {"Grows", "Years", "Grown to"}
        if not (wanted or any(self._prorated(need) for need in self.facts.needs)):
            absent.add("Days of the whole")
        return absent

    def times(self, need: NeedRow, at: Mapping[str, str]) -> Formula | None:
        """What the cost of a need is multiplied by; None where by nothing."""
        parts = [at["Grown to"]] if self._grows(need) and "Grown to" in at else []
        parts += [_part(at)] if self._prorated(need) else []
        return Formula("*".join(parts), float(need.times)) if parts and "Times" in at else None

    def cells(self, need: NeedRow, at: Mapping[str, str], line: Mapping[str, Key], said_as: Value) -> dict[str, Value]:
        """The days of a need, what it grows by, and its units.

        ``line`` says which row of the sheet Lines it is, ``said_as`` how its quantity is entered there.
        """
        facts, period, grows = self.facts, self.facts.period_of[need.period], self._grows(need)
        days = facts.plan.proposal.cost(need.line).days.meet(period.days)
        found = facts.said("Lines", "Grows", **line)
        said = found is not None and Fraction(found.value) == grows
        column = self._units.get((need.line, need.period), ("", Fraction(0)))[0]
        return {
            "From": days.first,
            "Until": days.last,
            "Days of the whole": self._whole(need),
            "Grows": Formula(found.text, float(grows)) if found and said else float(grows) or None,
            "Years": int(period.year[2:]) - facts.plan.proposal.fiscal.first,
            "Grown to": Formula(f"(1+{at['Grows']})^{at['Years']}", float(grown_to(facts, need))) if grows else None,
            "Units": None,
            "Unit-years": None,
            **({column: self._unit(need, at, said_as)} if column else {}),
        }

    def _unit(self, need: NeedRow, at: Mapping[str, str], said_as: Value) -> Value:
        """The units by which a ceiling goes, off the quantity that is entered; the plan's own where that is not all."""
        column, units = self._units[need.line, need.period]
        by_days = column == "Unit-years" or self._prorated(need)
        days = self.facts.plan.proposal.cost(need.line).days.meet(self.facts.period_of[need.period].days).days
        part = Fraction(days, self._whole(need)) if by_days else Fraction(1)
        if not isinstance(said_as, Formula) or Fraction(said_as.value) * part != units:
            return float(units)
        return Formula("*".join([at["Quantity"], *([_part(at)] if by_days else [])]), float(units))

    def _grows(self, need: NeedRow) -> Fraction:
        return self.facts.plan.proposal.cost(need.line).line.grows or Fraction(0)

    def _prorated(self, need: NeedRow) -> bool:
        line = self.facts.plan.proposal.cost(need.line).line
        return line.amount is None and line.unit in PRORATED

    def _whole(self, need: NeedRow) -> int:
        """The days of the year, or of the period where the cost goes by months."""
        period, line = self.facts.period_of[need.period], self.facts.plan.proposal.cost(need.line).line
        return period.days.days if line.unit == "month" else _year_days(self.facts, period)


def _year_days(facts: Facts, period: Period) -> int:
    return facts.plan.proposal.fiscal.year_days(int(period.year[2:])).days


def _part(at: Mapping[str, str]) -> str:
    """The part of the time on which a line runs."""
    return f"({at['Until']}-{at['From']}+1)/{at['Days of the whole']}"


def column_of_cost(facts: Facts) -> str:
    """The column of Needs that holds what a line costs before anything is taken off it."""
    return "Cost" if facts.plan.file.revenue or facts.spent_on_lines else "Direct"


def columns_of_cost(facts: Facts) -> Sequence[str]:
    """The columns of Needs of which the first less the others is a cost, before what is spent on it already."""
    if not facts.spent_on_lines:
        return ("Direct",)
    return ("Cost", "Other payers") if facts.plan.file.revenue else ("Cost",)
