"""The identities that a careful officer would want, as rows: what must hold, a left and a right side, and how close.

Every side is a formula with its value. Rounding may part two sides by a unit or more where fringe and indirect are
worked out from a rate; a row then says by how much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from braid.files.sheets import Formula
from braid.law.rules import Base
from braid.workbook.answer.agreeing import agreeing
from braid.workbook.answer.quarters import Quarters
from braid.workbook.cash import Cash, Flow
from braid.workbook.cautions import cautions
from braid.workbook.charges import NOTHING, Charge
from braid.workbook.check import AWARD, LINE, PERIOD, RATE, Check, Place
from braid.workbook.determinations import NO_DAY, decided
from braid.workbook.facts import Facts
from braid.workbook.indirect import base_of, indirect_rows
from braid.workbook.ledger import LAST_DAY, word
from braid.workbook.marks import serves
from braid.workbook.match import matched

SERVING = "SUM(tblMatch[Amount])"


class Identities:
    """The checks of a plan; ``identities.checks(first)`` gives them with the first row that they stand in."""

    def __init__(
        self,
        facts: Facts,
        cash: tuple[Cash, Quarters],
        limits: tuple[int, int],
        places: dict[str, str],
        forms: tuple[Check, ...] = (),
    ) -> None:
        self.facts, self.ledger = facts, facts.ledger
        self.cash, self.quarters = cash
        self.over, self.warned = limits
        self.places = places
        """Where the totals of the Summary stand."""
        self.forms = forms
        """What must hold on the forms that are filed."""
        self.place = Place(facts, 0)

    def checks(self, first: int) -> Iterator[Check]:
        """Every check, each for the row in which it will stand."""
        self.place.row = first
        for part in (
            self._limits(), self._needs(), self._gap(), self._available(), self._awards(), self._fringe(),
            self._indirect(), self._match(), self._serving(), self._classes(), self._cash(), self._may_pay(),
            self._totals(), agreeing(self.facts, self.place, self.quarters), self.forms,
            cautions(self.facts, self.place, self.warned),
        ):  # fmt: skip
            for check in part:
                yield check
                self.place.row += 1

    def _limits(self) -> Iterator[Check]:
        broken = Formula('COUNTIF(tblLimits[Status],"FAIL")', self.over)
        yield Check("Limits", "The number of limits that are over is none.", broken, NOTHING, counted=True)

    def _needs(self) -> Iterator[Check]:
        """Need = paid + gap, for every line and period."""
        explained: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for gap in self.facts.plan.file.gaps:
            explained[gap.line, gap.period] += gap.amount
        for need in self.facts.needs:
            line, period = self.place.at(LINE), self.place.at(PERIOD)
            text = self.place.charged(Line="", Period="")
            if self.facts.plan.file.gaps:
                text += f"+SUMIFS(tblGaps[Amount],tblGaps[Line],{line},tblGaps[Period],{period})"
            yield Check(
                "Need",
                f"{need.line}, {need.period}: need is what is paid and the gap.",
                Formula(self._of_need("Need"), need.need),
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
        """What is charged and was spent before is at most what there is; where that was too much, nothing is added."""
        for total in self.facts.awards:
            award = total.award
            charged, before = self.ledger.total(award=award), self.facts.spent_before(award)
            has, text = self.facts.available(award), self.place.of_award("Available")
            left = Formula(self.place.charged(Award=""), charged)
            if before:
                left = Formula(f"{left.text}+{self.place.of_award('Spent before')}", charged + before)
                text = f"MAX({text},{self.place.of_award('Spent before')})" if before > has else text
            yield Check(
                "Available",
                f"{award}: what is charged{' and was spent before' if before else ''} is at most what it has.",
                left,
                Formula(text, max(has, before)),
                at_most=True,
                award=award,
            )

    def _of_award(self, column: str, value: Decimal, table: str = "tblAwards") -> Formula:
        return Formula(self.place.of_award(column, table), value)

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
                    Formula(self.place.charged(Award=""), charged),
                    award=total.award,
                )

    def _formula(self, rate: Fraction, base: str, value: Decimal | Fraction) -> Formula:
        """A rate on a base, rounded down to whole units as the plan does it."""
        places = 0 if self.facts.step == 1 else 2
        step = Fraction(self.facts.step)
        exact = floor(rate * Fraction(value) / step) * self.facts.step
        return Formula(f"ROUNDDOWN(ROUND({self.place.at(RATE)}*{base},6),{places})", exact)

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
                f"{need.line}, {need.period}: fringe is its rate on the pay, which the right side says.",
                Formula(self.place.charged(Line="", Period="", Kind='"fringe"'), charged),
                self._formula(need.fringe_rate, self.place.charged(Line="", Period="", Kind='"direct"'), pay),
                may_differ=self.facts.step * max(0, payers - 1),
                line=need.line,
                period=need.period,
                rate=need.fringe_rate,
                rate_at=self._of_need("Fringe rate"),
            )

    def _of_need(self, column: str) -> str:
        line, period = self.place.at(LINE), self.place.at(PERIOD)
        return f"SUMIFS(tblNeeds[{column}],tblNeeds[Line],{line},tblNeeds[Period],{period})"

    def _indirect(self) -> Iterator[Check]:
        for (award, index), terms in self.facts.plan.case.indirect.items():
            period = self.facts.periods[index]
            based = [charge for charge in self.ledger.charged(award=award, period=period) if charge.rate]
            charged = self.ledger.total(award=award, period=period, kind="indirect")
            if not terms.rate or not (based or charged):
                continue
            base = base_of(based, terms.rate)
            key = f"tblIndirect[Award],{self.place.at(AWARD)},tblIndirect[Period],{self.place.at(PERIOD)}"
            yield Check(
                "Indirect",
                f"{award}, {period}: indirect cost is its rate on its base, which the right side says.",
                Formula(self.place.charged(Award="", Period="", Kind='"indirect"'), charged),
                self._formula(terms.rate, f"SUMIFS(tblIndirect[Base amount],{key})", base),
                may_differ=self.facts.step * ceil(terms.rate * self._rounded(award, terms.base, based)),
                award=award,
                period=period,
                rate=terms.rate,
                rate_at=f"SUMIFS(tblIndirect[Rate],{key})",
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
        return f"SUMIFS(tblMatched[{column}],tblMatched[Award],{self.place.at(AWARD)})"

    def _serving(self) -> Iterator[Check]:
        """No dollar serves twice, and none that is not paid: by payer, line and period, in all and for each award."""
        served: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
        several = len(self.facts.plan.case.matchings) > 1
        for row in self.facts.plan.file.match:
            for name in ("", row.award) if several else ("",):
                served[row.paid_by, row.line, row.period, name] += row.amount
        for (award, line, period, name), amount in sorted(served.items()):
            columns = (("Paid by", AWARD), ("Line", LINE), ("Period", PERIOD))
            keys = ",".join(f"tblMatch[{column}],{self.place.at(cell)}" for column, cell in columns)
            keys += f',tblMatch[Matched award],"{name}"' if name else ""
            mark, paid = serves(name), self.ledger.charged(award=award, line=line, period=period)
            may = [c.amount for c in paid if any(m == mark if name else m.startswith(mark) for m in c.marks)]
            fringe = sum(1 for charge in paid if charge.kind == "fringe")
            right = self.place.charged(
                Award="", Line="", Period="", **{"Counts in": f'"*;{mark}{";" if name else ""}*"'}
            )
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
                Formula(self.place.charged(Award=""), self.ledger.total(award=award)),
                award=award,
            )

    def _cash(self) -> Iterator[Check]:
        for total in self.facts.awards:
            award, flow = total.award, self.cash.whole(total.award)
            before, over = self.facts.spent_before(award), self.facts.overspent(award)
            later, spent_of_it = self.cash.later(award)
            carried = f"{self.place.of_award('Carries on')}-{self._arrives('Amount', '>')}"
            carried += f"+{self._arrives('Spent before', '>')}" if spent_of_it else ""
            if over:
                carried += f"+{self.place.of_award('Available')}-{self.place.of_award('Spent before')}"
            closing = self._of_award("Closing", flow.closing, "tblCashAwards")
            kept = self.facts.left(award) - self.facts.lapses(award) - later + spent_of_it - over
            spent = " - spent before" if before else ""
            for sentence, left, right in (
                (
                    f"opening + received{spent} - charged - lapsed is the closing balance",
                    self._of_award("Comes to", flow.closing, "tblCashAwards"),
                    closing,
                ),
                (
                    f"opening + received{spent} is what its installments bring by the last day",
                    *self._brought(
                        flow, self.facts.available(award) - later - before + spent_of_it, later, spent_of_it
                    ),
                ),
                ("the closing balance carries on, less what is received later", closing, Formula(carried, kept)),
            ):
                yield Check("Cash flow", f"{award}: {sentence}.", left, right, award=award)

    def _brought(self, flow: Flow, has: Decimal, later: Decimal, spent_of_it: Decimal) -> tuple[Formula, Formula]:
        """What an award has by the last day, as Cash flow has it, and by its installments."""
        left = "+".join(self.place.of_award(name, "tblCashAwards") for name in ("Opening", "Received"))
        right = self._arrives("Amount", "<=")
        if self.facts.before:
            left += f"-{self.place.of_award('Spent before', 'tblCashAwards')}"
            right = f"{self.place.of_award('Available')}-{self.place.of_award('Spent before')}"
            right += f"-{self._arrives('Amount', '>')}" if later else ""
            right += f"+{self._arrives('Spent before', '>')}" if spent_of_it else ""
        return Formula(left, flow.opening + flow.received - flow.before), Formula(right, has)

    def _arrives(self, column: str, sign: str) -> str:
        """A column of the installments that are received by the last day, or after it."""
        when = f'tblInstallments[Received on],"{sign}"&{LAST_DAY}'
        return f"SUMIFS(tblInstallments[{column}],tblInstallments[Award],{self.place.at(AWARD)},{when})"

    def _may_pay(self) -> Iterator[Check]:
        if not decided(self.facts):
            return
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
        names = ("Charged", "Lapses", "Carries on", *(["Spent before"] if self.facts.before else []))
        used = "+".join(f"SUM(tblAwards[{name}])" for name in names)
        over = sum((self.facts.overspent(total.award) for total in self.facts.awards), NOTHING)
        names = {"awards": "Braid, all awards: the Allocation."} if "awards" in self.places else {}
        braid = ((sentence, Formula(self.places[name], charged), every) for name, sentence in names.items())
        on_sheet = "Charged on Determinations: its direct cost and fringe."
        for sentence, left, right in (
            *braid,
            ("Summary, by award and period: the Allocation.", Formula(self.places["periods"], charged), every),
            ("Charged on Award balances: the Allocation.", Formula("SUM(tblAwards[Charged])", charged), every),
            ("Charged on Installments: the Allocation.", Formula("SUM(tblInstallments[Charged])", charged), every),
            ("Paid on Needs: its direct cost and fringe.", Formula("SUM(tblNeeds[Paid])", lines.value), lines),
            *(
                ((on_sheet, Formula("SUM(tblDeterminations[Charged])", lines.value), lines),)
                if decided(self.facts)
                else ()
            ),
        ):
            yield Check("Totals", sentence, left, right)
        yield Check(
            "Totals",
            f"Available: what is charged, lapses{', was spent before' if self.facts.before else ''} or carries on.",
            Formula("SUM(tblAwards[Available])", available),
            Formula(used, available + over),
            at_most=bool(over),
        )
        if rows := list(indirect_rows(self.facts)):
            on_sheet = Formula("SUM(tblIndirect[Charged])", sum((row.charged for row in rows), NOTHING))
            yield Check(
                "Totals", "Charged on Indirect: its indirect cost.", on_sheet, self.ledger.sum(kind=word("indirect"))
            )
