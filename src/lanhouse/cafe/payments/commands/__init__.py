"""Beginning payments by QR code, and calling them off."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PaymentChanged
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.own_limits.plans import must_let_top_up
from lanhouse.cafe.payments.commands.base import call_off, lock_payment, note_status
from lanhouse.cafe.payments.errors import NotOffered, NotPending
from lanhouse.cafe.payments.gateways.port import Begun
from lanhouse.cafe.payments.queries import payment_of, pending_of_member
from lanhouse.cafe.payments.rules import PENDING_MAX, expires_at
from lanhouse.cafe.payments.schemas import Begin, Payment, Purpose, Settle, Status
from lanhouse.cafe.payments.tables import payment_orders
from lanhouse.cafe.topups.plans import plan_code
from lanhouse.cafe.topups.schemas import Quote
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

_INSERT = static(sa.insert(payment_orders).returning(*payment_orders.c))
_ATTACH = static(
    sa.update(payment_orders)
    .where(
        payment_orders.c.id == sa.bindparam("payment"),
        payment_orders.c.external_id == sa.literal_column("''"),
    )
    .values(url=sa.bindparam("new_url"), external_id=sa.bindparam("new_external_id"))
)


def begin_payment(tx: Tx, cmd: Begin) -> Payment:
    """Write down that somebody is about to pay; nothing moves. The gateway is asked afterwards.

    Raises NotOffered, InvalidInput by field, MemberNotFound, and Refused where top-ups are switched
    off or too many payments of the account wait.
    """
    if not cmd.gateway:
        raise NotOffered
    _check(cmd)
    center = cmd.center
    if cmd.member_id:
        member = lock_member(tx, center.id, cmd.member_id)
        if member is None or member.deleted_at is not None:
            raise MemberNotFound
        if pending_of_member(tx, center.id, cmd.member_id, tx.now) >= PENDING_MAX:
            raise Refused(
                say("%(count)s payments wait already. Pay one, or cancel it.", count=PENDING_MAX)
            )
        if cmd.order_id is None:
            sum_micros = cmd.amount_micros
            must_let_top_up(tx, center, member.id, sum_micros, tx.now, field="amount")
        plan_code(tx, _quote(cmd), cmd.member_id, tx.now)
    purpose = Purpose.TOPUP if cmd.order_id is None else Purpose.ORDER
    row = tx.one(
        _INSERT,
        center_id=center.id,
        at=tx.now,
        purpose=purpose.value,
        member_id=cmd.member_id,
        order_id=cmd.order_id,
        gateway=cmd.gateway,
        amount_micros=cmd.amount_micros,
        promo_code=cmd.promo_code,
        pc_name=cmd.pc_name,
        status=Status.PENDING.value,
        expires_at=expires_at(cmd.gateway, tx.now),
        url="",
        external_id="",
        paid_at=None,
        is_late=False,
        went_to="",
        transfer_id=None,
        staff_id=0,
        staff_name="",
        reason="",
    )
    assert row is not None
    tx.audit("payment", row.id, after={"amount_micros": cmd.amount_micros})
    tx.tell(PaymentChanged(center.id, row.id))
    return payment_of(row)


def _quote(cmd: Begin) -> Quote:
    return Quote(
        center=cmd.center,
        value_micros=cmd.amount_micros,
        member_ids=[cmd.member_id],
        promo_code=cmd.promo_code,
    )


def _check(cmd: Begin) -> None:
    payment = cmd.center.settings.payment
    if cmd.order_id is None and not payment.enable_topup:
        raise Refused(say("top-ups are switched off in the settings"))
    errors: dict[str, str] = {}
    least = payment.mini_qr_payment_micros
    if cmd.amount_micros <= 0:
        errors["amount"] = say("must be more than 0")
    elif cmd.amount_micros < least:
        errors["amount"] = say("must be at least %(least)s", least=format_fixed(least))
    if cmd.promo_code and cmd.order_id is not None:
        errors["promo_code"] = say("goes with money that is topped up")
    if errors:
        raise InvalidInput(errors)


class Attach(msgspec.Struct, frozen=True):
    """What a gateway answered to the begin of a payment."""

    center: Center
    payment_id: int
    begun: Begun


def attach(tx: Tx, cmd: Attach) -> Payment:
    """Keep where one pays; told once more it changes nothing. Raises PaymentNotFound."""
    payment = lock_payment(tx, cmd.center.id, cmd.payment_id)
    if payment.status is Status.CANCELLED:
        call_off(tx, payment.id, cmd.center.id)
    tx.run(
        _ATTACH,
        payment=payment.id,
        new_url=cmd.begun.url,
        new_external_id=cmd.begun.external_id,
    )
    tx.audit("payment", payment.id, after={"external_id": cmd.begun.external_id})
    return msgspec.structs.replace(
        payment, url=cmd.begun.url, external_id=payment.external_id or cmd.begun.external_id
    )


def cancel_payment(tx: Tx, cmd: Settle) -> Payment:
    """Say that a payment will not come. What comes for it all the same is credited and flagged.

    Raises PaymentNotFound, NotPending, InvalidInput for a reason that is too long.
    """
    if len(cmd.reason) > COMMENT_CHARS_MAX:
        raise InvalidInput(
            {"reason": say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)}
        )
    payment = lock_payment(tx, cmd.center.id, cmd.payment_id)
    must_be_pending(payment)
    note_status(tx, payment, cmd.actor, status=Status.CANCELLED.value, reason=cmd.reason)
    if payment.external_id:
        call_off(tx, payment.id, cmd.center.id)
    return msgspec.structs.replace(payment, status=Status.CANCELLED)


def must_be_pending(payment: Payment) -> None:
    """Refuse what is done or cancelled; what nobody paid in its time can still be confirmed."""
    if payment.status is Status.DONE:
        raise NotPending(say("Payment %(number)s is done already.", number=payment.id))
    if payment.status is Status.CANCELLED:
        raise NotPending(say("Payment %(number)s was cancelled.", number=payment.id))
