"""News on the wire (cafe-domain 14)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from lanhouse.cafe.centers.schemas.values import Address
from lanhouse.cafe.centers.wire import data_uri
from lanhouse.cafe.news.schemas import DURATION_MS, NewsItem, NewsKind
from lanhouse.kit.inputs import Line, means
from lanhouse.kit.limits import (
    BODY_BYTES_MAX,
    LOGO_PIXELS_MAX,
    MAX_NEWS,
    NEWS_PICTURE_SIDE_MAX,
)
from lanhouse.kit.pages import PageNumber, PagingInfo, paging_info
from lanhouse.kit.pictures import Limit, Picture, remade
from lanhouse.kit.texts import N_

LIMIT = Limit(LOGO_PIXELS_MAX, NEWS_PICTURE_SIDE_MAX)
TEXT_CHARS_MAX = 2_000
Name = Annotated[Line, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
Position = Annotated[int, Meta(ge=0, le=1_000_000)]
Milliseconds = Annotated[int, Meta(ge=500, le=3_600_000)]
Video = Annotated[
    Line,
    Meta(
        max_length=500,
        pattern=r"^(https://[^/\s\"'<>]+[^\s\"'<>]*)?$",
        extra={"reason": N_("must be an address that begins with https://")},
    ),
]
Kind = Literal["picture", "video", "text"]
Sent = Annotated[
    str,
    Meta(
        max_length=BODY_BYTES_MAX,
        description="A picture as `data:image/png;base64,…`; left out it stays, empty it goes.",
    ),
]
# Decoding takes a processor for a moment and some memory: one after the other.
_one_at_a_time = asyncio.Semaphore(1)


class NewsFields(Struct, kw_only=True):
    """What both calls take beside the name."""

    news_order: Annotated[Position | None, means("position")] = None
    news_url: Annotated[Address | UnsetType | None, means("link")] = UNSET
    """The page that it leads to."""
    news_type: Annotated[Kind | None, means("kind")] = None
    news_video: Annotated[Video | UnsetType | None, means("video_url")] = UNSET
    news_show_qr: Annotated[bool | None, means("shows_qr")] = None
    """1: the link is shown as a QR code too."""
    news_duration: Annotated[Milliseconds | None, means("duration_ms")] = None
    news_text: Annotated[Text | UnsetType | None, means("text")] = UNSET
    """Some lines below the name. Ours."""
    news_picture: Annotated[Sent | UnsetType | None, means("picture")] = UNSET
    """Ours."""


class NewsChangeIn(NewsFields, kw_only=True):
    """New values of a piece of news; what is not sent stays."""

    news_name: Annotated[Name | None, means("name")] = None


class NewsIn(NewsFields, kw_only=True):
    """A new piece of news; without `news_order` it stands last."""

    news_name: Annotated[Name, means("name")]


class NewsListIn(Struct, kw_only=True):
    """All news are on page 1."""

    page: PageNumber | None = None


class NewsRow(Struct, kw_only=True):
    """A piece of news."""

    news_id: int
    news_icafe_id: int
    news_name: str
    news_order: int
    news_url: str
    news_type: str
    news_video: str
    news_show_qr: int
    news_duration: int
    """Milliseconds."""
    news_update_time: int
    """Seconds since 1970."""
    news_text: str
    news_picture: str
    """The address of its picture, which anybody may fetch; empty: it has none."""


class NewsOut(Struct):
    """News in their order."""

    items: list[NewsRow]


class NewsPageOut(Struct):
    """News in their order."""

    items: list[NewsRow]
    paging_info: PagingInfo


class NewsFormIn(Struct, kw_only=True):
    """A piece of news as the form of the panel sends it, whole."""

    name: Name
    text: Text = ""
    link: Address = ""
    kind: Kind = "picture"
    video_url: Video = ""
    shows_qr: bool = False
    duration_ms: Milliseconds = DURATION_MS


class NativeNewsIn(NewsFormIn, kw_only=True):
    """A piece of news, whole; of the picture what is left out stays."""

    position: Position | None = None
    """Left out: as it is, a new one last."""
    picture: Sent | UnsetType | None = UNSET


class NativeNews(Struct, kw_only=True):
    """A piece of news on the native API."""

    id: int
    name: str
    text: str
    position: int
    link: str
    kind: str
    video_url: str
    shows_qr: bool
    duration_ms: int
    picture_url: str


def changes_of(data: NewsChangeIn | NewsIn) -> dict[str, Any]:
    """What a call of the café API says, by the fields of NewsValues."""
    plain: dict[str, Any] = {
        "name": data.news_name,
        "position": data.news_order,
        "kind": None if data.news_type is None else NewsKind(data.news_type),
        "shows_qr": data.news_show_qr,
        "duration_ms": data.news_duration,
    }
    changes = {name: value for name, value in plain.items() if value is not None}
    texts = {"link": data.news_url, "video_url": data.news_video, "text": data.news_text}
    return changes | {name: text or "" for name, text in texts.items() if text is not UNSET}


def native_values(data: NativeNewsIn) -> dict[str, Any]:
    """What a call of the native API says, likewise."""
    names = ("name", "text", "link", "video_url", "shows_qr", "duration_ms")
    values: dict[str, Any] = {name: getattr(data, name) for name in names}
    values["kind"] = NewsKind(data.kind)
    return values if data.position is None else values | {"position": data.position}


async def sent_picture(
    sent: str | UnsetType | None, base_url: str, field: str
) -> Picture | UnsetType | None:
    """The picture that a call puts up, made anew; None: it goes. One that is sent back as it was
    read (its address) stays. Raises InvalidInput of `field`."""
    if isinstance(sent, UnsetType) or (sent and sent.startswith(f"{base_url}/files/")):
        return UNSET
    if not sent:
        return None
    return await remade_picture(data_uri(sent, field), field)


async def remade_picture(sent: bytes, field: str) -> Picture:
    """The picture as news keep it. Raises InvalidInput of `field`."""
    async with _one_at_a_time:
        return await asyncio.to_thread(remade, sent, LIMIT, field)


def news_row(item: NewsItem, center_id: int, base_url: str) -> NewsRow:
    """A piece of news as the café API shows it."""
    return NewsRow(
        news_id=item.id,
        news_icafe_id=center_id,
        news_name=item.name,
        news_order=item.position,
        news_url=item.link,
        news_type=item.kind.value,
        news_video=item.video_url,
        news_show_qr=int(item.shows_qr),
        news_duration=item.duration_ms,
        news_update_time=int(item.updated_at.timestamp()),
        news_text=item.text,
        news_picture=f"{base_url}{item.picture_url}" if item.picture_url else "",
    )


def news_page(
    found: Sequence[NewsItem], page: int | None, center_id: int, base_url: str
) -> NewsPageOut:
    """All news; a page behind the first is empty. `page` None: the caller named none."""
    shown = [news_row(item, center_id, base_url) for item in found] if (page or 1) == 1 else []
    return NewsPageOut(shown, paging_info(len(found), page or 1, MAX_NEWS, sent=page is not None))


def native_news(item: NewsItem, base_url: str) -> NativeNews:
    """A piece of news as the native API shows it."""
    names = ("id", "name", "text", "position", "link", "video_url", "shows_qr", "duration_ms")
    return NativeNews(
        **{name: getattr(item, name) for name in names},
        kind=item.kind.value,
        picture_url=f"{base_url}{item.picture_url}" if item.picture_url else "",
    )
