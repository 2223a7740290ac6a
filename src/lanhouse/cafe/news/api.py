"""News: the café API's section News, and the native calls."""

from __future__ import annotations

from collections.abc import Callable

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.files.queries import whole_file
from lanhouse.cafe.files.wire import PRIVATE, file_reply, is_known, unchanged
from lanhouse.cafe.news import commands
from lanhouse.cafe.news.commands import NewsChange
from lanhouse.cafe.news.queries import news_by_id, news_of_center
from lanhouse.cafe.news.schemas import NewsItem
from lanhouse.cafe.news.wire import (
    NativeNews,
    NativeNewsIn,
    NewsChangeIn,
    NewsIn,
    NewsListIn,
    NewsOut,
    NewsPageOut,
    NewsRow,
    changes_of,
    native_news,
    native_values,
    news_page,
    news_row,
    sent_picture,
)
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Reply, Written, nothing

routes = CafeRoutes("News")
native = NativeRoutes("News")

_NO_NEWS = say("News not found")


class NoNewsPicture(NotFound):
    """A piece of news has no picture."""

    cafe_code = 404


@routes.get("/news", right="news.view", summary="All news", source="seed: News, Get news lists")
async def list_news(call: CafeCall, data: NewsListIn) -> NewsPageOut:
    """data {items[], paging_info}, in their order."""
    found = await call.read(news_of_center, call.center.id)
    return news_page(found, data.page, call.center.id, call.settings.base_url)


@routes.post("/news", right="news.edit", summary="Add news", source="seed: News, Add news")
async def add_news(call: CafeCall, data: NewsIn) -> Written[NewsRow]:
    """data: the new row. A picture is made anew from its pixels; a video is an https address."""
    change = await _change(call, None, data)
    return await call.write(commands.create_news, change, _row(call))


@routes.put("/news/{id}", right="news.edit", summary="Change news", source="seed: News, Update")
@routes.route(
    "PATCH", "/news/{id}", right="news.edit", summary="Change news", source="seed: News, Update"
)
async def put_news(call: CafeCall, data: NewsChangeIn) -> Written[NewsRow]:
    """data: the row. What is not sent stays."""
    change = await _change(call, _id(call, "id"), data)
    return await call.write(commands.change_news, change, _row(call))


@routes.delete("/news/{id}", right="news.edit", summary="Delete news", source="seed: News, Delete")
async def remove_news(call: CafeCall) -> Written[Nothing]:
    """It is shown nowhere any more."""
    return await call.write(commands.delete_news, NewsChange(call.center, _id(call, "id")), nothing)


@routes.get("/news/{id}/picture", right="news.show", summary="The picture of news")
async def news_picture(call: CafeCall) -> Reply:
    """The picture itself, PNG or JPEG, with an ETag; code 404 where there is none."""
    item = await call.read(news_by_id, call.center.id, _id(call, "id"))
    if item is None or item.picture_key is None:
        raise NoNewsPicture(say("There is no such image."))
    if is_known(call, item.picture_key):
        return unchanged(item.picture_key, PRIVATE)
    file = await call.read(whole_file, item.picture_key)
    if file is None:  # another one was put there between the two looks
        raise NoNewsPicture(say("There is no such image."))
    return file_reply(file, PRIVATE)


@routes.get(
    "/memberNews",
    right="news.show",
    summary="News as members see them",
    source="seed: News, Get news lists (memberNews)",
)
async def member_news(call: CafeCall) -> NewsOut:
    """data {items[]} in their order, for API keys, members' tokens and PCs."""
    found = await call.read(news_of_center, call.center.id)
    return NewsOut([news_row(item, call.center.id, call.settings.base_url) for item in found])


@native.get("/news", right="news.view", summary="All news")
async def get_news(call: CafeCall) -> list[NativeNews]:
    """At most 100, in their order."""
    found = await call.read(news_of_center, call.center.id)
    return [native_news(item, call.settings.base_url) for item in found]


@native.get("/news/{news_id}", right="news.view", summary="One piece of news")
async def get_one(call: CafeCall) -> NativeNews:
    """404 when there is none."""
    item = await call.point(news_by_id, call.center.id, _id(call))
    if item is None:
        raise NotFound(_NO_NEWS)
    return native_news(item, call.settings.base_url)


@native.post("/news", right="news.edit", summary="Add news")
async def post_news(call: CafeCall, data: NativeNewsIn) -> Written[NativeNews]:
    """It stands last unless it says its position."""
    change = await _native_change(call, None, data)
    return await call.write(commands.create_news, change, _native(call))


@native.put("/news/{news_id}", right="news.edit", summary="Change news")
async def replace_news(call: CafeCall, data: NativeNewsIn) -> Written[NativeNews]:
    """Replace all values; a picture that is left out stays."""
    change = await _native_change(call, _id(call), data)
    return await call.write(commands.change_news, change, _native(call))


@native.delete("/news/{news_id}", right="news.edit", summary="Delete news")
async def drop_news(call: CafeCall) -> Written[Nothing]:
    """It is shown nowhere any more."""
    return await call.write(commands.delete_news, NewsChange(call.center, _id(call)), nothing)


async def _change(call: CafeCall, news_id: int | None, data: NewsChangeIn | NewsIn) -> NewsChange:
    picture = await sent_picture(data.news_picture, call.settings.base_url, "news_picture")
    return NewsChange(call.center, news_id, changes_of(data), picture)


async def _native_change(call: CafeCall, news_id: int | None, data: NativeNewsIn) -> NewsChange:
    picture = await sent_picture(data.picture, call.settings.base_url, "picture")
    return NewsChange(call.center, news_id, native_values(data), picture)


def _id(call: CafeCall, name: str = "news_id") -> int:
    return id_in_path(call.path[name], _NO_NEWS)


def _row(call: CafeCall) -> Callable[[NewsItem], NewsRow]:
    return lambda item: news_row(item, call.center.id, call.settings.base_url)


def _native(call: CafeCall) -> Callable[[NewsItem], NativeNews]:
    return lambda item: native_news(item, call.settings.base_url)
