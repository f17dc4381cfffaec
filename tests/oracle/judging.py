"""An exact judge of a plan: integers and fractions, no tolerance."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any

from .charges import Charges, Row, first_sums
from .choices import broken
from .law import governed
from .match import Dealt, dealt_faults
from .meaning import Award, Column, Meaning, Tree, Window
from .money import Installment
from .rows import all_rows
from .texts import day, meet

REASONS = {"no-eligible-award", "money-exhausted", "limit", "window", "minimum", "requirement"}


class Judge:
    """Judges one plan against one proposal; every finding is a sentence in `found`."""

    def __init__(self, meaning: Meaning, plan: Tree) -> None:
        self.plan = plan
        self.meaning = meaning = replace(meaning, columns=[*meaning.columns, *cut_columns(meaning, plan)])
        self.charges = Charges(meaning)
        self.found: list[str] = []
        self.periods = {period.id: t for t, period in enumerate(meaning.periods)}
        self.awards = {award.id: award for award in meaning.awards}
        self.lines = {line.id: line for line in meaning.lines}
        self.amounts = [0] * len(meaning.columns)
        self.direct: defaultdict[tuple[str, str, int], int] = defaultdict(int)  # award, line, period
        self.installments: defaultdict[tuple[str, int], int] = defaultdict(int)  # direct and indirect
        self.indirect: defaultdict[tuple[str, int, int], Fraction] = defaultdict(Fraction)  # award, installment, period
        self.sums: list[int] = []  # what of each subaward agreement is within its first dollars
        self.by_agreement: set[str] = set()  # awards that pay subawards

    def faults(self) -> list[str]:
        """All findings, in the order in which a reader would check a plan."""
        if self.plan.get("status") not in ("optimal", "feasible"):
            return [f"status is {self.plan.get('status')!r}: no plan to judge"]
        self.read_allocations()
        self.check_rows()
        fringe = self.check_fringe()
        indirect = self.check_indirect()
        self.check_charges(fringe, indirect)
        self.check_awards(fringe, indirect)
        self.check_gaps(fringe)
        self.check_match()
        return self.found

    def money(self, text: Any, where: str, zero: bool = True) -> int:
        """An amount of the plan in whole units; text with two decimals, never negative."""
        if not isinstance(text, str) or len(text.partition(".")[2]) != 2:
            self.found.append(f"{where}: {text!r} is not text with two decimals")
        amount = Fraction(text) * self.meaning.scale
        if amount.denominator != 1:
            self.found.append(f"{where}: {text} is not in whole units")
        if amount < 0 or (amount == 0 and not zero):
            self.found.append(f"{where}: {text} is {'negative' if amount else 'zero, to be left out'}")
        return amount.__floor__()

    def read_allocations(self) -> None:
        """Each allocation lands on a column: an eligible award, line and period, and a window payable throughout."""
        columns = {
            (c.award.id, str(n), c.line.id, c.period, *days(c.window)): i
            for i, c in enumerate(self.meaning.columns)
            for n in c.installments
        }
        seen: Counter[tuple[Any, ...]] = Counter()
        for row in self.plan["allocations"]:
            where = f"allocation {row['award']}, {row['line']}, {row['period']}, {row['from']}"
            line, t = self.lines.get(row["line"]), self.periods.get(row["period"])
            if line is None or t is None or row["award"] not in self.awards:
                self.found.append(f"{where}: unknown award, line or period")
                continue
            if row["activity"] != line.activity or row["category"] != line.category:
                self.found.append(f"{where}: the activity or category is not the line's")
            amount = self.money(row["amount"], where, zero=False)
            self.direct[row["award"], line.id, t] += amount
            self.charge_installment(row, t, amount, where)
            column = columns.get((row["award"], row["installment"], row["line"], t, row["from"], row["until"]))
            if column is None:
                self.found.append(f"{where}: the award may not pay this line for {row['from']}..{row['until']}")
            else:
                self.amounts[column] += amount
                exact = self.charges.indirect(self.meaning.columns[column]) * amount
                self.indirect[row["award"], int(row["installment"]), t] += exact
                if line.subaward is not None:
                    self.by_agreement.add(row["award"])
            seen[row["award"], row["installment"], row["line"], row["period"], row["from"]] += 1
        self.found += [f"allocation {key} stands {n} times" for key, n in seen.items() if n > 1]

    def charge_installment(self, row: Tree, t: int, amount: int, where: str) -> None:
        """An installment exists and has begun; costs before it begins are never paid from it."""
        award = self.awards[row["award"]]
        if str(row["installment"]) not in map(str, range(1, len(award.installments) + 1)):
            self.found.append(f"{where}: no installment {row['installment']!r}")
            return
        k = int(row["installment"])
        window, period = award.installments[k - 1].window, self.meaning.periods[t].window
        together = any(k in group and len(group) > 1 and not award.begins_once(group) for group in award.groups)
        if window[1] <= period[0] or window[0] >= (period[0] + 1 if together else period[1]):
            self.found.append(f"{where}: installment {k} has not begun, or has ended")
        self.installments[award.id, k] += amount

    def check_rows(self) -> None:
        """Every row with on-costs counted exactly, and every either-or rule."""
        self.sums = first_sums(self.meaning, self.amounts)
        for row in all_rows(self.meaning):
            actual = row.actual(self.amounts + self.sums)
            if actual > row.bound:
                self.found.append(f"{row.id}: {actual} is more than {row.bound}")
        self.found += broken(self.meaning, self.amounts)

    def check_fringe(self) -> dict[tuple[str, str, int], int]:
        """Fringe is its formula: rounded down, but of a met need the last award by id takes the odd units (C8).

        An award without a unit of money left takes none; then the one before it does.
        """
        said: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        for row in self.plan["fringe"]:
            where = f"fringe {row['award']}, {row['line']}, {row['period']}"
            said[row["award"], row["line"], self.periods[row["period"]]] += self.money(row["amount"], where, zero=False)
        due: dict[tuple[str, str, int], int] = {}
        for line in self.lines.values():
            for t in range(len(self.periods)):
                pay = {a: self.direct[a, line.id, t] for a in sorted(self.awards) if self.direct[a, line.id, t]}
                share = {a: (line.fringe * amount).__floor__() for a, amount in pay.items()}
                if pay and sum(pay.values()) == line.need[t]:
                    for _ in range((line.fringe * line.need[t]).__floor__() - sum(share.values())):
                        takers = (a for a in reversed(pay) if said[a, line.id, t] > share[a] or self.room(a, t, said))
                        if taker := next(takers, None):
                            share[taker] += 1
                due |= {(a, line.id, t): amount for a, amount in share.items()}
        self.compare("fringe", due, said)
        return due

    def room(self, name: str, t: int, fringe: dict[tuple[str, str, int], int]) -> bool:
        """Could an award be charged one unit more in a period, with what it is charged then and later?"""
        award = self.awards[name]
        for u in range(t, len(self.periods)):
            parts = [*self.direct.items(), *fringe.items()]
            charged = sum(amount for (a, _, v), amount in parts if a == name and v <= u)
            charged += sum(self.whole_indirect(name, v) for v in range(u + 1))
            if charged + 1 > sum(part.amount for part in award.installments if part.window[0] < self.ends(u)):
                return False
        return True

    def whole_indirect(self, name: str, t: int) -> int:
        """What an award is charged as indirect in a period: the rate on the exact base, rounded down."""
        terms = self.charges.gather(self.charges.indirect, lambda c: c.award.id == name and c.period == t)
        return Row("indirect", terms, Fraction(0)).actual(self.amounts + self.sums).__floor__()

    def check_indirect(self) -> dict[tuple[str, int], int]:
        """Indirect is its formula: the rate on the exact base, rounded down by award and period.

        By installment too, but where an award pays subawards: which of them is within the first dollars is not said.
        """
        due = {(name, t): self.whole_indirect(name, t) for name in self.awards for t in self.periods.values()}
        said: defaultdict[tuple[str, int], int] = defaultdict(int)
        parts: defaultdict[tuple[str, int, int], int] = defaultdict(int)
        for row in self.plan["indirect"]:
            t, where = self.periods[row["period"]], f"indirect {row['award']}, {row['period']}"
            amount = self.money(row["amount"], where, zero=False)
            said[row["award"], t] += amount
            parts[row["award"], int(row["installment"]), t] += amount
            self.charge_installment(row, t, amount, where)
        self.compare("indirect", due, said)
        for key in sorted(self.indirect.keys() | parts.keys()):
            if key[0] not in self.by_agreement and abs(parts[key] - self.indirect[key]) >= 1:
                self.found.append(f"indirect {key}: {parts[key]} is not {self.indirect[key]}, rounded up or down")
        return due

    def compare(self, what: str, due: dict[Any, int], said: dict[Any, int]) -> None:
        for key in sorted(due.keys() | said.keys()):
            if due.get(key, 0) != said.get(key, 0):
                self.found.append(f"{what} {key}: {said.get(key, 0)} is said, {due.get(key, 0)} is right")

    def check_charges(self, fringe: dict[tuple[str, str, int], int], indirect: dict[tuple[str, int], int]) -> None:
        """What an award is charged in whole units fits its money: at the end of each period, and by installment."""
        for award in self.awards.values():
            for t in range(len(self.meaning.periods)):
                charged = sum(n for (a, _, u), n in [*self.direct.items(), *fringe.items()] if a == award.id and u <= t)
                charged += sum(n for (a, u), n in indirect.items() if a == award.id and u <= t)
                money = sum(part.amount for part in award.installments if part.window[0] < self.ends(t))
                if charged > money:
                    name = self.meaning.periods[t].id
                    self.found.append(f"award {award.id} is charged {charged} through {name}, has {money}")
            self.check_installments(award, fringe)

    def check_installments(self, award: Award, fringe: dict[tuple[str, str, int], int]) -> None:
        """No set of installments is charged more than it is: nor with the fringe that only they could pay."""
        due = [(self.payers(award, line, t), amount) for (a, line, t), amount in fringe.items() if a == award.id]
        numbers = range(1, len(award.installments) + 1)
        for size in range(1, len(numbers) + 1):
            for chosen in combinations(numbers, size):
                charged = sum(self.installments[award.id, k] for k in chosen)
                charged += sum(amount for payers, amount in due if payers <= set(chosen))
                money = sum(award.installments[k - 1].amount for k in chosen)
                if charged > money:
                    self.found.append(f"installment {chosen} of {award.id}: charged {charged}, more than {money}")

    def payers(self, award: Award, line: str, t: int) -> set[int]:
        """The installments that could pay fringe on a line in a period: a plan does not say which does."""
        mine = [c for c in self.meaning.columns if (c.award.id, c.line.id, c.period) == (award.id, line, t)]
        return {
            n for column in mine for n in column.installments if award.installments[n - 1].window[0] < column.window[1]
        }

    def ends(self, t: int) -> int:
        return self.meaning.periods[t].window[1]

    def available(self, award: Award) -> int:
        """Installments that begin by the calendar's last day and have not ended before its first (C22)."""
        return sum(award.brought[n - 1] for n in self.live(award))

    def gone(self, award: Award) -> int:
        return sum(award.gone(n) for n in self.live(award))

    def live(self, award: Award) -> dict[int, Installment]:
        first, end = self.calendar()
        parts = enumerate(award.installments, 1)
        return {n: part for n, part in parts if part.window[0] < end and part.window[1] > first}

    def calendar(self) -> tuple[int, int]:
        return self.meaning.periods[0].window[0], self.meaning.periods[-1].window[1]

    def check_awards(self, fringe: dict[tuple[str, str, int], int], indirect: dict[tuple[str, int], int]) -> None:
        """Each award's account, and the totals, add up: what is unspent lapses inside the calendar or is carried."""
        sums: Counter[str] = Counter()
        said = {row["award"]: row for row in self.plan["awards"]}
        if len(said) != len(self.plan["awards"]) or set(said) != set(self.awards):
            self.found.append("awards: not one row for each award")
        for award in self.awards.values():
            due = {"available": self.available(award)}
            due["direct"] = sum(n for (a, _, _), n in self.direct.items() if a == award.id)
            due["fringe"] = sum(n for (a, _, _), n in fringe.items() if a == award.id)
            due["indirect"] = sum(n for (a, _), n in indirect.items() if a == award.id)
            due["spent"] = due["direct"] + due["fringe"] + due["indirect"]
            left = max(0, due["available"] - self.gone(award) - due["spent"])
            lapsed = min(left, self.lapsed(award, fringe, said.get(award.id, {})))
            due |= {"lapsed": lapsed, "carried": left - lapsed}
            self.account(f"award {award.id}", due, said.get(award.id, {}))
            sums.update(due)
        needs = sum(line.planned(t) for line in self.lines.values() for t in self.periods.values())
        sums.update({"need": needs, "funded": sums["direct"] + sums["fringe"]})
        sums["gap"] = sums["need"] - sums["funded"]
        del sums["direct"]
        self.account("totals", sums, self.plan["totals"])

    def lapsed(self, award: Award, fringe: dict[tuple[str, str, int], int], said: Tree) -> int:
        """What is unspent of the installments that end in the calendar (C22).

        A plan does not say which installment pays the fringe, nor the design when the share of an installment that
        is not carried over lapses: then what the plan says is right if it lies within what may be.
        """
        live, end = self.live(award), self.calendar()[1]
        ended = {n for n, part in live.items() if part.end <= end}
        split = {n for n, part in live.items() if part.carries is not None and part.carries <= end} - ended
        split = {n for n in split if live[n].carried is not None}
        due = [(self.payers(award, line, t), amount) for (a, line, t), amount in fringe.items() if a == award.id]
        unspent = sum(live[n].amount - self.installments[award.id, n] for n in ended)
        most = unspent - sum(amount for payers, amount in due if payers <= ended)
        least = unspent - sum(amount for payers, amount in due if payers & ended)
        most += sum(live[n].amount - self.installments[award.id, n] for n in split)
        stated = self.money(said["lapsed"], f"award {award.id}: lapsed") if "lapsed" in said else most
        return min(max(stated, least), most)

    def account(self, where: str, due: dict[str, int], said: Tree) -> None:
        for key, amount in due.items():
            if key not in said:
                self.found.append(f"{where}: no {key}")
            elif self.money(said[key], f"{where}: {key}") != amount:
                self.found.append(f"{where}: {key} {said[key]} is said, {amount} units are right")

    def check_gaps(self, fringe: dict[tuple[str, str, int], int]) -> None:
        """By line and period, the gaps add up to the need less what pays it, fringe included."""
        due: dict[tuple[str, int], int] = {}
        for line in self.lines.values():
            for t in self.periods.values():
                paid = sum(self.direct[a, line.id, t] + fringe.get((a, line.id, t), 0) for a in self.awards)
                due[line.id, t] = line.planned(t) - paid
        said: defaultdict[tuple[str, int], int] = defaultdict(int)
        for row in self.plan["gaps"]:
            where = f"gap {row['line']}, {row['period']}"
            if row["reason"] not in REASONS or row["activity"] != row["line"].partition("/")[0]:
                self.found.append(f"{where}: unknown reason {row['reason']!r}, or another activity")
            said[row["line"], self.periods[row["period"]]] += self.money(row["amount"], where, zero=False)
        self.compare("gap", due, said)

    def check_match(self) -> None:
        """Each dollar serves once, and only where it may."""
        said: dict[Dealt, int] = {}
        for row in self.plan.get("match", []):
            item = row["award"], row["paid_by"], row["line"], row["period"]
            if item in said:
                self.found.append(f"match {item} stands twice")
            said[item] = self.money(row["amount"], f"match {item}", zero=False)
        self.found += dealt_faults(self.meaning, self.charges, self.amounts + self.sums, said)


