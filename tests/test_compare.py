"""What moved between two plans: each reason on a small pair of proposals, the words, and that the amounts add up."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import braid
from braid.answer.comparison import Comparison, Move
from braid.answer.plan import Plan
from braid.cli import shell
from braid.planner import finished
from braid.planner.rejudge import rejudge
from braid.reading import read_text
from small import TWO_AWARDS, small

HEAD = """\
braid: 1
name: Small
jurisdiction: {name: Small County, state: NC}
calendar: {first: FY2027, last: FY2027}
"""
BASE = (
    HEAD
    + """\
awards:
  - {id: first, program: other, receipts: {FY2027: "1,000"}}
  - {id: second, program: other, receipts: {FY2027: "400"}}
activities:
  - {id: kits, uses: naloxone-distribution, lines: [{id: all, category: supplies, amount: "700"}]}
  - id: peers
    uses: peer-support
    priority: 2
    lines: [{id: all, category: contractual, amount: "900", never: [second]}]
"""
)
# The first priority, kits, is met by 700. Of peers, which `second` may not pay, `first` pays as much as it can.
# Kits 700 = second 400 + first 300, and peers = first 700.


def planned(text: str) -> Plan:
    return braid.plan(read_text(text, "proposal.yaml"))


def moved(*changes: tuple[str, str], base: str = BASE) -> Comparison:
    text = base
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return braid.what_moved(planned(base), planned(text))


def move(found: Comparison, award: str, activity: str) -> Move:
    return next(row for row in found.moves if (row.award, row.activity) == (award, activity))


def test_nothing_moves_between_a_plan_and_itself() -> None:
    """A plan compared with itself says that nothing is otherwise."""
    found = moved()
    assert found.same
    assert "No award pays more or less of any activity in any period." in repr(found)


def test_less_money_is_a_reason() -> None:
    """The award that lost money pays less, because it has less; 700 of peers become 500."""
    found = moved(('"1,000"', '"800"'))
    row = move(found, "first", "peers")
    assert (row.before, row.after, row.change, row.reason) == (700, 500, -200, "money")
    assert row.sentence == "first has $800 in all; it was $1,000."
    assert [row.sentence for row in found.inputs] == ["Award first: the receipt of FY2027 was $1,000, and is $800."]


def test_a_need_is_a_reason() -> None:
    """Kits need 100 less: second pays the same 400, first 100 less there."""
    found = moved(('"700"', '"600"'))
    assert move(found, "first", "kits").sentence == "kits needs $600 in FY2027; it was $700."


def test_what_is_freed_is_told() -> None:
    """What kits no longer need, first pays to peers; its reason is what it pays less of."""
    found = moved(('"700"', '"600"'))
    row = move(found, "first", "peers")
    assert (row.change, row.reason) == (100, "award")
    assert row.sentence == "first pays $100 less of kits in FY2027, which frees that money."


def test_a_rule_is_a_reason() -> None:
    """Second may no longer pay kits; first pays in its place."""
    found = moved(("category: supplies,", "category: supplies, never: [second],"))
    gone, come = move(found, "second", "kits"), move(found, "first", "kits")
    assert (gone.change, gone.reason) == (-400, "rule")
    assert gone.sentence == (
        "second may no longer pay kits/all: The proposal itself says that this award does not pay this line."
    )
    assert (come.change, come.reason) == (400, "payer")
    assert come.sentence == "It pays in place of second, which pays $400 less there."


def test_a_rule_that_opens_is_a_reason() -> None:
    """Kits need 300, peers 900, and first has 500: peers take money of second, which may now pay them."""
    found = moved((", never: [second]", ""), ('"700"', '"300"'), ('"1,000"', '"500"'))
    row = move(found, "second", "peers")
    assert (row.reason, row.sentence) == ("rule", "second may now pay peers/all.")


def test_a_requirement_is_a_reason() -> None:
    """Peers must get 850 of what is spent: kits get less, because of the requirement."""
    asked = 'require: [{id: peers-first, at_least: "850", of: direct, select: {use: peer-support}}]\n'
    found = moved(("activities:\n", asked + "activities:\n"))
    more, less = move(found, "first", "peers"), move(found, "first", "kits")
    assert (more.change, more.reason, less.change) == (150, "limit", -150)
    assert more.sentence == (
        "This is new: peers-first is required: at least $850 is paid on lines with use peer-support."
    )


def test_a_requirement_that_is_gone_is_a_reason() -> None:
    """The same the other way round: the requirement no longer holds."""
    asked = 'require: [{id: peers-first, at_least: "850", of: direct, select: {use: peer-support}}]\n'
    before = planned(BASE.replace("activities:\n", asked + "activities:\n"))
    row = move(braid.what_moved(before, planned(BASE)), "first", "peers")
    assert (row.change, row.reason) == (-150, "limit")
    assert row.sentence.startswith("This no longer holds: peers-first is required")


def test_a_new_award_is_a_reason() -> None:
    """What a new award pays, it pays because it is new; what it displaces is told of the other."""
    found = moved(("activities:\n", '  - {id: third, program: other, receipts: {FY2027: "100"}}\nactivities:\n'))
    row = next(row for row in found.moves if row.award == "third")
    assert (row.reason, row.sentence) == ("part", "The award third is new.")
    assert "Award third is new." in [row.sentence for row in found.inputs]


def test_what_only_follows_says_so() -> None:
    """A minimum that is no longer reached takes the second payer's money too: 600 of 1,000 are asked, 500 are there."""
    base = HEAD + (
        'awards:\n  - {id: first, program: other, receipts: {FY2027: "300"}}\n'
        '  - {id: second, program: other, receipts: {FY2027: "300"}}\n'
        "activities:\n  - {id: court, uses: treatment-court, minimum: 60%, lines: [{id: all, category: other, "
        'amount: "1,000"}]}\n'
    )
    found = moved(('"300"', '"200"'), base=base)
    first, second = move(found, "first", "court"), move(found, "second", "court")
    assert (first.change, first.reason) == (-300, "money")
    assert (second.change, second.reason) == (-300, "follows")


