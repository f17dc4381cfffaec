"""The identities that a careful officer would want, as rows: what must hold, a left and a right side, and how close.

Every side is a formula with its value. Rounding may part two sides by a unit or more where fringe and indirect are
worked out from a rate; a row then says by how much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from braid.files.sheets import Formula
from braid.law.rules import Base
from braid.workbook.cash import Cash
from braid.workbook.charges import NOTHING, Charge
from braid.workbook.determinations import NO_DAY
from braid.workbook.facts import Facts
from braid.workbook.indirect import base_of, indirect_rows
from braid.workbook.ledger import LAST_DAY, TABLE, word
from braid.workbook.marks import serves
from braid.workbook.match import matched

AWARD, LINE, PERIOD, RATE = "$I", "$J", "$K", "$L"
"""The columns of the sheet that say what a row is about."""
SERVING = "SUM(tblMatch[Amount])"


@dataclass(frozen=True)
class Check:
    """Two sides that must be one (or the left at most the right), but for what rounding may part them by."""

    kind: str
    sentence: str
    left: Formula
    right: Formula | Decimal
    at_most: bool = False
    may_differ: Decimal = NOTHING
    award: str = ""
    line: str = ""
    period: str = ""
    rate: Fraction | None = None
    counted: bool = False
    """Whether the sides are numbers of things, and not dollars."""

    @property
    def difference(self) -> Decimal:
        """The left side less the right."""
        right = self.right.value if isinstance(self.right, Formula) else self.right
        return Decimal(self.left.value) - Decimal(right)

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return (self.difference if self.at_most else abs(self.difference)) <= self.may_differ


KINDS = {
    "Limits": "No limit is broken",
    "Need": "Need is what is paid and the gap that is explained, line by line",
    "Gap": "The gaps, reason by reason, add up to the gap",
    "Available": "No award is charged more than it has",
    "Award": "What an award is charged adds up, by kind and by installment",
    "Fringe": "Fringe is its rate on the pay, line by line",
    "Indirect": "Indirect cost is its rate on its base, award by award",
    "Match": "Match is what it must be, each dollar once",
    "Classes": "Object classes add up to what an award is charged",
    "Cash flow": "Opening, received, charged, lapsed and closing agree",
    "May pay": "Nothing is charged where an award may not pay",
    "Totals": "The sheets agree with the Allocation",
    "Forms": "The forms agree with one another and with the Allocation",
}
"""What is checked, in the order of the sheet."""


class Identities:
    """The checks of a plan; ``identities.checks(first)`` gives them with the first row that they stand in."""

    def __init__(
        self, facts: Facts, cash: Cash, over: int, places: dict[str, str], forms: tuple[Check, ...] = ()
    ) -> None:
        self.facts, self.ledger, self.cash = facts, facts.ledger, cash
        self.over = over
        self.places = places
        """Where the totals of the Summary stand."""
        self.forms = forms
        """What must hold on the forms that are filed."""
        self.row = 0

    def checks(self, first: int) -> Iterator[Check]:
        """Every check, each for the row in which it will stand."""
        self.row = first
        for part in (
            self._limits(), self._needs(), self._gap(), self._available(), self._awards(), self._fringe(),
            self._indirect(), self._match(), self._serving(), self._classes(), self._cash(), self._may_pay(),
            self._totals(), self.forms,
        ):  # fmt: skip
            for check in part:
                yield check
                self.row += 1

    def _at(self, column: str) -> str:
        return f"{column}{self.row}"

    def _charged(self, **keys: str) -> str:
        """A sum of the Allocation by the columns that say what the row is about, or by a word."""
        own = {"Award": AWARD, "Line": LINE, "Period": PERIOD}
        parts = [f"{TABLE}[{name}],{key or self._at(own[name])}" for name, key in keys.items()]
        return f"SUMIFS({TABLE}[Amount],{','.join(parts)})"

    def _limits(self) -> Iterator[Check]:
        broken = Formula('COUNTIF(tblLimits[Status],"OVER")', self.over)
        yield Check("Limits", "The number of limits that are over is none.", broken, NOTHING, counted=True)

    def _needs(self) -> Iterator[Check]:
        """Need = paid + gap, for every line and period."""
        explained: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for gap in self.facts.plan.file.gaps:
            explained[gap.line, gap.period] += gap.amount
        for need in self.facts.needs:
            line, period = self._at(LINE), self._at(PERIOD)
            text = self._charged(Line="", Period="")
            if self.facts.plan.file.gaps:
                text += f"+SUMIFS(tblGaps[Amount],tblGaps[Line],{line},tblGaps[Period],{period})"
            yield Check(
                "Need",
                f"{need.line}, {need.period}: need is what is paid and the gap.",
                Formula(f"SUMIFS(tblNeeds[Need],tblNeeds[Line],{line},tblNeeds[Period],{period})", need.need),
                Formula(text, need.paid + explained[need.line, need.period]),
                line=need.line,
                period=need.period,
            )

    def _gap(self) -> Iterator[Check]:
        gaps = self.facts.plan.file.gaps
        left = sum((need.gap for need in self.facts.needs), NOTHING)
        explained = sum((gap.amount for gap in gaps), NOTHING)
        right = Formula("SUM(tblReasons[Amount])", explained) if gaps else NOTHING
        total = Formula("SUM(tblNeeds[Gap])", left)
        yield Check("Gap", "All gaps on Needs: what Gaps explains, by reason.", total, right)

    def _available(self) -> Iterator[Check]:
        for total in self.facts.awards:
            yield Check(
                "Available",
                f"{total.award}: what is charged is at most what it has.",
                Formula(self._charged(Award=""), self.ledger.total(award=total.award)),
                self._of_award("Available", self.facts.available(total.award)),
                at_most=True,
                award=total.award,
            )

    def _of_award(self, column: str, value: Decimal, table: str = "tblAwards") -> Formula:
        return Formula(f"SUMIFS({table}[{column}],{table}[Award],{self._at(AWARD)})", value)

    def _awards(self) -> Iterator[Check]:
        """What an award is charged, by kind and by installment."""
        for total in self.facts.awards:
            parts = sum((part.charged for part in self.facts.parts if part.award == total.award), NOTHING)
            charged = self.ledger.total(award=total.award)
            for sentence, table, value in (
                ("direct cost, fringe and indirect cost add up to what is charged", "tblAwards", charged),
                ("its installments add up to what is charged", "tblInstallments", parts),
            ):
                yield Check(
                    "Award",
                    f"{total.award}: {sentence}.",
                    self._of_award("Charged", value, table),
                    Formula(self._charged(Award=""), charged),
                    award=total.award,
                )

    def _formula(self, rate: Fraction, base: str, value: Decimal | Fraction) -> Formula:
        """A rate on a base, rounded down to whole units as the plan does it."""
        places = 0 if self.facts.step == 1 else 2
        step = Fraction(self.facts.step)
        exact = floor(rate * Fraction(value) / step) * self.facts.step
        return Formula(f"ROUNDDOWN(ROUND({self._at(RATE)}*{base},6),{places})", exact)

    def _fringe(self) -> Iterator[Check]:
        for need in self.facts.needs:
            paid = self.ledger.charged(line=need.line, period=need.period, kind="direct")
            charged = self.ledger.total(line=need.line, period=need.period, kind="fringe")
            if not need.fringe_rate or not (paid or charged):
                continue
            pay = self.ledger.total(line=need.line, period=need.period, kind="direct")
            payers = len({charge.award for charge in paid})
            yield Check(
                "Fringe",
                f"{need.line}, {need.period}: fringe is its rate on the pay.",
                Formula(self._charged(Line="", Period="", Kind='"fringe"'), charged),
                self._formula(need.fringe_rate, self._charged(Line="", Period="", Kind='"direct"'), pay),
                may_differ=self.facts.step * max(0, payers - 1),
                line=need.line,
                period=need.period,
                rate=need.fringe_rate,
            )

    def _indirect(self) -> Iterator[Check]:
        for (award, index), terms in self.facts.plan.case.indirect.items():
            period = self.facts.periods[index]
            based = [charge for charge in self.ledger.charged(award=award, period=period) if charge.rate]
            charged = self.ledger.total(award=award, period=period, kind="indirect")
            if not terms.rate or not (based or charged):
                continue
            base = base_of(based, terms.rate)
            key = f"tblIndirect[Award],{self._at(AWARD)},tblIndirect[Period],{self._at(PERIOD)}"
            yield Check(
                "Indirect",
                f"{award}, {period}: indirect cost is its rate on its base.",
                Formula(self._charged(Award="", Period="", Kind='"indirect"'), charged),
                self._formula(terms.rate, f"SUMIFS(tblIndirect[Base amount],{key})", base),
                may_differ=self.facts.step * ceil(terms.rate * self._rounded(award, terms.base, based)),
                award=award,
                period=period,
                rate=terms.rate,
            )

    def _rounded(self, award: str, base: Base, based: Iterable[Charge]) -> int:
        """By how many units fringe as charged may differ from fringe before rounding, on which the plan works."""
        case = self.facts.plan.case
        lines = {charge.line for charge in based}
        on_pay = {n for n in lines if case.proposal.cost(n).fringe and case.in_base(award, n, base)[1]}
        fringe = {(charge.line, charge.period) for charge in based if charge.line in on_pay}
        payers = [{c.award for c in self.ledger.charged(line=key[0], period=key[1], kind="direct")} for key in fringe]
        return sum(max(1, len(each) - 1) for each in payers)

    def _match(self) -> Iterator[Check]:
        """What must stand beside a matched award stands there; what serves it is all that Match says."""
        rows = matched(self.facts)
        for row in rows:
            beside = "+".join(self._matched(name) for name in ("Required on what is charged", "To spare"))
            yield Check(
                "Match",
                f"{row.award}: what is required on what is charged is pledged or paid by other awards.",
                Formula(self._matched("Required on what is charged"), row.required),
                Formula(beside, row.required + row.spare),
                at_most=True,
                may_differ=row.may_differ,
                award=row.award,
            )
        if rows:
            each = Formula("SUM(tblMatched[Paid by other awards])", sum((row.served for row in rows), NOTHING))
            every = sum((row.amount for row in self.facts.plan.file.match), NOTHING)
            yield Check("Match", "What serves, award by award: all that serves.", each, Formula(SERVING, every))

    def _matched(self, column: str) -> str:
        return f"SUMIFS(tblMatched[{column}],tblMatched[Award],{self._at(AWARD)})"

    def _serving(self) -> Iterator[Check]:
        """No dollar serves twice, and none that is not paid: by payer, line and period, in all and for each award."""
        served: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
        several = len(self.facts.plan.case.matchings) > 1
        for row in self.facts.plan.file.match:
            for name in ("", row.award) if several else ("",):
                served[row.paid_by, row.line, row.period, name] += row.amount
        for (award, line, period, name), amount in sorted(served.items()):
            columns = (("Paid by", AWARD), ("Line", LINE), ("Period", PERIOD))
            keys = ",".join(f"tblMatch[{column}],{self._at(cell)}" for column, cell in columns)
            keys += f',tblMatch[Matched award],"{name}"' if name else ""
            mark, paid = serves(name), self.ledger.charged(award=award, line=line, period=period)
            may = [c.amount for c in paid if any(m == mark if name else m.startswith(mark) for m in c.marks)]
            fringe = sum(1 for charge in paid if charge.kind == "fringe")
            right = self._charged(Award="", Line="", Period="", **{"Counts in": f'"*;{mark}{";" if name else ""}*"'})
            yield Check(
                "Match",
                f"{award} on {line}, {period}: what serves {f'{name} ' if name else ''}is at most what it pays there.",
                Formula(f"SUMIFS(tblMatch[Amount],{keys})", amount),
                Formula(right, sum(may, NOTHING)),
                at_most=True,
                may_differ=self.facts.step * max(0, fringe - 1),
                award=award,
                line=line,
                period=period,
            )

    def _classes(self) -> Iterator[Check]:
        for award in dict.fromkeys(each.award for each in self.facts.classes):
            charged = sum((each.charged for each in self.facts.classes if each.award == award), NOTHING)
            yield Check(
                "Classes",
                f"{award}: its object classes add up to what is charged.",
                self._of_award("Charged", charged, "tblClasses"),
                Formula(self._charged(Award=""), self.ledger.total(award=award)),
                award=award,
            )

    def _cash(self) -> Iterator[Check]:
        for total in self.facts.awards:
            award, flow, later = total.award, self.cash.whole(total.award), self.cash.later(total.award)
            key = self._at(AWARD)
            arrives = f"SUMIFS(tblInstallments[Amount],tblInstallments[Award],{key},tblInstallments[Received on]"
            both = [f"SUMIFS(tblCashAwards[{name}],tblCashAwards[Award],{key})" for name in ("Opening", "Received")]
            carried = f'SUMIFS(tblAwards[Carries on],tblAwards[Award],{key})-{arrives},">"&{LAST_DAY})'
            closing = self._of_award("Closing", flow.closing, "tblCashAwards")
            brought = flow.opening + flow.received
            for sentence, left, right in (
                (
                    "opening + received - charged - lapsed is the closing balance",
                    self._of_award("Comes to", flow.closing, "tblCashAwards"),
                    closing,
                ),
                (
                    "opening + received is what its installments bring by the last day",
                    Formula("+".join(both), brought),
                    Formula(f'{arrives},"<="&{LAST_DAY})', self.facts.available(award) - later),
                ),
                (
                    "the closing balance carries on, less what is received later",
                    closing,
                    Formula(carried, self.facts.left(award) - self.facts.lapses(award) - later),
                ),
            ):
                yield Check("Cash flow", f"{award}: {sentence}.", left, right, award=award)

    def _may_pay(self) -> Iterator[Check]:
        found = self.facts.plan.case.determinations
        wrong = sum((self.ledger.total(award=a, line=n) for (a, n), each in found.items() if not each.payable), NOTHING)
        charged = Formula(f'SUMIFS(tblDeterminations[Charged],tblDeterminations[Payable days],"{NO_DAY}")', wrong)
        yield Check("May pay", "Nothing is charged to awards that may not pay the line.", charged, NOTHING)

    def _totals(self) -> Iterator[Check]:
        """Totals of other sheets: that of the Allocation, or of its direct cost and fringe."""
        every, kinds = self.ledger.sum(), [self.ledger.sum(kind=word(kind)) for kind in ("direct", "fringe")]
        lines = Formula("+".join(part.text for part in kinds), sum((Decimal(part.value) for part in kinds), NOTHING))
        charged = every.value
        available = sum((self.facts.available(total.award) for total in self.facts.awards), NOTHING)
        three = "+".join(f"SUM(tblAwards[{name}])" for name in ("Charged", "Lapses", "Carries on"))
        for sentence, left, right in (
            ("Summary, by activity and award: the Allocation.", Formula(self.places["awards"], charged), every),
            ("Summary, by award and period: the Allocation.", Formula(self.places["periods"], charged), every),
            ("Charged on Award balances: the Allocation.", Formula("SUM(tblAwards[Charged])", charged), every),
            ("Charged on Installments: the Allocation.", Formula("SUM(tblInstallments[Charged])", charged), every),
            ("Paid on Needs: its direct cost and fringe.", Formula("SUM(tblNeeds[Paid])", lines.value), lines),
            (
                "Charged on Determinations: its direct cost and fringe.",
                Formula("SUM(tblDeterminations[Charged])", lines.value),
                lines,
            ),
            (
                "Available: what is charged, lapses or carries on.",
                Formula("SUM(tblAwards[Available])", available),
                Formula(three, available),
            ),
        ):
            yield Check("Totals", sentence, left, right)
        if rows := list(indirect_rows(self.facts)):
            on_sheet = Formula("SUM(tblIndirect[Charged])", sum((row.charged for row in rows), NOTHING))
            yield Check(
                "Totals", "Charged on Indirect: its indirect cost.", on_sheet, self.ledger.sum(kind=word("indirect"))
            )
