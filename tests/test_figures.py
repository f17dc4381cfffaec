"""The figures: as wide as the dollars, readable, in words too, and refused in one sentence where they cannot be."""

from __future__ import annotations

import dataclasses
import io
import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle

from braid.answer.plan import Plan
from braid.basics.errors import BraidError
from braid.figures import awards_to_activities, describe
from braid.planner import plan
from braid.reading import read_text
from small import HEAD

SMALL = (
    HEAD
    + """\
awards:
  - {id: grant, name: State grant, program: other, opening_balance: "900", indirect: {rate: 0%}}
  - {id: pot, name: County $pot$, program: other, opening_balance: "1,000", indirect: {rate: 0%}}
activities:
  - id: kits
    name: Naloxone kits
    uses: naloxone-distribution
    lines: [{id: kits, category: supplies, item: naloxone, amount: {FY2027: "600"}, only: [pot]}]
  - id: staff
    uses: peer-support
    lines: [{id: lead, category: personnel, fringe: 20%, amount: {FY2027: "1,000"}, only: [grant]}]
  - id: visits
    name: Visits
    uses: post-overdose-outreach
    priority: 2
    lines: [{id: miles, category: travel, amount: {FY2028: "300"}, only: [grant]}]
"""
)

IN_WORDS = (
    "Small: FY2027 to FY2028, drawn as flows of money from awards to activities. "
    "Awards pay $1,500 of a need of $2,100; $600 is a gap. "
    "Direct cost and fringe that each award pays: State grant, $900; County $pot$, $600. "
    "All flows: State grant to staff, $900; County $pot$ to Naloxone kits, $600. "
    "All gaps: staff, $300; Visits, $300."
)


@pytest.fixture(autouse=True)
def paper() -> Iterator[None]:
    """Figures are drawn without a screen, and closed."""
    mpl.use("Agg")
    yield
    pyplot.close("all")


@pytest.fixture(scope="module")
def little() -> Plan:
    return plan(read_text(SMALL, "small.yaml"))


@pytest.fixture(scope="module")
def crowded() -> Plan:
    """Thirty awards and eighty activities with long names: more than labels have room for, whatever plan it is."""
    awards = "".join(
        f'  - {{id: a{n}, name: The award of number {n} to the county, program: other, opening_balance: "{n}000"}}\n'
        for n in range(1, 31)
    )
    line = 'lines: [{id: x, category: supplies, amount: {FY2027: "'
    activities = "".join(
        f"  - {{id: b{n}, name: An activity with a rather long and winding name {n}, priority: {1 + n % 3},"
        f' uses: naloxone-distribution, {line}{n * 137}"}}}}]}}\n'
        for n in range(1, 81)
    )
    return plan(read_text(f"{HEAD}goals: [fund]\nawards:\n{awards}activities:\n{activities}", "crowded.yaml"))


def bands(axes: Axes) -> dict[tuple[str, str], tuple[float, float]]:
    """The width of each band at either end, by award and activity."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for patch in axes.patches:
        if isinstance(patch, PathPatch):
            award, _, activity = str(patch.get_gid()).partition(">")
            points: Any = patch.get_path().vertices
            found[award, activity] = (points[7, 1] - points[0, 1], points[4, 1] - points[3, 1])
    return found


def dollars_by_pair(found: Plan) -> dict[tuple[str, str], Decimal]:
    """What the plan says, row by row."""
    rows: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for paid in found.allocations:
        rows[paid.award, paid.activity] += paid.amount
    for fringe in found.fringe:
        rows[fringe.award, fringe.line.split("/")[0]] += fringe.amount
    for gap in found.gaps:
        rows["(gap)", gap.activity] += gap.amount
    return rows


def assert_readable(axes: Axes) -> None:
    """No label lies on another label or on a bar, and none leaves the figure."""
    figure: Any = axes.figure
    figure.canvas.draw()
    labels = [(text.get_text(), text.get_window_extent()) for text in axes.texts]
    bars = [patch.get_window_extent() for patch in axes.patches if isinstance(patch, Rectangle)]
    assert [(a, b) for (a, one), (b, two) in combinations(labels, 2) if one.overlaps(two)] == []
    assert [name for name, box in labels if any(box.overlaps(bar) for bar in bars)] == []
    edge = figure.bbox
    assert [n for n, box in labels if box.x0 < 0 or box.y0 < 0 or box.x1 > edge.x1 or box.y1 > edge.y1] == []


@pytest.mark.parametrize("name", ["little", "harbor"])
def test_bands_are_as_wide_as_the_plan_pays(name: str, request: pytest.FixtureRequest) -> None:
    """At one scale, every band has the dollars of its award and activity at both ends, and together all of the need."""
    found: Plan = request.getfixturevalue(name)
    drawn, rows = bands(awards_to_activities(found)), dollars_by_pair(found)
    scale = sum(start for start, _ in drawn.values()) / float(found.totals.need)
    assert set(drawn) == {pair for pair, amount in rows.items() if amount}
    for pair, ends in drawn.items():
        assert ends == pytest.approx([float(rows[pair]) * scale] * 2)
    for award in found.awards:
        widths = sum(start for (left, _), (start, _) in drawn.items() if left == award.award)
        assert widths / scale == pytest.approx(float(award.direct + award.fringe))
    gap = sum(start for (left, _), (start, _) in drawn.items() if left == "(gap)")
    assert gap / scale == pytest.approx(float(found.totals.gap))


def test_bars_are_filled_by_their_bands(harbor: Plan) -> None:
    """The bars of either side are as high as all bands together."""
    axes = awards_to_activities(harbor)
    bars = sum(patch.get_height() for patch in axes.patches if isinstance(patch, Rectangle))
    assert bars == pytest.approx(2 * sum(start for start, _ in bands(axes).values()))


@pytest.mark.parametrize("name", ["little", "harbor", "crowded"])
def test_labels_do_not_overlap(name: str, request: pytest.FixtureRequest) -> None:
    """Every label can be read, with two activities as with eighty."""
    assert_readable(awards_to_activities(request.getfixturevalue(name)))


@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
def test_labels_do_not_overlap_in_small_axes(harbor: Plan, layout: Any) -> None:
    """In axes of the user's own, what does not fit is shown as one and names are shortened, under any layout."""
    figure, (one, other) = pyplot.subplots(1, 2, figsize=(13, 4), layout=layout, dpi=80)
    assert awards_to_activities(harbor, ax=one) is one
    awards_to_activities(harbor, ax=other)
    assert figure.axes == [one, other]
    assert_readable(one)
    assert " others: " in " ".join(text.get_text() for text in one.texts)


