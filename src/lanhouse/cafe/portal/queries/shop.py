"""What the portal's shop shows: what a member may order to his seat, and packages to buy."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.centers.rules import may_pay_later
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.queries import member_by_id
from lanhouse.cafe.money.tenders import BALANCE, takes
from lanhouse.cafe.offers.schemas import Offer
from lanhouse.cafe.orders.errors import OrderNotFound
from lanhouse.cafe.orders.plans import Basket, Plan, plan_order
from lanhouse.cafe.orders.queries import (
    customer_of,
    order_by_id,
    payments_of_groups,
    product_rows,
)
from lanhouse.cafe.orders.queries.shop import shop_now
from lanhouse.cafe.orders.schemas import LATER, SEAT_CASH, Items, Order, Source
from lanhouse.cafe.pcs.queries import pc_by_name
from lanhouse.cafe.products.queries import sets_among
from lanhouse.cafe.products.schemas import Product, ProductGroup
from lanhouse.cafe.sessions.queries import open_sessions_of_member
from lanhouse.db.store import Read
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say


class NoSeat(Refused):
    """Goods are brought to a seat, and the member has none."""

    def __init__(self) -> None:
        super().__init__(say("Start a session first: orders come to your seat."))


class Stall(msgspec.Struct, frozen=True):
    """A group of the shop with its goods."""

    group: ProductGroup
    products: list[Product]


class ShopPage(msgspec.Struct, frozen=True, kw_only=True):
    """What is sold to a member now; `seat` is the PC that he plays at, empty: none."""

    seat: str
    stalls: list[Stall]
    offers: list[Offer]


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What an order comes to, and how it may be paid: balance, seat (cash) or later."""

    seat: str
    plan: Plan
    payments: list[str]


def shop_page(read: Read, center: Center, member_id: int, at: datetime) -> ShopPage:
    """The goods and packages that are sold at seats, by group."""
    shop = shop_now(read, center, at)
    goods = [each for each in shop.products if each.values.is_sold_at_seats]
    stalls = [
        Stall(group, [each for each in goods if each.values.group_id == group.id])
        for group in shop.groups
    ]
    return ShopPage(
        seat=seat_of(read, center, member_id),
        stalls=[stall for stall in stalls if stall.products],
        offers=[each for each in shop.offers if each.values.is_sold_at_seats],
    )


def seat_of(read: Read, center: Center, member_id: int) -> str:
    """The PC that a member plays at; empty: none."""
    found = open_sessions_of_member(read, center.id, member_id)
    return next((each.pc_name for each in found if not each.is_further), "")


def review(read: Read, center: Center, member_id: int, items: Items, at: datetime) -> Review:
    """What these things come to for a member at his seat; packages alone need none. Raises NoSeat
    and what plan_order() raises."""
    seat = seat_of(read, center, member_id)
    member = member_by_id(read, center.id, member_id)
    pc = pc_by_name(read, center.id, seat) if seat else None
    if member is None or (pc is None and items.goods):
        raise NoSeat
    payment = center.settings.payment
    basket = Basket(
        wanted=items.goods,
        packages=items.packages,
        sets=sets_among(read, center.id, items.goods),
        source=Source.SEAT,
        pc_group_id=None if pc is None else pc.pc_group_id,
    )
    plan = plan_order(
        read,
        center,
        basket,
        customer_of(read, center, member),
        product_rows(read, center.id, items.goods),
        payments_of_groups(read, center.id),
        at,
    )
    payments = [BALANCE] if takes(center, BALANCE) else []
    if not items.packages and payment.payment_method_cash_in_client:
        payments.append(SEAT_CASH)
    if not items.packages and payment.payment_method_pay_later:
        payments += [LATER] if may_pay_later(payment, member.group_id) else []
    return Review(seat=seat, plan=plan, payments=payments)


def own_order(read: Read, center: Center, member_id: int, order_id: int) -> Order:
    """An order of the member's. Raises OrderNotFound for anybody else's."""
    order = order_by_id(read, center.id, order_id)
    if order is None or order.member_id != member_id:
        raise OrderNotFound
    return order
