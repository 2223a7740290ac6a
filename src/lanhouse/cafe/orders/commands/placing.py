"""Placing an order: its goods leave the stock, and its money moves unless it is paid later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.rules import may_pay_later
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import OrderChanged
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.money.movements import Accounts, Moved, Movement, move_each
from lanhouse.cafe.money.tenders import BALANCE, TENDERS, must_take
from lanhouse.cafe.orders.commands.base import PAY, check_text, movement_of, payment_row
from lanhouse.cafe.orders.errors import TotalChanged
from lanhouse.cafe.orders.plans import Basket, Plan, amounts_of, must_afford, plan_order
from lanhouse.cafe.orders.queries import count_open, count_pending, customer_of, payments_of_groups
from lanhouse.cafe.orders.rules import DISCOUNT_MAX, LINES_MAX, QUANTITY_MAX
from lanhouse.cafe.orders.schemas import (
    COIN,
    LATER,
    MIXED,
    OPEN,
    SEAT_CASH,
    Customer,
    Source,
    Status,
    Tendered,
)
from lanhouse.cafe.orders.tables import order_lines, orders
from lanhouse.cafe.pcs.queries import pc_by_name
from lanhouse.cafe.products.commands.shelf import Shelf, Taken, book_taken, lock_shelf
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.statements import Row, numbered, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import MAX_ORDER
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

INSERT = numbered(orders)
_LINE = static(sa.insert(order_lines))
_PLAYER = static(
    sa.select(pc_sessions.c.member_id).where(
        pc_sessions.c.center_id == sa.bindparam("center"),
        pc_sessions.c.pc_id == sa.bindparam("pc"),
        pc_sessions.c.ended_at.is_(None),
    )
)


class PlaceOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Sell goods to a member, to who plays on a PC, or to somebody at the desk.

    `tendered` is how it is paid at once; `payment` LATER or SEAT_CASH says that it is not.
    """

    center: Center
    actor: Actor
    source: Source
    wanted: Mapping[int, int]
    """Pieces by product, in the order of the ticket."""
    tendered: Sequence[Tendered] = ()
    payment: str = ""
    status: Status = Status.DONE
    member_id: int = 0
    """0: who plays on the PC, where the order comes from a seat or goes on a tab; else nobody."""
    pc_name: str = ""
    """Where it is brought to; empty = it is handed over at the desk."""
    discount: int = 0
    """By hand, in hundredths of a percent."""
    discount_reason: str = ""
    note: str = ""
    is_age_checked: bool = False
    expected_micros: int | None = None
    """The total that was shown; another one is refused."""


class Placed(msgspec.Struct, frozen=True):
    """The order, and the stocks that changed by it."""

    order_id: int
    member_id: int
    status: Status
    payment: str
    total_micros: int
    change_micros: int
    levels: tuple[tuple[int, int], ...]
    """Product and how many are there now."""
    pending: int = 0
    """The shop's badge."""


class Prepared(msgspec.Struct, frozen=True):
    """An order that is only to be written: who pays, where it goes, its plan and its pieces."""

    cmd: PlaceOrder
    customer: Customer
    pc: Row | None
    plan: Plan
    taken: list[Taken]


def place_order(tx: Tx, cmd: PlaceOrder) -> Placed:
    """Place an order; all of it or nothing.

    Raises InvalidInput by field, Forbidden for a discount without the right, SoldOut, TotalChanged,
    BalanceTooLow, MemberNotFound, NeedsShift, and Refused for goods that are not sold now or here,
    or where MAX_ORDER orders are open.
    """
    check(cmd)
    center = cmd.center
    pc = _pc_of(tx, cmd)
    customer = _customer(tx, cmd, pc)
    if cmd.status in OPEN and count_open(tx, center.id) >= MAX_ORDER:
        raise Refused(
            say(
                "There are %(count)s orders already, which is the most a centre may have.",
                count=MAX_ORDER,
            )
        )
    shelf = lock_shelf(tx, center.id, cmd.wanted)
    prepared = prepare(tx, cmd, customer, pc, shelf, payments_of_groups(tx, center.id))
    plan = prepared.plan
    must_afford(tx, center, customer.member_id, plan.parts, plan.coin_micros, tx.now)
    placed = carry_out(tx, [prepared], shelf, None)[0]
    return replace(placed, pending=count_pending(tx, center.id))


