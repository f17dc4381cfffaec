"""A catalogue file of one's own, laid over ours: what it adds, what it may replace, and every fault in it at once."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import braid
from braid.basics.errors import InputError
from braid.law.catalogue import Catalogue, read, shipped_vocabulary
from braid.law.overlay import Layered, lay, replaced_in
from braid.law.rules import Facts

CITE = 'why: x, cite: [{title: x, read_on: 2026-01-01, href: "https://example.org"}]'
OURS = f"""
catalogue: 1
common:
  - id: federal
    name: Federal law
    rules: [{{id: no-land, forbid: {{item: land}}, {CITE}}}]
    editions:
      - {{id: "1", awards: {{until: 2024-09-30}}, rules: [{{id: rate, indirect: {{rate: 10%}}, {CITE}}}]}}
      - {{id: "2", awards: {{from: 2024-10-01}}, rules: [{{id: rate, indirect: {{rate: 15%}}, {CITE}}}]}}
programs:
  - id: grant
    also: [the-grant]
    name: A grant
    kind: federal
    under: federal
    rules:
      - {{id: strips, forbid: {{item: drug-checking-strips}}, {CITE}}}
      - {{id: food, forbid: {{item: food}}, {CITE}}}
    editions:
      - {{id: all, rules: [{{id: admin, cap: {{at_most: 5%, of: award}}, {CITE}}}]}}
      - {{id: NC, state: NC, extends: all, rules: [{{id: local, forbid: {{item: rent}}, {CITE}}}]}}
  - {{id: other, name: Other, kind: other}}
"""


@pytest.fixture(scope="module")
def ours() -> Catalogue:
    return read(OURS, "ours.yaml", shipped_vocabulary())


def laid(ours: Catalogue, programs: str = "", common: str = "") -> Layered:
    text = (
        "catalogue: 1\n" + (f"common:\n{common}\n" if common else "") + (f"programs:\n{programs}\n" if programs else "")
    )
    return lay(text, "mine.yaml", ours, shipped_vocabulary())


def faults(ours: Catalogue, programs: str = "", common: str = "") -> list[str]:
    with pytest.raises(InputError) as caught:
        laid(ours, programs, common)
    return [str(fault) for fault in caught.value.faults]


def rule(name: str, replaces: str = "", says: str = "certify: {}") -> str:
    return f"{{id: {name}, {f'replaces: {replaces}, ' if replaces else ''}{says}, {CITE}}}"


def names(catalogue: Catalogue, program: str, state: str | None = None) -> list[str]:
    terms = catalogue.terms(catalogue.program(program), None, state, Facts())
    return [each.name for each in terms.rules]


# ------------------------------------------------------------------ what it adds


def test_it_adds_programs_sets_editions_and_rules(ours: Catalogue) -> None:
    """What the file adds binds like ours, under its own names; ours is as it was, and stays as it was by itself."""
    found = laid(
        ours,
        f"""
  - {{id: grant, also: nickname, under: county, rules: [{rule("more")}], editions: [
      {{id: NC, rules: [{rule("nc-more")}]}}, {{id: VA, state: VA, extends: all, rules: [{rule("va-more")}]}}]}}
  - {{id: rotary, name: Rotary, kind: foundation, rules: [{rule("letter")}]}}""",
        f"""
  - {{id: county, name: County policy, rules: [{rule("phones")}]}}
  - {{id: federal, rules: [{rule("added")}], editions: [{{id: "2", rules: [{rule("second")}]}}]}}""",
    )
    assert found.program("nickname").id == found.program("the-grant").id == "grant"
    base = {"federal/no-land", "federal/rate", "grant/strips", "grant/food", "grant/admin"}
    assert set(names(ours, "grant")) == base
    added = {"federal/added", "federal/second", "county/phones", "grant/more"}
    assert set(names(found, "grant")) == base | added
    assert set(names(found, "grant", "NC")) == base | added | {"grant/local", "grant/nc-more"}
    assert set(names(found, "grant", "VA")) == base | added | {"grant/va-more"}
    assert names(found, "rotary") == ["rotary/letter"]
    assert found.own_programs == ("county", "rotary")
    assert found.own_editions == ("grant:VA",)
    assert len(found.own_rules) == 7
    assert found.replaced == ()


def test_the_fingerprint_covers_both_files(ours: Catalogue) -> None:
    """The catalogue's hash is that of ours and of the file together; a change in either changes it."""
    found = laid(ours, f"  - {{id: grant, rules: [{rule('more')}]}}")
    assert found.sha256 == hashlib.sha256(f"{ours.sha256}\n{found.file_sha256}\n".encode()).hexdigest()
    assert laid(ours, f"  - {{id: grant, rules: [{rule('other')}]}}").sha256 != found.sha256 != ours.sha256


def test_a_file_that_adds_nothing(ours: Catalogue) -> None:
    """Is no fault."""
    found = lay("catalogue: 1\n", "mine.yaml", ours, shipped_vocabulary())
    assert (found.own_rules, found.programs) == ((), ours.programs)
    assert repr(found).endswith("with mine.yaml laid over it: 0 rules")


