"""Small pieces of HTML: escaped text, tables with headers, bars that stand beside their number in words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

STYLE = """
:root { --ink: #1b1b1b; --soft: #5a5a5a; --line: #c9c9c9; --here: #0b5fa5; --before: #8fb6d6; --open: #ececec; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: var(--ink);
  max-width: 60rem; margin: 0 auto; padding: 1.5rem; background: #fff; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: .5rem 0; max-width: 46rem; }
.soft { color: var(--soft); }
table { border-collapse: collapse; min-width: 26rem; margin: .5rem 0 1rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .2rem .75rem .2rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--ink); }
.number { text-align: right; white-space: nowrap; }
tfoot td, tfoot th { border-top: 2px solid var(--ink); border-bottom: 0; font-weight: 600; }
.bar { display: flex; height: 1.1rem; max-width: 46rem; border: 1px solid var(--ink); margin: .5rem 0; }
.bar span { display: block; height: 100%; }
.bar .before { background: var(--before); } .bar .here { background: var(--here); }
.bar .open { background: var(--open); }
nav ol { padding-left: 1.5rem; } a { color: #0b4f8a; }
footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); font-size: .85rem; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; } a { color: inherit; text-decoration: none; }
  h2 { break-after: avoid; } tr, .bar { break-inside: avoid; } thead { display: table-header-group; }
  .bar span { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""
NUMBER = "number"


def text(words: str) -> str:
    """Words as HTML.

    >>> text("<b> & «c»")
    '&lt;b&gt; &amp; «c»'
    """
    return escape(words)


def paragraph(words: str, kind: str = "") -> str:
    """A paragraph."""
    return f"<p{f' class={kind}' if kind else ''}>{text(words)}</p>"


def table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1, foot: Sequence[str] = ()
) -> str:
    """A table: the first ``words`` columns are words, and the first heads its row; the others are numbers."""
    if not rows:
        return ""

    def cell(place: int, words_: str, tag: str = "td", more: str = "") -> str:
        kind = f' class="{NUMBER}"' if place >= words else ""
        return f"<{tag}{more}{kind}>{text(words_)}</{tag}>"

    head = "".join(cell(place, each, "th", ' scope="col"') for place, each in enumerate(heads))
    body = "".join(
        "<tr>" + cell(0, row[0], "th", ' scope="row"') + "".join(cell(p, w) for p, w in enumerate(row) if p) + "</tr>\n"
        for row in rows
    )
    last = "".join(cell(place, each) for place, each in enumerate(foot))
    tail = f"<tfoot><tr>{last}</tr></tfoot>" if foot else ""
    top = f"<caption>{text(caption)}</caption><thead><tr>{head}</tr></thead>"
    return f"<table>{top}\n<tbody>{body}</tbody>{tail}</table>\n"


def bar(parts: Sequence[tuple[str, float]]) -> str:
    """A bar of parts by kind, out of 100; the words beside it say the same."""
    spans = "".join(f'<span class="{kind}" style="width:{width:.2f}%"></span>' for kind, width in parts if width > 0)
    return f'<div class="bar" aria-hidden="true">{spans}</div>\n'
