"""What payments by QR code forbid."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.facts import DeletingMembers
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.payments.tables import payment_orders
from lanhouse.db.statements import among, static
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say

_p = payment_orders.c
_WAITING = static(
    sa.select(members.c.account)
    .join(payment_orders, (_p.member_id == members.c.id) & (_p.center_id == members.c.center_id))
    .where(
        _p.center_id == sa.bindparam("center"),
        among(_p.member_id, "members"),
        _p.status == sa.literal_column("'pending'"),
        _p.expires_at > sa.bindparam("at", type_=_p.expires_at.type),
    )
    .distinct()
    .order_by(members.c.account)
)


def refuse_paying_members(read: Read, question: DeletingMembers) -> None:
    """Guard: nobody is deleted who may be paying at this moment. What comes for an account that is
    gone all the same waits to be reconciled."""
    asked = sorted(question.member_ids)
    rows = read.all(_WAITING, center=question.center_id, members=asked, at=clock.now())
    if rows:
        names = ", ".join(row.account for row in rows)
        raise Refused(
            say(
                "A QR payment waits; confirm or cancel it before the member is deleted: %(names)s",
                names=names,
            )
        )