# --------------------------------------------------------------- what it replaces


def test_a_replaced_rule_does_not_bind_and_is_remembered(ours: Catalogue) -> None:
    """The rule of the file has the place of ours, under its own id or another; both are kept side by side."""
    found = laid(ours, f"  - {{id: grant, rules: [{rule('strips', 'grant/strips')}, {rule('meals', 'grant/food')}]}}")
    assert names(found, "grant") == [
        "federal/no-land", "federal/rate", "grant/strips", "grant/meals", "grant/admin",
    ]  # fmt: skip
    assert [(each.ours.name, each.theirs.name) for each in found.replaced] == [
        ("grant/strips", "grant/strips"),
        ("grant/food", "grant/meals"),
    ]
    assert [each.ours.kind for each in found.replaced] == ["forbid", "forbid"]
    terms = found.terms(found.program("grant"), None, None, Facts())
    assert replaced_in(terms) == found.replaced
    assert replaced_in(found.terms(found.program("other"), None, None, Facts())) == ()
    assert replaced_in(ours.terms(ours.program("grant"), None, None, Facts())) == ()


def test_a_rule_that_an_edition_inherits_is_replaced_there_only(ours: Catalogue) -> None:
    """Under its id a rule of an edition takes the place of what the edition inherits, and nowhere else."""
    programs = f"  - {{id: grant, editions: [{{id: NC, rules: [{rule('admin', 'grant/admin')}]}}]}}"
    found = laid(ours, programs)

    def kinds(state: str | None) -> list[str]:
        terms = found.terms(found.program("grant"), None, state, Facts())
        return [each.kind for each in terms.rules if each.id == "admin"]

    assert kinds(None) == ["cap"]
    assert kinds("NC") == ["certify"]
    assert [len(replaced_in(found.terms(found.program("grant"), None, state, Facts()))) for state in (None, "NC")] == [
        0,
        1,
    ]
    assert faults(ours, programs.replace("id: admin,", "id: share,")) == [
        f"mine.yaml:3:{programs.index('grant/admin') + 1}  programs[grant].editions[NC].rules[share].replaces  "
        "grant/admin is one that the edition NC inherits; only a rule with the id «admin» replaces it here"
    ]


def test_a_rule_of_one_edition_of_a_set_is_replaced_where_it_stands(ours: Catalogue) -> None:
    """Of two editions that have a rule of one id, only the one that is named gets the other rule."""
    says = "indirect: {rate: 12%}"
    common = f"""  - {{id: federal, editions: [{{id: "2", rules: [{rule("rate", "federal/rate", says)}]}}]}}"""
    found = laid(ours, common=common)
    rates = [each.indirect.rate for each in found.rules() if each.indirect is not None]
    assert [str(rate) for rate in rates] == ["1/10", "3/25"]


