"""What an award has to do with other money: what it may supplant (A10), and what must stand beside it (A11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from braid.answer.rows import Attention, Cash, Hope, Matched
from braid.answer.summary import dollars, would_add
from braid.basics.money import show, show_percent
from braid.basics.words import listed
from braid.checks import Judged
from braid.checks.judging import slack_before
from braid.judge.case import Case
from braid.judge.funds import CENTS
from braid.judge.needs import beyond_cost, spent_on
from braid.law.rules import Rule, Selector

THIN = Decimal("0.05")
"""A match with less than this part to spare is thin."""
MOST = 3
SPEAK = ("forbid", "approval", "certify")
"""Kinds of rules that may speak of supplanting."""


def supplanting(case: Case, pairs: set[tuple[str, str]]) -> Iterator[Attention]:
    """A10: an award that pays, or is barred from paying, for what a State or local stream pays today."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for award in case.terms:
        for cost in case.proposal.costs:
            barred = case.determinations[award, cost.id].status == "unallowable"
            spoke = _about_supplanting(case, award, cost.id, "forbid") if barred else []
            own = case.terms[award].terms.program.kind in {"state", "local"}
            quiet = own and not any(_about_supplanting(case, award, cost.id, kind) for kind in SPEAK)
            if cost.activity.currently_funded and not quiet and ((award, cost.id) in pairs or spoke):
                found[award, cost.activity.id].append(cost.id)
    for (award, name), lines in found.items():
        activity = next(each for each in case.proposal.activities if each.id == name)
        told = f"{activity.label} is paid by {activity.currently_funded} today"
        yield Attention(code="A10", award=award, sentence=f"{told}. {_what_follows(case, award, lines)}")


def _what_follows(case: Case, award: str, lines: list[str]) -> str:
    """The funder's own rule: barred, to be certified, or nothing but a warning."""
    label, named = case.terms[award].award.label, listed(lines, MOST)
    for kind, words in (
        ("forbid", f"{label} may not take its place on {named}"),
        ("approval", f"{label} may take its place on {named} only with the funder's approval"),
        ("certify", f"{label} pays {named}: put on file why this is no replacement of that money"),
    ):
        if rules := _about_supplanting(case, award, lines[0], kind):
            return f"{words}: {rules[0].why}"
    return f"{label} pays {named}, and no rule on file bars it: make sure that the award's terms allow it."


def _about_supplanting(case: Case, award: str, line: str, kind: str) -> list[Rule]:
    traits = case.traits(award, line)
    rules = (rule for rule in case.terms[award].rules if rule.kind == kind and rule.selects(traits))
    return [rule for rule in rules if _looks(rule.forbid or rule.approval or rule.certify)]


def _looks(selector: Selector | None) -> bool:
    return selector is not None and selector.currently_funded is not None


def match(case: Case, matched: Iterable[Matched]) -> Iterator[Attention]:
    """A11: a match that is unmet on the full award, thin, or rests on a pledge that needs approval."""
    before = slack_before(case)
    for row in matched:
        award = case.proposal.award(row.award)
        if row.missing > 0 and before.get(f"match[{row.award}]", 0) < 0:
            told = (
                f"Money of {award.label} that is spent already asks for {dollars(row.missing)} more of other money "
                "than stands beside it, and no charge of this plan makes that good: where others have paid it before "
                "this plan, list it under `match_pledged` with its document; else find it, or settle it with the "
                "funder."
            )
            yield Attention(code="A11", award=row.award, sentence=told)
        elif row.missing > 0:
            told = (
                f"Fringe is charged in whole dollars, which leaves the match of {award.label} "
                f"{dollars(row.missing)} short: put that much more of other money beside it."
            )
            yield Attention(code="A11", award=row.award, sentence=told)
        elif row.missing_in_full > 0:
            told = (
                f"To use all of {award.label}, {dollars(row.missing_in_full)} more of other money must be found: the "
                f"whole award asks for {dollars(row.required_in_full)}, and this plan has "
                f"{dollars(row.required + row.to_spare - row.missing)}."
            )
            yield Attention(code="A11", award=row.award, sentence=told)
        elif row.to_spare < THIN * row.required:
            told = (
                f"The match of {award.label} has only {dollars(row.to_spare)} to spare above {dollars(row.required)}."
            )
            yield Attention(code="A11", award=row.award, sentence=told)
        for pledge in award.match_pledged:
            if pledge.kind == "unrecovered-indirect":
                amount = dollars(Decimal(pledge.amount).scaleb(-2))
                told = (
                    f"{amount} of the match of {award.label} is unrecovered indirect cost, which counts only with the "
                    f"funder's approval in advance (2 CFR 200.306(c)): see {pledge.document}."
                )
                yield Attention(code="A11", award=row.award, sentence=told)


