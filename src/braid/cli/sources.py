"""The command ``sources``: the funding programs of the catalogue, and the rules of one with their citations."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import click

from braid.basics.errors import nearest
from braid.basics.table import text_table
from braid.cli.delivery import Answer, Delivery
from braid.cli.options import delivers, talk
from braid.cli.printing import wrap
from braid.cli.suggestions import programs

if TYPE_CHECKING:
    from braid.law.catalogue import Program, Terms
    from braid.law.fields import Dates
    from braid.law.rules import Kind, Rule

COLUMNS = ("program", "name", "funder", "kind", "also", "editions", "rules")
RULE_COLUMNS = ("rule", "kind", "why", "confidence", "awards_from", "awards_until", "costs_from", "costs_until", "cite")
HEADINGS: dict[Kind, str] = {
    "allow": "Pays",
    "forbid": "Never pays",
    "approval": "Pays only with an approval on file",
    "certify": "Has a statement signed",
    "last_payer": "Pays only after other payers",
    "cap": "At most",
    "floor": "At least",
    "limit": "At most for each unit",
    "indirect": "Indirect cost",
}
LEGEND = (
    "How well each was read: text, in the law or the award terms themselves; secondary, in someone's account of them; "
    "unverified, neither. The award document always governs."
)


class _ListByDefault(click.Group):
    """A group that runs ``list`` where no command of it is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.resilient_parsing:  # a shell completes what may be named
            return super().parse_args(ctx, args)
        named = bool(args) and (not args[0].startswith("-") or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["list", *args])


@click.group(
    cls=_ListByDefault, short_help="The funding programs and their rules.", epilog="Example: braid sources show sor"
)
def sources() -> None:
    """Show the funding programs that braid knows, or the rules of one with their citations."""


@sources.command("list", short_help="List the funding programs.", epilog="Example: braid sources list --json")
@delivers(".csv", ".json")
@talk
def listing(to: Delivery) -> None:
    """List the funding programs of the catalogue, with the other names that they answer to."""
    import braid

    to.ready_for("sources", COLUMNS)
    catalogue = braid.catalogue()
    counts = {p.id: len(catalogue.terms(p, None, None, None, None).rules) for p in catalogue.programs}
    table = [["program", "kind", "rules", "editions", "name", "also called"]]
    table += [
        [p.id, p.kind, str(counts[p.id]), str(len(p.editions) or ""), p.name, ", ".join(p.also)]
        for p in catalogue.programs
    ]
    rows = [
        [
            p.id,
            p.name,
            p.funder or "",
            p.kind,
            "; ".join(p.also),
            "; ".join(e.id for e in p.editions),
            str(counts[p.id]),
        ]
        for p in catalogue.programs
    ]
    data = {
        "catalogue": catalogue.sha256,
        "programs": [_program(p) | {"rules": counts[p.id]} for p in catalogue.programs],
    }
    text = "\n".join(text_table(table, [False, False, True, True, False, False]))
    to.give(Answer("sources", text, data, COLUMNS, rows))


def _date(_ctx: click.Context, _param: click.Parameter, text: str | None) -> dt.date | None:
    from braid.basics.fiscal import parse_date

    try:
        return parse_date(text) if text is not None else None
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


