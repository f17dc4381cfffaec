"""Makes what the planner insists on and money that comes in installments, for random small proposals."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from .maker import CATEGORIES, SHARES, Maker, Tree
from .meaning import Column, Meaning, read, selects
from .texts import listing, mapping, number

SPLITS = [["60%", "40%"], ["50%", "50%"], ["33%", "67%"], ["12.5%", "87.5%"], ["25%", "25%", "50%"]]
GROWTH = ["3%", "4%", "10%", "2.5%"]


class WideMaker(Maker):
    """As a maker, with requirements of every kind, each now and then."""

    def __init__(self, rng: Random, starts: str, years: list[int], quarters: bool) -> None:
        super().__init__(rng, starts, years, large=rng.random() < 0.1)
        self.periods: list[tuple[str, date, date]] = []
        for year, begin, end in zip(years, self.begins, self.begins[1:], strict=False):
            if not quarters:
                self.periods.append((f"FY{year}", begin, end))
                continue
            firsts = [begin, *(after(begin, 3 * q) for q in (1, 2, 3)), end]
            self.periods += [(f"FY{year}-Q{q}", firsts[q - 1], firsts[q]) for q in (1, 2, 3, 4)]

    # Activities and lines

    def live_years(self, *trees: Tree) -> list[str]:
        """The periods in which an activity and its line have a day."""
        begin = max([date.fromisoformat(t["start"]) for t in trees if "start" in t], default=self.first)
        end = min([date.fromisoformat(t["end"]) for t in trees if "end" in t], default=self.last)
        return [name for name, a, b in self.periods if max(a, begin) < min(b, end + timedelta(1))]

    def activity(self, number: int) -> Tree:
        tree = super().activity(number)
        if self.often(0.2):
            tree["minimum"] = self.rng.choice(["30%", "60%", "85%", "100%", "all", self.money(20, 200)])
        if self.often(0.12):
            tree["must_fund"] = "true"
            tree.setdefault("minimum", self.rng.choice(["5%", "15%", "30%"]))
            if self.often(0.15):
                del tree["minimum"]
        if len(tree["lines"]) > 1 and self.often(0.2):
            for line in self.rng.sample(tree["lines"], self.rng.choice([1, 1, 1, 2])):
                line["essential"] = "true"
        return tree

    def line(self, number: int, activity: Tree, may_be_dated: bool) -> Tree:
        tree = super().line(number, activity, may_be_dated)
        if tree["category"] in CATEGORIES and self.often(0.12):
            tree = {key: value for key, value in tree.items() if key not in ("amount", "unit", "unit_cost", "quantity")}
            tree |= {"quantity": self.rng.choice(["1", "2.5", "6"]), "unit": self.rng.choice(["month", "year"])}
            tree["unit_cost"] = self.money(10, 80, cents=0.3)
        elif isinstance(tree.get("quantity"), dict) and self.often(0.4):
            tree |= {"whole_units": "true", "unit_cost": str(self.rng.randint(2, 30))}
            if self.often(0.2):
                tree["quantity"] = {period: f"{self.rng.randint(1, 9)}.5" for period in tree["quantity"]}
        if "whole_units" not in tree and self.often(0.15):
            self.make_grow(tree)
        if self.often(0.1):
            tree["one_federal_payer"] = self.rng.choice(["true", "true", "false"])
        return tree

    def make_grow(self, tree: Tree) -> None:
        if "amount" in tree:
            tree["amount"] = self.money(20, 300)
        tree["grows"] = self.rng.choice(GROWTH)

    # Awards

    def awards(self, activities: list[Tree]) -> list[Tree]:
        awards = super().awards(activities)
        for award in awards:
            if self.often(0.45):
                self.put_installments(award)
            if len(parts(award)) > 1:
                self.put_budget_bounds(award)
            if self.often(0.15):
                self.put_reserve(award)
        self.put_splits(activities, awards)
        return awards

    def put_installments(self, award: Tree) -> None:
        """Budget periods for an award of one amount, receipts by date for the others."""
        if "amount" in award:
            del award["amount"], award["start"], award["end"]
            self.put_budget_periods(award)
            return
        award["receipts"] = self.dated_receipts("opening_balance" in award)
        if self.often(0.2):
            award["end"] = (self.last + timedelta(self.rng.choice([0, 60]))).isoformat()

    def put_budget_periods(self, award: Tree) -> None:
        """Two or three in a row, with the fiscal years, on odd dates, or with days between them."""
        over = self.rng.choice(["none", "approved", "share"])
        begin = self.first + timedelta(self.rng.randint(-60, 120))
        if aligned := self.often(0.35):
            begin = self.first
        found: list[Tree] = []
        for _ in range(self.rng.choice([2, 2, 3])):
            length = 365 if aligned else self.rng.choice([91, 150, 182, 365])
            end = begin + timedelta(length - 1)
            if aligned:
                end = after(begin, 12) - timedelta(1)
            found.append({"start": begin.isoformat(), "end": end.isoformat(), "amount": self.money(10, 300)})
            begin = end + timedelta(1 if aligned or self.often(0.8) else 20)
        award["budget_periods"] = found
        if over != "none":
            share = self.rng.choice(["10%", "25%", "50%"])
            award["carry_over"] = "approved" if over == "approved" else {"approved": share}
            if self.often(0.3):
                award["end"] = (begin + timedelta(self.rng.choice([30, 200]))).isoformat()

    def dated_receipts(self, opened: bool) -> list[Tree]:
        """One to three, each on a day of its own; now and then all with the periods, so that they are alike."""
        firsts = [begin for _, begin, _ in self.periods]
        if not opened and len(firsts) > 1 and self.often(0.2):
            chosen = sorted(self.rng.sample(firsts, 2))
            return [{"date": begin.isoformat(), "amount": self.money(10, 300)} for begin in chosen]
        span = (self.last - self.first).days
        days = {self.first + timedelta(d) for d in self.rng.sample(range(-100, span), self.rng.choice([1, 2, 2, 3]))}
        found: list[Tree] = []
        for day in sorted(days - set(firsts)):
            tree: Tree = {"date": day.isoformat(), "amount": self.money(10, 300)}
            begin = day
            if self.often(0.3):
                begin = day + timedelta(self.rng.randint(1, 60))
                tree["authorized"] = begin.isoformat()
            if self.often(0.2) and day.day <= 28:
                tree["use_by"] = self.rng.choice(["6 months", "12 months", "18 months"])
            elif self.often(0.25):
                tree["use_by"] = min(begin + timedelta(self.rng.randint(40, 400)), self.last).isoformat()
            found.append(tree)
        firsts_seen = {tree.get("authorized", tree["date"]) for tree in found}
        usable = [tree for tree in found if str(tree.get("use_by", "9")) > tree.get("authorized", tree["date"])
                  or tree["use_by"].endswith("months")]  # fmt: skip
        if len(firsts_seen) < len(found) or not usable:
            return [{"date": (self.first + timedelta(40)).isoformat(), "amount": self.money(10, 300)}]
        return usable

    def put_budget_bounds(self, award: Tree) -> None:
        """Some caps and floors of an award in installments go by installment."""
        for term in award.get("terms", []):
            bound = term.get("cap", term.get("floor"))
            if bound is None or bound.get("of") == "received" or bound.get("per") == "period":
                continue
            if self.often(0.4):
                bound["per"] = "budget_period"
            elif bound.get("per") == "budget_period":
                del bound["per"]

    def put_reserve(self, award: Tree) -> None:
        if self.often(0.6):
            award["reserve"] = self.money(2, 60)
        else:
            names = [name for name, _, _ in self.periods]
            award["reserve"] = {name: self.money(2, 80) for name in sorted(self.some(names))}

    def put_splits(self, activities: list[Tree], awards: list[Tree]) -> None:
        """Some lines are split in fixed shares between awards, some on a documented basis."""
        ids = [award["id"] for award in awards]
        for line in (line for activity in activities for line in activity["lines"]):
            split = self.rng.choice(SPLITS)
            if self.often(0.12) and len(split) <= len(ids) and line["category"] != "equipment":
                line["shares"] = dict(zip(self.rng.sample(ids, len(split)), split, strict=True))
                line.pop("one_federal_payer", None)
            elif self.often(0.05):
                line["basis"] = "Hours recorded on time sheets."

    def bar_equipment(self, activities: list[Tree], awards: list[Tree]) -> None:
        super().bar_equipment(activities, awards)
        for line in (line for activity in activities for line in activity["lines"] if "shares" in line):
            line.pop("only", None)
            line.pop("never", None)

    def limit(self, activities: list[Tree], dated: bool) -> Tree:
        """No ceilings on months and years, whose quantities arise by the day."""
        rule = super().limit(activities, dated)
        if rule["limit"]["unit"] in ("month", "year"):
            rule["limit"] |= {"unit": "patient", "per": "each"}
        return rule

    # Requirements of the whole proposal

    def put_requirements(self, proposal: Tree) -> None:
        if self.often(0.12):
            proposal["one_federal_payer"] = "true"
        if self.often(0.1):
            proposal["goals"] = ["fund"]
        elif self.often(0.1):
            proposal["smallest_charge"] = self.money(5, 60)
        meaning = read(proposal)
        for tree, activity in zip(proposal["activities"], meaning.activities, strict=True):
            if activity.amount is not None and activity.amount > activity.exact:
                tree["minimum"] = "50%"
        if self.often(0.35):
            found = [self.require(k, proposal) for k in range(self.rng.choice([1, 1, 2]))]
            found = [tree for tree in found if picks(meaning, tree["select"])]
            proposal |= {"require": found} if found else {}
        if self.often(0.25):
            self.put_committed(proposal, meaning)

    def require(self, number: int, proposal: Tree) -> Tree:
        """A required share, mostly one that can be had."""
        of = self.rng.choice(["spend", "direct", "need"])
        tree: Tree = {"id": f"r{number + 1}"}
        if self.often(0.3):
            tree["at_most"] = self.money(20, 200) if self.often(0.3) else self.rng.choice([*SHARES, "60%"])
        elif self.often(0.3):
            tree["at_least"] = self.money(1, 40)
        else:
            tree["at_least"] = self.rng.choice(["1%", "5%", "10%"] if of == "need" else [*SHARES, "60%"])
        if of != "spend" or self.often(0.5):
            tree["of"] = of
        tree["select"] = self.selector(proposal["activities"], fringe=tree.get("of") != "direct")
        if self.often(0.25):
            tree["awards"] = self.some([award["id"] for award in proposal["awards"]])
        return tree

    def put_committed(self, proposal: Tree, meaning: Meaning) -> None:
        """One or two amounts that an award is to pay of lines that it may pay, now and then the whole of a need."""
        columns = [column for column in meaning.columns if not column.line.whole_units or self.often(0.5)]
        chosen: dict[tuple[str, str, int], Column] = {}
        for column in self.rng.sample(columns, min(len(columns), self.rng.choice([1, 1, 2]))):
            chosen[column.award.id, column.line.id, column.period] = column
        found: list[Tree] = []
        for (award, line, t), column in chosen.items():
            most = min(column.line.need[t], column.award.total)
            amount = str(max(1, int(most * self.rng.choice([0.1, 0.2, 0.3]))))
            if self.often(0.12) or number(amount) > column.line.exact[t]:
                amount = f"{float(column.line.exact[t]):.2f}"
            found.append({"award": award, "line": line, "period": meaning.periods[t].id, "amount": amount})
        if found:
            proposal["committed"] = found


def picks(meaning: Meaning, selector: Tree) -> bool:
    """Does a selector pick something, pay or fringe?"""
    return any(
        selects(selector, line, t, fringe)
        for line, t in meaning.cells()
        for fringe in (False, True)[: 2 if line.fringe else 1]
    )


def parts(award: Tree) -> list[str]:
    """The amounts of an award's installments, but for their order."""
    receipts = award.get("receipts", {})
    by_date: list[Tree] = [*award.get("budget_periods", []), *(listing(receipts) or [])]
    by_year = list((mapping(receipts) or {}).values())
    opening = [award["opening_balance"]] if "opening_balance" in award else []
    return [*(tree["amount"] for tree in by_date), *by_year, *opening]


def after(begin: date, months: int) -> date:
    """The first day of a month so many months later."""
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    return date(year, month + 1, 1)
