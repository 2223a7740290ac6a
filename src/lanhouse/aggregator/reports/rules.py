"""How hours make a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from zoneinfo import ZoneInfo

from lanhouse.aggregator.rounds.rules.sums import Sums
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.local_time import zone_names

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_OFFSET = re.compile(r"([+-])(\d\d):([0-5]\d)", re.ASCII)
_OFFSET_HOURS_MAX = 14


def hours_of(from_at: datetime, to_at: datetime) -> tuple[int, int]:
    """The hours since 1970 that a window touches, the second is the first one behind it: `from` is
    cut down and `to` up to the hour."""
    return (from_at - _EPOCH) // _HOUR, -((_EPOCH - to_at) // _HOUR)


def zone_of(timezone: str | None) -> tzinfo:
    """The zone of an IANA name or an offset such as "+07:00"; UTC for none. Raises InvalidInput."""
    if timezone is None or timezone in ("UTC", "Z"):
        return UTC
    match = _OFFSET.fullmatch(timezone)
    if match is not None and int(match[2]) <= _OFFSET_HOURS_MAX:
        away = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return fixed_zone(-away if match[1] == "-" else away)
    if timezone not in zone_names():
        raise InvalidInput({"timezone": "must be an IANA zone or an offset such as +07:00"})
    return ZoneInfo(timezone)


def hour_text(hour: int) -> str:
    """An hour as the report tells it: 2024-08-20T13:00:00Z."""
    return (_EPOCH + hour * _HOUR).strftime("%Y-%m-%dT%H:%M:%SZ")


def by_hour(hours: Iterable[tuple[int, Sums]]) -> list[tuple[str, Sums]]:
    """A row for each hour that has any, in their order."""
    return [(hour_text(hour), sums) for hour, sums in hours]


def by_day(hours: Iterable[tuple[int, Sums]], zone: tzinfo) -> list[tuple[str, Sums]]:
    """A row for each day of the zone, in the order of the hours; an hour belongs to the day in
    which it begins, so that days of any zone come to the sum of their hours."""
    days: dict[str, Sums] = {}
    for hour, sums in hours:
        local = (_EPOCH + hour * _HOUR).astimezone(zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        day = midnight.isoformat().replace("+00:00", "Z")
        days[day] = days.get(day, Sums()).plus(sums)
    return list(days.items())