WRONG = {
    "an id of ours": (rule("strips"), "«strips» is a rule of grant already; say `replaces: grant/strips`, or give it "
                      "another id"),
    "an id of an edition": (rule("admin"), "«admin» is a rule of the edition all already; write it there, or give "
                            "it another id"),
    "an unknown rule": (rule("x", "grant/strip"), "«grant/strip» is no rule of the catalogue (did you mean "
                        "«grant/strips»?)"),
    "a rule of another": (rule("x", "federal/no-land"), "federal/no-land is a rule of federal; write the rule that "
                          "replaces it under `id: federal`"),
    "a rule of an edition": (rule("x", "grant/local"), "grant/local stands in the edition NC; write the rule that "
                             "replaces it there"),
    "replaced twice": (rule("x", "grant/food") + ", " + rule("y", "grant/food"), "grant/food is replaced twice; the "
                       "rule «x» of this file replaces it too"),
    "the id of another": (rule("strips", "grant/food"), "«strips» is a rule of grant already; say `replaces: "
                          "grant/strips`, or give it another id"),
    "given twice": (rule("x") + ", " + rule("x"), "the rule id «x» is given twice"),
    "an unknown word": (rule("x", says="forbid: {item: nalokson}"), "«nalokson» is no known item (did you mean "
                        "«naloxone»?); words of your own begin with x-"),
    "no citation": ("{id: x, certify: {}, why: x}", "«cite» is missing"),
    "two kinds": ("{id: x, certify: {}, allow: {}, why: x, cite: [{title: x}]}", "a rule says exactly one of"),
    "an unknown payer of a match": (rule("x", says="match: {required: 50%, from: [grnt]}"), "«grnt» is neither a kind "
                                    "of program nor a program (did you mean «grant»?)"),
    "a name in a mapping of its own": (rule("x", says="source: mine, certify: {}"), "a rule takes no key `source`"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_rule_at_fault(ours: Catalogue, what: str) -> None:
    """Each is told once, in words, on its line."""
    rules, sentence = WRONG[what]
    found = faults(ours, f"  - {{id: grant, rules: [{rules}]}}")
    assert len(found) == 1
    assert found[0].startswith("mine.yaml:3:")
    assert sentence in found[0]


ENTRIES = {
    "what is ours": ("  - {id: grant, kind: local}", "`kind` of grant is not changed by a file that is laid over it; "
                     "an entry of your own needs another id"),
    "an edition of ours": ('  - {id: grant, editions: [{id: NC, extends: VA}]}', "`extends` of NC is not changed by a "
                           "file that is laid over it; an edition of your own needs another id"),
    "another name of ours": ("  - {id: the-grant, rules: []}", "«the-grant» is another name of grant; write that id to "
                             "add to it"),
    "a set as a program": ("  - {id: federal, name: x, kind: other}", "«federal» is a common set already; a name "
                           "stands for one thing"),
    "a taken nickname": ("  - {id: new, name: x, kind: other, also: the-grant}", "the name «the-grant» stands for "
                         "something else already"),
    "given twice": ("  - {id: grant}\n  - {id: grant}", "«grant» is given twice; write all its rules under one entry"),
    "an edition twice": ("  - {id: grant, editions: [{id: VA}, {id: VA}]}", "the edition «VA» is given twice"),
    "an unknown set": ("  - {id: grant, under: federl}", "«federl» is no common set (did you mean «federal»?)"),
    "an unknown edition": ("  - {id: grant, editions: [{id: VA, extends: al}]}", "«al» is no edition here (did you "
                           "mean «all»?)"),
    "no program": ("  - [x]", "a list was found; a mapping of keys to values is expected"),
    "a mistyped key": ("  - {id: grant, ruls: []}", "unknown key «ruls» (did you mean «rules»?)"),
    "a program without a kind": ("  - {id: new, name: x}", "«kind» is missing"),
}  # fmt: skip


@pytest.mark.parametrize("what", ENTRIES)
def test_an_entry_at_fault(ours: Catalogue, what: str) -> None:
    """What is ours stays ours; a name stands for one thing; what an entry refers to exists."""
    programs, sentence = ENTRIES[what]
    found = faults(ours, programs)
    assert len(found) == 1
    assert sentence in found[0]


def test_every_fault_is_told_at_once(ours: Catalogue) -> None:
    """No fault hides another: of the head, of a set, of several rules, of an entry that cannot be placed."""
    text = f"""catalogue: 2
common:
  - {{id: grant, name: x}}
programs:
  - {{id: grant, rules: [{rule("strips")}, {rule("x", says="forbid: {item: y}")}, {rule("z", "grant/zz")}]}}
  - {{id: new, rules: [{rule("w", says="forbid: {item: v}")}], editions: [{{id: a, rules: [{{id: b}}]}}]}}
extra: 1
"""
    with pytest.raises(InputError) as caught:
        lay(text, "mine.yaml", ours, shipped_vocabulary())
    lines = [fault.line for fault in caught.value.faults]
    assert lines == [1, 3, 5, 5, 5, *[6] * 5, 7]


@pytest.mark.parametrize("text", ["", "[]", "x", "catalogue: [1", "programs: []"])
def test_what_is_no_catalogue(ours: Catalogue, text: str) -> None:
    """A file of another form is a fault of input, whatever it holds."""
    with pytest.raises(InputError):
        lay(text, "mine.yaml", ours, shipped_vocabulary())


# ------------------------------------------------------------ the shipped catalogue

MINE = f"""
catalogue: 1
programs:
  - id: sor
    rules: [{rule("our-letter", "sor/test-strips-end", "certify: {item: drug-checking-strips}")}]
"""
PROPOSAL = """
braid: 1
name: Strips
jurisdiction: {name: Nowhere, state: NC}
calendar: {first: FY2027, last: FY2027}
awards: [{id: money, program: sor, awarded: 2025-09-30, start: 2026-07-01, end: 2027-06-30, amount: "4,000"}]
activities:
  - {id: kits, uses: naloxone-distribution, lines: [
      {id: strips, category: supplies, item: drug-checking-strips, amount: "24"}]}
"""


def test_the_python_face(tmp_path: Path) -> None:
    """`catalogue(sources=…)` goes into every verb; without it nothing of the file is known."""
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    (tmp_path / "p.yaml").write_text(PROPOSAL, encoding="utf-8")
    mine = braid.catalogue(sources=tmp_path / "mine.yaml")
    before = braid.eligibility(braid.read(tmp_path / "p.yaml")).why("kits/strips", "money")
    proposal = braid.read(tmp_path / "p.yaml", catalogue=mine)
    after = braid.eligibility(proposal, catalogue=mine).why("kits/strips", "money")
    assert (before.status, after.status) == ("unallowable", "allowable")
    made = braid.plan(proposal, catalogue=mine)
    assert made.file.provenance.catalogue == mine.sha256 != braid.catalogue().sha256
    assert "sor/our-letter" in {found["id"] for found in made.file.rules}
    with pytest.raises(InputError, match="there is no such file"):
        braid.catalogue(sources=tmp_path / "gone.yaml")
