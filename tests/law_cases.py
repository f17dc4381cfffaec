"""Worked cases of the law, in tests/cases: read, and filled into whole proposals. They need no Python.

A folder named like a program or a common set of the catalogue holds them. A file is a list of groups. A group names
the `rule` that it proves (or several), where it was read (`cite`), what its cases share, and its `cases`. A case has a
sentence (`case`), what it says otherwise than its group, and what is expected.

What a group shares, and a case may say key by key: `award`, `others` (further awards by id), `line` or `lines` (by
id), `proposal` (other keys of the head), `on` (one day, to which every line is narrowed), `pays` and `others_pay`
(amounts by line, and by fiscal year or days where there are several). `unsaid` takes a key away; another kind of money
or cost replaces the former. `rule` narrows a case to some rules of its group.

What is left unsaid is filled in: Harbor County, North Carolina, without an indirect rate; the fiscal years from 1 July
that the case names, else the one in which the award starts, else FY2027; the program of the folder; $1,000,000 for the
whole plan; the category supplies, the use x-any, $1,000.

What may be expected:

* `is`: the determination of the first line, which must come from a rule of the group, or from the one named `by`;
* `speaks`: whether every rule (or none) is in force and selects the line; an indirect rule, whether it decides;
* `payable`: whether the award can pay the line on any day;
* `kept`: whether what is paid keeps every limit of the rules and, where they say what may be paid at all, may be paid;
* `actual` and `bound` of the one limit of the rule, or of `row`; for a match `met` and `required`;
* `rate`, `base` and `indirect`: what the award pays of indirect cost, by fiscal year where there are several;
* `refused`: words of the fault with which the case is refused when it is read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from braid.basics.errors import InputError, nearest
from braid.basics.fiscal import months_later, parse_date
from braid.files import nodes
from braid.law.catalogue import Catalogue, Program, catalogue, shipped_vocabulary
from braid.proposal import Activity, Line, Proposal
from braid.reading.from_yaml import from_document

FOLDER = Path(__file__).parent / "cases"
GIVEN = {"award", "others", "line", "lines", "proposal", "on", "pays", "others_pay"}
"""What a group may share with its cases, and a case may say by itself."""
EXPECTED = {
    *("is", "by", "speaks", "payable", "kept", "actual", "bound", "row"),
    *("rate", "base", "indirect", "required", "met", "refused"),
}
GROUP_KEYS = {"rule", "cite", "cases", *GIVEN}
CASE_KEYS = {"case", "rule", *GIVEN, *EXPECTED}
MERGED = ("award", "proposal")
UNSAID = "unsaid"
MONEYS = ({"amount"}, {"budget_periods", "carry_over"}, {"opening_balance", "receipts"})
COSTS = ({"amount"}, {"unit_cost"})
OF_ACTIVITY = set(Activity.model_fields) - set(Line.model_fields)
YEAR = re.compile(r"FY(\d{4})")
HEAD: dict[str, Any] = {"braid": "1", "name": "A case of the law"}
JURISDICTION = {"name": "Harbor County", "state": "NC", "kind": "county"}
YEARS_END = "2027"
Given = dict[str, Any]


class UnfitCaseError(Exception):
    """A case that says something that cannot be meant; the sentence says what."""


@dataclass(frozen=True, eq=False)
class LawCase:
    """One case with all that its group shares with it."""

    folder: str
    place: str
    """File and line, as an editor opens them."""
    file: str
    rules: tuple[str, ...]
    """The full names of the rules that it proves."""
    sentence: str
    given: Given
    expected: Given

    @property
    def id(self) -> str:
        """`folder/file: rule: case`."""
        return f"{self.file}: {', '.join(self.rules)}: {self.sentence}"

    @cached_property
    def data(self) -> dict[str, Any]:
        """The whole proposal, as a file would say it."""
        return _Filler(self).proposal()

    def proposal(self) -> Proposal:
        """The whole proposal. Raises InputError where it is at fault."""
        return from_document(nodes.Document(self.place, data=self.data), catalogue(), shipped_vocabulary())

    @property
    def award(self) -> str:
        """The id of the award that the case is about."""
        return self.data["awards"][0]["id"]

    @cached_property
    def lines(self) -> dict[str, str]:
        """Full line ids by the names that the case gives, in the order of the case."""
        names = [(activity["id"], line["id"]) for activity in self.data["activities"] for line in activity["lines"]]
        told = {line: f"{activity}/{line}" for activity, line in names}
        return {name: told[name] for name in _lines(self.given)}


def law_folders(found: Catalogue) -> frozenset[str]:
    """The names under which folders of law cases may stand."""
    return frozenset(each.id for each in (*found.common, *found.programs))


def is_law(path: Path) -> bool:
    """Whether a file below tests/cases holds cases of the law: by the name of its folder, or by its first word."""
    if path.relative_to(FOLDER).parts[0] in law_folders(catalogue()):
        return True
    data = nodes.parse(path.read_text(encoding="utf-8"), str(path)).data
    return isinstance(data, list) and isinstance(data[0], dict) and "rule" in data[0]


@lru_cache(maxsize=1)
def law_cases() -> tuple[tuple[LawCase, ...], tuple[str, ...]]:
    """Every case of the law in the order of files and lines, and what is wrong with files that cannot be read."""
    found: list[LawCase] = []
    faults: list[str] = []
    for path in sorted(FOLDER.rglob("*.yaml")):
        if is_law(path):
            try:
                found += read_file(path)
            except (UnfitCaseError, InputError) as error:
                faults.append(str(error))
    return tuple(found), tuple(faults)


def read_file(path: Path) -> Iterator[LawCase]:
    """The cases of one file. Raises UnfitCaseError with its place where it is not of the form."""
    name = path.relative_to(FOLDER).as_posix() if path.is_relative_to(FOLDER) else f"{path.parent.name}/{path.name}"
    document = nodes.parse(path.read_text(encoding="utf-8"), str(path))
    document.raise_faults()
    if not isinstance(document.data, list):
        raise UnfitCaseError(f"{name}: a list of groups is expected")
    for g, group in enumerate(document.data):
        _known(group, GROUP_KEYS, f"{name}:{document.mark((g,))[0]}")
        for c, case in enumerate(group.get("cases", ())):
            place = f"{name}:{document.mark((g, 'cases', c))[0]}"
            _known(case, CASE_KEYS, place)
            yield _case(name, place, group, case)


def _known(found: Any, keys: set[str], place: str) -> None:
    if not isinstance(found, dict):
        raise UnfitCaseError(f"{place}: keys are expected")
    for key in found:
        if key not in keys:
            raise UnfitCaseError(f"{place}: unknown key «{key}»{nearest(key, sorted(keys))}")
    for key in ("rule", "case"):
        if key in keys and key not in found and (key == "rule") == ("cases" in keys):
            raise UnfitCaseError(f"{place}: «{key}» is missing")


def _case(file: str, place: str, group: Given, case: Given) -> LawCase:
    named = case.get("rule", group["rule"])
    given = {key: group[key] for key in GIVEN if key in group}
    for key in GIVEN & set(case):
        given[key] = _joined(key, given.get(key, {}), case[key])
    if "line" in given and "lines" in given:
        lines = given.pop("lines")
        first = next(iter(lines))
        given["lines"] = lines | {first: overridden(lines[first], given.pop("line"), COSTS)}
    rules = (named,) if isinstance(named, str) else tuple(named)
    expected = {key: case[key] for key in case if key in EXPECTED}
    folder, _, _ = file.partition("/")
    return LawCase(folder, place, file.removesuffix(".yaml"), rules, case["case"], given, expected)


def _joined(key: str, shared: Any, own: Any) -> Any:
    """What a group shares, with what a case says by itself in its place."""
    if key in {"on", "pays", "others_pay"}:
        return own
    if key == "line":
        return overridden(shared, own, COSTS)
    if key == "award":
        return _award_overridden(shared, own)
    if key == "proposal":
        inner = {
            name: {**shared[name], **own[name]}
            for name in ("jurisdiction", "calendar")
            if name in shared and name in own
        }
        return overridden(shared, {**own, **inner})
    joined = {
        name: overridden(shared.get(name, {}), value, COSTS)
        if key == "lines"
        else _award_overridden(shared.get(name, {}), value)
        for name, value in own.items()
        if value != UNSAID
    }
    return {name: value for name, value in shared.items() if own.get(name) != UNSAID} | joined


def _award_overridden(shared: Given, own: Given) -> Given:
    """As ``overridden``; budget periods bring their own dates."""
    dated = {key: value for key, value in shared.items() if "budget_periods" not in own or key not in {"start", "end"}}
    return overridden(dated, own, MONEYS)


def overridden(shared: Given, own: Given, kinds: tuple[set[str], ...] = ()) -> Given:
    """Single keys replaced; of several kinds of money or cost, the one that is told last; `unsaid` takes a key away."""
    replaced = {key for kind in kinds if kind & set(own) for other in kinds if other is not kind for key in other}
    kept = {key: value for key, value in shared.items() if key not in replaced}
    return {key: value for key, value in {**kept, **own}.items() if value != UNSAID}


def _lines(given: Given) -> dict[str, Given]:
    return given["lines"] if "lines" in given else {"line": given.get("line", {})}


# ------------------------------------------------------------------ what is left unsaid


class _Filler:
    """Fills a short case into a whole proposal."""

    def __init__(self, case: LawCase) -> None:
        self.case, self.given = case, case.given
        told: Given = self.given.get("proposal", {})
        self.extra = {key: value for key, value in told.items() if key not in {"jurisdiction", "calendar"}}
        self.jurisdiction = JURISDICTION | told.get("jurisdiction", {})
        self.starts = told.get("calendar", {}).get("fiscal_year_starts", "07-01")
        self.calendar = self._calendar() | told.get("calendar", {})

    def proposal(self) -> dict[str, Any]:
        others = self.given.get("others", {})
        return {
            **HEAD,
            "jurisdiction": self.jurisdiction,
            "calendar": self.calendar,
            "awards": [
                self._award({"id": "award", "program": self._program(), **self.given.get("award", {})}),
                *(self._award({"id": name, "program": "other", **award}) for name, award in others.items()),
            ],
            "activities": list(self._activities()),
            **self.extra,
        }

    def _program(self) -> str:
        found = catalogue()
        if self.case.folder not in {common.id for common in found.common}:
            return self.case.folder
        under = [program for program in found.programs if self.case.folder in program.under]
        if not under:
            return "other"
        return min(under, key=lambda program: (program.id != "other-federal", _closed(program))).id

    def _calendar(self) -> dict[str, str]:
        named = set(YEAR.findall(repr([self.given, self.case.expected])))
        if "on" in self.given:
            named.add(self._year(self.given["on"]))
        if not named and (first := self._first_day()):
            named.add(self._year(first))
        named = named or {YEARS_END}
        return {"first": f"FY{min(named)}", "last": f"FY{max(named)}"}

    def _first_day(self) -> str | None:
        award: Given = self.given.get("award", {})
        for key, day in (("budget_periods", "start"), ("receipts", "date")):
            if isinstance(rows := award.get(key), list):
                return min(row[day] for row in rows)
        return award.get("start")

    def _year(self, day: str) -> str:
        """The fiscal year, by the year in which it ends, of a day."""
        date = _date(day)
        month, first = map(int, self.starts.split("-"))
        later = (date.month, date.day) >= (month, first) and (month, first) != (1, 1)
        return str(date.year + later)

    def _award(self, award: Given) -> Given:
        if not any(kind & set(award) for kind in MONEYS):
            award = {**award, "amount": "1,000,000"}
        if "amount" not in award:
            return award
        if "start" in award and "end" not in award:
            year = months_later(_date(award["start"]), 12) - dt.timedelta(days=1)
            return {**award, "end": str(year)}
        month, day = map(int, self.starts.split("-"))
        back = (month, day) != (1, 1)
        first = dt.date(int(self.calendar["first"][2:6]) - back, month, day)
        after = dt.date(int(self.calendar["last"][2:6]) - back + 1, month, day)
        return {"start": str(first), "end": str(after - dt.timedelta(days=1)), **award}

    def _activities(self) -> Iterator[Given]:
        """One activity, and one more for each line that says what only an activity can."""
        plain: list[Given] = []
        for name, told in _lines(self.given).items():
            line = {"id": name, "category": "supplies", **self._costed(told)}
            own = {key: line.pop(key) for key in OF_ACTIVITY & set(line)}
            if own:
                yield {"id": name, "uses": ["x-any"], **own, "lines": [line]}
            else:
                plain.append(line)
        if plain:
            yield {"id": "work", "uses": ["x-any"], "lines": plain}

    def _costed(self, line: Given) -> Given:
        day = self.given.get("on")
        line = {**line, "start": day, "end": day} if day else line
        return line if any(kind & set(line) for kind in COSTS) else {**line, "amount": "1,000"}


def _closed(program: Program) -> bool:
    return program.closed_list


def _date(text: str) -> dt.date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise UnfitCaseError(str(error)) from None


def by_key(value: Any) -> Mapping[str, Any]:
    """A value by period or days; one alone stands under no key."""
    return value if isinstance(value, dict) else {"": value}
