"""The centre's pictures on the wire (cafe-wire 0: images are no envelope; absent = 404 in one)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.centers.queries.pictures import LOGO, shown_key
from lanhouse.cafe.files.queries import whole_file
from lanhouse.cafe.files.wire import PRIVATE, file_reply, is_known, unchanged
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say
from lanhouse.web.replies import Reply

routes = CafeRoutes("Config")


class NoLogo(NotFound):
    """The centre has put no logo up."""

    cafe_code = 404

    def __init__(self) -> None:
        super().__init__(say("There is no logo."))


@routes.get(
    "/configs/action/centerLogo",
    right="account.self",
    summary="The centre's logo",
    source="seed: Config, Get center logo",
)
async def center_logo(call: CafeCall) -> Reply:
    """The picture itself, PNG or JPEG, with an ETag; code 404 where the centre has none."""
    key = await call.read(shown_key, (call.center.id, LOGO))
    if key is None:
        raise NoLogo
    if is_known(call, key):
        return unchanged(key, PRIVATE)
    file = await call.read(whole_file, key)
    if file is None:
        raise NoLogo
    return file_reply(file, PRIVATE)
