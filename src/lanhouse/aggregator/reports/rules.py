"""How hours make a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from lanhouse.aggregator.rounds.rules.sums import Sums
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.local_time import zone_names

HOUR_MICROS = 3_600_000_000
_OFFSET = re.compile(r"([+-])(\d\d):([0-5]\d)", re.ASCII)
_OFFSET_HOURS_MAX = 14


def hours_of(from_at: datetime, to_at: datetime) -> tuple[int, int]:
    """The hours since 1970 that a window touches, the second is the first one behind it: `from` is
    cut down and `to` up to the hour."""
    return clock.to_micros(from_at) // HOUR_MICROS, -(-clock.to_micros(to_at) // HOUR_MICROS)


def zone_of(name: str | None) -> tzinfo:
    """The zone of an IANA name or an offset such as "+07:00"; UTC for none. Raises InvalidInput."""
    if name is None or name in ("UTC", "Z"):
        return UTC
    match = _OFFSET.fullmatch(name)
    if match is not None and int(match[2]) <= _OFFSET_HOURS_MAX:
        away = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-away if match[1] == "-" else away)
    if name not in zone_names():
        raise InvalidInput({"timezone": "must be an IANA zone or an offset such as +07:00"})
    return ZoneInfo(name)


def hour_text(hour: int) -> str:
    """An hour as the report tells it: 2024-08-20T13:00:00Z."""
    return clock.from_micros(hour * HOUR_MICROS).strftime("%Y-%m-%dT%H:%M:%SZ")


def by_hour(hours: Iterable[tuple[int, Sums]]) -> list[tuple[str, Sums]]:
    """A row for each hour that has any, in their order."""
    return [(hour_text(hour), sums) for hour, sums in hours]


def by_day(hours: Iterable[tuple[int, Sums]], zone: tzinfo) -> list[tuple[str, Sums]]:
    """A row for each day of the zone, in the order of the hours; an hour belongs to the day in
    which it begins, so that days of any zone come to the sum of their hours."""
    days: dict[str, Sums] = {}
    for hour, sums in hours:
        local = clock.from_micros(hour * HOUR_MICROS).astimezone(zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        day = midnight.isoformat().replace("+00:00", "Z")
        days[day] = days.get(day, Sums()).plus(sums)
    return list(days.items())
