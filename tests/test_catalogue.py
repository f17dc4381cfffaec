"""The catalogue and the vocabulary are data; these tests hold them to what the data promises."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import pytest
from pydantic import BaseModel

from braid.basics.errors import InputError
from braid.files.shipped import shipped_text
from braid.law import vocabulary as words
from braid.law.catalogue import Program, catalogue, read, shipped_vocabulary
from braid.law.rules import Facts, Rule, Selector, Traits

CATALOGUE = catalogue()
VOCABULARY = shipped_vocabulary()
RULES = [pytest.param(rule, id=rule.name) for rule in CATALOGUE.rules()]
PROGRAMS = [pytest.param(program, id=program.id) for program in CATALOGUE.programs]
LONGEST = 200
JARGON = re.compile(
    r"\b(aforementioned|commence|constraint|coverage|expend|expended|facilitate|hereby|herein|heretofore|infeasible|"
    r"inter alia|keep|leverage|linear program|notwithstanding|objective function|prior to|pursuant|shall|slack|solver|"
    r"thereof|therein|utilize|utilization|variable|vis-à-vis|waiver|whereas|wherein)\b",
    re.IGNORECASE,
)
PLANNED = {
    *("opioid-settlement", "byrne-jag-local", "byrne-jag-state", "cossup", "sor", "od2a-states", "od2a-local"),
    *("suptrs", "drug-free-communities", "rcorp", "hidta", "building-communities-of-recovery", "rwjf", "foundation"),
    *("county-general-fund", "other-federal", "other"),
}
FIXED = """
use: naloxone-distribution naloxone-vending drug-checking syringe-services moud-in-jail moud-community
use: residential-treatment perinatal-care early-intervention linkage-to-care post-overdose-outreach deflection
use: crisis-intervention-training responder-training overdose-fatality-review data-sharing surveillance
use: public-health-analyst good-samaritan-education policy-assistance primary-prevention stigma-reduction
use: recovery-housing recovery-support employment-services contingency-management treatment-court
use: community-planning drug-disposal peer-support reentry
item: naloxone drug-checking-strips syringes safer-smoking-supplies sharps-disposal wound-care medication
item: hiv-hcv-tests vehicle software consultant client-incentive cash-incentive food construction renovation land
item: lobbying research rent tuition participant-support patient-care conference phones training
unit: FTE hour day patient client kit each site month mile
"""
NICKNAMES = {
    "cossap": "cossup",
    "tor": "sor",
    "jag": "byrne-jag-local",
    "jag-state": "byrne-jag-state",
    "od2a": "od2a-local",
    "settlement": "opioid-settlement",
    "general-fund": "county-general-fund",
}
EDITIONS = [
    (None, "NC", "NC"),
    (None, "UT", "national"),
    (None, None, "national"),
    ("NC-option-b", "NC", "NC-option-b"),
    ("national", "NC", "national"),
    ("NC", "UT", "NC"),
]


# ------------------------------------------------------------------------- the rules


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_cited_and_says_how_well_it_was_read(rule: Rule) -> None:
    """A title, a day on which it was read, and a web address that a browser opens, where there is one."""
    assert rule.cite
    for cite in rule.cite:
        assert cite.title.strip() == cite.title
        assert cite.title
        assert cite.read in {"text", "secondary", "unverified"}
        assert cite.read_on is not None
        assert cite.read_on <= dt.date(2100, 1, 1)
        assert cite.href is None or re.fullmatch(r"https?://[a-z0-9.-]+\.[a-z]{2,}(:\d+)?(/\S*)?", cite.href)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_why_in_one_plain_sentence(rule: Rule) -> None:
    """One sentence, with its full stop, of a length that fits a cell, without jargon."""
    assert re.match(r"[A-Z0-9]", rule.why)
    assert rule.why.endswith(".")
    assert not re.search(r"[.!?;]\s+[A-Z]", rule.why), "more than one sentence"
    assert "\n" not in rule.why
    assert len(rule.why) <= LONGEST
    assert JARGON.findall(rule.why) == []


@pytest.mark.parametrize("rule", RULES)
def test_what_nobody_read_says_what_is_not_confirmed(rule: Rule) -> None:
    """A rule that rests on no text that was read has a note on at least one of its citations."""
    if rule.confidence == "unverified":
        assert any(cite.note for cite in rule.cite)


def _selectors(model: BaseModel) -> Iterator[Selector]:
    """Every selector anywhere within a rule."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _selectors(value)
    if isinstance(model, Selector):
        yield model


@pytest.mark.parametrize("rule", RULES)
def test_every_word_of_a_rule_is_in_the_vocabulary(rule: Rule) -> None:
    """So that a rule cannot miss a line for a slip of spelling."""
    for selector in _selectors(rule):
        for kind in ("use", "item", "category", "function", "population", "setting", "place", "payee", "unit"):
            for word in getattr(selector, kind):
                VOCABULARY.require(kind, word)
    if rule.limit is not None:
        VOCABULARY.require("unit", rule.limit.unit)


