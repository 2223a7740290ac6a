"""What the portal's Center page shows: whether the house is open, what is free, where it is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from urllib.parse import quote

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.portal.queries.places import Room, places_now
from lanhouse.db.store import Read

_DAY = timedelta(days=1)
_ALL_DAY = ("00:00", "23:59")


class CenterView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a centre for its members."""

    is_open: bool
    changes_at: datetime | None
    """When it closes, or opens where it is closed; None: it never closes."""
    opens: str
    closes: str
    map_url: str
    has_rules: bool
    rooms: list[Room]


def center_view(read: Read, center: Center, member_id: int, at: datetime) -> CenterView:
    """The centre as a member finds it at an instant."""
    house = center.settings.center
    is_open, changes_at = open_at(center, at)
    return CenterView(
        is_open=is_open,
        changes_at=changes_at,
        opens=house.open_time_start,
        closes=house.open_time_end,
        map_url=map_address(house.cafe_latlng),
        has_rules=bool(house.club_rules or house.privacy_policy),
        rooms=places_now(read, center, member_id, at).rooms,
    )


def open_at(center: Center, at: datetime) -> tuple[bool, datetime | None]:
    """Whether the house is open by open_time_start and open_time_end, and when that changes."""
    house = center.settings.center
    hours = (house.open_time_start, house.open_time_end)
    if hours == _ALL_DAY or hours[0] == hours[1]:
        return True, None
    opens, closes = (time.fromisoformat(each) for each in hours)
    today = at.astimezone(center.zone).date()
    for days in range(-1, 3):
        day = today + days * _DAY
        begin = datetime.combine(day, opens, center.zone).astimezone(UTC)
        last = day if closes > opens else day + _DAY
        end = datetime.combine(last, closes, center.zone).astimezone(UTC)
        if at < begin:
            return False, begin
        if at < end:
            return True, end
    return False, None


def map_address(latlng: str) -> str:
    """Where a map shows a place of "latitude,longitude"; empty for none."""
    latitude, _, longitude = (part.strip() for part in latlng.partition(","))
    if not latitude or not longitude:
        return ""
    place = f"mlat={quote(latitude)}&mlon={quote(longitude)}"
    return f"https://www.openstreetmap.org/?{place}#map=17/{quote(latitude)}/{quote(longitude)}"
