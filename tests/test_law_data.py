"""The catalogue as data: cited and dated, without contradiction on any day, every word used, every sentence plain.

Each test gathers all that it finds, so that a person who writes rules sees the whole of it at once.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel

from braid.files import nodes
from braid.files.shipped import shipped, shipped_text
from braid.judge.oncosts import NOT_MTDC_ITEMS
from braid.law.catalogue import Common, Edition, Program, catalogue, read, shipped_vocabulary
from braid.law.rules import Facts, Rule, Selector

CATALOGUE = catalogue()
VOCABULARY = shipped_vocabulary()
Source = Common | Program
Findings = Iterator[str]
MOST_WORDS = 40
WORD_KINDS = ("use", "item", "category", "function", "population", "setting", "place", "payee", "unit")

KEPT_WORDS = {
    "population": {
        *("people-who-use-drugs", "families", "people-in-recovery", "general-public", "veterans"),
        "pregnant-and-postpartum",
    },
    "setting": {"library"},
    "place": {"rural", "urban", "suburban", "tribal-land"},
    "unit": {"mile", "month"},
    "item": {"legal-fees"},
    "category": {"fringe"},
    "payee": {"government", "tribal"},
    "function": {"service"},
}
"""Words by which proposals describe their lines, and by which requirements and goals select, though no rule does."""

ABBREVIATIONS = {"CDC", "SAMHSA", "HIV", "AIDS", "FBI", "OneOhio"}
"""Names that everyone reads without a pause; a funder's own name is free in its rules."""
JARGON = re.compile(
    r"§|\b(?:i\.e\.|e\.g\.|etc\.|U\.S\.C\.|U\.S\.|C\.F\.R\.|Pub\. ?L\.|NOFO|NoA|MTDC|FTE-years?|shall|pursuant|"
    r"hereby|herein|thereof|therein|thereto|aforementioned|notwithstanding|heretofore|inter alia|pro rata|ibid|"
    r"viz|per annum|commence|utili[sz]e[ds]?|expend(?:ed|s)?|statutory|promulgated|enumerated|ensuing|"
    r"non-supplanting|drawdown|deobligat\w+)(?:\b|(?<=\.))",
    re.IGNORECASE,
)
CAPITALS = re.compile(r"\b[A-Za-z]*[A-Z][A-Za-z]*[A-Z]\w*\b")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DAY = re.compile(rf"\b(\d{{1,2}}) ({MONTHS}) (\d{{4}})\b")
YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
YEARS_OF_THE_LAW = {"suptrs/jails-and-prisons", "suptrs/womens-amount"}
"""Rules that measure today's spending by that of a year long gone."""
REPLACED_ON_PURPOSE = {"opioid-settlement/approved-uses", "opioid-settlement/future-share"}
"""A State's edition forbids, or puts under approval, what the national terms leave open or only cap."""


# ---------------------------------------------------------------------------- the parts


def placed_rules() -> Iterator[tuple[Source, Edition | None, Rule]]:
    """Every rule with the program or common set, and the edition, that it stands in."""
    for source in (*CATALOGUE.common, *CATALOGUE.programs):
        yield from ((source, None, rule) for rule in source.rules)
        for edition in source.editions:
            yield from ((source, edition, rule) for rule in edition.rules)


def name_of(rule: Rule, edition: Edition | None) -> str:
    return f"{rule.name} ({edition.id})" if edition else rule.name


# ---------------------------------------------------------------------- cited and dated


def uncited() -> Findings:
    """What was not read in its own words says which words, or what could not be confirmed."""
    for _, edition, rule in placed_rules():
        for cite in rule.cite:
            name = f"{name_of(rule, edition)}: «{cite.title}»"
            if cite.read_on is None:
                yield f"{name} does not say on which day it was read"
            elif cite.read_on > dt.date.today():  # noqa: DTZ011 - a day of the calendar, not a moment
                yield f"{name} was read on {cite.read_on}, which lies in the future"
            if cite.read != "text" and not (cite.note or cite.section):
                yield f"{name} is {cite.read} and has neither a section nor a note"
        if rule.confidence == "unverified" and not any(cite.note for cite in rule.cite):
            yield f"{name_of(rule, edition)} rests on no text that was read, and no note says what is not confirmed"


