"""Makes the parts of a random small proposal: lines, awards, terms, so that dates, shares and rounding all bite."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

Tree = dict[str, Any]

AWARD_IDS = ["alder", "birch", "cedar", "rowan", "willow"]
PROGRAMS = ["other", "other", "other-federal", "other-federal", "county-general-fund"]
USES = ["naloxone-distribution", "drug-checking", "linkage-to-care", "peer-support", "post-overdose-outreach"]
CATEGORIES = ["supplies", "supplies", "travel", "contractual", "equipment", "other"]
ITEMS = ["naloxone", "syringes", "drug-checking-strips", "client-incentive", "software", "training", "phones"]
UNITS = ["kit", "each", "patient", "client"]
BASES = ["mtdc", "direct", "salaries", "salaries-and-fringe"]
RATES = ["10%", "15%", "26.5%"]
SHARES = ["3%", "5%", "10%", "15%", "20%", "25%", "40%"]


def outline(
    name: str, starts: str, years: list[int], awards: list[Tree], activities: list[Tree], **more: list[str]
) -> Tree:
    """A proposal of some parts in whole dollars, for fiscal years that start on a month and day."""
    return {
        "braid": 1,
        "name": name,
        "jurisdiction": {"name": "Harbor County", "state": "NC", "kind": "county"},
        "calendar": {"fiscal_year_starts": starts, "first": f"FY{years[0]}", "last": f"FY{years[-1]}"},
        "unit": "dollar",
        **more,
        "awards": awards,
        "activities": activities,
    }


class Maker:
    """Makes the parts of one proposal."""

    def __init__(self, rng: Random, starts: str, years: list[int], large: bool) -> None:
        self.rng, self.years, self.large = rng, years, large
        back = 0 if starts == "01-01" else 1
        self.begins = [date.fromisoformat(f"{year - back}-{starts}") for year in [*years, years[-1] + 1]]
        self.first, self.last = self.begins[0], self.begins[-1] - timedelta(1)

    def often(self, chance: float) -> bool:
        return self.rng.random() < chance

    def money(self, low: int, high: int, cents: float = 0.1) -> str:
        """An amount, sometimes with cents; in large proposals up to 250 times as large."""
        amount = self.rng.randint(low, high)
        if self.large:
            amount = amount * self.rng.choice([1, 20, 250]) + self.rng.randint(0, 19)
        tail = f".{self.rng.randint(0, 99):02d}" if self.often(cents) else ""
        return f"{amount:,}{tail}" if self.often(0.5) else f"{amount}{tail}"

    def day(self, margin: int = 0) -> date:
        """A day of the calendar, or up to a margin of days around it; now and then a fiscal year's first day."""
        if self.often(0.15):
            return self.rng.choice(self.begins[:-1])
        span = (self.last - self.first).days
        return self.first + timedelta(self.rng.randint(-margin, span + margin))

    def some(self, options: list[str], most: int = 2) -> list[str]:
        return self.rng.sample(options, min(len(options), self.rng.randint(1, most)))

    # Activities and lines

    def activity(self, number: int) -> Tree:
        tree: Tree = {
            "id": f"act-{'abcd'[number]}",
            "name": f"Activity {number + 1}",
            "uses": self.some(USES),
            "priority": self.rng.randint(1, 3),
        }
        if self.often(0.2):
            tree["weight"] = 2
        if self.often(0.5):
            tree["place"] = [self.rng.choice(["rural", "urban"])]
        if self.often(0.3):
            tree["payee"] = self.rng.choice(["government", "nonprofit"])
        dated = self.often(0.2)
        if dated:
            self.put_dates(tree)
        tree["lines"] = [self.line(k, tree, not dated) for k in range(self.rng.randint(1, 3))]
        return tree

    def put_dates(self, tree: Tree) -> None:
        """A first day, a last day or both, that leave at least ten days of the calendar."""
        begin, end = sorted([self.day(), self.day()])
        if (end - begin).days < 10:
            begin, end = self.first, self.last - timedelta(9)
        which = self.rng.choice(["start", "end", "both"])
        if which != "end":
            tree["start"] = min(begin, self.last - timedelta(9)).isoformat()
        if which != "start":
            tree["end"] = max(end, self.first + timedelta(9)).isoformat()

    def live_years(self, *trees: Tree) -> list[str]:
        """The fiscal years in which an activity and its line have a day."""
        begin = max([date.fromisoformat(t["start"]) for t in trees if "start" in t], default=self.first)
        end = min([date.fromisoformat(t["end"]) for t in trees if "end" in t], default=self.last)
        pairs = zip(self.begins, self.begins[1:], self.years, strict=False)
        return [f"FY{year}" for a, b, year in pairs if max(a, begin) < min(b, end + timedelta(1))]

    def line(self, number: int, activity: Tree, may_be_dated: bool) -> Tree:
        pay = self.often(0.4)
        tree: Tree = {"id": f"line-{number + 1}", "category": "personnel" if pay else self.rng.choice(CATEGORIES)}
        if not pay:
            tree["item"] = self.rng.choice(ITEMS)
        if may_be_dated and self.often(0.25):
            self.put_dates(tree)
        years = self.live_years(activity, tree)
        if pay and self.often(0.6):
            tree |= {"quantity": self.rng.choice(["0.5", "1", "1.25", "2"]), "unit": "FTE"}
            tree["unit_cost"] = self.money(20, 300)
        elif self.often(0.35):
            tree |= {"unit": self.rng.choice(UNITS), "unit_cost": self.money(1, 30, cents=0.4)}
            tree["quantity"] = {year: str(self.rng.randint(1, 14)) for year in years}
        else:
            tree["amount"] = {year: self.money(5, 400) for year in years}
        if pay and self.often(0.75):
            tree["fringe"] = self.rng.choice(["25%", "32%", "7.65%"])
        if not pay and self.often(0.2):
            tree["timing"] = "once"
        if self.often(0.2):
            tree["function"] = self.rng.choice(["administration", "data", "evaluation"])
        return tree

    def bar_equipment(self, activities: list[Tree], awards: list[Tree]) -> None:
        """Sometimes a line names its awards; equipment never goes to a federal one (it has rules of its own)."""
        federal = [award["id"] for award in awards if award["program"] == "other-federal"]
        ids = [award["id"] for award in awards]
        for line in (line for activity in activities for line in activity["lines"]):
            if self.often(0.12):
                line["only"] = self.some(ids, 3)
            elif self.often(0.12):
                line["never"] = self.some(ids, 1)
            if line["category"] == "equipment" and federal:
                line["never"] = sorted({*line.get("never", []), *federal})

    # Awards

    def awards(self, activities: list[Tree]) -> list[Tree]:
        ids = self.rng.sample(AWARD_IDS, self.rng.choice([1, 2, 2, 3, 3, 4]))
        awards: list[Tree] = []
        for award_id in ids:
            award: Tree = {"id": award_id, "program": self.rng.choice(PROGRAMS), "name": f"The {award_id} award"}
            award["awarded"] = "2025-01-15"
            dated = self.often(0.7)
            award |= self.dated(awards) if dated else self.received()
            self.put_conditions(award, activities)
            terms = [self.term(f"t{k + 1}", activities, dated) for k in range(self.rng.choice([0, 1, 1, 2, 2, 3]))]
            if terms:
                award["terms"] = terms
            on_file = [term["id"] for term in terms if "approval" in term and self.often(0.5)]
            notes = {name if self.often(0.5) else f"{award_id}:{name}": "Letter on file." for name in on_file}
            if notes:
                award["approvals"] = {**award.get("approvals", {}), **notes}
            awards.append(award)
        return awards

    def dated(self, earlier: list[Tree]) -> Tree:
        """An amount with odd dates, sometimes beginning the day after another award ends."""
        begin = self.day(100)
        ends = [date.fromisoformat(award["end"]) for award in earlier if "end" in award]
        if ends and self.often(0.4):
            begin = self.rng.choice(ends) + timedelta(1)
        begin = min(begin, self.last - timedelta(5))
        end = begin + timedelta(self.rng.choice([29, 90, 182, 364, 365, 500, 729]))
        if self.often(0.2):
            begin, end = min(begin, self.first), max(end, self.last)
        end = max(end, self.first + timedelta(5))
        return {"start": begin.isoformat(), "end": end.isoformat(), "amount": self.money(10, 500)}

    def received(self) -> Tree:
        """An opening balance, receipts by fiscal year, or both."""
        tree: Tree = {}
        if self.often(0.7):
            tree["opening_balance"] = self.money(10, 300)
        chosen = [year for year in self.years if self.often(0.7)]
        if chosen or not tree:
            tree["receipts"] = {f"FY{year}": self.money(10, 300) for year in chosen or self.years[:1]}
        return tree

    def put_conditions(self, award: Tree, activities: list[Tree]) -> None:
        """Sometimes a written scope, sometimes a rate of the award's own."""
        if self.often(0.2):
            award["scope"] = self.some([*USES, *(activity["id"] for activity in activities)], 3)
            if self.often(0.3):
                award["approvals"] = {"scope": "Letter on file."}
        if self.often(0.2):
            award["indirect"] = {"rate": self.rng.choice(["5%", *RATES]), "base": self.rng.choice(BASES)}

    def recipient_rate(self) -> Tree:
        def rate() -> Tree:
            if self.often(0.2):
                return {"rate": self.rng.choice(["10%", "15%"]), "base": "mtdc", "kind": "de-minimis"}
            return {"rate": self.rng.choice(RATES), "base": self.rng.choice(BASES), "kind": "negotiated"}

        if len(self.years) > 1 and self.often(0.25):
            return {f"FY{year}": rate() for year in self.years}
        return rate()

    # Terms

    def term(self, name: str, activities: list[Tree], dated: bool) -> Tree:
        kinds = [self.forbid] * 4 + [self.cap] * 3 + [self.limit] * 2 + [self.approval, self.floor, self.rate]
        make = self.rng.choice(kinds)
        rule = make(activities, dated)
        text = {"why": f"The award's terms say so in paragraph {name[1:]}.",
                "cite": [{"title": "Award terms", "section": name[1:], "read": "text"}]}  # fmt: skip
        return {"id": name, **rule, **text}

    def selector(self, activities: list[Tree], fringe: bool = False) -> Tree:
        """Picks some lines by one or two traits, sometimes by what they are not."""
        lines = [(activity, line) for activity in activities for line in activity["lines"]]
        activity, line = self.rng.choice(lines)
        options: list[Tree] = [
            {"category": sorted({line["category"], self.rng.choice(["personnel", "supplies"])})},
            {"activity": [activity["id"]]},
            {"use": self.some(activity["uses"])},
            {"line": [f"{activity['id']}/{line['id']}"]},
            {"function": [line.get("function", "service")]},
            {"category": ["personnel"], "activity": [activity["id"]]},
        ]
        options += [{"item": [line["item"], self.rng.choice(ITEMS)]}] if "item" in line else []
        options += [{"place": activity["place"]}] if "place" in activity else []
        options += [{"category": ["personnel", "fringe"]}, {"category": ["fringe"]}] if fringe else []
        chosen = self.rng.choice(options)
        return {"not": chosen} if self.often(0.15) else chosen

    def costs(self) -> Tree:
        """Dates of costs: open on one side, or a stretch of the calendar."""
        begin, end = sorted([self.day(), self.day()])
        if self.often(0.6):
            begin = self.rng.choice(self.begins[:-1]) + timedelta(self.rng.randint(20, 200))
            end = begin + timedelta(self.rng.randint(0, 120))
        both = {"from": begin.isoformat(), "until": end.isoformat()}
        if self.often(0.75):
            return both
        key = self.rng.choice(["from", "until"])
        return {key: both[key]}

    def forbid(self, activities: list[Tree], dated: bool) -> Tree:
        rule: Tree = {"forbid": self.selector(activities)}
        if self.often(0.25):
            rule["forbid"] = {**rule["forbid"], "unless": self.selector(activities)}
        if self.often(0.75):
            rule["costs"] = self.costs()
        return rule

    def approval(self, activities: list[Tree], dated: bool) -> Tree:
        rule: Tree = {"approval": self.selector(activities)}
        if self.often(0.3):
            rule["approval"] = {**rule["approval"], "above": str(self.rng.randint(1, 60))}
        if self.often(0.3):
            rule["costs"] = self.costs()
        return rule

    def cap(self, activities: list[Tree], dated: bool) -> Tree:
        cap: Tree = {"select": self.selector(activities, fringe=True)}
        of = self.rng.choice(["award", "award", "spend", "direct", "amount", *([] if dated else ["received"] * 2)])
        if of == "amount":
            cap |= {"at_most": self.money(5, 200), "per": self.rng.choice(["award", "period"])}
        else:
            cap |= {"at_most": self.rng.choice(SHARES), "of": of}
            if of in ("spend", "direct", "received") and self.often(0.4):
                cap["per"] = "period"
            if of == "award" and dated and self.often(0.2):
                cap["per"] = "budget_period"
        if of != "direct" and self.often(0.35):
            cap["include_indirect"] = "true"
            if self.often(0.5):
                cap["select"] = {"function": ["administration"]}
        return {"cap": cap}

    def floor(self, activities: list[Tree], dated: bool) -> Tree:
        floor: Tree = {"select": self.selector(activities, fringe=True)}
        of = self.rng.choice(["award", "spend", "spend", "direct", "amount"])
        if of == "amount":
            return {"floor": {**floor, "at_least": str(self.rng.randint(1, 60))}}
        floor |= {"at_least": self.rng.choice([*SHARES, "60%", "85%"]), "of": of}
        if of in ("spend", "direct") and self.often(0.3):
            floor["per"] = "period"
        return {"floor": floor}

    def limit(self, activities: list[Tree], dated: bool) -> Tree:
        """A ceiling somewhat below or above the unit cost of a line that is counted in units, if there is one."""
        lines = [line for activity in activities for line in activity["lines"] if "unit" in line]
        line = self.rng.choice(lines or [{"unit": "patient", "unit_cost": "12"}])
        cost = float(line["unit_cost"].replace(",", ""))
        limit: Tree = {"at_most": str(max(1, int(cost * self.rng.uniform(0.3, 1.2)))), "unit": line["unit"]}
        limit["per"] = "year" if line["unit"] == "FTE" else self.rng.choice(["year", "each"])
        if limit["unit"] not in ("FTE", "patient", "client"):
            limit["per"] = "each"
        if self.often(0.7):
            limit["excess"] = self.rng.choice(["any", "non-federal", "none"])
        if self.often(0.2):
            limit["select"] = self.selector(activities)
        return {"limit": limit}

    def rate(self, activities: list[Tree], dated: bool) -> Tree:
        base = self.rng.choice(["mtdc", "direct", "salaries-and-fringe"])
        return {"indirect": {"rate": self.rng.choice(["0%", "5%", "10%"]), "base": base, "authority": "policy"}}
