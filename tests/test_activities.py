"""The activity catalogue is data; these tests hold uses, practices and what studies found to what the file promises."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from braid.basics.errors import InputError
from braid.files.shipped import shipped_text
from braid.law import vocabulary as words
from braid.law.catalogue import shipped_vocabulary
from braid.law.vocabulary import Evidence, Practice, Use

VOCABULARY = shipped_vocabulary()
TEXT = shipped_text("activities.yaml")
USES = [pytest.param(use, id=use.id) for use in VOCABULARY.uses]
PRACTICES = [pytest.param(practice, id=practice.id) for practice in VOCABULARY.practices]
BOTH = [*USES, *PRACTICES]
EVIDENCE = [
    pytest.param(one, id=f"{word.id}-{number}")
    for word in (*VOCABULARY.uses, *VOCABULARY.practices)
    for number, one in enumerate(word.evidence, 1)
]
HOUSEHOLD = {"HIV"}
"""Abbreviations that everybody knows."""

NAMES = {"PROSPER"}
"""Names that their owners write in capitals."""

JARGON = re.compile(
    r"\b(MOUD|MAT|OUD|SUD|OFR|QRT|SSP|EMS|QALY|RCT|ICER|evidence-based|stakeholder|utiliz\w+|facilitat\w+|leverag\w+|"
    r"wraparound|warm hand-?off|continuum|modality|recidivism|efficacy|carceral|cohort)\b",
    re.IGNORECASE,
)
ASKED_FOR = """
naloxone-vending-jail naloxone-vending-library leave-behind-naloxone quick-response-team pre-arrest-deflection
crisis-intervention-team overdose-fatality-review-team odmap-ems-link spike-response-plan
public-health-and-safety-team lived-experience-in-planning hidta-public-health-analyst jail-moud-all-medications
bridge-clinic emergency-department-navigators mobile-syringe-services community-drug-checking oxford-house
incentives-for-stimulant-use drug-court reentry-navigation good-samaritan-campaign academic-detailing
lifeskills-training prosper stigma-training responder-peer-team family-support drug-take-back
trauma-informed-training policy-technical-assistance
"""


def sentences(word: Use | Practice) -> list[str]:
    return [word.about, *(one.finding for one in word.evidence)]


def figures(text: str) -> set[str]:
    """The numbers of a sentence, without thousands commas and idle zeros."""
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", text)
    return {f"{float(number.rstrip(',').replace(',', '')):g}" for number in found}


# ------------------------------------------------------------------ uses and practices


@pytest.mark.parametrize("word", BOTH)
def test_what_every_entry_says(word: Use | Practice) -> None:
    """A name, one sentence about it, typical object classes, and an outcome that is a phrase."""
    assert word.name
    assert re.match(r"[A-Z]", word.name)
    assert not word.name.endswith(".")
    assert word.categories
    assert len(set(word.categories)) == len(word.categories)
    assert word.outcome
    assert re.match(r"[A-Z]", word.outcome)
    assert not word.outcome.endswith(".")
    assert len(word.outcome) <= 120


@pytest.mark.parametrize("word", BOTH)
def test_sentences_are_single_and_plain(word: Use | Practice) -> None:
    """One sentence each, with its full stop and no jargon, of a length that fits a cell."""
    for sentence in sentences(word):
        assert re.match(r"[A-Z0-9]", sentence)
        assert sentence.endswith(".")
        assert not re.search(r"[.!?]\s+[A-Z]", sentence), sentence
        assert len(sentence) <= 200, sentence
        assert JARGON.findall(sentence.replace("(LEAD)", "")) == [], sentence
    assert JARGON.findall(f"{word.name}. {word.outcome}") == []


@pytest.mark.parametrize("word", BOTH)
def test_abbreviations_are_spelled_out_nearby(word: Use | Practice) -> None:
    """A word in capitals stands in brackets after its full name in the same entry, or everybody knows it."""
    said = " ".join([word.name or "", word.outcome or "", *sentences(word), *(one.unit for one in word.evidence)])
    spelled = set(re.findall(r"[a-z] \(([A-Z]{2,})\)", word.about))
    assert set(re.findall(r"\b[A-Z]{2,}\b", said)) - spelled - HOUSEHOLD - NAMES == set()


def test_ids_are_unique() -> None:
    """One id, one entry; and no practice takes the id of a use, so that a shell command may name either."""
    counted = Counter(word.id for word in (*VOCABULARY.uses, *VOCABULARY.practices))
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("use", USES)
def test_every_use_has_a_heading_of_exhibit_e_or_says_that_it_is_outside(use: Use) -> None:
    """Presumed remediation and a heading go together."""
    assert bool(use.exhibit_e) is (use.remediation == "presumed")


@pytest.mark.parametrize("practice", PRACTICES)
def test_a_practice_stays_within_its_uses(practice: Practice) -> None:
    """Its uses exist, and its headings of Exhibit E, items aside, are headings of those uses."""
    uses = [VOCABULARY.use(use) for use in practice.uses]
    headings = {heading for use in uses for heading in use.exhibit_e}
    assert practice.exhibit_e
    assert {code[:3] for code in practice.exhibit_e} <= headings
    assert practice.settings
    assert practice.payees


def test_the_practices_that_were_asked_for_are_there() -> None:
    """Those of ASTHO's focus groups among them."""
    for practice in ASKED_FOR.split():
        assert VOCABULARY.practice(practice).id == practice


