"""Awards on the left, activities on the right, and between them bands as wide as the dollars that flow."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from braid.answer.plan import Plan
from braid.basics.errors import BraidError
from braid.figures.flows import GAP, REST, Flows, flows_of
from braid.figures.layout import SPACE, TYPE, Slot, rows_of, sides_of, that_fit
from braid.figures.words import outcome_of, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path
    from matplotlib.text import Text

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
"""Okabe and Ito's, which colour-blind readers can tell apart."""
HATCHES = ("", "...", "xxx")
"""Beyond seven awards the colours come again, with a pattern on them."""
GREY, DARK = "#8C8C8C", "#333333"
BAR, MARGIN = 9.0, 6.0
LEFT, RIGHT = 0.33, 0.45
"""The part of the width that the labels of either side may claim at most."""
LEAST = (324.0, 180.0)

Style = Mapping[str, Any]


def awards_to_activities(plan: Plan, *, ax: Axes | None = None) -> Axes:
    """Draw who pays for what: bands from awards to activities, as wide as the dollars of direct cost and fringe.

    What no award pays is a hatched band of its own, from the gap. Activities stand in their order of priority, each
    with what is paid of its need. Where there are more awards or activities than rows for labels, the smallest are
    shown as one. Returns the axes drawn on: ``ax``, or those of a new figure that fits a page of Letter paper; draw
    again after making axes smaller. ``describe(plan)`` says the same in words.

    Raises BraidError, with one sentence, where matplotlib is missing, where ``ax`` is smaller than 4.5 by 2.5 inches,
    and for a plan that is a conflict or possible only in fractions.
    """
    flows = flows_of(plan)
    axes = _new_axes(flows) if ax is None else ax
    axes.set_axis_off()
    width, height = _size(axes)
    top = _heading(axes, plan, width)
    flows = that_fit(flows, height - top - MARGIN, len(COLOURS) * len(HATCHES))
    axes.set(xlim=(0, width), ylim=(height - top, -top))
    left, right = sides_of(flows, height - top - MARGIN)
    start, end = _labels(axes, left, right, width)
    _bars(axes, left, start, _fills(flows))
    _bars(axes, right, end, {})
    _bands(axes, flows, _by_id(left), _by_id(right), (start + BAR, end))
    return axes


def _new_axes(flows: Flows) -> Axes:
    try:
        from matplotlib import pyplot
    except ModuleNotFoundError:
        raise BraidError("figures need matplotlib, which is missing: pip install 'braid-funding[plot]'") from None
    size = (10.0, min(7.5, 2.0 + 0.25 * rows_of(flows)))
    return pyplot.subplots(figsize=size, layout="constrained")[1]


def _size(axes: Axes) -> tuple[float, float]:
    """Width and height of the axes in points, once the figure has found its layout."""
    figure: Any = axes.figure.canvas.figure  # the whole figure, where the axes are in a part of it
    figure.draw_without_rendering()
    box = axes.get_window_extent()
    width, height = box.width * 72 / figure.dpi, box.height * 72 / figure.dpi
    if width < LEAST[0] or height < LEAST[1]:
        found = f"{width / 72:.1f} by {height / 72:.1f}"
        raise BraidError(f"the axes are {found} inches; the labels of this figure need 4.5 by 2.5 inches")
    return width, height


# ------------------------------------------------------------------ the labels


def _heading(axes: Axes, plan: Plan, width: float) -> float:
    """Write the title and the outcome at the top of the axes, in lines that fit; returns the height they take."""
    top = 0.0
    sentence = f"{outcome_of(plan)} Amounts are direct cost and fringe."
    for words, size in ((title_of(plan), TYPE + 2.5), (sentence, TYPE + 0.5)):
        text = axes.annotate(words, (0, 1), (0, -top), "axes fraction", "offset points", parse_math=False)
        text.set(fontsize=size, verticalalignment="top")
        lines = textwrap.wrap(words, max(20, int(0.95 * len(words) * width / _width(text))))
        text.set_text("\n".join(lines))
        top += 1.4 * size * len(lines)
    return top + MARGIN


