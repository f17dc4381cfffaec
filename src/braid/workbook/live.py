"""How each kind of limit is a formula off the Allocation: what it comes to, and its bound.

The columns that such a formula goes by stand on the sheet to the right of the print area, so that no row hides what
it adds up. What no plain sum can say is left to the plan's own number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil

from braid.basics.fiscal import ALWAYS, NEVER, Interval
from braid.files.sheets import Formula, Number
from braid.judge.limit import MONEY, Limit
from braid.workbook.bounds import bounded, required
from braid.workbook.charges import Charge
from braid.workbook.choosing import CHOICES
from braid.workbook.facts import Facts
from braid.workbook.ledger import AMOUNT, MATCH_ASKED, TABLE, WITH_INDIRECT, Adds, Key, Span, drawn_in, in_year, word
from braid.workbook.marks import SELECTING, bring, counts_before, mark_of, scattered, serves, shared_ceiling
from braid.workbook.scope import (
    ACTIVITY,
    ACTUAL,
    AWARD,
    BASE,
    BEFORE,
    FIRST,
    GOES_BY,
    HIGHEST,
    LAST,
    LINE,
    LOWEST,
    MARK,
    PERIOD,
    SHARE,
    Live,
    Scope,
)  # fmt: skip

COUNTING = {"limit", "portion", "award", "cash", "installment", "reserve", "cap", "floor", "require"}
"""The kinds of limits that count what was spent before the plan as a plain sum."""


@dataclass(frozen=True, slots=True)
class _At:
    """One limit, and the row of the sheet in which it stands."""

    facts: Facts
    limit: Limit
    row: int
    scope: Scope
    keys: dict[str, Key] = field(default_factory=dict[str, Key])
    span: Span = field(default_factory=Span)

    @property
    def bound(self) -> Decimal:
        return self.facts.money(self.limit.bound)

    def sum(self, column: Adds = AMOUNT, span: Span | None = None, **keys: Key) -> Formula:
        if (year := self.limit.pro_rata) is not None:
            column = in_year(year, with_indirect=column.with_indirect)
        return self.facts.ledger.sum(self.span if span is None else span, column, **self.keys, **keys)

    def before(self, span: Span | None = None) -> Formula | None:
        """What was spent before the plan, where the limit counts any."""
        limit, span = self.limit, self.span if span is None else span
        carried = limit.kind == "carried"
        if not (self.facts.before and (carried or (limit.kind in COUNTING and counts_before(limit)))):
            return None
        if carried:  # it counts what was spent in periods that begin after the budget period
            span = replace(span, late=None, first=span.late)
        direct = limit.kind in {"cap", "floor"} and limit.of == "direct" and span.mark is None
        before = self.facts.before
        found = before.direct(span, **self.keys) if direct else before.sum(span, **self.keys)
        return found if found.value else None

    def rounded(self) -> int:
        """How many of the charges that it adds up were rounded to whole units, fringe that came to none as well."""
        rows = self.facts.ledger.charged(**{name: key.says for name, key in self.keys.items()})
        held = [row for row in rows if self.span.holds(row)]
        none = (row for row in held if row.kind == "direct" and self._fringe_came_to_none(row))
        return sum(1 for row in held if row.kind != "direct" or row.rate) + sum(1 for _ in none)

    def _fringe_came_to_none(self, pay: Charge) -> bool:
        need = self.facts.need_of.get((pay.line, pay.period))
        rate = need.fringe_rate if need else Fraction(0)
        return bool(rate) and not self.facts.ledger.total(
            award=pay.award, line=pay.line, period=pay.period, kind="fringe"
        )


def live(facts: Facts, limit: Limit, row: int) -> Live | None:
    """A limit as formulas for this row of the sheet; None where no plain sum says what it comes to."""
    if limit.kind in CHOICES:
        return CHOICES[limit.kind](facts, limit, row)
    at = _placed(facts, limit, row)
    how = KINDS.get(limit.kind)
    if how is None or at is None:
        return None
    found, before = bounded(facts, limit, row, how(at)), at.before()
    if before is None:
        return found
    text = f"{found.actual.text}+${BEFORE}{row}"
    return replace(found, actual=Formula(text, _sum(found.actual, before)), before=before)


def _sum(*formulas: Formula) -> Number:
    """What formulas come to together."""
    total = sum((Fraction(formula.value) for formula in formulas), Fraction(0))
    return Decimal(int(total)) if total.denominator == 1 else float(total)


def _placed(facts: Facts, limit: Limit, row: int) -> _At | None:
    """What a limit goes by, as cells of its row; None where it goes by several awards or scattered installments."""
    period = facts.plan.proposal.periods[limit.index] if limit.index is not None else None
    alone = next(iter(limit.awards)) if limit.awards and len(limit.awards) == 1 else ""
    mark = mark_of(limit) if limit.kind in SELECTING or shared_ceiling(limit) else ""
    mark = bring(scattered(limit)) if scattered(limit) else mark
    if limit.awards is not None and not alone and not mark and limit.kind != "match":
        return None
    numbers = [] if scattered(limit) else sorted(limit.installments or ())
    if limit.kind == "transfer" and len(numbers) > 1:  # Approved budget says which of them have one
        numbers = []
    if numbers and numbers[-1] - numbers[0] >= len(numbers):
        return None
    first, last = _dates(facts, limit)
    scope = Scope(
        award=alone,
        line=limit.line or "",
        period=period.name if period and not limit.through else "",
        first=first,
        last=last,
        lowest=numbers[0] if numbers else None,
        highest=numbers[-1] if numbers else None,
        mark=mark,
        share=limit.share,
    )
    return _At(facts, limit, row, scope, _keys(scope, limit, row), _span(scope, limit, row))


def _dates(facts: Facts, limit: Limit) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day that it looks at; none where no charge of the plan lies on that side."""
    plan, days = facts.days, limit.days or limit.pro_rata or Interval(ALWAYS, NEVER)
    if limit.of_need or limit.kind == "carried":
        return (days.first, days.last) if limit.days else (None, None)
    if limit.through and limit.index is not None:
        days = days.meet(Interval(ALWAYS, facts.plan.proposal.periods[limit.index].days.stop))
    ends = limit.through or days.stop < plan.stop
    return (days.first if days.start > plan.start else None), (days.last if ends else None)


