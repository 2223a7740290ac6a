"""Money: text to micros and back, exactly, or a clear refusal that names the field."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from lanhouse.kit import money
from lanhouse.kit.errors import InvalidInput

GOOD = [
    ("100", 2, 100_000_000),
    ("100.00", 2, 100_000_000),
    ("0.01", 2, 10_000),
    ("1.500", 2, 1_500_000),
    ("1.", 2, 1_000_000),
    ("007.10", 2, 7_100_000),
    ("0.000001", 6, 1),
    ("5.000", 0, 5_000_000),
    (Decimal("12.5"), 2, 12_500_000),
    (Decimal("1E+2"), 2, 100_000_000),
    (3, 2, 3_000_000),
    ("0.125", 3, 125_000),
]


@pytest.mark.parametrize(("text", "decimals", "micros"), GOOD)
def test_plain_decimals_are_exact(text: str, decimals: int, micros: int) -> None:
    assert money.parse_micros(text, decimals=decimals) == micros


BAD = [
    ("1.005", 2, "must have at most 2 decimals"),
    ("0.5", 0, "must have no decimals"),
    ("-1", 2, "must not have a sign"),
    ("+1", 2, "must not have a sign"),
    ("1e3", 2, "must be a plain decimal number"),
    ("NaN", 2, "must be a plain decimal number"),
    ("inf", 2, "must be a plain decimal number"),
    ("", 2, "must be a plain decimal number"),
    (" 1", 2, "must be a plain decimal number"),
    ("1,50", 2, "must be a plain decimal number"),
    ("1_000", 2, "must be a plain decimal number"),
    (".5", 2, "must be a plain decimal number"),
    ("١٢", 2, "must be a plain decimal number"),
    ("1" * 40, 2, "must be a plain decimal number"),
    ("1000000000001", 2, "is too large"),
]


@pytest.mark.parametrize(("text", "decimals", "reason"), BAD)
def test_anything_else_is_refused_by_name(text: str, decimals: int, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        money.parse_micros(text, decimals=decimals, field="topup_value")
    assert refused.value.message == f"topup_value: {reason}"


def test_a_sign_counts_only_where_it_is_meant() -> None:
    assert money.parse_micros("-2.50", signed=True) == -2_500_000


def test_coins_round_half_up_to_two_decimals() -> None:
    assert money.parse_micros_rounded("1.005") == 1_010_000
    assert money.parse_micros_rounded("1.004999") == 1_000_000
    assert money.parse_micros_rounded("-1.005", signed=True) == -1_010_000


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        (Fraction(5_000), 10_000),
        (Fraction(4_999), 0),
        (Fraction(-5_000), -10_000),
        (Fraction(10_000, 3), 0),
        (Fraction(20_000_001, 3), 6_670_000),
    ],
)
def test_rounding_is_half_up_away_from_zero(exact: Fraction, rounded: int) -> None:
    assert money.round_half_up(exact) == rounded


@pytest.mark.parametrize(
    ("micros", "decimals", "rounded"),
    [
        (4_999, 2, 0),
        (5_000, 2, 10_000),
        (14_999, 2, 10_000),
        (15_000, 2, 20_000),
        (-4_999, 2, 0),
        (-5_000, 2, -10_000),
        (-15_000, 2, -20_000),
        (-25_000, 2, -30_000),
        (499_999, 0, 0),
        (500_000, 0, 1_000_000),
        (-1_500_000, 0, -2_000_000),
        (-1_500, 3, -2_000),
        (-7, 6, -7),
    ],
)
def test_whole_micros_are_rounded_alike(micros: int, decimals: int, rounded: int) -> None:
    assert money.round_half_up(micros, decimals) == rounded
    assert money.round_half_up(Fraction(micros), decimals) == rounded


@given(st.integers(-(10**18), 10**18), st.sampled_from([0, 2, 3]))
def test_both_ways_of_rounding_agree(micros: int, decimals: int) -> None:
    assert money.round_half_up(micros, decimals) == money.round_half_up(Fraction(micros), decimals)


@pytest.mark.parametrize(
    ("micros", "fixed", "plain"),
    [
        (138_000_000, "138.00", "138"),
        (110_010_000, "110.01", "110.01"),
        (0, "0.00", "0"),
        (-1_000_000, "-1.00", "-1"),
        (-10_000, "-0.01", "-0.01"),
        (5_000, "0.01", "0.005"),
    ],
)
def test_output_forms(micros: int, fixed: str, plain: str) -> None:
    assert money.format_fixed(micros) == fixed
    assert money.format_plain(micros) == plain


def test_product_prices_have_ten_decimals() -> None:
    assert money.format_fixed(12_000_001, 10) == "12.0000010000"
    assert money.format_fixed(7_000_000, 0) == "7"


def test_report_numbers_are_json_numbers_without_a_float_in_between() -> None:
    values = [0, 5_000_000, 12_340_000, -100_500_000]
    encoded = msgspec.json.encode([money.json_number(value) for value in values])
    assert encoded == b"[0,5,12.34,-100.5]"


@given(st.integers(-(10**18), 10**18))
def test_plain_text_is_the_inverse_of_parsing(micros: int) -> None:
    text = money.format_plain(micros)
    assert money.parse_micros(text, decimals=6, signed=True) == micros
    assert Decimal(text) * money.MICROS == micros


def test_currency_decimals() -> None:
    wanted = {"EUR": 2, "JPY": 0, "KRW": 0, "KWD": 3, "VND": 0, "THB": 2}
    assert {code: money.currency_decimals(code) for code in wanted} == wanted
