"""Field types that read what people write: amounts, percentages, dates, ids, words of the vocabulary."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from braid.basics.errors import nearest
from braid.basics.fiscal import Interval, parse_date, parse_year, span
from braid.basics.money import amount_text, exact_number, parse_money, parse_number, parse_percent, show_percent


class Frozen(BaseModel):
    """A noun that never changes and takes no key that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True)


def _shape(value: Any) -> str:
    return "a list" if isinstance(value, list) else "a mapping of keys" if isinstance(value, dict) else "no value"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{_shape(value)} was found; one value is expected")
    return value


def reader(parse: Any, *ready: type) -> BeforeValidator:
    """Read text with ``parse``; what is ready is left as it is, and what is neither is refused in words."""

    def read(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (str, ready)):
            return parse(_text(value))
        return parse(value) if isinstance(value, str) else value

    return BeforeValidator(read)


def _words(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value  # type: ignore[arg-type]


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, list | dict):
        raise ValueError(f"{_shape(value)} was found; true or false is expected")
    if _text(value) in {"true", "false"}:
        return value == "true"
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(value.lower(), value.lower())
    hint = f"; write {meant}" if meant in {"true", "false"} else ""
    raise ValueError(f"«{value}» is neither true nor false{hint}")


def _count(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not (text := _text(value)).isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise ValueError(f"«{text}» is no whole number from 1 to 1000")
    return int(text)


def _days(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not (text := _text(value)).isascii() or not text.isdigit() or int(text) > 1000:
        raise ValueError(f"«{text}» is no number of days from 0 to 1000")
    return int(text)


Money = Annotated[
    int,
    reader(parse_money, int),
    PlainSerializer(lambda cents: amount_text(cents, "cent"), return_type=str),
    WithJsonSchema({"type": "string", "examples": ["1,200,000", "$1,200.50"]}),
]
"""Whole cents, read from what a person writes."""

Percent = Annotated[
    Fraction,
    reader(parse_percent, Fraction),
    PlainSerializer(show_percent, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["15%", "7.65%"]}),
]
"""An exact share, read from a percentage with its sign."""

Number = Annotated[
    Fraction,
    reader(parse_number, Fraction),
    PlainSerializer(exact_number, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["0.5", "1,200"]}),
]
"""An exact count of zero or more."""

Date = Annotated[dt.date, reader(parse_date, dt.date), WithJsonSchema({"type": "string", "format": "date"})]
"""An ISO date."""

Year = Annotated[
    int,
    reader(parse_year, int),
    PlainSerializer(lambda year: f"FY{year}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^FY[0-9]{4}$"}),
]
"""A fiscal year by the year in which it ends, written FY2027."""

Flag = Annotated[bool, BeforeValidator(_flag)]
"""true or false, in those words."""

Count = Annotated[int, BeforeValidator(_count)]
"""A whole number from 1."""

Days = Annotated[int, BeforeValidator(_days)]
"""A number of days from 0 to 1000."""

Text = Annotated[str, Field(min_length=1, max_length=32_000)]
"""Free text, no longer than a cell of a workbook holds."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
"""What something is called. It stands in titles, charts and forms: what is longer belongs into a narrative."""

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
"""A short name in lower case: letters, digits, hyphens."""

Words = Annotated[tuple[Text, ...], BeforeValidator(_words)]
"""One word or a list of words."""


def known_words(value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    """Refuse a word that the vocabulary does not hold; ``x-…`` is free. Without a vocabulary at hand, all pass."""
    context: dict[str, Any] = info.context or {}
    vocabulary = context.get("vocabulary")
    kind = info.field_name or ""
    if vocabulary is not None:
        for word in value:
            vocabulary.require(kind, word)
    return value


def known_word(value: str, info: ValidationInfo) -> str:
    """Refuse a single word that the vocabulary does not hold."""
    return known_words((value,), info)[0]


def unknown(word: str, kind: str, known: Any) -> str:
    """The sentence for a word that is not in the vocabulary."""
    return f"«{word}» is no known {kind}{nearest(word, known)}; words of your own begin with x-"


class Dates(Frozen):
    """A stretch of days, both ends included; an end that is left out is open."""

    since: Date | None = Field(default=None, alias="from")
    """The first day."""
    until: Date | None = None
    """The last day."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError(f"the last day, {self.until}, comes before the first, {self.since}")
        return self

    @property
    def days(self) -> Interval:
        """The same as an interval of days."""
        return span(self.since, self.until)
