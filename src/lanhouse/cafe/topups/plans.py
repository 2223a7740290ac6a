"""What a top-up, a refund or a loan would do: decided once for command and dialog (decision 0060).

A plan writes nothing, and may refuse in the words of the command.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.kinds import COIN, POINT
from lanhouse.cafe.money.movements import Amounts
from lanhouse.cafe.money.purses import owed_micros, spendable_micros
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tenders import PayBack
from lanhouse.cafe.promo.plans import plan_promo
from lanhouse.cafe.promo.schemas import PromoPlan, Purpose
from lanhouse.cafe.topups.errors import NotRefundable
from lanhouse.cafe.topups.queries.paid_in import refund_way_back
from lanhouse.cafe.topups.rules import Undone, given_with, points_for, quoted_bonus
from lanhouse.cafe.topups.schemas import MIXED, Kind, Loan, Quote, TopUp
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_fixed, paid_decimals, round_half_up
from lanhouse.kit.said import say
from lanhouse.ledger import balances, book_of_center


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `topups` to be, and the postings that go with it; amounts in micros."""

    kind: Kind
    event: Event = Event.TOPUP
    payment: str = ""
    value_micros: int = 0
    bonus_micros: int = 0
    coin_micros: int = 0
    point_micros: int = 0
    refundable_micros: int = 0
    refundable_bonus_micros: int = 0
    refundable_coin_micros: int = 0
    by_hand_micros: int = 0
    """Bonus beyond what the money and a promo code earn."""
    promo: PromoPlan | None = None
    comment: str = ""
    back: PayBack = PayBack()
    """How a refund's money goes back."""
    undone: Sequence[Undone] = ()
    """What a refund takes back of earlier top-ups and payments."""
    reverses_id: int | None = None
    """The ledger's transfer that this one takes back, when it is a single one."""
    amounts: Amounts


def plan_top_up(read: Read, cmd: TopUp, member_id: int, group_id: int, at: datetime) -> Move:
    """What the command does for one of its members. Raises NotRefundable, and Forbidden where
    loaned money would be paid out."""
    if cmd.is_refund:
        return _plan_refund(read, cmd, member_id, at)
    return plan_gift(cmd, member_id, group_id, at, plan_code(read, cmd, member_id, at))


def plan_code(
    read: Read, cmd: TopUp | Quote, member_id: int | None, at: datetime
) -> PromoPlan | None:
    """What the promo code of a top-up gives, if one is named. Raises InvalidInput of it."""
    if not cmd.promo_code:
        return None
    if cmd.value_micros <= 0:
        raise InvalidInput({"promo_code": say("goes with money that is topped up")})
    if len(cmd.member_ids) > 1:
        raise InvalidInput({"promo_code": say("is for one member at a time")})
    value = cmd.value_micros
    return plan_promo(read, cmd.center, cmd.promo_code, member_id, Purpose.TOPUP, value, at)


def plan_gift(
    cmd: TopUp, member_id: int, group_id: int, at: datetime, promo: PromoPlan | None = None
) -> Move:
    """What a top-up puts on an account; throw-away guests (group below 0) earn no points."""
    center_id, value = cmd.center.id, cmd.value_micros
    given = given_with(
        cmd.center.settings.loyalty,
        named_micros=cmd.bonus_micros,
        earned_micros=quoted_bonus(cmd.center, value, at) if cmd.bonus_micros else 0,
        promo_bonus_micros=promo.bonus_micros if promo else 0,
        promo_coin_micros=promo.coin_micros if promo else 0,
    )
    bonus, coin = given.bonus_micros, given.coin_micros + cmd.coin_micros
    earns_points = cmd.center.settings.loyalty.point_enable and group_id >= 0
    points = points_for(value) if earns_points else 0
    return Move(
        kind=Kind.TOPUP,
        payment=cmd.till,
        value_micros=value,
        bonus_micros=bonus,
        coin_micros=coin,
        point_micros=points,
        refundable_micros=value,
        refundable_bonus_micros=bonus if value else 0,
        refundable_coin_micros=coin if value else 0,
        by_hand_micros=given.by_hand_micros,
        promo=promo,
        comment=cmd.comment,
        amounts={
            ("center", center_id, cmd.till): -value,
            ("member", member_id, "balance"): value,
            ("center", center_id, "bonus_given"): -bonus,
            ("member", member_id, "bonus"): bonus,
            ("center", center_id, "coin_issued"): -coin,
            ("member", member_id, "coin"): coin,
            ("center", center_id, "point_issued"): -points,
            ("member", member_id, "point"): points,
        },
    )


