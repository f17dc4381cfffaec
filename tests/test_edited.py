"""A workbook that a person has edited: read back row by row, judged with its cells, compared, and planned around."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

import braid
from braid.basics.errors import InputError, InputWarning
from braid.cli import shell
from braid.reading import read_text
from braid.workbook.edited import read_edited, with_edits

TEXT = """\
braid: 1
name: Small
jurisdiction: {name: Small County, state: NC}
calendar: {first: FY2027, last: FY2027}
indirect: {rate: 10%, base: direct}
awards:
  - id: grant
    program: other-federal
    awarded: 2026-07-01
    start: 2026-07-01
    end: 2027-06-30
    amount: "1,000"
    terms:
      - id: admin
        cap: {at_most: 10%, of: award, select: {function: administration}}
        why: At most a tenth goes to administration.
        cite: [{title: Award terms, section: "4"}]
  - id: pot
    program: other
    indirect: {rate: 0%}
    receipts: {FY2027: "500"}
activities:
  - id: kits
    uses: naloxone-distribution
    lines: [{id: all, category: supplies, amount: "600"}]
  - id: office
    uses: community-planning
    priority: 2
    lines: [{id: clerk, category: contractual, function: administration, amount: "600", never: [pot]}]
"""
# Kits need 600, the office 600, of which grant may pay 100 (a tenth of 1,000) and pot nothing. Together 700 are paid:
# what grant pays draws a tenth of indirect cost.


@pytest.fixture(scope="module")
def plan() -> braid.Plan:
    return braid.plan(read_text(TEXT, "proposal.yaml"))


@pytest.fixture
def book(plan: braid.Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return braid.write_workbook(plan, "budget.xlsx")


Where = Callable[[dict[str, Any]], bool]


def edit(path: Path, where: Where, **values: Any) -> str:
    """Type values over the cells of the row of the Allocation for which ``where`` holds; the cell of its amount."""
    made = openpyxl.load_workbook(path)
    sheet = made["Allocation"]
    top = next(row for row in range(1, 40) if sheet.cell(row, 1).value == "Award")
    heads = {str(sheet.cell(top, column).value): column for column in range(1, sheet.max_column + 1)}
    rows = range(top + 1, sheet.max_row + 2)
    row = next(row for row in rows if where({name: sheet.cell(row, column).value for name, column in heads.items()}))
    for name, value in values.items():
        sheet.cell(row, heads[name.replace("_", " ")]).value = value
    made.save(path)
    return f"Allocation!{openpyxl.utils.get_column_letter(heads['Amount'])}{row}"


def charge(award: str, line: str, kind: str = "direct") -> Where:
    return lambda row: (row["Award"], row["Line"] or "", row["Kind"]) == (award, line, kind)


def empty(row: dict[str, Any]) -> bool:
    return row["Award"] is None


def run(*words: str) -> Result:
    result = CliRunner().invoke(shell, words, prog_name="braid")
    assert "Traceback" not in result.output
    return result


def test_what_was_not_edited_holds(plan: braid.Plan, book: Path) -> None:
    """The workbook as braid wrote it: the same charges as the plan, nothing changed, no rule broken."""
    found = read_edited(book)
    assert (found.changed, found.broken) == ((), ())
    assert found.plan().file.allocations == plan.file.allocations
    assert found.plan().totals.funded == plan.totals.funded == Decimal(700)
    assert braid.what_moved(plan, found.plan()).moves == braid.what_moved(plan, plan).moves
    done = run("check", "budget.xlsx")
    assert done.exit_code == 0
    assert done.stdout.startswith("every rule is kept: ")


def test_an_amount_over_a_cap_is_told_with_its_cell(book: Path) -> None:
    """150 where a tenth of 1,000 is allowed: the cap, its cell, the dollars over and the citation, and exit code 6."""
    place = edit(book, charge("grant", "office/clerk"), Amount=150)
    done = run("check", "budget.xlsx")
    assert done.exit_code == 6
    told = [line for line in done.stderr.splitlines() if "cap[grant,admin]" in line]
    assert told == [
        f"{place}  cap[grant,admin]: At most 10% of grant, $100: At most a tenth goes to administration. It comes to "
        "$150, over by $50. [Award terms, 4]"
    ]
    assert f"{place}  grant on office/clerk in FY2027: $100, now $150" in done.stderr


def test_indirect_cost_that_no_longer_follows_is_told(book: Path) -> None:
    """50 less of the office is 5 less of indirect cost: its row is named, what to type there, and typed it holds."""
    edit(book, charge("grant", "office/clerk"), Amount=50)
    (broken,) = [each for each in read_edited(book).broken if each.finding.row.startswith("indirect")]
    place = edit(book, lambda row: row["Kind"] == "indirect")
    assert str(broken) == (
        f"{place}  indirect[grant,FY2027]: $70 is charged where the formula gives $65. "
        f"Indirect cost follows what grant is charged: type $65 in {place}."
    )
    edit(book, lambda row: row["Kind"] == "indirect", Amount=65)
    assert read_edited(book).broken == ()


FRINGE = """\
braid: 1
name: Small
jurisdiction: {name: Small County, state: NC}
calendar: {first: FY2027, last: FY2027}
indirect: {rate: 10%, base: direct}
awards:
  - id: grant
    program: other-federal
    awarded: 2026-07-01
    budget_periods:
      - {start: 2026-07-01, end: 2026-12-31, amount: "1,000"}
      - {start: 2027-01-01, end: 2027-06-30, amount: "1,000"}
  - {id: pot, program: other, receipts: {FY2027: "900"}, indirect: {rate: 0%}}
