"""What every command about orders shares: locks, the row of a payment, and how money moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import OrderChanged
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.money.movements import Movement
from lanhouse.cafe.money.schemas import Event, Told
from lanhouse.cafe.orders.errors import OrderNotFound
from lanhouse.cafe.orders.queries import orders_of
from lanhouse.cafe.orders.schemas import Line, Order
from lanhouse.cafe.orders.tables import order_lines, order_payments, orders
from lanhouse.db.statements import among, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.said import say

_DETAILS_CHARS_MAX = 500
_NAMED = (orders.c.center_id == sa.bindparam("center")) & among(orders.c.id, "ids")
_MEMBERS = static(sa.select(orders.c.id, orders.c.member_id).where(_NAMED))
_LOCK = static(
    sa.select(orders).where(_NAMED).order_by(orders.c.id).with_for_update(key_share=True)
)
MOVE_STATUS = static(
    sa.update(orders)
    .where(orders.c.id == sa.bindparam("order"))
    .values(
        status=sa.bindparam("new_status"),
        changed_at=sa.bindparam("new_changed_at"),
        changed_by_id=sa.bindparam("new_changed_by_id"),
        changed_by_name=sa.bindparam("new_changed_by_name"),
        reason=sa.bindparam("new_reason"),
    )
)
PAY = static(sa.insert(order_payments))
BACK = static(
    sa.update(order_lines)
    .where(
        order_lines.c.order_id == sa.bindparam("the_order"),
        order_lines.c.number == sa.bindparam("the_number"),
    )
    .values(
        refunded_quantity=order_lines.c.refunded_quantity + sa.bindparam("more_quantity"),
        refunded_net_micros=order_lines.c.refunded_net_micros + sa.bindparam("more_net"),
        refunded_tax_micros=order_lines.c.refunded_tax_micros + sa.bindparam("more_tax"),
        refunded_coin_micros=order_lines.c.refunded_coin_micros + sa.bindparam("more_coin"),
    )
)
REFUNDED = static(
    sa.update(orders)
    .where(orders.c.id == sa.bindparam("order"))
    .values(
        refunded_micros=orders.c.refunded_micros + sa.bindparam("more"),
        refunded_coin_micros=orders.c.refunded_coin_micros + sa.bindparam("more_coin"),
    )
)


def lock_order(tx: Tx, center: Center, order_id: int) -> Order:
    """As lock_orders(), for one."""
    return lock_orders(tx, center, [order_id])[0]


def lock_orders(tx: Tx, center: Center, ids: Sequence[int]) -> list[Order]:
    """Orders with lines and payments by rising id, locked; whoever pays for them is locked first.

    In the order of the house after members and sessions, before products. Raises OrderNotFound.
    """
    wanted = sorted(set(ids))
    rows = tx.all(_MEMBERS, center=center.id, ids=wanted)
    if len(rows) < len(wanted):
        raise OrderNotFound
    for member_id in sorted({row.member_id for row in rows if row.member_id}):
        lock_member(tx, center.id, member_id)
    # Read under the lock: another desk may have paid or cancelled one meanwhile.
    return orders_of(tx, tx.all(_LOCK, center=center.id, ids=wanted))


def move_status(tx: Tx, order: Order, actor: Actor, status: str, reason: str = "") -> None:
    """Write where the goods of a locked order are now, and who says so."""
    tx.run(
        MOVE_STATUS,
        order=order.id,
        new_status=status,
        new_changed_at=tx.now,
        new_changed_by_id=actor.staff_id,
        new_changed_by_name=actor.staff_name,
        new_reason=reason,
    )
    tx.audit("order", order.id, before={"status": order.status}, after={"status": status})
    tx.tell(OrderChanged(order.center_id, order.id))


def movement_of(
    center: Center,
    actor: Actor,
    order_id: int,
    holder: tuple[int, str, int],
    pc_name: str,
    lines: Sequence[Line],
    amounts: Any,
    *,
    kind: str = "order",
    told: Told,
    words: str = "",
) -> Movement:
    """What moves for an order, and the row of the log; `holder` is the member's id, account and
    group, 0 and empty for somebody at the desk."""
    member_id, account, group_id = holder
    return Movement(
        center=center,
        actor=actor,
        event=Event.SALE,
        member_id=member_id,
        holder=(account, group_id),
        pc_name=pc_name,
        kind=kind,
        amounts=amounts,
        told=told,
        details=_details(order_id, lines, words),
    )


def payment_row(
    center_id: int,
    order_id: int,
    actor: Actor,
    at: Any,
    tender: str,
    micros: int,
    transfer_id: int,
    given_micros: int = 0,
) -> dict[str, Any]:
    """A row of order_payments."""
    return {
        "center_id": center_id,
        "order_id": order_id,
        "at": at,
        "tender": tender,
        "amount_micros": micros,
        "given_micros": given_micros,
        "transfer_id": transfer_id,
        "staff_id": actor.staff_id,
    }


def check_text(errors: dict[str, str], field: str, text: str, *, is_needed: bool = False) -> None:
    """Note what is wrong with a text that people typed."""
    if len(text) > COMMENT_CHARS_MAX:
        errors[field] = say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)
    elif is_needed and not text:
        errors[field] = say("is required")


def must_have_reason(actor: Actor, reason: str) -> None:
    """A person says why; a program need not. Raises InvalidInput of `reason`."""
    errors: dict[str, str] = {}
    check_text(errors, "reason", reason, is_needed=actor.kind == "staff")
    if errors:
        raise InvalidInput(errors)


def _details(order_id: int, lines: Sequence[Line], words: str) -> str:
    goods = ", ".join(f"{line.quantity} x {line.name}" for line in lines)
    text = f"#{order_id}: {goods}"
    if len(text) > _DETAILS_CHARS_MAX:
        text = text[: _DETAILS_CHARS_MAX - 1] + "…"
    return f"{text}. {words}" if words else text
