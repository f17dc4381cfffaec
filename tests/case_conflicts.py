"""What a case may expect of a conflict: its rows, what sums show of it, and the ways out."""

from __future__ import annotations

from typing import Any

import braid
from case_amounts import comparable


def conflict(plan: braid.Plan, wanted: Any) -> list[str]:
    """The rows that cannot hold together are just these, each with a sentence; and nothing is paid."""
    told = [(row.row, row.sentence) for row in plan.file.conflict or ()]
    wrong = [f"{item} is not among {told}" for item in wanted if not is_told(item, told)]
    if len(told) != len(wanted):
        wrong.append(f"the rows are {[row for row, _ in told]}")
    wrong += [f"{row} has no sentence" for row, sentence in told if not sentence]
    return wrong + [f"{row.award} pays {row.line}" for row in plan.allocations]


def repairs(plan: braid.Plan, wanted: Any) -> list[str]:
    found = {row.requirement: (comparable(row.from_), comparable(row.to)) for row in plan.file.repairs or ()}
    asked = {row: (comparable(value["from"]), comparable(value["to"])) for row, value in wanted.items()}
    wrong = [] if found == asked else [f"the repairs are {found}, and not {asked}"]
    return wrong + [f"{row.requirement} has no sentence" for row in plan.file.repairs or () if not row.sentence]


def shortfalls(plan: braid.Plan, wanted: Any) -> list[str]:
    """The sentences of what simple sums show, all of them, in order."""
    told = [row.sentence for row in plan.file.shortfalls]
    return [] if told == ([] if wanted == "none" else wanted) else [f"the sums show {told}"]


def mend(plan: braid.Plan, wanted: Any) -> list[str]:
    """The sentences of the ways out, all of them, in order."""
    told = [row.sentence for row in plan.file.repairs or ()]
    return [] if told == wanted else [f"the ways out are {told}"]


def is_told(item: Any, told: list[tuple[str, str]]) -> bool:
    """Whether a name alone, or a name with words of its sentence, is among the names and sentences told."""
    ((name, words),) = item.items() if isinstance(item, dict) else [(item, "")]
    return any(name == found and words in sentence for found, sentence in told)
