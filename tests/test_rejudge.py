"""A plan judged from its file alone: what holds is said to hold, and whatever was changed is found and named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from braid.answer.rows import Allocation
from braid.basics.errors import InputError
from braid.cli import shell
from braid.law.catalogue import catalogue
from braid.planner import plan
from braid.planner.rejudge import Rejudged, rejudge
from braid.planner.tables import fingerprint, in_order
from small import HEAD, TWO_AWARDS, small

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def little() -> str:
    """The plan.json of the small proposal."""
    return plan(small()).to_json()


def changed(text: str, change: Change, seal: bool = False) -> str:
    """The plan with one change; with ``seal``, its fingerprint made to fit again."""
    data = json.loads(text)
    change(data)
    if seal:
        rows = in_order(Allocation.model_validate(row) for row in data["allocations"])
        data["fingerprint"] = fingerprint(data["proposal"], data["provenance"]["catalogue"], rows)
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def told(found: Rejudged) -> dict[str, str]:
    """Sentences by row."""
    return {finding.row: finding.sentence for finding in found.findings}


def check(tmp_path: Path, text: str, *words: str) -> Result:
    """`braid check plan.json`."""
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(shell, ["check", str(path), *words], prog_name="braid")
    assert "Traceback" not in result.output
    return result


def faults(text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        rejudge(text, "plan.json")
    return [str(fault) for fault in refused.value.faults]


def add(row: dict[str, Any], dollars: int, key: str = "amount") -> None:
    row[key] = f"{float(row[key]) + dollars:.2f}"


# ------------------------------------------------------------------- what holds


def test_what_braid_planned_holds(harbor_text: str, tmp_path: Path) -> None:
    """Harbor County's plan passes, however its JSON is laid out, and says how much was judged."""
    result = check(tmp_path, harbor_text)
    assert (result.exit_code, result.stderr) == (0, "")
    data = json.loads(harbor_text)
    counted = f"{len(data['allocations'])} allocations, {len(data['limits'])} limits, {len(data['rules'])} rules"
    assert result.stdout == f"every rule is kept: {counted}, FY2027 to FY2029\n"
    for layout in ({"indent": None, "separators": (",", ":")}, {"indent": "\t", "ensure_ascii": True}):
        again = rejudge(json.dumps(data, **layout), "plan.json")
        assert (again.findings, again.notes) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        TWO_AWARDS,
        HEAD + "unit: cent\n" + TWO_AWARDS.removeprefix(HEAD).replace('"100"', '"99.99"'),
        TWO_AWARDS.replace("name: Small", "name: Small 🌊 Café"),
        TWO_AWARDS.replace("last: FY2028", "last: FY2028, step: quarter")
        .replace('{FY2027: "400", FY2028: "400"}', '{FY2027-Q2: "400", FY2028-Q1: "411"}'),
    ],
    ids=["whole dollars", "cents", "characters beyond the basic ones", "quarters"],
)  # fmt: skip
def test_every_plan_holds_from_its_file(text: str) -> None:
    """In dollars or cents, by year or by quarter, and where a tool has written every character as an escape."""
    written = plan(small(text)).to_json()
    for each in (written, json.dumps(json.loads(written))):
        found = rejudge(each, "plan.json")
        assert (found.findings, found.notes) == ((), ())
    assert found.case.proposal == small(text)


def test_the_order_of_allocations_is_free(harbor_text: str) -> None:
    """A file whose allocations stand in another order says the same."""
    assert rejudge(changed(harbor_text, lambda data: data["allocations"].reverse()), "plan.json").findings == ()


# ------------------------------------------------------------ what does not hold


def test_one_dollar_more_is_found(harbor_text: str, tmp_path: Path) -> None:
    """An amount one dollar higher breaks rules by a dollar, leaves totals behind, and no longer fits its seal."""
    result = check(tmp_path, changed(harbor_text, lambda data: add(data["allocations"][0], 1)))
    assert (result.exit_code, result.stdout) == (6, "")
    assert "over by $1." in result.stderr
    assert "\nfingerprint: does not fit the proposal, catalogue and amounts in the file" in result.stderr
    assert result.stderr.splitlines()[-1] == f"{len(result.stderr.splitlines()) - 1} findings"


def test_every_dollar_more_is_found(little: str) -> None:
    """A dollar more on any allocation is found though the fingerprint was made to fit."""
    for number in range(len(json.loads(little)["allocations"])):
        text = changed(little, lambda data, n=number: add(data["allocations"][n], 1), seal=True)
        assert rejudge(text, "plan.json").findings


