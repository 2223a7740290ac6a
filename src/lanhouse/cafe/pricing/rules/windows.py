"""Days of the week and times of day in which a price, an offer or a product holds.

Source: cafe-domain 0 (weekday sets, time windows).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
WEEKDAYS = (1, 2, 3, 4, 5, 6, 7)

_WINDOW = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})", re.ASCII)


class Window(msgspec.Struct, frozen=True):
    """A time of day, every day of `weekdays` (1 = Monday ... 7 = Sunday), by the wall clock.

    `to_minute` is exclusive. When it is not after `from_minute` the window crosses midnight, and
    the part after midnight belongs to the weekday on which it began.
    """

    weekdays: tuple[int, ...] = WEEKDAYS
    from_minute: int = 0
    to_minute: int = DAY_MINUTES

    @property
    def length_minutes(self) -> int:
        """How long the window is open on one of its days."""
        return (self.to_minute - self.from_minute - 1) % DAY_MINUTES + 1

    def spans(self) -> list[tuple[int, int]]:
        """The window as (from, to) minutes of a week that begins on Monday 00:00.

        What crosses the end of Sunday comes back at the start of Monday, as a span of its own.
        """
        found: list[tuple[int, int]] = []
        for weekday in self.weekdays:
            begin = (weekday - 1) * DAY_MINUTES + self.from_minute
            end = begin + self.length_minutes
            found.append((begin, min(end, WEEK_MINUTES)))
            if end > WEEK_MINUTES:
                found.append((0, end - WEEK_MINUTES))
        return found

    def holds(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether the window is open at the instant `at` by the wall clock of `zone`."""
        minute = week_minute(at.astimezone(zone))
        return any(begin <= minute < end for begin, end in self.spans())


def week_minute(local: datetime) -> int:
    """Minutes since Monday 00:00 on the wall clock."""
    return (local.weekday() * 24 + local.hour) * 60 + local.minute


def parse_weekdays(text: str, field: str = "weekdays") -> tuple[int, ...]:
    """Read `7|1|2|3|4|5|6|` (7 = Sunday; the last bar is optional). Raises InvalidInput."""
    parts = [part for part in text.strip().strip("|").split("|") if part != ""]
    if not parts or any(part not in {"1", "2", "3", "4", "5", "6", "7"} for part in parts):
        raise InvalidInput({field: say("must be weekdays like 7|1|2|3|4|5|6| (7 = Sunday)")})
    return tuple(sorted({int(part) for part in parts}))


def format_weekdays(weekdays: Iterable[int]) -> str:
    """Weekdays as the wire writes them, Sunday first: `7|1|2|3|4|5|6|`."""
    return "".join(f"{day}|" for day in sorted(weekdays, key=lambda day: day % 7))


def parse_window(text: str, field: str = "time") -> tuple[int, int]:
    """Read `HH:MM-HH:MM` into minutes of the day; `00:00-24:00` is always.

    An end of 00:00 means 24:00. Begin and end alike say nothing, and are refused (InvalidInput).
    """
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise InvalidInput({field: say("must be a time window like 08:00-22:00")})
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in match.groups())
    begin, end = from_hour * 60 + from_minute, (to_hour * 60 + to_minute) or DAY_MINUTES
    if from_minute > 59 or to_minute > 59 or begin >= DAY_MINUTES or end > DAY_MINUTES:
        raise InvalidInput({field: say("must lie between 00:00 and 24:00")})
    if begin == end:
        raise InvalidInput({field: say("must not begin and end at the same time")})
    return begin, end


def format_window(from_minute: int, to_minute: int) -> str:
    """Minutes of the day as `HH:MM-HH:MM`."""
    begin, end = divmod(from_minute, 60), divmod(to_minute, 60)
    return f"{begin[0]:02d}:{begin[1]:02d}-{end[0]:02d}:{end[1]:02d}"
