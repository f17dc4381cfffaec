"""Which rules speak about an award: those of its program, of what the program stands under, and its own terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .texts import FOREVER, Tree, dates, day, number, truth, words

KINDS = {
    "allow", "forbid", "approval", "certify", "cap", "floor", "limit", "indirect", "last_payer",
    "portion", "match", "transfer", "use_within", "carry_over",
}  # fmt: skip
WITHOUT_RULES: list[Tree] = [
    {"id": "other", "kind": "other"},
    {"id": "county-general-fund", "kind": "local"},
    {"id": "other-federal", "kind": "federal"},
]
# What is in the base of modified total direct costs, by the date of the award (2 CFR 200.1).
UNIFORM: Tree = {
    "id": "uniform-guidance",
    "editions": [
        {"awards": {"until": "2024-09-30"}, "rules": [{"indirect": {"subawards_first": "25,000"}}]},
        {"awards": {"until": "2024-09-30"}, "rules": [{"indirect": {"equipment_from": "5,000"}}]},
        {"awards": {"from": "2024-10-01"}, "rules": [{"indirect": {"subawards_first": "50,000"}}]},
        {"awards": {"from": "2024-10-01"}, "rules": [{"indirect": {"equipment_from": "10,000"}}]},
    ],
}


@dataclass(frozen=True)
class Law:
    """A program as it speaks to one award: the rules in force, its own terms last."""

    program: str
    kind: str
    closed: bool
    rules: list[Tree]
    base: list[Tree]  # what the uniform guidance says of the base, whatever the program

    def of_kind(self, kind: str) -> list[Tree]:
        return [rule for rule in self.rules if kind in rule]

    def lowest(self, key: str) -> Fraction | None:
        """The lowest `subawards_first` or `equipment_from` that any rule states."""
        rules = [rule["indirect"] for rule in [*self.of_kind("indirect"), *self.base]]
        return min((number(rule[key]) for rule in rules if key in rule), default=None)


def law_of(award: Tree, proposal: Tree, catalogue: Tree | None, total: Fraction) -> Law:
    """The rules that govern an award; a rule of a program keeps the id of where it stands, under `source`."""
    programs: list[Tree] = WITHOUT_RULES if catalogue is None else catalogue["programs"]
    program = next(program for program in programs if program["id"] == award["program"])
    shared: list[Tree] = [] if catalogue is None else catalogue.get("common", [])
    named = {common["id"]: common for common in shared}
    rules = [rule for name in program.get("under", []) for rule in in_force(named[name], award)]
    rules += in_force(program, award)
    rules += [{**rule, "own": "true"} for rule in award.get("terms", [])]
    if any(len(KINDS & rule.keys()) != 1 for rule in rules):
        raise NotImplementedError("a rule of another kind")
    uniform = UNIFORM if catalogue is None else named.get("uniform-guidance", {"id": ""})
    return Law(
        program=program["id"], kind=str(program.get("kind", "other")), closed=truth(program.get("closed_list")),
        rules=[rule for rule in rules if speaks(rule, award, proposal, total)],
        base=[rule for rule in in_force(uniform, award) if "indirect" in rule],
    )  # fmt: skip


def in_force(part: Tree, award: Tree) -> list[Tree]:
    """The rules of a program or common set, with those of the edition of the award's date."""
    found: list[Tree] = list(part.get("rules", []))
    for edition in part.get("editions", []):
        if governs(edition, award):
            found += edition["rules"]
    return [{**rule, "source": part["id"]} for rule in found]


def awarded(award: Tree) -> int | None:
    text = award.get("prime_awarded", award.get("awarded"))
    return None if text is None else day(text)


def governs(tree: Tree, award: Tree) -> bool:
    """By the date of the prime award; an award without one is governed."""
    made = awarded(award)
    first, end = dates(tree.get("awards", {}), "from", "until")
    return made is None or first <= made < end


def speaks(rule: Tree, award: Tree, proposal: Tree, total: Fraction) -> bool:
    """Does a rule govern this award, this agency, this recipient, an award of this size?"""
    agencies, recipients = words(rule.get("agencies")), words(rule.get("recipients"))
    recipient = proposal.get("jurisdiction", {}).get("kind")
    transfer = rule.get("transfer", {})
    above = [number(tree[key]) for tree, key in ((rule, "award_above"), (transfer, "awards_above")) if key in tree]
    return (
        governs(rule, award)
        and (not agencies or "agency" not in award or award["agency"] in agencies)
        and (not recipients or recipient is None or recipient in recipients)
        and all(total > amount for amount in above)
    )


def governed(rule: Tree) -> tuple[int, int]:
    """The days whose costs a rule governs."""
    return dates(rule.get("costs", {}), "from", "until")


def dated(rule: Tree) -> bool:
    return governed(rule) != FOREVER


def touching(rules: list[Tree], window: tuple[int, int]) -> Iterator[Tree]:
    """The rules that govern some day of a window."""
    for rule in rules:
        first, end = governed(rule)
        if max(first, window[0]) < min(end, window[1]):
            yield rule
