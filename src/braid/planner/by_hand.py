"""A plan whose amounts were chosen by a person, not by braid: the same tables, and no claim that it is the best."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from braid.answer.plan import Plan
from braid.answer.rows import IndirectCharge, PlanFile, Provenance
from braid.basics.version import __version__
from braid.checks import Entry, Judged, Paid
from braid.judge.case import Case
from braid.planner.tables import Tables, fingerprint, proposal_written, rule_written, sha256

IndirectPaid = Mapping[tuple[str, str, int], int]
"""Units of indirect cost by award, installment and number of the period."""
TABLES = (
    "totals", "allocations", "fringe", "match", "matched", "unrecovered", "awards", "revenue", "cash", "gaps",
    "limits", "attention",
)  # fmt: skip


def paid_by_hand(entries: Iterable[Entry], fringe: Mapping[tuple[str, str, int], int], indirect: IndirectPaid) -> Paid:
    """What a person lets each award pay, in the form that the exact judge takes."""
    by_period: dict[tuple[str, int], int] = defaultdict(int)
    by_installment: dict[tuple[str, str], int] = defaultdict(int)
    for (award, installment, index), amount in indirect.items():
        by_period[award, index] += amount
        by_installment[award, installment] += amount
    return Paid(tuple(entries), dict(fringe), dict(by_period), dict(by_installment))


def by_hand(case: Case, paid: Paid, judged: Judged, indirect: IndirectPaid, *, command: str = "") -> Plan:
    """The Plan of amounts that were chosen by hand. Its status is ``feasible``: at most, all of the need might be met.

    It says nothing of the rules that it breaks: those are in ``judged.findings``.
    """
    tables, proposal = Tables(case, paid, judged), proposal_written(case.written)
    rows: dict[str, Any] = {name: getattr(tables, name) for name in TABLES}
    file = PlanFile(
        status="feasible",
        unit=case.proposal.unit,
        bound=tables.totals.need,
        indirect=_indirect(tables, judged, indirect),
        with_expected=case.hoped is None,
        next_dollar=(),
        goals=(),
        proposal=proposal,
        rules=tuple(rule_written(rule) for rule in tables.rules),
        fingerprint=fingerprint(proposal, case.catalogue.sha256, tables.allocations),
        provenance=Provenance(
            braid_version=__version__,
            catalogue=case.catalogue.sha256,
            proposal=sha256(proposal),
            solver="by hand",
            command=command,
            made=dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat(),
            rules_unverified=tables.unverified,
        ),
        **rows,
    )
    return Plan(file, case)


def _indirect(tables: Tables, judged: Judged, indirect: IndirectPaid) -> tuple[IndirectCharge, ...]:
    """Indirect by installment; the base of a period stands with the first installment that is charged in it."""
    found: list[IndirectCharge] = []
    told: set[tuple[str, int]] = set()
    for (award, installment, index), amount in sorted(
        indirect.items(), key=lambda row: (row[0][0], row[0][2], row[0][1])
    ):
        base = 0 if (award, index) in told else judged.ledger.base(award, index)
        told.add((award, index))
        found.append(
            IndirectCharge(
                award=award,
                installment=installment,
                period=tables.periods[index],
                base=tables.money(base),
                amount=tables.money(amount),
                codes=tables.case.proposal.award(award).codes,
            )
        )
    return tuple(found)
