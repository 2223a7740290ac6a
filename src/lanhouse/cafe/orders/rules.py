"""Decisions about orders on plain values: who may buy what, what it comes to, what goes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from lanhouse.cafe.members.rules import age_of
from lanhouse.cafe.money.schemas import Told
from lanhouse.cafe.money.taxes import GOODS_TAXES, Tax, line_total
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.orders.schemas import COIN, Customer, Goods, Line, Source, Tendered
from lanhouse.cafe.products.schemas import GroupPayments
from lanhouse.cafe.products.schemas import Source as ItemSource
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.money import MICROS, half_up, unit_micros
from lanhouse.kit.said import say

QUANTITY_MAX = 10_000
LINES_MAX = 100
TENDERS_MAX = 4
DISCOUNT_MAX = 10_000
"""Hundredths of a percent: all of it."""
_CENT = MICROS // 100
_WIRE_PAYMENT = {"card": "credit_card"}
"""A tender -> what product groups call it."""


def is_adult(birthday: str, today: date, adult_age: int) -> bool | None:
    """Whether somebody is as old as adults are (setting minors_adult_age); None when nobody
    knows."""
    age = age_of(birthday, today)
    return None if age is None else age >= adult_age


def check_goods(
    goods: Goods,
    customer: Customer,
    *,
    source: Source,
    pc_group_id: int | None,
    today: date,
    adult_age: int,
    is_age_checked: bool,
) -> None:
    """Refuse what is not sold now, here, or to this customer (cafe-domain 10).

    A seat sells to adults only to whom the birthday says so; a person at the desk looks at the
    customer and says that (`is_age_checked`), and an API key's program has its own desk.
    """
    if not goods.is_sold_now:
        raise Refused(say("%(name)s is not sold now", name=goods.name))
    if source == Source.SEAT and not goods.is_sold_at_seats:
        raise Refused(say("%(name)s is sold at the desk only", name=goods.name))
    if goods.member_group_ids and customer.group_id not in goods.member_group_ids:
        raise Refused(say("%(name)s is not for this customer’s group", name=goods.name))
    if goods.pc_group_ids and pc_group_id is not None and pc_group_id not in goods.pc_group_ids:
        raise Refused(say("%(name)s is not sold at this PC", name=goods.name))
    if not goods.is_adults_only:
        return
    adult = is_adult(customer.birthday, today, adult_age)
    if adult is False or (adult is None and source == Source.SEAT):
        raise Refused(say("%(name)s is for adults only", name=goods.name))
    if adult is None and source == Source.DESK and not is_age_checked:
        raise InvalidInput({"is_age_checked": say("%(name)s is for adults only", name=goods.name)})


def check_package(values: OfferValues, source: Source) -> None:
    """Refuse a package that players may not buy at their seats; all else its own sale decides."""
    if source == Source.SEAT and not values.is_sold_at_seats:
        raise Refused(say("%(name)s is sold at the desk only", name=values.name))


def check_packages_payment(
    packages: int,
    customer: Customer,
    *,
    tenders: int,
    payment: str,
    discount: int,
    is_shown: bool,
) -> None:
    """Refuse what cannot be where packages are bought: nobody who owns them, paying afterwards,
    several tenders, of which one package knows only one, and a `discount` by hand on them alone.

    Raises InvalidInput of `member_id`, `payment`, `tendered` or `discount`; without packages never.
    """
    if not packages:
        return
    errors: dict[str, str] = {}
    if not customer.member_id and not is_shown:
        errors["member_id"] = say("is required: a package belongs to somebody")
    if payment:
        errors["payment"] = say("is paying afterwards, but a package is paid when it is sold")
    if tenders > 1:
        errors["tendered"] = say("can be only one: a package goes back the way it was paid")
    if discount:
        errors["discount"] = say("is for goods: a package has the discount of the member’s group")
    if errors:
        raise InvalidInput(errors)


def check_payment(
    goods: Goods, payments: GroupPayments, customer: Customer, tenders: Sequence[str]
) -> None:
    """Refuse a tender that the product's group does not take from this customer.

    Raises InvalidInput of `tendered`. Coins pay for what has a price in coins.
    """
    allowed = payments.member if customer.is_member else payments.guest
    for tender in tenders:
        if tender == COIN:
            is_taken = goods.coin_price_micros > 0
        else:
            is_taken = _WIRE_PAYMENT.get(tender, tender) in allowed
        if not is_taken:
            reason = say("%(name)s cannot be paid this way", name=goods.name)
            raise InvalidInput({"tendered": reason})


def shares_of(micros: int, weights: Sequence[int], step_micros: int) -> list[int]:
    """An amount shared by `weights` in whole steps, rounded down; the last part gets what is left.

    Parts that all weigh nothing get the same.
    """
    total = sum(weights)
    by = weights if total else [1] * len(weights)
    most = total or len(by)
    shares = [micros * weight // (most * step_micros) * step_micros for weight in by[:-1]]
    return [*shares, micros - sum(shares)]


def line_of(
    number: int,
    goods: Goods,
    quantity: int,
    tax: Tax,
    discount: int,
    *,
    currency: str,
    by_coin: bool,
) -> Line:
    """A line of an order: `discount` is in hundredths of a percent; coins know no tax."""
    if by_coin:
        net = taxed = 0
    else:
        total = line_total(goods.price_micros, quantity, tax, discount, currency)
        net, taxed = total.net_micros, total.tax_micros
    return Line(
        number=number,
        source=ItemSource.PRODUCT,
        item_id=goods.id,
        name=goods.name,
        quantity=quantity,
        price_micros=goods.price_micros,
        coin_price_micros=goods.coin_price_micros,
        cost_micros=goods.cost_micros,
        tax_id=goods.tax_id,
        tax_rate_micros=tax.rate_micros,
        is_tax_included=tax.is_included,
        discount=0 if by_coin else discount,
        net_micros=net,
        tax_micros=taxed,
        coin_micros=goods.coin_price_micros * quantity if by_coin else 0,
    )


def discount_of(goods: Goods, customer: Customer, by_hand: int) -> int:
    """What is taken off a price: that of the member's group or the one by hand, whichever is more.

    They are never added up: nobody could say any more what a percent is of.
    """
    of_group = customer.discount if goods.allows_discount else 0
    return max(of_group, by_hand)


class Part(NamedTuple):
    """A part of a payment: its tender, its amount, and the cash that was handed over (or 0)."""

    tender: str
    micros: int
    given_micros: int


def parts_of(total_micros: int, tendered: Sequence[Tendered], *, may_mix: bool) -> tuple[Part, ...]:
    """How a total is paid, exactly: the one tender without an amount takes what the others leave.

    Raises InvalidInput of `tendered` or `given`. `may_mix` is the setting payment_method_mixed.
    """
    names = [each.tender for each in tendered]
    open_ones = [each for each in tendered if each.micros is None]
    if not 1 <= len(names) <= TENDERS_MAX or len(set(names)) < len(names) or len(open_ones) > 1:
        raise InvalidInput({"tendered": say("must name each way to pay once")})
    if len(names) > 1 and not may_mix:
        raise InvalidInput(
            {"tendered": say("can be only one: paying in several ways is switched off")}
        )
    named = sum(each.micros for each in tendered if each.micros is not None)
    left = total_micros - named
    if left < 0 or (left and not open_ones):
        raise InvalidInput({"tendered": say("must come to the total of the order")})
    parts: list[Part] = []
    for each in tendered:
        micros = left if each.micros is None else each.micros
        if micros < 0 or (micros == 0 and len(tendered) > 1):
            raise InvalidInput({"tendered": say("must have an amount for each way to pay")})
        if each.given_micros and (each.tender != "cash" or each.given_micros < micros):
            raise InvalidInput({"given_micros": say("must be at least what is paid in cash")})
        parts.append(Part(each.tender, micros, each.given_micros))
    return tuple(parts)


def told_of(lines: Sequence[Line], by_hand: int, currency: str) -> Told:
    """What the log tells of goods that are sold; `by_hand` is the order's discount, in hundredths
    of a percent.

    A line with exactly that discount has it by hand, whatever the member's group would have had.
    """
    discounts = [(line.discount == by_hand, _taken_off(line, currency)) for line in lines]
    return Told(
        goods_cost_micros=sum([line.cost_of(line.quantity, currency) for line in lines]),
        discount_micros=sum([micros for _, micros in discounts]),
        by_hand_micros=sum([micros for is_by_hand, micros in discounts if is_by_hand]),
        **_by_slot([(line.tax_id, line.tax_micros) for line in lines]),
    )


def _taken_off(line: Line, currency: str) -> int:
    """What a line would have come to more without its discount; coins know none."""
    if not line.discount:
        return 0
    tax = Tax("", line.tax_rate_micros, line.is_tax_included)
    full = line_total(line.price_micros, line.quantity, tax, 0, currency)
    return full.total_micros - line.total_micros


def _by_slot(taxes: Sequence[tuple[int, int]]) -> dict[str, int]:
    """Tax by the fields of Told, of (slot, micros); a slot of none has no tax."""
    return {
        f"tax{slot}_micros": sum([micros for tax_id, micros in taxes if tax_id == slot])
        for slot in GOODS_TAXES
    }


class Back(NamedTuple):
    """What goes back of one line: pieces, and the amounts for them."""

    number: int
    quantity: int
    net_micros: int
    tax_micros: int
    coin_micros: int

    @property
    def total_micros(self) -> int:
        """The money of it."""
        return self.net_micros + self.tax_micros


def told_back(
    lines: Sequence[Line], backs: Sequence[Back], currency: str, *, returns_goods: bool
) -> Told:
    """What the log tells of goods that go back. What is thrown away has cost the house all the
    same."""
    by_number = {line.number: line for line in lines}
    pairs = [(by_number[back.number], back) for back in backs]
    cost = sum([line.cost_of(back.quantity, currency) for line, back in pairs])
    return Told(
        goods_cost_micros=-cost if returns_goods else 0,
        **_by_slot([(line.tax_id, -back.tax_micros) for line, back in pairs]),
    )


def backs_of(lines: Sequence[Line], wanted: Mapping[int, int], currency: str) -> list[Back]:
    """What goes back for so many pieces by number of the line.

    Each line is taken back in proportion to its pieces, rounded half-up to what is paid in the
    currency, so that the last piece brings exactly what is left of it. Raises InvalidInput of
    `lines`.
    """
    by_number = {line.number: line for line in lines}
    unit = unit_micros(currency)
    backs: list[Back] = []
    for number, quantity in wanted.items():
        line = by_number.get(number)
        if line is None or not 1 <= quantity <= line.left:
            raise InvalidInput({"lines": say("must be pieces that were not given back yet")})
        gone = line.refunded_quantity + quantity
        total = _share(line.total_micros, gone, line.quantity, unit)
        tax = _share(line.tax_micros, gone, line.quantity, unit)
        coin = _share(line.coin_micros, gone, line.quantity, _CENT)
        was_total = line.refunded_net_micros + line.refunded_tax_micros
        backs.append(
            Back(
                number,
                quantity,
                total - tax - line.refunded_net_micros,
                tax - line.refunded_tax_micros,
                coin - line.refunded_coin_micros,
            )
        )
        assert backs[-1].total_micros == total - was_total
    return backs


def _share(micros: int, pieces: int, of: int, unit: int) -> int:
    """The amount for so many pieces of all, rounded half-up to cents."""
    return micros if pieces == of else half_up(micros * pieces, of * unit) * unit


def may_follow(now: str, to: str) -> bool:
    """Whether a status may come after another: goods go forward, and nothing leaves an end."""
    return (now, to) in {
        ("pending", "preparing"),
        ("pending", "done"),
        ("preparing", "done"),
        ("preparing", "pending"),
        ("pending", "cancelled"),
        ("preparing", "cancelled"),
    }


def takes_payment(
    payments: GroupPayments | None, tenders: Sequence[str], *, is_member: bool
) -> bool:
    """Whether a product's group takes all of these tenders; None: its group is gone."""
    if payments is None:
        return True
    allowed = payments.member if is_member else payments.guest
    return all(_WIRE_PAYMENT.get(tender, tender) in allowed for tender in tenders)
