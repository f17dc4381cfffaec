"""Money is exact, and only the forms that a finance officer writes are read; everything else is told its remedy."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braid.basics.money import (
    MOST_CENTS,
    amount_text,
    parse_money,
    parse_number,
    parse_percent,
    round_half_up,
    show,
    show_number,
    show_percent,
)

READ = {
    "0": 0,
    "5": 500,
    "1200000": 120000000,
    "1,200,000": 120000000,
    "$1,200,000.50": 120000050,
    "12.3": 1230,
    "12.34": 1234,
    "0.01": 1,
    "  $5 ": 500,
    "017": 1700,
    "100,000,000,000": MOST_CENTS,
}

REFUSED = [
    "",
    "-5",
    "-0",
    "+5",
    "(500)",
    "\u22125",
    "$-5",
    "-$5",
    "12.345",
    "$1,200.005",
    "12.",
    ".50",
    "1e5",
    "1.2e6",
    "1.2E+6",
    "1e400",
    "NaN",
    "nan",
    ".nan",
    "inf",
    "Infinity",
    "true",
    "True",
    "1_000",
    "0x1F",
    "1:20",
    "12:30:45",
    "1,00",
    "1,0000",
    "1200,000",
    "12,34,567",
    ",100",
    "100,",
    "1,,000",
    "1.200,50",
    "1 200",
    "$ 5",
    "$$5",
    "5$",
    "5 USD",
    "€5",
    "5%",
    "\u0661\u0662\u0663",  # Arabic-Indic digits
    "\uff11\uff12\uff13",  # full-width digits
    "1\u00a0000",
    "5\n6",
    "1/2",
    "twelve",
    "100,000,000,000.01",
]


@pytest.mark.parametrize(("text", "cents"), READ.items())
def test_money_is_read_exactly(text: str, cents: int) -> None:
    """The forms that people write are read as whole cents."""
    assert parse_money(text) == cents


@pytest.mark.parametrize("text", REFUSED)
def test_money_in_any_other_form_is_refused(text: str) -> None:
    """No other form is guessed at: not an exponent, a sign, a foreign digit, a third decimal or a stray comma."""
    with pytest.raises(ValueError, match=f"^«{re.escape(text)}» "):
        parse_money(text)


SENTENCES = [
    (parse_money, "-5", "«-5» is negative; write an amount of zero or more"),
    (parse_money, "(500)", "«(500)» is negative; write an amount of zero or more"),
    (parse_money, "12.345", '«12.345» has a third decimal; write dollars and cents, as in "12.34"'),
    (parse_money, "1.2e6", '«1.2e6» is written with an exponent; write it out, as in "1,200,000"'),
    (parse_money, "5%", '«5%» is a percentage; an amount of dollars is expected, as in "1,200.50"'),
    (parse_money, "NaN", '«NaN» is no amount of dollars; write it as in "1200", "1,200" or "$1,200.50"'),
    (parse_money, "200,000,000,000", "«200,000,000,000» is more than $100 billion; is a digit too many?"),
    (parse_percent, "0.15", "«0.15» may mean 15% or 0.15%; write a percentage with its sign, as in 15%"),
    (parse_percent, "15", "«15» may mean 1,500% or 15%; write a percentage with its sign, as in 15%"),
    (parse_percent, "15 percent", "«15 percent» is no percentage; write it as in 15% or 7.65%"),
    (parse_number, "-1", "«-1» is no count; write a number of zero or more, as in 2, 0.5 or 1,200"),
]


@pytest.mark.parametrize(("parse", "text", "sentence"), SENTENCES)
def test_a_refusal_says_what_to_write(parse: Callable[[str], object], text: str, sentence: str) -> None:
    """Each refusal quotes what was written and says how to write it, in these words."""
    with pytest.raises(ValueError, match="»") as caught:
        parse(text)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("parse", [parse_money, parse_percent, parse_number])
def test_a_number_of_five_thousand_digits_is_refused_in_words(parse: Callable[[str], object]) -> None:
    """A number too long for Python's own reading is refused by our sentence, not by Python's."""
    with pytest.raises(ValueError, match=r"^«9") as caught:
        parse("9" * 5000)
    assert "set_int_max_str_digits" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "share"),
    {
        "15%": Fraction(15, 100),
        "15 %": Fraction(15, 100),
        "7.65%": Fraction(765, 10000),
        "0%": Fraction(0),
        "100%": Fraction(1),
        "33.333333%": Fraction(33333333, 100000000),
    }.items(),
)
def test_percentages_are_exact_fractions(text: str, share: Fraction) -> None:
    """A percentage with its sign is an exact fraction."""
    assert parse_percent(text) == share


@pytest.mark.parametrize(
    "text", ["", "0.15", "15", "-5%", "%", "1e2%", "15%%", "$15%", "1,5%", "\u0661%", "NaN%", ".5%"]
)
def test_percentages_in_any_other_form_are_refused(text: str) -> None:
    """A bare 0.15 is ambiguous, and no other form is guessed at."""
    with pytest.raises(ValueError, match="»"):
        parse_percent(text)


@pytest.mark.parametrize(
    ("text", "count"),
    {"0.5": Fraction(1, 2), "1,200": Fraction(1200), "0": Fraction(0), "0.333333": Fraction(333333, 10**6)}.items(),
)
def test_counts_are_exact(text: str, count: Fraction) -> None:
    """A count of people, kits or positions is an exact fraction."""
    assert parse_number(text) == count


@pytest.mark.parametrize(
    "text",
    ["", "-1", "1e3", "1_000", "NaN", "true", "1,20", "1200,000", "12,34,567", "1.2.3", "\uff11", "½", "0.1234567"],
)
def test_counts_in_any_other_form_are_refused(text: str) -> None:
    """A count with a sign, an exponent, a foreign digit or a misplaced comma is refused."""
    with pytest.raises(ValueError, match="is no count"):
        parse_number(text)


@pytest.mark.parametrize(
    ("value", "nearest"),
    {
        Fraction(5, 2): 3,
        Fraction(7, 3): 2,
        Fraction(3, 2): 2,
        Fraction(1, 2): 1,
        Fraction(49, 100): 0,
        Fraction(0): 0,
        Fraction(617283500, 1000): 617284,
    }.items(),
)
def test_halves_round_up(value: Fraction, nearest: int) -> None:
    """C23: one half rounds up, never to the even neighbor."""
    assert round_half_up(value) == nearest


@given(st.integers(0, MOST_CENTS))
def test_what_braid_writes_it_reads_back(cents: int) -> None:
    """Every amount, shown to a person or written to a file, reads back as the same cents."""
    assert parse_money(show(cents, "cent")) == cents
    assert parse_money(amount_text(cents, "cent")) == cents


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes a parser fail in any other way, and what is read is a whole number of cents in range."""
    try:
        cents = parse_money(text)
    except ValueError:
        return
    assert isinstance(cents, int)
    assert 0 <= cents <= MOST_CENTS


def test_amounts_are_shown_with_commas_and_cents_only_where_there_are_any() -> None:
    """People see $1,234,567, files see two decimals, and a negative difference has its sign in front."""
    assert [show(1234567), show(1234567, "cent"), show(-5), show(0)] == ["$1,234,567", "$12,345.67", "-$5", "$0"]
    assert [amount_text(5), amount_text(5, "cent"), amount_text(-5, "cent")] == ["5.00", "0.05", "-0.05"]
    assert [show_percent(Fraction(153, 2000)), show_percent(Fraction(0)), show_number(Fraction(1200))] == [
        "7.65%",
        "0%",
        "1,200",
    ]
