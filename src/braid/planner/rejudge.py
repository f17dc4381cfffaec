"""A plan judged from its file alone: every rule anew from the proposal in it, then every number that it states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from braid.answer.rows import Allocation, PlanFile
from braid.answer.summary import dollars
from braid.basics.errors import Finding
from braid.basics.fiscal import span
from braid.basics.money import amount_text
from braid.basics.version import __version__
from braid.basics.words import listed
from braid.checks import Entry, Judged, Paid, judge
from braid.engine.possible import Possible
from braid.engine.solve import Deadline
from braid.explain.conflicts import Conflict, conflict_by_sums
from braid.judge.case import Case
from braid.judge.needs import CENTS
from braid.law.catalogue import Catalogue
from braid.law.catalogue import catalogue as shipped
from braid.law.fields import Frozen
from braid.planner.former import amounts_of
from braid.planner.plan_file import read_plan
from braid.planner.rounds import unlike_the_plan
from braid.planner.tables import Tables, codes_of, fingerprint, in_order, rule_written, sha256

Key = Callable[[Any], str]
MOST_NAMED = 6
HALF_CENT = Fraction(1, 200)
CONFLICT_SECONDS = 60.0
NO_CONFLICT = Conflict((), (), None)


@dataclass(frozen=True)
class Rejudged:
    """What came of judging a plan from its file; no finding means that every rule is kept and every number right."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    """What a reader should know besides, such as that the catalogue is another one."""
    plan: PlanFile
    case: Case


def rejudge(text: str, name: str, *, catalogue: Catalogue | None = None) -> Rejudged:
    """Judge the text of a plan.json; ``name`` stands for the file in faults.

    The proposal in the plan is read again and every rule worked out anew by ``catalogue`` (the one that is installed by
    default); then totals, awards, gaps, limits and fingerprint are held against what the allocations come to. Raises
    InputError with every fault where the text is no plan that can be judged.
    """
    known = catalogue or shipped()
    read = read_plan(text, name, known)
    file = read.file
    hoped = None if file.with_expected else frozenset[tuple[str, str]]()
    case = Case(read.proposal, known, hoped, amounts_of(file.former, read.proposal))
    paid = _paid(file, case)
    judged = judge(case, paid)
    tables = Tables(case, paid, judged, file.expected)
    nothing = file.status in {"conflict", "fractions"}
    findings = (
        *(_no_plan(file, case) if nothing else judged.findings),
        *_placed(file, case),
        *_bases(file, case, judged),
        *_stated(file, tables),
        *_booked(file, case),
        *_next_dollar(file, case),
        *_former(file, case, paid),
        *unlike_the_plan(file),
        *_sealed(file),
    )
    return Rejudged(tuple(dict.fromkeys(findings)), tuple(_notes(file, case)), file, case)


def _no_plan(file: PlanFile, case: Case) -> Iterator[Finding]:
    """A plan that cannot be pays nothing, and what it says cannot hold together cannot."""
    if file.allocations or file.fringe or file.indirect:
        yield Finding("status", f"the file says {file.status}, and pays all the same")
    if _same_law(file, case) and file.status == "conflict":
        ours = {row.sentence for row in (conflict_by_sums(case, CONFLICT_SECONDS) or NO_CONFLICT).shortfalls}
        for row in file.shortfalls:
            if row.sentence not in ours:
                yield Finding(f"shortfalls[{row.set}]", "is not what the sums of this proposal show")
    known = {limit.id for limit in case.limits}
    possible = Possible(case, Deadline(CONFLICT_SECONDS))
    for number in sorted({clash.set for clash in file.conflict or ()}):
        rows = [clash.row for clash in file.conflict or () if clash.set == number]
        if strangers := [row for row in rows if row not in known]:
            yield Finding(f"conflict[{number}]", f"there is no limit {strangers[0]} in this proposal")
        elif possible.together(rows):
            yield Finding(f"conflict[{number}]", "these can hold together")


def _same_law(file: PlanFile, case: Case) -> bool:
    """Whether the file was made by this braid with this catalogue, so that its sentences must be ours too."""
    made = file.provenance
    return made.catalogue == case.catalogue.sha256 and made.braid_version == __version__


# -------------------------------------------------------------- what is paid


def _paid(file: PlanFile, case: Case) -> Paid:
    """What the file says is paid, in the form that the exact judge takes."""
    index, per_unit = case.proposal.fiscal.index, CENTS[case.proposal.unit]

    def units(amount: Decimal) -> int:
        return int(amount.scaleb(2)) // per_unit

    entries = tuple(
        Entry(row.award, row.line, index[row.period], span(row.from_, row.until), units(row.amount), row.installment)
        for row in in_order(file.allocations)
    )
    fringe = {(row.award, row.line, index[row.period]): units(row.amount) for row in file.fringe}
    indirect: dict[tuple[str, int], int] = defaultdict(int)
    by_installment: dict[tuple[str, str], int] = defaultdict(int)
    for row in file.indirect:
        indirect[row.award, index[row.period]] += units(row.amount)
        by_installment[row.award, row.installment] += units(row.amount)
    return Paid(entries, fringe, dict(indirect), dict(by_installment))


def _placed(file: PlanFile, case: Case) -> Iterator[Finding]:
    """Indirect of a period is not charged to an installment that pays no costs of that period."""
    begins = {(name, str(p.number)): p.days for name, funds in case.funds.items() for p in funds.installments}
    for row in file.indirect:
        days = begins[row.award, row.installment]
        if not case.proposal.periods[case.proposal.fiscal.index[row.period]].days.meet(days).days:
            sentence = f"is charged to installment {row.installment}, which pays only for costs of {days}"
            yield Finding(f"indirect[{row.award},{row.period}]", sentence)


def _bases(file: PlanFile, case: Case, judged: Judged) -> Iterator[Finding]:
    """The bases of indirect that the file states add up to the exact base, each of them rounded to the cent."""
    stated: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for row in file.indirect:
        stated[row.award, row.period].append(row.base)
    for (award, period), bases in stated.items():
        exact = judged.ledger.base(award, case.proposal.fiscal.index[period]) * CENTS[case.proposal.unit] / 100
        off = Fraction(sum(bases)) - exact
        several = len(case.funds[award].installments) > 1  # a part that draws no whole unit has no row
        if off > len(bases) * HALF_CENT or (off < -len(bases) * HALF_CENT and not several):
            comes = dollars(Decimal(amount_text(exact * 100, "cent")))
            yield Finding(
                f"indirect[{award},{period}]",
                f"the file says a base of {dollars(sum(bases, Decimal(0)))}; it is {comes}",
            )


# --------------------------------------------------- what the file states besides


def _stated(file: PlanFile, tables: Tables) -> Iterator[Finding]:
    """Every number that follows from the allocations is what they come to."""
    same = _same_law(file, tables.case)
    yield from _fields("totals", file.totals, tables.totals, words=True)
    yield from _table("", file.allocations, tables.allocations, _allocation, words=True)
    yield from _table("awards", file.awards, tables.awards, lambda row: row.award, words=same)
    yield from _table("match", file.match, tables.match, _served, words=same)
    yield from _table("matched", file.matched, tables.matched, lambda row: row.award, words=same)
    yield from _table("revenue", file.revenue, tables.revenue, lambda r: f"{r.line},{r.period}", words=same)
    if file.cash or same:
        yield from _table("cash", file.cash, tables.cash, lambda r: f"{r.award},{r.quarter}", words=same)
    if file.unrecovered or same:
        ours = tables.unrecovered
        yield from _table("unrecovered", file.unrecovered, ours, lambda r: f"{r.award},{r.period}", words=same)
    yield from _table("gaps", file.gaps, tables.gaps, _unpaid, words=same)
    yield from _table("limits", file.limits, tables.limits, lambda row: row.row, words=same)
    if not same:
        return
    if file.attention != tables.attention:
        yield Finding("attention", f"the file has {_but(file.attention, tables.attention)}")
    rules = tuple(rule_written(rule) for rule in tables.rules)
    known = {rule["id"]: rule for rule in rules}
    wrong = [str(rule.get("id")) for rule in file.rules if known.get(str(rule.get("id"))) != rule]
    for name in wrong:
        yield Finding(
            f"rules[{name}]", "is not the rule that spoke, though the file names the catalogue installed here"
        )
    if not wrong and file.rules != rules:
        yield Finding("rules", f"the file has {_but(file.rules, rules)}")
    if file.provenance.rules_unverified != tables.unverified:
        yield Finding("provenance.rules_unverified", "does not list the rules that nobody has confirmed")


def _booked(file: PlanFile, case: Case) -> Iterator[Finding]:
    """Fringe bears the codes of its pay, indirect its award's, match those of what serves, a gap its line's.

    Plans once gave none of them any.
    """
    proposal = case.proposal
    booked = [(f"fringe[{r.award},{r.line},{r.period}]", r.codes, r.award, proposal.cost(r.line)) for r in file.fringe]
    booked += [(f"indirect[{r.award},{r.period}]", r.codes, r.award, None) for r in file.indirect]
    booked += [(f"match[{_served(r)}]", r.codes, r.paid_by, proposal.cost(r.line)) for r in file.match]
    booked += [(f"gaps[{_unpaid(r)}]", r.codes, "", proposal.cost(r.line)) for r in file.gaps]
    for told, said, award, cost in booked:
        codes = proposal.award(award).codes if cost is None else codes_of(proposal, award, cost)
        if said and said != codes:
            ours, theirs = (", ".join(f"{key} «{code}»" for key, code in each.items()) for each in (codes, said))
            yield Finding(told, f"is booked under {theirs}; the proposal gives {ours or 'no codes'}")


def _next_dollar(file: PlanFile, case: Case) -> Iterator[Finding]:
    """What one more dollar buys is known only by planning again; here, that it speaks of this plan and adds up."""
    limits, activities = {limit.id for limit in case.limits}, {each.id for each in case.proposal.activities}
    for row in file.next_dollar:
        if row.row not in limits:
            yield Finding(f"next_dollar[{row.what}]", f"there is no limit {row.row} in this proposal")
        for bought in (*row.buys, *row.then):
            if bought.activity not in activities:
                yield Finding(f"next_dollar[{row.what}]", f"there is no activity {bought.activity} in this proposal")
        off = sum((bought.amount for bought in row.buys), Decimal(0)) - row.one_more_dollar
        if abs(off) > Decimal("0.01") * (len(row.buys) + 1) / 2:  # each amount is rounded to the cent
            yield Finding(f"next_dollar[{row.what}]", f"what it buys is {dollars(off)} more than it says in all")


def _former(file: PlanFile, case: Case, paid: Paid) -> Iterator[Finding]:
    """What is paid otherwise than in the former plan that the file carries is what the goal says of it."""
    if file.former and file.provenance.former is None:
        yield Finding("former", "stands in the file, which says of no former plan that it stays close to it")
    if not file.former:
        return
    apart: dict[tuple[str, str, int], int] = defaultdict(int, case.former)
    for entry in paid.entries:
        apart[entry.award, entry.line, entry.index] -= entry.amount
    differ = Decimal(amount_text(sum(map(abs, apart.values())), case.proposal.unit))
    for row in file.goals:
        if row.goal == "stay-close" and row.value != differ:
            yield Finding(
                "goals[stay-close]", f"the file says {dollars(row.value)}; the amounts give {dollars(differ)}"
            )


def _allocation(row: Any) -> str:
    return f"{row.award} on {row.line} in {row.period}, {row.from_} to {row.until}, installment {row.installment}"


def _served(row: Any) -> str:
    return f"{row.award},{row.paid_by},{row.line},{row.period}"


def _unpaid(row: Any) -> str:
    return f"{row.line},{row.period},{row.reason}"


def _but(theirs: tuple[Any, ...], ours: tuple[Any, ...]) -> str:
    if len(theirs) == len(ours):
        return "other words or another order than what follows from the allocations"
    return f"{len(theirs):,} entries where {len(ours):,} follow from the allocations"


def _table(table: str, theirs: Iterable[Frozen], ours: Iterable[Frozen], key: Key, words: bool) -> Iterator[Finding]:
    """Each row of the file's table beside the row that follows from the allocations."""
    mine = {key(row): row for row in ours}
    seen: set[str] = set()
    for row in theirs:
        name = key(row)
        told = f"{table}[{name}]" if table else name
        if name in seen:
            yield Finding(told, "this row is given twice in the file")
        elif name not in mine:
            yield Finding(told, "stands in the file, but does not follow from the allocations")
        else:
            yield from _fields(told, row, mine[name], words)
        seen.add(name)
    for name in mine:
        if name not in seen:
            yield Finding(f"{table}[{name}]" if table else name, "follows from the allocations, but is not in the file")


