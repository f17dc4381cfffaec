"""Makes random small proposals that are rich in law, each with a small catalogue of programs of its own."""

from __future__ import annotations

from random import Random

from .charges import Unclear
from .law_rules import TEXT, LawRules
from .maker import AWARD_IDS, RATES, Maker, Tree
from .meaning import Meaning, read
from .rows import all_rows
from .texts import listing, number
from .wide_maker import parts, picks

FEDERAL = ["grant-a", "grant-a", "grant-b"]
OTHERS = ["pool", "pool", "gift", "state-fund", "other", "county-general-fund"]
PROGRAMS = {"grant-a": "federal", "grant-b": "federal", "pool": "settlement", "gift": "foundation",
            "state-fund": "state", "other": "other", "county-general-fund": "local"}  # fmt: skip
COLUMNS = range(3, 45)


def law_proposal(seed: int) -> tuple[Tree, Tree]:
    """A small proposal and its catalogue, the same for the same seed: the first draw with a fair number of columns.

    With hardly any there is nothing to decide; with very many it takes the time of ten others.
    """
    for attempt in range(100):
        proposal, catalogue = drawn(Random(f"law {seed} {attempt}"), seed)
        if len(read(proposal, catalogue).columns) in COLUMNS:
            return proposal, catalogue
    raise ValueError("no proposal of this size")


def drawn(rng: Random, seed: int) -> tuple[Tree, Tree]:
    """Any small proposal and its catalogue."""
    starts = rng.choice(["07-01", "07-01", "10-01", "01-01"])
    quarters = rng.random() < 0.1
    years = list(range(2027, 2027 + (1 if quarters else rng.choice([1, 2, 2, 3]))))
    maker = LawMaker(rng, starts, years, quarters)
    activities = [maker.activity(i) for i in range(rng.choice([1, 2, 2, 3]))]
    catalogue = maker.catalogue(activities)
    calendar: Tree = {"fiscal_year_starts": starts, "first": f"FY{years[0]}", "last": f"FY{years[-1]}"}
    proposal: Tree = {
        "braid": 1,
        "name": f"Proposal under law {seed}",
        "jurisdiction": {"name": "Harbor County", "state": "NC", "kind": "county"},
        "calendar": calendar | ({"step": "quarter"} if quarters else {}),
        "unit": "cent" if rng.random() < 0.05 else "dollar",
        "awards": maker.law_awards(activities, catalogue),
        "activities": activities,
    }
    if rng.random() < 0.75:
        proposal["indirect"] = maker.recipient_rate()
    maker.put_asked(proposal, catalogue)
    return proposal, catalogue