@sources.command(
    "show",
    short_help="Show the rules of one program.",
    epilog="Example: braid sources show opioid-settlement --edition NC --on 2026-09-30",
)
@click.argument("program", shell_complete=programs)
@click.option("--edition", metavar="EDITION", help="The edition of its terms, such as NC; the first one if not said.")
@click.option("--on", metavar="DATE", callback=_date, help="Only rules for an award made on this day and costs of it.")
@delivers(".csv", ".json")
@talk
def show(program: str, edition: str | None, on: dt.date | None, to: Delivery) -> None:
    """Show the rules of a funding program: what it pays and what not, why, since when, and where that can be read."""
    import braid

    to.ready_for("program", RULE_COLUMNS)
    catalogue = braid.catalogue()
    found = catalogue.by_name.get(program)
    if found is None:
        hint = nearest(program, catalogue.by_name)
        raise click.BadParameter(f"«{program}» is no program of the catalogue{hint}.", param_hint="PROGRAM")
    editions = [each.id for each in found.editions]
    if edition is not None and edition not in editions:
        raise click.BadParameter(
            f"«{edition}» is no edition of {found.id}; it has {', '.join(editions) or 'none'}.", param_hint="--edition"
        )
    terms = catalogue.terms(found, edition, None, on, None)
    rules = [
        rule for rule in terms.rules if on is None or rule.costs.days.start <= on.toordinal() < rule.costs.days.stop
    ]
    data = {
        "program": _program(found),
        "edition": terms.edition.id if terms.edition else None,
        "closed_list": terms.closed_list,
        "on": str(on) if on else None,
        "rules": [{"name": r.name, "confidence": r.confidence} | _dumped(r) for r in rules],
    }
    to.give(Answer("program", _told(terms, rules, on), data, RULE_COLUMNS, [_row(rule) for rule in rules]))


def _program(program: Program) -> dict[str, Any]:
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


def _dumped(rule: Rule) -> dict[str, Any]:
    content = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for cite, read in zip(content["cite"], rule.cite, strict=True):
        cite["read"] = read.read
    return content


def _row(rule: Rule) -> list[str]:
    dates = (rule.awards.since, rule.awards.until, rule.costs.since, rule.costs.until)
    cites = "; ".join(f"{cite} ({cite.read})" for cite in rule.cite)
    return [rule.name, rule.kind, rule.why, rule.confidence, *("" if day is None else str(day) for day in dates), cites]


def _told(terms: Terms, rules: list[Rule], on: dt.date | None) -> str:
    lines = [*_head(terms), ""]
    if on is not None:
        lines += [f"Rules for an award made on {on}, and for costs of that day", ""]
    for kind, heading in HEADINGS.items():
        chosen = [rule for rule in rules if rule.kind == kind]
        if chosen:
            lines.append(heading)
            for rule in chosen:
                lines += _rule(rule)
            lines.append("")
    if not rules:
        return "\n".join([*lines, "It carries no rules of its own; an award's own terms bind."])
    return "\n".join([*lines, wrap(LEGEND)])


def _head(terms: Terms) -> list[str]:
    program = terms.program
    also = f", also called {', '.join(program.also)}" if program.also else ""
    lines = [wrap(f"{program.name} ({program.id}{also})")]
    facts = [
        program.kind,
        program.funder,
        program.assistance_listing and f"Assistance Listing {program.assistance_listing}",
    ]
    lines.append(wrap(", ".join(fact for fact in facts if fact)))
    lines += [wrap(program.about)] if program.about else []
    if terms.edition is not None:
        others = [edition.id for edition in program.editions if edition.id != terms.edition.id]
        more = f"; --edition shows another: {', '.join(others)}" if others else ""
        lines.append(wrap(f"Edition {terms.edition.id}{more}"))
    if terms.closed_list:
        lines.append("It pays only what a rule under «Pays» names.")
    return lines


def _rule(rule: Rule) -> list[str]:
    lines = [wrap(f"{rule.name}: {rule.why}", 2)]
    scope = [_span("awards made", rule.awards), _span("costs", rule.costs)]
    if rule.agencies:
        scope.append(f"awards of {' or '.join(rule.agencies)}")
    told = "; ".join(part for part in scope if part)
    lines += [wrap(f"For {told}.", 4)] if told else []
    for cite in rule.cite:
        lines.append(wrap(f"[{cite.read}] {cite}" + (f", read {cite.read_on}" if cite.read_on else ""), 4))
        lines += [f"      {cite.href}"] if cite.href else []
        lines += [wrap(f"Note: {cite.note}", 6)] if cite.note else []
    return lines


def _span(what: str, dates: Dates) -> str:
    since = f" from {dates.since}" if dates.since else ""
    until = f" until {dates.until}" if dates.until else ""
    return f"{what}{since}{until}" if since or until else ""
