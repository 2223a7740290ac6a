"""Locks of payments, how their rows change, and who confirms what no person does."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.facts import PaymentChanged
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.payments.errors import PaymentNotFound
from lanhouse.cafe.payments.queries import payment_by_id, payment_of
from lanhouse.cafe.payments.schemas import Payment
from lanhouse.cafe.payments.tables import payment_orders
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import enqueue

GATEWAY = "gateway"
"""The kind of caller that a notice is."""
CALL_OFF = "payments.call_off"
"""The kind of job that tells a gateway that a payment is cancelled."""
_LOCK = static(
    sa.select(payment_orders)
    .where(
        payment_orders.c.center_id == sa.bindparam("center"),
        payment_orders.c.id == sa.bindparam("payment"),
    )
    .with_for_update(key_share=True)
)
_SETTLE = static(
    sa.update(payment_orders)
    .where(payment_orders.c.id == sa.bindparam("payment"))
    .values(
        status=sa.bindparam("new_status"),
        paid_at=sa.bindparam("new_paid_at"),
        is_late=sa.bindparam("new_is_late"),
        went_to=sa.bindparam("new_went_to"),
        transfer_id=sa.bindparam("new_transfer_id"),
        staff_id=sa.bindparam("new_staff_id"),
        staff_name=sa.bindparam("new_staff_name"),
        reason=sa.bindparam("new_reason"),
    )
)


def lock_payment(tx: Tx, center_id: int, payment_id: int) -> Payment:
    """A payment, locked; whose account it is for is locked first. Raises PaymentNotFound."""
    found = payment_by_id(tx, center_id, payment_id)
    if found is None:
        raise PaymentNotFound
    if found.member_id:
        lock_member(tx, center_id, found.member_id)
    return payment_of(tx.one(_LOCK, center=center_id, payment=payment_id))


def call_off(tx: Tx, payment_id: int, center_id: int) -> None:
    """Let the gateway be told, by a job, that nobody may pay a cancelled payment any more."""
    key = f"{CALL_OFF}:{payment_id}"
    enqueue(tx, CALL_OFF, {"payment_id": payment_id}, key=key, center_id=center_id)


def note_status(tx: Tx, payment: Payment, actor: Actor, **new: Any) -> None:
    """Write how far a locked payment is; what is not named is empty."""
    values: dict[str, Any] = {
        "status": payment.status.value,
        "paid_at": None,
        "is_late": False,
        "went_to": "",
        "transfer_id": None,
        "staff_id": actor.staff_id,
        "staff_name": actor.staff_name,
        "reason": "",
        **new,
    }
    tx.run(_SETTLE, payment=payment.id, **{f"new_{name}": value for name, value in values.items()})
    tx.audit(
        "payment",
        payment.id,
        before={"status": payment.status.value},
        after={"status": values["status"]},
    )
    tx.tell(PaymentChanged(payment.center_id, payment.id))