def test_what_is_shown_as_one_keeps_its_dollars(crowded: Plan) -> None:
    """The smallest awards and activities become one each, and no dollar is lost by that."""
    axes = awards_to_activities(crowded)
    drawn = bands(axes)
    total = sum(start for start, _ in drawn.values())
    gap = sum(start for (left, _), (start, _) in drawn.items() if left == "(gap)")
    assert gap / total == pytest.approx(float(crowded.totals.gap / crowded.totals.need))
    assert any(left == "(rest)" for left, _ in drawn)
    assert any(right == "(rest)" for _, right in drawn)


def test_labels_say_the_dollars(little: Plan) -> None:
    """Awards carry what they pay, activities what is paid of their need; a dollar sign in a name is just that."""
    labels = [text.get_text() for text in awards_to_activities(little).texts]
    assert labels[2:] == [
        "State grant: $900",
        "County $pot$: $600",
        "Gap: $600",
        "Priority 1",
        "staff: $900 of $1,200",
        "Naloxone kits: all of $600",
        "Priority 2",
        "Visits: none of $300",
    ]


def test_the_same_plan_gives_the_same_picture(harbor: Plan) -> None:
    """Drawn twice, the picture is the same to the byte."""
    pictures = [io.BytesIO(), io.BytesIO()]
    for picture in pictures:
        figure: Any = awards_to_activities(harbor).figure
        figure.savefig(picture, format="png")
    assert pictures[0].getvalue() == pictures[1].getvalue()


def test_describe_says_what_the_picture_shows(little: Plan) -> None:
    """The alt text names what each award pays, the flows and the gaps."""
    assert describe(little) == IN_WORDS


def test_describe_names_the_largest_of_many(harbor: Plan) -> None:
    """Of many flows the five largest are named, and how many there are; every award is named."""
    text = describe(harbor)
    flows = sum(1 for (award, _), amount in dollars_by_pair(harbor).items() if amount and award != "(gap)")
    assert f"The 5 largest of {flows} flows: " in text
    assert all(award.label in text for award in harbor.proposal.awards)


def test_without_matplotlib_one_sentence_says_what_to_install(little: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing matplotlib is told with the line that installs it; the words need none."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(BraidError) as told:
        awards_to_activities(little)
    assert str(told.value) == "figures need matplotlib, which is missing: pip install 'braid-funding[plot]'"
    assert describe(little) == IN_WORDS


def test_axes_too_small_for_labels_are_refused(little: Plan) -> None:
    """Axes in which no label could be read are refused, with their size."""
    _, axes = pyplot.subplots(figsize=(3, 2))
    with pytest.raises(BraidError, match=r"^the axes are 2\.3 by 1\.5 inches; the labels .* need 4\.5 by 2\.5 inches$"):
        awards_to_activities(little, ax=axes)


def test_a_plan_in_which_nothing_flows_is_refused(little: Plan) -> None:
    """Fractions and conflicts pay nothing, so there is nothing to draw or to describe."""
    nothing = dataclasses.replace(little, file=little.file.model_copy(update={"status": "fractions"}))
    for show in (describe, awards_to_activities):
        with pytest.raises(BraidError, match="the status of the plan is «fractions»"):
            show(nothing)
