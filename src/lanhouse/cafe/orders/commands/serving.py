"""Where the goods of an order are: pending, being prepared, brought, or cancelled."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.orders.commands.base import check_text, lock_order, move_status, must_have_reason
from lanhouse.cafe.orders.commands.giving_back import give_back
from lanhouse.cafe.orders.commands.paying import PayOrders, pay_orders
from lanhouse.cafe.orders.errors import WrongStatus
from lanhouse.cafe.orders.rules import may_follow
from lanhouse.cafe.orders.schemas import LATER, Order, Status, Tendered
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say


class Advance(msgspec.Struct, frozen=True, kw_only=True):
    """Bring an order on: `to` preparing, done, or pending again. `tendered` pays one that is to be
    paid when it is served."""

    center: Center
    actor: Actor
    order_id: int
    to: Status
    tendered: tuple[Tendered, ...] = ()


class CancelOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that is not brought after all: goods and money go back."""

    center: Center
    actor: Actor
    order_id: int
    reason: str = ""


def advance(tx: Tx, cmd: Advance) -> Order:
    """Move an order on; answers it as it was before.

    Raises OrderNotFound, WrongStatus where somebody else was faster or nobody has paid yet, and
    what pay_orders() raises.
    """
    order = lock_order(tx, cmd.center, cmd.order_id)
    if not may_follow(order.status, cmd.to) or cmd.to == Status.CANCELLED:
        raise _was_faster(order)
    if cmd.to == Status.DONE and order.is_owed and order.payment != LATER and not cmd.tendered:
        raise WrongStatus(say("Order %(number)s is not paid yet.", number=order.id))
    move_status(tx, order, cmd.actor, cmd.to)
    if cmd.tendered:
        paying = PayOrders(
            center=cmd.center,
            actor=cmd.actor,
            order_ids=[order.id],
            tendered=cmd.tendered,
        )
        pay_orders(tx, paying)
    return order


def cancel_order(tx: Tx, cmd: CancelOrder) -> Order:
    """Cancel an order that was not brought yet, or one that stands on a tab; answers it as it was.

    Its goods go back into stock, and what was paid goes back the way it came. Raises OrderNotFound,
    WrongStatus, InvalidInput of `reason`, Forbidden for what is brought, and what a refund raises.
    """
    errors: dict[str, str] = {}
    check_text(errors, "reason", cmd.reason)
    if errors:
        raise InvalidInput(errors)
    must_have_reason(cmd.actor, cmd.reason)
    order = lock_order(tx, cmd.center, cmd.order_id)
    if order.status == Status.DONE and order.is_owed:
        # It was handed over: striking it off a tab is giving goods away.
        cmd.actor.require("orders.refund")
    elif not may_follow(order.status, Status.CANCELLED):
        raise _was_faster(order)
    move_status(tx, order, cmd.actor, Status.CANCELLED, cmd.reason)
    give_back(tx, cmd.center, cmd.actor, order, None, cmd.reason)
    return order


def _was_faster(order: Order) -> WrongStatus:
    words = {
        Status.PENDING: say("Order %(number)s is pending.", number=order.id),
        Status.PREPARING: say("Order %(number)s is being prepared already.", number=order.id),
        Status.DONE: say("Order %(number)s is done already.", number=order.id),
        Status.CANCELLED: say("Order %(number)s was cancelled.", number=order.id),
    }
    return WrongStatus(words[order.status])
