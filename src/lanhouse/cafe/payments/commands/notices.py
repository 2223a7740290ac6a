"""What gateways tell: each payment counts once, and what fits no order waits for somebody."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.facts import PaymentChanged
from lanhouse.cafe.payments.commands.base import GATEWAY, lock_payment
from lanhouse.cafe.payments.commands.confirming import settle
from lanhouse.cafe.payments.errors import PaymentNotFound
from lanhouse.cafe.payments.rules import found_in, order_number
from lanhouse.cafe.payments.schemas import Noticed, Outcome, Payment, State
from lanhouse.cafe.payments.tables import payment_notices
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx

_KEEP = static(insert_ignore(payment_notices).returning(payment_notices.c.id))
_JUDGE = static(
    sa.update(payment_notices)
    .where(payment_notices.c.id == sa.bindparam("notice"))
    .values(outcome=sa.bindparam("new_outcome"), state=sa.bindparam("new_state"))
)
_KNOWN = static(
    sa.select(payment_notices.c.id, payment_notices.c.outcome).where(
        payment_notices.c.center_id == sa.bindparam("center"),
        payment_notices.c.gateway == sa.bindparam("by_gateway"),
        payment_notices.c.external_id == sa.bindparam("external"),
    )
)
_PAYERS = (Outcome.CREDITED, Outcome.LATE, Outcome.MATCHED)
_HAS_PAID = static(
    sa.select(payment_notices.c.id)
    .where(
        payment_notices.c.center_id == sa.bindparam("center"),
        payment_notices.c.payment_order_id == sa.bindparam("payment"),
        payment_notices.c.outcome.in_([sa.literal_column(f"'{each}'") for each in _PAYERS]),
    )
    .limit(1)
)


class Taken(msgspec.Struct, frozen=True):
    """What a notice was found to be; `is_new` is False for one that was told before."""

    outcome: Outcome
    is_new: bool


def take_notice(tx: Tx, told: Noticed) -> Taken:
    """Take what a gateway told under its signature. Nothing of it is refused: the money is there.

    Told again it has no effect. Another amount, an unknown order or a second payment credits
    nothing, and waits to be reconciled.
    """
    center, notice = told.center, told.notice
    payment = _locked(tx, told)
    number: int | None = tx.scalar(_KEEP, **_row(tx, told, payment))
    if number is None:
        known = tx.one(
            _KNOWN, center=center.id, by_gateway=told.gateway, external=notice.external_id
        )
        assert known is not None
        tx.audit("payment_notice", known.id)
        return Taken(Outcome(known.outcome), is_new=False)
    outcome = found_in(
        payment,
        gateway=told.gateway,
        amount_micros=notice.amount_micros,
        is_own_currency=notice.currency == center.currency,
        has_notice=payment is not None
        and tx.scalar(_HAS_PAID, center=center.id, payment=payment.id) is not None,
        at=tx.now,
    )
    if outcome in (Outcome.CREDITED, Outcome.LATE):
        assert payment is not None
        actor = Actor(kind=GATEWAY, center_id=center.id)
        if not settle(tx, center, actor, payment, is_late=outcome is Outcome.LATE):
            outcome = Outcome.NOBODY
    is_settled = outcome in _PAYERS
    state = State.SETTLED if is_settled else State.OPEN
    tx.run(_JUDGE, notice=number, new_outcome=outcome.value, new_state=state.value)
    tx.audit("payment_notice", number, after={"outcome": outcome.value})
    tx.tell(PaymentChanged(center.id, 0 if payment is None else payment.id))
    return Taken(outcome, is_new=True)


def _locked(tx: Tx, told: Noticed) -> Payment | None:
    """The order that a notice names, locked; None where there is none, or it is another
    gateway's."""
    number = order_number(told.notice.order_text)
    if number is None:
        return None
    try:
        found = lock_payment(tx, told.center.id, number)
    except PaymentNotFound:
        return None
    return found if found.gateway == told.gateway else None


def _row(tx: Tx, told: Noticed, payment: Payment | None) -> dict[str, Any]:
    notice = told.notice
    return {
        "center_id": told.center.id,
        "at": tx.now,
        "gateway": told.gateway,
        "external_id": notice.external_id,
        "order_text": notice.order_text,
        "payment_order_id": None if payment is None else payment.id,
        "amount_micros": notice.amount_micros,
        "currency": notice.currency,
        "outcome": Outcome.UNKNOWN.value,
        "state": State.OPEN.value,
        "member_id": 0,
        "transfer_id": None,
        "resolved_at": None,
        "staff_id": 0,
        "staff_name": "",
        "reason": "",
    }
