"""The part of a fund statement that goes by payer: opening, receipts, spent and closing of each, which add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from braid.files.sheets import Formula, Value, letter
from braid.workbook.balances import INTEREST, NOT_SAID
from braid.workbook.charges import NOTHING
from braid.workbook.filing.form import Form, plus
from braid.workbook.filing.outgoing import Outgoing, Place
from braid.workbook.filing.payers import Payers, Span, told

RECEIVED = "tblInstallments[Received on]"
BASIS = (
    "Each installment has its payer, and the Allocation says which installment pays what: so spending and balances "
    "stand by payer. Interest has no payer and stands by itself."
)
PARTED = (
    " What goes out of the opening balance is parted among its payers by what each has in it, in whole units, in the "
    "order in which they stand here."
)
NOBODY = "Nobody is named as payer: say in the proposal who pays, and the same stands by payer as well."
OPENING, RECEIPTS, SPENT, CLOSING = "Opening balance", "Receipts", "Spent", "Closing balance"
LAPSED = "Lapsed: may have to be returned"


@dataclass
class ByPayer:
    """What each payer of one award paid, and what became of it; ``write()`` goes on below the fund statement."""

    form: Form
    payers: Payers
    place: Place

    def write(self) -> None:
        """Write it; with one payer the statement is by payer as it stands, and a sentence says so."""
        page, payers = self.form.page, self.payers
        if len(payers.names) < 2:
            name = next(iter(payers.names), NOT_SAID)
            page.say(NOBODY if name == NOT_SAID else f"All of it comes from {name}; interest has no payer.", "note")
            return
        lapse = any(part.ends for part in payers.parts)
        everyone = [*payers.names, *([INTEREST] if payers.earns else [])]
        page.skip()
        page.keep(18)
        page.say(f"{payers.award.label}, by payer", "heading")
        page.say(BASIS + (PARTED if payers.parted else ""))
        heads = ["Payer", "", *(year.name for year in self.place.years)]
        page.header(heads, ["text", "text", *["money"] * len(self.place.years)])
        top = page.row
        labels = [OPENING, RECEIPTS, SPENT, *([LAPSED] if lapse else []), CLOSING]
        page.row = top + len(labels) * (len(everyone) + 1) + 1
        page.say("Behind it: what each installment is charged, by fiscal year", "heading")
        charged = Outgoing(self.form, payers, self.place).write(everyone)
        if lapse:
            page.say("Behind it: what each installment lets lapse, by fiscal year", "heading")
        lapsed = Outgoing(self.form, payers, self.place, charged).write(everyone) if lapse else None
        bottom, page.row = page.row, top
        for who in everyone:
            self._payer(who, charged, lapsed)
        self._total(top, labels)
        page.row = bottom

    def _payer(self, who: str, charged: Outgoing, lapsed: Outgoing | None) -> None:
        """What came from a payer, went and is left, year by year."""
        form, at, years = self.form, self.form.page.row, self.place.years
        self.form.page.keep(5)
        gone = [charged.of(who), *([lapsed.of(who)] if lapsed else [])]
        closing = at + 2 + len(gone)
        came = [self._received(who, year, at, column) for column, year in zip(self.place.columns, years, strict=True)]
        opening, left = [self._opening(who, at, charged)], list[Value]()
        for number, column in enumerate(self.place.columns):
            on = letter(column)
            value = worth(opening[number]) + worth(came[number]) - sum((worth(each[number]) for each in gone), NOTHING)
            less = "".join(f"-{on}{row}" for row in range(at + 2, closing))
            left.append(Formula(f"SUM({on}{at}:{on}{at + 1}){less}", value))
            opening.append(Formula(f"{on}{closing}", value))
        name, money = told(who), ["money"] * len(years)
        keys = [None, who if self.payers.told_apart else None, self._share(who)]
        form.fill([name, OPENING, *opening[:-1], *keys], ["text", "text", *money, "", "key", "money"])
        for label, cells in ((RECEIPTS, came), *zip((SPENT, LAPSED), gone, strict=False)):
            form.fill([name, label, *cells], ["text", "text", *money])
        form.fill([name, CLOSING, *left], [*["subtotal text"] * 2, *["subtotal"] * len(years)])

    def _share(self, who: str) -> Value:
        """What a payer has in the opening balance: off the statement where all of it is one payer's."""
        share = self.payers.shares.get(who)
        if share is None or self.payers.parted or self.payers.late:
            return share
        return Formula(f"${letter(self.place.key)}${self.place.rows['opening']}", share)

    def _opening(self, who: str, at: int, charged: Outgoing) -> Value:
        """What is there of a payer's money on the plan's first day: what came before it, less what was spent of it."""
        first, before = self.place.years[0].first, letter(self.place.key + 1)
        share = NOTHING if self.payers.late else self.payers.shares.get(who, NOTHING)
        early = [part for part in self.payers.by(who) if part.received and part.received < first]
        value = share + sum((part.amount - part.before for part in early), NOTHING)
        if early and not self.payers.told_apart:
            return value
        parts = [f"${letter(self.place.key + 1)}{at}"] if share else []
        parts += [self._came(at, f'"<"&${self.place.at("first day", 3)}')] if early else []
        less = "".join(f"-${before}{charged.rows[part.number]}" for part in early if part.before)
        return Formula("+".join(parts) + less, value) if parts else NOTHING

    def _received(self, who: str, year: Span, at: int, column: int) -> Value:
        """What a payer pays in a fiscal year, off Installments."""
        amount = sum((part.amount for part in self.payers.by(who) if year.holds(part.received)), NOTHING)
        pool, share = self.payers.pool, self.payers.shares.get(who, NOTHING)
        late = share if pool and self.payers.late and year.holds(pool.received) else NOTHING
        if not self.payers.told_apart:
            return amount + late
        first, last = self.place.at("first day", column), self.place.at("last day", column)
        text = self._came(at, f'">="&{first},{RECEIVED},"<="&{last}')
        return Formula(text + (f"+${letter(self.place.key + 1)}{at}" if late else ""), amount + late)

    def _came(self, at: int, when: str) -> str:
        """The formula of what installments of a payer bring, by the day on which they come."""
        award, payer = f"$B${self.place.rows['id']}", f"${letter(self.place.key)}{at}"
        own = f"tblInstallments[Award],{award},tblInstallments[From whom],{payer}"
        return f"SUMIFS(tblInstallments[Amount],{own},{RECEIVED},{when})"

    def _total(self, top: int, labels: Sequence[str]) -> None:
        """All payers together, line by line: what came is all that came, and what is left is the closing balance."""
        form, place, rows, last = self.form, self.place, dict[str, int](), self.form.page.row - 1
        name = "All payers and interest" if self.payers.earns else "All payers"
        for label in labels:
            style = "total" if label == CLOSING else "subtotal"
            row = form.page.row
            cells: list[Value] = []
            for column in place.columns:
                found = (form.value(column, at) for at in range(top, last + 1) if form.page.cells[at, 2].value == label)
                on = letter(column)
                text = f"SUMIFS({on}{top}:{on}{last},$B{top}:$B{last},$B{row})"
                cells.append(Formula(text, sum(found, NOTHING)))
            rows[label] = form.fill([name, label, *cells], [*[f"{style} text"] * 2, *[style] * len(cells)])
        for column, year in zip(place.columns, place.years, strict=True):
            award = self.payers.award.id
            both = plus(*(form.ref(column, place.rows[each]) for each in ("received", "interest")))
            came, left = (form.ref(column, rows[label]) for label in (RECEIPTS, CLOSING))
            form.holds(f"{award}, receipts and interest by payer in {year.name}: all of them", came, both)
            closing = form.ref(column, place.rows["closing"])
            form.holds(f"{award}, closing balance by payer of {year.name}: the closing balance", left, closing)


def worth(value: Value) -> Decimal:
    """What a cell comes to, in dollars.

    >>> worth(Formula("1+1", Decimal(2))), worth(None)
    (Decimal('2'), Decimal('0'))
    """
    held = value.value if isinstance(value, Formula) else value
    return Decimal(held) if isinstance(held, int | float | Decimal) else NOTHING
