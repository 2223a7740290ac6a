"""Whether somebody may play by his own limits, and what a change of one does; on plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lanhouse.cafe.own_limits.schemas import Allowed, Kind, Limit

WAIT = timedelta(hours=24)
"""So long a looser limit is waited for, so that a bad evening cannot change it."""
DAY_BEGINS = time(6, 0)
"""Where "not later than" ends: who stops at 00:30 plays again from then on."""
DAY_MINUTES = 24 * 60
PLAY_SECONDS_MIN, PLAY_SECONDS_MAX = 15 * 60, 24 * 3600 - 1
BREAK_DAYS = (1, 7, 30)
_DAY = timedelta(days=1)

Span = tuple[datetime, datetime]
"""Time from a moment on and before another one."""


def changed(limit: Limit, value: int | None, at: datetime) -> Limit:
    """The limit after somebody asked for `value` at `at`: what is stricter holds at once, what is
    looser after WAIT; the value that holds takes back what is waited for."""
    now = limit.at(at)
    if value == now.value or _is_stricter(value, now.value):
        return Limit(kind=limit.kind, value=value)
    if now.next_at is not None and value == now.next_value:
        return now
    return Limit(kind=limit.kind, value=now.value, next_value=value, next_at=at + WAIT)


def broken_off(limit: Limit, until: datetime, at: datetime) -> Limit:
    """A break until a moment; one that lasts longer already stays."""
    now = limit.at(at)
    if now.value is not None and now.next_at is not None and now.next_at >= until:
        return now
    return Limit(kind=Kind.BREAK, value=1, next_at=until)


def _is_stricter(value: int | None, than: int | None) -> bool:
    return value is not None and (than is None or value < than)


def may_play(
    limits: Iterable[Limit], played_seconds: int, zone: ZoneInfo, at: datetime
) -> Allowed | None:
    """Whether somebody with these limits may play at `at`, who has played so long that day; None
    where no limit of play holds."""
    found = [
        one
        for limit in limits
        if limit.kind is not Kind.TOPUP
        and (one := _by_one(limit, played_seconds, zone, at)) is not None
    ]
    if not found:
        return None
    again = [one.again_at for one in found if one.again_at is not None]
    if again:
        return Allowed(again_at=max(again))
    ends = [one.until for one in found if one.until is not None]
    return Allowed(until=min(ends, default=None))


def _by_one(limit: Limit, played: int, zone: ZoneInfo, at: datetime) -> Allowed | None:
    now = limit.at(at)
    allowed = _by_value(now, now.value, played, zone, at)
    if now.next_at is None or allowed is None:
        return allowed
    if allowed.again_at is not None:
        return Allowed(again_at=min(allowed.again_at, now.next_at))
    if allowed.until is not None and allowed.until < now.next_at:
        return allowed
    # It becomes looser while he plays.
    return _by_value(now, now.next_value, played, zone, at)


def _by_value(
    limit: Limit, value: int | None, played: int, zone: ZoneInfo, at: datetime
) -> Allowed | None:
    if value is None:
        return None
    if limit.kind is Kind.BREAK:
        return Allowed(again_at=limit.next_at)
    if limit.kind is Kind.LATE:
        return _by_hour(value, zone, at)
    return _by_day(timedelta(seconds=value), timedelta(seconds=played), zone, at)


def _by_hour(minutes: int, zone: ZoneInfo, at: datetime) -> Allowed:
    begins = _moment(gaming_day(at, zone), DAY_BEGINS, zone)
    stops = begins + timedelta(minutes=minutes)
    if at < stops:
        return Allowed(until=stops)
    return Allowed(again_at=_moment(gaming_day(at, zone) + _DAY, DAY_BEGINS, zone))


def _by_day(allowed: timedelta, played: timedelta, zone: ZoneInfo, at: datetime) -> Allowed:
    midnight = day_of(at, zone)[1]
    left = allowed - played
    if left <= timedelta(0):
        return Allowed(again_at=midnight)
    if at + left < midnight:
        return Allowed(until=at + left)
    # Past midnight the next day's time begins.
    return Allowed(until=midnight + allowed)


def gaming_day(at: datetime, zone: ZoneInfo) -> date:
    """The day, from 06:00 to 06:00, in which a moment lies."""
    local = at.astimezone(zone)
    return local.date() if local.time() >= DAY_BEGINS else local.date() - _DAY


def day_of(at: datetime, zone: ZoneInfo) -> Span:
    """The day of the clock in which a moment lies, from midnight to midnight."""
    day = at.astimezone(zone).date()
    return _moment(day, time(0), zone), _moment(day + _DAY, time(0), zone)


def month_begins(at: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of a moment's month on the clock."""
    return _moment(at.astimezone(zone).date().replace(day=1), time(0), zone)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def united_seconds(spans: Iterable[Span]) -> int:
    """Whole seconds that lie in any of them: who plays two PCs at once plays once."""
    total, covered = timedelta(0), None
    for begin, end in sorted(spans):
        fresh = begin if covered is None else max(begin, covered)
        if end > fresh:
            total += end - fresh
            covered = end
    return total // timedelta(seconds=1)


def without(spans: Sequence[Span], gap: Span) -> list[Span]:
    """The same time without what lies in `gap`."""
    left = [(begin, min(end, gap[0])) for begin, end in spans]
    right = [(max(begin, gap[1]), end) for begin, end in spans]
    return [(begin, end) for begin, end in (*left, *right) if begin < end]


def minutes_of(clock: time) -> int:
    """A time of the clock as Kind.LATE keeps it: minutes after 06:00."""
    return (clock.hour * 60 + clock.minute - DAY_BEGINS.hour * 60) % DAY_MINUTES


def clock_of(minutes: int) -> str:
    """Kind.LATE as the clock shows it: `00:30`."""
    shown = (minutes + DAY_BEGINS.hour * 60) % DAY_MINUTES
    return f"{shown // 60:02}:{shown % 60:02}"
