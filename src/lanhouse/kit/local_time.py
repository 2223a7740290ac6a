"""Times and durations as the café API writes them (cafe-wire 0)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# Lists show two lengths in every row, and formatting the numbers takes most of their time.
_TWO_DIGITS = [f"{number:02d}" for number in range(60)]


@cache
def zone_names() -> frozenset[str]:
    """Every IANA name that the server knows; reading their files takes 20 ms."""
    return frozenset(available_timezones())


def local_text(at: datetime, zone: ZoneInfo) -> str:
    """An aware datetime as `YYYY-MM-DD HH:MM:SS` on the wall clock of `zone`."""
    return at.astimezone(zone).isoformat(" ")[:19]


def utc_text(at: datetime) -> str:
    """An aware datetime as `YYYY-MM-DDTHH:MM:SS.ffffffZ`, which some fields of the API use."""
    return f"{at.astimezone(UTC).isoformat('T', 'microseconds')[:26]}Z"


def duration_text(seconds: int) -> str:
    """Whole seconds as `HH:MM:SS`; hours may exceed 24 and the whole may be negative."""
    if seconds < 0:
        return f"-{duration_text(-seconds)}"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{_TWO_DIGITS[minutes]}:{_TWO_DIGITS[rest]}"


def whole_second(at: datetime) -> datetime:
    """The second that `at` lies in: sessions begin, change and end on whole seconds."""
    return at.replace(microsecond=0)


def is_empty_window(hours: str) -> bool:
    """Whether hours such as 09:00-18:00 begin and end at the same time: nobody can say whether that
    is the whole day or none of it."""
    begin, _, end = hours.partition("-")
    return begin == end
