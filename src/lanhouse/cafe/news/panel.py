"""The panel's pages of news: the list in its order, one piece with its picture, and how members see
it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.news import commands
from lanhouse.cafe.news.commands import NewsChange, NewsOrder
from lanhouse.cafe.news.queries import center_page, news_by_id, news_of_center
from lanhouse.cafe.news.rules import qr_uri
from lanhouse.cafe.news.schemas import NewsItem, NewsKind
from lanhouse.cafe.news.wire import Kind, NewsFormIn, remade_picture
from lanhouse.db.store import Read
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.inputs import Line, decode, id_in_path
from lanhouse.kit.limits import LOGO_BYTES_MAX
from lanhouse.kit.pictures import Picture
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply
from lanhouse.web.uploads import file_of

routes = PanelRoutes("Settings pages")
PATH = "/panel/settings/news"
_FOLDER = "cafe/news/templates"
_FIELDS = ("name", "text", "link", "kind", "video_url", "shows_qr", "duration_ms")
_DONE = {"saved": N_("The news is saved."), "deleted": N_("The news is deleted.")}
_NOT_THERE = say("News not found")
_Typed = Annotated[Line, Meta(max_length=500)]


class NewsPageIn(msgspec.Struct):
    """What a form has just done."""

    done: str = ""


class NewsIdIn(msgspec.Struct):
    """Which piece of news; 0 = a new one."""

    id: int = 0


class NewsForm(msgspec.Struct):
    """A piece of news as it was typed; `id` 0 makes a new one."""

    id: int = 0
    name: _Typed = ""
    text: Annotated[str, Meta(max_length=5_000)] = ""
    link: _Typed = ""
    kind: Kind = "picture"
    video_url: _Typed = ""
    shows_qr: bool = False
    duration_ms: _Typed = "5000"
    key: str = ""


class MoveIn(msgspec.Struct):
    """Up or down."""

    up: bool = False


class NewsWritten(msgspec.Struct):
    """What was written; stored under the form's key."""

    id: int


@routes.get(PATH, right="news.view", summary="News")
async def news_list(call: CafeCall, data: NewsPageIn) -> Reply:
    """In their order, and beside them how members see them."""
    return await call.page(f"{_FOLDER}/news.html", _list, call, data.done)


@routes.get(f"{PATH}/one", right="news.edit", summary="Form: a piece of news")
async def news_form(call: CafeCall, data: NewsIdIn) -> Reply:
    """A new one, or one as it is with its picture. 404 when there is none."""
    if not data.id:
        return await _form(call, NewsForm())
    item = await call.point(news_by_id, call.center.id, data.id)
    if item is None:
        raise NotFound(_NOT_THERE)
    return await _form(call, _typed(item))


@routes.post(f"{PATH}/one", right="news.edit", summary="Add or change news")
async def save_news(call: CafeCall, data: NewsForm) -> Reply:
    """Once per form, or the form again with the reasons. A new one goes on to its picture."""
    try:
        change = NewsChange(call.center, data.id or None, _values(data))
        command = commands.change_news if data.id else commands.create_news
        done = await call.do(
            command, change, lambda item: NewsWritten(item.id), NewsWritten, key=data.key
        )
    except AppError as error:
        return await _form(call, data, error)
    is_done = bool(data.id) or data.kind == "text"
    to = f"{PATH}?done=saved" if is_done else f"{PATH}/one?id={done.id}"
    return Reply().with_header("hx-redirect", to)


@routes.post(f"{PATH}/delete", right="news.edit", summary="Delete news")
async def delete_news(call: CafeCall, data: NewsForm) -> Reply:
    """It is shown nowhere any more."""
    change = NewsChange(call.center, data.id)
    try:
        await call.do(
            commands.delete_news, change, lambda _: NewsWritten(data.id), NewsWritten, key=data.key
        )
    except AppError as error:
        return await _form(call, data, error)
    return Reply().with_header("hx-redirect", f"{PATH}?done=deleted")


@routes.post(f"{PATH}/{{news_id}}/move", right="news.edit", summary="Move news by one place")
async def move_news(call: CafeCall, data: MoveIn) -> Reply:
    """The page in the new order."""
    await call.run(commands.order_news, NewsOrder(call.center, _id(call), -1 if data.up else 1))
    return await call.page(f"{_FOLDER}/news.html", _list, call, "")


@routes.post(
    f"{PATH}/{{news_id}}/picture",
    right="news.edit",
    summary="Put up the picture of news",
    upload_bytes_max=LOGO_BYTES_MAX,
)
async def put_picture(call: CafeCall) -> Reply:
    """The part of the page with the new picture, or with the reason."""
    try:
        sent = file_of(call.request, "picture")
        if not sent:
            raise InvalidInput({"picture": say("is required")})
        picture = await remade_picture(sent, "picture")
    except InvalidInput as error:
        return await _part(call, error)
    return await _shown(call, picture)


@routes.post(f"{PATH}/{{news_id}}/picture/remove", right="news.edit", summary="Take it down")
async def remove_picture(call: CafeCall) -> Reply:
    """The part of the page without a picture."""
    return await _shown(call, None)


async def _shown(call: CafeCall, picture: Picture | None) -> Reply:
    await call.run(commands.change_news, NewsChange(call.center, _id(call), {}, picture))
    return await _part(call)


async def _part(call: CafeCall, error: AppError | None = None) -> Reply:
    item = await call.read(news_by_id, call.center.id, _id(call))
    if item is None:
        raise NotFound(_NOT_THERE)
    errors, problem = errors_in_form(error, call.view.language, ("picture",))
    # Told in the page itself, and so with 200: outside a dialog a page takes nothing but successes.
    return call.html(
        f"{_FOLDER}/picture.html", item=item, picture_error=errors["picture"] or problem
    )


def _id(call: CafeCall) -> int:
    return id_in_path(call.path["news_id"], _NOT_THERE)


def _values(form: NewsForm) -> dict[str, Any]:
    """For the commands. Raises InvalidInput, everything wrong named at once."""
    fields = {name: getattr(form, name) for name in _FIELDS}
    read = decode(NewsFormIn, fields)
    return {name: getattr(read, name) for name in _FIELDS} | {"kind": NewsKind(form.kind)}


def _typed(item: NewsItem) -> NewsForm:
    return NewsForm(
        id=item.id,
        name=item.name,
        text=item.text,
        link=item.link,
        kind=item.kind.value,
        video_url=item.video_url,
        shows_qr=item.shows_qr,
        duration_ms=str(item.duration_ms),
    )


async def _form(call: CafeCall, data: NewsForm, error: AppError | None = None) -> Reply:
    item = await call.read(news_by_id, call.center.id, data.id) if data.id else None
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    return call.html(
        f"{_FOLDER}/news_form.html",
        status=200 if error is None else error.status,
        form=data,
        item=item,
        errors=errors,
        problem=problem,
    )


def _list(read: Read, call: CafeCall, done: str) -> dict[str, Any]:
    found = news_of_center(read, call.center.id)
    gettext = i18n.translations(call.view.language).gettext
    return {
        "items": found,
        "codes": {item.id: qr_uri(item.link) for item in found if item.shows_qr},
        "page_of_center": center_page(read, call.center),
        "toast": gettext(_DONE[done]) if done in _DONE else "",
    }