def _plan_refund(read: Read, cmd: TopUp, member_id: int, at: datetime) -> Move:
    """What a refund takes from a member, and what it pays out.

    The bonus that belongs to the money goes back with it; what of it has been spent is taken from
    the balance. Money that a running session has used is not there any more.
    """
    center_id, value = cmd.center.id, -cmd.value_micros
    back, undone = refund_way_back(read, center_id, member_id, value, cmd.payment)
    bonus = -cmd.bonus_micros or sum(each.bonus_micros for each in undone)
    # Of coins that are not there any more the balance pays their number (cafe-domain 8: a reward of
    # 14 is 14 coins or 14 of money).
    coin = -cmd.coin_micros or sum(each.coin_micros for each in undone)
    left = spendable_micros(read, cmd.center, member_id, at)
    held = balances(read, book_of_center(center_id), "member", member_id)
    from_coin = coin if cmd.coin_micros else min(coin, held.get(("coin", COIN), 0))
    missing_coin = _payable(coin - from_coin, cmd.center)
    from_bonus = min(bonus, left.bonus_micros)
    from_balance = value + bonus - from_bonus + missing_coin
    if from_balance > left.balance_micros:
        raise NotRefundable(
            say(
                "not enough balance: %(balance)s is left, %(from_balance)s would be taken",
                balance=format_fixed(left.balance_micros),
                from_balance=format_fixed(from_balance),
            )
        )
    # Loaned money is the house's own: the balance that covers the loan is not handed out.
    owed = owed_micros(read, cmd.center, member_id)
    if value and from_balance > left.balance_micros - owed and owed > 0:
        cmd.actor.require("members.pay_out_loan")
    from_points = min(sum(each.point_micros for each in undone), held.get(("point", POINT), 0))
    is_whole = len(undone) == 1 and undone[0].value_micros == value
    return Move(
        kind=Kind.REFUND,
        payment=_tender_of(back.by_tender, cmd.till),
        value_micros=-value,
        bonus_micros=-bonus,
        coin_micros=-coin,
        point_micros=-from_points,
        comment=cmd.comment,
        back=back,
        undone=undone,
        reverses_id=undone[0].transfer_id if is_whole else None,
        amounts={
            **{("center", center_id, tender): micros for tender, micros in back.by_tender.items()},
            ("member", member_id, "balance"): -from_balance,
            ("center", center_id, "bonus_given"): bonus + missing_coin,
            ("member", member_id, "bonus"): -from_bonus,
            ("center", center_id, "coin_issued"): from_coin,
            ("member", member_id, "coin"): -from_coin,
            ("center", center_id, "point_issued"): from_points,
            ("member", member_id, "point"): -from_points,
        },
    )


def plan_loan(read: Read, cmd: Loan, at: datetime) -> Move:
    """What a loan, or its repayment, moves.

    Raises InvalidInput for the value, also above the setting loan_max_per_member, and
    NotRefundable when the balance does not cover a repayment.
    """
    value = cmd.value_micros
    if not value:
        raise InvalidInput({"value": say("must not be 0")})
    owed = owed_micros(read, cmd.center, cmd.member_id)
    most = cmd.center.settings.payment.loan_max_per_member_micros
    if value > 0 and most and owed + value > most:
        reason = f"would make the loan {format_fixed(owed + value)}"
        text = say("%(reason)s; %(most)s is allowed", reason=reason, most=format_fixed(most))
        raise InvalidInput({"value": text})
    if value < 0:
        _must_be_payable(read, cmd, owed, at)
    return Move(
        kind=Kind.LOAN if value > 0 else Kind.REPAYMENT,
        event=Event.LOAN,
        value_micros=value,
        comment=cmd.comment,
        amounts={
            ("member", cmd.member_id, "balance"): value,
            ("member", cmd.member_id, "loan"): -value,
        },
    )


def _must_be_payable(read: Read, cmd: Loan, owed_micros: int, at: datetime) -> None:
    if -cmd.value_micros > owed_micros:
        text = say("is more than the loan of %(owed)s", owed=format_fixed(owed_micros))
        raise InvalidInput({"value": text})
    left = spendable_micros(read, cmd.center, cmd.member_id, at).balance_micros
    if -cmd.value_micros > left:
        raise NotRefundable(say("not enough balance: %(left)s is left", left=format_fixed(left)))


def _payable(coin_micros: int, center: Center) -> int:
    """So many coins in money, in as many decimals as are paid."""
    return round_half_up(Fraction(coin_micros), paid_decimals(center.currency))


def _tender_of(paid_back: dict[str, int], otherwise: str) -> str:
    """The order's payment: the one tender, or MIXED."""
    if len(paid_back) > 1:
        return MIXED
    return next(iter(paid_back), otherwise)
