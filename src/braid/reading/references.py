"""Words that must lead somewhere: programs, editions, periods, rule ids, uses, awards named on lines.

``refer_words`` looks at the text as it was written, so that a fault elsewhere in the same award or activity hides
nothing. ``refer_dates`` looks at what could be read whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from braid.basics.errors import nearest
from braid.basics.fiscal import parse_year
from braid.basics.money import MOST_CENTS, show
from braid.files.nodes import Document, Loc
from braid.law.catalogue import Catalogue
from braid.law.vocabulary import Vocabulary
from braid.proposal import Activity, Award, Cost, Line, Proposal, at

OF_BOTH = ("uses", "population", "setting", "place", "payee")
OF_LINE = ("item", "function", "unit")


def refer_words(document: Document, catalogue: Catalogue, vocabulary: Vocabulary) -> None:
    """Note every word that is not known and every id that is given twice."""
    awards = _unique(document, ("awards",))
    activities = _unique(document, ("activities",))
    uses = {*vocabulary.known["uses"], *activities}
    for loc, award in _rows(document, ("awards",)):
        _program(document, loc, award, catalogue)
        _unique(document, (*loc, "terms"))
        _not_empty(document, loc, award, ("scope",))
        for step, word in _texts(award, "scope"):
            if word not in uses and not word.startswith("x-"):
                document.fault((*loc, *step), f"«{word}» is neither a use nor an activity{nearest(word, uses)}")
    for loc, activity in _rows(document, ("activities",)):
        _known(document, loc, activity, OF_BOTH, vocabulary)
        _unique(document, (*loc, "lines"))
        for here, line in _rows(document, (*loc, "lines")):
            _known(document, here, line, (*OF_BOTH, *OF_LINE), vocabulary)
            _not_empty(document, here, line, ("only", "uses", "amount", "quantity", "unit_cost"))
            for key in ("only", "never"):
                for step, word in _texts(line, key):
                    if word not in awards:
                        sentence = f"«{word}» is no award of this proposal{nearest(word, awards)}"
                        document.fault((*here, *step), sentence)


def _rows(document: Document, loc: Loc) -> Iterator[tuple[Loc, dict[str, Any]]]:
    rows = document.at(loc)
    for i, row in enumerate(cast(list[Any], rows) if isinstance(rows, list) else ()):
        if isinstance(row, dict):
            yield (*loc, i), cast(dict[str, Any], row)


def _texts(row: dict[str, Any], key: str) -> Iterator[tuple[Loc, str]]:
    """The words under a key, be it one or a list of them."""
    value = row.get(key)
    if isinstance(value, str):
        yield (key,), value
    elif isinstance(value, list):
        for i, word in enumerate(cast(list[Any], value)):
            if isinstance(word, str):
                yield (key, i), word


def _not_empty(document: Document, loc: Loc, row: dict[str, Any], keys: tuple[str, ...]) -> None:
    for key in keys:
        if row.get(key) in ([], {}):
            document.fault((*loc, key), f"nothing is listed here; give at least one entry, or leave `{key}` out")


def _unique(document: Document, loc: Loc) -> set[str]:
    seen: set[str] = set()
    for here, row in _rows(document, loc):
        name = row.get("id")
        if isinstance(name, str):
            if name in seen:
                document.fault((*here, "id"), f"the id «{name}» is given twice")
            seen.add(name)
    return seen


def _known(document: Document, loc: Loc, row: dict[str, Any], kinds: tuple[str, ...], vocabulary: Vocabulary) -> None:
    for kind in kinds:
        for step, word in _texts(row, kind):
            try:
                vocabulary.require(kind, word)
            except ValueError as error:
                document.fault((*loc, *step), str(error))


def _program(document: Document, loc: Loc, award: dict[str, Any], catalogue: Catalogue) -> None:
    name, edition = award.get("program"), award.get("edition")
    if not isinstance(name, str):
        return
    program = catalogue.by_name.get(name)
    if program is None:
        hint = nearest(name, catalogue.by_name)
        document.fault((*loc, "program"), f"«{name}» is no program of the catalogue{hint}; `other` carries no rules")
    elif isinstance(edition, str) and edition not in {known.id for known in program.editions}:
        known = ", ".join(known.id for known in program.editions)
        has = f"it has {known}" if known else "it has none"
        document.fault((*loc, "edition"), f"«{edition}» is no edition of {program.id}; {has}")


def refer_dates(
    document: Document,
    proposal: Proposal,
    awards: list[tuple[Loc, Award]],
    activities: list[tuple[Loc, Activity]],
    catalogue: Catalogue,
) -> None:
    """Note what lies outside the plan's time, and approvals and exceptions that name no rule."""
    for year in proposal.indirect if isinstance(proposal.indirect, dict) else ():
        _year(document, ("indirect", year), year)
    for loc, award in awards:
        for year in award.receipts or {}:
            if _year(document, (*loc, "receipts", year), year) > proposal.calendar.last:
                sentence = f"{year} comes after the last fiscal year of the plan, FY{proposal.calendar.last}"
                document.fault((*loc, "receipts", year), sentence, at_key=True)
        _rules_named(document, loc, award, proposal, catalogue)
    costs = {cost.id: cost for cost in proposal.costs}
    for loc, activity in activities:
        if activity.start is not None and activity.end is not None and activity.end < activity.start:
            sentence = f"the activity ends on {activity.end}, before it starts on {activity.start}"
            document.fault((*loc, "end"), sentence)
            continue
        for i, line in enumerate(activity.lines):
            here = (*loc, "lines", i)
            _periods(document, here, line, proposal)
            _days(document, here, line, costs[f"{activity.id}/{line.id}"], proposal)