def undated() -> Findings:
    """A day or a year that a rule's sentence names is one on which it, or its edition, begins or ends."""
    for source, edition, rule in placed_rules():
        edges = _edges(rule, edition) | {edge for each in source.editions for edge in _of(each.awards)}
        name = name_of(rule, edition)
        days = [_day(*found) for found in DAY.findall(rule.why)]
        for day in days:
            if not any(abs((edge - day).days) <= 1 for edge in edges):
                yield f"{name} names {day}, and neither begins nor ends then"
        for year in map(int, YEAR.findall(DAY.sub("", rule.why))) if rule.name not in YEARS_OF_THE_LAW else ():
            if not any(year - 1 <= edge.year <= year + 1 for edge in edges):
                yield f"{name} names {year}, and neither begins nor ends near it (date it, or leave the year to a note)"
        if not edges and any(DAY.search(cite.title) and "letter" in cite.title.lower() for cite in rule.cite):
            yield f"{name} rests on a letter of a day, and has no dates of its own"


def _edges(rule: Rule, edition: Edition | None) -> set[dt.date]:
    return {*_of(rule.awards), *_of(rule.costs), *(_of(edition.awards) if edition else ())}


def _of(dates: Any) -> Iterator[dt.date]:
    yield from (day for day in (dates.since, dates.until) if day is not None)


def _day(day: str, month: str, year: str) -> dt.date:
    return dt.date(int(year), MONTHS.split("|").index(month) + 1, int(day))


# ------------------------------------------------------------------------ contradictions


def contradictions() -> Findings:
    """Of what binds one award together, no rule says another thing than a second one of the same source."""
    told: set[str] = set()
    for program in CATALOGUE.programs:
        clashes = {frozenset((id(a), id(b))): said for a, b, said in _clashes(program) if said not in told}
        for edition in (None, *program.editions) if clashes else ():
            for facts in _facts(program):
                binding = {id(rule) for rule in _terms(program, edition, facts)}
                for pair in [pair for pair in clashes if pair <= binding]:
                    said = clashes.pop(pair)
                    told.add(said)
                    yield f"{said} (an award of {program.id}{f', {edition.id}' if edition else ''}, {facts})"


def _terms(program: Program, edition: Edition | None, facts: Facts) -> tuple[Rule, ...]:
    return CATALOGUE.terms(program, edition.id if edition else None, None, facts).rules


def _parts(program: Program) -> list[Source | Edition]:
    sources: list[Source] = [program, *(common for common in CATALOGUE.common if common.id in program.under)]
    return [part for source in sources for part in (source, *source.editions)]


def _clashes(program: Program) -> Iterator[tuple[Rule, Rule, str]]:
    """Pairs of rules that say two things of one and the same, if ever they bind one award."""
    rules = [rule for part in _parts(program) for rule in part.rules]
    for one, two in itertools.combinations(rules, 2):
        together = one.awards.days.meet(two.awards.days).days and one.costs.days.meet(two.costs.days).days
        if one.name != two.name and together and (said := _clash(one, two)):
            yield one, two, said


def _facts(program: Program) -> Iterator[Facts]:
    """Awards on both sides of every date, of every agency, recipient and amount that any of its rules names."""
    parts = _parts(program)
    rules = [rule for part in parts for rule in part.rules]
    dates = {edge for rule in rules for edge in _of(rule.awards)}
    dates |= {edge for part in parts if isinstance(part, Edition) for edge in _of(part.awards)}
    days = sorted({edge + dt.timedelta(days=n) for edge in dates for n in (-1, 0, 1)}) or [dt.date(2026, 7, 1)]
    agencies = {name for part in (*rules, *parts) for name in getattr(part, "agencies", ())}
    recipients = {name for rule in rules for name in rule.recipients}
    above = {rule.award_above for rule in rules if rule.award_above is not None}
    amounts = {value + more for value in above for more in (0, 1)}
    for day, agency, who, cents in itertools.product(days, _or_none(agencies), _or_none(recipients), _or_none(amounts)):
        yield Facts(awarded=day, agency=agency, recipient=who, cents=cents)


def _or_none(values: set[Any]) -> list[Any]:
    return sorted(values) if values else [None]


def _clash(one: Rule, two: Rule) -> str:
    names = " and ".join(sorted((one.name, two.name)))
    kinds = {one.kind, two.kind}
    if kinds == {"allow", "forbid"} and _selector(one) == _selector(two):
        return f"{names}: one allows what the other forbids"
    if len(kinds) > 1 or one.source != two.source or _narrower(one, two):
        return ""  # of several bounds of different sources the tightest decides
    if one.kind in {"cap", "floor", "limit", "indirect", "portion", "match", "transfer", "use_within", "carry_over"}:
        return f"{names}: two bounds on the same thing" if _scope(one) == _scope(two) else ""
    if one.kind in {"allow", "forbid", "approval"} and _whole(one) == _whole(two):
        return f"{names}: the same said twice"
    return ""


