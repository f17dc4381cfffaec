"""The Checks: every identity in a row of its own, with its difference and PASS or FAIL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from braid.files.sheets import Cell, Formula, Sheet, Value
from braid.workbook.check import KINDS, Check
from braid.workbook.facts import Facts, page_of
from braid.workbook.identities import Identities
from braid.workbook.page import FAIL, PASS, WARN, Column, Made, Page

CHECKS = (
    Column("Check", 12),
    Column("What must hold", 66),
    Column("Left side", 0, "money"),
    Column("Must be", 11),
    Column("Right side", 0, "money"),
    Column("Difference", 0, "money"),
    Column("May differ by", 0, "money"),
    Column("Severity", 10),
    Column("Result", 9, "verdict"),
    Column("Award", 14, "key"),
    Column("Line", 26, "key"),
    Column("Period", 10, "count"),
    Column("Rate", 9, "share"),
)
RESULT, PRINTED = 9, 9
SIDES = (3, 5, 6, 7)
"""The columns that hold dollars, or numbers of things."""


class Checks:
    """The sheet, and how many of each kind there are and fail."""

    def __init__(self, facts: Facts, identities: Identities) -> None:
        self.page = page_of(facts, "Checks", "control", CHECKS)
        self.page.locked = True
        self.page.printed = PRINTED
        self._head()
        self.rows = tuple(identities.checks(self.page.row + 1))
        self._table()

    @property
    def failed(self) -> int:
        """How many fail."""
        return sum(check.result == FAIL for check in self.rows)

    @property
    def warned(self) -> int:
        """How many warn."""
        return sum(check.result == WARN for check in self.rows)

    @property
    def names(self) -> dict[str, str]:
        """The cells that count those that fail and those that warn, by the names that formulas know them by."""
        return {"checks_failed": f"Checks!$C${self.counted}", "checks_warned": f"Checks!$C${self.counted + 1}"}

    def by_kind(self) -> list[tuple[str, str, int, int, int]]:
        """Each kind with what it says, and how many rows of it there are, fail and warn."""
        count = Counter((check.kind, check.result) for check in self.rows)
        found = [(kind, says, [count[kind, word] for word in (PASS, FAIL, WARN)]) for kind, says in KINDS.items()]
        return [(kind, says, sum(each), each[1], each[2]) for kind, says, each in found if sum(each)]

    def sheet(self) -> Sheet:
        """The finished sheet."""
        return self.page.sheet()

    def _head(self) -> None:
        page = self.page
        page.say("Checks: everything that must hold", "title")
        page.say(
            "Each row holds a left side against a right side; both are formulas. «May differ by» is what rounding down "
            "to whole units can part them by. The columns to the right of the print area say what a row is about."
        )
        page.say(
            f"A row that does not hold says {FAIL} where it is an error, and {WARN} where it is a warning to look at."
        )
        page.skip()
        self.counted = page.row + 1
        page.skip(4)

    def _table(self) -> None:
        page = self.page
        first = page.row + 1
        page.table("tblChecks", CHECKS, Made(self.rows, lambda check, place: _cells(check, first + place)))
        page.freeze = (first, 1)
        page.verdicts.append(page.span(RESULT, first))
        self._count()

    def _count(self) -> None:
        """Above the table: how many there are, and how many fail."""
        for row, (text, formula) in enumerate(
            (
                ("Checks", Formula("ROWS(tblChecks[Check])", len(self.rows))),
                ("Checks that fail (errors)", Formula(f'COUNTIF(tblChecks[Result],"{FAIL}")', self.failed)),
                ("Checks that warn (warnings)", Formula(f'COUNTIF(tblChecks[Result],"{WARN}")', self.warned)),
            ),
            self.counted - 1,
        ):
            self.page.cells[row, 2] = Cell(text, "strong right")
            self.page.cells[row, 3] = Cell(formula, "number")


def _cells(check: Check, at: int) -> Sequence[Value | Cell]:
    """The row of a check; what counts things is set as a number, and not as dollars."""
    row = _row(check, at)
    if not check.counted:
        return row
    return [Cell(value, "number") if place in SIDES else value for place, value in enumerate(row, 1)]


def _row(check: Check, at: int) -> list[Value]:
    return [
        check.kind,
        check.sentence,
        check.left,
        "at most" if check.at_most else "equal to",
        check.right,
        Formula(f"ROUND($C{at}-$E{at},2)", check.difference),
        check.may_differ,
        "warning" if check.warning else "error",
        Formula(
            f'IF(IF($D{at}="at most",$F{at},ABS($F{at}))<=$G{at},"{PASS}",IF($H{at}="warning","{WARN}","{FAIL}"))',
            check.result,
        ),
        check.award or None,
        check.line or None,
        check.period or None,
        Formula(check.rate_at, float(check.rate)) if check.rate is not None and check.rate_at else None,
    ]


def overview(page: Page, checks: Checks) -> None:
    """A short table of the checks by kind, with a word for each."""
    page.say("Checks", "heading")
    styles: Sequence[str] = ["sentence", "sentence", "number", "number", "number", "verdict"]
    page.header(["What must hold", "", "Rows", "Errors", "Warnings", "Result"], styles)
    first = page.row
    for kind, says, count, fails, warns in checks.by_kind():
        row = page.row
        counted = f'COUNTIFS(tblChecks[Check],"{kind}",tblChecks[Result],"{{word}}")'
        word = FAIL if fails else WARN if warns else PASS
        page.line(
            [
                says,
                None,
                Formula(f'COUNTIF(tblChecks[Check],"{kind}")', count),
                Formula(counted.format(word=FAIL), fails),
                Formula(counted.format(word=WARN), warns),
                Formula(f'IF(D{row}>0,"{FAIL}",IF(E{row}>0,"{WARN}","{PASS}"))', word),
            ],
            styles,
        )
    page.verdicts.append(page.span(6, first))
    every, failed = Formula(f"SUM(C{first}:C{page.row - 1})", len(checks.rows)), Formula("checks_failed", checks.failed)
    sums = [every, failed, Formula("checks_warned", checks.warned)]
    page.line(["All checks", None, *sums, None], ["total text"] * 2 + ["total number"] * 3 + ["total text"])
    page.skip()
