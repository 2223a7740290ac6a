"""The page where a centre puts up its pictures: logos, icons of the portal, the code to pay by."""

from __future__ import annotations

import asyncio

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.commands.pictures import ShowPicture, fitting, show_picture
from lanhouse.cafe.centers.queries.pictures import (
    LOGO,
    MEMBER_LOGO,
    PORTAL_ICONS,
    TOPUP_QR,
    shown_keys,
)
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import LOGO_BYTES_MAX
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web.replies import Reply
from lanhouse.web.uploads import file_of

routes = PanelRoutes("Settings pages")
_TEMPLATE = "cafe/centers/templates/logo.html"
_PATH = "/panel/settings/logo"
# Decoding takes a processor for a moment and some memory: one after the other.
_one_at_a_time = asyncio.Semaphore(1)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that a centre may put up, and its form."""

    purpose: str
    field: str
    label: str
    about: str
    path: str


def _icon(side: int) -> Place:
    return Place(
        purpose=PORTAL_ICONS[side],
        field="picture",
        label=N_("Icon of the portal, small") if side == 192 else N_("Icon of the portal, large"),
        about=N_("What members see on the home screen of their telephone. It must be square."),
        path=f"{_PATH}/portal-{side}",
    )


PLACES = (
    Place(
        purpose=LOGO,
        field="logo",
        label=N_("Logo of the centre"),
        about=N_("Shown on the pages of the staff and, where there is no other, to members."),
        path=_PATH,
    ),
    Place(
        purpose=MEMBER_LOGO,
        field="picture",
        label=N_("Logo for members"),
        about=N_("Shown in the members’ portal instead of the logo of the centre."),
        path=f"{_PATH}/member",
    ),
    _icon(192),
    _icon(512),
    Place(
        purpose=TOPUP_QR,
        field="picture",
        label=N_("QR code to pay by"),
        about=N_("The code of the house’s wallet. Members see it in the portal under their money."),
        path=f"{_PATH}/topup-code",
    ),
)


@routes.get(_PATH, right="settings.edit", summary="The centre's pictures")
async def logo_page(call: CafeCall) -> Reply:
    """The pictures as they are, and a form for each."""
    return await _page(call)


def _serve(place: Place) -> None:
    """Declare how a picture is put up and taken away."""

    @routes.post(
        place.path,
        right="settings.edit",
        summary=f"Put up: {place.label}",
        upload_bytes_max=LOGO_BYTES_MAX,
    )
    async def put(call: CafeCall) -> Reply:
        """The page with the new picture; a file that is no fitting one changes nothing."""
        try:
            sent = file_of(call.request, place.field)
            if not sent:
                raise InvalidInput({place.field: say("is required")})
            async with _one_at_a_time:
                picture = await asyncio.to_thread(fitting, place.purpose, sent, place.field)
        except InvalidInput as refused:
            return await _page(call, place, refused)
        await call.run(show_picture, ShowPicture(call.center.id, place.purpose, picture))
        return await _page(call)

    @routes.post(f"{place.path}/remove", right="settings.edit", summary=f"Take down: {place.label}")
    async def remove(call: CafeCall) -> Reply:
        """The page without it."""
        await call.run(show_picture, ShowPicture(call.center.id, place.purpose, None))
        return await _page(call)


for _place in PLACES:
    _serve(_place)


async def _page(
    call: CafeCall, place: Place | None = None, refused: InvalidInput | None = None
) -> Reply:
    # Told in the page itself, and so with 200: outside a dialog a page takes nothing but successes.
    return call.html(
        _TEMPLATE,
        places=PLACES,
        keys=await call.read(shown_keys, call.center.id),
        refused=place,
        error="" if refused is None or place is None else refused.fields[place.field],
        megabytes=LOGO_BYTES_MAX // 2**20,
    )