def check(cmd: PlaceOrder) -> None:
    """Refuse what no stock and no balance could make right, and callers without the right."""
    errors: dict[str, str] = {}
    if not cmd.wanted:
        errors["wanted"] = say("is required")
    elif len(cmd.wanted) > LINES_MAX:
        errors["wanted"] = say("must have at most %(count)s entries", count=LINES_MAX)
    elif not all(1 <= quantity <= QUANTITY_MAX for quantity in cmd.wanted.values()):
        errors["wanted"] = say("must be between 1 and %(most)s pieces", most=QUANTITY_MAX)
    if not 0 <= cmd.discount <= DISCOUNT_MAX:
        errors["discount"] = say("must be between 0 and 100")
    check_text(errors, "discount_reason", cmd.discount_reason)
    check_text(errors, "note", cmd.note)
    if cmd.discount and cmd.actor.kind == "staff" and not cmd.discount_reason:
        errors["discount_reason"] = say("is required")
    if errors:
        raise InvalidInput(errors)
    if cmd.discount:
        cmd.actor.require("orders.discount")
    _check_payment(cmd)


def _check_payment(cmd: PlaceOrder) -> None:
    settings = cmd.center.settings.payment
    names = [each.tender for each in cmd.tendered]
    if bool(names) == bool(cmd.payment) or cmd.payment not in ("", LATER, SEAT_CASH):
        raise InvalidInput({"payment": say("is required")})
    for tender in names:
        if tender not in (*TENDERS, BALANCE, COIN):
            raise InvalidInput({"payment": say("must be cash, card, qr, balance or coin")})
        if tender == COIN and len(names) > 1:
            raise InvalidInput({"payment": say("cannot be coins and money at once")})
        if tender != COIN:
            must_take(cmd.center, tender)
    if cmd.payment == LATER and not settings.payment_method_pay_later:
        raise InvalidInput({"payment": say("is paying later, which is switched off")})
    if cmd.payment == SEAT_CASH and not settings.payment_method_cash_in_client:
        raise InvalidInput({"payment": say("is cash from the seat, which is switched off")})


def _pc_of(tx: Tx, cmd: PlaceOrder) -> Row | None:
    if not cmd.pc_name:
        if cmd.source == Source.SEAT:
            raise InvalidInput({"pc_name": say("is required")})
        return None
    pc = pc_by_name(tx, cmd.center.id, cmd.pc_name)
    if pc is None:
        raise InvalidInput({"pc_name": say("there is no such PC")})
    return pc


def _customer(tx: Tx, cmd: PlaceOrder, pc: Row | None) -> Customer:
    """Who pays, locked. A seat's order and a tab belong to who plays there, never to the PC: the
    next guest must not pay for the one before."""
    member_id = cmd.member_id
    needs_player = cmd.source == Source.SEAT or (cmd.payment == LATER and not member_id)
    if needs_player and pc is not None:
        player = tx.scalar(_PLAYER, center=cmd.center.id, pc=pc.id)
        if player is None or (member_id and player != member_id):
            raise Refused(say("Nobody plays at %(pc)s.", pc=pc.name))
        member_id = player
    if not member_id:
        needed = [each.tender for each in cmd.tendered if each.tender in (BALANCE, COIN)]
        if needed or cmd.payment == LATER:
            raise InvalidInput({"member_id": say("is required")})
        return Customer()
    row = lock_member(tx, cmd.center.id, member_id)
    if row is None or row.deleted_at is not None:
        raise MemberNotFound
    # Under the member's lock his session cannot end or move any more.
    if (
        needs_player
        and pc is not None
        and tx.scalar(_PLAYER, center=cmd.center.id, pc=pc.id) != member_id
    ):
        raise Refused(say("Nobody plays at %(pc)s.", pc=pc.name))
    return customer_of(tx, cmd.center.id, row)


def prepare(
    tx: Tx,
    cmd: PlaceOrder,
    customer: Customer,
    pc: Row | None,
    shelf: Shelf,
    payments: Mapping[int, Any],
) -> Prepared:
    """Plan one order on a locked shelf and take its pieces in memory; refuses without a trace.

    At a seat nobody of the staff looks on: only members of the groups that may (setting pay_later)
    pay later there.
    """
    at_seat = cmd.payment == LATER and cmd.source == Source.SEAT
    if at_seat and not may_pay_later(cmd.center.settings.payment, customer.group_id):
        raise InvalidInput({"payment": say("is paying later, which is switched off")})
    basket = Basket(
        wanted=cmd.wanted,
        source=cmd.source,
        tendered=cmd.tendered,
        payment=cmd.payment,
        discount=cmd.discount,
        pc_group_id=None if pc is None else pc.pc_group_id,
        is_age_checked=cmd.is_age_checked,
    )
    plan = plan_order(cmd.center, basket, customer, shelf.rows, payments, tx.now)
    if cmd.expected_micros not in (None, plan.total_micros):
        raise TotalChanged(plan.total_micros, format_fixed(plan.total_micros))
    return Prepared(cmd, customer, pc, plan, shelf.take(cmd.wanted))


