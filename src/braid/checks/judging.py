"""Every rule held against what a plan pays: limits, determinations, on-costs, installments. Returns findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from braid.basics.errors import Finding
from braid.basics.money import show
from braid.checks.ledger import Entry, Ledger
from braid.checks.measures import measure
from braid.judge.case import Case
from braid.judge.limit import Limit


@dataclass(frozen=True)
class Paid:
    """What a plan says that it pays: direct entries, fringe by (award, line, period), indirect by (award, period)."""

    entries: tuple[Entry, ...]
    fringe: dict[tuple[str, str, int], int]
    indirect: dict[tuple[str, int], int]
    by_installment: dict[tuple[str, str], int]
    """Indirect by (award, installment)."""


@dataclass(frozen=True)
class Judged:
    """What the judge found: broken rules, and for every limit what it came to and what bound it."""

    findings: tuple[Finding, ...]
    measured: tuple[tuple[Limit, Fraction, Fraction], ...]
    ledger: Ledger


def judge(case: Case, paid: Paid) -> Judged:
    """Hold what is paid against every rule of the case. No finding means that every rule is kept exactly."""
    findings = list(_entries(case, paid.entries))
    sound = [entry for entry in paid.entries if (entry.award, entry.line) in case.determinations]
    ledger = Ledger(case, sound)
    measured = tuple((limit, *measure(ledger, limit)) for limit in case.limits)
    findings.extend(_over(case, measured, slack_before(case)))
    findings.extend(_fringe(case, paid))
    findings.extend(_indirect(case, paid, ledger))
    findings.extend(_money(case, paid))
    findings.extend(_unheard(case, measured))
    return Judged(tuple(findings), measured, ledger)


def _entries(case: Case, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Each entry: whole, above zero, on an award and line that exist, on days on which it may be paid."""
    for entry in entries:
        name = f"{entry.award} on {entry.line} in {case.proposal.periods[entry.index]}"
        found = case.determinations.get((entry.award, entry.line))
        if found is None:
            yield Finding(name, "there is no such award or line in the proposal")
            continue
        if entry.amount <= 0:
            yield Finding(name, f"{show(entry.amount, case.proposal.unit)} is paid; an amount above zero is expected")
        need = case.need.get((entry.line, entry.index))
        if need is None:
            yield Finding(name, "the line needs nothing in this period")
            continue
        if wrong := _placed(case, entry):
            yield Finding(name, wrong)
        if not any(entry.days.within(piece.meet(need.days)) for piece in found.payable) or not entry.days.days:
            yield Finding(name, f"may not be paid for costs of {entry.days}: {found.reason}", cite=found.cite)


def _placed(case: Case, entry: Entry) -> str:
    """Why an entry cannot be charged to the installment that it names; empty where it can."""
    parts = {str(part.number): part for part in case.funds[entry.award].installments}
    part = parts.get(entry.installment)
    if part is None:
        return f"{entry.award} has no installment {entry.installment}"
    usable = case.usable(part, entry.line)
    if not entry.days.within(usable):
        return f"installment {entry.installment} pays costs of {usable}, not of {entry.days}"
    return ""


def slack_before(case: Case, limits: Iterable[Limit] | None = None) -> dict[str, Fraction]:
    """The room of each limit where nothing is charged but what is spent already; nothing where nothing is.

    ``limits``: the limits of the case, unless others are to be measured.
    """
    if not case.past:
        return {}
    ledger = Ledger(case, ())
    measured = ((limit, *measure(ledger, limit)) for limit in (case.limits if limits is None else limits))
    return {limit.id: actual - bound if limit.at_least else bound - actual for limit, actual, bound in measured}


def _over(
    case: Case, measured: Iterable[tuple[Limit, Fraction, Fraction]], before: dict[str, Fraction]
) -> Iterator[Finding]:
    """Limits that are broken; where money spent already breaks one of law, charges may not make it worse."""
    unit = case.proposal.unit
    for limit, actual, bound in measured:
        over = bound - actual if limit.at_least else actual - bound
        if not limit.required:
            over += min(Fraction(0), before.get(limit.id, Fraction(0)))
        if over > 0:
            cite = tuple(str(cite) for cite in limit.rule.cite) if limit.rule else ()
            less = "short by" if limit.at_least else "over by"
            yield Finding(
                limit.id,
                f"{limit.sentence} It comes to {show(actual, unit)}, {less} {show(over, unit)}.",
                show(over, unit),
                cite,
            )