def _narrower(one: Rule, two: Rule) -> bool:
    """Whether one of two rules is for some agencies or recipients, and so goes beside the other for all."""
    return bool(_agencies(one)) != bool(_agencies(two)) or bool(one.recipients) != bool(two.recipients)


def _agencies(rule: Rule) -> tuple[str, ...]:
    editions = (edition for _, edition, each in placed_rules() if each is rule and edition is not None)
    return rule.agencies or next((edition.agencies for edition in editions), ())


def _selector(rule: Rule) -> Any:
    told = getattr(rule, rule.kind)
    return told.model_dump(include=set(Selector.model_fields))


def _whole(rule: Rule) -> Any:
    return getattr(rule, rule.kind).model_dump()


def _scope(rule: Rule) -> Any:
    """What a bound is a bound of, apart from how high it is; a share and an amount bound different things."""
    told = _whole(rule)
    if rule.kind == "indirect":
        return {key: value is not None for key, value in told.items() if key not in {"kind", "authority"}} | {
            "kind": told["kind"]
        }
    bounds = {"at_most", "at_least", "required", "share", "by_year", "months"}
    return {key: value for key, value in told.items() if key not in bounds} | {"bounds": bounds & set(told)}


def shadowed() -> Findings:
    """A rule takes the place of another of its id only where it is of the same kind, or on purpose."""
    for source in (*CATALOGUE.common, *CATALOGUE.programs):
        first: dict[str, str] = {rule.id: rule.kind for rule in source.rules}
        for edition in source.editions:
            for rule in edition.rules:
                kind = first.setdefault(rule.id, rule.kind)
                if kind != rule.kind and rule.name not in REPLACED_ON_PURPOSE:
                    yield f"{name_of(rule, edition)}: {rule.kind} here, {kind} elsewhere"


# --------------------------------------------------------------------- words and addresses


def unused_words() -> Findings:
    """Every word of the vocabulary is used by a rule, a practice or an example, or is kept for proposals."""
    used = {kind: set(KEPT_WORDS.get(kind, ())) for kind in WORD_KINDS}
    used["item"] |= NOT_MTDC_ITEMS
    for _, _, rule in placed_rules():
        for selector in _selectors(rule):
            for kind in WORD_KINDS:
                used[kind] |= set(getattr(selector, kind))
        if rule.limit is not None:
            used["unit"].add(rule.limit.unit)
    written = _written()
    plural = {"use": "uses", "category": "categories"}
    for kind in WORD_KINDS:
        for word in getattr(VOCABULARY, plural.get(kind, f"{kind}s")):
            if word.id not in used[kind] | written:
                yield f"{kind} {word.id}: no rule, practice or example uses it"


def _written() -> set[str]:
    """Every single word in the example proposals, and in what the vocabulary says of practices."""
    documents = [nodes.parse(shipped_text("examples", path.name), path.name).data for path in _examples()]
    vocabulary = nodes.parse(shipped_text("activities.yaml"), "activities.yaml").data
    return set(_texts([*documents, vocabulary.get("practices", []), vocabulary["uses"]], skip="id"))


def _examples() -> list[Any]:
    return [path for path in shipped("examples").iterdir() if path.name.endswith(".yaml")]


def _texts(value: Any, skip: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        yield from (text for key, inner in value.items() if key != skip for text in _texts(inner, skip))
    elif isinstance(value, list):
        yield from (text for inner in value for text in _texts(inner, skip))
    elif isinstance(value, str):
        yield value


def _selectors(model: BaseModel) -> Iterator[Selector]:
    for name in type(model).model_fields:
        if isinstance(value := getattr(model, name), BaseModel):
            yield from _selectors(value)
    if isinstance(model, Selector):
        yield model


def malformed_addresses() -> Findings:
    """Each web address has a scheme, a host with a dot, and nothing that a browser would stumble over."""
    cited = ((name_of(rule, edition), cite.href) for _, edition, rule in placed_rules() for cite in rule.cite)
    words = nodes.parse(shipped_text("activities.yaml"), "activities.yaml").data
    for name, href in (*cited, *(("activities.yaml", href) for href in _hrefs(words))):
        if href is not None and (wrong := _wrong_address(href)):
            yield f"{name}: {href} {wrong}"


def _hrefs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["href"]] if isinstance(value.get("href"), str) else [])
        yield from (href for inner in value.values() for href in _hrefs(inner))
    elif isinstance(value, list):
        yield from (href for inner in value for href in _hrefs(inner))


