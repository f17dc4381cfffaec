"""What went into two plans otherwise: their proposals value by value, the rules, and whether expected money counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from braid.answer.comparison import Difference
from braid.answer.plan import Plan
from braid.answer.summary import dollars
from braid.basics.table import is_amount
from braid.basics.words import listed
from braid.law.rules import Rule

Path = tuple[str, ...]
Found = tuple[Path, Any, Any]
IDENTITY = (("id",), ("award", "line", "period"), ("date",), ("start",))
"""What tells the items of a list apart: the first of these that every item has."""
SUBJECTS = {"awards": "award", "activities": "activity", "require": "the requirement", "positions": "position"}
PARTS = {"terms": "term", "lines": "line", "receipts": "the receipt of", "budget_periods": "the budget period from"}
LONGEST = 60


def differences(before: Plan, after: Plan) -> Iterator[Difference]:
    """Everything that went in otherwise: of the proposal, by where it stands, then rules, then expected money."""
    for path, was, now in sorted(_walk((), before.file.proposal, after.file.proposal), key=lambda found: found[0]):
        yield _difference(path, was, now)
    yield from _rules(before, after)
    if before.file.with_expected != after.file.with_expected:
        told = "is planned as if it had come" if after.file.with_expected else "is left out"
        yield Difference(what="expected money", before="", after="", sentence=f"Money that is only expected {told}.")


def _walk(path: Path, was: Any, now: Any) -> Iterator[Found]:
    """Every place at which two values are not the same; a part that is new or gone is one place."""
    mine, other = _parts(was), _parts(now)
    if mine is None or other is None:
        if _settled(was) != _settled(now):
            yield path, was, now
        return
    for name in {*mine, *other}:
        yield from _walk((*path, name), mine.get(name), other.get(name))


def _parts(value: Any) -> Mapping[str, Any] | None:
    """The parts of a mapping, or of a list whose items have names; None of anything else."""
    if isinstance(value, dict):
        return cast(dict[str, Any], value)
    if not isinstance(value, list) or not value:
        return None
    items = cast(list[Any], value)
    for names in IDENTITY:
        if all(isinstance(item, dict) and all(name in item for name in names) for item in items):
            found = {", ".join(str(item[name]) for name in names): item for item in items}
            return found if len(found) == len(items) else None
    return None


def _settled(value: Any) -> Any:
    """A value in which the order of words plays no part."""
    return sorted(map(str, cast(list[Any], value))) if isinstance(value, list) else value


def _difference(path: Path, was: Any, now: Any) -> Difference:
    subject, field = _named(path)
    before, after = _shown(was), _shown(now)
    if not field:
        told = f"{subject} is {'new' if was is None else 'gone' if now is None else 'another one'}."
    elif was is None:
        told = f"{subject}: {field} is {after}; it was not given."
    elif now is None:
        told = f"{subject}: {field} was {before}, and is not given now."
    else:
        told = f"{subject}: {field} was {before}, and is {after}."
    return Difference(what=" ".join([subject, *field.split()]), before=before, after=after, sentence=_capital(told))


def _named(path: Path) -> tuple[str, str]:
    """Whose value it is, and which one."""
    match path:
        case ("activities", activity, "lines", line, *rest):
            return f"line {activity}/{line}", _field(rest)
        case ("committed", key, *rest):
            return f"what is committed ({key})", _field(rest)
        case (("awards" | "activities" | "require" | "positions") as kind, name, *rest):
            return f"{SUBJECTS[kind]} {name}", _field(rest)
        case _:
            return "the proposal", _field(path)


def _field(path: Sequence[str]) -> str:
    return " ".join(PARTS.get(name, name.replace("_", " ")) for name in path)


def _shown(value: Any) -> str:
    """A value as a person reads it, cut where it is long."""
    if value is None:
        return ""
    if isinstance(value, str) and is_amount(value):
        return dollars(Decimal(value))
    if isinstance(value, list):
        text = listed(_shown(item) for item in cast(list[Any], value)) if value else "nothing"
    elif isinstance(value, dict):
        text = ", ".join(f"{name}: {_shown(each)}" for name, each in cast(dict[str, Any], value).items())
    else:
        text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2]} …"


def _rules(before: Plan, after: Plan) -> Iterator[Difference]:
    """Rules of the catalogue that govern an award in one plan and not, or otherwise, in the other."""
    for award in sorted({*before.case.terms} & {*after.case.terms}):
        was, now = _governing(before, award), _governing(after, award)
        for name in sorted({*was, *now}):
            if was.get(name) == now.get(name):
                continue
            rule = now.get(name) or was[name]
            told = "is new" if name not in was else "no longer governs it" if name not in now else "is another"
            sentence = f"Award {award}: the rule {name} {told}: {rule.why}"
            yield Difference(what=f"rule {name}", before="", after="", sentence=sentence)


def _governing(plan: Plan, award: str) -> dict[str, Rule]:
    """The rules of the catalogue for an award; its own terms stand in the proposal."""
    return {rule.name: rule for rule in plan.case.terms[award].rules if not rule.own_term}


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
