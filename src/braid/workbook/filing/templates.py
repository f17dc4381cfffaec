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
PERSON = "the name of each person, or that the position is vacant, and what the position does for the objectives"


@dataclass(frozen=True)
class Category:
    """One category of a template: its letter and name, its object class, and which lines of that class it takes."""

    letter: str
    name: str
    object_class: str
    takes: Callable[[Line | None], bool] = lambda _line: True
    asks: str = ""
    """What the agency asks for besides, which a plan does not know."""


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
        Category(
            "A", "Personnel", "personnel", asks="the name of each employee, if known, and the duties of each position"
        ),
        Category(
            "B", "Fringe Benefits", "fringe", asks="what the fringe benefits consist of, unless the rate is negotiated"
        ),
        Category("C", "Travel", "travel", asks="the purpose and place of each trip, and whose travel policy applies"),
        Category("D", "Equipment", "equipment", asks="how each item is procured, and why the project needs it"),
        Category("E", "Supplies", "supplies"),
        Category("F", "Construction", "construction"),
        Category(
            "G",
            "Subawards (Subgrants)",
            "contractual",
            _subaward,
            asks="what each subrecipient does, and who it is, if known",
        ),
        Category(
            "H",
            "Procurement Contracts",
            "contractual",
            lambda line: not _subaward(line),
            asks="the product or service, how competition is open, and why a source is the only one",
        ),
        Category("I", "Other Costs", "other"),
        Category("J", "Indirect Costs", "indirect"),
    ),
)
SAMHSA = Template(
    "in the manner of SAMHSA's detailed budget and narrative",
    "Annual salary",
    (
        Category(
            "A",
            "Personnel",
            "personnel",
            asks=PERSON,
        ),
        Category("B", "Fringe Benefits", "fringe"),
        Category("C", "Travel", "travel", asks="the purpose and destination of each trip"),
        Category("D", "Equipment", "equipment"),
        Category("E", "Supplies", "supplies"),
        Category(
            "F",
            "Contractual",
            "contractual",
            asks="the name of each contractor or consultant, the service, and its rate",
        ),
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
        Category(
            "A",
            "Salaries and Wages",
            "personnel",
            asks=PERSON,
        ),
        Category("B", "Fringe Benefits", "fringe", asks="what the fringe rate rests on"),
        Category(
            "C",
            "Consultant Costs",
            "contractual",
            _consultant,
            asks="the name and organization of each consultant, the services, why they matter, days and rate, and "
            "how work is accounted for",
        ),
        Category("D", "Equipment", "equipment"),
        Category("E", "Supplies", "supplies"),
        Category("F", "Travel", "travel", asks="who travels, where, and why"),
        Category("G", "Other", "other"),
        Category(
            "H",
            "Contractual Costs",
            "contractual",
            lambda line: not _consultant(line),
            asks="the name of each contractor, method of selection, period of performance, scope of work, method of "
            "accountability, and an itemized budget",
        ),
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
