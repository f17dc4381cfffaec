"""Periods and fiscal years that a proposal names, as they are written: each must be one of the plan.

They are judged by the calendar alone, so that a fault elsewhere in the same award, line or commitment hides nothing.
"""

from __future__ import annotations

import re
from typing import Any, cast

from braid.basics.errors import nearest
from braid.basics.fiscal import parse_year
from braid.files.nodes import Document, Loc
from braid.proposal import Proposal
from braid.reading.references import rows

_BARE = re.compile(r"(?!FY[0-9]{4})(?:FY)?[ -]?(?:20)?[0-9]{2}(?:[ -]?Q[1-4])?", re.IGNORECASE)
"""A period without its FY, or with a year of two digits."""


def refer_periods(document: Document, proposal: Proposal) -> None:
    """Note every period that is none of the plan, and every fiscal year that is none or comes after it."""
    years = {period.year for period in proposal.periods}
    rates = _keys(document, ("indirect",))
    if rates and all(name.startswith("FY") for name in rates):
        sound = all([_year(document, ("indirect", name), name) for name in rates])
        for year in sorted(years - {*rates}) if sound else ():
            sentence = f"there is no rate for {year}; give it, or write {{rate: 0%, kind: none}} where there is none"
            document.fault(("indirect",), sentence)
    for loc, _ in rows(document, ("awards",)):
        _received(document, (*loc, "receipts"), proposal)
        _periods(document, (*loc, "reserve"), proposal, set())
    for loc, _ in rows(document, ("activities",)):
        for here, _ in rows(document, (*loc, "lines")):
            _periods(document, (*here, "amount"), proposal, set())
            _periods(document, (*here, "quantity"), proposal, set())
            _periods(document, (*here, "unit_cost"), proposal, years)
    for loc, commitment in rows(document, ("committed",)):
        name = commitment.get("period")
        if isinstance(name, str) and name not in proposal.fiscal.index:
            document.fault((*loc, "period"), _no_period(name, proposal))


def _keys(document: Document, loc: Loc) -> list[str]:
    found = document.at(loc)
    return list(cast(dict[str, Any], found)) if isinstance(found, dict) else []


def _year(document: Document, loc: Loc, text: str) -> int:
    try:
        return parse_year(text)
    except ValueError as error:
        document.fault(loc, str(error), at_key=True)
        return 0


def _received(document: Document, loc: Loc, proposal: Proposal) -> None:
    """Receipts by fiscal year, none of which comes after the plan."""
    for name in _keys(document, loc):
        if _year(document, (*loc, name), name) > proposal.calendar.last:
            sentence = f"{name} comes after the last fiscal year of the plan, FY{proposal.calendar.last}"
            document.fault((*loc, name), sentence, at_key=True)


def _periods(document: Document, loc: Loc, proposal: Proposal, years: set[str]) -> None:
    """Amounts by period, or by one of these years."""
    for name in _keys(document, loc):
        if name not in proposal.fiscal.index and name not in years:
            document.fault((*loc, name), _no_period(name, proposal), at_key=True)


def _no_period(name: str, proposal: Proposal) -> str:
    first, *more = proposal.periods
    plan = f"which runs from {first} to {more[-1]}" if more else f"which is {first} alone"
    hint = nearest(name, proposal.fiscal.index) if _BARE.fullmatch(name) else ""
    return f"«{name}» is no period of the plan, {plan}{hint}"
