"""What a shell may complete: solvers, programs, uses, and the lines and awards of the proposal given before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from braid.law.catalogue import Catalogue
    from braid.proposal import Proposal

SOLVERS = ("highs", "cbc", "pulp:")


def solvers(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The solvers that begin so."""
    return _beginning(SOLVERS, incomplete)


def lines(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The lines of the proposal that begin so."""
    proposal = _proposal(ctx)
    return _beginning((cost.id for cost in proposal.costs), incomplete) if proposal else []


def awards(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The awards of the proposal that begin so."""
    proposal = _proposal(ctx)
    return _beginning((award.id for award in proposal.awards), incomplete) if proposal else []


def programs(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The funding programs that begin so, under all their names."""
    known = _catalogue(ctx)
    return _beginning(known.by_name, incomplete) if known else []


def editions(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The editions, beginning so, of the program that is on the command line."""
    known = _catalogue(ctx)
    program = known.by_name.get(str(ctx.params.get("program") or next(iter(ctx.args), ""))) if known else None
    return _beginning((each.id for each in program.editions), incomplete) if program else []


def activities(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The uses and practices that begin so."""
    from braid.basics.errors import BraidError
    from braid.law.catalogue import shipped_vocabulary

    try:
        words = shipped_vocabulary()
    except (BraidError, OSError):
        return []
    return _beginning((each.id for each in (*words.uses, *words.practices)), incomplete)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def _catalogue(ctx: click.Context) -> Catalogue | None:
    """The catalogue with the file of --sources laid over it, if that is on the command line and can be read."""
    import braid
    from braid.basics.errors import BraidError

    try:
        return braid.catalogue(ctx.params.get("sources"))
    except (BraidError, OSError):
        return None


def _proposal(ctx: click.Context) -> Proposal | None:
    """The proposal that is on the command line; None where it cannot be read, which is not the time to say so."""
    from braid import read
    from braid.basics.errors import BraidError

    path = ctx.params.get("proposal") or next(iter(ctx.args), None)  # an option that still wants its value hides it
    if path is None:
        return None
    try:
        return read(path, catalogue=_catalogue(ctx))
    except (BraidError, OSError):
        return None
