"""Payments that nobody made in time: written down by the clock."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.payments.commands.base import lock_payment, note_status
from lanhouse.cafe.payments.schemas import Status
from lanhouse.cafe.payments.tables import payment_orders
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

BATCH = 50
"""Payments of one step of the clock."""
_HOUSE = Actor(kind="system")
_p = payment_orders.c
_DUE = static(
    sa.select(_p.id, _p.center_id)
    .where(
        _p.status == sa.literal_column("'pending'"),
        _p.expires_at <= sa.bindparam("at", type_=_p.expires_at.type),
    )
    .order_by(_p.center_id, _p.member_id, _p.id)
    .limit(BATCH)
)


def expire_payments(tx: Tx, _: None = None) -> bool:
    """Say of payments whose time is over that nobody made them; answers whether more wait.

    Run twice it changes nothing. For whoever asks they have counted as over from that moment on
    (Payment.status_at), so that running late changes nothing either.
    """
    rows = tx.all(_DUE, at=tx.now)
    if not rows:
        return False
    # One centre at a time; members are locked by rising id.
    here = [row.id for row in rows if row.center_id == rows[0].center_id]
    for payment_id in here:
        payment = lock_payment(tx, rows[0].center_id, payment_id)
        if payment.status is Status.PENDING:
            note_status(tx, payment, _HOUSE, status=Status.EXPIRED.value)
    return len(rows) == BATCH or len(here) < len(rows)
