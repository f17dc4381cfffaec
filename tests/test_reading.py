"""Reading a proposal: every fault at once, each with its place, what was found and what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from braid.basics.errors import InputError
from braid.proposal import Proposal
from braid.reading import read, read_text

HEAD = """\
braid: 1
name: Test County
jurisdiction: {name: Test County, state: NC}
calendar: {first: FY2027, last: FY2027}
"""
AWARD = 'id: a, program: other, amount: "100", start: 2026-07-01, end: 2027-06-30'
LINE = 'id: l, category: supplies, amount: "100"'
TABLES = Path(__file__).parent / "cases" / "reading"
ACTIVITY = "id: act\n    uses: [naloxone-distribution]"


def proposal(
    *, head: str = HEAD, award: str = AWARD, activity: str = ACTIVITY, line: str = LINE, more: str = ""
) -> str:
    return f"{head}awards:\n  - {{{award}}}\nactivities:\n  - {activity}\n    lines:\n      - {{{line}}}\n{more}"


def told(text: str) -> list[str]:
    """Every fault without its place: the path and the sentence."""
    with pytest.raises(InputError) as caught:
        read_text(text, "p.yaml")
    return ["  ".join(part for part in (fault.path, fault.sentence) if part) for fault in caught.value.faults]


def of_line(line: str) -> list[str]:
    return [fault.removeprefix("activities[act].lines[l]").lstrip(".") for fault in told(proposal(line=line))]


def of_award(extra: str, award: str = AWARD) -> list[str]:
    return [fault.removeprefix("awards[a]").lstrip(". ") for fault in told(proposal(award=f"{award}, {extra}"))]


def table(name: str) -> list[tuple[str, list[str]]]:
    """Wrong inputs and what is told of each, from a file in tests/cases/reading."""
    found: list[tuple[str, list[str]]] = []
    for row in (TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if row.startswith("    "):
            found[-1][1].append(row.strip())
        elif row and not row.startswith("#"):
            found.append((row.replace("\\n", "\n"), []))
    return found


def test_a_whole_proposal_is_read() -> None:
    """A right file is read without a word, and its parts are found by their ids."""
    found = read_text(proposal())
    assert isinstance(found, Proposal)
    assert repr(found) == "Test County: 1 awards, 1 activities, 1 lines, FY2027 to FY2027"
    assert found.award("a").amount == 10_000
    assert found.cost("act/l").cents == {"FY2027": 10_000}


ALL_WRONG = """\
braid: 2
name: Test County
jurisdiction: {name: Test County, state: nc}
calendar: {first: FY2027, last: FY2027, step: month}
awards:
  - {id: a, program: sorr, amount: "-5", start: 07/01/2026, end: 2027-06-30}
  - {id: a, program: other, opening_balance: 1e5, scope: [naloxon-distribution]}
activities:
  - id: act
    uses: [naloxone-distribution, nalox]
    priority: first
    lines:
      - {id: l, category: supplys, item: naloxon, amount: "100"}
      - {id: l, category: supplies, unit: kits, quantity: 5, unit_cost: "5", only: [b]}
  - id: act
    uses: [naloxone-distribution]
    minimum: most
    colour: red
    lines: []
