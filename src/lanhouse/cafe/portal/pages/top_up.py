"""Topping up by QR code: the amount, the code, and the confirmation that appears by itself.

Every step is a page of its own that works without a script; a script only asks for the newest
state, so that nobody has to.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.payments.commands import cancel_payment
from lanhouse.cafe.payments.errors import NotOffered, PaymentNotFound
from lanhouse.cafe.payments.gateways.beginning import begun, shown
from lanhouse.cafe.payments.queries import active_gateway, payment_seen_by
from lanhouse.cafe.payments.queries.gains import Gains, gains_of
from lanhouse.cafe.payments.rules import quick_sums
from lanhouse.cafe.payments.schemas import Begin, Payment, Settle, Status
from lanhouse.cafe.portal.pages import own_call
from lanhouse.cafe.portal.queries import account_page
from lanhouse.cafe.topups.rules import quoted_bonus
from lanhouse.kit import clock
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, Unauthenticated
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.money import MICROS, paid_decimals
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply, redirect

routes = PortalRoutes("Portal pages")
_FOLDER = "cafe/portal/templates"
_FIELDS = ("amount", "promo_code")


class TopUpForm(msgspec.Struct):
    """A sum of the buttons, or one that was typed, which counts if it is there."""

    amount: Annotated[Line, msgspec.Meta(max_length=30)] = ""
    quick: Annotated[Line, msgspec.Meta(max_length=30)] = ""
    promo_code: Annotated[Line, msgspec.Meta(max_length=100)] = ""
    key: Annotated[str, msgspec.Meta(max_length=100)] = ""


class State(msgspec.Struct):
    """How far a payment is, for the script of its page."""

    status: str


@routes.get("/portal/{license_name}/top-up", right="member.self", summary="Top up by QR code")
async def top_up_page(call: CafeCall) -> Reply:
    """The amount, or what is said where nobody takes payments."""
    if call.path["license_name"] != call.center.license_name:
        return redirect(f"{_home(call)}/top-up")
    return await _form(call, TopUpForm())


@routes.post("/portal/{license_name}/top-up", public=True, summary="Begin a top-up by QR code")
async def begin(call: Call, data: TopUpForm) -> Reply:
    """Go to the page of the payment, or show the form again with the reason."""
    mine = own_call(call)
    try:
        gateway = await mine.read(active_gateway, mine.center)
        if not gateway:
            raise NotOffered
        typed = data.amount.strip() or data.quick
        cmd = Begin(
            center=mine.center,
            actor=mine.actor,
            gateway=gateway,
            amount_micros=read_amount(typed, mine.center.currency, field="amount"),
            member_id=mine.actor.member_id,
            promo_code=data.promo_code.strip(),
        )
        payment = await begun(mine, cmd, key=data.key)
    except AppError as error:
        return await _form(mine, data, error)
    return redirect(f"{_home(mine)}/top-up/{payment.id}")


@routes.get(
    "/portal/{license_name}/top-up/{payment_id}", right="member.self", summary="A top-up's code"
)
async def payment_page(call: CafeCall) -> Reply:
    """The code, and whether it is paid."""
    payment = await _own(call)
    status = payment.status_at(clock.now())
    waits = status is Status.PENDING
    seen = await shown(call.store, call.center, payment) if waits else None
    gains = Gains()
    if waits:
        gains = await call.read(gains_of, call.center, payment, clock.now())
    return call.html(
        f"{_FOLDER}/portal_payment.html",
        payment=payment,
        stage=status,
        seen=seen,
        gains=gains,
        code_refused=status is Status.DONE and bool(payment.promo_code and payment.reason),
    )


@routes.get(
    "/portal/{license_name}/top-up/{payment_id}/state",
    right="member.self",
    summary="How far a top-up is",
)
async def state(call: CafeCall) -> Reply:
    """For the script of the page; JSON."""
    told = State((await _own(call)).status_at(clock.now()).value)
    reply = Reply(msgspec.json.encode(told), content_type="application/json")
    return reply.with_header("cache-control", "no-store")


@routes.post(
    "/portal/{license_name}/top-up/{payment_id}/cancel",
    public=True,
    summary="Cancel a top-up by QR code",
)
async def cancel(call: Call) -> Reply:
    """Back to its page, whatever has happened meanwhile."""
    mine = own_call(call)
    payment = await _own(mine)
    if payment.status is Status.PENDING:
        cmd = Settle(center=mine.center, actor=mine.actor, payment_id=payment.id)
        try:
            await mine.run(cancel_payment, cmd)
        except AppError:
            # It was paid in this very moment: its page says so.
            return redirect(f"{_home(mine)}/top-up/{payment.id}")
    return redirect(f"{_home(mine)}/top-up/{payment.id}")


async def _own(call: CafeCall) -> Payment:
    number = id_in_path(call.path["payment_id"], say("Order not found"))
    if call.path["license_name"] != call.center.license_name:
        raise PaymentNotFound
    return await call.read(payment_seen_by, call.center.id, number, call.actor.member_id)


async def _form(call: CafeCall, form: TopUpForm, error: AppError | None = None) -> Reply:
    now = clock.now()
    page = await call.read(account_page, call.center, call.actor.member_id, now)
    if page is None:
        raise Unauthenticated if error is None else MemberNotFound
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    least = call.center.settings.payment.mini_qr_payment_micros
    quick: list[tuple[int, int, int]] = [
        (micros // MICROS, micros, quoted_bonus(call.center, micros, now))
        for micros in quick_sums(least, paid_decimals(call.center.currency))
    ]
    values: dict[str, Any] = {"errors": errors, "problem": problem, "quick": quick}
    return call.html(
        f"{_FOLDER}/portal_top_up.html",
        status=200 if error is None else error.status,
        page=page,
        form=form,
        is_offered=bool(await call.read(active_gateway, call.center)),
        least_micros=least,
        **values,
    )


def _home(call: CafeCall) -> str:
    return f"/portal/{call.center.license_name}"
