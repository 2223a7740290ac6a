"""What of a member stands in other rows than his own, and goes with his name."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.members.tables import member_consents, member_notes, member_photos
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_ALL = tuple(
    static(
        sa.delete(table).where(
            table.c.center_id == sa.bindparam("center"), table.c.member_id == sa.bindparam("member")
        )
    )
    for table in (member_photos, member_notes, member_consents)
)


def forget_belongings(tx: Tx, center_id: int, member_id: int) -> None:
    """Delete photo, notes and consents of a locked member, for an act that tells of itself."""
    for statement in _ALL:
        tx.run(statement, center=center_id, member=member_id)
