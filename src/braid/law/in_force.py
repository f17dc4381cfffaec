"""A program's rules in time: which days each governs, what began or ended near a day, what changed between two days.

A rule has two calendars. Its *awards* window says which awards it governs, by the day on which the prime award was
made; its *costs* window says which costs, by the day on which they are incurred. An edition of a program's terms
narrows the first. So a change is of one of two kinds: it touches the costs of awards already made, or new awards.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from braid.basics.fiscal import ALWAYS, NEVER, Interval, join
from braid.law.catalogue import Catalogue, Common, Edition, Program
from braid.law.fields import Dates
from braid.law.rules import Facts, Rule

Calendar = Literal["costs", "awards"]
CALENDARS: tuple[Calendar, ...] = ("costs", "awards")
What = Literal["began", "ended", "replaced"]


@dataclass(frozen=True)
class Dated:
    """A rule over one stretch of the days of awards that it governs."""

    rule: Rule
    edition: Edition | None
    """The edition in which it stands, of its program or of its common set."""
    awards: Interval
    costs: Interval

    def days(self, calendar: Calendar) -> Interval:
        """Its days in one of the two calendars."""
        return self.awards if calendar == "awards" else self.costs


@dataclass(frozen=True)
class Change:
    """A rule that began, ended, or was replaced by another from one day to the next."""

    calendar: Calendar
    what: What
    day: dt.date
    """The first day on which it is so; an ended rule spoke last on the day before."""
    before: Dated | None
    after: Dated | None


@dataclass(frozen=True)
class Around:
    """What began and ended nearest to a day, for costs and for new awards."""

    began: tuple[Change, ...]
    ended: tuple[Change, ...]
    begins: tuple[Change, ...]
    ends: tuple[Change, ...]


# ------------------------------------------------------------------ the days of each rule


@dataclass(frozen=True)
class _Layer:
    """Rules that stand together: of a set, of a program, or of an edition as awards of some days see it."""

    rules: tuple[Rule, ...]
    edition: Edition | None
    awards: tuple[Interval, ...]


def dated_rules(
    catalogue: Catalogue, program: Program, edition: str | None = None, state: str | None = None,
    agency: str | None = None,
) -> tuple[Dated, ...]:  # fmt: skip
    """Every rule that may bind an award of this program, with its days.

    Of the editions of the program: the one that ``edition`` or ``state`` names, or else all that are told apart by the
    award's date. Where two rules bear one name, the later layer (edition before program) has the days that both claim.
    An award is the program's funder's unless ``agency`` says whose.
    """
    agency = agency if agency is not None else program.funder
    layers: list[_Layer] = []
    for common in catalogue.common:
        if common.id in program.under:
            layers += _common(common, agency)
    layers.append(_Layer(program.rules, None, (Interval(ALWAYS, NEVER),)))
    layers += _editions(program, edition, state, agency)
    pieces: dict[int, tuple[Rule, Edition | None, list[Interval]]] = {}
    claimed: dict[str, list[Interval]] = defaultdict(list)
    for layer in reversed(layers):
        for rule in reversed(layer.rules):
            if agency is not None and rule.agencies and agency not in rule.agencies:
                continue
            within = [days.meet(rule.awards.days) for days in layer.awards]
            free = [rest for days in within for rest in _less(days, claimed[rule.name])]
            pieces.setdefault(id(rule), (rule, layer.edition, []))[2].extend(free)
        for rule in layer.rules:
            if not _conditional(rule, layer.edition, agency):
                claimed[rule.name] += [days.meet(rule.awards.days) for days in layer.awards]
    return tuple(
        Dated(rule, where, days, rule.costs.days)
        for rule, where, free in reversed(pieces.values())
        for days in join(free)
    )


def _conditional(rule: Rule, edition: Edition | None, agency: str | None) -> bool:
    """Whether a rule governs only some awards of its days, so that another of its name may govern the rest."""
    of_agencies = bool(rule.agencies or (edition is not None and edition.agencies)) and agency is None
    return of_agencies or bool(rule.recipients) or rule.award_above is not None


def _common(common: Common, agency: str | None) -> Iterator[_Layer]:
    yield _Layer(common.rules, None, (Interval(ALWAYS, NEVER),))
    for edition, days in reversed(list(_days(common.editions, agency))):
        for part in lineage(common.editions, edition):
            yield _Layer(part.rules, part, days)


def _days(editions: Iterable[Edition], agency: str | None) -> Iterator[tuple[Edition, tuple[Interval, ...]]]:
    """Editions with the days of awards that they govern: an agency's own goes before the general one."""
    every = list(editions)
    own = [each.awards.days for each in every if agency is not None and agency in each.agencies]
    for each in every:
        if agency is None or agency in each.agencies:
            yield each, (each.awards.days,)
        elif not each.agencies:
            yield each, tuple(_less(each.awards.days, own))


def _editions(program: Program, named: str | None, state: str | None, agency: str | None) -> Iterator[_Layer]:
    """The layers of a program's editions; what an edition extends binds the awards of that edition too."""
    dated = [edition for edition in program.editions if edition.awards != Dates()]
    chosen = program.edition(named, state, Facts())
    by_place = named is not None or (chosen is not None and chosen.state is not None and chosen.state == state)
    if chosen is not None and (by_place or not dated):
        seen = [(chosen, (Interval(ALWAYS, NEVER),) if named is not None else (chosen.awards.days,))]
    else:
        seen = list(_days(dated, agency))
    for edition, days in reversed(seen):
        for part in lineage(program.editions, edition):
            yield _Layer(part.rules, part, days)


