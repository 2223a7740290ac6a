"""The centre's pictures on the wire (cafe-wire 0: images are no envelope; absent = 404 in one)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.centers.queries.pictures import LOGO, shown_image, shown_key
from lanhouse.cafe.files.queries import whole_file
from lanhouse.cafe.files.wire import PRIVATE, file_reply, is_known, unchanged
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say
from lanhouse.web.replies import Reply

routes = CafeRoutes("Config")


class NoPicture(NotFound):
    """The centre has put no such picture up."""

    cafe_code = 404


@routes.get(
    "/configs/action/centerLogo",
    right="account.self",
    summary="The centre's logo",
    source="seed: Config, Get center logo",
)
async def center_logo(call: CafeCall) -> Reply:
    """The picture itself, PNG or JPEG, with an ETag; code 404 where the centre has none."""
    key = await call.read(shown_key, (call.center.id, LOGO))
    return await _picture(call, key, say("There is no logo."))


@routes.get(
    "/memberNewsConfigImage/{key}",
    right="news.show",
    summary="A picture of the settings, or of news",
    source="seed: Config, Get center config image",
)
async def config_image(call: CafeCall) -> Reply:
    """The picture of a key that stands for one, or of a piece of news (`news-7`); code 404 for any
    other key and where the centre has none.
    """
    key = await call.read(shown_image, (call.center.id, call.path["key"]))
    return await _picture(call, key, say("There is no such image."))


async def _picture(call: CafeCall, key: str | None, missing: str) -> Reply:
    if key is None:
        raise NoPicture(missing)
    if is_known(call, key):
        return unchanged(key, PRIVATE)
    file = await call.read(whole_file, key)
    if file is None:
        raise NoPicture(missing)
    return file_reply(file, PRIVATE)