def expected(case: Case, hoped: Iterable[Hope]) -> Iterator[Attention]:
    """A8: money that is only expected never pays in a plan; what it would add stands beside it."""
    found: dict[tuple[str, str], list[Hope]] = defaultdict(list)
    for hope in hoped:
        found[hope.award, hope.what].append(hope)
    for (name, what), rows in found.items():
        award = next(each for each in case.written.awards if each.id == name)
        likely = f" (held to be {show_percent(award.probability)} likely)" if award.probability is not None else ""
        subject = award.label if what == "the award" else f"{what[0].upper()}{what[1:]} of {award.label}"
        told = f"{subject} is only expected{likely} and pays nothing here. If it comes, {would_add(rows)}."
        yield Attention(code="A8", award=name, sentence=told)


def overspent(case: Case, matched: Iterable[Matched]) -> Iterator[Attention]:
    """A19: money that is spent already is more than a limit allows; the rest is planned so that it gets no worse."""
    limits = {limit.id: limit for limit in case.limits}
    per_unit = 100 // CENTS[case.proposal.unit]
    missing = {f"match[{row.award}]": Fraction(row.missing) * per_unit for row in matched}
    yield from _beyond_cost(case)
    yield from _beyond_share(case)
    for name, slack in slack_before(case).items():
        limit = limits[name]
        if slack < 0 and not limit.required:
            over = show(-slack, case.proposal.unit)
            short = "short" if limit.at_least or limit.kind == "match" else "over"
            then = "new charges make it no worse"
            if limit.kind == "match" and (good := -slack - missing.get(name, -slack)) > 0:
                then = f"what others pay in this plan makes good {show(floor(good), case.proposal.unit)} of it"
            told = f"Money already spent leaves this {over} {short}; {then}: {limit.sentence}"
            alone = next(iter(limit.awards)) if limit.awards and len(limit.awards) == 1 else None
            yield Attention(code="A19", award=alone, line=limit.line, sentence=told)


def carried_over(case: Case, judged: Judged) -> Iterator[Attention]:
    """A4: what is carried over by a rule of the program, and not by an approval on file, is to be confirmed."""
    for limit, actual, _ in judged.measured:
        if limit.kind == "carried" and limit.rule is not None and actual > 0:
            amount = show(ceil(actual), case.proposal.unit)
            told = f"To confirm for {limit.award}: {amount} is carried over from one budget period into the next"
            yield Attention(code="A4", award=limit.award, sentence=f"{told}. {limit.rule.why}")


def _beyond_cost(case: Case) -> Iterator[Attention]:
    """Money spent on a line beyond its cost, less what other payers pay of it."""
    unit, periods = case.proposal.unit, case.proposal.periods
    for (line, index), (spent, cost) in beyond_cost(case.proposal).items():
        told = (
            f"Money already spent leaves this {show(spent - cost, unit)} over: {line} costs {show(cost, unit)} in "
            f"{periods[index]}, and {show(spent, unit)} is spent on it."
        )
        yield Attention(code="A19", line=line, sentence=told)


def _beyond_share(case: Case) -> Iterator[Attention]:
    """Money spent on a line beyond an award's fixed share of it, though the rest of the line were paid by others."""
    unit = case.proposal.unit
    for need in case.needs:
        shares, period = need.cost.line.shares or {}, need.period.name
        spent = spent_on(case.proposal, need.cost.id, period)
        whole = need.direct + sum(spent.get(name, 0) for name in shares)
        for award, share in shares.items():
            over = spent.get(award, 0) - ceil(share * whole)
            if over > 0:
                told = (
                    f"Money already spent leaves this {show(over, unit)} over, and the others pay the rest: "
                    f"{case.proposal.award(award).label} pays {show_percent(share)} of {need.cost.id} in {period}."
                )
                yield Attention(code="A19", award=award, line=need.cost.id, sentence=told)


def carried(cash: Iterable[Cash]) -> Iterator[Attention]:
    """A15: what the county must carry until awards pay it back: how much at most, and at the end of which quarter."""
    by_quarter: dict[str, Decimal] = defaultdict(Decimal)
    awards: dict[str, set[str]] = defaultdict(set)
    for row in cash:
        by_quarter[row.quarter] += row.carried
        awards[row.quarter] |= {row.award} if row.carried else set()
    if not by_quarter or not max(by_quarter.values()):
        return
    quarter = max(sorted(by_quarter), key=lambda name: by_quarter[name])
    who = sorted(awards[quarter])
    told = (
        f"At the end of {quarter} the county carries {dollars(by_quarter[quarter])} of costs that {listed(who)} "
        f"{'has' if len(who) == 1 else 'have'} not paid back yet, the most of any quarter."
    )
    yield Attention(code="A15", sentence=told)
