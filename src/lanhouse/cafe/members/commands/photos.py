"""What a member looks like: kept only of who agreed to it."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.files.commands import store_picture
from lanhouse.cafe.members.locks import lock_one
from lanhouse.cafe.members.rules import PHOTO
from lanhouse.cafe.members.tables import member_consents, member_photos
from lanhouse.db.statements import static, upsert
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.pictures import Picture
from lanhouse.kit.said import say

_SHOW = static(upsert(member_photos, ["center_id", "member_id"], ["file_key"]))
_HIDE = static(
    sa.delete(member_photos).where(
        member_photos.c.center_id == sa.bindparam("center"),
        member_photos.c.member_id == sa.bindparam("member"),
    )
)
_AGREED = static(
    sa.select(member_consents.c.id).where(
        member_consents.c.center_id == sa.bindparam("center"),
        member_consents.c.member_id == sa.bindparam("member"),
        member_consents.c.kind == PHOTO,
        member_consents.c.withdrawn_at.is_(None),
    )
)


class MemberPhoto(msgspec.Struct, frozen=True):
    """A photo (None = none any more) of a member."""

    center: Center
    member_id: int
    picture: Picture | None


def show_photo(tx: Tx, show: MemberPhoto) -> None:
    """Keep another photo of a member, or none; nobody may fetch it who is not signed in.

    Raises MemberNotFound, and Refused where the centre keeps no photos or he has not agreed.
    """
    center_id, member_id = show.center.id, show.member_id
    lock_one(tx, center_id, member_id)
    if show.picture is None:
        hide_photo(tx, center_id, member_id)
    else:
        if not show.center.settings.member.allow_member_upload_photo:
            raise Refused(say("This centre keeps no photos of members."))
        if tx.scalar(_AGREED, center=center_id, member=member_id) is None:
            raise Refused(say("The member has not agreed to a photo."))
        key = store_picture(tx, center_id, show.picture, is_public=False)
        tx.run(_SHOW, center_id=center_id, member_id=member_id, file_key=key)
    tx.audit("member", member_id, after={"photo": "new" if show.picture else "none"})


def hide_photo(tx: Tx, center_id: int, member_id: int) -> None:
    """Keep no photo any more, for an act that tells of itself."""
    tx.run(_HIDE, center=center_id, member=member_id)
