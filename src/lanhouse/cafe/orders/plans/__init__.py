"""What placing an order would do: decided once for the sale, the till's preview and the batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.rules import group_ids
from lanhouse.cafe.money.movements import Amounts
from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.money.taxes import TIME_TAX, Tax, tax_of
from lanhouse.cafe.money.tenders import BALANCE
from lanhouse.cafe.offers.plans import SalePlan, Share, Spent, plan_sale
from lanhouse.cafe.offers.schemas import Place
from lanhouse.cafe.orders.plans.sets import SetPrice, packages_of, set_prices
from lanhouse.cafe.orders.rules import (
    Part,
    check_goods,
    check_package,
    check_packages_payment,
    check_payment,
    discount_of,
    line_of,
    parts_of,
)
from lanhouse.cafe.orders.schemas import (
    BY_CODE,
    COIN,
    LATER,
    SEAT_CASH,
    Customer,
    Goods,
    Line,
    Source,
    Tendered,
)
from lanhouse.cafe.pcs.queries import pc_by_name
from lanhouse.cafe.pricing.rules import Window, parse_weekdays
from lanhouse.cafe.products.schemas import EVERY_PAYMENT, GroupPayments, Sets
from lanhouse.cafe.products.schemas import Source as ItemSource
from lanhouse.cafe.sessions.plans.adding import (
    must_end_before_booking,
    must_reach,
    must_take,
    plan_add,
    with_package,
)
from lanhouse.cafe.sessions.queries import open_session_of_member
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import BalanceTooLow, NotFound, Refused
from lanhouse.kit.said import say
from lanhouse.ledger import balances, book_of_center


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to buy: pieces by product, how it is paid, and where it is brought to."""

    wanted: Mapping[int, int]
    packages: Mapping[int, int] = {}
    """Packages by offer."""
    sets: Sets = {}
    """What the combos among the products are made of that have a package in them."""
    costs: Mapping[int, int] = {}
    """What the goods in the combos among the products cost the house (decision 0143)."""
    source: Source
    tendered: Sequence[Tendered] = ()
    """Empty where it is paid later or at the seat."""
    payment: str = ""
    """LATER, SEAT_CASH, BY_CODE, or empty if paid now; empty with no tender: only shown."""
    discount: int = 0
    """By hand, in hundredths of a percent."""
    pc_group_id: int | None = None
    is_age_checked: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether nobody has said yet how it is paid."""
        return not self.tendered and not self.payment

    @property
    def is_by_coin(self) -> bool:
        """Whether it is paid in coins."""
        return [each.tender for each in self.tendered] == [COIN]


class Plan(msgspec.Struct, frozen=True):
    """The lines of an order and what they come to; `parts` is how it is paid at once.

    Behind the lines of the goods stand those of the packages, each with its sale in `sales`.
    """

    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    total_micros: int
    """The sum of the lines."""
    tax_micros: int
    """The tax in it."""
    coin_micros: int
    """Coins instead of money."""
    sales: tuple[SalePlan, ...] = ()

    @property
    def goods(self) -> tuple[Line, ...]:
        """The lines of the goods."""
        return self.lines[: len(self.lines) - len(self.sales)]

    @property
    def goods_parts(self) -> tuple[Part, ...]:
        """How the goods are paid; packages, which their own sales pay, only go with one tender."""
        if not self.sales:
            return self.parts
        goods = sum(line.total_micros for line in self.goods)
        return tuple(Part(part.tender, goods, 0) for part in self.parts)

    @property
    def parts_by_movement(self) -> list[list[Part]]:
        """What pays each package and, last, the goods. Change is given of the last that costs
        something."""
        if not self.sales:
            return [list(self.parts) or [Part(COIN, self.coin_micros, 0)]]
        goods_coins = sum(line.coin_micros for line in self.goods)
        goods = self.goods_parts or (Part(COIN, goods_coins, 0),)
        # The bonus's share of a package is part of what his account pays.
        packages = [
            Part(sale.payment, sale.coin_micros or sale.price_micros, 0) for sale in self.sales
        ]
        found = [[part] for part in packages] + ([list(goods)] if self.goods else [])
        given = self.parts[0].given_micros if self.parts else 0
        if given:
            at = max((n for n, parts in enumerate(found) if parts[0].micros), default=-1)
            others = self.parts[0].micros - found[at][0].micros
            found[at] = [found[at][0]._replace(given_micros=given - others)]
        return found

    @property
    def balance_micros(self) -> int:
        """What the balance pays of all of it; of a package the bonus may pay a part."""
        return balance_in(self.goods_parts) + sum(sale.from_balance_micros for sale in self.sales)


def _plan(lines: Sequence[Line], parts: Sequence[Part], sales: Sequence[SalePlan]) -> Plan:
    return Plan(
        tuple(lines),
        tuple(parts),
        total_micros=sum([line.net_micros + line.tax_micros for line in lines]),
        tax_micros=sum([line.tax_micros for line in lines]),
        coin_micros=sum([line.coin_micros for line in lines]),
        sales=tuple(sales),
    )


def plan_order(
    read: Read,
    center: Center,
    basket: Basket,
    customer: Customer,
    rows: Mapping[int, Row],
    payments: Mapping[int, GroupPayments],
    at: datetime,
) -> Plan:
    """What a basket comes to at `at`; `rows` are the products by id, `payments` those of groups.

    Packages cost what plan_sale() says. Asks neither for the stock nor, for goods, for the
    customer's money. Raises Refused, NotFound, InvalidInput of `tendered`, `given`, `payment`,
    `member_id`, `discount` or `is_age_checked`, and for packages what plan_sale() raises.
    """
    prices = set_prices(read, center, basket.wanted, basket.sets, rows)
    bought = list(packages_of(basket.packages, basket.wanted, prices))
    check_packages_payment(
        len(bought),
        customer,
        tenders=len(basket.tendered),
        payment=basket.payment,
        discount=0 if basket.wanted else basket.discount,
        is_shown=basket.is_shown,
    )
    by_coin = basket.is_by_coin
    goods = _goods_lines(center, basket, customer, rows, payments, at, prices)
    sales = tuple(_sales(read, center, basket, customer, goods, at, bought))
    tax = tax_of(center.settings.payment, TIME_TAX)
    packages = [
        _package_line(len(goods) + number, sale, tax) for number, sale in enumerate(sales, 1)
    ]
    lines = (*goods, *packages)
    plan = _plan(lines, (), sales)
    if not basket.tendered or by_coin:
        return plan
    may_mix = center.settings.payment.payment_method_mixed
    return replace(plan, parts=parts_of(plan.total_micros, basket.tendered, may_mix=may_mix))


def _goods_lines(
    center: Center,
    basket: Basket,
    customer: Customer,
    rows: Mapping[int, Row],
    payments: Mapping[int, GroupPayments],
    at: datetime,
    prices: Mapping[int, SetPrice],
) -> list[Line]:
    today = at.astimezone(center.zone).date()
    by_coin = basket.is_by_coin
    names = [each.tender for each in basket.tendered] or _settled_by(basket.payment)
    lines: list[Line] = []
    for number, (product_id, quantity) in enumerate(basket.wanted.items(), 1):
        row = rows.get(product_id)
        if row is None or row.deleted_at is not None:
            raise NotFound(say("Product not found"))
        goods = goods_of(row, center, at, basket.costs.get(product_id, 0))
        check_goods(
            goods,
            customer,
            source=basket.source,
            pc_group_id=basket.pc_group_id,
            today=today,
            adult_age=center.settings.member.minors_adult_age,
            is_age_checked=basket.is_age_checked,
        )
        check_payment(goods, payments.get(goods.group_id, EVERY_PAYMENT), customer, names)
        if product_id in prices:
            goods = prices[product_id].of_goods(goods)
        discount = discount_of(goods, customer, basket.discount)
        tax = tax_of(center.settings.payment, goods.tax_id)
        line = line_of(
            *(number, goods, quantity, tax, discount), currency=center.currency, by_coin=by_coin
        )
        lines.append(line)
    return lines


def _sales(
    read: Read,
    center: Center,
    basket: Basket,
    customer: Customer,
    goods: Sequence[Line],
    at: datetime,
    bought: Sequence[tuple[int, Share | None]],
) -> Iterator[SalePlan]:
    """The sale of each package, as if one were bought after the other; the goods come first,
    because the bonus cannot pay them."""
    payment = basket.tendered[0].tender if basket.tendered else "cash"
    spent = Spent(
        balance_micros=sum(line.total_micros for line in goods) if payment == BALANCE else 0,
        coin_micros=sum(line.coin_micros for line in goods),
    )
    # Who is not named yet is looked at when he is.
    place = Place(customer.group_id if customer.member_id else None, basket.pc_group_id)
    playing = _guests_session(read, center, customer, at) if bought else None
    if playing is not None:
        pc = pc_by_name(read, center.id, playing.pc_name)
        place = Place(customer.group_id, None if pc is None else pc.pc_group_id)
    for offer_id, share in bought:
        sale = plan_sale(
            *(read, center, offer_id, at),
            payment=payment,
            member_id=customer.member_id,
            place=place,
            spent=spent,
            share=share,
        )
        check_package(sale.offer.values, basket.source)
        if playing is not None:
            segments = with_package(playing, sale.package, at=at)
            playing = plan_add(read, center, playing, at, segments=segments)
            must_reach(read, center, playing, sale.package, at)
            must_end_before_booking(read, playing, [sale.package], at)
        yield sale
        spent = Spent(
            spent.balance_micros + sale.from_balance_micros,
            spent.bonus_micros + sale.from_bonus_micros,
            spent.coin_micros + sale.coin_micros,
        )


def _guests_session(read: Read, center: Center, customer: Customer, at: datetime) -> Session | None:
    """The session in which alone a guest can use a package, because his account ends with it; None
    for members. Raises Refused where none runs, or one that no package can pay for."""
    if not customer.member_id or customer.is_member:
        return None
    session = open_session_of_member(read, center.id, customer.member_id)
    if session is None or session.is_over(at):
        raise Refused(say("A package is for who plays now, or for a member."))
    must_take(session, say("an offer"))
    return session


def _package_line(number: int, sale: SalePlan, tax: Tax) -> Line:
    """The line of one package, with the `tax` of PC time as where it is sold by itself."""
    values = sale.offer.values
    return Line(
        number=number,
        source=ItemSource.OFFER,
        item_id=sale.offer.id,
        name=values.name,
        quantity=1,
        price_micros=values.price_micros,
        coin_price_micros=values.coin_price_micros,
        discount=sale.discount,
        tax_id=TIME_TAX if sale.tax_micros else 0,
        tax_rate_micros=tax.rate_micros if sale.tax_micros else 0,
        is_tax_included=tax.is_included,
        net_micros=sale.price_micros - sale.tax_micros,
        tax_micros=sale.tax_micros,
        coin_micros=sale.coin_micros,
    )


def _settled_by(payment: str) -> list[str]:
    """The tender by which product groups judge what is not paid now."""
    return {LATER: [BALANCE], SEAT_CASH: ["cash"], BY_CODE: ["qr"]}.get(payment, [])


def goods_of(row: Row, center: Center, at: datetime, parts_cost_micros: int = 0) -> Goods:
    """A row of products as the shop needs it at `at`; a combo costs what it says or its parts."""
    window = _window(row.weekdays, row.from_minute, row.to_minute)
    return Goods(
        id=row.id,
        name=row.name,
        group_id=row.group_id,
        price_micros=row.price_micros,
        cost_micros=row.cost_micros or parts_cost_micros,
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


def balance_in(parts: Sequence[Part]) -> int:
    """What of a payment is paid from a balance."""
    return sum(part.micros for part in parts if part.tender == BALANCE)


def must_afford(
    read: Read,
    center: Center,
    member_id: int,
    balance_micros: int,
    coin_micros: int,
    at: datetime,
) -> None:
    """Refuse what the member's balance or coins do not cover: BalanceTooLow (402).

    From the balance only what is not played already can be spent. The bonus buys no goods.
    """
    spendable = (
        spendable_micros(read, center, member_id, at).balance_micros if balance_micros else 0
    )
    if balance_micros > max(spendable, 0):
        raise BalanceTooLow(say("the balance is too low"))
    if coin_micros:
        held = balances(read, book_of_center(center.id), "member", member_id)
        if coin_micros > held.get((COIN, "COIN"), 0):
            raise BalanceTooLow(say("there are too few coins"))
