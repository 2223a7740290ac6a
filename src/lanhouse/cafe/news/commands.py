"""Making, changing, ordering and deleting news."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import UNSET, UnsetType

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.files.commands import store_picture
from lanhouse.cafe.news.queries import news_by_id, news_of_center
from lanhouse.cafe.news.schemas import NewsItem, NewsKind, NewsValues
from lanhouse.cafe.news.tables import news
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_NEWS
from lanhouse.kit.pictures import Picture
from lanhouse.kit.said import say

_n = news.c
_INSERT = static(sa.insert(news).returning(_n.id))
_DELETE = static(sa.delete(news).where(_n.id == sa.bindparam("one")))
_PLACE = static(
    sa.update(news)
    .where(_n.id == sa.bindparam("one"))
    .values(position=sa.bindparam("place"), updated_at=sa.bindparam("at", type_=_n.updated_at.type))
)


class NewsChange(msgspec.Struct, frozen=True):
    """New values for a piece of news, by fields of NewsValues: what is not named stays. `news_id`
    None makes a new one, which stands last unless it says its position; `picture` None takes its
    picture down."""

    center: Center
    news_id: int | None
    changes: Mapping[str, Any] = {}
    picture: Picture | UnsetType | None = UNSET


class NewsOrder(msgspec.Struct, frozen=True):
    """A piece of news that goes up (-1) or down (1) by one place."""

    center: Center
    news_id: int
    by: int


def create_news(tx: Tx, change: NewsChange) -> NewsItem:
    """Add a piece of news. Raises InvalidInput by field, and Refused at MAX_NEWS."""
    center_id = change.center.id
    lock_center(tx, center_id)
    others = news_of_center(tx, center_id)
    if len(others) >= MAX_NEWS:
        what = say("pieces of news")
        raise Refused(say("A centre can have at most %(most)s %(what)s.", most=MAX_NEWS, what=what))
    last = max((each.position for each in others), default=0)
    values = _checked(NewsValues(**{"position": last + 1, **change.changes}))
    news_id: int = tx.scalar(
        _INSERT,
        center_id=center_id,
        file_key=_stored(tx, change),
        created_at=tx.now,
        updated_at=tx.now,
        **_columns(values),
    )
    tx.audit("news", news_id, after=values)
    return _there(tx, center_id, news_id)


def change_news(tx: Tx, change: NewsChange) -> NewsItem:
    """New values for a piece of news. Raises NotFound and InvalidInput by field."""
    before = _locked(tx, change.center, change.news_id)
    old = _said(before)
    values = _checked(msgspec.structs.replace(old, **change.changes))
    columns = _columns(values)
    if change.picture is not UNSET:
        columns["file_key"] = _stored(tx, change)
    tx.run(sa.update(news).where(_n.id == before.id).values(updated_at=tx.now, **columns))
    tx.audit("news", before.id, before=old, after=values)
    return _there(tx, change.center.id, before.id)


def delete_news(tx: Tx, change: NewsChange) -> None:
    """Take a piece of news away, its picture too. Raises NotFound."""
    before = _locked(tx, change.center, change.news_id)
    tx.run(_DELETE, one=before.id)
    tx.audit("news", before.id, before=_said(before))


def order_news(tx: Tx, order: NewsOrder) -> NewsItem:
    """Move a piece of news by one place; at the end of the list it stays. Raises NotFound."""
    moved = _locked(tx, order.center, order.news_id)
    ids = [each.id for each in news_of_center(tx, order.center.id)]
    place = ids.index(moved.id)
    ids.insert(min(max(place + order.by, 0), len(ids) - 1), ids.pop(place))
    for number, news_id in enumerate(ids, 1):
        tx.run(_PLACE, one=news_id, place=number, at=tx.now)
    tx.audit("news", moved.id, place=ids.index(moved.id) + 1)
    return _there(tx, order.center.id, moved.id)


def _locked(tx: Tx, center: Center, news_id: int | None) -> NewsItem:
    """Under the lock of the centre, because places are of all news together."""
    lock_center(tx, center.id)
    found = None if news_id is None else news_by_id(tx, center.id, news_id)
    if found is None:
        raise NotFound(say("News not found"))
    return found


def _there(tx: Tx, center_id: int, news_id: int) -> NewsItem:
    found = news_by_id(tx, center_id, news_id)
    assert found is not None
    return found


def _checked(values: NewsValues) -> NewsValues:
    if values.kind == NewsKind.VIDEO and not values.video_url:
        raise InvalidInput({"video_url": say("is required")})
    if values.shows_qr and not values.link:
        raise InvalidInput({"link": say("is required for a QR code")})
    return values


def _stored(tx: Tx, change: NewsChange) -> str | None:
    if not isinstance(change.picture, Picture):
        return None
    return store_picture(tx, change.center.id, change.picture, is_public=True)


def _columns(values: NewsValues) -> dict[str, Any]:
    return msgspec.structs.asdict(values) | {"kind": values.kind.value}


def _said(item: NewsItem) -> NewsValues:
    return NewsValues(**{name: getattr(item, name) for name in NewsValues.__struct_fields__})
