"""Whether somebody may play by his own limits, and what a change of one does."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from lanhouse.cafe.own_limits.rules import (
    broken_off,
    changed,
    clock_of,
    may_play,
    minutes_of,
    united_seconds,
)
from lanhouse.cafe.own_limits.schemas import Allowed, Kind, Limit

ZONE = ZoneInfo("UTC")
HOUR = 3600
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 4, 23, 0, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_what_is_stricter_holds_at_once_and_what_is_looser_after_a_day() -> None:
    none = Limit(kind=Kind.PLAY)
    two = changed(none, 2 * HOUR, NOON)
    assert two == Limit(kind=Kind.PLAY, value=2 * HOUR)
    assert changed(two, HOUR, NOON).value == HOUR
    four = changed(two, 4 * HOUR, NOON)
    day_on = NOON + timedelta(days=1)
    assert four == Limit(kind=Kind.PLAY, value=2 * HOUR, next_value=4 * HOUR, next_at=day_on)
    # Asking again neither shortens nor lengthens the wait; another value begins it anew.
    assert changed(four, 4 * HOUR, NOON + timedelta(hours=5)) == four
    later = changed(four, None, NOON + timedelta(hours=5))
    assert (later.value, later.next_value) == (2 * HOUR, None)
    assert later.next_at == day_on + timedelta(hours=5)
    # Staying, and being stricter, take it back.
    assert changed(four, 2 * HOUR, NOON) == two
    assert changed(four, HOUR, NOON) == Limit(kind=Kind.PLAY, value=HOUR)
    assert four.at(day_on) == Limit(kind=Kind.PLAY, value=4 * HOUR)
    assert four.at(day_on - timedelta(seconds=1)).value == 2 * HOUR


def test_a_break_is_never_shortened() -> None:
    week = broken_off(Limit(kind=Kind.BREAK), NOON + timedelta(days=7), NOON)
    assert may_play([week], 0, ZONE, NOON) == Allowed(again_at=NOON + timedelta(days=7))
    assert broken_off(week, NOON + timedelta(days=1), NOON) == week
    assert may_play([week], 0, ZONE, NOON + timedelta(days=7)) is None


@pytest.mark.parametrize(
    ("hours", "played", "moment", "allowed"),
    [
        (2, 0, NOON, Allowed(until=at(4, 14))),
        (2, 1.5, NOON, Allowed(until=at(4, 12, 30))),
        (2, 2, NOON, Allowed(again_at=at(5, 0))),
        (2, 3, NOON, Allowed(again_at=at(5, 0))),
        # Past midnight the next day's time begins.
        (2, 0, NIGHT, Allowed(until=at(5, 2))),
        (2, 1, NIGHT, Allowed(until=at(5, 2))),
        (2, 1.5, NIGHT, Allowed(until=at(4, 23, 30))),
    ],
)
def test_play_time_a_day(hours: int, played: float, moment: datetime, allowed: Allowed) -> None:
    limit = Limit(kind=Kind.PLAY, value=hours * HOUR)
    assert may_play([limit], int(played * HOUR), ZONE, moment) == allowed


@pytest.mark.parametrize(
    ("shown", "moment", "allowed"),
    [
        (time(0, 30), NOON, Allowed(until=at(5, 0, 30))),
        (time(0, 30), at(5, 0, 30), Allowed(again_at=at(5, 6))),
        (time(22, 0), NIGHT, Allowed(again_at=at(5, 6))),
        (time(22, 0), at(5, 5, 59), Allowed(again_at=at(5, 6))),
        (time(22, 0), at(5, 6), Allowed(until=at(5, 22))),
    ],
)
def test_not_later_than(shown: time, moment: datetime, allowed: Allowed) -> None:
    limit = Limit(kind=Kind.LATE, value=minutes_of(shown))
    assert clock_of(minutes_of(shown)) == f"{shown:%H:%M}"
    assert may_play([limit], 0, ZONE, moment) == allowed


def test_the_strictest_of_several_holds_and_top_ups_bar_nobody() -> None:
    play = Limit(kind=Kind.PLAY, value=8 * HOUR)
    late = Limit(kind=Kind.LATE, value=minutes_of(time(18)))
    assert may_play([play, late], 0, ZONE, NOON) == Allowed(until=at(4, 18))
    assert may_play([play, late], 8 * HOUR, ZONE, NOON) == Allowed(again_at=at(5, 0))
    assert may_play([Limit(kind=Kind.TOPUP, value=0)], 0, ZONE, NOON) is None


def test_what_becomes_looser_while_he_plays_lengthens_his_time() -> None:
    soon = Limit(kind=Kind.PLAY, value=2 * HOUR, next_value=4 * HOUR, next_at=at(4, 13))
    assert may_play([soon], 0, ZONE, NOON) == Allowed(until=at(4, 16))
    assert may_play([soon], 2 * HOUR, ZONE, NOON) == Allowed(again_at=at(4, 13))


def test_who_plays_two_pcs_plays_once() -> None:
    spans = [(at(4, 12), at(4, 13)), (at(4, 12, 30), at(4, 14)), (at(4, 12, 10), at(4, 12, 20))]
    assert united_seconds([*spans, (at(4, 15), at(4, 16))]) == 3 * HOUR
    assert united_seconds([]) == 0
