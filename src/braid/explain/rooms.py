"""What one more dollar could widen: each installment of an award, and each limit that is told in dollars.

An award's dollar moves every bound that follows from the award: its money, and the caps, floors and shares that are a
part of it, exactly, before anything is rounded to whole units. An approved budget grows where the dollar is spent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from braid.basics.words import listed
from braid.checks.judging import slack_before
from braid.engine.standing import Shift
from braid.judge.award_limits import award_limits
from braid.judge.case import Case
from braid.judge.funds import Funds, Installment
from braid.judge.limit import Limit
from braid.judge.shares import share_limits
from braid.proposal.moneys import CarryOver

WIDE = 10**8
"""Units by which an installment is widened to see what follows: every percentage of it is a whole number of units."""
ONE = Fraction(1)


@dataclass(frozen=True)
class Room:
    """Something that one more dollar could widen."""

    what: str
    """Its kind and its name."""
    row: str
    words: str
    """What one more dollar of it is, as a sentence begins."""
    shift: Shift
    award: str | None = None
    """The award, where it is an award's own money."""
    part: Installment | None = None
    """The installment, where the award has several."""

    @property
    def kind(self) -> str:
        """«award», or the kind of limit."""
        return self.what.partition(" ")[0]

    def named(self, *, apart: bool) -> tuple[str, str]:
        """What it is, and how a sentence begins; of an award with several installments the one or the whole."""
        if self.part is None or not apart:
            return self.what, self.words
        costs = f"that pays costs of {self.part.days}"
        return f"{self.what}, installment {self.part.number}", f"{self.words} {costs}"


def rooms_of(case: Case) -> tuple[Room, ...]:
    """The money of each award by installment, then every limit that is told in dollars, by id."""
    broken = {limit.id for limit in case.limits if not limit.required}
    broken &= {name for name, slack in slack_before(case).items() if slack < 0}  # the next dollars only mend these
    found = [room for name in sorted(case.terms) for room in _of_award(case, name)]
    found += sorted([*_of_limits(case), *_matches(case), *_float(case)], key=lambda room: room.row)
    return tuple(
        replace(room, shift={name: rate for name, rate in room.shift.items() if name not in broken}) for room in found
    )


# ---------------------------------------------------------------- an award's money


def _of_award(case: Case, name: str) -> Iterator[Room]:
    award, stop = case.proposal.award(name), case.proposal.fiscal.days.stop
    parts = [part for part in case.funds[name].installments if part.days.start < stop]
    for part in parts:
        words, one = f"One more dollar of {award.label}", part if len(parts) > 1 else None
        yield Room(f"award {name}", f"award[{name}]", words, follows(case, part), name, one)


def follows(case: Case, part: Installment) -> Shift:
    """How each bound moves with each unit of an installment."""
    carry = case.proposal.award(part.award).carry_over
    share = carry.approved if isinstance(carry, CarryOver) and carry.approved and part.own is not None else Fraction(0)
    now = _bounds(case, part)
    wide = _bounds(case, replace(part, amount=part.amount + WIDE, kept=part.kept + floor(share * WIDE)))
    one = _bounds(case, replace(part, amount=part.amount + 1))
    found = {name: Fraction(wide[name].bound - limit.bound, WIDE) for name, limit in now.items()}
    for name, limit in now.items():
        if limit.kind == "reserve":  # what was received may not reach the reserve yet
            found[name] = Fraction(one[name].bound - limit.bound)
    found |= _moves(case, part)
    return {name: rate for name, rate in found.items() if rate}


def _bounds(case: Case, part: Installment) -> dict[str, Limit]:
    """The limits that go by an award's money, with one of its installments as given."""
    name, funds = part.award, case.funds[part.award]
    pots = tuple(
        replace(pot, installments=tuple(part if each.number == part.number else each for each in pot.installments))
        for pot in funds.pots
    )
    changed = case.funds | {name: Funds(name, pots)}
    terms = {other: each for other, each in case.terms.items() if other == name or _shared(case)}
    limits = [*award_limits(case.proposal.award(name), changed[name], case.proposal)]
    return {limit.id: limit for limit in [*limits, *share_limits(terms, changed, case.proposal)]}


def _shared(case: Case) -> bool:
    """Whether a cap or floor adds up over the awards of a program."""
    shares = (rule.cap or rule.floor for terms in case.terms.values() for rule in terms.rules)
    return any(share is not None and share.per == "program" for share in shares)


