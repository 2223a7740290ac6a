"""What placing an order would do: decided once for the sale, the till's preview and the batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.rules import group_ids
from lanhouse.cafe.money.movements import Amounts
from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.money.tenders import BALANCE
from lanhouse.cafe.orders.rules import (
    Part,
    check_goods,
    check_payment,
    discount_of,
    line_of,
    parts_of,
)
from lanhouse.cafe.orders.schemas import (
    COIN,
    LATER,
    SEAT_CASH,
    Customer,
    Goods,
    Line,
    Source,
    Tendered,
)
from lanhouse.cafe.pricing.rules import Window, parse_weekdays
from lanhouse.cafe.products.rules import tax_of
from lanhouse.cafe.products.schemas import EVERY_PAYMENT, GroupPayments
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import BalanceTooLow, NotFound
from lanhouse.kit.said import say
from lanhouse.ledger import balances, book_of_center


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to buy: pieces by product, how it is paid, and where it is brought to."""

    wanted: Mapping[int, int]
    source: Source
    tendered: Sequence[Tendered] = ()
    """Empty where it is paid later or at the seat."""
    payment: str = ""
    """LATER, SEAT_CASH, or empty for what is paid now; empty with no tender: it is only shown."""
    discount: int = 0
    """By hand, in hundredths of a percent."""
    pc_group_id: int | None = None
    is_age_checked: bool = False

    @property
    def is_by_coin(self) -> bool:
        """Whether it is paid in coins."""
        return [each.tender for each in self.tendered] == [COIN]


class Plan(msgspec.Struct, frozen=True):
    """The lines of an order and what they come to; `parts` is how it is paid at once."""

    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    total_micros: int
    """The sum of the lines."""
    tax_micros: int
    """The tax in it."""
    coin_micros: int
    """Coins instead of money."""


def _plan(lines: Sequence[Line], parts: Sequence[Part], total_micros: int) -> Plan:
    tax_micros = sum([line.tax_micros for line in lines])
    coin_micros = sum([line.coin_micros for line in lines])
    return Plan(tuple(lines), tuple(parts), total_micros, tax_micros, coin_micros)


def plan_order(
    center: Center,
    basket: Basket,
    customer: Customer,
    rows: Mapping[int, Row],
    payments: Mapping[int, GroupPayments],
    at: datetime,
) -> Plan:
    """What a basket comes to at `at`; `rows` are the products by id, `payments` those of groups.

    Asks neither for the stock nor for the customer's money. Raises Refused, NotFound and
    InvalidInput of `tendered`, `given` or `is_age_checked`.
    """
    today = at.astimezone(center.zone).date()
    by_coin = basket.is_by_coin
    names = [each.tender for each in basket.tendered] or _settled_by(basket.payment)
    lines: list[Line] = []
    for number, (product_id, quantity) in enumerate(basket.wanted.items(), 1):
        row = rows.get(product_id)
        if row is None or row.deleted_at is not None:
            raise NotFound(say("Product not found"))
        goods = goods_of(row, center, at)
        check_goods(
            goods,
            customer,
            source=basket.source,
            pc_group_id=basket.pc_group_id,
            today=today,
            is_age_checked=basket.is_age_checked,
        )
        check_payment(goods, payments.get(goods.group_id, EVERY_PAYMENT), customer, names)
        discount = discount_of(goods, customer, basket.discount)
        tax = tax_of(center.settings.payment, goods.tax_id)
        line = line_of(
            *(number, goods, quantity, tax, discount), currency=center.currency, by_coin=by_coin
        )
        lines.append(line)
    total = sum([line.net_micros + line.tax_micros for line in lines])
    if not basket.tendered or by_coin:
        return _plan(lines, (), total)
    may_mix = center.settings.payment.payment_method_mixed
    return _plan(lines, parts_of(total, basket.tendered, may_mix=may_mix), total)


def _settled_by(payment: str) -> list[str]:
    """The tender by which product groups judge what is not paid now."""
    return {LATER: [BALANCE], SEAT_CASH: ["cash"]}.get(payment, [])


def goods_of(row: Row, center: Center, at: datetime) -> Goods:
    """A row of products as the shop needs it at `at`."""
    window = _window(row.weekdays, row.from_minute, row.to_minute)
    return Goods(
        id=row.id,
        name=row.name,
        group_id=row.group_id,
        price_micros=row.price_micros,
        cost_micros=row.cost_micros,
        coin_price_micros=row.coin_price_micros,
        tax_id=row.tax_id,
        is_sold_now=row.is_active and (window is None or window.holds(at, center.zone)),
        pc_group_ids=group_ids(row.pc_groups),
        member_group_ids=group_ids(row.member_groups),
        allows_discount=row.allows_discount,
        is_sold_at_seats=row.is_sold_at_seats,
        is_adults_only=row.is_adults_only,
    )


@lru_cache(maxsize=1024)
def _window(weekdays: str, from_minute: int, to_minute: int) -> Window | None:
    """The hours in which something is sold; None: always."""
    window = Window(parse_weekdays(weekdays), from_minute, to_minute)
    return None if window == Window() else window


def amounts_of(
    center: Center,
    member_id: int,
    parts: Sequence[Part],
    *,
    net_micros: int,
    tax_micros: int,
    coin_micros: int,
) -> Amounts:
    """What a payment moves; with negative figures, what a refund moves back."""
    house = center.id
    amounts: dict[tuple[str, int, str], int] = {
        ("center", house, "revenue_goods"): net_micros,
        ("center", house, "tax"): tax_micros,
    }
    for part in parts:
        if part.tender == BALANCE:
            amounts["member", member_id, BALANCE] = -part.micros
        else:
            amounts["center", house, part.tender] = -part.micros
    if coin_micros:
        amounts["member", member_id, COIN] = -coin_micros
        amounts["center", house, "coin_issued"] = coin_micros
    return amounts


def must_afford(
    read: Read,
    center: Center,
    member_id: int,
    parts: Sequence[Part],
    coin_micros: int,
    at: datetime,
) -> None:
    """Refuse what the member's balance or coins do not cover: BalanceTooLow (402).

    From the balance only what is not played already can be spent. The bonus buys no goods.
    """
    wanted = sum(part.micros for part in parts if part.tender == BALANCE)
    if wanted and wanted > spendable_micros(read, center, member_id, at).balance_micros:
        raise BalanceTooLow(say("the balance is too low"))
    if coin_micros:
        held = balances(read, book_of_center(center.id), "member", member_id)
        if coin_micros > held.get((COIN, "COIN"), 0):
            raise BalanceTooLow(say("there are too few coins"))
