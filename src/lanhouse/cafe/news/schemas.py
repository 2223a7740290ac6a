"""News as commands and queries see it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

DURATION_MS = 5_000
"""How long a piece of news is shown unless it says otherwise (cafe-domain 14)."""


class NewsKind(StrEnum):
    """What a piece of news is made of."""

    PICTURE = "picture"
    VIDEO = "video"
    TEXT = "text"


class NewsValues(msgspec.Struct, frozen=True, kw_only=True):
    """What a piece of news says; `duration_ms` is milliseconds."""

    name: str
    text: str = ""
    position: int = 0
    link: str = ""
    kind: NewsKind = NewsKind.PICTURE
    video_url: str = ""
    shows_qr: bool = False
    duration_ms: int = DURATION_MS


class NewsItem(NewsValues, frozen=True, kw_only=True):
    """A piece of news that is there."""

    id: int
    picture_key: str | None
    """The file of its picture."""
    created_at: datetime
    updated_at: datetime

    @property
    def picture_url(self) -> str:
        """Where its picture is, for pages; empty: it has none. Another picture, another address."""
        return f"/files/{self.picture_key}" if self.picture_key else ""


class CenterPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a centre tells of itself: the portal's page Center (seed: Members portal, figure 3)."""

    name: str
    news: list[NewsItem]
    address: str
    """Some lines; empty = not told, as phone, email and map_url."""
    phone: str
    email: str
    map_url: str
    opens: str
    """A time of the centre's clock, as HH:MM; `closes` before it is on the next day."""
    closes: str
    never_closes: bool
    is_open: bool
    changes_at: datetime | None
    """When it closes, or opens where it is closed; None where it never closes."""
