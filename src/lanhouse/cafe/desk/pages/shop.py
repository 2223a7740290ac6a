"""The shop's till: tiles, the ticket beside them, and the dialog that takes the money."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.queries.members import find_members
from lanhouse.cafe.desk.queries.shop import Ticket, ticket_of, ways_to_pay
from lanhouse.cafe.desk.rules.notes import notes_for
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.orders.commands import Placed, PlaceOrder, place_order
from lanhouse.cafe.orders.commands.paying import PaidOrders, PayOrders, pay_orders
from lanhouse.cafe.orders.commands.serving import Advance, advance
from lanhouse.cafe.orders.errors import TotalChanged
from lanhouse.cafe.orders.queries import count_pending, order_by_id, tab_of
from lanhouse.cafe.orders.queries.shop import shop_now
from lanhouse.cafe.orders.rules import LINES_MAX, QUANTITY_MAX
from lanhouse.cafe.orders.schemas import (
    LATER,
    Customer,
    Items,
    Order,
    Source,
    Status,
    Tendered,
    items_of,
)
from lanhouse.cafe.products.schemas import Source as ItemSource
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.money import MICROS, parse_micros
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Shop pages")
_FOLDER = "cafe/desk/templates/shop"
_HUNDREDTH_MICROS = MICROS // 100
_FIELDS = (
    *("who", "seat", "discount", "discount_reason", "note", "received", "payment"),
    *("second_amount", "is_age_checked"),
)

Text = Annotated[Line, Meta(max_length=COMMENT_CHARS_MAX)]


class TicketForm(ShiftFirst):
    """What stands on a ticket: pieces by number of the product or `o-1` of the offer, for whom."""

    item: Annotated[dict[str, str], means("wanted")] = msgspec.field(default_factory=dict)
    who: Annotated[Text, means("member_id")] = ""
    """An account, or a PC where somebody plays."""
    seat: Annotated[Text, means("pc_name")] = ""
    """The PC to bring it to; empty = it is handed over here."""
    discount: Annotated[str, Meta(max_length=10)] = ""
    """Percent by hand."""
    discount_reason: Text = ""
    note: Text = ""


class PayForm(TicketForm):
    """How a ticket is paid, as typed."""

    payment: Annotated[str, means("payment", "tendered")] = ""
    second: str = ""
    """Another way for a part of it."""
    second_amount: str = ""
    received: Annotated[str, means("given_micros")] = ""
    is_age_checked: bool = False
    total: int = -1
    """The sum in micros that was shown; -1 = none yet."""
    key: str = ""


class TabForm(ShiftFirst):
    """Whose tab is paid, how, and the sum that was shown."""

    member_id: int = 0
    order_id: int = 0
    """Only this order of somebody; 0 = all that the member owes."""
    serves: bool = False
    """Whether that order is brought with it: cash at the seat."""
    payment: Annotated[str, means("payment", "tendered")] = ""
    received: Annotated[str, means("given_micros")] = ""
    total: int = -1
    pc: Annotated[str, Meta(max_length=50)] = ""
    """The PC that is checked out next; empty = none."""
    key: str = ""


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """What the toast tells; stored under the form's key."""

    order_id: int
    total_micros: int
    change_micros: int
    is_later: bool = False


@routes.get("/panel/shop", right="orders.sell", summary="The shop's till")
async def shop_page(call: CafeCall) -> Reply:
    """Tiles of what is sold now, and an empty ticket."""
    return await call.page(f"{_FOLDER}/shop.html", _shop_values, call)


@routes.get("/panel/shop/tiles", right="orders.sell", summary="The tiles of the till")
async def tiles(call: CafeCall) -> Reply:
    """Prices and stocks as they are now."""
    return await call.page(f"{_FOLDER}/tiles.html", _shop_values, call)


@routes.get("/panel/shop/find", right="members.view", summary="Members that match a text")
async def find(call: CafeCall, data: TicketForm) -> Reply:
    """Buttons that fill the ticket's field in."""
    found = await call.read(find_members, call.center, data.who)
    return call.html(f"{_FOLDER}/found.html", members=found)


@routes.get("/panel/shop/ticket", right="orders.sell", summary="What a ticket comes to")
async def ticket(call: CafeCall, data: TicketForm) -> Reply:
    """Its lines, tax, discount and total, or why it would not be sold."""
    try:
        items, discount = _items(data.item), _discount(data.discount)
    except InvalidInput as error:
        return _ticket(call, None, error)
    found = await call.read(ticket_of, call.center, items, data.who, discount)
    return _ticket(call, found, found.refusal)


