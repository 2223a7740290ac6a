"""Closing a centre whose settings go over to another one (decision 0124)."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.auth.keys import end_key
from lanhouse.auth.tokens import end_all_tokens
from lanhouse.cafe.centers.tables import centers
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_CLOSE = static(
    sa.update(centers)
    .where(centers.c.id == sa.bindparam("center"))
    .values(
        license_name=sa.bindparam("new_license"),
        closed_at=sa.bindparam("at", type_=centers.c.closed_at.type),
    )
)


def closed_name(center_id: int) -> str:
    """What stands in place of the licence name of a closed centre, which is free again."""
    return f"closed-{center_id}"


def close_center(tx: Tx, center_id: int) -> None:
    """End every way into a centre, and free its licence name; its books and logs stay.

    Sign-ins that are to go on elsewhere are moved before.
    """
    tx.run(_CLOSE, center=center_id, new_license=closed_name(center_id), at=tx.now)
    end_key(tx, center_id)
    end_all_tokens(tx, center_id)
