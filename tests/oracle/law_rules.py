"""Makes rules of every kind, for the programs and the awards of random small proposals."""

from __future__ import annotations

from .maker import BASES, SHARES, Tree
from .wide_maker import WideMaker

KINDS = ["settlement", "state", "local", "foundation", "other"]
TEXT = {"why": "The terms say so.", "cite": [{"title": "Terms", "read": "text"}]}


class LawRules(WideMaker):
    """As a wide maker, with the rules of programs."""

    def rules(self, activities: list[Tree], program: bool) -> list[Tree]:
        """One rule, or two that belong together."""
        kinds = [self.bound] * 6 + [self.some_allow, self.some_portion, self.some_portion, self.rate_or_base]
        kinds += [self.subawards, self.subawards, self.dear, self.dear, self.some_transfer, self.some_transfer]
        kinds += [self.some_use_within] * 2 + [self.some_limit] * 2 + [self.some_forbid] * 2
        found = self.rng.choice(kinds)(activities, program)
        if program and self.often(0.15):
            governs = self.scope_of_rule()
            found = [{**rule, **governs} for rule in found]
        return found

    def scope_of_rule(self) -> Tree:
        """Which awards, or which recipients, a program's rule governs."""
        return self.rng.choice(
            [{"award_above": str(self.rng.randint(50, 300))}, {"recipients": ["county", "city"]},
             {"recipients": ["state"]}, {"awards": {"until": "2024-09-30"}}, {"awards": {"from": "2024-10-01"}}]
        )  # fmt: skip

    def bound(self, activities: list[Tree], program: bool) -> list[Tree]:
        """A cap or a floor of any kind, over anything."""
        kind = self.rng.choice(["cap", "cap", "cap", "floor", "floor"])
        of = self.rng.choice(["amount", "spend", "direct", "award", "received", "received"])
        per = {"amount": ["award", "period", "calendar_year", "calendar_year"],
               "spend": ["award", "period", "calendar_year", "calendar_year", "budget_period"],
               "direct": ["award", "period", "calendar_year"], "award": ["award", "budget_period"],
               "received": ["award", "calendar_year", "calendar_year", "period"]}[of]  # fmt: skip
        bound: Tree = {"select": self.selector(activities, fringe=True)}
        bound["per"] = self.rng.choice(per + ["program"] * 3 * program)
        if of == "amount":
            amount = self.money(5, 200) if kind == "cap" else str(self.rng.randint(1, 60))
        else:
            amount = self.rng.choice(SHARES if kind == "cap" else [*SHARES, "60%"])
            bound["of"] = of
        bound["at_most" if kind == "cap" else "at_least"] = amount
        rule: Tree = {kind: bound}
        dated = of != "received" and self.often(0.4)
        if dated:
            rule["costs"] = self.costs()
        if kind == "cap" and of != "direct" and not dated and self.often(0.25):
            bound["include_indirect"] = "true"
        return [rule]

    def some_allow(self, activities: list[Tree], program: bool) -> list[Tree]:
        """Two that name a good part of what is proposed, now and then on some days only."""
        found: list[Tree] = [{"allow": self.selector(activities)}, {"allow": self.selector(activities)}]
        if self.often(0.3):
            found.append({"allow": {"activity": [activities[0]["id"]]}})
        for rule in found:
            if self.often(0.25):
                rule["costs"] = self.costs()
        return found

    def some_portion(self, activities: list[Tree], program: bool) -> list[Tree]:
        portion: Tree = {} if self.often(0.2) else {"share": "opioid-related"}
        documented = [line["category"] for activity in activities for line in activity["lines"] if "portion" in line]
        if documented and self.often(0.8):
            portion["select"] = {"category": [self.rng.choice(documented)]}
        elif self.often(0.7):
            portion["select"] = self.selector(activities)
        return [{"portion": portion} | ({"costs": self.costs()} if self.often(0.2) else {})]

    def rate_or_base(self, activities: list[Tree], program: bool) -> list[Tree]:
        rate: Tree = {"rate": self.rng.choice(["0%", "5%", "10%"])}
        if self.often(0.5):
            rate["base"] = self.rng.choice(BASES)
        if self.often(0.3):
            rate = {"base": self.rng.choice(BASES)}
        return [{"indirect": rate} | ({"costs": self.costs()} if self.often(0.6) else {})]

    def subawards(self, activities: list[Tree], program: bool) -> list[Tree]:
        return [{"indirect": {"subawards_first": str(self.rng.randint(10, 150))}}]

    def dear(self, activities: list[Tree], program: bool) -> list[Tree]:
        """From some unit cost on supplies are equipment, which is sometimes bounded."""
        found: list[Tree] = [{"indirect": {"equipment_from": str(self.rng.randint(5, 25))}}]
        if self.often(0.5):
            cap = {"select": {"category": ["equipment"]}, "at_most": self.money(10, 100)}
            found.append(self.rng.choice([{"cap": cap}, {"approval": {"category": "equipment"}}]))
        return found

    def some_transfer(self, activities: list[Tree], program: bool) -> list[Tree]:
        transfer: Tree = {"at_most": self.rng.choice(["5%", "10%", "25%", self.money(1, 40)])}
        if transfer["at_most"].endswith("%") and self.often(0.4):
            transfer["and_at_most"] = str(self.rng.randint(3, 50))
        if self.often(0.25):
            transfer["awards_above"] = str(self.rng.randint(50, 250))
        if self.often(0.4):
            transfer["new_class"] = "approval"
        return [{"transfer": transfer}]

    def some_use_within(self, activities: list[Tree], program: bool) -> list[Tree]:
        """One time for all costs, or one for some and another for the rest."""
        months = [3, 6, 9, 12, 15, 18, 24]
        if self.often(0.5):
            return [{"use_within": {"months": str(self.rng.choice(months))}}]
        selector = self.selector(activities)
        selectors = [selector, selector.get("not", {"not": selector})]
        found: list[Tree] = [{"use_within": {"months": str(self.rng.choice(months)), "select": s}} for s in selectors]
        if self.often(0.3):
            found[0]["use_within"]["met_by"] = "encumbered"
        return found

    def some_limit(self, activities: list[Tree], program: bool) -> list[Tree]:
        return [self.limit(activities, False) | ({"costs": self.costs()} if self.often(0.4) else {})]

    def some_forbid(self, activities: list[Tree], program: bool) -> list[Tree]:
        if self.often(0.3):
            return [{"forbid": {"currently_funded": "true"}}]
        return [self.approval(activities, False) if self.often(0.3) else self.forbid(activities, False)]

    def match(self, yearly: bool) -> Tree:
        """Other money for each dollar, by year of the award where years are known."""
        if self.often(0.3):
            match: Tree = {"share": self.rng.choice(["20%", "25%", "50%"])}
        else:
            match = {"required": self.rng.choice(["25%", "50%", "100%", "125%"])}
            if yearly and self.often(0.5):
                match["by_year"] = {str(year): self.rng.choice(["10%", "75%", "150%"]) for year in (2, 3)}
        if self.often(0.5):
            match["from"] = self.some([*KINDS, "pool", "grant-b", "grant-b", "other"], 4)
        return {"match": match}
