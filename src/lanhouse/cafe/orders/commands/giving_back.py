"""Goods and money that go back: by the way they came (decision 0078)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import OrderChanged
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.money.movements import Movement, account_of, move_many
from lanhouse.cafe.money.tenders import BALANCE
from lanhouse.cafe.offers.commands.refunding import keep_refund, locked_refund, refund_movement
from lanhouse.cafe.offers.plans import RefundPlan
from lanhouse.cafe.orders.commands.base import (
    BACK,
    PAY,
    REFUNDED,
    lock_order,
    movement_of,
    must_have_reason,
    payment_row,
)
from lanhouse.cafe.orders.commands.packages import book_backs
from lanhouse.cafe.orders.errors import WrongStatus
from lanhouse.cafe.orders.plans import amounts_of
from lanhouse.cafe.orders.plans.backs import plan_back
from lanhouse.cafe.orders.rules import Back, Part, told_back
from lanhouse.cafe.orders.schemas import COIN, Line, Order, Status
from lanhouse.cafe.products.commands.stock import GoodsMove, give_back_stock
from lanhouse.cafe.products.schemas import StockLine
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.said import say

NOTHING_SHOWN: Mapping[int, int] = MappingProxyType({})


class RefundOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Give back what was sold: `pieces` by number of the line, None for all that is left."""

    center: Center
    actor: Actor
    order_id: int
    pieces: Mapping[int, int] | None = None
    reason: str = ""
    returns_goods: bool = True
    """Whether the goods go back on the shelf; what was opened does not."""
    shown: Mapping[int, int] = NOTHING_SHOWN
    """What was shown to go back for a package, by number of its line: what is shown is what is
    given (decision 0042)."""


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

    What was paid in several ways goes back as a whole only (cafe-domain 10). Of a package goes back
    what its own rules give. Raises OrderNotFound, WrongStatus, Forbidden, InvalidInput of `reason`
    or `lines`, MemberNotFound where a balance is gone, Refused for a package that is not taken
    back, NeedsShift.
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
        *(tx, cmd.center, cmd.actor, order, pieces, cmd.reason),
        returns_goods=cmd.returns_goods,
        shown=cmd.shown,
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
    shown: Mapping[int, int] = NOTHING_SHOWN,
) -> Refunded:
    """Take goods of a locked order back into stock, and pay back what was paid for them."""
    wanted = pieces
    if wanted is None:
        wanted = {line.number: line.left for line in order.lines if line.left}
    if not wanted:
        raise InvalidInput({"lines": say("is required")})
    plan = plan_back(
        *(order, wanted, center.currency),
        lambda line: _package_back(tx, center, line, shown.get(line.number)),
    )
    packages = list(plan.packages.values())
    total, coin = sum(plan.goods_ways.values()), plan.goods_coin_micros
    to_account = BALANCE in plan.goods_ways or coin or any(e.to_account_micros for e in packages)
    if to_account and not account_of(tx, center.id, order.member_id)[0]:
        raise MemberNotFound
    tx.run_many(BACK, [_back_row(order, back) for back in plan.goods])
    if total or coin:
        tx.run(REFUNDED, order=order.id, more=total, more_coin=coin)
    tx.tell(OrderChanged(center.id, order.id))
    if returns_goods and plan.goods:
        items = {line.number: line.item_id for line in order.lines}
        goods = [StockLine(items[back.number], back.quantity) for back in plan.goods]
        give_back_stock(tx, GoodsMove(center=center, actor=actor, order_id=order.id, lines=goods))
    if order.paid_at is not None:
        goods_back = _goods_back(
            *(tx, center, actor, order, plan.goods, plan.goods_ways, reason),
            returns_goods=returns_goods,
        )
        told = {**plan.goods_ways, COIN: coin}
        _move_back(tx, center, actor, order, packages, goods_back, told, reason)
    return Refunded(order.id, plan.by_tender, plan.coin_micros)


def _package_back(tx: Tx, center: Center, line: Line, shown_micros: int | None) -> RefundPlan:
    """What giving the package of a line back comes to; a refusal says which package it is."""
    assert line.member_offer_id is not None, "every line of a package names it"
    try:
        return locked_refund(tx, center, line.member_offer_id, shown_micros=shown_micros)
    except Refused as refused:
        raise Refused(say("%(name)s: %(reason)s", name=line.name, reason=refused.said)) from None


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


def _goods_back(
    tx: Tx,
    center: Center,
    actor: Actor,
    order: Order,
    backs: Sequence[Back],
    ways: Mapping[str, int],
    reason: str,
    *,
    returns_goods: bool,
) -> list[Movement]:
    """One movement for all of the goods; none where none come back."""
    if not backs:
        return []
    account, group_id = account_of(tx, center.id, order.member_id)
    tax = sum(back.tax_micros for back in backs)
    lines = _lines_back(order, backs)
    amounts = amounts_of(
        center,
        order.member_id,
        [Part(tender, -micros, 0) for tender, micros in ways.items()],
        net_micros=tax - sum(ways.values()),
        tax_micros=-tax,
        coin_micros=-sum(back.coin_micros for back in backs),
    )
    return [
        movement_of(
            *(center, actor, order.id, (order.member_id, account, group_id), order.pc_name),
            *(lines, amounts),
            kind="order_refund",
            told=told_back(order.lines, backs, center.currency, returns_goods=returns_goods),
            words=f"Comment: {reason}" if reason else "Refund",
        )
    ]


def _move_back(
    tx: Tx,
    center: Center,
    actor: Actor,
    order: Order,
    packages: Sequence[RefundPlan],
    goods_back: Sequence[Movement],
    told: Mapping[str, int],
    reason: str,
) -> None:
    """All of it in one pass: each package's own refund, and that of the goods (`told`: by what)."""
    movements = [*(refund_movement(center, actor, each) for each in packages), *goods_back]
    moved = [each.transfer_id for each in move_many(tx, movements)]
    for plan, transfer_id in zip(packages, moved, strict=False):
        keep_refund(tx, center, actor, plan, transfer_id, reason)
    book_backs(tx, center.id, [each.package.member_offer_id for each in packages], actor.staff_id)
    rows: list[dict[str, Any]] = []
    for tender, micros in told.items():
        if micros:
            transfer_id = moved[-1]
            assert transfer_id is not None, "money was moved"
            rows.append(
                payment_row(center.id, order.id, actor, tx.now, tender, -micros, transfer_id)
            )
    tx.run_many(PAY, rows)


def _lines_back(order: Order, backs: Sequence[Back]) -> list[Any]:
    quantities = {back.number: back.quantity for back in backs}
    return [
        msgspec.structs.replace(line, quantity=quantities[line.number])
        for line in order.lines
        if line.number in quantities
    ]
