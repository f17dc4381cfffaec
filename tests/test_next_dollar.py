"""The next dollar: each statement is confirmed by planning with the change, and told the same everywhere."""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

import braid
from braid.answer.rows import NextDollar
from braid.basics.money import parse_money
from braid.cli import shell
from braid.explain.next_dollar import next_dollars
from braid.planner import finished
from braid.planner.rejudge import rejudge
from braid.reading import read_text
from oracle import instances
from oracle.texts import as_yaml

SMALL = """\
braid: 1
name: Small
jurisdiction: {name: Small County, state: NC}
calendar: {first: FY2027, last: FY2027}
indirect: {rate: 15%, base: direct}
awards: [{id: jag, name: JAG, program: other, start: 2026-07-01, end: 2027-06-30, amount: "60,000"}]
activities:
  - {id: court, name: Treatment court, uses: [x-any], minimum: all,
     lines: [{id: court, category: contractual, amount: "100,000"}]}
  - {id: kits, name: Naloxone, uses: [x-any], priority: 2, lines: [{id: kits, category: supplies, amount: "180,000"}]}
"""
WORDS = (
    "One more dollar of JAG meets $0.87 of Naloxone and pays $0.13 of indirect cost; that holds for the next $54,999, "
    "and $55,000 would meet $100,000 of Treatment court and take $52,174 from Naloxone."
)


# ------------------------------------------------------- planned with the change


def met_by_activity(plan: braid.Plan) -> dict[str, Decimal]:
    """Direct cost and fringe by activity."""
    met: dict[str, Decimal] = defaultdict(Decimal)
    for row in (*plan.allocations, *plan.fringe):
        met[row.line.partition("/")[0]] += row.amount
    return met


def by_priority(plan: braid.Plan, amounts: dict[str, Decimal]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    for activity in plan.proposal.activities:
        found[activity.priority] += activity.weight * amounts.get(activity.id, Decimal(0))
    return found


def planned(tree: dict[str, Any]) -> braid.Plan:
    return braid.plan(read_text(as_yaml(tree)))


def with_more(tree: dict[str, Any], award: str, more: Decimal) -> dict[str, Any]:
    """The same proposal with so many dollars more of an award."""
    changed = copy.deepcopy(tree)
    part = next(each for each in changed["awards"] if each["id"] == award)
    part["amount"] = f"{Decimal(parse_money(str(part['amount']))) / 100 + more:.2f}"
    return changed


def statements(seeds: range) -> Iterator[tuple[dict[str, Any], braid.Plan, NextDollar, str]]:
    """What is said of each award that is one amount, in random proposals."""
    for seed in seeds:
        tree = instances.wide_proposal(seed)
        plan = planned(tree)
        plain = {each["id"] for each in tree["awards"] if "amount" in each and "approved_budget" not in each}
        for row in plan.next_dollar:
            kind, _, award = row.what.partition(" ")
            if kind == "award" and award in plain:
                yield tree, plan, row, award


def slack(plan: braid.Plan) -> Decimal:
    """What rounding may cost a priority: less than a dollar for each limit and charge that is rounded."""
    return Decimal(2 + len(plan.allocations))


def test_what_is_said_of_an_award_is_what_planning_with_more_of_it_comes_to() -> None:
    """Up to the last dollar for which it is said to hold, each priority gets so much more, within the rounding."""
    for tree, plan, row, award in statements(range(3_008, 3_016)):
        # where many dollars open more, a share of the award that is rounded down may open it a little sooner
        more = min(row.up_to, Decimal(1_000_000)) if row.enough is None else Decimal(int(row.up_to * 9 / 10))
        again = planned(with_more(tree, award, more))
        before, after = (by_priority(each, met_by_activity(each)) for each in (plan, again))
        said = by_priority(plan, {each.activity: each.amount for each in row.buys})
        for priority, amount in said.items():
            off = abs(after[priority] - before[priority] - more * amount)
            # an amount per dollar is told to the cent, and half a cent a dollar adds up
            assert off <= slack(plan) + more * Decimal("0.005"), (row, priority, before, after)


def test_so_many_dollars_open_what_one_does_not() -> None:
    """Where a number of dollars is told to buy more, planning with them does."""
    told = 0
    for tree, plan, row, award in statements(range(3_014, 3_018)):
        if row.enough is None:
            continue
        told += 1
        enough = planned(with_more(tree, award, row.enough))
        before, after = (by_priority(each, met_by_activity(each)) for each in (plan, enough))
        for priority, amount in by_priority(plan, {each.activity: each.amount for each in row.then}).items():
            assert abs(after[priority] - before[priority] - amount) <= slack(plan), (row, before, after)
    assert told


# ------------------------------------------------------------- told everywhere


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SMALL, encoding="utf-8")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(shell, words, prog_name="braid")

    return invoke


def test_a_plan_works_out_the_next_dollar_once_it_is_asked_and_its_file_carries_it_where_it_was_wanted() -> None:
    proposal = read_text(SMALL, "small.yaml")
    lazily, asked = braid.plan(proposal), braid.plan(proposal, next_dollar=True)
    assert lazily.file.next_dollar == ()
    assert [row.sentence for row in lazily.next_dollar] == [row.sentence for row in asked.file.next_dollar]
    assert lazily.next_dollar[0].sentence == WORDS
    frame = asked.next_dollar.to_frame()
    assert list(frame.columns[:4]) == ["what", "one_more_dollar", "up_to", "buys"]
    assert frame["one_more_dollar"].tolist() == [0.87, 0]


