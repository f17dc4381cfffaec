"""Commands that plan no money: is the proposal sound, who may pay what, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from braid.basics.errors import InputError, nearest
from braid.basics.table import text_table
from braid.cli import suggestions
from braid.cli.delivery import Answer, Delivery
from braid.cli.edited import checked, is_edited
from braid.cli.options import Solving, delivers, layered, proposal, solves, talk
from braid.cli.planned import WITHOUT, as_it_stands, broken, findings, is_plan, judged, no_plan, of_proposal
from braid.cli.printing import progress, quiet, say_json, tell, warn, wrap
from braid.cli.shell import CHECK, INPUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braid.answer.eligibility import Eligibility
    from braid.basics.fiscal import Interval
    from braid.judge.case import Case
    from braid.judge.determinations import Determination
    from braid.law.rules import Rule

COLUMNS = ("line", "award", "status", "payable", "reason", "change", "rules", "cite")
LEGEND = (
    "yes       it may pay on every day of the line",
    "part      it may pay, but only on some days of the line",
    "dates     allowable, but no day of the line falls within the award",
    "approval  only with an approval on file",
    "no        not payable; `braid why` says the reason",
)
CONDITIONS = (
    ("certify", "To sign before it is charged", {"certify"}),
    ("last_payer", "Only after other payers", {"last_payer"}),
    ("limits", "Limits that count it", {"cap", "floor", "limit", "portion", "indirect", "match"}),
    ("more", "Limits on when and how money moves", {"transfer", "use_within", "carry_over"}),
)
INDENT = 12


# --------------------------------------------------------------------- check


@click.command(short_help="Find every fault in a proposal or a plan.", epilog="Example: braid check proposal.yaml")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@layered
@delivers(".json")
@talk
def check(file: Path, sources: Path | None, to: Delivery) -> None:
    """Read a proposal and tell every fault in it, each at its line, or that there is none.

    Lines that no award may pay are told as warnings: they are no fault, but a plan cannot fund them.

    A finished plan (plan.json) is judged from the file alone: every rule by the catalogue installed here, and by the
    --sources it was made with; every number that it states. So is a workbook that a person has edited: its Allocation
    is read back, and what is wrong is told with its cell. Each broken rule is told; the exit code is then 6.
    """
    to.ready_for("check")
    finished = file.suffix.lower() == ".json"
    try:
        if is_edited(file):
            answer, wrong = checked(file, sources)
        else:
            answer, wrong = _plan_checked(file, sources) if finished else _proposal_checked(file, sources)
    except InputError as error:
        if to.json:
            faults = [dict(vars(fault)) for fault in error.faults]
            say_json(Answer("check", "", {"faults": faults, "warnings": [], "counts": {}}).json())
            raise click.exceptions.Exit(INPUT) from None
        raise
    for sentence in answer.data["warnings"]:
        warn(sentence)
    for sentence in wrong:
        tell(sentence)
    if not wrong or to.json or to.outputs:
        to.give(answer)
    if wrong:
        tell(answer.text)
        raise click.exceptions.Exit(CHECK)


def _proposal_checked(file: Path, sources: Path | None) -> tuple[Answer, list[str]]:
    with progress("reading the proposal") as shown:
        case = _case(file, sources)
        shown("working out who may pay what")
        unpaid = [cost.id for cost in case.proposal.costs if not _payers(case, cost.id)]
        counts = _counts(case)
    warnings = [f"no award may pay {line}; `braid why` says the reason, award by award" for line in unpaid]
    text = f"no faults: {_counted(counts)}, {_span(case)}"
    return Answer("check", text, {"faults": [], "warnings": warnings, "counts": counts}), []


def _plan_checked(file: Path, sources: Path | None) -> tuple[Answer, list[str]]:
    """A plan judged from its file, and a sentence for each rule that it breaks and each number that is wrong."""
    found = judged(file, sources)
    plan = found.plan
    counts = {"allocations": len(plan.allocations), "limits": len(plan.limits), "rules": len(plan.rules)}
    text = f"every rule is kept: {_counted(counts)}, {_span(found.case)}"
    if plan.status in WITHOUT:
        text = f"nothing is wrong in this file, but there is no plan in it: its status is {plan.status}"
    wrong = broken(found)
    if wrong:
        text = findings(len(wrong))
    each = [dict(vars(finding)) for finding in found.findings]
    data = {"faults": [], "findings": each, "warnings": list(found.notes), "counts": counts}
    return Answer("check", text, data), wrong


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {noun}" for noun, number in counts.items())


def _span(case: Case) -> str:
    return f"{case.proposal.periods[0]} to {case.proposal.periods[-1]}"


def _counts(case: Case) -> dict[str, int]:
    proposal = case.proposal
    return {
        "awards": len(proposal.awards),
        "activities": len(proposal.activities),
        "lines": len(proposal.costs),
        "needs": len(case.needs),
    }


def _payers(case: Case, line: str) -> list[str]:
    return [award for award in case.terms if case.determinations[award, line].payable]


def _case(proposal: Path, sources: Path | None) -> Case:
    import braid
    from braid.judge.case import Case

    catalogue = braid.catalogue(sources)
    return Case(braid.read(proposal, catalogue=catalogue), catalogue)


# ------------------------------------------------------------------ eligible


@click.command(
    short_help="Show which award may pay which line.", epilog="Example: braid eligible proposal.yaml --award settlement"
)
@proposal
@click.option(
    "--award", "awards", multiple=True, metavar="AWARD", shell_complete=suggestions.awards,
    help="Only this award. May be given more than once.",
)  # fmt: skip
@click.option(
    "--line", "lines", multiple=True, metavar="LINE", shell_complete=suggestions.lines,
    help="Only this line. May be given more than once.",
)  # fmt: skip
@layered
@delivers(".csv", ".json")
@talk
def eligible(
    proposal: Path, awards: tuple[str, ...], lines: tuple[str, ...], sources: Path | None, to: Delivery
) -> None:
    """Show which award may pay which line, without planning any money.

    A line is named activity/line. Files and --json carry every determination with its reason, rules and citations.
    """
    import braid

    to.ready_for("eligibility", COLUMNS)
    catalogue = braid.catalogue(sources)
    found = braid.eligibility(braid.read(proposal, catalogue=catalogue), catalogue=catalogue)
    wanted = [_known(name, found.awards, "award", "--award") for name in dict.fromkeys(awards)] or list(found.awards)
    costs = [_known(name, found.lines, "line", "--line") for name in dict.fromkeys(lines)] or list(found.lines)
    chosen = [found.why(line, award) for line in costs for award in wanted]
    text = _matrix(found, costs, wanted)
    if not quiet():
        text += "\n\n" + "\n".join(LEGEND)
    data = {"determinations": [_determination(each) for each in chosen]}
    to.give(Answer("eligibility", text, data, COLUMNS, [_row(each) for each in chosen]))


def _known(name: str, known: Iterable[str], noun: str, option: str) -> str:
    known = list(known)
    if name not in known:
        raise click.BadParameter(f"«{name}» is no {noun} of this proposal{nearest(name, known)}.", param_hint=option)
    return name


def _matrix(found: Eligibility, lines: list[str], awards: list[str]) -> str:
    rows = [["line", *awards], *([line, *(found.mark(line, award) for award in awards)] for line in lines)]
    return "\n".join(text_table(rows, [False] * (len(awards) + 1)))


def _row(found: Determination) -> list[str]:
    days = "; ".join(str(piece) for piece in found.payable)
    rules = "; ".join(rule.name for rule in found.rules)
    return [found.line, found.award, found.status, days, found.reason, found.change, rules, "; ".join(found.cite)]


def _determination(found: Determination) -> dict[str, Any]:
    return {
        "line": found.line,
        "award": found.award,
        "status": found.status,
        "payable": [{"from": str(piece.first), "until": str(piece.last)} for piece in found.payable],
        "reason": found.reason,
        "change": found.change,
        "rests_on_unverified_rule": found.unverified,
        "rules": [rule.name for rule in found.rules],
        "cite": list(found.cite),
    }


# ----------------------------------------------------------------------- why


@click.command(
    short_help="Say why an award pays a line or not.",
    epilog="Example: braid why proposal.yaml naloxone/kits settlement --rules",
)
@click.argument("proposal", type=click.Path(path_type=Path), metavar="FILE")
@click.argument("line", shell_complete=suggestions.lines)
@click.argument("award", shell_complete=suggestions.awards)
@click.option("--rules", "rules_only", is_flag=True, help="Only what the rules say; nothing is planned.")
@layered
@delivers(".json")
@solves
@talk
def why(  # noqa: PLR0913, PLR0917  each is something that a user may say
    proposal: Path, line: str, award: str, rules_only: bool, sources: Path | None, to: Delivery, solving: Solving
) -> None:
    """Say whether an award may pay a line (activity/line), and what a plan makes of the two.

    The rules come first: on which days it may pay, by which rules, and what would change it. Where it may pay, the plan
    follows: what it pays, what its money pays instead, and what it would take for it to pay more. FILE is a proposal,
    which is then planned, or a finished plan (plan.json), which is not planned again.
    """
    to.ready_for("determination")
    finished = proposal.suffix.lower() == ".json"
    plan = as_it_stands(proposal, sources) if finished else None
    case = plan.case if plan is not None else _read_case(proposal, sources)
    _known(line, (cost.id for cost in case.proposal.costs), "line", "LINE")
    _known(award, case.terms, "award", "AWARD")
    with progress("working out who may pay what"):
        found = case.determinations[award, line]
    if plan is None and found.payable and not rules_only:
        plan = of_proposal(proposal, sources, solving)
    made = None
    if plan is not None and not rules_only:
        with progress("asking what it would take"):
            made = plan.why(line, award).in_plan
    sections = _sections(case, found)
    data = _determination(found) | {name: [_rule(rule) for rule in rules] for name, _, rules in sections if rules}
    data |= {"approvals": case.terms[award].award.approvals, "exceptions": case.terms[award].award.exceptions}
    data |= {"in_plan": None if made is None else made.model_dump(mode="json")}
    text = _told(case, found, sections)
    if made is not None:
        text += "\n\nIn this plan\n" + "\n".join(wrap(sentence, 2) for sentence in made.told)
    elif plan is not None and not rules_only and not is_plan(plan):
        text += "\n\n" + wrap(
            f"There is no plan that could use it: {no_plan(plan)}. `braid plan` says how to mend that."
        )
    to.give(Answer("determination", text, data))


def _read_case(file: Path, sources: Path | None) -> Case:
    with progress("reading the proposal"):
        return _case(file, sources)


Section = tuple[str, str, list["Rule"]]
"""A name for JSON, a heading for people, and the rules that belong under it."""


def _sections(case: Case, found: Determination) -> list[Section]:
    """Every rule that touches the line on this award, by what it does there."""
    from braid.law.overlay import replaced_in

    terms, cost = case.terms[found.award], case.proposal.cost(found.line)
    days = case.funds[found.award].days.meet(cost.days).meet(case.proposal.fiscal.days)
    touching = [rule for rule in terms.rules if rule.selects(cost.traits) and _meets(rule, days)]
    filed = [rule for rule in touching if rule.kind == "approval" and terms.named(rule, terms.award.approvals)]
    decided = [rule for rule in found.rules if rule.kind != "certify" and rule not in filed]
    excepted = [rule for rule in terms.excepted if rule.selects(cost.traits)]
    replaced = [each.ours for each in replaced_in(terms.terms) if each.ours.selects(cost.traits)]
    sections: list[Section] = [
        ("spoke", "Rules that spoke", decided),
        ("approved", "Approvals on file", filed),
        ("excepted", "Exceptions of the funder in force", excepted),
        ("replaced", "Rules of braid's catalogue that your own file replaces", replaced),
    ]
    if found.status != "unallowable":
        for name, heading, kinds in CONDITIONS:
            sections.append((name, heading, [rule for rule in touching if rule.kind in kinds]))
    return sections


def _meets(rule: Rule, days: Interval) -> bool:
    return not days.days or rule.costs.days.meet(days).days > 0


def _told(case: Case, found: Determination, sections: list[Section]) -> str:
    award, cost = case.proposal.award(found.award), case.proposal.cost(found.line)
    status = found.status if found.payable or found.status != "allowable" else "allowable, but on no day of the plan"
    days = "; ".join(f"{piece.first} to {piece.last}" for piece in found.payable)
    notes = {**award.approvals, **award.exceptions}
    lines = [
        f"{found.award} on {found.line}: {status}",
        "",
        wrap(_full_name(award.name, award.program), INDENT, "Award"),
        wrap(
            f"{cost.activity.label}: {cost.line.name or cost.line.id} ({_kind(cost.line.category, cost.line.item)})",
            INDENT,
            "Line",
        ),
        wrap(f"costs of {days}" if days else "on no day", INDENT, "Payable"),
        wrap(found.reason, INDENT, "Because"),
    ]
    lines += [wrap(found.change + ".", INDENT, "To change")] if found.change else []
    for _, heading, rules in sections:
        lines += ["", heading] if rules else []
        for rule in rules:
            lines += _rule_told(rule, notes.get(rule.id) or notes.get(rule.name))
    return "\n".join(lines)


def _full_name(name: str | None, program: str) -> str:
    return f"{name} (program {program})" if name else f"program {program}"


def _kind(category: str, item: str | None) -> str:
    return f"{category}, {item}" if item else category


def _rule_told(rule: Rule, filed: str | None) -> list[str]:
    told = [wrap(f"{rule.name}: {rule.why}", 2)]
    told += [wrap(f"On file: {filed}", 4)] if filed else []
    told += [wrap(f"[{cite.read}] {cite}", 4) for cite in rule.cite]
    return told


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "kind": rule.kind,
        "why": rule.why,
        "confidence": rule.confidence,
        "cite": [cite.model_dump(mode="json", exclude_none=True) for cite in rule.cite],
    }
