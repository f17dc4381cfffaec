"""Exact money: whole cents and whole units outside the solver, fractions for rates, never a float.

The accepted forms are the ones that a finance officer writes; everything else is refused with its remedy
(a third decimal, a negative, an exponent, a bare 0.15 for a rate).
"""

from __future__ import annotations

import re
from fractions import Fraction

MOST_CENTS = 100_000_000_000 * 100  # $100 billion: above it, a slip of the keyboard is likelier than a budget
_MONEY = re.compile(r"\$?(?P<whole>[0-9]{1,3}(?:,[0-9]{3}){1,10}|[0-9]{1,30})(?:\.(?P<part>[0-9]{1,2}))?", re.ASCII)
_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,3}|[0-9]{1,12})(?:\.[0-9]{1,6})?", re.ASCII)
_PERCENT = re.compile(r"(?P<number>[0-9]{1,4}(?:\.[0-9]{1,6})?) ?%", re.ASCII)


def parse_money(text: str) -> int:
    """Read an amount of dollars as whole cents.

    Raises ValueError with a sentence that says what is wrong and how to write it.

    >>> parse_money("1200000"), parse_money("1,200,000"), parse_money("$1,200,000.50")
    (120000000, 120000000, 120000050)
    >>> parse_money("12.345")
    Traceback (most recent call last):
    ...
    ValueError: «12.345» has a third decimal; write dollars and cents, as in "12.34"
    """
    seen = text.strip()
    match = _MONEY.fullmatch(seen)
    if match is None:
        raise ValueError(_money_remedy(seen))
    cents = int(match["whole"].replace(",", "")) * 100 + int((match["part"] or "0").ljust(2, "0"))
    if cents > MOST_CENTS:
        raise ValueError(f"«{seen}» is more than $100 billion; is a digit too many?")
    return cents


def _money_remedy(seen: str) -> str:
    if seen.startswith(("-", "(", "−")):
        return f"«{seen}» is negative; write an amount of zero or more"
    if re.fullmatch(r"\$?[0-9,]+\.[0-9]{3,}", seen):
        return f'«{seen}» has a third decimal; write dollars and cents, as in "12.34"'
    if re.fullmatch(r"[0-9.,]+[eE][+-]?[0-9]+", seen):
        return f'«{seen}» is written with an exponent; write it out, as in "1,200,000"'
    if seen.endswith("%"):
        return f'«{seen}» is a percentage; an amount of dollars is expected, as in "1,200.50"'
    return f'«{seen}» is no amount of dollars; write it as in "1200", "1,200" or "$1,200.50"'


def parse_percent(text: str) -> Fraction:
    """Read a percentage as an exact fraction; a bare number is refused, since 0.15 may mean either thing.

    >>> parse_percent("15%"), parse_percent("7.65%")
    (Fraction(3, 20), Fraction(153, 2000))
    >>> parse_percent("0.15")
    Traceback (most recent call last):
    ...
    ValueError: «0.15» may mean 15% or 0.15%; write a percentage with its sign, as in 15%
    """
    seen = text.strip()
    match = _PERCENT.fullmatch(seen)
    if match is None:
        if _NUMBER.fullmatch(seen):
            share = show_number(parse_number(seen) * 100)
            raise ValueError(f"«{seen}» may mean {share}% or {seen}%; write a percentage with its sign, as in 15%")
        if seen.startswith(("-", "−")) and _PERCENT.fullmatch(seen[1:]):
            raise ValueError(f"«{seen}» is negative; write a percentage of zero or more")
        raise ValueError(f"«{seen}» is no percentage; write it as in 15% or 7.65%")
    return Fraction(match["number"]) / 100


def parse_number(text: str) -> Fraction:
    """Read a plain count or measure (``0.5`` FTE, ``1,200`` kits) exactly.

    >>> parse_number("0.5"), parse_number("1,200")
    (Fraction(1, 2), Fraction(1200, 1))
    """
    seen = text.strip()
    if not _NUMBER.fullmatch(seen):
        raise ValueError(f"«{seen}» is no count; write a number of zero or more, as in 2, 0.5 or 1,200")
    return Fraction(seen.replace(",", ""))


def round_half_up(value: Fraction) -> int:
    """The nearest whole number, halves upward (C23).

    >>> round_half_up(Fraction(5, 2)), round_half_up(Fraction(7, 3))
    (3, 2)
    """
    return (2 * value + 1).__floor__() // 2


def amount_text(units: int | Fraction, unit: str = "dollar") -> str:
    """An amount of whole units as text with two decimals, the form that plan.json carries.

    >>> amount_text(12345), amount_text(1234567, "cent"), amount_text(Fraction(7, 3))
    ('12345.00', '12345.67', '2.33')
    """
    cents = Fraction(units) * (100 if unit == "dollar" else 1)
    whole = round_half_up(abs(cents))
    sign = "-" if cents < 0 and whole else ""
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def show(units: int | Fraction, unit: str = "dollar") -> str:
    """An amount as a person reads it: a dollar sign, commas, and cents only where there are any.

    >>> show(1234567), show(1234567, "cent"), show(-5)
    ('$1,234,567', '$12,345.67', '-$5')
    """
    text = amount_text(units, unit)
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, part = digits.split(".")
    return f"{sign}${int(whole):,}" + ("" if part == "00" else f".{part}")


def show_percent(share: Fraction) -> str:
    """A fraction as a percentage in words a reader knows.

    >>> show_percent(Fraction(3, 20)), show_percent(Fraction(153, 2000)), show_percent(Fraction(1, 9))
    ('15%', '7.65%', '11.111111%')
    """
    return exact_number(share * 100) + "%"


def exact_number(value: Fraction) -> str:
    """A number with at most six decimals as text that reads back as the same number.

    >>> exact_number(Fraction("0.012345")), exact_number(Fraction(1200)), exact_number(Fraction(1, 3))
    ('0.012345', '1200', '0.333333')
    """
    millionths = round_half_up(value * 1_000_000)
    whole, part = divmod(millionths, 1_000_000)
    return f"{whole}.{part:06d}".rstrip("0").rstrip(".")


def show_number(value: Fraction) -> str:
    """A count as a person reads it, with at most four decimals.

    >>> show_number(Fraction(1, 2)), show_number(Fraction(1200)), show_number(Fraction(100, 9))
    ('0.5', '1,200', '11.1111')
    """
    text = f"{round_half_up(value * 10_000) / 10_000:,.4f}"
    return text.rstrip("0").rstrip(".")
