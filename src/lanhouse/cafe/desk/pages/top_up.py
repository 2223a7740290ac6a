"""The top-up dialog of the desk: money on a member's account, or back from it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec.structs import replace

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.pages.cash import must_cover, told
from lanhouse.cafe.desk.queries.members import Person, find_members, find_payees, member_meant
from lanhouse.cafe.desk.queries.unusual import NotConfirmed, bounds_of
from lanhouse.cafe.desk.rules.notes import round_sums
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.money.tenders import TENDERS, taken_at_desk, tender_named
from lanhouse.cafe.sessions.queries.quotes import cuts_of
from lanhouse.cafe.shifts.pages import FIELDS as SHIFT_FIELDS
from lanhouse.cafe.shifts.pages import offer_of, open_first
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.cafe.topups import commands
from lanhouse.cafe.topups.commands.paid_in import RIGHT as REFUND_OTHER
from lanhouse.cafe.topups.plans import Move, plan_top_up
from lanhouse.cafe.topups.queries import given_by
from lanhouse.cafe.topups.queries.quotes import bonus_quote
from lanhouse.cafe.topups.schemas import Quote, TopUp, TopUpDone
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.said import say
from lanhouse.ledger import balances, book_of_center
from lanhouse.web.pages.refusals import errors_in_form, refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Top-up pages")
_FOLDER = "cafe/desk/templates/top_up"
_FIELDS = ("member", "amount", "comment", "promo_code", "received", *SHIFT_FIELDS)
_CHIPS = (5, 10, 20, 50)


class TopUpForm(ShiftFirst):
    """The dialog's fields as they were typed."""

    out: bool = False
    """Whether money is paid out: an act of its own, never a minus sign."""

    member: Annotated[str, means("member_ids")] = ""
    amount: Annotated[str, means("value")] = ""
    payment: str = "cash"
    """How money comes in."""
    back: str = ""
    """The tender by which money goes back; empty = the way it came."""
    comment: Annotated[str, msgspec.Meta(max_length=COMMENT_CHARS_MAX)] = ""
    promo_code: Annotated[Line, msgspec.Meta(max_length=50)] = ""
    shown: int = 0
    """The id of the member whom the preview showed; 0 = none yet."""
    confirmed: int = 0
    """The sum in micros that the desk was asked about once more; 0 = none."""
    received: str = ""
    """The cash that was handed over, as it was typed; empty = exactly the amount."""
    key: str = ""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What the form would do. `found` is how many members match."""

    found: int
    is_out: bool = False
    member: Person | None = None
    balance_micros: int = 0
    bonus_micros: int = 0
    amount_micros: int | None = None
    move: Move | None = None
    """What the command would do with the amount."""
    refusal: AppError | None = None
    """Why it would do nothing."""
    cuts: list[tuple[str, datetime]] = []
    """The PCs where the member plays whose booking then ends it before the money is used up."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What the toast tells; stored under the form's key."""

    account: str
    amount_micros: int
    bonus_micros: int
    order_id: int
    coin_micros: int = 0
    back: dict[str, int] = {}


@routes.get("/panel/members/top-up", right="members.topup", summary="Dialog: top up")
async def top_up_dialog(call: CafeCall, data: TopUpForm) -> Reply:
    """The form; `member` fills in the account."""
    return await _form(call, data)


@routes.get("/panel/members/top-up/quote", right="members.topup", summary="What a top-up gives")
async def top_up_quote(call: CafeCall, data: TopUpForm) -> Reply:
    """Balance, bonus and the words for the button."""
    shown = await call.read(_preview, call.center, call.actor, data)
    refusal = shown.refusal and refusal_text(shown.refusal, call.view.language)
    return call.html(f"{_FOLDER}/preview.html", preview=shown, refusal=refusal)


@routes.post("/panel/members/top-up", right="members.topup", summary="Top up")
async def top_up(call: CafeCall, data: TopUpForm) -> Reply:
    """Do it once per form, or show the form again with the reason."""
    return await _done_or_form(call, replace(data, out=False))


@routes.get("/panel/members/pay-out", right="members.refund", summary="Dialog: pay out")
async def pay_out_dialog(call: CafeCall, data: TopUpForm) -> Reply:
    """The form that gives a member money back; `member` fills in the account."""
    return await _form(call, replace(data, out=True))


@routes.get("/panel/members/pay-out/quote", right="members.refund", summary="What goes back")
async def pay_out_quote(call: CafeCall, data: TopUpForm) -> Reply:
    """Balance, what goes back with the money and by which tender."""
    return await top_up_quote(call, replace(data, out=True))


