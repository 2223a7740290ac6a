"""Where a member is signed in."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.auth.tokens import sign_in_id, sign_ins_of
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.db.store import Read


class MemberSignIn(msgspec.Struct, frozen=True, kw_only=True):
    """One place: a browser, a program or the seat of a PC."""

    sign_in_id: str
    program: str
    """ "Firefox, Android"; empty where nobody knows."""
    address: str
    pc_name: str
    """The PC at whose program it is; it ends with what is played there."""
    began_at: datetime
    ends_at: datetime
    """Both in real time."""
    is_current: bool


def signed_in(
    read: Read, center_id: int, member_id: int, token_hash: str = ""
) -> list[MemberSignIn]:
    """Where a member is signed in, the newest first; the one with this hash is the one that
    asks."""
    found = sign_ins_of(read, center_id, "member", member_id)
    seats = {token.pc_id for token in found if token.pc_id}
    names: dict[int, str] = {}
    if seats:
        of_center = (pcs.c.center_id == center_id) & pcs.c.id.in_(sorted(seats))
        rows = read.all(sa.select(pcs.c.id, pcs.c.name).where(of_center))
        names = {row.id: row.name for row in rows}
    return [
        MemberSignIn(
            sign_in_id=sign_in_id(token),
            program=token.program,
            address=token.address,
            pc_name=names.get(token.pc_id or 0, ""),
            began_at=token.created_at,
            ends_at=token.expires_at,
            is_current=token.token_hash == token_hash,
        )
        for token in found
    ]
