"""The range of time that reports and logs look at, in the centre's zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.kit.errors import InvalidInput, Refused

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?", re.ASCII)
_DAY_MINUTES = 24 * 60


class RangeError(Refused):
    """The range ends before it begins; the wording is the wire's (cafe-wire, Reports)."""

    def __init__(self) -> None:
        super().__init__("Time range error")


class RangeIn(msgspec.Struct, kw_only=True):
    """`time_start` and `time_end` are HH:MM; 24:00 is the end of the day."""

    date_start: date | None = None
    date_end: date | None = None
    time_start: str = "00:00"
    time_end: str = "23:59"


class TimeRange(msgspec.Struct, frozen=True):
    """From `start_at` up to, not including, `end_at`; the days are local."""

    start_at: datetime
    end_at: datetime
    first_day: date
    last_day: date
    start_text: str
    """As reports echo it: "2025-03-01 00:00:00"."""
    end_text: str
    """As reports echo it: "2025-03-26 23:59:00", and "… 24:00:59" for 24:00."""
    zone: ZoneInfo

    @property
    def is_one_day(self) -> bool:
        """Whether charts show hours instead of days."""
        return self.first_day == self.last_day


def range_of(given: RangeIn, zone: ZoneInfo, today: date) -> TimeRange:
    """The range a request asks for; days that are not given are `today` (local).

    The minute of `time_end` belongs to the range as a whole: 23:59 reaches to midnight (decision
    0075). Raises InvalidInput by field, RangeError.
    """
    errors: dict[str, str] = {}
    start = _minutes(given.time_start, "time_start", errors)
    end = _minutes(given.time_end, "time_end", errors)
    if errors:
        raise InvalidInput(errors)
    first = given.date_start or given.date_end or today
    last = given.date_end or max(first, today)
    if last < first or (first == last and start > end):
        raise RangeError
    end_seconds = 59 if end == _DAY_MINUTES else 0
    return TimeRange(
        start_at=_moment(first, start, zone),
        end_at=_moment(last, min(end + 1, _DAY_MINUTES), zone),
        first_day=first,
        last_day=last,
        start_text=f"{first.isoformat()} {start // 60:02}:{start % 60:02}:00",
        end_text=f"{last.isoformat()} {end // 60:02}:{end % 60:02}:{end_seconds:02}",
        zone=zone,
    )


def _minutes(text: str, field: str, errors: dict[str, str]) -> int:
    match = _TIME.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else -1
    if not 0 <= minutes <= _DAY_MINUTES:
        errors[field] = "must be a time from 00:00 to 24:00"
    return minutes


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant at which the local clock shows `minutes` after midnight of `day`."""
    local = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    return local.replace(tzinfo=zone).astimezone(UTC)
