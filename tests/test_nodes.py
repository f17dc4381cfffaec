"""Strict YAML: text stays text, nothing is followed or obeyed, and each fault has its line and column."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from braid.basics.errors import InputError
from braid.files import nodes
from braid.files.characters import cleaned


def told(text: str) -> list[str]:
    """Every fault of a text, as printed."""
    try:
        return [str(fault) for fault in nodes.parse(text, "p.yaml").faults]
    except InputError as error:
        return str(error).splitlines()


# ------------------------------------------------------------------ text stays text


@pytest.mark.parametrize(
    "written",
    [
        *("NO", "no", "yes", "on", "off", "true", "16.710", "017", "0x1F", "1_000", "1:20", "12:30:45", "1.2e6"),
        *(".nan", ".inf", "NaN", "2026-07-01", "2026-07-01 00:00:00", "12345678901234567.89", "=", "0.15", "+5"),
        "9" * 5000,
    ],
)
def test_a_value_stays_the_text_that_was_written(written: str) -> None:
    """No word turns into a truth value, a float, a date or a number in base 8 or 60."""
    assert nodes.parse(f"a: {written}\n", "p.yaml").data == {"a": written}


def test_keys_stay_text_too() -> None:
    """The keys no and 2027 are those words."""
    assert nodes.parse("no: a\n2027: b\n1.0: c\n", "p.yaml").data == {"no": "a", "2027": "b", "1.0": "c"}


def test_text_is_trimmed_and_normalized() -> None:
    """Spaces around a text, no-break spaces and the two ways of writing é make no difference."""
    read = nodes.parse('a: " caf\u00e9 "\nb: "cafe\u0301"\nc: "Harm\u00a0reduction"\n', "p.yaml").data
    assert read == {"a": "café", "b": "café", "c": "Harm reduction"}


def test_long_text_holds_its_lines() -> None:
    """A narrative over several lines is read as YAML says, quotes or not."""
    assert nodes.parse("a: >-\n  one\n  two\nb: |\n  one\n  two\n", "p.yaml").data == {"a": "one two", "b": "one\ntwo"}


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    """A file saved by Notepad reads as any other."""
    path = tmp_path / "p.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    document = nodes.parse(nodes.read_text(path), "p.yaml")
    assert document.data == {"a": "1", "b": "2"}
    assert document.mark(("b",)) == (2, 4)


def test_every_value_and_key_knows_its_place() -> None:
    """Lines and columns count from 1, and list items go by their id."""
    document = nodes.parse("awards:\n  - id: sor\n    amount: '5'\n  - amount: '6'\n", "p.yaml")
    assert document.mark(("awards", 0, "amount")) == (3, 13)
    assert document.keys["awards", 0, "amount"] == (3, 5)
    assert document.path(("awards", 0, "amount")) == "awards[sor].amount"
    assert document.path(("awards", 1, "amount")) == "awards[2].amount"


# ---------------------------------------------------------------- what is refused

REFUSED = {
    "an anchor": ("a: &x 1\nb: 2\n", "p.yaml:1:4  the anchor &x is not allowed; leave it out"),
    "an alias": ("a: 1\nb: *x\n", "p.yaml:2:4  the alias *x is not allowed; write the value out"),
    "a value that holds itself": ("a: &x {b: *x}\n", "p.yaml:1:4  the anchor &x is not allowed; leave it out"),
    "an anchored key": ("&k a: 1\n", "p.yaml:1:1  the anchor &k is not allowed; leave it out"),
    "a float tag": ("a: !!float 1.0\n", "p.yaml:1:4  the tag !!float is not allowed; leave it out"),
    "a text tag": ("a: !!str 1.0\n", "p.yaml:1:4  the tag !!str is not allowed; leave it out"),
    "a binary tag": ("a: !!binary aGk=\n", "p.yaml:1:4  the tag !!binary is not allowed; leave it out"),
    "a set": ("!!set {a, b}\n", "p.yaml:1:1  the tag !!set is not allowed; leave it out"),
    "a tag of one's own": ("a: !award {b: 1}\n", "p.yaml:1:4  the tag !award is not allowed; leave it out"),
    "a tagged key": ("!!int 5: a\n", "p.yaml:1:1  the tag !!int is not allowed; leave it out"),
    "a call": (
        "a: !!python/object/apply:os.system [ls]\n",
        "p.yaml:1:4  the tag !!python/object/apply:os.system is not allowed; leave it out",
    ),
    "a list as a key": ("? [a]\n: b\n", "p.yaml:1:3  a key is one word"),
    "a deep list": ("[" * 5000, "p.yaml:1:42  nested more than 40 deep"),
    "a deep mapping": ("{a: " * 50 + "1" + "}" * 50, "p.yaml:1:165  nested more than 40 deep"),
    "two documents": ("a: 1\n---\nb: 2\n", "p.yaml:2:1  a second document begins here; one file holds one"),
    "an empty file": ("", "p.yaml  is empty"),
    "spaces only": ("  \n\n", "p.yaml  is empty"),
    "comments only": ("# a plan\n# of nothing\n", "p.yaml  is empty"),
    "a document of nothing": ("---\n...\n", "p.yaml  is empty"),
    "null": ("null\n", "p.yaml  is empty"),
    "a NUL": ("a: 1\nb: \x00\n", "p.yaml:2:1  holds a character that no text file should hold"),
    "a bell": ("a: \x07\n", "p.yaml:1:1  holds a character that no text file should hold"),
    "a lone surrogate": ("a: \ud800\n", "p.yaml:1:1  holds a character that no text file should hold"),
    "a colon in a value": (
        "why: note: this\n",
        "p.yaml:1:10  is not YAML here: a colon and a space stand inside a value; put it in quotes",
    ),
    "a tab": (
        "a:\n\t- b\n",
        "p.yaml:2:1  is not YAML here: a tab, or one of % @ `, begins no value; "
        "indent with spaces, and put a value that begins so in quotes",
    ),
    "an open bracket": (
        "a: [1\nb: 2\n",
        "p.yaml:2:2  is not YAML here: did not find expected ',' or ']' "
        "(while parsing a flow sequence, begun on line 1)",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_plain_yaml_is_refused_at_its_place(text: str, sentence: str) -> None:
    """Aliases, tags, depth, a second document and broken YAML are each refused by one sentence."""
    assert told(text) == [sentence]


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    """Nine levels of aliases, a billion values, are refused before one of them is followed."""
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    began = time.perf_counter()
    assert told(bomb) == ["p.yaml:1:5  the anchor &a0 is not allowed; leave it out"]
    assert time.perf_counter() - began < 1


def test_a_duplicate_key_is_a_fault_with_both_lines() -> None:
    """The second of two equal keys is refused at its place, and the first is named."""
    assert told("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 4\n") == [
        "p.yaml:5:3  b  «c» is given twice; the first is on line 3",
        "p.yaml:6:1  «a» is given twice; the first is on line 1",
    ]


def test_keys_that_only_look_different_are_duplicates() -> None:
    """The two ways of writing é, and a space after a key, make no second key."""
    assert told('caf\u00e9: 1\ncafe\u0301: 2\n"café ": 3\n') == [
        "p.yaml:2:1  «café» is given twice; the first is on line 1",
        "p.yaml:3:1  «café» is given twice; the first is on line 1",
    ]


def test_a_key_without_a_value_is_a_fault() -> None:
    """A forgotten value, ~ and null do not silently mean that there is none."""
    sentence = "there is no value here; give one, or leave it out"
    assert told("a:\nb: ~\nc: null\nd: 1\n") == [f"p.yaml:1:3  a  {sentence}"] + [
        f"p.yaml:{line}:4  {key}  {sentence}" for line, key in [(2, "b"), (3, "c")]
    ]
    assert told("a: ''\nb: 'null'\n") == []


@pytest.mark.parametrize("code", [0x200B, 0x200D, 0xAD, 0x202E, 0x2028, 0xFEFF, 0xE000, 0xFFFE, 0x07])
def test_an_invisible_character_is_a_fault(code: int) -> None:
    """A zero-width space, a soft hyphen or a change of direction is told by its number, in values and in keys."""
    sentence = f"holds an invisible character (U+{code:04X}); delete it"
    escaped = f'"b\\u{code:04X}c"'
    assert told(f"a: {escaped}\n{escaped}: a\n") == [f"p.yaml:1:4  a  {sentence}", f"p.yaml:2:1  {sentence}"]


def test_a_cyrillic_letter_among_latin_ones_is_a_fault() -> None:
    """A word that only looks like another is told; a word wholly in another script is not."""
    assert told("name: Harm r\u0435duction\n") == [
        "p.yaml:1:7  name  «r\u0435duction» mixes Latin letters with Cyrillic ones that look like them; "
        "type the word again"
    ]
    assert told("name: \u0421\u043e\u0432\u0435\u0442 / Council, α-PVP, µg, Peña\n") == []


# ----------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("name: Peña\n".encode("latin-1"), ":1:1  is not UTF-8 text; save the file as UTF-8"),
        (b"a: 1\nb: \xff\n", ":2:1  is not UTF-8 text; save the file as UTF-8"),
        ("a: 1\n".encode("utf-16"), ":1:1  is not UTF-8 text; save the file as UTF-8"),
        (b"#" * (nodes.MOST_BYTES + 1), "  is larger than 20,000,000 bytes"),
    ],
    ids=["latin-1", "a stray byte", "utf-16", "too large"],
)
def test_a_file_that_is_not_utf8_or_too_large_is_refused(tmp_path: Path, raw: bytes, sentence: str) -> None:
    """The encoding is never guessed, and no file is read without bound."""
    path = tmp_path / "p.yaml"
    path.write_bytes(raw)
    with pytest.raises(InputError) as caught:
        nodes.read_text(path)
    assert str(caught.value) == f"{path}{sentence}"


def test_utf16_without_a_mark_is_refused() -> None:
    """Its zero bytes are no text."""
    text = "a: 1\n".encode("utf-16-le").decode("utf-8")
    assert told(text) == ["p.yaml:1:1  holds a character that no text file should hold"]


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    """Neither ends in a traceback."""
    for path, sentence in [
        (tmp_path / "none.yaml", "there is no such file"),
        (tmp_path, "is a folder; the name of a file is expected"),
        (Path("a\0b.yaml"), "cannot be read: the name is not one that a file can have"),
    ]:
        with pytest.raises(InputError) as caught:
            nodes.read_text(path)
        assert str(caught.value) == f"{path}  {sentence}"


@given(st.text(st.sampled_from("ab:-[]{}&*!|>'\"#%@` \n\t?,=~\\u0"), max_size=40))
@example("a: !!python/name:os.system")
@example("? &a")
@example("- - - a\n  - b")
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text ends in anything but a document or an InputError, and a document holds only text, lists and mappings."""
    try:
        document = nodes.parse(text, "p.yaml")
    except InputError:
        return
    for value in _values(document.data):
        assert value is None or isinstance(value, str)


def _values(here: object) -> list[object]:
    if isinstance(here, dict):
        return [v for key, part in here.items() for v in (key, *_values(part))]
    if isinstance(here, list):
        return [v for part in here for v in _values(part)]
    return [here]


@given(
    st.recursive(
        st.text(st.characters(categories=["L", "N", "P"], exclude_characters="\u0430\u0435\u043e"), min_size=1),
        lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text("abcdef", min_size=1), part, max_size=3),
        max_leaves=12,
    )
)
def test_what_is_dumped_reads_back(data: object) -> None:
    """Text that another program quoted for YAML is read as that text."""
    document = nodes.parse(
        yaml.safe_dump({"top": data}, allow_unicode=True, default_style='"', sort_keys=False), "p.yaml"
    )
    assert [cleaned(str(v)) for v in _values({"top": data})] == _values(document.data)
