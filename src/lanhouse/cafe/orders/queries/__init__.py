"""Finding orders with their lines and payments, and what a sale has to know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_group_by_id
from lanhouse.cafe.minors.queries import birthday_for_goods
from lanhouse.cafe.orders.schemas import (
    OPEN,
    Customer,
    Line,
    Order,
    Paid,
    Source,
    Status,
)
from lanhouse.cafe.orders.tables import order_lines, order_payments, orders
from lanhouse.cafe.products.schemas import GroupPayments
from lanhouse.cafe.products.schemas import Source as ItemSource
from lanhouse.cafe.products.tables import product_groups, products
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read

_CENTER = sa.bindparam("center")
_MINE = orders.c.center_id == _CENTER
_IS_OPEN = orders.c.status.in_([sa.literal_column(f"'{status.value}'") for status in OPEN])
IS_OWED = orders.c.paid_at.is_(None) & (
    orders.c.status != sa.literal_column(f"'{Status.CANCELLED.value}'")
)
_ORDER = static(sa.select(orders).where(_MINE, orders.c.id == sa.bindparam("order")))
_LINES = static(
    sa.select(order_lines)
    .where(among(order_lines.c.order_id, "ids"))
    .order_by(order_lines.c.order_id, order_lines.c.number)
)
_PAYMENTS = static(
    sa.select(order_payments)
    .where(among(order_payments.c.order_id, "ids"))
    .order_by(order_payments.c.order_id, order_payments.c.id)
)
_OPEN_ORDERS = static(sa.select(orders).where(_MINE, _IS_OPEN).order_by(orders.c.id))
_COUNT_OPEN = static(sa.select(sa.func.count()).select_from(orders).where(_MINE, _IS_OPEN))
_COUNT_PENDING = static(
    sa.select(sa.func.count())
    .select_from(orders)
    .where(_MINE, _IS_OPEN, orders.c.status == Status.PENDING.value)
)
_IS_SERVED = orders.c.status == sa.literal_column(f"'{Status.DONE.value}'")
_DEBTORS = static(
    sa.select(orders.c.member_id)
    .where(_MINE, IS_OWED, _IS_SERVED)
    .group_by(orders.c.member_id)
    .order_by(sa.func.max(orders.c.id).desc())
)
_OWED_BY = static(
    sa.select(orders)
    .where(_MINE, IS_OWED, orders.c.member_id == sa.bindparam("member"))
    .order_by(orders.c.id)
)
_OWED_BY_MANY = static(
    sa.select(orders)
    .where(_MINE, IS_OWED, among(orders.c.member_id, "members"))
    .order_by(orders.c.member_id, orders.c.id)
)
_SINCE = static(
    sa.select(orders)
    .where(
        _MINE,
        orders.c.at >= sa.bindparam("since", type_=orders.c.at.type),
        orders.c.status.not_in([sa.literal_column(f"'{status.value}'") for status in OPEN]),
    )
    .order_by(orders.c.at.desc(), orders.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_MOVED_BY = static(
    sa.select(orders)
    .where(
        _MINE,
        orders.c.id.in_(
            sa.select(order_payments.c.order_id).where(
                order_payments.c.center_id == sa.bindparam("center"),
                order_payments.c.transfer_id == sa.bindparam("transfer"),
            )
        ),
    )
    .order_by(orders.c.id)
)
_PAYMENTS_OF_GROUPS = static(
    sa.select(product_groups.c.id, product_groups.c.payments).where(
        product_groups.c.center_id == _CENTER
    )
)
_PRODUCTS = static(
    sa.select(products).where(products.c.center_id == _CENTER, among(products.c.id, "ids"))
)


def order_by_id(read: Read, center_id: int, order_id: int) -> Order | None:
    """The order (centre id, order id) with lines and payments, or None."""
    row = read.one(_ORDER, center=center_id, order=order_id)
    return None if row is None else orders_of(read, [row])[0]


def orders_moved_by(read: Read, center_id: int, transfer_id: int) -> list[Order]:
    """The orders that a transfer paid for, or gave money back for, in the order they came."""
    return orders_of(read, read.all(_MOVED_BY, center=center_id, transfer=transfer_id))


def orders_of(read: Read, rows: Sequence[Row]) -> list[Order]:
    """Rows of orders with their lines and payments, in two statements."""
    lines: dict[int, list[Line]] = {}
    payments: dict[int, list[Paid]] = {}
    if rows:
        ids = [row.id for row in rows]
        for row in read.all(_LINES, ids=ids):
            lines.setdefault(row.order_id, []).append(_line(row))
        for row in read.all(_PAYMENTS, ids=ids):
            payments.setdefault(row.order_id, []).append(_paid(row))
    return [_order(row, lines.get(row.id, []), payments.get(row.id, [])) for row in rows]


def open_orders(read: Read, center_id: int) -> list[Order]:
    """What still has to be brought, the oldest first (at most MAX_ORDER)."""
    return orders_of(read, read.all(_OPEN_ORDERS, center=center_id))


def count_open(read: Read, center_id: int) -> int:
    """How many orders still have to be brought."""
    return read.scalar(_COUNT_OPEN, center=center_id)


def count_pending(read: Read, center_id: int) -> int:
    """The shop's badge: how many orders nobody has begun with."""
    return read.scalar(_COUNT_PENDING, center=center_id)


