"""The panel's pages of orders: the queue, the kitchen's screen, and one order with its money."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.orders.commands.giving_back import Refunded, RefundOrder, refund_order
from lanhouse.cafe.orders.commands.serving import Advance, CancelOrder, advance, cancel_order
from lanhouse.cafe.orders.errors import OrderNotFound
from lanhouse.cafe.orders.plans.backs import BackView, view_back
from lanhouse.cafe.orders.queries import (
    closed_since,
    count_pending,
    debtors_of,
    open_orders,
    order_by_id,
    tab_of,
    tabs_of,
)
from lanhouse.cafe.orders.schemas import Order, Status
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line, id_in_path, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.pages.refusals import errors_in_form, refusal_text, translated
from lanhouse.web.replies import Reply

routes = PanelRoutes("Order pages")
_FOLDER = "cafe/orders/templates"
_CLOSED_MAX = 30
_TABS_MAX = 20
_LATE_SECONDS = 300
"""An order that waits longer is shown as late."""
PAYMENTS = {
    "cash": N_("Cash"),
    "card": N_("Card"),
    "qr": N_("QR"),
    "balance": N_("Balance"),
    "coin": N_("Coins"),
    "later": N_("On the tab"),
    "seat": N_("Cash at the seat"),
    "code": N_("By QR code"),
    "mixed": N_("Several ways"),
}
STATUSES = {
    Status.PENDING: N_("Pending"),
    Status.PREPARING: N_("Being prepared"),
    Status.DONE: N_("Done"),
    Status.CANCELLED: N_("Cancelled"),
}
SOURCES = {"desk": N_("Desk"), "seat": N_("Seat"), "api": N_("API")}
_DONE = {
    "refunded": N_("Given back."),
    "cancelled": N_("The order is cancelled."),
}

Reason = Annotated[Line, Meta(max_length=COMMENT_CHARS_MAX)]


class MoveForm(msgspec.Struct):
    """Where an order goes next; `from_kitchen` comes back to the kitchen's screen."""

    to: Status = Status.DONE
    from_kitchen: bool = False
    key: str = ""


class DoneIn(msgspec.Struct):
    """What a form has just done."""

    done: str = ""


class BackForm(ShiftFirst):
    """Pieces by number of the line that come back, and why; `shown` are the micros that the page
    showed for a package."""

    pieces: Annotated[dict[str, str], means("lines")] = msgspec.field(default_factory=dict)
    shown: dict[str, int] = msgspec.field(default_factory=dict)
    reason: Reason = ""
    is_thrown_away: bool = False
    key: str = ""


class CancelForm(ShiftFirst):
    """Why an order is cancelled."""

    reason: Reason = ""
    key: str = ""


class Moved(msgspec.Struct, frozen=True):
    """Which order was moved; stored under the form's key."""

    order_id: int


@routes.get("/panel/orders", right="orders.view", summary="Orders: pending, preparing, done")
async def orders_page(call: CafeCall) -> Reply:
    """The queue, what was done today, and what is owed."""
    return await call.page(f"{_FOLDER}/orders.html", _queue_values, call)


@routes.get("/panel/orders/queue", right="orders.view", summary="The queue of orders")
async def queue(call: CafeCall) -> Reply:
    """The part of the page that lives."""
    return await call.page(f"{_FOLDER}/queue.html", _queue_values, call)


@routes.get("/panel/orders/badge", right="orders.view", summary="How many orders are pending")
async def badge(call: CafeCall) -> Reply:
    """A number for the rail; empty for none."""
    pending = await call.read(count_pending, call.center.id)
    return call.html(f"{_FOLDER}/badge.html", pending=pending)


@routes.get("/panel/orders/kitchen", right="orders.view", summary="The kitchen's screen")
async def kitchen(call: CafeCall) -> Reply:
    """What has to be made, the oldest first, to be read from two metres."""
    return await call.page(f"{_FOLDER}/kitchen.html", _dishes_values, call)


