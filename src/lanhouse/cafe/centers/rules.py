"""When a centre closes, and whom it trusts. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import msgspec

from lanhouse.cafe.centers.schemas import Center, PaymentSettings
from lanhouse.cafe.centers.schemas.payment.tenders import PayLater

_DAY = timedelta(days=1)
_ALL_DAY = ("00:00", "23:59")


def closing_after(center: Center, at: datetime) -> datetime | None:
    """The first closing time after `at` by which sessions end; None where none does.

    None also where the house never closes: from 00:00 to 23:59, or as late as it opens.
    """
    if not center.settings.payment.end_sessions_at_closing:
        return None
    hours = (center.settings.center.open_time_start, center.settings.center.open_time_end)
    if hours == _ALL_DAY or hours[0] == hours[1]:
        return None
    closes = time.fromisoformat(hours[1])
    today = at.astimezone(center.zone).date()
    closings = (
        datetime.combine(today + days * _DAY, closes, center.zone).astimezone(UTC)
        for days in range(3)
    )
    return next(closing for closing in closings if closing > at)


def is_closing_soon(payment: PaymentSettings, closes_at: datetime | None, at: datetime) -> bool:
    """Whether it is time to say that sessions end at `closes_at`: from the first of the notices on
    (setting notification_before_closing)."""
    if closes_at is None:
        return False
    notice = first_notice_seconds(payment.notification_before_closing)
    return notice > 0 and at >= closes_at - timedelta(seconds=notice)


def first_notice_seconds(text: str) -> int:
    """So long before the end the first notice comes of a setting that lists minutes as JSON; 0:
    none comes."""
    minutes = msgspec.json.decode(text or "[]", type=list[int], strict=False)
    return 60 * max(minutes, default=0)


def may_pay_later(payment: PaymentSettings, group_id: int) -> bool:
    """Whether the setting pay_later names the member group, or every member with 0; guests, whose
    group is below 0, never."""
    groups = msgspec.json.decode(payment.pay_later, type=PayLater).member_groups
    return group_id >= 0 and not {"0", str(group_id)}.isdisjoint(groups)


class Opening(msgspec.Struct, frozen=True):
    """Whether a house is open, and when that changes next (None: it never closes)."""

    never_closes: bool
    is_open: bool
    changes_at: datetime | None


def opening(center: Center, at: datetime) -> Opening:
    """Whether the house is open at `at`, by the settings open_time_start and open_time_end; a
    closing time before the opening is on the next day."""
    house = center.settings.center
    hours = (house.open_time_start, house.open_time_end)
    if hours == _ALL_DAY or hours[0] == hours[1]:
        return Opening(True, True, None)
    opens, closes = (time.fromisoformat(each) for each in hours)
    today = at.astimezone(center.zone).date()
    for days in range(-1, 3):
        day = today + days * _DAY
        begin = datetime.combine(day, opens, center.zone).astimezone(UTC)
        last = day if closes > opens else day + _DAY
        end = datetime.combine(last, closes, center.zone).astimezone(UTC)
        if at < begin:
            return Opening(False, False, begin)
        if at < end:
            return Opening(False, True, end)
    raise AssertionError("a day begins within two days")


def map_url(latlng: str) -> str:
    """A page with a map of the place of the setting cafe_latlng; empty where none is set."""
    if not latlng:
        return ""
    latitude, _, longitude = (part.strip() for part in latlng.partition(","))
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
