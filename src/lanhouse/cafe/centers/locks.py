"""The lock under which a centre's caps and names are counted."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.centers.tables import centers
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_LOCK = static(
    sa.select(centers.c.id)
    .where(centers.c.id == sa.bindparam("center"))
    .with_for_update(key_share=True)
)


def lock_center(tx: Tx, center_id: int) -> None:
    """Wait for other commands that hold this lock: one at a time counts and adds.

    First lock of a command that takes it; rows that refer to the centre can still be inserted.
    """
    tx.scalar(_LOCK, center=center_id)
