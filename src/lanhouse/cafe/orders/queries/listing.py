"""Orders as lists show them: by status, customer or day, newest first."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.orders.queries import IS_OWED, count_pending, orders_of
from lanhouse.cafe.orders.schemas import Order
from lanhouse.cafe.orders.tables import orders
from lanhouse.db.cursors import Cursor
from lanhouse.db.listing import Column, Listing, Wanted, by
from lanhouse.db.store import Read


class OrdersWanted(Wanted, frozen=True, kw_only=True):
    """Orders of a centre; only of a status, a customer or a time, if these are given."""

    center_id: int
    status: str = ""
    member_id: int | None = None
    is_owed: bool = False
    """Only what somebody still has to pay."""
    start_at: datetime | None = None
    end_at: datetime | None = None


class OrderPart(msgspec.Struct, frozen=True):
    """Some orders, and where the next ones begin; None at the end."""

    orders: list[Order]
    after: Cursor | None


class OrderPage(msgspec.Struct, frozen=True):
    """A page of orders, how many there are in all, and how many of the centre are pending."""

    total: int
    orders: list[Order]
    pending: int


def _conditions(wanted: OrdersWanted) -> list[sa.ColumnElement[bool]]:
    found = [orders.c.center_id == wanted.center_id]
    if wanted.status:
        found.append(orders.c.status == wanted.status)
    if wanted.member_id is not None:
        found.append(orders.c.member_id == wanted.member_id)
    if wanted.is_owed:
        found.append(IS_OWED)
    if wanted.start_at is not None:
        found.append(orders.c.at >= wanted.start_at)
    if wanted.end_at is not None:
        found.append(orders.c.at < wanted.end_at)
    return found


ORDER_LIST: Listing[OrdersWanted] = Listing(
    orders.c.id,
    # For a range of time: by number, all that came since would be walked first.
    Column("at", by(orders.c.at)),
    conditions=_conditions,
    usual=by(orders.c.id),
)
"""Orders, newest first."""


def orders_page(read: Read, wanted: OrdersWanted, page: int, per_page: int) -> OrderPage:
    """A page of orders with their lines and payments."""
    found = ORDER_LIST.page(read, wanted, page, per_page)
    pending = count_pending(read, wanted.center_id)
    return OrderPage(found.total, orders_of(read, found.rows), pending)


def orders_part(read: Read, wanted: OrdersWanted, after: Cursor | None, rows_max: int) -> OrderPart:
    """The next orders behind a cursor, None at first, with their lines and payments."""
    found = ORDER_LIST.part(read, wanted, after, rows_max)
    return OrderPart(orders_of(read, found.rows), found.after)