def test_the_shell_tells_it_of_a_proposal_and_of_a_finished_plan_alike(run: Any) -> None:
    text = run("next-dollar", "small.yaml", "-q").stdout
    assert "Awards\n  One more dollar of JAG meets $0.87 of Naloxone" in text
    assert run("plan", "small.yaml", "-q", "--next-dollar", "-o", "plan.json").exit_code == 0
    first, again = (json.loads(run("next-dollar", name, "--json").stdout) for name in ("small.yaml", "plan.json"))
    assert first == again
    assert first["next_dollar"][0]["buys"] == [{"activity": "kits", "amount": "0.87"}]
    assert run("next-dollar", "plan.json", "-q", "-o", "next.csv").exit_code == 0
    header, row, *_ = Path("next.csv").read_text(encoding="utf-8").splitlines()
    assert header == "what,row,one_more_dollar,up_to,buys,indirect,enough,then,sentence"
    assert row.startswith("award jag,award[jag],0.87,54999.00,kits 0.87,0.13,55000.00,court 100000.00; kits -52174.00,")


def test_the_workbook_carries_it(run: Any) -> None:
    assert run("plan", "small.yaml", "-q", "--next-dollar", "-o", "budget.xlsx").exit_code == 0
    rows = list(openpyxl.load_workbook("budget.xlsx")["Next dollar"].iter_rows(values_only=True))
    told = next(row for row in rows if row[0] == "award jag")
    assert told == ("award jag", 0.87, 0.13, 54999, "kits $0.87", WORDS)
    assert run("plan", "small.yaml", "-q", "-o", "plain.xlsx").exit_code == 0
    assert "Next dollar" not in openpyxl.load_workbook("plain.xlsx").sheetnames


def test_a_plan_that_was_changed_is_refused(run: Any) -> None:
    run("plan", "small.yaml", "-q", "--next-dollar", "-o", "plan.json")
    content = json.loads(Path("plan.json").read_text(encoding="utf-8"))
    content["next_dollar"][0] |= {"row": "award[nobody]", "one_more_dollar": "0.95"}
    found = [str(finding) for finding in rejudge(json.dumps(content), "plan.json").findings]
    assert any("there is no limit award[nobody] in this proposal" in told for told in found), found
    assert any("what it buys is -$0.08 more than it says in all" in told for told in found), found
    Path("plan.json").write_text(json.dumps(content), encoding="utf-8")
    assert run("next-dollar", "plan.json").exit_code == 6


FAIR = """\
braid: 1
name: Small
jurisdiction: {name: Small County, state: NC}
calendar: {first: FY2027, last: FY2027}
awards: [{id: jag, name: JAG, program: other, start: 2026-07-01, end: 2027-06-30, amount: "60,000"}]
activities:
  - {id: court, uses: [x-any], place: [x-north], lines: [{id: staff, category: other, amount: "100,000"}]}
  - {id: kits, uses: [x-any], place: [x-south], lines: [{id: kits, category: supplies, amount: "50,000"}]}
"""


@pytest.mark.parametrize(
    "goals", ["[{fairness: {over: place}}, fund]", "[{fund: {give_up: 900}}, {fairness: {over: place}}]"]
)
def test_under_goals_that_are_no_sums_planning_with_more_comes_to_what_is_said(goals: str) -> None:
    """With as many dollars as it holds for, each activity gets what is said; ten further dollars do something else."""
    text = f"{FAIR}goals: {goals}\n"
    plan = braid.plan(read_text(text))
    (row,) = plan.next_dollar
    before, after, further = (
        met_by_activity(braid.plan(read_text(text.replace("60,000", f"{60_000 + more:.2f}"))))
        for more in (0, row.up_to, row.up_to + 10)
    )
    for each in row.buys:
        # an amount per dollar is told to the cent, and half a cent a dollar adds up
        off = abs(after[each.activity] - before[each.activity] - row.up_to * each.amount)
        assert off <= 2 + row.up_to * Decimal("0.005"), (row, after)
    assert sum(further.values()) == sum(after.values()) == sum(before.values()) + row.up_to


def without_former(plan: braid.Plan) -> str:
    """The plan as a file that does not carry the former plan, as files once did not."""
    content = json.loads(plan.to_json())
    del content["former"]
    return json.dumps(content)


def test_what_cannot_be_told_is_said_in_a_sentence_and_holds_for_no_dollar() -> None:
    """No time was left; or the plan stays close to a former one, and was read from a file that does not carry it; one
    that does is answered as the plan itself is."""
    plan = braid.plan(read_text(f"{FAIR}goals: [{{fairness: {{over: place}}}}, fund]\n"))
    (late,) = next_dollars(plan.case, plan.file, 0.0)
    assert late.sentence == "What one more dollar of JAG buys is not told: there was no time left to work it out."
    assert (late.one_more_dollar, late.up_to, late.buys) == (0, 0, ())
    close = braid.plan(read_text(f"{FAIR}goals: [stay-close, fund]\n"), former=plan)
    again = rejudge(close.to_json(), "plan.json")
    assert again.findings == ()
    assert tuple(finished(again.plan, again.case).next_dollar) == tuple(close.next_dollar)
    forged = json.loads(close.to_json())
    forged["former"][0]["amount"] = "0.00"
    assert [found.row for found in rejudge(json.dumps(forged), "plan.json").findings] == ["goals[stay-close]"]
    again = rejudge(without_former(close), "plan.json")
    (row,) = finished(again.plan, again.case).next_dollar
    assert row.sentence == (
        "What one more dollar of JAG buys is not told: this plan stays close to a former plan, which its file does not "
        "carry."
    )
