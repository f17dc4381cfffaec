"""How each agency wants a detailed budget laid out: its categories in order, and what goes into each.

Read for this: the OJP Budget Detail Worksheet (categories A to J), SAMHSA's detailed budget and narrative (the object
classes of form SF-424A, federal and non-federal), and CDC's budget preparation guidelines (consultants apart).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from braid.proposal import Line

DOJ = {"DOJ", "BJA", "OJP", "OVC", "OJJDP", "NIJ", "OVW", "COPS"}
CDC = {"CDC"}


@dataclass(frozen=True)
class Category:
    """One category of a template: its letter and name, its object class, and which lines of that class it takes."""

    letter: str
    name: str
    object_class: str
    takes: Callable[[Line | None], bool] = lambda _line: True


@dataclass(frozen=True)
class Template:
    """A layout: what it is called, the heading of pay, and its categories in order."""

    name: str
    pay: str
    categories: tuple[Category, ...]
    limitations: bool = False
    """Whether a table of funding limitations belongs to it."""


def _consultant(line: Line | None) -> bool:
    return line is not None and line.item == "consultant"


def _subaward(line: Line | None) -> bool:
    return line is not None and line.subaward is not None


OJP = Template(
    "in the manner of the OJP Budget Detail Worksheet",
    "Salary",
    (
        Category("A", "Personnel", "personnel"),
        Category("B", "Fringe Benefits", "fringe"),
        Category("C", "Travel", "travel"),
        Category("D", "Equipment", "equipment"),
        Category("E", "Supplies", "supplies"),
        Category("F", "Construction", "construction"),
        Category("G", "Subawards (Subgrants)", "contractual", _subaward),
        Category("H", "Procurement Contracts", "contractual", lambda line: not _subaward(line)),
        Category("I", "Other Costs", "other"),
        Category("J", "Indirect Costs", "indirect"),
    ),
)
SAMHSA = Template(
    "in the manner of SAMHSA's detailed budget and narrative",
    "Annual salary",
    (
        Category("A", "Personnel", "personnel"),
        Category("B", "Fringe Benefits", "fringe"),
        Category("C", "Travel", "travel"),
        Category("D", "Equipment", "equipment"),
        Category("E", "Supplies", "supplies"),
        Category("F", "Contractual", "contractual"),
        Category("G", "Construction", "construction"),
        Category("H", "Other", "other"),
        Category("I", "Indirect Charges", "indirect"),
    ),
    limitations=True,
)
CDC_GUIDELINES = Template(
    "in the manner of CDC's budget preparation guidelines",
    "Annual salary",
    (
        Category("A", "Salaries and Wages", "personnel"),
        Category("B", "Fringe Benefits", "fringe"),
        Category("C", "Consultant Costs", "contractual", _consultant),
        Category("D", "Equipment", "equipment"),
        Category("E", "Supplies", "supplies"),
        Category("F", "Travel", "travel"),
        Category("G", "Other", "other"),
        Category("H", "Contractual Costs", "contractual", lambda line: not _consultant(line)),
        Category("", "Construction", "construction"),
        Category("J", "Indirect Costs", "indirect"),
    ),
)


def template_for(agency: str) -> Template:
    """The layout that an agency wants: OJP's for the Department of Justice, CDC's for CDC, else SAMHSA's.

    >>> template_for("DOJ").name, template_for("Bureau of Justice Assistance") is OJP, template_for("HRSA") is SAMHSA
    ('in the manner of the OJP Budget Detail Worksheet', True, True)
    """
    words = set(agency.replace(",", " ").replace("/", " ").split())
    if words & DOJ or "Justice" in words:
        return OJP
    return CDC_GUIDELINES if words & CDC else SAMHSA
