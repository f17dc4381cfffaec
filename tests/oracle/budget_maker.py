"""Makes random small proposals of money spent already: with approved budgets by budget period, or with match."""

from __future__ import annotations

from random import Random

from .maker import Tree
from .spending_maker import TEXT, spending_proposal
from .texts import number


def budgeted_proposal(seed: int) -> tuple[Tree, Tree]:
    """A proposal of money spent and people, with its catalogue, and an approved budget for each budget period.

    The last period's may be unknown. One or two rules say how far charges may move: by budget period or over the award.
    """
    proposal, catalogue = spending_proposal(seed)
    rng = Random(f"budgets {seed}")
    for award in proposal["awards"]:
        parts: list[Tree] = award.get("budget_periods", [])
        if not parts or any(number(part["amount"]).denominator != 1 or number(part["amount"]) < 20 for part in parts):
            continue
        known = parts[:-1] if len(parts) > 1 and rng.random() < 0.25 else parts
        for part in known:
            part["approved_budget"] = by_class(rng, int(number(part["amount"])))
        rules = [rule(rng, "by-period", {"per": "budget_period"})]
        rules += [rule(rng, "over-all", {})] if rng.random() < 0.4 else []
        award["terms"] = [*award.get("terms", []), *rules]
    return proposal, catalogue


def by_class(rng: Random, total: int) -> Tree:
    """Whole dollars by object class that add up to a total; now and then a class is missing."""
    names = [name for name in ("personnel", "fringe", "supplies", "contractual") if rng.random() < 0.85]
    left, budget = total, dict[str, str]()
    for name in names:
        part = rng.randint(1, max(1, left // 2))
        budget[name], left = str(part), left - part
    return budget | {"other": str(left)}


def rule(rng: Random, name: str, counted: Tree) -> Tree:
    transfer: Tree = {"at_most": rng.choice(["5%", "10%", "25%", "15"]), **counted}
    if transfer["at_most"].endswith("%") and rng.random() < 0.3:
        transfer["and_at_most"] = str(rng.randint(3, 30))
    if rng.random() < 0.3:
        transfer["new_class"] = "approval"
    return {"id": name, "transfer": transfer, **TEXT}


def matched_proposal(seed: int) -> tuple[Tree, Tree]:
    """A proposal of money spent and people, with its catalogue, whose federal awards ask for a match.

    What is pledged covers at least what the money that is spent already asks for.
    """
    proposal, catalogue = spending_proposal(seed, everywhere=True)
    rng = Random(f"matched {seed}")
    for award in proposal["awards"]:
        if award["program"] != "other-federal" or award.get("status") == "expected":
            continue
        spent = sum((number(each["amount"]) for each in award.get("spent_before", [])), number("0"))
        percent = rng.choice([10, 25, 50, 100])
        asked = {"required": f"{percent}%"} if rng.random() < 0.6 else {"share": "20%"}
        covered = -(-spent * percent // 100) if "required" in asked else -(-spent // 4)
        if pledged := int(covered) + rng.choice([0, 0, 1, 20]):
            pledge = {"kind": "cash", "amount": str(pledged), "from": "A partner", "document": "Letter of 2026."}
            award["match_pledged"] = [pledge]
        award["terms"] = [*award.get("terms", []), {"id": "beside", "match": asked, **TEXT}]
    return proposal, catalogue
