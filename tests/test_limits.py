"""Everything that bounds a sum: one id, one exact bound, one sentence."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from braid.judge.case import Case
from braid.judge.limits import Limit
from braid.law.catalogue import catalogue
from braid.proposal import Proposal
from braid.reading import read, read_text

EXAMPLES = Path(__file__).parents[1] / "data" / "examples"
FIRST = dt.date(2026, 7, 1)


def case(awards: str, lines: str, head: str = "calendar: {first: FY2027, last: FY2027}") -> Case:
    """The case of awards and lines written as YAML flow."""
    text = (
        f"braid: 1\nname: T\njurisdiction: {{name: T, state: NC}}\n{head}\nawards: [{awards}]\n"
        f"activities: [{{id: act, uses: x-any, lines: [{lines}]}}]\n"
    )
    return Case(read_text(text), catalogue())


def award(name: str, rest: str = "", *, first: int = 0, last: int = 364, amount: str = "1,000") -> str:
    """An award that runs from one day of FY2027 to another, counted from 0."""
    start, end = FIRST + dt.timedelta(first), FIRST + dt.timedelta(last)
    return f'{{id: {name}, program: other, amount: "{amount}", start: {start}, end: {end}{rest}}}'


def term(rest: str) -> str:
    return f", terms: [{{id: t, why: The grantor says so., cite: [{{title: Award}}], {rest}}}]"


def rows(found: Case, kind: str) -> dict[str, int]:
    return {limit.id: limit.bound for limit in found.limits if limit.kind == kind}


# ------------------------------------------------------------------ needs and windows


def test_each_need_is_a_limit_to_the_nearest_dollar() -> None:
    """Half a dollar up, a need of nothing not at all."""
    lines = ", ".join(
        f'{{id: {n}, category: other, amount: "{a}"}}' for n, a in [("a", "10.50"), ("b", "10.49"), ("c", "0")]
    )
    assert rows(case(award("x"), lines), "need") == {"need[act/a,FY2027]": 11, "need[act/b,FY2027]": 10}


def test_every_interval_between_the_edges_of_windows_is_a_row() -> None:
    """Two overlapping windows make four intervals that hold one of them; the whole need is its own row."""
    awards = ", ".join([award("x", last=183), award("y", first=92)])
    found = case(awards, '{id: l, category: other, amount: "365"}')
    assert rows(found, "window") == {
        "window[act/l,FY2027,2026-07-01..2026-12-31]": 184,
        "window[act/l,FY2027,2026-10-01..2027-06-30]": 273,
    }
    three = ", ".join([award("x", last=99), award("y", first=100, last=199), award("z", first=200, last=299)])
    assert sorted(rows(case(three, '{id: l, category: other, amount: "365"}'), "window").values()) == [
        *(100, 100, 100, 200, 200, 300)
    ]


def test_a_purchase_made_once_has_no_window_rows() -> None:
    """It may be paid on any day, and only its need bounds it."""
    found = case(award("x", last=99), '{id: l, category: other, amount: "365", timing: once}')
    assert rows(found, "window") == {}
    assert rows(found, "need") == {"need[act/l,FY2027]": 365}


@given(
    st.integers(1, 5000), st.lists(st.integers(1, 364), max_size=6, unique=True), st.sampled_from(["dollar", "cent"])
)
@settings(max_examples=60)
def test_windows_that_abut_have_room_for_the_whole_need(amount: int, cuts: list[int], unit: str) -> None:
    """However a year is cut into awards, the rooms of the parts add up to the need."""
    edges = [0, *sorted(cuts), 365]
    awards = ", ".join(award(f"a{i}", first=a, last=b - 1) for i, (a, b) in enumerate(pairwise(edges)))
    head = f"unit: {unit}\ncalendar: {{first: FY2027, last: FY2027}}"
    found = case(awards, f'{{id: l, category: other, amount: "{amount}"}}', head)
    (need,) = found.needs
    assert sum(need.room(cell.days) for cell in found.cells) == need.direct
    windows = {limit.days: limit.bound for limit in found.limits if limit.kind == "window"}
    assert all(bound == need.room(days) for days, bound in windows.items() if days is not None)


def _can_be_paid(need: int, windows: list[tuple[int, int]], paid: list[int]) -> bool:
    """Whether each dollar paid can have a dollar of its own that arose within its window (the earliest end first)."""
    left = list(paid)
    for k in range(1, need + 1):
        day = -(-k * 365 // need) - 1  # the day on which ⌊need · d / 365⌋ reaches k
        open_now = [i for i, (first, last) in enumerate(windows) if left[i] and first <= day <= last]
        if open_now:
            left[min(open_now, key=lambda i: windows[i][1])] -= 1
    return not any(left)


@st.composite
def window_cases(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]], list[int]]:
    pair = st.tuples(st.integers(0, 364), st.integers(0, 364)).map(lambda p: (min(p), max(p)))
    windows = draw(st.lists(pair, min_size=1, max_size=4))
    need = draw(st.integers(1, 9))
    return need, windows, [draw(st.integers(0, need)) for _ in windows]


@given(window_cases())
@settings(max_examples=150)
def test_window_rows_say_exactly_what_can_be_paid(drawn: tuple[int, list[tuple[int, int]], list[int]]) -> None:
    """The rows hold just where every dollar paid can be matched with a dollar that arose within its award's days."""
    need, windows, paid = drawn
    awards = ", ".join(award(f"a{i}", first=a, last=b) for i, (a, b) in enumerate(windows))
    found = case(awards, f'{{id: l, category: other, amount: "{need}"}}')
    amounts = {f"a{i}": amount for i, amount in enumerate(paid)}

    def held(limit: Limit) -> bool:
        inside = [cell for cell in found.cells if limit.days is None or cell.days.within(limit.days)]
        return sum(amounts[cell.award] for cell in inside) <= limit.bound

    assert all(held(limit) for limit in found.limits if limit.of_need) == _can_be_paid(need, windows, paid)


