"""Commands around planning: a proposal to start from, the schemas of the files, and whether this installation works."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click

from braid.basics.errors import BraidError
from braid.basics.table import text_table
from braid.cli.delivery import Answer, Delivery, wrote
from braid.cli.options import delivers, layered, talk
from braid.cli.printing import note, say_json
from braid.files.writing import write_text

STARTER = "starter.yaml"
YAML = (".yaml", ".yml")
PROPOSAL, PLAN, CATALOGUE = "proposal", "plan", "catalogue"
NEEDED = {"click": "click", "PuLP": "pulp", "highspy": "highspy", "numpy": "numpy", "pandas": "pandas",
          "openpyxl": "openpyxl", "pydantic": "pydantic", "PyYAML": "pyyaml"}  # fmt: skip
TINY = """
braid: 1
name: One kit
jurisdiction: {name: Nowhere, state: NC}
calendar: {first: FY2027, last: FY2027}
awards: [{id: money, program: other, start: 2026-07-01, end: 2027-06-30, amount: "40"}]
activities: [{id: kits, uses: naloxone-distribution, lines: [{id: kit, category: supplies, amount: "24"}]}]
"""


# ---------------------------------------------------------------------- init


def starter() -> str:
    """The text of the starter proposal."""
    from importlib.resources import files

    return (files("braid") / "cli" / STARTER).read_text(encoding="utf-8")


@click.command(
    short_help="Write a proposal to start from.",
    epilog="Example: braid init --xlsx budget.xlsx",
)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--xlsx", "as_workbook", is_flag=True, help="Write a workbook to fill in; budget.xlsx unless FILE is given."
)
@click.option("--empty", is_flag=True, help="Leave the example out of the workbook.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="PROPOSAL",
    help="Write out a proposal that there is: from YAML to a workbook, or back. Comments are lost.",
)
@layered
@click.option("--force", is_flag=True, help="Replace an existing file.")
@talk
def init(
    file: Path | None, as_workbook: bool, empty: bool, source: Path | None, sources: Path | None, force: bool
) -> None:
    """Write a proposal to start from: YAML with comments (FILE.yaml), or a workbook to fill in (FILE.xlsx).

    It reads and plans as it stands. What a workbook says, YAML says as well: --from turns one into the other, and
    nothing but comments is lost.
    """
    file = file or Path("budget.xlsx" if as_workbook else "proposal.yaml")
    ending = file.suffix.lower()
    if ending != ".xlsx" and (as_workbook or ending not in YAML):
        expected = ".xlsx" if as_workbook else ".yaml or .xlsx"
        raise click.UsageError(f"«{file}» has no ending of a proposal; {expected} is expected.")
    if empty and (source is not None or ending != ".xlsx"):
        raise click.UsageError("--empty is for a workbook that is to be filled in; leave it out.")
    if source is not None and source.resolve() == file.resolve():
        raise click.UsageError(f"«{file}» is the proposal itself; give another name.")
    if ending == ".xlsx":
        _workbook(file, source, sources, empty, force)
    else:
        write_text(file, _yaml(file, source, sources), force)
    wrote(file)
    note(f"next: edit it, then: braid check {file}")


def _yaml(file: Path, source: Path | None, sources: Path | None) -> str:
    if source is None:
        return starter().replace("proposal.yaml", file.name)
    import braid
    from braid.reading.written import proposal_yaml

    return proposal_yaml(braid.read(source, catalogue=braid.catalogue(sources)), file.name, source.name)


def _workbook(file: Path, source: Path | None, sources: Path | None, empty: bool, force: bool) -> None:
    import braid
    from braid.reading import read_text
    from braid.workbook.blank import blank_book, proposal_book, write_input

    catalogue = braid.catalogue(sources)
    if source is not None:
        book = proposal_book(file.name, braid.read(source, catalogue=catalogue), catalogue)
    else:
        book = blank_book(file.name, None if empty else read_text(starter(), STARTER), catalogue)
    write_input(book, file, force=force)


# -------------------------------------------------------------------- schema


@click.command(
    short_help="Print the JSON Schema of a file.", epilog="Example: braid schema proposal -o proposal.schema.json"
)
@click.argument("what", type=click.Choice([PROPOSAL, PLAN, CATALOGUE]), metavar="WHAT")
@delivers(".json")
@talk
def schema(what: str, to: Delivery) -> None:
    """Print the JSON Schema of a file. WHAT is proposal, plan (for plan.json) or catalogue (for a file of rules).

    An editor that knows YAML schemas checks and completes a proposal with it.
    """
    title = f"braid {what}"

    def ours(content: bytes) -> bool:
        return f'"title": "{title}"'.encode() in content[:300]

    to.ready({".json": ours})
    text = json.dumps({"$schema": SCHEMA, "title": title, **_schema(what)}, indent=1, ensure_ascii=False) + "\n"
    for path in to.outputs:
        write_text(path, text, to.force, ours)
        wrote(path)
    if to.json or not to.outputs:
        say_json(text)


SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def _schema(what: str) -> dict[str, Any]:
    from braid.answer.rows import PlanFile
    from braid.law.catalogue import Catalogue
    from braid.proposal import Proposal

    if what == PLAN:
        found = PlanFile.model_json_schema(mode="serialization", by_alias=True)
    else:
        found = _as_written((Proposal if what == PROPOSAL else Catalogue).model_json_schema(by_alias=True))
    found.pop("title", None)
    return found


def _as_written(part: Any) -> Any:
    """The schema as people write the file: a bare number may stand for its text, and one word for a list of one.

    What braid itself notes on a rule or a catalogue (``source``, ``own_term``, ``sha256``) is no key of the file.
    """
    if isinstance(part, list):
        return [_as_written(each) for each in cast("list[Any]", part)]
    if not isinstance(part, dict):
        return part
    found = {key: _as_written(value) for key, value in cast("dict[str, Any]", part).items()}
    if found.get("type") == "object":
        for name in ("source", "own_term", "sha256"):
            found.get("properties", {}).pop(name, None)
    if found.get("const") == "1":
        return {"enum": [1, "1"]}
    if found.get("type") == "array" and found["items"].get("type") in ("string", ["string", "number"]):
        return {"anyOf": [found, found["items"]]}
    if found.get("type") == "string" and not {"format", "pattern", "enum"} & found.keys():
        found["type"] = ["string", "number"]
    return found


# -------------------------------------------------------------------- doctor


@dataclass(frozen=True)
class Finding:
    """One thing that the doctor looked at."""

    what: str
    found: str
    works: bool = True


@click.command(short_help="Say whether this installation works.", epilog="Example: braid doctor")
@delivers(".json")
@talk
def doctor(to: Delivery) -> None:
    """Say whether this installation works: versions, the catalogue, the solver; and whether LibreOffice is there.

    Exit code 0 where all that is required works, 5 where the solver does not, 6 where something else does not.
    """
    to.ready_for("doctor")
    findings = [*_versions(), *_catalogue()]
    sound = all(each.works for each in findings)
    findings += [_tried("solver", _solver)] if sound else []
    office = shutil.which("soffice") or shutil.which("libreoffice")
    table = [["ok" if each.works else "FAULT", each.what, each.found] for each in findings]
    table.append(["--", "LibreOffice", office or "not found, and not required"])
    broken = {each.what for each in findings if not each.works}
    data = {"works": not broken, "findings": [vars(each) for each in findings], "libreoffice": office}
    text = "\n".join(
        [*text_table(table, [False] * 3), "", "Something is at fault." if broken else "All that is required works."]
    )
    to.give(Answer("doctor", text, data))
    if broken:
        raise click.exceptions.Exit(5 if broken <= {"highspy", "solver"} else 6)


def _versions() -> list[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    import braid

    found = [
        Finding("braid", braid.__version__),
        Finding("Python", f"{platform.python_version()} on {platform.system()}"),
    ]
    for name, package in NEEDED.items():
        try:
            found.append(Finding(name, version(package)))
        except PackageNotFoundError:
            found.append(Finding(name, f"missing; install it with: pip install {package}", works=False))
    return found


def _tried(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, look())
    except (BraidError, ImportError, OSError) as error:
        first, *more = str(error).splitlines() or [type(error).__name__]
        return Finding(what, first + (f" (and {len(more)} more)" if more else ""), works=False)


def _catalogue() -> list[Finding]:
    import braid
    from braid.files.shipped import shipped
    from braid.law.catalogue import FILE

    def place() -> str:
        named = os.environ.get("BRAID_FUNDING_SOURCES")
        return f"{named} (BRAID_FUNDING_SOURCES)" if named else str(shipped(FILE))

    def rules() -> str:
        known = braid.catalogue()
        by = Counter(rule.confidence for rule in known.rules())
        told = ", ".join(f"{by[read]} {read}" for read in ("text", "secondary", "unverified"))
        return f"{len(known.programs)} programs, {by.total()} rules: {told}"

    found = [_tried("catalogue", place), _tried("rules", rules)]
    return [*found, Finding("fingerprint", braid.catalogue().sha256)] if found[1].works else found


def _solver() -> str:
    import braid
    from braid.reading import read_text

    found = braid.plan(read_text(TINY, "tiny.yaml"), seconds=10.0)
    if (found.status, found.totals.funded) != ("optimal", 24):
        raise BraidError(f"a plan of one line came out {found.status}, {found.totals.funded} of 24 funded")
    return f"{found.file.provenance.solver} plans a line of $24"
