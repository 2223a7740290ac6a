"""Pictures of a centre for everybody who sees its pages."""

from __future__ import annotations

from lanhouse.cafe.centers.queries.pictures import LOGO, shown_key_of_license
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
    key = await call.read(shown_key_of_license, (call.path["license_name"], LOGO))
    if key is None:
        ours = redirect(asset_url("img/logo.svg"), 302)
        return ours.with_header("cache-control", f"public, max-age={_NONE_SECONDS}")
    if is_known(call, key):
        return unchanged(key, LOOK_AGAIN)
    file = await call.read(public_file, key)
    if file is None:  # another one was put there between the two looks
        raise NotFound(say("There is no such file."))
    return file_reply(file, LOOK_AGAIN)
