"""A plan, and what its sheets share: the charges, the needs, the money of each award, in order and in dollars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from braid.answer.plan import Plan
from braid.answer.rows import AwardTotal
from braid.basics.fiscal import NEVER, Interval, Period
from braid.files.sheets import Formula, Sheet
from braid.judge.funds import CENTS, Installment
from braid.judge.oncosts import Indirect
from braid.proposal import Activity, Cost, at
from braid.proposal.awards import Pledge
from braid.proposal.costs import Position, growth
from braid.workbook.approved import ClassRow, class_rows, over_awards
from braid.workbook.before import Before
from braid.workbook.charges import KINDS, NOTHING, charges_of
from braid.workbook.entered import Entered, Entries, in_units
from braid.workbook.filing.years import Years
from braid.workbook.input import input_sheets
from braid.workbook.ledger import Adds, Key, Ledger, drawn_in, in_year
from braid.workbook.marks import Marks
from braid.workbook.nouns import NeedRow, Part
from braid.workbook.page import AMOUNTS, Column, Page

OF_ALL = {"cap", "floor", "transfer"}
"""The kinds of limits that may look at all that an award brings, whenever it does."""


class Facts:
    """A plan and what its sheets share: the ledger of charges, the needs, awards and activities in order."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.ledger = Ledger(charges_of(plan))
        self.before = Before(plan)
        self.marks = Marks(plan)
        self.awards: tuple[AwardTotal, ...] = plan.file.awards
        self.periods = tuple(period.name for period in plan.proposal.periods)
        self.days = plan.proposal.fiscal.days
        self.step = Decimal(1) if plan.file.unit == "dollar" else Decimal("0.01")
        """One unit of the plan, in dollars."""
        self.cents = CENTS[plan.file.unit]

    @cached_property
    def entry_sheets(self) -> tuple[Sheet, ...]:
        """The sheets of input, which say what was planned for."""
        return tuple(input_sheets(self.plan.case.written))

    @cached_property
    def _entered(self) -> Entered:
        return Entered(self.entry_sheets)

    def entered(self, title: str, column: str, value: Decimal, **keys: Key) -> Formula | None:
        """An amount of the plan as a formula off a sheet of input, by what its columns say; None where none says it.

        It is rounded down to whole units, as the plan has it.
        """
        return in_units(self.said(title, column, **keys), value, self.step)

    def least(self, title: str, column: str, value: Decimal, **keys: Key) -> Formula | None:
        """The same of an amount that is wanted at least: it is rounded up where it is not whole."""
        found = self.said(title, column, **keys)
        return in_units(found, value, self.step) or in_units(found, value, self.step, up=True)

    def said(self, title: str, column: str, **keys: Key) -> Formula | None:
        """What a sheet of input says, as it is written there; None where no row says it as a number."""
        return self._entered.sum(title, column, keys)

    def entries(self) -> Iterator[Entries]:
        """What shows on the sheets of input that a plan was made with something else."""
        return self._entered.entries()

    def setting(self, name: str, value: Decimal) -> Formula | None:
        """A setting of the sheet Proposal as a formula; None where it does not say just this amount."""
        return in_units(self._entered.setting(name), value, self.step)

    def rate(self, name: str) -> Formula | None:
        """A share among the settings of the sheet Proposal, as it is written there."""
        return self._entered.setting(name)

    @cached_property
    def activities(self) -> tuple[Activity, ...]:
        """The activities, first priority first, then by id."""
        return tuple(sorted(self.plan.proposal.activities, key=lambda activity: (activity.priority, activity.id)))

    @cached_property
    def needs(self) -> tuple[NeedRow, ...]:
        """Every need, by priority, line and period."""
        income = {(row.line, row.period): row.direct for row in self.plan.file.revenue}
        rows = [
            NeedRow(
                activity=need.cost.activity,
                line=need.cost.id,
                category=need.cost.line.category,
                period=need.period.name,
                direct=self.money(need.direct),
                fringe=self.money(need.fringe),
                paid=self.ledger.total(line=need.cost.id, period=need.period.name),
                fringe_rate=need.cost.fringe,
                cost=self.money(need.cost_units) + income.get((need.cost.id, need.period.name), NOTHING),
                others=income.get((need.cost.id, need.period.name), NOTHING),
                spent=self.before.total(line=need.cost.id, period=need.period.name),
                times=self._times(need.cost, need.period),
            )
            for need in self.plan.case.needs
        ]
        return tuple(sorted(rows, key=lambda row: (row.activity.priority, row.line, self.periods.index(row.period))))

    @cached_property
    def indirect(self) -> tuple[tuple[str, str, Indirect], ...]:
        """The terms of indirect cost of every award and period in which it is charged, where you have a rate."""
        found = ((award, self.periods[index], terms) for (award, index), terms in self.plan.case.indirect.items())
        some = (each for each in found if each[2].own_rate and self.ledger.charged(award=each[0], period=each[1]))
        return tuple(sorted(some, key=lambda each: (each[0], self.periods.index(each[1]))))

    @cached_property
    def spent_on_lines(self) -> bool:
        """Whether anything was spent before the plan on what it plans."""
        return any(need.spent for need in self.needs)

    @cached_property
    def position_of(self) -> dict[str, Position]:
        """The positions by id."""
        return {position.id: position for position in self.plan.proposal.positions}

    @cached_property
    def period_of(self) -> dict[str, Period]:
        """The periods by name."""
        return {period.name: period for period in self.plan.proposal.periods}

    @cached_property
    def need_of(self) -> dict[tuple[str, str], NeedRow]:
        """Every need by line and period."""
        return {(need.line, need.period): need for need in self.needs}

    @cached_property
    def needs_of(self) -> dict[str, list[NeedRow]]:
        """The needs by activity."""
        found: dict[str, list[NeedRow]] = {}
        for need in self.needs:
            found.setdefault(need.activity.id, []).append(need)
        return found

    @cached_property
    def timed(self) -> bool:
        """Whether any cost is multiplied by a part of the year or by growth."""
        return any(need.times != 1 for need in self.needs)

    def _times(self, cost: Cost, period: Period) -> Fraction:
        fiscal = self.plan.proposal.fiscal
        grown = growth(cost.line, period, fiscal)
        if cost.line.amount is not None or not (units := at(cost.line.quantity, period)):
            return grown
        return grown * cost.quantity[period.name] / units

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The installments of all awards that pay costs of these periods, by award and number."""
        return tuple(
            part
            for total in self.awards
            for installment in self.plan.case.funds[total.award].installments
            for part in self._parts(total.award, installment)
        )

    @cached_property
    def elsewhere(self) -> tuple[Part, ...]:
        """The installments outside the days of the plan that limits count: they pay none of its costs.

        Those that ended before it count in what an award has in all, later ones where a rule is of the whole award or a
        limit is of them alone.
        """
        limits = [limit for limit in self.plan.case.limits if limit.share is None and not limit.through]
        whole = {name for limit in limits if limit.kind in OF_ALL for name in limit.awards or ()}
        bounds = [limit for limit in limits if limit.kind == "installment" and len(limit.installments or ()) == 1]
        alone = {(limit.award, number) for limit in bounds for number in limit.installments or ()}
        return tuple(
            self._elsewhere(installment)
            for total in self.awards
            for installment in self.plan.case.funds[total.award].installments
            if not installment.days.meet(self.days).days and installment.amount
            if installment.days.start < self.days.start
            or total.award in whole
            or (total.award, installment.number) in alone
        )

    def _elsewhere(self, part: Installment) -> Part:
        received, amount = dt.date.fromordinal(part.received), self.money(part.amount)
        first, last = part.days.first, None if part.days.stop == NEVER else part.days.last
        none = (NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)
        return Part(part.award, part.number, first, last, received, amount, *none, source=part.source, payer=part.payer)

    def _parts(self, award: str, installment: Installment) -> Iterator[Part]:
        """An installment as one part, or as two; none where it pays no cost of the plan."""
        carried, received = NOTHING, dt.date.fromordinal(installment.received)
        windows, kept = installment.windows, self.money(installment.kept)
        if not installment.days.meet(self.days).days:
            return
        for place, days in enumerate(windows):
            if days.start >= self.days.stop:
                return
            first = place == 0
            charged = [self._charged(award, installment.number, kind, place, windows) for kind in KINDS]
            part = Part(
                award,
                installment.number,
                days.first,
                _until(days, installment, self.days),
                received if first else None,
                self.money(installment.amount) if first else NOTHING,
                NOTHING if first else carried,
                kept if first else NOTHING,
                self.before.total(award=award, installment=str(installment.number)) if first else NOTHING,
                *charged,
                split=len(windows) > 1,
                ends=min(days.stop, installment.orders_end) <= self.days.stop,
                source=installment.source if first else ("", ""),
                payer=installment.payer if first else "",
            )
            carried = part.left - part.lapses
            yield part

    def _charged(self, award: str, number: int, kind: str, place: int, windows: Sequence[Interval]) -> Decimal:
        """What is charged to an installment, or to one of its two windows: the first holds what ends within it."""
        found = self.ledger.charged(award=award, installment=str(number), kind=kind)
        if len(windows) == 1:
            return sum((charge.amount for charge in found), NOTHING)
        last = windows[0].last
        return sum((charge.amount for charge in found if (charge.last <= last) == (place == 0)), NOTHING)

    def settlement(self, award: str) -> bool:
        """Whether an award is settlement money, which is reported by payer."""
        return self.plan.case.terms[award].terms.program.kind == "settlement"

    @cached_property
    def classes(self) -> tuple[ClassRow, ...]:
        """Each object class that an award's approved budget names or that it is charged, where it has such a budget."""
        return tuple(class_rows(self.plan, self.ledger, self.before))

    @cached_property
    def moves_of_awards(self) -> dict[tuple[str, str], Decimal]:
        """By award and object class what is charged above all approved amounts, where budget periods count together."""
        apart = {each.award for each in self.classes if each.installment is not None}
        limits = (limit for limit in self.plan.case.limits if limit.kind == "transfer")
        whole = {limit.award for limit in limits if len(limit.installments or ()) != 1}
        return over_awards(each for each in self.classes if each.award in whole & apart)

    @cached_property
    def pledges(self) -> tuple[tuple[str, Pledge, Decimal], ...]:
        """Every promise of match from outside the plan: the award that it is for, and its amount in whole units."""
        awards = sorted(self.plan.proposal.awards, key=lambda award: award.id)
        return tuple((a.id, each, self.money(each.amount // self.cents)) for a in awards for each in a.match_pledged)

    def pledged(self, award: str) -> Decimal:
        """What is promised as match for an award from outside the plan."""
        return sum((amount for name, _, amount in self.pledges if name == award), NOTHING)

    @cached_property
    def years(self) -> tuple[Adds, ...]:
        """The columns that say what of a charge falls in a calendar year, or what it draws, as limits ask for them."""
        found: dict[str, Adds] = {}
        for limit in self.plan.case.limits:
            if limit.include_indirect and (limit.days or limit.pro_rata):
                column = drawn_in(limit.pro_rata)
                found[column.name] = column
            if limit.pro_rata is not None:
                spend = limit.of == "spend" or (limit.kind == "floor" and limit.share is None)
                column = in_year(limit.pro_rata, with_indirect=spend)
                found[column.name] = column
        return tuple(found[name] for name in sorted(found))

    @cached_property
    def budget_years(self) -> Years:
        """The budget years of federal awards, and the columns that go by them."""
        return Years(self.plan, self.ledger.charges)

    @cached_property
    def code_sets(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], int]:
        """Every combination of codes on which an award is charged, by award and codes, with its number."""
        found = sorted({(charge.award, charge.codes) for charge in self.ledger.charges})
        return {key: number for number, key in enumerate(found, 1)} if any(codes for _, codes in found) else {}

    @cached_property
    def wide(self) -> float:
        """The width of a column that holds the largest total of the plan."""
        totals = self.plan.file.totals
        most = max(totals.need, totals.available, totals.spent)
        return max(11.5, len(f"{most:,.{2 if self.plan.file.unit == 'cent' else 0}f}") + 4.5)

    @cached_property
    def line_wide(self) -> float:
        """The width of a column that holds the ids of lines."""
        return min(44.0, max(len(cost.id) for cost in self.plan.proposal.costs) * 0.95 + 3)

    @cached_property
    def award_wide(self) -> float:
        """The width of a column that holds the ids of awards."""
        return min(26.0, max(len(award.id) for award in self.plan.proposal.awards) * 0.95 + 3)

    def money(self, units: int) -> Decimal:
        """Whole units as dollars."""
        return Decimal(units * self.cents).scaleb(-2) if units else NOTHING

    def available(self, award: str) -> Decimal:
        """What the installments of an award bring to the plan."""
        return sum((part.amount for part in self.parts if part.award == award), NOTHING)

    def lapses(self, award: str) -> Decimal:
        """What of an award ends unspent within the plan."""
        return sum((part.lapses for part in self.parts if part.award == award), NOTHING)

    def left(self, award: str) -> Decimal:
        """What an award has that is neither spent nor charged."""
        left = self.available(award) - self.spent_before(award) - self.ledger.total(award=award)
        return left + self.overspent(award)

    def spent_before(self, award: str) -> Decimal:
        """What was spent, before the plan, of what an award has in it."""
        return sum((part.before for part in self.parts if part.award == award), NOTHING)

    def overspent(self, award: str) -> Decimal:
        """What was spent before the plan above what the award brings."""
        return sum((part.overspent for part in self.parts if part.award == award), NOTHING)

    def label(self, award: str) -> str:
        """The name of an award."""
        return self.plan.proposal.award(award).label

    def total_need(self) -> Decimal:
        """All needs together."""
        return sum((need.need for need in self.needs), NOTHING)

    def by_activity(self) -> Iterator[tuple[Activity, Decimal, Decimal]]:
        """Each activity with its need and what is paid of it."""
        needs: dict[str, Decimal] = {}
        for row in self.needs:
            needs[row.activity.id] = needs.get(row.activity.id, NOTHING) + row.need
        for activity in self.activities:
            yield activity, needs.get(activity.id, NOTHING), self.ledger.total(activity=activity.id)


def page_of(
    facts: Facts, title: str, tab: str, columns: Sequence[Column], wide: Mapping[str, float] | None = None
) -> Page:
    """An empty page as wide as its table; columns of money and of line ids are as wide as the plan needs."""
    own = {"Line": facts.line_wide} | {column.header: facts.wide for column in columns if column.style in AMOUNTS}
    own |= {column.header: max(column.width, facts.award_wide) for column in columns if column.header == "Award"}
    own |= wide or {}
    return Page(title, tab, [own.get(column.header, column.width) for column in columns])


def _until(days: Interval, installment: Installment, plan: Interval) -> dt.date | None:
    """The last day of a part of an installment, or its last day for orders within the plan; None where it has none."""
    if installment.orders_end <= min(days.stop - 1, plan.stop):
        return Interval(days.start, installment.orders_end).last
    return days.last if days.stop != NEVER else None
