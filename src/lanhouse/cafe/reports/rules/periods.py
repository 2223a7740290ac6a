"""The stretch of time that the reports page shows, and the one that it is compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.cafe.logs.rules import TimeRange
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

DAYS_MAX = 400
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


class Choice(StrEnum):
    """What a reader picks."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    """Today and the six days before it."""
    MONTH = "month"
    """From the first of this month."""
    DAYS = "days"
    """From one day to another."""


class Stretch(msgspec.Struct, frozen=True):
    """Whole days of the centre's zone, the last of which may be cut at a second.

    From `start_at` up to, not including, `end_at`.
    """

    first_day: date
    last_day: date
    start_at: datetime
    end_at: datetime
    cut_at: datetime | None
    """The last second that counts, on the clock of the zone; None: the last day is whole."""
    zone: ZoneInfo

    @property
    def is_one_day(self) -> bool:
        """Whether charts show hours."""
        return self.first_day == self.last_day

    @property
    def last_at(self) -> datetime:
        """The last second that counts."""
        return self.end_at - timedelta(seconds=1)

    @property
    def as_range(self) -> TimeRange:
        """The same as calls ask for it."""
        texts = (self.first_day.isoformat(), self.last_day.isoformat())
        days = (self.first_day, self.last_day)
        return TimeRange(self.start_at, self.end_at, *days, *texts, self.zone)

    @property
    def days(self) -> int:
        """How many days it touches."""
        return (self.last_day - self.first_day).days + 1


class Period(msgspec.Struct, frozen=True):
    """What is asked for, and the same weekdays before it, cut at the same time of day."""

    choice: Choice
    asked: Stretch
    before: Stretch


def period_of(
    choice: Choice, first: date | None, last: date | None, zone: ZoneInfo, now: datetime
) -> Period:
    """The period of a choice; `first` and `last` count for DAYS only, and are today without.

    It is compared with the nearest stretch of as many days that begins on the same weekday and is
    over before: a day with that a week ago, a month with five weeks ago. Days that are not over
    end now, and the stretch before at the same time of day.

    Raises InvalidInput by field.
    """
    now = whole_second(now).astimezone(zone)
    today = now.date()
    if choice is Choice.DAYS:
        begin = first or min(last or today, today)
        end = last or max(first or today, today)
    else:
        begin, end = {
            Choice.TODAY: (today, today),
            Choice.YESTERDAY: (today - _DAY, today - _DAY),
            Choice.WEEK: (today - 6 * _DAY, today),
            Choice.MONTH: (today.replace(day=1), today),
        }[choice]
    _check(begin, end)
    cut = now.replace(tzinfo=None) if end >= today else None
    if cut is not None and begin <= today:
        end = today
    elif cut is not None:
        cut = None
    weeks = -(-((end - begin).days + 1) // 7) * _WEEK
    return Period(
        choice,
        _stretch(begin, end, cut, zone),
        _stretch(begin - weeks, end - weeks, None if cut is None else cut - weeks, zone),
    )


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins in a zone."""
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)


def _check(begin: date, end: date) -> None:
    if end < begin:
        raise InvalidInput({"last": say("must not be before the first day")})
    if (end - begin).days >= DAYS_MAX:
        raise InvalidInput({"last": say("at most %(count)s days", count=DAYS_MAX)})
    if begin.year <= 1970:
        raise InvalidInput({"first": say("is too far away")})


def _stretch(begin: date, end: date, cut: datetime | None, zone: ZoneInfo) -> Stretch:
    end_at = day_start(end + _DAY, zone)
    if cut is not None:
        end_at = (cut + timedelta(seconds=1)).replace(tzinfo=zone).astimezone(UTC)
    return Stretch(begin, end, day_start(begin, zone), end_at, cut, zone)