def _ticket(call: CafeCall, found: Ticket | None, refusal: AppError | None) -> Reply:
    """The lines; a reason that is about a field beside it stands there with the field's label."""
    errors, problem = errors_in_form(refusal, call.view.language, ("who", "discount", "item"))
    return call.html(f"{_FOLDER}/ticket.html", ticket=found, problem=problem, errors=errors)


@routes.get("/panel/shop/pay", right="orders.sell", summary="Dialog: pay a ticket")
async def pay_dialog(call: CafeCall, data: PayForm) -> Reply:
    """The sum, how it is paid, and the change."""
    return await _pay_form(call, data)


@routes.post("/panel/shop/pay", right="orders.sell", summary="Sell a ticket")
async def pay(call: CafeCall, data: PayForm) -> Reply:
    """Sell it once per form, or show the form again with the reason."""
    try:
        done = await _sell(call, data)
    except AppError as error:
        return await _pay_form(call, data, error)
    return call.html(f"{_FOLDER}/sold.html", sold=done, next_pc="")


@routes.get("/panel/shop/tab", right="orders.sell", summary="Dialog: pay a tab")
async def tab_dialog(call: CafeCall, data: TabForm) -> Reply:
    """What somebody owes, and how it is paid."""
    return await _tab_form(call, data)


@routes.post("/panel/shop/tab", right="orders.sell", summary="Pay a tab")
async def pay_tab(call: CafeCall, data: TabForm) -> Reply:
    """Pay all of it once per form, or show the form again with the reason."""
    try:
        done = await _take(call, data)
    except AppError as error:
        return await _tab_form(call, data, error)
    return call.html(f"{_FOLDER}/sold.html", sold=done, is_tab=True, next_pc=data.pc)


async def _take(call: CafeCall, data: TabForm) -> Sold:
    """Take the money of a tab, or of one order that is brought with it."""
    values = await call.read(_tab_values, call, data)
    owed = values["owed"]
    given = _given(call, data.received) if data.payment == "cash" else 0
    tendered = (Tendered(data.payment, None, given),)
    paying = PayOrders(
        center=call.center,
        actor=call.actor,
        order_ids=[order.id for order in owed],
        tendered=tendered,
        expected_micros=data.total,
    )
    await open_first(call, data, data.key)
    if not data.serves:
        return await call.do(pay_orders, paying, _paid, Sold, key=data.key or None)
    serving = Advance(
        center=call.center,
        actor=call.actor,
        order_id=data.order_id,
        to=Status.DONE,
        tendered=tendered,
    )
    change = max(given - values["total_micros"], 0) if given else 0

    def served(order: Order) -> Sold:
        return Sold(order_id=order.id, total_micros=order.total_micros, change_micros=change)

    return await call.do(advance, serving, served, Sold, key=data.key or None)


def _paid(paid: PaidOrders) -> Sold:
    return Sold(
        order_id=paid.order_ids[0],
        total_micros=paid.total_micros,
        change_micros=paid.change_micros,
    )


async def _sell(call: CafeCall, data: PayForm) -> Sold:
    items, discount = _items(data.item), _discount(data.discount)
    found = await call.read(ticket_of, call.center, items, data.who, discount)
    if found.refusal is not None:
        raise found.refusal
    is_now = data.payment != LATER
    # Combos save money; what is paid in coins is what stands on the ticket.
    items = items if data.payment == "coin" else found.items
    cmd = PlaceOrder(
        center=call.center,
        actor=call.actor,
        source=Source.DESK,
        wanted=items.goods,
        packages=items.packages,
        tendered=_tendered(call, data) if is_now else [],
        payment="" if is_now else LATER,
        status=Status.PENDING if data.seat else Status.DONE,
        member_id=found.customer.member_id,
        pc_name=data.seat,
        discount=discount,
        discount_reason=data.discount_reason,
        note=data.note,
        is_age_checked=data.is_age_checked,
        expected_micros=None if data.payment == "coin" else data.total,
    )

    def shape(placed: Placed) -> Sold:
        return Sold(
            order_id=placed.order_id,
            total_micros=placed.total_micros,
            change_micros=placed.change_micros,
            is_later=not is_now,
        )

    await open_first(call, data, data.key)
    return await call.do(place_order, cmd, shape, Sold, key=data.key or None)


def _tendered(call: CafeCall, data: PayForm) -> list[Tendered]:
    given = _given(call, data.received) if data.payment == "cash" else 0
    parts = [Tendered(data.payment, None, given)]
    if data.second_amount.strip() and data.second:
        part = read_amount(data.second_amount, call.center.currency, field="second_amount")
        parts.append(Tendered(data.second, part))
    return parts