def test_an_award_overspent_is_found(harbor_text: str) -> None:
    """An award charged more than it has is named, with the dollars over."""
    data = json.loads(harbor_text)
    number = next(n for n, row in enumerate(data["allocations"]) if row["award"] == "sor")
    found = rejudge(changed(harbor_text, lambda d: add(d["allocations"][number], 500_000), seal=True), "plan.json")
    finding = next(each for each in found.findings if each.row == "award[sor]" and "more than it has" in each.sentence)
    assert finding.over in finding.sentence
    assert told(found)["installment[sor,1]"].startswith("installment 1 is charged $")


def test_a_forbidden_pair_is_found(harbor_text: str, tmp_path: Path) -> None:
    """Syringes put on a federal award are refused in the rule's own words, with the law."""
    pair = {
        "award": "sor", "installment": "1", "activity": "syringe-services", "line": "syringe-services/syringes",
        "category": "supplies", "period": "FY2027", "from": "2026-10-01", "until": "2027-06-30", "amount": "10.00",
    }  # fmt: skip
    result = check(tmp_path, changed(harbor_text, lambda data: data["allocations"].append(pair), seal=True))
    assert result.exit_code == 6
    line = next(line for line in result.stderr.splitlines() if "Congress forbids buying needles" in line)
    assert line.startswith("sor on syringe-services/syringes in FY2027: may not be paid for costs of 2026-10-01..")
    assert line.endswith("]")


def test_codes_of_fringe_and_indirect_are_those_of_the_proposal(little: str) -> None:
    """Fringe that is booked under a code of nobody is named; plans that once gave it none are sound."""
    row = json.loads(little)["fringe"][0]
    name = f"fringe[{row['award']},{row['line']},{row['period']}]"
    assert row["codes"] == {}
    found = told(rejudge(changed(little, lambda data: data["fringe"][0].update(codes={"fund": "9"})), "plan.json"))
    assert found == {name: "is booked under fund «9»; the proposal gives no codes"}
    assert not told(rejudge(changed(little, lambda data: data["fringe"][0].pop("codes")), "plan.json"))


def test_a_dropped_fringe_row_is_found(harbor_text: str) -> None:
    """Pay without its fringe breaks the formula, and the totals no longer follow."""
    row = json.loads(harbor_text)["fringe"][0]
    found = told(rejudge(changed(harbor_text, lambda data: data["fringe"].pop(0)), "plan.json"))
    name = f"fringe[{row['award']},{row['line']},{row['period']}]"
    assert found[name] == f"$0 is charged where the formula gives ${int(float(row['amount'])):,}"
    assert {"totals", f"awards[{row['award']}]"} <= {*found}