def test_california_has_six_high_impact_activities_and_each_has_a_use() -> None:
    """So that a county can tell which of its lines count toward the half."""
    assert {number for use in VOCABULARY.uses for number in use.ca_high_impact} == set("123456")


# ------------------------------------------------------------------ what studies found


@pytest.mark.parametrize("one", EVIDENCE)
def test_a_finding_has_its_figure_its_citation_and_where_it_was_read(one: Evidence) -> None:
    """The figure stands in the sentence; dollars are of no year later than the publication."""
    assert f"{float(one.value):g}" in figures(one.finding)
    assert re.match(r"[A-Z]", one.cite)
    assert not one.cite.endswith(".")
    assert re.fullmatch(r"https?://[a-z0-9.-]+\.[a-z]{2,}/\S+", one.href)
    assert 2000 <= one.year <= 2026
    assert one.base_year is None or one.base_year <= one.year
    assert one.read in {"text", "secondary"}, "a figure that nobody read does not belong here"


@pytest.mark.parametrize("one", EVIDENCE)
def test_the_unit_says_what_the_figure_is(one: Evidence) -> None:
    """Dollars are told as dollars of something, deaths as deaths, life-years as life-years."""
    told = {"dollars": "dollar", "deaths-averted": "death|overdose", "QALY": "quality-adjusted life-year", "other": "."}
    assert re.search(told[one.measure], one.unit)
    assert "QALY" not in one.unit


def test_a_finding_is_told_once() -> None:
    """The same figure under two entries would count twice."""
    entries = [*VOCABULARY.uses, *VOCABULARY.practices]
    counted = Counter((one.cite, one.value, one.unit) for word in entries for one in word.evidence)
    assert [key for key, count in counted.items() if count > 1] == []
    assert max(Counter(one.finding for word in entries for one in word.evidence).values()) == 1


def test_the_catalogue_tells_unfavorable_findings_too() -> None:
    """What did not pay stands beside what did."""
    assert VOCABULARY.practice("prosper").evidence[0].value < 1
    assert "chance" in VOCABULARY.use("community-planning").evidence[0].finding


def test_the_findings_of_a_practice_begin_with_its_own() -> None:
    """Then come those of its uses, the main one first."""
    found = VOCABULARY.findings("oxford-house")
    assert [one.value for one in found] == [17830, VOCABULARY.use("recovery-housing").evidence[0].value]


# ------------------------------------------------------------------ the Python face


def test_a_practice_prints_as_what_it_is() -> None:
    """A short readable text; a finding with its citation, and with how it was read where that was not the text."""
    said = str(VOCABULARY.practice("naloxone-vending-jail"))
    assert said.startswith("Naloxone vending machine in a jail (naloxone-vending-jail)\nA machine at the point of")
    assert "\nUses: naloxone-vending, naloxone-distribution\n" in said
    assert "30,000 doses of naloxone a year. (Davidson and Scholar" in said
    assert "Playbook, 2023) [secondary]" in str(VOCABULARY.practice("emergency-department-navigators"))


