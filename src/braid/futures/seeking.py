"""Grants to seek: for each program that is not held, the smallest award that does all that one could."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil

from braid.answer.plan import Plan
from braid.answer.rows import PlanFile
from braid.answer.seeking import BY_GOALS, NOT_CLOSE, Helped, Seek, Seeking
from braid.answer.summary import dollars
from braid.basics.errors import CheckFailed, Finding
from braid.basics.money import MOST_CENTS, amount_text
from braid.basics.table import Table
from braid.engine.adding import Added, Beside, planned_with, smallest
from braid.engine.afresh import only_sums
from braid.engine.allocate import quiet
from braid.engine.potential import most_met
from braid.engine.rows import compile_case
from braid.engine.solve import Deadline, InfeasibleError, OutOfTimeError
from braid.engine.standing import Standings
from braid.explain.next_dollar import met_of
from braid.explain.rooms import follows
from braid.judge.case import Case
from braid.judge.funds import CENTS
from braid.law.catalogue import Catalogue, Program
from braid.law.catalogue import catalogue as shipped
from braid.planner import plan as planned
from braid.proposal import Award, Proposal
from braid.proposal.moneys import Pledge

NOT_SOUGHT = {"settlement", "local"}
"""Kinds of programs that nobody applies for."""
NOTHING = Decimal("0.00")
FAR = 4
"""Times the whole need: no award of more would be spent."""
CLOSE = 2.0
"""Units that a priority may be off and count as met as far."""
STEPS = (0, 1, 10, 100, 1_000)
"""Units by which an award is widened where what is rounded down to whole units leaves it a little short."""


def seek(
    proposal: Proposal | Plan,
    *,
    catalogue: Catalogue | None = None,
    seconds: float = 120.0,
    progress: Callable[[str], None] | None = None,
) -> Seeking:
    """Which program that is not held would help most: what it may pay of the gap, and the smallest award that does it.

    Takes a proposal, which is planned first, or a plan. For each program of the catalogue that has rules of its own and
    is neither held nor expected, an award is added that is made on the first day of the calendar and pays costs of all
    of it, with its match found; every other award is charged no less than in the plan. It is as small as can be while
    each priority in turn is met as far, to the dollar, as an award of any size that is spent in full could: worked out
    in fractions of a dollar and rounded up, and a cap that is a part of the award may ask for a few dollars more in
    whole dollars. Each is confirmed by solving everything again with an award of that size. Where a goal is `fairness`
    or `stay-close`, or may give something up, what such an award would fund is then worked out by all goals in their
    order.
    ``seconds`` bounds the solving for each program; those that it was too short for are named.
    Raises SolverError where there was no answer in time for any.

    >>> import braid
    >>> from braid.files.shipped import shipped
    >>> braid.seek(braid.read(str(shipped("examples", "wake_county_fy2025.yaml"))))
    Every need is met: there is no gap to seek a grant for.
    """
    tell = progress or quiet
    if isinstance(proposal, Plan):
        plan, known = proposal, proposal.case.catalogue
    else:
        known = catalogue or shipped()
        plan = planned(proposal, catalogue=known, seconds=seconds, progress=progress)
    found: list[Seek] = []
    nothing: list[str] = []
    late: list[str] = []
    seeker = _Seeker(plan.case, plan.file, seconds)
    if plan.totals.gap and plan.status in {"optimal", "feasible"}:
        for program in _open(plan.case, known):
            tell(f"weighing {program.name}")
            try:
                row = seeker.sought(program)
            except OutOfTimeError:
                late.append(program.id)
                continue
            found += [row] if row is not None else []
            nothing += [program.id] if row is None else []
    if late and not found and not nothing:
        raise OutOfTimeError
    found.sort(key=lambda row: (-row.met, row.amount, row.program))
    return Seeking(plan.totals.need, plan.totals.gap, Table(found, Seek), tuple(nothing), seeker.besides, tuple(late))


def _open(case: Case, known: Catalogue) -> Iterator[Program]:
    """Programs with rules of their own that are neither held nor expected, by id."""
    held = {known.program(award.program).id for award in case.written.awards}
    for program in sorted(known.programs, key=lambda program: program.id):
        ruled = bool(program.rules or program.under or any(edition.rules for edition in program.editions))
        if program.id not in held and program.kind not in NOT_SOUGHT and ruled and not program.id.startswith("other"):
            yield program


class _Seeker:
    def __init__(self, case: Case, file: PlanFile, seconds: float) -> None:
        self.case, self.file, self.seconds = case, file, seconds
        self.unit = case.proposal.unit
        self.spent = _spent(case, file)
        self.priorities = {each.id: each.priority for each in case.proposal.activities}
        self.most = FAR * sum(need.total for need in case.needs)
        self.besides = "" if only_sums(compile_case(case)) else BY_GOALS
        if file.lacks_former:
            self.besides = NOT_CLOSE
        self.met = met_of(case, file)

    def sought(self, program: Program) -> Seek | None:
        """What a program would do; None where it would meet nothing more."""
        written = self.most
        award = self._award(program, written)
        case = self._case(award)
        payable = self._payable(case, award.id)
        if not payable:
            return None
        standings = Standings(case, self.met, Deadline(self.seconds))
        shift = follows(case, case.funds[award.id].installments[0])
        try:
            found = smallest(standings, Beside(award.id, shift, written, self.spent), self.most)
        except InfeasibleError:
            return None
        if found is None:
            return None
        amount = self._confirmed(program, found, standings)
        if self.besides == BY_GOALS:
            held = self._case(self._award(program, amount))
            found = planned_with(held, award.id, amount, self.met, Deadline(self.seconds))
        row = self._row(case, award, amount, found, self._helps(payable, found, standings))
        return row if row.met > 0 else None

    def _award(self, program: Program, units: int) -> Award:
        """A hypothetical award of a program, over the whole calendar, with all the match that it could ask for."""
        days, cents = self.case.proposal.fiscal.days, units * CENTS[self.unit]
        taken, name = {each.id for each in self.case.written.awards}, f"new-{program.id}"
        while name in taken:
            name += "-2"
        pledge = Pledge.model_validate(
            {"kind": "cash", "amount": str(min(MOST_CENTS, 100 * cents) // 100), "from": "supposed", "document": "none"}
        )
        return Award.model_validate({
            "id": name, "program": program.id, "name": program.name, "awarded": days.first.isoformat(),
            "agency": program.funder if program.kind == "federal" else None,
            "start": days.first.isoformat(), "end": days.last.isoformat(), "amount": amount_text(units, self.unit),
            "match_pledged": (pledge,),
        })  # fmt: skip

    def _case(self, award: Award) -> Case:
        awards = (*self.case.written.awards, award)
        proposal = self.case.written.model_copy(update={"awards": awards})
        return Case(proposal, self.case.catalogue, self.case.hoped, self.case.former)

    def _payable(self, case: Case, award: str) -> dict[str, Decimal]:
        """The gap that it may pay by its rules and dates, by activity."""
        index = case.proposal.fiscal.index
        cells = {(cell.line, cell.index) for cell in case.cells if cell.award == award}
        found: dict[str, Decimal] = defaultdict(Decimal)
        for gap in self.file.gaps:
            if (gap.line, index[gap.period]) in cells:
                found[gap.activity] += gap.amount
        return found

    def _confirmed(self, program: Program, found: Added, standings: Standings) -> int:
        """The award in whole units with which, when everything is solved again, the priorities are met as far.

        Raises CheckFailed where they are not.
        """
        wanted: dict[int, float] = defaultdict(float)
        for name, part in zip(standings.names[:-1], found.parts, strict=False):
            wanted[self.priorities[name]] += part
        least = ceil(found.amount - 1e-3)
        for step in STEPS:
            case = self._case(self._award(program, least + step))
            if found.choices and _as_far(most_met(case, self.seconds, found.choices), wanted):
                return least + step
            met = most_met(case, self.seconds)
            if not met:
                raise OutOfTimeError
            if _as_far(met, wanted):
                return least + step
        raise CheckFailed([Finding(program.id, "an award that was worked out does not help as far when it is planned")])

    def _helps(self, payable: dict[str, Decimal], found: Added, standings: Standings) -> tuple[Helped, ...]:
        helps: list[Helped] = []
        for name, part, met in zip(standings.names, found.parts, standings.met, strict=True):
            more = self._money(round(float(part - met)))
            if name and (more or payable.get(name)):
                helps.append(Helped(activity=name, payable=payable.get(name, NOTHING), met=more))
        return tuple(helps)

    def _row(self, case: Case, award: Award, amount: int, found: Added, helps: tuple[Helped, ...]) -> Seek:
        matching = case.matchings.get(award.id)
        day = case.proposal.fiscal.days.start
        match = ceil(matching.ratio(day) * amount) if matching is not None else 0
        lines = {gap.line for gap in self.file.gaps}
        rests = any(case.determinations[award.id, cell.line].unverified for cell in case.cells
                    if cell.award == award.id and cell.line in lines)  # fmt: skip
        row = Seek(
            program=award.program,
            name=award.label,
            amount=self._money(amount),
            met=sum((each.met for each in helps), NOTHING),
            payable=sum((each.payable for each in helps), NOTHING),
            direct=self._money(round(found.direct)),
            fringe=self._money(round(found.fringe)),
            indirect=self._money(round(found.indirect)),
            match=self._money(match),
            unverified=rests,
            helps=helps,
            sentence="",
        )
        return row.model_copy(update={"sentence": self._sentence(row)})

    def _sentence(self, row: Seek) -> str:
        """What it would do, as in: A $250,000 COSSUP award would fund 83% of the gap."""
        share = 100 * row.met / self.file.totals.gap
        part = f"{share:.0f}%" if share >= 1 else "less than 1%"
        told = f"{_article(row.amount)} {dollars(row.amount)} {row.name} award would fund {part} of the gap"
        told += f", {dollars(row.met)} of {dollars(self.file.totals.gap)}"
        others = row.met - row.direct - row.fringe
        told += f", together with {dollars(others)} of other awards" if others >= 1 else ""
        besides = [f"{dollars(row.indirect)} of it would pay indirect cost"] if row.indirect else []
        besides += [f"it would need {dollars(row.match)} of match"] if row.match else []
        told += f"; {' and '.join(besides)}." if besides else "."
        return told + (" It rests on rules nobody has confirmed." if row.unverified else "")

    def _money(self, units: int | Fraction) -> Decimal:
        return Decimal(amount_text(units, self.unit))


def _spent(case: Case, file: PlanFile) -> dict[str, Fraction]:
    """What each award is charged in a plan by its formulas, in units, before anything of it is rounded down."""
    index, spent = case.proposal.fiscal.index, defaultdict[str, Fraction](Fraction)
    for row in file.allocations:
        rates = [case.per_dollar(row.award, row.line, index[row.period], beyond=beyond) for beyond in (False, True)]
        units = Fraction(row.amount) * 100 / CENTS[case.proposal.unit]
        spent[row.award] += units * (1 + case.proposal.cost(row.line).fringe + min(rates))
    return dict(spent)


def _as_far(met: Mapping[int, int], wanted: Mapping[int, float]) -> bool:
    """Whether the first priority that is met otherwise is met further; a unit or two are lost to rounding.

    Nothing is met where there is no plan.
    """
    if not met:
        return False
    for priority in sorted(wanted):
        off = met.get(priority, 0) - wanted[priority]
        if abs(off) > CLOSE:
            return off > 0
    return True


def _article(amount: Decimal) -> str:
    """«A» or «An», as the amount is read aloud: an $8,000 award, an $11,000 one, an $800,000 one."""
    whole = f"{int(amount):,}".split(",")[0]
    return "An" if whole.startswith("8") or whole in {"11", "18"} else "A"
