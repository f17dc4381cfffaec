"""The table of funding limitations in a detailed budget: caps and floors of the award, as Limits has them."""

from __future__ import annotations

from decimal import Decimal

from braid.answer.rows import LimitRow
from braid.files.sheets import Formula, Number, Value, letter
from braid.judge.limit import Limit
from braid.workbook.filing.form import Filed, Form
from braid.workbook.live import live

SHOWN = {"cap", "floor", "transfer"}


def limitations(form: Form, filed: Filed) -> None:
    """Write the table; nothing where the award has no such limit."""
    limits = {limit.id: limit for limit in filed.facts.plan.case.limits if _of(limit, filed)}
    rows = [row for row in filed.facts.plan.file.limits if row.row in limits]
    if not rows:
        return
    page = form.page
    page.keep(len(rows) + 3)
    page.say("Funding limitations", "heading")
    styles = ["text", *[""] * 5, "share", "", "money", "money"]
    heads = ["Limit", *[""] * 5, "Per cent", "", "Comes to", "Bound"]
    page.header(heads, [style or "text" for style in styles])
    for row in rows:
        _row(form, filed, row, limits[row.row], styles)
    page.skip()


def _row(form: Form, filed: Filed, row: LimitRow, limit: Limit, styles: list[str]) -> None:
    at, key = form.page.row, len(form.page.widths) - 1
    own = f"tblLimits[Row],${letter(key)}{at}"
    found = live(filed.facts, limit, at)
    actual, bound = (row.actual, row.bound) if found is None else (found.actual.value, _value(found.bound))
    pairs = (("Actual", actual), ("Bound", bound))
    cells: list[Value] = [Formula(f"SUMIFS(tblLimits[{name}],{own})", value) for name, value in pairs]
    share = float(limit.share) if limit.share is not None else None
    form.fill([row.sentence, *[None] * 5, share, None, *cells], styles)
    form.page.row = at
    form.fill([row.row], ["key"], key)


def _value(bound: Formula | Decimal) -> Number | str:
    return bound.value if isinstance(bound, Formula) else bound


def _of(limit: Limit, filed: Filed) -> bool:
    return limit.kind in SHOWN and limit.awards is not None and set(limit.awards) == {filed.id}