def test_a_word_and_a_use_print_as_what_they_are() -> None:
    """An item is two lines; a use adds its headings."""
    assert str(VOCABULARY.known["items"]["condoms"]) == "condoms\nCondoms and other barriers against infection."
    assert "\nExhibit E: B.D\nNorth Carolina Option A: 10\n" in str(VOCABULARY.use("treatment-court"))
    assert "\nOpioid remediation: no\n" in str(VOCABULARY.use("policing"))
    assert re.match(r"Vocabulary of \d+ uses, \d+ items, .*, \d+ practices$", str(VOCABULARY))


def test_an_unknown_practice_is_told_with_the_nearest() -> None:
    """As a program of the catalogue is."""
    with pytest.raises(KeyError, match=r"«bridge-clinics» is no practice .* \(did you mean «bridge-clinic»\?\)"):
        VOCABULARY.practice("bridge-clinics")
    with pytest.raises(KeyError, match="«nothing» is no use of the vocabulary"):
        VOCABULARY.use("nothing")


def test_the_practices_of_a_use() -> None:
    """Every practice that names the use, wherever in its list."""
    assert {practice.id for practice in VOCABULARY.practices_of("moud-in-jail")} == {"jail-moud-all-medications"}
    assert len(VOCABULARY.practices_of("peer-support")) >= 4


# ------------------------------------------------------------------ faults of the file


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("uses: [treatment-court]", "uses: [treatment-cort]", "«treatment-cort» is no known use (did you mean"),
        ("settings: [court]", "settings: [courts]", "«courts» is no known setting (did you mean «court»?)"),
        ("payees: [nonprofit]", "payees: nonprofits", "«nonprofits» is no known payee (did you mean «nonprofit»?)"),
        ("categories: [other, contractual]", "categories: [others]", "«others» is no known category"),
        ("exhibit_e: [A.A, B.H]", "exhibit_e: [A.J]", "«A.J» is no heading of Exhibit E"),
        ("exhibit_e: [A.A, B.H]", "exhibit_e: [B.H.0]", "«B.H.0» is no heading of Exhibit E"),
        (
            'nc_option_a: "12"',
            'nc_option_a: "13"',
            "«13» is no number of North Carolina's Option A list; a whole number",
        ),
        ('ca_high_impact: "3"', 'ca_high_impact: "7"', "«7» is no number of California's list"),
        ("  - id: oxford-house\n", "  - id: bridge-clinic\n", "the id «bridge-clinic» is given twice"),
        ("measure: QALY", "measure: life-years", "«life-years» is not known; one of deaths-averted, QALY,"),
        ("year: 2013", "year: '13'", "«13» is no calendar year"),
        ("read: secondary", "read: memory", "«memory» is not known; one of text, secondary or unverified"),
        ("href: https://pubmed", "href: pubmed", "a web address that begins with https://"),
        ("outcome: ", "outcomes: ", "unknown key «outcomes» (did you mean «outcome»?)"),
        ("uses: [treatment-court]", "payees: [nonprofit]", "«payees» is given twice"),
    ],
)
def test_a_fault_is_told_at_its_line(old: str, new: str, sentence: str) -> None:
    """Every word of an entry is checked where it stands."""
    assert old in TEXT
    with pytest.raises(InputError) as caught:
        words.read(TEXT.replace(old, new, 1), "activities.yaml")
    found = [fault for fault in caught.value.faults if sentence in fault.sentence]
    assert found, caught.value
    line = TEXT[: TEXT.index(old)].count("\n") + 1
    assert line <= found[0].line <= line + 3 or "twice" in sentence


def test_a_county_may_add_a_use_of_its_own_to_a_practice() -> None:
    """x-anything passes, as everywhere."""
    text = TEXT.replace("uses: [treatment-court]", "uses: [treatment-court, x-veterans-docket]", 1)
    added = words.read(text, "mine.yaml")
    assert added.practice("drug-court").uses == ("treatment-court", "x-veterans-docket")
    assert added.findings("drug-court")
