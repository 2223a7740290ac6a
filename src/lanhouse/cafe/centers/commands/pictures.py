"""Which pictures a centre shows of itself."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.tables import center_pictures
from lanhouse.cafe.files.commands import store_picture
from lanhouse.db.statements import static, upsert
from lanhouse.db.store import Tx
from lanhouse.kit.pictures import Picture

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
