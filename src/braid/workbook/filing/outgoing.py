"""What goes out of each installment of settlement money, fiscal year by fiscal year, those of one payer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor

from braid.files.sheets import Formula, Value, letter
from braid.workbook.charges import NOTHING
from braid.workbook.filing.form import Form
from braid.workbook.filing.payers import Payers, Span, told
from braid.workbook.ledger import Key
from braid.workbook.nouns import Part

UNTIL = "tblInstallments[Until]"


@dataclass(frozen=True)
class Place:
    """Where a fund statement stands: its fiscal years, from column 3 on, and its rows by what they hold."""

    years: tuple[Span, ...]
    rows: dict[str, int]

    @property
    def columns(self) -> range:
        """The columns of the years."""
        return range(3, 3 + len(self.years))

    @property
    def key(self) -> int:
        """The first column to the right of what is printed."""
        return 4 + len(self.years)

    def at(self, name: str, column: int) -> str:
        """A cell of the statement in one of its rows, the row held fast."""
        return f"{letter(column)}${self.rows[name]}"


@dataclass
class Outgoing:
    """Rows of what installments are charged, or of what they let lapse (where ``charged`` says what they are charged).

    To the right stand the number of each, what of it was spent before the plan, and shares in the opening balance.
    """

    form: Form
    payers: Payers
    place: Place
    charged: Outgoing | None = None
    spans: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    """The first and the last row of each payer."""
    rows: dict[int, int] = field(default_factory=dict[int, int])
    """The row of each installment, by its number."""
    parts: dict[str, int] = field(default_factory=dict[str, int])
    """The row of each payer's part of an opening balance of several."""

    def write(self, everyone: Sequence[str]) -> Outgoing:
        """Write the rows, payer by payer."""
        page, payers = self.form.page, self.payers
        pool = payers.pool if payers.parted and payers.pool and self._goes(payers.pool) else None
        if pool:
            self._installment("Opening balance, all payers", pool)
        for who in everyone:
            first = page.row
            if pool and who in payers.shares:
                self._share(who, pool)
            own = (payers.pool,) if not payers.parted and payers.pool and payers.of[payers.pool.number] == who else ()
            for part in (*own, *payers.by(who)):
                if self._goes(part):
                    self._installment(told(who), part)
            if page.row > first:
                self.spans[who] = first, page.row - 1
        return self

    def of(self, who: str) -> list[Value]:
        """What goes out of all that a payer paid, year by year."""
        if who not in self.spans:
            return [NOTHING] * len(self.place.columns)
        return [self.form.down(column, *self.spans[who]) for column in self.place.columns]

    def _goes(self, part: Part) -> bool:
        """Whether anything can go out of an installment: it is charged, or it ends within the plan."""
        return self.charged is None or any(each.ends for each in self._pieces(part))

    def _pieces(self, part: Part) -> list[Part]:
        return [each for each in self.payers.parts if each.number == part.number]

    # ------------------------------------------------------------ an installment

    def _installment(self, name: str, part: Part) -> None:
        form, place = self.form, self.place
        row = self.rows[part.number] = form.page.row
        number = Key(f"${letter(place.key)}{row}", str(part.number))
        award = Key(f"$B${place.rows['id']}", part.award)
        own = f"tblInstallments[Award],{award.cell},tblInstallments[Installment],{number.cell}"
        cells = self._lapses(part, own) if self.charged else self._charges(part, award, number)
        before = self.payers.facts.before.sum(award=award, installment=number) if part.before else None
        whole = Formula(f"SUMIFS(tblInstallments[Amount],{own})", part.amount)
        form.fill([name, f"Installment {part.number}, received {part.received}", *cells], self._styles())
        form.page.row = row
        pooled = self.payers.parted and part is self.payers.pool
        form.fill([part.number, None if self.charged else before, whole if pooled else None],
                  ["count", "money", "money"], place.key)  # fmt: skip

    def _styles(self) -> list[str]:
        return ["text", "text", *["money"] * len(self.place.years)]

    def _charges(self, part: Part, award: Key, number: Key) -> list[Formula]:
        """What it is charged year by year; what was spent before the plan, in the year in which it came."""
        found, mine = list[Formula](), self.payers.facts.ledger.charged(award=part.award, installment=str(part.number))
        for column, year in zip(self.place.columns, self.place.years, strict=True):
            value = sum((charge.amount for charge in mine if charge.period.startswith(year.name)), NOTHING)
            own = f"tblAllocation[Award],{award.cell},tblAllocation[Installment],{number.cell}"
            text = f'SUMIFS(tblAllocation[Amount],{own},tblAllocation[Period],{self.place.at("id", column)}&"*")'
            if part.before and year.holds(part.received):
                text, value = f"{text}+${letter(self.place.key + 1)}{self.form.page.row}", value + part.before
            found.append(Formula(text, value))
        return found

    def _lapses(self, part: Part, own: str) -> list[Formula]:
        """What it lets lapse year by year; in the first, what lapsed before the plan as well."""
        found = list[Formula]()
        for place, (column, year) in enumerate(zip(self.place.columns, self.place.years, strict=True)):
            since = f'{UNTIL},">="&{self.place.at("first day", column)},' if place else ""
            ended = (p for p in self._pieces(part) if p.last and p.last <= year.last)
            value = sum(
                (each.lapses for each in ended if not place or (each.last or year.first) >= year.first), NOTHING
            )
            text = f'SUMIFS(tblInstallments[Lapses],{own},{since}{UNTIL},"<="&{self.place.at("last day", column)})'
            found.append(Formula(text, value))
        return found

    # ------------------------------------------------------------ a part of an opening balance of several payers

    def _share(self, who: str, pool: Part) -> None:
        """A payer's part of what goes out of it: of what has gone by then, less what went before.

        Parted by the shares added up in order: whole units, no part more than its share, and all of it parted.
        """
        form, place, names = self.form, self.place, list(self.payers.shares)
        row, above = form.page.row, self.parts.get(names[max(0, names.index(who) - 1)], 0)
        self.parts[who] = row
        amount, upto, top = letter(place.key + 2), letter(place.key + 3), self.rows[pool.number]
        shares = [self.payers.shares[name] for name in names[: names.index(who) + 1]]
        begins = min(self.parts.values())
        key = Formula(f"SUM(${amount}${begins}:${amount}{row})/${amount}${top}", float(sum(shares) / pool.amount))
        pools, mine = [top], [row]
        if self.charged:
            pools, mine = [self.charged.rows[pool.number], top], [self.charged.parts[who], row]
        cells: list[Value] = []
        form.fill([told(who), "Part of the opening balance"], ["text", "text"])
        for column in place.columns:
            gone = self._until(pools, column)
            went = self._until([line for line in mine if line != row], column)
            earlier = self._until([row], column - 1)
            text = self._rounded(gone.text, f"${upto}{row}")
            text += f"-{self._rounded(gone.text, f'${upto}{above}')}" if above else ""
            text += "".join(f"-{each.text}" for each in (went, earlier) if each.text)
            value = self._whole(gone, sum(shares), pool) - self._whole(gone, sum(shares[:-1]), pool)
            form.page.row = row
            cells.append(Formula(text, value - Decimal(went.value) - Decimal(earlier.value)))
            form.fill(cells[-1:], ["money"], column)
        form.page.row = row
        form.fill([shares[-1], key], ["money", "exact"], place.key + 2)

    def _until(self, rows: Sequence[int], column: int) -> Formula:
        """What these rows come to from the first year to the one in a column; an empty text where there is none."""
        spans = [self.form.across(3, column, row) for row in rows] if column >= 3 else []
        text = "+".join(each.text.replace("(C", "($C") for each in spans)
        return Formula(text, sum((Decimal(each.value) for each in spans), NOTHING))

    def _rounded(self, gone: str, share: str) -> str:
        """The formula of what falls on the shares up to one, in whole units."""
        return f"ROUNDDOWN(ROUND(({gone})*{share},6),{0 if self.payers.facts.step == 1 else 2})"

    def _whole(self, gone: Formula, shares: Decimal | int, pool: Part) -> Decimal:
        step = Fraction(self.payers.facts.step)
        return (
            floor(Fraction(Decimal(gone.value)) * Fraction(shares) / Fraction(pool.amount) / step)
            * self.payers.facts.step
        )