@pytest.mark.parametrize("rule", RULES)
def test_the_dates_of_a_rule_are_in_order(rule: Rule) -> None:
    """A rule that ends before it begins would bind nobody."""
    assert rule.awards.days.days > 0
    assert rule.costs.days.days > 0


def test_rule_names_are_unique() -> None:
    """One name, one rule; only an edition may replace a rule of its program by the same name."""
    for program in CATALOGUE.programs:
        for rules in (program.rules, *(edition.rules for edition in program.editions)):
            assert [name for name, count in Counter(rule.name for rule in rules).items() if count > 1] == []
    for common in CATALOGUE.common:
        assert len({rule.id for rule in common.rules}) == len(common.rules)


@pytest.mark.parametrize("program", PROGRAMS)
def test_bare_rule_ids_are_unique_where_they_bind_together(program: Program) -> None:
    """Approvals, exceptions and rows name rules by their bare ids, so no two that bind one award may share one."""
    for edition in program.editions or (None,):
        terms = CATALOGUE.terms(program, edition.id if edition else None, None, Facts())
        counted = Counter(rule.id for rule in terms.rules)
        assert [name for name, count in counted.items() if count > 1] == []


def test_at_each_date_one_de_minimis_rate_holds() -> None:
    """Federal awards of any day stand under exactly one of the dated rates."""
    program = CATALOGUE.program("other-federal")
    for day in ("2020-01-01", "2024-09-30", "2024-10-01", "2026-09-30", "2026-10-01", "2030-01-01"):
        terms = CATALOGUE.terms(program, None, "NC", Facts(dt.date.fromisoformat(day)))
        assert len([rule for rule in terms.rules if rule.indirect and rule.indirect.kind == "de-minimis"]) == 1, day


# ---------------------------------------------------------------------- the programs


def test_the_programs_that_must_exist_do() -> None:
    """Under these ids: tools outside this repository name them."""
    assert PLANNED - {program.id for program in CATALOGUE.programs} == set()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_answers_to_all_its_names(program: Program) -> None:
    """By its id and by every other name that people use for it."""
    for name in (program.id, *program.also):
        assert CATALOGUE.program(name) is program


@pytest.mark.parametrize(("name", "program"), NICKNAMES.items())
def test_the_names_people_use_are_known(name: str, program: str) -> None:
    """COSSAP is COSSUP, TOR is SOR."""
    assert CATALOGUE.program(name).id == program


def test_an_unknown_program_is_told_with_the_nearest_known_one() -> None:
    """A slip of the keyboard is not an award without rules."""
    with pytest.raises(KeyError, match=r"«cosup» is no program of the catalogue \(did you mean «cossup»\?\)"):
        CATALOGUE.program("cosup")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_closed_list_names_something(program: Program) -> None:
    """A program that pays only what its rules name has such rules, in each of its editions."""
    for edition in program.editions or (None,):
        terms = CATALOGUE.terms(program, edition.id if edition else None, None, Facts())
        assert not terms.closed_list or any(rule.allow for rule in terms.rules)


@pytest.mark.parametrize("name", ["county-general-fund", "other"])
def test_money_of_ones_own_carries_no_rules(name: str) -> None:
    """The county's own money, and money of which nothing is known, have no rules but the award's own terms."""
    assert CATALOGUE.terms(CATALOGUE.program(name), None, "NC", Facts()).rules == ()


@pytest.mark.parametrize(("named", "state", "edition"), EDITIONS)
def test_settlement_editions_go_by_name_then_by_state(named: str | None, state: str | None, edition: str) -> None:
    """The edition named on the award, else the State's, else the national one, which is first."""
    terms = CATALOGUE.terms(CATALOGUE.program("opioid-settlement"), named, state, Facts(dt.date(2026, 7, 1)))
    assert terms.edition is not None
    assert terms.edition.id == edition
    assert terms.closed_list is (edition in {"NC", "NC-option-b"})


def test_an_edition_that_extends_another_replaces_its_rules_by_id() -> None:
    """North Carolina asks for 100% where the national terms ask for 85%, and each is there once."""
    program = CATALOGUE.program("opioid-settlement")
    for named, share in (("national", Fraction(85, 100)), ("NC", 1), ("NC-option-b", 1)):
        (floor,) = [rule for rule in CATALOGUE.terms(program, named, None, Facts()).rules if rule.floor]
        assert floor.floor is not None
        assert floor.floor.at_least == share


@pytest.mark.parametrize("setting", ["community", "professional", None])
@pytest.mark.parametrize(("day", "ended"), [("2026-04-23", False), ("2026-04-24", True)])
def test_sor_paid_test_strips_up_to_23_april_2026(day: str, ended: bool, setting: str | None) -> None:
    """From the 24th a rule forbids them in all but professional settings; before, a rule allows them."""
    traits = Traits(
        use=frozenset({"drug-checking"}),
        population=frozenset(),
        setting=frozenset({setting} if setting else ()),
        place=frozenset(),
        item="drug-checking-strips",
        category="supplies",
        function="service",
        payee="government",
        unit="",
        activity="a",
        line="a/l",
        unit_cost=None,
    )
    when = dt.date.fromisoformat(day).toordinal()
    rules = CATALOGUE.terms(CATALOGUE.program("sor"), None, "NC", Facts(dt.date(2025, 9, 30), "SAMHSA")).rules
    spoke = [rule for rule in rules if rule.selects(traits) and rule.costs.days.start <= when < rule.costs.days.stop]
    forbidden = ended and setting != "professional"
    assert [rule.id for rule in spoke if rule.forbid] == (["test-strips-end"] if forbidden else [])
    assert any(rule.allow for rule in spoke) is not forbidden


