"""Goods and money that go back: by the way they came (decision 0078)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import OrderChanged
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.money.movements import account_of, move
from lanhouse.cafe.money.tenders import BALANCE, CameBy, pay_back
from lanhouse.cafe.orders.commands.base import (
    PAY,
    lock_order,
    movement_of,
    must_have_reason,
    payment_row,
)
from lanhouse.cafe.orders.errors import WrongStatus
from lanhouse.cafe.orders.plans import amounts_of
from lanhouse.cafe.orders.rules import Back, Part, backs_of
from lanhouse.cafe.orders.schemas import COIN, Order, Status
from lanhouse.cafe.orders.tables import order_lines, orders
from lanhouse.cafe.products.commands.stock import GoodsMove, give_back_stock
from lanhouse.cafe.products.schemas import StockLine
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import say

_BACK = static(
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
_REFUNDED = static(
    sa.update(orders)
    .where(orders.c.id == sa.bindparam("order"))
    .values(
        refunded_micros=orders.c.refunded_micros + sa.bindparam("more"),
        refunded_coin_micros=orders.c.refunded_coin_micros + sa.bindparam("more_coin"),
    )
)


class RefundOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Give back what was sold: `pieces` by number of the line, None for all that is left."""

    center: Center
    actor: Actor
    order_id: int
    pieces: Mapping[int, int] | None = None
    reason: str = ""
    returns_goods: bool = True
    """Whether the goods go back on the shelf; what was opened does not."""


class Refunded(msgspec.Struct, frozen=True):
    """What went back, by the tender that it went by; coins apart."""

    order_id: int
    by_tender: dict[str, int]
    coin_micros: int = 0

    @property
    def total_micros(self) -> int:
        """The money of it."""
        return sum(self.by_tender.values())


def refund_order(tx: Tx, cmd: RefundOrder) -> Refunded:
    """Refund a paid order that was brought, wholly or by pieces.

    What was paid in several ways goes back as a whole only (cafe-domain 10). Raises OrderNotFound,
    WrongStatus, Forbidden, InvalidInput of `reason` or `lines`, MemberNotFound where a balance is
    gone, NeedsShift.
    """
    cmd.actor.require("orders.refund")
    must_have_reason(cmd.actor, cmd.reason)
    order = lock_order(tx, cmd.center, cmd.order_id)
    if order.status != Status.DONE or order.paid_at is None:
        raise WrongStatus(say("Order %(number)s is not done and paid.", number=order.id))
    if order.is_refunded:
        raise WrongStatus(say("Order %(number)s was given back already.", number=order.id))
    pieces = cmd.pieces
    left = {line.number: line.left for line in order.lines if line.left}
    if pieces is not None and dict(pieces) != left and len(order.tenders) > 1:
        raise InvalidInput(
            {"lines": say("must be all: what was paid in several ways goes back as a whole")}
        )
    return give_back(
        *(tx, cmd.center, cmd.actor, order, pieces, cmd.reason), returns_goods=cmd.returns_goods
    )


def give_back(
    tx: Tx,
    center: Center,
    actor: Actor,
    order: Order,
    pieces: Mapping[int, int] | None,
    reason: str,
    *,
    returns_goods: bool = True,
) -> Refunded:
    """Take goods of a locked order back into stock, and pay back what was paid for them."""
    wanted = pieces
    if wanted is None:
        wanted = {line.number: line.left for line in order.lines if line.left}
    if not wanted:
        raise InvalidInput({"lines": say("is required")})
    backs = backs_of(order.lines, wanted, center.currency)
    coin = sum(back.coin_micros for back in backs) if order.paid_at is not None else 0
    total = sum(back.total_micros for back in backs) if order.paid_at is not None else 0
    ways = _ways(order, total)
    if (BALANCE in ways or coin) and not account_of(tx, center.id, order.member_id)[0]:
        raise MemberNotFound
    tx.run_many(_BACK, [_back_row(order, back) for back in backs])
    if total or coin:
        tx.run(_REFUNDED, order=order.id, more=total, more_coin=coin)
    tx.tell(OrderChanged(center.id, order.id))
    by_number = {line.number: line for line in order.lines}
    if returns_goods:
        goods = [StockLine(by_number[back.number].item_id, back.quantity) for back in backs]
        give_back_stock(tx, GoodsMove(center=center, actor=actor, order_id=order.id, lines=goods))
    if order.paid_at is not None:
        _move_back(tx, center, actor, order, backs, ways, reason, returns_goods=returns_goods)
    return Refunded(order.id, ways, coin)


def _back_row(order: Order, back: Back) -> dict[str, Any]:
    is_paid = order.paid_at is not None
    return {
        "the_order": order.id,
        "the_number": back.number,
        "more_quantity": back.quantity,
        "more_net": back.net_micros if is_paid else 0,
        "more_tax": back.tax_micros if is_paid else 0,
        "more_coin": back.coin_micros if is_paid else 0,
    }


def _ways(order: Order, total_micros: int) -> dict[str, int]:
    """Money by the tender that it goes back by: that which it came by, newest payment first."""
    if not total_micros:
        return {}
    left: dict[str, int] = {}
    for paid in order.payments:
        if paid.tender != COIN and paid.amount_micros > 0:
            left[paid.tender] = left.get(paid.tender, 0) + paid.amount_micros
    came = [CameBy(tender, micros) for tender, micros in left.items()]
    if len(came) == 1:
        came = [CameBy(came[0].tender, total_micros)]
    return pay_back(came, total_micros).by_tender


def _move_back(
    tx: Tx,
    center: Center,
    actor: Actor,
    order: Order,
    backs: Sequence[Back],
    ways: Mapping[str, int],
    reason: str,
    *,
    returns_goods: bool,
) -> None:
    """One movement for all of it."""
    account, group_id = account_of(tx, center.id, order.member_id)
    coin = sum(back.coin_micros for back in backs)
    tax = sum(back.tax_micros for back in backs)
    lines = _lines_back(order, backs)
    # What is thrown away has cost the house all the same.
    cost = sum(line.cost_of(line.quantity) for line in lines) if returns_goods else 0
    amounts = amounts_of(
        center,
        order.member_id,
        [Part(tender, -micros, 0) for tender, micros in ways.items()],
        net_micros=tax - sum(ways.values()),
        tax_micros=-tax,
        coin_micros=-coin,
    )
    moved = move(
        tx,
        movement_of(
            *(center, actor, order.id, (order.member_id, account, group_id), order.pc_name),
            *(lines, amounts),
            kind="order_refund",
            goods_cost_micros=-cost,
            words=f"Comment: {reason}" if reason else "Refund",
        ),
    )
    told = {**ways, COIN: coin} if coin else ways
    rows: list[dict[str, Any]] = []
    for tender, micros in told.items():
        assert moved.transfer_id is not None
        rows.append(
            payment_row(center.id, order.id, actor, tx.now, tender, -micros, moved.transfer_id)
        )
    tx.run_many(PAY, rows)


def _lines_back(order: Order, backs: Sequence[Back]) -> list[Any]:
    quantities = {back.number: back.quantity for back in backs}
    return [
        msgspec.structs.replace(line, quantity=quantities[line.number])
        for line in order.lines
        if line.number in quantities
    ]
