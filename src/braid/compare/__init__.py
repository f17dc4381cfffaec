"""What moved between two plans, by award, activity and period, and why. Nothing is planned here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from braid.answer.comparison import Change, Comparison, Difference, Move
from braid.answer.plan import Plan
from braid.basics.table import Table
from braid.compare.differing import differences
from braid.compare.reasons import Reasons

NOTHING = Decimal("0.00")
TOTALS = (("Need", "need"), ("Funded", "funded"), ("Gap", "gap"), ("Charged", "spent"), ("Lapses", "lapsed"))
Place = tuple[str, str, str]


def what_moved(before: Plan, after: Plan) -> Comparison:
    """Compare two plans: what went in otherwise, what moved by award, activity and period, and the reason of each move.

    Amounts are dollars: of awards all that they are charged, of activities, periods and moves direct cost plus fringe.

    >>> import braid
    >>> from braid.files.shipped import shipped
    >>> found = braid.plan(braid.read(str(shipped("examples", "wake_county_fy2025.yaml"))))
    >>> what_moved(found, found).same
    True
    """
    was, now = paid_by(before), paid_by(after)
    inputs = tuple(differences(before, after))
    reasons = Reasons(before, after, {key: now.get(key, NOTHING) - was.get(key, NOTHING) for key in {*was, *now}})
    moves = tuple(_move(key, was, now, reasons) for key in sorted({*was, *now}) if was.get(key) != now.get(key))
    charged = [{row.award: row.spent for row in plan.file.awards} for plan in (before, after)]
    return Comparison(
        before.proposal.name,
        after.proposal.name,
        Table((_total(before, after, what, name) for what, name in TOTALS), Change),
        Table(inputs, Difference),
        Table(_changed(*charged), Change),
        Table(_changed(_summed(was, lambda key: key[1]), _summed(now, lambda key: key[1])), Change),
        Table(_changed(_summed(was, lambda key: key[2]), _summed(now, lambda key: key[2])), Change),
        Table(moves, Move),
    )


def paid_by(plan: Plan) -> dict[Place, Decimal]:
    """Direct cost and fringe by award, activity and period."""
    paid: dict[Place, Decimal] = defaultdict(lambda: NOTHING)
    for row in plan.file.allocations:
        paid[row.award, row.activity, row.period] += row.amount
    for row in plan.file.fringe:
        paid[row.award, row.line.partition("/")[0], row.period] += row.amount
    return dict(paid)


def _total(before: Plan, after: Plan, what: str, name: str) -> Change:
    return _change(what, getattr(before.totals, name), getattr(after.totals, name))


def _change(what: str, before: Decimal, after: Decimal) -> Change:
    return Change(what=what, before=before, after=after, change=after - before)


def _changed(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> Iterable[Change]:
    """What is not the same before and after."""
    for name in sorted({*before, *after}):
        row = _change(name, before.get(name, NOTHING), after.get(name, NOTHING))
        if row.change:
            yield row


def _summed(paid: Mapping[Place, Decimal], by: Callable[[Place], str]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for key, amount in paid.items():
        found[by(key)] += amount
    return found


def _move(key: Place, was: Mapping[Place, Decimal], now: Mapping[Place, Decimal], reasons: Reasons) -> Move:
    award, activity, period = key
    before, after = was.get(key, NOTHING), now.get(key, NOTHING)
    reason, sentence = reasons.of(key)
    return Move(
        award=award,
        activity=activity,
        period=period,
        before=before,
        after=after,
        change=after - before,
        reason=reason,
        sentence=sentence,
    )


__all__ = ["paid_by", "what_moved"]
