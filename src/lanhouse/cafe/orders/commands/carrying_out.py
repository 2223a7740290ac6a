"""Writing orders that are planned: rows, stock, money, packages and lines, for one or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import OrderChanged, PackagesChanged
from lanhouse.cafe.money.movements import Accounts, Moved, Movement, move_each
from lanhouse.cafe.offers.commands import keep_package, sale_movement
from lanhouse.cafe.offers.plans import SalePlan
from lanhouse.cafe.orders.commands.base import PAY, movement_of, payment_row
from lanhouse.cafe.orders.plans import Plan, amounts_of
from lanhouse.cafe.orders.rules import told_of
from lanhouse.cafe.orders.schemas import MIXED, Customer, Line, Source, Status, Tendered
from lanhouse.cafe.orders.tables import order_lines, orders
from lanhouse.cafe.products.commands.shelf import Shelf, Taken, book_taken
from lanhouse.db.statements import Row, numbered, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import AppError

INSERT = numbered(orders)
_LINE = static(sa.insert(order_lines))


class PlaceOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Sell goods and packages to a member or who plays on a PC, and goods to somebody at the desk.

    `tendered` is how it is paid at once; `payment` LATER, SEAT_CASH or BY_CODE says that it is not.
    """

    center: Center
    actor: Actor
    source: Source
    wanted: Mapping[int, int]
    """Pieces by product, in the order of the ticket."""
    packages: Mapping[int, int] = {}
    """Packages by offer; they are bought at once, whatever is still to be brought."""
    tendered: Sequence[Tendered] = ()
    payment: str = ""
    status: Status = Status.DONE
    member_id: int = 0
    """0: who plays on the PC, where the order comes from a seat, goes on a tab or has a package on
    it; else nobody."""
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


def carry_out(
    tx: Tx, prepared: Sequence[Prepared], shelf: Shelf, known: Accounts | None
) -> list[Placed]:
    """Write orders of one centre and caller: rows, stock, money, packages, lines; all or none.

    Raises NeedsShift and the ledger's refusals.
    """
    center, actor = prepared[0].cmd.center, prepared[0].cmd.actor
    ids = tx.insert_many(INSERT, [_row(tx, each) for each in prepared])
    book_taken(
        *(tx, center, actor, shelf),
        [(order_id, each.taken) for order_id, each in zip(ids, prepared, strict=True)],
    )
    movements = [_movements(order_id, each) for order_id, each in zip(ids, prepared, strict=True)]
    moved = iter(move_each(tx, [each for of_order in movements for each in of_order], known))
    lines: list[dict[str, Any]] = []
    paid: list[dict[str, Any]] = []
    for order_id, each, of_order in zip(ids, prepared, movements, strict=True):
        transfer_ids = [_transfer_id(next(moved)) for _ in of_order]
        paid += _payments(tx, order_id, each, transfer_ids)
        lines += [
            {"order_id": order_id, "center_id": center.id, **msgspec.structs.asdict(line)}
            for line in _lines(tx, each, transfer_ids)
        ]
    tx.run_many(_LINE, lines)
    tx.run_many(PAY, paid)
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


def _movements(order_id: int, each: Prepared) -> list[Movement]:
    """What moves for an order: of each package its own sale, then all of the goods; nothing where
    it is not paid yet."""
    if not each.cmd.tendered:
        return []
    movements = [_sale_movement(each, sale) for sale in each.plan.sales]
    return [*movements, _goods_movement(order_id, each)] if each.plan.goods else movements


def _sale_movement(each: Prepared, sale: SalePlan) -> Movement:
    pc_name = "" if each.pc is None else each.pc.name
    return sale_movement(each.cmd.center, each.cmd.actor, sale, each.customer.member_id, pc_name)


def _goods_movement(order_id: int, each: Prepared) -> Movement:
    cmd, plan, customer = each.cmd, each.plan, each.customer
    amounts = amounts_of(
        cmd.center,
        customer.member_id,
        plan.goods_parts,
        net_micros=sum(line.net_micros for line in plan.goods),
        tax_micros=sum(line.tax_micros for line in plan.goods),
        coin_micros=sum(line.coin_micros for line in plan.goods),
    )
    words = f"Discount: {cmd.discount_reason}" if cmd.discount else ""
    holder = (customer.member_id, customer.account, customer.group_id if customer.member_id else 0)
    pc_name = "" if each.pc is None else each.pc.name
    return movement_of(
        *(cmd.center, cmd.actor, order_id, holder, pc_name, plan.goods, amounts),
        told=told_of(plan.goods, cmd.discount, cmd.center.currency),
        words=words,
    )


def _transfer_id(moved: Moved | AppError) -> int | None:
    if not isinstance(moved, Moved):
        raise moved
    return moved.transfer_id


def _lines(tx: Tx, each: Prepared, transfer_ids: Sequence[int | None]) -> Sequence[Line]:
    """The lines of an order; its packages are bought by that, and their lines name them."""
    plan, member_id, center_id = each.plan, each.customer.member_id, each.cmd.center.id
    if not plan.sales:
        return plan.lines
    # A session of his that runs takes them up by itself.
    tx.tell(PackagesChanged(center_id, member_id))
    bought = [
        keep_package(tx, center_id, member_id, sale, transfer_id)
        for sale, transfer_id in zip(plan.sales, transfer_ids, strict=False)
    ]
    packages = [
        replace(line, member_offer_id=sold.package.member_offer_id)
        for line, sold in zip(plan.lines[len(plan.goods) :], bought, strict=True)
    ]
    return [*plan.goods, *packages]


def _payments(
    tx: Tx, order_id: int, each: Prepared, transfer_ids: Sequence[int | None]
) -> list[dict[str, Any]]:
    """A row of order_payments for each part of each movement."""
    whose = (each.cmd.center.id, order_id, each.cmd.actor, tx.now)
    return [
        payment_row(*whose, part.tender, part.micros, transfer_id, part.given_micros)
        for parts, transfer_id in zip(each.plan.parts_by_movement, transfer_ids, strict=False)
        for part in parts
        if transfer_id is not None
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
