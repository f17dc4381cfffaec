"""Strict YAML: every scalar stays the text that was written, and every value knows its line and column.

YAML's own reading turns 16.710 into 16.71, NO into False and 1:20 into 80, keeps the last of two equal keys and
expands aliases without bound. Here nothing is turned into anything: models parse the text themselves, and a
fault names the place where a person can mend it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import TypeAdapter, ValidationError

from braid.basics.errors import Fault, InputError, nearest
from braid.files.characters import cleaned, unseen

Loc = tuple[str | int, ...]
Place = tuple[int, int]
Value = TypeVar("Value")
NOTED: Any = object()
"""In the place of a value that is at fault already, so that nothing more is said of it."""
MOST_BYTES = 20_000_000
MOST_DEPTH = 40
MOST_KEYS_TOLD = 14
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EMPTY = {"", "~", "null", "Null", "NULL"}
_HINTED = re.compile(r"did you mean «([^»]+)»")
_HINTS = {
    "found character that cannot start any token": "a tab, or one of % @ `, begins no value; "
    "indent with spaces, and put a value that begins so in quotes",
    "mapping values are not allowed in this context": "a colon and a space stand inside a value; put it in quotes",
}
_PATTERNS = {
    "^[A-Z]{2}$": "a State by its two capital letters, as in NC,",
    "^(0[1-9]|1[0-2])-": "a month and a day from 01 to 28, as in 07-01,",
    "^https?:": "a web address that begins with https://",
    "^[a-z0-9]": "a short name of small letters a-z, digits and hyphens",
}


@dataclass
class Document:
    """The content of one YAML file as nested dicts, lists and text, with the mark of every node.

    ``faults`` gathers everything found wrong, so that all of it can be told at once.
    """

    file: str
    data: Any = None
    marks: dict[Loc, Place] = field(default_factory=dict[Loc, Place])
    keys: dict[Loc, Place] = field(default_factory=dict[Loc, Place])
    faults: list[Fault] = field(default_factory=list[Fault])

    def mark(self, loc: Loc) -> Place:
        """The line and column of a value, or of the nearest thing that holds it."""
        while loc and loc not in self.marks:
            loc = loc[:-1]
        return self.marks.get(loc, (1, 1))

    def fault(self, loc: Loc, sentence: str, *, at_key: bool = False) -> None:
        """Note a fault at a value, or at its key."""
        line, column = self.keys[loc] if at_key and loc in self.keys else self.mark(loc)
        self.faults.append(Fault(self.file, line, column, self.path(loc), sentence))

    def missing(self, loc: Loc, name: str) -> None:
        """Note that a key is missing from a mapping."""
        self.fault(loc, f"«{name}» is missing")

    def where(self, loc: Loc) -> str:
        """The place of a value in words, for a sentence about another one."""
        return f"on line {self.mark(loc)[0]}"

    def path(self, loc: Loc) -> str:
        """The way to a value in words: list items go by their id where they have one."""
        text, here = "", self.data
        for step in loc:
            here = _child(here, step)
            if isinstance(step, int):
                name: Any = _child(here, "id")
                text += f"[{name if isinstance(name, str) else step + 1}]"
            else:
                text += f".{step}" if text else step
        return text

    def at(self, loc: Loc) -> Any:
        """The value at a place, or None."""
        here = self.data
        for step in loc:
            here = _child(here, step)
        return here

    def validate(
        self, kind: type[Value], loc: Loc, *, not_yet: Mapping[str, str] | None = None, **context: Any
    ) -> Value | None:
        """The value at ``loc`` as a ``kind``, or None with every fault noted; ``context`` reaches the validators."""
        try:
            return cast(Value, TypeAdapter(kind).validate_python(self.at(loc), context=context))
        except ValidationError as error:
            before = len(self.faults)
            for item in error.errors(include_url=False):
                self._note(loc, cast(dict[str, Any], item), kind, not_yet or {})
            self._mistyped(before)
            return None

    def _mistyped(self, before: int) -> None:
        """Take back that a key is missing where a mistyped one beside it is told with the hint of that key."""
        fresh = self.faults[before:]
        hinted = {
            (fault.path.rpartition(".")[0], found[1])
            for fault in fresh
            if fault.sentence.startswith("unknown key") and (found := _HINTED.search(fault.sentence))
        }
        missing = {(path, f"«{key}» is missing") for path, key in hinted}
        self.faults[before:] = [fault for fault in fresh if (fault.path, fault.sentence) not in missing]

    def _note(self, base: Loc, item: dict[str, Any], kind: type, not_yet: Mapping[str, str]) -> None:
        sort = item["type"]
        if sort != "missing" and (item["input"] is None or item["input"] is NOTED):
            return  # noted already, when the document was composed
        if sort == "too_short" and item["input"]:
            return  # its entries are at fault, and each is noted by itself
        inner = self._steps(base, item)
        loc = (*base, *inner)
        name = str(inner[-1]) if inner else ""
        if sort == "extra_forbidden":
            later = f"«{name}» is not supported in this version: {not_yet.get(name)}"
            self.fault(loc, later if name in not_yet else _unknown(kind, inner), at_key=True)
        elif sort == "missing":
            self.missing(loc[:-1], name)
        elif sort in {"value_error", "assertion_error"}:
            self.fault(loc, str(item["ctx"]["error"]))
        elif isinstance(item["input"], list) and (form := f"{name} as a list") in not_yet:
            self.fault(loc, f"{form} is not supported in this version: {not_yet[form]}")
        else:
            self.fault(loc, _plain(sort, item))

    def _steps(self, base: Loc, item: dict[str, Any]) -> Loc:
        """Where in the file an error lies, without the steps that stand for the forms a value may take."""
        here = self.at(base)
        steps: list[str | int] = []
        for step in cast(Loc, item["loc"]):
            if isinstance(step, int) or (isinstance(here, dict) and step in here):
                here = _child(here, step)
                steps.append(step)
        if item["type"] == "missing":
            steps.append(item["loc"][-1])
        return tuple(steps)

    def raise_faults(self) -> None:
        """Raise InputError with every fault noted so far, if there is any."""
        if self.faults:
            raise InputError(self.faults)


def _child(here: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return cast(dict[str, Any], here).get(step) if isinstance(here, dict) else None
    rows = cast(list[Any], here)
    return rows[step] if isinstance(here, list) and step < len(rows) else None


def _unknown(kind: type, steps: Loc) -> str:
    """The sentence for a key that no model knows at this place: the nearest key, or all of a few."""
    name = str(steps[-1])
    schemas = [_schema(kind)]
    for step in steps[:-1]:
        schemas = [found for schema in _forms(schemas, kind) for found in _below(schema, step)]
    known = sorted({key for schema in _forms(schemas, kind) for key in schema.get("properties", {})})
    hint = nearest(name, known)
    if not hint and 0 < len(known) <= MOST_KEYS_TOLD:
        hint = f"; the keys here are {', '.join(known)}" if len(known) > 1 else f"; the key here is {known[0]}"
    return f"unknown key «{name}»{hint}"


@lru_cache(maxsize=64)
def _schema(kind: type) -> dict[str, Any]:
    return TypeAdapter(kind).json_schema(mode="validation")


def _forms(schemas: Iterable[dict[str, Any]], kind: type) -> Iterator[dict[str, Any]]:
    """The schemas themselves, references and alternatives followed."""
    for schema in schemas:
        named = schema.get("$ref", "").rpartition("/")[2]
        parts = [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]
        if named:
            parts.append(_schema(kind)["$defs"][named])
        yield from _forms(parts, kind) if parts else [schema]


def _below(schema: dict[str, Any], step: str | int) -> list[dict[str, Any]]:
    found = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
    found = found or schema.get("additionalProperties")
    return [found] if isinstance(found, dict) else []


def _plain(sort: str, item: dict[str, Any]) -> str:
    seen = cast(object, item["input"])
    shape = f"«{seen}»" if isinstance(seen, str) else "a list" if isinstance(seen, list) else "a mapping of keys"
    if sort in {"literal_error", "enum"}:
        expected = str(item["ctx"]["expected"]).replace("'", "")
        words = expected.replace(" or ", ", ").split(", ")
        if len(words) == 1 or not isinstance(seen, str):
            return f"{shape} was found; {'one of ' * (len(words) > 1)}{expected} is expected"
        return f"{shape} is not known; one of {expected} is expected{nearest(seen, words)}"
    if sort == "string_pattern_mismatch":
        pattern = str(item["ctx"]["pattern"])
        said = next((words for start, words in _PATTERNS.items() if pattern.startswith(start)), "another form")
        return f"{shape} was found; {said} is expected"
    if sort == "string_too_long":
        return f"{len(cast(str, seen)):,} characters were found; at most {item['ctx']['max_length']:,} are expected"
    wanted = {
        "dict_type": "a mapping of keys to values",
        "model_type": "a mapping of keys to values",
        "tuple_type": "a list",
        "list_type": "a list",
        "string_type": "one piece of text",
        "string_too_short": "some text",
        "too_short": "at least one entry",
    }.get(sort)
    shape = {"string_too_short": "an empty text", "too_short": "an empty list"}.get(sort, shape)
    return f"{shape} was found; {wanted} is expected" if wanted else f"{shape}: {item['msg']}"


def read_text(path: Path) -> str:
    """The text of a file, or InputError with one sentence: no such file, a folder, too large, not UTF-8."""
    name = str(path)
    try:
        if path.is_dir():
            raise InputError([Fault(name, 0, 0, "", "is a folder; the name of a file is expected")])
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputError([Fault(name, 0, 0, "", "there is no such file")]) from None
    except (OSError, ValueError) as error:
        said = (error.strerror if isinstance(error, OSError) else "") or "the name is not one that a file can have"
        raise InputError([Fault(name, 0, 0, "", f"cannot be read: {said}")]) from None
    if len(raw) > MOST_BYTES:
        raise InputError([Fault(name, 0, 0, "", f"is larger than {MOST_BYTES:,} bytes")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError([Fault(name, line, 1, "", "is not UTF-8 text; save the file as UTF-8")]) from None


def parse(text: str, file: str) -> Document:
    r"""Read YAML text into a Document. Faults of form (not YAML, an alias, two documents, nothing) are raised at once.

    >>> parse("state: NO\nlisting: 16.710\n", "p.yaml").data
    {'state': 'NO', 'listing': '16.710'}
    """
    document = Document(file)
    try:
        found = _Composer(text, document).compose()
    except _RefusedError as error:
        raise InputError([Fault(file, *error.place, "", error.sentence)]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise InputError([Fault(file, *place, "", _not_yaml(error))]) from None
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        position = error.start if isinstance(error, UnicodeEncodeError) else error.position
        line = text[:position].count("\n") + 1
        raise InputError([Fault(file, line, 1, "", "holds a character that no text file should hold")]) from None
    if not found:
        raise InputError([Fault(file, 0, 0, "", "is empty")])
    return document


def _not_yaml(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "it cannot be read"
    said = _HINTS.get(problem, problem)
    if said == problem and error.context and error.context_mark:
        said += f" ({error.context}, begun on line {error.context_mark.line + 1})"
    return f"is not YAML here: {said}"


class _RefusedError(Exception):
    """YAML that is well formed, but not allowed here."""

    def __init__(self, event: Any, sentence: str) -> None:
        self.place = _place(event)
        self.sentence = sentence
        super().__init__(sentence)


class _Composer:
    """Builds text, lists and mappings from the events of the parser; nothing else ever comes into being.

    Working from events, an alias is refused before it is followed, a tag before it is obeyed, and depth before
    anything is nested.
    """

    def __init__(self, text: str, document: Document) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_PARSER))
        self._document = document
        self._found: list[tuple[Place, Loc, str]] = []
        """Faults of single values, told when the document is whole and every value has its path."""

    def compose(self) -> bool:
        """Fill the document; False where the text holds nothing."""
        next(self._events)
        if not isinstance(next(self._events), yaml.DocumentStartEvent):
            return False
        event = next(self._events)
        if isinstance(event, yaml.ScalarEvent) and _empty(event):
            return False
        document = self._document
        document.data = self._value(event, ())
        next(self._events)
        if isinstance(end := next(self._events), yaml.DocumentStartEvent):
            raise _RefusedError(end, "a second document begins here; one file holds one")
        document.faults.extend(Fault(document.file, *at, document.path(loc), said) for at, loc, said in self._found)
        return True

    def _value(self, event: Any, loc: Loc) -> Any:
        if isinstance(event, yaml.AliasEvent):
            raise _RefusedError(event, f"the alias *{event.anchor} is not allowed; write the value out")
        _plain_only(event)
        if len(loc) > MOST_DEPTH:
            raise _RefusedError(event, f"nested more than {MOST_DEPTH} deep")
        place = self._document.marks[loc] = _place(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(loc)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(loc)
        if _empty(event):
            self._found.append((place, loc, "there is no value here; give one, or leave it out"))
            return None
        return self._text(event.value, place, loc)

    def _text(self, written: str, place: Place, loc: Loc) -> str:
        text = cleaned(written)
        if wrong := unseen(text):
            self._found.append((place, loc, wrong))
        return text

    def _sequence(self, loc: Loc) -> list[Any]:
        out: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            out.append(self._value(event, (*loc, len(out))))
        return out

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        out: dict[str, Any] = {}
        keys = self._document.keys
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _RefusedError(event, "a key is one word")
            _plain_only(event)
            place = _place(event)
            name = self._text(event.value, place, loc)
            if name in out:
                first = keys[*loc, name][0]
                self._found.append((place, loc, f"«{name}» is given twice; the first is on line {first}"))
                self._value(next(self._events), (*loc, f"{name} (again)"))
                continue
            keys[*loc, name] = place
            out[name] = None
            out[name] = self._value(next(self._events), (*loc, name))
        return out


def _place(event: Any) -> Place:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _plain_only(event: Any) -> None:
    if event.anchor is not None:
        raise _RefusedError(event, f"the anchor &{event.anchor} is not allowed; leave it out")
    if event.tag is not None:
        word = event.tag.replace("tag:yaml.org,2002:", "!!")
        raise _RefusedError(event, f"the tag {word} is not allowed; leave it out")


def _empty(event: Any) -> bool:
    return not event.style and event.value in _EMPTY
