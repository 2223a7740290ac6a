"""The portal's Shop: goods to the member's seat and packages for his account.

What it comes to is shown before anything is sent; that sum, and no other, is then taken.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.money.tenders import BALANCE
from lanhouse.cafe.orders.commands import PlaceOrder, place_order
from lanhouse.cafe.orders.commands.carrying_out import Placed
from lanhouse.cafe.orders.rules import QUANTITY_MAX
from lanhouse.cafe.orders.schemas import LATER, SEAT_CASH, Items, Source, Status, Tendered
from lanhouse.cafe.orders.wire import wanted_of
from lanhouse.cafe.portal.pages import home_of, led_home, own_call
from lanhouse.cafe.portal.queries import account_page
from lanhouse.cafe.portal.queries.shop import own_order, review, shop_page
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput, Unauthenticated
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply, redirect

routes = PortalRoutes("Portal pages")
_FOLDER = "cafe/portal/templates"
_PATH = "/portal/{license_name}/shop"
_ITEMS_MAX = 2_000
_Short = Annotated[Line, msgspec.Meta(max_length=20)]


class BasketForm(msgspec.Struct, kw_only=True):
    """Things (`p-1` goods, `o-1` packages) and how many of each, side by side; 0 or empty: none."""

    item: Annotated[list[_Short], msgspec.Meta(max_length=_ITEMS_MAX)] = []
    qty: Annotated[list[_Short], msgspec.Meta(max_length=_ITEMS_MAX)] = []
    note: Annotated[Line, msgspec.Meta(max_length=200)] = ""
    payment: _Short = BALANCE
    shown: int | None = None
    """The sum that was shown, in micros."""
    key: Annotated[str, msgspec.Meta(max_length=100)] = ""


class OrderedAs(msgspec.Struct):
    """What an order answers."""

    order_id: int


@routes.get(_PATH, right="member.self", summary="Order to the seat, buy packages")
async def shop(call: CafeCall) -> Reply:
    """What is sold now."""
    return led_home(call, "shop") or await _page(call, BasketForm())


@routes.post(f"{_PATH}/review", public=True, summary="What an order comes to")
async def ask(call: Call, data: BasketForm) -> Reply:
    """Lines and sum, and how it may be paid; nothing is ordered."""
    mine = own_call(call)
    return await _review(mine, data)


@routes.post(_PATH, public=True, summary="Order")
async def order(call: Call, data: BasketForm) -> Reply:
    """Send it for the sum that was shown, and go to the order; or show it again with the reason."""
    mine = own_call(call)
    try:
        items = _items(data)
        found = await mine.read(review, mine.center, mine.actor.member_id, items, clock.now())
        if data.payment not in found.payments:
            raise InvalidInput({"payment": say("is not taken at a seat")})
        is_later = data.payment in (SEAT_CASH, LATER)
        cmd = PlaceOrder(
            center=mine.center,
            actor=mine.actor,
            source=Source.SEAT,
            wanted=items.goods,
            packages=items.packages,
            tendered=[] if is_later else [Tendered(data.payment)],
            payment=data.payment if is_later else "",
            status=Status.PENDING,
            member_id=mine.actor.member_id,
            pc_name=found.seat,
            note=data.note.strip(),
            expected_micros=data.shown,
        )
        done = await mine.do(place_order, cmd, _ordered, OrderedAs, key=data.key or None)
    except AppError as error:
        return await _review(mine, data, error)
    return redirect(f"{home_of(mine.center)}/shop/{done.order_id}")


@routes.get(f"{_PATH}/{{order_id}}", right="member.self", summary="An order of one's own")
async def order_page(call: CafeCall) -> Reply:
    """What was ordered, and how far it is."""
    home = led_home(call, "shop")
    if home is not None:
        return home
    number = id_in_path(call.path["order_id"], say("Order not found"))
    found = await call.read(own_order, call.center, call.actor.member_id, number)
    return call.html(f"{_FOLDER}/portal_order.html", order=found)


def _ordered(placed: Placed) -> OrderedAs:
    return OrderedAs(placed.order_id)


def _items(data: BasketForm) -> Items:
    """What is wanted of it. Raises InvalidInput."""
    if len(data.item) != len(data.qty):
        raise InvalidInput({"wanted": say("must have a number of pieces for each product")})
    chosen: list[tuple[str, int]] = []
    for item, text in zip(data.item, data.qty, strict=True):
        pieces = text.strip() or "0"
        if not (pieces.isascii() and pieces.isdigit()) or int(pieces) > QUANTITY_MAX:
            raise InvalidInput(
                {"wanted": say("must be between 1 and %(most)s pieces", most=QUANTITY_MAX)}
            )
        if int(pieces):
            chosen.append((item, int(pieces)))
    if not chosen:
        raise InvalidInput({"wanted": say("is required")})
    return wanted_of([item for item, _ in chosen], [number for _, number in chosen], "wanted")


async def _page(call: CafeCall, form: BasketForm, error: AppError | None = None) -> Reply:
    whose = (call.center, call.actor.member_id)
    page = await call.read(account_page, *whose, clock.now())
    if page is None:
        raise Unauthenticated
    pieces = dict(zip(form.item, form.qty, strict=False))
    return call.html(
        f"{_FOLDER}/portal_shop.html",
        status=200 if error is None else error.status,
        page=page,
        shop=await call.read(shop_page, *whose, clock.now()),
        pieces=pieces,
        problem="" if error is None else refusal_text(error, call.view.language),
    )


async def _review(call: CafeCall, data: BasketForm, error: AppError | None = None) -> Reply:
    whose = (call.center, call.actor.member_id)
    try:
        items = _items(data)
        found = await call.read(review, *whose, items, clock.now())
        page = await call.read(account_page, *whose, clock.now())
    except AppError as refused:
        return await _page(call, data, error or refused)
    if page is None:
        raise Unauthenticated
    return call.html(
        f"{_FOLDER}/portal_shop_review.html",
        status=200 if error is None else error.status,
        page=page,
        found=found,
        form=data,
        chosen=[pair for pair in zip(data.item, data.qty, strict=True) if pair[1].strip("0 ")],
        problem="" if error is None else refusal_text(error, call.view.language),
    )
