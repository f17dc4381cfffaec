"""Words that must lead somewhere: programs, editions, periods, rule ids, uses, awards named on lines."""

from __future__ import annotations

from typing import Any

from braid.basics.errors import nearest
from braid.basics.fiscal import parse_year
from braid.files.nodes import Document, Loc
from braid.law.catalogue import Catalogue, Program
from braid.law.vocabulary import Vocabulary
from braid.proposal import Activity, Award, Line, Proposal


def refer(
    document: Document,
    proposal: Proposal,
    awards: list[tuple[Loc, Award]],
    activities: list[tuple[Loc, Activity]],
    catalogue: Catalogue,
    vocabulary: Vocabulary,
) -> None:
    """Note every reference of the proposal that leads nowhere."""
    names = {award.id for _, award in awards} | _ids(document, "awards")
    uses = {*vocabulary.known["uses"], *_ids(document, "activities")}
    _calendar(document, proposal)
    for loc, award in awards:
        _award(document, loc, award, proposal, catalogue, uses)
    for loc, activity in activities:
        _activity(document, loc, activity, vocabulary)
        _twice(document, loc, [line.id for line in activity.lines])
        for i, line in enumerate(activity.lines):
            _line(document, (*loc, "lines", i), line, activity, proposal, names, vocabulary)


def _ids(document: Document, key: str) -> set[str]:
    rows: Any = document.data.get(key)
    return {str(row["id"]) for row in rows if isinstance(row, dict) and row.get("id")} if isinstance(rows, list) else set()  # type: ignore[reportUnknownVariableType, reportUnknownArgumentType, reportUnknownMemberType]


def _calendar(document: Document, proposal: Proposal) -> None:
    if isinstance(proposal.indirect, dict):
        for year in proposal.indirect:
            _year(document, ("indirect", year), year)


def _year(document: Document, loc: Loc, text: str) -> None:
    try:
        parse_year(text)
    except ValueError as error:
        document.fault(loc, str(error), at_key=True)


def _award(document: Document, loc: Loc, award: Award, proposal: Proposal, catalogue: Catalogue, uses: set[str]) -> None:
    program = catalogue.by_name.get(award.program)
    if program is None:
        known = nearest(award.program, catalogue.by_name)
        document.fault((*loc, "program"), f"«{award.program}» is no program of the catalogue{known}; `other` carries no rules")
        return
    if award.edition is not None and award.edition not in {edition.id for edition in program.editions}:
        editions = ", ".join(edition.id for edition in program.editions) or "none"
        document.fault((*loc, "edition"), f"«{award.edition}» is no edition of {program.id}; it has {editions}")
        return
    for year in award.receipts or {}:
        _year(document, (*loc, "receipts", year), year)
        if year.startswith("FY") and year[2:].isdigit() and int(year[2:]) > proposal.calendar.last:
            document.fault((*loc, "receipts", year), f"{year} comes after the last fiscal year of the plan", at_key=True)
    for i, word in enumerate(award.scope or ()):
        if word not in uses and not word.startswith("x-"):
            document.fault((*loc, "scope", i), f"«{word}» is neither a use nor an activity{nearest(word, uses)}")
    _rules_named(document, loc, award, program, proposal, catalogue)
    _twice(document, (*loc, "terms"), [term.id for term in award.terms])


def _rules_named(
    document: Document, loc: Loc, award: Award, program: Program, proposal: Proposal, catalogue: Catalogue
) -> None:
    dated = award.prime_awarded or award.awarded
    terms = catalogue.terms(program, award.edition, proposal.jurisdiction.state, dated, award.agency)
    known = {name for rule in (*terms.rules, *award.terms) for name in (rule.id, rule.name)}
    for key, named in (("approvals", award.approvals), ("exceptions", award.exceptions)):
        for name in named:
            if name not in known and not (key == "approvals" and name == "scope"):
                hint = nearest(name, known)
                document.fault((*loc, key, name), f"«{name}» is no rule that binds this award{hint}", at_key=True)


def _twice(document: Document, loc: Loc, ids: list[str]) -> None:
    for i, name in enumerate(ids):
        if name in ids[:i]:
            where = (*loc, i) if loc[-1] == "terms" else (*loc, "lines", i)
            document.fault(where, f"the id «{name}» is given twice")


def _word(document: Document, loc: Loc, kind: str, word: str | None, vocabulary: Vocabulary) -> None:
    if word is not None:
        try:
            vocabulary.require(kind, word)
        except ValueError as error:
            document.fault(loc, str(error))


def _words(document: Document, loc: Loc, noun: Activity | Line, vocabulary: Vocabulary) -> None:
    for kind in ("uses", "population", "setting", "place"):
        for word in getattr(noun, kind) or ():
            _word(document, (*loc, kind), kind, word, vocabulary)
    _word(document, (*loc, "payee"), "payee", noun.payee, vocabulary)


def _activity(document: Document, loc: Loc, activity: Activity, vocabulary: Vocabulary) -> None:
    _words(document, loc, activity, vocabulary)
    if activity.start is not None and activity.end is not None and activity.end < activity.start:
        document.fault((*loc, "end"), f"the activity ends on {activity.end}, before it starts on {activity.start}")


def _line(
    document: Document, loc: Loc, line: Line, activity: Activity, proposal: Proposal, awards: set[str], vocabulary: Vocabulary
) -> None:
    _words(document, loc, line, vocabulary)
    for kind in ("item", "function", "unit"):
        _word(document, (*loc, kind), kind, getattr(line, kind), vocabulary)
    for kind in ("only", "never"):
        for word in getattr(line, kind) or ():
            if word not in awards:
                document.fault((*loc, kind), f"«{word}» is no award of this proposal{nearest(word, awards)}")
    periods = [period.name for period in proposal.periods]
    years = {period.year for period in proposal.periods}
    for kind in ("amount", "quantity", "unit_cost"):
        value: Any = getattr(line, kind)
        if isinstance(value, dict):
            allowed = [*periods, *(sorted(years) if kind == "unit_cost" else [])]
            for name in value:  # type: ignore[reportUnknownVariableType]
                if name not in allowed:
                    hint = f"«{name}» is no period of the plan, which runs from {periods[0]} to {periods[-1]}"
                    document.fault((*loc, kind, str(name)), hint, at_key=True)  # type: ignore[reportUnknownArgumentType]
        elif kind == "amount" and value is not None and len(periods) > 1:
            document.fault((*loc, kind), f"say how much in each period, as in {{{periods[0]}: \"…\"}}")
    _dates(document, loc, line, activity, proposal)


def _dates(document: Document, loc: Loc, line: Line, activity: Activity, proposal: Proposal) -> None:
    cost = next((cost for cost in proposal.costs if cost.id == f"{activity.id}/{line.id}"), None)
    if cost is None:
        return
    if not cost.days.meet(proposal.fiscal.days).days:
        document.fault(loc, f"the line runs {cost.days}, outside the plan's {proposal.fiscal.days}")
    elif isinstance(line.amount, dict):
        for name, cents in line.amount.items():
            if cents and name in proposal.fiscal.index and name not in cost.cents:
                where = (*loc, "amount", name)
                document.fault(where, f"the line runs {cost.days}, so that nothing of it falls in {name}", at_key=True)
