"""The page of the wall screen (decision 0168): public where the centre switches it on."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.centers.queries import center_by_license
from lanhouse.cafe.news.rules import qr_uri
from lanhouse.cafe.wall.queries import wall_of
from lanhouse.db.store import Read
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.packing import packer_for
from lanhouse.web.render import render
from lanhouse.web.replies import Reply

routes = PortalRoutes("Wall screen")
_FEW, _SOME = 3, 8
"""Up to so many rooms have room for large numbers."""


class WallIn(msgspec.Struct):
    """How it looks; a TV is dark unless the address says otherwise."""

    theme: Literal["dark", "light", "auto"] = "dark"


@routes.get("/wall/{license_name}", public=True, summary="The wall screen of a centre")
async def wall(call: Call, data: WallIn) -> Reply:
    """Free seats of each room, the queue, the next events and the opening hours; no names. Made
    once in some seconds, however many watch. 404 unless the centre has switched it on."""
    license_name = call.path["license_name"]
    pack = packer_for(call.request)
    view = call.view

    def made(read: Read, at: datetime) -> Reply | None:
        center = center_by_license(read, license_name)
        if center is None or not center.settings.center.wall_screen:
            return None
        page = CafeCall(call, call.actor, center)
        # Everybody gets the same bytes: nothing of who asked first stands in them.
        shared = msgspec.structs.replace(page.view.shared(), now=at, theme=data.theme)
        shared = msgspec.structs.replace(
            shared, center_name=center.portal_name, license_name=center.license_name
        )
        screen = wall_of(read, center, at)
        portal = f"{call.settings.base_url}/portal/{center.license_name}"
        count = len(screen.rooms)
        size = "few" if count <= _FEW else "some" if count <= _SOME else "many"
        html = render(
            "cafe/wall/templates/wall.html",
            shared,
            wall=screen,
            size=size,
            portal=portal,
            code=qr_uri(portal),
        )
        return pack(Reply(html.encode()))

    is_packed = pack.__name__
    place = ("wall", license_name, view.language, data.theme, is_packed)
    reply = await call.services.kept.for_a_while(call.store, place, made)
    if reply is None:
        raise NotFound(say("There is no such page."))
    return reply
