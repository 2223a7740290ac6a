"""What a booking must keep to, whatever it costs. Pure (cafe-domain 9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lanhouse.cafe.bookings.schemas import Booking, Kind
from lanhouse.cafe.centers.schemas.member import MemberSettings
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.said import Said, say

NOW_MINUTES = 5
"""A begin at most so long past means now."""
DAYS_AHEAD_MAX = 366
MINUTES_MAX = 24 * 60
PCS_MAX = 50
"""PCs of one booking."""
BOOKINGS_AHEAD_MAX = 5_000
"""Bookings of a centre that are not over."""
COMMENT_CHARS_MAX = 255


def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall clock's day and time; raises InvalidInput of `starts` for one that the
    clocks jump over. Of one that comes twice the first."""
    local = datetime.combine(day, at, zone)
    moment = datetime.fromtimestamp(local.timestamp(), tz=zone)
    if moment.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise InvalidInput({"starts": say("is no time of that day: the clocks jump over it")})
    return moment.astimezone(ZoneInfo("UTC"))


def begin_of(starts_at: datetime, now: datetime) -> datetime:
    """The whole second from which on the seat is kept: now, for a begin that is hardly past.

    Raises InvalidInput of `starts` for one in the past or too far ahead.
    """
    now, starts_at = now.replace(microsecond=0), starts_at.replace(microsecond=0)
    if starts_at < now - timedelta(minutes=NOW_MINUTES):
        raise InvalidInput({"starts": say("must lie in the future")})
    if starts_at > now + timedelta(days=DAYS_AHEAD_MAX):
        raise InvalidInput({"starts": say("must lie within %(count)s days", count=DAYS_AHEAD_MAX)})
    return max(starts_at, now)


def check_length(minutes: int, settings: MemberSettings) -> None:
    """Raise InvalidInput of `minutes` for a length that is none, and Refused for one shorter than
    the setting min_booking_duration_minutes."""
    if not 0 < minutes <= MINUTES_MAX:
        raise InvalidInput({"minutes": say("must be 1 to %(count)s minutes", count=MINUTES_MAX)})
    least = settings.min_booking_duration_minutes
    if minutes < least:
        raise Refused(say("A booking lasts at least %(count)s minutes", count=least))


def check_lead(starts_at: datetime, now: datetime, settings: MemberSettings) -> None:
    """Raise Refused for a begin sooner than the setting min_hours_before_booking."""
    hours = settings.min_hours_before_booking
    if hours and starts_at < now.replace(microsecond=0) + timedelta(hours=hours):
        raise Refused(say("A booking is made at least %(count)s hours before", count=hours))


def kinds_of(settings: MemberSettings) -> list[Kind]:
    """The kinds that the setting booking_type names, in its order."""
    return list(dict.fromkeys(Kind(name) for name in settings.booking_type.split("|")))


def kind_for(
    settings: MemberSettings, wanted: Kind | None, *, offer_id: int, is_staff: bool, is_sold: bool
) -> Kind:
    """The kind of a booking: the one that was asked for, or the one that follows from an offer.

    A hold is for staff; while no time is sold (billing service off) that is all there is. Raises
    Refused for a kind that the centre does not book, "Product not found" where an offer is missing.
    """
    allowed = [kind for kind in kinds_of(settings) if is_staff or kind != Kind.HOLD]
    if not is_sold:
        return Kind.HOLD
    if wanted is None and offer_id:
        wanted = Kind.OFFER
    if wanted is None:
        order = (Kind.TIME, Kind.HOLD, Kind.OFFER)
        wanted = next((kind for kind in order if kind in allowed), Kind.OFFER)
    if wanted not in allowed:
        raise Refused(say("This kind of booking is switched off in the settings"))
    if wanted == Kind.OFFER and not offer_id:
        raise Refused(say("Product not found"))
    return wanted


def overlapping(found: Iterable[Booking], starts_at: datetime, ends_at: datetime) -> list[Booking]:
    """Those that share a second with the period; one that ends where another begins shares none."""
    return [each for each in found if each.starts_at < ends_at and starts_at < each.ends_at]


def why_not_cancelled(
    booking: Booking, at: datetime, *, is_staff: bool, cancel_minutes: int
) -> Said | None:
    """Why a booking is not given back; None = it is. Staff may until somebody begins it, a member
    until `cancel_minutes` before its begin."""
    if booking.state != "waiting":
        return say("This booking is over or has begun")
    if booking.ends_at <= at:
        return say("This booking is over or has begun")
    if not is_staff and booking.payment not in ("", "balance"):
        # What the till took the till gives back, and nobody of it is there.
        return say("This booking was paid at the desk and is given back there")
    if not is_staff and at > booking.starts_at - timedelta(minutes=cancel_minutes):
        return say(
            "A booking is cancelled at least %(count)s minutes before it begins",
            count=cancel_minutes,
        )
    return None


def day_bounds(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Begin and end of the centre's day in which `at` lies."""
    day = at.astimezone(zone).date()
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return begin, end