activities:
  - id: act
    uses: community-planning
    lines: [{id: nurse, category: personnel, basis: time records, fringe: 25%, amount: "1,600"}]
"""
# Half of 1,600 arises in each budget period: 800 of pay draw 200 of fringe, and all 1,000 draw 100 of indirect cost.
# Of each 1,000 grant therefore pays 727 and 181 and 90; pot pays the rest of the 1,600.


def test_what_follows_is_told_row_by_row(tmp_path: Path) -> None:
    """Two installments: pay lowered in one of them moves its fringe and its indirect cost; typed as told, all holds."""
    path = braid.write_workbook(braid.plan(read_text(FRINGE, "proposal.yaml")), tmp_path / "budget.xlsx")
    edit(path, lambda row: (row["Award"], row["Installment"], row["Kind"]) == ("grant", 2, "direct"), Amount=400)
    typed = [each.hint for each in read_edited(path).broken if each.hint]
    assert len(typed) == 2
    made = openpyxl.load_workbook(path)
    for amount, row in re.findall(r"type \$([0-9,]+) in Allocation!L([0-9]+)", " ".join(typed)):
        made["Allocation"].cell(int(row), 12, int(amount.replace(",", "")))
    made.save(path)
    after = read_edited(path)
    assert after.broken == ()
    paid = {(row.award, row.installment, row.kind): row.amount for row in after.rows}
    # 400 of pay, 100 of fringe at 25%, and a tenth of the 500
    assert [paid["grant", "2", kind] for kind in ("direct", "fringe", "indirect")] == [400, 100, 50]


def test_what_has_no_row_yet_is_to_be_added(book: Path) -> None:
    """Without its row, indirect cost of 70 is to be added: the hint says for which award, installment and period."""
    remove(book, lambda row: row["Kind"] == "indirect")
    (broken,) = [each for each in read_edited(book).broken if each.finding.row.startswith("indirect")]
    told = "add a row of indirect for grant, installment 1, in FY2027 of $70"
    assert broken.hint == f"Indirect cost follows what grant is charged: {told}."


def test_a_row_that_a_person_added_takes_its_days_from_the_plan(book: Path) -> None:
    """A new row needs an award, a line, a period and an amount; where it may be charged one way only, that is taken."""
    edit(book, empty, Award="pot", Line="kits/all", Period="FY2027", Amount=1)
    found = read_edited(book)
    (row,) = found.changed
    assert (row.award, row.installment, row.planned, row.amount, str(row.days)) == (
        "pot", "1", 0, 1, "2026-07-01..2027-06-30",
    )  # fmt: skip


def test_every_fault_of_the_allocation_is_told_at_its_cell(book: Path) -> None:
    """An unknown award, a line that is nearly one, cents in a plan of dollars: all at once, each with its cell."""
    edit(book, charge("grant", "office/clerk"), Amount=99.5)
    edit(book, charge("grant", "kits/all"), Line="kits/al", Award="pott")
    with pytest.raises(InputError) as caught:
        read_edited(book)
    told = [str(fault).partition("budget.xlsx: ")[2].split("  ", 1) for fault in caught.value.faults]
    assert [place.partition("!")[0] for place, _ in told] == ["Allocation"] * 3
    assert sorted(sentence for _, sentence in told) == [
        "Amount  «99.5» is no whole dollar, and this plan is in whole ones",
        "Award  «pott» is not known (did you mean «pot»?); one of this workbook's own is expected",
        "Line  «kits/al» is not known (did you mean «kits/all»?); one of this workbook's own is expected",
    ]
    assert run("check", "budget.xlsx").exit_code == 3


def test_edits_are_committed_and_the_rest_is_planned_around_them(plan: braid.Plan, book: Path) -> None:
    """A person lowers the office to 40: exactly that is committed, nothing else; kits are met in full as before."""
    edit(book, charge("grant", "office/clerk"), Amount=40)
    proposal = with_edits(read_edited(book))
    (settled,) = proposal.committed
    assert (settled.award, settled.line, settled.amount, settled.exactly) == ("grant", "office/clerk", 4_000, True)
    again = braid.plan(proposal)
    assert again.totals.funded == plan.totals.funded - 60
    done = run("plan", "budget.xlsx", "--keep-edits", "-o", "next.xlsx")
    assert done.exit_code == 0, done.stderr
    after = read_edited("next.xlsx")
    assert (after.changed, after.broken) == ((), ())
    assert {row.amount for row in after.rows if row.line == "office/clerk"} == {40}


def test_an_edit_that_no_rule_allows_is_a_conflict(book: Path) -> None:
    """150 of the office is committed against the cap of 100: no plan, and the cap is named beside the edit."""
    edit(book, charge("grant", "office/clerk"), Amount=150)
    done = run("plan", "budget.xlsx", "--keep-edits")
    assert done.exit_code == 4
    assert "$150 of grant is committed to office/clerk in FY2027." in done.stdout
    assert "(cap[grant,admin])" in done.stdout


def test_what_a_person_changed_is_compared(plan: braid.Plan, book: Path) -> None:
    """The plan beside its edited workbook: the one move, which is a choice."""
    Path("plan.json").write_text(plan.to_json(), encoding="utf-8")
    edit(book, charge("grant", "office/clerk"), Amount=40)
    done = run("compare", "plan.json", "budget.xlsx")
    assert done.exit_code == 0
    assert "  -$60  grant on office in FY2027: $100, now $40" in done.stdout
    assert "Nothing went in otherwise" in done.stdout


def remove(path: Path, where: Where) -> None:
    """Delete the row of the Allocation for which ``where`` holds, as a person does: those below move up."""
    made = openpyxl.load_workbook(path)
    sheet = made["Allocation"]
    top = next(row for row in range(1, 40) if sheet.cell(row, 1).value == "Award")
    heads = [str(sheet.cell(top, column).value) for column in range(1, sheet.max_column + 1)]
    rows = range(top + 1, sheet.max_row + 1)
    row = next(r for r in rows if where({name: sheet.cell(r, c).value for c, name in enumerate(heads, 1)}))
    sheet.delete_rows(row)
    made.save(path)


def test_a_row_that_was_removed_is_told_and_committed_at_nothing(plan: braid.Plan, book: Path) -> None:
    """The office's 100 deleted: check, compare, --keep-edits tell it, and the next plan pays exactly nothing there."""
    Path("plan.json").write_text(plan.to_json(), encoding="utf-8")
    remove(book, charge("grant", "office/clerk"))
    (gone,) = read_edited(book).removed
    assert (gone.award, gone.line, gone.kind, gone.planned, gone.amount) == (
        "grant",
        "office/clerk",
        "direct",
        100,
        100,
    )
    told = "Allocation  grant on office/clerk in FY2027: $100 has no row any more, and is not paid"
    done = run("check", "budget.xlsx")
    assert told in done.stderr
    done = run("compare", "plan.json", "budget.xlsx")
    assert "  -$100  grant on office in FY2027: $100, now $0" in done.stdout
    assert f"Changed by hand in budget.xlsx\n  {told}" in done.stdout
    (settled,) = with_edits(read_edited(book)).committed
    assert (settled.line, settled.amount, settled.exactly) == ("office/clerk", 0, True)
    done = run("plan", "budget.xlsx", "--keep-edits", "-o", "next.xlsx")
    assert done.exit_code == 0, done.stderr
    assert told in done.stderr
    after = read_edited("next.xlsx")
    assert (after.changed, after.removed, after.broken) == ((), (), ())
    assert {row.line for row in after.rows if row.kind == "direct"} == {"kits/all"}


