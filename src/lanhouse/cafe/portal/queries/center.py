"""What the portal's Center page shows: what the house tells of itself, and what is free."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.news.queries import center_page
from lanhouse.cafe.news.schemas import CenterPage
from lanhouse.cafe.portal.queries.places import Room, places_now
from lanhouse.db.store import Read


class CenterView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a centre for its members."""

    about: CenterPage
    """News, hours and the way there."""
    has_rules: bool
    rooms: list[Room]


def center_view(read: Read, center: Center, member_id: int, at: datetime) -> CenterView:
    """The centre as a member finds it at an instant."""
    house = center.settings.center
    return CenterView(
        about=center_page(read, center, at),
        has_rules=bool(house.club_rules or house.privacy_policy),
        rooms=places_now(read, center, member_id, at).rooms,
    )
