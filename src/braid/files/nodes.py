"""Strict YAML: every scalar stays the text that was written, and every value knows its line and column.

YAML's own reading turns 16.710 into 16.71, NO into False and 1:20 into 80, keeps the last of two equal keys and
expands aliases without bound. Here nothing is turned into anything: models parse the text themselves, and a
fault names the place where a person can mend it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import TypeAdapter, ValidationError

from braid.basics.errors import Fault, InputError, nearest

Loc = tuple[str | int, ...]
Value = TypeVar("Value")
MOST_BYTES = 20_000_000
MOST_DEPTH = 40
_PLAIN_TAGS = {None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_EMPTY = {"", "~", "null", "Null", "NULL"}
_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn"}


@dataclass
class Document:
    """The content of one YAML file as nested dicts, lists and text, with the mark of every node.

    ``faults`` gathers everything found wrong, so that all of it can be told at once.
    """

    file: str
    data: Any = None
    marks: dict[Loc, tuple[int, int]] = field(default_factory=dict[Loc, tuple[int, int]])
    keys: dict[Loc, tuple[int, int]] = field(default_factory=dict[Loc, tuple[int, int]])
    faults: list[Fault] = field(default_factory=list[Fault])

    def mark(self, loc: Loc) -> tuple[int, int]:
        """The line and column of a value, or of the nearest thing that holds it."""
        while loc and loc not in self.marks:
            loc = loc[:-1]
        return self.marks.get(loc, (1, 1))

    def fault(self, loc: Loc, sentence: str, *, at_key: bool = False) -> None:
        """Note a fault at a value, or at its key."""
        line, column = self.keys[loc] if at_key and loc in self.keys else self.mark(loc)
        self.faults.append(Fault(self.file, line, column, self.path(loc), sentence))

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

    def validate(self, kind: type[Value], loc: Loc, *, not_yet: Mapping[str, str] | None = None, **context: Any) -> Value | None:
        """The value at ``loc`` as a ``kind``, or None with every fault noted; ``context`` reaches the validators."""
        here = self.data
        for step in loc:
            here = _child(here, step)
        try:
            return cast(Value, TypeAdapter(kind).validate_python(here, context=context))
        except ValidationError as error:
            for item in error.errors(include_url=False):
                self._note(loc, cast(dict[str, Any], item), kind, not_yet or {})
            return None

    def _note(self, base: Loc, item: dict[str, Any], kind: type, not_yet: Mapping[str, str]) -> None:
        loc = base + tuple(step for step in item["loc"] if step not in {"function-before", "function-after"})
        name = str(loc[-1]) if loc else ""
        sort = item["type"]
        if sort == "extra_forbidden":
            known = _keys_near(kind, item["loc"])
            if name in not_yet:
                self.fault(loc, f"«{name}» is not supported in this version: {not_yet[name]}", at_key=True)
            else:
                self.fault(loc, f"unknown key «{name}»{nearest(name, known)}", at_key=True)
        elif sort == "missing":
            self.fault(loc[:-1], f"«{name}» is missing")
        elif sort in {"value_error", "assertion_error"}:
            self.fault(loc, str(item["ctx"]["error"]))
        else:
            self.fault(loc, _plain(sort, item))

    def raise_faults(self) -> None:
        """Raise InputError with every fault noted so far, if there is any."""
        if self.faults:
            raise InputError(self.faults)


def _child(here: Any, step: str | int) -> Any:
    if isinstance(step, str):
        return cast(dict[str, Any], here).get(step) if isinstance(here, dict) else None
    rows = cast(list[Any], here)
    return rows[step] if isinstance(here, list) and step < len(rows) else None


def _keys_near(kind: type, steps: Iterable[str | int]) -> set[str]:
    """All keys that the model may hold, a hint for a mistyped one; nested models are all looked through."""
    names: set[str] = set()

    def collect(schema: Any) -> None:
        if isinstance(schema, dict):
            names.update(cast(dict[str, Any], schema.get("properties", {})))
            for part in cast(dict[str, Any], schema).values():
                collect(part)
        elif isinstance(schema, list):
            for part in cast(list[Any], schema):
                collect(part)

    collect(TypeAdapter(kind).json_schema(mode="validation"))
    return names


def _plain(sort: str, item: dict[str, Any]) -> str:
    seen: Any = item.get("input")
    if seen is None:
        return "there is no value here; give one, or leave the key out"
    if sort in {"literal_error", "enum"}:
        expected = str(item["ctx"]["expected"]).replace("'", "")
        words = expected.replace(" or ", ", ").split(", ")
        return f"«{seen}» is not known; one of {expected} is expected{nearest(str(seen), words)}"
    shape = "a list" if isinstance(seen, list) else "a mapping of keys" if isinstance(seen, dict) else f"«{seen}»"
    wanted = {
        "dict_type": "a mapping of keys to values",
        "model_type": "a mapping of keys to values",
        "tuple_type": "a list",
        "list_type": "a list",
        "string_type": "one piece of text",
        "string_pattern_mismatch": "letters a-z, digits and hyphens, beginning with a letter or digit",
        "string_too_short": "some text",
        "too_short": "at least one entry",
    }.get(sort)
    return f"{shape} was found; {wanted} is expected" if wanted else f"{shape}: {item['msg']}"


def read_text(path: Path) -> str:
    """The text of a file, or InputError with one sentence: no such file, a folder, too large, not UTF-8."""
    name = str(path)
    try:
        if path.is_dir():
            raise InputError([Fault(name, 0, 0, "", "is a folder; the name of a file is expected")])
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError([Fault(name, 0, 0, "", "there is no such file")]) from None
    except OSError as error:
        raise InputError([Fault(name, 0, 0, "", f"cannot be read: {error.strerror}")]) from None
    if len(raw) > MOST_BYTES:
        raise InputError([Fault(name, 0, 0, "", f"is larger than {MOST_BYTES:,} bytes")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError([Fault(name, line, 1, "", "is not UTF-8 text; save the file as UTF-8")]) from None


def parse(text: str, file: str) -> Document:
    """Read YAML text into a Document. Faults of form (not YAML, two documents, an empty file) are raised at once.

    >>> parse("state: NO\\nlisting: 16.710\\n", "p.yaml").data
    {'state': 'NO', 'listing': '16.710'}
    """
    document = Document(file)
    try:
        root = _compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise InputError([Fault(file, *place, "", f"is not YAML here: {problem}")]) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise InputError([Fault(file, line, 1, "", "holds a character that no text file should hold")]) from None
    if root is None:
        raise InputError([Fault(file, 0, 0, "", "is empty")])
    document.data = _convert(document, root, ())
    return document


def _compose(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        return cast("yaml.Node | None", loader.get_single_node())
    finally:
        loader.dispose()


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Composes nodes only. Aliases are refused and the depth is bounded before anything is built."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(problem="an alias (*) is not allowed; write the value out", problem_mark=event.start_mark)
        self.depth += 1
        if self.depth > MOST_DEPTH:
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _convert(document: Document, node: yaml.Node, loc: Loc) -> Any:
    document.marks[loc] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        return _convert_mapping(document, node, loc)
    if isinstance(node, yaml.SequenceNode):
        return [_convert(document, part, (*loc, i)) for i, part in enumerate(node.value)]
    return _convert_scalar(document, cast(yaml.ScalarNode, node), loc)


def _convert_mapping(document: Document, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            document.fault(loc, "a key must be one word")
            continue
        name = unicodedata.normalize("NFC", cast(str, key.value)).strip()
        here = (*loc, name)
        place = (key.start_mark.line + 1, key.start_mark.column + 1)
        if name in out:
            first = document.keys[here][0]
            document.faults.append(
                Fault(document.file, *place, document.path(loc), f"«{name}» is given twice; the first is on line {first}")
            )
            continue
        document.keys[here] = place
        out[name] = None
        out[name] = _convert(document, value, here)
    return out


def _convert_scalar(document: Document, node: yaml.ScalarNode, loc: Loc) -> str | None:
    if node.style is None and node.value in _EMPTY:
        return None
    text = unicodedata.normalize("NFC", cast(str, node.value)).strip()
    bad = next((c for c in text if unicodedata.category(c) in _INVISIBLE and c not in "\n\t"), None)
    if bad is not None:
        document.fault(loc, f"holds an invisible character (U+{ord(bad):04X}); delete it")
    return text
