"""The sheets of an input workbook for what is to be done: the activities, their lines, and what is insisted on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from braid.reading.sheet_forms import Column, Table
from braid.reading.sheet_layout import CLASSES, READ, YES_NO, codes_column, further, id_column, key_column

_WHOM = (
    key_column("Place", "words", "Where it happens, as in rural.", choices="places"),
    key_column("Payee", "text", "Who is paid: government unless said.", choices="payees"),
    key_column("Population", "words", "Whom it serves.", choices="populations", width=18),
    key_column("Setting", "words", "In what setting it happens.", choices="settings", width=18),
)


def _of_line(column: Column) -> Column:
    return replace(column, about=f"Where it is not that of the activity. {column.about}", shown=False)


def _of_outcome(header: str, path: tuple[str | int, ...], about: str, **more: Any) -> Column:
    path = ("outcome", *path)
    return Column(header, path, more.pop("form", "text"), about, shown=False, **more)


_OUTCOME = (
    _of_outcome("Outcome", ("measure",), "What it brings about, as published: what is counted.", width=24),
    _of_outcome("Outcome unit cost", ("dollars_per_unit",), "Dollars for one unit of that.", form="amount"),
    _of_outcome("Outcome citation", ("cite", 0, "title"), "Where the figure is published.", width=28),
    _of_outcome("Outcome section", ("cite", 0, "section"), "Which section of it.", width=12),
    _of_outcome("Outcome link", ("cite", 0, "href"), "A web address, if any.", width=20),
    _of_outcome("Outcome read", ("cite", 0, "read"), "How well it was read.", choices=READ, width=12),
    _of_outcome("Outcome read on", ("cite", 0, "read_on"), "When it was read.", form="date"),
    _of_outcome("Outcome remark", ("cite", 0, "note"), "What could not be confirmed.", width=24),
)

ACTIVITIES = Table(
    "Activities",
    "What you want to do: one row for each activity. Its costs stand on the sheet Lines.",
    "activities",
    (
        id_column("Required. A short name of your own: small letters, digits and hyphens."),
        key_column("Name", "text", "What people call it.", width=32),
        key_column(
            "Uses",
            "words",
            "Required. What the money is spent for. Several words are set apart by commas.",
            choices="uses",
            width=28,
        ),
        key_column("Priority", "count", "1 is funded first. 1 unless said."),
        key_column(
            "Weight", "count", "Within a priority, a dollar here counts so many times. 1 unless said.", shown=False
        ),
        *_WHOM,
        key_column("Start", "date", "First day, where it does not run through the whole plan."),
        key_column("End", "date", "Last day."),
        key_column(
            "Minimum", "bound", "It gets nothing, or at least this: a share of its need such as 60%, an amount, or all."
        ),
        key_column("Must fund", "flag", "Yes where a plan without it is no plan.", choices=YES_NO),
        key_column("Currently funded", "text", "The State or local stream that pays for it today, if any.", width=20),
        key_column("Narrative", "text", "Why it is needed, for the budget narrative.", width=44),
        *_OUTCOME,
        further(),
    ),
    needed=True,
)

LINES = Table(
    "Lines",
    "The costs of each activity: an amount for each period, or a quantity at a unit cost.",
    "activities",
    (
        Column(
            "Activity",
            ("activity",),
            "text",
            "Required. The Id of the activity on the sheet Activities.",
            choices="activities",
            width=18,
        ),
        id_column("Required. A short name of the line within its activity."),
        key_column("Name", "text", "What people call it.", shown=False, width=24),
        key_column(
            "Category",
            "text",
            "Required. The object class of form SF-424A.",
            choices=CLASSES[:-1],
            width=14,
        ),
        key_column(
            "Item", "text", "What is bought, where rules may care: naloxone, vehicle, rent.", choices="items", width=16
        ),
        key_column("Function", "text", "service unless said.", choices="functions", width=14),
        key_column(
            "Amount",
            "amount",
            "One amount, where there is one period or the cost is the same or grows each year.",
            by="period",
            spread=True,
        ),
        key_column("Quantity", "number", "How many units a year, as in 0.5 FTE or 1,200 kits.", by="period"),
        key_column("Unit", "text", "What is counted.", choices="units", width=10),
        key_column("Unit cost", "amount", "Dollars per unit; for FTE a year's pay.", by="period"),
        key_column("Fringe", "rate", "Fringe benefits on pay, as a share of it."),
        key_column(
            "Timing", "text", "evenly over the period unless said; once for a purchase.", choices=("evenly", "once")
        ),
        key_column("Start", "date", "First day, where it is not that of the activity.", shown=False),
        key_column("End", "date", "Last day, where it is not that of the activity.", shown=False),
        key_column("Grows", "rate", "How much the cost grows each fiscal year."),
        key_column(
            "Essential", "flag", "Yes where no other line of the activity makes sense without it.", choices=YES_NO
        ),
        key_column("Whole units", "flag", "Yes where only whole units are bought.", choices=YES_NO, shown=False),
        key_column("Position", "text", "The position that it pays, as on the payroll.", width=12),
        key_column(
            "Effort step", "rate", "Where several awards pay the person, each part is a multiple of this.", shown=False
        ),
        key_column(
            "Subaward", "text", "The agreement that it is paid under: one id for all its lines and years.", width=14
        ),
        key_column("Only", "words", "The only awards that may pay it.", choices="awards", width=18),
        key_column("Never", "words", "Awards that may not pay it.", choices="awards", width=18),
        key_column(
            "Shares",
            "rate",
            "A fixed split between awards, as in sor: 60%; settlement: 40%.",
            by="pairs",
            shown=False,
            width=24,
        ),
        key_column(
            "Basis",
            "text",
            "The documented basis on which it may be split between federal awards.",
            shown=False,
            width=24,
        ),
        key_column(
            "Portion",
            "rate",
            "The documented share of the cost that a funder may pay, as in 60%.",
            by="pairs",
            shown=False,
        ),
        key_column(
            "One federal payer", "flag", "Yes or no, where it differs from the whole plan.", choices=YES_NO, shown=False
        ),
        key_column("Uses", "words", "Where they are not those of the activity.", choices="uses", shown=False, width=24),
        *(_of_line(column) for column in _WHOM),
        codes_column(),
        key_column("Narrative", "text", "How the amount was worked out, for the budget narrative.", width=44),
        further(),
    ),
    key="lines",
    owner="Activity",
    needed=True,
)


def _selected(header: str, choices: str | tuple[str, ...] = "") -> Column:
    return Column(header, ("select", header.lower()), "words", f"Only lines with this {header.lower()}.", choices)


REQUIREMENTS = Table(
    "Requirements",
    "What you insist on over many lines: at least, or at most, a share or an amount of what is paid.",
    "require",
    (
        id_column("Required. A short name of your own."),
        key_column("At least", "bound", "A share such as 25%, or an amount. One of At least and At most.", width=14),
        key_column("At most", "bound", "A share such as 25%, or an amount.", width=14),
        key_column("Of", "text", "spend unless said: what a share is of.", choices=("spend", "direct", "need")),
        key_column(
            "Awards", "words", "The awards that are looked at; all of them unless said.", choices="awards", width=20
        ),
        _selected("Use", "uses"),
        _selected("Activity", "activities"),
        _selected("Line"),
        _selected("Place", "places"),
        _selected("Population", "populations"),
        _selected("Setting", "settings"),
        _selected("Payee", "payees"),
        _selected("Category", "categories"),
        _selected("Item", "items"),
        _selected("Function", "functions"),
        _selected("Unit", "units"),
        further(),
    ),
)
