"""How amounts, durations and moments read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.web import format as formats

LISBON = ZoneInfo("Europe/Lisbon")
SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 21, 18, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("micros", "currency", "language", "text"),
    [
        (1_234_500_000, "EUR", "en", "€1,234.50"),
        (1_234_500_000, "EUR", "de", "1.234,50\xa0€"),
        (-1_234_500_000, "USD", "es_MX", "−USD\xa01,234.50"),
        (-1_234_500_000, "EUR", "ar", "\u2066−1,234.50\xa0€\u2069"),
        (20_000_000_000, "VND", "en", "₫20,000"),
        (1_340_000, "KWD", "en", "KWD\xa01.340"),
        (-1_340_000, "KWD", "en", "−KWD\xa01.340"),
        (1_340_000, "KWD", "de", "1,340\xa0KWD"),
        (500_000_000, "JPY", "en", "JP¥500"),
        (0, "EUR", "en", "€0.00"),
        (-2_000_000, "EUR", "en", "−€2.00"),
        (-2_000_000, "EUR", "de", "−2,00\xa0€"),
        (None, "EUR", "en", "–"),
    ],
)
def test_money_carries_its_currency(
    micros: int | None, currency: str, language: str, text: str
) -> None:
    assert formats.money(micros, currency, language) == text


def test_letters_stand_apart_from_the_digits_everywhere() -> None:
    assert formats.short_money(5_000_000, "KWD", "en") == "KWD\xa05"
    assert formats.exact_money(2_997_500, "CHF", "en") == "CHF\xa02.9975"
    assert formats.exact_money(2_997_500, "EUR", "en") == "€2.9975"
    # A cost may have decimals where nothing is paid in them; whole ones stand as they are paid.
    assert formats.exact_money(12_500_000, "JPY", "en") == "JP¥12.5"
    assert formats.exact_money(250_000_000, "JPY", "en") == "JP¥250"


def test_a_plus_marks_only_what_is_given() -> None:
    assert formats.money(3_000_000, "EUR", "en", plus=True) == "+€3.00"
    assert formats.money(0, "EUR", "en", plus=True) == "€0.00"
    assert formats.money(-3_000_000, "EUR", "en", plus=True) == "−€3.00"


def test_coins_have_no_currency() -> None:
    assert formats.coins(340_000_000, "en") == "340"
    assert formats.coins(12_500_000, "de") == "12,5"
    assert formats.coins(None, "en") == "–"


def test_a_decimal_keeps_its_places_in_the_language() -> None:
    assert formats.decimal_text("96.00", "en") == "96.00"
    assert formats.decimal_text("96.00", "de") == "96,00"
    assert formats.decimal_text("1338.75", "de") == "1.338,75"
    assert formats.decimal_text("338", "en") == "338"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(4_365, "1:12"), (59, "0:00"), (0, "0:00"), (-30, "0:00"), (90_000, "25:00"), (None, "–")],
)
def test_time_left_is_floored_to_minutes(seconds: int | None, text: str) -> None:
    assert formats.left(seconds) == text


def test_the_player_sees_seconds_under_ten_minutes() -> None:
    assert formats.left_for_player(298) == "4:58"
    assert formats.left_for_player(599) == "9:59"
    assert formats.left_for_player(600) == "0:10"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(7_800, "2 h 10 min"), (2_700, "45 min"), (3_600, "1 h"), (30, "30 s"), (None, "–")],
)
def test_durations_in_prose(seconds: int | None, text: str) -> None:
    assert formats.duration(seconds) == text


def test_lengths_and_prices_that_can_be_multiplied() -> None:
    assert [formats.exact_length(s) for s in (0, 45, 2520, 2565, 3605, 7800)] == [
        *("0 s", "45 s", "42 min", "42 min 45 s", "1 h 5 s", "2 h 10 min"),
    ]
    assert formats.exact_money(Fraction(3_200_000), "EUR", "en") == "€3.20"
    assert formats.exact_money(Fraction(2_997_000), "EUR", "en") == "€2.997"
    assert formats.exact_money(Fraction(1_234_567), "EUR", "de") == "1,234567\xa0€"


@pytest.mark.parametrize(
    ("at", "english", "german"),
    [
        (datetime(2026, 11, 21, 17, 41, tzinfo=UTC), "17:41", "17:41"),
        (datetime(2026, 11, 20, 15, 48, tzinfo=UTC), "yesterday 15:48", "yesterday 15:48"),
        (datetime(2026, 11, 14, 9, 5, tzinfo=UTC), "14 Nov 09:05", "14. Nov. 09:05"),
        (datetime(2025, 11, 14, 9, 5, tzinfo=UTC), "14 Nov 2025", "14. Nov. 2025"),
    ],
)
def test_a_moment_is_as_near_as_it_needs(at: datetime, english: str, german: str) -> None:
    assert formats.moment(at, NOW, LISBON, "en") == english
    assert formats.moment(at, NOW, LISBON, "de") == german


def test_days_change_at_the_centres_midnight() -> None:
    late = datetime(2026, 11, 21, 16, 59, tzinfo=UTC)
    assert formats.moment(late, NOW, SAIGON, "en") == "yesterday 23:59"
    assert formats.moment(late, NOW, LISBON, "en") == "16:59"


def test_the_full_moment_names_the_zone() -> None:
    text = formats.full_moment(NOW, SAIGON, "en")
    assert text == "22 Nov 2026, 01:22:00 (Asia/Ho_Chi_Minh)"


def test_percent_has_a_narrow_space() -> None:
    assert formats.percent(10, "en") == "10\u202f%"
    assert formats.percent(Decimal("12.5"), "de") == "12,5\u202f%"


@pytest.mark.parametrize(
    ("lowest", "highest", "lines"),
    [
        (0, 0, [0]),
        (0, 1, [0, 1]),
        (12, 152, [0, 50, 100, 150, 200]),
        (0, 150_000_000, [0, 30_000_000, 60_000_000, 90_000_000, 120_000_000, 150_000_000]),
        (-7, 29, [-10, 0, 10, 20, 30]),
        (-40, -3, [-40, -30, -20, -10, 0]),
    ],
)
def test_lines_of_a_chart_are_round(lowest: int, highest: int, lines: list[int]) -> None:
    assert formats.marks(lowest, highest) == lines


@given(st.integers(-(10**15), 10**15), st.integers(-(10**15), 10**15))
def test_lines_of_a_chart_hold_what_is_drawn(one: int, other: int) -> None:
    lines = formats.marks(min(one, other), max(one, other))
    assert lines[0] <= min(one, other, 0) <= max(one, other, 0) <= lines[-1]
    assert 0 in lines
    assert len(lines) <= 7


def test_what_ends_with_a_day_shows_that_day() -> None:
    midnight = datetime(2029, 12, 1, tzinfo=LISBON)
    assert formats.until(midnight, NOW, LISBON, "en") == "30 Nov 2029"
    assert formats.until(midnight + timedelta(hours=18), NOW, LISBON, "en") == "1 Dec 2029"
    # Midnight of another clock is a moment like others.
    assert formats.until(datetime(2029, 12, 1, tzinfo=UTC), NOW, SAIGON, "en") == "1 Dec 2029"
    assert formats.until(None, NOW, LISBON, "en") == formats.UNKNOWN
    before = formats.until(NOW - timedelta(days=1), NOW, LISBON, "de", "gestern")
    assert before.startswith("gestern ")
