"""Makes what finance says of awards and lines for random small proposals: money spent, other payers, days, cash."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from .maker import Tree, outline
from .texts import listing, number
from .wide_maker import WideMaker


class FinanceMaker(WideMaker):
    """As a maker of money in installments, with the keys of finance now and then."""

    def activities(self) -> list[Tree]:
        """A few activities, none of which insists on an amount."""
        activities = [self.activity(i) for i in range(self.rng.choice([1, 2, 2, 3]))]
        for activity in activities:
            activity.pop("minimum", None)
            activity.pop("must_fund", None)
        return activities

    def awards(self, activities: list[Tree]) -> list[Tree]:
        awards = super().awards(activities)
        for award in awards:
            self.put_finance(award)
        if len(awards) > 1 and self.often(0.2):
            chosen = self.rng.choice(awards)
            if not {"spent_before", "released"} & chosen.keys():
                chosen["status"] = "expected"
        self.put_spent(activities, [award for award in awards if "status" not in award])
        for activity in activities:
            if self.often(0.3):
                self.put_revenue(activity)
        return awards

    def put_finance(self, award: Tree) -> None:
        """Increments, interest and a later end of one amount; days for orders; what comes back when."""
        if "amount" in award:
            self.put_increments(award)
            if self.often(0.2):
                later = date.fromisoformat(award["end"]) + timedelta(self.rng.choice([1, 45, 180]))
                award["extension"] = {self.rng.choice(["approved", "requested"]): later.isoformat()}
        elif "budget_periods" in award and "carry_over" not in award and self.often(0.2):
            award["carry_over"] = self.rng.choice(["requested", {"requested": "25%"}])
        for receipt in listing(award.get("receipts")) or []:
            if "use_by" in receipt and self.often(0.6):
                receipt["met_by"] = "encumbered"
        if self.often(0.25):
            self.put_last_order(award)
        if self.often(0.3):
            award["payment"] = self.rng.choice(["advance", "reimbursement"])
        if award.get("payment") != "advance" and self.often(0.3):
            award["lag_days"] = str(self.rng.choice([0, 15, 60, 120]))

    def put_increments(self, award: Tree) -> None:
        begin, end = date.fromisoformat(award["start"]), date.fromisoformat(award["end"])
        whole = int(number(award["amount"]))
        if self.often(0.25) and whole > 4:
            parts = [whole // 2, whole // 4][: self.rng.choice([1, 2])]
            days = sorted(self.rng.sample(range((end - begin).days), len(parts))) if (end - begin).days > 2 else [0]
            pairs = zip(days, parts, strict=False)
            award["released"] = [{"date": (begin + timedelta(d)).isoformat(), "amount": str(n)} for d, n in pairs]
        if self.often(0.2):
            award["interest"] = self.money(1, 20)

    def put_last_order(self, award: Tree) -> None:
        """A last day for orders, after all of the award's money may be used."""
        receipts = listing(award.get("receipts")) or []
        firsts = [award.get("start"), *(part["start"] for part in award.get("budget_periods", []))]
        firsts += [part["date"] for part in award.get("released", [])]
        firsts += [receipt.get("authorized", receipt["date"]) for receipt in receipts]
        begin = max([date.fromisoformat(first) for first in firsts if first], default=self.first)
        last = award.get("end") or (award["budget_periods"][-1]["end"] if "budget_periods" in award else None)
        end = min(self.last, date.fromisoformat(last)) if last else self.last
        if begin < end:
            award["obligate_by"] = (begin + timedelta(self.rng.randint(0, (end - begin).days))).isoformat()

    def put_spent(self, activities: list[Tree], awards: list[Tree]) -> None:
        """Money spent by awards of one amount that no rule bounds, on some class or on a line in a year."""
        lines = [
            (f"{activity['id']}/{line['id']}", period)
            for activity in activities
            for line in activity["lines"]
            if "shares" not in line and "whole_units" not in line
            for period in self.live_years(activity, line)
            if isinstance(line.get("amount"), dict) and period in line["amount"]
        ]
        barred = {"terms", "released", "interest", "reserve"}
        for award in awards:
            if "amount" not in award or barred & award.keys() or award["program"] != "other" or self.often(0.3):
                continue
            whole = int(number(award["amount"]))
            amount = str(self.rng.randint(1, max(1, whole // 2)))
            first, last = date.fromisoformat(award["start"]), date.fromisoformat(award["end"])
            runs = {name for name, begin, end in self.periods if first < end and last >= begin}
            on = [(line, period) for line, period in lines if period in runs]
            if on and self.often(0.6):
                line, period = self.rng.choice(on)
                award["spent_before"] = [{"line": line, "period": period, "amount": amount}]
            else:
                award["spent_before"] = [{"category": "supplies", "amount": amount}]

    def put_revenue(self, activity: Tree) -> None:
        """What somebody else pays of an activity: less than its amounts, year by year."""
        costs = [line.get("amount") for line in activity["lines"]]
        years = {year for cost in costs if isinstance(cost, dict) for year in cost}
        paid: Tree = {}
        for year in sorted(years):
            given = [cost[year] for cost in costs if isinstance(cost, dict) and year in cost]
            most = int(sum(number(amount) for amount in given))
            if most > 1:
                paid[year] = str(self.rng.randint(1, most))
        if paid:
            activity["revenue"] = [{"payer": "Medicaid", "amount": paid, "basis": "Visits billed last year."}]


def finance_proposal(seed: int) -> Tree:
    """A small proposal that says some of what finance knows, the same for the same seed."""
    rng = Random(f"finance {seed}")
    starts = rng.choice(["07-01", "07-01", "10-01", "01-01"])
    years = list(range(2027, 2027 + rng.choice([1, 2, 2])))
    maker = FinanceMaker(rng, starts, years, quarters=False)
    activities = maker.activities()
    awards = maker.awards(activities)
    maker.bar_equipment(activities, awards)
    proposal = outline(f"Finance proposal {seed}", starts, years, awards, activities, goals=["fund"])
    if rng.random() < 0.5:
        proposal["indirect"] = maker.recipient_rate()
    if rng.random() < 0.35:
        proposal["float"] = maker.money(5, 120)
    return proposal
