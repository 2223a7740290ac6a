"""The page where a centre puts up its logo."""

from __future__ import annotations

import asyncio

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.commands.pictures import ShowPicture, show_picture
from lanhouse.cafe.centers.queries.pictures import LOGO, shown_key
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import LOGO_BYTES_MAX, LOGO_PIXELS_MAX, LOGO_SIDE_MAX
from lanhouse.kit.pictures import Limit, remade
from lanhouse.kit.said import say
from lanhouse.web.replies import Reply
from lanhouse.web.uploads import file_of

routes = PanelRoutes("Settings pages")
_TEMPLATE = "cafe/centers/templates/logo.html"
_LIMIT = Limit(LOGO_PIXELS_MAX, LOGO_SIDE_MAX)
# Decoding takes a processor for a moment and some memory: one after the other.
_one_at_a_time = asyncio.Semaphore(1)


@routes.get("/panel/settings/logo", right="settings.edit", summary="The centre's logo")
async def logo_page(call: CafeCall) -> Reply:
    """The logo as it is, and the form for another one."""
    return await _page(call)


@routes.post(
    "/panel/settings/logo",
    right="settings.edit",
    summary="Put up another logo",
    upload_bytes_max=LOGO_BYTES_MAX,
)
async def put_logo(call: CafeCall) -> Reply:
    """The page with the new logo; a file that is no fitting picture changes nothing."""
    sent = file_of(call.request, "logo")
    try:
        if not sent:
            raise InvalidInput({"logo": say("is required")})
        async with _one_at_a_time:
            picture = await asyncio.to_thread(remade, sent, _LIMIT, "logo")
    except InvalidInput as refused:
        return await _page(call, refused)
    await call.run(show_picture, ShowPicture(call.center.id, LOGO, picture))
    return await _page(call)


@routes.post(
    "/panel/settings/logo/remove", right="settings.edit", summary="Show no logo of one's own"
)
async def remove_logo(call: CafeCall) -> Reply:
    """The page without a logo."""
    await call.run(show_picture, ShowPicture(call.center.id, LOGO, None))
    return await _page(call)


async def _page(call: CafeCall, refused: InvalidInput | None = None) -> Reply:
    key = await call.read(shown_key, (call.center.id, LOGO))
    # Told in the page itself, and so with 200: outside a dialog a page takes nothing but successes.
    return call.html(
        _TEMPLATE,
        key=key,
        error="" if refused is None else refused.fields["logo"],
        megabytes=LOGO_BYTES_MAX // 2**20,
    )
