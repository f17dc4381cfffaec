"""How the commands about sources tell a rule: as lines for people, as a row of a table, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from braid.cli.printing import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from braid.law.catalogue import Catalogue, Program
    from braid.law.in_force import Dated
    from braid.law.overlay import Replaced
    from braid.law.rules import Kind, Rule

RULE_COLUMNS = (
    "rule", "kind", "why", "says", "confidence", "edition", "awards_from", "awards_until", "costs_from", "costs_until",
    "replaces", "cite",
)  # fmt: skip
HEADINGS: dict[Kind, str] = {
    "allow": "Pays",
    "forbid": "Never pays",
    "approval": "Pays only with an approval on file",
    "certify": "Has a statement signed",
    "last_payer": "Pays only after other payers",
    "cap": "At most",
    "floor": "At least",
    "limit": "At most for each unit",
    "portion": "Pays only the documented share",
    "indirect": "Indirect cost",
    "match": "Other money that must stand beside it",
    "transfer": "Moves between object classes",
    "use_within": "Pays only for so long after the money came",
    "carry_over": "What a budget period leaves for later costs",
}
MOST_AGENCIES = 4
"""Agencies that are named before the rest is counted."""
Standing = tuple["Dated", ...]
"""Where a rule stands and which awards it governs there; empty where that is not asked."""
LEGEND = (
    "How well each was read: text, in the law or the award terms themselves; secondary, in someone's account of them; "
    "unverified, neither. The award document always governs."
)


def own_file(catalogue: Catalogue) -> str:
    """The name of the user's file that is laid over the catalogue; empty where there is none."""
    from braid.law.overlay import Layered

    return catalogue.file if isinstance(catalogue, Layered) else ""


def origin(catalogue: Catalogue, rule: Rule) -> str:
    """Where a rule of the user's own file comes from, and what it replaces; empty for rules of ours."""
    from braid.law.overlay import Layered

    if not isinstance(catalogue, Layered) or rule not in catalogue.own_rules:
        return ""
    return f"From {catalogue.file}" + (f", in the place of {rule.replaces}" if rule.replaces else "")


def rule_lines(rule: Rule, stands: Standing = (), origin: str = "", indent: int = 2, before: str = "") -> Iterator[str]:
    """A rule for people: its sentence, what it says in words, its days, its citations with links."""
    from braid.law.in_words import in_words

    yield wrap(f"{before}{rule.name}: {rule.why}", indent)
    words = in_words(rule)
    yield wrap(f"{words[0].upper()}{words[1:]}.", indent + 2)
    days = days_of(rule, stands)
    if days:
        yield wrap(f"For {days}.", indent + 2)
    if origin:
        yield wrap(f"{origin}.", indent + 2)
    for cite in rule.cite:
        read = f", read {cite.read_on}" if cite.read_on else ""
        yield wrap(f"[{cite.read}] {cite}{read}", indent + 2)
        if cite.href:
            yield f"{' ' * (indent + 4)}{cite.href}"
        if cite.note:
            yield wrap(f"Note: {cite.note}", indent + 4)


def days_of(rule: Rule, stands: Standing) -> str:
    """Which awards and costs a rule governs, those of the edition in which it stands."""
    from braid.basics.words import listed
    from braid.law.in_words import days_in_words

    told = [days_in_words(rule, [each.awards for each in stands] if stands else None)]
    edition = stands[0].edition if stands else None
    if edition is not None:
        whose = f" of {listed(edition.agencies, MOST_AGENCIES)}" if edition.agencies else ""
        told.insert(0, f"edition {edition.id}{whose}")
    return "; ".join(part for part in told if part)


def by_kind(rules: Iterable[tuple[Rule, Standing]], catalogue: Catalogue) -> Iterator[str]:
    """Rules for people, grouped by kind under its heading."""
    every = list(rules)
    for kind, heading in HEADINGS.items():
        chosen = [(rule, stands) for rule, stands in every if rule.kind == kind]
        if chosen:
            yield heading
            for rule, stands in chosen:
                yield from rule_lines(rule, stands, origin(catalogue, rule))
            yield ""


def replaced_lines(replaced: Sequence[Replaced], file: str) -> Iterator[str]:
    """Rules of ours that a user's file replaces, told like exceptions."""
    if replaced:
        yield f"Replaced by {file}"
        for each in replaced:
            yield from rule_lines(each.ours, origin=f"Does not bind: {each.theirs.name} of {file} has its place")
        yield ""


def rule_data(rule: Rule, stands: Standing = ()) -> dict[str, Any]:
    """A rule as JSON. ``governs_awards`` are the days of awards that it governs, its edition considered."""
    from braid.law.in_words import in_words

    content = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for cite, read in zip(content["cite"], rule.cite, strict=True):
        cite["read"] = read.read
    told: dict[str, Any] = {"name": rule.name, "kind": rule.kind, "confidence": rule.confidence}
    told["says"] = in_words(rule)
    if stands:
        told["edition"] = stands[0].edition.id if stands[0].edition else None
        told["governs_awards"] = [{"from": first, "until": last} for first, last in map(_ends, stands)]
    return told | content


def _ends(stands: Dated) -> tuple[str | None, str | None]:
    from braid.basics.fiscal import ALWAYS, NEVER

    days = stands.awards
    return str(days.first) if days.start > ALWAYS else None, str(days.last) if days.stop < NEVER else None


def rule_row(rule: Rule, stands: Standing = ()) -> list[str]:
    """A rule as a row under ``RULE_COLUMNS``."""
    from braid.law.in_words import in_words

    awards = (_ends(stands[0])[0], _ends(stands[-1])[1]) if stands else (rule.awards.since, rule.awards.until)
    days = ["" if day is None else str(day) for day in (*awards, rule.costs.since, rule.costs.until)]
    edition = stands[0].edition.id if stands and stands[0].edition else ""
    told = [rule.name, rule.kind, rule.why, in_words(rule), rule.confidence, edition]
    return [*told, *days, rule.replaces or "", cites(rule)]


def cites(rule: Rule) -> str:
    """The citations of a rule on one line, with how well each was read and where it can be."""
    return "; ".join(f"{cite} ({cite.read}){' ' + cite.href if cite.href else ''}" for cite in rule.cite)


def program_data(program: Program) -> dict[str, Any]:
    """A program as JSON, without its rules."""
    told = {
        "id": program.id,
        "also": list(program.also),
        "name": program.name,
        "funder": program.funder,
        "kind": program.kind,
        "assistance_listing": program.assistance_listing,
        "about": program.about,
        "editions": [edition.id for edition in program.editions],
    }
    return {key: value for key, value in told.items() if value is not None}
