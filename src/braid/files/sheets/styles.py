"""The named styles of a workbook: staff can restyle all cells of a kind at once."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

_INPUTS = (
    ("percent", "0%", "right"),
    ("fine percent", "0.00%", "right"),
    ("number", "General", "right"),
    ("count", "0", "centre"),
    ("date", "yyyy-mm-dd", "centre"),
    ("id", "@", "left"),
)


def _money(decimals: int) -> str:
    """The format of accountants: the sign at the left, negatives in parentheses, a dash for zero."""
    places = "." + "0" * decimals if decimals else ""
    return f'_($* #,##0{places}_);_($* (#,##0{places});_($* "-"??_);_(@_)'


def styles(decimals: int) -> Iterator[NamedStyle]:
    """Every named style, by its name with «braid» before it; money shows so many decimals."""
    money = _money(decimals)
    line, soft = Side(style="thin", color="8C8C8C"), Side(style="thin", color="D9D9D9")
    box, rule, total = (
        Border(line, line, line, line),
        Border(bottom=soft),
        Border(top=line, bottom=Side(style="double")),
    )
    ink, yellow, navy = Font(name="Calibri", size=11, color="0000FF"), PatternFill("solid", fgColor="FFF9DB"), "1F3864"
    wrap = Alignment(horizontal="left", wrap_text=True, vertical="top", indent=1)
    top = Alignment(vertical="top")
    right = Alignment(horizontal="right", vertical="top")
    centre = Alignment(horizontal="center", vertical="top")

    def named(
        name: str, font: Font | None = None, form: str = "General", align: Alignment = top, edge: Border = rule
    ) -> NamedStyle:
        made = NamedStyle(f"braid {name}", font=font or Font(name="Calibri", size=11), alignment=align, border=edge)
        made.number_format = form
        return made

    def filled(made: NamedStyle, fill: PatternFill, *, locked: bool) -> NamedStyle:
        made.fill, made.protection = fill, Protection(locked=locked)
        return made

    bold, none = Font(name="Calibri", size=11, bold=True), Border()
    small = Font(name="Calibri", size=9, color="595959")
    yield named("title", Font(name="Calibri", size=16, bold=True, color=navy), edge=none)
    yield named("heading", Font(name="Calibri", size=13, bold=True, color=navy), edge=none)
    yield named("note", Font(name="Calibri", size=10, italic=True, color="404040"), edge=none)
    yield named("plain", edge=none)
    yield named("strong", bold, edge=none)
    yield named("strong right", bold, align=right, edge=none)
    white = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
    for name, side in (("header", "left"), ("header right", "right"), ("header centre", "center")):
        align = Alignment(horizontal=side, wrap_text=True, vertical="center", indent=int(side == "left"))
        yield filled(named(name, white, align=align), PatternFill("solid", fgColor=navy), locked=True)
    yield named("text", align=wrap)
    yield named("key", small, "@", wrap)
    yield named("key right", small, "@", right)
    yield named("id", None, "@", wrap)
    yield named("sentence", align=Alignment(horizontal="left", vertical="top", indent=1))
    yield named("link", Font(name="Calibri", size=11, underline="single", color="0563C1"), align=wrap)
    yield named("date", form="yyyy-mm-dd", align=centre)
    yield named("count", form="0", align=centre)
    yield named("money", form=money)
    yield named("exact", form=_money(2))
    yield named("number", form="#,##0")
    yield named("quantity", align=right)
    yield named("share", form="0.0%")
    yield named("fte", form="0.00")
    yield named("verdict", bold, align=centre)
    yield named("subtotal", bold, money, edge=Border(top=line, bottom=soft))
    yield named("subtotal text", bold, align=wrap, edge=Border(top=line, bottom=soft))
    yield named("total", bold, money, edge=total)
    yield named("total text", bold, align=wrap, edge=total)
    yield named("total number", bold, "#,##0", edge=total)
    yield named("total share", bold, "0.0%", edge=total)
    yield filled(named("input", ink, money, edge=box), yellow, locked=False)
    yield filled(named("input text", ink, align=wrap, edge=box), yellow, locked=False)
    for name, form, align in _INPUTS:
        yield filled(
            named(f"input {name}", ink, form, {"right": right, "centre": centre}.get(align, wrap), box),
            yellow,
            locked=False,
        )
    yield filled(named("input exact", ink, _money(2), edge=box), yellow, locked=False)
