"""From dates and times of a request to instants, over midnight and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lanhouse.cafe.logs.rules import EVENT_NAMES, RangeError, RangeIn, range_of
from lanhouse.cafe.money.schemas import Event
from lanhouse.kit.errors import InvalidInput

LISBON = ZoneInfo("Europe/Lisbon")
MANILA = ZoneInfo("Asia/Manila")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
TODAY = date(2026, 3, 4)


def _utc(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "zone", "start", "end"),
    [
        (RangeIn(), MANILA, _utc(3, 16), _utc(4, 16)),
        (RangeIn(date_start=TODAY, date_end=TODAY), KATHMANDU, _utc(3, 18, 15), _utc(4, 18, 15)),
        (RangeIn(time_end="24:00"), MANILA, _utc(3, 16), _utc(4, 16)),
        (RangeIn(time_start="08:00", time_end="17:59"), LISBON, _utc(4, 8), _utc(4, 18)),
        (RangeIn(time_start="12:00", time_end="12:00"), LISBON, _utc(4, 12), _utc(4, 12, 1)),
        (RangeIn(date_start=date(2026, 3, 2)), LISBON, _utc(2, 0), _utc(5, 0)),
        (RangeIn(date_end=date(2026, 3, 2)), LISBON, _utc(2, 0), _utc(3, 0)),
        (RangeIn(date_start=date(2026, 3, 9)), LISBON, _utc(9, 0), _utc(10, 0)),
        # A time inside a date is that second, which belongs to the range.
        (
            RangeIn(
                date_start=datetime.fromisoformat("2026-03-04 07:00:05"),
                date_end=datetime.fromisoformat("2026-03-04 07:00:05"),
                time_start="20:00",
                time_end="21:00",
            ),
            LISBON,
            datetime(2026, 3, 4, 7, 0, 5, tzinfo=UTC),
            datetime(2026, 3, 4, 7, 0, 6, tzinfo=UTC),
        ),
        (
            RangeIn(
                date_start=datetime.fromisoformat("2026-03-03 23:59:59"),
                date_end=TODAY,
                time_end="01:00",
            ),
            LISBON,
            datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC),
            _utc(4, 1, 1),
        ),
        # On 29 March the clock goes from 01:00 to 02:00: the day has 23 hours.
        (
            RangeIn(date_start=date(2026, 3, 29), date_end=date(2026, 3, 29)),
            LISBON,
            _utc(29, 0),
            _utc(29, 23),
        ),
        (
            RangeIn(date_start=date(2026, 10, 25), date_end=date(2026, 10, 25)),
            LISBON,
            datetime(2026, 10, 24, 23, tzinfo=UTC),
            datetime(2026, 10, 26, 0, tzinfo=UTC),
        ),
    ],
)
def test_instants(given: RangeIn, zone: ZoneInfo, start: datetime, end: datetime) -> None:
    span = range_of(given, zone, TODAY)
    assert (span.start_at, span.end_at) == (start, end)


def test_the_echo() -> None:
    plain = range_of(RangeIn(time_start="7:30"), LISBON, TODAY)
    assert (plain.start_text, plain.end_text) == ("2026-03-04 07:30:00", "2026-03-04 23:59:00")
    whole = range_of(RangeIn(time_end="24:00"), LISBON, TODAY)
    assert whole.end_text == "2026-03-04 24:00:59"
    assert plain.is_one_day
    assert not range_of(RangeIn(date_start=date(2026, 3, 3)), LISBON, TODAY).is_one_day


@pytest.mark.parametrize(
    "given",
    [
        RangeIn(time_start="12:01", time_end="12:00"),
        RangeIn(date_start=TODAY, date_end=date(2026, 3, 3)),
        RangeIn(time_start="24:00"),
    ],
)
def test_a_range_that_ends_before_it_begins(given: RangeIn) -> None:
    with pytest.raises(RangeError, match="Time range error"):
        range_of(given, LISBON, TODAY)


def test_every_wrong_time_is_named() -> None:
    with pytest.raises(InvalidInput) as wrong:
        range_of(RangeIn(time_start="24:01", time_end="now"), LISBON, TODAY)
    assert dict(wrong.value.fields) == {
        "time_start": "must be a time from 00:00 to 24:00",
        "time_end": "must be a time from 00:00 to 24:00",
    }


def test_every_event_has_a_name_for_people() -> None:
    # The reports page names each event that moved money; one without a name broke it.
    assert set(EVENT_NAMES) == set(Event)