def _keys(scope: Scope, limit: Limit, row: int) -> dict[str, Key]:
    named = {"award": (AWARD, scope.award), "line": (LINE, scope.line)}
    if not (limit.of_need and limit.days):  # there days say which period it is
        named["period"] = (PERIOD, scope.period)
    return {name: Key(f"${column}{row}", says) for name, (column, says) in named.items() if says}


def _span(scope: Scope, limit: Limit, row: int) -> Span:
    late = limit.kind == "carried"
    dated = limit.days is not None or limit.through  # of a calendar year, a column of the table says the part
    first = (f"${FIRST}{row}", scope.first) if scope.first and dated else None
    return Span(
        first=None if late else first,
        late=first if late else None,
        last=(f"${LAST}{row}", scope.last) if scope.last and dated and not late else None,
        lowest=(f"${LOWEST}{row}", scope.lowest) if scope.lowest is not None else None,
        highest=(f"${HIGHEST}{row}", scope.highest) if scope.highest is not None else None,
        mark=(f"${MARK}{row}", scope.mark) if scope.mark else None,
    )


# ------------------------------------------------------------ how each kind adds up


def _on_line(at: _At) -> Live:
    """Direct cost of a line in a period; a need takes its bound from the sheet that holds it."""
    bound: Formula | Decimal = at.bound
    if at.limit.kind == "need":
        text = f"SUMIFS(tblNeeds[Direct],tblNeeds[Line],${LINE}{at.row},tblNeeds[Period],${PERIOD}{at.row})"
        bound = Formula(text, at.bound)
    actual = at.sum() if shared_ceiling(at.limit) else at.sum(kind=word("direct"))  # such a mark stands on pay alone
    return Live(actual, bound, at.scope)