# ------------------------------------------------------------------- awards and cash


def test_an_award_is_a_limit_to_the_dollar_below() -> None:
    """And where all of its money is there at once, no row for cash is needed."""
    found = case(award("x", amount="1,000.99"), '{id: l, category: other, amount: "1"}')
    assert rows(found, "award") == {"award[x]": 1000}
    assert rows(found, "cash") == {}


def test_money_that_comes_by_year_has_a_cash_row_for_all_years_but_the_last() -> None:
    """The last is the award's own row."""
    receipts = '{id: x, program: other, opening_balance: "5.90", receipts: {FY2027: "10", FY2028: "20", FY2029: "40"}}'
    lines = '{id: l, category: other, amount: {FY2027: "1"}}'
    found = case(receipts, lines, "calendar: {first: FY2027, last: FY2029}")
    assert rows(found, "award") == {"award[x]": 75}
    assert rows(found, "cash") == {"cash[x,FY2027]": 15, "cash[x,FY2028]": 35}


# --------------------------------------------------------------- caps, floors, ceilings


@pytest.mark.parametrize(
    ("rule", "amount", "row", "bound"),
    [
        ("cap: {at_most: 3%, of: award}", "1,050", "cap[x,t]", 31),
        ("cap: {at_most: 3%, of: award, per: budget_period}", "1,050", "cap[x,t]", 31),
        ('cap: {at_most: "150.99"}', "1,050", "cap[x,t]", 150),
        ('cap: {at_most: "150", per: period}', "1,050", "cap[x,t,FY2027]", 150),
        ("cap: {at_most: 5%, of: received}", "1,050", "cap[x,t,FY2027]", 52),
        ("floor: {at_least: 86.5%, of: award}", "1,001", "floor[x,t]", 135),
        ('floor: {at_least: "600.01"}', "1,000", "floor[x,t]", 399),
        ('floor: {at_least: "5,000"}', "1,000", "floor[x,t]", 0),
    ],
)
def test_caps_go_down_and_floors_go_up(rule: str, amount: str, row: str, bound: int) -> None:
    """C7: an upper bound to the dollar below, a lower bound to the dollar above, never above the award."""
    found = case(award("x", term(rule), amount=amount), '{id: l, category: other, amount: "1"}')
    assert {limit.id: limit.bound for limit in found.limits if limit.kind in {"cap", "floor"}} == {row: bound}