def closed_since(read: Read, center_id: int, since: object, most: int) -> list[Order]:
    """Orders placed since a moment that are done or cancelled, the newest first."""
    return orders_of(read, read.all(_SINCE, center=center_id, since=since, most=most))


def debtors_of(read: Read, center_id: int) -> list[int]:
    """Members and guests who were served and still have to pay, who was served last first."""
    return [row.member_id for row in read.all(_DEBTORS, center=center_id)]


def tab_of(read: Read, center_id: int, member_id: int) -> list[Order]:
    """What a member or guest still has to pay, the oldest first."""
    return orders_of(read, read.all(_OWED_BY, center=center_id, member=member_id))


def tabs_of(read: Read, center_id: int, member_ids: Iterable[int]) -> list[list[Order]]:
    """What each of these members and guests still has to pay, the oldest first; without those who
    owe nothing. An id of 0, which is nobody, has no tab."""
    wanted = sorted({each for each in member_ids if each})
    rows = read.all(_OWED_BY_MANY, center=center_id, members=wanted) if wanted else []
    found: dict[int, list[Order]] = {}
    for order in orders_of(read, rows):
        found.setdefault(order.member_id, []).append(order)
    return list(found.values())


def payments_of_groups(read: Read, center_id: int) -> dict[int, GroupPayments]:
    """How the goods of each group may be paid."""
    rows = read.all(_PAYMENTS_OF_GROUPS, center=center_id)
    return {row.id: msgspec.convert(row.payments, GroupPayments) for row in rows}


def product_rows(read: Read, center_id: int, ids: Iterable[int]) -> dict[int, Row]:
    """Rows of products by id, without a lock: for what is only shown."""
    return {row.id: row for row in read.all(_PRODUCTS, center=center_id, ids=sorted(set(ids)))}


def customer_of(read: Read, center: Center, member: Row | None) -> Customer:
    """Who pays, from his row; None is somebody without an account."""
    if member is None:
        return Customer()
    group = member_group_by_id(read, center.id, member.group_id)
    return Customer(
        member.id,
        member.account,
        member.group_id,
        birthday_for_goods(read, center, member.id, member),
        0 if group is None else group.product_discount,
    )


def _order(row: Row, lines: Sequence[Line], payments: Sequence[Paid]) -> Order:
    return Order(
        id=row.id,
        center_id=row.center_id,
        at=row.at,
        source=Source(row.source),
        status=Status(row.status),
        payment=row.payment,
        member_id=row.member_id,
        member_account=row.member_account,
        pc_id=row.pc_id,
        pc_name=row.pc_name,
        total_micros=row.total_micros,
        tax_micros=row.tax_micros,
        coin_micros=row.coin_micros,
        discount=row.discount,
        discount_reason=row.discount_reason,
        paid_at=row.paid_at,
        changed_at=row.changed_at,
        changed_by_name=row.changed_by_name,
        reason=row.reason,
        refunded_micros=row.refunded_micros,
        refunded_coin_micros=row.refunded_coin_micros,
        note=row.note,
        staff_id=row.staff_id,
        staff_name=row.staff_name,
        lines=lines,
        payments=payments,
    )


def _line(row: Row) -> Line:
    return Line(
        number=row.number,
        source=ItemSource(row.source),
        item_id=row.item_id,
        name=row.name,
        quantity=row.quantity,
        price_micros=row.price_micros,
        coin_price_micros=row.coin_price_micros,
        cost_micros=row.cost_micros,
        tax_id=row.tax_id,
        tax_rate_micros=row.tax_rate_micros,
        is_tax_included=row.is_tax_included,
        discount=row.discount,
        net_micros=row.net_micros,
        tax_micros=row.tax_micros,
        coin_micros=row.coin_micros,
        refunded_quantity=row.refunded_quantity,
        refunded_net_micros=row.refunded_net_micros,
        refunded_tax_micros=row.refunded_tax_micros,
        refunded_coin_micros=row.refunded_coin_micros,
        member_offer_id=row.member_offer_id,
    )


def _paid(row: Row) -> Paid:
    return Paid(
        row.tender, row.amount_micros, row.given_micros, row.at, row.transfer_id, row.staff_id
    )
