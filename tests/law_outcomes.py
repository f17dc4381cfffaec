"""What braid says of one worked case of the law, held against what the case expects. No solver is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from braid.basics.errors import InputError, nearest
from braid.basics.money import parse_money, parse_percent, round_half_up, show, show_percent
from braid.checks import Entry, Judged, Paid, judge
from braid.judge.case import Case
from braid.judge.determinations import AwardTerms, Determination
from braid.judge.funds import CENTS
from braid.judge.limit import Limit
from braid.law.catalogue import catalogue
from braid.law.rules import Rule
from braid.proposal import Cost
from law_cases import LawCase, UnfitCaseError, by_key
from law_payments import Payer, joined

BY_DETERMINATION = {"allow", "forbid", "approval", "portion", "transfer", "use_within"}
"""Kinds that act, wholly or in part, by what is payable at all."""
BLOCKING = {"forbid", "approval", "portion", "transfer", "use_within"}
ZERO = Fraction(0)
Measured = tuple[Limit, Fraction, Fraction]


class Outcome:
    """What follows from a case: its rules in force, the determination of its line, and the limits it comes to."""

    def __init__(self, case: LawCase, without: str = "") -> None:
        self.law, self.without = case, without
        named = [rule for rule in catalogue().rules() if rule.name in case.rules]
        names = {rule.name for rule in named}
        for name in case.rules:
            if name not in names:
                known = sorted({rule.name for rule in catalogue().rules()})
                raise UnfitCaseError(f"«{name}» is no rule of the catalogue{nearest(name, known)}")

    @cached_property
    def case(self) -> Case:
        found = Case(self.law.proposal(), catalogue())
        if self.without:
            vars(found)["terms"] = {name: _less(terms, self.without) for name, terms in found.terms.items()}
        return found

    @cached_property
    def kinds(self) -> set[str]:
        """The kinds of the rules that the case is to prove: as they stand for its award, if they do."""
        every = Case(self.case.proposal, self.case.catalogue).terms if self.without else self.case.terms
        mine = {rule.kind for rule in every[self.law.award].rules if rule.name in self.law.rules}
        return mine or {rule.kind for rule in catalogue().rules() if rule.name in self.law.rules}

    # ------------------------------------------------------------- the rule and the line

    @cached_property
    def cost(self) -> Cost:
        """The first line: the one of which `is` and `speaks` tell."""
        return self.case.proposal.cost(next(iter(self.law.lines.values())))

    @cached_property
    def determination(self) -> Determination:
        return self.case.determinations[self.law.award, self.cost.id]

    @cached_property
    def payable(self) -> bool:
        """Whether the award can pay the line on any day that the case looks at."""
        return any((cell.award, cell.line) == (self.law.award, self.cost.id) for cell in self.case.cells)

    def in_force(self, name: str) -> Rule | None:
        """The rule of this name among those that bind the award; where several awards stand under it, the first's."""
        return next((rule for rule in self.case.terms[self.law.award].rules if rule.name == name), None)

    def speaks(self, name: str) -> bool:
        """Whether a rule is in force for the award and speaks about the line on the days that the case looks at."""
        rule = self.in_force(name)
        if rule is None:
            return False
        if rule.kind == "indirect":
            return self._decides(rule)
        days = self.cost.days.meet(rule.costs.days).meet(self.case.funds[self.law.award].days)
        return days.meet(self.case.proposal.fiscal.days).days > 0 and self._selects(rule)

    def _selects(self, rule: Rule) -> bool:
        return rule.selects(self.case.terms[self.law.award].traits(self.cost))

    def _decides(self, rule: Rule) -> bool:
        """Whether an indirect rule decides the rate, the base, or what counts in the base, in any period."""
        told, proposal = rule.indirect, self.case.proposal
        if told is None:
            return False
        for index, period in enumerate(proposal.periods):
            found, own = self.case.indirect[self.law.award, index], proposal.rate(period.year)
            if own is None or told.kind not in {None, own.kind} or not period.days.meet(rule.costs.days).days:
                continue
            if told.rate == found.rate if told.rate is not None else found.base == (told.base or "mtdc"):
                return True
        return False

    # ------------------------------------------------------------------ what is paid

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What the case pays, charged to installments in their order."""
        given = self.law.given
        paying = {self.law.award: given.get("pays", {})} | given.get("others_pay", {})
        return tuple(
            entry for award, lines in paying.items() for entry in Payer(self.law, self.case, award).entries(lines)
        )

    @cached_property
    def judged(self) -> Judged:
        return judge(self.case, Paid(self.entries, {}, {}, {}))

    def limits(self, names: tuple[str, ...]) -> list[Measured]:
        """Every limit that comes from one of these rules, with what it came to and what bounds it."""
        return [found for found in self.judged.measured if self._comes_from(found[0], names)]

    def _comes_from(self, limit: Limit, names: tuple[str, ...]) -> bool:
        if limit.kind == "match":  # what several awards need together comes from the rules of them all
            rules = (rule for award in limit.awards or () for rule in self.case.terms[award].of_kind("match"))
            return any(rule.name in names for rule in rules)
        return limit.rule is not None and limit.rule.name in names

    def broken(self, name: str) -> list[str]:
        """In sentences, what of the payments one rule does not let pass."""
        over = [_told(*found, self.case.proposal.unit) for found in self.limits((name,)) if _over(*found) > 0]
        return over + self._unpaid(name)

    def _unpaid(self, name: str) -> list[str]:
        if not self.kinds & BY_DETERMINATION:
            return []
        return [
            f"{entry.award} may not pay {entry.line} for {entry.days}{self._until(entry)}: {self.of(entry).reason}"
            for entry in self.entries
            if not self.placed(entry) and self._stands_under(entry.award, name)
        ]

    def _until(self, entry: Entry) -> str:
        """On which days the installments of an award pay its line."""
        parts = self.case.funds[entry.award].installments
        return f" (its money pays {' and '.join(str(self.case.usable(part, entry.line)) for part in parts)})"

    def _stands_under(self, award: str, name: str) -> bool:
        return any(rule.name == name for rule in self.case.terms[award].rules)

    def of(self, entry: Entry) -> Determination:
        return self.case.determinations[entry.award, entry.line]

    def placed(self, entry: Entry) -> bool:
        """Whether an entry lies within what is payable."""
        key = (entry.award, entry.line, entry.index)
        cells = [cell.days for cell in self.case.cells if (cell.award, cell.line, cell.index) == key]
        return any(entry.days.meet(days) == entry.days for days in joined(cells))

    # -------------------------------------------------------------------- for the count

    def bears(self, name: str) -> bool:
        """Whether the case shows a rule at work: it speaks, decides, or a limit of it is reached or broken."""
        rule = self.in_force(name)
        if rule is None and not self.limits((name,)):
            return False
        paid = bool(self.entries)
        if rule is not None and rule.kind == "use_within":
            return bool(self.broken(name)) if paid else not self.payable
        limits = self.limits((name,))
        if paid and limits:
            return bool(self.broken(name)) or any(_over(*found) == 0 and found[1] > 0 for found in limits)
        return self.speaks(name)


def _less(terms: AwardTerms, name: str) -> AwardTerms:
    """The terms of an award as they would be if a rule did not exist."""
    gone = [rule.indirect for rule in terms.rules if rule.name == name and rule.indirect is not None]
    return replace(
        terms,
        rules=tuple(rule for rule in terms.rules if rule.name != name),
        subawards_first=None if any(told.subawards_first for told in gone) else terms.subawards_first,
        equipment_from=None if any(told.equipment_from for told in gone) else terms.equipment_from,
    )


def _over(limit: Limit, actual: Fraction, bound: Fraction) -> Fraction:
    return bound - actual if limit.at_least else actual - bound


def _told(limit: Limit, actual: Fraction, bound: Fraction, unit: str) -> str:
    word = "at least" if limit.at_least else "at most"
    return f"{limit.id} comes to {show(actual, unit)}, and {word} {show(bound, unit)} is right. {limit.sentence}"


# ------------------------------------------------------------------ what is expected


def wrongs(case: LawCase, without: str = "") -> list[str]:
    """Every expectation of a case that is not met, in words; ``without`` a rule, as if it did not exist.

    Raises UnfitCaseError where the case cannot be judged.
    """
    if not case.expected.keys() - {"by", "row"}:
        raise UnfitCaseError("the case expects nothing")
    outcome = Outcome(case, without)
    try:
        _ = outcome.case
    except InputError as error:
        told = [fault.sentence for fault in error.faults]
        words = case.expected.get("refused")
        if words is None:
            return ["the case is refused:", *(str(fault) for fault in error.faults)]
        return [] if any(words in sentence for sentence in told) else [f"«{words}» is not among: {'; '.join(told)}"]
    if "refused" in case.expected:
        return [f"it should be refused with «{case.expected['refused']}», and it is read without a fault"]
    return [told for key, wanted in case.expected.items() if key in ASKED for told in ASKED[key](outcome, wanted)]


def _is(outcome: Outcome, wanted: str) -> list[str]:
    found = outcome.determination
    said = found.status if found.status != "allowable" or outcome.payable else "payable on no day of the case"
    if said != wanted:
        return [f"it should be {wanted}, and it is {said}: {found}", *_spoke(found)]
    names = {rule.name for rule in found.rules}
    if "by" in outcome.law.expected:
        by = outcome.law.expected["by"]
        right = not found.rules if by == "none" else names & ({by} if isinstance(by, str) else set(by))
        return [] if right else [f"it is {said}, but not by {by}", *_spoke(found)]
    if names & set(outcome.law.rules) or not _must_decide(outcome, said):
        return []
    return [f"it is {said}, but by no rule of this group: {found.reason}", *_spoke(found)]


def _must_decide(outcome: Outcome, said: str) -> bool:
    """Whether the verdict is to come from a rule of the group, so that the case proves that rule."""
    kinds = outcome.kinds
    if said == "allowable":
        return kinds == {"allow"} and "speaks" not in outcome.law.expected
    by_list = "allow" in kinds and not outcome.determination.rules
    return bool(kinds & (BLOCKING | {"allow"})) and not by_list and outcome.law.expected.get("speaks") != "false"


def _spoke(found: Determination) -> list[str]:
    return [f"  what spoke: {', '.join(rule.name for rule in found.rules) or 'no rule'}"]


def _flag(wanted: str) -> bool:
    if wanted not in {"true", "false"}:
        raise UnfitCaseError(f"«{wanted}» is neither true nor false")
    return wanted == "true"


def _speaks(outcome: Outcome, wanted: str) -> list[str]:
    found = {name: outcome.speaks(name) for name in outcome.law.rules}
    right = all(found.values()) if _flag(wanted) else not any(found.values())
    if right:
        return []
    why = {True: "speaks", False: "does not speak"}
    force = [f"{name} {why[said]}{'' if outcome.in_force(name) else ' (not in force)'}" for name, said in found.items()]
    return [f"speaks should be {wanted}: {'; '.join(force)}"]


def _payable(outcome: Outcome, wanted: str) -> list[str]:
    if outcome.payable == _flag(wanted):
        return []
    return [f"payable should be {wanted}: {outcome.determination}"]


def _kept(outcome: Outcome, wanted: str) -> list[str]:
    if not outcome.entries:
        raise UnfitCaseError("`kept` needs `pays`")
    broken = [told for name in outcome.law.rules for told in outcome.broken(name)]
    if _flag(wanted):
        return broken or _for_nothing(outcome)
    measured = [_told(*found, outcome.case.proposal.unit) for found in outcome.limits(outcome.law.rules)]
    return [] if broken else ["it should be broken, and it is kept:", *(measured or ["no limit comes from the rule"])]


def _for_nothing(outcome: Outcome) -> list[str]:
    """Where no limit looked, what is paid must at least be payable: else the rule is kept for nothing."""
    if outcome.limits(outcome.law.rules):
        return []
    mine = [entry for entry in outcome.entries if entry.award == outcome.law.award and not outcome.placed(entry)]
    return [
        f"no limit of the rule looked at {entry.line}, which is not payable for {entry.days}: {outcome.of(entry)}"
        for entry in mine
    ]


def _one_limit(outcome: Outcome) -> Measured:
    found = [each for each in outcome.limits(outcome.law.rules) if each[0].rule is not None]
    if row := outcome.law.expected.get("row"):
        found = [each for each in outcome.judged.measured if each[0].id == row]
    if len(found) != 1:
        rows = ", ".join(each[0].id for each in outcome.limits(outcome.law.rules)) or "none"
        raise UnfitCaseError(f"say which `row:` is meant; the rule has {rows}")
    return found[0]


def _amount(which: int) -> Any:
    def compared(outcome: Outcome, wanted: str) -> list[str]:
        if wanted in {"true", "false"}:
            return _kept(outcome, wanted)
        found, unit = _one_limit(outcome), outcome.case.proposal.unit
        right = round_half_up(found[which] * CENTS[unit]) == parse_money(wanted)
        return [] if right else [f"it should be {wanted}: {_told(*found, unit)}"]

    return compared


def _by_period(outcome: Outcome, wanted: Any) -> Iterator[tuple[int, str]]:
    """What is wanted by number of the period; one value stands for every period."""
    names = outcome.case.proposal.fiscal.index
    for when, value in by_key(wanted).items():
        yield from ((index, value) for name, index in names.items() if when in {"", name})


def _rate(outcome: Outcome, wanted: Any) -> list[str]:
    found = {index: outcome.case.indirect[outcome.law.award, index] for index, _ in _by_period(outcome, wanted)}
    return [
        f"the rate should be {value}, and it is {show_percent(found[index].rate)}: {found[index].decided_by}"
        for index, value in _by_period(outcome, wanted)
        if found[index].rate != parse_percent(value)
    ]


def _base(outcome: Outcome, wanted: Any) -> list[str]:
    found = {index: outcome.case.indirect[outcome.law.award, index].base for index, _ in _by_period(outcome, wanted)}
    return [
        f"the base should be {value}, and it is {found[index]}"
        for index, value in _by_period(outcome, wanted)
        if found[index] != value
    ]


def _indirect(outcome: Outcome, wanted: Any) -> list[str]:
    unit, ledger = outcome.case.proposal.unit, outcome.judged.ledger
    wrong: list[str] = []
    for index, value in _by_period(outcome, wanted):
        terms, base = outcome.case.indirect[outcome.law.award, index], ledger.base(outcome.law.award, index)
        due = int(terms.rate * base)
        if due != parse_money(value) // CENTS[unit]:
            told = f"{show_percent(terms.rate)} of {show(base, unit)} ({terms.base}) is {show(due, unit)}"
            wrong.append(f"indirect should be {value}: {told}; {terms.decided_by}")
    return wrong


ASKED: dict[str, Any] = {
    "is": _is,
    "speaks": _speaks,
    "payable": _payable,
    "kept": _kept,
    "actual": _amount(1),
    "bound": _amount(2),
    "rate": _rate,
    "base": _base,
    "indirect": _indirect,
    "required": _amount(2),
    "met": _amount(1),
}
