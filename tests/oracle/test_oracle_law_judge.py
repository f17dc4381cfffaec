"""The oracle's judge of plans under every kind of rule against planted faults, and its random proposals."""

from __future__ import annotations

from .law_maker import law_proposal
from .match import matched
from .meaning import read
from .oracle import faults, solve_many
from .test_oracle_itself import Tree, activity, proposal
from .test_oracle_law import federal, kits, local, term


def plan_of(tree: Tree, *paid: tuple[str, str, str, str, str], match: list[Tree] | None = None) -> Tree:
    """A plan of allocations in FY2027 (award, line, first day, last day, amount), without its accounts."""
    lines = {f"{a['id']}/{line['id']}": line["category"] for a in tree["activities"] for line in a["lines"]}
    allocations = [
        {"award": a, "installment": "1", "activity": name.partition("/")[0], "line": name, "category": lines[name],
         "period": "FY2027", "from": first, "until": last, "amount": amount}
        for a, name, first, last, amount in paid
    ]  # fmt: skip
    empty: Tree = {"fringe": [], "indirect": [], "awards": [], "gaps": [], "totals": {}}
    return {"status": "optimal", "allocations": allocations, "match": match or [], **empty}


YEAR = ("2026-07-01", "2027-06-30")
HALVES = (("2026-07-01", "2026-12-31"), ("2027-01-01", "2027-06-30"))
LAWFUL = ("portion", "transfer", "match", "cap", "floor", "limit", "may not pay")


def broken(tree: Tree, *paid: tuple[str, str, str, str, str], match: list[Tree] | None = None) -> set[str]:
    """The rules that a plan breaks, by what stands before the colon."""
    found = faults(tree, plan_of(tree, *paid, match=match))
    return {fault.partition(":")[0].partition(" of ")[0] for fault in found if any(word in fault for word in LAWFUL)}


def test_the_judge_holds_a_plan_to_each_kind() -> None:
    line = {"id": "kits", "category": "supplies", "quantity": "40", "unit": "kit", "unit_cost": "10"}
    terms = [
        term("t1", portion={"select": {"activity": "part"}}),
        term("t2", transfer={"at_most": "10"}),
        term("t3", cap={"at_most": "10", "per": "calendar_year", "select": {"activity": "years"}}),
        term("t4", floor={"at_least": "60%", "of": "received", "select": {"not": {"activity": "rest"}}}),
        term(
            "t5", limit={"at_most": "4", "unit": "kit", "select": {"activity": "unit"}}, costs={"until": "2026-12-31"}
        ),
        term("t6", allow={"category": ["supplies", "travel"]}),
        term("t7", use_within={"months": "6", "select": {"activity": "soon"}}),
        term("t8", use_within={"months": "24", "select": {"not": {"activity": "soon"}}}),
    ]
    a = {"id": "a", "program": "other", "receipts": {"FY2027": "500"}, "terms": terms}
    a["approved_budget"] = {"supplies": "400", "travel": "50", "indirect": "50"}
    bus = {"id": "bus", "category": "travel", "amount": {"FY2027": "100"}}
    pipe = {"id": "pipe", "category": "equipment", "amount": {"FY2027": "100"}}
    tree = proposal([a], [
        kits("100", "part", portion="60%"), kits("300", "years"), kits("300", "rest"), kits("100", "soon"),
        activity("unit", line), activity("go", bus), activity("new", pipe),
    ])  # fmt: skip
    first, second = HALVES
    assert broken(tree, ("a", "part/kits", *YEAR, "60.00")) == set()
    assert broken(tree, ("a", "part/kits", *YEAR, "61.00")) == {"portion[a,part/kits,FY2027]"} | {
        "portion[a,part/kits,FY2027,2026-07-01..2027-06-30]"
    }
    assert broken(tree, ("a", "go/bus", *YEAR, "60.00")) == set()
    assert broken(tree, ("a", "go/bus", *YEAR, "61.00")) == {"transfer[a]"}
    assert broken(tree, ("a", "years/kits", *YEAR, "19.00")) == set()
    assert broken(tree, ("a", "years/kits", *YEAR, "20.00")) == {"cap[a,t3,2026]"}
    assert broken(tree, ("a", "rest/kits", *YEAR, "200.00")) == set()
    assert broken(tree, ("a", "rest/kits", *YEAR, "201.00")) == {"floor[a,t4,FY2027]"}
    assert broken(tree, ("a", "unit/kits", *first, "80.00"), ("a", "unit/kits", *second, "198.00")) == set()
    assert "limit[t5,unit/kits,FY2027,2026-07-01..2026-12-31]" in broken(tree, ("a", "unit/kits", *first, "81.00"))
    assert broken(tree, ("a", "soon/kits", *first, "50.00")) == set()
    assert broken(tree, ("a", "soon/kits", *YEAR, "9.00")) == {"allocation a, soon/kits, FY2027, 2026-07-01"}
    assert broken(tree, ("a", "new/pipe", *YEAR, "9.00")) == {"allocation a, new/pipe, FY2027, 2026-07-01"}


def test_the_judge_holds_a_plan_to_the_match() -> None:
    tree = proposal([federal("100", term(match={"required": "50%"})), local("40")], [kits("300")])
    paid = [("a", "act/kits", *YEAR, "60.00"), ("b", "act/kits", *YEAR, "30.00")]
    row = {"award": "a", "paid_by": "b", "line": "act/kits", "period": "FY2027", "amount": "30.00"}
    assert broken(tree, *paid, match=[row]) == set()
    assert broken(tree, ("a", "act/kits", *YEAR, "61.00"), paid[1], match=[row]) == {"match[a]"}
    assert broken(tree, *paid, match=[{**row, "amount": "31.00"}]) == {
        "match", "match ('a', 'b', 'act/kits', 'FY2027')",
    }  # fmt: skip
    assert broken(tree, *paid, match=[{**row, "amount": "27.00"}]) == {"match"}
    assert broken(tree, *paid, match=[{**row, "paid_by": "a"}]) != set()


# Random proposals


def test_random_law_proposals_are_the_same_for_a_seed_and_are_solved() -> None:
    cases = [law_proposal(seed) for seed in range(8)]
    assert cases == [law_proposal(seed) for seed in range(8)]
    trees, catalogues = [tree for tree, _ in cases], [law for _, law in cases]
    for tree, answer in zip(trees, solve_many(trees, catalogues=catalogues), strict=True):
        if answer.conflict is False:
            assert set(answer.optimum) == {int(act["priority"]) for act in tree["activities"]}


def test_law_proposals_use_every_kind() -> None:
    """Each governs an award in a good many of the first 120."""
    cases = [law_proposal(seed) for seed in range(120)]
    texts = [str([rule for award in read(tree, law).awards for rule in award.terms]) + str(tree) for tree, law in cases]
    keys = ["allow", "portion", "match", "transfer", "use_within", "by_year", "share", "from", "match_pledged",
            "approved_budget", "subaward", "subawards_first", "equipment_from", "currently_funded", "new_class",
            "'per': 'program'", "'per': 'calendar_year'", "'of': 'received'", "award_year", "costs"]  # fmt: skip
    counts = {key: sum((key if key[0] == "'" else f"'{key}'") in text for text in texts) for key in keys}
    counts["several matched"] = sum(len(matched(read(tree, law))) > 1 for tree, law in cases)
    counts["first dollars"] = sum(bool(read(tree, law).firsts) for tree, law in cases)
    assert min(counts.values()) >= 8, counts
