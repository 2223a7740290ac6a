"""The centre's pictures among the settings of the café API (cafe-domain 15)."""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from lanhouse.cafe.centers.commands.pictures import fitting
from lanhouse.cafe.centers.queries.pictures import LOGO, MEMBER_LOGO, PICTURES, ShownPicture
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import BODY_BYTES_MAX
from lanhouse.kit.pictures import Picture
from lanhouse.kit.said import say

_DATA = "data:image/"
_BASE64 = ";base64,"
_Sent: Any = Annotated[
    str,
    Meta(
        max_length=BODY_BYTES_MAX,
        description="A picture as `data:image/png;base64,…`; left out or empty it stays.",
    ),
]
_UPDATES = {"cafe_info_cafe_logo_update": LOGO, "cafe_info_member_logo_update": MEMBER_LOGO}
PICTURE_FIELDS: list[tuple[str, Any, Any]] = [
    (key, _Sent | None | UnsetType, UNSET) for key in PICTURES
]
"""What an In Struct has for pictures."""
PICTURE_OUTPUTS: list[tuple[str, Any]] = [
    *((key, str) for key in PICTURES),
    *((key, int) for key in _UPDATES),
]
"""What an Out Struct has for them."""
# Decoding takes a processor for a moment and some memory: one after the other.
_one_at_a_time = asyncio.Semaphore(1)


def pictures_wire(shown: Mapping[str, ShownPicture]) -> dict[str, Any]:
    """Every picture by its key as a data URI, "" for none; of the logos when they were put up, in
    seconds since 1970, 0 for none."""
    found: dict[str, Any] = {key: _uri(shown.get(purpose)) for key, purpose in PICTURES.items()}
    for key, purpose in _UPDATES.items():
        picture = shown.get(purpose)
        found[key] = 0 if picture is None else int(picture.stored_at.timestamp())
    return found


async def sent_pictures(data: object, shown: Mapping[str, ShownPicture]) -> dict[str, Picture]:
    """The pictures that a call puts up, made anew, by purpose. One that is sent back as it was read
    is none of them. Raises InvalidInput by field."""
    found: dict[str, Picture] = {}
    errors: dict[str, str] = {}
    for key, purpose in PICTURES.items():
        text = getattr(data, key, UNSET)
        if not isinstance(text, str) or text == _uri(shown.get(purpose)):
            continue
        try:
            sent = data_uri(text, key)
            async with _one_at_a_time:
                found[purpose] = await asyncio.to_thread(fitting, purpose, sent, key)
        except InvalidInput as wrong:
            errors |= wrong.fields
    if errors:
        raise InvalidInput(errors)
    return found


def _uri(picture: ShownPicture | None) -> str:
    if picture is None:
        return ""
    file = picture.file
    return f"data:{file.content_type}{_BASE64}{b64encode(file.data).decode()}"


def data_uri(text: str, field: str) -> bytes:
    """The content of a picture that is sent as `data:image/png;base64,…`. Raises InvalidInput."""
    head, found, body = text.partition(_BASE64)
    try:
        if not found or not head.startswith(_DATA):
            raise ValueError
        return b64decode(body, validate=True)
    except (Error, ValueError):
        raise InvalidInput(
            {field: say("must be a picture such as data:image/png;base64,…")}
        ) from None