def _fields(told: str, theirs: Frozen, ours: Frozen, words: bool) -> Iterator[Finding]:
    """The values of a row that are not what the allocations give; its words only where they must be the same."""
    wrong: list[tuple[str, str, str]] = []
    for name in type(ours).model_fields:
        if name == "codes" and not isinstance(ours, Allocation):
            continue  # plans once had none there: see _booked
        said, is_so = cast(object, getattr(theirs, name)), cast(object, getattr(ours, name))
        if said != is_so and (words or isinstance(is_so, bool | Decimal)):
            wrong.append((name.replace("_", " "), _told(said), _told(is_so)))
    if wrong:
        says, gives = listed(f"{name} {said}" for name, said, _ in wrong), listed(is_so for _, _, is_so in wrong)
        yield Finding(told, f"the file says {says}; the allocations give {gives}")


def _told(value: object) -> str:
    if isinstance(value, Decimal):
        return dollars(value)
    if isinstance(value, tuple):
        return ", ".join(f"«{each}»" for each in cast(tuple[object, ...], value)) or "nothing"
    return str(value).lower() if isinstance(value, bool) else f"«{value}»"


def _sealed(file: PlanFile) -> Iterator[Finding]:
    """The fingerprints that the file states are those of what it holds."""
    if file.provenance.proposal != sha256(file.proposal):
        yield Finding("provenance.proposal", "is not the fingerprint of the proposal in the file; one was changed")
    if file.fingerprint != fingerprint(file.proposal, file.provenance.catalogue, in_order(file.allocations)):
        sentence = (
            "does not fit the proposal, catalogue and amounts in the file; something was changed after it was made"
        )
        yield Finding("fingerprint", sentence)


