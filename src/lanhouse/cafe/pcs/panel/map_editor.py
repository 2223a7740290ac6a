"""The map editor: its page, and what its script sends (web/static/js/map_editor.js)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.pcs.commands.layout import save_map
from lanhouse.cafe.pcs.commands.picture import NewPicture, set_picture
from lanhouse.cafe.pcs.queries import floor_map
from lanhouse.cafe.pcs.rules import GRID_PIXELS
from lanhouse.cafe.pcs.wire import MapIn, MapOut, map_out
from lanhouse.db.store import Read
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.limits import (
    MAP_PICTURE_BYTES_MAX,
    MAP_PICTURE_PIXELS_MAX,
    MAP_PICTURE_SIDE_MAX,
)
from lanhouse.kit.pictures import Limit, Picture, remade
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply
from lanhouse.web.uploads import file_of

routes = PanelRoutes("Settings pages")
_PATH = "/panel/settings/map"
_LIMIT = Limit(MAP_PICTURE_PIXELS_MAX, MAP_PICTURE_SIDE_MAX)
# Decoding takes a processor for a moment and some memory: one after the other.
_one_at_a_time = asyncio.Semaphore(1)

WORDS = {
    "undo": N_("Undo"),
    "redo": N_("Redo"),
    "undone": N_("Undone: %(what)s"),
    "redone": N_("Redone: %(what)s"),
    "several": N_("%(count)s seats or rooms"),
    "summary": N_("Seats on the map: %(seats)s, rooms: %(rooms)s"),
    "seats": N_("Seats: %(count)s"),
    "room": N_("Room %(number)s"),
    "different": N_("Different ones"),
    "at": N_("%(name)s: left %(x)s, top %(y)s"),
    "over": N_("stands over another seat"),
    "moved": N_("Moved %(names)s"),
    "turned": N_("Turned %(names)s"),
    "taken_off": N_("Took %(names)s off the map"),
    "placed": N_("Placed %(names)s"),
    "room_added": N_("Added %(name)s"),
    "room_changed": N_("Changed %(name)s"),
    "room_removed": N_("Removed %(names)s"),
    "picture_moved": N_("Laid the picture elsewhere"),
    "discarded": N_("Discarded what was not saved"),
    "saved": N_("The map is saved."),
    "no_room": N_("A seat stands in a room: draw one first, or drop it inside one."),
    "no_name": N_("A room needs a name."),
    "taken": N_("There is a room %(name)s already."),
    "whole": N_("Type a whole number within the limits."),
    "failed": N_("The server refused the map. Nothing was saved."),
    "offline": N_("The server does not answer. Nothing is lost: save again when it does."),
    "signed_out": N_("You are signed out. Sign in again in another tab, then save here."),
}
"""What the script says, by the name under which it does; English source texts."""


class VersionIn(msgspec.Struct):
    """Which map was seen."""

    version: Annotated[str, Meta(max_length=40)] = ""


@routes.get(_PATH, right="pcs.edit", summary="The map editor")
async def map_page(call: CafeCall) -> Reply:
    """The map as it is, to be drawn and changed by the page's script."""
    return await call.page("cafe/pcs/templates/map.html", _page, call)


@routes.post(_PATH, right="pcs.edit", summary="Keep the map that was drawn")
async def keep_map(call: CafeCall, data: MapIn) -> Reply:
    """The map as it is then, or why it was not kept: {problem}. 409 when another was seen."""
    try:
        kept = await call.do(save_map, data.layout(call.center), map_out, MapOut)
    except AppError as refused:
        return _refusal(call, refused)
    return _json(kept)


@routes.post(
    f"{_PATH}/picture",
    right="pcs.edit",
    summary="Lay a picture under the map",
    upload_bytes_max=MAP_PICTURE_BYTES_MAX,
)
async def put_picture(call: CafeCall, data: VersionIn) -> Reply:
    """The map with its new picture, or {problem}; a file that is no fitting picture is refused."""
    try:
        sent = file_of(call.request, "picture")
        if not sent:
            raise InvalidInput({"picture": say("is required")})
        async with _one_at_a_time:
            picture = await asyncio.to_thread(remade, sent, _LIMIT, "picture")
        return await _set(call, data, picture)
    except AppError as refused:
        return _refusal(call, refused)


@routes.post(f"{_PATH}/picture/remove", right="pcs.edit", summary="Take the picture away")
async def remove_picture(call: CafeCall, data: VersionIn) -> Reply:
    """The map without its picture, or {problem}."""
    try:
        return await _set(call, data, None)
    except AppError as refused:
        return _refusal(call, refused)


async def _set(call: CafeCall, data: VersionIn, picture: Picture | None) -> Reply:
    new = NewPicture(call.center, picture, data.version)
    return _json(map_out(await call.run(set_picture, new)))


def _page(read: Read, call: CafeCall) -> dict[str, Any]:
    gettext = i18n.translations(call.view.language).gettext
    words = {name: gettext(text) for name, text in WORDS.items()}
    return {
        "map": msgspec.json.encode(map_out(floor_map(read, call.center.id))).decode(),
        "words": msgspec.json.encode(words).decode(),
        "grid": GRID_PIXELS,
        "picture_bytes_max": MAP_PICTURE_BYTES_MAX,
    }


def _refusal(call: CafeCall, refused: AppError) -> Reply:
    return _json({"problem": refusal_text(refused, call.view.language)}, refused.status)


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(msgspec.json.encode(value), status, "application/json")