@routes.post("/panel/members/pay-out", right="members.refund", summary="Pay out")
async def pay_out(call: CafeCall, data: TopUpForm) -> Reply:
    """Do it once per form, or show the form again with the reason."""
    return await _done_or_form(call, replace(data, out=True))


async def _done_or_form(call: CafeCall, data: TopUpForm) -> Reply:
    try:
        done = await _top_up(call, data)
    except AppError as error:
        return await _form(call, data, error)
    return told(call, f"{_FOLDER}/done.html", done, data, done.amount_micros)


async def _top_up(call: CafeCall, data: TopUpForm) -> Done:
    amount = _amount(call.center, data)
    if amount == 0:
        raise InvalidInput({"amount": say("must not be 0")})
    payment = data.payment if amount > 0 else data.back
    if payment:
        tender_named(payment)
    must_cover(call.center, data.received, payment, amount)
    find = find_members if amount > 0 else find_payees
    found = await call.read(find, call.center, data.member)
    member = member_meant(found, data.member, data.shown)
    gift = (await call.read(bonus_quote, _quote(call.center, data, member, amount))).bonus_micros
    bounds = await call.read(bounds_of, call.center)
    bounds.check(amount, None, confirmed_micros=data.confirmed)
    cmd = _command(call.center, call.actor, data, member, amount, gift)

    def shape(made: TopUpDone) -> Done:
        return Done(
            account=member.account,
            amount_micros=amount,
            bonus_micros=gift,
            order_id=made.order_ids[0],
            back=made.paid_back[0] if made.paid_back else {},
        )

    await open_first(call, data, data.key)
    done = await call.do(commands.top_up, cmd, shape, Done, key=data.key)
    # What the money earned may be coins: the toast tells what was booked.
    bonus, coin = await call.read(given_by, call.center.id, done.order_id)
    return msgspec.structs.replace(done, bonus_micros=bonus, coin_micros=coin)


def _amount(center: Center, form: TopUpForm) -> int:
    """The amount in micros, below 0 where it is paid out. Raises InvalidInput."""
    amount = read_amount(form.amount, center.currency, field="amount")
    return -amount if form.out else amount


def _quote(center: Center, form: TopUpForm, member: Person, amount: int) -> Quote:
    return Quote(
        center=center,
        value_micros=amount,
        member_ids=[member.member_id],
        promo_code=form.promo_code,
    )


def _command(
    center: Center, actor: Actor, form: TopUpForm, member: Person, amount: int, gift: int
) -> TopUp:
    return TopUp(
        center=center,
        actor=actor,
        member_ids=[member.member_id],
        value_micros=amount,
        bonus_micros=gift,
        payment=form.payment if amount > 0 else form.back,
        comment=form.comment,
        promo_code=form.promo_code,
    )


def _preview(read: Read, center: Center, actor: Actor, form: TopUpForm) -> Preview:
    try:
        amount = _amount(center, form)
    except InvalidInput:
        amount = None
    find = find_payees if form.out else find_members
    found = find(read, center, form.member)
    if len(found) != 1:
        return Preview(found=len(found), is_out=form.out)
    member = found[0]
    held = balances(read, book_of_center(center.id), "member", member.member_id)
    shown = Preview(
        found=1,
        is_out=form.out,
        member=member,
        balance_micros=held.get(("balance", center.currency), 0),
        bonus_micros=held.get(("bonus", center.currency), 0),
        amount_micros=amount,
    )
    if not amount or {form.payment, form.back} - {*TENDERS, ""}:
        return shown
    try:
        gift = bonus_quote(read, _quote(center, form, member, amount)).bonus_micros
        cmd = _command(center, actor, form, member, amount, gift)
        move = plan_top_up(read, cmd, member.member_id, member.group_id, clock.now())
    except AppError as refusal:
        return replace(shown, refusal=refusal)
    cuts: list[tuple[str, datetime]] = []
    if not form.out:
        cuts = cuts_of(read, center, member.member_id, amount + gift, clock.now())
    return replace(shown, move=move, cuts=cuts)


async def _form(call: CafeCall, data: TopUpForm, error: AppError | None = None) -> Reply:
    asks = isinstance(error, NotConfirmed)
    told = None if asks or isinstance(error, NeedsShift) else error
    errors, problem = errors_in_form(told, call.view.language, _FIELDS)
    return call.html(
        f"{_FOLDER}/top_up.html",
        status=200 if error is None else error.status,
        form=data,
        chips=round_sums(call.center.currency, *_CHIPS),
        tenders=taken_at_desk(call.center),
        may_choose=call.actor.may(REFUND_OTHER),
        errors=errors,
        offer=await offer_of(call, error),
        problem=problem,
        confirmed=_amount(call.center, data) if asks else 0,
    )
