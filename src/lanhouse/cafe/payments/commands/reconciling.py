"""What came and fitted no order: staff credit it to somebody, or it goes back."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.payments.commands.base import call_off, lock_payment, note_status
from lanhouse.cafe.payments.errors import NotPending
from lanhouse.cafe.payments.gateways import gateway_named
from lanhouse.cafe.payments.queries import payment_by_id
from lanhouse.cafe.payments.schemas import TENDER, Payment, Resolve, State, Status
from lanhouse.cafe.payments.tables import payment_notices
from lanhouse.cafe.topups.commands import Paid, credit_paid
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import enqueue, hurry
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.said import say

REFUND = "payments.refund"
"""The kind of job that asks a gateway to give money back."""
_FIND = sa.select(payment_notices).where(
    payment_notices.c.center_id == sa.bindparam("center"),
    payment_notices.c.id == sa.bindparam("notice"),
)
_LOOK = static(_FIND)
_LOCK = static(_FIND.with_for_update(key_share=True))
_RESOLVE = static(
    sa.update(payment_notices)
    .where(payment_notices.c.id == sa.bindparam("notice"))
    .values(
        state=sa.bindparam("new_state"),
        member_id=sa.bindparam("new_member_id"),
        transfer_id=sa.bindparam("new_transfer_id"),
        resolved_at=sa.bindparam("new_resolved_at"),
        staff_id=sa.bindparam("new_staff_id"),
        staff_name=sa.bindparam("new_staff_name"),
        reason=sa.bindparam("new_reason"),
    )
)


class NoticeNotFound(NotFound):
    """There is no such notice in this centre."""

    def __init__(self) -> None:
        super().__init__(say("There is no such payment."))


class Refunded(msgspec.Struct, frozen=True):
    """A gateway has given the money of a notice back."""

    center_id: int
    notice_id: int


def credit_notice(tx: Tx, cmd: Resolve) -> int:
    """Put what came on an account, with what it earns; answers the ledger's transfer.

    An order of ours that it was meant for and that still waits is called off. Raises InvalidInput
    by field, NoticeNotFound, NotPending, Refused for another currency, MemberNotFound, NeedsShift.
    """
    _must_have_reason(cmd)
    seen = _seen(tx, cmd)
    meant = None
    if seen.payment_order_id is not None:
        meant = payment_by_id(tx, cmd.center.id, seen.payment_order_id)
    member_id = _member_of(tx, cmd, meant)
    # By rising id, as everybody locks several members; then the payment, then the notice.
    for each in sorted({member_id, 0 if meant is None else meant.member_id} - {0}):
        lock_member(tx, cmd.center.id, each)
    payment = None if meant is None else lock_payment(tx, cmd.center.id, meant.id)
    notice = _locked(tx, cmd, State.OPEN)
    if notice.currency != cmd.center.currency:
        raise Refused(
            say("It came in %(currency)s, which no account here has.", currency=notice.currency)
        )
    credited = credit_paid(
        tx,
        Paid(
            center=cmd.center,
            actor=cmd.actor,
            member_id=member_id,
            value_micros=notice.amount_micros,
            tender=TENDER,
            comment=f"QR notice #{notice.id}. {cmd.reason}"[:COMMENT_CHARS_MAX],
        ),
    )
    if payment is not None and payment.status is Status.PENDING:
        note_status(tx, payment, cmd.actor, status=Status.CANCELLED.value, reason=cmd.reason)
        if payment.external_id:
            call_off(tx, payment.id, cmd.center.id)
    _resolve(tx, cmd.actor, notice, State.CREDITED, cmd.reason, member_id, credited.transfer_id)
    return credited.transfer_id


def refund_notice(tx: Tx, cmd: Resolve) -> State:
    """Give back what came: the gateway is asked where it can; else the house has done it itself,
    and says so. No book of ours has had the money, so that nothing moves.

    Raises InvalidInput by field, NoticeNotFound, NotPending.
    """
    _must_have_reason(cmd)
    notice = _locked(tx, cmd, State.OPEN, State.REFUNDING)
    if not gateway_named(notice.gateway).can_refund:
        _resolve(tx, cmd.actor, notice, State.REFUNDED, cmd.reason)
        return State.REFUNDED
    _resolve(tx, cmd.actor, notice, State.REFUNDING, cmd.reason)
    enqueue(
        tx,
        REFUND,
        {"notice_id": notice.id},
        key=f"{REFUND}:{notice.id}",
        center_id=cmd.center.id,
        started_by=cmd.actor.staff_id,
    )
    if notice.state == State.REFUNDING:
        # Somebody has seen to what stood against it: nobody waits for the next try.
        hurry(tx, cmd.center.id, [REFUND])
    return State.REFUNDING


def note_refunded(tx: Tx, told: Refunded) -> None:
    """Keep that the gateway gave it back; told once more it changes nothing."""
    notice = tx.one(_LOCK, center=told.center_id, notice=told.notice_id)
    if notice is None or notice.state != State.REFUNDING:
        tx.audit("payment_notice", told.notice_id)
        return
    actor = Actor(
        kind="staff",
        center_id=told.center_id,
        staff_id=notice.staff_id,
        staff_name=notice.staff_name,
    )
    _resolve(tx, actor, notice, State.REFUNDED, notice.reason)


def _must_have_reason(cmd: Resolve) -> None:
    if not cmd.reason.strip():
        raise InvalidInput({"reason": say("is required")})
    if len(cmd.reason) > COMMENT_CHARS_MAX:
        raise InvalidInput(
            {"reason": say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)}
        )


def _member_of(tx: Tx, cmd: Resolve, meant: Payment | None) -> int:
    if cmd.account.strip():
        member = member_by_account(tx, cmd.center.id, cmd.account.strip())
        if member is None:
            raise MemberNotFound
        return member.id
    if meant is not None and meant.member_id:
        return meant.member_id
    raise InvalidInput({"account": say("is required")})


def _seen(tx: Tx, cmd: Resolve) -> Row:
    notice = tx.one(_LOOK, center=cmd.center.id, notice=cmd.notice_id)
    if notice is None:
        raise NoticeNotFound
    return notice


def _locked(tx: Tx, cmd: Resolve, *states: State) -> Row:
    """The notice, locked, in one of these states. Raises NoticeNotFound, NotPending."""
    notice = tx.one(_LOCK, center=cmd.center.id, notice=cmd.notice_id)
    if notice is None:
        raise NoticeNotFound
    if notice.state not in states:
        raise NotPending(say("Somebody has settled this already."))
    return notice


def _resolve(
    tx: Tx,
    actor: Actor,
    notice: Row,
    state: State,
    reason: str,
    member_id: int = 0,
    transfer_id: int | None = None,
) -> None:
    values: dict[str, Any] = {
        "state": state.value,
        "member_id": member_id,
        "transfer_id": transfer_id,
        "resolved_at": tx.now,
        "staff_id": actor.staff_id,
        "staff_name": actor.staff_name,
        "reason": reason,
    }
    tx.run(_RESOLVE, notice=notice.id, **{f"new_{name}": one for name, one in values.items()})
    tx.audit(
        "payment_notice", notice.id, before={"state": notice.state}, after={"state": state.value}
    )