# ------------------------------------------------------------------- notes


def _notes(file: PlanFile, case: Case) -> Iterator[str]:
    made = file.provenance
    if made.catalogue != case.catalogue.sha256:
        yield f"the plan was made with another catalogue; it is judged by the one installed here: {_moved(file, case)}"
    if made.braid_version != __version__:
        yield f"the plan was made by braid {made.braid_version}, and this is {__version__}; sentences are not compared"
    if file.status not in {"optimal", "feasible"}:
        yield f"the file says that there is no plan; its status is {file.status}"


def _moved(file: PlanFile, case: Case) -> str:
    """Which rules of the file are others in the catalogue that judges it, or are not in it."""
    ours: dict[str, list[dict[str, Any]]] = defaultdict(list)
    own = (rule for terms in case.terms.values() for rule in terms.rules if rule.own_term)
    for rule in (*case.catalogue.rules(), *own):
        ours[rule.name].append(rule_written(rule))
    names = {str(rule.get("id")): rule for rule in file.rules}
    missing = [name for name in names if name not in ours]
    differ = [name for name, rule in names.items() if name in ours and rule not in ours[name]]
    told = [f"{what} {len(some):,} ({_some(some)})" for what, some in (("changes", differ), ("lacks", missing)) if some]
    return (
        f"of the plan's {len(names):,} rules it {' and '.join(told)}"
        if told
        else "it has every rule of the plan as it was"
    )


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
