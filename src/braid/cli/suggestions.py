"""What a shell may complete: solvers, and the lines and awards of the proposal that was given before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def programs(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The funding programs that begin so, under all their names."""
    import braid
    from braid.basics.errors import BraidError

    try:
        return _beginning(braid.catalogue().by_name, incomplete)
    except (BraidError, OSError):
        return []


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def _proposal(ctx: click.Context) -> Proposal | None:
    """The proposal that is on the command line; None where it cannot be read, which is not the time to say so."""
    from braid import read
    from braid.basics.errors import BraidError

    path = ctx.params.get("proposal") or next(iter(ctx.args), None)  # an option that still wants its value hides it
    if path is None:
        return None
    try:
        return read(path)
    except (BraidError, OSError):
        return None
