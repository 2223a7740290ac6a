"""Money has come: it goes where the payment says, once."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PaymentConfirmed
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.money.locks import hold_shift, must_have_shift
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.movements import account_of
from lanhouse.cafe.money.schemas import Event, LogEntry, subject_of_group
from lanhouse.cafe.orders.tables import orders
from lanhouse.cafe.payments.commands import must_be_pending
from lanhouse.cafe.payments.commands.base import lock_payment, note_status
from lanhouse.cafe.payments.errors import NotPending
from lanhouse.cafe.payments.queries import payment_by_id
from lanhouse.cafe.payments.schemas import TENDER, Payment, Purpose, Settle, Status, WentTo
from lanhouse.cafe.payments.tables import payment_orders
from lanhouse.cafe.topups.commands import Paid, credit_paid
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

_LOCK_ORDER = static(
    sa.select(orders)
    .where(orders.c.center_id == sa.bindparam("center"), orders.c.id == sa.bindparam("order"))
    .with_for_update(key_share=True)
)
_PLACED = static(
    sa.update(payment_orders)
    .where(payment_orders.c.id == sa.bindparam("payment"))
    .values(transfer_id=sa.bindparam("new_transfer_id"))
)


def confirm_by_hand(tx: Tx, cmd: Settle) -> Payment:
    """Staff saw the money on the house's account: the payment is done.

    Counts as QR money of the shift of who confirms. Raises PaymentNotFound, NotPending, NeedsShift,
    and NotPending too where the order of goods is gone and nobody has an account for the money.
    """
    payment = lock_payment(tx, cmd.center.id, cmd.payment_id)
    must_be_pending(payment)
    is_late = payment.expires_at <= tx.now
    if not settle(tx, cmd.center, cmd.actor, payment, is_late=is_late):
        raise NotPending(
            say(
                "Order %(number)s needs no payment any more.", number=payment.order_id or payment.id
            )
        )
    account, group_id = account_of(tx, cmd.center.id, payment.member_id)
    write_log(
        tx,
        LogEntry(
            center_id=cmd.center.id,
            event=Event.MANUALCONFIRMQR,
            subject=subject_of_group(group_id if payment.member_id else -1),
            member_id=payment.member_id,
            member_account=account,
            member_group_id=group_id,
            pc_name=payment.pc_name,
            staff_id=cmd.actor.staff_id,
            staff_name=cmd.actor.staff_name,
            details=f"#{payment.id}: {format_fixed(payment.amount_micros)}",
        ),
    )
    done = payment_by_id(tx, cmd.center.id, payment.id)
    assert done is not None
    return done


def settle(tx: Tx, center: Center, actor: Actor, payment: Payment, *, is_late: bool) -> bool:
    """Move the money of a locked payment where it belongs; False: nobody is there for it, and
    nothing has moved.

    An order of goods that is still owed is paid by whoever follows PaymentConfirmed; for one that
    is gone or paid already the money goes on the balance.
    """
    if must_have_shift(center, actor) and hold_shift(tx, center, actor) is None:
        raise NeedsShift
    done = {"status": Status.DONE.value, "paid_at": tx.now, "is_late": is_late}
    if payment.purpose is Purpose.ORDER and _is_owed(tx, payment):
        note_status(tx, payment, actor, **done, went_to=WentTo.ORDER.value)
        assert payment.order_id is not None
        tx.tell(PaymentConfirmed(center.id, payment.id, payment.order_id, actor.kind))
        return True
    if not payment.member_id:
        return False
    paid = Paid(
        center=center,
        actor=actor,
        member_id=payment.member_id,
        value_micros=payment.amount_micros,
        tender=TENDER,
        comment=f"QR #{payment.id}",
        promo_code=payment.promo_code,
        # Who pays in time gets what was said when he began, though the code has ended meanwhile.
        code_at=None if is_late else payment.at,
    )
    try:
        credited = credit_paid(tx, paid)
    except MemberNotFound:
        return False
    more = {"transfer_id": credited.transfer_id, "reason": credited.code_refused}
    note_status(tx, payment, actor, **done, went_to=WentTo.BALANCE.value, **more)
    return True


def note_placed(tx: Tx, payment_id: int, transfer_id: int) -> None:
    """Keep by which transfer a payment paid its order of goods; for who follows
    PaymentConfirmed."""
    tx.run(_PLACED, payment=payment_id, new_transfer_id=transfer_id)


def _is_owed(tx: Tx, payment: Payment) -> bool:
    """Whether the order of goods still waits for exactly this money; it is locked from here on."""
    row = tx.one(_LOCK_ORDER, center=payment.center_id, order=payment.order_id)
    return (
        row is not None
        and row.paid_at is None
        and row.status != "cancelled"
        and row.total_micros == payment.amount_micros
    )
