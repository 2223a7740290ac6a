"""Top-ups on the wire (seed: Members, Topup, Add loan, Get topup bonus; cafe-wire, Members)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.money.tenders import TENDERS
from lanhouse.cafe.money.wire import NUMBERS
from lanhouse.cafe.topups import commands, wire
from lanhouse.cafe.topups.queries import bonus_quote, orders_of_member
from lanhouse.cafe.topups.schemas import (
    Loan,
    Quote,
    TopUp,
)
from lanhouse.cafe.topups.wire import BonusOut, LoanOut, OrdersOut, ToppedUpOut
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Line, SignedAmount, SignedCoins, also, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX, LOGS_PER_PAGE
from lanhouse.kit.pages import PageNumber, paging_info
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

routes = CafeRoutes("Members")

_TOPUP_IDS_MAX = 200
_PAYMENT_OF_NUMBER = {NUMBERS[name]: name for name in TENDERS}

PromoCode = Annotated[Line, Meta(max_length=50)]
Comment = Annotated[str, Meta(max_length=COMMENT_CHARS_MAX)]


class TopUpIn(msgspec.Struct, kw_only=True):
    """One member or several; a negative value pays money back. At most one payment flag.

    Without one, money comes in as cash and goes back the way it came.
    """

    topup_ids: Annotated[
        list[int], also("member_id"), Meta(max_length=_TOPUP_IDS_MAX), means("member_ids")
    ]
    topup_value: Annotated[SignedAmount, means("value")]
    topup_balance_bonus: SignedAmount = 0
    add_coin: SignedCoins = 0
    comment: Comment = ""
    promo_code: PromoCode = ""
    payment_method: Annotated[int | None, means("payment")] = None
    """0 cash, 2 card, 4 QR; the switches below say the same."""
    payment_method_cash: bool = False
    payment_method_credit_card: bool = False
    payment_method_qr: bool = False


class LoanIn(msgspec.Struct, kw_only=True):
    """A positive value is lent, a negative one repaid from the balance."""

    loan_id: Annotated[int, also("member_id")]
    loan_value: Annotated[SignedAmount, means("value")]
    comment: Comment = ""


class QuoteIn(msgspec.Struct, kw_only=True):
    """`topup` and `topup_value` are the same."""

    topup_value: Annotated[SignedAmount, also("topup")]
    member_id: Annotated[list[int], also("topup_ids"), Meta(max_length=_TOPUP_IDS_MAX)] = []
    promo_code: PromoCode = ""


class MemberOrdersIn(msgspec.Struct, kw_only=True):
    """One member's list, 30 rows a page."""

    member_id: int
    page: PageNumber | None = None


@routes.post(
    "/members/action/topup",
    right="members.topup",
    summary="Top up, give bonus or coins, or refund",
    source="seed: Members, Topup",
)
async def topup(call: CafeCall, data: TopUpIn) -> Written[ToppedUpOut]:
    """All members are topped up or none; the order numbers stand in the order of the ids.

    For a refund `paid_back` tells for each member how the money goes back.
    """
    cmd = TopUp(
        center=call.center,
        actor=call.actor,
        member_ids=data.topup_ids,
        value_micros=data.topup_value,
        bonus_micros=data.topup_balance_bonus,
        coin_micros=data.add_coin,
        payment=_payment(data),
        comment=data.comment,
        promo_code=data.promo_code,
    )
    return await call.write(commands.top_up, cmd, lambda done: wire.topped_up(cmd, done))


@routes.post(
    "/members/action/loan",
    right="members.loan",
    summary="Add a loan to the balance, or repay one",
    source="seed: Members, Add loan",
)
async def loan(call: CafeCall, data: LoanIn) -> Written[LoanOut]:
    """Balance and loan change together."""
    cmd = Loan(
        center=call.center,
        actor=call.actor,
        member_id=data.loan_id,
        value_micros=data.loan_value,
        comment=data.comment,
    )
    return await call.write(commands.add_loan, cmd, wire.loan)


@routes.post(
    "/members/action/fetchBonus",
    right="members.view",
    summary="The bonus that a top-up would earn now",
    source="seed: Members, Get topup bonus",
)
async def fetch_bonus(call: CafeCall, data: QuoteIn) -> BonusOut:
    """Only quotes: the caller passes the answer to topup as topup_balance_bonus."""
    quote = Quote(
        center=call.center,
        value_micros=data.topup_value,
        member_ids=data.member_id,
        promo_code=data.promo_code,
    )
    return wire.bonus(await call.point(bonus_quote, quote))


@routes.get(
    "/members/{member_id}/orders",
    right="members.view",
    summary="A member's top-ups, refunds and loans",
    source="cafe-wire: Members",
)
async def orders(call: CafeCall, data: MemberOrdersIn) -> OrdersOut:
    """Newest first."""
    page = data.page or 1
    found = await call.read(orders_of_member, call.center.id, data.member_id, page)
    shown = paging_info(found.total, page, LOGS_PER_PAGE, sent=data.page is not None)
    return wire.orders(found.rows, call.center.zone, shown)


@routes.get(
    "/memberOrders",
    right="members.view",
    summary="The same as members/{member_id}/orders",
    source="cafe-wire: Members",
)
async def member_orders(call: CafeCall, data: MemberOrdersIn) -> OrdersOut:
    """The member is named in the query."""
    return await orders(call, data)


def _payment(data: TopUpIn) -> str:
    """Cash, card or QR from the number and the switches; empty when nothing is said."""
    named = {
        name
        for name, is_on in (
            ("cash", data.payment_method_cash),
            ("card", data.payment_method_credit_card),
            ("qr", data.payment_method_qr),
        )
        if is_on
    }
    if data.payment_method is not None:
        if data.payment_method not in _PAYMENT_OF_NUMBER:
            raise InvalidInput({"payment_method": say("must be 0 (cash), 2 (card) or 4 (QR)")})
        named.add(_PAYMENT_OF_NUMBER[data.payment_method])
    if len(named) > 1:
        raise InvalidInput({"payment_method": say("must be only one of cash, card and QR")})
    return named.pop() if named else ""
