"""What one more dollar of each award or limit buys, where it goes, and for how many dollars that holds.

What a dollar buys is need met: direct cost and fringe. It may take from others: an amount is then negative. Statements
are those of the plan in fractions of a dollar, gone through anew, goal by goal, with the bounds moved: by one dollar,
by as many as it holds for, and by one further. The plan in whole dollars gives as much, but for less than a dollar for
each bound that is rounded. An award's rules stay as they are, even where they differ for larger awards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from braid.answer.rows import Bought, NextDollar, PlanFile
from braid.answer.summary import dollars
from braid.basics.errors import CheckFailed
from braid.basics.money import MOST_CENTS, amount_text
from braid.basics.words import listed
from braid.engine.afresh import Afresh, only_sums
from braid.engine.rows import compile_case
from braid.engine.shifting import Moved, Shifting
from braid.engine.solve import Deadline, InfeasibleError, OutOfTimeError
from braid.engine.standing import INDIRECT, Standings
from braid.engine.trying import Trying
from braid.explain.rooms import Room, rooms_of
from braid.judge.case import Case
from braid.judge.funds import CENTS

CENT = Decimal("0.01")
MOST = Decimal(MOST_CENTS // 100)
"""What stands for «without end»: the most that any amount may be."""
NOTHING = Decimal("0.00")
UNSURE = "planning again with it could not be confirmed"
LATE = "there was no time left to work it out"
FORMER = "this plan stays close to a former plan, which its file does not carry"
NARROW = {"window", "limit", "portion"}
"""Limits on one line alone: where a dollar of one buys nothing, it is not asked how many would."""


def next_dollars(case: Case, file: PlanFile, seconds: float) -> tuple[NextDollar, ...]:
    """What one more dollar buys: a row for each award, and for each limit of which a dollar buys something.

    Where it cannot be worked out, or not in time, the row says so, and holds for no dollar.
    """
    if file.status not in {"optimal", "feasible"}:
        return ()
    return tuple(_Rows(case, file, Deadline(seconds)).rows())


class _Rows:
    def __init__(self, case: Case, file: PlanFile, deadline: Deadline) -> None:
        self.case, self.file, self.deadline = case, file, deadline
        self.unit, self.labels = case.proposal.unit, {each.id: each.label for each in case.proposal.activities}

    def rows(self) -> Iterator[NextDollar]:
        """Every row, those of awards first; installments of an award of which a dollar buys the same are one."""
        by_row: dict[str, list[tuple[Room, Moved | str | None]]] = defaultdict(list)
        for room, moved in self._answers():
            by_row[room.row].append((room, moved))
        for answers in by_row.values():
            group = [(room, moved, self._row(room, moved)) for room, moved in answers]
            apart = any(row != group[0][2] for _, _, row in group)
            yield from (self._said(*each, apart=apart) for each in (group if apart else group[:1]))

    def _answers(self) -> Iterator[tuple[Room, Moved | str | None]]:
        """What each room changes: None for nothing, and in words why it is not known."""
        rooms = rooms_of(self.case)
        if not self.file.totals.gap or not self.case.cells:
            yield from ((room, None) for room in rooms if room.award is not None)
            return
        if self.file.lacks_former:
            yield from ((room, FORMER) for room in rooms if room.award is not None)
            return
        told = 0
        try:
            asked = self._asked()
            for room in rooms:
                moved = self._moved(asked, room) if asked.may_matter(room) else None
                if room.award is not None or _says_something(moved):
                    yield room, moved
                told += 1
        except (InfeasibleError, OutOfTimeError):
            left = [room for room in rooms[told:] if room.award is not None]
            yield from ((room, LATE) for room in left or rooms[told : told + 1])

    @staticmethod
    def _moved(asked: _Sums | _Any, room: Room) -> Moved | str:
        try:
            return asked.moved(room)
        except CheckFailed:  # the solver's last digits; the plan itself is not touched
            return UNSURE

    def _asked(self) -> _Sums | _Any:
        met = met_of(self.case, self.file)
        if only_sums(compile_case(self.case)):
            return _Sums(Standings(self.case, met, self.deadline))
        return _Any(Afresh(self.case, met, self.deadline))

    # ---------------------------------------------------------------- rows

    def _row(self, room: Room, known: Moved | str | None) -> NextDollar:
        moved = known if isinstance(known, Moved) else None
        names = (*sorted(self.labels), INDIRECT)
        rate: list[float] = [0.0] * len(names) if moved is None else moved.rate.tolist()
        then: list[float] = moved.then.tolist() if moved is not None and moved.then is not None else []
        up_to = MOST if moved is None or moved.up_to is None else self._money(moved.up_to)
        return NextDollar(
            what=room.what,
            row=room.row,
            one_more_dollar=_cents(sum(rate[:-1])),
            up_to=NOTHING if isinstance(known, str) else up_to,
            buys=tuple(_bought(zip(names, map(_cents, rate), strict=True))),
            indirect=_cents(rate[-1]),
            enough=None if moved is None or moved.enough is None else self._money(moved.enough),
            then=tuple(_bought(zip(names, map(self._units, then), strict=False))),
        )

    def _said(self, room: Room, known: Moved | str | None, row: NextDollar, *, apart: bool) -> NextDollar:
        """The row with its name and sentence."""
        what, words = room.named(apart=apart)
        if isinstance(known, str):
            told = f"What {words[0].lower()}{words[1:]} buys is not told: {known}."
        else:
            told = self._sentence(room, row, words, tried=known is not None and known.tried)
        return row.model_copy(update={"what": what, "sentence": told})

    def _money(self, units: int) -> Decimal:
        return Decimal(amount_text(units, self.unit))

    def _units(self, amount: float) -> Decimal:
        """An amount to the nearest unit: so much, and no part of one, a plan could show."""
        return self._money(round(amount))

    # ------------------------------------------------------------ sentences

    def _sentence(self, room: Room, row: NextDollar, words: str, *, tried: bool) -> str:
        if not row.buys:
            return f"{words} buys nothing{self._besides(room, row)}."
        told = f"{words} {self._does(row.buys, row.indirect)}"
        if row.up_to >= MOST:
            return f"{told}, however many more there are."
        more = f", and {_so_many(room, row.enough)} would {self._would(row.then)}" if row.enough is not None else ""
        if tried and row.up_to > 1:
            return f"{told}; planned again with {dollars(row.up_to)} more, each of them does the same{more}."
        span = "this dollar alone" if row.up_to <= 1 else f"the next {dollars(row.up_to)}"
        return f"{told}; that holds for {span}{more}."

    def _does(self, bought: tuple[Bought, ...], indirect: Decimal) -> str:
        """What is met, what goes to indirect cost, and what is taken from others."""
        more, less = self._more(bought), self._less(bought)
        parts = [f"meets {listed(more)}"] if more else []
        parts += [f"pays {dollars(indirect)} of indirect cost"] if indirect > 0 else []
        parts += [f"takes {listed(less)}"] if less else []
        parts += [f"frees {dollars(-indirect)} of indirect cost"] if indirect < 0 else []
        return listed(parts)

    def _besides(self, room: Room, row: NextDollar) -> str:
        """What it would take to buy something, or why nothing does."""
        if row.enough is not None:
            return f" by itself; {_so_many(room, row.enough)} would {self._would(row.then)}"
        if row.up_to < MOST:
            return f"; that holds for the next {dollars(row.up_to)}"
        return self._why(room)

    def _would(self, bought: tuple[Bought, ...]) -> str:
        more, less = self._more(bought), self._less(bought)
        return listed([*([f"meet {listed(more)}"] if more else []), *([f"take {listed(less)}"] if less else [])])

    def _more(self, bought: tuple[Bought, ...]) -> list[str]:
        return [f"{dollars(each.amount)} of {self.labels[each.activity]}" for each in bought if each.amount > 0]

    def _less(self, bought: tuple[Bought, ...]) -> list[str]:
        return [f"{dollars(-each.amount)} from {self.labels[each.activity]}" for each in bought if each.amount < 0]

    def _why(self, room: Room) -> str:
        """Why more money of an award is worth nothing here."""
        award = room.award
        if award is None:
            return ""
        if not any(cell.award == award for cell in self.case.cells):
            return ": there is nothing here that it may pay"
        if not any(award in gap.could_pay for gap in self.file.gaps):
            return ": every need that it may pay is met"
        left = next((row.lapsed + row.carried for row in self.file.awards if row.award == award), NOTHING)
        if left >= 1:
            return f": {dollars(left)} of it is left already, and other limits stand against paying more"
        return ": other limits stand against paying more"


class _Sums:
    """Where all goals are sums: asked of a session that is kept."""

    def __init__(self, standings: Standings) -> None:
        self.standings, self.shifting = standings, Shifting(standings)

    def may_matter(self, room: Room) -> bool:
        """Whether the room could change anything: a bound is met, or choices hide what more money would open."""
        hidden = bool(self.standings.program.choices) and room.award is not None
        return hidden or self.standings.tight(tuple(room.shift))

    def moved(self, room: Room) -> Moved:
        """What the room changes."""
        return self.shifting.moved(room.shift, wide=room.kind not in NARROW)


class _Any:
    """Whatever the goals are: gone through afresh."""

    def __init__(self, at: Afresh) -> None:
        self.at, self.trying = at, Trying(at)

    def may_matter(self, room: Room) -> bool:
        """Whether a bound that the room widens is met, or choices hide what more money would open."""
        hidden = bool(self.at.program.choices) and room.award is not None
        return hidden or self.at.tight(room.shift)

    def moved(self, room: Room) -> Moved:
        """What the room changes."""
        return self.trying.moved(room.shift, wide=room.kind not in NARROW)


def met_of(case: Case, file: PlanFile) -> dict[str, Fraction]:
    """What a plan meets of each activity, and what indirect cost it pays, in units."""
    activity = {cost.id: cost.activity.id for cost in case.proposal.costs}
    per_unit, met = CENTS[case.proposal.unit], defaultdict[str, Fraction](Fraction)
    for row in (*file.allocations, *file.fringe):
        met[activity[row.line]] += Fraction(row.amount) * 100 / per_unit
    met[INDIRECT] = Fraction(file.totals.indirect) * 100 / per_unit
    return met


def _so_many(room: Room, amount: Decimal) -> str:
    """So many dollars of a room, or so many less of what is a dollar less."""
    return f"{dollars(amount)} less" if room.words.startswith("One dollar less") else dollars(amount)


def _says_something(moved: Moved | str | None) -> bool:
    return isinstance(moved, Moved) and (moved.enough is not None or any(_cents(part) for part in moved.rate))


def _bought(parts: Iterable[tuple[str, Decimal]]) -> Iterator[Bought]:
    return (Bought(activity=name, amount=amount) for name, amount in parts if name != INDIRECT and amount)


def _cents(amount: float) -> Decimal:
    """An amount to the cent; what a solver leaves of zero is zero."""
    return Decimal(amount_text(Fraction(amount).limit_denominator(10**7), "dollar"))