def test_the_same_proposal_leaves_a_choice() -> None:
    """Where nothing went in otherwise, payers may still differ: that is a choice, and is called one."""
    plan = planned(BASE)
    rows = [
        row.model_copy(update={"amount": row.amount - 100}) if (row.award, row.activity) == ("second", "kits") else row
        for row in plan.file.allocations
    ]
    other = Plan(plan.file.model_copy(update={"allocations": tuple(rows)}), plan.case)
    (row,) = braid.what_moved(plan, other).moves
    assert (row.change, row.reason) == (-100, "choice")


def test_moves_add_up_to_what_each_part_moved() -> None:
    """Moves by activity and by period add up to the change of what is funded; awards have no indirect cost here."""
    found = moved(('"1,000"', '"800"'), ('"700"', '"650"'))
    funded = next(row.change for row in found.totals if row.what == "Funded")
    for rows in (found.activities, found.periods, found.awards):
        assert sum((row.change for row in rows), Decimal(0)) == funded
    assert sum((row.change for row in found.moves), Decimal(0)) == funded


def test_several_changes_are_owned_up_to() -> None:
    """Where two things went in otherwise, the page says that a reason is only the first that applies."""
    told = "Several things went in otherwise; of the reasons of a move the first that applies is told."
    assert repr(moved(('"1,000"', '"800"'), ('"700"', '"650"'))).endswith(told)
    assert told not in repr(moved(('"1,000"', '"800"')))


def test_the_page_reads_well() -> None:
    """The whole page, word for word."""
    assert repr(moved(('"1,000"', '"800"'))) == PAGE


PAGE = """\
Small

         before   after  change
Need     $1,600  $1,600       -
Funded   $1,400  $1,200   -$200
Gap        $200    $400   +$200
Charged  $1,400  $1,200   -$200
Lapses       $0      $0       -

What went in otherwise
  Award first: the receipt of FY2027 was $1,000, and is $800.

By award  before  after  change
first     $1,000   $800   -$200

By activity  before  after  change
peers          $700   $500   -$200

By period  before   after  change
FY2027     $1,400  $1,200   -$200

What moved, and why (the largest first)
  -$200  first on peers in FY2027: $700, now $500
      first has $800 in all; it was $1,000."""


# ---------------------------------------------------------------- other plans

EITHER = HEAD + (
    'awards:\n  - {id: first, program: other, receipts: {FY2027: "500"}}\n'
    '  - {id: second, program: other, receipts: {FY2027: "500"}}\n'
    "activities:\n  - {id: kits, uses: naloxone-distribution, lines: [{id: all, category: other, "
    'amount: "400"}]}\n'
    "goals: [fund, sooner]\n"
)


def test_another_plan_lets_another_award_pay() -> None:
    """Either award can pay the 400: the other plan moves all of it, funds as much, and no third plan is farther."""
    plan = planned(EITHER)
    (mine,) = {row.award for row in plan.allocations}
    (other, *_) = braid.other_plans(plan, 1)
    assert {row.award for row in other.allocations} == {"first", "second"} - {mine}
    assert (other.totals.funded, other.status) == (400, "optimal")
    assert [row.value for row in other.goals] == [row.value for row in plan.goals]