def _wrong_address(href: str) -> str:
    parts = urlsplit(href)
    if parts.scheme not in {"http", "https"}:
        return "does not begin with https://"
    if not re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", parts.hostname or ""):
        return "has no host"
    if parts.username is not None or "@" in parts.netloc:
        return "names a user"
    return "" if re.fullmatch(r"[!-~]+", href) and href[-1] not in ".,;:)" else "ends or is written as no address is"


# ------------------------------------------------------------------------ the sentences


def hard_sentences() -> Findings:
    """One sentence, short, in words that a finance officer uses."""
    for source, edition, rule in placed_rules():
        why, name = rule.why, name_of(rule, edition)
        if not why.endswith(".") or re.search(r"[.!?;]\s+[A-Z]", why):
            yield f"{name}: one sentence with its full stop is expected: {why}"
        if (count := len(why.split())) > MOST_WORDS:
            yield f"{name}: {count} words; at most {MOST_WORDS} are expected: {why}"
        free = set(re.findall(r"\w+", getattr(source, "funder", None) or "")) | ABBREVIATIONS
        hard = {*JARGON.findall(why), *(word for word in CAPITALS.findall(why) if word not in free)}
        if hard:
            yield f"{name}: say it in plain words: {', '.join(sorted(hard))}: {why}"


CHECKS: dict[str, Callable[[], Findings]] = {
    "cited": uncited,
    "dated": undated,
    "without contradiction": contradictions,
    "replaced by its kind": shadowed,
    "words used": unused_words,
    "addresses": malformed_addresses,
    "sentences": hard_sentences,
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_catalogue_as_data(check: Callable[[], Findings]) -> None:
    """Nothing is found."""
    if found := list(check()):
        pytest.fail("\n".join([check.__doc__ or "", *found]), pytrace=False)


CITE = "cite: [{title: T, section: x, read_on: 2026-01-01}]"
FAULTY = f"""
catalogue: 1
programs:
  - id: p
    name: P
    kind: federal
    rules:
      - {{id: old, allow: {{item: food}}, why: Food is paid since 2019., cite: [{{title: T, read: secondary}}]}}
      - {{id: no, forbid: {{item: food}}, costs: {{from: 2027-01-01}}, why: "The NOFO, see § 2, forbids it.", {CITE}}}
      - {{id: a, cap: {{at_most: 5%, of: award}}, why: At most 5%., cite: [{{title: T, href: "https://nohost/x"}}]}}
      - {{id: b, cap: {{at_most: 6%, of: award}}, why: At most 6%. Or less., {CITE}}}
  - id: q
    name: Q
    kind: federal
    editions: [{{id: e, rules: [{{id: r, forbid: {{item: land}}, why: Not here., {CITE}}}]}}]
    rules: [{{id: r, allow: {{item: land}}, why: Land is paid., {CITE}}}]
"""
FOUND = {
    "cited": ["p/old: «T» is secondary", "p/old: «T» does not say on which day", "p/a: «T» does not say on which day"],
    "dated": ["p/old names 2019"],
    "without contradiction": ["p/no and p/old: one allows", "p/a and p/b: two bounds"],
    "replaced by its kind": ["q/r (e): forbid here, allow elsewhere"],
    "words used": ["item unmanned-aircraft: no rule"],
    "addresses": ["p/a: https://nohost/x has no host"],
    "sentences": ["p/no: say it in plain words: NOFO, §", "p/b: one sentence"],
}


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_wrong_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each check finds the faults that are planted for it, and of those of its kind no other."""
    monkeypatch.setitem(globals(), "CATALOGUE", read(FAULTY, "faulty.yaml", VOCABULARY))
    found = list(CHECKS[name]())
    assert [told for told in FOUND[name] if not any(told in one for one in found)] == []
    assert len(found) == len(FOUND[name]) or name == "words used"


def test_what_is_kept_is_in_the_vocabulary() -> None:
    """A word that is gone is gone from the list as well."""
    for kind, words in KEPT_WORDS.items():
        for word in words:
            VOCABULARY.require(kind, word)


def test_what_is_excepted_exists() -> None:
    """So that the exception does not outlive the rule."""
    assert {rule.name for rule in CATALOGUE.rules()} >= REPLACED_ON_PURPOSE