@pytest.mark.parametrize("kind", ["cap: {at_most", "floor: {at_least"])
@pytest.mark.parametrize(("per", "ids"), [("award", ["x,t"]), ("period", ["x,t,FY2027", "x,t,FY2028"])])
def test_shares_of_spending_carry_their_share(kind: str, per: str, ids: list[str]) -> None:
    """A share of what the award itself spends is a share, not an amount, over the award or for each period."""
    found = case(
        award("x", term(f"{kind}: 70%, of: spend, per: {per}}}"), last=700),
        '{id: l, category: other, amount: {FY2027: "1"}}',
        "calendar: {first: FY2027, last: FY2028}",
    )
    limits = [limit for limit in found.limits if limit.kind in {"cap", "floor"}]
    assert [limit.id for limit in limits] == [f"{kind[: kind.index(':')]}[{name}]" for name in ids]
    assert {(limit.share, limit.of, limit.at_least) for limit in limits} == {
        (Fraction(7, 10), "spend", "floor" in kind)
    }


LINE = '{id: l, category: other, quantity: 10, unit: patient, unit_cost: "100"'


@pytest.mark.parametrize(
    ("rule", "line", "expected"),
    [
        ('limit: {at_most: "75", unit: patient}', f"{LINE}}}", {"limit[x,t,act/l,FY2027]": 750}),
        ('limit: {at_most: "75", unit: client}', f"{LINE}}}", {}),
        ('limit: {at_most: "75", unit: patient, select: {item: food}}', f"{LINE}}}", {}),
        (
            'limit: {at_most: "75", unit: patient, per: year}',
            f"{LINE}, start: 2027-01-01}}",
            {"limit[x,t,act/l,FY2027]": 371},  # 10 · 75 · 181 / 365 = 371.9
        ),
        ('limit: {at_most: "75", unit: patient}', f"{LINE}, start: 2027-01-01}}", {"limit[x,t,act/l,FY2027]": 750}),
        ('limit: {at_most: "75", unit: patient}', '{id: l, category: other, amount: "1000"}', {}),
        (
            'limit: {at_most: "100,000", unit: FTE, per: year}',
            '{id: l, category: personnel, quantity: 0.5, unit: FTE, unit_cost: "300,000", start: 2027-01-01}',
            {"limit[x,t,act/l,FY2027]": 24794},  # 0.5 · 181 / 365 · 100,000 = 24,794.5
        ),
    ],
)
def test_ceilings_are_quantity_times_ceiling(rule: str, line: str, expected: dict[str, int]) -> None:
    """C13: for the unit that the line counts in, prorated where the ceiling is for a year."""
    assert rows(case(award("x", term(rule)), line), "limit") == expected


def test_a_ceiling_accrues_over_windows_as_its_need_does() -> None:
    """An award that lives for part of the year has that part of the ceiling, from a limit of its own."""
    found = case(award("x", term('limit: {at_most: "73", unit: patient}'), first=92), LINE + "}")
    assert rows(found, "limit") == {
        "limit[x,t,act/l,FY2027]": 730,
        "limit[x,t,act/l,FY2027,2026-10-01..2027-06-30]": 546,
    }