# -------------------------------------------------------------------- the vocabulary


@pytest.mark.parametrize("kind", sorted(VOCABULARY.known))
def test_words_are_unique_and_explained(kind: str) -> None:
    """Each word once, in small letters (but FTE), with a sentence of its own."""
    listed = getattr(VOCABULARY, kind)
    assert [name for name, count in Counter(word.id for word in listed).items() if count > 1] == []
    for word in listed:
        assert re.fullmatch(r"FTE|[a-z0-9][a-z0-9-]*", word.id)
        assert word.about.endswith(".")
        assert re.match(r"[A-Z0-9]", word.about)


def test_the_words_that_tools_outside_name_exist() -> None:
    """Uses, items and units under the names that the design fixes."""
    for row in FIXED.strip().splitlines():
        kind, _, names = row.partition(":")
        for name in names.split():
            VOCABULARY.require(kind, name)


def test_a_word_of_ones_own_is_free_and_a_slip_is_not() -> None:
    """x-anything passes; another unknown word is told with the nearest known one."""
    VOCABULARY.require("item", "x-bus-passes")
    with pytest.raises(
        ValueError, match=r"^«syringe» is no known item \(did you mean «syringes»\?\); words of your own"
    ):
        VOCABULARY.require("item", "syringe")


def test_exhibit_e_headings_and_option_a_numbers_are_well_formed() -> None:
    """A.A to A.I and B.A to B.L, and strategies 1 to 12."""
    for word in VOCABULARY.uses:
        assert all(re.fullmatch(r"A\.[A-I]|B\.[A-L]", heading) for heading in word.exhibit_e), word.id
        assert all(number.isdigit() and 1 <= int(number) <= 12 for number in word.nc_option_a), word.id


def test_option_a_of_north_carolina_is_the_list_of_the_vocabulary() -> None:
    """What the edition allows by use is what the vocabulary numbers as a strategy, but for drug checking alone."""
    terms = CATALOGUE.terms(CATALOGUE.program("opioid-settlement"), "NC", "NC", Facts())
    allowed = {use for rule in terms.rules if rule.allow for use in rule.allow.use}
    numbered = {word.id for word in VOCABULARY.uses if word.nc_option_a}
    assert numbered - allowed == {"drug-checking"}
    assert allowed - numbered == set()


# ------------------------------------------------------------------ a catalogue's faults


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("  - id: other\n", "  - id: sor\n", "the name «sor» is given twice"),
        ("under: [uniform-guidance, federal-law]", "under: [uniform-guidence]", "«uniform-guidence» is no common set"),
        ("extends: national", "extends: nationl", "«nationl» is no edition here"),
        ("      - id: cash-incentives\n", "      - id: test-strips\n", "the rule id «test-strips» is given twice"),
        ("forbid: {item: cash-incentive}", "forbid: {item: cash}", "«cash» is no known item"),
        (
            "forbid: {item: cash-incentive}",
            "forbids: {item: cash-incentive}",
            "unknown key «forbids» (did you mean «forbid»?)",
        ),
        ("catalogue: 1", "catalogue: 2", "«2» was found; 1 is expected"),
    ],
)
def test_a_fault_in_a_catalogue_is_told_at_its_line(old: str, new: str, sentence: str) -> None:
    """A user's own catalogue is read as strictly as a proposal."""
    text = shipped_text("funding_sources.yaml")
    assert old in text
    with pytest.raises(InputError) as caught:
        read(text.replace(old, new, 1), "mine.yaml", VOCABULARY)
    found = [fault for fault in caught.value.faults if sentence in fault.sentence]
    assert found
    first = text[: text.index(old)].count("\n") + 1
    assert first <= found[0].line <= first + 2 or "twice" in sentence


def test_a_fault_in_a_vocabulary_is_told() -> None:
    """So is the vocabulary."""
    with pytest.raises(InputError, match=r"mine\.yaml:1:8  uses  «x» was found; a list is expected"):
        words.read('{uses: "x", activities: "1"}', "mine.yaml")


def test_what_a_rule_is_made_from_is_never_written_in_a_file() -> None:
    """`source` and `own_term` are ours: a file that writes them is refused."""
    text = shipped_text("funding_sources.yaml").replace(
        "      - id: lobbying\n", "      - id: lobbying\n        source: x\n", 1
    )
    with pytest.raises(InputError, match="source"):
        read(text, "mine.yaml", VOCABULARY)