@routes.get("/panel/orders/kitchen/queue", right="orders.view", summary="What has to be made")
async def kitchen_queue(call: CafeCall) -> Reply:
    """The part of the kitchen's screen that lives."""
    return await call.page(f"{_FOLDER}/dishes.html", _dishes_values, call)


@routes.get("/panel/orders/{order_id}", right="orders.view", summary="One order")
async def one_order(call: CafeCall, data: DoneIn) -> Reply:
    """Its lines, what was paid and given back, and what can be done with it."""
    return await _order_page(call, done=data.done)


@routes.post("/panel/orders/{order_id}/move", right="orders.sell", summary="Bring an order on")
async def move(call: CafeCall, data: MoveForm) -> Reply:
    """Once per form. Who was slower gets the queue as it is, with the reason above it; cash at the
    seat is taken in a dialog of the till."""
    problem = ""
    try:
        order_id = _order_id(call)
        cmd = Advance(center=call.center, actor=call.actor, order_id=order_id, to=data.to)
        await call.do(advance, cmd, lambda done: Moved(done.id), Moved, key=data.key or None)
    except AppError as error:
        problem = refusal_text(error, call.view.language)
    if data.from_kitchen:
        return await call.page(f"{_FOLDER}/dishes.html", _dishes_values, call, problem)
    return await call.page(f"{_FOLDER}/queue.html", _queue_values, call, problem)


@routes.post("/panel/orders/{order_id}/cancel", right="orders.sell", summary="Cancel an order")
async def cancel(call: CafeCall, data: CancelForm) -> Reply:
    """Goods and money go back, or the page is shown again with the reason."""
    try:
        cmd = CancelOrder(
            center=call.center, actor=call.actor, order_id=_order_id(call), reason=data.reason
        )
        await open_first(call, data, data.key)
        await call.do(cancel_order, cmd, lambda done: Moved(done.id), Moved, key=data.key or None)
    except AppError as error:
        return await _order_page(call, error, data)
    return _to(call, "cancelled")


@routes.get("/panel/orders/{order_id}/refund", right="orders.refund", summary="What would go back")
async def refund_preview(call: CafeCall, data: BackForm) -> Reply:
    """What the typed pieces would bring back, line by line, and the sum."""
    view, problem = None, ""
    try:
        view = await call.read(
            view_back, call.center, await _order(call), _pieces(data.pieces), clock.now()
        )
    except AppError as error:
        problem = refusal_text(error, call.view.language)
    return call.html(
        f"{_FOLDER}/back.html",
        back_view=view,
        back_reasons=_reasons(call, view),
        back_problem=problem or _problem(call, view),
    )


@routes.post("/panel/orders/{order_id}/refund", right="orders.refund", summary="Give back")
async def refund(call: CafeCall, data: BackForm) -> Reply:
    """By the tender that it came by, or the page is shown again with the reason."""
    try:
        cmd = RefundOrder(
            center=call.center,
            actor=call.actor,
            order_id=_order_id(call),
            pieces=_pieces(data.pieces),
            reason=data.reason,
            returns_goods=not data.is_thrown_away,
            shown={int(n): micros for n, micros in data.shown.items() if n.isdecimal()},
        )
        await open_first(call, data, data.key)
        await call.do(refund_order, cmd, _refunded, Moved, key=data.key or None)
    except AppError as error:
        return await _order_page(call, error, data)
    return _to(call, "refunded")


def _refunded(done: Refunded) -> Moved:
    return Moved(done.order_id)


def _to(call: CafeCall, done: str) -> Reply:
    return Reply().with_header("hx-redirect", f"/panel/orders/{_order_id(call)}?done={done}")


def _pieces(typed: dict[str, str]) -> dict[int, int]:
    """Pieces by number of the line; fields that were left empty count for none."""
    found: dict[int, int] = {}
    for number, text in typed.items():
        digits = text.strip() or "0"
        if not all(
            each.isascii() and each.isdigit() and len(each) <= 6 for each in (number, digits)
        ):
            raise InvalidInput({"pieces": say("must be whole numbers")})
        if int(digits):
            found[int(number)] = int(digits)
    if not found:
        raise InvalidInput({"pieces": say("is required")})
    return found


