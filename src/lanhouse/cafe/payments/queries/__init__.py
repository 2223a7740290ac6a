"""Payments as they are stored, and what waits for somebody."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries.pictures import TOPUP_QR, shown_key
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.orders.tables import orders
from lanhouse.cafe.payments.errors import PaymentNotFound
from lanhouse.cafe.payments.gateways import active_name
from lanhouse.cafe.payments.schemas import Payment, Purpose, Status, WentTo
from lanhouse.cafe.payments.tables import payment_notices, payment_orders
from lanhouse.cafe.pcs.queries import pc_by_name
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_ID = (payment_orders.c.center_id == sa.bindparam("center")) & (
    payment_orders.c.id == sa.bindparam("payment")
)
_FIND = static(sa.select(payment_orders).where(_ID))
_PENDING = static(
    sa.select(sa.func.count())
    .select_from(payment_orders)
    .where(
        payment_orders.c.center_id == sa.bindparam("center"),
        payment_orders.c.member_id == sa.bindparam("member"),
        payment_orders.c.status == sa.literal_column("'pending'"),
        payment_orders.c.expires_at > sa.bindparam("at", type_=payment_orders.c.expires_at.type),
    )
)
_OPEN_NOTICES = static(
    sa.select(sa.func.count())
    .select_from(payment_notices)
    .where(
        payment_notices.c.center_id == sa.bindparam("center"),
        payment_notices.c.state.in_(
            [sa.literal_column("'open'"), sa.literal_column("'refunding'")]
        ),
    )
)
_PLAYS_AT = static(
    sa.select(pc_sessions.c.member_id).where(
        pc_sessions.c.center_id == sa.bindparam("center"),
        pc_sessions.c.pc_id == sa.bindparam("pc"),
        pc_sessions.c.member_id == sa.bindparam("member"),
        pc_sessions.c.ended_at.is_(None),
    )
)
_ORDER = static(
    sa.select(orders).where(
        orders.c.center_id == sa.bindparam("center"), orders.c.id == sa.bindparam("order")
    )
)


def payment_of(row: Row) -> Payment:
    """A row of payment_orders."""
    return Payment(
        id=row.id,
        center_id=row.center_id,
        at=row.at,
        purpose=Purpose(row.purpose),
        member_id=row.member_id,
        order_id=row.order_id,
        gateway=row.gateway,
        amount_micros=row.amount_micros,
        status=Status(row.status),
        expires_at=row.expires_at,
        url=row.url,
        external_id=row.external_id,
        paid_at=row.paid_at,
        is_late=row.is_late,
        went_to=WentTo(row.went_to),
        pc_name=row.pc_name,
        promo_code=row.promo_code,
        staff_name=row.staff_name,
        reason=row.reason,
    )


def payment_by_id(read: Read, center_id: int, payment_id: int) -> Payment | None:
    """A payment of the centre, or None."""
    row = read.one(_FIND, center=center_id, payment=payment_id)
    return None if row is None else payment_of(row)


def payment_seen_by(read: Read, center_id: int, payment_id: int, member_id: int) -> Payment:
    """A payment that a caller may see: a member (`member_id`) his own, anybody else (0) each of
    the centre. Raises PaymentNotFound."""
    found = payment_by_id(read, center_id, payment_id)
    if found is None or (member_id and found.member_id != member_id):
        raise PaymentNotFound
    return found


def active_gateway(read: Read, center: Center) -> str:
    """The gateway by which one pays now; "" where nobody takes payments by QR code."""
    return active_name(center, has_picture=house_picture(read, center) is not None)


def house_picture(read: Read, center: Center) -> str | None:
    """The key of the file with the picture of the house's own QR code."""
    return shown_key(read, (center.id, TOPUP_QR))


def pending_of_member(read: Read, center_id: int, member_id: int, at: object) -> int:
    """How many payments of an account wait."""
    return int(read.scalar(_PENDING, center=center_id, member=member_id, at=at))


def open_notices(read: Read, center_id: int) -> int:
    """How much of what came waits for somebody to look at it."""
    return int(read.scalar(_OPEN_NOTICES, center=center_id))


def confirmed_by(read: Read, center_id: int, payment_id: int, kind: str) -> Actor:
    """Who has confirmed a payment, of this kind of caller."""
    row = read.one(_FIND, center=center_id, payment=payment_id)
    assert row is not None
    return Actor(kind=kind, center_id=center_id, staff_id=row.staff_id, staff_name=row.staff_name)


def plays_at(read: Read, center_id: int, pc_id: int, member_id: int) -> bool:
    """Whether an account's session runs on a PC."""
    found = read.scalar(_PLAYS_AT, center=center_id, pc=pc_id, member=member_id)
    return found is not None


def is_of_seat(read: Read, center_id: int, pc_id: int, payment: Payment) -> bool:
    """Whether a payment is that of who plays on a PC, or was begun there."""
    if payment.member_id and plays_at(read, center_id, pc_id, payment.member_id):
        return True
    pc = pc_by_name(read, center_id, payment.pc_name) if payment.pc_name else None
    return pc is not None and pc.id == pc_id


def order_row(read: Read, center_id: int, order_id: int) -> Row | None:
    """An order of goods, or None."""
    return read.one(_ORDER, center=center_id, order=order_id)
