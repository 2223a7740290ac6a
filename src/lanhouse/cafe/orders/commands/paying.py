"""Paying an order that was placed before: at the desk, from a tab, or by the player himself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import OrderChanged, PaymentConfirmed
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.money.movements import Movement, account_of, move_many
from lanhouse.cafe.money.tenders import BALANCE, TENDERS, must_take
from lanhouse.cafe.orders.commands.base import (
    PAY,
    lock_order,
    lock_orders,
    movement_of,
    payment_row,
)
from lanhouse.cafe.orders.errors import TotalChanged, WrongStatus
from lanhouse.cafe.orders.plans import amounts_of, balance_in, must_afford
from lanhouse.cafe.orders.queries import payments_of_groups, product_rows
from lanhouse.cafe.orders.rules import Part, parts_of, takes_payment, told_of
from lanhouse.cafe.orders.schemas import MIXED, Order, Status, Tendered
from lanhouse.cafe.orders.tables import orders
from lanhouse.cafe.payments.commands.confirming import note_placed
from lanhouse.cafe.payments.queries import confirmed_by
from lanhouse.cafe.payments.schemas import TENDER
from lanhouse.db.statements import static
from lanhouse.db.store import Read, Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

ORDERS_MAX = 100
_PAID = static(
    sa.update(orders)
    .where(orders.c.id == sa.bindparam("order"))
    .values(paid_at=sa.bindparam("new_paid_at"), payment=sa.bindparam("new_payment"))
)


class PayOrders(msgspec.Struct, frozen=True, kw_only=True):
    """Pay orders of one customer together: one order, or his whole tab."""

    center: Center
    actor: Actor
    order_ids: Sequence[int]
    tendered: Sequence[Tendered]
    expected_micros: int | None = None
    """The sum that was shown; another one is refused."""


class PaidOrders(msgspec.Struct, frozen=True):
    """What was paid, and the change of it."""

    order_ids: list[int]
    total_micros: int
    change_micros: int


def pay_orders(tx: Tx, cmd: PayOrders) -> PaidOrders:
    """Pay all of these orders; one that is paid or cancelled already refuses all.

    Prices stay those of when they were ordered. Raises OrderNotFound, WrongStatus, TotalChanged,
    InvalidInput by field, BalanceTooLow, MemberNotFound, NeedsShift.
    """
    center = cmd.center
    ids = sorted(set(cmd.order_ids))
    if not 1 <= len(ids) <= ORDERS_MAX:
        raise InvalidInput({"order_ids": say("must be 1 to %(most)s orders", most=ORDERS_MAX)})
    found = lock_orders(tx, center, ids)
    member_id = found[0].member_id
    if any(order.member_id != member_id for order in found) or (not member_id and len(found) > 1):
        raise InvalidInput({"order_ids": say("must be orders of one customer")})
    for order in found:
        must_be_owed(order)
    total = sum(order.total_micros for order in found)
    if cmd.expected_micros not in (None, total):
        raise TotalChanged(total, format_fixed(total))
    _check_tenders(tx, cmd, found)
    may_mix = center.settings.payment.payment_method_mixed
    parts = parts_of(total, cmd.tendered, may_mix=may_mix)
    _pay(tx, cmd.center, cmd.actor, found, parts)
    change = sum(max(part.given_micros - part.micros, 0) for part in parts)
    return PaidOrders(ids, total, change)


def take_confirmed(tx: Tx, facts: Sequence[PaymentConfirmed]) -> None:
    """Pay orders whose money has come by QR code; follows PaymentConfirmed.

    Whoever told it holds payment and order locked and found the order owed, so that nothing can
    be refused; the shift is asked for before as well. What the settings take by now is no matter:
    it is paid.
    """
    for fact in facts:
        center = center_by_id(tx, fact.center_id)
        assert center is not None
        order = lock_order(tx, center, fact.order_id)
        actor = confirmed_by(tx, center.id, fact.payment_id, fact.actor_kind)
        [transfer_id] = _pay(tx, center, actor, [order], (Part(TENDER, order.total_micros, 0),))
        note_placed(tx, fact.payment_id, transfer_id)


def _pay(
    tx: Tx, center: Center, actor: Actor, found: Sequence[Order], parts: Sequence[Part]
) -> list[int]:
    """Pay locked orders that are owed; answers the transfer of each."""
    member_id = found[0].member_id
    # Paid from here on, so that what these orders claim of the balance is free to pay for them.
    for order, its_parts in zip(found, shares_of(found, parts), strict=True):
        names = [part.tender for part in its_parts] or [parts[0].tender]
        payment = names[0] if len(names) == 1 else MIXED
        tx.run(_PAID, order=order.id, new_paid_at=tx.now, new_payment=payment)
        tx.tell(OrderChanged(center.id, order.id))
    if member_id:
        must_afford(tx, center, member_id, balance_in(parts), 0, tx.now)
    return _move(tx, center, actor, found, parts)


def must_be_owed(order: Order) -> None:
    """Refuse an order that is paid or cancelled already: WrongStatus."""
    if order.status == Status.CANCELLED:
        raise WrongStatus(say("Order %(number)s was cancelled.", number=order.id))
    if order.paid_at is not None:
        raise WrongStatus(say("Order %(number)s is paid already.", number=order.id))


def _check_tenders(tx: Tx, cmd: PayOrders, found: Sequence[Order]) -> None:
    center = cmd.center
    names = [each.tender for each in cmd.tendered]
    for tender in names:
        if tender not in (*TENDERS, BALANCE):
            raise InvalidInput({"tendered": say("must be cash, card, qr or balance")})
        must_take(center, tender)
    member_id = found[0].member_id
    account, _ = account_of(tx, center.id, member_id) if member_id else ("", -1)
    if BALANCE in names and not account:
        raise MemberNotFound
    check_groups(tx, center, found, names)


def check_groups(read: Read, center: Center, found: Sequence[Order], names: Sequence[str]) -> None:
    """Refuse tenders by which the groups of the goods of one customer's orders are not sold:
    InvalidInput of `tendered`."""
    member_id = found[0].member_id
    _, group_id = account_of(read, center.id, member_id) if member_id else ("", -1)
    groups = payments_of_groups(read, center.id)
    rows = product_rows(read, center.id, {line.item_id for order in found for line in order.lines})
    for order in found:
        for line in order.lines:
            row = rows.get(line.item_id)
            payments = None if row is None else groups.get(row.group_id)
            if not takes_payment(payments, names, is_member=bool(member_id) and group_id >= 0):
                reason = say("%(name)s cannot be paid this way", name=line.name)
                raise InvalidInput({"tendered": reason})


def shares_of(found: Sequence[Order], parts: Sequence[Part]) -> list[list[Part]]:
    """What of each part of a payment pays which order: one order after the other."""
    shares: list[list[Part]] = []
    left = [[part.tender, part.micros, part.given_micros] for part in parts]
    for order in found:
        wanted = order.total_micros
        mine: list[Part] = []
        for pot in left:
            micros = min(wanted, pot[1])
            if micros <= 0:
                continue
            pot[1] -= micros
            wanted -= micros
            # The change belongs to the order that the last coin of the tender pays.
            given = micros if pot[2] and pot[1] else pot[2]
            pot[2] = max(pot[2] - given, 0) if pot[2] else 0
            mine.append(Part(pot[0], micros, given))
        shares.append(mine)
    return shares


def _move(
    tx: Tx, center: Center, actor: Actor, found: Sequence[Order], parts: Sequence[Part]
) -> list[int]:
    movements: list[Movement] = []
    shares = shares_of(found, parts)
    for order, its_parts in zip(found, shares, strict=True):
        account, group_id = account_of(tx, center.id, order.member_id)
        amounts = amounts_of(
            center,
            order.member_id,
            its_parts,
            net_micros=order.total_micros - order.tax_micros,
            tax_micros=order.tax_micros,
            coin_micros=0,
        )
        movements.append(
            movement_of(
                center,
                actor,
                order.id,
                (order.member_id, account, group_id),
                order.pc_name,
                order.lines,
                amounts,
                told=told_of(order.lines, order.discount, center.currency),
            )
        )
    rows: list[dict[str, Any]] = []
    transfers: list[int] = []
    for order, its_parts, moved in zip(found, shares, move_many(tx, movements), strict=True):
        assert moved.transfer_id is not None
        transfers.append(moved.transfer_id)
        rows += [
            payment_row(
                *(center.id, order.id, actor, tx.now, part.tender, part.micros),
                moved.transfer_id,
                part.given_micros,
            )
            for part in its_parts
        ]
    tx.run_many(PAY, rows)
    return transfers
