"""A workbook that a person has edited: its input and its Allocation read back, judged exactly, its changes committed.

Every row of the Allocation is read with its cell, so that whatever is wrong is told where it can be mended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from braid.answer.plan import Plan
from braid.basics.errors import Fault, Finding, InputError, cell_name
from braid.basics.money import show
from braid.checks import Entry, Judged, Paid, judge
from braid.judge.case import Case
from braid.judge.funds import CENTS
from braid.judge.limit import Limit
from braid.law.catalogue import Catalogue
from braid.law.catalogue import catalogue as shipped
from braid.planner.by_hand import by_hand, paid_by_hand
from braid.proposal import Commitment, Proposal
from braid.reading import read
from braid.workbook.edited_rows import ALLOCATION, EditedRow, Places, read_rows
from braid.workbook.hints import Following
from braid.workbook.removed import Removed

Charge = tuple[str, str, int]
MOST_CELLS = 4


@dataclass(frozen=True)
class Broken:
    """One rule that an edited workbook breaks, or one number that does not follow: its cell, and the cells besides."""

    place: str
    """The first cell that counts in it, those that were changed before the others, as in ``Allocation!L17``."""
    besides: int
    finding: Finding
    hint: str = ""
    """What to type where, for a charge that follows from others."""

    def __str__(self) -> str:
        more = f" and {self.besides} more" if self.besides else ""
        cite = f" [{'; '.join(self.finding.cite)}]" if self.finding.cite else ""
        hint = f". {self.hint}" if self.hint else ""
        return f"{self.place}{more}  {self.finding}{hint}{cite}"


@dataclass(frozen=True)
class Edited:
    """What an edited workbook holds: its proposal as a case, and the rows of its Allocation."""

    file: str
    case: Case
    rows: tuple[EditedRow, ...]
    removed: tuple[Removed, ...] = ()
    """What braid planned and has no row any more: it pays nothing."""

    @property
    def changed(self) -> tuple[EditedRow, ...]:
        """The rows whose amount is not the one that braid planned."""
        return tuple(row for row in self.rows if row.amount != row.planned)

    @property
    def moved(self) -> tuple[EditedRow, ...]:
        """The rows that braid planned for another installment or other days."""
        return tuple(row for row in self.rows if row.was and row.amount)

    @cached_property
    def indirect(self) -> dict[tuple[str, str, int], int]:
        """Indirect cost by award, installment and number of the period."""
        found: dict[tuple[str, str, int], int] = defaultdict(int)
        for row in self.rows:
            if row.kind == "indirect" and row.amount:
                found[row.award, row.installment, row.index] += row.amount
        return dict(found)

    @cached_property
    def paid(self) -> Paid:
        """What it pays, in the form that the exact judge takes; rows that are alike are one."""
        direct: dict[Entry, int] = defaultdict(int)
        fringe: dict[Charge, int] = defaultdict(int)
        for row in self.rows:
            if row.kind == "direct" and row.amount:
                direct[Entry(row.award, row.line, row.index, row.days, 0, row.installment)] += row.amount
            elif row.kind == "fringe" and row.amount:
                fringe[row.award, row.line, row.index] += row.amount
        entries = [Entry(e.award, e.line, e.index, e.days, units, e.installment) for e, units in direct.items()]
        return paid_by_hand(entries, fringe, self.indirect)

    @cached_property
    def judged(self) -> Judged:
        """Every rule held against what it pays."""
        return judge(self.case, self.paid)

    @property
    def broken(self) -> tuple[Broken, ...]:
        """Every broken rule and every number that does not follow from the others, with its cell."""
        return tuple(self._placed(finding) for finding in self.judged.findings)

    def plan(self) -> Plan:
        """The plan that it holds, as a person left it."""
        return by_hand(self.case, self.paid, self.judged, self.indirect)

    @cached_property
    def _limits(self) -> dict[str, Limit]:
        return {limit.id: limit for limit in self.case.limits}

    def _placed(self, finding: Finding) -> Broken:
        limit = self._limits.get(finding.row)
        rows = list(self._counted(limit) if limit is not None else self._named(finding.row))
        hint = Following(self.case, self.judged, self.rows).hint(finding.row)
        rows.sort(key=lambda row: (row.amount == row.planned, row.row))
        if not rows:
            return Broken(cell_name(ALLOCATION, 0, 0), 0, finding, hint)
        return Broken(rows[0].place, len(rows) - 1, finding, hint)

    def _counted(self, limit: Limit) -> Iterator[EditedRow]:
        """The rows that a limit looks at."""
        lines = {limit.line} if limit.line is not None else limit.lines
        for row in self.rows:
            if limit.awards is not None and row.award not in limit.awards:
                continue
            if lines is not None and (row.line not in lines or row.kind == "indirect"):
                continue
            if limit.installments is not None and row.installment not in map(str, limit.installments):
                continue
            if limit.in_time(row.index) and self._selected(limit, row):
                yield row

    def _selected(self, limit: Limit, row: EditedRow) -> bool:
        if limit.select is None or row.kind == "indirect":
            return limit.select is None or limit.include_indirect
        return limit.select.selects(self.case.traits(row.award, row.line)) or limit.kind == "floor"

    def _named(self, name: str) -> Iterator[EditedRow]:
        """The rows that a finding names which is about no limit: an entry, fringe, indirect cost, an installment."""
        kind, _, rest = name.partition("[")
        parts = rest.rstrip("]").split(",")
        for row in self.rows:
            period = self.case.proposal.periods[row.index].name
            entry = f"{row.award} on {row.line} in {period}"
            of_kind = row.kind == kind and {*parts} <= {row.award, row.line, period, row.installment}
            of_part = kind == "installment" and parts == [row.award, row.installment]
            if of_kind or of_part or (row.kind == "direct" and entry == name):
                yield row


def read_edited(path: str | Path, *, catalogue: Catalogue | None = None) -> Edited:
    """Read a workbook that braid wrote and a person edited: the sheets of input, and the Allocation.

    Raises InputError with every fault, each at its sheet and cell.
    """
    path, known = Path(path), catalogue or shipped()
    case = Case(read(path, catalogue=known), known)
    rows, gone = read_rows(path, Places(case))
    if any(row.award not in case.terms for row in rows):  # money that is only expected was planned as if it had come
        case = Case(case.written, known, None)
    return Edited(str(path), case, rows, gone)


def with_edits(edited: Edited) -> Proposal:
    """The proposal with every direct amount that a person changed committed exactly, in place of what was committed.

    Where a row was removed, exactly what other rows still pay there is committed: nothing, if there is no other.
    Raises InputError where a changed amount is on a line that needs nothing in the period.
    """
    proposal = edited.case.written
    units: dict[Charge, int] = defaultdict(int)
    for row in edited.rows:
        if row.kind == "direct":
            units[row.award, row.line, row.index] += row.amount
    changed = {(row.award, row.line, row.index): row for row in edited.changed if row.kind == "direct"}
    _refuse_idle(edited, changed.values())
    settled_by_hand = {
        *changed,
        *((gone.award, gone.line, gone.index) for gone in edited.removed if gone.kind == "direct"),
    }
    names = {(award, line, proposal.periods[index].name) for award, line, index in settled_by_hand}
    kept = [each for each in proposal.committed if (each.award, each.line, each.period) not in names]
    settled = [
        Commitment(
            award=award,
            line=line,
            period=proposal.periods[index].name,
            amount=units[award, line, index] * CENTS[proposal.unit],
            exactly=True,
        )
        for award, line, index in sorted(settled_by_hand)
    ]
    return proposal.model_copy(update={"committed": (*kept, *settled)})


def _refuse_idle(edited: Edited, rows: Iterable[EditedRow]) -> None:
    faults = [
        Fault(
            edited.file,
            row.row,
            row.column,
            "",
            f"{show(row.amount, edited.case.proposal.unit)} is paid, but {row.line} needs nothing in "
            f"{edited.case.proposal.periods[row.index]}",
            row.sheet,
        )
        for row in rows
        if row.amount and (row.line, row.index) not in edited.case.need
    ]
    if faults:
        raise InputError(faults)