def _of_award(at: _At) -> Live:
    """All that an award, or some of its installments, is charged."""
    bound: Formula | Decimal = at.bound
    if at.limit.kind == "award" and at.facts.available(at.scope.award) == at.bound:
        bound = Formula(f"SUMIFS(tblAwards[Available],tblAwards[Award],${AWARD}{at.row})", at.bound)
    actual = at.sum(WITH_INDIRECT if at.limit.kind == "carried" else AMOUNT)  # indirect lies on the days of its base
    return Live(actual, bound, at.scope, at.rounded())


def _capped(at: _At) -> Live:
    """What counts in a cap; of a floor, the rest, with the indirect cost that it draws."""
    limit = at.limit
    made = _of_total(at) if limit.share is not None else None
    counted = at.sum(WITH_INDIRECT if limit.kind == "floor" else AMOUNT)
    made = made or Live(counted, at.bound, at.scope, at.rounded())
    return _drawing(at, made) if limit.include_indirect and (limit.days or limit.pro_rata) else made


def _drawing(at: _At, made: Live) -> Live:
    """A cap of some days with all the indirect cost that is drawn on them: rows of it stand on those of its base."""
    year, every = at.limit.pro_rata, replace(at.span, mark=None)
    drawn = at.facts.ledger.sum(every, drawn_in(year), **at.keys)
    column = in_year(year, with_indirect=False) if year else AMOUNT
    counted = [at.facts.ledger.sum(at.span, column, **at.keys, kind=word(kind)) for kind in ("direct", "fringe")]
    value = sum((Fraction(each.value) for each in (drawn, *counted)), Fraction(0))
    own = at.facts.ledger.sum(at.span, column, **at.keys).text[:-1]
    text = f'{own},{TABLE}[Kind],"<>indirect")+${GOES_BY}{at.row}'
    return replace(made, actual=Formula(text, float(value)), scope=replace(made.scope, goes_by=drawn))


def _of_total(at: _At) -> Live:
    """A share of the same awards' own total: of direct cost, or of everything with its indirect cost."""
    limit, together = at.limit, len(at.limit.awards or ()) > 1
    whole = replace(at.span, mark=None, total=at.span.mark if together else None)
    direct = limit.of == "direct"
    total = at.sum(span=whole, kind=word("direct")) if direct else at.sum(WITH_INDIRECT, whole)
    counted = at.sum(AMOUNT if direct or limit.include_indirect else WITH_INDIRECT)
    before = at.before(whole)
    every, text = Fraction(total.value), total.text
    if before is not None:
        every, text = every + Fraction(before.value), f"({text}+${BASE}{at.row})"
    share = float((limit.share or Fraction(0)) * every)
    scope = replace(at.scope, base=before)
    return Live(counted, Formula(f"${SHARE}{at.row}*{text}", share), scope, at.rounded() + 1)


def _required(at: _At) -> Live:
    """What counts in a requirement; its mark says which awards and lines do."""
    if at.limit.share is not None:
        return _of_total(replace(at, scope=replace(at.scope, said=_said(at))))
    return Live(at.sum(WITH_INDIRECT if at.limit.of == "spend" else AMOUNT), at.bound, at.scope, at.rounded())


def _said(at: _At) -> Formula | None:
    """The share that the planner insists on, off the sheet Requirements."""
    column = "At least" if at.limit.at_least else "At most"
    found = at.facts.said("Requirements", column, Id=required(at.row, at.scope.mark))
    if found is None or at.limit.share is None or Fraction(found.value) != at.limit.share:
        return None
    return Formula(found.text, float(at.limit.share))


def _activity(at: _At) -> tuple[_At, Scope]:
    """The same limit, which goes by the activity of its lines."""
    line = next(iter(at.limit.lines or ()))
    activity = line.partition("/")[0]
    scope = Scope(at.scope.award, at.scope.line, at.scope.period, activity)
    keys = {name: key for name, key in at.keys.items() if name != "line"}
    keys["activity"] = Key(f"${ACTIVITY}{at.row}", activity)
    return _At(at.facts, at.limit, at.row, scope, keys), scope