def carry_out(
    tx: Tx, prepared: Sequence[Prepared], shelf: Shelf, known: Accounts | None
) -> list[Placed]:
    """Write orders of one centre and caller: rows, stock, then money; all or none.

    Raises NeedsShift and the ledger's refusals.
    """
    center, actor = prepared[0].cmd.center, prepared[0].cmd.actor
    ids = tx.insert_many(INSERT, [_row(tx, each) for each in prepared])
    book_taken(
        *(tx, center, actor, shelf),
        [(order_id, each.taken) for order_id, each in zip(ids, prepared, strict=True)],
    )
    tx.run_many(
        _LINE,
        [
            {"order_id": order_id, "center_id": center.id, **msgspec.structs.asdict(line)}
            for order_id, each in zip(ids, prepared, strict=True)
            for line in each.plan.lines
        ],
    )
    paying = [
        (order_id, each) for order_id, each in zip(ids, prepared, strict=True) if each.cmd.tendered
    ]
    movements = [_movement(order_id, each) for order_id, each in paying]
    rows: list[dict[str, Any]] = []
    for (order_id, each), moved in zip(paying, move_each(tx, movements, known), strict=True):
        if not isinstance(moved, Moved):
            raise moved
        if moved.transfer_id is not None:
            rows += _payments(tx, order_id, each, moved.transfer_id)
    tx.run_many(PAY, rows)
    for order_id, each in zip(ids, prepared, strict=True):
        tx.tell(OrderChanged(center.id, order_id))
        if not each.cmd.tendered:
            # What is paid stands in the log; this would stand nowhere.
            after = {"status": each.cmd.status, "total_micros": each.plan.total_micros}
            tx.audit("order", order_id, after=after)
    return [_placed(order_id, each, shelf) for order_id, each in zip(ids, prepared, strict=True)]


def _row(tx: Tx, each: Prepared) -> dict[str, Any]:
    cmd, plan, customer, pc = each.cmd, each.plan, each.customer, each.pc
    return {
        "center_id": cmd.center.id,
        "at": tx.now,
        "source": cmd.source,
        "status": cmd.status,
        "payment": _payment_of(cmd),
        "member_id": customer.member_id,
        "member_account": customer.account,
        "pc_id": None if pc is None else pc.id,
        "pc_name": "" if pc is None else pc.name,
        "total_micros": plan.total_micros,
        "tax_micros": plan.tax_micros,
        "coin_micros": plan.coin_micros,
        "discount": cmd.discount,
        "discount_reason": cmd.discount_reason,
        "paid_at": tx.now if cmd.tendered else None,
        "changed_at": tx.now,
        "changed_by_id": cmd.actor.staff_id,
        "changed_by_name": cmd.actor.staff_name,
        "reason": "",
        "refunded_micros": 0,
        "refunded_coin_micros": 0,
        "note": cmd.note,
        "staff_id": cmd.actor.staff_id,
        "staff_name": cmd.actor.staff_name,
    }


def _payment_of(cmd: PlaceOrder) -> str:
    if cmd.payment:
        return cmd.payment
    return cmd.tendered[0].tender if len(cmd.tendered) == 1 else MIXED


def _movement(order_id: int, each: Prepared) -> Movement:
    cmd, plan, customer = each.cmd, each.plan, each.customer
    amounts = amounts_of(
        cmd.center,
        customer.member_id,
        plan.parts,
        net_micros=plan.total_micros - plan.tax_micros,
        tax_micros=plan.tax_micros,
        coin_micros=plan.coin_micros,
    )
    words = f"Discount: {cmd.discount_reason}" if cmd.discount else ""
    holder = (customer.member_id, customer.account, customer.group_id if customer.member_id else 0)
    pc_name = "" if each.pc is None else each.pc.name
    return movement_of(
        *(cmd.center, cmd.actor, order_id, holder, pc_name, plan.lines, amounts),
        goods_cost_micros=sum(line.cost_of(line.quantity) for line in plan.lines),
        words=words,
    )


def _payments(tx: Tx, order_id: int, each: Prepared, transfer_id: int) -> list[dict[str, Any]]:
    cmd, plan = each.cmd, each.plan
    whose = (cmd.center.id, order_id, cmd.actor, tx.now)
    if plan.coin_micros:
        return [payment_row(*whose, COIN, plan.coin_micros, transfer_id)]
    return [
        payment_row(*whose, part.tender, part.micros, transfer_id, part.given_micros)
        for part in plan.parts
    ]


def _placed(order_id: int, each: Prepared, shelf: Shelf) -> Placed:
    return Placed(
        order_id,
        each.customer.member_id,
        each.cmd.status,
        _payment_of(each.cmd),
        each.plan.total_micros,
        sum(max(part.given_micros - part.micros, 0) for part in each.plan.parts),
        tuple((taken.product_id, shelf.left[taken.product_id]) for taken in each.taken),
    )
