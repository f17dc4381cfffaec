"""What a conflict says is so: its sets cannot hold together, nothing in them is idle, and each way out leads out."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

import braid
from braid.answer.rows import Repair
from braid.engine.possible import Possible
from braid.engine.solve import Deadline
from braid.explain.sums import shown_by_sums
from braid.files import nodes
from braid.judge.case import Case
from braid.law.catalogue import catalogue as shipped
from braid.law.rules import parse_bound
from braid.planner import plan
from braid.planner.rejudge import rejudge
from braid.proposal import Proposal
from braid.reading import read_text
from oracle import instances
from oracle.texts import as_yaml
from test_cases import FOLDER, filled

SEEDS = range(90)


@cache
def in_conflict() -> tuple[braid.Plan, ...]:
    """The plans of those random proposals whose requirements cannot hold together; only these are planned."""
    found = [plan(proposal) for proposal in map(random_proposal, SEEDS) if not can_hold(proposal)]
    assert {each.status for each in found} == {"conflict"}
    return tuple(found)


def random_proposal(seed: int) -> Proposal:
    return read_text(as_yaml(instances.wide_proposal(seed)))


def can_hold(proposal: Proposal) -> bool:
    possible = Possible(Case(proposal, shipped()), Deadline(60))
    return possible.in_units(possible.names)


def sets_of(found: braid.Plan) -> dict[int, list[str]]:
    rows: dict[int, list[str]] = {}
    for clash in found.file.conflict or ():
        rows.setdefault(clash.set, []).append(clash.row)
    return rows


def test_there_are_conflicts_to_look_at() -> None:
    """Conflicts of one set and of several, so that the tests below say something."""
    counts = [len(sets_of(found)) for found in in_conflict()]
    assert len(counts) >= 5
    assert max(counts) > 1


def test_each_set_cannot_hold_together_and_no_row_in_it_is_idle() -> None:
    """The rows of a set have no answer; with any one of them left out they have one."""
    for found in in_conflict():
        possible = Possible(Case(found.proposal, found.case.catalogue), Deadline(60))
        for rows in sets_of(found).values():
            assert not possible.together(rows), rows
            for row in rows:
                assert possible.together([other for other in rows if other != row]), (row, rows)


def eased(proposal: Proposal, repair: Repair, to: str) -> Proposal:
    """The proposal with one requirement brought to another amount or share."""
    kind, _, rest = repair.requirement.partition("[")
    if to == "not required":
        return without(proposal, kind, rest.removesuffix("]"))
    name, bound = rest.removesuffix("]"), parse_bound(to.replace("-$", "$"))
    if kind in {"committed", "exactly"}:
        rows = [
            row.model_copy(update={"amount": bound}) if f"{row.award},{row.line},{row.period}" == name else row
            for row in proposal.committed
        ]
        return proposal.model_copy(update={"committed": tuple(rows)})
    if kind == "require":
        rules = [
            rule.model_copy(update={"at_least" if rule.at_least is not None else "at_most": bound})
            if rule.id == name
            else rule
            for rule in proposal.require
        ]
        return proposal.model_copy(update={"require": tuple(rules)})
    if kind in {"must", "minimum"}:
        activities = [a.model_copy(update={"minimum": bound}) if a.id == name else a for a in proposal.activities]
        return proposal.model_copy(update={"activities": tuple(activities)})
    award, period = name.split(",")
    awards = [a.model_copy(update={"reserve": reserves(proposal, a, period, bound)}) if a.id == award else a
              for a in proposal.awards]  # fmt: skip
    return proposal.model_copy(update={"awards": tuple(awards)})


def without(proposal: Proposal, kind: str, name: str) -> Proposal:
    """The proposal in which a line is essential no more, or may have more than one federal payer."""
    field = {"essential": "essential", "payer": "one_federal_payer"}[kind]
    line = name.split(",", maxsplit=1)[0]
    activities = []
    for activity in proposal.activities:
        lines = [
            each.model_copy(update={field: False}) if f"{activity.id}/{each.id}" == line else each
            for each in activity.lines
        ]
        activities.append(activity.model_copy(update={"lines": tuple(lines)}))
    return proposal.model_copy(update={"activities": tuple(activities)})


def reserves(proposal: Proposal, award: Any, period: str, bound: Any) -> dict[str, Any]:
    now = award.reserve
    each = dict(now) if isinstance(now, dict) else {p.name: now for p in proposal.periods}
    return each | {period: bound}


def test_each_way_out_of_a_single_conflict_leads_to_a_plan() -> None:
    """The requirement brought to what the repair says: there is a plan in whole dollars."""
    tried = 0
    for found in in_conflict():
        if len(sets_of(found)) > 1:
            continue
        for repair in found.file.repairs or ():
            after = plan(eased(found.proposal, repair, repair.to))
            assert after.status in {"optimal", "feasible"}, (repair.sentence, after.file.conflict)
            tried += 1
    assert tried >= 5


def one_step_less(repair: Repair) -> str | None:
    """What a requirement would be if it gave way by one dollar, or by a tenth of a per cent, less."""
    at_most = "Raise" in repair.sentence
    if repair.to == "not required":
        return None
    if repair.to.endswith("%"):
        tenths = round(float(repair.to[:-1]) * 10)
        return f"{(tenths + (-1 if at_most else 1)) / 10:.1f}%"
    return f"{int(repair.to.strip('$').replace(',', '')) + (-1 if at_most else 1)}"


def test_one_step_less_than_a_repair_does_not_suffice() -> None:
    """No requirement gives way by a dollar, or by a tenth of a per cent, more than it takes: solved on both sides."""
    tried: set[str] = set()
    for found in in_conflict():
        for repair in found.file.repairs or ():
            less = one_step_less(repair)
            if less is None or len(sets_of(found)) > 1:
                continue
            assert plan(eased(found.proposal, repair, less)).status in {"conflict", "fractions"}, repair.sentence
            tried.add(repair.requirement.partition("[")[0])
    assert {"committed", "must", "minimum", "require"} <= tried


def hand_worked() -> list[tuple[str, Proposal]]:
    """The cases of requirements that were worked out by hand and have no plan."""
    rows = [
        row
        for path in sorted((FOLDER / "requirements").glob("*.yaml"))
        for row in nodes.parse(path.read_text(encoding="utf-8"), str(path)).data
    ]
    return [(row["case"], filled(row["proposal"])) for row in rows if row["expect"].get("status") == "conflict"]


def test_every_kind_of_requirement_gives_way_by_just_enough() -> None:
    """In each case worked out by hand, what a repair says makes a plan possible, and a dollar less does not."""
    tried: set[str] = set()
    for name, proposal in hand_worked():
        found = plan(proposal)
        if len(sets_of(found)) > 1:
            continue
        for repair in found.file.repairs or ():
            after = plan(eased(proposal, repair, repair.to))
            assert after.status in {"optimal", "feasible"}, (name, repair.sentence)
            kind, less = repair.requirement.partition("[")[0], one_step_less(repair)
            if less is None:
                tried.add(kind)
            else:
                assert plan(eased(proposal, repair, less)).status in {"conflict", "fractions"}, (name, repair.sentence)
                tried.add(f"{kind}, {'at most' if repair.sentence.startswith('Raise') else 'at least'}")
    assert tried == {
        "committed, at least",
        "essential",
        "exactly, at most",
        "minimum, at least",
        "must, at least",
        "payer",
        "require, at least",
        "require, at most",
        "reserve, at least",
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data["conflict"].pop(0), "these can hold together"),
        (lambda data: data["conflict"][0].update(row="award[nobody]"), "there is no limit award[nobody]"),
    ],
)
def test_a_conflict_in_a_file_is_judged(change: Any, told: str) -> None:
    """A plan.json that says conflict is held to it: its set must be one."""
    found = next(found for found in in_conflict() if len(sets_of(found)) == 1)
    assert rejudge(found.to_json(), "plan.json").findings == ()
    data = json.loads(found.to_json())
    change(data)
    findings = rejudge(json.dumps(data, indent=1, ensure_ascii=False), "plan.json").findings
    assert any(told in finding.sentence for finding in findings), findings


def test_what_a_sum_shows_is_never_a_false_alarm() -> None:
    """On every random proposal: what a sum shows cannot hold together by solving either, and there is no plan."""
    shown = 0
    plans = {id(found.proposal) for found in in_conflict()}
    assert plans
    for seed in SEEDS:
        case = Case(random_proposal(seed), shipped())
        possible = Possible(case, Deadline(60))
        for each in shown_by_sums(case):
            assert not possible.together([limit.id for limit in each.limits]), (seed, each)
            shown += 1
    assert shown >= 5


JOINT = """\
braid: 1
name: Joint
jurisdiction: {name: Small County, state: NC}
calendar: {first: FY2027, last: FY2027}
awards:
  - {id: sor, program: other, opening_balance: "5,000"}
  - {id: fund, name: General fund, program: other, opening_balance: "3,001"}
activities:
  - {id: kits, name: Kits, uses: [x-any], must_fund: true,
     lines: [{id: kits, category: supplies, amount: "6,000", only: [sor]}]}
  - {id: van, uses: [x-any], lines: [{id: van, category: equipment, timing: once, whole_units: true, quantity: 1,
     unit: each, unit_cost: "2,500", only: [fund]}]}
  - {id: peers, uses: [x-any], place: rural, lines: [{id: pay, category: other, amount: "2,000", only: [fund]}]}
committed: [{award: fund, line: van/van, period: FY2027, amount: "2,500"}]
require: [{id: rural, at_least: "600", of: need, select: {place: rural}}]
"""


def test_the_joint_repair_takes_of_each_conflict_the_way_that_gives_way_least() -> None:
    """The kits must get 1,000 more than there is. The van and 600 for the peers are 99 more than 3,001: less than the
    whole van is no van, so that 99 of the 600 is less to give up than all of the 2,500."""
    found = plan(read_text(JOINT))
    assert found.file.joint_repair == (
        "Lower what Kits must get by $1,000, from $6,000 to $5,000. "
        "Lower the requirement rural by $99, from $600 to $501."
    )