def test_who_shares_a_ceiling_goes_by_its_excess() -> None:
    """Any: the awards under the rule. None: all that may pay. Non-federal: all federal awards together."""

    def sharing(excess: str) -> dict[str, list[str]]:
        capped = award("a", term(f'limit: {{at_most: "75", unit: patient, excess: {excess}}}'))
        b, c = (
            award(name).replace("program: other", f"program: {kind}")
            for name, kind in [("b", "other"), ("c", "other-federal")]
        )
        limits = case(f"{capped.replace('program: other', 'program: other-federal')}, {b}, {c}", LINE + "}").limits
        return {limit.id: sorted(limit.awards or ()) for limit in limits if limit.kind == "limit"}

    name = "limit[a,t,act/l,FY2027]"
    assert sharing("any") == {name: ["a"]}
    assert sharing("none") == {name: ["a", "b", "c"]}
    assert sharing("non-federal") == {name: ["a", "c"]}


def test_one_ceiling_holds_over_all_awards_of_its_program() -> None:
    """Two SOR awards share $750 for each patient; the same words as terms of two awards do not."""
    sor = ", ".join(award(name).replace("program: other", "program: sor") for name in ("a", "b"))
    vouchers = (
        "{id: l, category: other, item: client-incentive, uses: contingency-management, quantity: 2, unit: patient"
    )
    found = case(sor, vouchers + ', unit_cost: "900"}')
    (joint,) = [limit for limit in found.limits if limit.kind == "limit"]
    assert (joint.id, joint.bound, joint.awards) == ("limit[incentive-per-patient,act/l,FY2027]", 1500, {"a", "b"})
    own = term('limit: {at_most: "75", unit: patient}')
    assert rows(case(f"{award('a', own)}, {award('b', own)}", LINE + "}"), "limit") == {
        "limit[a,t,act/l,FY2027]": 750,
        "limit[b,t,act/l,FY2027]": 750,
    }


# ------------------------------------------------------------------------- all of them


def test_limits_say_what_they_bound() -> None:
    """The sentences that a conflict, a gap and the workbook quote."""
    terms = term("cap: {at_most: 5%, of: award, select: {function: administration}}")
    limits = case(award("x", terms, first=92), '{id: l, category: other, amount: "365"}').limits
    assert [limit.sentence for limit in limits] == [
        "act/l needs $365 in FY2027.",
        "Of what act/l needs in FY2027, $273 arises from 2026-10-01 to 2027-06-30.",
        "x has $1,000 in all.",
        "At most 5% of x, $50: The grantor says so.",
    ]


@pytest.fixture(scope="module", params=["harbor_county.yaml", "wake_county_fy2025.yaml"])
def example(request: pytest.FixtureRequest) -> Case:
    return Case(read(EXAMPLES / request.param), catalogue())


def test_no_two_limits_share_an_id(example: Case) -> None:
    """One id stands for one row in the program, in the checks and on the workbook's sheet."""
    counted = Counter(limit.id for limit in example.limits)
    assert [name for name, count in counted.items() if count > 1] == []


def test_every_rule_that_bounds_is_among_the_limits(example: Case) -> None:
    """Each cap and floor that binds an award is a limit, selected lines or not."""
    bounding = {
        (name, rule.name) for name, terms in example.terms.items() for rule in terms.rules if rule.cap or rule.floor
    }
    found = {
        (limit.award, limit.rule.name) for limit in example.limits if limit.rule and limit.kind in {"cap", "floor"}
    }
    assert found == bounding


def _reversed(proposal: Proposal) -> Proposal:
    parts: dict[str, Any] = {name: getattr(proposal, name) for name in Proposal.model_fields}
    parts |= {"awards": proposal.awards[::-1], "activities": proposal.activities[::-1]}
    return Proposal.model_validate(parts)


def test_the_order_of_the_file_changes_no_limit(example: Case) -> None:
    """Awards and activities the other way round give the same limits in the same order."""
    other = Case(_reversed(example.proposal), catalogue())
    assert [str(limit) for limit in other.limits] == [str(limit) for limit in example.limits]