def _least(at: _At) -> Live:
    """What an activity gets; for a minimum, nothing is enough as well."""
    whole, scope = _activity(at)
    actual = whole.sum(kind=word("direct")) if at.limit.of == "direct" else whole.sum()
    made = bounded(at.facts, at.limit, at.row, Live(actual, at.bound, scope, whole.rounded()))
    if at.limit.kind == "must":
        return made
    least = made.bound.text if isinstance(made.bound, Formula) else f"${BASE}{at.row}"
    scope = made.scope if isinstance(made.bound, Formula) else replace(scope, base=at.bound)
    bound = Formula(f"IF(${ACTUAL}{at.row}>0,{least},0)", at.bound if actual.value else Decimal(0))
    return replace(made, bound=bound, scope=scope)


def _essential(at: _At) -> Live:
    """What the other lines get; their whole need where the essential one is met in full, else nothing."""
    whole, scope = _activity(at)
    index, ledger = at.limit.index or 0, at.facts.ledger
    others = [at.facts.plan.case.need[line, index].direct for line in at.limit.lines or ()]
    most = at.facts.money(sum(others))
    every = whole.sum(kind=word("direct"))
    mine = ledger.total(line=at.scope.line, period=at.scope.period, kind="direct")
    needed = f"SUMIFS(tblNeeds[Direct],tblNeeds[Line],${LINE}{at.row},tblNeeds[Period],${PERIOD}{at.row})"
    paid = f'SUMIFS(tblLimits[Actual],tblLimits[Row],"need["&${LINE}{at.row}&","&${PERIOD}{at.row}&"]")'
    bound = Formula(f"IF({paid}>={needed},${BASE}{at.row},0)", most if mine >= at.bound else Decimal(0))
    others_only = f'{every.text[:-1]},{TABLE}[Line],"<>"&${LINE}{at.row})'
    actual = Formula(others_only, Decimal(every.value) - mine)
    scope = Scope(line=scope.line, period=scope.period, activity=scope.activity, base=_others(at, most))
    return Live(actual, bound, scope)


def _others(at: _At, most: Decimal) -> Formula | Decimal:
    """The need of the other lines of an activity in a period."""
    of = (
        f'tblNeeds[Activity],${ACTIVITY}{at.row},tblNeeds[Period],${PERIOD}{at.row},tblNeeds[Line],"<>"&${LINE}{at.row}'
    )
    name, period = at.scope.line.partition("/")[0], at.scope.period
    rows = [n.direct for n in at.facts.needs_of.get(name, ()) if n.period == period and n.line != at.scope.line]
    return Formula(f"SUMIFS(tblNeeds[Direct],{of})", most) if sum(rows, Decimal(0)) == most else most


def _share(at: _At) -> Live:
    """How far an award's part is from its share of what the line is paid; less than a unit."""
    share = at.limit.share or Fraction(0)
    mine = at.sum(kind=word("direct"))
    rest = {name: key for name, key in at.keys.items() if name != "award"}
    whole = at.facts.ledger.sum(Span(), AMOUNT, **rest, kind=word("direct"))
    off = abs(Fraction(mine.value) - share * Fraction(whole.value))
    most = Decimal(share.denominator - 1) / share.denominator * at.facts.step
    scope = replace(at.scope, base=whole)
    return Live(Formula(f"ABS({mine.text}-${SHARE}{at.row}*${BASE}{at.row})", float(off)), most, scope)