def _fringe(case: Case, paid: Paid) -> Iterator[Finding]:
    """Fringe is its formula rounded down; where a line's pay is met, its fringe is met, odd units included (C8)."""
    unit = case.proposal.unit
    pay: dict[tuple[str, str, int], int] = defaultdict(int)
    for entry in paid.entries:
        pay[entry.award, entry.line, entry.index] += entry.amount
    rates = {cost.id: cost.fringe for cost in case.proposal.costs}
    by_line: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for key in sorted({*pay, *paid.fringe}):
        award, line, index = key
        formula = int(rates.get(line, Fraction(0)) * pay[key])
        charged = paid.fringe.get(key, 0)
        by_line[line, index].append((formula, charged))
        if charged < formula:
            name = f"fringe[{award},{line},{case.proposal.periods[index]}]"
            yield Finding(name, f"{show(charged, unit)} is charged where the formula gives {show(formula, unit)}")
    for (line, index), pairs in by_line.items():
        need = case.need.get((line, index))
        formula, charged = sum(f for f, _ in pairs), sum(c for _, c in pairs)
        met = need is not None and sum(pay[a, line, index] for a in case.terms) == need.direct
        most = need.fringe if met and need is not None else formula
        if charged > most:
            name = f"fringe[{line},{case.proposal.periods[index]}]"
            yield Finding(name, f"{show(charged, unit)} is charged where at most {show(most, unit)} may be")


def _indirect(case: Case, paid: Paid, ledger: Ledger) -> Iterator[Finding]:
    """Indirect is rate times base per award and period, rounded down (C1)."""
    unit = case.proposal.unit
    keys = {(entry.award, entry.index) for entry in ledger.entries} | set(paid.indirect)
    for award, index in sorted(keys):
        due = int(case.indirect[award, index].rate * ledger.base(award, index))
        charged = paid.indirect.get((award, index), 0)
        if charged != due:
            period = case.proposal.periods[index]
            told = f"{show(charged, unit)} is charged where the formula gives {show(due, unit)}"
            yield Finding(f"indirect[{award},{period}]", told)


def _money(case: Case, paid: Paid) -> Iterator[Finding]:
    """What is charged, rounded as it is, against what each award has by then, its reserve, and each installment."""
    charged: dict[tuple[str, int], int] = defaultdict(int)
    for entry in paid.entries:
        charged[entry.award, entry.index] += entry.amount
    for (award, _, index), amount in paid.fringe.items():
        charged[award, index] += amount
    for (award, index), amount in paid.indirect.items():
        charged[award, index] += amount
    for award, funds in case.funds.items():
        running = 0
        for index, period in enumerate(case.proposal.periods):
            running += charged[award, index]
            room = max(0, funds.through(period) - case.spent(award, through=index))
            if running > room:
                over = show(running - room, case.proposal.unit)
                told = f"{award} is charged {over} more than it has by the end of {period}"
                yield Finding(f"award[{award}]", told, over)
    yield from _reserves(case, charged)
    yield from _installments(case, paid)


def _reserves(case: Case, charged: dict[tuple[str, int], int]) -> Iterator[Finding]:
    """What is charged in whole units leaves each reserve as it is (C17)."""
    for limit in case.limits:
        if limit.kind == "reserve":
            used = sum(amount for (who, at), amount in charged.items() if who == limit.award and limit.in_time(at))
            room = max(0, limit.bound - case.spent(limit.award, through=limit.index))
            if used > room:
                over = show(used - room, case.proposal.unit)
                yield Finding(limit.id, f"{limit.sentence} It is charged {over} too much.", over)


def _installments(case: Case, paid: Paid) -> Iterator[Finding]:
    """Direct and indirect charged to an installment are within it."""
    direct: dict[tuple[str, str], int] = defaultdict(int)
    for entry in paid.entries:
        direct[entry.award, entry.installment] += entry.amount
    for award, funds in case.funds.items():
        for part in funds.installments:
            used = direct[award, str(part.number)] + paid.by_installment.get((award, str(part.number)), 0)
            room = max(0, part.amount - case.spent(award, frozenset({part.number})))
            if used > room:
                over = show(used - room, case.proposal.unit)
                told = f"installment {part.number} is charged {over} too much"
                yield Finding(f"installment[{award},{part.number}]", told, over)


def _unheard(case: Case, measured: Iterable[tuple[Limit, Fraction, Fraction]]) -> Iterator[Finding]:
    """Every cap and floor of the input must be among the limits judged: a rule not asked is not a rule that holds."""
    heard = {(limit.rule.name, award) for limit, _, _ in measured if limit.rule for award in limit.awards or ()}
    for award, terms in case.terms.items():
        for rule in terms.rules:
            if rule.kind in {"cap", "floor"} and (rule.name, award) not in heard:
                yield Finding(rule.name, f"this rule of {award} was not judged")
    rows = {limit.id for limit, _, _ in measured}
    for row in _asked(case):
        if row not in rows:
            yield Finding(row, "this requirement was not judged")


def _asked(case: Case) -> Iterator[str]:
    """The rows that the proposal's own words call for."""
    proposal = case.proposal
    yield from (f"require[{each.id}]" for each in proposal.require)
    yield from (f"match[{award}]" for award in case.matchings)
    for each in proposal.committed:
        yield f"committed[{each.award},{each.line},{each.period}]"
        yield from (f"exactly[{each.award},{each.line},{each.period}]" for _ in range(each.exactly))
    for need in case.needs:
        name, activity, line = f"{need.cost.id},{need.period}", need.cost.activity, need.cost.line
        if activity.must_fund or activity.minimum is not None:
            yield f"{'must' if activity.must_fund else 'minimum'}[{activity.id}]"
        if line.whole_units:
            yield f"units[{name}]"
        yield from (f"share[{name},{award}]" for award in line.shares or {})
