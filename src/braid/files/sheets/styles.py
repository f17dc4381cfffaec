"""The named styles of a workbook: staff can restyle all cells of a kind at once."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

NAVY = "1F3864"
_LINE, _SOFT = Side(style="thin", color="8C8C8C"), Side(style="thin", color="D9D9D9")
BOX, RULE, NONE = Border(_LINE, _LINE, _LINE, _LINE), Border(bottom=_SOFT), Border()
TOTAL, SUBTOTAL = Border(top=_LINE, bottom=Side(style="double")), Border(top=_LINE, bottom=_SOFT)
BOLD, SMALL = Font(name="Calibri", size=11, bold=True), Font(name="Calibri", size=9, color="595959")
INK, YELLOW = Font(name="Calibri", size=11, color="0000FF"), PatternFill("solid", fgColor="FFF9DB")
TOP, RIGHT, CENTRE = (
    Alignment(vertical="top"),
    Alignment(horizontal="right", vertical="top"),
    Alignment(horizontal="center", vertical="top"),
)
WRAP = Alignment(horizontal="left", wrap_text=True, vertical="top", indent=1)
WRAP_RIGHT = Alignment(horizontal="right", wrap_text=True, vertical="bottom")
_INPUTS = (
    ("percent", "0%", RIGHT),
    ("fine percent", "0.00%", RIGHT),
    ("number", "General", RIGHT),
    ("count", "0", CENTRE),
    ("date", "yyyy-mm-dd", CENTRE),
    ("id", "@", WRAP),
)


def styles(decimals: int) -> Iterator[NamedStyle]:
    """Every named style, by its name with «braid» before it; money shows so many decimals."""
    money = _money(decimals)
    yield from _headings()
    yield from _cells(money)
    yield from _totals(money)
    yield from _inputs(money)


def _money(decimals: int) -> str:
    """The format of accountants: the sign at the left, negatives in parentheses, a dash for zero."""
    places = "." + "0" * decimals if decimals else ""
    return f'_($* #,##0{places}_);_($* (#,##0{places});_($* "-"??_);_(@_)'


def _named(
    name: str, font: Font | None = None, form: str = "General", align: Alignment = TOP, edge: Border = RULE
) -> NamedStyle:
    made = NamedStyle(f"braid {name}", font=font or Font(name="Calibri", size=11), alignment=align, border=edge)
    made.number_format = form
    return made


def _filled(made: NamedStyle, fill: PatternFill, *, locked: bool) -> NamedStyle:
    made.fill, made.protection = fill, Protection(locked=locked)
    return made


def _headings() -> Iterator[NamedStyle]:
    """Titles, headers and what is said between tables."""
    yield _named("title", Font(name="Calibri", size=16, bold=True, color=NAVY), edge=NONE)
    yield _named("heading", Font(name="Calibri", size=13, bold=True, color=NAVY), edge=NONE)
    yield _named("note", Font(name="Calibri", size=10, italic=True, color="404040"), edge=NONE)
    yield _named("plain", edge=NONE)
    yield _named("strong", BOLD, edge=NONE)
    yield _named("strong right", BOLD, align=RIGHT, edge=NONE)
    white = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
    for name, side in (("header", "left"), ("header right", "right"), ("header centre", "center")):
        align = Alignment(horizontal=side, wrap_text=True, vertical="center", indent=int(side == "left"))
        yield _filled(_named(name, white, align=align), PatternFill("solid", fgColor=NAVY), locked=True)


def _cells(money: str) -> Iterator[NamedStyle]:
    """What is worked out."""
    yield _named("text", align=WRAP)
    yield _named("key", SMALL, "@", WRAP)
    yield _named("key right", SMALL, "@", WRAP_RIGHT)
    yield _named("id", None, "@", WRAP)
    yield _named("sentence", align=Alignment(horizontal="left", vertical="top", indent=1))
    yield _named("link", Font(name="Calibri", size=11, underline="single", color="0563C1"), align=WRAP)
    yield _named("date", form="yyyy-mm-dd", align=CENTRE)
    yield _named("count", form="0", align=CENTRE)
    yield _named("money", form=money)
    yield _named("exact", form=_money(2))
    yield _named("number", form="#,##0")
    yield _named("quantity", align=RIGHT)
    yield _named("share", form="0.0%")
    yield _named("fte", form="0.00")
    yield _named("verdict", BOLD, align=CENTRE)


def _totals(money: str) -> Iterator[NamedStyle]:
    yield _named("subtotal", BOLD, money, edge=SUBTOTAL)
    yield _named("subtotal text", BOLD, align=WRAP, edge=SUBTOTAL)
    yield _named("total", BOLD, money, edge=TOTAL)
    yield _named("total text", BOLD, align=WRAP, edge=TOTAL)
    yield _named("total number", BOLD, "#,##0", edge=TOTAL)
    yield _named("total share", BOLD, "0.0%", edge=TOTAL)


def _inputs(money: str) -> Iterator[NamedStyle]:
    """What a person may type over: blue on yellow, in a box."""
    yield _filled(_named("input", INK, money, edge=BOX), YELLOW, locked=False)
    yield _filled(_named("input text", INK, align=WRAP, edge=BOX), YELLOW, locked=False)
    for name, form, align in _INPUTS:
        yield _filled(_named(f"input {name}", INK, form, align, BOX), YELLOW, locked=False)
    yield _filled(_named("input exact", INK, _money(2), edge=BOX), YELLOW, locked=False)