STATED: dict[str, tuple[Change, str, str]] = {
    "a wrong total": (
        lambda data: data["totals"].update(funded="1.00"),
        "totals",
        "the file says funded $1; the allocations give $",
    ),
    "a wrong award": (
        lambda data: add(data["awards"][0], 7, "lapsed"),
        "awards[cossup]",
        "the file says lapsed $7; the allocations give $0",
    ),
    "a gap left out": (
        lambda data: data["gaps"].pop(0),
        "gaps[",
        "follows from the allocations, but is not in the file",
    ),
    "a limit made wider": (
        lambda data: add(next(row for row in data["limits"] if row["row"] == "award[sor]"), 9, "bound"),
        "limits[award[sor]]",
        "the file says bound $450,009; the allocations give $450,000",
    ),
    "a limit nobody knows": (
        lambda data: data["limits"][0].update(row="cap[sor,mine]"),
        "limits[cap[sor,mine]]",
        "stands in the file, but does not follow from the allocations",
    ),
    "a base of indirect": (
        lambda data: add(data["indirect"][0], 5, "base"),
        "indirect[cossup,FY2027]",
        "the file says a base of $",
    ),
    "the words of a rule": (
        lambda data: data["rules"][0].update(why="Anything goes."),
        "rules[",
        "is not the rule that spoke, though the file names the catalogue installed here",
    ),
    "attention taken away": (lambda data: data["attention"].pop(), "attention", "entries where"),
    "the category of a line": (
        lambda data: data["allocations"][0].update(category="travel"),
        "cossup on ",
        "the file says category «travel»; the allocations give «",
    ),
    "a wrong fingerprint": (lambda data: data.update(fingerprint="0" * 64), "fingerprint", "does not fit the proposal"),
    "a proposal changed": (
        lambda data: data["proposal"].update(name="Another county"),
        "provenance.proposal",
        "is not the fingerprint of the proposal in the file; one was changed",
    ),
    "money of a later year": (
        lambda data: next(
            row for row in data["allocations"] if row["award"] == "settlement" and row["period"] == "FY2027"
        ).update(installment="9"),
        "settlement on ",
        "installment 9 pays costs of 2028-07-01 on, not of 2026-07-01..",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STATED)
def test_what_the_file_states_is_held_to_its_allocations(case: str, harbor_text: str, tmp_path: Path) -> None:
    """Every number, row and word that follows from the allocations is found where it was changed: exit 6."""
    change, row, sentence = STATED[case]
    result = check(tmp_path, changed(harbor_text, change))
    assert (result.exit_code, result.stdout) == (6, "")
    assert any(line.startswith(row) and sentence in line for line in result.stderr.splitlines()), result.stderr


def test_json_gives_the_findings(harbor_text: str, tmp_path: Path) -> None:
    """--json prints findings as data, and the exit code is the same."""
    result = check(tmp_path, changed(harbor_text, lambda data: data.update(fingerprint="")), "--json")
    assert result.exit_code == 6
    data = json.loads(result.stdout)
    assert [finding["row"] for finding in data["findings"]] == ["fingerprint"]
    assert set(data["findings"][0]) == {"row", "sentence", "over", "cite"}
    refused = check(tmp_path, "{", "--json")
    assert (refused.exit_code, len(json.loads(refused.stdout)["faults"])) == (3, 1)


# ------------------------------------------------------------ what cannot be judged

REFUSED: dict[str, tuple[Change, str]] = {
    "an unknown line": (
        lambda data: data["allocations"][0].update(line="naloxone/kitz"),
        "allocations[1].line  «naloxone/kitz» is no line of this plan's proposal (did you mean «",
    ),
    "an unknown award": (
        lambda data: data["fringe"][0].update(award="sorr"),
        "fringe[1].award  «sorr» is no award of this plan's proposal (did you mean «sor»?)",
    ),
    "an unknown period": (
        lambda data: data["indirect"][0].update(period="FY2031"),
        "indirect[1].period  «FY2031» is no period of this plan's proposal (did you mean «FY20",
    ),
    "an unknown installment": (
        lambda data: data["allocations"][0].update(installment="9"),
        "allocations[1].installment  «9» is no installment of cossup; it has 1",
    ),
    "a float": (
        lambda data: data["allocations"][0].update(amount=1234.5),
        "allocations[1].amount  the bare number 1234.5 was found; "
        'an amount is text with two decimals, as in "12345.00"',
    ),
    "part of a dollar": (
        lambda data: data["allocations"][0].update(amount="1234.50"),
        "allocations[1].amount  «1234.50» is not in whole dollars, the unit of this plan",
    ),
    "an exponent": (
        lambda data: data["totals"].update(need="1E3"),
        'totals.need  «1E3» is no amount of a plan; write it with two decimals, as in "12345.00"',
    ),
    "a list for a name": (lambda data: data["allocations"][0].update(award=[]), "allocations[1].award  a list"),
    "a negative charge": (
        lambda data: data["fringe"][0].update(amount="-5.00"),
        "fringe[1].amount  «-5.00» is negative; a plan charges zero or more",
    ),
    "a row twice": (
        lambda data: data["fringe"].append(copy.deepcopy(data["fringe"][0])),
        "this row is given twice; the first is on line ",
    ),
    "days that run backward": (
        lambda data: data["allocations"][0].update({"until": "1999-01-01"}),
        "the last day, 1999-01-01, comes before the first, ",
    ),
    "a table missing": (lambda data: data.pop("gaps"), "plan.json:1:1  «gaps» is missing"),
    "an unknown key": (lambda data: data.update(gap=[]), "unknown key «gap» (did you mean «gaps»?)"),
    "nothing for a value": (lambda data: data["awards"][0].update(spent=None), "there is no value here"),
    "an unknown status": (lambda data: data.update(status="fine"), "status  «fine» is not known; one of optimal"),
    "another version": (lambda data: data.update(braid=2), "braid  «2» is no version of plans that this braid reads"),
    "a fault in its proposal": (
        lambda data: data["proposal"]["awards"][0].update(amount="12.345", opening_balance="1.234"),
        "proposal.awards[settlement].amount  «12.345» has a third decimal",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_plan_is_refused_at_its_line(case: str, harbor_text: str) -> None:
    """What cannot be read as a plan is a fault with its line."""
    change, sentence = REFUSED[case]
    found = faults(changed(harbor_text, change))
    assert any(sentence in fault for fault in found), found
    assert all(fault.startswith("plan.json:") for fault in found)


def test_a_fault_stands_where_it_can_be_mended(harbor_text: str, tmp_path: Path) -> None:
    """Line and column of a fault are those of the value in the file; the exit code is 3."""
    text = changed(harbor_text, lambda data: data["allocations"][0].update(amount=0.1))
    line = next(n for n, each in enumerate(text.splitlines(), 1) if '"amount": 0.1' in each)
    assert faults(text)[0].startswith(f"plan.json:{line}:14  allocations[1].amount  the bare number 0.1 was found")
    result = check(tmp_path, text)
    assert (result.exit_code, result.stdout, result.stderr.splitlines()[-1]) == (3, "", "1 fault")


def test_a_key_given_twice_is_refused(harbor_text: str) -> None:
    """JSON readers keep the last of two equal keys without a word; here both are named."""
    text = harbor_text.replace('"status": "optimal",', '"status": "optimal",\n "status": "feasible",')
    assert faults(text) == ["plan.json:4:2  «status» is given twice; the first is on line 3"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "plan.json  is empty"),
        ("{", "plan.json:1:2  the file ends here, in the middle of the plan; it was cut short"),
        ('{"status": "opt', "plan.json:1:12  the text that begins here has no end; was the file cut short?"),
        ("{'status': 1}", "plan.json:1:2  is not JSON here: a key in double quotes is expected"),
        ('{"status": *x}', "plan.json:1:12  is not JSON here: a value is expected"),
        ("[]", "plan.json:1:1  a list was found; a plan is expected, as `braid plan PROPOSAL -o plan.json` writes it"),
        ('{"a": 1}', "this is no plan; a plan is expected"),
        ('{"braid": 1, "answer": "gaps"}', "«gaps» is another answer of braid's; a plan is expected"),
        ("[" * 100_000, "is nested more than 40 deep"),
        ("1" * 5_000, "holds a number of far too many digits"),
        ('{"status": "\\ud800"}', "plan.json:1:15  is no plan here: found invalid Unicode character escape code"),
    ],
)
def test_what_is_no_json_is_refused(text: str, sentence: str) -> None:
    """A file of another kind, or a broken one, is one sentence at its place."""
    found = faults(text)
    assert len(found) == 1
    assert sentence in found[0]


def test_a_plan_cut_short_is_refused_wherever_it_was_cut(little: str) -> None:
    """No beginning of a plan passes for a whole one, nor ends in a traceback."""
    whole = little.rstrip()
    for end in range(0, len(whole) - 1, 499):
        assert len(faults(whole[:end])) == 1


# ------------------------------------------------------------------ other catalogues


def test_another_catalogue_is_told(little: str, tmp_path: Path) -> None:
    """A plan made with another catalogue is judged by ours, and the rules that moved are named."""

    def elsewhere(data: dict[str, Any]) -> None:
        data["provenance"]["catalogue"] = "f" * 64
        data["rules"].append({"id": "sor/long-gone", "why": "It was so once.", "cite": [{"title": "A law"}]})

    text = changed(little, elsewhere, seal=True)
    found = rejudge(text, "plan.json", catalogue=catalogue())
    note = "the plan was made with another catalogue; it is judged by the one installed here: of the plan's "
    assert found.findings == ()
    assert len(found.notes) == 1
    assert found.notes[0].startswith(note)
    assert found.notes[0].endswith(" rules it lacks 1 (sor/long-gone)")
    result = check(tmp_path, text)
    assert (result.exit_code, result.stderr) == (0, f"warning: {found.notes[0]}\n")


def test_another_version_of_braid_is_told(little: str) -> None:
    """Sentences of another version of braid may differ; its numbers may not."""

    def older(data: dict[str, Any]) -> None:
        data["provenance"]["braid_version"] = "0.0.1"
        data["limits"][0]["sentence"] = "Said otherwise."

    assert [note.partition(",")[0] for note in rejudge(changed(little, older), "p").notes] == [
        "the plan was made by braid 0.0.1"
    ]
    assert rejudge(changed(little, older), "p").findings == ()
    wider = changed(changed(little, older), lambda data: add(data["limits"][0], 1, "bound"))
    assert len(rejudge(wider, "p").findings) == 1
