"""The lock under which a member's money and sessions change."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx

_LOCK = static(
    sa.select(members)
    .where(members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member"))
    .with_for_update(key_share=True)
)


def lock_member(tx: Tx, center_id: int, member_id: int) -> Row | None:
    """The member's row, locked until the end of the command; None when there is no such member.

    First thing in every command that changes a member's money or sessions. What belongs to one
    member alone (his open session, his packages) is safe under it.
    """
    return tx.one(_LOCK, center=center_id, member=member_id)


def lock_one(tx: Tx, center_id: int, member_id: int) -> Row:
    """The same of a member who must be there. Raises MemberNotFound, also for a deleted one."""
    row = lock_member(tx, center_id, member_id)
    if row is None or row.deleted_at is not None:
        raise MemberNotFound
    return row
