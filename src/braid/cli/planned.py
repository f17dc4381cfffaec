"""What the commands that plan have in common: a plan made or read, its files written, and what is said without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NoReturn

import click

from braid.cli.delivery import Delivery, said, wrote
from braid.cli.options import Solving
from braid.cli.printing import as_json, note, progress, say_json, tell, verbose, warn
from braid.files.writing import write_text

if TYPE_CHECKING:
    from braid.answer.plan import Plan
    from braid.basics.errors import Finding
    from braid.files.writing import Ours
    from braid.law.catalogue import Catalogue
    from braid.planner.rejudge import Rejudged
    from braid.proposal import Proposal

NO_PLAN, CHECK = 4, 6
PLAN = ".json"
WITHOUT = {
    "conflict": "the requirements of this proposal cannot hold together",
    "fractions": "no plan in whole {unit}s keeps every limit",
}
WHY_NONE = {"status", "conflict", "shortfalls", "repairs", "joint_repair", "fraction_row", "fraction_amount"}
"""What of plan.json says why there is no plan."""


def _plan_json(content: bytes) -> bool:
    return {"status", "allocations", "fingerprint"} <= said(content).keys()


OURS: dict[str, Ours] = {".json": _plan_json, ".xlsx": lambda _: True}
"""How an earlier output is known; a workbook bears a mark of its own, which ``refuse_foreign`` reads."""


def ready(to: Delivery, given: Path | None = None) -> None:
    """Make sure that every file can be written, and none over the one that is given, before anything is planned.

    Raises OutputError, and click.UsageError where the file to write is the one that is given.
    """
    from braid.files.outgoing import refuse_place
    from braid.files.parts import refuse_foreign

    for path in to.outputs:
        if given is not None and path.resolve() == given.resolve():
            raise click.UsageError(f"«{path}» is what is read; give another name, so that nothing in it is lost.")
    to.ready(OURS)
    for path in to.outputs:
        if path.suffix.lower() == ".xlsx":
            refuse_place(path)
            if path.exists() and not to.force:
                refuse_foreign(path)


def planned(
    read: Callable[[Catalogue], Proposal],
    solving: Solving,
    sources: Path | None,
    former: Path | None = None,
    *,
    next_dollar: bool = False,
) -> Plan:
    """The plan of what is read under the catalogue and the user's own, with progress for a person who watches.

    ``former`` is the file of a plan that the goal ``stay-close`` stays close to.
    """
    command = str(click.get_current_context().meta.get("braid.command", ""))
    since = perf_counter()
    with progress("reading the proposal") as shown:
        import braid

        catalogue = braid.catalogue(sources)
        found = braid.plan(
            read(catalogue),
            catalogue=catalogue,
            seconds=solving.seconds,
            progress=shown if shown.live else None,
            command=command,
            solver=solving.solver,
            with_expected=solving.with_expected,
            former=former,
            next_dollar=next_dollar,
        )
    if found.status == "feasible":
        warn("every rule holds, but this plan is not proven to be the best")
    if verbose():
        made = found.file.provenance
        sizes = f"{len(found.allocations):,} allocations, {len(found.limits):,} limits"
        note(f"{made.solver}, {perf_counter() - since:.1f} s, {sizes}")
        note(f"catalogue {made.catalogue}, proposal {made.proposal}")
        if sources is not None:
            note(f"the catalogue is braid's with {sources} laid over it")
    return found


def of_proposal(file: Path, sources: Path | None, solving: Solving) -> Plan:
    """The plan of a proposal in a file, worked out now."""
    import braid

    return planned(lambda known: braid.read(file, catalogue=known), solving, sources)


def judged(file: Path, sources: Path | None) -> Rejudged:
    """A plan.json, every rule of it judged anew. Raises InputError where it is no plan that can be judged."""
    with progress("checking every rule"):
        import braid
        from braid.files.nodes import read_text
        from braid.planner.rejudge import rejudge

        return rejudge(read_text(file), str(file), catalogue=braid.catalogue(sources))


def of_file(file: Path, sources: Path | None, solving: Solving) -> Plan:
    """The plan of a file: a finished one (plan.json), judged anew and refused where it breaks a rule, or a new one."""
    if file.suffix.lower() != PLAN:
        return of_proposal(file, sources, solving)
    found = judged(file, sources)
    for sentence in found.notes:
        warn(sentence)
    for sentence in broken(found):
        tell(sentence)
    if found.findings:
        tell(f"error: judging {file} came to {findings(len(found.findings))}")
        raise click.exceptions.Exit(CHECK)
    from braid.planner import finished

    return finished(found.plan, found.case, solving.seconds)


def as_it_stands(file: Path, sources: Path | None) -> Plan:
    """The plan of a plan.json, judged anew; where it breaks a rule or states a wrong number, that is told beside it."""
    from braid.planner import finished

    found = judged(file, sources)
    if found.findings:
        warn(f"judging {file} came to {findings(len(found.findings))}; `braid check {file}` tells them")
    return finished(found.plan, found.case)


def broken(found: Rejudged) -> list[str]:
    """A sentence for each rule that a plan breaks and each number of it that is wrong."""
    return [_told(finding) for finding in found.findings]


def _told(finding: Finding) -> str:
    return f"{finding} [{'; '.join(finding.cite)}]" if finding.cite else str(finding)


def findings(count: int) -> str:
    """How many findings there are, in words."""
    return f"{count:,} finding{'' if count == 1 else 's'}"


def is_plan(found: Plan) -> bool:
    """Whether it pays anything: neither a conflict nor possible only in fractions."""
    return found.status in {"optimal", "feasible"}


def no_plan(found: Plan) -> str:
    """Why there is no plan, in words that go on."""
    return WITHOUT[found.status].format(unit=found.file.unit)


def write(found: Plan, to: Delivery, quietly: bool = False) -> None:
    """Every file that was wanted; a workbook only of a plan that holds."""
    for path in to.outputs:
        if path.suffix.lower() == ".xlsx" and not is_plan(found):
            tell(f"error: {path} was not written: {no_plan(found)}, so there is no plan that it could carry")
            continue
        with progress(f"writing {path}"):
            _write(found, path, to.force)
        if not quietly:
            for each in (path, *_beside(path)):
                wrote(each)


def _beside(path: Path) -> list[Path]:
    """The files in which tables of a workbook continue that are too long for a sheet."""
    if path.suffix.lower() != ".xlsx":
        return []
    from braid.files.parts import own_beside

    return own_beside(path)


def _write(found: Plan, path: Path, force: bool) -> None:
    import braid

    if path.suffix.lower() == ".json":
        write_text(path, found.to_json(), force, _plan_json)
    else:
        braid.write_workbook(found, path, force=force)


def stop_telling(found: Plan, name: str, to: Delivery) -> NoReturn:
    """Tell why there is no plan to answer from, as JSON on stdout where that is wanted, and end with its exit code."""
    tell(repr(found))
    if to.json:
        told = found.file.model_dump(mode="json", by_alias=True, include=WHY_NONE, exclude_none=True)
        say_json(as_json(name, told))
    raise click.exceptions.Exit(NO_PLAN)


def stop_without_plan(found: Plan) -> None:
    """End with the exit code of a conflict where there is no plan."""
    if not is_plan(found):
        raise click.exceptions.Exit(NO_PLAN)
