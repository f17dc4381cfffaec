"""The words of a detailed budget: what each cost is for, how it is shared, and why it is what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from braid.basics.money import show_percent
from braid.proposal import Cost
from braid.workbook.filing.costing import Costing, label_of
from braid.workbook.filing.form import Filed
from braid.workbook.filing.remarks import kind_of, terms_of
from braid.workbook.filing.templates import Category
from braid.workbook.indirect import BASES

LEFT = "What the award leaves of indirect cost is charged to no other federal award."


def narratives(filed: Filed, category: Category, rows: Sequence[Costing]) -> Iterator[str]:
    """A sentence or two for every line of a category, once."""
    if category.object_class == "indirect":
        for each in terms_of(filed):
            yield f"{kind_of(filed, each)}: {show_percent(each.rate)} of {BASES[each.base]}."
        yield LEFT
    seen: dict[str, None] = {row.line: None for row in rows if row.kind in {"direct", "fringe"}}
    for name in seen:
        cost = filed.facts.plan.proposal.cost(name)
        if category.object_class == "fringe":
            yield f"{label_of(filed, cost.activity, cost.line)}: fringe is {show_percent(cost.fringe)} of pay."
        else:
            yield f"{label_of(filed, cost.activity, cost.line)}: {purpose(filed, cost)}"
    for row in rows:
        if row.pledge is not None:
            pledge = filed.facts.pledges[(row.pledge.number or 1) - 1][1]
            told = f" Valued: {_ended(pledge.valuation)}" if pledge.valuation else ""
            yield f"{row.label}.{told} On file: {_ended(pledge.document)}"


def purpose(filed: Filed, cost: Cost) -> str:
    """What a line is for, and how it is shared between awards."""
    told = [_ended(cost.line.narrative or cost.activity.narrative or f"A cost of {cost.activity.label}")]
    if cost.line.basis:
        told.append(f"Shared with other awards by {_ended(cost.line.basis)}")
    if cost.line.shares:
        shares = ", ".join(f"{show_percent(share)} {award}" for award, share in sorted(cost.line.shares.items()))
        told.append(f"Shared: {shares} (2 CFR 200.405(d)).")
    if cost.line.subaward:
        told.append(f"Paid under the subaward agreement {cost.line.subaward}.")
    category = filed.facts.plan.case.traits(filed.id, cost.id).category
    if category != cost.line.category:
        told.append(f"Its unit cost makes it {category} to this award (2 CFR 200.1).")
    return " ".join(told)


def _ended(text: str) -> str:
    return text if text.rstrip().endswith((".", "!", "?")) else f"{text.rstrip()}."
