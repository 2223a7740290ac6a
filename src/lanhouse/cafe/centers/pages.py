"""Pictures of a centre for everybody who sees its pages."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.queries import center_by_license
from lanhouse.cafe.centers.queries.pictures import (
    LOGO,
    PORTAL_ICONS,
    member_logo_of_license,
    shown_key_of_license,
    shown_keys,
)
from lanhouse.cafe.files.queries import public_file
from lanhouse.cafe.files.wire import LOOK_AGAIN, file_reply, is_known, unchanged
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say
from lanhouse.web.assets import asset_url
from lanhouse.web.call import Call
from lanhouse.web.replies import Reply, redirect
from lanhouse.web.routes import PlainRoutes

routes = PlainRoutes("Files")
# So long a browser that was sent to ours does not ask again.
_NONE_SECONDS = 60


@routes.get("/logo/{license_name}", public=True, summary="The logo of a centre")
async def logo(call: Call) -> Reply:
    """The centre's own, or that of Lanhouse where it has none."""
    return await _logo(call, await call.read(shown_key_of_license, (_license(call), LOGO)))


@routes.get("/logo/{license_name}/member", public=True, summary="The logo that members see")
async def member_logo(call: Call) -> Reply:
    """One of its own, or the logo of the centre, or that of Lanhouse."""
    return await _logo(call, await call.read(member_logo_of_license, _license(call)))


@routes.get(
    "/logo/{license_name}/manifest", public=True, summary="The portal as an app on a telephone"
)
async def manifest(call: Call) -> Reply:
    """What a telephone shows of the portal once it is put on its home screen."""
    center = await call.read(center_by_license, _license(call))
    if center is None:
        raise NotFound(say("There is no such page."))
    keys = await call.read(shown_keys, center.id)
    icons = [
        {"src": f"/files/{keys[purpose]}", "sizes": f"{side}x{side}"}
        for side, purpose in PORTAL_ICONS.items()
        if purpose in keys
    ]
    told = {
        "name": center.portal_name,
        "short_name": center.portal_name,
        "start_url": f"/portal/{center.license_name}",
        "scope": "/portal/",
        "display": "standalone",
        "icons": icons or [{"src": asset_url("img/logo.svg"), "sizes": "any"}],
    }
    reply = Reply(msgspec.json.encode(told), 200, "application/manifest+json")
    return reply.with_header("cache-control", LOOK_AGAIN)


async def _logo(call: Call, key: str | None) -> Reply:
    if key is None:
        ours = redirect(asset_url("img/logo.svg"), 302)
        return ours.with_header("cache-control", f"public, max-age={_NONE_SECONDS}")
    if is_known(call, key):
        return unchanged(key, LOOK_AGAIN)
    file = await call.read(public_file, key)
    if file is None:  # another one was put there between the two looks
        raise NotFound(say("There is no such file."))
    return file_reply(file, LOOK_AGAIN)


def _license(call: Call) -> str:
    return call.path["license_name"]