def test_a_row_that_was_given_another_payer_is_told_at_both_ends(book: Path) -> None:
    """The 600 of grant on kits keyed as pot's, «As planned» going along: grant's row is gone, and pot's is new."""
    place = edit(book, charge("grant", "kits/all"), Award="pot")
    told = run("check", "budget.xlsx").stderr
    assert f"{place}  pot on kits/all in FY2027: $0, now $600" in told
    assert "Allocation  grant on kits/all in FY2027: $600 has no row any more, and is not paid" in told


def test_compare_shows_each_cell_that_was_changed(plan: braid.Plan, book: Path) -> None:
    """Whatever it comes to by activity and period, which may be nothing: the cell, what was planned, what is there."""
    Path("plan.json").write_text(plan.to_json(), encoding="utf-8")
    place = edit(book, charge("grant", "office/clerk"), Amount=90)
    told = run("compare", "plan.json", "budget.xlsx").stdout
    assert f"Changed by hand in budget.xlsx\n  {place}  grant on office/clerk in FY2027: $100, now $90" in told
    data = json.loads(run("compare", "plan.json", "budget.xlsx", "--json").stdout)
    assert data["by_hand"] == {"budget.xlsx": [f"{place}  grant on office/clerk in FY2027: $100, now $90"]}


def test_keeping_edits_wants_an_allocation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A YAML file holds no edits: one sentence, and wrong usage."""
    monkeypatch.chdir(tmp_path)
    Path("proposal.yaml").write_text(TEXT, encoding="utf-8")
    done = run("plan", "proposal.yaml", "--keep-edits")
    assert done.exit_code == 2
    assert "--keep-edits is for a workbook that holds an Allocation; «proposal.yaml» holds none." in done.stderr


def test_rows_are_never_left_out_in_silence(book: Path) -> None:
    """Rows below an emptied one count, a note below does not; what is hidden is told, merged cells are refused."""
    made = openpyxl.load_workbook(book)
    sheet = made["Allocation"]
    top = next(row for row in range(1, 40) if sheet.cell(row, 1).value == "Award")
    whole = len(read_edited(book).rows)
    for column in range(1, sheet.max_column + 1):
        sheet.cell(top + 1, column, "").value = None
    sheet.cell(sheet.max_row + 2, 12, 999)
    sheet.row_dimensions[top + 2].hidden = True
    made.save(book)
    with pytest.warns(InputWarning, match=f"Allocation: row {top + 2} is hidden, and read like all others"):
        assert len(read_edited(book).rows) == whole - 1
    sheet.merge_cells(start_row=top + 2, end_row=top + 3, start_column=12, end_column=12)
    made.save(book)
    with pytest.raises(InputError, match=f"Allocation!L{top + 2} .*is merged as far as L{top + 3}, and only its first"):
        read_edited(book)


def _retitled(made: Any) -> None:
    made["Allocation"].title = "Allocation 2"


def _header_twice(made: Any) -> None:
    made["Allocation"].cell(10, 40, "Amount")


def _no_number(made: Any) -> None:
    made["Allocation"].cell(11, 2, "one")


ODD: list[tuple[Callable[[Any], None], str]] = [
    (_retitled, "budget.xlsx  there is no sheet Allocation (did you mean «Allocation 2»?), though braid wrote this "),
    (_header_twice, "budget.xlsx: Allocation!L10  Amount  the header stands at AN10 too; leave it over one column"),
    (_no_number, "budget.xlsx: Allocation!B11  Installment  «one» is no number of an installment, such as 1"),
]


@pytest.mark.parametrize(("change", "told"), ODD)
def test_no_edit_is_lost_where_the_sheet_is_odd(book: Path, change: Callable[[Any], None], told: str) -> None:
    """A sheet by another name, a header over two columns, a word for a number: told at its cell, and exit code 3."""
    made = openpyxl.load_workbook(book)
    assert [made["Allocation"].cell(10, column).value for column in (1, 2, 12)] == ["Award", "Installment", "Amount"]
    change(made)
    made.save(book)
    done = run("check", "budget.xlsx")
    assert (done.exit_code, told in done.stderr) == (3, True), done.stderr


def test_other_days_are_told_and_not_kept(book: Path) -> None:
    """A charge that begins in August: its cell, what was planned and what is there; --keep-edits says what it drops."""
    place = edit(book, charge("grant", "kits/all"), From=dt.date(2026, 8, 1))
    was, now = (f"installment 1, {day} to 2027-06-30" for day in ("2026-07-01", "2026-08-01"))
    told = f"{place}  grant on kits/all in FY2027: planned for {was}, now {now}"
    assert told in run("check", "budget.xlsx").stderr
    edit(book, lambda row: row["Kind"] == "indirect", Amount=60)
    done = run("plan", "budget.xlsx", "--keep-edits")
    assert "days and installments are chosen anew, not kept: what is committed is an amount in a period" in done.stderr
    assert "fringe and indirect cost follow from the rest by formula: they are worked out anew, not kept" in done.stderr


def test_edits_that_are_not_asked_for_are_told(book: Path) -> None:
    """Planned without --keep-edits, one amount typed over is said to be left aside; where none is, nothing is said."""
    assert "left aside" not in run("plan", "budget.xlsx").stderr
    edit(book, charge("grant", "office/clerk"), Amount=40)
    told = "budget.xlsx: 1 change of the sheet Allocation left aside; --keep-edits commits what a person typed there"
    assert told in run("plan", "budget.xlsx").stderr
