"""What is known of a member's password without seeing it."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import static
from lanhouse.db.store import Read

_UNTIL = static(
    sa.select(members.c.password_until).where(
        members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member")
    )
)


def must_change(read: Read, center_id: int, member_id: int) -> bool:
    """Whether somebody else has set this member's password (centre id, member id)."""
    return read.scalar(_UNTIL, center=center_id, member=member_id) is not None
