"""What a rule says beside its sentence, in words: which lines it is about and how far it pays.

The sentence of a rule (``why``) is its author's; these words come from the data that braid reckons with, so that a
reader can hold the one against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from braid.basics.fiscal import ALWAYS, NEVER, Interval
from braid.basics.money import show, show_percent
from braid.basics.words import listed
from braid.law.bounds import Cap, Carried, Ceiling, Floor, IndirectRule, Match, Portion, Transfer, UseWithin
from braid.law.rules import Kind, Rule
from braid.law.selecting import Approval, Forbid, Selector

WORDS = ("use", "item", "category", "function", "population", "setting", "place", "payee", "unit", "activity", "line")
BASES = {
    "mtdc": "modified total direct costs",
    "direct": "direct costs",
    "salaries": "salaries",
    "salaries-and-fringe": "salaries and fringe",
}
OVER = {
    "award": "over the whole award",
    "budget_period": "in each budget period",
    "period": "in each period of the plan",
    "calendar_year": "in each calendar year",
    "program": "over all awards of the program together",
}
OF = {
    "award": "of the award",
    "received": "of what is received",
    "spend": "of what is spent",
    "direct": "of direct costs",
}
OF_WHOLE = {
    ("award", "award"): "of the award",
    ("award", "budget_period"): "of the money of each budget period",
    ("award", "program"): "of all awards of the program together",
    ("received", "award"): "of what the award receives",
    ("spend", "award"): "of what the award spends",
    ("direct", "award"): "of the direct costs of the award",
}
EXCESS = {
    "any": "any award may pay the rest",
    "non-federal": "only money that is not federal may pay the rest",
    "none": "no award pays the rest",
}
AUTHORITY = {"statute": "by statute", "regulation": "by regulation", "policy": "by policy only"}


def in_words(rule: Rule) -> str:
    """The data of a rule as one phrase, without a full stop.

    >>> from braid.law.rules import Citation
    >>> admin = Cap(at_most=Fraction(1, 20), of="award", select=Selector(function=("administration",)))
    >>> in_words(Rule(id="x", why="x", cite=(Citation(title="x"),), cap=admin))
    'at most 5% of the award, on lines with function administration; indirect is not counted'
    """
    return _TELL[rule.kind](getattr(rule, rule.kind))


def selected(selector: Selector) -> str:
    """Which lines a selector selects.

    >>> selected(Selector(item=("naloxone", "medication"), **{"not": Selector(setting=("jail",))}))
    'lines with item naloxone or medication, but not those with setting jail'
    """
    told = _traits(selector)
    text = f"lines with {told}" if told else "every line"
    if selector.currently_funded is not None:
        none = "" if selector.currently_funded else "no "
        text += f" of activities that {none}State or local money pays for today"
    if selector.negated is not None:
        text += f", but not {_those(selector.negated)}"
    return text


def _those(selector: Selector) -> str:
    return selected(selector).replace("lines with", "those with", 1)


def _traits(selector: Selector) -> str:
    told: list[str] = []
    for name in WORDS:
        words: tuple[str, ...] = getattr(selector, name)
        if words:
            told.append(f"{name} {_or(words)}")
    if selector.unit_cost_at_least is not None:
        told.append(f"a unit cost of {_money(selector.unit_cost_at_least)} or more")
    return listed(told) if told else ""


def _or(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _money(cents: int) -> str:
    return show(cents, "cent")


def _on(selector: Selector) -> str:
    every = selector == Selector()
    return "" if every else f", on {selected(selector)}"


def _forbid(forbid: Forbid) -> str:
    unless = f", unless {_traits(forbid.unless) or selected(forbid.unless)}" if forbid.unless is not None else ""
    return selected(forbid) + unless


def _approval(approval: Approval) -> str:
    above = f" that cost more than {_money(approval.above)} a unit" if approval.above is not None else ""
    return selected(approval) + above


def _share(share: Cap | Floor) -> str:
    if isinstance(share.bound, Fraction) and share.of is not None:
        of = OF_WHOLE.get((share.of, share.per)) or f"{OF[share.of]}, {OVER[share.per]}"
        return f"{show_percent(share.bound)} {of}"
    return f"{_money(int(share.bound))} {OVER[share.per]}"


def _cap(cap: Cap) -> str:
    counted = "is counted" if cap.include_indirect else "is not counted"
    return f"at most {_share(cap)}{_on(cap.select)}; indirect {counted}"


def _floor(floor: Floor) -> str:
    return f"at least {_share(floor)}{_on(floor.select)}"


def _ceiling(ceiling: Ceiling) -> str:
    yearly = ceiling.per == "year" and ceiling.unit != "year"
    unit = "each" if ceiling.unit == "each" else f"per {ceiling.unit}"
    much = f"{_money(ceiling.at_most)} {unit}{'-year' if yearly else ''}"
    return f"at most {much}{_on(ceiling.select)}; {EXCESS[ceiling.excess]}"


def _portion(portion: Portion) -> str:
    named = f" «{portion.share}»" if portion.share is not None else ""
    return f"at most the documented share{named} of each line{_on(portion.select)}"


def _indirect(indirect: IndirectRule) -> str:
    if indirect.base == "none" or indirect.rate == 0:
        told = ["no indirect"]
    elif indirect.rate is not None:
        told = [f"at most {show_percent(indirect.rate)} of {BASES[indirect.base] if indirect.base else 'its base'}"]
    else:
        told = [f"on a base of {BASES[indirect.base]}"] if indirect.base else []
    if indirect.kind == "de-minimis":
        told.append("for a recipient without a negotiated rate")
    if indirect.subawards_first is not None:
        told.append(f"of each subaward agreement the base holds the first {_money(indirect.subawards_first)}")
    if indirect.equipment_from is not None:
        told.append(f"a thing is equipment from a unit cost of {_money(indirect.equipment_from)}")
    return f"{'; '.join(told)} ({AUTHORITY[indirect.authority]})"


def _match(match: Match) -> str:
    if match.share is not None:
        told = f"{show_percent(match.share)} of the whole cost of the project"
    else:
        told = f"{show_percent(match.required or Fraction(0))} of what the award pays"
        years = [f"{show_percent(share)} in year {year}" for year, share in sorted(match.by_year.items())]
        told += f" ({listed(years)} of the award)" if years else ""
    return f"other money of at least {told}, from {_or(match.serves)}"


def _transfer(transfer: Transfer) -> str:
    bound = transfer.at_most
    by_period = transfer.per == "budget_period"
    whole = "the money of a budget period" if by_period else "the award"
    told = f"{show_percent(bound)} of {whole}" if isinstance(bound, Fraction) else _money(bound)
    told += f" or {_money(transfer.and_at_most)}, whichever is less," if transfer.and_at_most is not None else ""
    within = " within a budget period" if by_period else ""
    text = f"up to {told} may move between object classes{within} without prior approval"
    text += f", where the award brings more than {_money(transfer.awards_above)}" if transfer.awards_above else ""
    return text + ("; a class that the budget does not have needs approval" if transfer.new_class else "")


def _use_within(use: UseWithin) -> str:
    met = "incurred" if use.met_by == "spent" else "incurred or encumbered"
    return f"costs {met} within {use.months} months of receiving the money{_on(use.select)}"


def _carried(carried: Carried) -> str:
    ended = carried.of == "budget_period"
    of = "of its money" if ended else "of the money of the budget period that follows"
    until = "the award" if carried.until == "award" else "the budget period that follows"
    share = show_percent(carried.at_most)
    return f"of what a budget period leaves, at most {share} {of} may pay costs until {until} ends, without approval"


_TELL: dict[Kind, Callable[[Any], str]] = {
    "allow": selected,
    "forbid": _forbid,
    "approval": _approval,
    "certify": selected,
    "last_payer": selected,
    "cap": _cap,
    "floor": _floor,
    "limit": _ceiling,
    "portion": _portion,
    "indirect": _indirect,
    "match": _match,
    "transfer": _transfer,
    "use_within": _use_within,
    "carry_over": _carried,
}


def days_in_words(rule: Rule, awards: Iterable[Interval] | None = None) -> str:
    """Which awards and which costs a rule governs, without a full stop; empty where it governs all.

    ``awards`` are the days of awards that it governs where its edition is known; otherwise its own are told.

    >>> from braid.basics.fiscal import span
    >>> from braid.law.rules import Citation
    >>> ended = Rule(id="x", why="x", cite=(Citation(title="x"),), forbid=Forbid(), costs={"from": "2026-04-24"})
    >>> days_in_words(ended), days_in_words(ended, [span(None, ended.costs.since)])
    ('costs from 2026-04-24', 'awards made until 2026-04-24; costs from 2026-04-24')
    """
    windows = [rule.awards.days] if awards is None else list(awards)
    told = [_span("awards made", windows)]
    told.append(f"awards of {_or(rule.agencies)}" if rule.agencies else "")
    told.append(f"awards of more than {_money(rule.award_above)}" if rule.award_above is not None else "")
    told.append(f"a {_or(rule.recipients)} as recipient" if rule.recipients else "")
    told.append(_span("costs", [rule.costs.days]))
    return "; ".join(part for part in told if part)


def _span(what: str, windows: Iterable[Interval]) -> str:
    """Days in words.

    >>> _span("costs", [Interval(739617, 739618)]), _span("costs", [Interval(ALWAYS, NEVER)])
    ('costs from 2026-01-01 until 2026-01-01', '')
    """
    told = [
        (f" from {days.first}" if days.start > ALWAYS else "") + (f" until {days.last}" if days.stop < NEVER else "")
        for days in windows
    ]
    return f"{what}{' and'.join(told)}" if all(told) and told else ""