class LawMaker(LawRules):
    """Makes the parts of one proposal and its catalogue."""

    # Activities and lines

    def activity(self, number: int) -> Tree:
        tree = super().activity(number) if self.often(0.2) else Maker.activity(self, number)
        if self.often(0.2):
            tree["currently_funded"] = "County general fund"
        return tree

    def line(self, number: int, activity: Tree, may_be_dated: bool) -> Tree:
        tree = super().line(number, activity, may_be_dated)
        if tree["category"] != "personnel" and "amount" in tree and self.often(0.5):
            agreement = self.rng.choice(["partner", "partner", "clinic"])  # one payee each
            tree |= {"category": "contractual", "subaward": f"{agreement}-{activity.get('payee', 'none')}"}
        if self.often(0.4):
            share = self.rng.choice(["30%", "60%", "62.5%", "100%"])
            named = self.rng.choice([{"opioid-related": share}, {"opioid-related": share, "youth": "10%"}])
            named = {"youth": share} if self.often(0.25) else named
            tree["portion"] = share if self.often(0.5) else named
        return tree

    def recipient_rate(self) -> Tree:
        rate = super().recipient_rate()
        return rate if self.often(0.4) else {"rate": self.rng.choice(RATES), "base": "mtdc", "kind": "negotiated"}

    # The catalogue

    def catalogue(self, activities: list[Tree]) -> Tree:
        """Programs of every kind with a few rules each; the federal ones under two editions of common rules."""
        programs: list[Tree] = []
        for name, kind in PROGRAMS.items():
            bare = name in ("other", "county-general-fund")
            program: Tree = {"id": name, "name": f"The {name}", "funder": "A funder", "kind": kind}
            program["closed_list"] = "false"
            rules = [rule for _ in range(self.rng.choice([0, 1, 1, 2])) for rule in self.rules(activities, True)]
            if not bare and rules:
                program["rules"] = [{"id": f"{name}-{k + 1}", **rule, **TEXT} for k, rule in enumerate(rules)]
                named = [rule for rule in rules if "allow" in rule]
                if named and self.often(0.7):
                    program["closed_list"] = "true"
            if kind == "federal":
                program["under"] = ["uniform-guidance"]
            programs.append(program)
        return {"catalogue": 1, "common": [self.uniform()], "programs": programs}

    def uniform(self) -> Tree:
        """How much of each subaward is in the base, and now and then what is equipment, by the date of the award."""
        editions: list[Tree] = []
        for name, awards in (("2020", {"until": "2024-09-30"}), ("2024", {"from": "2024-10-01"})):
            first = {"indirect": {"subawards_first": str(self.rng.choice([25, 50, 120]))}}
            rules = [{"id": "first-dollars", **first, **TEXT}]
            if self.often(0.3):
                rules.append({"id": "dear", "indirect": {"equipment_from": str(self.rng.randint(10, 30))}, **TEXT})
            editions.append({"id": name, "awards": awards, "rules": rules})
        return {"id": "uniform-guidance", "name": "Common rules", "editions": editions}

    # Awards

    def law_awards(self, activities: list[Tree], catalogue: Tree) -> list[Tree]:
        ids = self.rng.sample(AWARD_IDS, self.rng.choice([1, 2, 3, 3, 3, 4]))
        awards: list[Tree] = []
        for award_id in ids:
            program = self.rng.choice(FEDERAL if self.often(0.5) else OTHERS)
            award: Tree = {"id": award_id, "program": program, "name": f"The {award_id} award"}
            award["awarded"] = self.rng.choice(["2024-03-01", "2025-01-15", "2025-01-15"])
            award |= self.dated(awards) if self.often(0.8 if program in FEDERAL else 0.3) else self.received()
            if self.often(0.3):
                self.put_installments(award)
                receipts = listing(award.get("receipts")) or []
                if any(receipt.get("authorized", "") > award.get("end", "9") for receipt in receipts):
                    del award["end"]
            if self.often(0.1):
                self.put_reserve(award)
            self.put_conditions(award, activities)
            self.put_terms(award, activities, catalogue)
            awards.append(award)
        self.bar_some(activities, ids)
        return awards

    def bar_some(self, activities: list[Tree], ids: list[str]) -> None:
        for line in (line for activity in activities for line in activity["lines"]):
            if self.often(0.08):
                line["only"] = self.some(ids, 3)
            elif self.often(0.08):
                line["never"] = self.some(ids, 1)

    def put_terms(self, award: Tree, activities: list[Tree], catalogue: Tree) -> None:
        """The award's own terms, a match among them, with what they need: approvals, a budget, pledges."""
        theirs: list[Tree] = next(p for p in catalogue["programs"] if p["id"] == award["program"]).get("rules", [])
        terms = [rule for _ in range(self.rng.choice([0, 1, 1, 2])) for rule in self.rules(activities, False)]
        if award["program"] in FEDERAL and self.often(0.5):
            known = "carry_over" not in award and ("amount" in award or "budget_periods" in award)
            terms.append(self.match(known))
            self.put_pledges(award)
        terms: list[Tree] = [{"id": f"t{k + 1}", **rule, **TEXT} for k, rule in enumerate(terms)]
        if terms:
            award["terms"] = terms
        for rule in [*terms, *(rule for rule in theirs if not {"awards", "recipients", "award_above"} & rule.keys())]:
            if "approval" in rule and self.often(0.5):
                award["approvals"] = {**award.get("approvals", {}), rule["id"]: "Letter on file."}
            if "transfer" in rule:
                self.put_budget(award, activities)
                if self.often(0.2):
                    award["approvals"] = {**award.get("approvals", {}), rule["id"]: "Letter on file."}

    def put_pledges(self, award: Tree) -> None:
        if self.often(0.4):
            award["match_pledged"] = [
                {"kind": kind, "amount": str(self.rng.randint(1, 60)), "from": "A partner",
                 "valuation": "Hours at the usual rate.", "document": "Letter of 2026."}
                for kind in self.some(["cash", "in-kind", "volunteer"])
            ]  # fmt: skip
        if self.often(0.3):
            award["award_year"] = self.rng.choice(["2", "3"])

    def put_budget(self, award: Tree, activities: list[Tree]) -> None:
        """Whole dollars by object class, that add up to the award; odd cents are indirect."""
        total = sum(map(number, [award.get("amount", "0"), *parts(award)]), number(0))
        lines = [line for activity in activities for line in activity["lines"]]
        classes = {line["category"] for line in lines} | {"supplies", "equipment"}
        classes = [*(name for name in sorted(classes) if self.often(0.85)), "indirect"]
        if "personnel" in classes:
            classes.append("fringe")
        drawn_at = sorted(self.rng.randint(0, int(total) - len(classes)) for _ in classes[1:])
        cuts = [k + at for k, at in enumerate(drawn_at, 1)]  # no class without a dollar
        sizes = [b - a for a, b in zip([0, *cuts], [*cuts, int(total)], strict=True)]
        budget = {name: str(size) for name, size in zip(classes, sizes, strict=True) if name != "indirect"}
        rest = total - sum(map(number, budget.values()))
        award["approved_budget"] = budget | {"indirect": f"{float(rest):.2f}"}

    # What the planner asks for

    def put_asked(self, proposal: Tree, catalogue: Tree) -> None:
        """Now and then a required share or a committed amount; no subawards where the conventions leave it open."""
        meaning = read(proposal, catalogue)
        for tree, activity in zip(proposal["activities"], meaning.activities, strict=True):
            if activity.amount is not None and activity.amount > activity.exact:
                tree["minimum"] = "50%"
        if self.often(0.12):
            asked = self.require(0, proposal)
            proposal |= {"require": [asked]} if picks(meaning, asked["select"]) else {}
        if self.often(0.12):
            self.put_committed(proposal, meaning)
        if unclear(read(proposal, catalogue)):
            for line in (line for activity in proposal["activities"] for line in activity["lines"]):
                line.pop("subaward", None)


def unclear(meaning: Meaning) -> bool:
    try:
        all_rows(meaning)
    except Unclear:
        return True
    return False