goals: [tydi]
"""


def test_every_fault_is_told_at_once() -> None:
    """One reading names all the faults of a file, in the order of the file, each as file:line:column."""
    with pytest.raises(InputError) as caught:
        read_text(ALL_WRONG, "p.yaml")
    assert str(caught.value).splitlines() == [
        "p.yaml:1:8  braid  «2» was found; 1 is expected",
        "p.yaml:3:42  jurisdiction.state  «nc» was found; a State by its two capital letters, as in NC, is expected",
        "p.yaml:4:47  calendar.step  «month» is not known; one of year or quarter is expected",
        "p.yaml:6:22  awards[a].program  «sorr» is no program of the catalogue (did you mean «sor»?); "
        "`other` carries no rules",
        "p.yaml:6:36  awards[a].amount  «-5» is negative; write an amount of zero or more",
        "p.yaml:6:49  awards[a].start  «07/01/2026» is no date; write year, month and day, as in 2026-07-01",
        "p.yaml:7:10  awards[a].id  the id «a» is given twice; the first is on line 6",
        'p.yaml:7:46  awards[a].opening_balance  «1e5» is written with an exponent; write it out, as in "1,200,000"',
        "p.yaml:7:59  awards[a].scope[1]  «naloxon-distribution» is neither a use nor an activity "
        "(did you mean «naloxone-distribution»?)",
        "p.yaml:10:35  activities[act].uses[2]  «nalox» is no known use; words of your own begin with x-",
        "p.yaml:11:15  activities[act].priority  «first» is no whole number from 1 to 1000",
        "p.yaml:13:27  activities[act].lines[l].category  «supplys» is not known; one of personnel, fringe, travel, "
        "equipment, supplies, contractual, construction or other is expected (did you mean «supplies»?)",
        "p.yaml:13:42  activities[act].lines[l].item  «naloxon» is no known item (did you mean «naloxone»?); "
        "words of your own begin with x-",
        "p.yaml:14:14  activities[act].lines[l].id  the id «l» is given twice; the first is on line 13",
        "p.yaml:14:43  activities[act].lines[l].unit  «kits» is no known unit (did you mean «kit»?); "
        "words of your own begin with x-",
        "p.yaml:14:85  activities[act].lines[l].only[1]  «b» is no award of this proposal",
        "p.yaml:15:9  activities[act].id  the id «act» is given twice; the first is on line 9",
        "p.yaml:17:14  activities[act].minimum  «most» is no minimum; "
        'write a share, an amount or all, as in 60%, "150,000" or all',
        "p.yaml:18:5  activities[act].colour  unknown key «colour»",
        "p.yaml:19:12  activities[act].lines  an empty list was found; at least one entry is expected",
        "p.yaml:20:9  goals[1]  «tydi» is no goal; the goals are fund, sooner, expiring-first, restricted-first, tidy, "
        "outcomes, fairness, stay-close",
    ]


# ---------------------------------------------------------------------- the head


@pytest.mark.parametrize("text", ["- a\n- b\n", "[]\n"])
def test_a_list_at_the_top_is_refused(text: str) -> None:
    """A file that is a list says which keys are expected."""
    assert told(text) == [
        "a list was found; keys are expected: braid, name, jurisdiction, calendar, awards, activities"
    ]


def test_one_text_at_the_top_is_refused() -> None:
    """So does a file that is one text."""
    assert told("a plan\n") == [
        "one text was found; keys are expected: braid, name, jurisdiction, calendar, awards, activities"
    ]


def test_every_missing_part_is_named() -> None:
    """A file with nothing of a proposal in it names each part that it lacks."""
    assert [fault for fault in told("x: 1\n") if "missing" in fault] == [
        f"«{key}» is missing" for key in ("activities", "awards", "braid", "calendar", "jurisdiction", "name")
    ]


def test_faults_of_form_come_with_the_others() -> None:
    """A duplicate key, an empty value and an unknown word are told together."""
    assert told(proposal(head=HEAD + "name: Again\n", line=LINE + ", item: naloxon, end: ")) == [
        "«name» is given twice; the first is on line 2",
        "activities[act].lines[l].item  «naloxon» is no known item (did you mean «naloxone»?); "
        "words of your own begin with x-",
        "activities[act].lines[l].end  there is no value here; give one, or leave it out",
    ]


@pytest.mark.parametrize(("calendar", "sentences"), table("calendars"))
def test_a_calendar_that_cannot_be_is_refused(calendar: str, sentences: list[str]) -> None:
    """Years out of order, in another form, or too many."""
    assert told(proposal(head=HEAD.replace("calendar: {first: FY2027, last: FY2027}", calendar))) == sentences


@pytest.mark.parametrize(("more", "sentences"), table("heads"))
def test_a_wrong_key_of_the_head_is_refused(more: str, sentences: list[str]) -> None:
    """The unit, the goals, the recipient's rate, and keys that do not exist."""
    assert told(proposal(more=more + "\n")) == sentences


# ------------------------------------------------------------- not yet supported

LATER: dict[str, tuple[str, ...]] = {
    "proposal": (),
    "award": (),
    "activity": (),
    "line": ("benefit",),
}


@pytest.mark.parametrize("value", ['"5"', "[]", "{a: b}", "true"])
@pytest.mark.parametrize(("place", "key"), [(place, key) for place, keys in LATER.items() for key in keys])
def test_a_key_of_a_later_version_is_refused_and_never_ignored(place: str, key: str, value: str) -> None:
    """Each key that the design names and this version does not plan is refused by name, with what to do instead."""
    text = {
        "proposal": proposal(more=f"{key}: {value}\n"),
        "award": proposal(award=f"{AWARD}, {key}: {value}"),
        "activity": proposal(activity=f"{ACTIVITY}\n    {key}: {value}"),
        "line": proposal(line=f"{LINE}, {key}: {value}"),
    }[place]
    (sentence,) = told(text)
    assert f"«{key}» is not supported in this version: " in sentence