def test_a_plan_that_was_just_made_is_not_planned_again_for_other_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine made goes on from the plan; of a plan that was read from its file it is worked out anew."""
    made = planned(EITHER)
    read = rejudge(made.to_json(), "plan.json").plan
    others = [row.award for row in next(iter(braid.other_plans(finished(read, made.case), 1))).allocations]
    asked: list[object] = []
    monkeypatch.setattr("braid.planner.engine.allocate", lambda case, **_: asked.append(case))
    assert [row.award for row in braid.other_plans(made, 1)[0].allocations] == others
    assert not asked


def test_where_the_goals_leave_one_plan_there_is_no_other() -> None:
    """Second may not pay peers, and all money is used: there is one plan, and none is made up."""
    assert braid.other_plans(planned(BASE.replace('"700"', '"800"')), 3) == ()


def test_other_plans_keep_every_goal_of_a_larger_one() -> None:
    """Fringe, indirect cost, two years: other plans come to the same goal values in whole dollars, and hold."""
    plan = braid.plan(small(TWO_AWARDS + "goals: [fund]\n"))
    for other in braid.other_plans(plan, 2):
        assert [(row.goal, int(row.value)) for row in other.goals] == [(row.goal, int(row.value)) for row in plan.goals]
        assert braid.what_moved(plan, other).moves


@pytest.mark.usefixtures("folder")
def test_other_plans_are_not_told_of_a_file_that_lacks_its_former_plan() -> None:
    """A plan that stays close to a former one, read from its file: no plan is held to goals that are not at hand."""
    made = planned(EITHER)
    goals = EITHER.replace("goals: [fund, sooner]", "goals: [stay-close, fund]")
    close = braid.plan(read_text(goals, "close.yaml"), former=made)
    read = rejudge(close.to_json(), "plan.json")
    assert len(braid.other_plans(finished(read.plan, read.case), 1)) == len(braid.other_plans(close, 1))
    content = json.loads(close.to_json())
    del content["former"]
    read = rejudge(json.dumps(content), "plan.json")
    assert braid.other_plans(finished(read.plan, read.case), 1) == ()
    Path("close.json").write_text(json.dumps(content), encoding="utf-8")
    assert run("compare", "close.json", "--others", "1").stdout == (
        "This plan stays close to a former plan, which its file does not carry, so other plans cannot be looked for "
        "here.\n"
    )


# --------------------------------------------------------------------- shell


def run(*words: str) -> Result:
    result = CliRunner().invoke(shell, words, prog_name="braid")
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("before.json").write_text(planned(BASE).to_json(), encoding="utf-8")
    Path("after.yaml").write_text(BASE.replace('"1,000"', '"800"'), encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_plan_and_a_proposal_compare_in_the_shell() -> None:
    """A finished plan and a proposal, which is planned first: the same page as in Python, and the moves as a table."""
    done = run("compare", "before.json", "after.yaml", "-o", "moves.csv")
    assert (done.exit_code, done.stdout) == (0, PAGE + "\n")
    assert Path("moves.csv").read_text(encoding="utf-8").splitlines() == [
        "plan,award,activity,period,before,after,change,reason,sentence",
        '1,first,peers,FY2027,700.00,500.00,-200.00,money,"first has $800 in all; it was $1,000."',
    ]
    answer = json.loads(run("compare", "before.json", "after.yaml", "--json").stdout)
    assert (answer["answer"], answer["same"], len(answer["moves"])) == ("compare", False, 1)


@pytest.mark.usefixtures("folder")
def test_a_plan_that_breaks_a_rule_is_compared_with_a_warning() -> None:
    """A file that was changed by hand is judged; what is wrong in it is counted."""
    content = json.loads(Path("before.json").read_text(encoding="utf-8"))
    content["allocations"][0]["amount"] = "999.00"
    Path("edited.json").write_text(json.dumps(content), encoding="utf-8")
    done = run("compare", "before.json", "edited.json")
    assert done.exit_code == 0
    assert "warning: judging edited.json came to" in done.stderr


@pytest.mark.usefixtures("folder")
def test_a_conflict_is_no_plan_to_compare() -> None:
    """Where one side has no plan, that is said before the reasons, and the code is that of a conflict."""
    asked = 'require: [{id: all, at_least: "5,000", of: direct, select: {}}]\n'
    Path("none.yaml").write_text(BASE.replace("activities:\n", asked + "activities:\n"), encoding="utf-8")
    done = run("compare", "before.json", "none.yaml")
    assert (done.exit_code, done.stdout) == (4, "")
    assert "error: none.yaml: the requirements of this proposal cannot hold together" in done.stderr


@pytest.mark.usefixtures("folder")
def test_other_plans_in_the_shell() -> None:
    """--others tells each other plan, or that there is none; without it a second file is expected."""
    Path("either.yaml").write_text(EITHER, encoding="utf-8")
    done = run("compare", "either.yaml", "--others", "1")
    assert done.stdout.startswith("Another plan that reaches every goal as well (1 of 1):\nSmall\n")
    none = run("compare", "before.json", "--others", "2")
    assert none.stdout == "No other plan was found that reaches every goal as well.\n"
    wrong = run("compare", "before.json")
    assert wrong.exit_code == 2
    assert "AFTER or --others is expected, one of the two." in wrong.stderr
