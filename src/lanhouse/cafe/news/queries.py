"""Reads on news, and what a centre tells of itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.centers.rules import map_url, opening
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.news.schemas import CenterPage, NewsItem, NewsKind
from lanhouse.cafe.news.tables import news
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.limits import MAX_NEWS

_n = news.c
_MINE = _n.center_id == sa.bindparam("center")
_ALL = static(sa.select(news).where(_MINE).order_by(_n.position, _n.id).limit(MAX_NEWS))
_ONE = static(sa.select(news).where(_MINE, _n.id == sa.bindparam("one")))


def news_of_center(read: Read, center_id: int) -> list[NewsItem]:
    """All news of a centre in their order, at most MAX_NEWS."""
    return [_item(row) for row in read.all(_ALL, center=center_id)]


def news_by_id(read: Read, center_id: int, news_id: int) -> NewsItem | None:
    """A piece of news, or None."""
    row = read.one(_ONE, center=center_id, one=news_id)
    return None if row is None else _item(row)


def center_page(read: Read, center: Center, at: datetime | None = None) -> CenterPage:
    """What a centre tells of itself at a moment (None: now): news, where it is, when it is open."""
    house = center.settings.center
    hours = opening(center, at or clock.now())
    return CenterPage(
        name=center.portal_name,
        news=news_of_center(read, center.id),
        address=house.center_address,
        phone=house.center_phone,
        email=house.center_email,
        map_url=house.map_link or map_url(house.cafe_latlng),
        opens=house.open_time_start,
        closes=house.open_time_end,
        never_closes=hours.never_closes,
        is_open=hours.is_open,
        changes_at=hours.changes_at,
    )


def _item(row: Any) -> NewsItem:
    return NewsItem(
        id=row.id,
        name=row.name,
        text=row.text,
        position=row.position,
        link=row.link,
        kind=NewsKind(row.kind),
        video_url=row.video_url,
        shows_qr=row.shows_qr,
        duration_ms=row.duration_ms,
        picture_key=row.file_key,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