def _queue_values(read: Read, call: CafeCall, problem: str = "") -> dict[str, Any]:
    now = clock.now()
    zone = call.center.zone
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    debtors = debtors_of(read, call.center.id)
    tabs = tabs_of(read, call.center.id, debtors[:_TABS_MAX])
    if 0 in debtors:
        # Who has no account has no tab: each order by itself.
        tabs += [[order] for order in tab_of(read, call.center.id, 0)[:_TABS_MAX]]
    served = ([order for order in tab if not order.is_open] for tab in tabs)
    return {
        **_dishes_values(read, call, problem),
        "closed": closed_since(read, call.center.id, midnight, _CLOSED_MAX),
        "tabs": [tab for tab in served if tab],
        "tabs_count": len(debtors),
        "payments": PAYMENTS,
    }


def _dishes_values(read: Read, call: CafeCall, problem: str = "") -> dict[str, Any]:
    """What has to be made and brought; who paid is nothing to the kitchen."""
    found = open_orders(read, call.center.id)
    return {
        "pending": [order for order in found if order.status == Status.PENDING],
        "preparing": [order for order in found if order.status == Status.PREPARING],
        "prepares": call.center.settings.shop.shop_preparing_button,
        "late_seconds": _LATE_SECONDS,
        "problem": problem,
    }


async def _order(call: CafeCall) -> Order:
    found = await call.read(order_by_id, call.center.id, _order_id(call))
    if found is None:
        raise OrderNotFound
    return found


async def _order_page(
    call: CafeCall,
    error: AppError | None = None,
    form: BackForm | CancelForm | None = None,
    *,
    done: str = "",
) -> Reply:
    order = await _order(call)
    told = None if isinstance(error, NeedsShift) else error
    fields = ("pieces", "reason", "lines", *SHIFT_FIELDS)
    errors, problem = errors_in_form(told, call.view.language, fields)
    toast = i18n.translations(call.view.language).gettext(_DONE[done]) if done in _DONE else ""
    may_refund = (
        order.status == Status.DONE
        and order.paid_at is not None
        and not order.is_refunded
        and call.actor.may("orders.refund")
    )
    back = form if isinstance(form, BackForm) else BackForm()
    view = await call.read(_shown_back, call, order, back) if may_refund else None
    return call.html(
        f"{_FOLDER}/order.html",
        status=200 if error is None else error.status,
        order=order,
        back=back,
        back_view=view,
        back_problem=_problem(call, view),
        back_reasons=_reasons(call, view),
        cancel=form if isinstance(form, CancelForm) else CancelForm(),
        offer=await offer_of(call, error),
        may_refund=may_refund,
        may_cancel=call.actor.may("orders.sell")
        and (order.is_open or (order.is_owed and call.actor.may("orders.refund"))),
        payments=PAYMENTS,
        statuses=STATUSES,
        sources=SOURCES,
        errors=errors,
        problem=problem,
        toast=toast,
    )


def _problem(call: CafeCall, view: BackView | None) -> str:
    """Why all of it would be refused as the form stands."""
    return "" if view is None else translated(view.problem, call.view.language)


def _reasons(call: CafeCall, view: BackView | None) -> dict[int, str]:
    """Why lines cannot go back, by their number."""
    lines = [] if view is None else view.lines
    told = {each.line.number: translated(each.why_not, call.view.language) for each in lines}
    return {number: text for number, text in told.items() if text}


def _shown_back(read: Read, call: CafeCall, order: Order, form: BackForm) -> BackView:
    """What the form as it stands would bring back; at first all that is left."""
    try:
        pieces = _pieces(form.pieces)
    except InvalidInput:
        pieces = {line.number: line.left for line in order.lines}
    return view_back(read, call.center, order, pieces, clock.now())


def _order_id(call: CafeCall) -> int:
    return id_in_path(call.path["order_id"], say("Order not found"))
