"""What a promo code would give, or why it gives nothing: decided once for quote and act."""

from __future__ import annotations

from datetime import datetime

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.promo.queries import has_used, promo_by_code
from lanhouse.cafe.promo.rules import gift_of
from lanhouse.cafe.promo.schemas import PromoPlan, Purpose
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import paid_decimals
from lanhouse.kit.said import say

_NOT_FOR = {
    Purpose.TOPUP: say("cannot be used for topup"),
    Purpose.REGISTER: say("cannot be used for registration"),
}


def plan_promo(
    read: Read,
    center: Center,
    promo_code: str,
    member_id: int | None,
    purpose: Purpose,
    amount_micros: int,
    at: datetime,
) -> PromoPlan:
    """What a code gives a member at `at` with so much topped up; `member_id` None is a new one.

    An act takes promo.commands.lock_promo() first, so that the answer holds until its end. Raises
    InvalidInput of `promo_code` in the words of cafe-domain 7.
    """
    promo = promo_by_code(read, center.id, promo_code)
    if promo is None:
        raise _refused(say("does not exist"))
    if promo.purpose != purpose:
        raise _refused(_NOT_FOR[purpose])
    if promo.expires_at is not None and promo.expires_at <= at:
        raise _refused(say("has expired"))
    if member_id is not None and has_used(read, center.id, promo.id, member_id):
        raise _refused(say("has already been used"))
    if promo.used >= promo.quantity:
        raise _refused(say("has been used up"))
    bonus, coin = gift_of(
        promo,
        amount_micros,
        field_type=center.settings.loyalty.promo_bonus_field_type,
        decimals=paid_decimals(center.currency),
    )
    return PromoPlan(promo.id, promo.name, bonus, coin)


def _refused(reason: str) -> InvalidInput:
    return InvalidInput({"promo_code": reason})
