"""The command ``sources activities``: the uses and practices that a plan can name, and what studies found of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from braid.basics.errors import nearest
from braid.basics.table import text_table
from braid.cli import suggestions
from braid.cli.delivery import Answer, Delivery
from braid.cli.options import delivers, talk
from braid.cli.printing import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from braid.law.vocabulary import Practice, Use, Vocabulary

COLUMNS = (
    "kind", "id", "name", "about", "uses", "exhibit_e", "nc_option_a", "ca_high_impact", "categories", "outcome",
    "evidence",
)  # fmt: skip
FACTS = {
    "uses": "Uses",
    "exhibit_e": "Exhibit E",
    "nc_option_a": "North Carolina Option A",
    "ca_high_impact": "California high impact",
    "categories": "Typical categories",
    "settings": "Settings",
    "payees": "Payees",
}
INDENT = 25
NOTE = (
    "Exhibit E: headings of the national opioid settlements (A.x of Schedule A, B.x of Schedule B). NC: strategies of "
    "Option A. CA: high impact abatement activities. `braid sources activities USE` shows one, with its evidence."
)


@click.command(
    short_help="Show uses and practices, with their evidence.",
    epilog="Example: braid sources activities naloxone-distribution",
)
@click.argument("name", required=False, metavar="[USE or PRACTICE]", shell_complete=suggestions.activities)
@delivers(".csv", ".json")
@talk
def activities(name: str | None, to: Delivery) -> None:
    """Show what money can be spent for: uses, which rules name, and practices, which counties do under them.

    Each with its headings of Exhibit E, the State lists that name it, the categories that its budget typically has, an
    outcome to count, and what studies found, with citation and year.
    """
    from braid.law.catalogue import shipped_vocabulary

    to.ready_for("activities", COLUMNS)
    words = shipped_vocabulary()
    chosen: Sequence[Use | Practice] = (*words.uses, *words.practices)
    if name is not None:
        known = [each.id for each in chosen]
        chosen = [each for each in chosen if each.id == name]
        if not chosen:
            sentence = f"«{name}» is no use and no practice{nearest(name, known)}; without a name all are listed."
            raise click.BadParameter(sentence, param_hint="NAME")
    lines = _list(words) if name is None else _one(chosen, words)
    data = {"activities": [_data(each) for each in chosen]}
    to.give(Answer("activities", "\n".join(lines).rstrip("\n"), data, COLUMNS, [_row(each) for each in chosen]))


def _kind(each: Use | Practice) -> str:
    from braid.law.vocabulary import Use

    return "use" if isinstance(each, Use) else "practice"


def _list(words: Vocabulary) -> Iterator[str]:
    table = [["use", "name", "Exhibit E", "NC", "CA", "studies"]]
    for use in words.uses:
        lists = [" ".join(each) for each in (use.exhibit_e, use.nc_option_a, use.ca_high_impact)]
        table.append([use.id, use.name or "", *lists, str(len(use.evidence) or "")])
    yield from text_table(table, [False, False, False, False, False, True])
    if words.practices:
        yield ""
        table = [["practice", "name", "uses", "studies"]]
        for each in words.practices:
            table.append([each.id, each.name or "", ", ".join(each.uses), str(len(each.evidence) or "")])
        yield from text_table(table, [False, False, False, True])
    yield ""
    yield wrap(NOTE)


def _one(chosen: Sequence[Use | Practice], words: Vocabulary) -> Iterator[str]:
    from braid.law.vocabulary import Use

    for each in chosen:
        yield f"{each.name or each.id} ({_kind(each)} {each.id})"
        yield wrap(each.about)
        yield ""
        if isinstance(each, Use) and each.remediation != "presumed":
            told = "not opioid remediation" if each.remediation == "no" else "no list of Exhibit E names it"
            yield wrap(told, INDENT, "Opioid remediation")
        for field, heading in FACTS.items():
            found: tuple[str, ...] = getattr(each, field, ())
            if found:
                yield wrap(", ".join(found), INDENT, heading)
        if each.outcome:
            yield wrap(each.outcome, INDENT, "Outcome to count")
        practices = [practice.id for practice in words.practices_of(each.id)] if _kind(each) == "use" else []
        if practices:
            yield wrap(", ".join(practices), INDENT, "Practices")
        yield ""
        yield from _evidence(each)
        yield ""


def _evidence(each: Use | Practice) -> Iterator[str]:
    if not each.evidence:
        yield "Evidence: no figure is on file. That is no finding that it does not work."
        return
    yield "Evidence"
    for one in each.evidence:
        yield wrap(one.finding, 2)
        seen = [f"{one.perspective} perspective"] if one.perspective else []
        seen += [f"dollars of {one.base_year}"] if one.base_year else []
        yield wrap(f"[{one.read}] {one.cite}, {one.year}" + (f" ({', '.join(seen)})" if seen else ""), 4)
        yield f"      {one.href}"


def _data(each: Use | Practice) -> dict[str, Any]:
    return {"kind": _kind(each)} | each.model_dump(mode="json", exclude_none=True)


def _row(each: Use | Practice) -> list[str]:
    facts = ["; ".join(getattr(each, name, ())) for name in COLUMNS[4:9]]
    evidence = "; ".join(str(one) for one in each.evidence)
    return [_kind(each), each.id, each.name or "", each.about, *facts, each.outcome or "", evidence]
