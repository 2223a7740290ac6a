"""Reads on what members are given."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from lanhouse.cafe.loyalty.tables import bonus_lots
from lanhouse.db.statements import static
from lanhouse.db.store import Read

_b = bonus_lots.c
_NEXT = static(
    sa.select(sa.func.min(_b.expires_at)).where(
        _b.center_id == sa.bindparam("center"),
        _b.member_id == sa.bindparam("member"),
        _b.left_micros > 0,
    )
)


def bonus_left_seconds(read: Read, center_id: int, member_id: int, at: datetime) -> int | None:
    """How many whole seconds until some of a member's bonus ends (member_balance_bonus_left_seconds
    of the client's status); None: none of it ends."""
    until: datetime | None = read.scalar(_NEXT, center=center_id, member=member_id)
    return None if until is None else max(int((until - at).total_seconds()), 0)
