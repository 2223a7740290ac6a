"""How hours make a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from operator import add
from zoneinfo import ZoneInfo

from lanhouse.aggregator.rounds.rules import joined, split
from lanhouse.aggregator.rounds.rules.sums import AMOUNTS, Sums
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.local_time import zone_names

COUNTED = ("rounds", "free_rounds", *(f"{n}_{part}" for n in AMOUNTS for part in ("units", "rest")))
"""The columns of report_hours that are added up."""
Counted = tuple[int, ...]
"""What stands in them, or its sums."""
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


def counted_of(sums: Sums) -> Counted:
    """Sums as the columns of report_hours hold them."""
    parts = (part for name in AMOUNTS for part in split(getattr(sums, name)))
    return (sums.rounds, sums.free_rounds, *parts)


def sums_from(counted: Counted) -> Sums:
    """The sums that counted columns tell."""
    rounds, free_rounds, *parts = counted
    pairs = zip(AMOUNTS, parts[::2], parts[1::2], strict=True)
    amounts = {name: joined(units, rest) for name, units, rest in pairs}
    return Sums(rounds=rounds, free_rounds=free_rounds, **amounts)


def by_hour(hours: Iterable[tuple[int, Counted]]) -> list[tuple[str, Counted]]:
    """A row for each hour that has any, in their order."""
    return [(hour_text(hour), counted) for hour, counted in hours]


def by_day(hours: Iterable[tuple[int, Counted]], zone: tzinfo) -> list[tuple[str, Counted]]:
    """A row for each day of the zone, in the order of the hours; an hour belongs to the day in
    which it begins, so that days of any zone come to the sum of their hours."""
    days: dict[str, Counted] = {}
    for hour, counted in hours:
        local = (_EPOCH + hour * _HOUR).astimezone(zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        day = midnight.isoformat().replace("+00:00", "Z")
        so_far = days.get(day)
        days[day] = counted if so_far is None else tuple(map(add, so_far, counted))
    return list(days.items())