def _moves(case: Case, part: Installment) -> Shift:
    """How far moves between classes widen: by the dollar that is budgeted where it is spent, and by any share of it."""
    found: dict[str, Fraction] = {}
    for limit in case.limits:
        held = limit.kind == "transfer" and limit.award == part.award
        if held and (limit.installments is None or part.number in limit.installments):
            most = limit.rule.transfer.at_most if limit.rule is not None and limit.rule.transfer is not None else 0
            one = limit.installments is not None and len(limit.installments) == 1
            amount = part.amount if one else case.funds[part.award].amount
            of_award = isinstance(most, Fraction) and limit.bound == floor(most * amount)
            found[limit.id] = ONE + (most if of_award else 0)
    return found


# ------------------------------------------------------------------------- limits


def _of_limits(case: Case) -> Iterator[Room]:
    for limit in case.limits:
        if limit.kind in WORDS:
            what = f"{limit.kind} {limit.id.partition('[')[2][:-1]}"
            yield Room(what, limit.id, WORDS[limit.kind](case, limit), {limit.id: ONE})


def _who(case: Case, limit: Limit) -> str:
    return listed([case.proposal.award(name).label for name in sorted(limit.awards or ())], 3)


def _when(case: Case, limit: Limit) -> str:
    if limit.index is None:
        return ""
    return f" {'by the end of' if limit.through else 'in'} {case.proposal.periods[limit.index]}"


def _part(limit: Limit) -> str:
    """The one installment that it looks at, in words."""
    numbers = limit.installments or ()
    return f" in installment {min(numbers)}" if len(numbers) == 1 else ""


def _rule(limit: Limit) -> str:
    return limit.rule.id if limit.rule is not None else limit.id


def _place(case: Case, limit: Limit) -> str:
    days = f", {_days(limit)}" if limit.days is not None else ""
    return f"{limit.line}{_when(case, limit)}{days}"


def _activity(case: Case, limit: Limit) -> str:
    name = limit.id.partition("[")[2][:-1]
    return next((each.label for each in case.proposal.activities if each.id == name), name)


def _days(limit: Limit) -> str:
    return "" if limit.days is None else f"from {limit.days.first} to {limit.days.last}"


def _window(case: Case, limit: Limit) -> str:
    return f"One more dollar of {limit.line} that arises {_days(limit)} in {case.proposal.periods[limit.index or 0]}"


def _required(_: Case, limit: Limit) -> str:
    name = limit.id.partition("[")[2][:-1]
    return f"One dollar less of what {name} requires" if limit.at_least else f"One more dollar that {name} allows"


def _cap(case: Case, limit: Limit) -> str:
    return f"One more dollar under the cap {_rule(limit)} of {_who(case, limit)}{_when(case, limit)}"


def _floor(case: Case, limit: Limit) -> str:
    return f"One dollar less in the floor {_rule(limit)} of {_who(case, limit)}{_when(case, limit)}"


def _reserve(case: Case, limit: Limit) -> str:
    return (
        f"One dollar less in the reserve of {_who(case, limit)} at the end of {case.proposal.periods[limit.index or 0]}"
    )


def _committed(case: Case, limit: Limit) -> str:
    return f"One dollar less of {_who(case, limit)} that is committed to {_place(case, limit)}"


WORDS: dict[str, Callable[[Case, Limit], str]] = {
    "cap": _cap,
    "floor": _floor,
    "window": _window,
    "limit": lambda case, limit: f"One more dollar under the ceiling {_rule(limit)} on {_place(case, limit)}",
    "portion": lambda case, limit: f"One more dollar of {_place(case, limit)} that {_who(case, limit)} may pay",
    "transfer": lambda case, limit: (
        f"One more dollar that {_who(case, limit)} may move between object classes{_part(limit)}"
    ),
    "carried": lambda case, limit: f"One more dollar of {_who(case, limit)} that may be carried over",
    "reserve": _reserve,
    "require": _required,
    "committed": _committed,
    "must": lambda case, limit: f"One dollar less of what must go to {_activity(case, limit)}",
    "minimum": lambda case, limit: f"One dollar less in the minimum of {_activity(case, limit)}",
}
"""By kind of limit, what one more dollar of room is."""


def _matches(case: Case) -> Iterator[Room]:
    """One more pledged dollar of an award stands in every sum in which its match does."""
    sums: dict[str, list[str]] = defaultdict(list)
    for limit in case.limits:
        for name in limit.awards or () if limit.kind == "match" else ():
            sums[name].append(limit.id)
    for name, limits in sorted(sums.items()):
        words = f"One more dollar pledged as match of {case.proposal.award(name).label}"
        yield Room(f"match {name}", f"match[{name}]", words, dict.fromkeys(limits, ONE))


def _float(case: Case) -> Iterator[Room]:
    limits = [limit.id for limit in case.limits if limit.kind == "float"]
    if limits:
        yield Room("float", limits[0], "One more dollar that the county can carry", dict.fromkeys(limits, ONE))