def lineage(editions: Iterable[Edition], edition: Edition) -> tuple[Edition, ...]:
    """An edition after those that it extends, the first of them first."""
    known = {each.id: each for each in editions}
    line: list[Edition] = []
    here: Edition | None = edition
    while here is not None and here not in line:
        line.insert(0, here)
        here = known.get(here.extends or "")
    return tuple(line)


def _less(days: Interval, taken: Iterable[Interval]) -> list[Interval]:
    """The days of an interval that none of the others holds.

    >>> _less(Interval(1, 10), [Interval(3, 5), Interval(9, 20)])
    [Interval(start=1, stop=3), Interval(start=5, stop=9)]
    """
    rest = [days]
    for other in taken:
        rest = [part for each in rest for part in _around(each, other)]
    return [part for part in rest if part.days]


def _around(days: Interval, other: Interval) -> tuple[Interval, ...]:
    if not days.meet(other).days:
        return (days,)
    return Interval(days.start, min(days.stop, other.start)), Interval(max(days.start, other.stop), days.stop)


# ----------------------------------------------------------------- what changes when


def changes(rules: Iterable[Dated], first: dt.date, second: dt.date) -> tuple[Change, ...]:
    """What is otherwise on the second day, or was so for a time in between, than on the first; by day.

    ``costs``: what an award pays of costs incurred on the one day and the other. ``awards``: which rules an award made
    on the one day and the other is under. A rule whose place another takes at once, under its id or about the same
    lines, counts as replaced, and as no change at all where the two say the same.
    """
    days = Interval(first.toordinal() + 1, second.toordinal() + 1)
    every = list(rules)
    found = [change for calendar in CALENDARS for change in _paired(_edges(every, calendar, days))]
    return tuple(sorted(found, key=lambda change: (CALENDARS.index(change.calendar), change.day, *_key(change))))


def _key(change: Change) -> tuple[int, str]:
    told = change.before or change.after
    return ("ended", "replaced", "began").index(change.what), told.rule.name if told else ""


def _edges(rules: Iterable[Dated], calendar: Calendar, days: Interval) -> list[Change]:
    """Every first day and every day after a last one within ``days``."""
    found: list[Change] = []
    seen: set[int] = set()
    for each in rules:
        window = each.days(calendar)
        if calendar == "costs" and (each.awards.start >= days.stop or id(each.rule) in seen):
            continue  # of awards that are made only later, or told for other awards already
        seen.add(id(each.rule))
        if window.start > ALWAYS and days.start <= window.start < days.stop:
            found.append(Change(calendar, "began", dt.date.fromordinal(window.start), None, each))
        if days.start <= window.stop < min(days.stop, NEVER):
            found.append(Change(calendar, "ended", dt.date.fromordinal(window.stop), each, None))
    return found


def _paired(edges: list[Change]) -> Iterator[Change]:
    """The same changes, an end and a beginning on one day and of one subject told as one."""
    began = [change for change in edges if change.what == "began"]
    for change in edges:
        if change.what != "ended" or change.before is None:
            continue
        after = _successor(change.before, [other for other in began if other.day == change.day])
        if after is None or after.after is None:
            yield change
            continue
        began.remove(after)
        if _says(change.before.rule) != _says(after.after.rule):
            yield Change(change.calendar, "replaced", change.day, change.before, after.after)
    yield from began


def _successor(before: Dated, began: list[Change]) -> Change | None:
    """The change by which another rule takes the place of one that ends, for the same agencies."""

    def whose(dated: Dated | None) -> tuple[str, ...]:
        return dated.edition.agencies if dated is not None and dated.edition is not None else ()

    return next((each for each in began if _follows(before, each) and whose(each.after) == whose(before)), None)


def _follows(before: Dated, change: Change) -> bool:
    """Whether a rule that begins takes the place of one that ends: under its id, or about the same lines."""
    after = change.after
    if after is None or after.rule.source != before.rule.source or after.rule.kind != before.rule.kind:
        return False
    return after.rule.id == before.rule.id or subject(after.rule) == subject(before.rule)


def subject(rule: Rule) -> tuple[object, ...]:
    """What a rule is about, whatever it says of it: its kind and the lines that it selects."""
    said = getattr(rule, rule.kind)
    if rule.indirect is not None:
        return rule.kind, rule.indirect.kind, rule.indirect.rate is None, rule.agencies
    unit = rule.limit.unit if rule.limit is not None else None
    per = getattr(said, "per", None)
    return rule.kind, getattr(said, "select", said), unit, per, rule.agencies, rule.recipients, rule.award_above


def _says(rule: Rule) -> tuple[object, ...]:
    """What a rule says, whatever its id, its days and its citations."""
    return rule.why, getattr(rule, rule.kind), rule.agencies, rule.recipients, rule.award_above


def around(rules: Iterable[Dated], day: dt.date) -> Around:
    """What began and ended last before a day, and what begins and ends next after it."""
    every = list(rules)
    now = day.toordinal()
    past = [edge for calendar in CALENDARS for edge in _edges(every, calendar, Interval(ALWAYS + 1, now + 1))]
    coming = [edge for calendar in CALENDARS for edge in _edges(every, calendar, Interval(now + 1, NEVER))]
    return Around(
        began=tuple(_nearest(past, "began", last=True)),
        ended=tuple(_nearest(past, "ended", last=True)),
        begins=tuple(_nearest(coming, "began", last=False)),
        ends=tuple(_nearest(coming, "ended", last=False)),
    )


def _nearest(edges: list[Change], what: What, *, last: bool) -> Iterator[Change]:
    """The nearest changes of a sort, in each calendar by itself: a new award's day hides no cost's."""
    for calendar in CALENDARS:
        wanted = [edge for edge in edges if edge.what == what and edge.calendar == calendar]
        days = [edge.day for edge in wanted]
        if days:
            day = max(days) if last else min(days)
            yield from (edge for edge in wanted if edge.day == day)
