"""The photo of a member: put up and taken down on his card, and shown to who is signed in."""

from __future__ import annotations

import asyncio

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes, PanelRoutes
from lanhouse.cafe.desk.pages.member_card import CARD, FOLDER, member_id_of
from lanhouse.cafe.files.queries import whole_file
from lanhouse.cafe.files.schemas import StoredFile
from lanhouse.cafe.files.wire import PRIVATE, file_reply, is_known, unchanged
from lanhouse.cafe.members.commands.photos import MemberPhoto, show_photo
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_detail
from lanhouse.cafe.members.queries.card import photo_key
from lanhouse.db.store import Read
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.limits import LOGO_BYTES_MAX, LOGO_PIXELS_MAX, MEMBER_PHOTO_SIDE_MAX
from lanhouse.kit.pictures import Limit, Picture, remade
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply
from lanhouse.web.uploads import file_of

routes = PanelRoutes("Member card")
native = NativeRoutes("Members")
_LIMIT = Limit(LOGO_PIXELS_MAX, MEMBER_PHOTO_SIDE_MAX)
# Decoding takes a processor for a moment and some memory: one after the other.
_one_at_a_time = asyncio.Semaphore(1)


@native.get("/members/{member_id}/photo", right="members.view", summary="A member's photo")
@routes.get(f"{CARD}/photo", right="members.view", summary="A member's photo")
async def photo(call: CafeCall) -> Reply:
    """The picture itself; 404 where none is kept."""
    file = await call.read(_file, call.center.id, member_id_of(call))
    if file is None:
        raise NotFound(say("There is no such file."))
    return unchanged(file.key, PRIVATE) if is_known(call, file.key) else file_reply(file, PRIVATE)


def _file(read: Read, center_id: int, member_id: int) -> StoredFile | None:
    key = photo_key(read, center_id, member_id)
    return None if key is None else whole_file(read, key)


@routes.post(
    f"{CARD}/photo",
    right="members.edit",
    summary="Put up the photo of a member",
    upload_bytes_max=LOGO_BYTES_MAX,
)
async def put_photo(call: CafeCall) -> Reply:
    """The part of the card with the new photo, or with the reason."""
    try:
        sent = file_of(call.request, "picture")
        if not sent:
            raise InvalidInput({"picture": say("is required")})
        async with _one_at_a_time:
            picture = await asyncio.to_thread(remade, sent, _LIMIT, "picture")
        return await _shown(call, picture)
    except NotFound:
        raise
    except AppError as error:
        return await _part(call, error)


@routes.post(f"{CARD}/photo/remove", right="members.edit", summary="Take a photo down")
async def remove_photo(call: CafeCall) -> Reply:
    """The part of the card without a photo."""
    return await _shown(call, None)


async def _shown(call: CafeCall, picture: Picture | None) -> Reply:
    await call.run(show_photo, MemberPhoto(call.center, member_id_of(call), picture))
    return await _part(call)


async def _part(call: CafeCall, error: AppError | None = None) -> Reply:
    found = await call.read(member_detail, call.center, member_id_of(call))
    if found is None:
        raise MemberNotFound
    errors, problem = errors_in_form(error, call.view.language, ("picture",))
    # Told in the page itself, and so with 200: outside a dialog a page takes nothing but successes.
    return call.html(
        f"{FOLDER}/photo.html", member=found.row, photo_error=errors["picture"] or problem
    )