def days(window: Window) -> tuple[str, str]:
    """The first and the last day of a window, as a plan writes them."""
    return date.fromordinal(window[0]).isoformat(), date.fromordinal(window[1] - 1).isoformat()


def cut_columns(meaning: Meaning, plan: Tree) -> list[Column]:
    """A plan may part the days of a column where those of some rule, or of a budget period, begin or end."""
    found: dict[tuple[str, str, int, tuple[int, ...], Window], Column] = {}
    known = known_days(meaning)
    for row in plan.get("allocations", []):
        for column in meaning.columns:
            same = (column.award.id, column.line.id, meaning.periods[column.period].id)
            if same != (row["award"], row["line"], row["period"]):
                continue
            window = day(row["from"]), day(row["until"]) + 1
            ends = known | set(column.window)
            if ends.issuperset(window) and window != column.window and meet(window, column.window) == window:
                found[*same[:2], column.period, column.installments, window] = replace(column, window=window)
    return list(found.values())


def known_days(meaning: Meaning) -> set[int]:
    """Where the days of rules begin and end, and those of budget periods that are carried over."""
    rules = {end for award in meaning.awards for rule in award.terms for end in governed(rule)}
    carried = {part.carries for award in meaning.awards for part in award.installments if part.carries is not None}
    return rules | carried
