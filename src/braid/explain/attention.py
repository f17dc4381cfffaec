"""The attention list: what a person must look at, sign or confirm before the plan is used. Codes are stable."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from braid.answer.rows import Attention, Cash, Hope, Matched
from braid.basics.fiscal import Interval, Period
from braid.basics.money import show, show_percent
from braid.basics.words import listed
from braid.checks import Judged, Paid
from braid.explain.ending import Lapses, aged, cliff, lapsing, late
from braid.explain.other_money import carried, carried_over, expected, match, overspent, supplanting
from braid.explain.unmet import Unmet
from braid.judge.case import Case
from braid.judge.funds import CENTS
from braid.law.overlay import replaced_in
from braid.law.rules import Rule
from braid.proposal import Cost

MOST = 3
"""Lines named in one sentence before the rest is counted."""
UNCERTAIN_EDITION = dt.date(2026, 10, 1)
"""From this date a rewrite of 2 CFR 200 was proposed (docket OMB-2026-0001); whether it took effect is open."""


@dataclass(frozen=True)
class Worked:
    """What was worked out of a plan besides its charges."""

    lapsed: Lapses
    unrecovered: Mapping[str, int]
    matched: tuple[Matched, ...] = ()
    expected: tuple[Hope, ...] = ()
    cash: tuple[Cash, ...] = ()
    gaps: tuple[Unmet, ...] = ()
    carried: Mapping[str, int] = field(default_factory=dict[str, int])
    """By award, what can still pay costs after the plan."""


def attention(case: Case, paid: Paid, judged: Judged, worked: Worked) -> tuple[Attention, ...]:
    """The list for a plan, sorted by code, award and line."""
    watch = _Watch(case, paid, judged)
    found = [
        *watch.without_scope(),
        *watch.split(),
        *watch.by_line("approval", "A3", "relies on an approval on file"),
        *watch.certifications(),
        *watch.agreements(),
        *watch.unverified(),
        *lapsing(case, worked.lapsed, worked.gaps),
        *watch.unrecovered(worked.unrecovered),
        *supplanting(case, set(watch.pairs)),
        *match(case, worked.matched),
        *expected(case, worked.expected),
        *overspent(case, worked.matched),
        *carried_over(case, judged),
        *cliff(case, judged, worked.carried),
        *late(case, judged),
        *aged(case, watch.pairs),
        *carried(worked.cash),
        *watch.uncertain(),
        *watch.exceptions(),
        *watch.low_rates(),
        *watch.small(),
        *watch.billable(),
    ]
    return tuple(sorted(found, key=lambda item: (int(item.code[1:]), item.award or "", item.line or "", item.sentence)))


class _Watch:
    def __init__(self, case: Case, paid: Paid, judged: Judged) -> None:
        self.case, self.paid = case, paid
        self.unit = case.proposal.unit
        self.pairs: dict[tuple[str, str], int] = defaultdict(int)
        self.indexes: dict[tuple[str, str], set[int]] = defaultdict(set)
        self.days: dict[tuple[str, str], list[Interval]] = defaultdict(list)
        for entry in paid.entries:
            self.pairs[entry.award, entry.line] += entry.amount
            self.indexes[entry.award, entry.line].add(entry.index)
            self.days[entry.award, entry.line].append(entry.days)
        self.payers = {entry.award for entry in paid.entries}
        full = {
            limit.id for limit, actual, bound in judged.measured if limit.kind == "award" and bound - actual < 1 + 1
        }
        self.full = {award for award in case.terms if f"award[{award}]" in full}

    def _spoke(self, award: str, line: str, kind: str) -> list[Rule]:
        traits = self.case.traits(award, line)
        days = self.days.get((award, line), [])
        return [
            rule
            for rule in self.case.terms[award].rules
            if rule.kind == kind and rule.selects(traits) and any(each.meet(rule.costs.days).days for each in days)
        ]

    def without_scope(self) -> Iterator[Attention]:
        """A1: a federal award without a written scope pays what another, now full, could have paid (200.405(c))."""
        could: dict[str, set[str]] = defaultdict(set)
        for cell in self.case.cells:
            could[cell.line].add(cell.award)
        for award in sorted(self.payers):
            terms = self.case.terms[award]
            if not terms.federal or terms.award.scope is not None:
                continue
            matching = self.case.matchings.get(award)
            beside = {o for o, other in self.case.terms.items() if matching is not None and matching.may_serve(other)}
            full = self.full - {award} - beside
            lines = sorted(line for who, line in self.pairs if who == award and could[line] & full)
            if lines:
                others = listed(sorted({other for line in lines for other in could[line]} & full))
                yield Attention(
                    code="A1",
                    award=award,
                    sentence=f"{award} is federal and has no written scope in this proposal. It pays "
                    f"{listed(lines, MOST)}, which {others} could pay but for being used up. A cost may not be moved "
                    "to a federal award to make up for a shortfall elsewhere (2 CFR 200.405(c)): put on file how each "
                    f"benefits {award}.",
                )

    def split(self) -> Iterator[Attention]:
        """A2: a line split across federal awards whose windows share a day (C10)."""
        parts: dict[tuple[str, int], list[tuple[str, int, int]]] = defaultdict(list)
        for entry in self.paid.entries:
            if self.case.terms[entry.award].federal:
                parts[entry.line, entry.index].append((entry.award, entry.days.start, entry.days.stop))
        lines: dict[str, set[str]] = defaultdict(set)
        for (line, _), pieces in parts.items():
            for i, (a, start, stop) in enumerate(pieces):
                lines[line].update(
                    name for b, s, e in pieces[:i] if b != a and max(start, s) < min(stop, e) for name in (a, b)
                )
        for line, awards in sorted(lines.items()):
            if awards and self.case.proposal.cost(line).line.shares is None:
                basis = self.case.proposal.cost(line).line.basis
                told = (
                    f"on this basis, which is to be documented: «{basis}»"
                    if basis
                    else "document the shares or the basis"
                )
                if self.case.proposal.cost(line).line.category == "personnel":
                    told += "; pay is charged from records of the time worked, not from this plan"
                sentence = (
                    f"{line} is split across the federal awards {listed(sorted(awards))}{' ' if basis else ': '}{told} "
                    "(2 CFR 200.405(d))."
                )
                yield Attention(code="A2", line=line, sentence=sentence)

    def small(self) -> Iterator[Attention]:
        """A17: a charge below the smallest that does not complete its line."""
        smallest = self.case.proposal.smallest_charge // CENTS[self.unit]
        charges: dict[tuple[str, str, int], int] = defaultdict(int)
        met: dict[tuple[str, int], int] = defaultdict(int)
        for entry in self.paid.entries:
            charges[entry.award, entry.line, entry.index] += entry.amount
            met[entry.line, entry.index] += entry.amount
        for (award, line, index), amount in sorted(charges.items()):
            if amount < smallest and met[line, index] < self.case.need[line, index].direct:
                told = f"{show(amount, self.unit)} of {award} on {line} in {self.case.proposal.periods[index]}"
                sentence = (
                    f"{told} is less than the smallest charge that you want, {show(smallest, self.unit)}, and the line "
                    "is not met in full with it."
                )
                yield Attention(code="A17", award=award, line=line, sentence=sentence)

    def by_line(self, kind: str, code: str, words: str) -> Iterator[Attention]:
        """One item for each paid line on which a rule of this kind spoke."""
        for award, line in sorted(self.pairs):
            for rule in self._spoke(award, line, kind):
                note = self.case.proposal.award(award).approvals
                filed = note.get(rule.id) or note.get(rule.name)
                told = f" ({filed})" if filed and kind == "approval" else ""
                yield Attention(
                    code=code, award=award, line=line, sentence=f"{line} on {award} {words}{told}: {rule.why}"
                )

    def billable(self) -> Iterator[Attention]:
        """A18: a billable service that says nothing of what insurance or Medicaid pays of it, in some period or all.

        Nothing may be what they pay: an amount of zero is said, a period left out is not.
        """
        for award, line in sorted(self.pairs):
            periods = [self.case.proposal.periods[index] for index in sorted(self.indexes[award, line])]
            silent = [period for period in periods if not _stated(self.case.proposal.cost(line), period)]
            if not silent:
                continue
            when = "" if len(silent) == len(periods) else f" in {listed([period.name for period in silent])}"
            for rule in self._spoke(award, line, "last_payer"):
                sentence = (
                    f"{line} on {award} may be billable to insurance or Medicaid first, and the proposal states no "
                    f"`revenue` from them{when}: {rule.why}"
                )
                yield Attention(code="A18", award=award, line=line, sentence=sentence)

    def certifications(self) -> Iterator[Attention]:
        """A4: a signed statement, once for each award and rule that touches it."""
        for award in sorted(self.payers):
            rules = {
                rule.name: rule
                for who, line in self.pairs
                if who == award
                for rule in self._spoke(award, line, "certify")
            }
            for rule in rules.values():
                yield Attention(code="A4", award=award, sentence=f"To sign for {award}: {rule.why}")

    def agreements(self) -> Iterator[Attention]:
        """A4: whether who is paid under an agreement is a subrecipient or a contractor (2 CFR 200.331)."""
        under: dict[tuple[str, str], list[str]] = defaultdict(list)
        for award, line in sorted(self.pairs):
            agreement = self.case.proposal.cost(line).line.subaward
            if agreement is not None and self.case.terms[award].federal:
                under[award, agreement].append(line)
        for (award, agreement), lines in under.items():
            sentence = (
                f"To decide for {award}: is the other party to the agreement {agreement} ({listed(lines, MOST)}) a "
                "subrecipient, which carries out part of the program, or a contractor, which sells goods or services "
                "(2 CFR 200.331)? A contract is no subaward, and all of it counts in the base of indirect cost."
            )
            yield Attention(code="A4", award=award, sentence=sentence)

    def unverified(self) -> Iterator[Attention]:
        """A5: dollars that rest on a permission nobody has read in the funder's own words."""
        for (award, line), amount in sorted(self.pairs.items()):
            found = self.case.determinations[award, line]
            if found.unverified:
                rule = next(rule for rule in found.rules if rule.kind == "allow")
                sentence = (
                    f"{award} pays {show(amount, self.unit)} of {line} on the strength of a rule that nobody has read "
                    f"in the funder's own words. As it stands on file: {rule.why} Confirm it with the funder before it "
                    "is charged."
                )
                yield Attention(code="A5", award=award, line=line, sentence=sentence)

    def unrecovered(self, amounts: Mapping[str, int]) -> Iterator[Attention]:
        """A7: indirect at the recipient's own rate that an award does not pay (C24)."""
        for award, amount in sorted(amounts.items()):
            if amount > 0:
                barred = "another federal award" if self.case.terms[award].federal else "a federal award"
                sentence = (
                    f"{award} pays {show(amount, self.unit)} of indirect cost less than your own rate comes to. The "
                    f"county bears that part: it may not be charged to {barred} "
                    "(2 CFR 200.405(c))."
                )
                yield Attention(code="A7", award=award, sentence=sentence)

    def uncertain(self) -> Iterator[Attention]:
        """A9: the edition of 2 CFR 200 is uncertain for awards from 1 October 2026."""
        for award in sorted(self.payers):
            terms = self.case.terms[award]
            dated = terms.award.prime_awarded or terms.award.awarded
            if terms.federal and (dated is None or dated >= UNCERTAIN_EDITION):
                sentence = (
                    f"Which edition of 2 CFR 200 governs {award} is uncertain: a rewrite was proposed for awards from "
                    "2026-10-01, and whether it took effect is not confirmed. The 2024 edition is applied; ask the "
                    "awarding agency."
                )
                if terms.award.prime_awarded is None and terms.award.awarded is None:
                    sentence = (
                        f"Which edition of 2 CFR 200 governs {award} is not known, since it has no date: the oldest, "
                        "which pays the least indirect cost, is applied. Give the day on which it was `awarded`."
                    )
                yield Attention(code="A9", award=award, sentence=sentence)

    def exceptions(self) -> Iterator[Attention]:
        """A12: a funder's exception is in force, or a rule of the user's own file takes the place of one of ours."""
        for award, terms in self.case.terms.items():
            for each in replaced_in(terms.terms):
                told = f"{each.theirs.name} of your own file has taken the place of {each.ours.name}: {each.ours.why}"
                yield Attention(code="A12", award=award, sentence=told)
            for rule in terms.excepted:
                note = terms.award.exceptions.get(rule.id) or terms.award.exceptions.get(rule.name)
                yield Attention(
                    code="A12", award=award, sentence=f"An exception to {rule.name} is in force ({note}): {rule.why}"
                )

    def low_rates(self) -> Iterator[Attention]:
        """A14: a lower indirect rate without a statute or regulation cited for it (2 CFR 200.414)."""
        for award in sorted(self.payers):
            terms = self.case.terms[award]
            if not terms.federal or terms.award.voluntary:
                continue
            found = next(
                (t for (who, _), t in self.case.indirect.items() if who == award and t.rate < t.own_rate), None
            )
            if found is not None and not any(_authority(rule) for rule in found.rules):
                sentence = (
                    f"{award} pays indirect at {show_percent(found.rate)}, less than your "
                    f"{show_percent(found.own_rate)}, and no statute or regulation is cited for it: ask for your rate "
                    "(2 CFR 200.414)."
                )
                yield Attention(code="A14", award=award, sentence=sentence)


def _stated(cost: Cost, period: Period) -> bool:
    """Whether the proposal says what other payers pay of a line in a period, be it nothing."""
    of_line = (each for each in cost.activity.revenue if not each.lines or cost.line.id in each.lines)
    return any(not isinstance(each.amount, dict) or {period.name, period.year} & {*each.amount} for each in of_line)


def _authority(rule: Rule) -> bool:
    """Whether a statute or regulation is cited for the rate, in the rule's own words or among its citations."""
    if rule.indirect is not None and rule.indirect.authority in {"statute", "regulation"}:
        return True
    return any(mark in str(cite) for cite in rule.cite for mark in ("U.S.C.", "United States Code", "CFR"))