def _matched(at: _At) -> Live:
    """What may serve as match with what is pledged; and what is to stand beside each charge of the award."""
    if not at.scope.award:
        return _matched_together(at, sorted(at.limit.awards or ()))
    award, ledger = at.scope.award, at.facts.ledger
    span, pledged = Span(mark=(f"${MARK}{at.row}", serves(award))), at.facts.pledged(award)
    serving, asked = ledger.sum(span), at.sum(MATCH_ASKED)
    fringe = sum(1 for charge in ledger.charges if span.holds(charge) and charge.kind == "fringe")
    most = max((charge.matched_at for charge in ledger.charged(award=award)), default=Fraction(0))
    number = Formula(f"SUMIFS(tblPledges[Amount],tblPledges[Award],${AWARD}{at.row})", pledged) if pledged else None
    scope = replace(at.scope, mark=serves(award), base=number)
    actual = Formula(f"{serving.text}+${BASE}{at.row}", Decimal(serving.value) + pledged)
    if before := at.facts.before.asked(award):
        text = f"{asked.text}+SUMIFS(tblBefore[Match asked],tblBefore[Award],${AWARD}{at.row})"
        asked = Formula(text, float(Fraction(asked.value) + before))
    return Live(actual, asked, scope, fringe + ceil(most * at.rounded()))


def _matched_together(at: _At, awards: list[str]) -> Live:
    """The same of several awards that share what may serve, each dollar once."""
    facts, ledger, mark = at.facts, at.facts.ledger, serves(*awards)
    among = f'COUNTIF(${MARK}{at.row},"*+"&tblAwards[Award]&"+*")'

    def of_all(table: str, column: str, value: Number) -> Formula:
        each = f"SUMIFS({table}[{column}],{table}[Award],tblAwards[Award])"
        return Formula(f"SUMPRODUCT({each}*{among})", value)

    span, pledged = Span(mark=(f"${MARK}{at.row}", mark)), sum((facts.pledged(name) for name in awards), Decimal(0))
    serving, base = ledger.sum(span), of_all("tblPledges", "Amount", pledged) if pledged else None
    charged = [charge for name in awards for charge in ledger.charged(award=name)]
    asked = sum((MATCH_ASKED.of(charge) for charge in charged), Fraction(0))
    needed = of_all(TABLE, MATCH_ASKED.name, float(asked))
    before = sum((facts.before.asked(name) for name in awards), Fraction(0))
    spent = of_all("tblBefore", "Match asked", float(before)) if before else None
    if spent is not None:
        needed = Formula(f"{needed.text}+${GOES_BY}{at.row}", float(asked + before))
    fringe = sum(1 for charge in ledger.charges if span.holds(charge) and charge.kind == "fringe")
    rounded = sum(1 for charge in charged if charge.kind != "direct" or charge.rate)
    most = max((charge.matched_at for charge in charged), default=Fraction(0))
    actual = Formula(f"{serving.text}+${BASE}{at.row}", Decimal(serving.value) + pledged) if base else serving
    return Live(actual, needed, replace(at.scope, mark=mark, base=base, goes_by=spent), fringe + ceil(most * rounded))


def _moved(at: _At) -> Live:
    """What the object classes are charged above their approved budget, class by class on the sheet that holds it."""
    number, award = at.scope.lowest, at.scope.award
    together = {name: over for (whose, name), over in at.facts.moves_of_awards.items() if whose == award}
    rows = [each for each in at.facts.classes if each.award == award and number in {None, each.installment}]
    column = "Above it in all" if number is None and together else "Above it"
    text = f"SUMIFS(tblClasses[{column}],tblClasses[Award],${AWARD}{at.row}"
    text += ")" if number is None else f",tblClasses[Installment],${LOWEST}{at.row})"
    over = sum(together.values() if column != "Above it" else (each.over for each in rows), Decimal(0))
    return Live(Formula(text, over), at.bound, at.scope, at.rounded())


KINDS: dict[str, Callable[[_At], Live]] = {
    **dict.fromkeys(("need", "window", "limit", "portion", "committed"), _on_line),
    **dict.fromkeys(MONEY, _of_award),
    "cap": _capped,
    "floor": _capped,
    "require": _required,
    "must": _least,
    "minimum": _least,
    "essential": _essential,
    "share": _share,
    "match": _matched,
    "transfer": _moved,
}
"""Every kind that a plain sum can say; how many federal awards pay a line is none."""
