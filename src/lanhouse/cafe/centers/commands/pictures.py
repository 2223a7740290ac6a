"""Which pictures a centre shows of itself."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.queries.pictures import PORTAL_ICONS, TOPUP_QR
from lanhouse.cafe.centers.tables import center_pictures
from lanhouse.cafe.files.commands import store_picture
from lanhouse.db.statements import static, upsert
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import LOGO_PIXELS_MAX, LOGO_SIDE_MAX
from lanhouse.kit.pictures import Limit, Picture, remade
from lanhouse.kit.said import say

_QR_SIDE_MAX = 1024
_SQUARE = {purpose: side for side, purpose in PORTAL_ICONS.items()}
"""Purposes whose picture is square and so many pixels long."""

_SHOW = static(upsert(center_pictures, ["center_id", "purpose"], ["file_key"]))
_HIDE = static(
    sa.delete(center_pictures).where(
        center_pictures.c.center_id == sa.bindparam("center"),
        center_pictures.c.purpose == sa.bindparam("as_what"),
    )
)


class ShowPicture(msgspec.Struct, frozen=True):
    """A picture (None = none any more) that a centre shows for a purpose."""

    center_id: int
    purpose: str
    picture: Picture | None


def fitting(purpose: str, sent: bytes, field: str) -> Picture:
    """The picture made anew as its purpose keeps it; takes a processor for a moment.

    Raises InvalidInput naming `field` for what is no picture, and for an icon that is not square or
    too small.
    """
    side = _SQUARE.get(purpose)
    side_max = _QR_SIDE_MAX if purpose == TOPUP_QR else side or LOGO_SIDE_MAX
    picture = remade(sent, Limit(LOGO_PIXELS_MAX, side_max), field)
    if side and (picture.width, picture.height) != (side, side):
        raise InvalidInput({field: say("must be square, with at least %(side)s pixels", side=side)})
    return picture


def show_picture(tx: Tx, show: ShowPicture) -> str | None:
    """Show another picture, or none; answers the key of the new one."""
    center_id = show.center_id
    key: str | None = None
    if show.picture is None:
        tx.run(_HIDE, center=center_id, as_what=show.purpose)
    else:
        key = store_picture(tx, center_id, show.picture, is_public=True)
        tx.run(_SHOW, center_id=center_id, purpose=show.purpose, file_key=key)
    tx.audit("center", center_id)
    return key