def _year(document: Document, loc: Loc, text: str) -> int:
    try:
        return parse_year(text)
    except ValueError as error:
        document.fault(loc, str(error), at_key=True)
        return 0


def _rules_named(document: Document, loc: Loc, award: Award, proposal: Proposal, catalogue: Catalogue) -> None:
    program = catalogue.by_name.get(award.program)
    if program is None or award.edition not in {None, *(edition.id for edition in program.editions)}:
        return
    dated = award.prime_awarded or award.awarded
    terms = catalogue.terms(program, award.edition, proposal.jurisdiction.state, dated, award.agency)
    own = {name for term in award.terms for name in (term.id, f"{award.id}:{term.id}")}
    theirs = {rule.id: rule.name for rule in terms.rules}
    for i, term in enumerate(award.terms):
        if term.id in theirs:
            sentence = (
                f"«{term.id}» is already a rule that binds this award ({theirs[term.id]}); give the term another id"
            )
            document.fault((*loc, "terms", i, "id"), sentence)
    known = {name for rule in terms.rules for name in (rule.id, rule.name)} | own
    for key, named in (("approvals", award.approvals), ("exceptions", award.exceptions)):
        for name in named:
            if name not in known and not (key == "approvals" and name == "scope"):
                sentence = f"«{name}» is no rule that binds this award{nearest(name, known)}"
                document.fault((*loc, key, name), sentence, at_key=True)


def _periods(document: Document, loc: Loc, line: Line, proposal: Proposal) -> None:
    periods = [period.name for period in proposal.periods]
    years = {period.year for period in proposal.periods}
    plan = f"which runs from {periods[0]} to {periods[-1]}" if len(periods) > 1 else f"which is {periods[0]} alone"
    for kind in ("amount", "quantity", "unit_cost"):
        value: Any = getattr(line, kind)
        if isinstance(value, dict):
            for name in cast(dict[str, Any], value):
                if name not in periods and not (kind == "unit_cost" and name in years):
                    document.fault((*loc, kind, name), f"«{name}» is no period of the plan, {plan}", at_key=True)
        elif kind == "amount" and value is not None and len(periods) > 1:
            document.fault((*loc, kind), f'say how much in each period, as in {{{periods[0]}: "…"}}')
    for period in proposal.periods if isinstance(line.unit_cost, dict) else ():
        if at(line.quantity, period) and not {period.name, period.year} & {*cast(dict[str, Any], line.unit_cost)}:
            document.fault((*loc, "unit_cost"), f"there is no unit cost for {period}")


def _days(document: Document, loc: Loc, line: Line, cost: Cost, proposal: Proposal) -> None:
    plan = proposal.fiscal.days
    for name, cents in cost.cents.items():
        if cents > MOST_CENTS:
            document.fault(loc, f"the line comes to {show(cents, 'cent')} in {name}, which is more than $100 billion")
    if not cost.days.days:
        document.fault(loc, "the line has no day in common with its activity")
    elif cost.days.stop <= plan.start:
        document.fault(loc, f"the line ends on {cost.days.last}, before the plan begins on {plan.first}")
    elif cost.days.start >= plan.stop:
        document.fault(loc, f"the line starts on {cost.days.first}, after the plan ends on {plan.last}")
    elif isinstance(line.amount, dict):
        for name, cents in line.amount.items():
            if cents and name in proposal.fiscal.index and name not in cost.cents:
                sentence = f"no day of the line falls in {name}; leave the amount out, or change `start` or `end`"
                document.fault((*loc, "amount", name), sentence, at_key=True)