def _given(call: CafeCall, text: str) -> int:
    if not text.strip():
        return 0
    return read_amount(text, call.center.currency, field="received")


def _items(typed: dict[str, str]) -> Items:
    """What stands on a ticket; what is 0 is left out."""
    if len(typed) > LINES_MAX:
        raise InvalidInput({"item": say("must have at most %(count)s entries", count=LINES_MAX)})
    found: list[tuple[ItemSource, int, int]] = []
    for item, number in typed.items():
        if not (number.isascii() and number.isdigit() and len(number) <= len(str(QUANTITY_MAX))):
            raise InvalidInput({"item": say("must be whole numbers")})
        source = ItemSource.OFFER if item.startswith("o-") else ItemSource.PRODUCT
        item_id = item.removeprefix("o-")
        digits = item_id.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(2**53))):
            raise InvalidInput({"item": say("Product not found")})
        if int(number):
            found.append((source, int(item_id), int(number)))
    return items_of(found)


def _discount(text: str) -> int:
    """Hundredths of a percent from "12.5"; nothing typed is none."""
    if not text.strip():
        return 0
    micros = parse_micros(text.strip().rstrip("%").strip(), field="discount")
    return micros // _HUNDREDTH_MICROS


def _shop_values(read: Read, call: CafeCall) -> dict[str, Any]:
    shop = shop_now(read, call.center, clock.now())
    used = {product.values.group_id for product in shop.products}
    return {
        "shop": shop,
        "shows_decimals": call.center.settings.shop.shop_show_decimal,
        "groups": [group for group in shop.groups if group.id in used],
        "pending": count_pending(read, call.center.id),
        "may_discount": call.actor.may("orders.discount"),
    }


async def _pay_form(call: CafeCall, data: PayForm, error: AppError | None = None) -> Reply:
    found = Ticket(customer=Customer())
    try:
        items, discount = _items(data.item), _discount(data.discount)
        found = await call.read(ticket_of, call.center, items, data.who, discount)
        error = error or found.refusal
    except InvalidInput as wrong:
        items, error = Items({}, {}), error or wrong
    is_changed = isinstance(error, TotalChanged)
    told = None if is_changed or isinstance(error, NeedsShift) else error
    errors, problem = errors_in_form(told, call.view.language, (*_FIELDS, *SHIFT_FIELDS))
    ways = ways_to_pay(call.center, found)
    total_micros = 0 if found.plan is None else found.plan.total_micros
    return call.html(
        f"{_FOLDER}/pay.html",
        status=200 if error is None else error.status,
        form=data,
        items=data.item,
        ticket=found,
        total_micros=total_micros,
        ways=ways,
        chosen=data.payment if data.payment in ways else (ways[0] if ways else ""),
        may_mix=call.center.settings.payment.payment_method_mixed and not found.has_packages,
        notes=notes_for(call.center.currency, total_micros),
        errors=errors,
        problem=problem,
        is_changed=is_changed,
        offer=await offer_of(call, error),
    )


async def _tab_form(call: CafeCall, data: TabForm, error: AppError | None = None) -> Reply:
    is_changed = isinstance(error, TotalChanged)
    told = None if is_changed or isinstance(error, NeedsShift) else error
    errors, problem = errors_in_form(told, call.view.language, (*_FIELDS, *SHIFT_FIELDS))
    values = await call.read(_tab_values, call, data)
    return call.html(
        f"{_FOLDER}/tab.html",
        status=200 if error is None else error.status,
        form=data,
        errors=errors,
        problem=problem,
        is_changed=is_changed,
        offer=await offer_of(call, error),
        **values,
    )


def _tab_values(read: Read, call: CafeCall, data: TabForm) -> dict[str, Any]:
    if data.order_id:
        one = order_by_id(read, call.center.id, data.order_id)
        owed = [one] if one is not None and one.is_owed else []
    else:
        owed = tab_of(read, call.center.id, data.member_id) if data.member_id else []
    member_id = owed[0].member_id if owed else 0
    whose = Ticket(customer=Customer(member_id))
    total_micros = sum(order.total_micros for order in owed)
    ways = [way for way in ways_to_pay(call.center, whose) if way != LATER]
    return {
        "owed": owed,
        "total_micros": total_micros,
        "notes": notes_for(call.center.currency, total_micros),
        "ways": ways,
        "chosen": data.payment if data.payment in ways else (ways[0] if ways else ""),
    }
