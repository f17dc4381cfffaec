"""The table of funding limitations in a detailed budget: caps and floors of the award, as Limits has them."""

from __future__ import annotations

from braid.answer.rows import LimitRow
from braid.files.sheets import Formula, letter
from braid.judge.limit import Limit
from braid.workbook.filing.form import Filed, Form
from braid.workbook.limits import stated

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
    share, actual, bound = stated(filed.facts, row, limit)
    cells = [
        Formula(f"SUMIFS(tblLimits[{name}],{own})", value)
        for name, value in (("Share", share), ("Actual", actual), ("Bound", bound))
    ]
    form.fill([row.sentence, *[None] * 5, cells[0] if share else None, None, *cells[1:]], styles)
    form.page.row = at
    form.fill([row.row], ["key"], key)


def _of(limit: Limit, filed: Filed) -> bool:
    return limit.kind in SHOWN and limit.awards is not None and set(limit.awards) == {filed.id}
