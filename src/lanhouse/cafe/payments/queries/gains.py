"""What a payment by QR code would give its member now, beside its money."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.payments.schemas import TENDER, Payment, Purpose
from lanhouse.cafe.topups.plans import plan_code, plan_gift
from lanhouse.cafe.topups.rules import quoted_bonus
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput

_HOUSE = Actor(kind="system")


class Gains(NamedTuple):
    """Bonus and coins, and why the promo code gives nothing ("" = it does, or there is none)."""

    bonus_micros: int = 0
    coin_micros: int = 0
    code_refused: str = ""


def gains_of(read: Read, center: Center, payment: Payment, at: datetime) -> Gains:
    """What comes with the money of a top-up if it is paid at `at`; nothing with that of an order of
    goods."""
    if payment.purpose is Purpose.ORDER:
        return Gains()
    plan = TopUp(
        center=center,
        actor=_HOUSE,
        member_ids=[payment.member_id],
        value_micros=payment.amount_micros,
        bonus_micros=quoted_bonus(center, payment.amount_micros, at),
        payment=TENDER,
        promo_code=payment.promo_code,
    )
    refused = ""
    try:
        promo = plan_code(read, plan, payment.member_id, payment.at)
    except InvalidInput as reason:
        promo, refused = None, reason.fields["promo_code"]
    move = plan_gift(plan, payment.member_id, 0, at, promo)
    return Gains(move.bonus_micros, move.coin_micros, refused)