# -------------------------------------------------------------------------- goals


@pytest.mark.parametrize(("more", "sentences"), table("goals"))
def test_goals_that_cannot_be_are_refused(more: str, sentences: list[str]) -> None:
    """A word that is no goal, a key that no goal has, nothing to compare or to count: each in one sentence."""
    assert told(proposal(more=more + "\n")) == sentences


OUTCOME = "outcome: {measure: deaths averted, dollars_per_unit: %s, cite: [{title: A study}]}"


@pytest.mark.parametrize(
    ("outcome", "sentences"),
    [
        ("outcome: 5", ["activities[act].outcome  «5» was found; a mapping of keys to values is expected"]),
        (
            'outcome: {measure: deaths averted, dollars_per_unit: "5,000"}',
            ["activities[act].outcome  «cite» is missing"],
        ),
        (
            'outcome: {measure: deaths averted, dollars_per_unit: "5,000", cite: []}',
            ["activities[act].outcome.cite  an empty list was found; at least one entry is expected"],
        ),
        (
            OUTCOME % '"0"',
            [
                "activities[act].outcome.dollars_per_unit  "
                "one unit of an outcome costs something; write an amount above zero"
            ],
        ),
    ],
)
def test_an_outcome_is_whole_and_published(outcome: str, sentences: list[str]) -> None:
    """An outcome without its citation, or one that costs nothing, is refused."""
    assert told(proposal(activity=f"{ACTIVITY}\n    {outcome}")) == sentences


def test_a_benefit_that_nobody_states_is_not_counted() -> None:
    """The measure that the goal names is one that an activity states; the nearest is told."""
    stated = proposal(
        activity=f"{ACTIVITY}\n    {OUTCOME % 25}", more="goals: [fund, {outcomes: {measure: death averted}}]\n"
    )
    assert told(stated) == [
        "goals[2]  no activity states an outcome in «death averted» (did you mean «deaths averted»?); "
        "there is «deaths averted»"
    ]


# ------------------------------------------------------------------------- awards


@pytest.mark.parametrize(("award", "sentences"), table("awards") + table("award_finance"))
def test_an_award_that_cannot_be_is_refused(award: str, sentences: list[str]) -> None:
    """No money, two kinds of money, dates out of order, receipts beyond the plan, words that lead nowhere."""
    assert told(proposal(award=award)) == sentences


def test_approvals_and_exceptions_name_rules_that_bind_the_award() -> None:
    """An approval for a rule that does not bind the award is a fault, the nearest rule named; `scope` is free."""
    award = (
        'id: a, program: sor, opening_balance: "1", approvals: {minor-renovations: x, sor/general-rent: y, scope: z}'
    )
    assert told(proposal(award=award)) == [
        "awards[a].approvals.minor-renovations  «minor-renovations» is no rule that binds this award "
        "(did you mean «minor-renovation»?)"
    ]
    assert told(proposal(award='id: a, program: sor, opening_balance: "1", exceptions: {scope: letter}')) == [
        "awards[a].exceptions.scope  «scope» is no rule that binds this award"
    ]


def test_an_approval_may_name_a_term_of_the_award_itself() -> None:
    """By its bare id or as award:term."""
    terms = "terms: [{id: t, why: W., cite: [{title: T}], approval: {}}]"
    for name in ("t", "a:t"):
        found = read_text(proposal(award=f'{AWARD}, {terms}, approvals: {{"{name}": letter}}'))
        assert found.award("a").terms[0].name == "a:t"


def term(rest: str) -> list[str]:
    return [fault.removeprefix("terms[t]").lstrip(". ") for fault in of_award(f"terms: [{{id: t, why: W., {rest}}}]")]


CITE = "cite: [{title: T}]"


@pytest.mark.parametrize(("rest", "sentences"), table("terms"))
def test_a_term_that_cannot_be_is_refused(rest: str, sentences: list[str]) -> None:
    """An award's own term is held to the language of the catalogue."""
    assert term(rest) == sentences


def test_a_bare_fraction_in_a_cap_is_refused_as_ambiguous() -> None:
    """0.05 in a cap may mean 5% or 0.05%, and is not taken for five cents."""
    assert "may mean 5% or 0.05%" in term(f"{CITE}, cap: {{at_most: 0.05, of: award}}")[0]


