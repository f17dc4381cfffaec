"""Makes random small proposals with people whom several awards pay, and money spent under rules and in installments."""

from __future__ import annotations

from datetime import date
from random import Random

from .finance_maker import FinanceMaker
from .law_maker import unclear
from .maker import Tree, outline
from .meaning import read
from .texts import listing, mapping, number
from .wide_maker import parts

TEXT = {"why": "The terms say so.", "cite": [{"title": "Terms", "read": "text"}]}
KINDS = {"other": "other", "county-general-fund": "local", "other-federal": "federal"}
CLASSES = ["supplies", "supplies", "contractual", "personnel", "fringe", "indirect"]


class SpendingMaker(FinanceMaker):
    """As a maker of what finance says, with steps of effort, and former spending.

    ``everywhere``: of awards with a reserve, or rules of some days, as well.
    """

    everywhere = False

    def catalogue(self) -> Tree:
        """Programs without rules, but that the federal one lets some of a budget period be carried over."""
        over: Tree = {"at_most": self.rng.choice(["10%", "25%", "50%"])}
        over["of"] = self.rng.choice(["next_budget_period", "budget_period"])
        over["until"] = self.rng.choice(["next_budget_period", "award"])
        programs: list[Tree] = [
            {"id": name, "name": f"The {name}", "funder": "A funder", "kind": kind, "closed_list": "false"}
            for name, kind in KINDS.items()
        ]
        programs[-1] |= {"under": ["uniform-guidance"], "rules": [{"id": "over", "carry_over": over, **TEXT}]}
        first = {"id": "first-dollars", "indirect": {"subawards_first": str(self.rng.choice([25, 50, 120]))}, **TEXT}
        return {"catalogue": 1, "programs": programs,
                "common": [{"id": "uniform-guidance", "name": "Common rules", "rules": [first]}]}  # fmt: skip

    def people(self, activities: list[Tree]) -> list[Tree]:
        """Steps of effort on pay; now and then two lines of one position. Returns what is said of positions."""
        lines = [line for activity in activities for line in activity["lines"]]
        shared = self.rng.sample(lines, 2) if len(lines) > 1 and self.often(0.5) else []
        for line in [line for line in lines if line["category"] == "personnel" or line in shared]:
            kept = {key: line[key] for key in ("id", "start", "end", "essential", "fringe") if key in line}
            line.clear()
            line.update(kept, category="personnel", unit="FTE", unit_cost=self.money(40, 300))
            line["quantity"] = self.rng.choice(["0.5", "0.6", "1"])
            if self.often(0.6):
                line["effort_step"] = self.rng.choice(["5%", "10%", "12.5%", "25%"])
        if not shared:
            return []
        one, two = shared
        one |= {"position": "HR-1", "quantity": "0.6"}
        two |= {"position": "HR-1", "quantity": self.rng.choice(["0.4", "0.25"])}
        if self.often(0.7):
            two["unit_cost"] = one["unit_cost"]
        for line in (one, two):
            line.pop("effort_step", None)
        return [{"id": "HR-1", "effort_step": self.rng.choice(["5%", "10%", "25%"])}]

    def put_contracts(self, activities: list[Tree]) -> None:
        for line in (line for activity in activities for line in activity["lines"]):
            if line["category"] == "contractual" and "whole_units" not in line and self.often(0.5):
                line |= {"subaward": "partner", "payee": "nonprofit"}

    def put_budget(self, award: Tree) -> None:
        """An approved budget of whole dollars, and how far charges may move from it."""
        total = number(award["amount"])
        if "interest" in award or total.denominator != 1 or total < 20:
            return
        supplies = self.rng.randint(1, int(total) - 10)
        personnel = self.rng.randint(1, int(total) - supplies)
        budget = {"supplies": supplies, "personnel": personnel, "other": int(total) - supplies - personnel}
        award["approved_budget"] = {name: str(amount) for name, amount in budget.items()}
        moves: Tree = {"id": "moves", "transfer": {"at_most": self.rng.choice(["5%", "10%", "20"])}, **TEXT}
        award["terms"] = [*award.get("terms", []), moves]

    def put_spent(self, activities: list[Tree], awards: list[Tree]) -> None:
        """One to three entries of an award, on classes and lines, in periods in which it pays costs or in none."""
        lines = [
            (f"{activity['id']}/{line['id']}", period)
            for activity in activities
            for line in activity["lines"]
            if "shares" not in line and "whole_units" not in line
            for period in self.live_years(activity, line) * (3 if "position" in line or "effort_step" in line else 1)
            if not isinstance(line.get("amount"), dict) or period in line["amount"]
        ]
        for award in awards:
            if "amount" in award and self.often(0.3):
                self.put_budget(award)
            rules: list[Tree] = award.get("terms", [])
            beside = "reserve" in award or any("costs" in rule for rule in rules)
            if (beside and not self.everywhere) or self.often(0.25):
                continue
            whole = int(sum(map(number, [award.get("amount", "0"), *parts(award)]), number(0)))
            runs = self.running(award)
            on = [(name, period) for name, period in lines if period in runs]
            entries: list[Tree] = []
            for _ in range(self.rng.choice([1, 1, 2, 3])):
                entry: Tree = {"amount": str(self.rng.randint(1, max(1, whole // 3)))}
                if on and self.often(0.6):
                    entry["line"], period = self.rng.choice(on)
                    entry |= {"period": period} if self.often(0.8) else {}
                else:
                    entry["category"] = self.rng.choice(CLASSES)
                    entry |= {"period": self.rng.choice(sorted(runs))} if runs and self.often(0.4) else {}
                    entry |= {"function": "administration"} if self.often(0.3) else {}
                    entry |= {"subaward": "partner"} if entry["category"] == "contractual" else {}
                entries.append(entry)
            award["spent_before"] = entries

    def running(self, award: Tree) -> set[str]:
        """The periods in which an award pays costs."""
        receipts = listing(award.get("receipts")) or []
        firsts = [award.get("start"), *(part["start"] for part in award.get("budget_periods", []))]
        firsts += [receipt.get("authorized", receipt["date"]) for receipt in receipts]
        by_year = mapping(award.get("receipts")) or {}
        firsts += [begin.isoformat() for name, begin, _ in self.periods if name in by_year]
        if "opening_balance" in award:
            firsts = [self.first.isoformat()]
        begin = min(date.fromisoformat(first) for first in firsts if first)
        ends = award.get("end") or (award["budget_periods"][-1]["end"] if "budget_periods" in award else None)
        end = date.fromisoformat(ends) if ends else self.last
        return {name for name, first, stop in self.periods if begin < stop and end >= first}


def spending_proposal(seed: int, *, everywhere: bool = False) -> tuple[Tree, Tree]:
    """A small proposal and its catalogue, the same for the same seed."""
    rng = Random(f"spending {seed}")
    starts = rng.choice(["07-01", "07-01", "10-01", "01-01"])
    years = list(range(2027, 2027 + rng.choice([1, 2, 2])))
    maker = SpendingMaker(rng, starts, years, quarters=False)
    maker.everywhere = everywhere
    activities = maker.activities()
    positions = maker.people(activities)
    maker.put_contracts(activities)
    catalogue = maker.catalogue()
    awards = maker.awards(activities)
    maker.bar_equipment(activities, awards)
    proposal = outline(f"Spending proposal {seed}", starts, years, awards, activities, goals=["fund"])
    if positions:
        proposal["positions"] = positions
    if rng.random() < 0.6:
        proposal["indirect"] = maker.recipient_rate()
    if unclear(read(proposal, catalogue)):  # the conventions leave a part of an agreement open
        for line in (line for activity in activities for line in activity["lines"]):
            line.pop("subaward", None)
    return proposal, catalogue