def _labels(axes: Axes, left: Sequence[Slot], right: Sequence[Slot], width: float) -> tuple[float, float]:
    """Write the labels of both sides beside their bars; returns where the bars of each side begin."""
    awards = [_label(axes, slot, LEFT * width) for slot in left]
    activities = [_label(axes, slot, RIGHT * width) for slot in right]
    start = max(map(_width, awards), default=0.0) + SPACE
    end = width - max(map(_width, activities), default=0.0) - SPACE - BAR
    for text in awards:
        text.set(x=start - SPACE, horizontalalignment="right")
    for text in activities:
        text.set(x=end + BAR + SPACE, horizontalalignment="left")
    return start, end


def _label(axes: Axes, slot: Slot, room: float) -> Text:
    """A heading, or a node's name and dollars, with as much of the name as there is room for."""
    style: Style = {"fontsize": TYPE, "verticalalignment": "center", "parse_math": False}
    if slot.node is None:
        return axes.text(0, slot.middle, slot.heading, color="#555555", style="italic", **style)
    name = " ".join(slot.node.name.split())
    text = axes.text(0, slot.middle, f"{name}: {slot.node.note}", color="black", **style)
    while slot.node.id != REST and _width(text) > room and len(name) > 1:
        name = name[:-1].rstrip()
        text.set_text(f"{name}…: {slot.node.note}")
    return text


def _width(text: Text) -> float:
    figure: Any = text.figure
    return text.get_window_extent().width * 72 / figure.dpi


# ------------------------------------------------------------------ bars and bands


def _fills(flows: Flows) -> dict[str, Style]:
    """The colour and pattern of each award, and of the gap."""
    found: dict[str, Style] = {GAP: {"facecolor": "white", "edgecolor": GREY, "hatch": "/////"}}
    for index, node in enumerate(each for each in flows.awards if each.id != GAP):
        turn, colour = divmod(index, len(COLOURS))
        found[node.id] = {"facecolor": COLOURS[colour], "edgecolor": DARK, "hatch": HATCHES[turn]}
    return found


def _bars(axes: Axes, side: Sequence[Slot], x: float, fills: Mapping[str, Style]) -> None:
    from matplotlib.patches import Rectangle

    for slot in side:
        if slot.node is not None:
            fill = fills.get(slot.node.id, {"facecolor": DARK, "edgecolor": DARK})
            axes.add_patch(Rectangle((x, slot.top), BAR, slot.height, linewidth=0.5, **fill))


def _by_id(side: Sequence[Slot]) -> dict[str, Slot]:
    return {slot.node.id: slot for slot in side if slot.node is not None}


def _bands(
    axes: Axes, flows: Flows, left: Mapping[str, Slot], right: Mapping[str, Slot], ends: tuple[float, float]
) -> None:
    """Draw every band: at both of its ends it begins where the band before it ended."""
    from matplotlib.patches import PathPatch

    fills = _fills(flows)
    tops = {name: slot.top for name, slot in left.items()}
    bottoms = {name: slot.top for name, slot in right.items()}
    for award in left:
        for activity, slot in right.items():
            amount = float(flows.bands.get((award, activity), 0))
            if not amount or slot.node is None:
                continue
            width = amount * slot.height / float(slot.node.amount)
            path = _band(ends, (tops[award], bottoms[activity]), width)
            tops[award] += width
            bottoms[activity] += width
            gap = award == GAP
            alpha = 1.0 if gap else 0.55
            patch = PathPatch(
                path, alpha=alpha, linewidth=0.3 if gap else 0.0, zorder=0.5 if gap else 1, **fills[award]
            )
            axes.add_patch(patch).set_gid(f"{award}>{activity}")


def _band(ends: tuple[float, float], tops: tuple[float, float], width: float) -> Path:
    """The outline of a band: two curves that are level at both ends."""
    from matplotlib.path import Path

    (start, end), (left, right) = ends, tops
    middle = (start + end) / 2
    upper = [(start, left), (middle, left), (middle, right), (end, right)]
    lower = [(x, y + width) for x, y in reversed(upper)]
    curve = [Path.CURVE4] * 3
    return Path([*upper, *lower, upper[0]], [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