# -------------------------------------------------------------------------- lines


@pytest.mark.parametrize(("line", "sentences"), table("lines"))
def test_a_line_that_cannot_be_is_refused(line: str, sentences: list[str]) -> None:
    """No cost, two costs, costs outside the plan, wrong types, words that are not in the vocabulary."""
    assert [fault.lstrip() for fault in of_line(line)] == sentences


def test_a_plan_of_several_years_needs_an_amount_for_each() -> None:
    """One bare amount does not say in which year it falls, and a year that the line does not reach gets none."""
    head = HEAD.replace("last: FY2027", "last: FY2029")
    assert told(proposal(head=head)) == [
        'activities[act].lines[l].amount  say how much in each period, as in {FY2027: "…"} '
        "(on a sheet: in a column Amount FY2027), or add `grows: 0%` where it is the same in each"
    ]
    line = 'id: l, category: supplies, amount: {FY2027: "1", FY2028: "1", FY2030: "1"}, end: 2027-06-30'
    assert told(proposal(head=head, line=line)) == [
        "activities[act].lines[l].amount.FY2028  no day of the line falls in FY2028; "
        "leave the amount out, or change `start` or `end`",
        "activities[act].lines[l].amount.FY2030  «FY2030» is no period of the plan, which runs from FY2027 to FY2029",
    ]


@pytest.mark.parametrize(("activity", "sentences"), table("activities"))
def test_an_activity_that_cannot_be_is_refused(activity: str, sentences: list[str]) -> None:
    """No use, an order that is no whole number, dates out of order, letters of another alphabet."""
    faults = sorted(fault.removeprefix("activities[act]").lstrip(". ") for fault in told(proposal(activity=activity)))
    assert faults == sorted(sentences)


WRONG = ["x", "[]", "{}", "[[1]]", "[{}]", "{a: {b: c}}", "1", "~", "[~]", "{a: ~}"]
KEYS = {
    "head": (
        *("braid", "name", "jurisdiction", "calendar", "unit", "indirect", "goals", "awards", "activities", "require"),
        *("committed", "one_federal_payer", "smallest_charge"),
    ),
    "award": (
        *("id", "program", "edition", "amount", "start", "receipts", "opening_balance", "scope", "approvals", "terms"),
        *("budget_periods", "carry_over", "reserve"),
    ),
    "activity": ("id", "uses", "priority", "minimum", "must_fund"),
    "line": (
        *("id", "category", "amount", "quantity", "unit_cost", "fringe", "start", "only", "uses", "codes", "timing"),
        *("grows", "essential", "whole_units", "shares", "basis", "one_federal_payer"),
    ),
}


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize(("place", "key"), [(place, key) for place, keys in KEYS.items() for key in keys])
def test_a_value_of_any_shape_is_read_or_refused(place: str, key: str, value: str) -> None:
    """Whatever stands under whichever key, the end is a proposal or faults with places, never another error."""
    text = {
        "head": f"{key}: {value}\n" + proposal(),
        "award": proposal(award=f"{key}: {value}, {AWARD}"),
        "activity": proposal(activity=f"{key}: {value}\n    {ACTIVITY}"),
        "line": proposal(line=f"{key}: {value}, {LINE}"),
    }[place]
    try:
        read_text(text, "p.yaml")
    except InputError as error:
        for fault in error.faults:
            assert fault.sentence
            assert "'" not in fault.sentence
            assert "pydantic" not in fault.sentence


# -------------------------------------------------------------------------- files


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A proposal is YAML or a workbook; another ending is told before the file is opened."""
    told = r"plan\.docx  a proposal is a YAML file, .* or a workbook, with the ending \.xlsx$"
    with pytest.raises(InputError, match=told):
        read(tmp_path / "plan.docx")


def test_a_file_is_named_as_it_was_given(tmp_path: Path) -> None:
    """Faults of a file begin with the path that the user typed."""
    path = tmp_path / "plan.yml"
    path.write_text(proposal(line=LINE + ", item: naloxon"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:11:58  activities[act].lines[l].item  ")


@pytest.mark.parametrize("name", ["harbor_county.yaml", "wake_county_fy2025.yaml"])
def test_the_examples_are_read(name: str) -> None:
    """The examples that ship with braid hold no fault."""
    assert read(Path(__file__).parents[1] / "data" / "examples" / name).awards
