"""When a bought package may be used (cafe-domain 3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lanhouse.cafe.offers.rules import expiry_of, usable_until, window_closes_at
from lanhouse.cafe.pricing.rules import Window, parse_weekdays, parse_window

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NOON = datetime(2026, 11, 16, 12, tzinfo=BERLIN)


def window(text: str, days: str = "7|1|2|3|4|5|6|") -> Window:
    return Window(parse_weekdays(days), *parse_window(text))


@pytest.mark.parametrize(
    ("times", "days", "closes"),
    [
        ("00:00-24:00", "7|1|2|3|4|5|6|", None),
        ("08:00-18:00", "7|1|2|3|4|5|6|", "2026-11-16T18:00+01:00"),
        ("00:00-24:00", "1|", "2026-11-17T00:00+01:00"),
        ("00:00-24:00", "1|2|", "2026-11-18T00:00+01:00"),
        ("10:00-09:00", "1|", "2026-11-17T09:00+01:00"),
    ],
)
def test_when_a_window_closes(times: str, days: str, closes: str | None) -> None:
    found = window_closes_at(window(times, days), MONDAY_NOON, BERLIN)
    assert found == (None if closes is None else datetime.fromisoformat(closes))


def test_a_window_over_the_change_of_the_clock_closes_by_the_wall() -> None:
    begin = datetime(2026, 10, 25, 0, tzinfo=BERLIN)
    found = window_closes_at(window("00:00-06:00"), begin, BERLIN)
    assert found is not None
    assert found - begin.astimezone(UTC) == timedelta(hours=7)


def test_a_package_ends_with_its_hours_or_its_life_whichever_comes_first() -> None:
    office = window("08:00-18:00")
    early, late = MONDAY_NOON + timedelta(hours=1), MONDAY_NOON + timedelta(hours=9)
    assert usable_until(office, MONDAY_NOON, BERLIN, early) == (True, early)
    assert usable_until(office, MONDAY_NOON, BERLIN, late) == (
        True,
        MONDAY_NOON + timedelta(hours=6),
    )
    assert usable_until(window("00:00-24:00"), MONDAY_NOON, BERLIN, None) == (True, None)
    assert usable_until(office, MONDAY_NOON, BERLIN, MONDAY_NOON) == (False, None)
    assert usable_until(window("13:00-18:00"), MONDAY_NOON, BERLIN, None) == (False, None)
    assert usable_until(window("10:00-14:00", "2|"), MONDAY_NOON, BERLIN, None) == (False, None)


def test_the_life_of_a_package() -> None:
    assert expiry_of(MONDAY_NOON, 0, 0) is None
    assert expiry_of(MONDAY_NOON, 2, 3) == MONDAY_NOON + timedelta(days=2, hours=3)
